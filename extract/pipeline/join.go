package pipeline

import (
	"slices"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Seen is what is known of a forward's dataflow: what it did, and what ran on
// refused inputs alone, such as the tower for images of a model whose default
// sizes do not fit together.
func (f *Forward) Seen() *graph.Trace {
	t := f.Trace
	for _, r := range f.Asides {
		t = joined(t, r.Trace)
	}
	return t
}

// joined is a trace with the calls of another, finished ones, of modules that
// are not called in the first, and the values from which they are computed.
func joined(t, more *graph.Trace) *graph.Trace {
	there := map[string]bool{}
	var root *graph.Call
	for _, c := range t.Calls {
		there[c.Path] = true
		if c.Parent == nil && root == nil {
			root = c
		}
	}
	keep := map[*graph.Call]bool{}
	for _, c := range more.Calls {
		keep[c] = keep[c.Parent] || !there[c.Path] && len(c.Out) > 0
	}
	wanted := make([]bool, len(more.Nodes))
	for _, c := range more.Calls {
		if keep[c] {
			for id := c.First; id < c.Last; id++ {
				wanted[id] = true
			}
			for _, n := range append(slices.Clone(c.In), c.Out...) {
				wanted[n.ID] = true
			}
		}
	}
	for id := len(wanted) - 1; id >= 0; id-- {
		for _, x := range more.Nodes[id].In {
			wanted[x.ID] = wanted[x.ID] || wanted[id]
		}
	}

	out := &graph.Trace{Nodes: slices.Clone(t.Nodes), Calls: slices.Clone(t.Calls), Choices: t.Choices}
	nodes, calls := map[*graph.Node]*graph.Node{}, map[*graph.Call]*graph.Call{}
	for _, c := range more.Calls {
		if keep[c] {
			d := *c
			d.ID = int32(len(out.Calls))
			if d.Parent = calls[c.Parent]; d.Parent == nil {
				d.Parent = root
			}
			calls[c] = &d
			out.Calls = append(out.Calls, &d)
		}
	}
	all := func(ns []*graph.Node) []*graph.Node {
		out := make([]*graph.Node, 0, len(ns))
		for _, n := range ns {
			out = append(out, nodes[n])
		}
		return out
	}
	at := make([]int32, len(more.Nodes)+1) // the new number of each node, or of what follows it
	for _, n := range more.Nodes {
		at[n.ID] = int32(len(out.Nodes))
		if wanted[n.ID] {
			d := *n
			d.ID = at[n.ID]
			d.In, d.Call, d.Leaf, d.Inner = all(n.In), calls[n.Call], calls[n.Leaf], nodes[n.Inner]
			nodes[n] = &d
			out.Nodes = append(out.Nodes, &d)
		}
	}
	at[len(more.Nodes)] = int32(len(out.Nodes))
	for _, d := range calls {
		d.In, d.Out, d.First, d.Last = all(d.In), all(d.Out), at[d.First], at[d.Last]
	}
	return out
}
