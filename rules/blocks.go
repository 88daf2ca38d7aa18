package rules

import (
	"fmt"
	"sort"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var residualRule = &Rule{
	Name: "residual",
	Doc:  "How a block's branches are summed into the stream and where norms sit, from the sums that lead from the block's output back to its input.",
	Keys: []string{"block.residual", "block.norm_placement", "block.norms", "residual.scale"},
	Run:  runResidual,
}

func runResidual(p *Pass) {
	for _, s := range p.stacks {
		for _, b := range s.own() {
			p.residualOf(b)
		}
	}
}

func (p *Pass) residualOf(b *block) {
	class := p.class(b.call.Path)
	if b.crowded() {
		unknown(p.Block(b, b.call.Path, "block.residual", nil, class), crowd)
		unknown(p.Block(b, b.call.Path, "block.norm_placement", nil, class), crowd)
		return
	}
	if b.other != "" || len(b.stages) == 0 {
		r := p.Block(b, b.call.Path, "block.residual", "other", class)
		if b.other == spread {
			unknown(r, spread)
		} else if b.hyper {
			r.Value = "hyper"
		} else if b.other == "" {
			unknown(r, "no sum with the block's input")
		} else if op := root(b.out).Op; op == "cat" || op == "setitem" {
			unknown(r, "the block's output is put together from parts that are computed one by one")
		}
		if b.hyper && len(b.loose) > 0 {
			p.placement(b, class)
			return
		}
		if p.f.convolutional(b) {
			return // no branches that a norm could stand before or after
		}
		unknown(p.Block(b, b.call.Path, "block.norm_placement", nil, class), "the stream through the block is no chain of sums: "+b.other)
		return
	}
	var branches []*branch
	for _, st := range b.stages {
		branches = append(branches, st.branches...)
	}
	last := b.stages[len(b.stages)-1]
	kind := "sequential"
	if len(branches) == 1 {
		kind = "single"
	} else {
		// parallel: attention and feed-forward read the same stream
		same := true
		for _, br := range branches[1:] {
			same = same && len(br.reads) > 0 && len(branches[0].reads) > 0 && br.reads[0] == branches[0].reads[0]
		}
		if same {
			kind = "parallel"
		}
	}
	sums := []graph.Span{site(last.add), last.add.At}
	for _, st := range b.stages {
		sums = append(sums, site(st.add))
		for _, br := range st.branches {
			sums = append(sums, site(br.term))
		}
	}
	p.Block(b, b.call.Path, "block.residual", kind, firstSpans(sums, 5)...)

	p.placement(b, class)
	p.residualScale(b)
}

// placement states where the block's norms sit and how many there are.
func (p *Pass) placement(b *block, class graph.Span) {
	pre, post, bpost, dual := 0, 0, 0, 0
	var norms []*norm
	note := func(u *norm) {
		norms = append(norms, u)
	}
	if b.entry != nil {
		note(b.entry)
	}
	for _, br := range b.branches() {
		if len(br.pre) > 0 {
			pre++
		}
		for _, u := range br.pre {
			note(u)
		}
		if br.post != nil {
			bpost++
			if len(br.pre) > 0 {
				dual++
			}
			note(br.post)
		}
	}
	for _, st := range b.stages {
		if st.norm != nil {
			post++
			note(st.norm)
		}
	}
	placement, why := "none", ""
	switch {
	case post > 0 && pre+bpost > 0:
		why = "norms stand on the stream itself as well as in its branches"
	case post > 0:
		placement = "post"
	case dual > 0 || bpost > 0 && pre > 0:
		placement = "sandwich"
	case bpost > 0:
		placement = "branch-post"
	case pre > 0:
		placement = "pre"
	}
	sort.SliceStable(norms, func(i, j int) bool { return norms[i].core.ID < norms[j].core.ID })
	var at, made []graph.Span
	distinct := map[string]bool{}
	for _, u := range norms {
		at, made = append(at, p.normSite(u)), append(made, p.normMade(u))
		name := fmt.Sprint(u.core.ID)
		if u.call != nil {
			name = u.call.Path
		}
		distinct[name] = true
	}
	if len(at) == 0 {
		at = append(at, class)
		if p.normsMixtures(b) {
			why = "norms are applied to mixtures of the stream with others"
			unknown(p.Block(b, b.call.Path, "block.norms", nil, class), why)
		}
	}
	if r := p.Block(b, b.call.Path, "block.norm_placement", placement, at...); why != "" {
		unknown(r, why)
	}
	if len(distinct) > 0 || why == "" {
		p.Block(b, b.call.Path, "block.norms", len(distinct), append(made, class)...)
	}
}

// normsMixtures reports whether the block itself normalises what an attention gave.
func (p *Pass) normsMixtures(b *block) bool {
	for _, u := range p.f.norms {
		if u.call == nil || u.call.Parent != b.call {
			continue
		}
		for n := range p.f.slice(u.in, map[*graph.Node]bool{b.in: true}, b.call) {
			if n.Op == "softmax" || n.Op == "scaled_dot_product_attention" {
				return true
			}
		}
	}
	return false
}

func (p *Pass) normMade(u *norm) graph.Span {
	if u.call != nil {
		return p.made(u.call.Path)
	}
	return p.weightMade(u.weight)
}

func (p *Pass) residualScale(b *block) {
	type one struct {
		name  string
		value any
		expr  string
		at    []graph.Span
	}
	var ones []one
	any1 := false
	for _, st := range b.stages {
		for _, br := range st.branches {
			o := one{value: "none", at: []graph.Span{site(st.add), st.add.At}}
			o.name = br.kind
			if o.name == "" || o.name == "moe" {
				o.name = "mlp"
			}
			c := factor{v: 1}
			for _, s := range br.scale {
				c = s.mul(c)
			}
			switch {
			case br.learn != nil:
				o.value = "learned"
				o.at = append([]graph.Span{br.learn.At, site(br.learn)}, o.at...)
				any1 = true
			case c.e != nil || c.v != 1:
				f := graph.Fact{Value: "none"}
				p.setScale(&f, c, c.at)
				o.value, o.expr = f.Value, f.Expr
				o.at = append(f.At, o.at...)
				any1 = true
			case st.scaled != nil:
				any1 = any1 || false
			}
			ones = append(ones, o)
		}
	}
	var at []graph.Span
	same := true
	for _, o := range ones {
		at = append(at, o.at...)
		same = same && o.value == ones[0].value
	}
	if len(ones) == 0 {
		return
	}
	r := p.Block(b, b.call.Path, "residual.scale", ones[0].value, at...)
	r.Expr = ones[0].expr
	if !same {
		m := map[string]any{}
		for _, o := range ones {
			m[o.name] = o.value
		}
		r.Value = m
		r.Status = graph.Present
	}
	_ = any1
}

var normRule = &Rule{
	Name: "norm",
	Doc:  "What the block's norms compute: mean or not, weight, 1 + weight, where the result is cast back, epsilon.",
	Keys: []string{"norm.kind", "norm.affine", "norm.offset", "norm.cast", "norm.eps"},
	Run:  runNorm,
}

func runNorm(p *Pass) {
	for _, s := range p.stacks {
		for _, b := range s.own() {
			var u *norm
			for _, st := range b.stages {
				for _, br := range st.branches {
					if u == nil && len(br.pre) > 0 {
						u = br.pre[0]
					}
					if u == nil && br.post != nil {
						u = br.post
					}
				}
				if u == nil && st.norm != nil {
					u = st.norm
				}
			}
			for _, br := range b.loose {
				if u == nil && b.hyper && len(br.pre) > 0 {
					u = br.pre[0]
				}
			}
			if u == nil && b.other != "" && b.other != spread {
				for _, x := range p.f.norms {
					if x.call != nil && x.call.Parent == b.call && u == nil {
						u = x
					}
				}
			}
			if u == nil {
				continue
			}
			p.normFacts(b, u)
		}
	}
}

func (p *Pass) normFacts(b *block, u *norm) {
	path := b.call.Path
	made := p.normMade(u)
	core := u.core.At
	if isTorch(u.core) {
		core = made
	}
	kind := u.kind
	if kind == "l2" {
		kind = "other"
	}
	f := p.Block(b, path, "norm.kind", kind, core, made, u.core.At)
	if u.mean != nil {
		f.At = spans(append(f.At, u.mean.At)...)
	}
	affine := "none"
	switch {
	case u.weight != nil && u.bias != nil:
		affine = "weight+bias"
	case u.weight != nil:
		affine = "weight"
	}
	p.Block(b, path, "norm.affine", affine, p.weightMade(u.weight), made)
	at := []graph.Span{made}
	if u.weightMul != nil {
		at = []graph.Span{u.weightMul.At, made}
		if isTorch(u.core) {
			at = []graph.Span{made, u.weightMul.At}
		}
	}
	if u.offsetNode != nil {
		at = append([]graph.Span{u.offsetNode.At}, at...)
	}
	f = p.Block(b, path, "norm.offset", u.offset, at...)
	f.Status = graph.Present
	if u.offset == 0 {
		f.Status = graph.Absent
	}
	cast := u.cast
	if isTorch(u.core) && u.call != nil {
		cast = p.castAround(u)
	}
	skipped := graph.Span{}
	if cast == "none" && !isTorch(u.core) || cast == "" {
		skipped = p.castSkipped(u)
	}
	switch {
	case !skipped.IsZero():
		cast = "before-weight"
	case cast == "":
		cast = "after-weight"
	}
	at = []graph.Span{made}
	if !skipped.IsZero() {
		at = []graph.Span{skipped, u.weightMul.At}
	} else if u.castNode != nil {
		at = []graph.Span{u.castNode.At}
		if u.weightMul != nil && cast == "before-weight" {
			at = append(at, u.weightMul.At)
		}
	}
	p.Block(b, path, "norm.cast", cast, at...)
	if u.eps == nil || !u.eps.IsNum {
		unknown(p.Block(b, path, "norm.eps", nil, u.epsAt, made), "no constant is added to the mean square")
		return
	}
	e := p.Block(b, path, "norm.eps", u.eps.Num, append(p.configAt(u.eps.E), u.epsAt, made)...)
	if u.eps.E != nil {
		e.Expr = u.eps.E.String()
	}
	e.Status = graph.Present
}

// isTorch reports whether the norm is one of torch's own operations.
func isTorch(n *graph.Node) bool {
	switch n.Op {
	case "layer_norm", "native_layer_norm", "rms_norm", "group_norm", "batch_norm", "instance_norm":
		return true
	}
	return false
}

// castAround looks for explicit casts around torch's own norm in its module.
func (p *Pass) castAround(u *norm) string {
	up, down := false, false
	for id := u.call.First; id < u.call.Last; id++ {
		n := p.f.node(id)
		if n == nil || !isCast(n) || !p.f.content[n.ID] {
			continue
		}
		if n.ID < u.core.ID {
			up = true
		} else {
			down = true
			u.castNode = n
		}
	}
	if up || down {
		return "after-weight"
	}
	return "none"
}

// castSkipped is a conversion on a line between the norm's square root and its
// product with the weight that the run did not take: it stands under a
// condition on the weight's dtype, which is float32 here.
func (p *Pass) castSkipped(u *norm) graph.Span {
	if u.weightMul == nil || u.weightMul.At.File == "" || u.weightMul.At.File != u.core.At.File {
		return graph.Span{}
	}
	for line := u.core.At.Line + 1; line < u.weightMul.At.Line; line++ {
		s := graph.Span{File: u.core.At.File, Line: line}
		if containsAny(p.text(s), ".to(", ".type_as(", ".type(") {
			return s
		}
	}
	return graph.Span{}
}
