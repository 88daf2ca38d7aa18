# The built-in types as programs use them.
def raises(exc, msg, fn, *a, **k):
    try:
        fn(*a, **k)
    except exc as e:
        assert msg is None or str(e) == msg, (str(e), msg)
        return
    assert False, "no exception: " + str(msg)

# lists are changed in place
a = [1, 2, 3]; b = a
a += [4]; assert b == [1, 2, 3, 4]
a *= 2; assert b == [1, 2, 3, 4, 1, 2, 3, 4]
a[1:3] = [9]; assert a == [1, 9, 4, 1, 2, 3, 4]
a[::2] = [0, 0, 0, 0]; assert a == [0, 9, 0, 1, 0, 3, 0]
del a[0]; del a[::2]; assert a == [0, 0, 0]
a[:] = range(3); assert b == [0, 1, 2]
a[len(a):] = 'ab'; assert a == [0, 1, 2, 'a', 'b']
a[1:1] = [7, 8]; assert a == [0, 7, 8, 1, 2, 'a', 'b']
a[-1] = 'z'; a[3:1] = ['q']; assert a == [0, 7, 8, 'q', 1, 2, 'a', 'z']
del a[2:5]; assert a == [0, 7, 2, 'a', 'z']
a.insert(-1, 'i'); a.insert(100, 'e'); a.insert(-100, 's'); assert a == ['s', 0, 7, 2, 'a', 'i', 'z', 'e']
assert a.pop() == 'e' and a.pop(0) == 's' and a.pop(-2) == 'i'
a.reverse(); assert a == ['z', 'a', 2, 7, 0]
a.remove('a'); a.extend((1,)); a.extend({5: 6}); assert a == ['z', 2, 7, 0, 1, 5]
a.clear(); assert b == []
x = [3, 1, 2]; x.sort(reverse=True); assert x == [3, 2, 1]
x.sort(key=lambda v: -v % 3); assert x == [3, 2, 1]
x = [1]; x += (2,); x += 'a'; x += {9: 1}; assert x == [1, 2, 'a', 9]
raises(ValueError, "attempt to assign sequence of size 1 to extended slice of size 2", lambda: [1,2,3].__setitem__(slice(None,None,2), [1]))
raises(TypeError, "can only assign an iterable", lambda: [1].__setitem__(slice(0,1), 1))
raises(IndexError, "list assignment index out of range", lambda: [].__setitem__(0, 1))
def f(): (1,)[0] = 2
raises(TypeError, "'tuple' object does not support item assignment", f)
def f(): 'a'[0] = 'b'
raises(TypeError, "'str' object does not support item assignment", f)
def f(): del (1,)[0]
raises(TypeError, "'tuple' object doesn't support item deletion", f)
def f(): del {}['a']
raises(KeyError, "'a'", f)
def f(): del [][0]
raises(IndexError, "list assignment index out of range", f)
def f():
    x = 1; x += 'a'
raises(TypeError, "unsupported operand type(s) for +=: 'int' and 'str'", f)
def f():
    x = 'a'; x += 1
raises(TypeError, 'can only concatenate str (not "int") to str', f)
def f():
    x = []; x += 1
raises(TypeError, "'int' object is not iterable", f)
def f():
    x = None; x |= 1
raises(TypeError, "unsupported operand type(s) for |=: 'NoneType' and 'int'", f)
def f():
    x = object(); x **= 2
raises(TypeError, "unsupported operand type(s) for **=: 'object' and 'int'", f)

# dicts keep order, views are live
d = {}
for i in range(20): d['k%d' % i] = i
k = d.keys(); it = d.items()
assert len(k) == 20 and 'k7' in k and ('k7', 7) in it
del d['k3']; d['new'] = 1
assert len(k) == 20 and list(k)[-1] == 'new' and list(k)[3] == 'k4'
d['k3'] = 3; assert list(d)[-1] == 'k3'
for i in range(20):
    if i != 5: d.pop('k%d' % i)
assert list(d.items()) == [('k5', 5), ('new', 1)]
d.update({'a': 1}, b=2); d.update([('c', 3)]); d |= {'z': 26}; d |= [('y', 25)]
assert d == {'k5': 5, 'new': 1, 'a': 1, 'b': 2, 'c': 3, 'z': 26, 'y': 25}
assert d.popitem() == ('y', 25)
def f():
    for x in d: d[x + '!'] = 1
raises(RuntimeError, "dictionary changed size during iteration", f)
def f():
    s = {1, 2}
    for x in s: s.add(x + 10)
raises(RuntimeError, "Set changed size during iteration", f)
e = dict.fromkeys(range(100)); 
for i in range(99): del e[i]
for i in range(200): e[i] = i
assert list(e)[:3] == [99, 0, 1] and len(e) == 200 and e[150] == 150
m = {}
for i in range(1000): m[i] = i; m[str(i)] = i; m[(i, 'x')] = i
for i in range(0, 1000, 2): del m[i], m[str(i)], m[(i, 'x')]
assert len(m) == 1500 and m[501] == 501 and m['501'] == 501 and m[(501, 'x')] == 501 and 500 not in m
assert list(m)[:3] == [1, '1', (1, 'x')]
n = m.copy(); n.clear(); assert len(m) == 1500 and not n
while m: m.popitem()
assert m == {}
s = {3, 1}; s2 = s; s |= {5}; s -= {3}; s ^= {1, 9}; s &= {5, 9, 7}
assert s2 is s and s == {5, 9}
s.add(1); s.discard(77); s.update([2], (3,)); s.difference_update({2}); assert s == {1, 3, 5, 9}
f1 = frozenset([1]); f2 = f1; f1 |= {2}; assert f2 == {1} and f1 == {1, 2} and type(f1) is frozenset

# subclasses of built-in types
class L(list):
    def __init__(self, x, tag=None):
        super().__init__(x); self.tag = tag
    def __getitem__(self, i):
        return ('got', super().__getitem__(i))
l = L([1, 2], tag='t')
assert l[0] == ('got', 1) and l.tag == 't' and len(l) == 2 and list(l) == [1, 2] and l == [1, 2] and l + [3] == [1, 2, 3]
l.append(5); l += [6]; assert isinstance(l, L) and l == [1, 2, 5, 6] and repr(l) == '[1, 2, 5, 6]'
l[0] = 7; assert list(l) == [7, 2, 5, 6] and 7 in l and l.index(2) == 1 and type(l.copy()) is list
assert sorted(l) == [2, 5, 6, 7] and [*l] == [7, 2, 5, 6] and max(l) == 7 and bool(L([])) is False
class D(dict):
    def __setitem__(self, k, v): super().__setitem__(k, v * 2)
    def __getattr__(self, n):
        try: return self[n]
        except KeyError: raise AttributeError(n)
d = D(a=1); d['b'] = 2
assert d == {'a': 1, 'b': 4} and d.b == 4 and list(d) == ['a', 'b'] and dict(d) == {'a': 1, 'b': 4} and {**d} == {'a': 1, 'b': 4}
d.update(c=3); assert d['c'] == 3 and isinstance(d, dict) and len(d) == 3 and 'a' in d and d.get('zz') is None
raises(AttributeError, "q", lambda: d.q)
class OD(dict):
    def __init__(self, *a, **k):
        super().__init__(*a, **k); self.x = 1
assert OD([('a', 1)], b=2) == {'a': 1, 'b': 2} and OD().x == 1
class I(int):
    def __new__(cls, v, unit='m'):
        o = super().__new__(cls, v); o.unit = unit; return o
    def __add__(self, o): return I(int(self) + int(o), self.unit)
i = I(5, 'km')
assert i + 3 == 8 and (i + 3).unit == 'km' and i * 2 == 10 and type(i * 2) is int and i == 5 and hash(i) == hash(5) and 2 + i == 7 and -i == -5 and i > 4 and [0]*i == [0]*5
class S(str):
    def shout(self): return self.upper() + '!'
s = S('abc')
assert s.shout() == 'ABC!' and s == 'abc' and s + 'd' == 'abcd' and s[1:] == 'bc' and len(s) == 3 and 'b' in s and ','.join([s, s]) == 'abc,abc' and {s: 1}['abc'] == 1 and f'{s:>5}' == '  abc' and s.startswith('a') and repr(s) == "'abc'" and str(s) == 'abc' and '%s' % s == 'abc' and s < 'b' and s in ('abc',)
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    @property
    def first(self): return self[0]
t = T(1, 2)
assert t.first == 1 and t == (1, 2) and len(t) == 2 and t + (3,) == (1, 2, 3) and {t: 1}[(1, 2)] == 1 and list(t) == [1, 2] and isinstance(t, tuple)
x, y = t; assert (x, y) == (1, 2)
class F(float): pass
assert F('1.5') + 1 == 2.5 and F(2) == 2 and round(F(2.5)) == 2 and f'{F(1.25):.1f}' == '1.2' and int(F(3.7)) == 3
class SS(set): pass
z = SS([1, 2]); z.add(3); assert z == {1, 2, 3} and 3 in z and len(z | {4}) == 4 and repr(SS([1])) == 'SS({1})' and repr(SS()) == 'SS()'

# operators of objects
class V:
    def __init__(self, v): self.v = v
    def __repr__(self): return f'V({self.v})'
    def __add__(self, o):
        if isinstance(o, (int, V)): return V(self.v + getattr(o, 'v', o))
        return NotImplemented
    __radd__ = __add__
    def __iadd__(self, o): self.v += 100; return self
    def __eq__(self, o): return isinstance(o, V) and o.v == self.v
    def __hash__(self): return hash(self.v)
    def __lt__(self, o): return self.v < o.v
    def __getitem__(self, k): return k
    def __len__(self): return self.v
    def __contains__(self, k): return k == self.v
    def __call__(self, *a, **k): return a, k
    def __neg__(self): return V(-self.v)
    def __matmul__(self, o): return 'mm'
    def __bool__(self): return self.v != 0
    def __iter__(self): return iter(range(self.v))
    def __enter__(self): return self
    def __exit__(self, *a): return True
v = V(1)
assert v + 1 == V(2) and 1 + v == V(2) and v + v == V(2) and sum([v, v]) == V(2) and -v == V(-1) and v @ 1 == 'mm'
raises(TypeError, "unsupported operand type(s) for +: 'V' and 'str'", lambda: v + 'a')
raises(TypeError, "unsupported operand type(s) for -: 'V' and 'int'", lambda: v - 1)
raises(TypeError, "'<=' not supported between instances of 'V' and 'V'", lambda: v <= v)
w = v; w += 1; assert w is v and v.v == 101
assert {V(1): 'a'}[V(1)] == 'a' and V(1) in {V(1)} and V(1) != V(2) and not (V(1) != V(1)) and len({V(1), V(1), V(2)}) == 2
assert sorted([V(3), V(1)]) == [V(1), V(3)] and max(V(1), V(3), key=lambda q: q.v) == V(3) and v[1:2, ...] == (slice(1, 2), ...)
assert list(V(3)) == [0, 1, 2] and 3 in V(3) and V(2)(1, a=2) == ((1,), {'a': 2}) and not V(0) and len(V(4)) == 4 and [*V(2)] == [0, 1]
assert V(1) > V(0) and str(V(1)) == 'V(1)' and f'{V(1)}' == 'V(1)' and f'{[V(1)]}' == '[V(1)]'
class B0:
    def __radd__(self, o): return 'B0'
    def __add__(self, o): return 'add0'
class B1(B0):
    def __radd__(self, o): return 'B1'
assert B0() + B1() == 'B1' and B1() + B0() == 'add0' and 1 + B1() == 'B1'
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
assert list(It()) == [1, 2, 3] and next(It()) == 1 and sum(It()) == 6 and list(zip(It(), 'ab')) == [(1, 'a'), (2, 'b')] and list(map(str, It())) == ['1', '2', '3'] and 2 in It() and tuple(It()) == (1, 2, 3) and dict(enumerate(It())) == {0: 1, 1: 2, 2: 3}
it = iter(It()); assert type(it) is It
class NoEq:
    __hash__ = None
raises(TypeError, "unhashable type: 'NoEq'", lambda: {NoEq(): 1})
class EqOnly:
    def __eq__(self, o): return True
raises(TypeError, "unhashable type: 'EqOnly'", lambda: hash(EqOnly()))

# attributes
class A:
    x = 1
    def __setattr__(self, n, v): object.__setattr__(self, n, v * 2)
    def __delattr__(self, n): super().__delattr__(n)
    def __getattribute__(self, n):
        if n == 'magic': return 42
        return super().__getattribute__(n)
a = A(); a.y = 3; assert a.y == 6 and a.magic == 42 and a.x == 1 and vars(a) == {'y': 6} and a.__dict__ == {'y': 6}
del a.y; assert not hasattr(a, 'y')
raises(AttributeError, "'A' object has no attribute 'y'", lambda: a.y)
setattr(a, 'z', 1); assert getattr(a, 'z') == 2; delattr(a, 'z'); assert getattr(a, 'z', None) is None
class P:
    @property
    def p(self): return 1
    @p.setter
    def p(self, v): self._p = v
    @staticmethod
    def s(x): return x
    @classmethod
    def c(cls, x): return cls, x
p = P(); p.p = 5; assert p._p == 5 and p.p == 1 and P.s(1) == 1 and p.c(2) == (P, 2)
class Sub:
    reg = []
    def __init_subclass__(cls, tag=None, **k): super().__init_subclass__(**k); Sub.reg.append((cls.__name__, tag))
class S1(Sub, tag='x'): pass
assert Sub.reg == [('S1', 'x')]
def f():
    class S2(Sub, foo=1): pass
raises(TypeError, "f.<locals>.S2.__init_subclass__() takes no keyword arguments", f)
M = type('M', (Sub,), {'a': 1}, tag='dyn'); assert M.a == 1 and Sub.reg[-1] == ('M', 'dyn') and M.__name__ == 'M'
class Meta(type):
    def __new__(m, n, b, ns, **k):
        c = super().__new__(m, n, b, ns); c.made = n; return c
    def __call__(cls, *a): return ('called', super().__call__(*a))
    def __contains__(cls, x): return x == 1
    def __len__(cls): return 3
    def __iter__(cls): return iter('xyz')
    def __getitem__(cls, k): return k
class MC(metaclass=Meta):
    def __init__(self, a): self.a = a
assert MC.made == 'MC' and MC(5)[0] == 'called' and MC(5)[1].a == 5 and 1 in MC and len(MC) == 3 and list(MC) == ['x', 'y', 'z'] and MC['q'] == 'q' and isinstance(MC, Meta)
class X1:
    def __init__(self): pass
raises(TypeError, "X1.__init__() takes 1 positional argument but 2 were given", lambda: X1(1))
class X2: pass
raises(TypeError, "X2() takes no arguments", lambda: X2(1))
class X3:
    def __new__(cls, a): return super().__new__(cls)
assert type(X3(1)) is X3
class X4:
    def __init__(self, a): super().__init__(a)
raises(TypeError, "object.__init__() takes exactly one argument (the instance to initialize)", lambda: X4(1))
class Err(ValueError):
    def __init__(self, a, b): super().__init__(f'{a}-{b}'); self.a = a
try: raise Err(1, 2)
except ValueError as e: assert str(e) == '1-2' and e.args == ('1-2',) and e.a == 1 and repr(e) == "Err('1-2')"
def g():
    yield 1
    return 7
it = g(); next(it)
try: next(it)
except StopIteration as e: assert e.value == 7
assert isinstance(1, int) and not isinstance('a', (int, float)) and issubclass(Err, Exception)
assert list[int] == list[int] and (int | None) == (None | int) and isinstance(None, int | None) and hash(list[int]) == hash(list[int])
class G(list[int]): pass
assert G.__mro__[1] is list and G([1]) == [1]
r = [1]; r.append(r); assert repr(r) == '[1, [...]]'
q = {}; q['q'] = q; assert repr(q) == "{'q': {...}}"
assert divmod(7, 3) == (2, 1) and pow(2, 3) == 8
def loc(a, b=2):
    c = 3
    return locals()
assert loc(1) == {'a': 1, 'b': 2, 'c': 3}
assert 'raises' in globals() and globals()['A'] is A
def f(*args, **kw): return sorted(kw)
assert f(**{'b': 1}, a=2) == ['a', 'b']
a, *b = [1, 2, 3]; assert b == [2, 3]
def f(): a, b = [1]
raises(ValueError, "not enough values to unpack (expected 2, got 1)", f)
def f(): a, b = [1, 2, 3]
raises(ValueError, "too many values to unpack (expected 2)", f)
def f(): a, b = 1
raises(TypeError, "cannot unpack non-iterable int object", f)
raises(TypeError, "'NoneType' object is not iterable", lambda: [x for x in None])
raises(TypeError, "'NoneType' object is not callable", lambda: None())
raises(TypeError, "unhashable type: 'list'", lambda: {[]: 1})
raises(TypeError, "unhashable type: 'dict'", lambda: {}.get({}))
raises(AttributeError, "'NoneType' object has no attribute 'x'", lambda: None.x)
raises(AttributeError, "type object 'A' has no attribute 'nope'", lambda: A.nope)
raises(AttributeError, "'str' object has no attribute 'foo'", lambda: 'a'.foo)
raises(TypeError, "'int' object is not subscriptable", lambda: 1[0])
raises(KeyError, "'x'", lambda: {}['x'])
raises(TypeError, "list indices must be integers or slices, not NoneType", lambda: [1][None])
