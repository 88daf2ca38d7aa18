# Modeling files that mean harm, each between lines of dashes and named by its
# first comment. What the program says of each is in cases.want. A case without a
# model class gets an ordinary one after it.
----
# endless loop
while True:
    pass
----
# endless for
import itertools
for i in itertools.count():
    pass
----
# endless membership
import itertools
-1 in itertools.count()
----
# list of zeros
x = [0] * 10**12
----
# bytes of zeros
x = bytes(10**12)
----
# string times
x = 'a' * 10**12
----
# string doubling
x = 'a'
while True:
    x += x
----
# power of powers
x = 10**10**8
----
# shift
x = 1 << 10**9
----
# shift by huge
x = 1 << 10**30
----
# int of digits
x = int('9' * 10**7)
----
# factorial
import math
x = math.factorial(10**9)
----
# recursion
def f():
    return f()
f()
----
# recursion in call
class A: pass
A.__call__ = A()
A()()
----
# budget caught by finally
def f():
    while True:
        try:
            while True:
                pass
        finally:
            continue
f()
----
# budget caught
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
----
# recursion in getattr
class A:
    def __getattr__(self, name): return getattr(self, name)
A().x
----
# recursion in hash
class A:
    def __hash__(self): return hash(self)
{A(): 1}
----
# recursion in eq
class A:
    def __eq__(self, other): return self == other
A() == A()
----
# metaclass of itself
class M(type):
    def __call__(cls, *a, **k): return cls(*a, **k)
class A(metaclass=M): pass
A()
----
# metaclass that makes itself
class M(type):
    def __new__(m, *a): return M(*a)
class A(metaclass=M): pass
----
# __getattr__ that never ends
class A:
    def __getattr__(self, name):
        return getattr(self, name + 'x')
A().x
----
# giant decorator
def d(f):
    while True: pass
@d
class A: pass
----
# regular expression of nested repeats
import re
re.match(r'(a+)+$', 'a' * 60 + 'b')
----
# format width
x = f'{1:>1000000000}'
----
# percent width
x = '%1000000000d' % 1
----
# format precision
x = f'{1.5:.1000000000f}'
----
# nested format specs
x = '{:{:{:{}}}}'.format(1, 2, 3, 4)
----
# reading a file
open('/etc/passwd')
----
# reading a file by pathlib
import pathlib
x = pathlib.Path('/etc/passwd').read_text()
----
# listing a folder
import os
x = os.listdir('/')
----
# writing a file
with open('CANARY', 'w') as f:
    f.write('x')
----
# system
import os
os.system('touch CANARY')
----
# system by __import__
__import__('os').system('touch CANARY')
----
# subprocess
import subprocess
subprocess.run(['touch', 'CANARY'])
----
# a socket
import socket
socket.create_connection(('127.0.0.1', 80))
----
# a library
import ctypes
ctypes.CDLL(None).system(b'touch CANARY')
----
# the environment
import os
assert 'HOSTILE_CANARY' not in os.environ
assert os.environ.get('HOSTILE_CANARY') is None and os.getenv('HOSTILE_CANARY') is None
----
# exec of text
exec('while True: pass')
----
# eval of a bomb
eval('10**10**8')
----
# to bytes
x = (1).to_bytes(10**12, 'big')
----
# class that is its own base
class A: pass
A.__bases__ = (A,)
----
# list in itself
x = []
x.append(x)
repr(x)
x == [x]
----
# unpickling
import pickle
pickle.loads(b"cos\nsystem\n(S'touch CANARY'\ntR.")
----
# product
import itertools
x = list(itertools.product(range(100), repeat=20))
