package torch

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// Version is the torch release whose behaviour is modelled.
const Version = "2.14.1"

type rawFn = func(*interp.Interp, []interp.Value, []interp.KW) interp.Value

// returns is a function that takes anything and returns v.
func returns(v interp.Value) rawFn {
	return func(*interp.Interp, []interp.Value, []interp.KW) interp.Value { return v }
}

// first is a function that returns its first argument.
func first(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	if len(args) > 0 {
		return args[0]
	}
	for _, k := range kw {
		return k.V
	}
	return interp.None
}

// unknownResult is a function whose result is not known.
func unknownResult(what string) rawFn {
	return func(in *interp.Interp, _ []interp.Value, _ []interp.KW) interp.Value {
		return in.Unknown("%s is not modelled", what)
	}
}

// needs is f with at least n positional arguments.
func needs(n int, f rawFn) rawFn {
	return func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		if len(args) < n {
			in.Raise(interp.TypeError, "missing %d required positional argument%s", n-len(args), plural(n-len(args)))
		}
		return f(in, args, kw)
	}
}

func raises(cls *interp.Class, msg string) rawFn {
	return func(in *interp.Interp, _ []interp.Value, _ []interp.KW) interp.Value {
		in.Raise(cls, "%s", msg)
		return nil
	}
}

func builtin(qual string, f rawFn) *interp.Builtin {
	return &interp.Builtin{Name: qual[strings.LastIndexByte(qual, '.')+1:], Qual: qual, Raw: f}
}

func isCallable(v interp.Value) bool {
	switch v.(type) {
	case *interp.Function, *interp.Builtin, *interp.BoundMethod, *interp.Class, *interp.StaticMethod, *interp.ClassMethod:
		return true
	}
	return false
}

// decorator is used bare (@f) or with arguments (@f(...)) and changes nothing.
func decorator(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	if len(args) > 0 && (isCallable(args[0]) || len(kw) > 0) {
		if _, isInst := args[0].(*interp.Instance); isInst || isCallable(args[0]) {
			return args[0]
		}
	}
	if len(args) == 1 {
		if i, ok := args[0].(*interp.Instance); ok { // a module
			return i
		}
	}
	return builtin("torch.decorator", first)
}

// context makes the class of a context manager that is also a decorator.
// enter and exit may be nil; bare says that the class itself decorates.
func context(qual string, bare bool, enter func(in *interp.Interp, args []interp.Value, kw []interp.KW) (undo func())) *interp.Class {
	type state struct {
		args []interp.Value
		kw   []interp.KW
		undo []func()
	}
	c := interp.NewNativeClass(qual, nil,
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "__enter__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			i := a[0].(*interp.Instance)
			s, _ := i.Data.(*state)
			if s == nil {
				s = &state{}
				i.Data = s
			}
			undo := func() {}
			if enter != nil {
				undo = enter(in, s.args, s.kw)
			}
			s.undo = append(s.undo, undo)
			return i
		}},
		interp.Method{Name: "__exit__", Sig: "self, *args", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			if s, _ := a[0].(*interp.Instance).Data.(*state); s != nil && len(s.undo) > 0 {
				s.undo[len(s.undo)-1]()
				s.undo = s.undo[:len(s.undo)-1]
			}
			return interp.None
		}},
		interp.Method{Name: "__call__", Sig: "self, fn", Fn: func(in *interp.Interp, a []interp.Value) interp.Value { return a[1] }},
	)
	c.New = func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		if bare && len(args) == 1 && isCallable(args[0]) {
			return args[0]
		}
		return &interp.Instance{Cls: cls, Data: &state{args: args, kw: kw}}
	}
	return c
}

func setGrad(v bool) func(in *interp.Interp, args []interp.Value, kw []interp.KW) func() {
	return func(in *interp.Interp, _ []interp.Value, _ []interp.KW) func() {
		s := tensor.StateOf(in)
		old := s.GradEnabled
		s.GradEnabled = v
		return func() { s.GradEnabled = old }
	}
}

var (
	noGradClass    = context("torch.no_grad", true, setGrad(false))
	enableGrad     = context("torch.enable_grad", true, setGrad(true))
	inferenceClass = context("torch.inference_mode", true, setGrad(false))
	setGradClass   = func() *interp.Class {
		c := context("torch.set_grad_enabled", false, nil)
		make := c.New
		c.New = func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
			s := tensor.StateOf(in)
			if len(args) > 0 {
				s.GradEnabled = in.Truth(args[0])
			} else if len(kw) > 0 {
				s.GradEnabled = in.Truth(kw[0].V)
			}
			return make(in, cls, args, kw)
		}
		return c
	}()
	autocastClass = context("torch.autocast", false, nil)
	nullContext   = context("torch.null_context", false, nil)
)

// layouts and memory formats are opaque singletons.
var (
	layoutClass       = interp.NewNativeClass("torch.layout", nil)
	memoryFormatClass = interp.NewNativeClass("torch.memory_format", nil)
	layouts           = constants(layoutClass, "strided", "sparse_coo", "sparse_csr", "jagged")
	memoryFormats     = constants(memoryFormatClass, "contiguous_format", "preserve_format", "channels_last", "channels_last_3d", "legacy_contiguous_format")
)

func constants(c *interp.Class, names ...string) map[string]*interp.Instance {
	m := map[string]*interp.Instance{}
	for _, n := range names {
		m[n] = &interp.Instance{Cls: c, Data: interp.NewStr("torch." + n)}
	}
	c.AddMethods(interp.Method{Name: "__repr__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
		return a[0].(*interp.Instance).Data.(interp.Value)
	}})
	return m
}

func isMemoryFormat(v interp.Value) bool {
	i, ok := v.(*interp.Instance)
	return ok && (i.Cls == memoryFormatClass || i.Cls == layoutClass)
}

// info makes torch.finfo and torch.iinfo.
func info(qual string, float bool) *interp.Class {
	c := interp.NewNativeClass(qual, nil)
	c.New = func(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		d := tensor.DefaultDType(in)
		for _, k := range kw {
			args = append(args, k.V)
		}
		if len(args) > 0 {
			if u, ok := args[0].(*interp.Unknown); ok {
				return u
			}
			x, ok := tensor.AsDType(in, args[0])
			if !ok {
				in.Raise(interp.TypeError, "%s(): argument 'type' (position 1) must be torch.dtype, not %s", cls.Name, args[0].Type().Name)
			}
			d = x
		}
		i := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		set := func(k string, v float64) { i.Dict.SetStr(k, interp.NewFloat(v)) }
		bits := float64(d.ItemSize() * 8)
		i.Dict.SetStr("dtype", interp.NewStr(d.String()))
		i.Dict.SetStr("bits", interp.NewInt(int64(bits)))
		if float {
			d = d.ToReal()
			if !d.IsFloat() {
				in.Raise(interp.TypeError, "torch.finfo() requires a floating point input type. Use torch.iinfo to handle '%s'", "torch.finfo")
			}
			i.Dict.SetStr("bits", interp.NewInt(d.ItemSize()*8))
			m := maxOf(d)
			set("max", m)
			set("min", -m)
			eps, tiny := map[tensor.DType][2]float64{
				tensor.Float32: {1.1920928955078125e-07, 1.1754943508222875e-38}, tensor.Float64: {2.220446049250313e-16, 2.2250738585072014e-308},
				tensor.Float16: {0.0009765625, 6.103515625e-05}, tensor.BFloat16: {0.0078125, 1.1754943508222875e-38},
				tensor.Float8E4M3: {0.125, 0.015625}, tensor.Float8E5M2: {0.25, 6.103515625e-05},
			}[d], 0.0
			tiny = eps[1]
			set("eps", eps[0])
			set("tiny", tiny)
			set("smallest_normal", tiny)
			set("resolution", math.Pow(10, math.Floor(math.Log10(eps[0]))+1))
			return i
		}
		if d.IsFloat() || d.IsComplex() {
			in.Raise(interp.TypeError, "torch.iinfo() requires an integer input type. Use torch.finfo to handle '%s'", d)
		}
		m := maxOf(d)
		lo := -m - 1
		if !d.IsSigned() {
			lo = 0
		}
		i.Dict.SetStr("max", tensor.ScalarValue(tensor.Int64, m))
		i.Dict.SetStr("min", interp.NewInt(int64(math.Max(lo, math.MinInt64))))
		return i
	}
	return c
}

// modelled attributes of the classes made in package tensor.
func init() {
	d := tensor.DeviceClass
	d.New = func(in *interp.Interp, _ *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		var index interp.Value
		for _, k := range kw {
			switch k.Name {
			case "index":
				index = k.V
			default:
				args = append(args, k.V)
			}
		}
		if len(args) == 0 {
			in.Raise(interp.TypeError, "device() received an invalid combination of arguments - got (), but expected one of:\n * (torch.device device)\n * (str type, int index = -1)\n")
		}
		if len(args) > 1 {
			index = args[1]
		}
		if u, ok := args[0].(*interp.Unknown); ok {
			return u
		}
		dev := tensor.DeviceValue(in, tensor.DeviceArg(in, args[0]))
		if interp.IsNone(args[0]) {
			in.Raise(interp.TypeError, "device(): argument 'type' (position 1) must be str, not NoneType")
		}
		if index != nil && !interp.IsNone(index) {
			return &tensor.Device{Kind: dev.(*tensor.Device).Kind, Index: in.Int(index)}
		}
		return dev
	}
	self := func(a []interp.Value) *tensor.Device { return a[0].(*tensor.Device) }
	d.AddMethods(
		interp.Method{Name: "__enter__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			tensor.StateOf(in).PushDevice(self(a).String())
			return a[0]
		}},
		interp.Method{Name: "__exit__", Sig: "self, *args", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			tensor.StateOf(in).PopDevice()
			return interp.None
		}},
		interp.Method{Name: "__call__", Sig: "self, fn", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[1] }},
		interp.Method{Name: "__str__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return interp.NewStr(self(a).String()) }},
		interp.Method{Name: "__repr__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			s := "device(type='" + self(a).Kind + "'"
			if self(a).Index >= 0 {
				s += ", index=" + tensor.D(self(a).Index).String()
			}
			return interp.NewStr(s + ")")
		}},
		interp.Method{Name: "__eq__", Sig: "self, other", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			o, ok := a[1].(*tensor.Device)
			return interp.NewBool(ok && *o == *self(a))
		}},
		interp.Method{Name: "__ne__", Sig: "self, other", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			o, ok := a[1].(*tensor.Device)
			return interp.NewBool(!ok || *o != *self(a))
		}},
		interp.Method{Name: "__hash__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			h := int64(self(a).Index)
			for _, b := range []byte(self(a).Kind) {
				h = h*31 + int64(b)
			}
			return interp.NewInt(h)
		}},
	)
	dt := func(a []interp.Value) tensor.DType { return a[0].(*tensor.DTypeObj).D }
	name := func(_ *interp.Interp, a []interp.Value) interp.Value { return interp.NewStr("torch." + dt(a).String()) }
	tensor.DTypeClass.AddMethods(
		interp.Method{Name: "__repr__", Sig: "self", Fn: name},
		interp.Method{Name: "__str__", Sig: "self", Fn: name},
		interp.Method{Name: "__reduce__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return interp.NewStr(dt(a).String()) }},
		interp.Method{Name: "to_real", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return dt(a).ToReal().Value() }},
		interp.Method{Name: "to_complex", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return dt(a).ToComplex().Value() }},
	)
	sz := tensor.SizeClass
	sz.New = func(in *interp.Interp, cls *interp.Class, args []interp.Value, _ []interp.KW) interp.Value {
		var vs []interp.Value
		if len(args) > 0 {
			if t, ok := args[0].(*T); ok {
				for _, v := range t.Values() {
					vs = append(vs, element(t, v))
				}
			} else {
				vs = append(vs, in.Elements(args[0])...)
			}
		}
		for i, v := range vs {
			if _, ok := tensor.DimOf(in, v); !ok {
				in.Raise(interp.TypeError, "torch.Size() takes an iterable of 'int' (item %d is '%s')", i, v.Type().Name)
			}
		}
		return &interp.Tuple{V: vs, Cls: cls}
	}
	sz.AddMethods(
		interp.Method{Name: "numel", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			p := tensor.D(1)
			for _, v := range a[0].(*interp.Tuple).V {
				d, _ := tensor.DimOf(in, v)
				p = p.Mul(d)
			}
			return p.Value(in)
		}},
		interp.Method{Name: "__repr__", Sig: "self", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			s := "torch.Size(["
			for i, v := range a[0].(*interp.Tuple).V {
				if i > 0 {
					s += ", "
				}
				s += in.Repr(v)
			}
			return interp.NewStr(s + "])")
		}},
		// Slices and sums of a Size are Sizes again.
		interp.Method{Name: "__getitem__", Sig: "self, index", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			t := a[0].(*interp.Tuple)
			r := in.GetItem(&interp.Tuple{V: t.V}, a[1])
			if s, ok := r.(*interp.Tuple); ok {
				if _, isSlice := a[1].(*interp.Slice); isSlice {
					return &interp.Tuple{V: s.V, Cls: tensor.SizeClass}
				}
			}
			return r
		}},
	)
	tensor.Class.New = tensorNew
	tensor.Class.AddMethods(
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "_make_subclass", Kind: "static", Sig: "cls, data, require_grad=False", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return subclassOf(in, a[0], a[1])
		}},
		interp.Method{Name: "as_subclass", Sig: "self, cls", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			return subclassOf(in, a[1], a[0])
		}},
		interp.Method{Name: "__torch_function__", Kind: "class", Sig: "cls, func, types, args=(), kwargs=None", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			var kw []interp.KW
			if d, ok := a[4].(*interp.Dict); ok {
				d.Range(func(k, v interp.Value) bool {
					kw = append(kw, interp.KW{Name: in.Str(k), V: v})
					return true
				})
			}
			return in.Call(a[1], in.Elements(a[3]), kw)
		}},
	)
}

func tensorNew(in *interp.Interp, cls *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
	v := tensorCtor(tensor.Float32, false)(in, args, kw)
	if cls == tensor.Class {
		return v
	}
	return subclassOf(in, cls, v)
}

// subclassOf is data as an instance of a subclass of Tensor; it shares the storage.
func subclassOf(in *interp.Interp, cls, data interp.Value) interp.Value {
	t, ok := data.(*T)
	c, isClass := cls.(*interp.Class)
	if !ok || !isClass {
		return data
	}
	s := tensor.Detach(in, t, "alias")
	s.Cls = c
	return s
}

// ofKind is a class that isinstance asks about, such as torch.FloatTensor: making
// one makes a tensor of that dtype.
func ofKind(name string, dt tensor.DType) *interp.Class {
	meta := interp.NewNativeClass("torch.tensortype", []*interp.Class{interp.TypeClass}, interp.Method{
		Name: "__instancecheck__", Sig: "cls, instance", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			t, ok := a[1].(*T)
			return interp.NewBool(ok && t.DType == dt && t.Device != "meta")
		}})
	c := interp.NewNativeClass("torch."+name, nil)
	c.Meta = meta
	make := tensorCtor(dt, true)
	c.New = func(in *interp.Interp, _ *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		return make(in, args, kw)
	}
	return c
}

// inertClasses are the classes of packages that play no part in an
// architecture; they can be named, derived from and asked about, no more.
var inertClasses sync.Map // qualified name -> *interp.Class

func inertClass(qual string) *interp.Class {
	if c, ok := inertClasses.Load(qual); ok {
		return c.(*interp.Class)
	}
	c := interp.NewNativeClass(qual, nil,
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "__class_getitem__", Kind: "class", Sig: "cls, item", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
		interp.Method{Name: "__enter__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
		interp.Method{Name: "__exit__", Sig: "self, *args", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
	)
	c.Open = true
	v, _ := inertClasses.LoadOrStore(qual, c)
	return v.(*interp.Class)
}

// inert is a module of which every public name exists: those with a capital are classes,
// the others functions of unknown result.
func inert(mod string) func(in *interp.Interp, name string) (interp.Value, bool) {
	return func(_ *interp.Interp, name string) (interp.Value, bool) {
		if strings.HasPrefix(name, "__") || name == "" {
			return nil, false
		}
		q := mod + "." + name
		if c := strings.TrimLeft(name, "_"); c != "" && c[0] >= 'A' && c[0] <= 'Z' {
			return inertClass(q), true
		}
		return builtin(q, unknownResult(q)), true
	}
}

// strict is a module with no more names than the table has.
func strict(*interp.Interp, string) (interp.Value, bool) { return nil, false }

// autogradFunction is torch.autograd.Function: apply runs forward.
var autogradFunction = func() *interp.Class {
	ctx := interp.NewNativeClass("torch.autograd.function.FunctionCtx", nil,
		interp.Method{Name: "save_for_backward", Sig: "self, *tensors", Fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			in.SetAttr(a[0], "saved_tensors", a[1])
			return interp.None
		}},
		interp.Method{Name: "mark_dirty", Sig: "self, *args", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "mark_non_differentiable", Sig: "self, *args", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "set_materialize_grads", Sig: "self, value", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
	)
	c := interp.NewNativeClass("torch.autograd.function.Function", nil)
	c.Dict.SetStr("apply", &interp.ClassMethod{Fn: builtin("torch.autograd.Function.apply", func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		cls := args[0]
		forward := in.GetAttr(cls, "forward")
		k := cls.(*interp.Class)
		if _, has := k.Lookup("setup_context"); has {
			return in.Call(forward, args[1:], kw)
		}
		obj := &interp.Instance{Cls: ctx, Dict: interp.NewDict()}
		needs := make([]interp.Value, len(args)-1)
		for i := range needs {
			needs[i] = interp.False
		}
		obj.Dict.SetStr("needs_input_grad", interp.NewTuple(needs...))
		return in.Call(forward, append([]interp.Value{obj}, args[1:]...), kw)
	})})
	return c
}()

var generatorClass = func() *interp.Class {
	self := func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }
	return interp.NewNativeClass("torch.Generator", nil,
		interp.Method{Name: "__init__", Sig: "self, device=None", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.None }},
		interp.Method{Name: "manual_seed", Sig: "self, seed", Fn: self},
		interp.Method{Name: "initial_seed", Sig: "self", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.NewInt(0) }},
		interp.Method{Name: "seed", Sig: "self", Fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.NewInt(0) }},
		interp.Method{Name: "get_state", Sig: "self", Fn: func(in *interp.Interp, _ []interp.Value) interp.Value { return in.Unknown("random state") }},
		interp.Method{Name: "set_state", Sig: "self, state", Fn: self},
	)
}()

// checkpoint calls the function.
func checkpoint(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	var rest []interp.KW
	for _, k := range kw {
		switch k.Name {
		case "use_reentrant", "context_fn", "determinism_check", "debug", "preserve_rng_state", "early_stop":
		default:
			rest = append(rest, k)
		}
	}
	return in.Call(args[0], args[1:], rest)
}

// checkFor is torch._check(condition, message), or a relative that raises
// another error.
func checkFor(cls *interp.Class) rawFn {
	return needs(1, func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		return checkWith(in, append([]interp.Value{cls}, args...), kw)
	})
}

// checkWith is torch._check_with(error type, condition, message).
func checkWith(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	for _, k := range kw {
		args = append(args, k.V)
	}
	if _, ok := args[1].(*T); ok {
		in.Raise(interp.TypeError, "cond must be a bool, but got a Tensor. For tensor conditions, use torch._check_tensor_all() to assert that all elements are true.")
	}
	if !in.Truth(args[1]) {
		refuse(in, args)
	}
	return interp.None
}

// refuse raises the error args[0] with the message that args[2] makes, where given.
func refuse(in *interp.Interp, args []interp.Value) {
	msg := "Expected cond to be True, but got False. (Could this error message be improved? If so, please report an enhancement request to PyTorch.)"
	if len(args) > 2 && !interp.IsNone(args[2]) {
		msg = in.ToStr(in.Call(args[2], nil, nil))
	}
	cls, ok := args[0].(*interp.Class)
	if !ok {
		in.Raise(interp.TypeError, "the error type of a check is no class")
	}
	in.Raise(cls, "%s", msg)
}

// checkTensorAll is torch._check_tensor_all_with(error type, condition, message).
// A condition whose values are not known is taken to hold.
func checkTensorAll(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	for _, k := range kw {
		args = append(args, k.V)
	}
	t, ok := args[1].(*T)
	if !ok {
		if _, ok := args[1].(*interp.Unknown); ok {
			return interp.None
		}
		in.Raise(interp.TypeError, "cond must be a tensor, but got %s", in.Repr(args[1].Type()))
	}
	if t.DType != tensor.Bool {
		in.Raise(interp.TypeError, "cond tensor must have dtype torch.bool, but got torch.%s", t.DType)
	}
	if slices.Contains(t.Values(), 0) {
		refuse(in, args)
	}
	return interp.None
}

// numeric applies a builtin function of numbers (sym_max ...).
func pickNumber(isMax bool) rawFn {
	return func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
		if len(args) < 2 {
			return interp.None
		}
		a, ok1 := interp.AsFloat(args[0])
		b, ok2 := interp.AsFloat(args[1])
		if !ok1 || !ok2 {
			return in.Unknown("sizes depend on data")
		}
		if (a >= b) == isMax {
			return args[0]
		}
		return args[1]
	}
}

// cond is torch.cond(pred, true_fn, false_fn, operands).
func cond(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	for _, k := range kw {
		args = append(args, k.V)
	}
	if len(args) < 3 {
		in.Raise(interp.TypeError, "cond() missing required positional arguments")
	}
	var operands []interp.Value
	if len(args) > 3 {
		operands = in.Elements(args[3])
	}
	if in.Truth(args[0]) {
		return in.Call(args[1], operands, nil)
	}
	return in.Call(args[2], operands, nil)
}

func grouped(c *call) interp.Value {
	x, w := c.T(0), c.T(1)
	n, m := len(x.Shape), len(w.Shape)
	var shape []tensor.Dim
	switch {
	case n == 2 && m == 3:
		shape = []tensor.Dim{x.Shape[0], w.Shape[2]}
	case n == 3 && m == 3:
		shape = []tensor.Dim{x.Shape[0], x.Shape[1], w.Shape[2]}
	case n == 3 && m == 2:
		shape = []tensor.Dim{x.Shape[1], w.Shape[1]}
	default:
		groups := tensor.UnknownDim
		if o := c.optT(2); o != nil {
			groups = o.Shape[0]
		}
		shape = []tensor.Dim{groups, x.Shape[0], w.Shape[1]}
	}
	if unequal(x.Shape[n-1], w.Shape[m-2]) {
		c.fail("contraction dimension of mat_a and mat_b must match")
	}
	return tensor.Op(c.in, "grouped_mm", shape, x.DType, compact(x, w, c.optT(2), c.optT(3)))
}

var machineRows = []row{
	{name: "_grouped_mm grouped_mm F.grouped_mm", where: "f", sig: "self, mat2, offs=None, bias=None, out_dtype=None", fn: grouped},
	{name: "_scaled_mm", where: "f", sig: "input, mat2, scale_a=None, scale_b=None, bias=None, scale_result=None, out_dtype=None, use_fast_accum=False", fn: func(c *call) interp.Value {
		return tensor.Op(c.in, "mm", matmulShape(c, c.T(0), c.T(1)), c.dtype(6, c.T(0).DType), compact(c.T(0), c.T(1), c.optT(4)))
	}},
	{name: "is_tensor", where: "f", sig: "obj", fn: func(c *call) interp.Value {
		_, ok := c.a[0].(*T)
		return interp.NewBool(ok)
	}},
	{name: "get_default_dtype", where: "f", sig: "", fn: func(c *call) interp.Value { return tensor.DefaultDType(c.in).Value() }},
	{name: "set_default_dtype", where: "f", sig: "d", fn: func(c *call) interp.Value {
		d, ok := tensor.AsDType(c.in, c.a[0])
		if !ok || !d.IsFloat() {
			c.in.Raise(interp.TypeError, "only floating-point types are supported as the default type")
		}
		tensor.StateOf(c.in).DefaultDType = d
		return interp.None
	}},
	{name: "get_default_device", where: "f", sig: "", fn: func(c *call) interp.Value {
		return tensor.DeviceValue(c.in, tensor.StateOf(c.in).Device())
	}},
	{name: "set_default_device", where: "f", sig: "device", fn: func(c *call) interp.Value {
		d := ""
		if c.given(0) {
			d = tensor.DeviceArg(c.in, c.a[0])
		}
		tensor.StateOf(c.in).SetDefaultDevice(d)
		return interp.None
	}},
	{name: "is_grad_enabled", where: "f", sig: "", fn: func(c *call) interp.Value { return interp.NewBool(tensor.StateOf(c.in).GradEnabled) }},
	{name: "manual_seed", where: "f", sig: "seed", fn: func(c *call) interp.Value { return &interp.Instance{Cls: generatorClass} }},
}

var tensorKinds = map[string]tensor.DType{
	"FloatTensor": tensor.Float32, "DoubleTensor": tensor.Float64, "HalfTensor": tensor.Float16, "BFloat16Tensor": tensor.BFloat16,
	"LongTensor": tensor.Int64, "IntTensor": tensor.Int32, "ShortTensor": tensor.Int16, "CharTensor": tensor.Int8, "ByteTensor": tensor.UInt8, "BoolTensor": tensor.Bool,
}

var dtypeAliases = map[string]tensor.DType{
	"float": tensor.Float32, "double": tensor.Float64, "half": tensor.Float16, "long": tensor.Int64, "int": tensor.Int32, "short": tensor.Int16,
	"cfloat": tensor.Complex64, "cdouble": tensor.Complex128, "chalf": tensor.Complex32,
}
