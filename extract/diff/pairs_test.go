package diff_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// TestPairs compares families that engineers port weights between, and looks
// for what such a port must know; a line with "no " before it must not be said.
func TestPairs(t *testing.T) {
	src := loadtest.Release(t, load.DefaultRelease)
	s := pipeline.NewSession(src, interp.Limits{})
	known := map[string]*graph.Model{}
	model := func(name string) (*graph.Model, load.File) {
		fam, _ := src.Family(name)
		f, class, err := src.DefaultClass(fam)
		if err != nil {
			t.Fatal(err)
		}
		if known[name] == nil {
			if known[name], err = s.DescribeClass(src, f, class, pipeline.Settings{}); err != nil {
				t.Fatal(err)
			}
		}
		return known[name], f
	}
	for _, c := range []struct{ a, b, want string }{
		{"llama", "qwen2", `\+ model\.layers\.\*\.self_attn\.\{q,k,v\}_proj\.bias`},
		{"llama", "qwen2", `attention bias +\[\] -> \[q, k, v\]`},
		{"qwen2", "qwen3", `qk norm +none -> per-head \(before-rope\)`},
		{"mistral", "mixtral", `feed-forward by layer +dense x 32 -> moe x 32 \(router score softmax, .*experts 8`},
		{"mistral", "mixtral", `no [-+] model\.layers\.\*\.post_attention_layernorm`}, // it stands before the experts as it did before the MLP
		{"gpt2", "llama", `~ transformer\.h\.\*\.attn\.c_attn\.weight -> model\.layers\.\*\.self_attn\.\{q,k,v\}_proj\.weight  \(attention qkv; layout q\|k\|v, transposed\)`},
		{"gpt2", "llama", `c_fc\.weight -> .*up_proj\.weight  \(mlp up; in x out -> out x in\)`},
		{"gpt_neox", "llama", `query_key_value\.weight -> .*layout per-head: q, k and v of each head in turn`},
		{"phi3", "llama", `gate_up_proj\.weight -> model\.layers\.\*\.mlp\.\{gate,up\}_proj\.weight  \(mlp gate\+up; layout gate\|up\)`},
		{"gpt_oss", "mixtral", `experts\.gate_up_proj .*in x out -> out x in, layout gate,up interleaved -> gate\|up`},
		{"gpt_oss", "mixtral", `experts\.down_proj  \(moe down; in x out -> out x in\)`},
		{"gpt_oss", "mixtral", `~ model\.layers\.\*\.mlp\.router\.weight -> model\.layers\.\*\.mlp\.gate\.weight`},
		{"gpt_oss", "mixtral", `mixers by layer +\[sliding, full\] x 18 -> full x 32`},
		{"gemma2", "gemma3", `rope theta +10000 -> 1000000 \(layers 5,11,\.\.\.,23\), 10000 \(others\)`},
		{"gemma2", "gemma3", `\+ model\.vision_tower\.\*  \(32 names\)`},
		{"gemma2", "gemma3", `~ model\.\* -> model\.language_model\.\*  \(13 names\)`},
		{"gemma2", "gemma3", `no embedding scale`}, // the same of a text config
		{"bert", "roberta", `which bert\.embeddings\.position_embeddings is given`},
		{"bert", "roberta", `~ bert\.\* -> roberta\.\*  \(21 names\)`},
		{"olmo", "olmo2", `norm placement +pre -> branch-post`},
		{"olmo", "olmo2", `norm parameters +none -> weight`},
		{"whisper", "speech_to_text", `vocab size +51865 -> 10000`},
		{"whisper", "speech_to_text", `no embed_positions\.weight -> .*embed_tokens`},
	} {
		t.Run(c.a+" "+c.b, func(t *testing.T) {
			a, _ := model(c.a)
			b, f := model(c.b)
			like, _, err := s.DescribeLike(src, f, b.Class, pipeline.Settings{}, b, a)
			if err != nil {
				like = nil
			}
			r := diff.CompareCode(a, b, like)
			want, not := strings.CutPrefix(c.want, "no ")
			if got := written(t, r); regexp.MustCompile(want).MatchString(got) == not {
				t.Errorf("%s in\n%s", c.want, got)
			}
			forms(t, r)
		})
	}
}

// forms writes a difference in its other forms, which say as much.
func forms(t *testing.T, r *diff.Result) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var asJSON map[string]any
	if err := json.Unmarshal(b, &asJSON); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "structure", "weights", "numerics", "values", "renamed", "unchanged"} {
		if asJSON[key] == nil {
			t.Errorf("there is no %s", key)
		}
	}
	var m bytes.Buffer
	if err := r.WriteMarkdown(&m); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(m.String()) {
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 6 {
			t.Errorf("a row of another width: %s", line)
		}
	}
	for _, e := range r.Structure {
		if !strings.Contains(m.String(), e.About) {
			t.Errorf("Markdown does not say %s", e.About)
		}
	}
}
