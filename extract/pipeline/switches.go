package pipeline

import (
	"cmp"
	"crypto/sha256"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

const (
	// maxReruns bounds how often a model is built again in search of its switches.
	maxReruns = 32
	// maxSwitches and maxChanges keep the switches on a page.
	maxSwitches = 12
	maxChanges  = 5
	// maxValues bounds the values that are tried for one condition.
	maxValues = 3
)

// Watch notes, while a model is built and run, the conditions that depend on
// its config.
type Watch struct {
	s        *Session
	branches []branch
	seen     map[string]bool
	lookups  []lookup
}

// branch is a condition on config values, and how it went.
type branch struct {
	at   graph.Span
	e    *graph.Expr
	took bool
}

// lookup is a table in which a config value was looked up.
type lookup struct {
	at   graph.Span
	name string // of the config value
	keys []string
}

// Watch begins to note; Stop ends it.
func (s *Session) Watch() *Watch {
	w := &Watch{s: s, seen: map[string]bool{}}
	s.in.OnBranch = func(at graph.Span, e *graph.Expr, took bool) {
		// the passes of a loop over layers test the same values: once is enough
		key := at.File + ":" + strconv.Itoa(at.Line) + strings.Join(e.Refs(nil), " ")
		if !w.seen[key] {
			w.seen[key] = true
			w.branches = append(w.branches, branch{at, e, took})
		}
	}
	s.in.OnLookup = func(at graph.Span, e *graph.Expr, d *interp.Dict) {
		if e.Op != "ref" || w.seen["["+e.Name] {
			return
		}
		w.seen["["+e.Name] = true
		l := lookup{at: at, name: e.Name}
		d.Range(func(k, _ interp.Value) bool {
			if t, ok := interp.AsStr(k); ok {
				l.keys = append(l.keys, t)
			}
			return true
		})
		w.lookups = append(w.lookups, l)
	}
	return w
}

// Stop ends the noting.
func (w *Watch) Stop() { w.s.in.OnBranch, w.s.in.OnLookup = nil, nil }

// trial is one config value to be tried in the place of the model's.
type trial struct {
	set  load.Setting
	when string
	at   graph.Span
	// turns is the condition that is to go the other way; nil where the value itself is what is tried.
	turns *branch
}

// Switches are the config values on which branches of a model depend, with what
// is different when one of them goes the other way: the model is built and run
// again with a value under which the condition turns, and compared by meaning.
// base and m are the model's own run and description.
func (w *Watch) Switches(src *load.Source, cls *interp.Class, v Settings, base *Run, m *graph.Model) []graph.Switch {
	if base.Err != nil {
		return nil
	}
	type found struct {
		graph.Switch
		weight int
	}
	var out []found
	tried := map[string]bool{}
	runs := 0
	for _, group := range w.trials(base.Built, m) {
		for _, t := range group {
			set := t.set.Key + "=" + settingText(t.set.Value)
			if tried[set] {
				break
			}
			if tried[set] = true; runs >= maxReruns {
				break
			}
			runs++
			r := w.rerun(src, cls, v, t, base, m)
			gate(m, r, t)
			if changes, keys, weight := effects(m, r); weight > 0 {
				out = append(out, found{graph.Switch{When: t.when, At: t.at, Set: set, Changes: changes, Keys: keys}, weight})
				break
			}
		}
	}
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Compare(b.weight, a.weight) })
	var list []graph.Switch
	said := map[string]bool{}
	for _, f := range out {
		if k := strings.Join(f.Changes, "\n"); !said[k] && len(list) < maxSwitches {
			said[k] = true
			list = append(list, f.Switch)
		}
	}
	return list
}

// layerIndex is which layers a scope means: "3", "*" or "{0-4,6}".
var layerIndex = regexp.MustCompile(`\b[0-9]+\b|\{[^}]*\}`)

// gate marks the facts of a module, in whatever layers, that say that something
// is absent, where a trial brings it to that module: the code has it, and a
// config value turns it off. What another module has that stands in its place
// then, experts for a feed-forward, is not the same thing turned on.
func gate(m, other *graph.Model, t trial) {
	if other == nil {
		return
	}
	type place struct{ key, stack, scope string }
	of := func(f *graph.Fact) place { return place{f.Key, f.Stack, layerIndex.ReplaceAllString(f.Scope, "*")} }
	brought := map[place]bool{}
	for i := range other.Facts {
		f := &other.Facts[i]
		brought[of(f)] = brought[of(f)] || f.Status == graph.Present
	}
	for i := range m.Facts {
		if f := &m.Facts[i]; f.Status != graph.Absent {
			delete(brought, of(f))
		}
	}
	for i := range m.Facts {
		f := &m.Facts[i]
		if brought[of(f)] {
			f.Status, f.When = graph.Gated, t.when
			if !t.at.IsZero() && !slices.Contains(f.At, t.at) {
				f.At = append([]graph.Span{t.at}, f.At...)
			}
		}
	}
}

// rerun describes the model under one more setting. It is nil where nothing
// changes, and where there is nothing to compare: Python refuses the value, the
// condition does not turn, or the forward gives something else as its result.
func (w *Watch) rerun(src *load.Source, cls *interp.Class, v Settings, t trial, base *Run, m *graph.Model) (other *graph.Model) {
	var err error
	defer Bug(&err)
	v.Set = append(slices.Clone(v.Set), t.set)
	turned := t.turns == nil
	if !turned {
		w.s.in.OnBranch = func(at graph.Span, e *graph.Expr, took bool) {
			turned = turned || at == t.turns.at && took != t.turns.took && slices.Equal(e.Refs(nil), t.turns.e.Refs(nil))
		}
		defer func() { w.s.in.OnBranch = nil }()
	}
	run, err := w.s.Run(cls, v, base.Forward.again())
	if err != nil || run.Err != nil || !turned || !sameResult(base.Forward, run.Forward) {
		return nil
	}
	if fingerprint(base) == fingerprint(run) {
		return nil
	}
	other, err = w.s.Describe(src, m.Family, v, run)
	if err != nil {
		return nil
	}
	return other
}

// sameResult reports whether two forwards give a result of the same rank and width.
func sameResult(a, b *Forward) bool {
	if a.Output == nil || b.Output == nil {
		return a.Output == b.Output
	}
	x, y := tensor.Sizes(a.Output.Shape), tensor.Sizes(b.Output.Shape)
	return len(x) == len(y) && (len(x) == 0 || x[len(x)-1] == y[len(y)-1])
}

// fingerprint sums up what a run built and computed.
func fingerprint(r *Run) [sha256.Size]byte {
	h := sha256.New()
	var row []byte
	write := func(parts ...string) {
		row = row[:0]
		for _, p := range parts {
			row = append(append(row, p...), 0)
		}
		h.Write(row)
	}
	for _, list := range [][]nn.NamedTensor{r.Built.Tree.Params, r.Built.Tree.Buffers} {
		for _, p := range list {
			write(p.Name, dims(p.Tensor), p.Tensor.DType.String())
		}
	}
	for _, m := range r.Built.Tree.Modules {
		write(m.Path, m.Class)
	}
	for _, n := range r.Forward.Seen().Nodes {
		row = append(row[:0], n.Op...)
		row = append(append(row, 0), n.Name...)
		for _, x := range n.In {
			row = strconv.AppendInt(append(row, ' '), int64(x.ID), 10)
		}
		for _, d := range n.Shape {
			row = strconv.AppendInt(append(row, 'x'), d, 10)
		}
		for _, a := range n.Args {
			row = append(append(append(append(row, ','), a.Name...), '='), a.Val...)
		}
		h.Write(append(append(row, 0), n.DType...))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// effects are how another description of a model differs, the largest first,
// and how much that is: 0 where no branch was decided by it, only sizes.
func effects(m, other *graph.Model) (changes, keys []string, weight int) {
	if other == nil {
		return nil, nil, 0
	}
	r := diff.CompareFacts(m, other)
	for _, e := range r.Values {
		if e.Key == "model.layers" {
			return nil, nil, 0
		}
	}
	lost := 0
	add := func(list []diff.Entry) {
		for _, e := range list {
			if b := diff.Text(e.B); b == "unknown" || diff.Text(e.A) == "unknown" {
				lost++
				continue
			}
			t := e.About + ": " + valueText(m, e, e.A) + " -> " + valueText(other, e, e.B)
			if e.Stack != "" {
				t = e.Stack + ": " + t
			}
			changes, keys = append(changes, t), append(keys, e.Key)
		}
	}
	add(r.Structure)
	structure := len(changes)
	names := params(m, other)
	changes = append(changes, names...)
	add(r.Numerics)
	numerics := len(changes) - structure - len(names)
	switch {
	case lost > structure+numerics: // it could not be followed
		return nil, nil, 0
	case structure == 0 && len(names) == 0 && len(r.Values) > 0: // a size, and what follows from it
		return nil, nil, 0
	case sizesOnly(r):
		return nil, nil, 0
	}
	if weight = 10*structure + 4*len(names) + 3*numerics; weight == 0 {
		return nil, nil, 0
	}
	add(r.Values)
	if n := len(changes); n > maxChanges {
		changes = append(changes[:maxChanges-1], "and "+strconv.Itoa(n-maxChanges+1)+" more")
	}
	return changes, keys, weight
}

// sizesOnly reports whether what changed in structure are sizes too: how many
// dimensions a rotation covers follows the width of a head.
func sizesOnly(r *diff.Result) bool {
	for _, e := range r.Structure {
		if e.Key != "rope.dim" {
			return false
		}
	}
	return len(r.Structure) > 0 && len(r.Values) > 0
}

// params are the names that came and went, folded over equal layers.
func params(a, b *graph.Model) (out []string) {
	x, y := parameterNames(a), parameterNames(b)
	for _, g := range []struct {
		sign     string
		of, less []string
	}{{"+ ", y, x}, {"- ", x, y}} {
		var names []string
		for _, n := range g.of {
			if !slices.Contains(g.less, n) {
				names = append(names, n)
			}
		}
		if len(names) > 0 {
			out = append(out, g.sign+diff.Braced(names))
		}
	}
	return out
}

// parameterNames are the names of parameters that are not one with another,
// numbers of layers as *.
func parameterNames(m *graph.Model) []string {
	var out []string
	seen := map[string]bool{}
	m.Root.Walk(func(x *graph.Module) {
		for _, p := range x.Params {
			parts := strings.Split(x.Path+"."+p.Name, ".")
			for i := range parts {
				if strings.Trim(parts[i], "0123456789") == "" {
					parts[i] = "*"
				}
			}
			if n := strings.Join(parts, "."); p.Tied == "" && !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	})
	return out
}

// valueText writes a side of a comparison; schedules as patterns.
func valueText(m *graph.Model, e diff.Entry, v any) string {
	if strings.HasPrefix(e.Key, "schedule.") || e.Key == "rope.layers" {
		for _, f := range m.Facts {
			if runs, ok := f.Value.([]any); ok && f.Key == e.Key && (f.Stack == e.Stack || f.Stack == "main" && e.Stack == "") {
				return graph.Pattern(runs)
			}
		}
	}
	return diff.Text(v)
}

// trials lists what is worth trying: for each condition the values that turn
// it, the likeliest first.
func (w *Watch) trials(b *Built, m *graph.Model) [][]trial {
	shared := w.sharedConfig()
	own := map[string]bool{} // the files of the model's own modules
	m.Root.Walk(func(x *graph.Module) { own[x.At.File] = true })
	uses := refUses(m)
	var out [][]trial
	flip := func(c graph.ConfigValue) {
		v := c.Value.(bool)
		when := "config." + c.Name
		if v {
			when = "not " + when
		}
		out = append(out, []trial{{load.Setting{Key: c.Name, Value: !v}, when, firstSpan(c.At), nil}})
	}
	// what rules found to be gated, then the flags that the config class declares itself
	for _, f := range m.Facts {
		if f.Status == graph.Gated {
			for _, name := range configNames(f.When) {
				if c, ok := m.Lookup(name); ok {
					if _, is := c.Value.(bool); is {
						flip(c)
					}
				}
			}
		}
	}
	for _, c := range m.Config {
		if _, is := c.Value.(bool); is && len(c.At) > 0 && c.At[0].File != shared {
			flip(c)
		}
	}
	for _, br := range w.branches {
		if own[br.at.File] {
			out = append(out, w.turns(b, m, br, uses))
		}
	}
	for _, l := range w.lookups {
		name := strings.TrimPrefix(l.name, "config.")
		c, ok := m.Lookup(name)
		if !ok || private(name) {
			continue
		}
		var ts []trial
		for _, k := range l.keys {
			if k != c.Value && len(ts) < maxValues {
				ts = append(ts, trial{load.Setting{Key: name, Value: k}, l.name, firstSpan(c.At), nil})
			}
		}
		out = append(out, ts)
	}
	return out
}

// sharedConfig is the file of the class that all configs derive from.
func (w *Watch) sharedConfig() (file string) {
	_ = w.s.in.Guard(func() { file = w.s.in.Import(Package + ".configuration_utils").File })
	return file
}

var configPath = regexp.MustCompile(`\bconfig\.([A-Za-z_][A-Za-z0-9_.]*)`)

func configNames(text string) []string {
	var out []string
	for _, m := range configPath.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

func private(name string) bool { return name[strings.LastIndexByte(name, '.')+1] == '_' }

func firstSpan(at []graph.Span) graph.Span {
	if len(at) == 0 {
		return graph.Span{}
	}
	return at[0]
}

// refUses counts the dimensions that each config value takes part in.
func refUses(m *graph.Model) map[string]int {
	uses := map[string]int{}
	m.Root.Walk(func(x *graph.Module) {
		for _, p := range x.Params {
			for _, d := range p.Shape {
				for _, r := range d.E.Refs(nil) {
					uses[r]++
				}
			}
		}
	})
	return uses
}

// turns are the settings under which a condition goes the other way, those of
// the value that decides the least else first.
func (w *Watch) turns(b *Built, m *graph.Model, br branch, uses map[string]int) []trial {
	refs := unique(br.e.Refs(nil))
	slices.Reverse(refs)
	slices.SortStableFunc(refs, func(x, y string) int { return cmp.Compare(uses[x], uses[y]) })
	lits := literals(br.e, nil)
	var out []trial
	for _, ref := range refs {
		name, ok := strings.CutPrefix(ref, "config.")
		if !ok || private(name) {
			continue
		}
		c, ok := m.Lookup(name)
		if !ok {
			continue
		}
		for _, v := range others(c.Value, lits) {
			if len(out) < maxValues && w.goes(b, br.e, name, v) == !br.took {
				out = append(out, trial{load.Setting{Key: name, Value: v}, negated(br.e, br.took), br.at, &br})
			}
		}
	}
	return out
}

func unique(l []string) []string {
	var out []string
	for _, s := range l {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func literals(e *graph.Expr, out []string) []string {
	if e.Op == "lit" {
		return append(out, e.Name)
	}
	for _, a := range e.Args {
		out = literals(a, out)
	}
	return out
}

// others are values of the kind of v, or of those that a condition compares it with.
func others(v any, lits []string) []any {
	var out []any
	for _, l := range lits {
		if s, err := strconv.Unquote(strings.ReplaceAll(l, "'", `"`)); err == nil {
			if _, is := v.(string); is || v == nil {
				out = append(out, s)
			}
		}
	}
	switch v := v.(type) {
	case bool:
		return []any{!v}
	case int64:
		if v > 1 && v%2 == 0 {
			out = append(out, v/2)
		}
		if v > 0 && v < 1<<30 {
			out = append(out, 2*v)
		}
		out = append(out, int64(0), int64(1), nil)
	case float64:
		out = append(out, 0.0, 1.0, nil)
		if !math.IsInf(2*v, 0) {
			out = append(out, 2*v)
		}
	case string:
		out = append(out, nil)
	case nil:
		out = append(out, int64(4), 4.0, true)
	default:
		return nil
	}
	return slices.DeleteFunc(out, func(x any) bool { return x == v })
}

// goes evaluates a condition with another value of one config attribute. The
// answer is nil where it cannot be evaluated.
func (w *Watch) goes(b *Built, e *graph.Expr, name string, v any) any {
	in := w.s.in
	var went any
	_ = in.Guard(func() {
		cfg := b.Config
		leaf := name
		for {
			head, rest, dotted := strings.Cut(leaf, ".")
			if !dotted {
				break
			}
			sub, ok := in.GetAttr(cfg, head).(*interp.Instance)
			if !ok {
				return
			}
			cfg, leaf = sub, rest
		}
		if cfg.Dict == nil {
			return
		}
		old, had := cfg.Dict.GetStr(leaf)
		if !had {
			return
		}
		cfg.Dict.SetStr(leaf, pyValue(v))
		defer cfg.Dict.SetStr(leaf, old)
		g := interp.NewDict()
		g.SetStr("config", b.Config)
		r := in.EvalString(e.String(), g)
		if _, unknown := r.(*interp.Unknown); !unknown {
			went = in.Truth(r)
		}
	})
	return went
}

var opposite = map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}

// negated writes the condition that does not hold.
func negated(e *graph.Expr, took bool) string {
	if !took {
		return e.String()
	}
	if e.Op == "not" {
		return e.Args[0].String()
	}
	if o := opposite[e.Op]; o != "" {
		return graph.Apply(o, e.Args...).String()
	}
	if n := graph.Apply("not", e); n != nil {
		return n.String()
	}
	return "not (" + e.String() + ")"
}
