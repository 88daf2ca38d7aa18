# Each file here runs under CPython 3.11+ too: python3 FILE is silent.
def f(a, b=2, *c, d=3, **e):
    return (a, b, c, d, e)
assert f(1) == (1, 2, (), 3, {})
assert f(1, 5, 6, 7, d=8, z=9) == (1, 5, (6, 7), 8, {"z": 9})
assert f(*[1, 2, 3], **{"d": 4}) == (1, 2, (3,), 4, {})

def pos(a, /, b, *, c=1):
    return a + b + c
assert pos(1, b=2) == 4

def message(fn, *args, **kw):
    try:
        fn(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return None
assert message(pos) == "TypeError: pos() missing 2 required positional arguments: 'a' and 'b'"
assert message(pos, 1, 2, 3) == "TypeError: pos() takes 2 positional arguments but 3 were given"
assert message(pos, 1, 2, x=3) == "TypeError: pos() got an unexpected keyword argument 'x'"
assert message(pos, 1, 2, b=3) == "TypeError: pos() got multiple values for argument 'b'"
assert message(f) == "TypeError: f() missing 1 required positional argument: 'a'"
assert message(lambda: undefined) == "NameError: name 'undefined' is not defined"

def local():
    x += 1
assert message(local).startswith("UnboundLocalError")

def outer():
    n = 0
    def inc(k=1):
        nonlocal n
        n += k
        return n
    return inc
g = outer()
g(); g(5)
assert g() == 7

fs = [lambda: i for i in range(3)]
assert [h() for h in fs] == [2, 2, 2]
fs = [lambda i=i: i for i in range(3)]
assert [h() for h in fs] == [0, 1, 2]
assert [[i + j for j in range(2)] for i in range(2)] == [[0, 1], [1, 2]]
assert {k: v for k, v in zip("ab", (1, 2)) if v > 1} == {"b": 2}
assert {x % 2 for x in range(5)} == {0, 1}

def deco(k):
    def wrap(fn):
        def inner(*a, **kw):
            return fn(*a, **kw) + k
        return inner
    return wrap
@deco(10)
def q(a):
    return a
assert q(5) == 15

def gen(n):
    for i in range(n):
        got = yield i
        if got:
            yield got * 10
    return "end"
assert list(gen(3)) == [0, 1, 2]
it = gen(2)
next(it)
assert it.send(4) == 40
def delegating():
    r = yield from gen(1)
    yield r
assert list(delegating()) == [0, "end"]
assert sum(i * i for i in range(4)) == 14

def closing():
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")
log = []
c = closing(); next(c); c.close()
assert log == ["closed"]

def order():
    out = []
    try:
        try:
            out.append(1)
            raise ValueError("x")
        except KeyError:
            out.append(2)
        finally:
            out.append(3)
    except ValueError as e:
        out.append(str(e))
    else:
        out.append(5)
    return out
assert order() == [1, 3, "x"]

def early():
    for i in range(5):
        try:
            if i == 2:
                return i
        finally:
            log.append(i)
log = []
assert early() == 2 and log == [0, 1, 2]

def reraise():
    try:
        raise KeyError("k")
    except KeyError:
        raise
assert message(reraise) == "KeyError: 'k'"

class Ctx:
    def __init__(self, swallow): self.swallow = swallow
    def __enter__(self): return self
    def __exit__(self, t, v, tb): return self.swallow
with Ctx(True) as c:
    raise ValueError("gone")
assert message(lambda: exec_with(False)) is not None
def exec_with(s):
    with Ctx(s):
        raise ValueError("kept")
assert message(exec_with, False) == "ValueError: kept"
a, *b, (c, d) = 1, 2, 3, (4, 5)
assert (a, b, c, d) == (1, [2, 3], 4, 5)
x = y = []
x += [1]
assert y == [1]
if (n := len(x)) == 1:
    assert n == 1
for i in range(3):
    pass
else:
    i = "done"
assert i == "done"
while True:
    i = 1
    break
assert 1 < 2 < 3 and not 1 < 3 < 2
assert f"{3.14159:.2f} {'a'!r:>5} {x!s} {5:04d} {1e6:,}" == "3.14   'a' [1] 0005 1,000,000.0"
def match(v):
    match v:
        case 0 | 1: return "small"
        case [a, *rest]: return (a, rest)
        case {"k": val}: return val
        case str() as s if s: return s
        case _: return None
assert [match(z) for z in (1, [1, 2], {"k": 3}, "s", 9)] == ["small", (1, [2]), 3, "s", None]
del x
assert message(lambda: x).startswith("NameError")
def table(p, n):
    return [p / (2 * (j // 3) + 0.5) - (j % 7) * 1.5 for j in range(n)]
slow = []
for j in range(200):
    slow.append(3 / (2 * (j // 3) + 0.5) - (j % 7) * 1.5)
assert table(3, 200) == slow
assert [j * j for j in range(40)][39] == 1521 and type([j + 1 for j in range(40)][0]) is int
assert [2 ** 62 + j for j in range(40)][39] == 2 ** 62 + 39
assert message(lambda: [1 / (j - 20) for j in range(40)]) == "ZeroDivisionError: division by zero"
# nonlocal: the outer function may bind the name after the inner one
def counter():
    def more():
        nonlocal count
        count += 1
    def other():
        count = "another"
    count = 0
    more(); more(); other()
    return count
assert counter() == 2
def deep():
    class Holder:
        def put(self, v):
            def inner():
                nonlocal kept
                kept = v
            inner()
    def beside():
        kept = "mine"
        return kept
    kept = None
    Holder().put(5)
    return kept, beside()
assert deep() == (5, "mine")
