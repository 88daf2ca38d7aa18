package stdlib

import (
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/thirdparty"
)

var (
	specClass     = interp.NewNativeClass("importlib.machinery.ModuleSpec", nil)
	loaderClass   = interp.NewNativeClass("importlib.machinery.SourceFileLoader", nil)
	packageAbsent = interp.NewNativeClass("importlib.metadata.PackageNotFoundError", []*interp.Class{interp.ModuleNotFoundError})
)

func init() {
	addMethods(specClass, method("__init__", "self, name, loader, *, origin=None, loader_state=None, is_package=None", func(in *inter, a []value) value {
		i := a[0].(*interp.Instance)
		i.Dict = interp.NewDict()
		i.Dict.SetStr("name", a[1])
		i.Dict.SetStr("loader", a[2])
		i.Dict.SetStr("origin", a[3])
		i.Dict.SetStr("loader_state", a[4])
		i.Dict.SetStr("submodule_search_locations", interp.None)
		i.Dict.SetStr("has_location", interp.False)
		i.Dict.SetStr("cached", interp.None)
		return interp.None
	}), method("__repr__", "self", func(in *inter, a []value) value {
		return str("ModuleSpec(name=" + in.Repr(in.GetAttr(a[0], "name")) + ")")
	}))
	addMethods(loaderClass,
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*inter, []value) value { return interp.None }},
		interp.Method{Name: "exec_module", Sig: "self, module", Fn: func(in *inter, a []value) value { return refuse(in, "loading a file as a module") }},
		interp.Method{Name: "load_module", Sig: "self, name=None", Fn: func(in *inter, a []value) value { return refuse(in, "loading a file as a module") }},
	)
}

func newSpec(name string, pkg bool, origin value) *interp.Instance {
	i := &interp.Instance{Cls: specClass, Dict: interp.NewDict()}
	i.Dict.SetStr("name", str(name))
	i.Dict.SetStr("loader", &interp.Instance{Cls: loaderClass, Dict: interp.NewDict()})
	i.Dict.SetStr("origin", origin)
	i.Dict.SetStr("submodule_search_locations", interp.None)
	if pkg {
		i.Dict.SetStr("submodule_search_locations", interp.NewList(str("/"+strings.ReplaceAll(name, ".", "/"))))
	}
	i.Dict.SetStr("has_location", interp.True)
	i.Dict.SetStr("cached", interp.None)
	return i
}

// findSpec is importlib.util.find_spec: it tells the truth about what can be imported.
func findSpec(in *inter, name string) value {
	if m, ok := in.SysModules()[name]; ok {
		if interp.IsNone(m) {
			return m
		}
		if s, ok := in.LookupAttr(m, "__spec__"); ok && !interp.IsNone(s) {
			return s
		}
	} else if !in.CanImport(name) {
		return interp.None
	}
	if file, pkg, ok := in.Source().Resolve(name); ok {
		return newSpec(name, pkg, str(file))
	}
	return newSpec(name, true, interp.None)
}

// resolveName is importlib.util.resolve_name: a name with leading dots, made absolute.
func resolveName(in *inter, name string, pkg value) string {
	rest := strings.TrimLeft(name, ".")
	level := len(name) - len(rest)
	if level == 0 {
		return name
	}
	base, ok := interp.AsStr(pkg)
	if !ok || base == "" {
		in.Raise(interp.TypeError, "the 'package' argument is required to perform a relative import for %s", in.Repr(str(name)))
	}
	for ; level > 1; level-- {
		i := strings.LastIndexByte(base, '.')
		if i < 0 {
			in.Raise(interp.ImportError, "attempted relative import beyond top-level package")
		}
		base = base[:i]
	}
	if rest == "" {
		return base
	}
	return base + "." + rest
}

// importModule is importlib.import_module; what stands in sys.modules may be any object.
func importModule(in *inter, name string) value {
	imp, _ := builtinFunction(in, "__import__")
	in.Call(imp, []value{str(name)}, nil)
	if m, ok := in.SysModules()[name]; ok {
		return m
	}
	return in.Import(name)
}

func absent(in *inter, name value) value {
	exc := &interp.Instance{Cls: packageAbsent, Data: interp.NewTuple(name)}
	in.RaiseExc(exc)
	return nil
}

func importlibEntries() []entry {
	out := []entry{
		module("importlib"), module("importlib.util"), module("importlib.metadata"), module("importlib.machinery"), module("importlib.abc"), module("importlib.resources"),
		fn("importlib.import_module", "name, package=None", func(in *inter, a []value) value {
			return importModule(in, resolveName(in, in.Str(a[0]), a[1]))
		}),
		fn("importlib.reload", "module", func(_ *inter, a []value) value { return a[0] }),
		fn("importlib.invalidate_caches", "", func(*inter, []value) value { return interp.None }),
		raw("importlib.__import__", func(in *inter, args []value, kw []interp.KW) value {
			f, _ := builtinFunction(in, "__import__")
			return in.Call(f, args, kw)
		}),
		fn("importlib.util.find_spec", "name, package=None", func(in *inter, a []value) value {
			if u, ok := a[0].(*interp.Unknown); ok {
				return u
			}
			name := resolveName(in, in.Str(a[0]), a[1])
			if i := strings.LastIndexByte(name, '.'); i >= 0 && !in.CanImport(name[:i]) {
				exc := &interp.Instance{Cls: interp.ModuleNotFoundError, Data: interp.NewTuple(str("No module named '" + name[:i] + "'")), Dict: interp.NewDict()}
				exc.Dict.SetStr("name", str(name[:i]))
				in.RaiseExc(exc)
			}
			return findSpec(in, name)
		}),
		fn("importlib.util.resolve_name", "name, package", func(in *inter, a []value) value { return str(resolveName(in, in.Str(a[0]), a[1])) }),
		fn("importlib.util.module_from_spec", "spec", func(in *inter, a []value) value {
			return in.Call(interp.ModuleClass, []value{in.GetAttr(a[0], "name")}, nil)
		}),
		fn("importlib.util.spec_from_file_location", "name, location=None, *, loader=None, submodule_search_locations=None", func(in *inter, a []value) value {
			return newSpec(in.Str(a[0]), false, a[1])
		}),
		fn("importlib.util.spec_from_loader", "name, loader, *, origin=None, is_package=None", func(in *inter, a []value) value {
			return newSpec(in.Str(a[0]), false, a[2])
		}),
		class("importlib.util.LazyLoader", loaderClass),
		class("importlib.machinery.ModuleSpec", specClass), class("importlib.machinery.SourceFileLoader", loaderClass),
		class("importlib.machinery.PathFinder", inertClass("importlib.machinery.PathFinder")), class("importlib.machinery.FileFinder", inertClass("importlib.machinery.FileFinder")),
		class("importlib.machinery.ExtensionFileLoader", inertClass("importlib.machinery.ExtensionFileLoader")),
		constant("importlib.machinery.SOURCE_SUFFIXES", interp.NewTuple(str(".py"))), constant("importlib.machinery.EXTENSION_SUFFIXES", interp.NewTuple(str(".so"))),
		class("importlib.abc.Loader", inertClass("importlib.abc.Loader")), class("importlib.abc.MetaPathFinder", inertClass("importlib.abc.MetaPathFinder")),
		class("importlib.abc.Traversable", inertClass("importlib.abc.Traversable")),
		class("importlib.metadata.PackageNotFoundError", packageAbsent),
		fn("importlib.metadata.version", "distribution_name", func(in *inter, a []value) value {
			if v, ok := packageVersion(in, in.Str(a[0])); ok {
				return str(v)
			}
			return absent(in, a[0])
		}),
		fn("importlib.metadata.metadata", "distribution_name", func(in *inter, a []value) value {
			v, ok := packageVersion(in, in.Str(a[0]))
			if !ok {
				return absent(in, a[0])
			}
			d := interp.NewDict()
			d.SetStr("Name", a[0])
			d.SetStr("Version", str(v))
			return d
		}),
		fn("importlib.metadata.distribution", "distribution_name", func(in *inter, a []value) value {
			v, ok := packageVersion(in, in.Str(a[0]))
			if !ok {
				return absent(in, a[0])
			}
			i := &interp.Instance{Cls: namespaceClass, Dict: interp.NewDict()}
			i.Dict.SetStr("name", a[0])
			i.Dict.SetStr("version", str(v))
			return i
		}),
		fn("importlib.metadata.distributions", "**kwargs", func(in *inter, _ []value) value {
			var names []string
			for n := range thirdparty.PackageVersions {
				names = append(names, n)
			}
			sort.Strings(names)
			l := interp.NewList()
			for _, n := range names {
				if v, ok := packageVersion(in, n); ok {
					i := &interp.Instance{Cls: namespaceClass, Dict: interp.NewDict()}
					d := interp.NewDict()
					d.SetStr("Name", str(n))
					d.SetStr("Version", str(v))
					i.Dict.SetStr("name", str(n))
					i.Dict.SetStr("version", str(v))
					i.Dict.SetStr("metadata", d)
					l.V = append(l.V, i)
				}
			}
			return l
		}),
		fn("importlib.metadata.packages_distributions", "", func(in *inter, _ []value) value {
			d := interp.NewDict()
			var names []string
			for n := range thirdparty.PackageVersions {
				names = append(names, n)
			}
			sort.Strings(names)
			for _, n := range names {
				if _, ok := packageVersion(in, n); !ok {
					continue
				}
				mod := moduleOf(n)
				d.SetStr(mod, interp.NewList(str(n)))
			}
			return d
		}),
		fn("importlib.metadata.entry_points", "**params", func(*inter, []value) value { return interp.EmptyTuple }),
		fn("importlib.metadata.requires", "distribution_name", func(*inter, []value) value { return interp.None }),
		fn("importlib.metadata.files", "distribution_name", func(*inter, []value) value { return interp.None }),
	}
	for _, n := range []string{"files", "open_text", "read_text", "open_binary", "path", "as_file", "contents", "is_resource"} {
		out = append(out, raw("importlib.resources."+n, func(in *inter, _ []value, _ []interp.KW) value { return refuse(in, "importlib.resources."+n) }))
	}
	return out
}

// moduleOf is the module that a distribution brings, where the two differ in name.
func moduleOf(dist string) string {
	switch dist {
	case "pillow":
		return "PIL"
	case "pyyaml":
		return "yaml"
	}
	return strings.ReplaceAll(dist, "-", "_")
}
