package torch

import (
	"math"
	"reflect"
	"sort"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

func uintptrOf(t *T) uintptr { return reflect.ValueOf(t).Pointer() }

// reducedShape is the shape after reducing some dimensions (all: nil).
func reducedShape(shape []tensor.Dim, dims []int, all, keep bool) []tensor.Dim {
	out := make([]tensor.Dim, 0, len(shape))
	for i, d := range shape {
		hit := all
		for _, k := range dims {
			hit = hit || k == i
		}
		switch {
		case !hit:
			out = append(out, d)
		case keep:
			out = append(out, tensor.D(1))
		}
	}
	return out
}

// groups collects the values that are reduced together, in row-major order of
// the result; nil where the values are not known.
func groups(t *T, dims []int, all bool) [][]float64 {
	v := t.Values()
	if v == nil {
		return nil
	}
	if all || len(t.Shape) == 0 {
		return [][]float64{v}
	}
	hit := make([]bool, len(t.Shape))
	for _, d := range dims {
		hit[d] = true
	}
	n, size := int64(1), int64(1)
	outStride := make([]int64, len(t.Shape))
	for i := len(t.Shape) - 1; i >= 0; i-- {
		if hit[i] {
			size *= t.Shape[i].V
		} else {
			outStride[i] = n
			n *= t.Shape[i].V
		}
	}
	if !tensor.Keeps(tensor.Int64, n) {
		return nil
	}
	g := make([][]float64, n)
	flat := make([]float64, 0, len(v))
	for i := range g {
		g[i] = flat[int64(i)*size : int64(i)*size : int64(i+1)*size]
	}
	idx := make([]int64, len(t.Shape))
	at := int64(0)
	for _, x := range v {
		g[at] = append(g[at], x)
		for d := len(idx) - 1; d >= 0; d-- {
			idx[d]++
			at += outStride[d]
			if idx[d] < t.Shape[d].V {
				break
			}
			at -= idx[d] * outStride[d]
			idx[d] = 0
		}
	}
	return g
}

// reduce is a reduction with arguments (input, dim, keepdim, ..., dtype at place dtypeAt or -1).
type reduceKind struct {
	dt      func(in *interp.Interp, d tensor.DType) tensor.DType
	f       func(v []float64) float64
	dtypeAt int
	keepAt  int
}

func sumType(in *interp.Interp, d tensor.DType) tensor.DType {
	if d.IsFloat() || d.IsComplex() {
		return d
	}
	return tensor.Int64
}

func boolType(*interp.Interp, tensor.DType) tensor.DType     { return tensor.Bool }
func realType(_ *interp.Interp, d tensor.DType) tensor.DType { return d.ToReal() }
func longType(*interp.Interp, tensor.DType) tensor.DType     { return tensor.Int64 }

func reduce(k reduceKind) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		dims, some := c.dims(1, len(x.Shape))
		if some && len(dims) == 0 {
			some = false // an empty list means all
		}
		keep := c.a[k.keepAt] != nil && c.Bool(k.keepAt)
		dt := x.DType
		if k.dt != nil {
			dt = k.dt(c.in, dt)
		}
		if k.dtypeAt > 0 {
			dt = c.dtype(k.dtypeAt, dt)
		}
		args := c.args(1, k.keepAt)
		r := res{op: c.op, shape: reducedShape(x.Shape, dims, !some, keep), dt: dt, ins: []*T{x}, args: args}
		if k.f != nil && !x.DType.IsComplex() && x.Promised() && tensor.KeepsMask(x.Numel()) {
			c.in.Step(int(x.Numel()) / 16)
			if n := tensor.Numel(r.shape); n < tensor.Many {
				r.data = k.values(x, dims, !some, dt)
			} else {
				of := x.Snapshot()
				r.later = tensor.NewPromise(n, func() []float64 { return k.values(of, dims, !some, dt) }, of)
			}
		}
		return r.make(c.in)
	}
}

// values are those of the reduction; nil where they are not known.
func (k reduceKind) values(x *T, dims []int, all bool, dt tensor.DType) []float64 {
	g := groups(x, dims, all)
	if g == nil {
		return nil
	}
	data := make([]float64, len(g))
	for i := range g {
		data[i] = k.f(g[i])
		if dt == tensor.Int64 && math.Abs(data[i]) > 1<<53 {
			return nil
		}
	}
	return data
}

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func prod(v []float64) float64 {
	s := 1.0
	for _, x := range v {
		s *= x
	}
	return s
}

func mean(v []float64) float64 { return sum(v) / float64(len(v)) }

func any1(v []float64) float64 {
	for _, x := range v {
		if x != 0 {
			return 1
		}
	}
	return 0
}

func all1(v []float64) float64 {
	for _, x := range v {
		if x == 0 {
			return 0
		}
	}
	return 1
}

func maxAll(v []float64) float64 {
	m := math.Inf(-1)
	for _, x := range v {
		m = max2(m, x)
	}
	return m
}

func minAll(v []float64) float64 {
	m := math.Inf(1)
	for _, x := range v {
		m = min2(m, x)
	}
	return m
}

func variance(v []float64, correction float64) float64 {
	m := mean(v)
	s := 0.0
	for _, x := range v {
		s += (x - m) * (x - m)
	}
	return s / math.Max(float64(len(v))-correction, 0)
}

func meanType(c *call) {
	x := c.T(0)
	dt := c.dtype(3, x.DType)
	if !dt.IsFloat() && !dt.IsComplex() {
		c.fail("mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: torch.%s", x.DType)
	}
}

// spreadOf is std and var: dim, unbiased or correction, keepdim.
func spreadOf(root bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		correction := 1.0
		// var(unbiased: bool) has the flag in dim's place.
		if b, ok := c.a[1].(interp.Bool); ok {
			if !b.V {
				correction = 0
			}
			c.a[1] = interp.None
		}
		if b, ok := c.a[2].(interp.Bool); ok && !b.V {
			correction = 0
		}
		if c.given(4) {
			correction = c.Float(4)
		}
		return reduce(reduceKind{dt: realType, keepAt: 3, f: func(v []float64) float64 {
			s := variance(v, correction)
			if root {
				return math.Sqrt(s)
			}
			return s
		}})(c)
	}
}

func spreadMean(op string) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		a := spreadOf(op == "std")(c)
		m := reduce(reduceKind{keepAt: 3, f: mean})(c)
		return interp.NewTuple(a, m)
	}
}

// named makes the named tuple of an operation with several results.
func named(cls *interp.Class, vs ...*T) interp.Value {
	t := tuple(vs).(*interp.Tuple)
	return &interp.Tuple{V: t.V, Cls: cls}
}

// resultClass is the class of a named tuple of results.
func resultClass(name string, fields ...string) *interp.Class {
	c := interp.NewNativeClass("torch.return_types."+name, []*interp.Class{interp.TupleClass})
	for i, f := range fields {
		get := &interp.Builtin{Name: f, Qual: "torch.return_types." + name + "." + f, Raw: func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			return args[0].(*interp.Tuple).V[i]
		}}
		c.Dict.SetStr(f, &interp.Property{Get: get})
	}
	return c
}

var (
	maxClass     = resultClass("max", "values", "indices")
	minClass     = resultClass("min", "values", "indices")
	topkClass    = resultClass("topk", "values", "indices")
	sortClass    = resultClass("sort", "values", "indices")
	medianClass  = resultClass("median", "values", "indices")
	modeClass    = resultClass("mode", "values", "indices")
	kthClass     = resultClass("kthvalue", "values", "indices")
	cummaxClass  = resultClass("cummax", "values", "indices")
	cumminClass  = resultClass("cummin", "values", "indices")
	aminmaxClass = resultClass("aminmax", "min", "max")
	qrClass      = resultClass("linalg_qr", "Q", "R")
	svdClass     = resultClass("linalg_svd", "U", "S", "Vh")
	eighClass    = resultClass("linalg_eigh", "eigenvalues", "eigenvectors")
	slogdetClass = resultClass("linalg_slogdet", "sign", "logabsdet")
)

// two makes the two results (values, indices) of an operation.
func two(c *call, op string, cls *interp.Class, shape []tensor.Dim, x *T, values, indices []float64, args []graph.Arg) interp.Value {
	a := tensor.OpData(c.in, op, shape, x.DType, values, []*T{x}, outputArg(c, 0, args)...)
	b := tensor.OpData(c.in, op, tensor.Clone(shape), tensor.Int64, indices, []*T{x}, outputArg(c, 1, args)...)
	return named(cls, a, b)
}

// extreme is max and min: over all, along a dimension, or of two tensors.
func extreme(isMax bool) func(c *call) interp.Value {
	better := func(a, b float64) bool { return a < b || a != a && b == b }
	cls, whole, pair := minClass, minAll, min2
	if isMax {
		better = func(a, b float64) bool { return a > b || a != a && b == b }
		cls, whole, pair = maxClass, maxAll, max2
	}
	return func(c *call) interp.Value {
		x := c.T(0)
		if _, ok := c.a[1].(*T); ok || c.a[3] != nil {
			if c.a[3] != nil {
				c.a[1] = c.a[3]
			}
			op := "minimum"
			if isMax {
				op = "maximum"
			}
			return c.binary(op, arith, c.operandAt(0), c.operandAt(1), pair).make(c.in)
		}
		if !c.given(1) {
			if x.Numel() == 0 {
				c.fail("%s(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.", c.op)
			}
			return reduce(reduceKind{f: whole, keepAt: 2})(c)
		}
		d := c.wrap(1, len(x.Shape))
		keep := c.a[2] != nil && c.Bool(2)
		values, indices := best(c, x, d, better)
		return two(c, c.op, cls, reducedShape(x.Shape, []int{d}, false, keep), x, values, indices, c.args(1, 2))
	}
}

// best are the extreme values along d, with their places.
func best(c *call, x *T, d int, better func(a, b float64) bool) (values, indices []float64) {
	c.in.Step(int(max(x.Numel(), 0)) / 16)
	g := groups(x, []int{d}, false)
	if g == nil {
		return nil, nil
	}
	values, indices = make([]float64, len(g)), make([]float64, len(g))
	for i, v := range g {
		if len(v) == 0 {
			return nil, nil
		}
		k := 0
		for j := range v {
			if better(v[j], v[k]) {
				k = j
			}
		}
		values[i], indices[i] = v[k], float64(k)
	}
	return values, indices
}

func arg(isMax bool) func(c *call) interp.Value {
	better := func(a, b float64) bool { return a < b }
	if isMax {
		better = func(a, b float64) bool { return a > b }
	}
	return func(c *call) interp.Value {
		x := c.T(0)
		keep := c.Bool(2)
		if !c.given(1) {
			var data []float64
			if v := x.Values(); len(v) > 0 {
				k := 0
				for j := range v {
					if better(v[j], v[k]) {
						k = j
					}
				}
				data = []float64{float64(k)}
			}
			return tensor.OpData(c.in, c.op, reducedShape(x.Shape, nil, true, keep), tensor.Int64, data, []*T{x})
		}
		d := c.wrap(1, len(x.Shape))
		_, data := best(c, x, d, better)
		return tensor.OpData(c.in, c.op, reducedShape(x.Shape, []int{d}, false, keep), tensor.Int64, data, []*T{x}, c.args(1, 2)...)
	}
}

// alongDim applies f to each line along dimension d; out has the line's length outN.
func alongDim(c *call, x *T, d int, outN int64, f func(in, out []float64)) []float64 {
	v := x.Values()
	if v == nil {
		return nil
	}
	if len(x.Shape) == 0 {
		out := make([]float64, outN)
		f(v, out)
		return out
	}
	n := x.Shape[d].V
	inner := int64(1)
	for _, s := range x.Shape[d+1:] {
		inner *= s.V
	}
	if n == 0 || inner == 0 {
		return nil
	}
	outer := int64(len(v)) / n / inner
	if !tensor.Keeps(tensor.Int64, outer*inner*outN) {
		return nil
	}
	c.in.Step(len(v) / 16)
	out := make([]float64, outer*inner*outN)
	a, b := make([]float64, n), make([]float64, outN)
	for o := int64(0); o < outer; o++ {
		for i := int64(0); i < inner; i++ {
			for k := range a {
				a[k] = v[(o*n+int64(k))*inner+i]
			}
			f(a, b)
			for k := range b {
				out[(o*outN+int64(k))*inner+i] = b[k]
			}
		}
	}
	return out
}

func cumulative(f func(in, out []float64), keepInt bool) func(c *call) res {
	return func(c *call) res {
		x := c.T(0)
		d := c.wrap(1, len(x.Shape))
		dt := x.DType
		if !keepInt {
			dt = sumType(c.in, dt)
		}
		dt = c.dtype(2, dt)
		n := int64(1)
		if len(x.Shape) > 0 {
			n = x.Shape[d].V
		}
		r := res{op: c.op, shape: tensor.Clone(x.Shape), dt: dt, ins: []*T{x}, args: c.args(1), stride: keptStrides(x.Shape, []*T{x})}
		if f != nil && n >= 0 {
			g := f
			if dt == tensor.Float32 {
				g = func(in, out []float64) {
					f(in, out)
				}
			}
			r.data = alongDim(c, x, d, n, g)
		}
		return r
	}
}

func cumsum(in, out []float64) {
	s := 0.0
	for i, x := range in {
		s += x
		out[i] = s
	}
}

func cumprod(in, out []float64) {
	s := 1.0
	for i, x := range in {
		s *= x
		out[i] = s
	}
}

func cumExtreme(isMax bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		d := c.wrap(1, len(x.Shape))
		n := int64(1)
		if len(x.Shape) > 0 {
			n = x.Shape[d].V
		}
		cls := cumminClass
		if isMax {
			cls = cummaxClass
		}
		run := func(values bool) []float64 {
			if n < 0 {
				return nil
			}
			return alongDim(c, x, d, n, func(in, out []float64) {
				k := 0
				for i, v := range in {
					if isMax && v >= in[k] || !isMax && v <= in[k] {
						k = i
					}
					out[i] = float64(k)
					if values {
						out[i] = in[k]
					}
				}
			})
		}
		return two(c, c.op, cls, tensor.Clone(x.Shape), x, run(true), run(false), c.args(1))
	}
}

// norms: norm, linalg.norm, linalg.vector_norm.
func norm(c *call) interp.Value {
	x := c.T(0)
	p := 2.0
	if c.given(1) {
		if s, ok := interp.AsStr(c.a[1]); ok {
			if s != "fro" && s != "nuc" {
				c.fail("linalg.norm: Order %s not supported.", s)
			}
		} else {
			p = c.Float(1)
		}
	}
	if !x.DType.IsFloat() && !x.DType.IsComplex() && !c.given(4) {
		c.fail("linalg.vector_norm: Expected a floating point or complex tensor as input. Got torch.%s", x.DType)
	}
	dims, some := c.dims(2, len(x.Shape))
	dt := c.dtype(4, x.DType).ToReal()
	keep := c.Bool(3)
	var data []float64
	c.in.Step(int(max(x.Numel(), 0)) / 16)
	if g := groups(x, dims, !some); g != nil {
		data = make([]float64, len(g))
		for i, v := range g {
			data[i] = pNorm(v, p)
		}
	}
	return tensor.OpData(c.in, "norm", reducedShape(x.Shape, dims, !some, keep), dt, data, []*T{x}, c.args(1, 2, 3)...)
}

func pNorm(v []float64, p float64) float64 {
	s := 0.0
	switch {
	case math.IsInf(p, 1):
		for _, x := range v {
			s = max2(s, math.Abs(x))
		}
		return s
	case math.IsInf(p, -1):
		s = math.Inf(1)
		for _, x := range v {
			s = min2(s, math.Abs(x))
		}
		return s
	case p == 0:
		for _, x := range v {
			s += b2f(x != 0)
		}
		return s
	}
	for _, x := range v {
		s += math.Pow(math.Abs(x), p)
	}
	return math.Pow(s, 1/p)
}

func logsumexp(v []float64) float64 {
	m := maxAll(v)
	if math.IsInf(m, 0) {
		return m
	}
	s := 0.0
	for _, x := range v {
		s += math.Exp(x - m)
	}
	return m + math.Log(s)
}

// sorted are the elements of a line in order, with their places.
func sorted(v []float64, desc bool) []int {
	idx := make([]int, len(v))
	for i := range idx {
		idx[i] = i
	}
	sort.SliceStable(idx, func(a, b int) bool {
		x, y := v[idx[a]], v[idx[b]]
		if desc {
			return x > y || x != x && y == y
		}
		return x < y || x == x && y != y
	})
	return idx
}

func sortData(c *call, x *T, d int, k int64, desc bool) (values, indices []float64) {
	if k < 0 {
		return nil, nil
	}
	values = alongDim(c, x, d, k, func(in, out []float64) {
		idx := sorted(in, desc)
		for i := range out {
			out[i] = in[idx[i]]
		}
	})
	indices = alongDim(c, x, d, k, func(in, out []float64) {
		idx := sorted(in, desc)
		for i := range out {
			out[i] = float64(idx[i])
		}
	})
	return values, indices
}

func sortF(c *call) interp.Value {
	x := c.T(0)
	d := c.wrap(1, len(x.Shape))
	n := int64(1)
	if len(x.Shape) > 0 {
		n = x.Shape[d].V
	}
	v, i := sortData(c, x, d, n, c.Bool(2))
	return two(c, "sort", sortClass, tensor.Clone(x.Shape), x, v, i, c.args(1, 2))
}

func argsort(c *call) interp.Value {
	x := c.T(0)
	d := c.wrap(1, len(x.Shape))
	n := int64(1)
	if len(x.Shape) > 0 {
		n = x.Shape[d].V
	}
	_, i := sortData(c, x, d, n, c.Bool(2))
	return tensor.OpData(c.in, "argsort", tensor.Clone(x.Shape), tensor.Int64, i, []*T{x}, c.args(1, 2)...)
}

func topk(c *call) interp.Value {
	x := c.T(0)
	k := c.Dim(1)
	d := c.wrap(2, len(x.Shape))
	shape := tensor.Clone(x.Shape)
	if len(shape) > 0 {
		if n := shape[d].V; n >= 0 && k.V > n {
			c.fail("k not in range for dimension")
		}
		shape[d] = k
	} else if k.V > 1 {
		c.fail("k not in range for dimension")
	}
	v, i := sortData(c, x, d, k.V, c.a[3] == nil || c.Bool(3))
	return two(c, "topk", topkClass, shape, x, v, i, c.args(1, 2, 3))
}

func pickAlong(op string, cls *interp.Class, kAt int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		dimAt := 1
		if kAt > 0 {
			dimAt = 2
		}
		if !c.given(dimAt) && op == "median" {
			return reduce(reduceKind{keepAt: 2, f: func(v []float64) float64 { return v[sorted(v, false)[(len(v)-1)/2]] }})(c)
		}
		d := c.wrap(dimAt, len(x.Shape))
		keep := c.Bool(dimAt + 1)
		return two(c, op, cls, reducedShape(x.Shape, []int{d}, false, keep), x, nil, nil, c.args(dimAt))
	}
}

func aminmax(c *call) interp.Value {
	x := c.T(0)
	dims, some := c.dims(1, len(x.Shape))
	shape := reducedShape(x.Shape, dims, !some, c.Bool(2))
	a := tensor.Op(c.in, "aminmax", shape, x.DType, []*T{x}, outputArg(c, 0, nil)...)
	b := tensor.Op(c.in, "aminmax", tensor.Clone(shape), x.DType, []*T{x}, outputArg(c, 1, nil)...)
	return named(aminmaxClass, a, b)
}

func countNonzero(v []float64) float64 {
	n := 0.0
	for _, x := range v {
		n += b2f(x != 0)
	}
	return n
}

func quantile(c *call) interp.Value {
	x := c.T(0)
	dims, some := c.dims(2, len(x.Shape))
	shape := reducedShape(x.Shape, dims, !some, c.Bool(3))
	ins := []*T{x}
	if q, ok := c.a[1].(*T); ok {
		ins = append(ins, q)
		shape = append(tensor.Clone(q.Shape), shape...)
	}
	return tensor.Op(c.in, "quantile", shape, x.DType, ins, c.args(1, 2)...)
}

func equalF(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	if len(a.Shape) != len(b.Shape) || !sameKnown(a.Shape, b.Shape) {
		return interp.False
	}
	x, y := a.Values(), b.Values()
	if x == nil || y == nil {
		return dataUnknown(c.in)
	}
	for i := range x {
		if x[i] != y[i] {
			return interp.False
		}
	}
	return interp.True
}

func allclose(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	x, y := a.Values(), b.Values()
	if x == nil || y == nil || len(x) != len(y) {
		return dataUnknown(c.in)
	}
	rtol, atol := c.Float(2), c.Float(3)
	for i := range x {
		if math.Abs(x[i]-y[i]) > atol+rtol*math.Abs(y[i]) {
			return interp.False
		}
	}
	return interp.True
}

const reduceSig = "input, dim=None, keepdim=False, *, dtype=None, out=None"

var reduceRows = []row{
	{name: "sum", where: "fm", sig: reduceSig, fn: reduce(reduceKind{dt: sumType, f: sum, keepAt: 2, dtypeAt: 3})},
	{name: "nansum", where: "fm", sig: reduceSig, fn: reduce(reduceKind{dt: sumType, keepAt: 2, dtypeAt: 3})},
	{name: "mean", where: "fm", sig: reduceSig, fn: func(c *call) interp.Value {
		meanType(c)
		return reduce(reduceKind{f: mean, keepAt: 2, dtypeAt: 3})(c)
	}},
	{name: "nanmean", where: "fm", sig: reduceSig, fn: reduce(reduceKind{keepAt: 2, dtypeAt: 3})},
	{name: "prod", where: "fm", sig: reduceSig, fn: func(c *call) interp.Value {
		if c.given(1) {
			c.Int(1) // one dimension only
		}
		return reduce(reduceKind{dt: sumType, f: prod, keepAt: 2, dtypeAt: 3})(c)
	}},
	{name: "any", where: "fm", sig: "input, dim=None, keepdim=False, *, out=None", fn: reduce(reduceKind{dt: boolType, f: any1, keepAt: 2})},
	{name: "all", where: "fm", sig: "input, dim=None, keepdim=False, *, out=None", fn: reduce(reduceKind{dt: boolType, f: all1, keepAt: 2})},
	{name: "amax", where: "fm", sig: "input, dim=None, keepdim=False, *, out=None", fn: reduce(reduceKind{f: maxAll, keepAt: 2})},
	{name: "amin", where: "fm", sig: "input, dim=None, keepdim=False, *, out=None", fn: reduce(reduceKind{f: minAll, keepAt: 2})},
	{name: "aminmax", where: "fm", sig: "input, *, dim=None, keepdim=False", fn: aminmax},
	{name: "count_nonzero", where: "fm", sig: "input, dim=None, *, _=None", fn: reduce(reduceKind{dt: longType, f: countNonzero, keepAt: 2})},
	{name: "logsumexp special.logsumexp", where: "fm", sig: "input, dim, keepdim=False, *, out=None", fn: reduce(reduceKind{f: logsumexp, keepAt: 2, dt: floatType})},
	{name: "max", where: "fm", sig: "input, dim=None, keepdim=False, *, other=?", fn: extreme(true)},
	{name: "min", where: "fm", sig: "input, dim=None, keepdim=False, *, other=?", fn: extreme(false)},
	{name: "argmax", where: "fm", sig: "input, dim=None, keepdim=False", fn: arg(true)},
	{name: "argmin", where: "fm", sig: "input, dim=None, keepdim=False", fn: arg(false)},
	{name: "std", where: "fm", sig: "input, dim=None, unbiased=None, keepdim=False, *, correction=None", fn: spreadOf(true)},
	{name: "var", where: "fm", sig: "input, dim=None, unbiased=None, keepdim=False, *, correction=None", fn: spreadOf(false)},
	{name: "std_mean", where: "f", sig: "input, dim=None, unbiased=None, keepdim=False, *, correction=None", fn: spreadMean("std")},
	{name: "var_mean", where: "f", sig: "input, dim=None, unbiased=None, keepdim=False, *, correction=None", fn: spreadMean("var")},
	{name: "norm", where: "fm", sig: "input, p=2.0, dim=None, keepdim=False, dtype=None", fn: norm},
	{name: "linalg.norm linalg.vector_norm", where: "f", sig: "input, ord=None, dim=None, keepdim=False, *, dtype=None", fn: norm},
	{name: "linalg.matrix_norm", where: "f", sig: "input, ord=None, dim=(-2, -1), keepdim=False, *, dtype=None", fn: norm},
	{name: "cumsum", where: "fmi", sig: "input, dim, *, dtype=None, out=None", res: cumulative(cumsum, false)},
	{name: "cumprod", where: "fmi", sig: "input, dim, *, dtype=None, out=None", res: cumulative(cumprod, false)},
	{name: "logcumsumexp", where: "fm", sig: "input, dim, *, dtype=None, out=None", res: cumulative(nil, true)},
	{name: "cummax", where: "fm", sig: "input, dim", fn: cumExtreme(true)},
	{name: "cummin", where: "fm", sig: "input, dim", fn: cumExtreme(false)},
	{name: "sort", where: "fm", sig: "input, dim=-1, descending=False, stable=None", fn: sortF},
	{name: "msort", where: "fm", sig: "input", fn: func(c *call) interp.Value { return c.T(0) }},
	{name: "argsort", where: "fm", sig: "input, dim=-1, descending=False, stable=None", fn: argsort},
	{name: "topk", where: "fm", sig: "input, k, dim=-1, largest=True, sorted=True", fn: topk},
	{name: "median", where: "fm", sig: "input, dim=None, keepdim=False", fn: pickAlong("median", medianClass, 0)},
	{name: "nanmedian", where: "fm", sig: "input, dim=None, keepdim=False", fn: pickAlong("median", medianClass, 0)},
	{name: "mode", where: "fm", sig: "input, dim=-1, keepdim=False", fn: pickAlong("mode", modeClass, 0)},
	{name: "kthvalue", where: "fm", sig: "input, k, dim=-1, keepdim=False", fn: pickAlong("kthvalue", kthClass, 1)},
	{name: "quantile nanquantile", where: "fm", sig: "input, q, dim=None, keepdim=False, *, interpolation='linear'", fn: quantile},
	{name: "equal", where: "fm", sig: "input, other", fn: equalF},
	{name: "allclose", where: "fm", sig: "input, other, rtol=1e-05, atol=1e-08, equal_nan=False", fn: allclose},
}
