package nn_test

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
	"github.com/arch-extract/arch-extract/extract/native/nn"
)

func benchmarkClass(b *testing.B, c *interp.Class, args ...interp.Value) {
	in := interp.New(noSource{}, native.Table(), interp.Limits{Steps: 1 << 60, Memory: 1 << 60})
	b.ReportAllocs()
	for b.Loop() {
		in.Call(c, args, nil)
	}
}

func BenchmarkLinear(b *testing.B) {
	benchmarkClass(b, nn.LinearClass, interp.NewInt(4096), interp.NewInt(1024))
}

func BenchmarkLayerNorm(b *testing.B) { benchmarkClass(b, nn.LayerNormClass, interp.NewInt(4096)) }

func BenchmarkConv2d(b *testing.B) {
	benchmarkClass(b, nn.ConvClasses[1], interp.NewInt(64), interp.NewInt(64), interp.NewInt(3))
}

func BenchmarkModuleTree(b *testing.B) {
	in := interp.New(noSource{}, native.Table(), interp.Limits{Steps: 1 << 60, Memory: 1 << 60})
	d := in.RunString("b.py", `
from torch import nn
class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.q = nn.Linear(n, n, bias=False)
        self.k = nn.Linear(n, n, bias=False)
        self.v = nn.Linear(n, n, bias=False)
        self.o = nn.Linear(n, n, bias=False)
        self.up = nn.Linear(n, 4 * n)
        self.down = nn.Linear(4 * n, n)
        self.norm1 = nn.LayerNorm(n)
        self.norm2 = nn.LayerNorm(n)
        self.drop = nn.Dropout(0.1)
        self.act = nn.GELU()
def build():
    return nn.ModuleList([Block(64) for _ in range(32)])
`)
	f, _ := d.GetStr("build")
	b.ReportAllocs()
	for b.Loop() {
		in.Call(f, nil, nil)
	}
}
