package interp

import (
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"strconv"
	"strings"
	"unicode"

	"github.com/arch-extract/arch-extract/pyast"
)

// maxBigBits bounds big ints: shifts and powers beyond it are memory that is
// charged before it is used.
const maxBigBits = 1 << 24

// smallIntOp does an operator on ints where the result fits 64 bits and no
// error is possible; false leaves it to the general way.
func smallIntOp(op pyast.Operator, a, b int64) (int64, bool) {
	switch op {
	case pyast.Add:
		c := a + b
		return c, (c > a) == (b > 0)
	case pyast.Sub:
		c := a - b
		return c, (c < a) == (b > 0)
	case pyast.Mult:
		if a == 0 || b == 0 {
			return 0, true
		}
		hi, lo := bits.Mul64(uint64(abs64(a)), uint64(abs64(b)))
		if hi != 0 || lo > math.MaxInt64 {
			return 0, false
		}
		return a * b, true
	case pyast.FloorDiv:
		if b == 0 || a == math.MinInt64 {
			return 0, false
		}
		q := a / b
		if a%b != 0 && (a < 0) != (b < 0) {
			q--
		}
		return q, true
	case pyast.Mod:
		if b == 0 || a == math.MinInt64 {
			return 0, false
		}
		r := a % b
		if r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		return r, true
	case pyast.BitAnd:
		return a & b, true
	case pyast.BitOr:
		return a | b, true
	case pyast.BitXor:
		return a ^ b, true
	case pyast.LShift:
		if b < 0 || b > 62 || abs64(a) > math.MaxInt64>>uint(b) || a == math.MinInt64 {
			return 0, false
		}
		return a << uint(b), true
	case pyast.RShift:
		if b < 0 {
			return 0, false
		}
		return a >> uint(min(b, 63)), true
	}
	return 0, false
}

func abs64(a int64) int64 {
	if a < 0 {
		return -a
	}
	return a
}

func isIntLike(v Value) bool {
	switch v.(type) {
	case Int, Bool, BigInt:
		return true
	}
	return false
}

// bigOf is an int of any size; v must be Int, Bool or BigInt.
func bigOf(v Value) *big.Int {
	if b, ok := v.(BigInt); ok {
		return b.V
	}
	n, _ := AsInt(v)
	return big.NewInt(n)
}

// toFloat is a number as a float; ints that are too large raise OverflowError.
func (in *Interp) toFloat(v Value) (float64, bool) {
	f, ok := AsFloat(v)
	if ok && math.IsInf(f, 0) {
		if _, isBig := v.(BigInt); isBig {
			in.Raise(OverflowError, "int too large to convert to float")
		}
	}
	return f, ok
}

// arith does an operator of two numbers; false where the operands or the
// operator are not numeric.
func (in *Interp) arith(op pyast.Operator, a, b Value) (Value, bool) {
	if isIntLike(a) && isIntLike(b) {
		return in.intOp(op, a, b)
	}
	switch a.(type) {
	case Int, Bool, BigInt, Float, Complex:
	default:
		return nil, false
	}
	switch b.(type) {
	case Int, Bool, BigInt, Float:
		if _, ok := a.(Complex); !ok {
			x, _ := in.toFloat(a)
			y, _ := in.toFloat(b)
			return in.floatOp(op, x, y)
		}
	case Complex:
	default:
		return nil, false
	}
	return in.complexOp(op, in.toComplex(a), in.toComplex(b))
}

func (in *Interp) toComplex(v Value) complex128 {
	if c, ok := v.(Complex); ok {
		return c.V
	}
	f, _ := in.toFloat(v)
	return complex(f, 0)
}

func (in *Interp) intOp(op pyast.Operator, a, b Value) (Value, bool) {
	if x, ok := a.(Bool); ok {
		if y, ok := b.(Bool); ok {
			switch op {
			case pyast.BitAnd:
				return NewBool(x.V && y.V), true
			case pyast.BitOr:
				return NewBool(x.V || y.V), true
			case pyast.BitXor:
				return NewBool(x.V != y.V), true
			}
		}
	}
	x, xok := AsInt(a)
	y, yok := AsInt(b)
	if xok && yok {
		if r, ok := smallIntOp(op, x, y); ok {
			return NewInt(r), true
		}
	}
	switch op {
	case pyast.Div:
		return in.trueDiv(a, b), true
	case pyast.Pow:
		return in.intPow(a, b), true
	case pyast.MatMult:
		return nil, false
	}
	p, q := bigOf(a), bigOf(b)
	r := new(big.Int)
	switch op {
	case pyast.Add:
		r.Add(p, q)
	case pyast.Sub:
		r.Sub(p, q)
	case pyast.Mult:
		in.chargeBits(int64(p.BitLen()) + int64(q.BitLen()))
		r.Mul(p, q)
	case pyast.FloorDiv:
		if q.Sign() == 0 {
			in.Raise(ZeroDivisionError, "integer division or modulo by zero")
		}
		floorDivMod(p, q, r, new(big.Int))
	case pyast.Mod:
		if q.Sign() == 0 {
			in.Raise(ZeroDivisionError, "integer modulo by zero")
		}
		floorDivMod(p, q, new(big.Int), r)
	case pyast.BitAnd:
		r.And(p, q)
	case pyast.BitOr:
		r.Or(p, q)
	case pyast.BitXor:
		r.Xor(p, q)
	case pyast.LShift, pyast.RShift:
		if q.Sign() < 0 {
			in.Raise(ValueError, "negative shift count")
		}
		if op == pyast.RShift {
			if !q.IsInt64() || q.Int64() > int64(p.BitLen()) {
				if p.Sign() < 0 {
					return NewInt(-1), true
				}
				return NewInt(0), true
			}
			r.Rsh(p, uint(q.Int64()))
			break
		}
		if p.Sign() == 0 {
			return NewInt(0), true
		}
		if !q.IsInt64() {
			in.Raise(OverflowError, "too many digits in integer")
		}
		in.chargeBits(int64(p.BitLen()) + q.Int64())
		r.Lsh(p, uint(q.Int64()))
	default:
		return nil, false
	}
	return NewBig(r), true
}

// chargeBits charges for a big int of n bits before it is computed.
func (in *Interp) chargeBits(n int64) {
	if 0 <= n && n < 1<<14 {
		return
	}
	if n < 0 || n > maxBigBits { // negative: the sum of lengths overflowed
		in.Raise(MemoryError, "int of %d bits", n)
	}
	in.Charge(n / 8)
	in.Step(int(n / 64))
}

func floorDivMod(p, q, div, mod *big.Int) {
	div.QuoRem(p, q, mod)
	if mod.Sign() != 0 && (mod.Sign() < 0) != (q.Sign() < 0) {
		div.Sub(div, big.NewInt(1))
		mod.Add(mod, q)
	}
}

func (in *Interp) trueDiv(a, b Value) Value {
	x, xok := AsInt(a)
	y, yok := AsInt(b)
	if yok && y == 0 {
		in.Raise(ZeroDivisionError, "division by zero")
	}
	const exact = 1 << 53
	if xok && yok && -exact <= x && x <= exact && -exact <= y && y <= exact {
		return NewFloat(float64(x) / float64(y))
	}
	p, q := bigOf(a), bigOf(b)
	if p.Sign() == 0 {
		return NewFloat(math.Copysign(0, float64(q.Sign())))
	}
	f, _ := new(big.Rat).SetFrac(p, q).Float64()
	if math.IsInf(f, 0) {
		in.Raise(OverflowError, "integer division result too large for a float")
	}
	return NewFloat(f)
}

func (in *Interp) intPow(a, b Value) Value {
	p, q := bigOf(a), bigOf(b)
	if q.Sign() < 0 {
		if p.Sign() == 0 {
			in.Raise(ZeroDivisionError, "0.0 cannot be raised to a negative power")
		}
		x, _ := in.toFloat(a)
		y, _ := in.toFloat(b)
		return NewFloat(floatPower(x, y))
	}
	if p.BitLen() > 1 {
		if !q.IsInt64() || q.Int64() > maxBigBits {
			in.chargeBits(math.MaxInt64)
		}
		in.chargeBits(int64(p.BitLen()) * q.Int64())
	}
	return NewBig(new(big.Int).Exp(p, q, nil))
}

func (in *Interp) floatOp(op pyast.Operator, x, y float64) (Value, bool) {
	switch op {
	case pyast.Add:
		return NewFloat(x + y), true
	case pyast.Sub:
		return NewFloat(x - y), true
	case pyast.Mult:
		return NewFloat(x * y), true
	case pyast.Div:
		if y == 0 {
			in.Raise(ZeroDivisionError, "float division by zero")
		}
		return NewFloat(x / y), true
	case pyast.FloorDiv:
		if y == 0 {
			in.Raise(ZeroDivisionError, "float floor division by zero")
		}
		q, _ := floatDivMod(x, y)
		return NewFloat(q), true
	case pyast.Mod:
		if y == 0 {
			in.Raise(ZeroDivisionError, "float modulo")
		}
		_, r := floatDivMod(x, y)
		return NewFloat(r), true
	case pyast.Pow:
		return in.floatPow(x, y), true
	}
	return nil, false
}

func (in *Interp) floatPow(x, y float64) Value {
	if x == 0 && y < 0 {
		in.Raise(ZeroDivisionError, "0.0 cannot be raised to a negative power")
	}
	if x < 0 && y != math.Trunc(y) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return Complex{V: complexPow(complex(x, 0), complex(y, 0))}
	}
	r := floatPower(x, y)
	if math.IsInf(r, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		in.RaiseExc(&Instance{Cls: OverflowError, Data: NewTuple(NewInt(34), NewStr("Numerical result out of range"))})
	}
	return NewFloat(r)
}

// floatDivMod is Python's divmod of floats (CPython's float_divmod).
func floatDivMod(x, y float64) (div, mod float64) {
	mod = math.Mod(x, y)
	div = (x - mod) / y
	if mod != 0 {
		if (y < 0) != (mod < 0) {
			mod += y
			div--
		}
	} else {
		mod = math.Copysign(0, y)
	}
	if div != 0 {
		fl := math.Floor(div)
		if div-fl > 0.5 {
			fl++
		}
		return fl, mod
	}
	return math.Copysign(0, x/y), mod
}

func (in *Interp) complexOp(op pyast.Operator, x, y complex128) (Value, bool) {
	switch op {
	case pyast.Add:
		return Complex{x + y}, true
	case pyast.Sub:
		return Complex{x - y}, true
	case pyast.Mult:
		return Complex{x * y}, true
	case pyast.Div:
		if y == 0 {
			in.Raise(ZeroDivisionError, "complex division by zero")
		}
		return Complex{x / y}, true
	case pyast.Pow:
		if y == 0 {
			return Complex{1}, true
		}
		if x == 0 {
			if imag(y) != 0 || real(y) < 0 {
				in.Raise(ZeroDivisionError, "0.0 to a negative or complex power")
			}
			return Complex{0}, true
		}
		if n := int(real(y)); imag(y) == 0 && float64(n) == real(y) && n > -100 && n < 100 {
			r := complex(1, 0)
			for i := 0; i < max(n, -n); i++ {
				r *= x
			}
			if n < 0 {
				r = 1 / r
			}
			return Complex{r}, true
		}
		return Complex{complexPow(x, y)}, true
	}
	return nil, false
}

// complexPow is CPython's c_pow: through the polar form.
func complexPow(x, y complex128) complex128 {
	r, at := cmplx.Abs(x), cmplx.Phase(x)
	length, phase := math.Pow(r, real(y)), at*real(y)
	if imag(y) != 0 {
		length *= math.Exp(-at * imag(y))
		phase += imag(y) * math.Log(r)
	}
	return complex(length*math.Cos(phase), length*math.Sin(phase))
}

func rawUnary(op pyast.UnaryOperator, a Value) (Value, bool) {
	switch x := a.(type) {
	case Int, Bool:
		n, _ := AsInt(x)
		switch op {
		case pyast.UAdd:
			return NewInt(n), true
		case pyast.Invert:
			return NewInt(^n), true
		case pyast.USub:
			if n == math.MinInt64 {
				return NewBig(new(big.Int).Neg(big.NewInt(n))), true
			}
			return NewInt(-n), true
		}
	case BigInt:
		switch op {
		case pyast.UAdd:
			return x, true
		case pyast.Invert:
			return NewBig(new(big.Int).Not(x.V)), true
		case pyast.USub:
			return NewBig(new(big.Int).Neg(x.V)), true
		}
	case Float:
		switch op {
		case pyast.UAdd:
			return NewFloat(x.V), true
		case pyast.USub:
			return NewFloat(-x.V), true
		}
	case Complex:
		switch op {
		case pyast.UAdd:
			return x, true
		case pyast.USub:
			return Complex{-x.V}, true
		}
	}
	return nil, false
}

// compareNumbers compares two numbers exactly, whatever their types.
func compareNumbers(op pyast.CmpOperator, a, b Value) (Value, bool) {
	if x, ok := AsInt(a); ok {
		if y, ok := AsInt(b); ok {
			return NewBool(ordered(op, cmp3(x, y))), true
		}
	}
	isNum := func(v Value) bool {
		switch v.(type) {
		case Int, Bool, BigInt, Float:
			return true
		}
		return false
	}
	_, ac := a.(Complex)
	_, bc := b.(Complex)
	if ac || bc {
		if !(ac || isNum(a)) || !(bc || isNum(b)) || op != pyast.Eq && op != pyast.NotEq {
			return nil, false
		}
		cplx := func(v Value) complex128 {
			if c, ok := v.(Complex); ok {
				return c.V
			}
			f, _ := AsFloat(v)
			return complex(f, 0)
		}
		return NewBool((cplx(a) == cplx(b)) == (op == pyast.Eq)), true
	}
	if !isNum(a) || !isNum(b) {
		return nil, false
	}
	if isIntLike(a) && isIntLike(b) {
		return NewBool(ordered(op, bigOf(a).Cmp(bigOf(b)))), true
	}
	fa, aFloat := a.(Float)
	fb, bFloat := b.(Float)
	if aFloat && math.IsNaN(fa.V) || bFloat && math.IsNaN(fb.V) {
		return NewBool(op == pyast.NotEq), true
	}
	if aFloat && bFloat {
		return NewBool(ordered(op, cmp3(fa.V, fb.V))), true
	}
	exact := func(v Value) *big.Float {
		if f, ok := v.(Float); ok {
			return new(big.Float).SetFloat64(f.V)
		}
		i := bigOf(v)
		return new(big.Float).SetPrec(uint(max(i.BitLen(), 64))).SetInt(i)
	}
	return NewBool(ordered(op, exact(a).Cmp(exact(b)))), true
}

// floatRepr is the shortest text that reads back as f, as Python writes it.
func floatRepr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == 0:
		if math.Signbit(f) {
			return "-0.0"
		}
		return "0.0"
	}
	if a := math.Abs(f); a >= 1e16 || a < 1e-4 {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.ContainsRune(s, '.') {
		s += ".0"
	}
	return s
}

func complexRepr(c complex128) string {
	im := shortFloat(imag(c)) + "j"
	if re := real(c); re != 0 || math.Signbit(re) {
		if im[0] != '-' {
			im = "+" + im
		}
		return "(" + shortFloat(re) + im + ")"
	}
	return im
}

// shortFloat is floatRepr without a trailing ".0".
func shortFloat(f float64) string { return strings.TrimSuffix(floatRepr(f), ".0") }

func cmplxAbs(c complex128) float64 { return cmplx.Abs(c) }

// parseInt reads an int as int(s, base) does.
func (in *Interp) parseInt(text string, base int) Value {
	bad := func() {
		in.Raise(ValueError, "invalid literal for int() with base %d: %s", base, strRepr(text))
	}
	if base != 0 && (base < 2 || base > 36) {
		in.Raise(ValueError, "int() base must be >= 2 and <= 36, or 0")
	}
	s := asciiDigits(strings.TrimSpace(text))
	sign := ""
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = "-"
		}
		s = s[1:]
	}
	b := base
	if len(s) > 1 && s[0] == '0' {
		p := 0
		switch s[1] {
		case 'x', 'X':
			p = 16
		case 'o', 'O':
			p = 8
		case 'b', 'B':
			p = 2
		}
		if p != 0 && (base == 0 || base == p) {
			s, b = s[2:], p
			s = strings.TrimPrefix(s, "_")
		} else if base == 0 && strings.Trim(s, "0_") != "" {
			bad()
		}
	}
	if b == 0 {
		b = 10
	}
	if s == "" || s[0] == '_' || s[len(s)-1] == '_' || strings.Contains(s, "__") || s[0] == '+' || s[0] == '-' {
		bad()
	}
	s = strings.ReplaceAll(s, "_", "")
	if n, err := strconv.ParseInt(sign+s, b, 64); err == nil {
		return NewInt(n)
	}
	if len(s) > 4300 && b&(b-1) != 0 {
		in.Raise(ValueError, "Exceeds the limit (4300 digits) for integer string conversion: value has %d digits; use sys.set_int_max_str_digits() to increase the limit", len(s))
	}
	n, ok := new(big.Int).SetString(sign+s, b)
	if !ok {
		bad()
	}
	return NewBig(n)
}

// asciiDigits replaces the decimal digits of other scripts.
func asciiDigits(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return r
		}
		zero := r
		for unicode.IsDigit(zero-1) && r-zero < 9 {
			zero--
		}
		return '0' + r - zero
	}, s)
}

// parseFloat reads a float as float(s) does.
func (in *Interp) parseFloat(text string) float64 {
	bad := func() float64 {
		in.Raise(ValueError, "could not convert string to float: %s", strRepr(text))
		return 0
	}
	s := asciiDigits(strings.TrimSpace(text))
	if s == "" || s[0] == '_' || s[len(s)-1] == '_' || strings.Contains(s, "__") || strings.ContainsAny(s, "xXpP") {
		return bad()
	}
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '_' && !(isDigit(s[i-1]) && isDigit(s[i+1])) {
			return bad()
		}
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil {
		if e, ok := err.(*strconv.NumError); ok && e.Err == strconv.ErrRange {
			return f
		}
		return bad()
	}
	return f
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// floatToInt is int(f).
func (in *Interp) floatToInt(f float64) Value {
	switch {
	case math.IsNaN(f):
		in.Raise(ValueError, "cannot convert float NaN to integer")
	case math.IsInf(f, 0):
		in.Raise(OverflowError, "cannot convert float infinity to integer")
	}
	f = math.Trunc(f)
	if f >= -(1<<63) && f < 1<<63 {
		return NewInt(int64(f))
	}
	b, _ := new(big.Float).SetFloat64(f).Int(nil)
	return NewBig(b)
}

// roundFloat is round(f, n): correctly rounded, ties to even.
func roundFloat(f float64, n int) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) || n > 400 {
		return f
	}
	if n < -400 {
		return math.Copysign(0, f)
	}
	if n >= 0 {
		r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', n, 64), 64)
		if err != nil {
			return f
		}
		return r
	}
	// Exact decimal arithmetic on the digits before the point.
	r := new(big.Rat).SetFloat64(f)
	p := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-n)), nil))
	r.Quo(r, p)
	x, _ := new(big.Rat).Mul(new(big.Rat).SetInt(roundRat(r)), p).Float64()
	return math.Copysign(x, f)
}

// roundRat rounds to the nearest int, ties to even.
func roundRat(r *big.Rat) *big.Int {
	num, den := r.Num(), r.Denom()
	q, m := new(big.Int), new(big.Int)
	floorDivMod(num, den, q, m)
	m.Lsh(m, 1)
	c := m.Cmp(den)
	if c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// roundValue is round(v, nd) of numbers; nd is nil where it was not given.
func (in *Interp) roundValue(v, nd Value) (Value, bool) {
	n := 0
	given := nd != nil && !IsNone(nd)
	if given {
		n = int(max(min(in.Int(nd), 1000), -1000))
	}
	switch x := v.(type) {
	case Float:
		if !given {
			if math.IsNaN(x.V) || math.IsInf(x.V, 0) {
				return in.floatToInt(x.V), true
			}
			return in.floatToInt(math.RoundToEven(x.V)), true
		}
		return NewFloat(roundFloat(x.V, n)), true
	case Int, Bool, BigInt:
		if n >= 0 {
			if b, ok := x.(Bool); ok {
				i, _ := AsInt(b)
				return NewInt(i), true
			}
			return v, true
		}
		p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-n)), nil)
		q := roundRat(new(big.Rat).SetFrac(bigOf(v), p))
		return NewBig(q.Mul(q, p)), true
	}
	return nil, false
}
