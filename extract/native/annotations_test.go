package native_test

import (
	"os"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
)

// TestAnnotations runs testdata/annotations.py, which holds assertions; CPython runs it silently too.
func TestAnnotations(t *testing.T) {
	src, err := os.ReadFile("testdata/annotations.py")
	if err != nil {
		t.Fatal(err)
	}
	in := interp.New(noSource{}, native.Table(), interp.Limits{})
	if err := in.Guard(func() { in.RunString("annotations.py", string(src)) }); err != nil {
		t.Fatalf("%v %v", err, interp.AsRaised(err).Trace)
	}
}
