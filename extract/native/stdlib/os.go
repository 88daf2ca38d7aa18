package stdlib

import (
	"path"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

var pathLike = withMeta(interp.NewNativeClass("os.PathLike", nil), abcMeta)

func init() {
	abcInfos[pathLike] = &abcInfo{methods: []string{"__fspath__"}}
	pathLike.Data = func(in *inter, v value) bool { return abcCheck(in, pathLike, v.Type()) }
	pathLike.Dict.SetStr("__abstractmethods__", nameSet([]string{"__fspath__"}))
	addMethods(pathLike,
		method("__fspath__", "self", func(*inter, []value) value { return interp.None }),
		classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value { return interp.NewAlias(a[0], a[1]) }),
	)
}

// fsPath is os.fspath as text.
func fsPath(in *inter, v value) string {
	if b, ok := v.(interp.Bytes); ok {
		return b.S
	}
	if s, ok := interp.AsStr(v); ok {
		return s
	}
	if m, ok := in.LookupSpecial(v, "__fspath__"); ok {
		return in.ToStr(in.Call(m, nil, nil))
	}
	in.Raise(interp.TypeError, "expected str, bytes or os.PathLike object, not %s", typeName(v))
	return ""
}

// noFile raises what a missing file gives: there are no files.
func noFile(in *inter, v value) value {
	in.RaiseExc(&interp.Instance{Cls: interp.FileNotFoundError, Data: interp.NewTuple(interp.NewInt(2), str("No such file or directory: "+in.Repr(str(fsPath(in, v)))))})
	return nil
}

func joinPath(parts []string) string {
	out := ""
	for i, p := range parts {
		switch {
		case i == 0 || strings.HasPrefix(p, "/"):
			out = p
		case out == "" || strings.HasSuffix(out, "/"):
			out += p
		default:
			out += "/" + p
		}
	}
	return out
}

func splitPath(p string) (head, tail string) {
	i := strings.LastIndexByte(p, '/') + 1
	head, tail = p[:i], p[i:]
	if t := strings.TrimRight(head, "/"); t != "" {
		head = t
	}
	return head, tail
}

func splitExt(p string) (root, ext string) {
	base := strings.LastIndexByte(p, '/') + 1
	dot := strings.LastIndexByte(p, '.')
	if dot < base || strings.Trim(p[base:dot], ".") == "" {
		return p, ""
	}
	return p[:dot], p[dot:]
}

func normPath(p string) string {
	if p == "" {
		return "."
	}
	c := path.Clean(p)
	if strings.HasPrefix(p, "//") && !strings.HasPrefix(p, "///") {
		c = "/" + c // two leading slashes mean something of their own
	}
	return c
}

func absPath(p string) string {
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return normPath(p)
}

func relPath(p, start string) string {
	a := strings.FieldsFunc(absPath(start), func(r rune) bool { return r == '/' })
	b := strings.FieldsFunc(absPath(p), func(r rune) bool { return r == '/' })
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	var out []string
	for range a[i:] {
		out = append(out, "..")
	}
	if out = append(out, b[i:]...); len(out) == 0 {
		return "."
	}
	return strings.Join(out, "/")
}

func pathEntries(mod string) []entry {
	text := func(name string, f func(p string) string) entry {
		return fn(mod+"."+name, "path", func(in *inter, a []value) value {
			if u, ok := a[0].(*interp.Unknown); ok {
				return u
			}
			return str(f(fsPath(in, a[0])))
		})
	}
	pair := func(name string, f func(p string) (string, string)) entry {
		return fn(mod+"."+name, "p", func(in *inter, a []value) value {
			x, y := f(fsPath(in, a[0]))
			return interp.NewTuple(str(x), str(y))
		})
	}
	no := func(name string) entry {
		return fn(mod+"."+name, "path", func(in *inter, a []value) value { return interp.False })
	}
	missing := func(name string) entry {
		return fn(mod+"."+name, "path", func(in *inter, a []value) value { return noFile(in, a[0]) })
	}
	return []entry{
		module(mod),
		constant(mod+".sep", str("/")), constant(mod+".altsep", interp.None), constant(mod+".extsep", str(".")), constant(mod+".pathsep", str(":")),
		constant(mod+".curdir", str(".")), constant(mod+".pardir", str("..")), constant(mod+".devnull", str("/dev/null")), constant(mod+".defpath", str("/bin:/usr/bin")),
		constant(mod+".supports_unicode_filenames", interp.True),
		fn(mod+".join", "a, *p", func(in *inter, a []value) value {
			parts := []string{fsPath(in, a[0])}
			for _, v := range a[1].(*interp.Tuple).V {
				parts = append(parts, fsPath(in, v))
			}
			return str(joinPath(parts))
		}),
		text("basename", func(p string) string { _, t := splitPath(p); return t }),
		text("dirname", func(p string) string { h, _ := splitPath(p); return h }),
		text("normpath", normPath), text("abspath", absPath), text("normcase", func(p string) string { return p }),
		fn(mod+".realpath", "filename, *, strict=False", func(in *inter, a []value) value { return str(absPath(fsPath(in, a[0]))) }),
		text("expanduser", func(p string) string {
			if p == "~" || strings.HasPrefix(p, "~/") {
				return "/root" + p[1:]
			}
			return p
		}),
		text("expandvars", func(p string) string { return p }),
		pair("split", splitPath), pair("splitext", splitExt),
		pair("splitdrive", func(p string) (string, string) { return "", p }),
		fn(mod+".isabs", "s", func(in *inter, a []value) value { return interp.NewBool(strings.HasPrefix(fsPath(in, a[0]), "/")) }),
		fn(mod+".relpath", "path, start='.'", func(in *inter, a []value) value { return str(relPath(fsPath(in, a[0]), fsPath(in, a[1]))) }),
		fn(mod+".commonprefix", "m", func(in *inter, a []value) value {
			vs := in.Elements(a[0])
			if len(vs) == 0 {
				return str("")
			}
			p := fsPath(in, vs[0])
			for _, v := range vs[1:] {
				s := fsPath(in, v)
				for !strings.HasPrefix(s, p) {
					p = p[:len(p)-1]
				}
			}
			return str(p)
		}),
		fn(mod+".commonpath", "paths", func(in *inter, a []value) value {
			vs := in.Elements(a[0])
			if len(vs) == 0 {
				in.Raise(interp.ValueError, "commonpath() arg is an empty sequence")
			}
			var common []string
			abs := false
			for i, v := range vs {
				s := fsPath(in, v)
				parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' })
				if i == 0 {
					common, abs = parts, strings.HasPrefix(s, "/")
					continue
				}
				if abs != strings.HasPrefix(s, "/") {
					in.Raise(interp.ValueError, "Can't mix absolute and relative paths")
				}
				k := 0
				for k < len(common) && k < len(parts) && common[k] == parts[k] {
					k++
				}
				common = common[:k]
			}
			s := strings.Join(common, "/")
			if abs {
				s = "/" + s
			}
			return str(s)
		}),
		no("exists"), no("lexists"), no("isfile"), no("isdir"), no("islink"), no("ismount"),
		missing("getsize"), missing("getmtime"), missing("getatime"), missing("getctime"),
		fn(mod+".samefile", "f1, f2", func(in *inter, a []value) value { return noFile(in, a[0]) }),
	}
}

func osEntries() []entry {
	env := func(name string, f func(in *inter, d *interp.Dict) value) entry {
		return val("os."+name, func(in *inter) value { return f(in, interp.NewDict()) })
	}
	missing := func(names ...string) []entry {
		var out []entry
		for _, n := range names {
			out = append(out, fn("os."+n, "path='.', *args, **kwargs", func(in *inter, a []value) value { return noFile(in, a[0]) }))
		}
		return out
	}
	number := func(name string, n int64) entry {
		return fn("os."+name, "*args", func(*inter, []value) value { return interp.NewInt(n) })
	}
	out := []entry{
		{Name: "os", Module: inertName("os")},
		class("os.PathLike", pathLike), class("os.DirEntry", inertClass("os.DirEntry")), class("os.stat_result", inertClass("os.stat_result", interp.TupleClass)),
		env("environ", func(_ *inter, d *interp.Dict) value { return d }),
		constant("os.name", str("posix")), constant("os.sep", str("/")), constant("os.altsep", interp.None), constant("os.extsep", str(".")), constant("os.pathsep", str(":")),
		constant("os.linesep", str("\n")), constant("os.curdir", str(".")), constant("os.pardir", str("..")), constant("os.devnull", str("/dev/null")),
		constant("os.error", interp.OSError), constant("os.SEEK_SET", interp.NewInt(0)), constant("os.SEEK_CUR", interp.NewInt(1)), constant("os.SEEK_END", interp.NewInt(2)),
		constant("os.F_OK", interp.NewInt(0)), constant("os.R_OK", interp.NewInt(4)), constant("os.W_OK", interp.NewInt(2)), constant("os.X_OK", interp.NewInt(1)),
		constant("os.O_RDONLY", interp.NewInt(0)), constant("os.O_WRONLY", interp.NewInt(1)), constant("os.O_RDWR", interp.NewInt(2)), constant("os.O_CREAT", interp.NewInt(64)),
		constant("os.O_EXCL", interp.NewInt(128)), constant("os.O_TRUNC", interp.NewInt(512)), constant("os.O_APPEND", interp.NewInt(1024)), constant("os.O_NOFOLLOW", interp.NewInt(131072)),
		fn("os.getenv", "key, default=None", func(in *inter, a []value) value {
			e, _ := in.NativeValue("os.environ")
			if d := asDict(e); d != nil {
				if v, ok := d.Get(in, a[0]); ok {
					return v
				}
			}
			return a[1]
		}),
		fn("os.putenv", "name, value, /", func(*inter, []value) value { return interp.None }),
		fn("os.unsetenv", "name, /", func(*inter, []value) value { return interp.None }),
		fn("os.fspath", "path", func(in *inter, a []value) value {
			if b, ok := a[0].(interp.Bytes); ok {
				return b
			}
			return str(fsPath(in, a[0]))
		}),
		fn("os.fsdecode", "filename", func(in *inter, a []value) value { return str(fsPath(in, a[0])) }),
		fn("os.fsencode", "filename", func(in *inter, a []value) value { return interp.Bytes{S: fsPath(in, a[0])} }),
		fn("os.getcwd", "", func(*inter, []value) value { return str("/") }),
		fn("os.walk", "top, topdown=True, onerror=None, followlinks=False", func(*inter, []value) value { return interp.SliceIterator(nil) }),
		fn("os.access", "path, mode, **kwargs", func(*inter, []value) value { return interp.False }),
		fn("os.uname", "", func(in *inter, _ []value) value { return in.Unknown("os.uname()") }),
		fn("os.sched_getaffinity", "pid, /", func(in *inter, _ []value) value {
			s := interp.NewSet()
			s.Add(in, interp.NewInt(0))
			return s
		}),
		fn("os.register_at_fork", "**kwargs", func(*inter, []value) value { return interp.None }),
		number("cpu_count", 1), number("process_cpu_count", 1), number("getpid", 1), number("getppid", 1), number("getuid", 0), number("geteuid", 0), number("getgid", 0), number("getegid", 0),
	}
	out = append(out, missing("listdir", "scandir", "stat", "lstat", "open", "readlink", "remove", "unlink", "rmdir", "rename", "replace", "chdir", "chmod", "utime", "truncate")...)
	for _, mod := range []string{"os.path", "posixpath"} {
		out = append(out, pathEntries(mod)...)
	}
	return out
}
