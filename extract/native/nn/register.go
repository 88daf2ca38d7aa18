package nn

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

var registerMethods = []method{
	{name: "register_buffer", sig: "self, name, tensor, persistent=True", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, st := self(in, a[0], "register_buffer")
		if !st.ready {
			in.Raise(interp.AttributeError, "cannot assign buffer before Module.__init__() call")
		}
		name := registryName(in, a[1], "buffer")
		registerBuffer(in, m, name, a[2], in.Truth(a[3]))
		return interp.None
	}},
	{name: "register_parameter", sig: "self, name, param", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, st := self(in, a[0], "register_parameter")
		if !st.ready {
			in.Raise(interp.AttributeError, "cannot assign parameter before Module.__init__() call")
		}
		registerParameter(in, m, registryName(in, a[1], "parameter"), a[2])
		return interp.None
	}},
	{name: "add_module", sig: "self, name, module", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "add_module")
		addModule(in, m, a[1], a[2])
		return interp.None
	}},
	{name: "register_module", sig: "self, name, module", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		in.Call(in.GetAttr(a[0], "add_module"), a[1:], nil)
		return interp.None
	}},
}

// registryName is the name under which a parameter or buffer is registered.
func registryName(in *interp.Interp, v interp.Value, what string) string {
	name, ok := interp.AsStr(v)
	switch {
	case !ok:
		in.Raise(interp.TypeError, "%s name should be a string. Got %s", what, typename(in, v))
	case strings.Contains(name, "."):
		in.Raise(interp.KeyError, "%s", what+` name can't contain "."`)
	case name == "":
		in.Raise(interp.KeyError, "%s", what+` name can't be empty string ""`)
	}
	return name
}

func registerBuffer(in *interp.Interp, m *interp.Instance, name string, v interp.Value, persistent bool) {
	st := m.Data.(*State)
	if _, ok := st.Buffers.GetStr(name); !ok && hasAttr(in, m, st, name) {
		in.Raise(interp.KeyError, "attribute '%s' already exists", name)
	}
	switch v.(type) {
	case *tensor.Tensor, interp.NoneType, *interp.Unknown:
	default:
		if _, ok := in.LookupAttr(v, "__torch_function__"); !ok {
			in.Raise(interp.TypeError, "cannot assign '%s' object to buffer '%s' (torch Tensor or None required)", typename(in, v), name)
		}
	}
	v = globalRegistration(in, bufferRegistration, m, name, v)
	st.Buffers.SetStr(name, v)
	st.note(in, name)
	st.setPersistent(name, persistent)
}

// registerParameter is Module.register_parameter with a name that was checked.
// A parameter that comes by assignment has no dots checked either in torch:
// the name is an identifier (or setattr's business).
func registerParameter(in *interp.Interp, m *interp.Instance, name string, v interp.Value) {
	st := m.Data.(*State)
	if strings.IndexByte(name, '.') >= 0 || name == "" {
		registryName(in, interp.NewStr(name), "parameter")
	}
	if _, ok := st.Params.GetStr(name); !ok && hasAttr(in, m, st, name) {
		in.Raise(interp.KeyError, "attribute '%s' already exists", name)
	}
	switch p := v.(type) {
	case interp.NoneType, *interp.Unknown:
	case *tensor.Tensor:
		if !p.Parameter {
			in.Raise(interp.TypeError, "cannot assign '%s' object to parameter '%s' (torch.nn.Parameter or None required)", typename(in, v), name)
		}
		v = globalRegistration(in, parameterRegistration, m, name, v)
	default:
		in.Raise(interp.TypeError, "cannot assign '%s' object to parameter '%s' (torch.nn.Parameter or None required)", typename(in, v), name)
	}
	st.Params.SetStr(name, v)
}

// addModule is Module.add_module.
func addModule(in *interp.Interp, m *interp.Instance, key, v interp.Value) {
	st := m.Data.(*State)
	switch v.(type) {
	case interp.NoneType, *interp.Unknown:
	default:
		if asModule(v) == nil {
			in.Raise(interp.TypeError, "%s is not a Module subclass", typename(in, v))
		}
	}
	name, ok := interp.AsStr(key)
	if !ok {
		in.Raise(interp.TypeError, "module name should be a string. Got %s", typename(in, key))
	}
	needReady(in, m, st, "_modules")
	if _, ok := st.Modules.GetStr(name); !ok && hasAttr(in, m, st, name) {
		in.Raise(interp.KeyError, "attribute '%s' already exists", name)
	}
	if strings.IndexByte(name, '.') >= 0 {
		in.Raise(interp.KeyError, "%s", `module name can't contain ".", got: `+name)
	}
	if name == "" {
		in.Raise(interp.KeyError, "%s", `module name can't be empty string ""`)
	}
	st.Modules.SetStr(name, globalRegistration(in, moduleRegistration, m, name, v))
}

// addChild is add_module for names that cannot clash (the numbers of containers).
func (st *State) addChild(name string, v interp.Value) { st.Modules.SetStr(name, v) }

var lookupMethods = []method{
	{name: "get_submodule", sig: "self, target", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "get_submodule")
		return getSubmodule(in, m, in.Str(a[1]))
	}},
	{name: "set_submodule", sig: "self, target, module, strict=False", fn: setSubmodule},
	{name: "get_parameter", sig: "self, target", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, name := owner(in, a)
		v, ok := in.LookupAttr(m, name)
		if !ok {
			in.Raise(interp.AttributeError, "%s has no attribute `%s`", getName(in, m), name)
		}
		if t := asTensor(v); t == nil || !t.Parameter {
			in.Raise(interp.AttributeError, "`%s` is not an nn.Parameter", name)
		}
		return v
	}},
	{name: "get_buffer", sig: "self, target", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, name := owner(in, a)
		v, ok := in.LookupAttr(m, name)
		if !ok {
			in.Raise(interp.AttributeError, "%s has no attribute `%s`", getName(in, m), name)
		}
		if _, ok := m.Data.(*State).Buffers.GetStr(name); !ok {
			in.Raise(interp.AttributeError, "`%s` is not a buffer", name)
		}
		return v
	}},
	{name: "get_extra_state", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value { return extraState(in, "get") }},
	{name: "set_extra_state", sig: "self, state", fn: func(in *interp.Interp, a []interp.Value) interp.Value { return extraState(in, "set") }},
}

func extraState(in *interp.Interp, which string) interp.Value {
	in.Raise(interp.RuntimeError, "Reached a code path in Module.%s_extra_state() that should never be called. "+
		"Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.", which)
	return nil
}

// getName is m._get_name().
func getName(in *interp.Interp, m *interp.Instance) string {
	if m.Cls.Native {
		return m.Cls.Name
	}
	return in.Str(in.CallMethod(m, "_get_name"))
}

// getSubmodule follows a dotted path.
func getSubmodule(in *interp.Interp, m *interp.Instance, target string) *interp.Instance {
	if target == "" {
		return m
	}
	for _, item := range strings.Split(target, ".") {
		v, ok := in.LookupAttr(m, item)
		if !ok {
			in.Raise(interp.AttributeError, "%s has no attribute `%s`", getName(in, m), item)
		}
		next := asModule(v)
		if next == nil {
			in.Raise(interp.AttributeError, "`%s` is not an nn.Module", item)
		}
		m = next
	}
	return m
}

// owner splits "a.b.weight" into the module a.b and "weight".
func owner(in *interp.Interp, a []interp.Value) (*interp.Instance, string) {
	m, _ := self(in, a[0], "get_parameter")
	target := in.Str(a[1])
	i := strings.LastIndexByte(target, '.')
	if i < 0 {
		return m, target
	}
	if !m.Cls.Native {
		if sub := asModule(in.CallMethod(m, "get_submodule", interp.NewStr(target[:i]))); sub != nil {
			return sub, target[i+1:]
		}
	}
	return getSubmodule(in, m, target[:i]), target[i+1:]
}

func setSubmodule(in *interp.Interp, a []interp.Value) interp.Value {
	m, _ := self(in, a[0], "set_submodule")
	target := in.Str(a[1])
	if target == "" {
		in.Raise(interp.ValueError, "Cannot set the submodule without a target name!")
	}
	if asModule(a[2]) == nil {
		in.Raise(interp.ValueError, "`module` is not an nn.Module, found %s", in.Repr(a[2].Type()))
	}
	last := target
	if i := strings.LastIndexByte(target, '.'); i >= 0 {
		m, last = getSubmodule(in, m, target[:i]), target[i+1:]
	}
	old, ok := in.LookupAttr(m, last)
	if !ok && in.Truth(a[3]) {
		in.Raise(interp.AttributeError, "%s has no attribute `%s`", getName(in, m), last)
	}
	if ok && asModule(old) == nil {
		in.Raise(interp.AttributeError, "`%s` is not an nn.Module", last)
	}
	in.SetAttr(m, last, a[2])
	return interp.None
}
