package interp

import (
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// AheadParser is a Source that can parse files while the interpreter runs.
type AheadParser interface {
	Source
	// ParseAhead starts to parse a file that nobody has asked for yet, and
	// hands its tree to then, from another goroutine.
	ParseAhead(file string, then func(tree *pyast.Module))
}

// Ahead starts to parse the files of modules that will be imported, and of
// those that they import in their turn. Nothing depends on it but time.
func (in *Interp) Ahead(modules ...string) {
	if src, ok := in.src.(AheadParser); ok {
		w := importWalk{src, in.table}
		for _, name := range modules {
			w.module(name)
		}
	}
}

// importWalk follows import statements as they are written.
type importWalk struct {
	src   AheadParser
	table *Table
}

func (w importWalk) module(name string) {
	for i := strings.IndexByte(name, '.'); i > 0; {
		w.file(name[:i])
		j := strings.IndexByte(name[i+1:], '.')
		if j < 0 {
			break
		}
		i += 1 + j
	}
	w.file(name)
}

func (w importWalk) file(name string) {
	if w.table.declared(w.src, name) != nil {
		return
	}
	file, isPkg, ok := w.src.Resolve(name)
	if !ok {
		return
	}
	pkg := name
	if !isPkg {
		pkg = name[:max(strings.LastIndexByte(name, '.'), 0)]
	}
	w.src.ParseAhead(file, func(tree *pyast.Module) { w.imports(tree.Body, pkg) })
}

// imports follows the statements of a module's body. Those beneath conditions
// may never run: they are left alone.
func (w importWalk) imports(body []pyast.Stmt, pkg string) {
	for _, s := range body {
		switch s := s.(type) {
		case *pyast.Import:
			for _, a := range s.Names {
				w.module(a.Name)
			}
		case *pyast.ImportFrom:
			from, ok := absolute(pkg, s.Module, s.Level)
			if !ok {
				continue
			}
			w.module(from)
			for _, a := range s.Names {
				w.file(from + "." + a.Name)
			}
		}
	}
}

// absolute is the name of the module in `from ..module import`, level dots, in
// a module of package pkg; false where that leads out of the package.
func absolute(pkg, module string, level int) (string, bool) {
	if level == 0 {
		return module, true
	}
	for i := 1; i < level; i++ {
		j := strings.LastIndexByte(pkg, '.')
		if j < 0 {
			return "", false
		}
		pkg = pkg[:j]
	}
	if module == "" {
		return pkg, true
	}
	return pkg + "." + module, true
}
