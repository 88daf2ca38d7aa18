package nn

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

// lossInit makes the constructor of a loss from its parameters: size_average
// and reduce decide reduction as they used to, tensors named in buffers are
// registered, everything else is an attribute, in that order.
func lossInit(sig string, buffers ...string) ctor {
	params := interp.ParseSignature(sig).Params
	return func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		at := map[string]interp.Value{}
		for i, p := range params {
			at[p.Name] = a[i]
		}
		set(m, "reduction", reduction(in, at["size_average"], at["reduce"], at["reduction"]))
		for _, b := range buffers {
			registerBuffer(in, m, b, at[b], true)
		}
		for i, p := range params {
			switch p.Name {
			case "size_average", "reduce", "reduction", "weight", "pos_weight", "self":
			default:
				set(m, p.Name, a[i])
			}
		}
	}
}

// reduction is what the deprecated size_average and reduce say, where they were given.
func reduction(in *interp.Interp, average, reduce, def interp.Value) interp.Value {
	given := func(v interp.Value) bool { return v != nil && !interp.IsNone(v) }
	if !given(average) && !given(reduce) {
		return def
	}
	yes := func(v interp.Value) bool { return !given(v) || isTrue(in, v) }
	switch {
	case yes(average) && yes(reduce):
		return interp.NewStr("mean")
	case yes(reduce):
		return interp.NewStr("sum")
	}
	return interp.NewStr("none")
}

const lossSig = "size_average=None, reduce=None, reduction='mean'"

func defineLosses() {
	loss := define("loss", layer{name: "_Loss", sig: lossSig, init: lossInit(lossSig)})
	weightedSig := "weight=None, " + lossSig
	weighted := define("loss", layer{name: "_WeightedLoss", base: loss, sig: weightedSig, init: lossInit(weightedSig, "weight")})
	// row is a loss with a constructor of its own; names of buffers follow.
	row := func(name string, base *interp.Class, sig, inputs, forward string, buffers ...string) {
		l := layer{name: name, base: base, sig: sig, inputs: inputs, forward: forward}
		if sig != "-" {
			l.init = lossInit(sig, buffers...)
		}
		define("loss", l)
	}
	const two, r = "input, target", " reduction=reduction"
	row("L1Loss", loss, "-", two, "l1_loss"+r)
	nllSig := "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"
	nll := define("loss", layer{name: "NLLLoss", base: weighted, sig: nllSig, init: lossInit(nllSig, "weight"), inputs: two,
		forward: "nll_loss weight=weight ignore_index=ignore_index" + r})
	row("NLLLoss2d", nll, "-", two, "")
	row("PoissonNLLLoss", loss, "log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'", "log_input, target",
		"poisson_nll_loss log_input=log_input full=full eps=eps"+r)
	row("GaussianNLLLoss", loss, "*, full=False, eps=1e-06, reduction='mean'", "input, target, var", "gaussian_nll_loss full=full eps=eps"+r)
	row("KLDivLoss", loss, lossSig+", log_target=False", two, "kl_div"+r+" log_target=log_target")
	row("MSELoss", loss, "-", two, "mse_loss"+r)
	row("BCELoss", weighted, "-", two, "binary_cross_entropy weight=weight"+r)
	row("BCEWithLogitsLoss", loss, weightedSig+", pos_weight=None", two, "binary_cross_entropy_with_logits weight pos_weight=pos_weight"+r, "weight", "pos_weight")
	row("HingeEmbeddingLoss", loss, "margin=1.0, "+lossSig, two, "hinge_embedding_loss margin=margin"+r)
	row("MultiLabelMarginLoss", loss, "-", two, "multilabel_margin_loss"+r)
	row("SmoothL1Loss", loss, lossSig+", beta=1.0", two, "smooth_l1_loss"+r+" beta=beta")
	define("loss", layer{name: "HuberLoss", base: loss, sig: "reduction='mean', delta=1.0", inputs: two, forward: "huber_loss" + r + " delta=delta",
		init: func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
			if _, ok := interp.AsFloat(a[1]); !ok && !isUnknown(a[1]) {
				in.Raise(interp.TypeError, "delta must be a float or int, got: %s", in.Repr(a[1].Type()))
			}
			set(m, "reduction", a[0])
			set(m, "delta", a[1])
		}})
	row("SoftMarginLoss", loss, "-", two, "soft_margin_loss"+r)
	row("CrossEntropyLoss", weighted, nllSig+", label_smoothing=0.0", two, "cross_entropy weight=weight ignore_index=ignore_index"+r+" label_smoothing=label_smoothing", "weight")
	row("MultiLabelSoftMarginLoss", weighted, "-", two, "multilabel_soft_margin_loss weight=weight"+r)
	row("CosineEmbeddingLoss", loss, "margin=0.0, "+lossSig, "input1, input2, target", "cosine_embedding_loss margin=margin"+r)
	row("MarginRankingLoss", loss, "margin=0.0, "+lossSig, "input1, input2, target", "margin_ranking_loss margin=margin"+r)
	multiSig := "p=1, margin=1.0, " + weightedSig
	define("loss", layer{name: "MultiMarginLoss", base: weighted, sig: multiSig, inputs: two, forward: "multi_margin_loss p=p margin=margin weight=weight" + r,
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			if p, ok := interp.AsFloat(a[0]); ok && p != 1 && p != 2 {
				in.Raise(interp.ValueError, "only p == 1 and p == 2 supported")
			}
			if w := asTensor(a[2]); w != nil && len(w.Shape) != 1 {
				in.Raise(interp.ValueError, "MultiMarginLoss: expected weight to be None or 1D tensor, got %dD instead", len(w.Shape))
			}
			lossInit(multiSig, "weight")(in, m, st, a)
		}})
	triplet := func(name, sig, forward string, distance bool) {
		define("loss", layer{name: name, base: loss, sig: sig, inputs: "anchor, positive, negative", forward: forward,
			init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
				margin := a[0]
				if distance {
					margin = a[1]
				}
				if compare(in, pyast.LtE, margin, interp.NewInt(0)) {
					in.Raise(interp.ValueError, "%s: expected margin to be greater than 0, got %s instead", name, in.ToStr(margin))
				}
				if !distance {
					lossInit(sig)(in, m, st, a)
					return
				}
				set(m, "reduction", a[3])
				f := a[0]
				if interp.IsNone(f) {
					f = in.Call(classByName["torch.nn.modules.distance.PairwiseDistance"], nil, nil)
				}
				in.SetAttr(m, "distance_function", f)
				set(m, "margin", a[1])
				set(m, "swap", a[2])
			}})
	}
	triplet("TripletMarginLoss", "margin=1.0, p=2.0, eps=1e-06, swap=False, "+lossSig, "triplet_margin_loss margin=margin p=p eps=eps swap=swap"+r, false)
	triplet("TripletMarginWithDistanceLoss", "*, distance_function=None, margin=1.0, swap=False, reduction='mean'",
		"triplet_margin_with_distance_loss distance_function=distance_function margin=margin swap=swap"+r, true)
	row("CTCLoss", loss, "blank=0, reduction='mean', zero_infinity=False", "log_probs, targets, input_lengths, target_lengths", "ctc_loss blank reduction zero_infinity")
	define("loss", layer{name: "LinearCrossEntropyLoss", base: weighted,
		sig:  "in_features, num_classes, *, out_features=(), bias=False, device=None, dtype=None, reduction='mean', weight=None, ignore_index=None, label_smoothing=0.0, options=None",
		init: initLinearCrossEntropy, methods: []method{{name: "forward", sig: "self, input, target", fn: linearCrossEntropy},
			{name: "extra_repr", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
				lin := in.GetAttr(a[0], "linear")
				s := "in_features=" + in.ToStr(in.GetAttr(lin, "in_features"))
				rest := formatRepr(", reduction={reduction}, ignore_index={ignore_index}, label_smoothing={label_smoothing}, options={options}")(in, a)
				return interp.NewStr(s + ", num_classes=" + in.ToStr(in.GetAttr(a[0], "num_classes")) + ", out_features=" + in.ToStr(in.GetAttr(a[0], "out_features")) +
					", bias=" + in.ToStr(interp.NewBool(!interp.IsNone(in.GetAttr(lin, "bias")))) + in.ToStr(rest))
			}}}})
}

func initLinearCrossEntropy(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
	if w := asTensor(a[7]); w != nil {
		if n, ok := interp.AsInt(a[1]); ok && (len(w.Shape) != 1 || w.Shape[0].V != n) {
			in.Raise(interp.RuntimeError, "expected weight shape to be (%d,), got %s", n, in.ToStr(tuple(in, tensor.SizeValue(in, w.Shape))))
		}
	}
	if below(in, a[9], 0) || above(in, a[9], 1) {
		in.Raise(interp.RuntimeError, "expected label_smoothing to be in range [0, 1], got %s", in.ToStr(a[9]))
	}
	set(m, "reduction", a[6])
	registerBuffer(in, m, "weight", a[7], true)
	set(m, "num_classes", a[1])
	set(m, "out_features", a[2])
	set(m, "ignore_index", a[8])
	set(m, "label_smoothing", a[9])
	rows := a[1]
	for _, v := range in.Elements(a[2]) {
		rows = arith(in, pyast.Mult, rows, v)
	}
	st.addChild("linear", newLinear(in, LinearClass, a[0], rows, a[3], factoryOf(in, a[4], a[5])))
	set(m, "options", a[10])
}

var fLinearCrossEntropy = functional("linear_cross_entropy")

func linearCrossEntropy(in *interp.Interp, a []interp.Value) interp.Value {
	m, _ := self(in, a[0], "forward")
	lin := asModule(in.GetAttr(m, "linear"))
	if lin == nil {
		return in.Unknown("a loss without its linear layer")
	}
	var kw []interp.KW
	for _, n := range strings.Fields("weight reduction ignore_index label_smoothing options") {
		kw = append(kw, interp.KW{Name: n, V: attr(in, m, n)})
	}
	kw = append(kw, interp.KW{Name: "linear_bias", V: param(in, lin, "bias")})
	return fLinearCrossEntropy.call(in, []interp.Value{a[1], param(in, lin, "weight"), a[2]}, kw...)
}
