package torch

import (
	"math"
	"sync"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// Entries is the table of this package.
func Entries() []interp.Entry { return entries() }

var entries = sync.OnceValue(func() []interp.Entry { return allEntries })

var allEntries []interp.Entry

func init() {
	var es []interp.Entry
	for _, rows := range [][]row{pointwiseRows, viewRows, createRows, methodRows, reduceRows, joinRows, indexRows, matmulRows, nnRows, specialRows, machineRows, initRows} {
		es = append(es, install(rows)...)
	}
	for _, e := range es {
		if e.Raw != nil {
			registry[e.Name] = e.Raw
		}
	}
	// Every method can also be called as Tensor.name by torch.name's users only
	// where it is a row; the class resolves the rest.
	tensor.Class.AddMethods()
	for _, d := range tensor.DTypes() {
		es = append(es, constant("torch."+d.String(), d.Value()))
	}
	for name, d := range dtypeAliases {
		es = append(es, constant("torch."+name, d.Value()))
	}
	for name, l := range layouts {
		es = append(es, constant("torch."+name, l))
	}
	for name, f := range memoryFormats {
		es = append(es, constant("torch."+name, f))
	}
	for name, d := range tensorKinds {
		es = append(es, interp.Entry{Name: "torch." + name, Class: ofKind(name, d)})
	}
	allEntries = append(es, machinery()...)
}

func constant(name string, v interp.Value) interp.Entry {
	return interp.Entry{Name: name, Value: func(*interp.Interp) interp.Value { return v }}
}

func fn(name string, f rawFn) interp.Entry { return interp.Entry{Name: name, Raw: f} }

func class(name string, c *interp.Class) interp.Entry { return interp.Entry{Name: name, Class: c} }

func alias(name, of string) interp.Entry { return interp.Entry{Name: name, Alias: of} }

func inertModule(name, why string) interp.Entry {
	return interp.Entry{Name: name, Module: inert(name), Why: why}
}

// machinery is what surrounds the functions: state, devices, compilers,
// distribution. None of it changes what a model computes.
func machinery() []interp.Entry {
	yes, no := returns(interp.True), returns(interp.False)
	none := returns(interp.None)
	zero := returns(interp.NewInt(0))
	es := []interp.Entry{
		class("torch.Tensor", tensor.Class),
		alias("torch._C.TensorBase", "torch.Tensor"),
		alias("torch._tensor.Tensor", "torch.Tensor"),
		class("torch.Size", tensor.SizeClass),
		class("torch.dtype", tensor.DTypeClass),
		class("torch.device", tensor.DeviceClass),
		class("torch.layout", layoutClass),
		class("torch.memory_format", memoryFormatClass),
		class("torch.finfo", info("torch.finfo", true)),
		class("torch.iinfo", info("torch.iinfo", false)),
		class("torch.Generator", generatorClass),
		class("torch.no_grad", noGradClass),
		alias("torch.autograd.no_grad", "torch.no_grad"),
		alias("torch.autograd.grad_mode.no_grad", "torch.no_grad"),
		class("torch.enable_grad", enableGrad),
		alias("torch.autograd.enable_grad", "torch.enable_grad"),
		class("torch.inference_mode", inferenceClass),
		alias("torch.autograd.inference_mode", "torch.inference_mode"),
		class("torch.set_grad_enabled", setGradClass),
		alias("torch.autograd.set_grad_enabled", "torch.set_grad_enabled"),
		class("torch.autocast", autocastClass),
		alias("torch.amp.autocast", "torch.autocast"),
		alias("torch.amp.autocast_mode.autocast", "torch.autocast"),
		alias("torch.cuda.amp.autocast", "torch.autocast"),
		fn("torch.cuda.amp.custom_fwd", decorator),
		fn("torch.cuda.amp.custom_bwd", decorator),
		fn("torch.amp.custom_fwd", decorator),
		fn("torch.amp.custom_bwd", decorator),
		fn("torch.amp.is_autocast_available", yes),
		fn("torch.is_autocast_enabled", no),
		fn("torch.is_autocast_cpu_enabled", no),
		fn("torch.is_autocast_cache_enabled", yes),
		fn("torch.get_autocast_dtype", returns(tensor.BFloat16.Value())),
		fn("torch.get_autocast_gpu_dtype", returns(tensor.Float16.Value())),
		fn("torch.get_autocast_cpu_dtype", returns(tensor.BFloat16.Value())),
		fn("torch.is_inference_mode_enabled", no),
		fn("torch.is_anomaly_enabled", no),
		fn("torch.is_storage", no),
		fn("torch.is_warn_always_enabled", no),
		fn("torch.set_printoptions", none),
		fn("torch.set_num_threads", none),
		fn("torch.get_num_threads", returns(interp.NewInt(1))),
		fn("torch.set_float32_matmul_precision", none),
		fn("torch.get_float32_matmul_precision", returns(interp.NewStr("highest"))),
		fn("torch.use_deterministic_algorithms", none),
		fn("torch.are_deterministic_algorithms_enabled", no),
		fn("torch.set_deterministic_debug_mode", none),
		fn("torch.get_deterministic_debug_mode", zero),
		fn("torch.set_default_tensor_type", none),
		fn("torch.set_warn_always", none),
		fn("torch.seed", zero),
		fn("torch.initial_seed", zero),
		fn("torch.get_rng_state", unknownResult("the random state")),
		fn("torch.set_rng_state", none),
		inertModule("torch.random", "random state"),
		fn("torch.random.get_rng_state", unknownResult("the random state")),
		fn("torch.random.set_rng_state", none),
		class("torch.random.fork_rng", nullContext),
		fn("torch.compile", decorator),
		fn("torch.cond", cond),
		alias("torch._higher_order_ops.cond", "torch.cond"),
		fn("torch.vmap", vmap),
		alias("torch.func.vmap", "torch.vmap"),
		fn("torch.func.functional_call", unknownResult("functional_call")),
		inertModule("torch.func", "function transforms"),
		fn("torch._check", checkFor(interp.RuntimeError)),
		fn("torch._check_with", needs(2, checkWith)),
		fn("torch._check_is_size", none),
		fn("torch._check_value", checkFor(interp.ValueError)),
		fn("torch._check_index", checkFor(interp.IndexError)),
		fn("torch._check_type", checkFor(interp.TypeError)),
		fn("torch._check_tensor_all", needs(1, func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
			return checkTensorAll(in, append([]interp.Value{interp.RuntimeError}, args...), kw)
		})),
		fn("torch._check_tensor_all_with", needs(2, checkTensorAll)),
		fn("torch._assert", needs(2, func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			if !in.Truth(args[0]) {
				in.Raise(interp.AssertionError, "%s", in.ToStr(args[1]))
			}
			return interp.None
		})),
		fn("torch._assert_async", none),
		fn("torch.sym_max", pickNumber(true)),
		fn("torch.sym_min", pickNumber(false)),
		fn("torch.sym_int", func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
			return in.Call(interp.IntClass, args, kw)
		}),
		fn("torch.sym_float", func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
			return in.Call(interp.FloatClass, args, kw)
		}),
		fn("torch.sym_not", needs(1, func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			return interp.NewBool(!in.Truth(args[0]))
		})),
		class("torch.SymInt", inertClass("torch.SymInt")),
		class("torch.SymFloat", inertClass("torch.SymFloat")),
		class("torch.SymBool", inertClass("torch.SymBool")),
		class("torch.Stream", inertClass("torch.Stream")),
		class("torch.Event", inertClass("torch.Event")),
		class("torch.UntypedStorage", inertClass("torch.UntypedStorage")),
		class("torch.TypedStorage", inertClass("torch.TypedStorage")),
		class("torch.FloatStorage", inertClass("torch.FloatStorage")),
		class("torch.ScriptModule", inertClass("torch.ScriptModule")),
		class("torch.ScriptFunction", inertClass("torch.ScriptFunction")),
		class("torch.OutOfMemoryError", interp.NewNativeClass("torch.OutOfMemoryError", []*interp.Class{interp.RuntimeError})),
		fn("torch.load", unknownResult("reading weights")),
		fn("torch.save", none),
		fn("torch.from_dlpack", unknownResult("from_dlpack")),
		fn("torch.frombuffer", unknownResult("frombuffer")),
		fn("torch.from_file", unknownResult("from_file")),
		fn("torch.typename", needs(1, func(_ *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			return interp.NewStr(args[0].Type().FullName())
		})),
		fn("torch.get_device_module", func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			return in.Import("torch.cpu")
		}),
		fn("torch._softmax_backward_data", unknownResult("gradients")),
		fn("torch.unravel_index", unknownResult("unravel_index")),
		constant("torch.pi", interp.NewFloat(math.Pi)),
		constant("torch.e", interp.NewFloat(math.E)),
		constant("torch.inf", interp.NewFloat(math.Inf(1))),
		constant("torch.nan", interp.NewFloat(math.NaN())),
		constant("torch.newaxis", interp.None),
		constant("torch.__version__", interp.NewStr(Version)),
		constant("torch.__name__", interp.NewStr("torch")),
		interp.Entry{Name: "torch.torch", Value: func(in *interp.Interp) interp.Value { return in.Import("torch") }},
		interp.Entry{Name: "torch.version", Module: strict},
		constant("torch.version.__version__", interp.NewStr(Version)),
		constant("torch.version.cuda", interp.None),
		constant("torch.version.hip", interp.None),
		constant("torch.version.xpu", interp.None),
		constant("torch.version.git_version", interp.NewStr("")),
		constant("torch.torch_version.__version__", interp.NewStr(Version)),

		fn("torch.jit.is_tracing", no),
		fn("torch.jit.is_scripting", no),
		fn("torch.jit.script", decorator),
		fn("torch.jit.script_if_tracing", decorator),
		fn("torch.jit.trace", decorator),
		fn("torch.jit.export", decorator),
		fn("torch.jit.ignore", decorator),
		fn("torch.jit.unused", decorator),
		fn("torch.jit.interface", decorator),
		fn("torch.jit.annotate", needs(2, func(_ *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value { return args[1] })),
		fn("torch.jit._overload_method", decorator),
		fn("torch.jit._overload", decorator),
		constant("torch.jit.Final", inertClass("torch.jit.Final")),
		class("torch.jit.ScriptModule", inertClass("torch.jit.ScriptModule")),
		inertModule("torch.jit", "compilation"),
		fn("torch.jit._state.disable", none),

		fn("torch.compiler.is_compiling", no),
		fn("torch.compiler.is_dynamo_compiling", no),
		fn("torch.compiler.is_exporting", no),
		fn("torch.compiler.disable", decorator),
		fn("torch.compiler.allow_in_graph", decorator),
		fn("torch.compiler.assume_constant_result", decorator),
		fn("torch.compiler.set_stance", none),
		fn("torch.compiler.reset", none),
		fn("torch.compiler.cudagraph_mark_step_begin", none),
		inertModule("torch.compiler", "compilation"),
		fn("torch._dynamo.is_compiling", no),
		fn("torch._dynamo.mark_static_address", none),
		fn("torch._dynamo.mark_dynamic", none),
		fn("torch._dynamo.maybe_mark_dynamic", none),
		fn("torch._dynamo.mark_static", none),
		fn("torch._dynamo.disable", decorator),
		fn("torch._dynamo.allow_in_graph", decorator),
		fn("torch._dynamo.disallow_in_graph", decorator),
		fn("torch._dynamo.assume_constant_result", decorator),
		fn("torch._dynamo.graph_break", none),
		fn("torch._dynamo.reset", none),
		fn("torch._dynamo.external_utils.is_compiling", no),
		inertModule("torch._dynamo", "compilation"),
		inertModule("torch._dynamo.config", "compilation"),
		inertModule("torch._dynamo.exc", "compilation"),
		class("torch._dynamo._trace_wrapped_higher_order_op.TransformGetItemToIndex", nullContext),
		inertModule("torch._inductor", "compilation"),
		inertModule("torch._inductor.config", "compilation"),
		fn("torch._C._get_accelerator", returns(&tensor.Device{Kind: "cpu", Index: -1})),
		fn("torch._C._log_api_usage_once", none),
		fn("torch._C._get_tracing_state", none),
		fn("torch._C._len_torch_function_stack", zero),
		fn("torch._C._is_torch_function_enabled", yes),
		fn("torch._C._jit_set_profiling_executor", none),
		fn("torch._C._jit_set_profiling_mode", none),
		fn("torch._C._functorch.is_batchedtensor", no),
		class("torch._C.DisableTorchFunctionSubclass", nullContext),
		class("torch._C.DisableTorchFunction", nullContext),
		inertModule("torch._C", "bindings"),
		interp.Entry{Name: "torch._C._nn", Module: strict},
		alias("torch._C._nn.gelu", "torch.nn.functional.gelu"),
		alias("torch._C._nn.linear", "torch.nn.functional.linear"),
		alias("torch._C._nn.scaled_dot_product_attention", "torch.nn.functional.scaled_dot_product_attention"),
		alias("torch.scaled_dot_product_attention", "torch.nn.functional.scaled_dot_product_attention"),

		fn("torch.overrides.has_torch_function", no),
		fn("torch.overrides.has_torch_function_unary", no),
		fn("torch.overrides.has_torch_function_variadic", no),
		fn("torch.overrides.handle_torch_function", unknownResult("handle_torch_function")),
		fn("torch.overrides.is_tensor_like", needs(1, func(_ *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			_, ok := args[0].(*T)
			return interp.NewBool(ok)
		})),
		class("torch.overrides.TorchFunctionMode", inertClass("torch.overrides.TorchFunctionMode")),
		inertModule("torch.overrides", "dispatch"),

		class("torch.autograd.Function", autogradFunction),
		class("torch.autograd.function.Function", autogradFunction),
		fn("torch.autograd.function.once_differentiable", decorator),
		fn("torch.autograd.grad", unknownResult("gradients")),
		fn("torch.autograd.backward", none),
		alias("torch.autograd.Variable", "torch.Tensor"),
		class("torch.autograd.graph.save_on_cpu", nullContext),
		class("torch.autograd.graph.saved_tensors_hooks", nullContext),
		class("torch.autograd.profiler.record_function", nullContext),
		class("torch.autograd.profiler.profile", nullContext),
		inertModule("torch.autograd", "gradients"),
		inertModule("torch.autograd.graph", "gradients"),
		inertModule("torch.profiler", "profiling"),
		class("torch.profiler.record_function", nullContext),

		fn("torch.library.custom_op", customOp),
		fn("torch.library.register_fake", decorator),
		fn("torch.library.register_autograd", none),
		fn("torch.library.register_kernel", decorator),
		fn("torch.library.impl", decorator),
		fn("torch.library.triton_op", customOp),
		fn("torch.library.define", none),
		inertModule("torch.library", "custom operators"),
		interp.Entry{Name: "torch.ops", Module: noOps},
		interp.Entry{Name: "torch.classes", Module: noOps},

		fn("torch.utils.checkpoint.checkpoint", needs(1, checkpoint)),
		fn("torch.utils.checkpoint.checkpoint_sequential", unknownResult("checkpoint_sequential")),
		inertModule("torch.utils.checkpoint", "memory"),
		fn("torch.utils._pytree.tree_map", needs(2, treeMap)),
		fn("torch.utils._pytree.tree_map_only", needs(3, treeMapOnly)),
		fn("torch.utils._pytree.tree_flatten", needs(1, treeFlatten)),
		fn("torch.utils._pytree.tree_unflatten", needs(2, treeUnflatten)),
		fn("torch.utils._pytree.tree_leaves", needs(1, treeLeaves)),
		fn("torch.utils._pytree.register_pytree_node", none),
		fn("torch.utils._pytree._register_pytree_node", none),
		inertModule("torch.utils._pytree", "containers"),
		inertModule("torch.fx._pytree", "containers"),
		inertModule("torch.utils.data", "data loading"),
		inertModule("torch.utils.data.distributed", "data loading"),
		inertModule("torch.utils.hooks", "hooks"),
		inertModule("torch.utils.tensorboard", "logging"),
		inertModule("torch.utils.cpp_extension", "compilation"),
		inertModule("torch.utils._python_dispatch", "dispatch"),
		inertModule("torch.utils.weak", "weak references"),
		inertModule("torch.utils._sympy", "symbolic shapes"),
		inertModule("torch.utils._sympy.value_ranges", "symbolic shapes"),
		inertModule("torch.utils._sympy.numbers", "symbolic shapes"),
		fn("torch.utils.swap_tensors", none),
		fn("torch.utils._triton.has_triton", no),
		class("torch.utils._device.DeviceContext", inertClass("torch.utils._device.DeviceContext")),

		fn("torch.fx.wrap", decorator),
		fn("torch.fx._symbolic_trace.is_fx_tracing", no),
		fn("torch.fx.experimental.symbolic_shapes.guard_or_false", needs(1, func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			return interp.NewBool(in.Truth(args[0]))
		})),
		fn("torch.fx.experimental.symbolic_shapes.guard_or_true", needs(1, func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
			return interp.NewBool(in.Truth(args[0]))
		})),
		inertModule("torch.fx", "graph capture"),
		inertModule("torch.fx.experimental", "graph capture"),
		inertModule("torch.fx.experimental.symbolic_shapes", "graph capture"),
		inertModule("torch.fx.node", "graph capture"),
		inertModule("torch.fx.proxy", "graph capture"),
		inertModule("torch.export", "export"),
		inertModule("torch.export._trace", "export"),
		inertModule("torch.onnx", "export"),
		fn("torch.onnx.is_in_onnx_export", no),
		inertModule("torch.onnx.symbolic_opset9", "export"),
		inertModule("torch.onnx.symbolic_opset12", "export"),
		inertModule("torch.onnx.symbolic_helper", "export"),
		inertModule("torch.optim", "training"),
		inertModule("torch.optim.lr_scheduler", "training"),
		inertModule("torch.optim.optimizer", "training"),
		inertModule("torch.multiprocessing", "processes"),
		inertModule("torch.ao", "quantization"),
		inertModule("torch.ao.quantization", "quantization"),
		inertModule("torch.quantization", "quantization"),
		inertModule("torch.nested", "nested tensors"),
		inertModule("torch.sparse", "sparse tensors"),
		inertModule("torch.storage", "storage"),
		inertModule("torch.types", "types"),
		constant("torch.types.Device", inertClass("torch.types.Device")),
		inertModule("torch.serialization", "weights"),
		fn("torch.serialization.add_safe_globals", none),
		inertModule("torch.testing", "tests"),
		inertModule("torch.package", "packaging"),
		inertModule("torch.hub", "downloads"),
		inertModule("torch.monitor", "monitoring"),
		inertModule("torch.masked", "masked reductions"),
		inertModule("torch.return_types", "named tuples"),
		class("torch.return_types.max", maxClass),
		class("torch.return_types.min", minClass),
		class("torch.return_types.topk", topkClass),
		class("torch.return_types.sort", sortClass),
		inertModule("torch._prims_common", "decompositions"),
		inertModule("torch._decomp", "decompositions"),
		inertModule("torch._refs", "decompositions"),
		inertModule("torch._subclasses", "fake tensors"),
		inertModule("torch._subclasses.fake_tensor", "fake tensors"),
		inertModule("torch._guards", "compilation"),
		inertModule("torch._logging", "logging"),
		fn("torch._logging.warning_once", none),
		fn("torch._higher_order_ops.associative_scan.associative_scan", associativeScan),
		fn("torch._higher_order_ops.scan.scan", unknownResult("scan")),
		inertModule("torch._higher_order_ops", "control flow"),

		fn("torch.distributed.is_available", yes),
		fn("torch.distributed.is_initialized", no),
		fn("torch.distributed.is_torchelastic_launched", no),
		fn("torch.distributed.get_rank", raises(interp.ValueError, "Default process group has not been initialized, please make sure to call init_process_group.")),
		fn("torch.distributed.get_world_size", raises(interp.ValueError, "Default process group has not been initialized, please make sure to call init_process_group.")),
		fn("torch.distributed.barrier", none),
		inertModule("torch.distributed", "distribution"),
		inertModule("torch.distributed.nn", "distribution"),
		inertModule("torch.distributed.nn.functional", "distribution"),
		inertModule("torch.distributed.tensor", "distribution"),
		inertModule("torch.distributed.tensor.placement_types", "distribution"),
		inertModule("torch.distributed.tensor._utils", "distribution"),
		inertModule("torch.distributed.tensor.parallel", "distribution"),
		inertModule("torch.distributed.device_mesh", "distribution"),
		inertModule("torch.distributed.fsdp", "distribution"),
		inertModule("torch.distributed._composable", "distribution"),
		inertModule("torch.distributed._composable.fsdp", "distribution"),
		inertModule("torch.distributed.fsdp.fully_sharded_data_parallel", "distribution"),
		inertModule("torch.distributed.checkpoint", "distribution"),
		inertModule("torch.distributed.checkpoint.state_dict", "distribution"),
		inertModule("torch.distributed.checkpoint.hf_storage", "distribution"),
		inertModule("torch.distributed.checkpoint.default_planner", "distribution"),
		inertModule("torch.distributed.checkpoint._consolidate_hf_safetensors", "distribution"),
		inertModule("torch.distributed.algorithms", "distribution"),
		inertModule("torch.distributed._functional_collectives", "distribution"),
		inertModule("torch.distributed.elastic", "distribution"),

		fn("torch.backends.mps.is_available", no),
		fn("torch.backends.mps.is_built", no),
		fn("torch.backends.mps.is_macos_or_newer", no),
		constant("torch.backends.cudnn.enabled", interp.True),
		constant("torch.backends.cudnn.benchmark", interp.False),
		constant("torch.backends.cudnn.deterministic", interp.False),
		constant("torch.backends.cudnn.allow_tf32", interp.True),
		fn("torch.backends.cudnn.is_available", no),
		fn("torch.backends.cudnn.version", none),
		class("torch.backends.cudnn.flags", nullContext),
		constant("torch.backends.cuda.matmul.allow_tf32", interp.False),
		constant("torch.backends.cuda.matmul.fp32_precision", interp.NewStr("none")),
		constant("torch.backends.fp32_precision", interp.NewStr("none")),
		fn("torch.backends.cuda.is_built", no),
		fn("torch.backends.cuda.flash_sdp_enabled", yes),
		fn("torch.backends.cuda.mem_efficient_sdp_enabled", yes),
		fn("torch.backends.cuda.math_sdp_enabled", yes),
		fn("torch.backends.cuda.enable_flash_sdp", none),
		fn("torch.backends.cuda.enable_mem_efficient_sdp", none),
		fn("torch.backends.cuda.enable_math_sdp", none),
		fn("torch.backends.cuda.enable_cudnn_sdp", none),
		class("torch.backends.cuda.sdp_kernel", nullContext),
		fn("torch.backends.mkldnn.is_available", no),
		fn("torch.backends.openmp.is_available", yes),
		fn("torch.backends.mha.get_fastpath_enabled", yes),
		fn("torch.backends.mha.set_fastpath_enabled", none),
		fn("torch.accelerator.is_available", no),
		fn("torch.accelerator.current_accelerator", none),
		fn("torch.accelerator.device_count", zero),
		fn("torch.accelerator.current_device_index", raises(interp.RuntimeError, "Cannot access accelerator device when none is available.")),
		inertModule("torch.accelerator", "devices"),
		fn("torch.cpu.is_available", yes),
		fn("torch.cpu.device_count", returns(interp.NewInt(1))),
		fn("torch.cpu.current_device", returns(interp.NewStr("cpu"))),
		fn("torch.cpu.synchronize", none),
		inertModule("torch.cpu", "devices"),
		fn("torch.cuda.get_device_capability", raises(interp.AssertionError, "Torch not compiled with CUDA enabled")),
		fn("torch.cuda.get_device_properties", raises(interp.AssertionError, "Torch not compiled with CUDA enabled")),
		fn("torch.cuda.get_device_name", raises(interp.AssertionError, "Torch not compiled with CUDA enabled")),
		fn("torch.cuda.current_device", raises(interp.AssertionError, "Torch not compiled with CUDA enabled")),
		fn("torch.cuda.current_stream", raises(interp.AssertionError, "Torch not compiled with CUDA enabled")),
		constant("torch.cuda.default_generators", interp.NewTuple()),
		class("torch.cuda.FloatTensor", inertClass("torch.cuda.FloatTensor")),
		class("torch.cuda.device", nullContext),
		class("torch.cuda.stream", nullContext),
	}
	for _, d := range []string{"cuda", "xpu", "mps", "mtia"} {
		q := "torch." + d + "."
		es = append(es,
			fn(q+"is_available", no), fn(q+"is_initialized", no), fn(q+"device_count", zero), fn(q+"is_bf16_supported", no),
			fn(q+"empty_cache", none), fn(q+"synchronize", none), fn(q+"manual_seed", none), fn(q+"manual_seed_all", none),
			fn(q+"memory_allocated", zero), fn(q+"memory_reserved", zero), fn(q+"max_memory_allocated", zero), fn(q+"reset_peak_memory_stats", none),
			fn(q+"is_current_stream_capturing", no), fn(q+"init", none),
			inertModule("torch."+d, "devices"))
	}
	for _, e := range []string{"amp", "backends", "backends.cuda", "backends.cudnn", "backends.mps", "nn.init", "linalg", "special", "fft", "utils"} {
		es = append(es, interp.Entry{Name: "torch." + e, Module: strict})
	}
	for name, of := range functionalAliases {
		es = append(es, alias(name, of))
	}
	return append(es, distributions()...)
}

// functionalAliases are names that torch keeps for another function.
var functionalAliases = map[string]string{
	"torch.nn.functional.tensordot": "torch.tensordot",
	"torch.rms_norm_":               "torch.rms_norm",
	"torch.functional.F":            "torch.nn.functional",
	"torch.functional.einsum":       "torch.einsum",
	"torch.functional.norm":         "torch.norm",
	"torch.native_layer_norm_":      "torch.layer_norm",
}

// noOps is torch.ops: the operators of extensions, of which none are there.
func noOps(in *interp.Interp, name string) (interp.Value, bool) {
	if len(name) > 1 && name[:2] == "__" {
		return nil, false
	}
	return &interp.Instance{Cls: opNamespace, Data: name}, true
}

var opNamespace = func() *interp.Class {
	c := interp.NewNativeClass("torch._ops._OpNamespace", nil)
	c.GetAttrHook = func(in *interp.Interp, self *interp.Instance, name string) (interp.Value, bool) {
		ns, _ := self.Data.(string)
		if ns == "aten" {
			if f := registry["torch."+name]; f != nil {
				return builtin("torch.ops.aten."+name, f), true
			}
			if f := registry["torch.nn.functional."+name]; f != nil {
				return builtin("torch.ops.aten."+name, f), true
			}
		}
		in.Raise(interp.AttributeError, "'_OpNamespace' '%s' object has no attribute '%s'", ns, name)
		return nil, false
	}
	return c
}()

// customOp is torch.library.custom_op(name, fn=None, ...): the function stays as it is.
func customOp(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	if len(args) > 1 && isCallable(args[1]) {
		return args[1]
	}
	for _, k := range kw {
		if k.Name == "fn" && isCallable(k.V) {
			return k.V
		}
	}
	return builtin("torch.library.custom_op", first)
}
