package prose

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Stop is one stop of a guided reading.
type Stop struct {
	Name     string // "attention"
	Class    string // the class that is read there, or ""
	Says     string // one sentence on what the lines do
	Flow     string // the equations of the part
	Passages []Passage
	Unusual  []string // what is chosen otherwise than in most families of its kind
}

// stops are the stops in the order in which an expert reads: what facts are
// met there, and those that the sentence is made of.
var stops = []struct {
	name     string
	part     string   // the kind of part that is read there
	prefixes []string // of keys
	says     []string
}{
	{"config", "", nil, []string{"model.layers", "attention.heads", "attention.kv_heads", "attention.head_dim", "mlp.hidden", "moe.experts", "moe.top_k"}},
	{"model", "", []string{"model.", "schedule.", "embedding.", "final_norm"}, []string{"embedding.scale", "embedding.positions", "embedding.norm", "schedule.mixers", "schedule.ffn", "final_norm"}},
	{"block", "", []string{"block.", "residual.", "norm."}, []string{"block.residual", "block.norm_placement", "norm.kind", "norm.offset", "residual.scale"}},
	{"attention", "attention", []string{"attention."}, []string{"attention.kind", "attention.qkv", "attention.bias", "attention.qk_norm", "attention.softcap", "attention.sinks", "attention.gate", "attention.mask", "attention.window"}},
	{"mixer", "mixer", []string{"mixer."}, []string{"mixer.kind", "mixer.conv", "mixer.gate"}},
	{"positions", "", []string{"position.", "rope."}, []string{"position.kind", "rope.layout", "rope.dim", "rope.theta", "rope.layers"}},
	{"feed-forward", "mlp", []string{"mlp."}, []string{"mlp.kind", "mlp.activation", "mlp.bias", "mlp.fused"}},
	{"experts", "moe", []string{"moe."}, []string{"moe.experts", "moe.top_k", "moe.score", "moe.order", "moe.renormalize", "moe.selection_bias", "moe.scale", "moe.shared"}},
	{"head", "", []string{"head.", "logits."}, []string{"head.tied", "head.bias", "logits.scale", "logits.softcap"}},
}

// plainly are facts whose absence goes without saying.
var plainly = []string{"embedding.scale", "embedding.positions", "embedding.norm", "residual.scale", "attention.softcap", "attention.sinks", "attention.gate",
	"attention.window", "attention.qk_norm", "moe.scale", "moe.shared", "moe.selection_bias", "mixer.gate", "mixer.conv", "logits.scale", "logits.softcap", "head.bias", "norm.offset"}

// Tour walks the source of a model in the order in which an expert reads it.
func Tour(m *graph.Model, r *Reader) []Stop {
	var out []Stop
	kind := kindOf(m)
	config := map[graph.Span]bool{}
	for _, c := range m.Config {
		for _, at := range c.At {
			config[at] = true
		}
	}
	shown := map[graph.Span]bool{} // the functions that were met
	for _, s := range stops {
		var facts []graph.Fact
		for _, f := range m.Facts {
			if f.Stack == "main" && slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(f.Key, p) }) {
				facts = append(facts, f)
			}
		}
		stop := Stop{Name: s.name}
		var places []graph.Span
		if s.name == "config" {
			if len(m.Config) == 0 {
				continue
			}
			stop.Says, places = configStop(m, s.says)
		} else {
			if len(facts) == 0 {
				continue
			}
			stop.Says = saying(facts, s.says)
			for _, f := range facts {
				if len(f.At) > 0 && f.Status != graph.Unknown {
					for _, at := range f.At[:min(2, len(f.At))] {
						if !config[at] {
							places = append(places, at)
						}
					}
				}
				if u := Counted().Unusual(kind, f); u != "" && !slices.Contains(stop.Unusual, u) {
					stop.Unusual = append(stop.Unusual, u)
				}
			}
		}
		stop.Class, stop.Flow = partOf(m, s.name, s.part)
		stop.Passages = r.reading(places, stop.Class, s.name == "model", shown)
		if stop.Says != "" || len(stop.Passages) > 0 {
			out = append(out, stop)
		}
	}
	return out
}

// configStop says which values size the model, and where they are set.
func configStop(m *graph.Model, keys []string) (says string, at []graph.Span) {
	var parts []string
	var names []string
	for _, key := range keys {
		for _, f := range m.Facts {
			if f.Key == key && f.Stack == "main" && f.Status != graph.Unknown {
				if s := Sentence(f); s != "" && !slices.Contains(parts, s) {
					parts = append(parts, s)
				}
				names = append(names, refs(f)...)
			}
		}
	}
	names = append(names, refsOf(m.Hidden.E)...)
	for _, n := range names {
		if c, ok := m.Lookup(n); ok && len(c.At) > 0 {
			at = append(at, c.At[0])
		}
	}
	if m.Hidden.N > 0 {
		parts = append([]string{fmt.Sprintf("the stream is %d wide", m.Hidden.N)}, parts...)
	}
	return strings.Join(parts, "; "), at
}

func refsOf(e *graph.Expr) []string {
	var out []string
	for _, r := range e.Refs(nil) {
		out = append(out, strings.TrimPrefix(r, "config."))
	}
	return out
}

// saying is one sentence out of facts, in the order of keys.
func saying(facts []graph.Fact, keys []string) string {
	var parts []string
	for _, key := range keys {
		for _, f := range facts {
			if f.Key != key || f.Status == graph.Absent && slices.Contains(plainly, key) {
				continue
			}
			s := Sentence(f)
			if s == "" {
				continue
			}
			if l := layers(f.Scope); l != "" && differs(facts, key) {
				s += " (" + l + ")"
			}
			if !slices.Contains(parts, s) {
				parts = append(parts, s)
			}
		}
	}
	return strings.Join(parts, "; ")
}

// differs reports whether a key has several values.
func differs(facts []graph.Fact, key string) bool {
	value := ""
	for _, f := range facts {
		if f.Key == key {
			if v := Plain(f.Value); value == "" {
				value = v
			} else if v != value {
				return true
			}
		}
	}
	return false
}

// layers says which layers a scope speaks of: "layers 0-2,5"; "" where it is all.
func layers(scope string) string {
	for _, seg := range strings.Split(scope, ".") {
		if inner, ok := strings.CutPrefix(seg, "{"); ok {
			return "layers " + strings.TrimSuffix(inner, "}")
		}
		if seg != "" && strings.Trim(seg, "0123456789") == "" {
			return "layer " + seg
		}
	}
	return ""
}

// partOf is the class that a stop reads, and its equations.
func partOf(m *graph.Model, stop, kind string) (class, flow string) {
	for _, b := range m.Blocks {
		if b.Stack != "main" {
			continue
		}
		if stop == "block" {
			return b.Class, b.Flow
		}
		if stop == "model" && m.Root != nil {
			path, _, _ := strings.Cut(b.Scope, "*")
			if i := strings.IndexAny(path, "{,"); i >= 0 {
				path = path[:i]
			}
			path = strings.TrimSuffix(path, ".")
			if i := strings.LastIndexByte(path, '.'); i >= 0 {
				if x := m.Root.Find(path[:i]); x != nil {
					return x.Class, ""
				}
			}
			return m.Class, ""
		}
		for _, p := range b.Parts {
			if kind != "" && p.Kind == kind {
				return p.Class, p.Flow
			}
		}
	}
	return "", ""
}

const (
	// maxFunction is the length up to which a function is shown whole.
	maxFunction = 40
	// maxPassages bounds the passages of a stop.
	maxPassages = 6
)

// reading are the lines at some places: those of the class first, then in the
// order of the files. A function is shown as a whole the first time that it is
// met, where it is short and no constructor; else the statements are. only leaves
// out what lies in other classes.
func (r *Reader) reading(places []graph.Span, class string, only bool, shown map[graph.Span]bool) []Passage {
	var out []Passage
	inside := func(p Passage) bool { return class != "" && strings.HasPrefix(p.Owner, class+".") }
	for _, at := range places {
		p, ok := r.Passage(at)
		if !ok || strings.HasPrefix(strings.TrimSpace(p.Lines[0]), "class ") || only && !inside(p) {
			continue
		}
		if whole, ok := r.Function(at); ok && !only && !shown[graph.Span{File: whole.File, Line: whole.First}] {
			p = whole
		}
		i := slices.IndexFunc(out, func(q Passage) bool {
			return q.File == p.File && q.Owner == p.Owner && p.First <= q.First+len(q.Lines)+1 && q.First <= p.First+len(p.Lines)+1
		})
		if i < 0 {
			out = append(out, p)
			continue
		}
		out[i] = r.merge(out[i], p)
	}
	slices.SortStableFunc(out, func(a, b Passage) int {
		switch {
		case inside(a) != inside(b):
			if inside(a) {
				return -1
			}
			return 1
		case a.File == b.File:
			return a.First - b.First
		}
		return 0
	})
	out = out[:min(len(out), maxPassages)]
	for _, p := range out {
		if len(p.Lines) > 0 {
			shown[graph.Span{File: p.File, Line: p.First}] = true
		}
	}
	return out
}

// merge joins two passages that touch.
func (r *Reader) merge(a, b Passage) Passage {
	if b.First < a.First {
		a, b = b, a
	}
	lines := r.file(a.File).lines
	last := max(a.First+len(a.Lines), b.First+len(b.Lines))
	c := Passage{File: a.File, Owner: a.Owner, First: a.First, Lines: lines[a.First-1 : last-1], Mark: make([]bool, last-a.First)}
	copy(c.Mark, a.Mark)
	c.From, c.To = a.From, a.To
	for i, on := range b.Mark {
		c.Mark[b.First-a.First+i] = c.Mark[b.First-a.First+i] || on
	}
	return c
}

// WriteTour writes the stops of a reading.
func WriteTour(w io.Writer, m *graph.Model, stops []Stop, st Style) error {
	p := &printer{Style: st}
	p.title("%s %s, %s", m.Family, m.Class, m.Source.Package)
	for i, s := range stops {
		name := fmt.Sprintf("%d. %s", i+1, s.Name)
		if s.Class != "" {
			name += ": " + s.Class
		}
		p.head("%s", name)
		if s.Says != "" {
			p.para("%s.", upper(s.Says))
		}
		if s.Flow != "" {
			p.equations(s.Flow)
		}
		for _, u := range s.Unusual {
			p.note("Unusual: " + u + ".")
		}
		p.gap()
		for _, q := range s.Passages {
			p.passage(q)
		}
	}
	return p.flush(w)
}
