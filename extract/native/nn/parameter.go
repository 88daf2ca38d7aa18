package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// The tensor classes of torch.nn.parameter.
var (
	ParameterClass         = interp.NewNativeClass("torch.nn.parameter.Parameter", []*interp.Class{tensor.Class})
	BufferClass            = interp.NewNativeClass("torch.nn.parameter.Buffer", []*interp.Class{tensor.Class})
	uninitializedMixin     = interp.NewNativeClass("torch.nn.parameter.UninitializedTensorMixin", nil)
	UninitializedParameter = interp.NewNativeClass("torch.nn.parameter.UninitializedParameter", []*interp.Class{uninitializedMixin, ParameterClass})
	UninitializedBuffer    = interp.NewNativeClass("torch.nn.parameter.UninitializedBuffer", []*interp.Class{uninitializedMixin, tensor.Class})
)

var (
	parameterSig     = interp.ParseSignature("data=None, requires_grad=True")
	bufferSig        = interp.ParseSignature("data=None, *, persistent=True")
	uninitializedSig = interp.ParseSignature("requires_grad=True, device=None, dtype=None, persistent=True")
)

// flagged makes a metaclass for which tensors with a flag are instances, whatever their class.
func flagged(c *interp.Class, name string, is func(t *tensor.Tensor) bool) {
	meta := interp.NewNativeClass("torch.nn.parameter."+name, []*interp.Class{interp.TypeClass})
	addMethods(meta, method{name: "__instancecheck__", sig: "self, instance", fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
		t := asTensor(a[1])
		self, _ := a[0].(*interp.Class)
		return interp.NewBool(t != nil && (self == c && is(t) || t.Type().Is(self)))
	}})
	c.Meta = meta
}

func setupParameters() {
	flagged(ParameterClass, "_ParameterMeta", func(t *tensor.Tensor) bool { return t.Parameter })
	flagged(BufferClass, "_BufferMeta", func(t *tensor.Tensor) bool { return t.Buffer })
	ParameterClass.New = func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		a := bind(in, "Parameter.__new__", parameterSig, args, kw)
		return newParameter(in, cls, a[0], a[1])
	}
	BufferClass.New = func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		a := bind(in, "Buffer.__new__", bufferSig, args, kw)
		return newBuffer(in, a[0], a[1])
	}
	uninit := func(param bool) func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		return func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
			a := bind(in, cls.Name+".__new__", uninitializedSig, args, kw)
			f := factoryOf(in, a[1], a[2])
			t := f.tensor([]tensor.Dim{{}})
			t.Cls, t.RequiresGrad, t.Parameter, t.Buffer = cls, param && in.Truth(a[0]), param, !param
			return t
		}
	}
	UninitializedParameter.New, UninitializedBuffer.New = uninit(true), uninit(false)
	noInit := func(_ *interp.Interp, _ []interp.Value) interp.Value { return interp.None }
	for _, c := range []*interp.Class{ParameterClass, BufferClass, UninitializedParameter, UninitializedBuffer} {
		c.Dict.SetStr("__init__", &interp.Builtin{Name: "__init__", Qual: c.FullName() + ".__init__",
			Raw: func(in *interp.Interp, _ []interp.Value, _ []interp.KW) interp.Value { return interp.None }, Fn: noInit})
		c.AddMethods()
	}
	addMethods(uninitializedMixin, method{name: "materialize", sig: "self, shape, device=None, dtype=None", fn: materialize})
}

// newParameter is Parameter(data, requires_grad): a tensor of its own with the data's shape and values.
func newParameter(in *interp.Interp, cls *interp.Class, data, grad interp.Value) interp.Value {
	switch d := data.(type) {
	case interp.NoneType:
		t := &tensor.Tensor{Shape: []tensor.Dim{{}}, DType: tensor.DefaultDType(in), Device: tensor.StateOf(in).Device()}
		t.Cls, t.Parameter, t.RequiresGrad = cls, true, in.Truth(grad)
		return t
	case *tensor.Tensor:
		t := *d
		t.Node, t.Base, t.Dict = nil, nil, nil
		t.Buffer, t.Parameter, t.Cls = false, true, cls
		if d.Cls != nil && !d.Parameter && !d.Buffer {
			// A tensor subclass keeps its class and is marked as a parameter.
			t.Cls = d.Cls
		}
		t.RequiresGrad = in.Truth(grad)
		if t.RequiresGrad && !t.DType.IsFloat() && !t.DType.IsComplex() {
			in.Raise(interp.RuntimeError, "Only Tensors of floating point and complex dtype can require gradients")
		}
		keepOrigin(in, &t, d)
		return &t
	case *interp.Unknown:
		return d
	}
	in.Raise(interp.AttributeError, "'%s' object has no attribute 'detach'", data.Type().Name)
	return nil
}

// keepOrigin makes dst's value that of src in a running trace.
func keepOrigin(in *interp.Interp, dst, src *tensor.Tensor) {
	if tr := tensor.StateOf(in).Tracer; tr != nil {
		tr.Set(dst, tr.NodeOf(in, src))
	}
}

// newBuffer is Buffer(data, persistent=...).
func newBuffer(in *interp.Interp, data, persistent interp.Value) interp.Value {
	switch d := data.(type) {
	case interp.NoneType:
		t := &tensor.Tensor{Shape: []tensor.Dim{{}}, DType: tensor.DefaultDType(in), Device: tensor.StateOf(in).Device()}
		t.Buffer = true
		t.AttrDict(true).SetStr("persistent", persistent)
		return t
	case *tensor.Tensor:
		t := *d
		t.Node, t.Base, t.Dict, t.Parameter = nil, nil, nil, false
		t.Buffer = true
		if t.Cls == ParameterClass {
			t.Cls = nil
		}
		t.AttrDict(true).SetStr("persistent", persistent)
		t.AttrDict(true).SetStr("_is_buffer", interp.True)
		keepOrigin(in, &t, d)
		return &t
	case *interp.Unknown:
		return d
	}
	in.Raise(interp.AttributeError, "'%s' object has no attribute 'detach'", data.Type().Name)
	return nil
}

func bufferPersistent(in *interp.Interp, t *tensor.Tensor) bool {
	if t.Dict != nil {
		if v, ok := t.Dict.GetStr("persistent"); ok {
			return in.Truth(v)
		}
	}
	return true
}

// materialize gives an uninitialized parameter or buffer its shape.
func materialize(in *interp.Interp, a []interp.Value) interp.Value {
	t := asTensor(a[0])
	if t == nil {
		in.Raise(interp.TypeError, "materialize() needs an uninitialized tensor")
	}
	t.Shape = sizeOf(in, a[1])
	if !interp.IsNone(a[2]) {
		t.Device = tensor.DeviceArg(in, a[2])
	}
	t.DType = tensor.DTypeArg(in, "empty", a[3], t.DType)
	if t.Cls == UninitializedParameter {
		t.Cls = ParameterClass
	} else {
		t.Cls = nil
	}
	return interp.None
}

func isLazy(t *tensor.Tensor) bool {
	return t != nil && (t.Cls == UninitializedParameter || t.Cls == UninitializedBuffer)
}

// factory is where and of what dtype a layer makes its parameters.
type factory struct {
	dtype  tensor.DType
	device string
}

// factoryOf reads the factory keyword arguments of a layer.
func factoryOf(in *interp.Interp, device, dtype interp.Value) factory {
	st := tensor.StateOf(in)
	f := factory{dtype: st.DefaultDType}
	if _, none := dtype.(interp.NoneType); !none {
		f.dtype = tensor.DTypeArg(in, "empty", dtype, st.DefaultDType)
	}
	if _, none := device.(interp.NoneType); none {
		f.device = st.Device()
	} else {
		f.device = tensor.DeviceArg(in, device)
	}
	return f
}

func (f factory) tensor(shape []tensor.Dim) *tensor.Tensor {
	return &tensor.Tensor{Shape: shape, DType: f.dtype, Device: f.device}
}

// param makes a parameter of unknown values.
func (f factory) param(in *interp.Interp, shape ...tensor.Dim) *tensor.Tensor {
	f.check(in)
	return &tensor.Tensor{Shape: shape, DType: f.dtype, Device: f.device, Parameter: true, RequiresGrad: true, Cls: ParameterClass}
}

// check refuses dtypes that a parameter with a gradient cannot have.
func (f factory) check(in *interp.Interp) {
	if !f.dtype.IsFloat() && !f.dtype.IsComplex() {
		in.Raise(interp.RuntimeError, "Only Tensors of floating point and complex dtype can require gradients")
	}
}

// dim is element i of a size given as a tuple.
func dim(in *interp.Interp, v interp.Value, i int) tensor.Dim {
	if n, ok := v.(interp.Int); ok {
		return tensor.Dim{V: n.V, E: n.E}
	}
	d, ok := tensor.DimOf(in, v)
	if _, isBool := v.(interp.Bool); isBool && i == 0 { // torch looks at the first alone
		ok = false
	}
	if !ok {
		if i == 0 {
			in.Raise(interp.TypeError, "empty(): argument 'size' (position 1) must be tuple of ints, but found element of type %s at pos 0", v.Type().Name)
		}
		in.Raise(interp.TypeError, `empty(): argument 'size' failed to unpack the object at pos %d with error "type must be tuple of ints,but got %s"`, i+1, v.Type().Name)
	}
	return d
}

// dims is a size given as a tuple, as torch.empty reads it.
func dims(in *interp.Interp, vs ...interp.Value) []tensor.Dim {
	out := make([]tensor.Dim, len(vs))
	for i, v := range vs {
		out[i] = dim(in, v, i)
	}
	checkDims(in, out, vs)
	return out
}

func checkDims(in *interp.Interp, shape []tensor.Dim, vs []interp.Value) {
	for i, d := range shape {
		if d.V < 0 {
			if _, known := interp.AsInt(vs[i]); known {
				in.Raise(interp.RuntimeError, "Trying to create tensor with negative dimension %d: %s", d.V, tensor.ShapeString(shape))
			}
		}
	}
}

// sizeOf is the size argument of torch.empty: one int or a sequence of them.
func sizeOf(in *interp.Interp, v interp.Value) []tensor.Dim {
	if _, ok := v.(interp.Int); ok {
		return dims(in, v)
	}
	if vs, ok := tensor.Sequence(v); ok {
		return dims(in, vs...)
	}
	if _, ok := tensor.DimOf(in, v); !ok {
		in.Raise(interp.TypeError, "empty(): argument 'size' (position 1) must be tuple of ints, not %s", v.Type().Name)
	}
	return dims(in, v)
}

// tensorTypename is torch.typename of a tensor: "torch.FloatTensor", "torch.meta.LongTensor".
func tensorTypename(t *tensor.Tensor) string {
	prefix := "torch."
	switch {
	case t.Device == "meta":
		prefix = "torch.meta."
	case len(t.Device) >= 4 && t.Device[:4] == "cuda":
		prefix = "torch.cuda."
	}
	return prefix + t.DType.ScalarName() + "Tensor"
}
