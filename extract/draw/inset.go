package draw

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// attentionInset is the way of queries, keys and values to the output.
type attentionInset struct {
	shared3 []step // on the way of all three, from the input on
	shared2 []step // on the way of k and v
	q, k, v []step
	scores  []string
	gate    string
	out     *step
}

// step is one operation: a module of the code (with its shape) or a function.
type step struct {
	name, sub string
	kind      string // module, norm, rope, op
}

// mlpInset is a feed-forward.
type mlpInset struct {
	up, gate, down step
	gated, fused   bool
	act            string
	formula        string // of an activation without a name
}

// moeInset is a router with its experts.
type moeInset struct {
	router        []string
	experts, topK string
	expert        []string // what one expert is
	shared        []string // what the shared expert is; nil where there is none
	formula       string   // of an activation without a name
}

const maxInsets = 4

// inset adds the inset of a part and returns its badge; parts that read the same share one.
func (b *builder) inset(k graph.Block, kind, module, path string, e element) string {
	var flow string
	for _, p := range k.Parts {
		if p.Kind == kind && (p.Module == module || module == "" || p.Module == "") {
			flow = p.Flow
			break
		}
	}
	in := inset{title: e.title}
	switch kind {
	case "attention":
		in.attention = b.attentionInset(k, flow, module, path)
		if in.attention == nil {
			return ""
		}
		in.sub = e.sub
	case "mlp":
		in.mlp = b.mlpInset(k, flow, module, path)
		if in.mlp == nil {
			return ""
		}
	case "moe":
		in.moe = b.moeInset(k, module, path)
		in.pills = b.moePills(k, module)
	default:
		return ""
	}
	key := kind + flow + e.sub
	if kind == "attention" {
		key = kind + flow + e.title // windows and masks differ by layer, the inside does not
	}
	if badge := b.badges[key]; badge != "" {
		return badge
	}
	if len(b.fig.insets) == maxInsets {
		return ""
	}
	in.badge = string(rune('A' + len(b.fig.insets)))
	b.badges[key] = in.badge
	b.fig.insets = append(b.fig.insets, in)
	return in.badge
}

// statements cuts "q = a(x); k = b(x)" lines into name and expression.
func statements(flow string) map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(flow, "\n") {
		for _, s := range strings.Split(line, "; ") {
			if l, r, ok := strings.Cut(s, " = "); ok {
				out[strings.TrimSpace(l)] = strings.TrimSpace(r)
			}
		}
	}
	return out
}

// chain reads nested calls, f(g(x)), as the names from the inside out; of a
// function of several values it follows the first that is a call itself.
func chain(expr string) (names []string, ok bool) {
	for depth := 0; depth < 12; depth++ {
		i := strings.IndexByte(expr, '(')
		if i < 0 {
			slices.Reverse(names)
			return names, !strings.ContainsAny(expr, " *+@")
		}
		name := expr[:i]
		if name == "" || strings.ContainsAny(name, " *+@,[") {
			return nil, false
		}
		end := closing(expr, i)
		if end != len(expr)-1 {
			return nil, false
		}
		names = append(names, name)
		args := arguments(expr[i+1 : end])
		expr = args[0]
		for _, a := range args {
			if strings.IndexByte(a, '(') > 0 {
				expr = a
				break
			}
		}
	}
	return nil, false
}

// closing is the index of the bracket that closes the one at i.
func closing(s string, i int) int {
	depth := 0
	for j := i; j < len(s); j++ {
		switch s[j] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return -1
}

// arguments splits at the commas outside of brackets.
func arguments(s string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(s[from:]))
}

// steps turns names of an equation into steps; names are those of modules under base.
func (b *builder) steps(names []string, base string) []step {
	var out []step
	for _, n := range names {
		s := step{name: n, kind: "op"}
		switch m := b.m.Root.Find(joinPath(base, n)); {
		case n == "rope":
			s.name, s.kind = "RoPE", "rope"
		case n == "norm":
			s.name, s.kind = "norm", "norm"
		case m != nil && m.Path != base && len(m.Params) > 0:
			s.kind = "module"
			s.name = n[strings.LastIndexByte(n, '.')+1:]
			s.sub = shape(m)
			if len(m.Params[0].Shape) == 1 {
				s.kind = "norm"
			}
		}
		out = append(out, s)
	}
	return out
}

func joinPath(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}

// common cuts what all lists begin with off them.
func common(lists ...[]step) (prefix []step, rest [][]step) {
	n := 0
	for {
		for _, l := range lists {
			if n >= len(l) || l[n] != lists[0][n] {
				for _, l := range lists {
					rest = append(rest, l[n:])
				}
				return lists[0][:n], rest
			}
		}
		n++
	}
}

func (b *builder) attentionInset(k graph.Block, flow, module, path string) *attentionInset {
	st := statements(flow)
	base := joinPath(path, module)
	a := &attentionInset{}
	read := func(v string) ([]step, bool) {
		names, ok := chain(st[v])
		return b.steps(names, base), ok && st[v] != ""
	}
	if all := st["q, k, v"]; all != "" {
		names, ok := chain(all)
		if !ok {
			return nil
		}
		a.shared3 = b.steps(names, base)
		for v, to := range map[string]*[]step{"q": &a.q, "k": &a.k, "v": &a.v} {
			if st[v] != "" {
				if *to, ok = read(v); !ok {
					return nil
				}
			}
		}
	} else {
		var okq, okk, okv bool
		a.q, okq = read("q")
		a.k, okk = read("k")
		a.v, okv = read("v")
		if !okq || !okk || !okv {
			return nil
		}
		pre, rest := common(a.q, a.k, a.v)
		a.shared3, a.q, a.k, a.v = pre, rest[0], rest[1], rest[2]
		pre, rest = common(a.k, a.v)
		a.shared2, a.k, a.v = pre, rest[0], rest[1]
	}
	if len(a.q) > 7 || len(a.k) > 7 || len(a.v) > 7 {
		return nil
	}
	val := func(key string) string { return b.value(key, k.Stack, path, module) }
	s := "q · k"
	if v := val("attention.scale"); v != "" && v != "1" {
		s += " × " + v
	}
	a.scores = append(a.scores, s)
	if v := val("attention.softcap"); v != "" && v != "none" {
		a.scores = append(a.scores, "softcap "+v)
	}
	y := st["y"]
	for _, t := range []struct{ mark, say string }{{"+ relative", "+ relative positions"}, {"slopes * distance", "+ slopes × distance"}, {"position_bias", "+ position bias"}} {
		if strings.Contains(y, t.mark) {
			a.scores = append(a.scores, t.say)
		}
	}
	if strings.Contains(y, "mask") {
		m := "+ mask"
		if v := val("attention.mask"); v == "causal" {
			m = "+ causal mask"
		}
		a.scores = append(a.scores, m)
	}
	soft := "softmax"
	if val("attention.sinks") == "yes" {
		soft = "softmax with sinks"
	}
	a.scores = append(a.scores, soft)
	if val("attention.gate") == "yes" {
		a.gate = "× gate"
	}
	if i := strings.IndexByte(y, '('); i > 0 && closing(y, i) == len(y)-1 && y[:i] != "softmax" {
		if ss := b.steps([]string{y[:i]}, base); len(ss) == 1 {
			a.out = &ss[0]
		}
	}
	return a
}

func (b *builder) mlpInset(k graph.Block, flow, module, path string) *mlpInset {
	st := statements(flow)
	y := st["y"]
	i := strings.IndexByte(y, '(')
	if i < 0 || closing(y, i) != len(y)-1 {
		return nil
	}
	base := joinPath(path, module)
	one := func(name string) step { return b.steps([]string{name}, base)[0] }
	m := &mlpInset{down: one(y[:i]), formula: st["act(g)"]}
	inner := y[i+1 : len(y)-1]
	if all := st["g, u"]; all != "" {
		names, ok := chain(all)
		if !ok || len(names) == 0 {
			return nil
		}
		m.fused, m.gated, m.up = true, true, one(names[0])
		if j := strings.IndexByte(inner, '('); j > 0 {
			m.act = inner[:j]
		}
		return m
	}
	if l, r, ok := strings.Cut(inner, " * "); ok {
		g, ok1 := chain(l)
		u, ok2 := chain(r)
		if !ok1 || !ok2 || len(g) == 0 || len(u) != 1 {
			return nil
		}
		m.gated, m.gate, m.up = true, one(g[0]), one(u[0])
		if len(g) > 1 {
			m.act = g[1]
		}
		return m
	}
	names, ok := chain(inner)
	if !ok || len(names) == 0 {
		return nil
	}
	m.up = one(names[0])
	if len(names) > 1 {
		m.act = names[1]
	}
	return m
}

func (b *builder) moeInset(k graph.Block, module, path string) *moeInset {
	val := func(key string) string { return b.value(key, k.Stack, path, module) }
	m := &moeInset{experts: val("moe.experts"), topK: val("moe.top_k")}
	score, choose := val("moe.score"), "top "+m.topK
	if v := val("moe.groups"); v != "" && v != "none" {
		choose += " in " + v + " groups"
	}
	steps := []string{"Linear"}
	if score == "none" {
		score = ""
	}
	if val("moe.order") == "topk-then-score" {
		steps = append(steps, choose, score)
	} else {
		steps = append(steps, score, choose)
	}
	if val("moe.renormalize") == "yes" {
		steps = append(steps, "normalise")
	}
	for _, s := range steps {
		if s != "" {
			m.router = append(m.router, s)
		}
	}
	kind := "MLP"
	ex := b.facts("mlp.hidden", k.Stack, path, module)
	inside := func(key string) string {
		for i := range b.m.Facts {
			f := &b.m.Facts[i]
			if f.Key == key && f.Stack == k.Stack && graph.ScopeHolds(f.Scope, joinPath(path, module)) {
				return factText(f)
			}
		}
		return b.value(key, k.Stack, path, module)
	}
	if inside("mlp.kind") == "gated" {
		kind = "gated MLP"
	}
	m.expert = []string{kind}
	if a := inside("mlp.activation"); a != "" {
		if m.expert = append(m.expert, activationTitle(a)); activationTitle(a) == "act(g)" {
			m.formula = "act(g) = " + a
		}
	}
	if h := inside("mlp.hidden"); h != "" && len(ex) > 0 {
		m.expert = append(m.expert, h+" wide")
	}
	if n := val("moe.shared"); n != "" && n != "0" {
		m.shared = []string{"shared"}
		if h := val("moe.shared_hidden"); h != "" {
			m.shared = append(m.shared, h+" wide")
		}
		if val("moe.shared_gate") == "yes" {
			m.shared = append(m.shared, "gated")
		}
	}
	return m
}

func (b *builder) moePills(k graph.Block, module string) []pill {
	at := func(key string) []*graph.Fact { return b.over(key, k, module) }
	var ps []pill
	ps = b.sure(ps, at("moe.scale"), "scale", func(v string) string { return "routed output × " + v })
	ps = b.sure(ps, at("moe.selection_bias"), "selection bias", func(string) string { return "a bias steers the choice" })
	ps = b.sure(ps, at("moe.router_bias"), "router bias", func(string) string { return "router bias" })
	ps = b.sure(ps, at("moe.weight_on"), "weight", func(v string) string {
		if v == "input" {
			return "weights on the input"
		}
		return ""
	})
	ps = b.sure(ps, at("moe.zero_experts"), "zero experts", func(v string) string {
		if v == "0" {
			return ""
		}
		return v + " experts pass through"
	})
	return ps
}
