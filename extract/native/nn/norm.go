package nn

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// normalizedShape is the argument of LayerNorm and RMSNorm as a tuple.
func normalizedShape(in *interp.Interp, v interp.Value) *interp.Tuple {
	switch v := v.(type) {
	case interp.Int, interp.Bool, *interp.Unknown:
		return interp.NewTuple(v)
	case *interp.Instance:
		if d, ok := v.Data.(interp.Value); ok {
			if _, isInt := interp.AsInt(d); isInt {
				return interp.NewTuple(v)
			}
		}
	}
	return tuple(in, v)
}

// affine registers weight and bias of one size, or their absence.
func (st *State) affine(in *interp.Interp, f factory, weight, bias bool, size interp.Value) {
	if !weight {
		st.noParam("weight")
		st.noParam("bias")
		return
	}
	shape := sizeOf(in, size)
	if len(shape) == 1 {
		p := &twoParams{}
		p.ws[0], p.bs[0] = shape[0], shape[0]
		st.weightBias(in, f, p, 1, bias)
		return
	}
	st.setParam("weight", f.param(in, shape...))
	if bias {
		st.setParam("bias", f.param(in, tensor.Clone(shape)...))
	} else {
		st.noParam("bias")
	}
}

// LayerNormClass, RMSNormClass and GroupNormClass are the norms of torch.nn.modules.normalization.
var (
	LayerNormClass = define("normalization", layer{name: "LayerNorm",
		sig: "normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None",
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			shape := normalizedShape(in, a[0])
			m.Dict.Grow(3)
			set(m, "normalized_shape", shape)
			set(m, "eps", a[1])
			set(m, "elementwise_affine", a[2])
			st.affine(in, factoryOf(in, a[4], a[5]), isTrue(in, a[2]), isTrue(in, a[3]), shape)
			callReset(in, m, "reset_parameters")
		},
		forward: "layer_norm normalized_shape weight bias eps", methods: []method{resetMethod("reset_parameters")},
		repr: "{normalized_shape}, eps={eps}, elementwise_affine={elementwise_affine}, bias={bias?}"})

	RMSNormClass = define("normalization", layer{name: "RMSNorm",
		sig: "normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None",
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			shape := normalizedShape(in, a[0])
			m.Dict.Grow(3)
			set(m, "normalized_shape", shape)
			set(m, "eps", a[1])
			set(m, "elementwise_affine", a[2])
			if isTrue(in, a[2]) {
				st.setParam("weight", factoryOf(in, a[3], a[4]).param(in, sizeOf(in, shape)...))
			} else {
				st.noParam("weight")
			}
			callReset(in, m, "reset_parameters")
		},
		inputs: "x", forward: "rms_norm normalized_shape weight eps", methods: []method{resetMethod("reset_parameters")},
		repr: "{normalized_shape}, eps={eps}, elementwise_affine={elementwise_affine}"})

	GroupNormClass = define("normalization", layer{name: "GroupNorm",
		sig: "num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, bias=True",
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			if remainder(in, a[1], a[0]) != 0 {
				in.Raise(interp.ValueError, "num_channels (%s) must be divisible by num_groups (%s)", in.ToStr(a[1]), in.ToStr(a[0]))
			}
			m.Dict.Grow(4)
			set(m, "num_groups", a[0])
			set(m, "num_channels", a[1])
			set(m, "eps", a[2])
			set(m, "affine", a[3])
			st.affine(in, factoryOf(in, a[4], a[5]), isTrue(in, a[3]), isTrue(in, a[6]), a[1])
			callReset(in, m, "reset_parameters")
		},
		forward: "group_norm num_groups weight bias eps", methods: []method{resetMethod("reset_parameters")},
		repr: "{num_groups}, {num_channels}, eps={eps}, affine={affine}, bias={bias?}"})
)

func init() {
	syncBatchNorm = defineSyncBatchNorm()
	lrn := "size, alpha=0.0001, beta=0.75, k=1.0"
	defineAll("normalization", []layer{
		{name: "LocalResponseNorm", sig: lrn, forward: "local_response_norm size alpha beta k", repr: "{size}, alpha={alpha}, beta={beta}, k={k}"},
		{name: "CrossMapLRN2d", sig: "size, alpha=0.0001, beta=0.75, k=1", forward: "local_response_norm size alpha beta k", repr: "{size}, alpha={alpha}, beta={beta}, k={k}"},
	})
}

// The classes of torch.nn.modules.batchnorm that others look for.
var (
	normBase = define("batchnorm", layer{name: "_NormBase", sig: "-", methods: []method{
		resetMethod("reset_parameters"), resetMethod("reset_running_stats"),
		{name: "_check_input_dim", sig: "self, input", fn: func(in *interp.Interp, _ []interp.Value) interp.Value {
			in.Raise(interp.NotImplementedError, "")
			return nil
		}}},
		repr: "{num_features}, eps={eps}, momentum={momentum}, affine={affine}, bias={bias?}, track_running_stats={track_running_stats}"})
	// BatchNormBase is torch.nn.modules.batchnorm._BatchNorm.
	BatchNormBase = define("batchnorm", layer{name: "_BatchNorm", base: normBase,
		sig:     "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None, *, bias=True",
		init:    initNormBase,
		methods: []method{{name: "forward", sig: "self, input", fn: batchNormForward}}})
	syncBatchNorm    *interp.Class
	instanceNormBase = define("instancenorm", layer{name: "_InstanceNorm", base: normBase,
		sig:     "num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, device=None, dtype=None, *, bias=True",
		init:    initNormBase,
		methods: []method{{name: "forward", sig: "self, input", fn: instanceNormForward}}})
)

// initNormBase: num_features, eps, momentum, affine, track_running_stats, device, dtype, bias.
func initNormBase(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
	m.Dict.Grow(6)
	st.Buffers.Grow(3)
	for i, n := range []string{"num_features", "eps", "momentum", "affine", "track_running_stats"} {
		set(m, n, a[i])
	}
	f := factoryOf(in, a[5], a[6])
	st.affine(in, f, isTrue(in, a[3]), isTrue(in, a[7]), a[0])
	if isTrue(in, a[4]) {
		shape := sizeOf(in, a[0])
		st.Buffers.SetStr("running_mean", f.tensor(shape))
		st.Buffers.SetStr("running_var", f.tensor(tensor.Clone(shape)))
		st.Buffers.SetStr("num_batches_tracked", &tensor.Tensor{Shape: []tensor.Dim{}, DType: tensor.Int64, Device: f.device})
	} else {
		for _, n := range []string{"running_mean", "running_var", "num_batches_tracked"} {
			st.Buffers.SetStr(n, interp.None)
		}
	}
	callReset(in, m, "reset_parameters")
}

var (
	fBatchNorm, fInstanceNorm = functional("batch_norm"), functional("instance_norm")
	tUnsqueeze, tSqueeze      = functional("Tensor.unsqueeze"), functional("Tensor.squeeze")
)

// checkRank calls the class's own check of the input's rank.
func checkRank(in *interp.Interp, m *interp.Instance, input interp.Value) {
	in.CallMethod(m, "_check_input_dim", input)
}

func batchNormForward(in *interp.Interp, a []interp.Value) interp.Value {
	m, st := self(in, a[0], "forward")
	checkRank(in, m, a[1])
	momentum := attr(in, m, "momentum")
	if interp.IsNone(momentum) {
		momentum = interp.NewFloat(0)
	}
	mean, variance := buffer(in, m, "running_mean"), buffer(in, m, "running_var")
	training := st.Training
	if !training {
		training = interp.IsNone(mean) && interp.IsNone(variance)
	}
	if st.Training && !isTrue(in, attr(in, m, "track_running_stats")) {
		mean, variance = interp.None, interp.None
	}
	return fBatchNorm.call(in, []interp.Value{a[1], mean, variance, param(in, m, "weight"), param(in, m, "bias"),
		interp.NewBool(training), momentum, attr(in, m, "eps")})
}

func instanceNormForward(in *interp.Interp, a []interp.Value) interp.Value {
	m, st := self(in, a[0], "forward")
	checkRank(in, m, a[1])
	input := a[1]
	t := asTensor(input)
	rank := int(in.Int(in.CallMethod(m, "_get_no_batch_dim")))
	if t != nil && len(t.Shape) >= rank {
		features := len(t.Shape) - rank
		n := t.Shape[features].V
		if want, ok := interp.AsInt(attr(in, m, "num_features")); ok && n >= 0 && n != want && isTrue(in, attr(in, m, "affine")) {
			in.Raise(interp.ValueError, "expected input's size at dim=%d to match num_features (%d), but got: %d.", features, want, n)
		}
	}
	norm := func(x interp.Value) interp.Value {
		momentum := attr(in, m, "momentum")
		if interp.IsNone(momentum) {
			momentum = interp.NewFloat(0)
		}
		useInput := st.Training || !isTrue(in, attr(in, m, "track_running_stats"))
		return fInstanceNorm.call(in, []interp.Value{x, buffer(in, m, "running_mean"), buffer(in, m, "running_var"), param(in, m, "weight"), param(in, m, "bias"),
			interp.NewBool(useInput), momentum, attr(in, m, "eps")})
	}
	if t != nil && len(t.Shape) == rank {
		zero := interp.NewInt(0)
		return tSqueeze.call(in, []interp.Value{norm(tUnsqueeze.call(in, []interp.Value{input, zero})), zero})
	}
	return norm(input)
}

// rankCheck is a _check_input_dim: the input must have one of two ranks.
func rankCheck(a, b int) method {
	return method{name: "_check_input_dim", sig: "self, input", fn: func(in *interp.Interp, args []interp.Value) interp.Value {
		t := asTensor(args[1])
		if t == nil || len(t.Shape) == a || len(t.Shape) == b {
			return interp.None
		}
		want := strconv.Itoa(a) + "D"
		if b != a {
			want += " or " + strconv.Itoa(b) + "D"
		}
		in.Raise(interp.ValueError, "expected %s input (got %dD input)", want, len(t.Shape))
		return nil
	}}
}

// BatchNormClasses are BatchNorm1d, BatchNorm2d and BatchNorm3d.
var BatchNormClasses = [3]*interp.Class{
	define("batchnorm", layer{name: "BatchNorm1d", base: BatchNormBase, sig: "-", methods: []method{rankCheck(2, 3)}}),
	define("batchnorm", layer{name: "BatchNorm2d", base: BatchNormBase, sig: "-", methods: []method{rankCheck(4, 4)}}),
	define("batchnorm", layer{name: "BatchNorm3d", base: BatchNormBase, sig: "-", methods: []method{rankCheck(5, 5)}}),
}

func instanceNormMethods(n int) []method {
	return []method{rankCheck(n+1, n+2), {name: "_get_no_batch_dim", sig: "self", fn: func(_ *interp.Interp, _ []interp.Value) interp.Value {
		return interp.NewInt(int64(n + 1))
	}}}
}

// InstanceNormClasses are InstanceNorm1d, InstanceNorm2d and InstanceNorm3d.
var InstanceNormClasses = [3]*interp.Class{
	define("instancenorm", layer{name: "InstanceNorm1d", base: instanceNormBase, sig: "-", methods: instanceNormMethods(1)}),
	define("instancenorm", layer{name: "InstanceNorm2d", base: instanceNormBase, sig: "-", methods: instanceNormMethods(2)}),
	define("instancenorm", layer{name: "InstanceNorm3d", base: instanceNormBase, sig: "-", methods: instanceNormMethods(3)}),
}

func defineSyncBatchNorm() *interp.Class {
	return define("batchnorm", layer{name: "SyncBatchNorm", base: BatchNormBase,
		sig: "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, process_group=None, device=None, dtype=None, *, bias=True",
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			initNormBase(in, m, st, append(append([]interp.Value(nil), a[:5]...), a[6:]...))
			set(m, "process_group", a[5])
		},
		methods: []method{
			{name: "_check_input_dim", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
				if t := asTensor(a[1]); t != nil && len(t.Shape) < 2 {
					in.Raise(interp.ValueError, "expected at least 2D input (got %dD input)", len(t.Shape))
				}
				return interp.None
			}},
			{name: "convert_sync_batchnorm", kind: "class", sig: "cls, module, process_group=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
				m := asModule(a[1])
				if m == nil {
					return a[1]
				}
				return convertSync(in, m, a[2], 0)
			}},
		}})
}

// convertSync replaces the batch norms in and below m by SyncBatchNorms of the same tensors.
func convertSync(in *interp.Interp, m *interp.Instance, group interp.Value, depth int) *interp.Instance {
	tooDeep(in, depth)
	out := m
	st := m.Data.(*State)
	if m.Cls.Is(BatchNormBase) {
		out = alloc(syncBatchNorm)
		o := out.Data.(*State)
		o.start()
		for _, n := range []string{"num_features", "eps", "momentum", "affine", "track_running_stats"} {
			set(out, n, attr(in, m, n))
		}
		set(out, "process_group", group)
		o.Params, o.Buffers, o.Training = st.Params.Copy(), st.Buffers.Copy(), st.Training
	}
	eachChild(in, m, func(name string, c *interp.Instance) {
		addModule(in, out, interp.NewStr(name), convertSync(in, c, group, depth+1))
	})
	return out
}
