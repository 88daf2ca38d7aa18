// Package nn is torch.nn: modules, parameters, containers and layers as
// native classes. Module trees are exact (names, order, sharing, errors);
// the forwards of the layers call the functions of package torch.
package nn

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// State is the Go side of a module instance (Instance.Data). It exists from
// __new__ on and takes part in attribute access once Module.__init__ has run.
type State struct {
	// Params, Buffers and Modules are the registries, in order of
	// registration; the values are *tensor.Tensor, *interp.Instance or None.
	// Python code sees them as the live dicts _parameters, _buffers, _modules.
	Params, Buffers, Modules *interp.Dict
	// NonPersistent holds the names of the buffers that state_dict leaves out; nil while there are none.
	NonPersistent *interp.Set
	// BiasExpr is the expression of the value that decided about the bias, where
	// the config holds it.
	BiasExpr *graph.Expr
	// Training is what train() and eval() set.
	Training bool

	ready bool   // Module.__init__ has run
	made  []made // where each entry was registered
	hooks *hooks // nil until the first hook is registered
}

// made is the line that registered a parameter, buffer or child.
type made struct {
	name string
	at   graph.Span
}

// note remembers the running line as the one that registered name.
func (st *State) note(in *interp.Interp, name string) {
	in.Step(len(st.made) / 16) // the search below grows with it
	for i := range st.made {
		if st.made[i].name == name {
			st.made[i].at = in.Here()
			return
		}
	}
	st.made = append(st.made, made{name, in.Here()})
}

// MadeAt is the line that registered the parameter, buffer or child of that
// name; nowhere where Go did.
func (st *State) MadeAt(name string) graph.Span {
	for i := range st.made {
		if st.made[i].name == name {
			return st.made[i].at
		}
	}
	return graph.Span{}
}

// block is a module with everything that most modules need, in one piece of memory.
type block struct {
	inst                            interp.Instance
	st                              State
	attrs, params, buffers, modules interp.Dict
}

// newModule is __new__ of every module class.
func newModule(_ *interp.Interp, cls *interp.Class, _ []interp.Value, _ []interp.KW) interp.Value {
	return alloc(cls)
}

func alloc(cls *interp.Class) *interp.Instance {
	b := &block{}
	b.inst = interp.Instance{Cls: cls, Dict: &b.attrs, Data: &b.st}
	b.st.Params, b.st.Buffers, b.st.Modules = &b.params, &b.buffers, &b.modules
	return &b.inst
}

// IsModule reports whether v is an instance of torch.nn.Module.
func IsModule(v interp.Value) bool { return StateOf(v) != nil }

// StateOf is the state of a module, nil for anything else.
func StateOf(v interp.Value) *State {
	if i, ok := v.(*interp.Instance); ok {
		if st, ok := i.Data.(*State); ok {
			return st
		}
	}
	return nil
}

// self is the module that a native method was called on.
func self(in *interp.Interp, v interp.Value, method string) (*interp.Instance, *State) {
	if i, ok := v.(*interp.Instance); ok {
		if st, ok := i.Data.(*State); ok {
			return i, st
		}
	}
	in.Raise(interp.TypeError, "descriptor '%s' requires a 'torch.nn.modules.module.Module' object but received a '%s'", method, v.Type().Name)
	return nil, nil
}

// start is what Module.__init__ does: a fresh set of registries.
func (st *State) start() {
	if st.ready {
		st.Params, st.Buffers, st.Modules = interp.NewDict(), interp.NewDict(), interp.NewDict()
		st.NonPersistent, st.hooks = nil, nil
	}
	st.ready = true
	st.Training = true
}

// set puts an ordinary attribute on the instance, as layers do in their
// constructors: the name is none of the registries'.
func set(m *interp.Instance, name string, v interp.Value) { m.Dict.SetStr(name, v) }

// attr is an ordinary attribute that a native constructor set; nil where user code removed it.
func attr(in *interp.Interp, m *interp.Instance, name string) interp.Value {
	if v, ok := m.Dict.GetStr(name); ok {
		return v
	}
	return in.GetAttr(m, name)
}

// param is the parameter of that name, or None.
func param(in *interp.Interp, m *interp.Instance, name string) interp.Value {
	st := m.Data.(*State)
	if v, ok := st.Params.GetStr(name); ok {
		return v
	}
	return in.GetAttr(m, name)
}

// buffer is the buffer of that name, or None.
func buffer(in *interp.Interp, m *interp.Instance, name string) interp.Value {
	st := m.Data.(*State)
	if v, ok := st.Buffers.GetStr(name); ok {
		return v
	}
	return in.GetAttr(m, name)
}

func asTensor(v interp.Value) *tensor.Tensor {
	t, _ := v.(*tensor.Tensor)
	return t
}

func asModule(v interp.Value) *interp.Instance {
	if i, ok := v.(*interp.Instance); ok {
		if _, ok := i.Data.(*State); ok {
			return i
		}
	}
	return nil
}
