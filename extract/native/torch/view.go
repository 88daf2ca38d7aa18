package torch

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// inferSize resolves the -1 of a view's sizes. It raises torch's RuntimeErrors.
func inferSize(in *interp.Interp, t *T, want []tensor.Dim) []tensor.Dim {
	numel := t.Numel()
	infer := -1
	known := tensor.Dim{V: 1}
	unknown := 0
	out := make([]tensor.Dim, len(want))
	for i, d := range want {
		v, isUnknown := tensor.GivenSize(d)
		out[i] = tensor.Dim{V: v, E: d.E}
		switch {
		case isUnknown:
			unknown++
		case v == -1:
			if infer >= 0 {
				in.Raise(interp.RuntimeError, "only one dimension can be inferred")
			}
			infer = i
		case v < 0:
			in.Raise(interp.RuntimeError, "invalid shape dimension %d at index %d of shape %s", v, i, givenShape(want))
		default:
			known = known.Mul(out[i])
		}
	}
	if infer >= 0 {
		out[infer] = tensor.UnknownDim
	}
	if unknown == 1 && infer < 0 && numel >= 0 && known.V > 0 && numel%known.V == 0 {
		// The one size that is not known follows from the others.
		for i, d := range out {
			if d.V < 0 {
				out[i] = tensor.Product(t.Shape).FloorDiv(known)
			}
		}
		return out
	}
	if unknown > 0 || numel < 0 {
		return adoptUnknown(t, out, infer)
	}
	bad := known.V != numel
	if infer >= 0 {
		bad = known.V == 0 || numel%known.V != 0
		if known.V == 0 && numel == 0 {
			in.Raise(interp.RuntimeError, "cannot reshape tensor of 0 elements into shape %s because the unspecified dimension size -1 can be any value and is ambiguous", givenShape(want))
		}
	}
	if bad {
		in.Raise(interp.RuntimeError, "shape '%s' is invalid for input of size %d", givenShape(want), numel)
	}
	if infer >= 0 {
		out[infer] = inferredDim(t.Shape, out, infer)
	} else {
		keepOrigins(t.Shape, out)
	}
	return out
}

// keepOrigins gives target sizes that come without an origin that of the same
// size in the same place of the source.
func keepOrigins(src, out []tensor.Dim) {
	for i := range out {
		if i >= len(src) || src[i].V != out[i].V {
			break
		}
		if out[i].E == nil {
			out[i].E = src[i].E
		}
	}
	for k := 1; k <= len(out) && k <= len(src); k++ {
		a, b := &out[len(out)-k], src[len(src)-k]
		if a.V != b.V {
			break
		}
		if a.E == nil {
			a.E = b.E
		}
	}
}

// inferredDim is the size for -1 at place at: the product of the source's
// dimensions over that of the others, after cancelling equal ones at both ends.
func inferredDim(src, out []tensor.Dim, at int) tensor.Dim {
	lo, hi := 0, len(src)
	a, b := 0, len(out)
	for a < at && lo < hi && out[a].V == src[lo].V {
		a++
		lo++
	}
	for b-1 > at && lo < hi && out[b-1].V == src[hi-1].V {
		b--
		hi--
	}
	rest := tensor.Dim{V: 1}
	for i := a; i < b; i++ {
		if i != at {
			rest = rest.Mul(out[i])
		}
	}
	p := tensor.Product(src[lo:hi])
	if rest.V == 0 {
		return tensor.Dim{}
	}
	d := p.FloorDiv(rest)
	if d.V == 1 {
		return tensor.Dim{V: 1}
	}
	return d
}

// adoptUnknown is the target of a view of a tensor whose size is not known: a
// single unknown dimension of the source explains a single -1.
func adoptUnknown(t *T, out []tensor.Dim, infer int) []tensor.Dim {
	if infer < 0 {
		return out
	}
	known, rest := int64(1), int64(1)
	nUnknown := 0
	for _, d := range t.Shape {
		if d.V < 0 {
			nUnknown++
		} else {
			known *= d.V
		}
	}
	for i, d := range out {
		if i == infer {
			continue
		}
		if d.V < 0 {
			nUnknown--
		} else {
			rest *= d.V
		}
	}
	if nUnknown == 0 && rest > 0 && known%rest == 0 {
		out[infer] = tensor.D(known / rest)
	}
	return out
}

func givenShape(want []tensor.Dim) string {
	s := make([]tensor.Dim, len(want))
	for i, d := range want {
		v, _ := tensor.GivenSize(d)
		s[i] = tensor.D(v)
	}
	return tensor.ShapeString(s)
}

// viewStride are the strides of a view of t with another shape; ok is false
// where the elements would have to be copied.
func viewStride(t *T, shape []tensor.Dim) (st []int64, ok bool) {
	if t.Contiguous() {
		return nil, true
	}
	if t.Numel() == 0 {
		return nil, true
	}
	old := t.Strides()
	st = make([]int64, len(shape))
	viewD := len(shape) - 1
	chunk := int64(1)
	base := old[len(old)-1]
	for d := len(old) - 1; d >= 0; d-- {
		if t.Shape[d].V < 0 {
			return nil, true
		}
		chunk *= t.Shape[d].V
		if d > 0 && (t.Shape[d-1].V == 1 || old[d-1] == chunk*base) {
			continue
		}
		view := int64(1)
		for viewD >= 0 && (view < chunk || shape[viewD].V == 1) {
			if shape[viewD].V < 0 {
				return nil, true
			}
			st[viewD] = view * base
			view *= shape[viewD].V
			viewD--
		}
		if view != chunk {
			return nil, false
		}
		if d > 0 {
			chunk, base = 1, old[d-1]
		}
	}
	if viewD != -1 {
		return nil, false
	}
	return st, true
}

// viewAs is t.view(shape) or, with copying allowed, t.reshape(shape).
func viewAs(in *interp.Interp, op string, t *T, shape []tensor.Dim, mayCopy bool, args ...graph.Arg) *T {
	st, ok := viewStride(t, shape)
	if !ok {
		if !mayCopy {
			in.Raise(interp.RuntimeError, "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.")
		}
		return copyOf(in, op, t, shape, t.DType, args...)
	}
	if tensor.SameSizes(shape, t.Shape) {
		st = t.Stride
	}
	return tensor.View(in, op, t, shape, st, t.Offset, args...)
}

func clone(v []float64) []float64 {
	if v == nil {
		return nil
	}
	return append(make([]float64, 0, len(v)), v...)
}

func shapeArg(c *call, name string, want []tensor.Dim) []graph.Arg {
	if !c.tracing() {
		return nil
	}
	s := "("
	for i, d := range want {
		if i > 0 {
			s += ", "
		}
		v, unknown := tensor.GivenSize(d)
		if unknown {
			s += "?"
		} else {
			s += tensor.D(v).String()
		}
	}
	return []graph.Arg{tensor.ArgStr(name, s+")")}
}

func view(c *call) interp.Value {
	t := c.T(0)
	args := c.a[1].(*interp.Tuple).V
	if len(args) == 1 {
		if dt, ok := args[0].(*tensor.DTypeObj); ok {
			return viewDType(c, t, dt.D)
		}
		if _, isStr := args[0].(interp.Str); isStr {
			c.in.Raise(interp.TypeError, "view() received an invalid combination of arguments - got (str), but expected one of:\n * (torch.dtype dtype)\n      didn't match because some of the arguments have invalid types: (!str!)\n * (tuple of ints size)\n      didn't match because some of the arguments have invalid types: (!str!)\n")
		}
	}
	want := tensor.Spread(c.in, "view", "size", 1, args)
	return viewAs(c.in, "view", t, inferSize(c.in, t, want), false, shapeArg(c, "shape", want)...)
}

func viewDType(c *call, t *T, dt tensor.DType) interp.Value {
	shape := tensor.Clone(t.Shape)
	a, b := t.DType.ItemSize(), dt.ItemSize()
	if n := len(shape); n > 0 && a != b {
		if a > b {
			shape[n-1] = shape[n-1].Mul(tensor.D(a / b))
		} else {
			shape[n-1] = shape[n-1].FloorDiv(tensor.D(b / a))
		}
	}
	var st []int64
	if a == b {
		st = t.Stride
	}
	return tensor.ViewAs(c.in, "view", t, dt, shape, st, t.Offset, tensor.ArgStr("dtype", dt.String()))
}

func reshape(c *call) interp.Value {
	t := c.T(0)
	want := tensor.Spread(c.in, "reshape", "shape", 1, c.a[1].(*interp.Tuple).V)
	return viewAs(c.in, "reshape", t, inferSize(c.in, t, want), true, shapeArg(c, "shape", want)...)
}

// permuted is the view of t with its dimensions in another order.
func permuted(in *interp.Interp, op string, t *T, perm []int, args ...graph.Arg) *T {
	shape := make([]tensor.Dim, len(perm))
	st := make([]int64, len(perm))
	old := t.Strides()
	for i, p := range perm {
		shape[i], st[i] = t.Shape[p], old[p]
	}
	return tensor.View(in, op, t, shape, st, t.Offset, args...)
}

func permute(c *call) interp.Value {
	t := c.T(0)
	vs := c.spread(1)
	perm := make([]int, len(vs))
	for i, v := range vs {
		d, ok := tensor.DimOf(c.in, v)
		if !ok {
			c.in.Raise(interp.TypeError, "permute(): argument 'dims' failed to unpack the object at pos %d with error \"type must be tuple of ints,but got %s\"", i+1, v.Type().Name)
		}
		perm[i] = int(d.V)
	}
	if len(perm) != len(t.Shape) {
		c.fail("permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = %d is not equal to len(dims) = %d", len(t.Shape), len(perm))
	}
	seen := make([]bool, len(perm))
	for i := range perm {
		perm[i] = tensor.WrapDim(c.in, int64(perm[i]), len(perm))
		if seen[perm[i]] {
			c.fail("permute(): duplicate dims are not allowed.")
		}
		seen[perm[i]] = true
	}
	var args []graph.Arg
	if c.tracing() {
		args = []graph.Arg{tensor.ArgVal(c.in, "dims", &interp.Tuple{V: vs})}
	}
	return permuted(c.in, "permute", t, perm, args...)
}

func transpose(c *call) interp.Value {
	t := c.T(0)
	return transposed(c, t, c.wrap(1, len(t.Shape)), c.wrap(2, len(t.Shape)), c.args(1, 2)...)
}

func transposed(c *call, t *T, a, b int, args ...graph.Arg) *T {
	if len(t.Shape) == 0 {
		return tensor.View(c.in, "transpose", t, []tensor.Dim{}, nil, t.Offset, args...)
	}
	perm := make([]int, len(t.Shape))
	for i := range perm {
		perm[i] = i
	}
	perm[a], perm[b] = perm[b], perm[a]
	if len(args) == 0 && c.tracing() {
		args = []graph.Arg{tensor.ArgInt("dim0", int64(a)), tensor.ArgInt("dim1", int64(b))}
	}
	return permuted(c.in, "transpose", t, perm, args...)
}

// swapInPlace is transpose_: it changes the tensor's own shape.
func swapInPlace(c *call, v *T) interp.Value {
	t := c.T(0)
	t.Shape, t.Stride, t.Node = v.Shape, v.Stride, v.Node
	if tr := tensor.StateOf(c.in).Tracer; tr != nil {
		tr.Set(t, v.Node)
	}
	return t
}

func tMethod(c *call) interp.Value {
	t := c.T(0)
	if n := len(t.Shape); n > 2 {
		c.fail("t() expects a tensor with <= 2 dimensions, but self is %dD", n)
	}
	if len(t.Shape) < 2 {
		return tensor.View(c.in, "t", t, tensor.Clone(t.Shape), t.Stride, t.Offset)
	}
	return permuted(c.in, "t", t, []int{1, 0})
}

func expand(c *call) interp.Value {
	t := c.T(0)
	want := tensor.Spread(c.in, "expand", "size", 1, c.a[1].(*interp.Tuple).V)
	return expanded(c.in, t, want, shapeArg(c, "shape", want)...)
}

// expanded is t.expand(want), sizes as SizeArg reads them.
func expanded(in *interp.Interp, t *T, want []tensor.Dim, args ...graph.Arg) *T {
	off := len(want) - len(t.Shape)
	if off < 0 {
		in.Raise(interp.RuntimeError, "expand(%s{%s}, size=%s): the number of sizes provided (%d) must be greater or equal to the number of dimensions in the tensor (%d)",
			strings.TrimPrefix(tensorTypeName(t), "torch."), tensor.ShapeString(t.Shape), givenShape(want), len(want), len(t.Shape))
	}
	shape := make([]tensor.Dim, len(want))
	st := make([]int64, len(want))
	old := t.Strides()
	for i, d := range want {
		v, unknown := tensor.GivenSize(d)
		if i < off {
			if v < 0 && !unknown {
				in.Raise(interp.RuntimeError, "The expanded size of the tensor (%d) isn't allowed in a leading, non-existing dimension %d", v, i)
			}
			shape[i] = tensor.Dim{V: v, E: d.E}
			if unknown {
				shape[i] = tensor.UnknownDim
			}
			continue
		}
		s := t.Shape[i-off]
		switch {
		case v == -1 && !unknown:
			shape[i], st[i] = s, old[i-off]
		case v == s.V && !unknown:
			shape[i], st[i] = tensor.Dim{V: v, E: d.E}, old[i-off]
			if d.E == nil {
				shape[i].E = s.E
			}
		case s.V == 1:
			shape[i] = tensor.Dim{V: v, E: d.E}
		case s.V < 0 || unknown:
			shape[i], st[i] = s, old[i-off]
			if s.V < 0 {
				shape[i] = tensor.Dim{V: v, E: d.E}
			}
		default:
			in.Raise(interp.RuntimeError, "The expanded size of the tensor (%d) must match the existing size (%d) at non-singleton dimension %d.  Target sizes: %s.  Tensor sizes: %s",
				v, s.V, i, givenShape(want), tensor.ShapeString(t.Shape))
		}
	}
	return tensor.View(in, "expand", t, shape, st, t.Offset, args...)
}

func tensorTypeName(t *T) string {
	dev := ""
	if t.Device == "meta" {
		dev = "Meta"
	}
	return "torch." + dev + t.DType.ScalarName() + "Type"
}

// given turns a plain shape into the form that SizeArg gives.
func given(shape []tensor.Dim) []tensor.Dim { return shape }

func unsqueeze(c *call) interp.Value {
	t := c.T(0)
	return unsqueezed(c.in, t, tensor.WrapDim(c.in, c.Int(1), len(t.Shape)+1), c.args(1)...)
}

func unsqueezed(in *interp.Interp, t *T, d int, args ...graph.Arg) *T {
	shape := make([]tensor.Dim, 0, len(t.Shape)+1)
	shape = append(append(append(shape, t.Shape[:d]...), tensor.D(1)), t.Shape[d:]...)
	var st []int64
	if t.Stride != nil {
		step := int64(1)
		if d < len(t.Shape) {
			step = t.Stride[d] * max(t.Shape[d].V, 1)
		}
		st = append(append(append(st, t.Stride[:d]...), step), t.Stride[d:]...)
	}
	return tensor.View(in, "unsqueeze", t, shape, st, t.Offset, args...)
}

func squeeze(c *call) interp.Value {
	t := c.T(0)
	drop := make([]bool, len(t.Shape))
	if c.a[1] != nil {
		ds, _ := c.dims(1, len(t.Shape))
		for _, d := range ds {
			if d < len(drop) {
				drop[d] = t.Shape[d].V == 1
			}
		}
	} else {
		for i, d := range t.Shape {
			drop[i] = d.V == 1
		}
	}
	return dropped(c, "squeeze", t, drop, c.args(1)...)
}

func dropped(c *call, op string, t *T, drop []bool, args ...graph.Arg) *T {
	shape := []tensor.Dim{}
	var st []int64
	if t.Stride != nil {
		st = []int64{}
	}
	for i, d := range t.Shape {
		if drop[i] {
			continue
		}
		shape = append(shape, d)
		if st != nil {
			st = append(st, t.Stride[i])
		}
	}
	return tensor.View(c.in, op, t, shape, st, t.Offset, args...)
}

func flatten(c *call) interp.Value {
	t := c.T(0)
	n := len(t.Shape)
	a, b := c.wrap(1, n), c.wrap(2, n)
	if a > b {
		c.fail("flatten() has invalid args: start_dim cannot come after end_dim")
	}
	if n == 0 {
		return viewAs(c.in, "flatten", t, tensor.Dims(1), true)
	}
	if a == b {
		return t
	}
	shape := tensor.Clone(t.Shape[:a])
	shape = append(shape, tensor.Product(t.Shape[a:b+1]))
	shape = append(shape, t.Shape[b+1:]...)
	return viewAs(c.in, "flatten", t, shape, true, c.args(1, 2)...)
}

func unflatten(c *call) interp.Value {
	t := c.T(0)
	d := c.wrap(1, len(t.Shape))
	sizes := tensor.SizeArg(c.in, "unflatten", "sizes", 2, c.a[2])
	part := &T{Shape: []tensor.Dim{t.Shape[d]}}
	var mid []tensor.Dim
	p, infer := int64(1), false
	for _, s := range sizes {
		v, _ := tensor.GivenSize(s)
		if v < 0 {
			infer = true
		} else {
			p *= v
		}
	}
	if t.Shape[d].V >= 0 && (infer && (p == 0 || t.Shape[d].V%p != 0) || !infer && p != t.Shape[d].V) {
		c.fail("unflatten: Provided sizes %s don't multiply up to the size of dim %d (%d) in the input tensor", givenShape(sizes), d, t.Shape[d].V)
	}
	mid = inferSize(c.in, part, sizes)
	shape := tensor.Clone(t.Shape[:d])
	shape = append(append(shape, mid...), t.Shape[d+1:]...)
	return viewAs(c.in, "unflatten", t, shape, true, c.args(1, 2)...)
}

// sliced is t[:, ..., lo:hi:step] on dimension d.
func sliced(in *interp.Interp, op string, t *T, d int, lo, n tensor.Dim, step int64, args ...graph.Arg) *T {
	shape := tensor.Clone(t.Shape)
	shape[d] = n
	old := t.Strides()
	st := append([]int64(nil), old...)
	st[d] *= step
	off := t.Offset
	if lo.V > 0 {
		off += lo.V * old[d]
	}
	return tensor.View(in, op, t, shape, st, off, args...)
}

// sel is t.select(d, i).
func sel(in *interp.Interp, op string, t *T, d int, i int64, args ...graph.Arg) *T {
	shape := make([]tensor.Dim, 0, len(t.Shape))
	shape = append(append(shape, t.Shape[:d]...), t.Shape[d+1:]...)
	old := t.Strides()
	st := make([]int64, 0, len(old))
	st = append(append(st, old[:d]...), old[d+1:]...)
	off := t.Offset
	if i > 0 {
		off += i * old[d]
	}
	return tensor.View(in, op, t, shape, st, off, args...)
}

func selectDim(c *call) interp.Value {
	t := c.T(0)
	if len(t.Shape) == 0 {
		c.in.Raise(interp.IndexError, "select() cannot be applied to a 0-dim tensor.")
	}
	d := c.wrap(1, len(t.Shape))
	i := c.Int(2)
	n := t.Shape[d].V
	if n >= 0 && (i < -n || i >= n) {
		c.in.Raise(interp.IndexError, "select(): index %d out of range for tensor of size %s at dimension %d", i, tensor.ShapeString(t.Shape), d)
	}
	if i < 0 {
		i += n
	}
	return sel(c.in, "select", t, d, i, c.args(1, 2)...)
}

func narrow(c *call) interp.Value {
	t := c.T(0)
	d := c.wrap(1, len(t.Shape))
	lo, n := c.Dim(2), c.Dim(3)
	size := t.Shape[d]
	if lo.V < 0 && size.V >= 0 {
		lo.V += size.V
	}
	if size.V >= 0 && lo.V+n.V > size.V {
		c.fail("start (%d) + length (%d) exceeds dimension size (%d).", lo.V, n.V, size.V)
	}
	return sliced(c.in, "narrow", t, d, lo, n, 1, c.args(1, 2, 3)...)
}

func outputArg(c *call, i int, args []graph.Arg) []graph.Arg {
	if !c.tracing() {
		return nil
	}
	return append(append([]graph.Arg(nil), args...), tensor.ArgInt("output", int64(i)))
}

// pieces cuts dimension d into pieces of the given sizes.
func pieces(c *call, op string, t *T, d int, sizes []tensor.Dim, args []graph.Arg) interp.Value {
	out := make([]interp.Value, len(sizes))
	at := tensor.Dim{}
	c.in.Charge(int64(len(sizes)))
	for i, n := range sizes {
		out[i] = sliced(c.in, op, t, d, at, n, 1, outputArg(c, i, args)...)
		at = at.Add(n)
	}
	return interp.NewTuple(out...)
}

func split(c *call) interp.Value {
	t := c.T(0)
	d := c.wrap(2, len(t.Shape))
	args := c.args(1, 2)
	if vs, ok := tensor.Sequence(c.a[1]); ok {
		sizes := make([]tensor.Dim, len(vs))
		sum := int64(0)
		for i, v := range vs {
			n, isInt := tensor.DimOf(c.in, v)
			if !isInt {
				c.in.Raise(interp.TypeError, "split_with_sizes(): argument 'split_sizes' (position 2) must be tuple of ints, but found element of type %s at pos %d", v.Type().Name, i)
			}
			sizes[i] = n
			if n.V < 0 {
				if _, unknown := v.(*interp.Unknown); !unknown {
					if _, isT := v.(*T); !isT {
						c.fail("split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=%s", tensor.ShapeString(sizes))
					}
				}
				sum = -1 << 40
			}
			sum += n.V
		}
		if sum >= 0 && t.Shape[d].V >= 0 && sum != t.Shape[d].V {
			c.fail("split_with_sizes expects split_sizes to sum exactly to %d (input tensor's size at dimension %s), but got split_sizes=%s", t.Shape[d].V, tensor.ArgVal(c.in, "", c.a[2]).Val, tensor.ShapeString(sizes))
		}
		return pieces(c, "split", t, d, sizes, args)
	}
	if _, isFloat := c.a[1].(interp.Float); isFloat {
		c.in.Raise(interp.TypeError, "split_with_sizes(): argument 'split_sizes' (position 2) must be tuple of ints, not float")
	}
	n := c.Dim(1)
	size := t.Shape[d]
	if n.V < 0 || size.V < 0 {
		return c.in.Unknown("the number of pieces depends on data")
	}
	if n.V == 0 {
		if size.V != 0 {
			c.fail("split_size can only be 0 if dimension size is 0, but got dimension size of %d", size.V)
		}
		return pieces(c, "split", t, d, []tensor.Dim{{}}, args)
	}
	c.in.Charge(4 * (size.V / n.V))
	return pieces(c, "split", t, d, evenly(size, n), args)
}

// evenly are the pieces of size n that size is cut into; the last may be smaller.
func evenly(size, n tensor.Dim) []tensor.Dim {
	k := (size.V + n.V - 1) / n.V
	if k == 0 {
		return []tensor.Dim{size}
	}
	out := make([]tensor.Dim, k)
	for i := range out {
		out[i] = n
	}
	if rest := size.V - (k-1)*n.V; rest != n.V {
		out[k-1] = tensor.D(rest)
	}
	if k == 1 {
		out[0] = size
	}
	return out
}

func chunk(c *call) interp.Value {
	t := c.T(0)
	k := c.Dim(1)
	d := c.wrap(2, len(t.Shape))
	if k.V <= 0 {
		c.fail("chunk expects `chunks` to be greater than 0, got: %d", k.V)
	}
	size := t.Shape[d]
	c.in.Charge(4 * k.V)
	if size.V < 0 {
		parts := make([]tensor.Dim, k.V)
		for i := range parts {
			parts[i] = tensor.UnknownDim
		}
		return pieces(c, "chunk", t, d, parts, c.args(1, 2))
	}
	n := size.CeilDiv(k)
	if n.V == 0 {
		parts := make([]tensor.Dim, k.V)
		return pieces(c, "chunk", t, d, parts, c.args(1, 2))
	}
	return pieces(c, "chunk", t, d, evenly(size, n), c.args(1, 2))
}

func tensorSplit(c *call) interp.Value {
	t := c.T(0)
	d := c.wrap(2, len(t.Shape))
	size := t.Shape[d].V
	var sizes []tensor.Dim
	if vs, ok := tensor.Sequence(c.a[1]); ok {
		at := int64(0)
		for _, v := range append(append([]interp.Value(nil), vs...), interp.NewInt(size)) {
			end := min(max(c.in.Int(v), 0), size)
			sizes = append(sizes, tensor.D(max(end-at, 0)))
			at = max(at, end)
		}
	} else {
		k := c.Int(1)
		if k <= 0 || k > 1<<20 {
			c.fail("number of sections must be larger than 0, got %d", k)
		}
		for i := int64(0); i < k; i++ {
			n := size / k
			if i < size%k {
				n++
			}
			sizes = append(sizes, tensor.D(n))
		}
	}
	return pieces(c, "tensor_split", t, d, sizes, c.args(1, 2))
}

// unbound are the slices of t along d.
func unbound(c *call, t *T, d int) []interp.Value {
	if len(t.Shape) == 0 {
		c.in.Raise(interp.TypeError, "iteration over a 0-d tensor")
	}
	n := t.Shape[d].V
	c.in.Charge(n * 8)
	out := make([]interp.Value, n)
	for i := range out {
		var args []graph.Arg
		if c.tracing() {
			args = []graph.Arg{tensor.ArgInt("dim", int64(d)), tensor.ArgInt("output", int64(i))}
		}
		out[i] = sel(c.in, "unbind", t, d, int64(i), args...)
	}
	return out
}

func unbind(c *call) interp.Value {
	t := c.T(0)
	if len(t.Shape) == 0 {
		c.fail("Dimension specified as 0 but tensor has no dimensions")
	}
	d := c.wrap(1, len(t.Shape))
	if t.Shape[d].V < 0 {
		return c.in.Unknown("the number of slices depends on data")
	}
	return interp.NewTuple(unbound(c, t, d)...)
}

func diagonal(c *call) interp.Value {
	t := c.T(0)
	off, a, b := c.Int(1), c.wrap(2, len(t.Shape)), c.wrap(3, len(t.Shape))
	if a == b {
		c.fail("diagonal dimensions cannot be identical %d, %d", c.Int(2), c.Int(3))
	}
	n, m := t.Shape[a].V, t.Shape[b].V
	st := t.Strides()
	o := t.Offset
	if off >= 0 {
		m -= off
		o += off * st[b]
	} else {
		n += off
		o -= off * st[a]
	}
	size := max(min(n, m), 0)
	var shape []tensor.Dim
	var out []int64
	for i := range t.Shape {
		if i != a && i != b {
			shape, out = append(shape, t.Shape[i]), append(out, st[i])
		}
	}
	d := tensor.D(size)
	if off == 0 && size == t.Shape[a].V {
		d = t.Shape[a]
	}
	return tensor.View(c.in, "diagonal", t, append(shape, d), append(out, st[a]+st[b]), o, c.args(1, 2, 3)...)
}

func unfoldMethod(c *call) interp.Value {
	t := c.T(0)
	d := c.wrap(1, len(t.Shape))
	size, step := c.Dim(2), c.Dim(3)
	n := t.Shape[d]
	if n.V >= 0 && size.V > n.V {
		c.fail("maximum size for tensor at dimension %d is %d but size is %d", d, n.V, size.V)
	}
	if step.V <= 0 {
		c.fail("step is %d but must be > 0", step.V)
	}
	shape := tensor.Clone(t.Shape)
	if n.V >= 0 {
		shape[d] = n.Sub(size).FloorDiv(step).Add(tensor.D(1))
	}
	st := append([]int64(nil), t.Strides()...)
	last := st[d]
	st[d] *= step.V
	return tensor.View(c.in, "unfold", t, append(shape, size), append(st, last), t.Offset, c.args(1, 2, 3)...)
}

func movedim(c *call) interp.Value {
	t := c.T(0)
	n := len(t.Shape)
	src, dst := c.ints(c.a[1]), c.ints(c.a[2])
	perm := make([]int, n)
	for i := range perm {
		perm[i] = -1
	}
	used := make([]bool, n)
	for i := range src {
		s, d := tensor.WrapDim(c.in, src[i], n), tensor.WrapDim(c.in, dst[i], n)
		perm[d], used[s] = s, true
	}
	next := 0
	for i := range perm {
		if perm[i] >= 0 {
			continue
		}
		for used[next] {
			next++
		}
		perm[i] = next
		used[next] = true
	}
	return permuted(c.in, "movedim", t, perm, c.args(1, 2)...)
}

func asStrided(c *call) interp.Value {
	t := c.T(0)
	size := tensor.SizeArg(c.in, "as_strided", "size", 2, c.a[1])
	tensor.CheckSizes(c.in, size)
	off := int64(0)
	if c.given(3) {
		off = c.Int(3)
	} else {
		off = t.Offset
	}
	st := c.ints(c.a[2])
	need := off
	for i, d := range size {
		if i < len(st) && d.V > 0 {
			need += (d.V - 1) * st[i]
		}
	}
	v := tensor.View(c.in, "as_strided", t, size, st, off, c.args(1, 2, 3)...)
	if t.Known() && need >= int64(len(t.Store.Values())) {
		v.Store = nil
	}
	return v
}

func reverseDims(c *call, t *T, op string) *T {
	n := len(t.Shape)
	perm := make([]int, n)
	for i := range perm {
		perm[i] = n - 1 - i
	}
	return permuted(c.in, op, t, perm)
}

func broadcastTo(c *call) interp.Value {
	t := c.T(0)
	want := tensor.Spread(c.in, "broadcast_to", "size", 2, c.a[1].(*interp.Tuple).V)
	return expanded(c.in, t, want, shapeArg(c, "shape", want)...)
}

func likeShape(f func(c *call, t *T, shape []tensor.Dim) interp.Value) func(c *call) interp.Value {
	return func(c *call) interp.Value { return f(c, c.T(0), c.T(1).Shape) }
}

// spreadTensors are the tensors of a *tensors parameter (also given as one list).
func (c *call) spreadTensors(i int) []*T {
	vs := c.a[i].(*interp.Tuple).V
	if len(vs) == 1 {
		if l, ok := tensor.Sequence(vs[0]); ok {
			vs = l
		}
	}
	sub := *c
	sub.a = append([]interp.Value(nil), c.a...)
	sub.a[i] = &interp.Tuple{V: vs}
	return sub.tensors(i)
}

func broadcastTensors(c *call) interp.Value {
	ts := c.spreadTensors(0)
	shapes := make([][]tensor.Dim, len(ts))
	for i, t := range ts {
		shapes[i] = t.Shape
	}
	shape := tensor.Broadcast(c.in, shapes...)
	out := make([]*T, len(ts))
	for i, t := range ts {
		out[i] = expanded(c.in, t, tensor.Clone(shape))
	}
	return tuple(out)
}

func atLeast(n int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		one := func(t *T) *T {
			for len(t.Shape) < n {
				d := 0
				if n == 3 && len(t.Shape) == 2 {
					d = 2
				}
				t = unsqueezed(c.in, t, d)
			}
			return t
		}
		ts := c.spreadTensors(0)
		if len(ts) == 1 && len(c.a[0].(*interp.Tuple).V) == 1 {
			if _, isT := c.a[0].(*interp.Tuple).V[0].(*T); isT {
				return one(ts[0])
			}
		}
		out := make([]*T, len(ts))
		for i, t := range ts {
			out[i] = one(t)
		}
		return tuple(out)
	}
}

func contiguous(c *call) interp.Value {
	t := c.T(0)
	if t.Contiguous() {
		return t
	}
	return copyOf(c.in, "clone", t, tensor.Clone(t.Shape), t.DType, contiguousArg(c)...)
}

// copyOf is an operation that copies t, in row-major order. It owns shape.
func copyOf(in *interp.Interp, op string, t *T, shape []tensor.Dim, dt tensor.DType, args ...graph.Arg) *T {
	data, later := copied(t)
	if later != nil {
		return tensor.OpLater(in, op, shape, dt, later, []*T{t}, args...)
	}
	return tensor.OpData(in, op, shape, dt, data, []*T{t}, args...)
}

// copied are the values of a copy of t, in row-major order.
func copied(t *T) ([]float64, *tensor.Promise) {
	n := t.Numel()
	if !t.Promised() || n < tensor.Many || !tensor.KeepsMask(n) {
		return clone(t.Values()), nil
	}
	s := t.Snapshot()
	return nil, tensor.NewPromise(n, func() []float64 { return clone(s.Values()) }, s)
}

func contiguousArg(c *call) []graph.Arg {
	if !c.tracing() {
		return nil
	}
	return []graph.Arg{tensor.ArgStr("memory_format", "contiguous_format")}
}

func cloneT(c *call) interp.Value {
	t := c.T(0)
	r := res{op: "clone", shape: tensor.Clone(t.Shape), dt: t.DType, ins: []*T{t}, stride: keptStrides(t.Shape, []*T{t})}
	r.data, r.later = copied(t)
	return r.make(c.in)
}

var viewRows = []row{
	{name: "view", where: "m", sig: "self, *size, dtype=?", fn: func(c *call) interp.Value {
		if c.a[2] != nil {
			c.a[1] = interp.NewTuple(c.a[2])
		}
		return view(c)
	}},
	{name: "view_as", where: "m", sig: "self, other", fn: likeShape(func(c *call, t *T, s []tensor.Dim) interp.Value {
		return viewAs(c.in, "view", t, inferSize(c.in, t, given(s)), false, shapeArg(c, "shape", s)...)
	})},
	{name: "reshape", where: "m", sig: "self, *shape", fn: reshape},
	{name: "reshape", where: "f", sig: "input, shape", fn: func(c *call) interp.Value {
		c.a[1] = interp.NewTuple(c.a[1])
		return reshape(c)
	}},
	{name: "reshape_as", where: "m", sig: "self, other", fn: likeShape(func(c *call, t *T, s []tensor.Dim) interp.Value {
		return viewAs(c.in, "reshape", t, inferSize(c.in, t, given(s)), true, shapeArg(c, "shape", s)...)
	})},
	{name: "permute", where: "fm", sig: "input, *dims", fn: permute},
	{name: "transpose swapaxes swapdims", where: "fm", sig: "input, dim0, dim1", fn: transpose},
	{name: "transpose_ swapaxes_ swapdims_", where: "m", sig: "self, dim0, dim1", fn: func(c *call) interp.Value {
		return swapInPlace(c, transpose(c).(*T))
	}},
	{name: "t", where: "fm", sig: "input", fn: tMethod},
	{name: "t_", where: "m", sig: "self", fn: func(c *call) interp.Value { return swapInPlace(c, tMethod(c).(*T)) }},
	{name: "adjoint", where: "fm", sig: "input", fn: func(c *call) interp.Value {
		t := c.T(0)
		return transposed(c, t, max(len(t.Shape)-2, 0), max(len(t.Shape)-1, 0))
	}},
	{name: "expand", where: "m", sig: "self, *size, implicit=False", fn: expand},
	{name: "expand_as", where: "m", sig: "self, other", fn: likeShape(func(c *call, t *T, s []tensor.Dim) interp.Value {
		return expanded(c.in, t, given(s), shapeArg(c, "shape", s)...)
	})},
	{name: "broadcast_to", where: "fm", sig: "input, *size", fn: broadcastTo},
	{name: "broadcast_tensors", where: "f", sig: "*tensors", fn: broadcastTensors},
	{name: "unsqueeze", where: "fm", sig: "input, dim", fn: unsqueeze},
	{name: "unsqueeze_", where: "m", sig: "self, dim", fn: func(c *call) interp.Value { return swapInPlace(c, unsqueeze(c).(*T)) }},
	{name: "squeeze", where: "fm", sig: "input, dim=?", fn: squeeze},
	{name: "squeeze_", where: "m", sig: "self, dim=?", fn: func(c *call) interp.Value { return swapInPlace(c, squeeze(c).(*T)) }},
	{name: "flatten", where: "fm", sig: "input, start_dim=0, end_dim=-1", fn: flatten},
	{name: "ravel", where: "fm", sig: "input", fn: func(c *call) interp.Value {
		t := c.T(0)
		return viewAs(c.in, "view", t, []tensor.Dim{tensor.Product(t.Shape)}, true)
	}},
	{name: "unflatten", where: "fm", sig: "input, dim, sizes", fn: unflatten},
	{name: "select", where: "fm", sig: "input, dim, index", fn: selectDim},
	{name: "narrow", where: "fm", sig: "input, dim, start, length", fn: narrow},
	{name: "split split_with_sizes", where: "fm", sig: "input, split_size, dim=0", fn: split},
	{name: "unsafe_split", where: "fm", sig: "input, split_size, dim=0", fn: split},
	{name: "chunk", where: "fm", sig: "input, chunks, dim=0", fn: chunk},
	{name: "tensor_split", where: "fm", sig: "input, indices_or_sections, dim=0", fn: tensorSplit},
	{name: "unbind", where: "fm", sig: "input, dim=0", fn: unbind},
	{name: "diagonal linalg.diagonal", where: "fm", sig: "input, offset=0, dim1=0, dim2=1", fn: diagonal},
	{name: "unfold", where: "m", sig: "self, dimension, size, step", fn: unfoldMethod},
	{name: "movedim moveaxis", where: "fm", sig: "input, source, destination", fn: movedim},
	{name: "as_strided", where: "fm", sig: "input, size, stride, storage_offset=None", fn: asStrided},
	{name: "atleast_1d", where: "f", sig: "*tensors", fn: atLeast(1)},
	{name: "atleast_2d", where: "f", sig: "*tensors", fn: atLeast(2)},
	{name: "atleast_3d", where: "f", sig: "*tensors", fn: atLeast(3)},
	{name: "contiguous", where: "m", sig: "self, memory_format=None", fn: contiguous},
	{name: "clone", where: "fm", sig: "input, *, memory_format=None", fn: cloneT},
	{name: "__copy__", where: "m", sig: "self", fn: func(c *call) interp.Value { return tensor.Detach(c.in, c.T(0), "detach") }},
	{name: "detach", where: "fm", sig: "input", fn: func(c *call) interp.Value { return tensor.Detach(c.in, c.T(0), "detach") }},
	{name: "alias", where: "f", sig: "input", fn: func(c *call) interp.Value {
		t := c.T(0)
		return tensor.View(c.in, "alias", t, tensor.Clone(t.Shape), t.Stride, t.Offset)
	}},
	{name: "detach_ requires_grad_ retain_grad", where: "m", sig: "self, requires_grad=True", fn: func(c *call) interp.Value {
		t := c.T(0)
		if c.op == "detach_" && c.name == "requires_grad_" {
			t.RequiresGrad = c.Bool(1)
		}
		return t
	}},
	{name: "pin_memory share_memory_ coalesce", where: "m", sig: "self, *args, **kwargs", fn: func(c *call) interp.Value { return c.T(0) }},
}
