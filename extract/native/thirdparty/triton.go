package thirdparty

import "github.com/arch-extract/arch-extract/extract/interp"

// jitFunction is a GPU kernel written in Python. It can be looked at; to start
// it takes a GPU, of which there is none, and Triton says so.
var jitFunction = interp.NewNativeClass("triton.runtime.jit.JITFunction", nil,
	interp.Method{Name: "__getitem__", Sig: "self, grid", Fn: noDriver},
	interp.Method{Name: "run", Sig: "self, *args, **kwargs", Fn: noDriver},
	interp.Method{Name: "warmup", Sig: "self, *args, **kwargs", Fn: noDriver},
)

// kernelInterface is what kernels derive from.
var kernelInterface = interp.NewNativeClass("triton.runtime.jit.KernelInterface", nil,
	interp.Method{Name: "__getitem__", Sig: "self, grid", Fn: noDriver},
)

func noDriver(in interT, _ []value) value {
	in.Raise(interp.RuntimeError, "0 active drivers ([]). There should only be one.")
	return nil
}

func newKernel(in interT, fn value) value {
	f, ok := fn.(*interp.Function)
	if !ok {
		return fn
	}
	o := &interp.Instance{Cls: jitFunction, Dict: interp.NewDict()}
	o.Dict.SetStr("fn", f)
	o.Dict.SetStr("arg_names", in.GetAttr(in.GetAttr(f, "__code__"), "co_varnames"))
	for _, name := range []string{"__name__", "__qualname__", "__module__", "__doc__"} {
		o.Dict.SetStr(name, in.GetAttr(f, name))
	}
	return o
}

// tritonEntries are the decorators that make kernels of functions, with and
// without arguments.
func tritonEntries() []interp.Entry {
	jit := func(in interT, a []value, _ []interp.KW) value {
		if len(a) == 1 {
			return newKernel(in, a[0])
		}
		return &interp.Builtin{Name: "decorator", Qual: "triton.runtime.jit.jit.<locals>.decorator",
			Raw: func(in interT, a []value, _ []interp.KW) value { return newKernel(in, a[0]) }}
	}
	keep := func(q string) interp.Entry {
		return interp.Entry{Name: q, Raw: func(interT, []value, []interp.KW) value {
			return &interp.Builtin{Name: "decorator", Qual: q + ".<locals>.decorator", Sig: interp.ParseSignature("fn"),
				Fn: func(_ interT, a []value) value { return a[0] }}
		}}
	}
	return []interp.Entry{
		{Name: "triton.runtime.jit.JITFunction", Class: jitFunction},
		{Name: "triton.JITFunction", Class: jitFunction},
		{Name: "triton.runtime.jit.KernelInterface", Class: kernelInterface},
		{Name: "triton.KernelInterface", Class: kernelInterface},
		{Name: "triton.jit", Raw: jit},
		{Name: "triton.runtime.jit.jit", Raw: jit},
		keep("triton.autotune"), keep("triton.heuristics"),
	}
}
