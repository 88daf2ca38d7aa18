package pipeline

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/rules"
)

// TestFactsByOtherNames gives what real modeling files define other names: the
// facts stay what they are.
func TestFactsByOtherNames(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	for family, class := range map[string]string{
		"llama": "LlamaForCausalLM", "gemma2": "Gemma2ForCausalLM", "cohere": "CohereForCausalLM", "olmo2": "Olmo2ForCausalLM", "deepseek_v3": "DeepseekV3ForCausalLM",
		"gpt_oss": "GptOssForCausalLM", "qwen3_next": "Qwen3NextForCausalLM", "stablelm": "StableLmForCausalLM", "mamba2": "Mamba2ForCausalLM", "hy_v4": "HYV4ForCausalLM",
		"recurrent_gemma": "RecurrentGemmaForCausalLM", "kimi_linear": "KimiLinearForCausalLM", "granite": "GraniteForCausalLM", "gptj": "GPTJForCausalLM", "bart": "BartForConditionalGeneration",
	} {
		t.Run(family, func(t *testing.T) {
			module := Package + ".models." + family + ".modeling_" + family
			file, _, ok := src.Resolve(module)
			if !ok {
				t.Fatal("no file of", module)
			}
			text, err := src.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			other := loadtest.Rename(text)
			if n := bytes.Count(other, []byte("zz_")) + bytes.Count(other, []byte("Zz")); n < 100 {
				t.Fatal("only", n, "names changed")
			}
			want := factValues(t, src, module, class)
			got := factValues(t, &loadtest.Overlay{Source: src, File: file, Text: other}, module, "Zz"+class)
			for k, v := range want {
				if got[k] != v {
					t.Errorf("%s: got %s, want %s", k, got[k], v)
				}
			}
			for k, v := range got {
				if _, ok := want[k]; !ok {
					t.Errorf("%s: got %s, want nothing", k, v)
				}
			}
		})
	}
}

// factValues are the facts of a model without its names: by stack and key the
// values with their status, expression and condition.
func factValues(t *testing.T, src interp.Source, module, class string) map[string]string {
	t.Helper()
	s := NewSession(src, interp.Limits{})
	cls, err := s.Class(module, class)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Build(cls, Options{Prepare: PrepareFlow})
	if err != nil {
		t.Fatal(err)
	}
	f, ferr := s.Forward(b, Scenario{})
	if ferr != nil {
		t.Fatal(ferr)
	}
	out := map[string]string{}
	for _, f := range rules.Run(s.Model("", b, f, ferr), rules.Options{}) {
		k := "main " + f.Key
		if f.Stack != "main" {
			k = "other " + f.Key
		}
		v := fmt.Sprint(f.Value, " ", f.Status, " ", f.Expr, " ", f.When)
		if f.Status == graph.Unknown {
			v = "unknown"
		}
		out[k] += v + "; "
	}
	return out
}
