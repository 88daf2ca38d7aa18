package stdlib

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// viewOf makes a KeysView, ItemsView or ValuesView of a mapping.
func viewOf(kind string, m value) value {
	v := &interp.Instance{Cls: abcClasses[kind], Dict: interp.NewDict()}
	v.Dict.SetStr("_mapping", m)
	return v
}

func viewMapping(in *inter, v value) value { return in.GetAttr(v, "_mapping") }

// lookupKey is m[k], false where that raises KeyError.
func lookupKey(in *inter, m, k value) (v value, ok bool) {
	r := in.TryCatch(interp.KeyError, func() { v = in.GetItem(m, k) })
	return v, r == nil
}

func keyError(in *inter, k value) {
	in.RaiseExc(&interp.Instance{Cls: interp.KeyError, Data: interp.NewTuple(k)})
}

// mapIterator turns each element of an iterable by f.
func mapIterator(in *inter, src value, f func(in *inter, v value) value) value {
	it := in.Iter(src)
	return interp.NewIterator(nil, func(in *inter) (value, bool) {
		v, ok := it.Next(in)
		if !ok {
			return nil, false
		}
		return f(in, v), true
	})
}

func initMixins() {
	self := func(in *inter, a []value) value { return a[0] }
	addMethods(abcClasses["Iterator"], method("__iter__", "self", self))
	addMethods(abcClasses["AsyncIterator"], method("__aiter__", "self", self))
	addMethods(abcClasses["Generator"],
		method("__next__", "self", func(in *inter, a []value) value { return in.CallMethod(a[0], "send", interp.None) }),
		method("close", "self", func(in *inter, a []value) value { return interp.None }),
	)
	addMethods(abcClasses["Mapping"],
		method("get", "self, key, default=None", func(in *inter, a []value) value {
			if v, ok := lookupKey(in, a[0], a[1]); ok {
				return v
			}
			return a[2]
		}),
		method("__contains__", "self, key", func(in *inter, a []value) value {
			_, ok := lookupKey(in, a[0], a[1])
			return interp.NewBool(ok)
		}),
		method("keys", "self", func(in *inter, a []value) value { return viewOf("KeysView", a[0]) }),
		method("items", "self", func(in *inter, a []value) value { return viewOf("ItemsView", a[0]) }),
		method("values", "self", func(in *inter, a []value) value { return viewOf("ValuesView", a[0]) }),
		method("__eq__", "self, other", func(in *inter, a []value) value {
			if !abcCheck(in, abcClasses["Mapping"], a[1].Type()) {
				return interp.NotImplemented
			}
			return interp.NewBool(in.Equal(mappingDict(in, a[0]), mappingDict(in, a[1])))
		}),
	)
	abcClasses["Mapping"].Dict.SetStr("__reversed__", interp.None)
	abcClasses["Mapping"].Dict.SetStr("__hash__", interp.None)
	addMethods(abcClasses["MutableMapping"],
		method("pop", "self, key, default=?", func(in *inter, a []value) value {
			v, ok := lookupKey(in, a[0], a[1])
			if !ok {
				if a[2] == nil {
					keyError(in, a[1])
				}
				return a[2]
			}
			in.DelItem(a[0], a[1])
			return v
		}),
		method("popitem", "self", func(in *inter, a []value) value {
			k, ok := in.Iter(a[0]).Next(in)
			if !ok {
				in.RaiseExc(&interp.Instance{Cls: interp.KeyError, Data: interp.EmptyTuple})
			}
			v := in.GetItem(a[0], k)
			in.DelItem(a[0], k)
			return interp.NewTuple(k, v)
		}),
		method("clear", "self", func(in *inter, a []value) value {
			for _, k := range in.Elements(a[0]) {
				in.DelItem(a[0], k)
			}
			return interp.None
		}),
		method("setdefault", "self, key, default=None", func(in *inter, a []value) value {
			if v, ok := lookupKey(in, a[0], a[1]); ok {
				return v
			}
			in.SetItem(a[0], a[1], a[2])
			return a[2]
		}),
	)
	rawMethod(abcClasses["MutableMapping"], "update", func(in *inter, args []value, kw []interp.KW) value {
		if len(args) > 2 {
			in.Raise(interp.TypeError, "update() takes from 1 to 2 positional arguments but %d were given", len(args))
		}
		if len(args) == 2 {
			if _, ok := in.LookupAttr(args[1], "keys"); ok {
				for _, k := range in.Elements(in.CallMethod(args[1], "keys")) {
					in.SetItem(args[0], k, in.GetItem(args[1], k))
				}
			} else {
				for _, row := range in.Elements(args[1]) {
					p := in.Elements(row)
					if len(p) != 2 {
						in.Raise(interp.ValueError, "not enough values to unpack (expected 2, got %d)", len(p))
					}
					in.SetItem(args[0], p[0], p[1])
				}
			}
		}
		for _, k := range kw {
			in.SetItem(args[0], str(k.Name), k.V)
		}
		return interp.None
	})
	view := abcClasses["MappingView"]
	view.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		v := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		if len(args) > 0 {
			v.Dict.SetStr("_mapping", args[0])
		}
		return v
	}
	addMethods(view,
		method("__len__", "self", func(in *inter, a []value) value { return interp.NewInt(int64(in.Len(viewMapping(in, a[0])))) }),
		method("__repr__", "self", func(in *inter, a []value) value {
			return str(typeName(a[0]) + "(" + in.Repr(viewMapping(in, a[0])) + ")")
		}),
	)
	addMethods(abcClasses["KeysView"],
		method("__contains__", "self, key", func(in *inter, a []value) value {
			return interp.NewBool(in.Contains(viewMapping(in, a[0]), a[1]))
		}),
		method("__iter__", "self", func(in *inter, a []value) value { return in.Iter(viewMapping(in, a[0])) }),
		classMethod("_from_iterable", "cls, it", newSet),
	)
	addMethods(abcClasses["ItemsView"],
		method("__contains__", "self, item", func(in *inter, a []value) value {
			t, ok := a[1].(*interp.Tuple)
			if !ok || len(t.V) != 2 {
				return interp.False
			}
			v, ok := lookupKey(in, viewMapping(in, a[0]), t.V[0])
			return interp.NewBool(ok && in.Equal(v, t.V[1]))
		}),
		method("__iter__", "self", func(in *inter, a []value) value {
			m := viewMapping(in, a[0])
			return mapIterator(in, m, func(in *inter, k value) value { return interp.NewTuple(k, in.GetItem(m, k)) })
		}),
		classMethod("_from_iterable", "cls, it", newSet),
	)
	addMethods(abcClasses["ValuesView"],
		method("__contains__", "self, value", func(in *inter, a []value) value {
			m := viewMapping(in, a[0])
			for _, k := range in.Elements(m) {
				if in.Equal(in.GetItem(m, k), a[1]) {
					return interp.True
				}
			}
			return interp.False
		}),
		method("__iter__", "self", func(in *inter, a []value) value {
			m := viewMapping(in, a[0])
			return mapIterator(in, m, func(in *inter, k value) value { return in.GetItem(m, k) })
		}),
	)
	sequence := func(in *inter, seq value, from, step, n int64) value {
		return interp.NewIterator(nil, func(in *inter) (value, bool) {
			in.Step(1)
			if from < 0 || n >= 0 && from >= n {
				return nil, false
			}
			var v value
			if in.TryCatch(interp.IndexError, func() { v = in.GetItem(seq, interp.NewInt(from)) }) != nil {
				return nil, false
			}
			from += step
			return v, true
		})
	}
	index := func(in *inter, a []value) int64 {
		it := in.Iter(a[0])
		for i := int64(0); ; i++ {
			v, ok := it.Next(in)
			if !ok {
				return -1
			}
			if in.Equal(v, a[1]) {
				return i
			}
		}
	}
	addMethods(abcClasses["Sequence"],
		method("__iter__", "self", func(in *inter, a []value) value { return sequence(in, a[0], 0, 1, -1) }),
		method("__reversed__", "self", func(in *inter, a []value) value {
			return sequence(in, a[0], int64(in.Len(a[0]))-1, -1, -1)
		}),
		method("__contains__", "self, value", func(in *inter, a []value) value { return interp.NewBool(index(in, a) >= 0) }),
		method("index", "self, value, start=0, stop=None", func(in *inter, a []value) value {
			i := index(in, a)
			if i < 0 {
				in.RaiseExc(&interp.Instance{Cls: interp.ValueError, Data: interp.EmptyTuple})
			}
			return interp.NewInt(i)
		}),
		method("count", "self, value", func(in *inter, a []value) value {
			n := int64(0)
			for _, v := range in.Elements(a[0]) {
				if in.Equal(v, a[1]) {
					n++
				}
			}
			return interp.NewInt(n)
		}),
	)
	insert := func(in *inter, seq value, i int64, v value) { in.CallMethod(seq, "insert", interp.NewInt(i), v) }
	extend := func(in *inter, a []value) value {
		for _, v := range in.Elements(a[1]) {
			in.CallMethod(a[0], "append", v)
		}
		return interp.None
	}
	pop := func(in *inter, a []value) value {
		v := in.GetItem(a[0], a[1])
		in.DelItem(a[0], a[1])
		return v
	}
	addMethods(abcClasses["MutableSequence"],
		method("append", "self, value", func(in *inter, a []value) value {
			insert(in, a[0], int64(in.Len(a[0])), a[1])
			return interp.None
		}),
		method("clear", "self", func(in *inter, a []value) value {
			for n := in.Len(a[0]); n > 0; n-- {
				pop(in, []value{a[0], interp.NewInt(int64(n - 1))})
			}
			return interp.None
		}),
		method("reverse", "self", func(in *inter, a []value) value {
			vs := append([]value(nil), in.Elements(a[0])...)
			for i, v := range vs {
				in.SetItem(a[0], interp.NewInt(int64(len(vs)-1-i)), v)
			}
			return interp.None
		}),
		method("extend", "self, values", extend),
		method("pop", "self, index=-1", pop),
		method("remove", "self, value", func(in *inter, a []value) value {
			in.DelItem(a[0], in.CallMethod(a[0], "index", a[1]))
			return interp.None
		}),
		method("__iadd__", "self, values", func(in *inter, a []value) value {
			extend(in, a)
			return a[0]
		}),
	)
	initSetMixin()
}

func newSet(in *inter, a []value) value { return in.Call(interp.SetClass, []value{a[1]}, nil) }

// mappingDict copies a mapping into a dict.
func mappingDict(in *inter, m value) value {
	if d := asDict(m); d != nil {
		return d
	}
	d := interp.NewDict()
	for _, k := range in.Elements(m) {
		d.Set(in, k, in.GetItem(m, k))
	}
	return d
}

func initSetMixin() {
	isIterable := func(in *inter, v value) bool { return abcCheck(in, abcClasses["Iterable"], v.Type()) }
	isSet := func(in *inter, v value) bool { return abcCheck(in, abcClasses["Set"], v.Type()) }
	asSet := func(in *inter, v value) value { return in.Call(interp.SetClass, []value{v}, nil) }
	operate := func(name string, op pyast.Operator, swap bool) interp.Method {
		return method(name, "self, other", func(in *inter, a []value) value {
			if !isIterable(in, a[1]) {
				return interp.NotImplemented
			}
			x, y := asSet(in, a[0]), asSet(in, a[1])
			if swap {
				x, y = y, x
			}
			return in.CallMethod(a[0], "_from_iterable", in.Binary(op, x, y, false))
		})
	}
	compare := func(name string, op pyast.CmpOperator) interp.Method {
		return method(name, "self, other", func(in *inter, a []value) value {
			if !isSet(in, a[1]) {
				return interp.NotImplemented
			}
			return in.Compare(op, asSet(in, a[0]), asSet(in, a[1]))
		})
	}
	c := abcClasses["Set"]
	addMethods(c,
		operate("__and__", pyast.BitAnd, false), operate("__rand__", pyast.BitAnd, true),
		operate("__or__", pyast.BitOr, false), operate("__ror__", pyast.BitOr, true),
		operate("__sub__", pyast.Sub, false), operate("__rsub__", pyast.Sub, true),
		operate("__xor__", pyast.BitXor, false), operate("__rxor__", pyast.BitXor, true),
		compare("__le__", pyast.LtE), compare("__lt__", pyast.Lt), compare("__ge__", pyast.GtE), compare("__gt__", pyast.Gt), compare("__eq__", pyast.Eq),
		classMethod("_from_iterable", "cls, it", func(in *inter, a []value) value { return in.Call(a[0], []value{a[1]}, nil) }),
		method("isdisjoint", "self, other", func(in *inter, a []value) value {
			for _, v := range in.Elements(a[1]) {
				if in.Contains(a[0], v) {
					return interp.False
				}
			}
			return interp.True
		}),
	)
	c.Dict.SetStr("__hash__", interp.None)
	addMethods(abcClasses["MutableSet"],
		method("remove", "self, value", func(in *inter, a []value) value {
			if !in.Contains(a[0], a[1]) {
				keyError(in, a[1])
			}
			in.CallMethod(a[0], "discard", a[1])
			return interp.None
		}),
		method("pop", "self", func(in *inter, a []value) value {
			v, ok := in.Iter(a[0]).Next(in)
			if !ok {
				in.RaiseExc(&interp.Instance{Cls: interp.KeyError, Data: interp.EmptyTuple})
			}
			in.CallMethod(a[0], "discard", v)
			return v
		}),
		method("clear", "self", func(in *inter, a []value) value {
			for _, v := range in.Elements(a[0]) {
				in.CallMethod(a[0], "discard", v)
			}
			return interp.None
		}),
		method("__ior__", "self, it", func(in *inter, a []value) value {
			for _, v := range in.Elements(a[1]) {
				in.CallMethod(a[0], "add", v)
			}
			return a[0]
		}),
		method("__isub__", "self, it", func(in *inter, a []value) value {
			for _, v := range in.Elements(a[1]) {
				in.CallMethod(a[0], "discard", v)
			}
			return a[0]
		}),
	)
}
