package pipeline

import (
	"context"
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"
)

// release opens the real release that tests are held to, with timm's source
// beside it; pip brings both into the cache, once. Without them a test fails;
// under -short it is left out.
func release(t testing.TB, version string) *load.Source {
	t.Helper()
	if testing.Short() {
		t.Skip("reads a real release")
	}
	ctx := context.Background()
	wheel, err := load.Fetch(ctx, "transformers=="+version)
	if err != nil {
		t.Fatal(err)
	}
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
