# Every digit counts: a factor made by math.log is printed with all of them.
import hashlib
import math


def digest(f, xs):
    s = [repr(f(x)) for x in xs]
    print(f.__name__, len(s), hashlib.md5(" ".join(s).encode()).hexdigest())


xs = [i / 7 + 0.01 for i in range(1, 2000)] + [2.0**k for k in range(1, 20)] + list(range(1, 300))
for f in (math.log, math.log2, math.log10, math.sqrt):
    digest(f, xs)
digest(math.atan, [i / 97 - 8 for i in range(1, 1500)])
print([0.1 * math.log(s) + 1.0 for s in (4, 8, 16, 32, 40, 64)])
print([math.exp(-x / 8) for x in range(9)], [math.cos(x) for x in (0.5, 1, 2, 3)], [math.sin(x / 3) for x in range(7)])
print([2 ** (-8 * i / 12) for i in range(12)], math.pow(10000, 1 / 64), math.tanh(0.5), math.log(2, 10), math.log(1e300), math.exp(0), math.log(1))
