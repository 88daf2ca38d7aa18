package rules

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var positionRule = &Rule{
	Name: "position",
	Doc:  "What makes attention know positions: a rotation of queries and keys, a bias by distance, a learned bias, or nothing.",
	Keys: []string{"position.kind"},
	Run: func(p *Pass) {
		p.each(func(b *block, a *attn, path string) {
			if a.cross {
				return
			}
			r, why := p.f.rotationOf(a)
			var at []graph.Span
			if len(a.qp) > 0 {
				at = append(at, site(a.qp[0].out))
			}
			switch {
			case r != nil:
				if r.node != nil {
					at = append([]graph.Span{site(r.node), r.node.At}, at...)
				}
				p.Block(b, path, "position.kind", "rope", at...)
			case p.biasKind(a) != "":
				n := p.biasNode(a)
				p.Block(b, path, "position.kind", p.biasKind(a), append([]graph.Span{site(n), n.At}, at...)...)
			case why != "":
				unknown(p.Block(b, path, "position.kind", nil, at...), why)
			case p.rotates(b.stack):
				// rope.layers says which layers do not rotate
			default:
				p.Block(b, path, "position.kind", "none", at...)
			}
		})
	},
}

// rotates reports whether any layer of the stack has a rotary embedding.
func (p *Pass) rotates(s *stack) bool {
	for _, b := range s.own() {
		for _, a := range b.attns {
			if r, _ := p.f.rotationOf(a); r != nil && !a.cross {
				return true
			}
		}
	}
	return false
}

// biasKind says what is added to the scores besides masks: a table of
// parameters (or products with one), or slopes times distance.
func (p *Pass) biasKind(a *attn) string {
	k, _ := p.bias(a)
	return k
}

func (p *Pass) biasNode(a *attn) *graph.Node {
	_, n := p.bias(a)
	if n == nil {
		return a.soft
	}
	return n
}

func (p *Pass) bias(a *attn) (string, *graph.Node) {
	if len(a.contentful) > 0 {
		return "relative-bias", a.contentful[0]
	}
	for _, n := range a.biases {
		learned, slopes := (*graph.Node)(nil), (*graph.Node)(nil)
		perHead, distance := false, false
		s := n.Shape
		for i := 0; i+2 < len(s); i++ {
			if s[i] > 1 {
				perHead = true
			}
		}
		for _, m := range inOrder(p.f.slice(n, nil, nil)) {
			if m.Op == "param" {
				learned = m
			}
			distance = distance || m.Op == "arange" || m.Op == "cumsum"
			if (m.Op == "mul" || m.Op == "einsum") && !isInt(m.DType) && m.DType != "bool" {
				slopes = m
			}
		}
		if learned != nil && !p.f.content[n.ID] {
			return "relative-bias", n
		}
		if perHead && distance && slopes != nil {
			return "alibi", slopes
		}
	}
	return "", nil
}

var ropeRule = &Rule{
	Name: "rope",
	Doc:  "Which dimensions are rotated together, how many, and the base of the frequencies.",
	Keys: []string{"rope.layout", "rope.dim", "rope.theta", "rope.layers"},
	Run:  runRope,
}

func runRope(p *Pass) {
	type seen struct{ rope, nope int }
	for _, s := range p.stacks {
		var kinds []string
		var at []graph.Span
		n := seen{}
		for _, b := range s.once() {
			for _, a := range b.attns {
				if a.cross {
					continue
				}
				if r, why := p.f.rotationOf(a); r != nil {
					kinds = append(kinds, "rope")
					n.rope++
				} else if why == "" {
					kinds = append(kinds, "nope")
					n.nope++
				}
				break
			}
		}
		p.each(func(b *block, a *attn, path string) {
			if b.stack != s || a.cross {
				return
			}
			r, _ := p.f.rotationOf(a)
			if r == nil {
				return
			}
			var pair []graph.Span
			for _, x := range r.pair {
				if r.node == nil || x.At.File == r.node.At.File {
					pair = append(pair, x.At)
				}
			}
			if r.node != nil {
				at = append(at, site(r.node))
				pair = append(pair, r.node.At)
			}
			pair = firstSpans(pair, 4)
			if r.layout == "" {
				unknown(p.Block(b, path, "rope.layout", nil, pair...), "which dimensions are paired does not follow one pattern")
			} else {
				p.Block(b, path, "rope.layout", r.layout, pair...)
			}
			dim := p.Block(b, path, "rope.dim", r.dim, p.rotatedAt(r)...)
			if r.layout == "" && r.bad {
				unknown(dim, "how some of the queries' elements are computed is not understood")
			}
			dim.At = spans(append(dim.At, pair...)...)
			if r.theta == 0 {
				unknown(p.Block(b, path, "rope.theta", nil, p.freqAt(r)...), r.why)
			} else {
				_, base, _ := p.ladderOf(r)
				set := p.thetaAt()
				if r.thetaE != nil {
					set = append(p.configAt(r.thetaE), set...)
				}
				at := []graph.Span{p.saying(set, r.theta), base}
				f := p.Block(b, path, "rope.theta", r.theta, firstSpans(append(append(at, set...), p.freqAt(r)...), mostLines)...)
				if r.thetaE != nil {
					f.Expr = r.thetaE.String()
				}
			}
		})
		if n.rope > 0 && n.nope > 0 && s.main && len(at) > 0 {
			if c, ok := p.guard(at[0]); ok {
				at = append([]graph.Span{c.at}, at...)
			}
			p.Report("rope.layers", runs(kinds), firstSpans(at, mostLines)...)
		}
	}
}

// thetaAt is where the base of the frequencies is set when the config names none:
// in the config class, else in the shared defaults.
func (p *Pass) thetaAt() []graph.Span {
	var out []graph.Span
	for _, c := range p.Model.Config {
		if containsAny(c.Name, "rope_theta", "rotary_emb_base", "default_theta") {
			out = append(out, c.At...)
		}
	}
	file := p.Model.Source.Config
	if file == "" && strings.Contains(p.Model.At.File, "modeling_") {
		file = strings.Replace(p.Model.At.File, "modeling_", "configuration_", 1)
	}
	for _, f := range []string{file, "modeling_rope_utils.py", "transformers/modeling_rope_utils.py"} {
		src := p.source(f)
		if src == nil {
			continue
		}
		for i, l := range src.lines {
			if t := strings.TrimSpace(l); strings.HasPrefix(t, "default_theta = ") || strings.HasPrefix(t, "default_theta: ") {
				return append(out, graph.Span{File: f, Line: i + 1})
			}
		}
	}
	return out
}

// rotatedAt is what decides how many dimensions rotate: the line that sets how
// many frequencies there are, and the config value that it reads.
func (p *Pass) rotatedAt(r *rotation) []graph.Span {
	dim, _, reads := p.ladderOf(r)
	out := spans(dim)
	for _, name := range reads {
		if c, ok := p.Model.Lookup(name); ok {
			if _, whole := c.Value.(map[string]any); !whole {
				out = append(out, c.At...)
				break
			}
		}
	}
	return append(out, p.freqAt(r)...)
}

// ladderOf is the ladder of the class that holds the frequencies.
func (p *Pass) ladderOf(r *rotation) (dim, base graph.Span, reads []string) {
	if r.freq != nil {
		for _, n := range inOrder(p.f.slice(r.freq, nil, nil)) {
			if n.Op == "buffer" {
				if dim, base, reads = p.ladder(p.class(ownerPath(n.Name))); !dim.IsZero() {
					break
				}
			}
		}
	}
	return dim, base, reads
}

// freqAt is where the frequencies come from.
func (p *Pass) freqAt(r *rotation) []graph.Span {
	var out []graph.Span
	if r.freq == nil {
		return nil
	}
	for _, n := range inOrder(p.f.slice(r.freq, nil, nil)) {
		if n.Op == "buffer" {
			if q := p.f.param(n); q != nil {
				out = append(out, q.At)
			}
			owner := ownerPath(n.Name)
			out = append(out, p.made(owner))
		}
	}
	return spans(out...)
}
