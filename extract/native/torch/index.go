package torch

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"slices"
)

// indexed is what an index means: a view of the tensor, and index tensors for
// some of the view's dimensions.
type indexed struct {
	view  *T // not recorded; shares the storage
	moved bool
	idx   []*T // by dimension of view; nil where there is none
	args  []graph.Arg
	full  bool // every item was a full slice
}

// indexItems are the items of an index, a sequence of them flattened as torch does.
func indexItems(c *call, key interp.Value) []interp.Value {
	if t, ok := key.(*interp.Tuple); ok {
		return t.V
	}
	if l, ok := key.(*interp.List); ok {
		for _, e := range l.V {
			switch e.(type) {
			case *T, *interp.Slice, interp.EllipsisType, interp.NoneType, *interp.List, *interp.Tuple:
				if len(l.V) < 32 {
					return l.V
				}
			}
		}
	}
	return []interp.Value{key}
}

// asIndex is an item of an index as a tensor; nil where it is none.
func asIndex(c *call, v interp.Value) *T {
	switch v := v.(type) {
	case *T:
		return v
	case *interp.List, *interp.Tuple, *interp.Range:
		n := fromValue(c.in, v)
		dt := n.dtype()
		if len(n.data) == 0 && n.known {
			dt = tensor.Int64
		}
		return n.tensorOf(dt)
	}
	if f := foreign(c.in, v); f != nil {
		if t, ok := f.(*T); ok {
			return t
		}
	}
	return nil
}

// bound is one end of a slice; def where it is None.
func bound(c *call, v interp.Value, n tensor.Dim, def tensor.Dim) (d tensor.Dim, known bool) {
	switch x := v.(type) {
	case nil, interp.NoneType:
		return def, true
	case *interp.Unknown:
		return tensor.UnknownDim, false
	case *T:
		val, ok := x.Item()
		if !ok {
			return tensor.UnknownDim, false
		}
		d = tensor.D(int64(val))
	default:
		i, ok := tensor.DimOf(c.in, v)
		if !ok {
			if f := foreign(c.in, v); f != nil {
				i, ok = tensor.DimOf(c.in, f)
			}
		}
		if !ok {
			c.in.Raise(interp.TypeError, "slice indices must be integers or None or have an __index__ method")
		}
		d = i
	}
	if n.V < 0 {
		if d.V < 0 {
			return tensor.UnknownDim, false
		}
		return d, true
	}
	if d.V < 0 {
		d = n.Shift(d)
		if d.V < 0 {
			d = tensor.Dim{}
		}
	}
	if d.V > n.V {
		d = n
	}
	return d, true
}

// parseIndex reads an index.
func parseIndex(c *call, t *T, key interp.Value) indexed {
	items := indexItems(c, key)
	used := 0
	for _, v := range items {
		switch v := v.(type) {
		case interp.NoneType, interp.EllipsisType, interp.Bool:
		case *T:
			if v.DType == tensor.Bool || v.DType == tensor.UInt8 {
				used += len(v.Shape)
			} else {
				used++
			}
		default:
			if l := asBoolRank(c, v); l > 0 {
				used += l
			} else {
				used++
			}
		}
	}
	if used > len(t.Shape) {
		c.in.Raise(interp.IndexError, "too many indices for tensor of dimension %d", len(t.Shape))
	}
	r := indexed{full: true}
	tracing := c.tracing()
	shape := make([]tensor.Dim, 0, len(t.Shape)+2)
	st := make([]int64, 0, len(t.Shape)+2)
	var idx []*T
	old := t.Strides()
	off := t.Offset
	src := 0
	keep := func() {
		shape, st, idx = append(shape, t.Shape[src]), append(st, old[src]), append(idx, nil)
		src++
	}
	for _, v := range items {
		if tracing {
			r.args = append(r.args, tensor.ArgVal(c.in, "index", v))
		}
		switch v := v.(type) {
		case interp.EllipsisType:
			for n := len(t.Shape) - used; n > 0; n-- {
				keep()
			}
			continue
		case interp.NoneType:
			shape, st, idx = append(shape, tensor.D(1)), append(st, 0), append(idx, nil)
			r.full = false
			continue
		case *interp.Slice:
			n := t.Shape[src]
			step := int64(1)
			if !interp.IsNone(v.Step) {
				d, ok := tensor.DimOf(c.in, v.Step)
				if ok {
					step = d.V
				}
				if step <= 0 {
					if _, isU := v.Step.(*interp.Unknown); isU {
						step = 1
						n = tensor.UnknownDim
					} else {
						c.in.Raise(interp.ValueError, "step must be greater than zero")
					}
				}
			}
			lo, k1 := bound(c, v.Lo, n, tensor.Dim{})
			hi, k2 := bound(c, v.Hi, n, n)
			full := k1 && k2 && step == 1 && lo.V == 0 && (hi.V == n.V || interp.IsNone(v.Hi))
			if full {
				keep()
				continue
			}
			r.full = false
			size := tensor.UnknownDim
			if k1 && k2 && hi.V >= 0 && lo.V >= 0 && n.V >= 0 {
				switch {
				case hi.V <= lo.V:
					size = tensor.Dim{}
				case step == 1:
					size = hi.Sub(lo)
				default:
					size = hi.Sub(lo).CeilDiv(tensor.D(step))
				}
			}
			if lo.V > 0 {
				off += lo.V * old[src]
			}
			shape, st, idx = append(shape, size), append(st, old[src]*step), append(idx, nil)
			src++
			continue
		case interp.Bool:
			r.full = false
			b := tensor.Const(tensor.Bool, tensor.Dims(1), []float64{b2f(v.V)})
			shape, st, idx = append(shape, tensor.D(1)), append(st, 0), append(idx, b)
			continue
		}
		r.full = false
		if x, ok := v.(*T); ok {
			if len(x.Shape) == 0 && x.DType != tensor.Bool && x.DType != tensor.UInt8 && !x.DType.IsFloat() {
				// A 0-dimensional integer selects like a number.
				if val, known := x.Item(); known {
					v = interp.NewInt(int64(val))
				} else {
					if tracing {
						r.args[len(r.args)-1] = tensor.ArgStr("index", "?")
					}
					src++
					off = 0
					r.moved = true
					continue
				}
			}
		}
		if d, ok := tensor.DimOf(c.in, v); ok {
			if _, isT := v.(*T); !isT {
				if _, isU := v.(*interp.Unknown); isU {
					src++
					r.moved = true
					continue
				}
				n := t.Shape[src].V
				i := d.V
				if n >= 0 && (i < -n || i >= n) {
					c.in.Raise(interp.IndexError, "index %d is out of bounds for dimension %d with size %d", i, len(shape), n)
				}
				if i < 0 {
					i += n
				}
				if i > 0 {
					off += i * old[src]
				}
				src++
				continue
			}
		}
		x := asIndex(c, v)
		if x == nil {
			if s, isStr := v.(interp.Str); isStr {
				_ = s
				c.in.Raise(interp.TypeError, "new(): invalid data type 'str'")
			}
			c.in.Raise(interp.IndexError, "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got %s)", v.Type().Name)
		}
		if x.DType.IsFloat() || x.DType.IsComplex() {
			c.fail("tensors used as indices must be long, int, byte or bool tensors")
		}
		if tracing {
			r.args[len(r.args)-1] = tensor.ArgStr("index", "tensor")
		}
		if x.DType != tensor.Bool && x.DType != tensor.UInt8 {
			shape, st, idx = append(shape, t.Shape[src]), append(st, old[src]), append(idx, x)
			src++
			continue
		}
		// A mask covers as many dimensions as it has; it counts as that many
		// index tensors, found by nonzero.
		if len(x.Shape) == 0 {
			shape, st, idx = append(shape, tensor.D(1)), append(st, 0), append(idx, x)
			continue
		}
		for i, n := range x.Shape {
			if m := t.Shape[src+i]; n.V != m.V && n.V >= 0 && m.V >= 0 {
				c.in.Raise(interp.IndexError, "The shape of the mask torch.Size(%s) at index %d does not match the shape of the indexed tensor torch.Size(%s) at index %d", tensor.ShapeString(x.Shape), i, tensor.ShapeString(t.Shape), src+i)
			}
		}
		places := nonzeroOf(x)
		for i := range x.Shape {
			p := &T{Shape: []tensor.Dim{tensor.UnknownDim}, DType: tensor.Int64, Device: x.Device}
			if places != nil {
				p = tensor.Const(tensor.Int64, tensor.Dims(int64(len(places[i]))), places[i])
			}
			p.Base = x // marks where it came from; never recorded itself
			shape, st, idx = append(shape, t.Shape[src]), append(st, old[src]), append(idx, p)
			src++
		}
	}
	for src < len(t.Shape) {
		keep()
	}
	v := &T{Shape: shape, DType: t.DType, Stride: st, Offset: off, Device: t.Device, Base: t.Base, RequiresGrad: t.RequiresGrad}
	if v.Base == nil {
		v.Base = t
	}
	v.Store = t.Store
	if r.moved {
		v.Store = nil // at a place that is not known
	}
	r.view = v
	for _, x := range idx {
		if x != nil {
			r.idx = idx
		}
	}
	return r
}

// asBoolRank is the rank of a list that is a mask, else 0.
func asBoolRank(c *call, v interp.Value) int {
	vs, ok := tensor.Sequence(v)
	if !ok || len(vs) == 0 {
		return 0
	}
	n := 1
	e := vs[0]
	for {
		if _, isBool := e.(interp.Bool); isBool {
			return n
		}
		vs, ok := tensor.Sequence(e)
		if !ok || len(vs) == 0 || n > 16 {
			return 0
		}
		e = vs[0]
		n++
	}
}

// nonzeroOf are the places of the nonzero elements, one list for each
// dimension; nil where they are not known.
func nonzeroOf(t *T) [][]float64 {
	v := t.Values()
	if v == nil {
		return nil
	}
	out := make([][]float64, len(t.Shape))
	for i := range out {
		out[i] = []float64{}
	}
	st := tensor.ContiguousStrides(t.Shape)
	for k, x := range v {
		if x == 0 {
			continue
		}
		rest := int64(k)
		for i := range out {
			out[i] = append(out[i], float64(rest/st[i]))
			rest %= st[i]
		}
	}
	return out
}

// result is the shape that index tensors give, and where their broadcast shape stands in it.
func (r *indexed) result(c *call) (shape, common []tensor.Dim, at int) {
	var shapes [][]tensor.Dim
	first, last, adjacent := -1, -1, true
	for i, x := range r.idx {
		if x == nil {
			continue
		}
		if first < 0 {
			first = i
		} else if last != i-1 {
			adjacent = false
		}
		last = i
		s := x.Shape
		if x.DType == tensor.Bool && len(s) == 1 { // a single True or False
			s = tensor.Dims(int64(x.Values()[0]))
		} else if x.DType == tensor.Bool {
			s = []tensor.Dim{tensor.UnknownDim}
			if v, ok := x.Item(); ok {
				s = tensor.Dims(int64(v))
			}
		}
		shapes = append(shapes, s)
	}
	common = broadcast(c, shapes)
	if adjacent {
		at = first
	}
	for i, d := range r.view.Shape {
		if adjacent && i == first || !adjacent && i == 0 && first >= 0 {
			if adjacent || len(shape) == 0 {
				shape = append(shape, common...)
			}
		}
		if r.idx[i] == nil {
			shape = append(shape, d)
		}
	}
	return shape, common, at
}

// places are, for each element of the result, its place in the row-major
// values of the view; nil where they are not known.
func (r *indexed) places(c *call, shape, common []tensor.Dim, at int) []int64 {
	n := tensor.Numel(shape)
	if !tensor.Keeps(tensor.Int64, n) {
		return nil
	}
	vals := make([][]float64, len(r.idx))
	for i, x := range r.idx {
		if x == nil {
			continue
		}
		if x.DType == tensor.Bool {
			if x.Values() == nil {
				return nil
			}
			vals[i] = []float64{0}
			continue
		}
		if vals[i] = Expanded(x, common); vals[i] == nil {
			return nil
		}
	}
	st := tensor.ContiguousStrides(r.view.Shape)
	nb := len(common)
	bst := tensor.ContiguousStrides(common)
	out := make([]int64, n)
	bad := false
	k := 0
	gatherData(shape, func(idx []int64) float64 {
		b := int64(0)
		for i := 0; i < nb; i++ {
			b += idx[at+i] * bst[i]
		}
		pos, next := int64(0), 0
		for i := range r.idx {
			if vals[i] == nil {
				if next == at {
					next += nb
				}
				pos += idx[next] * st[i]
				next++
				continue
			}
			v := int64(vals[i][0])
			if len(vals[i]) > 1 {
				v = int64(vals[i][b])
			}
			size := r.view.Shape[i].V
			if v < 0 {
				v += size
			}
			if v < 0 || v >= size {
				bad = true
				v = 0
			}
			pos += v * st[i]
		}
		out[k] = pos
		k++
		return 0
	})
	if bad {
		return nil
	}
	return out
}

// sources are the tensors that a result depends on besides the indexed one.
func (r *indexed) sources() []*T {
	var ts []*T
	for _, x := range r.idx {
		if x == nil {
			continue
		}
		if x.Base != nil && x.Node == nil && x.DType == tensor.Int64 && (x.Base.DType == tensor.Bool || x.Base.DType == tensor.UInt8) {
			x = x.Base // the mask that nonzero was taken of
		}
		if len(ts) == 0 || ts[len(ts)-1] != x {
			ts = append(ts, x)
		}
	}
	return ts
}

func getitem(c *call) interp.Value {
	t := c.T(0)
	if u, ok := c.a[1].(*interp.Unknown); ok && len(t.Shape) == 0 {
		return u
	}
	if len(t.Shape) == 0 {
		if d, ok := c.a[1].(interp.Int); ok {
			_ = d
			c.in.Raise(interp.IndexError, "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number")
		}
	}
	r := parseIndex(c, t, c.a[1])
	if r.idx == nil {
		v := r.view
		out := tensor.View(c.in, "index", t, v.Shape, v.Stride, v.Offset, r.args...)
		if r.moved {
			out.Store = nil
		}
		return out
	}
	shape, broadcast, at := r.result(c)
	var data []float64
	if vals := r.view.Values(); vals != nil {
		if p := r.places(c, shape, broadcast, at); p != nil {
			data = make([]float64, len(p))
			for i, k := range p {
				data[i] = vals[k]
			}
		}
	}
	return tensor.OpData(c.in, "index", shape, t.DType, data, append([]*T{t}, r.sources()...), r.args...)
}

// setitem is t[key] = value. A write through a view reaches the view and the
// root of its storage, not a tensor between them, as with torch's _base.
func setitem(c *call) interp.Value {
	t := c.T(0)
	if _, isT := c.a[2].(*T); !isT {
		if f := foreign(c.in, c.a[2]); f != nil {
			c.a[2] = f
		} else if l, isSeq := tensor.Sequence(c.a[2]); isSeq {
			_ = l
			n := fromValue(c.in, c.a[2])
			c.a[2] = n.tensorOf(n.dtype())
		}
	}
	val := c.operandAt(2)
	r := parseIndex(c, t, c.a[1])
	var others []*T
	args := r.args
	if val.t == nil && c.tracing() {
		args = append(args, tensor.ArgVal(c.in, "value", val.val))
	}
	direct := r.full || r.idx != nil && sameView(r.view, t)
	target := r.view
	if direct {
		target = t
	}
	if target.Store == nil && t.Store == nil && tensor.Keeps(t.DType, t.Numel()) && t.Base == nil {
		t.Store = &tensor.Store{}
		target.Store = t.Store
	}
	value := func(shape []tensor.Dim) []float64 {
		if val.t != nil {
			v := *val.t
			for len(v.Shape) > len(shape) && v.Shape[0].V == 1 {
				v.Shape = v.Shape[1:]
				v.Stride = nil
				v.Store = tensor.NewStore(val.t.Values())
				v.Offset = 0
			}
			return repeatTo(Expanded(&v, shape), tensor.Numel(shape))
		}
		if !val.known {
			return nil
		}
		return repeatTo([]float64{val.v}, tensor.Numel(shape))
	}
	if r.idx == nil {
		if val.t != nil {
			checkSet(c, val.t, r.view.Shape)
		}
		var data []float64
		if tensor.Keeps(t.DType, r.view.Numel()) && (t.Known() || r.full) && !r.moved {
			data = value(r.view.Shape)
		}
		if r.moved && t.Store != nil {
			t.SetValues(nil)
		}
		target.SetValues(data)
		if val.t != nil {
			others = append(others, val.t)
		}
		tensor.Assign(c.in, t, direct, others, args...)
		return interp.None
	}
	shape, broadcast, at := r.result(c)
	if val.t != nil {
		checkSet(c, val.t, shape)
	}
	var data []float64
	if old := r.view.Values(); old != nil {
		if p := r.places(c, shape, broadcast, at); p != nil {
			if v := value(shape); v != nil {
				data = clone(old)
				for i, k := range p {
					data[k] = v[i]
				}
			}
		}
	}
	target.SetValues(data)
	if others = r.sources(); val.t != nil {
		others = append(others, val.t)
	}
	tensor.Assign(c.in, t, direct, others, args...)
	return interp.None
}

func sameView(v, t *T) bool {
	return len(v.Shape) == len(t.Shape) && v.Offset == t.Offset && sameKnown(v.Shape, t.Shape)
}

// checkSet raises where a value does not broadcast to the place it is assigned to.
func checkSet(c *call, v *T, shape []tensor.Dim) {
	s := v.Shape
	for len(s) > len(shape) && s[0].V == 1 {
		s = s[1:]
	}
	bad := len(s) > len(shape)
	for i := 0; !bad && i < len(s); i++ {
		a, b := shape[len(shape)-len(s)+i].V, s[i].V
		bad = a != b && b != 1 && a >= 0 && b >= 0
		if bad {
			c.fail("The expanded size of the tensor (%d) must match the existing size (%d) at non-singleton dimension %d.  Target sizes: %s.  Tensor sizes: %s", a, b, len(shape)-len(s)+i, tensor.ShapeString(shape), tensor.ShapeString(s))
		}
	}
	if bad {
		c.fail("shape mismatch: value tensor of shape %s cannot be broadcast to indexing result of shape %s", tensor.ShapeString(v.Shape), tensor.ShapeString(shape))
	}
}

func nonzero(c *call) interp.Value {
	x := c.T(0)
	if c.given(1) && c.Bool(1) {
		return nonzeroTuple(c, x)
	}
	places := nonzeroOf(x)
	n := tensor.UnknownDim
	var data []float64
	k := len(x.Shape)
	if places != nil {
		if k == 0 {
			n = tensor.D(int64(x.Values()[0]))
		} else {
			n = tensor.D(int64(len(places[0])))
			data = make([]float64, 0, len(places[0])*k)
			for i := range places[0] {
				for d := range places {
					data = append(data, places[d][i])
				}
			}
		}
	}
	t := tensor.OpData(c.in, "nonzero", []tensor.Dim{n, tensor.D(int64(k))}, tensor.Int64, data, []*T{x})
	if places == nil && k == 1 {
		t.Among = max(x.Shape[0].V, 0)
	}
	return t
}

func nonzeroTuple(c *call, x *T) interp.Value {
	places := nonzeroOf(x)
	out := make([]*T, max(len(x.Shape), 1))
	for i := range out {
		n := tensor.UnknownDim
		var data []float64
		if i < len(places) {
			data = places[i]
			n = tensor.D(int64(len(data)))
		}
		out[i] = tensor.OpData(c.in, "nonzero", []tensor.Dim{n}, tensor.Int64, data, []*T{x}, outputArg(c, i, nil)...)
		if places == nil && len(x.Shape) == 1 {
			out[i].Among = max(x.Shape[0].V, 0)
		}
	}
	return tuple(out)
}

func maskedSelect(c *call) interp.Value {
	x, m := c.T(0), c.T(1)
	shape := tensor.Broadcast(c.in, x.Shape, m.Shape)
	n := tensor.UnknownDim
	var data []float64
	if mv := Expanded(m, shape); mv != nil && tensor.Keeps(tensor.Bool, tensor.Numel(shape)) {
		mv = repeatTo(mv, tensor.Numel(shape))
		n = tensor.D(int64(countNonzero(mv)))
		if xv := Expanded(x, shape); xv != nil {
			xv = repeatTo(xv, int64(len(mv)))
			data = []float64{}
			for i, k := range mv {
				if k != 0 {
					data = append(data, xv[i])
				}
			}
		}
	}
	return tensor.OpData(c.in, "masked_select", []tensor.Dim{n}, x.DType, data, []*T{x, m})
}

func maskedScatter(c *call) res {
	x, m, s := c.T(0), c.T(1), c.T(2)
	if x.DType != s.DType {
		c.fail("masked_scatter: expected self and source to have same dtypes but got torch.%s and torch.%s", x.DType, s.DType)
	}
	if m.DType != tensor.Bool {
		c.fail("masked_scatter_ only supports boolean masks, but got mask with dtype %s", m.DType.ScalarName())
	}
	shape := tensor.Broadcast(c.in, x.Shape, m.Shape)
	r := res{op: "masked_scatter", shape: shape, dt: x.DType, ins: []*T{x, m, s}}
	xv, mv, sv := Expanded(x, shape), Expanded(m, shape), s.Values()
	if known := m.Values(); known != nil && x.Device != "meta" && s.Numel() >= 0 && m.Numel() > 0 {
		ones := int64(0)
		for _, v := range known {
			if v != 0 {
				ones++
			}
		}
		if ones*(tensor.Numel(shape)/m.Numel()) > s.Numel() {
			c.fail("Number of elements of source < number of ones in mask")
		}
	}
	if tensor.Keeps(x.DType, tensor.Numel(shape)) && xv != nil && mv != nil && sv != nil {
		n := tensor.Numel(shape)
		xv, mv = repeatTo(xv, n), repeatTo(mv, n)
		k := 0
		for i := range xv {
			if mv[i] != 0 && k < len(sv) {
				xv[i] = sv[k]
				k++
			}
		}
		r.data = xv
	}
	return r
}

func indexSelect(c *call) interp.Value {
	x := c.T(0)
	d := c.wrap(1, len(x.Shape))
	i := c.T(2)
	if i.DType.IsFloat() {
		c.fail("index_select(): Expected dtype int32 or int64 for index")
	}
	shape := tensor.Clone(x.Shape)
	if len(shape) > 0 {
		shape[d] = tensor.Product(i.Shape)
	}
	var data []float64
	if iv := i.Values(); iv != nil && len(x.Shape) > 0 {
		data = alongDim(c, x, d, int64(len(iv)), func(in, out []float64) {
			for k, j := range iv {
				if int(j) < len(in) && j >= 0 {
					out[k] = in[int(j)]
				}
			}
		})
	}
	return tensor.OpData(c.in, "index_select", shape, x.DType, data, []*T{x, i}, c.args(1)...)
}

func gather(c *call) interp.Value {
	x := c.T(0)
	d := c.wrap(1, len(x.Shape))
	i := c.T(2)
	if i.DType != tensor.Int64 && i.DType != tensor.Int32 {
		c.fail("gather(): Expected dtype int32/int64 for index, but got torch.%s", i.DType)
	}
	if len(i.Shape) != len(x.Shape) && len(x.Shape) > 0 && len(i.Shape) > 0 {
		c.fail("Index tensor must have the same number of dimensions as input tensor")
	}
	for k := range i.Shape {
		if k != d && k < len(x.Shape) && i.Shape[k].V > x.Shape[k].V && x.Shape[k].V >= 0 {
			c.fail("Size does not match at dimension %d expected index %s to be no larger than self %s apart from dimension %d", k, tensor.ShapeString(i.Shape), tensor.ShapeString(x.Shape), d)
		}
	}
	var data []float64
	if xv, iv := x.Values(), i.Values(); xv != nil && iv != nil && len(x.Shape) == len(i.Shape) && len(x.Shape) > 0 && tensor.Keeps(tensor.Int64, i.Numel()) {
		st := tensor.ContiguousStrides(x.Shape)
		k := 0
		data = gatherData(i.Shape, func(idx []int64) float64 {
			at := int64(0)
			for n, p := range idx {
				if n == d {
					p = int64(iv[k])
				}
				at += p * st[n]
			}
			k++
			if at < 0 || at >= int64(len(xv)) {
				return 0
			}
			return xv[at]
		})
	}
	return tensor.OpData(c.in, "gather", tensor.Clone(i.Shape), x.DType, data, []*T{x, i}, c.args(1)...)
}

func takeAlongDim(c *call) interp.Value {
	x, i := c.T(0), c.T(1)
	if !c.given(2) {
		return tensor.Op(c.in, "take_along_dim", []tensor.Dim{tensor.Product(i.Shape)}, x.DType, []*T{x, i})
	}
	d := c.wrap(2, len(x.Shape))
	shape := tensor.Clone(i.Shape)
	for k := range shape {
		if k != d && shape[k].V == 1 {
			shape[k] = x.Shape[k]
		}
	}
	return tensor.Op(c.in, "gather", shape, x.DType, []*T{x, i}, c.args(2)...)
}

// scatter is scatter, scatter_add and scatter_reduce.
func scatter(f func(old, v float64) float64) func(c *call) res {
	return func(c *call) res {
		x := c.T(0)
		d := c.wrap(1, len(x.Shape))
		i := c.T(2)
		if c.a[3] == nil && len(c.a) > 5 && c.a[5] != nil {
			c.a[3] = c.a[5] // value=
		}
		v := c.operandAt(3)
		if i.DType != tensor.Int64 && i.DType != tensor.Int32 {
			c.fail("scatter(): Expected dtype int32/int64 for index")
		}
		if v.t != nil && v.t.DType != x.DType {
			c.fail("scatter(): Expected self.dtype to be equal to src.dtype")
		}
		r := res{op: c.op, shape: tensor.Clone(x.Shape), dt: x.DType, ins: []*T{x, i}}
		if c.tracing() {
			r.args = []graph.Arg{c.arg(1)}
			if v.t == nil {
				r.args = append(r.args, tensor.ArgVal(c.in, "value", v.val))
			}
			if len(c.a) > 4 && c.given(4) {
				r.args = append(r.args, c.arg(4))
			}
		}
		if v.t != nil {
			r.ins = append(r.ins, v.t)
		}
		g := f
		if len(c.a) > 4 && c.given(4) {
			switch how, _ := interp.AsStr(c.a[4]); how {
			case "add", "sum":
				g = func(a, b float64) float64 { return a + b }
			case "multiply", "prod":
				g = func(a, b float64) float64 { return a * b }
			case "amax":
				g = max2
			case "amin":
				g = min2
			default:
				g = nil
			}
		}
		if len(c.a) > 5 && c.sig.Params[5].Name == "include_self" && c.a[5] != nil && !c.Bool(5) {
			g = nil
		}
		xv, iv := x.Values(), i.Values()
		if g == nil || xv == nil || iv == nil || len(i.Shape) != len(x.Shape) || len(x.Shape) == 0 {
			return r
		}
		var sv []float64
		if v.t != nil {
			if sv = v.t.Values(); sv == nil {
				return r
			}
		} else if !v.known {
			return r
		}
		data := clone(xv)
		st := tensor.ContiguousStrides(x.Shape)
		var sst []int64
		if v.t != nil && len(v.t.Shape) == len(i.Shape) {
			sst = tensor.ContiguousStrides(v.t.Shape)
		}
		k := 0
		gatherData(i.Shape, func(idx []int64) float64 {
			at, from := int64(0), int64(0)
			for n, p := range idx {
				if sst != nil {
					from += p * sst[n]
				}
				if n == d {
					p = int64(iv[k])
				}
				at += p * st[n]
			}
			k++
			y := v.v
			if sv != nil {
				y = sv[min(from, int64(len(sv)-1))]
			}
			if at >= 0 && at < int64(len(data)) {
				data[at] = g(data[at], y)
			}
			return 0
		})
		r.data = data
		return r
	}
}

// indexWrite is index_add, index_copy and index_fill.
func indexWrite(f func(old, v float64) float64) func(c *call) res {
	return func(c *call) res {
		x := c.T(0)
		d := c.wrap(1, len(x.Shape))
		i := c.T(2)
		v := c.operandAt(3)
		r := res{op: c.op, shape: tensor.Clone(x.Shape), dt: x.DType, ins: []*T{x, i}, args: c.args(1)}
		if v.t != nil {
			r.ins = append(r.ins, v.t)
			if c.op != "index_fill" && v.t.DType != x.DType {
				c.fail("%s(): self (%s) and source (%s) must have the same scalar type", c.op, x.DType.ScalarName(), v.t.DType.ScalarName())
			}
		}
		xv, iv := x.Values(), i.Values()
		if xv == nil || iv == nil || len(x.Shape) == 0 {
			return r
		}
		alpha := 1.0
		if len(c.a) > 4 && c.a[4] != nil {
			if a, ok := interp.AsFloat(c.a[4]); ok {
				alpha = a
			}
		}
		shape := tensor.Clone(x.Shape)
		shape[d] = tensor.D(int64(len(iv)))
		if !tensor.Keeps(tensor.Int64, tensor.Numel(shape)) {
			return r
		}
		var sv []float64
		switch {
		case v.t != nil:
			sv = repeatTo(Expanded(v.t, shape), tensor.Numel(shape))
		case v.known:
			sv = repeatTo([]float64{v.v}, tensor.Numel(shape))
		}
		if sv == nil {
			return r
		}
		data := clone(xv)
		st := tensor.ContiguousStrides(x.Shape)
		k := 0
		gatherData(shape, func(idx []int64) float64 {
			at := int64(0)
			for n, p := range idx {
				if n == d {
					if p = int64(iv[p]); p < 0 {
						p += x.Shape[d].V
					}
				}
				at += p * st[n]
			}
			if at >= 0 && at < int64(len(data)) {
				data[at] = f(data[at], alpha*sv[k])
			}
			k++
			return 0
		})
		r.data = data
		return r
	}
}

func take(c *call) interp.Value {
	x, i := c.T(0), c.T(1)
	var data []float64
	if xv, iv := x.Values(), i.Values(); xv != nil && iv != nil {
		data = make([]float64, len(iv))
		for k, j := range iv {
			if n := int(j); n < 0 && n+len(xv) >= 0 {
				data[k] = xv[n+len(xv)]
			} else if n < len(xv) {
				data[k] = xv[max(n, 0)]
			}
		}
	}
	return tensor.OpData(c.in, "take", tensor.Clone(i.Shape), x.DType, data, []*T{x, i})
}

// indexPut is index_put_(indices, values, accumulate).
func indexPut(inplace bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x, v := c.T(0), c.T(2)
		vs, _ := tensor.Sequence(c.a[1])
		ins := []*T{v}
		for _, e := range vs {
			if t, ok := e.(*T); ok {
				ins = append(ins, t)
			}
		}
		if inplace {
			return tensor.InPlace(c.in, "index_put_", x, ins, nil, c.args(3)...)
		}
		return tensor.Op(c.in, "index_put", tensor.Clone(x.Shape), x.DType, append([]*T{x}, ins...), c.args(3)...)
	}
}

// intoSlice is slice_scatter, select_scatter, diagonal_scatter.
func intoSlice(c *call) interp.Value {
	x, s := c.T(0), c.T(1)
	return tensor.Op(c.in, c.op, tensor.Clone(x.Shape), x.DType, []*T{x, s}, c.args(2, 3)...)
}

// fillDiagonal is Tensor.fill_diagonal_.
func fillDiagonal(c *call) interp.Value {
	x := c.T(0)
	if len(x.Shape) < 2 {
		c.fail("dimensions must larger than 1")
	}
	step, least := int64(0), x.Shape[0].V
	for _, d := range x.Shape {
		if len(x.Shape) > 2 && d.V != x.Shape[0].V {
			c.fail("all dimensions of input must be of equal length")
		}
		least = min(least, d.V)
		step = step*d.V + 1
	}
	var data []float64
	fill := c.operandAt(1)
	if fill.t != nil {
		fill.v, fill.known = fill.t.Item()
	}
	if v := x.Values(); v != nil && fill.known {
		data = slices.Clone(v)
		end := least * step
		if len(x.Shape) == 2 && c.Bool(2) {
			end = int64(len(data))
		}
		for k := int64(0); k < min(end, int64(len(data))); k += step {
			data[k] = fill.v
		}
	}
	return tensor.InPlace(c.in, "fill_diagonal_", x, nil, data, c.args(1)...)
}

func set(_, v float64) float64    { return v }
func plus(old, v float64) float64 { return old + v }

var indexRows = []row{
	{name: "index __getitem__", where: "", sig: "self, index", fn: getitem},
	{name: "index __setitem__", where: "", sig: "self, index, value", fn: setitem},
	{name: "nonzero", where: "fm", sig: "input, as_tuple=False, *, out=None", fn: nonzero},
	{name: "argwhere", where: "fm", sig: "input, as_tuple=False", fn: nonzero},
	{name: "masked_select", where: "fm", sig: "input, mask, *, out=None", fn: maskedSelect},
	{name: "masked_scatter", where: "fmi", sig: "input, mask, source", res: maskedScatter},
	{name: "index_select", where: "fm", sig: "input, dim, index, *, out=None", fn: indexSelect},
	{name: "gather", where: "fm", sig: "input, dim, index, *, sparse_grad=False, out=None", fn: gather},
	{name: "take_along_dim", where: "fm", sig: "input, indices, dim=None", fn: takeAlongDim},
	{name: "take", where: "fm", sig: "input, index", fn: take},
	{name: "put_", where: "m", sig: "self, index, source, accumulate=False", fn: func(c *call) interp.Value {
		return tensor.InPlace(c.in, "put_", c.T(0), []*T{c.T(1), c.T(2)}, nil)
	}},
	{name: "scatter", where: "fmi", sig: "input, dim, index, src=?, reduce=None, value=?", res: scatter(set)},
	{name: "scatter_add", where: "fmi", sig: "input, dim, index, src", res: scatter(plus)},
	{name: "scatter_reduce", where: "fmi", sig: "input, dim, index, src, reduce, *, include_self=True", res: scatter(set)},
	{name: "index_add", where: "fmi", sig: "input, dim, index, source, *, alpha=1, out=None", res: indexWrite(plus)},
	{name: "index_copy", where: "fmi", sig: "input, dim, index, source", res: indexWrite(set)},
	{name: "index_fill", where: "fmi", sig: "input, dim, index, value", res: indexWrite(set)},
	{name: "index_reduce", where: "fmi", sig: "input, dim, index, source, reduce, *, include_self=True", res: func(c *call) res {
		x := c.T(0)
		return res{op: "index_reduce", shape: tensor.Clone(x.Shape), dt: x.DType, ins: []*T{x, c.T(2), c.T(3)}, args: c.args(1, 4)}
	}},
	{name: "fill_diagonal_", where: "m", sig: "input, fill_value, wrap=False", fn: fillDiagonal},
	{name: "index_put", where: "fm", sig: "input, indices, values, accumulate=False", fn: indexPut(false)},
	{name: "index_put_", where: "m", sig: "self, indices, values, accumulate=False", fn: indexPut(true)},
	{name: "slice_scatter", where: "fm", sig: "input, src, dim=0, start=None, end=None, step=1", fn: intoSlice},
	{name: "select_scatter", where: "fm", sig: "input, src, dim, index", fn: intoSlice},
	{name: "diagonal_scatter", where: "fm", sig: "input, src, offset=0, dim1=0, dim2=1", fn: intoSlice},
}
