package torch

import (
	"math"
	"sort"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// realPart is .real and .imag: a view of every second number.
func realPart(c *call, t *T, which int64) interp.Value {
	if !t.DType.IsComplex() {
		if which == 1 {
			c.fail("imag is not implemented for tensors with non-complex dtypes.")
		}
		return t
	}
	st := append([]int64(nil), t.Strides()...)
	for i := range st {
		st[i] *= 2
	}
	op := "real"
	if which == 1 {
		op = "imag"
	}
	return tensor.ViewAs(c.in, op, t, t.DType.ToReal(), tensor.Clone(t.Shape), st, 2*t.Offset+which)
}

func viewAsComplex(c *call) interp.Value {
	t := c.T(0)
	n := len(t.Shape)
	if n == 0 || t.Shape[n-1].V != 2 && t.Shape[n-1].V >= 0 {
		c.fail("Tensor must have a last dimension of size 2")
	}
	if !t.DType.IsFloat() {
		c.fail("view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: %s", t.DType.ScalarName())
	}
	var st []int64
	if !t.Contiguous() {
		st = make([]int64, n-1)
		for i := range st {
			st[i] = t.Stride[i] / 2
		}
	}
	return tensor.ViewAs(c.in, "view_as_complex", t, t.DType.ToComplex(), tensor.Clone(t.Shape[:n-1]), st, t.Offset/2)
}

func viewAsReal(c *call) interp.Value {
	t := c.T(0)
	if !t.DType.IsComplex() {
		c.fail("view_as_real is only supported for complex tensors")
	}
	var st []int64
	if !t.Contiguous() {
		for _, s := range t.Stride {
			st = append(st, 2*s)
		}
		st = append(st, 1)
	}
	return tensor.ViewAs(c.in, "view_as_real", t, t.DType.ToReal(), append(tensor.Clone(t.Shape), tensor.D(2)), st, 2*t.Offset)
}

// fftKind says what a transform makes of the last dimension and the dtype.
type fftKind uint8

const (
	complexToComplex fftKind = iota
	realToComplex            // n -> n/2 + 1
	complexToReal            // n -> 2*(n-1)
)

// fft is a transform: of one dimension (input, n, dim), of two or of many
// (input, s, dim).
func fft(kind fftKind, nd int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		r := len(x.Shape)
		var dims []int
		sizes := map[int]tensor.Dim{}
		if nd == 1 {
			d := c.wrap(2, r)
			dims = []int{d}
			if c.given(1) {
				sizes[d] = c.Dim(1)
			}
		} else {
			var s []tensor.Dim
			if c.given(1) {
				s = tensor.SizeArg(c.in, c.name, "s", 2, c.a[1])
			}
			switch ds, ok := c.dims(2, r); {
			case ok:
				dims = ds
			case s != nil:
				for i := range s {
					dims = append(dims, r-len(s)+i)
				}
			default:
				for i := 0; i < r; i++ {
					dims = append(dims, i)
				}
			}
			for i := range s {
				if s[i].V >= 0 {
					sizes[dims[i]] = s[i]
				}
			}
		}
		shape := tensor.Clone(x.Shape)
		for i, d := range dims {
			n, given := sizes[d]
			last := i == len(dims)-1
			switch {
			case last && kind == realToComplex:
				if !given {
					n = shape[d]
				}
				shape[d] = n.FloorDiv(tensor.D(2)).Add(tensor.D(1))
			case last && kind == complexToReal:
				if !given {
					n = shape[d].Sub(tensor.D(1)).Mul(tensor.D(2))
				}
				shape[d] = n
			case given:
				shape[d] = n
			}
		}
		dt := floatType(c.in, x.DType)
		if kind == complexToReal {
			dt = dt.ToReal()
		} else {
			dt = dt.ToComplex()
		}
		return tensor.Op(c.in, c.op, shape, dt, []*T{x}, c.args(1, 2)...)
	}
}

func fftfreq(half bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		n := c.Dim(0)
		if half {
			n = n.FloorDiv(tensor.D(2)).Add(tensor.D(1))
		}
		return c.made(tensor.New([]tensor.Dim{n}, c.dtype(c.place("dtype"), tensor.DefaultDType(c.in))), c.op)
	}
}

// stft: input, n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided, return_complex.
func stft(c *call) interp.Value {
	x := c.T(0)
	n := c.Int(1)
	hop := n / 4
	if c.given(2) {
		hop = c.Int(2)
	}
	length := x.Shape[len(x.Shape)-1]
	frames := tensor.UnknownDim
	if length.V >= 0 && hop > 0 {
		v := length.V
		if c.a[5] == nil || c.Bool(5) {
			v += 2 * (n / 2)
		}
		frames = tensor.D(1 + (v-n)/hop)
	}
	bins := n
	if !c.given(8) || c.Bool(8) {
		bins = n/2 + 1
	}
	shape := append(tensor.Clone(x.Shape[:len(x.Shape)-1]), tensor.D(bins), frames)
	ins := compact(x, c.optT(4))
	if c.given(9) && !c.Bool(9) {
		return tensor.Op(c.in, "stft", append(shape, tensor.D(2)), x.DType, ins, c.args(1, 2)...)
	}
	return tensor.Op(c.in, "stft", shape, x.DType.ToComplex(), ins, c.args(1, 2)...)
}

func istft(c *call) interp.Value {
	x := c.T(0)
	n := c.Int(1)
	hop := n / 4
	if c.given(2) {
		hop = c.Int(2)
	}
	length := tensor.UnknownDim
	if c.given(9) {
		length = c.Dim(9)
	} else if f := x.Shape[len(x.Shape)-1]; f.V >= 0 {
		v := n + hop*(f.V-1)
		if c.a[5] == nil || c.Bool(5) {
			v -= 2 * (n / 2)
		}
		length = tensor.D(v)
	}
	return tensor.Op(c.in, "istft", append(tensor.Clone(x.Shape[:len(x.Shape)-2]), length), x.DType.ToReal(), compact(x, c.optT(4)), c.args(1, 2)...)
}

// unique: input, sorted, return_inverse, return_counts, dim.
func unique(consecutive bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		at := 1
		if consecutive {
			at = 0
		}
		inverse, counts := c.Bool(at+1), c.Bool(at+2)
		shape := []tensor.Dim{tensor.UnknownDim}
		invShape := tensor.Clone(x.Shape)
		var vals, inv, cnt []float64
		if c.given(at + 3) {
			d := c.wrap(at+3, len(x.Shape))
			shape = tensor.Clone(x.Shape)
			invShape = []tensor.Dim{shape[d]}
			shape[d] = tensor.UnknownDim
		}
		if v := x.Values(); v != nil && (!c.given(at+3) || len(x.Shape) == 1) {
			vals, inv, cnt = []float64{}, make([]float64, len(v)), []float64{}
			if consecutive {
				for i, y := range v {
					if i == 0 || y != v[i-1] {
						vals, cnt = append(vals, y), append(cnt, 0)
					}
					inv[i] = float64(len(vals) - 1)
					cnt[len(cnt)-1]++
				}
			} else {
				s := clone(v)
				sort.Float64s(s)
				for i, y := range s {
					if i == 0 || y != s[i-1] {
						vals, cnt = append(vals, y), append(cnt, 0)
					}
					cnt[len(cnt)-1]++
				}
				for i, y := range v {
					inv[i] = float64(sort.SearchFloat64s(vals, y))
				}
			}
			shape = tensor.Dims(int64(len(vals)))
		}
		out := []*T{tensor.OpData(c.in, c.op, shape, x.DType, vals, []*T{x}, outputArg(c, 0, nil)...)}
		if inverse {
			out = append(out, tensor.OpData(c.in, c.op, invShape, tensor.Int64, inv, []*T{x}, outputArg(c, 1, nil)...))
		}
		if counts {
			n := tensor.UnknownDim
			if cnt != nil {
				n = tensor.D(int64(len(cnt)))
			} else if len(shape) == 1 {
				n = shape[0]
			}
			out = append(out, tensor.OpData(c.in, c.op, []tensor.Dim{n}, tensor.Int64, cnt, []*T{x}, outputArg(c, 2, nil)...))
		}
		if len(out) == 1 {
			return out[0]
		}
		return tuple(out)
	}
}

func bincount(c *call) interp.Value {
	x := c.T(0)
	w := c.optT(1)
	least := int64(0)
	if c.given(2) {
		least = c.Int(2)
	}
	n := tensor.UnknownDim
	var data []float64
	if v := x.Values(); v != nil {
		m := least
		for _, k := range v {
			m = max(m, int64(k)+1)
		}
		n = tensor.D(m)
		if w == nil && tensor.Keeps(tensor.Int64, m) {
			data = make([]float64, m)
			for _, k := range v {
				if k >= 0 {
					data[int64(k)]++
				}
			}
		}
	}
	dt := tensor.Int64
	if w != nil {
		dt = w.DType
	}
	return tensor.OpData(c.in, "bincount", []tensor.Dim{n}, dt, data, compact(x, w), c.args(2)...)
}

func histc(c *call) interp.Value {
	x := c.T(0)
	return tensor.Op(c.in, "histc", []tensor.Dim{c.Dim(1)}, x.DType, []*T{x}, c.args(1, 2, 3)...)
}

// search is searchsorted and bucketize.
func search(boundaries, values int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		b := c.T(boundaries)
		v := c.operandAt(values)
		right := false
		dt := tensor.Int64
		for i := range c.sig.Params {
			switch c.sig.Params[i].Name {
			case "right":
				right = c.a[i] != nil && c.Bool(i)
			case "side":
				right = right || c.given(i) && c.Str(i) == "right"
			case "out_int32":
				if c.a[i] != nil && c.Bool(i) {
					dt = tensor.Int32
				}
			}
		}
		shape := []tensor.Dim{}
		ins := []*T{b}
		var vv []float64
		if v.t != nil {
			shape = tensor.Clone(v.t.Shape)
			ins = append(ins, v.t)
			vv = v.t.Values()
		} else if v.known {
			vv = []float64{v.v}
		}
		if values == 0 && v.t != nil {
			ins[0], ins[1] = ins[1], ins[0]
		}
		var data []float64
		if bv := b.Values(); bv != nil && vv != nil && len(b.Shape) == 1 {
			data = make([]float64, len(vv))
			for i, y := range vv {
				data[i] = float64(sort.Search(len(bv), func(k int) bool {
					if right {
						return bv[k] > y
					}
					return bv[k] >= y
				}))
			}
		}
		return tensor.OpData(c.in, c.op, shape, dt, data, ins)
	}
}

func isin(c *call) interp.Value {
	x, s := c.operandAt(0), c.operandAt(1)
	shape := []tensor.Dim{}
	var ins []*T
	var xv, sv []float64
	if x.t != nil {
		shape, ins, xv = tensor.Clone(x.t.Shape), append(ins, x.t), x.t.Values()
	} else if x.known {
		xv = []float64{x.v}
	}
	if s.t != nil {
		ins, sv = append(ins, s.t), s.t.Values()
	} else if s.known {
		sv = []float64{s.v}
	}
	invert := false
	if i := c.place("invert"); c.a[i] != nil {
		invert = c.Bool(i)
	}
	var data []float64
	if xv != nil && sv != nil {
		set := map[float64]bool{}
		for _, y := range sv {
			set[y] = true
		}
		data = make([]float64, len(xv))
		for i, y := range xv {
			data[i] = b2f(set[y] != invert)
		}
	}
	return tensor.OpData(c.in, "isin", shape, tensor.Bool, data, ins)
}

func multinomial(c *call) interp.Value {
	x := c.T(0)
	n := c.Dim(1)
	shape := append(tensor.Clone(x.Shape[:len(x.Shape)-1]), n)
	return tensor.Op(c.in, "multinomial", shape, tensor.Int64, []*T{x}, c.args(1)...)
}

func polynomial(c *call) res { return unary(toFloat, nil)(c) }

func trace(c *call) interp.Value {
	x := c.T(0)
	return tensor.Op(c.in, "trace", []tensor.Dim{}, sumType(c.in, x.DType), []*T{x})
}

func renorm(c *call) interp.Value {
	x := c.T(0)
	return tensor.Op(c.in, "renorm", tensor.Clone(x.Shape), x.DType, []*T{x})
}

func cov(c *call) interp.Value {
	x := c.T(0)
	if len(x.Shape) < 2 {
		return tensor.Op(c.in, c.op, []tensor.Dim{}, x.DType, []*T{x})
	}
	return tensor.Op(c.in, c.op, []tensor.Dim{x.Shape[0], x.Shape[0]}, x.DType, []*T{x})
}

func combinations(c *call) interp.Value {
	x := c.T(0)
	n := tensor.UnknownDim
	r := c.Int(1)
	if k := x.Shape[0].V; k >= 0 && r >= 0 && r < 8 {
		v := 1.0
		for i := int64(0); i < r; i++ {
			v = v * float64(k-i) / float64(i+1)
		}
		n = tensor.D(int64(math.Round(math.Max(v, 0))))
	}
	return tensor.Op(c.in, "combinations", []tensor.Dim{n, tensor.D(r)}, x.DType, []*T{x})
}

func promoteTypes(c *call) interp.Value {
	a, ok1 := tensor.AsDType(c.in, c.a[0])
	b, ok2 := tensor.AsDType(c.in, c.a[1])
	if !ok1 || !ok2 {
		c.typeError(0, "torch.dtype")
	}
	return tensor.PromoteTypes(a, b).Value()
}

func resultTypeF(c *call) interp.Value {
	return resultType(c.in, c.operandAt(0), c.operandAt(1)).Value()
}

func canCastF(c *call) interp.Value {
	a, _ := tensor.AsDType(c.in, c.a[0])
	b, _ := tensor.AsDType(c.in, c.a[1])
	return interp.NewBool(canCast(a, b))
}

func broadcastShapes(c *call) interp.Value {
	vs := c.a[0].(*interp.Tuple).V
	shapes := make([][]tensor.Dim, len(vs))
	for i, v := range vs {
		shapes[i] = tensor.SizeArg(c.in, "broadcast_shapes", "shapes", i+1, v)
	}
	return tensor.SizeValue(c.in, tensor.Broadcast(c.in, shapes...))
}

func rowsOf(names string, kind fftKind, nd int) row {
	sig := "input, n=None, dim=-1, norm=None, *, out=None"
	switch nd {
	case 2:
		sig = "input, s=None, dim=(-2, -1), norm=None, *, out=None"
	case 0:
		sig = "input, s=None, dim=None, norm=None, *, out=None"
	}
	return row{name: names, where: "f", sig: sig, fn: fft(kind, nd)}
}

var specialRows = []row{
	{name: "view_as_complex", where: "f", sig: "input", fn: viewAsComplex},
	{name: "view_as_real", where: "f", sig: "input", fn: viewAsReal},
	{name: "real", where: "f", sig: "input", fn: func(c *call) interp.Value { return realPart(c, c.T(0), 0) }},
	{name: "imag", where: "f", sig: "input", fn: func(c *call) interp.Value { return realPart(c, c.T(0), 1) }},
	rowsOf("fft.fft fft.ifft", complexToComplex, 1),
	rowsOf("fft.rfft fft.ihfft", realToComplex, 1),
	rowsOf("fft.irfft fft.hfft", complexToReal, 1),
	rowsOf("fft.fft2 fft.ifft2", complexToComplex, 2),
	rowsOf("fft.rfft2", realToComplex, 2),
	rowsOf("fft.irfft2", complexToReal, 2),
	rowsOf("fft.fftn fft.ifftn", complexToComplex, 0),
	rowsOf("fft.rfftn", realToComplex, 0),
	rowsOf("fft.irfftn", complexToReal, 0),
	{name: "fft.fftfreq", where: "f", sig: "n, d=1.0" + factoryTail, fn: fftfreq(false)},
	{name: "fft.rfftfreq", where: "f", sig: "n, d=1.0" + factoryTail, fn: fftfreq(true)},
	{name: "fft.fftshift fft.ifftshift", where: "f", sig: "input, dim=None", fn: sameShape("fftshift")},
	{name: "stft", where: "fm", sig: "input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', normalized=False, onesided=None, return_complex=None, align_to_window=None", fn: stft},
	{name: "istft", where: "fm", sig: "input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, unused=None, length=None, return_complex=False", fn: istft},
	{name: "unique _unique2", where: "fm", sig: "input, sorted=True, return_inverse=False, return_counts=False, dim=None", fn: unique(false)},
	{name: "unique_consecutive", where: "fm", sig: "input, return_inverse=False, return_counts=False, dim=None", fn: unique(true)},
	{name: "bincount", where: "fm", sig: "input, weights=None, minlength=0", fn: bincount},
	{name: "histc", where: "fm", sig: "input, bins=100, min=0, max=0, *, out=None", fn: histc},
	{name: "searchsorted", where: "f", sig: "sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None, out=None", fn: search(0, 1)},
	{name: "bucketize", where: "f", sig: "input, boundaries, *, out_int32=False, right=False, out=None", fn: search(1, 0)},
	{name: "isin", where: "f", sig: "elements, test_elements, *, assume_unique=False, invert=False", fn: isin},
	{name: "multinomial", where: "fm", sig: "input, num_samples, replacement=False, *, generator=None, out=None", fn: multinomial},
	{name: "bernoulli", where: "fm", sig: "input, p=None, *, generator=None, out=None", res: unary(same, nil)},
	{name: "poisson", where: "f", sig: "input, generator=None", res: unary(same, nil)},
	{name: "special.i1 special.i0e special.i1e special.erfcx special.ndtr special.ndtri special.log_ndtr special.entr special.bessel_j0 special.bessel_j1", where: "f", sig: "input, *, out=None", res: polynomial},
	{name: "special.polygamma special.multigammaln mvlgamma polygamma", where: "f", sig: "n, input", fn: func(c *call) interp.Value {
		t, ok := c.a[1].(*T)
		if !ok {
			t = c.T(0)
		}
		return tensor.Op(c.in, c.op, tensor.Clone(t.Shape), floatType(c.in, t.DType), []*T{t})
	}},
	{name: "trace", where: "fm", sig: "input", fn: trace},
	{name: "renorm", where: "fm", sig: "input, p, dim, maxnorm", fn: renorm},
	{name: "cov corrcoef", where: "fm", sig: "input, *, correction=1, fweights=None, aweights=None", fn: cov},
	{name: "combinations", where: "f", sig: "input, r=2, with_replacement=False", fn: combinations},
	{name: "promote_types", where: "f", sig: "type1, type2", fn: promoteTypes},
	{name: "result_type", where: "f", sig: "tensor1, tensor2", fn: resultTypeF},
	{name: "can_cast", where: "f", sig: "from_, to", fn: canCastF},
	{name: "broadcast_shapes", where: "f", sig: "*shapes", fn: broadcastShapes},
	{name: "column_stack", where: "f", sig: "tensors", fn: func(c *call) interp.Value {
		ts := c.tensors(0)
		out := make([]*T, len(ts))
		for i, t := range ts {
			if len(t.Shape) == 1 {
				t = unsqueezed(c.in, t, 1)
			}
			out[i] = t
		}
		return concat(c, out, 1, nil)
	}},
}
