package rules

import (
	"cmp"
	"slices"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var scoresRule = &Rule{
	Name: "scores",
	Doc:  "The factor on q·k and the cap on it, from everything between the projections and the softmax.",
	Keys: []string{"attention.scale", "attention.softcap"},
	Run:  runScores,
}

func runScores(p *Pass) {
	p.each(func(b *block, a *attn, path string) {
		qf, qat, why := p.f.factorsBehind(a.q, a.qp)
		kf, kat, kwhy := p.f.factorsBehind(a.k, a.kp)
		if p.f.latent(a) && len(a.qp) > 0 {
			// makes up for the narrow latent: it belongs to that, not to the product
			if r := lastDim(a.qp[0].in); r > 0 && near(qf.v, sqrt(float64(lastDim(b.in))/float64(r))) {
				qf, qat = factor{v: 1}, nil
			}
		}
		c := a.scale.mul(qf).mul(kf)
		at := append(append(append([]graph.Span{}, a.scaleAt...), qat...), kat...)
		for _, e := range []*graph.Expr{c.e} {
			at = append(p.configAt(e), at...)
		}
		f := p.Block(b, path, "attention.scale", c.v, append(append(p.assigned(path, c), at...), site(a.qk), site(a.soft))...)
		f.Status = graph.Present
		if c.e != nil {
			f.Expr = c.e.String()
		}
		if w := cmp.Or(a.scaleWhy, why, kwhy); w != "" && c.v == 1 && c.e == nil {
			// beside a number, a learned factor is no part of it
			unknown(f, w)
			f.Expr = ""
		}
		f = p.Block(b, path, "attention.softcap", "none", site(a.qk), site(a.soft), a.qk.At)
		if a.softcap != nil {
			f.At = spans(append(f.At, p.lineIn(p.class(path), "softcap="))...)
		}
		if a.softcap != nil {
			f.Value, f.Status = a.softcap.v, graph.Present
			at := append(p.configAt(a.softcap.e), site(a.capNode), a.capNode.At)
			f.At = spans(append(at, f.At...)...)
			if a.softcap.e != nil {
				f.Expr = a.softcap.e.String()
			}
		}
	})
}

// assigned is the line of the module's constructor that computes the factor.
func (p *Pass) assigned(path string, c factor) []graph.Span {
	m := p.f.inits[path]
	if m == nil || m.At.IsZero() {
		return nil
	}
	src := p.source(m.At.File)
	if src == nil {
		return nil
	}
	// lines of the class that raise something to -0.5 or divide by a root
	var out []graph.Span
	for l := m.At.Line; l < len(src.lines) && l < m.At.Line+200; l++ {
		t := src.lines[l]
		if len(t) > 0 && t[0] != ' ' && t[0] != '#' && t[0] != ')' && t[0] != '\r' {
			break
		}
		if containsAny(t, "**-0.5", "** -0.5", "**(-0.5)", "** (-0.5)", "math.sqrt(", "scaling = ", "scale = ") && containsAny(t, "self.") && containsAny(t, "=") && len(out) < 2 {
			out = append(out, graph.Span{File: m.At.File, Line: l + 1})
		}
	}
	return out
}

var sinksRule = &Rule{
	Name: "sinks",
	Doc:  "Whether a learned logit joins the softmax's denominator.",
	Keys: []string{"attention.sinks"},
	Run: func(p *Pass) {
		p.each(func(b *block, a *attn, path string) {
			at := []graph.Span{a.soft.At, site(a.soft)}
			if a.sinks != nil {
				at = append([]graph.Span{p.weightMade(a.sinks)}, at...)
			}
			p.Block(b, path, "attention.sinks", a.sinks != nil, at...)
		})
	},
}

var gateRule = &Rule{
	Name: "gate",
	Doc:  "Whether the attention's output (or its values) are multiplied by a function of the hidden state.",
	Keys: []string{"attention.gate"},
	Run:  runGate,
}

func runGate(p *Pass) {
	p.each(func(b *block, a *attn, path string) {
		g := p.f.gateOf(a)
		at := []graph.Span{}
		if g != nil {
			at = append(at, g.At, site(g))
		}
		if a.op != nil {
			at = append(at, site(a.op.out), p.projAt(a.op))
		}
		at = append(at, site(a.pv))
		p.Block(b, path, "attention.gate", g != nil, at...)
	})
}

// gateOf finds a product of the attention's output with another function of
// the hidden state, before the output projection; or of the values.
func (f *flow) gateOf(a *attn) *graph.Node {
	gated := func(u *graph.Node, with *graph.Node) *graph.Node {
		if u.Op != "mul" || len(u.In) != 2 {
			return nil
		}
		for i := range 2 {
			o := u.In[1-i]
			if u.In[i] == with && f.content[o.ID] && f.bend(o, 0) >= 3 && !f.depends(o, a.soft) && !f.depends(o, a.qk) {
				return u
			}
		}
		return nil
	}
	work := []*graph.Node{a.pv}
	seen := map[*graph.Node]bool{}
	end := int32(1 << 30)
	if a.call != nil {
		end = a.call.Last
	}
	for len(work) > 0 && len(seen) < 80 {
		n := work[0]
		work = work[1:]
		for _, u := range f.users[n.ID] {
			if seen[u] || u.ID >= end {
				continue
			}
			seen[u] = true
			if g := gated(u, n); g != nil {
				return g
			}
			if f.projection(u) != nil && u.Op != "add" {
				continue
			}
			if identities[u.Op] || layouts[u.Op] || f.normOut[u] != nil || inNorm(f, u) || u.Op == "cat" || u.Op == "sub" || u.Op == "add" && len(u.In) == 1 || u.Op == "mul" {
				work = append(work, u)
			}
		}
	}
	// values
	n := a.v
	for range 30 {
		n = base(n)
		if n == nil {
			return nil
		}
		if n.Op == "mul" && len(n.In) == 2 {
			for i := range 2 {
				if f.content[n.In[i].ID] && f.content[n.In[1-i].ID] && f.bend(n.In[i], 0) >= 3 {
					return n
				}
			}
		}
		if u := f.normOut[n]; u != nil {
			n = u.in
			continue
		}
		return nil
	}
	return nil
}

var maskRule = &Rule{
	Name: "mask",
	Doc:  "What a query can see, by evaluating the mask's own computation at positions far apart.",
	Keys: []string{"attention.mask", "attention.window"},
	Run:  runMask,
}

// sight is visible with doubts where nothing was found to hide keys.
func (p *Pass) sight(b *block, a *attn) visibility {
	v := p.f.visible(a)
	if n := p.f.part(b, a); n > 0 && v.why == "" && !v.causal {
		v.chunked, v.window, v.partly = true, n, ""
		v.at = append([]graph.Span{site(a.qk)}, v.at...)
		return v
	}
	if v.why == "" && !v.causal && len(v.at) == 0 {
		switch {
		case a.sparse != nil:
			v.why = "keys are chosen by scores; which keys may be chosen is not known"
		case slices.ContainsFunc(a.contentful, p.f.hides):
			v.why = "what is added to the scores depends on the hidden state and may hide keys"
		case p.anyCausal(b.stack):
			v.why = "no mask was found here though other layers of the stack are causal"
		}
	}
	return v
}

// extent is how many queries and keys meet in one product, and how many tokens
// the block's stream has; zeros where that cannot be read off the shapes.
func (f *flow) extent(b *block, a *attn) (queries, keys, tokens int64) {
	r := len(b.in.Shape)
	if r < 2 || len(a.qp) == 0 || a.qk.Op == "einsum" && !queriesByKeys(a) || a.cross || a.foreign {
		return 0, 0, 0
	}
	if in := a.qp[0].in; a.qp[0].conv || lastDim(in) != lastDim(b.in) {
		return 0, 0, 0
	}
	tokens = numel(b.in.Shape) / max(1, lastDim(b.in))
	if r >= 3 {
		tokens /= max(1, b.in.Shape[0])
	}
	if a.fused {
		if len(a.q.Shape) < 3 || len(a.k.Shape) < 3 {
			return 0, 0, 0
		}
		return a.q.Shape[len(a.q.Shape)-2], a.k.Shape[len(a.k.Shape)-2], tokens
	}
	s := a.qk.Shape
	if len(s) < 3 {
		return 0, 0, 0
	}
	return s[len(s)-2], s[len(s)-1], tokens
}

// queriesByKeys reports whether an einsum gives, at the end of its shape, one
// axis of the queries and one of the keys, as a matrix product does.
func queriesByKeys(a *attn) bool {
	ins, out, ok := equation(a.qk)
	if !ok || len(out) < 2 {
		return false
	}
	q, k := ins[0], ins[1]
	if a.qk.In[0] != a.q {
		q, k = k, q
	}
	own := func(l rune, here, there string) bool { return hasRune(here, l) && !hasRune(there, l) }
	return own(rune(out[len(out)-2]), q, k) && own(rune(out[len(out)-1]), k, q)
}

// part is the number of tokens that attend to one another where a block cuts
// its tokens into parts of equal size (windows of an image); 0 where it does not.
func (f *flow) part(b *block, a *attn) int64 {
	queries, keys, tokens := f.extent(b, a)
	heads := f.headsOf(a)
	if queries == 0 || keys != queries || 2*queries > tokens || heads == 0 || a.dim == 0 {
		return 0
	}
	if all, here := f.rowsOf(a); here < all && here == keys && all == tokens {
		return keys // one of several parts
	}
	batch := int64(1)
	if len(b.in.Shape) >= 3 {
		batch = b.in.Shape[0]
	}
	if numel(a.q.Shape) < heads*a.dim*tokens*batch {
		return 0
	}
	return keys
}

// pooled reports whether every token asks, but only a smaller number of keys
// answers, that were computed from all tokens together.
func (f *flow) pooled(b *block, a *attn) bool {
	if b.same != nil {
		b = b.same
	}
	queries, keys, tokens := f.extent(b, a)
	return queries > 0 && queries == tokens && keys < queries && f.reaches(a.k, b)
}

// anyCausal reports whether some self-attention of the stack is causal.
func (p *Pass) anyCausal(s *stack) bool {
	for _, b := range s.own() {
		for _, a := range b.attns {
			if !a.cross && p.f.visible(a).causal {
				return true
			}
		}
	}
	return false
}

func runMask(p *Pass) {
	p.each(func(b *block, a *attn, path string) {
		if a.cross {
			return
		}
		v := p.sight(b, a)
		where := append(append([]graph.Span{}, v.at...), site(a.soft))
		if v.why != "" {
			unknown(p.Block(b, path, "attention.mask", nil, where...), v.why)
			unknown(p.Block(b, path, "attention.window", nil, where...), v.why)
			return
		}
		m := "bidirectional"
		if v.causal {
			m = "causal"
		}
		p.Block(b, path, "attention.mask", m, firstSpans(where, 3)...)
		f := p.Block(b, path, "attention.window", "none", firstSpans(where, 3)...)
		if v.partly != "" {
			unknown(f, v.partly)
			return
		}
		if v.window > 0 {
			f.Value, f.Status = v.window, graph.Present
			f.At = spans(append(f.At, p.lineIn(p.class(path), "sliding_window =", "window =", "window_size =", "sliding_window"))...)
			for _, c := range p.Model.Config {
				if n, ok := asInt(c.Value); ok && n == v.window && containsAny(c.Name, "window", "chunk") {
					f.Expr = "config." + c.Name
					f.At = spans(append(append([]graph.Span{}, c.At...), f.At...)...)
				}
			}
		}
	})
}
