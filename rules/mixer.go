package rules

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// mixer is a sequence mixer other than softmax attention.
type mixer struct {
	kind     string // mamba1, mamba2, gated-delta, lightning, short-conv, ... or other
	schedule string // what schedule.mixers calls it
	node     *graph.Node
	heads    int64
	headDim  int64
	state    int64
	conv     int64
	convNode *graph.Node
	gate     *graph.Node
	call     *graph.Call
	spatial  bool // a convolution over neighbours that is no causal one along a sequence
}

// mixerAt looks for a state-space, linear-attention, recurrent or convolutional mixer.
func (f *flow) mixerAt(b *block, br *branch) *mixer {
	c := br.call
	if c.Leaf {
		c = b.call // the branch is written in the block itself
	}
	m := &mixer{call: c}
	var soft, lru, peak, logsig, outer, fixedDecay, decay, cumsum, products, selfProduct, softp, solve, exps *graph.Node
	var decay2 bool
	var spatial *graph.Node
	for id := c.First; id < c.Last; id++ {
		n := f.node(id)
		if n == nil || !f.content[n.ID] {
			if n != nil && n.Op == "exp" && paramBehind(n, 0) == nil || n != nil && n.Op == "buffer" && strings.Contains(n.Name, c.Path) && !isInt(n.DType) {
				for _, u := range f.users[n.ID] {
					if u.Op == "mul" || u.Op == "getitem" || u.Op == "exp" || u.Op == "neg" {
						fixedDecay = n
					}
				}
			}
			if n != nil && n.Op == "exp" {
				// exp of a parameter: a decay rate
				if w := paramBehind(n, 0); w != nil && (len(w.Shape) == 2 || len(w.Shape) == 3) && numel(w.Shape)/w.Shape[len(w.Shape)-1] > w.Shape[len(w.Shape)-1] && w.Shape[len(w.Shape)-1] > 1 {
					decay2 = true
				}
				if paramBehind(n, 0) != nil {
					decay = n
				}
			}
			continue
		}
		if c == b.call && !br.nodes[n] {
			continue
		}
		switch {
		case n.Op == "conv1d" && len(n.In) > 1:
			if p := f.projection(n); p != nil && depthwise(p) {
				m.convNode = n
				if s := p.weight.Shape; len(s) == 3 {
					m.conv = s[2]
				}
			}
		case n.Op == "softmax":
			soft = n
		case n.Op == "cumsum":
			cumsum = n
		case n.Op == "softplus":
			softp = n
		case n.Op == "logsigmoid":
			logsig = n
		case n.Op == "mul" && len(n.In) == 2 && f.content[n.In[0].ID] && f.content[n.In[1].ID] && numel(n.Shape) > numel(n.In[0].Shape) && numel(n.Shape) > numel(n.In[1].Shape) && f.shareValue(n.In[0], n.In[1]):
			outer = n // keys times keys, written out
		case n.Op == "exp":
			exps = n
		case n.Op == "maximum" || n.Op == "max" && len(n.In) == 2:
			peak = n // running maxima keep exponentials of sums finite
		case n.Op == "sqrt" && oneMinusExp(root(n.In[0])):
			lru = n // sqrt(1 - a**2): the input gate of a linear recurrent unit
		case n.Op == "linalg_solve_triangular" || n.Op == "solve_triangular":
			solve = n
		case matmuls[n.Op] && f.projection(n) == nil && len(n.In) >= 2 && f.content[n.In[0].ID] && f.content[n.In[1].ID]:
			products = n
			if f.shareValue(n.In[0], n.In[1]) {
				selfProduct = n
			}
		}
	}
	for _, n := range inOrder(br.nodes) {
		if f.spatial(n) && (br.mlp == nil || n.ID < br.mlp.up.out.ID) {
			spatial = n
		}
	}
	if soft != nil && decay == nil && !decay2 && solve == nil {
		return nil // an attention that was not recognised
	}
	switch {
	case solve != nil || selfProduct != nil || outer != nil && exps != nil && products != nil:
		m.kind, m.schedule, m.node = "gated-delta", "linear", first(solve, selfProduct, outer)
	case logsig != nil && peak != nil && exps != nil:
		// exponential gates with forgetting, kept finite by a running maximum
		m.kind, m.schedule, m.node = "slstm", "recurrent", logsig
		if products != nil {
			m.kind = "mlstm"
		}
	case lru != nil:
		m.kind, m.schedule, m.node = "rg-lru", "recurrent", lru
	case peak != nil && exps != nil && products == nil:
		m.kind, m.schedule, m.node = "rwkv", "recurrent", peak
	case decay2 && (softp != nil):
		m.kind, m.schedule, m.node = "mamba1", "ssm", first(softp, exps)
	case decay != nil && softp != nil:
		m.kind, m.schedule, m.node = "mamba2", "ssm", first(softp, exps)
	case products != nil && fixedDecay != nil:
		m.kind, m.schedule, m.node = "lightning", "linear", products
	case products != nil && f.bentProduct(products):
		return nil // scores of a kind of their own: no softmax, and not linear
	case products != nil:
		m.kind, m.schedule, m.node = "other", "linear", products
	case m.convNode != nil && cumsum == nil && exps == nil:
		m.kind, m.schedule, m.node = "short-conv", "conv", m.convNode
	case spatial != nil && soft == nil && exps == nil && len(b.attns) == 0: // beside an attention it is a detail of the feed-forward
		m.kind, m.schedule, m.node, m.spatial = "other", "conv", spatial, true
		return m
	default:
		return nil
	}
	m.sizes(f, c, first(selfProduct, outer))
	// the last projection and what multiplies its input
	if op := f.lastProjection(br); op != nil {
		if w := lastDim(op.in); m.heads > 0 && w%m.heads == 0 {
			m.headDim = w / m.heads
		}
		n := op.in
		for range 20 {
			n = base(n)
			if u := f.normOut[n]; u != nil {
				if u.gated && u.call != nil {
					for id := u.call.First; id < u.call.Last; id++ {
						x := f.node(id)
						if x != nil && x.Op == "mul" && len(x.In) == 2 && f.bend(x.In[0], 0)+f.bend(x.In[1], 0) >= 3 {
							m.gate = x
						}
					}
				}
				n = u.in
				if m.gate != nil {
					break
				}
				continue
			}
			if (n.Op == "cat" || n.Op == "stack") && len(n.In) > 0 {
				n = n.In[len(n.In)-1] // one part after the other
				continue
			}
			if n.Op == "mul" && len(n.In) == 2 && f.content[n.In[0].ID] && f.content[n.In[1].ID] {
				m.gate = n
			}
			break
		}
	}
	return m
}

// convolvedBeside is where neighbours along the sequence are gathered for what
// joins the attention's output before the output projection, without going
// through the attention: a convolution beside it. nil where there is none.
func (f *flow) convolvedBeside(a *attn) *graph.Node {
	if a.op == nil || a.call == nil {
		return nil
	}
	for _, n := range inOrder(f.slice(a.op.in, map[*graph.Node]bool{a.pv: true}, a.call)) {
		if n.Op != "cat" && (n.Op != "add" || len(n.In) != 2) || !f.depends(n, a.pv) {
			continue
		}
		for _, x := range n.In {
			if !f.content[x.ID] || f.depends(x, a.pv) {
				continue
			}
			for _, m := range inOrder(f.slice(x, nil, a.call)) {
				if f.content[m.ID] && (m.Op == "unfold" || m.Op == "im2col" || m.Op == "conv1d" && len(m.In) > 1 && len(m.In[1].Shape) > 2 && m.In[1].Shape[2] > 1) {
					return m
				}
			}
		}
	}
	return nil
}

// bentProduct reports whether a product takes a nonlinear function of another
// product: the keys cannot be summed up before the queries ask.
func (f *flow) bentProduct(product *graph.Node) bool {
	for _, x := range product.In {
		bent := false
		for range 30 {
			x = root(x)
			if matmuls[x.Op] && f.projection(x) == nil {
				if bent {
					return true
				}
				break
			}
			if len(x.In) == 0 || f.projection(x) != nil || f.normOut[x] != nil {
				break
			}
			bent = bent || nonlinear[x.Op] > 0
			next := x.In[0]
			for _, y := range x.In[1:] {
				if !f.content[next.ID] && f.content[y.ID] {
					next = y
				}
			}
			x = next
		}
	}
	return false
}

// looksBack reports whether a mixer is known to see earlier places alone:
// states that are updated place by place do, and sums along the sequence or
// products that a triangle was cut out of; a sum over all keys does not say.
func (f *flow) looksBack(m *mixer) bool {
	if m.kind != "other" {
		return m.schedule != "conv"
	}
	for id := m.call.First; id < m.call.Last; id++ {
		if n := f.node(id); n != nil && (n.Op == "cumsum" && f.content[n.ID] || n.Op == "tril" || n.Op == "triu") {
			return true
		}
	}
	return false
}

// spatial reports whether a node is a convolution over neighbours in a plane
// or a volume.
func (f *flow) spatial(n *graph.Node) bool {
	if n.Op != "conv2d" && n.Op != "conv3d" {
		return false
	}
	p := f.projection(n)
	return p != nil && len(p.weight.Shape) > 2 && numel(p.weight.Shape[2:]) > 1
}

// sizes finds heads, widths and state from the parameters of a decay and the
// products that make the state.
func (m *mixer) sizes(f *flow, c *graph.Call, self *graph.Node) {
	switch m.kind {
	case "mamba1", "mamba2":
		// the parameter whose exponential decays the state
		for id := c.First; id < c.Last; id++ {
			n := f.node(id)
			if n == nil || n.Op != "exp" {
				continue
			}
			w := paramBehind(n, 0)
			if w == nil {
				continue
			}
			if m.kind == "mamba1" && len(w.Shape) >= 2 {
				m.state = w.Shape[len(w.Shape)-1]
			}
			if m.kind == "mamba2" && len(w.Shape) == 1 {
				m.heads = w.Shape[0]
			}
		}
		if m.kind == "mamba2" {
			m.state = f.sharedState(c)
		}
	case "rg-lru":
		// the gates' matrices are one block a head
		for id := c.First; id < c.Last; id++ {
			if p := f.projection(f.node(id)); p != nil && len(p.weight.Shape) == 3 && !p.conv {
				m.heads = p.weight.Shape[0]
			}
		}
	case "gated-delta":
		if self != nil && self.Op == "mul" {
			m.state = lastDim(self)
			if len(self.Shape) >= 4 {
				m.heads = self.Shape[1]
			}
		} else if self != nil && len(self.In) > 0 {
			m.state = lastDim(self.In[0])
			if r := len(self.Shape); r >= 4 {
				m.heads = self.Shape[1]
			}
		}
	}
}

// oneMinusExp recognises 1 - exp(x).
func oneMinusExp(n *graph.Node) bool {
	a, left := numArg(n)
	return (n.Op == "rsub" || n.Op == "sub" && left) && a != nil && a.Num == 1 && len(n.In) == 1 && root(n.In[0]).Op == "exp"
}

// sharedState is the width of the two inputs of a state-space model that all
// heads of a group share: two equal parts of one value, each reshaped to it.
func (f *flow) sharedState(c *graph.Call) int64 {
	widths := map[*graph.Node]map[int64]int{} // by what was split: width -> parts
	for id := c.First; id < c.Last; id++ {
		n := f.node(id)
		if n == nil || !within(n, c) || n.Op != "split" && n.Op != "split_with_sizes" || !f.content[n.ID] {
			continue
		}
		if widths[n.In[0]] == nil {
			widths[n.In[0]] = map[int64]int{}
		}
		widths[n.In[0]][lastDim(n)]++
	}
	for id := c.First; id < c.Last; id++ {
		n := f.node(id)
		if n == nil || !within(n, c) || n.Op != "view" && n.Op != "reshape" || len(n.In) == 0 {
			continue
		}
		x := root(n.In[0])
		if (x.Op == "split" || x.Op == "split_with_sizes") && widths[x.In[0]][lastDim(x)] == 2 && lastDim(x)%lastDim(n) == 0 && len(n.Shape) > len(x.Shape) {
			return lastDim(n)
		}
	}
	return 0
}

// onePlace reports whether an indexing takes single places and whole
// dimensions, no parts: one step of a sequence.
func onePlace(n *graph.Node) bool {
	for _, a := range n.Args {
		if a.Name == "index" && a.Val != ":" && a.Val != "..." && a.Val != "None" && !a.IsNum {
			return false
		}
	}
	return true
}

// shareValue reports whether both are the same value up to layouts, padding
// and factors: keys times keys, as in the delta rule.
func (f *flow) shareValue(x, y *graph.Node) bool {
	reach := func(n *graph.Node) map[*graph.Node]bool {
		out := map[*graph.Node]bool{}
		var walk func(n *graph.Node, d int)
		walk = func(n *graph.Node, d int) {
			if n == nil || d > 8 || out[n] || !f.content[n.ID] || len(n.Shape) < 3 {
				return
			}
			out[n] = true
			switch {
			case identities[n.Op] || n.Op == "pad":
				walk(n.In[0], d+1)
			case layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape):
				walk(n.In[0], d+1)
			case n.Op == "getitem" && len(n.In) == 1 && onePlace(n):
				walk(n.In[0], d+1)
			case n.Op == "mul":
				for _, z := range n.In {
					if numel(z.Shape) == numel(n.Shape) {
						walk(z, d+1)
					}
				}
			}
		}
		walk(n, 0)
		return out
	}
	a, b := reach(x), reach(y)
	for n := range a {
		if b[n] {
			return true
		}
	}
	return false
}

func first(ns ...*graph.Node) *graph.Node {
	for _, n := range ns {
		if n != nil {
			return n
		}
	}
	return nil
}

func paramBehind(n *graph.Node, d int) *graph.Node {
	if n == nil || d > 6 {
		return nil
	}
	if n.Op == "param" {
		return n
	}
	for _, x := range n.In {
		if p := paramBehind(x, d+1); p != nil {
			return p
		}
	}
	return nil
}
