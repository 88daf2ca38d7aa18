import re, json, copy, inspect, contextlib, math, abc, string, textwrap, os, os.path, types, enum
from pathlib import Path, PurePosixPath
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
print(re.sub(r'(\w+)\.(\d+)',r'\2-\g<1>','a.1 b.22'), re.split(r'(,)\s*','a, b,c'), re.split(',','a,b,c',maxsplit=1), re.findall(r'(a)(b)?','abaa'), re.match('a','ba'), re.search('a+','baa'), re.search('a+','baa').span(), re.compile('x',re.I|re.M), re.compile('x').pattern, re.escape('a.b*c-d e'), re.fullmatch('ab','ab').group(), [m.start() for m in re.finditer('a','aba')], re.subn('a','b','aaa',count=2), re.sub('a',lambda m:m.group().upper(),'abc'), re.sub('','-','ab'), re.sub('x*','-','abxd'))
m=re.match(r'(?P<first>\w+) (?P<last>\w+)?','John '); print(m.groupdict(), m.groups(), m.groups('q'), m['first'], m.group('first','last'), m.lastgroup, m.lastindex, m.re.groupindex, m.string, bool(m), m.expand(r'\g<first>!'), m.start('last'))
t(lambda: re.compile('(')); t(lambda: m.group(5)); t(lambda: re.sub('a',r'\2','a')); t(lambda: re.match('a',3)); t(lambda: re.match(b'a','a')); print(re.match(b'a',b'a').group(), re.sub(r'\\','/','a\\b'), re.findall(r'é+','xéé')[0], re.search('b','éb').span(), re.split(r'\s+',' a b '), re.compile('a').sub('b','aa'), re.compile(r'layers\.(\d+)\.').match('layers.12.x',0).group(1), re.compile('b').search('abab',2).start())
# json
print(json.dumps({'a':[1,2.5,None,True,float('inf')],'b':{'c':'é"\n'},1:2,None:3}), json.dumps([1,{'a':2}],indent=2), json.dumps({'b':1,'a':2},sort_keys=True,separators=(',',':')), json.dumps('é',ensure_ascii=False), json.dumps([],indent=2), json.dumps({}), json.dumps((1,2)), json.dumps(1e100), json.dumps(10**20), json.dumps('\U0001F600'))
t(lambda: json.dumps({1,2})); t(lambda: json.dumps({(1,):2})); print(json.dumps({1,2},default=list), json.dumps(object(),default=lambda o:'x'))
class Enc(json.JSONEncoder):
    def default(self,o): return str(o)
print(json.dumps({'a':1j},cls=Enc)); l=[]; l.append(l); t(lambda: json.dumps(l))
print(json.loads('{"a":[1,2.5,null,true,"\\u00e9\\n"],"b":{}}'), json.loads('-1e3'), json.loads(' [ ] '), json.loads('"\\ud83d\\ude00"')=='\U0001F600', json.loads('1'*25), json.loads('{"a":1}',object_pairs_hook=list), json.loads('NaN'))
for s in ['','{','[1,','{"a" 1}','nul','[1] x','"abc','{"a":1,}','[1 2]','"\\x"','{a:1}','\n\n [1,\n x]']: t(lambda: json.loads(s))
# copy
a=[1,[2,3],{'x':(4,[5])}]; b=copy.deepcopy(a); b[1].append(9); b[2]['x'][1].append(1); print(a,b); a.append(a); c=copy.deepcopy(a); print(c[3] is c)
class O:
    def __init__(self): self.l=[1]; self.me=self
o=O(); p=copy.deepcopy(o); q=copy.copy(o); print(p.me is p, p.l is o.l, q.l is o.l, q.me is o)
class O2(O):
    def __deepcopy__(self,memo): r=O2(); r.l=copy.deepcopy(self.l,memo); r.tag=1; return r
    def __copy__(self): return 'copied'
print(copy.deepcopy(O2()).tag, copy.copy(O2()), copy.deepcopy([O2()])[0].tag)
class O3:
    def __init__(self,x): self.x=x
    def __getstate__(self): return {'x':self.x+1}
    def __setstate__(self,s): self.__dict__.update(s); self.y=1
z=copy.deepcopy(O3(1)); print(z.x,z.y, copy.copy(O3(5)).x)
class O4:
    def __init__(self,x): self.x=x
    def __reduce__(self): return (O4,(self.x*2,))
print(copy.deepcopy(O4(3)).x)
class DL(dict): pass
dl=DL(a=[1]); dl.t=5; e=copy.deepcopy(dl); print(type(e).__name__, e, e.t, e['a'] is dl['a'], type(copy.copy(dl)).__name__)
from collections import OrderedDict, defaultdict, deque, Counter
from functools import partial
x=copy.deepcopy(OrderedDict(a=[1])); y=copy.deepcopy(defaultdict(list,{'a':[1]})); print(x,y,copy.copy(y), copy.deepcopy(deque([[1]],maxlen=2)), copy.deepcopy(Counter('aa')), copy.deepcopy(partial(f:=lambda x:x,[1])).args, copy.deepcopy({1,2}), copy.deepcopy((1,2)), copy.deepcopy(len) is len, copy.deepcopy(int) is int)
# abc
class Ab(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    @abc.abstractmethod
    def g(self): ...
t(lambda: Ab())
class Ab2(Ab):
    def f(self): return 1
t(lambda: Ab2())
class Ab3(Ab2): g=1
print(Ab3().f(), Ab3.__abstractmethods__, sorted(Ab.__abstractmethods__), isinstance(Ab3(),Ab))
class Me(metaclass=abc.ABCMeta):
    @classmethod
    def __subclasshook__(cls,c): return hasattr(c,'quack') or NotImplemented
class Du: quack=1
print(isinstance(Du(),Me), issubclass(int,Me), issubclass(Du,Me)); Me.register(int); print(isinstance(1,Me))
# inspect
def fn(a,/,b:int,c=3,*args,d,e=5,**kw)->str: pass
s=inspect.signature(fn); print(s, list(s.parameters), s.parameters['c'].default, s.parameters['a'].kind, s.parameters['a'].default is inspect.Parameter.empty, s.return_annotation, s.parameters['kw'].kind==inspect.Parameter.VAR_KEYWORD, s.parameters['d'].kind.name, s.parameters['b'].annotation)
class K:
    def __init__(self,x,y=1): pass
    def m(self,z): pass
    @classmethod
    def cm(cls,q): pass
    @staticmethod
    def sm(q): pass
    def __call__(self,w): pass
print(inspect.signature(K), inspect.signature(K.m), inspect.signature(K(1).m), inspect.signature(K.cm), inspect.signature(K.sm), inspect.signature(K(1)), inspect.signature(partial(fn,1,c=9)), inspect.isclass(K), inspect.isfunction(K.m), inspect.ismethod(K(1).m), inspect.getmro(K), inspect.isfunction(len), inspect.isbuiltin(len))
b=inspect.signature(fn).bind(1,2,d=4,z=9); print(b.arguments, b.args, b.kwargs); b.apply_defaults(); print(b.arguments); t(lambda: inspect.signature(fn).bind(1)); t(lambda: inspect.signature(fn).bind(1,2,3)); print(inspect.getfullargspec(fn)); t(lambda: inspect.signature(3))
def w(f):
    import functools
    @functools.wraps(f)
    def g(*a,**k): return f(*a,**k)
    return g
print(inspect.signature(w(fn)), inspect.unwrap(w(fn)) is fn, inspect.getdoc(K), inspect.cleandoc("  a\n    b\n      c\n"), [n for n,v in inspect.getmembers(K,inspect.isfunction)], inspect.isabstract(Ab))
s2=s.replace(parameters=[p for p in s.parameters.values() if p.name!='c']); print(s2)
# contextlib
@contextlib.contextmanager
def cm(x):
    print('in',x)
    try: yield x*2
    except ValueError as e: print('caught',e)
    finally: print('out')
with cm(2) as v: print(v)
with cm(3): raise ValueError('boo')
try:
    with cm(5): raise KeyError('k')
except KeyError as e: print('K',e)
@cm(7)
def dec(): print('body'); return 8
print(dec(), dec())
class Cx:
    @contextlib.contextmanager
    def meth(self,a): yield a
with Cx().meth(4) as v: print(v)
with contextlib.nullcontext(5) as v, contextlib.suppress(KeyError): print(v); {}['x']
with contextlib.ExitStack() as st: st.enter_context(cm(1)); st.callback(print,'cb'); print('body')
with contextlib.redirect_stdout(None): pass
t(lambda: next(iter([])))
@contextlib.contextmanager
def bad(): 
    if 0: yield
def ub():
    with bad(): pass
t(ub)
# math
print(math.ceil(2.1), math.floor(-2.1), math.sqrt(2), math.log(8,2), math.log2(8), math.log(10), math.prod([2,3,4]), math.gcd(12,18,8), math.lcm(4,6), math.isqrt(17), math.factorial(20), math.comb(5,2), math.perm(5,2), math.isclose(1,1+1e-10), math.fsum([.1]*10), math.hypot(3,4), math.pi, math.inf, math.trunc(-2.5), math.exp(1), math.pow(2,3), math.fmod(7,3), math.copysign(1,-2), math.log10(1000), math.log1p(1), math.modf(2.5), math.frexp(8), math.degrees(math.pi), math.cos(1), math.erf(.5), math.ceil(5), math.isnan(math.nan), math.log(2**2000), math.dist([0,0],[3,4]), math.prod([]), math.tanh(.3), math.prod([0.5,2]))
for f in [lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.exp(1000), lambda: math.sqrt('a'), lambda: math.factorial(-1), lambda: math.ceil(math.inf), lambda: math.floor(math.nan), lambda: math.isqrt(-1), lambda: math.gcd(1.5), lambda: math.pow(0,-1), lambda: math.acos(2)]: t(f)
# paths
print(os.path.join('a','b','/c','d'), os.path.join('a',''), os.path.join('','b'), os.path.split('/a/b/c.txt'), os.path.split('/'), os.path.splitext('a.b/c.tar.gz'), os.path.splitext('.bashrc'), os.path.basename('/a/b/'), os.path.dirname('/a/b'), os.path.normpath('a/../b//c/.'), os.path.isabs('/a'), os.path.relpath('/a/b','/a/c'), os.path.commonpath(['/a/b','/a/c']), os.path.commonprefix(['abc','abd']), os.path.exists('/nonexist'), os.sep, os.environ.get('NOPE'), os.getenv('NOPE','d'), os.fspath('x'), os.path.dirname('a'))
p=Path('/a/b')/'c.tar.gz'; print(p, repr(p), p.name, p.suffix, p.stem, p.suffixes, p.parent, p.parents[1], p.parts, p.with_suffix('.x'), p.with_name('z'), p.is_absolute(), p.relative_to('/a'), p==Path('/a/b/c.tar.gz'), str(Path('a','.','b')), Path('a//b/../c'), 'q'/Path('r'), os.fspath(p), p.exists(), isinstance(p,os.PathLike), p.match('*.gz'), Path(), Path('.').name, sorted([Path('b'),Path('a')]), p.joinpath('x','y'), Path('/').parent, len(p.parents))
t(lambda: Path('a').relative_to('b')); t(lambda: os.listdir('/nope')); t(lambda: open('/nope/x')); t(lambda: Path('/nope').read_text())
print(textwrap.dedent("  a\n    b\n\n  c"), textwrap.indent('a\n\nb','> '), textwrap.shorten('hello world foo',12), textwrap.wrap('the quick brown fox',10), string.ascii_letters[:3], string.Template('$a ${b} $$').substitute(a=1,b=2))
print(types.SimpleNamespace(a=1,b='x'), types.SimpleNamespace(a=1)==types.SimpleNamespace(a=1), types.MappingProxyType({'a':1})['a'], isinstance(lambda:0,types.FunctionType), isinstance(o.__init__,types.MethodType), types.ModuleType('mm').__name__, type('Y',(),{'a':1})().a)
t(lambda: types.MappingProxyType({}).__setitem__('a',1))
print(repr(re.compile('é"\'a' * 60, re.I)), str(re.compile('a', re.S | re.A | re.M)), repr(re.compile('b' * 198)), repr(re.compile('b' * 199)))
