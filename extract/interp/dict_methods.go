package interp

import "github.com/arch-extract/arch-extract/extract/graph"

// viewKind says what a dict view shows.
type viewKind uint8

const (
	viewKeys viewKind = iota
	viewValues
	viewItems
)

// dictView is what keys(), values() and items() give: a live view.
type dictView struct {
	d    *Dict
	kind viewKind
}

// Type implements Value.
func (v *dictView) Type() *Class {
	return [...]*Class{dictKeysClass, dictValuesClass, dictItemsClass}[v.kind]
}

// rooted gives a value read from a dict of the config its origin.
func (d *Dict) rooted(k, v Value) Value {
	if d.Root == nil {
		return v
	}
	switch x := v.(type) {
	case Int, Float, Bool, Str, NoneType:
		if ExprOf(v) == nil {
			return WithExpr(v, d.itemExpr(k))
		}
	case *List:
		if x.E == nil {
			x.E = d.itemExpr(k)
		}
	case *Tuple:
		if x.E == nil && len(x.V) > 0 {
			return &Tuple{V: x.V, Cls: x.Cls, E: d.itemExpr(k)}
		}
	case *Dict:
		if x.Root == nil {
			x.Root = d.itemExpr(k)
		}
	}
	return v
}

func (d *Dict) itemExpr(k Value) *graph.Expr {
	key := exprOf(k)
	if key == nil {
		return nil
	}
	return graph.Apply("[]", d.Root, key)
}

// Item is d[k] with its origin, for a string key.
func (d *Dict) Item(k string) (Value, bool) {
	v, ok := d.GetStr(k)
	if ok && d.Root != nil {
		v = d.rooted(NewStr(k), v)
	}
	return v, ok
}

func (in *Interp) dictGet(d *Dict, k Value) (Value, bool) {
	v, ok := d.Get(in, k)
	if ok && d.Root != nil {
		v = d.rooted(k, v)
	}
	if in.OnLookup != nil {
		if e := ExprOf(k); e != nil {
			in.OnLookup(in.Here(), e, d)
		}
	}
	return v, ok
}

func (in *Interp) dictEqual(x, y *Dict) bool {
	if x.Len() != y.Len() {
		return false
	}
	in.nest("comparison")
	defer in.unnest()
	same := true
	x.Range(func(k, v Value) bool {
		w, ok := y.Get(in, k)
		same = ok && in.Equal(v, w)
		return same
	})
	return same
}

// dictUpdate is dst.update(src): a mapping, or an iterable of pairs.
func (in *Interp) dictUpdate(dst *Dict, src Value) {
	if d, ok := src.(*Dict); ok {
		in.copyInto(dst, d)
		return
	}
	if p, ok := Unwrap(src).(*Dict); ok {
		// A subclass without its own keys() or __getitem__ is copied as it is.
		_, b1, _ := typeMethod(src, "__getitem__")
		_, b2, _ := typeMethod(src, "__iter__")
		if b1 && b2 {
			in.copyInto(dst, p)
			return
		}
	}
	if u, ok := src.(*Unknown); ok {
		in.Iter(u)
		return
	}
	if isObject(src) {
		if _, ok := in.LookupAttr(src, "keys"); ok {
			for _, k := range in.Elements(in.CallMethod(src, "keys")) {
				dst.Set(in, k, in.GetItem(src, k))
			}
			return
		}
	}
	it := in.Iter(src)
	for i := 0; ; i++ {
		row, ok := it.Next(in)
		if !ok {
			return
		}
		in.Step(1)
		if u, ok := row.(*Unknown); ok {
			in.Iter(u)
			continue
		}
		rit, ok := in.tryIter(row)
		if !ok {
			in.Raise(TypeError, "cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		pair := in.drain(rit)
		if len(pair) != 2 {
			in.Raise(ValueError, "dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		dst.Set(in, pair[0], pair[1])
	}
}

func (in *Interp) copyInto(dst, src *Dict) {
	in.Step(src.Len())
	src.Range(func(k, v Value) bool {
		if src.Root != nil {
			v = src.rooted(k, v)
		}
		if s, ok := k.(Str); ok {
			dst.SetStr(s.S, v)
		} else {
			dst.Set(in, k, v)
		}
		return true
	})
}

// dictInit fills d as dict(...) does.
func (in *Interp) dictInit(d *Dict, args []Value, kw []KW, name string) *Unknown {
	if len(args) > 1 {
		in.Raise(TypeError, "%s expected at most 1 argument, got %d", name, len(args))
	}
	if len(args) == 1 {
		if u, ok := args[0].(*Unknown); ok {
			return u
		}
		in.dictUpdate(d, args[0])
	}
	for _, k := range kw {
		d.SetStr(k.Name, k.V)
	}
	return nil
}

// dictSelf is the dict that a method of dict acts on.
func dictSelf(in *Interp, v Value) *Dict {
	d, ok := Unwrap(v).(*Dict)
	if !ok {
		in.Raise(TypeError, "descriptor requires a 'dict' object but received a '%s'", v.Type().Name)
	}
	return d
}

func init() {
	DictClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		d := NewDict()
		if cls != DictClass {
			return &Instance{Cls: cls, Data: d}
		}
		if u := in.dictInit(d, args, kw, "dict"); u != nil {
			return u
		}
		return d
	}
	view := func(kind viewKind) NativeFn {
		return func(in *Interp, a []Value) Value { return &dictView{d: dictSelf(in, a[0]), kind: kind} }
	}
	DictClass.rawMethod("__init__", func(in *Interp, args []Value, kw []KW) Value {
		if _, exact := args[0].(*Dict); !exact {
			in.dictInit(dictSelf(in, args[0]), args[1:], kw, "dict")
		}
		return None
	})
	DictClass.rawMethod("update", func(in *Interp, args []Value, kw []KW) Value {
		in.dictInit(dictSelf(in, args[0]), args[1:], kw, "update")
		return None
	})
	DictClass.AddMethods(
		Method{Name: "keys", Sig: "self, /", Fn: view(viewKeys)},
		Method{Name: "values", Sig: "self, /", Fn: view(viewValues)},
		Method{Name: "items", Sig: "self, /", Fn: view(viewItems)},
		Method{Name: "get", Sig: "self, key, default=None, /", Fn: func(in *Interp, a []Value) Value {
			d := dictSelf(in, a[0])
			if u, ok := a[1].(*Unknown); ok {
				return u
			}
			if v, ok := in.dictGet(d, a[1]); ok {
				return v
			}
			return a[2]
		}},
		Method{Name: "setdefault", Sig: "self, key, default=None, /", Fn: func(in *Interp, a []Value) Value {
			d := dictSelf(in, a[0])
			if v, ok := in.dictGet(d, a[1]); ok {
				return v
			}
			d.Set(in, a[1], a[2])
			return a[2]
		}},
		Method{Name: "pop", Sig: "self, key, default=?, /", Fn: func(in *Interp, a []Value) Value {
			d := dictSelf(in, a[0])
			if u, ok := a[1].(*Unknown); ok {
				return u
			}
			if v, ok := d.Pop(in, a[1]); ok {
				return d.rooted(a[1], v)
			}
			if a[2] == nil {
				in.keyError(a[1])
			}
			return a[2]
		}},
		Method{Name: "popitem", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			d := dictSelf(in, a[0])
			k, v, ok := d.Last()
			if !ok {
				in.keyError(NewStr("popitem(): dictionary is empty"))
			}
			d.Delete(in, k)
			return NewTuple(k, d.rooted(k, v))
		}},
		Method{Name: "copy", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			d := dictSelf(in, a[0])
			in.Charge(int64(d.Len()))
			c := d.Copy()
			c.Root = d.Root
			return c
		}},
		Method{Name: "clear", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			dictSelf(in, a[0]).Clear()
			return None
		}},
		Method{Name: "fromkeys", Sig: "cls, iterable, value=None, /", Kind: "class", Fn: func(in *Interp, a []Value) Value {
			if u, ok := a[1].(*Unknown); ok {
				return u
			}
			obj := in.Call(a[0], nil, nil)
			for _, k := range in.Elements(a[1]) {
				in.SetItem(obj, k, a[2])
			}
			return obj
		}},
		Method{Name: "__reversed__", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			return in.reversedDict(dictSelf(in, a[0]), viewKeys)
		}},
	)
	isdisjoint := Method{Name: "isdisjoint", Sig: "self, other, /", Fn: func(in *Interp, a []Value) Value {
		x, _ := in.asSet(a[0], true)
		y, _ := in.asSet(a[1], true)
		disjoint := true
		x.Range(func(k, _ Value) bool {
			_, found := y.Get(in, k)
			disjoint = !found
			return disjoint
		})
		return NewBool(disjoint)
	}}
	dictKeysClass.AddMethods(isdisjoint)
	dictItemsClass.AddMethods(isdisjoint)
	mapping := Method{Name: "mapping", Sig: "self", Kind: "property", Fn: func(in *Interp, a []Value) Value {
		return a[0].(*dictView).d
	}}
	for _, c := range []*Class{dictKeysClass, dictValuesClass, dictItemsClass} {
		c.AddMethods(mapping)
	}
}
