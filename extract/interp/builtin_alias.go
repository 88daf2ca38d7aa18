package interp

import (
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// GenericAlias is a class with type arguments: list[int].
type GenericAlias struct {
	Origin Value
	Args   []Value
}

// UnionType is a union of types: int | None.
type UnionType struct{ Args []Value }

var (
	// GenericAliasClass is types.GenericAlias.
	GenericAliasClass = NewNativeClass("types.GenericAlias", nil)
	// UnionTypeClass is types.UnionType.
	UnionTypeClass = NewNativeClass("types.UnionType", nil)
)

// Type implements Value.
func (*GenericAlias) Type() *Class { return GenericAliasClass }

// Type implements Value.
func (*UnionType) Type() *Class { return UnionTypeClass }

// Attr implements AttrGetter: what the alias does not have itself is the origin's.
func (g *GenericAlias) Attr(in *Interp, name string) (Value, bool) {
	switch name {
	case "__origin__":
		return g.Origin, true
	case "__args__":
		return NewTuple(append([]Value(nil), g.Args...)...), true
	case "__parameters__":
		return EmptyTuple, true
	case "__class__":
		return GenericAliasClass, true
	case "__mro_entries__", "__getitem__", "__or__", "__ror__", "__call__", "__eq__", "__hash__", "__repr__", "__instancecheck__":
		return nil, false
	}
	return in.LookupAttr(g.Origin, name)
}

// Attr implements AttrGetter.
func (u *UnionType) Attr(in *Interp, name string) (Value, bool) {
	switch name {
	case "__args__":
		return NewTuple(append([]Value(nil), u.Args...)...), true
	case "__parameters__":
		return EmptyTuple, true
	}
	return nil, false
}

// typeRepr writes a type as it stands inside an alias.
func (p *printer) typeRepr(v Value) string {
	switch x := v.(type) {
	case *Class:
		return x.FullName()
	case EllipsisType:
		return "..."
	case NoneType:
		return "None"
	case *List:
		parts := make([]string, len(x.V))
		for i, e := range x.V {
			if _, nested := e.(*List); nested { // maybe itself
				parts[i] = p.repr(e)
				continue
			}
			parts[i] = p.typeRepr(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return p.repr(v)
}

func (p *printer) typeList(vs []Value, sep string) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		if c, ok := v.(*Class); ok && c == NoneClass && sep == " | " {
			parts[i] = "None"
			continue
		}
		parts[i] = p.typeRepr(v)
	}
	return strings.Join(parts, sep)
}

func (g *GenericAlias) reprWith(p *printer) string {
	return p.typeRepr(g.Origin) + "[" + p.typeList(g.Args, ", ") + "]"
}

func (u *UnionType) reprWith(p *printer) string { return p.typeList(u.Args, " | ") }

func (g *GenericAlias) hashValue(in *Interp) int64 {
	return in.Hash(NewTuple(append([]Value{g.Origin}, g.Args...)...))
}

func (u *UnionType) hashValue(in *Interp) int64 {
	h := int64(17)
	for _, a := range u.Args {
		h ^= in.Hash(a)
	}
	return h
}

// plainClasses are built-in classes that take no type arguments.
var plainClasses = map[*Class]bool{}

// subscriptClass is cls[k].
func (in *Interp) subscriptClass(c *Class, k Value) Value {
	if c.Meta != nil && c.Meta != TypeClass {
		if m, builtin, ok := typeMethod(c, "__getitem__"); ok && !builtin {
			return in.callMethod(m, c, k)
		}
	}
	if v, ok := c.Lookup("__class_getitem__"); ok {
		fn := in.bindAttr(v, nil, c)
		return in.Call(fn, []Value{k}, nil)
	}
	for _, b := range c.MRO {
		if b.Native && !plainClasses[b] {
			return NewAlias(c, k)
		}
	}
	in.Raise(TypeError, "type '%s' is not subscriptable", c.Name)
	return nil
}

// NewAlias is origin[k].
func NewAlias(origin, k Value) *GenericAlias {
	g := &GenericAlias{Origin: origin, Args: []Value{k}}
	if t, ok := k.(*Tuple); ok && t.Cls == nil {
		g.Args = t.V
	}
	return g
}

// typeLike reports whether v may stand in a union.
func typeLike(v Value) bool {
	switch v.(type) {
	case *Class, *GenericAlias, *UnionType, NoneType:
		return true
	}
	return false
}

// unionOf is a | b of types.
func (in *Interp) unionOf(a, b Value) (Value, bool) {
	if !typeLike(a) || !typeLike(b) || IsNone(a) && IsNone(b) {
		return nil, false
	}
	u := &UnionType{}
	var add func(v Value)
	add = func(v Value) {
		switch x := v.(type) {
		case NoneType:
			v = NoneClass
		case *UnionType:
			for _, y := range x.Args {
				add(y)
			}
			return
		}
		for _, y := range u.Args {
			if in.Equal(y, v) {
				return
			}
		}
		u.Args = append(u.Args, v)
	}
	add(a)
	add(b)
	if len(u.Args) == 1 {
		return u.Args[0], true
	}
	return u, true
}

func init() {
	for _, c := range []*Class{ObjectClass, IntClass, BoolClass, FloatClass, ComplexClass, StrClass, BytesClass, RangeClass, SliceClass,
		NoneClass, PropertyClass, FunctionClass, ModuleClass, EllipsisClass, BaseException, Exception} {
		plainClasses[c] = true
	}
	same := func(in *Interp, a, b []Value) bool {
		if len(a) != len(b) {
			return false
		}
		for i := range a {
			if !in.Equal(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	GenericAliasClass.AddMethods(
		Method{Name: "__eq__", Sig: "self, other, /", Fn: func(in *Interp, a []Value) Value {
			x := a[0].(*GenericAlias)
			y, ok := a[1].(*GenericAlias)
			if !ok {
				return NotImplemented
			}
			return NewBool(in.Equal(x.Origin, y.Origin) && same(in, x.Args, y.Args))
		}},
		Method{Name: "__hash__", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return NewInt(a[0].(*GenericAlias).hashValue(in)) }},
		Method{Name: "__getitem__", Sig: "self, k, /", Fn: func(in *Interp, a []Value) Value {
			return NewAlias(a[0].(*GenericAlias).Origin, a[1])
		}},
		Method{Name: "__mro_entries__", Sig: "self, bases, /", Fn: func(in *Interp, a []Value) Value {
			return NewTuple(a[0].(*GenericAlias).Origin)
		}},
	)
	GenericAliasClass.rawMethod("__call__", func(in *Interp, a []Value, kw []KW) Value {
		return in.Call(a[0].(*GenericAlias).Origin, a[1:], kw)
	})
	GenericAliasClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if len(args) != 2 {
			in.Raise(TypeError, "GenericAlias expected 2 arguments, got %d", len(args))
		}
		return NewAlias(args[0], args[1])
	}
	UnionTypeClass.AddMethods(
		Method{Name: "__eq__", Sig: "self, other, /", Fn: func(in *Interp, a []Value) Value {
			x := a[0].(*UnionType)
			y, ok := a[1].(*UnionType)
			if !ok {
				return NotImplemented
			}
			return NewBool(in.compareSets(pyast.Eq, in.setOf(x.Args), in.setOf(y.Args)))
		}},
		Method{Name: "__hash__", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return NewInt(a[0].(*UnionType).hashValue(in)) }},
		Method{Name: "__instancecheck__", Sig: "self, obj, /", Fn: func(in *Interp, a []Value) Value { return in.isInstance(a[1], a[0]) }},
	)
}
