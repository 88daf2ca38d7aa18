package rules

import (
	"github.com/arch-extract/arch-extract/extract/graph"
)

// mlp is one feed-forward network: down(act(gate(x)) * up(x)) or down(act(up(x))).
type mlp struct {
	down     *proj
	gate, up *proj // plain: up only
	gated    bool
	fused    bool
	act      *graph.Node // the value of the activation
	actVar   *graph.Node // what it is applied to
	product  *graph.Node // act(gate) * up
	call     *graph.Call
	hidden   int64
	actName  string
	actOK    bool
	copies   int64       // how many of the same width lie in one parameter
	weighed  *graph.Node // where something other than a projection multiplies what goes into down
}

// mlpAt recognises a feed-forward network by its last projection.
func (f *flow) mlpAt(down *proj) *mlp {
	m := &mlp{down: down}
	n := down.in
	// what lies between the product and the last projection
	for range 20 {
		n = root(n)
		if u := f.normOut[n]; u != nil {
			n = u.in
			continue
		}
		if x, _, ok := f.scaling(n); ok {
			n = x
			continue
		}
		if layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape) && f.projection(n.In[0]) == nil {
			n = n.In[0]
			continue
		}
		break
	}
	for n.Op == "mul" && len(n.In) == 2 && f.variables(n) == nil {
		x, o := root(n.In[0]), n.In[1]
		if f.variables(x) == nil {
			x, o = root(n.In[1]), n.In[0]
		}
		if !f.content[o.ID] || numel(o.Shape) >= numel(n.Shape) || f.variables(x) == nil {
			break
		}
		m.weighed, n = n, x
	}
	vars := f.variables(n)
	if len(vars) == 0 || len(vars) > 3 {
		return nil
	}
	for _, v := range vars {
		if f.varProj(v) == nil {
			return nil
		}
	}
	if f.batchNormed(n) || f.spatial(down.out) {
		return nil // a stage of a convolutional network
	}
	if n.Op == "glu" {
		m.gated, m.fused, m.act, m.product = true, true, n, n
		m.gate = f.varProj(vars[0])
		m.up, m.actName, m.actOK = m.gate, "sigmoid", true
		m.finish(f)
		return m
	}
	if n.Op == "mul" && len(n.In) == 2 {
		a, b := n.In[0], n.In[1]
		va, vb := f.variables(a), f.variables(b)
		if len(va) >= 1 && len(vb) >= 1 && !sameVars(va, vb) {
			sa, sb := f.bend(a, 0), f.bend(b, 0)
			if sb > sa {
				a, b, va, vb, sa = b, a, vb, va, sb
			}
			m.gated, m.act, m.product = true, a, n
			m.actVar = va[0]
			m.gate, m.up = f.varProj(va[0]), f.varProj(vb[0])
			if len(va) > 1 {
				m.actName, m.actOK = "", false
			} else {
				m.actName, m.actOK = f.activationName(a, f.rescaled(va[0]))
			}
			m.fused = m.gate != nil && m.up != nil && m.gate.out == m.up.out
			m.finish(f)
			return m
		}
	}
	if len(vars) != 1 {
		return nil
	}
	m.act, m.actVar, m.up = n, vars[0], f.varProj(vars[0])
	m.actName, m.actOK = f.activationName(n, f.rescaled(vars[0]))
	m.finish(f)
	return m
}

// rescaled is a projection's value after the learned factors on its channels,
// which belong to the projection, not to the activation that follows.
func (f *flow) rescaled(v *graph.Node) *graph.Node {
	for len(f.users[v.ID]) == 1 {
		u := f.users[v.ID][0]
		x, _ := f.learnedScale(u)
		if x != v && !identities[u.Op] {
			break
		}
		v = u
	}
	return v
}

func (m *mlp) finish(f *flow) {
	if s := root(m.down.in).Shape; len(s) > 0 {
		m.hidden = s[len(s)-1]
		if m.down.conv && len(s) > 2 { // channels come second
			m.hidden = s[1]
		} else if m.hidden == 1 && len(s) > 1 {
			m.hidden = s[len(s)-2]
		}
	}
	c := m.down.out.Call
	for c != nil && !(m.up != nil && within(m.up.out, c)) {
		c = c.Parent
	}
	m.call = c
}

// batchNormed reports whether an elementwise computation normalises over the
// batch, as convolutional networks do between convolutions.
func (f *flow) batchNormed(n *graph.Node) bool {
	for d := 0; n != nil && d < 20; d++ {
		if u := f.normOut[n]; u != nil {
			if u.kind == "batchnorm" {
				return true
			}
			n = u.in
			continue
		}
		if f.projection(n) != nil || len(n.In) == 0 {
			return false
		}
		n = n.In[0]
	}
	return false
}

// variables are where an elementwise computation begins: the values that are
// projections, or parts of one.
func (f *flow) variables(n *graph.Node) []*graph.Node {
	var out []*graph.Node
	seen := map[*graph.Node]bool{}
	bad := false
	var walk func(n *graph.Node, d int)
	walk = func(n *graph.Node, d int) {
		if seen[n] || bad {
			return
		}
		seen[n] = true
		if !f.content[n.ID] {
			return
		}
		if d > 60 || len(seen) > 200 {
			bad = true
			return
		}
		if f.projection(n) != nil {
			out = append(out, n)
			return
		}
		if layouts[n.Op] && len(n.In) > 0 {
			if p := f.projection(base(n)); p != nil {
				out = append(out, n)
				return
			}
			walk(n.In[0], d+1)
			return
		}
		if identities[n.Op] && len(n.In) > 0 {
			walk(n.In[0], d+1)
			return
		}
		if u := f.normOut[n]; u != nil {
			walk(u.in, d+1)
			return
		}
		if !elementwise[n.Op] && nonlinear[n.Op] == 0 && !comparisons[n.Op] && n.Op != "setitem" && !(len(n.In) == 2 && (n.Op == "min" || n.Op == "max")) {
			if p := f.projection(base(n)); p != nil {
				out = append(out, n)
				return
			}
			bad = true
			return
		}
		for _, in := range n.In {
			walk(in, d+1)
		}
	}
	walk(n, 0)
	if bad {
		return nil
	}
	return out
}

// varProj is the projection behind a variable; a convolution along the
// sequence or a bias between is looked through.
func (f *flow) varProj(v *graph.Node) *proj {
	if p := f.projection(v); p != nil {
		return p
	}
	return f.projection(base(v))
}

func sameVars(a, b []*graph.Node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// bend says how nonlinear the elementwise computation is.
func (f *flow) bend(n *graph.Node, d int) int {
	seen := map[*graph.Node]bool{}
	s := 0
	var walk func(n *graph.Node, d int)
	walk = func(n *graph.Node, d int) {
		if n == nil || seen[n] || s >= 3 || d > 40 || len(seen) > 400 || !f.content[n.ID] {
			return
		}
		seen[n] = true
		if f.projection(n) != nil {
			return
		}
		s = max(s, nonlinear[n.Op])
		for _, in := range n.In {
			walk(in, d+1)
		}
	}
	walk(n, d)
	return s
}
