package rules

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// attn is one softmax attention: softmax(q @ k * scale + mask) @ v.
type attn struct {
	soft       *graph.Node // the softmax, or the fused operation
	qk, pv     *graph.Node
	q, k, v    *graph.Node
	dim, vdim  int64 // width of q and k, of v, per head
	fused      bool  // torch's scaled_dot_product_attention
	scale      factor
	scaleAt    []graph.Span
	scaleWhy   string // why the factor is not a known number, or ""
	softcap    *factor
	capNode    *graph.Node
	masks      []maskUse
	biases     []*graph.Node // added to the scores
	contentful []*graph.Node // scores of another kind, added: relative positions by content
	sinks      *graph.Node
	sparse     *graph.Node
	call       *graph.Call // the smallest module call that holds it and its projections

	qp, kp, vp []*proj
	op         *proj // the output projection
	block      *block
	branch     *branch
	cross      bool
	foreign    bool // its queries are not computed from the block's stream

	kvHeads int64 // see kvHeadsOf
	kvDone  bool
	vis     *visibility // see visible
	rot     *rotation   // see rotationOf
	rotWhy  string
	rotDone bool
}

// maskUse is one mask on the scores.
type maskUse struct {
	n    *graph.Node
	mode string // "add": 0 or very negative; "drop": true is dropped; "keep": true is kept; "causal": the operation's own flag
}

// findAttention finds the softmax attentions of the trace, leaving out blocks
// that are the same as an earlier one.
func (f *flow) findAttention(stacks []*stack) []*attn {
	var out []*attn
	skip := map[*graph.Call]bool{}
	for _, s := range stacks {
		for _, b := range s.blocks {
			if b.same != nil {
				skip[b.call] = true
			}
		}
	}
	for _, n := range f.t.Nodes {
		var a *attn
		if n.Op != "softmax" && n.Op != "scaled_dot_product_attention" && n.Op != "softmax_one" && n.Op != "sparsemax" {
			continue
		}
		skipped := false
		for c := n.Call; c != nil && !skipped; c = c.Parent {
			skipped = skip[c]
		}
		if skipped {
			continue
		}
		switch n.Op {
		case "softmax", "_softmax", "softmax_one", "sparsemax":
			a = f.attentionAt(n)
		case "scaled_dot_product_attention":
			a = f.fusedAttention(n)
		}
		if a != nil {
			f.selectedKeys(a)
			f.openAttention(a)
			out = append(out, a)
		}
	}
	return out
}

func (f *flow) fusedAttention(n *graph.Node) *attn {
	if len(n.In) < 3 {
		return nil
	}
	a := &attn{soft: n, qk: n, pv: n, q: n.In[0], k: n.In[1], v: n.In[2], fused: true}
	r := len(a.q.Shape)
	if r < 2 {
		return nil
	}
	a.dim, a.vdim = a.q.Shape[r-1], a.v.Shape[len(a.v.Shape)-1]
	a.scale = factor{v: 1}
	if s := arg(n, "scale"); s != nil && s.IsNum {
		a.scale = factor{v: s.Num, e: s.E, node: n}
	} else {
		a.scale = factor{v: 1 / sqrt(float64(a.dim)), node: n}
	}
	a.scaleAt = []graph.Span{n.At}
	for _, m := range n.In[3:] {
		if m.DType == "bool" {
			a.masks = append(a.masks, maskUse{m, "keep"})
		} else {
			a.biases = append(a.biases, m)
			a.masks = append(a.masks, maskUse{m, "add"})
		}
	}
	if isCausal(n) {
		a.masks = append(a.masks, maskUse{n, "causal"})
	}
	return a
}

// isCausal reports whether torch's attention was told to hide later keys: on
// its one operation, or on the softmax of those that it consists of.
func isCausal(n *graph.Node) bool {
	c := arg(n, "is_causal")
	return c != nil && c.Val == "True"
}

// attentionAt goes back from a softmax to the product of queries and keys.
func (f *flow) attentionAt(soft *graph.Node) *attn {
	if len(soft.In) == 0 {
		return nil
	}
	a := &attn{soft: soft, scale: factor{v: 1}}
	if !f.scores(a, soft.In[0], 0) || a.qk == nil {
		return nil
	}
	if isCausal(soft) {
		a.masks = append(a.masks, maskUse{soft, "causal"})
	}
	// forward to the product with the values
	n := soft
	for range 40 {
		var next *graph.Node
		for _, u := range f.users[n.ID] {
			switch {
			case matmuls[u.Op] && len(u.In) >= 2:
				other := u.In[0]
				if other == n {
					other = u.In[1]
				}
				if f.content[other.ID] && other != n {
					a.pv, a.v = u, other
				}
			case u.Op == "mul" && len(u.In) == 2 || u.Op == "masked_fill" || u.Op == "where" || u.Op == "mul" && len(u.In) == 1:
				next = u
			case identities[u.Op] || layouts[u.Op] || u.Op == "setitem" || u.Op == "pad" || u.Op == "div" || u.Op == "clamp":
				if next == nil {
					next = u
				}
			case u.Op == "add" && len(u.In) == 1 || u.Op == "add" && f.isSoftmaxLike(u, n) || u.Op == "sub" && len(u.In) == 2:
				if next == nil {
					next = u
				}
			}
		}
		if a.v != nil || next == nil {
			break
		}
		n = next
	}
	if a.v == nil {
		return nil
	}
	a.dim = contracted(a.qk, a.q)
	a.vdim = vdimOf(a.pv, a.v)
	return a
}

func (f *flow) isSoftmaxLike(u, n *graph.Node) bool { return len(u.In) == 2 && f.content[n.ID] }

// contracted is the width that q @ k sums over.
func contracted(qk, q *graph.Node) int64 {
	if qk.Op == "einsum" {
		if ins, outp, ok := equation(qk); ok {
			for i, l := range ins[0] {
				if !strings.ContainsRune(outp, l) && strings.ContainsRune(ins[1], l) && i < len(qk.In[0].Shape) {
					return qk.In[0].Shape[i]
				}
			}
		}
	}
	return lastDim(q)
}

// equation is the form of an einsum with two operands.
func equation(n *graph.Node) (ins [2]string, out string, ok bool) {
	for _, a := range n.Args {
		s := strings.ReplaceAll(strings.Trim(a.Val, "'\""), " ", "")
		l, r, found := strings.Cut(s, "->")
		if !found {
			continue
		}
		x, y, found := strings.Cut(l, ",")
		if !found {
			continue
		}
		return [2]string{x, y}, r, true
	}
	return ins, "", false
}

func vdimOf(pv, v *graph.Node) int64 {
	if pv.Op == "einsum" {
		if ins, outp, ok := equation(pv); ok {
			k := 1
			if pv.In[0] == v {
				k = 0
			}
			// the letter that is in the values and the result, not in the weights
			for i, l := range ins[k] {
				if strings.ContainsRune(outp, l) && !strings.ContainsRune(ins[1-k], l) && i < len(v.Shape) {
					return v.Shape[i]
				}
			}
		}
	}
	if len(pv.In) > 1 && pv.In[0] == v && len(v.Shape) > 1 { // v.T @ p
		return v.Shape[len(v.Shape)-2]
	}
	if len(v.Shape) == 0 {
		return 0
	}
	return v.Shape[len(v.Shape)-1]
}

// scores goes back over what may stand between the product and the softmax.
func (f *flow) scores(a *attn, n *graph.Node, depth int) bool {
	if n == nil || depth > 40 || !f.content[n.ID] {
		return false
	}
	n = root(n)
	if x, c, ok := f.scaling(n); ok {
		keep := a.scale
		if a.softcap != nil && a.capNode != nil && a.softcap.v == 0 {
			// between the tanh and the product: x / cap
			if f.scores(a, x, depth+1) {
				return true
			}
			return false
		}
		a.scale = c.mul(a.scale)
		a.scaleAt = append(a.scaleAt, n.At)
		if f.scores(a, x, depth+1) {
			return true
		}
		a.scale = keep
		return false
	}
	switch {
	case (matmuls[n.Op]) && len(n.In) >= 2:
		x, y := n.In[0], n.In[1]
		if n.Op == "baddbmm" && len(n.In) == 3 {
			x, y = n.In[1], n.In[2]
			if b := arg(n, "beta"); b == nil || !b.IsNum || b.Num != 0 {
				a.biases = append(a.biases, n.In[0])
			}
			if s := arg(n, "alpha"); s != nil && s.IsNum {
				a.scale = a.scale.mul(factor{v: s.Num, e: s.E, node: n})
				a.scaleAt = append(a.scaleAt, n.At)
			}
		}
		if !f.content[x.ID] || !f.content[y.ID] || weightLike(x) != nil || weightLike(y) != nil {
			return false
		}
		a.qk, a.q, a.k = n, x, y
		if n.Op == "einsum" {
			if ins, outp, ok := equation(n); ok && len(outp) > 0 && strings.ContainsRune(ins[0], rune(outp[len(outp)-1])) {
				a.q, a.k = y, x
			}
		}
		return true
	case n.Op == "add" && len(n.In) == 2:
		for i := range 2 {
			x, o := n.In[i], n.In[1-i]
			if !f.content[x.ID] {
				continue
			}
			saved := *a
			if f.content[o.ID] && weightLike(o) == nil {
				if f.scores(a, x, depth+1) {
					f.scoreTerm(a, o)
					return true
				}
				*a = saved
				continue
			}
			if f.scores(a, x, depth+1) {
				a.biases = append(a.biases, o)
				a.masks = append(a.masks, maskUse{o, "add"})
				return true
			}
			*a = saved
		}
		return false
	case (n.Op == "add" || n.Op == "sub") && len(n.In) == 1:
		return f.scores(a, n.In[0], depth+1)
	case n.Op == "sub" && len(n.In) == 2:
		m := root(n.In[1])
		if m.Op == "max" || m.Op == "amax" || m.Op == "logsumexp" || base(m).Op == "max" || base(m).Op == "amax" {
			return f.scores(a, n.In[0], depth+1)
		}
		if !f.content[m.ID] {
			a.masks = append(a.masks, maskUse{m, "sub"})
			return f.scores(a, n.In[0], depth+1)
		}
		return false
	case n.Op == "masked_fill":
		if len(n.In) > 1 {
			a.masks = append(a.masks, maskUse{n.In[1], "drop"})
		}
		return f.scores(a, n.In[0], depth+1)
	case n.Op == "where":
		if len(n.In) > 1 && f.content[n.In[1].ID] {
			a.masks = append(a.masks, maskUse{n.In[0], "keep"})
			return f.scores(a, n.In[1], depth+1)
		}
		if len(n.In) > 2 && f.content[n.In[2].ID] {
			a.masks = append(a.masks, maskUse{n.In[0], "drop"})
			return f.scores(a, n.In[2], depth+1)
		}
		return false
	case n.Op == "tanh" && len(n.In) == 1:
		// c * tanh(scores / c): the factor outside is the cap
		c := a.scale
		a.capNode = n
		in := root(n.In[0])
		inner, x := factor{v: 1}, in
		for {
			y, s, ok := f.scaling(root(x))
			if !ok {
				break
			}
			inner, x = s.mul(inner), y
			if near(inner.v*c.v, 1) {
				break
			}
		}
		if near(inner.v*c.v, 1) {
			a.softcap = &factor{v: c.v, e: c.e, node: n, at: c.at}
			a.scale = factor{v: 1}
			a.scaleAt = nil
			return f.scores(a, x, depth+1)
		}
		a.softcap = &factor{v: c.v, e: c.e, node: n}
		return f.scores(a, in, depth+1)
	case n.Op == "cat":
		var x *graph.Node
		for _, in := range n.In {
			if weightLike(in) != nil {
				a.sinks = weightLike(in)
				continue
			}
			if f.content[in.ID] && x == nil {
				x = in
			} else if f.content[in.ID] && lastDim(in) == 1 && lastDim(x) == lastDim(n)-1 {
				a.sinks = in // one more logit, computed for each query
			}
		}
		return x != nil && f.scores(a, x, depth+1)
	case n.Op == "maximum" || n.Op == "clamp" || n.Op == "max" || n.Op == "minimum" || n.Op == "clip":
		return f.scores(a, n.In[0], depth+1)
	case n.Op == "scatter" || n.Op == "index_fill":
		a.sparse = n
		return f.scores(a, n.In[0], depth+1)
	case n.Op == "setitem":
		return f.scores(a, n.In[0], depth+1)
	case n.Op == "mul" && len(n.In) == 2:
		// scores times a mask or a learned factor
		for i := range 2 {
			if f.content[n.In[i].ID] && !f.content[n.In[1-i].ID] {
				if f.scores(a, n.In[i], depth+1) {
					f.scoreFactor(a, n.In[1-i])
					return true
				}
			}
		}
		return false
	case layouts[n.Op] && len(n.In) > 0:
		return f.scores(a, n.In[0], depth+1)
	}
	return false
}

// scoreFactor notes what the scores are multiplied by: a learned factor, or a
// mask of ones and zeros.
func (f *flow) scoreFactor(a *attn, o *graph.Node) {
	if f.learned(o) {
		a.scaleWhy = "the scores are multiplied by a learned factor"
		return
	}
	a.masks = append(a.masks, maskUse{o, "keep"})
}

// scoreTerm notes what is added to the scores: masks and biases, scores of
// another kind, or a choice of keys by the hidden state.
func (f *flow) scoreTerm(a *attn, o *graph.Node) {
	n := root(o)
	for layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape) {
		n = root(n.In[0])
	}
	switch {
	case n.Op == "add" && len(n.In) == 2:
		f.scoreTerm(a, n.In[0])
		f.scoreTerm(a, n.In[1])
	case !f.content[n.ID]:
		a.biases = append(a.biases, n)
		a.masks = append(a.masks, maskUse{n, "add"})
	default:
		if f.selector(n) != nil {
			a.masks = append(a.masks, maskUse{n, "add"})
			return
		}
		a.contentful = append(a.contentful, o)
	}
}

// selector is the choice, by scores of the hidden state, that decides a mask;
// nil where the mask has none.
func (f *flow) selector(n *graph.Node) *graph.Node {
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{n}
	for len(work) > 0 && len(seen) < 400 {
		n := work[0]
		work = work[1:]
		if seen[n] || n.NoValue || shapeOnly[n.Op] {
			continue
		}
		seen[n] = true
		if choices[n.Op] && len(n.In) > 0 && f.content[n.In[0].ID] && !isInt(n.In[0].DType) && n.In[0].DType != "bool" {
			return n
		}
		if selects[n.Op] || identities[n.Op] || layouts[n.Op] || isInt(n.DType) || n.DType == "bool" {
			work = append(work, n.In...)
		}
	}
	return nil
}

// selects are the operations by which a choice becomes a mask.
var selects = set("scatter", "scatter_add", "where", "masked_fill", "setitem", "index_put", "cat", "add", "mul", "sub", "pad", "minimum", "maximum")

// selectedKeys takes masks that come from a choice of keys apart: what is left
// are the masks on the keys, and on what they are chosen by.
func (f *flow) selectedKeys(a *attn) {
	var plain []maskUse
	var biases []*graph.Node
	chosen := map[*graph.Node]bool{}
	for _, m := range a.masks {
		sel := f.selector(m.n)
		if sel == nil {
			plain = append(plain, m)
			continue
		}
		a.sparse, chosen[m.n] = m.n, true
		rest := f.maskParts(m)
		if len(rest) == 0 {
			rest = f.scoreMasks(sel.In[0])
		}
		plain = append(plain, rest...)
	}
	for _, b := range a.biases {
		if !chosen[b] {
			biases = append(biases, b)
		}
	}
	a.masks, a.biases = plain, biases
}

// maskParts are the parts of a mask that no choice decides.
func (f *flow) maskParts(m maskUse) []maskUse {
	var out []maskUse
	var walk func(n *graph.Node, mode string, d int)
	walk = func(n *graph.Node, mode string, d int) {
		n = root(n)
		for layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape) {
			n = root(n.In[0])
		}
		if d > 20 {
			return
		}
		if f.selector(n) == nil {
			if f.hasComparison(n, 0, map[*graph.Node]bool{}) {
				out = append(out, maskUse{n, mode})
			}
			return
		}
		switch n.Op {
		case "masked_fill", "add", "and", "logical_and", "minimum":
			walk(n.In[0], mode, d+1)
			if n.Op != "masked_fill" && len(n.In) > 1 {
				walk(n.In[1], mode, d+1)
			}
		case "where":
			for _, x := range n.In[1:] {
				walk(x, mode, d+1)
			}
		case "cat": // keys of several kinds
			walk(n.In[0], mode, d+1)
		}
	}
	walk(m.n, m.mode, 0)
	return out
}

// scoreMasks are the masks on the scores by which keys are chosen.
func (f *flow) scoreMasks(n *graph.Node) []maskUse {
	var out []maskUse
	for range 30 {
		n = root(n)
		switch {
		case n.Op == "masked_fill" && len(n.In) > 1:
			out = append(out, maskUse{n.In[1], "drop"})
			n = n.In[0]
		case n.Op == "add" && len(n.In) == 2 && !f.content[n.In[1].ID]:
			out = append(out, maskUse{n.In[1], "add"})
			n = n.In[0]
		case n.Op == "add" && len(n.In) == 2 && !f.content[n.In[0].ID]:
			out = append(out, maskUse{n.In[0], "add"})
			n = n.In[1]
		case n.Op == "where" && len(n.In) > 1 && f.content[n.In[1].ID]:
			out = append(out, maskUse{n.In[0], "keep"})
			n = n.In[1]
		case layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape):
			n = n.In[0]
		default:
			return out
		}
	}
	return out
}

// hides reports whether a value that is added to the scores may hide keys:
// somewhere between it and the products that it is made of, values are chosen
// or overwritten.
func (f *flow) hides(n *graph.Node) bool {
	seen := map[*graph.Node]bool{}
	var walk func(n *graph.Node) bool
	walk = func(n *graph.Node) bool {
		if n == nil || seen[n] || len(seen) > 500 {
			return len(seen) > 500
		}
		seen[n] = true
		switch {
		case matmuls[n.Op] || convs[n.Op] || n.Op == "linear" || n.Op == "addmm" || n.Op == "embedding" || n.Op == "param" || n.Op == "input" || f.normOut[n] != nil:
			return false
		case n.Op == "where" || n.Op == "masked_fill" || n.Op == "setitem" || n.Op == "scatter" || n.Op == "masked_scatter" || n.Op == "index_put" || n.Op == "log" || n.Op == "write_through" || n.Op == "buffer" || comparisons[n.Op]:
			return true
		case n.Op == "gather" || n.Op == "index_select" || n.Op == "getitem":
			return walk(n.In[0]) // where to look does not matter
		}
		for _, x := range n.In {
			if walk(x) {
				return true
			}
		}
		return false
	}
	return walk(n)
}

// openAttention finds the projections around an attention.
func (f *flow) openAttention(a *attn) {
	a.qp, _ = f.nearest(a.q, nil)
	a.kp, _ = f.nearest(a.k, nil)
	a.vp, _ = f.nearest(a.v, nil)
	// forward to the output projection
	n := a.pv
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{n}
	for len(work) > 0 && a.op == nil && len(seen) < 60 {
		n := work[0]
		work = work[1:]
		for _, u := range f.users[n.ID] {
			if seen[u] {
				continue
			}
			seen[u] = true
			if p := f.projection(u); p != nil && p.in != nil && root(p.in) != nil && u.Op != "add" {
				a.op = p
				// with its bias added afterwards
				for _, w := range f.users[u.ID] {
					if q := f.projection(w); q != nil && q.out != p.out && q.weight == p.weight {
						a.op = q
					}
				}
				break
			}
			if identities[u.Op] || layouts[u.Op] || u.Op == "mul" || u.Op == "cat" || u.Op == "add" || f.normOut[u] != nil || inNorm(f, u) || u.Op == "sub" {
				work = append(work, u)
			}
		}
	}
	f.lateSinks(a)
	c := a.soft.Call
	for c != nil {
		all := true
		for _, p := range a.qp {
			if !within(p.out, c) {
				all = false
			}
		}
		if all {
			break
		}
		c = c.Parent
	}
	a.call = c
	if c == nil {
		a.call = a.soft.Call
	}
}

// lateSinks recognises sinks applied to the attention's output: the product
// with sigmoid(logsumexp(scores) - sink) is the softmax with one more logit.
func (f *flow) lateSinks(a *attn) {
	for _, u := range f.deepUsers(a.pv) {
		if u.Op != "mul" || len(u.In) != 2 {
			continue
		}
		for _, o := range u.In {
			o = base(o)
			if o.Op != "sigmoid" || !f.depends(o, a.qk) {
				continue
			}
			if d := base(o.In[0]); d.Op == "sub" && len(d.In) == 2 && base(d.In[0]).Op == "logsumexp" {
				a.sinks = weightLike(d.In[1])
			}
		}
	}
}

func inNorm(f *flow, n *graph.Node) bool {
	for _, u := range f.norms {
		if u.call != nil && within(n, u.call) {
			return true
		}
	}
	return false
}

// factorsBehind collects scalar factors on q (or k) between its projection and
// the product; why says what keeps the factor from being a number.
func (f *flow) factorsBehind(n *graph.Node, ps []*proj) (c factor, at []graph.Span, why string) {
	c = factor{v: 1}
	stop := map[*graph.Node]bool{}
	for _, p := range ps {
		stop[p.out] = true
	}
	for range 60 {
		n = base(n)
		if n == nil || stop[n] {
			break
		}
		if x, s, ok := f.scaling(n); ok {
			c = s.mul(c)
			at = append(at, n.At)
			n = x
			continue
		}
		if f.normOut[n] != nil {
			break // a factor before a norm is lost in it
		}
		if len(n.In) == 2 && n.Op != "cat" && n.Op != "stack" && f.content[n.In[0].ID] && f.content[n.In[1].ID] && !f.turned(n.In[0]) && !f.turned(n.In[1]) {
			break // made of several values: a factor on one of them is not one on the result
		}
		// through a rotation: sums and products of the same value, which a
		// factor may not hide in unless it is on every term
		var next *graph.Node
		switch n.Op {
		case "add", "sub", "cat", "stack", "mul", "div", "view_as_real", "view_as_complex", "setitem", "polar":
			for _, in := range n.In {
				switch {
				case f.content[in.ID] && next == nil:
					next = in
				case (n.Op == "mul" || n.Op == "div") && !f.content[in.ID] && why == "":
					if f.rotates(in) {
						break
					}
					if f.learned(in) {
						why = "queries or keys are multiplied by a learned factor"
					} else if numel(in.Shape) == 1 {
						why = "queries or keys are multiplied by a number that is not known"
					}
				}
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	return c, at, why
}

// turned reports whether a value is a product with cosines or sines.
func (f *flow) turned(n *graph.Node) bool {
	n = base(n)
	if n.Op == "neg" && len(n.In) == 1 {
		n = base(n.In[0])
	}
	if n.Op != "mul" || len(n.In) != 2 {
		return false
	}
	return !f.content[n.In[0].ID] && f.rotates(n.In[0]) || !f.content[n.In[1].ID] && f.rotates(n.In[1])
}

// rotates reports whether a value is made of cosines and sines.
func (f *flow) rotates(n *graph.Node) bool {
	for _, m := range inOrder(f.slice(n, nil, nil)) {
		if m.Op == "cos" || m.Op == "sin" || m.Op == "polar" {
			return true
		}
	}
	return false
}

func near(a, b float64) bool {
	d := a - b
	if d < 0 {
		d = -d
	}
	s := a
	if s < 0 {
		s = -s
	}
	return d <= 1e-6*(1+s)
}
