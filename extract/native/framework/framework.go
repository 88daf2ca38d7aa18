// Package framework is the table of stand-ins for Python source of the
// transformers package that has no bearing on the architecture: weight
// initialisation, generation, docstrings, hub access. Each row says why.
package framework

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// Entries is the table.
func Entries() []interp.Entry { return append(slices.Clone(rows), inertModules("")...) }

// LoadingEntries is the table without the rows that stand in for the loading of
// weights, which then runs as the release has it.
func LoadingEntries() []interp.Entry { return append(slices.Clone(rows), inertModules(loading)...) }

// loading is why the machinery that LoadingEntries leaves to the release is not
// read otherwise.
const loading = "weight loading"

var rows = []interp.Entry{
	{
		Name: "transformers.utils.import_utils._LazyModule",
		Raw:  lazyModule,
		Why:  "finds names by scanning a folder on disk; here they are found in the source on demand",
	},
	{
		Name: "transformers.utils.import_utils.define_import_structure",
		Sig:  "module_path, prefix=None",
		Fn:   importStructure,
		Why:  "reads the files of a folder on disk",
	},
	{
		Name:  "transformers.integrations.tensor_parallel.ALL_PARALLEL_STYLES",
		Value: func(in *interp.Interp) interp.Value { return in.Unknown("the styles of tensor parallelism") },
		Why:   "several devices",
	},
	{
		Name:  "transformers.integrations.tensor_parallel.SUPPORTED_TP_STYLES",
		Value: func(in *interp.Interp) interp.Value { return in.Unknown("the styles of tensor parallelism") },
		Why:   "several devices",
	},
	{
		Name:  "transformers.loss.loss_utils.LOSS_MAPPING",
		Value: func(in *interp.Interp) interp.Value { return in.Unknown("the loss functions") },
		Why:   "training",
	},
	{
		Name: "transformers.modeling_utils.PreTrainedModel.initialize_weights",
		Sig:  "self, *args, **kwargs",
		Fn:   initializeWeights,
		Why:  "fills weights with values",
	},
	{
		Name: "transformers.models.auto.configuration_auto.replace_list_option_in_docstrings",
		Raw:  decorator,
		Why:  "writes docstrings: the names of every model, for every automatic class",
	},
	{
		Name: "transformers.models.auto.auto_factory.insert_head_doc",
		Sig:  "docstring, head_doc=''",
		Fn:   func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] },
		Why:  "writes docstrings",
	},
	{
		Name: "transformers.modeling_utils.PreTrainedModel._can_set_experts_implementation",
		Sig:  "cls",
		Fn:   usesExperts,
		Why:  "looks for the decorator @use_experts_implementation in the text of the class's file",
	},
	{
		Name: "timm.models._builder.load_pretrained",
		Sig:  "*args, **kwargs",
		Fn:   none,
		Why:  "reads weights; creates no parameter",
	},
	{
		Name: "transformers.utils.auto_docstring.auto_docstring",
		Raw:  decorator,
		Why:  "writes docstrings",
	},
	{
		Name: "transformers.utils.versions.require_version_core",
		Sig:  "requirement",
		Fn:   none,
		Why:  "checks the versions of what is installed; nothing is",
	},
	{
		Name: "transformers.utils.doc.add_start_docstrings",
		Raw:  decoratorMaker,
		Why:  "writes docstrings",
	},
	{
		Name: "transformers.utils.doc.add_start_docstrings_to_model_forward",
		Raw:  decoratorMaker,
		Why:  "writes docstrings",
	},
	{
		Name: "transformers.utils.doc.add_end_docstrings",
		Raw:  decoratorMaker,
		Why:  "writes docstrings",
	},
	{
		Name: "transformers.utils.doc.add_code_sample_docstrings",
		Raw:  decoratorMaker,
		Why:  "writes docstrings",
	},
	{
		Name: "transformers.utils.doc.replace_return_docstrings",
		Raw:  decoratorMaker,
		Why:  "writes docstrings",
	},
}

func none(*interp.Interp, []interp.Value) interp.Value { return interp.None }

// usesExperts reports whether the module of a class knows the decorator of
// classes whose experts have several implementations.
func usesExperts(in *interp.Interp, a []interp.Value) interp.Value {
	if c, ok := a[0].(*interp.Class); ok {
		if m, ok := in.SysModules()[c.Mod].(*interp.Module); ok {
			_, has := m.Dict.GetStr("use_experts_implementation")
			return interp.NewBool(has)
		}
	}
	return interp.False
}

func no(*interp.Interp, []interp.Value, []interp.KW) interp.Value { return interp.False }

// decorator is a decorator that changes nothing, used bare or with arguments.
func decorator(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	if len(args) == 1 && len(kw) == 0 {
		switch args[0].(type) {
		case *interp.Function, *interp.Class, *interp.Builtin, *interp.BoundMethod:
			return args[0]
		}
	}
	return identity
}

// decoratorMaker makes a decorator that changes nothing, whatever it is given.
func decoratorMaker(*interp.Interp, []interp.Value, []interp.KW) interp.Value { return identity }

// identity is what such a decorator gives when called with arguments: a
// decorator, which serves as a context manager too.
var identity interp.Value = &interp.Instance{Cls: interp.NewNativeClass("inert", nil,
	interp.Method{Name: "__call__", Sig: "self, f=None, *args, **kwargs", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[1] }},
	interp.Method{Name: "__enter__", Sig: "self", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[0] }},
	interp.Method{Name: "__exit__", Sig: "self, *args", Fn: none},
)}

// inertPrefixes are modules that are not read at all, with all beneath them.
// Their capitalized names are empty classes that take any arguments, their
// constants empty dicts, questions (is_...) answer no; the others are
// decorators that change nothing.
var inertPrefixes = []struct{ name, why string }{
	{"transformers.utils.auto_docstring", "docstrings"},
	{"transformers.utils.chat_template_utils", "chat templates"},
	{"transformers.utils.chat_parsing", "chat templates"},
	{"transformers.utils.loading_report", loading},
	{"transformers.utils.peft_utils", "adapters"},
	{"transformers.utils.kernel_config", "replacement kernels"},
	{"transformers.utils.sentencepiece_model_pb2", "tokenizers"},
	{"transformers.utils.notebook", "notebooks"},
	{"transformers.generation.utils", "decoding strategies around a forward"},
	{"transformers.generation.logits_process", "decoding strategies around a forward"},
	{"transformers.generation.stopping_criteria", "decoding strategies around a forward"},
	{"transformers.generation.candidate_generator", "decoding strategies around a forward"},
	{"transformers.generation.continuous_batching", "decoding strategies around a forward"},
	{"transformers.generation.streamers", "decoding strategies around a forward"},
	{"transformers.generation.watermarking", "decoding strategies around a forward"},
	{"transformers.generation.beam_search", "decoding strategies around a forward"},
	{"transformers.generation.beam_constraints", "decoding strategies around a forward"},
	{"transformers.generation.tf_utils", "decoding strategies around a forward"},
	{"transformers.generation.flax_utils", "decoding strategies around a forward"},
	{"transformers.quantizers", "quantised weights"},
	{"transformers.core_model_loading", loading},
	{"transformers.dynamic_module_utils", "downloads code"},
	{"transformers.safetensors_conversion", "weight conversion"},
	{"transformers.distributed.checkpoint", "several devices"},
	{"transformers.distributed.expert_parallel", "several devices"},
	{"transformers.distributed.sharding_utils", "several devices"},
	{"transformers.distributed.tensor_parallel", "several devices"},
	{"transformers.distributed.pipeline_parallel", "several devices"},
	{"transformers.distributed.parallel_utils", "several devices"},
	{"transformers.distributed.utils", "several devices"},
	{"transformers.distributed.fsdp", "several devices"},
	{"transformers.distributed.configuration_utils", "several devices"},
	{"transformers.distributed.context_parallel", "several devices"},
	{"transformers.trainer", "training"},
	{"transformers.training_args", "training"},
	{"transformers.trainer_utils", "training"},
	{"transformers.optimization", "training"},
	{"transformers.tokenization_utils", "text to token ids"},
	{"transformers.tokenization_utils_base", "text to token ids"},
	{"transformers.tokenization_python", "text to token ids"},
	{"transformers.tokenization_utils_fast", "text to token ids"},
	{"transformers.tokenization_utils_tokenizers", "text to token ids"},
	{"transformers.tokenization_utils_sentencepiece", "text to token ids"},
	{"transformers.tokenization_mistral_common", "text to token ids"},
	{"transformers.processing_utils", "inputs from files"},
	{"transformers.image_processing_utils_fast", "inputs from files"},
	{"transformers.image_processing_backends", "inputs from files"},
	{"transformers.image_processing_base", "inputs from files"},
	{"transformers.video_processing_utils", "inputs from files"},
	{"transformers.video_utils", "inputs from files"},
	{"transformers.feature_extraction_utils", "inputs from files"},
	{"transformers.feature_extraction_sequence_utils", "inputs from files"},
	{"transformers.audio_utils", "inputs from files"},
	{"transformers.integrations.accelerate", loading},
	{"transformers.integrations.deepspeed", "several devices"},
	{"transformers.integrations.fsdp", "several devices"},
	{"transformers.integrations.tensor_parallel", "several devices"},
	{"transformers.integrations.peft", "adapters"},
	{"transformers.integrations.finegrained_fp8", "quantised weights"},
	{"transformers.integrations.flash_attention", "another implementation of the same attention"},
	{"transformers.integrations.flex_attention", "another implementation of the same attention"},
	{"transformers.integrations.eager_paged", "serving"},
	{"transformers.integrations.sdpa_paged", "serving"},
	{"transformers.integrations.flash_paged", "serving"},
	{"transformers.integrations.deepgemm", "replacement kernels"},
	{"transformers.integrations.sonicmoe", "replacement kernels"},
	{"transformers.integrations.gguf", "file format of weights"},
	{"transformers.modeling_gguf_pytorch_utils", "file format of weights"},
	{"transformers.integrations.ggml", "file format of weights"},
	{"transformers.integrations.bitsandbytes", "quantised weights"},
	{"transformers.integrations.integration_utils", "reporting of training runs"},
	{"transformers.integrations.mxfp4", "quantised weights"},
	{"transformers.loss", "training"},
	{"transformers.monkey_patching", "patches made by users"},
	{"transformers.debug_utils", "debugging"},
	{"transformers.model_debugging_utils", "debugging"},
	{"transformers.modelcard", "model cards"},
	{"transformers.commands", "the framework's own command line"},
	{"transformers.cli", "the framework's own command line"},
	{"transformers.pipelines", "applications of models"},
	{"transformers.data", "training data"},
	{"transformers.onnx", "export"},
	{"transformers.exporters", "export"},
	{"transformers.testing_utils", "tests"},
}

// RunsModels names those modules of inertPrefixes that are given a model, and
// so may read values of its config; the others see token ids, scores, weights.
func RunsModels() []string {
	return []string{
		"transformers.generation.utils", "transformers.generation.candidate_generator", "transformers.generation.continuous_batching",
		"transformers.loss", "transformers.trainer", "transformers.trainer_utils",
		"transformers.distributed", "transformers.integrations.tensor_parallel", "transformers.integrations.deepspeed",
		"transformers.integrations.flash_attention", "transformers.integrations.flex_attention",
		"transformers.integrations.eager_paged", "transformers.integrations.sdpa_paged", "transformers.integrations.flash_paged",
	}
}

// inertModules are the rows of inertPrefixes but those with that reason.
func inertModules(without string) []interp.Entry {
	var out []interp.Entry
	for _, p := range inertPrefixes {
		if p.why == without {
			continue
		}
		name := p.name
		out = append(out, interp.Entry{Name: name, Why: p.why, Module: func(in *interp.Interp, attr string) (interp.Value, bool) {
			return inert(name, attr), true
		}})
	}
	return out
}

// askedFor names methods of classes of inertPrefixes whose presence code asks
// for: releases before 4.52 tell by them whether a model generates.
var askedFor = map[string][]string{
	"transformers.generation.utils.GenerationMixin": {"generate", "prepare_inputs_for_generation"},
}

func inert(module, name string) interp.Value {
	if c := strings.TrimLeft(name, "_"); c != "" && c[0] >= 'A' && c[0] <= 'Z' && c != strings.ToUpper(c) {
		// No New of its own: a model that also derives from such a class is
		// made by its other base, and initialised by it.
		var k *interp.Class
		init := &interp.Builtin{Name: "__init__", Qual: name + ".__init__", Raw: func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
			return nextInit(in, k, args, kw)
		}}
		k = interp.NewNativeClass(module+"."+name, nil)
		k.Dict.SetStr("__init__", init)
		for _, m := range askedFor[module+"."+name] {
			k.Dict.SetStr(m, &interp.Builtin{Name: m, Qual: name + "." + m, Python: true, Sig: interp.ParseSignature("self, *args, **kwargs"), Fn: func(in *interp.Interp, _ []interp.Value) interp.Value {
				return in.Unknown("%s.%s.%s is not run", module, name, m)
			}})
		}
		return k
	}
	if name == strings.ToUpper(name) && !strings.HasPrefix(name, "__") {
		return interp.NewDict()
	}
	if strings.HasPrefix(name, "is_") { // a question about machinery that is not there
		return &interp.Builtin{Name: name, Qual: module + "." + name, Raw: no}
	}
	return &interp.Builtin{Name: name, Qual: module + "." + name, Raw: decorator}
}

// nextInit calls the constructor that follows the class k in the order of
// self's bases, where there is one: to a class of a module that is not read,
// any arguments do.
func nextInit(in *interp.Interp, k *interp.Class, args []interp.Value, kw []interp.KW) interp.Value {
	if len(args) == 0 {
		return interp.None
	}
	passed := false
	for _, c := range args[0].Type().MRO {
		switch {
		case c == k:
			passed = true
		case passed && c != interp.ObjectClass:
			if f, ok := c.Dict.GetStr("__init__"); ok {
				return in.Call(f, args, kw)
			}
		}
	}
	return interp.None
}

// importStructure stands for the names exported by the files of a folder: a
// marker that lazyModule understands.
func importStructure(in *interp.Interp, a []interp.Value) interp.Value {
	d := interp.NewDict()
	inner := interp.NewDict()
	d.Set(in, &interp.Set{D: interp.NewDict(), Frozen: true}, inner)
	return d
}

// lazyModule makes a package whose names are imported when asked for: those
// of the import structure that it is given, then submodules, then names that
// files of the package export in __all__ or define.
func lazyModule(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	var name, file string
	if len(args) > 0 {
		name, _ = interp.AsStr(args[0])
	}
	if len(args) > 1 {
		file, _ = interp.AsStr(args[1])
	}
	where := map[string]string{}
	if len(args) > 2 {
		if d, ok := args[2].(*interp.Dict); ok {
			collect(in, d, where)
		}
	}
	var extra *interp.Dict
	for _, k := range kw {
		if d, ok := k.V.(*interp.Dict); ok && k.Name == "extra_objects" {
			extra = d
		}
	}
	m := interp.NewLazyModule(name, file, nil)
	dir := file[:max(strings.LastIndexByte(file, '/'), 0)]
	m.SetLazy(func(in *interp.Interp, attr string) (interp.Value, bool) {
		if extra != nil {
			if v, ok := extra.GetStr(attr); ok {
				return v, true
			}
		}
		if in.CanImport(name + "." + attr) {
			return in.Import(name + "." + attr), true
		}
		sub, ok := where[attr]
		if !ok {
			sub, ok = find(in, dir, attr)
		}
		if !ok {
			return nil, false
		}
		var v interp.Value
		failed := in.TryCatch(interp.ModuleNotFoundError, func() { v, ok = in.LookupAttr(in.Import(name+"."+sub), attr) })
		if failed != nil {
			v, ok = placeholder(in, attr, failed), true
		}
		if ok {
			m.Dict.SetStr(attr, v)
		}
		return v, ok
	})
	return m
}

// placeholder is what a package offers in place of a class whose file needs
// an optional package that is missing: it can be named, and says what it
// needs when it is used. Other failures are raised again.
func placeholder(in *interp.Interp, name string, failed *interp.Raised) interp.Value {
	var missing interp.Value
	if failed.Exc.Dict != nil {
		missing, _ = failed.Exc.Dict.GetStr("name")
	}
	utils := in.Import("transformers.utils.import_utils")
	known, _ := in.LookupAttr(utils, "BACKENDS_MAPPING")
	if missing == nil || known == nil || !in.Truth(in.CallMethod(known, "__contains__", missing)) {
		panic(failed)
	}
	ns := in.RunString("transformers/utils/import_utils.py", `
from transformers.utils.import_utils import DummyObject, requires_backends

def placeholder(name, backends):
    def init(self, *args, **kwargs):
        requires_backends(self, backends)
    return DummyObject(name, (), {"_backends": backends, "__init__": init})
`)
	f, _ := ns.GetStr("placeholder")
	return in.Call(f, []interp.Value{interp.NewStr(name), interp.NewList(missing)}, nil)
}

// collect reads an import structure: {module: names}, possibly under keys that
// are sets of required backends.
func collect(in *interp.Interp, d *interp.Dict, where map[string]string) {
	d.Range(func(k, v interp.Value) bool {
		if sub, ok := v.(*interp.Dict); ok {
			collect(in, sub, where)
			return true
		}
		mod, ok := interp.AsStr(k)
		if !ok {
			return true
		}
		for _, n := range in.Elements(v) {
			if s, ok := interp.AsStr(n); ok {
				where[s] = mod
			}
		}
		return true
	})
}

// find looks for the file beneath dir that exports attr; the result is its
// dotted name relative to the package. Folders whose name the attribute's
// resembles are searched first.
func find(in *interp.Interp, dir, attr string) (string, bool) {
	src := in.Source()
	var dirs []string
	for _, e := range src.List(dir) {
		switch {
		case strings.HasSuffix(e, "/"):
			dirs = append(dirs, e[:len(e)-1])
		case strings.HasSuffix(e, ".py") && e != "__init__.py" && !strings.HasPrefix(e, "convert_") && !strings.HasPrefix(e, "modular_"):
			if src.Exports(dir+"/"+e, attr) {
				return e[:len(e)-3], true
			}
		}
	}
	low := strings.ToLower(attr)
	for pass := 0; pass < 2; pass++ {
		for _, d := range dirs {
			near := strings.HasPrefix(low, strings.ReplaceAll(d, "_", "")) || d == "models"
			if near != (pass == 0) || d == "__pycache__" {
				continue
			}
			if sub, ok := find(in, dir+"/"+d, attr); ok {
				return d + "." + sub, true
			}
		}
	}
	return "", false
}
