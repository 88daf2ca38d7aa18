package interp

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/arch-extract/arch-extract/pyast"
)

var signatures sync.Map // *Entry -> *Signature

func signatureOf(e *Entry) *Signature {
	if s, ok := signatures.Load(e); ok {
		return s.(*Signature)
	}
	s := ParseSignature(e.Sig)
	signatures.Store(e, s)
	return s
}

func (in *Interp) declared(name string) *Entry { return in.table.declared(in.src, name) }

// declared is the entry by which a module, or a package above it, is not read.
func (t *Table) declared(src Source, name string) *Entry {
	for {
		if e := t.entries[name]; e != nil && e.Module != nil {
			if !e.Absent {
				return e
			}
			if _, _, ok := src.Resolve(name); !ok {
				return e
			}
			return nil
		}
		i := strings.LastIndexByte(name, '.')
		if i < 0 {
			return nil
		}
		name = name[:i]
	}
}

// Import returns the module of a dotted name, importing it (and its parents)
// where needed; it raises ModuleNotFoundError.
func (in *Interp) Import(name string) *Module {
	v := in.importValue(name)
	if m, ok := v.(*Module); ok {
		return m
	}
	return &Module{Name: name, Dict: NewDict(), native: true, loaded: true}
}

func (in *Interp) tryImport(name string) Value {
	if !in.CanImport(name) {
		return nil
	}
	return in.importValue(name)
}

// CanImport reports whether a module of that name exists.
func (in *Interp) CanImport(name string) bool {
	if _, ok := in.modules[name]; ok {
		return true
	}
	if in.table.modules[name] {
		return true
	}
	if _, _, ok := in.src.Resolve(name); ok {
		return true
	}
	_, _, ok := in.beside(name)
	return ok
}

// Neighbours is a Source that also knows what lies beside the files that it
// was opened for: where Python, started there, looks as well (sys.path[0]).
type Neighbours interface {
	// Beside finds a dotted module name there, as Source.Resolve does.
	Beside(name string) (file string, isPkg, ok bool)
}

// beside finds a module beside the files that are read. Unlike Python's own
// search it comes last: a file hides neither the standard library nor a package.
func (in *Interp) beside(name string) (file string, isPkg, ok bool) {
	if n, is := in.src.(Neighbours); is {
		return n.Beside(name)
	}
	return "", false, false
}

// Assume lets a package be imported though its source is not given: what
// comes from it is unknown, and a class that derives from such makes unknown
// objects. It reports whether that is news.
func (in *Interp) Assume(pkg string) bool {
	if in.assumed[pkg] || in.CanImport(pkg) {
		return false
	}
	if in.assumed == nil {
		in.assumed = map[string]bool{}
	}
	in.assumed[pkg] = true
	return true
}

// Assumed names the packages of Assume, sorted.
func (in *Interp) Assumed() []string { return slices.Sorted(maps.Keys(in.assumed)) }

// notGiven is a module of a package of Assume, or nil.
func (in *Interp) notGiven(name string) *Module {
	top, _, _ := strings.Cut(name, ".")
	if !in.assumed[top] {
		return nil
	}
	m := NewLazyModule(name, "", func(in *Interp, attr string) (Value, bool) {
		if strings.HasPrefix(attr, "__") && attr != "__version__" {
			return nil, false
		}
		return in.Unknown("%s.%s: the source of the package %s is not given", name, attr, top), true
	})
	in.modules[name] = m
	return m
}

// SysModules is the table of imported modules by name, for sys.modules.
func (in *Interp) SysModules() map[string]Value { return in.modules }

// importValue imports a module; what stands in sys.modules may be any object.
func (in *Interp) importValue(name string) Value {
	if v, ok := in.modules[name]; ok {
		return v
	}
	parent := ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		parent = name[:i]
		in.importValue(parent)
		if v, ok := in.modules[name]; ok {
			return v
		}
	}
	declared := in.declared(name) != nil
	if !declared {
		if file, isPkg, ok := in.src.Resolve(name); ok {
			m := in.execModule(name, file, isPkg)
			in.bindChild(parent, name, m)
			return m
		}
	}
	if declared || in.table.modules[name] {
		m := &Module{Name: name, Dict: NewDict(), IsPkg: true, native: true, loaded: true}
		m.Dict.SetStr("__name__", NewStr(name))
		m.Dict.SetStr("__path__", NewList())
		m.Dict.SetStr("__spec__", None)
		in.modules[name] = m
		in.bindChild(parent, name, m)
		return m
	}
	if v, ok := in.NativeValue(name); ok { // a class or function where Python has a module
		return v
	}
	if file, isPkg, ok := in.beside(name); ok {
		m := in.execModule(name, file, isPkg)
		in.bindChild(parent, name, m)
		return m
	}
	if m := in.notGiven(name); m != nil {
		in.bindChild(parent, name, m)
		return m
	}
	if parent != "" {
		if pm, ok := in.modules[parent].(*Module); ok && !pm.IsPkg {
			in.raiseImport(ModuleNotFoundError, name, "No module named '%s'; '%s' is not a package", name, parent)
		}
	}
	in.raiseImport(ModuleNotFoundError, name, "No module named '%s'", name)
	return nil
}

func (in *Interp) raiseImport(cls *Class, name, format string, args ...any) {
	r := in.catch(func() { in.Raise(cls, format, args...) })
	r.Exc.Dict = NewDict()
	r.Exc.Dict.SetStr("name", NewStr(name))
	panic(r)
}

func (in *Interp) bindChild(parent, name string, m Value) {
	if parent == "" {
		return
	}
	if pm, ok := in.modules[parent].(*Module); ok {
		pm.Dict.SetStr(name[len(parent)+1:], m)
	}
}

// execModule runs the source of a module.
func (in *Interp) execModule(name, file string, isPkg bool) Value {
	tree, err := in.src.Parse(file)
	if err != nil && tree == nil {
		in.raiseImport(ImportError, name, "cannot read %s: %s", file, err.Error())
	}
	if err != nil {
		in.Raise(SyntaxError, "%s", err.Error())
	}
	m := &Module{Name: name, Dict: NewDict(), File: file, IsPkg: isPkg}
	d := m.Dict
	d.SetStr("__name__", NewStr(name))
	d.SetStr("__file__", NewStr(file))
	d.SetStr("__doc__", None)
	pkg := name
	if isPkg {
		d.SetStr("__path__", NewList(NewStr(file[:max(strings.LastIndexByte(file, '/'), 0)])))
	} else if i := strings.LastIndexByte(name, '.'); i >= 0 {
		pkg = name[:i]
	} else {
		pkg = ""
	}
	d.SetStr("__package__", NewStr(pkg))
	spec := &Instance{Cls: moduleSpecClass, Dict: NewDict()}
	spec.Dict.SetStr("name", NewStr(name))
	spec.Dict.SetStr("origin", NewStr(file))
	spec.Dict.SetStr("submodule_search_locations", None)
	d.SetStr("__spec__", spec)
	in.modules[name] = m
	r := in.catch(func() { in.runModule(m, tree) })
	if r != nil {
		delete(in.modules, name)
		panic(r)
	}
	m.loaded = true
	in.patch(m)
	return in.modules[name] // the module may have replaced itself
}

var moduleSpecClass = NewNativeClass("importlib.machinery.ModuleSpec", nil)

func (in *Interp) runModule(m *Module, tree *pyast.Module) {
	sc := newScope(moduleScope, nil)
	sc.textAnnotations = importsFuture(tree, "annotations")
	a := &analyzer{cur: sc}
	a.stmts(tree.Body)
	c := &compiler{in: in, file: m.File, cur: sc}
	body := c.stmts(tree.Body)
	f := in.newFrame(sc.slots.n)
	f.name, f.file, f.globals, f.scope, f.line = "<module>", m.File, m.Dict, sc, 1
	in.push(f)
	run(f, body)
	in.pop()
}

// importsFuture reports whether a module turns a feature on with
// `from __future__ import`, which stands at its beginning.
func importsFuture(tree *pyast.Module, feature string) bool {
	for i, st := range tree.Body {
		switch st := st.(type) {
		case *pyast.ExprStmt:
			if i > 0 { // only the docstring may come before
				return false
			}
		case *pyast.ImportFrom:
			if st.Module != "__future__" || st.Level != 0 {
				return false
			}
			for _, n := range st.Names {
				if n.Name == feature {
					return true
				}
			}
		default:
			return false
		}
	}
	return false
}

// EvalString evaluates an expression given as text, in the given globals; it
// raises SyntaxError where the text does not parse.
func (in *Interp) EvalString(src string, globals *Dict) Value {
	tree, err := pyast.Parse("<string>", []byte(strings.TrimSpace(src)))
	if err != nil || len(tree.Body) != 1 {
		in.Raise(SyntaxError, "invalid syntax")
	}
	st, ok := tree.Body[0].(*pyast.ExprStmt)
	if !ok {
		in.Raise(SyntaxError, "invalid syntax")
	}
	return in.evalIn("<string>", "<string>", st.Value, globals)
}

// evalIn evaluates an expression that stands on its own, in the given globals.
func (in *Interp) evalIn(name, file string, x pyast.Expr, globals *Dict) Value {
	sc := newScope(moduleScope, nil)
	a := &analyzer{cur: sc}
	a.expr(x)
	e := (&compiler{in: in, file: file, cur: sc}).expr(x)
	f := in.newFrame(sc.slots.n)
	f.name, f.file, f.line, f.globals, f.scope = name, file, x.Span().Line, globals, sc
	in.push(f)
	v := e.eval(f)
	in.pop()
	return v
}

// RunString runs statements given as text in a fresh module namespace, which
// it returns. Errors in the text raise SyntaxError.
func (in *Interp) RunString(file, src string) *Dict {
	tree, err := pyast.Parse(file, []byte(src))
	if err != nil {
		in.Raise(SyntaxError, "%s", err.Error())
	}
	m := &Module{Name: "__main__", Dict: NewDict(), File: file}
	m.Dict.SetStr("__name__", NewStr("__main__"))
	in.modules[m.Name] = m
	in.runModule(m, tree)
	return m.Dict
}

// patch puts the table's stand-ins into a module of the source that has been
// run: functions and classes, and methods of its classes.
func (in *Interp) patch(m *Module) {
	for _, e := range in.table.patches[m.Name] {
		rest := e.Name[len(m.Name)+1:]
		name, method, isMethod := strings.Cut(rest, ".")
		if !isMethod {
			if _, ok := m.Dict.GetStr(name); ok {
				if v, ok := in.NativeValue(e.Name); ok {
					m.Dict.SetStr(name, v)
				}
			}
			continue
		}
		if strings.Contains(method, ".") {
			continue
		}
		if v, ok := m.Dict.GetStr(name); ok {
			if c, ok := v.(*Class); ok && !c.Native {
				if old, ok := c.Dict.GetStr(method); ok {
					nv, _ := in.NativeValue(e.Name)
					switch old.(type) {
					case *ClassMethod:
						nv = &ClassMethod{nv}
					case *StaticMethod:
						nv = &StaticMethod{nv}
					case *Property:
						nv = &Property{Get: nv}
					}
					in.SetClassAttr(c, method, nv)
				}
			}
		}
	}
}

// moduleAttr is module.name, with submodules of native packages and the names
// of lazy packages resolved on demand.
func (in *Interp) moduleAttr(m *Module, name string) (Value, bool) {
	if v, ok := m.Dict.GetStr(name); ok {
		return v, true
	}
	switch name {
	case "__dict__":
		return m.Dict, true
	case "__class__":
		return ModuleClass, true
	}
	if m.native {
		q := m.Name + "." + name
		if v, ok := in.NativeValue(q); ok {
			m.Dict.SetStr(name, v)
			return v, true
		}
		if in.table.modules[q] {
			return in.importValue(q), true
		}
		if e := in.declared(m.Name); e != nil {
			if v, ok := e.Module(in, name); ok {
				if _, unknown := v.(*Unknown); !unknown { // an unknown says where it was asked for
					m.Dict.SetStr(name, v)
				}
				return v, true
			}
		}
		return nil, false
	}
	if ga, ok := m.Dict.GetStr("__getattr__"); ok {
		return in.call(ga, []Value{NewStr(name)}, nil), true
	}
	if m.lazy != nil {
		return m.lazy(in, name)
	}
	return nil, false
}

// importFrom is `from m import name`.
func (in *Interp) importFrom(m Value, modname, name string) Value {
	if mm, ok := m.(*Module); ok {
		// an error inside a module imported on demand is told as it is
		if v, ok := in.moduleAttr(mm, name); ok {
			return v
		}
	} else if v, ok := in.LookupAttr(m, name); ok {
		return v
	}
	full := modname + "." + name
	if v, ok := in.modules[full]; ok {
		return v
	}
	if in.CanImport(full) {
		return in.importValue(full)
	}
	file := "unknown location"
	if mm, ok := m.(*Module); ok && mm.File != "" {
		file = mm.File
		if !mm.loaded {
			in.raiseImport(ImportError, modname, "cannot import name '%s' from partially initialized module '%s' (most likely due to a circular import) (%s)", name, modname, file)
		}
	}
	in.raiseImport(ImportError, modname, "cannot import name '%s' from '%s' (%s)", name, modname, file)
	return nil
}

func (in *Interp) importStar(f *frame, v Value) {
	m, ok := v.(*Module)
	if !ok {
		return
	}
	dst := f.globals
	if f.names != nil {
		dst = f.names
	}
	if all, ok := in.LookupAttr(m, "__all__"); ok {
		for _, n := range in.Elements(all) {
			s, _ := AsStr(n)
			dst.SetStr(s, in.GetAttr(m, s))
		}
		return
	}
	if m.native {
		names := in.nativeNames(m.Name)
		for _, n := range names {
			if v, ok := in.moduleAttr(m, n); ok {
				dst.SetStr(n, v)
			}
		}
		return
	}
	m.Dict.Range(func(k, v Value) bool {
		if s, ok := AsStr(k); ok && !strings.HasPrefix(s, "_") {
			dst.SetStr(s, v)
		}
		return true
	})
}

// nativeNames lists the public names of a native module, sorted.
func (in *Interp) nativeNames(mod string) []string {
	var out []string
	for _, e := range in.table.patches[mod] {
		rest := e.Name[len(mod)+1:]
		if !strings.Contains(rest, ".") && !strings.HasPrefix(rest, "_") {
			out = append(out, rest)
		}
	}
	sort.Strings(out)
	return out
}

// relative resolves `from ..module import`.
func (in *Interp) relative(globals *Dict, module string, level int) string {
	pkg := ""
	if v, ok := globals.GetStr("__package__"); ok {
		pkg, _ = AsStr(v)
	}
	if pkg == "" {
		in.raiseImport(ImportError, module, "attempted relative import with no known parent package")
	}
	full, ok := absolute(pkg, module, level)
	if !ok {
		in.raiseImport(ImportError, module, "attempted relative import beyond top-level package")
	}
	return full
}

// NewLazyModule makes a module whose missing names are resolved by f.
func NewLazyModule(name, file string, f func(in *Interp, name string) (Value, bool)) *Module {
	m := &Module{Name: name, Dict: NewDict(), File: file, IsPkg: true, loaded: true, lazy: f}
	m.Dict.SetStr("__name__", NewStr(name))
	m.Dict.SetStr("__file__", NewStr(file))
	m.Dict.SetStr("__package__", NewStr(name))
	m.Dict.SetStr("__path__", NewList(NewStr(file[:max(strings.LastIndexByte(file, '/'), 0)])))
	return m
}

// Source is where the interpreter reads modules from.
func (in *Interp) Source() Source { return in.src }

// SetLazy sets how missing names of the module are resolved.
func (m *Module) SetLazy(f func(in *Interp, name string) (Value, bool)) { m.lazy = f }
