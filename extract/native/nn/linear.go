package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

var fLinear = functional("linear")

// LinearClass is torch.nn.Linear.
var LinearClass = define("linear", layer{name: "Linear", sig: "in_features, out_features, bias=True, device=None, dtype=None",
	init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		initLinear(in, m, st, a[0], a[1], a[2], factoryOf(in, a[3], a[4]))
	},
	methods: []method{
		resetMethod("reset_parameters"),
		{name: "forward", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "forward")
			return fLinear.call(in, []interp.Value{a[1], param(in, m, "weight"), param(in, m, "bias")})
		}},
	},
	repr: "in_features={in_features}, out_features={out_features}, bias={bias?}"})

// twoParams are a weight and a bias in one piece of memory.
type twoParams struct {
	w, b   tensor.Tensor
	ws, bs [2]tensor.Dim
}

// weightBias registers a weight and a bias whose shapes are in p already.
func (st *State) weightBias(in *interp.Interp, f factory, p *twoParams, rank int, bias bool) {
	f.check(in)
	st.Params.Grow(2)
	p.w = tensor.Tensor{Shape: p.ws[:rank:rank], DType: f.dtype, Device: f.device, Parameter: true, RequiresGrad: true, Cls: ParameterClass}
	st.setParam("weight", &p.w)
	if bias {
		p.b = tensor.Tensor{Shape: p.bs[:1:1], DType: f.dtype, Device: f.device, Parameter: true, RequiresGrad: true, Cls: ParameterClass}
		st.setParam("bias", &p.b)
	} else {
		st.noParam("bias")
	}
}

func initLinear(in *interp.Interp, m *interp.Instance, st *State, inFeatures, outFeatures, bias interp.Value, f factory) {
	m.Dict.Grow(2)
	set(m, "in_features", inFeatures)
	set(m, "out_features", outFeatures)
	p := &twoParams{}
	p.ws[0], p.ws[1] = dim(in, outFeatures, 0), dim(in, inFeatures, 1)
	p.bs[0] = p.ws[0]
	if p.ws[0].V < 0 || p.ws[1].V < 0 {
		checkDims(in, p.ws[:], []interp.Value{outFeatures, inFeatures})
	}
	st.weightBias(in, f, p, 2, isTrue(in, bias))
	if b, ok := bias.(interp.Bool); ok {
		st.BiasExpr = b.E
	}
	callReset(in, m, "reset_parameters")
}

// newLinear makes a Linear (or a class below it) from Go.
func newLinear(in *interp.Interp, c *interp.Class, inFeatures, outFeatures, bias interp.Value, f factory) *interp.Instance {
	m := alloc(c)
	st := m.Data.(*State)
	st.start()
	initLinear(in, m, st, inFeatures, outFeatures, bias, f)
	return m
}

var nonDynamicLinear = define("linear", layer{name: "NonDynamicallyQuantizableLinear", base: LinearClass, sig: "-"})

func init() {
	define("linear", layer{name: "Identity", sig: "*args, **kwargs", init: func(*interp.Interp, *interp.Instance, *State, []interp.Value) {},
		methods: []method{{name: "forward", sig: "self, input", fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[1] }}}})
	define("linear", layer{name: "Bilinear", sig: "in1_features, in2_features, out_features, bias=True, device=None, dtype=None",
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			f := factoryOf(in, a[4], a[5])
			set(m, "in1_features", a[0])
			set(m, "in2_features", a[1])
			set(m, "out_features", a[2])
			st.setParam("weight", f.param(in, dims(in, a[2], a[0], a[1])...))
			st.biasParam(in, f, a[3], a[2])
			if !above(in, a[0], 0) && !isUnknown(a[0]) {
				in.Raise(interp.ValueError, "in1_features must be > 0, but got (in1_features=%s)", in.ToStr(a[0]))
			}
			callReset(in, m, "reset_parameters")
		},
		inputs: "input1, input2", forward: "bilinear weight bias", methods: []method{resetMethod("reset_parameters")},
		repr: "in1_features={in1_features}, in2_features={in2_features}, out_features={out_features}, bias={bias?}"})
}

// biasParam registers "bias" of size n, or its absence.
func (st *State) biasParam(in *interp.Interp, f factory, flag, n interp.Value) {
	if isTrue(in, flag) {
		st.setParam("bias", f.param(in, sizeOf(in, n)...))
	} else {
		st.noParam("bias")
	}
}

var fEmbeddingBag = functional("embedding_bag")

// EmbeddingClass is torch.nn.Embedding.
var EmbeddingClass = define("sparse", layer{name: "Embedding",
	sig: "num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None",
	init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		m.Dict.Grow(7)
		set(m, "num_embeddings", a[0])
		set(m, "embedding_dim", a[1])
		set(m, "padding_idx", paddingIdx(in, a[2], a[0], "Padding_idx must be within num_embeddings"))
		set(m, "max_norm", a[3])
		set(m, "norm_type", a[4])
		set(m, "scale_grad_by_freq", a[5])
		w := embeddingWeight(in, a[7], a[0], a[1], a[9], a[10])
		w.RequiresGrad = !isTrue(in, a[8])
		st.setParam("weight", w)
		if interp.IsNone(a[7]) {
			callReset(in, m, "reset_parameters")
		}
		set(m, "sparse", a[6])
	},
	forward: "embedding weight padding_idx max_norm norm_type scale_grad_by_freq sparse",
	methods: []method{resetMethod("reset_parameters"), resetMethod("_fill_padding_idx_with_zero"),
		{name: "from_pretrained", kind: "class", sig: "cls, embeddings, freeze=True, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False",
			fn: func(in *interp.Interp, a []interp.Value) interp.Value {
				return fromPretrained(in, a, []string{"padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse"}, a[3:])
			}},
		reprWith("{num_embeddings}, {embedding_dim}", func(in *interp.Interp, m *interp.Instance) string {
			return reprParts(in, m, "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse")
		})},
})

// reprParts are the settings of an embedding that differ from the defaults.
func reprParts(in *interp.Interp, m *interp.Instance, names ...string) (s string) {
	for _, n := range names {
		v := attr(in, m, n)
		show := !interp.IsNone(v)
		switch n {
		case "norm_type":
			f, _ := interp.AsFloat(v)
			show = f != 2
		case "scale_grad_by_freq", "sparse":
			show = v != interp.False
		}
		if show {
			s += ", " + n + "=" + in.ToStr(v)
		}
	}
	return s
}

// paddingIdx is the padding index counted from the front.
func paddingIdx(in *interp.Interp, idx, n interp.Value, complaint string) interp.Value {
	if interp.IsNone(idx) || isUnknown(idx) || isUnknown(n) {
		return idx
	}
	switch {
	case above(in, idx, 0):
		if compare(in, pyast.GtE, idx, n) {
			in.Raise(interp.AssertionError, "%s", complaint)
		}
	case below(in, idx, 0):
		if below(in, in.Binary(pyast.Add, idx, n, false), 0) {
			in.Raise(interp.AssertionError, "%s", complaint)
		}
		return in.Binary(pyast.Add, n, idx, false)
	}
	return idx
}

func embeddingWeight(in *interp.Interp, weight, rows, cols, device, dtype interp.Value) *tensor.Tensor {
	if w, ok := weight.(*tensor.Tensor); ok {
		shape := dims(in, rows, cols)
		if len(w.Shape) != 2 || w.Shape[0].V != shape[0].V || w.Shape[1].V != shape[1].V {
			in.Raise(interp.AssertionError, "Shape of weight does not match num_embeddings and embedding_dim")
		}
		return newParameter(in, ParameterClass, w, interp.NewBool(w.DType.IsFloat() || w.DType.IsComplex())).(*tensor.Tensor)
	}
	f := factoryOf(in, device, dtype)
	return f.param(in, dims(in, rows, cols)...)
}

// fromPretrained is the alternative constructor of the embeddings.
func fromPretrained(in *interp.Interp, a []interp.Value, names []string, values []interp.Value) interp.Value {
	w := asTensor(a[1])
	if w == nil {
		return in.Unknown("embeddings of unknown shape")
	}
	if len(w.Shape) != 2 {
		in.Raise(interp.AssertionError, "Embeddings parameter is expected to be 2-dimensional")
	}
	kw := []interp.KW{{Name: "num_embeddings", V: w.Shape[0].Value(in)}, {Name: "embedding_dim", V: w.Shape[1].Value(in)}, {Name: "_weight", V: w}}
	for i, n := range names {
		kw = append(kw, interp.KW{Name: n, V: values[i]})
	}
	e := in.Call(a[0], nil, kw)
	if t := asTensor(in.GetAttr(e, "weight")); t != nil {
		t.RequiresGrad = !isTrue(in, a[2])
	}
	return e
}

func init() {
	define("sparse", layer{name: "EmbeddingBag",
		sig: "num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None",
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			for i, n := range []string{"num_embeddings", "embedding_dim", "max_norm", "norm_type", "scale_grad_by_freq"} {
				set(m, n, a[i])
			}
			set(m, "padding_idx", paddingIdx(in, a[9], a[0], "padding_idx must be within num_embeddings"))
			st.setParam("weight", embeddingWeight(in, a[7], a[0], a[1], a[10], a[11]))
			set(m, "mode", a[5])
			set(m, "sparse", a[6])
			set(m, "include_last_offset", a[8])
			if interp.IsNone(a[7]) {
				callReset(in, m, "reset_parameters")
			}
		},
		methods: []method{resetMethod("reset_parameters"), resetMethod("_fill_padding_idx_with_zero"),
			{name: "forward", sig: "self, input, offsets=None, per_sample_weights=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
				m, _ := self(in, a[0], "forward")
				g := func(n string) interp.Value { return attr(in, m, n) }
				return fEmbeddingBag.call(in, []interp.Value{a[1], g("weight"), a[2], g("max_norm"), g("norm_type"), g("scale_grad_by_freq"),
					g("mode"), g("sparse"), a[3], g("include_last_offset"), g("padding_idx")})
			}},
			{name: "from_pretrained", kind: "class", sig: "cls, embeddings, freeze=True, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, include_last_offset=False, padding_idx=None",
				fn: func(in *interp.Interp, a []interp.Value) interp.Value {
					return fromPretrained(in, a, []string{"max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse", "include_last_offset", "padding_idx"}, a[3:])
				}},
			reprWith("{num_embeddings!r}, {embedding_dim!r}", func(in *interp.Interp, m *interp.Instance) string {
				return reprParts(in, m, "max_norm", "norm_type", "scale_grad_by_freq") + ", mode=" + in.Repr(attr(in, m, "mode")) + reprParts(in, m, "padding_idx")
			})},
	})
}
