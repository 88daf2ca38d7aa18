package tensor

import (
	"math"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// DType is a torch dtype.
type DType uint8

// The dtypes.
const (
	Float32 DType = iota
	Float64
	Float16
	BFloat16
	Int64
	Int32
	Int16
	Int8
	UInt8
	Bool
	Complex64
	Complex128
	Float8E4M3
	Float8E5M2
	UInt16
	UInt32
	UInt64
	Complex32
	Float8E8M0
	Float8E4M3FNUZ
	Float8E5M2FNUZ
	numDTypes
)

var dtypeNames = [numDTypes]string{"float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
	"complex64", "complex128", "float8_e4m3fn", "float8_e5m2", "uint16", "uint32", "uint64", "complex32", "float8_e8m0fnu", "float8_e4m3fnuz", "float8_e5m2fnuz"}

// scalarNames are the names of C++ scalar types, as messages show them.
var scalarNames = [numDTypes]string{"Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool",
	"ComplexFloat", "ComplexDouble", "Float8_e4m3fn", "Float8_e5m2", "UInt16", "UInt32", "UInt64", "ComplexHalf", "Float8_e8m0fnu", "Float8_e4m3fnuz", "Float8_e5m2fnuz"}

var itemSizes = [numDTypes]int64{4, 8, 2, 2, 8, 4, 2, 1, 1, 1, 8, 16, 1, 1, 2, 4, 8, 4, 1, 1, 1}

// String is the name without "torch.": "float32".
func (d DType) String() string { return dtypeNames[d] }

// ScalarName is the name in torch's messages: "Float", "Long".
func (d DType) ScalarName() string { return scalarNames[d] }

// ItemSize is the size of an element in bytes.
func (d DType) ItemSize() int64 { return itemSizes[d] }

// IsFloat reports whether d is a real floating point type.
func (d DType) IsFloat() bool {
	return d <= BFloat16 || d == Float8E4M3 || d == Float8E5M2 || d >= Float8E8M0
}

// IsComplex reports whether d is complex.
func (d DType) IsComplex() bool { return d == Complex64 || d == Complex128 || d == Complex32 }

// IsInt reports whether d is an integer type (bool is not).
func (d DType) IsInt() bool { return !d.IsFloat() && !d.IsComplex() && d != Bool }

// IsSigned reports whether d can hold negative numbers.
func (d DType) IsSigned() bool {
	switch d {
	case UInt8, UInt16, UInt32, UInt64, Bool:
		return false
	}
	return true
}

// ToReal is the type of the parts of a complex type; others are unchanged.
func (d DType) ToReal() DType {
	switch d {
	case Complex64:
		return Float32
	case Complex128:
		return Float64
	case Complex32:
		return Float16
	}
	return d
}

// ToComplex is the complex type whose parts are d.
func (d DType) ToComplex() DType {
	switch d {
	case Float64:
		return Complex128
	case Float16:
		return Complex32
	case Complex64, Complex128, Complex32:
		return d
	}
	return Complex64
}

// DTypeClass is torch.dtype. Its attributes are added by package torch.
var DTypeClass = interp.NewNativeClass("torch.dtype", nil)

// DTypeObj is a dtype as a Python object. Each dtype has one.
type DTypeObj struct{ D DType }

// Type implements interp.Value.
func (*DTypeObj) Type() *interp.Class { return DTypeClass }

var dtypeObjs = func() (o [numDTypes]*DTypeObj) {
	for i := range o {
		o[i] = &DTypeObj{DType(i)}
	}
	return o
}()

// Value is the dtype's Python object.
func (d DType) Value() interp.Value { return dtypeObjs[d] }

// DTypes are all dtypes.
func DTypes() []DType {
	all := make([]DType, numDTypes)
	for i := range all {
		all[i] = DType(i)
	}
	return all
}

// DTypeByName is the dtype called name, without "torch.".
func DTypeByName(name string) (DType, bool) {
	for i, n := range dtypeNames {
		if n == name {
			return DType(i), true
		}
	}
	return 0, false
}

// AsDType is the dtype that v denotes: a dtype object or one of Python's number types; false for others.
func AsDType(in *interp.Interp, v interp.Value) (DType, bool) {
	switch v := v.(type) {
	case *DTypeObj:
		return v.D, true
	case *interp.Class:
		switch v {
		case interp.FloatClass:
			return Float64, true
		case interp.IntClass:
			return Int64, true
		case interp.BoolClass:
			return Bool, true
		case interp.ComplexClass:
			return Complex128, true
		}
	}
	return 0, false
}

// DTypeArg is the dtype argument of function fn: def where it is None or not given. It
// raises TypeError for other types.
func DTypeArg(in *interp.Interp, fn string, v interp.Value, def DType) DType {
	if v == nil || interp.IsNone(v) {
		return def
	}
	if d, ok := AsDType(in, v); ok {
		return d
	}
	if _, ok := v.(*interp.Unknown); ok {
		return def
	}
	in.Raise(interp.TypeError, "%s(): argument 'dtype' must be torch.dtype, not %s", fn, v.Type().Name)
	return def
}

// rank orders the dtypes within promotion.
func category(d DType) int {
	switch {
	case d.IsComplex():
		return 3
	case d.IsFloat():
		return 2
	case d == Bool:
		return 0
	}
	return 1
}

var intWidth = map[DType]int{UInt8: 1, Int8: 1, Int16: 2, UInt16: 2, Int32: 3, UInt32: 3, Int64: 4, UInt64: 4}

// PromoteTypes is torch.promote_types.
func PromoteTypes(a, b DType) DType {
	if a == b {
		return a
	}
	ca, cb := category(a), category(b)
	if ca < cb {
		a, b, ca, cb = b, a, cb, ca
	}
	switch ca {
	case 3:
		if cb == 3 {
			if a == Complex128 || b == Complex128 {
				return Complex128
			}
			return Complex64
		}
		if cb == 2 {
			if b == Float64 {
				return Complex128
			}
			if a == Complex32 && b != Float16 {
				return Complex64
			}
		}
		return a
	case 2:
		if cb < 2 {
			return a
		}
		switch {
		case a == Float64 || b == Float64:
			return Float64
		}
		return Float32 // float16 with bfloat16, and either with float32
	case 1:
		if cb == 0 {
			return a
		}
		if a == UInt8 && b == Int8 || a == Int8 && b == UInt8 {
			return Int16
		}
		if intWidth[a] >= intWidth[b] {
			if intWidth[a] == intWidth[b] {
				return Int64
			}
			return a
		}
		return b
	}
	return a
}

// Operand is what type promotion looks at: a tensor, or a Python number.
type Operand struct {
	DType  DType
	Rank   int
	Number bool // a Python number
}

// ResultType is the dtype of an operation over operands: tensors with
// dimensions decide, then 0-dimensional ones, then numbers, each only where
// they are of a higher category.
func ResultType(def DType, ops ...Operand) DType {
	var t [3]struct {
		d  DType
		ok bool
	}
	for _, o := range ops {
		k := 0
		d := o.DType
		switch {
		case o.Number:
			k = 2
			if d.IsFloat() {
				d = def
			} else if d.IsComplex() {
				d = def.ToComplex()
			}
		case o.Rank == 0:
			k = 1
		}
		if t[k].ok {
			d = PromoteTypes(t[k].d, d)
		}
		t[k].d, t[k].ok = d, true
	}
	combine := func(hi, lo struct {
		d  DType
		ok bool
	}) struct {
		d  DType
		ok bool
	} {
		if !hi.ok {
			return lo
		}
		if !lo.ok {
			return hi
		}
		if category(lo.d) > category(hi.d) {
			d := lo.d
			if lo.d.IsComplex() && hi.d.IsFloat() {
				// complex with a float tensor keeps the float's precision
				d = hi.d.ToComplex()
				if hi.d == BFloat16 {
					d = Complex64
				}
			}
			hi.d = d
		}
		return hi
	}
	return combine(t[0], combine(t[1], t[2])).d
}

// NumberDType is the dtype of a Python number in promotion (before the default
// dtype applies): Bool, Int64, Float64 or Complex128.
func NumberDType(v interp.Value) (DType, bool) {
	switch v.(type) {
	case interp.Bool:
		return Bool, true
	case interp.Int, interp.BigInt:
		return Int64, true
	case interp.Float:
		return Float64, true
	case interp.Complex:
		return Complex128, true
	}
	return 0, false
}

// Round is v as an element of dtype d holds it.
func Round(d DType, v float64) float64 {
	switch d {
	case Float64:
		return v
	case Float32:
		return float64(float32(v))
	case BFloat16:
		return roundBits(v, 8, 127, 3.3895313892515355e38)
	case Float16:
		return roundBits(v, 11, 15, 65504)
	case Float8E4M3:
		return roundBits(v, 4, 6, 448)
	case Float8E5M2:
		return roundBits(v, 3, 15, 57344)
	case Bool:
		if v != 0 {
			return 1
		}
		return 0
	case Int64:
		return saturate(math.Trunc(v), -9.223372036854775808e18, 9.223372036854775807e18)
	case UInt64:
		return saturate(math.Trunc(v), 0, 18446744073709551615)
	case Int32:
		return float64(int32(int64(saturate(v, -9.2e18, 9.2e18))))
	case Int16:
		return float64(int16(int64(saturate(v, -9.2e18, 9.2e18))))
	case Int8:
		return float64(int8(int64(saturate(v, -9.2e18, 9.2e18))))
	case UInt8:
		return float64(uint8(int64(saturate(v, -9.2e18, 9.2e18))))
	case UInt16:
		return float64(uint16(int64(saturate(v, -9.2e18, 9.2e18))))
	case UInt32:
		return float64(uint32(int64(saturate(v, -9.2e18, 9.2e18))))
	}
	return v
}

func saturate(v, lo, hi float64) float64 {
	switch {
	case v != v:
		return 0
	case v < lo:
		return lo
	case v > hi:
		return hi
	}
	return v
}

// roundBits rounds to a binary float with bits of significand (the hidden one
// included) and smallest normal exponent 1-bias, ties to even.
func roundBits(v float64, bits, bias int, most float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	_, e := math.Frexp(v) // |v| in [2^(e-1), 2^e)
	q := e - bits
	if low := 1 - bias - (bits - 1); q < low {
		q = low
	}
	r := math.Ldexp(math.RoundToEven(math.Ldexp(v, -q)), q)
	if math.Abs(r) > most {
		return math.Inf(int(math.Copysign(1, v)))
	}
	return r
}
