package nn

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

func addCallMethods(c *interp.Class) {
	call := &interp.Builtin{Name: "__call__", Qual: "torch.nn.modules.module.Module._wrapped_call_impl",
		Sig: interp.ParseSignature("self, *args, **kwargs"), Raw: callModule}
	for _, name := range []string{"__call__", "_wrapped_call_impl", "_call_impl"} {
		c.Dict.SetStr(name, call)
	}
	c.Dict.SetStr("forward", &interp.Builtin{Name: "forward", Qual: "torch.nn.modules.module._forward_unimplemented",
		Sig: interp.ParseSignature("self, *input"), Raw: func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
			if len(kw) > 0 {
				in.Raise(interp.TypeError, "_forward_unimplemented() got an unexpected keyword argument '%s'", kw[0].Name)
			}
			name := "Module"
			if len(args) > 0 {
				name = args[0].Type().Name
			}
			in.Raise(interp.NotImplementedError, `Module [%s] is missing the required "forward" function`, name)
			return nil
		}})
	c.AddMethods()
}

// run is what is known about the model while one forward is traced.
type run struct {
	paths map[*interp.Instance]string
	leaf  map[*interp.Instance]bool
	depth int // of leaf calls
}

// Run calls a module with every operation recorded by tr: its parameters and
// buffers become origins, each call of a module below it a graph.Call. It
// returns the exception where one was raised.
func Run(in *interp.Interp, module *interp.Instance, args []interp.Value, kw []interp.KW, tr *tensor.Tracer) (out interp.Value, exc *interp.Raised) {
	st, ns := tensor.StateOf(in), interpState(in)
	oldTracer, oldRun := st.Tracer, ns.run
	defer func() { st.Tracer, ns.run = oldTracer, oldRun }()
	exc = in.Try(func() {
		r := &run{paths: map[*interp.Instance]string{}, leaf: map[*interp.Instance]bool{}}
		l := Tree(in, module)
		for _, m := range l.Modules {
			r.paths[m.Module] = m.Path
		}
		r.markLeaves(module, map[*interp.Instance]bool{})
		for _, p := range l.Params {
			tr.Origin(in, p.Tensor, "param", p.Name)
		}
		for _, b := range l.Buffers {
			tr.Origin(in, b.Tensor, "buffer", b.Name)
		}
		st.Tracer, ns.run = tr, r
		out = in.Call(module, args, kw)
	})
	return out, exc
}

// markLeaves finds the modules that own parameters and have no child that owns
// any; it reports whether there are parameters in m or below.
func (r *run) markLeaves(m *interp.Instance, owns map[*interp.Instance]bool) bool {
	if o, ok := owns[m]; ok {
		return o
	}
	st := m.Data.(*State)
	own, below := false, false
	for _, v := range st.Params.Values() {
		own = own || asTensor(v) != nil
	}
	owns[m] = own
	for _, v := range st.Modules.Values() {
		if c := asModule(v); c != nil && r.markLeaves(c, owns) {
			below = true
		}
	}
	owns[m] = own || below
	r.leaf[m] = own && !below
	return own || below
}

// callModule is Module.__call__.
func callModule(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	if len(args) == 0 {
		in.Raise(interp.TypeError, "Module._wrapped_call_impl() missing 1 required positional argument: 'self'")
	}
	m, st := self(in, args[0], "__call__")
	ns, _ := in.Ext[stateKey].(*perInterp)
	if ns != nil && ns.run != nil {
		if tr := tensor.StateOf(in).Tracer; tr != nil {
			if path, ok := ns.run.paths[m]; ok {
				return tracedCall(in, m, st, ns, tr, path, args, kw)
			}
		}
	}
	return hookedCall(in, m, st, ns, args, kw)
}

// tracedCall is a call of a module of the model that is being traced.
func tracedCall(in *interp.Interp, m *interp.Instance, st *State, ns *perInterp, tr *tensor.Tracer, path string, args []interp.Value, kw []interp.KW) interp.Value {
	r := ns.run
	c := &graph.Call{ID: int32(len(tr.Trace.Calls)), Path: path, Class: m.Cls.FullName(), Parent: tr.Call, At: in.Here()}
	for _, a := range args[1:] {
		c.In = appendNodes(in, tr, c.In, a, 0)
	}
	for _, k := range kw {
		c.In = appendNodes(in, tr, c.In, k.V, 0)
	}
	leaf := r.leaf[m]
	if leaf {
		c.Leaf = r.depth == 0
		r.depth++
	}
	c.First = int32(len(tr.Trace.Nodes))
	tr.Trace.Calls = append(tr.Trace.Calls, c)
	tr.Call = c
	defer func() {
		tr.Call = c.Parent
		c.Last = int32(len(tr.Trace.Nodes))
		if leaf {
			r.depth--
		}
	}()
	out := hookedCall(in, m, st, ns, args, kw)
	if c.Leaf {
		// What a leaf computes inside is its own: its outputs come from the call.
		i := int64(0)
		eachTensorIn(out, 0, func(t *tensor.Tensor) {
			inner := tr.NodeOf(in, t)
			n := tr.Record(in, &graph.Node{Op: "call", In: c.In, Leaf: c, Inner: inner, Shape: inner.Shape, DType: inner.DType,
				At: c.At, Args: []graph.Arg{tensor.ArgInt("output", i)}})
			tr.Set(t, n)
			i++
		})
	}
	c.Out = appendNodes(in, tr, nil, out, 0)
	return out
}

// eachTensorIn visits the tensors in nested tuples, lists and dicts.
func eachTensorIn(v interp.Value, depth int, f func(t *tensor.Tensor)) {
	if depth > 20 {
		return
	}
	switch v := v.(type) {
	case *tensor.Tensor:
		f(v)
	case *interp.Tuple:
		for _, e := range v.V {
			eachTensorIn(e, depth+1, f)
		}
	case *interp.List:
		for _, e := range v.V {
			eachTensorIn(e, depth+1, f)
		}
	case *interp.Dict:
		v.EachValue(func(e interp.Value) bool { eachTensorIn(e, depth+1, f); return true })
	case *interp.Instance:
		switch d := v.Data.(type) {
		case *interp.Dict:
			eachTensorIn(d, depth+1, f)
		case *interp.List:
			eachTensorIn(d, depth+1, f)
		case *interp.Tuple:
			if !v.Cls.Is(interp.BaseException) {
				eachTensorIn(d, depth+1, f)
			}
		}
	}
}

func appendNodes(in *interp.Interp, tr *tensor.Tracer, ns []*graph.Node, v interp.Value, depth int) []*graph.Node {
	eachTensorIn(v, depth, func(t *tensor.Tensor) { ns = append(ns, tr.NodeOf(in, t)) })
	return ns
}

// forwardOf calls m.forward.
func forwardOf(in *interp.Interp, m *interp.Instance, args []interp.Value, kw []interp.KW) interp.Value {
	if _, own := m.Dict.GetStr("forward"); !own {
		if f, ok := m.Cls.Lookup("forward"); ok {
			switch f := f.(type) {
			case *interp.Builtin:
				if f.Raw != nil {
					return f.Raw(in, args, kw)
				}
				return in.Call(f, args, kw)
			default:
				if f.Type() == interp.FunctionClass {
					return in.Call(f, args, kw)
				}
			}
		}
	}
	return in.Call(in.GetAttr(m, "forward"), args[1:], kw)
}

// hookedCall runs the hooks around forward.
func hookedCall(in *interp.Interp, m *interp.Instance, st *State, ns *perInterp, args []interp.Value, kw []interp.KW) interp.Value {
	global := ns != nil && (ns.forward[0] != nil || ns.forward[1] != nil)
	if st.hooks == nil && !global {
		return forwardOf(in, m, args, kw)
	}
	type hook struct {
		fn interp.Value
		kw bool
	}
	list := func(d, flags *interp.Dict, dst []hook) []hook {
		if d == nil {
			return dst
		}
		for _, id := range d.Keys() {
			h, _ := d.Get(in, id)
			with := false
			if flags != nil {
				_, with = flags.Get(in, id)
			}
			dst = append(dst, hook{h, with})
		}
		return dst
	}
	var pre, post []hook
	if global {
		pre, post = list(ns.forward[0], nil, pre), list(ns.forward[1], ns.forwardKw, post)
	}
	if h := st.hooks; h != nil {
		pre = list(h.tables[forwardPre], h.tables[forwardPreKw], pre)
		post = list(h.tables[forwardPost], h.tables[forwardPostKw], post)
	}
	rest := interp.NewTuple(append([]interp.Value(nil), args[1:]...)...)
	kwDict := func() *interp.Dict {
		d := interp.NewDict()
		for _, k := range kw {
			d.SetStr(k.Name, k.V)
		}
		return d
	}
	for _, h := range pre {
		if h.kw {
			out := in.Call(h.fn, []interp.Value{m, rest, kwDict()}, nil)
			if interp.IsNone(out) {
				continue
			}
			t, ok := out.(*interp.Tuple)
			if !ok || len(t.V) != 2 || asDict(t.V[1]) == nil {
				in.Raise(interp.RuntimeError, "forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got %s.", in.ToStr(out))
			}
			rest = interp.NewTuple(append([]interp.Value(nil), in.Elements(t.V[0])...)...)
			kw = kw[:0:0]
			asDict(t.V[1]).Range(func(k, v interp.Value) bool {
				kw = append(kw, interp.KW{Name: in.Str(k), V: v})
				return true
			})
			continue
		}
		switch out := in.Call(h.fn, []interp.Value{m, rest}, nil).(type) {
		case interp.NoneType:
		case *interp.Tuple:
			rest = out
		default:
			rest = interp.NewTuple(out)
		}
	}
	out := forwardOf(in, m, append([]interp.Value{m}, rest.V...), kw)
	for _, h := range post {
		hargs := []interp.Value{m, rest, out}
		if h.kw {
			hargs = []interp.Value{m, rest, kwDict(), out}
		}
		if r := in.Call(h.fn, hargs, nil); !interp.IsNone(r) {
			out = r
		}
	}
	return out
}
