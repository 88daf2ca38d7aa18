package diff

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// dataflow compares what two forwards compute, operation by operation, without
// names and sizes: the places where the one first does something else than the
// other, going back from the results. known is false where there is no forward
// to compare.
func dataflow(a, b *graph.Model) (entries []Entry, known bool) {
	if a.Trace == nil || b.Trace == nil || a.TraceError != "" || b.TraceError != "" {
		return nil, false
	}
	ha, hb := digests(a.Trace), digests(b.Trace)
	oa, ob := results(a.Trace), results(b.Trace)
	if len(oa) == 0 || len(ob) == 0 {
		return nil, false
	}
	type pair struct{ a, b *graph.Node }
	var work []pair
	if len(oa) != len(ob) {
		entries = append(entries, Entry{About: "results", Key: "results", A: int64(len(oa)), B: int64(len(ob)), AtA: place(oa[0].At), AtB: place(ob[0].At)})
	}
	for i := range min(len(oa), len(ob)) {
		work = append(work, pair{oa[i], ob[i]})
	}
	seen := map[pair]bool{}
	said := map[string]bool{}
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		p.a, p.b = inner(p.a), inner(p.b)
		if ha[p.a.ID] == hb[p.b.ID] || seen[p] {
			continue
		}
		seen[p] = true
		xa, xb := p.a.In, p.b.In
		if label(p.a) == label(p.b) && len(xa) == len(xb) && len(xa) > 0 {
			xa, xb = unmatched(xa, xb, ha, hb)
			for i := range xa {
				work = append(work, pair{xa[i], xb[i]})
			}
			continue
		}
		e := Entry{About: "computation", Key: "computation", A: does(p.a), B: does(p.b), AtA: place(where(p.a)), AtB: place(where(p.b))}
		if k := Text(e.A) + Text(e.B) + fmt.Sprint(e.AtA, e.AtB); !said[k] {
			said[k] = true
			entries = append(entries, e)
		}
	}
	slices.SortStableFunc(entries, func(x, y Entry) int { return first(x.AtA).Line - first(y.AtA).Line })
	return entries, true
}

func first(p Places) graph.Span {
	if len(p) == 0 {
		return graph.Span{}
	}
	return p[0]
}

// unmatched are the inputs of two equal operations that are not the same, in
// order; of an operation whose order does not matter, those without a partner.
func unmatched(xa, xb []*graph.Node, ha, hb []uint64) ([]*graph.Node, []*graph.Node) {
	rest := slices.Clone(xb)
	var left []*graph.Node
	for _, x := range xa {
		i := slices.IndexFunc(rest, func(y *graph.Node) bool { return hb[y.ID] == ha[x.ID] })
		if i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			left = append(left, x)
		}
	}
	if len(left) == 0 { // the same inputs in another order
		return xa, xb
	}
	return left, rest[:len(left)]
}

// inner is the node that computed a value.
func inner(n *graph.Node) *graph.Node {
	for n.Inner != nil {
		n = n.Inner
	}
	return n
}

// results are the values that leave the model.
func results(t *graph.Trace) []*graph.Node {
	if len(t.Calls) == 0 {
		return nil
	}
	return t.Calls[0].Out
}

func where(n *graph.Node) graph.Span {
	if n.At.IsZero() {
		return n.Site
	}
	return n.At
}

// does names what a node is, for people.
func does(n *graph.Node) string {
	switch n.Op {
	case "input":
		return "the input"
	case "param":
		return "a parameter"
	case "buffer":
		return "a buffer"
	case "const":
		return "a constant"
	}
	return n.Op
}

// axes are the arguments of an operation that say which dimensions it is about
// and which of its results this is; every other number is a size or a factor.
var axes = map[string]bool{"dim": true, "dim0": true, "dim1": true, "dims": true, "output": true, "start_dim": true, "end_dim": true,
	"approximate": true, "descending": true, "largest": true, "keepdim": true}

var commutes = map[string]bool{"add": true, "mul": true, "maximum": true, "minimum": true}

// label is what a node does, without names and sizes.
func label(n *graph.Node) string {
	var b strings.Builder
	b.WriteString(n.Op)
	switch n.Op {
	case "param", "buffer":
		fmt.Fprint(&b, len(n.Shape))
		return b.String()
	case "input", "const":
		return b.String()
	}
	for _, a := range n.Args {
		switch {
		case axes[a.Name]:
			fmt.Fprintf(&b, " %s=%s", a.Name, a.Val)
		case a.Name == "index":
			b.WriteString(" " + sizeless(a.Val))
		}
	}
	return b.String()
}

// sizeless is an index without the sizes in it: ":64" is ":#", "1::2" is itself.
func sizeless(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		switch {
		case j == i:
			b.WriteByte(s[i])
			i++
			continue
		case j-i == 1 && s[i] <= '2':
			b.WriteByte(s[i])
		default:
			b.WriteByte('#')
		}
		i = j
	}
	return b.String()
}

// digests are, for each node, a digest of all that it is computed from.
func digests(t *graph.Trace) []uint64 {
	out := make([]uint64, len(t.Nodes))
	var ins []uint64
	for i, n := range t.Nodes {
		if n.Inner != nil {
			out[i] = out[inner(n).ID]
			continue
		}
		h := fnv.New64a()
		h.Write([]byte(label(n)))
		if !n.NoValue {
			ins = ins[:0]
			for _, x := range n.In {
				ins = append(ins, out[x.ID])
			}
			if commutes[n.Op] {
				slices.Sort(ins)
			}
			for _, x := range ins {
				var w [8]byte
				for k := range w {
					w[k] = byte(x >> (8 * k))
				}
				h.Write(w[:])
			}
		}
		out[i] = h.Sum64()
	}
	return out
}
