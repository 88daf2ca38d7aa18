package rules_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/rules"
)

// TestAddingARule does what the README says under "A rule": a rule is one value,
// one row of rules.All, and a small model with the fact that is expected of it.
func TestAddingARule(t *testing.T) {
	count := &rules.Rule{
		Name: "norms",
		Doc:  "How many modules own a single vector: counted in the tree.",
		Keys: []string{"example.vectors"},
		Run: func(p *rules.Pass) {
			n, at := 0, graph.Span{}
			p.Model.Root.Walk(func(m *graph.Module) {
				if len(m.Params) == 1 && len(m.Params[0].Shape) == 1 {
					n, at = n+1, m.Made
				}
			})
			p.Report("example.vectors", n, at)
		},
	}
	before := rules.All
	rules.All = append(slices.Clone(before), count)
	defer func() { rules.All = before }()

	m := rules.Annotate(traced(t, "offset"), rules.Options{})
	i := slices.IndexFunc(m.Facts, func(f graph.Fact) bool { return f.Key == "example.vectors" })
	if i < 0 {
		t.Fatal("the rule's fact is not among the facts")
	}
	f := m.Facts[i]
	if n, ok := f.Value.(int64); !ok || n == 0 || f.Status != graph.Present || len(f.At) == 0 {
		t.Errorf("got %v (%s) at %v", f.Value, f.Status, f.At)
	}
	var b bytes.Buffer
	if err := emit.Report(&b, m, "yaml", emit.Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "example_vectors: ") {
		t.Error("the report does not say the rule's fact")
	}
}
