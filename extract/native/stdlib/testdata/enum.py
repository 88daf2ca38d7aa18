import enum
class E(str,enum.Enum):
    A='a'
print(str(E.A),repr(E.A),f"{E.A}",format(E.A), E.A.value, "%s"%E.A, E.A=='a', hash(E.A)==hash('a'))
class I(enum.IntEnum): X=1
print(str(I.X),repr(I.X),f"{I.X}")
class S(enum.StrEnum): 
    X=enum.auto()
    Yy=enum.auto()
print(str(S.X),repr(S.X),f"{S.Yy}")
class F(enum.Flag):
    A=enum.auto();B=enum.auto();C=A|B
print(F.A|F.B, repr(F.A|F.B), F(0), F(5) if 0 else '', list(F), F.A in F.C, F.A&F.B, ~F.A, (F.A|F.B).name, bool(F.A&F.B))
class G(enum.IntFlag): A=1;B=2
print(repr(G.A|G.B), str(G.A|G.B), repr(G(8)), G.A|8)
try: E('zz')
except Exception as e: print(type(e),e)
try: E['zz']
except Exception as e: print(type(e),e)
try: E.zz
except Exception as e: print(type(e),e)
try: E.A=3
except Exception as e: print(type(e),e)
try:
    class X(E): pass
except Exception as e: print(type(e),e)
class M(enum.Enum):
    A=(1,2); B=(3,4)
    def __init__(self,x,y): self.x=x; self.y=y
print(M.A.x, M.B.value, M((1,2)), repr(M.A), len(M), 'A' in M.__members__, M.__members__, E.__members__, repr(E))
class N(enum.Enum):
    A=1; B=1
print(N.B, list(N), N.B.name, N._member_map_, N._value2member_map_, N._member_names_)
print(1 in N if 0 else '', N.A in N)
try: print('a' in E)
except Exception as e: print(type(e),e)
Fn=enum.Enum('Fn','a b c'); print(list(Fn), Fn.a.value)
Fn=enum.Enum('Fn',{'a':1,'b':'x'}); print(list(Fn))
print(E.A.name, E.A._name_, E.A._value_, E.A.__class__, E.A.__objclass__ , type(E), E.__module__)
class P(enum.Enum):
    def _generate_next_value_(name,start,count,last): return name.lower()
    A=enum.auto()
print(P.A.value, dir(E.A)[:3], E.A.upper(), isinstance(E.A,str), E.A is E('a'), E(E.A))
import json; print(json.dumps({'x':E.A}))
print(I.X+1, type(I.X+1), I.X==1, {I.X:2}[1], sorted([E.A,'b']))
try:
    @enum.unique
    class Q(enum.Enum): A=1;B=1
except Exception as e: print(e)
try: E.A.name='x'
except Exception as e: print(type(e),e)
class Z(enum.Enum):
    A=1
    @property
    def lab(self): return 'lab'+self.name
    @classmethod
    def c(cls): return cls.A
print(Z.A.lab, Z.c(), Z.A.__doc__, Z.__doc__)
