package prose

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// Reader gives the lines of a model's source.
type Reader struct {
	// Source is the text of a file by the name that it has in spans; nil where there is none.
	Source func(file string) []byte
	files  map[string]*file
}

type file struct {
	lines []string
	tree  *pyast.Module
}

func (r *Reader) file(name string) *file {
	if f, ok := r.files[name]; ok {
		return f
	}
	f := &file{}
	if text := r.Source(name); text != nil {
		f.lines = strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
		f.tree, _ = pyast.Parse(name, text)
	}
	if r.files == nil {
		r.files = map[string]*file{}
	}
	r.files[name] = f
	return f
}

// Passage is some lines of a file, and which of them decide.
type Passage struct {
	File  string // as spans name it
	Owner string // the class and function that hold the lines: "Qwen3Attention.forward"
	First int    // the first line's number
	Lines []string
	Mark  []bool // for each line: whether it is one that decides
	// Text are the lines From to To of a docstring, which are not shown.
	From, To int
}

// maxPassage bounds the lines of a passage.
const maxPassage = 8

// Passage is the statement at a place: all of its lines, as far as that is short.
func (r *Reader) Passage(at graph.Span) (p Passage, ok bool) {
	f := r.file(at.File)
	if at.Line < 1 || at.Line > len(f.lines) {
		return p, false
	}
	p = Passage{File: at.File, First: at.Line}
	last := at.Line
	if f.tree != nil {
		owner, st := enclosing(f.tree.Body, at.Line)
		p.Owner = owner
		if st != nil {
			a, b := simple(st)
			if b-a < maxPassage {
				p.First, last = a, b
			}
		}
	}
	for n := p.First; n <= last; n++ {
		p.Lines = append(p.Lines, f.lines[n-1])
		p.Mark = append(p.Mark, n == at.Line)
	}
	return p, true
}

// Function is the function at a place as a whole, from its def line on, with
// the line marked; false where it is long, or a constructor.
func (r *Reader) Function(at graph.Span) (p Passage, ok bool) {
	f := r.file(at.File)
	if f.tree == nil || at.Line < 1 || at.Line > len(f.lines) {
		return p, false
	}
	owner, _ := enclosing(f.tree.Body, at.Line)
	d := function(f.tree.Body, at.Line)
	if d == nil || d.Name == "__init__" || len(d.Body) == 0 {
		return p, false
	}
	first, last := pos(d)
	if last-first >= maxFunction || at.Line < first {
		return p, false
	}
	p = Passage{File: at.File, Owner: owner, First: first, Lines: f.lines[first-1 : last], Mark: make([]bool, last-first+1)}
	p.Mark[at.Line-first] = true
	if doc, ok := d.Body[0].(*pyast.ExprStmt); ok {
		if _, text := doc.Value.(*pyast.Constant); text {
			p.From, p.To = pos(doc)
		}
	}
	return p, true
}

// function is the innermost function that holds a line, or nil.
func function(body []pyast.Stmt, line int) (out *pyast.FunctionDef) {
	for _, s := range body {
		if first, last := pos(s); line < first || line > last {
			continue
		}
		if d, ok := s.(*pyast.FunctionDef); ok {
			out = d
		}
		for _, b := range bodies(s) {
			if d := function(b, line); d != nil {
				out = d
			}
		}
	}
	return out
}

// pos are the lines of a statement.
func pos(s pyast.Stmt) (first, last int) {
	p := s.Span()
	return int(p.Line), int(p.EndLine)
}

// simple are the lines of a statement without those of the blocks beneath it.
func simple(s pyast.Stmt) (first, last int) {
	first, last = pos(s)
	for _, body := range bodies(s) {
		if len(body) > 0 {
			if a, _ := pos(body[0]); a > first {
				last = min(last, a-1)
			}
		}
	}
	return first, max(first, last)
}

// bodies are the blocks of a compound statement.
func bodies(s pyast.Stmt) [][]pyast.Stmt {
	switch s := s.(type) {
	case *pyast.ClassDef:
		return [][]pyast.Stmt{s.Body}
	case *pyast.FunctionDef:
		return [][]pyast.Stmt{s.Body}
	case *pyast.If:
		return [][]pyast.Stmt{s.Body, s.Orelse}
	case *pyast.For:
		return [][]pyast.Stmt{s.Body, s.Orelse}
	case *pyast.While:
		return [][]pyast.Stmt{s.Body, s.Orelse}
	case *pyast.With:
		return [][]pyast.Stmt{s.Body}
	case *pyast.Try:
		out := [][]pyast.Stmt{s.Body, s.Orelse, s.Final}
		for _, h := range s.Handlers {
			out = append(out, h.Body)
		}
		return out
	case *pyast.Match:
		var out [][]pyast.Stmt
		for _, c := range s.Cases {
			out = append(out, c.Body)
		}
		return out
	}
	return nil
}

// enclosing is the innermost statement that holds a line, and the names of the
// classes and functions around it.
func enclosing(body []pyast.Stmt, line int) (owner string, st pyast.Stmt) {
	for _, s := range body {
		first, last := pos(s)
		if line < first || line > last {
			continue
		}
		name := ""
		switch s := s.(type) {
		case *pyast.ClassDef:
			name = s.Name
		case *pyast.FunctionDef:
			name = s.Name
		}
		for _, b := range bodies(s) {
			if inner, t := enclosing(b, line); t != nil {
				return join(name, inner), t
			}
		}
		return name, s
	}
	return "", nil
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}
