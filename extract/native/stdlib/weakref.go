package stdlib

import "github.com/arch-extract/arch-extract/extract/interp"

// Weak references are strong here: nothing is ever collected while it matters.
var (
	refClass      = interp.NewNativeClass("weakref.ReferenceType", nil)
	finalizeClass = interp.NewNativeClass("weakref.finalize", nil)
	weakKeys      = interp.NewNativeClass("weakref.WeakKeyDictionary", []*interp.Class{interp.DictClass})
	weakValues    = interp.NewNativeClass("weakref.WeakValueDictionary", []*interp.Class{interp.DictClass})
	weakSet       = interp.NewNativeClass("weakref.WeakSet", []*interp.Class{interp.SetClass})
)

func init() {
	refClass.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "ref expected at least 1 argument, got 0")
		}
		return &interp.Instance{Cls: cls, Data: &weak{args[0]}}
	}
	target := func(v value) value {
		if w, ok := v.(*interp.Instance).Data.(*weak); ok {
			return w.to
		}
		return interp.None
	}
	addMethods(refClass,
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*inter, []value) value { return interp.None }},
		method("__call__", "self", func(_ *inter, a []value) value { return target(a[0]) }),
		method("__eq__", "self, other, /", func(in *inter, a []value) value {
			if !interp.IsInstance(a[1], refClass) {
				return interp.NotImplemented
			}
			return interp.NewBool(in.Equal(target(a[0]), target(a[1])))
		}),
		method("__hash__", "self", func(in *inter, a []value) value { return interp.NewInt(in.Hash(target(a[0]))) }),
		classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value { return interp.NewAlias(a[0], a[1]) }),
	)
	addMethods(finalizeClass,
		interp.Method{Name: "__init__", Sig: "self, obj, func, /, *args, **kwargs", Fn: func(*inter, []value) value { return interp.None }},
		method("detach", "self", func(*inter, []value) value { return interp.None }),
		method("__call__", "self", func(*inter, []value) value { return interp.None }),
		property("alive", func(*inter, value) value { return interp.True }),
	)
}

// weak is the state of a reference.
type weak struct{ to value }

// DeepCopy keeps the target, as Python does.
func (w *weak) DeepCopy(*inter, func(value) value) any { return w }

func weakrefEntries() []entry {
	return []entry{
		module("weakref"),
		class("weakref.ref", refClass), class("weakref.ReferenceType", refClass), class("weakref.WeakMethod", refClass), class("weakref.finalize", finalizeClass),
		class("weakref.WeakKeyDictionary", weakKeys), class("weakref.WeakValueDictionary", weakValues), class("weakref.WeakSet", weakSet),
		class("weakref.KeyedRef", refClass), constant("weakref.ReferenceError", interp.ReferenceError),
		fn("weakref.proxy", "obj, callback=None, /", func(_ *inter, a []value) value { return a[0] }),
		fn("weakref.getweakrefcount", "obj, /", func(*inter, []value) value { return interp.NewInt(0) }),
		constant("weakref.ProxyType", inertClass("weakref.ProxyType")), constant("weakref.CallableProxyType", inertClass("weakref.CallableProxyType")),
	}
}
