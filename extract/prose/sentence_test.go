package prose

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Every choice that a release makes can be said.
func TestChoicesHaveWords(t *testing.T) {
	n := 0
	for _, keys := range Counted().Kinds {
		for key, choices := range keys {
			for c := range choices {
				if c == "" || c == "other" {
					continue
				}
				n++
				if Sentence(graph.Fact{Key: key, Value: valueOf(c), Status: graph.Present}) == "" {
					t.Errorf("%s: %s has no words", key, c)
				}
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d choices in the table", n)
	}
}

func TestBiases(t *testing.T) {
	for want, v := range map[string][]any{
		"q, k and v have a bias, o has none":         {"q", "k", "v"},
		"o has a bias, q, k and v have none":         {"o"},
		"all of attention's projections have a bias": {"q", "k", "v", "o"},
		"attention's projections have no bias":       {},
	} {
		if got := Sentence(graph.Fact{Key: "attention.bias", Value: v, Status: graph.Present}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A choice is a value without its size, and unusual where few make it.
func TestUnusual(t *testing.T) {
	u := &Usual{Release: "toys 1"}
	model := func(layout string, window any) *graph.Model {
		return &graph.Model{Facts: []graph.Fact{
			{Key: "model.kind", Value: "decoder-only", Status: graph.Present, Stack: "main"},
			{Key: "rope.layout", Value: layout, Status: graph.Present, Stack: "main"},
			{Key: "attention.window", Value: window, Status: graph.Present, Stack: "main"},
			{Key: "attention.heads", Value: int64(8), Status: graph.Present, Stack: "main"},
		}}
	}
	for range 11 {
		u.Add(model("half", "none"))
	}
	odd := model("interleaved", int64(4096))
	u.Add(odd)
	want := []string{"",
		"the rotation pairs dimension 2i with 2i + 1 (1 of 12 decoder-only families of toys 1; usually the rotation pairs dimension i with i + d/2: 11)",
		"a query sees 4096 keys, itself included (1 of 12 decoder-only families of toys 1; usually attention reaches over the whole sequence: 11)", ""}
	for i, f := range odd.Facts {
		if got := u.Unusual("decoder-only", f); got != want[i] {
			t.Errorf("%s: got %q, want %q", f.Key, got, want[i])
		}
	}
	for _, f := range model("half", "none").Facts {
		if got := u.Unusual("decoder-only", f); got != "" {
			t.Errorf("%s: %q is usual", f.Key, got)
		}
	}
}
