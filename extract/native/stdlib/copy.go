package stdlib

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
)

// deepCopier is implemented by the Go state of natively implemented classes
// (Instance.Data): it makes the state of a copy, copying what it holds with deep.
type deepCopier interface {
	DeepCopy(in *inter, deep func(value) value) any
}

// shallowCopier is the same for copy.copy.
type shallowCopier interface {
	ShallowCopy(in *inter) any
}

// copier is one deepcopy: it maps what was copied to the copies.
type copier struct {
	in    *inter
	memo  *interp.Dict // by id, as Python's memo
	done  map[value]value
	depth int
}

// maxCopyDepth is about as deep as Python's own recursion gets.
const maxCopyDepth = 330

// deep copies v. root is the path by which the config knows v, where it does
// through what holds it.
func (c *copier) deep(v value, root *graph.Expr) value {
	c.in.Step(1)
	if c.depth++; c.depth > maxCopyDepth {
		c.in.Raise(interp.RecursionError, "maximum recursion depth exceeded")
	}
	defer func() { c.depth-- }()
	switch x := v.(type) {
	case interp.Int, interp.Float, interp.Bool, interp.NoneType, interp.Str:
		if root != nil && interp.ExprOf(v) == nil {
			return interp.WithExpr(v, root)
		}
		return v
	case interp.BigInt, interp.Complex, interp.Bytes, *interp.Class, *interp.Function, *interp.Builtin, *interp.Module, *interp.Unknown,
		*interp.Range, *interp.Property, interp.EllipsisType, interp.NotImplementedType, *alias, *form:
		return v
	case *interp.List:
		if y, ok := c.done[v]; ok {
			return y
		}
		y := &interp.List{V: make([]value, len(x.V)), E: x.E}
		if y.E == nil {
			y.E = root
		}
		c.done[v] = y
		c.in.Charge(int64(len(x.V)))
		for i, e := range x.V {
			y.V[i] = c.deep(e, nil)
		}
		return y
	case *interp.Tuple:
		if y, ok := c.done[v]; ok {
			return y
		}
		y := &interp.Tuple{V: make([]value, len(x.V)), Cls: x.Cls, E: x.E}
		same := true
		for i, e := range x.V {
			y.V[i] = c.deep(e, nil)
			same = same && y.V[i] == e
		}
		if same {
			return v
		}
		c.done[v] = y
		return y
	case *interp.Dict:
		if y, ok := c.done[v]; ok {
			return y
		}
		y := interp.NewDict()
		c.done[v] = y
		c.dict(y, x, x.Root, false)
		return y
	case *interp.Set:
		y := interp.NewSet()
		y.Frozen = x.Frozen
		for _, k := range x.D.Keys() {
			y.Add(c.in, c.deep(k, nil))
		}
		return y
	case *interp.BoundMethod:
		return &interp.BoundMethod{Self: c.deep(x.Self, nil), Fn: x.Fn}
	case *interp.Slice:
		return v
	}
	if y, ok := c.done[v]; ok {
		return y
	}
	var out value
	if m, ok := c.in.LookupSpecial(v, "__deepcopy__"); ok {
		out = c.in.Call(m, []value{c.memo}, nil)
	} else if x, ok := v.(*interp.Instance); ok {
		return c.instance(x, root)
	} else {
		return v
	}
	c.done[v] = out
	return out
}

// dict copies the entries of src. The copy holds values with their origins
// instead of a path, since what is put into it later does not come from there.
func (c *copier) dict(dst, src *interp.Dict, root *graph.Expr, attrs bool) {
	c.in.Charge(int64(src.Len()))
	src.Range(func(k, v value) bool {
		var r *graph.Expr
		s, isStr := interp.AsStr(k)
		switch {
		case root == nil || !isStr:
		case attrs:
			r = graph.Ref(root.Name + "." + s)
		default:
			r = graph.Apply("[]", root, graph.Lit(c.in.Repr(k)))
		}
		dst.Set(c.in, c.deep(k, nil), c.deep(v, r))
		return true
	})
}

func (c *copier) instance(x *interp.Instance, root *graph.Expr) value {
	in := c.in
	if x.Root != nil {
		root = x.Root
	}
	if m, ok := x.Cls.Lookup("__reduce_ex__"); ok {
		if f, ok := m.(*interp.Function); ok {
			return c.reduced(x, in.Call(f, []value{x, interp.NewInt(4)}, nil))
		}
	}
	if m, ok := x.Cls.Lookup("__reduce__"); ok {
		if f, ok := m.(*interp.Function); ok {
			return c.reduced(x, in.Call(f, []value{x}, nil))
		}
	}
	y := &interp.Instance{Cls: x.Cls}
	c.done[x] = y
	switch d := x.Data.(type) {
	case nil:
	case deepCopier:
		y.Data = d.DeepCopy(in, func(v value) value { return c.deep(v, nil) })
	case value:
		y.Data = c.deep(d, nil)
	default:
		y.Data = d
	}
	if f, ok := pythonMethod(x.Cls, "__getstate__"); ok {
		state := c.deep(in.Call(f, []value{x}, nil), nil)
		c.setState(y, state)
		return y
	}
	if x.Dict != nil && x.Dict.Len() > 0 {
		d := interp.NewDict()
		c.dict(d, x.Dict, root, true)
		if f, ok := pythonMethod(x.Cls, "__setstate__"); ok {
			in.Call(f, []value{y, d}, nil)
		} else {
			y.Dict = d
		}
	}
	return y
}

// pythonMethod finds a method that is written in Python.
func pythonMethod(cls *interp.Class, name string) (*interp.Function, bool) {
	m, ok := cls.Lookup(name)
	if !ok {
		return nil, false
	}
	f, ok := m.(*interp.Function)
	return f, ok
}

func (c *copier) setState(y *interp.Instance, state value) {
	if f, ok := pythonMethod(y.Cls, "__setstate__"); ok {
		c.in.Call(f, []value{y, state}, nil)
		return
	}
	if d := asDict(state); d != nil {
		if y.Dict == nil {
			y.Dict = interp.NewDict()
		}
		copyInto(c.in, y.Dict, d)
	}
}

// reduced rebuilds an object from what __reduce__ gave.
func (c *copier) reduced(x *interp.Instance, r value) value {
	t, ok := r.(*interp.Tuple)
	if !ok || len(t.V) < 2 {
		return x
	}
	y := c.in.Call(t.V[0], c.in.Elements(c.deep(t.V[1], nil)), nil)
	c.done[x] = y
	if len(t.V) > 2 && !interp.IsNone(t.V[2]) {
		if i, ok := y.(*interp.Instance); ok {
			c.setState(i, c.deep(t.V[2], nil))
		}
	}
	if len(t.V) > 3 && !interp.IsNone(t.V[3]) {
		for _, v := range c.in.Elements(t.V[3]) {
			c.in.CallMethod(y, "append", c.deep(v, nil))
		}
	}
	if len(t.V) > 4 && !interp.IsNone(t.V[4]) {
		for _, row := range c.in.Elements(t.V[4]) {
			if p := c.in.Elements(row); len(p) == 2 {
				c.in.SetItem(y, c.deep(p[0], nil), c.deep(p[1], nil))
			}
		}
	}
	return y
}

type deepKey struct{}

// DeepCopy is copy.deepcopy(v) with a fresh memo.
func DeepCopy(in *inter, v value) value { return deepCopy(in, v, interp.NewDict()) }

// deepCopy is copy.deepcopy(v, memo). Nested calls with one memo share what was
// copied: the table belongs to the memo.
func deepCopy(in *inter, v value, memo *interp.Dict) value {
	running := state(in, deepKey{}, func() map[*interp.Dict]*copier { return map[*interp.Dict]*copier{} })
	c, nested := running[memo]
	if !nested {
		c = &copier{in: in, memo: memo, done: map[value]value{}}
		running[memo] = c
		defer delete(running, memo)
	}
	return c.deep(v, nil)
}

func copyAttrs(d *interp.Dict) *interp.Dict {
	if d == nil {
		return nil
	}
	return d.Copy()
}

// copyInstance is a shallow copy of an object, as the default of copy.copy makes it.
func copyInstance(in *inter, x *interp.Instance) value {
	y := &interp.Instance{Cls: x.Cls}
	switch d := x.Data.(type) {
	case nil:
	case shallowCopier:
		y.Data = d.ShallowCopy(in)
	case *interp.Dict:
		y.Data = d.Copy()
	case *interp.List:
		y.Data = &interp.List{V: append([]value(nil), d.V...), E: d.E}
	case *interp.Set:
		y.Data = &interp.Set{D: d.D.Copy(), Frozen: d.Frozen}
	default:
		y.Data = d
	}
	if x.Dict == nil {
		return y
	}
	if x.Root == nil {
		y.Dict = x.Dict.Copy()
		return y
	}
	y.Dict = interp.NewDict()
	x.Dict.Range(func(k, v value) bool {
		if s, ok := interp.AsStr(k); ok {
			switch v.(type) {
			case interp.Int, interp.Float, interp.Bool, interp.NoneType, interp.Str:
				if interp.ExprOf(v) == nil {
					v = interp.WithExpr(v, graph.Ref(x.Root.Name+"."+s))
				}
			}
		}
		y.Dict.Set(in, k, v)
		return true
	})
	return y
}

// shallow is copy.copy.
func shallow(in *inter, v value) value {
	switch x := v.(type) {
	case *interp.List:
		in.Charge(int64(len(x.V)))
		return &interp.List{V: append([]value(nil), x.V...), E: x.E}
	case *interp.Dict:
		in.Charge(int64(x.Len()))
		return x.Copy()
	case *interp.Set:
		return &interp.Set{D: x.D.Copy(), Frozen: x.Frozen}
	case *interp.Class, *interp.Function, *interp.Builtin:
		return v
	}
	if m, ok := in.LookupSpecial(v, "__copy__"); ok {
		return in.Call(m, nil, nil)
	}
	x, ok := v.(*interp.Instance)
	if !ok {
		return v
	}
	for _, n := range []string{"__reduce_ex__", "__reduce__"} {
		if f, ok := pythonMethod(x.Cls, n); ok {
			args := []value{x}
			if n == "__reduce_ex__" {
				args = append(args, interp.NewInt(4))
			}
			t, ok := in.Call(f, args, nil).(*interp.Tuple)
			if !ok || len(t.V) < 2 {
				return x
			}
			y := in.Call(t.V[0], in.Elements(t.V[1]), nil)
			if i, ok := y.(*interp.Instance); ok && len(t.V) > 2 && !interp.IsNone(t.V[2]) {
				(&copier{in: in}).setState(i, t.V[2])
			}
			return y
		}
	}
	if f, ok := pythonMethod(x.Cls, "__getstate__"); ok {
		y := &interp.Instance{Cls: x.Cls, Data: x.Data}
		(&copier{in: in}).setState(y, in.Call(f, []value{x}, nil))
		return y
	}
	y := copyInstance(in, x).(*interp.Instance)
	if f, ok := pythonMethod(x.Cls, "__setstate__"); ok && y.Dict != nil {
		state := y.Dict
		y.Dict = nil
		in.Call(f, []value{y, state}, nil)
	}
	return y
}

// copyEntries are the rows of copy.
func copyEntries() []entry {
	return []entry{
		module("copy"),
		fn("copy.copy", "x", func(in *inter, a []value) value { return shallow(in, a[0]) }),
		fn("copy.deepcopy", "x, memo=None", func(in *inter, a []value) value {
			memo, ok := a[1].(*interp.Dict)
			if !ok {
				memo = interp.NewDict()
			}
			return deepCopy(in, a[0], memo)
		}),
		fn("copy.replace", "obj, /, **changes", func(in *inter, a []value) value {
			return in.Call(in.GetAttr(a[0], "__replace__"), nil, keywords(a[1].(*interp.Dict)))
		}),
		constant("copy.Error", interp.Exception), constant("copy.error", interp.Exception),
	}
}
