package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// CacheTensor is a tensor that a forward keeps for the next one: a layer's
// keys, a recurrent state.
type CacheTensor struct {
	// Name is the parameter of forward and the path within what it holds:
	// "past_key_values.layers.0.keys". The trace has an input of this name.
	Name string
	// Before and After are its shapes before and after the step; nil where it
	// was not there yet. -1 is a size that is not known.
	Before, After []int64
	// Exprs are how the dimensions of After follow from the config; nil where they do not.
	Exprs []*graph.Expr
	DType tensor.DType
	// Node is the value that leaves.
	Node *graph.Node
}

// errNoCache is the error of a decode scenario of a model without cache.
const errNoCache = "forward returns no cache"

// step is one decoding step: the inputs of a forward over one token.
type step struct {
	inputs []Input
	kw     []interp.KW // what the prefill gave: the cache, the encoder's output
	cache  []interp.KW // those of kw that are caches
}

// prefill runs forward over the inputs with its cache on, untraced, and makes
// the step that follows. A cache is what forward returns under the name of
// one of its own parameters.
func prefill(in *interp.Interp, b *Built, params []interp.FuncParam, inputs []Input, device string) *step {
	var kw []interp.KW
	for _, i := range inputs {
		kw = append(kw, interp.KW{Name: i.Name, V: inputTensor(in, i, device)})
	}
	kw = cacheFlags(params, kw, true)
	out := in.Call(b.Root, nil, kw)
	s := &step{}
	for _, p := range params {
		if has(inputs, p.Name) {
			continue
		}
		v, ok := in.LookupAttr(out, p.Name)
		if !ok || interp.IsNone(v) {
			continue
		}
		switch v.(type) {
		case *interp.Instance, *interp.List, *interp.Tuple:
			s.kw = append(s.kw, interp.KW{Name: p.Name, V: v})
			s.cache = append(s.cache, interp.KW{Name: p.Name, V: v})
		}
	}
	if len(s.cache) == 0 {
		in.Raise(interp.RuntimeError, errNoCache)
	}
	token := "input_ids"
	if has(inputs, "decoder_input_ids") {
		token = "decoder_input_ids"
	}
	if !has(inputs, token) { // embeddings, or features of what was said last
		for _, n := range []string{"decoder_inputs_embeds", "inputs_embeds", "decoder_input_values"} {
			if has(inputs, n) {
				token = n
				break
			}
		}
	}
	for _, i := range inputs {
		if i.Name == token && len(i.Shape) >= 2 {
			one := slices.Clone(i.Shape)
			one[1] = 1
			s.inputs = append(s.inputs, Input{Name: token, Shape: one, DType: i.DType})
		}
	}
	if len(s.inputs) == 0 {
		in.Raise(interp.RuntimeError, "forward takes no token ids")
	}
	if h, ok := in.LookupAttr(out, "encoder_last_hidden_state"); ok && strings.HasPrefix(token, "decoder_") {
		for _, p := range params {
			if p.Name == "encoder_outputs" && !interp.IsNone(h) {
				s.kw = append(s.kw, interp.KW{Name: p.Name, V: encoded(in, b, inputs, device, h)})
			}
		}
	}
	return s
}

// encoded is what the model's encoder gives for the inputs that it takes. Where
// the encoder cannot be asked alone, it is an output with h, its last hidden state.
func encoded(in *interp.Interp, b *Built, inputs []Input, device string, h interp.Value) (out interp.Value) {
	out = &interp.Tuple{V: []interp.Value{h}}
	asked := in.Try(func() {
		encoder, ok := in.CallMethod(b.Root, "get_encoder").(*interp.Instance)
		if !ok || !nn.IsModule(encoder) {
			in.Raise(interp.RuntimeError, "no encoder of its own")
		}
		var kw []interp.KW
		for _, p := range ownParams(in, encoder) {
			for _, i := range inputs {
				if i.Name == p.Name {
					kw = append(kw, interp.KW{Name: i.Name, V: inputTensor(in, i, device)})
				}
			}
		}
		given := in.Call(encoder, nil, kw)
		in.GetAttr(given, "last_hidden_state")
		out = given
	})
	if asked == nil {
		return out
	}
	in.Try(func() {
		outputs := in.Import(Package + ".modeling_outputs")
		out = in.Call(in.GetAttr(outputs, "BaseModelOutput"), nil, []interp.KW{{Name: "last_hidden_state", V: h}})
	})
	return out
}

// cacheFlags appends use_cache, where forward has that parameter.
func cacheFlags(params []interp.FuncParam, kw []interp.KW, on bool) []interp.KW {
	for _, p := range params {
		if p.Name == "use_cache" {
			return append(kw, interp.KW{Name: "use_cache", V: interp.NewBool(on)})
		}
	}
	return kw
}

// held lists the tensors within the values, by their paths.
func held(kw []interp.KW) (names []string, ts []*tensor.Tensor) {
	seen := map[interp.Value]bool{}
	var walk func(v interp.Value, path string, depth int)
	dict := func(d *interp.Dict, path string, depth int) {
		if d == nil {
			return
		}
		d.Range(func(k, x interp.Value) bool {
			if n, ok := interp.AsStr(k); ok {
				walk(x, path+"."+n, depth)
			} else if n, ok := interp.AsInt(k); ok {
				walk(x, path+"."+strconv.FormatInt(n, 10), depth)
			}
			return true
		})
	}
	walk = func(v interp.Value, path string, depth int) {
		if depth > 8 {
			return
		}
		switch v := v.(type) {
		case *tensor.Tensor:
			if !slices.Contains(ts, v) {
				names, ts = append(names, path), append(ts, v)
			}
		case *interp.List:
			for i, x := range v.V {
				walk(x, path+"."+strconv.Itoa(i), depth+1)
			}
		case *interp.Tuple:
			for i, x := range v.V {
				walk(x, path+"."+strconv.Itoa(i), depth+1)
			}
		case *interp.Dict:
			dict(v, path, depth+1)
		case *interp.Instance:
			if seen[v] || nn.IsModule(v) {
				return
			}
			seen[v] = true
			dict(v.Dict, path, depth+1)
			if d, ok := v.Data.(*interp.Dict); ok {
				dict(d, path, depth+1)
			}
		}
	}
	for _, k := range kw {
		walk(k.V, k.Name, 0)
	}
	return names, ts
}

// enter makes the tensors of a step's cache inputs of the trace.
func (s *step) enter(in *interp.Interp, tr *tensor.Tracer) []CacheTensor {
	var out []CacheTensor
	names, ts := held(s.kw)
	for i, t := range ts {
		tr.Origin(in, t, "input", names[i])
		out = append(out, CacheTensor{Name: names[i], Before: tensor.Sizes(t.Shape), DType: t.DType})
	}
	return out
}

// leave notes what the cache holds after the step: what forward returned
// under the cache's name, else the object that was given, which it may have changed.
func (s *step) leave(in *interp.Interp, out interp.Value, cache []CacheTensor) []CacheTensor {
	after := slices.Clone(s.cache)
	for i, c := range after {
		if v, ok := in.LookupAttr(out, c.Name); ok && !interp.IsNone(v) {
			after[i].V = v
		}
	}
	names, ts := held(after)
	for i, t := range ts {
		k := slices.IndexFunc(cache, func(c CacheTensor) bool { return c.Name == names[i] })
		if k < 0 {
			cache = append(cache, CacheTensor{Name: names[i], DType: t.DType})
			k = len(cache) - 1
		}
		cache[k].After, cache[k].Node = tensor.Sizes(t.Shape), t.Node
		cache[k].Exprs = nil
		for _, d := range t.Shape {
			cache[k].Exprs = append(cache[k].Exprs, d.E)
		}
	}
	return cache
}
