// Package stdlib stands in for Python's standard library as interpreted code
// uses it. What decides architectures (typing, dataclasses, collections,
// functools, enum, math, re ...) has its real semantics; what would touch the
// machine (files, processes, network, environment, clock) is there by name only
// and says so when it is called.
package stdlib

import (
	"embed"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// Short names for what every file here is made of.
type (
	value = interp.Value
	entry = interp.Entry
	inter = interp.Interp
)

// Entries are the rows of the table for the standard library.
func Entries() []entry {
	var out []entry
	for _, rows := range [][]entry{
		typingEntries(), abcEntries(), collectionsEntries(), dataclassEntries(), functoolsEntries(),
		itertoolsEntries(), operatorEntries(), enumEntries(), copyEntries(), mathEntries(), reEntries(),
		jsonEntries(), inspectEntries(), contextlibEntries(), sysEntries(), osEntries(), importlibEntries(),
		typesEntries(), warningsEntries(), weakrefEntries(), threadEntries(), textEntries(), binaryEntries(),
		chanceEntries(), preludeEntries(), inertEntries(),
	} {
		out = append(out, rows...)
	}
	return out
}

func fn(name, sig string, f interp.NativeFn) entry { return entry{Name: name, Sig: sig, Fn: f} }

func raw(name string, f func(in *inter, args []value, kw []interp.KW) value) entry {
	return entry{Name: name, Raw: f}
}

func class(name string, c *interp.Class) entry { return entry{Name: name, Class: c} }

func val(name string, f func(in *inter) value) entry { return entry{Name: name, Value: f} }

// constant is a row for an immutable value, which all interpreters share.
func constant(name string, v value) entry {
	return entry{Name: name, Value: func(*inter) value { return v }}
}

// module declares a module whose names all have rows of their own.
func module(name string) entry {
	return entry{Name: name, Module: func(*inter, string) (value, bool) { return nil, false }}
}

func str(s string) value { return interp.NewStr(s) }

// strs is a list of strings.
func strs(ss ...string) []value {
	out := make([]value, len(ss))
	for i, s := range ss {
		out[i] = str(s)
	}
	return out
}

// builtin makes a Go function that takes its arguments as given.
func builtin(qual string, f func(in *inter, args []value, kw []interp.KW) value) *interp.Builtin {
	return &interp.Builtin{Name: qual[strings.LastIndexByte(qual, '.')+1:], Qual: qual, Raw: f}
}

// native makes a Go function with a signature.
func native(qual, sig string, f interp.NativeFn) *interp.Builtin {
	return &interp.Builtin{Name: qual[strings.LastIndexByte(qual, '.')+1:], Qual: qual, Sig: interp.ParseSignature(sig), Fn: f}
}

// state is what a package keeps for one interpreter, made at first use.
func state[T any](in *inter, key any, make func() T) T {
	if v, ok := in.Ext[key]; ok {
		return v.(T)
	}
	v := make()
	in.Ext[key] = v
	return v
}

//go:embed prelude/*.py
var prelude embed.FS

type preludeKey string

// pyModule resolves the names of a module that is written in Python: a text of
// ours that is run at first use.
func pyModule(file string) func(in *inter, name string) (value, bool) {
	return func(in *inter, name string) (value, bool) {
		ns := preludeDict(in, file)
		if strings.HasPrefix(name, "__") && name != "__all__" && name != "__version__" {
			return nil, false
		}
		return ns.GetStr(name)
	}
}

// preludeDict is the namespace of a text of ours.
func preludeDict(in *inter, file string) *interp.Dict {
	return state(in, preludeKey(file), func() *interp.Dict {
		text, err := prelude.ReadFile("prelude/" + file + ".py")
		if err != nil {
			panic(err)
		}
		return in.RunString("<"+file+">", string(text))
	})
}

// pyName is a row for a name that is defined in a text of ours.
func pyName(name, file string) entry {
	return val(name, func(in *inter) value {
		v, ok := preludeDict(in, file).GetStr(name[strings.LastIndexByte(name, '.')+1:])
		if !ok {
			panic(name + " is not in " + file)
		}
		return v
	})
}

type depthKey struct{}

// maxNested bounds how deep our own walks over nested values go.
const maxNested = 400

// deeper enters one level of a walk over nested values; what it returns leaves
// it. Beyond the limit it raises RecursionError.
func deeper(in *inter) func() {
	n := state(in, depthKey{}, func() *int { return new(int) })
	if *n >= maxNested {
		in.Raise(interp.RecursionError, "maximum recursion depth exceeded")
	}
	*n++
	return func() { *n-- }
}

// asDict is the dict inside a dict or an instance of a subclass, or nil.
func asDict(v value) *interp.Dict {
	d, _ := interp.Unwrap(v).(*interp.Dict)
	return d
}

// typeName is the name of the type of v.
func typeName(v value) string { return v.Type().Name }

// kwDict gathers keyword arguments.
func kwDict(kw []interp.KW) *interp.Dict {
	d := interp.NewDict()
	for _, k := range kw {
		d.SetStr(k.Name, k.V)
	}
	return d
}

// keywords spreads a dict into keyword arguments.
func keywords(d *interp.Dict) []interp.KW {
	var kw []interp.KW
	d.Range(func(k, v value) bool {
		s, _ := interp.AsStr(k)
		kw = append(kw, interp.KW{Name: s, V: v})
		return true
	})
	return kw
}

// addMethods adds methods to a native class; they refuse to be called on
// objects of other classes.
func addMethods(c *interp.Class, methods ...interp.Method) {
	for i := range methods {
		m := &methods[i]
		f, name := m.Fn, m.Name
		switch m.Kind {
		case "", "property":
			if !strings.HasPrefix(m.Sig, "*") {
				m.Fn = func(in *inter, a []value) value {
					checkSelf(in, c, name, a[0])
					return f(in, a)
				}
			}
		case "class":
			m.Fn = func(in *inter, a []value) value {
				if _, ok := a[0].(*interp.Class); !ok {
					in.Raise(interp.TypeError, "descriptor '%s' requires a type but received a '%s'", name, typeName(a[0]))
				}
				return f(in, a)
			}
		}
	}
	c.AddMethods(methods...)
}

// rawMethod adds a method that takes its arguments as given, self first.
func rawMethod(c *interp.Class, name string, f func(in *inter, args []value, kw []interp.KW) value) {
	c.Dict.SetStr(name, builtin(c.Mod+"."+c.Name+"."+name, func(in *inter, args []value, kw []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "unbound method %s.%s() needs an argument", c.Name, name)
		}
		checkSelf(in, c, name, args[0])
		return f(in, args, kw)
	}))
}

func checkSelf(in *inter, c *interp.Class, name string, self value) {
	if !self.Type().Is(c) {
		in.Raise(interp.TypeError, "descriptor '%s' requires a '%s' object but received a '%s'", name, c.Name, typeName(self))
	}
}

// noInstances makes a class whose objects come from functions alone.
func noInstances(cs ...*interp.Class) {
	for _, c := range cs {
		c.New = func(in *inter, cls *interp.Class, _ []value, _ []interp.KW) value {
			in.Raise(interp.TypeError, "cannot create '%s' instances", cls.FullName())
			return nil
		}
	}
}
