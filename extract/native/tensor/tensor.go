// Package tensor is torch's tensor without its data: a shape, a dtype, the
// operation that made it, and values only where they are few and known.
//
// Values live in a Store that a tensor shares with its views, as torch's
// storage does, so that a write through a view is seen by the others.
package tensor

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
)

// Tensor is an abstract tensor.
type Tensor struct {
	Shape []Dim
	DType DType
	// Stride are the strides in elements; nil for a contiguous tensor.
	Stride []int64
	// Offset is the place of the first element in Store.
	Offset int64
	// Store holds the values where they are known; nil or with nil Data
	// where they are not. Read them with Values.
	Store *Store
	// Node is the operation that made the current value; nil outside a trace.
	Node *graph.Node
	// From is the number that the values were made of, where there is one: that
	// of a scalar, the base of powers. It stays through what is computed of them.
	From *graph.Arg
	// Base is the tensor that this one is a view of (the root: never a view itself).
	Base *Tensor

	RequiresGrad bool
	Parameter    bool          // an nn.Parameter
	Buffer       bool          // an nn.Buffer
	Among        int64         // where the values are not known, but each is one of 0..Among-1, at most once; 0 elsewhere
	Device       string        // "meta", "cpu", "cuda:0"; "" is "cpu"
	Dict         *interp.Dict  // Python attributes set on it
	Cls          *interp.Class // a subclass of torch.Tensor (Parameter, Buffer ...), nil for Tensor itself

	tracer *Tracer // whose trace Node belongs to
}

// Store is the storage of a tensor and its views.
type Store struct {
	// Data are the values (integers and bools too, as float64, rounded to
	// the dtype), nil where they are not known, or all equal and not asked for.
	Data []float64
	// equal counts the values of a filled storage until somebody asks for them.
	equal int64
	fill  float64
}

// Values are the values of the storage, nil where they are not known.
func (s *Store) Values() []float64 {
	if s.equal > 0 {
		s.Data = make([]float64, s.equal)
		if s.fill != 0 {
			for i := range s.Data {
				s.Data[i] = s.fill
			}
		}
		s.equal = 0
	}
	return s.Data
}

func (s *Store) set(data []float64) { s.Data, s.equal = data, 0 }

// Type implements interp.Value.
func (t *Tensor) Type() *interp.Class {
	if t.Cls != nil {
		return t.Cls
	}
	return Class
}

// TakesUnknown implements interp.UnknownOperand.
func (t *Tensor) TakesUnknown() {}

// Class is torch.Tensor. Its methods are added by package torch.
var Class = interp.NewNativeClass("torch.Tensor", nil)

// AttrDict is the dict of Python attributes set on the tensor, nil where there are none and create is false.
func (t *Tensor) AttrDict(create bool) *interp.Dict {
	if t.Dict == nil && create {
		t.Dict = interp.NewDict()
	}
	return t.Dict
}

// New makes a contiguous tensor whose values are not known. It owns shape.
func New(shape []Dim, dt DType) *Tensor {
	return &Tensor{Shape: shape, DType: dt, Device: "cpu"}
}

// NewOn is New on the current default device.
func NewOn(in *interp.Interp, shape []Dim, dt DType) *Tensor {
	return &Tensor{Shape: shape, DType: dt, Device: StateOf(in).Device()}
}

// FromShape makes a tensor of the given sizes.
func FromShape(dt DType, sizes ...int64) *Tensor { return New(Dims(sizes...), dt) }

// Const makes a tensor with known values, in row-major order; they are rounded
// to the dtype. It owns data.
func Const(dt DType, shape []Dim, data []float64) *Tensor {
	t := New(shape, dt)
	t.setValues(data)
	return t
}

// Scalar is a 0-dimensional tensor with a known value.
func Scalar(dt DType, v float64) *Tensor { return Const(dt, []Dim{}, []float64{v}) }

// Full makes a tensor of equal values; they are kept where they are few.
func Full(in *interp.Interp, shape []Dim, dt DType, v float64) *Tensor {
	t := NewOn(in, shape, dt)
	if n := t.Numel(); Keeps(dt, n) {
		t.Store = &Store{equal: n, fill: Round(dt, v)}
		if n == 0 {
			t.Store.Data = []float64{}
		}
	}
	return t
}

// The most values that a tensor keeps: floats, and integers and bools
// (positions and masks, 512 by 512 of them).
const (
	keepFloats = 4096
	keepInts   = 1 << 18
)

// Keeps reports whether the values of a tensor of n elements are kept.
func Keeps(dt DType, n int64) bool {
	if n < 0 || dt.IsComplex() {
		return false
	}
	return n <= keepFloats || n <= keepInts && !dt.IsFloat()
}

// KeepsMask reports whether the values of a tensor of n elements that is made
// of a mask are kept, whatever its dtype.
func KeepsMask(n int64) bool { return n >= 0 && n <= keepInts }

// Rank is the number of dimensions.
func (t *Tensor) Rank() int { return len(t.Shape) }

// Numel is the number of elements, -1 where it is not known.
func (t *Tensor) Numel() int64 { return Numel(t.Shape) }

// Contiguous reports whether the elements lie in row-major order.
func (t *Tensor) Contiguous() bool {
	if t.Stride == nil {
		return true
	}
	want := int64(1)
	for i := len(t.Shape) - 1; i >= 0; i-- {
		n := t.Shape[i].V
		if n == 0 {
			return true
		}
		if n != 1 {
			if t.Stride[i] != want {
				for j := i - 1; j >= 0; j-- {
					if t.Shape[j].V == 0 {
						return true
					}
				}
				return false
			}
			want *= n
		}
	}
	return true
}

// Strides are the strides in elements; the slice must not be changed.
func (t *Tensor) Strides() []int64 {
	if t.Stride != nil {
		return t.Stride
	}
	return ContiguousStrides(t.Shape)
}

// ContiguousStrides are the strides of a row-major tensor.
func ContiguousStrides(shape []Dim) []int64 {
	s := make([]int64, len(shape))
	n := int64(1)
	for i := len(s) - 1; i >= 0; i-- {
		s[i] = n
		if v := shape[i].V; v > 1 {
			n *= v
		}
	}
	return s
}

// Known reports whether the values are known.
func (t *Tensor) Known() bool { return t.Store != nil && (t.Store.Data != nil || t.Store.equal > 0) }

// Values are the values in row-major order, nil where they are not known. The
// slice must not be changed.
func (t *Tensor) Values() []float64 {
	if !t.Known() {
		return nil
	}
	n := t.Numel()
	if n < 0 {
		return nil
	}
	d := t.Store.Values()
	if t.Contiguous() {
		if t.Offset+n > int64(len(d)) {
			return nil
		}
		return d[t.Offset : t.Offset+n]
	}
	if n > keepInts {
		return nil
	}
	out := make([]float64, n)
	t.each(func(i int, at int64) { out[i] = d[at] })
	return out
}

// each visits the elements in row-major order with their places in the store.
func (t *Tensor) each(f func(i int, at int64)) {
	n := int(t.Numel())
	if n <= 0 {
		return
	}
	st := t.Strides()
	idx := make([]int64, len(st))
	at := t.Offset
	for i := 0; i < n; i++ {
		f(i, at)
		for k := len(idx) - 1; k >= 0; k-- {
			idx[k]++
			at += st[k]
			if idx[k] < t.Shape[k].V {
				break
			}
			at -= idx[k] * st[k]
			idx[k] = 0
		}
	}
}

// SetValues replaces the values, in row-major order, as an in-place write
// does: views of the same storage see it. nil makes them unknown. Values are
// rounded to the dtype. It owns data.
func (t *Tensor) SetValues(data []float64) {
	if data == nil {
		if t.Store != nil {
			t.Store.set(nil)
		}
		return
	}
	for i, v := range data {
		data[i] = Round(t.DType, v)
	}
	if t.Store == nil {
		if t.Base == nil && t.Contiguous() && t.Offset == 0 && Keeps(t.DType, int64(len(data))) {
			t.Store = &Store{Data: data}
		}
		return
	}
	if !t.Known() {
		if t.Base == nil && t.Contiguous() && t.Offset == 0 {
			t.Store.set(data)
		}
		return
	}
	d := t.Store.Values()
	t.each(func(i int, at int64) { d[at] = data[i] })
}

// setValues sets the values of a new tensor, where they are few enough.
func (t *Tensor) setValues(data []float64) {
	if data == nil || t.DType.IsComplex() || len(data) > keepInts {
		return
	}
	for i, v := range data {
		data[i] = Round(t.DType, v)
	}
	t.Store = &Store{Data: data}
}

// Item is the single known value of the tensor; false where it is not known or there is not exactly one.
func (t *Tensor) Item() (float64, bool) {
	if !t.Known() || t.Numel() != 1 || t.Offset >= int64(len(t.Store.Values())) {
		return 0, false
	}
	return t.Store.Data[t.Offset], true
}

// ScalarValue is v as the Python number that an element of dtype dt is.
func ScalarValue(dt DType, v float64) interp.Value {
	switch {
	case dt == Bool:
		return interp.NewBool(v != 0)
	case dt.IsFloat():
		return interp.NewFloat(v)
	}
	if v >= 9.2233720368547758e18 {
		return interp.NewInt(1<<63 - 1)
	}
	return interp.NewInt(int64(v))
}
