package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// sentinel is a value that stands for itself: MISSING, KW_ONLY.
type sentinel struct {
	cls *interp.Class
}

// Type implements Value.
func (s *sentinel) Type() *interp.Class { return s.cls }

func newSentinel(qual, repr string) *sentinel {
	c := interp.NewNativeClass(qual, nil)
	addMethods(c, method("__repr__", "self", func(*inter, []value) value { return str(repr) }))
	return &sentinel{c}
}

var (
	missing = newSentinel("dataclasses._MISSING_TYPE", "<dataclasses._MISSING_TYPE object>")
	kwOnly  = newSentinel("dataclasses._KW_ONLY_TYPE", "<dataclasses._KW_ONLY_TYPE object>")
	factory = newSentinel("dataclasses._HAS_DEFAULT_FACTORY_CLASS", "<factory>")

	fieldClass    = interp.NewNativeClass("dataclasses.Field", nil)
	initVarClass  = interp.NewNativeClass("dataclasses.InitVar", nil)
	paramsClass   = interp.NewNativeClass("dataclasses._DataclassParams", nil)
	frozenError   = interp.NewNativeClass("dataclasses.FrozenInstanceError", []*interp.Class{interp.AttributeError})
	fieldKindName = [...]string{"_FIELD", "_FIELD_CLASSVAR", "_FIELD_INITVAR"}
)

type fieldKind int

const (
	plainField fieldKind = iota
	classVarField
	initVarField
)

// field is dataclasses.Field. Absent parts are missing.
type field struct {
	name, typ, def, factory value
	init, repr, compare     bool
	hash, kwOnly, meta      value
	kind                    fieldKind
	key                     string // name as text
}

// Type implements Value.
func (*field) Type() *interp.Class { return fieldClass }

// Attr implements interp.AttrGetter.
func (f *field) Attr(_ *inter, name string) (value, bool) {
	switch name {
	case "name":
		return f.name, true
	case "type":
		return f.typ, true
	case "default":
		return f.def, true
	case "default_factory":
		return f.factory, true
	case "init":
		return interp.NewBool(f.init), true
	case "repr":
		return interp.NewBool(f.repr), true
	case "compare":
		return interp.NewBool(f.compare), true
	case "hash":
		return f.hash, true
	case "kw_only":
		return f.kwOnly, true
	case "metadata":
		return f.meta, true
	case "_field_type":
		return str(fieldKindName[f.kind]), true
	}
	return nil, false
}

// SetAttr implements interp.AttrSetter.
func (f *field) SetAttr(in *inter, name string, v value) bool {
	switch name {
	case "name":
		f.name = v
		f.key, _ = interp.AsStr(v)
	case "type":
		f.typ = v
	case "default":
		f.def = v
	case "default_factory":
		f.factory = v
	case "init":
		f.init = in.Truth(v)
	case "repr":
		f.repr = in.Truth(v)
	case "compare":
		f.compare = in.Truth(v)
	case "hash":
		f.hash = v
	case "kw_only":
		f.kwOnly = v
	case "metadata":
		f.meta = v
	default:
		return false
	}
	return true
}

func (f *field) isKwOnly(in *inter) bool { return in.Truth(f.kwOnly) }

func newField() *field {
	return &field{name: interp.None, typ: interp.None, def: missing, factory: missing, init: true, repr: true, compare: true,
		hash: interp.None, kwOnly: missing, meta: proxyOf(interp.NewDict())}
}

func makeField(in *inter, a []value) value {
	f := newField()
	f.def, f.factory = orMissing(a[0]), orMissing(a[1])
	if f.def != value(missing) && f.factory != value(missing) {
		in.Raise(interp.ValueError, "cannot specify both default and default_factory")
	}
	f.init, f.repr, f.hash, f.compare = in.Truth(a[2]), in.Truth(a[3]), a[4], in.Truth(a[5])
	if d := a[6]; !interp.IsNone(d) {
		f.meta = proxyOf(d)
	}
	f.kwOnly = orMissing(a[7])
	return f
}

func orMissing(v value) value {
	if v == nil {
		return missing
	}
	return v
}

// options are the parameters of @dataclass.
type options struct {
	init, repr, eq, order, unsafeHash, frozen, matchArgs, kwOnly bool
}

// annotationKind tells ClassVar and InitVar from fields, also in annotations given as text.
func annotationKind(t value) (kind fieldKind, only bool) {
	switch t := t.(type) {
	case interp.Str:
		s, _, _ := strings.Cut(t.S, "[")
		switch s = strings.TrimSpace(s); s[strings.LastIndexByte(s, '.')+1:] {
		case "ClassVar":
			return classVarField, false
		case "InitVar":
			return initVarField, false
		case "KW_ONLY":
			return plainField, true
		}
	case *sentinel:
		return plainField, t == kwOnly
	case *interp.Instance:
		if t.Cls == initVarClass {
			return initVarField, false
		}
	case *interp.Class:
		if t == initVarClass {
			return initVarField, false
		}
	case *alias, *form:
		if isClassVar(t) {
			return classVarField, false
		}
	}
	return plainField, false
}

// dataclassFields are the fields of a dataclass in order, pseudo-fields included; nil for other classes.
func dataclassFields(c *interp.Class) *interp.Dict {
	v, ok := c.Lookup("__dataclass_fields__")
	if !ok {
		return nil
	}
	d, _ := v.(*interp.Dict)
	return d
}

// processClass is what @dataclass does.
func processClass(in *inter, c *interp.Class, o options) value {
	fields := interp.NewDict()
	anyFrozen, hasBases := false, false
	for i := len(c.MRO) - 1; i > 0; i-- {
		b := c.MRO[i]
		v, ok := b.Dict.GetStr("__dataclass_fields__")
		d, isDict := v.(*interp.Dict)
		if !ok || !isDict {
			continue
		}
		hasBases = true
		d.Range(func(k, f value) bool {
			fields.Set(in, k, f)
			return true
		})
		if p, ok := b.Dict.GetStr("__dataclass_params__"); ok && in.Truth(in.GetAttr(p, "frozen")) {
			anyFrozen = true
		}
	}
	var own []*field
	kwSeen := false
	anns := in.Annotations(c)
	for _, k := range anns.Keys() {
		name, _ := interp.AsStr(k)
		t, _ := anns.GetStr(name)
		kind, only := annotationKind(t)
		if only {
			if kwSeen {
				in.Raise(interp.TypeError, "'%s' is KW_ONLY, but KW_ONLY has already been specified", name)
			}
			kwSeen = true
			o.kwOnly = true
			continue
		}
		own = append(own, ownField(in, c, name, t, kind, o.kwOnly))
	}
	for _, f := range own {
		fields.SetStr(f.key, f)
		if v, ok := c.Lookup(f.key); ok {
			if _, isField := v.(*field); isField {
				if f.def == value(missing) {
					in.GenericDelAttr(c, f.key)
				} else {
					in.SetClassAttr(c, f.key, f.def)
				}
			}
		}
	}
	c.Dict.Range(func(k, v value) bool {
		if _, isField := v.(*field); isField {
			name, _ := interp.AsStr(k)
			if _, ok := anns.GetStr(name); !ok {
				in.Raise(interp.TypeError, "%s is a field but has no type annotation", in.Repr(k))
			}
		}
		return true
	})
	if hasBases {
		if anyFrozen && !o.frozen {
			in.Raise(interp.TypeError, "cannot inherit non-frozen dataclass from a frozen one")
		}
		if !anyFrozen && o.frozen && basesFrozen(in, c) {
			in.Raise(interp.TypeError, "cannot inherit frozen dataclass from a non-frozen one")
		}
	}
	in.SetClassAttr(c, "__dataclass_fields__", fields)
	params := &interp.Instance{Cls: paramsClass, Dict: interp.NewDict()}
	for _, p := range []struct {
		name string
		v    bool
	}{{"init", o.init}, {"repr", o.repr}, {"eq", o.eq}, {"order", o.order}, {"unsafe_hash", o.unsafeHash}, {"frozen", o.frozen}} {
		params.Dict.SetStr(p.name, interp.NewBool(p.v))
	}
	in.SetClassAttr(c, "__dataclass_params__", params)
	var all []*field
	for _, v := range fields.Values() {
		if f, ok := v.(*field); ok {
			all = append(all, f)
		}
	}
	classHash, hashOwn := c.Dict.GetStr("__hash__")
	_, eqOwn := c.Dict.GetStr("__eq__")
	explicitHash := hashOwn && !(interp.IsNone(classHash) && eqOwn)
	set := func(name string, v value) bool {
		if _, ok := c.Dict.GetStr(name); ok {
			return false
		}
		in.SetClassAttr(c, name, v)
		return true
	}
	if o.init {
		set("__init__", dataclassInit(in, c, all, o.frozen))
	}
	if o.repr {
		set("__repr__", dataclassRepr(c, all))
	}
	var compared []*field
	for _, f := range all {
		if f.kind == plainField && f.compare {
			compared = append(compared, f)
		}
	}
	if o.eq {
		set("__eq__", native(c.Name+".__eq__", "self, other", func(in *inter, a []value) value {
			if a[0].Type() != a[1].Type() {
				return interp.NotImplemented
			}
			return in.Compare(pyast.Eq, fieldTuple(in, a[0], compared), fieldTuple(in, a[1], compared))
		}))
	}
	if o.order {
		if !o.eq {
			in.Raise(interp.ValueError, "eq must be true if order is true")
		}
		for name, op := range map[string]pyast.CmpOperator{"__lt__": pyast.Lt, "__le__": pyast.LtE, "__gt__": pyast.Gt, "__ge__": pyast.GtE} {
			if !set(name, native(c.Name+"."+name, "self, other", func(in *inter, a []value) value {
				if a[0].Type() != a[1].Type() {
					return interp.NotImplemented
				}
				return in.Compare(op, fieldTuple(in, a[0], compared), fieldTuple(in, a[1], compared))
			})) {
				in.Raise(interp.TypeError, "Cannot overwrite attribute %s in class %s. Consider using functools.total_ordering", name, c.Name)
			}
		}
	}
	if o.frozen {
		freeze(in, c, all, set)
	}
	switch {
	case o.unsafeHash && explicitHash:
		in.Raise(interp.TypeError, "Cannot overwrite attribute __hash__ in class %s", c.Name)
	case o.unsafeHash, o.eq && o.frozen && !explicitHash:
		var hashed []*field
		for _, f := range all {
			if f.kind != plainField {
				continue
			}
			if interp.IsNone(f.hash) && f.compare || !interp.IsNone(f.hash) && in.Truth(f.hash) {
				hashed = append(hashed, f)
			}
		}
		in.SetClassAttr(c, "__hash__", native(c.Name+".__hash__", "self", func(in *inter, a []value) value {
			return interp.NewInt(in.Hash(fieldTuple(in, a[0], hashed)))
		}))
	case o.eq && !o.frozen && !explicitHash:
		in.SetClassAttr(c, "__hash__", interp.None)
	}
	if o.matchArgs {
		var names []string
		for _, f := range all {
			if f.kind != classVarField && f.init && !f.isKwOnly(in) {
				names = append(names, f.key)
			}
		}
		set("__match_args__", interp.NewTuple(strs(names...)...))
	}
	if c.Type().Is(abcMeta) {
		updateAbstract(in, c)
	}
	return c
}

func basesFrozen(in *inter, c *interp.Class) bool {
	for _, b := range c.MRO[1:] {
		if p, ok := b.Dict.GetStr("__dataclass_params__"); ok && !in.Truth(in.GetAttr(p, "frozen")) {
			return true
		}
	}
	return false
}

// ownField makes the field of one annotated name.
func ownField(in *inter, c *interp.Class, name string, t value, kind fieldKind, kwOnlyDefault bool) *field {
	var f *field
	def, ok := c.Lookup(name)
	if ok {
		switch d := def.(type) {
		case *field:
			f = d
		case *interp.StaticMethod, *interp.ClassMethod, *interp.Instance:
			def, _ = in.LookupAttr(c, name)
			f = newField()
			f.def = def
		default:
			f = newField()
			f.def = def
		}
	} else {
		f = newField()
	}
	f.name, f.key, f.typ, f.kind = str(name), name, t, kind
	if kind != plainField && f.factory != value(missing) {
		in.Raise(interp.TypeError, "field %s cannot have a default factory", name)
	}
	if kind == plainField || kind == initVarField {
		if f.kwOnly == value(missing) {
			f.kwOnly = interp.NewBool(kwOnlyDefault)
		}
	} else if f.kwOnly != value(missing) {
		in.Raise(interp.TypeError, "field %s is a ClassVar but specifies kw_only", name)
	}
	if kind == plainField && f.def != value(missing) && isUnhashable(f.def) {
		in.Raise(interp.ValueError, "mutable default %s for field %s is not allowed: use default_factory", in.Repr(f.def.Type()), name)
	}
	return f
}

// isUnhashable reports whether the class of v has no hash.
func isUnhashable(v value) bool {
	switch v := v.(type) {
	case *interp.List, *interp.Dict:
		return true
	case *interp.Set:
		return !v.Frozen
	case *interp.Instance:
		h, ok := v.Cls.Lookup("__hash__")
		return ok && interp.IsNone(h)
	}
	return false
}

func fieldTuple(in *inter, obj value, fs []*field) value {
	vs := make([]value, len(fs))
	for i, f := range fs {
		vs[i] = in.GetAttr(obj, f.key)
	}
	return interp.NewTuple(vs...)
}

// dataclassInit generates __init__.
func dataclassInit(in *inter, c *interp.Class, all []*field, frozen bool) value {
	var positional, only []*field
	for _, f := range all {
		if f.kind == classVarField || !f.init {
			continue
		}
		if f.isKwOnly(in) {
			only = append(only, f)
		} else {
			positional = append(positional, f)
		}
	}
	ordered := append(positional[:len(positional):len(positional)], only...)
	ps := make([]param, len(ordered))
	place := map[string]int{}
	seenDefault := false
	for i, f := range ordered {
		ps[i] = param{name: f.key, kwOnly: i >= len(positional)}
		switch {
		case f.def != value(missing):
			ps[i].def = f.def
		case f.factory != value(missing):
			ps[i].def = factory
		}
		if !ps[i].kwOnly {
			if ps[i].def != nil {
				seenDefault = true
			} else if seenDefault {
				in.Raise(interp.TypeError, "non-default argument %s follows default argument", in.Repr(f.name))
			}
		}
		place[f.key] = i
	}
	_, hasPost := c.Lookup("__post_init__")
	qual := c.Qual + ".__init__"
	b := &interp.Builtin{Name: "__init__", Qual: c.Mod + "." + qual, Sig: signature("self", ps)}
	types := map[string]value{}
	for _, f := range ordered {
		types[f.key] = f.typ
	}
	generatedInits(in)[b] = types
	b.Raw = func(in *inter, args []value, kw []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "%s() missing 1 required positional argument: 'self'", qual)
		}
		self := args[0]
		vs := bindTo(in, qual, ps, args[1:], kw)
		var post []value
		for _, f := range all {
			if f.kind == classVarField {
				continue
			}
			var v value
			if i, ok := place[f.key]; ok {
				if v = vs[i]; v == nil || v == value(factory) {
					if f.factory != value(missing) {
						v = in.Call(f.factory, nil, nil)
					} else {
						v = f.def
					}
				}
			} else if f.factory != value(missing) {
				v = in.Call(f.factory, nil, nil)
			} else {
				if f.kind == initVarField {
					post = append(post, f.def)
				}
				continue // the class attribute is the value
			}
			if f.kind == initVarField {
				post = append(post, v)
				continue
			}
			if frozen {
				in.GenericSetAttr(self, f.key, v)
			} else {
				in.SetAttr(self, f.key, v)
			}
		}
		if hasPost {
			in.Call(in.GetAttr(self, "__post_init__"), post, nil)
		}
		return interp.None
	}
	return b
}

type generatedKey struct{}

// generatedInits are the types of the parameters of each generated __init__.
func generatedInits(in *inter) map[*interp.Builtin]map[string]value {
	return state(in, generatedKey{}, func() map[*interp.Builtin]map[string]value { return map[*interp.Builtin]map[string]value{} })
}

type reprKey struct{}

func dataclassRepr(c *interp.Class, all []*field) value {
	var shown []*field
	for _, f := range all {
		if f.kind == plainField && f.repr {
			shown = append(shown, f)
		}
	}
	return native(c.Name+".__repr__", "self", func(in *inter, a []value) value {
		running := state(in, reprKey{}, func() map[value]bool { return map[value]bool{} })
		if running[a[0]] {
			return str("...")
		}
		running[a[0]] = true
		defer delete(running, a[0])
		parts := make([]string, len(shown))
		for i, f := range shown {
			parts[i] = f.key + "=" + in.Repr(in.GetAttr(a[0], f.key))
		}
		return str(a[0].Type().Qual + "(" + strings.Join(parts, ", ") + ")")
	})
}

// freeze makes assignments raise FrozenInstanceError.
func freeze(in *inter, c *interp.Class, all []*field, set func(string, value) bool) {
	names := map[string]bool{}
	for _, f := range all {
		if f.kind == plainField {
			names[f.key] = true
		}
	}
	guard := func(name, what string, rest func(in *inter, args []value)) {
		if !set(name, builtin(c.Name+"."+name, func(in *inter, args []value, _ []interp.KW) value {
			n := in.Str(args[1])
			if args[0].Type() == c || names[n] {
				in.Raise(frozenError, "cannot %s field '%s'", what, n)
			}
			rest(in, args)
			return interp.None
		})) {
			in.Raise(interp.TypeError, "Cannot overwrite attribute %s in class %s", name, c.Name)
		}
	}
	guard("__setattr__", "assign to", func(in *inter, args []value) { in.GenericSetAttr(args[0], in.Str(args[1]), args[2]) })
	guard("__delattr__", "delete", func(in *inter, args []value) { in.GenericDelAttr(args[0], in.Str(args[1])) })
}

// dataclass is the decorator, with or without arguments.
func dataclass(in *inter, a []value) value {
	t := func(i int) bool { return in.Truth(a[i]) }
	o := options{init: t(1), repr: t(2), eq: t(3), order: t(4), unsafeHash: t(5), frozen: t(6), matchArgs: t(7), kwOnly: t(8)}
	wrap := func(in *inter, v value) value {
		c, ok := v.(*interp.Class)
		if !ok {
			in.Raise(interp.AttributeError, "'%s' object has no attribute '__mro__'", typeName(v))
		}
		if c.Native {
			return c
		}
		return processClass(in, c, o)
	}
	if interp.IsNone(a[0]) {
		return native("dataclasses.wrap", "cls", func(in *inter, b []value) value { return wrap(in, b[0]) })
	}
	return wrap(in, a[0])
}

// fieldsOf are the fields of a dataclass or of an object of one.
func fieldsOf(v value) ([]*field, bool) {
	c, ok := v.(*interp.Class)
	if !ok {
		c = v.Type()
	}
	d := dataclassFields(c)
	if d == nil {
		return nil, false
	}
	var out []*field
	for _, x := range d.Values() {
		if f, ok := x.(*field); ok && f.kind == plainField {
			out = append(out, f)
		}
	}
	return out, true
}

func isDataclassInstance(v value) bool {
	switch v.(type) {
	case *interp.Class, interp.Int, interp.Str, interp.NoneType:
		return false
	}
	return dataclassFields(v.Type()) != nil
}

// convert is the recursion of asdict and astuple; leaf makes the result of one object.
func convert(in *inter, v value, object func(names []string, vs []value) value) value {
	in.Step(1)
	defer deeper(in)()
	if isDataclassInstance(v) {
		fs, _ := fieldsOf(v)
		names, vs := make([]string, len(fs)), make([]value, len(fs))
		for i, f := range fs {
			names[i], vs[i] = f.key, convert(in, in.GetAttr(v, f.key), object)
		}
		return object(names, vs)
	}
	items := func(vs []value) []value {
		out := make([]value, len(vs))
		for i, x := range vs {
			out[i] = convert(in, x, object)
		}
		return out
	}
	switch x := interp.Unwrap(v).(type) {
	case *interp.List:
		r := interp.NewList(items(x.V)...)
		if x == v {
			r.E = x.E
			return r
		}
		return in.Call(v.Type(), []value{r}, nil)
	case *interp.Tuple:
		if x.Cls != nil {
			return in.Call(x.Cls, items(x.V), nil)
		}
		r := interp.NewTuple(items(x.V)...)
		if len(r.V) > 0 {
			r.E = x.E
		}
		return r
	case *interp.Dict:
		r := interp.NewDict()
		x.Range(func(k, e value) bool {
			r.Set(in, convert(in, k, object), convert(in, e, object))
			return true
		})
		if x == v {
			return r
		}
		if interp.IsInstance(v, defaultDictClass) {
			return in.Call(v.Type(), []value{in.GetAttr(v, "default_factory"), r}, nil)
		}
		return in.Call(v.Type(), []value{r}, nil)
	}
	return DeepCopy(in, v)
}

func replaceFields(in *inter, a []value) value {
	obj := a[0]
	if !isDataclassInstance(obj) {
		in.Raise(interp.TypeError, "replace() should be called on dataclass instances")
	}
	changes := a[1].(*interp.Dict).Copy()
	for _, x := range dataclassFields(obj.Type()).Values() {
		f, ok := x.(*field)
		if !ok || f.kind == classVarField {
			continue
		}
		_, given := changes.GetStr(f.key)
		if !f.init {
			if given {
				in.Raise(interp.ValueError, "field %s is declared with init=False, it cannot be specified with replace()", f.key)
			}
			continue
		}
		if given {
			continue
		}
		if f.kind == initVarField && f.def == value(missing) {
			in.Raise(interp.ValueError, "InitVar %s must be specified with replace()", in.Repr(f.name))
		}
		changes.SetStr(f.key, in.GetAttr(obj, f.key))
	}
	return in.Call(obj.Type(), nil, keywords(changes))
}

func makeDataclass(in *inter, a []value) value {
	name := in.Str(a[0])
	ns := interp.NewDict()
	if d := asDict(a[3]); d != nil {
		copyInto(in, ns, d)
	}
	anns := interp.NewDict()
	for _, row := range in.Elements(a[1]) {
		var fname string
		var typ value = anyClass
		if s, ok := interp.AsStr(row); ok {
			fname = s
		} else {
			p := in.Elements(row)
			if len(p) < 2 || len(p) > 3 {
				in.Raise(interp.TypeError, "Invalid field: %s", in.Repr(row))
			}
			fname, typ = in.Str(p[0]), p[1]
			if len(p) == 3 {
				ns.SetStr(fname, p[2])
			}
		}
		if !isIdentifier(fname) {
			in.Raise(interp.TypeError, "Field names must be valid identifiers: %s", in.Repr(str(fname)))
		}
		if isKeyword(fname) {
			in.Raise(interp.TypeError, "Field names must not be keywords: %s", in.Repr(str(fname)))
		}
		if _, dup := anns.GetStr(fname); dup {
			in.Raise(interp.TypeError, "Field name duplicated: %s", in.Repr(str(fname)))
		}
		anns.SetStr(fname, typ)
	}
	ns.SetStr("__annotations__", anns)
	if m := a[len(a)-1]; !interp.IsNone(m) {
		ns.SetStr("__module__", m)
	}
	c := in.Call(interp.TypeClass, []value{str(name), interp.NewTuple(in.Elements(a[2])...), ns}, nil)
	return dataclass(in, append([]value{c}, a[4:len(a)-1]...))
}

func init() {
	noInstances(fieldClass)
	addMethods(fieldClass, method("__repr__", "self", func(in *inter, a []value) value {
		f := a[0].(*field)
		var b strings.Builder
		b.WriteString("Field(")
		for _, n := range []string{"name", "type", "default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only"} {
			v, _ := f.Attr(in, n)
			b.WriteString(n + "=" + in.Repr(v) + ",")
		}
		return str(b.String() + "_field_type=" + fieldKindName[f.kind] + ")")
	}))
	initVarClass.New = func(in *inter, cls *interp.Class, args []value, kw []interp.KW) value {
		i := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		if len(args) > 0 {
			i.Dict.SetStr("type", args[0])
		}
		return i
	}
	addMethods(initVarClass,
		classMethod("__class_getitem__", "cls, type", func(in *inter, a []value) value { return in.Call(initVarClass, []value{a[1]}, nil) }),
		method("__repr__", "self", func(in *inter, a []value) value {
			return str("dataclasses.InitVar[" + typeRepr(in, in.GetAttr(a[0], "type")) + "]")
		}),
	)
	addMethods(paramsClass, method("__repr__", "self", func(in *inter, a []value) value {
		var parts []string
		for _, n := range []string{"init", "repr", "eq", "order", "unsafe_hash", "frozen"} {
			parts = append(parts, n+"="+in.Repr(in.GetAttr(a[0], n)))
		}
		return str("_DataclassParams(" + strings.Join(parts, ",") + ")")
	}))
}

// dataclassEntries are the rows of dataclasses.
func dataclassEntries() []entry {
	flags := "*, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False"
	return []entry{
		module("dataclasses"),
		fn("dataclasses.dataclass", "cls=None, /, "+flags, dataclass),
		fn("dataclasses.field", "*, default=?, default_factory=?, init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=?", makeField),
		class("dataclasses.Field", fieldClass), class("dataclasses.InitVar", initVarClass), class("dataclasses.FrozenInstanceError", frozenError),
		class("dataclasses._MISSING_TYPE", missing.cls), class("dataclasses._DataclassParams", paramsClass),
		constant("dataclasses.MISSING", missing), constant("dataclasses.KW_ONLY", kwOnly),
		constant("dataclasses._FIELD", str("_FIELD")), constant("dataclasses._FIELD_CLASSVAR", str("_FIELD_CLASSVAR")), constant("dataclasses._FIELD_INITVAR", str("_FIELD_INITVAR")),
		constant("dataclasses._FIELDS", str("__dataclass_fields__")), constant("dataclasses._PARAMS", str("__dataclass_params__")),
		fn("dataclasses.fields", "class_or_instance", func(in *inter, a []value) value {
			fs, ok := fieldsOf(a[0])
			if !ok {
				in.Raise(interp.TypeError, "must be called with a dataclass type or instance")
			}
			vs := make([]value, len(fs))
			for i, f := range fs {
				vs[i] = f
			}
			return interp.NewTuple(vs...)
		}),
		fn("dataclasses.is_dataclass", "obj", func(in *inter, a []value) value {
			_, ok := fieldsOf(a[0])
			return interp.NewBool(ok)
		}),
		fn("dataclasses._is_dataclass_instance", "obj", func(in *inter, a []value) value { return interp.NewBool(isDataclassInstance(a[0])) }),
		fn("dataclasses.asdict", "obj, *, dict_factory=None", func(in *inter, a []value) value {
			if !isDataclassInstance(a[0]) {
				in.Raise(interp.TypeError, "asdict() should be called on dataclass instances")
			}
			return convert(in, a[0], func(names []string, vs []value) value {
				if interp.IsNone(a[1]) {
					d := interp.NewDict()
					for i, n := range names {
						d.SetStr(n, vs[i])
					}
					return d
				}
				rows := make([]value, len(names))
				for i, n := range names {
					rows[i] = interp.NewTuple(str(n), vs[i])
				}
				return in.Call(a[1], []value{interp.NewList(rows...)}, nil)
			})
		}),
		fn("dataclasses.astuple", "obj, *, tuple_factory=None", func(in *inter, a []value) value {
			if !isDataclassInstance(a[0]) {
				in.Raise(interp.TypeError, "astuple() should be called on dataclass instances")
			}
			return convert(in, a[0], func(_ []string, vs []value) value {
				if interp.IsNone(a[1]) {
					return interp.NewTuple(vs...)
				}
				return in.Call(a[1], []value{interp.NewList(vs...)}, nil)
			})
		}),
		fn("dataclasses.replace", "obj, /, **changes", replaceFields),
		fn("dataclasses.make_dataclass", "cls_name, fields, *, bases=(), namespace=None, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False, module=None", makeDataclass),
	}
}
