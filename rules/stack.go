package rules

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// stack is a list of sibling modules that are called one after the other, each
// on what the one before gave: the blocks of an encoder or a decoder.
type stack struct {
	name   string // "main", or the path of the part that holds it
	prefix string // "model.layers", "encoder.layers.*.blocks"
	main   bool
	blocks []*block
	cross  bool
}

// block is one call of one module of a stack.
type block struct {
	stack   *stack
	i       int
	call    *graph.Call
	in, out *graph.Node // the residual stream
	stages  []*stage
	other   string // why the residual structure is not a chain of sums, or ""
	hyper   bool   // several mixed streams
	attns   []*attn
	also    []*graph.Call // further modules of the block, where its parts lie in several lists
	entry   *norm         // on the block's input, before anything else reads it
	loose   []*branch     // the modules that the block calls, where its sums are not understood
	same    *block        // an earlier block that does the same, operation by operation; nil where this is the first
}

// branches are all branches of the block, in order.
func (b *block) branches() []*branch {
	var out []*branch
	for _, st := range b.stages {
		out = append(out, st.branches...)
	}
	return append(out, b.loose...)
}

// own are the blocks that are not the same as an earlier one.
func (s *stack) own() []*block {
	var out []*block
	for _, b := range s.blocks {
		if b.same == nil {
			out = append(out, b)
		}
	}
	return out
}

// once are the blocks without those of later rounds, where some modules are gone
// through again after others. A module that is called several times in a row
// stands for as many layers that share their weights.
func (s *stack) once() []*block {
	var out []*block
	seen, last := map[string]bool{}, ""
	for _, b := range s.blocks {
		if path := b.call.Path; !seen[path] || path == last {
			seen[path] = true
			out = append(out, b)
		}
		last = b.call.Path
	}
	return out
}

// crowd says why a block is none: its module holds several blocks.
const crowd = "the modules of the stack hold several attentions each, one after the other: they are no blocks"

// crowded reports whether a module holds three attentions of its own stream or more.
func (b *block) crowded() bool {
	n := 0
	for i, a := range b.attns {
		if !a.cross && (i == 0 || b.apart(a)) {
			n++
		}
	}
	return n > 2
}

// signature describes what a block does, so that equal blocks are looked at
// once: its operations with their shapes, arguments and places, where operands
// inside the block count from its start, those from before the stack by
// themselves, and others by their distance.
func (f *flow) signature(b *block, start int32) string {
	h := fnv.New128a()
	var buf [8]byte
	num := func(v int64) {
		binary.LittleEndian.PutUint64(buf[:], uint64(v))
		h.Write(buf[:])
	}
	in := root(b.in)
	for id := b.call.First; id < b.call.Last; id++ {
		n := f.node(id)
		if n == nil {
			continue
		}
		h.Write([]byte(n.Op))
		h.Write([]byte(n.DType))
		num(int64(n.At.Line))
		num(int64(id - b.call.First))
		for _, d := range n.Shape {
			num(d)
		}
		for i := range n.Args {
			h.Write([]byte(n.Args[i].Name))
			h.Write([]byte(n.Args[i].Val))
			if n.Args[i].IsNum {
				num(int64(math.Float64bits(n.Args[i].Num)))
			}
		}
		for _, x := range n.In {
			switch {
			case x.Op == "param" || x.Op == "buffer":
				h.Write([]byte(strings.TrimPrefix(x.Name, b.call.Path+".")))
			case x.ID >= b.call.First:
				num(int64(x.ID - b.call.First))
			case root(x) == in:
				num(-1)
			case x.ID < start:
				num(int64(x.ID) + 1<<40)
			default:
				num(int64(x.ID-b.call.First) - 2)
			}
		}
	}
	num(int64(b.out.ID - b.call.First))
	return b.call.Class + string(h.Sum(nil))
}

// chain is a candidate: calls of the elements of one container in order.
type chain struct {
	prefix string
	named  bool // "layer1", "layer2": attributes, not the elements of a list
	calls  []*graph.Call
}

func (f *flow) findStacks() []*stack {
	byPrefix := map[string]*chain{}
	var order []*chain
	for _, c := range f.t.Calls {
		i := strings.LastIndexByte(c.Path, '.')
		last := c.Path[i+1:]
		named := false
		if _, err := strconv.Atoi(last); err != nil {
			last = strings.TrimLeft(last, "abcdefghijklmnopqrstuvwxyz_")
			named = true
			if _, err := strconv.Atoi(last); err != nil {
				continue
			}
		}
		p := strings.TrimRight(c.Path, "0123456789")
		if byPrefix[p] == nil {
			byPrefix[p] = &chain{prefix: strings.TrimSuffix(p, "."), named: named}
			order = append(order, byPrefix[p])
		}
		byPrefix[p].calls = append(byPrefix[p].calls, c)
	}
	var good []*chain
	for _, ch := range order {
		if ch.named && len(ch.calls) == 1 {
			continue // a name that ends in a digit
		}
		if f.isChain(ch) {
			good = append(good, ch)
		}
	}
	inElement := func(a *chain, b *chain) bool { // a lies inside elements of b
		for _, x := range b.calls {
			if a != b && callWithin(a.calls[0].Parent, x) {
				return true
			}
		}
		return false
	}
	var stacks []*stack
	var place func(ch *chain, into *stack)
	place = func(ch *chain, into *stack) {
		var nested []*chain
		for _, o := range good {
			if inElement(o, ch) {
				direct := true
				for _, mid := range good {
					if mid != o && mid != ch && inElement(o, mid) && inElement(mid, ch) {
						direct = false
					}
				}
				if direct {
					nested = append(nested, o)
				}
			}
		}
		if len(nested) > 0 && (f.passThrough(ch, nested) || f.groups(ch, nested)) {
			if into == nil {
				into = &stack{prefix: ch.prefix}
				stacks = append(stacks, into)
			}
			for _, o := range nested {
				place(o, into)
			}
			return
		}
		if into == nil {
			into = &stack{prefix: ch.prefix}
			stacks = append(stacks, into)
		}
		for _, c := range ch.calls {
			into.blocks = append(into.blocks, &block{stack: into, call: c, i: len(into.blocks)})
		}
	}
	for _, ch := range good {
		top := true
		for _, o := range good {
			if inElement(ch, o) {
				top = false
			}
		}
		if top {
			place(ch, nil)
		}
	}
	stacks = f.weave(f.join(stacks))
	f.enliven(stacks)
	for _, s := range stacks {
		sort.SliceStable(s.blocks, func(i, j int) bool { return s.blocks[i].call.ID < s.blocks[j].call.ID })
		for i, b := range s.blocks {
			b.i = i
		}
		f.streams(s)
	}
	return stacks
}

// join makes one stack of those whose modules lie in lists of one list and are
// called one list after the other: "block.0.*", "block.1.*".
func (f *flow) join(stacks []*stack) []*stack {
	var out []*stack
	for _, s := range stacks {
		joined := false
		head, _, tail, ok := stageOf(s.prefix + ".")
		for _, o := range out {
			h, _, t, k := stageOf(o.prefix + ".")
			if !ok || !k || h != head || t != tail || o.blocks[0].call.Class != s.blocks[0].call.Class {
				continue
			}
			if f.feeds(o.blocks[len(o.blocks)-1].call, s.blocks[0].call) {
				o.blocks = append(o.blocks, s.blocks...)
				for i, b := range o.blocks {
					b.stack, b.i = o, i
				}
				joined = true
				break
			}
		}
		if !joined {
			out = append(out, s)
		}
	}
	return out
}

// weave joins stacks whose modules are called in turn: the attention of layer 0
// from one list, its feed-forward from another, and so on.
func (f *flow) weave(stacks []*stack) []*stack {
	gone := map[*stack]bool{}
	for _, a := range stacks {
		for _, b := range stacks {
			n := len(a.blocks)
			if a == b || gone[a] || gone[b] || n < 2 || len(b.blocks) != n {
				continue
			}
			turn := true
			for k := range n {
				turn = turn && a.blocks[k].call.Last <= b.blocks[k].call.First
				if k+1 < n {
					turn = turn && b.blocks[k].call.Last <= a.blocks[k+1].call.First
				}
			}
			if turn && f.handsOn(a) {
				gone[b] = true // heads that are asked after each block
				continue
			}
			if turn {
				for k := range n {
					a.blocks[k].also = append(a.blocks[k].also, b.blocks[k].call)
				}
				gone[b] = true
			}
		}
	}
	var out []*stack
	for _, s := range stacks {
		if !gone[s] {
			out = append(out, s)
		}
	}
	return out
}

// handsOn reports whether each block of a stack gets exactly what the one
// before gave: what is called between them is not part of the blocks.
func (f *flow) handsOn(s *stack) bool {
	for k := 1; k < len(s.blocks); k++ {
		same := false
		for _, x := range s.blocks[k].call.In {
			for _, o := range s.blocks[k-1].call.Out {
				same = same || f.content[o.ID] && root(x) == root(o)
			}
		}
		if !same {
			return false
		}
	}
	return true
}

// isChain reports whether each call gets what the one before gave and does
// enough to be a block: at least two learned products, not a leaf.
func (f *flow) isChain(ch *chain) bool {
	for i, c := range ch.calls {
		if c.Leaf || len(c.In) == 0 || len(c.Out) == 0 {
			return false
		}
		if i > 0 {
			if !f.feeds(ch.calls[i-1], c) {
				return false
			}
		}
	}
	c := ch.calls[0]
	n := 0
	for id := c.First; id < c.Last; id++ {
		x := f.node(id)
		if x == nil {
			continue
		}
		if x.Op != "add" && f.projection(x) != nil {
			n++
		}
	}
	return n >= 2
}

func (f *flow) feeds(a, b *graph.Call) bool {
	for _, x := range b.In {
		if !f.content[x.ID] {
			continue
		}
		for _, o := range a.Out {
			if f.content[o.ID] && (root(x) == root(o) || f.depends(x, o)) {
				return true
			}
		}
	}
	return false
}

// passThrough reports whether the elements of ch are mere stages: they hold
// lists of equal modules and add nothing to the stream themselves.
func (f *flow) passThrough(ch *chain, nested []*chain) bool {
	for _, n := range nested {
		for _, c := range n.calls[1:] {
			if c.Class != n.calls[0].Class {
				return false
			}
		}
	}
	c := ch.calls[0]
	for id := c.First; id < c.Last; id++ {
		x := f.node(id)
		if x == nil || x.Op != "add" || len(x.In) != 2 || !f.content[x.In[0].ID] || !f.content[x.In[1].ID] {
			continue
		}
		inside := false
		for _, n := range nested {
			for _, nc := range n.calls {
				inside = inside || within(x, nc)
			}
		}
		if !inside {
			return false
		}
	}
	return true
}

// groups reports whether the elements of ch are groups of blocks: every
// attention in them lies in one of the blocks that they list, and every one of
// those, two or more in each group, has one.
func (f *flow) groups(ch *chain, nested []*chain) bool {
	attends := map[*graph.Call]bool{} // calls with an attention somewhere within
	var at []*graph.Node
	for _, n := range f.t.Nodes {
		if n.Op == "softmax" || n.Op == "scaled_dot_product_attention" {
			at = append(at, n)
			for c := n.Call; c != nil; c = c.Parent {
				attends[c] = true
			}
		}
	}
	for _, c := range ch.calls {
		listed := 0
		for _, n := range nested {
			for _, nc := range n.calls {
				if callWithin(nc, c) {
					listed++
					if !attends[nc] {
						return false
					}
				}
			}
		}
		if listed < 2 {
			return false
		}
		for _, n := range at {
			inside := !within(n, c)
			for _, o := range nested {
				for _, nc := range o.calls {
					inside = inside || within(n, nc)
				}
			}
			if !inside {
				return false
			}
		}
	}
	return true
}

// streamAt says which argument and which result of the blocks is the residual
// stream; -1 where the stack has one block or none is handed on.
func (f *flow) streamAt(s *stack) (inAt, outAt int) {
	inAt, outAt = -1, -1
	for i := 1; i < len(s.blocks) && inAt < 0; i++ {
		a, b := s.blocks[i-1].call, s.blocks[i].call
		for oi, o := range a.Out {
			for xi, x := range b.In {
				if inAt < 0 && f.content[x.ID] && (root(x) == root(o)) {
					inAt, outAt = xi, oi
				}
			}
		}
		for oi, o := range a.Out {
			for xi, x := range b.In {
				if inAt < 0 && f.content[x.ID] && f.content[o.ID] && f.depends(x, o) {
					inAt, outAt = xi, oi
				}
			}
		}
	}
	return inAt, outAt
}

// enliven marks the streams that begin with constants or parameters (queries of
// zeros, learned queries) as content from their first block on, and reports
// whether there are any.
func (f *flow) enliven(stacks []*stack) bool {
	found := false
	for _, s := range stacks {
		i, _ := f.streamAt(s)
		first := s.blocks[0].call
		if i < 0 || i >= len(first.In) {
			continue
		}
		if x := first.In[i]; !f.content[x.ID] && len(x.Shape) >= 2 && !isInt(x.DType) && x.DType != "bool" {
			f.seeds[x], found = true, true
		}
	}
	if found {
		f.markContent()
		f.norms, f.normOut = nil, map[*graph.Node]*norm{}
		f.findNorms()
	}
	return found
}

// streams finds which input and output of each block is the residual stream.
func (f *flow) streams(s *stack) {
	pick := func(ns []*graph.Node) int {
		for i, n := range ns {
			if f.content[n.ID] && len(n.Shape) >= 2 && !isInt(n.DType) {
				return i
			}
		}
		return 0
	}
	inAt, outAt := f.streamAt(s)
	for _, b := range s.blocks {
		xi, oi := inAt, outAt
		if xi < 0 || xi >= len(b.call.In) || !f.content[b.call.In[xi].ID] {
			xi = pick(b.call.In)
		}
		if oi < 0 || oi >= len(b.call.Out) {
			oi = pick(b.call.Out)
		}
		b.in, b.out = b.call.In[xi], b.call.Out[oi]
	}
	first := map[string]*block{}
	for _, b := range s.blocks {
		if len(b.also) > 0 {
			b.other = spread
			f.loosen(b, append([]*graph.Call{b.call}, b.also...))
			continue
		}
		sig := f.signature(b, s.blocks[0].call.First)
		if e := first[sig]; e != nil {
			b.same = e
			continue
		}
		first[sig] = b
		f.residual(b)
		if b.other != "" {
			b.stages = nil
			if info := f.calls[b.call]; info != nil {
				f.loosen(b, info.children)
			}
		}
	}
}

// stage is one sum into the stream.
type stage struct {
	add      *graph.Node
	carrier  *graph.Node // the stream before
	branches []*branch
	norm     *norm   // on the sum, so that the stream itself is normalised
	scaled   *factor // a factor on the stream itself
}

// branch is what is added to the stream.
type branch struct {
	term  *graph.Node // as added
	out   *graph.Node // without its scale and norm
	scale []factor    // factors on the branch; node is a parameter's product where learned
	learn *graph.Node // LayerScale: the product with a parameter
	post  *norm       // on the whole branch, before the add
	pre   []*norm     // on the stream, before the branch
	reads []*graph.Node
	nodes map[*graph.Node]bool
	call  *graph.Call
	kind  string // attention, mixer, mlp, moe
	attns []*attn
	mlp   *mlp
	moe   *moe
	mix   *mixer
}

// residual takes the block's output apart into sums into the stream.
func (f *flow) residual(b *block) {
	in := root(b.in)
	memo := map[*graph.Node]int{}
	var cost func(n *graph.Node) int
	const no = 1 << 20
	inBlock := func(n *graph.Node) bool { return n.ID >= b.call.First && n.ID < b.call.Last }
	cost = func(n *graph.Node) int {
		n = root(n)
		if n == in {
			return 0
		}
		if c, ok := memo[n]; ok {
			return c
		}
		memo[n] = no
		c := no
		switch {
		case !inBlock(n):
		case f.normOut[n] != nil:
			c = 8 + cost(f.normOut[n].in)
		case n.Op == "add" && len(n.In) == 2 && f.content[n.In[0].ID] && f.content[n.In[1].ID]:
			c = 1 + min(cost(n.In[0]), cost(n.In[1]))
		case layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape):
			c = cost(n.In[0])
		case f.shifted(n) != nil:
			c = 2 + cost(f.shifted(n))
		case n.Op == "mul" || n.Op == "div":
			if x, _, ok := f.scaling(n); ok {
				c = 2 + cost(x)
			} else if x, _ := f.learnedScale(n); x != nil {
				c = 2 + cost(x)
			}
		case n.Op == "setitem" && len(n.In) > 0 && !slices.ContainsFunc(n.In[1:], func(w *graph.Node) bool { return f.content[w.ID] }):
			c = cost(n.In[0])
		case n.Op == "where" || n.Op == "masked_fill":
			for _, x := range n.In {
				if f.content[x.ID] {
					c = min(c, 1+cost(x))
				}
			}
		}
		memo[n] = min(c, no)
		return memo[n]
	}
	if root(b.out) == in {
		b.other = "the block gives back its input"
		return
	}
	if f.severalStreams(b) {
		b.other, b.hyper = "several streams are mixed", true
		return
	}
	if cost(b.out) >= no {
		b.other = "its output is no sum with its input"
		return
	}
	cur := root(b.out)
	var pending *norm
	var scaled *factor
	for cur != in {
		switch {
		case f.normOut[cur] != nil:
			u := f.normOut[cur]
			pending = u
			cur = root(u.in)
			continue
		case layouts[cur.Op] || cur.Op == "setitem":
			cur = root(cur.In[0])
			continue
		case f.shifted(cur) != nil:
			cur = root(f.shifted(cur))
			continue
		case cur.Op == "where" || cur.Op == "masked_fill":
			best := cur.In[0]
			for _, x := range cur.In {
				if f.content[x.ID] && cost(x) < cost(best) || !f.content[best.ID] {
					best = x
				}
			}
			cur = root(best)
			continue
		case cur.Op == "mul" || cur.Op == "div":
			if x, c, ok := f.scaling(cur); ok {
				scaled = &c
				cur = root(x)
			} else {
				x, w := f.learnedScale(cur)
				scaled = &factor{v: 0, node: w}
				cur = root(x)
			}
			continue
		}
		// a sum
		st := &stage{add: cur, norm: pending, scaled: scaled}
		pending, scaled = nil, nil
		c, o := cur.In[0], cur.In[1]
		if cost(o) < cost(c) {
			c, o = o, c
		}
		st.carrier = root(c)
		var terms []*graph.Node
		var split func(n *graph.Node)
		split = func(n *graph.Node) {
			r := root(n)
			if r.Op == "add" && len(r.In) == 2 && r.Call == cur.Call && f.content[r.In[0].ID] && f.content[r.In[1].ID] && f.projection(r) == nil && f.normOut[r] == nil {
				split(r.In[0])
				split(r.In[1])
				return
			}
			terms = append(terms, n)
		}
		split(o)
		if f.chained(terms, map[*graph.Node]bool{in: true, st.carrier: true}) {
			terms = []*graph.Node{o} // a residual inside of the branch
		}
		for _, t := range terms {
			st.branches = append(st.branches, &branch{term: t})
		}
		b.stages = append(b.stages, st)
		cur = st.carrier
	}
	for i, j := 0, len(b.stages)-1; i < j; i, j = i+1, j-1 {
		b.stages[i], b.stages[j] = b.stages[j], b.stages[i]
	}
	stream := map[*graph.Node]bool{in: true}
	for _, st := range b.stages {
		stream[st.carrier] = true
		stream[root(st.add)] = true
		if st.norm != nil {
			stream[root(st.norm.out)] = true
		}
	}
	normed := false // some branch norms its own input
	for _, st := range b.stages {
		for _, br := range st.branches {
			f.openBranch(b, br, stream)
			for _, u := range br.pre {
				normed = normed || u != pending
			}
		}
	}
	if pending == nil || len(b.stages) == 0 {
		return
	}
	// the residual is taken after a norm of the block's input: a norm of the
	// stream itself, unless every branch has its own as well
	first := b.stages[0]
	if !normed && first.norm == nil {
		first.norm = pending
	} else {
		b.entry = pending
	}
	if !normed { // a norm of the stream, and none of the branches'
		for _, br := range first.branches {
			br.pre = slices.DeleteFunc(br.pre, func(u *norm) bool { return u == pending })
		}
	}
}

// shifted gives x where n is x plus a learned vector.
func (f *flow) shifted(n *graph.Node) *graph.Node {
	if n.Op != "add" || len(n.In) != 2 || f.projection(n) != nil {
		return nil
	}
	for i := range 2 {
		w := weightLike(n.In[i])
		if w != nil && w.Op == "param" && len(w.Shape) <= 1 && f.content[n.In[1-i].ID] {
			return n.In[1-i]
		}
	}
	return nil
}

// chained reports whether one of the terms is computed from another.
func (f *flow) chained(terms []*graph.Node, stop map[*graph.Node]bool) bool {
	for i, a := range terms {
		for k, b := range terms {
			if i != k && f.dependsUntil(a, root(b), stop) {
				return true
			}
		}
	}
	return false
}

// dependsUntil reports whether a is computed from b, going back no further
// than the nodes in stop.
func (f *flow) dependsUntil(a, b *graph.Node, stop map[*graph.Node]bool) bool {
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{a}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if n == b {
			return true
		}
		if n.ID < b.ID || seen[n] || stop[n] || n.NoValue || shapeOnly[n.Op] {
			continue
		}
		seen[n] = true
		work = append(work, n.In...)
	}
	return false
}

// severalStreams reports whether the block's input is several streams: the
// modules of its branches read one axis less, which is no reshaping, and so
// many times fewer elements.
func (f *flow) severalStreams(b *block) bool {
	info := f.calls[b.call]
	if info == nil || len(b.in.Shape) < 4 || lastDim(b.in) != lastDim(b.out) || numel(b.in.Shape) != numel(b.out.Shape) {
		return false
	}
	found := false
	for _, c := range info.children {
		if !f.learns(c) {
			continue
		}
		for _, x := range c.In {
			if !f.content[x.ID] || isInt(x.DType) || lastDim(x) != lastDim(b.in) || len(x.Shape) < 2 {
				continue
			}
			if len(x.Shape) != len(b.in.Shape)-1 {
				return false
			}
			k := numel(b.in.Shape) / max(1, numel(x.Shape))
			if k < 2 || k*numel(x.Shape) != numel(b.in.Shape) {
				return false
			}
			found = true
			break
		}
	}
	return found
}

// learns reports whether a call holds two learned products, as branches do.
func (f *flow) learns(c *graph.Call) bool {
	n := 0
	for id := c.First; id < c.Last && n < 2; id++ {
		if x := f.node(id); x != nil && x.Op != "add" && f.projection(x) != nil {
			n++
		}
	}
	return n >= 2
}

// spread says why the sums of a block are not looked for.
const spread = "the parts of a block lie in several lists of modules"

// loosen takes module calls for the branches of a block.
func (f *flow) loosen(b *block, calls []*graph.Call) {
	for _, c := range calls {
		if len(c.Out) == 0 || len(c.In) == 0 {
			continue
		}
		n := 0
		for id := c.First; id < c.Last; id++ {
			if x := f.node(id); x != nil && f.projection(x) != nil {
				n++
			}
		}
		var out *graph.Node
		for _, o := range c.Out {
			if out == nil && f.content[o.ID] && !isInt(o.DType) {
				out = root(o)
			}
		}
		if n < 2 || out == nil {
			continue
		}
		br := &branch{term: out, out: out, call: c, nodes: map[*graph.Node]bool{}}
		for id := c.First; id < c.Last; id++ {
			if x := f.node(id); x != nil {
				br.nodes[x] = true
			}
		}
		f.looseNorms(br, b.call)
		b.loose = append(b.loose, br)
	}
}

// looseNorms finds the norms of what a module reads and of what it gives,
// where the block's sums are not understood.
func (f *flow) looseNorms(br *branch, block *graph.Call) {
	for _, x := range br.call.In {
		if u := f.normOut[root(x)]; u != nil && f.content[x.ID] && within(u.core, block) && !within(u.core, br.call) {
			br.pre = append(br.pre, u)
			break
		}
	}
	// inside of the module, on what it reads
	if len(br.pre) == 0 && len(br.call.In) > 0 {
		for _, u := range f.norms {
			if within(u.core, br.call) && root(u.in) == root(br.call.In[0]) {
				br.pre = append(br.pre, u)
				break
			}
		}
	}
	for _, u := range f.norms {
		if within(u.core, block) && !within(u.core, br.call) && root(u.in) == br.out {
			br.post = u
		}
	}
}

// joined gives the stream where n is the stream plus, or beside, something else.
func (f *flow) joined(n *graph.Node, stream map[*graph.Node]bool) *graph.Node {
	n = root(n)
	if stream[n] || n.Op != "cat" && (n.Op != "add" || len(n.In) != 2) {
		return nil
	}
	for _, x := range n.In {
		if stream[root(x)] {
			return root(x)
		}
	}
	return nil
}

// learnedScale recognises x * w with a parameter w, or with what is computed
// from parameters alone.
func (f *flow) learnedScale(n *graph.Node) (x, w *graph.Node) {
	if n.Op != "mul" || len(n.In) != 2 {
		return nil, nil
	}
	for i := range 2 {
		w, x := n.In[i], n.In[1-i]
		if p := weightLike(w); p != nil && p.Op == "param" && f.content[x.ID] {
			return x, p
		}
		if f.content[x.ID] && !f.content[w.ID] && lastDim(w) == lastDim(x) && f.learned(w) && !f.moves(w) {
			return x, w
		}
	}
	return nil, nil
}

// moves reports whether a value without content depends on positions or on
// anything else that is no parameter.
func (f *flow) moves(n *graph.Node) bool {
	for m := range f.slice(n, nil, nil) {
		if m.Op != "param" && len(m.In) == 0 && m.Op != "const" {
			return true
		}
	}
	return false
}

// openBranch finds a branch's factors, norms and what it reads from the stream.
func (f *flow) openBranch(b *block, br *branch, stream map[*graph.Node]bool) {
	n := root(br.term)
	for {
		n = root(n)
		if x, c, ok := f.scaling(n); ok {
			br.scale = append(br.scale, c)
			n = x
			continue
		}
		if x, w := f.learnedScale(n); x != nil && f.normOut[n] == nil {
			br.learn = n
			_ = w
			n = x
			continue
		}
		if x := f.shifted(n); x != nil && f.normOut[n] == nil && !stream[n] {
			n = x
			continue
		}
		if n.Op == "sub" && len(n.In) == 2 && stream[root(n.In[1])] && !stream[root(n.In[0])] && (br.learn != nil || len(br.scale) > 0) {
			n = n.In[0] // x + a * (y - x): part of the way from x to y
			continue
		}
		if u := f.normOut[n]; u != nil && br.post == nil && !stream[root(u.in)] {
			br.post = u
			n = u.in
			continue
		}
		if layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape) {
			n = n.In[0]
			continue
		}
		if x := f.convolved(n); x != nil {
			n = x
			continue
		}
		break
	}
	br.out = n
	br.nodes = map[*graph.Node]bool{}
	seenNorm := map[*norm]bool{}
	var walk func(n *graph.Node)
	walk = func(n *graph.Node) {
		if br.nodes[n] || n.ID < b.call.First && !stream[n] {
			return
		}
		r := root(n)
		if stream[r] {
			br.reads = appendNode(br.reads, r)
			return
		}
		br.nodes[n] = true
		if u := f.normOut[n]; u != nil {
			if r := f.joined(u.in, stream); r != nil {
				if !seenNorm[u] {
					seenNorm[u] = true
					br.pre = append(br.pre, u)
				}
				br.reads = appendNode(br.reads, r)
			}
			if s := base(u.in); stream[root(u.in)] || stream[s] {
				if !seenNorm[u] {
					seenNorm[u] = true
					br.pre = append(br.pre, u)
				}
				if stream[root(u.in)] {
					br.reads = appendNode(br.reads, root(u.in))
				} else {
					br.reads = appendNode(br.reads, s)
				}
				return
			}
		}
		if n.NoValue || shapeOnly[n.Op] {
			return
		}
		for _, x := range n.In {
			walk(x)
		}
	}
	walk(br.out)
	// the module whose call made the branch
	for c := br.out.Call; c != nil && c != b.call; c = c.Parent {
		br.call = c
	}
	if br.call == nil {
		br.call = b.call
	}
}

// convolved gives x where n is x plus a convolution of x along the sequence.
func (f *flow) convolved(n *graph.Node) *graph.Node {
	if n.Op != "add" || len(n.In) != 2 || !f.content[n.In[0].ID] || !f.content[n.In[1].ID] {
		return nil
	}
	for i := range 2 {
		x := root(n.In[i])
		ps, stops := f.nearest(n.In[1-i], map[*graph.Node]bool{x: true})
		if len(ps) == 0 && len(stops) == 1 && root(n.In[1-i]) != x {
			return x
		}
	}
	return nil
}

func appendNode(ns []*graph.Node, n *graph.Node) []*graph.Node {
	for _, x := range ns {
		if x == n {
			return ns
		}
	}
	return append(ns, n)
}
