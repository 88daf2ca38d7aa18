package stdlib

import "math"

// libm gives the nearest float in nearly all cases, Go's math does not, and
// factors made by math.log or math.exp are printed with all their digits. The
// functions here compute with pairs of floats (about 106 bits) and round once.

// pair is the unevaluated sum hi + lo.
type pair struct{ hi, lo float64 }

func twoSum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

func quickSum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

func (x pair) add(y pair) pair {
	s, t := twoSum(x.hi, y.hi), twoSum(x.lo, y.lo)
	s = quickSum(s.hi, s.lo+t.hi)
	return quickSum(s.hi, s.lo+t.lo)
}

func (x pair) neg() pair { return pair{-x.hi, -x.lo} }

func (x pair) mul(y pair) pair {
	p := x.hi * y.hi
	e := math.FMA(x.hi, y.hi, -p) + (x.hi*y.lo + x.lo*y.hi)
	return quickSum(p, e)
}

func (x pair) scale(f float64) pair { return pair{x.hi * f, x.lo * f} } // f a power of two

func (x pair) div(y pair) pair {
	q := x.hi / y.hi
	r := x.add(y.mul(pair{q, 0}).neg())
	q2 := r.hi / y.hi
	r = r.add(y.mul(pair{q2, 0}).neg())
	return quickSum(q, q2).add(pair{r.hi / y.hi, 0})
}

func (x pair) float() float64 { return x.hi + x.lo }

// Constants to about 106 bits.
var (
	pairLn2    = pair{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}
	pairHalfPi = pair{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54}
	// The third part of pi/2, for the reduction of angles.
	halfPiTail = -0x1.f1976b7ed8fbcp-110
)

// exp is e**x for |x| < 700.
func (x pair) exp() pair {
	k := math.Round(x.hi / pairLn2.hi)
	r := x.add(pairLn2.mul(pair{k, 0}).neg()).scale(1.0 / 512)
	// e**r - 1 by its series; squared nine times in the form that keeps small results exact.
	sum, term := r, r
	for i := 2.0; i < 12; i++ {
		term = term.mul(r).div(pair{i, 0})
		sum = sum.add(term)
	}
	for range 9 {
		sum = sum.scale(2).add(sum.mul(sum))
	}
	sum = sum.add(pair{1, 0})
	return pair{math.Ldexp(sum.hi, int(k)), math.Ldexp(sum.lo, int(k))}
}

// log is the natural logarithm of a positive number.
func (x pair) log() pair {
	f, e := math.Frexp(x.hi)
	m := pair{f, math.Ldexp(x.lo, -e)}
	y := pair{math.Log(f), 0}
	for range 2 { // Newton: y + m*e**-y - 1
		y = y.add(m.mul(y.neg().exp())).add(pair{-1, 0})
	}
	return y.add(pairLn2.mul(pair{float64(e), 0}))
}

// plainRange says whether a function is computed here at x: not at the edges, where Go's result serves.
func plainRange(x float64) bool {
	return x == x && math.Abs(x) < 1e300 && math.Abs(x) > 1e-300
}

func preciseExp(x float64) float64 {
	if !plainRange(x) || math.Abs(x) > 690 {
		return math.Exp(x)
	}
	return pair{x, 0}.exp().float()
}

func preciseExp2(x float64) float64 {
	if !plainRange(x) || math.Abs(x) > 990 || x == math.Trunc(x) {
		return math.Exp2(x)
	}
	return pairLn2.mul(pair{x, 0}).exp().float()
}

func preciseExpm1(x float64) float64 {
	if math.Abs(x) < 1e-6 || !plainRange(x) || math.Abs(x) > 690 {
		return math.Expm1(x)
	}
	return pair{x, 0}.exp().add(pair{-1, 0}).float()
}

func preciseLog(x float64) float64 {
	if !plainRange(x) || x <= 0 || x == 1 {
		return math.Log(x)
	}
	return pair{x, 0}.log().float()
}

func preciseLog2(x float64) float64 {
	if !plainRange(x) || x <= 0 {
		return math.Log2(x)
	}
	if f, e := math.Frexp(x); f == 0.5 {
		return float64(e - 1)
	}
	return pair{x, 0}.log().div(pairLn2).float()
}

// preciseLog10 is built from the natural logarithm as the C library does it,
// whose results are not always the nearest.
func preciseLog10(x float64) float64 {
	if !plainRange(x) || x <= 0 {
		return math.Log10(x)
	}
	const (
		invLn10 = 4.34294481903251816668e-01
		hi      = 3.01029995663611771306e-01
		lo      = 3.69423907715893078616e-13
	)
	f, e := math.Frexp(x) // f in [0.5, 1)
	k := float64(e - 1)
	f *= 2
	if k < 0 {
		k++
		f /= 2
	}
	z := k*lo + invLn10*preciseLog(f)
	return z + k*hi
}

func preciseLog1p(x float64) float64 {
	if math.Abs(x) < 1e-6 || !plainRange(x) || x <= -1 {
		return math.Log1p(x)
	}
	return twoSum(1, x).log().float()
}

// sinCos is the sine and cosine for |x| < 1e5.
func sinCos(x float64) (sin, cos pair) {
	k := math.Round(x / pairHalfPi.hi)
	r := pair{x, 0}.add(pairHalfPi.mul(pair{k, 0}).neg()).add(pair{-k * halfPiTail, 0})
	r2 := r.mul(r).neg()
	sin, cos = r, pair{1, 0}
	st, ct := r, pair{1, 0}
	for i := 1.0; i < 32; i += 2 {
		ct = ct.mul(r2).div(pair{i * (i + 1), 0})
		cos = cos.add(ct)
		st = st.mul(r2).div(pair{(i + 1) * (i + 2), 0})
		sin = sin.add(st)
	}
	switch int64(k) & 3 {
	case 1:
		return cos, sin.neg()
	case 2:
		return sin.neg(), cos.neg()
	case 3:
		return cos.neg(), sin
	}
	return sin, cos
}

func angle(x float64) bool { return math.Abs(x) < 1e5 && math.Abs(x) > 1e-8 }

func preciseSin(x float64) float64 {
	if !angle(x) {
		return math.Sin(x)
	}
	s, _ := sinCos(x)
	return s.float()
}

func preciseCos(x float64) float64 {
	if !angle(x) {
		return math.Cos(x)
	}
	_, c := sinCos(x)
	return c.float()
}

func preciseTan(x float64) float64 {
	if !angle(x) {
		return math.Tan(x)
	}
	s, c := sinCos(x)
	return s.div(c).float()
}

func preciseAtan(x float64) float64 {
	if math.Abs(x) < 1e-6 || math.Abs(x) > 1e15 || x != x {
		return math.Atan(x)
	}
	y := math.Atan(x)
	s, c := sinCos(y)
	// tan(atan(x) - y) = (x - tan y) / (1 + x tan y), which is small
	d := pair{x, 0}.mul(c).add(s.neg()).div(c.add(pair{x, 0}.mul(s)))
	return pair{y, 0}.add(d).float()
}

func preciseTanh(x float64) float64 {
	if math.Abs(x) < 1e-4 || math.Abs(x) > 19 || x != x {
		return math.Tanh(x)
	}
	e := pair{2 * x, 0}.exp()
	return e.add(pair{-1, 0}).div(e.add(pair{1, 0})).float()
}

func preciseSinh(x float64) float64 {
	if math.Abs(x) < 1e-4 || math.Abs(x) > 690 || x != x {
		return math.Sinh(x)
	}
	return pair{x, 0}.exp().add(pair{-x, 0}.exp().neg()).scale(0.5).float()
}

func preciseCosh(x float64) float64 {
	if math.Abs(x) > 690 || x != x {
		return math.Cosh(x)
	}
	return pair{x, 0}.exp().add(pair{-x, 0}.exp()).scale(0.5).float()
}

// precisePow is x**y for a positive x and a result that is no edge case.
func precisePow(x, y float64) float64 {
	r := math.Pow(x, y)
	if x <= 0 || !plainRange(x) || !plainRange(y) || !plainRange(r) || r == 1 {
		return r
	}
	return pair{x, 0}.log().mul(pair{y, 0}).exp().float()
}
