package stdlib

import "github.com/arch-extract/arch-extract/extract/interp"

var (
	catchWarnings  = interp.NewNativeClass("warnings.catch_warnings", nil)
	warningMessage = interp.NewNativeClass("warnings.WarningMessage", nil)
)

func init() {
	addMethods(catchWarnings,
		interp.Method{Name: "__init__", Sig: "self, *, record=False, module=None, action=None, category=None, lineno=0, append=False", Fn: func(in *inter, a []value) value {
			in.SetAttr(a[0], "_record", a[1])
			return interp.None
		}},
		method("__enter__", "self", func(in *inter, a []value) value {
			if in.Truth(in.GetAttr(a[0], "_record")) {
				return interp.NewList()
			}
			return interp.None
		}),
		method("__exit__", "self, *exc_info", func(*inter, []value) value { return interp.None }),
	)
}

// warningsEntries are the rows of warnings: nothing is ever shown.
func warningsEntries() []entry {
	none := func(name string) entry {
		return fn("warnings."+name, "*args, **kwargs", func(*inter, []value) value { return interp.None })
	}
	return []entry{
		module("warnings"), class("warnings.catch_warnings", catchWarnings), class("warnings.WarningMessage", warningMessage),
		none("warn"), none("warn_explicit"), none("filterwarnings"), none("simplefilter"), none("resetwarnings"), none("showwarning"),
		fn("warnings.formatwarning", "message, category, filename, lineno, line=None", func(in *inter, a []value) value { return str(in.ToStr(a[0])) }),
		val("warnings.filters", func(*inter) value { return interp.NewList() }),
		fn("warnings.deprecated", "message, /, *, category=None, stacklevel=1", func(in *inter, _ []value) value {
			return native("warnings.deprecated", "f", func(_ *inter, a []value) value { return a[0] })
		}),
	}
}
