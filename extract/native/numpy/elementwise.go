package numpy

import (
	"math"
	"math/bits"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// resultKind says which dtype an elementwise function computes in.
type resultKind uint8

const (
	sameKind  resultKind = iota // the common dtype of the operands
	floatKind                   // at least float (integers become float64)
	boolKind                    // bool, whatever the operands
	noBool                      // as sameKind, and bool operands become int8
)

// unary is an elementwise function of one argument.
type unary struct {
	name string
	kind resultKind
	f    func(x float64) float64
	op   string // expression that a scalar result carries: "call:sqrt", "-x"
}

var unaries = []unary{
	{"sin", floatKind, math.Sin, "call:sin"},
	{"cos", floatKind, math.Cos, "call:cos"},
	{"tan", floatKind, math.Tan, "call:tan"},
	{"arcsin", floatKind, math.Asin, ""},
	{"arccos", floatKind, math.Acos, ""},
	{"arctan", floatKind, math.Atan, ""},
	{"sinh", floatKind, math.Sinh, ""},
	{"cosh", floatKind, math.Cosh, ""},
	{"tanh", floatKind, math.Tanh, ""},
	{"arcsinh", floatKind, math.Asinh, ""},
	{"arccosh", floatKind, math.Acosh, ""},
	{"arctanh", floatKind, math.Atanh, ""},
	{"exp", floatKind, math.Exp, "call:exp"},
	{"exp2", floatKind, math.Exp2, "call:exp2"},
	{"expm1", floatKind, math.Expm1, "call:expm1"},
	{"log", floatKind, math.Log, "call:log"},
	{"log2", floatKind, math.Log2, "call:log2"},
	{"log10", floatKind, math.Log10, "call:log10"},
	{"log1p", floatKind, math.Log1p, "call:log1p"},
	{"sqrt", floatKind, math.Sqrt, "call:sqrt"},
	{"cbrt", floatKind, math.Cbrt, ""},
	{"square", sameKind, func(x float64) float64 { return x * x }, ""},
	{"absolute", sameKind, math.Abs, "call:abs"},
	{"fabs", floatKind, math.Abs, "call:abs"},
	{"negative", sameKind, func(x float64) float64 { return -x }, "-x"},
	{"positive", sameKind, func(x float64) float64 { return x }, "+x"},
	{"conjugate", sameKind, func(x float64) float64 { return x }, ""},
	{"sign", sameKind, sign, ""},
	{"floor", sameKind, math.Floor, "call:floor"},
	{"ceil", sameKind, math.Ceil, "call:ceil"},
	{"rint", floatKind, math.RoundToEven, "call:round"},
	{"trunc", sameKind, math.Trunc, "call:trunc"},
	{"fix", sameKind, math.Trunc, "call:trunc"},
	{"isnan", boolKind, func(x float64) float64 { return truth(math.IsNaN(x)) }, ""},
	{"isinf", boolKind, func(x float64) float64 { return truth(math.IsInf(x, 0)) }, ""},
	{"isfinite", boolKind, func(x float64) float64 { return truth(!math.IsInf(x, 0) && !math.IsNaN(x)) }, ""},
	{"signbit", boolKind, func(x float64) float64 { return truth(math.Signbit(x)) }, ""},
	{"logical_not", boolKind, func(x float64) float64 { return truth(x == 0) }, ""},
	{"degrees", floatKind, func(x float64) float64 { return x * (180 / math.Pi) }, ""},
	{"radians", floatKind, func(x float64) float64 { return x * (math.Pi / 180) }, ""},
	{"reciprocal", sameKind, func(x float64) float64 { return 1 / x }, ""},
}

var unaryAliases = map[string]string{
	"abs": "absolute", "rad2deg": "degrees", "deg2rad": "radians", "conj": "conjugate",
	"asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
}

// binary is an elementwise function of two arguments. dunder, where set, is
// the operator that it implements; refl the reflected one.
type binary struct {
	name string
	kind resultKind
	f    func(x, y float64) float64
	// ints, where set, computes in integers exactly; false: the result is unknown.
	ints         func(x, y int64) (int64, bool)
	op           string // expression of a scalar result
	dunder, refl string
}

var binaries = []binary{
	{"add", sameKind, func(x, y float64) float64 { return x + y }, addInt, "+", "__add__", "__radd__"},
	{"subtract", sameKind, func(x, y float64) float64 { return x - y }, func(x, y int64) (int64, bool) { return addInt(x, -y) }, "-", "__sub__", "__rsub__"},
	{"multiply", sameKind, func(x, y float64) float64 { return x * y }, mulInt, "*", "__mul__", "__rmul__"},
	{"divide", floatKind, func(x, y float64) float64 { return x / y }, nil, "/", "__truediv__", "__rtruediv__"},
	{"floor_divide", sameKind, floorDiv, floorDivInt, "//", "__floordiv__", "__rfloordiv__"},
	{"remainder", sameKind, floorMod, floorModInt, "%", "__mod__", "__rmod__"},
	{"fmod", sameKind, math.Mod, nil, "", "", ""},
	{"power", sameKind, math.Pow, powInt, "**", "__pow__", "__rpow__"},
	{"float_power", floatKind, math.Pow, nil, "**", "", ""},
	{"maximum", sameKind, maximum, nil, "call:max", "", ""},
	{"minimum", sameKind, minimum, nil, "call:min", "", ""},
	{"fmax", sameKind, math.Max, nil, "call:max", "", ""},
	{"fmin", sameKind, math.Min, nil, "call:min", "", ""},
	{"arctan2", floatKind, math.Atan2, nil, "", "", ""},
	{"hypot", floatKind, math.Hypot, nil, "", "", ""},
	{"logaddexp", floatKind, func(x, y float64) float64 { return max(x, y) + math.Log1p(math.Exp(-math.Abs(x-y))) }, nil, "", "", ""},
	{"equal", boolKind, func(x, y float64) float64 { return truth(x == y) }, nil, "==", "__eq__", "__eq__"},
	{"not_equal", boolKind, func(x, y float64) float64 { return truth(x != y) }, nil, "!=", "__ne__", "__ne__"},
	{"less", boolKind, func(x, y float64) float64 { return truth(x < y) }, nil, "<", "__lt__", ""},
	{"less_equal", boolKind, func(x, y float64) float64 { return truth(x <= y) }, nil, "<=", "__le__", ""},
	{"greater", boolKind, func(x, y float64) float64 { return truth(x > y) }, nil, ">", "__gt__", ""},
	{"greater_equal", boolKind, func(x, y float64) float64 { return truth(x >= y) }, nil, ">=", "__ge__", ""},
	{"logical_and", boolKind, func(x, y float64) float64 { return truth(x != 0 && y != 0) }, nil, "", "", ""},
	{"logical_or", boolKind, func(x, y float64) float64 { return truth(x != 0 || y != 0) }, nil, "", "", ""},
	{"logical_xor", boolKind, func(x, y float64) float64 { return truth((x != 0) != (y != 0)) }, nil, "", "", ""},
	{"bitwise_and", sameKind, nil, func(x, y int64) (int64, bool) { return x & y, true }, "&", "__and__", "__rand__"},
	{"bitwise_or", sameKind, nil, func(x, y int64) (int64, bool) { return x | y, true }, "|", "__or__", "__ror__"},
	{"bitwise_xor", sameKind, nil, func(x, y int64) (int64, bool) { return x ^ y, true }, "^", "__xor__", "__rxor__"},
	{"left_shift", noBool, nil, func(x, y int64) (int64, bool) { return x << (y & 63), y >= 0 && y < 53 }, "<<", "__lshift__", "__rlshift__"},
	{"right_shift", noBool, nil, func(x, y int64) (int64, bool) { return x >> min(y&63, 63), y >= 0 }, ">>", "__rshift__", "__rrshift__"},
	{"gcd", noBool, nil, func(x, y int64) (int64, bool) { return gcd(x, y), true }, "", "", ""},
	{"lcm", noBool, nil, func(x, y int64) (int64, bool) {
		if x == 0 || y == 0 {
			return 0, true
		}
		return mulInt(x/gcd(x, y), y)
	}, "call:lcm", "", ""},
}

var binaryAliases = map[string]string{
	"true_divide": "divide", "mod": "remainder", "pow": "power", "bitwise_left_shift": "left_shift", "bitwise_right_shift": "right_shift", "atan2": "arctan2",
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

func maximum(x, y float64) float64 {
	if math.IsNaN(x) || x >= y {
		return x
	}
	return y
}

func minimum(x, y float64) float64 {
	if math.IsNaN(x) || x <= y {
		return x
	}
	return y
}

func addInt(x, y int64) (int64, bool) {
	s := x + y
	return s, (s > x) == (y > 0)
}

func mulInt(x, y int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(abs(x)), uint64(abs(y)))
	return x * y, hi == 0 && lo < 1<<63
}

func abs(x int64) int64 {
	if x < 0 {
		return -x
	}
	return x
}

func gcd(x, y int64) int64 {
	x, y = abs(x), abs(y)
	for y != 0 {
		x, y = y, x%y
	}
	return x
}

func floorDiv(x, y float64) float64 {
	if y == 0 {
		return x / y
	}
	m := math.Mod(x, y)
	q := (x - m) / y
	if m != 0 && (y < 0) != (m < 0) {
		q--
	}
	if q == 0 {
		return math.Copysign(0, x/y)
	}
	if f := math.Floor(q); q-f > 0.5 {
		return f + 1
	} else {
		return f
	}
}

func floorMod(x, y float64) float64 {
	if y == 0 {
		return math.NaN()
	}
	m := math.Mod(x, y)
	if m != 0 && (y < 0) != (m < 0) {
		m += y
	} else if m == 0 {
		m = math.Copysign(0, y)
	}
	return m
}

func floorDivInt(x, y int64) (int64, bool) {
	if y == 0 { // numpy warns and gives 0
		return 0, true
	}
	q := x / y
	if x%y != 0 && (x < 0) != (y < 0) {
		q--
	}
	return q, true
}

func floorModInt(x, y int64) (int64, bool) {
	if y == 0 {
		return 0, true
	}
	m := x % y
	if m != 0 && (m < 0) != (y < 0) {
		m += y
	}
	return m, true
}

func powInt(x, y int64) (int64, bool) {
	r, ok := int64(1), true
	for ; y > 0 && ok; y-- {
		if x == 0 || x == 1 {
			return x, true
		}
		if x == -1 {
			return 1 - 2*(y&1), true
		}
		r, ok = mulInt(r, x)
	}
	return r, ok
}

// dtypeFor applies the rule of an elementwise function to the common dtype.
func (k resultKind) dtypeFor(d DType) (compute, result DType) {
	switch k {
	case floatKind:
		switch {
		case d == Int8 || d == UInt8 || d == Bool:
			return Float16, Float16
		case d == Int16 || d == UInt16:
			return Float32, Float32
		case d.isInt():
			return Float64, Float64
		}
	case boolKind:
		return d, Bool
	case noBool:
		if d == Bool {
			return Int8, Int8
		}
	}
	return d, d
}

func (u *unary) apply(in *interp.Interp, v interp.Value) interp.Value {
	if un, ok := v.(*interp.Unknown); ok {
		return un
	}
	if x, d, _, ok := number(v); ok {
		_, res := u.kind.dtypeFor(d)
		return scalarResult(in, res, u.f(x), u.expr(v))
	}
	if r, ok := foreign(in, v, u.name); ok {
		return r
	}
	a := asArray(in, v, nil)
	if a == nil {
		return in.Unknown("np.%s of values that are not known", u.name)
	}
	return u.array(in, a).result(in)
}

func (u *unary) expr(v interp.Value) *graph.Expr {
	if u.op == "" {
		return nil
	}
	return graph.Apply(u.op, interp.ExprOf(plain(v)))
}

func (u *unary) array(in *interp.Interp, a *Array) *Array {
	d := a.DT
	if !d.numeric() {
		return New(cloneShape(a.Shape), d, nil)
	}
	_, res := u.kind.dtypeFor(d)
	if d.isInt() || d == Bool { // floor, ceil and the like leave integers alone
		switch u.name {
		case "floor", "ceil", "trunc", "fix", "positive", "conjugate":
			return a.copy()
		}
	}
	vals := a.Values()
	if vals == nil {
		return New(cloneShape(a.Shape), res, nil)
	}
	in.Step(len(vals) / 8)
	in.Charge(int64(len(vals)))
	out := make([]float64, len(vals))
	for i, x := range vals {
		y, ok := res.cast(u.f(x))
		if !ok {
			return New(cloneShape(a.Shape), res, nil)
		}
		out[i] = y
	}
	return New(cloneShape(a.Shape), res, out)
}

func cloneShape(s []int64) []int64 { return append([]int64{}, s...) }

// scalarResult rounds x to dtype d.
func scalarResult(in *interp.Interp, d DType, x float64, e *graph.Expr) interp.Value {
	y, ok := d.cast(x)
	if !ok {
		return in.Unknown("a numpy scalar beyond the exact range")
	}
	return newScalar(d, y, e)
}

// foreign is np.sqrt(t) of a tensor: numpy computes on its values and gives a
// tensor back, which is the tensor's own method of that name.
func foreign(in *interp.Interp, v interp.Value, name string) (interp.Value, bool) {
	if t, ok := v.(*tensor.Tensor); ok {
		if m, ok := in.LookupAttr(t, name); ok {
			return in.Call(m, nil, nil), true
		}
	}
	return nil, false
}

// call is a call of a universal function from Python: the operands by
// position; dtype is honoured, out is written to, the rest does not matter.
func call(in *interp.Interp, name string, n int, args []interp.Value, kw []interp.KW, f func(a []interp.Value) interp.Value) interp.Value {
	if len(args) < n {
		in.Raise(interp.TypeError, "%s() takes from %d to %d positional arguments but %d were given", name, n, n+1, len(args))
	}
	var out, dtype interp.Value
	if len(args) > n {
		out = args[n]
	}
	for _, k := range kw {
		switch k.Name {
		case "out":
			out = k.V
		case "dtype":
			dtype = k.V
		case "where":
			if m, ok := k.V.(*Array); ok {
				return New(cloneShape(m.Shape), Float64, nil)
			}
		}
	}
	r := f(args[:n])
	if dtype != nil && !interp.IsNone(dtype) {
		if a := asArray(in, r, nil); a != nil {
			r = astype(in, a, toDType(in, dtype, a.DT)).result(in)
		}
	}
	if dst, ok := out.(*Array); ok {
		setItem(in, dst, interp.Ellipsis, r)
		return dst
	}
	return r
}

// operand is one side of a binary function.
type operand struct {
	a    *Array
	x    float64
	d    DType
	weak bool
	num  bool // x, d, weak hold; a is nil
	n    int64
	isN  bool // n is the exact integer
	e    *graph.Expr
}

// expr is the operand's expression, or its literal.
func (o *operand) expr() *graph.Expr {
	switch {
	case o.e != nil || o.d == Bool:
		return o.e
	case o.isN:
		return graph.LitInt(o.n)
	}
	return graph.Lit(floatText(o.x, Float64))
}

func toOperand(in *interp.Interp, v interp.Value) (o operand, ok bool) {
	if x, d, weak, ok := number(v); ok {
		p := plain(v)
		o = operand{x: x, d: d, weak: weak, num: true, e: interp.ExprOf(p)}
		if n, isInt := interp.AsInt(p); isInt {
			o.n, o.isN = n, true
		}
		return o, true
	}
	switch v := v.(type) {
	case *Array:
		return operand{a: v, d: v.DT}, true
	case *interp.List, *interp.Tuple, *interp.Range:
		a := asArray(in, v, nil)
		if a == nil {
			return o, false
		}
		return operand{a: a, d: a.DT}, true
	}
	return o, false
}

// apply computes the function of two values. ok is false where an operand is
// nothing that numpy converts (the operator then returns NotImplemented).
func (b *binary) apply(in *interp.Interp, v, w interp.Value) (interp.Value, bool) {
	if u, isU := v.(*interp.Unknown); isU {
		return u, true
	}
	if u, isU := w.(*interp.Unknown); isU {
		return u, true
	}
	p, ok := toOperand(in, v)
	if !ok {
		return nil, false
	}
	q, ok := toOperand(in, w)
	if !ok {
		return nil, false
	}
	d := promote(p.d, q.d)
	switch {
	case p.weak && q.weak: // neither leads
	case p.weak:
		d = promoteWeak(q.d, p.d)
	case q.weak:
		d = promoteWeak(p.d, q.d)
	}
	if b.name == "subtract" && d == Bool {
		in.Raise(interp.TypeError, "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.")
	}
	comp, res := b.kind.dtypeFor(d)
	if b.f == nil && !comp.isInt() && comp != Bool {
		in.Raise(interp.TypeError, "ufunc '%s' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''", b.name)
	}
	if b.name == "power" && comp == Bool {
		comp, res = Int8, Int8
	}
	if p.num && q.num {
		return b.scalars(in, p, q, comp, res), true
	}
	return b.arrays(in, p, q, comp, res), true
}

func (b *binary) scalars(in *interp.Interp, p, q operand, comp, res DType) interp.Value {
	var e *graph.Expr
	if b.op != "" && (p.e != nil || q.e != nil) {
		e = graph.Apply(b.op, p.expr(), q.expr())
	}
	if b.ints != nil && p.isN && q.isN && (comp.isInt() || comp == Bool) {
		if b.name == "power" && q.n < 0 {
			in.Raise(interp.ValueError, "Integers to negative integer powers are not allowed.")
		}
		n, ok := b.ints(p.n, q.n)
		if !ok {
			return in.Unknown("an integer beyond 64 bits in numpy")
		}
		if comp == Bool {
			return newScalar(Bool, float64(n), e)
		}
		if res == Int64 || res == UInt64 && n >= 0 {
			return newIntScalar(res, n, e)
		}
		return scalarResult(in, res, float64(n), e)
	}
	if b.f == nil {
		return in.Unknown("np.%s of these operands", b.name)
	}
	x, _ := comp.cast(p.x)
	y, _ := comp.cast(q.x)
	if !comp.numeric() || comp.isInt() && (math.Abs(p.x) > exactInt || math.Abs(q.x) > exactInt) {
		return in.Unknown("np.%s beyond the exact range", b.name)
	}
	return scalarResult(in, res, b.f(x, y), e)
}

func (b *binary) arrays(in *interp.Interp, p, q operand, comp, res DType) interp.Value {
	pa, qa := p.array(), q.array()
	shape := broadcast(in, pa.Shape, qa.Shape)
	var x, y []float64
	if n := sizeOf(shape); n >= 0 && n <= maxKnown && comp.numeric() {
		in.Charge(n)
		in.Step(int(n / 8))
		x, y = broadcastTo(pa, shape).Values(), broadcastTo(qa, shape).Values()
	}
	if x == nil || y == nil {
		return New(shape, res, nil).result(in)
	}
	out := make([]float64, len(x))
	exact := true
	for i := range x {
		u, ok1 := comp.cast(x[i])
		v, ok2 := comp.cast(y[i])
		var r float64
		ok := true
		if b.ints != nil && (comp.isInt() || comp == Bool) {
			if b.name == "power" && v < 0 {
				in.Raise(interp.ValueError, "Integers to negative integer powers are not allowed.")
			}
			var n int64
			n, ok = b.ints(int64(u), int64(v))
			r = float64(n)
		} else if b.f != nil {
			r = b.f(u, v)
		}
		r, ok3 := res.cast(r)
		if !ok || !ok1 || !ok2 || !ok3 {
			exact = false
			break
		}
		out[i] = r
	}
	if !exact {
		out = nil
	}
	return New(shape, res, out).result(in)
}

func (o *operand) array() *Array {
	if o.num {
		return New([]int64{}, o.d, []float64{o.x})
	}
	return o.a
}

// broadcast is the common shape of two; unknown sizes stay unknown unless the
// other side is larger than 1.
func broadcast(in *interp.Interp, p, q []int64) []int64 {
	n := max(len(p), len(q))
	out := make([]int64, n)
	for i := range out {
		x, y := int64(1), int64(1)
		if k := len(p) - n + i; k >= 0 {
			x = p[k]
		}
		if k := len(q) - n + i; k >= 0 {
			y = q[k]
		}
		switch {
		case x == y || y == 1:
			out[i] = x
		case x == 1:
			out[i] = y
		case x < 0:
			out[i] = y
		case y < 0:
			out[i] = x
		default:
			in.Raise(interp.ValueError, "operands could not be broadcast together with shapes %s %s ", shapeCompact(p), shapeCompact(q))
		}
	}
	return out
}

// shapeCompact prints a shape as numpy's broadcast errors do: (2,3).
func shapeCompact(s []int64) string {
	out := "("
	for i, d := range s {
		if i > 0 {
			out += ","
		}
		out += itoa(d)
	}
	if len(s) == 1 {
		out += ","
	}
	return out + ")"
}

// broadcastTo is a view of a with a larger shape that it is known to fit.
func broadcastTo(a *Array, shape []int64) *Array {
	st := make([]int64, len(shape))
	for i := range shape {
		if k := len(a.Shape) - len(shape) + i; k >= 0 && (a.Shape[k] != 1 || shape[i] == 1) {
			st[i] = a.strides[k]
			if a.Shape[k] < 0 {
				return New(shape, a.DT, nil)
			}
		}
	}
	return a.view(shape, st, a.off)
}
