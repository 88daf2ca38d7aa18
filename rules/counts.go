package rules

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// counts adds up parameters, each tensor once.
func (p *Pass) counts() graph.Counts {
	var c graph.Counts
	if p.Model.Root == nil {
		return c
	}
	role := p.roles()
	by := map[string]int64{}
	p.eachParam(func(path string, q *graph.Param) {
		c.Total += q.Numel()
		by[role[path]] += q.Numel()
	})
	if len(p.f.t.Nodes) > 0 {
		for _, name := range graph.PartNames {
			if by[name] > 0 {
				c.Parts = append(c.Parts, graph.PartCount{Part: name, Parameters: by[name]})
			}
		}
	}
	c.Active = c.Total - p.idle(role)
	c.Embedding = p.tokenEmbedding()
	if p.main == nil {
		return c
	}
	if m := p.f.inits[p.main.blocks[0].call.Path]; m != nil {
		m.Walk(func(x *graph.Module) {
			for i := range x.Params {
				c.PerLayer += max(0, x.Params[i].Numel())
			}
		})
	}
	if c.CacheBytes = p.cacheBytes(); c.CacheBytes > 0 {
		c.CacheExpr = "kv_heads * (head_dim + v_head_dim) * 2 bytes, summed over the layers with attention"
	}
	return c
}

// eachParam calls f for every parameter of known size that is not tied to an
// earlier one, with its path.
func (p *Pass) eachParam(f func(path string, q *graph.Param)) {
	p.Model.Root.Walk(func(m *graph.Module) {
		for i := range m.Params {
			if q := &m.Params[i]; q.Tied == "" && q.Numel() > 0 {
				f(join(m.Path, q.Name), q)
			}
		}
	})
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// tokenEmbedding is the size of the table that the tokens are looked up in.
func (p *Pass) tokenEmbedding() int64 {
	for _, n := range p.f.t.Nodes {
		if n.Op != "embedding" || !p.f.content[n.ID] {
			continue
		}
		size := int64(0)
		for _, x := range n.In {
			if w := weightLike(x); w != nil && w.Op == "param" {
				size = numel(w.Shape)
			}
		}
		return size
	}
	return 0
}

// cacheBytes is what the keys and values of one token take in 16 bits over the
// main stack; 0 where that is not known.
func (p *Pass) cacheBytes() int64 {
	per := int64(0)
	for _, b := range p.main.blocks {
		for _, a := range b.attns {
			if a.cross && hasSelf(b) {
				continue
			}
			kv := p.f.kvHeadsOf(a)
			if v := p.f.visible(a); kv == 0 || p.f.latent(a) || !v.causal {
				return 0
			}
			per += kv * (a.dim + a.vdim) * 2
		}
	}
	return per
}

// idle is how many parameters a token does not visit: those of the experts that
// are not chosen for it.
func (p *Pass) idle(role map[string]string) int64 {
	idle := int64(0)
	for _, s := range p.stacks {
		for _, b := range s.blocks {
			for _, br := range b.branches() {
				m := br.moe
				if br.kind != "moe" || m == nil || m.experts == 0 {
					continue
				}
				held := int64(0)
				if mod := p.f.inits[b.twin(br.call.Path)]; mod != nil {
					mod.Walk(func(x *graph.Module) {
						for i := range x.Params {
							if q := &x.Params[i]; role[join(x.Path, q.Name)] == "experts" {
								held += max(0, q.Numel())
							}
						}
					})
				}
				idle += held / m.experts * (m.experts - m.topK)
			}
		}
	}
	return idle
}

// twin is the path in this block of what lies at a path of the earlier block
// that does the same.
func (b *block) twin(path string) string {
	if b.same == nil {
		return path
	}
	if rest, ok := strings.CutPrefix(path, b.same.call.Path); ok && (rest == "" || rest[0] == '.') {
		return b.call.Path + rest
	}
	return path
}

// roles says of each parameter, by its path, which of graph.PartNames it
// belongs to: that of the values that it first meets.
func (p *Pass) roles() map[string]string {
	role := map[string]string{}
	put := func(n *graph.Node, part string) {
		if n == nil {
			return
		}
		if w := weightLike(n); w != nil && w.Op == "param" && role[w.Name] == "" {
			role[w.Name] = part
		}
	}
	for _, u := range p.f.norms {
		put(u.weight, "norms")
		put(u.bias, "norms")
		if u.call != nil && p.f.inits[u.call.Path] != nil {
			for _, q := range p.f.inits[u.call.Path].Params {
				if path := join(u.call.Path, q.Name); role[path] == "" {
					role[path] = "norms"
				}
			}
		}
	}
	for _, s := range p.stacks {
		for _, b := range s.own() {
			p.blockRoles(b, put)
		}
	}
	p.endRoles(put)
	for _, s := range p.stacks {
		for _, b := range s.blocks {
			if b.same == nil {
				continue
			}
			if mod := p.f.inits[b.same.call.Path]; mod != nil {
				mod.Walk(func(x *graph.Module) {
					for _, q := range x.Params {
						path := join(x.Path, q.Name)
						if t := b.twin(path); role[t] == "" && role[path] != "" {
							role[t] = role[path]
						}
					}
				})
			}
		}
	}
	// what was not met stands where others stand that were: an expert that no
	// token of this forward visited
	place := map[string]string{}
	for path, part := range role {
		k := withoutNumbers(path)
		if old, ok := place[k]; ok && old != part {
			part = "other"
		}
		place[k] = part
	}
	p.eachParam(func(path string, _ *graph.Param) {
		if role[path] != "" {
			return
		}
		if role[path] = place[withoutNumbers(path)]; role[path] == "" {
			role[path] = "other"
		}
	})
	return role
}

// withoutNumbers writes * for the numbers in a path.
func withoutNumbers(path string) string {
	parts := strings.Split(path, ".")
	for i, s := range parts {
		if s != "" && strings.Trim(s, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, ".")
}

// blockRoles says what the parameters of a block do, from its branches.
func (p *Pass) blockRoles(b *block, put func(*graph.Node, string)) {
	of := func(part string, ps ...*proj) {
		for _, q := range ps {
			if q != nil {
				put(q.weight, part)
				put(q.bias, part)
			}
		}
	}
	feedforward := func(part string, m *mlp) {
		if m != nil {
			of(part, m.gate, m.up, m.down)
		}
	}
	for _, a := range b.attns {
		of("attention", a.qp...)
		of("attention", a.kp...)
		of("attention", a.vp...)
		of("attention", a.op)
	}
	for _, br := range b.branches() {
		part := map[string]string{"attention": "attention", "mlp": "mlp", "mixer": "mixer", "moe": "experts"}[br.kind]
		if m := br.moe; br.kind == "moe" {
			of("router", m.router)
			put(m.bias, "router")
			feedforward("shared_experts", m.shared)
			feedforward("experts", m.routed)
			part = ""
		}
		if br.kind == "attention" {
			if br.mlp != nil {
				feedforward("mlp", br.mlp)
			}
			if br.mix != nil {
				part = "mixer" // beside the attention, whose projections are known
			}
		}
		for n := range br.nodes {
			for _, w := range p.f.weightsOf(n) {
				switch {
				case part != "":
					put(w, part)
				case br.moe == nil: // a branch of no known kind
				case len(w.Shape) > 0 && w.Shape[0] == br.moe.experts && len(w.Shape) > 1:
					put(w, "experts") // one for each expert
				case br.moe.shared != nil:
					put(w, "shared_experts") // their gate
				}
			}
		}
	}
}

// weightsOf are the parameters that go into an operation on content, by
// themselves or after operations on parameters alone.
func (f *flow) weightsOf(n *graph.Node) []*graph.Node {
	if !f.content[n.ID] {
		return nil
	}
	var out []*graph.Node
	work := append([]*graph.Node(nil), n.In...)
	for steps := 0; len(work) > 0 && steps < 200; steps++ {
		x := work[len(work)-1]
		work = work[:len(work)-1]
		if x.Op == "param" {
			out = append(out, x)
		} else if !f.content[x.ID] && !x.NoValue {
			work = append(work, x.In...)
		}
	}
	return out
}

// endRoles says what the parameters outside of the blocks do: before the first
// block, after the last one of the main stack, or in between.
func (p *Pass) endRoles(put func(*graph.Node, string)) {
	const started, ended = 1, 2 // depends on a block, on the last block of the main stack
	state := make([]uint8, len(p.f.byID))
	mark := func(n *graph.Node, s uint8) {
		if n != nil {
			state[n.ID] |= s
		}
	}
	for _, s := range p.stacks {
		for _, b := range s.blocks {
			mark(root(b.out), started)
		}
	}
	if p.main != nil {
		mark(root(p.main.blocks[len(p.main.blocks)-1].out), ended)
	}
	for _, n := range p.f.t.Nodes {
		if n.NoValue {
			continue
		}
		for _, x := range n.In {
			state[n.ID] |= state[x.ID]
		}
		inBlock := false
		for c := n.Call; c != nil && !inBlock; c = c.Parent {
			inBlock = p.isBlock(c)
		}
		if inBlock {
			continue
		}
		for _, w := range p.f.weightsOf(n) {
			switch {
			case n.Op == "embedding":
				put(w, "embedding")
			case state[n.ID]&ended != 0:
				put(w, "head")
			case state[n.ID]&started == 0 && p.main != nil:
				put(w, "embedding")
			}
		}
	}
}

// isBlock reports whether a call is one of a block.
func (p *Pass) isBlock(c *graph.Call) bool {
	if p.blocks == nil {
		p.blocks = map[*graph.Call]bool{}
		for _, s := range p.stacks {
			for _, b := range s.blocks {
				p.blocks[b.call] = true
			}
		}
	}
	return p.blocks[c]
}
