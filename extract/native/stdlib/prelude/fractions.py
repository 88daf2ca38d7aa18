__name__ = "fractions"

import math
from numbers import Rational


class Fraction(Rational):
    def __new__(cls, numerator=0, denominator=None):
        self = object.__new__(cls)
        if denominator is None:
            if isinstance(numerator, Fraction):
                self._numerator, self._denominator = numerator._numerator, numerator._denominator
                return self
            if isinstance(numerator, float):
                numerator, denominator = numerator.as_integer_ratio()
            elif isinstance(numerator, str):
                numerator, denominator = _parse(numerator)
            else:
                denominator = 1
        elif isinstance(numerator, Fraction) or isinstance(denominator, Fraction):
            a, b = Fraction(numerator), Fraction(denominator)
            numerator, denominator = a._numerator * b._denominator, a._denominator * b._numerator
        if denominator == 0:
            raise ZeroDivisionError(f"Fraction({numerator}, 0)")
        g = math.gcd(numerator, denominator)
        if denominator < 0:
            g = -g
        self._numerator, self._denominator = numerator // g, denominator // g
        return self

    @property
    def numerator(self):
        return self._numerator

    @property
    def denominator(self):
        return self._denominator

    @classmethod
    def from_float(cls, f):
        return cls(f)

    def as_integer_ratio(self):
        return (self._numerator, self._denominator)

    def limit_denominator(self, max_denominator=1000000):
        if self._denominator <= max_denominator:
            return Fraction(self)
        p0, q0, p1, q1 = 0, 1, 1, 0
        n, d = self._numerator, self._denominator
        while True:
            a = n // d
            q2 = q0 + a * q1
            if q2 > max_denominator:
                break
            p0, q0, p1, q1 = p1, q1, p0 + a * p1, q2
            n, d = d, n - a * d
        k = (max_denominator - q0) // q1
        b1, b2 = Fraction(p0 + k * p1, q0 + k * q1), Fraction(p1, q1)
        return b2 if abs(b2 - self) <= abs(b1 - self) else b1

    def __repr__(self):
        return f"Fraction({self._numerator}, {self._denominator})"

    def __str__(self):
        if self._denominator == 1:
            return str(self._numerator)
        return f"{self._numerator}/{self._denominator}"

    def _binary(self, other, f, g):
        if isinstance(other, float):
            return g(float(self), other)
        if isinstance(other, int):
            other = Fraction(other)
        if not isinstance(other, Fraction):
            return NotImplemented
        return f(self, other)

    def __add__(a, b):
        return a._binary(b, lambda x, y: Fraction(x._numerator * y._denominator + y._numerator * x._denominator, x._denominator * y._denominator), lambda x, y: x + y)

    def __sub__(a, b):
        return a._binary(b, lambda x, y: Fraction(x._numerator * y._denominator - y._numerator * x._denominator, x._denominator * y._denominator), lambda x, y: x - y)

    def __mul__(a, b):
        return a._binary(b, lambda x, y: Fraction(x._numerator * y._numerator, x._denominator * y._denominator), lambda x, y: x * y)

    def __truediv__(a, b):
        return a._binary(b, lambda x, y: Fraction(x._numerator * y._denominator, x._denominator * y._numerator), lambda x, y: x / y)

    def __floordiv__(a, b):
        return a._binary(b, lambda x, y: (x._numerator * y._denominator) // (x._denominator * y._numerator), lambda x, y: x // y)

    def __mod__(a, b):
        return a._binary(b, lambda x, y: x - y * (x // y), lambda x, y: x % y)

    def __radd__(b, a):
        return b + a

    def __rsub__(b, a):
        return -b + a

    def __rmul__(b, a):
        return b * a

    def __rtruediv__(b, a):
        if isinstance(a, float):
            return a / float(b)
        return Fraction(a) / b

    def __rfloordiv__(b, a):
        return Fraction(a) // b

    def __pow__(a, b):
        if isinstance(b, int):
            if b >= 0:
                return Fraction(a._numerator**b, a._denominator**b)
            return Fraction(a._denominator**-b, a._numerator**-b)
        return float(a) ** float(b)

    def __neg__(a):
        return Fraction(-a._numerator, a._denominator)

    def __pos__(a):
        return a

    def __abs__(a):
        return Fraction(abs(a._numerator), a._denominator)

    def __float__(a):
        return a._numerator / a._denominator

    def __int__(a):
        return a.__trunc__()

    def __trunc__(a):
        if a._numerator < 0:
            return -(-a._numerator // a._denominator)
        return a._numerator // a._denominator

    def __floor__(a):
        return a._numerator // a._denominator

    def __ceil__(a):
        return -(-a._numerator // a._denominator)

    def __round__(a, ndigits=None):
        if ndigits is None:
            d = a._denominator
            floor, rest = divmod(a._numerator, d)
            if rest * 2 < d:
                return floor
            if rest * 2 > d:
                return floor + 1
            return floor + (floor % 2)
        shift = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(a * shift), shift)
        return Fraction(round(a / shift) * shift)

    def __hash__(self):
        if self._denominator == 1:
            return hash(self._numerator)
        return hash((self._numerator, self._denominator))

    def __eq__(a, b):
        return a._binary(b, lambda x, y: x._numerator == y._numerator and x._denominator == y._denominator, lambda x, y: x == y)

    def __lt__(a, b):
        return a._binary(b, lambda x, y: x._numerator * y._denominator < y._numerator * x._denominator, lambda x, y: x < y)

    def __le__(a, b):
        return a._binary(b, lambda x, y: x._numerator * y._denominator <= y._numerator * x._denominator, lambda x, y: x <= y)

    def __gt__(a, b):
        return a._binary(b, lambda x, y: x._numerator * y._denominator > y._numerator * x._denominator, lambda x, y: x > y)

    def __ge__(a, b):
        return a._binary(b, lambda x, y: x._numerator * y._denominator >= y._numerator * x._denominator, lambda x, y: x >= y)

    def __bool__(a):
        return a._numerator != 0


def _parse(s):
    text = s.strip()
    try:
        if "/" in text:
            a, b = text.split("/")
            return int(a), int(b)
        mantissa, _, exp = text.lower().partition("e")
        whole, _, frac = mantissa.partition(".")
        n, d = int((whole or "0") + frac), 10 ** len(frac)
        e = int(exp) if exp else 0
        return (n * 10**e, d) if e >= 0 else (n, d * 10**-e)
    except ValueError:
        raise ValueError(f"Invalid literal for Fraction: {s!r}") from None
