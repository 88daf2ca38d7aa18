package rules

import (
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// elem is one element of a value, by its row-major index.
type elem struct {
	n *graph.Node
	i int64
}

// origin says from which elements an element is computed, one step back.
// Layouts and elementwise operations have origins; ok is false where the
// operation mixes elements (a matrix product, a norm) or is not understood.
func (f *flow) origin(e elem) (out []elem, ok bool) {
	n := e.n
	if len(n.In) == 0 {
		return nil, false
	}
	in := n.In[0]
	switch n.Op {
	case "view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as", "reshape_as", "ravel":
		if numel(in.Shape) != numel(n.Shape) {
			return nil, false
		}
		return []elem{{in, e.i}}, true
	case "transpose", "swapaxes", "swapdims":
		r := len(n.Shape)
		d0, d1 := dimOf(n, "dim0", argAt(n, 0, 0), r), dimOf(n, "dim1", argAt(n, 1, 1), r)
		if arg(n, "axis0") != nil {
			d0, d1 = dimOf(n, "axis0", 0, r), dimOf(n, "axis1", 1, r)
		}
		c := coords(e.i, n.Shape)
		if d0 >= r || d1 >= r || d0 < 0 || d1 < 0 {
			return nil, false
		}
		c[d0], c[d1] = c[d1], c[d0]
		return []elem{{in, index(c, in.Shape)}}, true
	case "t", "T", "mT":
		r := len(n.Shape)
		if r < 2 {
			return []elem{{in, e.i}}, true
		}
		c := coords(e.i, n.Shape)
		c[r-1], c[r-2] = c[r-2], c[r-1]
		return []elem{{in, index(c, in.Shape)}}, true
	case "permute":
		a := arg(n, "dims")
		if a == nil {
			return nil, false
		}
		dims := ints(a.Val)
		if len(dims) != len(n.Shape) || len(dims) != len(in.Shape) {
			return nil, false
		}
		c := coords(e.i, n.Shape)
		d := make([]int64, len(c))
		for k, p := range dims {
			if p < 0 {
				p += int64(len(c))
			}
			if p < 0 || p >= int64(len(d)) {
				return nil, false
			}
			d[p] = c[k]
		}
		return []elem{{in, index(d, in.Shape)}}, true
	case "expand", "expand_as", "broadcast_to":
		return []elem{{in, broadcastIndex(e.i, n.Shape, in.Shape)}}, true
	case "repeat", "tile":
		c := coords(e.i, n.Shape)
		d := make([]int64, len(in.Shape))
		off := len(c) - len(d)
		if off < 0 {
			return nil, false
		}
		for k := range d {
			if in.Shape[k] == 0 {
				return nil, false
			}
			d[k] = c[k+off] % in.Shape[k]
		}
		return []elem{{in, index(d, in.Shape)}}, true
	case "repeat_interleave":
		r := len(n.Shape)
		if len(in.Shape) != r {
			return nil, false
		}
		d := dimOf(n, "dim", 0, r)
		rep := int64(argInt(n, "repeats", 0))
		if rep <= 0 || d < 0 || d >= r {
			return nil, false
		}
		c := coords(e.i, n.Shape)
		c[d] /= rep
		return []elem{{in, index(c, in.Shape)}}, true
	case "split", "split_with_sizes", "chunk", "tensor_split", "unsafe_chunk", "unsafe_split":
		off, d, ok := splitOffset(n)
		if !ok {
			return nil, false
		}
		c := coords(e.i, n.Shape)
		c[d] += off
		return []elem{{in, index(c, in.Shape)}}, true
	case "unbind", "select":
		d := dimOf(n, "dim", 0, len(in.Shape))
		k := int64(argInt(n, "output", 0))
		if n.Op == "select" {
			k = int64(argInt(n, "index", 0))
		}
		if d < 0 || d >= len(in.Shape) {
			return nil, false
		}
		if k < 0 {
			k += in.Shape[d]
		}
		c := insert(coords(e.i, n.Shape), d, k)
		return []elem{{in, index(c, in.Shape)}}, true
	case "narrow":
		d := dimOf(n, "dim", 0, len(in.Shape))
		s := int64(argInt(n, "start", 0))
		if d < 0 || d >= len(in.Shape) {
			return nil, false
		}
		c := coords(e.i, n.Shape)
		c[d] += s
		return []elem{{in, index(c, in.Shape)}}, true
	case "flip":
		return nil, false
	case "getitem":
		c, ok := unindex(n, in, coords(e.i, n.Shape))
		if !ok {
			return nil, false
		}
		return []elem{{in, index(c, in.Shape)}}, true
	case "setitem":
		// base[index] = value: inside the index the value, else the base
		if len(n.In) < 2 {
			return []elem{{in, e.i}}, true
		}
		v := n.In[len(n.In)-1]
		if c, inside, ok := region(n, coords(e.i, n.Shape)); ok {
			if !inside {
				return []elem{{in, e.i}}, true
			}
			return []elem{{v, broadcastIndex(index(c, regionShape(n)), regionShape(n), v.Shape)}}, true
		}
		return nil, false
	case "write_through":
		// a write to a view of the value: inside the view the written, else the old
		if len(n.In) < 2 || len(n.In[1].In) == 0 {
			return nil, false
		}
		w := n.In[1]
		view := w.In[0]
		if view.Op != "getitem" || len(view.Shape) != len(w.Shape) {
			return nil, false
		}
		r := *n
		r.Args = view.Args
		c, inside, ok := region(&r, coords(e.i, n.Shape))
		if !ok {
			return nil, false
		}
		if !inside {
			return []elem{{in, e.i}}, true
		}
		return []elem{{w, index(c, w.Shape)}}, true
	case "copy":
		v := n.In[len(n.In)-1]
		return []elem{{v, broadcastIndex(e.i, n.Shape, v.Shape)}}, true
	case "cat":
		r := len(n.Shape)
		d := dimOf(n, "dim", 0, r)
		c := coords(e.i, n.Shape)
		for _, x := range n.In {
			if len(x.Shape) == 1 && x.Shape[0] == 0 {
				continue // torch joins an empty list of anything, as a new cache is one
			}
			if len(x.Shape) != r || d < 0 || d >= r {
				return nil, false
			}
			if c[d] < x.Shape[d] {
				return []elem{{x, index(c, x.Shape)}}, true
			}
			c[d] -= x.Shape[d]
		}
		return nil, false
	case "stack":
		r := len(n.Shape)
		d := dimOf(n, "dim", 0, r)
		c := coords(e.i, n.Shape)
		if d < 0 || d >= r || c[d] >= int64(len(n.In)) {
			return nil, false
		}
		x := n.In[c[d]]
		return []elem{{x, index(append(append([]int64{}, c[:d]...), c[d+1:]...), x.Shape)}}, true
	case "view_as_complex":
		return []elem{{in, 2 * e.i}, {in, 2*e.i + 1}}, true
	case "view_as_real":
		return []elem{{in, e.i / 2}}, true
	case "complex", "polar":
		for _, x := range n.In {
			out = append(out, elem{x, broadcastIndex(e.i, n.Shape, x.Shape)})
		}
		return out, true
	}
	if identities[n.Op] {
		return []elem{{in, e.i}}, true
	}
	if elementwise[n.Op] {
		for _, x := range n.In {
			out = append(out, elem{x, broadcastIndex(e.i, n.Shape, x.Shape)})
		}
		return out, true
	}
	return nil, false
}

// elementwise operations compute each element from those at the same place.
var elementwise = set("add", "sub", "mul", "div", "neg", "rsub", "pow", "exp", "log", "sqrt", "rsqrt", "cos", "sin", "tanh", "sigmoid", "silu", "gelu", "relu", "clamp", "clip", "abs", "square", "where",
	"masked_fill", "real", "imag", "addcmul", "lerp", "fma", "hypot", "reciprocal", "floor_divide", "remainder", "copy", "conj", "erf", "softplus", "minimum", "maximum", "relu6", "hardswish", "hardsigmoid", "elu", "leaky_relu", "mish", "log1p", "expm1", "sign", "logsigmoid", "celu", "selu", "add_", "mul_")

func argAt(n *graph.Node, i, def int) int {
	k := 0
	for _, a := range n.Args {
		if a.Name == "" && a.IsNum {
			if k == i {
				return int(a.Num)
			}
			k++
		}
	}
	return def
}

func coords(i int64, shape []int64) []int64 {
	c := make([]int64, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] > 0 {
			c[k] = i % shape[k]
			i /= shape[k]
		}
	}
	return c
}

func index(c, shape []int64) int64 {
	i := int64(0)
	for k, s := range shape {
		if k < len(c) {
			i = i*s + c[k]
		}
	}
	return i
}

func insert(c []int64, d int, v int64) []int64 {
	out := make([]int64, 0, len(c)+1)
	out = append(out, c[:min(d, len(c))]...)
	out = append(out, v)
	return append(out, c[min(d, len(c)):]...)
}

// broadcastIndex maps an index into a broadcast shape to the index of the operand's element.
func broadcastIndex(i int64, shape, from []int64) int64 {
	c := coords(i, shape)
	d := make([]int64, len(from))
	off := len(c) - len(from)
	for k := range from {
		if off+k >= 0 && from[k] != 1 {
			d[k] = c[off+k]
		}
	}
	return index(d, from)
}

// splitOffset is where the node's part begins in what was split, and along which dimension.
func splitOffset(n *graph.Node) (off int64, d int, ok bool) {
	in := n.In[0]
	d = dimOf(n, "dim", 0, len(in.Shape))
	k := argInt(n, "output", -1)
	if k < 0 || d < 0 || d >= len(in.Shape) {
		return 0, 0, false
	}
	a := arg(n, "split_size")
	for _, name := range []string{"split_size_or_sections", "split_sizes", "chunks", "sections", "indices_or_sections"} {
		if a == nil {
			a = arg(n, name)
		}
	}
	if a == nil {
		return 0, 0, false
	}
	if !a.IsNum {
		sizes := ints(a.Val)
		if k >= len(sizes) {
			return 0, 0, false
		}
		for _, s := range sizes[:k] {
			off += s
		}
		return off, d, true
	}
	size := int64(a.Num)
	if strings.Contains(n.Op, "chunk") {
		size = (in.Shape[d] + size - 1) / size
	} else if n.Op == "tensor_split" {
		size = in.Shape[d] / size
	}
	return int64(k) * size, d, true
}

// constIndex is the value of a tensor in an index that holds one known number
// along one dimension, as "[v]": the index [-2].
func constIndex(n *graph.Node, k int) string {
	for _, x := range n.In[1:] {
		if k == 0 {
			if a := arg(x, "value"); x.Op == "const" && a != nil && len(x.Shape) == 1 && numel(x.Shape) == 1 {
				return "[" + num(a.Num) + "]"
			}
			return "tensor"
		}
		k--
	}
	return "tensor"
}

// indexItems are the items of an index with the ellipsis expanded: one per
// dimension of the input or None. ok is false for tensors in the index.
func indexItems(n *graph.Node, rank int) (items []string, ok bool) {
	for _, a := range n.Args {
		if a.Name == "index" {
			items = append(items, a.Val)
		}
	}
	used := 0
	ell := -1
	tensors := 0
	for i, s := range items {
		if s == "tensor" {
			items[i] = constIndex(n, tensors)
			s = items[i]
			tensors++
		}
		switch s {
		case "None":
		case "...", "Ellipsis":
			ell = i
		case "tensor":
			return nil, false
		default:
			used++
		}
	}
	fill := rank - used
	if fill < 0 {
		return nil, false
	}
	pad := make([]string, fill)
	for i := range pad {
		pad[i] = ":"
	}
	if ell < 0 {
		return append(items, pad...), true
	}
	out := append([]string{}, items[:ell]...)
	out = append(out, pad...)
	return append(out, items[ell+1:]...), true
}

// sliceOf reads "a:b:c" for a dimension of size s.
func sliceOf(t string, s int64) (start, step, length int64, ok bool) {
	p := strings.Split(t, ":")
	if len(p) < 2 {
		return 0, 0, 0, false
	}
	get := func(i int, def int64) int64 {
		if i >= len(p) || strings.TrimSpace(p[i]) == "" || p[i] == "None" {
			return def
		}
		v, err := strconv.ParseInt(strings.TrimSpace(p[i]), 10, 64)
		if err != nil {
			ok = false
			return def
		}
		return v
	}
	ok = true
	step = get(2, 1)
	start = get(0, 0)
	stop := get(1, s)
	if start < 0 {
		start += s
	}
	if stop < 0 {
		stop += s
	}
	start, stop = max(0, min(start, s)), max(0, min(stop, s))
	if step <= 0 {
		return 0, 0, 0, false
	}
	return start, step, max(0, (stop-start+step-1)/step), ok
}

// unindex maps coordinates in the result of an indexing back to its input.
func unindex(n, in *graph.Node, c []int64) (out []int64, ok bool) {
	items, ok := indexItems(n, len(in.Shape))
	if !ok {
		return nil, false
	}
	k, d := 0, 0 // dimension of the result, of the input
	for _, it := range items {
		switch {
		case it == "None":
			k++
		case strings.Contains(it, ":"):
			start, step, _, ok := sliceOf(it, in.Shape[d])
			if !ok || k >= len(c) {
				return nil, false
			}
			out = append(out, start+step*c[k])
			k++
			d++
		default:
			v, err := strconv.ParseInt(strings.Trim(it, "[]() "), 10, 64)
			if err != nil {
				return nil, false
			}
			if v < 0 {
				v += in.Shape[d]
			}
			out = append(out, v)
			if strings.HasPrefix(it, "[") {
				k++ // a list of one keeps the dimension
			}
			d++
		}
	}
	return out, len(out) == len(in.Shape)
}

// region maps coordinates of base to those of the written part.
func region(n *graph.Node, c []int64) (out []int64, inside, ok bool) {
	items, ok := indexItems(n, len(n.Shape))
	if !ok {
		return nil, false, false
	}
	d := 0
	for _, it := range items {
		switch {
		case it == "None":
			out = append(out, 0)
		case strings.Contains(it, ":"):
			start, step, length, ok := sliceOf(it, n.Shape[d])
			if !ok {
				return nil, false, false
			}
			r := c[d] - start
			if r < 0 || r%step != 0 || r/step >= length {
				return nil, false, true
			}
			out = append(out, r/step)
			d++
		default:
			v, err := strconv.ParseInt(strings.Trim(it, "[]() "), 10, 64)
			if err != nil {
				return nil, false, false
			}
			if v < 0 {
				v += n.Shape[d]
			}
			if c[d] != v {
				return nil, false, true
			}
			d++
		}
	}
	return out, true, true
}

// regionShape is the shape of the written part.
func regionShape(n *graph.Node) []int64 {
	items, ok := indexItems(n, len(n.Shape))
	if !ok {
		return nil
	}
	var out []int64
	d := 0
	for _, it := range items {
		switch {
		case it == "None":
			out = append(out, 1)
		case strings.Contains(it, ":"):
			_, _, l, _ := sliceOf(it, n.Shape[d])
			out = append(out, l)
			d++
		default:
			d++
		}
	}
	return out
}

// sources follows an element back to the elements for which stop holds,
// through layouts and elementwise operations, along content only. ok is false
// where something on the way is not understood. via collects the nodes met.
func (f *flow) sources(e elem, stop func(*graph.Node) bool, via map[*graph.Node]bool) (out []elem, ok bool) {
	seen := map[elem]bool{}
	ok = true
	var walk func(e elem, depth int)
	walk = func(e elem, depth int) {
		if seen[e] || len(seen) > 600 {
			return
		}
		seen[e] = true
		if stop(e.n) {
			out = append(out, e)
			return
		}
		if !f.content[e.n.ID] {
			return
		}
		if u := f.normOut[e.n]; u != nil && u.in != e.n && numel(u.in.Shape) == numel(e.n.Shape) {
			walk(elem{u.in, e.i}, depth+1)
			return
		}
		os, k := f.origin(e)
		if !k {
			ok = false
			return
		}
		if via != nil {
			via[e.n] = true
		}
		for _, o := range os {
			if o.i < 0 || o.i >= numel(o.n.Shape) {
				ok = false
				return
			}
			walk(o, depth+1)
		}
	}
	walk(e, 0)
	return out, ok
}
