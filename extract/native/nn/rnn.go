package nn

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

const rnnSig = "self, mode, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None"

var rnnParams = interp.ParseSignature(rnnSig)

// The bases of the recurrent layers and cells.
var (
	rnnBase = define("rnn", layer{name: "RNNBase", sig: "-", methods: []method{
		{name: "__init__", sig: rnnSig, fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, st := self(in, a[0], "__init__")
			initRNN(in, m, st, a[1:])
			return interp.None
		}},
		resetMethod("reset_parameters"), resetMethod("flatten_parameters"), resetMethod("_init_flat_weights"), resetMethod("_update_flat_weights"),
		getter("all_weights", func(in *interp.Interp, m *interp.Instance) interp.Value {
			out := interp.NewList()
			for _, names := range in.Elements(attr(in, m, "_all_weights")) {
				row := interp.NewList()
				for _, n := range in.Elements(names) {
					row.V = append(row.V, in.GetAttr(m, in.Str(n)))
				}
				out.V = append(out.V, row)
			}
			return out
		}),
		getter("_flat_weights", func(in *interp.Interp, m *interp.Instance) interp.Value {
			out := interp.NewList()
			for _, n := range in.Elements(attr(in, m, "_flat_weights_names")) {
				v, ok := in.LookupAttr(m, in.Str(n))
				if !ok {
					v = interp.None
				}
				out.V = append(out.V, v)
			}
			return out
		}),
		rnnRepr,
	}})
	cellBase = define("rnn", layer{name: "RNNCellBase", sig: "input_size, hidden_size, bias, num_chunks, device=None, dtype=None",
		init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			initCell(in, m, st, a[0], a[1], a[2], a[3], a[4], a[5])
		}, methods: []method{resetMethod("reset_parameters"), cellRepr}})
)

// rnnLayer makes RNN, LSTM or GRU.
func rnnLayer(name string) {
	c := define("rnn", layer{name: name, base: rnnBase, sig: "-", methods: []method{
		{name: "forward", sig: "self, input, hx=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value { return rnnForward(in, a, name) }},
	}})
	c.Dict.SetStr("__init__", &interp.Builtin{Name: "__init__", Qual: c.FullName() + ".__init__", Sig: interp.ParseSignature("self, *args, **kwargs"),
		Raw: func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
			m, st := self(in, args[0], "__init__")
			st.start()
			mode := name
			rest := append([]interp.Value(nil), args[1:]...)
			if name != "LSTM" {
				for _, k := range kw {
					if k.Name == "proj_size" {
						in.Raise(interp.ValueError, "proj_size argument is only supported for LSTM, not RNN or GRU")
					}
				}
			}
			if name == "RNN" {
				act := interp.NewStr("tanh")
				if len(rest) > 3 {
					act = rest[3]
					rest = append(rest[:3:3], rest[4:]...)
				} else {
					var left []interp.KW
					for _, k := range kw {
						if k.Name == "nonlinearity" {
							act = k.V
						} else {
							left = append(left, k)
						}
					}
					kw = left
				}
				set(m, "nonlinearity", act)
				switch s, _ := interp.AsStr(act); s {
				case "tanh":
					mode = "RNN_TANH"
				case "relu":
					mode = "RNN_RELU"
				default:
					in.Raise(interp.ValueError, "Unknown nonlinearity '%s'. Select from 'tanh' or 'relu'.", in.ToStr(act))
				}
			}
			all := append([]interp.Value{m, interp.NewStr(mode)}, rest...)
			initRNN(in, m, st, bind(in, "RNNBase.__init__", rnnParams, all, kw)[1:])
			return interp.None
		}})
	c.AddMethods()
}

// initRNN: mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device, dtype.
func initRNN(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
	if !st.ready {
		st.start()
	}
	f := factoryOf(in, a[9], a[10])
	for i, n := range []string{"mode", "input_size", "hidden_size", "num_layers", "bias", "batch_first"} {
		set(m, n, a[i])
	}
	set(m, "dropout", interp.WithExpr(interp.NewFloat(in.Float(a[6])), interp.ExprOf(a[6])))
	set(m, "bidirectional", a[7])
	set(m, "proj_size", a[8])
	drop, isNum := interp.AsFloat(a[6])
	if _, isBool := a[6].(interp.Bool); isBool || !isNum || drop < 0 || drop > 1 {
		in.Raise(interp.ValueError, "dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
	}
	typed := func(i int, name, want string, ok bool) {
		if !ok && !isUnknown(a[i]) {
			in.Raise(interp.TypeError, "%s should be of type %s, got: %s", name, want, a[i].Type().Name)
		}
	}
	isBool := func(v interp.Value) bool { _, ok := v.(interp.Bool); return ok }
	isInt := func(v interp.Value) bool { _, ok := interp.AsInt(v); return ok }
	typed(4, "bias", "bool", isBool(a[4]))
	typed(5, "batch_first", "bool", isBool(a[5]))
	typed(1, "input_size", "int", isInt(a[1]))
	positive := func(i int, name string) {
		if !isUnknown(a[i]) && !above(in, a[i], 0) {
			in.Raise(interp.ValueError, "%s must be greater than zero", name)
		}
	}
	positive(1, "input_size")
	typed(2, "hidden_size", "int", isInt(a[2]))
	positive(2, "hidden_size")
	positive(3, "num_layers")
	if below(in, a[8], 0) {
		in.Raise(interp.ValueError, "proj_size should be a positive integer or zero to disable projections")
	}
	if compare(in, pyast.GtE, a[8], a[2]) {
		in.Raise(interp.ValueError, "proj_size has to be smaller than hidden_size")
	}
	mode := in.Str(a[0])
	gates := map[string]int64{"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}[mode]
	if gates == 0 {
		in.Raise(interp.ValueError, "Unrecognized RNN mode: %s", mode)
	}
	gate := a[2]
	if gates > 1 {
		gate = arith(in, pyast.Mult, interp.NewInt(gates), a[2])
	}
	bias, both, proj := isTrue(in, a[4]), isTrue(in, a[7]), above(in, a[8], 0)
	real, directions := a[2], int64(1)
	if proj {
		real = a[8]
	}
	if both {
		directions = 2
	}
	names, all := interp.NewList(), interp.NewList()
	layers := int64(1)
	if isUnknown(a[3]) {
		st.Params.SetStr(unknownKey, a[3])
	} else {
		layers = in.Int(a[3])
	}
	in.Charge(layers * directions * 5)
	for l := int64(0); l < layers; l++ {
		for d := int64(0); d < directions; d++ {
			input := a[1]
			if l > 0 {
				if input = real; directions > 1 {
					input = arith(in, pyast.Mult, real, interp.NewInt(directions))
				}
			}
			suffix := "_l" + strconv.FormatInt(l, 10)
			if d == 1 {
				suffix += "_reverse"
			}
			group := interp.NewList()
			add := func(name string, shape []tensor.Dim) {
				st.setParam(name+suffix, f.param(in, shape...))
				group.V = append(group.V, interp.NewStr(name+suffix))
			}
			add("weight_ih", dims(in, gate, input))
			add("weight_hh", dims(in, gate, real))
			if bias {
				add("bias_ih", sizeOf(in, gate))
				add("bias_hh", sizeOf(in, gate))
			}
			if proj {
				add("weight_hr", dims(in, a[8], a[2]))
			}
			names.V = append(names.V, group.V...)
			all.V = append(all.V, group)
		}
	}
	set(m, "_flat_weights_names", names)
	set(m, "_all_weights", all)
	callReset(in, m, "reset_parameters")
}

var rnnRepr = reprWith("{input_size}, {hidden_size}", func(in *interp.Interp, m *interp.Instance) (s string) {
	part := func(name string, usual interp.Value) {
		if v := attr(in, m, name); !in.Equal(v, usual) {
			s += ", " + name + "=" + in.ToStr(v)
		}
	}
	part("proj_size", interp.NewInt(0))
	part("num_layers", interp.NewInt(1))
	part("bias", interp.True)
	part("batch_first", interp.False)
	part("dropout", interp.NewInt(0))
	part("bidirectional", interp.False)
	return s
})

var cellRepr = reprWith("{input_size}, {hidden_size}", func(in *interp.Interp, m *interp.Instance) (s string) {
	if v, ok := m.Dict.GetStr("bias"); ok && v != interp.True {
		s += ", bias=" + in.ToStr(v)
	}
	if v, ok := m.Dict.GetStr("nonlinearity"); ok && in.ToStr(v) != "tanh" {
		s += ", nonlinearity=" + in.ToStr(v)
	}
	return s
})

// packedClass is torch.nn.utils.rnn.PackedSequence: (data, batch_sizes, sorted_indices, unsorted_indices).
var packedClass = interp.NewNativeClass("torch.nn.utils.rnn.PackedSequence", []*interp.Class{interp.TupleClass})

func asPacked(v interp.Value) *interp.Tuple {
	if t, ok := v.(*interp.Tuple); ok && t.Cls == packedClass {
		return t
	}
	return nil
}

// rnnForward: self, input, hx.
func rnnForward(in *interp.Interp, a []interp.Value, name string) interp.Value {
	m, st := self(in, a[0], "forward")
	if u, ok := a[1].(*interp.Unknown); ok {
		return interp.NewTuple(u, u)
	}
	packed := asPacked(a[1])
	x := asTensor(a[1])
	if packed != nil {
		x = asTensor(packed.V[0])
	}
	if x == nil {
		in.Raise(interp.AttributeError, "'%s' object has no attribute 'dim'", a[1].Type().Name)
	}
	rank := len(x.Shape)
	batched := rank == 3
	batchFirst := isTrue(in, attr(in, m, "batch_first"))
	if packed == nil && rank != 2 && rank != 3 {
		in.Raise(interp.ValueError, "%s: Expected input to be 2D or 3D, got %dD%s instead", name, rank, map[bool]string{true: " tensor"}[name == "RNN"])
	}
	if packed != nil && rank != 2 {
		in.Raise(interp.RuntimeError, "input must have 2 dimensions, got %d", rank)
	}
	w := rnnWeights(in, m)
	if len(w) > 0 && w[0].DType != x.DType && !tensor.StateOf(in).Autocast {
		in.Raise(interp.ValueError, "RNN input dtype (torch.%[1]s) does not match weight dtype (torch.%[2]s). Convert input: input.to(torch.%[2]s), or convert model: model.to(torch.%[1]s)", x.DType, w[0].DType)
	}
	width := x.Shape[rank-1]
	if want, ok := interp.AsInt(attr(in, m, "input_size")); ok && width.V >= 0 && width.V != want {
		in.Raise(interp.RuntimeError, "input.size(-1) must be equal to input_size. Expected %d, got %d", want, width.V)
	}
	size := func(attrName string) tensor.Dim { return sizeOf(in, attr(in, m, attrName))[0] }
	hidden := size("hidden_size")
	real := hidden
	if p := size("proj_size"); p.V > 0 {
		real = p
	}
	directions := tensor.D(1)
	if isTrue(in, attr(in, m, "bidirectional")) {
		directions = tensor.D(2)
	}
	layers := size("num_layers").Mul(directions)
	outWidth := real.Mul(directions)
	batch := tensor.UnknownDim
	outShape := append(tensor.Clone(x.Shape[:rank-1]), outWidth)
	if packed == nil {
		batch = tensor.D(1)
		if batched {
			batch = x.Shape[1]
			if batchFirst {
				batch = x.Shape[0]
			}
		}
	}
	inputs := append([]*tensor.Tensor{x}, rnnState(in, a[2], name, batched || packed != nil, layers, batch, real, hidden)...)
	inputs = append(inputs, w...)
	stateShape := func(n tensor.Dim) []tensor.Dim {
		if packed == nil && !batched {
			return []tensor.Dim{layers, n}
		}
		return []tensor.Dim{layers, batch, n}
	}
	shapes := [][]tensor.Dim{outShape, stateShape(real)}
	opName := map[string]string{"LSTM": "lstm", "GRU": "gru", "RNN_TANH": "rnn_tanh", "RNN_RELU": "rnn_relu"}[in.ToStr(attr(in, m, "mode"))]
	if name == "LSTM" {
		shapes = append(shapes, stateShape(hidden))
	}
	dts := make([]tensor.DType, len(shapes))
	for i := range dts {
		dts[i] = x.DType
	}
	ts := make([]interp.Value, len(shapes))
	for i, t := range tensor.OpMulti(in, opName, shapes, dts, inputs, tensor.ArgBool("batch_first", batchFirst), tensor.ArgBool("train", st.Training)) {
		ts[i] = t
	}
	out := ts[0]
	if packed != nil {
		out = &interp.Tuple{V: []interp.Value{ts[0], packed.V[1], packed.V[2], packed.V[3]}, Cls: packedClass}
	}
	if name == "LSTM" {
		return interp.NewTuple(out, interp.NewTuple(ts[1], ts[2]))
	}
	return interp.NewTuple(out, ts[1])
}

func rnnWeights(in *interp.Interp, m *interp.Instance) (w []*tensor.Tensor) {
	for _, n := range in.Elements(attr(in, m, "_flat_weights_names")) {
		if v, ok := in.LookupAttr(m, in.Str(n)); ok {
			if t := asTensor(v); t != nil {
				w = append(w, t)
			}
		}
	}
	return w
}

// rnnState checks the initial state and gives its tensors.
func rnnState(in *interp.Interp, hx interp.Value, name string, batched bool, layers, batch, real, hidden tensor.Dim) []*tensor.Tensor {
	if interp.IsNone(hx) || isUnknown(hx) {
		return nil
	}
	var hs []*tensor.Tensor
	if name == "LSTM" {
		for _, v := range in.Elements(hx) {
			hs = append(hs, asTensor(v))
		}
		if len(hs) != 2 || hs[0] == nil || hs[1] == nil {
			return hs
		}
	} else if t := asTensor(hx); t != nil {
		hs = append(hs, t)
	}
	want := 3
	if !batched {
		want = 2
	}
	for i, h := range hs {
		if len(h.Shape) != want {
			switch {
			case name == "LSTM" && batched:
				in.Raise(interp.RuntimeError, "For batched 3-D input, hx and cx should also be 3-D but got (%d-D, %d-D) tensors", len(hs[0].Shape), len(hs[1].Shape))
			case name == "LSTM":
				in.Raise(interp.RuntimeError, "For unbatched 2-D input, hx and cx should also be 2-D but got (%d-D, %d-D) tensors", len(hs[0].Shape), len(hs[1].Shape))
			case batched:
				in.Raise(interp.RuntimeError, "For batched 3-D input, hx should also be 3-D but got %d-D tensor", len(h.Shape))
			default:
				in.Raise(interp.RuntimeError, "For unbatched 2-D input, hx should also be 2-D but got %d-D tensor", len(h.Shape))
			}
		}
		n := real
		if i == 1 {
			n = hidden
		}
		expect := []tensor.Dim{layers, batch, n}
		got := h.Shape
		if !batched {
			got = []tensor.Dim{h.Shape[0], tensor.D(1), h.Shape[1]}
		}
		if knownShape(expect) && knownShape(got) && !tensor.SameSizes(expect, got) {
			label := "hidden"
			if name == "LSTM" {
				label = "hidden[" + strconv.Itoa(i) + "]"
			}
			in.Raise(interp.RuntimeError, "Expected %s size (%d, %d, %d), got %s", label, expect[0].V, expect[1].V, expect[2].V, tensor.ShapeString(got))
		}
	}
	return hs
}

func initCell(in *interp.Interp, m *interp.Instance, st *State, input, hidden, bias, chunks, device, dtype interp.Value) {
	f := factoryOf(in, device, dtype)
	set(m, "input_size", input)
	set(m, "hidden_size", hidden)
	set(m, "bias", bias)
	rows := arith(in, pyast.Mult, chunks, hidden)
	st.setParam("weight_ih", f.param(in, dims(in, rows, input)...))
	st.setParam("weight_hh", f.param(in, dims(in, rows, hidden)...))
	for _, n := range []string{"bias_ih", "bias_hh"} {
		if isTrue(in, bias) {
			st.setParam(n, f.param(in, sizeOf(in, rows)...))
		} else {
			st.noParam(n)
		}
	}
	callReset(in, m, "reset_parameters")
}

func setupRNN() {
	rnnLayer("RNN")
	rnnLayer("LSTM")
	rnnLayer("GRU")
	fields := []string{"data", "batch_sizes", "sorted_indices", "unsorted_indices"}
	for i, n := range fields {
		addMethods(packedClass, method{name: n, sig: "self", kind: "property", fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return a[0].(*interp.Tuple).V[i]
		}})
	}
	packedSig := interp.ParseSignature("data, batch_sizes=None, sorted_indices=None, unsorted_indices=None")
	packedClass.New = func(in *interp.Interp, _ *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
		return &interp.Tuple{V: bind(in, "PackedSequence.__new__", packedSig, args, kw), Cls: packedClass}
	}
	packedClass.Dict.SetStr("__init__", &interp.Builtin{Name: "__init__", Qual: "PackedSequence.__init__",
		Raw: func(*interp.Interp, []interp.Value, []interp.KW) interp.Value { return interp.None }})
	packedClass.AddMethods()
	for name, chunks := range map[string]int64{"RNNCell": 1, "LSTMCell": 4, "GRUCell": 3} {
		sig := "input_size, hidden_size, bias=True, device=None, dtype=None"
		if name == "RNNCell" {
			sig = "input_size, hidden_size, bias=True, nonlinearity='tanh', device=None, dtype=None"
		}
		define("rnn", layer{name: name, base: cellBase, sig: sig,
			init: func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
				n := len(a)
				initCell(in, m, st, a[0], a[1], a[2], interp.NewInt(chunks), a[n-2], a[n-1])
				if name == "RNNCell" {
					set(m, "nonlinearity", a[3])
				}
			},
			methods: []method{{name: "forward", sig: "self, input, hx=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value { return cellForward(in, a, name) }}}})
	}
}

// cellForward: self, input, hx.
func cellForward(in *interp.Interp, a []interp.Value, name string) interp.Value {
	m, _ := self(in, a[0], "forward")
	x := asTensor(a[1])
	if x == nil {
		u := in.Unknown("a recurrent cell on an unknown input")
		if name == "LSTMCell" {
			return interp.NewTuple(u, u)
		}
		return u
	}
	rank := len(x.Shape)
	if rank != 1 && rank != 2 {
		in.Raise(interp.ValueError, "%s: Expected input to be 1D or 2D, got %dD instead", name, rank)
	}
	inputs := []*tensor.Tensor{x}
	if name == "LSTMCell" {
		if !interp.IsNone(a[2]) && !isUnknown(a[2]) {
			for i, v := range in.Elements(a[2]) {
				if h := asTensor(v); h != nil {
					if len(h.Shape) != 1 && len(h.Shape) != 2 {
						in.Raise(interp.ValueError, "LSTMCell: Expected hx[%d] to be 1D or 2D, got %dD instead", i, len(h.Shape))
					}
					inputs = append(inputs, h)
				}
			}
		}
	} else if h := asTensor(a[2]); h != nil {
		if len(h.Shape) != 1 && len(h.Shape) != 2 {
			in.Raise(interp.ValueError, "%s: Expected hidden to be 1D or 2D, got %dD instead", name, len(h.Shape))
		}
		inputs = append(inputs, h)
	}
	for _, n := range []string{"weight_ih", "weight_hh", "bias_ih", "bias_hh"} {
		inputs = append(inputs, asTensor(param(in, m, n)))
	}
	if width, ok := interp.AsInt(attr(in, m, "input_size")); ok && x.Shape[rank-1].V >= 0 && x.Shape[rank-1].V != width {
		in.Raise(interp.RuntimeError, "input has inconsistent input_size: got %d expected %d", x.Shape[rank-1].V, width)
	}
	shape := append(tensor.Clone(x.Shape[:rank-1]), sizeOf(in, attr(in, m, "hidden_size"))[0])
	switch name {
	case "LSTMCell":
		ts := tensor.OpMulti(in, "lstm_cell", [][]tensor.Dim{shape, tensor.Clone(shape)}, []tensor.DType{x.DType, x.DType}, inputs)
		return interp.NewTuple(ts[0], ts[1])
	case "GRUCell":
		return tensor.Op(in, "gru_cell", shape, x.DType, inputs)
	}
	act := in.ToStr(attr(in, m, "nonlinearity"))
	if act != "tanh" && act != "relu" {
		in.Raise(interp.RuntimeError, "Unknown nonlinearity: %s", act)
	}
	return tensor.Op(in, "rnn_"+act+"_cell", shape, x.DType, inputs)
}
