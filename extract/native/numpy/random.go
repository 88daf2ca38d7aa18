package numpy

import "github.com/arch-extract/arch-extract/extract/interp"

// randomEntries are numpy.random's functions: the shape of what they return is
// known, its values are not.
func randomEntries() []interp.Entry {
	var out []interp.Entry
	var methods []interp.Method
	fn := func(name, sig string, f interp.NativeFn) {
		f = known("random."+name, f)
		out = append(out, interp.Entry{Name: "numpy.random." + name, Sig: sig, Fn: f})
		if sig != "" {
			sig = ", " + sig
		}
		methods = append(methods, interp.Method{Name: name, Sig: "self" + sig, Fn: func(in interT, a []value) value { return f(in, a[1:]) }})
	}
	sample := func(in interT, size value, d DType) value {
		if size == nil || interp.IsNone(size) {
			return in.Unknown("a random number")
		}
		if u, ok := size.(*interp.Unknown); ok {
			return u
		}
		return New(shapeArg(in, size), d, nil)
	}
	for _, name := range []string{"rand", "randn"} {
		fn(name, "*dims", func(in interT, a []value) value {
			if t := a[0].(*interp.Tuple); len(t.V) > 0 {
				return sample(in, t, Float64)
			}
			return in.Unknown("a random number")
		})
	}
	for _, name := range []string{"random", "random_sample", "ranf", "sample", "standard_normal"} {
		fn(name, "size=None", func(in interT, a []value) value { return sample(in, a[0], Float64) })
	}
	for _, name := range []string{"uniform", "normal", "laplace", "beta", "gamma", "gumbel", "logistic", "lognormal"} {
		fn(name, "low=0.0, high=1.0, size=None", func(in interT, a []value) value { return sample(in, a[2], Float64) })
	}
	for _, name := range []string{"exponential", "poisson", "geometric"} {
		d := Int64
		if name == "exponential" {
			d = Float64
		}
		fn(name, "scale=1.0, size=None", func(in interT, a []value) value { return sample(in, a[1], d) })
	}
	fn("binomial", "n, p, size=None", func(in interT, a []value) value { return sample(in, a[2], Int64) })
	for _, name := range []string{"randint", "integers"} {
		fn(name, "low, high=None, size=None, dtype=None", func(in interT, a []value) value { return sample(in, a[2], toDType(in, a[3], Int64)) })
	}
	fn("choice", "a, size=None, replace=True, p=None", func(in interT, a []value) value {
		d := Int64
		if x := asArray(in, a[0], nil); x != nil && len(x.Shape) > 0 {
			d = x.DT
		}
		return sample(in, a[1], d)
	})
	fn("permutation", "x", func(in interT, a []value) value {
		if u, ok := a[0].(*interp.Unknown); ok {
			return u
		}
		x := asArray(in, a[0], nil)
		if x == nil {
			return in.Unknown("a random permutation")
		}
		if len(x.Shape) == 0 {
			return New([]int64{dimArg(in, a[0])}, Int64, nil)
		}
		return New(cloneShape(x.Shape), x.DT, nil)
	})
	fn("shuffle", "x", func(in interT, a []value) value {
		switch x := a[0].(type) {
		case *Array:
			x.forget()
		case *interp.List:
			for i := range x.V {
				x.V[i] = in.Unknown("an element of a shuffled list")
			}
		}
		return interp.None
	})
	fn("seed", "seed=None", func(interT, []value) value { return interp.None })
	fn("get_state", "legacy=True", func(in interT, _ []value) value { return in.Unknown("the state of a random generator") })
	out = append(out, interp.Entry{Name: "numpy.random.set_state", Sig: "state", Fn: func(interT, []value) value { return interp.None }})
	anyArgs := interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(interT, []value) value { return interp.None }}
	for _, name := range []string{"RandomState", "Generator", "PCG64", "SeedSequence", "BitGenerator"} {
		c := interp.NewNativeClass("numpy.random."+name, nil, append([]interp.Method{anyArgs}, methods...)...)
		out = append(out, interp.Entry{Name: "numpy.random." + name, Class: c})
		if name == "Generator" {
			out = append(out, interp.Entry{Name: "numpy.random.default_rng", Sig: "seed=None", Fn: func(interT, []value) value {
				return &interp.Instance{Cls: c}
			}})
		}
	}
	return out
}
