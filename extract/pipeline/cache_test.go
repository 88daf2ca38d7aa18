package pipeline

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// TestDecode runs one step with a filled cache and checks what the first
// layer's cache holds, before and after.
func TestDecode(t *testing.T) {
	s := NewSession(loadtest.Release(t, "5.23.0"), interp.Limits{})
	for _, c := range []struct{ module, class, want string }{
		{"llama.modeling_llama", "LlamaForCausalLM", "past_key_values.layers.0.keys [1 32 9 128] [1 32 10 128] [$past_key_values.layers.0.keys model.layers.0.self_attn.k_proj]"},
		{"gemma.modeling_gemma", "GemmaForCausalLM", "past_key_values.layers.0.keys [1 16 9 256] [1 16 10 256] [$past_key_values.layers.0.keys model.layers.0.self_attn.k_proj]"},
		{"deepseek_v3.modeling_deepseek_v3", "DeepseekV3Model", "past_key_values.layers.0.keys [1 1 9 512] [1 1 10 512] [$past_key_values.layers.0.keys layers.0.self_attn.kv_a_layernorm]"},
		{"t5.modeling_t5", "T5Model", "past_key_values.self_attention_cache.layers.0.keys [1 8 5 64] [1 8 6 64] [$past_key_values.self_attention_cache.layers.0.keys decoder.block.0.layer.0.SelfAttention.k]"},
		{"mamba.modeling_mamba", "MambaModel", "cache_params.layers.0.conv_states.0 [1 1536 4] [1 1536 4] [$cache_params.layers.0.conv_states.0 layers.0.mixer.in_proj]"},
	} {
		cls, err := s.Class(Package+".models."+c.module, c.class)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.Build(cls, Options{Prepare: PrepareFlow})
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.Forward(b, Scenario{Kind: "decode"})
		if err != nil || len(f.Cache) == 0 || f.Cache[0].Node == nil {
			t.Errorf("%s: %v, %d cache tensors", c.class, err, len(f.Cache))
			continue
		}
		k := f.Cache[0]
		var from []string
		for _, o := range f.Trace.Provenance().Of(k.Node) {
			from = append(from, o.Name)
		}
		if got := fmt.Sprint(k.Name, " ", k.Before, " ", k.After, " ", from); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.class, got, c.want)
		}
	}
}

// TestDecodeSteps compares decoding steps with what decode.py measured: the
// leaf modules called, in order, and the shapes that the cache holds afterwards.
func TestDecodeSteps(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	for lines := json.NewDecoder(inflated(t, "../../testdata/oracle/decode-5.23.0.jsonl.gz")); lines.More(); {
		var want struct {
			Family, Class string
			Set           json.RawMessage
			Calls         []string
			Cache         [][]int64
			OutputShape   []int64 `json:"output_shape"`
		}
		if err := lines.Decode(&want); err != nil {
			t.Fatal(err)
		}
		t.Run(want.Family, func(t *testing.T) {
			set, err := load.DecodeJSON(want.Set)
			if err != nil {
				t.Fatal(err)
			}
			kw, _ := pyValue(set).(*interp.Dict)
			s := NewSession(src, interp.Limits{})
			cls, err := s.Class(Package+".models."+want.Family+".modeling_"+want.Family, want.Class)
			if err != nil {
				t.Fatal(err)
			}
			b, err := s.Build(cls, Options{Config: kw, Prepare: PrepareFlow})
			if err != nil {
				t.Fatal(err)
			}
			f, err := s.Forward(b, Scenario{Kind: "decode"})
			if err != nil {
				t.Fatal(err)
			}
			var calls []string
			for _, r := range f.Trace.Flow(f.Trace.Provenance()) {
				calls = append(calls, r.Leaf)
			}
			if !slices.Equal(calls, want.Calls) {
				t.Errorf("the step calls\n%s\nwant\n%s", strings.Join(calls, "\n"), strings.Join(want.Calls, "\n"))
			}
			var kept [][]int64
			for _, c := range f.Cache {
				if len(c.After) > 0 {
					kept = append(kept, c.After)
				}
			}
			slices.SortFunc(kept, slices.Compare)
			kept = slices.CompactFunc(kept, slices.Equal)
			if got := fmt.Sprint(kept); got != fmt.Sprint(want.Cache) {
				t.Errorf("the cache holds %s, want %v", got, want.Cache)
			}
			if got := tensor.Sizes(f.Output.Shape); !slices.Equal(got, want.OutputShape) {
				t.Errorf("output %v, want %v", got, want.OutputShape)
			}
		})
	}
}
