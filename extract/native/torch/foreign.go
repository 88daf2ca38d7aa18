package torch

import "github.com/arch-extract/arch-extract/extract/interp"

// ForeignTensor is Foreign where a tensor is made of the value: a numpy scalar
// keeps its dtype there, while as an operand it counts as a plain number.
var ForeignTensor func(in *interp.Interp, v interp.Value) *T

func foreignTensor(in *interp.Interp, v interp.Value) interp.Value {
	if ForeignTensor != nil {
		if t := ForeignTensor(in, v); t != nil {
			return t
		}
	}
	return nil
}
