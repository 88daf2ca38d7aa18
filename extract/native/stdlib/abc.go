package stdlib

import (
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// abcMeta is abc.ABCMeta: it refuses to make objects of classes with abstract
// methods, and asks a class what counts as its instance.
var (
	abcMeta  = interp.NewNativeClass("abc.ABCMeta", []*interp.Class{interp.TypeClass})
	abcClass = withMeta(interp.NewNativeClass("abc.ABC", nil), abcMeta)
)

func method(name, sig string, f interp.NativeFn) interp.Method {
	return interp.Method{Name: name, Sig: sig, Fn: f}
}

func classMethod(name, sig string, f interp.NativeFn) interp.Method {
	return interp.Method{Name: name, Sig: sig, Fn: f, Kind: "class"}
}

func property(name string, f func(in *inter, self value) value) interp.Method {
	return interp.Method{Name: name, Sig: "self", Kind: "property", Fn: func(in *inter, a []value) value { return f(in, a[0]) }}
}

// isAbstract reports whether an attribute of a class is marked by abstractmethod.
func isAbstract(in *inter, v value) bool {
	for {
		if c, ok := v.(*interp.ClassMethod); ok {
			v = c.Fn
		} else if s, ok := v.(*interp.StaticMethod); ok {
			v = s.Fn
		} else {
			break
		}
	}
	switch v := v.(type) {
	case *interp.Function:
		if v.Dict == nil {
			return false
		}
		m, ok := v.Dict.GetStr("__isabstractmethod__")
		return ok && in.Truth(m)
	case *interp.Property:
		for _, f := range []value{v.Get, v.Set, v.Del} {
			if fn, ok := f.(*interp.Function); ok && isAbstract(in, fn) {
				return true
			}
		}
	case *interp.Instance:
		if m, ok := in.LookupAttr(v, "__isabstractmethod__"); ok {
			return in.Truth(m)
		}
	}
	return false
}

// abstractNames are the abstract methods of a class, sorted.
func abstractNames(c *interp.Class) []string {
	v, ok := c.Lookup("__abstractmethods__")
	if !ok {
		return nil
	}
	s, ok := v.(*interp.Set)
	if !ok || s.Len() == 0 {
		return nil
	}
	var out []string
	for _, k := range s.D.Keys() {
		n, _ := interp.AsStr(k)
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

func nameSet(names []string) *interp.Set {
	s := &interp.Set{D: interp.NewDict(), Frozen: true}
	for _, n := range names {
		s.D.SetStr(n, interp.None)
	}
	return s
}

// updateAbstract finds the abstract methods of a new class.
func updateAbstract(in *inter, c *interp.Class) {
	var names []string
	seen := map[string]bool{}
	c.Dict.Range(func(k, v value) bool {
		if n, _ := interp.AsStr(k); isAbstract(in, v) {
			names = append(names, n)
			seen[n] = true
		}
		return true
	})
	for _, b := range c.Bases {
		for _, n := range abstractNames(b) {
			if seen[n] {
				continue
			}
			seen[n] = true
			v, ok := c.Lookup(n)
			if !ok {
				continue
			}
			if isAbstract(in, v) || definesAbstract(c, n) {
				names = append(names, n)
			}
		}
	}
	in.SetClassAttr(c, "__abstractmethods__", nameSet(names))
}

// definesAbstract reports whether the nearest definition of a name is an
// abstract method of a native class.
func definesAbstract(c *interp.Class, name string) bool {
	for _, k := range c.MRO {
		if _, ok := k.Dict.GetStr(name); ok {
			if !k.Native {
				return false
			}
			v, ok := k.Dict.GetStr("__abstractmethods__")
			if !ok {
				return false
			}
			_, abstract := v.(*interp.Set).D.GetStr(name)
			return abstract
		}
	}
	return false
}

// callType is type.__call__(c, args...): it makes the object.
func callType(in *inter, args []value, kw []interp.KW) value {
	f, _ := interp.TypeClass.Lookup("__call__")
	return in.Call(f, args, kw)
}

type registryKey struct{}

// registered are the virtual subclasses of each ABC.
func registered(in *inter) map[*interp.Class][]*interp.Class {
	return state(in, registryKey{}, func() map[*interp.Class][]*interp.Class { return map[*interp.Class][]*interp.Class{} })
}

// abcCheck reports whether c counts as a subclass of the abstract class of.
func abcCheck(in *inter, of, c *interp.Class) bool {
	if c.Is(of) {
		return true
	}
	if hook, ok := of.Lookup("__subclasshook__"); ok {
		if cm, ok := hook.(*interp.ClassMethod); ok {
			if _, native := cm.Fn.(*interp.Builtin); !native {
				if r, ok := in.Call(cm.Fn, []value{of, c}, nil).(interp.Bool); ok {
					return r.V
				}
			}
		}
	}
	if a := abcInfoOf(of); a != nil && a.has(c) {
		return true
	}
	reg := registered(in)
	if len(reg) > 0 {
		for k, subs := range reg {
			if !k.Is(of) {
				continue
			}
			for _, s := range subs {
				if c.Is(s) {
					return true
				}
			}
		}
	}
	if of.Native {
		// Sequence has the virtual subclasses of MutableSequence, too.
		for k, a := range abcInfos {
			if k != of && k.Is(of) && a.has(c) {
				return true
			}
		}
	}
	return false
}

// abcInfo says which classes count as an abstract class of ours.
type abcInfo struct {
	methods []string // a class with all of these does; none: only the listed ones do
	classes []*interp.Class
	names   []string // classes of the interpreter that have no exported name
}

var abcInfos = map[*interp.Class]*abcInfo{}

func abcInfoOf(c *interp.Class) *abcInfo { return abcInfos[c] }

func (a *abcInfo) has(c *interp.Class) bool {
	for _, k := range c.MRO {
		if !k.Native {
			continue
		}
		for _, x := range a.classes {
			if k == x {
				return true
			}
		}
		for _, n := range a.names {
			if k.Name == n && k.Mod == "" {
				return true
			}
		}
	}
	if len(a.methods) == 0 {
		return false
	}
	for _, m := range a.methods {
		if v, ok := c.Lookup(m); !ok || interp.IsNone(v) {
			return false
		}
	}
	return true
}

// abcClasses are the classes of collections.abc by name.
var abcClasses = map[string]*interp.Class{}

// abcOrder lists them, bases first.
var abcOrder = func() []string {
	var order []string
	list, tuple, dict, set, frozen := interp.ListClass, interp.TupleClass, interp.DictClass, interp.SetClass, interp.FrozenSetClass
	text, bytes, rng := interp.StrClass, interp.BytesClass, interp.RangeClass
	all := []*interp.Class{list, tuple, dict, set, frozen, text, bytes, rng, dequeClass}
	views := []string{"dict_keys", "dict_values", "dict_items", "mappingproxy"}
	add := func(name, bases, abstract, methods string, classes []*interp.Class, names ...string) {
		var bs []*interp.Class
		for _, b := range strings.Fields(bases) {
			bs = append(bs, abcClasses[b])
		}
		c := withMeta(interp.NewNativeClass("collections.abc."+name, bs), abcMeta)
		for _, n := range strings.Fields(abstract) {
			addMethods(c, interp.Method{Name: n, Sig: "*args, **kwargs", Fn: abstractBody(n)})
		}
		abs := map[string]bool{}
		for _, b := range bs {
			for _, n := range abstractNames(b) {
				abs[n] = true
			}
		}
		for _, n := range strings.Fields(abstract) {
			abs[n] = true
		}
		var an []string
		for n := range abs {
			an = append(an, n)
		}
		c.Dict.SetStr("__abstractmethods__", nameSet(an))
		abcClasses[name] = c
		order = append(order, name)
		abcInfos[c] = &abcInfo{methods: strings.Fields(methods), classes: classes, names: names}
		c.Data = func(in *inter, v value) bool { return abcCheck(in, c, v.Type()) }
	}
	iterators := []*interp.Class{interp.IteratorClass, interp.GeneratorClass}
	add("Hashable", "", "__hash__", "", nil)
	add("Awaitable", "", "__await__", "__await__", nil)
	add("Coroutine", "Awaitable", "send throw", "__await__ send throw close", nil)
	add("AsyncIterable", "", "__aiter__", "__aiter__", nil)
	add("AsyncIterator", "AsyncIterable", "__anext__", "__anext__ __aiter__", nil)
	add("AsyncGenerator", "AsyncIterator", "asend athrow", "__aiter__ __anext__ asend athrow aclose", nil)
	add("Iterable", "", "__iter__", "__iter__", append(append([]*interp.Class(nil), all...), iterators...), views...)
	add("Iterator", "Iterable", "__next__", "__iter__ __next__", iterators)
	add("Generator", "Iterator", "send throw", "__iter__ __next__ send throw close", []*interp.Class{interp.GeneratorClass})
	add("Reversible", "Iterable", "__reversed__", "__reversed__ __iter__", []*interp.Class{list, tuple, text, bytes, rng, dict, dequeClass}, views...)
	add("Sized", "", "__len__", "__len__", all, views...)
	add("Container", "", "__contains__", "__contains__", all, "dict_keys", "dict_items", "mappingproxy")
	add("Callable", "", "__call__", "__call__", []*interp.Class{interp.FunctionClass, interp.BuiltinClass, interp.MethodClass, interp.TypeClass})
	add("Collection", "Sized Iterable Container", "", "__len__ __iter__ __contains__", all, "dict_keys", "dict_items", "mappingproxy")
	add("Buffer", "", "__buffer__", "__buffer__", []*interp.Class{bytes})
	add("Set", "Collection", "", "", []*interp.Class{frozen, set}, "dict_keys", "dict_items")
	add("MutableSet", "Set", "add discard", "", []*interp.Class{set})
	add("Mapping", "Collection", "__getitem__", "", []*interp.Class{dict}, "mappingproxy")
	add("MutableMapping", "Mapping", "__setitem__ __delitem__", "", []*interp.Class{dict})
	add("MappingView", "Sized", "", "", nil)
	add("KeysView", "MappingView Set", "", "", nil, "dict_keys")
	add("ItemsView", "MappingView Set", "", "", nil, "dict_items")
	add("ValuesView", "MappingView Collection", "", "", nil, "dict_values")
	add("Sequence", "Reversible Collection", "__getitem__", "", []*interp.Class{tuple, text, rng, bytes, list}, "memoryview")
	add("MutableSequence", "Sequence", "__setitem__ __delitem__ insert", "", []*interp.Class{list, dequeClass})
	add("ByteString", "Sequence", "", "", []*interp.Class{bytes})
	// Mixins make these concrete.
	for name, concrete := range map[string]string{
		"Iterator": "__iter__", "Generator": "__iter__ __next__", "AsyncIterator": "__aiter__", "AsyncGenerator": "__aiter__ __anext__",
		"Mapping": "__contains__", "MutableMapping": "__contains__", "MappingView": "__len__",
		"KeysView": "__len__ __contains__ __iter__", "ItemsView": "__len__ __contains__ __iter__", "ValuesView": "__len__ __contains__ __iter__",
		"Sequence": "__iter__ __contains__ __reversed__", "MutableSequence": "__iter__ __contains__ __reversed__", "ByteString": "__iter__ __contains__ __reversed__",
	} {
		c := abcClasses[name]
		var left []string
		for _, n := range abstractNames(c) {
			if !strings.Contains(" "+concrete+" ", " "+n+" ") {
				left = append(left, n)
			}
		}
		c.Dict.SetStr("__abstractmethods__", nameSet(left))
	}
	hashable := abcClasses["Hashable"]
	hashable.Data = func(in *inter, v value) bool {
		switch v := v.(type) {
		case *interp.List, *interp.Dict:
			return false
		case *interp.Set:
			return v.Frozen
		}
		h, ok := v.Type().Lookup("__hash__")
		return !ok || !interp.IsNone(h)
	}
	return order
}()

func abstractBody(name string) interp.NativeFn {
	return func(in *inter, a []value) value {
		if name == "__getitem__" {
			in.RaiseExc(&interp.Instance{Cls: interp.KeyError, Data: interp.EmptyTuple})
		}
		return interp.None
	}
}

func init() {
	abcMeta.New = func(in *inter, meta *interp.Class, args []value, kw []interp.KW) value {
		name, bases, ns := metaArgs(in, args)
		c := in.NewClass(meta, name, bases, ns, kw)
		updateAbstract(in, c)
		return c
	}
	rawMethod(abcMeta, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		if c, ok := args[0].(*interp.Class); ok {
			if names := abstractNames(c); len(names) > 0 {
				s := "s"
				if len(names) == 1 {
					s = ""
				}
				in.Raise(interp.TypeError, "Can't instantiate abstract class %s with abstract method%s %s", c.Name, s, strings.Join(names, ", "))
			}
			if isProtocol(c) && !c.Native {
				if init, ok := c.Lookup("__init__"); !ok || init.Type() == interp.BuiltinClass {
					in.Raise(interp.TypeError, "Protocols cannot be instantiated")
				}
			}
		}
		return callType(in, args, kw)
	})
	addMethods(abcMeta,
		method("register", "cls, subclass", func(in *inter, a []value) value {
			c, ok1 := a[0].(*interp.Class)
			s, ok2 := a[1].(*interp.Class)
			if !ok1 || !ok2 {
				in.Raise(interp.TypeError, "Can only register classes")
			}
			reg := registered(in)
			reg[c] = append(reg[c], s)
			return s
		}),
		method("__instancecheck__", "cls, instance", func(in *inter, a []value) value {
			c, ok := a[0].(*interp.Class)
			if !ok {
				return interp.False
			}
			if f, ok := c.Data.(func(*inter, value) bool); ok {
				return interp.NewBool(f(in, a[1]))
			}
			return interp.NewBool(abcCheck(in, c, a[1].Type()))
		}),
		method("__subclasscheck__", "cls, subclass", func(in *inter, a []value) value {
			c, ok := a[0].(*interp.Class)
			s, ok2 := a[1].(*interp.Class)
			if !ok2 {
				in.Raise(interp.TypeError, "issubclass() arg 1 must be a class")
			}
			return interp.NewBool(ok && abcCheck(in, c, s))
		}),
	)
	protocolMeta.New = func(in *inter, meta *interp.Class, args []value, kw []interp.KW) value {
		name, bases, ns := metaArgs(in, args)
		c := in.NewClass(meta, name, bases, ns, kw)
		updateAbstract(in, c)
		return c
	}
	addMethods(protocolMeta, method("__instancecheck__", "cls, instance", func(in *inter, a []value) value {
		c, ok := a[0].(*interp.Class)
		if !ok {
			return interp.False
		}
		if f, ok := c.Data.(func(*inter, value) bool); ok {
			return interp.NewBool(f(in, a[1]))
		}
		if abcCheck(in, c, a[1].Type()) {
			return interp.True
		}
		if !isProtocol(c) {
			return interp.False
		}
		if _, ok := c.Dict.GetStr("_is_runtime_protocol"); !ok {
			in.Raise(interp.TypeError, "Instance and class checks can only be used with @runtime_checkable protocols")
		}
		for _, n := range protocolMembers(c) {
			if _, ok := in.LookupAttr(a[1], n); !ok {
				return interp.False
			}
		}
		anns := in.Annotations(c)
		for _, k := range anns.Keys() {
			if n, _ := interp.AsStr(k); n != "" {
				if _, ok := in.LookupAttr(a[1], n); !ok {
					return interp.False
				}
			}
		}
		return interp.True
	}))
	for _, c := range abcClasses {
		addMethods(c, classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value {
			if a[0] == value(abcClasses["Callable"]) {
				return callableForm.subscribe(in, a[1])
			}
			return &alias{origin: a[0], args: params(a[1])}
		}))
	}
	initMixins()
}

var callableForm = func() *form {
	for _, f := range typingForms {
		if f.kind == formCallable {
			return f
		}
	}
	return nil
}()

// abcEntries are abc, collections.abc and numbers.
func abcEntries() []entry {
	mark := func(in *inter, a []value) value {
		in.Try(func() { in.SetAttr(a[0], "__isabstractmethod__", interp.True) })
		return a[0]
	}
	out := []entry{
		module("abc"),
		class("abc.ABC", abcClass), class("abc.ABCMeta", abcMeta),
		fn("abc.abstractmethod", "funcobj", mark),
		fn("abc.abstractproperty", "fget=None, fset=None, fdel=None, doc=None", func(in *inter, a []value) value {
			mark(in, a)
			return &interp.Property{Get: a[0]}
		}),
		fn("abc.abstractclassmethod", "callable", func(in *inter, a []value) value { return &interp.ClassMethod{Fn: mark(in, a)} }),
		fn("abc.abstractstaticmethod", "callable", func(in *inter, a []value) value { return &interp.StaticMethod{Fn: mark(in, a)} }),
		fn("abc.update_abstractmethods", "cls", func(in *inter, a []value) value {
			if c, ok := a[0].(*interp.Class); ok && c.Type().Is(abcMeta) {
				updateAbstract(in, c)
			}
			return a[0]
		}),
		fn("abc.get_cache_token", "", func(*inter, []value) value { return interp.NewInt(0) }),
		module("collections.abc"), module("numbers"),
	}
	for _, n := range abcOrder {
		out = append(out, class("collections.abc."+n, abcClasses[n]))
	}
	for _, c := range numberClasses {
		out = append(out, class("numbers."+c.Name, c))
	}
	return out
}

// numberClasses are Number, Complex, Real, Rational and Integral.
var numberClasses = func() []*interp.Class {
	var out []*interp.Class
	var last *interp.Class
	for _, row := range []struct {
		name string
		is   []*interp.Class
	}{
		{"Number", []*interp.Class{interp.ComplexClass, interp.FloatClass, interp.IntClass}},
		{"Complex", []*interp.Class{interp.ComplexClass, interp.FloatClass, interp.IntClass}},
		{"Real", []*interp.Class{interp.FloatClass, interp.IntClass}},
		{"Rational", []*interp.Class{interp.IntClass}},
		{"Integral", []*interp.Class{interp.IntClass}},
	} {
		var bases []*interp.Class
		if last != nil {
			bases = []*interp.Class{last}
		}
		c := withMeta(interp.NewNativeClass("numbers."+row.name, bases), abcMeta)
		abcInfos[c] = &abcInfo{classes: row.is}
		c.Data = func(in *inter, v value) bool { return abcCheck(in, c, v.Type()) }
		out = append(out, c)
		last = c
	}
	return out
}()
