package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// oldNorm makes the class of the hooks behind torch.nn.utils.weight_norm and
// spectral_norm: before each forward the weight is computed anew.
func oldNorm(mod, name string, compute func(in *interp.Interp, m *interp.Instance, h *interp.Instance) *tensor.Tensor) *interp.Class {
	c := interp.NewNativeClass("torch.nn.utils."+mod+"."+name, nil)
	addMethods(c,
		method{name: "__call__", sig: "self, module, inputs", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			h := a[0].(*interp.Instance)
			m := needModule(in, a[1])
			set(m, hookName(in, h), compute(in, m, h))
			return interp.None
		}},
		method{name: "compute_weight", sig: "self, module, do_power_iteration=False", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return compute(in, needModule(in, a[1]), a[0].(*interp.Instance))
		}})
	return c
}

func hookName(in *interp.Interp, h *interp.Instance) string {
	v, _ := h.Dict.GetStr("name")
	return in.Str(v)
}

func hookDim(in *interp.Interp, h *interp.Instance) int64 {
	v, _ := h.Dict.GetStr("dim")
	return in.Int(v)
}

var (
	oldWeightNorm = oldNorm("weight_norm", "WeightNorm", func(in *interp.Interp, m, h *interp.Instance) *tensor.Tensor {
		n := hookName(in, h)
		return weightNormOf(in, needTensor(in, in.GetAttr(m, n+"_v")), needTensor(in, in.GetAttr(m, n+"_g")), hookDim(in, h))
	})
	oldSpectralNorm = oldNorm("spectral_norm", "SpectralNorm", func(in *interp.Interp, m, h *interp.Instance) *tensor.Tensor {
		n := hookName(in, h)
		w := needTensor(in, in.GetAttr(m, n+"_orig"))
		return tensor.Op(in, "_spectral_norm", tensor.Clone(w.Shape), w.DType,
			[]*tensor.Tensor{w, asTensor(in.GetAttr(m, n+"_u")), asTensor(in.GetAttr(m, n+"_v"))})
	})
)

// newHook makes a hook object and registers it to run before forward.
func newHook(in *interp.Interp, c *interp.Class, m *interp.Instance, name string, d int64) *interp.Instance {
	h := &interp.Instance{Cls: c, Dict: interp.NewDict()}
	h.Dict.SetStr("name", interp.NewStr(name))
	h.Dict.SetStr("dim", interp.NewInt(d))
	register(in, h, false, m.Data.(*State).hookTable(forwardPre))
	return h
}

// findHook is the hook of a class that works on the tensor called name, and its id.
func findHook(in *interp.Interp, m *interp.Instance, c *interp.Class, name string) (*interp.Instance, interp.Value) {
	st := m.Data.(*State)
	if !st.hasHooks(forwardPre) {
		return nil, nil
	}
	var found *interp.Instance
	var id interp.Value
	st.hooks.tables[forwardPre].Range(func(k, v interp.Value) bool {
		if h, ok := v.(*interp.Instance); ok && h.Cls == c && hookName(in, h) == name {
			found, id = h, k
			return false
		}
		return true
	})
	return found, id
}

func twice(in *interp.Interp, m *interp.Instance, c *interp.Class, what, name string) {
	if h, _ := findHook(in, m, c, name); h != nil {
		in.Raise(interp.RuntimeError, "Cannot register two %s hooks on the same parameter %s", what, name)
	}
}

// applyWeightNorm is torch.nn.utils.weight_norm: weight becomes weight_g and weight_v.
func applyWeightNorm(in *interp.Interp, a []interp.Value) interp.Value {
	m := needModule(in, a[0])
	st := m.Data.(*State)
	name := in.Str(a[1])
	twice(in, m, oldWeightNorm, "weight_norm", name)
	d := int64(-1)
	if !interp.IsNone(a[2]) {
		d = in.Int(a[2])
	}
	w := needTensor(in, in.GetAttr(m, name))
	if isLazy(w) {
		in.Raise(interp.ValueError, "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward before applying weight normalization")
	}
	if !st.Params.DelStr(name) {
		keyError(in, interp.NewStr(name))
	}
	part := func(shape []tensor.Dim) interp.Value {
		return newParameter(in, ParameterClass, &tensor.Tensor{Shape: shape, DType: w.DType, Device: w.Device}, interp.True)
	}
	registerParameter(in, m, name+"_g", part(exceptDim(w.Shape, d)))
	registerParameter(in, m, name+"_v", part(tensor.Clone(w.Shape)))
	h := newHook(in, oldWeightNorm, m, name, d)
	set(m, name, in.CallMethod(h, "compute_weight", m))
	return a[0]
}

func applySpectralNorm(in *interp.Interp, a []interp.Value) interp.Value {
	m := needModule(in, a[0])
	st := m.Data.(*State)
	name := in.Str(a[1])
	twice(in, m, oldSpectralNorm, "spectral_norm", name)
	v, ok := st.Params.GetStr(name)
	if !ok {
		keyError(in, interp.NewStr(name))
	}
	w := asTensor(v)
	if w == nil {
		in.Raise(interp.ValueError, "`SpectralNorm` cannot be applied as parameter `%s` is None", name)
	}
	d := spectralDim(in, m, a[4])
	x, y := powerVectors(w, d)
	in.DelAttr(m, name)
	registerParameter(in, m, name+"_orig", w)
	set(m, name, &tensor.Tensor{Shape: tensor.Clone(w.Shape), DType: w.DType, Device: w.Device})
	registerBuffer(in, m, name+"_u", x, true)
	registerBuffer(in, m, name+"_v", y, true)
	newHook(in, oldSpectralNorm, m, name, d)
	return a[0]
}

// removeOld undoes weight_norm or spectral_norm; extra are the suffixes of what they made.
func removeOld(c *interp.Class, what string, extra ...string) fn {
	return func(in *interp.Interp, a []interp.Value) interp.Value {
		m := needModule(in, a[0])
		name := in.Str(a[1])
		h, id := findHook(in, m, c, name)
		if h == nil {
			in.Raise(interp.ValueError, "%s of '%s' not found in %s", what, name, in.Repr(m))
		}
		w := needTensor(in, in.CallMethod(h, "compute_weight", m))
		for _, n := range append([]string{""}, extra...) {
			in.DelAttr(m, name+n)
		}
		p := newParameter(in, ParameterClass, &tensor.Tensor{Shape: w.Shape, DType: w.DType, Device: w.Device}, interp.True)
		registerParameter(in, m, name, p)
		m.Data.(*State).hooks.tables[forwardPre].Delete(in, id)
		return a[0]
	}
}

func first(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }

func notKnown(why string) fn {
	return func(in *interp.Interp, _ []interp.Value) interp.Value { return in.Unknown("%s", why) }
}

// utilFunctions are the functions of torch.nn.utils.
var utilFunctions = []function{
	{"weight_norm", "module, name='weight', dim=0", applyWeightNorm},
	{"remove_weight_norm", "module, name='weight'", removeOld(oldWeightNorm, "weight_norm", "_g", "_v")},
	{"spectral_norm", "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", applySpectralNorm},
	{"remove_spectral_norm", "module, name='weight'", removeOld(oldSpectralNorm, "spectral_norm", "_u", "_v", "_orig")},
	{"skip_init", "module_cls, *args, **kwargs", func(in *interp.Interp, a []interp.Value) interp.Value {
		c, ok := a[0].(*interp.Class)
		if !ok || !c.Is(ModuleClass) {
			in.Raise(interp.RuntimeError, "Expected a Module; got %s", in.ToStr(a[0]))
		}
		device := interp.NewStr("cpu")
		var kw []interp.KW
		a[2].(*interp.Dict).Range(func(k, v interp.Value) bool {
			if n := in.Str(k); n == "device" {
				device = v
			} else {
				kw = append(kw, interp.KW{Name: n, V: v})
			}
			return true
		})
		m := in.Call(c, a[1].(*interp.Tuple).V, append(kw, interp.KW{Name: "device", V: interp.NewStr("meta")}))
		return in.Call(in.GetAttr(m, "to_empty"), nil, []interp.KW{{Name: "device", V: device}})
	}},
	// Nothing is trained: gradients have no bearing on the architecture.
	{"clip_grad_norm_", "parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None", notKnown("there are no gradients")},
	{"clip_grad_norm", "parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None", notKnown("there are no gradients")},
	{"clip_grads_with_norm_", "parameters, max_norm, total_norm, foreach=None", inert},
	{"clip_grad_value_", "parameters, clip_value, foreach=None", inert},
	{"get_total_norm", "tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None", notKnown("there are no gradients")},
	{"parameters_to_vector", "parameters", func(in *interp.Interp, a []interp.Value) interp.Value {
		total := tensor.D(0)
		var inputs []*tensor.Tensor
		dt := tensor.DefaultDType(in)
		for _, v := range in.Elements(a[0]) {
			if t := asTensor(v); t != nil {
				total, inputs, dt = total.Add(tensor.Product(t.Shape)), append(inputs, t), t.DType
			}
		}
		return tensor.Op(in, "cat", []tensor.Dim{total}, dt, inputs)
	}},
	{"vector_to_parameters", "vec, parameters", inert},
	{"fuse_conv_bn_eval", "conv, bn, transpose=False", first},
	{"fuse_linear_bn_eval", "linear, bn", first},
	{"fuse_conv_bn_weights", "conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False", fused},
	{"fuse_linear_bn_weights", "linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b", fused},
	{"convert_conv2d_weight_memory_format", "module, memory_format", first},
	{"convert_conv3d_weight_memory_format", "module, memory_format", first},
}

func fused(_ *interp.Interp, a []interp.Value) interp.Value { return interp.NewTuple(a[0], a[1]) }

// rnnFunctions are the functions of torch.nn.utils.rnn.
var rnnFunctions = []function{
	{"pad_sequence", "sequences, batch_first=False, padding_value=0.0, padding_side='right'", padSequence},
	{"pack_padded_sequence", "input, lengths, batch_first=False, enforce_sorted=True", packPadded},
	{"pad_packed_sequence", "sequence, batch_first=False, padding_value=0.0, total_length=None", padPacked},
	{"pack_sequence", "sequences, enforce_sorted=True", func(in *interp.Interp, a []interp.Value) interp.Value {
		var lengths []interp.Value
		for _, v := range in.Elements(a[0]) {
			lengths = append(lengths, needTensor(in, v).Shape[0].Value(in))
		}
		padded := padSequence(in, []interp.Value{a[0], interp.False, interp.NewFloat(0), interp.NewStr("right")})
		return packPadded(in, []interp.Value{padded, interp.NewList(lengths...), interp.False, a[1]})
	}},
	{"unpad_sequence", "padded_sequences, lengths, batch_first=False", notKnown("the lengths of sequences are data")},
	{"unpack_sequence", "packed_sequences", notKnown("the lengths of sequences are data")},
	{"invert_permutation", "permutation", func(in *interp.Interp, a []interp.Value) interp.Value {
		t := asTensor(a[0])
		if t == nil {
			return a[0]
		}
		return tensor.Op(in, "scatter", tensor.Clone(t.Shape), t.DType, []*tensor.Tensor{t})
	}},
}

// padSequence stacks sequences of different lengths.
func padSequence(in *interp.Interp, a []interp.Value) interp.Value {
	if isUnknown(a[0]) {
		return a[0]
	}
	if !iterable(in, a[0]) {
		in.Raise(interp.RuntimeError, "pad_sequence: Expected iterable for input sequences, but got arg of type: %s", in.Repr(a[0].Type()))
	}
	var ts []*tensor.Tensor
	longest := tensor.D(0)
	known := true
	for _, v := range in.Elements(a[0]) {
		t := asTensor(v)
		if t == nil {
			if isUnknown(v) {
				return v
			}
			in.Raise(interp.TypeError, "expected Tensor as element %d in argument 0, but got %s", len(ts), v.Type().Name)
		}
		if len(t.Shape) == 0 {
			in.Raise(interp.IndexError, "Dimension specified as 0 but tensor has no dimensions")
		}
		n := t.Shape[0]
		switch {
		case n.V < 0 || longest.V < 0:
			longest = tensor.UnknownDim
		case n.V > longest.V || n.V == longest.V && longest.E == nil:
			longest = n
		}
		known = known && t.Values() != nil
		ts = append(ts, t)
	}
	if len(ts) == 0 {
		in.Raise(interp.RuntimeError, "received an empty list of sequences")
	}
	rest := ts[0].Shape[1:]
	shape := []tensor.Dim{longest, tensor.D(int64(len(ts)))}
	batchFirst := isTrue(in, a[1])
	if batchFirst {
		shape[0], shape[1] = shape[1], shape[0]
	}
	shape = append(shape, rest...)
	var data []float64
	if n := tensor.Numel(shape); known && n >= 0 && tensor.Keeps(ts[0].DType, n) {
		data = padded(in, ts, longest.V, tensor.Numel(rest), batchFirst, in.Float(a[2]), in.ToStr(a[3]) == "left", n)
	}
	return tensor.OpData(in, "pad_sequence", shape, ts[0].DType, data, ts)
}

// padded are the values of padSequence.
func padded(in *interp.Interp, ts []*tensor.Tensor, longest, width int64, batchFirst bool, fill float64, left bool, n int64) []float64 {
	in.Charge(n)
	out := make([]float64, n)
	for i := range out {
		out[i] = fill
	}
	for b, t := range ts {
		vs := t.Values()
		if int64(len(vs)) != t.Shape[0].V*width {
			return nil
		}
		for s := int64(0); s < t.Shape[0].V; s++ {
			at := s
			if left {
				at += longest - t.Shape[0].V
			}
			row := at*int64(len(ts)) + int64(b)
			if batchFirst {
				row = int64(b)*longest + at
			}
			copy(out[row*width:(row+1)*width], vs[s*width:(s+1)*width])
		}
	}
	return out
}

// packPadded packs sequences; how many steps there are is data, unless the lengths are known.
func packPadded(in *interp.Interp, a []interp.Value) interp.Value {
	x := asTensor(a[0])
	if x == nil {
		return in.Unknown("packing an unknown tensor")
	}
	inputs := []*tensor.Tensor{x}
	total, longest := tensor.UnknownDim, tensor.UnknownDim
	var lengths []float64
	if t := asTensor(a[1]); t != nil {
		inputs = append(inputs, t)
		lengths = t.Values()
	} else if !isUnknown(a[1]) {
		for _, v := range in.Elements(a[1]) {
			f, ok := interp.AsFloat(v)
			if !ok {
				lengths = nil
				break
			}
			lengths = append(lengths, f)
		}
	}
	if lengths != nil {
		sum, most := 0.0, 0.0
		for _, l := range lengths {
			sum, most = sum+l, max(most, l)
		}
		total, longest = tensor.D(int64(sum)), tensor.D(int64(most))
	}
	shape := []tensor.Dim{total}
	if len(x.Shape) > 2 {
		shape = append(shape, x.Shape[2:]...)
	}
	ts := tensor.OpMulti(in, "_pack_padded_sequence", [][]tensor.Dim{shape, {longest}}, []tensor.DType{x.DType, tensor.Int64}, inputs)
	if lengths != nil && tensor.Keeps(tensor.Int64, longest.V) {
		ts[1].SetValues(stepSizes(lengths, int(longest.V)))
	}
	sorted, unsorted := interp.Value(interp.None), interp.Value(interp.None)
	if !isTrue(in, a[3]) && len(inputs) > 1 {
		n := tensor.Clone(inputs[1].Shape)
		idx := tensor.Op(in, "sort", n, tensor.Int64, inputs[1:])
		sorted, unsorted = idx, tensor.Op(in, "scatter", tensor.Clone(n), tensor.Int64, []*tensor.Tensor{idx})
	}
	return &interp.Tuple{V: []interp.Value{ts[0], ts[1], sorted, unsorted}, Cls: packedClass}
}

// stepSizes are how many sequences are longer than each step.
func stepSizes(lengths []float64, steps int) []float64 {
	out := make([]float64, steps)
	for _, l := range lengths {
		for i := 0; i < int(l) && i < steps; i++ {
			out[i]++
		}
	}
	return out
}

// padPacked is the inverse of packPadded.
func padPacked(in *interp.Interp, a []interp.Value) interp.Value {
	p := asPacked(a[0])
	if p == nil {
		u := in.Unknown("unpacking an unknown sequence")
		return interp.NewTuple(u, u)
	}
	x, sizes := asTensor(p.V[0]), asTensor(p.V[1])
	if x == nil || sizes == nil {
		u := in.Unknown("unpacking an unknown sequence")
		return interp.NewTuple(u, u)
	}
	length := tensor.UnknownDim
	if len(sizes.Shape) > 0 {
		length = sizes.Shape[0]
	}
	if !interp.IsNone(a[3]) {
		n := sizeOf(in, a[3])[0]
		if n.V >= 0 && length.V > n.V {
			in.Raise(interp.ValueError, "Expected total_length to be at least the length of the longest sequence in input, but got total_length=%d and max sequence length being %d", n.V, length.V)
		}
		length = n
	}
	batch := tensor.UnknownDim
	if vs := sizes.Values(); len(vs) > 0 {
		batch = tensor.D(int64(vs[0]))
	}
	shape := []tensor.Dim{length, batch}
	if isTrue(in, a[1]) {
		shape[0], shape[1] = shape[1], shape[0]
	}
	shape = append(shape, x.Shape[1:]...)
	ts := tensor.OpMulti(in, "_pad_packed_sequence", [][]tensor.Dim{shape, {batch}}, []tensor.DType{x.DType, tensor.Int64}, []*tensor.Tensor{x, sizes})
	return interp.NewTuple(ts[0], ts[1])
}

// moduleFunctions are the functions of torch.nn.modules.utils.
var moduleFunctions = []function{
	{"_single", "x", func(in *interp.Interp, a []interp.Value) interp.Value { return repeat(in, a[0], 1) }},
	{"_pair", "x", func(in *interp.Interp, a []interp.Value) interp.Value { return repeat(in, a[0], 2) }},
	{"_triple", "x", func(in *interp.Interp, a []interp.Value) interp.Value { return repeat(in, a[0], 3) }},
	{"_quadruple", "x", func(in *interp.Interp, a []interp.Value) interp.Value { return repeat(in, a[0], 4) }},
	{"_ntuple", "n, name='parse'", func(in *interp.Interp, a []interp.Value) interp.Value {
		n := int(in.Int(a[0]))
		return pyFunc("torch.nn.modules.utils", in.ToStr(a[1]), "x", func(in *interp.Interp, a []interp.Value) interp.Value {
			in.Charge(int64(max(n, 0)))
			return repeat(in, a[0], max(n, 0))
		})
	}},
	{"_reverse_repeat_tuple", "t, n", func(in *interp.Interp, a []interp.Value) interp.Value {
		t, n := in.Elements(a[0]), in.Int(a[1])
		in.Charge(int64(len(t)))
		in.Charge(max(n, 0))
		in.Charge(int64(len(t)) * min(max(n, 0), 1<<30))
		var out []interp.Value
		for i := len(t) - 1; i >= 0; i-- {
			for j := int64(0); j < n; j++ {
				out = append(out, t[i])
			}
		}
		return interp.NewTuple(out...)
	}},
	{"_list_with_default", "out_size, defaults", func(in *interp.Interp, a []interp.Value) interp.Value {
		if _, ok := interp.AsInt(a[0]); ok {
			return a[0]
		}
		size, defs := in.Elements(a[0]), in.Elements(a[1])
		if len(defs) <= len(size) {
			in.Raise(interp.ValueError, "Input dimension should be at least %d", len(size)+1)
		}
		out := interp.NewList()
		for i, v := range size {
			out.V = append(out.V, orElse(v, defs[len(defs)-len(size)+i]))
		}
		return out
	}},
	{"consume_prefix_in_state_dict_if_present", "state_dict, prefix", func(in *interp.Interp, a []interp.Value) interp.Value {
		d, prefix := asDict(a[0]), in.Str(a[1])
		if d == nil {
			return interp.None
		}
		for _, k := range d.Keys() {
			if s, ok := interp.AsStr(k); ok && len(s) > len(prefix) && s[:len(prefix)] == prefix {
				v, _ := d.GetStr(s)
				d.DelStr(s)
				d.SetStr(s[len(prefix):], v)
			}
		}
		return interp.None
	}},
}
