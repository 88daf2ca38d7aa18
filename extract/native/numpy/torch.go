package numpy

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/native/torch"
)

var toTorch = map[DType]tensor.DType{}

func init() {
	for t, d := range fromTorch {
		toTorch[d] = t
	}
	torch.Foreign = func(in *interp.Interp, v interp.Value) interp.Value {
		if p, _, ok := Scalar(v); ok {
			return p
		}
		if a, ok := v.(*Array); ok {
			if t := toTensor(in, a); t != nil {
				return t
			}
		}
		return nil
	}
	torch.ForeignTensor = func(in *interp.Interp, v interp.Value) *tensor.Tensor {
		if p, d, ok := Scalar(v); ok {
			x, isNum := interp.AsFloat(p)
			td, has := toTorch[d]
			if !isNum || !has {
				return nil
			}
			return tensor.Const(td, []tensor.Dim{}, []float64{x})
		}
		if a, ok := v.(*Array); ok {
			return toTensor(in, a)
		}
		return nil
	}
	torch.ToNumpy = func(in *interp.Interp, t *tensor.Tensor) interp.Value { return fromTensor(in, t) }
}

// toTensor makes a tensor with a copy of an array's values. It raises for
// arrays of objects and strings.
func toTensor(in *interp.Interp, a *Array) *tensor.Tensor {
	d, ok := toTorch[a.DT]
	if !ok {
		in.Raise(interp.TypeError, "can't convert np.ndarray of type numpy.%s. The only supported types are: float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool.", a.DT.scalarName())
	}
	shape := tensor.Dims(a.Shape...)
	if v := a.Values(); v != nil {
		return tensor.Const(d, shape, append([]float64(nil), v...))
	}
	return tensor.New(shape, d)
}
