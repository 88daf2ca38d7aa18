package native_test

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
)

// TestEinops compares the shapes that einops 0.8.2 gives; "!" begins the name of an error.
func TestEinops(t *testing.T) {
	in := interp.New(noSource{}, native.Table(), interp.Limits{})
	for _, c := range []struct{ expr, want string }{
		{"rearrange(x, 'b (h w) c -> b c h w', h=3)", "(2, 4, 3, 2)"},
		{"rearrange(x, 'b l c -> (b l) c')", "(12, 4)"},
		{"rearrange(x, 'b l (h d) -> b h l d', h=2)", "(2, 2, 6, 2)"},
		{"rearrange(x, '... c -> c ...')", "(4, 2, 6)"},
		{"rearrange(x, 'b l c -> b 1 l c')", "(2, 1, 6, 4)"},
		{"rearrange(x, 'b l c -> b l c 1 1')", "(2, 6, 4, 1, 1)"},
		{"repeat(x, 'b l c -> b l c r', r=5)", "(2, 6, 4, 5)"},
		{"repeat(x, 'b l c -> (r b) l c', r=5)", "(10, 6, 4)"},
		{"repeat(x, 'b l c -> b l (c 2)')", "(2, 6, 8)"},
		{"reduce(x, 'b l c -> b c', 'mean')", "(2, 4)"},
		{"reduce(x, 'b (l k) c -> b l c', 'max', k=3)", "(2, 2, 4)"},
		{"reduce(x, 'b l c -> ', 'sum')", "()"},
		{"einsum(x, y, 'batch len chan, chan out -> batch len out')", "(2, 6, 3)"},
		{"rearrange(x, 'b l c -> b l c')", "(2, 6, 4)"},
		{"rearrange([y, y], 'n a b -> a n b')", "(4, 2, 3)"},
		{"rearrange(x, 'b (h w) c -> b c h w', h=4)", "!EinopsError"},
		{"rearrange(x, 'b l -> l b')", "!EinopsError"},
		{"rearrange(x, 'b l c -> b l')", "!EinopsError"},
		{"rearrange(x, 'b (h w) (k c) -> b k h (w c)', h=2, k=2)", "(2, 2, 2, 6)"},
		{"rearrange(x, 'b ... -> b (...)')", "(2, 24)"},
		{"rearrange(x, 'b l c -> c l b').transpose(0, 1)", "(6, 4, 2)"},
		{"repeat(y, 'a b -> t a b', t=3)", "(3, 4, 3)"},
		{"rearrange(x.unsqueeze(0), '1 b l c -> b l c')", "(2, 6, 4)"},
	} {
		got := ""
		err := in.Guard(func() {
			d := in.RunString("test.py", "import torch\nfrom einops import rearrange, repeat, reduce, einsum\nx = torch.zeros(2, 6, 4)\ny = torch.zeros(4, 3)\nr = tuple(("+c.expr+").shape)\n")
			v, _ := d.GetStr("r")
			got = in.Repr(v)
		})
		if err != nil {
			got = "!" + interp.AsRaised(err).Exc.Cls.Name
		}
		if got != c.want {
			t.Errorf("%s\n got %s %v\nwant %s", c.expr, got, err, c.want)
		}
	}
}
