package graph

import (
	"math/bits"
	"slices"
	"strings"
)

// Nonlinear maps the operations whose passage provenance notes to the names
// under which it notes them.
var Nonlinear = map[string]string{
	"softmax": "softmax", "sigmoid": "sigmoid", "tanh": "tanh", "gelu": "gelu", "silu": "silu", "relu": "relu",
	"softplus": "softplus", "topk": "topk", "log_softmax": "log_softmax", "hardtanh": "hardtanh", "glu": "glu",
	"leaky_relu": "leaky_relu", "elu": "elu", "mish": "mish", "scaled_dot_product_attention": "softmax",
	"hardsigmoid": "hardsigmoid", "hardswish": "hardswish", "prelu": "prelu", "logsigmoid": "log_sigmoid", "log_sigmoid": "log_sigmoid",
}

var nonlinearNames, nonlinearBit = func() ([]string, map[string]uint64) {
	var names []string
	for _, n := range Nonlinear {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	bit := map[string]uint64{}
	for op, n := range Nonlinear {
		bit[op] = 1 << slices.Index(names, n)
	}
	return names, bit
}()

// origin is one source of a value with the nonlinearities on the way.
type origin struct {
	src int32
	nl  uint64
}

// Provenance says, for every node of a trace, which leaves, parameters and
// inputs its value comes from through operations alone.
type Provenance struct {
	names []string
	index map[string]int32
	of    [][]origin // by node ID, sorted by src
}

// Origin is one source of a value: a leaf module's path, "=name" of a
// parameter used directly, or "$name" of an input.
type Origin struct {
	Name string
	Via  []string // nonlinearities on the way, sorted
}

// Provenance computes where every value comes from: each node's sources are the union of its inputs'; a leaf's
// output has the leaf as its one source; nodes that read only a shape have none.
func (t *Trace) Provenance() *Provenance {
	p := &Provenance{index: map[string]int32{}, of: make([][]origin, len(t.Nodes))}
	for _, n := range t.Nodes {
		switch {
		case n.Leaf != nil:
			p.of[n.ID] = []origin{{p.source(n.Leaf.Path), 0}}
		case n.NoValue:
		case n.Op == "input":
			p.of[n.ID] = []origin{{p.source("$" + n.Name), 0}}
		case n.Op == "param":
			p.of[n.ID] = []origin{{p.source("=" + n.Name), 0}}
		default:
			o := p.union(n.In)
			if b := nonlinearBit[strings.TrimRight(n.Op, "_")]; b != 0 {
				o = slices.Clone(o)
				for i := range o {
					o[i].nl |= b
				}
			}
			p.of[n.ID] = o
		}
	}
	return p
}

func (p *Provenance) source(name string) int32 {
	if i, ok := p.index[name]; ok {
		return i
	}
	i := int32(len(p.names))
	p.names = append(p.names, name)
	p.index[name] = i
	return i
}

// union merges the sources of nodes; the result may share storage.
func (p *Provenance) union(in []*Node) []origin {
	var out []origin
	for _, n := range in {
		o := p.of[n.ID]
		switch {
		case len(o) == 0:
		case len(out) == 0:
			out = o
		default:
			out = merge(out, o)
		}
	}
	return out
}

func merge(a, b []origin) []origin {
	if &a[0] == &b[0] && len(a) == len(b) {
		return a
	}
	out := make([]origin, 0, len(a)+len(b))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].src < b[j].src:
			out = append(out, a[i])
			i++
		case a[i].src > b[j].src:
			out = append(out, b[j])
			j++
		default:
			out = append(out, origin{a[i].src, a[i].nl | b[j].nl})
			i++
			j++
		}
	}
	out = append(out, a[i:]...)
	return append(out, b[j:]...)
}

// Of lists the sources of a node, sorted by name.
func (p *Provenance) Of(nodes ...*Node) []Origin {
	var out []Origin
	for _, o := range p.union(nodes) {
		s := Origin{Name: p.names[o.src], Via: []string{}}
		for m := o.nl; m != 0; m &= m - 1 {
			s.Via = append(s.Via, nonlinearNames[bits.TrailingZeros64(m)])
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Origin) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// FlowRow is one call of a leaf: the leaf and what reaches it.
type FlowRow struct {
	Leaf    string
	Sources []Origin
	At      Span
	Call    *Call
}

// Flow lists the calls of leaves in order of execution. A leaf called inside
// another leaf is the outer one's own matter.
func (t *Trace) Flow(p *Provenance) []FlowRow {
	var rows []FlowRow
	for _, c := range t.Calls {
		if !c.Leaf || c.insideLeaf() {
			continue
		}
		row := FlowRow{Leaf: c.Path, At: c.At, Call: c}
		own := "=" + c.Path + "."
		for _, s := range p.Of(c.In...) {
			if !strings.HasPrefix(s.Name, own) {
				row.Sources = append(row.Sources, s)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// Within reports whether the call is c2 or was made inside of it.
func (c *Call) Within(c2 *Call) bool {
	for ; c != nil; c = c.Parent {
		if c == c2 {
			return true
		}
	}
	return false
}

func (c *Call) insideLeaf() bool {
	for k := c.Parent; k != nil; k = k.Parent {
		if k.Leaf {
			return true
		}
	}
	return false
}
