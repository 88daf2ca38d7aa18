package nn

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

// ctor fills a new module in: a are the arguments behind self.
type ctor func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value)

// layer is one row of the tables of layers: a class with what tells it from
// its base.
type layer struct {
	name string
	base *interp.Class // nil: Module
	// sig are the constructor's parameters behind self; "-" where the class has no constructor of its own.
	sig  string
	init ctor // nil: every parameter becomes the attribute of its name
	// forward names the function that forward calls and its arguments behind
	// the inputs, each an attribute ("stride") or a keyword ("inplace=inplace");
	// "" where the class has no such forward.
	forward string
	inputs  string // of forward; "" is "input"
	repr    string // extra_repr: text with {attribute}s
	methods []method
}

// define makes the class of a row in module mod ("activation").
func define(mod string, l layer) *interp.Class {
	base := l.base
	if base == nil {
		base = ModuleClass
	}
	c := class("torch.nn.modules."+mod, l.name, base, l.methods...)
	if l.sig != "-" {
		addInit(c, l.sig, l.init)
	}
	if l.forward != "" {
		addForward(c, l.inputs, l.forward)
	}
	if l.repr != "" {
		addMethods(c, method{name: "extra_repr", sig: "self", fn: formatRepr(l.repr)})
	}
	return c
}

// defineAll makes the classes of rows that need no name of their own.
func defineAll(mod string, rows []layer) {
	for _, r := range rows {
		define(mod, r)
	}
}

// addInit gives c a constructor. A nil init stores the arguments under the names of the parameters.
func addInit(c *interp.Class, sig string, init ctor) {
	s := "self"
	if sig != "" {
		s += ", " + sig
	}
	if init == nil {
		var names []string
		for _, p := range interp.ParseSignature(sig).Params {
			names = append(names, p.Name)
		}
		init = func(_ *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
			for i, n := range names {
				set(m, n, a[i])
			}
		}
	}
	addMethods(c, method{name: "__init__", sig: s, fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, st := self(in, a[0], "__init__")
		st.start()
		init(in, m, st, a[1:])
		return interp.None
	}})
}

// argRef is one argument of a forward's function: an attribute of the module.
type argRef struct {
	kw   string
	attr string
}

// addForward gives c a forward that hands its inputs and attributes to a function.
func addForward(c *interp.Class, inputs, spec string) {
	if inputs == "" {
		inputs = "input"
	}
	parts := strings.Fields(spec)
	f := functional(parts[0])
	var refs []argRef
	for _, p := range parts[1:] {
		if k, v, ok := strings.Cut(p, "="); ok {
			refs = append(refs, argRef{k, v})
		} else {
			refs = append(refs, argRef{"", p})
		}
	}
	addMethods(c, method{name: "forward", sig: "self, " + inputs, fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "forward")
		args := append(make([]interp.Value, 0, len(a)+len(refs)), a[1:]...)
		var kw []interp.KW
		for _, r := range refs {
			v := attr(in, m, r.attr)
			if r.kw == "" {
				args = append(args, v)
			} else {
				kw = append(kw, interp.KW{Name: r.kw, V: v})
			}
		}
		return f.call(in, args, kw...)
	}})
}

// formatRepr fills the {attributes} of an extra_repr in; {x!r} is repr(x), {x?} is whether x is not None.
func formatRepr(spec string) fn {
	type piece struct {
		text, attr string
		repr, has  bool
	}
	var pieces []piece
	for rest := spec; rest != ""; {
		text, tail, ok := strings.Cut(rest, "{")
		p := piece{text: text}
		if ok {
			var name string
			name, rest, _ = strings.Cut(tail, "}")
			p.attr, p.repr = strings.CutSuffix(name, "!r")
			p.attr, p.has = strings.CutSuffix(p.attr, "?")
		} else {
			rest = ""
		}
		pieces = append(pieces, p)
	}
	return func(in *interp.Interp, a []interp.Value) interp.Value {
		var b strings.Builder
		for _, p := range pieces {
			b.WriteString(p.text)
			if p.attr == "" {
				continue
			}
			v := in.GetAttr(a[0], p.attr)
			switch {
			case p.has:
				b.WriteString(in.ToStr(interp.NewBool(!interp.IsNone(v))))
			case p.repr:
				b.WriteString(in.Repr(v))
			default:
				b.WriteString(in.ToStr(v))
			}
		}
		return interp.NewStr(b.String())
	}
}

// reprWith is formatRepr with parts that appear only where cond holds.
func reprWith(spec string, more func(in *interp.Interp, m *interp.Instance) string) method {
	base := formatRepr(spec)
	return method{name: "extra_repr", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "extra_repr")
		return interp.NewStr(base(in, a).(interp.Str).S + more(in, m))
	}}
}

// getter is a property of modules.
func getter(name string, f func(in *interp.Interp, m *interp.Instance) interp.Value) method {
	return method{name: name, sig: "self", kind: "property", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], name)
		return f(in, m)
	}}
}

// resetMethod is a method that only sets values; values of weights are not known here.
func resetMethod(name string) method { return method{name: name, sig: "self", fn: inert} }

// callReset runs the reset method of a class of user code, as torch's constructors do.
func callReset(in *interp.Interp, m *interp.Instance, name string) {
	if m.Cls.Native {
		return
	}
	if f, ok := m.Cls.Lookup(name); ok {
		if _, native := f.(*interp.Builtin); !native {
			in.CallMethod(m, name)
		}
	}
}

// setParam registers a parameter made by a constructor.
func (st *State) setParam(name string, t *tensor.Tensor) { st.Params.SetStr(name, t) }

// noParam registers a parameter that is absent.
func (st *State) noParam(name string) { st.Params.SetStr(name, interp.None) }

// isTrue is the truth of a flag given to a constructor.
func isTrue(in *interp.Interp, v interp.Value) bool {
	switch v := v.(type) {
	case interp.Bool:
		return v.V
	case interp.NoneType:
		return false
	}
	return in.Truth(v)
}

// compare is a < b (or another ordering) for a value that need not be a number;
// ok is false where it is unknown.
func compare(in *interp.Interp, op pyast.CmpOperator, a, b interp.Value) bool {
	if isUnknown(a) || isUnknown(b) {
		return false
	}
	return in.Truth(in.Compare(op, a, b))
}

func isUnknown(v interp.Value) bool {
	_, ok := v.(*interp.Unknown)
	return ok
}

// below reports a < n; unknown values are not.
func below(in *interp.Interp, a interp.Value, n int64) bool {
	switch a := a.(type) {
	case interp.Int:
		return a.V < n
	case interp.Float:
		return a.V < float64(n)
	case interp.Bool:
		v, _ := interp.AsInt(a)
		return v < n
	}
	return compare(in, pyast.Lt, a, interp.NewInt(n))
}

// above reports a > n; unknown values are not.
func above(in *interp.Interp, a interp.Value, n int64) bool {
	switch a := a.(type) {
	case interp.Int:
		return a.V > n
	case interp.Float:
		return a.V > float64(n)
	case interp.Bool:
		v, _ := interp.AsInt(a)
		return v > n
	}
	return compare(in, pyast.Gt, a, interp.NewInt(n))
}

// remainder is a % b where both are ints; otherwise Python's own (with its errors), as far as it is an int.
func remainder(in *interp.Interp, a, b interp.Value) int64 {
	x, ok1 := a.(interp.Int)
	y, ok2 := b.(interp.Int)
	if ok1 && ok2 && y.V > 0 {
		return ((x.V % y.V) + y.V) % y.V
	}
	if isUnknown(a) || isUnknown(b) {
		return 0
	}
	f, _ := interp.AsFloat(in.Binary(pyast.Mod, a, b, false))
	if f != 0 {
		return 1
	}
	return 0
}

// arith is a op b with the origins of both.
func arith(in *interp.Interp, op pyast.Operator, a, b interp.Value) interp.Value {
	x, ok1 := a.(interp.Int)
	y, ok2 := b.(interp.Int)
	if !ok1 || !ok2 {
		return in.Binary(op, a, b, false)
	}
	d := tensor.Dim{V: x.V, E: x.E}
	e := tensor.Dim{V: y.V, E: y.E}
	switch {
	case op == pyast.Mult && x.V >= 0 && y.V >= 0:
		d = d.Mul(e)
	case op == pyast.FloorDiv && x.V >= 0 && y.V > 0:
		d = d.FloorDiv(e)
	case op == pyast.Add && x.V >= 0 && y.V >= 0:
		d = d.Add(e)
	default:
		return in.Binary(op, a, b, false)
	}
	return intOf(d)
}

// intOf is a size as a Python int.
func intOf(d tensor.Dim) interp.Value {
	if d.E == nil {
		return interp.NewInt(d.V)
	}
	return interp.Int{V: d.V, E: d.E}
}

// repeat is what torch.nn.modules.utils' _single, _pair and _triple do: an
// iterable as a tuple, anything else n times.
func repeat(in *interp.Interp, v interp.Value, n int) interp.Value {
	switch v := v.(type) {
	case interp.Int, interp.Float, interp.Bool, interp.NoneType, *interp.Unknown:
	case *interp.Tuple:
		if v.Cls == nil {
			return v
		}
		return interp.NewTuple(append([]interp.Value(nil), v.V...)...)
	case *interp.List:
		return interp.NewTuple(append([]interp.Value(nil), v.V...)...)
	default:
		if iterable(in, v) {
			return interp.NewTuple(append([]interp.Value(nil), in.Elements(v)...)...)
		}
	}
	t := make([]interp.Value, n)
	for i := range t {
		t[i] = v
	}
	return interp.NewTuple(t...)
}

// iterable is isinstance(v, collections.abc.Iterable).
func iterable(in *interp.Interp, v interp.Value) bool {
	switch v := v.(type) {
	case *interp.Tuple, *interp.List, *interp.Dict, *interp.Set, *interp.Range, interp.Str, interp.Bytes, interp.Iterator, *tensor.Tensor:
		return true
	case *interp.Instance:
		switch v.Data.(type) {
		case *interp.List, *interp.Tuple, *interp.Dict, *interp.Set, interp.Str:
			return !v.Cls.Is(interp.BaseException)
		}
		_, ok := v.Cls.Lookup("__iter__")
		return ok
	}
	return false
}

// tuple is tuple(v).
func tuple(in *interp.Interp, v interp.Value) *interp.Tuple {
	switch v := v.(type) {
	case *interp.Tuple:
		if v.Cls == nil {
			return v
		}
	}
	return interp.NewTuple(append([]interp.Value(nil), in.Elements(v)...)...)
}
