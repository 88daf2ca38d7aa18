package nn

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// lazyMixin is torch.nn.modules.lazy.LazyModuleMixin.
var lazyMixin = classOf("torch.nn.modules.lazy", "LazyModuleMixin", nil,
	method{name: "has_uninitialized_params", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "has_uninitialized_params")
		lazy := false
		for _, buffers := range []bool{false, true} {
			eachTensor(in, m, buffers, "", false, false, func(_, _ string, t *tensor.Tensor, _ *State) { lazy = lazy || isLazy(t) })
		}
		return interp.NewBool(lazy)
	}})

// uninitialized is a parameter or buffer whose shape the first forward decides.
func uninitialized(f factory, param bool) *tensor.Tensor {
	t := f.tensor([]tensor.Dim{{}})
	if param {
		t.Cls, t.Parameter, t.RequiresGrad = UninitializedParameter, true, true
	} else {
		t.Cls, t.Buffer = UninitializedBuffer, true
	}
	return t
}

// lazyClass makes the lazy form of a layer: its constructor leaves weights
// open, the first forward fills them in and turns the module into become.
func lazyClass(mod, name string, become *interp.Class, sig string, init ctor, fill func(in *interp.Interp, m *interp.Instance, st *State, x *tensor.Tensor)) {
	c := classOf("torch.nn.modules."+mod, name, []*interp.Class{lazyMixin, become})
	c.Dict.SetStr("cls_to_become", become)
	addInit(c, sig, init)
	forward, _ := become.Lookup("forward")
	fwd := forward.(*interp.Builtin)
	c.Dict.SetStr("forward", &interp.Builtin{Name: "forward", Qual: c.FullName() + ".forward", Sig: fwd.Sig,
		Raw: func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
			m, st := self(in, args[0], "forward")
			if len(args) > 1 {
				if x := asTensor(args[1]); x != nil {
					fill(in, m, st, x)
					if m.Cls == c {
						m.Cls = become
					}
				}
			}
			return fwd.Raw(in, args, kw)
		}})
	c.AddMethods()
}

// shapeUp gives an uninitialized parameter or buffer its shape.
func (st *State) shapeUp(name string, shape ...tensor.Dim) {
	for _, d := range []*interp.Dict{st.Params, st.Buffers} {
		if v, ok := d.GetStr(name); ok {
			if t := asTensor(v); isLazy(t) {
				t.Shape = shape
				if t.Parameter {
					t.Cls = ParameterClass
				} else {
					t.Cls, t.Buffer = nil, false
				}
			}
		}
	}
}

func setupLazy() {
	lazyClass("linear", "LazyLinear", LinearClass, "out_features, bias=True, device=None, dtype=None",
		func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			f := factoryOf(in, a[2], a[3])
			set(m, "in_features", interp.NewInt(0))
			set(m, "out_features", a[0])
			st.lazyParams(in, f, a[1])
		},
		func(in *interp.Interp, m *interp.Instance, st *State, x *tensor.Tensor) {
			width := x.Shape[len(x.Shape)-1]
			out := sizeOf(in, attr(in, m, "out_features"))[0]
			set(m, "in_features", width.Value(in))
			st.shapeUp("weight", out, width)
			st.shapeUp("bias", out)
		})
	for n := 1; n <= 3; n++ {
		d := strconv.Itoa(n) + "d"
		lazyConv("LazyConv"+d, ConvClasses[n-1], n, false)
		lazyConv("LazyConvTranspose"+d, ConvTransposeClasses[n-1], n, true)
		lazyNorm("batchnorm", "LazyBatchNorm"+d, BatchNormClasses[n-1], true)
		lazyNorm("instancenorm", "LazyInstanceNorm"+d, InstanceNormClasses[n-1], false)
	}
}

func (st *State) lazyParams(in *interp.Interp, f factory, bias interp.Value) {
	st.setParam("weight", uninitialized(f, true))
	if isTrue(in, bias) {
		st.setParam("bias", uninitialized(f, true))
	} else {
		st.noParam("bias")
	}
}

func lazyConv(name string, become *interp.Class, n int, transposed bool) {
	sig := "out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None"
	if transposed {
		sig = "out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None"
	}
	lazyClass("conv", name, become, sig, func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		k := len(a)
		zero := interp.NewInt(0)
		args := append([]interp.Value{m, zero, zero}, a[1:]...)
		biasAt := 6
		args[biasAt+2] = interp.False
		init, _ := become.Dict.GetStr("__init__")
		init.(*interp.Builtin).Raw(in, args, nil)
		set(m, "out_channels", a[0])
		st.lazyParams(in, factoryOf(in, a[k-2], a[k-1]), a[biasAt])
	}, func(in *interp.Interp, m *interp.Instance, st *State, x *tensor.Tensor) {
		if len(x.Shape) != n+1 && len(x.Shape) != n+2 {
			in.Raise(interp.RuntimeError, "Expected %dD (unbatched) or %dD (batched) input to %s, but got input of size: torch.Size(%s)", n+1, n+2, m.Cls.Name, tensor.ShapeString(x.Shape))
		}
		channels := x.Shape[len(x.Shape)-n-1]
		groups := sizeOf(in, attr(in, m, "groups"))[0]
		out := sizeOf(in, attr(in, m, "out_channels"))[0]
		if channels.V >= 0 && groups.V > 0 && channels.V%groups.V != 0 {
			in.Raise(interp.ValueError, "in_channels must be divisible by groups")
		}
		set(m, "in_channels", channels.Value(in))
		shape := []tensor.Dim{out, channels.FloorDiv(groups)}
		if transposed {
			shape = []tensor.Dim{channels, out.FloorDiv(groups)}
		}
		st.shapeUp("weight", append(shape, sizeOf(in, attr(in, m, "kernel_size"))...)...)
		st.shapeUp("bias", out)
	})
}

func lazyNorm(mod, name string, become *interp.Class, on bool) {
	flag := "False"
	if on {
		flag = "True"
	}
	lazyClass(mod, name, become, "eps=1e-05, momentum=0.1, affine="+flag+", track_running_stats="+flag+", device=None, dtype=None, *, bias=True",
		func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			initNormBase(in, m, st, []interp.Value{interp.NewInt(0), a[0], a[1], interp.False, interp.False, a[4], a[5], interp.False})
			set(m, "affine", a[2])
			set(m, "track_running_stats", a[3])
			f := factoryOf(in, a[4], a[5])
			if isTrue(in, a[2]) {
				st.lazyParams(in, f, a[6])
			}
			if isTrue(in, a[3]) {
				st.Buffers.SetStr("running_mean", uninitialized(f, false))
				st.Buffers.SetStr("running_var", uninitialized(f, false))
				st.Buffers.SetStr("num_batches_tracked", &tensor.Tensor{Shape: []tensor.Dim{}, DType: tensor.Int64, Device: f.device})
			}
		},
		func(in *interp.Interp, m *interp.Instance, st *State, x *tensor.Tensor) {
			if len(x.Shape) < 2 {
				return
			}
			set(m, "num_features", x.Shape[1].Value(in))
			for _, p := range []string{"weight", "bias", "running_mean", "running_var"} {
				st.shapeUp(p, x.Shape[1])
			}
		})
}
