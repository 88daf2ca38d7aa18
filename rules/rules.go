// Package rules reads the graph of a model and states facts about it, in the
// fact vocabulary, each with the lines that decide it.
//
// A rule is data: a name, a sentence, the keys it reports and one function over
// a Pass. Rules decide from dataflow and from what functions compute, never
// from what modules, attributes or families are called.
package rules

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// Rule states facts about one aspect of a model.
type Rule struct {
	Name string
	Doc  string   // one sentence: what is decided, and from what
	Keys []string // the facts that Run may report
	Run  func(*Pass)
}

// All are the rules, in the order in which their facts are written.
var All = []*Rule{
	modelRule, scheduleRule, embeddingRule, finalNormRule, headRule,
	residualRule, normRule,
	headsRule, projectionsRule, qkNormRule, scoresRule, sinksRule, gateRule, maskRule, positionRule, ropeRule,
	mlpRule, moeRule, mixerRule,
}

// Options are what a run may use besides the model.
type Options struct {
	// Lines gives the text of a source file by the name it has in spans; nil
	// where there is none. It only refines evidence.
	Lines func(file string) []string
	// Tree gives the syntax tree of such a file; nil where there is none. It
	// refines evidence and says how a schedule is made.
	Tree func(file string) *pyast.Module
}

// Pass is one run of the rules over one model.
type Pass struct {
	Model *graph.Model
	opt   Options

	f      *flow
	stacks []*stack
	main   *stack
	attns  []*attn

	facts       []graph.Fact
	records     []record
	src         map[string]*source
	own         map[string]bool      // the files that define modules of the model
	configLines map[graph.Span]bool  // the lines that set config values
	classLines  map[graph.Span]bool  // the class statements of the modules of the model
	blocks      map[*graph.Call]bool // see isBlock
}

// record is a fact of one block, before equal ones are joined.
type record struct {
	b      *block
	suffix string // module path below the block, with a leading dot
	fact   graph.Fact
}

// Run states the facts of a model and returns them in the order of the rules.
// The model itself is not changed.
func Run(m *graph.Model, opt Options) []graph.Fact {
	p := &Pass{Model: m, opt: opt, f: newFlow(m), src: map[string]*source{}}
	return p.state()
}

// state runs the rules and joins what they report.
func (p *Pass) state() []graph.Fact {
	p.files()
	p.prepare()
	for _, r := range All {
		r.Run(p)
	}
	p.absences()
	return p.join()
}

// prepare finds stacks, blocks and attentions, which all rules share.
func (p *Pass) prepare() {
	f := p.f
	p.stacks = f.findStacks()
	p.attns = f.findAttention(p.stacks)
	for _, a := range p.attns {
		for _, s := range p.stacks {
			for _, b := range s.blocks {
				if within(a.soft, b.call) {
					b.attns = append(b.attns, a)
					a.block = b
				}
			}
		}
	}
	for _, s := range p.stacks {
		for _, b := range s.own() {
			f.classify(b)
		}
		for _, b := range s.blocks {
			if b.same != nil {
				b.stages, b.loose, b.attns, b.other, b.hyper, b.entry = b.same.stages, b.same.loose, b.same.attns, b.same.other, b.same.hyper, b.same.entry
			}
		}
	}
	p.pickMain()
	for _, s := range p.stacks {
		s.name = p.stackName(s)
	}
}

// classify says what each branch of a block is.
func (f *flow) classify(b *block) {
	for _, a := range b.attns {
		a.cross = f.crosses(a, b)
		a.foreign = !f.reaches(a.q, b)
	}
	{
		for _, br := range b.branches() {
			for _, a := range b.attns {
				if br.nodes[a.soft] || br.nodes[a.pv] {
					br.attns = append(br.attns, a)
					a.branch = br
				}
			}
			if br.moe = f.moeAt(b, br); br.moe != nil && len(br.attns) == 0 {
				br.kind = "moe"
				br.scale = slices.DeleteFunc(br.scale, func(c factor) bool { return slices.Contains(br.moe.scaled, c.node) })
				continue
			}
			if len(br.attns) > 0 {
				br.kind = "attention"
				br.moe = nil
				// another mixer, and a feed-forward, in the same branch
				if m := f.mixerAt(b, br); m != nil && (m.schedule == "ssm" || m.schedule == "recurrent") {
					br.mix = m
				}
				if len(b.stages) == 1 && len(b.branches()) == 1 {
					br.mlp = f.mlpInside(b, br)
				}
				continue
			}
			if d := f.lastProjection(br); d != nil {
				if br.mlp = f.mlpAt(d); br.mlp != nil && !f.mixes(b, br) {
					br.kind = "mlp"
					continue
				}
			}
			if br.mix = f.mixerAt(b, br); br.mix != nil {
				br.kind = "mixer"
				if br.mlp != nil && (br.mix.schedule != "conv" || !br.mlp.actOK || br.mlp.actName == "linear" || br.mlp.up.conv && depthwise(br.mlp.up)) {
					br.mlp = nil // what ends the mixer, no feed-forward after it
				}
				continue
			}
			if br.mlp != nil {
				br.kind = "mlp"
			}
		}
	}
	if b.other != "" && b.other != spread {
		f.looseMLP(b)
	}
}

// convolutional reports whether a block is made of convolutions alone.
func (f *flow) convolutional(b *block) bool {
	convolves, other := false, len(b.attns) > 0
	for id := b.call.First; id < b.call.Last; id++ {
		if n := f.node(id); n != nil && f.projection(n) != nil && n.Op != "add" {
			convolves = convolves || convs[n.Op] && numel(n.In[1].Shape[2:]) > 1
			other = other || !convs[n.Op]
		}
	}
	return convolves && !other
}

// looseMLP is a feed-forward somewhere in a block whose sums are not understood.
func (f *flow) looseMLP(b *block) {
	for _, br := range b.branches() {
		if br.mlp != nil || br.moe != nil || br.mix != nil {
			return
		}
	}
	for id := b.call.Last - 1; id >= b.call.First; id-- {
		n := f.node(id)
		p := f.projection(n)
		if p == nil || p.outWidth() != lastDim(b.in) {
			continue
		}
		taken := false
		for _, a := range b.attns {
			taken = taken || within(n, a.call)
		}
		for _, br := range b.branches() {
			taken = taken || br.nodes[n]
		}
		if taken {
			continue
		}
		m := f.mlpAt(p)
		if m == nil || !m.actOK || m.actName == "linear" || m.call == nil {
			continue
		}
		br := &branch{term: n, out: n, call: m.call, kind: "mlp", mlp: m, nodes: map[*graph.Node]bool{}}
		for _, x := range inOrder(f.slice(n, map[*graph.Node]bool{m.up.out: true}, b.call)) {
			br.nodes[x] = true
		}
		b.loose = append(b.loose, br)
		return
	}
}

// crosses reports whether the keys come from elsewhere than the block's stream:
// from an encoder, or from features. A second stream that the stack carries
// along from parameters alone, or a pooled form of its own stream, is no such place.
func (f *flow) crosses(a *attn, b *block) bool {
	if f.reaches(a.k, b) || f.shared(a, b) {
		return false
	}
	first := b.stack.blocks[0]
	other := map[*graph.Node]bool{}
	for _, x := range first.call.In {
		if f.content[x.ID] && root(x) != root(first.in) {
			other[root(x)] = true
		}
	}
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{a.k}
	for len(work) > 0 {
		n := root(work[len(work)-1])
		work = work[:len(work)-1]
		if n == nil || seen[n] || n.NoValue || !f.content[n.ID] || n == root(first.in) {
			continue
		}
		seen[n] = true
		if n.Op == "input" || other[n] && f.fromInputs(n) {
			return true
		}
		if !other[n] {
			work = append(work, n.In...)
		}
	}
	return false
}

// shared reports whether the keys are those of an earlier block of the stack.
func (f *flow) shared(a *attn, b *block) bool {
	for _, p := range a.kp {
		for _, o := range b.stack.blocks {
			if o != b && within(p.out, o.call) {
				return true
			}
		}
	}
	return false
}

// mlpInside is a feed-forward in the middle of a branch: as wide as the stream
// at its end, with an activation.
func (f *flow) mlpInside(b *block, br *branch) *mlp {
	for id := b.call.Last - 1; id >= b.call.First; id-- {
		n := f.node(id)
		if n == nil || !br.nodes[n] {
			continue
		}
		p := f.projection(n)
		if p == nil || p.outWidth() != lastDim(b.in) {
			continue
		}
		if m := f.mlpAt(p); m != nil && m.actOK && m.actName != "linear" {
			return m
		}
	}
	return nil
}

// reaches reports whether n is computed from the block's stream.
func (f *flow) reaches(n *graph.Node, b *block) bool {
	in := root(b.in)
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{n}
	for len(work) > 0 {
		x := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[x] || x.NoValue {
			continue
		}
		seen[x] = true
		if x == in || x == b.in || root(x) == in {
			return true
		}
		if x.ID < b.call.First && x.ID < in.ID {
			continue
		}
		if x.ID < b.call.First {
			continue
		}
		work = append(work, x.In...)
	}
	return false
}

// lastProjection is the projection that ends a branch.
func (f *flow) lastProjection(br *branch) *proj {
	n := br.out
	for range 20 {
		if p := f.projection(n); p != nil {
			return p
		}
		if u := f.normOut[n]; u != nil {
			n = u.in
			continue
		}
		if (identities[n.Op] || layouts[n.Op]) && len(n.In) > 0 {
			n = n.In[0]
			continue
		}
		if x, _, ok := f.scaling(n); ok {
			n = x
			continue
		}
		if (n.Op == "cat" || n.Op == "setitem") && len(n.In) > 0 {
			n = n.In[len(n.In)-1]
			continue
		}
		if n.Op == "mul" && len(n.In) == 2 {
			// gated by a function of the branch's input
			for i := range 2 {
				g := n.In[i]
				if p := f.projection(base(n.In[1-i])); p != nil && f.bend(g, 0) >= 3 && len(f.variables(g)) == 1 {
					return p
				}
			}
		}
		return nil
	}
	return nil
}

// mixes reports whether the branch moves information along the sequence.
func (f *flow) mixes(b *block, br *branch) bool {
	for n := range br.nodes {
		switch n.Op {
		case "cumsum", "linalg_solve_triangular", "fft_fft", "rfft", "irfft", "fftn", "fft_fftn", "fft2":
			if f.content[n.ID] && !isInt(n.DType) {
				return true
			}
		case "conv1d", "conv2d":
			if p := f.projection(n); p != nil && len(p.weight.Shape) > 2 && p.weight.Shape[2] > 1 && depthwise(p) {
				return true
			}
		}
		if matmuls[n.Op] && len(n.In) >= 2 && f.projection(n) == nil && f.content[n.In[0].ID] && f.content[n.In[1].ID] {
			return true
		}
	}
	return false
}

// pickMain chooses the main stack: the last one on the way to the model's
// first output. A decoder that begins with tokens counts whatever its length;
// any other short stack after a long one refines, and is not the main one.
// Of stacks side by side the one that reads tokens is the main one, else the
// longer one.
func (p *Pass) pickMain() {
	if len(p.stacks) == 0 {
		return
	}
	for _, s := range p.stacks {
		for _, b := range s.blocks {
			for _, a := range b.attns {
				if a.cross {
					s.cross = true
				}
			}
		}
	}
	out := p.output()
	var best *stack
	for _, s := range p.stacks {
		last := s.blocks[len(s.blocks)-1]
		reach := out == nil || p.f.depends(out, last.out)
		if best == nil {
			best = s
			continue
		}
		bl := best.blocks[len(best.blocks)-1]
		bestReach := out == nil || p.f.depends(out, bl.out)
		after := p.f.depends(last.out, bl.out)
		switch {
		case reach != bestReach:
			if reach {
				best = s
			}
		case after:
			mixes := p.decides(s)
			switch {
			case mixes && !p.decides(best): // a backbone of convolutions comes before
				best = s
			case !mixes && p.decides(best): // a neck
			case s.cross && (p.readsTokens(s) || len(s.blocks)*3 >= len(best.blocks)), p.readsTokens(s) && len(s.blocks)*3 >= len(best.blocks), len(s.blocks) >= len(best.blocks):
				best = s
			}
		case p.f.depends(bl.out, last.out):
		case p.speaks(s) != p.speaks(best):
			if p.speaks(s) {
				best = s
			}
		case len(s.blocks) > len(best.blocks):
			best = s
		}
	}
	best.main = true
	p.main = best
}

// speaks reports whether a stack reads tokens and is the last to do anything
// with them: tokens that another kind of stack attends to are a question put to it.
func (p *Pass) speaks(s *stack) bool {
	if !p.readsTokens(s) {
		return false
	}
	end := s.blocks[len(s.blocks)-1].out
	for _, o := range p.stacks {
		if o != s && o.cross && !p.readsTokens(o) && !p.f.depends(o.blocks[0].in, end) && p.f.depends(o.blocks[len(o.blocks)-1].out, end) {
			return false
		}
	}
	return true
}

// decides reports whether a stack holds attention or another mixer than convolutions.
func (p *Pass) decides(s *stack) bool {
	for _, b := range s.blocks {
		for _, br := range b.branches() {
			if br.mix != nil && br.mix.schedule != "conv" {
				return true
			}
		}
		if len(b.attns) > 0 {
			return true
		}
	}
	return false
}

// readsTokens reports whether a stack's stream begins with a table of tokens,
// and no other stack between.
func (p *Pass) readsTokens(s *stack) bool {
	ends := map[*graph.Node]bool{}
	for _, o := range p.stacks {
		if o != s {
			ends[root(o.blocks[len(o.blocks)-1].out)] = true
		}
	}
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{s.blocks[0].in}
	for len(work) > 0 {
		n := root(work[len(work)-1])
		work = work[:len(work)-1]
		if n == nil || seen[n] || n.NoValue || !p.f.content[n.ID] || ends[n] {
			continue
		}
		if n.Op == "embedding" {
			return true
		}
		seen[n] = true
		work = append(work, n.In...)
	}
	return false
}

// stackName is "main" or the path of the largest part that holds this stack
// and not the main one.
func (p *Pass) stackName(s *stack) string {
	if s.main {
		return "main"
	}
	a := strings.Split(s.prefix, ".")
	b := strings.Split(p.main.prefix, ".")
	i := 0
	for i < len(a)-1 && i < len(b) && a[i] == b[i] {
		i++
	}
	name := strings.Join(a[:i+1], ".")
	if base := basePrefix(p.Model); base != "" {
		name = strings.TrimPrefix(name, base+".")
	}
	return name
}

// basePrefix is the child of the model that holds nearly everything: "model".
func basePrefix(m *graph.Model) string {
	if m.Root == nil {
		return ""
	}
	best, n, all := "", 0, 0
	for _, c := range m.Root.Children {
		k := 0
		c.Walk(func(*graph.Module) { k++ })
		all += k
		if k > n {
			best, n = c.Name, k
		}
	}
	if n*10 >= all*8 && len(m.Root.Children) <= 4 {
		return best
	}
	return ""
}

// Report states a fact about the model as a whole.
func (p *Pass) Report(key string, value any, at ...graph.Span) *graph.Fact {
	p.facts = append(p.facts, p.fact(key, value, at))
	f := &p.facts[len(p.facts)-1]
	f.Stack = "main"
	return f
}

func (p *Pass) fact(key string, value any, at []graph.Span) graph.Fact {
	st := graph.Present
	switch v := value.(type) {
	case bool:
		if !v {
			st = graph.Absent
		}
	case string:
		if v == "none" {
			st = graph.Absent
		}
	case int:
		value = int64(v)
	case []string:
		l := make([]any, len(v))
		for i, s := range v {
			l[i] = s
		}
		value = l
		if len(v) == 0 {
			st = graph.Absent
		}
	}
	return graph.Fact{Family: p.Model.Family, Class: p.Model.Class, Key: key, Value: value, Status: st, At: spans(at...)}
}

// Block states a fact about one block, or about a module in it.
func (p *Pass) Block(b *block, path string, key string, value any, at ...graph.Span) *graph.Fact {
	suffix := strings.TrimPrefix(path, b.call.Path)
	p.records = append(p.records, record{b: b, suffix: suffix, fact: p.fact(key, value, at)})
	return &p.records[len(p.records)-1].fact
}

// unknown turns a fact into one that could not be decided.
func unknown(f *graph.Fact, why string) {
	f.Value, f.Status, f.Why = nil, graph.Unknown, why
}

// spans drops places that are nowhere or twice.
func spans(at ...graph.Span) []graph.Span {
	var out []graph.Span
next:
	for _, s := range at {
		if s.IsZero() {
			continue
		}
		for _, o := range out {
			if o == s {
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}

// join turns the facts of single blocks into facts with scopes.
func (p *Pass) join() []graph.Fact {
	type group struct {
		fact  graph.Fact
		stack *stack
		head  string
		idx   []string
		sfx   string
		// stages are the numbers of the stages whose blocks were joined
		stages []string
		ways   [][]graph.Span // the evidence of blocks that differ in it
	}
	type key struct{ says, prefix, head string }
	groups := map[key]*group{}
	var list []*group
	says := map[*record]string{}
	p.repeat(func(b *block, r *record) {
		head, idx := splitIndex(b.call.Path)
		said, ok := says[r]
		if !ok {
			said = fmt.Sprintf("%s|%v|%v|%s|%s", r.fact.Key, r.fact.Value, r.fact.Status, r.fact.Why, r.suffix)
			says[r] = said
		}
		k := key{said, b.stack.prefix, head}
		g := groups[k]
		if g != nil && g.fact.Expr != r.fact.Expr {
			g.fact.Expr = "" // one value, by several ways
		}
		if g == nil {
			g = &group{fact: r.fact, stack: b.stack, head: head, sfx: r.suffix}
			groups[k] = g
			list = append(list, g)
		}
		if len(g.ways) < mostLines && !slices.ContainsFunc(g.ways, func(w []graph.Span) bool { return slices.Equal(w, r.fact.At) }) {
			g.ways = append(g.ways, r.fact.At)
		}
		if len(g.idx) == 0 || g.idx[len(g.idx)-1] != idx {
			g.idx = append(g.idx, idx)
		}
	})
	all := map[string]int{}
	for _, s := range p.stacks {
		seen := map[string]bool{}
		for _, b := range s.blocks {
			if !seen[b.call.Path] {
				seen[b.call.Path] = true
				head, _ := splitIndex(b.call.Path)
				all[s.prefix+"|"+head]++
			}
		}
	}
	for _, g := range list {
		g.fact.Stack = g.stack.name
		g.fact.At = inTurn(g.ways)
		g.fact.Scope = g.head + scopeIndex(g.idx, all[g.stack.prefix+"|"+g.head]) + g.sfx
	}
	// what holds for all blocks of several stages is one fact
	merged := map[string]*group{}
	for _, g := range list {
		pre, stage, post, ok := stageOf(g.head)
		if ok && strings.HasSuffix(strings.TrimSuffix(g.fact.Scope, g.sfx), "*") {
			k := fmt.Sprintf("%s|%s|%v|%v|%s|%s|%s|%s", g.fact.Key, g.stack.prefix, g.fact.Value, g.fact.Status, g.fact.Why, pre, post, g.sfx)
			if m := merged[k]; m != nil {
				m.stages = append(m.stages, stage)
				m.fact.Scope = pre + scopeIndex(m.stages, stages(all, g.stack.prefix)) + post + "*" + g.sfx
				if m.fact.Expr != g.fact.Expr {
					m.fact.Expr = ""
				}
				g.stack = nil
				continue
			}
			g.stages = []string{stage}
			merged[k] = g
		}
	}
	for _, g := range list {
		if g.stack != nil {
			p.facts = append(p.facts, g.fact)
		}
	}
	order := map[string]int{}
	for _, r := range All {
		for _, k := range r.Keys {
			if _, ok := order[k]; !ok {
				order[k] = len(order)
			}
		}
	}
	for i := range p.facts {
		if p.facts[i].At = p.evidence(p.facts[i].At); p.facts[i].At == nil {
			p.facts[i].At = []graph.Span{}
		}
	}
	sort.SliceStable(p.facts, func(i, j int) bool {
		a, b := p.facts[i], p.facts[j]
		if (a.Stack == "main") != (b.Stack == "main") {
			return a.Stack == "main"
		}
		if a.Stack != b.Stack {
			return a.Stack < b.Stack
		}
		return order[a.Key] < order[b.Key]
	})
	return p.facts
}

// inTurn takes the first of each list, then the second of each, and so on.
func inTurn(lists [][]graph.Span) []graph.Span {
	if len(lists) == 1 {
		return lists[0]
	}
	var out []graph.Span
	for i, more := 0, true; more; i++ {
		more = false
		for _, l := range lists {
			if i < len(l) {
				out, more = append(out, l[i]), true
			}
		}
	}
	return spans(out...)
}

// stageOf cuts "encoder.layers.2.blocks." into "encoder.layers.", "2" and ".blocks.".
func stageOf(head string) (pre, stage, post string, ok bool) {
	parts := strings.Split(head, ".")
	for i := len(parts) - 1; i > 0; i-- {
		if _, err := strconv.Atoi(parts[i]); err == nil {
			return strings.Join(parts[:i], ".") + ".", parts[i], "." + strings.Join(parts[i+1:], "."), true
		}
	}
	return "", "", "", false
}

// stages counts the heads of a stack.
func stages(all map[string]int, prefix string) int {
	n := 0
	for k := range all {
		if strings.HasPrefix(k, prefix+"|") {
			n++
		}
	}
	return n
}

// repeat states the facts of a block for the blocks that are the same.
func (p *Pass) repeat(state func(b *block, r *record)) {
	of := map[*block][]*record{}
	for i := range p.records {
		r := &p.records[i]
		of[r.b] = append(of[r.b], r)
	}
	for _, s := range p.stacks {
		for _, b := range s.blocks {
			from := b
			if b.same != nil {
				from = b.same
			}
			for _, r := range of[from] {
				state(b, r)
			}
		}
	}
}

// splitIndex cuts "model.layers.3" into "model.layers." and "3".
func splitIndex(path string) (head, idx string) {
	i := len(path)
	for i > 0 && path[i-1] >= '0' && path[i-1] <= '9' {
		i--
	}
	return path[:i], path[i:]
}

// scopeIndex writes indices as "*", "3" or "{0-4,6-10}".
func scopeIndex(idx []string, all int) string {
	var ns []int
	seen := map[int]bool{}
	for _, s := range idx {
		n, err := strconv.Atoi(s)
		if err != nil {
			return "*"
		}
		if !seen[n] {
			seen[n] = true
			ns = append(ns, n)
		}
	}
	if len(ns) == all {
		return "*"
	}
	sort.Ints(ns)
	if len(ns) == 1 {
		return strconv.Itoa(ns[0])
	}
	var parts []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, strconv.Itoa(ns[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", ns[i], ns[j]))
		}
		i = j + 1
	}
	return "{" + strings.Join(parts, ",") + "}"
}
