// Package numpy stands in for numpy: arrays with a shape, a dtype and, where
// they are small and known, values. It follows numpy 2 (NEP 50 promotion).
package numpy

import (
	"math"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// DType is a numpy dtype. It is itself a Python value, an instance of
// numpy.dtype that compares by kind.
type DType uint8

// The dtypes, in an order in which integers precede floats and floats precede
// complex numbers.
const (
	Bool DType = iota
	Int8
	UInt8
	Int16
	UInt16
	Int32
	UInt32
	Int64
	UInt64
	Float16
	Float32
	Float64
	Complex64
	Complex128
	StrD
	Object
)

type dtypeInfo struct {
	name string
	kind byte // as numpy's dtype.kind: b i u f c U O
	size int  // bytes an element
	char string
}

var dtypes = [...]dtypeInfo{
	Bool:       {"bool", 'b', 1, "?"},
	Int8:       {"int8", 'i', 1, "b"},
	UInt8:      {"uint8", 'u', 1, "B"},
	Int16:      {"int16", 'i', 2, "h"},
	UInt16:     {"uint16", 'u', 2, "H"},
	Int32:      {"int32", 'i', 4, "i"},
	UInt32:     {"uint32", 'u', 4, "I"},
	Int64:      {"int64", 'i', 8, "l"},
	UInt64:     {"uint64", 'u', 8, "L"},
	Float16:    {"float16", 'f', 2, "e"},
	Float32:    {"float32", 'f', 4, "f"},
	Float64:    {"float64", 'f', 8, "d"},
	Complex64:  {"complex64", 'c', 8, "F"},
	Complex128: {"complex128", 'c', 16, "D"},
	StrD:       {"str", 'U', 0, "U"},
	Object:     {"object", 'O', 8, "O"},
}

// String is numpy's name of the dtype: "float32".
func (d DType) String() string { return dtypes[d].name }

// Type implements interp.Value.
func (DType) Type() *interp.Class { return dtypeClass }

func (d DType) kind() byte      { return dtypes[d].kind }
func (d DType) isInt() bool     { return d.kind() == 'i' || d.kind() == 'u' }
func (d DType) isFloat() bool   { return d.kind() == 'f' }
func (d DType) isComplex() bool { return d.kind() == 'c' }

// numeric reports whether elements of the dtype have values that Array can hold.
func (d DType) numeric() bool { return d <= Float64 }

var dtypeNames = map[string]DType{
	"bool_": Bool, "int": Int64, "int_": Int64, "uint": UInt64, "float": Float64, "double": Float64, "single": Float32,
	"half": Float16, "complex": Complex128, "cfloat": Complex64, "long": Int64, "ulong": UInt64, "longlong": Int64,
	"ulonglong": UInt64, "intc": Int32, "uintc": UInt32, "short": Int16, "ushort": UInt16, "byte": Int8, "ubyte": UInt8,
	"intp": Int64, "uintp": UInt64, "str_": StrD, "U": StrD, "object_": Object,
	"i1": Int8, "u1": UInt8, "i2": Int16, "u2": UInt16, "i4": Int32, "u4": UInt32, "i8": Int64, "u8": UInt64,
	"f2": Float16, "f4": Float32, "f8": Float64, "c8": Complex64, "c16": Complex128, "b1": Bool, "q": Int64, "Q": UInt64,
}

func init() {
	for d, info := range dtypes {
		dtypeNames[info.name] = DType(d)
		dtypeNames[info.char] = DType(d)
	}
}

// scalarClasses are the classes of numpy scalars, which also name dtypes.
var (
	genericClass         = interp.NewNativeClass("numpy.generic", nil)
	numberClass          = interp.NewNativeClass("numpy.number", []*interp.Class{genericClass})
	integerClass         = interp.NewNativeClass("numpy.integer", []*interp.Class{numberClass})
	signedIntegerClass   = interp.NewNativeClass("numpy.signedinteger", []*interp.Class{integerClass})
	unsignedIntegerClass = interp.NewNativeClass("numpy.unsignedinteger", []*interp.Class{integerClass})
	inexactClass         = interp.NewNativeClass("numpy.inexact", []*interp.Class{numberClass})
	floatingClass        = interp.NewNativeClass("numpy.floating", []*interp.Class{inexactClass})
	complexFloatingClass = interp.NewNativeClass("numpy.complexfloating", []*interp.Class{inexactClass})
	flexibleClass        = interp.NewNativeClass("numpy.flexible", []*interp.Class{genericClass})
	characterClass       = interp.NewNativeClass("numpy.character", []*interp.Class{flexibleClass})

	scalarClasses = [...]*interp.Class{
		Bool:       interp.NewNativeClass("numpy.bool", []*interp.Class{genericClass}),
		Int8:       interp.NewNativeClass("numpy.int8", []*interp.Class{signedIntegerClass}),
		UInt8:      interp.NewNativeClass("numpy.uint8", []*interp.Class{unsignedIntegerClass}),
		Int16:      interp.NewNativeClass("numpy.int16", []*interp.Class{signedIntegerClass}),
		UInt16:     interp.NewNativeClass("numpy.uint16", []*interp.Class{unsignedIntegerClass}),
		Int32:      interp.NewNativeClass("numpy.int32", []*interp.Class{signedIntegerClass}),
		UInt32:     interp.NewNativeClass("numpy.uint32", []*interp.Class{unsignedIntegerClass}),
		Int64:      interp.NewNativeClass("numpy.int64", []*interp.Class{signedIntegerClass}),
		UInt64:     interp.NewNativeClass("numpy.uint64", []*interp.Class{unsignedIntegerClass}),
		Float16:    interp.NewNativeClass("numpy.float16", []*interp.Class{floatingClass}),
		Float32:    interp.NewNativeClass("numpy.float32", []*interp.Class{floatingClass}),
		Float64:    interp.NewNativeClass("numpy.float64", []*interp.Class{floatingClass, interp.FloatClass}),
		Complex64:  interp.NewNativeClass("numpy.complex64", []*interp.Class{complexFloatingClass}),
		Complex128: interp.NewNativeClass("numpy.complex128", []*interp.Class{complexFloatingClass, interp.ComplexClass}),
		StrD:       interp.NewNativeClass("numpy.str_", []*interp.Class{interp.StrClass, characterClass}),
		Object:     interp.NewNativeClass("numpy.object_", []*interp.Class{genericClass}),
	}

	dtypeOfClass = map[*interp.Class]DType{
		interp.BoolClass: Bool, interp.IntClass: Int64, interp.FloatClass: Float64, interp.ComplexClass: Complex128,
		interp.StrClass: StrD, interp.ObjectClass: Object,
		// np.dtype(np.floating) and the like are deprecated spellings of the default of their kind.
		floatingClass: Float64, inexactClass: Float64, integerClass: Int64, signedIntegerClass: Int64, unsignedIntegerClass: UInt64,
	}
)

func init() {
	for d, c := range scalarClasses {
		dtypeOfClass[c] = DType(d)
	}
}

var dtypeClass = interp.NewNativeClass("numpy.dtype", nil)

func init() {
	dtypeClass.New = func(in *interp.Interp, _ *interp.Class, args []interp.Value, _ []interp.KW) interp.Value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "dtype() missing required argument 'dtype' (pos 1)")
		}
		return toDType(in, args[0], Float64)
	}
	prop := func(name string, f func(d DType) interp.Value) interp.Method {
		return interp.Method{Name: name, Sig: "self", Kind: "property", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return f(a[0].(DType))
		}}
	}
	dtypeClass.AddMethods(
		prop("name", func(d DType) interp.Value { return interp.NewStr(d.String()) }),
		prop("kind", func(d DType) interp.Value { return interp.NewStr(string(rune(d.kind()))) }),
		prop("char", func(d DType) interp.Value { return interp.NewStr(dtypes[d].char) }),
		prop("itemsize", func(d DType) interp.Value { return interp.NewInt(int64(dtypes[d].size)) }),
		prop("type", func(d DType) interp.Value { return scalarClasses[d] }),
		prop("str", func(d DType) interp.Value { return interp.NewStr(d.arrayProtocol()) }),
		prop("shape", func(DType) interp.Value { return interp.EmptyTuple }),
		prop("names", func(DType) interp.Value { return interp.None }),
		prop("fields", func(DType) interp.Value { return interp.None }),
		prop("byteorder", func(DType) interp.Value { return interp.NewStr("=") }),
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "newbyteorder", Sig: "self, order=None", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
		interp.Method{Name: "__eq__", Sig: "self, other", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			d, ok := asDType(a[1])
			return interp.NewBool(ok && d == a[0].(DType))
		}},
		interp.Method{Name: "__ne__", Sig: "self, other", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			d, ok := asDType(a[1])
			return interp.NewBool(!ok || d != a[0].(DType))
		}},
		interp.Method{Name: "__hash__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return interp.NewInt(int64(a[0].(DType)) + 7001)
		}},
		interp.Method{Name: "__repr__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			switch d := a[0].(DType); d {
			case StrD:
				return interp.NewStr("dtype('<U0')")
			case Object:
				return interp.NewStr("dtype('O')")
			default:
				return interp.NewStr("dtype('" + d.String() + "')")
			}
		}},
		interp.Method{Name: "__str__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return interp.NewStr(a[0].(DType).String())
		}},
	)
}

func (d DType) arrayProtocol() string {
	info := dtypes[d]
	order := "<"
	switch {
	case d == Object:
		return "|O"
	case info.size == 1:
		order = "|"
	}
	return order + string(rune(info.kind)) + itoa(int64(info.size))
}

// asDType reads what numpy accepts as a dtype: a dtype, a scalar class, a
// Python type, or a name.
func asDType(v interp.Value) (DType, bool) {
	switch v := v.(type) {
	case DType:
		return v, true
	case *interp.Class:
		d, ok := dtypeOfClass[v]
		return d, ok
	case interp.Str:
		d, ok := dtypeNames[strings.TrimLeft(v.S, "<>=|")]
		return d, ok
	}
	return 0, false
}

// toDType is asDType with numpy's complaint; None gives the default.
func toDType(in *interp.Interp, v interp.Value, def DType) DType {
	if v == nil || interp.IsNone(v) {
		return def
	}
	if d, ok := asDType(v); ok {
		return d
	}
	if s, ok := v.(interp.Str); ok {
		in.Raise(interp.TypeError, "data type '%s' not understood", s.S)
	}
	in.Raise(interp.TypeError, "Cannot interpret '%s' as a data type", in.Repr(v))
	return 0
}

// promote is numpy's result dtype of two strongly typed operands.
func promote(a, b DType) DType {
	if a == b {
		return a
	}
	if a > b {
		a, b = b, a
	}
	switch {
	case b >= StrD:
		return b
	case a == Bool:
		return b
	case b.isComplex():
		if b == Complex64 && (a == Float64 || a.isInt() && dtypes[a].size > 2) {
			return Complex128
		}
		return b
	case b.isFloat():
		if a.isFloat() {
			return b
		}
		switch size := dtypes[a].size; { // a is an integer
		case size == 1:
			return b
		case size == 2:
			return max(b, Float32)
		}
		return Float64
	case a.kind() == b.kind():
		return b
	}
	// One signed and one unsigned: the next larger signed type that holds both.
	s, u := a, b
	if s.kind() == 'u' {
		s, u = b, a
	}
	switch {
	case dtypes[s].size > dtypes[u].size:
		return s
	case u == UInt8:
		return Int16
	case u == UInt16:
		return Int32
	case u == UInt32:
		return Int64
	}
	return Float64
}

// promoteWeak is the result dtype of an operand of dtype d and a plain Python
// number whose default dtype is w (NEP 50: only its kind counts).
func promoteWeak(d, w DType) DType {
	switch {
	case w == Bool, d >= StrD:
		return d
	case w == Int64:
		if d == Bool {
			return Int64
		}
		return d
	case w == Float64:
		if d == Bool || d.isInt() {
			return Float64
		}
		return d
	case w == Complex128:
		switch {
		case d.isComplex():
			return d
		case d == Float32 || d == Float16:
			return Complex64
		}
		return Complex128
	}
	return promote(d, w)
}

// exactInt bounds the integers that a float64 holds exactly.
const exactInt = 1 << 53

// cast gives the value of x as an element of dtype d. It reports false where
// the exact value does not fit a float64 or is undefined by C.
func (d DType) cast(x float64) (float64, bool) {
	switch d {
	case Bool:
		if x != 0 {
			return 1, true
		}
		return 0, true
	case Float64:
		return x, true
	case Float32:
		return float64(float32(x)), true
	case Float16:
		return toHalf(x), true
	}
	if !d.isInt() {
		return 0, false
	}
	if math.IsNaN(x) || math.Abs(x) > exactInt {
		return 0, false
	}
	n := int64(x)
	switch d {
	case Int8:
		n = int64(int8(n))
	case UInt8:
		n = int64(uint8(n))
	case Int16:
		n = int64(int16(n))
	case UInt16:
		n = int64(uint16(n))
	case Int32:
		n = int64(int32(n))
	case UInt32:
		n = int64(uint32(n))
	case UInt64:
		if n < 0 {
			return 0, false
		}
	}
	return float64(n), true
}

// toHalf rounds to the nearest float16, ties to even.
func toHalf(x float64) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	_, e := math.Frexp(x)
	e = max(e, -13) // subnormals share the exponent of the smallest normal number
	unit := math.Ldexp(1, e-11)
	r := math.RoundToEven(x/unit) * unit
	if math.Abs(r) > 65504 {
		return math.Inf(int(math.Copysign(1, x)))
	}
	return r
}
