package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
)

// hookKind numbers the tables of hooks that a module has.
type hookKind int

const (
	forwardPre hookKind = iota
	forwardPreKw
	forwardPost
	forwardPostKw
	forwardAlways
	backwardPre
	backwardPost
	stateDictPost
	stateDictPre
	loadPre
	loadPost
	hookKinds
)

// hookTables are the attributes under which Python sees the tables.
var hookTables = [hookKinds]string{
	"_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_forward_hooks", "_forward_hooks_with_kwargs",
	"_forward_hooks_always_called", "_backward_pre_hooks", "_backward_hooks", "_state_dict_hooks",
	"_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks",
}

// hooks are the hooks of one module, by the id of their handle.
type hooks struct {
	tables       [hookKinds]*interp.Dict
	fullBackward interp.Value
}

func (st *State) hookTable(k hookKind) *interp.Dict {
	if st.hooks == nil {
		st.hooks = &hooks{}
	}
	if st.hooks.tables[k] == nil {
		st.hooks.tables[k] = interp.NewDict()
	}
	return st.hooks.tables[k]
}

// hasHooks reports whether a table has entries, without making it.
func (st *State) hasHooks(k hookKind) bool {
	return st.hooks != nil && st.hooks.tables[k] != nil && st.hooks.tables[k].Len() > 0
}

// handleClass is torch.utils.hooks.RemovableHandle.
var handleClass = interp.NewNativeClass("torch.utils.hooks.RemovableHandle", nil)

// handle is the Data of a RemovableHandle.
type handle struct {
	id     interp.Value
	tables []*interp.Dict
}

func init() {
	remove := func(in *interp.Interp, a []interp.Value) interp.Value {
		if i, ok := a[0].(*interp.Instance); ok {
			if h, ok := i.Data.(*handle); ok {
				for _, t := range h.tables {
					t.Delete(in, h.id)
				}
			}
		}
		return interp.None
	}
	addMethods(handleClass,
		method{name: "remove", sig: "self", fn: remove},
		method{name: "__enter__", sig: "self", fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
		method{name: "__exit__", sig: "self, type=None, value=None, tb=None", fn: remove},
		method{name: "id", sig: "self", kind: "property", fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return a[0].(*interp.Instance).Data.(*handle).id
		}})
}

// perInterp is the state of the package in one interpreter.
type perInterp struct {
	nextHook     int64
	forward      [2]*interp.Dict // global hooks before and after forward
	forwardKw    *interp.Dict
	always       *interp.Dict
	registration [3]*interp.Dict
	run          *run                    // the forward that is being traced
	copying      map[*interp.Dict]copies // the deep copies that are running, by memo
}

type extKey struct{ name string }

var stateKey = &extKey{"nn"}

func interpState(in *interp.Interp) *perInterp {
	if s, ok := in.Ext[stateKey]; ok {
		return s.(*perInterp)
	}
	s := &perInterp{}
	if in.Ext == nil {
		in.Ext = map[any]any{}
	}
	in.Ext[stateKey] = s
	return s
}

func newHandle(in *interp.Interp, tables ...*interp.Dict) *handle {
	s := interpState(in)
	s.nextHook++
	return &handle{id: interp.NewInt(s.nextHook - 1), tables: tables}
}

func (h *handle) object() interp.Value {
	return &interp.Instance{Cls: handleClass, Data: h}
}

// register adds a hook to a table and returns its handle.
func register(in *interp.Interp, hook interp.Value, prepend bool, table *interp.Dict, flags ...*interp.Dict) interp.Value {
	h := newHandle(in, append([]*interp.Dict{table}, flags...)...)
	table.Set(in, h.id, hook)
	if prepend {
		table.MoveToEnd(in, h.id, false)
	}
	for _, f := range flags {
		f.Set(in, h.id, interp.True)
	}
	return h.object()
}

func simpleHook(name, sig string, kind hookKind) method {
	return method{name: name, sig: sig, fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		_, st := self(in, a[0], name)
		return register(in, a[1], false, st.hookTable(kind))
	}}
}

var hookMethods = []method{
	{name: "register_forward_pre_hook", sig: "self, hook, *, prepend=False, with_kwargs=False", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		_, st := self(in, a[0], "register_forward_pre_hook")
		var flags []*interp.Dict
		if in.Truth(a[3]) {
			flags = append(flags, st.hookTable(forwardPreKw))
		}
		return register(in, a[1], in.Truth(a[2]), st.hookTable(forwardPre), flags...)
	}},
	{name: "register_forward_hook", sig: "self, hook, *, prepend=False, with_kwargs=False, always_call=False", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		_, st := self(in, a[0], "register_forward_hook")
		var flags []*interp.Dict
		if in.Truth(a[3]) {
			flags = append(flags, st.hookTable(forwardPostKw))
		}
		if in.Truth(a[4]) {
			flags = append(flags, st.hookTable(forwardAlways))
		}
		return register(in, a[1], in.Truth(a[2]), st.hookTable(forwardPost), flags...)
	}},
	{name: "register_full_backward_pre_hook", sig: "self, hook, prepend=False", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		_, st := self(in, a[0], "register_full_backward_pre_hook")
		return register(in, a[1], in.Truth(a[2]), st.hookTable(backwardPre))
	}},
	{name: "register_backward_hook", sig: "self, hook", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		return backwardHook(in, a[0], a[1], false, interp.False)
	}},
	{name: "register_full_backward_hook", sig: "self, hook, prepend=False", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		return backwardHook(in, a[0], a[1], in.Truth(a[2]), interp.True)
	}},
	simpleHook("_register_state_dict_hook", "self, hook", stateDictPost),
	simpleHook("register_state_dict_post_hook", "self, hook", stateDictPost),
	simpleHook("register_state_dict_pre_hook", "self, hook", stateDictPre),
	simpleHook("_register_load_state_dict_pre_hook", "self, hook, with_module=False", loadPre),
	simpleHook("register_load_state_dict_pre_hook", "self, hook", loadPre),
	simpleHook("register_load_state_dict_post_hook", "self, hook", loadPost),
}

// backwardHook registers a hook of one of the two kinds; nothing runs backward here.
func backwardHook(in *interp.Interp, v, hook interp.Value, prepend bool, full interp.Value) interp.Value {
	_, st := self(in, v, "register_full_backward_hook")
	table := st.hookTable(backwardPost)
	if old, ok := st.hooks.fullBackward.(interp.Bool); ok && old != full {
		in.Raise(interp.RuntimeError, "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them.")
	}
	st.hooks.fullBackward = full
	return register(in, hook, prepend, table)
}

// The hooks of torch.nn.modules.module that all modules share.
const (
	bufferRegistration = iota
	moduleRegistration
	parameterRegistration
)

// globalRegistration runs the hooks that see every registration.
func globalRegistration(in *interp.Interp, kind int, m *interp.Instance, name string, v interp.Value) interp.Value {
	s, ok := in.Ext[stateKey]
	if !ok {
		return v
	}
	d := s.(*perInterp).registration[kind]
	if d == nil || d.Len() == 0 {
		return v
	}
	for _, hook := range d.Values() {
		if out := in.Call(hook, []interp.Value{m, interp.NewStr(name), v}, nil); !interp.IsNone(out) {
			v = out
		}
	}
	return v
}

func table(d **interp.Dict) *interp.Dict {
	if *d == nil {
		*d = interp.NewDict()
	}
	return *d
}

func registrationHook(kind int) fn {
	return func(in *interp.Interp, a []interp.Value) interp.Value {
		return register(in, a[0], false, table(&interpState(in).registration[kind]))
	}
}

// globalHooks are the functions that register hooks on all modules.
var globalHooks = []function{
	{"register_module_buffer_registration_hook", "hook", registrationHook(bufferRegistration)},
	{"register_module_module_registration_hook", "hook", registrationHook(moduleRegistration)},
	{"register_module_parameter_registration_hook", "hook", registrationHook(parameterRegistration)},
	{"register_module_forward_pre_hook", "hook", func(in *interp.Interp, a []interp.Value) interp.Value {
		return register(in, a[0], false, table(&interpState(in).forward[0]))
	}},
	{"register_module_forward_hook", "hook, *, with_kwargs=False, always_call=False", func(in *interp.Interp, a []interp.Value) interp.Value {
		s := interpState(in)
		var flags []*interp.Dict
		if in.Truth(a[1]) {
			flags = append(flags, table(&s.forwardKw))
		}
		if in.Truth(a[2]) {
			flags = append(flags, table(&s.always))
		}
		return register(in, a[0], false, table(&s.forward[1]), flags...)
	}},
	// Nothing runs backward: these are kept to be removed again.
	{"register_module_backward_hook", "hook", inertHook},
	{"register_module_full_backward_pre_hook", "hook", inertHook},
	{"register_module_full_backward_hook", "hook", inertHook},
}

func inertHook(in *interp.Interp, _ []interp.Value) interp.Value { return newHandle(in).object() }

// function is a module-level function of a module written in Python.
type function struct {
	name string
	sig  string
	fn   fn
}
