package torch

import (
	"math"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// initialise is a function of torch.nn.init: it fills its tensor with values
// that are not known, and returns it.
func initialise(c *call) interp.Value {
	t, ok := c.a[0].(*T)
	if !ok {
		return c.a[0]
	}
	return tensor.InPlace(c.in, c.op, t, nil, nil)
}

// initialiseTo is initialise with a constant.
func initialiseTo(value func(c *call) float64) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		t, ok := c.a[0].(*T)
		if !ok {
			return c.a[0]
		}
		var data []float64
		if n := t.Numel(); t.Store != nil && t.Known() && tensor.Keeps(t.DType, n) {
			v := value(c)
			data = make([]float64, n)
			for i := range data {
				data[i] = v
			}
		}
		return tensor.InPlace(c.in, c.op, t, nil, data)
	}
}

// fans are the fan-in and fan-out of a weight.
func fans(c *call) (in, out tensor.Dim) {
	t := c.T(0)
	if len(t.Shape) < 2 {
		c.in.Raise(interp.ValueError, "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
	}
	field := tensor.Product(t.Shape[2:])
	return t.Shape[1].Mul(field), t.Shape[0].Mul(field)
}

func gain(c *call) interp.Value {
	switch name := c.Str(0); name {
	case "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid":
		return interp.NewInt(1)
	case "tanh":
		return interp.NewFloat(5.0 / 3)
	case "relu":
		return interp.NewFloat(math.Sqrt2)
	case "leaky_relu":
		slope := 0.01
		if c.given(1) {
			slope = c.Float(1)
		}
		return interp.NewFloat(math.Sqrt(2 / (1 + slope*slope)))
	case "selu":
		return interp.NewFloat(0.75)
	default:
		c.in.Raise(interp.ValueError, "Unsupported nonlinearity %s", name)
	}
	return nil
}

const initPrefix = "torch.nn.init."

var initRows = func() []row {
	var rows []row
	for _, n := range []string{"uniform_", "normal_", "trunc_normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_", "sparse_", "dirac_", "eye_",
		"xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal", "normal", "uniform"} {
		rows = append(rows, row{name: initPrefix + n, where: "f", sig: "tensor, *args, **kwargs", fn: initialise})
	}
	return append(rows,
		row{name: initPrefix + "constant_", where: "f", sig: "tensor, val", fn: initialiseTo(func(c *call) float64 { return c.Float(1) })},
		row{name: initPrefix + "zeros_", where: "f", sig: "tensor", fn: initialiseTo(func(*call) float64 { return 0 })},
		row{name: initPrefix + "ones_", where: "f", sig: "tensor", fn: initialiseTo(func(*call) float64 { return 1 })},
		row{name: initPrefix + "calculate_gain", where: "f", sig: "nonlinearity, param=None", fn: gain},
		row{name: initPrefix + "_calculate_fan_in_and_fan_out", where: "f", sig: "tensor", fn: func(c *call) interp.Value {
			a, b := fans(c)
			return interp.NewTuple(a.Value(c.in), b.Value(c.in))
		}},
		row{name: initPrefix + "_calculate_correct_fan", where: "f", sig: "tensor, mode", fn: func(c *call) interp.Value {
			a, b := fans(c)
			if c.Str(1) == "fan_in" {
				return a.Value(c.in)
			}
			return b.Value(c.in)
		}},
		row{name: initPrefix + "_no_grad_trunc_normal_", where: "f", sig: "tensor, *args, **kwargs", fn: initialise},
	)
}()
