package pipeline

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// listLines are the places that ran when lists became values of configs.
type listLines map[listOf][][]interp.Frame

type listOf struct {
	config *interp.Instance
	name   string
}

func (l listLines) set(o *interp.Instance, name string, at []interp.Frame) {
	k := listOf{o, name}
	l[k] = append(l[k], at)
}

// maxFormula bounds the text of a formula.
const maxFormula = 240

// formula is how a statement of the class of the config at prefix computes a
// list, with its values as config.x, and where: the line of the element for a comprehension. stacks are
// what ran when the list was set, the last time last; nothing of them is such a
// statement where the list was given.
func (s *Session) formula(stacks [][]interp.Frame, prefix, name string) (text string, made graph.Span) {
	for _, stack := range stacks {
		for _, f := range slices.Backward(stack) {
			if f.At.File == "" || strings.HasPrefix(f.At.File, "<") {
				continue
			}
			tree, _ := s.in.Source().Parse(f.At.File)
			if tree == nil {
				continue
			}
			fn, st := assignmentAt(tree, f.At.Line, name)
			if st == nil {
				continue
			}
			if !reads(st.Value, name) { // else it makes another form of what it was
				text, made = formulaOf(tree, f.At.File, fn, st.Value, prefix)
			}
			break
		}
	}
	return text, made
}

// reads reports whether an expression reads an attribute of that name.
func reads(e pyast.Expr, name string) (found bool) {
	pyast.Walk(e, func(n pyast.Node) bool {
		a, ok := n.(*pyast.Attribute)
		found = found || ok && a.Attr == name
		return !found
	})
	return found
}

// assignmentAt is the statement at a line that sets the attribute of that name
// of an object, with its function.
func assignmentAt(tree *pyast.Module, line int, name string) (fn *pyast.FunctionDef, st *pyast.Assign) {
	pyast.Inspect(tree, func(n pyast.Node) bool {
		at := n.Span()
		if line < int(at.Line) || int(at.EndLine) < line {
			return false
		}
		switch n := n.(type) {
		case *pyast.FunctionDef:
			fn = n
		case *pyast.Assign:
			for _, t := range n.Targets {
				if a, ok := t.(*pyast.Attribute); ok && a.Attr == name {
					st = n
				}
			}
		}
		return true
	})
	return fn, st
}

// formulaOf is the text of a list's expression. A variable of the function that
// was set once stands for its expression, one that was taken out of the
// arguments for their name.
func formulaOf(tree *pyast.Module, file string, fn *pyast.FunctionDef, e pyast.Expr, prefix string) (string, graph.Span) {
	at := graph.Span{File: file, Line: int(e.Span().Line)}
	if id, ok := e.(*pyast.Name); ok && fn != nil {
		if v := onlyValue(fn, id.ID); v != nil {
			e = v
			at.Line = int(e.Span().Line)
		}
	}
	switch x := e.(type) {
	case *pyast.Name:
		return "", at // filled step by step
	case *pyast.ListComp:
		at.Line = int(x.Elt.Span().Line)
	case *pyast.BinOp:
	case *pyast.Call, *pyast.Subscript, *pyast.IfExp:
	default:
		return "", graph.Span{} // a list that is spelled out, or another value
	}
	lines := strings.Split(tree.Text, "\n")
	text := slice(lines, e)
	self := ""
	if fn != nil && len(fn.Args.Args) > 0 {
		self = fn.Args.Args[0].Name
	}
	var from []string
	pyast.Walk(e, func(n pyast.Node) bool {
		if id, ok := n.(*pyast.Name); ok && fn != nil && id.ID != self && !slices.Contains(from, id.ID) {
			from = append(from, id.ID)
		}
		return true
	})
	for _, id := range from {
		if v := onlyValue(fn, id); v != nil {
			if key := taken(v); key != "" {
				text = replaceName(text, id, key)
			} else if _, ok := v.(*pyast.Attribute); ok {
				text = replaceName(text, id, slice(lines, v))
			}
		}
	}
	if self != "" {
		text = replaceName(text, self, strings.TrimSuffix("config."+prefix, "."))
	}
	if len(text) > maxFormula {
		text = ""
	}
	return text, at
}

// onlyValue is the expression of a variable that a function sets once and does
// not change after that; nil for a parameter, which may have been given.
func onlyValue(fn *pyast.FunctionDef, name string) (e pyast.Expr) {
	for _, a := range slices.Concat(fn.Args.PosOnly, fn.Args.Args, fn.Args.KwOnly) {
		if a.Name == name {
			return nil
		}
	}
	n := 0
	is := func(e pyast.Expr) bool {
		id, ok := e.(*pyast.Name)
		return ok && id.ID == name
	}
	for _, st := range fn.Body {
		pyast.Walk(st, func(x pyast.Node) bool {
			switch x := x.(type) {
			case *pyast.Assign:
				for _, t := range x.Targets {
					if is(t) {
						e = x.Value
						n++
					}
					if sub, ok := t.(*pyast.Subscript); ok && is(sub.Value) {
						n++
					}
				}
			case *pyast.AugAssign:
				if is(x.Target) {
					n++
				}
			case *pyast.ExprStmt: // x.append(y)
				if c, ok := x.Value.(*pyast.Call); ok {
					if a, ok := c.Func.(*pyast.Attribute); ok && is(a.Value) {
						n++
					}
				}
			}
			return true
		})
	}
	if n != 1 {
		return nil
	}
	return e
}

// taken is the key in `kwargs.pop("key", default)` and `kwargs.get("key", default)`.
func taken(e pyast.Expr) string {
	c, ok := e.(*pyast.Call)
	if !ok || len(c.Args) == 0 {
		return ""
	}
	f, ok := c.Func.(*pyast.Attribute)
	if !ok || f.Attr != "pop" && f.Attr != "get" {
		return ""
	}
	k, ok := c.Args[0].(*pyast.Constant)
	if !ok || k.Kind != pyast.Str {
		return ""
	}
	return k.Str
}

// slice is the text of an expression on one line, without comments.
func slice(lines []string, e pyast.Expr) string {
	s := e.Span()
	var parts []string
	for l := int(s.Line); l <= int(s.EndLine) && l <= len(lines); l++ {
		t := lines[l-1]
		if l == int(s.EndLine) {
			t = t[:min(int(s.EndCol), len(t))]
		}
		if l == int(s.Line) {
			t = t[min(int(s.Col), len(t)):]
		}
		if t, _, _ = strings.Cut(t, "  #"); strings.TrimSpace(t) != "" {
			parts = append(parts, strings.TrimSpace(t))
		}
	}
	text := strings.Join(parts, " ")
	return strings.NewReplacer("[ ", "[", " ]", "]", "( ", "(", " )", ")", ",]", "]", ", ]", "]", ",)", ")").Replace(text)
}

// replaceName puts another name in the place of a variable's.
func replaceName(text, name, by string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		j := strings.Index(text[i:], name)
		if j < 0 {
			b.WriteString(text[i:])
			break
		}
		j += i
		end := j + len(name)
		b.WriteString(text[i:j])
		if j > 0 && (isWord(text[j-1]) || text[j-1] == '.' || text[j-1] == '"' || text[j-1] == '\'') || end < len(text) && isWord(text[end]) {
			b.WriteString(name)
		} else {
			b.WriteString(by)
		}
		i = end
	}
	return b.String()
}

// derivedLists are the lists of strings or numbers that properties of config
// classes compute, those that every config has left out.
func (s *Session) derivedLists(cfg *interp.Instance, prefix string, seen []*interp.Instance) []graph.ConfigValue {
	if cfg.Dict == nil || slices.Contains(seen, cfg) {
		return nil
	}
	seen = append(seen, cfg)
	shared := s.sharedConfigFiles()
	var out []graph.ConfigValue
	for _, k := range cfg.Cls.MRO {
		if f := k.Span().File; f == "" || shared[f] {
			continue
		}
		k.Dict.Range(func(n, v interp.Value) bool {
			name, _ := interp.AsStr(n)
			prop, ok := v.(*interp.Property)
			if !ok || strings.HasPrefix(name, "_") || prop.Get == nil {
				return true
			}
			fn, ok := prop.Get.(*interp.Function)
			if !ok {
				return true
			}
			var l *interp.List
			if s.in.TryCatch(interp.Exception, func() { l, _ = s.in.GetAttr(cfg, name).(*interp.List) }) != nil || l == nil || len(l.V) < 2 {
				return true
			}
			c := graph.ConfigValue{Name: prefix + name, Value: plain(l)}
			c.Formula, c.Made = s.returned(fn, prefix)
			if !c.Made.IsZero() {
				out = append(out, c)
			}
			return true
		})
	}
	cfg.Dict.Range(func(k, v interp.Value) bool {
		if sub, ok := v.(*interp.Instance); ok && sub.Dict != nil && sub.Data == nil && !sub.Cls.Native {
			name, _ := interp.AsStr(k)
			out = append(out, s.derivedLists(sub, prefix+name+".", seen)...)
		}
		return true
	})
	return out
}

// returned is the formula of the list that a function returns at its end.
func (s *Session) returned(fn *interp.Function, prefix string) (string, graph.Span) {
	tree, _ := s.in.Source().Parse(fn.Code.File)
	if tree == nil {
		return "", graph.Span{}
	}
	var text string
	var at graph.Span
	pyast.Inspect(tree, func(n pyast.Node) bool {
		d, ok := n.(*pyast.FunctionDef)
		if !ok || d.Name != fn.Name || !slices.ContainsFunc(append([]pyast.Expr{}, d.Decorators...), func(e pyast.Expr) bool {
			return int(e.Span().Line) == fn.Code.Line || int(d.Line) == fn.Code.Line
		}) {
			return true
		}
		if len(d.Body) > 0 {
			if r, ok := d.Body[len(d.Body)-1].(*pyast.Return); ok && r.Value != nil {
				text, at = formulaOf(tree, fn.Code.File, d, r.Value, prefix)
			}
		}
		return false
	})
	return text, at
}
