package torch

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// A distribution keeps its parameters as attributes; samples and
// log-probabilities are tensors of the broadcast shape that depend on all of them.

// paramTensors are the tensors among the attributes of a distribution.
func paramTensors(i *interp.Instance) []*T {
	var ts []*T
	if i.Dict == nil {
		return nil
	}
	i.Dict.EachValue(func(v interp.Value) bool {
		switch v := v.(type) {
		case *T:
			ts = append(ts, v)
		case *interp.Instance:
			ts = append(ts, paramTensors(v)...)
		}
		return true
	})
	return ts
}

func batchShape(in *interp.Interp, ts []*T) []tensor.Dim {
	shapes := make([][]tensor.Dim, len(ts))
	for i, t := range ts {
		shapes[i] = t.Shape
	}
	return tensor.Broadcast(in, shapes...)
}

// drawn is a tensor that a distribution gives: a sample, its mean, a log-probability.
func drawn(op string) interp.NativeFn {
	return func(in *interp.Interp, a []interp.Value) interp.Value {
		self, ok := a[0].(*interp.Instance)
		if !ok {
			return in.Unknown("a distribution")
		}
		ts := paramTensors(self)
		shape := batchShape(in, ts)
		if len(a) > 1 {
			switch x := a[1].(type) {
			case *T:
				shape = tensor.Broadcast(in, shape, x.Shape)
				ts = append(ts, x)
			case *interp.Tuple, *interp.List:
				lead := tensor.SizeArg(in, op, "sample_shape", 1, x)
				shape = append(tensor.Clone(lead), shape...)
			}
		}
		dt := tensor.DefaultDType(in)
		if len(ts) > 0 {
			dt = floatType(in, ts[0].DType)
		}
		return tensor.Op(in, op, shape, dt, ts)
	}
}

// storing is an __init__ that keeps its arguments under their names.
func storing(names ...string) interp.NativeFn {
	return func(in *interp.Interp, a []interp.Value) interp.Value {
		for i, n := range names {
			if a[i+1] != nil && !interp.IsNone(a[i+1]) {
				in.SetAttr(a[0], n, a[i+1])
			}
		}
		return interp.None
	}
}

var distributionClass = func() *interp.Class {
	c := interp.NewNativeClass("torch.distributions.distribution.Distribution", nil,
		interp.Method{Name: "__init__", Sig: "self, batch_shape=None, event_shape=None, validate_args=None", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "sample", Sig: "self, sample_shape=None", Fn: drawn("sample")},
		interp.Method{Name: "rsample", Sig: "self, sample_shape=None", Fn: drawn("sample")},
		interp.Method{Name: "log_prob", Sig: "self, value", Fn: drawn("log_prob")},
		interp.Method{Name: "cdf", Sig: "self, value", Fn: drawn("cdf")},
		interp.Method{Name: "icdf", Sig: "self, value", Fn: drawn("icdf")},
		interp.Method{Name: "entropy", Sig: "self", Fn: drawn("entropy")},
		interp.Method{Name: "mean", Sig: "self", Kind: "property", Fn: drawn("mean")},
		interp.Method{Name: "variance", Sig: "self", Kind: "property", Fn: drawn("variance")},
		interp.Method{Name: "stddev", Sig: "self", Kind: "property", Fn: drawn("stddev")},
		interp.Method{Name: "mode", Sig: "self", Kind: "property", Fn: drawn("mode")},
		interp.Method{Name: "batch_shape", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return tensor.SizeValue(in, batchShape(in, paramTensors(a[0].(*interp.Instance))))
		}},
		interp.Method{Name: "event_shape", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return tensor.SizeValue(in, nil)
		}},
		interp.Method{Name: "expand", Sig: "self, batch_shape, _instance=None", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
		interp.Method{Name: "set_default_validate_args", Kind: "static", Sig: "value", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
	)
	return c
}()

// distributionParams are the distributions and their parameters.
var distributionParams = map[string]string{
	"normal.Normal": "loc scale", "student_t.StudentT": "df loc scale", "negative_binomial.NegativeBinomial": "total_count probs logits",
	"poisson.Poisson": "rate", "uniform.Uniform": "low high", "beta.Beta": "concentration1 concentration0", "bernoulli.Bernoulli": "probs logits",
	"gumbel.Gumbel": "loc scale", "laplace.Laplace": "loc scale", "gamma.Gamma": "concentration rate", "exponential.Exponential": "rate",
	"multivariate_normal.MultivariateNormal": "loc covariance_matrix precision_matrix scale_tril",
	"independent.Independent":                "base_dist reinterpreted_batch_ndims", "transformed_distribution.TransformedDistribution": "base_dist transforms",
	"dirichlet.Dirichlet": "concentration", "log_normal.LogNormal": "loc scale", "half_normal.HalfNormal": "scale", "cauchy.Cauchy": "loc scale",
}

func distributions() []interp.Entry {
	es := []interp.Entry{
		class("torch.distributions.Categorical", categoricalClass),
		class("torch.distributions.categorical.Categorical", categoricalClass),
		class("torch.distributions.Distribution", distributionClass),
		class("torch.distributions.distribution.Distribution", distributionClass),
		fn("torch.distributions.kl_divergence", func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			var ts []*T
			for _, a := range args {
				if i, ok := a.(*interp.Instance); ok {
					ts = append(ts, paramTensors(i)...)
				}
			}
			return tensor.Op(in, "kl_divergence", batchShape(in, ts), tensor.DefaultDType(in), ts)
		}),
		{Name: "torch.distributions", Module: inert("torch.distributions"), Why: "probability distributions"},
		{Name: "torch.distributions.constraints", Module: inert("torch.distributions.constraints"), Why: "validation"},
		{Name: "torch.distributions.utils", Module: inert("torch.distributions.utils"), Why: "validation"},
	}
	for path, params := range distributionParams {
		names := strings.Fields(params)
		sig := "self"
		for _, n := range names {
			sig += ", " + n + "=None"
		}
		c := interp.NewNativeClass("torch.distributions."+path, []*interp.Class{distributionClass},
			interp.Method{Name: "__init__", Sig: sig + ", validate_args=None", Fn: storing(names...)})
		short := path[strings.LastIndexByte(path, '.')+1:]
		es = append(es, class("torch.distributions."+path, c), class("torch.distributions."+short, c))
	}
	transform := interp.NewNativeClass("torch.distributions.transforms.Transform", nil,
		interp.Method{Name: "__init__", Sig: "self, cache_size=0", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }})
	affine := interp.NewNativeClass("torch.distributions.transforms.AffineTransform", []*interp.Class{transform},
		interp.Method{Name: "__init__", Sig: "self, loc=None, scale=None, event_dim=0, cache_size=0", Fn: storing("loc", "scale")},
		interp.Method{Name: "__call__", Sig: "self, x", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			y := in.CallMethod(a[1], "__mul__", in.GetAttr(a[0], "scale"))
			return in.CallMethod(y, "__add__", in.GetAttr(a[0], "loc"))
		}})
	for _, n := range []string{"torch.distributions.", "torch.distributions.transforms."} {
		es = append(es, class(n+"Transform", transform), class(n+"AffineTransform", affine))
	}
	return es
}

// categoricalClass keeps normalised logits; its probabilities are their softmax.
var categoricalClass = func() *interp.Class {
	f := func(in *interp.Interp, name string, args ...interp.Value) interp.Value {
		return registry[name](in, args, nil)
	}
	get := func(in *interp.Interp, self interp.Value, name string) interp.Value {
		i, ok := self.(*interp.Instance)
		if ok && i.Dict != nil {
			if v, ok := i.Dict.GetStr(name); ok {
				return v
			}
		}
		return in.Unknown("a distribution")
	}
	last := interp.NewInt(-1)
	probs := func(in *interp.Interp, a []interp.Value) interp.Value {
		if i := a[0].(*interp.Instance); i.Dict != nil {
			if v, ok := i.Dict.GetStr("_probs"); ok {
				return v
			}
		}
		return f(in, "torch.softmax", get(in, a[0], "logits"), last)
	}
	logits := func(in *interp.Interp, a []interp.Value) interp.Value { return get(in, a[0], "logits") }
	return interp.NewNativeClass("torch.distributions.categorical.Categorical", []*interp.Class{distributionClass},
		interp.Method{Name: "__init__", Sig: "self, probs=None, logits=None, validate_args=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			var l interp.Value
			if !interp.IsNone(a[1]) {
				p := f(in, "torch.div", a[1], f(in, "torch.sum", a[1], last, interp.True))
				in.SetAttr(a[0], "_probs", p)
				l = f(in, "torch.log", p)
			} else {
				l = f(in, "torch.sub", a[2], f(in, "torch.logsumexp", a[2], last, interp.True))
			}
			in.SetAttr(a[0], "logits", l)
			return interp.None
		}},
		interp.Method{Name: "probs", Sig: "self", Kind: "property", Fn: probs},
		interp.Method{Name: "entropy", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return f(in, "torch.neg", f(in, "torch.sum", f(in, "torch.mul", logits(in, a), probs(in, a)), last))
		}},
		interp.Method{Name: "log_prob", Sig: "self, value", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			l, ok1 := logits(in, a).(*T)
			v, ok2 := a[1].(*T)
			if !ok1 || !ok2 {
				return in.Unknown("a distribution")
			}
			shape := tensor.Broadcast(in, l.Shape[:len(l.Shape)-1], v.Shape)
			return tensor.Op(in, "gather", shape, l.DType, []*T{l, v})
		}},
		interp.Method{Name: "sample", Sig: "self, sample_shape=()", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			p, ok := probs(in, a).(*T)
			if !ok {
				return in.Unknown("a distribution")
			}
			lead := tensor.SizeArg(in, "sample", "sample_shape", 1, a[1])
			return tensor.Op(in, "multinomial", append(tensor.Clone(lead), p.Shape[:len(p.Shape)-1]...), tensor.Int64, []*T{p})
		}},
		interp.Method{Name: "batch_shape", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			l, ok := logits(in, a).(*T)
			if !ok {
				return in.Unknown("a distribution")
			}
			return tensor.SizeValue(in, l.Shape[:len(l.Shape)-1])
		}},
	)
}()
