package nn

import (
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

func init() {
	setupModule()
	setupParameters()
	setupContainers()
	setupAttention()
	setupRNN()
	setupDeepcopy()
	setupTransformer()
	setupAdaptive()
	setupParametrize()
	setupLazy()
	setupBackends()
	for _, c := range classes {
		c.AddMethods()
	}
}

// extraClasses are classes that are no modules.
var extraClasses = []*interp.Class{
	ModuleClass, ParameterClass, BufferClass, uninitializedMixin, UninitializedParameter, UninitializedBuffer,
	handleClass, packedClass, sdpBackend, blockMask,
}

// shortNames are the names of torch.nn for what lies outside torch.nn.modules.
var shortNames = map[string]string{
	"torch.nn.Parameter":                        "torch.nn.parameter.Parameter",
	"torch.nn.Buffer":                           "torch.nn.parameter.Buffer",
	"torch.nn.UninitializedParameter":           "torch.nn.parameter.UninitializedParameter",
	"torch.nn.UninitializedBuffer":              "torch.nn.parameter.UninitializedBuffer",
	"torch.nn.DataParallel":                     "torch.nn.parallel.data_parallel.DataParallel",
	"torch.nn.parallel.DataParallel":            "torch.nn.parallel.data_parallel.DataParallel",
	"torch.nn.parallel.DistributedDataParallel": "torch.nn.parallel.distributed.DistributedDataParallel",
}

// Entries are the rows of torch.nn for the table of native names.
func Entries() []interp.Entry {
	var es []interp.Entry
	for _, c := range append(append([]*interp.Class(nil), extraClasses...), classes...) {
		es = append(es, interp.Entry{Name: c.FullName(), Class: c})
		if rest, ok := strings.CutPrefix(c.FullName(), "torch.nn.modules."); ok && !strings.HasPrefix(c.Name, "_") && c != lazyMixin {
			es = append(es, interp.Entry{Name: "torch.nn." + rest[strings.IndexByte(rest, '.')+1:], Alias: c.FullName()},
				interp.Entry{Name: "torch.nn.modules." + c.Name, Alias: c.FullName()})
		}
	}
	for _, group := range []struct {
		mod  string
		rows []function
	}{
		{"torch.nn.modules.module", globalHooks},
		{"torch.nn.modules.utils", moduleFunctions},
		{"torch.nn.utils", utilFunctions},
		{"torch.nn.utils.rnn", rnnFunctions},
		{"torch.nn.utils.parametrize", parametrizeFunctions},
		{"torch.nn.utils.parametrizations", parametrizationFunctions},
		{"torch.nn.attention", attentionFunctions},
		{"torch.nn.attention.flex_attention", flexFunctions},
	} {
		for _, f := range group.rows {
			b := pyFunc(group.mod, f.name, f.sig, f.fn)
			es = append(es, interp.Entry{Name: group.mod + "." + f.name, Value: func(*interp.Interp) interp.Value { return b }})
		}
	}
	if torchFunction("torch.nn.functional.multi_head_attention_forward") == nil {
		b := pyFunc("torch.nn.functional", "multi_head_attention_forward", multiHeadSig, multiHeadEntry)
		es = append(es, interp.Entry{Name: b.Qual, Value: func(*interp.Interp) interp.Value { return b }})
	}
	es = append(es,
		constant("torch.nn.modules.module._EXTRA_STATE_KEY_SUFFIX", interp.NewStr("_extra_state")),
		constant("torch.nn.attention.WARN_FOR_UNFUSED_KERNELS", interp.False),
		interp.Entry{Name: "torch.nn.parameter.is_lazy", Sig: "param", Fn: func(_ *interp.Interp, a []interp.Value) interp.Value {
			return interp.NewBool(isLazy(asTensor(a[0])))
		}})
	// The type aliases of torch.nn.common_types matter in annotations only.
	for _, n := range strings.Fields("_scalar_or_tuple_1_t _size_1_t _size_2_t _size_3_t _size_4_t _size_6_t _size_any_t _size_2_opt_t _size_3_opt_t _size_any_opt_t _ratio_2_t _ratio_3_t _ratio_any_t _tensor_list_t _maybe_indices_t") {
		es = append(es, constant("torch.nn.common_types."+n, interp.TupleClass))
	}
	var names []string
	for n := range shortNames {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		es = append(es, interp.Entry{Name: n, Alias: shortNames[n]})
	}
	return es
}

func constant(name string, v interp.Value) interp.Entry {
	return interp.Entry{Name: name, Value: func(*interp.Interp) interp.Value { return v }}
}
