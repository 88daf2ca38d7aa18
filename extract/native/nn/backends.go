package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
)

// sdpBackend is torch.nn.attention.SDPBackend with its members.
var sdpBackend = func() *interp.Class {
	c := interp.NewNativeClass("torch.nn.attention.SDPBackend", nil)
	for name, v := range map[string]int64{"ERROR": -1, "MATH": 0, "FLASH_ATTENTION": 1, "EFFICIENT_ATTENTION": 2, "CUDNN_ATTENTION": 3, "OVERRIDEABLE": 4} {
		c.Dict.SetStr(name, &backend{c, name, v})
	}
	return c
}()

// backend is one member of SDPBackend; it cannot be changed.
type backend struct {
	cls   *interp.Class
	name  string
	value int64
}

// Type implements interp.Value.
func (b *backend) Type() *interp.Class { return b.cls }

// Attr implements interp.AttrGetter.
func (b *backend) Attr(_ *interp.Interp, name string) (interp.Value, bool) {
	switch name {
	case "name":
		return interp.NewStr(b.name), true
	case "value":
		return interp.NewInt(b.value), true
	}
	return nil, false
}

// kernelContext is what sdpa_kernel returns: a context manager and decorator
// that changes no result.
var kernelContext = interp.NewNativeClass("torch.nn.attention._SDPAKernelContext", nil)

// blockMask is torch.nn.attention.flex_attention.BlockMask.
var blockMask = interp.NewNativeClass("torch.nn.attention.flex_attention.BlockMask", nil)

// The wrappers of torch.nn.parallel.
var (
	dataParallel        = class("torch.nn.parallel.data_parallel", "DataParallel", ModuleClass)
	distributedParallel = class("torch.nn.parallel.distributed", "DistributedDataParallel", ModuleClass)
)

func setupBackends() {
	addMethods(kernelContext,
		method{name: "__enter__", sig: "self", fn: inert},
		method{name: "__exit__", sig: "self, type=None, value=None, traceback=None", fn: func(*interp.Interp, []interp.Value) interp.Value { return interp.False }},
		method{name: "__call__", sig: "self, func", fn: func(_ *interp.Interp, a []interp.Value) interp.Value { return a[1] }})
	for _, c := range []*interp.Class{dataParallel, distributedParallel} {
		addInit(c, "module, device_ids=None, output_device=None, dim=0, **kwargs", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
			set(m, "device_ids", interp.NewList())
			in.SetAttr(m, "module", a[0])
		})
		addMethods(c, method{name: "forward", sig: "self, *inputs, **kwargs", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
			var kw []interp.KW
			a[2].(*interp.Dict).Range(func(k, v interp.Value) bool {
				kw = append(kw, interp.KW{Name: in.Str(k), V: v})
				return true
			})
			return in.Call(in.GetAttr(a[0], "module"), a[1].(*interp.Tuple).V, kw)
		}})
	}
}

var attentionFunctions = []function{
	{"sdpa_kernel", "backends, set_priority=False", func(*interp.Interp, []interp.Value) interp.Value {
		return &interp.Instance{Cls: kernelContext, Dict: interp.NewDict()}
	}},
}

const noFlex = "flex attention is not interpreted: its masks are functions compiled for a device"

var flexFunctions = []function{
	{"flex_attention", "query, key, value, score_mod=None, block_mask=None, scale=None, enable_gqa=False, return_lse=False, kernel_options=None, *, return_aux=None", notKnown(noFlex)},
	{"create_block_mask", "mask_mod, B, H, Q_LEN, KV_LEN, device=None, BLOCK_SIZE=128, _compile=False", notKnown(noFlex)},
	{"create_mask", "mod_fn, B, H, Q_LEN, KV_LEN, device=None", notKnown(noFlex)},
	{"and_masks", "*mask_mods", notKnown(noFlex)},
	{"or_masks", "*mask_mods", notKnown(noFlex)},
	{"noop_mask", "batch, head, token_q, token_kv", notKnown(noFlex)},
	{"create_nested_block_mask", "*args, **kwargs", notKnown(noFlex)},
	{"_create_sparse_block_from_block_mask", "*args, **kwargs", notKnown(noFlex)},
	{"_dense_to_ordered", "*args, **kwargs", notKnown(noFlex)},
	{"_ordered_to_dense", "*args, **kwargs", notKnown(noFlex)},
	{"_identity", "*args, **kwargs", notKnown(noFlex)},
	{"_vmap_for_bhqkv", "*args, **kwargs", notKnown(noFlex)},
}
