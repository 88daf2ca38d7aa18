package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// The layers of torch.nn.modules.transformer.
var (
	encoderLayer = class("torch.nn.modules.transformer", "TransformerEncoderLayer", ModuleClass)
	decoderLayer = class("torch.nn.modules.transformer", "TransformerDecoderLayer", ModuleClass)
	encoderStack = class("torch.nn.modules.transformer", "TransformerEncoder", ModuleClass)
	decoderStack = class("torch.nn.modules.transformer", "TransformerDecoder", ModuleClass)
	transformer  = class("torch.nn.modules.transformer", "Transformer", ModuleClass)
)

// activation=? is F.relu where it is not given.
const blockSig = "d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=?, layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None"

var fRelu, fGelu = functional("relu"), functional("gelu")

// function is the Python object of a function of torch.
func (o *op) object(in *interp.Interp) interp.Value {
	o.once.Do(func() { o.b = torchFunction(o.name) })
	if o.b == nil {
		return in.Unknown("%s is not supported", o.name)
	}
	return o.b
}

// activationOf is the activation argument as a callable, and 1 for relu, 2 for gelu.
func activationOf(in *interp.Interp, v interp.Value) (interp.Value, int64) {
	if v == nil {
		return fRelu.object(in), 1
	}
	if s, ok := interp.AsStr(v); ok {
		switch s {
		case "relu":
			return fRelu.object(in), 1
		case "gelu":
			return fGelu.object(in), 2
		}
		in.Raise(interp.RuntimeError, "activation should be relu/gelu, not %s", s)
	}
	switch {
	case sameFunction(v, fRelu.object(in)) || isClass(v, "torch.nn.modules.activation.ReLU"):
		return v, 1
	case sameFunction(v, fGelu.object(in)) || isClass(v, "torch.nn.modules.activation.GELU"):
		return v, 2
	}
	return v, 0
}

func sameFunction(a, b interp.Value) bool {
	x, ok1 := a.(*interp.Builtin)
	y, ok2 := b.(*interp.Builtin)
	return ok1 && ok2 && (x == y || x.Qual != "" && x.Qual == y.Qual)
}

func isClass(v interp.Value, name string) bool {
	m := asModule(v)
	return m != nil && m.Cls.Is(classByName[name])
}

// make calls a class of the package with positional arguments.
func makeLayer(in *interp.Interp, name string, args []interp.Value, kw ...interp.KW) interp.Value {
	return in.Call(classByName[name], args, kw)
}

// initBlock builds an encoder or decoder layer.
func initBlock(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value, decoder bool) {
	width, heads, ff, drop, eps, first, bias, device, dtype := a[0], a[1], a[2], a[3], a[5], a[6], a[8], a[9], a[10]
	attn := func() *interp.Instance {
		return newMHA(in, mhaConfig{width, heads, drop, bias, interp.False, interp.False, interp.None, interp.None, first}, device, dtype)
	}
	f := factoryOf(in, device, dtype)
	st.addChild("self_attn", attn())
	norms := []string{"norm1", "norm2"}
	drops := []string{"dropout1", "dropout2"}
	if decoder {
		st.addChild("multihead_attn", attn())
		norms, drops = append(norms, "norm3"), append(drops, "dropout3")
	}
	dropout := func() interp.Value { return makeLayer(in, "torch.nn.modules.dropout.Dropout", []interp.Value{drop}) }
	st.addChild("linear1", newLinear(in, LinearClass, width, ff, bias, f))
	st.addChild("dropout", dropout())
	st.addChild("linear2", newLinear(in, LinearClass, ff, width, bias, f))
	set(m, "norm_first", a[7])
	for _, n := range norms {
		st.addChild(n, in.Call(LayerNormClass, []interp.Value{width}, []interp.KW{{Name: "eps", V: eps}, {Name: "bias", V: bias}, {Name: "device", V: device}, {Name: "dtype", V: dtype}}))
	}
	for _, n := range drops {
		st.addChild(n, dropout())
	}
	act, kind := activationOf(in, a[4])
	if !decoder {
		set(m, "activation_relu_or_gelu", interp.NewInt(kind))
	}
	in.SetAttr(m, "activation", act)
}

// callChild is m.name(args...).
func callChild(in *interp.Interp, m *interp.Instance, name string, args ...interp.Value) interp.Value {
	return in.Call(in.GetAttr(m, name), args, nil)
}

// nestable reports whether torch would take its path over nested tensors for
// stacks of an encoder layer.
func nestable(in *interp.Interp, v interp.Value) bool {
	l := asModule(v)
	if l == nil || !l.Cls.Is(encoderLayer) || isTrue(in, attr(in, l, "norm_first")) {
		return false
	}
	a := asModule(in.GetAttr(l, "self_attn"))
	if a == nil || !isTrue(in, attr(in, a, "batch_first")) || !isTrue(in, attr(in, a, "_qkv_same_embed_dim")) || interp.IsNone(param(in, a, "in_proj_bias")) {
		return false
	}
	eps := func(n string) interp.Value { return in.GetAttr(in.GetAttr(l, n), "eps") }
	heads, _ := interp.AsInt(attr(in, a, "num_heads"))
	return isTrue(in, attr(in, l, "activation_relu_or_gelu")) && in.Equal(eps("norm1"), eps("norm2")) && heads%2 == 0
}

// feedForward is the second half of a block.
func feedForward(in *interp.Interp, m *interp.Instance, x interp.Value, last string) interp.Value {
	x = callChild(in, m, "activation", callChild(in, m, "linear1", x))
	return callChild(in, m, last, callChild(in, m, "linear2", callChild(in, m, "dropout", x)))
}

// attend is one attention of a block with its dropout.
func attend(in *interp.Interp, m *interp.Instance, attn, drop string, x, mem, mask, padding, causal interp.Value) interp.Value {
	y := in.Call(in.GetAttr(m, attn), []interp.Value{x, mem, mem}, []interp.KW{{Name: "attn_mask", V: mask}, {Name: "key_padding_mask", V: padding},
		{Name: "need_weights", V: interp.False}, {Name: "is_causal", V: causal}})
	return callChild(in, m, drop, at(in, y, 0))
}

func floatMask(in *interp.Interp, v interp.Value, name string, like interp.Value) interp.Value {
	if t := asTensor(like); t != nil {
		return canonicalMask(in, v, name, t.DType)
	}
	return v
}

// blockForward runs the parts of a block, each on the residual stream: behind
// its norm with norm_first, before it otherwise.
func blockForward(in *interp.Interp, m *interp.Instance, x interp.Value, parts ...func(x interp.Value) interp.Value) interp.Value {
	first := isTrue(in, attr(in, m, "norm_first"))
	for i, part := range parts {
		norm := "norm" + string(rune('1'+i))
		if first {
			x = tAdd.with(in, x, part(callChild(in, m, norm, x)))
		} else {
			x = callChild(in, m, norm, tAdd.with(in, x, part(x)))
		}
	}
	return x
}

// causalMask is what torch makes of is_causal=None: whether the mask is the causal one.
func causalMask(in *interp.Interp, mask, causal interp.Value) interp.Value {
	if !interp.IsNone(causal) {
		return interp.NewBool(causal == interp.True)
	}
	t := asTensor(mask)
	if t == nil || len(t.Shape) != 2 || t.Values() == nil {
		return interp.False
	}
	n := t.Shape[1].V
	for i, v := range t.Values() {
		if masked := int64(i)%n > int64(i)/n; masked != (v < -1e300) || !masked && v != 0 {
			return interp.False
		}
	}
	return interp.True
}

func setupTransformer() {
	addInit(encoderLayer, blockSig, func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		initBlock(in, m, st, a, false)
	})
	addInit(decoderLayer, blockSig, func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		initBlock(in, m, st, a, true)
	})
	addMethods(encoderLayer, method{name: "forward", sig: "self, src, src_mask=None, src_key_padding_mask=None, is_causal=False", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "forward")
		mask, padding := floatMask(in, a[2], "src_mask", a[1]), floatMask(in, a[3], "src_key_padding_mask", a[1])
		return blockForward(in, m, a[1],
			func(x interp.Value) interp.Value {
				return attend(in, m, "self_attn", "dropout1", x, x, mask, padding, a[4])
			},
			func(x interp.Value) interp.Value { return feedForward(in, m, x, "dropout2") })
	}})
	addMethods(decoderLayer, method{name: "forward",
		sig: "self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False",
		fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "forward")
			return blockForward(in, m, a[1],
				func(x interp.Value) interp.Value {
					return attend(in, m, "self_attn", "dropout1", x, x, a[3], a[5], a[7])
				},
				func(x interp.Value) interp.Value {
					return attend(in, m, "multihead_attn", "dropout2", x, a[2], a[4], a[6], a[8])
				},
				func(x interp.Value) interp.Value { return feedForward(in, m, x, "dropout3") })
		}})
	stack := func(in *interp.Interp, m *interp.Instance, st *State, layer, n, norm interp.Value) {
		list := alloc(ModuleListClass)
		list.Data.(*State).start()
		if u, ok := n.(*interp.Unknown); ok {
			list.Data.(*State).addChild(unknownKey, u)
		} else {
			count := in.Int(n)
			in.Charge(count)
			for i := int64(0); i < count; i++ {
				list.Data.(*State).addChild(in.Str(number(int(i))), deepcopy(in, layer, interp.NewDict()))
			}
		}
		st.addChild("layers", list)
		set(m, "num_layers", n)
		in.SetAttr(m, "norm", norm)
	}
	addInit(encoderStack, "encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		stack(in, m, st, a[0], a[1], a[2])
		set(m, "enable_nested_tensor", a[3])
		nested := a[3]
		if isTrue(in, nested) && !nestable(in, a[0]) {
			nested = interp.False
		}
		set(m, "use_nested_tensor", nested)
		set(m, "mask_check", a[4])
	})
	addInit(decoderStack, "decoder_layer, num_layers, norm=None", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		stack(in, m, st, a[0], a[1], a[2])
	})
	finish := func(in *interp.Interp, m *interp.Instance, x interp.Value) interp.Value {
		if norm := in.GetAttr(m, "norm"); !interp.IsNone(norm) {
			return in.Call(norm, []interp.Value{x}, nil)
		}
		return x
	}
	addMethods(encoderStack, method{name: "forward", sig: "self, src, mask=None, src_key_padding_mask=None, is_causal=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "forward")
		x := a[1]
		padding, mask := floatMask(in, a[3], "src_key_padding_mask", x), floatMask(in, a[2], "mask", x)
		causal := causalMask(in, mask, a[4])
		for _, l := range in.Elements(in.GetAttr(m, "layers")) {
			x = in.Call(l, []interp.Value{x}, []interp.KW{{Name: "src_mask", V: mask}, {Name: "is_causal", V: causal}, {Name: "src_key_padding_mask", V: padding}})
		}
		return finish(in, m, x)
	}})
	addMethods(decoderStack, method{name: "forward",
		sig: "self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=None, memory_is_causal=False",
		fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			m, _ := self(in, a[0], "forward")
			x := a[1]
			causal := causalMask(in, a[3], a[7])
			for _, l := range in.Elements(in.GetAttr(m, "layers")) {
				x = in.Call(l, []interp.Value{x, a[2]}, []interp.KW{{Name: "tgt_mask", V: a[3]}, {Name: "memory_mask", V: a[4]}, {Name: "tgt_key_padding_mask", V: a[5]},
					{Name: "memory_key_padding_mask", V: a[6]}, {Name: "tgt_is_causal", V: causal}, {Name: "memory_is_causal", V: a[8]}})
			}
			return finish(in, m, x)
		}})
	addInit(transformer, "d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, dropout=0.1, activation=?, custom_encoder=None, custom_decoder=None, layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None",
		func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
			build := func(custom interp.Value, name string, layer, stack *interp.Class, n interp.Value) {
				if !interp.IsNone(custom) {
					in.SetAttr(m, name, custom)
					return
				}
				args := []interp.Value{a[0], a[1], a[4], a[5]}
				kw := []interp.KW{{Name: "layer_norm_eps", V: a[9]}, {Name: "batch_first", V: a[10]}, {Name: "norm_first", V: a[11]}, {Name: "bias", V: a[12]}, {Name: "device", V: a[13]}, {Name: "dtype", V: a[14]}}
				if a[6] != nil {
					kw = append(kw, interp.KW{Name: "activation", V: a[6]})
				}
				l := in.Call(layer, args, kw)
				norm := in.Call(LayerNormClass, []interp.Value{a[0]}, []interp.KW{{Name: "eps", V: a[9]}, {Name: "bias", V: a[12]}, {Name: "device", V: a[13]}, {Name: "dtype", V: a[14]}})
				st.addChild(name, in.Call(stack, []interp.Value{l, n, norm}, nil))
			}
			build(a[7], "encoder", encoderLayer, encoderStack, a[2])
			build(a[8], "decoder", decoderLayer, decoderStack, a[3])
			callReset(in, m, "_reset_parameters")
			set(m, "d_model", a[0])
			set(m, "nhead", a[1])
			set(m, "batch_first", a[10])
		})
	addMethods(transformer, resetMethod("_reset_parameters"),
		method{name: "generate_square_subsequent_mask", kind: "static", sig: "sz, device=None, dtype=None", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			n := sizeOf(in, a[0])[0]
			t := &tensor.Tensor{Shape: []tensor.Dim{n, n}, DType: tensor.DTypeArg(in, "full", a[2], tensor.DefaultDType(in)), Device: tensor.DeviceArg(in, a[1])}
			return tensor.Created(in, t, "triu")
		}},
		method{name: "forward", sig: "self, src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, src_is_causal=None, tgt_is_causal=None, memory_is_causal=False",
			fn: func(in *interp.Interp, a []interp.Value) interp.Value {
				m, _ := self(in, a[0], "forward")
				memory := in.Call(in.GetAttr(m, "encoder"), []interp.Value{a[1]}, []interp.KW{{Name: "mask", V: a[3]}, {Name: "src_key_padding_mask", V: a[6]}, {Name: "is_causal", V: a[9]}})
				return in.Call(in.GetAttr(m, "decoder"), []interp.Value{a[2], memory}, []interp.KW{{Name: "tgt_mask", V: a[4]}, {Name: "memory_mask", V: a[5]},
					{Name: "tgt_key_padding_mask", V: a[7]}, {Name: "memory_key_padding_mask", V: a[8]}, {Name: "tgt_is_causal", V: a[10]}, {Name: "memory_is_causal", V: a[11]}})
			}})
}
