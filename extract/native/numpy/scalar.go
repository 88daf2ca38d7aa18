package numpy

import (
	"math"
	"strconv"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
)

// A numpy scalar is an *interp.Instance of a scalar class whose Data is the
// plain Python number (interp.Int, Float, Bool, Complex or Str), with the
// expression that it came from.

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// newScalar makes a numpy scalar of dtype d from the value of an element.
func newScalar(d DType, x float64, e *graph.Expr) interp.Value {
	var p interp.Value
	switch {
	case d == Bool:
		p = interp.Bool{V: x != 0, E: e}
	case d.isInt():
		p = interp.Int{V: int64(x), E: e}
	default:
		p = interp.Float{V: x, E: e}
	}
	return &interp.Instance{Cls: scalarClasses[d], Data: p}
}

// boxFloats makes the scalars of a table of float64s. Neighbours that are equal
// share their payload.
func boxFloats(xs []float64, out []interp.Value) {
	scalars := make([]interp.Instance, len(xs))
	var payload any
	for i, x := range xs {
		if i == 0 || math.Float64bits(x) != math.Float64bits(xs[i-1]) {
			payload = interp.Float{V: x}
		}
		scalars[i] = interp.Instance{Cls: scalarClasses[Float64], Data: payload}
		out[i] = &scalars[i]
	}
}

// newIntScalar makes an integer scalar beyond what a float64 holds.
func newIntScalar(d DType, n int64, e *graph.Expr) interp.Value {
	return &interp.Instance{Cls: scalarClasses[d], Data: interp.Int{V: n, E: e}}
}

// Scalar is the plain Python number (with its expression) and the dtype of a
// numpy scalar.
func Scalar(v interp.Value) (interp.Value, DType, bool) {
	i, ok := v.(*interp.Instance)
	if !ok || !i.Cls.Native {
		return nil, 0, false
	}
	d, ok := dtypeOfClass[i.Cls]
	if !ok {
		return nil, 0, false
	}
	p, ok := i.Data.(interp.Value)
	return p, d, ok
}

// plain strips a numpy scalar to the Python number; other values stay.
func plain(v interp.Value) interp.Value {
	if p, _, ok := Scalar(v); ok {
		return p
	}
	return v
}

// number is the value, default dtype and weakness of a number: Python's own
// are weak, numpy's strong.
func number(v interp.Value) (x float64, d DType, weak, ok bool) {
	switch v := v.(type) {
	case interp.Bool:
		x, _ = interp.AsFloat(v)
		return x, Bool, true, true
	case interp.Int:
		return float64(v.V), Int64, true, true
	case interp.Float:
		return v.V, Float64, true, true
	case *interp.Instance:
		if p, d, ok := Scalar(v); ok && d.numeric() {
			x, ok := interp.AsFloat(p)
			return x, d, false, ok
		}
		// Members of an IntEnum and other subclasses of the number types.
		if p, ok := v.Data.(interp.Value); ok && (v.Cls.Is(interp.IntClass) || v.Cls.Is(interp.FloatClass)) {
			return number(p)
		}
	}
	return 0, 0, false, false
}

func init() {
	for _, c := range scalarClasses {
		c := c
		d := dtypeOfClass[c]
		c.New = func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
			return makeScalar(in, d, args)
		}
	}
	num := func(f func(in *interp.Interp, self *interp.Instance, d DType) interp.Value) interp.NativeFn {
		return func(in *interp.Interp, a []interp.Value) interp.Value {
			_, d, ok := Scalar(a[0])
			if !ok {
				in.Raise(interp.TypeError, "descriptor requires a 'numpy.generic' object but received a '%s'", a[0].Type().Name)
			}
			return f(in, a[0].(*interp.Instance), d)
		}
	}
	payload := func(s *interp.Instance) interp.Value { return s.Data.(interp.Value) }
	genericClass.AddMethods(
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "__int__", Sig: "self", Fn: num(func(in *interp.Interp, s *interp.Instance, _ DType) interp.Value {
			switch p := payload(s).(type) {
			case interp.Float:
				return truncate(in, p)
			case interp.Bool:
				n, _ := interp.AsInt(p)
				return interp.Int{V: n, E: p.E}
			default:
				return p
			}
		})},
		interp.Method{Name: "__float__", Sig: "self", Fn: num(func(in *interp.Interp, s *interp.Instance, _ DType) interp.Value {
			p := payload(s)
			return interp.Float{V: in.Float(p), E: interp.ExprOf(p)}
		})},
		interp.Method{Name: "__bool__", Sig: "self", Fn: num(func(in *interp.Interp, s *interp.Instance, _ DType) interp.Value {
			return interp.NewBool(in.Truth(payload(s)))
		})},
		interp.Method{Name: "__hash__", Sig: "self", Fn: num(func(in *interp.Interp, s *interp.Instance, _ DType) interp.Value {
			return hashOf(payload(s))
		})},
		interp.Method{Name: "__repr__", Sig: "self", Fn: num(func(in *interp.Interp, s *interp.Instance, d DType) interp.Value {
			if d == Bool {
				return interp.NewStr("np." + scalarText(in, s, d) + "_")
			}
			return interp.NewStr("np." + d.scalarName() + "(" + scalarText(in, s, d) + ")")
		})},
		interp.Method{Name: "__str__", Sig: "self", Fn: num(func(in *interp.Interp, s *interp.Instance, d DType) interp.Value {
			return interp.NewStr(scalarText(in, s, d))
		})},
		interp.Method{Name: "__format__", Sig: "self, spec=''", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			spec := in.Str(a[1])
			if _, d, _ := Scalar(a[0]); spec == "" {
				return interp.NewStr(scalarText(in, a[0].(*interp.Instance), d))
			}
			return interp.NewStr(in.Format(plain(a[0]), spec))
		}},
		interp.Method{Name: "__round__", Sig: "self, ndigits=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			p, d, _ := Scalar(a[0])
			f, isFloat := p.(interp.Float)
			if !isFloat {
				return a[0]
			}
			if interp.IsNone(a[1]) {
				return interp.NewInt(int64(math.RoundToEven(f.V)))
			}
			return newScalar(d, roundTo(f.V, in.Int(a[1])), nil)
		}},
		interp.Method{Name: "item", Sig: "self, *args", Fn: num(func(_ *interp.Interp, s *interp.Instance, _ DType) interp.Value { return payload(s) })},
		interp.Method{Name: "tolist", Sig: "self", Fn: num(func(_ *interp.Interp, s *interp.Instance, _ DType) interp.Value { return payload(s) })},
		interp.Method{Name: "is_integer", Sig: "self", Fn: num(func(_ *interp.Interp, s *interp.Instance, _ DType) interp.Value {
			x, _ := interp.AsFloat(payload(s))
			return interp.NewBool(x == math.Trunc(x))
		})},
		interp.Method{Name: "dtype", Sig: "self", Kind: "property", Fn: num(func(_ *interp.Interp, _ *interp.Instance, d DType) interp.Value { return d })},
		interp.Method{Name: "real", Sig: "self", Kind: "property", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
	)
	index := interp.Method{Name: "__index__", Sig: "self", Fn: num(func(_ *interp.Interp, s *interp.Instance, _ DType) interp.Value { return payload(s) })}
	integerClass.AddMethods(index)
	scalarClasses[Bool].AddMethods(index)
}

func (d DType) scalarName() string {
	switch d {
	case StrD:
		return "str_"
	case Object:
		return "object_"
	}
	return d.String()
}

func scalarText(in *interp.Interp, s *interp.Instance, d DType) string {
	p := s.Data.(interp.Value)
	if f, ok := p.(interp.Float); ok && d != Float64 {
		return floatText(f.V, d)
	}
	return in.Repr(p)
}

// truncate is int(f) for a float.
func truncate(in *interp.Interp, f interp.Float) interp.Value {
	switch {
	case math.IsNaN(f.V):
		in.Raise(interp.ValueError, "cannot convert float NaN to integer")
	case math.IsInf(f.V, 0):
		in.Raise(interp.OverflowError, "cannot convert float infinity to integer")
	case math.Abs(f.V) >= 1<<62:
		return in.Unknown("integer part of a very large float")
	}
	return interp.Int{V: int64(f.V), E: graph.Apply("call:int", f.E)}
}

// hashOf is Python's hash of a number, exact for integers and for floats with
// an integral value (which is what makes equal keys meet).
func hashOf(v interp.Value) interp.Value {
	x, _ := interp.AsFloat(v)
	if n, ok := interp.AsInt(v); ok {
		return interp.NewInt(n % (1<<61 - 1))
	}
	if x == math.Trunc(x) && math.Abs(x) < 1<<60 {
		return interp.NewInt(int64(x))
	}
	return interp.NewInt(int64(math.Float64bits(x) % (1<<61 - 1)))
}

// makeScalar is a call of a scalar class: np.float32(3).
func makeScalar(in *interp.Interp, d DType, args []interp.Value) interp.Value {
	if len(args) == 0 {
		return newScalar(d, 0, nil)
	}
	v := args[0]
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	if d == Object {
		return v
	}
	if d == StrD {
		return &interp.Instance{Cls: scalarClasses[d], Data: interp.NewStr(in.ToStr(v))}
	}
	if d.isComplex() {
		return in.Unknown("a complex numpy scalar")
	}
	if s, ok := interp.AsStr(v); ok {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			in.Raise(interp.ValueError, "could not convert string to float: %s", in.Repr(v))
		}
		v = interp.NewFloat(x)
	}
	if p, ok := plain(v).(interp.Int); ok && (d == Int64 || d == UInt64) {
		return newIntScalar(d, p.V, p.E)
	}
	if x, _, _, ok := number(v); ok {
		if y, ok := d.cast(x); ok {
			e := interp.ExprOf(plain(v))
			if y != x {
				e = nil
			}
			return newScalar(d, y, e)
		}
		return in.Unknown("the value of a %s that does not hold %v", d, x)
	}
	switch v.(type) {
	case *Array, *interp.List, *interp.Tuple:
		return astype(in, asArray(in, v, nil), d).result(in)
	}
	return newScalar(d, in.Float(v), nil)
}

func roundTo(x float64, digits int64) float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	scale := math.Pow(10, math.Abs(float64(digits)))
	if digits < 0 {
		return math.RoundToEven(x/scale) * scale
	}
	return math.RoundToEven(x*scale) / scale
}
