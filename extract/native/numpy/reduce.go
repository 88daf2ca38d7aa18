package numpy

import (
	"math"
	"slices"
	"sort"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
)

// reduction folds the elements along some axes.
type reduction struct {
	name string
	// dtype of the result from that of the input.
	dtype func(d DType) DType
	// f folds a non-empty run; ints is used for integers where set.
	f     func(x []float64) float64
	empty func() (float64, bool) // the result of no elements; false: an error
	op    string                 // expression over a list that came from the config
}

func widen(d DType) DType {
	switch {
	case d == Bool, d.kind() == 'i':
		return Int64
	case d.kind() == 'u':
		return UInt64
	}
	return d
}

func toFloat(d DType) DType {
	if d == Bool || d.isInt() {
		return Float64
	}
	return d
}

func sameDType(d DType) DType { return d }
func toBool(DType) DType      { return Bool }
func toIndex(DType) DType     { return Int64 }

func gives(x float64) func() (float64, bool) { return func() (float64, bool) { return x, true } }
func fails() (float64, bool)                 { return 0, false }

var reductions = []reduction{
	{"sum", widen, pairwise, gives(0), "call:sum"},
	{"prod", widen, func(x []float64) float64 {
		p := 1.0
		for _, y := range x {
			p *= y
		}
		return p
	}, gives(1), "call:prod"},
	{"mean", toFloat, func(x []float64) float64 { return pairwise(x) / float64(len(x)) }, gives(math.NaN()), ""},
	{"max", sameDType, func(x []float64) float64 { return fold(x, maximum) }, fails, "call:max"},
	{"min", sameDType, func(x []float64) float64 { return fold(x, minimum) }, fails, "call:min"},
	{"ptp", sameDType, func(x []float64) float64 { return fold(x, maximum) - fold(x, minimum) }, fails, ""},
	{"all", toBool, func(x []float64) float64 { return truth(!slices.Contains(x, 0)) }, gives(1), ""},
	{"any", toBool, func(x []float64) float64 {
		return truth(slices.ContainsFunc(x, func(y float64) bool { return y != 0 }))
	}, gives(0), ""},
	{"argmax", toIndex, func(x []float64) float64 { return float64(argBest(x, func(a, b float64) bool { return a > b })) }, fails, ""},
	{"argmin", toIndex, func(x []float64) float64 { return float64(argBest(x, func(a, b float64) bool { return a < b })) }, fails, ""},
	{"count_nonzero", toIndex, func(x []float64) float64 {
		n := 0.0
		for _, y := range x {
			n += truth(y != 0)
		}
		return n
	}, gives(0), ""},
	{"median", toFloat, func(x []float64) float64 {
		s := append([]float64(nil), x...)
		sort.Float64s(s)
		if n := len(s); n%2 == 0 {
			return (s[n/2-1] + s[n/2]) / 2
		} else {
			return s[n/2]
		}
	}, gives(math.NaN()), ""},
	{"nanmax", sameDType, func(x []float64) float64 { return fold(x, math.Max) }, fails, ""},
	{"nanmin", sameDType, func(x []float64) float64 { return fold(x, math.Min) }, fails, ""},
}

var reductionAliases = map[string]string{"amax": "max", "amin": "min", "product": "prod"}

func reductionNamed(name string) *reduction {
	if a := reductionAliases[name]; a != "" {
		name = a
	}
	for i := range reductions {
		if reductions[i].name == name {
			return &reductions[i]
		}
	}
	return nil
}

func fold(x []float64, f func(a, b float64) float64) float64 {
	y := x[0]
	for _, z := range x[1:] {
		y = f(y, z)
	}
	return y
}

func argBest(x []float64, better func(a, b float64) bool) int {
	best := 0
	for i, y := range x {
		if math.IsNaN(x[best]) {
			break
		}
		if better(y, x[best]) || math.IsNaN(y) {
			best = i
		}
	}
	return best
}

// pairwise sums as numpy does, so that the last digits agree.
func pairwise(x []float64) float64 {
	n := len(x)
	if n < 8 {
		s := 0.0
		if n > 0 {
			s = x[0]
			for _, y := range x[1:] {
				s += y
			}
		}
		return s
	}
	if n <= 128 {
		var r [8]float64
		copy(r[:], x[:8])
		i := 8
		for ; i < n-n%8; i += 8 {
			for j := range r {
				r[j] += x[i+j]
			}
		}
		s := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
		for ; i < n; i++ {
			s += x[i]
		}
		return s
	}
	h := n / 2
	h -= h % 8
	return pairwise(x[:h]) + pairwise(x[h:])
}

// axes resolves the axis argument: nil means all.
func axes(in *interp.Interp, v interp.Value, nd int) []bool {
	on := make([]bool, nd)
	switch {
	case v == nil || interp.IsNone(v):
		for i := range on {
			on[i] = true
		}
	default:
		if t, ok := v.(*interp.Tuple); ok {
			for _, x := range t.V {
				on[axisArg(in, x, nd)] = true
			}
		} else {
			on[axisArg(in, v, nd)] = true
		}
	}
	return on
}

// run reduces v along axis.
func (r *reduction) run(in *interp.Interp, v, axis, keepdims, dtype interp.Value) interp.Value {
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	if res, ok := foreign(in, v, r.name); ok {
		return res
	}
	whole := axis == nil || interp.IsNone(axis)
	if p, e, ok := r.exactInts(in, v); ok && whole && (dtype == nil || interp.IsNone(dtype)) && !isTrue(in, keepdims) {
		return newIntScalar(Int64, p, e)
	}
	a := asArray(in, v, nil)
	if a == nil {
		return in.Unknown("np.%s of values that are not known", r.name)
	}
	res := r.dtype(a.DT)
	if dtype != nil && !interp.IsNone(dtype) {
		res = toDType(in, dtype, res)
		a = astype(in, a, res)
	}
	on := axes(in, axis, len(a.Shape))
	keep := isTrue(in, keepdims)
	var shape []int64
	var outer, inner Array
	outer.buf, inner.buf, outer.off = a.buf, a.buf, a.off
	for i, red := range on {
		if red {
			inner.Shape, inner.strides = append(inner.Shape, a.Shape[i]), append(inner.strides, a.strides[i])
			if keep {
				shape = append(shape, 1)
			}
		} else {
			outer.Shape, outer.strides = append(outer.Shape, a.Shape[i]), append(outer.strides, a.strides[i])
			shape = append(shape, a.Shape[i])
		}
	}
	n := sizeOf(outer.Shape)
	count := inner.Size()
	if count == 0 {
		x, ok := r.empty()
		if !ok {
			if r.name == "argmax" || r.name == "argmin" {
				in.Raise(interp.ValueError, "attempt to get %s of an empty sequence", r.name)
			}
			in.Raise(interp.ValueError, "zero-size array to reduction operation %simum which has no identity", r.name)
		}
		return full(in, shape, res, x).result(in)
	}
	if a.Values() == nil || n < 0 || n > maxKnown || !res.numeric() {
		out := New(shape, res, nil)
		return out.result(in)
	}
	in.Charge(n + count)
	in.Step(int(max(n, 1) * count / 8))
	out := make([]float64, 0, n)
	run := make([]float64, 0, count)
	exact := true
	outer.each(func(o int64) {
		run = run[:0]
		inner.off = o
		inner.each(func(p int64) { run = append(run, a.buf.v[p]) })
		x, ok := res.cast(r.f(run))
		exact = exact && ok
		out = append(out, x)
	})
	if !exact {
		out = nil
	}
	return New(shape, res, out).result(in)
}

// exactInts does sum and prod of a plain sequence of ints in 64-bit
// arithmetic, with the expression of the whole.
func (r *reduction) exactInts(in *interp.Interp, v interp.Value) (int64, *graph.Expr, bool) {
	if r.name != "sum" && r.name != "prod" {
		return 0, nil, false
	}
	switch v.(type) {
	case *interp.List, *interp.Tuple:
	default:
		return 0, nil, false
	}
	items := in.Elements(v)
	if len(items) == 0 {
		return 0, nil, false
	}
	acc := int64(0)
	e := interp.ExprOf(v)
	if e != nil {
		e = graph.Apply(r.op, e)
	}
	step := addInt
	if r.name == "prod" {
		acc, step = 1, mulInt
	}
	for _, it := range items {
		n, ok := plain(it).(interp.Int)
		if !ok {
			return 0, nil, false
		}
		if acc, ok = step(acc, n.V); !ok {
			return 0, nil, false
		}
	}
	return acc, e, true
}

func isTrue(in *interp.Interp, v interp.Value) bool {
	return v != nil && !interp.IsNone(v) && in.Truth(v)
}

// variance is var and std.
func variance(in *interp.Interp, v, axis, ddof, keepdims interp.Value, root bool) interp.Value {
	a := asArray(in, v, nil)
	if a == nil {
		return in.Unknown("the variance of values that are not known")
	}
	dd := 0.0
	if ddof != nil && !interp.IsNone(ddof) {
		dd = in.Float(ddof)
	}
	r := reduction{name: "var", dtype: toFloat, empty: gives(math.NaN()), f: func(x []float64) float64 {
		m := pairwise(x) / float64(len(x))
		sq := make([]float64, len(x))
		for i, y := range x {
			sq[i] = (y - m) * (y - m)
		}
		s := pairwise(sq) / (float64(len(x)) - dd)
		if root {
			s = math.Sqrt(s)
		}
		return s
	}}
	return r.run(in, a, axis, keepdims, nil)
}

// cumulative is cumsum and cumprod.
func cumulative(in *interp.Interp, v, axis, dtype interp.Value, step func(a, b float64) float64) interp.Value {
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	a := asArray(in, v, nil)
	if a == nil {
		return in.Unknown("the cumulative sum of values that are not known")
	}
	res := toDType(in, dtype, widen(a.DT))
	if axis == nil || interp.IsNone(axis) {
		a = ravel(a)
		axis = interp.NewInt(0)
	}
	ax := axisArg(in, axis, len(a.Shape))
	out := astype(in, a, res)
	vals := out.Values()
	if vals == nil {
		return out
	}
	st := out.strides[ax]
	n := out.Shape[ax]
	for i := range vals {
		if int64(i)/st%n == 0 {
			continue
		}
		x, ok := res.cast(step(vals[int64(i)-st], vals[i]))
		if !ok {
			return New(out.Shape, res, nil)
		}
		vals[i] = x
	}
	return out
}

// sorted is sort and argsort along an axis (stable).
func sorted(in *interp.Interp, a *Array, axis interp.Value, arg bool) *Array {
	res := a.DT
	if arg {
		res = Int64
	}
	if interp.IsNone(axis) {
		a = ravel(a)
		axis = interp.NewInt(-1)
	}
	ax := axisArg(in, axis, len(a.Shape))
	out := a.copy()
	out.DT = res
	vals := out.Values()
	if len(vals) == 0 {
		return out
	}
	in.Step(len(vals))
	st, n := out.strides[ax], out.Shape[ax]
	less := func(x, y float64) bool { return x < y || math.IsNaN(y) && !math.IsNaN(x) }
	lane, order := make([]float64, n), make([]int, n)
	for i := range vals {
		if int64(i)/st%n != 0 {
			continue
		}
		for k := range lane {
			lane[k], order[k] = vals[int64(i)+int64(k)*st], k
		}
		sort.SliceStable(order, func(p, q int) bool { return less(lane[order[p]], lane[order[q]]) })
		for k, o := range order {
			x := lane[o]
			if arg {
				x = float64(o)
			}
			vals[int64(i)+int64(k)*st] = x
		}
	}
	return out
}
