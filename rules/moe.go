package rules

import (
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// moe is a mixture of experts.
type moe struct {
	choice  *graph.Node // the operation that chooses: topk, sort, argmax
	router  *proj
	experts int64
	topK    int64

	score     string
	scoreNode *graph.Node
	order     string
	bias      *graph.Node // added for the choice alone
	biasNode  *graph.Node
	renorm    *graph.Node
	scale     factor
	groups    int64
	groupNode *graph.Node

	routed     *mlp // one expert
	routedWhy  string
	shared     *mlp
	sharedGate *graph.Node
	weightMul  *graph.Node
	weightOn   string
	weightE    *graph.Param // the experts' 3-D parameter, where there is one
	zero       int64
	looked     bool          // experts come from a table, not from scores
	scaled     []*graph.Node // where the factors of scale are applied
	others     *proj         // a projection back to the stream that is no known expert's
}

var choices = set("topk", "sort", "argsort", "argmax", "kthvalue")

// choiceAt reports whether n chooses along its last dimension by the content of
// its input: a maximum counts where its index is used.
func (f *flow) choiceAt(n *graph.Node) bool {
	if len(n.In) != 1 || !f.content[n.In[0].ID] || isInt(n.In[0].DType) {
		return choices[n.Op] && len(n.In) > 0 && f.content[n.In[0].ID]
	}
	return choices[n.Op] || n.Op == "max" && argInt(n, "output", -1) == 1 && len(f.users[n.ID]) > 0
}

// moeAt looks for a mixture of experts in a branch.
func (f *flow) moeAt(b *block, br *branch) *moe {
	m := &moe{scale: factor{v: 1}}
	var picks []*graph.Node
	c := br.call
	if c == nil || c == b.call {
		c = b.call
	}
	for id := c.First; id < c.Last; id++ {
		n := f.node(id)
		if n == nil || !f.choiceAt(n) {
			continue
		}
		if c == b.call && !br.nodes[n] {
			continue
		}
		picks = append(picks, n)
	}
	if len(picks) == 0 {
		return f.lookedUp(b, br, c)
	}
	for _, op := range []string{"topk", "argmax", "max"} {
		var only []*graph.Node
		for _, n := range picks {
			if n.Op == op {
				only = append(only, n)
			}
		}
		if len(only) > 0 { // sorts put tokens in the order of their experts
			picks = only
			break
		}
	}
	// the last choice whose input is as wide as a router's output
	for i := len(picks) - 1; i >= 0; i-- {
		ps, _ := f.nearest(picks[i].In[0], nil)
		if len(ps) == 0 {
			continue
		}
		m.choice, m.router = picks[i], ps[0]
		break
	}
	if m.choice == nil {
		return nil
	}
	m.withoutBias(f)
	in := m.choice.In[0]
	m.experts = m.router.outWidth()
	if s := in.Shape; len(s) > 0 && s[len(s)-1] > 1 {
		m.experts = s[len(s)-1]
	}
	m.topK = int64(argInt(m.choice, "k", argAt(m.choice, 0, 0)))
	if m.choice.Op == "argmax" || m.choice.Op == "max" {
		// one after the other, each without those before
		m.topK = 0
		for _, p := range picks {
			if ps, _ := f.nearest(p.In[0], nil); len(ps) > 0 && ps[0].weight == m.router.weight && lastDim(p.In[0]) == m.experts {
				m.topK++
			}
		}
	}
	if m.topK == 0 && len(m.choice.Shape) > 0 {
		m.topK = m.choice.Shape[len(m.choice.Shape)-1]
	}
	values, indices := f.results(m.choice)
	m.routerPath(f, in, values, indices, picks)
	m.weightPath(f, b, c, values, indices)
	if values == nil && m.renorm == nil {
		m.renorm = f.normalisedScores(m, c)
	}
	m.findExperts(f, b, br, c)
	return m
}

// normalisedScores is a division of scores by their sum, where the chosen ones
// are picked by a mask and not by their places.
func (f *flow) normalisedScores(m *moe, c *graph.Call) *graph.Node {
	if m.scoreNode == nil {
		return nil
	}
	ofScores := func(n *graph.Node) bool {
		ps, _ := f.nearest(n, nil)
		return len(ps) == 1 && ps[0].weight == m.router.weight && f.depends(n, m.scoreNode)
	}
	for id := m.scoreNode.ID; id < c.Last; id++ {
		n := f.node(id)
		if n == nil || n.Op != "div" || len(n.In) != 2 || !f.content[n.In[1].ID] {
			continue
		}
		d := root(n.In[1])
		for (d.Op == "clamp" || layouts[d.Op]) && len(d.In) > 0 {
			d = root(d.In[0])
		}
		if (d.Op == "sum" || d.Op == "add") && ofScores(n.In[0]) && ofScores(d) {
			return n
		}
	}
	return nil
}

// withoutBias takes a bias that is added to the router's output for the choice
// alone away from the router: the output is used without it, too.
func (m *moe) withoutBias(f *flow) {
	n := m.router.out
	if n.Op != "add" || m.router.bias == nil {
		return
	}
	for _, x := range n.In {
		inner := f.projection(root(x))
		if inner == nil || inner.weight != m.router.weight {
			continue
		}
		uses := 0
		for _, u := range f.deepUsers(inner.out) {
			if u != n {
				uses++
			}
		}
		if uses > 0 {
			m.router = inner
		}
	}
}

// lookedUp recognises experts that are looked up in a table by the token: the
// weights are scores gathered at places that come from a buffer.
func (f *flow) lookedUp(b *block, br *branch, c *graph.Call) *moe {
	for id := c.First; id < c.Last; id++ {
		n := f.node(id)
		if n == nil || n.Op != "gather" || len(n.In) < 2 || !f.content[n.In[0].ID] || c == b.call && !br.nodes[n] {
			continue
		}
		table := base(n.In[1])
		if table.Op != "buffer" && table.Op != "embedding" || !isInt(n.In[1].DType) {
			continue
		}
		ps, _ := f.nearest(n.In[0], nil)
		if len(ps) != 1 || ps[0].outWidth() != lastDim(n.In[0]) {
			continue
		}
		m := &moe{scale: factor{v: 1}, choice: n, router: ps[0], experts: ps[0].outWidth(), topK: lastDim(n), looked: true}
		m.routerPath(f, n.In[0], nil, n.In[1], nil)
		m.order = ""
		m.weightPath(f, b, c, n, nil)
		m.findExperts(f, b, br, c)
		return m
	}
	return nil
}

// results are the nodes of both results of a choice.
func (f *flow) results(n *graph.Node) (values, indices *graph.Node) {
	if n.Op == "argmax" || n.Op == "argsort" || n.Op == "max" {
		return nil, n
	}
	values, indices = n, nil
	for id := n.ID - 2; id <= n.ID+2; id++ {
		x := f.node(id)
		if x == nil || x.Op != n.Op || x.In[0] != n.In[0] || x.Call != n.Call {
			continue
		}
		switch argInt(x, "output", -1) {
		case 0:
			values = x
		case 1:
			indices = x
		}
	}
	return values, indices
}

// routerPath looks at what happens between the router and the choice.
func (m *moe) routerPath(f *flow, in, values, indices *graph.Node, picks []*graph.Node) {
	score := func(n *graph.Node) bool {
		switch n.Op {
		case "softmax", "sigmoid":
			m.score, m.scoreNode = n.Op, n
			return true
		case "sqrt":
			if x := root(n.In[0]); x.Op == "softplus" {
				m.score, m.scoreNode = "sqrt-softplus", n
				return true
			}
		}
		return false
	}
	stop := m.router.out
	seen := map[*graph.Node]bool{}
	var walk func(n *graph.Node)
	walk = func(n *graph.Node) {
		if n == nil || seen[n] || n == stop || n.ID < stop.ID || !f.content[n.ID] {
			return
		}
		seen[n] = true
		if m.score == "" {
			score(n)
		}
		if n.Op == "add" && len(n.In) == 2 {
			for i := range 2 {
				if w := weightLike(n.In[i]); w != nil && m.router.out != n {
					m.bias, m.biasNode = w, n
				}
			}
		}
		for _, x := range n.In {
			walk(x)
		}
	}
	walk(in)
	before := m.score != ""
	if before {
		m.order = "score-then-topk"
	}
	// values gathered from unbiased scores keep the bias out of the weights
	if m.bias != nil {
		direct := false
		if values != nil {
			for _, u := range f.users[values.ID] {
				if u.Op != "sum" && !choices[u.Op] {
					direct = true
				}
				if u.Op == "sum" && len(u.In) == 1 {
					// group scores by the sum of their best: not a use as weights
					continue
				}
			}
		}
		gathered := false
		if indices != nil {
			for _, u := range f.deepUsersAll(indices) {
				if u.Op == "gather" || u.Op == "take_along_dim" || u.Op == "getitem" || u.Op == "scatter" {
					gathered = true
				}
			}
		}
		if direct && !gathered {
			m.bias = nil
		}
	}
	// group-limited choice: another choice on the way
	for _, p := range picks {
		if p == m.choice || p.In[0] == m.choice.In[0] && p.Call == m.choice.Call {
			continue
		}
		if !f.depends(m.choice, p) && !seenAny(f, in, p) {
			continue
		}
		s := p.In[0].Shape
		w := s[len(s)-1]
		if w < m.experts && m.experts%w == 0 && len(s) <= 2 {
			m.groups, m.groupNode = w, p
		} else if len(s) == 3 && s[1]*s[2] == m.experts {
			m.groups, m.groupNode = s[1], p
		}
	}
	if m.groups == 1 {
		m.groups = 0
	}
}

func seenAny(f *flow, a, b *graph.Node) bool { return f.depends(a, b) }

// deepUsersAll are the direct users and those behind casts and layouts.
func (f *flow) deepUsersAll(n *graph.Node) []*graph.Node {
	return append(append([]*graph.Node{}, f.users[n.ID]...), f.deepUsers(n)...)
}

// weightPath follows the chosen weights to where they multiply.
func (m *moe) weightPath(f *flow, b *block, c *graph.Call, values, indices *graph.Node) {
	var start []*graph.Node
	if values != nil {
		start = append(start, values)
	}
	if indices != nil {
		for _, u := range f.deepUsersAll(indices) {
			if (u.Op == "gather" || u.Op == "take_along_dim" || u.Op == "getitem") && f.content[u.In[0].ID] && u.In[0] != indices {
				// scores at the chosen places
				if ps, _ := f.nearest(u.In[0], nil); len(ps) > 0 && ps[0].out == m.router.out {
					start = append(start, u)
					if m.score == "" {
						x := root(u.In[0])
						switch x.Op {
						case "softmax", "sigmoid":
							m.score, m.scoreNode, m.order = x.Op, x, "score-then-topk"
						}
					}
				}
			}
		}
	}
	seen := map[*graph.Node]bool{}
	inRouter := func(n *graph.Node) bool { // computed from the router alone
		ps, _ := f.nearest(n, nil)
		return len(ps) == 1 && ps[0].weight == m.router.weight
	}
	for len(start) > 0 {
		n := start[0]
		start = start[1:]
		if seen[n] || len(seen) > 300 {
			continue
		}
		seen[n] = true
		for _, u := range f.users[n.ID] {
			if u.ID >= c.Last {
				continue
			}
			switch {
			case u.Op == "softmax" || u.Op == "sigmoid":
				if m.score == "" || m.order == "" {
					m.score, m.scoreNode, m.order = u.Op, u, "topk-then-score"
				}
				start = append(start, u)
			case u.Op == "div" && len(u.In) == 2:
				d := root(u.In[1])
				for d.Op == "add" || d.Op == "clamp" || layouts[d.Op] {
					d = root(d.In[0])
				}
				if d.Op == "sum" && f.depends(d, base(n)) || d.Op == "norm" {
					m.renorm = u
				}
				if n == u.In[0] || root(u.In[0]) == root(n) {
					start = append(start, u)
				}
			case u.Op == "normalize":
				m.renorm = u
				start = append(start, u)
			case u.Op == "logsigmoid":
				start = append(start, u)
			case u.Op == "sub" && len(u.In) == 2 && n == u.In[0] && base(u.In[1]).Op == "logsumexp":
				m.renorm = u // exp(x - logsumexp(x)) sums to one
				start = append(start, u)
			case u.Op == "exp" && m.renorm != nil && root(u.In[0]) == m.renorm:
				start = append(start, u)
			case u.Op == "mul" && len(u.In) == 1, u.Op == "div" && len(u.In) == 1:
				if _, s, ok := f.scaling(u); ok {
					m.scale = m.scale.mul(s)
					m.scaled = append(m.scaled, u)
				}
				start = append(start, u)
			case u.Op == "mul" && len(u.In) == 2:
				other := u.In[0]
				if root(other) == root(n) || other == n {
					other = u.In[1]
				}
				if s, ok := f.scalar(other); ok {
					m.scale = m.scale.mul(s)
					start = append(start, u)
					continue
				}
				if !f.content[other.ID] || inRouter(other) {
					start = append(start, u)
					continue
				}
				if m.weightMul == nil {
					m.weightMul = u
				}
			case (u.Op == "einsum" || matmuls[u.Op]) && len(u.In) >= 2:
				if m.weightMul == nil && f.projection(u) == nil {
					m.weightMul = u
				}
			case u.Op == "sum" || choices[u.Op] || u.Op == "max" || u.Op == "min":
			case identities[u.Op] || layouts[u.Op] || u.Op == "scatter" || u.Op == "add" || u.Op == "masked_fill" || u.Op == "where" || u.Op == "setitem" || u.Op == "index_put" || u.Op == "cat" || u.Op == "stack":
				start = append(start, u)
			}
		}
	}
}

// findExperts finds the feed-forward networks of the branch: routed and shared.
func (m *moe) findExperts(f *flow, b *block, br *branch, c *graph.Call) {
	var shared []*mlp
	var others []*proj
	used := map[*graph.Node]bool{}
	for id := c.First; id < c.Last; id++ {
		n := f.node(id)
		if n == nil {
			continue
		}
		p := f.projection(n)
		if p == nil || p.weight == m.router.weight {
			continue
		}
		if u := f.biasFollows(p); u != nil {
			p = u
		}
		x := f.mlpAt(p)
		if x == nil || x.hidden <= 1 {
			if p.outWidth() == lastDim(b.in) && !p.conv && p.out.Op != "add" {
				others = append(others, p)
			}
			continue
		}
		for _, q := range []*proj{x.down, x.up, x.gate} {
			if q != nil {
				used[q.weight] = true
			}
		}
		if !x.gated && x.actName == "linear" {
			continue
		}
		w := p.weight
		if len(w.Shape) >= 3 && w.Shape[0] != m.experts && m.routed != nil && !f.chosen(x, m) && w.Shape[0] < m.experts {
			x.copies = w.Shape[0]
			shared = append(shared, x)
			continue
		}
		if len(w.Shape) >= 3 || numbered(strings.TrimPrefix(w.Name, c.Path)) || f.chosen(x, m) {
			m.routed = x
			if len(w.Shape) >= 3 {
				m.weightE = f.param(w)
			}
			continue
		}
		shared = append(shared, x)
	}
	for _, p := range others {
		if !used[p.weight] {
			m.others = p
		}
	}
	for _, s := range shared {
		if m.routed != nil && s.down.weight == m.routed.down.weight {
			continue
		}
		if p := base(s.down.in); p != nil && s.down.outWidth() != lastDim(b.in) {
			continue
		}
		m.shared = s
		m.sharedGate = s.weighed
		// the gate on the shared expert's output
		for _, u := range f.deepUsers(s.down.out) {
			if u.Op == "mul" && len(u.In) == 2 {
				other := u.In[0]
				if base(other) == s.down.out || root(other) == s.down.out {
					other = u.In[1]
				}
				if f.content[other.ID] {
					m.sharedGate = u
				}
			}
		}
	}
	if m.routed == nil {
		m.routedWhy = "no expert was run: which experts run depends on data"
		// parameters with one slice per expert still tell their widths
		if mod := f.inits[c.Path]; mod != nil {
			mod.Walk(func(x *graph.Module) {
				for i := range x.Params {
					p := &x.Params[i]
					if len(p.Shape) == 3 && p.Shape[0].N == m.experts && m.weightE == nil {
						m.weightE = p
					}
				}
			})
		}
	}
	if e := m.weightE; e != nil && len(e.Shape) >= 3 && e.Shape[0].N > 1 && e.Shape[0].N < m.experts {
		// the router also scores experts that have no weights
		m.zero = m.experts - e.Shape[0].N
		m.experts = e.Shape[0].N
	}
	if m.weightMul != nil {
		m.weightOn = "output"
		if m.routed != nil {
			if f.depends(m.routed.down.out, m.weightMul) {
				m.weightOn = "input"
			}
		}
	}
	// a factor on the summed output
	if m.routed != nil {
		n := m.routed.down.out
		for range 30 {
			var next *graph.Node
			for _, u := range f.users[n.ID] {
				if u.ID >= c.Last {
					continue
				}
				if _, s, ok := f.scaling(u); ok && n == u.In[0] && within(u, c) {
					m.scale = m.scale.mul(s)
					m.scaled = append(m.scaled, u)
					next = u
				} else if next == nil && (identities[u.Op] || layouts[u.Op] || u.Op == "sum" || u == m.weightMul || u.Op == "index_add" || u.Op == "setitem" || u.Op == "mul" && len(u.In) == 2 && u == m.weightMul) {
					next = u
				}
			}
			if next == nil {
				break
			}
			n = next
		}
	}
}

func lastDim(n *graph.Node) int64 {
	if n == nil || len(n.Shape) == 0 {
		return 0
	}
	return n.Shape[len(n.Shape)-1]
}

// biasFollows is the projection with the bias that is added right after it.
func (f *flow) biasFollows(p *proj) *proj {
	if p.bias != nil {
		return nil
	}
	for _, u := range f.deepUsers(p.out) {
		if u.Op == "add" {
			if q := f.projection(u); q != nil && q.weight == p.weight {
				return q
			}
		}
	}
	return nil
}

func numbered(path string) bool {
	for _, p := range strings.Split(path, ".") {
		if i := strings.LastIndexByte(p, '_'); i >= 0 {
			p = p[i+1:]
		}
		if _, err := strconv.Atoi(p); err == nil {
			return true
		}
	}
	return false
}

// chosen reports whether the network's weights are picked by the router's choice.
func (f *flow) chosen(x *mlp, m *moe) bool {
	n := x.down.out
	for _, in := range n.In {
		for y := in; y != nil && len(y.In) > 0; y = y.In[0] {
			if y.Op == "getitem" && len(y.In) > 1 {
				return true
			}
			if !layouts[y.Op] && !identities[y.Op] {
				break
			}
		}
	}
	return false
}
