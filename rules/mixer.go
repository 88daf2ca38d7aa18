package rules

import (
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
	why      string
}

// mixerAt looks for a state-space, linear-attention, recurrent or convolutional mixer.
func (f *flow) mixerAt(b *block, br *branch) *mixer {
	c := br.call
	m := &mixer{call: c}
	var decay, cumsum, products, selfProduct, softp, solve, exps *graph.Node
	var decay2 bool
	for id := c.First; id < c.Last; id++ {
		n := f.node(id)
		if n == nil || !f.content[n.ID] {
			if n != nil && n.Op == "exp" {
				// exp of a parameter: a decay rate
				if w := paramBehind(n, 0); w != nil && len(w.Shape) == 2 {
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
		case n.Op == "cumsum":
			cumsum = n
		case n.Op == "softplus":
			softp = n
		case n.Op == "exp":
			exps = n
		case n.Op == "linalg_solve_triangular" || n.Op == "solve_triangular":
			solve = n
		case matmuls[n.Op] && f.projection(n) == nil && len(n.In) >= 2 && f.content[n.In[0].ID] && f.content[n.In[1].ID]:
			products = n
			x, _ := f.nearest(n.In[0], nil)
			y, _ := f.nearest(n.In[1], nil)
			_ = x
			_ = y
			if base(n.In[0]) == base(n.In[1]) {
				selfProduct = n
			}
		}
	}
	switch {
	case solve != nil || selfProduct != nil:
		m.kind, m.schedule, m.node = "gated-delta", "linear", first(solve, selfProduct)
	case decay2 && (softp != nil):
		m.kind, m.schedule, m.node = "mamba1", "ssm", first(softp, exps)
	case decay != nil && softp != nil:
		m.kind, m.schedule, m.node = "mamba2", "ssm", first(softp, exps)
	case products != nil:
		m.kind, m.schedule, m.node = "lightning", "linear", products
		m.kind = "other"
	case m.convNode != nil && cumsum == nil && exps == nil:
		m.kind, m.schedule, m.node = "short-conv", "conv", m.convNode
	default:
		return nil
	}
	// the last projection and what multiplies its input
	if op := f.projection(root(br.out)); op != nil {
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
			if n.Op == "mul" && len(n.In) == 2 && f.content[n.In[0].ID] && f.content[n.In[1].ID] {
				m.gate = n
			}
			break
		}
	}
	return m
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
