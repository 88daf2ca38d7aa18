package torch

import (
	"math"
	"slices"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// arg1 is an operand of an elementwise operation: a tensor or a number.
type arg1 struct {
	t     *T
	v     float64 // of a number
	known bool    // whether v is
	val   interp.Value
	dt    tensor.DType
}

// operandAt reads argument i as an operand.
func (c *call) operandAt(i int) arg1 {
	v := c.a[i]
	switch v := v.(type) {
	case *T:
		return arg1{t: v, dt: v.DType}
	case interp.Float:
		return arg1{v: v.V, known: true, val: v, dt: tensor.Float64}
	case interp.Int:
		return arg1{v: float64(v.V), known: true, val: v, dt: tensor.Int64}
	case interp.Bool:
		n, _ := interp.AsInt(v)
		return arg1{v: float64(n), known: true, val: v, dt: tensor.Bool}
	case interp.BigInt:
		f, _ := interp.AsFloat(v)
		return arg1{v: f, known: true, val: v, dt: tensor.Int64}
	case interp.Complex:
		return arg1{val: v, dt: tensor.Complex128}
	case *interp.Unknown:
		return arg1{val: v, dt: tensor.Bool}
	case *interp.Instance:
		if n, ok := v.Data.(interp.Int); ok {
			return arg1{v: float64(n.V), known: true, val: n, dt: tensor.Int64}
		}
	case nil:
		c.in.Raise(interp.TypeError, "%s() missing 1 required positional arguments: \"%s\"", c.name, c.param(i))
	}
	if f := foreign(c.in, v); f != nil {
		c.a[i] = f
		return c.operandAt(i)
	}
	if u, ok := c.a[0].(*interp.Unknown); ok {
		panic(unknownArg{u})
	}
	c.typeError(i, "Tensor")
	return arg1{}
}

// resultType is the promoted dtype of operands.
func resultType(in *interp.Interp, xs ...arg1) tensor.DType {
	var buf [4]tensor.Operand
	ops := buf[:0]
	for _, x := range xs {
		if x.t != nil {
			ops = append(ops, tensor.Operand{DType: x.dt, Rank: len(x.t.Shape)})
		} else {
			ops = append(ops, tensor.Operand{DType: x.dt, Number: true})
		}
	}
	return tensor.ResultType(tensor.DefaultDType(in), ops...)
}

// floatType is dt where it is a floating or complex type, else the default dtype.
func floatType(in *interp.Interp, dt tensor.DType) tensor.DType {
	if dt.IsFloat() || dt.IsComplex() {
		return dt
	}
	return tensor.DefaultDType(in)
}

// pointwise is the result of an elementwise operation over xs of dtype dt; f
// computes an element from the operands, each rounded to compute first (nil:
// no values).
func pointwise(c *call, op string, dt, compute tensor.DType, xs []arg1, f func(x []float64) float64, args ...graph.Arg) res {
	var shapeBuf [4][]tensor.Dim
	shapes := shapeBuf[:0]
	ins := make([]*T, 0, len(xs))
	known := f != nil
	for _, x := range xs {
		if x.t != nil {
			shapes = append(shapes, x.t.Shape)
			ins = append(ins, x.t)
			known = known && x.t.Promised()
		} else {
			known = known && x.known
		}
	}
	var shape []tensor.Dim
	if len(shapes) == 1 {
		shape = tensor.Clone(shapes[0])
	} else {
		shape = broadcast(c, shapes)
	}
	r := res{op: op, shape: shape, dt: dt, ins: ins, args: args, stride: keptStrides(shape, ins)}
	if known {
		r.data, r.later = elements(c.in, shape, dt, compute, xs, f)
	}
	return r
}

// elements are the values of an elementwise operation, computed now where they
// are few.
func elements(in *interp.Interp, shape []tensor.Dim, dt, compute tensor.DType, xs []arg1, f func(x []float64) float64) ([]float64, *tensor.Promise) {
	n := tensor.Numel(shape)
	if n < tensor.Many {
		return compute1(in, shape, dt, compute, xs, f), nil
	}
	if !computes(dt, n, xs) {
		return nil, nil
	}
	in.Step(int(n) / 16)
	from := make([]*T, 0, len(xs))
	xs = slices.Clone(xs)
	for i, x := range xs {
		if x.t != nil {
			xs[i].t = x.t.Snapshot()
			from = append(from, xs[i].t)
		}
	}
	return nil, tensor.NewPromise(n, func() []float64 { return evaluate(shape, dt, compute, xs, f) }, from...)
}

// broadcast is tensor.Broadcast with the words of torch's elementwise
// operations on the meta device.
func broadcast(c *call, shapes [][]tensor.Dim) []tensor.Dim {
	var common []int64
	n := 0
	for _, s := range shapes {
		n = max(n, len(s))
	}
	if n <= 8 {
		var buf [8]int64
		common = buf[:n]
	} else {
		common = make([]int64, n)
	}
	for i := range common {
		common[i] = 1
	}
	for k, s := range shapes {
		off := n - len(s)
		for i := len(s) - 1; i >= 0; i-- {
			v := s[i].V
			switch at := &common[off+i]; {
			case *at == 1 || *at < 0:
				*at = v
			case v != 1 && v >= 0 && v != *at:
				words := make([]tensor.Dim, n)
				for j := range words {
					words[j] = tensor.D(common[j])
				}
				c.fail("Attempting to broadcast a dimension of length %d at %d! Mismatching argument at index %d had torch.Size(%s); but expected shape should be broadcastable to %s", v, i-len(s), k, tensor.ShapeString(s), tensor.ShapeString(words))
			}
		}
	}
	return tensor.Broadcast(c.in, shapes...)
}

// tensorsOnly is f for operations that take no numbers.
func tensorsOnly(f func(c *call) res) func(c *call) res {
	return func(c *call) res {
		c.T(0)
		c.T(1)
		return f(c)
	}
}

// tensorFirst is f for operations of which only the second operand may be a number.
func tensorFirst(f func(c *call) res) func(c *call) res {
	return func(c *call) res {
		if _, ok := c.a[0].(*T); !ok && foreign(c.in, c.a[0]) == nil {
			if u, isU := c.a[0].(*interp.Unknown); isU {
				panic(unknownArg{u})
			}
			c.in.Raise(interp.TypeError, "%s() received an invalid combination of arguments - got (%s, %s), but expected one of:\n * (Tensor input, Tensor other, *, Tensor out = None)\n * (Tensor input, Number other, *, Tensor out = None)\n", c.name, c.a[0].Type().Name, c.a[1].Type().Name)
		}
		return f(c)
	}
}

// compute1 computes the elements; nil where there are too many.
func compute1(in *interp.Interp, shape []tensor.Dim, dt, compute tensor.DType, xs []arg1, f func(x []float64) float64) []float64 {
	n := tensor.Numel(shape)
	if !computes(dt, n, xs) {
		return nil
	}
	in.Step(int(n) / 16)
	return evaluate(shape, dt, compute, xs, f)
}

// computes reports whether the values of n elements are few enough.
func computes(dt tensor.DType, n int64, xs []arg1) bool {
	masked := false
	for _, x := range xs {
		masked = masked || x.t != nil && x.t.DType == tensor.Bool
	}
	return tensor.Keeps(dt, n) || masked && tensor.KeepsMask(n)
}

// evaluate computes the elements; nil where they cannot be exact.
func evaluate(shape []tensor.Dim, dt, compute tensor.DType, xs []arg1, f func(x []float64) float64) []float64 {
	n := tensor.Numel(shape)
	vals := make([][]float64, len(xs))
	w := spread{shape: shape, at: make([]int64, len(xs)), strides: make([][]int64, len(xs))}
	for i, x := range xs {
		if x.t == nil {
			vals[i] = []float64{tensor.Round(compute, x.v)}
			if compute.IsFloat() && (dt == compute || dt == tensor.Bool) {
				vals[i][0] = x.v // numbers take part in double precision
				if compute == tensor.Float32 || compute == tensor.Float16 || compute == tensor.BFloat16 {
					vals[i][0] = float64(float32(x.v))
				}
			}
			continue
		}
		if vals[i] = x.t.Values(); vals[i] == nil {
			return nil
		}
		if len(vals[i]) != 1 {
			w.strides[i] = broadcastStrides(x.t, shape)
		}
		if x.t.DType != compute && (compute.IsFloat() || compute.IsInt()) && x.t.DType.IsFloat() != compute.IsFloat() {
			d := make([]float64, len(vals[i]))
			for k, v := range vals[i] {
				d[k] = tensor.Round(compute, v)
			}
			vals[i] = d
		}
	}
	out := make([]float64, n)
	x := make([]float64, len(xs))
	for k := range out {
		for i, v := range vals {
			x[i] = v[w.at[i]]
		}
		w.next()
		out[k] = f(x)
		if dt == tensor.Int64 && (out[k] > 1<<53 || out[k] < -1<<53) && !passesThrough(out[k], x) {
			return nil // beyond what a float64 holds exactly
		}
	}
	return out
}

func passesThrough(v float64, x []float64) bool {
	for _, y := range x {
		if v == y {
			return true
		}
	}
	return false
}

// spread walks over a shape in row-major order, with the place of the
// element in each of several operands; one without strides is one value.
type spread struct {
	shape   []tensor.Dim
	at      []int64
	strides [][]int64
	idx     []int64
}

func (w *spread) next() {
	if w.idx == nil {
		w.idx = make([]int64, len(w.shape))
	}
	for d := len(w.shape) - 1; d >= 0; d-- {
		w.idx[d]++
		more := w.idx[d] < w.shape[d].V
		for i, s := range w.strides {
			if s == nil {
				continue
			}
			w.at[i] += s[d]
			if !more {
				w.at[i] -= w.idx[d] * s[d]
			}
		}
		if more {
			return
		}
		w.idx[d] = 0
	}
}

// broadcastStrides are the strides of t's values, in row-major order, over a
// shape that t is broadcast to.
func broadcastStrides(t *T, shape []tensor.Dim) []int64 {
	own := tensor.ContiguousStrides(t.Shape)
	off := len(shape) - len(t.Shape)
	strides := make([]int64, len(shape))
	for i := range t.Shape {
		if t.Shape[i].V != 1 {
			strides[off+i] = own[i]
		}
	}
	return strides
}

// Expanded are the values of t broadcast to shape; one value stays one. nil
// where they are not known.
func Expanded(t *T, shape []tensor.Dim) []float64 {
	v := t.Values()
	if v == nil || len(v) == 1 || tensor.SameSizes(t.Shape, shape) {
		return v
	}
	n := tensor.Numel(shape)
	if !tensor.Keeps(tensor.Int64, n) {
		return nil
	}
	out := make([]float64, n)
	w := spread{shape: shape, at: []int64{0}, strides: [][]int64{broadcastStrides(t, shape)}}
	for k := range out {
		out[k] = v[w.at[0]]
		w.next()
	}
	return out
}

// keptStrides are the strides of an elementwise result: those of its inputs
// where they agree on an order of the dimensions (TensorIterator's rule), nil
// for row-major.
func keptStrides(shape []tensor.Dim, ins []*T) []int64 {
	plain := true
	for _, t := range ins {
		if t.Stride != nil {
			plain = false
		}
	}
	if plain || len(shape) < 2 {
		return nil
	}
	n := len(shape)
	st := make([][]int64, len(ins))
	for i, t := range ins {
		own := t.Strides()
		s := make([]int64, n)
		off := n - len(own)
		for d := range own {
			if t.Shape[d].V != 1 || shape[off+d].V == 1 {
				s[off+d] = own[d]
			}
		}
		st[i] = s
	}
	perm := make([]int, n) // perm[0] is the fastest
	for i := range perm {
		perm[i] = n - 1 - i
	}
	less := func(d0, d1 int) int {
		for _, s := range st {
			a, b := s[d0], s[d1]
			if a == 0 || b == 0 {
				continue
			}
			if a < b {
				return -1
			}
			if a > b {
				return 1
			}
			if shape[d0].V > shape[d1].V {
				return 1
			}
		}
		return 0
	}
	for i := 1; i < n; i++ {
		d1 := i
		for d0 := i - 1; d0 >= 0; d0-- {
			switch cmp := less(perm[d0], perm[d1]); {
			case cmp > 0:
				perm[d0], perm[d1] = perm[d1], perm[d0]
				d1 = d0
				continue
			case cmp < 0:
				d0 = -1
			}
			if d0 < 0 {
				break
			}
		}
	}
	out := make([]int64, n)
	step := int64(1)
	for _, d := range perm {
		if shape[d].V < 0 {
			return nil
		}
		out[d] = step
		if shape[d].V > 1 {
			step *= shape[d].V
		}
	}
	plainOut := &T{Shape: shape, Stride: out}
	if plainOut.Contiguous() {
		return nil
	}
	return out
}

// unary makes the res of an elementwise function of one tensor.
type unaryKind uint8

const (
	toFloat unaryKind = iota // integers become the default dtype
	same                     // the dtype stays
	toBool
	toReal // complex becomes real
)

func unary(kind unaryKind, f func(float64) float64) func(c *call) res {
	return func(c *call) res {
		x := c.T(0)
		dt := x.DType
		compute := dt
		switch kind {
		case toFloat:
			dt = floatType(c.in, dt)
			compute = dt
		case toBool:
			dt = tensor.Bool
		case toReal:
			dt = dt.ToReal()
		}
		var g func([]float64) float64
		if f != nil && x.Promised() {
			g = func(v []float64) float64 { return f(v[0]) }
		}
		var rest []graph.Arg
		if c.tracing() {
			for i := 1; i < len(c.a); i++ {
				if c.a[i] != nil {
					rest = append(rest, c.arg(i))
				}
			}
		}
		return pointwise(c, c.op, dt, compute, []arg1{{t: x, dt: x.DType}}, g, rest...)
	}
}

// pred is unary with a predicate.
func pred(f func(float64) bool) func(c *call) res {
	return unary(toBool, func(x float64) float64 { return b2f(f(x)) })
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

type binaryKind uint8

const (
	arith    binaryKind = iota // promoted dtype
	divide                     // promoted, integers become the default dtype
	compares                   // bool
)

// binary makes the res of an elementwise function of two operands.
func binary(kind binaryKind, f func(a, b float64) float64) func(c *call) res {
	return func(c *call) res { return c.binary(c.op, kind, c.operandAt(0), c.operandAt(1), f) }
}

// reversed is binary with the operands exchanged (__radd__).
func reversed(kind binaryKind, f func(a, b float64) float64) func(c *call) res {
	return func(c *call) res { return c.binary(c.op, kind, c.operandAt(1), c.operandAt(0), f) }
}

func (c *call) binary(op string, kind binaryKind, a, b arg1, f func(a, b float64) float64, extra ...graph.Arg) res {
	if a.t == nil && b.t == nil && (op == "add" || op == "sub" || op == "mul" || op == "div" || op == "floor_divide") && a.dt != tensor.Complex128 {
		// Two numbers make a 0-dimensional tensor.
		dt := numberType(c.in, a.val)
		n := tensor.New([]tensor.Dim{}, dt)
		if a.known {
			n = tensor.Scalar(dt, a.v)
		}
		a = arg1{t: n, dt: dt}
	}
	dt := resultType(c.in, a, b)
	compute := dt
	switch kind {
	case divide:
		dt = floatType(c.in, dt)
		compute = dt
	case compares:
		dt = tensor.Bool
		if a.t == nil || b.t == nil {
			compute = tensor.Float64
		}
	}
	if a.t == nil && b.t == nil {
		c.typeError(0, "Tensor")
	}
	var g func([]float64) float64
	if f != nil && !compute.IsComplex() && !(dt == tensor.Bool && kind == arith && (op == "sub")) {
		g = func(v []float64) float64 { return f(v[0], v[1]) }
	}
	var args []graph.Arg
	if c.tracing() {
		if a.t == nil {
			args = append(args, tensor.ArgVal(c.in, "self", a.val))
		}
		if b.t == nil {
			name := "other"
			if op == "pow" {
				name = "exponent"
			}
			args = append(args, tensor.ArgVal(c.in, name, b.val))
		}
		args = append(args, extra...)
	}
	return pointwise(c, op, dt, compute, []arg1{a, b}, g, args...)
}

func subCheck(c *call, a, b arg1) {
	if a.dt == tensor.Bool && b.dt == tensor.Bool && a.t != nil && b.t != nil {
		c.in.Raise(interp.NotImplementedError, "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.")
	}
}

// addSub is add and sub with their alpha.
func addSub(sign float64, swap bool) func(c *call) res {
	return func(c *call) res {
		a, b := c.operandAt(0), c.operandAt(1)
		if swap {
			a, b = b, a
		}
		if sign < 0 {
			subCheck(c, a, b)
		}
		alpha := 1.0
		known := true
		var extra []graph.Arg
		if len(c.a) > 2 && c.a[2] != nil {
			if f, ok := interp.AsFloat(c.a[2]); ok {
				alpha = f
			} else {
				known = false
			}
			if alpha != 1 || !known {
				extra = append(extra, c.arg(2))
			}
		}
		s := sign * alpha
		f := func(a, b float64) float64 { return a + s*b }
		if !known {
			f = nil
		}
		return c.binary(c.op, arith, a, b, f, extra...)
	}
}

func pyMod(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	m := math.Mod(a, b)
	if m != 0 && (m < 0) != (b < 0) {
		m += b
	}
	return m
}

func floorDiv(a, b float64) float64 {
	if b == 0 {
		return a / b
	}
	return math.Floor((a - pyMod(a, b)) / b)
}

func max2(a, b float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	return math.Max(a, b)
}

func min2(a, b float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	return math.Min(a, b)
}

func bits(f func(a, b int64) int64) func(a, b float64) float64 {
	return func(a, b float64) float64 { return float64(f(int64(a), int64(b))) }
}

// bitwise is binary for operators that floats do not have.
func bitwise(op string, swap bool, f func(a, b int64) int64) func(c *call) res {
	return func(c *call) res {
		a, b := c.operandAt(0), c.operandAt(1)
		if swap {
			a, b = b, a
		}
		// The meta device lets floats pass; their bits have no values here.
		if dt := resultType(c.in, a, b); dt.IsFloat() || dt.IsComplex() {
			return c.binary(op, arith, a, b, nil)
		}
		return c.binary(op, arith, a, b, bits(f))
	}
}

func div(swap bool) func(c *call) res {
	return func(c *call) res {
		a, b := c.operandAt(0), c.operandAt(1)
		if swap {
			a, b = b, a
		}
		mode := ""
		if len(c.a) > 2 && c.given(2) {
			mode = c.Str(2)
		}
		switch mode {
		case "floor":
			return c.binary("div", arith, a, b, floorDiv, tensor.ArgStr("rounding_mode", mode))
		case "trunc":
			return c.binary("div", arith, a, b, func(a, b float64) float64 { return math.Trunc(a / b) }, tensor.ArgStr("rounding_mode", mode))
		case "":
		default:
			c.fail("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '%s'", mode)
		}
		return c.binary("div", divide, a, b, func(a, b float64) float64 { return a / b })
	}
}

func floorDivide(swap bool) func(c *call) res {
	return func(c *call) res {
		a, b := c.operandAt(0), c.operandAt(1)
		if swap {
			a, b = b, a
		}
		if dt := resultType(c.in, a, b); dt == tensor.Bool || dt.IsComplex() {
			c.fail("torch.%s not supported for floor_divide", dt)
		}
		return c.binary("floor_divide", arith, a, b, floorDiv)
	}
}

func intPow(a, b float64) float64 { return math.Pow(a, b) }

func pow(swap bool) func(c *call) res {
	return func(c *call) res {
		a, b := c.operandAt(0), c.operandAt(1)
		if swap {
			a, b = b, a
		}
		if a.t != nil && b.t == nil && b.known && b.v < 0 && !b.dt.IsFloat() && !a.dt.IsFloat() && !a.dt.IsComplex() {
			c.fail("Integers to negative integer powers are not allowed.")
		}
		r := c.binary("pow", arith, a, b, intPow)
		if a.t == nil && a.known {
			base := tensor.ArgVal(c.in, "self", a.val)
			r.from = &base
		}
		if r.dt == tensor.Bool {
			r.dt = tensor.Int64
		}
		return r
	}
}

// clamp is clamp, with numbers or tensors as bounds.
func clamp(c *call) res {
	x := c.T(0)
	args := []arg1{{t: x, dt: x.DType}}
	lo, hi := 0, 0
	var nodeArgs []graph.Arg
	for i := 1; i <= 2; i++ {
		if i >= len(c.a) || !c.given(i) {
			continue
		}
		o := c.operandAt(i)
		if o.t == nil && c.tracing() {
			nodeArgs = append(nodeArgs, c.arg(i))
		}
		args = append(args, o)
		if i == 1 {
			lo = len(args) - 1
		} else {
			hi = len(args) - 1
		}
	}
	if lo == 0 && hi == 0 {
		c.in.Raise(interp.ValueError, "clamp called but both min and max are none!")
	}
	dt := resultType(c.in, args...)
	return pointwise(c, "clamp", dt, dt, args, func(v []float64) float64 {
		r := v[0]
		if r != r {
			return r
		}
		if lo > 0 && r < v[lo] {
			r = v[lo]
		}
		if hi > 0 && r > v[hi] {
			r = v[hi]
		}
		return r
	}, nodeArgs...)
}

func clampOne(isMin bool) func(c *call) res {
	return func(c *call) res {
		x, b := c.T(0), c.operandAt(1)
		xs := []arg1{{t: x, dt: x.DType}, b}
		dt := resultType(c.in, xs...)
		var args []graph.Arg
		if b.t == nil && c.tracing() {
			args = append(args, c.arg(1))
		}
		return pointwise(c, c.op, dt, dt, xs, func(v []float64) float64 {
			if isMin {
				return max2(v[0], v[1])
			}
			return min2(v[0], v[1])
		}, args...)
	}
}

// where is torch.where with three arguments; with one it is nonzero.
func where(c *call) interp.Value {
	cond := c.T(0)
	if c.a[1] == nil && c.a[2] == nil {
		return nonzeroTuple(c, cond)
	}
	a, b := c.operandAt(1), c.operandAt(2)
	return whereOf(c, cond, a, b).make(c.in)
}

func whereOf(c *call, cond *T, a, b arg1) res {
	if cond.DType != tensor.Bool && cond.DType != tensor.UInt8 {
		c.fail("expected predicate to be bool, got torch.%s", cond.DType)
	}
	dt := resultType(c.in, a, b)
	if a.t == nil && b.t == nil {
		dt = resultType(c.in, a, b)
	}
	var args []graph.Arg
	if c.tracing() {
		if a.t == nil {
			args = append(args, tensor.ArgVal(c.in, "self", a.val))
		}
		if b.t == nil {
			args = append(args, tensor.ArgVal(c.in, "other", b.val))
		}
	}
	return pointwise(c, "where", dt, dt, []arg1{{t: cond, dt: tensor.Bool}, a, b}, func(v []float64) float64 {
		if v[0] != 0 {
			return v[1]
		}
		return v[2]
	}, args...)
}

// maskedFill is masked_fill(mask, value).
func maskedFill(c *call) res {
	x, mask, v := c.T(0), c.T(1), c.operandAt(2)
	if mask.DType != tensor.Bool {
		c.fail("expected predicate to be bool, got torch.%s", mask.DType)
	}
	if v.t != nil && len(v.t.Shape) != 0 {
		c.fail("masked_fill_ only supports a 0-dimensional value tensor, but got tensor with %d dimension(s).", len(v.t.Shape))
	}
	if v.t == nil && v.known && !canCast(v.dt, x.DType) && !(v.dt.IsFloat() && v.v == math.Trunc(v.v)) && x.DType != tensor.Bool {
		c.fail("value cannot be converted to type %s without overflow", cppType(x.DType))
	}
	var args []graph.Arg
	if v.t == nil && c.tracing() {
		args = append(args, c.arg(2))
	}
	return pointwise(c, "masked_fill", x.DType, x.DType, []arg1{{t: x, dt: x.DType}, {t: mask, dt: tensor.Bool}, v}, func(a []float64) float64 {
		if a[1] != 0 {
			return a[2]
		}
		return a[0]
	}, args...)
}

func cppType(d tensor.DType) string {
	switch d {
	case tensor.Int64:
		return "int64_t"
	case tensor.Int32:
		return "int"
	case tensor.Float32:
		return "float"
	}
	return d.String()
}

// three is an elementwise function of three tensors and a factor (addcmul, addcdiv, lerp).
func three(f func(a, b, c, k float64) float64) func(c *call) res {
	return func(c *call) res {
		xs := []arg1{c.operandAt(0), c.operandAt(1), c.operandAt(2)}
		k := 1.0
		if len(c.a) > 3 && c.a[3] != nil {
			if v, ok := interp.AsFloat(c.a[3]); ok {
				k = v
			} else {
				f = nil
			}
		}
		var g func(v []float64) float64
		if f != nil {
			g = func(v []float64) float64 { return f(v[0], v[1], v[2], k) }
		}
		dt := resultType(c.in, xs...)
		var args []graph.Arg
		if c.tracing() {
			for i := 1; i < len(c.a); i++ {
				if _, isT := c.a[i].(*T); !isT && c.a[i] != nil {
					args = append(args, c.arg(i))
				}
			}
		}
		return pointwise(c, c.op, dt, dt, xs, g, args...)
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func roundEven(c *call) res {
	x := c.T(0)
	d := int64(0)
	if c.a[1] != nil {
		d = c.Int(1)
	}
	k := math.Pow(10, float64(d))
	return pointwise(c, "round", x.DType, x.DType, []arg1{{t: x, dt: x.DType}}, func(v []float64) float64 {
		if d == 0 {
			return math.RoundToEven(v[0])
		}
		return math.RoundToEven(v[0]*k) / k
	}, c.args(1)...)
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

func nanToNum(c *call) res {
	x := c.T(0)
	nan, hi, lo := 0.0, maxOf(x.DType), -maxOf(x.DType)
	for i, p := range []*float64{&nan, &hi, &lo} {
		if c.given(i + 1) {
			*p = c.Float(i + 1)
		}
	}
	return pointwise(c, "nan_to_num", x.DType, x.DType, []arg1{{t: x, dt: x.DType}}, func(v []float64) float64 {
		switch {
		case v[0] != v[0]:
			return nan
		case math.IsInf(v[0], 1):
			return hi
		case math.IsInf(v[0], -1):
			return lo
		}
		return v[0]
	}, c.args(1, 2, 3)...)
}

// maxOf is the greatest finite value of a dtype.
func maxOf(d tensor.DType) float64 {
	switch d {
	case tensor.Float32, tensor.Complex64:
		return math.MaxFloat32
	case tensor.Float16:
		return 65504
	case tensor.BFloat16:
		return 3.3895313892515355e38
	case tensor.Float8E4M3:
		return 448
	case tensor.Float8E5M2:
		return 57344
	case tensor.Int64:
		return math.MaxInt64
	case tensor.Int32:
		return math.MaxInt32
	case tensor.Int16:
		return math.MaxInt16
	case tensor.Int8:
		return math.MaxInt8
	case tensor.UInt8:
		return 255
	case tensor.UInt16:
		return 65535
	case tensor.UInt32:
		return math.MaxUint32
	case tensor.UInt64:
		return math.MaxUint64
	case tensor.Bool:
		return 1
	}
	return math.MaxFloat64
}

// fill is fill_(value) and zero_().
func fill(zero bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		t := c.T(0)
		v := arg1{known: true, val: interp.NewInt(0)}
		if !zero {
			v = c.operandAt(1)
		}
		if v.t != nil {
			v.v, v.known = v.t.Item()
		}
		var data []float64
		if n := t.Numel(); v.known && tensor.Keeps(t.DType, n) {
			data = make([]float64, n)
			for i := range data {
				data[i] = v.v
			}
		}
		var ins []*T
		var args []graph.Arg
		if v.t != nil {
			ins = append(ins, v.t)
		} else if !zero {
			args = c.args(1)
		}
		return tensor.InPlace(c.in, c.op, t, ins, data, args...)
	}
}

// random is an in-place filling with random numbers.
func random(c *call) interp.Value {
	return tensor.InPlace(c.in, c.op, c.T(0), nil, nil)
}

// copyInto is copy_(src).
func copyInto(c *call) interp.Value {
	t := c.T(0)
	if _, isT := c.a[1].(*T); !isT {
		if v := foreign(c.in, c.a[1]); v != nil {
			c.a[1] = v
		}
	}
	if _, ok := c.a[1].(*interp.Unknown); ok { // the tensor stays, its values are not known any more
		return tensor.InPlace(c.in, "copy_", t, nil, nil)
	}
	src := c.operandAt(1)
	if src.t == nil {
		c.typeError(1, "Tensor")
	}
	checkExpands(c, src.t, t.Shape)
	var data []float64
	if src.t.Known() && tensor.Keeps(t.DType, t.Numel()) {
		data = repeatTo(Expanded(src.t, t.Shape), t.Numel())
	}
	return tensor.InPlace(c.in, "copy_", t, []*T{src.t}, data)
}

// repeatTo is v, or its single element n times, copied.
func repeatTo(v []float64, n int64) []float64 {
	if v == nil || n < 0 {
		return nil
	}
	out := make([]float64, n)
	if len(v) == 1 {
		for i := range out {
			out[i] = v[0]
		}
		return out
	}
	copy(out, v)
	return out
}

// checkExpands raises where src does not broadcast to shape.
func checkExpands(c *call, src *T, shape []tensor.Dim) {
	off := len(shape) - len(src.Shape)
	lead := 0
	for lead < len(src.Shape) && off+lead < 0 && src.Shape[lead].V == 1 {
		lead++
	}
	for i := lead; i < len(src.Shape); i++ {
		if off+i < 0 {
			c.fail("output with shape %s doesn't match the broadcast shape %s", tensor.ShapeString(shape), tensor.ShapeString(src.Shape))
		}
		a, b := shape[off+i].V, src.Shape[i].V
		if a != b && b != 1 && a >= 0 && b >= 0 {
			c.fail("The size of tensor a (%d) must match the size of tensor b (%d) at non-singleton dimension %d", a, b, off+i)
		}
	}
}

var unarySig = "input, *, out=None"

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func eqF(a, b float64) float64 { return b2f(a == b) }
func neF(a, b float64) float64 { return b2f(a != b) }
func ltF(a, b float64) float64 { return b2f(a < b) }
func leF(a, b float64) float64 { return b2f(a <= b) }
func gtF(a, b float64) float64 { return b2f(a > b) }
func geF(a, b float64) float64 { return b2f(a >= b) }

func logAddExp(a, b float64) float64 {
	m := math.Max(a, b)
	if math.IsInf(m, -1) {
		return m
	}
	return m + math.Log(math.Exp(a-m)+math.Exp(b-m))
}

func xlogy(a, b float64) float64 {
	if a == 0 {
		return 0
	}
	return a * math.Log(b)
}

func logit(c *call) res {
	return unary(toFloat, func(x float64) float64 { return math.Log(x / (1 - x)) })(c)
}

// pointwiseRows are the elementwise functions. The node of `1 - x` is "sub"
// with the scalar as "self", as for the other operators; "rsub" is not used.
var pointwiseRows = []row{
	{name: "exp", where: "fmig", sig: unarySig, res: unary(toFloat, math.Exp)},
	{name: "exp2 special.exp2", where: "fmi", sig: unarySig, res: unary(toFloat, math.Exp2)},
	{name: "expm1 special.expm1", where: "fmi", sig: unarySig, res: unary(toFloat, math.Expm1)},
	{name: "log", where: "fmig", sig: unarySig, res: unary(toFloat, math.Log)},
	{name: "log2", where: "fmi", sig: unarySig, res: unary(toFloat, math.Log2)},
	{name: "log10", where: "fmi", sig: unarySig, res: unary(toFloat, math.Log10)},
	{name: "log1p special.log1p", where: "fmi", sig: unarySig, res: unary(toFloat, math.Log1p)},
	{name: "sqrt", where: "fmig", sig: unarySig, res: unary(toFloat, math.Sqrt)},
	{name: "rsqrt", where: "fmig", sig: unarySig, res: unary(toFloat, func(x float64) float64 { return 1 / math.Sqrt(x) })},
	{name: "reciprocal", where: "fmi", sig: unarySig, res: unary(toFloat, func(x float64) float64 { return 1 / x })},
	{name: "sin", where: "fmi", sig: unarySig, res: unary(toFloat, math.Sin)},
	{name: "cos", where: "fmi", sig: unarySig, res: unary(toFloat, math.Cos)},
	{name: "tan", where: "fmi", sig: unarySig, res: unary(toFloat, math.Tan)},
	{name: "asin arcsin", where: "fmi", sig: unarySig, res: unary(toFloat, math.Asin)},
	{name: "acos arccos", where: "fmi", sig: unarySig, res: unary(toFloat, math.Acos)},
	{name: "atan arctan", where: "fmi", sig: unarySig, res: unary(toFloat, math.Atan)},
	{name: "sinh", where: "fmi", sig: unarySig, res: unary(toFloat, math.Sinh)},
	{name: "cosh", where: "fmi", sig: unarySig, res: unary(toFloat, math.Cosh)},
	{name: "asinh arcsinh", where: "fmi", sig: unarySig, res: unary(toFloat, math.Asinh)},
	{name: "acosh arccosh", where: "fmi", sig: unarySig, res: unary(toFloat, math.Acosh)},
	{name: "atanh arctanh", where: "fmi", sig: unarySig, res: unary(toFloat, math.Atanh)},
	{name: "tanh F.tanh", where: "fmi", sig: unarySig, res: unary(toFloat, math.Tanh)},
	{name: "tanh", where: "g", sig: unarySig, res: unary(toFloat, math.Tanh)},
	{name: "sigmoid F.sigmoid special.expit", where: "fmi", sig: unarySig, res: unary(toFloat, sigmoid)},
	{name: "sigmoid", where: "g", sig: unarySig, res: unary(toFloat, sigmoid)},
	{name: "erf special.erf", where: "fmi", sig: unarySig, res: unary(toFloat, math.Erf)},
	{name: "erfc special.erfc", where: "fmi", sig: unarySig, res: unary(toFloat, math.Erfc)},
	{name: "erfinv special.erfinv", where: "fmi", sig: unarySig, res: unary(toFloat, math.Erfinv)},
	{name: "lgamma special.gammaln", where: "fmi", sig: unarySig, res: unary(toFloat, nil)},
	{name: "digamma special.digamma special.psi", where: "fmi", sig: unarySig, res: unary(toFloat, nil)},
	{name: "sinc special.sinc", where: "fmi", sig: unarySig, res: unary(toFloat, func(x float64) float64 {
		if x == 0 {
			return 1
		}
		return math.Sin(math.Pi*x) / (math.Pi * x)
	})},
	{name: "i0 special.i0", where: "fmi", sig: unarySig, res: unary(toFloat, nil)},
	{name: "logit special.logit", where: "fmi", sig: "input, eps=None, *, out=None", res: logit},
	{name: "deg2rad", where: "fmi", sig: unarySig, res: unary(toFloat, func(x float64) float64 { return x * math.Pi / 180 })},
	{name: "rad2deg", where: "fmi", sig: unarySig, res: unary(toFloat, func(x float64) float64 { return x * 180 / math.Pi })},

	{name: "neg negative __neg__", where: "fmi", sig: unarySig, res: func(c *call) res {
		if c.T(0).DType == tensor.Bool {
			c.in.Raise(interp.NotImplementedError, "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.")
		}
		return unary(same, func(x float64) float64 { return -x })(c)
	}},
	{name: "positive __pos__", where: "fm", sig: unarySig, fn: func(c *call) interp.Value { return c.T(0) }},
	{name: "abs absolute __abs__", where: "fmi", sig: unarySig, res: unary(toReal, math.Abs)},
	{name: "angle", where: "fm", sig: unarySig, res: func(c *call) res {
		r := unary(toReal, nil)(c)
		r.dt = floatType(c.in, r.dt)
		return r
	}},
	{name: "sign sgn", where: "fmi", sig: unarySig, res: unary(same, sign)},
	{name: "floor", where: "fmig", sig: unarySig, res: unary(same, math.Floor)},
	{name: "ceil", where: "fmig", sig: unarySig, res: unary(same, math.Ceil)},
	{name: "trunc fix", where: "fmi", sig: unarySig, res: unary(same, math.Trunc)},
	{name: "frac", where: "fmi", sig: unarySig, res: unary(same, func(x float64) float64 { return x - math.Trunc(x) })},
	{name: "round special.round", where: "fmi", sig: "input, *, decimals=?, out=None", res: roundEven},
	{name: "square", where: "fmi", sig: unarySig, res: func(c *call) res {
		x := c.T(0)
		var args []graph.Arg
		if c.tracing() {
			args = append(args, tensor.ArgInt("exponent", 2))
		}
		dt := x.DType
		if dt == tensor.Bool {
			dt = tensor.Int64
		}
		return pointwise(c, "pow", dt, dt, []arg1{{t: x, dt: x.DType}}, func(v []float64) float64 { return v[0] * v[0] }, args...)
	}},
	{name: "conj conj_physical resolve_conj resolve_neg", where: "fm", sig: unarySig, fn: func(c *call) interp.Value {
		x := c.T(0)
		if !x.DType.IsComplex() {
			return x
		}
		return unary(same, nil)(c).make(c.in)
	}},
	{name: "nan_to_num", where: "fmi", sig: "input, nan=None, posinf=None, neginf=None, *, out=None", res: nanToNum},
	{name: "bitwise_not __invert__", where: "fmi", sig: unarySig, res: func(c *call) res {
		x := c.T(0)
		if x.DType.IsFloat() || x.DType.IsComplex() {
			c.in.Raise(interp.TypeError, "~ (operator.invert) is only implemented on integer and Boolean-type tensors")
		}
		return unary(same, func(v float64) float64 {
			if x.DType == tensor.Bool {
				return 1 - v
			}
			return float64(^int64(v))
		})(c)
	}},

	{name: "isnan", where: "fm", sig: unarySig, res: pred(math.IsNaN)},
	{name: "isinf", where: "fm", sig: unarySig, res: pred(func(x float64) bool { return math.IsInf(x, 0) })},
	{name: "isfinite", where: "fm", sig: unarySig, res: pred(isFinite)},
	{name: "isposinf", where: "fm", sig: unarySig, res: pred(func(x float64) bool { return math.IsInf(x, 1) })},
	{name: "isneginf", where: "fm", sig: unarySig, res: pred(func(x float64) bool { return math.IsInf(x, -1) })},
	{name: "isreal", where: "fm", sig: unarySig, res: pred(func(float64) bool { return true })},
	{name: "signbit", where: "fm", sig: unarySig, res: pred(math.Signbit)},
	{name: "logical_not", where: "fmi", sig: unarySig, res: pred(func(x float64) bool { return x == 0 })},

	{name: "add __add__ __iadd__", where: "fmi", sig: "input, other, *, alpha=1, out=None", res: addSub(1, false)},
	{name: "add __radd__", where: "", sig: "input, other", res: addSub(1, true)},
	{name: "sub subtract __sub__ __isub__", where: "fmi", sig: "input, other, *, alpha=1, out=None", res: addSub(-1, false)},
	{name: "sub __rsub__", where: "", sig: "input, other", res: addSub(-1, true)},
	{name: "rsub", where: "f", sig: "input, other, *, alpha=1", res: addSub(-1, true)},
	{name: "mul multiply __mul__ __imul__", where: "fmi", sig: "input, other, *, out=None", res: binary(arith, func(a, b float64) float64 { return a * b })},
	{name: "mul __rmul__", where: "", sig: "input, other", res: reversed(arith, func(a, b float64) float64 { return a * b })},
	{name: "div divide __truediv__ __itruediv__", where: "fmi", sig: "input, other, *, rounding_mode=None, out=None", res: div(false)},
	{name: "true_divide", where: "fmi", sig: "input, other, *, out=None", res: div(false)},
	{name: "div __rtruediv__", where: "", sig: "input, other", res: div(true)},
	{name: "floor_divide __floordiv__ __ifloordiv__", where: "fmi", sig: "input, other, *, out=None", res: floorDivide(false)},
	{name: "floor_divide __rfloordiv__", where: "", sig: "input, other", res: floorDivide(true)},
	{name: "remainder __mod__ __imod__", where: "fmi", sig: "input, other, *, out=None", res: binary(arith, pyMod)},
	{name: "remainder __rmod__", where: "", sig: "input, other", res: reversed(arith, pyMod)},
	{name: "fmod", where: "fmi", sig: "input, other, *, out=None", res: tensorFirst(binary(arith, math.Mod))},
	{name: "pow __pow__ __ipow__", where: "fmi", sig: "input, exponent, *, out=None", res: pow(false)},
	{name: "pow __rpow__", where: "", sig: "input, other", res: pow(true)},
	{name: "float_power", where: "fm", sig: "input, exponent, *, out=None", res: func(c *call) res {
		r := pow(false)(c)
		r.dt, r.data, r.later = tensor.Float64, nil, nil
		return r
	}},
	{name: "maximum", where: "fm", sig: "input, other, *, out=None", res: tensorsOnly(binary(arith, max2))},
	{name: "minimum", where: "fm", sig: "input, other, *, out=None", res: tensorsOnly(binary(arith, min2))},
	{name: "fmax", where: "fm", sig: "input, other, *, out=None", res: tensorsOnly(binary(arith, math.Max))},
	{name: "fmin", where: "fm", sig: "input, other, *, out=None", res: tensorsOnly(binary(arith, math.Min))},
	{name: "atan2 arctan2", where: "fmi", sig: "input, other, *, out=None", res: tensorsOnly(binary(divide, math.Atan2))},
	{name: "hypot", where: "fmi", sig: "input, other, *, out=None", res: tensorsOnly(binary(arith, math.Hypot))},
	{name: "logaddexp", where: "fm", sig: "input, other, *, out=None", res: tensorsOnly(binary(divide, logAddExp))},
	{name: "logaddexp2", where: "fm", sig: "input, other, *, out=None", res: tensorsOnly(binary(divide, nil))},
	{name: "xlogy special.xlogy", where: "fmi", sig: "input, other, *, out=None", res: binary(divide, xlogy)},
	{name: "special.xlog1py", where: "f", sig: "input, other, *, out=None", res: binary(divide, nil)},
	{name: "copysign", where: "fmi", sig: "input, other, *, out=None", res: binary(divide, math.Copysign)},
	{name: "ldexp", where: "fmi", sig: "input, other, *, out=None", res: binary(divide, func(a, b float64) float64 { return math.Ldexp(a, int(b)) })},
	{name: "heaviside", where: "fm", sig: "input, values, *, out=None", res: binary(arith, nil)},
	{name: "nextafter", where: "fm", sig: "input, other, *, out=None", res: binary(arith, nil)},
	{name: "gcd", where: "fm", sig: "input, other, *, out=None", res: binary(arith, nil)},
	{name: "lcm", where: "fm", sig: "input, other, *, out=None", res: binary(arith, nil)},

	{name: "bitwise_and __and__ __iand__", where: "fmi", sig: "input, other, *, out=None", res: bitwise("bitwise_and", false, func(a, b int64) int64 { return a & b })},
	{name: "bitwise_and __rand__", where: "", sig: "input, other", res: bitwise("bitwise_and", true, func(a, b int64) int64 { return a & b })},
	{name: "bitwise_or __or__ __ior__", where: "fmi", sig: "input, other, *, out=None", res: bitwise("bitwise_or", false, func(a, b int64) int64 { return a | b })},
	{name: "bitwise_or __ror__", where: "", sig: "input, other", res: bitwise("bitwise_or", true, func(a, b int64) int64 { return a | b })},
	{name: "bitwise_xor __xor__ __ixor__", where: "fmi", sig: "input, other, *, out=None", res: bitwise("bitwise_xor", false, func(a, b int64) int64 { return a ^ b })},
	{name: "bitwise_xor __rxor__", where: "", sig: "input, other", res: bitwise("bitwise_xor", true, func(a, b int64) int64 { return a ^ b })},
	{name: "bitwise_left_shift __lshift__ __ilshift__", where: "fmi", sig: "input, other, *, out=None", res: binary(arith, func(a, b float64) float64 { return a * math.Exp2(b) })},
	{name: "bitwise_left_shift __rlshift__", where: "", sig: "input, other", res: reversed(arith, func(a, b float64) float64 { return a * math.Exp2(b) })},
	{name: "bitwise_right_shift __rshift__ __irshift__", where: "fmi", sig: "input, other, *, out=None", res: binary(arith, func(a, b float64) float64 { return math.Floor(a / math.Exp2(b)) })},
	{name: "bitwise_right_shift __rrshift__", where: "", sig: "input, other", res: reversed(arith, func(a, b float64) float64 { return math.Floor(a / math.Exp2(b)) })},

	{name: "eq __eq__", where: "fmi", sig: "input, other, *, out=None", res: tensorFirst(binary(compares, eqF))},
	{name: "ne not_equal __ne__", where: "fmi", sig: "input, other, *, out=None", res: tensorFirst(binary(compares, neF))},
	{name: "lt less __lt__", where: "fmi", sig: "input, other, *, out=None", res: tensorFirst(binary(compares, ltF))},
	{name: "le less_equal __le__", where: "fmi", sig: "input, other, *, out=None", res: tensorFirst(binary(compares, leF))},
	{name: "gt greater __gt__", where: "fmi", sig: "input, other, *, out=None", res: tensorFirst(binary(compares, gtF))},
	{name: "ge greater_equal __ge__", where: "fmi", sig: "input, other, *, out=None", res: tensorFirst(binary(compares, geF))},
	{name: "isclose", where: "fm", sig: "input, other, rtol=1e-05, atol=1e-08, equal_nan=False", res: func(c *call) res {
		rtol, atol := c.Float(2), c.Float(3)
		return c.binary("isclose", compares, c.operandAt(0), c.operandAt(1), func(a, b float64) float64 {
			return b2f(a == b || math.Abs(a-b) <= atol+rtol*math.Abs(b))
		})
	}},
	{name: "logical_and", where: "fmi", sig: "input, other, *, out=None", res: tensorsOnly(binary(compares, func(a, b float64) float64 { return b2f(a != 0 && b != 0) }))},
	{name: "logical_or", where: "fmi", sig: "input, other, *, out=None", res: tensorsOnly(binary(compares, func(a, b float64) float64 { return b2f(a != 0 || b != 0) }))},
	{name: "logical_xor", where: "fmi", sig: "input, other, *, out=None", res: tensorsOnly(binary(compares, func(a, b float64) float64 { return b2f((a != 0) != (b != 0)) }))},

	{name: "clamp clip", where: "fmig", sig: "input, min=None, max=None, *, out=None", res: clamp},
	{name: "clamp_min", where: "fmig", sig: "input, min, *, out=None", res: clampOne(true)},
	{name: "clamp_max", where: "fmig", sig: "input, max, *, out=None", res: clampOne(false)},
	{name: "where", where: "f", sig: "condition, input=?, other=?, *, out=None", fn: where},
	{name: "where", where: "m", sig: "self, condition, other", fn: func(c *call) interp.Value {
		return whereOf(c, c.T(1), c.operandAt(0), c.operandAt(2)).make(c.in)
	}},
	{name: "masked_fill", where: "fmi", sig: "input, mask, value", res: maskedFill},
	{name: "addcmul", where: "fmi", sig: "input, tensor1, tensor2, *, value=1, out=None", res: three(func(a, b, c, k float64) float64 { return a + k*b*c })},
	{name: "addcdiv", where: "fmi", sig: "input, tensor1, tensor2, *, value=1, out=None", res: three(func(a, b, c, k float64) float64 { return a + k*b/c })},
	{name: "lerp", where: "fmi", sig: "input, end, weight, *, out=None", res: three(func(a, b, c, _ float64) float64 { return a + c*(b-a) })},

	{name: "fill_", where: "fm", sig: "input, value", fn: fill(false)},
	{name: "zero_", where: "fm", sig: "input", fn: fill(true)},
	{name: "copy_", where: "m", sig: "self, src, non_blocking=False", fn: copyInto},
	{name: "normal_", where: "m", sig: "self, mean=0.0, std=1.0, *, generator=None", fn: random},
	{name: "uniform_", where: "m", sig: "self, *args, **kwargs", fn: random},
	{name: "random_", where: "m", sig: "self, *args, **kwargs", fn: random},
	{name: "bernoulli_", where: "m", sig: "self, *args, **kwargs", fn: random},
	{name: "exponential_", where: "m", sig: "self, *args, **kwargs", fn: random},
	{name: "log_normal_", where: "m", sig: "self, *args, **kwargs", fn: random},
	{name: "cauchy_", where: "m", sig: "self, *args, **kwargs", fn: random},
	{name: "geometric_", where: "m", sig: "self, *args, **kwargs", fn: random},
}
