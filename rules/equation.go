package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// bracketed writes a module's path as Python reaches it: layers.0.mlp is layers[0].mlp.
func bracketed(path, in string) string {
	parts := strings.Split(path, ".")
	var b strings.Builder
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			if i == 0 {
				b.WriteString(in[strings.LastIndexByte(in, '.')+1:])
			}
			b.WriteString("[" + p + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

// longest is the text that an argument of a mixer's equation may have; what is
// longer is written as the mixer's kind of what it is computed from.
const longest = 72

// mixerFlow writes the calls of a mixer, one line each: h1, h2 ... are what
// they give. What happens between them is written out where it is short, else
// named after the kind of the mixer.
func (p *Pass) mixerFlow(m *mixer) string {
	f, c := p.f, m.call
	if c == nil {
		return ""
	}
	w := &writer{f: f, in: c, names: map[*graph.Node]string{}}
	for _, x := range c.In {
		if f.content[x.ID] {
			w.names[x], w.names[root(x)] = "x", "x"
		}
	}
	kind := strings.ReplaceAll(m.kind, "-", "_")
	if kind == "other" || kind == "" {
		kind = "mix"
	}
	arg := func(n *graph.Node) string {
		w.steps = 0
		if s, _ := w.expr(n); len(s) <= longest && !strings.Contains(s, "outer") && !strings.Contains(s, "...") {
			return s
		}
		return kind + "(" + strings.Join(w.sources(n), ", ") + ")"
	}
	var lines []string
	var last string
	outs := map[*graph.Node]bool{}
	for _, o := range c.Out {
		outs[root(o)] = true
	}
	for _, l := range f.t.Calls {
		if !l.Leaf || l == c || !callWithin(l, c) {
			continue
		}
		var args []string
		for _, x := range l.In {
			if f.content[x.ID] {
				if s := arg(x); !slices.Contains(args, s) {
					args = append(args, s)
				}
			}
		}
		text := w.name(l) + "(" + strings.Join(args, ", ") + ")"
		name := fmt.Sprintf("h%d", len(lines)+1)
		for _, o := range l.Out {
			if outs[root(o)] {
				last = text
			}
			w.names[o], w.names[root(o)] = name, name
		}
		if last == "" {
			lines = append(lines, name+" = "+text)
		}
	}
	if last == "" && len(c.Out) > 0 {
		last = arg(c.Out[0])
	}
	if last == "" {
		return ""
	}
	return strings.Join(append(lines, "y = "+last), "\n")
}

// sources are the named values and the parameters that n is computed from, in
// the order of their making.
func (w *writer) sources(n *graph.Node) []string {
	var out []string
	seen := map[*graph.Node]bool{}
	var found []*graph.Node
	work := []*graph.Node{n}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if n == nil || seen[n] || n.NoValue || shapeOnly[n.Op] {
			continue
		}
		seen[n] = true
		if w.names[n] != "" || n.Op == "param" {
			found = append(found, n)
			continue
		}
		if n.ID < w.in.First {
			continue
		}
		work = append(work, n.In...)
	}
	slices.SortFunc(found, func(a, b *graph.Node) int { return int(a.ID - b.ID) })
	for _, params := range []bool{false, true} {
		for _, n := range found {
			s := w.names[n]
			if (s == "") != params {
				continue
			}
			if params {
				s = bracketed(strings.TrimPrefix(strings.TrimPrefix(n.Name, w.in.Path), "."), w.in.Path)
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// moeFlow writes the router, an expert, and the sum over those chosen.
func (p *Pass) moeFlow(b *block, br *branch) string {
	m := br.moe
	c := br.call
	if c == nil {
		c = b.call
	}
	var lines []string
	weight := "w * "
	if m.router != nil && m.router.weight != nil && m.topK > 0 {
		w := &writer{f: p.f, in: c, names: map[*graph.Node]string{}}
		name, _ := w.expr(m.router.weight)
		logits := strings.TrimSuffix(name, ".weight") + "(x)"
		pick := "topk"
		if m.groups > 1 {
			pick = "group_topk"
		}
		score := map[string]string{"softmax": "softmax", "sigmoid": "sigmoid", "sqrt-softplus": "sqrt_softplus"}[m.score]
		var steps []string
		switch {
		case score == "":
			steps = append(steps, fmt.Sprintf("w, i = %s(%s, %d)", pick, logits, m.topK))
		case m.order == "topk-then-score":
			steps = append(steps, fmt.Sprintf("l, i = %s(%s, %d)", pick, logits, m.topK), "w = "+score+"(l)")
		default:
			steps = append(steps, "p = "+score+"("+logits+")")
			if m.bias != nil {
				bias := "bias"
				if n := weightLike(m.bias); n != nil {
					bias, _ = w.expr(n)
				}
				steps = append(steps, fmt.Sprintf("i = %s(p + %s, %d)", pick, bias, m.topK), "w = p[i]")
			} else {
				steps = append(steps, fmt.Sprintf("w, i = %s(p, %d)", pick, m.topK))
			}
		}
		if m.renorm != nil {
			steps = append(steps, "w = w / sum(w)")
		}
		if m.scale.v != 1 {
			steps = append(steps, "w = w * "+num(m.scale.v))
		}
		lines = append(lines, strings.Join(steps, "; "))
	}
	if m.routed != nil {
		s := p.mlpFlow(b, m.routed)
		if m.weightOn == "input" {
			s, weight = strings.ReplaceAll(s, "(x)", "(w * x)"), ""
		}
		lines = append(lines, strings.Replace(s, "y = ", "e = ", 1))
		sum := "y = sum(" + weight + "e)"
		if m.shared != nil && m.shared.call != nil && m.sharedGate == nil && callWithin(m.shared.call, c) && m.shared.call != c {
			w := &writer{f: p.f, in: c}
			sum += " + " + w.name(m.shared.call) + "(x)"
		}
		if m.sharedGate == nil || m.shared == nil {
			lines = append(lines, sum)
		} else {
			w := &writer{f: p.f, in: c, names: map[*graph.Node]string{}}
			for _, x := range c.In {
				w.names[x], w.names[root(x)] = "x", "x"
			}
			gate := ""
			for _, x := range m.sharedGate.In {
				if !p.f.depends(x, m.shared.down.out) {
					gate, _ = w.expr(x)
				}
			}
			if gate != "" && m.shared.call != nil {
				lines = append(lines, sum+" + "+gate+" * "+w.name(m.shared.call)+"(x)")
			}
		}
	}
	return strings.Join(lines, "\n")
}
