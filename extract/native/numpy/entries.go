package numpy

import (
	"math"

	"github.com/arch-extract/arch-extract/extract/interp"
)

type (
	value  = interp.Value
	interT = *interp.Interp
)

// Version is the release of numpy that this package stands in for.
const Version = "2.4.6"

// Entries is the table of what numpy offers here.
func Entries() []interp.Entry {
	var out []interp.Entry
	fn := func(name, sig string, f interp.NativeFn) {
		out = append(out, interp.Entry{Name: "numpy." + name, Sig: sig, Fn: known(name, f)})
	}
	alias := func(name, of string) {
		out = append(out, interp.Entry{Name: "numpy." + name, Alias: "numpy." + of})
	}
	constant := func(name string, v value) {
		out = append(out, interp.Entry{Name: "numpy." + name, Value: func(interT) value { return v }})
	}
	class := func(name string, c *interp.Class) {
		out = append(out, interp.Entry{Name: "numpy." + name, Class: c})
	}

	constant("__version__", interp.NewStr(Version))
	constant("version.version", interp.NewStr(Version))
	constant("lib.NumpyVersion", interp.NewStr(Version))
	constant("pi", interp.NewFloat(math.Pi))
	constant("e", interp.NewFloat(math.E))
	constant("euler_gamma", interp.NewFloat(0.5772156649015329))
	constant("inf", interp.NewFloat(math.Inf(1)))
	constant("nan", interp.NewFloat(math.NaN()))
	constant("newaxis", interp.None)
	constant("True_", newScalar(Bool, 1, nil))
	constant("False_", newScalar(Bool, 0, nil))

	class("ndarray", Class)
	class("dtype", dtypeClass)
	class("generic", genericClass)
	class("number", numberClass)
	class("integer", integerClass)
	class("signedinteger", signedIntegerClass)
	class("unsignedinteger", unsignedIntegerClass)
	class("inexact", inexactClass)
	class("floating", floatingClass)
	class("complexfloating", complexFloatingClass)
	class("flexible", flexibleClass)
	class("character", characterClass)
	class("exceptions.AxisError", axisError)
	for d, c := range scalarClasses {
		class(c.Name, c)
		_ = d
	}
	for name, of := range map[string]string{
		"bool_": "bool", "int_": "int64", "intp": "int64", "long": "int64", "longlong": "int64", "uint": "uint64", "uintp": "uint64",
		"ulong": "uint64", "ulonglong": "uint64", "intc": "int32", "uintc": "uint32", "short": "int16", "ushort": "uint16",
		"byte": "int8", "ubyte": "uint8", "half": "float16", "single": "float32", "double": "float64",
		"csingle": "complex64", "cdouble": "complex128",
	} {
		alias(name, of)
	}
	class("typing.NDArray", genericAlias("numpy.typing.NDArray"))
	class("typing.ArrayLike", genericAlias("numpy.typing.ArrayLike"))
	class("typing.DTypeLike", genericAlias("numpy.typing.DTypeLike"))
	for _, name := range []string{"memmap", "matrix", "ufunc", "lib.npyio.NpzFile"} {
		class(name, interp.NewNativeClass("numpy."+name, nil))
	}

	for i := range unaries {
		u := &unaries[i]
		out = append(out, interp.Entry{Name: "numpy." + u.name, Raw: func(in interT, a []value, kw []interp.KW) value {
			return call(in, u.name, 1, a, kw, func(a []value) value { return u.apply(in, a[0]) })
		}})
	}
	for i := range binaries {
		b := &binaries[i]
		var k *interp.Kernel
		if b.name == "power" { // tables of frequencies
			k = &interp.Kernel{F: b.f, Box: boxFloats}
		}
		out = append(out, interp.Entry{Name: "numpy." + b.name, Kernel: k, Raw: func(in interT, a []value, kw []interp.KW) value {
			if len(a) == 2 && len(kw) == 0 {
				if r, ok := b.apply(in, a[0], a[1]); ok {
					return r
				}
			}
			return call(in, b.name, 2, a, kw, func(a []value) value { return mustBinary(in, b.name, a[0], a[1]) })
		}})
	}
	for _, m := range []map[string]string{unaryAliases, binaryAliases, reductionAliases} {
		for name, of := range m {
			alias(name, of)
		}
	}
	fn("invert", "x", func(in interT, a []value) value { return invertValue(in, a[0]) })
	alias("bitwise_not", "invert")
	for i := range reductions {
		r := &reductions[i]
		switch r.name {
		case "argmax", "argmin":
			fn(r.name, "a, axis=None, out=None, *, keepdims=False", func(in interT, a []value) value { return r.run(in, a[0], a[1], a[3], nil) })
		default:
			fn(r.name, "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True", func(in interT, a []value) value {
				return r.run(in, a[0], a[1], a[4], a[2])
			})
		}
	}
	fn("var", "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False", func(in interT, a []value) value { return variance(in, a[0], a[1], a[4], a[5], false) })
	fn("std", "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False", func(in interT, a []value) value { return variance(in, a[0], a[1], a[4], a[5], true) })
	fn("average", "a, axis=None, weights=None", func(in interT, a []value) value {
		if !interp.IsNone(a[2]) {
			return in.Unknown("a weighted average")
		}
		return reductionNamed("mean").run(in, a[0], a[1], nil, nil)
	})
	fn("cumsum", "a, axis=None, dtype=None, out=None", func(in interT, a []value) value {
		return cumulative(in, a[0], a[1], a[2], func(x, y float64) float64 { return x + y })
	})
	fn("cumprod", "a, axis=None, dtype=None, out=None", func(in interT, a []value) value {
		return cumulative(in, a[0], a[1], a[2], func(x, y float64) float64 { return x * y })
	})
	fn("round", "a, decimals=0, out=None", func(in interT, a []value) value { return round(in, a[0], a[1]) })
	alias("around", "round")
	fn("clip", "a, a_min=None, a_max=None, out=None", func(in interT, a []value) value {
		if x := asArray(in, a[0], nil); x != nil && len(x.Shape) > 0 {
			a[0] = x
		}
		return clip(in, a[0], a[1], a[2])
	})

	createEntries(fn)
	shapeEntries(fn)
	alias("concat", "concatenate")
	alias("permute_dims", "transpose")
	alias("row_stack", "vstack")

	fn("finfo", "dtype", func(in interT, a []value) value { return finfo(in, a[0]) })
	fn("iinfo", "type", func(in interT, a []value) value { return iinfo(in, a[0]) })
	fn("issubdtype", "arg1, arg2", func(in interT, a []value) value {
		return interp.NewBool(classOf(in, a[0]).Is(classOf(in, a[1])))
	})
	fn("result_type", "*args", func(in interT, a []value) value {
		var d DType
		for i, v := range a[0].(*interp.Tuple).V {
			e, ok := asDType(v)
			if !ok {
				if x := asArray(in, v, nil); x != nil {
					e = x.DT
				}
			}
			if i == 0 {
				d = e
			} else {
				d = promote(d, e)
			}
		}
		return d
	})
	alias("promote_types", "result_type")
	fn("can_cast", "from_, to, casting='safe'", func(in interT, a []value) value {
		f, to := toDType(in, a[0], Float64), toDType(in, a[1], Float64)
		return interp.NewBool(promote(f, to) == to)
	})
	fn("isscalar", "element", func(in interT, a []value) value {
		_, _, _, ok := number(a[0])
		if _, isStr := a[0].(interp.Str); isStr {
			ok = true
		}
		return interp.NewBool(ok)
	})
	for _, name := range []string{"iscomplexobj", "iscomplex"} {
		fn(name, "x", func(in interT, a []value) value {
			x := asArray(in, a[0], nil)
			return interp.NewBool(x != nil && x.DT.isComplex())
		})
	}
	fn("isrealobj", "x", func(in interT, a []value) value {
		x := asArray(in, a[0], nil)
		return interp.NewBool(x == nil || !x.DT.isComplex())
	})
	for _, name := range []string{"seterr", "geterr", "set_printoptions", "setbufsize"} {
		fn(name, "*args, **kwargs", func(in interT, a []value) value { return interp.NewDict() })
	}
	for _, name := range []string{"load", "loadtxt", "fromfile", "genfromtxt", "frombuffer", "linalg.svd", "linalg.pinv", "linalg.inv", "linalg.qr", "linalg.eigh", "linalg.solve", "interp", "histogram", "unique", "percentile", "quantile", "searchsorted", "bincount", "convolve", "array2string", "einsum", "save", "savez"} {
		fn(name, "*args, **kwargs", func(in interT, a []value) value { return in.Unknown("np.%s", name) })
	}
	fn("cross", "a, b", func(in interT, a []value) value { return cross(in, a[0], a[1]) })
	fn("linalg.norm", "x, ord=None, axis=None, keepdims=False", func(in interT, a []value) value {
		x := asArray(in, a[0], nil)
		if x == nil || !interp.IsNone(a[1]) {
			return in.Unknown("np.linalg.norm")
		}
		s := reductionNamed("sum").run(in, mustBinary(in, "multiply", x, x), a[2], a[3], Float64)
		return unaryNamed("sqrt").apply(in, s)
	})
	for _, name := range []string{"fft.fft", "fft.ifft", "fft.rfft", "fft.irfft", "fft.fftn", "fft.fft2"} {
		fn(name, "a, n=None, axis=-1, norm=None", func(in interT, a []value) value {
			x := asArray(in, a[0], nil)
			if x == nil || len(x.Shape) == 0 {
				return in.Unknown("np.%s", name)
			}
			shape := cloneShape(x.Shape)
			if ax := axisArg(in, a[2], len(shape)); name == "fft.rfft" && shape[ax] >= 0 {
				shape[ax] = shape[ax]/2 + 1
			}
			return New(shape, Complex128, nil)
		})
	}
	for _, w := range []struct {
		name string
		a    float64
	}{{"hanning", 0.5}, {"hamming", 0.54}} {
		fn(w.name, "M", func(in interT, a []value) value {
			n := in.Int(plain(a[0]))
			out := full(in, []int64{max(n, 0)}, Float64, 1)
			if out.buf.v != nil && n > 1 {
				for i := range out.buf.v {
					out.buf.v[i] = w.a + (1-w.a)*math.Cos(math.Pi*float64(1-n+2*int64(i))/float64(n-1))
				}
			}
			return out
		})
	}
	out = append(out, randomEntries()...)
	for _, m := range []string{"numpy.core", "numpy._core"} {
		for _, sub := range []string{"multiarray.scalar", "multiarray._reconstruct"} {
			out = append(out, interp.Entry{Name: m + "." + sub, Sig: "*args", Fn: func(in interT, a []value) value { return in.Unknown("unpickled data") }})
		}
		out = append(out, interp.Entry{Name: m + ".umath.pi", Alias: "numpy.pi"})
	}
	return out
}

// known wraps a function so that unknown arguments give an unknown result.
func known(name string, f interp.NativeFn) interp.NativeFn {
	return func(in interT, a []value) value {
		for _, v := range a {
			if u, ok := v.(*interp.Unknown); ok && !takesUnknown[name] {
				return u
			}
		}
		return f(in, a)
	}
}

// takesUnknown names the functions that have something to say even where an
// argument is unknown: the shape of the result.
var takesUnknown = map[string]bool{
	"zeros": true, "ones": true, "empty": true, "full": true, "arange": true, "linspace": true, "put_along_axis": true,
	"broadcast_to": true, "reshape": true, "full_like": true, "zeros_like": true, "ones_like": true, "repeat": true,
	"random.rand": true, "random.randn": true, "random.random": true, "random.uniform": true, "random.normal": true,
	"random.randint": true, "random.choice": true, "random.permutation": true, "random.seed": true, "random.shuffle": true,
}

// genericAlias is a name that stands in annotations only; NAME[X] is itself.
func genericAlias(name string) *interp.Class {
	c := interp.NewNativeClass(name, nil)
	c.AddMethods(interp.Method{Name: "__class_getitem__", Sig: "cls, item", Kind: "class", Fn: func(_ interT, a []value) value { return a[0] }})
	return c
}

func classOf(in interT, v value) *interp.Class {
	if c, ok := v.(*interp.Class); ok {
		if d, isPy := dtypeOfClass[c]; isPy && !c.Is(genericClass) {
			return scalarClasses[d]
		}
		return c
	}
	return scalarClasses[toDType(in, v, Float64)]
}

var finfoClass = interp.NewNativeClass("numpy.finfo", nil)
var iinfoClass = interp.NewNativeClass("numpy.iinfo", nil)

func finfo(in interT, v value) value {
	d, ok := asDType(v)
	if !ok {
		if x := asArray(in, v, nil); x != nil {
			d = x.DT
		}
	}
	var lo, tiny, eps float64
	bits := int64(dtypes[d].size * 8)
	switch d {
	case Float64, Complex128:
		lo, tiny, eps, d = -math.MaxFloat64, 2.2250738585072014e-308, 0x1p-52, Float64
	case Float32, Complex64:
		lo, tiny, eps, d = -math.MaxFloat32, 0x1p-126, 0x1p-23, Float32
	case Float16:
		lo, tiny, eps = -65504, 0x1p-14, 0x1p-10
	default:
		in.Raise(interp.ValueError, "data type %s not inexact", in.Repr(scalarClasses[d]))
	}
	o := &interp.Instance{Cls: finfoClass, Dict: interp.NewDict()}
	o.Dict.SetStr("min", newScalar(d, lo, nil))
	o.Dict.SetStr("max", newScalar(d, -lo, nil))
	o.Dict.SetStr("eps", newScalar(d, eps, nil))
	o.Dict.SetStr("tiny", newScalar(d, tiny, nil))
	o.Dict.SetStr("smallest_normal", newScalar(d, tiny, nil))
	o.Dict.SetStr("bits", interp.NewInt(bits))
	o.Dict.SetStr("dtype", d)
	return o
}

func iinfo(in interT, v value) value {
	d, ok := asDType(v)
	if !ok {
		if x := asArray(in, v, nil); x != nil {
			d = x.DT
		}
	}
	if !d.isInt() {
		in.Raise(interp.ValueError, "Invalid integer data type '%s'.", string(rune(d.kind())))
	}
	bits := int64(dtypes[d].size * 8)
	o := &interp.Instance{Cls: iinfoClass, Dict: interp.NewDict()}
	var lo, hi value
	switch {
	case d == UInt64:
		lo, hi = interp.NewInt(0), maxUint64
	case d.kind() == 'u':
		lo, hi = interp.NewInt(0), interp.NewInt(1<<bits-1)
	default:
		lo, hi = interp.NewInt(-1<<(bits-1)), interp.NewInt(1<<(bits-1)-1)
	}
	o.Dict.SetStr("min", lo)
	o.Dict.SetStr("max", hi)
	o.Dict.SetStr("bits", interp.NewInt(bits))
	o.Dict.SetStr("dtype", d)
	return o
}
