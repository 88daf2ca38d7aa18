package prose

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Explanation says of one fact what it is, what that means and what decides it.
type Explanation struct {
	Fact    graph.Fact
	Means   string // the fact as a sentence
	Usual   string // how the families of a release choose
	Values  []graph.ConfigValue
	Steps   []Step
	Turns   []graph.Switch // what config values change it
	Stopped string         // why it is unknown
}

// Step is one place of the chain that decides a fact.
type Step struct {
	Role    string // "config", "constructor", "forward", "shared code", "module"
	Passage Passage
}

// roles are the steps of a chain in order.
var roles = []string{"config", "constructor", "forward", "shared code", "module"}

// Explain explains the facts of a key, in the order of the model's facts.
func Explain(m *graph.Model, key string, r *Reader) []Explanation {
	var out []Explanation
	for _, f := range m.Facts {
		if f.Key == key {
			out = append(out, explain(m, f, r))
		}
	}
	return out
}

func explain(m *graph.Model, f graph.Fact, r *Reader) Explanation {
	e := Explanation{Fact: f, Means: Sentence(f), Stopped: f.Why}
	kind := kindOf(m)
	if n, of, most, by := Counted().Share(kind, f); of >= enough && Choice(f) != "" {
		e.Usual = fmt.Sprintf("%d of %d %s families of %s have it so", n, of, kind, Counted().Release)
		if most != Choice(f) {
			e.Usual += fmt.Sprintf("; most common: %s (%d)", most, by)
		}
	}
	at := slices.Clone(f.At)
	for _, name := range refs(f) {
		if c, ok := m.Lookup(name); ok {
			e.Values = append(e.Values, c)
			at = append(at, c.At...)
		}
	}
	config := map[graph.Span]bool{}
	for _, c := range m.Config {
		for _, s := range c.At {
			config[s] = true
		}
	}
	own := map[string]bool{}
	if m.Root != nil {
		m.Root.Walk(func(x *graph.Module) { own[x.At.File] = true })
	}
	own[m.At.File] = true
	seen := map[string]bool{}
	for _, s := range at {
		p, ok := r.Passage(s)
		id := fmt.Sprint(p.File, p.First)
		if !ok || seen[id] {
			continue
		}
		seen[id] = true
		role := "forward"
		switch {
		case config[s]:
			role = "config"
		case strings.HasSuffix(p.Owner, ".__init__"):
			role = "constructor"
		case p.Owner != "" && !strings.Contains(p.Owner, ".") && len(p.Lines) > 0 && strings.HasPrefix(strings.TrimSpace(p.Lines[0]), "class "):
			role = "module"
		case !own[s.File]:
			role = "shared code"
		}
		e.Steps = append(e.Steps, Step{role, p})
	}
	slices.SortStableFunc(e.Steps, func(a, b Step) int { return slices.Index(roles, a.Role) - slices.Index(roles, b.Role) })
	for _, s := range m.Switches {
		if slices.Contains(s.Keys, f.Key) {
			e.Turns = append(e.Turns, s)
		}
	}
	return e
}

// refs are the config values that a fact's expression and condition name.
func refs(f graph.Fact) []string {
	var out []string
	for _, text := range []string{f.Expr, f.When} {
		for {
			i := strings.Index(text, "config.")
			if i < 0 {
				break
			}
			text = text[i+len("config."):]
			n := 0
			for n < len(text) && (text[n] == '_' || text[n] == '.' || text[n] >= '0' && text[n] <= '9' || text[n]|0x20 >= 'a' && text[n]|0x20 <= 'z') {
				n++
			}
			if name := strings.TrimRight(text[:n], "."); name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// Keys are the keys of a model's facts, in order, each once.
func Keys(m *graph.Model) []string {
	var out []string
	for _, f := range m.Facts {
		if !slices.Contains(out, f.Key) {
			out = append(out, f.Key)
		}
	}
	return out
}

// Style is how text is written.
type Style struct {
	Markdown bool
	Color    bool // of text on a terminal
	// Show writes a file's name as its reader knows it.
	Show func(file string) string
}

// WriteExplanations writes what Explain found.
func WriteExplanations(w io.Writer, m *graph.Model, es []Explanation, st Style) error {
	p := &printer{Style: st}
	p.title("%s %s, %s", m.Family, m.Class, m.Source.Package)
	for _, e := range es {
		f := e.Fact
		value := number(f.Value)
		if f.Status == graph.Unknown {
			value = "unknown"
		}
		p.head("%s: %s", f.Key, value)
		var where []string
		if f.Stack != "" && f.Stack != "main" {
			where = append(where, "stack "+f.Stack)
		}
		if f.Scope != "" {
			where = append(where, p.code(f.Scope))
		}
		if len(where) > 0 {
			p.para("In %s.", strings.Join(where, ", "))
		}
		switch {
		case f.Status == graph.Unknown:
			p.para("It could not be decided: %s.", strings.TrimSuffix(e.Stopped, "."))
		case e.Means != "":
			p.para("%s.", upper(e.Means))
		}
		if f.Status == graph.Gated && f.When != "" {
			p.para("The code has it; it is off here, and on with %s.", p.code(f.When))
		}
		if e.Usual != "" {
			p.para("%s.", upper(e.Usual))
		}
		if f.Expr != "" {
			p.para("It follows from the config: %s.", p.code(f.Expr))
		}
		for _, c := range e.Values {
			p.item("%s is %s", p.code("config."+c.Name), p.code(configText(c.Value)))
		}
		p.gap()
		role := ""
		for _, s := range e.Steps {
			if s.Role != role {
				role = s.Role
				p.label(role)
			}
			p.passage(s.Passage)
		}
		for _, s := range e.Turns {
			p.para("Turned by %s: %s.", p.code(s.Set), strings.Join(s.Changes, "; "))
		}
	}
	return p.flush(w)
}

func configText(v any) string {
	if s, ok := v.(string); ok {
		return "'" + s + "'"
	}
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return upper(fmt.Sprint(v))
	case []any:
		if len(v) > 8 {
			return fmt.Sprintf("a list of %d", len(v))
		}
	}
	return Plain(v)
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
