package prose

import (
	"cmp"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// maxConstants keeps the constants on a page.
const maxConstants = 12

// Constants are the choices of a model's main stack that its code makes and no
// config value: no expression, no condition and no switch leads to a value of
// the config, and none of the deciding lines sets one. What only says that
// something common is absent is left out. The most unusual come first.
func Constants(m *graph.Model) []graph.Constant {
	type found struct {
		graph.Constant
		n, of int
	}
	kind := kindOf(m)
	u := Counted()
	config := map[graph.Span]bool{}
	for _, c := range m.Config {
		for _, at := range c.At {
			config[at] = true
		}
	}
	values := map[string][]string{}
	for _, f := range m.Facts {
		if f.Stack == "main" && !slices.Contains(values[f.Key], Plain(f.Value)) {
			values[f.Key] = append(values[f.Key], Plain(f.Value))
		}
	}
	switched := map[string]bool{}
	for _, s := range m.Switches {
		for _, k := range s.Keys {
			switched[k] = true
		}
	}
	var out []found
	said := map[string]bool{}
	for _, f := range m.Facts {
		switch {
		case f.Stack != "main", Choice(f) == "", f.Expr != "", f.When != "", len(f.At) == 0, switched[f.Key], said[f.Key]:
			continue
		case strings.HasPrefix(f.Key, "schedule."), len(values[f.Key]) > 1: // the config decides by layer
			continue
		case slices.ContainsFunc(f.At, func(s graph.Span) bool { return config[s] }):
			continue
		}
		n, of, _, _ := u.Share(kind, f)
		if f.Status == graph.Absent && 2*n >= of {
			continue
		}
		text := Sentence(f)
		if text == "" {
			continue
		}
		said[f.Key] = true
		out = append(out, found{graph.Constant{Text: text, Key: f.Key, At: f.At[0], Alike: n, Of: of}, n, of})
	}
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Compare(a.n*max(b.of, 1), b.n*max(a.of, 1)) })
	var list []graph.Constant
	for _, f := range out[:min(len(out), maxConstants)] {
		list = append(list, f.Constant)
	}
	return list
}
