package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// Input is one tensor given to forward.
type Input struct {
	Name  string
	Shape []int64
	DType tensor.DType
	// Data are the values, in row-major order; nil for those that inputTensor gives.
	Data []float64
	// Plain says that it is given as a number of Python.
	Plain bool
}

// Forward is what one run of forward did.
type Forward struct {
	Inputs []Input
	Device string // "meta" or "cpu"
	Trace  *graph.Trace
	// Output is the first tensor of the result; nil where there is none.
	Output *tensor.Tensor
	Value  interp.Value
	// Asides are runs on inputs that follow from the signature too, with which
	// other parts of the model run: those of a model that takes text or sound,
	// or of one that forward does not accept in the end.
	Asides []Aside
	// Cache is what the step of a decode scenario reads and leaves.
	Cache []CacheTensor
}

// Aside is a forward on other inputs, and what it did, up to where it failed.
type Aside struct {
	Inputs []Input
	Err    error // nil where it came to its end
	Trace  *graph.Trace
}

// Scenario says how forward is called.
type Scenario struct {
	// Inputs are given by name; nil: they follow from the signature.
	Inputs []Input
	// Beside are inputs on which forward is run too, once each, to see what more
	// of the model runs with them (Forward.Asides). It may fail.
	Beside [][]Input
	// Least says that, where none are given, forward gets no more than it
	// needs: no images and no sound beside text.
	Least bool
	// Device is "meta" or "cpu": where the inputs and parameters lie. "": on
	// meta, and where that is refused (values are needed) on the CPU.
	Device string
	// Kind is "" or "prefill": forward over the inputs, in eval mode, without
	// cache; "decode": over one more token, with the cache that a forward over
	// the inputs filled; "train": over the inputs, in training mode.
	Kind string
}

// Forward runs the model's forward once on described inputs. Where no inputs are given and forward refuses the plain ones,
// other kinds of inputs are tried, and then those that came furthest are changed by what Python says of them; the error is
// that of those that came furthest.
func (s *Session) Forward(b *Built, sc Scenario) (*Forward, error) {
	if sc.Kind == "decode" && sc.Inputs == nil { // over what the inputs of a plain forward leave
		f, err := s.Forward(b, Scenario{Device: sc.Device, Least: true})
		if err != nil {
			return f, err
		}
		sc.Inputs = f.Inputs
	}
	device := sc.Device
	if device == "" {
		sc.Device = "meta"
	}
	var p *planner
	plain := func(in *interp.Interp, params []interp.FuncParam) []Input {
		if sc.Inputs != nil {
			return sc.Inputs
		}
		p = newPlanner(in, b, params)
		return p.plan(nil)
	}
	f, err := s.forward(b, sc, plain)
	if err != nil && device == "" {
		sc.Device = "cpu"
		g, e := s.forward(b, sc, plain)
		if e == nil {
			f, err = g, nil
		}
	}
	if err != nil && p != nil {
		f, err = s.search(b, sc, p, f, err)
	}
	if err == nil && p != nil && !sc.Least {
		f = s.enrich(b, sc, p, f)
	}
	for _, in := range sc.Beside {
		sc.Device = "cpu"
		given := func(*interp.Interp, []interp.FuncParam) []Input { return in }
		if g, e := s.forward(b, sc, given); err == nil {
			f.Asides = append(f.Asides, Aside{Inputs: in, Err: e, Trace: g.Trace})
		}
	}
	return f, err
}

// again is the scenario that repeats a forward with the inputs that it found.
func (f *Forward) again() Scenario {
	sc := Scenario{Inputs: f.Inputs, Device: f.Device}
	for _, r := range f.Asides {
		sc.Beside = append(sc.Beside, r.Inputs)
	}
	return sc
}

// search looks for inputs that forward accepts, after it refused the plain
// ones. Where it finds none, the result is of those that came furthest.
func (s *Session) search(b *Built, sc Scenario, p *planner, f *Forward, err error) (*Forward, error) {
	look := &search{p: p, tried: map[string]bool{}, left: maxTries, run: func(inputs []Input) (*Forward, error) {
		return s.forward(b, sc, func(*interp.Interp, []interp.FuncParam) []Input { return inputs })
	}}
	first := &attempt{f.Inputs, f, err}
	best := first
	for k := range variants {
		for again := true; again; {
			again = false
			var inputs []Input
			if e := s.in.Guard(func() { inputs = p.plan(&variants[k]) }); e != nil {
				break
			}
			a := look.try(inputs)
			if a == nil {
				break
			}
			if a.err == nil {
				return a.f, nil
			}
			if a.further(best) {
				best = a
			}
			for _, n := range counted(a.err.Error()) {
				if n != p.images && n <= mostPlaceholders {
					p.images, again = n, p.images < n
				}
			}
		}
		p.images = 0
	}
	for _, a := range []*attempt{best, first} {
		got := look.climb(a)
		if got.err == nil {
			return got.f, nil
		}
		if got.further(best) {
			best = got
		}
		if best == first {
			break
		}
	}
	return best.f, best.err
}

// forward is Forward on the inputs that choose gives; no inputs are an error.
func (s *Session) forward(b *Built, sc Scenario, choose func(*interp.Interp, []interp.FuncParam) []Input) (*Forward, error) {
	in := s.in
	in.ResetBudget()
	f := &Forward{Device: sc.Device, Trace: &graph.Trace{}}
	in.OnChoice = func(at graph.Span, why string, took bool) {
		f.Trace.Choices = append(f.Trace.Choices, graph.Choice{At: at, Why: why, Took: took})
	}
	defer func() { in.OnChoice = nil }()
	err := in.Guard(func() {
		if sc.Kind == "train" {
			in.CallMethod(b.Root, "train")
		} else {
			in.CallMethod(b.Root, "eval")
		}
		params := forwardParams(in, b.Root)
		if f.Inputs = choose(in, params); len(f.Inputs) == 0 && len(params) > 0 {
			var names []string
			for _, p := range params {
				names = append(names, p.Name)
			}
			if names == nil {
				in.Raise(interp.RuntimeError, "forward names no input")
			}
			in.Raise(interp.RuntimeError, "no generic input for %s", strings.Join(names, ", "))
		}
		place(b, sc.Device)
		st := tensor.StateOf(in)
		grad := st.GradEnabled
		st.GradEnabled = sc.Kind == "train"
		defer func() { st.GradEnabled = grad }()
		var next *step
		if sc.Kind == "decode" {
			next = prefill(in, b, params, f.Inputs, sc.Device)
			f.Inputs = next.inputs
			f.Trace.Choices = nil // those of the prefill
		}
		tr := &tensor.Tracer{Trace: f.Trace, Limit: 4_000_000}
		var kw []interp.KW
		for _, i := range f.Inputs {
			if i.Plain && len(i.Data) == 1 {
				kw = append(kw, interp.KW{Name: i.Name, V: interp.NewInt(int64(i.Data[0]))})
				continue
			}
			t := inputTensor(in, i, sc.Device)
			tr.Origin(in, t, "input", i.Name)
			kw = append(kw, interp.KW{Name: i.Name, V: t})
		}
		kw = cacheFlags(params, kw, next != nil)
		if next != nil {
			f.Cache = next.enter(in, tr)
			kw = append(kw, next.kw...)
		}
		out, exc := nn.Run(in, b.Root, nil, kw, tr)
		if exc != nil {
			panic(exc)
		}
		f.Value = out
		if next != nil {
			f.Cache = next.leave(in, out, f.Cache)
		}
		f.Output = firstTensor(in, out)
	})
	return f, err
}

// place puts a model's tensors on a device: parameters, buffers, and those that
// modules hold as plain attributes, which a model built there would have there.
func place(b *Built, device string) {
	for _, p := range b.Tree.Params {
		p.Tensor.Device = device
	}
	for _, p := range b.Tree.Buffers {
		p.Tensor.Device = device
	}
	for _, m := range b.Tree.Modules {
		if m.Module == nil || m.Module.Dict == nil {
			continue
		}
		m.Module.Dict.EachValue(func(v interp.Value) bool {
			if t, ok := v.(*tensor.Tensor); ok {
				t.Device = device
			}
			return true
		})
	}
}

// forwardParams lists the parameters of the model's forward, self left out.
// Where it names none and the model holds one module, they are those of that
// module's forward.
func forwardParams(in *interp.Interp, root *interp.Instance) []interp.FuncParam {
	params := ownParams(in, root)
	for _, p := range params {
		if p.Kind != interp.VarArgsParam && p.Kind != interp.KwArgsParam {
			return params
		}
	}
	if st := nn.StateOf(root); st != nil && st.Modules.Len() == 1 {
		if m, ok := st.Modules.Values()[0].(*interp.Instance); ok {
			return forwardParams(in, m)
		}
	}
	return params
}

func ownParams(in *interp.Interp, root *interp.Instance) []interp.FuncParam {
	v := in.GetAttr(root, "forward")
	for range 20 {
		switch f := v.(type) {
		case *interp.BoundMethod:
			v = f.Fn
			continue
		case *interp.Function:
			if w, ok := f.Attrs().GetStr("__wrapped__"); ok {
				v = w
				continue
			}
			if p := f.Params(); len(p) > 0 {
				return p[1:]
			}
		}
		break
	}
	return nil
}

// genericInputs chooses inputs by the names of forward's parameters: 9 token
// ids, an image, 3,000 frames of features or a second of sound.
func genericInputs(in *interp.Interp, b *Built, has map[string]bool) []Input {
	intAttr := func(o interp.Value, name string, def int64) int64 {
		if v, ok := in.LookupAttr(o, name); ok {
			if n, ok := interp.AsInt(v); ok && n != 0 {
				return n
			}
		}
		return def
	}
	var out []Input
	add := func(name string, dt tensor.DType, shape ...int64) {
		out = append(out, Input{Name: name, Shape: shape, DType: dt})
	}
	if has["input_ids"] {
		add("input_ids", tensor.Int64, 1, 9)
	}
	if has["decoder_input_ids"] {
		add("decoder_input_ids", tensor.Int64, 1, 5)
	}
	main := ""
	if v, ok := in.LookupAttr(b.Root, "main_input_name"); ok {
		main, _ = interp.AsStr(v)
	}
	if has["pixel_values"] && (!has["input_ids"] || main == "pixel_values" || has["input_ids"] && has["return_loss"]) {
		var vc interp.Value = b.Config
		if v, ok := in.LookupAttr(b.Config, "vision_config"); ok && !interp.IsNone(v) {
			vc = v
		}
		h, w := imageSize(in, vc)
		add("pixel_values", tensor.Float32, 1, intAttr(vc, "num_channels", 3), h, w)
	}
	if has["input_features"] && !has["input_ids"] {
		add("input_features", tensor.Float32, 1, intAttr(b.Config, "num_mel_bins", 80), 3000)
	}
	if has["input_values"] && !has["input_ids"] {
		add("input_values", tensor.Float32, 1, 16000)
	}
	if has["inputs_embeds"] && len(out) == 0 {
		add("inputs_embeds", tensor.Float32, 1, 9, intAttr(b.Config, "hidden_size", intAttr(b.Config, "d_model", 256)))
		if has["attention_mask"] {
			add("attention_mask", tensor.Float32, 1, 9)
		}
	}
	return out
}

// inputTensor makes the tensor of an input: token ids count up from 5, masks
// are ones, other values are not known.
func inputTensor(in *interp.Interp, i Input, device string) *tensor.Tensor {
	shape := make([]tensor.Dim, len(i.Shape))
	n := int64(1)
	for k, d := range i.Shape {
		shape[k] = tensor.Dim{V: d}
		n *= d
	}
	var data []float64
	if int64(len(i.Data)) == n {
		data = slices.Clone(i.Data)
	}
	if data == nil && i.DType == tensor.Int64 && n <= 4096 {
		data = make([]float64, n)
		for k := range data {
			data[k] = float64(5 + k)
		}
	}
	if i.Data == nil && i.Name == "attention_mask" && n <= 4096 {
		data = make([]float64, n)
		for k := range data {
			data[k] = 1
		}
	}
	var t *tensor.Tensor
	if data != nil {
		t = tensor.Const(i.DType, shape, data)
	} else {
		t = tensor.New(shape, i.DType)
	}
	t.Device = device
	return t
}

// firstTensor is the first tensor in a result, as pytree flattens it.
func firstTensor(in *interp.Interp, v interp.Value) *tensor.Tensor {
	switch v := v.(type) {
	case *tensor.Tensor:
		return v
	case *interp.Tuple:
		for _, x := range v.V {
			if t := firstTensor(in, x); t != nil {
				return t
			}
		}
	case *interp.List:
		for _, x := range v.V {
			if t := firstTensor(in, x); t != nil {
				return t
			}
		}
	case *interp.Dict:
		var t *tensor.Tensor
		v.EachValue(func(x interp.Value) bool { t = firstTensor(in, x); return t == nil })
		return t
	case *interp.Instance:
		if d, ok := v.Data.(*interp.Dict); ok {
			return firstTensor(in, d)
		}
	}
	return nil
}

// ParseInput reads an input's description: name=1x9:int64.
func ParseInput(s string) (Input, error) {
	var i Input
	name, rest, ok := cut(s, '=')
	if !ok {
		return i, fmt.Errorf("input %q: want name=1x9:int64", s)
	}
	i.Name = name
	shape, dt, ok := cut(rest, ':')
	if !ok {
		dt = "float32"
	}
	for shape != "" && shape != "scalar" {
		var d string
		d, shape, _ = cut(shape, 'x')
		var n int64
		if _, err := fmt.Sscan(d, &n); err != nil || n < 0 {
			return i, fmt.Errorf("input %q: %q is no size", s, d)
		}
		i.Shape = append(i.Shape, n)
	}
	var found bool
	if i.DType, found = tensor.DTypeByName(dt); !found {
		return i, fmt.Errorf("input %q: %q is no dtype", s, dt)
	}
	return i, nil
}

func cut(s string, sep byte) (before, after string, found bool) {
	for k := 0; k < len(s); k++ {
		if s[k] == sep {
			return s[:k], s[k+1:], true
		}
	}
	return s, "", false
}
