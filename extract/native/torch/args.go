package torch

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// given reports whether argument i was given and is not None.
func (c *call) given(i int) bool { return c.a[i] != nil && !interp.IsNone(c.a[i]) }

func (c *call) param(i int) string { return c.sig.Params[i].Name }

// typeError complains about the type of argument i.
func (c *call) typeError(i int, want string) {
	c.in.Raise(interp.TypeError, "%s(): argument '%s'%s must be %s, not %s", c.name, c.param(i), c.position(i), want, c.a[i].Type().Name)
}

// position words where argument i was given: " (position 2)", nothing for a keyword.
func (c *call) position(i int) string {
	if c.byKw>>i&1 != 0 {
		return ""
	}
	if c.method {
		i--
	}
	return " (position " + tensor.D(int64(i+1)).String() + ")"
}

// T is argument i, which must be a tensor.
func (c *call) T(i int) *T {
	switch v := c.a[i].(type) {
	case *T:
		return v
	case *interp.Unknown:
		panic(unknownArg{v})
	case nil:
		c.in.Raise(interp.TypeError, "%s() missing 1 required positional arguments: \"%s\"", c.name, c.param(i))
	}
	if v := foreign(c.in, c.a[i]); v != nil {
		if t, ok := v.(*T); ok {
			return t
		}
	}
	c.typeError(i, "Tensor")
	return nil
}

// optT is argument i, a tensor or None (nil).
func (c *call) optT(i int) *T {
	if !c.given(i) {
		return nil
	}
	return c.T(i)
}

// Int is argument i as an int.
func (c *call) Int(i int) int64 {
	switch v := c.a[i].(type) {
	case interp.Int:
		return v.V
	case *interp.Unknown:
		panic(unknownArg{v})
	case interp.Bool:
		n, _ := interp.AsInt(v)
		return n
	case *T:
		if x, ok := v.Item(); ok && !v.DType.IsFloat() {
			return int64(x)
		}
		panic(unknownArg{c.in.Unknown("the value of a tensor depends on data")})
	case nil:
		c.a[i] = interp.None
		c.typeError(i, "int")
	case interp.Float, interp.Str, interp.NoneType, *interp.Tuple, *interp.List:
		c.typeError(i, "int")
	}
	return c.in.Int(c.a[i])
}

// Dim is argument i as a size; it may be unknown.
func (c *call) Dim(i int) tensor.Dim {
	if d, ok := tensor.DimOf(c.in, c.a[i]); ok {
		return d
	}
	c.typeError(i, "int")
	return tensor.Dim{}
}

// Float is argument i as a float.
func (c *call) Float(i int) float64 {
	switch v := c.a[i].(type) {
	case *interp.Unknown:
		panic(unknownArg{v})
	case *T:
		if x, ok := v.Item(); ok {
			return x
		}
		panic(unknownArg{c.in.Unknown("the value of a tensor depends on data")})
	}
	if f, ok := interp.AsFloat(c.a[i]); ok {
		return f
	}
	c.typeError(i, "float")
	return 0
}

// Bool is argument i as a flag.
func (c *call) Bool(i int) bool {
	switch v := c.a[i].(type) {
	case interp.Bool:
		return v.V
	case interp.Int:
		return v.V != 0
	case nil, interp.NoneType:
		return false
	}
	return c.in.Truth(c.a[i])
}

// Str is argument i as text.
func (c *call) Str(i int) string {
	s, ok := interp.AsStr(c.a[i])
	if !ok {
		c.typeError(i, "str")
	}
	return s
}

// wrap is argument i as a dimension of a tensor of rank n, counted from the front.
func (c *call) wrap(i, n int) int { return tensor.WrapDim(c.in, c.Int(i), n) }

// ints are the elements of an int list (or one int).
func (c *call) ints(v interp.Value) []int64 {
	vs, ok := tensor.Sequence(v)
	if !ok {
		if r, isRange := v.(*interp.Range); isRange {
			vs = c.in.Elements(r)
		} else {
			vs = []interp.Value{v}
		}
	}
	out := make([]int64, len(vs))
	for i, e := range vs {
		d, ok := tensor.DimOf(c.in, e)
		if !ok {
			c.in.Raise(interp.TypeError, "%s(): argument must be tuple of ints, but found element of type %s at pos %d", c.name, e.Type().Name, i)
		}
		if u, isU := e.(*interp.Unknown); isU {
			panic(unknownArg{u})
		}
		out[i] = d.V
	}
	return out
}

// spread are the ints of a *args parameter that is given as a list or separately.
func (c *call) spread(i int) []interp.Value {
	t := c.a[i].(*interp.Tuple)
	if len(t.V) == 1 {
		if vs, ok := tensor.Sequence(t.V[0]); ok {
			return vs
		}
		if r, ok := t.V[0].(*interp.Range); ok {
			return c.in.Elements(r)
		}
	}
	return t.V
}

// dims are the dimensions that argument i names (an int or a list), counted from
// the front, for rank n; all (nil, false) where it is not given.
func (c *call) dims(i, n int) (ds []int, given bool) {
	if !c.given(i) {
		return nil, false
	}
	vs := c.ints(c.a[i])
	ds = make([]int, len(vs))
	seen := map[int]bool{}
	for k, v := range vs {
		ds[k] = tensor.WrapDim(c.in, v, n)
		if seen[ds[k]] {
			c.in.Raise(interp.RuntimeError, "dim %d appears multiple times in the list of dims", ds[k])
		}
		seen[ds[k]] = true
	}
	return ds, true
}

// tensors are the elements of argument i, a list or tuple of tensors.
func (c *call) tensors(i int) []*T {
	if u, ok := c.a[i].(*interp.Unknown); ok {
		panic(unknownArg{u})
	}
	vs, ok := tensor.Sequence(c.a[i])
	if !ok {
		c.in.Raise(interp.TypeError, "%s(): argument '%s' (position %d) must be tuple of Tensors, not %s", c.name, c.param(i), i+1, c.a[i].Type().Name)
	}
	ts := make([]*T, len(vs))
	for k, v := range vs {
		switch v := v.(type) {
		case *T:
			ts[k] = v
		case *interp.Unknown:
			panic(unknownArg{v})
		default:
			c.in.Raise(interp.TypeError, "expected Tensor as element %d in argument %d, but got %s", k, i, v.Type().Name)
		}
	}
	return ts
}

// dtype is the dtype of argument i, def where it is None or not given.
func (c *call) dtype(i int, def tensor.DType) tensor.DType {
	return tensor.DTypeArg(c.in, c.name, c.a[i], def)
}

// tracing reports whether nodes are recorded, so that arguments are worth making.
func (c *call) tracing() bool { return tensor.Tracing(c.in) }

// arg is the node argument for place i.
func (c *call) arg(i int) graph.Arg {
	return tensor.ArgVal(c.in, strings.TrimLeft(c.param(i), "*"), c.a[i])
}

// args are the node arguments for some places; nil outside a trace.
func (c *call) args(places ...int) []graph.Arg {
	if !c.tracing() {
		return nil
	}
	as := make([]graph.Arg, 0, len(places))
	for _, i := range places {
		if c.a[i] != nil {
			as = append(as, c.arg(i))
		}
	}
	return as
}

// fail raises RuntimeError.
func (c *call) fail(format string, args ...any) { c.in.Raise(interp.RuntimeError, format, args...) }

// res is the result of an operation that is not made yet: it becomes a new
// tensor, or is written into an existing one.
type res struct {
	op     string
	shape  []tensor.Dim
	dt     tensor.DType
	stride []int64
	data   []float64
	later  *tensor.Promise // in the place of data
	ins    []*T
	args   []graph.Arg
	from   *graph.Arg // see tensor.Tensor
	same   *T         // the operation changes nothing: the result is this very tensor
}

// make makes the new tensor.
func (r res) make(in *interp.Interp) *T {
	if r.same != nil {
		return r.same
	}
	var t *T
	if r.later != nil {
		t = tensor.OpLater(in, r.op, r.shape, r.dt, r.later, r.ins, r.args...)
	} else {
		t = tensor.OpData(in, r.op, r.shape, r.dt, r.data, r.ins, r.args...)
	}
	if r.from != nil {
		t.From = r.from
	}
	if r.stride != nil && t.Store == nil {
		t.Stride = r.stride
	}
	return t
}

// into writes the result into the first argument of the call.
func (r res) into(c *call) *T {
	t := c.T(0)
	if r.same != nil {
		return t
	}
	if !sameKnown(r.shape, t.Shape) {
		c.fail("output with shape %s doesn't match the broadcast shape %s", tensor.ShapeString(t.Shape), tensor.ShapeString(r.shape))
	}
	if !canCast(r.dt, t.DType) {
		switch {
		case (r.op == "add" || r.op == "sub") && t.DType == tensor.Bool:
			c.fail("Promotion of bool.add/sub_(others) in in-place ops are not possible due to element size change.")
		case (r.op == "add" || r.op == "sub") && r.dt.IsFloat():
			c.fail("Promotion of int.add/sub_(float) in in-place ops are not possible due to element size change.")
		case len(r.ins) == 1:
			c.fail("Attempting to cast from torch.%s to out tensor with dtype torch.%s, but this can't be cast because it is not safe!", r.dt, t.DType)
		}
		c.fail("result type %s can't be cast to the desired output type %s", r.dt.ScalarName(), t.DType.ScalarName())
	}
	if r.later != nil {
		return tensor.InPlaceLater(c.in, r.op+"_", t, others(r.ins, t), r.later, r.args...)
	}
	return tensor.InPlace(c.in, r.op+"_", t, others(r.ins, t), r.data, r.args...)
}

// others are the inputs without the tensor that is written.
func others(ins []*T, t *T) []*T {
	var o []*T
	skipped := false
	for _, x := range ins {
		if x == t && !skipped {
			skipped = true
			continue
		}
		o = append(o, x)
	}
	return o
}

func sameKnown(a, b []tensor.Dim) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].V != b[i].V && a[i].V >= 0 && b[i].V >= 0 {
			return false
		}
	}
	return true
}

// canCast is torch.can_cast.
func canCast(from, to tensor.DType) bool {
	switch {
	case from.IsComplex() && !to.IsComplex():
		return false
	case from.IsFloat() && !to.IsFloat() && !to.IsComplex():
		return false
	case from != tensor.Bool && to == tensor.Bool:
		return false
	}
	return true
}

// tuple makes a plain tuple of tensors.
func tuple(ts []*T) interp.Value {
	vs := make([]interp.Value, len(ts))
	for i, t := range ts {
		vs[i] = t
	}
	return interp.NewTuple(vs...)
}
