package load

import (
	"path"
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// modelBase is the class from which every model class derives, and its file.
const (
	modelBase     = "PreTrainedModel"
	modelBaseFile = Package + "/modeling_utils.py"
)

// Class is a class statement of a modeling file.
type Class struct {
	Name    string
	Line    int
	Init    bool // has a constructor of its own
	Forward bool // has a forward of its own
	bases   []string
}

// outline is what the top level of a file says: its classes in order, and
// where imported names come from.
type outline struct {
	classes []Class
	byName  map[string]int
	imports map[string][2]string // local name -> module, name
}

// outline is the outline of a file, of what can be parsed of it.
func (s *Source) outline(file string) *outline {
	if v, ok := s.outlines.Load(file); ok {
		return v.(*outline)
	}
	o := &outline{byName: map[string]int{}, imports: map[string][2]string{}}
	if tree, _ := s.Parse(file); tree != nil {
		o.add(file, tree.Body)
	}
	v, _ := s.outlines.LoadOrStore(file, o)
	return v.(*outline)
}

func (o *outline) add(file string, body []pyast.Stmt) {
	for _, st := range body {
		switch st := st.(type) {
		case *pyast.ClassDef:
			c := Class{Name: st.Name, Line: int(st.Line)}
			for _, b := range st.Bases {
				if n := dotted(b); n != "" {
					c.bases = append(c.bases, n)
				}
			}
			for _, m := range st.Body {
				if f, ok := m.(*pyast.FunctionDef); ok {
					c.Init = c.Init || f.Name == "__init__"
					c.Forward = c.Forward || f.Name == "forward"
				}
			}
			o.byName[c.Name] = len(o.classes)
			o.classes = append(o.classes, c)
		case *pyast.ImportFrom:
			module := absolute(file, st.Module, st.Level)
			for _, a := range st.Names {
				local := a.AsName
				if local == "" {
					local = a.Name
				}
				o.imports[local] = [2]string{module, a.Name}
			}
		case *pyast.If: // classes that depend on what is installed
			if dotted(st.Test) == "TYPE_CHECKING" {
				continue
			}
			o.add(file, st.Body)
			o.add(file, st.Orelse)
		case *pyast.Try:
			o.add(file, st.Body)
		}
	}
}

// dotted is the text of a name or of names with dots between; a subscript
// (`Generic[T]`) counts as what it is of.
func dotted(e pyast.Expr) string {
	switch e := e.(type) {
	case *pyast.Name:
		return e.ID
	case *pyast.Attribute:
		if b := dotted(e.Value); b != "" {
			return b + "." + e.Attr
		}
	case *pyast.Subscript:
		return dotted(e.Value)
	}
	return ""
}

// absolute is the module that a relative import in a file names.
func absolute(file, module string, level int) string {
	if level == 0 {
		return module
	}
	pkg := path.Dir(file)
	for range level - 1 {
		pkg = path.Dir(pkg)
	}
	if pkg == "." {
		return module
	}
	pkg = strings.ReplaceAll(pkg, "/", ".")
	if module == "" {
		return pkg
	}
	return pkg + "." + module
}

// Missing is a relative import of a file that leads to nothing in the source.
type Missing struct {
	Module    string // as the file writes it: ".configuration_x"
	Line, Col int    // of the statement, from 1
}

// MissingImports lists the relative imports at the top level of a file whose
// module is not there: of a file that was cut out of its folder, what should
// lie beside it.
func (s *Source) MissingImports(file string) []Missing {
	tree, _ := s.Parse(file)
	if tree == nil {
		return nil
	}
	var out []Missing
	for _, st := range tree.Body {
		i, ok := st.(*pyast.ImportFrom)
		if !ok || i.Level == 0 {
			continue
		}
		if _, _, ok := s.Resolve(absolute(file, i.Module, i.Level)); !ok {
			out = append(out, Missing{strings.Repeat(".", i.Level) + i.Module, int(i.Line), int(i.Col) + 1})
		}
	}
	return out
}

// ModelClasses lists the classes of a file that derive from PreTrainedModel,
// in the order of the file, as far as names in the source tell.
func (s *Source) ModelClasses(file string) []Class {
	var out []Class
	for _, c := range s.outline(file).classes {
		if s.derives(file, c.Name, 32) {
			out = append(out, c)
		}
	}
	return out
}

// Classes lists the classes that a file defines at its top level.
func (s *Source) Classes(file string) []Class { return s.outline(file).classes }

func (s *Source) derives(file, class string, depth int) bool {
	if class == modelBase && file == modelBaseFile {
		return true
	}
	o := s.outline(file)
	i, ok := o.byName[class]
	if !ok || depth == 0 {
		return false
	}
	for _, b := range o.classes[i].bases {
		if _, local := o.byName[b]; local {
			if b != class && s.derives(file, b, depth-1) {
				return true
			}
			continue
		}
		head, rest, _ := strings.Cut(b, ".")
		from := o.imports[head]
		name := from[1]
		if rest != "" {
			name = rest[strings.LastIndexByte(rest, '.')+1:]
		}
		if name == modelBase { // by any way that it is imported
			return true
		}
		if next, _, ok := s.Resolve(from[0]); ok && s.derives(next, name, depth-1) {
			return true
		}
	}
	return false
}
