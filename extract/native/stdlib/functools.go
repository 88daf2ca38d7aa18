package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

var (
	partialClass       = interp.NewNativeClass("functools.partial", nil)
	partialMethodClass = interp.NewNativeClass("functools.partialmethod", nil)
	cachedPropertyCls  = interp.NewNativeClass("functools.cached_property", nil)
	lruClass           = interp.NewNativeClass("functools._lru_cache_wrapper", nil)
	dispatchClass      = interp.NewNativeClass("functools.singledispatch", nil)
	cmpKeyClass        = interp.NewNativeClass("functools.KeyWrapper", nil)
)

// partial is the state of functools.partial.
type partial struct {
	fn   value
	args []value
	kw   *interp.Dict
}

func (p *partial) call(in *inter, args []value, kw []interp.KW) value {
	all := p.args
	if len(args) > 0 {
		all = append(append([]value(nil), p.args...), args...)
	}
	if p.kw.Len() > 0 {
		d := p.kw
		if len(kw) > 0 {
			d = p.kw.Copy()
			for _, k := range kw {
				d.SetStr(k.Name, k.V)
			}
		}
		kw = keywords(d)
	}
	return in.Call(p.fn, all, kw)
}

func partialOf(in *inter, v value) *partial {
	if i, ok := v.(*interp.Instance); ok {
		if p, ok := i.Data.(*partial); ok {
			return p
		}
	}
	in.Raise(interp.TypeError, "descriptor requires a 'functools.partial' object but received a '%s'", typeName(v))
	return nil
}

// DeepCopy makes the state of a copied object.
func (p *partial) DeepCopy(in *inter, deep func(value) value) any {
	q := &partial{fn: deep(p.fn), kw: deep(p.kw).(*interp.Dict)}
	for _, a := range p.args {
		q.args = append(q.args, deep(a))
	}
	return q
}

// lru is the state of a cached function.
type lru struct {
	fn           value
	max          int64 // -1: no limit
	typed        bool
	memo         *interp.Dict
	hits, misses int64
	run          int // in which objects were last remembered
}

// forget drops what an earlier run of a model computed, but for plain values.
// Each run is a process of its own as far as it goes: with them, what the first
// forward computes would be a constant of the second.
func (l *lru) forget(in *inter) {
	if l.run == in.Run() {
		return
	}
	l.run = in.Run()
	var old []value
	l.memo.Range(func(k, v value) bool {
		switch v.(type) {
		case interp.Str, interp.Int, interp.Bool, interp.Float, interp.NoneType, *interp.Class, *interp.Function, *interp.Builtin, *interp.Module:
		default:
			old = append(old, k)
		}
		return true
	})
	for _, k := range old {
		l.memo.Delete(in, k)
	}
}

var wrapperAssignments = []string{"__module__", "__name__", "__qualname__", "__doc__"}

// updateWrapper is functools.update_wrapper.
func updateWrapper(in *inter, wrapper, wrapped value, assigned, updated []value) value {
	for _, n := range assigned {
		name, _ := interp.AsStr(n)
		if v, ok := in.LookupAttr(wrapped, name); ok {
			in.SetAttr(wrapper, name, v)
		}
	}
	for _, n := range updated {
		name, _ := interp.AsStr(n)
		if name == "__dict__" {
			// Only what was set on the function, without what its kind brings.
			if f, ok := wrapped.(*interp.Function); ok && f.Dict == nil {
				continue
			}
		}
		if v, ok := in.LookupAttr(wrapped, name); ok {
			if src := asDict(v); src != nil {
				if dst := asDict(in.GetAttr(wrapper, name)); dst != nil {
					src.Range(func(k, v value) bool {
						if s, _ := interp.AsStr(k); s != "__annotations__" {
							dst.Set(in, k, v)
						}
						return true
					})
				}
			}
		}
	}
	in.SetAttr(wrapper, "__wrapped__", wrapped)
	return wrapper
}

func cacheKey(in *inter, l *lru, args []value, kw []interp.KW) value {
	key := append([]value(nil), args...)
	if len(kw) > 0 {
		key = append(key, interp.Ellipsis)
		for _, k := range kw {
			key = append(key, str(k.Name), k.V)
		}
	}
	// Values that come from different places of the config are different keys:
	// what is computed from them remembers where it came from.
	for _, v := range key[:len(key):len(key)] {
		if e := interp.ExprOf(v); e != nil {
			key = append(key, str(e.String()))
		}
	}
	if l.typed {
		for _, v := range args {
			key = append(key, v.Type())
		}
	}
	return interp.NewTuple(key...)
}

func (l *lru) call(in *inter, args []value, kw []interp.KW) value {
	if l.max == 0 {
		l.misses++
		return in.Call(l.fn, args, kw)
	}
	l.forget(in)
	key := cacheKey(in, l, args, kw)
	if v, ok := l.memo.Get(in, key); ok {
		l.hits++
		return v
	}
	v := in.Call(l.fn, args, kw)
	l.misses++
	if l.max > 0 && int64(l.memo.Len()) >= l.max {
		if k, _, ok := l.memo.First(); ok {
			l.memo.Delete(in, k)
		}
	}
	l.memo.Set(in, key, v)
	return v
}

func newLRU(in *inter, f value, maxsize int64, typed bool) value {
	w := &interp.Instance{Cls: lruClass, Dict: interp.NewDict(), Data: &lru{fn: f, max: maxsize, typed: typed, memo: interp.NewDict()}}
	updateWrapper(in, w, f, strs(wrapperAssignments...), strs("__dict__"))
	return w
}

func initPartial() {
	partialClass.New = func(in *inter, cls *interp.Class, args []value, kw []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "type 'partial' takes at least one argument")
		}
		p := &partial{fn: args[0], args: args[1:], kw: kwDict(kw)}
		if !isCallable(p.fn) {
			in.Raise(interp.TypeError, "the first argument must be callable")
		}
		if i, ok := p.fn.(*interp.Instance); ok && i.Cls == partialClass && i.Dict == nil {
			q := i.Data.(*partial)
			p.fn = q.fn
			p.args = append(append([]value(nil), q.args...), p.args...)
			both := q.kw.Copy()
			copyInto(in, both, p.kw)
			p.kw = both
		}
		return &interp.Instance{Cls: cls, Data: p}
	}
	rawMethod(partialClass, "__init__", func(*inter, []value, []interp.KW) value { return interp.None })
	rawMethod(partialClass, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		return partialOf(in, args[0]).call(in, args[1:], kw)
	})
	addMethods(partialClass,
		property("func", func(in *inter, self value) value { return partialOf(in, self).fn }),
		property("args", func(in *inter, self value) value { return interp.NewTuple(partialOf(in, self).args...) }),
		property("keywords", func(in *inter, self value) value { return partialOf(in, self).kw }),
		method("__repr__", "self", func(in *inter, a []value) value {
			p := partialOf(in, a[0])
			parts := []string{in.Repr(p.fn)}
			for _, v := range p.args {
				parts = append(parts, in.Repr(v))
			}
			for _, k := range keywords(p.kw) {
				parts = append(parts, k.Name+"="+in.Repr(k.V))
			}
			return str("functools.partial(" + strings.Join(parts, ", ") + ")")
		}),
	)
	partialMethodClass.New = func(in *inter, cls *interp.Class, args []value, kw []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "partialmethod.__init__() missing 1 required positional argument: 'func'")
		}
		return &interp.Instance{Cls: cls, Data: &partial{fn: args[0], args: args[1:], kw: kwDict(kw)}}
	}
	addMethods(partialMethodClass, method("__get__", "self, obj, cls=None", func(in *inter, a []value) value {
		p := partialOf(in, a[0])
		f := p.fn
		if g, ok := f.(*interp.Function); ok && !interp.IsNone(a[1]) {
			f = &interp.BoundMethod{Self: a[1], Fn: g}
		} else if get, ok := in.LookupSpecial(f, "__get__"); ok {
			f = in.Call(get, []value{a[1], a[2]}, nil)
		}
		return &interp.Instance{Cls: partialClass, Data: &partial{fn: f, args: p.args, kw: p.kw}}
	}))
}

func initCaches() {
	lruOf := func(v value) *lru { return v.(*interp.Instance).Data.(*lru) }
	rawMethod(lruClass, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		return lruOf(args[0]).call(in, args[1:], kw)
	})
	addMethods(lruClass,
		method("__get__", "self, obj, cls=None", func(in *inter, a []value) value {
			if interp.IsNone(a[1]) {
				return a[0]
			}
			return &interp.BoundMethod{Self: a[1], Fn: a[0]}
		}),
		method("cache_clear", "self", func(in *inter, a []value) value {
			l := lruOf(a[0])
			l.memo, l.hits, l.misses = interp.NewDict(), 0, 0
			return interp.None
		}),
		method("cache_info", "self", func(in *inter, a []value) value {
			l := lruOf(a[0])
			var maxsize value = interp.None
			if l.max >= 0 {
				maxsize = interp.NewInt(l.max)
			}
			c := state(in, cacheInfoKey{}, func() value {
				f, _ := in.NativeValue("collections.namedtuple")
				return in.Call(f, []value{str("CacheInfo"), interp.NewList(strs("hits", "misses", "maxsize", "currsize")...)}, nil)
			})
			return in.Call(c, []value{interp.NewInt(l.hits), interp.NewInt(l.misses), maxsize, interp.NewInt(int64(l.memo.Len()))}, nil)
		}),
		method("cache_parameters", "self", func(in *inter, a []value) value {
			l := lruOf(a[0])
			d := interp.NewDict()
			d.SetStr("maxsize", interp.None)
			if l.max >= 0 {
				d.SetStr("maxsize", interp.NewInt(l.max))
			}
			d.SetStr("typed", interp.NewBool(l.typed))
			return d
		}),
		method("__deepcopy__", "self, memo", func(in *inter, a []value) value { return a[0] }),
		method("__copy__", "self", func(in *inter, a []value) value { return a[0] }),
	)
	cachedPropertyCls.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		if len(args) != 1 {
			in.Raise(interp.TypeError, "cached_property.__init__() missing 1 required positional argument: 'func'")
		}
		i := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		i.Dict.SetStr("func", args[0])
		i.Dict.SetStr("attrname", interp.None)
		if doc, ok := in.LookupAttr(args[0], "__doc__"); ok {
			i.Dict.SetStr("__doc__", doc)
		}
		return i
	}
	addMethods(cachedPropertyCls,
		method("__set_name__", "self, owner, name", func(in *inter, a []value) value {
			a[0].(*interp.Instance).Dict.SetStr("attrname", a[2])
			return interp.None
		}),
		method("__get__", "self, instance, owner=None", func(in *inter, a []value) value {
			if interp.IsNone(a[1]) {
				return a[0]
			}
			p := a[0].(*interp.Instance)
			f, _ := p.Dict.GetStr("func")
			n, _ := p.Dict.GetStr("attrname")
			name, ok := interp.AsStr(n)
			if !ok {
				in.Raise(interp.TypeError, "Cannot use cached_property instance without calling __set_name__ on it.")
			}
			obj, ok := a[1].(*interp.Instance)
			if !ok {
				return in.Call(f, []value{a[1]}, nil)
			}
			if obj.Dict != nil {
				if v, ok := obj.Dict.GetStr(name); ok {
					return v
				}
			}
			v := in.Call(f, []value{obj}, nil)
			if obj.Dict == nil {
				obj.Dict = interp.NewDict()
			}
			obj.Dict.SetStr(name, v)
			return v
		}),
	)
}

type cacheInfoKey struct{}

func initDispatch() {
	find := func(in *inter, d *interp.Instance, c *interp.Class) value {
		reg := asDict(in.GetAttr(d, "registry"))
		for _, k := range c.MRO {
			if f, ok := reg.Get(in, k); ok && k != interp.ObjectClass {
				return f
			}
		}
		var found value
		reg.Range(func(k, f value) bool {
			if kc, ok := k.(*interp.Class); ok && kc.Type().Is(abcMeta) && abcCheck(in, kc, c) {
				found = f
				return false
			}
			return true
		})
		if found == nil {
			found, _ = reg.Get(in, interp.ObjectClass)
		}
		return found
	}
	rawMethod(dispatchClass, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		d := args[0].(*interp.Instance)
		if len(args) < 2 {
			in.Raise(interp.TypeError, "%s requires at least 1 positional argument", in.ToStr(in.GetAttr(d, "__name__")))
		}
		return in.Call(find(in, d, args[1].Type()), args[1:], kw)
	})
	addMethods(dispatchClass,
		method("dispatch", "self, cls", func(in *inter, a []value) value {
			return find(in, a[0].(*interp.Instance), a[1].(*interp.Class))
		}),
		method("register", "self, cls, func=None", func(in *inter, a []value) value {
			reg := asDict(in.GetAttr(a[0], "registry"))
			if _, isClass := a[1].(*interp.Class); !isClass {
				if f, ok := a[1].(*interp.Function); ok {
					if ks := in.Annotations(f).Values(); len(ks) > 0 { // the first argument decides
						k := ks[0]
						if members, ok := unionArgs(k); ok {
							for _, m := range members {
								reg.Set(in, m, f)
							}
						} else {
							reg.Set(in, k, f)
						}
					}
					return f
				}
			}
			set := func(f value) {
				if members, ok := unionArgs(a[1]); ok {
					for _, m := range members {
						reg.Set(in, m, f)
					}
					return
				}
				reg.Set(in, a[1], f)
			}
			if !interp.IsNone(a[2]) {
				set(a[2])
				return a[2]
			}
			return native("functools.singledispatch.register", "func", func(in *inter, b []value) value {
				set(b[0])
				return b[0]
			})
		}),
	)
	order := func(name string, op pyast.CmpOperator) interp.Method {
		return method(name, "self, other", func(in *inter, a []value) value {
			x, y := a[0].(*interp.Instance), a[1].(*interp.Instance)
			k, _ := x.Dict.GetStr("obj")
			l, _ := y.Dict.GetStr("obj")
			f, _ := x.Dict.GetStr("cmp")
			return in.Compare(op, in.Call(f, []value{k, l}, nil), interp.NewInt(0))
		})
	}
	addMethods(cmpKeyClass, order("__lt__", pyast.Lt), order("__le__", pyast.LtE), order("__gt__", pyast.Gt), order("__ge__", pyast.GtE), order("__eq__", pyast.Eq))
}

func init() {
	initPartial()
	initCaches()
	initDispatch()
}

// totalOrdering fills in the comparisons that follow from one of them.
func totalOrdering(in *inter, a []value) value {
	c, ok := a[0].(*interp.Class)
	if !ok {
		in.Raise(interp.TypeError, "total_ordering expects a class")
	}
	root := ""
	for _, n := range []string{"__lt__", "__le__", "__gt__", "__ge__"} {
		if v, ok := c.Lookup(n); ok && v.Type() == interp.FunctionClass {
			root = n
			break
		}
	}
	if root == "" {
		in.Raise(interp.ValueError, "must define at least one ordering operation: < > <= >=")
	}
	// Each comparison follows from the root: negated or not, with or without equality.
	type rule struct{ negate, orEq, andNe bool }
	rules := map[string]map[string]rule{
		"__lt__": {"__gt__": {negate: true, andNe: true}, "__le__": {orEq: true}, "__ge__": {negate: true}},
		"__le__": {"__ge__": {negate: true, orEq: true}, "__lt__": {andNe: true}, "__gt__": {negate: true}},
		"__gt__": {"__lt__": {negate: true, andNe: true}, "__ge__": {orEq: true}, "__le__": {negate: true}},
		"__ge__": {"__le__": {negate: true, orEq: true}, "__gt__": {andNe: true}, "__lt__": {negate: true}},
	}
	for name, r := range rules[root] {
		if v, ok := c.Lookup(name); ok && v.Type() == interp.FunctionClass {
			continue
		}
		in.SetClassAttr(c, name, native(c.Name+"."+name, "self, other", func(in *inter, a []value) value {
			v := in.CallMethod(a[0], root, a[1])
			if _, no := v.(interp.NotImplementedType); no {
				return v
			}
			t := in.Truth(v)
			if r.negate {
				t = !t
			}
			if r.orEq && !t {
				t = in.Equal(a[0], a[1])
			}
			if r.andNe && t {
				t = !in.Equal(a[0], a[1])
			}
			return interp.NewBool(t)
		}))
	}
	return c
}

// functoolsEntries are the rows of functools.
func functoolsEntries() []entry {
	sig := "wrapped, assigned=?, updated=?"
	parts := func(in *inter, assigned, updated value) (as, up []value) {
		as, up = strs(wrapperAssignments...), strs("__dict__")
		if assigned != nil {
			as = in.Elements(assigned)
		}
		if updated != nil {
			up = in.Elements(updated)
		}
		return as, up
	}
	return []entry{
		module("functools"),
		class("functools.partial", partialClass), class("functools.partialmethod", partialMethodClass), class("functools.cached_property", cachedPropertyCls),
		constant("functools.WRAPPER_ASSIGNMENTS", interp.NewTuple(strs("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")...)),
		constant("functools.WRAPPER_UPDATES", interp.NewTuple(strs("__dict__")...)),
		fn("functools.update_wrapper", "wrapper, "+sig, func(in *inter, a []value) value {
			as, up := parts(in, a[2], a[3])
			return updateWrapper(in, a[0], a[1], as, up)
		}),
		fn("functools.wraps", sig, func(in *inter, a []value) value {
			as, up := parts(in, a[1], a[2])
			return native("functools.update_wrapper", "wrapper", func(in *inter, b []value) value {
				return updateWrapper(in, b[0], a[0], as, up)
			})
		}),
		fn("functools.cache", "user_function, /", func(in *inter, a []value) value { return newLRU(in, a[0], -1, false) }),
		fn("functools.lru_cache", "maxsize=128, typed=False", func(in *inter, a []value) value {
			typed := in.Truth(a[1])
			if isCallable(a[0]) {
				return newLRU(in, a[0], 128, typed)
			}
			n := int64(-1)
			if !interp.IsNone(a[0]) {
				n = max(0, in.Int(a[0]))
			}
			return native("functools.lru_cache", "user_function", func(in *inter, b []value) value { return newLRU(in, b[0], n, typed) })
		}),
		fn("functools.reduce", "function, iterable, initial=?, /", func(in *inter, a []value) value {
			it := in.Iter(a[1])
			acc := a[2]
			if acc == nil {
				var ok bool
				if acc, ok = it.Next(in); !ok {
					in.Raise(interp.TypeError, "reduce() of empty iterable with no initial value")
				}
			}
			for {
				v, ok := it.Next(in)
				if !ok {
					return acc
				}
				acc = in.Call(a[0], []value{acc, v}, nil)
			}
		}),
		fn("functools.cmp_to_key", "mycmp", func(in *inter, a []value) value {
			return native("functools.cmp_to_key.K", "obj", func(in *inter, b []value) value {
				k := &interp.Instance{Cls: cmpKeyClass, Dict: interp.NewDict()}
				k.Dict.SetStr("obj", b[0])
				k.Dict.SetStr("cmp", a[0])
				return k
			})
		}),
		fn("functools.total_ordering", "cls", totalOrdering),
		fn("functools.singledispatch", "func", func(in *inter, a []value) value {
			d := &interp.Instance{Cls: dispatchClass, Dict: interp.NewDict()}
			reg := interp.NewDict()
			reg.Set(in, interp.ObjectClass, a[0])
			d.Dict.SetStr("registry", reg)
			return updateWrapper(in, d, a[0], strs(wrapperAssignments...), strs("__dict__"))
		}),
		pyName("functools.singledispatchmethod", "functools"),
		fn("functools.recursive_repr", "fillvalue='...'", func(in *inter, a []value) value {
			return native("functools.recursive_repr", "f", func(_ *inter, b []value) value { return b[0] })
		}),
	}
}
