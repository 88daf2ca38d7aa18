package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// applyTensors is Module._apply: f maps each parameter and buffer of m and
// below. Parameters stay the objects that they are (sharing survives), buffers
// are replaced.
func applyTensors(in *interp.Interp, m *interp.Instance, recurse bool, f func(t *tensor.Tensor) *tensor.Tensor) {
	visit := func(_ string, _ *interp.Instance, st *State) {
		if st.Params.Len() > 0 {
			for _, k := range st.Params.Keys() {
				name, _ := interp.AsStr(k)
				v, _ := st.Params.GetStr(name)
				if t := asTensor(v); t != nil {
					if n := f(t); n != t {
						if (t.Device == "meta") != (n.Device == "meta") {
							// Tensors of these devices cannot trade places: the
							// parameter becomes another object, ties come loose.
							p := newParameter(in, ParameterClass, n, interp.NewBool(t.RequiresGrad)).(*tensor.Tensor)
							st.Params.SetStr(name, p)
							continue
						}
						t.DType, t.Device, t.Shape, t.Store = n.DType, n.Device, n.Shape, n.Store
						t.Stride, t.Offset = n.Stride, n.Offset
					}
				}
			}
		}
		if st.Buffers.Len() > 0 {
			for _, k := range st.Buffers.Keys() {
				name, _ := interp.AsStr(k)
				v, _ := st.Buffers.GetStr(name)
				if t := asTensor(v); t != nil {
					if n := f(t); n != t {
						st.Buffers.SetStr(name, n)
					}
				}
			}
		}
	}
	if !recurse {
		visit("", m, m.Data.(*State))
		return
	}
	eachModule(in, m, "", true, visit)
}

// converted is a copy of t with another dtype or device; t itself where nothing changes.
func converted(in *interp.Interp, t *tensor.Tensor, dt tensor.DType, device string) *tensor.Tensor {
	if t.DType == dt && t.Device == device {
		return t
	}
	n := &tensor.Tensor{Shape: t.Shape, DType: dt, Device: device, RequiresGrad: t.RequiresGrad}
	if vs := t.Values(); vs != nil && device != "meta" {
		n.SetValues(append([]float64(nil), vs...))
	}
	keepOrigin(in, n, t)
	return n
}

// cast converts the floating parameters and buffers to dt.
func cast(name string, dt tensor.DType) method {
	return method{name: name, sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], name)
		applyTensors(in, m, true, func(t *tensor.Tensor) *tensor.Tensor {
			if !t.DType.IsFloat() {
				return t
			}
			return converted(in, t, dt, t.Device)
		})
		return m
	}}
}

// move converts parameters and buffers to a device.
func move(name, sig, kind string) method {
	return method{name: name, sig: sig, fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], name)
		device := kind
		if len(a) > 1 {
			switch d := a[1].(type) {
			case interp.Int:
				device = (&tensor.Device{Kind: kind, Index: d.V}).String()
			case interp.NoneType:
			default:
				device = tensor.DeviceArg(in, d)
			}
		}
		applyTensors(in, m, true, func(t *tensor.Tensor) *tensor.Tensor { return converted(in, t, t.DType, device) })
		return m
	}}
}

var applyMethods = []method{
	cast("float", tensor.Float32), cast("double", tensor.Float64), cast("half", tensor.Float16), cast("bfloat16", tensor.BFloat16),
	move("cpu", "self", "cpu"), move("cuda", "self, device=None", "cuda"), move("xpu", "self, device=None", "xpu"),
	move("ipu", "self, device=None", "ipu"), move("mtia", "self, device=None", "mtia"),
	{name: "to", sig: "self, *args, **kwargs", fn: moduleTo},
	{name: "type", sig: "self, dst_type", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "type")
		dt, ok := tensor.AsDType(in, a[1])
		if !ok {
			in.Raise(interp.RuntimeError, "invalid type: '%s'", in.ToStr(a[1]))
		}
		applyTensors(in, m, true, func(t *tensor.Tensor) *tensor.Tensor { return converted(in, t, dt, t.Device) })
		return m
	}},
	{name: "to_empty", sig: "self, *, device, recurse=True", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "to_empty")
		keep := interp.IsNone(a[1])
		device := tensor.DeviceArg(in, a[1])
		applyTensors(in, m, in.Truth(a[2]), func(t *tensor.Tensor) *tensor.Tensor {
			d := device
			if keep {
				d = t.Device
			}
			return &tensor.Tensor{Shape: t.Shape, DType: t.DType, Device: d, RequiresGrad: t.RequiresGrad}
		})
		return m
	}},
	{name: "share_memory", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
	{name: "_apply", sig: "self, fn, recurse=True", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "_apply")
		applyTensors(in, m, in.Truth(a[2]), func(t *tensor.Tensor) *tensor.Tensor {
			if n := asTensor(in.Call(a[1], []interp.Value{t}, nil)); n != nil {
				return n
			}
			return t
		})
		return m
	}},
	{name: "apply", sig: "self, fn", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "apply")
		applyFn(in, m, a[1], 0)
		return m
	}},
	{name: "train", sig: "self, mode=True", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		mode, ok := a[1].(interp.Bool)
		if !ok {
			in.Raise(interp.ValueError, "training mode is expected to be boolean")
		}
		m, _ := self(in, a[0], "train")
		setMode(in, m, mode, 0)
		return m
	}},
	{name: "eval", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		return in.CallMethod(a[0], "train", interp.False)
	}},
	{name: "requires_grad_", sig: "self, requires_grad=True", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "requires_grad_")
		grad := in.Truth(a[1])
		eachTensor(in, m, false, "", true, true, func(_, _ string, t *tensor.Tensor, _ *State) {
			if grad && !t.DType.IsFloat() && !t.DType.IsComplex() {
				in.Raise(interp.RuntimeError, "only Tensors of floating point dtype can require gradients")
			}
			t.RequiresGrad = grad
		})
		return m
	}},
	{name: "zero_grad", sig: "self, set_to_none=True", fn: func(_ *interp.Interp, _ []interp.Value) interp.Value { return interp.None }},
	{name: "compile", sig: "self, *args, **kwargs", fn: func(_ *interp.Interp, _ []interp.Value) interp.Value { return interp.None }},
}

// applyFn calls f on the modules below m, then on m; overridden apply methods are respected.
func applyFn(in *interp.Interp, m *interp.Instance, f interp.Value, depth int) {
	tooDeep(in, depth)
	eachChild(in, m, func(_ string, c *interp.Instance) {
		if overrides(c.Cls, "apply") {
			in.CallMethod(c, "apply", f)
			return
		}
		applyFn(in, c, f, depth+1)
	})
	in.Call(f, []interp.Value{m}, nil)
}

// setMode is train(mode) for m and everything below.
func setMode(in *interp.Interp, m *interp.Instance, mode interp.Bool, depth int) {
	tooDeep(in, depth)
	m.Data.(*State).Training = mode.V
	eachChild(in, m, func(_ string, c *interp.Instance) {
		if overrides(c.Cls, "train") {
			in.CallMethod(c, "train", mode)
			return
		}
		setMode(in, c, mode, depth+1)
	})
}

// overrides reports whether a class defines a method of Module anew.
func overrides(c *interp.Class, name string) bool {
	if c.Native {
		return false
	}
	mine, _ := ModuleClass.Dict.GetStr(name)
	v, _ := c.Lookup(name)
	return v != mine
}

// moduleTo is Module.to in all its forms.
func moduleTo(in *interp.Interp, a []interp.Value) interp.Value {
	m, _ := self(in, a[0], "to")
	dt, hasType, device := tensor.DType(0), false, ""
	take := func(v interp.Value) {
		switch v := v.(type) {
		case interp.NoneType, interp.Bool, *interp.Unknown:
		case *tensor.DTypeObj:
			dt, hasType = v.D, true
		case *tensor.Tensor:
			dt, hasType, device = v.DType, true, v.Device
		case *tensor.Device, interp.Str, interp.Int:
			device = tensor.DeviceArg(in, v)
		case *interp.Class:
			if d, ok := tensor.AsDType(in, v); ok {
				dt, hasType = d, true
			}
		}
	}
	for _, v := range a[1].(*interp.Tuple).V {
		take(v)
	}
	kw := a[2].(*interp.Dict)
	for _, k := range []string{"device", "dtype", "tensor", "other"} {
		if v, ok := kw.GetStr(k); ok {
			take(v)
		}
	}
	if hasType && !dt.IsFloat() && !dt.IsComplex() {
		in.Raise(interp.TypeError, "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.%s", dt)
	}
	applyTensors(in, m, true, func(t *tensor.Tensor) *tensor.Tensor {
		to, where := t.DType, t.Device
		if hasType && (to.IsFloat() || to.IsComplex()) {
			to = dt
		}
		if device != "" {
			where = device
		}
		if t.Device == "meta" && where != "meta" {
			in.Raise(interp.NotImplementedError, "Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a different device.")
		}
		return converted(in, t, to, where)
	})
	return m
}
