package nn_test

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
)

// TestBounds runs programs that would not end; each must be stopped.
func TestBounds(t *testing.T) {
	const loop = "from torch import nn\nimport copy\nm = nn.Sequential()\nm.append(m)\n"
	const deep = "from torch import nn\nimport copy\nm = nn.Sequential()\nfor i in range(20000):\n    m = nn.Sequential(m)\n"
	const wide = "from torch import nn\nm = nn.Sequential(nn.ReLU())\nfor i in range(60):\n    m = nn.Sequential(m, m)\n"
	for _, c := range []struct{ code, want string }{
		{loop + "repr(m)", "RecursionError"},
		{loop + "m(1)", "RecursionError"},
		{loop + "m.eval()", "RecursionError"},
		{loop + "m.apply(print)", "RecursionError"},
		{loop + "m.state_dict()", "RecursionError"},
		{loop + "list(m.named_modules(remove_duplicate=False))", "RecursionError"},
		{loop + "list(m.named_modules())", ""},
		{loop + "copy.deepcopy(m)", ""},
		{loop + "m.half()", ""},
		{deep + "list(m.parameters())", "RecursionError"},
		{deep + "copy.deepcopy(m)", "RecursionError"},
		{deep + "m.eval()", "RecursionError"},
		{deep + "repr(m)", "RecursionError"},
		{deep + "m(1)", "RecursionError"},
		{wide + "list(m.named_modules(remove_duplicate=False))", "BudgetExceeded"},
		{wide + "m.state_dict()", "BudgetExceeded"},
		{wide + "repr(m)", "BudgetExceeded"},
		{wide + "m.eval()", ""},
		{"from torch import nn\nnn.LSTM(1, 1, num_layers=10**9)", "BudgetExceeded"},
		{"from torch import nn\nnn.Sequential(nn.ReLU()) * 10**10", "BudgetExceeded"},
		{"from torch import nn\nnn.modules.utils._ntuple(10**12)(1)", "BudgetExceeded"},
		{"from torch import nn\nnn.TransformerEncoder(nn.TransformerEncoderLayer(2, 1), 10**7)", "BudgetExceeded"},
		{"from torch import nn\nnn.Linear(10**18, 10**18)", ""},
	} {
		in := interp.New(noSource{}, native.Table(), interp.Limits{Steps: 2_000_000, Memory: 2_000_000, Depth: 200})
		got := ""
		if err := in.Guard(func() { in.RunString("m.py", c.code+"\n") }); err != nil {
			got = interp.AsRaised(err).Exc.Cls.Name
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.code, got, c.want)
		}
	}
}
