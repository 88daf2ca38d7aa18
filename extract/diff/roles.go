package diff

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// tensor is a parameter, folded over equal layers.
type tensor struct {
	name   string // model.layers.*.mlp.up_proj.weight
	first  string // the path of the first that it stands for
	p      *graph.Param
	module string // what owns the first
	at     graph.Span
	role   role
	layout string // how the parts of a fused matrix lie: "gate|up", "gate,up interleaved"
	turned bool   // multiplied as it lies (in x out), not as torch's Linear does
	taken  bool
}

// tied is where a parameter is that is one with another.
const tied = "tied to"

// outer are the parts of a model outside of blocks.
var outer = [2]string{"before the blocks", "after the blocks"}

// role is what a parameter does. where is its block, or the part of the model
// outside of blocks; what its place there; slot its part of the module.
type role struct{ where, what, slot string }

func (r role) String() string {
	if r.what == "" {
		return ""
	}
	switch r.where {
	case outer[0], outer[1]:
		return r.what + " " + r.slot + " " + r.where
	case tied:
		return r.where + " " + r.what
	}
	where := strings.TrimPrefix(r.where, "main ")
	where = strings.TrimSpace(strings.TrimSuffix(where, "block"))
	return strings.TrimSpace(where + " " + r.what + " " + r.slot)
}

// tensors are the parameters of a model, folded, with their roles.
func tensors(m *graph.Model) []*tensor {
	if m.Root == nil {
		return nil
	}
	l := &lister{m: m, heads: map[string]bool{}, by: map[string]*tensor{}, paths: map[string]*tensor{}, count: map[string]int{}}
	for _, b := range m.Blocks {
		for _, s := range strings.Split(b.Scope, ", ") {
			if h, ok := head(s); ok {
				l.heads[h] = true
			}
		}
	}
	l.walk(m.Root, "", "")
	l.uses()
	l.products()
	stacks := map[string]string{}
	for _, b := range m.Blocks {
		name := b.Stack
		if name != "main" {
			if stacks[name] == "" {
				stacks[name] = fmt.Sprintf("stack %d", len(stacks)+1)
			}
			name = stacks[name]
		}
		l.block(&b, name)
	}
	for _, b := range m.Blocks {
		name := b.Stack
		if name != "main" {
			name = stacks[name]
		}
		l.routers(&b, name)
		l.rest(firstOf(b.Scope), name+" block")
	}
	l.outside()
	for _, t := range l.list { // one with another parameter: nothing uses it under its own name
		if o := l.paths[t.p.Tied]; t.p.Tied != "" && o != nil && o.role.what != "" {
			t.role = role{tied, o.role.where + " " + o.role.what, o.role.slot}
		}
	}
	return l.list
}

// head is what lies before the index in a scope.
func head(scope string) (string, bool) {
	parts := splitPath(scope)
	for i, p := range parts {
		if p == "*" || strings.HasPrefix(p, "{") || isIndex(p) && i == len(parts)-1 {
			return strings.Join(parts[:i], "."), i > 0
		}
	}
	return "", false
}

// isIndex reports whether a name is a number.
func isIndex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// firstOf is the first module that a scope stands for.
func firstOf(scope string) string {
	parts := splitPath(strings.Split(scope, ", ")[0])
	for i, p := range parts {
		if p == "*" {
			parts[i] = "0"
		} else if strings.HasPrefix(p, "{") {
			p = strings.Trim(p, "{}")
			parts[i] = p[:len(p)-len(strings.TrimLeft(p, "0123456789"))]
		}
	}
	return strings.Join(parts, ".")
}

type lister struct {
	m     *graph.Model
	heads map[string]bool // paths of the lists of blocks
	list  []*tensor
	by    map[string]*tensor // by folded name
	paths map[string]*tensor // by path
	order map[*tensor]int    // of first use
	used  map[*tensor]*graph.Node
	count map[string]int // of parameters by what uses them
	parts []string       // what belongs to another part of the block in hand
}

func (l *lister) walk(m *graph.Module, path, folded string) {
	for i := range m.Params {
		p := &m.Params[i]
		name, full := join(folded, p.Name), join(path, p.Name)
		t := l.by[name]
		if t == nil {
			t = &tensor{name: name, first: full, p: p, module: path, at: p.At}
			if len(m.Children) == 0 && !m.Made.IsZero() {
				t.at = m.Made // says more than the line inside of the layer's class
			}
			l.by[name] = t
			l.list = append(l.list, t)
		}
		l.paths[full] = t
	}
	alike := l.heads[path] || m.Class == "ModuleList" && len(m.Children) > 1 && sameChildren(m)
	for _, c := range m.Children {
		name := c.Name
		if alike && isIndex(name) {
			name = "*"
		}
		l.walk(c, join(path, c.Name), join(folded, name))
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

// sameChildren reports whether the modules of a list are of one class with
// modules inside, as experts are.
func sameChildren(m *graph.Module) bool {
	for _, c := range m.Children {
		if c.Class != m.Children[0].Class || len(c.Children) == 0 {
			return false
		}
	}
	return true
}

// uses notes the first operation on each parameter.
func (l *lister) uses() {
	l.order, l.used = map[*tensor]int{}, map[*tensor]*graph.Node{}
	if l.m.Trace == nil {
		return
	}
	carries := map[*graph.Node]*tensor{} // a parameter, cast or reshaped
	for _, n := range l.m.Trace.Nodes {
		if n.Op == "param" {
			if t := l.paths[n.Name]; t != nil {
				carries[n] = t
			}
			continue
		}
		if n.NoValue {
			continue
		}
		for i, in := range n.In {
			t := carries[in]
			if t == nil {
				continue
			}
			if len(n.In) == 1 && (carrying[n.Op] || n.Op == "add") { // 1 + w is still w
				carries[n] = t
				continue
			}
			if _, ok := l.order[t]; ok {
				continue
			}
			l.order[t] = len(l.order)
			l.used[t] = n
			rank := len(t.p.Shape)
			switch {
			case rank >= 2:
				t.role.slot = "weight"
			case n.Op == "add" || n.Op == "sub" || n.Op == "addmm" || i == 2:
				t.role.slot = "bias"
			default:
				t.role.slot = "weight"
			}
		}
	}
}

// carrying are operations after which a parameter is still that parameter.
var carrying = map[string]bool{"to": true, "float": true, "type_as": true, "view": true, "reshape": true, "unsqueeze": true,
	"expand": true, "contiguous": true, "clone": true, "half": true, "bfloat16": true, "squeeze": true}

func (l *lister) set(t *tensor, where, what string) {
	if t.role.what == "" && t.role.slot != "" {
		t.role.where, t.role.what = where, what
	}
}

// owned are the parameters of the module, or the parameter, that an equation
// calls name below base.
func (l *lister) owned(base, name string) []*tensor {
	var found, module []*tensor
	where := ""
	for _, t := range l.list { // the very path
		if !l.elsewhere(t) && (t.first == join(base, name) || t.module == join(base, name)) {
			found = append(found, t)
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, t := range l.list {
		if base != "" && !strings.HasPrefix(t.first, base+".") || l.elsewhere(t) {
			continue
		}
		if rest := strings.TrimPrefix(t.first, base+"."); rest == name || strings.HasSuffix(rest, "."+name) {
			found = append(found, t)
		}
		if rest := strings.TrimPrefix(t.module, base+"."); t.module != base && (rest == name || strings.HasSuffix(rest, "."+name)) || t.module == base && strings.HasSuffix(base, "."+name) {
			if where != "" && where != t.module {
				return nil // not clear which
			}
			where = t.module
			module = append(module, t)
		}
	}
	if len(module) > 0 && len(found) == 0 {
		return module
	}
	if len(found) == 1 && len(module) == 0 {
		return found
	}
	return nil
}

// elsewhere reports whether a parameter belongs to another part.
func (l *lister) elsewhere(t *tensor) bool {
	for _, p := range l.parts {
		if strings.HasPrefix(t.first, p+".") {
			return true
		}
	}
	return false
}

// in is owned, looking in the whole block for what lies not below the part.
func (l *lister) in(base, block, name string) []*tensor {
	if ts := l.owned(base, name); len(ts) > 0 {
		return ts
	}
	return l.owned(block, name)
}

// call is a name that an equation applies: where it starts and where its
// brackets close.
type call struct {
	name      string
	from, end int
	open      int
}

func calls(text string) []call {
	var out []call
	for i := 0; i < len(text); i++ {
		if !isLetter(text[i]) {
			continue
		}
		j := i
		for j < len(text) && (isLetter(text[j]) || text[j] == '.' || text[j] >= '0' && text[j] <= '9') {
			j++
		}
		if j < len(text) && text[j] == '(' {
			depth, k := 0, j
			for ; k < len(text); k++ {
				if text[k] == '(' {
					depth++
				} else if text[k] == ')' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			out = append(out, call{text[i:j], i, k, j})
		}
		i = j - 1
	}
	return out
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (c call) holds(d call) bool { return c.from < d.from && d.end <= c.end }

func statements(flow string) []string {
	return strings.FieldsFunc(flow, func(r rune) bool { return r == '\n' || r == ';' })
}

// block gives roles to the parameters of one kind of block.
func (l *lister) block(b *graph.Block, stack string) {
	base := firstOf(b.Scope)
	seen := map[string]int{}
	for _, p := range b.Parts {
		kind := p.Kind
		if seen[p.Kind]++; seen[p.Kind] > 1 {
			kind += " " + strconv.Itoa(seen[p.Kind])
		}
		where := stack + " " + kind
		at := firstOf(p.Scope)
		if p.Scope == "" {
			at = join(base, p.Module)
		}
		for _, o := range b.Parts {
			if s := firstOf(o.Scope); o.Scope != "" && strings.HasPrefix(s, at+".") {
				l.parts = append(l.parts, s)
			}
		}
		if strings.Contains(p.Kind, "attention") {
			l.attention(p.Flow, at, base, where)
		} else {
			l.feedForward(p.Flow, at, base, where)
		}
		l.parts = nil
	}
	l.norms(b, base, stack)
}

// routers gives its role to what the experts of a block are chosen by: the
// matrix that a choice of the largest comes from, and its bias.
func (l *lister) routers(b *graph.Block, stack string) {
	if l.m.Trace == nil || !slices.ContainsFunc(b.Parts, func(p graph.Part) bool { return p.Kind == "moe" }) {
		return
	}
	base := firstOf(b.Scope)
	for _, n := range l.m.Trace.Nodes {
		if n.Op != "topk" || n.Call == nil || !strings.HasPrefix(n.Call.Path, base+".") || len(n.In) == 0 {
			continue
		}
		x := n.In[0]
		for range 12 { // back along the scores
			x = inner(x)
			var weight *tensor
			for _, i := range x.In {
				if t := l.paths[inner(i).Name]; inner(i).Op == "param" && t != nil && len(t.p.Shape) == 2 {
					weight = t
				}
			}
			if weight != nil {
				for _, t := range l.list {
					if t.module == weight.module && (t == weight || len(t.p.Shape) == 1 && l.used[t] == l.used[weight]) {
						l.set(t, stack+" moe", "router")
					}
				}
				break
			}
			if len(x.In) == 0 {
				break
			}
			x = x.In[0]
		}
	}
}

// attention reads `q = rope(q_norm(q_proj(x))); ...` and `y = o_proj(...)`.
func (l *lister) attention(flow, base, block, where string) {
	sides := map[*tensor][]string{}
	depth := map[*tensor]int{}
	vector := map[*tensor]bool{} // of a norm
	latent := map[*tensor]bool{} // one of several matrices on the way to a side
	chain := map[string]int{}    // matrices by side
	var order []*tensor
	for _, s := range statements(flow) {
		lhs, rhs, ok := strings.Cut(s, "=")
		if !ok {
			continue
		}
		lhs = strings.ReplaceAll(strings.ReplaceAll(lhs, " ", ""), ",", "")
		n := map[bool]int{}
		module := map[string]int{}
		for _, c := range calls(rhs) {
			ts := l.in(base, block, c.name)
			if len(ts) == 0 {
				continue
			}
			flat := isNorm(ts)
			d, ok := module[c.name]
			if !ok && lhs == "y" && !flat && n[flat] == 0 && !outermost(rhs, c) {
				n[flat] = 1 // not the output projection, which the block may have
			}
			if !ok {
				d = n[flat]
				module[c.name] = d
				n[flat]++
				chain[lhs] = max(chain[lhs], n[false])
			}
			for _, t := range ts {
				if len(sides[t]) == 0 {
					order = append(order, t)
					depth[t], vector[t] = d, flat
				}
				if !slices.Contains(sides[t], lhs) {
					sides[t] = append(sides[t], lhs)
				}
			}
		}
	}
	for _, t := range order {
		for _, side := range sides[t] {
			latent[t] = latent[t] || chain[side] > 1 && side != "y"
		}
		flat := vector[t]
		what := strings.Join(sides[t], "")
		if what == "y" {
			what = "o"
		}
		if latent[t] {
			what += " latent"
		}
		if flat {
			what += " norm"
		}
		if d := depth[t]; d > 0 {
			what += " " + strconv.Itoa(d+1)
		}
		l.set(t, where, what)
	}
}

// outermost reports whether a call makes the whole right side.
func outermost(rhs string, c call) bool { return strings.TrimLeft(rhs[:c.from], " (") == "" }

// isNorm reports whether a module has vectors only.
func isNorm(ts []*tensor) bool {
	for _, t := range ts {
		if len(t.p.Shape) > 1 {
			return false
		}
	}
	return len(ts) > 0
}

// feedForward reads `y = down(act(gate(x)) * up(x))`, or the same with
// `g, u = split(gate_up(x))` before it.
func (l *lister) feedForward(flow, base, block, where string) {
	for _, s := range statements(flow) {
		lhs, rhs, ok := strings.Cut(s, "=")
		if !ok {
			continue
		}
		lhs = strings.ReplaceAll(strings.TrimSpace(lhs), " ", "")
		cs := calls(rhs)
		result := lhs == "y" || lhs == "e" // of the layer, or of one expert
		if !result && lhs != "g,u" && lhs != "u,g" && strings.HasSuffix(where, "moe") {
			continue // the router, which routers finds
		}
		var known []call
		tensorsOf := map[call][]*tensor{}
		for _, c := range cs {
			if ts := l.in(base, block, c.name); len(ts) > 0 && !isNorm(ts) {
				known = append(known, c)
				tensorsOf[c] = ts
			}
		}
		gated := false // the value beside the activation is a projection too
		for _, c := range known {
			gated = gated || len(known) == 3 && result && known[0].holds(c)
		}
		for i, c := range known {
			what := ""
			switch {
			case !result:
				what = lhs // g,u
			case i == 0 && !outermost(rhs, c):
				return
			case i == 0:
				what = "down"
			case !gated && len(known) == 2:
				what = "up"
			case gated && acted(c, cs, known[0]):
				what = "gate"
			case gated:
				what = "up"
			}
			order := ""
			if what == "g,u" || what == "u,g" {
				if strings.HasPrefix(strings.TrimSpace(rhs), "split(") || strings.HasPrefix(strings.TrimSpace(rhs), "chunk(") {
					order = map[string]string{"g,u": "gate|up", "u,g": "up|gate"}[what]
				}
				what = "gate+up"
			}
			if what == "" {
				continue
			}
			for _, t := range tensorsOf[c] {
				l.set(t, where, what)
				if order != "" && t.layout == interleaved {
					order = strings.Replace(order, "|", ",", 1) + " " + interleaved
				}
				t.layout = order
			}
		}
	}
}

// acted reports whether a call lies within another that is inside outer.
func acted(c call, all []call, outer call) bool {
	for _, x := range all {
		if x != c && x.holds(c) && outer.holds(x) {
			return true
		}
	}
	return false
}

// norms reads where the norms of a block sit: `x = x + attn(norm(x))`.
func (l *lister) norms(b *graph.Block, base, stack string) {
	places := map[*tensor][]string{} // where a norm sits
	var order []*tensor
	defer func() {
		for _, t := range order {
			slices.Sort(places[t]) // whichever branch the code reads first
			what := places[t][0]
			for _, w := range places[t][1:] { // one norm for several branches
				if rest, ok := strings.CutPrefix(w, "norm before "); ok && strings.HasPrefix(what, "norm before ") {
					what += "+" + rest
				}
			}
			l.set(t, stack+" block", what)
		}
	}()
	for _, s := range statements(b.Flow) {
		_, rhs, ok := strings.Cut(s, "=")
		if !ok {
			continue
		}
		cs := calls(rhs)
		kind := map[call]string{}
		for _, c := range cs {
			seen := map[string]int{}
			for _, p := range b.Parts {
				k := p.Kind
				if seen[k]++; seen[k] > 1 {
					k += " " + strconv.Itoa(seen[k])
				}
				if kind[c] == "" && p.Module != "" && (c.name == p.Module || strings.HasPrefix(p.Module, c.name+".") || strings.HasPrefix(c.name, p.Module+".")) {
					kind[c] = k
				}
			}
			if kind[c] != "" {
				continue
			}
			for _, t := range l.owned(base, c.name) {
				if w, ok := strings.CutPrefix(t.role.where, stack+" "); ok && w != "block" {
					kind[c] = w // a projection that the block itself calls
				}
			}
		}
		for _, c := range cs {
			ts := l.owned(base, c.name)
			if kind[c] == "" && len(ts) > 0 && !isNorm(ts) { // an output projection beside the attention
				for _, p := range cs {
					if strings.Contains(kind[p], "attention") && c.holds(p) {
						for _, t := range ts {
							l.set(t, stack+" "+kind[p], "o")
						}
					}
				}
			}
			if !isNorm(ts) || kind[c] != "" {
				continue
			}
			what := ""
			for _, p := range cs {
				k := strings.Replace(kind[p], "moe", "mlp", 1) // the feed-forward of the block, of either kind
				if k == "" {
					continue
				}
				if p.holds(c) {
					what = "norm before " + k
				} else if c.holds(p) && what == "" {
					what = "norm after " + k
					if sums(rhs[c.open : c.end+1]) {
						what = "norm on the sum after " + k
					}
				}
			}
			if what == "" {
				continue
			}
			for _, t := range ts {
				if places[t] == nil {
					order = append(order, t)
				}
				if !slices.Contains(places[t], what) {
					places[t] = append(places[t], what)
				}
			}
		}
	}
}

// sums reports whether the argument of a call is a sum with the stream.
func sums(arg string) bool {
	depth := 0
	for i := range len(arg) {
		switch arg[i] {
		case '(':
			depth++
		case ')':
			depth--
		case '+':
			if depth == 1 {
				return true
			}
		}
	}
	return false
}

// rest gives to what the equations do not name the shape of the computation
// that uses it.
func (l *lister) rest(base, where string) {
	var ts []*tensor
	for _, t := range l.list {
		if strings.HasPrefix(t.first, base+".") && t.role.what == "" && l.used[t] != nil {
			ts = append(ts, t)
		}
	}
	l.byUse(ts)
	for _, t := range ts {
		h := l.shapeOf(t)
		l.count[where+h]++
		l.set(t, where, fmt.Sprintf("use %s.%d", h, l.count[where+h]))
	}
}

func (l *lister) byUse(ts []*tensor) {
	slices.SortStableFunc(ts, func(a, b *tensor) int { return l.order[a] - l.order[b] })
}

// shapeOf digests the operations around a parameter, without names.
func (l *lister) shapeOf(t *tensor) string {
	h := fnv.New32a()
	var write func(n *graph.Node, depth int)
	write = func(n *graph.Node, depth int) {
		switch {
		case n.Op == "param":
			fmt.Fprintf(h, "P%d;", len(n.Shape))
		case depth == 0:
			fmt.Fprint(h, "_;")
		default:
			fmt.Fprintf(h, "%s(", n.Op)
			for _, i := range n.In {
				write(i, depth-1)
			}
			fmt.Fprint(h, ")")
		}
	}
	fmt.Fprintf(h, "%d:", len(t.p.Shape))
	write(l.used[t], 4)
	return fmt.Sprintf("%08x", h.Sum32())
}

// outside gives roles to what lies in no block, by what uses it and by the
// stacks that it comes after.
func (l *lister) outside() {
	var stacks []string
	bit := map[string]uint64{}
	for _, t := range l.list {
		if t.role.what == "" {
			continue
		}
		s := stackOf(t.role.where)
		if bit[s] == 0 && len(stacks) < 64 {
			bit[s] = 1 << len(stacks)
			stacks = append(stacks, s)
		}
	}
	after := map[*graph.Node]uint64{}
	if l.m.Trace != nil {
		for _, n := range l.m.Trace.Nodes {
			var m uint64
			if t := l.paths[n.Name]; n.Op == "param" && t != nil && t.role.what != "" {
				m = bit[stackOf(t.role.where)]
			}
			if !n.NoValue {
				for _, i := range n.In {
					m |= after[i]
				}
				if n.Inner != nil {
					m |= after[n.Inner]
				}
				if n.Leaf != nil {
					for _, i := range n.Leaf.In {
						m |= after[i]
					}
				}
			}
			after[n] = m
		}
	}
	var ts []*tensor
	for _, t := range l.list {
		if t.role.what == "" && l.used[t] != nil {
			ts = append(ts, t)
		}
	}
	l.byUse(ts)
	modules := map[string]map[string]int{}
	var kinds []string
	token := false
	for _, t := range ts {
		where := outer[0]
		for _, s := range stacks {
			if after[l.used[t]]&bit[s] != 0 {
				if s == "main" {
					where = outer[1]
					break
				}
				if where == outer[0] {
					where = "after"
				}
				where += " " + s
			}
		}
		kind := "vector"
		switch {
		case l.used[t].Op == "embedding" && !token && l.used[t].TakesInput():
			kind, token = "token embedding", true
		case l.used[t].Op == "embedding":
			kind = "embedding"
		case len(t.p.Shape) >= 2:
			kind = "projection"
		default:
			for _, o := range ts { // as the weight beside it
				if o.module == t.module && t.module != "" {
					if kind == "vector" {
						kind = "norm"
					}
					if len(o.p.Shape) >= 2 {
						kind = "projection"
					}
				}
			}
		}
		k := where + "/" + kind
		if modules[k] == nil {
			modules[k] = map[string]int{}
		}
		if modules[k][t.module] == 0 {
			modules[k][t.module] = len(modules[k]) + 1
		}
		kinds = append(kinds, k)
	}
	for i, t := range ts {
		where, what, _ := strings.Cut(kinds[i], "/")
		m := modules[kinds[i]]
		if len(m) > 1 { // of as many only: the second of two is not the second of three
			what += fmt.Sprintf(" %d of %d", m[t.module], len(m))
		}
		l.set(t, where, what)
	}
}

// stackOf is the stack of a role in a block: "main", "stack 1".
func stackOf(where string) string {
	if strings.HasPrefix(where, "main") {
		return "main"
	}
	f := strings.SplitN(where, " ", 3)
	return strings.Join(f[:min(2, len(f))], " ")
}
