package pipeline

import (
	"errors"
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
		info := s.loadingInfo(b, state)
		fit.Missing = texts(in, in.GetAttr(info, "missing_keys"))
		fit.Unexpected = texts(in, in.GetAttr(info, "unexpected_keys"))
		for _, m := range in.Elements(in.GetAttr(info, "mismatched_keys")) {
			if x := in.Elements(m); len(x) == 3 {
				name, _ := interp.AsStr(x[0])
				fit.Misshaped = append(fit.Misshaped, checkpoint.Misshaped{Name: name, Have: ints(in, x[1]), Want: ints(in, x[2])})
			}
		}
		if d, ok := in.GetAttr(info, "conversion_errors").(*interp.Dict); ok {
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
	return fit, err
}

// loadingInfo runs the release's loading and gives what it says about it.
func (s *Session) loadingInfo(b *Built, state *interp.Dict) interp.Value {
	in := s.in
	const older = "this release loads weights in a form that is not followed; 5.10 and later are"
	var convert interp.Value
	if err := in.Guard(func() {
		convert = in.GetAttr(in.Import(Package+".core_model_loading"), "convert_and_load_state_dict_in_model")
	}); err != nil {
		in.Raise(interp.RuntimeError, older)
	}
	// one after the other, not by threads
	environ := in.GetAttr(in.Import("os"), "environ")
	in.CallMethod(environ, "__setitem__", interp.NewStr("HF_DEACTIVATE_ASYNC_LOAD"), interp.NewStr("1"))
	mapping := in.Call(in.GetAttr(in.Import(Package+".conversion_mapping"), "get_model_conversion_mapping"), []interp.Value{b.Root}, nil)
	devices := interp.NewDict()
	devices.SetStr("", interp.NewStr("meta"))
	config := in.Call(in.GetAttr(in.Import(Package+".modeling_utils"), "LoadStateDictConfig"), nil, []interp.KW{
		{Name: "device_map", V: devices}, {Name: "weight_mapping", V: mapping}})
	info := in.Elements(s.callWith(convert, map[string]interp.Value{
		"model": b.Root, "state_dict": state, "load_config": config, "tp_plan": interp.None,
	}))[0]
	if _, ok := in.LookupAttr(info, "missing_keys"); !ok {
		in.Raise(interp.RuntimeError, older)
	}
	model := func(method string, args map[string]interp.Value) {
		if m, ok := in.LookupAttr(b.Root, method); ok {
			s.callWith(m, args)
		}
	}
	known := map[string]interp.Value{"loading_info": info, "missing_keys": in.GetAttr(info, "missing_keys"), "recompute_mapping": interp.False}
	model("mark_tied_weights_as_initialized", known)
	known["missing_keys"] = in.GetAttr(info, "missing_keys")
	model("tie_weights", known)
	model("_adjust_missing_and_unexpected_keys", known)
	return info
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
