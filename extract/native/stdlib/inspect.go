package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

var (
	signatureClass = interp.NewNativeClass("inspect.Signature", nil)
	parameterClass = interp.NewNativeClass("inspect.Parameter", nil)
	boundArgsClass = interp.NewNativeClass("inspect.BoundArguments", nil)
	emptyClass     = interp.NewNativeClass("inspect._empty", nil)
	paramKindClass = interp.NewNativeClass("inspect._ParameterKind", []*interp.Class{interp.IntClass})
)

// paramKinds are POSITIONAL_ONLY ... VAR_KEYWORD, shared and immutable.
var paramKinds = func() [5]*interp.Instance {
	var out [5]*interp.Instance
	for i, n := range []string{"POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD"} {
		out[i] = &interp.Instance{Cls: paramKindClass, Data: interp.NewInt(int64(i)), Dict: interp.NewDict()}
		out[i].Dict.SetStr("name", str(n))
		out[i].Dict.SetStr("value", interp.NewInt(int64(i)))
		out[i].Dict.SetStr("description", str(strings.ToLower(strings.ReplaceAll(n, "_", " "))))
	}
	return out
}()

func newParameter(name string, kind interp.ParamKind, def, ann value) *interp.Instance {
	p := &interp.Instance{Cls: parameterClass, Dict: interp.NewDict()}
	p.Dict.SetStr("name", str(name))
	p.Dict.SetStr("kind", paramKinds[kind])
	p.Dict.SetStr("default", orEmpty(def))
	p.Dict.SetStr("annotation", orEmpty(ann))
	return p
}

func orEmpty(v value) value {
	if v == nil {
		return emptyClass
	}
	return v
}

// newSignature makes a Signature; what is no Parameter is left out.
func newSignature(ps []value, ret value) *interp.Instance {
	s := &interp.Instance{Cls: signatureClass, Dict: interp.NewDict()}
	d := interp.NewDict()
	for _, p := range ps {
		i, ok := p.(*interp.Instance)
		if !ok || i.Cls != parameterClass {
			continue
		}
		n, _ := i.Dict.GetStr("name")
		name, _ := interp.AsStr(n)
		d.SetStr(name, p)
	}
	s.Dict.SetStr("parameters", proxyOf(d))
	s.Dict.SetStr("return_annotation", orEmpty(ret))
	return s
}

func signatureParams(in *inter, s value) []value {
	d := asDict(proxied(in.GetAttr(s, "parameters")))
	if d == nil {
		return nil
	}
	return d.Values()
}

// signatureOf is inspect.signature; skip drops the first parameter.
func signatureOf(in *inter, obj value, follow bool, depth int) value {
	if depth > 100 {
		in.Raise(interp.ValueError, "wrapper loop when unwrapping %s", in.Repr(obj))
	}
	without := func(s value) value {
		ps := signatureParams(in, s)
		if len(ps) > 0 {
			k := paramKindOf(in, ps[0])
			if k == interp.PosOnlyParam || k == interp.PosOrKwParam {
				ps = ps[1:]
			}
		}
		return newSignature(ps, in.GetAttr(s, "return_annotation"))
	}
	if follow {
		if _, isClass := obj.(*interp.Class); !isClass {
			if b, ok := obj.(*interp.BoundMethod); ok {
				return without(signatureOf(in, b.Fn, follow, depth+1))
			}
			if s, ok := in.LookupAttr(obj, "__signature__"); ok && interp.IsInstance(s, signatureClass) {
				return s
			}
			if w, ok := in.LookupAttr(obj, "__wrapped__"); ok {
				return signatureOf(in, w, follow, depth+1)
			}
		}
	}
	switch f := obj.(type) {
	case *interp.Function:
		var ps []value
		for _, p := range f.Params() {
			var ann value
			if p.Annotation != nil {
				ann = p.Annotation(in)
			}
			ps = append(ps, newParameter(p.Name, p.Kind, p.Default, ann))
		}
		return newSignature(ps, f.Returns(in))
	case *interp.Builtin:
		return builtinSignature(in, f)
	case *interp.BoundMethod:
		return without(signatureOf(in, f.Fn, follow, depth+1))
	case *interp.StaticMethod:
		return signatureOf(in, f.Fn, follow, depth+1)
	case *interp.ClassMethod:
		return signatureOf(in, f.Fn, follow, depth+1)
	case *interp.Class:
		if s, ok := f.Lookup("__signature__"); ok && interp.IsInstance(s, signatureClass) {
			return s
		}
		if f.Is(enumClass) {
			return newSignature([]value{newParameter("value", interp.PosOrKwParam, nil, nil)}, nil)
		}
		if m := f.Type(); m != interp.TypeClass && !m.Native {
			if call, ok := m.Lookup("__call__"); ok {
				if pf, ok := call.(*interp.Function); ok {
					return without(signatureOf(in, pf, follow, depth+1))
				}
			}
		}
		for _, k := range f.MRO {
			if v, ok := k.Dict.GetStr("__new__"); ok && !k.Native {
				return without(signatureOf(in, v, follow, depth+1))
			}
			if v, ok := k.Dict.GetStr("__init__"); ok && k != interp.ObjectClass {
				return without(signatureOf(in, v, follow, depth+1))
			}
		}
		return newSignature(nil, nil)
	case *interp.Instance:
		if p, ok := f.Data.(*partial); ok && f.Cls.Is(partialClass) {
			return partialSignature(in, p, follow, depth)
		}
	case *interp.Unknown:
		return f
	}
	if call, ok := in.LookupSpecial(obj, "__call__"); ok {
		return signatureOf(in, call, follow, depth+1)
	}
	in.Raise(interp.TypeError, "%s is not a callable object", in.Repr(obj))
	return nil
}

func builtinSignature(in *inter, f *interp.Builtin) value {
	types, generated := generatedInits(in)[f]
	var ret value
	if generated {
		ret = interp.None
	}
	if f.Sig == nil {
		return newSignature([]value{newParameter("args", interp.VarArgsParam, nil, nil), newParameter("kwargs", interp.KwArgsParam, nil, nil)}, nil)
	}
	var ps []value
	for i, p := range f.Sig.Params {
		kind := interp.PosOrKwParam
		switch {
		case i == f.Sig.VarArgs:
			kind = interp.VarArgsParam
		case i == f.Sig.KwArgs:
			kind = interp.KwArgsParam
		case p.KwOnly:
			kind = interp.KwOnlyParam
		case p.PosOnly:
			kind = interp.PosOnlyParam
		}
		def := p.Default
		if def == nil && p.Optional {
			def = interp.None
		}
		ps = append(ps, newParameter(p.Name, kind, def, types[p.Name]))
	}
	return newSignature(ps, ret)
}

func paramKindOf(in *inter, p value) interp.ParamKind {
	n, _ := interp.AsInt(interp.Unwrap(in.GetAttr(p, "kind")))
	return interp.ParamKind(n)
}

// partialSignature drops what a partial has given by position and makes what
// it has given by keyword a default.
func partialSignature(in *inter, p *partial, follow bool, depth int) value {
	s := signatureOf(in, p.fn, follow, depth+1)
	given := len(p.args)
	kwOnly := false
	var out []value
	for _, x := range signatureParams(in, s) {
		kind := paramKindOf(in, x)
		if given > 0 && (kind == interp.PosOnlyParam || kind == interp.PosOrKwParam) {
			given--
			continue
		}
		name := in.ToStr(in.GetAttr(x, "name"))
		if v, ok := p.kw.GetStr(name); ok {
			x = newParameter(name, interp.KwOnlyParam, v, in.GetAttr(x, "annotation"))
			kwOnly = true
		} else if kwOnly && kind == interp.PosOrKwParam {
			x = newParameter(name, interp.KwOnlyParam, in.GetAttr(x, "default"), in.GetAttr(x, "annotation"))
		} else if kwOnly && kind == interp.VarArgsParam {
			continue
		}
		out = append(out, x)
	}
	return newSignature(out, in.GetAttr(s, "return_annotation"))
}

// bindSignature is Signature.bind: the arguments by parameter name.
func bindSignature(in *inter, sig value, args []value, kw *interp.Dict, part bool) value {
	out := interp.NewDict()
	kw = kw.Copy()
	for _, p := range signatureParams(in, sig) {
		name := in.ToStr(in.GetAttr(p, "name"))
		kind := paramKindOf(in, p)
		switch kind {
		case interp.VarArgsParam:
			if len(args) > 0 {
				out.SetStr(name, interp.NewTuple(args...))
				args = nil
			}
			continue
		case interp.KwArgsParam:
			if kw.Len() > 0 {
				out.SetStr(name, kw)
				kw = interp.NewDict()
			}
			continue
		}
		given, byName := kw.GetStr(name)
		if kind == interp.PosOnlyParam {
			byName = false
		}
		if len(args) > 0 && kind != interp.KwOnlyParam {
			if byName {
				in.Raise(interp.TypeError, "multiple values for argument '%s'", name)
			}
			out.SetStr(name, args[0])
			args = args[1:]
			continue
		}
		if byName {
			out.SetStr(name, given)
			kw.DelStr(name)
			continue
		}
		if in.GetAttr(p, "default") == value(emptyClass) && !part {
			in.Raise(interp.TypeError, "missing a required argument: '%s'", name)
		}
	}
	if len(args) > 0 {
		in.Raise(interp.TypeError, "too many positional arguments")
	}
	if kw.Len() > 0 {
		in.Raise(interp.TypeError, "got an unexpected keyword argument '%s'", in.ToStr(kw.Keys()[0]))
	}
	b := &interp.Instance{Cls: boundArgsClass, Dict: interp.NewDict()}
	b.Dict.SetStr("arguments", out)
	b.Dict.SetStr("signature", sig)
	return b
}

func initSignature() {
	for i, k := range paramKinds {
		n, _ := k.Dict.GetStr("name")
		s, _ := interp.AsStr(n)
		parameterClass.Dict.SetStr(s, paramKinds[i])
	}
	parameterClass.Dict.SetStr("empty", emptyClass)
	signatureClass.Dict.SetStr("empty", emptyClass)
	paramKindClass.SetAttrHook = func(in *inter, _ *interp.Instance, name string, _ value) bool {
		in.Raise(interp.AttributeError, "'_ParameterKind' object attribute '%s' is read-only", name) // the kinds are shared
		return true
	}
	addMethods(paramKindClass,
		method("__str__", "self", func(in *inter, a []value) value { return in.GetAttr(a[0], "name") }),
		method("__repr__", "self", func(in *inter, a []value) value {
			return str("<_ParameterKind." + in.ToStr(in.GetAttr(a[0], "name")) + ": " + in.Repr(in.GetAttr(a[0], "value")) + ">")
		}),
		method("__deepcopy__", "self, memo", func(in *inter, a []value) value { return a[0] }),
	)
	addMethods(parameterClass,
		method("__init__", "self, name, kind, *, default=?, annotation=?", func(in *inter, a []value) value {
			n, _ := interp.AsInt(interp.Unwrap(a[2]))
			if n < 0 || n > 4 {
				in.Raise(interp.ValueError, "value %s is not a valid Parameter.kind", in.Repr(a[2]))
			}
			a[0].(*interp.Instance).Dict = newParameter(in.Str(a[1]), interp.ParamKind(n), a[3], a[4]).Dict
			return interp.None
		}),
		method("replace", "self, *, name=?, kind=?, default=?, annotation=?", func(in *inter, a []value) value {
			p := &interp.Instance{Cls: a[0].Type(), Dict: a[0].(*interp.Instance).Dict.Copy()}
			for i, n := range []string{"name", "kind", "default", "annotation"} {
				if a[i+1] != nil {
					p.Dict.SetStr(n, a[i+1])
				}
			}
			return p
		}),
		method("__str__", "self", func(in *inter, a []value) value { return str(parameterText(in, a[0])) }),
		method("__repr__", "self", func(in *inter, a []value) value { return str("<Parameter \"" + parameterText(in, a[0]) + "\">") }),
		method("__eq__", "self, other, /", func(in *inter, a []value) value {
			x, y := a[0].(*interp.Instance), a[1]
			o, ok := y.(*interp.Instance)
			if !ok || o.Cls != parameterClass {
				return interp.NotImplemented
			}
			return interp.NewBool(in.Equal(x.Dict, o.Dict))
		}),
	)
	addMethods(signatureClass,
		method("__init__", "self, parameters=None, *, return_annotation=?, __validate_parameters__=True", func(in *inter, a []value) value {
			var ps []value
			if !interp.IsNone(a[1]) {
				ps = in.Elements(a[1])
			}
			a[0].(*interp.Instance).Dict = newSignature(ps, a[2]).Dict
			return interp.None
		}),
		method("replace", "self, *, parameters=?, return_annotation=?", func(in *inter, a []value) value {
			ps := signatureParams(in, a[0])
			if a[1] != nil {
				ps = in.Elements(a[1])
			}
			ret := a[2]
			if ret == nil {
				ret = in.GetAttr(a[0], "return_annotation")
			}
			return newSignature(ps, ret)
		}),
		method("bind", "self, /, *args, **kwargs", func(in *inter, a []value) value {
			return bindSignature(in, a[0], a[1].(*interp.Tuple).V, a[2].(*interp.Dict), false)
		}),
		method("bind_partial", "self, /, *args, **kwargs", func(in *inter, a []value) value {
			return bindSignature(in, a[0], a[1].(*interp.Tuple).V, a[2].(*interp.Dict), true)
		}),
		classMethod("from_callable", "cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False", func(in *inter, a []value) value {
			return signatureOf(in, a[1], in.Truth(a[2]), 0)
		}),
		method("__str__", "self", func(in *inter, a []value) value { return str(signatureText(in, a[0])) }),
		method("__repr__", "self", func(in *inter, a []value) value { return str("<Signature " + signatureText(in, a[0]) + ">") }),
	)
	argument := func(in *inter, b value) (args []value, kw *interp.Dict) {
		kw = interp.NewDict()
		given := asDict(in.GetAttr(b, "arguments"))
		byName := false
		for _, p := range signatureParams(in, in.GetAttr(b, "signature")) {
			name := in.ToStr(in.GetAttr(p, "name"))
			v, ok := given.GetStr(name)
			kind := paramKindOf(in, p)
			if !ok {
				byName = byName || kind == interp.PosOrKwParam
				continue
			}
			switch {
			case kind == interp.VarArgsParam:
				args = append(args, in.Elements(v)...)
			case kind == interp.KwArgsParam:
				copyInto(in, kw, asDict(v))
			case kind == interp.KwOnlyParam || byName:
				kw.SetStr(name, v)
			default:
				args = append(args, v)
			}
		}
		return args, kw
	}
	addMethods(boundArgsClass,
		property("args", func(in *inter, self value) value {
			args, _ := argument(in, self)
			return interp.NewTuple(args...)
		}),
		property("kwargs", func(in *inter, self value) value {
			_, kw := argument(in, self)
			return kw
		}),
		method("apply_defaults", "self", func(in *inter, a []value) value {
			given := asDict(in.GetAttr(a[0], "arguments"))
			out := interp.NewDict()
			for _, p := range signatureParams(in, in.GetAttr(a[0], "signature")) {
				name := in.ToStr(in.GetAttr(p, "name"))
				if v, ok := given.GetStr(name); ok {
					out.SetStr(name, v)
					continue
				}
				def := in.GetAttr(p, "default")
				switch paramKindOf(in, p) {
				case interp.VarArgsParam:
					def = interp.EmptyTuple
				case interp.KwArgsParam:
					def = interp.NewDict()
				}
				if def != value(emptyClass) {
					out.SetStr(name, def)
				}
			}
			in.SetAttr(a[0], "arguments", out)
			return interp.None
		}),
	)
}

func parameterText(in *inter, p value) string {
	s := in.ToStr(in.GetAttr(p, "name"))
	switch paramKindOf(in, p) {
	case interp.VarArgsParam:
		s = "*" + s
	case interp.KwArgsParam:
		s = "**" + s
	}
	ann := in.GetAttr(p, "annotation")
	if ann != value(emptyClass) {
		s += ": " + annotationText(in, ann)
	}
	if d := in.GetAttr(p, "default"); d != value(emptyClass) {
		if ann != value(emptyClass) {
			s += " = " + in.Repr(d)
		} else {
			s += "=" + in.Repr(d)
		}
	}
	return s
}

func annotationText(in *inter, v value) string {
	if c, ok := v.(*interp.Class); ok {
		return c.FullName()
	}
	return strings.ReplaceAll(in.Repr(v), "typing.", "")
}

func signatureText(in *inter, s value) string {
	var parts []string
	star, slash := false, false
	for _, p := range signatureParams(in, s) {
		switch paramKindOf(in, p) {
		case interp.PosOnlyParam:
			slash = true
		case interp.VarArgsParam:
			star = true
		case interp.KwOnlyParam:
			if !star {
				parts = append(parts, "*")
				star = true
			}
		}
		if slash && paramKindOf(in, p) != interp.PosOnlyParam {
			parts = append(parts, "/")
			slash = false
		}
		parts = append(parts, parameterText(in, p))
	}
	if slash {
		parts = append(parts, "/")
	}
	text := "(" + strings.Join(parts, ", ") + ")"
	if r := in.GetAttr(s, "return_annotation"); r != value(emptyClass) {
		text += " -> " + annotationText(in, r)
	}
	return text
}

func init() { initSignature() }

// fullArgSpec is inspect.getfullargspec.
func fullArgSpec(in *inter, f value) value {
	args, kwonly := interp.NewList(), interp.NewList()
	var defaults []value
	kwDefaults, anns := interp.NewDict(), interp.NewDict()
	var varargs, varkw value = interp.None, interp.None
	sig := signatureFull(in, f)
	if r := in.GetAttr(sig, "return_annotation"); r != value(emptyClass) {
		anns.SetStr("return", r)
	}
	for _, p := range signatureParams(in, sig) {
		name := in.GetAttr(p, "name")
		def := in.GetAttr(p, "default")
		if a := in.GetAttr(p, "annotation"); a != value(emptyClass) {
			anns.Set(in, name, a)
		}
		switch paramKindOf(in, p) {
		case interp.PosOnlyParam, interp.PosOrKwParam:
			args.V = append(args.V, name)
			if def != value(emptyClass) {
				defaults = append(defaults, def)
			}
		case interp.VarArgsParam:
			varargs = name
		case interp.KwArgsParam:
			varkw = name
		default:
			kwonly.V = append(kwonly.V, name)
			if def != value(emptyClass) {
				kwDefaults.Set(in, name, def)
			}
		}
	}
	c := state(in, argSpecKey{}, func() value {
		f, _ := in.NativeValue("collections.namedtuple")
		return in.Call(f, []value{str("FullArgSpec"), str("args varargs varkw defaults kwonlyargs kwonlydefaults annotations")}, nil)
	})
	var defs value = interp.None
	if len(defaults) > 0 {
		defs = interp.NewTuple(defaults...)
	}
	var kwd value = interp.None
	if kwDefaults.Len() > 0 {
		kwd = kwDefaults
	}
	return in.Call(c, []value{args, varargs, varkw, defs, kwonly, kwd, anns}, nil)
}

type argSpecKey struct{}

// signatureFull is the signature with self, and without following wrappers.
func signatureFull(in *inter, f value) value {
	if b, ok := f.(*interp.BoundMethod); ok {
		f = b.Fn
	}
	if c, ok := f.(*interp.Class); ok {
		if init, ok := c.Lookup("__init__"); ok {
			f = init
		}
	}
	return signatureOf(in, f, false, 0)
}

func inspectEntries() []entry {
	is := func(name string, f func(v value) bool) entry {
		return fn("inspect."+name, "obj", func(in *inter, a []value) value { return interp.NewBool(f(a[0])) })
	}
	// The text of what has a source exists, but is not kept.
	noSource := func(name string) entry {
		return fn("inspect."+name, "obj, *args, **kwargs", func(in *inter, a []value) value {
			v := a[0]
			if b, ok := v.(*interp.BoundMethod); ok {
				v = b.Fn
			}
			switch x := v.(type) {
			case *interp.Function:
				return in.Unknown("the source text of %s", x.Qual)
			case *interp.Class:
				if !x.Native {
					return in.Unknown("the source text of %s", x.Qual)
				}
			}
			in.Raise(interp.OSError, "could not get source code")
			return nil
		})
	}
	out := []entry{
		module("inspect"),
		class("inspect.Signature", signatureClass), class("inspect.Parameter", parameterClass), class("inspect.BoundArguments", boundArgsClass), class("inspect._empty", emptyClass),
		class("inspect._ParameterKind", paramKindClass),
		fn("inspect.signature", "obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False", func(in *inter, a []value) value {
			return signatureOf(in, a[0], in.Truth(a[1]), 0)
		}),
		fn("inspect.getfullargspec", "func", func(in *inter, a []value) value { return fullArgSpec(in, a[0]) }),
		is("isclass", func(v value) bool { _, ok := v.(*interp.Class); return ok }),
		is("isfunction", func(v value) bool { _, ok := v.(*interp.Function); return ok }),
		is("ismethod", func(v value) bool {
			b, ok := v.(*interp.BoundMethod)
			if ok {
				_, ok = b.Fn.(*interp.Function)
			}
			return ok
		}),
		is("isbuiltin", func(v value) bool { _, ok := v.(*interp.Builtin); return ok }),
		is("isroutine", func(v value) bool {
			switch v.(type) {
			case *interp.Function, *interp.Builtin, *interp.BoundMethod:
				return true
			}
			return false
		}),
		is("ismodule", func(v value) bool { _, ok := v.(*interp.Module); return ok }),
		is("isgenerator", func(v value) bool { _, ok := v.(*interp.Generator); return ok }),
		is("isgeneratorfunction", func(v value) bool { return codeSays(v, false) }),
		is("iscoroutinefunction", func(v value) bool { return codeSays(v, true) }),
		is("isasyncgenfunction", func(v value) bool { return false }),
		is("iscoroutine", func(value) bool { return false }), is("isawaitable", func(value) bool { return false }), is("isasyncgen", func(value) bool { return false }),
		is("iscode", func(v value) bool { return typeName(v) == "code" }), is("isframe", func(value) bool { return false }), is("istraceback", func(value) bool { return false }),
		is("isdatadescriptor", func(v value) bool {
			if _, ok := v.(*interp.Property); ok {
				return true
			}
			_, ok := v.Type().Lookup("__set__")
			return ok
		}),
		is("ismethoddescriptor", func(value) bool { return false }), is("ismemberdescriptor", func(value) bool { return false }), is("isgetsetdescriptor", func(value) bool { return false }),
		is("isabstract", func(v value) bool {
			c, ok := v.(*interp.Class)
			return ok && len(abstractNames(c)) > 0
		}),
		fn("inspect.getmro", "cls", func(in *inter, a []value) value { return in.GetAttr(a[0], "__mro__") }),
		fn("inspect.getdoc", "obj", func(in *inter, a []value) value {
			d, ok := in.LookupAttr(a[0], "__doc__")
			s, isStr := interp.AsStr(d)
			if !ok || !isStr {
				return interp.None
			}
			return str(cleanDoc(s))
		}),
		fn("inspect.cleandoc", "doc", func(in *inter, a []value) value { return str(cleanDoc(in.Str(a[0]))) }),
		fn("inspect.unwrap", "func, *, stop=None", func(in *inter, a []value) value {
			f := a[0]
			for n := 0; ; n++ {
				if !interp.IsNone(a[1]) && in.Truth(in.Call(a[1], []value{f}, nil)) {
					return f
				}
				w, ok := in.LookupAttr(f, "__wrapped__")
				if !ok {
					return f
				}
				if n > 1000 {
					in.Raise(interp.ValueError, "wrapper loop when unwrapping %s", in.Repr(a[0]))
				}
				f = w
			}
		}),
		fn("inspect.getmembers", "obj, predicate=None", func(in *inter, a []value) value {
			l := interp.NewList()
			dir, _ := builtinFunction(in, "dir")
			for _, n := range in.Elements(in.Call(dir, []value{a[0]}, nil)) {
				v, ok := in.LookupAttr(a[0], in.Str(n))
				if ok && (interp.IsNone(a[1]) || in.Truth(in.Call(a[1], []value{v}, nil))) {
					l.V = append(l.V, interp.NewTuple(n, v))
				}
			}
			return l
		}),
		fn("inspect.getattr_static", "obj, attr, default=?", func(in *inter, a []value) value {
			name := in.Str(a[1])
			if i, ok := a[0].(*interp.Instance); ok && i.Dict != nil {
				if v, ok := i.Dict.GetStr(name); ok {
					return v
				}
			}
			c, ok := a[0].(*interp.Class)
			if !ok {
				c = a[0].Type()
			}
			if v, ok := c.Lookup(name); ok {
				return v
			}
			if a[2] == nil {
				in.Raise(interp.AttributeError, "%s", name)
			}
			return a[2]
		}),
		fn("inspect.getmodule", "obj, _filename=None", func(in *inter, a []value) value {
			if m, ok := a[0].(*interp.Module); ok {
				return m
			}
			if n, ok := in.LookupAttr(a[0], "__module__"); ok {
				if s, ok := interp.AsStr(n); ok {
					if m, ok := in.SysModules()[s]; ok {
						return m
					}
				}
			}
			return interp.None
		}),
		fn("inspect.get_annotations", "obj, *, globals=None, locals=None, eval_str=False", func(in *inter, a []value) value {
			switch o := a[0].(type) {
			case *interp.Class, *interp.Function:
				return in.Annotations(o)
			}
			if v, ok := in.LookupAttr(a[0], "__annotations__"); ok {
				return v
			}
			return interp.NewDict()
		}),
		noSource("getsource"), noSource("getsourcelines"), noSource("findsource"),
		fn("inspect.getmodulename", "path", func(in *inter, a []value) value {
			base := in.ToStr(a[0])
			base = base[strings.LastIndexByte(base, '/')+1:]
			if n, ok := strings.CutSuffix(base, ".py"); ok {
				return str(n)
			}
			return interp.None
		}),
		fn("inspect.currentframe", "", func(in *inter, _ []value) value { return in.Unknown("inspect.currentframe()") }),
		fn("inspect.stack", "context=1", func(in *inter, _ []value) value { return in.Unknown("inspect.stack()") }),
	}
	for _, n := range []string{"getfile", "getsourcefile", "getabsfile"} {
		out = append(out, fn("inspect."+n, "obj", func(in *inter, a []value) value {
			if m, ok := a[0].(*interp.Module); ok && m.File != "" {
				return str(m.File)
			}
			if mod, ok := in.LookupAttr(a[0], "__module__"); ok {
				if s, ok := interp.AsStr(mod); ok {
					if m, ok := in.SysModules()[s].(*interp.Module); ok && m.File != "" {
						return str(m.File)
					}
				}
			}
			in.Raise(interp.TypeError, "%s is a built-in %s", in.Repr(a[0]), typeName(a[0]))
			return nil
		}))
	}
	for i, n := range []string{"CO_OPTIMIZED", "CO_NEWLOCALS", "CO_VARARGS", "CO_VARKEYWORDS", "CO_NESTED", "CO_GENERATOR"} {
		out = append(out, constant("inspect."+n, interp.NewInt(1<<i)))
	}
	return out
}

// cleanDoc removes the common indentation of a docstring.
func cleanDoc(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\t", "        "), "\n")
	margin := -1
	for _, l := range lines[1:] {
		if t := strings.TrimLeft(l, " "); t != "" && (margin < 0 || len(l)-len(t) < margin) {
			margin = len(l) - len(t)
		}
	}
	lines[0] = strings.TrimLeft(lines[0], " ")
	for i := range lines[1:] {
		if margin > 0 {
			lines[i+1] = lines[i+1][min(margin, len(lines[i+1])):]
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return strings.Join(lines, "\n")
}

// codeSays asks a function's code what it is.
func codeSays(v value, async bool) bool {
	if b, ok := v.(*interp.BoundMethod); ok {
		v = b.Fn
	}
	f, ok := v.(*interp.Function)
	if !ok {
		return false
	}
	c, ok := any(f.Code).(interface {
		IsGenerator() bool
		IsAsync() bool
	})
	if !ok {
		return false
	}
	if async {
		return c.IsAsync()
	}
	return c.IsGenerator() && !c.IsAsync()
}
