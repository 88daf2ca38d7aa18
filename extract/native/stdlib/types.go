package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

var (
	proxyClass     = interp.NewNativeClass("mappingproxy", nil)
	namespaceClass = interp.NewNativeClass("types.SimpleNamespace", nil)
)

// proxy is the state of a mappingproxy: the mapping that it shows.
type proxy struct{ m value }

func proxyOf(m value) value { return &interp.Instance{Cls: proxyClass, Data: &proxy{m}} }

// proxied is the mapping behind a mappingproxy; other values are returned as they are.
func proxied(v value) value {
	if i, ok := v.(*interp.Instance); ok {
		if p, ok := i.Data.(*proxy); ok {
			return p.m
		}
	}
	return v
}

func init() {
	proxyClass.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		if len(args) != 1 {
			in.Raise(interp.TypeError, "mappingproxy() missing required argument 'mapping' (pos 1)")
		}
		return proxyOf(args[0])
	}
	for _, n := range []string{"get", "keys", "values", "items", "copy"} {
		rawMethod(proxyClass, n, func(in *inter, args []value, kw []interp.KW) value {
			return in.Call(in.GetAttr(proxied(args[0]), n), args[1:], kw)
		})
	}
	addMethods(proxyClass,
		method("__init__", "self, mapping", func(*inter, []value) value { return interp.None }),
		method("__getitem__", "self, key, /", func(in *inter, a []value) value { return in.GetItem(proxied(a[0]), a[1]) }),
		method("__contains__", "self, key, /", func(in *inter, a []value) value { return interp.NewBool(in.Contains(proxied(a[0]), a[1])) }),
		method("__len__", "self", func(in *inter, a []value) value { return interp.NewInt(int64(in.Len(proxied(a[0])))) }),
		method("__iter__", "self", func(in *inter, a []value) value { return in.Iter(proxied(a[0])) }),
		method("__eq__", "self, other, /", func(in *inter, a []value) value {
			return interp.NewBool(in.Equal(proxied(a[0]), proxied(a[1])))
		}),
		method("__repr__", "self", func(in *inter, a []value) value { return str("mappingproxy(" + in.Repr(proxied(a[0])) + ")") }),
		method("__str__", "self", func(in *inter, a []value) value { return str(in.ToStr(proxied(a[0]))) }),
		method("__or__", "self, other, /", func(in *inter, a []value) value {
			return in.CallMethod(mappingDict(in, proxied(a[0])), "__or__", proxied(a[1]))
		}),
	)
	proxyClass.Dict.SetStr("__hash__", interp.None)
	rawMethod(namespaceClass, "__init__", func(in *inter, args []value, kw []interp.KW) value {
		if len(args) > 1 {
			in.Raise(interp.TypeError, "no positional arguments expected")
		}
		for _, k := range kw {
			in.SetAttr(args[0], k.Name, k.V)
		}
		return interp.None
	})
	attrs := func(v value) *interp.Dict {
		if i, ok := v.(*interp.Instance); ok && i.Dict != nil {
			return i.Dict
		}
		return interp.NewDict()
	}
	addMethods(namespaceClass,
		method("__repr__", "self", func(in *inter, a []value) value {
			var parts []string
			for _, k := range keywords(attrs(a[0])) {
				parts = append(parts, k.Name+"="+in.Repr(k.V))
			}
			name := typeName(a[0])
			if a[0].Type() == namespaceClass {
				name = "namespace"
			}
			return str(name + "(" + strings.Join(parts, ", ") + ")")
		}),
		method("__eq__", "self, other, /", func(in *inter, a []value) value {
			if !interp.IsInstance(a[1], namespaceClass) {
				return interp.NotImplemented
			}
			return interp.NewBool(in.Equal(attrs(a[0]), attrs(a[1])))
		}),
	)
	namespaceClass.Dict.SetStr("__hash__", interp.None)
	if interp.ModuleClass.New == nil {
		interp.ModuleClass.New = func(in *inter, cls *interp.Class, args []value, kw []interp.KW) value {
			for _, k := range kw {
				if k.Name == "name" {
					args = append([]value{k.V}, args...)
				}
			}
			if len(args) == 0 {
				in.Raise(interp.TypeError, "module() missing required argument 'name' (pos 1)")
			}
			m := &interp.Module{Name: in.Str(args[0]), Dict: interp.NewDict()}
			m.Dict.SetStr("__name__", args[0])
			m.Dict.SetStr("__doc__", interp.None)
			m.Dict.SetStr("__spec__", interp.None)
			if cls == interp.ModuleClass {
				return m
			}
			i := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
			copyInto(in, i.Dict, m.Dict)
			return i
		}
	}
}

func inertClass(qual string, bases ...*interp.Class) *interp.Class {
	return interp.NewNativeClass(qual, bases)
}

func typesEntries() []entry {
	return []entry{
		module("types"),
		class("types.FunctionType", interp.FunctionClass), class("types.LambdaType", interp.FunctionClass), class("types.MethodType", interp.MethodClass),
		class("types.BuiltinFunctionType", interp.BuiltinClass), class("types.BuiltinMethodType", interp.BuiltinClass), class("types.ModuleType", interp.ModuleClass),
		class("types.GeneratorType", interp.GeneratorClass), class("types.NoneType", interp.NoneClass), class("types.EllipsisType", interp.EllipsisClass),
		class("types.NotImplementedType", interp.NotImplementedClass), class("types.UnionType", interp.UnionTypeClass), class("types.GenericAlias", interp.GenericAliasClass),
		class("types.CellType", interp.CellClass), class("types.SimpleNamespace", namespaceClass), class("types.MappingProxyType", proxyClass),
		class("types.CodeType", inertClass("types.CodeType")), class("types.FrameType", inertClass("types.FrameType")), class("types.TracebackType", inertClass("types.TracebackType")),
		class("types.CoroutineType", inertClass("types.CoroutineType")), class("types.AsyncGeneratorType", inertClass("types.AsyncGeneratorType")),
		class("types.WrapperDescriptorType", inertClass("types.WrapperDescriptorType")), class("types.MethodWrapperType", inertClass("types.MethodWrapperType")),
		class("types.MethodDescriptorType", inertClass("types.MethodDescriptorType")), class("types.ClassMethodDescriptorType", inertClass("types.ClassMethodDescriptorType")),
		class("types.GetSetDescriptorType", inertClass("types.GetSetDescriptorType")), class("types.MemberDescriptorType", inertClass("types.MemberDescriptorType")),
		constant("types.DynamicClassAttribute", interp.PropertyClass),
		identity("types.coroutine", "func"),
		fn("types.get_original_bases", "cls, /", func(in *inter, a []value) value { return originalBases(in, a[0]) }),
		fn("types.resolve_bases", "bases", func(in *inter, a []value) value {
			var out []value
			for _, b := range in.Elements(a[0]) {
				if _, ok := b.(*interp.Class); !ok {
					if f, ok := in.LookupAttr(b, "__mro_entries__"); ok {
						out = append(out, in.Elements(in.Call(f, []value{a[0]}, nil))...)
						continue
					}
				}
				out = append(out, b)
			}
			return interp.NewTuple(out...)
		}),
		fn("types.new_class", "name, bases=(), kwds=None, exec_body=None", func(in *inter, a []value) value {
			ns := interp.NewDict()
			if !interp.IsNone(a[3]) {
				in.Call(a[3], []value{ns}, nil)
			}
			var meta value = interp.TypeClass
			var kw []interp.KW
			if d := asDict(a[2]); d != nil {
				for _, k := range keywords(d) {
					if k.Name == "metaclass" {
						meta = k.V
					} else {
						kw = append(kw, k)
					}
				}
			}
			if meta == value(interp.TypeClass) {
				for _, b := range in.Elements(a[1]) {
					if c, ok := b.(*interp.Class); ok && c.Type() != interp.TypeClass {
						meta = c.Type()
					}
				}
			}
			return in.Call(meta, []value{a[0], a[1], ns}, kw)
		}),
		fn("types.prepare_class", "name, bases=(), kwds=None", func(in *inter, a []value) value {
			return interp.NewTuple(interp.TypeClass, interp.NewDict(), interp.NewDict())
		}),
	}
}
