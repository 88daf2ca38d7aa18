package torch

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// TestOddArguments calls everything with arguments of every form: the worst that
// may come of it is a Python exception or an Unknown.
func TestOddArguments(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	in := interp.New(noSource{}, interp.NewTable(Entries()), interp.Limits{Memory: 1 << 40, Steps: 1 << 50})
	pool := func() interp.Value {
		switch rnd.Intn(16) {
		case 0:
			return interp.None
		case 1:
			return interp.NewInt(int64(rnd.Intn(9) - 3))
		case 2:
			return interp.NewFloat(rnd.Float64()*4 - 2)
		case 3:
			return interp.NewStr([]string{"", "mean", "same", "reflect", "a", "ij,jk->ik"}[rnd.Intn(6)])
		case 4:
			return interp.NewBool(rnd.Intn(2) == 0)
		case 5:
			return in.Unknown("odd")
		case 6:
			return tensor.DType(rnd.Intn(18)).Value()
		case 7:
			l := interp.NewList()
			for n := rnd.Intn(4); n > 0; n-- {
				l.V = append(l.V, interp.NewInt(int64(rnd.Intn(6)-2)))
			}
			return l
		case 8:
			return interp.NewTuple(tensor.FromShape(tensor.Float32, 2, 3), tensor.FromShape(tensor.Float32, 2, 3))
		case 9:
			return interp.Ellipsis
		case 10:
			return tensor.New([]tensor.Dim{tensor.UnknownDim, tensor.D(3)}, tensor.Float32)
		case 11:
			return tensor.Const(tensor.Int64, tensor.Dims(3), []float64{0, 2, 1})
		}
		shape := make([]int64, rnd.Intn(6))
		for i := range shape {
			shape[i] = int64(rnd.Intn(4))
		}
		dt := []tensor.DType{tensor.Float32, tensor.Int64, tensor.Bool, tensor.Float16, tensor.Complex64}[rnd.Intn(5)]
		x := tensor.FromShape(dt, shape...)
		if rnd.Intn(2) == 0 && !dt.IsComplex() {
			x = tensor.Full(in, tensor.Dims(shape...), dt, float64(rnd.Intn(3)))
		}
		return x
	}
	try := func(name string, f rawFn, self interp.Value) {
		for i := 0; i < 60; i++ {
			var args []interp.Value
			if self != nil {
				args = append(args, pool())
				if _, ok := args[0].(*tensor.Tensor); !ok {
					continue
				}
			}
			for n := rnd.Intn(5); n > 0; n-- {
				args = append(args, pool())
			}
			func() {
				defer func() {
					if r := recover(); r != nil {
						t.Errorf("%s(%s): %v", name, describeAll(in, args), r)
					}
				}()
				in.ResetBudget()
				in.Try(func() { f(in, args, nil) })
			}()
		}
	}
	for _, e := range Entries() {
		if e.Raw != nil {
			try(e.Name, e.Raw, nil)
		}
	}
	tensor.Class.Dict.Range(func(k, v interp.Value) bool {
		if b, ok := v.(*interp.Builtin); ok && b.Raw != nil {
			try("Tensor."+fmt.Sprint(k), b.Raw, interp.None)
		}
		return true
	})
	tensor.StateOf(in).DefaultDType = tensor.Float32
}
