import sys, logging, warnings, importlib, importlib.util, weakref, threading, random, time, io, struct, hashlib, base64, datetime, decimal, fractions, statistics, heapq, bisect, queue, fnmatch, shlex, difflib, html, unicodedata, uuid, platform, gc, contextvars, ast, keyword, traceback, numbers, cmath, glob, tempfile, shutil, subprocess, socket, urllib.parse, pickle, csv, signal, atexit, asyncio, concurrent.futures, multiprocessing, ctypes, zipfile, tarfile, argparse, locale, errno, stat, dis, tokenize, array, secrets, getpass, builtins, __future__, _thread, string, pprint, string, select, http.client, unittest, xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor, Future
from multiprocessing import Pool
from urllib.parse import urlparse, urljoin, quote, unquote, urlencode
from fractions import Fraction
from decimal import Decimal
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
print(sys.version_info[:2]>=(3,9), sys.version_info>=(3,11), sys.version_info.major, sys.platform, sys.maxsize, 'sys' in sys.modules, sys.byteorder, sys.float_info.eps if 0 else sys.float_info.epsilon, sys.version.split()[0], sys.getrecursionlimit()>0)
sys.modules['zz']=5; print(sys.modules['zz'], sys.modules.get('nope'), sys.modules.pop('zz'), isinstance(sys.modules, dict) if 0 else '')
t(lambda: sys.exit(3)); t(lambda: sys.modules['nope'])
l=logging.getLogger('a.b'); l2=logging.getLogger('a'); l2.setLevel('INFO'); print(l.getEffectiveLevel(), l.parent is l2, l is logging.getLogger('a.b'), l.isEnabledFor(10), logging.WARNING, logging.getLevelName(30), l.name, logging.getLogger().level, l.info('x'), l2.handlers)
logging.Logger.foo=lambda self: 'foo '+self.name; print(l.foo())
class H(logging.Handler): pass
l2.addHandler(H()); print(len(l2.handlers), l.hasHandlers())
with warnings.catch_warnings(record=True) as w: pass
warnings.warn('x'); warnings.simplefilter('ignore')
print(importlib.util.find_spec('nope_zz'), importlib.util.find_spec('math') is not None, importlib.import_module('collections').OrderedDict.__name__)
t(lambda: importlib.import_module('nope_zz')); t(lambda: importlib.util.find_spec('nope_zz.y'))
class A: pass
a=A(); r=weakref.ref(a); print(r() is a); d=weakref.WeakKeyDictionary(); d[a]=1; print(d[a], len(d)); s=weakref.WeakSet(); s.add(a); print(a in s); v=weakref.WeakValueDictionary(); v['x']=a; print(v['x'] is a)
lo=threading.Lock()
with lo: print('locked')
tl=threading.local(); tl.x=1; print(tl.x, threading.current_thread().name); e=threading.Event(); e.set(); print(e.is_set())
b=io.StringIO(); b.write('ab\ncd'); print(b.getvalue(), b.seek(0), b.readline(), b.read(), io.BytesIO(b'xyz').read(2)); print(list(io.StringIO('a\nb')))
print(struct.pack('<IhB',1,-2,255), struct.unpack('<IhB',struct.pack('<IhB',1,-2,255)), struct.calcsize('iq'), struct.unpack_from('>H',b'\0\1\2',1), hashlib.sha256(b'a').hexdigest()[:8], hashlib.md5(b'a').hexdigest(), base64.b64encode(b'ab'), base64.b64decode('YWI='))
t(lambda: struct.unpack('<I',b'a'))
print(datetime.timedelta(days=1,seconds=5), datetime.timedelta(hours=1).total_seconds(), datetime.date(2020,1,2), datetime.datetime(2020,1,2,3,4).isoformat())
print(Fraction(3,6), Fraction('0.25')+1, Fraction(1,3)<Fraction(1,2), float(Fraction(1,4)), Fraction(7,2)//2, Fraction(0.5), round(Fraction(7,2)), Fraction(22,7).limit_denominator(5), 2*Fraction(1,2)==1, abs(Fraction(-1,2)), repr(Fraction(1,2)), Decimal('1.25').quantize(Decimal('0.1'),rounding=decimal.ROUND_HALF_UP), Decimal('1.10')+Decimal('2.2'), Decimal('3')*2, int(Decimal('2.7')), Decimal('1.5')>1)
print(statistics.mean([1,2,3]), statistics.median([3,1,2]), round(statistics.stdev([1,2,3,4]),6), statistics.mean([1,2]))
h=[3,1,2]; heapq.heapify(h); heapq.heappush(h,0); print(h, [heapq.heappop(h) for _ in range(4)], heapq.nlargest(2,[1,3,2]), bisect.bisect_left([1,2,2,3],2), bisect.bisect([1,2,2,3],2)); l=[1,3]; bisect.insort(l,2); print(l)
q=queue.Queue(); q.put(1); print(q.get(), q.empty()); t(lambda: q.get_nowait()); pq=queue.PriorityQueue(); pq.put((2,'b')); pq.put((1,'a')); print(pq.get())
print(fnmatch.fnmatch('layers.1.w','layers.*.w'), fnmatch.filter(['a.py','b.c'],'*.py'), fnmatch.fnmatch('x[1]','x[[]1]'), shlex.split("a 'b c' d\\ e"), shlex.quote("a b"), difflib.get_close_matches('appel',['ape','apple','peach']), html.escape('<a>&"'), html.unescape('&lt;'), unicodedata.category('a'), unicodedata.normalize('NFC','abc'))
print(platform.system(), gc.collect() if 0 else '', ast.literal_eval("{'a':[1,2.5,(3,),-4],'b':None}"), ast.literal_eval('(1)'), ast.literal_eval('()'), keyword.iskeyword('if'), numbers.Number, isinstance(1,numbers.Number), isinstance(1.5,numbers.Integral), isinstance(True,numbers.Integral), isinstance(1j,numbers.Real), glob.glob('/nope*'), errno.ENOENT)
cv=contextvars.ContextVar('c',default=1); tok=cv.set(5); print(cv.get()); cv.reset(tok); print(cv.get())
u=urlparse('https://huggingface.co/a/b;p?q=1&r=2#f'); print(u, u.netloc, u.geturl(), urljoin('http://a/b/c','../d'), quote('a b/é'), unquote('a%20b'), urlencode({'a':1,'b':'x y'}))
class PE(Exception): pass
class MyErr(subprocess.CalledProcessError): pass
class MyT(threading.Thread): pass
class Act(argparse.Action): pass
class Ex(ThreadPoolExecutor): pass
class TC(unittest.TestCase): pass
@unittest.skip('x')
def f(): pass
@atexit.register
def g(): pass
import os.path as osp, collections.abc as ca
print(osp.join('a','b'), ca.Mapping.__name__, builtins.len([1]), math if 0 else '')
try: raise subprocess.CalledProcessError
except Exception as e: print('x')
from types import *
from typing import *
from math import *
from os.path import *
print(pi, join('a','b'), List)
print(isinstance(b'', (bytearray, memoryview)), issubclass(BrokenPipeError, ConnectionError), issubclass(TabError, SyntaxError), issubclass(FloatingPointError, ArithmeticError), issubclass(ProcessLookupError, OSError), issubclass(UnicodeTranslateError, ValueError))
class Named:
    def m(self, **k): pass
t(lambda: Named(**'abc')); t(lambda: Named().m(**None)); t(lambda: Named(x=1, **3)); t(lambda: t(*3)); t(lambda: t(1, *3)); t(lambda: [*None]); t(lambda: {**3}); t(lambda: dict(**3)); t(lambda: Named.m(1, **{2: 3}))
