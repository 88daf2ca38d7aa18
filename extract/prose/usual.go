package prose

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// usualTable is counted from a release by the test of package pipeline that
// also compares it: go test ./extract/pipeline -run TestReports -update.
//
//go:embed usual.json
var usualTable []byte

// Usual counts, over the families of a release, how they choose.
type Usual struct {
	Release string `json:"release"`
	// Kinds has, for each kind of model, the choices of each fact's key and how
	// many families make them.
	Kinds map[string]map[string]map[string]int `json:"kinds"`
}

// Counted is the table of the release that this program was made with.
var Counted = sync.OnceValue(func() *Usual {
	u := &Usual{}
	if err := json.Unmarshal(usualTable, u); err != nil {
		panic("usual.json: " + err.Error()) // it is part of the program
	}
	return u
})

// sizes are facts that size a model: they are no choice to compare.
var sizes = []string{"model.layers", "model.kind", "norm.eps", "attention.heads", "attention.kv_heads", "attention.head_dim", "attention.v_head_dim",
	"attention.scale", "rope.dim", "rope.theta", "mlp.hidden", "moe.experts", "moe.top_k", "moe.shared_hidden", "mixer.heads", "mixer.head_dim", "mixer.state"}

// whole are numbers that are choices as they are.
var whole = []string{"norm.offset", "block.norms"}

// Choice is what a fact says as a choice: its value, or "set" for a factor, a
// window, a count where others have none. "" for a size and for what is not known.
func Choice(f graph.Fact) string {
	if f.Status == graph.Unknown || slices.Contains(sizes, f.Key) {
		return ""
	}
	if strings.HasPrefix(f.Key, "schedule.") {
		var kinds []string
		for _, x := range list(f.Value) {
			if run := list(x); len(run) > 0 && !slices.Contains(kinds, Plain(run[0])) {
				kinds = append(kinds, Plain(run[0]))
			}
		}
		slices.Sort(kinds)
		return strings.Join(kinds, ", ")
	}
	switch v := f.Value.(type) {
	case bool:
		return fmt.Sprint(v)
	case int64, int, float64:
		if slices.Contains(whole, f.Key) || Plain(v) == "0" {
			return Plain(v)
		}
		return "set"
	case string:
		if strings.HasSuffix(f.Key, ".scale") && v != "none" {
			return "set"
		}
		return v
	case map[string]any:
		return "set"
	}
	if f.Key == "rope.layers" {
		return "set"
	}
	return Plain(f.Value)
}

// Add counts the choices of one family's model: those of its main stack, each once.
func (u *Usual) Add(m *graph.Model) {
	kind := kindOf(m)
	if kind == "" {
		return
	}
	seen := map[string]bool{}
	for _, f := range m.Facts {
		c := Choice(f)
		if c == "" || f.Stack != "main" || seen[f.Key+"="+c] {
			continue
		}
		seen[f.Key+"="+c] = true
		if u.Kinds == nil {
			u.Kinds = map[string]map[string]map[string]int{}
		}
		if u.Kinds[kind] == nil {
			u.Kinds[kind] = map[string]map[string]int{}
		}
		if u.Kinds[kind][f.Key] == nil {
			u.Kinds[kind][f.Key] = map[string]int{}
		}
		u.Kinds[kind][f.Key][c]++
		if !seen[f.Key] {
			seen[f.Key] = true
			u.Kinds[kind][f.Key][""]++ // families that choose at all
		}
	}
}

func kindOf(m *graph.Model) string {
	for _, f := range m.Facts {
		if f.Key == "model.kind" && f.Status != graph.Unknown {
			return Plain(f.Value)
		}
	}
	return ""
}

// Share says how many of the families of a kind choose as the fact does, out
// of how many that choose, and the most common choice with its count.
func (u *Usual) Share(kind string, f graph.Fact) (n, of int, most string, by int) {
	counts := u.Kinds[kind][f.Key]
	for c, k := range counts {
		if c != "" && (k > by || k == by && c < most) {
			most, by = c, k
		}
	}
	return counts[Choice(f)], counts[""], most, by
}

// enough is the number of families below which nothing is called usual.
const enough = 10

// Unusual says how a fact departs from the most common choice, "" where it
// does not: where at least a quarter of the families choose alike.
func (u *Usual) Unusual(kind string, f graph.Fact) string {
	if Choice(f) == "" {
		return ""
	}
	n, of, most, by := u.Share(kind, f)
	if of < enough || 4*n >= of || most == Choice(f) || by == n {
		return ""
	}
	usual := graph.Fact{Key: f.Key, Value: valueOf(most), Status: graph.Present}
	said := Sentence(usual)
	if said == "" || most == "set" {
		said = f.Key + " " + most
		if most == "set" {
			said = "there is one"
		}
	}
	return fmt.Sprintf("%s (%d of %d %s families of %s; usually %s: %d)", Sentence(f), n, of, kind, u.Release, said, by)
}

// valueOf reads a choice back as a value.
func valueOf(choice string) any {
	switch choice {
	case "true":
		return true
	case "false":
		return false
	case "[]":
		return []any{}
	}
	if inner, ok := strings.CutPrefix(choice, "["); ok {
		var out []any
		for _, s := range strings.Split(strings.TrimSuffix(inner, "]"), ", ") {
			out = append(out, s)
		}
		return out
	}
	return choice
}
