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
	part := a.Root != nil && a.Root.Path != "" && b.Root != nil && b.Root.Path != ""
	ha, hb := digests(a.Trace), digests(b.Trace)
	oa, ob := results(a.Trace), results(b.Trace)
	if len(oa) == 0 || len(ob) == 0 {
		return nil, false
	}
	type pair struct {
		a, b     *graph.Node
		atA, atB graph.Span // where they are used
		into     string     // the module of a that they are used in
	}
	var work []pair
	if len(oa) != len(ob) {
		entries = append(entries, Entry{About: "results", Key: "results", A: int64(len(oa)), B: int64(len(ob)), AtA: place(oa[0].At), AtB: place(ob[0].At)})
	}
	for i := range min(len(oa), len(ob)) {
		work = append(work, pair{a: oa[i], b: ob[i]})
	}
	seen := map[[2]*graph.Node]bool{}
	said := map[string]bool{}
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		p.a, p.b = inner(p.a), inner(p.b)
		if ha[p.a.ID] == hb[p.b.ID] || seen[[2]*graph.Node{p.a, p.b}] {
			continue
		}
		seen[[2]*graph.Node{p.a, p.b}] = true
		xa, xb := p.a.In, p.b.In
		if label(p.a) == label(p.b) && len(xa) == len(xb) && len(xa) > 0 {
			xa, xb = unmatched(xa, xb, ha, hb)
			for i := range xa {
				work = append(work, pair{xa[i], xb[i], where(p.a, p.atA), where(p.b, p.atB), into(p.a)})
			}
			continue
		}
		if part { // what one of them is given, and the other is not, is not its own matter
			if x := given(p.a); x != nil && label(inner(x)) == label(p.b) {
				work = append(work, pair{x, p.b, p.atA, p.atB, p.into})
				continue
			}
			if x := given(p.b); x != nil && label(inner(x)) == label(p.a) {
				work = append(work, pair{p.a, x, p.atA, p.atB, p.into})
				continue
			}
		}
		e := Entry{About: "computation", Key: "computation", A: does(p.a), B: does(p.b), AtA: place(where(p.a, p.atA)), AtB: place(where(p.b, p.atB))}
		if p.into != "" && p.into != into(p.a) {
			e.Note = "which " + p.into + " is given"
		}
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

// given is, of a sum with something that comes from outside as it is (a mask),
// the other operand.
func given(n *graph.Node) *graph.Node {
	if n.Op != "add" || len(n.In) != 2 {
		return nil
	}
	for i, x := range n.In {
		for len(x.In) == 1 {
			x = x.In[0]
		}
		if x.Op == "input" {
			return n.In[1-i]
		}
	}
	return nil
}

// inner is the node that computed a value, but for casts and for what leaves a
// value as it is: these are a matter of numbers, not of what is computed.
func inner(n *graph.Node) *graph.Node {
	for {
		next := same(n)
		if next == nil {
			return n
		}
		n = next
	}
}

// casts are operations that change how a value is held.
var casts = map[string]bool{"to": true, "float": true, "half": true, "bfloat16": true, "type_as": true, "contiguous": true, "clone": true, "detach": true, "dropout": true}

// same is the value that a node passes on as it is, or nil.
func same(n *graph.Node) *graph.Node {
	switch {
	case n.Inner != nil:
		return n.Inner
	case n.NoValue:
		return nil
	case casts[n.Op] && len(n.In) > 0:
		return n.In[0]
	case n.Op == "cat": // with an empty cache
		var full *graph.Node
		for _, x := range n.In {
			if slices.Contains(x.Shape, 0) {
				continue
			}
			if full != nil {
				return nil
			}
			full = x
		}
		return full
	}
	return nil
}

// results are the values that leave the model.
func results(t *graph.Trace) []*graph.Node {
	if len(t.Calls) == 0 {
		return nil
	}
	return t.Calls[0].Out
}

// where is the line of a node, else the one that uses it.
func where(n *graph.Node, used graph.Span) graph.Span {
	switch {
	case !n.At.IsZero():
		return n.At
	case !n.Site.IsZero():
		return n.Site
	}
	return used
}

// into is the module that an operation belongs to.
func into(n *graph.Node) string {
	if n.Call == nil {
		return ""
	}
	return n.Call.Path
}

// does names what a node is, for people: the operation, and those before it.
func does(n *graph.Node) string {
	const far, long = 3, 60
	var write func(n *graph.Node, depth int) string
	write = func(n *graph.Node, depth int) string {
		n = inner(n)
		s := is(n)
		if len(n.In) == 0 || n.NoValue {
			return s
		}
		if depth == far {
			return s + "(...)"
		}
		var args []string
		for _, x := range n.In {
			args = append(args, write(x, depth+1))
		}
		if t := s + "(" + strings.Join(args, ", ") + ")"; len(t) <= long {
			return t
		}
		return s + "(...)"
	}
	return write(n, 0)
}

// is names what a node is.
func is(n *graph.Node) string {
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
	var turned []string
	for _, a := range n.Args {
		switch {
		case axes[a.Name]:
			turned = append(turned, a.Name+"="+fromEnd(a, len(n.Shape)))
		case a.Name == "index":
			b.WriteString(" " + sizeless(a.Val))
		}
	}
	if n.Op == "transpose" || n.Op == "swapaxes" { // in either order
		for i, t := range turned {
			_, turned[i], _ = strings.Cut(t, "=")
		}
		slices.Sort(turned)
	}
	return b.String() + " " + strings.Join(turned, " ")
}

// fromEnd writes a dimension as it counts from the end, however it was given.
func fromEnd(a graph.Arg, rank int) string {
	if a.IsNum && strings.HasPrefix(a.Name, "dim") && a.Num >= 0 && int(a.Num) < rank {
		return fmt.Sprint(int(a.Num) - rank)
	}
	return a.Val
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
		if x := same(n); x != nil {
			out[i] = out[x.ID]
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
