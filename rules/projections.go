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
		add := func(name string, n *graph.Node, ps []*proj) {
			for _, q := range ps {
				if q.bias != nil || p.f.biasedLater(n, q) {
					bias = append(bias, name)
					return
				}
			}
		}
		add("q", a.q, a.qp)
		add("k", a.k, a.kp)
		add("v", a.v, a.vp)
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

// biasedLater reports whether a parameter is added to a projection after it was
// cut into heads, and nothing reads it without.
func (f *flow) biasedLater(n *graph.Node, q *proj) bool {
	for range 30 {
		n = base(n)
		if n == nil || n == q.out {
			return false
		}
		if x, _, ok := f.scaling(n); ok {
			n = x
			continue
		}
		if n.Op != "add" || len(n.In) != 2 {
			return false
		}
		for i := range 2 {
			w, x := weightLike(n.In[1-i]), n.In[i]
			if w != nil && w.Op == "param" && base(x) == q.out && len(f.users[x.ID]) == 1 && numel(w.Shape) <= q.outWidth() {
				return true
			}
		}
		return false
	}
	return false
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
	// the lowest and highest column of each head's first and last element
	spans := func(n *graph.Node, dim int64) (out [][2]int64, ok bool) {
		r := len(n.Shape)
		if r < 3 {
			return nil, false
		}
		seq, wide := r-2, r-1
		if n.Shape[r-1] != dim {
			seq, wide = r-1, r-2
		}
		c := make([]int64, r)
		var visit func(i int) bool
		visit = func(i int) bool {
			switch {
			case i == r:
				lo, hi := int64(1<<60), int64(-1)
				for _, x := range []int64{0, n.Shape[wide] - 1} {
					c[wide] = x
					src, _ := f.sources(elem{n, index(c, n.Shape)}, stop, nil)
					for _, e := range src {
						lo, hi = min(lo, e.i%w), max(hi, e.i%w)
					}
				}
				c[wide] = 0
				out = append(out, [2]int64{lo, hi})
				return hi >= 0 && len(out) <= 1024
			case i == seq || i == wide || i == 0 && r >= 4:
				return visit(i + 1)
			}
			for v := range n.Shape[i] {
				c[i] = v
				if !visit(i + 1) {
					return false
				}
			}
			c[i] = 0
			return true
		}
		return out, visit(0)
	}
	q, ok1 := spans(a.q, a.dim)
	k, ok2 := spans(a.k, a.dim)
	v, ok3 := spans(a.v, a.vdim)
	if !ok1 || !ok2 || !ok3 {
		return ""
	}
	apart := func(a, b, c [][2]int64) bool { return highest(a) < lowest(b) && highest(b) < lowest(c) }
	if apart(q, k, v) || apart(v, k, q) || apart(q, v, k) || apart(k, q, v) || apart(k, v, q) || apart(v, q, k) {
		return "q|k|v"
	}
	// equal parts of the matrix, one for each head or group, that hold all of its q, k and v
	kv := f.kvHeadsOf(a)
	if kv == 0 || w%kv != 0 {
		return ""
	}
	for _, heads := range [][][2]int64{q, k, v} {
		for i, s := range heads {
			if part := int64(i) * kv / int64(len(heads)); s[0] < part*(w/kv) || s[1] >= (part+1)*(w/kv) {
				return ""
			}
		}
	}
	if f.headsOf(a) == kv {
		return "per-head"
	}
	return "grouped"
}

func lowest(spans [][2]int64) int64 {
	lo := spans[0][0]
	for _, s := range spans {
		lo = min(lo, s[0])
	}
	return lo
}

func highest(spans [][2]int64) int64 {
	hi := spans[0][1]
	for _, s := range spans {
		hi = max(hi, s[1])
	}
	return hi
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
