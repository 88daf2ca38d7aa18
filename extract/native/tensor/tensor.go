// Package tensor is torch's tensor without its data: a shape, a dtype, the
// operation that made it, and values only where they are few and known.
//
// Values live in a Store that a tensor shares with its views, as torch's
// storage does, so that a write through a view is seen by the others.
package tensor

import (
	"slices"

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

// Store is the storage of a tensor and its views: what it holds now.
type Store struct{ held *values }

// NewStore is a storage that holds data, which it owns; nil: values that are not known.
func NewStore(data []float64) *Store {
	if data == nil {
		return &Store{}
	}
	return &Store{held: &values{data: data}}
}

// Values are the values of the storage (integers and bools too, as float64,
// rounded to the dtype), nil where they are not known.
func (s *Store) Values() []float64 {
	if s.held == nil {
		return nil
	}
	return s.held.get()
}

// values are what a storage holds from one write to the next. Most are never
// asked for: all equal ones are kept as one, and those of an operation on many
// elements are computed when somebody asks.
type values struct {
	data  []float64
	equal int64 // counts the values, all equal to fill, until somebody asks for them
	fill  float64
	later func() []float64 // computes them; nil once that was done
	n     int64            // how many it computes
	depth int32            // how many such computations lead to this one
	// unsure says that the computation may find that they are not known:
	// integers beyond what is exact.
	unsure bool
	// shared says that a later computation reads them: they must not be changed.
	shared bool
}

func (v *values) len() int64 {
	switch {
	case v.later != nil:
		return v.n
	case v.equal > 0:
		return v.equal
	}
	return int64(len(v.data))
}

func (v *values) get() []float64 {
	switch {
	case v.later != nil:
		f := v.later
		v.later, v.depth = nil, 0
		v.data = f()
	case v.equal > 0:
		v.data = make([]float64, v.equal)
		if v.fill != 0 {
			for i := range v.data {
				v.data[i] = v.fill
			}
		}
		v.equal = 0
	}
	return v.data
}

// Many is how many elements are worth a Promise.
const Many = 256

// Promise computes the values of a tensor's elements, in row-major order, when
// they are asked for.
type Promise struct {
	of     func() []float64
	n      int64
	depth  int32
	unsure bool
}

// NewPromise promises the n values that f computes from the snapshots.
func NewPromise(n int64, f func() []float64, snapshots ...*Tensor) *Promise {
	p := &Promise{of: f, n: n, depth: 1}
	for _, t := range snapshots {
		if t != nil && t.Promised() {
			p.depth = max(p.depth, t.Store.held.depth+1)
			p.unsure = p.unsure || t.Store.held.unsure
		}
	}
	return p
}

// deepest bounds the computations that wait for each other.
const deepest = 200

func (p *Promise) values(dt DType) *values {
	of := p.of
	v := &values{n: p.n, depth: p.depth, unsure: p.unsure || dt == Int64, later: func() []float64 { return rounded(dt, of()) }}
	if v.depth >= deepest && v.get() == nil {
		return nil
	}
	return v
}

// Snapshot is the tensor as it is now, whatever is written to its storage later.
func (t *Tensor) Snapshot() *Tensor {
	s := &Tensor{Shape: t.Shape, DType: t.DType, Stride: t.Stride, Offset: t.Offset}
	if t.Store != nil && t.Store.held != nil {
		t.Store.held.shared = true
		s.Store = &Store{held: t.Store.held}
	}
	return s
}

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
		t.Store = &Store{&values{equal: n, fill: Round(dt, v)}}
		if n == 0 {
			t.Store = NewStore([]float64{})
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
func (t *Tensor) Known() bool {
	if t.Store == nil || t.Store.held == nil {
		return false
	}
	if v := t.Store.held; v.unsure && v.get() == nil {
		t.Store.held = nil
	}
	return t.Store.held != nil
}

// Promised reports whether the values are known, or are computed when they are
// asked for: what that gives may be too large to be exact, and then they are not known.
func (t *Tensor) Promised() bool { return t.Store != nil && t.Store.held != nil }

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
			t.Store.held = nil
		}
		return
	}
	rounded(t.DType, data)
	switch {
	case t.Store == nil:
		if t.Base == nil && t.Contiguous() && t.Offset == 0 && Keeps(t.DType, int64(len(data))) {
			t.Store = NewStore(data)
		}
	case !t.Known():
		if t.Base == nil && t.Contiguous() && t.Offset == 0 {
			t.Store.held = &values{data: data}
		}
	default:
		d := t.Store.held.get()
		if t.Store.held.shared {
			d = slices.Clone(d)
			t.Store.held = &values{data: d}
		}
		t.each(func(i int, at int64) { d[at] = data[i] })
	}
}

// SetLater is SetValues with values that are computed when they are asked for.
func (t *Tensor) SetLater(p *Promise) {
	if t.Base == nil && t.Contiguous() && t.Offset == 0 && (!t.Promised() || t.Store.held.len() == p.n) {
		if t.Store == nil && Keeps(t.DType, p.n) {
			t.Store = &Store{}
		}
		if t.Store != nil {
			t.Store.held = p.values(t.DType)
		}
		return
	}
	if !t.Promised() {
		return
	}
	old := t.Store.held
	old.shared = true
	at := &Tensor{Shape: t.Shape, Stride: t.Stride, Offset: t.Offset, DType: t.DType}
	dt, of := t.DType, p.of
	q := &Promise{n: old.len(), depth: max(p.depth, old.depth+1), unsure: p.unsure || old.unsure, of: func() []float64 {
		was, now := old.get(), rounded(dt, of())
		if was == nil || now == nil {
			return nil
		}
		d := slices.Clone(was)
		at.each(func(i int, at int64) { d[at] = now[i] })
		return d
	}}
	t.Store.held = q.values(t.DType)
}

// setValues sets the values of a new tensor, where they are few enough.
func (t *Tensor) setValues(data []float64) {
	if data == nil || t.DType.IsComplex() || len(data) > keepInts {
		return
	}
	t.Store = NewStore(rounded(t.DType, data))
}

// rounded rounds values to the dtype, where they are.
func rounded(dt DType, data []float64) []float64 {
	if dt == Float64 {
		return data
	}
	for i, v := range data {
		data[i] = Round(dt, v)
	}
	return data
}

// Item is the single known value of the tensor; false where it is not known or there is not exactly one.
func (t *Tensor) Item() (float64, bool) {
	if !t.Known() || t.Numel() != 1 || t.Offset >= int64(len(t.Store.Values())) {
		return 0, false
	}
	return t.Store.Values()[t.Offset], true
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
