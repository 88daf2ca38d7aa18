package numpy

import (
	"math"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

func init() {
	Class.New = func(in *interp.Interp, _ *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "ndarray() missing required argument 'shape' (pos 0)")
		}
		return New(shapeArg(in, args[0]), Float64, nil)
	}
	self := func(v interp.Value) *Array { return v.(*Array) }

	for i := range binaries {
		b := &binaries[i]
		if b.dunder == "" {
			continue
		}
		forward := func(in *interp.Interp, a []interp.Value) interp.Value {
			if x, ok := a[0].(*Array); ok && interp.IsNone(a[1]) && (b.name == "equal" || b.name == "not_equal") {
				return full(in, cloneShape(x.Shape), Bool, truth(b.name == "not_equal"))
			}
			if r, ok := b.apply(in, a[0], a[1]); ok {
				return r
			}
			if _, isT := a[1].(*tensor.Tensor); isT && b.kind != boolKind {
				if _, isA := a[0].(*Array); isA { // numpy asks the tensor, which declines
					in.Raise(interp.TypeError, "unsupported operand type(s) for %s: 'numpy.ndarray' and '%s'", b.op, a[1].Type().Name)
				}
			}
			return interp.NotImplemented
		}
		methods := []interp.Method{{Name: b.dunder, Sig: "self, other", Fn: forward}}
		if b.refl != "" && b.refl != b.dunder {
			methods = append(methods, interp.Method{Name: b.refl, Sig: "self, other", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
				if r, ok := b.apply(in, a[1], a[0]); ok {
					return r
				}
				return interp.NotImplemented
			}})
		}
		Class.AddMethods(methods...)
		genericClass.AddMethods(methods...)
		if b.kind == boolKind {
			continue
		}
		Class.AddMethods(interp.Method{Name: "__i" + b.dunder[2:], Sig: "self, other", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			r, ok := b.apply(in, a[0], a[1])
			if !ok {
				return interp.NotImplemented
			}
			dst := self(a[0])
			if res := asArray(in, r, nil); res != nil && promote(res.DT, dst.DT) != dst.DT && !(res.DT.kind() == dst.DT.kind()) {
				in.Raise(interp.TypeError, "Cannot cast ufunc '%s' output from dtype('%s') to dtype('%s') with casting rule 'same_kind'", b.name, res.DT, dst.DT)
			}
			setItem(in, dst, interp.Ellipsis, r)
			return dst
		}})
	}

	// Methods that arrays and scalars share: a scalar acts as an array of no dimensions.
	shared := []interp.Method{
		{Name: "shape", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return shapeValue(in, self(a[0]).Shape) }},
		{Name: "ndim", Sig: "self", Kind: "property", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return interp.NewInt(int64(len(self(a[0]).Shape)))
		}},
		{Name: "size", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return dimValue(in, self(a[0]).Size()) }},
		{Name: "itemsize", Sig: "self", Kind: "property", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return interp.NewInt(int64(dtypes[self(a[0]).DT].size))
		}},
		{Name: "nbytes", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			if n := x.Size(); n >= 0 {
				return interp.NewInt(n * int64(dtypes[x.DT].size))
			}
			return in.Unknown("the size of a numpy array, which depends on data")
		}},
		{Name: "T", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return transpose(self(a[0]), nil).result(in)
		}},
		{Name: "flat", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return ravel(self(a[0])) }},
		{Name: "astype", Sig: "self, dtype, order='K', casting='unsafe', subok=True, copy=True", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return astype(in, self(a[0]), toDType(in, a[1], Float64)).result(in)
		}},
		{Name: "reshape", Sig: "self, *shape, order='C', copy=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			var v interp.Value = a[1]
			if t := a[1].(*interp.Tuple); len(t.V) == 1 {
				v = t.V[0]
			}
			return reshape(in, self(a[0]), v)
		}},
		{Name: "transpose", Sig: "self, *axes", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			return transpose(x, permArg(in, a[1].(*interp.Tuple).V, len(x.Shape))).result(in)
		}},
		{Name: "swapaxes", Sig: "self, axis1, axis2", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return swapAxes(in, self(a[0]), a[1], a[2]) }},
		{Name: "flatten", Sig: "self, order='C'", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return ravel(self(a[0])).copy() }},
		{Name: "ravel", Sig: "self, order='C'", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return ravel(self(a[0])) }},
		{Name: "squeeze", Sig: "self, axis=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return squeeze(in, self(a[0]), a[1]).result(in)
		}},
		{Name: "copy", Sig: "self, order='C'", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return self(a[0]).copy().result(in) }},
		{Name: "repeat", Sig: "self, repeats, axis=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return repeat(in, self(a[0]), a[1], a[2]) }},
		{Name: "clip", Sig: "self, min=None, max=None, out=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return clip(in, a[0], a[1], a[2]) }},
		{Name: "round", Sig: "self, decimals=0, out=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return round(in, a[0], a[1]) }},
		{Name: "cumsum", Sig: "self, axis=None, dtype=None, out=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return cumulative(in, a[0], a[1], a[2], func(x, y float64) float64 { return x + y })
		}},
		{Name: "cumprod", Sig: "self, axis=None, dtype=None, out=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return cumulative(in, a[0], a[1], a[2], func(x, y float64) float64 { return x * y })
		}},
		{Name: "var", Sig: "self, axis=None, dtype=None, out=None, ddof=0, keepdims=False", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return variance(in, a[0], a[1], a[4], a[5], false)
		}},
		{Name: "std", Sig: "self, axis=None, dtype=None, out=None, ddof=0, keepdims=False", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return variance(in, a[0], a[1], a[4], a[5], true)
		}},
		{Name: "nonzero", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return nonzeroTuple(in, self(a[0])) }},
		{Name: "argsort", Sig: "self, axis=-1, kind=None, order=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return sorted(in, self(a[0]), a[1], true)
		}},
		{Name: "dot", Sig: "self, b, out=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return matmul(in, a[0], a[1]) }},
		{Name: "conj", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
	}
	for _, name := range []string{"sum", "prod", "mean", "max", "min", "all", "any", "ptp"} {
		r := reductionNamed(name)
		shared = append(shared, interp.Method{Name: name, Sig: "self, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True",
			Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return r.run(in, a[0], a[1], a[4], a[2]) }})
	}
	for _, name := range []string{"argmax", "argmin"} {
		r := reductionNamed(name)
		shared = append(shared, interp.Method{Name: name, Sig: "self, axis=None, out=None, keepdims=False",
			Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return r.run(in, a[0], a[1], a[3], nil) }})
	}
	Class.AddMethods(shared...)
	for i, m := range shared {
		f := m.Fn
		shared[i].Fn = func(in *interp.Interp, a []interp.Value) interp.Value {
			if p, d, ok := Scalar(a[0]); ok {
				if x, isNum := interp.AsFloat(p); isNum && d.numeric() {
					a[0] = New([]int64{}, d, []float64{x})
				} else {
					a[0] = New([]int64{}, d, nil)
				}
			}
			return f(in, a)
		}
	}
	genericClass.AddMethods(shared...)

	unaryMethod := func(dunder, name string) []interp.Method {
		u := unaryNamed(name)
		return []interp.Method{{Name: dunder, Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return u.apply(in, a[0]) }}}
	}
	for _, m := range [][2]string{{"__neg__", "negative"}, {"__abs__", "absolute"}, {"__pos__", "positive"}} {
		Class.AddMethods(unaryMethod(m[0], m[1])...)
		genericClass.AddMethods(unaryMethod(m[0], m[1])...)
	}
	invert := interp.Method{Name: "__invert__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return invertValue(in, a[0]) }}
	divmod := interp.Method{Name: "__divmod__", Sig: "self, other", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		q, ok := binaryNamed("floor_divide").apply(in, a[0], a[1])
		if !ok {
			return interp.NotImplemented
		}
		r, _ := binaryNamed("remainder").apply(in, a[0], a[1])
		return interp.NewTuple(q, r)
	}}
	Class.AddMethods(invert, divmod)
	genericClass.AddMethods(invert, divmod)

	Class.AddMethods(
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "dtype", Sig: "self", Kind: "property", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return self(a[0]).DT }},
		interp.Method{Name: "real", Sig: "self", Kind: "property", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			switch x.DT {
			case Complex64:
				return New(x.Shape, Float32, nil)
			case Complex128:
				return New(x.Shape, Float64, nil)
			}
			return x
		}},
		interp.Method{Name: "imag", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			switch x.DT {
			case Complex64:
				return New(x.Shape, Float32, nil)
			case Complex128:
				return New(x.Shape, Float64, nil)
			}
			return full(in, x.Shape, x.DT, 0)
		}},
		interp.Method{Name: "flags", Sig: "self", Kind: "property", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return in.Unknown("the memory layout of a numpy array")
		}},
		interp.Method{Name: "__array_priority__", Sig: "self", Kind: "property", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.NewFloat(0) }},
		interp.Method{Name: "__len__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			if len(x.Shape) == 0 {
				in.Raise(interp.TypeError, "len() of unsized object")
			}
			return dimValue(in, x.Shape[0])
		}},
		interp.Method{Name: "__getitem__", Sig: "self, key", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return getItem(in, self(a[0]), a[1]) }},
		interp.Method{Name: "__setitem__", Sig: "self, key, value", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			setItem(in, self(a[0]), a[1], a[2])
			return interp.None
		}},
		interp.Method{Name: "__iter__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			if len(x.Shape) == 0 {
				in.Raise(interp.TypeError, "iteration over a 0-d array")
			}
			return &iterator{a: x}
		}},
		interp.Method{Name: "__contains__", Sig: "self, item", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			eq, ok := binaryNamed("equal").apply(in, a[0], a[1])
			if !ok {
				return interp.False
			}
			return reductionNamed("any").run(in, eq, nil, nil, nil)
		}},
		interp.Method{Name: "__bool__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			if n := x.Size(); n > 1 || n == 0 {
				if n == 0 {
					in.Raise(interp.ValueError, "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.")
				}
				in.Raise(interp.ValueError, "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
			}
			return interp.NewBool(in.Truth(single(in, x)))
		}},
		interp.Method{Name: "__int__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return toPython(in, self(a[0]), true) }},
		interp.Method{Name: "__index__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			if len(x.Shape) > 0 || !x.DT.isInt() {
				in.Raise(interp.TypeError, "only integer scalar arrays can be converted to a scalar index")
			}
			return toPython(in, x, true)
		}},
		interp.Method{Name: "__float__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return toPython(in, self(a[0]), false) }},
		interp.Method{Name: "__hash__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			in.Raise(interp.TypeError, "unhashable type: 'numpy.ndarray'")
			return nil
		}},
		interp.Method{Name: "__repr__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return interp.NewStr(self(a[0]).repr(in)) }},
		interp.Method{Name: "__str__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return interp.NewStr(self(a[0]).text(in, "", 0))
		}},
		interp.Method{Name: "__format__", Sig: "self, spec=''", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			if in.Str(a[1]) != "" {
				in.Raise(interp.TypeError, "unsupported format string passed to numpy.ndarray.__format__")
			}
			return interp.NewStr(self(a[0]).text(in, "", 0))
		}},
		interp.Method{Name: "__copy__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return self(a[0]).copy() }},
		interp.Method{Name: "__deepcopy__", Sig: "self, memo=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return self(a[0]).copy() }},
		interp.Method{Name: "__array__", Sig: "self, dtype=None, copy=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return astype(in, self(a[0]), toDType(in, a[1], self(a[0]).DT))
		}},
		interp.Method{Name: "__matmul__", Sig: "self, other", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return matmul(in, a[0], a[1]) }},
		interp.Method{Name: "__rmatmul__", Sig: "self, other", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return matmul(in, a[1], a[0]) }},
		interp.Method{Name: "item", Sig: "self, *args", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			if t := a[1].(*interp.Tuple); len(t.V) == 1 {
				return plain(getItem(in, ravel(x), t.V[0]))
			} else if len(t.V) > 1 {
				return plain(getItem(in, x, t))
			}
			if n := x.Size(); n >= 0 && n != 1 {
				in.Raise(interp.ValueError, "can only convert an array of size 1 to a Python scalar")
			}
			return plain(single(in, x))
		}},
		interp.Method{Name: "tolist", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return toList(in, self(a[0])) }},
		interp.Method{Name: "tobytes", Sig: "self, order='C'", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return in.Unknown("the bytes of a numpy array")
		}},
		interp.Method{Name: "fill", Sig: "self, value", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			setItem(in, self(a[0]), interp.Ellipsis, a[1])
			return interp.None
		}},
		interp.Method{Name: "sort", Sig: "self, axis=-1, kind=None, order=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			setItem(in, self(a[0]), interp.Ellipsis, sorted(in, self(a[0]), a[1], false))
			return interp.None
		}},
		interp.Method{Name: "view", Sig: "self, dtype=None, type=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			x := self(a[0])
			if d := toDType(in, a[1], x.DT); d != x.DT {
				return New(cloneShape(x.Shape), d, nil)
			}
			return x.view(cloneShape(x.Shape), cloneShape(x.strides), x.off)
		}},
		interp.Method{Name: "setflags", Sig: "self, write=None, align=None, uic=None", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "take", Sig: "self, indices, axis=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return takeValue(in, self(a[0]), a[1], a[2]) }},
	)
}

// single is the element of an array of one.
func single(in *interp.Interp, a *Array) interp.Value {
	v := a.Values()
	if len(v) != 1 {
		return in.Unknown("an element of a numpy array whose values are not known")
	}
	return newScalar(a.DT, v[0], nil)
}

func toPython(in *interp.Interp, a *Array, whole bool) interp.Value {
	if n := a.Size(); n >= 0 && n != 1 || len(a.Shape) > 0 {
		if n != 1 {
			in.Raise(interp.TypeError, "only 0-dimensional arrays can be converted to Python scalars")
		}
	}
	v := plain(single(in, a))
	switch p := v.(type) {
	case interp.Float:
		if whole {
			return truncate(in, p)
		}
	case interp.Int:
		if !whole {
			return interp.NewFloat(float64(p.V))
		}
	case interp.Bool:
		n, _ := interp.AsInt(p)
		if whole {
			return interp.NewInt(n)
		}
		return interp.NewFloat(float64(n))
	}
	return v
}

func unaryNamed(name string) *unary {
	if a := unaryAliases[name]; a != "" {
		name = a
	}
	for i := range unaries {
		if unaries[i].name == name {
			return &unaries[i]
		}
	}
	panic("no numpy function " + name)
}

func binaryNamed(name string) *binary {
	if a := binaryAliases[name]; a != "" {
		name = a
	}
	for i := range binaries {
		if binaries[i].name == name {
			return &binaries[i]
		}
	}
	panic("no numpy function " + name)
}

func invertValue(in *interp.Interp, v interp.Value) interp.Value {
	a := asArray(in, v, nil)
	if a == nil {
		return in.Unknown("the complement of values that are not known")
	}
	if a.DT == Bool {
		return unaryNamed("logical_not").array(in, a).result(in)
	}
	if !a.DT.isInt() {
		in.Raise(interp.TypeError, "ufunc 'invert' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''")
	}
	u := unary{name: "invert", f: func(x float64) float64 { return -x - 1 }}
	return u.array(in, a).result(in)
}

func swapAxes(in *interp.Interp, a *Array, i, j interp.Value) interp.Value {
	nd := len(a.Shape)
	p, q := axisArg(in, i, nd), axisArg(in, j, nd)
	perm := make([]int, nd)
	for k := range perm {
		perm[k] = k
	}
	perm[p], perm[q] = q, p
	return transpose(a, perm)
}

func nonzeroTuple(in *interp.Interp, a *Array) interp.Value {
	var out []interp.Value
	for _, x := range nonzero(in, a) {
		out = append(out, x)
	}
	return interp.NewTuple(out...)
}

func clip(in *interp.Interp, v, lo, hi interp.Value) interp.Value {
	if lo != nil && !interp.IsNone(lo) {
		v = mustBinary(in, "maximum", v, lo)
	}
	if hi != nil && !interp.IsNone(hi) {
		v = mustBinary(in, "minimum", v, hi)
	}
	return v
}

// mustBinary is a binary function called by name: operands that are no
// numbers are a TypeError.
func mustBinary(in *interp.Interp, name string, v, w interp.Value) interp.Value {
	if r, ok := binaryNamed(name).apply(in, v, w); ok {
		return r
	}
	for i, x := range []interp.Value{v, w} {
		if _, isT := x.(*tensor.Tensor); isT {
			if m, ok := in.LookupAttr(x, name); ok {
				if i == 1 && name != "add" && name != "multiply" && name != "maximum" && name != "minimum" {
					break
				}
				return in.Call(m, []interp.Value{[]interp.Value{w, v}[i]}, nil)
			}
		}
	}
	if asArray(in, v, nil) == nil || asArray(in, w, nil) == nil {
		return in.Unknown("np.%s of values that are not known", name)
	}
	in.Raise(interp.TypeError, "unsupported operand type(s) for np.%s: '%s' and '%s'", name, v.Type().Name, w.Type().Name)
	return nil
}

func round(in *interp.Interp, v, decimals interp.Value) interp.Value {
	n := in.Int(plain(decimals))
	u := unary{name: "round", kind: sameKind, f: func(x float64) float64 { return roundTo(x, n) }, op: "call:round"}
	if n != 0 {
		u.op = ""
	}
	return u.apply(in, v)
}

func repeat(in *interp.Interp, a *Array, repeats, axis interp.Value) interp.Value {
	if axis == nil || interp.IsNone(axis) {
		a = ravel(a)
		axis = interp.NewInt(0)
	}
	ax := axisArg(in, axis, len(a.Shape))
	reps := asArray(in, repeats, nil)
	shape := cloneShape(a.Shape)
	unknown := func() interp.Value {
		shape[ax] = -1
		return New(shape, a.DT, nil)
	}
	if reps == nil || reps.Values() == nil || a.Shape[ax] < 0 {
		return unknown()
	}
	counts := reps.Values()
	var total int64
	for i := int64(0); i < a.Shape[ax]; i++ {
		n := counts[0]
		if len(counts) > 1 {
			if int64(len(counts)) != a.Shape[ax] {
				in.Raise(interp.ValueError, "operands could not be broadcast together with shape %s %s", shapeCompact([]int64{a.Shape[ax]}), shapeCompact([]int64{int64(len(counts))}))
			}
			n = counts[i]
		}
		if n < 0 {
			in.Raise(interp.ValueError, "repeats may not contain negative values.")
		}
		total += int64(math.Min(n, maxKnown*maxKnown))
	}
	shape[ax] = total
	if size := sizeOf(shape); size > maxKnown || !a.Known() {
		return New(shape, a.DT, nil)
	}
	in.Charge(total)
	pos := make([]int64, 0, total)
	for i := int64(0); i < a.Shape[ax]; i++ {
		n := counts[0]
		if len(counts) > 1 {
			n = counts[i]
		}
		for ; n > 0; n-- {
			pos = append(pos, i)
		}
	}
	return take(in, a, ax, pos)
}

func takeValue(in *interp.Interp, a *Array, indices, axis interp.Value) interp.Value {
	if interp.IsNone(axis) {
		a = ravel(a)
		axis = interp.NewInt(0)
	}
	ax := axisArg(in, axis, len(a.Shape))
	key := make([]interp.Value, ax+1)
	for i := range key {
		key[i] = &interp.Slice{Lo: interp.None, Hi: interp.None, Step: interp.None}
	}
	key[ax] = indices
	return getItem(in, a, interp.NewTuple(key...))
}

// matmul gives shapes as numpy does; values for small vectors and matrices.
func matmul(in *interp.Interp, v, w interp.Value) interp.Value {
	a, b := asArray(in, v, nil), asArray(in, w, nil)
	if a == nil || b == nil {
		return in.Unknown("a matrix product of values that are not known")
	}
	if len(a.Shape) == 0 || len(b.Shape) == 0 {
		return mustBinary(in, "multiply", a, b)
	}
	d := promote(a.DT, b.DT)
	row, col := len(a.Shape) == 1, len(b.Shape) == 1
	if row {
		a = a.view([]int64{1, a.Shape[0]}, []int64{0, a.strides[0]}, a.off)
	}
	if col {
		b = b.view([]int64{b.Shape[0], 1}, []int64{b.strides[0], 0}, b.off)
	}
	na, nb := len(a.Shape), len(b.Shape)
	n, k, k2, m := a.Shape[na-2], a.Shape[na-1], b.Shape[nb-2], b.Shape[nb-1]
	if k != k2 && k >= 0 && k2 >= 0 {
		in.Raise(interp.ValueError, "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size %d is different from %d)", k2, k)
	}
	batch := broadcast(in, a.Shape[:na-2], b.Shape[:nb-2])
	shape := cloneShape(batch)
	if !row {
		shape = append(shape, n)
	}
	if !col {
		shape = append(shape, m)
	}
	x, y := a.Values(), b.Values()
	if len(batch) > 0 || x == nil || y == nil || n < 0 || m < 0 || k < 0 || n*m > maxKnown/(k+1) || !d.numeric() {
		return New(shape, d, nil).result(in)
	}
	out := make([]float64, n*m)
	for i := int64(0); i < n; i++ {
		for j := int64(0); j < m; j++ {
			s := 0.0
			for p := int64(0); p < k; p++ {
				s += x[i*k+p] * y[p*m+j]
			}
			out[i*m+j], _ = d.cast(s)
		}
	}
	return New(shape, d, out).result(in)
}
