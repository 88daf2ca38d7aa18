from dataclasses import *
import typing
@dataclass
class A:
    x:int
    y:int=3
    z:list=field(default_factory=list)
print(A(1), A.__match_args__, A.__dataclass_params__)
for f in [lambda:A(), lambda:A(1,2,3,4), lambda:A(1,q=3), lambda:A(1,x=2), lambda:A(x=1,y=2,z=3,w=4)]:
    try: f()
    except Exception as e: print(e)
import inspect
print(inspect.signature(A), inspect.signature(A.__init__))
@dataclass(kw_only=True)
class B(A):
    w:int
    v:int=4
try: B(1)
except Exception as e: print(e)
print(B(1,w=2), B.__match_args__, inspect.signature(B))
try: B(1,2,3,4,5,w=2)
except Exception as e: print(e)
try: B(1,2,3,4,5)
except Exception as e: print(e)
@dataclass
class K:
    x:int
    _:KW_ONLY
    y:int
    z:int=3
try: K(1)
except Exception as e: print(e)
try: K(1,2,y=3)
except Exception as e: print(e)
@dataclass(frozen=True,order=True)
class F:
    a:int
    b:str='x'
    c:typing.ClassVar[int]=3
    d:InitVar[int]=5
    def __post_init__(self,d): print('post',d)
f=F(1); print(f,f<F(2),hash(f)==hash(F(1)),f==F(1),replace(f,a=5,d=6))
try: f.a=3
except Exception as e: print(type(e),e)
try: del f.a
except Exception as e: print(type(e),e)
try:
    @dataclass
    class Bad:
        a:int=1
        b:int
except Exception as e: print(e)
try:
    @dataclass
    class Bad:
        a:list=[]
except Exception as e: print(e)
try:
    @dataclass
    class Bad:
        a=field()
except Exception as e: print(e)
try:
    @dataclass
    class Bad(F):
        q:int=1
except Exception as e: print(e)
try: asdict(3)
except Exception as e: print(e)
try: fields(3)
except Exception as e: print(e)
try: field(default=1,default_factory=list)
except Exception as e: print(e)
try: F(1)<3
except Exception as e: print(e)
print(asdict(B(1,w={'a':A(2)})), astuple(A(1)))
M=make_dataclass('M',['x',('y',int),('z',int,field(default=5))],bases=(A,),namespace={'q':1}); print(M(1,2),M.__bases__)
print(is_dataclass(A),is_dataclass(A(1)),is_dataclass(3), 1)
try: replace(f,c=3)
except Exception as e: print(type(e),e)
@dataclass
class R:
    x:int
    me:object=None
r=R(1); r.me=r; print(r)
try: hash(r)
except Exception as e: print(e)
@dataclass
class P0:
    a:int=1
    def __post_init__(self): self.b=self.a
@dataclass
class P1(P0):
    a:int=2
print(P1().b, [f.name for f in fields(P1)])
