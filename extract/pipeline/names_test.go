package pipeline

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/pyast"
	"github.com/arch-extract/arch-extract/rules"
)

// overlay is a source in which one file has another text.
type overlay struct {
	interp.Source
	file string
	text []byte
}

func (o *overlay) Parse(file string) (*pyast.Module, error) {
	if file == o.file {
		return pyast.Parse(file, o.text)
	}
	return o.Source.Parse(file)
}

var (
	ownClass    = regexp.MustCompile(`(?m)^class (\w+)`)
	ownFunction = regexp.MustCompile(`(?m)^def (\w+)`)
	ownModule   = regexp.MustCompile(`self\.(\w+) = (?:nn\.(?:Linear|ModuleList|Embedding|LayerNorm|Parameter|Buffer)|[A-Z]\w+)\(`)
	ownLocal    = regexp.MustCompile(`(?m)^\s+(\w+)(?:, (\w+))* = `)
	parameter   = regexp.MustCompile(`(?s)\bdef \w+\((.*?)\)(?: ->[^:]*)?:`)
	keyword     = regexp.MustCompile(`\b(\w+)=`)
	word        = regexp.MustCompile(`\.?\b[A-Za-z_]\w*\b`)
)

// rename gives every class, function, module attribute and local variable of a
// modeling file another name, as far as other files do not use it.
func rename(text []byte) []byte {
	classes, attributes, locals := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range ownClass.FindAllSubmatch(text, -1) {
		classes[string(m[1])] = true
	}
	for _, m := range ownFunction.FindAllSubmatch(text, -1) {
		if string(m[1]) != "eager_attention_forward" {
			classes[string(m[1])] = true
		}
	}
	for _, m := range ownModule.FindAllSubmatch(text, -1) {
		attributes[string(m[1])] = true
	}
	kept := map[string]bool{}
	for _, m := range parameter.FindAllSubmatch(text, -1) {
		for _, w := range word.FindAll(m[1], -1) {
			kept[string(w)] = true
		}
	}
	for _, m := range keyword.FindAllSubmatch(text, -1) {
		kept[string(m[1])] = true
	}
	for _, m := range ownLocal.FindAllSubmatch(text, -1) {
		for _, w := range m[1:] {
			if n := string(w); n != "" && !kept[n] && !strings.HasPrefix(n, "_") {
				locals[n] = true
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^    (\w+) = `).FindAllSubmatch(text, -1) {
		if string(m[1]) != "hidden_states" {
			delete(locals, string(m[1])) // class attributes
		}
	}
	// torch.norm, what torch's own modules hold, and what the shared code of
	// experts reads
	for _, external := range []string{"norm", "weight", "bias", "gate_up_proj", "gate_up_proj_bias", "down_proj", "down_proj_bias", "act_fn"} {
		delete(attributes, external)
	}
	at := 0
	out := make([]byte, 0, len(text)+len(text)/8)
	for _, span := range word.FindAllIndex(text, -1) {
		out = append(out, text[at:span[0]]...)
		at = span[1]
		w := string(text[span[0]:span[1]])
		name := strings.TrimPrefix(w, ".")
		dotted := w != name
		quoted := !dotted && span[0] > 0 && (text[span[0]-1] == '"')
		switch {
		case classes[name] && !dotted:
			out = append(out, "Zz"+name...)
		case attributes[name] && dotted:
			out = append(out, ".zz_"+name...)
		case attributes[name] && quoted:
			out = append(out, "zz_"+name...)
		case locals[name] && !dotted && !quoted:
			out = append(out, "zz_"+name...)
		default:
			out = append(out, w...)
		}
	}
	return append(out, text[at:]...)
}

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
			other := rename(text)
			if n := bytes.Count(other, []byte("zz_")) + bytes.Count(other, []byte("Zz")); n < 100 {
				t.Fatal("only", n, "names changed")
			}
			want := factValues(t, src, module, class)
			got := factValues(t, &overlay{src, file, other}, module, "Zz"+class)
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
