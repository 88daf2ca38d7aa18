package numpy

import (
	"math"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// maxKnown bounds the arrays whose values are kept, in elements.
const maxKnown = 1 << 16

// Array is an ndarray: a shape, a dtype, and a window into a buffer that views
// share. A dimension below 0 has an unknown size; such an array, like one that
// is large or comes from data, has no values.
type Array struct {
	Shape   []int64
	DT      DType
	strides []int64 // in elements
	off     int64
	buf     *buffer
}

// buffer is the storage behind an array and its views; v is nil where the
// values are not known.
type buffer struct{ v []float64 }

// Class is numpy.ndarray. Its methods are in methods.go.
var Class = interp.NewNativeClass("numpy.ndarray", nil)

// Type implements interp.Value.
func (*Array) Type() *interp.Class { return Class }

// New makes an array that owns data, row-major; nil data means unknown values.
func New(shape []int64, d DType, data []float64) *Array {
	a := &Array{Shape: shape, DT: d, strides: contiguous(shape), buf: &buffer{data}}
	if !d.numeric() || a.Size() < 0 {
		a.buf.v = nil
	}
	return a
}

// zeros makes an array with values all x, or unknown values where it is large.
func full(in *interp.Interp, shape []int64, d DType, x float64) *Array {
	n := sizeOf(shape)
	if n < 0 || n > maxKnown || !d.numeric() {
		return New(shape, d, nil)
	}
	in.Charge(n)
	data := make([]float64, n)
	if x != 0 {
		for i := range data {
			data[i] = x
		}
	}
	return New(shape, d, data)
}

func contiguous(shape []int64) []int64 {
	st := make([]int64, len(shape))
	n := int64(1)
	for i := len(shape) - 1; i >= 0; i-- {
		st[i] = n
		n *= max(shape[i], 1)
	}
	return st
}

// sizeOf is the number of elements, or -1 where a dimension is unknown; sizes
// beyond 2^62 saturate.
func sizeOf(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		if d < 0 {
			return -1
		}
	}
	for _, d := range shape {
		if d != 0 && n > (1<<62)/d {
			n = 1 << 62
			continue
		}
		n *= d
	}
	return n
}

// Size is the number of elements, -1 where it is unknown.
func (a *Array) Size() int64 { return sizeOf(a.Shape) }

// Known reports whether the values are known.
func (a *Array) Known() bool { return a.buf.v != nil || a.Size() == 0 }

func (a *Array) isContiguous() bool {
	n := int64(1)
	for i := len(a.Shape) - 1; i >= 0; i-- {
		if a.Shape[i] != 1 && a.strides[i] != n {
			return false
		}
		n *= a.Shape[i]
	}
	return true
}

// Values are the elements in row-major order, nil where unknown. The slice
// must not be changed.
func (a *Array) Values() []float64 {
	n := a.Size()
	if n == 0 {
		return []float64{}
	}
	if a.buf.v == nil || n < 0 || n > maxKnown*16 {
		return nil
	}
	if a.isContiguous() {
		return a.buf.v[a.off : a.off+n]
	}
	out := make([]float64, 0, n)
	a.each(func(at int64) { out = append(out, a.buf.v[at]) })
	return out
}

// each calls f with the place in the buffer of every element, in row-major order.
func (a *Array) each(f func(at int64)) {
	if a.Size() <= 0 {
		return
	}
	nd := len(a.Shape)
	if nd == 0 {
		f(a.off)
		return
	}
	idx := make([]int64, nd)
	at := a.off
	last := nd - 1
	for {
		for i := int64(0); i < a.Shape[last]; i++ {
			f(at + i*a.strides[last])
		}
		d := last - 1
		for ; d >= 0; d-- {
			idx[d]++
			at += a.strides[d]
			if idx[d] < a.Shape[d] {
				break
			}
			at -= idx[d] * a.strides[d]
			idx[d] = 0
		}
		if d < 0 {
			return
		}
	}
}

// forget drops the values of an array and of everything that shares them.
func (a *Array) forget() { a.buf.v = nil }

// view is another window into the same buffer.
func (a *Array) view(shape, strides []int64, off int64) *Array {
	return &Array{Shape: shape, DT: a.DT, strides: strides, off: off, buf: a.buf}
}

// copy is a contiguous copy.
func (a *Array) copy() *Array {
	v := a.Values()
	if v != nil {
		v = append([]float64(nil), v...)
	}
	return New(append([]int64(nil), a.Shape...), a.DT, v)
}

// result is the array as numpy's functions return it: zero-dimensional ones as scalars.
func (a *Array) result(in *interp.Interp) interp.Value {
	if len(a.Shape) > 0 {
		return a
	}
	v := a.Values()
	if v == nil {
		return in.Unknown("an element of a numpy array whose values are not known")
	}
	return newScalar(a.DT, v[0], nil)
}

// astype converts; values that do not fit become unknown.
func astype(in *interp.Interp, a *Array, d DType) *Array {
	v := a.Values()
	if v == nil || !d.numeric() {
		return New(append([]int64(nil), a.Shape...), d, nil)
	}
	in.Charge(int64(len(v)))
	out := make([]float64, len(v))
	for i, x := range v {
		y, ok := d.cast(x)
		if !ok {
			return New(append([]int64(nil), a.Shape...), d, nil)
		}
		out[i] = y
	}
	return New(append([]int64(nil), a.Shape...), d, out)
}

// asArray is np.asarray(v, dtype): arrays as they are, numbers, nested lists
// and tuples, tensors. dt is nil where the dtype follows from the values. It
// returns nil where the dtype depends on something unknown.
func asArray(in *interp.Interp, v interp.Value, dt *DType) *Array {
	a := tryArray(in, v, dt)
	if a != nil && dt != nil && a.DT != *dt {
		return astype(in, a, *dt)
	}
	return a
}

func tryArray(in *interp.Interp, v interp.Value, dt *DType) *Array {
	switch v := v.(type) {
	case *Array:
		return v
	case *tensor.Tensor:
		return fromTensor(in, v)
	case *interp.Unknown:
		return nil
	case *interp.List, *interp.Tuple, *interp.Range:
		return nested(in, v, dt)
	}
	if x, d, _, ok := number(v); ok {
		if d.isInt() && math.Abs(x) > exactInt {
			return New(nil, d, nil)
		}
		return New([]int64{}, d, []float64{x})
	}
	switch v.(type) {
	case interp.Str, interp.Bytes:
		return New([]int64{}, StrD, nil)
	case interp.Complex:
		return New([]int64{}, Complex128, nil)
	case interp.BigInt:
		return New([]int64{}, UInt64, nil)
	}
	return New([]int64{}, Object, nil)
}

// nested reads nested sequences into an array.
func nested(in *interp.Interp, v interp.Value, dt *DType) *Array {
	b := builder{in: in}
	shape := b.shapeOf(v, 0)
	n := sizeOf(shape)
	in.Charge(min(n, maxKnown))
	b.keep = n >= 0 && n <= maxKnown
	if b.keep {
		b.data = make([]float64, 0, n)
	}
	b.fill(v, shape, 0)
	switch {
	case dt != nil && (b.unknown || !b.any):
		return New(shape, *dt, keepIf(b.data, !b.unknown))
	case b.unknown:
		return nil
	case !b.any:
		return New(shape, Float64, b.data)
	}
	d := b.dtype
	if b.anyWeak {
		if b.anyStrong {
			d = promote(d, b.weak) // inside one array, Python's numbers count in full
		} else {
			d = b.weak
		}
	}
	if !b.keep || b.lost {
		return New(shape, d, nil)
	}
	return New(shape, d, b.data)
}

func keepIf(v []float64, ok bool) []float64 {
	if ok {
		return v
	}
	return nil
}

type builder struct {
	in                      *interp.Interp
	data                    []float64
	keep, lost, unknown     bool
	any, anyWeak, anyStrong bool
	dtype, weak             DType
}

const maxDims = 64

func (b *builder) shapeOf(v interp.Value, depth int) []int64 {
	if depth > maxDims {
		b.in.Raise(interp.ValueError, "setting an array element with a sequence. The requested array would exceed the maximum number of dimension of 64.")
	}
	switch v := v.(type) {
	case *Array:
		return append([]int64(nil), v.Shape...)
	case *tensor.Tensor:
		return fromTensor(b.in, v).Shape
	case *interp.List, *interp.Tuple, *interp.Range:
		items := b.in.Elements(v)
		if len(items) == 0 {
			return []int64{0}
		}
		return append([]int64{int64(len(items))}, b.shapeOf(items[0], depth+1)...)
	}
	return nil
}

func (b *builder) fill(v interp.Value, shape []int64, depth int) {
	b.in.Step(1)
	ragged := func() {
		dims := make([]string, depth)
		b.in.Raise(interp.ValueError, "setting an array element with a sequence. The requested array has an inhomogeneous shape after %d dimensions. The detected shape was %s + inhomogeneous part.", depth, shapeText(shape[:len(dims)]))
	}
	switch x := v.(type) {
	case *interp.List, *interp.Tuple, *interp.Range:
		items := b.in.Elements(v)
		if depth >= len(shape) || shape[depth] != int64(len(items)) {
			ragged()
		}
		for _, it := range items {
			b.fill(it, shape, depth+1)
		}
		return
	case *tensor.Tensor:
		b.fill(fromTensor(b.in, x), shape, depth)
		return
	case *Array:
		if len(x.Shape) != len(shape)-depth {
			ragged()
		}
		for i, d := range x.Shape {
			if d != shape[depth+i] {
				ragged()
			}
		}
		b.note(x.DT, false)
		if vals := x.Values(); vals != nil && b.keep {
			b.data = append(b.data, vals...)
		} else {
			b.lost = true
		}
		return
	}
	if depth != len(shape) {
		if _, ok := v.(*interp.Unknown); !ok {
			ragged()
		}
	}
	switch v.(type) {
	case *interp.Unknown:
		b.unknown = true
		return
	case interp.Str, interp.Bytes:
		b.note(StrD, false)
		b.lost = true
		return
	}
	x, d, weak, ok := number(v)
	if !ok {
		b.note(Object, false)
		b.lost = true
		return
	}
	b.note(d, weak)
	if d.isInt() && math.Abs(x) > exactInt {
		b.lost = true
	}
	if b.keep {
		b.data = append(b.data, x)
	}
}

func (b *builder) note(d DType, weak bool) {
	b.any = true
	if weak {
		if b.anyWeak {
			b.weak = promote(b.weak, d)
		} else {
			b.weak, b.anyWeak = d, true
		}
		return
	}
	if b.anyStrong {
		b.dtype = promote(b.dtype, d)
	} else {
		b.dtype, b.anyStrong = d, true
	}
}

var fromTorch = map[tensor.DType]DType{
	tensor.Float32: Float32, tensor.Float64: Float64, tensor.Float16: Float16, tensor.Int64: Int64, tensor.Int32: Int32,
	tensor.Int16: Int16, tensor.Int8: Int8, tensor.UInt8: UInt8, tensor.Bool: Bool, tensor.Complex64: Complex64,
	tensor.Complex128: Complex128, tensor.UInt16: UInt16, tensor.UInt32: UInt32, tensor.UInt64: UInt64,
}

// FromTensor is tensor.numpy() for a tensor of plain values: a shape (sizes
// below 0 unknown), torch's name of the dtype and the values, nil where they
// are not known. It reports false for dtypes that numpy lacks (bfloat16, float8).
func FromTensor(shape []int64, d tensor.DType, data []float64) (*Array, bool) {
	nd, ok := fromTorch[d]
	if !ok {
		return nil, false
	}
	if data != nil {
		data = append([]float64(nil), data...)
	}
	return New(append([]int64(nil), shape...), nd, data), true
}

func fromTensor(in *interp.Interp, t *tensor.Tensor) *Array {
	shape := make([]int64, len(t.Shape))
	for i, d := range t.Shape {
		shape[i] = d.V
	}
	a, ok := FromTensor(shape, t.DType, t.Values())
	if !ok {
		in.Raise(interp.TypeError, "Got unsupported ScalarType BFloat16")
	}
	return a
}

// ToTensorData gives what torch needs of an array or numpy scalar to make a
// tensor: the shape, torch's name of the dtype ("float64"), and the values in
// row-major order, nil where they are not known.
func ToTensorData(v interp.Value) (shape []int64, dtype string, data []float64, ok bool) {
	switch v := v.(type) {
	case *Array:
		if v.DT >= StrD {
			return nil, "", nil, false
		}
		return append([]int64(nil), v.Shape...), v.DT.String(), v.Values(), true
	case *interp.Instance:
		if p, d, isScalar := Scalar(v); isScalar && d.numeric() {
			x, _ := interp.AsFloat(p)
			return []int64{}, d.String(), []float64{x}, true
		}
	}
	return nil, "", nil, false
}

// shapeText prints a shape as Python prints the tuple.
func shapeText(shape []int64) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = itoa(d)
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func shapeValue(in *interp.Interp, shape []int64) interp.Value {
	items := make([]interp.Value, len(shape))
	for i, d := range shape {
		items[i] = dimValue(in, d)
	}
	return interp.NewTuple(items...)
}

func dimValue(in *interp.Interp, d int64) interp.Value {
	if d < 0 {
		return in.Unknown("the size of a numpy array, which depends on data")
	}
	return interp.NewInt(d)
}

// shapeArg reads a shape: an int or a sequence of ints; unknown sizes are -1.
func shapeArg(in *interp.Interp, v interp.Value) []int64 {
	switch v := v.(type) {
	case *interp.List, *interp.Tuple:
		items := in.Elements(v)
		out := make([]int64, len(items))
		for i, it := range items {
			out[i] = dimArg(in, it)
		}
		return out
	case *Array:
		vals := v.Values()
		if vals == nil && len(v.Shape) == 1 && v.Shape[0] >= 0 && v.Shape[0] < maxDims {
			out := make([]int64, v.Shape[0])
			for i := range out {
				out[i] = -1
			}
			return out
		}
		out := make([]int64, len(vals))
		for i, x := range vals {
			out[i] = int64(x)
		}
		return out
	}
	return []int64{dimArg(in, v)}
}

func dimArg(in *interp.Interp, v interp.Value) int64 {
	if _, ok := v.(*interp.Unknown); ok {
		return -1
	}
	n := in.Int(plain(v))
	if n < 0 {
		in.Raise(interp.ValueError, "negative dimensions are not allowed")
	}
	return n
}

// floatText prints one element as numpy does, shortest form.
func floatText(x float64, d DType) string {
	switch {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	}
	if a := math.Abs(x); a != 0 && (a >= 1e16 || a < 1e-4) {
		bits := 64
		if d == Float32 {
			bits = 32
		}
		return strconv.FormatFloat(x, 'e', -1, bits)
	}
	s := shortest(x, d)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// shortest is the shortest decimal that rounds to x in its dtype.
func shortest(x float64, d DType) string {
	switch d {
	case Float32:
		return strconv.FormatFloat(x, 'f', -1, 32)
	case Float16:
		for p := 0; p < 10; p++ {
			s := strconv.FormatFloat(x, 'f', p, 64)
			if y, err := strconv.ParseFloat(s, 64); err == nil && toHalf(y) == x {
				return s
			}
		}
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// text prints an array; with commas as repr does, without as str does.
func (a *Array) text(in *interp.Interp, sep string, indent int) string {
	vals := a.Values()
	if vals == nil {
		return "<" + a.DT.String() + " values of shape " + shapeText(a.Shape) + ">"
	}
	cells := make([]string, 0, min(len(vals), 1000))
	if len(vals) > 1000 {
		return "[... " + itoa(int64(len(vals))) + " values ...]"
	}
	width, frac := 0, 0
	if a.DT == Bool {
		width = 5 // as numpy: both words take the room of the longer
	}
	for _, x := range vals {
		var s string
		switch {
		case a.DT == Bool:
			s = "False"
			if x != 0 {
				s = "True"
			}
		case a.DT.isInt():
			s = itoa(int64(x))
		default:
			if x == math.Trunc(x) && math.Abs(x) < 1e16 {
				s = strconv.FormatFloat(x, 'f', 0, 64) + "."
			} else {
				s = shortest(x, a.DT)
				if i := strings.IndexByte(s, '.'); i >= 0 && len(s)-i > 9 {
					s = strings.TrimRight(strconv.FormatFloat(x, 'f', 8, 64), "0")
				}
			}
			if i := strings.IndexByte(s, '.'); i >= 0 {
				frac = max(frac, len(s)-i)
			}
		}
		cells = append(cells, s)
	}
	for i, s := range cells {
		if k := strings.IndexByte(s, '.'); k >= 0 && a.DT.isFloat() {
			s += strings.Repeat(" ", frac-(len(s)-k))
			cells[i] = s
		}
		width = max(width, len(s))
	}
	pos := 0
	var b strings.Builder
	var walk func(depth int)
	walk = func(depth int) {
		if depth == len(a.Shape) {
			b.WriteString(strings.Repeat(" ", width-len(cells[pos])) + cells[pos])
			pos++
			return
		}
		b.WriteByte('[')
		for i := int64(0); i < a.Shape[depth]; i++ {
			if i > 0 {
				if depth == len(a.Shape)-1 {
					b.WriteString(sep + " ")
				} else {
					b.WriteString(sep + strings.Repeat("\n", len(a.Shape)-1-depth) + strings.Repeat(" ", indent+depth+1))
				}
			}
			walk(depth + 1)
		}
		b.WriteByte(']')
	}
	walk(0)
	return b.String()
}

func (a *Array) repr(in *interp.Interp) string {
	s := "array(" + a.text(in, ",", 6)
	if d := a.DT; d != Int64 && d != Float64 && d != Bool || a.Size() == 0 {
		s += ", dtype=" + d.String()
	}
	return s + ")"
}
