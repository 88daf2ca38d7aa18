package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// copies is one running copy.deepcopy: what modules and tensors became, by the
// memo that Python passes along.
type copies map[interp.Value]interp.Value

// deepcopy is v.__deepcopy__(memo) for modules and what they hold. Equal
// objects become one object, as with copy.deepcopy.
func deepcopy(in *interp.Interp, v interp.Value, memo *interp.Dict) interp.Value {
	s := interpState(in)
	seen, nested := s.copying[memo]
	if !nested {
		seen = copies{}
		if s.copying == nil {
			s.copying = map[*interp.Dict]copies{}
		}
		s.copying[memo] = seen
		defer delete(s.copying, memo)
	}
	return copyValue(in, v, memo, seen, 0)
}

func copyValue(in *interp.Interp, v interp.Value, memo *interp.Dict, seen copies, depth int) interp.Value {
	tooDeep(in, depth)
	switch x := v.(type) {
	case interp.NoneType, interp.Bool, interp.Int, interp.BigInt, interp.Float, interp.Complex, interp.Str, interp.Bytes, interp.EllipsisType,
		*interp.Builtin, *interp.Class, *interp.Unknown, *interp.Module, *interp.Range, *tensor.DTypeObj, *tensor.Device:
		return v
	case *interp.Tuple:
		if len(x.V) == 0 {
			return v
		}
		out, same := make([]interp.Value, len(x.V)), true
		for i, e := range x.V {
			out[i] = copyValue(in, e, memo, seen, depth+1)
			same = same && interp.Same(out[i], e)
		}
		if same {
			return v
		}
		return &interp.Tuple{V: out, Cls: x.Cls, E: x.E}
	case *tensor.Tensor:
		if c, ok := seen[v]; ok {
			return c
		}
		c := copyTensor(in, x, memo, seen, depth)
		seen[v] = c
		return c
	case *interp.Instance:
		if st, ok := x.Data.(*State); ok {
			if c, ok := seen[v]; ok {
				return c
			}
			if f, ok := x.Cls.Lookup("__deepcopy__"); ok {
				if _, native := f.(*interp.Builtin); !native {
					c := in.Call(in.GetAttr(x, "__deepcopy__"), []interp.Value{memo}, nil)
					seen[v] = c
					return c
				}
			}
			return copyModule(in, x, st, memo, seen, depth)
		}
	}
	if c, ok := seen[v]; ok {
		return c
	}
	f := in.GetAttr(in.Import("copy"), "deepcopy")
	c := in.Call(f, []interp.Value{v, memo}, nil)
	seen[v] = c
	return c
}

func copyModule(in *interp.Interp, m *interp.Instance, st *State, memo *interp.Dict, seen copies, depth int) interp.Value {
	out := alloc(m.Cls)
	seen[m] = out
	o := out.Data.(*State)
	o.ready, o.Training = st.ready, st.Training
	each := func(from, to *interp.Dict) {
		if from == nil || from.Len() == 0 {
			return
		}
		from.Range(func(k, v interp.Value) bool {
			c := copyValue(in, v, memo, seen, depth+1)
			if s, ok := k.(interp.Str); ok {
				to.SetStr(s.S, c)
			} else {
				to.Set(in, k, c)
			}
			return true
		})
	}
	each(m.Dict, out.Dict)
	each(st.Params, o.Params)
	each(st.Buffers, o.Buffers)
	each(st.Modules, o.Modules)
	if st.NonPersistent != nil {
		o.NonPersistent = &interp.Set{D: st.NonPersistent.D.Copy()}
	}
	if st.hooks != nil {
		o.hooks = &hooks{fullBackward: st.hooks.fullBackward}
		for i, t := range st.hooks.tables {
			if t != nil {
				o.hooks.tables[i] = interp.NewDict()
				each(t, o.hooks.tables[i])
			}
		}
	}
	out.Root = m.Root
	return out
}

// copyTensor copies a tensor: a Parameter loses the attributes set on it, as
// in torch; other tensors keep them.
func copyTensor(in *interp.Interp, t *tensor.Tensor, memo *interp.Dict, seen copies, depth int) *tensor.Tensor {
	c := &tensor.Tensor{Shape: t.Shape, DType: t.DType, Device: t.Device, RequiresGrad: t.RequiresGrad, Parameter: t.Parameter, Buffer: t.Buffer, Cls: t.Cls}
	if vs := t.Values(); vs != nil {
		c.SetValues(append([]float64(nil), vs...))
	}
	if !t.Parameter && t.Dict != nil {
		d := c.AttrDict(true)
		t.Dict.Range(func(k, v interp.Value) bool {
			d.Set(in, k, copyValue(in, v, memo, seen, depth+1))
			return true
		})
	}
	return c
}

func setupDeepcopy() {
	m := method{name: "__deepcopy__", sig: "self, memo", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		memo := asDict(a[1])
		if memo == nil {
			memo = interp.NewDict()
		}
		return deepcopy(in, a[0], memo)
	}}
	addMethods(ModuleClass, m)
	addMethods(ParameterClass, m)
}
