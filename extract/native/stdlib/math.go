package stdlib

import (
	"math"
	"math/big"
	"math/cmplx"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// traced gives a result the expression of the call that made it, where an
// argument has one.
func traced(in *inter, r value, name string, args ...value) value {
	any := false
	es := make([]*graph.Expr, len(args))
	for i, a := range args {
		if e := interp.ExprOf(a); e != nil {
			any = true
			es[i] = e
			continue
		}
		switch a.(type) {
		case interp.Int, interp.Float, interp.Bool:
			es[i] = graph.Lit(in.Repr(a))
		}
	}
	if !any {
		return r
	}
	return interp.WithExpr(r, graph.Apply("call:"+name, es...))
}

// real is v as a float; u is set where it is not known.
func real(in *inter, v value) (f float64, u *interp.Unknown) {
	v = interp.Unwrap(v)
	switch x := v.(type) {
	case interp.Float:
		return x.V, nil
	case interp.BigInt:
		f, _ := interp.AsFloat(x)
		if math.IsInf(f, 0) {
			in.Raise(interp.OverflowError, "int too large to convert to float")
		}
		return f, nil
	case *interp.Unknown:
		return 0, x
	}
	if f, ok := interp.AsFloat(v); ok {
		return f, nil
	}
	for _, n := range []string{"__float__", "__index__"} {
		if m, ok := in.LookupSpecial(v, n); ok {
			r := in.Call(m, nil, nil)
			if u, ok := r.(*interp.Unknown); ok {
				return 0, u
			}
			if f, ok := interp.AsFloat(interp.Unwrap(r)); ok {
				return f, nil
			}
		}
	}
	in.Raise(interp.TypeError, "must be real number, not %s", typeName(v))
	return 0, nil
}

// integer is v as a big int; u is set where it is not known.
func integer(in *inter, v value) (n *big.Int, u *interp.Unknown) {
	v = interp.Unwrap(v)
	switch x := v.(type) {
	case interp.BigInt:
		return x.V, nil
	case *interp.Unknown:
		return nil, x
	case interp.Float:
		in.Raise(interp.TypeError, "'float' object cannot be interpreted as an integer")
	}
	if m, ok := interp.AsInt(v); ok {
		return big.NewInt(m), nil
	}
	if m, ok := in.LookupSpecial(v, "__index__"); ok {
		return integer(in, in.Call(m, nil, nil))
	}
	in.Raise(interp.TypeError, "'%s' object cannot be interpreted as an integer", typeName(v))
	return nil, nil
}

// real1 is a row for a function of one real number. A NaN that comes from a
// number is a domain error, an infinity that comes from a finite one a range error.
func real1(name string, f func(float64) float64) entry {
	return fn("math."+name, "x, /", func(in *inter, a []value) value {
		x, u := real(in, a[0])
		if u != nil {
			return u
		}
		r := f(x)
		if math.IsNaN(r) && !math.IsNaN(x) {
			in.Raise(interp.ValueError, "math domain error")
		}
		if math.IsInf(r, 0) && !math.IsInf(x, 0) {
			switch name {
			case "log", "log2", "log10", "log1p", "atanh", "gamma", "lgamma":
				in.Raise(interp.ValueError, "math domain error")
			}
			in.Raise(interp.OverflowError, "math range error")
		}
		return traced(in, interp.NewFloat(r), name, a[0])
	})
}

func real2(name string, f func(x, y float64) float64) entry {
	return fn("math."+name, "x, y, /", func(in *inter, a []value) value {
		x, u := real(in, a[0])
		if u != nil {
			return u
		}
		y, u := real(in, a[1])
		if u != nil {
			return u
		}
		r := f(x, y)
		if math.IsNaN(r) && !math.IsNaN(x) && !math.IsNaN(y) {
			in.Raise(interp.ValueError, "math domain error")
		}
		if math.IsInf(r, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
			if name == "pow" && x == 0 {
				in.Raise(interp.ValueError, "math domain error")
			}
			in.Raise(interp.OverflowError, "math range error")
		}
		return traced(in, interp.NewFloat(r), name, a[0], a[1])
	})
}

func test1(name string, f func(float64) bool) entry {
	return fn("math."+name, "x, /", func(in *inter, a []value) value {
		x, u := real(in, a[0])
		if u != nil {
			return u
		}
		return interp.NewBool(f(x))
	})
}

// rounded is a row for ceil, floor and trunc: they give ints.
func rounded(name string, f func(float64) float64) entry {
	return fn("math."+name, "x, /", func(in *inter, a []value) value {
		switch x := interp.Unwrap(a[0]).(type) {
		case interp.Int, interp.BigInt, *interp.Unknown:
			return x
		case interp.Bool:
			n, _ := interp.AsInt(x)
			return interp.NewInt(n)
		case interp.Float:
		default:
			if m, ok := in.LookupSpecial(a[0], "__"+name+"__"); ok {
				return in.Call(m, nil, nil)
			}
			if name == "trunc" {
				in.Raise(interp.TypeError, "type %s doesn't define __trunc__ method", typeName(a[0]))
			}
		}
		x, u := real(in, a[0])
		if u != nil {
			return u
		}
		if math.IsNaN(x) {
			in.Raise(interp.ValueError, "cannot convert float NaN to integer")
		}
		if math.IsInf(x, 0) {
			in.Raise(interp.OverflowError, "cannot convert float infinity to integer")
		}
		n, _ := big.NewFloat(f(x)).Int(nil)
		return traced(in, interp.NewBig(n), name, a[0])
	})
}

// logOf is a row for a logarithm, which takes ints of any size.
func logOf(name string, f func(float64) float64) func(in *inter, v value) (float64, *interp.Unknown) {
	return func(in *inter, v value) (float64, *interp.Unknown) {
		if b, ok := interp.Unwrap(v).(interp.BigInt); ok {
			if b.V.Sign() <= 0 {
				in.Raise(interp.ValueError, "math domain error")
			}
			m := new(big.Float)
			e := new(big.Float).SetInt(b.V).MantExp(m)
			x, _ := m.Float64()
			return f(x) + float64(e)*f(2), nil
		}
		x, u := real(in, v)
		if u != nil {
			return 0, u
		}
		if x <= 0 {
			in.Raise(interp.ValueError, "math domain error")
		}
		return f(x), nil
	}
}

func folded(name string, start int64, f func(x, y *big.Int) *big.Int) entry {
	return fn("math."+name, "*integers", func(in *inter, a []value) value {
		acc := big.NewInt(start)
		vs := a[0].(*interp.Tuple).V
		for i, v := range vs {
			n, u := integer(in, v)
			if u != nil {
				return u
			}
			n = new(big.Int).Abs(n)
			if i == 0 {
				acc = n
			} else {
				acc = f(acc, n)
			}
		}
		return traced(in, interp.NewBig(acc), name, vs...)
	})
}

// maxTerms bounds the factors of a factorial or binomial.
const maxTerms = 50_000

// bounded charges for a product of that many bits: time grows faster than size.
func bounded(in *inter, bits int64) {
	in.Charge(bits / 32)
	in.Step(int(math.Pow(float64(bits)/64, 1.5)))
}

func mathEntries() []entry {
	log, log2, log10 := logOf("log", preciseLog), logOf("log2", preciseLog2), logOf("log10", preciseLog10)
	row := func(name string, f func(in *inter, v value) (float64, *interp.Unknown)) entry {
		return fn("math."+name, "x, /", func(in *inter, a []value) value {
			r, u := f(in, a[0])
			if u != nil {
				return u
			}
			return traced(in, interp.NewFloat(r), name, a[0])
		})
	}
	out := []entry{
		module("math"),
		constant("math.pi", interp.NewFloat(math.Pi)), constant("math.e", interp.NewFloat(math.E)), constant("math.tau", interp.NewFloat(2*math.Pi)),
		constant("math.inf", interp.NewFloat(math.Inf(1))), constant("math.nan", interp.NewFloat(math.NaN())),
		real1("sqrt", math.Sqrt), real1("cbrt", math.Cbrt), real1("exp", preciseExp), real1("exp2", preciseExp2), real1("expm1", preciseExpm1), real1("log1p", preciseLog1p),
		real1("sin", preciseSin), real1("cos", preciseCos), real1("tan", preciseTan), real1("asin", math.Asin), real1("acos", math.Acos), real1("atan", preciseAtan),
		real1("sinh", preciseSinh), real1("cosh", preciseCosh), real1("tanh", preciseTanh), real1("asinh", math.Asinh), real1("acosh", math.Acosh), real1("atanh", math.Atanh),
		real1("erf", math.Erf), real1("erfc", math.Erfc), real1("gamma", math.Gamma), real1("fabs", math.Abs),
		real1("lgamma", func(x float64) float64 { r, _ := math.Lgamma(x); return r }),
		real1("degrees", func(x float64) float64 { return x * (180 / math.Pi) }),
		real1("radians", func(x float64) float64 { return x * (math.Pi / 180) }),
		real1("ulp", func(x float64) float64 {
			x = math.Abs(x)
			return math.Nextafter(x, math.Inf(1)) - x
		}),
		real2("atan2", math.Atan2), real2("copysign", math.Copysign), real2("fmod", math.Mod), real2("pow", precisePow), real2("remainder", math.Remainder),
		real2("nextafter", math.Nextafter),
		test1("isfinite", func(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }),
		test1("isinf", func(x float64) bool { return math.IsInf(x, 0) }),
		test1("isnan", math.IsNaN),
		rounded("ceil", math.Ceil), rounded("floor", math.Floor), rounded("trunc", math.Trunc),
		row("log2", log2), row("log10", log10),
		fn("math.log", "x, base=?, /", func(in *inter, a []value) value {
			r, u := log(in, a[0])
			if u != nil {
				return u
			}
			if a[1] == nil {
				return traced(in, interp.NewFloat(r), "log", a[0])
			}
			b, u := log(in, a[1])
			if u != nil {
				return u
			}
			if b == 0 {
				in.Raise(interp.ZeroDivisionError, "float division by zero")
			}
			return traced(in, interp.NewFloat(r/b), "log", a[0], a[1])
		}),
		folded("gcd", 0, func(x, y *big.Int) *big.Int { return new(big.Int).GCD(nil, nil, x, y) }),
		folded("lcm", 1, func(x, y *big.Int) *big.Int {
			if x.Sign() == 0 || y.Sign() == 0 {
				return new(big.Int)
			}
			g := new(big.Int).GCD(nil, nil, x, y)
			return new(big.Int).Mul(new(big.Int).Quo(x, g), y)
		}),
		fn("math.prod", "iterable, /, *, start=1", func(in *inter, a []value) value {
			acc := a[1]
			for i, v := range in.Elements(a[0]) {
				if n, ok := acc.(interp.Int); ok && i == 0 && n.V == 1 && n.E == nil {
					if _, number := v.(interp.Int); number {
						acc = v
						continue
					}
				}
				acc = in.Binary(pyast.Mult, acc, v, false)
			}
			return acc
		}),
		fn("math.isqrt", "n, /", func(in *inter, a []value) value {
			n, u := integer(in, a[0])
			if u != nil {
				return u
			}
			if n.Sign() < 0 {
				in.Raise(interp.ValueError, "isqrt() argument must be nonnegative")
			}
			return traced(in, interp.NewBig(new(big.Int).Sqrt(n)), "isqrt", a[0])
		}),
		fn("math.factorial", "n, /", func(in *inter, a []value) value {
			n, u := integer(in, a[0])
			if u != nil {
				return u
			}
			if n.Sign() < 0 {
				in.Raise(interp.ValueError, "factorial() not defined for negative values")
			}
			if !n.IsInt64() || n.Int64() > maxTerms {
				in.Raise(interp.OverflowError, "factorial() argument should not exceed %d", maxTerms)
			}
			bounded(in, n.Int64()*16)
			return interp.NewBig(new(big.Int).MulRange(1, n.Int64()))
		}),
		fn("math.comb", "n, k, /", func(in *inter, a []value) value { return choose(in, a, true) }),
		fn("math.perm", "n, k=None, /", func(in *inter, a []value) value {
			if interp.IsNone(a[1]) {
				a = []value{a[0], a[0]}
			}
			return choose(in, a, false)
		}),
		fn("math.isclose", "a, b, *, rel_tol=1e-09, abs_tol=0.0", func(in *inter, a []value) value {
			var x [4]float64
			for i := range x {
				var u *interp.Unknown
				if x[i], u = real(in, a[i]); u != nil {
					return u
				}
			}
			if x[2] < 0 || x[3] < 0 {
				in.Raise(interp.ValueError, "tolerances must be non-negative")
			}
			if x[0] == x[1] {
				return interp.True
			}
			if math.IsInf(x[0], 0) || math.IsInf(x[1], 0) {
				return interp.False
			}
			d := math.Abs(x[0] - x[1])
			return interp.NewBool(d <= math.Abs(x[2]*x[1]) || d <= math.Abs(x[2]*x[0]) || d <= x[3])
		}),
		fn("math.fsum", "seq, /", func(in *inter, a []value) value {
			sum := new(big.Float).SetPrec(2200)
			for _, v := range in.Elements(a[0]) {
				x, u := real(in, v)
				if u != nil {
					return u
				}
				if math.IsNaN(x) || math.IsInf(x, 0) {
					return interp.NewFloat(x)
				}
				sum.Add(sum, big.NewFloat(x))
			}
			f, _ := sum.Float64()
			return interp.NewFloat(f)
		}),
		fn("math.hypot", "*coordinates", func(in *inter, a []value) value {
			r := 0.0
			for _, v := range a[0].(*interp.Tuple).V {
				x, u := real(in, v)
				if u != nil {
					return u
				}
				r = math.Hypot(r, x)
			}
			return interp.NewFloat(r)
		}),
		fn("math.dist", "p, q, /", func(in *inter, a []value) value {
			p, q := in.Elements(a[0]), in.Elements(a[1])
			if len(p) != len(q) {
				in.Raise(interp.ValueError, "both points must have the same number of dimensions")
			}
			r := 0.0
			for i := range p {
				x, u := real(in, p[i])
				if u != nil {
					return u
				}
				y, u := real(in, q[i])
				if u != nil {
					return u
				}
				r = math.Hypot(r, x-y)
			}
			return interp.NewFloat(r)
		}),
		fn("math.modf", "x, /", func(in *inter, a []value) value {
			x, u := real(in, a[0])
			if u != nil {
				return u
			}
			i, f := math.Modf(x)
			return interp.NewTuple(interp.NewFloat(f), interp.NewFloat(i))
		}),
		fn("math.frexp", "x, /", func(in *inter, a []value) value {
			x, u := real(in, a[0])
			if u != nil {
				return u
			}
			f, e := math.Frexp(x)
			return interp.NewTuple(interp.NewFloat(f), interp.NewInt(int64(e)))
		}),
		fn("math.ldexp", "x, i, /", func(in *inter, a []value) value {
			x, u := real(in, a[0])
			if u != nil {
				return u
			}
			r := math.Ldexp(x, int(max(-100000, min(100000, in.Int(a[1])))))
			if math.IsInf(r, 0) && !math.IsInf(x, 0) {
				in.Raise(interp.OverflowError, "math range error")
			}
			return interp.NewFloat(r)
		}),
	}
	return append(out, cmathEntries()...)
}

func choose(in *inter, a []value, comb bool) value {
	n, u := integer(in, a[0])
	if u != nil {
		return u
	}
	k, u := integer(in, a[1])
	if u != nil {
		return u
	}
	if n.Sign() < 0 {
		in.Raise(interp.ValueError, "n must be a non-negative integer")
	}
	if k.Sign() < 0 {
		in.Raise(interp.ValueError, "k must be a non-negative integer")
	}
	if k.Cmp(n) > 0 {
		return interp.NewInt(0)
	}
	terms := new(big.Int).Set(k)
	if rest := new(big.Int).Sub(n, k); comb && rest.Cmp(k) < 0 {
		terms = rest
	}
	if !n.IsInt64() || terms.Cmp(big.NewInt(maxTerms)) > 0 {
		in.Raise(interp.OverflowError, "k must not exceed %d", maxTerms)
	}
	bounded(in, terms.Int64()*int64(n.BitLen()))
	if comb {
		return interp.NewBig(new(big.Int).Binomial(n.Int64(), k.Int64()))
	}
	return interp.NewBig(new(big.Int).MulRange(n.Int64()-k.Int64()+1, n.Int64()))
}

func cmathEntries() []entry {
	out := []entry{module("cmath"), constant("cmath.pi", interp.NewFloat(math.Pi)), constant("cmath.e", interp.NewFloat(math.E)), constant("cmath.inf", interp.NewFloat(math.Inf(1)))}
	number := func(in *inter, v value) complex128 {
		if c, ok := v.(interp.Complex); ok {
			return c.V
		}
		return complex(in.Float(v), 0)
	}
	for name, f := range map[string]func(complex128) complex128{"sqrt": cmplx.Sqrt, "exp": cmplx.Exp, "log": cmplx.Log, "sin": cmplx.Sin, "cos": cmplx.Cos} {
		out = append(out, fn("cmath."+name, "z, /", func(in *inter, a []value) value { return interp.Complex{V: f(number(in, a[0]))} }))
	}
	return append(out,
		fn("cmath.phase", "z, /", func(in *inter, a []value) value { return interp.NewFloat(cmplx.Phase(number(in, a[0]))) }),
		fn("cmath.polar", "z, /", func(in *inter, a []value) value {
			r, p := cmplx.Polar(number(in, a[0]))
			return interp.NewTuple(interp.NewFloat(r), interp.NewFloat(p))
		}),
		fn("cmath.rect", "r, phi, /", func(in *inter, a []value) value {
			return interp.Complex{V: cmplx.Rect(in.Float(a[0]), in.Float(a[1]))}
		}))
}
