package query

import (
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var language = Language{
	Keys:    []string{"attention.qk_norm", "attention.bias", "attention.sinks", "attention.window", "moe.experts", "schedule.mixers", "norm.eps", "head.tied", "rope.dim"},
	Nearest: func(name string, names []string) []string { return names[:1] },
}

var model = &graph.Model{Family: "small", Class: "SmallForCausalLM", Facts: []graph.Fact{
	{Key: "attention.qk_norm", Value: "per-head", Status: graph.Present},
	{Key: "attention.bias", Value: []any{"q", "k"}, Status: graph.Present},
	{Key: "attention.sinks", Value: false, Status: graph.Absent},
	{Key: "attention.window", Value: int64(128), Status: graph.Present},
	{Key: "attention.window", Value: "none", Status: graph.Absent},
	{Key: "schedule.mixers", Value: []any{[]any{"full+ssm", int64(3)}, []any{"sliding", int64(1)}}, Status: graph.Present},
	{Key: "norm.eps", Value: 1e-6, Status: graph.Present},
	{Key: "head.tied", Value: true, Status: graph.Present},
	{Key: "rope.dim", Status: graph.Unknown, Why: "not followed"},
}}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		query string
		want  bool
	}{
		{"attention.qk_norm = per-head", true},
		{"attention.qk_norm == 'per-head'", true},
		{"attention.qk_norm != per-head", false},
		{"attention.qk_norm != none", true},
		{"moe.experts != 8", false}, // there are none
		{"not moe.experts = 8", true},
		{"attention.bias contains q", true},
		{"attention.bias contains o", false},
		{"attention.bias = [q, k]", true},
		{"attention.bias = [q]", false},
		{"attention.bias = []", false},
		{"schedule.mixers contains sliding", true},
		{"schedule.mixers contains ssm", true},
		{"schedule.mixers contains chunked", false},
		{"schedule.mixers contains [sliding, 1]", true},
		{"attention.window >= 128", true},
		{"attention.window > 128", false},
		{"attention.window = none", true},
		{"norm.eps < 1e-5", true},
		{"norm.eps = 1e-6", true},
		{"head.tied", true},
		{"head.tied = true", true},
		{"attention.sinks", false},
		{"attention.sinks is absent", true},
		{"attention.sinks is not present", true},
		{"moe.experts is missing", true},
		{"rope.dim is unknown", true},
		{"rope.dim = 64", false},
		{"rope.dim != 64", false},
		{"family = small and class contains Causal", true},
		{"head.tied or moe.experts and attention.sinks", true},
		{"(head.tied or moe.experts) and attention.sinks", false},
		{"NOT (head.tied AND attention.sinks)", true},
	} {
		q, err := language.Parse(c.query)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
		} else if got := q.Match(model); got != c.want {
			t.Errorf("%s: %v", c.query, got)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"", "column 1: a fact key is expected, not the end"},
		{"moe.expert > 1", "column 1: there is no fact moe.expert; near it: attention.qk_norm"},
		{"head.tied and", "column 14: a fact key is expected, not the end"},
		{"moe.experts > many", "column 15: a number is expected after >"},
		{"moe.experts >", "column 14: a value is expected, not the end"},
		{"(head.tied", "column 11: ) is expected, not the end: a bracket is opened at column 1"},
		{"head.tied)", `column 10: and, or, or the end is expected, not ")"`},
		{"head.tied is here", `column 14: present, absent, gated, unknown, missing is expected, not "here"`},
		{"head.tied = 'x", "column 13: this quote is not closed"},
		{"head.tied ! x", "column 11: ! stands alone: != or not is expected"},
		{"head.tied & x", `column 11: "&" has no meaning here`},
		{"family", "column 7: = or contains is expected after family, not the end"},
		{strings.Repeat("(", 100000), "nested too deep"},
		{strings.Repeat("not ", 100000), "nested too deep"},
	} {
		_, err := language.Parse(c.query)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %.200v, want %q", c.query, err, c.want)
		}
	}
}

// FuzzParse asks that any text is a query or an error at a place inside of it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"attention.qk_norm=per-head and moe.experts>64", "not (a.b is present)", "attention.bias = [q, [k]]", "head.tied = \"x", "family contains \u00e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := language.Parse(s)
		if err == nil {
			q.Match(model)
			return
		}
		if e, ok := err.(*Error); !ok || e.Pos < 0 || e.Pos > len(s) {
			t.Errorf("%q: %v", s, err)
		}
		_ = err.Error()
	})
}
