package nn

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

var (
	convBase      = define("conv", layer{name: "_ConvNd", sig: "-", methods: []method{resetMethod("reset_parameters"), convRepr}})
	convTransBase = define("conv", layer{name: "_ConvTransposeNd", base: convBase, sig: "-"})
)

// ConvClasses are Conv1d, Conv2d and Conv3d; ConvTransposeClasses their transposed kin.
var ConvClasses, ConvTransposeClasses = convClasses(), convTransposeClasses()

var fPad = functional("pad")

// convSpec is what a constructor of a convolution was given, sizes as tuples.
type convSpec struct {
	in, out, kernel, stride, padding, dilation, outPadding, groups, bias, mode interp.Value
	transposed                                                                 bool
}

func convClasses() (cs [3]*interp.Class) {
	for i := range cs {
		n := i + 1
		dimName := strconv.Itoa(n) + "d"
		f := functional("conv" + dimName)
		zero := repeat(nil, interp.NewInt(0), n)
		forward := func(in *interp.Interp, m *interp.Instance, input, weight, bias interp.Value) interp.Value {
			padding := attr(in, m, "padding")
			if mode := attr(in, m, "padding_mode"); mode != interp.Value(zeros) {
				if s, _ := interp.AsStr(mode); s != "zeros" {
					input = fPad.call(in, []interp.Value{input, attr(in, m, "_reversed_padding_repeated_twice")}, interp.KW{Name: "mode", V: mode})
					padding = zero
				}
			}
			return f.call(in, []interp.Value{input, weight, bias, attr(in, m, "stride"), padding, attr(in, m, "dilation"), attr(in, m, "groups")})
		}
		convForward := pyFunc("torch.nn.modules.conv", "Conv"+dimName+"._conv_forward", "self, input, weight, bias", func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "_conv_forward")
			return forward(in, m, a[1], a[2], a[3])
		})
		cs[i] = define("conv", layer{name: "Conv" + dimName, base: convBase,
			sig: "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None",
			init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
				padding := a[4]
				if _, isStr := interp.AsStr(padding); !isStr {
					padding = repeat(in, padding, n)
				}
				initConv(in, m, st, convSpec{in: a[0], out: a[1], kernel: repeat(in, a[2], n), stride: repeat(in, a[3], n), padding: padding,
					dilation: repeat(in, a[5], n), outPadding: zero, groups: a[6], bias: a[7], mode: a[8]}, a[9], a[10])
			},
			methods: []method{
				{name: "forward", sig: "self, input", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
					m, _ := self(in, a[0], "forward")
					w, b := param(in, m, "weight"), param(in, m, "bias")
					if !m.Cls.Native {
						if f, _ := m.Cls.Lookup("_conv_forward"); f != interp.Value(convForward) {
							return in.CallMethod(m, "_conv_forward", a[1], w, b)
						}
					}
					return forward(in, m, a[1], w, b)
				}}}})
		cs[i].Dict.SetStr("_conv_forward", convForward)
	}
	return cs
}

var zeros = interp.Str{S: "zeros"}

func convTransposeClasses() (cs [3]*interp.Class) {
	for i := range cs {
		n := i + 1
		dimName := strconv.Itoa(n) + "d"
		f := functional("conv_transpose" + dimName)
		cs[i] = define("conv", layer{name: "ConvTranspose" + dimName, base: convTransBase,
			sig: "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None",
			init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
				s := convSpec{in: a[0], out: a[1], kernel: repeat(in, a[2], n), stride: repeat(in, a[3], n), padding: repeat(in, a[4], n),
					dilation: repeat(in, a[8], n), outPadding: repeat(in, a[5], n), groups: a[6], bias: a[7], mode: a[9], transposed: true}
				if mode, ok := interp.AsStr(a[9]); !ok || mode != "zeros" {
					in.Raise(interp.ValueError, `Only "zeros" padding mode is supported for %s`, m.Cls.Name)
				}
				initConv(in, m, st, s, a[10], a[11])
			},
			methods: []method{
				{name: "forward", sig: "self, input, output_size=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
					m, _ := self(in, a[0], "forward")
					return f.call(in, []interp.Value{a[1], param(in, m, "weight"), param(in, m, "bias"), attr(in, m, "stride"), attr(in, m, "padding"),
						outputPadding(in, m, a[1], a[2], n), attr(in, m, "groups"), attr(in, m, "dilation")})
				}}}})
	}
	return cs
}

// outputPadding is the padding that makes a transposed convolution's output as large as asked for.
func outputPadding(in *interp.Interp, m *interp.Instance, input, size interp.Value, n int) interp.Value {
	if interp.IsNone(size) {
		return repeat(in, attr(in, m, "output_padding"), 1)
	}
	t := asTensor(input)
	if t == nil {
		return in.Unknown("an output size for an input of unknown shape")
	}
	want := sizeOf(in, size)
	skip := 1
	if len(t.Shape) == n+2 {
		skip = 2
	}
	shown := in.Repr(size)
	if len(want) == skip+n {
		want = want[skip:]
		shown = tensor.ShapeString(want)
	}
	if len(want) != n {
		in.Raise(interp.ValueError, "ConvTranspose%dD: for %dD input, output_size must have %d or %d elements (got %d)", n, len(t.Shape), n, skip+n, len(want))
	}
	stride, padding := sizeOf(in, attr(in, m, "stride")), sizeOf(in, attr(in, m, "padding"))
	kernel, dilation := sizeOf(in, attr(in, m, "kernel_size")), sizeOf(in, attr(in, m, "dilation"))
	out := make([]interp.Value, n)
	var lo, hi []tensor.Dim
	bad := false
	for d := 0; d < n; d++ {
		x := t.Shape[d+skip].V
		if x < 0 || want[d].V < 0 {
			return in.Unknown("an output size that depends on data")
		}
		least := (x-1)*stride[d].V - 2*padding[d].V + dilation[d].V*(kernel[d].V-1) + 1
		most := least + stride[d].V - 1
		lo, hi = append(lo, tensor.D(least)), append(hi, tensor.D(most))
		bad = bad || want[d].V < least || want[d].V > most
		out[d] = interp.NewInt(want[d].V - least)
	}
	if bad {
		in.Raise(interp.ValueError, "requested an output size of %s, but valid sizes range from %s to %s (for an input of torch.Size(%s))",
			shown, tensor.ShapeString(lo), tensor.ShapeString(hi), tensor.ShapeString(t.Shape[2:]))
	}
	return interp.NewList(out...)
}

// initConv is what all constructors of convolutions share.
func initConv(in *interp.Interp, m *interp.Instance, st *State, s convSpec, device, dtype interp.Value) {
	if !above(in, s.groups, 0) && !isUnknown(s.groups) {
		in.Raise(interp.ValueError, "groups must be a positive integer")
	}
	if remainder(in, s.in, s.groups) != 0 {
		in.Raise(interp.ValueError, "in_channels must be divisible by groups")
	}
	if remainder(in, s.out, s.groups) != 0 {
		in.Raise(interp.ValueError, "out_channels must be divisible by groups")
	}
	kernel := s.kernel.(*interp.Tuple).V
	reversed := checkPadding(in, s, kernel)
	mode, _ := interp.AsStr(s.mode)
	switch mode {
	case "zeros", "reflect", "replicate", "circular":
	default:
		in.Raise(interp.ValueError, "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='%s'", in.ToStr(s.mode))
	}
	m.Dict.Grow(11)
	set(m, "in_channels", s.in)
	set(m, "out_channels", s.out)
	set(m, "kernel_size", s.kernel)
	set(m, "stride", s.stride)
	set(m, "padding", s.padding)
	set(m, "dilation", s.dilation)
	set(m, "transposed", interp.NewBool(s.transposed))
	set(m, "output_padding", s.outPadding)
	set(m, "groups", s.groups)
	set(m, "padding_mode", s.mode)
	set(m, "_reversed_padding_repeated_twice", reversed)
	f := factoryOf(in, device, dtype)
	rows, cols := s.out, s.in
	if s.transposed {
		rows, cols = s.in, s.out
	}
	if g, ok := s.groups.(interp.Int); !ok || g.V != 1 || g.E != nil {
		cols = arith(in, pyast.FloorDiv, cols, s.groups)
	}
	shape := make([]tensor.Dim, 2+len(kernel))
	shape[0], shape[1] = dim(in, rows, 0), dim(in, cols, 1)
	negative := shape[0].V < 0 || shape[1].V < 0
	for i, k := range kernel {
		shape[2+i] = dim(in, k, 2+i)
		negative = negative || shape[2+i].V < 0
	}
	if negative {
		checkDims(in, shape, append([]interp.Value{rows, cols}, kernel...))
	}
	st.Params.Grow(2)
	st.setParam("weight", f.param(in, shape...))
	st.biasParam(in, f, s.bias, s.out)
	callReset(in, m, "reset_parameters")
}

// checkPadding validates padding and gives it in the form that F.pad takes.
func checkPadding(in *interp.Interp, s convSpec, kernel []interp.Value) interp.Value {
	text, isStr := interp.AsStr(s.padding)
	if !isStr {
		ps := s.padding.(*interp.Tuple).V
		out := make([]interp.Value, 0, 2*len(ps))
		for i := len(ps) - 1; i >= 0; i-- {
			out = append(out, ps[i], ps[i])
		}
		return interp.NewTuple(out...)
	}
	if text != "same" && text != "valid" {
		in.Raise(interp.ValueError, "Invalid padding string '%s', should be one of {'same', 'valid'}", text)
	}
	out := make([]interp.Value, 2*len(kernel))
	for i := range out {
		out[i] = interp.NewInt(0)
	}
	if text == "same" {
		for _, v := range s.stride.(*interp.Tuple).V {
			if n, ok := interp.AsInt(v); ok && n != 1 {
				in.Raise(interp.ValueError, "padding='same' is not supported for strided convolutions")
			}
		}
		ds := s.dilation.(*interp.Tuple).V
		for j := 0; j < len(kernel) && j < len(ds); j++ {
			i := len(kernel) - 1 - j
			total := in.Int(ds[j]) * (in.Int(kernel[j]) - 1)
			out[2*i], out[2*i+1] = interp.NewInt(total/2), interp.NewInt(total-total/2)
		}
	}
	return interp.NewList(out...)
}

var convRepr = reprWith("{in_channels}, {out_channels}, kernel_size={kernel_size}, stride={stride}", func(in *interp.Interp, m *interp.Instance) (s string) {
	for _, n := range []string{"padding", "dilation", "output_padding"} {
		v := attr(in, m, n)
		usual := int64(0)
		if n == "dilation" {
			usual = 1
		}
		differs := true
		if t, ok := v.(*interp.Tuple); ok {
			differs = false
			for _, e := range t.V {
				x, isInt := interp.AsInt(e)
				differs = differs || !isInt || x != usual
			}
		}
		if differs {
			s += ", " + n + "=" + in.ToStr(v)
		}
	}
	if g, _ := interp.AsInt(attr(in, m, "groups")); g != 1 {
		s += ", groups=" + in.ToStr(attr(in, m, "groups"))
	}
	if interp.IsNone(param(in, m, "bias")) {
		s += ", bias=False"
	}
	if mode := in.ToStr(attr(in, m, "padding_mode")); mode != "zeros" {
		s += ", padding_mode=" + mode
	}
	return s
})
