package graph

import (
	"strconv"
	"strings"
)

// Cut is the module at a path, on its own: its part of the tree, the
// operations of its first call, and the facts and blocks that speak of it.
// Values that reach the call from elsewhere are inputs of the part. Paths are
// those of the model, so that facts and places stay what they are. It is nil
// where the model has no such module.
func (m *Model) Cut(path string) *Model {
	if path == "" {
		return m
	}
	root := m.Root.Find(path)
	if root == nil {
		return nil
	}
	p := *m
	p.Class, p.At, p.Root = root.Class, root.At, root
	p.Trace, p.Facts, p.Blocks, p.Hidden, p.Counts, p.Switches = nil, nil, nil, Dim{}, Counts{}, nil
	at := []string{path}
	for _, f := range m.Facts {
		if covers(f.Scope, at) {
			p.Facts = append(p.Facts, f)
		}
	}
	for _, b := range m.Blocks {
		if covers(b.Scope, at) {
			p.Blocks = append(p.Blocks, b)
		}
	}
	if m.Trace != nil {
		p.Trace = m.Trace.cut(path, m.TraceError != "")
	}
	if p.Trace != nil {
		p.TraceError = "" // the part's own call is whole
	}
	return &p
}

// cut is the trace of the first call of a module; nil where nothing calls it,
// or, in a trace that broke off, where that call gave nothing.
func (t *Trace) cut(path string, broken bool) *Trace {
	var call *Call
	for _, c := range t.Calls {
		if c.Path == path && (!broken || len(c.Out) > 0) {
			call = c
			break
		}
	}
	if call == nil {
		return nil
	}
	p := &Trace{}
	nodes := map[*Node]*Node{}
	calls := map[*Call]*Call{}
	inputs := 0
	outer := func(n *Node) *Node { // a value from outside of the call
		if c, ok := nodes[n]; ok {
			return c
		}
		c := *n
		c.ID, c.In, c.Call, c.Leaf, c.Inner = int32(len(p.Nodes)), nil, nil, nil, nil
		switch n.Op {
		case "param", "buffer", "const":
		default:
			inputs++
			c.Op, c.Name, c.Args, c.NoValue = "input", "x"+strconv.Itoa(inputs), nil, false
		}
		nodes[n] = &c
		p.Nodes = append(p.Nodes, &c)
		return &c
	}
	// What comes from outside lies first, so that a node's inputs precede it.
	for _, n := range call.In {
		outer(n)
	}
	inside := t.Nodes[call.First:call.Last] // a node's ID is its index
	for _, n := range inside {
		for _, i := range n.In {
			if i.ID < call.First {
				outer(i)
			}
		}
	}
	for _, n := range call.Out {
		if n.ID < call.First {
			outer(n)
		}
	}
	first := int32(len(p.Nodes)) - call.First
	all := func(list []*Node) []*Node {
		out := make([]*Node, 0, len(list))
		for _, n := range list {
			if c := nodes[n]; c != nil {
				out = append(out, c)
			}
		}
		return out
	}
	for _, c := range t.Calls {
		if c == call || c.First >= call.First && c.Last <= call.Last && strings.HasPrefix(c.Path, path+".") {
			k := *c
			k.ID, k.First, k.Last = int32(len(p.Calls)), c.First+first, c.Last+first
			k.Parent = calls[c.Parent]
			calls[c] = &k
			p.Calls = append(p.Calls, &k)
		}
	}
	for _, n := range inside {
		c := *n
		c.ID = int32(len(p.Nodes))
		c.In = all(n.In)
		c.Call, c.Leaf, c.Inner = calls[n.Call], calls[n.Leaf], nodes[n.Inner]
		nodes[n] = &c
		p.Nodes = append(p.Nodes, &c)
	}
	for c, k := range calls {
		k.In, k.Out = all(c.In), all(c.Out)
	}
	return p
}
