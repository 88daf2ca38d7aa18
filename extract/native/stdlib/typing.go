package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// form is a name of typing that can be subscribed: Union, Optional, List.
type form struct {
	name string
	// origin is the class that the form stands for (List: list); nil for
	// special forms, whose aliases have the form itself as origin.
	origin *interp.Class
	kind   formKind
}

type formKind uint8

const (
	formPlain formKind = iota
	formUnion
	formOptional
	formLiteral
	formAnnotated
	formCallable
	formOne  // takes exactly one parameter: Final, ClassVar
	formBare // takes none: Any, NoReturn
)

// alias is a subscribed form or generic class: what `Optional[int]` gives.
type alias struct {
	form   *form // nil where a generic class was subscribed
	origin value
	args   []value
	meta   []value // of Annotated
}

// forwardRef is an annotation given as text inside a subscription.
type forwardRef struct{ text string }

var (
	formClass  = interp.NewNativeClass("typing._SpecialForm", nil)
	aliasClass = interp.NewNativeClass("typing._GenericAlias", nil)
	unionAlias = interp.NewNativeClass("typing._UnionGenericAlias", []*interp.Class{aliasClass})
	literalCls = interp.NewNativeClass("typing._LiteralGenericAlias", []*interp.Class{aliasClass})
	annotated  = interp.NewNativeClass("typing._AnnotatedAlias", []*interp.Class{aliasClass})
	forwardCls = interp.NewNativeClass("typing.ForwardRef", nil)
	typeVarCls = interp.NewNativeClass("typing.TypeVar", nil)
	paramSpec  = interp.NewNativeClass("typing.ParamSpec", nil)
	varTuple   = interp.NewNativeClass("typing.TypeVarTuple", nil)
	newTypeCls = interp.NewNativeClass("typing.NewType", nil)

	// Generic and Protocol are bases for generic classes.
	genericClass  = interp.NewNativeClass("typing.Generic", nil)
	protocolMeta  = interp.NewNativeClass("typing._ProtocolMeta", []*interp.Class{abcMeta})
	protocolClass = withMeta(interp.NewNativeClass("typing.Protocol", []*interp.Class{genericClass}), protocolMeta)
)

func withMeta(c, meta *interp.Class) *interp.Class {
	c.Meta = meta
	return c
}

// Type implements Value.
func (*form) Type() *interp.Class       { return formClass }
func (*forwardRef) Type() *interp.Class { return forwardCls }

// Type implements Value.
func (a *alias) Type() *interp.Class {
	if a.form != nil {
		switch a.form.kind {
		case formUnion:
			return unionAlias
		case formLiteral:
			return literalCls
		case formAnnotated:
			return annotated
		}
	}
	return aliasClass
}

// anyClass is typing.Any.
var (
	anyMeta  = interp.NewNativeClass("typing._AnyMeta", []*interp.Class{interp.TypeClass})
	anyClass = withMeta(interp.NewNativeClass("typing.Any", nil), anyMeta)
)

// The forms that others here refer to.
var (
	unionForm     = &form{name: "Union", kind: formUnion}
	literalForm   = &form{name: "Literal", kind: formLiteral}
	annotatedForm = &form{name: "Annotated", kind: formAnnotated}
	classVarForm  = &form{name: "ClassVar", kind: formOne}
	requiredForm  = &form{name: "Required", kind: formOne}
	notReqForm    = &form{name: "NotRequired", kind: formOne}
	readOnlyForm  = &form{name: "ReadOnly", kind: formOne}
	unpackForm    = &form{name: "Unpack", kind: formOne}
)

// typingForms are the names of typing and typing_extensions that are forms.
var typingForms = func() []*form {
	fs := []*form{
		unionForm, literalForm, annotatedForm, classVarForm, requiredForm, notReqForm, readOnlyForm, unpackForm,
		{name: "Optional", kind: formOptional},
		{name: "Final", kind: formOne}, {name: "TypeGuard", kind: formOne}, {name: "TypeIs", kind: formOne}, {name: "TypeForm", kind: formOne},
		{name: "Concatenate"},
		{name: "NoReturn", kind: formBare}, {name: "Never", kind: formBare}, {name: "Self", kind: formBare},
		{name: "LiteralString", kind: formBare}, {name: "TypeAlias", kind: formBare},
	}
	for _, c := range []struct {
		name   string
		origin *interp.Class
	}{
		{"List", interp.ListClass}, {"Dict", interp.DictClass}, {"Set", interp.SetClass}, {"FrozenSet", interp.FrozenSetClass},
		{"Tuple", interp.TupleClass}, {"Type", interp.TypeClass}, {"DefaultDict", defaultDictClass}, {"OrderedDict", orderedDictClass},
		{"Counter", counterClass}, {"Deque", dequeClass}, {"Pattern", patternClass}, {"Match", matchClass},
		{"ContextManager", contextManagerABC}, {"AsyncContextManager", asyncContextManagerABC},
	} {
		fs = append(fs, &form{name: c.name, origin: c.origin})
	}
	for _, name := range abcOrder {
		f := &form{name: name, origin: abcClasses[name]}
		switch name {
		case "Set":
			f.name = "AbstractSet"
		case "Callable":
			f.kind = formCallable
		}
		fs = append(fs, f)
	}
	return fs
}()

func isClassVar(v value) bool {
	a, ok := v.(*alias)
	return v == value(classVarForm) || ok && a.form == classVarForm
}

// typeArg makes an argument of a subscription a type: None is NoneType, text a ForwardRef.
func typeArg(v value) value {
	switch v := v.(type) {
	case interp.NoneType:
		return interp.NoneClass
	case interp.Str:
		return &forwardRef{v.S}
	}
	return v
}

func typeArgs(vs []value) []value {
	out := make([]value, len(vs))
	for i, v := range vs {
		out[i] = typeArg(v)
	}
	return out
}

// params spreads the index of a subscription.
func params(k value) []value {
	if t, ok := k.(*interp.Tuple); ok && t.Cls == nil {
		return t.V
	}
	return []value{k}
}

// subscribe is form[k].
func (f *form) subscribe(in *inter, k value) value {
	args := params(k)
	switch f.kind {
	case formBare:
		in.Raise(interp.TypeError, "typing.%s is not subscriptable", f.name)
	case formOne:
		if len(args) != 1 {
			in.Raise(interp.TypeError, "typing.%s accepts only single type.", f.name)
		}
		return &alias{form: f, origin: f, args: typeArgs(args)}
	case formUnion:
		if len(args) == 0 {
			in.Raise(interp.TypeError, "Cannot take a Union of no types.")
		}
		return makeUnion(in, typeArgs(args))
	case formOptional:
		if len(args) != 1 {
			in.Raise(interp.TypeError, "typing.Optional requires a single type. Got %s.", in.Repr(k))
		}
		return makeUnion(in, []value{typeArg(k), interp.NoneClass})
	case formLiteral:
		return &alias{form: f, origin: f, args: dedupe(in, flatten(args, literalForm))}
	case formAnnotated:
		if len(args) < 2 {
			in.Raise(interp.TypeError, "Annotated[...] should be used with at least two arguments (a type and an annotation).")
		}
		base := typeArg(args[0])
		meta := args[1:]
		if b, ok := base.(*alias); ok && b.form == annotatedForm {
			base, meta = b.args[0], append(append([]value(nil), b.meta...), meta...)
		}
		return &alias{form: f, origin: base, args: []value{base}, meta: meta}
	case formCallable:
		if len(args) == 2 {
			if l, ok := args[0].(*interp.List); ok {
				args = append(append([]value(nil), l.V...), args[1])
			}
		}
		return &alias{form: f, origin: f.origin, args: typeArgs(args)}
	}
	if n := paramCounts[f.name]; n > 0 && n != len(args) {
		many := "few"
		if len(args) > n {
			many = "many"
		}
		in.Raise(interp.TypeError, "Too %s arguments for typing.%s; actual %d, expected %d", many, f.name, len(args), n)
	}
	a := &alias{form: f, args: typeArgs(args)}
	if a.origin = f; f.origin != nil {
		a.origin = f.origin
	}
	return a
}

func flatten(args []value, f *form) []value {
	var out []value
	for _, a := range args {
		if x, ok := a.(*alias); ok && x.form == f {
			out = append(out, x.args...)
		} else {
			out = append(out, a)
		}
	}
	return out
}

// dedupe drops repeated types or literals: equal ones of one type.
func dedupe(in *inter, args []value) []value {
	var out []value
next:
	for _, a := range args {
		in.Step(1 + len(out)/4)
		for _, b := range out {
			if a.Type() == b.Type() && in.Equal(a, b) {
				continue next
			}
		}
		out = append(out, a)
	}
	return out
}

// unionArgs are the members of a Union or of `a | b`; false for other values.
func unionArgs(v value) ([]value, bool) {
	switch v := v.(type) {
	case *alias:
		return v.args, v.form == unionForm
	case *interp.UnionType:
		return v.Args, true
	}
	return nil, false
}

// makeUnion is Union[args...]: flat, without repetition; one type alone is that type.
func makeUnion(in *inter, args []value) value {
	var flat []value
	for _, a := range args {
		if u, ok := unionArgs(a); ok {
			flat = append(flat, u...)
		} else {
			flat = append(flat, typeArg(a))
		}
	}
	flat = dedupe(in, flat)
	if len(flat) == 1 {
		return flat[0]
	}
	return &alias{form: unionForm, origin: unionForm, args: flat}
}

// typeVars collects the type variables in args, in order of appearance.
func typeVars(args []value) []value { return typeVarsWithin(args, 0) }

func typeVarsWithin(args []value, depth int) []value {
	if depth > maxNested {
		return nil
	}
	var out []value
	add := func(v value) {
		for _, x := range out {
			if x == v {
				return
			}
		}
		out = append(out, v)
	}
	for _, a := range args {
		if isTypeVar(a) {
			add(a)
			continue
		}
		if _, ok := a.(*interp.Class); ok {
			continue
		}
		if l, ok := a.(*interp.List); ok {
			for _, v := range typeVarsWithin(l.V, depth+1) {
				add(v)
			}
			continue
		}
		switch a := a.(type) {
		case *alias:
			if a.form == literalForm {
				continue
			}
			for _, v := range typeVarsWithin(a.args, depth+1) {
				add(v)
			}
		default:
			for _, v := range typeVarsWithin(foreignArgs(a), depth+1) {
				add(v)
			}
		}
	}
	return out
}

// foreignArgs are the arguments of list[int] or int | str.
func foreignArgs(v value) []value {
	switch v := v.(type) {
	case *interp.GenericAlias:
		return v.Args
	case *interp.UnionType:
		return v.Args
	}
	return nil
}

func isTypeVar(v value) bool {
	i, ok := v.(*interp.Instance)
	return ok && (i.Cls == typeVarCls || i.Cls == paramSpec || i.Cls == varTuple)
}

// substitute replaces the type variables of a by args: List[T][int].
func (a *alias) substitute(in *inter, args []value) value {
	vars := typeVars(a.args)
	if len(vars) == 0 {
		in.Raise(interp.TypeError, "%s is not a generic class", in.Repr(a))
	}
	if len(vars) == 1 && vars[0].Type() != typeVarCls && len(args) != 1 {
		args = []value{interp.NewList(args...)}
	}
	if len(args) != len(vars) && allPlain(vars) {
		many := "few"
		if len(args) > len(vars) {
			many = "many"
		}
		in.Raise(interp.TypeError, "Too %s arguments for %s; actual %d, expected %d", many, in.Repr(a), len(args), len(vars))
	}
	m := map[value]value{}
	for i, v := range vars {
		if i < len(args) {
			m[v] = typeArg(args[i])
		}
	}
	return replaceVars(in, a, m)
}

func allPlain(vars []value) bool {
	for _, v := range vars {
		if v.Type() != typeVarCls {
			return false
		}
	}
	return true
}

func replaceVars(in *inter, v value, m map[value]value) value {
	defer deeper(in)()
	if isTypeVar(v) {
		if r, ok := m[v]; ok {
			return r
		}
		return v
	}
	a, ok := v.(*alias)
	if !ok {
		inner := foreignArgs(v)
		if len(typeVars(inner)) == 0 {
			return v
		}
		args := make([]value, len(inner))
		for i, x := range inner {
			args[i] = replaceVars(in, x, m)
		}
		return rebuild(in, v, args)
	}
	out := *a
	out.args = make([]value, len(a.args))
	for i, x := range a.args {
		out.args[i] = replaceVars(in, x, m)
	}
	if a.form == unionForm {
		return makeUnion(in, out.args)
	}
	if a.form == annotatedForm {
		out.origin = out.args[0]
	}
	return &out
}

// rebuild is list[int] or int | str with other arguments.
func rebuild(in *inter, v value, args []value) value {
	if g, ok := v.(*interp.GenericAlias); ok {
		return &interp.GenericAlias{Origin: g.Origin, Args: args}
	}
	return makeUnion(in, args)
}

// typeRepr writes a type as typing does: classes by their qualified name.
func typeRepr(in *inter, v value) string {
	switch v := v.(type) {
	case *interp.Class:
		if v == interp.NoneClass {
			return "NoneType"
		}
		return v.FullName()
	case interp.EllipsisType:
		return "..."
	case *interp.Function:
		return v.Name
	case *interp.List:
		defer deeper(in)()
		parts := make([]string, len(v.V))
		for i, x := range v.V {
			parts[i] = typeRepr(in, x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return in.Repr(v)
}

func typeReprs(in *inter, vs []value) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = typeRepr(in, v)
	}
	return strings.Join(parts, ", ")
}

func (a *alias) repr(in *inter) string {
	name := ""
	if a.form != nil {
		name = "typing." + a.form.name
	} else if c, ok := a.origin.(*interp.Class); ok {
		name = c.FullName()
	}
	switch {
	case a.form == nil:
	case a.form.kind == formUnion:
		if len(a.args) == 2 {
			for i, x := range a.args {
				if x == value(interp.NoneClass) {
					return "typing.Optional[" + typeRepr(in, a.args[1-i]) + "]"
				}
			}
		}
	case a.form.kind == formLiteral:
		parts := make([]string, len(a.args))
		for i, v := range a.args {
			parts[i] = in.Repr(v)
		}
		return name + "[" + strings.Join(parts, ", ") + "]"
	case a.form.kind == formAnnotated:
		parts := []string{typeRepr(in, a.args[0])}
		for _, v := range a.meta {
			parts = append(parts, in.Repr(v))
		}
		return name + "[" + strings.Join(parts, ", ") + "]"
	case a.form.kind == formCallable:
		n := len(a.args) - 1
		if n == 1 {
			if _, ok := a.args[0].(interp.EllipsisType); ok {
				return name + "[..., " + typeRepr(in, a.args[1]) + "]"
			}
		}
		if n >= 0 {
			return name + "[[" + typeReprs(in, a.args[:n]) + "], " + typeRepr(in, a.args[n]) + "]"
		}
	case a.form.origin == interp.TupleClass && len(a.args) == 0:
		return name + "[()]"
	}
	return name + "[" + typeReprs(in, a.args) + "]"
}

func (a *alias) equal(in *inter, b *alias) bool {
	if a == b {
		return true
	}
	if a.form != b.form || len(a.args) != len(b.args) || len(a.meta) != len(b.meta) || !interp.Same(a.origin, b.origin) {
		return false
	}
	if a.form == unionForm || a.form == literalForm {
		return sameMembers(in, a.args, b.args)
	}
	for i := range a.args {
		if !in.Equal(a.args[i], b.args[i]) {
			return false
		}
	}
	for i := range a.meta {
		if !in.Equal(a.meta[i], b.meta[i]) {
			return false
		}
	}
	return true
}

func sameMembers(in *inter, a, b []value) bool {
	if len(a) != len(b) {
		return false
	}
next:
	for _, x := range a {
		for _, y := range b {
			if x.Type() == y.Type() && in.Equal(x, y) {
				continue next
			}
		}
		return false
	}
	return true
}

func (a *alias) hash(in *inter) int64 {
	h := int64(len(a.args))
	for _, x := range a.args {
		k := in.Hash(x)
		if a.form == unionForm || a.form == literalForm {
			h ^= k
		} else {
			h = h*1000003 ^ k
		}
	}
	return h
}

// Attr implements interp.AttrGetter.
func (a *alias) Attr(in *inter, name string) (value, bool) {
	switch name {
	case "__origin__":
		return a.origin, true
	case "__args__":
		return interp.NewTuple(a.args...), true
	case "__parameters__":
		if a.form == literalForm {
			return interp.EmptyTuple, true
		}
		return interp.NewTuple(typeVars(a.args)...), true
	case "__metadata__":
		if a.form == annotatedForm {
			return interp.NewTuple(a.meta...), true
		}
	case "__module__":
		if a.form != nil {
			return str("typing"), true
		}
	case "_name", "__name__", "__qualname__":
		if a.form != nil {
			if a.form.kind == formUnion && name == "_name" {
				return str("Optional"), true
			}
			return str(a.form.name), true
		}
	case "__class__", "__mro_entries__":
		return nil, false
	}
	if (a.form == nil || a.form.kind == formAnnotated) && !strings.HasPrefix(name, "__") {
		return in.LookupAttr(a.origin, name)
	}
	return nil, false
}

// Attr implements interp.AttrGetter.
func (f *form) Attr(_ *inter, name string) (value, bool) {
	switch name {
	case "_name", "__name__", "__qualname__":
		return str(f.name), true
	case "__module__":
		return str("typing"), true
	case "__origin__":
		if f.origin != nil {
			return f.origin, true
		}
	}
	return nil, false
}

// Attr implements interp.AttrGetter.
func (f *forwardRef) Attr(_ *inter, name string) (value, bool) {
	switch name {
	case "__forward_arg__":
		return str(f.text), true
	case "__forward_module__":
		return interp.None, true
	case "__forward_is_argument__":
		return interp.True, true
	}
	return nil, false
}

// isSubclass is issubclass(c, of) through the interpreter's own function.
func isSubclass(in *inter, c, of value) bool {
	f, _ := builtinFunction(in, "issubclass")
	return in.Truth(in.Call(f, []value{c, of}, nil))
}

// isInstance is isinstance(v, of) through the interpreter's own function.
func isInstance(in *inter, v, of value) bool {
	f, _ := builtinFunction(in, "isinstance")
	return in.Truth(in.Call(f, []value{v, of}, nil))
}

type builtinKey string

// builtinFunction is a built-in function of the interpreter by name.
func builtinFunction(in *inter, name string) (value, bool) {
	v := state(in, builtinKey(name), func() value { return in.EvalString(name, interp.NewDict()) })
	return v, true
}

func init() {
	noInstances(formClass, aliasClass)
	or := func(name string, swap bool) interp.Method {
		return interp.Method{Name: name, Sig: "self, other, /", Fn: func(in *inter, a []value) value {
			if !isTypeLike(a[1]) {
				return interp.NotImplemented
			}
			if swap {
				return makeUnion(in, []value{typeArg(a[1]), a[0]})
			}
			return makeUnion(in, []value{a[0], typeArg(a[1])})
		}}
	}
	for _, c := range []*interp.Class{formClass, aliasClass, forwardCls, typeVarCls, newTypeCls, paramSpec} {
		addMethods(c, or("__or__", false), or("__ror__", true))
	}
	addMethods(formClass,
		interp.Method{Name: "__getitem__", Sig: "self, key, /", Fn: func(in *inter, a []value) value { return a[0].(*form).subscribe(in, a[1]) }},
		interp.Method{Name: "__repr__", Sig: "self, /", Fn: func(in *inter, a []value) value { return str("typing." + a[0].(*form).name) }},
		interp.Method{Name: "__mro_entries__", Sig: "self, bases, /", Fn: func(in *inter, a []value) value {
			f := a[0].(*form)
			if f.origin == nil {
				in.Raise(interp.TypeError, "Cannot subclass typing.%s", f.name)
			}
			return namedBases(f, f.origin, in.Elements(a[1]))
		}},
		interp.Method{Name: "__instancecheck__", Sig: "self, obj, /", Fn: func(in *inter, a []value) value {
			f := a[0].(*form)
			if f.origin == nil {
				in.Raise(interp.TypeError, "typing.%s cannot be used with isinstance()", f.name)
			}
			return interp.NewBool(isInstance(in, a[1], f.origin))
		}},
		interp.Method{Name: "__subclasscheck__", Sig: "self, cls, /", Fn: func(in *inter, a []value) value {
			f := a[0].(*form)
			if f.origin == nil {
				in.Raise(interp.TypeError, "typing.%s cannot be used with issubclass()", f.name)
			}
			return interp.NewBool(isSubclass(in, a[1], f.origin))
		}},
	)
	rawMethod(formClass, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		f := args[0].(*form)
		if f.origin == nil {
			in.Raise(interp.TypeError, "Cannot instantiate typing.%s", f.name)
		}
		return callOrigin(in, f, args[1:], kw)
	})
	addMethods(aliasClass,
		interp.Method{Name: "__getitem__", Sig: "self, key, /", Fn: func(in *inter, a []value) value {
			return a[0].(*alias).substitute(in, params(a[1]))
		}},
		interp.Method{Name: "__repr__", Sig: "self, /", Fn: func(in *inter, a []value) value { return str(a[0].(*alias).repr(in)) }},
		interp.Method{Name: "__eq__", Sig: "self, other, /", Fn: func(in *inter, a []value) value {
			x := a[0].(*alias)
			if y, ok := a[1].(*alias); ok {
				return interp.NewBool(x.equal(in, y))
			}
			if y, ok := a[1].(*interp.UnionType); ok && x.form == unionForm {
				return interp.NewBool(sameMembers(in, x.args, y.Args))
			}
			return interp.NotImplemented
		}},
		interp.Method{Name: "__hash__", Sig: "self, /", Fn: func(in *inter, a []value) value { return interp.NewInt(a[0].(*alias).hash(in)) }},
		interp.Method{Name: "__iter__", Sig: "self, /", Fn: func(in *inter, a []value) value {
			return interp.SliceIterator([]value{&alias{form: unpackForm, origin: unpackForm, args: []value{a[0]}}})
		}},
		interp.Method{Name: "__mro_entries__", Sig: "self, bases, /", Fn: func(in *inter, a []value) value {
			x := a[0].(*alias)
			if x.form != nil && x.form.origin == nil && x.form.kind != formAnnotated {
				in.Raise(interp.TypeError, "Cannot subclass %s", in.Repr(x))
			}
			bases := in.Elements(a[1])
			if x.form != nil && x.form.origin != nil {
				return namedBases(x, x.form.origin, bases)
			}
			if x.origin == value(genericClass) {
				// Generic itself is left out where a later base brings it.
				for _, b := range behind(x, bases) {
					if _, ok := b.(*alias); ok {
						return interp.EmptyTuple
					}
				}
			}
			return interp.NewTuple(x.origin)
		}},
		interp.Method{Name: "__instancecheck__", Sig: "self, obj, /", Fn: func(in *inter, a []value) value {
			x := a[0].(*alias)
			if x.form != unionForm {
				in.Raise(interp.TypeError, "Subscripted generics cannot be used with class and instance checks")
			}
			for _, t := range x.args {
				if isInstance(in, a[1], t) {
					return interp.True
				}
			}
			return interp.False
		}},
		interp.Method{Name: "__subclasscheck__", Sig: "self, cls, /", Fn: func(in *inter, a []value) value {
			x := a[0].(*alias)
			if x.form != unionForm {
				in.Raise(interp.TypeError, "Subscripted generics cannot be used with class and instance checks")
			}
			for _, t := range x.args {
				if isSubclass(in, a[1], t) {
					return interp.True
				}
			}
			return interp.False
		}},
	)
	rawMethod(aliasClass, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		a := args[0].(*alias)
		if _, ok := a.origin.(*form); ok {
			in.Raise(interp.TypeError, "Cannot instantiate %s", in.Repr(a.origin))
		}
		if a.form != nil && a.form.origin != nil {
			return callOrigin(in, a.form, args[1:], kw)
		}
		return in.Call(a.origin, args[1:], kw)
	})
	forwardCls.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "ForwardRef.__init__() missing 1 required positional argument: 'arg'")
		}
		s, ok := interp.AsStr(args[0])
		if !ok {
			in.Raise(interp.TypeError, "Forward reference must be a string -- got %s", in.Repr(args[0]))
		}
		return &forwardRef{s}
	}
	addMethods(forwardCls,
		interp.Method{Name: "__repr__", Sig: "self, /", Fn: func(in *inter, a []value) value {
			return str("ForwardRef(" + in.Repr(str(a[0].(*forwardRef).text)) + ")")
		}},
		interp.Method{Name: "__eq__", Sig: "self, other, /", Fn: func(in *inter, a []value) value {
			o, ok := a[1].(*forwardRef)
			if !ok {
				return interp.NotImplemented
			}
			return interp.NewBool(a[0].(*forwardRef).text == o.text)
		}},
		interp.Method{Name: "__hash__", Sig: "self, /", Fn: func(in *inter, a []value) value {
			return interp.NewInt(in.Hash(str(a[0].(*forwardRef).text)))
		}},
	)
	for _, c := range []*interp.Class{genericClass, protocolClass} {
		addMethods(c, interp.Method{Name: "__class_getitem__", Sig: "cls, params, /", Kind: "class", Fn: func(in *inter, a []value) value {
			args := params(a[1])
			if len(args) == 0 {
				in.Raise(interp.TypeError, "Parameter list to %s[...] cannot be empty", in.GetAttr(a[0], "__qualname__").(interp.Str).S)
			}
			return &alias{origin: a[0], args: typeArgs(args)}
		}})
	}
	addMethods(anyMeta,
		interp.Method{Name: "__instancecheck__", Sig: "self, obj, /", Fn: func(in *inter, a []value) value {
			if a[0] == value(anyClass) {
				in.Raise(interp.TypeError, "typing.Any cannot be used with isinstance()")
			}
			return interp.NewBool(a[1].Type().Is(a[0].(*interp.Class)))
		}},
		interp.Method{Name: "__repr__", Sig: "self, /", Fn: func(in *inter, a []value) value {
			if a[0] == value(anyClass) {
				return str("typing.Any")
			}
			return str("<class '" + a[0].(*interp.Class).FullName() + "'>")
		}},
	)
	initTypeVars()
	initTypedDict()
}

// behind are the bases that follow b.
func behind(b value, bases []value) []value {
	for i, x := range bases {
		if x == b {
			return bases[i+1:]
		}
	}
	return nil
}

// namedBases is what List[int] or List stands for among bases: list, and
// Generic where no later base brings it.
func namedBases(self value, origin *interp.Class, bases []value) value {
	out := []value{origin}
	for _, b := range bases {
		if b == value(origin) {
			out = nil
		}
	}
	for _, b := range behind(self, bases) {
		switch b := b.(type) {
		case *alias, *form:
			return interp.NewTuple(out...)
		case *interp.Class:
			if b.Is(genericClass) {
				return interp.NewTuple(out...)
			}
		}
	}
	return interp.NewTuple(append(out, genericClass)...)
}

// notInstantiable are the forms that cannot be called, though their origin can.
var notInstantiable = map[string]bool{"List": true, "Dict": true, "Set": true, "FrozenSet": true, "Tuple": true, "Type": true}

// paramCounts are how many parameters the forms with an origin take.
var paramCounts = map[string]int{"List": 1, "Dict": 2, "Set": 1, "FrozenSet": 1, "Type": 1, "DefaultDict": 2, "OrderedDict": 2, "Counter": 1, "Deque": 1,
	"Mapping": 2, "MutableMapping": 2, "Sequence": 1, "MutableSequence": 1, "Iterable": 1, "Iterator": 1, "Collection": 1, "Container": 1, "Generator": 3,
	"AbstractSet": 1, "MutableSet": 1, "KeysView": 1, "ValuesView": 1, "ItemsView": 2, "Awaitable": 1, "AsyncIterable": 1, "AsyncIterator": 1, "AsyncGenerator": 2,
	"Pattern": 1, "Match": 1, "Reversible": 1, "Coroutine": 3}

func callOrigin(in *inter, f *form, args []value, kw []interp.KW) value {
	if notInstantiable[f.name] {
		in.Raise(interp.TypeError, "Type %s cannot be instantiated; use %s() instead", f.name, f.origin.Name)
	}
	return in.Call(f.origin, args, kw)
}

// isTypeLike reports whether v may stand beside | in a type.
func isTypeLike(v value) bool {
	switch v := v.(type) {
	case *interp.Class, *form, *alias, *forwardRef, interp.NoneType, interp.Str, *interp.GenericAlias, *interp.UnionType:
		return true
	case *interp.Instance:
		return isTypeVar(v) || v.Cls == newTypeCls
	}
	return false
}

func initTypeVars() {
	name := func(in *inter, cls string, args []value) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "%s.__init__() missing 1 required positional argument: 'name'", cls)
		}
		return args[0]
	}
	make := func(in *inter, cls *interp.Class, args []value, kw []interp.KW) *interp.Instance {
		i := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		i.Dict.SetStr("__name__", name(in, cls.Name, args))
		i.Dict.SetStr("__bound__", interp.None)
		i.Dict.SetStr("__covariant__", interp.False)
		i.Dict.SetStr("__contravariant__", interp.False)
		for _, k := range kw {
			v := k.V
			if k.Name == "bound" {
				v = typeArg(v)
				if interp.IsNone(k.V) {
					v = k.V
				}
			}
			i.Dict.SetStr("__"+k.Name+"__", v)
		}
		return i
	}
	typeVarCls.New = func(in *inter, cls *interp.Class, args []value, kw []interp.KW) value {
		i := make(in, cls, args, kw)
		i.Dict.SetStr("__constraints__", interp.NewTuple(typeArgs(args[1:])...))
		return i
	}
	paramSpec.New = func(in *inter, cls *interp.Class, args []value, kw []interp.KW) value {
		i := make(in, cls, args, kw)
		for _, part := range []string{"args", "kwargs"} {
			p := &interp.Instance{Cls: paramPart, Dict: interp.NewDict()}
			p.Dict.SetStr("__origin__", i)
			i.Dict.SetStr(part, p)
		}
		return i
	}
	varTuple.New = func(in *inter, cls *interp.Class, args []value, kw []interp.KW) value { return make(in, cls, args, kw) }
	addMethods(varTuple, interp.Method{Name: "__iter__", Sig: "self, /", Fn: func(in *inter, a []value) value {
		return interp.SliceIterator([]value{&alias{form: unpackForm, origin: unpackForm, args: []value{a[0]}}})
	}})
	repr := interp.Method{Name: "__repr__", Sig: "self, /", Fn: func(in *inter, a []value) value {
		prefix := "~"
		if in.Truth(in.GetAttr(a[0], "__covariant__")) {
			prefix = "+"
		} else if in.Truth(in.GetAttr(a[0], "__contravariant__")) {
			prefix = "-"
		}
		if a[0].Type() == varTuple {
			prefix = ""
		}
		return str(prefix + in.ToStr(in.GetAttr(a[0], "__name__")))
	}}
	for _, c := range []*interp.Class{typeVarCls, paramSpec, varTuple} {
		addMethods(c, repr)
	}
	newTypeCls.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		if len(args) != 2 {
			in.Raise(interp.TypeError, "NewType.__init__() missing required arguments: 'name' and 'tp'")
		}
		i := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		i.Dict.SetStr("__name__", args[0])
		i.Dict.SetStr("__qualname__", args[0])
		i.Dict.SetStr("__supertype__", args[1])
		return i
	}
	addMethods(newTypeCls, interp.Method{Name: "__call__", Sig: "self, x, /", Fn: func(in *inter, a []value) value { return a[1] }})
}

var paramPart = interp.NewNativeClass("typing.ParamSpecArgs", nil)

// TypedDict classes.
var (
	typedDictMeta  = interp.NewNativeClass("typing._TypedDictMeta", []*interp.Class{interp.TypeClass})
	typedDictClass = withMeta(interp.NewNativeClass("typing.TypedDict", []*interp.Class{interp.DictClass}), typedDictMeta)
	namedTupleMeta = interp.NewNativeClass("typing.NamedTupleMeta", []*interp.Class{interp.TypeClass})
	namedTupleBase = withMeta(interp.NewNativeClass("typing.NamedTuple", []*interp.Class{interp.TupleClass}), namedTupleMeta)
)

// metaArgs are the arguments of a metaclass call: name, bases, namespace.
func metaArgs(in *inter, args []value) (name string, bases []value, ns *interp.Dict) {
	if len(args) != 3 {
		in.Raise(interp.TypeError, "type.__new__() takes exactly 3 arguments (%d given)", len(args))
	}
	name = in.Str(args[0])
	bases = in.Elements(args[1])
	ns, _ = args[2].(*interp.Dict)
	if ns == nil {
		in.Raise(interp.TypeError, "type.__new__() argument 3 must be dict, not %s", typeName(args[2]))
	}
	return name, bases, ns
}

func initTypedDict() {
	typedDictMeta.New = func(in *inter, meta *interp.Class, args []value, kw []interp.KW) value {
		name, bases, ns := metaArgs(in, args)
		real := []value{interp.DictClass}
		total := true
		for _, k := range kw {
			if k.Name == "total" {
				total = in.Truth(k.V)
			}
		}
		for _, b := range bases {
			if b == value(genericClass) {
				real = append(real, b)
			}
		}
		c := in.NewClass(meta, name, real, ns, nil)
		own := in.Annotations(c)
		finishTypedDict(in, c, bases, own, total)
		return c
	}
	rawMethod(typedDictMeta, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		if args[0] == value(typedDictClass) { // TypedDict("Name", {...}, total=False)
			if len(args) < 2 {
				in.Raise(interp.TypeError, "TypedDict() missing 1 required positional argument: 'typename'")
			}
			fields := interp.NewDict()
			total := true
			if len(args) > 2 {
				for k, v := range pairs(in, args[2]) {
					fields.Set(in, k, typeArg(v))
				}
			}
			for _, k := range kw {
				if k.Name == "total" {
					total = in.Truth(k.V)
				} else {
					fields.SetStr(k.Name, typeArg(k.V))
				}
			}
			ns := interp.NewDict()
			ns.SetStr("__annotations__", fields)
			c := in.NewClass(typedDictMeta, in.Str(args[1]), []value{interp.DictClass}, ns, nil)
			finishTypedDict(in, c, nil, fields, total)
			return c
		}
		return in.Call(interp.DictClass, args[1:], kw)
	})
	for _, n := range []string{"__instancecheck__", "__subclasscheck__"} {
		addMethods(typedDictMeta, interp.Method{Name: n, Sig: "cls, other, /", Fn: func(in *inter, a []value) value {
			in.Raise(interp.TypeError, "TypedDict does not support instance and class checks")
			return nil
		}})
	}
	namedTupleMeta.New = func(in *inter, meta *interp.Class, args []value, _ []interp.KW) value {
		name, bases, ns := metaArgs(in, args)
		real := []value{interp.TupleClass}
		for _, b := range bases {
			if b == value(genericClass) {
				real = append(real, b)
			}
		}
		c := in.NewClass(interp.TypeClass, name, real, ns, nil)
		own := in.Annotations(c)
		var fields []string
		defaults := map[string]value{}
		own.Range(func(k, _ value) bool {
			f, _ := interp.AsStr(k)
			if d, ok := ns.GetStr(f); ok {
				defaults[f] = d
			} else if len(defaults) > 0 {
				in.Raise(interp.TypeError, "Non-default namedtuple field %s cannot follow default field", f)
			}
			fields = append(fields, f)
			return true
		})
		fillNamedTuple(in, c, fields, defaults)
		return c
	}
	rawMethod(namedTupleMeta, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		if len(args) < 2 {
			in.Raise(interp.TypeError, "NamedTuple() missing 1 required positional argument: 'typename'")
		}
		anns := interp.NewDict()
		var fields []string
		add := func(k, t value) {
			f := in.Str(k)
			fields = append(fields, f)
			anns.SetStr(f, typeArg(t))
		}
		if len(args) > 2 {
			for _, row := range in.Elements(args[2]) {
				p := in.Elements(row)
				if len(p) != 2 {
					in.Raise(interp.TypeError, "NamedTuple() fields must be pairs of name and type")
				}
				add(p[0], p[1])
			}
		}
		for _, k := range kw {
			add(str(k.Name), k.V)
		}
		ns := interp.NewDict()
		ns.SetStr("__annotations__", anns)
		c := in.NewClass(interp.TypeClass, in.Str(args[1]), []value{interp.TupleClass}, ns, nil)
		fillNamedTuple(in, c, fields, nil)
		return c
	})
}

func finishTypedDict(in *inter, c *interp.Class, bases []value, own *interp.Dict, total bool) {
	all := interp.NewDict()
	required, optional := interp.NewSet(), interp.NewSet()
	required.Frozen, optional.Frozen = true, true
	for _, b := range bases {
		bc, ok := b.(*interp.Class)
		if !ok || bc.Meta != typedDictMeta || bc.Native {
			continue
		}
		copyInto(in, all, in.Annotations(bc))
		for name, set := range map[string]*interp.Set{"__required_keys__": required, "__optional_keys__": optional} {
			if v, ok := bc.Dict.GetStr(name); ok {
				for _, k := range in.Elements(v) {
					set.Add(in, k)
				}
			}
		}
	}
	own.Range(func(k, v value) bool {
		all.Set(in, k, typeArg(v))
		req := total
		t := v
		for {
			a, ok := t.(*alias)
			if !ok {
				break
			}
			switch a.form {
			case requiredForm:
				req = true
			case notReqForm:
				req = false
			case annotatedForm, readOnlyForm:
				t = a.args[0]
				continue
			}
			break
		}
		if req {
			required.Add(in, k)
		} else {
			optional.Add(in, k)
		}
		return true
	})
	in.SetClassAttr(c, "__annotations__", all)
	in.SetClassAttr(c, "__total__", interp.NewBool(total))
	in.SetClassAttr(c, "__required_keys__", required)
	in.SetClassAttr(c, "__optional_keys__", optional)
}

func copyInto(in *inter, dst, src *interp.Dict) {
	src.Range(func(k, v value) bool {
		dst.Set(in, k, v)
		return true
	})
}

// pairs are the entries of a mapping or of an iterable of pairs.
func pairs(in *inter, v value) func(yield func(k, v value) bool) {
	d := asDict(v)
	if d == nil {
		d = interp.NewDict()
		in.CallMethod(d, "update", v)
	}
	return func(yield func(k, v value) bool) { d.Range(yield) }
}

// typeOrigin is typing.get_origin.
func typeOrigin(in *inter, v value) value {
	switch v := v.(type) {
	case *alias:
		if v.form == annotatedForm {
			return annotatedForm
		}
		return v.origin
	case *form:
		if v.origin != nil {
			return v.origin
		}
	case *interp.Class:
		if v == genericClass {
			return v
		}
	case *interp.Instance:
		if v.Cls == paramPart {
			return in.GetAttr(v, "__origin__")
		}
	case *interp.UnionType:
		return interp.UnionTypeClass
	case *interp.GenericAlias:
		return v.Origin
	}
	return interp.None
}

// typeArguments is typing.get_args.
func typeArguments(in *inter, v value) value {
	var args []value
	switch v := v.(type) {
	case *alias:
		if v.form == annotatedForm {
			return interp.NewTuple(append([]value{v.args[0]}, v.meta...)...)
		}
		args = v.args
	default:
		args = foreignArgs(v)
	}
	if typeOrigin(in, v) == value(abcClasses["Callable"]) && len(args) > 0 {
		n := len(args) - 1
		if _, dots := args[0].(interp.EllipsisType); n == 1 && (dots || isParamForm(args[0])) {
			return interp.NewTuple(args...)
		}
		if n == 1 {
			if _, isList := args[0].(*interp.List); isList {
				return interp.NewTuple(args...)
			}
		}
		return interp.NewTuple(interp.NewList(append([]value(nil), args[:n]...)...), args[n])
	}
	return interp.NewTuple(args...)
}

func isParamForm(v value) bool {
	if a, ok := v.(*alias); ok && a.form != nil {
		return a.form.name == "Concatenate"
	}
	i, ok := v.(*interp.Instance)
	return ok && i.Cls == paramSpec
}

// resolveType evaluates text inside a type: "Foo", List["Foo"].
func resolveType(in *inter, v value, globals *interp.Dict, extras bool) value {
	defer deeper(in)()
	switch x := v.(type) {
	case interp.NoneType:
		return interp.NoneClass
	case interp.Str:
		return resolveType(in, in.EvalString(x.S, globals), globals, extras)
	case *forwardRef:
		return resolveType(in, in.EvalString(x.text, globals), globals, extras)
	case *alias:
		if x.form == literalForm {
			return x
		}
		if !extras && (x.form == annotatedForm || x.form == requiredForm || x.form == notReqForm || x.form == readOnlyForm) {
			return resolveType(in, x.args[0], globals, extras)
		}
		out := *x
		out.args = make([]value, len(x.args))
		for i, a := range x.args {
			out.args[i] = resolveInner(in, a, globals, extras)
		}
		if x.form == unionForm {
			return makeUnion(in, out.args)
		}
		if x.form == annotatedForm {
			out.origin = out.args[0]
		}
		return &out
	}
	if args := foreignArgs(v); hasText(args, extras, 0) {
		res := make([]value, len(args))
		for i, a := range args {
			res[i] = resolveInner(in, a, globals, extras)
		}
		return rebuild(in, v, res)
	}
	return v
}

func resolveInner(in *inter, v value, globals *interp.Dict, extras bool) value {
	switch v.(type) {
	case interp.Str, *forwardRef, *alias:
		return resolveType(in, v, globals, extras)
	case interp.NoneType, interp.EllipsisType, *interp.List:
		return v
	}
	return resolveType(in, v, globals, extras)
}

// hasText reports whether something among args is still to be evaluated.
func hasText(args []value, extras bool, depth int) bool {
	if depth > maxNested {
		return false
	}
	for _, a := range args {
		switch a := a.(type) {
		case interp.Str, *forwardRef:
			return true
		case *alias:
			if a.form == literalForm {
				continue
			}
			if !extras && a.form == annotatedForm || hasText(a.args, extras, depth+1) {
				return true
			}
		default:
			if hasText(foreignArgs(a), extras, depth+1) {
				return true
			}
		}
	}
	return false
}

// classGlobals is the namespace that a class was defined in.
func classGlobals(in *inter, c *interp.Class) *interp.Dict {
	if m, ok := in.SysModules()[c.Mod].(*interp.Module); ok {
		return m.Dict
	}
	for _, v := range c.Dict.Values() {
		if f, ok := v.(*interp.Function); ok {
			return f.Globals
		}
	}
	return interp.NewDict()
}

// typeHints is typing.get_type_hints.
func typeHints(in *inter, a []value) value {
	obj, globalns, localns, extras := a[0], a[1], a[2], in.Truth(a[3])
	scope := func(own *interp.Dict) *interp.Dict {
		if g := asDict(globalns); g != nil {
			own = g
		}
		if l := asDict(localns); l != nil {
			both := own.Copy()
			copyInto(in, both, l)
			return both
		}
		return own
	}
	out := interp.NewDict()
	add := func(anns, globals *interp.Dict) {
		anns.Range(func(k, v value) bool {
			out.Set(in, k, resolveType(in, v, globals, extras))
			return true
		})
	}
	if c, ok := obj.(*interp.Class); ok {
		for i := len(c.MRO) - 1; i >= 0; i-- {
			if b := c.MRO[i]; !b.Native {
				if anns := in.Annotations(b); anns.Len() > 0 {
					add(anns, scope(classGlobals(in, b)))
				}
			}
		}
		return out
	}
	if m, ok := obj.(*interp.Module); ok {
		if v, ok := m.Dict.GetStr("__annotations__"); ok {
			add(asDict(v), scope(m.Dict))
		}
		return out
	}
	f := obj
	for {
		w, ok := in.LookupAttr(f, "__wrapped__")
		if !ok {
			break
		}
		in.Step(1)
		f = w
	}
	globals := interp.NewDict()
	if b, ok := f.(*interp.BoundMethod); ok {
		f = b.Fn
	}
	if pf, ok := f.(*interp.Function); ok {
		globals = pf.Globals
	}
	anns, ok := in.LookupAttr(obj, "__annotations__")
	d, isDict := anns.(*interp.Dict)
	if !ok || !isDict {
		if _, isBuiltin := obj.(*interp.Builtin); isBuiltin {
			return out
		}
		in.Raise(interp.TypeError, "%s is not a module, class, method, or function.", in.Repr(obj))
	}
	add(d, scope(globals))
	return out
}

func identity(name, sig string) entry {
	return fn(name, sig, func(in *inter, a []value) value { return a[0] })
}

// typingEntries are typing and typing_extensions.
func typingEntries() []entry {
	rows := func(mod string) []entry {
		out := []entry{module(mod)}
		for _, f := range typingForms {
			out = append(out, constant(mod+"."+f.name, f))
		}
		decorator := func(in *inter, a []value) value {
			return native("typing.decorator", "f", func(_ *inter, a []value) value { return a[0] })
		}
		mark := func(name string, v value) interp.NativeFn {
			return func(in *inter, a []value) value {
				in.Try(func() { in.SetAttr(a[0], name, v) })
				return a[0]
			}
		}
		out = append(out,
			constant(mod+".TYPE_CHECKING", interp.False),
			class(mod+".Any", anyClass), class(mod+".Generic", genericClass), class(mod+".Protocol", protocolClass),
			class(mod+".TypeVar", typeVarCls), class(mod+".ParamSpec", paramSpec), class(mod+".TypeVarTuple", varTuple),
			class(mod+".NewType", newTypeCls), class(mod+".ForwardRef", forwardCls),
			class(mod+".TypedDict", typedDictClass), class(mod+".NamedTuple", namedTupleBase),
			class(mod+"._GenericAlias", aliasClass), class(mod+"._UnionGenericAlias", unionAlias), class(mod+"._LiteralGenericAlias", literalCls),
			class(mod+"._AnnotatedAlias", annotated), class(mod+"._SpecialForm", formClass), class(mod+"._TypedDictMeta", typedDictMeta),
			class(mod+"._ProtocolMeta", protocolMeta),
			class(mod+".ParamSpecArgs", paramPart), class(mod+".ParamSpecKwargs", paramPart),
			constant(mod+".Text", interp.StrClass),
			constant(mod+".NoneType", interp.NoneClass),
			fn(mod+".get_origin", "tp", func(in *inter, a []value) value { return typeOrigin(in, a[0]) }),
			fn(mod+".get_args", "tp", func(in *inter, a []value) value { return typeArguments(in, a[0]) }),
			fn(mod+".get_type_hints", "obj, globalns=None, localns=None, include_extras=False", typeHints),
			fn(mod+".cast", "typ, val", func(in *inter, a []value) value { return a[1] }),
			fn(mod+".overload", "func", func(in *inter, a []value) value {
				return native("typing._overload_dummy", "*args, **kwds", func(in *inter, _ []value) value {
					in.Raise(interp.NotImplementedError, "You should not call an overloaded function. A series of @overload-decorated functions outside a stub module should always be followed by an implementation that is not @overload-ed.")
					return nil
				})
			}),
			fn(mod+".get_overloads", "func", func(in *inter, a []value) value { return interp.NewList() }),
			fn(mod+".final", "f", mark("__final__", interp.True)),
			fn(mod+".override", "f", mark("__override__", interp.True)),
			fn(mod+".runtime_checkable", "cls", mark("_is_runtime_protocol", interp.True)),
			fn(mod+".runtime", "cls", mark("_is_runtime_protocol", interp.True)),
			fn(mod+".no_type_check", "arg", mark("__no_type_check__", interp.True)),
			identity(mod+".no_type_check_decorator", "decorator"),
			identity(mod+".reveal_type", "obj, /"),
			identity(mod+".assert_type", "val, typ, /"),
			fn(mod+".assert_never", "arg, /", func(in *inter, a []value) value {
				in.Raise(interp.AssertionError, "Expected code to be unreachable, but got: %s", in.Repr(a[0]))
				return nil
			}),
			fn(mod+".dataclass_transform", "*, eq_default=True, order_default=False, kw_only_default=False, frozen_default=False, field_specifiers=(), **kwargs", decorator),
			fn(mod+".deprecated", "message, /, *, category=None, stacklevel=1", decorator),
			fn(mod+".is_typeddict", "tp", func(in *inter, a []value) value {
				c, ok := a[0].(*interp.Class)
				return interp.NewBool(ok && c.Meta == typedDictMeta && c != typedDictClass)
			}),
			fn(mod+".is_protocol", "tp", func(in *inter, a []value) value {
				c, ok := a[0].(*interp.Class)
				return interp.NewBool(ok && isProtocol(c))
			}),
			fn(mod+".get_original_bases", "cls, /", func(in *inter, a []value) value { return originalBases(in, a[0]) }),
			fn(mod+".get_protocol_members", "tp, /", func(in *inter, a []value) value {
				s := interp.NewSet()
				s.Frozen = true
				c, ok := a[0].(*interp.Class)
				if !ok || !isProtocol(c) {
					in.Raise(interp.TypeError, "%s is not a Protocol", in.Repr(a[0]))
				}
				for _, n := range protocolMembers(c) {
					s.Add(in, str(n))
				}
				return s
			}),
			fn(mod+".TypeAliasType", "name, value, *, type_params=()", func(in *inter, a []value) value { return a[1] }),
			val(mod+".AnyStr", func(in *inter) value {
				return in.Call(typeVarCls, []value{str("AnyStr"), interp.BytesClass, interp.StrClass}, nil)
			}),
		)
		for _, n := range []string{"T", "KT", "VT", "T_co", "V_co"} {
			out = append(out, val(mod+"."+n, func(in *inter) value { return in.Call(typeVarCls, []value{str(n)}, nil) }))
		}
		for n, c := range supportsClasses {
			out = append(out, class(mod+"."+n, c))
		}
		for n, c := range ioClasses {
			out = append(out, class(mod+"."+n, c))
		}
		return out
	}
	return append(rows("typing"), rows("typing_extensions")...)
}

// originalBases is types.get_original_bases.
func originalBases(in *inter, v value) value {
	c, ok := v.(*interp.Class)
	if !ok {
		in.Raise(interp.TypeError, "Expected an instance of type, not '%s'", typeName(v))
	}
	if b, ok := c.Dict.GetStr("__orig_bases__"); ok {
		return b
	}
	return in.GetAttr(c, "__bases__")
}

// supportsClasses are the protocols with one method.
var supportsClasses = func() map[string]*interp.Class {
	m := map[string]*interp.Class{}
	for name, method := range map[string]string{"SupportsInt": "__int__", "SupportsFloat": "__float__", "SupportsIndex": "__index__",
		"SupportsAbs": "__abs__", "SupportsRound": "__round__", "SupportsBytes": "__bytes__", "SupportsComplex": "__complex__"} {
		c := withMeta(interp.NewNativeClass("typing."+name, []*interp.Class{protocolClass}), protocolMeta)
		c.Data = func(_ *inter, v value) bool {
			_, ok := v.Type().Lookup(method)
			return ok || name != "SupportsBytes" && name != "SupportsComplex" && isNumber(v)
		}
		m[name] = c
	}
	return m
}()

func isNumber(v value) bool {
	_, ok := interp.AsFloat(v)
	return ok
}

// ioClasses are the generic stream types.
var ioClasses = func() map[string]*interp.Class {
	io := interp.NewNativeClass("typing.IO", []*interp.Class{genericClass})
	return map[string]*interp.Class{
		"IO": io, "TextIO": interp.NewNativeClass("typing.TextIO", []*interp.Class{io}), "BinaryIO": interp.NewNativeClass("typing.BinaryIO", []*interp.Class{io}),
	}
}()

// isProtocol reports whether c is a protocol itself, not a class that implements one.
func isProtocol(c *interp.Class) bool {
	for _, b := range c.Bases {
		if b == protocolClass {
			return true
		}
	}
	return false
}

// protocolMembers are the attributes that a protocol asks for.
func protocolMembers(c *interp.Class) []string {
	var out []string
	seen := map[string]bool{}
	for _, k := range c.MRO {
		if !isProtocol(k) {
			continue
		}
		k.Dict.Range(func(n, v value) bool {
			s, _ := interp.AsStr(n)
			switch s {
			case "__module__", "__qualname__", "__doc__", "__annotations__", "__abstractmethods__", "__init__", "__orig_bases__",
				"_is_runtime_protocol", "__parameters__", "__slots__", "__hash__", "__dict__", "__weakref__":
			default:
				if !seen[s] {
					seen[s] = true
					out = append(out, s)
				}
			}
			return true
		})
	}
	return out
}
