package draw

import (
	"cmp"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// stackRun is when and on what one stack of blocks ran in the trace.
type stackRun struct {
	name        string
	calls       []*graph.Call // of its blocks, in order
	first, last int32         // node IDs: where the first block begins, where the last ends
	after       []bool        // by node: depends on a block's output
	before      []bool        // by node: reaches the first block's input
}

// routes is how the parts of a model feed each other, read from its trace.
type routes struct {
	m    *graph.Model
	runs []*stackRun // in order of execution
}

// findRoutes places the stacks of the model in its trace.
func findRoutes(m *graph.Model) *routes {
	r := &routes{m: m}
	if m.Trace == nil {
		return r
	}
	by := map[string]*stackRun{}
	for _, c := range m.Trace.Calls {
		for _, b := range m.Blocks {
			if !graph.ScopeNames(b.Scope, c.Path) {
				continue
			}
			s := by[b.Stack]
			if s == nil {
				s = &stackRun{name: b.Stack, first: c.First}
				by[b.Stack] = s
				r.runs = append(r.runs, s)
			}
			s.calls = append(s.calls, c)
			s.last = max(s.last, c.Last)
			break
		}
	}
	for _, s := range r.runs {
		s.after = r.forward(s)
		s.before = r.backward(s)
	}
	return r
}

func (r *routes) run(name string) *stackRun {
	for _, s := range r.runs {
		if s.name == name {
			return s
		}
	}
	return nil
}

// forward marks what depends on the output of a stack's blocks: of the last, or,
// once they are done, of any of them (what reads features of the last but one).
func (r *routes) forward(s *stackRun) []bool {
	var outs []*graph.Node
	for _, c := range s.calls {
		outs = append(outs, c.Out...)
	}
	on := r.reach(outs, int32(len(r.m.Trace.Nodes)))
	clear(on[:min(int(s.last), len(on))])
	for _, n := range s.calls[len(s.calls)-1].Out {
		on[n.ID] = true
	}
	return on
}

// backward marks what the input of a stack's first block comes from.
func (r *routes) backward(s *stackRun) []bool {
	on := make([]bool, len(r.m.Trace.Nodes))
	todo := slices.Clone(s.calls[0].In[:min(1, len(s.calls[0].In))])
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if on[n.ID] || n.ID >= s.first {
			continue
		}
		on[n.ID] = true
		if !n.NoValue {
			todo = append(todo, n.In...)
		}
	}
	return on
}

// feeds says how the output of one stack reaches another: at its input, or
// inside its blocks (cross-attention); "" where it does not.
func (r *routes) feeds(from, to *stackRun) string {
	if from == nil || to == nil || from == to {
		return ""
	}
	for id, on := range to.before {
		if on && from.after[id] {
			return "input"
		}
	}
	if from.first > to.first {
		return ""
	}
	for _, c := range to.calls {
		for _, in := range c.In[min(1, len(c.In)):] {
			if from.after[in.ID] {
				return "cross"
			}
		}
	}
	return ""
}

// station is a module with parameters outside of all blocks, or a parameter that is used there directly.
type station struct {
	module *graph.Module
	param  *graph.Param
	path   string
	at     int32 // where it comes into play
	in     []*graph.Node
	out    []*graph.Node
}

// ends lists what runs before a stack's blocks on the way to them, and after
// them on the way out, and the inputs that it is the first to read.
func (r *routes) ends(s *stackRun) (entry, exit []station, inputs []string) {
	if s == nil {
		return nil, nil, nil
	}
	seen := map[string]bool{}
	for _, c := range r.m.Trace.Calls {
		if !c.Leaf || len(c.Out) == 0 || seen[c.Path] || r.inBlocks(c) {
			continue
		}
		m := r.m.Root.Find(c.Path)
		out := c.Out[0].ID
		if m == nil || r.owner(c.First, out) != s {
			continue
		}
		st := station{module: m, path: c.Path, at: c.First, in: c.In, out: c.Out}
		switch {
		case c.First < s.first && s.before[out]:
			seen[c.Path] = true
			entry = append(entry, st)
		case s.after[out]:
			seen[c.Path] = true
			exit = append(exit, st)
		}
	}
	for _, n := range r.m.Trace.Nodes[:s.first] {
		if !s.before[n.ID] || n.Call != nil && r.inBlocks(n.Call) || n.NoValue {
			continue
		}
		for _, x := range n.In {
			if x.Op != "param" || seen[x.Name] || r.owner(n.ID, n.ID) != s {
				continue
			}
			if p := r.m.Root.FindParam(x.Name); p != nil && !r.ownedByLeaf(n) {
				seen[x.Name] = true
				entry = append(entry, station{param: p, path: x.Name, at: n.ID, out: []*graph.Node{x}})
			}
		}
		if n.Op == "input" && r.firstReader(n) == s {
			if name := strings.TrimPrefix(n.Name, "$"); !slices.Contains(inputs, name) {
				inputs = append(inputs, name)
			}
		}
	}
	slices.SortStableFunc(entry, func(a, b station) int { return cmp.Compare(a.at, b.at) })
	return entry, exit, inputs
}

// ownedByLeaf reports whether a node was made inside a leaf module.
func (r *routes) ownedByLeaf(n *graph.Node) bool {
	for c := n.Call; c != nil; c = c.Parent {
		if c.Leaf {
			return true
		}
	}
	return false
}

// row is a group of stations that do not read each other, and how they meet.
type row struct {
	stations []station
	fed      []bool // by station: it reads an input of the model or a station before it
	stream   bool   // what the rows before gave meets them too
	join     string // the operation that takes all of them
}

// rows groups the stations on the way to a stack, in order: those that the same
// operation joins are one row.
func (r *routes) rows(s *stackRun, sts []station) []row {
	if s == nil || len(sts) == 0 {
		return nil
	}
	reach := make([][]bool, len(sts))
	for i, st := range sts {
		reach[i] = r.reach(st.out, s.first)
	}
	inputs := r.reach(r.inputs(), s.first)
	var out []row
	var members []int
	for j, st := range sts {
		fed, reads := false, false
		for _, n := range st.in {
			fed = fed || inputs[n.ID]
			for i := range j {
				fed = fed || reach[i][n.ID]
			}
			for _, i := range members {
				reads = reads || reach[i][n.ID]
			}
		}
		last := len(out) - 1
		if reads || last < 0 {
			out = append(out, row{stations: []station{st}, fed: []bool{fed}})
			members = []int{j}
			continue
		}
		join := r.meeting(s, reach, append(slices.Clone(members), j))
		if len(members) == 1 && !out[last].stream || join == out[last].join {
			out[last].stations = append(out[last].stations, st)
			out[last].fed = append(out[last].fed, fed)
			out[last].join = join
			members = append(members, j)
			continue
		}
		out = append(out, row{stations: []station{st}, fed: []bool{fed}, stream: true, join: join})
		members = append(members, j)
	}
	return out
}

// forks takes what follows a stack apart: the stations that read one another in
// a row, and the heads that part there, each as the stations in its row.
func (r *routes) forks(sts []station) (trunk []station, heads [][]station) {
	if len(sts) == 0 {
		return nil, nil
	}
	limit := int32(len(r.m.Trace.Nodes))
	reach := make([][]bool, len(sts))
	for i, st := range sts {
		reach[i] = r.reach(st.out, limit)
	}
	reads := func(j, i int) bool {
		for _, n := range sts[j].in {
			if reach[i][n.ID] {
				return true
			}
		}
		return false
	}
	j := 1
	for j < len(sts) && reads(j, j-1) {
		j++
	}
	if j == len(sts) {
		return sts, nil
	}
	var rows [][]int
next:
	for i := j - 1; i < len(sts); i++ {
		for k, row := range rows {
			for _, x := range row {
				if reads(i, x) {
					rows[k] = append(rows[k], i)
					continue next
				}
			}
		}
		rows = append(rows, []int{i})
	}
	for _, row := range rows {
		var h []station
		for _, i := range row {
			h = append(h, sts[i])
		}
		heads = append(heads, h)
	}
	return sts[:j-1], heads
}

// meeting is the first operation on the way to a stack that depends on all of some stations.
func (r *routes) meeting(s *stackRun, reach [][]bool, of []int) string {
	for _, n := range r.m.Trace.Nodes[:s.first] {
		all := !n.NoValue && s.before[n.ID]
		for _, i := range of {
			all = all && reach[i][n.ID]
		}
		if all {
			return n.Op
		}
	}
	return ""
}

func (r *routes) inputs() []*graph.Node {
	var out []*graph.Node
	for _, n := range r.m.Trace.Nodes {
		if n.Op == "input" {
			out = append(out, n)
		}
	}
	return out
}

// reach marks what depends on nodes, up to a node ID.
func (r *routes) reach(from []*graph.Node, limit int32) []bool {
	on := make([]bool, len(r.m.Trace.Nodes))
	for _, n := range from {
		on[n.ID] = true
	}
	for _, n := range r.m.Trace.Nodes[:limit] {
		if on[n.ID] || n.NoValue {
			continue
		}
		for _, x := range n.In {
			if on[x.ID] {
				on[n.ID] = true
				break
			}
		}
	}
	return on
}

// owner is the stack that a module outside of blocks belongs to: the last one
// whose output it works on, else the first one that it leads to.
func (r *routes) owner(first, out int32) *stackRun {
	var last *stackRun
	for _, s := range r.runs {
		if s.after[out] && first >= s.last {
			if last == nil || s.last >= last.last {
				last = s
			}
		}
	}
	if last != nil {
		return last
	}
	for _, s := range r.runs {
		if s.before[out] {
			return s
		}
	}
	return nil
}

func (r *routes) firstReader(n *graph.Node) *stackRun {
	for _, s := range r.runs {
		if s.before[n.ID] {
			return s
		}
	}
	return nil
}

func (r *routes) inBlocks(c *graph.Call) bool {
	for p := c.Parent; p != nil; p = p.Parent {
		if p.Leaf {
			return true // a leaf inside a leaf is the outer one's own matter
		}
	}
	for p := c; p != nil; p = p.Parent {
		for _, b := range r.m.Blocks {
			if graph.ScopeNames(b.Scope, p.Path) {
				return true
			}
		}
	}
	return false
}

// joint is the operation at which the output of one stack meets the input of
// another: "cat", "masked_scatter"; "" where there is none.
func (r *routes) joint(from, to *stackRun) string {
	for _, n := range r.m.Trace.Nodes {
		if !to.before[n.ID] || !from.after[n.ID] || len(n.In) < 2 {
			continue
		}
		fresh, fed := false, false
		for _, x := range n.In {
			if from.after[x.ID] {
				fed = true
			} else if to.before[x.ID] && r.fromInput(x, 0) {
				fresh = true
			}
		}
		if fed && fresh {
			return n.Op
		}
	}
	return ""
}

// fromInput reports whether a value comes from a module with parameters.
func (r *routes) fromInput(n *graph.Node, depth int) bool {
	if n.Leaf != nil {
		return true
	}
	if depth > 12 || n.NoValue {
		return false
	}
	for _, x := range n.In {
		if r.fromInput(x, depth+1) {
			return true
		}
	}
	return false
}

// vocabulary is the first table in which the forward looks an input of the model up.
func (r *routes) vocabulary() *graph.Param {
	t := r.m.Trace
	if t == nil {
		return nil
	}
	fed := r.reach(r.inputs(), int32(len(t.Nodes)))
	for _, n := range t.Nodes {
		if n.Op != "embedding" {
			continue
		}
		var table *graph.Param
		looked := false
		for _, x := range n.In {
			if x.Op == "param" {
				table = r.m.Root.FindParam(x.Name)
			} else {
				looked = looked || fed[x.ID]
			}
		}
		if looked && table != nil && len(table.Shape) == 2 {
			return table
		}
	}
	return nil
}
