package pipeline

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/checkpoint"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// Load runs the release's own loading of weights into a built model, with
// tensors that have the names, shapes and dtypes of a checkpoint and no data:
// its renamings and conversions of names, its handling of the prefix of the base
// model, of tied weights, and of keys that may be missing or superfluous.
// The session is one of NewLoadingSession; the model is changed by this.
func (s *Session) Load(b *Built, ts []checkpoint.Tensor) (*checkpoint.Fit, error) {
	in := s.in
	in.ResetBudget()
	fit := &checkpoint.Fit{Tensors: len(ts), Expected: len(b.Tree.Params)}
	err := in.Guard(func() {
		st := tensor.StateOf(in)
		st.PushDevice("meta")
		defer st.PopDevice()
		state := interp.NewDict()
		for i := range ts {
			t, err := headerTensor(&ts[i])
			if err != nil {
				in.Raise(interp.RuntimeError, "%s", err.Error())
			}
			state.SetStr(ts[i].Name, t)
		}
		found := s.loaded(b, state)
		fit.Missing, fit.Unexpected = texts(in, found.missing), texts(in, found.unexpected)
		for _, m := range found.mismatched {
			if x := in.Elements(m); len(x) == 3 {
				name, _ := interp.AsStr(x[0])
				fit.Misshaped = append(fit.Misshaped, checkpoint.Misshaped{Name: name, Have: ints(in, x[1]), Want: ints(in, x[2])})
			}
		}
		if d, ok := found.errors.(*interp.Dict); ok {
			d.Range(func(k, v interp.Value) bool {
				name, _ := interp.AsStr(k)
				why, _ := interp.AsStr(v)
				fit.Failed = append(fit.Failed, checkpoint.Failed{Name: name, Why: OneLine(why)})
				return true
			})
		}
		fit.Wanted = wanted(in, b)
	})
	fit.Sort()
	if err == nil {
		fit.Unpack(ts)
	}
	return fit, err
}

// loaded is what a release's loading says.
type loaded struct {
	missing, unexpected interp.Value // names
	mismatched          []interp.Value
	errors              interp.Value // by name
}

// loaded runs the release's loading, in whichever form it has it: 5.10 and
// later keep what they find in an object, 5.0 to 5.9 give it as a tuple, and
// 4.x renames and compares keys in functions of their own.
func (s *Session) loaded(b *Built, state *interp.Dict) loaded {
	in := s.in
	var convert interp.Value
	if err := in.Guard(func() {
		convert = in.GetAttr(in.Import(Package+".core_model_loading"), "convert_and_load_state_dict_in_model")
	}); err != nil {
		return s.loadedByKeys(b, state)
	}
	// one after the other, not by threads
	environ := in.GetAttr(in.Import("os"), "environ")
	in.CallMethod(environ, "__setitem__", interp.NewStr("HF_DEACTIVATE_ASYNC_LOAD"), interp.NewStr("1"))
	mapping := in.Call(in.GetAttr(in.Import(Package+".conversion_mapping"), "get_model_conversion_mapping"), []interp.Value{b.Root}, nil)
	devices := interp.NewDict()
	devices.SetStr("", interp.NewStr("meta"))
	config := in.Call(in.GetAttr(in.Import(Package+".modeling_utils"), "LoadStateDictConfig"), nil, []interp.KW{
		{Name: "device_map", V: devices}, {Name: "weight_mapping", V: mapping}})
	result := in.Elements(s.callWith(convert, map[string]interp.Value{
		"model": b.Root, "state_dict": state, "load_config": config, "tp_plan": interp.None,
	}))
	model := func(method string, args map[string]interp.Value) interp.Value {
		if m, ok := in.LookupAttr(b.Root, method); ok {
			return s.callWith(m, args)
		}
		return interp.None
	}
	if info := result[0]; len(result) < 5 {
		known := map[string]interp.Value{"loading_info": info, "missing_keys": in.GetAttr(info, "missing_keys"), "recompute_mapping": interp.False}
		model("mark_tied_weights_as_initialized", known)
		known["missing_keys"] = in.GetAttr(info, "missing_keys")
		model("tie_weights", known)
		model("_adjust_missing_and_unexpected_keys", known)
		return loaded{in.GetAttr(info, "missing_keys"), in.GetAttr(info, "unexpected_keys"), in.Elements(in.GetAttr(info, "mismatched_keys")), in.GetAttr(info, "conversion_errors")}
	}
	known := map[string]interp.Value{"missing_keys": result[0], "unexpected_keys": result[1], "recompute_mapping": interp.False}
	model("mark_tied_weights_as_initialized", known)
	model("tie_weights", known)
	f := loaded{result[0], result[1], in.Elements(result[2]), result[len(result)-1]}
	if kept := model("_adjust_missing_and_unexpected_keys", known); !interp.IsNone(kept) {
		both := in.Elements(kept)
		f.missing, f.unexpected = both[0], both[1]
	}
	return f
}

// loadedByKeys follows the loading of 4.x: each key of the checkpoint has one
// of the model, found by renaming and by adding or taking away the prefix of
// the base model.
func (s *Session) loadedByKeys(b *Built, state *interp.Dict) loaded {
	in := s.in
	utils := in.Import(Package + ".modeling_utils")
	rename, ok := in.LookupAttr(b.Root, "_get_key_renaming_mapping")
	compare, err := in.LookupAttr(utils, "_find_missing_and_unexpected_keys")
	if !ok || !err {
		in.Raise(interp.RuntimeError, "this release loads weights in a form that is not followed; 4.50 and later are")
	}
	in.CallMethod(b.Root, "tie_weights")
	var keys []interp.Value
	state.Range(func(k, _ interp.Value) bool { keys = append(keys, k); return true })
	prefix, _ := interp.AsStr(in.GetAttr(b.Root, "base_model_prefix"))
	hasPrefix := false
	for _, k := range keys {
		name, _ := interp.AsStr(k)
		hasPrefix = hasPrefix || prefix != "" && strings.HasPrefix(name, prefix)
	}
	_, holds := in.LookupAttr(b.Root, prefix)
	holds = holds && prefix != ""
	flags := map[string]interp.Value{
		"loading_task_model_from_base_state_dict": interp.NewBool(!hasPrefix && holds),
		"loading_base_model_from_task_state_dict": interp.NewBool(hasPrefix && !holds),
	}
	with := func(more map[string]interp.Value) map[string]interp.Value {
		args := maps.Clone(flags)
		maps.Copy(args, more)
		return args
	}
	mapping, _ := s.callWith(rename, with(map[string]interp.Value{
		"checkpoint_keys": interp.NewList(keys...), "key_mapping": s.keyMapping(b, utils),
	})).(*interp.Dict)
	if mapping == nil {
		in.Raise(interp.RuntimeError, "this release's renaming of keys gives no dict")
	}
	both := in.Elements(s.callWith(compare, with(map[string]interp.Value{
		"cls": b.Root.Cls, "model": b.Root, "original_checkpoint_keys": interp.NewList(keys...), "checkpoint_keys": in.CallMethod(mapping, "values"),
		"hf_quantizer": interp.None, "device_map": interp.None,
	})))
	missing, unexpected := both[0], both[1]
	f := loaded{errors: interp.None}
	shapes := wanted(in, b)
	mapping.Range(func(k, v interp.Value) bool {
		x, _ := state.Get(in, k)
		name, _ := interp.AsStr(v)
		want, ok := shapes[name]
		if t, is := x.(*tensor.Tensor); is && ok && !slices.Equal(tensor.Sizes(t.Shape), want) {
			f.mismatched = append(f.mismatched, interp.NewTuple(v, sizesTuple(tensor.Sizes(t.Shape)), sizesTuple(want)))
		}
		return true
	})
	if m, ok := in.LookupAttr(b.Root, "_adjust_missing_and_unexpected_keys"); ok {
		both = in.Elements(s.callWith(m, with(map[string]interp.Value{"missing_keys": missing, "unexpected_keys": unexpected})))
		missing, unexpected = both[0], both[1]
	}
	f.missing, f.unexpected = missing, unexpected
	return f
}

// keyMapping is the renaming that from_pretrained of 4.x takes from the class:
// of the kinds of models that the release lists.
func (s *Session) keyMapping(b *Built, utils interp.Value) interp.Value {
	in := s.in
	mapping, ok := in.LookupAttr(b.Root.Cls, "_checkpoint_conversion_mapping")
	if !ok {
		return interp.None
	}
	list, ok := in.LookupAttr(utils, "VLMS")
	if !ok {
		return mapping
	}
	for _, c := range b.Root.Cls.MRO {
		for _, v := range in.Elements(list) {
			if name, _ := interp.AsStr(v); strings.Contains(strings.ToLower(c.Name), name) {
				return mapping
			}
		}
	}
	return interp.None
}

func sizesTuple(sizes []int64) interp.Value {
	out := make([]interp.Value, len(sizes))
	for i, n := range sizes {
		out[i] = interp.NewInt(n)
	}
	return interp.NewTuple(out...)
}

// callWith calls a function with those of the arguments that it has parameters
// for: releases differ in them.
func (s *Session) callWith(f interp.Value, args map[string]interp.Value) interp.Value {
	var kw []interp.KW
	g := f
	if m, ok := g.(*interp.BoundMethod); ok {
		g = m.Fn
	}
	if fn, ok := g.(*interp.Function); ok {
		for _, p := range fn.Params() {
			if v, ok := args[p.Name]; ok {
				kw = append(kw, interp.KW{Name: p.Name, V: v})
			}
		}
	}
	return s.in.Call(f, nil, kw)
}

// wanted are the shapes of what the model's state dict holds.
func wanted(in *interp.Interp, b *Built) map[string][]int64 {
	out := map[string][]int64{}
	if d, ok := in.CallMethod(b.Root, "state_dict").(*interp.Dict); ok {
		d.Range(func(k, v interp.Value) bool {
			if t, ok := v.(*tensor.Tensor); ok {
				name, _ := interp.AsStr(k)
				out[name] = tensor.Sizes(t.Shape)
			}
			return true
		})
	}
	return out
}

func texts(in *interp.Interp, v interp.Value) []string {
	var out []string
	for _, x := range in.Elements(v) {
		if s, ok := interp.AsStr(x); ok {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

func ints(in *interp.Interp, v interp.Value) []int64 {
	out := []int64{}
	for _, x := range in.Elements(v) {
		n, _ := interp.AsInt(x)
		out = append(out, n)
	}
	return out
}

// headerTypes are torch's dtypes for those of safetensors headers.
var headerTypes = map[string]tensor.DType{
	"BOOL": tensor.Bool, "U8": tensor.UInt8, "I8": tensor.Int8, "I16": tensor.Int16, "U16": tensor.UInt16,
	"I32": tensor.Int32, "U32": tensor.UInt32, "I64": tensor.Int64, "U64": tensor.UInt64,
	"F16": tensor.Float16, "BF16": tensor.BFloat16, "F32": tensor.Float32, "F64": tensor.Float64, "C64": tensor.Complex64,
	"F8_E5M2": tensor.Float8E5M2, "F8_E4M3": tensor.Float8E4M3, "F8_E8M0": tensor.Float8E8M0,
	"F4": tensor.UInt8, "F6_E2M3": tensor.UInt8, "F6_E3M2": tensor.UInt8, // which torch holds as bytes
	"F8_E5M2FNUZ": tensor.Float8E5M2FNUZ, "F8_E4M3FNUZ": tensor.Float8E4M3FNUZ,
}

func headerTensor(t *checkpoint.Tensor) (*tensor.Tensor, error) {
	dt, ok := headerTypes[t.DType]
	if !ok {
		return nil, errors.New("tensor " + t.Name + ": torch has no dtype " + strings.ToLower(t.DType))
	}
	shape := make([]tensor.Dim, len(t.Shape))
	for i, n := range t.Shape {
		shape[i] = tensor.Dim{V: n}
	}
	x := tensor.New(shape, dt)
	x.Device = "meta"
	return x, nil
}
