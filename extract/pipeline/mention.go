package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// text is the source of a file, searched for reads of config values. What it
// finds may be more than there is, never less.
type text struct {
	file    string
	body    string
	asked   map[string]bool
	config  bool
	strings map[string][]int // of a file of config classes: the strings in functions, and the lines of their classes
	shapes  []string         // f-strings that may make a name, with \x00 for what is put in
}

// mentions reports whether the text reads an attribute of that name from
// anything but self or a module, or holds the name as a string, outside of the
// classes at the given lines. Only a method may be called.
func (t *text) mentions(name string, method bool, but map[int]bool) bool {
	if slices.ContainsFunc(t.strings[name], func(line int) bool { return !but[line] }) {
		return true
	}
	found, ok := t.asked[name]
	if !ok {
		found = t.search(name, method)
		t.asked[name] = found
	}
	return found
}

func (t *text) search(name string, method bool) bool {
	for _, s := range t.shapes {
		if fits(name, s) {
			return true
		}
	}
	for from := 0; ; {
		i := strings.Index(t.body[from:], name)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(name)
		from = end
		if i == 0 || end < len(t.body) && isWord(t.body[end]) || t.comment(i) {
			continue
		}
		switch q := t.body[i-1]; q {
		case '"', '\'':
			if !t.config && end < len(t.body) && t.body[end] == q {
				return true
			}
		case '.':
			if !method && end < len(t.body) && t.body[end] == '(' {
				continue
			}
			if chain := t.before(i - 1); chain != "self" && !t.imported(chain) {
				return true
			}
		}
	}
}

// before is the dotted name that ends at i, with what follows the last of its
// parts that is none: "" for the result of a call.
func (t *text) before(i int) string {
	at := i
	for at > 0 && (isWord(t.body[at-1]) || t.body[at-1] == '.') {
		at--
	}
	if at > 0 && strings.IndexByte(")]}\"'", t.body[at-1]) >= 0 {
		return ""
	}
	return t.body[at:i]
}

// imported reports whether a dotted name begins with what the file imports as a module.
func (t *text) imported(chain string) bool {
	first, _, _ := strings.Cut(chain, ".")
	if first == "" || first == "self" {
		return false
	}
	return strings.Contains(t.body, "import "+first+"\n") || strings.Contains(t.body, " as "+first+"\n") || strings.Contains(t.body, "import "+first+",")
}

// comment reports whether place i is on a line that is a comment.
func (t *text) comment(i int) bool {
	line := t.body[strings.LastIndexByte(t.body[:i], '\n')+1 : i]
	return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#")
}

// readsWhole reports whether the text takes all values of a config at once, so
// that no one can say which it reads.
func (t *text) readsWhole() bool {
	for _, means := range []string{".to_dict(", ".to_diff_dict(", ".__dict__"} {
		if t.each(means, func(i int) bool { return strings.Contains(t.before(i), "config") }) {
			return true
		}
	}
	for _, means := range []string{"vars(", "asdict(", "**"} {
		if t.each(means, func(i int) bool {
			if means == "**" && !strings.HasSuffix(strings.TrimRight(t.body[:i], " \t\n"), "(") && !strings.HasSuffix(strings.TrimRight(t.body[:i], " \t\n"), ",") {
				return false
			}
			at := i + len(means)
			end := at
			for end < len(t.body) && (isWord(t.body[end]) || t.body[end] == '.') {
				end++
			}
			return strings.HasSuffix(t.body[at:end], "config")
		}) {
			return true
		}
	}
	return false
}

// each calls f with the places of s until it answers yes.
func (t *text) each(s string, f func(i int) bool) bool {
	for from := 0; ; {
		i := strings.Index(t.body[from:], s)
		if i < 0 {
			return false
		}
		if f(from + i) {
			return true
		}
		from += i + len(s)
	}
}

// findShapes collects the f-strings that may make the name of an attribute.
func (t *text) findShapes() {
	for _, open := range []string{`f"`, `f'`} {
		t.each(open, func(i int) bool {
			if i > 0 && isWord(t.body[i-1]) {
				return false
			}
			rest := t.body[i+2:]
			if end := strings.IndexByte(rest, open[1]); end > 0 {
				if s, ok := shape(rest[:end]); ok {
					t.shapes = append(t.shapes, s)
				}
			}
			return false
		})
	}
}

// shape is the text of an f-string with \x00 for what is put in, where it can be a name.
func shape(s string) (string, bool) {
	var b strings.Builder
	depth, fixed := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '{':
			if depth++; depth == 1 {
				b.WriteByte(0)
			}
		case c == '}':
			depth--
		case depth > 0:
		case isWord(c):
			b.WriteByte(c)
			fixed++
		default:
			return "", false
		}
	}
	return b.String(), depth == 0 && fixed > 0 && strings.Contains(b.String(), "\x00")
}

// fits reports whether a name has a shape.
func fits(name, shape string) bool {
	parts := strings.Split(shape, "\x00")
	if len(parts) == 1 {
		return name == shape
	}
	last := len(parts) - 1
	if !strings.HasPrefix(name, parts[0]) {
		return false
	}
	name = name[len(parts[0]):]
	for _, p := range parts[1:last] {
		i := strings.Index(name, p)
		if i < 0 {
			return false
		}
		name = name[i+len(p):]
	}
	return strings.HasSuffix(name, parts[last])
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// stringsIn are the strings in functions of a file, with the lines of the
// classes that hold the functions, 0 for none.
func stringsIn(tree *pyast.Module) map[string][]int {
	out := map[string][]int{}
	var block func(body []pyast.Stmt, class int)
	block = func(body []pyast.Stmt, class int) {
		for _, st := range body {
			pyast.Walk(st, func(n pyast.Node) bool {
				switch n := n.(type) {
				case *pyast.ClassDef:
					block(n.Body, int(n.Line))
					return false
				case *pyast.FunctionDef:
					for _, b := range n.Body {
						pyast.Walk(b, func(n pyast.Node) bool {
							if c, ok := n.(*pyast.Constant); ok && c.Kind == pyast.Str && !slices.Contains(out[c.Str], class) {
								out[c.Str] = append(out[c.Str], class)
							}
							return true
						})
					}
					return false
				}
				return true
			})
		}
	}
	block(tree.Body, 0)
	return out
}

// handsOver reports whether a file passes a config to code of a package that is
// not there, or derives classes from it.
func handsOver(tree *pyast.Module, there func(pkg string) bool) (found bool) {
	foreign := map[string]bool{}
	pyast.Inspect(tree, func(n pyast.Node) bool {
		switch n := n.(type) {
		case pyast.Expr, *pyast.FunctionDef, *pyast.ClassDef:
			return false
		case *pyast.ImportFrom:
			if pkg, _, _ := strings.Cut(n.Module, "."); n.Level == 0 && !there(pkg) {
				for _, a := range n.Names {
					foreign[cmp.Or(a.AsName, a.Name)] = true
				}
			}
		case *pyast.Import:
			for _, a := range n.Names {
				if pkg, _, _ := strings.Cut(a.Name, "."); !there(pkg) {
					foreign[cmp.Or(a.AsName, pkg)] = true
				}
			}
		}
		return true
	})
	if len(foreign) == 0 {
		return false
	}
	of := func(e pyast.Expr) bool { // a name of such a package
		for {
			a, ok := e.(*pyast.Attribute)
			if !ok {
				break
			}
			e = a.Value
		}
		id, ok := e.(*pyast.Name)
		return ok && foreign[id.ID]
	}
	pyast.Inspect(tree, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.ClassDef:
			found = found || slices.ContainsFunc(n.Bases, of)
		case *pyast.Call:
			if of(n.Func) {
				found = found || slices.ContainsFunc(n.Args, isConfig)
				for _, k := range n.Keywords {
					found = found || isConfig(k.Value)
				}
			}
		}
		return !found
	})
	return found
}

// isConfig reports whether an expression may be a whole config.
func isConfig(e pyast.Expr) bool {
	switch e := e.(type) {
	case *pyast.Name:
		return strings.HasSuffix(e.ID, "config")
	case *pyast.Attribute:
		return strings.HasSuffix(e.Attr, "config")
	}
	return false
}
