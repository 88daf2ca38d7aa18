// Package tensor is torch's tensor without its data: a shape, a dtype, the
// operation that made it, and values only where they are few and known.
package tensor

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
)

// Dim is one dimension: its size and how it follows from the config. V < 0
// means that the size depends on data (unknown).
type Dim struct {
	V int64
	E *graph.Expr
}

// Tensor is an abstract tensor.
type Tensor struct {
	Shape []Dim
	DType DType
	// Data are the values in row-major order where they are known (integers
	// and bools too, as float64), else nil. Kept only for small tensors.
	Data []float64
	// Node is the operation that made the current value; nil outside a trace.
	Node *graph.Node
	// Base is the tensor that this one is a view of (the root: never a view itself).
	Base *Tensor

	RequiresGrad bool
	Parameter    bool          // an nn.Parameter
	Buffer       bool          // an nn.Buffer
	Device       string        // "meta" or "cpu"
	Dict         *interp.Dict  // Python attributes set on it
	Cls          *interp.Class // a subclass of torch.Tensor (Parameter, Buffer ...), nil for Tensor itself
}

// Type implements interp.Value.
func (t *Tensor) Type() *interp.Class {
	if t.Cls != nil {
		return t.Cls
	}
	return Class
}

// Class is torch.Tensor. Its methods are added by package torch.
var Class = interp.NewNativeClass("torch.Tensor", nil)

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
)
