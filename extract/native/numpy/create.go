package numpy

import (
	"math"
	"math/big"

	"github.com/arch-extract/arch-extract/extract/interp"
)

var maxUint64 = interp.NewBig(new(big.Int).SetUint64(math.MaxUint64))

type register func(name, sig string, f interp.NativeFn)

// createEntries are the functions that make arrays.
func createEntries(fn register) {
	makeArray := func(in interT, v, dtype value, copied bool) value {
		var want *DType
		if !interp.IsNone(dtype) {
			d := toDType(in, dtype, Float64)
			want = &d
		}
		a := asArray(in, v, want)
		if a == nil {
			return in.Unknown("a numpy array of values that are not known")
		}
		if src, ok := v.(*Array); ok && src == a && copied {
			a = a.copy()
		}
		return a
	}
	fn("array", "object, dtype=None, *, copy=True, order='K', subok=False, ndmin=0, like=None", func(in interT, a []value) value {
		r := makeArray(in, a[0], a[1], true)
		if x, ok := r.(*Array); ok {
			for n := in.Int(plain(a[5])); int64(len(x.Shape)) < n && n <= maxDims; {
				x = expandDims(in, x, interp.NewInt(0))
				r = x
			}
		}
		return r
	})
	for _, name := range []string{"asarray", "asanyarray", "ascontiguousarray", "asfortranarray"} {
		fn(name, "a, dtype=None, order=None, *, device=None, copy=None, like=None", func(in interT, a []value) value { return makeArray(in, a[0], a[1], false) })
	}
	fn("copy", "a, order='K', subok=False", func(in interT, a []value) value { return makeArray(in, a[0], interp.None, true) })
	// What is in a fresh np.empty no program may depend on: it is zero here.
	for _, c := range []struct {
		name string
		x    float64
	}{{"zeros", 0}, {"ones", 1}, {"empty", 0}} {
		fn(c.name, "shape, dtype=None, order='C', *, device=None, like=None", func(in interT, a []value) value {
			if u, ok := a[0].(*interp.Unknown); ok {
				return u
			}
			d := toDType(in, a[1], Float64)
			return full(in, shapeArg(in, a[0]), d, c.x)
		})
		fn(c.name+"_like", "a, dtype=None, order='K', subok=True, shape=None, *, device=None", func(in interT, a []value) value {
			x := asArray(in, a[0], nil)
			if x == nil {
				return in.Unknown("np.%s_like of something unknown", c.name)
			}
			d := toDType(in, a[1], x.DT)
			return full(in, cloneShape(x.Shape), d, c.x)
		})
	}
	filled := func(in interT, shape []int64, v, dtype value) value {
		var want *DType
		if !interp.IsNone(dtype) {
			d := toDType(in, dtype, Float64)
			want = &d
		}
		x := asArray(in, v, want)
		if x == nil {
			if want != nil {
				return New(shape, *want, nil)
			}
			return in.Unknown("np.full with a value that is not known")
		}
		checkFits(in, x.Shape, shape)
		if n := sizeOf(shape); n < 0 || n > maxKnown {
			return New(shape, x.DT, nil)
		}
		return broadcastTo(x, shape).copy()
	}
	fn("full", "shape, fill_value, dtype=None, order='C', *, device=None, like=None", func(in interT, a []value) value {
		return filled(in, shapeArg(in, a[0]), a[1], a[2])
	})
	fn("full_like", "a, fill_value, dtype=None, order='K', subok=True, shape=None", func(in interT, a []value) value {
		x := asArray(in, a[0], nil)
		if x == nil {
			return in.Unknown("np.full_like of something unknown")
		}
		if interp.IsNone(a[2]) {
			a[2] = x.DT
		}
		return filled(in, cloneShape(x.Shape), a[1], a[2])
	})
	fn("arange", "start, stop=None, step=None, dtype=None, *, device=None, like=None", func(in interT, a []value) value {
		return arange(in, a[0], a[1], a[2], a[3])
	})
	fn("linspace", "start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0", func(in interT, a []value) value {
		return linspace(in, a[0], a[1], a[2], a[3], a[5])
	})
	fn("logspace", "start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0", func(in interT, a []value) value {
		y := linspace(in, a[0], a[1], a[2], a[3], interp.None)
		return mustBinary(in, "power", a[4], y)
	})
	fn("eye", "N, M=None, k=0, dtype=None", func(in interT, a []value) value {
		n := dimArg(in, a[0])
		m := n
		if !interp.IsNone(a[1]) {
			m = dimArg(in, a[1])
		}
		k := in.Int(plain(a[2]))
		out := full(in, []int64{n, m}, toDType(in, a[3], Float64), 0)
		if out.buf.v != nil {
			for i := int64(0); i < n; i++ {
				if j := i + k; j >= 0 && j < m {
					out.buf.v[i*m+j] = 1
				}
			}
		}
		return out
	})
	fn("identity", "n, dtype=None", func(in interT, a []value) value {
		n := dimArg(in, a[0])
		out := full(in, []int64{n, n}, toDType(in, a[1], Float64), 0)
		if out.buf.v != nil {
			for i := int64(0); i < n; i++ {
				out.buf.v[i*n+i] = 1
			}
		}
		return out
	})
	for _, t := range []struct {
		name string
		keep func(i, j, k int64) bool
	}{{"tril", func(i, j, k int64) bool { return j <= i+k }}, {"triu", func(i, j, k int64) bool { return j >= i+k }}} {
		fn(t.name, "m, k=0", func(in interT, a []value) value {
			x := asArray(in, a[0], nil)
			if x == nil || len(x.Shape) < 2 {
				return in.Unknown("np.%s", t.name)
			}
			out := x.copy()
			k := in.Int(plain(a[1]))
			rows, cols := x.Shape[len(x.Shape)-2], x.Shape[len(x.Shape)-1]
			for p := range out.buf.v {
				if i, j := int64(p)/cols%rows, int64(p)%cols; !t.keep(i, j, k) {
					out.buf.v[p] = 0
				}
			}
			return out
		})
	}
	fn("meshgrid", "*xi, copy=True, sparse=False, indexing='xy'", func(in interT, a []value) value {
		var xs []*Array
		for _, v := range a[0].(*interp.Tuple).V {
			x := asArray(in, v, nil)
			if x == nil {
				return in.Unknown("np.meshgrid of values that are not known")
			}
			xs = append(xs, ravel(x))
		}
		xy := in.Str(a[3]) == "xy" && len(xs) > 1
		shape := make([]int64, len(xs))
		axis := func(i int) int {
			if xy && i < 2 {
				return 1 - i
			}
			return i
		}
		for i, x := range xs {
			shape[axis(i)] = x.Shape[0]
		}
		out := make([]value, len(xs))
		for i, x := range xs {
			own, st := make([]int64, len(xs)), make([]int64, len(xs))
			for k := range own {
				own[k] = 1
			}
			own[axis(i)], st[axis(i)] = x.Shape[0], x.strides[0]
			v := x.view(own, st, x.off)
			if !isTrue(in, a[2]) {
				v = broadcastTo(v, shape)
				if n := v.Size(); n >= 0 && n <= maxKnown {
					v = v.copy()
				} else {
					v = New(shape, x.DT, nil)
				}
			}
			out[i] = v
		}
		return interp.NewTuple(out...)
	})
	fn("indices", "dimensions, dtype=None, sparse=False", func(in interT, a []value) value {
		dims := shapeArg(in, a[0])
		return New(append([]int64{int64(len(dims))}, dims...), toDType(in, a[1], Int64), nil)
	})
	fn("fromiter", "iter, dtype, count=-1", func(in interT, a []value) value {
		return makeArray(in, interp.NewList(in.Elements(a[0])...), a[1], false)
	})
}

// arange counts from start to stop. The length follows from the exact values;
// the elements are start + i*step as numpy computes them.
func arange(in interT, start, stop, step, dtype value) value {
	if interp.IsNone(stop) {
		start, stop = interp.NewInt(0), start
	}
	if interp.IsNone(step) {
		step = interp.NewInt(1)
	}
	d, first := Bool, true
	var x [3]float64
	for i, v := range []value{start, stop, step} {
		if _, ok := v.(*interp.Unknown); ok {
			if interp.IsNone(dtype) {
				return New([]int64{-1}, Int64, nil)
			}
			return New([]int64{-1}, toDType(in, dtype, Int64), nil)
		}
		y, e, _, ok := number(v)
		if !ok {
			a := asArray(in, v, nil)
			if a == nil || a.Size() != 1 || a.Values() == nil {
				return New([]int64{-1}, toDType(in, dtype, Int64), nil)
			}
			y, e = a.Values()[0], a.DT
		}
		x[i] = y
		if first {
			d, first = e, false
		} else {
			d = promote(d, e)
		}
	}
	if d == Bool {
		d = Int64
	}
	d = toDType(in, dtype, d)
	if x[2] == 0 {
		in.Raise(interp.ZeroDivisionError, "division by zero")
	}
	length := math.Ceil((x[1] - x[0]) / x[2])
	if math.IsNaN(length) {
		in.Raise(interp.ValueError, "arange: cannot compute length")
	}
	if length > 1<<40 {
		in.Raise(interp.ValueError, "Maximum allowed size exceeded")
	}
	n := int64(max(length, 0))
	out := full(in, []int64{n}, d, 0)
	if out.buf.v != nil {
		delta := (x[0] + x[2]) - x[0]
		for i := range out.buf.v {
			y, ok := d.cast(x[0] + float64(i)*delta)
			if !ok {
				out.forget()
				break
			}
			out.buf.v[i] = y
		}
	}
	return out
}

// linspace follows numpy's order of operations, so that the digits agree.
func linspace(in interT, start, stop, num, endpoint, dtype value) value {
	n := int64(-1)
	if _, ok := num.(*interp.Unknown); !ok {
		n = in.Int(plain(num))
		if n < 0 {
			in.Raise(interp.ValueError, "Number of samples, %d, must be non-negative.", n)
		}
	}
	d := toDType(in, dtype, Float64)
	lo, _, _, ok1 := number(start)
	hi, _, _, ok2 := number(stop)
	if !ok1 || !ok2 {
		a, b := asArray(in, start, nil), asArray(in, stop, nil)
		var tail []int64
		if a != nil && b != nil {
			tail = broadcast(in, a.Shape, b.Shape)
		}
		return New(append([]int64{n}, tail...), d, nil)
	}
	out := full(in, []int64{n}, d, 0)
	if out.buf.v == nil || n <= 0 {
		return out
	}
	div := n
	if isTrue(in, endpoint) {
		div--
	}
	delta := hi - lo
	step := delta / float64(div)
	for i := range out.buf.v {
		y := float64(i)
		switch {
		case div <= 0:
			y *= delta
		case step == 0:
			y = y / float64(div) * delta
		default:
			y *= step
		}
		y += lo
		if i == int(n)-1 && i > 0 && isTrue(in, endpoint) {
			y = hi
		}
		if d.isInt() {
			y = math.Floor(y)
		}
		y, ok := d.cast(y)
		if !ok {
			out.forget()
			return out
		}
		out.buf.v[i] = y
	}
	return out
}

// shapeEntries are the functions that rearrange arrays.
func shapeEntries(fn register) {
	on := func(name, sig string, f func(in interT, x *Array, a []value) value) {
		fn(name, sig, func(in interT, a []value) value {
			if r, ok := foreign(in, a[0], name); ok && len(a) == 1 {
				return r
			}
			x := asArray(in, a[0], nil)
			if x == nil {
				return in.Unknown("np.%s of values that are not known", name)
			}
			return f(in, x, a)
		})
	}
	list := func(name, sig string, f func(in interT, xs []*Array, a []value) value) {
		fn(name, sig, func(in interT, a []value) value {
			xs := arrays(in, a[0])
			if xs != nil && len(xs) == 0 {
				verb := "concatenate"
				if name == "stack" {
					verb = name
				}
				in.Raise(interp.ValueError, "need at least one array to %s", verb)
			}
			if xs == nil {
				return in.Unknown("np.%s of values that are not known", name)
			}
			return f(in, xs, a)
		})
	}
	on("shape", "a", func(in interT, x *Array, _ []value) value { return shapeValue(in, x.Shape) })
	on("ndim", "a", func(_ interT, x *Array, _ []value) value { return interp.NewInt(int64(len(x.Shape))) })
	on("size", "a, axis=None", func(in interT, x *Array, a []value) value {
		if interp.IsNone(a[1]) {
			return dimValue(in, x.Size())
		}
		return dimValue(in, x.Shape[axisArg(in, a[1], len(x.Shape))])
	})
	on("reshape", "a, shape, order='C', *, copy=None", func(in interT, x *Array, a []value) value { return reshape(in, x, a[1]) })
	on("ravel", "a, order='C'", func(_ interT, x *Array, _ []value) value { return ravel(x) })
	on("transpose", "a, axes=None", func(in interT, x *Array, a []value) value {
		return transpose(x, permArg(in, []value{a[1]}, len(x.Shape))).result(in)
	})
	on("swapaxes", "a, axis1, axis2", func(in interT, x *Array, a []value) value { return swapAxes(in, x, a[1], a[2]) })
	on("moveaxis", "a, source, destination", func(in interT, x *Array, a []value) value {
		nd := len(x.Shape)
		return moveAxis(x, axisArg(in, a[1], nd), axisArg(in, a[2], nd))
	})
	on("expand_dims", "a, axis", func(in interT, x *Array, a []value) value { return expandDims(in, x, a[1]) })
	on("squeeze", "a, axis=None", func(in interT, x *Array, a []value) value { return squeeze(in, x, a[1]).result(in) })
	on("flip", "m, axis=None", func(in interT, x *Array, a []value) value {
		for i, red := range axes(in, a[1], len(x.Shape)) {
			if red {
				x = flip(x, i)
			}
		}
		return x
	})
	on("flipud", "m", func(_ interT, x *Array, _ []value) value { return flip(x, 0) })
	on("fliplr", "m", func(_ interT, x *Array, _ []value) value { return flip(x, 1) })
	on("broadcast_to", "array, shape, subok=False", func(in interT, x *Array, a []value) value {
		if u, ok := a[1].(*interp.Unknown); ok {
			return u
		}
		shape := shapeArg(in, a[1])
		for i := range x.Shape {
			k := len(shape) - 1 - i
			n := x.Shape[len(x.Shape)-1-i]
			if k < 0 || n != 1 && n >= 0 && shape[k] >= 0 && shape[k] != n {
				in.Raise(interp.ValueError, "operands could not be broadcast together with remapped shapes [original->remapped]: %s  and requested shape %s", shapeCompact(x.Shape), shapeCompact(shape))
			}
		}
		return broadcastTo(x, shape)
	})
	on("repeat", "a, repeats, axis=None", func(in interT, x *Array, a []value) value { return repeat(in, x, a[1], a[2]) })
	on("tile", "A, reps", func(in interT, x *Array, a []value) value {
		reps := shapeArg(in, a[1])
		for len(reps) < len(x.Shape) {
			reps = append([]int64{1}, reps...)
		}
		for len(x.Shape) < len(reps) {
			x = expandDims(in, x, interp.NewInt(0))
		}
		for i, n := range reps {
			if n < 0 || x.Shape[i] < 0 || !x.Known() || n > maxKnown {
				shape := cloneShape(x.Shape)
				for j := i; j < len(reps); j++ {
					if shape[j] < 0 || reps[j] < 0 {
						shape[j] = -1
					} else {
						shape[j] *= reps[j]
					}
				}
				return New(shape, x.DT, nil)
			}
			pos := make([]int64, 0, n*x.Shape[i])
			in.Charge(n * x.Shape[i])
			for ; n > 0; n-- {
				for k := int64(0); k < x.Shape[i]; k++ {
					pos = append(pos, k)
				}
			}
			x = take(in, x, i, pos)
		}
		return x
	})
	on("roll", "a, shift, axis=None", func(in interT, x *Array, a []value) value {
		shape := x.Shape
		y := x
		ax := 0
		if interp.IsNone(a[2]) {
			y = ravel(x)
		} else {
			ax = axisArg(in, a[2], len(x.Shape))
		}
		n := y.Shape[ax]
		if n <= 0 {
			return x
		}
		s := in.Int(plain(a[1])) % n
		pos := make([]int64, n)
		for i := range pos {
			pos[i] = (int64(i) - s + n) % n
		}
		return reshape(in, take(in, y, ax, pos), shapeValue(in, shape))
	})
	on("argsort", "a, axis=-1, kind=None, order=None", func(in interT, x *Array, a []value) value { return sorted(in, x, a[1], true) })
	on("sort", "a, axis=-1, kind=None, order=None", func(in interT, x *Array, a []value) value { return sorted(in, x, a[1], false) })
	on("nonzero", "a", func(in interT, x *Array, _ []value) value { return nonzeroTuple(in, x) })
	on("flatnonzero", "a", func(in interT, x *Array, _ []value) value { return nonzero(in, ravel(x))[0] })
	on("argwhere", "a", func(in interT, x *Array, _ []value) value {
		ix := nonzero(in, x)
		for i := range ix {
			ix[i] = expandDims(in, ix[i], interp.NewInt(1))
		}
		return concatenate(in, ix, 1)
	})
	on("take", "a, indices, axis=None", func(in interT, x *Array, a []value) value { return takeValue(in, x, a[1], a[2]) })
	on("diff", "a, n=1, axis=-1", func(in interT, x *Array, a []value) value {
		ax := axisArg(in, a[2], len(x.Shape))
		n := x.Shape[ax]
		if n <= 0 || in.Int(plain(a[1])) != 1 {
			return in.Unknown("np.diff")
		}
		pos := make([]int64, n-1)
		next := make([]int64, n-1)
		for i := range pos {
			pos[i], next[i] = int64(i), int64(i)+1
		}
		return mustBinary(in, "subtract", take(in, x, ax, next), take(in, x, ax, pos))
	})
	on("pad", "array, pad_width, mode='constant', **kwargs", func(in interT, x *Array, a []value) value { return pad(in, x, a[1], a[2], a[3].(*interp.Dict)) })
	on("insert", "arr, obj, values, axis=None", func(in interT, x *Array, a []value) value { return insert(in, x, a[1], a[2], a[3]) })
	on("append", "arr, values, axis=None", func(in interT, x *Array, a []value) value {
		y := asArray(in, a[1], nil)
		if y == nil {
			return in.Unknown("np.append of values that are not known")
		}
		if interp.IsNone(a[2]) {
			return concatenate(in, []*Array{ravel(x), ravel(y)}, 0)
		}
		return concatenate(in, []*Array{x, y}, axisArg(in, a[2], len(x.Shape)))
	})
	on("put_along_axis", "arr, indices, values, axis", func(in interT, x *Array, a []value) value {
		putAlongAxis(in, x, a[1], a[2], a[3])
		return interp.None
	})
	on("take_along_axis", "arr, indices, axis=-1", func(in interT, x *Array, a []value) value {
		ix := asArray(in, a[1], nil)
		if ix == nil {
			return in.Unknown("np.take_along_axis with unknown indices")
		}
		return getItem(in, x, alongAxis(in, x, ix, axisArg(in, a[2], len(x.Shape))))
	})
	on("outer", "a, b, out=None", func(in interT, x *Array, a []value) value {
		y := asArray(in, a[1], nil)
		if y == nil {
			return in.Unknown("np.outer of values that are not known")
		}
		return mustBinary(in, "multiply", expandDims(in, ravel(x), interp.NewInt(1)), ravel(y))
	})
	on("isin", "element, test_elements, assume_unique=False, invert=False", func(in interT, x *Array, a []value) value {
		return isin(in, x, a[1], isTrue(in, a[3]))
	})
	for _, m := range []string{"matmul", "dot"} {
		on(m, "a, b, out=None", func(in interT, x *Array, a []value) value { return matmul(in, x, a[1]) })
	}
	on("tensordot", "a, b, axes=2", func(in interT, x *Array, a []value) value { return in.Unknown("np.tensordot") })
	on("atleast_1d", "a", func(in interT, x *Array, _ []value) value { return atLeast(in, x, 1) })
	on("atleast_2d", "a", func(in interT, x *Array, _ []value) value { return atLeast(in, x, 2) })
	on("atleast_3d", "a", func(in interT, x *Array, _ []value) value { return atLeast(in, x, 3) })
	on("unravel_index", "indices, shape, order='C'", func(in interT, x *Array, a []value) value {
		shape := shapeArg(in, a[1])
		vals := x.Values()
		out := make([]value, len(shape))
		st := contiguous(shape)
		for d := range out {
			var data []float64
			if vals != nil {
				data = make([]float64, len(vals))
				for i, v := range vals {
					data[i] = float64(int64(v) / st[d] % shape[d])
				}
			}
			out[d] = New(cloneShape(x.Shape), Int64, data).result(in)
		}
		return interp.NewTuple(out...)
	})
	close := func(in interT, a []value) value {
		diff := unaryNamed("absolute").apply(in, mustBinary(in, "subtract", a[0], a[1]))
		tol := mustBinary(in, "add", a[3], mustBinary(in, "multiply", a[2], unaryNamed("absolute").apply(in, a[1])))
		return mustBinary(in, "less_equal", diff, tol)
	}
	fn("isclose", "a, b, rtol=1e-05, atol=1e-08, equal_nan=False", close)
	fn("allclose", "a, b, rtol=1e-05, atol=1e-08, equal_nan=False", func(in interT, a []value) value {
		return plain(reductionNamed("all").run(in, close(in, a), nil, nil, nil))
	})
	fn("array_equal", "a1, a2, equal_nan=False", func(in interT, a []value) value {
		x, y := asArray(in, a[0], nil), asArray(in, a[1], nil)
		if x == nil || y == nil {
			return in.Unknown("np.array_equal of values that are not known")
		}
		if len(x.Shape) != len(y.Shape) {
			return interp.False
		}
		for i, n := range x.Shape {
			if n >= 0 && y.Shape[i] >= 0 && n != y.Shape[i] {
				return interp.False
			}
		}
		return plain(reductionNamed("all").run(in, mustBinary(in, "equal", x, y), nil, nil, nil))
	})
	fn("where", "condition, x=?, y=?", func(in interT, a []value) value {
		c := asArray(in, a[0], nil)
		if c == nil {
			return in.Unknown("np.where on a condition that is not known")
		}
		if a[1] == nil {
			return nonzeroTuple(in, c)
		}
		return where(in, c, a[1], a[2])
	})
	list("concatenate", "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'", func(in interT, xs []*Array, a []value) value {
		if interp.IsNone(a[1]) {
			for i := range xs {
				xs[i] = ravel(xs[i])
			}
			a[1] = interp.NewInt(0)
		}
		if len(xs) > 0 && len(xs[0].Shape) == 0 {
			in.Raise(interp.ValueError, "zero-dimensional arrays cannot be concatenated")
		}
		out := concatenate(in, xs, axisArg(in, a[1], len(xs[0].Shape)))
		if !interp.IsNone(a[3]) {
			out = astype(in, out, toDType(in, a[3], out.DT))
		}
		return out
	})
	list("stack", "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'", func(in interT, xs []*Array, a []value) value {
		want := xs[0].Shape
		ax := normAxis(in, in.Int(plain(a[1])), len(want)+1)
		for i, x := range xs {
			if len(x.Shape) != len(want) {
				in.Raise(interp.ValueError, "all input arrays must have the same shape")
			}
			for k, n := range x.Shape {
				if m := want[k]; n != m && n >= 0 && m >= 0 {
					in.Raise(interp.ValueError, "all input arrays must have the same shape")
				}
			}
			xs[i] = expandDims(in, x, interp.NewInt(int64(ax)))
		}
		return concatenate(in, xs, ax)
	})
	for _, j := range []struct {
		name string
		nd   int
		axis int
	}{{"vstack", 2, 0}, {"hstack", 1, 1}, {"dstack", 3, 2}} {
		list(j.name, "tup, *, dtype=None, casting='same_kind'", func(in interT, xs []*Array, _ []value) value {
			ax := j.axis
			for i := range xs {
				xs[i] = atLeast(in, xs[i], j.nd)
				if j.name == "hstack" && len(xs[i].Shape) == 1 {
					ax = 0
				}
			}
			return concatenate(in, xs, ax)
		})
	}
	split := func(in interT, x *Array, sections value, axis value, strict bool) value {
		ax := axisArg(in, axis, len(x.Shape))
		n := x.Shape[ax]
		if n < 0 {
			return in.Unknown("np.split of an array whose size depends on data")
		}
		var cuts []int64
		if k, ok := interp.AsInt(plain(sections)); ok {
			if k <= 0 {
				in.Raise(interp.ValueError, "number sections must be larger than 0.")
			}
			if strict && n%k != 0 {
				in.Raise(interp.ValueError, "array split does not result in an equal division")
			}
			in.Charge(k)
			at := int64(0)
			for i := int64(0); i < k-1; i++ {
				at += n / k
				if i < n%k {
					at++
				}
				cuts = append(cuts, at)
			}
		} else {
			cuts = shapeArg(in, sections)
		}
		var out []value
		at := int64(0)
		for _, c := range append(cuts, n) {
			c = min(max(c, 0), n)
			shape := cloneShape(x.Shape)
			shape[ax] = max(c-at, 0)
			out = append(out, x.view(shape, x.strides, x.off+at*x.strides[ax]))
			at = c
		}
		return interp.NewList(out...)
	}
	on("split", "ary, indices_or_sections, axis=0", func(in interT, x *Array, a []value) value { return split(in, x, a[1], a[2], true) })
	on("array_split", "ary, indices_or_sections, axis=0", func(in interT, x *Array, a []value) value { return split(in, x, a[1], a[2], false) })
}

func atLeast(in interT, x *Array, n int) *Array {
	for len(x.Shape) < n {
		at := 0
		if n == 3 && len(x.Shape) == 2 {
			at = 2
		}
		x = expandDims(in, x, interp.NewInt(int64(at)))
	}
	return x
}

func where(in interT, c *Array, v, w value) value {
	p, ok1 := toOperand(in, v)
	q, ok2 := toOperand(in, w)
	if !ok1 || !ok2 {
		return in.Unknown("np.where over values that are not known")
	}
	d := promote(p.d, q.d)
	if p.weak && !q.weak {
		d = promoteWeak(q.d, p.d)
	} else if q.weak && !p.weak {
		d = promoteWeak(p.d, q.d)
	}
	x, y := p.array(), q.array()
	shape := broadcast(in, broadcast(in, c.Shape, x.Shape), y.Shape)
	if n := sizeOf(shape); n < 0 || n > maxKnown {
		return New(shape, d, nil)
	}
	cv, xv, yv := broadcastTo(c, shape).Values(), broadcastTo(x, shape).Values(), broadcastTo(y, shape).Values()
	if cv == nil || xv == nil || yv == nil || !d.numeric() {
		return New(shape, d, nil)
	}
	out := make([]float64, len(cv))
	for i := range out {
		z := yv[i]
		if cv[i] != 0 {
			z = xv[i]
		}
		y, ok := d.cast(z)
		if !ok {
			return New(shape, d, nil)
		}
		out[i] = y
	}
	return New(shape, d, out)
}

func isin(in interT, x *Array, v value, invert bool) value {
	y := asArray(in, v, nil)
	xv := x.Values()
	if y == nil || y.Values() == nil || xv == nil {
		return New(cloneShape(x.Shape), Bool, nil).result(in)
	}
	set := map[float64]bool{}
	for _, z := range y.Values() {
		set[z] = true
	}
	out := make([]float64, len(xv))
	for i, z := range xv {
		out[i] = truth(set[z] != invert)
	}
	return New(cloneShape(x.Shape), Bool, out).result(in)
}

// alongAxis is the index tuple of take_along_axis and put_along_axis.
func alongAxis(in interT, x, ix *Array, ax int) value {
	key := make([]value, len(x.Shape))
	for i := range key {
		if i == ax {
			key[i] = ix
			continue
		}
		own := make([]int64, len(x.Shape))
		for k := range own {
			own[k] = 1
		}
		own[i] = x.Shape[i]
		data := make([]float64, max(x.Shape[i], 0))
		for k := range data {
			data[k] = float64(k)
		}
		if x.Shape[i] < 0 {
			data = nil
		}
		key[i] = New(own, Int64, data)
	}
	return interp.NewTuple(key...)
}

func putAlongAxis(in interT, x *Array, indices, values, axis value) {
	ix, ok := indices.(*Array)
	if !ok || ix.Values() == nil || x.Size() < 0 || interp.IsNone(axis) {
		x.forget()
		return
	}
	setItem(in, x, alongAxis(in, x, ix, axisArg(in, axis, len(x.Shape))), values)
}

// insert is np.insert at one position, or in front of several.
func insert(in interT, x *Array, obj, values, axis value) value {
	ax := 0
	if interp.IsNone(axis) {
		x = ravel(x)
	} else {
		ax = axisArg(in, axis, len(x.Shape))
	}
	n, isInt := interp.AsInt(plain(obj))
	v := asArray(in, values, &x.DT)
	if !isInt || v == nil || x.Shape[ax] < 0 {
		return in.Unknown("np.insert")
	}
	size := x.Shape[ax]
	if n < -size || n > size {
		in.Raise(interp.IndexError, "index %d is out of bounds for axis %d with size %d", n, ax, size)
	}
	if n < 0 {
		n += size
	}
	count := int64(1)
	if len(v.Shape) > 0 && len(x.Shape) == 1 {
		count = v.Shape[len(v.Shape)-1]
	} else if len(v.Shape) == len(x.Shape) {
		count = v.Shape[ax]
	}
	mid := cloneShape(x.Shape)
	mid[ax] = count
	part := func(from, to int64) *Array {
		shape := cloneShape(x.Shape)
		shape[ax] = to - from
		return x.view(shape, x.strides, x.off+from*x.strides[ax])
	}
	checkFits(in, v.Shape, mid)
	return concatenate(in, []*Array{part(0, n), broadcastTo(v, mid).copy(), part(n, size)}, ax)
}

// pad gives the shape; values where the mode is constant.
func pad(in interT, x *Array, width, mode value, kw *interp.Dict) value {
	w := asArray(in, width, nil)
	nd := len(x.Shape)
	if w == nil || w.Values() == nil {
		shape := make([]int64, nd)
		for i := range shape {
			shape[i] = -1
		}
		return New(shape, x.DT, nil)
	}
	full2 := broadcastTo(w, []int64{int64(nd), 2}).Values()
	shape := cloneShape(x.Shape)
	for i := range shape {
		if shape[i] >= 0 {
			shape[i] += int64(full2[2*i] + full2[2*i+1])
		}
	}
	fill, ok := 0.0, true
	if v, given := kw.GetStr("constant_values"); given {
		fill, _, _, ok = number(v)
	}
	m, _ := interp.AsStr(mode)
	out := full(in, shape, x.DT, fill)
	if m != "constant" || !ok || !x.Known() || out.buf.v == nil {
		return New(shape, x.DT, nil)
	}
	off := int64(0)
	for i := range shape {
		off += int64(full2[2*i]) * out.strides[i]
	}
	vals, i := x.Values(), 0
	out.view(x.Shape, out.strides, off).each(func(p int64) { out.buf.v[p] = vals[i]; i++ })
	return out
}
