package nn

import (
	"math"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

// MultiheadAttentionClass is torch.nn.MultiheadAttention.
var MultiheadAttentionClass = class("torch.nn.modules.activation", "MultiheadAttention", ModuleClass)

// mhaConfig is what the constructor of MultiheadAttention takes.
type mhaConfig struct {
	embedDim, heads, dropout, bias, addBiasKV, addZeroAttn, kdim, vdim, batchFirst interp.Value
}

func setupAttention() {
	c := MultiheadAttentionClass
	addInit(c, "embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None",
		func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			initMHA(in, m, st, mhaConfig{a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]}, a[9], a[10])
		})
	addMethods(c, resetMethod("_reset_parameters"),
		method{name: "forward", sig: "self, query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False", fn: mhaForward},
		method{name: "merge_masks", sig: "self, attn_mask, key_padding_mask, query", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "merge_masks")
			mask, kind := mergeMasks(in, m, a[1], a[2], a[3])
			return interp.NewTuple(mask, kind)
		}})
}

func newMHA(in *interp.Interp, cfg mhaConfig, device, dtype interp.Value) *interp.Instance {
	m := alloc(MultiheadAttentionClass)
	st := m.Data.(*State)
	st.start()
	initMHA(in, m, st, cfg, device, dtype)
	return m
}

func initMHA(in *interp.Interp, m *interp.Instance, st *State, cfg mhaConfig, device, dtype interp.Value) {
	positive := func(v interp.Value) bool { return isUnknown(v) || above(in, v, 0) }
	if !positive(cfg.embedDim) || !positive(cfg.heads) {
		in.Raise(interp.ValueError, "embed_dim and num_heads must be greater than 0, got embed_dim=%s and num_heads=%s instead", in.ToStr(cfg.embedDim), in.ToStr(cfg.heads))
	}
	kdim, vdim := orElse(cfg.kdim, cfg.embedDim), orElse(cfg.vdim, cfg.embedDim)
	same := in.Equal(kdim, cfg.embedDim) && in.Equal(vdim, cfg.embedDim)
	set(m, "embed_dim", cfg.embedDim)
	set(m, "kdim", kdim)
	set(m, "vdim", vdim)
	set(m, "_qkv_same_embed_dim", interp.NewBool(same))
	set(m, "num_heads", cfg.heads)
	set(m, "dropout", cfg.dropout)
	set(m, "batch_first", cfg.batchFirst)
	set(m, "head_dim", arith(in, pyast.FloorDiv, cfg.embedDim, cfg.heads))
	if remainder(in, cfg.embedDim, cfg.heads) != 0 {
		in.Raise(interp.AssertionError, "embed_dim must be divisible by num_heads")
	}
	f := factoryOf(in, device, dtype)
	three := arith(in, pyast.Mult, interp.NewInt(3), cfg.embedDim)
	if same {
		st.setParam("in_proj_weight", f.param(in, dims(in, three, cfg.embedDim)...))
		st.noParam("q_proj_weight")
		st.noParam("k_proj_weight")
		st.noParam("v_proj_weight")
	} else {
		st.setParam("q_proj_weight", f.param(in, dims(in, cfg.embedDim, cfg.embedDim)...))
		st.setParam("k_proj_weight", f.param(in, dims(in, cfg.embedDim, kdim)...))
		st.setParam("v_proj_weight", f.param(in, dims(in, cfg.embedDim, vdim)...))
		st.noParam("in_proj_weight")
	}
	if isTrue(in, cfg.bias) {
		st.setParam("in_proj_bias", f.param(in, sizeOf(in, three)...))
	} else {
		st.noParam("in_proj_bias")
	}
	st.addChild("out_proj", newLinear(in, nonDynamicLinear, cfg.embedDim, cfg.embedDim, cfg.bias, f))
	if isTrue(in, cfg.addBiasKV) {
		one := interp.NewInt(1)
		st.setParam("bias_k", f.param(in, dims(in, one, one, cfg.embedDim)...))
		st.setParam("bias_v", f.param(in, dims(in, one, one, cfg.embedDim)...))
	} else {
		set(m, "bias_k", interp.None)
		set(m, "bias_v", interp.None)
	}
	set(m, "add_zero_attn", cfg.addZeroAttn)
	callReset(in, m, "_reset_parameters")
}

// The tensor operations that the forwards of this package put together.
var (
	tTranspose  = functional("Tensor.transpose")
	tView       = functional("Tensor.view")
	tReshape    = functional("Tensor.reshape")
	tExpand     = functional("Tensor.expand")
	tUnflatten  = functional("Tensor.unflatten")
	tContiguous = functional("Tensor.contiguous")
	tGetItem    = functional("Tensor.__getitem__")
	tSplit      = functional("Tensor.split")
	tChunk      = functional("Tensor.chunk")
	tRepeat     = functional("Tensor.repeat")
	tMean       = functional("Tensor.mean")
	tMul        = functional("Tensor.mul")
	tAdd        = functional("Tensor.add")
	tPermute    = functional("Tensor.permute")
	tMaskedFill = functional("Tensor.masked_fill")
	tSqueezeDim = functional("Tensor.squeeze")
	tCat        = functional("torch.cat")
	tBmm        = functional("torch.bmm")
	tBaddbmm    = functional("torch.baddbmm")
	tZeros      = functional("torch.zeros")
	tZerosLike  = functional("torch.zeros_like")
	fDropout    = functional("dropout")
	fSDPA       = functional("scaled_dot_product_attention")
)

// n makes Python ints.
func ints(vs ...int64) []interp.Value {
	out := make([]interp.Value, len(vs))
	for i, v := range vs {
		out[i] = interp.NewInt(v)
	}
	return out
}

// with calls a tensor operation on x.
func (o *op) with(in *interp.Interp, x interp.Value, args ...interp.Value) interp.Value {
	return o.call(in, append([]interp.Value{x}, args...))
}

// at is x[i].
func at(in *interp.Interp, x interp.Value, i int64) interp.Value {
	switch v := x.(type) {
	case *interp.Tuple:
		return v.V[i]
	case *interp.List:
		return v.V[i]
	}
	return tGetItem.with(in, x, interp.NewInt(i))
}

// canonicalMask is a mask as an addend: bool masks become 0 and -inf.
func canonicalMask(in *interp.Interp, mask interp.Value, name string, dt tensor.DType) interp.Value {
	t := asTensor(mask)
	if t == nil {
		return mask
	}
	if t.DType != tensor.Bool && !t.DType.IsFloat() {
		in.Raise(interp.AssertionError, "only bool and floating types of %s are supported", name)
	}
	if t.DType.IsFloat() {
		return mask
	}
	zero := tZerosLike.call(in, []interp.Value{mask}, interp.KW{Name: "dtype", V: dt.Value()})
	return tMaskedFill.with(in, zero, mask, interp.NewFloat(math.Inf(-1)))
}

// mergeMasks joins the two masks for the fused kernel.
func mergeMasks(in *interp.Interp, m *interp.Instance, attn, padding, query interp.Value) (mask, kind interp.Value) {
	mask, kind = interp.None, interp.None
	if !interp.IsNone(padding) {
		mask, kind = padding, interp.NewInt(1)
	}
	q, a := asTensor(query), asTensor(attn)
	if a == nil || q == nil || len(q.Shape) != 3 {
		return mask, kind
	}
	kind = interp.NewInt(2)
	b, s := q.Shape[0].Value(in), q.Shape[1].Value(in)
	heads := attr(in, m, "num_heads")
	minus := interp.NewInt(-1)
	if len(a.Shape) == 3 {
		mask = tView.with(in, attn, b, minus, s, s)
	} else {
		one := interp.NewInt(1)
		mask = tExpand.with(in, tView.with(in, attn, one, one, s, s), b, heads, minus, minus)
	}
	if !interp.IsNone(padding) {
		one := interp.NewInt(1)
		p := tExpand.with(in, tView.with(in, padding, b, one, one, s), minus, heads, minus, minus)
		mask = tAdd.with(in, mask, p)
	}
	return mask, kind
}

// mhaForward: query, key, value, key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal.
func mhaForward(in *interp.Interp, a []interp.Value) interp.Value {
	m, st := self(in, a[0], "forward")
	q, k, v := asTensor(a[1]), asTensor(a[2]), asTensor(a[3])
	for _, x := range a[1:4] {
		if u, ok := x.(*interp.Unknown); ok {
			return interp.NewTuple(u, u)
		}
	}
	if q == nil || k == nil || v == nil {
		in.Raise(interp.AttributeError, "'%s' object has no attribute 'dim'", a[1].Type().Name)
	}
	padding := canonicalMask(in, a[4], "key_padding_mask", q.DType)
	mask := canonicalMask(in, a[6], "attn_mask", q.DType)
	floatMask := asTensor(a[4]) != nil && asTensor(a[4]).DType.IsFloat() || asTensor(a[6]) != nil && asTensor(a[6]).DType.IsFloat()
	batched := len(q.Shape) == 3
	out := asModule(in.GetAttr(m, "out_proj"))
	if out == nil {
		return interp.NewTuple(in.Unknown("attention without its output projection"), interp.None)
	}
	inWeight, inBias := asTensor(param(in, m, "in_proj_weight")), asTensor(param(in, m, "in_proj_bias"))
	outWeight, outBias := param(in, out, "weight"), param(in, out, "bias")
	heads := attr(in, m, "num_heads")
	h, _ := interp.AsInt(heads)
	batchFirst := isTrue(in, attr(in, m, "batch_first"))
	biasK, biasV := in.GetAttr(m, "bias_k"), in.GetAttr(m, "bias_v")
	zeroAttn := isTrue(in, attr(in, m, "add_zero_attn"))
	if batched && !floatMask && q == k && k == v && inBias != nil && inWeight != nil && q.DType == inBias.DType && q.DType == inWeight.DType &&
		!st.Training && h%2 == 0 && batchFirst && interp.IsNone(biasK) && interp.IsNone(biasV) && !zeroAttn &&
		onHost(q, inWeight, inBias, asTensor(outWeight), asTensor(outBias)) && !needsGrad(in, q, inWeight, inBias, asTensor(outWeight), asTensor(outBias)) {
		merged, _ := mergeMasks(in, m, mask, padding, a[1])
		return nativeMHA(in, q, asTensor(outWeight), inWeight, inBias, asTensor(outBias), asTensor(merged), h, isTrue(in, a[5]), isTrue(in, a[7]))
	}
	x := [3]interp.Value{a[1], a[2], a[3]}
	if batchFirst && batched {
		tr := func(v interp.Value) interp.Value { return tTranspose.with(in, v, ints(1, 0)...) }
		switch {
		case k == v && q == k:
			t := tr(x[0])
			x = [3]interp.Value{t, t, t}
		case k == v:
			x[0], x[1] = tr(x[0]), tr(x[1])
			x[2] = x[1]
		default:
			x[0], x[1], x[2] = tr(x[0]), tr(x[1]), tr(x[2])
		}
	}
	args := mhaArgs{query: x[0], key: x[1], value: x[2], embedDim: attr(in, m, "embed_dim"), heads: heads,
		inWeight: param(in, m, "in_proj_weight"), inBias: param(in, m, "in_proj_bias"), biasK: biasK, biasV: biasV, zeroAttn: zeroAttn,
		dropout: attr(in, m, "dropout"), outWeight: outWeight, outBias: outBias, training: st.Training, padding: padding, needWeights: isTrue(in, a[5]),
		mask: mask, average: isTrue(in, a[7]), causal: isTrue(in, a[8])}
	if !isTrue(in, attr(in, m, "_qkv_same_embed_dim")) {
		args.separate = true
		args.qWeight, args.kWeight, args.vWeight = param(in, m, "q_proj_weight"), param(in, m, "k_proj_weight"), param(in, m, "v_proj_weight")
	}
	y, w := multiHeadAttention(in, args)
	if batchFirst && batched {
		y = tTranspose.with(in, y, ints(1, 0)...)
	}
	return interp.NewTuple(y, w)
}

// onHost reports whether all tensors are where the fused kernel runs.
func onHost(ts ...*tensor.Tensor) bool {
	for _, t := range ts {
		if t != nil && t.Device != "cpu" && t.Device != "" {
			return false
		}
	}
	return true
}

func needsGrad(in *interp.Interp, ts ...*tensor.Tensor) bool {
	if !tensor.StateOf(in).GradEnabled {
		return false
	}
	for _, t := range ts {
		if t != nil && t.RequiresGrad {
			return true
		}
	}
	return false
}

// nativeMHA is the fused kernel that torch takes in inference on the host.
func nativeMHA(in *interp.Interp, q, outWeight, inWeight, inBias, outBias, mask *tensor.Tensor, heads int64, need, average bool) interp.Value {
	inputs := []*tensor.Tensor{q, inWeight, inBias, outWeight, outBias, mask}
	b, s := q.Shape[0], q.Shape[1]
	weights := []tensor.Dim{b, s, s}
	if !average {
		weights = []tensor.Dim{b, tensor.D(heads), s, s}
	}
	ts := tensor.OpMulti(in, "_native_multi_head_attention", [][]tensor.Dim{tensor.Clone(q.Shape), weights}, []tensor.DType{q.DType, q.DType}, inputs, tensor.ArgInt("num_head", heads))
	if !need {
		return interp.NewTuple(ts[0], interp.None)
	}
	return interp.NewTuple(ts[0], ts[1])
}

// mhaArgs are the arguments of F.multi_head_attention_forward.
type mhaArgs struct {
	query, key, value, embedDim, heads, inWeight, inBias, biasK, biasV interp.Value
	zeroAttn                                                           bool
	dropout, outWeight, outBias                                        interp.Value
	training                                                           bool
	padding                                                            interp.Value
	needWeights                                                        bool
	mask                                                               interp.Value
	separate                                                           bool
	qWeight, kWeight, vWeight, staticK, staticV                        interp.Value
	average, causal                                                    bool
}

func mhaAssert(in *interp.Interp, ok bool, format string, args ...any) {
	if !ok {
		in.Raise(interp.AssertionError, format, args...)
	}
}

// multiHeadAttention is F.multi_head_attention_forward: the attention of
// sequences (length, batch, width), operation by operation as torch does it.
func multiHeadAttention(in *interp.Interp, a mhaArgs) (out, weights interp.Value) {
	q, k, v := asTensor(a.query), asTensor(a.key), asTensor(a.value)
	if q == nil || k == nil || v == nil {
		u := in.Unknown("attention of unknown tensors")
		return u, u
	}
	rank := len(q.Shape)
	mhaAssert(in, rank == 2 || rank == 3, "query should be unbatched 2D or batched 3D tensor but received %d-D query tensor", rank)
	batched := rank == 3
	if batched {
		mhaAssert(in, len(k.Shape) == 3 && len(v.Shape) == 3, "For batched (3-D) `query`, expected `key` and `value` to be 3-D but found %d-D and %d-D tensors respectively", len(k.Shape), len(v.Shape))
	} else {
		mhaAssert(in, len(k.Shape) == 2 && len(v.Shape) == 2, "For unbatched (2-D) `query`, expected `key` and `value` to be 2-D but found %d-D and %d-D tensors respectively", len(k.Shape), len(v.Shape))
	}
	query, key, value := a.query, a.key, a.value
	padding, mask := a.padding, a.mask
	if !batched {
		one := interp.NewInt(1)
		same, sameV := key == query, value == key
		query = tUnsqueeze.with(in, query, one)
		if same {
			key = query
		} else {
			key = tUnsqueeze.with(in, key, one)
		}
		if sameV {
			value = key
		} else {
			value = tUnsqueeze.with(in, value, one)
		}
		if !interp.IsNone(padding) {
			padding = tUnsqueeze.with(in, padding, interp.NewInt(0))
		}
		q, k = asTensor(query), asTensor(key)
	}
	if q == nil || k == nil {
		u := in.Unknown("attention of unknown tensors")
		return u, u
	}
	tgt, bsz, embed := q.Shape[0], q.Shape[1], q.Shape[2]
	padding = canonicalMask(in, padding, "key_padding_mask", q.DType)
	causal := a.causal
	if causal && interp.IsNone(mask) {
		in.Raise(interp.RuntimeError, "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method `generate_square_subsequent_mask` to create this mask.")
	}
	if causal && interp.IsNone(padding) && !a.needWeights {
		mask = interp.None
	} else {
		mask = canonicalMask(in, mask, "attn_mask", q.DType)
		if !interp.IsNone(padding) {
			causal = false
		}
	}
	if want, ok := interp.AsInt(a.embedDim); ok {
		mhaAssert(in, embed.V < 0 || embed.V == want, "was expecting embedding dimension of %d, but got %d", want, embed.V)
	}
	heads, ok := tensor.DimOf(in, a.heads)
	if !ok || heads.V <= 0 {
		u := in.Unknown("attention with an unknown number of heads")
		return u, u
	}
	headDim := embed.FloorDiv(heads)
	mhaAssert(in, embed.V < 0 || embed.V%heads.V == 0, "embed_dim %d not divisible by num_heads %d", embed.V, heads.V)
	if !a.separate && !tensor.SameSizes(k.Shape, asTensor(value).Shape) && knownShape(k.Shape) && knownShape(asTensor(value).Shape) {
		in.Raise(interp.AssertionError, "key shape torch.Size(%s) does not match value shape torch.Size(%s)", tensor.ShapeString(k.Shape), tensor.ShapeString(asTensor(value).Shape))
	}
	Q, K, V := projections(in, a, query, key, value, embed)
	if t := asTensor(mask); t != nil {
		switch len(t.Shape) {
		case 2:
			if knownShape(t.Shape) && tgt.V >= 0 && k.Shape[0].V >= 0 && (t.Shape[0].V != tgt.V || t.Shape[1].V != k.Shape[0].V) {
				in.Raise(interp.RuntimeError, "The shape of the 2D attn_mask is torch.Size(%s), but should be (%d, %d).", tensor.ShapeString(t.Shape), tgt.V, k.Shape[0].V)
			}
			mask = tUnsqueeze.with(in, mask, interp.NewInt(0))
		case 3:
		default:
			in.Raise(interp.RuntimeError, "attn_mask's dimension %d is not supported", len(t.Shape))
		}
	}
	widen := func(m interp.Value) interp.Value {
		if interp.IsNone(m) {
			return m
		}
		return fPad.call(in, []interp.Value{m, interp.NewTuple(ints(0, 1)...)})
	}
	bv := bsz.Value(in)
	if !interp.IsNone(a.biasK) && !interp.IsNone(a.biasV) {
		one := interp.NewInt(1)
		K = tCat.call(in, []interp.Value{interp.NewList(K, tRepeat.with(in, a.biasK, one, bv, one))})
		V = tCat.call(in, []interp.Value{interp.NewList(V, tRepeat.with(in, a.biasV, one, bv, one))})
		mask, padding = widen(mask), widen(padding)
	}
	rows := bsz.Mul(heads)
	split := func(x interp.Value) interp.Value {
		t := asTensor(x)
		if t == nil {
			return x
		}
		return tTranspose.with(in, tView.with(in, x, t.Shape[0].Value(in), rows.Value(in), headDim.Value(in)), ints(0, 1)...)
	}
	Q = split(Q)
	if a.staticK != nil && !interp.IsNone(a.staticK) {
		K = a.staticK
	} else {
		K = split(K)
	}
	if a.staticV != nil && !interp.IsNone(a.staticV) {
		V = a.staticV
	} else {
		V = split(V)
	}
	if a.zeroAttn {
		pad := func(x interp.Value) interp.Value {
			t := asTensor(x)
			if t == nil {
				return x
			}
			z := tZeros.call(in, []interp.Value{interp.NewTuple(rows.Value(in), interp.NewInt(1), headDim.Value(in))},
				interp.KW{Name: "dtype", V: t.DType.Value()}, interp.KW{Name: "device", V: tensor.DeviceValue(in, t.Device)})
			return tCat.call(in, []interp.Value{interp.NewList(x, z)}, interp.KW{Name: "dim", V: interp.NewInt(1)})
		}
		K, V = pad(K), pad(V)
		mask, padding = widen(mask), widen(padding)
	}
	kt := asTensor(K)
	if kt == nil {
		return K, K
	}
	src := kt.Shape[1]
	if !interp.IsNone(padding) {
		one, minus := interp.NewInt(1), interp.NewInt(-1)
		p := tView.with(in, padding, bv, one, one, src.Value(in))
		p = tReshape.with(in, tExpand.with(in, p, minus, heads.Value(in), minus, minus), rows.Value(in), one, src.Value(in))
		if interp.IsNone(mask) {
			mask = p
		} else {
			mask = tAdd.with(in, mask, p)
		}
	}
	dropout := a.dropout
	if !a.training {
		dropout = interp.NewFloat(0)
	}
	if a.needWeights {
		scale := math.Sqrt(1 / float64(max(headDim.V, 1)))
		scaled := tMul.with(in, Q, interp.NewFloat(scale))
		kT := tTranspose.with(in, K, ints(-2, -1)...)
		var w interp.Value
		if interp.IsNone(mask) {
			w = tBmm.with(in, scaled, kT)
		} else {
			w = tBaddbmm.with(in, mask, scaled, kT)
		}
		w = fSoftmax.call(in, []interp.Value{w}, interp.KW{Name: "dim", V: interp.NewInt(-1)})
		if p, _ := interp.AsFloat(dropout); p > 0 {
			w = fDropout.call(in, []interp.Value{w}, interp.KW{Name: "p", V: dropout})
		}
		y := tTranspose.with(in, tBmm.with(in, w, V), ints(0, 1)...)
		y = tReshape.with(in, y, tgt.Mul(bsz).Value(in), embed.Value(in))
		y = project(in, y, a, tgt, bsz)
		w = tView.with(in, w, bv, heads.Value(in), tgt.Value(in), src.Value(in))
		if a.average {
			w = tMean.call(in, []interp.Value{w}, interp.KW{Name: "dim", V: interp.NewInt(1)})
		}
		if !batched {
			y, w = tSqueezeDim.with(in, y, interp.NewInt(1)), tSqueezeDim.with(in, w, interp.NewInt(0))
		}
		return y, w
	}
	if t := asTensor(mask); t != nil {
		if len(t.Shape) == 3 && t.Shape[0].V == 1 {
			mask = tUnsqueeze.with(in, mask, interp.NewInt(0))
		} else {
			mask = tView.with(in, mask, bv, heads.Value(in), interp.NewInt(-1), src.Value(in))
		}
	}
	four := func(x interp.Value, n tensor.Dim) interp.Value {
		return tView.with(in, x, bv, heads.Value(in), n.Value(in), headDim.Value(in))
	}
	y := fSDPA.call(in, []interp.Value{four(Q, tgt), four(K, src), four(V, src), mask, dropout, interp.NewBool(causal)})
	y = tReshape.with(in, tPermute.with(in, y, ints(2, 0, 1, 3)...), bsz.Mul(tgt).Value(in), embed.Value(in))
	y = project(in, y, a, tgt, bsz)
	if !batched {
		y = tSqueezeDim.with(in, y, interp.NewInt(1))
	}
	return y, interp.None
}

// project applies the output projection.
func project(in *interp.Interp, y interp.Value, a mhaArgs, tgt, bsz tensor.Dim) interp.Value {
	y = fLinear.call(in, []interp.Value{y, a.outWeight, a.outBias})
	t := asTensor(y)
	if t == nil {
		return y
	}
	return tView.with(in, y, tgt.Value(in), bsz.Value(in), t.Shape[1].Value(in))
}

func knownShape(s []tensor.Dim) bool {
	for _, d := range s {
		if d.V < 0 {
			return false
		}
	}
	return true
}

// projections are query, key and value behind their linear maps: one map
// where the three are the same tensor, the packed weight in parts otherwise.
func projections(in *interp.Interp, a mhaArgs, query, key, value interp.Value, embed tensor.Dim) (q, k, v interp.Value) {
	lin := func(x, w, b interp.Value) interp.Value { return fLinear.call(in, []interp.Value{x, w, b}) }
	chunks := func(x interp.Value) [3]interp.Value {
		if interp.IsNone(x) {
			return [3]interp.Value{x, x, x}
		}
		c := tChunk.with(in, x, interp.NewInt(3))
		return [3]interp.Value{at(in, c, 0), at(in, c, 1), at(in, c, 2)}
	}
	if a.separate {
		b := chunks(a.inBias)
		return lin(query, a.qWeight, b[0]), lin(key, a.kWeight, b[1]), lin(value, a.vWeight, b[2])
	}
	E := embed.Value(in)
	packed := func(x interp.Value, n int64) interp.Value {
		x = tUnflatten.with(in, x, interp.NewInt(-1), interp.NewTuple(interp.NewInt(n), E))
		x = tTranspose.with(in, tUnsqueeze.with(in, x, interp.NewInt(0)), ints(0, -2)...)
		return tContiguous.with(in, tSqueezeDim.with(in, x, interp.NewInt(-2)))
	}
	switch {
	case key == value && query == key:
		p := packed(lin(query, a.inWeight, a.inBias), 3)
		return at(in, p, 0), at(in, p, 1), at(in, p, 2)
	case key == value:
		parts := interp.NewList(E, arith(in, pyast.Mult, E, interp.NewInt(2)))
		w := tSplit.with(in, a.inWeight, parts)
		b := interp.Value(interp.NewTuple(interp.None, interp.None))
		if !interp.IsNone(a.inBias) {
			b = tSplit.with(in, a.inBias, parts)
		}
		q = lin(query, at(in, w, 0), at(in, b, 0))
		kv := packed(lin(key, at(in, w, 1), at(in, b, 1)), 2)
		return q, at(in, kv, 0), at(in, kv, 1)
	}
	w, b := chunks(a.inWeight), chunks(a.inBias)
	return lin(query, w[0], b[0]), lin(key, w[1], b[1]), lin(value, w[2], b[2])
}

// multiHeadEntry is F.multi_head_attention_forward as a function of Python.
func multiHeadEntry(in *interp.Interp, a []interp.Value) interp.Value {
	t := func(i int) bool { return isTrue(in, a[i]) }
	y, w := multiHeadAttention(in, mhaArgs{query: a[0], key: a[1], value: a[2], embedDim: a[3], heads: a[4], inWeight: a[5], inBias: a[6], biasK: a[7], biasV: a[8],
		zeroAttn: t(9), dropout: a[10], outWeight: a[11], outBias: a[12], training: t(13), padding: a[14], needWeights: t(15), mask: a[16], separate: t(17),
		qWeight: a[18], kWeight: a[19], vWeight: a[20], staticK: a[21], staticV: a[22], average: t(23), causal: t(24)})
	return interp.NewTuple(y, w)
}

const multiHeadSig = "query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, " +
	"training=True, key_padding_mask=None, need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, " +
	"static_k=None, static_v=None, average_attn_weights=True, is_causal=False"
