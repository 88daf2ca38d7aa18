package nn

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

const parametrizeMod = "torch.nn.utils.parametrize"

var (
	parametrizationList = class(parametrizeMod, "ParametrizationList", ModuleListClass)
	weightNormClass     = class("torch.nn.utils.parametrizations", "_WeightNorm", ModuleClass)
	spectralNormClass   = class("torch.nn.utils.parametrizations", "_SpectralNorm", ModuleClass)
	orthogonalClass     = class("torch.nn.utils.parametrizations", "_Orthogonal", ModuleClass)
)

// sameKind checks that a parametrization keeps dtype and shape.
func sameKind(in *interp.Interp, what, label string, got, want *tensor.Tensor) {
	if got.DType != want.DType {
		in.Raise(interp.ValueError, "%s may not change the dtype of the tensor, unless `unsafe` flag is enabled.\nunparametrized dtype: torch.%s\n%s: torch.%s", what, want.DType, label+" dtype", got.DType)
	}
	if knownShape(got.Shape) && knownShape(want.Shape) && !tensor.SameSizes(got.Shape, want.Shape) {
		in.Raise(interp.ValueError, "%s may not change the shape of the tensor, unless `unsafe` flag is enabled.\nunparametrized shape: torch.Size(%s)\n%s: torch.Size(%s)", what, tensor.ShapeString(want.Shape), label+" shape", tensor.ShapeString(got.Shape))
	}
}

// registerTensor registers a parameter or buffer, as what it is.
func registerTensor(in *interp.Interp, m *interp.Instance, name string, t *tensor.Tensor) {
	if t.Parameter {
		registerParameter(in, m, name, t)
	} else {
		registerBuffer(in, m, name, t, true)
	}
}

// newParametrizationList is ParametrizationList([parametrization], original, unsafe).
func newParametrizationList(in *interp.Interp, list []interp.Value, original *tensor.Tensor, unsafe bool) *interp.Instance {
	m := alloc(parametrizationList)
	st := m.Data.(*State)
	st.start()
	if len(list) == 0 {
		in.Raise(interp.ValueError, "ParametrizationList requires one or more modules.")
	}
	for i, p := range list {
		addModule(in, m, number(i), p)
	}
	set(m, "unsafe", interp.NewBool(unsafe))
	var next interp.Value = original
	for i := len(list) - 1; i >= 0; i-- {
		f, ok := in.LookupAttr(list[i], "right_inverse")
		if !ok {
			continue
		}
		in.TryCatch(interp.NotImplementedError, func() { next = in.Call(f, []interp.Value{next}, nil) })
	}
	if t := asTensor(next); t != nil {
		set(m, "is_tensor", interp.True)
		set(m, "ntensors", interp.NewInt(1))
		if t.DType != original.DType {
			in.Raise(interp.ValueError, "When `right_inverse` outputs one tensor, it may not change the dtype.\noriginal.dtype: torch.%s\nright_inverse(original).dtype: torch.%s", original.DType, t.DType)
		}
		if t != original {
			original.Shape = t.Shape
		}
		registerTensor(in, m, "original", original)
	} else {
		parts, ok := tensor.Sequence(next)
		if !ok {
			in.Raise(interp.ValueError, "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got %s", next.Type().Name)
		}
		set(m, "is_tensor", interp.False)
		set(m, "ntensors", interp.NewInt(int64(len(parts))))
		for i, p := range parts {
			t := asTensor(p)
			if t == nil {
				in.Raise(interp.ValueError, "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element %d of the sequence with type %s.", i, p.Type().Name)
			}
			if original.Parameter {
				t = newParameter(in, ParameterClass, t, interp.NewBool(original.RequiresGrad)).(*tensor.Tensor)
			}
			registerTensor(in, m, "original"+strconv.Itoa(i), t)
		}
	}
	if !unsafe {
		out := in.Call(m, nil, nil)
		t := asTensor(out)
		if t == nil && !isUnknown(out) {
			in.Raise(interp.ValueError, "A parametrization must return a tensor. Got %s.", out.Type().Name)
		}
		if t != nil {
			sameKind(in, "Registering a parametrization", "parametrized", t, original)
		}
	}
	return m
}

// parametrizationsOf is module.parametrizations where it is a ModuleDict, else nil.
func parametrizationsOf(in *interp.Interp, v interp.Value) *interp.Instance {
	p, ok := in.LookupAttr(v, "parametrizations")
	if !ok {
		return nil
	}
	if d := asModule(p); d != nil && d.Cls.Is(ModuleDictClass) {
		return d
	}
	return nil
}

func isParametrized(in *interp.Interp, m interp.Value, name string) bool {
	d := parametrizationsOf(in, m)
	if d == nil {
		return false
	}
	reg := d.Data.(*State).Modules
	if name == "" {
		return reg.Len() > 0
	}
	_, ok := reg.GetStr(name)
	return ok
}

// registerParametrization replaces a parameter or buffer by a function of others.
func registerParametrization(in *interp.Interp, m *interp.Instance, name string, p interp.Value, unsafe bool) {
	st := m.Data.(*State)
	in.CallMethod(p, "train", interp.NewBool(st.Training))
	if isParametrized(in, m, name) {
		list, _ := parametrizationsOf(in, m).Data.(*State).Modules.GetStr(name)
		if !unsafe {
			old := asTensor(in.GetAttr(m, name))
			out := in.Call(p, []interp.Value{in.GetAttr(m, name)}, nil)
			if t := asTensor(out); t != nil && old != nil {
				sameKind(in, "Registering a parametrization", "parametrized", t, old)
			}
		}
		in.CallMethod(list, "append", p)
		return
	}
	v, isParam := st.Params.GetStr(name)
	if !isParam {
		var isBuffer bool
		if v, isBuffer = st.Buffers.GetStr(name); !isBuffer {
			in.Raise(interp.ValueError, "Module '%s' does not have a parameter, a buffer, or a parametrized element with name '%s'", in.Repr(m), name)
		}
	}
	t := asTensor(v)
	if t == nil {
		in.Raise(interp.AttributeError, "'%s' object has no attribute 'shape'", v.Type().Name)
	}
	list := newParametrizationList(in, []interp.Value{p}, t, unsafe)
	in.DelAttr(m, name)
	if !isParametrized(in, m, "") {
		injectClass(m)
		d := alloc(ModuleDictClass)
		d.Data.(*State).start()
		in.SetAttr(m, "parametrizations", d)
	}
	injectProperty(m.Cls, name)
	addModule(in, parametrizationsOf(in, m), interp.NewStr(name), list)
}

// injectClass gives m a class of its own, derived from its class.
func injectClass(m *interp.Instance) {
	c := interp.NewNativeClass(parametrizeMod+".Parametrized"+m.Cls.Name, []*interp.Class{m.Cls})
	c.Native = m.Cls.Native
	m.Cls = c
}

// injectProperty makes the parametrized tensor an attribute that is computed when it is read.
func injectProperty(c *interp.Class, name string) {
	get := pyFunc(parametrizeMod, "get_parametrized", "self", func(in *interp.Interp, a []interp.Value) interp.Value {
		return in.Call(in.GetItem(in.GetAttr(a[0], "parametrizations"), interp.NewStr(name)), nil, nil)
	})
	setter := pyFunc(parametrizeMod, "set_original", "self, value", func(in *interp.Interp, a []interp.Value) interp.Value {
		in.CallMethod(in.GetItem(in.GetAttr(a[0], "parametrizations"), interp.NewStr(name)), "right_inverse", a[1])
		return interp.None
	})
	c.Dict.SetStr(name, &interp.Property{Get: get, Set: setter})
	c.AddMethods()
}

// removeParametrizations turns a parametrized tensor back into a plain one.
func removeParametrizations(in *interp.Interp, m *interp.Instance, name string, leave bool) {
	if !isParametrized(in, m, name) {
		in.Raise(interp.ValueError, "Module %s does not have a parametrization on %s", in.Repr(m), name)
	}
	d := parametrizationsOf(in, m)
	v, _ := d.Data.(*State).Modules.GetStr(name)
	list := asModule(v)
	var t *tensor.Tensor
	if isTrue(in, in.GetAttr(list, "is_tensor")) {
		t = asTensor(in.GetAttr(list, "original"))
		if out := asTensor(in.GetAttr(m, name)); leave && out != nil && t != nil {
			t.Shape = out.Shape
		}
	} else {
		if !leave {
			in.Raise(interp.ValueError, "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.")
		}
		out := in.GetAttr(m, name)
		if t = asTensor(out); t != nil {
			grad := false
			eachTensor(in, list, false, "", false, true, func(_, _ string, p *tensor.Tensor, _ *State) { grad = grad || p.RequiresGrad })
			if grad {
				t = newParameter(in, ParameterClass, t, interp.True).(*tensor.Tensor)
			}
		}
	}
	m.Cls.Dict.DelStr(name)
	m.Cls.AddMethods()
	d.Data.(*State).Modules.DelStr(name)
	if t != nil {
		registerTensor(in, m, name, t)
	}
	if !isParametrized(in, m, "") {
		in.DelAttr(m, "parametrizations")
		m.Cls = m.Cls.Bases[0]
	}
}

// exceptDim is the shape of a norm over all dimensions but one.
func exceptDim(shape []tensor.Dim, d int64) []tensor.Dim {
	if d == -1 {
		return []tensor.Dim{}
	}
	out := make([]tensor.Dim, len(shape))
	for i := range out {
		out[i] = tensor.D(1)
		if int64(i) == d {
			out[i] = shape[i]
		}
	}
	return out
}

// weightNormOf is v with the norms g.
func weightNormOf(in *interp.Interp, v, g *tensor.Tensor, d int64) *tensor.Tensor {
	t := tensor.Op(in, "_weight_norm", tensor.Clone(v.Shape), v.DType, []*tensor.Tensor{v, g}, tensor.ArgInt("dim", d))
	t.RequiresGrad = v.RequiresGrad || g.RequiresGrad
	return t
}

func needTensor(in *interp.Interp, v interp.Value) *tensor.Tensor {
	t := asTensor(v)
	if t == nil {
		in.Raise(interp.TypeError, "expected Tensor, got %s", v.Type().Name)
	}
	return t
}

func setupParametrize() {
	addMethods(parametrizationList,
		method{name: "forward", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, st := self(in, a[0], "forward")
			var args []interp.Value
			if isTrue(in, attr(in, m, "is_tensor")) {
				args = append(args, in.GetAttr(m, "original"))
			} else {
				for i := int64(0); i < in.Int(attr(in, m, "ntensors")); i++ {
					args = append(args, in.GetAttr(m, "original"+strconv.FormatInt(i, 10)))
				}
			}
			var x interp.Value = interp.None
			for i, p := range st.Modules.Values() {
				if i > 0 {
					args = []interp.Value{x}
				}
				x = in.Call(p, args, nil)
			}
			return x
		}},
		// Assigning to a parametrized tensor changes values only.
		method{name: "right_inverse", sig: "self, value", fn: inert})
	addInit(parametrizationList, "modules, original, unsafe=False", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		l := newParametrizationList(in, in.Elements(a[0]), needTensor(in, a[1]), isTrue(in, a[2]))
		m.Dict, m.Data = l.Dict, l.Data
	})

	addInit(weightNormClass, "dim=0", func(_ *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		set(m, "dim", orElse(a[0], interp.NewInt(-1)))
	})
	addMethods(weightNormClass,
		method{name: "forward", sig: "self, weight_g, weight_v", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "forward")
			return weightNormOf(in, needTensor(in, a[2]), needTensor(in, a[1]), in.Int(attr(in, m, "dim")))
		}},
		method{name: "right_inverse", sig: "self, weight", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "right_inverse")
			w := needTensor(in, a[1])
			g := tensor.Op(in, "norm_except_dim", exceptDim(w.Shape, in.Int(attr(in, m, "dim"))), w.DType, []*tensor.Tensor{w})
			return interp.NewTuple(g, w)
		}})

	addInit(spectralNormClass, "weight, n_power_iterations=1, dim=0, eps=1e-12", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		w := needTensor(in, a[0])
		rank, d := int64(len(w.Shape)), in.Int(a[2])
		if d >= rank || d < -rank {
			in.Raise(interp.IndexError, "Dimension out of range (expected to be in range of [-%d, %d] but got %d)", rank, rank-1, d)
		}
		if !above(in, a[1], 0) {
			in.Raise(interp.ValueError, "Expected n_power_iterations to be positive, but got n_power_iterations=%s", in.ToStr(a[1]))
		}
		if d < 0 {
			d += rank
		}
		set(m, "dim", interp.NewInt(d))
		set(m, "eps", a[3])
		if rank > 1 {
			set(m, "n_power_iterations", a[1])
			u, v := powerVectors(w, d)
			st.Buffers.SetStr("_u", u)
			st.Buffers.SetStr("_v", v)
		}
	})
	addMethods(spectralNormClass,
		method{name: "forward", sig: "self, weight", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "forward")
			w := needTensor(in, a[1])
			inputs := []*tensor.Tensor{w}
			if len(w.Shape) > 1 {
				inputs = append(inputs, asTensor(buffer(in, m, "_u")), asTensor(buffer(in, m, "_v")))
			}
			return tensor.Op(in, "_spectral_norm", tensor.Clone(w.Shape), w.DType, inputs)
		}},
		method{name: "right_inverse", sig: "self, value", fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[1] }})

	addInit(orthogonalClass, "weight, orthogonal_map, *, use_trivialization=True", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		set(m, "shape", tensor.SizeValue(in, needTensor(in, a[0]).Shape))
		set(m, "orthogonal_map", a[1])
		if isTrue(in, a[2]) {
			st.Buffers.SetStr("base", interp.None)
		}
	})
	addMethods(orthogonalClass,
		method{name: "forward", sig: "self, X", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, st := self(in, a[0], "forward")
			x := needTensor(in, a[1])
			inputs := []*tensor.Tensor{x}
			if _, ok := st.Buffers.GetStr("base"); ok {
				inputs = append(inputs, asTensor(buffer(in, m, "base")))
			}
			return tensor.Op(in, "orthogonal", tensor.Clone(x.Shape), x.DType, inputs)
		}},
		method{name: "right_inverse", sig: "self, Q", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			_, st := self(in, a[0], "right_inverse")
			q := needTensor(in, a[1])
			if _, ok := st.Buffers.GetStr("base"); ok {
				st.Buffers.SetStr("base", &tensor.Tensor{Shape: tensor.Clone(q.Shape), DType: q.DType, Device: q.Device})
			}
			return tensor.Op(in, "orthogonal", tensor.Clone(q.Shape), q.DType, []*tensor.Tensor{q})
		}})
}

// powerVectors are the vectors of the power iteration over w seen as a matrix
// whose rows are dimension d.
func powerVectors(w *tensor.Tensor, d int64) (u, v *tensor.Tensor) {
	rows, cols := w.Shape[d], tensor.D(1)
	for i, x := range w.Shape {
		if int64(i) != d {
			cols = cols.Mul(x)
		}
	}
	return &tensor.Tensor{Shape: []tensor.Dim{rows}, DType: w.DType, Device: w.Device}, &tensor.Tensor{Shape: []tensor.Dim{cols}, DType: w.DType, Device: w.Device}
}

// weightOf is the tensor that a function of torch.nn.utils works on.
func weightOf(in *interp.Interp, m *interp.Instance, name string) *tensor.Tensor {
	v, _ := in.LookupAttr(m, name)
	t := asTensor(v)
	if t == nil {
		in.Raise(interp.ValueError, "Module '%s' has no parameter or buffer with name '%s'", in.Repr(m), name)
	}
	return t
}

func needModule(in *interp.Interp, v interp.Value) *interp.Instance {
	m := asModule(v)
	if m == nil {
		in.Raise(interp.AttributeError, "'%s' object has no attribute 'training'", v.Type().Name)
	}
	return m
}

// spectralDim is the dimension that stands for the outputs.
func spectralDim(in *interp.Interp, m *interp.Instance, d interp.Value) int64 {
	if !interp.IsNone(d) {
		return in.Int(d)
	}
	for _, c := range ConvTransposeClasses {
		if m.Cls.Is(c) {
			return 1
		}
	}
	return 0
}

// parametrizeFunctions are the functions of torch.nn.utils.parametrize.
var parametrizeFunctions = []function{
	{"register_parametrization", "module, tensor_name, parametrization, *, unsafe=False", func(in *interp.Interp, a []interp.Value) interp.Value {
		registerParametrization(in, needModule(in, a[0]), in.Str(a[1]), a[2], isTrue(in, a[3]))
		return a[0]
	}},
	{"is_parametrized", "module, tensor_name=None", func(in *interp.Interp, a []interp.Value) interp.Value {
		name := ""
		if !interp.IsNone(a[1]) {
			name = in.Str(a[1])
		}
		return interp.NewBool(isParametrized(in, a[0], name))
	}},
	{"remove_parametrizations", "module, tensor_name, leave_parametrized=True", func(in *interp.Interp, a []interp.Value) interp.Value {
		removeParametrizations(in, needModule(in, a[0]), in.Str(a[1]), isTrue(in, a[2]))
		return a[0]
	}},
	{"type_before_parametrizations", "module", func(in *interp.Interp, a []interp.Value) interp.Value {
		c := a[0].Type()
		if isParametrized(in, a[0], "") {
			c = c.Bases[0]
		}
		return c
	}},
}

// parametrizationFunctions are the functions of torch.nn.utils.parametrizations.
var parametrizationFunctions = []function{
	{"weight_norm", "module, name='weight', dim=0", func(in *interp.Interp, a []interp.Value) interp.Value {
		m := needModule(in, a[0])
		registerParametrization(in, m, in.Str(a[1]), in.Call(weightNormClass, a[2:3], nil), true)
		st := m.Data.(*State)
		register(in, &interp.Builtin{Name: "_weight_norm_compat_hook", Fn: inert, Sig: interp.ParseSignature("*args")}, false, st.hookTable(loadPre))
		return a[0]
	}},
	{"spectral_norm", "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", func(in *interp.Interp, a []interp.Value) interp.Value {
		m := needModule(in, a[0])
		name := in.Str(a[1])
		w := weightOf(in, m, name)
		p := in.Call(spectralNormClass, []interp.Value{w, a[2], interp.NewInt(spectralDim(in, m, a[4])), a[3]}, nil)
		registerParametrization(in, m, name, p, false)
		return a[0]
	}},
	{"orthogonal", "module, name='weight', orthogonal_map=None, *, use_trivialization=True", func(in *interp.Interp, a []interp.Value) interp.Value {
		m := needModule(in, a[0])
		name := in.Str(a[1])
		w := weightOf(in, m, name)
		if len(w.Shape) < 2 {
			in.Raise(interp.ValueError, "Expected a matrix or batch of matrices. Got a tensor of %d dimensions.", len(w.Shape))
		}
		p := in.Call(orthogonalClass, []interp.Value{w, a[2]}, []interp.KW{{Name: "use_trivialization", V: a[3]}})
		registerParametrization(in, m, name, p, true)
		return a[0]
	}},
}
