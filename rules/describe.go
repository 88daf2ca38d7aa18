package rules

import (
	"fmt"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Annotate states the facts of a model and describes its blocks, and returns a
// copy of the model that holds both.
func Annotate(m *graph.Model, opt Options) *graph.Model {
	p := &Pass{Model: m, opt: opt, f: newFlow(m), src: map[string]*source{}}
	out := *m
	out.Facts = p.state()
	out.Blocks = p.describe()
	out.Counts = p.counts()
	out.Hidden = p.hidden()
	return &out
}

// describe writes the equations of each kind of block.
func (p *Pass) describe() []graph.Block {
	var out []graph.Block
	for _, s := range p.stacks {
		// blocks that do the same up to numbers read the same
		type kind struct {
			g   *graph.Block
			idx map[string][]string
			key string
		}
		var kinds []*kind
		heads := map[string]int{}
		for _, b := range s.blocks {
			h, _ := splitIndex(b.call.Path)
			heads[h]++
		}
		text := map[*block]*graph.Block{}
		for _, b := range s.own() {
			g := &graph.Block{Class: b.call.Class, At: p.class(b.call.Path), Stack: s.name, Flow: p.blockFlow(b), Parts: p.parts(b), Stages: p.stagesOf(b)}
			text[b] = g
		}
		for _, b := range s.blocks {
			src := b
			if b.same != nil {
				src = b.same
			}
			g := text[src]
			key := g.Class + g.Flow
			for _, q := range g.Parts {
				key += q.Kind + q.Flow + q.Class
			}
			var k *kind
			for _, x := range kinds {
				if x.key == key {
					k = x
				}
			}
			if k == nil {
				c := *g
				k = &kind{g: &c, idx: map[string][]string{}, key: key}
				kinds = append(kinds, k)
			}
			h, i := splitIndex(b.call.Path)
			k.idx[h] = append(k.idx[h], i)
			k.g.Count++
		}
		for _, k := range kinds {
			var scopes []string
			for _, b := range s.blocks {
				h, _ := splitIndex(b.call.Path)
				if idx := k.idx[h]; idx != nil {
					scopes = append(scopes, h+scopeIndex(idx, heads[h]))
					delete(k.idx, h)
				}
			}
			k.g.Scope = strings.Join(scopes, ", ")
			for i := range k.g.Parts {
				k.g.Parts[i].Scope = k.g.Scope + k.g.Parts[i].Module
				k.g.Parts[i].Module = strings.TrimPrefix(k.g.Parts[i].Module, ".")
			}
			out = append(out, *k.g)
		}
	}
	return out
}

// writer prints values of the trace as equations.
type writer struct {
	f     *flow
	names map[*graph.Node]string
	in    *graph.Call // names are relative to this module
	open  func(*graph.Call) bool
	acts  map[*graph.Node]actName
	rots  map[*graph.Node]*graph.Node // a rotation's result and what is rotated
	depth int
	steps int // bounds the text of a computation that branches
}

type actName struct {
	name string
	of   *graph.Node
}

// call is the outermost module call below the writer's that made n and is not opened.
func (w *writer) call(n *graph.Node) *graph.Call {
	var best *graph.Call
	for c := n.Call; c != nil && c != w.in; c = c.Parent {
		if w.open != nil && w.open(c) {
			continue
		}
		best = c
	}
	if n.Call != nil && !callWithin(n.Call, w.in) {
		return nil
	}
	return best
}

func (w *writer) name(c *graph.Call) string {
	return bracketed(strings.TrimPrefix(strings.TrimPrefix(c.Path, w.in.Path), "."), w.in.Path)
}

const wAdd, wMul, wAt, wAtom = 1, 2, 2, 9

func (w *writer) expr(n *graph.Node) (string, int) {
	w.steps++
	if w.depth++; w.depth > 60 || w.steps > 3000 {
		w.depth--
		return "...", wAtom
	}
	defer func() { w.depth-- }()
	if n == nil {
		return "...", wAtom
	}
	if s, ok := w.names[n]; ok {
		return s, wAtom
	}
	if s, ok := w.names[root(n)]; ok {
		return s, wAtom
	}
	if a, ok := w.acts[n]; ok {
		s, _ := w.expr(a.of)
		return a.name + "(" + s + ")", wAtom
	}
	if of, ok := w.rots[n]; ok {
		s, _ := w.expr(of)
		return "rope(" + s + ")", wAtom
	}
	if u := w.f.normOut[n]; u != nil && u.call == nil && u.in != n {
		s, _ := w.expr(u.in)
		return "norm(" + s + ")", wAtom
	}
	if n.ID < w.in.First && n.Op != "param" && n.Op != "input" && n.Op != "buffer" {
		// from outside: another stack's output, or what the layer before gave
		if l := n.Leaf; l != nil && !callWithin(l, w.in) {
			return l.Path[strings.LastIndexByte(l.Path, '.')+1:], wAtom
		}
		if len(n.In) == 0 || !identities[n.Op] && !layouts[n.Op] {
			return "outer", wAtom
		}
	}
	if c := w.call(n); c != nil && isOut(c, n) {
		if nm := w.name(c); nm != "" && !w.bare(c) {
			var args []string
			seen := map[string]bool{}
			for _, x := range c.In {
				if !w.f.content[x.ID] {
					continue
				}
				s, _ := w.expr(x)
				if !seen[s] {
					seen[s] = true
					args = append(args, s)
				}
			}
			return nm + "(" + strings.Join(args, ", ") + ")", wAtom
		}
	}
	if identities[n.Op] || layouts[n.Op] {
		if len(n.In) > 0 {
			if n.Op == "getitem" && len(n.In) > 1 && !w.f.content[n.In[0].ID] {
				return w.expr(n.In[0])
			}
			return w.expr(n.In[0])
		}
	}
	switch n.Op {
	case "param", "buffer":
		return bracketed(strings.TrimPrefix(strings.TrimPrefix(n.Name, w.in.Path), "."), w.in.Path), wAtom
	case "input":
		return n.Name, wAtom
	case "linear", "addmm", "conv1d", "conv2d":
		if p := w.f.projection(n); p != nil && p.weight != nil {
			s, _ := w.expr(p.in)
			pn, _ := w.expr(p.weight)
			return strings.TrimSuffix(pn, ".weight") + "(" + s + ")", wAtom
		}
	}
	if !w.f.content[n.ID] && len(n.In) == 0 {
		return n.Op, wAtom
	}
	paren := func(x *graph.Node, p int) string {
		s, q := w.expr(x)
		if q < p {
			return "(" + s + ")"
		}
		return s
	}
	bin := func(op string, p int) (string, int) {
		if len(n.In) >= 2 {
			return paren(n.In[0], p) + " " + op + " " + paren(n.In[1], p), p
		}
		a, left := numArg(n)
		if a == nil || len(n.In) == 0 {
			return n.Op + "(" + paren(n.In[0], 0) + ")", wAtom
		}
		v := num(a.Num)
		if a.E != nil && len(a.E.Refs(nil)) > 0 {
			v = strings.ReplaceAll(a.E.String(), "config.", "")
		}
		if left {
			return v + " " + op + " " + paren(n.In[0], p), p
		}
		return paren(n.In[0], p) + " " + op + " " + v, p
	}
	switch n.Op {
	case "add":
		return bin("+", wAdd)
	case "sub":
		return bin("-", wAdd)
	case "mul":
		return bin("*", wMul)
	case "div":
		return bin("/", wMul)
	case "matmul", "bmm":
		if len(n.In) >= 2 {
			return paren(n.In[0], wAt) + " @ " + paren(n.In[1], wAtom), wAt
		}
	case "pow":
		return bin("**", 3)
	}
	var args []string
	for _, x := range n.In {
		if !w.f.content[x.ID] && n.Op != "where" {
			continue
		}
		args = append(args, paren(x, 0))
	}
	return n.Op + "(" + strings.Join(args, ", ") + ")", wAtom
}

// bare reports whether the module has no parameters and does one elementwise
// thing: an activation, whose operation says more than its name.
func (w *writer) bare(c *graph.Call) bool {
	m := w.f.inits[c.Path]
	if m == nil {
		return false
	}
	has := false
	m.Walk(func(x *graph.Module) { has = has || len(x.Params) > 0 })
	if has {
		return false
	}
	for id := c.First; id < c.Last; id++ {
		n := w.f.node(id)
		if n != nil && w.f.content[n.ID] && !elementwise[n.Op] && nonlinear[n.Op] == 0 && !identities[n.Op] {
			return false
		}
	}
	return true
}

func isOut(c *graph.Call, n *graph.Node) bool {
	for _, o := range c.Out {
		if o == n || root(o) == root(n) {
			return true
		}
	}
	return false
}

// blockFlow writes the sums into the stream, one line each.
func (p *Pass) blockFlow(b *block) string {
	f := p.f
	if len(b.stages) == 0 {
		return ""
	}
	// modules that hold a sum (or the norm after it) are opened
	holds := map[*graph.Call]bool{}
	for _, st := range b.stages {
		for c := st.add.Call; c != nil && c != b.call; c = c.Parent {
			holds[c] = true
		}
		if st.norm != nil && st.norm.call != nil {
			for c := st.norm.call.Parent; c != nil && c != b.call; c = c.Parent {
				holds[c] = true
			}
		}
	}
	w := &writer{f: f, in: b.call, open: func(c *graph.Call) bool { return holds[c] }, names: map[*graph.Node]string{}}
	p.nameActs(w, b)
	var lines []string
	for i := 0; i < len(b.stages); i++ {
		st := b.stages[i]
		w.names[st.carrier] = "x"
		if i == 0 {
			w.names[root(b.in)] = "x"
		}
		top := st.add
		// sums that follow at once are one line: x + attention + mlp
		for i+1 < len(b.stages) && st.norm == nil && b.stages[i+1].carrier == root(top) && readsOnly(b.stages[i+1], st.carrier) {
			i++
			st = b.stages[i]
			top = st.add
		}
		s, _ := w.expr(top)
		if st.norm != nil {
			nm := "norm"
			if st.norm.call != nil {
				nm = w.name(st.norm.call)
			}
			s = nm + "(" + s + ")"
		}
		lines = append(lines, "x = "+s)
		delete(w.names, st.carrier)
		delete(w.names, root(b.in))
		w.names[root(top)] = "x"
		if st.norm != nil {
			w.names[root(st.norm.out)] = "x"
		}
	}
	return strings.Join(lines, "\n")
}

func readsOnly(st *stage, n *graph.Node) bool {
	for _, br := range st.branches {
		for _, r := range br.reads {
			if r != n {
				return false
			}
		}
	}
	return true
}

func (p *Pass) nameActs(w *writer, b *block) {
	w.acts = map[*graph.Node]actName{}
	{
		for _, br := range b.branches() {
			for _, m := range []*mlp{br.mlp, moeRouted(br), moeShared(br)} {
				if m != nil && m.act != nil && m.actVar != nil && m.actName != "" && m.actName != "linear" && !strings.ContainsAny(m.actName, "*(+ ") {
					w.acts[m.act] = actName{m.actName, m.actVar}
					w.acts[root(m.act)] = actName{m.actName, m.actVar}
				}
			}
		}
	}
}

func moeRouted(br *branch) *mlp {
	if br.moe == nil {
		return nil
	}
	return br.moe.routed
}

func moeShared(br *branch) *mlp {
	if br.moe == nil {
		return nil
	}
	return br.moe.shared
}

// parts describes the attention, the feed-forwards and other mixers of a block.
func (p *Pass) parts(b *block) []graph.Part {
	var out []graph.Part
	add := func(kind string, c *graph.Call, flow string) {
		if c == nil {
			c = b.call
		}
		out = append(out, graph.Part{Kind: kind, Module: strings.TrimPrefix(c.Path, b.call.Path), Class: c.Class, At: p.class(c.Path), Flow: flow})
	}
	for _, a := range b.attns {
		k := "attention"
		if a.cross {
			k = "cross_attention"
		}
		add(k, a.call, p.attentionFlow(b, a))
	}
	{
		for _, br := range b.branches() {
			switch br.kind {
			case "mlp":
				add("mlp", br.mlp.call, p.mlpFlow(b, br.mlp))
			case "moe":
				add("moe", br.call, p.moeFlow(b, br))
				if br.moe.shared != nil {
					add("shared_expert", br.moe.shared.call, p.mlpFlow(b, br.moe.shared))
				}
			case "mixer":
				flow := ""
				if br.mix != nil && br.mix.call != nil && br.mix.call != b.call {
					flow = p.mixerFlow(br.mix)
				}
				add("mixer", br.call, flow)
			}
		}
	}
	return out
}

// attentionFlow writes q, k, v and the product.
func (p *Pass) attentionFlow(b *block, a *attn) string {
	f := p.f
	c := a.call
	if c == nil {
		c = b.call
	}
	w := &writer{f: f, in: c, names: map[*graph.Node]string{}, rots: map[*graph.Node]*graph.Node{}}
	for _, x := range c.In {
		if f.content[x.ID] {
			if f.reaches(x, b) || !a.cross {
				w.names[x] = "x"
			} else {
				w.names[x] = "encoder"
			}
		}
	}
	w.names[root(b.in)] = "x"
	chain := func(n *graph.Node, ps []*proj) string {
		rot, norms := false, []string{}
		r, _ := f.rotated2(a, n)
		inner := n
		if r {
			rot = true
		}
		us := f.qkNorms(n, ps)
		after := ""
		for _, u := range us {
			nm := "norm"
			if u.call != nil {
				nm = w.name(u.call)
			}
			if rot && a.rot != nil && a.rot.node != nil && f.depends(u.in, a.rot.node) {
				after = nm
			} else {
				norms = append(norms, nm)
			}
		}
		_ = inner
		var base []string
		for _, q := range ps {
			pn, _ := w.expr(q.weight)
			in, _ := w.expr(q.in)
			name := strings.TrimSuffix(pn, ".weight")
			if name == "weight" {
				name = "" // the module's own
			}
			base = append(base, name+"("+in+")")
		}
		s := strings.Join(base, ", ")
		if len(base) > 1 {
			s = "cat(" + s + ")"
		}
		for _, nm := range norms {
			s = nm + "(" + s + ")"
		}
		if rot {
			s = "rope(" + s + ")"
		}
		if after != "" {
			s = after + "(" + s + ")"
		}
		return s
	}
	var lines []string
	if sameProj(a.qp, a.kp) && sameProj(a.kp, a.vp) {
		pn, _ := w.expr(a.qp[0].weight)
		in, _ := w.expr(a.qp[0].in)
		line := "q, k, v = split(" + strings.TrimSuffix(pn, ".weight") + "(" + in + "))"
		for i, n := range []*graph.Node{a.q, a.k} {
			v := []string{"q", "k"}[i]
			s := v
			for _, u := range f.qkNorms(n, a.qp) {
				if u.call != nil {
					s = w.name(u.call) + "(" + s + ")"
				} else {
					s = "norm(" + s + ")"
				}
			}
			if r, _ := f.rotated2(a, n); r {
				s = "rope(" + s + ")"
			}
			if s != v {
				line += "; " + v + " = " + s
			}
		}
		lines = append(lines, line)
	} else {
		lines = append(lines, "q = "+chain(a.q, a.qp)+"; k = "+chain(a.k, a.kp)+"; v = "+chain(a.v, a.vp))
	}
	qf, _, _ := f.factorsBehind(a.q, a.qp)
	kf, _, _ := f.factorsBehind(a.k, a.kp)
	c2 := a.scale.mul(qf).mul(kf)
	s := "q @ k.T"
	if c2.e != nil && len(c2.e.Refs(nil)) > 0 {
		e := parenthesise(strings.ReplaceAll(c2.e.String(), "config.", ""), "+-")
		over, isQuotient := strings.CutPrefix(e, "1 / ")
		if !isQuotient {
			over, isQuotient = strings.CutPrefix(e, "1.0 / ")
		}
		if isQuotient && !strings.ContainsAny(over, "*/") {
			s += " / " + over
		} else {
			s += " * " + e
		}
	} else if c2.v != 1 {
		s += " * " + num(c2.v)
	}
	if a.softcap != nil {
		s = fmt.Sprintf("%s * tanh(%s / %s)", num(a.softcap.v), s, num(a.softcap.v))
	}
	for range a.contentful {
		s += " + relative"
		break
	}
	if k := p.biasKind(a); k == "alibi" {
		s += " + slopes * distance"
	} else if k == "relative-bias" && len(a.contentful) == 0 {
		s += " + position_bias"
	}
	v := f.visible(a)
	if !a.cross && (v.causal || v.window > 0) {
		s += " + mask"
	}
	if a.sinks != nil {
		sn, _ := w.expr(a.sinks)
		s = "[" + s + ", " + sn + "]"
	}
	y := "softmax(" + s + ") @ v"
	if a.sinks != nil {
		y = "softmax(" + s + ")[:-1] @ v"
	}
	if g := f.gateOf(a); g != nil && g.ID > a.soft.ID {
		o := g.In[0]
		if f.depends(o, a.pv) {
			o = g.In[1]
		}
		gs, gp := w.expr(o)
		if gp < wMul {
			gs = "(" + gs + ")"
		}
		y = "(" + y + ") * " + gs
	}
	if a.op != nil {
		on, _ := w.expr(a.op.weight)
		if within(a.op.out, c) {
			y = strings.TrimSuffix(on, ".weight") + "(" + y + ")"
		}
	}
	lines = append(lines, "y = "+y)
	return strings.Join(lines, "\n")
}

func parenthesise(s, ops string) string {
	if strings.ContainsAny(s, ops) && strings.Contains(s, " ") {
		return "(" + s + ")"
	}
	return s
}

// rotated2 reports whether n (queries or keys) is rotated.
func (f *flow) rotated2(a *attn, n *graph.Node) (bool, *graph.Node) {
	r, _ := f.rotationOf(a)
	if r == nil {
		return false, nil
	}
	// a product with cosines on the way
	outs := map[*graph.Node]bool{}
	for _, ps := range [][]*proj{a.qp, a.kp, a.vp} {
		for _, p := range ps {
			outs[p.out] = true
		}
	}
	for _, m := range inOrder(f.slice(n, outs, nil)) {
		if (m.Op == "mul" || m.Op == "addcmul") && f.content[m.ID] && len(m.In) >= 2 {
			for _, x := range m.In {
				if !f.content[x.ID] && numel(x.Shape) > 1 && weightLike(x) == nil && !outs[m] {
					return true, m
				}
			}
		}
	}
	return false, nil
}

// mlpFlow writes a feed-forward.
func (p *Pass) mlpFlow(b *block, m *mlp) string {
	f := p.f
	c := m.call
	if c == nil {
		c = b.call
	}
	w := &writer{f: f, in: c, names: map[*graph.Node]string{}, acts: map[*graph.Node]actName{}}
	w.names[root(m.up.in)] = "x"
	w.names[m.up.in] = "x"
	if m.gate != nil {
		w.names[root(m.gate.in)] = "x"
		w.names[m.gate.in] = "x"
	}
	short := func(q *proj) string {
		s, _ := w.expr(q.weight)
		if n := paramBehind(q.weight, 0); s == "outer" && n != nil { // rescaled before the block ran
			s, _ = w.expr(n)
		}
		return strings.TrimSuffix(s, ".weight")
	}
	act := m.actName
	if act == "" {
		act = "act"
	}
	apply := func(of string) string {
		if strings.ContainsAny(act, "*(+ ") {
			return "act(" + of + ")"
		}
		if act == "linear" {
			return of
		}
		return act + "(" + of + ")"
	}
	var s string
	switch {
	case m.gated && m.fused:
		s = "g, u = split(" + short(m.gate) + "(x))\ny = " + short(m.down) + "(" + apply("g") + " * " + p.upSide(w, m, "u") + ")"
	case m.gated:
		s = "y = " + short(m.down) + "(" + apply(short(m.gate)+"(x)") + " * " + short(m.up) + "(x))"
	default:
		s = "y = " + short(m.down) + "(" + apply(short(m.up)+"(x)") + ")"
	}
	if strings.ContainsAny(act, "*(+ ") {
		s += "\nact(g) = " + act
	}
	return s
}

// upSide writes what is done to the value that the gate multiplies.
func (p *Pass) upSide(w *writer, m *mlp, name string) string {
	if m.product == nil || len(m.product.In) != 2 {
		return name
	}
	o := m.product.In[0]
	if root(o) == root(m.act) {
		o = m.product.In[1]
	}
	vs := p.f.variables(o)
	if len(vs) != 1 || vs[0] == root(o) || vs[0] == o {
		return name
	}
	s, prec := p.f.expr(o, map[*graph.Node]string{vs[0]: name}, 0)
	if prec < 2 {
		s = "(" + s + ")"
	}
	return s
}

// hidden is the width of the main stack's stream, with its expression where a
// parameter of that width has one.
func (p *Pass) hidden() graph.Dim {
	if p.main == nil {
		return graph.Dim{}
	}
	d := graph.Dim{N: lastDim(p.main.blocks[0].in)}
	find := func(m *graph.Module) {
		if m == nil {
			return
		}
		m.Walk(func(x *graph.Module) {
			for i := range x.Params {
				for _, s := range x.Params[i].Shape {
					if d.E == nil && s.N == d.N && s.E != nil && s.E.Op == "ref" {
						d.E = s.E
					}
				}
			}
		})
	}
	find(p.f.inits[p.main.blocks[0].call.Path])
	return d
}
