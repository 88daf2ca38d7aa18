package rules

import (
	"github.com/arch-extract/arch-extract/extract/graph"
)

// norm is one application of a normalisation.
type norm struct {
	kind    string // rmsnorm, layernorm, batchnorm, groupnorm, l2 (a sum, not a mean)
	in, out *graph.Node
	call    *graph.Call // the module call that is the norm; nil where it is written in line
	core    *graph.Node // the deciding operation: rsqrt, or torch's norm itself
	mean    *graph.Node // the mean (or sum) of squares; nil for torch's own
	width   int64       // how many elements are normalised together

	weight, bias *graph.Node
	weightMul    *graph.Node // where the weight multiplies
	offset       int         // 1 where the scale is 1 + weight
	offsetNode   *graph.Node
	cast         string // before-weight, after-weight, none
	castNode     *graph.Node
	eps          *graph.Arg
	epsAt        graph.Span
	gated        bool // the norm's module also multiplies by something else
}

// findNorms finds every normalisation: torch's own operations, and the
// pattern x * rsqrt(mean(x**2) + eps) in its spellings.
func (f *flow) findNorms() {
	for _, n := range f.t.Nodes {
		var u *norm
		switch n.Op {
		case "layer_norm", "native_layer_norm":
			u = f.nativeNorm(n, "layernorm")
		case "rms_norm":
			u = f.nativeNorm(n, "rmsnorm")
		case "group_norm":
			u = f.nativeNorm(n, "groupnorm")
		case "batch_norm":
			u = f.nativeNorm(n, "batchnorm")
		case "instance_norm":
			u = f.nativeNorm(n, "other")
		case "rsqrt":
			u = f.spelledNorm(n, n.In[0])
		case "pow":
			if a, left := numArg(n); a != nil && !left && a.Num == -0.5 {
				u = f.spelledNorm(n, n.In[0])
			}
		case "sqrt":
			u = f.spelledNorm(n, n.In[0])
		}
		if u == nil || f.normOut[u.out] != nil {
			continue
		}
		f.normOut[u.out] = u
		if r := root(u.out); f.normOut[r] == nil {
			f.normOut[r] = u
		}
		f.norms = append(f.norms, u)
	}
}

func (f *flow) nativeNorm(n *graph.Node, kind string) *norm {
	if len(n.In) == 0 {
		return nil
	}
	u := &norm{kind: kind, in: n.In[0], out: n, core: n, cast: "none", eps: arg(n, "eps")}
	if kind == "batchnorm" {
		// running statistics are buffers; the weight and bias are parameters
		for _, in := range n.In[1:] {
			if w := weightLike(in); w != nil && w.Op == "param" {
				if u.weight == nil {
					u.weight = w
				} else {
					u.bias = w
				}
			}
		}
	} else {
		for _, in := range n.In[1:] {
			if u.weight == nil {
				u.weight = in
			} else {
				u.bias = in
			}
		}
	}
	u.weightMul = n
	if u.weight != nil {
		w := root(u.weight)
		if w.Op == "add" && len(w.In) == 1 {
			if a, _ := numArg(w); a != nil && a.Num == 1 {
				u.offset, u.offsetNode, u.weight = 1, w, w.In[0]
			}
		}
		u.width = numel(u.weight.Shape)
	}
	if a := arg(n, "normalized_shape"); a != nil {
		if is := ints(a.Val); len(is) > 0 {
			u.width = numel(is)
		}
	}
	if u.width == 0 && len(n.Shape) > 0 {
		u.width = n.Shape[len(n.Shape)-1]
	}
	f.extend(u)
	if u.epsAt.IsZero() {
		u.epsAt = n.At
	}
	return u
}

// spelledNorm recognises r = rsqrt(mean(x**2) + eps) and its use on x.
func (f *flow) spelledNorm(r, arg0 *graph.Node) *norm {
	u := &norm{core: r}
	v := root(arg0)
	if v.Op == "add" || v.Op == "clamp" {
		if a, _ := numArg(v); a != nil && len(v.In) == 1 {
			u.eps, u.epsAt = a, v.At
			v = root(v.In[0])
		} else if len(v.In) == 2 { // eps as a tensor
			if _, ok := f.scalar(v.In[1]); ok {
				v = root(v.In[0])
			} else if w := weightLike(v.In[1]); w != nil {
				v = root(v.In[0])
			}
		}
	}
	var x *graph.Node
	switch v.Op {
	case "mean", "sum":
		sq := root(v.In[0])
		switch {
		case sq.Op == "pow" && len(sq.In) == 1:
			if a, left := numArg(sq); a == nil || left || a.Num != 2 {
				return nil
			}
			x = sq.In[0]
		case sq.Op == "square":
			x = sq.In[0]
		case sq.Op == "mul" && len(sq.In) == 2 && root(sq.In[0]) == root(sq.In[1]):
			x = sq.In[0]
		case sq.Op == "mul" && len(sq.In) == 1:
			return nil
		default:
			return nil
		}
		u.kind = "rmsnorm"
		u.mean = v
		if v.Op == "sum" {
			u.kind = "l2"
		}
	case "var":
		x = v.In[0]
		u.kind = "layernorm"
	case "var_mean":
		x = v.In[0]
		u.kind = "layernorm"
	default:
		return nil
	}
	if !f.content[x.ID] {
		return nil
	}
	x = root(x)
	// x - mean(x): the statistics are those of a layer norm
	centred := func(y *graph.Node) *graph.Node {
		if y.Op == "sub" && len(y.In) == 2 {
			if m := base(y.In[1]); m.Op == "mean" && root(m.In[0]) == root(y.In[0]) {
				return root(y.In[0])
			}
		}
		return nil
	}
	if c := centred(x); c != nil {
		if u.kind == "rmsnorm" {
			u.kind = "layernorm"
		}
	}
	// the product with x
	var mul *graph.Node
	for _, use := range f.deepUsers(r) {
		if use.Op != "mul" && use.Op != "div" || len(use.In) != 2 {
			continue
		}
		for i, in := range use.In {
			other := use.In[1-i]
			if base(other) != base(r) && root(other) != r {
				continue
			}
			y := root(in)
			if y == x || centred(y) == x || y.ID == x.ID {
				mul = use
			} else if c := centred(y); c != nil && (c == x || c == centred(x)) {
				mul = use
			}
		}
	}
	if mul == nil {
		return nil
	}
	if mul.Op == "mul" && r.Op == "sqrt" {
		return nil
	}
	if mul.Op == "div" && r.Op != "sqrt" {
		return nil
	}
	u.in, u.out = x, mul
	if c := centred(x); c != nil {
		u.in = c
	}
	if len(x.Shape) > 0 {
		u.width = x.Shape[len(x.Shape)-1]
		if len(v.Shape) > 0 && v.Shape[len(v.Shape)-1] != 1 && numel(v.Shape) > 0 {
			u.width = numel(x.Shape) / numel(v.Shape)
		}
	}
	f.follow(u, mul)
	f.extend(u)
	return u
}

// deepUsers are the users of n, looking through casts and layouts.
func (f *flow) deepUsers(n *graph.Node) []*graph.Node {
	var out []*graph.Node
	var walk func(n *graph.Node, d int)
	walk = func(n *graph.Node, d int) {
		for _, u := range f.users[n.ID] {
			if d < 4 && (identities[u.Op] || layouts[u.Op]) {
				walk(u, d+1)
				continue
			}
			out = append(out, u)
		}
	}
	walk(n, 0)
	return out
}

// follow goes forward from the normalised value over casts, the weight and the
// bias, in the call that computed it, and notes their order.
func (f *flow) follow(u *norm, n *graph.Node) {
	castSeen := (*graph.Node)(nil)
	upcast := false
	for y := u.in; ; y = y.In[0] {
		// an explicit cast on the way in
		_ = y
		break
	}
	for _, x := range f.users[root(u.in).ID] {
		if isCast(x) && x.Call == n.Call {
			upcast = true
		}
	}
	// casts between the input and its square, within the norm's call
	for y := f.normalisedInput(n, u); y != nil && identities[y.Op] && len(y.In) > 0; y = y.In[0] {
		if isCast(y) && y.Call == n.Call {
			upcast = true
		}
	}
	for steps := 0; steps < 12; steps++ {
		us := f.users[n.ID]
		var next *graph.Node
		for _, x := range us {
			if x.Call != u.core.Call && x.Call != nil && u.core.Call != nil {
				continue
			}
			switch {
			case isCast(x) && root(x) == root(n):
				if next == nil {
					next = x
				}
			case identities[x.Op] && x.In[0] == n, layouts[x.Op] && len(x.In) == 1 && numel(x.Shape) == numel(n.Shape) && u.core.Call == x.Call && u.core.Call != nil && u.core.Call.Leaf:
				if next == nil {
					next = x
				}
			case x.Op == "mul" && len(x.In) == 2:
				other := x.In[0]
				if root(other) == root(n) {
					other = x.In[1]
				}
				if w, off, offAt := f.normWeight(other); w != nil && u.weight == nil {
					u.weight, u.weightMul, u.offset, u.offsetNode = w, x, off, offAt
					next = x
				}
			case x.Op == "add" && len(x.In) == 2:
				other := x.In[0]
				if root(other) == root(n) {
					other = x.In[1]
				}
				if w := weightLike(other); w != nil && w.Op == "param" && u.bias == nil && len(w.Shape) <= 2 {
					u.bias = w
					next = x
				}
			}
		}
		if next == nil {
			break
		}
		if isCast(next) {
			castSeen = next
			if u.weight == nil {
				u.cast = "before-weight"
			} else if u.cast == "" {
				u.cast = "after-weight"
			}
			if u.castNode == nil || u.weight == nil {
				u.castNode = next
			}
		}
		n = next
		u.out = n
	}
	if castSeen == nil {
		u.cast = "none"
		if upcast && u.weight != nil {
			// computed in float32 and never cast back in so many words: the
			// product with the weight decides
			u.cast = ""
		}
	}
	if u.weight == nil && u.cast == "before-weight" {
		u.cast = "after-weight"
	}
}

// normalisedInput is the operand of the product that holds x.
func (f *flow) normalisedInput(mul *graph.Node, u *norm) *graph.Node {
	for _, in := range mul.In {
		if root(in) == root(u.in) {
			return in
		}
	}
	return nil
}

func isCast(n *graph.Node) bool {
	switch n.Op {
	case "to", "type_as", "type", "float", "half", "_to_copy":
		return true
	}
	return false
}

// normWeight recognises w and 1 + w.
func (f *flow) normWeight(n *graph.Node) (w *graph.Node, offset int, at *graph.Node) {
	n = base(n)
	if n == nil {
		return nil, 0, nil
	}
	if n.Op == "param" {
		return n, 0, nil
	}
	if n.Op == "add" && len(n.In) == 1 {
		if a, _ := numArg(n); a != nil && a.Num == 1 {
			if p := base(n.In[0]); p.Op == "param" {
				return p, 1, n
			}
		}
	}
	return nil, 0, nil
}

// extend widens the norm to the module call that is nothing but this norm.
func (f *flow) extend(u *norm) {
	c := u.core.Call
	for c != nil {
		info := f.calls[c]
		if info == nil || len(c.Out) == 0 || len(c.In) == 0 {
			return
		}
		if c.Path == "" {
			return
		}
		// the call must take x and give the normalised x
		takes := false
		for _, in := range c.In {
			takes = takes || root(in) == root(u.in) || base(in) == base(u.in)
		}
		if !takes || numel(c.Out[0].Shape) != numel(u.out.Shape) {
			return
		}
		// and hold no other computation that is learned
		for id := c.First; id < c.Last; id++ {
			n := f.node(id)
			if n == nil || !within(n, c) {
				continue
			}
			if f.projection(n) != nil || n.Op == "softmax" {
				return
			}
		}
		if root(c.Out[0]) != root(u.out) && !f.depends(c.Out[0], u.out) {
			return
		}
		if root(c.Out[0]) != root(u.out) && base(c.Out[0]) != base(u.out) && len(c.In) > 1 {
			u.gated = true
		}
		u.call, u.out = c, c.Out[0]
		for _, in := range c.In {
			if root(in) == root(u.in) || base(in) == base(u.in) {
				u.in = in
			}
		}
		// casts after the end of follow
		c = c.Parent
		if c != nil && len(f.calls[c].children) > 1 {
			return
		}
		if c != nil && c.Last-c.First > u.call.Last-u.call.First+4 {
			return
		}
	}
}

func (f *flow) node(id int32) *graph.Node {
	if id < 0 || int(id) >= len(f.byID) {
		return nil
	}
	return f.byID[id]
}
