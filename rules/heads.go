package rules

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var headsRule = &Rule{
	Name: "heads",
	Doc:  "Heads, key/value heads and widths, from the operands of the attention product and the columns of the projections they are computed from.",
	Keys: []string{"attention.kind", "attention.heads", "attention.kv_heads", "attention.head_dim", "attention.v_head_dim", "attention.cross"},
	Run:  runHeads,
}

// each calls f with the attention that the facts of each block speak of: its
// self-attention, or its cross-attention where it has no other.
func (p *Pass) each(f func(b *block, a *attn, path string)) {
	for _, s := range p.stacks {
		for _, b := range s.own() {
			if a := b.attention(); a != nil {
				f(b, a, a.call.Path)
			}
		}
	}
}

// attention is the one that the facts of a block speak of; nil where it has none.
func (b *block) attention() *attn {
	var best *attn
	rank := func(a *attn) int {
		switch {
		case a.cross:
			return 2
		case a.foreign:
			return 1
		}
		return 0
	}
	for _, a := range b.attns {
		if best == nil || rank(a) < rank(best) {
			best = a
		}
	}
	return best
}

// fedFrom is the value from another stack that a block works on beside its
// stream, other than through an attention: nil where there is none.
func (p *Pass) fedFrom(b *block) *graph.Node {
	for _, x := range b.call.In {
		if !p.f.content[x.ID] || isInt(x.DType) || len(x.Shape) < 3 || root(x) == root(b.in) {
			continue
		}
		for _, s := range p.stacks {
			if s == b.stack {
				continue
			}
			end := s.blocks[len(s.blocks)-1].out
			if base(x) != base(end) && !p.f.depends(x, end) || p.f.depends(b.stack.blocks[0].in, end) {
				continue
			}
			for id := b.call.First; id < b.call.Last; id++ {
				if n := p.f.node(id); n != nil {
					if q := p.f.projection(n); q != nil && base(q.in) == base(x) {
						return n
					}
				}
			}
		}
	}
	return nil
}

func runHeads(p *Pass) {
	p.each(func(b *block, a *attn, path string) {
		heads, kv := p.f.headsOf(a), p.f.kvHeadsOf(a)
		qm, km, vm := p.projMade(a.qp), p.projMade(a.kp), p.projMade(a.vp)
		class := p.class(path)
		if heads == 0 {
			unknown(p.Block(b, path, "attention.heads", nil, qm), "the queries' layout is not understood")
		} else {
			f := p.Block(b, path, "attention.heads", heads)
			e := p.factorExpr(a.qp, heads, a.dim)
			f.At = spans(append(p.configAt(e), qm)...)
			f.Expr = e.String()
			if e == nil {
				f.At = spans(append(p.configValueAt(heads), f.At...)...)
			}
		}
		if kv == 0 {
			unknown(p.Block(b, path, "attention.kv_heads", nil, km), "the keys' layout is not understood")
		} else {
			f := p.Block(b, path, "attention.kv_heads", kv)
			e := p.factorExpr(a.kp, kv, a.dim)
			f.At = spans(append(p.configAt(e), km)...)
			f.Expr = e.String()
			if e == nil {
				f.At = spans(append(p.configValueAt(kv), f.At...)...)
			}
		}
		mla := p.f.latent(a)
		if heads > 0 && kv > 0 {
			kind := "gqa"
			switch {
			case mla:
				kind = "mla"
			case kv == heads:
				kind = "mha"
			case kv == 1:
				kind = "mqa"
			}
			e := p.factorExpr(a.kp, kv, a.dim)
			p.Block(b, path, "attention.kind", kind, append(p.configAt(e), km, qm)...)
		} else {
			unknown(p.Block(b, path, "attention.kind", nil, class), "the numbers of heads are not known")
		}
		hd := p.Block(b, path, "attention.head_dim", a.dim)
		e := p.factorExpr(a.qp, a.dim, heads)
		hd.Expr = e.String()
		dim := p.lineIn(class, "head_dim =", "head_size =", "head_dim: int =", "key_value_proj_dim =", "head_dim")
		hd.At = spans(append(p.configAt(e), dim, qm)...)
		vd := p.Block(b, path, "attention.v_head_dim", a.vdim)
		e = p.factorExpr(a.vp, a.vdim, kv)
		vd.Expr = e.String()
		vd.At = spans(append(p.configAt(e), dim, vm)...)
		if len(a.vp) > 0 {
			vd.At = spans(append(vd.At, site(a.vp[0].out))...)
		}
		cross := false
		var at []graph.Span
		for _, x := range b.attns {
			if x.cross {
				cross = true
				at = append(at, p.made(x.call.Path), site(x.soft))
			}
		}
		if n := p.fedFrom(b); n != nil && !cross {
			cross = true
			at = append(at, site(n))
		}
		if !cross {
			at = append(at, p.class(b.call.Path), a.call.At, class)
		}
		p.Block(b, b.call.Path, "attention.cross", cross, at...)
	})
}

// projMade is the line that constructed the first of the projections.
func (p *Pass) projMade(ps []*proj) graph.Span {
	if len(ps) == 0 {
		return graph.Span{}
	}
	return p.projAt(ps[0])
}

// configValueAt is where a config value of that number is set, if only one is
// an attention count: evidence for want of an expression.
func (p *Pass) configValueAt(n int64) []graph.Span {
	var at []graph.Span
	k := 0
	for _, c := range p.Model.Config {
		if v, ok := asInt(c.Value); ok && v == n && containsAny(c.Name, "head") {
			at = append(at, c.At...)
			k++
		}
	}
	if k != 1 {
		return nil
	}
	return at
}

// headsOf is the number of query heads: the queries' elements per token over
// their width.
func (f *flow) headsOf(a *attn) int64 {
	if len(a.qp) == 0 || a.dim == 0 {
		return f.leading(a.q, a.dim)
	}
	w := a.qp[0].outWidth()
	if w == 0 {
		return 0
	}
	if a.qp[0].conv {
		return f.leading(a.q, a.dim)
	}
	if h := f.lettered(a); h > 0 {
		return h
	}
	_, rows := f.rowsOf(a)
	if rows == 0 || numel(a.q.Shape)%(rows*a.dim) != 0 {
		if h := f.leading(a.q, a.dim); h*a.dim == w {
			return h
		}
		return 0
	}
	return numel(a.q.Shape) / (rows * a.dim)
}

// rowsOf is how many rows the query projection gives, and how many of them
// stand in the queries: fewer where the tokens are split and each part attends
// to itself.
func (f *flow) rowsOf(a *attn) (all, here int64) {
	out := a.qp[0].out
	all = numel(out.Shape) / max(1, a.qp[0].outWidth())
	here = all
	for n, k := a.q, 0; n != out && len(n.In) > 0 && n.Op != "cat" && k < 100; n, k = n.In[0], k+1 {
		if !strings.Contains(n.Op, "split") {
			continue
		}
		if _, d, ok := splitOffset(n); ok && here == all && n.In[0].Shape[d] == all {
			here = n.Shape[d]
		}
	}
	return all, here
}

// lettered is the number of heads of a product written as an einsum: the
// letters that both operands and the result have, but for the batch.
func (f *flow) lettered(a *attn) int64 {
	if a.qk.Op != "einsum" {
		return 0
	}
	ins, out, ok := equation(a.qk)
	if !ok {
		return 0
	}
	side := 0
	if a.qk.In[0] != a.q {
		side = 1
	}
	l := strings.TrimPrefix(ins[side], "...")
	off := len(a.q.Shape) - len(l)
	heads, n := int64(1), 0
	for i, c := range l {
		if !hasRune(ins[1-side], c) || !hasRune(out, c) || off+i < 0 {
			continue
		}
		if i == 0 && l == ins[side] {
			continue // the batch
		}
		heads *= a.q.Shape[off+i]
		n++
	}
	if n == 0 {
		return 0
	}
	return heads
}

// leading is the size of the third axis from the end, the usual one of heads.
func (f *flow) leading(q *graph.Node, dim int64) int64 {
	if r := len(q.Shape); r >= 3 {
		return q.Shape[r-3]
	}
	return 0
}

// kvHeadsOf counts the different columns of the key projection that give the
// first element of each head.
func (f *flow) kvHeadsOf(a *attn) int64 {
	if !a.kvDone {
		a.kvHeads, a.kvDone = f.countKVHeads(a), true
	}
	return a.kvHeads
}

func (f *flow) countKVHeads(a *attn) int64 {
	k := a.k
	r := len(k.Shape)
	if r < 2 {
		return 0
	}
	if f.lettered(a) > 0 && len(a.kp) == 1 && len(a.vp) == 1 && a.kp[0].out != a.vp[0].out && a.kp[0].outWidth()%a.dim == 0 {
		return a.kp[0].outWidth() / a.dim
	}
	// the axis of the width: matmul has it before the last
	ax := r - 2
	if a.fused || a.qk.Op == "einsum" || k.Shape[ax] != a.dim {
		ax = r - 1
	}
	if a.qk.Op == "einsum" {
		if ins, out, ok := equation(a.qk); ok {
			side := 1
			if a.qk.In[0] == k {
				side = 0
			}
			for i, l := range ins[side] {
				if !hasRune(out, l) && hasRune(ins[1-side], l) {
					ax = i
				}
			}
		}
	}
	if ax >= r || k.Shape[ax] != a.dim {
		return 0
	}
	if len(a.kp) == 0 {
		return f.leading(k, a.dim)
	}
	outs := map[*graph.Node]bool{}
	for _, p := range a.kp {
		outs[p.out] = true
	}
	stop := func(n *graph.Node) bool { return outs[n] }
	cols := map[[2]int64]bool{}
	c := make([]int64, r)
	n := int64(0)
	var visit func(i int) bool
	bad := false
	visit = func(i int) bool {
		if bad || n > 4096 {
			return false
		}
		if i == r {
			n++
			src, ok := f.sources(elem{k, index(c, k.Shape)}, stop, nil)
			if !ok && len(src) == 0 || len(src) == 0 {
				bad = true
				return false
			}
			e := src[0]
			for _, s := range src[1:] {
				if s.i%max(1, lastDim(s.n)) < e.i%max(1, lastDim(e.n)) {
					e = s
				}
			}
			w := max(1, lastDim(e.n))
			if pr := f.projection(e.n); pr != nil && pr.conv {
				w = numel(e.n.Shape)
			}
			cols[[2]int64{int64(e.n.ID), e.i % w}] = true
			return true
		}
		if i == ax {
			return visit(i + 1)
		}
		lim := k.Shape[i]
		// the sequence: one position is enough
		if i == r-1 || i == r-2 {
			if i != ax && (a.qk.Op != "einsum" || true) {
				lim = 1
			}
		}
		if i < r-2 && r >= 4 && i == 0 {
			lim = 1 // batch
		}
		for v := int64(0); v < lim; v++ {
			c[i] = v
			if !visit(i + 1) {
				return false
			}
		}
		c[i] = 0
		return true
	}
	if a.qk.Op == "einsum" && r == 4 {
		// letters say where the heads are: not needed when numbers do
		if h := f.headsOf(a); h > 0 {
			for i := range k.Shape {
				if i != ax && i != 0 && k.Shape[i] == h {
					return h
				}
			}
		}
	}
	visit(0)
	if bad {
		// shapes alone
		if h := f.leading(k, a.dim); h > 0 && r == 4 {
			if e := base(k); e != nil && len(a.kp) > 0 {
				w := a.kp[0].outWidth()
				rows := numel(a.kp[0].out.Shape) / max(1, w)
				if rows > 0 && numel(e.Shape) <= numel(k.Shape) && numel(e.Shape)%(rows*a.dim) == 0 {
					return numel(e.Shape) / (rows * a.dim)
				}
			}
		}
		return 0
	}
	return int64(len(cols))
}

func hasRune(s string, r rune) bool {
	for _, x := range s {
		if x == r {
			return true
		}
	}
	return false
}

// latent reports whether keys and values come through a shared narrow
// projection: the projection they are made by reads another projection.
func (f *flow) latent(a *attn) bool {
	for _, k := range a.kp {
		for _, v := range a.vp {
			if k.out != v.out {
				continue
			}
			// keys and values from one matrix; its input from another within
			// the same attention, through norms alone
			n := k.in
			for range 20 {
				n = base(n)
				if u := f.normOut[n]; u != nil && u.call != nil && callWithin(u.call, a.call) {
					n = u.in
					continue
				}
				if x, _, ok := f.scaling(n); ok {
					n = x
					continue
				}
				break
			}
			if q := f.projection(n); q != nil && within(q.out, a.call) && q.out != k.out {
				return true
			}
		}
	}
	// separate up-projections for keys and values from one latent
	for _, k := range a.kp {
		for _, v := range a.vp {
			if k.out == v.out {
				continue
			}
			kn, vn := f.throughNorms(k.in, a), f.throughNorms(v.in, a)
			if kn == nil || vn == nil {
				continue
			}
			kq, vq := f.projection(kn), f.projection(vn)
			if kq != nil && vq != nil && kq.out == vq.out && within(kq.out, a.call) && kq.outWidth() < k.outWidth() {
				return true
			}
		}
	}
	return false
}

func (f *flow) throughNorms(n *graph.Node, a *attn) *graph.Node {
	for range 20 {
		n = base(n)
		if n == nil {
			return nil
		}
		if u := f.normOut[n]; u != nil && u.call != nil && callWithin(u.call, a.call) {
			n = u.in
			continue
		}
		break
	}
	return n
}

// factorExpr finds, in the expression of the projections' output width, the
// factor that stands for want where the rest makes up the other number.
func (p *Pass) factorExpr(ps []*proj, want, other int64) *graph.Expr {
	if len(ps) == 0 {
		return nil
	}
	e := p.weightDim(ps[0], true).E
	if e == nil {
		return nil
	}
	var found *graph.Expr
	several := false // factors of equal value: which one stands for want is not known
	var walk func(e *graph.Expr)
	walk = func(e *graph.Expr) {
		if e == nil {
			return
		}
		if v, ok := p.eval(e); ok && v == float64(want) && len(e.Refs(nil)) > 0 {
			several = several || found != nil && found.String() != e.String()
			found = e
			return
		}
		switch e.Op {
		case "*", "+", "-":
			for _, a := range e.Args {
				walk(a)
			}
		}
	}
	walk(e)
	if several {
		return nil
	}
	return found
}

// eval is the value of an expression at the config in use.
func (p *Pass) eval(e *graph.Expr) (float64, bool) {
	switch e.Op {
	case "lit":
		a := graph.Arg{Val: e.Name}
		if is := ints(e.Name); len(is) == 1 {
			return float64(is[0]), true
		}
		return number(a)
	case "ref":
		name := e.Name
		if len(name) > 7 && name[:7] == "config." {
			name = name[7:]
		}
		c, ok := p.Model.Lookup(name)
		if !ok {
			return 0, false
		}
		switch v := c.Value.(type) {
		case float64:
			return v, true
		case int64:
			return float64(v), true
		case int:
			return float64(v), true
		}
		return 0, false
	case "*", "+", "-", "//", "/", "**":
		if len(e.Args) != 2 {
			return 0, false
		}
		a, ok1 := p.eval(e.Args[0])
		b, ok2 := p.eval(e.Args[1])
		if !ok1 || !ok2 {
			return 0, false
		}
		switch e.Op {
		case "*":
			return a * b, true
		case "+":
			return a + b, true
		case "-":
			return a - b, true
		case "//":
			if b == 0 {
				return 0, false
			}
			return float64(int64(a) / int64(b)), true
		case "/":
			return a / b, true
		}
		return 0, false
	case "call":
		if len(e.Args) == 1 && (e.Name == "int" || e.Name == "float") {
			return p.eval(e.Args[0])
		}
	}
	return 0, false
}
