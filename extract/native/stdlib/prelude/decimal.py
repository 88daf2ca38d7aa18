__name__ = "decimal"

from fractions import Fraction

ROUND_HALF_UP = "ROUND_HALF_UP"
ROUND_HALF_EVEN = "ROUND_HALF_EVEN"
ROUND_HALF_DOWN = "ROUND_HALF_DOWN"
ROUND_UP = "ROUND_UP"
ROUND_DOWN = "ROUND_DOWN"
ROUND_CEILING = "ROUND_CEILING"
ROUND_FLOOR = "ROUND_FLOOR"


class DecimalException(ArithmeticError):
    pass


class InvalidOperation(DecimalException):
    pass


def _round(x, mode):
    """The integer next to the fraction x, as the mode says."""
    floor = x.numerator // x.denominator
    rest = x - floor
    if rest == 0:
        return floor
    half = Fraction(1, 2)
    if mode == ROUND_FLOOR:
        return floor
    if mode == ROUND_CEILING:
        return floor + 1
    if mode == ROUND_DOWN:
        return floor if x > 0 else floor + 1
    if mode == ROUND_UP:
        return floor + 1 if x > 0 else floor
    if rest != half:
        return floor + 1 if rest > half else floor
    if mode == ROUND_HALF_EVEN:
        return floor + floor % 2
    away = floor + 1 if x > 0 else floor
    toward = floor if x > 0 else floor + 1
    return away if mode == ROUND_HALF_UP else toward


class Decimal:
    """An exact decimal number: a fraction and the number of digits shown."""

    def __init__(self, value="0", context=None):
        if isinstance(value, Decimal):
            self._f, self._digits = value._f, value._digits
        elif isinstance(value, str):
            try:
                self._f = Fraction(value)
            except ValueError:
                raise InvalidOperation("[<class 'decimal.ConversionSyntax'>]") from None
            mantissa, _, exp = value.strip().lower().partition("e")
            self._digits = max(0, len(mantissa.partition(".")[2]) - (int(exp) if exp else 0))
        else:
            self._f = Fraction(value)
            d, n = self._f.denominator, 0
            while d > 1 and n < 1100:
                d, n = d // 2, n + 1
            self._digits = n

    @classmethod
    def _make(cls, f, digits):
        d = cls("0")
        d._f, d._digits = f, digits
        return d

    def quantize(self, exp, rounding=None, context=None):
        digits = Decimal(exp)._digits
        scale = 10**digits
        return Decimal._make(Fraction(_round(self._f * scale, rounding or ROUND_HALF_EVEN), scale), digits)

    def to_integral_value(self, rounding=None, context=None):
        return Decimal._make(Fraction(_round(self._f, rounding or ROUND_HALF_EVEN)), 0)

    def __str__(self):
        n = _round(self._f * 10**self._digits, ROUND_HALF_EVEN)
        s = str(abs(n)).rjust(self._digits + 1, "0")
        if self._digits:
            s = s[: -self._digits] + "." + s[-self._digits :]
        return "-" + s if n < 0 else s

    def __repr__(self):
        return f"Decimal('{self}')"

    def __float__(self):
        return float(self._f)

    def __int__(self):
        return int(self._f)

    def __hash__(self):
        return hash(self._f)

    def __bool__(self):
        return bool(self._f)

    def _other(self, other):
        return other if isinstance(other, Decimal) else Decimal(other)

    def __add__(self, other):
        o = self._other(other)
        return Decimal._make(self._f + o._f, max(self._digits, o._digits))

    __radd__ = __add__

    def __sub__(self, other):
        o = self._other(other)
        return Decimal._make(self._f - o._f, max(self._digits, o._digits))

    def __rsub__(self, other):
        return self._other(other) - self

    def __mul__(self, other):
        o = self._other(other)
        return Decimal._make(self._f * o._f, self._digits + o._digits)

    __rmul__ = __mul__

    def __truediv__(self, other):
        f = self._f / self._other(other)._f
        d, digits = f.denominator, 0
        while d > 1 and digits < 28:
            digits += 1
            d = (f * 10**digits).denominator
        return Decimal._make(Fraction(_round(f * 10**digits, ROUND_HALF_EVEN), 10**digits), digits)

    def __rtruediv__(self, other):
        return self._other(other) / self

    def __neg__(self):
        return Decimal._make(-self._f, self._digits)

    def __abs__(self):
        return Decimal._make(abs(self._f), self._digits)

    def __round__(self, ndigits=None):
        if ndigits is None:
            return _round(self._f, ROUND_HALF_EVEN)
        return self.quantize(Decimal(1) / 10**ndigits)

    def _compare(self, other, f):
        if not isinstance(other, (int, float, Decimal)):
            return NotImplemented
        return f(self._f, self._other(other)._f)

    def __eq__(self, other):
        return self._compare(other, lambda a, b: a == b)

    def __lt__(self, other):
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other):
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self._compare(other, lambda a, b: a >= b)


class Context:
    def __init__(self, prec=28, rounding=ROUND_HALF_EVEN, **kwargs):
        self.prec, self.rounding = prec, rounding


def getcontext():
    return Context()


def localcontext(ctx=None, **kwargs):
    from contextlib import nullcontext

    return nullcontext(ctx or Context())
