package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

var stateDictMethods = []method{
	{name: "state_dict", sig: "self, *args, destination=None, prefix='', keep_vars=False", fn: stateDict},
	{name: "_save_to_state_dict", sig: "self, destination, prefix, keep_vars", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, st := self(in, a[0], "_save_to_state_dict")
		saveTo(in, m, st, a[1], in.Str(a[2]), in.Truth(a[3]))
		return interp.None
	}},
	// Loading weights has no bearing on the architecture.
	{name: "load_state_dict", sig: "self, state_dict, strict=True, assign=False", fn: inert},
	{name: "_load_from_state_dict", sig: "self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs", fn: inert},
}

func inert(_ *interp.Interp, _ []interp.Value) interp.Value { return interp.None }

// saveTo puts the own parameters and persistent buffers of m into a dict.
func saveTo(in *interp.Interp, m *interp.Instance, st *State, dst interp.Value, prefix string, keep bool) {
	put := func(name string, t *tensor.Tensor) {
		v := interp.Value(t)
		if !keep {
			v = tensor.Detach(in, t, "detach")
		}
		if d, ok := dst.(*interp.Dict); ok {
			d.SetStr(prefix+name, v)
		} else {
			in.SetItem(dst, interp.NewStr(prefix+name), v)
		}
	}
	st.Params.Range(func(k, v interp.Value) bool {
		if t := asTensor(v); t != nil {
			name, _ := interp.AsStr(k)
			put(name, t)
		}
		return true
	})
	st.Buffers.Range(func(k, v interp.Value) bool {
		name, _ := interp.AsStr(k)
		if t := asTensor(v); t != nil && st.Persistent(name) {
			put(name, t)
		}
		return true
	})
}

// stateDict is Module.state_dict: parameters and persistent buffers by full
// name, shared ones under each of their names.
func stateDict(in *interp.Interp, a []interp.Value) interp.Value {
	m, _ := self(in, a[0], "state_dict")
	dst, prefix, keep := a[2], in.Str(a[3]), in.Truth(a[4])
	pos := a[1].(*interp.Tuple).V
	if len(pos) > 0 && interp.IsNone(dst) {
		dst = pos[0]
	}
	if len(pos) > 1 && prefix == "" {
		prefix = in.Str(pos[1])
	}
	if len(pos) > 2 && !keep {
		keep = in.Truth(pos[2])
	}
	if interp.IsNone(dst) {
		dst = interp.NewDict()
	}
	eachModule(in, m, "", false, func(path string, m *interp.Instance, st *State) {
		p := prefix
		if path != "" {
			p += path + "."
		}
		if overrides(m.Cls, "_save_to_state_dict") {
			in.CallMethod(m, "_save_to_state_dict", dst, interp.NewStr(p), interp.NewBool(keep))
			return
		}
		saveTo(in, m, st, dst, p, keep)
	})
	return dst
}
