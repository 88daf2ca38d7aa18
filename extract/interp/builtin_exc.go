package interp

// excArgs are the args of an exception.
func excArgs(v Value) *Tuple {
	if i, ok := v.(*Instance); ok {
		if t, ok := i.Data.(*Tuple); ok {
			return t
		}
	}
	return EmptyTuple
}

// excAttrs are the keyword arguments that exceptions keep as attributes.
func excAttrs(in *Interp, i *Instance, kw []KW) {
	for _, k := range kw {
		keep := false
		switch {
		case i.Cls.Is(ImportError):
			keep = k.Name == "name" || k.Name == "path" || k.Name == "name_from"
		case i.Cls.Is(AttributeError):
			keep = k.Name == "name" || k.Name == "obj"
		case i.Cls.Is(NameError):
			keep = k.Name == "name"
		}
		if !keep {
			in.Raise(TypeError, "%s() takes no keyword arguments", i.Cls.Name)
		}
		if i.Dict == nil {
			i.Dict = NewDict()
		}
		i.Dict.SetStr(k.Name, k.V)
	}
}

func init() {
	BaseException.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		return &Instance{Cls: cls, Data: NewTuple(append([]Value(nil), args...)...)}
	}
	BaseException.rawMethod("__init__", func(in *Interp, a []Value, kw []KW) Value {
		i, ok := a[0].(*Instance)
		if !ok {
			in.Raise(TypeError, "descriptor '__init__' requires a 'BaseException' object but received a '%s'", a[0].Type().Name)
		}
		excAttrs(in, i, kw)
		i.Data = NewTuple(append([]Value(nil), a[1:]...)...)
		return None
	})
	builtinOps[BaseException.rawMethod("__str__", func(in *Interp, a []Value, _ []KW) Value {
		if i, ok := a[0].(*Instance); ok {
			return NewStr((&printer{in: in}).excMessage(i))
		}
		return NewStr(in.ToStr(a[0]))
	})] = true
	builtinOps[BaseException.rawMethod("__repr__", func(in *Interp, a []Value, _ []KW) Value {
		if i, ok := a[0].(*Instance); ok {
			return NewStr((&printer{in: in}).plainInstance(i))
		}
		return NewStr(in.Repr(a[0]))
	})] = true
	BaseException.AddMethods(
		Method{Name: "with_traceback", Sig: "self, tb, /", Fn: func(in *Interp, a []Value) Value { return a[0] }},
		Method{Name: "add_note", Sig: "self, note, /", Fn: func(in *Interp, a []Value) Value {
			i := a[0].(*Instance)
			if i.Dict == nil {
				i.Dict = NewDict()
			}
			notes, ok := i.Dict.GetStr("__notes__")
			l, isList := notes.(*List)
			if !ok || !isList {
				l = NewList()
				i.Dict.SetStr("__notes__", l)
			}
			l.V = append(l.V, a[1])
			return None
		}},
	)
	item := func(c *Class, name string, i int) {
		c.AddMethods(Method{Name: name, Sig: "self", Kind: "property", Fn: func(in *Interp, a []Value) Value {
			if t := excArgs(a[0]); i < len(t.V) {
				return t.V[i]
			}
			return None
		}})
	}
	item(StopIteration, "value", 0)
	item(SystemExit, "code", 0)
	item(OSError, "errno", 0)
	item(OSError, "strerror", 1)
	item(OSError, "filename", 2)
	item(ImportError, "msg", 0)
	for _, c := range []*Class{ImportError, AttributeError, NameError} {
		c.Dict.SetStr("name", None)
	}
	ImportError.Dict.SetStr("path", None)
	AttributeError.Dict.SetStr("obj", None)
	BaseException.Dict.SetStr("args", &Property{
		Get: &Builtin{Name: "args", Qual: "BaseException.args", Sig: ParseSignature("self"), Fn: func(in *Interp, a []Value) Value {
			return excArgs(a[0])
		}},
		Set: &Builtin{Name: "args", Qual: "BaseException.args", Sig: ParseSignature("self, value"), Fn: func(in *Interp, a []Value) Value {
			a[0].(*Instance).Data = NewTuple(append([]Value(nil), in.Elements(a[1])...)...)
			return None
		}},
	})
	for _, n := range []string{"__traceback__", "__cause__", "__context__"} {
		BaseException.Dict.SetStr(n, None)
	}
	BaseException.Dict.SetStr("__suppress_context__", False)
}
