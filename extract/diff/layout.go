package diff

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// interleaved says that the two halves of a fused matrix lie in turn, row by row.
const interleaved = "interleaved"

// laid says in words how the parts of a fused matrix lie.
func laid(layout string) string {
	switch layout {
	case "per-head":
		return "layout per-head: q, k and v of each head in turn"
	case "grouped":
		return "layout grouped: the queries of each kv head, then its k and v"
	}
	return "layout " + layout
}

// products follows each matrix to where it is multiplied, and tells on which
// side it stands there, and how the result is taken apart.
func (l *lister) products() {
	if l.m.Trace == nil {
		return
	}
	type carried struct {
		t      *tensor
		turned bool // since the parameter
	}
	carries := map[*graph.Node]carried{}
	product := map[*graph.Node]*tensor{} // results, not yet taken apart
	for _, n := range l.m.Trace.Nodes {
		if n.Op == "param" {
			if t := l.paths[n.Name]; t != nil && len(t.p.Shape) >= 2 && l.used[t] != nil {
				carries[n] = carried{t, false}
			}
			continue
		}
		if n.NoValue || len(n.In) == 0 {
			continue
		}
		if n.Inner != nil {
			if t := product[n.Inner]; t != nil {
				product[n] = t
			}
			continue
		}
		if c, ok := carries[n.In[0]]; ok {
			switch {
			case turns[n.Op]:
				carries[n] = carried{c.t, !c.turned}
				continue
			case n.Op != "view" && n.Op != "reshape" && (carrying[n.Op] || n.Op == "index" && len(n.Shape) >= 2 && len(c.t.p.Shape) == 3 || n.Op == "select"):
				carries[n] = c
				continue
			}
		}
		last := n.In[len(n.In)-1]
		switch n.Op {
		case "matmul", "mm", "bmm", "addmm", "baddbmm":
			if c, ok := carries[last]; ok {
				c.t.turned = !c.turned
				product[n] = c.t
			}
		case "linear":
			if len(n.In) > 1 {
				if c, ok := carries[n.In[1]]; ok {
					c.t.turned = c.turned
					product[n] = c.t
				}
			}
		case "index":
			if t := product[n.In[0]]; t != nil && strided(n) {
				t.layout = interleaved
			}
		default:
			for _, x := range n.In[:min(len(n.In), 2)] {
				if t := product[x]; t != nil && (carrying[n.Op] || casts[n.Op] || n.Op == "add" || n.Op == "add_") {
					product[n] = t
				}
			}
		}
	}
}

// turns are operations that exchange the two dimensions of a matrix.
var turns = map[string]bool{"transpose": true, "t": true, "T": true, "mT": true, "swapaxes": true}

// strided reports whether an index takes every second of the last dimension.
func strided(n *graph.Node) bool {
	i := slices.IndexFunc(n.Args, func(a graph.Arg) bool { return a.Name == "index" && strings.HasSuffix(a.Val, "::2") })
	return i >= 0 && i == len(n.Args)-1
}
