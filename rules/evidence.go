package rules

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// source is one source file cut into lines.
type source struct{ lines []string }

// text is the line at a place, or "".
func (p *Pass) text(s graph.Span) string {
	src := p.source(s.File)
	if src == nil || s.Line < 1 || s.Line > len(src.lines) {
		return ""
	}
	return src.lines[s.Line-1]
}

func (p *Pass) source(file string) *source {
	if p.opt.Lines == nil || file == "" {
		return nil
	}
	if s, ok := p.src[file]; ok {
		return s
	}
	var s *source
	if lines := p.opt.Lines(file); lines != nil {
		s = &source{lines: lines}
	}
	p.src[file] = s
	return s
}

// made is the line that constructed the module at a path.
func (p *Pass) made(path string) graph.Span {
	if m := p.f.inits[path]; m != nil {
		return m.Made
	}
	return graph.Span{}
}

// statement is the first line of the statement that a place lies in, as far as
// its text shows: a construction over several lines begins with "self.x = ".
func (p *Pass) statement(s graph.Span) graph.Span {
	for d := range 6 {
		t := p.text(graph.Span{File: s.File, Line: s.Line - d})
		if t == "" {
			break
		}
		if containsAny(t, "self.") && containsAny(t, " = ") || containsAny(t, "def ", "class ") {
			return graph.Span{File: s.File, Line: s.Line - d}
		}
	}
	return s
}

// lineIn is the first line of the class at a place that holds one of the
// texts, looked for in the order given; nowhere where there is none.
func (p *Pass) lineIn(class graph.Span, texts ...string) graph.Span {
	src := p.source(class.File)
	if src == nil {
		return graph.Span{}
	}
	for _, t := range texts {
		for l := class.Line; l < len(src.lines); l++ {
			s := src.lines[l]
			if len(s) > 0 && s[0] != ' ' && s[0] != '#' && s[0] != ')' && s[0] != '\r' {
				break
			}
			if strings.Contains(s, t) {
				return graph.Span{File: class.File, Line: l + 1}
			}
		}
	}
	return graph.Span{}
}

// plainAssignment is a line between two places that gives a value another name,
// as models do between the embedding and the first block.
func (p *Pass) plainAssignment(from, to graph.Span) graph.Span {
	if from.File != to.File {
		return graph.Span{}
	}
	for l := from.Line + 1; l < to.Line; l++ {
		s := graph.Span{File: from.File, Line: l}
		a, b, ok := strings.Cut(strings.TrimSpace(p.text(s)), " = ")
		if ok && isName(a) && isName(b) && b != "None" && b != "True" && b != "False" {
			return s
		}
	}
	return graph.Span{}
}

func isName(s string) bool {
	for _, r := range s {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

// projAt is the line that constructed a projection: its module, or its parameter
// where the module holds more than the one.
func (p *Pass) projAt(q *proj) graph.Span {
	if q == nil {
		return graph.Span{}
	}
	for c := q.out.Call; c != nil; c = c.Parent {
		if c.Leaf {
			if m := p.f.inits[c.Path]; m != nil && len(m.Params) <= 2 && len(m.Children) == 0 {
				return p.statement(m.Made)
			}
		}
	}
	return p.weightMade(q.weight)
}

// class is the line of the class statement of the module at a path.
func (p *Pass) class(path string) graph.Span {
	if m := p.f.inits[path]; m != nil {
		return m.At
	}
	return graph.Span{}
}

// weightMade is the line that constructed the module of a parameter, or the parameter.
func (p *Pass) weightMade(n *graph.Node) graph.Span {
	if n == nil {
		return graph.Span{}
	}
	if q := p.f.param(n); q != nil && !q.At.IsZero() && !p.torchOwned(n) {
		return q.At
	}
	return p.made(ownerPath(n.Name))
}

// torchOwned reports whether the parameter's module is one of torch's.
func (p *Pass) torchOwned(n *graph.Node) bool {
	m := p.f.inits[ownerPath(n.Name)]
	return m != nil && m.At.IsZero()
}

func ownerPath(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return ""
	}
	return name[:i]
}

// configAt are the lines at which the config values of an expression are set.
func (p *Pass) configAt(e *graph.Expr) []graph.Span {
	var out []graph.Span
	for _, r := range e.Refs(nil) {
		r = strings.TrimPrefix(r, "config.")
		if c, ok := p.Model.Lookup(r); ok {
			out = append(out, p.setAt(c)...)
			continue
		}
		// rope_parameters["rope_theta"] and the like
		if i := strings.IndexAny(r, ".["); i > 0 {
			if c, ok := p.Model.Lookup(r[:i]); ok {
				out = append(out, c.At...)
			}
		}
	}
	return out
}

// setAt are the lines that set a config value, the deciding one first: where the
// default is None and the value is not, a later line gave it.
func (p *Pass) setAt(c graph.ConfigValue) []graph.Span {
	if len(c.At) > 1 && c.Value != nil {
		if t, _, _ := strings.Cut(p.text(c.At[0]), "  #"); strings.HasSuffix(strings.TrimRight(t, " ,\r"), "None") {
			return append(c.At[1:len(c.At):len(c.At)], c.At[0])
		}
	}
	return c.At
}

// weightDim is the size of a projection's output or input, with its expression.
func (p *Pass) weightDim(q *proj, out bool) graph.Dim {
	w := p.f.param(q.weight)
	if w == nil || len(w.Shape) == 0 {
		return graph.Dim{}
	}
	r := len(w.Shape)
	i := r - 1
	op := q.out.Op
	for n := q.out; n != nil && n.Op == "add" && len(n.In) == 2; { // the bias
		x := n.In[0]
		if weightLike(x) != nil {
			x = n.In[1]
		}
		n = base(x)
		op = n.Op
	}
	switch {
	case op == "linear" || strings.HasPrefix(op, "conv"):
		if out {
			i = 0
		} else {
			i = min(1, r-1)
		}
		if r == 3 && op == "linear" { // one slice per expert
			i++
			if !out {
				i = r - 1
			}
		}
	default:
		// W @ x has the output first, x @ W last
		last := wantsLast(q)
		if out != last {
			i = r - 2
		}
		if i < 0 {
			i = 0
		}
	}
	return w.Shape[i]
}

// wantsLast reports whether the projection is x @ W, so that W's last dimension is the output.
func wantsLast(q *proj) bool {
	n := q.out
	for n != nil && n.Op == "add" { // the bias
		x := n.In[0]
		if weightLike(x) != nil {
			x = n.In[1]
		}
		n = base(x)
	}
	if n == nil || len(n.In) < 2 {
		return true
	}
	if n.Op == "addmm" {
		return true
	}
	if weightLike(n.In[0]) != nil {
		return false
	}
	// x @ W.T
	t := 0
	for x := n.In[1]; x != nil && len(x.In) > 0; x = x.In[0] {
		switch x.Op {
		case "t", "T", "mT", "transpose":
			t++
		}
	}
	return t%2 == 0
}
