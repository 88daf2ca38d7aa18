package torch

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// catType is the promoted dtype of some tensors.
func catType(in *interp.Interp, ts []*T) tensor.DType {
	xs := make([]arg1, len(ts))
	for i, t := range ts {
		xs[i] = arg1{t: t, dt: t.DType}
	}
	return resultType(in, xs...)
}

func cat(c *call) interp.Value {
	ts := c.tensors(0)
	if len(ts) == 0 {
		c.in.Raise(interp.ValueError, "torch.cat(): expected a non-empty list of Tensors")
	}
	return concat(c, ts, c.Int(1), c.args(1))
}

// concat is torch.cat.
func concat(c *call, all []*T, dim int64, args []graph.Arg) interp.Value {
	var ts []*T
	for _, t := range all {
		if len(t.Shape) == 1 && t.Shape[0].V == 0 {
			continue // an old exception: empty vectors join with anything
		}
		ts = append(ts, t)
	}
	dt := catType(c.in, all)
	if len(ts) == 0 {
		return tensor.OpData(c.in, "cat", tensor.Dims(0), dt, []float64{}, all, args...)
	}
	first := ts[0]
	if len(first.Shape) == 0 {
		c.fail("zero-dimensional tensor (at position 0) cannot be concatenated")
	}
	d := tensor.WrapDim(c.in, dim, len(first.Shape))
	shape := tensor.Clone(first.Shape)
	for k, t := range ts[1:] {
		if len(t.Shape) != len(shape) {
			c.fail("Number of dimensions of tensors must match.  Expected %d-D tensors, but got %d-D for tensor number %d in the list", len(shape), len(t.Shape), k+1)
		}
		for i := range shape {
			if i == d {
				shape[i] = shape[i].Add(t.Shape[i])
				continue
			}
			if shape[i].V != t.Shape[i].V && shape[i].V >= 0 && t.Shape[i].V >= 0 {
				c.fail("Sizes of tensors must match except in dimension %d. Expected %d in dimension %d but got %d for tensor number %d in the list", d, shape[i].V, i, t.Shape[i].V, k+1)
			}
			if shape[i].V < 0 || shape[i].E == nil && t.Shape[i].V >= 0 {
				shape[i] = t.Shape[i]
			}
		}
	}
	if len(ts) > 1 {
		shape[d] = sumExpr(ts, d, shape[d])
	}
	return tensor.OpData(c.in, "cat", shape, dt, catData(c, ts, d, shape, dt), all, args...)
}

// sumExpr keeps the origin of a sum of equal sizes readable: n * size.
func sumExpr(ts []*T, d int, s tensor.Dim) tensor.Dim {
	first := ts[0].Shape[d]
	if first.E == nil || len(ts) < 3 {
		return s
	}
	for _, t := range ts[1:] {
		if t.Shape[d] != first {
			return s
		}
	}
	return first.Mul(tensor.D(int64(len(ts))))
}

func catData(c *call, ts []*T, d int, shape []tensor.Dim, dt tensor.DType) []float64 {
	n := tensor.Numel(shape)
	if !tensor.Keeps(dt, n) {
		return nil
	}
	vals := make([][]float64, len(ts))
	rows := make([]int64, len(ts))
	inner := int64(1)
	for _, s := range shape[d+1:] {
		inner *= s.V
	}
	outer := int64(1)
	for _, s := range shape[:d] {
		outer *= s.V
	}
	for i, t := range ts {
		if vals[i] = t.Values(); vals[i] == nil {
			return nil
		}
		rows[i] = t.Shape[d].V * inner
	}
	c.in.Step(int(n) / 16)
	out := make([]float64, 0, n)
	for o := int64(0); o < outer; o++ {
		for i := range ts {
			out = append(out, vals[i][o*rows[i]:(o+1)*rows[i]]...)
		}
	}
	return out
}

func stack(c *call) interp.Value {
	ts := c.tensors(0)
	if len(ts) == 0 {
		c.fail("stack expects a non-empty TensorList")
	}
	for i, t := range ts {
		if len(t.Shape) != len(ts[0].Shape) || !sameKnown(t.Shape, ts[0].Shape) {
			c.fail("stack expects each tensor to be equal size, but got %s at entry 0 and %s at entry %d", tensor.ShapeString(ts[0].Shape), tensor.ShapeString(t.Shape), i)
		}
	}
	d := tensor.WrapDim(c.in, c.Int(1), len(ts[0].Shape)+1)
	shape := make([]tensor.Dim, 0, len(ts[0].Shape)+1)
	shape = append(append(append(shape, ts[0].Shape[:d]...), tensor.D(int64(len(ts)))), ts[0].Shape[d:]...)
	dt := catType(c.in, ts)
	raised := make([]*T, len(ts))
	known := true
	for i, t := range ts {
		known = known && t.Known()
		u := *t
		s := make([]tensor.Dim, 0, len(shape))
		u.Shape = append(append(append(s, t.Shape[:d]...), tensor.D(1)), t.Shape[d:]...)
		if v := t.Values(); v != nil {
			u.Store, u.Stride, u.Offset = tensor.NewStore(v), nil, 0
		}
		raised[i] = &u
	}
	var data []float64
	if known {
		data = catData(c, raised, d, shape, dt)
	}
	return tensor.OpData(c.in, "stack", shape, dt, data, ts, c.args(1)...)
}

func stacked(dim int64, least int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		ts := c.tensors(0)
		out := make([]*T, len(ts))
		for i, t := range ts {
			for len(t.Shape) < least {
				d := 0
				if dim == 2 && len(t.Shape) == 2 {
					d = 2
				}
				t = unsqueezed(c.in, t, d)
			}
			out[i] = t
		}
		d := dim
		if c.op == "hstack" && len(out) > 0 && len(out[0].Shape) == 1 {
			d = 0
		}
		return concat(c, out, d, nil)
	}
}

// repeat is Tensor.repeat and tile.
func repeat(c *call) interp.Value {
	t := c.T(0)
	vs := c.spread(1)
	return repeated(c, t, tensor.SizeArg(c.in, c.name, "repeats", 1, &interp.Tuple{V: vs}))
}

func repeated(c *call, t *T, reps []tensor.Dim) interp.Value {
	if len(reps) < len(t.Shape) {
		if c.op != "tile" {
			c.fail("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
		}
		pad := make([]tensor.Dim, len(t.Shape)-len(reps))
		for i := range pad {
			pad[i] = tensor.D(1)
		}
		reps = append(pad, reps...)
	}
	tensor.CheckSizes(c.in, reps)
	off := len(reps) - len(t.Shape)
	shape := make([]tensor.Dim, len(reps))
	plain := true
	for i, r := range reps {
		s := tensor.D(1)
		if i >= off {
			s = t.Shape[i-off]
		}
		shape[i] = r.Mul(s)
		plain = plain && r.V == 1
	}
	var data []float64
	if v := t.Values(); v != nil && tensor.Keeps(t.DType, tensor.Numel(shape)) {
		data = gatherData(shape, func(idx []int64) float64 {
			at := int64(0)
			for i := range t.Shape {
				at = at*t.Shape[i].V + idx[off+i]%t.Shape[i].V
			}
			return v[at]
		})
	}
	return tensor.OpData(c.in, "repeat", shape, t.DType, data, []*T{t}, shapeArg(c, "repeats", reps)...)
}

// gatherData computes the elements of a tensor of shape from their places.
func gatherData(shape []tensor.Dim, f func(idx []int64) float64) []float64 {
	n := tensor.Numel(shape)
	out := make([]float64, n)
	idx := make([]int64, len(shape))
	for k := range out {
		out[k] = f(idx)
		for d := len(idx) - 1; d >= 0; d-- {
			idx[d]++
			if idx[d] < shape[d].V {
				break
			}
			idx[d] = 0
		}
	}
	return out
}

// repeatInterleave repeats elements along a dimension (None: of the flat tensor).
func repeatInterleave(c *call) interp.Value {
	x := c.T(0)
	if c.a[1] == nil { // torch.repeat_interleave(repeats)
		v := x.Values()
		n := tensor.UnknownDim
		var data []float64
		if v != nil {
			n = tensor.D(int64(sum(v)))
			if tensor.Keeps(tensor.Int64, n.V) {
				for i, k := range v {
					for ; k > 0; k-- {
						data = append(data, float64(i))
					}
				}
			}
		}
		return tensor.OpData(c.in, "repeat_interleave", []tensor.Dim{n}, tensor.Int64, data, []*T{x})
	}
	ins := []*T{x}
	var counts []float64 // nil where not known
	one := tensor.UnknownDim
	switch r := c.a[1].(type) {
	case *T:
		ins = append(ins, r)
		counts = r.Values()
		if len(counts) == 1 {
			one = tensor.D(int64(counts[0]))
		}
	default:
		one = c.Dim(1)
	}
	d := 0
	shape := tensor.Clone(x.Shape)
	src := x
	if c.given(2) {
		d = c.wrap(2, len(x.Shape))
	} else {
		shape = []tensor.Dim{tensor.Product(x.Shape)}
		flat := *x
		flat.Shape, flat.Stride, flat.Offset = shape, nil, 0
		if v := x.Values(); v != nil {
			flat.Store = tensor.NewStore(v)
		}
		src = &flat
		shape = tensor.Clone(shape)
	}
	if len(shape) == 0 {
		shape = tensor.Dims(1)
	}
	n := shape[d]
	var data []float64
	switch {
	case one.V >= 0:
		shape[d] = n.Mul(one)
		if tensor.Keeps(x.DType, tensor.Numel(shape)) && n.V >= 0 {
			data = alongDim(c, src, d, shape[d].V, func(in, out []float64) {
				for i := range out {
					out[i] = in[int64(i)/one.V]
				}
			})
		}
	case counts != nil:
		if n.V >= 0 && int64(len(counts)) != n.V {
			c.fail("repeats must have the same size as input along dim, but got repeats.size(0) = %d and input.size(%d) = %d", len(counts), d, n.V)
		}
		shape[d] = tensor.D(int64(sum(counts)))
		data = alongDim(c, src, d, shape[d].V, func(in, out []float64) {
			k := 0
			for i, x := range in {
				for r := counts[i]; r > 0; r-- {
					out[k] = x
					k++
				}
			}
		})
	default:
		shape[d] = tensor.UnknownDim
		if c.given(4) {
			shape[d] = c.Dim(4)
		}
	}
	return tensor.OpData(c.in, "repeat_interleave", shape, x.DType, data, ins, c.args(1, 2)...)
}

func flip(c *call) interp.Value {
	t := c.T(0)
	vs := c.spread(1)
	ds := make([]int, len(vs))
	for i, v := range vs {
		ds[i] = tensor.WrapDim(c.in, c.in.Int(v), len(t.Shape))
	}
	return flipped(c, t, ds)
}

func flipped(c *call, t *T, ds []int) interp.Value {
	var data []float64
	if v := t.Values(); v != nil {
		hit := make([]bool, len(t.Shape))
		for _, d := range ds {
			hit[d] = true
		}
		data = gatherData(t.Shape, func(idx []int64) float64 {
			at := int64(0)
			for i, k := range idx {
				if hit[i] {
					k = t.Shape[i].V - 1 - k
				}
				at = at*t.Shape[i].V + k
			}
			return v[at]
		})
	}
	var args []graph.Arg
	if c.tracing() {
		args = c.args(1)
	}
	return tensor.OpData(c.in, "flip", tensor.Clone(t.Shape), t.DType, data, []*T{t}, args...)
}

// rot90 turns by k quarters: a flip and a transposition, as torch does it.
func rot90(c *call) interp.Value {
	t, k := c.T(0), int64(1)
	if c.given(1) {
		k = c.Int(1)
	}
	vs := c.in.Elements(c.a[2])
	switch {
	case len(vs) != 2:
		c.fail("expected total rotation dims == 2, but got dims = %d", len(vs))
	case len(t.Shape) < 2:
		c.fail("expected total dims >= 2, but got total dims = %d", len(t.Shape))
	}
	var ds []int
	for _, v := range vs {
		ds = append(ds, tensor.WrapDim(c.in, c.in.Int(v), len(t.Shape)))
	}
	if ds[0] == ds[1] {
		c.fail("expected rotation dims to be different, but got dim0 = %d and dim1 = %d", ds[0], ds[1])
	}
	turned := func(d int) interp.Value {
		return c.in.CallMethod(flipped(c, t, []int{d}), "transpose", interp.NewInt(int64(ds[0])), interp.NewInt(int64(ds[1])))
	}
	switch ((k % 4) + 4) % 4 {
	case 1:
		return turned(ds[1])
	case 2:
		return flipped(c, t, ds)
	case 3:
		return turned(ds[0])
	}
	return c.in.CallMethod(t, "clone")
}

func roll(c *call) interp.Value {
	t := c.T(0)
	shifts := c.ints(c.a[1])
	ds, some := c.dims(2, len(t.Shape))
	if !some {
		ds = nil
	} else if len(ds) != len(shifts) && len(ds) > 0 {
		c.fail("shifts and dimensions must align. shifts: %d, dims:%d", len(shifts), len(ds))
	}
	var data []float64
	if v := t.Values(); v != nil {
		if len(ds) == 0 {
			data = make([]float64, len(v))
			n := int64(len(v))
			for i := range v {
				data[((int64(i)+shifts[0])%n+n)%n] = v[i]
			}
		} else {
			by := make([]int64, len(t.Shape))
			for i, d := range ds {
				by[d] += shifts[i]
			}
			data = gatherData(t.Shape, func(idx []int64) float64 {
				at := int64(0)
				for i, k := range idx {
					n := t.Shape[i].V
					k = ((k-by[i])%n + n) % n
					at = at*n + k
				}
				return v[at]
			})
		}
	}
	return tensor.OpData(c.in, "roll", tensor.Clone(t.Shape), t.DType, data, []*T{t}, c.args(1, 2)...)
}

// triangle is tril and triu.
func triangle(lower bool) func(c *call) res {
	return func(c *call) res {
		t := c.T(0)
		if len(t.Shape) < 2 {
			c.fail("%s: input tensor must have at least 2 dimensions", c.op)
		}
		k := int64(0)
		known := true
		if _, isU := c.a[1].(*interp.Unknown); isU {
			known = false
		} else if c.a[1] != nil {
			k = c.Int(1)
		}
		r := res{op: c.op, shape: tensor.Clone(t.Shape), dt: t.DType, ins: []*T{t}, args: c.args(1)}
		if v := t.Values(); v != nil && known {
			n, m := t.Shape[len(t.Shape)-2].V, t.Shape[len(t.Shape)-1].V
			r.data = make([]float64, len(v))
			for i := range v {
				row, col := int64(i)/m%n, int64(i)%m
				if lower && col-row <= k || !lower && col-row >= k {
					r.data[i] = v[i]
				}
			}
		}
		return r
	}
}

func triangleIndices(lower bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		n, m, k := c.Int(0), c.Int(1), c.Int(2)
		var rows, cols []float64
		if n < 0 || m < 0 || n > 1<<20 || m > 1<<20 {
			c.fail("row and col must be non-negative, got %d and %d", n, m)
		}
		c.in.Charge(n * m)
		for i := int64(0); i < n; i++ {
			for j := int64(0); j < m; j++ {
				if lower && j-i <= k || !lower && j-i >= k {
					rows, cols = append(rows, float64(i)), append(cols, float64(j))
				}
			}
		}
		dt := c.dtype(c.place("dtype"), tensor.Int64)
		t := tensor.Const(dt, tensor.Dims(2, int64(len(rows))), append(rows, cols...))
		return c.made(t, c.op)
	}
}

func meshgrid(c *call) interp.Value {
	ts := c.spreadTensors(0)
	xy := false
	if c.given(1) {
		xy = c.Str(1) == "xy"
	}
	var shape []tensor.Dim
	for _, t := range ts {
		if len(t.Shape) > 1 {
			c.fail("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: %dD", len(t.Shape))
		}
		if len(t.Shape) == 0 {
			shape = append(shape, tensor.D(1))
		} else {
			shape = append(shape, t.Shape[0])
		}
	}
	if xy && len(shape) >= 2 {
		shape[0], shape[1] = shape[1], shape[0]
	}
	out := make([]*T, len(ts))
	for i, t := range ts {
		d := i
		if xy && i < 2 && len(ts) >= 2 {
			d = 1 - i
		}
		st := make([]int64, len(shape))
		if len(t.Shape) == 1 {
			st[d] = t.Strides()[0]
		}
		out[i] = tensor.View(c.in, "expand", t, tensor.Clone(shape), st, t.Offset)
	}
	return tuple(out)
}

func cartesianProd(c *call) interp.Value {
	ts := c.spreadTensors(0)
	n := tensor.D(1)
	for _, t := range ts {
		n = n.Mul(tensor.Product(t.Shape))
	}
	shape := []tensor.Dim{n, tensor.D(int64(len(ts)))}
	if len(ts) == 1 {
		shape = shape[:1]
	}
	return tensor.Op(c.in, "cartesian_prod", shape, catType(c.in, ts), ts)
}

func diag(c *call) interp.Value {
	t := c.T(0)
	k := c.Int(1)
	a := max(k, -k)
	var shape []tensor.Dim
	var data []float64
	switch len(t.Shape) {
	case 1:
		n := t.Shape[0].Add(tensor.D(a))
		shape = []tensor.Dim{n, n}
		if v := t.Values(); v != nil && tensor.Keeps(t.DType, n.V*n.V) {
			data = make([]float64, n.V*n.V)
			for i := range v {
				r, col := int64(i), int64(i)
				if k >= 0 {
					col += k
				} else {
					r -= k
				}
				data[r*n.V+col] = v[i]
			}
		}
	case 2:
		n, m := t.Shape[0].V, t.Shape[1].V
		if k >= 0 {
			m -= k
		} else {
			n += k
		}
		shape = tensor.Dims(max(min(n, m), 0))
		if v := t.Values(); v != nil {
			for i := int64(0); i < shape[0].V; i++ {
				r, col := i, i
				if k >= 0 {
					col += k
				} else {
					r -= k
				}
				data = append(data, v[r*t.Shape[1].V+col])
			}
		}
	default:
		c.fail("diag(): Supports 1D or 2D tensors. Got %dD", len(t.Shape))
	}
	return tensor.OpData(c.in, "diag", shape, t.DType, data, []*T{t}, c.args(1)...)
}

func diagEmbed(c *call) interp.Value {
	t := c.T(0)
	k := c.Int(1)
	n := len(t.Shape) + 1
	a, b := c.wrap(2, n), c.wrap(3, n)
	size := t.Shape[len(t.Shape)-1].Add(tensor.D(max(k, -k)))
	shape := make([]tensor.Dim, 0, n)
	i := 0
	for d := 0; d < n; d++ {
		if d == a || d == b {
			shape = append(shape, size)
		} else {
			shape = append(shape, t.Shape[i])
			i++
		}
	}
	return tensor.Op(c.in, "diag_embed", shape, t.DType, []*T{t}, c.args(1, 2, 3)...)
}

func diff(c *call) interp.Value {
	t := c.T(0)
	n := c.Int(1)
	d := c.wrap(2, len(t.Shape))
	ins := []*T{t}
	shape := tensor.Clone(t.Shape)
	extra := int64(0)
	for i := 3; i <= 4; i++ {
		if p := c.optT(i); p != nil {
			ins = append(ins, p)
			if len(p.Shape) > 0 {
				extra += p.Shape[d].V
			} else {
				extra++
			}
		}
	}
	var data []float64
	if shape[d].V >= 0 {
		shape[d] = tensor.D(max(shape[d].V+extra-n, 0))
		if extra == 0 && n == 1 && shape[d].V > 0 {
			data = alongDim(c, t, d, shape[d].V, func(in, out []float64) {
				for i := range out {
					out[i] = in[i+1] - in[i]
				}
			})
		}
	}
	if extra > 0 && n == 1 {
		var parts []*T
		if p := c.optT(3); p != nil {
			parts = append(parts, p)
		}
		parts = append(parts, t)
		if p := c.optT(4); p != nil {
			parts = append(parts, p)
		}
		ok := true
		for _, p := range parts {
			ok = ok && len(p.Shape) == len(t.Shape)
		}
		if ok {
			whole := tensor.Clone(shape)
			whole[d] = whole[d].Add(tensor.D(1))
			if v := catData(c, parts, d, whole, t.DType); v != nil {
				tmp := tensor.Const(t.DType, whole, v)
				data = alongDim(c, tmp, d, shape[d].V, func(in, out []float64) {
					for i := range out {
						out[i] = in[i+1] - in[i]
					}
				})
			}
		}
	}
	dt := t.DType
	return tensor.OpData(c.in, "diff", shape, dt, data, ins, c.args(1, 2)...)
}

func blockDiag(c *call) interp.Value {
	ts := c.spreadTensors(0)
	var a, b tensor.Dim
	for _, t := range ts {
		switch len(t.Shape) {
		case 2:
			a, b = a.Add(t.Shape[0]), b.Add(t.Shape[1])
		case 1:
			a, b = a.Add(tensor.D(1)), b.Add(t.Shape[0])
		default:
			a, b = a.Add(tensor.D(1)), b.Add(tensor.D(1))
		}
	}
	return tensor.Op(c.in, "block_diag", []tensor.Dim{a, b}, catType(c.in, ts), ts)
}

var joinRows = []row{
	{name: "cat concat concatenate", where: "f", sig: "tensors, dim=0, *, out=None", fn: cat},
	{name: "stack", where: "f", sig: "tensors, dim=0, *, out=None", fn: stack},
	{name: "hstack", where: "f", sig: "tensors", fn: stacked(1, 1)},
	{name: "vstack row_stack", where: "f", sig: "tensors", fn: stacked(0, 2)},
	{name: "dstack", where: "f", sig: "tensors", fn: stacked(2, 3)},
	{name: "repeat", where: "m", sig: "self, *repeats", fn: repeat},
	{name: "tile", where: "fm", sig: "input, *dims", fn: repeat},
	{name: "repeat_interleave", where: "fm", sig: "input, repeats=?, dim=None, *, output_size=None", fn: func(c *call) interp.Value {
		if len(c.a) == 4 {
			c.a = append(c.a[:3:3], nil, c.a[3])
		}
		return repeatInterleave(c)
	}},
	{name: "flip", where: "fm", sig: "input, *dims", fn: flip},
	{name: "rot90", where: "fm", sig: "input, k=1, dims=(0, 1)", fn: rot90},
	{name: "fliplr", where: "fm", sig: "input", fn: func(c *call) interp.Value { return flipped(c, c.T(0), []int{1}) }},
	{name: "flipud", where: "fm", sig: "input", fn: func(c *call) interp.Value { return flipped(c, c.T(0), []int{0}) }},
	{name: "roll", where: "fm", sig: "input, shifts, dims=None", fn: roll},
	{name: "tril", where: "fmi", sig: "input, diagonal=0, *, out=None", res: triangle(true)},
	{name: "triu", where: "fmi", sig: "input, diagonal=0, *, out=None", res: triangle(false)},
	{name: "tril_indices", where: "f", sig: "row, col, offset=0" + factoryTail, fn: triangleIndices(true)},
	{name: "triu_indices", where: "f", sig: "row, col, offset=0" + factoryTail, fn: triangleIndices(false)},
	{name: "meshgrid", where: "f", sig: "*tensors, indexing=None", fn: meshgrid},
	{name: "cartesian_prod", where: "f", sig: "*tensors", fn: cartesianProd},
	{name: "block_diag", where: "f", sig: "*tensors", fn: blockDiag},
	{name: "diag", where: "fm", sig: "input, diagonal=0", fn: diag},
	{name: "diag_embed", where: "fm", sig: "input, offset=0, dim1=-2, dim2=-1", fn: diagEmbed},
	{name: "diff", where: "fm", sig: "input, n=1, dim=-1, prepend=None, append=None", fn: diff},
}
