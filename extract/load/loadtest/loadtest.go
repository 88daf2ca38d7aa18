// Package loadtest gives tests the real releases that they are held to.
package loadtest

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"
)

// Wheel is the file of a release of transformers, which pip brings into the
// cache, once. Under -short a test that needs it is left out.
func Wheel(t testing.TB, version string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("reads a real release")
	}
	wheel, err := load.Fetch(t.Context(), load.Package+"=="+version)
	if err != nil {
		t.Fatal(err)
	}
	return wheel
}

// Release opens a release of transformers with timm's source beside it; pip
// brings both into the cache, once. Without them a test fails; under -short it
// is left out.
func Release(t testing.TB, version string) *load.Source {
	t.Helper()
	ctx, wheel := t.Context(), Wheel(t, version)
	timm, err := load.Fetch(ctx, "timm==1.0.31")
	if err != nil {
		t.Fatal(err)
	}
	src, err := load.Open(ctx, wheel, load.Options{Also: []string{timm}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}
