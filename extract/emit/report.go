package emit

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// report builds the document of a model.
func report(m *graph.Model, opt Options) object {
	r := &reporter{m: m, opt: opt}
	doc := object{
		{key: "schema", val: graph.Schema},
		{key: "family", val: m.Family},
		{key: "class", val: m.Class, comment: m.At.String()},
	}
	if s := m.Source; s != (graph.Source{}) {
		var o flow
		for _, f := range []field{{key: "package", val: s.Package}, {key: "modeling", val: s.Modeling}, {key: "config", val: s.Config}, {key: "values", val: s.Values}} {
			if f.val != "" {
				o = append(o, f)
			}
		}
		doc = append(doc, field{key: "source", val: o})
	}
	if opt.Evidence && !m.At.IsZero() {
		doc = append(doc, field{key: "at", val: m.At.String()})
	}
	add := func(key string, v any, about ...string) {
		switch x := v.(type) {
		case object:
			if len(x) == 0 {
				return
			}
		case list:
			if len(x) == 0 {
				return
			}
		}
		doc = append(doc, field{key: key, val: v, comment: cond(!opt.Evidence, strings.Join(about, ""))})
	}
	if p := m.Place; p != nil {
		add("place", object{{key: "of", val: p.Of}, {key: "modules", val: p.Scope}, {key: "count", val: int64(p.Count)}, {key: "parameters", val: m.Counts.Total, comment: cond(!opt.Evidence && p.Count > 1, "of one")}})
	} else {
		add("summary", r.summary())
		add("stack", r.skeleton())
		add("parameters", r.parameters())
	}
	add("schedule", r.schedule())
	add("ends", r.ends())
	add("blocks", r.blocks())
	add("switches", r.switches(), "config values that change the architecture")
	add("constants", r.constants(), "decided by the code, not by the config")
	add("unused", r.dead(), "config values that nothing reads while the model is built and run")
	add("unknown", r.unknowns())
	if m.Root != nil {
		add("modules", r.modules(m.Root))
	}
	return doc
}

type reporter struct {
	m   *graph.Model
	opt Options
}

// alike counts the facts that are unknown for one reason.
func (r *reporter) alike(why string) int {
	n := 0
	for _, f := range r.m.Facts {
		if f.Status == graph.Unknown && f.Why == why {
			n++
		}
	}
	return n
}

// first is the first decided fact of that key in the main stack.
func (r *reporter) first(key string) *graph.Fact {
	for i := range r.m.Facts {
		f := &r.m.Facts[i]
		if f.Key == key && f.Stack == "main" && f.Status != graph.Unknown {
			return f
		}
	}
	return nil
}

func (r *reporter) str(key string) string {
	f := r.first(key)
	if f == nil {
		return ""
	}
	if s, ok := f.Value.(string); ok {
		return s
	}
	if v, ok := f.Value.(float64); ok {
		return strings.TrimSuffix(Number(v), ".0")
	}
	return Value(f.Value)
}

// fact is a field for a fact.
func (r *reporter) fact(key string, f graph.Fact) field {
	return r.field(key, plainValue(f.Value), f)
}

func (r *reporter) field(key string, v any, f graph.Fact) field {
	var notes []string
	if f.Status == graph.Unknown {
		v = nil
		notes = append(notes, "unknown"+cond(r.alike(f.Why) < 4, ": "+f.Why)) // said once, below, where it is the same for many
	}
	if f.Expr != "" {
		notes = append(notes, f.Expr)
	}
	if f.Status == graph.Gated && f.When != "" {
		notes = append(notes, "on with "+f.When)
	}
	if r.opt.Evidence {
		o := flow{{key: "value", val: v}, {key: "status", val: string(f.Status)}}
		for _, x := range []field{{key: "expr", val: f.Expr}, {key: "when", val: f.When}, {key: "why", val: f.Why}} {
			if x.val != "" {
				o = append(o, x)
			}
		}
		at := list{}
		for _, s := range places(f.At) {
			at = append(at, s)
		}
		return field{key: key, val: append(o, field{key: "at", val: at})}
	}
	if p := places(f.At); len(p) > 0 {
		notes = append(notes, shortPlaces(p[:min(2, len(p))]))
	}
	return field{key: key, val: v, comment: strings.Join(notes, "; ")}
}

func (r *reporter) summary() object {
	m := r.m
	var o object
	put := func(key, value string, f *graph.Fact) {
		if value == "" {
			return
		}
		c := ""
		if f != nil && !r.opt.Evidence {
			c = f.Expr
		}
		o = append(o, field{key: key, val: value, comment: c})
	}
	if f := r.first("model.kind"); f != nil {
		put("kind", r.str("model.kind"), nil)
	}
	if f := r.first("model.layers"); f != nil {
		o = append(o, field{key: "layers", val: f.Value, comment: cond(!r.opt.Evidence, f.Expr)})
	}
	if d := m.Hidden; d.N > 0 {
		c := ""
		if d.E != nil && !r.opt.Evidence {
			c = d.E.String()
		}
		o = append(o, field{key: "hidden", val: d.N, comment: c})
	}
	put("attention", r.attention(), r.first("attention.kv_heads"))
	put("mlp", r.mlp(), r.first("mlp.hidden"))
	if k := r.str("norm.kind"); k != "" {
		s := k
		if p := r.str("block.norm_placement"); p != "" {
			s += ", " + p
		}
		put("norm", s, nil)
	}
	put("position", r.position(), nil)
	if mk := r.mixers(); mk != "" {
		put("mixers", mk, nil)
	}
	if c := m.Counts; c.Total > 0 {
		o = append(o, field{key: "parameters", val: flow{{key: "total", val: c.Total}, {key: "embedding", val: c.Embedding}, {key: "per_layer", val: c.PerLayer}, {key: "active", val: c.Active}},
			comment: cond(!r.opt.Evidence, units(c.Total)+cond(c.Active != c.Total, ", "+units(c.Active)+" active"))})
		if c.CacheBytes > 0 {
			o = append(o, field{key: "cache", val: flow{{key: "bytes_per_token", val: c.CacheBytes}}, comment: cond(!r.opt.Evidence, c.CacheExpr)})
		}
	}
	return o
}

// parameters are the numbers of parameters by part, each tensor once.
func (r *reporter) parameters() object {
	c := r.m.Counts
	if len(c.Parts) == 0 {
		return nil
	}
	var o object
	for _, x := range c.Parts {
		o = append(o, field{key: x.Part, val: x.Parameters})
	}
	note := ""
	if c.Active != c.Total {
		note = "for each token"
	}
	return append(o, field{key: "total", val: c.Total}, field{key: "active", val: c.Active, comment: cond(!r.opt.Evidence, note)})
}

// shortPlaces names a file once: "modeling_qwen2.py:181,182".
func shortPlaces(places []string) string {
	out, last := "", ""
	for _, p := range places {
		i := strings.LastIndexByte(p, ':')
		switch {
		case p[:i+1] == last:
			out += "," + p[i+1:]
		case out != "":
			out += " " + p
		default:
			out = p
		}
		last = p[:i+1]
	}
	return out
}

// units writes a number for people: 12.0 B.
func units(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= u.size {
			return strconv.FormatFloat(float64(n)/float64(u.size), 'f', 1, 64) + " " + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func cond2(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func cond(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

// firstPath is one concrete path of a scope.
func firstPath(scope string) string {
	scope, _, _ = strings.Cut(scope, ", ")
	if i := strings.IndexByte(scope, '{'); i >= 0 {
		j := strings.IndexByte(scope, '}')
		n := scope[i+1 : j]
		if k := strings.IndexAny(n, "-,"); k >= 0 {
			n = n[:k]
		}
		return scope[:i] + n + scope[j+1:]
	}
	return strings.Replace(scope, "*", "0", 1)
}

func (r *reporter) attention() string {
	k := r.str("attention.kind")
	if k == "" {
		return ""
	}
	s := k + ", " + r.str("attention.heads") + " heads of " + r.str("attention.head_dim")
	if kv := r.str("attention.kv_heads"); kv != "" && kv != r.str("attention.heads") {
		s += ", " + kv + " kv heads"
	}
	var windows []string
	for _, f := range r.m.Facts {
		if f.Key == "attention.window" && f.Stack == "main" && f.Status == graph.Present {
			windows = append(windows, Value(f.Value))
		}
	}
	if len(windows) > 0 {
		s += ", window " + strings.Join(unique(windows), "/")
	}
	return s
}

func unique(l []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range l {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func (r *reporter) mlp() string {
	k := r.str("mlp.kind")
	if k == "" && r.first("moe.experts") == nil {
		return ""
	}
	act := r.str("mlp.activation")
	if strings.ContainsAny(act, "*(+") {
		act = "(" + act + ")"
	}
	s := strings.TrimSpace(k + " " + act)
	var hs []string
	for _, f := range r.m.Facts {
		if f.Key == "mlp.hidden" && f.Stack == "main" && f.Status != graph.Unknown {
			hs = append(hs, Value(f.Value))
		}
	}
	if len(hs) > 0 {
		s += ", " + strings.Join(unique(hs), "/")
	}
	if r.first("moe.experts") != nil {
		s += "; " + r.str("moe.experts") + " experts, top " + r.str("moe.top_k")
		if n := r.str("moe.shared"); n != "" && n != "0" {
			s += ", " + n + " shared"
		}
	}
	return s
}

func (r *reporter) position() string {
	var parts []string
	if e := r.str("embedding.positions"); e != "" && e != "none" {
		parts = append(parts, e+" embedding")
	}
	switch k := r.str("position.kind"); k {
	case "":
	case "rope":
		s := "rope (" + r.str("rope.layout") + ")"
		if t := r.str("rope.theta"); t != "" {
			s += ", theta " + t
		}
		if d := r.str("rope.dim"); d != "" && d != r.str("attention.head_dim") {
			s += ", " + d + " of " + r.str("attention.head_dim") + " dimensions"
		}
		parts = append(parts, s)
	case "none":
		if len(parts) == 0 {
			parts = append(parts, "none")
		}
	default:
		parts = append(parts, k)
	}
	return strings.Join(parts, ", ")
}

// mixers says which mixers there are where they are not all full attention.
func (r *reporter) mixers() string {
	f := r.first("schedule.mixers")
	if f == nil {
		return ""
	}
	runs, _ := f.Value.([]any)
	if len(runs) == 1 {
		if p, ok := runs[0].([]any); ok && len(p) == 2 && p[0] == "full" {
			return ""
		}
	}
	return graph.Pattern(runs)
}

func (r *reporter) schedule() object {
	var o object
	for _, k := range []string{"schedule.mixers", "schedule.ffn", "rope.layers"} {
		for _, f := range r.m.Facts {
			if f.Key != k || f.Stack != "main" {
				continue
			}
			name := k[strings.IndexByte(k, '.')+1:]
			if k == "rope.layers" {
				name = "rope"
			}
			v := any(nil)
			if runs, ok := f.Value.([]any); ok {
				v = graph.Pattern(runs)
			}
			o = append(o, r.field(name, v, f))
		}
	}
	return o
}

func (r *reporter) ends() object {
	var o object
	for _, k := range []string{"embedding.scale", "embedding.positions", "embedding.norm", "final_norm", "head.tied", "head.bias", "logits.scale", "logits.softcap"} {
		for _, f := range r.m.Facts {
			if f.Key == k && f.Stack == "main" {
				o = append(o, r.fact(strings.ReplaceAll(k, ".", "_"), f))
			}
		}
	}
	for _, f := range r.m.Facts { // those of rules that no section knows
		group, _, _ := strings.Cut(f.Key, ".")
		if f.Scope == "" && f.Stack == "main" && !slices.Contains([]string{"model", "schedule", "rope", "embedding", "final_norm", "head", "logits"}, group) {
			o = append(o, r.fact(strings.ReplaceAll(f.Key, ".", "_"), f))
		}
	}
	return o
}

// skeleton lists the parts of the model in order, stacks as one line.
func (r *reporter) skeleton() list {
	var out list
	if r.m.Root == nil {
		return nil
	}
	stacks := map[string]bool{}
	for _, b := range r.m.Blocks {
		for _, s := range strings.Split(b.Scope, ", ") {
			p := firstPath(s)
			if i := strings.LastIndexByte(p, '.'); i >= 0 {
				stacks[p[:i]] = true
			}
		}
	}
	holds := func(m *graph.Module) bool {
		for s := range stacks {
			if s == m.Path || strings.HasPrefix(s, m.Path+".") {
				return true
			}
		}
		return false
	}
	var walk func(m *graph.Module, prefix string)
	walk = func(m *graph.Module, prefix string) {
		for _, c := range m.Children {
			if size(c) == 0 {
				continue
			}
			name := prefix + c.Name
			switch {
			case stacks[c.Path] || c.Container && len(c.Children) > 1 && numericChildren(c):
				out = append(out, object{{key: name, val: folded(c.Children)}})
			case holds(c):
				p := ""
				if len(r.m.Root.Children) > 2 || prefix != "" {
					p = name + "."
				}
				walk(c, p)
			default:
				out = append(out, object{{key: name, val: describe(c)}})
			}
		}
	}
	walk(r.m.Root, "")
	return out
}

func numericChildren(m *graph.Module) bool {
	for _, c := range m.Children {
		if _, err := strconv.Atoi(c.Name); err != nil {
			return false
		}
	}
	return true
}

// folded writes runs of classes: "32 x Qwen2DecoderLayer", and what repeats as a pattern.
func folded(cs []*graph.Module) string {
	var runs []any
	for i := 0; i < len(cs); {
		j := i
		for j < len(cs) && cs[j].Class == cs[i].Class {
			j++
		}
		runs = append(runs, []any{cs[i].Class, int64(j - i)})
		i = j
	}
	if len(runs) == 1 {
		return fmt.Sprintf("%d x %s", len(cs), cs[0].Class)
	}
	return graph.Pattern(runs)
}

func size(m *graph.Module) int {
	n := 0
	m.Walk(func(x *graph.Module) { n += len(x.Params) })
	return n
}

// describe is a module on one line: its class with what distinguishes it.
func describe(m *graph.Module) string {
	if len(m.Children) > 0 {
		return m.Class
	}
	switch {
	case m.Class == "Linear":
		if w := m.Param("weight"); w != nil && len(w.Shape) == 2 {
			b := "bias"
			if m.Param("bias") == nil {
				b = "no bias"
			}
			return fmt.Sprintf("Linear(%d -> %d, %s)", w.Shape[1].N, w.Shape[0].N, b)
		}
	case len(m.Params) > 0:
		var dims []string
		for _, d := range m.Params[0].Shape {
			dims = append(dims, strconv.FormatInt(d.N, 10))
		}
		return m.Class + "(" + strings.Join(dims, ", ") + ")"
	}
	return m.Class
}

// scopeOf reads a scope: the part before the index, the indices (nil: all), the rest.
func scopeOf(s string) (head string, idx map[int]bool, rest string) {
	if i := strings.IndexByte(s, '{'); i >= 0 {
		j := strings.IndexByte(s, '}')
		if j < i {
			return s, nil, ""
		}
		idx = map[int]bool{}
		for _, p := range strings.Split(s[i+1:j], ",") {
			a, b, ok := strings.Cut(p, "-")
			x, _ := strconv.Atoi(a)
			y := x
			if ok {
				y, _ = strconv.Atoi(b)
			}
			for k := x; k <= y; k++ {
				idx[k] = true
			}
		}
		return s[:i], idx, s[j+1:]
	}
	if i := strings.IndexByte(s, '*'); i >= 0 {
		return s[:i], nil, s[i+1:]
	}
	parts := strings.Split(s, ".")
	for i, p := range parts {
		if n, err := strconv.Atoi(p); err == nil {
			head = strings.Join(parts[:i], ".")
			if i > 0 {
				head += "."
			}
			rest = strings.Join(parts[i+1:], ".")
			if rest != "" {
				rest = "." + rest
			}
			return head, map[int]bool{n: true}, rest
		}
	}
	return s, nil, ""
}

// overlaps reports whether a fact's scope touches a block's.
func overlaps(fact, block string) bool {
	fh, fi, _ := scopeOf(fact)
	for _, b := range strings.Split(block, ", ") {
		bh, bi, _ := scopeOf(b)
		if fh != bh {
			continue
		}
		if fi == nil || bi == nil {
			return true
		}
		for k := range fi {
			if bi[k] {
				return true
			}
		}
	}
	return false
}

var groupsOfFacts = []struct{ name, prefix string }{
	{"norm", "norm."}, {"attention", "attention."}, {"position", "position."}, {"rope", "rope."}, {"mlp", "mlp."}, {"moe", "moe."}, {"mixer", "mixer."},
}

func (r *reporter) blocks() object {
	var o object
	used := map[string]int{}
	for _, b := range r.m.Blocks {
		used[b.Class]++
	}
	for _, b := range r.m.Blocks {
		key := b.Class
		if used[key] > 1 {
			key += " " + strings.TrimPrefix(b.Scope, "model.")
		}
		var bo object
		if b.Stack != "main" {
			bo = append(bo, field{key: "stack", val: b.Stack})
		}
		bo = append(bo, field{key: cond2(r.m.Place == nil, "layers", "modules"), val: b.Scope})
		if b.Count > 0 {
			bo = append(bo, field{key: "count", val: int64(b.Count)})
		}
		here := map[string][]graph.Fact{}
		var order []string
		for _, f := range r.m.Facts {
			if f.Scope == "" || f.Stack != b.Stack || !overlaps(f.Scope, b.Scope) {
				continue
			}
			if here[f.Key] == nil {
				order = append(order, f.Key)
			}
			here[f.Key] = append(here[f.Key], f)
		}
		put := func(to *object, name, key string) {
			fs := here[key]
			switch {
			case len(fs) == 0:
			case len(fs) == 1:
				*to = append(*to, r.fact(name, fs[0]))
			default:
				var vs object
				for _, f := range fs {
					vs = append(vs, r.fact(f.Scope, f))
				}
				*to = append(*to, field{key: name, val: vs})
			}
		}
		for _, k := range []string{"block.residual", "block.norm_placement", "block.norms", "residual.scale"} {
			put(&bo, strings.ReplaceAll(strings.TrimPrefix(k, "block."), ".", "_"), k)
		}
		if b.Flow != "" {
			bo = append(bo, field{key: "flow", val: text(b.Flow)})
		}
		for _, g := range groupsOfFacts {
			var go_ object
			for _, pt := range b.Parts {
				if pt.Kind == g.name {
					go_ = append(go_, r.part(pt)...)
					break
				}
			}
			for _, k := range order {
				if strings.HasPrefix(k, g.prefix) {
					put(&go_, strings.TrimPrefix(k, g.prefix), k)
				}
			}
			if len(go_) == 0 {
				continue
			}
			if g.name == "position" && len(go_) == 1 {
				go_[0].key = "position"
				bo = append(bo, go_[0])
				continue
			}
			bo = append(bo, field{key: g.name, val: go_})
		}
		nth := map[string]int{}
		for _, pt := range b.Parts {
			if pt.Kind == "cross_attention" || pt.Kind == "shared_expert" {
				name := pt.Kind
				if nth[pt.Kind]++; nth[pt.Kind] > 1 {
					name += "_" + strconv.Itoa(nth[pt.Kind])
				}
				bo = append(bo, field{key: name, val: r.part(pt)})
			}
		}
		f := field{key: key, val: bo}
		if !r.opt.Evidence {
			f.comment = b.At.String()
		}
		o = append(o, f)
	}
	return o
}

func (r *reporter) part(p graph.Part) object {
	var o object
	if p.Module != "" {
		f := field{key: "module", val: p.Module}
		if !r.opt.Evidence {
			f.comment = strings.TrimSpace(p.Class + " " + p.At.String())
		}
		o = append(o, f)
	}
	if p.Flow != "" {
		o = append(o, field{key: "flow", val: text(p.Flow)})
	}
	return o
}

func (r *reporter) switches() list {
	var out list
	for _, s := range r.m.Switches {
		o := object{{key: "when", val: s.When, comment: cond(!r.opt.Evidence, s.At.String())}, {key: "set", val: s.Set}}
		if r.opt.Evidence && !s.At.IsZero() {
			o = append(o, field{key: "at", val: s.At.String()})
		}
		changes := list{}
		for _, c := range s.Changes {
			changes = append(changes, c)
		}
		o = append(o, field{key: "changes", val: changes})
		out = append(out, o)
	}
	return out
}

// constants lists the choices that no config value decides.
func (r *reporter) constants() list {
	var out list
	for _, c := range r.m.Constants {
		f := field{key: "constant", val: c.Text}
		switch {
		case r.opt.Evidence:
			out = append(out, object{{key: "constant", val: c.Text}, {key: "fact", val: c.Key}, {key: "alike", val: int64(c.Alike)}, {key: "of", val: int64(c.Of)}, {key: "at", val: c.At.String()}})
		default:
			f.comment = c.At.String()
			if c.Of > 0 {
				f.comment += fmt.Sprintf("; %d of %d like it", c.Alike, c.Of)
			}
			out = append(out, f)
		}
	}
	return out
}

// dead lists config values that nothing reads.
func (r *reporter) dead() list {
	var out list
	for _, c := range r.m.Config {
		if !c.Dead || r.m.Place != nil {
			continue
		}
		var at []string
		if len(c.At) > 0 {
			at = places(c.At[:1])
		}
		if !r.opt.Evidence {
			out = append(out, field{key: "unused", val: c.Name, comment: strings.Join(append([]string{Value(c.Value)}, at...), "; ")})
			continue
		}
		o := object{{key: "name", val: c.Name}, {key: "value", val: plainValue(c.Value)}}
		for _, a := range at {
			o = append(o, field{key: "at", val: a})
		}
		out = append(out, o)
	}
	return out
}

// unknowns lists what could not be decided, once for each reason.
func (r *reporter) unknowns() list {
	by := map[string][]string{}
	for _, f := range r.m.Facts {
		if f.Status == graph.Unknown {
			by[f.Why] = append(by[f.Why], f.Key)
		}
	}
	var whys []string
	for w := range by {
		whys = append(whys, w)
	}
	sort.Strings(whys)
	var out list
	for _, w := range whys {
		ks := list{}
		for _, k := range unique(by[w]) {
			ks = append(ks, k)
		}
		out = append(out, object{{key: "facts", val: ks}, {key: "why", val: w}})
	}
	return out
}

// modules writes the tree; numbered children that are equal are written once.
func (r *reporter) modules(m *graph.Module) object {
	var o object
	done := make([]bool, len(m.Children))
	for i, c := range m.Children {
		if done[i] {
			continue
		}
		ns := []int{index(c.Name)}
		if ns[0] >= 0 {
			for j := i + 1; j < len(m.Children); j++ {
				if d := m.Children[j]; !done[j] && index(d.Name) >= 0 && same(c, d) {
					ns = append(ns, index(d.Name))
					done[j] = true
				}
			}
		}
		name := c.Name
		if len(ns) > 1 {
			name = ranges(ns)
		}
		o = append(o, r.module(name, c, len(ns)))
	}
	return o
}

// ranges writes numbers as "0-2,4-6".
func ranges(ns []int) string {
	var parts []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, strconv.Itoa(ns[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", ns[i], ns[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ",")
}

func index(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return -1
}

// shortExpr is an expression of the modules' shapes: without "config.", and
// with the width of a head by its name.
func (r *reporter) shortExpr(e *graph.Expr) string {
	s := e.String()
	if f := r.first("attention.head_dim"); f != nil && strings.Contains(f.Expr, " ") {
		s = strings.ReplaceAll(s, "("+f.Expr+")", "head_dim")
	}
	return strings.ReplaceAll(s, "config.", "")
}

func (r *reporter) module(name string, m *graph.Module, count int) field {
	head := object{{key: "class", val: m.Class}}
	if count > 1 {
		head = append(head, field{key: "count", val: int64(count)})
	}
	var exprs []string
	param := func(p graph.Param, buffer bool) {
		dims := list{}
		var es []string
		for _, d := range p.Shape {
			dims = append(dims, d.N)
			if d.E != nil && d.E.Op != "lit" {
				es = append(es, r.shortExpr(d.E))
			}
		}
		if len(es) > 0 && (len(exprs) == 0 || !strings.HasPrefix(exprs[0], strings.Join(es, ", "))) { // a bias is as wide as its weight
			exprs = append(exprs, strings.Join(es, ", "))
		}
		key := p.Name
		if buffer {
			key += " (buffer)"
		}
		if p.Tied != "" {
			head = append(head, field{key: key, val: "= " + p.Tied})
			return
		}
		head = append(head, field{key: key, val: dims})
	}
	for _, p := range m.Params {
		param(p, false)
	}
	for _, p := range m.Buffers {
		if !p.Transient {
			param(p, true)
		}
	}
	note := ""
	if !r.opt.Evidence {
		note = strings.Join(unique(exprs), "; ")
	}
	if len(m.Children) == 0 {
		if len(head) == 1 {
			v := m.Class
			if m.Repr != "" && len(m.Repr) < 60 {
				v += "(" + m.Repr + ")"
			}
			return field{key: name, val: v}
		}
		return field{key: name, val: flow(head), comment: note}
	}
	return field{key: name, val: append(head, r.modules(m)...), comment: cond(!r.opt.Evidence, m.At.String())}
}

// same reports whether two modules are equal but for their names.
func same(a, b *graph.Module) bool {
	if a.Class != b.Class || len(a.Params) != len(b.Params) || len(a.Buffers) != len(b.Buffers) || len(a.Children) != len(b.Children) || a.Repr != b.Repr {
		return false
	}
	eq := func(x, y graph.Param) bool {
		if x.Name != y.Name || len(x.Shape) != len(y.Shape) || (x.Tied == "") != (y.Tied == "") || x.DType != y.DType {
			return false
		}
		for i := range x.Shape {
			if x.Shape[i].N != y.Shape[i].N {
				return false
			}
		}
		return true
	}
	for i := range a.Params {
		if !eq(a.Params[i], b.Params[i]) {
			return false
		}
	}
	for i := range a.Buffers {
		if !eq(a.Buffers[i], b.Buffers[i]) {
			return false
		}
	}
	for i := range a.Children {
		if a.Children[i].Name != b.Children[i].Name || !same(a.Children[i], b.Children[i]) {
			return false
		}
	}
	return true
}
