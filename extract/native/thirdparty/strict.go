package thirdparty

import (
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

type (
	value  = interp.Value
	interT = *interp.Interp
)

// The errors of strict dataclasses.
var (
	strictError           = interp.NewNativeClass("huggingface_hub.errors.StrictDataclassError", []*interp.Class{interp.Exception})
	strictDefinitionError = interp.NewNativeClass("huggingface_hub.errors.StrictDataclassDefinitionError", []*interp.Class{strictError})
	strictFieldError      = interp.NewNativeClass("huggingface_hub.errors.StrictDataclassFieldValidationError", []*interp.Class{strictError})
	strictClassError      = interp.NewNativeClass("huggingface_hub.errors.StrictDataclassClassValidationError", []*interp.Class{strictError})
)

// strictState is what one interpreter knows of the classes that @strict made.
type strictState struct {
	// setattrs, validates: the methods that @strict put into classes.
	setattrs  map[*interp.Builtin]*strictClass
	validates map[*interp.Builtin]*strictClass
	fields    map[value]*fieldCheck // by dataclasses.Field, shared by the classes that inherit it
}

var strictKey = new(int)

func stateOf(in interT) *strictState {
	if s, ok := in.Ext[strictKey].(*strictState); ok {
		return s
	}
	s := &strictState{setattrs: map[*interp.Builtin]*strictClass{}, validates: map[*interp.Builtin]*strictClass{}, fields: map[value]*fieldCheck{}}
	in.Ext[strictKey] = s
	return s
}

// strictClass is one class that @strict was applied to. It is also the value
// of the class's __validators__.
type strictClass struct {
	cls        *interp.Class
	checks     map[string]*fieldCheck
	setattr    value // what the class used before; nil: object's
	validators []value
	names      []string
}

var validatorsClass = interp.NewNativeClass("huggingface_hub.dataclasses.validators", nil)

// Type implements interp.Value.
func (*strictClass) Type() *interp.Class { return validatorsClass }

// fieldCheck validates one field: its declared type, compiled at first use,
// then its own validators.
type fieldCheck struct {
	name   string
	field  value
	check  *typeCheck
	custom []value
}

// strict is huggingface_hub.dataclasses.strict, with and without arguments.
func strict(in interT, a []value) value {
	accept := in.Truth(a[1])
	if !interp.IsNone(a[0]) {
		return makeStrict(in, a[0], accept)
	}
	return &interp.Builtin{Name: "wrap", Qual: "huggingface_hub.dataclasses.strict.<locals>.wrap", Sig: interp.ParseSignature("cls"),
		Fn: func(in interT, a []value) value { return makeStrict(in, a[0], accept) }}
}

func native(in interT, name string) value {
	v, ok := in.NativeValue(name)
	if !ok {
		in.Raise(interp.ModuleNotFoundError, "No module named '%s'", name[:strings.LastIndexByte(name, '.')])
	}
	return v
}

func isDataclassField(in interT, f value, attr string) (value, bool) {
	v := in.GetAttr(f, attr)
	return v, !interp.Same(v, native(in, "dataclasses.MISSING"))
}

func makeStrict(in interT, v value, accept bool) value {
	cls, ok := v.(*interp.Class)
	if !ok {
		return v
	}
	if _, ok := cls.Lookup("__dataclass_fields__"); !ok {
		in.Raise(strictDefinitionError, "Class '%s' must be a dataclass before applying @strict.", cls.Name)
	}
	st := stateOf(in)
	sc := &strictClass{cls: cls}
	fields := in.Elements(in.Call(native(in, "dataclasses.fields"), []value{cls}, nil))
	sc.checks = make(map[string]*fieldCheck, len(fields))
	for _, f := range fields {
		c := st.fields[f]
		if c == nil {
			c = newFieldCheck(in, f)
			st.fields[f] = c
		}
		sc.checks[c.name] = c
	}
	in.SetClassAttr(cls, "__validators__", sc)

	if orig, ok := cls.Lookup("__setattr__"); ok {
		if b, isB := orig.(*interp.Builtin); isB && st.setattrs[b] != nil {
			// The class inherits a strict __setattr__: the validators would only run twice.
			sc.setattr = st.setattrs[b].setattr
		} else if objectSet, _ := interp.ObjectClass.Lookup("__setattr__"); objectSet == nil || !interp.Same(objectSet, orig) {
			sc.setattr = orig
		}
	}
	set := &interp.Builtin{Name: "__strict_setattr__", Qual: cls.Name + ".__setattr__", Sig: interp.ParseSignature("self, name, value")}
	set.Raw = func(in interT, a []value, _ []interp.KW) value {
		if len(a) != 3 {
			in.Raise(interp.TypeError, "__strict_setattr__() takes 3 positional arguments but %d were given", len(a))
		}
		name := in.Str(a[1])
		sc.validateField(in, a[0], name, a[2])
		sc.set(in, a[0], name, a[1], a[2])
		return interp.None
	}
	st.setattrs[set] = sc
	in.SetClassAttr(cls, "__setattr__", set)

	if accept {
		acceptKwargs(in, cls, fields)
	}
	sc.collectValidators(in)
	in.SetClassAttr(cls, "__class_validators__", interp.NewList(append([]value(nil), sc.validators...)...))

	validate := &interp.Builtin{Name: "validate", Qual: cls.Name + ".validate", Sig: interp.ParseSignature("self"),
		Fn: func(in interT, a []value) value {
			sc.validate(in, a[0])
			return interp.None
		}}
	if old, ok := cls.Lookup("validate"); ok {
		if b, isB := old.(*interp.Builtin); !isB || st.validates[b] == nil {
			in.Raise(strictDefinitionError, "Class '%s' already implements a method called 'validate'. This method name is reserved when using the @strict decorator on a dataclass. If you want to keep your own method, please rename it.", cls.Name)
		}
	}
	st.validates[validate] = sc
	in.SetClassAttr(cls, "validate", validate)

	initial, _ := cls.Lookup("__init__")
	init := &interp.Builtin{Name: "__init__", Qual: cls.Name + ".__init__", Wrapped: initial}
	init.Raw = func(in interT, a []value, kw []interp.KW) value {
		in.Call(initial, a, kw)
		if len(a) == 0 {
			return interp.None
		}
		// cls.validate as it is now: it may have been replaced since.
		if now, _ := cls.Lookup("validate"); now == value(validate) {
			sc.validate(in, a[0])
		} else {
			in.Call(in.GetAttr(cls, "validate"), []value{a[0]}, nil)
		}
		return interp.None
	}
	in.SetClassAttr(cls, "__init__", init)
	return cls
}

func newFieldCheck(in interT, f value) *fieldCheck {
	c := &fieldCheck{field: f}
	c.name = in.Str(in.GetAttr(f, "name"))
	meta := in.GetAttr(f, "metadata")
	var v value
	if d, ok := meta.(*interp.Dict); ok {
		v, _ = d.GetStr("validator")
	} else if get, ok := in.LookupAttr(meta, "get"); ok {
		v = in.Call(get, []value{interp.NewStr("validator")}, nil)
	}
	if v == nil || interp.IsNone(v) {
		return c
	}
	list := []value{v}
	if l, ok := v.(*interp.List); ok {
		list = l.V
	}
	for _, x := range list {
		if !isValidator(in, x) {
			in.Raise(strictDefinitionError, "Invalid validator for field '%s': %s. Must be a callable taking a single argument.", c.name, in.ToStr(x))
		}
	}
	c.custom = list
	return c
}

// isValidator reports whether v can be called with one positional argument.
func isValidator(in interT, v value) bool {
	fn, ok := v.(*interp.Function)
	if !ok {
		_, callable := in.LookupAttr(v, "__call__")
		return callable
	}
	ps := fn.Params()
	if len(ps) == 0 || ps[0].Kind == interp.KwOnlyParam || ps[0].Kind == interp.KwArgsParam {
		return false
	}
	for _, p := range ps[1:] {
		if p.Default == nil {
			return false
		}
	}
	return true
}

// validateField runs the validators that the object's class has for a name.
func (sc *strictClass) validateField(in interT, self value, name string, v value) {
	checks := sc
	if cls := self.Type(); cls != sc.cls {
		if x, ok := cls.Lookup("__validators__"); ok {
			if own, ok := x.(*strictClass); ok {
				checks = own
			}
		}
	}
	c := checks.checks[name]
	if c == nil {
		return
	}
	if c.check == nil {
		c.check = compileType(in, in.GetAttr(c.field, "type"), 0)
	}
	if !c.check.ok(in, v) {
		fieldFailed(in, name, newException(interp.TypeError, c.check.fail(in, name, v)))
	}
	for _, f := range c.custom {
		if r := in.TryCatch(interp.Exception, func() { in.Call(f, []value{v}, nil) }); r != nil {
			if !r.Exc.Cls.Is(interp.ValueError) && !r.Exc.Cls.Is(interp.TypeError) {
				panic(r)
			}
			fieldFailed(in, name, r.Exc)
		}
	}
}

func newException(cls *interp.Class, msg string) *interp.Instance {
	return &interp.Instance{Cls: cls, Data: interp.NewTuple(interp.NewStr(msg))}
}

func raiseFrom(in interT, exc, cause *interp.Instance) {
	exc.Dict = interp.NewDict()
	exc.Dict.SetStr("__cause__", cause)
	in.RaiseExc(exc)
}

func fieldFailed(in interT, name string, cause *interp.Instance) {
	raiseFrom(in, newException(strictFieldError, "Validation error for field '"+name+"':\n    "+cause.Cls.Name+": "+in.ToStr(cause)), cause)
}

// set is the __setattr__ that the class had before @strict.
func (sc *strictClass) set(in interT, self value, name string, nameV, v value) {
	if sc.setattr != nil {
		in.Call(sc.setattr, []value{self, nameV, v}, nil)
		return
	}
	in.GenericSetAttr(self, name, v)
}

// collectValidators finds the methods whose name starts with validate_, in
// order of name.
func (sc *strictClass) collectValidators(in interT) {
	seen := map[string]bool{}
	for _, k := range sc.cls.MRO {
		k.Dict.Range(func(n, _ value) bool {
			if s, ok := interp.AsStr(n); ok && strings.HasPrefix(s, "validate_") {
				seen[s] = true
			}
			return true
		})
	}
	for s := range seen {
		sc.names = append(sc.names, s)
	}
	sort.Strings(sc.names)
	kept := sc.names[:0]
	for _, s := range sc.names {
		m := in.GetAttr(sc.cls, s)
		n := 1
		switch m := m.(type) {
		case *interp.Function:
			n = len(m.Params())
		case *interp.BoundMethod:
			if fn, ok := m.Fn.(*interp.Function); ok {
				n = len(fn.Params()) - 1
			}
		case *interp.Builtin:
		default:
			if _, callable := in.LookupAttr(m, "__call__"); !callable {
				continue
			}
		}
		if n != 1 {
			in.Raise(strictDefinitionError, "Class '%s' has a class validator '%s' that takes more than one argument. Class validators must take only 'self' as an argument. Methods starting with 'validate_' are considered to be class validators.", sc.cls.Name, s)
		}
		sc.validators = append(sc.validators, m)
		kept = append(kept, s)
	}
	sc.names = kept
}

// validate runs the class validators on an object.
func (sc *strictClass) validate(in interT, self value) {
	for i, f := range sc.validators {
		r := in.TryCatch(interp.Exception, func() { in.Call(f, []value{self}, nil) })
		if r == nil {
			continue
		}
		if !r.Exc.Cls.Is(interp.ValueError) && !r.Exc.Cls.Is(interp.TypeError) {
			panic(r)
		}
		name := sc.names[i]
		if fn, ok := f.(*interp.Function); ok {
			name = fn.Name
		}
		raiseFrom(in, newException(strictClassError, "Class validation error for validator '"+name+"':\n    "+r.Exc.Cls.Name+": "+in.ToStr(r.Exc)), r.Exc)
	}
}

// acceptKwargs gives the class the __init__ of accept_kwargs=True: fields are
// set one by one, and what is no field goes to __post_init__.
func acceptKwargs(in interT, cls *interp.Class, fields []value) {
	type fieldInit struct {
		name         string
		def, factory value
	}
	var plan []fieldInit
	isField := map[string]bool{}
	for _, f := range fields {
		p := fieldInit{name: in.Str(in.GetAttr(f, "name"))}
		if v, ok := isDataclassField(in, f, "default"); ok {
			p.def = v
		} else if v, ok := isDataclassField(in, f, "default_factory"); ok {
			p.factory = v
		}
		plan = append(plan, p)
		isField[p.name] = true
	}
	originalInit, _ := cls.Lookup("__init__")
	init := &interp.Builtin{Name: "__init__", Qual: cls.Name + ".__init__", Wrapped: originalInit}
	init.Raw = func(in interT, a []value, kw []interp.KW) value {
		if len(a) == 0 {
			in.Raise(interp.TypeError, "%s.__init__() missing 1 required positional argument: 'self'", cls.Name)
		}
		self := a[0]
		if len(a) > 1 {
			in.Raise(interp.ValueError, "When `accept_kwargs=True`, %s accepts only keyword arguments, but found `%d` positional args.", cls.Name, len(a)-1)
		}
	next:
		for _, p := range plan {
			for _, k := range kw {
				if k.Name == p.name {
					in.SetAttr(self, p.name, k.V)
					continue next
				}
			}
			switch {
			case p.def != nil:
				in.SetAttr(self, p.name, p.def)
			case p.factory != nil:
				in.SetAttr(self, p.name, in.Call(p.factory, nil, nil))
			default:
				in.Raise(interp.TypeError, "Missing required field - '%s'", p.name)
			}
		}
		var rest []interp.KW
		for _, k := range kw {
			if !isField[k.Name] {
				rest = append(rest, k)
			}
		}
		in.Call(in.GetAttr(self, "__post_init__"), nil, rest)
		return interp.None
	}
	in.SetClassAttr(cls, "__init__", init)
	if _, ok := cls.Lookup("__post_init__"); !ok {
		in.SetClassAttr(cls, "__post_init__", &interp.Builtin{Name: "__post_init__", Qual: cls.Name + ".__post_init__",
			Sig: interp.ParseSignature("self, **kwargs"), Fn: func(in interT, a []value) value {
				a[1].(*interp.Dict).Range(func(k, v value) bool {
					in.SetAttr(a[0], in.Str(k), v)
					return true
				})
				return interp.None
			}})
	}
	params, ok := in.LookupAttr(cls, "__dataclass_params__")
	if !ok {
		return
	}
	if r, ok := in.LookupAttr(params, "repr"); !ok || !interp.Same(r, interp.True) {
		return
	}
	original, ok := cls.Lookup("__repr__")
	if !ok {
		return
	}
	in.SetClassAttr(cls, "__repr__", &interp.Builtin{Name: "__repr__", Qual: cls.Name + ".__repr__", Sig: interp.ParseSignature("self"),
		Fn: func(in interT, a []value) value {
			s := in.Str(in.Call(original, []value{a[0]}, nil))
			var extra []string
			if d, ok := in.GetAttr(a[0], "__dict__").(*interp.Dict); ok {
				d.Range(func(k, v value) bool {
					if n, _ := interp.AsStr(k); !isField[n] {
						extra = append(extra, "*"+n+"="+in.Repr(v))
					}
					return true
				})
			}
			if len(extra) > 0 && s != "" {
				s = s[:len(s)-1] + ", " + strings.Join(extra, ", ") + ")"
			}
			return interp.NewStr(s)
		}})
}

// validatedField is validated_field, and what as_validated_field returns.
func validatedField(in interT, validator value, args []value, kw []interp.KW) value {
	names := []string{"default", "default_factory", "init", "repr", "hash", "compare", "metadata"}
	for i, v := range args {
		if i >= len(names) {
			in.Raise(interp.TypeError, "validated_field() takes from 1 to %d positional arguments but %d were given", len(names)+1, len(args)+1)
		}
		kw = append(kw, interp.KW{Name: names[i], V: v})
	}
	if _, ok := validator.(*interp.List); !ok {
		validator = interp.NewList(validator)
	}
	meta := interp.NewDict()
	out := make([]interp.KW, 0, len(kw)+1)
	for _, k := range kw {
		if k.Name != "metadata" {
			out = append(out, k)
		} else if d, ok := k.V.(*interp.Dict); ok {
			meta = d
		}
	}
	meta.SetStr("validator", validator)
	return in.Call(native(in, "dataclasses.field"), nil, append(out, interp.KW{Name: "metadata", V: meta}))
}

// validateTypedDict checks a dict against the annotations of a TypedDict.
func validateTypedDict(in interT, a []value) value {
	schema, ok := a[0].(*interp.Class)
	data, isDict := a[1].(*interp.Dict)
	if !ok || !isDict {
		return interp.None
	}
	total := true
	if t, ok := in.LookupAttr(schema, "__total__"); ok {
		total = in.Truth(t)
	}
	anns := in.Annotations(schema)
	data.Range(func(k, _ value) bool {
		if s, ok := interp.AsStr(k); ok {
			if _, known := anns.GetStr(s); !known {
				in.Raise(interp.TypeError, "%s.__init__() got an unexpected keyword argument '%s'", schema.Name, s)
			}
		}
		return true
	})
	anns.Range(func(k, t value) bool {
		name := in.Str(k)
		var validator value
		if typeName(in, origin(in, t)) == "Annotated" {
			args := typeArgs(in, t)
			if len(args) > 1 {
				t, validator = args[0], args[1]
			}
		}
		c := compileType(in, t, 0)
		if c.kind != checkRequired && c.kind != checkNotRequired && !total {
			c = &typeCheck{kind: checkNotRequired, args: []*typeCheck{c}}
		}
		v, given := data.GetStr(name)
		if !given {
			switch c.kind {
			case checkNotRequired:
			case checkRequired:
				fieldFailed(in, name, newException(interp.TypeError, "Field '"+name+"' is required but missing."))
			default:
				if !c.ok(in, missingValue) {
					fieldFailed(in, name, newException(interp.TypeError, c.fail(in, name, missingValue)))
				}
			}
			return true
		}
		if !c.ok(in, v) {
			fieldFailed(in, name, newException(interp.TypeError, c.fail(in, name, v)))
		}
		if validator != nil {
			if r := in.TryCatch(interp.Exception, func() { in.Call(validator, []value{v}, nil) }); r != nil {
				if !r.Exc.Cls.Is(interp.ValueError) && !r.Exc.Cls.Is(interp.TypeError) {
					panic(r)
				}
				fieldFailed(in, name, r.Exc)
			}
		}
		return true
	})
	return interp.None
}

// missingValue stands for a key that the dict does not have.
var missingValue value = &interp.Instance{Cls: interp.ObjectClass}
