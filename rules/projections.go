package rules

import (
	"slices"
	"sort"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var projectionsRule = &Rule{
	Name: "projections",
	Doc:  "Which matrices make q, k and v, how a fused one is laid out (by following single elements back to its columns), and which projections have a bias.",
	Keys: []string{"attention.qkv", "attention.qkv_layout", "attention.bias"},
	Run:  runProjections,
}

func runProjections(p *Pass) {
	p.each(func(b *block, a *attn, path string) {
		if len(a.qp) == 0 || len(a.kp) == 0 || len(a.vp) == 0 {
			unknown(p.Block(b, path, "attention.qkv", nil, site(a.soft)), "the projections of queries, keys and values were not found")
			return
		}
		fused := sameProj(a.qp, a.kp) && sameProj(a.kp, a.vp)
		at := []graph.Span{p.projMade(a.qp), p.projMade(a.kp), p.projMade(a.vp)}
		if fused {
			p.Block(b, path, "attention.qkv", "fused", at...)
			if l := p.f.layoutOf(a); l != "" {
				p.Block(b, path, "attention.qkv_layout", l, append([]graph.Span{site(a.qp[0].out)}, at...)...)
			} else {
				unknown(p.Block(b, path, "attention.qkv_layout", nil, at...), "how the fused matrix is cut is not understood")
			}
		} else {
			p.Block(b, path, "attention.qkv", "separate", at...)
		}
		bias := []string{}
		add := func(name string, ps []*proj) {
			for _, q := range ps {
				if q.bias != nil {
					bias = append(bias, name)
					return
				}
			}
		}
		add("q", a.qp)
		add("k", a.kp)
		add("v", a.vp)
		if a.op != nil && a.op.bias != nil {
			bias = append(bias, "o")
		}
		f := p.Block(b, path, "attention.bias", bias, at...)
		all := slices.Concat(a.qp, a.kp, a.vp)
		if a.op != nil {
			all = append(all, a.op)
		}
		if when, where := p.biasGate(all); when != "" {
			f.At = spans(append(where, f.At...)...)
			if len(bias) == 0 {
				f.Status, f.When = graph.Gated, when
			}
		}
	})
}

// biasGate finds the config value that decides about the bias of a projection.
func (p *Pass) biasGate(ps []*proj) (when string, at []graph.Span) {
	for _, q := range ps {
		if q == nil {
			continue
		}
		if m := p.f.inits[ownerPath(q.weight.Name)]; m != nil && len(m.BiasExpr.Refs(nil)) > 0 {
			return m.BiasExpr.String(), p.configAt(m.BiasExpr)
		}
	}
	return "", nil
}

func sameProj(a, b []*proj) bool {
	if len(a) != 1 || len(b) != 1 {
		return false
	}
	return a[0].out == b[0].out || root(a[0].out) == root(b[0].out)
}

// layoutOf says how the rows of a fused matrix are divided among q, k and v.
func (f *flow) layoutOf(a *attn) string {
	out := a.qp[0].out
	stop := func(n *graph.Node) bool { return n == out }
	w := lastDim(out)
	if a.qp[0].conv {
		return ""
	}
	// the lowest and highest column of the corners: first and last head, first
	// and last element
	span := func(n *graph.Node, seq int) (lo, hi int64, ok bool) {
		r := len(n.Shape)
		if r < 3 {
			return 0, 0, false
		}
		lo, hi = 1<<60, -1
		c := make([]int64, r)
		var visit func(i int)
		visit = func(i int) {
			if i == r {
				src, _ := f.sources(elem{n, index(c, n.Shape)}, stop, nil)
				for _, e := range src {
					lo, hi = min(lo, e.i%w), max(hi, e.i%w)
				}
				return
			}
			ends := []int64{0, n.Shape[i] - 1}
			if i == seq || i == 0 && r >= 4 || n.Shape[i] == 1 {
				ends = ends[:1]
			}
			for _, v := range ends {
				c[i] = v
				visit(i + 1)
			}
			c[i] = 0
		}
		visit(0)
		return lo, hi, hi >= 0
	}
	seqOf := func(n *graph.Node, dim int64) int {
		r := len(n.Shape)
		if r >= 2 && n.Shape[r-1] == dim {
			return r - 2
		}
		return r - 1
	}
	ql, qh, ok1 := span(a.q, seqOf(a.q, a.dim))
	kl, kh, ok2 := span(a.k, seqOf(a.k, a.dim))
	vl, vh, ok3 := span(a.v, seqOf(a.v, a.vdim))
	if !ok1 || !ok2 || !ok3 {
		return ""
	}
	if qh < kl && kh < vl || vh < kl && kh < ql || qh < vl && vh < kl || kh < ql && qh < vl || kh < vl && vh < ql || vh < ql && qh < kl {
		return "q|k|v"
	}
	heads, kv := f.headsOf(a), f.kvHeadsOf(a)
	if heads == kv {
		return "per-head"
	}
	return "grouped"
}

var qkNormRule = &Rule{
	Name: "qk_norm",
	Doc:  "Norms between the query and key projections and their product: over a head or all heads, with one weight or one per head, before or after the rotation.",
	Keys: []string{"attention.qk_norm", "attention.qk_norm_order"},
	Run:  runQKNorm,
}

// qkNorms are the norms on the way from the projections to the product.
func (f *flow) qkNorms(n *graph.Node, ps []*proj) []*norm {
	stop := map[*graph.Node]bool{}
	for _, q := range ps {
		stop[q.out] = true
	}
	var out []*norm
	seen := map[*norm]bool{}
	for _, x := range inOrder(f.slice(n, stop, nil)) {
		if u := f.normOut[x]; u != nil && u.kind != "batchnorm" && !seen[u] && f.content[x.ID] && !stop[x] {
			seen[u] = true
			out = append(out, u)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].core.ID < out[j].core.ID })
	return out
}

// headByHead reports whether each head goes through a norm of its own.
func headByHead(us []*norm, a *attn) bool {
	weights := map[*graph.Node]bool{}
	n := int64(0)
	for _, u := range us {
		if u.weight == nil || u.width != a.dim {
			return false
		}
		weights[u.weight] = true
		n += numel(u.in.Shape)
	}
	return len(weights) > 1 && n == numel(a.q.Shape)
}

func runQKNorm(p *Pass) {
	p.each(func(b *block, a *attn, path string) {
		us := p.f.qkNorms(a.q, a.qp)
		if len(us) == 0 {
			us = p.f.qkNorms(a.k, a.kp)
		}
		if len(us) == 0 {
			at := []graph.Span{}
			if len(a.qp) > 0 {
				at = append(at, site(a.qp[0].out))
			}
			r, _ := p.f.rotationOf(a)
			if r != nil && r.node != nil {
				at = append(at, site(r.node))
			}
			p.Block(b, path, "attention.qk_norm", "none", at...)
			return
		}
		u := us[0]
		heads := p.f.headsOf(a)
		kind := ""
		var ww int64
		if u.weight != nil {
			ww = numel(u.weight.Shape)
		}
		switch {
		case u.width == a.dim && (ww > a.dim || headByHead(us, a)):
			kind = "per-head-weights"
		case u.width == heads*a.dim || u.width > a.dim:
			kind = "full-width"
		default:
			kind = "per-head"
		}
		at := []graph.Span{p.normMade(u), p.normSite(u)}
		p.Block(b, path, "attention.qk_norm", kind, at...)
		r, _ := p.f.rotationOf(a)
		if r == nil || r.node == nil {
			return
		}
		order := "before-rope"
		if p.f.depends(u.in, r.node) {
			order = "after-rope"
		}
		p.Block(b, path, "attention.qk_norm_order", order, p.normSite(u), site(r.node), p.normMade(u))
	})
}
