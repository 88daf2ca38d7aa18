package nn

import (
	"math"
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

var adaptiveClass = class("torch.nn.modules.adaptive", "AdaptiveLogSoftmaxWithLoss", ModuleClass)

func setupAdaptive() {
	addInit(adaptiveClass, "in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None", initAdaptive)
	addMethods(adaptiveClass, resetMethod("reset_parameters"),
		method{name: "forward", sig: "self, input_, target_", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "forward")
			x, t := asTensor(a[1]), asTensor(a[2])
			if x == nil || t == nil {
				return in.Unknown("an adaptive softmax over unknown tensors")
			}
			inputs := append([]*tensor.Tensor{x, t}, adaptiveWeights(in, m)...)
			out := tensor.Op(in, "adaptive_log_softmax", tensor.Clone(t.Shape), x.DType, inputs)
			loss := tensor.Op(in, "mean", []tensor.Dim{}, x.DType, []*tensor.Tensor{out})
			return interp.NewTuple(out, loss)
		}},
		method{name: "log_prob", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "log_prob")
			x := asTensor(a[1])
			if x == nil {
				return in.Unknown("an adaptive softmax over an unknown tensor")
			}
			shape := []tensor.Dim{x.Shape[0], sizeOf(in, attr(in, m, "n_classes"))[0]}
			return tensor.Op(in, "adaptive_log_softmax", shape, x.DType, append([]*tensor.Tensor{x}, adaptiveWeights(in, m)...))
		}},
		method{name: "predict", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "predict")
			x := asTensor(a[1])
			if x == nil {
				return in.Unknown("an adaptive softmax over an unknown tensor")
			}
			return tensor.Op(in, "argmax", []tensor.Dim{x.Shape[0]}, tensor.Int64, append([]*tensor.Tensor{x}, adaptiveWeights(in, m)...))
		}})
}

func adaptiveWeights(in *interp.Interp, m *interp.Instance) (w []*tensor.Tensor) {
	eachTensor(in, m, false, "", true, true, func(_, _ string, t *tensor.Tensor, _ *State) { w = append(w, t) })
	return w
}

func initAdaptive(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
	cutoffs := append([]interp.Value(nil), in.Elements(a[2])...)
	if len(cutoffs) == 0 {
		in.Raise(interp.ValueError, "cutoffs should be a sequence of length larger than 0")
	}
	classes, known := interp.AsFloat(a[1])
	bad, last := false, 0.0
	for _, c := range cutoffs {
		f, ok := interp.AsFloat(c)
		if !ok {
			known = false
			continue
		}
		bad = bad || f <= last || f != math.Trunc(f)
		last = f
	}
	if known && (bad || last > classes-1) {
		in.Raise(interp.ValueError, "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1")
	}
	f := factoryOf(in, a[5], a[6])
	set(m, "in_features", a[0])
	set(m, "n_classes", a[1])
	all := append(cutoffs, a[1])
	set(m, "cutoffs", interp.NewList(all...))
	set(m, "div_value", a[3])
	set(m, "head_bias", a[4])
	n := len(all) - 1
	head := interp.NewInt(in.Int(all[0]) + int64(n))
	set(m, "shortlist_size", all[0])
	set(m, "n_clusters", interp.NewInt(int64(n)))
	set(m, "head_size", head)
	st.addChild("head", newLinear(in, LinearClass, a[0], head, a[4], f))
	tail := newList(in, nil)
	div := in.Float(a[3])
	for i := 0; i < n; i++ {
		hidden := interp.NewInt(int64(math.Floor(in.Float(a[0]) / math.Pow(div, float64(i+1)))))
		out := interp.NewInt(in.Int(all[i+1]) - in.Int(all[i]))
		tail.Data.(*State).addChild(strconv.Itoa(i), newSequential(in, newLinear(in, LinearClass, a[0], hidden, interp.False, f), newLinear(in, LinearClass, hidden, out, interp.False, f)))
	}
	st.addChild("tail", tail)
}
