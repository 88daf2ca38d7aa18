package nn

import (
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// fn is the Go side of a Python-level function: one value for each parameter,
// as for interp.NativeFn.
type fn = interp.NativeFn

// pyFunc makes a function that complains about its arguments as functions
// written in Python do ("Linear.__init__() missing 1 required positional
// argument: 'out_features'"): torch.nn is Python code.
func pyFunc(mod, qual, sig string, f fn) *interp.Builtin {
	name := qual[strings.LastIndexByte(qual, '.')+1:]
	s := interp.ParseSignature(sig)
	b := &interp.Builtin{Name: name, Qual: mod + "." + qual, Sig: s, Fn: f}
	b.Raw = func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		return f(in, bind(in, qual, s, args, kw))
	}
	return b
}

// bind puts arguments into the slots of a signature with the messages of a Python function.
func bind(in *interp.Interp, qual string, s *interp.Signature, args []interp.Value, kw []interp.KW) []interp.Value {
	slots := make([]interp.Value, len(s.Params))
	n := len(args)
	if n > s.NumPos {
		if s.VarArgs < 0 {
			tooMany(in, qual, s, args, kw)
		}
		slots[s.VarArgs] = interp.NewTuple(append([]interp.Value(nil), args[s.NumPos:]...)...)
		n = s.NumPos
	} else if s.VarArgs >= 0 {
		slots[s.VarArgs] = interp.EmptyTuple
	}
	copy(slots, args[:n])
	var extra *interp.Dict
	if s.KwArgs >= 0 {
		extra = interp.NewDict()
		slots[s.KwArgs] = extra
	}
next:
	for i := range kw {
		k := &kw[i]
		for j := range s.Params {
			p := &s.Params[j]
			if p.Name == k.Name && !p.PosOnly && j != s.VarArgs && j != s.KwArgs {
				if slots[j] != nil {
					in.Raise(interp.TypeError, "%s() got multiple values for argument '%s'", qual, k.Name)
				}
				slots[j] = k.V
				continue next
			}
		}
		if extra == nil {
			in.Raise(interp.TypeError, "%s() got an unexpected keyword argument '%s'", qual, k.Name)
		}
		extra.SetStr(k.Name, k.V)
	}
	missing := false
	for i := range s.Params {
		if slots[i] == nil {
			p := &s.Params[i]
			if p.Default != nil {
				slots[i] = p.Default
			} else if !p.Optional {
				missing = true
			}
		}
	}
	if missing {
		raiseMissing(in, qual, s, slots)
	}
	return slots
}

func tooMany(in *interp.Interp, qual string, s *interp.Signature, args []interp.Value, kw []interp.KW) {
	need := 0
	for i := 0; i < s.NumPos; i++ {
		if s.Params[i].Default == nil && !s.Params[i].Optional {
			need++
		}
	}
	takes := strconv.Itoa(s.NumPos)
	if need != s.NumPos {
		takes = "from " + strconv.Itoa(need) + " to " + takes
	}
	plural, was := "s", "were"
	if s.NumPos == 1 {
		plural = ""
	}
	if len(args) == 1 {
		was = "was"
	}
	in.Raise(interp.TypeError, "%s() takes %s positional argument%s but %d %s given", qual, takes, plural, len(args), was)
}

func raiseMissing(in *interp.Interp, qual string, s *interp.Signature, slots []interp.Value) {
	for _, kwOnly := range []bool{false, true} {
		var names []string
		for i := range s.Params {
			p := &s.Params[i]
			if slots[i] == nil && p.Default == nil && !p.Optional && p.KwOnly == kwOnly {
				names = append(names, "'"+p.Name+"'")
			}
		}
		if len(names) == 0 {
			continue
		}
		kind, plural := "positional", ""
		if kwOnly {
			kind = "keyword-only"
		}
		list := names[0]
		if n := len(names); n > 1 {
			plural = "s"
			list = strings.Join(names[:n-1], ", ") + " and " + names[n-1]
			if n > 2 {
				list = strings.Join(names[:n-1], ", ") + ", and " + names[n-1]
			}
		}
		in.Raise(interp.TypeError, "%s() missing %d required %s argument%s: %s", qual, len(names), kind, plural, list)
	}
}

// method is one method of a class.
type method struct {
	name string
	sig  string // including self
	fn   fn
	kind string // as interp.Method.Kind
}

// class makes a native class below torch.nn. mod is its module.
func class(mod, name string, base *interp.Class, methods ...method) *interp.Class {
	return classOf(mod, name, []*interp.Class{base}, methods...)
}

func classOf(mod, name string, bases []*interp.Class, methods ...method) *interp.Class {
	c := interp.NewNativeClass(mod+"."+name, bases)
	addMethods(c, methods...)
	classes = append(classes, c)
	classByName[mod+"."+name] = c
	return c
}

// classes are all classes of the package, in order of definition; classByName has them by qualified name.
var (
	classes     []*interp.Class
	classByName = map[string]*interp.Class{}
)

// addMethods adds methods that report wrong arguments as Python functions do.
func addMethods(c *interp.Class, methods ...method) {
	for _, m := range methods {
		b := pyFunc(c.Mod, c.Qual+"."+m.name, m.sig, m.fn)
		var v interp.Value = b
		switch m.kind {
		case "static":
			v = &interp.StaticMethod{Fn: b}
		case "class":
			v = &interp.ClassMethod{Fn: b}
		case "property":
			v = &interp.Property{Get: b}
		}
		c.Dict.SetStr(m.name, v)
	}
	c.AddMethods()
}
