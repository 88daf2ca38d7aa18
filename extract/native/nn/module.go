package nn

import (
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// ModuleClass is torch.nn.Module. Its methods are added by setup.
var ModuleClass = interp.NewNativeClass("torch.nn.modules.module.Module", nil)

func setupModule() {
	c := ModuleClass
	c.New = newModule
	c.GetAttrHook, c.SetAttrHook, c.DelAttrHook = getAttr, setAttr, delAttr
	c.Dict.SetStr("dump_patches", interp.False)
	c.Dict.SetStr("_version", interp.NewInt(1))
	c.Dict.SetStr("call_super_init", interp.False)
	c.Dict.SetStr("_compiled_call_impl", interp.None)
	c.Dict.SetStr("__init__", &interp.Builtin{Name: "__init__", Qual: "torch.nn.modules.module.Module.__init__",
		Sig: interp.ParseSignature("self, *args, **kwargs"), Raw: moduleInit})
	for _, ms := range [][]method{attributeMethods, registerMethods, lookupMethods, walkMethods,
		applyMethods, hookMethods, stateDictMethods, reprMethods} {
		addMethods(c, ms...)
	}
	addCallMethods(c)
	registerBufferFn, _ = c.Dict.GetStr("register_buffer")
	for i, name := range hookTables {
		stateAttrs[name] = func(_ *interp.Interp, st *State) interp.Value { return st.hookTable(hookKind(i)) }
	}
}

// registerBufferFn is Module.register_buffer, to see whether a class overrides it.
var registerBufferFn interp.Value

// moduleInit is Module.__init__.
func moduleInit(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	if len(args) == 0 {
		in.Raise(interp.TypeError, "Module.__init__() missing 1 required positional argument: 'self'")
	}
	m, st := self(in, args[0], "__init__")
	super := false
	if !m.Cls.Native {
		if v, ok := m.Cls.Lookup("call_super_init"); ok && v != interp.False {
			super = in.Truth(v)
		}
	}
	if !super {
		if len(kw) > 0 {
			in.Raise(interp.TypeError, "%s.__init__() got an unexpected keyword argument '%s'", m.Cls.Name, kw[0].Name)
		}
		if len(args) > 1 {
			in.Raise(interp.TypeError, "%s.__init__() takes 1 positional argument but %d were given", m.Cls.Name, len(args))
		}
	}
	st.start()
	if super {
		if next := after(m.Cls, ModuleClass, "__init__"); next != nil {
			in.Call(next, args, kw)
		}
	}
	return interp.None
}

// after is the attribute that super() finds behind class c, unbound.
func after(cls, c *interp.Class, name string) interp.Value {
	found := false
	for _, k := range cls.MRO {
		if found {
			if v, ok := k.Dict.GetStr(name); ok {
				return v
			}
		}
		found = found || k == c
	}
	return nil
}

// The attributes of a module that Python keeps in its __dict__ and we keep in its State.
var stateAttrs = map[string]func(in *interp.Interp, st *State) interp.Value{
	"training":    func(_ *interp.Interp, st *State) interp.Value { return interp.NewBool(st.Training) },
	"_parameters": func(_ *interp.Interp, st *State) interp.Value { return st.Params },
	"_buffers":    func(_ *interp.Interp, st *State) interp.Value { return st.Buffers },
	"_modules":    func(_ *interp.Interp, st *State) interp.Value { return st.Modules },
	"_non_persistent_buffers_set": func(_ *interp.Interp, st *State) interp.Value {
		if st.NonPersistent == nil {
			st.NonPersistent = interp.NewSet()
		}
		return st.NonPersistent
	},
	"_is_full_backward_hook": func(_ *interp.Interp, st *State) interp.Value {
		if st.hooks == nil || st.hooks.fullBackward == nil {
			return interp.None
		}
		return st.hooks.fullBackward
	},
}

// getAttr is Module.__getattr__, and the look-up of what lives in State.
func getAttr(in *interp.Interp, m *interp.Instance, name string) (interp.Value, bool) {
	st, ok := m.Data.(*State)
	if !ok || !st.ready {
		return nil, false
	}
	if v, ok := st.Params.GetStr(name); ok {
		return v, true
	}
	if v, ok := st.Buffers.GetStr(name); ok {
		return v, true
	}
	if v, ok := st.Modules.GetStr(name); ok {
		return v, true
	}
	if name == "training" || strings.HasPrefix(name, "_") {
		if f := stateAttrs[name]; f != nil {
			return f(in, st), true
		}
	}
	return nil, false
}

// setAttr is Module.__setattr__; false leaves the assignment to object's.
func setAttr(in *interp.Interp, m *interp.Instance, name string, v interp.Value) bool {
	st, ok := m.Data.(*State)
	if !ok {
		return false
	}
	if t, ok := v.(*tensor.Tensor); ok {
		if t.Parameter {
			if !st.ready {
				in.Raise(interp.AttributeError, "cannot assign parameters before Module.__init__() call")
			}
			removeFrom(m, st, name, false, true, true)
			registerParameter(in, m, name, t)
			st.note(in, name)
			return true
		}
		if t.Buffer && !st.ready {
			in.Raise(interp.AttributeError, "cannot assign buffer before Module.__init__() call")
		}
	}
	if !st.ready {
		if asModule(v) != nil {
			in.Raise(interp.AttributeError, "cannot assign module before Module.__init__() call")
		}
		return false
	}
	if st.Params.Len() > 0 {
		if _, ok := st.Params.GetStr(name); ok {
			switch v.(type) {
			case interp.NoneType, *interp.Unknown:
				st.Params.SetStr(name, v)
				return true
			}
			in.Raise(interp.TypeError, "cannot assign '%s' as parameter '%s' (torch.nn.Parameter or None expected)", typename(in, v), name)
		}
	}
	if asModule(v) != nil {
		removeFrom(m, st, name, true, true, false)
		st.Modules.SetStr(name, v)
		st.note(in, name)
		return true
	}
	if st.Modules.Len() > 0 {
		if _, ok := st.Modules.GetStr(name); ok {
			switch v.(type) {
			case interp.NoneType, *interp.Unknown:
				st.Modules.SetStr(name, v)
				return true
			}
			in.Raise(interp.TypeError, "cannot assign '%s' as child module '%s' (torch.nn.Module or None expected)", typename(in, v), name)
		}
	}
	t, _ := v.(*tensor.Tensor)
	isBuffer := t != nil && t.Buffer
	if !isBuffer && st.Buffers.Len() > 0 {
		_, isBuffer = st.Buffers.GetStr(name)
	}
	if isBuffer {
		assignBuffer(in, m, st, name, v)
		return true
	}
	switch name {
	case "training":
		if b, ok := v.(interp.Bool); ok {
			st.Training = b.V
			return true
		}
		st.Training = in.Truth(v)
		return true
	case "_parameters", "_buffers", "_modules":
		return assignRegistry(in, st, name, v)
	case "_non_persistent_buffers_set":
		if s, ok := v.(*interp.Set); ok {
			st.NonPersistent = s
			return true
		}
	}
	return false
}

// removeFrom drops a name from the instance dict and from the registries named.
func removeFrom(m *interp.Instance, st *State, name string, params, buffers, modules bool) {
	if m.Dict != nil && m.Dict.Len() > 0 {
		m.Dict.DelStr(name)
	}
	if params && st.Params.Len() > 0 {
		st.Params.DelStr(name)
	}
	if buffers && st.Buffers.Len() > 0 {
		st.Buffers.DelStr(name)
	}
	if modules && st.Modules.Len() > 0 {
		st.Modules.DelStr(name)
	}
	st.setPersistent(name, true)
}

func (st *State) setPersistent(name string, persistent bool) {
	if persistent {
		if st.NonPersistent != nil {
			st.NonPersistent.D.DelStr(name)
		}
		return
	}
	if st.NonPersistent == nil {
		st.NonPersistent = interp.NewSet()
	}
	st.NonPersistent.D.SetStr(name, interp.None)
}

// Persistent reports whether state_dict includes the buffer of that name.
func (st *State) Persistent(name string) bool {
	if st.NonPersistent == nil {
		return true
	}
	_, ok := st.NonPersistent.D.GetStr(name)
	return !ok
}

func assignBuffer(in *interp.Interp, m *interp.Instance, st *State, name string, v interp.Value) {
	t, _ := v.(*tensor.Tensor)
	if t == nil {
		switch v.(type) {
		case interp.NoneType, *interp.Unknown:
		default:
			if _, ok := in.LookupAttr(v, "__torch_function__"); !ok {
				in.Raise(interp.TypeError, "cannot assign '%s' as buffer '%s' (torch.nn.Buffer, torch.Tensor or None expected)", typename(in, v), name)
			}
		}
	}
	persistent := st.Persistent(name)
	if t != nil && t.Buffer {
		persistent = bufferPersistent(in, t)
	}
	if !m.Cls.Native {
		if f, ok := m.Cls.Lookup("register_buffer"); ok && f != registerBufferFn {
			in.Call(in.GetAttr(m, "register_buffer"), []interp.Value{interp.NewStr(name), v, interp.NewBool(persistent)}, nil)
			return
		}
	}
	registerBuffer(in, m, name, v, persistent)
}

func assignRegistry(in *interp.Interp, st *State, name string, v interp.Value) bool {
	d := asDict(v)
	if d == nil {
		return false
	}
	switch name {
	case "_parameters":
		st.Params = d
	case "_buffers":
		st.Buffers = d
	default:
		st.Modules = d
	}
	return true
}

// asDict is the dict of a dict or of an instance of a dict subclass (OrderedDict).
func asDict(v interp.Value) *interp.Dict {
	switch v := v.(type) {
	case *interp.Dict:
		return v
	case *interp.Instance:
		if d, ok := v.Data.(*interp.Dict); ok {
			return d
		}
	}
	return nil
}

// delAttr is Module.__delattr__; false leaves it to object's.
func delAttr(in *interp.Interp, m *interp.Instance, name string) bool {
	st, ok := m.Data.(*State)
	if !ok {
		return false
	}
	needReady(in, m, st, "_parameters")
	if st.Params.DelStr(name) {
		return true
	}
	if st.Buffers.DelStr(name) {
		st.setPersistent(name, true)
		return true
	}
	return st.Modules.DelStr(name)
}

// needReady raises what Python raises where Module.__init__ has not run and a registry is read.
func needReady(in *interp.Interp, m *interp.Instance, st *State, registry string) {
	if !st.ready {
		in.Raise(interp.AttributeError, "'%s' object has no attribute '%s'", m.Cls.Name, registry)
	}
}

// objectMethod is a method of object, for what Module leaves to it.
func objectMethod(in *interp.Interp, name string, args ...interp.Value) interp.Value {
	if f, ok := interp.ObjectClass.Dict.GetStr(name); ok {
		return in.Call(f, args, nil)
	}
	m := args[0].(*interp.Instance)
	n := in.Str(args[1])
	if name == "__delattr__" {
		if !m.Dict.DelStr(n) {
			in.Raise(interp.AttributeError, "'%s' object has no attribute '%s'", m.Cls.Name, n)
		}
		return interp.None
	}
	m.Dict.SetStr(n, args[2])
	return interp.None
}

var attributeMethods = []method{
	{name: "__getattr__", sig: "self, name", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "__getattr__")
		name := in.Str(a[1])
		if v, ok := getAttr(in, m, name); ok {
			return v
		}
		in.Raise(interp.AttributeError, "'%s' object has no attribute '%s'", m.Cls.Name, name)
		return nil
	}},
	{name: "__setattr__", sig: "self, name, value", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "__setattr__")
		if !setAttr(in, m, in.Str(a[1]), a[2]) {
			objectMethod(in, "__setattr__", a...)
		}
		return interp.None
	}},
	{name: "__delattr__", sig: "self, name", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "__delattr__")
		if !delAttr(in, m, in.Str(a[1])) {
			objectMethod(in, "__delattr__", a...)
		}
		return interp.None
	}},
	{name: "__dir__", sig: "self", fn: moduleDir},
}

// moduleDir is Module.__dir__: everything that can be named, sorted, without
// names that begin with a digit.
func moduleDir(in *interp.Interp, a []interp.Value) interp.Value {
	m, st := self(in, a[0], "__dir__")
	needReady(in, m, st, "_parameters")
	var names []string
	add := func(d *interp.Dict) {
		d.Range(func(k, _ interp.Value) bool {
			if s, ok := interp.AsStr(k); ok && s != "" && (s[0] < '0' || s[0] > '9') {
				names = append(names, s)
			}
			return true
		})
	}
	seen := interp.NewDict()
	for _, c := range m.Cls.MRO {
		c.Dict.Range(func(k, v interp.Value) bool {
			if s, ok := interp.AsStr(k); ok {
				seen.SetStr(s, v)
			}
			return true
		})
	}
	add(seen)
	for name := range stateAttrs {
		names = append(names, name)
	}
	add(m.Dict)
	add(st.Params)
	add(st.Modules)
	add(st.Buffers)
	sort.Strings(names)
	out := interp.NewList()
	for _, n := range names {
		out.V = append(out.V, interp.NewStr(n))
	}
	return out
}

// hasAttr is hasattr(m, name), without the detour over an exception for plain modules.
func hasAttr(in *interp.Interp, m *interp.Instance, st *State, name string) bool {
	if _, ok := m.Cls.Lookup(name); !ok && (m.Cls.Native || !ownGetattr(m.Cls)) {
		if _, ok := m.Dict.GetStr(name); ok {
			return true
		}
		_, ok := getAttr(in, m, name)
		return ok
	}
	_, ok := in.LookupAttr(m, name)
	return ok
}

// ownGetattr reports whether user code defines __getattr__ or __getattribute__ in the class.
func ownGetattr(c *interp.Class) bool {
	v, _ := c.Lookup("__getattr__")
	mine, _ := ModuleClass.Dict.GetStr("__getattr__")
	if v != mine {
		return true
	}
	v, ok := c.Lookup("__getattribute__")
	if !ok {
		return false
	}
	b, native := v.(*interp.Builtin)
	return !native || b == nil
}

// typename is torch.typename(v): how its messages name the type of an object.
func typename(in *interp.Interp, v interp.Value) string {
	switch v := v.(type) {
	case *tensor.Tensor:
		return tensorTypename(v)
	case *interp.Class:
		return v.FullName()
	case *interp.Module:
		return v.Name
	}
	c := v.Type()
	if c == nil {
		return "object"
	}
	return c.FullName()
}
