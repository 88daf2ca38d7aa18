class A:
    y = 5
    def __init__(self, v): self.v = v
    def m(self): return self.v
    @property
    def p(self): return self.v * 2
    @p.setter
    def p(self, x): self.v = x
    @classmethod
    def make(cls, v): return cls(v)
    @staticmethod
    def st(a): return a + 1
    def __repr__(self): return f"{type(self).__name__}({self.v})"
    def __eq__(self, o): return isinstance(o, A) and self.v == o.v
    def __add__(self, o): return A(self.v + (o.v if isinstance(o, A) else o))
    __radd__ = __add__
    def __getitem__(self, i): return i
    def __len__(self): return 3
    def __contains__(self, x): return x == 1
    def __iter__(self): return iter([1, 2])
    def __call__(self, *a): return a
    def __bool__(self): return False
    def __lt__(self, o): return self.v < o.v
class B(A):
    def __init__(self, v): super().__init__(v + 1)
    def m(self): return super().m() + 100
b = B(3)
assert (b.m(), b.p, B.y, repr(b), B.st(1), B.make(1).v) == (104, 8, 5, "B(4)", 2, 2)
b.p = 9
assert b.v == 9 and A(1) == A(1) and A(1) != A(2)
assert (A(1) + A(2)).v == 3 and (1 + A(2)).v == 3 and sum([A(1), A(2)]).v == 3
assert A(1)[2:3] == slice(2, 3) and len(b) == 3 and 1 in b and list(b) == [1, 2] and b(7) == (7,) and not b
assert sorted([A(3), A(1)])[0].v == 1
assert hasattr(b, "v") and not hasattr(b, "w") and getattr(b, "w", 1) == 1
assert issubclass(B, A) and isinstance(b, (int, A)) and B.__mro__ == (B, A, object)
assert B.__name__ == "B" and A.m.__qualname__ == "A.m" and type(b) is B
def message(fn, *a):
    try:
        fn(*a)
    except Exception as e:
        return f"{type(e).__name__}: {e}"
assert message(lambda: b.w) == "AttributeError: 'B' object has no attribute 'w'"
assert message(lambda: B.w) == "AttributeError: type object 'B' has no attribute 'w'"
assert message(A) == "TypeError: A.__init__() missing 1 required positional argument: 'v'"
assert message(lambda: {A(1): 1}) == "TypeError: unhashable type: 'A'"

class X: pass
class L(X):
    def who(self): return ["L"] + super().who()
class R(X):
    def who(self): return ["R"]
class D(L, R):
    def who(self): return ["D"] + super().who()
assert D().who() == ["D", "L", "R"] and [k.__name__ for k in D.__mro__] == ["D", "L", "R", "X", "object"]

class Attr:
    def __getattr__(self, n):
        if n.startswith("x"): return n
        raise AttributeError(n)
    def __setattr__(self, n, v): object.__setattr__(self, n, v * 2)
a = Attr(); a.k = 2
assert a.xyz == "xyz" and a.k == 4 and not hasattr(a, "no") and vars(a) == {"k": 4}
class All:
    m = {"old": "new"}
    new = 3
    def __getattribute__(self, k):
        if k != "m" and k in super().__getattribute__("m"): k = super().__getattribute__("m")[k]
        return super().__getattribute__(k)
assert All().old == 3

class Reg:
    subs = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.subs.append((cls.__name__, tag))
class S1(Reg, tag=1): pass
assert Reg.subs == [("S1", 1)]
class Desc:
    def __set_name__(self, o, n): self.n = n
    def __get__(self, o, t=None): return self if o is None else ("got", self.n)
class HasDesc: d = Desc()
assert HasDesc().d == ("got", "d")
class Meta(type):
    def __new__(m, name, bases, ns, **kw):
        ns["added"] = 1
        return super().__new__(m, name, bases, ns)
    def __call__(cls, *a): return ("made", super().__call__(*a))
    @property
    def mp(cls): return cls.__name__
class WithMeta(metaclass=Meta): pass
assert WithMeta.added == 1 and WithMeta.mp == "WithMeta" and WithMeta()[0] == "made"
class LL(list):
    def first(self): return self[0]
l = LL([1, 2]); l.append(3)
assert l.first() == 1 and len(l) == 3 and isinstance(l, list) and l == [1, 2, 3]
class DD(dict):
    def __missing__(self, k): return k * 2
assert DD()["a"] == "aa" and DD(x=1)["x"] == 1
class SS(str):
    def up(self): return self.upper() + "!"
assert SS("a").up() == "A!" and SS("a") == "a"
class II(int): pass
assert II(3) + 1 == 4
class New:
    def __new__(cls, *a):
        o = super().__new__(cls); o.a = a
        return o
assert New(1, 2).a == (1, 2)
T = type("T", (A,), {"z": 1})
assert T(1).z == 1
def f():
    k = 5
    class Inner:
        v = k
        def get(self): return k
    return Inner
assert f()().get() == 5 and f().v == 5
class Cnt:
    n = 0
    for i in range(3): n += i
    sq = [j * 2 for j in range(3)]
assert Cnt.n == 3 and Cnt.sq == [0, 2, 4]
