package interp

import (
	"math"
	"sort"

	"github.com/arch-extract/arch-extract/pyast"
)

// rawMethod puts a function that takes any arguments into a native class.
func (c *Class) rawMethod(name string, fn func(in *Interp, args []Value, kw []KW) Value) *Builtin {
	return c.selfMethod(name, "descriptor '%s' for '%s' objects doesn't apply to a '%s' object", fn)
}

// selfMethod is rawMethod with the complaint about a self of another class.
func (c *Class) selfMethod(name, complaint string, fn func(in *Interp, args []Value, kw []KW) Value) *Builtin {
	b := &Builtin{Name: name, Qual: c.Name + "." + name, Raw: func(in *Interp, args []Value, kw []KW) Value {
		if len(args) == 0 {
			in.Raise(TypeError, "unbound method %s.%s() needs an argument", c.Name, name)
		}
		if t := args[0].Type(); t != c && !t.Is(c) {
			if u, ok := args[0].(*Unknown); ok {
				return u
			}
			in.Raise(TypeError, complaint, name, c.Name, t.Name)
		}
		return fn(in, args, kw)
	}}
	c.Dict.SetStr(name, b)
	return b
}

// opMethods gives a built-in class the methods behind its operators. They act
// on the payload of instances of subclasses.
func opMethods(c *Class, names ...string) {
	for _, name := range names {
		impl, ok := opImpl[name]
		if !ok {
			panic("no implementation of " + name)
		}
		want := impl.args
		b := c.selfMethod(name, "descriptor '%s' requires a '%s' object but received a '%s'", func(in *Interp, a []Value, kw []KW) Value {
			if len(a)-1 != want {
				in.Raise(TypeError, "expected %d argument%s, got %d", want, plural(want), len(a)-1)
			}
			if u := firstUnknown(a[1:]); u != nil && !impl.unknownOK {
				return u
			}
			if impl.numeric && widerThan(Unwrap(a[1]), c) {
				return NotImplemented
			}
			return impl.fn(in, a)
		})
		builtinOps[b] = true
		if name == "__hash__" {
			builtinHash[b] = true
		}
	}
}

type opFunc struct {
	args      int // beside self
	fn        func(in *Interp, a []Value) Value
	unknownOK bool
	numeric   bool // leaves operands of a wider number type to their own methods
}

// widerThan reports whether int's (float's) methods do not know the number v.
func widerThan(v Value, c *Class) bool {
	switch v.(type) {
	case Float:
		return c == IntClass
	case Complex:
		return c == IntClass || c == FloatClass
	}
	return false
}

var opImpl = map[string]opFunc{}

func orNotImplemented(v Value, ok bool) Value {
	if !ok {
		return NotImplemented
	}
	return v
}

func initOpImpl() {
	for i := range binaryOps {
		op := pyast.Operator(i)
		o := binaryOps[i]
		opImpl[o.name] = opFunc{args: 1, numeric: true, fn: func(in *Interp, a []Value) Value {
			return orNotImplemented(in.rawBinary(op, Unwrap(a[0]), Unwrap(a[1]), false))
		}}
		opImpl[o.rname] = opFunc{args: 1, numeric: true, fn: func(in *Interp, a []Value) Value {
			return orNotImplemented(in.rawBinary(op, Unwrap(a[1]), Unwrap(a[0]), false))
		}}
		opImpl[o.iname] = opFunc{args: 1, fn: func(in *Interp, a []Value) Value {
			if _, ok := in.rawBinary(op, Unwrap(a[0]), Unwrap(a[1]), true); !ok {
				return NotImplemented
			}
			return a[0]
		}}
	}
	for _, op := range []pyast.CmpOperator{pyast.Eq, pyast.NotEq, pyast.Lt, pyast.LtE, pyast.Gt, pyast.GtE} {
		opImpl[cmpOps[op].name] = opFunc{args: 1, numeric: true, fn: func(in *Interp, a []Value) Value {
			return orNotImplemented(in.rawCompare(op, Unwrap(a[0]), Unwrap(a[1])))
		}}
	}
	for _, op := range []pyast.UnaryOperator{pyast.Invert, pyast.UAdd, pyast.USub} {
		opImpl[unaryOps[op].name] = opFunc{fn: func(in *Interp, a []Value) Value {
			return in.Unary(op, Unwrap(a[0]))
		}}
	}
	un := func(name string, fn func(in *Interp, v Value) Value) {
		opImpl[name] = opFunc{fn: func(in *Interp, a []Value) Value { return fn(in, Unwrap(a[0])) }}
	}
	un("__abs__", func(in *Interp, v Value) Value { return in.abs(v) })
	un("__len__", func(in *Interp, v Value) Value { return in.lenValue(plainTuple(v)) })
	un("__bool__", func(in *Interp, v Value) Value { return NewBool(in.Truth(plainTuple(v))) })
	un("__iter__", func(in *Interp, v Value) Value { return in.Iter(plainTuple(v)) })
	un("__hash__", func(in *Interp, v Value) Value { return NewInt(in.Hash(plainTuple(v))) })
	un("__int__", func(in *Interp, v Value) Value { return in.toInt(v) })
	un("__trunc__", func(in *Interp, v Value) Value { return in.toInt(v) })
	un("__index__", func(in *Interp, v Value) Value { return in.toInt(v) })
	un("__float__", func(in *Interp, v Value) Value { f, _ := in.toFloat(v); return NewFloat(f) })
	un("__complex__", func(in *Interp, v Value) Value { return Complex{in.toComplex(v)} })
	un("__floor__", func(in *Interp, v Value) Value {
		if f, ok := v.(Float); ok {
			return in.floatToInt(math.Floor(f.V))
		}
		return in.toInt(v)
	})
	un("__ceil__", func(in *Interp, v Value) Value {
		if f, ok := v.(Float); ok {
			return in.floatToInt(math.Ceil(f.V))
		}
		return in.toInt(v)
	})
	opImpl["__repr__"] = opFunc{fn: func(in *Interp, a []Value) Value {
		p := &printer{in: in}
		if i, ok := a[0].(*Instance); ok {
			return NewStr(p.plainInstance(i))
		}
		return NewStr(p.repr(plainTuple(a[0])))
	}}
	opImpl["__str__"] = opFunc{fn: func(in *Interp, a []Value) Value { return NewStr(in.ToStr(Unwrap(a[0]))) }}
	opImpl["__format__"] = opFunc{args: 1, fn: func(in *Interp, a []Value) Value {
		return NewStr(in.Format(Unwrap(a[0]), in.Str(a[1])))
	}}
	opImpl["__getitem__"] = opFunc{args: 1, fn: func(in *Interp, a []Value) Value {
		if d, ok := Unwrap(a[0]).(*Dict); ok {
			if v, ok := in.dictGet(d, a[1]); ok {
				return v
			}
			if m, ok := a[0].Type().Lookup("__missing__"); ok {
				return in.callMethod(m, a[0], a[1])
			}
			in.keyError(a[1])
		}
		v, _ := in.rawGetItem(Unwrap(a[0]), a[1])
		return v
	}}
	opImpl["__setitem__"] = opFunc{args: 2, unknownOK: true, fn: func(in *Interp, a []Value) Value {
		in.rawSetItem(Unwrap(a[0]), a[1], a[2])
		return None
	}}
	opImpl["__delitem__"] = opFunc{args: 1, fn: func(in *Interp, a []Value) Value {
		in.DelItem(Unwrap(a[0]), a[1])
		return None
	}}
	opImpl["__contains__"] = opFunc{args: 1, fn: func(in *Interp, a []Value) Value {
		return in.rawContains(Unwrap(a[0]), a[1])
	}}
	opImpl["__divmod__"] = opFunc{args: 1, fn: func(in *Interp, a []Value) Value {
		return orNotImplemented(in.divmod(Unwrap(a[0]), Unwrap(a[1])))
	}}
	opImpl["__rdivmod__"] = opFunc{args: 1, fn: func(in *Interp, a []Value) Value {
		return orNotImplemented(in.divmod(Unwrap(a[1]), Unwrap(a[0])))
	}}
}

// plainTuple is a tuple of a subclass as a plain one.
func plainTuple(v Value) Value {
	if t, ok := v.(*Tuple); ok && t.Cls != nil {
		return &Tuple{V: t.V, E: t.E}
	}
	return v
}

// strStr is str.__str__.
var strStr Value

func init() {
	initOpImpl()
	compare := []string{"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}
	shown := []string{"__repr__", "__hash__"}
	arith := []string{"__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__",
		"__floordiv__", "__rfloordiv__", "__mod__", "__rmod__", "__pow__", "__rpow__", "__divmod__", "__rdivmod__", "__neg__", "__pos__", "__abs__", "__bool__"}
	seq := []string{"__len__", "__getitem__", "__contains__", "__iter__"}
	with := func(c *Class, lists ...[]string) {
		for _, l := range lists {
			opMethods(c, l...)
		}
	}
	with(IntClass, compare, shown, arith, []string{"__format__", "__int__", "__float__", "__index__", "__trunc__", "__floor__", "__ceil__", "__invert__",
		"__lshift__", "__rlshift__", "__rshift__", "__rrshift__", "__and__", "__rand__", "__or__", "__ror__", "__xor__", "__rxor__"})
	with(FloatClass, compare, shown, arith, []string{"__format__", "__int__", "__float__", "__trunc__", "__floor__", "__ceil__"})
	with(ComplexClass, []string{"__eq__", "__ne__"}, shown, arith[:8], []string{"__format__", "__complex__", "__pow__", "__rpow__", "__neg__", "__pos__", "__abs__", "__bool__"})
	with(StrClass, compare, shown, seq, []string{"__format__", "__str__", "__add__", "__mul__", "__rmul__", "__mod__"})
	with(BytesClass, compare, shown, seq, []string{"__add__", "__mul__", "__rmul__", "__mod__"})
	with(ListClass, compare, seq, []string{"__repr__", "__add__", "__mul__", "__rmul__", "__iadd__", "__imul__", "__setitem__", "__delitem__"})
	with(TupleClass, compare, shown, seq, []string{"__add__", "__mul__", "__rmul__"})
	with(DictClass, []string{"__eq__", "__ne__", "__repr__", "__or__", "__ror__", "__ior__", "__setitem__", "__delitem__"}, seq)
	setOps := []string{"__len__", "__contains__", "__iter__", "__and__", "__rand__", "__or__", "__ror__", "__xor__", "__rxor__", "__sub__", "__rsub__"}
	with(SetClass, compare, setOps, []string{"__repr__", "__iand__", "__ior__", "__ixor__", "__isub__"})
	with(FrozenSetClass, compare, setOps, shown)
	with(RangeClass, []string{"__eq__", "__ne__", "__bool__"}, shown, seq)
	with(SliceClass, []string{"__eq__", "__ne__", "__repr__"})
	with(NoneClass, []string{"__bool__"}, shown)
	for _, c := range []*Class{dictKeysClass, dictItemsClass} {
		with(c, compare, setOps, []string{"__repr__"})
	}
	with(dictValuesClass, []string{"__len__", "__iter__", "__contains__", "__repr__"})
	for _, c := range []*Class{ListClass, DictClass, SetClass, SliceClass, dictKeysClass, dictItemsClass} {
		c.Dict.SetStr("__hash__", None)
	}
	strStr, _ = StrClass.Dict.GetStr("__str__")
	initObject()
	initType()
	for _, c := range []*Class{IntClass, BoolClass, FloatClass, ComplexClass, StrClass, BytesClass, ListClass, TupleClass, DictClass, SetClass,
		FrozenSetClass, RangeClass, SliceClass, ObjectClass, TypeClass, PropertyClass, StaticMethodClass, ClassMethodClass, BaseException} {
		newMethod(c)
	}
}

// newMethod puts __new__ into a class whose New makes its objects.
func newMethod(c *Class) {
	b := &Builtin{Name: "__new__", Qual: c.Name + ".__new__", Raw: func(in *Interp, args []Value, kw []KW) Value {
		if len(args) == 0 {
			in.Raise(TypeError, "%s.__new__(): not enough arguments", c.Name)
		}
		cls, ok := args[0].(*Class)
		if !ok {
			in.Raise(TypeError, "%s.__new__(X): X is not a type object (%s)", c.Name, args[0].Type().Name)
		}
		if c == ObjectClass {
			// A native base may have Go state to make.
			for _, k := range cls.MRO {
				if k.New != nil && k != ObjectClass {
					return k.New(in, cls, args[1:], kw)
				}
			}
			if len(args) > 1 || len(kw) > 0 {
				in.Raise(TypeError, "object.__new__() takes exactly one argument (the type to instantiate)")
			}
			in.Charge(objectWeight)
			return &Instance{Cls: cls}
		}
		if !cls.Is(c) {
			in.Raise(TypeError, "%s.__new__(%s): %s is not a subtype of %s", c.Name, cls.Name, cls.Name, c.Name)
		}
		return c.New(in, cls, args[1:], kw)
	}}
	c.Dict.SetStr("__new__", &StaticMethod{b})
}

func initObject() {
	c := ObjectClass
	need := func(in *Interp, a []Value, n int, name string) {
		if len(a)-1 != n {
			in.Raise(TypeError, "expected %d argument%s, got %d", n, plural(n), len(a)-1)
		}
	}
	c.rawMethod("__init__", func(in *Interp, a []Value, kw []KW) Value {
		if len(a) <= 1 && len(kw) == 0 {
			return None
		}
		t := a[0].Type()
		if init, _ := t.Lookup("__init__"); init != nil {
			if b, ok := init.(*Builtin); !ok || b.Qual != "object.__init__" {
				in.Raise(TypeError, "object.__init__() takes exactly one argument (the instance to initialize)")
			}
		}
		if !hasNew(t) {
			in.Raise(TypeError, "%s() takes no arguments", t.Name)
		}
		return None
	})
	mark := func(b *Builtin) { builtinOps[b] = true }
	mark(c.rawMethod("__eq__", func(in *Interp, a []Value, _ []KW) Value {
		need(in, a, 1, "__eq__")
		if Same(a[0], a[1]) {
			return True
		}
		return NotImplemented
	}))
	mark(c.rawMethod("__ne__", func(in *Interp, a []Value, _ []KW) Value {
		need(in, a, 1, "__ne__")
		r := in.compareBy(pyast.Eq, "__eq__", a[0], a[1], false)
		if isNotImplemented(r) {
			if Same(a[0], a[1]) {
				return False
			}
			return r
		}
		return NewBool(!in.Truth(r))
	}))
	mark(c.rawMethod("__hash__", func(in *Interp, a []Value, _ []KW) Value { return NewInt(in.identity(a[0]) >> 4) }))
	mark(c.rawMethod("__repr__", func(in *Interp, a []Value, _ []KW) Value {
		return NewStr("<" + a[0].Type().FullName() + " object at " + (&printer{in: in}).address(a[0]) + ">")
	}))
	mark(c.rawMethod("__str__", func(in *Interp, a []Value, _ []KW) Value {
		s, u := in.reprValue(a[0])
		if u != nil {
			return u
		}
		return NewStr(s)
	}))
	mark(c.rawMethod("__format__", func(in *Interp, a []Value, _ []KW) Value {
		need(in, a, 1, "__format__")
		if in.Str(a[1]) != "" {
			in.Raise(TypeError, "unsupported format string passed to %s.__format__", a[0].Type().Name)
		}
		return NewStr(in.ToStr(a[0]))
	}))
	c.rawMethod("__setattr__", func(in *Interp, a []Value, _ []KW) Value {
		need(in, a, 2, "__setattr__")
		in.GenericSetAttr(a[0], attrName(in, a[1]), a[2])
		return None
	})
	c.rawMethod("__delattr__", func(in *Interp, a []Value, _ []KW) Value {
		need(in, a, 1, "__delattr__")
		in.GenericDelAttr(a[0], attrName(in, a[1]))
		return None
	})
	c.rawMethod("__getattribute__", func(in *Interp, a []Value, _ []KW) Value {
		need(in, a, 1, "__getattribute__")
		name := attrName(in, a[1])
		v, ok := in.GenericGetAttr(a[0], name)
		if !ok {
			in.noAttr(a[0], name)
		}
		return v
	})
	c.rawMethod("__dir__", func(in *Interp, a []Value, _ []KW) Value { return strList(in.dirNames(a[0])) })
	c.rawMethod("__sizeof__", func(in *Interp, a []Value, _ []KW) Value { return NewInt(48) })
	cls := func(name string, fn func(in *Interp, a []Value, kw []KW) Value) {
		c.Dict.SetStr(name, &ClassMethod{&Builtin{Name: name, Qual: "object." + name, Raw: fn}})
	}
	cls("__init_subclass__", func(in *Interp, a []Value, kw []KW) Value {
		if len(kw) > 0 {
			name := "object"
			if k, ok := a[0].(*Class); ok {
				name = k.Qual
			}
			in.Raise(TypeError, "%s.__init_subclass__() takes no keyword arguments", name)
		}
		return None
	})
	cls("__subclasshook__", func(in *Interp, a []Value, kw []KW) Value { return NotImplemented })
	ObjectClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if (len(args) > 0 || len(kw) > 0) && cls == ObjectClass {
			in.Raise(TypeError, "object() takes no arguments")
		}
		return &Instance{Cls: cls}
	}
}

// attrName is the name argument of getattr and friends.
func attrName(in *Interp, v Value) string {
	s, ok := AsStr(v)
	if !ok {
		in.Raise(TypeError, "attribute name must be string, not '%s'", v.Type().Name)
	}
	return s
}

// dirNames is dir(v), sorted.
func (in *Interp) dirNames(v Value) []string {
	seen := map[string]bool{}
	add := func(d *Dict) {
		if d != nil {
			for _, k := range d.Keys() {
				if s, ok := AsStr(k); ok {
					seen[s] = true
				}
			}
		}
	}
	c := v.Type()
	switch x := v.(type) {
	case *Instance:
		add(x.Dict)
	case *Module:
		add(x.Dict)
		c = nil
	case *Class:
		c = x
	case *Function:
		add(x.Dict)
	}
	if c != nil {
		for _, k := range c.MRO {
			add(k.Dict)
		}
		seen["__class__"], seen["__doc__"] = true, true
	}
	names := make([]string, 0, len(seen))
	for s := range seen {
		names = append(names, s)
	}
	sort.Strings(names)
	return names
}

func initType() {
	TypeClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if len(args) == 1 && cls == TypeClass && len(kw) == 0 {
			if u, ok := args[0].(*Unknown); ok {
				return u
			}
			if m, ok := args[0].(*BoundMethod); ok && m.Fn.Type() == BuiltinClass {
				return BuiltinClass
			}
			return args[0].Type()
		}
		if len(args) != 3 {
			if cls == TypeClass {
				in.Raise(TypeError, "type() takes 1 or 3 arguments")
			}
			in.Raise(TypeError, "type.__new__() takes exactly 3 arguments (%d given)", len(args))
		}
		name, ok := AsStr(args[0])
		if !ok {
			in.Raise(TypeError, "type.__new__() argument 1 must be str, not %s", args[0].Type().Name)
		}
		bases, ok := Unwrap(args[1]).(*Tuple)
		if !ok {
			in.Raise(TypeError, "type.__new__() argument 2 must be tuple, not %s", args[1].Type().Name)
		}
		ns, ok := Unwrap(args[2]).(*Dict)
		if !ok {
			in.Raise(TypeError, "type.__new__() argument 3 must be dict, not %s", args[2].Type().Name)
		}
		if cls == TypeClass {
			for _, b := range bases.V {
				if k, ok := b.(*Class); !ok || k.Type() != TypeClass {
					return in.buildClass(name, bases.V, ns.Copy(), kw)
				}
			}
		}
		return in.NewClass(cls, name, bases.V, ns.Copy(), kw)
	}
	c := TypeClass
	c.rawMethod("__init__", func(in *Interp, a []Value, kw []KW) Value { return None })
	builtinOps[c.rawMethod("__repr__", func(in *Interp, a []Value, kw []KW) Value {
		if k, ok := a[0].(*Class); ok {
			return NewStr("<class '" + k.FullName() + "'>")
		}
		return NewStr(in.Repr(a[0]))
	})] = true
	c.rawMethod("__instancecheck__", func(in *Interp, a []Value, kw []KW) Value {
		k, ok := a[0].(*Class)
		return NewBool(ok && len(a) == 2 && a[1].Type().Is(k))
	})
	c.rawMethod("__subclasscheck__", func(in *Interp, a []Value, kw []KW) Value {
		k, ok := a[0].(*Class)
		if !ok || len(a) != 2 {
			return False
		}
		s, ok := a[1].(*Class)
		return NewBool(ok && s.Is(k))
	})
	c.Dict.SetStr("__prepare__", &ClassMethod{&Builtin{Name: "__prepare__", Qual: "type.__prepare__", Raw: func(*Interp, []Value, []KW) Value { return NewDict() }}})

	PropertyClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		a := propertySig.bind(in, "property", args, kw)
		p := &Property{Get: nilNone(a[0]), Set: nilNone(a[1]), Del: nilNone(a[2]), Doc: a[3]}
		if cls != PropertyClass {
			p.Cls = cls
		}
		return p
	}
	accessor := func(name string, set func(p *Property, v Value)) Method {
		return Method{Name: name, Sig: "self, fn, /", Fn: func(in *Interp, a []Value) Value {
			p := *a[0].(*Property)
			set(&p, a[1])
			return &p
		}}
	}
	PropertyClass.AddMethods(
		accessor("getter", func(p *Property, v Value) { p.Get = v }),
		accessor("setter", func(p *Property, v Value) { p.Set = v }),
		accessor("deleter", func(p *Property, v Value) { p.Del = v }),
		Method{Name: "__get__", Sig: "self, obj, owner=None, /", Fn: func(in *Interp, a []Value) Value {
			p := a[0].(*Property)
			if IsNone(a[1]) {
				return p
			}
			if p.Get == nil {
				in.Raise(AttributeError, "property has no getter")
			}
			return in.Call(p.Get, []Value{a[1]}, nil)
		}},
		Method{Name: "__set__", Sig: "self, obj, value, /", Fn: func(in *Interp, a []Value) Value {
			p := a[0].(*Property)
			if p.Set == nil {
				in.Raise(AttributeError, "property has no setter")
			}
			in.Call(p.Set, []Value{a[1], a[2]}, nil)
			return None
		}},
	)
	wrapped := func(c *Class, make func(fn Value) Value) {
		c.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
			if len(args) != 1 {
				in.Raise(TypeError, "%s expected 1 argument, got %d", c.Name, len(args))
			}
			return make(args[0])
		}
	}
	wrapped(StaticMethodClass, func(fn Value) Value { return &StaticMethod{fn} })
	wrapped(ClassMethodClass, func(fn Value) Value { return &ClassMethod{fn} })
	StaticMethodClass.AddMethods(Method{Name: "__get__", Sig: "self, obj, owner=None, /", Fn: func(in *Interp, a []Value) Value {
		return a[0].(*StaticMethod).Fn
	}})
	ClassMethodClass.AddMethods(Method{Name: "__get__", Sig: "self, obj, owner=None, /", Fn: func(in *Interp, a []Value) Value {
		cls := a[2]
		if IsNone(cls) {
			cls = a[1].Type()
		}
		return &BoundMethod{Self: cls, Fn: a[0].(*ClassMethod).Fn}
	}})
	SuperClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		switch len(args) {
		case 0:
			in.Raise(RuntimeError, "super(): no arguments")
		case 1:
			in.Raise(RuntimeError, "super() without an object is not supported")
		}
		c, ok := args[0].(*Class)
		if !ok {
			in.Raise(TypeError, "super() argument 1 must be a type, not %s", args[0].Type().Name)
		}
		if u, ok := args[1].(*Unknown); ok {
			return u
		}
		if k, ok := args[1].(*Class); !(ok && k.Is(c)) && !args[1].Type().Is(c) {
			in.Raise(TypeError, "super(type, obj): obj must be an instance or subtype of type")
		}
		return &Super{Class: c, Self: args[1]}
	}
	MethodClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if len(args) != 2 {
			in.Raise(TypeError, "method expected 2 arguments, got %d", len(args))
		}
		return &BoundMethod{Self: args[1], Fn: args[0]}
	}
}

var propertySig = ParseSignature("fget=None, fset=None, fdel=None, doc=None")

func nilNone(v Value) Value {
	if IsNone(v) {
		return nil
	}
	return v
}
