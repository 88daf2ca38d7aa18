package interp

import "strings"

// Function is a function written in Python.
type Function struct {
	Name, Qual, Mod string
	Code            *Code
	Globals         *Dict
	Defaults        []Value // of the last positional parameters
	KwDefaults      []Value // beside the keyword-only parameters; nil where there is none
	Free            []*Cell
	Dict            *Dict // attributes; may be nil
	Doc             Value
	class           *Cell
}

// Type implements Value.
func (*Function) Type() *Class { return FunctionClass }

// Attrs is the function's attribute dict, made when needed.
func (fn *Function) Attrs() *Dict {
	if fn.Dict == nil {
		fn.Dict = NewDict()
	}
	return fn.Dict
}

// ParamKind is how a parameter can be given.
type ParamKind int

// The parameter kinds, numbered as inspect numbers them.
const (
	PosOnlyParam ParamKind = iota
	PosOrKwParam
	VarArgsParam
	KwOnlyParam
	KwArgsParam
)

// FuncParam is one parameter of an interpreted function.
type FuncParam struct {
	Name       string
	Kind       ParamKind
	Default    Value                  // nil where there is none
	Annotation func(in *Interp) Value // nil where there is none
}

// Params lists the parameters of the function.
func (fn *Function) Params() []FuncParam {
	c := fn.Code
	var out []FuncParam
	for i, name := range c.params {
		p := FuncParam{Name: name, Kind: PosOrKwParam}
		switch {
		case i == c.vararg:
			p.Kind = VarArgsParam
		case i == c.kwarg:
			p.Kind = KwArgsParam
		case i >= c.npos:
			p.Kind = KwOnlyParam
			if k := i - c.kwStart(); k < len(fn.KwDefaults) {
				p.Default = fn.KwDefaults[k]
			}
		default:
			if i < c.nposOnly {
				p.Kind = PosOnlyParam
			}
			if d := i - (c.npos - len(fn.Defaults)); d >= 0 {
				p.Default = fn.Defaults[d]
			}
		}
		if c.args != nil {
			if a := allArgs(c.args)[i]; a.Annotation != nil {
				ann := a.Annotation
				p.Annotation = func(in *Interp) Value {
					return in.evalAnnotation(&lazyAnn{expr: ann, file: c.File, scope: c.outer}, fn.Globals)
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// Returns is the evaluated return annotation, nil where there is none.
func (fn *Function) Returns(in *Interp) Value {
	if fn.Code.returns == nil {
		return nil
	}
	return in.evalAnnotation(&lazyAnn{expr: fn.Code.returns, file: fn.Code.File, scope: fn.Code.outer}, fn.Globals)
}

// makeFunction is the node that creates a function.
type makeFunction struct {
	code       *Code
	defaults   []expr
	kwDefaults []expr
}

func (n *makeFunction) eval(f *frame) Value {
	f.in.Charge(functionWeight)
	fn := &Function{Name: n.code.Name, Code: n.code, Globals: f.globals, Doc: n.code.doc, class: f.class}
	if v, ok := f.globals.GetStr("__name__"); ok {
		fn.Mod, _ = AsStr(v)
	}
	switch {
	case f.scope != nil && f.scope.kind == classScope:
		fn.Qual = f.name + "." + fn.Name
	case f.fn != nil:
		fn.Qual = f.fn.Qual + ".<locals>." + fn.Name
	default:
		fn.Qual = fn.Name
	}
	if len(n.defaults) > 0 {
		fn.Defaults = make([]Value, len(n.defaults))
		for i, d := range n.defaults {
			fn.Defaults[i] = d.eval(f)
		}
	}
	if len(n.kwDefaults) > 0 {
		fn.KwDefaults = make([]Value, len(n.kwDefaults))
		for i, d := range n.kwDefaults {
			if d != nil {
				fn.KwDefaults[i] = d.eval(f)
			}
		}
	}
	if k := len(n.code.free); k > 0 {
		fn.Free = make([]*Cell, k)
		for i, y := range n.code.free {
			fn.Free[i] = f.cell(y)
		}
	}
	return fn
}

// callExpr is a call; obj.name(...) avoids the bound method.
type callExpr struct {
	fn      expr
	obj     expr
	name    Value // a Str: of the method of obj
	args    []expr
	star    bool
	kwNames []string
	kwVals  []expr
	kwstar  bool
	line    int32
	class   classCache
	dict    dictCache
}

func (n *callExpr) eval(f *frame) Value {
	in := f.in
	var fn, self Value
	if sup, ok := n.obj.(*superExpr); ok {
		fn, self = sup.method(f, n)
	}
	switch {
	case fn != nil:
		f.line = n.line
	case n.obj != nil:
		obj := n.obj.eval(f)
		f.line = n.line
		fn, self = in.methodAt(obj, n.name, &n.class, &n.dict)
	default:
		fn = n.fn.eval(f)
	}
	if b, ok := fn.(*BoundMethod); ok && self == nil {
		fn, self = b.Fn, b.Self
	}
	if pf, ok := fn.(*Function); ok && !n.star && !n.kwstar {
		return n.callPython(f, pf, self)
	}
	if b, ok := fn.(*Builtin); ok && b.few != nil && !n.star && len(n.kwNames) == 0 {
		if v, ok := n.callFew(f, b, self); ok {
			return v
		}
	}
	extra := 0
	if self != nil {
		extra = 1
	}
	args := make([]Value, extra, extra+len(n.args))
	if self != nil {
		args[0] = self
	}
	for _, e := range n.args {
		if n.star {
			if s, ok := e.(*starExpr); ok {
				args = append(args, in.starred(s.v.eval(f), fn, len(n.args) == 1)...)
				continue
			}
		}
		args = append(args, e.eval(f))
	}
	var kw []KW
	if len(n.kwNames) > 0 {
		kw = make([]KW, 0, len(n.kwNames))
		for i, name := range n.kwNames {
			v := n.kwVals[i].eval(f)
			if name != "" {
				kw = append(kw, KW{name, v})
				continue
			}
			kw = in.spreadKW(kw, v, fn)
		}
	}
	f.line = n.line
	return in.call(fn, args, kw)
}

// spreadKW appends the entries of **m.
func (in *Interp) spreadKW(kw []KW, m Value, fn Value) []KW {
	d, ok := m.(*Dict)
	if !ok {
		d = NewDict()
		if !in.isMapping(m) {
			in.Raise(TypeError, "%s() argument after ** must be a mapping, not %s", funcName(fn), m.Type().Name)
		}
		in.updateDict(d, m)
	}
	d.Range(func(k, v Value) bool {
		name, ok := AsStr(k)
		if !ok {
			in.Raise(TypeError, "keywords must be strings")
		}
		for _, x := range kw {
			if x.Name == name {
				in.Raise(TypeError, "%s() got multiple values for keyword argument '%s'", funcName(fn), name)
			}
		}
		kw = append(kw, KW{name, d.rooted(k, v)})
		return true
	})
	return kw
}

// starred are the elements of *v, in a call of fn where nothing else is given
// or, with fn nil, among others.
func (in *Interp) starred(v, fn Value, alone bool) []Value {
	switch v.(type) {
	case NoneType, Bool, Int, Float, *Function, *Builtin:
		if alone {
			in.Raise(TypeError, "%s() argument after * must be an iterable, not %s", funcName(fn), v.Type().Name)
		}
		in.Raise(TypeError, "Value after * must be an iterable, not %s", v.Type().Name)
	}
	return in.Elements(v)
}

func funcName(fn Value) string {
	switch fn := fn.(type) {
	case *Function:
		return fn.Mod + "." + fn.Qual
	case *Builtin:
		return fn.Qual
	case *BoundMethod:
		return funcName(fn.Fn)
	case *Class:
		return fn.FullName()
	}
	return fn.Type().Name
}

// callPython evaluates the arguments straight into the callee's frame.
func (n *callExpr) callPython(f *frame, fn *Function, self Value) Value {
	in := f.in
	code := fn.Code
	if !code.compiled {
		in.compile(code)
	}
	extra := 0
	if self != nil {
		extra = 1
	}
	if extra+len(n.args) > code.npos || code.kwarg >= 0 || code.vararg >= 0 {
		args := make([]Value, extra+len(n.args))
		if self != nil {
			args[0] = self
		}
		for i, e := range n.args {
			args[extra+i] = e.eval(f)
		}
		var kw []KW
		if len(n.kwNames) > 0 {
			kw = make([]KW, len(n.kwNames))
			for i, name := range n.kwNames {
				kw[i] = KW{name, n.kwVals[i].eval(f)}
			}
		}
		f.line = n.line
		return in.CallFunction(fn, args, kw)
	}
	nf := in.newFrame(code.nlocals)
	l := nf.locals
	if self != nil {
		l[0] = self
	}
	for i, e := range n.args {
		l[extra+i] = e.eval(f)
	}
	for i, name := range n.kwNames {
		v := n.kwVals[i].eval(f)
		slot := code.slot(name)
		if slot < 0 {
			f.line = n.line
			in.Raise(TypeError, "%s() got an unexpected keyword argument '%s'", fn.Qual, name)
		}
		if l[slot] != nil {
			f.line = n.line
			in.Raise(TypeError, "%s() got multiple values for argument '%s'", fn.Qual, name)
		}
		l[slot] = v
	}
	f.line = n.line
	in.fillDefaults(fn, l)
	return in.enter(fn, nf)
}

// slot is the slot of a parameter that can be given by name, or -1.
func (c *Code) slot(name string) int {
	for i, p := range c.params {
		if p == name && i != c.vararg && i != c.kwarg && i >= c.nposOnly {
			return i
		}
	}
	return -1
}

// fillDefaults puts defaults into empty parameter slots and complains about
// those that have none.
func (in *Interp) fillDefaults(fn *Function, l []Value) {
	code := fn.Code
	var missing []string
	first := code.npos - len(fn.Defaults)
	for i := 0; i < code.npos; i++ {
		if l[i] == nil {
			if i >= first {
				l[i] = fn.Defaults[i-first]
			} else {
				missing = append(missing, code.params[i])
			}
		}
	}
	if len(missing) > 0 {
		in.Raise(TypeError, "%s() missing %d required positional argument%s: %s", fn.Qual, len(missing), plural(len(missing)), joinNames(missing))
	}
	k0 := code.kwStart()
	for k := 0; k < code.kwonly; k++ {
		if l[k0+k] == nil {
			if k < len(fn.KwDefaults) && fn.KwDefaults[k] != nil {
				l[k0+k] = fn.KwDefaults[k]
			} else {
				missing = append(missing, code.params[k0+k])
			}
		}
	}
	if len(missing) > 0 {
		in.Raise(TypeError, "%s() missing %d required keyword-only argument%s: %s", fn.Qual, len(missing), plural(len(missing)), joinNames(missing))
	}
}

func joinNames(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = "'" + n + "'"
	}
	switch len(q) {
	case 1:
		return q[0]
	case 2:
		return q[0] + " and " + q[1]
	}
	return strings.Join(q[:len(q)-1], ", ") + ", and " + q[len(q)-1]
}

// CallFunction calls an interpreted function.
func (in *Interp) CallFunction(fn *Function, args []Value, kw []KW) Value {
	code := fn.Code
	if !code.compiled {
		in.compile(code)
	}
	nf := in.newFrame(code.nlocals)
	l := nf.locals
	n := len(args)
	if n > code.npos {
		if code.vararg < 0 {
			given := n
			in.tooMany(fn, given)
		}
		l[code.vararg] = NewTuple(append([]Value(nil), args[code.npos:]...)...)
		n = code.npos
	} else if code.vararg >= 0 {
		l[code.vararg] = EmptyTuple
	}
	copy(l, args[:n])
	var extra *Dict
	if code.kwarg >= 0 {
		extra = NewDict()
		l[code.kwarg] = extra
	}
	for _, k := range kw {
		slot := code.slot(k.Name)
		if slot < 0 {
			if extra == nil {
				in.Raise(TypeError, "%s() got an unexpected keyword argument '%s'", fn.Qual, k.Name)
			}
			extra.SetStr(k.Name, k.V)
			continue
		}
		if l[slot] != nil {
			in.Raise(TypeError, "%s() got multiple values for argument '%s'", fn.Qual, k.Name)
		}
		l[slot] = k.V
	}
	in.fillDefaults(fn, l)
	return in.enter(fn, nf)
}

func (in *Interp) tooMany(fn *Function, given int) {
	code := fn.Code
	if d := len(fn.Defaults); d > 0 {
		in.Raise(TypeError, "%s() takes from %d to %d positional arguments but %d were given", fn.Qual, code.npos-d, code.npos, given)
	}
	in.Raise(TypeError, "%s() takes %d positional argument%s but %d %s given", fn.Qual, code.npos, plural(code.npos), given, wereWas(given))
}

// enter runs a function whose frame holds its arguments.
func (in *Interp) enter(fn *Function, f *frame) Value {
	code := fn.Code
	f.name, f.file, f.line = code.Name, code.File, int32(code.Line)
	f.globals, f.free, f.fn, f.scope, f.class = fn.Globals, fn.Free, fn, code.scope, fn.class
	for _, s := range code.cells {
		f.locals[s] = &Cell{V: f.locals[s]}
	}
	if code.isAsync {
		return in.Unknown("coroutines are not run")
	}
	if code.isGen {
		return newGenerator(f, code.body)
	}
	in.push(f)
	in.step()
	run(f, code.body)
	in.pop()
	v := f.ret
	in.freeFrame(f)
	if v == nil {
		return None
	}
	return v
}

// callTwo is call(fn, [a, b]), without a slice where fn is a plain function of two.
func (in *Interp) callTwo(fn, a, b Value) Value {
	if pf, ok := fn.(*Function); ok {
		code := pf.Code
		if !code.compiled {
			in.compile(code)
		}
		if code.npos == 2 && code.vararg < 0 && code.kwarg < 0 && code.kwonly == 0 {
			nf := in.newFrame(code.nlocals)
			nf.locals[0], nf.locals[1] = a, b
			return in.enter(pf, nf)
		}
	}
	return in.call(fn, []Value{a, b}, nil)
}

// callFew calls a built-in function that keeps nothing of its arguments'
// slice: they are put on a stack that is used again. It reports false, with
// nothing evaluated, where the number of arguments does not fit.
func (n *callExpr) callFew(f *frame, b *Builtin, self Value) (Value, bool) {
	in := f.in
	var few [maxFew]Value
	k := 0
	if self != nil {
		few[0], k = self, 1
	}
	if got := k + len(n.args); got < b.least || got > len(b.Sig.Params) {
		return nil, false
	}
	for _, e := range n.args {
		few[k] = e.eval(f)
		k++
	}
	for ; k < len(b.Sig.Params); k++ {
		few[k] = b.Sig.Params[k].Default
	}
	f.line = n.line
	in.step()
	if in.native++; in.native > maxNative {
		in.Raise(RecursionError, "maximum recursion depth exceeded")
	}
	base := len(in.args)
	in.args = append(in.args, few[:k]...)
	v := b.few(in, in.args[base:base+k:base+k])
	clear(in.args[base:])
	in.args = in.args[:base]
	in.native--
	return v, true
}

// maxFew is the most parameters that a function called by callFew has.
const maxFew = 4

// Call calls any callable.
func (in *Interp) Call(fn Value, args []Value, kw []KW) Value { return in.call(fn, args, kw) }

func (in *Interp) call(fn Value, args []Value, kw []KW) Value {
	switch fn := fn.(type) {
	case *Function:
		return in.CallFunction(fn, args, kw)
	case *Builtin:
		in.step()
		if in.native++; in.native > maxNative {
			in.Raise(RecursionError, "maximum recursion depth exceeded")
		}
		var v Value
		if fn.Raw != nil {
			v = fn.Raw(in, args, kw)
		} else {
			v = fn.Fn(in, fn.Sig.bind(in, fn.Name, args, kw))
		}
		in.native--
		return v
	case *BoundMethod:
		in.Charge(int64(len(args)))
		full := make([]Value, 1+len(args))
		full[0] = fn.Self
		copy(full[1:], args)
		return in.call(fn.Fn, full, kw)
	case *Class:
		return in.instantiate(fn, args, kw)
	case *StaticMethod:
		return in.call(fn.Fn, args, kw)
	case *Unknown:
		return &Unknown{Why: fn.Why, At: fn.At}
	}
	if c, ok := in.special(fn, "__call__"); ok {
		if in.native++; in.native > maxNative { // an object may be its own __call__
			in.Raise(RecursionError, "maximum recursion depth exceeded")
		}
		v := in.call(c, args, kw)
		in.native--
		return v
	}
	in.Raise(TypeError, "'%s' object is not callable", fn.Type().Name)
	return nil
}

// instantiate is the call of a class.
func (in *Interp) instantiate(c *Class, args []Value, kw []KW) Value {
	if in.OnMake != nil {
		c = in.OnMake(c)
	}
	if m := c.Type(); m != TypeClass && !m.Native {
		if call, ok := m.Lookup("__call__"); ok {
			if _, native := call.(*Builtin); !native {
				return in.call(in.bindAttr(call, c, m), args, kw)
			}
		}
	} else if m != TypeClass {
		if call, ok := m.Lookup("__call__"); ok && call != Value(typeCall) {
			return in.call(in.bindAttr(call, c, m), args, kw)
		}
	}
	return in.makeObject(c, args, kw)
}

// makeObject is type.__call__: __new__, then __init__.
func (in *Interp) makeObject(c *Class, args []Value, kw []KW) Value {
	if u := c.unknownBase; u != nil {
		return in.Unknown("an object of %s, whose base class is not known: %s", c.Name, u.Why)
	}
	var obj Value
	for _, k := range c.MRO {
		if v, ok := k.Dict.GetStr("__new__"); ok && !k.Native {
			if s, ok := v.(*StaticMethod); ok {
				v = s.Fn
			}
			obj = in.call(v, append([]Value{c}, args...), kw)
			break
		}
		if k.New != nil {
			obj = k.New(in, c, args, kw)
			if c.Native && k == c {
				if _, ok := c.Lookup("__init__"); !ok {
					return obj
				}
			}
			break
		}
	}
	if obj == nil {
		in.Charge(objectWeight)
		obj = &Instance{Cls: c}
	}
	if !obj.Type().Is(c) {
		return obj
	}
	init, ok := c.Lookup("__init__")
	if !ok {
		if (len(args) > 0 || len(kw) > 0) && !hasNew(c) {
			in.Raise(TypeError, "%s() takes no arguments", c.Name)
		}
		return obj
	}
	if pf, ok := init.(*Function); ok {
		full := make([]Value, 1+len(args))
		full[0] = obj
		copy(full[1:], args)
		in.CallFunction(pf, full, kw)
		return obj
	}
	if b, ok := init.(*Builtin); ok {
		full := make([]Value, 1+len(args))
		full[0] = obj
		copy(full[1:], args)
		in.call(b, full, kw)
		return obj
	}
	in.call(in.bindAttr(init, obj, c), args, kw)
	return obj
}

func hasNew(c *Class) bool {
	for _, k := range c.MRO {
		if k == ObjectClass {
			return false
		}
		if _, ok := k.Dict.GetStr("__new__"); ok || k.New != nil {
			return true
		}
	}
	return false
}

// superExpr is super() without arguments.
type superExpr struct{ line int32 }

func (n *superExpr) eval(f *frame) Value {
	f.line = n.line
	if f.class == nil || f.class.V == nil || f.fn == nil || len(f.fn.Code.params) == 0 {
		f.in.Raise(RuntimeError, "super(): no arguments")
	}
	self := f.locals[0]
	if c, ok := self.(*Cell); ok {
		self = c.V
	}
	return &Super{Class: f.class.V.(*Class), Self: self}
}

// method finds super().name for a call without making the super object: the
// function and self, or nil where it is not that simple.
func (n *superExpr) method(f *frame, call *callExpr) (fn, self Value) {
	if f.class == nil || f.fn == nil || len(f.fn.Code.params) == 0 {
		return nil, nil
	}
	after, ok := f.class.V.(*Class)
	if !ok {
		return nil, nil
	}
	self = f.locals[0]
	if c, ok := self.(*Cell); ok {
		self = c.V
	}
	i, ok := self.(*Instance)
	if !ok {
		return nil, nil
	}
	v, _ := call.class.lookupAfter(i.Cls, after, call.name.(Str).S)
	switch v.(type) {
	case *Function, *Builtin:
		return v, self
	}
	return nil, nil
}

// objectGetAttribute is object.__getattribute__.
var objectGetAttribute Value

func init() { objectGetAttribute, _ = ObjectClass.Dict.GetStr("__getattribute__") }

// Super is a super object.
type Super struct {
	Class *Class
	Self  Value // the instance, or the class for class methods
}

// Type implements Value.
func (*Super) Type() *Class { return SuperClass }

// lookup finds the attribute behind the class in the MRO of the object.
func (s *Super) lookup(in *Interp, name string) (Value, bool) {
	if c, ok := s.Self.(*Class); ok {
		if c.Is(s.Class) {
			if v, ok := c.lookupAfter(s.Class, name); ok {
				return in.bindAttr(v, nil, c), true
			}
			return nil, false
		}
		// a metaclass: super().__new__(mcs, ...) and super().__call__()
		if v, ok := c.Type().lookupAfter(s.Class, name); ok {
			return in.bindAttr(v, c, c.Type()), true
		}
		return nil, false
	}
	t := s.Self.Type()
	if v, ok := t.lookupAfter(s.Class, name); ok {
		return in.bindAttr(v, s.Self, t), true
	}
	return nil, false
}

func init() { FunctionClass.New = newFunction }

var functionSig = ParseSignature("code, globals, name=None, argdefs=None, closure=None, kwdefaults=None")

// newFunction is types.FunctionType(code, globals, name, argdefs, closure).
func newFunction(in *Interp, _ *Class, args []Value, kw []KW) Value {
	a := functionSig.bind(in, "function", args, kw)
	code, ok := a[0].(*codeObject)
	if !ok {
		in.Raise(TypeError, "function() argument 'code' must be code, not %s", a[0].Type().Name)
	}
	globals, ok := a[1].(*Dict)
	if !ok {
		in.Raise(TypeError, "function() argument 'globals' must be dict, not %s", a[1].Type().Name)
	}
	fn := &Function{Name: code.c.Name, Qual: code.c.Name, Code: code.c, Globals: globals, Doc: code.c.doc, class: code.class}
	if s, ok := AsStr(a[2]); ok {
		fn.Name, fn.Qual = s, s
	}
	if v, ok := globals.GetStr("__name__"); ok {
		fn.Mod, _ = AsStr(v)
	}
	if t, ok := a[3].(*Tuple); ok {
		fn.Defaults = append([]Value(nil), t.V...)
	}
	if t, ok := a[4].(*Tuple); ok {
		for _, c := range t.V {
			if cell, ok := c.(*Cell); ok {
				fn.Free = append(fn.Free, cell)
			}
		}
	}
	return fn
}
