package torch

import (
	"math"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// registry holds the Go functions of all rows by qualified name.
var registry = map[string]func(*interp.Interp, []interp.Value, []interp.KW) interp.Value{}

// Func is the Go function behind a name of the table ("torch.nn.functional.gelu"),
// nil where there is none.
func Func(name string) func(*interp.Interp, []interp.Value, []interp.KW) interp.Value {
	return registry[name]
}

// run calls a function of the table.
func (c *call) run(name string, args ...interp.Value) *T {
	f := registry[name]
	if f == nil {
		panic("no function " + name)
	}
	t, ok := f(c.in, args, nil).(*T)
	if !ok {
		panic(unknownArg{c.in.Unknown("%s of unknown values", name)})
	}
	return t
}

func num(v float64) interp.Value   { return interp.NewFloat(v) }
func integer(v int64) interp.Value { return interp.NewInt(v) }

// softmax is softmax and log_softmax: a cast where a dtype is given, then the operation.
func softmax(op string, logarithm bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		dtypeAt := c.place("dtype")
		if c.given(dtypeAt) {
			x = convert(c, x, c.dtype(dtypeAt, x.DType), x.Device, false)
		}
		d := int64(0)
		if c.given(1) {
			d = c.Int(1)
		} else if n := len(x.Shape); n != 0 && n != 1 && n != 3 {
			d = 1
		}
		return softmaxOf(c, op, x, d, logarithm)
	}
}

func softmaxOf(c *call, op string, x *T, dim int64, logarithm bool) *T {
	d := tensor.WrapDim(c.in, dim, len(x.Shape))
	var data []float64
	if x.Known() && x.DType.IsFloat() {
		n := int64(1)
		if len(x.Shape) > 0 {
			n = x.Shape[d].V
		}
		data = alongDim(c, x, d, n, func(in, out []float64) {
			l := logsumexp(in)
			for i, v := range in {
				out[i] = v - l
				if !logarithm {
					out[i] = math.Exp(v - l)
				}
			}
		})
	}
	var args []graph.Arg
	if c.tracing() {
		args = []graph.Arg{tensor.ArgInt("dim", dim)}
	}
	r := res{op: op, shape: tensor.Clone(x.Shape), dt: floatType(c.in, x.DType), data: data, ins: []*T{x}, args: args, stride: keptStrides(x.Shape, []*T{x})}
	return r.make(c.in)
}

func softmin(c *call) interp.Value {
	x := c.run("torch.neg", c.T(0))
	d := int64(-1)
	if c.given(1) {
		d = c.Int(1)
	}
	return softmaxOf(c, "softmax", x, d, false)
}

func gumbelSoftmax(c *call) interp.Value {
	x := c.T(0)
	d := int64(-1)
	if c.given(4) {
		d = c.Int(4)
	}
	noise := tensor.NoValue(c.in, tensor.New(tensor.Clone(x.Shape), x.DType), "empty_like", []*T{x})
	noise.Device = x.Device
	y := c.run("torch.div", c.run("torch.add", x, noise), c.a[1])
	soft := softmaxOf(c, "softmax", y, d, false)
	if !c.Bool(2) {
		return soft
	}
	idx := softIndex(c, soft, d)
	hard := c.run("torch.scatter", tensor.NoValue(c.in, tensor.Full(c.in, tensor.Clone(x.Shape), x.DType, 0), "zeros_like", []*T{x}), integer(d), idx, num(1))
	return c.run("torch.add", c.run("torch.sub", hard, tensor.Detach(c.in, soft, "detach")), soft)
}

func softIndex(c *call, soft *T, d int64) *T {
	dd := tensor.WrapDim(c.in, d, len(soft.Shape))
	return tensor.Op(c.in, "max", reducedShape(soft.Shape, []int{dd}, false, true), tensor.Int64, []*T{soft}, tensor.ArgInt("dim", d), tensor.ArgInt("output", 1))
}

// activation is an elementwise function with parameters that become arguments of its node.
func activation(op string, f func(c *call) func(x float64) float64) func(c *call) res {
	return func(c *call) res {
		x := c.T(0)
		if !x.DType.IsFloat() && !x.DType.IsComplex() && op != "relu" && op != "hardtanh" && op != "threshold" {
			c.in.Raise(interp.NotImplementedError, "\"%s_cpu\" not implemented for '%s'", op, x.DType.ScalarName())
		}
		var g func([]float64) float64
		if f != nil && x.Promised() {
			h := f(c)
			g = func(v []float64) float64 { return h(v[0]) }
		}
		var args []graph.Arg
		if c.tracing() {
			for i := 1; i < len(c.a); i++ {
				if c.a[i] != nil && c.param(i) != "inplace" {
					args = append(args, c.arg(i))
				}
			}
		}
		return pointwise(c, op, x.DType, x.DType, []arg1{{t: x, dt: x.DType}}, g, args...)
	}
}

// inplaceFlag makes an activation honour its inplace argument.
func inplaceFlag(f func(c *call) res) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		r := f(c)
		for i := range c.sig.Params {
			if c.sig.Params[i].Name == "inplace" && c.a[i] != nil && c.Bool(i) {
				return r.into(c)
			}
		}
		return r.make(c.in)
	}
}

func fixed(f func(float64) float64) func(c *call) func(float64) float64 {
	return func(*call) func(float64) float64 { return f }
}

func relu(x float64) float64 {
	if x != x {
		return x
	}
	return math.Max(x, 0)
}

func gelu(c *call) func(float64) float64 {
	if c.given(1) && c.Str(1) == "tanh" {
		return func(x float64) float64 {
			return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}
	}
	return func(x float64) float64 { return 0.5 * x * (1 + math.Erf(x/math.Sqrt2)) }
}

func geluRow(c *call) interp.Value {
	if c.given(1) {
		if s := c.Str(1); s != "none" && s != "tanh" {
			c.fail("approximate argument must be either none or tanh.")
		}
	}
	return activation("gelu", gelu)(c).make(c.in)
}

// withConstants is an activation whose node carries fixed arguments (relu6 is hardtanh(0, 6)).
func withConstants(op string, f func(float64) float64, args ...graph.Arg) func(c *call) res {
	return func(c *call) res {
		x := c.T(0)
		var g func([]float64) float64
		if f != nil {
			g = func(v []float64) float64 { return f(v[0]) }
		}
		return pointwise(c, op, x.DType, x.DType, []arg1{{t: x, dt: x.DType}}, g, append([]graph.Arg(nil), args...)...)
	}
}

const (
	seluAlpha = 1.6732632423543772
	seluScale = 1.0507009873554805
)

func prelu(c *call) interp.Value {
	x, w := c.T(0), c.T(1)
	if n := w.Numel(); n != 1 {
		if len(x.Shape) == 0 {
			c.fail("Not allow zero-dim input tensor.")
		}
		ch := int64(1)
		if len(x.Shape) > 1 {
			ch = x.Shape[1].V
		}
		if ch != n && ch >= 0 && n >= 0 {
			c.fail("Mismatch of parameter numbers and input channel size. Found parameter numbers = %d and channel size = %d.", n, ch)
		}
	}
	return tensor.Op(c.in, "prelu", tensor.Clone(x.Shape), x.DType, []*T{x, w})
}

func glu(c *call) interp.Value {
	x := c.T(0)
	if len(x.Shape) == 0 {
		c.fail("glu does not support 0-dimensional tensors")
	}
	d := c.wrap(1, len(x.Shape))
	shape := tensor.Clone(x.Shape)
	if n := shape[d]; n.V >= 0 {
		if n.V%2 != 0 {
			c.fail("Halving dimension must be even, but dimension %d is size %d", d, n.V)
		}
		shape[d] = n.FloorDiv(tensor.D(2))
	}
	return tensor.Op(c.in, "glu", shape, x.DType, []*T{x}, c.args(1)...)
}

// dropout is the identity outside training.
func dropout(c *call) interp.Value {
	x := c.T(0)
	p, known := interp.AsFloat(c.a[1])
	if known && (p < 0 || p > 1) {
		c.in.Raise(interp.ValueError, "dropout probability has to be between 0 and 1, but got %s", in2str(c.in, c.a[1]))
	}
	training := true
	for i := range c.sig.Params {
		if n := c.sig.Params[i].Name; n == "training" || n == "train" {
			training = c.a[i] != nil && c.Bool(i)
		}
	}
	if !training || known && p == 0 {
		return x
	}
	return tensor.Op(c.in, "dropout", tensor.Clone(x.Shape), x.DType, []*T{x}, c.args(1)...)
}

func in2str(in *interp.Interp, v interp.Value) string { return in.ToStr(v) }

func normalize(c *call) interp.Value {
	x := c.T(0)
	n := c.run("torch.norm", x, c.a[1], c.a[2], interp.True)
	n = c.run("torch.clamp_min", n, c.a[3])
	return c.run("torch.div", x, expanded(c.in, n, tensor.Clone(x.Shape)))
}

// checkNormalized checks the trailing shape of layer_norm and rms_norm.
func checkNormalized(c *call, x *T, norm []tensor.Dim, w, b *T) {
	n := len(norm)
	bad := n > len(x.Shape) || n == 0
	for i := 0; !bad && i < n; i++ {
		bad = unequal(norm[i], x.Shape[len(x.Shape)-n+i])
	}
	if bad {
		lead := ""
		for _, d := range norm {
			if lead != "" {
				lead += ", "
			}
			lead += d.String()
		}
		if c.op == "rms_norm" {
			c.fail("Given normalized_shape=%s, expected input with shape [*%s], but got input of size%s", tensor.ShapeString(norm), lead, tensor.ShapeString(x.Shape))
		}
		c.fail("Given normalized_shape=%s, expected input with shape %s, but got input of size torch.Size(%s)", tensor.ShapeString(norm), tensor.ShapeString(norm), tensor.ShapeString(x.Shape))
	}
	if w != nil && !sameKnown(w.Shape, norm) {
		c.fail("Expected weight to be of same shape as normalized_shape, but got weight of shape torch.Size(%s) and normalized_shape = %s", tensor.ShapeString(w.Shape), tensor.ShapeString(norm))
	}
	if b != nil && !sameKnown(b.Shape, norm) {
		c.fail("Expected bias to be of same shape as normalized_shape, but got bias of shape torch.Size(%s) and normalized_shape = %s", tensor.ShapeString(b.Shape), tensor.ShapeString(norm))
	}
}

func compact(ts ...*T) []*T {
	var out []*T
	for _, t := range ts {
		if t != nil {
			out = append(out, t)
		}
	}
	return out
}

func layerNorm(c *call) interp.Value {
	x, w, b := c.T(0), c.optT(2), c.optT(3)
	norm := tensor.SizeArg(c.in, "layer_norm", "normalized_shape", 2, c.a[1])
	checkNormalized(c, x, norm, w, b)
	return tensor.Op(c.in, "layer_norm", tensor.Clone(x.Shape), x.DType, compact(x, w, b), c.args(1, 4)...)
}

func rmsNorm(c *call) interp.Value {
	x, w := c.T(0), c.optT(2)
	norm := tensor.SizeArg(c.in, "rms_norm", "normalized_shape", 2, c.a[1])
	checkNormalized(c, x, norm, w, nil)
	return tensor.Op(c.in, "rms_norm", tensor.Clone(x.Shape), x.DType, compact(x, w), c.args(1, 3)...)
}

func groupNorm(c *call) interp.Value {
	x := c.T(0)
	g := c.Dim(1)
	if len(x.Shape) < 2 {
		c.fail("Expected at least 2 dimensions for input tensor but received %d", len(x.Shape))
	}
	if ch := x.Shape[1].V; g.V > 0 && ch >= 0 && ch%g.V != 0 {
		c.fail("Expected number of channels in input to be divisible by num_groups, but got input of shape %s and num_groups=%d", tensor.ShapeString(x.Shape), g.V)
	}
	return tensor.Op(c.in, "group_norm", tensor.Clone(x.Shape), x.DType, compact(x, c.optT(2), c.optT(3)), c.args(1, 4)...)
}

// batchNorm: input, running_mean, running_var, weight, bias, training, momentum, eps.
func batchNorm(c *call) interp.Value {
	x := c.T(0)
	return tensor.Op(c.in, c.op, tensor.Clone(x.Shape), x.DType, compact(x, c.optT(1), c.optT(2), c.optT(3), c.optT(4)), c.args(7)...)
}

// sameShape is an operation that keeps the shape of its first argument.
func sameShape(op string) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		var places []int
		ins := []*T{x}
		for i := 1; i < len(c.a); i++ {
			if t, ok := c.a[i].(*T); ok {
				ins = append(ins, t)
			} else {
				places = append(places, i)
			}
		}
		return tensor.Op(c.in, op, tensor.Clone(x.Shape), x.DType, ins, c.args(places...)...)
	}
}

// sizesOf reads an argument that is one int or n of them.
func (c *call) sizesOf(i, n int, def int64) []tensor.Dim {
	out := make([]tensor.Dim, n)
	if c.a[i] == nil || interp.IsNone(c.a[i]) {
		for k := range out {
			out[k] = tensor.D(def)
		}
		return out
	}
	vs, ok := tensor.Sequence(c.a[i])
	if !ok {
		vs = []interp.Value{c.a[i]}
	}
	if len(vs) == 0 {
		for k := range out {
			out[k] = tensor.D(def)
		}
		return out
	}
	for k := range out {
		v := vs[len(vs)-1]
		if k < len(vs) {
			v = vs[k]
		}
		d, ok := tensor.DimOf(c.in, v)
		if !ok {
			c.in.Raise(interp.TypeError, "%s(): argument '%s' (position %d) must be tuple of ints, but found element of type %s at pos %d", c.name, c.param(i), i+1, v.Type().Name, k)
		}
		out[k] = d
	}
	return out
}

// convOut is the output size of a convolution along one dimension.
func convOut(n, k, stride, pad, dilation tensor.Dim) tensor.Dim {
	if n.V < 0 {
		return tensor.UnknownDim
	}
	if pad.V == 0 && dilation.V == 1 && stride.V == k.V && n.V >= k.V {
		return n.FloorDiv(stride)
	}
	one, two := tensor.D(1), tensor.D(2)
	span := k.Sub(one).Mul(dilation)
	if stride.V == 1 && span.V == 2*pad.V {
		return n
	}
	total := n.V + 2*pad.V - span.V - 1
	if stride.V <= 0 || total < 0 {
		return tensor.Dim{V: floorDivInt(total, max(stride.V, 1)) + 1}
	}
	return n.Add(pad.Mul(two)).Sub(span).Sub(one).FloorDiv(stride).Add(one)
}

func floorDivInt(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// conv is F.conv1d..3d: input, weight, bias, stride, padding, dilation, groups.
func conv(nd int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x, w, b := c.T(0), c.T(1), c.optT(2)
		batched := len(x.Shape) == nd+2
		if !batched && len(x.Shape) != nd+1 {
			c.fail("Expected %dD (unbatched) or %dD (batched) input to conv%dd, but got input of size: %s", nd+1, nd+2, nd, tensor.ShapeString(x.Shape))
		}
		stride, dil := c.sizesOf(3, nd, 1), c.sizesOf(5, nd, 1)
		groups := c.Dim(6)
		s := x.Shape
		if !batched {
			s = append([]tensor.Dim{tensor.D(1)}, s...)
		}
		if len(w.Shape) != nd+2 {
			c.fail("Expected weight to be %dD for conv%dd, but got weight of size: %s", nd+2, nd, tensor.ShapeString(w.Shape))
		}
		if g := groups.V; s[1].V >= 0 && w.Shape[1].V >= 0 && g > 0 && s[1].V != w.Shape[1].V*g {
			if s[1].V != w.Shape[1].V*g {
				c.fail("Invalid channel dimensions")
			}
		}
		shape := []tensor.Dim{s[0], w.Shape[0]}
		mode, isStr := interp.AsStr(c.a[4])
		pads := make([]tensor.Dim, nd)
		if !isStr {
			pads = c.sizesOf(4, nd, 0)
		}
		for i := 0; i < nd; i++ {
			if isStr && mode == "same" {
				if stride[i].V != 1 {
					c.fail("padding='same' is not supported for strided convolutions")
				}
				shape = append(shape, s[2+i])
				continue
			}
			n := convOut(s[2+i], w.Shape[2+i], stride[i], pads[i], dil[i])
			if s[2+i].V >= 0 && s[2+i].V+2*pads[i].V < dil[i].V*(w.Shape[2+i].V-1)+1 {
				in, ks := "", ""
				for k := 0; k < nd; k++ {
					if k > 0 {
						in += " x "
						ks += " x "
					}
					in += tensor.D(s[2+k].V + 2*pads[k].V).String()
					ks += tensor.D(dil[k].V*(w.Shape[2+k].V-1) + 1).String()
				}
				c.fail("Calculated padded input size per channel: (%s). Kernel size: (%s). Kernel size can't be greater than actual input size", in, ks)
			}
			shape = append(shape, n)
		}
		if !batched {
			shape = shape[1:]
		}
		return tensor.Op(c.in, "convolution", shape, x.DType, compact(x, w, b), c.args(3, 4, 5, 6)...)
	}
}

// convTranspose: input, weight, bias, stride, padding, output_padding, groups, dilation.
func convTranspose(nd int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x, w, b := c.T(0), c.T(1), c.optT(2)
		batched := len(x.Shape) == nd+2
		if !batched && len(x.Shape) != nd+1 {
			c.fail("Expected %dD (unbatched) or %dD (batched) input to conv_transpose%dd, but got input of size: %s", nd+1, nd+2, nd, tensor.ShapeString(x.Shape))
		}
		stride, pad, opad, dil := c.sizesOf(3, nd, 1), c.sizesOf(4, nd, 0), c.sizesOf(5, nd, 0), c.sizesOf(7, nd, 1)
		groups := c.Dim(6)
		s := x.Shape
		if !batched {
			s = append([]tensor.Dim{tensor.D(1)}, s...)
		}
		shape := []tensor.Dim{s[0], w.Shape[1].Mul(groups)}
		for i := 0; i < nd; i++ {
			n := s[2+i]
			if n.V < 0 {
				shape = append(shape, tensor.UnknownDim)
				continue
			}
			v := (n.V-1)*stride[i].V - 2*pad[i].V + dil[i].V*(w.Shape[2+i].V-1) + opad[i].V + 1
			d := tensor.D(v)
			if v == n.V*stride[i].V {
				d = n.Mul(stride[i])
			}
			shape = append(shape, d)
		}
		if !batched {
			shape = shape[1:]
		}
		return tensor.Op(c.in, "convolution", shape, x.DType, compact(x, w, b), append(c.args(3, 4, 5, 6, 7), tensor.ArgBool("transposed", true))...)
	}
}

// pool: input, kernel_size, stride, padding, then ceil_mode and dilation by name.
func pool(op string, nd int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		batched := len(x.Shape) == nd+2
		if !batched && len(x.Shape) != nd+1 {
			c.fail("%s() Expected %dD or %dD input tensor, but got input of size: %s", op, nd+1, nd+2, tensor.ShapeString(x.Shape))
		}
		k := c.sizesOf(1, nd, 1)
		stride := k
		if c.given(2) {
			if vs, ok := tensor.Sequence(c.a[2]); !ok || len(vs) > 0 {
				stride = c.sizesOf(2, nd, 1)
			}
		}
		pad := c.sizesOf(3, nd, 0)
		dil := make([]tensor.Dim, nd)
		for i := range dil {
			dil[i] = tensor.D(1)
		}
		ceil, indices := false, false
		for i := range c.sig.Params {
			switch c.sig.Params[i].Name {
			case "ceil_mode":
				ceil = c.a[i] != nil && c.Bool(i)
			case "dilation":
				dil = c.sizesOf(i, nd, 1)
			case "return_indices":
				indices = c.a[i] != nil && c.Bool(i)
			}
		}
		shape := tensor.Clone(x.Shape)
		off := len(shape) - nd
		small := false
		for i := 0; i < nd; i++ {
			n := x.Shape[off+i]
			if n.V < 0 {
				continue
			}
			if stride[i].V <= 0 {
				c.fail("stride should not be zero")
			}
			if pad[i].V > (dil[i].V*(k[i].V-1)+1)/2 {
				c.fail("pad should be at most half of effective kernel size, but got pad=%d, kernel_size=%d and dilation=%d", pad[i].V, k[i].V, dil[i].V)
			}
			out := convOut(n, k[i], stride[i], pad[i], dil[i])
			if ceil {
				total := n.V + 2*pad[i].V - dil[i].V*(k[i].V-1) - 1
				v := floorDivInt(total+stride[i].V-1, stride[i].V) + 1
				if (v-1)*stride[i].V >= n.V+pad[i].V {
					v--
				}
				if v != out.V {
					out = tensor.D(v)
				}
			}
			small = small || out.V < 1
			shape[off+i] = out
		}
		if small {
			sz := func(s []tensor.Dim) string {
				t := ""
				for i, d := range s[off-1:] {
					if i > 0 {
						t += "x"
					}
					t += tensor.D(max(d.V, 0)).String()
				}
				return t
			}
			c.fail("Given input size: (%s). Calculated output size: (%s). Output size is too small", sz(x.Shape), sz(shape))
		}
		args := c.args(1, 2, 3)
		t := tensor.Op(c.in, op, shape, x.DType, []*T{x}, args...)
		if indices || c.name == op+"_with_indices" {
			return tuple([]*T{t, tensor.Op(c.in, op, tensor.Clone(shape), tensor.Int64, []*T{x}, outputArg(c, 1, args)...)})
		}
		return t
	}
}

func adaptivePool(op string, nd int) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		if len(x.Shape) != nd+1 && len(x.Shape) != nd+2 {
			c.fail("%s(): Expected %dD or %dD tensor, but got %s", op, nd+1, nd+2, tensor.ShapeString(x.Shape))
		}
		shape := tensor.Clone(x.Shape)
		off := len(shape) - nd
		vs, ok := tensor.Sequence(c.a[1])
		for i := 0; i < nd; i++ {
			v := c.a[1]
			if ok {
				v = vs[min(i, len(vs)-1)]
			}
			if interp.IsNone(v) {
				continue
			}
			d, isInt := tensor.DimOf(c.in, v)
			if !isInt {
				c.in.Raise(interp.TypeError, "%s(): argument 'output_size' (position 2) must be tuple of ints, not %s", op, v.Type().Name)
			}
			shape[off+i] = d
		}
		t := tensor.Op(c.in, op, shape, x.DType, []*T{x}, c.args(1)...)
		if len(c.a) > 2 && c.a[2] != nil && c.Bool(2) {
			return tuple([]*T{t, tensor.Op(c.in, op, tensor.Clone(shape), tensor.Int64, []*T{x})})
		}
		return t
	}
}

func unfoldF(c *call) interp.Value {
	x := c.T(0)
	k, dil, pad, stride := c.sizesOf(1, 2, 1), c.sizesOf(2, 2, 1), c.sizesOf(3, 2, 0), c.sizesOf(4, 2, 1)
	n := len(x.Shape)
	if n != 3 && n != 4 {
		c.fail("Input Error: Only unfold for 3D or 4D (batched) tensors supported, but got input of size: %s", tensor.ShapeString(x.Shape))
	}
	h := convOut(x.Shape[n-2], k[0], stride[0], pad[0], dil[0])
	w := convOut(x.Shape[n-1], k[1], stride[1], pad[1], dil[1])
	shape := append(tensor.Clone(x.Shape[:n-3]), x.Shape[n-3].Mul(k[0]).Mul(k[1]), h.Mul(w))
	return tensor.Op(c.in, "im2col", shape, x.DType, []*T{x}, c.args(1, 2, 3, 4)...)
}

func foldF(c *call) interp.Value {
	x := c.T(0)
	out, k := c.sizesOf(1, 2, 1), c.sizesOf(2, 2, 1)
	n := len(x.Shape)
	shape := append(tensor.Clone(x.Shape[:n-2]), x.Shape[n-2].FloorDiv(k[0].Mul(k[1])), out[0], out[1])
	return tensor.Op(c.in, "col2im", shape, x.DType, []*T{x}, c.args(1, 2, 3, 4, 5)...)
}

// interpolate: input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias.
func interpolate(c *call) interp.Value {
	x := c.T(0)
	nd := len(x.Shape) - 2
	mode := "nearest"
	if c.given(3) {
		mode = c.Str(3)
	}
	want := map[string]int{"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
	names := map[int]string{3: "3D", 4: "4D", 5: "5D"}
	if r, ok := want[mode]; ok && len(x.Shape) != r {
		c.in.Raise(interp.NotImplementedError, "Got %s input, but %s mode needs %dD input", names[len(x.Shape)], mode, r)
	}
	if nd < 1 || nd > 3 {
		c.in.Raise(interp.NotImplementedError, "Input Error: Only 3D, 4D and 5D input Tensors supported (got %dD) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got %s)", len(x.Shape), mode)
	}
	if c.given(1) && c.given(2) {
		c.in.Raise(interp.ValueError, "only one of size or scale_factor should be defined")
	}
	shape := tensor.Clone(x.Shape)
	switch {
	case c.given(1):
		if vs, ok := tensor.Sequence(c.a[1]); ok && len(vs) != nd {
			c.in.Raise(interp.ValueError, "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of %s and output size of %s. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.", tensor.ShapeString(x.Shape[2:]), c.in.Repr(c.a[1]))
		}
		for i, d := range c.sizesOf(1, nd, 1) {
			shape[2+i] = d
		}
	case c.given(2):
		vs, ok := tensor.Sequence(c.a[2])
		for i := 0; i < nd; i++ {
			v := c.a[2]
			if ok {
				v = vs[min(i, len(vs)-1)]
			}
			n := shape[2+i]
			f, isNum := interp.AsFloat(v)
			if t, isT := v.(*T); isT {
				f, isNum = t.Item()
			}
			if !isNum || n.V < 0 {
				shape[2+i] = tensor.UnknownDim
				continue
			}
			d := tensor.D(int64(math.Floor(float64(n.V) * f)))
			if k := int64(f); float64(k) == f {
				d = n.Mul(tensor.Dim{V: k, E: interp.ExprOf(v)})
			}
			shape[2+i] = d
		}
	default:
		c.in.Raise(interp.ValueError, "either size or scale_factor should be defined")
	}
	return tensor.Op(c.in, "upsample", shape, x.DType, []*T{x}, c.args(1, 2, 3, 4)...)
}

func pixelShuffle(c *call) interp.Value {
	x := c.T(0)
	r := c.Dim(1)
	n := len(x.Shape)
	if n < 3 {
		c.fail("pixel_shuffle expects input to have at least 3 dimensions, but got input with %d dimension(s)", n)
	}
	if ch := x.Shape[n-3].V; ch >= 0 && r.V > 0 && ch%(r.V*r.V) != 0 {
		c.fail("Invalid input shape for pixel_shuffle: torch.Size(%s) with upscale_factor = %d", tensor.ShapeString(x.Shape), r.V)
	}
	shape := append(tensor.Clone(x.Shape[:n-3]), x.Shape[n-3].FloorDiv(r.Mul(r)), x.Shape[n-2].Mul(r), x.Shape[n-1].Mul(r))
	return tensor.Op(c.in, "pixel_shuffle", shape, x.DType, []*T{x}, c.args(1)...)
}

func pixelUnshuffle(c *call) interp.Value {
	x := c.T(0)
	r := c.Dim(1)
	n := len(x.Shape)
	shape := append(tensor.Clone(x.Shape[:n-3]), x.Shape[n-3].Mul(r.Mul(r)), x.Shape[n-2].FloorDiv(r), x.Shape[n-1].FloorDiv(r))
	return tensor.Op(c.in, "pixel_unshuffle", shape, x.DType, []*T{x}, c.args(1)...)
}

// pad: input, pad, mode, value.
func pad(c *call) interp.Value {
	x := c.T(0)
	mode := "constant"
	if c.given(2) {
		mode = c.Str(2)
	}
	vs, ok := tensor.Sequence(c.a[1])
	if !ok {
		c.in.Raise(interp.TypeError, "pad(): argument 'pad' (position 2) must be tuple of ints, not %s", c.a[1].Type().Name)
	}
	ps := make([]tensor.Dim, len(vs))
	known := true
	for i, v := range vs {
		d, isInt := tensor.DimOf(c.in, v)
		if !isInt {
			if i > 0 {
				c.in.Raise(interp.TypeError, "pad(): argument 'pad' failed to unpack the object at pos %d with error \"type must be tuple of ints,but got %s\"", i+1, v.Type().Name)
			}
			c.in.Raise(interp.TypeError, "pad(): argument 'pad' (position 2) must be tuple of ints, but found element of type %s at pos %d", v.Type().Name, i)
		}
		if _, isU := v.(*interp.Unknown); isU {
			known = false
		}
		ps[i] = d
	}
	if len(ps)%2 != 0 {
		c.fail("Padding length must be divisible by 2")
	}
	if len(ps)/2 > len(x.Shape) {
		c.fail("Padding length should be less than or equal to two times the input dimension but got padding length %d and input of dimension %d", len(ps), len(x.Shape))
	}
	shape := tensor.Clone(x.Shape)
	for i := 0; i < len(ps)/2; i++ {
		d := len(shape) - 1 - i
		n := shape[d]
		if n.V < 0 || !known {
			if ps[2*i].V != 0 || ps[2*i+1].V != 0 {
				shape[d] = tensor.UnknownDim
			}
			continue
		}
		v := n.V + ps[2*i].V + ps[2*i+1].V
		if v < 0 {
			c.fail("narrow(): length must be non-negative.")
		}
		if shape[d] = n.Shift(ps[2*i]).Shift(ps[2*i+1]); shape[d].V != v {
			shape[d] = tensor.D(v) // cropped below zero in between
		}
	}
	op := "constant_pad_nd"
	if mode != "constant" {
		op = mode + "_pad"
	}
	value := 0.0
	if c.given(3) {
		f, isNum := interp.AsFloat(c.a[3])
		if !isNum {
			known = false
		}
		value = f
	}
	var data []float64
	if xv := x.Values(); xv != nil && known && mode == "constant" && tensor.Keeps(x.DType, tensor.Numel(shape)) {
		off := make([]int64, len(shape))
		for i := 0; i < len(ps)/2; i++ {
			off[len(shape)-1-i] = ps[2*i].V
		}
		data = gatherData(shape, func(idx []int64) float64 {
			at := int64(0)
			for i, k := range idx {
				k -= off[i]
				if k < 0 || k >= x.Shape[i].V {
					return value
				}
				at = at*x.Shape[i].V + k
			}
			return xv[at]
		})
	}
	return tensor.OpData(c.in, op, shape, x.DType, data, []*T{x}, c.args(1, 2, 3)...)
}

// embedding: input, weight.
func embedding(c *call) interp.Value {
	i, w := c.T(0), c.T(1)
	if i.DType != tensor.Int64 && i.DType != tensor.Int32 {
		c.fail("Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.%s instead", i.DType)
	}
	if len(w.Shape) != 2 {
		c.in.Raise(interp.AssertionError, "'weight' must be 2-D, got %d-D", len(w.Shape))
	}
	shape := append(tensor.Clone(i.Shape), w.Shape[1])
	var data []float64
	if iv, wv := i.Values(), w.Values(); iv != nil && wv != nil && tensor.Keeps(w.DType, tensor.Numel(shape)) {
		n := w.Shape[1].V
		for _, k := range iv {
			if k < 0 || int64(k) >= w.Shape[0].V {
				c.in.Raise(interp.IndexError, "index out of range in self")
			}
			data = append(data, wv[int64(k)*n:(int64(k)+1)*n]...)
		}
	}
	return tensor.OpData(c.in, "embedding", shape, w.DType, data, []*T{w, i})
}

func embeddingBag(c *call) interp.Value {
	i, w := c.T(0), c.T(1)
	n := i.Shape[0]
	if len(i.Shape) == 1 && c.given(2) {
		n = c.T(2).Shape[0]
	}
	return tensor.Op(c.in, "embedding_bag", []tensor.Dim{n, w.Shape[1]}, w.DType, compact(w, i, c.optT(2)))
}

func oneHot(c *call) interp.Value {
	x := c.T(0)
	if x.DType != tensor.Int64 {
		c.fail("one_hot is only applicable to index tensor of type LongTensor.")
	}
	n := tensor.UnknownDim
	v := x.Values()
	if c.given(1) && c.a[1] != interp.Value(interp.NewInt(-1)) {
		n = c.Dim(1)
	}
	if n.V < 0 && v != nil {
		n = tensor.D(int64(maxAll(v)) + 1)
	}
	shape := append(tensor.Clone(x.Shape), n)
	var data []float64
	if v != nil && tensor.Keeps(tensor.Int64, tensor.Numel(shape)) {
		data = make([]float64, tensor.Numel(shape))
		for i, k := range v {
			if k < 0 || int64(k) >= n.V {
				c.fail("Class values must be smaller than num_classes.")
			}
			data[int64(i)*n.V+int64(k)] = 1
		}
	}
	return tensor.OpData(c.in, "one_hot", shape, tensor.Int64, data, []*T{x}, c.args(1)...)
}

// reduced is the shape of a loss under its reduction.
func (c *call) reduced(shape []tensor.Dim) []tensor.Dim {
	how := "mean"
	for i := range c.sig.Params {
		if c.sig.Params[i].Name == "reduction" && c.given(i) {
			how = c.Str(i)
		}
	}
	switch how {
	case "none":
		return shape
	case "mean", "sum", "batchmean":
		return []tensor.Dim{}
	}
	c.in.Raise(interp.ValueError, "%s is not a valid value for reduction", how)
	return nil
}

// pairLoss is a loss of two tensors of the same shape.
func pairLoss(op string) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		a, b := c.T(0), c.T(1)
		ins := []*T{a, b}
		for i := 2; i < len(c.a); i++ {
			if t, ok := c.a[i].(*T); ok {
				ins = append(ins, t)
			}
		}
		if op == "binary_cross_entropy" && !sameKnown(a.Shape, b.Shape) {
			c.in.Raise(interp.ValueError, "Using a target size (torch.Size(%s)) that is different to the input size (torch.Size(%s)) is deprecated. Please ensure they have the same size.", tensor.ShapeString(b.Shape), tensor.ShapeString(a.Shape))
		}
		if op == "binary_cross_entropy_with_logits" && !sameKnown(a.Shape, b.Shape) {
			c.in.Raise(interp.ValueError, "Target size (torch.Size(%s)) must be the same as input size (torch.Size(%s))", tensor.ShapeString(b.Shape), tensor.ShapeString(a.Shape))
		}
		shape := tensor.Broadcast(c.in, a.Shape, b.Shape)
		return tensor.Op(c.in, op, c.reduced(shape), resultType(c.in, arg1{t: a, dt: a.DType}, arg1{t: b, dt: b.DType}), ins)
	}
}

func classShape(x *T) []tensor.Dim {
	if len(x.Shape) == 1 {
		return []tensor.Dim{}
	}
	return append(tensor.Clone(x.Shape[:1]), x.Shape[2:]...)
}

func crossEntropy(c *call) interp.Value {
	x, y := c.T(0), c.T(1)
	if len(y.Shape) > 0 && len(x.Shape) > 1 && unequal(x.Shape[0], y.Shape[0]) {
		c.in.Raise(interp.ValueError, "Expected input batch_size (%d) to match target batch_size (%d).", x.Shape[0].V, y.Shape[0].V)
	}
	d := int64(1)
	if len(x.Shape) == 1 {
		d = 0
	}
	l := softmaxOf(c, "log_softmax", x, d, true)
	return tensor.Op(c.in, "nll_loss", c.reduced(classShape(x)), x.DType, compact(l, y, c.optT(2)))
}

func nllLoss(c *call) interp.Value {
	x, y := c.T(0), c.T(1)
	return tensor.Op(c.in, "nll_loss", c.reduced(classShape(x)), x.DType, compact(x, y, c.optT(2)))
}

func cosineSimilarity(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	shape := tensor.Broadcast(c.in, a.Shape, b.Shape)
	d := tensor.WrapDim(c.in, c.Int(2), len(shape))
	return tensor.Op(c.in, "cosine_similarity", reducedShape(shape, []int{d}, false, false), catType(c.in, []*T{a, b}), []*T{a, b}, c.args(2, 3)...)
}

func pairwiseDistance(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	shape := tensor.Broadcast(c.in, a.Shape, b.Shape)
	if !c.Bool(4) {
		shape = shape[:len(shape)-1]
	} else {
		shape[len(shape)-1] = tensor.D(1)
	}
	return tensor.Op(c.in, "pairwise_distance", shape, catType(c.in, []*T{a, b}), []*T{a, b})
}

func gridSample(c *call) interp.Value {
	x, g := c.T(0), c.T(1)
	if len(x.Shape) != len(g.Shape) || len(x.Shape) < 4 {
		c.fail("grid_sampler(): expected grid and input to have same number of dimensions, but got input with sizes %s and grid with sizes %s", tensor.ShapeString(x.Shape), tensor.ShapeString(g.Shape))
	}
	if nd := int64(len(x.Shape) - 2); g.Shape[len(g.Shape)-1].V != nd && g.Shape[len(g.Shape)-1].V >= 0 {
		c.in.Raise(interp.AssertionError, "grid last dimension must be %d%s, got %d", nd, map[int64]string{2: " (for x,y coords)", 3: " (for x,y,z coords)"}[nd], g.Shape[len(g.Shape)-1].V)
	}
	shape := append(tensor.Clone(x.Shape[:2]), g.Shape[1:len(g.Shape)-1]...)
	return tensor.Op(c.in, "grid_sampler", shape, x.DType, []*T{x, g}, c.args(2, 3, 4)...)
}

func affineGrid(c *call) interp.Value {
	t := c.T(0)
	s := tensor.SizeArg(c.in, "affine_grid", "size", 2, c.a[1])
	shape := append([]tensor.Dim{s[0]}, s[2:]...)
	return tensor.Op(c.in, "affine_grid_generator", append(shape, tensor.D(int64(len(s)-2))), t.DType, []*T{t})
}

// sdpa is scaled_dot_product_attention: query, key, value, attn_mask,
// dropout_p, is_causal, scale, enable_gqa. It is recorded as the products and
// the softmax that it consists of, as on the meta device, where no fused kernel
// takes over and the values do not go through the softmax; on the CPU it is one operation.
func sdpa(c *call) interp.Value {
	q, k, v := c.T(0), c.T(1), c.T(2)
	if len(q.Shape) < 2 || len(k.Shape) < 2 || len(v.Shape) < 2 {
		c.fail("Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: %d key.dim: %d and value.dim: %d instead.", len(q.Shape), len(k.Shape), len(v.Shape))
	}
	if q.DType != k.DType || q.DType != v.DType {
		c.fail("Expected query, key, and value to have the same dtype, but got query.dtype: %s key.dtype: %s and value.dtype: %s instead.", cppFull(q.DType), cppFull(k.DType), cppFull(v.DType))
	}
	if c.a[7] != nil && c.Bool(7) && len(q.Shape) >= 3 {
		k, v = groupedHeads(c, q, k), groupedHeads(c, q, v)
	}
	if m := c.optT(3); fusedOnCPU(q, k, v, m) && (m == nil || !c.Bool(5)) {
		shape := append(tensor.Clone(q.Shape[:3]), v.Shape[3])
		return tensor.Op(c.in, "scaled_dot_product_attention", shape, q.DType, compact(q, k, v, m), c.args(5, 6)...)
	}
	var scale interp.Value = c.a[6]
	if !c.given(6) {
		e := q.Shape[len(q.Shape)-1]
		f := interp.Float{V: 1 / math.Sqrt(float64(max(e.V, 1)))}
		if e.E != nil {
			f.E = graph.Apply("/", graph.LitInt(1), graph.Apply("call:sqrt", e.E))
		}
		scale = f
	}
	kt := transposed(c, k, len(k.Shape)-2, len(k.Shape)-1)
	s := matmulOf(c, "matmul", q, kt).make(c.in)
	s = c.run("torch.mul", s, scale)
	var args []graph.Arg
	if c.tracing() {
		args = []graph.Arg{tensor.ArgInt("dim", -1)}
	}
	if c.a[5] != nil && c.Bool(5) {
		if c.given(3) {
			c.fail("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
		}
		if c.tracing() {
			args = append(args, tensor.ArgBool("is_causal", true))
		}
	}
	if m := c.optT(3); m != nil {
		if m.DType == tensor.Bool {
			tensor.Broadcast(c.in, s.Shape, m.Shape)
			s = whereOf(c, m, arg1{t: s, dt: s.DType}, arg1{v: math.Inf(-1), known: true, val: num(math.Inf(-1)), dt: tensor.Float64}).make(c.in)
		} else {
			s = c.run("torch.add", s, m)
		}
	}
	p := tensor.Op(c.in, "softmax", tensor.Clone(s.Shape), s.DType, []*T{s}, args...)
	return matmulOf(c, "matmul", p, v).make(c.in)
}

// fusedOnCPU reports whether torch takes its fused attention kernel for the
// CPU: the values then go through the operation with the softmax.
func fusedOnCPU(q, k, v, mask *T) bool {
	if q.Device == "meta" || len(q.Shape) != 4 || len(k.Shape) != 4 || len(v.Shape) != 4 || !q.DType.IsFloat() {
		return false
	}
	for i := range q.Shape {
		if i < 2 && (unequal(q.Shape[i], k.Shape[i]) || unequal(k.Shape[i], v.Shape[i])) {
			return false
		}
		if q.Shape[i].V == 0 || k.Shape[i].V == 0 {
			return false
		}
	}
	if unequal(q.Shape[3], k.Shape[3]) || unequal(q.Shape[3], v.Shape[3]) || mask != nil && mask.RequiresGrad {
		return false
	}
	return q.Strides()[3] == 1 && k.Strides()[3] == 1 && v.Strides()[3] == 1
}

// groupedHeads repeats the heads of k to as many as q has.
func groupedHeads(c *call, q, k *T) *T {
	d := len(k.Shape) - 3
	a, b := q.Shape[len(q.Shape)-3], k.Shape[d]
	if a.V == b.V || b.V <= 0 || a.V < 0 {
		return k
	}
	if a.V%b.V != 0 {
		c.fail("Number of heads in key and value must divide the number of heads in query")
	}
	return c.run("torch.repeat_interleave", k, integer(a.V/b.V), integer(int64(d)))
}

// mhaForward is F.multi_head_attention_forward.
func mhaForward(c *call) interp.Value {
	q, k, v := c.T(0), c.T(1), c.T(2)
	at := func(name string) int { return c.place(name) }
	heads := c.Dim(at("num_heads"))
	w, b := c.optT(at("in_proj_weight")), c.optT(at("in_proj_bias"))
	ow, ob := c.T(at("out_proj_weight")), c.optT(at("out_proj_bias"))
	batched := len(q.Shape) == 3
	if !batched {
		q, k, v = unsqueezed(c.in, q, 1), unsqueezed(c.in, k, 1), unsqueezed(c.in, v, 1)
	}
	embed := q.Shape[2]
	if want := c.Dim(at("embed_dim_to_check")); unequal(want, embed) {
		c.in.Raise(interp.AssertionError, "was expecting embedding dimension of %d, but got %d", want.V, embed.V)
	}
	var qw, kw, vw *T
	if c.Bool(at("use_separate_proj_weight")) {
		qw, kw, vw = c.T(at("q_proj_weight")), c.T(at("k_proj_weight")), c.T(at("v_proj_weight"))
	} else {
		parts := unfoldPieces(c, w, embed)
		qw, kw, vw = parts[0], parts[1], parts[2]
	}
	var qb, kb, vb *T
	if b != nil {
		parts := unfoldPieces(c, b, embed)
		qb, kb, vb = parts[0], parts[1], parts[2]
	}
	tgt, bsz, src := q.Shape[0], q.Shape[1], k.Shape[0]
	dim := embed.FloorDiv(heads)
	q, k, v = linearOf(c, q, qw, qb), linearOf(c, k, kw, kb), linearOf(c, v, vw, vb)
	if bk := c.optT(at("bias_k")); bk != nil {
		bv := c.T(at("bias_v"))
		ones := tensor.Dims(1)
		k = concat(c, []*T{k, c.run("torch.tile", bk, interp.NewTuple(integer(1), bsz.Value(c.in), integer(1)))}, 0, nil).(*T)
		v = concat(c, []*T{v, c.run("torch.tile", bv, interp.NewTuple(integer(1), bsz.Value(c.in), integer(1)))}, 0, nil).(*T)
		src = src.Add(ones[0])
	}
	split := func(t *T, n tensor.Dim) *T {
		t = viewAs(c.in, "view", t, []tensor.Dim{n, bsz, heads, dim}, true)
		return permuted(c.in, "permute", t, []int{1, 2, 0, 3})
	}
	q, k, v = split(q, tgt), split(k, src), split(v, src)
	scale := interp.Float{V: 1 / math.Sqrt(float64(max(dim.V, 1)))}
	if dim.E != nil {
		scale.E = graph.Apply("/", graph.LitInt(1), graph.Apply("call:sqrt", dim.E))
	}
	s := matmulOf(c, "matmul", c.run("torch.mul", q, scale), transposed(c, k, 2, 3)).make(c.in)
	addMask := func(m *T) {
		if m.DType == tensor.Bool {
			zero := tensor.NoValue(c.in, tensor.New(tensor.Clone(m.Shape), s.DType), "zeros_like", []*T{m})
			zero.Device = m.Device
			m = c.run("torch.masked_fill", zero, m, num(math.Inf(-1)))
		}
		s = c.run("torch.add", s, m)
	}
	if m := c.optT(at("attn_mask")); m != nil {
		if len(m.Shape) == 3 {
			m = viewAs(c.in, "view", m, []tensor.Dim{bsz, heads, m.Shape[1], m.Shape[2]}, true)
		}
		addMask(m)
	}
	if m := c.optT(at("key_padding_mask")); m != nil {
		if len(m.Shape) == 1 {
			m = unsqueezed(c.in, m, 0)
		}
		addMask(viewAs(c.in, "view", m, []tensor.Dim{bsz, tensor.D(1), tensor.D(1), src}, true))
	}
	p := softmaxOf(c, "softmax", s, -1, false)
	o := matmulOf(c, "matmul", p, v).make(c.in)
	o = permuted(c.in, "permute", o, []int{2, 0, 1, 3})
	o = viewAs(c.in, "reshape", o, []tensor.Dim{tgt, bsz, embed}, true)
	o = linearOf(c, o, ow, ob)
	var weights interp.Value = interp.None
	if i := at("need_weights"); c.a[i] == nil || c.Bool(i) {
		wts := p
		if j := at("average_attn_weights"); c.a[j] == nil || c.Bool(j) {
			wts = c.run("torch.mean", p, integer(1))
		}
		if !batched {
			wts = sel(c.in, "squeeze", wts, 0, 0)
		}
		weights = wts
	}
	if !batched {
		o = sel(c.in, "squeeze", o, 1, 0)
	}
	return interp.NewTuple(o, weights)
}

// unfoldPieces are the three blocks of a packed projection.
func unfoldPieces(c *call, w *T, size tensor.Dim) []*T {
	out := make([]*T, 3)
	at := tensor.Dim{}
	for i := range out {
		out[i] = sliced(c.in, "chunk", w, 0, at, size, 1, outputArg(c, i, nil)...)
		at = at.Add(size)
	}
	return out
}

func ctcLoss(c *call) interp.Value {
	x := c.T(0)
	shape := []tensor.Dim{x.Shape[min(1, len(x.Shape)-1)]}
	return tensor.Op(c.in, "ctc_loss", c.reduced(shape), x.DType, compact(x, c.T(1)))
}

var nnRows = []row{
	{name: "F.softmax softmax", where: "f", sig: "input, dim=None, _stacklevel=3, dtype=None", fn: softmax("softmax", false)},
	{name: "softmax special.softmax", where: "fm", sig: "input, dim, dtype=None", fn: softmax("softmax", false)},
	{name: "F.log_softmax", where: "f", sig: "input, dim=None, _stacklevel=3, dtype=None", fn: softmax("log_softmax", true)},
	{name: "log_softmax special.log_softmax", where: "fm", sig: "input, dim, dtype=None", fn: softmax("log_softmax", true)},
	{name: "F.softmin", where: "f", sig: "input, dim=None, _stacklevel=3, dtype=None", fn: softmin},
	{name: "F.gumbel_softmax", where: "f", sig: "logits, tau=1, hard=False, eps=1e-10, dim=-1", fn: gumbelSoftmax},
	{name: "relu", where: "fmig", sig: "input", res: activation("relu", fixed(relu))},
	{name: "F.relu", where: "f", sig: "input, inplace=False", fn: inplaceFlag(activation("relu", fixed(relu)))},
	{name: "F.relu_", where: "f", sig: "input", fn: func(c *call) interp.Value { return activation("relu", fixed(relu))(c).into(c) }},
	{name: "F.relu6", where: "f", sig: "input, inplace=False", fn: inplaceFlag(withConstants("hardtanh", func(x float64) float64 { return math.Min(relu(x), 6) }, tensor.ArgFloat("min_val", 0), tensor.ArgFloat("max_val", 6)))},
	{name: "F.gelu", where: "f", sig: "input, approximate='none'", fn: geluRow},
	{name: "F.silu", where: "f", sig: "input, inplace=False", fn: inplaceFlag(activation("silu", fixed(func(x float64) float64 { return x * sigmoid(x) })))},
	{name: "F.mish", where: "f", sig: "input, inplace=False", fn: inplaceFlag(activation("mish", fixed(func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) })))},
	{name: "F.elu", where: "f", sig: "input, alpha=1.0, inplace=False", fn: inplaceFlag(activation("elu", nil))},
	{name: "F.selu", where: "f", sig: "input, inplace=False", fn: inplaceFlag(withConstants("elu", nil, tensor.ArgFloat("alpha", seluAlpha), tensor.ArgFloat("scale", seluScale)))},
	{name: "selu", where: "f", sig: "input", fn: inplaceFlag(withConstants("elu", nil, tensor.ArgFloat("alpha", seluAlpha), tensor.ArgFloat("scale", seluScale)))},
	{name: "F.celu celu", where: "f", sig: "input, alpha=1.0, inplace=False", fn: inplaceFlag(activation("celu", nil))},
	{name: "F.leaky_relu", where: "f", sig: "input, negative_slope=0.01, inplace=False", fn: inplaceFlag(activation("leaky_relu", nil))},
	{name: "F.rrelu rrelu", where: "f", sig: "input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False", fn: inplaceFlag(activation("rrelu_with_noise", nil))},
	{name: "F.prelu prelu", where: "f", sig: "input, weight", fn: prelu},
	{name: "prelu", where: "m", sig: "self, weight", fn: prelu},
	{name: "F.hardtanh", where: "f", sig: "input, min_val=-1.0, max_val=1.0, inplace=False", fn: inplaceFlag(activation("hardtanh", nil))},
	{name: "F.hardsigmoid", where: "f", sig: "input, inplace=False", fn: inplaceFlag(activation("hardsigmoid", nil))},
	{name: "F.hardswish", where: "f", sig: "input, inplace=False", fn: inplaceFlag(activation("hardswish", nil))},
	{name: "F.softplus", where: "f", sig: "input, beta=1, threshold=20", fn: inplaceFlag(activation("softplus", func(c *call) func(float64) float64 {
		b, th := c.Float(1), c.Float(2)
		return func(x float64) float64 {
			if x*b > th {
				return x
			}
			return math.Log1p(math.Exp(x*b)) / b
		}
	}))},
	{name: "F.softshrink", where: "f", sig: "input, lambd=0.5", fn: inplaceFlag(activation("softshrink", nil))},
	{name: "F.hardshrink hardshrink", where: "f", sig: "input, lambd=0.5", fn: inplaceFlag(activation("hardshrink", nil))},
	{name: "F.threshold threshold", where: "f", sig: "input, threshold, value, inplace=False", fn: inplaceFlag(activation("threshold", nil))},
	{name: "F.logsigmoid", where: "f", sig: "input", fn: inplaceFlag(activation("log_sigmoid", fixed(func(x float64) float64 { return -math.Log1p(math.Exp(-x)) })))},
	{name: "F.softsign", where: "f", sig: "input", fn: func(c *call) interp.Value {
		x := c.T(0)
		return c.run("torch.div", x, c.run("torch.add", c.run("torch.abs", x), integer(1)))
	}},
	{name: "F.tanhshrink", where: "f", sig: "input", fn: func(c *call) interp.Value {
		x := c.T(0)
		return c.run("torch.sub", x, c.run("torch.tanh", x))
	}},
	{name: "F.glu", where: "f", sig: "input, dim=-1", fn: glu},
	{name: "F.dropout F.dropout1d F.dropout2d F.dropout3d F.alpha_dropout F.feature_alpha_dropout", where: "f", sig: "input, p=0.5, training=True, inplace=False", fn: dropout},
	{name: "dropout", where: "f", sig: "input, p, train", fn: dropout},
	{name: "F.normalize", where: "f", sig: "input, p=2.0, dim=1, eps=1e-12, out=None", fn: normalize},
	{name: "F.layer_norm layer_norm", where: "f", sig: "input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True", fn: layerNorm},
	{name: "F.rms_norm rms_norm", where: "f", sig: "input, normalized_shape, weight=None, eps=None", fn: rmsNorm},
	{name: "F.group_norm group_norm", where: "f", sig: "input, num_groups, weight=None, bias=None, eps=1e-05", fn: groupNorm},
	{name: "F.batch_norm", where: "f", sig: "input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05", fn: batchNorm},
	{name: "batch_norm", where: "f", sig: "input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled=True", fn: batchNorm},
	{name: "F.instance_norm", where: "f", sig: "input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05", fn: batchNorm},
	{name: "F.local_response_norm", where: "f", sig: "input, size, alpha=0.0001, beta=0.75, k=1.0", fn: sameShape("local_response_norm")},
	{name: "F.conv1d conv1d", where: "f", sig: "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1", fn: conv(1)},
	{name: "F.conv2d conv2d", where: "f", sig: "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1", fn: conv(2)},
	{name: "F.conv3d conv3d", where: "f", sig: "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1", fn: conv(3)},
	{name: "F.conv_transpose1d conv_transpose1d", where: "f", sig: "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1", fn: convTranspose(1)},
	{name: "F.conv_transpose2d conv_transpose2d", where: "f", sig: "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1", fn: convTranspose(2)},
	{name: "F.conv_transpose3d conv_transpose3d", where: "f", sig: "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1", fn: convTranspose(3)},
	{name: "F.max_pool1d max_pool1d", where: "f", sig: "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False", fn: pool("max_pool1d", 1)},
	{name: "F.max_pool2d max_pool2d F.max_pool2d_with_indices", where: "f", sig: "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False", fn: pool("max_pool2d", 2)},
	{name: "F.max_pool3d max_pool3d", where: "f", sig: "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False", fn: pool("max_pool3d", 3)},
	{name: "F.avg_pool1d avg_pool1d", where: "f", sig: "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True", fn: pool("avg_pool1d", 1)},
	{name: "F.avg_pool2d", where: "f", sig: "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None", fn: pool("avg_pool2d", 2)},
	{name: "F.avg_pool3d", where: "f", sig: "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None", fn: pool("avg_pool3d", 3)},
	{name: "F.adaptive_avg_pool1d adaptive_avg_pool1d", where: "f", sig: "input, output_size", fn: adaptivePool("adaptive_avg_pool1d", 1)},
	{name: "F.adaptive_avg_pool2d", where: "f", sig: "input, output_size", fn: adaptivePool("adaptive_avg_pool2d", 2)},
	{name: "F.adaptive_avg_pool3d", where: "f", sig: "input, output_size", fn: adaptivePool("adaptive_avg_pool3d", 3)},
	{name: "F.adaptive_max_pool1d", where: "f", sig: "input, output_size, return_indices=False", fn: adaptivePool("adaptive_max_pool1d", 1)},
	{name: "F.adaptive_max_pool2d", where: "f", sig: "input, output_size, return_indices=False", fn: adaptivePool("adaptive_max_pool2d", 2)},
	{name: "F.unfold", where: "f", sig: "input, kernel_size, dilation=1, padding=0, stride=1", fn: unfoldF},
	{name: "F.fold", where: "f", sig: "input, output_size, kernel_size, dilation=1, padding=0, stride=1", fn: foldF},
	{name: "F.interpolate F.upsample", where: "f", sig: "input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False", fn: interpolate},
	{name: "F.pixel_shuffle pixel_shuffle", where: "f", sig: "input, upscale_factor", fn: pixelShuffle},
	{name: "F.pixel_unshuffle pixel_unshuffle", where: "f", sig: "input, downscale_factor", fn: pixelUnshuffle},
	{name: "F.channel_shuffle channel_shuffle", where: "f", sig: "input, groups", fn: sameShape("channel_shuffle")},
	{name: "F.pad", where: "f", sig: "input, pad, mode='constant', value=None", fn: pad},
	{name: "constant_pad_nd", where: "f", sig: "input, pad, mode=None, value=None", fn: pad},
	{name: "F.embedding", where: "f", sig: "input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False", fn: embedding},
	{name: "embedding", where: "f", sig: "weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False", fn: func(c *call) interp.Value {
		c.a[0], c.a[1] = c.a[1], c.a[0]
		return embedding(c)
	}},
	{name: "F.embedding_bag", where: "f", sig: "input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None", fn: embeddingBag},
	{name: "F.one_hot", where: "f", sig: "tensor, num_classes=-1", fn: oneHot},
	{name: "F.mse_loss", where: "f", sig: "input, target, size_average=None, reduce=None, reduction='mean', weight=None", fn: pairLoss("mse_loss")},
	{name: "F.l1_loss", where: "f", sig: "input, target, size_average=None, reduce=None, reduction='mean', weight=None", fn: pairLoss("l1_loss")},
	{name: "F.smooth_l1_loss", where: "f", sig: "input, target, size_average=None, reduce=None, reduction='mean', beta=1.0", fn: pairLoss("smooth_l1_loss")},
	{name: "F.huber_loss", where: "f", sig: "input, target, reduction='mean', delta=1.0, weight=None", fn: pairLoss("huber_loss")},
	{name: "F.binary_cross_entropy", where: "f", sig: "input, target, weight=None, size_average=None, reduce=None, reduction='mean'", fn: pairLoss("binary_cross_entropy")},
	{name: "F.binary_cross_entropy_with_logits", where: "f", sig: "input, target, weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None", fn: pairLoss("binary_cross_entropy_with_logits")},
	{name: "F.kl_div", where: "f", sig: "input, target, size_average=None, reduce=None, reduction='mean', log_target=False", fn: pairLoss("kl_div")},
	{name: "F.soft_margin_loss", where: "f", sig: "input, target, size_average=None, reduce=None, reduction='mean'", fn: pairLoss("soft_margin_loss")},
	{name: "F.gaussian_nll_loss F.poisson_nll_loss", where: "f", sig: "input, target, var=None, full=False, eps=1e-06, reduction='mean'", fn: pairLoss("gaussian_nll_loss")},
	{name: "F.cross_entropy", where: "f", sig: "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0", fn: crossEntropy},
	{name: "F.nll_loss", where: "f", sig: "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'", fn: nllLoss},
	{name: "F.ctc_loss", where: "f", sig: "log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False", fn: ctcLoss},
	{name: "F.cosine_similarity cosine_similarity", where: "f", sig: "input, x2, dim=1, eps=1e-08", fn: cosineSimilarity},
	{name: "F.pairwise_distance pairwise_distance", where: "f", sig: "input, x2, p=2.0, eps=1e-06, keepdim=False", fn: pairwiseDistance},
	{name: "F.grid_sample", where: "f", sig: "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None", fn: gridSample},
	{name: "F.affine_grid", where: "f", sig: "theta, size, align_corners=None", fn: affineGrid},
	{name: "F.scaled_dot_product_attention", where: "f", sig: "query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False", fn: sdpa},
	{name: "F.multi_head_attention_forward", where: "f", sig: "query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True, is_causal=False", fn: mhaForward},
}
