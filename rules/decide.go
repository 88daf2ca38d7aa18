package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// How the source says that something is so: the condition around a
// construction, the line that gave a variable its value.

// tree is the syntax tree of a file, nil where it is not to be had.
func (p *Pass) tree(file string) *pyast.Module {
	if p.opt.Tree == nil || file == "" {
		return nil
	}
	return p.opt.Tree(file)
}

func holds(n pyast.Node, line int) bool {
	s := n.Span()
	return int(s.Line) <= line && line <= int(s.EndLine)
}

// enclosing calls f with the statements that hold a place, outermost first.
func (p *Pass) enclosing(at graph.Span, f func(pyast.Stmt)) {
	tree := p.tree(at.File)
	if tree == nil {
		return
	}
	var block func(body []pyast.Stmt)
	block = func(body []pyast.Stmt) {
		for _, st := range body {
			if !holds(st, at.Line) {
				continue
			}
			f(st)
			switch st := st.(type) {
			case *pyast.ClassDef:
				block(st.Body)
			case *pyast.FunctionDef:
				block(st.Body)
			case *pyast.If:
				block(st.Body)
				block(st.Orelse)
			case *pyast.For:
				block(st.Body)
			case *pyast.While:
				block(st.Body)
			case *pyast.With:
				block(st.Body)
			case *pyast.Try:
				block(st.Body)
				for _, h := range st.Handlers {
					block(h.Body)
				}
				block(st.Orelse)
				block(st.Final)
			}
			return
		}
	}
	block(tree.Body)
}

// condition is a test in the source that chooses between constructions.
type condition struct {
	at    graph.Span
	text  string
	then  []pyast.Stmt // what runs where it holds; nil where it stands in one expression
	class string       // then: the class that the expression names for where it holds
}

// conditions are those around a place in its function, outermost first.
func (p *Pass) conditions(at graph.Span) (out []condition) {
	p.enclosing(at, func(st pyast.Stmt) {
		switch st := st.(type) {
		case *pyast.FunctionDef, *pyast.ClassDef:
			out = nil
		case *pyast.If:
			if !holds(st.Test, at.Line) || len(st.Body) > 0 && int(st.Body[0].Span().Line) == at.Line {
				out = append(out, condition{graph.Span{File: at.File, Line: int(st.Line)}, p.sourceOf(at.File, st.Test), st.Body, ""})
			}
		}
	})
	return out
}

// guard is the innermost condition around a place.
func (p *Pass) guard(at graph.Span) (condition, bool) {
	cs := p.conditions(at)
	if len(cs) == 0 {
		return condition{}, false
	}
	return cs[len(cs)-1], true
}

// choice is the condition by which one place runs and not the other. Two places
// in one statement are chosen between by an expression.
func (p *Pass) choice(a, b graph.Span) (condition, bool) {
	if a.File != b.File || a.IsZero() {
		return condition{}, false
	}
	if a == b {
		return p.chosen(a)
	}
	for _, at := range []graph.Span{a, b} {
		for _, c := range p.conditions(at) {
			if c.builds(a) != c.builds(b) {
				return c, true
			}
		}
	}
	return condition{}, false
}

// chosen is the condition of `x if condition else y` at a place, or in the
// statement that gave the class that is called there its name.
func (p *Pass) chosen(at graph.Span) (c condition, ok bool) {
	var body []pyast.Stmt // of the function
	var st pyast.Stmt
	p.enclosing(at, func(s pyast.Stmt) {
		if f, ok := s.(*pyast.FunctionDef); ok {
			body = f.Body
		}
		st = s
	})
	if st == nil {
		return c, false
	}
	var called []string
	pyast.Walk(st, func(n pyast.Node) bool {
		switch x := n.(type) {
		case *pyast.IfExp:
			if !ok && holds(x, at.Line) {
				c, ok = p.expression(at.File, x, body), true
			}
		case *pyast.Call:
			if id, is := x.Func.(*pyast.Name); is {
				called = append(called, id.ID)
			}
		}
		return !ok
	})
	for _, name := range called {
		if ok {
			break
		}
		if a := assigned(body, name, at.Line); a != nil {
			if x, is := a.Value.(*pyast.IfExp); is {
				c, ok = p.expression(at.File, x, body), true
			}
		}
	}
	return c, ok
}

// expression is the condition of `x if condition else y`. A variable that a
// value of the config was given to stands for it.
func (p *Pass) expression(file string, x *pyast.IfExp, body []pyast.Stmt) condition {
	c := condition{at: graph.Span{File: file, Line: int(x.Line)}, text: p.sourceOf(file, x.Test)}
	if cmp, ok := x.Test.(*pyast.Compare); ok {
		if id, ok := cmp.Left.(*pyast.Name); ok {
			if a := assigned(body, id.ID, int(x.Line)); a != nil {
				if v := p.sourceOf(file, a.Value); strings.HasPrefix(v, "config.") {
					c.text = parenthesise(v, " ") + strings.TrimPrefix(c.text, id.ID)
				}
			}
		}
	}
	e := x.Body
	if call, ok := e.(*pyast.Call); ok {
		e = call.Func
	}
	if id, ok := e.(*pyast.Name); ok {
		c.class = id.ID
	}
	return c
}

// innermost is the smallest statement that holds a place.
func (p *Pass) innermost(at graph.Span) (out pyast.Stmt) {
	p.enclosing(at, func(st pyast.Stmt) { out = st })
	return out
}

// element is the line of a comprehension that makes the elements of the list
// that is made at a place, the place itself where there is none.
func (p *Pass) element(at graph.Span) graph.Span {
	st := p.innermost(at)
	if st == nil {
		return at
	}
	switch st.(type) {
	case *pyast.Assign, *pyast.AnnAssign, *pyast.ExprStmt, *pyast.Return:
	default:
		return at
	}
	found := at
	pyast.Walk(st, func(n pyast.Node) bool {
		if c, ok := n.(*pyast.ListComp); ok && found == at {
			found.Line = int(c.Elt.Span().Line)
		}
		return found == at
	})
	return found
}

// sourceOf is the text of an expression, on one line.
func (p *Pass) sourceOf(file string, e pyast.Expr) string {
	src := p.source(file)
	s := e.Span()
	if src == nil || int(s.EndLine) > len(src.lines) || s.Line < 1 {
		return ""
	}
	var parts []string
	for l := int(s.Line); l <= int(s.EndLine); l++ {
		t := src.lines[l-1]
		if l == int(s.EndLine) && int(s.EndCol) <= len(t) {
			t = t[:s.EndCol]
		}
		if l == int(s.Line) && int(s.Col) <= len(t) {
			t = t[s.Col:]
		}
		if t, _, _ = strings.Cut(t, "  #"); strings.TrimSpace(t) != "" {
			parts = append(parts, strings.TrimSpace(t))
		}
	}
	return strings.Join(parts, " ")
}

// assigned is the statement that last gave a variable its value before a line of a function.
func assigned(body []pyast.Stmt, name string, before int) (out *pyast.Assign) {
	for _, b := range body {
		pyast.Walk(b, func(n pyast.Node) bool {
			if a, ok := n.(*pyast.Assign); ok && int(a.Line) < before {
				for _, t := range a.Targets {
					if id, ok := t.(*pyast.Name); ok && id.ID == name {
						out = a
					}
				}
			}
			return true
		})
	}
	return out
}

// ladder is where a class computes the frequencies of a rotation: the lines that
// set how many there are and their base, and the config values that the first reads.
func (p *Pass) ladder(class graph.Span) (dim, base graph.Span, reads []string) {
	var def *pyast.ClassDef
	p.enclosing(class, func(st pyast.Stmt) {
		if c, ok := st.(*pyast.ClassDef); ok && int(c.Line) == class.Line {
			def = c
		}
	})
	if def == nil {
		return dim, base, nil
	}
	for _, m := range def.Body {
		fn, ok := m.(*pyast.FunctionDef)
		if !ok {
			continue
		}
		for _, st := range fn.Body {
			if a, ok := st.(*pyast.Assign); ok {
				if c := arange(a.Value); c != nil && len(c.Args) > 1 {
					if dim, base, reads = p.ladderIn(class.File, fn, a, c); !dim.IsZero() {
						return dim, base, reads
					}
				}
			}
		}
	}
	return dim, base, reads
}

// arange is the call within an expression that counts from 0 in steps.
func arange(e pyast.Expr) (out *pyast.Call) {
	pyast.Walk(e, func(n pyast.Node) bool {
		if c, ok := n.(*pyast.Call); ok && out == nil {
			if a, ok := c.Func.(*pyast.Attribute); ok && a.Attr == "arange" {
				out = c
			}
		}
		return out == nil
	})
	return out
}

func (p *Pass) ladderIn(file string, fn *pyast.FunctionDef, st *pyast.Assign, count *pyast.Call) (dim, base graph.Span, reads []string) {
	within := map[string]bool{}
	for _, a := range count.Args {
		pyast.Walk(a, func(n pyast.Node) bool {
			if id, ok := n.(*pyast.Name); ok {
				within[id.ID] = true
			}
			return true
		})
	}
	seen := map[string]bool{}
	var follow func(e pyast.Expr, before int)
	follow = func(e pyast.Expr, before int) {
		pyast.Walk(e, func(n pyast.Node) bool {
			switch n := n.(type) {
			case *pyast.Name:
				if a := assigned(fn.Body, n.ID, before); a != nil && !seen[n.ID] {
					seen[n.ID] = true
					follow(a.Value, int(a.Line))
				}
			case *pyast.Attribute:
				reads = append(reads, n.Attr)
			case *pyast.Constant:
				if n.Kind == pyast.Str {
					reads = append(reads, n.Str)
				}
			}
			return true
		})
	}
	pyast.Walk(st.Value, func(n pyast.Node) bool {
		id, ok := n.(*pyast.Name)
		if !ok {
			return true
		}
		a := assigned(fn.Body, id.ID, int(st.Line))
		if a == nil {
			return true
		}
		at := graph.Span{File: file, Line: int(a.Line)}
		switch {
		case within[id.ID] && dim.IsZero():
			dim = at
			follow(a.Value, int(a.Line))
		case !within[id.ID] && base.IsZero():
			base = at
		}
		return true
	})
	return dim, base, reads
}

// mostLines is how many lines of evidence a fact has.
const mostLines = 3

// evidence keeps the most specific of a fact's lines: the first that sets a
// config value, where there is one, then those of the model's own files, in
// their order, class statements last, then those of code that many models share.
func (p *Pass) evidence(at []graph.Span) []graph.Span {
	if len(at) <= mostLines {
		return at
	}
	keep := map[graph.Span]bool{}
	add := func(which func(graph.Span) bool, most int) {
		n := 0
		for _, s := range at {
			if len(keep) < mostLines && n < most && !keep[s] && which(s) {
				keep[s] = true
				n++
			}
		}
	}
	config := func(s graph.Span) bool { return p.configLines[s] }
	own := func(s graph.Span) bool { return !config(s) && p.own[s.File] && !p.classLines[s] }
	add(config, 1)
	add(own, mostLines)
	add(func(s graph.Span) bool { return !config(s) }, mostLines)
	add(config, mostLines)
	var out []graph.Span
	for _, s := range at {
		if keep[s] {
			out = append(out, s)
		}
	}
	return out
}

// files notes which files are the model's own, and which lines set config values.
func (p *Pass) files() {
	p.own, p.configLines, p.classLines = map[string]bool{}, map[graph.Span]bool{}, map[graph.Span]bool{}
	if p.Model.Root != nil {
		p.Model.Root.Walk(func(m *graph.Module) {
			p.classLines[m.At] = true
			if len(m.Params)+len(m.Children) > 0 { // no activation
				p.own[m.At.File] = true
			}
		})
	}
	for _, l := range [][]graph.ConfigValue{p.Model.Config, p.Model.Derived} {
		for _, c := range l {
			for _, s := range append(c.At[:len(c.At):len(c.At)], c.Made) {
				p.configLines[s] = true
			}
		}
	}
}

// absences puts to the evidence of what an attention does not have the line that
// shows it: its softmax, its projection of the queries.
func (p *Pass) absences() {
	for i := range p.records {
		r := &p.records[i]
		if r.fact.Status != graph.Absent && r.fact.Value != "bidirectional" {
			continue
		}
		at := graph.Span{}
		switch r.fact.Key {
		case "attention.mask", "attention.window", "attention.softcap", "attention.gate", "position.kind":
			if a := attentionAt(r.b, r.suffix); a != nil {
				at = a.soft.At
			}
		case "attention.qk_norm", "attention.cross":
			if a := attentionAt(r.b, r.suffix); a != nil && len(a.qp) > 0 {
				at = p.projAt(a.qp[0])
			}
		}
		before := 0
		if r.fact.Key == "attention.mask" || r.fact.Key == "attention.window" {
			before = min(len(r.fact.At), mostLines-1) // what makes the mask comes first
		}
		r.fact.At = spans(slices.Insert(slices.Clone(r.fact.At), before, at)...)
	}
}

// attentionAt is the attention of a block at a path in it; for the block as a
// whole its first.
func attentionAt(b *block, suffix string) *attn {
	for _, a := range b.attns {
		if suffix == "" || a.call != nil && strings.HasSuffix(a.call.Path, suffix) || len(b.attns) == 1 {
			return a
		}
	}
	return nil
}

// saying is the line among the statements at some places that spells a number.
func (p *Pass) saying(at []graph.Span, v float64) graph.Span {
	for _, s := range at {
		last := s.Line
		if st := p.innermost(s); st != nil {
			last = int(st.Span().EndLine)
		}
		for l := s.Line; l <= last && l < s.Line+40; l++ {
			line := graph.Span{File: s.File, Line: l}
			for _, w := range strings.FieldsFunc(p.text(line), func(r rune) bool {
				return !(r >= '0' && r <= '9' || r == '.' || r == '_' || r == 'e' || r == 'E')
			}) {
				if n, err := strconv.ParseFloat(strings.ReplaceAll(w, "_", ""), 64); err == nil && n == v {
					return line
				}
			}
		}
	}
	return graph.Span{}
}
