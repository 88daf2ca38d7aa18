package stdlib

import "github.com/arch-extract/arch-extract/extract/interp"

var (
	contextManagerABC      = contextABC("AbstractContextManager", "__enter__", "__exit__")
	asyncContextManagerABC = contextABC("AbstractAsyncContextManager", "__aenter__", "__aexit__")

	generatorContext = interp.NewNativeClass("contextlib._GeneratorContext", nil)
	nullContext      = interp.NewNativeClass("contextlib.nullcontext", nil)
	suppressClass    = interp.NewNativeClass("contextlib.suppress", nil)
)

func contextABC(name, enter, exit string) *interp.Class {
	c := withMeta(interp.NewNativeClass("contextlib."+name, nil), abcMeta)
	c.Dict.SetStr("__abstractmethods__", nameSet([]string{exit}))
	abcInfos[c] = &abcInfo{methods: []string{enter, exit}}
	c.Data = func(in *inter, v value) bool { return abcCheck(in, c, v.Type()) }
	return c
}

func init() {
	for _, c := range []*interp.Class{contextManagerABC, asyncContextManagerABC} {
		addMethods(c,
			method("__enter__", "self", func(in *inter, a []value) value { return a[0] }),
			method("__exit__", "self, exc_type, exc_value, traceback", func(in *inter, a []value) value { return interp.None }),
			classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value { return interp.NewAlias(a[0], a[1]) }),
		)
	}
	addMethods(nullContext,
		method("__init__", "self, enter_result=None", func(in *inter, a []value) value {
			in.SetAttr(a[0], "enter_result", a[1])
			return interp.None
		}),
		method("__enter__", "self", func(in *inter, a []value) value { return in.GetAttr(a[0], "enter_result") }),
		method("__exit__", "self, *excinfo", func(in *inter, a []value) value { return interp.None }),
	)
	addMethods(suppressClass,
		method("__init__", "self, *exceptions", func(in *inter, a []value) value {
			in.SetAttr(a[0], "_exceptions", a[1])
			return interp.None
		}),
		method("__enter__", "self", func(in *inter, a []value) value { return interp.None }),
		method("__exit__", "self, exctype, excinst, exctb", func(in *inter, a []value) value {
			c, ok := a[1].(*interp.Class)
			if !ok {
				return interp.False
			}
			for _, k := range in.GetAttr(a[0], "_exceptions").(*interp.Tuple).V {
				if base, ok := k.(*interp.Class); ok && c.Is(base) {
					return interp.True
				}
			}
			return interp.False
		}),
	)
	// The two ends of a context manager that is written as a generator; self.gen is the generator.
	generator := func(in *inter, self value) interp.Iterator {
		it, ok := in.GetAttr(self, "gen").(interp.Iterator)
		if !ok {
			in.Raise(interp.TypeError, "a context manager function must be a generator")
		}
		return it
	}
	addMethods(generatorContext,
		method("__enter__", "self", func(in *inter, a []value) value {
			if u, ok := in.GetAttr(a[0], "gen").(*interp.Unknown); ok {
				return u
			}
			v, ok := generator(in, a[0]).Next(in)
			if !ok {
				in.Raise(interp.RuntimeError, "generator didn't yield")
			}
			return v
		}),
		method("__exit__", "self, typ, value, traceback", func(in *inter, a []value) value {
			if _, ok := in.GetAttr(a[0], "gen").(*interp.Unknown); ok {
				return interp.False
			}
			g := generator(in, a[0])
			exc, ok := a[2].(*interp.Instance)
			if !ok {
				if _, more := g.Next(in); more {
					in.Raise(interp.RuntimeError, "generator didn't stop")
				}
				return interp.False
			}
			pg, ok := g.(*interp.Generator)
			if !ok {
				return interp.False
			}
			more := false
			r := in.Try(func() { _, more = pg.Throw(in, &interp.Raised{Exc: exc, Trace: in.Traceback()}) })
			switch {
			case r == nil && more:
				in.Raise(interp.RuntimeError, "generator didn't stop after throw()")
			case r == nil:
				return interp.True
			case r.Exc == exc:
				return interp.False // the with statement raises it again, from where it came
			}
			panic(r)
		}),
	)
}

func contextlibEntries() []entry {
	out := []entry{
		module("contextlib"),
		class("contextlib.AbstractContextManager", contextManagerABC), class("contextlib.AbstractAsyncContextManager", asyncContextManagerABC),
		class("contextlib._GeneratorContext", generatorContext), class("contextlib.nullcontext", nullContext), class("contextlib.suppress", suppressClass),
	}
	for _, n := range []string{"contextmanager", "asynccontextmanager", "ContextDecorator", "ExitStack", "AsyncExitStack", "closing", "aclosing",
		"redirect_stdout", "redirect_stderr", "chdir", "_GeneratorContextManager"} {
		out = append(out, pyName("contextlib."+n, "contextlib"))
	}
	return out
}
