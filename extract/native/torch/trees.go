package torch

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// mapTree applies f to the leaves of nested lists, tuples and dicts.
func mapTree(in *interp.Interp, v interp.Value, f func(interp.Value) interp.Value) interp.Value {
	switch v := v.(type) {
	case *interp.List:
		out := make([]interp.Value, len(v.V))
		for i, e := range v.V {
			out[i] = mapTree(in, e, f)
		}
		return interp.NewList(out...)
	case *interp.Tuple:
		if v.Cls == tensor.SizeClass {
			return f(v)
		}
		out := make([]interp.Value, len(v.V))
		for i, e := range v.V {
			out[i] = mapTree(in, e, f)
		}
		return &interp.Tuple{V: out, Cls: v.Cls}
	case *interp.Dict:
		d := interp.NewDict()
		v.Range(func(k, e interp.Value) bool {
			d.Set(in, k, mapTree(in, e, f))
			return true
		})
		return d
	}
	return f(v)
}

func treeMap(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
	if len(args) > 2 {
		return in.Unknown("tree_map over several trees")
	}
	return mapTree(in, args[1], func(v interp.Value) interp.Value { return in.Call(args[0], []interp.Value{v}, nil) })
}

func treeMapOnly(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
	cls, _ := args[0].(*interp.Class)
	return mapTree(in, args[2], func(v interp.Value) interp.Value {
		if cls != nil && !interp.IsInstance(v, cls) {
			return v
		}
		return in.Call(args[1], []interp.Value{v}, nil)
	})
}

// treeSpec remembers the tree that leaves came from.
type treeSpec struct{ tree interp.Value }

var treeSpecClass = interp.NewNativeClass("torch.utils._pytree.TreeSpec", nil)

func (*treeSpec) Type() *interp.Class { return treeSpecClass }

func leaves(in *interp.Interp, tree interp.Value) *interp.List {
	l := interp.NewList()
	mapTree(in, tree, func(v interp.Value) interp.Value {
		l.V = append(l.V, v)
		return v
	})
	return l
}

func treeFlatten(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
	return interp.NewTuple(leaves(in, args[0]), &treeSpec{args[0]})
}

func treeLeaves(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
	return leaves(in, args[0])
}

func treeUnflatten(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
	spec, ok := args[1].(*treeSpec)
	if !ok {
		if spec, ok = args[0].(*treeSpec); !ok {
			return in.Unknown("tree_unflatten without a spec")
		}
		args[0] = args[1]
	}
	vs := in.Elements(args[0])
	i := 0
	return mapTree(in, spec.tree, func(v interp.Value) interp.Value {
		if i < len(vs) {
			v = vs[i]
		}
		i++
		return v
	})
}

// associativeScan is associative_scan(combine_fn, xs, dim): the combination of
// all elements has the shape of xs; one application of the function shows what
// the result depends on.
func associativeScan(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	a := map[string]interp.Value{}
	for i, n := range []string{"combine_fn", "xs", "dim"} {
		if i < len(args) {
			a[n] = args[i]
		}
	}
	for _, k := range kw {
		a[k.Name] = k.V
	}
	if a["combine_fn"] == nil || a["xs"] == nil {
		in.Raise(interp.TypeError, "associative_scan() missing required positional arguments")
	}
	return in.Call(a["combine_fn"], []interp.Value{a["xs"], a["xs"]}, nil)
}

// vmapped is a function made by torch.vmap.
type vmapped struct {
	fn      interp.Value
	inDims  interp.Value
	outDims interp.Value
}

var vmappedClass = interp.NewNativeClass("torch.vmapped", nil)

func init() {
	vmappedClass.Dict.SetStr("__call__", builtin("torch.vmapped.__call__", func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		return args[0].(*interp.Instance).Data.(*vmapped).call(in, args[1:])
	}))
	vmappedClass.AddMethods()
}

func vmap(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	v := &vmapped{inDims: interp.NewInt(0), outDims: interp.NewInt(0)}
	for i, a := range args {
		switch i {
		case 0:
			v.fn = a
		case 1:
			v.inDims = a
		case 2:
			v.outDims = a
		}
	}
	for _, k := range kw {
		switch k.Name {
		case "func":
			v.fn = k.V
		case "in_dims":
			v.inDims = k.V
		case "out_dims":
			v.outDims = k.V
		}
	}
	if v.fn == nil {
		return builtin("torch.vmap", needs(1, func(in *interp.Interp, a []interp.Value, _ []interp.KW) interp.Value {
			w := *v
			w.fn = a[0]
			return &interp.Instance{Cls: vmappedClass, Data: &w}
		}))
	}
	return &interp.Instance{Cls: vmappedClass, Data: v}
}

// mapped is the dimension of argument i that v maps over, -1 for none.
func (v *vmapped) mapped(in *interp.Interp, i int) int {
	d := v.inDims
	if vs, ok := tensor.Sequence(d); ok {
		if i >= len(vs) {
			return -1
		}
		d = vs[i]
	}
	if interp.IsNone(d) {
		return -1
	}
	return int(in.Int(d))
}

// call runs nested vmaps over vectors by broadcasting: each mapped argument gets
// a dimension of its own, and the function sees them all at once. Functions of
// indices, such as those of attention masks, give the same as one by one.
func (v *vmapped) call(in *interp.Interp, args []interp.Value) interp.Value {
	levels := []*vmapped{v}
	fn := v.fn
	for {
		i, ok := fn.(*interp.Instance)
		if !ok || i.Cls != vmappedClass {
			break
		}
		inner := i.Data.(*vmapped)
		levels = append(levels, inner)
		fn = inner.fn
	}
	out := make([]interp.Value, len(args))
	shape := make([]tensor.Dim, len(levels))
	for l := range shape {
		shape[l] = tensor.D(1)
	}
	for i, a := range args {
		t, isT := a.(*T)
		at := -1
		for l, lv := range levels {
			if d := lv.mapped(in, i); d >= 0 {
				if at >= 0 {
					return in.Unknown("vmap over several dimensions of one argument")
				}
				at = l
			}
		}
		out[i] = a
		if at < 0 || !isT {
			continue
		}
		if len(t.Shape) != 1 {
			if len(levels) == 1 {
				return v.loop(in, fn, args)
			}
			return in.Unknown("vmap over a tensor of %d dimensions", len(t.Shape))
		}
		shape[at] = t.Shape[0]
		c := &call{in: in, name: "view", op: "view"}
		s := make([]tensor.Dim, len(levels))
		for l := range s {
			s[l] = tensor.D(1)
		}
		s[at] = t.Shape[0]
		out[i] = viewAs(c.in, "view", t, s, true)
	}
	r := in.Call(fn, out, nil)
	return mapTree(in, r, func(v interp.Value) interp.Value {
		t, ok := v.(*T)
		if !ok {
			if b, isNum := interp.AsFloat(v); isNum {
				dt, _ := tensor.NumberDType(v)
				t = tensor.Created(in, tensor.Full(in, tensor.Clone(shape), dt, b), "full")
				return t
			}
			return v
		}
		if len(t.Shape) <= len(shape) {
			return expanded(in, t, tensor.Broadcast(in, t.Shape, shape))
		}
		return t
	})
}

// loop runs a single vmap slice by slice and stacks the results.
func (v *vmapped) loop(in *interp.Interp, fn interp.Value, args []interp.Value) interp.Value {
	n := int64(-1)
	for i, a := range args {
		if t, ok := a.(*T); ok {
			if d := v.mapped(in, i); d >= 0 && d < len(t.Shape) {
				n = t.Shape[d].V
			}
		}
	}
	if n < 0 || n > 256 {
		return in.Unknown("vmap over %d slices", n)
	}
	var parts []interp.Value
	for k := int64(0); k < n; k++ {
		one := append([]interp.Value(nil), args...)
		for i, a := range args {
			if t, ok := a.(*T); ok {
				if d := v.mapped(in, i); d >= 0 {
					one[i] = sel(in, "select", t, d, k)
				}
			}
		}
		parts = append(parts, in.Call(fn, one, nil))
	}
	if len(parts) == 0 {
		return in.Unknown("vmap over nothing")
	}
	if tup, ok := parts[0].(*interp.Tuple); ok {
		outs := make([]interp.Value, len(tup.V))
		for j := range outs {
			col := make([]interp.Value, len(parts))
			for k, p := range parts {
				col[k] = p.(*interp.Tuple).V[j]
			}
			outs[j] = registry["torch.stack"](in, []interp.Value{interp.NewList(col...)}, nil)
		}
		return interp.NewTuple(outs...)
	}
	d := interp.Value(interp.NewInt(0))
	if _, ok := v.outDims.(interp.Int); ok {
		d = v.outDims
	}
	return registry["torch.stack"](in, []interp.Value{interp.NewList(parts...), d}, nil)
}
