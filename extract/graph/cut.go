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
	for _, f := range m.Facts {
		if ScopeCovers(path, f.Scope) {
			p.Facts = append(p.Facts, f)
		}
	}
	for _, b := range m.Blocks {
		if ScopeCovers(path, b.Scope) {
			p.Blocks = append(p.Blocks, b)
		}
	}
	if m.Trace != nil {
		p.Trace = m.Trace.cut(path)
	}
	return &p
}

// cut is the trace of the first call of a module; nil where nothing calls it.
func (t *Trace) cut(path string) *Trace {
	var call *Call
	for _, c := range t.Calls {
		if c.Path == path {
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
	var outer func(n *Node) *Node // a value from outside of the call
	outer = func(n *Node) *Node {
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

// ScopeCovers reports whether a fact's scope, such as
// "model.layers.{0-4,6}.self_attn, model.head", speaks of the module at a path
// or of one beneath it.
func ScopeCovers(path, scope string) bool {
	want := strings.Split(path, ".")
	for _, s := range Scopes(scope) {
		have := strings.Split(s, ".")
		if len(have) < len(want) {
			continue
		}
		ok := true
		for i, w := range want {
			ok = ok && segmentHolds(have[i], w)
		}
		if ok {
			return true
		}
	}
	return false
}

// segmentHolds reports whether a name is one that a part of a scope stands for.
func segmentHolds(pattern, name string) bool {
	if pattern == name || pattern == "*" {
		return true
	}
	if !strings.HasPrefix(pattern, "{") {
		return false
	}
	n, err := strconv.Atoi(name)
	for _, r := range strings.Split(strings.Trim(pattern, "{}"), ",") {
		if r == name {
			return true
		}
		lo, hi, ok := strings.Cut(r, "-")
		if !ok || err != nil {
			continue
		}
		a, err1 := strconv.Atoi(lo)
		b, err2 := strconv.Atoi(hi)
		if err1 == nil && err2 == nil && a <= n && n <= b {
			return true
		}
	}
	return false
}

// Scopes splits "a.{0,2}.b, a.1" at the commas outside of braces.
func Scopes(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(s[from:]))
}
