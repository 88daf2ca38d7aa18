package rules

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// stagesOf lists the sums into a block's stream in the order in which its
// equations write them: sums that follow at once are one stage.
func (p *Pass) stagesOf(b *block) []graph.Stage {
	var out []graph.Stage
	stream := map[*graph.Node]int{root(b.in): 0} // how many stages came before
	for i := 0; i < len(b.stages); i++ {
		st := b.stages[i]
		stream[st.carrier] = len(out)
		carrier := st.carrier
		g := graph.Stage{}
		for {
			for _, br := range st.branches {
				g.Branches = append(g.Branches, p.graphBranch(b, br))
			}
			if i+1 >= len(b.stages) || st.norm != nil || b.stages[i+1].carrier != root(st.add) || !readsOnly(b.stages[i+1], carrier) {
				break
			}
			i++
			st = b.stages[i]
		}
		k := 0
		for _, br := range branchesUpTo(b, i, len(g.Branches)) {
			g.Branches[k].From = -1
			if len(br.reads) > 0 {
				if n, ok := stream[br.reads[0]]; ok {
					g.Branches[k].From = n
				}
			}
			k++
		}
		g.Norm = normName(b, st.norm)
		out = append(out, g)
		stream[root(st.add)] = len(out)
		if st.norm != nil {
			stream[root(st.norm.out)] = len(out)
		}
	}
	return out
}

// branchesUpTo are the last n branches of the stages up to i.
func branchesUpTo(b *block, i, n int) []*branch {
	var all []*branch
	for _, st := range b.stages[:i+1] {
		all = append(all, st.branches...)
	}
	return all[len(all)-n:]
}

func (p *Pass) graphBranch(b *block, br *branch) graph.Branch {
	g := graph.Branch{Kind: br.kind, Post: normName(b, br.post), Learned: br.learn != nil}
	call := br.call
	switch {
	case br.kind == "attention" && len(br.attns) > 0:
		call = br.attns[0].call
		switch {
		case br.attns[0].cross:
			g.Kind = "cross_attention"
		case br.mix != nil:
			g.Kind = "attention+mixer"
		case br.mlp != nil:
			g.Kind = "attention+mlp"
		}
	case br.kind == "mlp" && br.mlp != nil:
		call = br.mlp.call
	}
	if call != nil {
		g.Module = strings.TrimPrefix(strings.TrimPrefix(call.Path, b.call.Path), ".")
	}
	for _, u := range br.pre {
		g.Pre = append(g.Pre, normName(b, u))
	}
	c := factor{v: 1}
	for _, s := range br.scale {
		c = s.mul(c)
	}
	if c.e != nil || c.v != 1 {
		f := graph.Fact{}
		p.setScale(&f, c, nil)
		switch v := f.Value.(type) {
		case string:
			g.Scale = v
		case float64:
			g.Scale = num(v)
		}
	}
	return g
}

// normName is the path of a norm within the block, "norm" where it is written in line.
func normName(b *block, u *norm) string {
	switch {
	case u == nil:
		return ""
	case u.call == nil:
		return "norm"
	}
	return strings.TrimPrefix(strings.TrimPrefix(u.call.Path, b.call.Path), ".")
}
