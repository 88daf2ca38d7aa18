package nn

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// inplaceRepr shows inplace=True where it is set, behind sep.
func inplaceRepr(spec, sep string) method {
	return reprWith(spec, func(in *interp.Interp, m *interp.Instance) string {
		if isTrue(in, attr(in, m, "inplace")) {
			return sep + "inplace=True"
		}
		return ""
	})
}

var onlyInplace = []method{inplaceRepr("", "")}

// afterInplace is an extra_repr with ", inplace=True" where it is set.
func afterInplace(spec string) []method { return []method{inplaceRepr(spec, ", ")} }

// checkIntDim refuses what Softmax refuses as its dim.
func checkIntDim(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
	switch d := a[0].(type) {
	case interp.Int, interp.NoneType, *interp.Unknown, interp.BigInt:
	default:
		if i, ok := d.(*interp.Instance); !ok || !i.Cls.Is(interp.IntClass) {
			in.Raise(interp.TypeError, "dim must be an int or None, got %s", in.Repr(d.Type()))
		}
	}
	set(m, "dim", a[0])
}

var hardtanhClass = define("activation", layer{name: "Hardtanh", sig: "min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None",
	init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		lo, hi := a[0], a[1]
		if !interp.IsNone(a[3]) {
			lo = a[3]
		}
		if !interp.IsNone(a[4]) {
			hi = a[4]
		}
		initHardtanh(in, m, lo, hi, a[2])
	},
	forward: "hardtanh min_val max_val inplace", methods: afterInplace("min_val={min_val}, max_val={max_val}")})

func initHardtanh(in *interp.Interp, m *interp.Instance, lo, hi, inplace interp.Value) {
	set(m, "min_val", lo)
	set(m, "max_val", hi)
	set(m, "inplace", inplace)
	if compare(in, pyast.LtE, hi, lo) {
		in.Raise(interp.AssertionError, "max_val (%s) must be greater than min_val (%s)", in.ToStr(hi), in.ToStr(lo))
	}
}

func init() {
	defineAll("activation", []layer{
		{name: "Threshold", sig: "threshold, value, inplace=False", forward: "threshold threshold value inplace", methods: afterInplace("threshold={threshold}, value={value}")},
		{name: "ReLU", sig: "inplace=False", forward: "relu inplace=inplace", methods: onlyInplace},
		{name: "RReLU", sig: "lower=0.125, upper=0.3333333333333333, inplace=False", forward: "rrelu lower upper training inplace", methods: afterInplace("lower={lower}, upper={upper}")},
		{name: "ReLU6", base: hardtanhClass, sig: "inplace=False", init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
			initHardtanh(in, m, interp.NewFloat(0), interp.NewFloat(6), a[0])
		}, methods: onlyInplace},
		{name: "Sigmoid", sig: "-", forward: "torch.sigmoid"},
		{name: "Hardsigmoid", sig: "inplace=False", forward: "hardsigmoid inplace"},
		{name: "Tanh", sig: "-", forward: "torch.tanh"},
		{name: "SiLU", sig: "inplace=False", forward: "silu inplace=inplace", methods: onlyInplace},
		{name: "Mish", sig: "inplace=False", forward: "mish inplace=inplace", methods: onlyInplace},
		{name: "Hardswish", sig: "inplace=False", forward: "hardswish inplace"},
		{name: "ELU", sig: "alpha=1.0, inplace=False", forward: "elu alpha inplace", methods: afterInplace("alpha={alpha}")},
		{name: "CELU", sig: "alpha=1.0, inplace=False", forward: "celu alpha inplace", methods: afterInplace("alpha={alpha}")},
		{name: "SELU", sig: "inplace=False", forward: "selu inplace", methods: onlyInplace},
		{name: "GLU", sig: "dim=-1", forward: "glu dim", repr: "dim={dim}"},
		{name: "GELU", sig: "approximate='none'", forward: "gelu approximate=approximate", repr: "approximate={approximate!r}"},
		{name: "Hardshrink", sig: "lambd=0.5", forward: "hardshrink lambd", repr: "{lambd}"},
		{name: "LeakyReLU", sig: "negative_slope=0.01, inplace=False", forward: "leaky_relu negative_slope inplace", methods: afterInplace("negative_slope={negative_slope}")},
		{name: "LogSigmoid", sig: "-", forward: "logsigmoid"},
		{name: "Softplus", sig: "beta=1.0, threshold=20.0", forward: "softplus beta threshold", repr: "beta={beta}, threshold={threshold}"},
		{name: "Softshrink", sig: "lambd=0.5", forward: "softshrink lambd", repr: "{lambd}"},
		{name: "PReLU", sig: "num_parameters=1, init=0.25, device=None, dtype=None", init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			set(m, "num_parameters", a[0])
			set(m, "init", a[1])
			st.setParam("weight", factoryOf(in, a[2], a[3]).param(in, sizeOf(in, a[0])...))
			callReset(in, m, "reset_parameters")
		}, forward: "prelu weight", methods: []method{resetMethod("reset_parameters")}, repr: "num_parameters={num_parameters}"},
		{name: "Softsign", sig: "-", forward: "softsign"},
		{name: "Tanhshrink", sig: "-", forward: "tanhshrink"},
		{name: "Softmin", sig: "dim=None", forward: "softmin dim", repr: "dim={dim}"},
		{name: "Softmax", sig: "dim=None", init: checkIntDim, forward: "softmax dim", repr: "dim={dim}"},
		{name: "LogSoftmax", sig: "dim=None", init: checkIntDim, forward: "log_softmax dim", repr: "dim={dim}"},
		{name: "Softmax2d", sig: "-", methods: []method{{name: "forward", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			if t := asTensor(a[1]); t != nil && len(t.Shape) != 3 && len(t.Shape) != 4 {
				in.Raise(interp.ValueError, "Softmax2d: expected input to be 3D or 4D, got %dD instead", len(t.Shape))
			}
			return fSoftmax.call(in, []interp.Value{a[1], interp.NewInt(-3)})
		}}}},
	})
	defineDropout()
	definePadding()
	definePooling()
	defineShapes()
	defineLosses()
}

var fSoftmax = functional("softmax")

func defineDropout() {
	base := define("dropout", layer{name: "_DropoutNd", sig: "p=0.5, inplace=False", init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		if below(in, a[0], 0) || above(in, a[0], 1) {
			in.Raise(interp.ValueError, "dropout probability has to be between 0 and 1, but got %s", in.ToStr(a[0]))
		}
		set(m, "p", a[0])
		set(m, "inplace", a[1])
	}, repr: "p={p}, inplace={inplace}"})
	defineAll("dropout", []layer{
		{name: "Dropout", base: base, sig: "-", forward: "dropout p training inplace"},
		{name: "Dropout1d", base: base, sig: "-", forward: "dropout1d p training inplace"},
		{name: "Dropout2d", base: base, sig: "-", forward: "dropout2d p training inplace"},
		{name: "Dropout3d", base: base, sig: "-", forward: "dropout3d p training inplace"},
		{name: "AlphaDropout", base: base, sig: "-", forward: "alpha_dropout p training"},
		{name: "FeatureAlphaDropout", base: base, sig: "-", forward: "feature_alpha_dropout p training"},
	})
}

// padInit stores the padding of an n-dimensional padding layer.
func padInit(n int) ctor {
	return func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		set(m, "padding", repeat(in, a[0], 2*n))
	}
}

// padForward pads with a mode.
func padForward(mode string, check bool) method {
	return method{name: "forward", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "forward")
		if check {
			checkRank(in, m, a[1])
		}
		return fPad.call(in, []interp.Value{a[1], attr(in, m, "padding"), interp.NewStr(mode)})
	}}
}

func definePadding() {
	circular := define("padding", layer{name: "_CircularPadNd", sig: "-", methods: []method{padForward("circular", true)}, repr: "{padding}"})
	reflection := define("padding", layer{name: "_ReflectionPadNd", sig: "-", methods: []method{padForward("reflect", false)}, repr: "{padding}"})
	replication := define("padding", layer{name: "_ReplicationPadNd", sig: "-", methods: []method{padForward("replicate", false)}, repr: "{padding}"})
	constant := define("padding", layer{name: "_ConstantPadNd", sig: "value", methods: []method{
		{name: "forward", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "forward")
			return fPad.call(in, []interp.Value{a[1], attr(in, m, "padding"), interp.NewStr("constant"), attr(in, m, "value")})
		}}}, repr: "padding={padding}, value={value}"})
	for n := 1; n <= 3; n++ {
		d := strconv.Itoa(n) + "d"
		define("padding", layer{name: "CircularPad" + d, base: circular, sig: "padding", init: padInit(n), methods: []method{rankCheck(n+1, n+2)}})
		define("padding", layer{name: "ReflectionPad" + d, base: reflection, sig: "padding", init: padInit(n)})
		define("padding", layer{name: "ReplicationPad" + d, base: replication, sig: "padding", init: padInit(n)})
		c := define("padding", layer{name: "ConstantPad" + d, base: constant, sig: "padding, value", init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			set(m, "value", a[1])
			padInit(n)(in, m, st, a)
		}})
		define("padding", layer{name: "ZeroPad" + d, base: c, sig: "padding", init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			set(m, "value", interp.NewFloat(0))
			padInit(n)(in, m, st, a)
		}, repr: "{padding}"})
	}
}

// orElse is v, or other where v is None.
func orElse(v, other interp.Value) interp.Value {
	if interp.IsNone(v) {
		return other
	}
	return v
}

func definePooling() {
	maxPool := define("pooling", layer{name: "_MaxPoolNd", sig: "kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False",
		init: func(_ *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
			for i, n := range []string{"kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"} {
				v := a[i]
				if i == 1 {
					v = orElse(v, a[0])
				}
				set(m, n, v)
			}
		}, repr: "kernel_size={kernel_size}, stride={stride}, padding={padding}, dilation={dilation}, ceil_mode={ceil_mode}"})
	maxUnpool := define("pooling", layer{name: "_MaxUnpoolNd", sig: "-", repr: "kernel_size={kernel_size}, stride={stride}, padding={padding}"})
	avgPool := define("pooling", layer{name: "_AvgPoolNd", sig: "-", repr: "kernel_size={kernel_size}, stride={stride}, padding={padding}"})
	lpPool := define("pooling", layer{name: "_LPPoolNd", sig: "norm_type, kernel_size, stride=None, ceil_mode=False",
		init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
			if f, ok := interp.AsFloat(a[0]); ok && f == 0 {
				in.Raise(interp.ValueError, "norm_type must be a non-zero value, but got %s", in.ToStr(a[0]))
			}
			for i, n := range []string{"norm_type", "kernel_size", "stride", "ceil_mode"} {
				set(m, n, a[i])
			}
		}, repr: "norm_type={norm_type}, kernel_size={kernel_size}, stride={stride}, ceil_mode={ceil_mode}"})
	adaptiveMax := define("pooling", layer{name: "_AdaptiveMaxPoolNd", sig: "output_size, return_indices=False", repr: "output_size={output_size}"})
	adaptiveAvg := define("pooling", layer{name: "_AdaptiveAvgPoolNd", sig: "output_size", repr: "output_size={output_size}"})
	for n := 1; n <= 3; n++ {
		d := strconv.Itoa(n) + "d"
		define("pooling", layer{name: "MaxPool" + d, base: maxPool, sig: "-",
			forward: "max_pool" + d + " kernel_size stride padding dilation ceil_mode=ceil_mode return_indices=return_indices"})
		define("pooling", layer{name: "MaxUnpool" + d, base: maxUnpool, sig: "kernel_size, stride=None, padding=0",
			init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
				set(m, "kernel_size", repeat(in, a[0], n))
				set(m, "stride", repeat(in, orElse(a[1], a[0]), n))
				set(m, "padding", repeat(in, a[2], n))
			},
			methods: []method{unpoolForward("max_unpool" + d)}})
		sig, fwd := "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True", "avg_pool"+d+" kernel_size stride padding ceil_mode count_include_pad"
		if n > 1 {
			sig, fwd = sig+", divisor_override=None", fwd+" divisor_override"
		}
		define("pooling", layer{name: "AvgPool" + d, base: avgPool, sig: sig, forward: fwd,
			init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
				kernel, stride, padding := a[0], orElse(a[1], a[0]), a[2]
				if n == 1 {
					kernel, stride, padding = repeat(in, kernel, 1), repeat(in, stride, 1), repeat(in, padding, 1)
				}
				set(m, "kernel_size", kernel)
				set(m, "stride", stride)
				set(m, "padding", padding)
				set(m, "ceil_mode", a[3])
				set(m, "count_include_pad", a[4])
				if n > 1 {
					set(m, "divisor_override", a[5])
				}
			}})
		define("pooling", layer{name: "LPPool" + d, base: lpPool, sig: "-", methods: []method{lpForward("lp_pool" + d)}})
		define("pooling", layer{name: "AdaptiveMaxPool" + d, base: adaptiveMax, sig: "-", forward: "adaptive_max_pool" + d + " output_size return_indices"})
		define("pooling", layer{name: "AdaptiveAvgPool" + d, base: adaptiveAvg, sig: "-", forward: "adaptive_avg_pool" + d + " output_size"})
		if n > 1 {
			name := "FractionalMaxPool" + d
			define("pooling", layer{name: name, sig: "kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None",
				forward: "fractional_max_pool" + d + " kernel_size output_size output_ratio return_indices _random_samples=_random_samples",
				init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
					set(m, "kernel_size", repeat(in, a[0], n))
					set(m, "return_indices", a[3])
					registerBuffer(in, m, "_random_samples", a[4], true)
					size, ratio := a[1], a[2]
					if !interp.IsNone(size) {
						size = repeat(in, size, n)
					}
					if !interp.IsNone(ratio) {
						ratio = repeat(in, ratio, n)
					}
					set(m, "output_size", size)
					set(m, "output_ratio", ratio)
					if interp.IsNone(size) && interp.IsNone(ratio) {
						in.Raise(interp.ValueError, "%s requires specifying either an output size, or a pooling ratio", name)
					}
					if !interp.IsNone(size) && !interp.IsNone(ratio) {
						in.Raise(interp.ValueError, "only one of output_size and output_ratio may be specified")
					}
					if t, ok := ratio.(*interp.Tuple); ok {
						for _, r := range t.V {
							if f, ok := interp.AsFloat(r); ok && (f <= 0 || f >= 1) {
								in.Raise(interp.ValueError, "output_ratio must be between 0 and 1 (got %s)", in.ToStr(a[2]))
							}
						}
					}
				}})
		}
	}
}

func unpoolForward(name string) method {
	f := functional(name)
	return method{name: "forward", sig: "self, input, indices, output_size=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "forward")
		return f.call(in, []interp.Value{a[1], a[2], attr(in, m, "kernel_size"), attr(in, m, "stride"), attr(in, m, "padding"), a[3]})
	}}
}

func lpForward(name string) method {
	f := functional(name)
	return method{name: "forward", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "forward")
		return f.call(in, []interp.Value{a[1], interp.NewFloat(in.Float(attr(in, m, "norm_type"))), attr(in, m, "kernel_size"), attr(in, m, "stride"), attr(in, m, "ceil_mode")})
	}}
}

// defineShapes makes the layers that only move values around.
func defineShapes() {
	defineAll("flatten", []layer{
		{name: "Flatten", sig: "start_dim=1, end_dim=-1", forward: "Tensor.flatten start_dim end_dim", repr: "start_dim={start_dim}, end_dim={end_dim}"},
		{name: "Unflatten", sig: "dim, unflattened_size", forward: "Tensor.unflatten dim unflattened_size", repr: "dim={dim}, unflattened_size={unflattened_size}",
			init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
				switch a[1].(type) {
				case *interp.Tuple, *interp.List:
					for i, e := range in.Elements(a[1]) {
						if _, ok := interp.AsInt(e); !ok && !isUnknown(e) {
							in.Raise(interp.TypeError, "unflattened_size must be tuple of ints, but found element of type %s at pos %d", e.Type().Name, i)
						}
					}
				case *interp.Unknown:
				default:
					in.Raise(interp.TypeError, "unflattened_size must be a tuple of ints, but found type %s", a[1].Type().Name)
				}
				set(m, "dim", a[0])
				set(m, "unflattened_size", a[1])
			}},
	})
	defineAll("fold", []layer{
		{name: "Fold", sig: "output_size, kernel_size, dilation=1, padding=0, stride=1", forward: "fold output_size kernel_size dilation padding stride",
			repr: "output_size={output_size}, kernel_size={kernel_size}, dilation={dilation}, padding={padding}, stride={stride}"},
		{name: "Unfold", sig: "kernel_size, dilation=1, padding=0, stride=1", forward: "unfold kernel_size dilation padding stride",
			repr: "kernel_size={kernel_size}, dilation={dilation}, padding={padding}, stride={stride}"},
	})
	defineAll("pixelshuffle", []layer{
		{name: "PixelShuffle", sig: "upscale_factor", forward: "pixel_shuffle upscale_factor", repr: "upscale_factor={upscale_factor}"},
		{name: "PixelUnshuffle", sig: "downscale_factor", forward: "pixel_unshuffle downscale_factor", repr: "downscale_factor={downscale_factor}"},
	})
	defineAll("channelshuffle", []layer{{name: "ChannelShuffle", sig: "groups", forward: "channel_shuffle groups", repr: "groups={groups}"}})
	upsample := define("upsampling", layer{name: "Upsample", sig: "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
		init: initUpsample, forward: "interpolate size scale_factor mode align_corners recompute_scale_factor=recompute_scale_factor",
		methods: []method{{name: "extra_repr", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "extra_repr")
			s := "size=" + in.Repr(attr(in, m, "size"))
			if f := attr(in, m, "scale_factor"); !interp.IsNone(f) {
				s = "scale_factor=" + in.Repr(f)
			}
			return interp.NewStr(s + ", mode=" + in.Repr(attr(in, m, "mode")))
		}}}})
	fixed := func(mode string, corners interp.Value) ctor {
		return func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			initUpsample(in, m, st, []interp.Value{a[0], a[1], interp.NewStr(mode), corners, interp.None})
		}
	}
	defineAll("upsampling", []layer{
		{name: "UpsamplingNearest2d", base: upsample, sig: "size=None, scale_factor=None", init: fixed("nearest", interp.None)},
		{name: "UpsamplingBilinear2d", base: upsample, sig: "size=None, scale_factor=None", init: fixed("bilinear", interp.True)},
	})
	defineAll("distance", []layer{
		{name: "PairwiseDistance", sig: "p=2.0, eps=1e-06, keepdim=False", inputs: "x1, x2", forward: "pairwise_distance norm eps keepdim",
			init: func(_ *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
				set(m, "norm", a[0])
				set(m, "eps", a[1])
				set(m, "keepdim", a[2])
			}},
		{name: "CosineSimilarity", sig: "dim=1, eps=1e-08", inputs: "x1, x2", forward: "cosine_similarity dim eps"},
	})
}

func initUpsample(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
	set(m, "name", interp.NewStr(m.Cls.Name))
	set(m, "size", a[0])
	float := func(v interp.Value) interp.Value {
		if isUnknown(v) {
			return v
		}
		return interp.WithExpr(interp.NewFloat(in.Float(v)), interp.ExprOf(v))
	}
	factor := a[1]
	if t, ok := factor.(*interp.Tuple); ok {
		fs := make([]interp.Value, len(t.V))
		for i, v := range t.V {
			fs[i] = float(v)
		}
		factor = interp.NewTuple(fs...)
	} else if isUnknown(factor) || isTrue(in, factor) {
		factor = float(factor)
	} else {
		factor = interp.None
	}
	set(m, "scale_factor", factor)
	set(m, "mode", a[2])
	set(m, "align_corners", a[3])
	set(m, "recompute_scale_factor", a[4])
}
