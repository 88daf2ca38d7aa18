package interp

import (
	"fmt"
	"strconv"
	"strings"
)

// Entry is one row of the table of what Go supplies. Exactly one of Fn, Raw,
// Class, Value, Alias and Module is set.
type Entry struct {
	Name string // qualified name: "torch.cat"

	Sig string // the parameters as Python writes them: "tensors, dim=0, *, out=None"
	Fn  NativeFn
	Raw func(in *Interp, args []Value, kw []KW) Value // takes any arguments

	Class  *Class                 // a class made with NewNativeClass
	Value  func(in *Interp) Value // a constant, made at first use in each interpreter
	Alias  string                 // the qualified name of another entry
	Kernel *Kernel                // of a Fn or Raw of two numbers; may be nil
	// Module makes Name a module even if no entry lies beneath it; it resolves
	// the names that have no entry of their own (false: AttributeError). For a
	// module of the source it means that the source is not read.
	Module func(in *Interp, name string) (Value, bool)
	// Absent limits a Module to sources that have no module of that name.
	Absent bool
	Why    string // for stand-ins of Python source: why the source is not interpreted
}

// Signature is the parameter list of a native function.
type Signature struct {
	Params  []Param
	VarArgs int // index of *args in Params, or -1
	KwArgs  int // index of **kwargs, or -1
	NumPos  int // leading parameters that can be given by position
	Text    string
}

// Param is one parameter of a native function.
type Param struct {
	Name     string
	Default  Value // nil: required, unless Optional
	Optional bool  // `=?`: nil when not given
	PosOnly  bool
	KwOnly   bool
}

// ParseSignature reads a parameter list in Python's form with literal
// defaults. It panics on a malformed text: signatures are part of the program.
func ParseSignature(text string) *Signature {
	s := &Signature{VarArgs: -1, KwArgs: -1, Text: text}
	kwOnly := false
	for _, part := range splitParams(text) {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
			continue
		case part == "/":
			for i := range s.Params {
				s.Params[i].PosOnly = true
			}
			continue
		case part == "*":
			kwOnly = true
			continue
		case strings.HasPrefix(part, "**"):
			s.KwArgs = len(s.Params)
			s.Params = append(s.Params, Param{Name: part[2:]})
			continue
		case strings.HasPrefix(part, "*"):
			s.VarArgs = len(s.Params)
			s.Params = append(s.Params, Param{Name: part[1:]})
			kwOnly = true
			continue
		}
		name, def, hasDef := strings.Cut(part, "=")
		p := Param{Name: strings.TrimSpace(name), KwOnly: kwOnly}
		if hasDef {
			if def = strings.TrimSpace(def); def == "?" {
				p.Optional = true
			} else {
				p.Default = parseLiteral(def, text)
			}
		}
		if !kwOnly {
			s.NumPos = len(s.Params) + 1
		}
		s.Params = append(s.Params, p)
	}
	return s
}

func splitParams(text string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, text[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, text[start:])
}

func parseLiteral(s, sig string) Value {
	switch s {
	case "None":
		return None
	case "True":
		return True
	case "False":
		return False
	case "()":
		return EmptyTuple
	case "inf":
		f, _ := strconv.ParseFloat("inf", 64)
		return NewFloat(f)
	}
	if s[0] == '"' || s[0] == '\'' {
		return NewStr(s[1 : len(s)-1])
	}
	if s[0] == '(' {
		t := &Tuple{}
		for _, p := range splitParams(s[1 : len(s)-1]) {
			if p = strings.TrimSpace(p); p != "" {
				t.V = append(t.V, parseLiteral(p, sig))
			}
		}
		return t
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return NewInt(n)
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return NewFloat(f)
	}
	panic(fmt.Sprintf("signature %q: default %q is no literal", sig, s))
}

// bind puts the arguments of a call into the slots of the signature, with
// Python's complaints where they do not fit.
func (s *Signature) bind(in *Interp, name string, args []Value, kw []KW) []Value {
	slots := make([]Value, len(s.Params))
	n := len(args)
	if n > s.NumPos {
		if s.VarArgs < 0 {
			most, given := s.NumPos, n
			in.Raise(TypeError, "%s() takes %d positional argument%s but %d %s given", name, most, plural(most), given, wereWas(given))
		}
		rest := make([]Value, n-s.NumPos)
		copy(rest, args[s.NumPos:])
		slots[s.VarArgs] = NewTuple(rest...)
		n = s.NumPos
	} else if s.VarArgs >= 0 {
		slots[s.VarArgs] = EmptyTuple
	}
	copy(slots[:n], args[:n])
	var extra *Dict
	if s.KwArgs >= 0 {
		extra = NewDict()
		slots[s.KwArgs] = extra
	}
next:
	for _, k := range kw {
		for i := range s.Params {
			p := &s.Params[i]
			if p.Name == k.Name && !p.PosOnly && i != s.VarArgs && i != s.KwArgs {
				if slots[i] != nil {
					in.Raise(TypeError, "%s() got multiple values for argument '%s'", name, k.Name)
				}
				slots[i] = k.V
				continue next
			}
		}
		if extra == nil {
			in.Raise(TypeError, "%s() got an unexpected keyword argument '%s'", name, k.Name)
		}
		extra.SetStr(k.Name, k.V)
	}
	for i := range s.Params {
		if slots[i] == nil {
			p := &s.Params[i]
			if p.Default != nil {
				slots[i] = p.Default
			} else if !p.Optional {
				in.Raise(TypeError, "%s() missing required argument '%s' (pos %d)", name, p.Name, i+1)
			}
		}
	}
	return slots
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func wereWas(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// Method is one method of a native class.
type Method struct {
	Name string // "forward"
	Sig  string // including self: "self, input"
	Fn   NativeFn
	// Kind is "" for a plain method, "static", "class" or "property" (Fn
	// then is the getter, with signature "self").
	Kind string
}

// NewNativeClass makes an immutable class, shared by all interpreters. qual is
// its qualified name ("torch.nn.Linear"). bases default to object.
func NewNativeClass(qual string, bases []*Class, methods ...Method) *Class {
	i := strings.LastIndexByte(qual, '.')
	c := &Class{Name: qual[i+1:], Qual: qual[i+1:], Bases: bases, Dict: NewDict(), Native: true}
	if i >= 0 {
		c.Mod = qual[:i]
	}
	if len(bases) == 0 {
		c.Bases = []*Class{ObjectClass}
	}
	mro, err := linearize(c)
	if err != nil {
		panic(qual + ": " + err.Error())
	}
	c.MRO = mro
	c.AddMethods(methods...)
	return c
}

// checkSelf guards a method against objects of other classes (list.append(1, 2)):
// the Go function may rely on the type of its self.
func (c *Class) checkSelf(name string, fn NativeFn) NativeFn {
	return func(in *Interp, a []Value) Value {
		if len(a) > 0 {
			if t := a[0].Type(); t != c && !t.Is(c) {
				return wrongSelf(in, c, name, a[0])
			}
		}
		return fn(in, a)
	}
}

// wrongSelf raises the TypeError of checkSelf. A variable, because the
// exceptions are native classes themselves.
var wrongSelf func(in *Interp, c *Class, name string, self Value) Value

func init() {
	wrongSelf = func(in *Interp, c *Class, name string, self Value) Value {
		if u, ok := self.(*Unknown); ok {
			return u
		}
		in.Raise(TypeError, "descriptor '%s' for '%s' objects doesn't apply to a '%s' object", name, c.Name, self.Type().Name)
		return nil
	}
}

// AddMethods adds methods to a native class while the tables are being built
// (package initialisation); never later.
func (c *Class) AddMethods(methods ...Method) {
	for _, m := range methods {
		b := &Builtin{Name: m.Name, Qual: c.Mod + "." + c.Name + "." + m.Name, Sig: ParseSignature(m.Sig), Fn: m.Fn}
		if m.Kind == "" || m.Kind == "property" {
			b.Fn = c.checkSelf(m.Name, m.Fn)
		}
		if c.Mod == "" {
			b.Qual = c.Name + "." + m.Name
		}
		var v Value = b
		switch m.Kind {
		case "static":
			v = &StaticMethod{b}
		case "class":
			v = &ClassMethod{b}
		case "property":
			v = &Property{Get: b}
		case "":
		default:
			panic(b.Qual + ": unknown kind " + m.Kind)
		}
		c.Dict.SetStr(m.Name, v)
	}
	c.refreshSpecials()
}
