package interp

import "github.com/arch-extract/arch-extract/pyast"

// asSet is the elements of a set, frozenset, or set-like dict view; with any
// set, other iterables too.
func (in *Interp) asSet(v Value, any bool) (*Dict, bool) {
	switch x := Unwrap(v).(type) {
	case *Set:
		return x.D, true
	case *dictView:
		switch x.kind {
		case viewKeys:
			return x.d, true
		case viewItems:
			return in.setOf(in.Elements(x)), true
		}
	}
	if !any {
		return nil, false
	}
	return in.setOf(in.Elements(v)), true
}

func (in *Interp) setOf(vs []Value) *Dict {
	s := NewSet()
	for _, v := range vs {
		s.Add(in, v)
	}
	return s.D
}

// onlyKeys is a copy of d as the store of a set.
func onlyKeys(d *Dict) *Dict {
	c := d.Copy()
	for i := range c.e {
		if c.e[i].kind != keyDeleted {
			c.e[i].v = None
		}
	}
	return c
}

func (in *Interp) setOp(op pyast.Operator, a, b Value, inplace bool) (Value, bool) {
	x, ok := in.asSet(a, false)
	if !ok {
		return nil, false
	}
	_, aView := a.(*dictView)
	y, ok := in.asSet(b, aView)
	if !ok {
		return nil, false
	}
	s, isSet := a.(*Set)
	r := in.setCombine(op, x, y)
	if isSet && inplace && !s.Frozen {
		s.D = r
		return s, true
	}
	return &Set{D: r, Frozen: isSet && s.Frozen}, true
}

func (in *Interp) setCombine(op pyast.Operator, x, y *Dict) *Dict {
	in.Step(x.Len() + y.Len())
	in.Charge(int64(x.Len() + y.Len()))
	has := func(d *Dict, k Value) bool { _, ok := d.Get(in, k); return ok }
	switch op {
	case pyast.BitOr:
		r := onlyKeys(x)
		y.Range(func(k, _ Value) bool { (&Set{D: r}).Add(in, k); return true })
		return r
	case pyast.BitAnd:
		r := NewDict()
		x.Range(func(k, _ Value) bool {
			if has(y, k) {
				r.Set(in, k, None)
			}
			return true
		})
		return r
	case pyast.Sub:
		r := NewDict()
		x.Range(func(k, _ Value) bool {
			if !has(y, k) {
				r.Set(in, k, None)
			}
			return true
		})
		return r
	}
	r := in.setCombine(pyast.Sub, x, y)
	in.setCombine(pyast.Sub, y, x).Range(func(k, _ Value) bool { r.Set(in, k, None); return true })
	return r
}

// compareSets: == and !=, and the orders as subset relations.
func (in *Interp) compareSets(op pyast.CmpOperator, x, y *Dict) bool {
	within := func(a, b *Dict) bool {
		if a.Len() > b.Len() {
			return false
		}
		all := true
		a.Range(func(k, _ Value) bool {
			_, all = b.Get(in, k)
			return all
		})
		return all
	}
	switch op {
	case pyast.Eq:
		return x.Len() == y.Len() && within(x, y)
	case pyast.NotEq:
		return x.Len() != y.Len() || !within(x, y)
	case pyast.Lt:
		return x.Len() < y.Len() && within(x, y)
	case pyast.LtE:
		return within(x, y)
	case pyast.Gt:
		return y.Len() < x.Len() && within(y, x)
	}
	return within(y, x)
}

func setSelf(in *Interp, v Value) *Set {
	s, ok := Unwrap(v).(*Set)
	if !ok {
		in.Raise(TypeError, "descriptor requires a 'set' object but received a '%s'", v.Type().Name)
	}
	return s
}

// newSetValue is the result of set(...) and frozenset(...) and their subclasses.
func newSetValue(in *Interp, cls *Class, frozen bool, args []Value, kw []KW) Value {
	base := SetClass
	if frozen {
		base = FrozenSetClass
	}
	s := &Set{D: NewDict(), Frozen: frozen}
	if cls == base || frozen {
		if len(kw) > 0 && cls == base {
			in.Raise(TypeError, "%s() takes no keyword arguments", base.Name)
		}
		if len(args) > 1 {
			in.Raise(TypeError, "%s expected at most 1 argument, got %d", base.Name, len(args))
		}
		if len(args) == 1 {
			if u, ok := args[0].(*Unknown); ok {
				return u
			}
			if x, ok := args[0].(*Set); ok && frozen && x.Frozen && cls == base {
				return x
			}
			s.D, _ = in.asSet(args[0], true)
			if _, isSet := Unwrap(args[0]).(*Set); isSet {
				s.D = onlyKeys(s.D)
			} else if _, isView := args[0].(*dictView); isView {
				s.D = onlyKeys(s.D)
			}
		}
	}
	if cls == base {
		return s
	}
	return &Instance{Cls: cls, Data: s}
}

func init() {
	SetClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		return newSetValue(in, cls, false, args, kw)
	}
	FrozenSetClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		return newSetValue(in, cls, true, args, kw)
	}
	like := func(self Value, d *Dict) Value { // results have the type of a frozenset or set
		s, _ := Unwrap(self).(*Set)
		return &Set{D: d, Frozen: s != nil && s.Frozen}
	}
	fold := func(op pyast.Operator) NativeFn {
		return func(in *Interp, a []Value) Value {
			others := a[1].(*Tuple).V
			if u := firstUnknown(others); u != nil {
				return u
			}
			d := onlyKeys(setSelf(in, a[0]).D)
			for _, o := range others {
				y, _ := in.asSet(o, true)
				d = in.setCombine(op, d, y)
			}
			return like(a[0], d)
		}
	}
	update := func(op pyast.Operator) NativeFn {
		return func(in *Interp, a []Value) Value {
			s := setSelf(in, a[0])
			for _, o := range a[1].(*Tuple).V {
				if _, ok := o.(*Unknown); ok {
					in.Iter(o)
					continue
				}
				y, _ := in.asSet(o, true)
				if op == pyast.BitOr {
					y.Range(func(k, _ Value) bool { s.Add(in, k); return true })
					continue
				}
				s.D = in.setCombine(op, s.D, y)
			}
			return None
		}
	}
	relation := func(op pyast.CmpOperator) NativeFn {
		return func(in *Interp, a []Value) Value {
			if u, ok := a[1].(*Unknown); ok {
				return u
			}
			y, _ := in.asSet(a[1], true)
			return NewBool(in.compareSets(op, setSelf(in, a[0]).D, y))
		}
	}
	both := []Method{
		{Name: "union", Sig: "self, /, *others", Fn: fold(pyast.BitOr)},
		{Name: "intersection", Sig: "self, /, *others", Fn: fold(pyast.BitAnd)},
		{Name: "difference", Sig: "self, /, *others", Fn: fold(pyast.Sub)},
		{Name: "symmetric_difference", Sig: "self, other, /", Fn: func(in *Interp, a []Value) Value {
			y, _ := in.asSet(a[1], true)
			return like(a[0], in.setCombine(pyast.BitXor, setSelf(in, a[0]).D, y))
		}},
		{Name: "issubset", Sig: "self, other, /", Fn: relation(pyast.LtE)},
		{Name: "issuperset", Sig: "self, other, /", Fn: relation(pyast.GtE)},
		{Name: "isdisjoint", Sig: "self, other, /", Fn: func(in *Interp, a []Value) Value {
			if u, ok := a[1].(*Unknown); ok {
				return u
			}
			y, _ := in.asSet(a[1], true)
			return NewBool(in.setCombine(pyast.BitAnd, setSelf(in, a[0]).D, y).Len() == 0)
		}},
		{Name: "copy", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			s := setSelf(in, a[0])
			return &Set{D: s.D.Copy(), Frozen: s.Frozen}
		}},
	}
	SetClass.AddMethods(both...)
	FrozenSetClass.AddMethods(both...)
	SetClass.AddMethods(
		Method{Name: "__init__", Sig: "self, iterable=?, /", Fn: func(in *Interp, a []Value) Value {
			if _, exact := a[0].(*Set); !exact && a[1] != nil {
				d, _ := in.asSet(a[1], true)
				setSelf(in, a[0]).D = onlyKeys(d)
			}
			return None
		}},
		Method{Name: "add", Sig: "self, elem, /", Fn: func(in *Interp, a []Value) Value {
			setSelf(in, a[0]).Add(in, a[1])
			return None
		}},
		Method{Name: "discard", Sig: "self, elem, /", Fn: func(in *Interp, a []Value) Value {
			setSelf(in, a[0]).D.Delete(in, a[1])
			return None
		}},
		Method{Name: "remove", Sig: "self, elem, /", Fn: func(in *Interp, a []Value) Value {
			if !setSelf(in, a[0]).D.Delete(in, a[1]) {
				in.keyError(a[1])
			}
			return None
		}},
		Method{Name: "pop", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			s := setSelf(in, a[0])
			k, _, ok := s.D.First()
			if !ok {
				in.keyError(NewStr("pop from an empty set"))
			}
			s.D.Delete(in, k)
			return k
		}},
		Method{Name: "clear", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			setSelf(in, a[0]).D.Clear()
			return None
		}},
		Method{Name: "update", Sig: "self, /, *others", Fn: update(pyast.BitOr)},
		Method{Name: "intersection_update", Sig: "self, /, *others", Fn: update(pyast.BitAnd)},
		Method{Name: "difference_update", Sig: "self, /, *others", Fn: update(pyast.Sub)},
		Method{Name: "symmetric_difference_update", Sig: "self, /, *others", Fn: update(pyast.BitXor)},
	)
}
