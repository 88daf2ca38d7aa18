package stdlib

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/thirdparty"
)

// The Python that interpreted code believes to run on.
const (
	pyMajor, pyMinor, pyMicro = 3, 11, 7
)

// sysModules is sys.modules: a live view of the imported modules.
type sysModules struct{ m map[string]value }

var sysModulesClass = interp.NewNativeClass("sys.modules", []*interp.Class{abcClasses["MutableMapping"]})

// Type implements Value.
func (*sysModules) Type() *interp.Class { return sysModulesClass }

func (s *sysModules) names() []string {
	out := make([]string, 0, len(s.m))
	for n := range s.m {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

func (s *sysModules) dict() *interp.Dict {
	d := interp.NewDict()
	for _, n := range s.names() {
		d.SetStr(n, s.m[n])
	}
	return d
}

// stream is a standard stream that swallows what is written to it.
var streamClass = interp.NewNativeClass("io.TextIOWrapper", nil)

// versionInfo is a structure like sys.version_info: a tuple with named items.
func structure(qual string, names []string, vs ...value) (*interp.Class, value) {
	c := interp.NewNativeClass(qual, []*interp.Class{interp.TupleClass})
	for i, n := range names {
		addMethods(c, property(n, func(in *inter, self value) value {
			if t := tupleOf(in, self); i < len(t.V) {
				return t.V[i]
			}
			return interp.None
		}))
	}
	addMethods(c, method("__repr__", "self", func(in *inter, a []value) value {
		var parts []string
		for i, v := range tupleOf(in, a[0]).V {
			if i < len(names) {
				parts = append(parts, names[i]+"="+in.Repr(v))
			}
		}
		return str(qual + "(" + strings.Join(parts, ", ") + ")")
	}))
	return c, &interp.Tuple{V: vs, Cls: c}
}

func init() {
	of := func(v value) *sysModules { return v.(*sysModules) }
	// A module set to None cannot be imported; reading it gives the None.
	addMethods(sysModulesClass,
		method("__getitem__", "self, key, /", func(in *inter, a []value) value {
			if s, ok := interp.AsStr(a[1]); ok {
				if m, ok := of(a[0]).m[s]; ok {
					return m
				}
			}
			keyError(in, a[1])
			return nil
		}),
		method("__setitem__", "self, key, value, /", func(in *inter, a []value) value {
			of(a[0]).m[in.Str(a[1])] = a[2]
			return interp.None
		}),
		method("__delitem__", "self, key, /", func(in *inter, a []value) value {
			s := in.Str(a[1])
			if _, ok := of(a[0]).m[s]; !ok {
				keyError(in, a[1])
			}
			delete(of(a[0]).m, s)
			return interp.None
		}),
		method("__contains__", "self, key, /", func(in *inter, a []value) value {
			s, _ := interp.AsStr(a[1])
			_, ok := of(a[0]).m[s]
			return interp.NewBool(ok)
		}),
		method("__len__", "self", func(in *inter, a []value) value { return interp.NewInt(int64(len(of(a[0]).m))) }),
		method("__iter__", "self", func(in *inter, a []value) value { return interp.SliceIterator(strs(of(a[0]).names()...)) }),
		method("copy", "self", func(in *inter, a []value) value { return of(a[0]).dict() }),
		method("keys", "self", func(in *inter, a []value) value { return in.CallMethod(of(a[0]).dict(), "keys") }),
		method("values", "self", func(in *inter, a []value) value { return in.CallMethod(of(a[0]).dict(), "values") }),
		method("items", "self", func(in *inter, a []value) value { return in.CallMethod(of(a[0]).dict(), "items") }),
	)
	none := func(name string) interp.Method {
		return interp.Method{Name: name, Sig: "self, *args, **kwargs", Fn: func(*inter, []value) value { return interp.None }}
	}
	addMethods(streamClass,
		none("flush"), none("close"), none("writelines"), none("reconfigure"),
		method("write", "self, text", func(in *inter, a []value) value {
			if s, ok := interp.AsStr(a[1]); ok {
				return interp.NewInt(int64(len(s)))
			}
			return interp.NewInt(0)
		}),
		method("isatty", "self", func(*inter, []value) value { return interp.False }),
		method("readable", "self", func(*inter, []value) value { return interp.False }),
		method("writable", "self", func(*inter, []value) value { return interp.True }),
		method("fileno", "self", func(in *inter, _ []value) value { return refuse(in, "fileno") }),
		method("read", "self, size=-1", func(*inter, []value) value { return str("") }),
		method("readline", "self", func(*inter, []value) value { return str("") }),
		property("encoding", func(*inter, value) value { return str("utf-8") }),
		property("buffer", func(_ *inter, self value) value { return self }),
		property("closed", func(*inter, value) value { return interp.False }),
	)
}

// refuse raises for what the program never does: touch the machine.
func refuse(in *inter, what string) value {
	in.Raise(interp.RuntimeError, "%s is not available: arch-extract executes nothing", what)
	return nil
}

func sysEntries() []entry {
	version := fmt.Sprintf("%d.%d.%d", pyMajor, pyMinor, pyMicro)
	infoClass, info := structure("sys.version_info", []string{"major", "minor", "micro", "releaselevel", "serial"},
		interp.NewInt(pyMajor), interp.NewInt(pyMinor), interp.NewInt(pyMicro), str("final"), interp.NewInt(0))
	_, floats := structure("sys.float_info", []string{"max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"},
		interp.NewFloat(math.MaxFloat64), interp.NewInt(1024), interp.NewInt(308), interp.NewFloat(0x1p-1022), interp.NewInt(-1021), interp.NewInt(-307),
		interp.NewInt(15), interp.NewInt(53), interp.NewFloat(0x1p-52), interp.NewInt(2), interp.NewInt(1))
	_, hashInfo := structure("sys.hash_info", []string{"width", "modulus", "inf", "nan", "imag"},
		interp.NewInt(64), interp.NewInt(1<<61-1), interp.NewInt(314159), interp.NewInt(0), interp.NewInt(1000003))
	list := func(name string, vs ...value) entry {
		return val(name, func(*inter) value { return interp.NewList(vs...) })
	}
	none := func(name, sig string) entry {
		return fn(name, sig, func(*inter, []value) value { return interp.None })
	}
	stream := func(name string) entry {
		return val("sys."+name, func(*inter) value {
			i := &interp.Instance{Cls: streamClass, Dict: interp.NewDict()}
			i.Dict.SetStr("name", str("<"+strings.Trim(name, "_")+">"))
			return i
		})
	}
	namespace := func(pairs ...any) value {
		i := &interp.Instance{Cls: namespaceClass, Dict: interp.NewDict()}
		for k := 0; k < len(pairs); k += 2 {
			i.Dict.SetStr(pairs[k].(string), pairs[k+1].(value))
		}
		return i
	}
	return []entry{
		module("sys"),
		val("sys.modules", func(in *inter) value { return &sysModules{in.SysModules()} }),
		constant("sys.version_info", info), class("sys._version_info", infoClass), constant("sys.float_info", floats), constant("sys.hash_info", hashInfo),
		constant("sys.version", str(version+" (main) [GCC]")), constant("sys.hexversion", interp.NewInt(pyMajor<<24|pyMinor<<16|pyMicro<<8|0xf0)),
		constant("sys.api_version", interp.NewInt(1013)), constant("sys.platform", str("linux")), constant("sys.byteorder", str("little")),
		constant("sys.maxsize", interp.NewInt(math.MaxInt64)), constant("sys.maxunicode", interp.NewInt(0x10ffff)),
		constant("sys.executable", str("/usr/bin/python3")), constant("sys.prefix", str("/usr")), constant("sys.base_prefix", str("/usr")), constant("sys.exec_prefix", str("/usr")),
		constant("sys.copyright", str("")), constant("sys.dont_write_bytecode", interp.True), constant("sys.pycache_prefix", interp.None), constant("sys.ps1", str(">>> ")),
		list("sys.path"), list("sys.argv", str("")), list("sys.orig_argv", str("")), list("sys.meta_path"), list("sys.path_hooks"), list("sys.warnoptions"),
		val("sys.path_importer_cache", func(*inter) value { return interp.NewDict() }),
		constant("sys.builtin_module_names", interp.NewTuple(strs("builtins", "sys")...)),
		val("sys.stdlib_module_names", func(in *inter) value { return nameSet(stdlibModules()) }),
		val("sys.flags", func(*inter) value {
			return namespace("debug", interp.NewInt(0), "optimize", interp.NewInt(0), "interactive", interp.NewInt(0), "verbose", interp.NewInt(0), "utf8_mode", interp.NewInt(0))
		}),
		val("sys.implementation", func(*inter) value {
			return namespace("name", str("cpython"), "version", info, "cache_tag", str("cpython-311"))
		}),
		stream("stdout"), stream("stderr"), stream("stdin"), stream("__stdout__"), stream("__stderr__"), stream("__stdin__"),
		fn("sys.exit", "status=None, /", func(in *inter, a []value) value {
			in.RaiseExc(&interp.Instance{Cls: interp.SystemExit, Data: interp.NewTuple(a[0])})
			return nil
		}),
		fn("sys.exc_info", "", func(*inter, []value) value { return interp.NewTuple(interp.None, interp.None, interp.None) }),
		fn("sys.exception", "", func(*inter, []value) value { return interp.None }),
		fn("sys.getrecursionlimit", "", func(*inter, []value) value { return interp.NewInt(1000) }),
		fn("sys.getdefaultencoding", "", func(*inter, []value) value { return str("utf-8") }),
		fn("sys.getfilesystemencoding", "", func(*inter, []value) value { return str("utf-8") }),
		fn("sys.intern", "string, /", func(_ *inter, a []value) value { return a[0] }),
		fn("sys.getsizeof", "obj, default=?", func(in *inter, _ []value) value { return in.Unknown("sys.getsizeof()") }),
		fn("sys.getrefcount", "obj, /", func(in *inter, _ []value) value { return in.Unknown("sys.getrefcount()") }),
		fn("sys._getframe", "depth=0, /", func(in *inter, _ []value) value { return in.Unknown("sys._getframe()") }),
		fn("sys.gettrace", "", func(*inter, []value) value { return interp.None }),
		fn("sys.is_finalizing", "", func(*inter, []value) value { return interp.False }),
		none("sys.setrecursionlimit", "limit, /"), none("sys.settrace", "f, /"), none("sys.setprofile", "f, /"), none("sys.excepthook", "*args"), none("sys.displayhook", "*args"),
		none("sys.audit", "*args"), none("sys.set_int_max_str_digits", "maxdigits"), none("sys.setswitchinterval", "interval, /"), none("sys.breakpointhook", "*args, **kws"),
	}
}

// stdlibModules are the top-level names of this table.
func stdlibModules() []string {
	seen := map[string]bool{}
	var out []string
	for _, e := range Entries() {
		n, _, _ := strings.Cut(e.Name, ".")
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// distribution is the name of a distribution in its normal form.
func distribution(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
}

// sourceOnly are distributions whose modules come with the source that is read, not with the program.
var sourceOnly = map[string]bool{"timm": true, "transformers": true}

// packageVersion is the version of an installed distribution.
func packageVersion(in *inter, name string) (string, bool) {
	n := distribution(name)
	v, ok := thirdparty.PackageVersions[n]
	if !ok {
		return "", false
	}
	if sourceOnly[n] {
		if !in.CanImport(n) {
			return "", false
		}
		// The source's own word, where it has been read.
		if m, ok := in.SysModules()[n].(*interp.Module); ok {
			if x, ok := m.Dict.GetStr("__version__"); ok {
				if s, ok := interp.AsStr(x); ok {
					return s, true
				}
			}
		}
	}
	return v, true
}
