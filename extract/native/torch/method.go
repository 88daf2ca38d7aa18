package torch

import (
	"math"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// dataUnknown is the value of a tensor that depends on data.
func dataUnknown(in *interp.Interp) *interp.Unknown {
	return in.Unknown("the value of a tensor depends on data")
}

// convert is t.to(dtype, device): t itself where nothing changes.
func convert(c *call, t *T, dt tensor.DType, dev string, copied bool) *T {
	if dt == t.DType && sameDevice(dev, t.Device) && !copied {
		return t
	}
	if t.Device == "meta" && !sameDevice(dev, "meta") {
		c.in.Raise(interp.NotImplementedError, "Cannot copy out of meta tensor; no data!")
	}
	var args []graph.Arg
	if c.tracing() {
		args = []graph.Arg{tensor.ArgStr("dtype", dt.String())}
	}
	out := copyOf(c.in, "to", t, tensor.Clone(t.Shape), dt, args...)
	if out.Store == nil {
		out.Stride = keptStrides(t.Shape, []*T{t})
	}
	out.Device = dev
	return out
}

// asked records that a conversion of floats was asked for where none was needed:
// the same value, but a step that the author wrote (the casts around a norm).
func asked(c *call, t *T, dt tensor.DType) {
	if !c.tracing() || dt != t.DType || !dt.IsFloat() {
		return
	}
	tr := tensor.StateOf(c.in).Tracer
	n := tr.Record(c.in, &graph.Node{Op: "to", In: []*graph.Node{tr.NodeOf(c.in, t)}, Shape: tensor.Sizes(t.Shape), DType: dt.String(), Args: []graph.Arg{tensor.ArgStr("dtype", dt.String())}})
	tr.Set(t, n)
}

func sameDevice(a, b string) bool {
	return a == b || (a == "" || a == "cpu") && (b == "" || b == "cpu")
}

func to(c *call) interp.Value {
	t := c.T(0)
	dt, dev := t.DType, t.Device
	typed := false
	take := func(v interp.Value) {
		switch v := v.(type) {
		case nil, interp.NoneType, interp.Bool, *interp.Unknown:
		case *T:
			dt, dev = v.DType, v.Device
			typed = true
		case *tensor.DTypeObj:
			dt = v.D
			typed = true
		case *interp.Class:
			if d, ok := tensor.AsDType(c.in, v); ok {
				dt = d
			}
		default:
			if isMemoryFormat(v) {
				return
			}
			dev = tensor.DeviceArg(c.in, v)
		}
	}
	for _, v := range c.a[1].(*interp.Tuple).V {
		take(v)
	}
	for i := 2; i <= 4; i++ {
		if c.given(i) {
			take(c.a[i])
		}
	}
	if typed {
		asked(c, t, dt)
	}
	return convert(c, t, dt, dev, c.a[6] != nil && c.Bool(6))
}

func castTo(dt tensor.DType) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		t := c.T(0)
		asked(c, t, dt)
		return convert(c, t, dt, t.Device, false)
	}
}

func moveTo(dev string) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		t := c.T(0)
		return convert(c, t, t.DType, dev, false)
	}
}

// typeMethod is Tensor.type: the name of the type, or a conversion.
func typeMethod(c *call) interp.Value {
	t := c.T(0)
	if !c.given(1) {
		s := "torch."
		if dev, _, _ := strings.Cut(t.Device, ":"); dev == "cuda" {
			s += "cuda."
		}
		if t.Device == "meta" {
			s = "torch.meta."
		}
		return interp.NewStr(s + t.DType.ScalarName() + "Tensor")
	}
	if d, ok := tensor.AsDType(c.in, c.a[1]); ok {
		return convert(c, t, d, t.Device, false)
	}
	name := ""
	if s, ok := interp.AsStr(c.a[1]); ok {
		name = s
	} else if k, ok := c.a[1].(*interp.Class); ok {
		name = "torch." + k.Name
	}
	for _, d := range tensor.DTypes() {
		if name == "torch."+d.ScalarName()+"Tensor" || name == "torch.cuda."+d.ScalarName()+"Tensor" {
			return convert(c, t, d, t.Device, false)
		}
	}
	c.in.Raise(interp.ValueError, "invalid type: '%s'", name)
	return nil
}

func size(c *call) interp.Value {
	t := c.T(0)
	if !c.given(1) {
		return tensor.SizeValue(c.in, t.Shape)
	}
	if len(t.Shape) == 0 {
		c.in.Raise(interp.IndexError, "Dimension specified as %d but tensor has no dimensions", c.Int(1))
	}
	return t.Shape[c.wrap(1, len(t.Shape))].Value(c.in)
}

// numelOf is t.numel() with its origin.
func numelOf(c *call) interp.Value { return tensor.Product(c.T(0).Shape).Value(c.in) }

// element is the number of element i of values v.
func element(t *T, v float64) interp.Value { return tensor.ScalarValue(t.DType, v) }

func item(c *call) interp.Value {
	t := c.T(0)
	if n := t.Numel(); n >= 0 && n != 1 {
		c.fail("a Tensor with %d elements cannot be converted to Scalar", n)
	}
	if v, ok := t.Item(); ok {
		return element(t, v)
	}
	return dataUnknown(c.in)
}

func tolist(c *call) interp.Value {
	t := c.T(0)
	v := t.Values()
	if v == nil {
		return unknownList(c.in, t.Shape)
	}
	c.in.Charge(int64(len(v)))
	pos := 0
	var build func(d int) interp.Value
	build = func(d int) interp.Value {
		if d == len(t.Shape) {
			x := element(t, v[pos])
			pos++
			return x
		}
		l := make([]interp.Value, t.Shape[d].V)
		for i := range l {
			l[i] = build(d + 1)
		}
		return interp.NewList(l...)
	}
	return build(0)
}

// unknownList is a nested list of a known shape whose elements are unknown.
func unknownList(in *interp.Interp, shape []tensor.Dim) interp.Value {
	if n := tensor.Numel(shape); n < 0 || n > 4096 || len(shape) == 0 {
		return dataUnknown(in)
	}
	l := make([]interp.Value, shape[0].V)
	for i := range l {
		l[i] = unknownList(in, shape[1:])
	}
	return interp.NewList(l...)
}

func length(c *call) interp.Value {
	t := c.T(0)
	if len(t.Shape) == 0 {
		c.in.Raise(interp.TypeError, "len() of a 0-d tensor")
	}
	return t.Shape[0].Value(c.in)
}

func truth(c *call) interp.Value {
	t := c.T(0)
	switch n := t.Numel(); {
	case n == 0:
		c.fail("Boolean value of Tensor with no values is ambiguous")
	case n > 1:
		c.fail("Boolean value of Tensor with more than one value is ambiguous")
	}
	if v, ok := t.Item(); ok {
		return interp.NewBool(v != 0)
	}
	return dataUnknown(c.in)
}

func asNumber(isInt bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		t := c.T(0)
		if n := t.Numel(); n >= 0 && n != 1 {
			c.in.Raise(interp.ValueError, "only one element tensors can be converted to Python scalars")
		}
		v, ok := t.Item()
		if !ok {
			return dataUnknown(c.in)
		}
		if isInt {
			if v != v {
				c.in.Raise(interp.ValueError, "cannot convert float NaN to integer")
			}
			return tensor.ScalarValue(tensor.Int64, math.Trunc(v))
		}
		return interp.NewFloat(v)
	}
}

// iterator walks over the slices of a tensor along its first dimension.
type iterator struct {
	vs []interp.Value
	i  int
}

func (*iterator) Type() *interp.Class { return interp.IteratorClass }

// Next is the next slice.
func (it *iterator) Next(*interp.Interp) (interp.Value, bool) {
	if it.i >= len(it.vs) {
		return nil, false
	}
	it.i++
	return it.vs[it.i-1], true
}

func iter(c *call) interp.Value {
	t := c.T(0)
	if len(t.Shape) > 0 && t.Shape[0].V < 0 {
		return &iterator{vs: possible(c, t)}
	}
	return &iterator{vs: unbound(c, t, 0)}
}

// possible are the slices over which a loop runs whose tensor has a number of
// slices that depends on data: one for each value that the places of nonzero
// elements can have (the experts that may be hit), else one of unknown value.
// The choice is recorded.
func possible(c *call, t *T) []interp.Value {
	if c.in.OnChoice != nil {
		c.in.OnChoice(c.in.Here(), "the number of slices depends on data", true)
	}
	n, known := t.Among, len(t.Shape) == 1 || len(t.Shape) == 2 && t.Shape[1].V == 1
	if n <= 0 || n > maxPossible || !known {
		n, known = 1, false
	}
	out := make([]interp.Value, n)
	shape := t.Shape[1:]
	for i := range out {
		var data []float64
		if known {
			data = []float64{float64(i)}
		}
		out[i] = tensor.OpData(c.in, "unbind", tensor.Clone(shape), t.DType, data, []*T{t}, tensor.ArgInt("dim", 0), tensor.ArgStr("output", "?"))
	}
	return out
}

// maxPossible bounds the number of possible values that a loop runs over.
const maxPossible = 1024

func contains(c *call) interp.Value {
	t := c.T(0)
	x := c.operandAt(1)
	if !x.known && x.t == nil {
		return dataUnknown(c.in)
	}
	v, want := t.Values(), x.v
	known := x.known
	if x.t != nil {
		want, known = x.t.Item()
	}
	if v == nil || !known {
		return dataUnknown(c.in)
	}
	for _, e := range v {
		if e == want {
			return interp.True
		}
	}
	return interp.False
}

func tensorRepr(in *interp.Interp, t *T) string {
	name := "tensor"
	if t.Parameter {
		name = "Parameter containing:\ntensor"
	}
	v := t.Values()
	tail := ""
	if t.DType != tensor.DefaultDType(in) && t.DType != tensor.Int64 && t.DType != tensor.Bool {
		tail = ", dtype=torch." + t.DType.String()
	}
	if t.Parameter && t.RequiresGrad {
		tail += ", requires_grad=True"
	}
	if v == nil || t.Device == "meta" {
		s := tensor.ShapeString(t.Shape)
		s = "(" + s[1:len(s)-1]
		if len(t.Shape) == 1 {
			s += ","
		}
		dev := ""
		if t.Device == "meta" {
			dev = "device='meta', "
		}
		return name + "(..., " + dev + "size=" + s + ")" + tail + ")"
	}
	pos := 0
	var b strings.Builder
	var write func(d int)
	write = func(d int) {
		if d == len(t.Shape) {
			b.WriteString(elementRepr(t.DType, v[pos]))
			pos++
			return
		}
		b.WriteByte('[')
		for i := int64(0); i < t.Shape[d].V; i++ {
			if i > 0 {
				b.WriteString(", ")
			}
			write(d + 1)
		}
		b.WriteByte(']')
	}
	write(0)
	return name + "(" + b.String() + tail + ")"
}

func elementRepr(dt tensor.DType, v float64) string {
	switch {
	case dt == tensor.Bool:
		if v != 0 {
			return "True"
		}
		return "False"
	case dt.IsFloat():
		if v == math.Trunc(v) && math.Abs(v) < 1e8 {
			return strconv.FormatFloat(v, 'f', 0, 64) + "."
		}
		return strconv.FormatFloat(v, 'f', 4, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

func isContiguous(c *call) interp.Value { return interp.NewBool(c.T(0).Contiguous()) }

func stride(c *call) interp.Value {
	t := c.T(0)
	st := t.Strides()
	if c.given(1) {
		return interp.NewInt(st[c.wrap(1, len(st))])
	}
	vs := make([]interp.Value, len(st))
	for i, n := range st {
		vs[i] = interp.NewInt(n)
	}
	return interp.NewTuple(vs...)
}

func deepcopy(c *call) interp.Value {
	t := c.T(0)
	memo, _ := c.a[1].(*interp.Dict)
	var key interp.Value
	if memo != nil {
		key = interp.NewInt(int64(uintptrOf(t)))
		if v, ok := memo.Get(c.in, key); ok {
			return v
		}
	}
	n := *t
	n.Base, n.Dict, n.Offset = nil, nil, 0
	n.Shape = tensor.Clone(t.Shape)
	n.Store = nil
	if v := t.Values(); v != nil {
		n.Store, n.Stride = tensor.NewStore(clone(v)), nil
	}
	if t.Dict != nil {
		n.Dict = t.Dict.Copy()
	}
	if memo != nil {
		memo.Set(c.in, key, &n)
	}
	return &n
}

func prop(name string, f func(in *interp.Interp, t *T) interp.Value) {
	get := &interp.Builtin{Name: name, Qual: "torch.Tensor." + name, Raw: func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		t, ok := args[0].(*T)
		if !ok {
			in.Raise(interp.TypeError, "descriptor '%s' for 'torch._C.TensorBase' objects doesn't apply to a '%s' object", name, args[0].Type().Name)
		}
		return f(in, t)
	}}
	tensor.Class.Dict.SetStr(name, &interp.Property{Get: get})
}

func constProp(v interp.Value) func(*interp.Interp, *T) interp.Value {
	return func(*interp.Interp, *T) interp.Value { return v }
}

func callOf(in *interp.Interp, t *T) *call { return &call{in: in, a: []interp.Value{t}} }

func init() {
	prop("shape", func(in *interp.Interp, t *T) interp.Value { return tensor.SizeValue(in, t.Shape) })
	prop("dtype", func(_ *interp.Interp, t *T) interp.Value { return t.DType.Value() })
	prop("device", func(in *interp.Interp, t *T) interp.Value { return tensor.DeviceValue(in, t.Device) })
	prop("ndim", func(_ *interp.Interp, t *T) interp.Value { return interp.NewInt(int64(len(t.Shape))) })
	prop("requires_grad", func(_ *interp.Interp, t *T) interp.Value { return interp.NewBool(t.RequiresGrad) })
	prop("data", func(in *interp.Interp, t *T) interp.Value { return tensor.Detach(in, t, "detach") })
	prop("grad", constProp(interp.None))
	prop("grad_fn", constProp(interp.None))
	prop("_version", constProp(interp.NewInt(0)))
	prop("output_nr", constProp(interp.NewInt(0)))
	prop("is_leaf", func(_ *interp.Interp, t *T) interp.Value { return interp.NewBool(t.Node == nil || !t.RequiresGrad) })
	prop("T", func(in *interp.Interp, t *T) interp.Value { return reverseDims(callOf(in, t), t, "numpy_T") })
	prop("mT", func(in *interp.Interp, t *T) interp.Value {
		if len(t.Shape) < 2 {
			in.Raise(interp.RuntimeError, "tensor.mT is only supported on matrices or batches of matrices. Got %d-D tensor.", len(t.Shape))
		}
		return transposed(callOf(in, t), t, len(t.Shape)-2, len(t.Shape)-1)
	})
	h := func(in *interp.Interp, t *T) interp.Value {
		return transposed(callOf(in, t), t, max(len(t.Shape)-2, 0), max(len(t.Shape)-1, 0))
	}
	prop("H", h)
	prop("mH", h)
	prop("real", func(in *interp.Interp, t *T) interp.Value { return realPart(callOf(in, t), t, 0) })
	prop("imag", func(in *interp.Interp, t *T) interp.Value { return realPart(callOf(in, t), t, 1) })
	prop("is_meta", func(_ *interp.Interp, t *T) interp.Value { return interp.NewBool(t.Device == "meta") })
	prop("is_cpu", func(_ *interp.Interp, t *T) interp.Value { return interp.NewBool(sameDevice(t.Device, "cpu")) })
	for _, d := range []string{"cuda", "mps", "xpu", "npu", "mkldnn", "xla", "hpu", "mtia", "ipu", "vulkan", "maia", "ort"} {
		prop("is_"+d, func(_ *interp.Interp, t *T) interp.Value { return interp.NewBool(strings.HasPrefix(t.Device, d)) })
	}
	for _, f := range []string{"sparse", "sparse_csr", "quantized", "nested"} {
		prop("is_"+f, constProp(interp.False))
	}
	prop("layout", func(*interp.Interp, *T) interp.Value { return layouts["strided"] })
	prop("itemsize", func(_ *interp.Interp, t *T) interp.Value { return interp.NewInt(t.DType.ItemSize()) })
	prop("nbytes", func(in *interp.Interp, t *T) interp.Value {
		return tensor.Product(t.Shape).Mul(tensor.D(t.DType.ItemSize())).Value(in)
	})
	prop("names", func(_ *interp.Interp, t *T) interp.Value {
		vs := make([]interp.Value, len(t.Shape))
		for i := range vs {
			vs[i] = interp.None
		}
		return interp.NewTuple(vs...)
	})
	addMethod("__hash__", func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
		return interp.NewInt(int64(uintptrOf(args[0].(*T)) >> 4))
	})
	for _, name := range []string{"__repr__", "__str__"} {
		addMethod(name, func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			return interp.NewStr(tensorRepr(in, args[0].(*T)))
		})
	}
	addMethod("__format__", func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
		t := args[0].(*T)
		if v, ok := t.Item(); ok && len(t.Shape) == 0 {
			spec := ""
			if len(args) > 1 {
				spec = in.Str(args[1])
			}
			return interp.NewStr(in.Format(element(t, v), spec))
		}
		return interp.NewStr(tensorRepr(in, t))
	})
}

func noop(c *call) interp.Value { return interp.None }

var methodRows = []row{
	{name: "to", where: "m", sig: "self, *args, device=None, dtype=None, other=None, non_blocking=False, copy=False, memory_format=None", fn: to},
	{name: "float", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Float32)},
	{name: "double", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Float64)},
	{name: "half", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Float16)},
	{name: "bfloat16", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.BFloat16)},
	{name: "long", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Int64)},
	{name: "int", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Int32)},
	{name: "short", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Int16)},
	{name: "char", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Int8)},
	{name: "byte", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.UInt8)},
	{name: "bool", where: "m", sig: "self, *, memory_format=None", fn: castTo(tensor.Bool)},
	{name: "cfloat", where: "m", sig: "self", fn: castTo(tensor.Complex64)},
	{name: "cdouble", where: "m", sig: "self", fn: castTo(tensor.Complex128)},
	{name: "type", where: "m", sig: "self, dtype=None, non_blocking=False", fn: typeMethod},
	{name: "type_as", where: "m", sig: "self, other", fn: func(c *call) interp.Value {
		t, o := c.T(0), c.T(1)
		asked(c, t, o.DType)
		return convert(c, t, o.DType, o.Device, false)
	}},
	{name: "cpu", where: "m", sig: "self, memory_format=None", fn: moveTo("cpu")},
	{name: "cuda", where: "m", sig: "self, device=None, non_blocking=False, memory_format=None", fn: func(c *call) interp.Value {
		c.in.Raise(interp.AssertionError, "Torch not compiled with CUDA enabled")
		return nil
	}},
	{name: "size", where: "m", sig: "self, dim=None", fn: size},
	{name: "numel", where: "fm", sig: "input", fn: numelOf},
	{name: "nelement", where: "m", sig: "self", fn: numelOf},
	{name: "dim ndimension", where: "m", sig: "self", fn: func(c *call) interp.Value { return interp.NewInt(int64(len(c.T(0).Shape))) }},
	{name: "stride", where: "m", sig: "self, dim=None", fn: stride},
	{name: "storage_offset", where: "m", sig: "self", fn: func(c *call) interp.Value { return interp.NewInt(c.T(0).Offset) }},
	{name: "is_contiguous", where: "m", sig: "self, memory_format=None", fn: isContiguous},
	{name: "element_size", where: "m", sig: "self", fn: func(c *call) interp.Value { return interp.NewInt(c.T(0).DType.ItemSize()) }},
	{name: "data_ptr", where: "m", sig: "self", fn: func(c *call) interp.Value {
		t := c.T(0)
		if t.Device == "meta" {
			return interp.NewInt(0)
		}
		if t.Base != nil {
			t = t.Base
		}
		return interp.NewInt(int64(uintptrOf(t)))
	}},
	{name: "is_floating_point", where: "fm", sig: "input", fn: func(c *call) interp.Value { return interp.NewBool(c.T(0).DType.IsFloat()) }},
	{name: "is_complex", where: "fm", sig: "input", fn: func(c *call) interp.Value { return interp.NewBool(c.T(0).DType.IsComplex()) }},
	{name: "is_signed", where: "fm", sig: "input", fn: func(c *call) interp.Value { return interp.NewBool(c.T(0).DType.IsSigned()) }},
	{name: "is_conj is_neg is_inference", where: "fm", sig: "input", fn: func(c *call) interp.Value { return interp.False }},
	{name: "is_nonzero", where: "fm", sig: "input", fn: truth},
	{name: "is_same_size", where: "m", sig: "self, other", fn: func(c *call) interp.Value {
		return interp.NewBool(tensor.SameSizes(c.T(0).Shape, c.T(1).Shape))
	}},
	{name: "is_pinned is_shared has_names", where: "m", sig: "self", fn: func(c *call) interp.Value { return interp.False }},
	{name: "get_device", where: "m", sig: "self", fn: func(c *call) interp.Value { return interp.NewInt(-1) }},
	{name: "item", where: "m", sig: "self", fn: item},
	{name: "tolist", where: "m", sig: "self", fn: tolist},
	{name: "numpy __array__", where: "m", sig: "self, *args, **kwargs", fn: func(c *call) interp.Value {
		t := c.T(0)
		if ToNumpy == nil {
			return c.in.Unknown("numpy arrays of tensors")
		}
		if t.Device == "meta" && !t.Known() {
			c.in.Raise(interp.TypeError, "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.")
		}
		return ToNumpy(c.in, t)
	}},
	{name: "__len__", where: "m", sig: "self", fn: length},
	{name: "__bool__", where: "m", sig: "self", fn: truth},
	{name: "__int__ __index__", where: "m", sig: "self", fn: asNumber(true)},
	{name: "__float__", where: "m", sig: "self", fn: asNumber(false)},
	{name: "__iter__", where: "m", sig: "self", fn: iter},
	{name: "__reversed__", where: "m", sig: "self", fn: func(c *call) interp.Value { return flipped(c, c.T(0), []int{0}) }},
	{name: "__contains__", where: "m", sig: "self, element", fn: contains},
	{name: "__deepcopy__", where: "m", sig: "self, memo=None", fn: deepcopy},
	{name: "__dir__", where: "m", sig: "self", fn: func(c *call) interp.Value { return interp.NewList() }},
	{name: "backward", where: "m", sig: "self, *args, **kwargs", fn: noop},
	{name: "register_hook", where: "m", sig: "self, hook", fn: noop},
	{name: "numel_", where: "", sig: "self", fn: noop},
}
