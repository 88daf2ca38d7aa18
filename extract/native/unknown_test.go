package native_test

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
)

// TestUnknownCopied copies a value that is not known into a tensor: the tensor keeps its sizes.
func TestUnknownCopied(t *testing.T) {
	in := interp.New(noSource{}, native.Table(), interp.Limits{})
	if err := in.Guard(func() {
		in.RunString("unknown.py", `
import inspect, torch
t = torch.zeros(3, 2).copy_(inspect.currentframe())
assert tuple(t.shape) == (3, 2)
`)
	}); err != nil {
		t.Fatal(err)
	}
}
