package stdlib

// preludeModules are modules that are written in Python, in prelude/: the file
// of each.
var preludeModules = []struct{ module, file string }{
	{"bisect", "bisect"}, {"heapq", "heapq"}, {"textwrap", "textwrap"}, {"statistics", "statistics"}, {"fractions", "fractions"}, {"decimal", "decimal"},
	{"fnmatch", "fnmatch"}, {"shlex", "shlex"}, {"urllib.parse", "urlparse"}, {"pathlib", "pathlib"}, {"logging", "logging"}, {"io", "io"},
	{"queue", "queue"}, {"datetime", "datetime"}, {"contextvars", "contextvars"},
}

func preludeEntries() []entry {
	var out []entry
	for _, m := range preludeModules {
		out = append(out, entry{Name: m.module, Module: pyModule(m.file)})
	}
	return append(out,
		pyName("difflib.get_close_matches", "difflib"), pyName("pprint.pformat", "pprint"), pyName("pprint.pprint", "pprint"),
		pyName("reprlib.repr", "pprint"), pyName("unittest.skip", "unittest"), pyName("unittest.skipIf", "unittest"), pyName("unittest.skipUnless", "unittest"),
		pyName("unittest.SkipTest", "unittest"), pyName("tempfile.TemporaryDirectory", "tempfile"),
	)
}
