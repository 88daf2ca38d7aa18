package pipeline

import (
	"fmt"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// TestSize holds published values: what a token adds to the cache in 16 bits,
// which part stops at a window, and that a state stays.
func TestSize(t *testing.T) {
	s := NewSession(loadtest.Release(t, "5.23.0"), interp.Limits{})
	for _, c := range []struct {
		config  string
		context int64
		want    string // bytes of the cache, for each token; kinds with counts, and where they stop
	}{
		{"llama-3-8b", 8192, "1073741824 131072 grows*32 grows*32"},
		{"deepseek-v3", 4096, "287834112 70272 grows*61 grows*61"},
		{"mistral-7b-v0.1", 8192, "536739840 131072 window*32@4095 window*32@4095"},
		{"gemma-2-9b", 8192, "2113757184 344064 window*21@4095 window*21@4095 grows*21 grows*21"},
		{"whisper-tiny", 64, "9609216 6144 grows*4 grows*4 encoder*4 encoder*4"},
		{"mamba-130m", 64, "2654208 0 state*24 state*24"},
	} {
		config, err := load.ReadConfig("../../testdata/configs/" + c.config + ".json")
		if err != nil {
			t.Fatal(err)
		}
		cls, err := s.Class(Package, config.Get("architectures").([]any)[0].(string))
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Size("", cls, Settings{Config: config}, SizeOptions{Context: c.context, Batch: 1, DType: tensor.BFloat16})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(r.CacheBytes, " ", r.PerToken)
		for _, g := range r.Cache {
			got += fmt.Sprintf(" %s*%d", g.Kind, g.Count)
			if g.Stops > 0 {
				got += fmt.Sprint("@", g.Stops)
			}
		}
		if got != c.want || r.CacheWhy != "" {
			t.Errorf("%s: %s%s; want %s", c.config, got, r.CacheWhy, c.want)
		}
		// a product with every active weight but the embedding, which is looked up
		if c.config == "llama-3-8b" && r.Decode.Weights != 2*(8030261248-525336576-266240) {
			t.Errorf("decode takes %d operations with weights", r.Decode.Weights)
		}
	}
}
