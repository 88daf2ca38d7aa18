package nn_test

import (
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// TestOrigins builds layers from sizes h, k and g of a config and looks at how
// the dimensions of their parameters follow from it.
func TestOrigins(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"nn.Linear(h, 3)", "weight[3 h] bias[3]"},
		{"nn.Linear(h, 2 * h + k)", "weight[2 * h + k h] bias[2 * h + k]"},
		{"nn.Embedding(k, h, padding_idx=-1)", "weight[k h]"},
		{"nn.LayerNorm(h)", "weight[h] bias[h]"},
		{"nn.LayerNorm((k, h))", "weight[k h] bias[k h]"},
		{"nn.RMSNorm(h // g)", "weight[h // g]"},
		{"nn.BatchNorm1d(h)", "weight[h] bias[h] running_mean[h] running_var[h] num_batches_tracked[]"},
		{"nn.Conv2d(h, k, 3)", "weight[k h 3 3] bias[k]"},
		{"nn.Conv1d(h, h, k, groups=g)", "weight[h h // g k] bias[h]"},
		{"nn.Conv1d(h, h, 1, groups=h)", "weight[h h // h 1] bias[h]"},
		{"nn.ConvTranspose1d(h, k, (g,), groups=g)", "weight[h k // g g] bias[k]"},
		{"nn.LSTM(h, k)", "weight_ih_l0[4 * k h] weight_hh_l0[4 * k k] bias_ih_l0[4 * k] bias_hh_l0[4 * k]"},
		{"nn.GRU(h, k, bidirectional=True, num_layers=2, bias=False).weight_ih_l1", "[3 * k k * 2]"},
		{"nn.MultiheadAttention(h, g, bias=False)", "in_proj_weight[3 * h h] out_proj.weight[h h]"},
		{"nn.PReLU(h)", "weight[h]"},
		{"nn.ModuleList(nn.Linear(h, k, bias=False) for _ in range(1))", "0.weight[k h]"},
		{"nn.utils.parametrizations.weight_norm(nn.Linear(h, k, bias=False))", "parametrizations.weight.original0[k 1] parametrizations.weight.original1[k h]"},
		{"copy.deepcopy(nn.Linear(h, k, bias=False))", "weight[k h]"},
		{"nn.Linear(h, k, bias=False).half()", "weight[k h]"},
		{"nn.Parameter(nn.Linear(h, k).weight)", "[k h]"},
	} {
		in := interp.New(noSource{}, native.Table(), interp.Limits{})
		err := in.Guard(func() {
			ns := in.RunString("m.py", "import copy\nfrom torch import nn\nf = lambda h, k, g: "+c.code+"\n")
			f, _ := ns.GetStr("f")
			size := func(v int64, name string) interp.Value { return interp.WithExpr(interp.NewInt(v), graph.Ref(name)) }
			v := in.Call(f, []interp.Value{size(8, "h"), size(6, "k"), size(2, "g")}, nil)
			if got := shapes(in, v); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", c.code, err)
		}
	}
}

func shapes(in *interp.Interp, v interp.Value) string {
	show := func(t nn.NamedTensor) string {
		var dims []string
		for _, d := range t.Tensor.Shape {
			s := d.String()
			if d.E != nil {
				s = d.E.String()
			}
			dims = append(dims, s)
		}
		return t.Name + "[" + strings.Join(dims, " ") + "]"
	}
	m, ok := v.(*interp.Instance)
	if !ok {
		return show(nn.NamedTensor{Tensor: v.(*tensor.Tensor)})
	}
	var out []string
	l := nn.Tree(in, m)
	for _, t := range append(l.Params, l.Buffers...) {
		out = append(out, show(t))
	}
	return strings.Join(out, " ")
}
