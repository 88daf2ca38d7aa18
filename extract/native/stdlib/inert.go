package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// inertModules are modules that have no bearing on an architecture. Their names
// can be imported: capitalized ones are classes that take any arguments, others
// are functions that refuse to be called.
var inertModules = strings.Fields(`
	argparse asyncio asyncio.subprocess bdb bz2 cProfile calendar code codecs codeop compileall concurrent concurrent.futures
	concurrent.futures.thread concurrent.futures.process configparser copyreg csv ctypes ctypes.util curses dbm difflib dis distutils
	distutils.util distutils.version doctest email email.utils email.message email.mime encodings ensurepip faulthandler fcntl
	filecmp fileinput ftplib gc getopt getpass gettext grp gzip http http.client http.server http.cookies http.cookiejar imaplib importlib.readers
	imp ipaddress lib2to3 linecache locale lzma mailbox marshal mimetypes mmap modulefinder msvcrt multiprocessing
	multiprocessing.connection multiprocessing.context multiprocessing.managers multiprocessing.pool multiprocessing.process
	multiprocessing.reduction multiprocessing.shared_memory multiprocessing.synchronize multiprocessing.util netrc nntplib optparse
	parser pdb pickle pickletools pkgutil platform plistlib poplib posix pprint profile pstats pty pwd py_compile pyclbr pydoc queue readline
	reprlib resource rlcompleter runpy sched select selectors shelve shutil signal site smtplib socket socketserver sqlite3 ssl stat
	subprocess symtable sysconfig syslog tarfile telnetlib tempfile termios test timeit tkinter token tokenize tomllib trace traceback
	tracemalloc tty turtle unittest unittest.case unittest.mock unittest.util urllib urllib.request urllib.error urllib.response
	venv wave webbrowser winreg wsgiref xml xml.dom xml.dom.minidom xml.etree xml.etree.ElementTree xml.parsers xml.parsers.expat xml.sax xmlrpc xmlrpc.client zipapp
	zipfile zipimport zlib zoneinfo _thread _collections_abc _weakrefset _posixsubprocess logging.handlers logging.config ast array
`)

type inertKey struct{}

// inertName resolves the names of an inert module.
func inertName(mod string) func(in *inter, name string) (value, bool) {
	return func(in *inter, name string) (value, bool) {
		if strings.HasPrefix(name, "__") {
			return nil, false
		}
		q := mod + "." + name
		made := state(in, inertKey{}, func() map[string]value { return map[string]value{} })
		if v, ok := made[q]; ok {
			return v, true
		}
		v := makeInert(in, q, name)
		made[q] = v
		return v, true
	}
}

func makeInert(in *inter, q, name string) value {
	letter := strings.TrimLeft(name, "_")
	switch {
	case letter == "" || strings.ToUpper(letter) == letter && len(letter) > 1:
		return in.Unknown("%s", q)
	case letter[0] >= 'A' && letter[0] <= 'Z':
		var base value = inertBase
		for _, end := range []string{"Error", "Exception", "Expired", "Timeout", "Empty", "Full", "Cancelled", "CancelledError", "Warning"} {
			if strings.HasSuffix(letter, end) {
				base = interp.Exception
			}
		}
		ns := interp.NewDict()
		ns.SetStr("__module__", str(q[:len(q)-len(name)-1]))
		return in.NewClass(interp.TypeClass, name, []value{base}, ns, nil)
	}
	return builtin(q, func(in *inter, _ []value, _ []interp.KW) value { return refuse(in, q) })
}

// inertBase is the base of classes that stand for nothing: their objects take
// any arguments, and their methods refuse to be called.
var inertBase = interp.NewNativeClass("object.inert", nil)

func init() {
	none := func(*inter, []value) value { return interp.None }
	self := func(_ *inter, a []value) value { return a[0] }
	addMethods(inertBase,
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: none},
		interp.Method{Name: "__enter__", Sig: "self", Fn: self},
		interp.Method{Name: "__exit__", Sig: "self, *args", Fn: none},
		classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value { return interp.NewAlias(a[0], a[1]) }),
		method("__getattr__", "self, name", func(in *inter, a []value) value {
			name := in.Str(a[1])
			if strings.HasPrefix(name, "_") {
				in.Raise(interp.AttributeError, "'%s' object has no attribute '%s'", typeName(a[0]), name)
			}
			q := a[0].Type().FullName() + "." + name
			return builtin(q, func(in *inter, _ []value, _ []interp.KW) value { return refuse(in, q) })
		}),
	)
	inertBase.New = func(_ *inter, cls *interp.Class, _ []value, _ []interp.KW) value { return &interp.Instance{Cls: cls} }
}

func inertEntries() []entry {
	var out []entry
	for _, m := range inertModules {
		out = append(out, entry{Name: m, Module: inertName(m)})
	}
	none := func(names ...string) {
		for _, n := range names {
			out = append(out, fn(n, "*args, **kwargs", func(*inter, []value) value { return interp.None }))
		}
	}
	none("gc.collect", "gc.enable", "gc.disable", "gc.freeze", "atexit.register", "atexit.unregister", "faulthandler.enable", "locale.setlocale",
		"traceback.print_exc", "traceback.print_stack", "traceback.print_exception", "shutil.which", "mimetypes.init", "signal.signal", "signal.getsignal", "signal.alarm",
		"copyreg.pickle", "linecache.checkcache", "site.addsitedir", "linecache.clearcache", "tracemalloc.start", "tracemalloc.stop", "multiprocessing.set_start_method")
	text := func(s string, names ...string) {
		for _, n := range names {
			out = append(out, fn(n, "*args, **kwargs", func(*inter, []value) value { return str(s) }))
		}
	}
	text("", "traceback.format_exc", "socket.gethostname", "platform.node", "linecache.getline")
	text("Linux", "platform.system")
	text("x86_64", "platform.machine", "platform.processor")
	text("CPython", "platform.python_implementation")
	text("3.11.7", "platform.python_version")
	text("5.0", "platform.release", "platform.version")
	text("Linux-5.0-x86_64", "platform.platform")
	text("/tmp", "tempfile.gettempdir")
	text("root", "getpass.getuser")
	text("UTF-8", "locale.getpreferredencoding", "locale.getencoding")
	list := func(names ...string) {
		for _, n := range names {
			out = append(out, fn(n, "*args, **kwargs", func(*inter, []value) value { return interp.NewList() }))
		}
	}
	list("traceback.extract_stack", "traceback.format_stack", "traceback.format_exception", "traceback.extract_tb", "traceback.format_tb", "gc.get_objects", "gc.get_referrers", "glob.glob", "glob.iglob", "pkgutil.iter_modules", "pkgutil.walk_packages")
	out = append(out,
		fn("gc.isenabled", "", func(*inter, []value) value { return interp.True }),
		fn("platform.python_version_tuple", "", func(*inter, []value) value { return interp.NewTuple(strs("3", "11", "7")...) }),
		fn("shutil.get_terminal_size", "fallback=(80, 24)", func(_ *inter, a []value) value { return a[0] }),
		fn("mimetypes.guess_type", "url, strict=True", func(*inter, []value) value { return interp.NewTuple(interp.None, interp.None) }),
		constant("pickle.HIGHEST_PROTOCOL", interp.NewInt(5)), constant("pickle.DEFAULT_PROTOCOL", interp.NewInt(4)),
		constant("subprocess.PIPE", interp.NewInt(-1)), constant("subprocess.STDOUT", interp.NewInt(-2)), constant("subprocess.DEVNULL", interp.NewInt(-3)),
		constant("tempfile.tempdir", interp.None), constant("glob.magic_check", interp.None),
		module("glob"), module("atexit"), module("errno"), module("__future__"), module("keyword"),
		fn("glob.escape", "pathname", func(_ *inter, a []value) value { return a[0] }),
		fn("glob.has_magic", "s", func(in *inter, a []value) value { return interp.NewBool(strings.ContainsAny(in.ToStr(a[0]), "*?[")) }),
		fn("keyword.iskeyword", "s, /", func(in *inter, a []value) value {
			s, ok := interp.AsStr(a[0])
			return interp.NewBool(ok && isKeyword(s))
		}),
		val("keyword.kwlist", func(*inter) value { return interp.NewList(strs(strings.Fields(keywordText)...)...) }),
		fn("keyword.issoftkeyword", "s, /", func(in *inter, a []value) value {
			s, _ := interp.AsStr(a[0])
			return interp.NewBool(s == "_" || s == "case" || s == "match" || s == "type")
		}),
		pyName("ast.literal_eval", "literal"),
	)
	for i, n := range []string{"EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD", "EAGAIN", "ENOMEM", "EACCES", "EFAULT", "ENOTBLK",
		"EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR", "EINVAL", "ENFILE", "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE", "EROFS", "EMLINK", "EPIPE"} {
		out = append(out, constant("errno."+n, interp.NewInt(int64(i+1))))
	}
	for _, n := range []string{"annotations", "division", "print_function", "absolute_import", "unicode_literals", "generator_stop", "with_statement", "nested_scopes", "generators"} {
		out = append(out, constant("__future__."+n, interp.None))
	}
	return out
}
