package stdlib

import (
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

var (
	orderedDictClass = interp.NewNativeClass("collections.OrderedDict", []*interp.Class{interp.DictClass})
	defaultDictClass = interp.NewNativeClass("collections.defaultdict", []*interp.Class{interp.DictClass})
	counterClass     = interp.NewNativeClass("collections.Counter", []*interp.Class{interp.DictClass})
	dequeClass       = interp.NewNativeClass("collections.deque", nil)
)

// defaultDict is the state of a defaultdict.
type defaultDict struct {
	d       *interp.Dict
	factory value
}

// Payload implements interp.Payloader.
func (d *defaultDict) Payload() value { return d.d }

// DeepCopy implements deepCopier.
func (d *defaultDict) DeepCopy(_ *inter, deep func(value) value) any {
	return &defaultDict{d: deep(d.d).(*interp.Dict), factory: d.factory}
}

// ShallowCopy implements shallowCopier.
func (d *defaultDict) ShallowCopy(*inter) any { return &defaultDict{d: d.d.Copy(), factory: d.factory} }

// deque is the state of a deque; max is -1 where there is no limit.
type deque struct {
	vs  []value
	max int
}

// DeepCopy implements deepCopier.
func (d *deque) DeepCopy(_ *inter, deep func(value) value) any {
	c := &deque{max: d.max}
	for _, v := range d.vs {
		c.vs = append(c.vs, deep(v))
	}
	return c
}

// ShallowCopy implements shallowCopier.
func (d *deque) ShallowCopy(*inter) any { return &deque{vs: append([]value(nil), d.vs...), max: d.max} }

func dequeOf(in *inter, v value) *deque {
	if i, ok := v.(*interp.Instance); ok {
		if d, ok := i.Data.(*deque); ok {
			return d
		}
	}
	in.Raise(interp.TypeError, "descriptor requires a 'collections.deque' object but received a '%s'", typeName(v))
	return nil
}

func (d *deque) push(v value) {
	if d.max == 0 {
		return
	}
	if d.max > 0 && len(d.vs) == d.max {
		d.vs = d.vs[1:]
	}
	d.vs = append(d.vs, v)
}

func (d *deque) pushLeft(in *inter, v value) {
	in.Step(1 + len(d.vs)/16)
	if d.max == 0 {
		return
	}
	vs := d.vs
	if d.max > 0 && len(vs) == d.max {
		vs = vs[:len(vs)-1]
	}
	d.vs = append([]value{v}, vs...)
}

func mustDict(in *inter, v value) *interp.Dict {
	d := asDict(v)
	if d == nil {
		in.Raise(interp.TypeError, "descriptor requires a 'dict' object but received a '%s'", typeName(v))
	}
	return d
}

// callBase calls a method of a built-in base class on self.
func callBase(in *inter, base *interp.Class, name string, args []value, kw []interp.KW) value {
	f, _ := base.Lookup(name)
	return in.Call(f, args, kw)
}

// pairList writes the entries of a dict as a list of pairs.
func pairList(in *inter, d *interp.Dict) string {
	var parts []string
	d.Range(func(k, v value) bool {
		parts = append(parts, "("+in.Repr(k)+", "+in.Repr(v)+")")
		return true
	})
	return "[" + strings.Join(parts, ", ") + "]"
}

func init() {
	addMethods(orderedDictClass,
		method("move_to_end", "self, key, last=True", func(in *inter, a []value) value {
			d := mustDict(in, a[0])
			in.Step(1 + d.Len()/16)
			if !d.MoveToEnd(in, a[1], in.Truth(a[2])) {
				keyError(in, a[1])
			}
			return interp.None
		}),
		method("popitem", "self, last=True", func(in *inter, a []value) value {
			d := mustDict(in, a[0])
			k, v, ok := d.Last()
			if !in.Truth(a[1]) {
				k, v, ok = d.First()
			}
			if !ok {
				keyError(in, str("dictionary is empty"))
			}
			d.Delete(in, k)
			return interp.NewTuple(k, v)
		}),
		method("copy", "self", func(in *inter, a []value) value { return in.Call(a[0].Type(), []value{a[0]}, nil) }),
		method("__copy__", "self", func(in *inter, a []value) value { return copyInstance(in, a[0].(*interp.Instance)) }),
		method("__eq__", "self, other, /", func(in *inter, a []value) value {
			x, y := asDict(a[0]), asDict(a[1])
			if y == nil {
				return interp.NotImplemented
			}
			if !in.Equal(x, y) {
				return interp.False
			}
			if interp.IsInstance(a[1], orderedDictClass) {
				return interp.NewBool(in.Equal(interp.NewList(x.Keys()...), interp.NewList(y.Keys()...)))
			}
			return interp.True
		}),
		method("__repr__", "self", func(in *inter, a []value) value {
			d := mustDict(in, a[0])
			if d.Len() == 0 {
				return str(typeName(a[0]) + "()")
			}
			return str(typeName(a[0]) + "(" + pairList(in, itemsOf(in, a[0])) + ")")
		}),
	)
	orderedDictClass.Dict.SetStr("__hash__", interp.None)

	defaultDictClass.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		return &interp.Instance{Cls: cls, Data: &defaultDict{d: interp.NewDict(), factory: interp.None}}
	}
	rawMethod(defaultDictClass, "__init__", func(in *inter, args []value, kw []interp.KW) value {
		d, ok := args[0].(*interp.Instance).Data.(*defaultDict)
		if !ok {
			in.Raise(interp.TypeError, "descriptor '__init__' requires a 'collections.defaultdict' object")
		}
		rest := args[1:]
		if len(rest) > 0 {
			if !interp.IsNone(rest[0]) && !isCallable(rest[0]) {
				in.Raise(interp.TypeError, "first argument must be callable or None")
			}
			d.factory = rest[0]
			rest = rest[1:]
		}
		callBase(in, interp.DictClass, "update", append([]value{d.d}, rest...), kw)
		return interp.None
	})
	factory := func(in *inter, v value) value {
		if i, ok := v.(*interp.Instance); ok {
			if d, ok := i.Data.(*defaultDict); ok {
				return d.factory
			}
		}
		return interp.None
	}
	addMethods(defaultDictClass,
		method("__missing__", "self, key, /", func(in *inter, a []value) value {
			f := factory(in, a[0])
			if interp.IsNone(f) {
				keyError(in, a[1])
			}
			v := in.Call(f, nil, nil)
			in.SetItem(a[0], a[1], v)
			return v
		}),
		interp.Method{Name: "copy", Sig: "self", Fn: copyDefaultDict},
		interp.Method{Name: "__copy__", Sig: "self", Fn: copyDefaultDict},
		method("__repr__", "self", func(in *inter, a []value) value {
			return str(typeName(a[0]) + "(" + in.Repr(factory(in, a[0])) + ", " + in.Repr(mustDict(in, a[0])) + ")")
		}),
	)
	defaultDictClass.Dict.SetStr("default_factory", &interp.Property{
		Get: native("default_factory", "self", func(in *inter, a []value) value { return factory(in, a[0]) }),
		Set: native("default_factory", "self, value", func(in *inter, a []value) value {
			if i, ok := a[0].(*interp.Instance); ok {
				if d, ok := i.Data.(*defaultDict); ok {
					d.factory = a[1]
				}
			}
			return interp.None
		}),
	})
	initCounter()
	initDeque()
}

func copyDefaultDict(in *inter, a []value) value {
	o := a[0].(*interp.Instance)
	d, ok := o.Data.(*defaultDict)
	if !ok {
		return o
	}
	return &interp.Instance{Cls: o.Cls, Dict: copyAttrs(o.Dict), Data: &defaultDict{d: d.d.Copy(), factory: d.factory}}
}

// itemsOf gathers what items() of a dict subclass gives, which may be overridden.
func itemsOf(in *inter, v value) *interp.Dict {
	if m, ok := v.Type().Lookup("items"); ok {
		if _, own := m.(*interp.Function); own {
			d := interp.NewDict()
			for _, row := range in.Elements(in.CallMethod(v, "items")) {
				if p := in.Elements(row); len(p) == 2 {
					d.Set(in, p[0], p[1])
				}
			}
			return d
		}
	}
	return asDict(v)
}

func isCallable(v value) bool {
	switch v.(type) {
	case *interp.Function, *interp.Builtin, *interp.BoundMethod, *interp.Class, *interp.Unknown, *interp.StaticMethod:
		return true
	}
	_, ok := v.Type().Lookup("__call__")
	return ok
}

func initCounter() {
	// change adds sign times the counts of source.
	change := func(in *inter, self, source value, kw []interp.KW, sign pyast.Operator, initial bool) {
		d := mustDict(in, self)
		add := func(k, n value) {
			old, ok := d.Get(in, k)
			if !ok {
				old = interp.NewInt(0)
			}
			d.Set(in, k, in.Binary(sign, old, n, false))
		}
		if source != nil && !interp.IsNone(source) {
			if m := asDict(source); m != nil {
				m.Range(func(k, v value) bool {
					add(k, v)
					return true
				})
			} else if _, ok := in.LookupAttr(source, "items"); ok {
				for _, row := range in.Elements(in.CallMethod(source, "items")) {
					p := in.Elements(row)
					add(p[0], p[1])
				}
			} else {
				for _, k := range in.Elements(source) {
					add(k, interp.NewInt(1))
				}
			}
		}
		for _, k := range kw {
			add(str(k.Name), k.V)
		}
	}
	for name, op := range map[string]pyast.Operator{"__init__": pyast.Add, "update": pyast.Add, "subtract": pyast.Sub} {
		rawMethod(counterClass, name, func(in *inter, args []value, kw []interp.KW) value {
			var src value
			if len(args) > 1 {
				src = args[1]
			}
			change(in, args[0], src, kw, op, name == "__init__")
			return interp.None
		})
	}
	counter := func(in *inter) (value, *interp.Dict) {
		d := interp.NewDict()
		return &interp.Instance{Cls: counterClass, Data: d}, d
	}
	sorted := func(in *inter, v value) []value {
		var rows []value
		mustDict(in, v).Range(func(k, n value) bool {
			rows = append(rows, interp.NewTuple(k, n))
			return true
		})
		in.Step(len(rows))
		sort.SliceStable(rows, func(i, j int) bool {
			return in.Truth(in.Compare(pyast.Gt, rows[i].(*interp.Tuple).V[1], rows[j].(*interp.Tuple).V[1]))
		})
		return rows
	}
	arith := func(name string, f func(in *inter, x, y value) value, swap bool) interp.Method {
		return method(name, "self, other, /", func(in *inter, a []value) value {
			if !interp.IsInstance(a[1], counterClass) {
				return interp.NotImplemented
			}
			r, d := counter(in)
			x, y := mustDict(in, a[0]), mustDict(in, a[1])
			get := func(m *interp.Dict, k value) value {
				if v, ok := m.Get(in, k); ok {
					return v
				}
				return interp.NewInt(0)
			}
			add := func(k, _ value) bool {
				if _, done := d.Get(in, k); !done {
					if n := f(in, get(x, k), get(y, k)); in.Truth(in.Compare(pyast.Gt, n, interp.NewInt(0))) {
						d.Set(in, k, n)
					}
				}
				return true
			}
			x.Range(add)
			y.Range(add)
			return r
		})
	}
	pick := func(op pyast.CmpOperator) func(in *inter, x, y value) value {
		return func(in *inter, x, y value) value {
			if in.Truth(in.Compare(op, x, y)) {
				return x
			}
			return y
		}
	}
	addMethods(counterClass,
		method("__missing__", "self, key, /", func(in *inter, a []value) value { return interp.NewInt(0) }),
		method("most_common", "self, n=None", func(in *inter, a []value) value {
			rows := sorted(in, a[0])
			if !interp.IsNone(a[1]) {
				rows = rows[:max(0, min(len(rows), int(in.Int(a[1]))))]
			}
			return interp.NewList(rows...)
		}),
		method("elements", "self", func(in *inter, a []value) value {
			l := interp.NewList()
			mustDict(in, a[0]).Range(func(k, n value) bool {
				c := in.Int(n)
				if c > 0 {
					in.Charge(c)
				}
				for ; c > 0; c-- {
					l.V = append(l.V, k)
				}
				return true
			})
			return interp.SliceIterator(l.V)
		}),
		method("total", "self", func(in *inter, a []value) value {
			var t value = interp.NewInt(0)
			for _, v := range mustDict(in, a[0]).Values() {
				t = in.Binary(pyast.Add, t, v, false)
			}
			return t
		}),
		method("copy", "self", func(in *inter, a []value) value { return in.Call(a[0].Type(), []value{a[0]}, nil) }),
		method("__repr__", "self", func(in *inter, a []value) value {
			d := interp.NewDict()
			for _, r := range sorted(in, a[0]) {
				d.Set(in, r.(*interp.Tuple).V[0], r.(*interp.Tuple).V[1])
			}
			if d.Len() == 0 {
				return str(typeName(a[0]) + "()")
			}
			return str(typeName(a[0]) + "(" + in.Repr(d) + ")")
		}),
		method("__delitem__", "self, key, /", func(in *inter, a []value) value {
			mustDict(in, a[0]).Delete(in, a[1])
			return interp.None
		}),
		arith("__add__", func(in *inter, x, y value) value { return in.Binary(pyast.Add, x, y, false) }, false),
		arith("__sub__", func(in *inter, x, y value) value { return in.Binary(pyast.Sub, x, y, false) }, false),
		arith("__or__", pick(pyast.Gt), false),
		arith("__and__", pick(pyast.Lt), false),
	)
}

func initDeque() {
	dequeClass.New = func(in *inter, cls *interp.Class, _ []value, _ []interp.KW) value {
		return &interp.Instance{Cls: cls, Data: &deque{max: -1}}
	}
	extend := func(in *inter, d *deque, src value, left bool) {
		for _, v := range append([]value(nil), in.Elements(src)...) {
			in.Charge(1)
			if left {
				d.pushLeft(in, v)
			} else {
				d.push(v)
			}
		}
	}
	make := func(in *inter, like value, vs []value) value {
		d := dequeOf(in, like)
		return &interp.Instance{Cls: like.Type(), Data: &deque{vs: vs, max: d.max}}
	}
	at := func(in *inter, d *deque, k value) int {
		i := int(in.Int(k))
		if i < 0 {
			i += len(d.vs)
		}
		if i < 0 || i >= len(d.vs) {
			in.Raise(interp.IndexError, "deque index out of range")
		}
		return i
	}
	addMethods(dequeClass,
		method("__init__", "self, iterable=?, maxlen=None", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			d.max, d.vs = -1, nil
			if !interp.IsNone(a[2]) {
				if d.max = int(in.Int(a[2])); d.max < 0 {
					in.Raise(interp.ValueError, "maxlen must be non-negative")
				}
			}
			if a[1] != nil {
				extend(in, d, a[1], false)
			}
			return interp.None
		}),
		method("append", "self, x, /", func(in *inter, a []value) value {
			dequeOf(in, a[0]).push(a[1])
			return interp.None
		}),
		method("appendleft", "self, x, /", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			d.pushLeft(in, a[1])
			return interp.None
		}),
		method("extend", "self, iterable, /", func(in *inter, a []value) value {
			extend(in, dequeOf(in, a[0]), a[1], false)
			return interp.None
		}),
		method("extendleft", "self, iterable, /", func(in *inter, a []value) value {
			extend(in, dequeOf(in, a[0]), a[1], true)
			return interp.None
		}),
		method("pop", "self", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			n := len(d.vs)
			if n == 0 {
				in.Raise(interp.IndexError, "pop from an empty deque")
			}
			v := d.vs[n-1]
			d.vs = d.vs[:n-1]
			return v
		}),
		method("popleft", "self", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			if len(d.vs) == 0 {
				in.Raise(interp.IndexError, "pop from an empty deque")
			}
			v := d.vs[0]
			d.vs = d.vs[1:]
			return v
		}),
		method("clear", "self", func(in *inter, a []value) value {
			dequeOf(in, a[0]).vs = nil
			return interp.None
		}),
		method("copy", "self", func(in *inter, a []value) value {
			return make(in, a[0], append([]value(nil), dequeOf(in, a[0]).vs...))
		}),
		method("__copy__", "self", func(in *inter, a []value) value {
			return make(in, a[0], append([]value(nil), dequeOf(in, a[0]).vs...))
		}),
		method("reverse", "self", func(in *inter, a []value) value {
			vs := dequeOf(in, a[0]).vs
			for i, j := 0, len(vs)-1; i < j; i, j = i+1, j-1 {
				vs[i], vs[j] = vs[j], vs[i]
			}
			return interp.None
		}),
		method("rotate", "self, n=1", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			if n := len(d.vs); n > 0 {
				k := int(in.Int(a[1])) % n
				if k < 0 {
					k += n
				}
				d.vs = append(append([]value(nil), d.vs[n-k:]...), d.vs[:n-k]...)
			}
			return interp.None
		}),
		method("count", "self, x, /", func(in *inter, a []value) value {
			n := int64(0)
			for _, v := range dequeOf(in, a[0]).vs {
				if in.Equal(v, a[1]) {
					n++
				}
			}
			return interp.NewInt(n)
		}),
		method("index", "self, x, /", func(in *inter, a []value) value {
			for i, v := range dequeOf(in, a[0]).vs {
				if in.Equal(v, a[1]) {
					return interp.NewInt(int64(i))
				}
			}
			in.Raise(interp.ValueError, "%s is not in deque", in.Repr(a[1]))
			return nil
		}),
		method("remove", "self, x, /", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			for i, v := range d.vs {
				if in.Equal(v, a[1]) {
					d.vs = append(append([]value(nil), d.vs[:i]...), d.vs[i+1:]...)
					return interp.None
				}
			}
			in.Raise(interp.ValueError, "%s is not in deque", in.Repr(a[1]))
			return nil
		}),
		method("insert", "self, i, x, /", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			i := int(in.Int(a[1]))
			if i < 0 {
				i = max(0, i+len(d.vs))
			}
			i = min(i, len(d.vs))
			d.vs = append(append(append([]value(nil), d.vs[:i]...), a[2]), d.vs[i:]...)
			return interp.None
		}),
		property("maxlen", func(in *inter, self value) value {
			if d := dequeOf(in, self); d.max >= 0 {
				return interp.NewInt(int64(d.max))
			}
			return interp.None
		}),
		method("__len__", "self", func(in *inter, a []value) value { return interp.NewInt(int64(len(dequeOf(in, a[0]).vs))) }),
		method("__iter__", "self", func(in *inter, a []value) value { return interp.SliceIterator(dequeOf(in, a[0]).vs) }),
		method("__reversed__", "self", func(in *inter, a []value) value {
			var vs []value
			for _, v := range dequeOf(in, a[0]).vs {
				vs = append([]value{v}, vs...)
			}
			return interp.SliceIterator(vs)
		}),
		method("__contains__", "self, x, /", func(in *inter, a []value) value {
			for _, v := range dequeOf(in, a[0]).vs {
				if in.Equal(v, a[1]) {
					return interp.True
				}
			}
			return interp.False
		}),
		method("__getitem__", "self, i, /", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			return d.vs[at(in, d, a[1])]
		}),
		method("__setitem__", "self, i, x, /", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			d.vs[at(in, d, a[1])] = a[2]
			return interp.None
		}),
		method("__delitem__", "self, i, /", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			i := at(in, d, a[1])
			d.vs = append(append([]value(nil), d.vs[:i]...), d.vs[i+1:]...)
			return interp.None
		}),
		method("__eq__", "self, other, /", func(in *inter, a []value) value {
			if !interp.IsInstance(a[1], dequeClass) {
				return interp.NotImplemented
			}
			return interp.NewBool(in.Equal(interp.NewList(dequeOf(in, a[0]).vs...), interp.NewList(dequeOf(in, a[1]).vs...)))
		}),
		method("__add__", "self, other, /", func(in *inter, a []value) value {
			if !interp.IsInstance(a[1], dequeClass) {
				in.Raise(interp.TypeError, "can only concatenate deque (not \"%s\") to deque", typeName(a[1]))
			}
			r := make(in, a[0], append([]value(nil), dequeOf(in, a[0]).vs...))
			extend(in, dequeOf(in, r), a[1], false)
			return r
		}),
		method("__iadd__", "self, other, /", func(in *inter, a []value) value {
			extend(in, dequeOf(in, a[0]), a[1], false)
			return a[0]
		}),
		method("__repr__", "self", func(in *inter, a []value) value {
			d := dequeOf(in, a[0])
			s := typeName(a[0]) + "(" + in.Repr(interp.NewList(d.vs...))
			if d.max >= 0 {
				s += ", maxlen=" + in.Repr(interp.NewInt(int64(d.max)))
			}
			return str(s + ")")
		}),
		classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value {
			return &alias{origin: a[0], args: params(a[1])}
		}),
	)
	dequeClass.Dict.SetStr("__hash__", interp.None)
}

// fillNamedTuple makes a class that derives from tuple a named tuple.
func fillNamedTuple(in *inter, c *interp.Class, fields []string, defaults map[string]value) {
	ps := make([]param, len(fields))
	for i, f := range fields {
		ps[i] = param{name: f, def: defaults[f]}
	}
	qual := c.Name + ".__new__"
	set := func(name string, v value) { in.SetClassAttr(c, name, v) }
	newFn := &interp.Builtin{Name: "__new__", Qual: qual, Sig: signature("_cls", ps)}
	newFn.Raw = func(in *inter, args []value, kw []interp.KW) value {
		vs := bindTo(in, qual, ps, args[1:], kw)
		for i := range vs {
			if vs[i] == nil {
				vs[i] = ps[i].def
			}
		}
		return &interp.Tuple{V: vs, Cls: args[0].(*interp.Class)}
	}
	set("__new__", &interp.StaticMethod{Fn: newFn})
	set("_fields", interp.NewTuple(strs(fields...)...))
	set("__match_args__", interp.NewTuple(strs(fields...)...))
	defs := interp.NewDict()
	for i, f := range fields {
		if d := defaults[f]; d != nil {
			defs.SetStr(f, d)
		}
		set(f, &interp.Property{Get: native(c.Name+"."+f, "self", func(in *inter, a []value) value {
			if t, ok := interp.Unwrap(a[0]).(*interp.Tuple); ok && i < len(t.V) {
				return t.V[i]
			}
			in.Raise(interp.TypeError, "descriptor '%s' requires a '%s' object", f, c.Name)
			return nil
		})})
	}
	set("_field_defaults", defs)
	make := func(in *inter, cls value, vs []value) value {
		if len(vs) != len(fields) {
			in.Raise(interp.TypeError, "Expected %d arguments, got %d", len(fields), len(vs))
		}
		return &interp.Tuple{V: vs, Cls: cls.(*interp.Class)}
	}
	set("_make", &interp.ClassMethod{Fn: native(c.Name+"._make", "cls, iterable", func(in *inter, a []value) value {
		return make(in, a[0], append([]value(nil), in.Elements(a[1])...))
	})})
	set("_replace", native(c.Name+"._replace", "self, /, **kwds", func(in *inter, a []value) value {
		t := tupleOf(in, a[0])
		kw := a[1].(*interp.Dict).Copy()
		vs := append([]value(nil), t.V...)
		for i, f := range fields {
			if v, ok := kw.GetStr(f); ok {
				vs[i] = v
				kw.DelStr(f)
			}
		}
		if kw.Len() > 0 {
			in.Raise(interp.ValueError, "Got unexpected field names: %s", in.Repr(interp.NewList(kw.Keys()...)))
		}
		return &interp.Tuple{V: vs, Cls: a[0].Type()}
	}))
	set("_asdict", native(c.Name+"._asdict", "self", func(in *inter, a []value) value {
		d := interp.NewDict()
		for i, v := range tupleOf(in, a[0]).V {
			if i < len(fields) {
				d.SetStr(fields[i], v)
			}
		}
		return d
	}))
	set("__getnewargs__", native(c.Name+".__getnewargs__", "self", func(in *inter, a []value) value {
		return interp.NewTuple(tupleOf(in, a[0]).V...)
	}))
	if v, ok := c.Dict.GetStr("__repr__"); !ok || interp.IsNone(v) {
		set("__repr__", native(c.Name+".__repr__", "self", func(in *inter, a []value) value {
			t := tupleOf(in, a[0])
			parts := []string{}
			for i, v := range t.V {
				if i < len(fields) {
					parts = append(parts, fields[i]+"="+in.Repr(v))
				}
			}
			return str(typeName(a[0]) + "(" + strings.Join(parts, ", ") + ")")
		}))
	}
}

func tupleOf(in *inter, v value) *interp.Tuple {
	t, ok := interp.Unwrap(v).(*interp.Tuple)
	if !ok {
		in.Raise(interp.TypeError, "descriptor requires a 'tuple' object but received a '%s'", typeName(v))
	}
	return t
}

func isKeyword(s string) bool { return strings.Contains(" "+keywordText+" ", " "+s+" ") }

const keywordText = "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield"

// collectionsEntries are the rows of collections.
func collectionsEntries() []entry {
	return []entry{
		module("collections"),
		class("collections.OrderedDict", orderedDictClass), class("collections.defaultdict", defaultDictClass),
		class("collections.Counter", counterClass), class("collections.deque", dequeClass),
		pyName("collections.ChainMap", "collections"), pyName("collections.UserDict", "collections"),
		pyName("collections.UserList", "collections"), pyName("collections.UserString", "collections"),
		fn("collections.namedtuple", "typename, field_names, *, rename=False, defaults=None, module=None", func(in *inter, a []value) value {
			name := in.ToStr(a[0])
			var fields []string
			if s, ok := interp.AsStr(a[1]); ok {
				fields = strings.Fields(strings.ReplaceAll(s, ",", " "))
			} else {
				for _, f := range in.Elements(a[1]) {
					fields = append(fields, in.ToStr(f))
				}
			}
			seen := map[string]bool{}
			for i, f := range fields {
				bad := !isIdentifier(f) || isKeyword(f) || strings.HasPrefix(f, "_") || seen[f]
				if bad && in.Truth(a[2]) {
					fields[i] = "_" + in.Repr(interp.NewInt(int64(i)))
				} else if !isIdentifier(f) {
					in.Raise(interp.ValueError, "Type names and field names must be valid identifiers: %s", in.Repr(str(f)))
				} else if isKeyword(f) {
					in.Raise(interp.ValueError, "Type names and field names cannot be a keyword: %s", in.Repr(str(f)))
				} else if strings.HasPrefix(f, "_") {
					in.Raise(interp.ValueError, "Field names cannot start with an underscore: %s", in.Repr(str(f)))
				} else if seen[f] {
					in.Raise(interp.ValueError, "Encountered duplicate field name: %s", in.Repr(str(f)))
				}
				seen[fields[i]] = true
			}
			defaults := map[string]value{}
			if !interp.IsNone(a[3]) {
				ds := in.Elements(a[3])
				if len(ds) > len(fields) {
					in.Raise(interp.TypeError, "Got more default values than field names")
				}
				for i, d := range ds {
					defaults[fields[len(fields)-len(ds)+i]] = d
				}
			}
			ns := interp.NewDict()
			if !interp.IsNone(a[4]) {
				ns.SetStr("__module__", a[4])
			}
			c := in.NewClass(interp.TypeClass, name, []value{interp.TupleClass}, ns, nil)
			fillNamedTuple(in, c, fields, defaults)
			return c
		}),
	}
}

func isIdentifier(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != ""
}
