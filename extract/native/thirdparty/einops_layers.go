package thirdparty

import "github.com/arch-extract/arch-extract/extract/interp"

// einopsLayers are einops.layers.torch's modules without parameters. They are
// Python classes over torch.nn.Module, so the text of them is Python.
const einopsLayers = `
import torch
from einops import rearrange, reduce


class Rearrange(torch.nn.Module):
    __module__ = "einops.layers.torch"

    def __init__(self, pattern, **axes_lengths):
        super().__init__()
        self.pattern = pattern
        self.axes_lengths = axes_lengths

    def forward(self, input):
        return rearrange(input, self.pattern, **self.axes_lengths)


class Reduce(torch.nn.Module):
    __module__ = "einops.layers.torch"

    def __init__(self, pattern, reduction, **axes_lengths):
        super().__init__()
        self.pattern = pattern
        self.reduction = reduction
        self.axes_lengths = axes_lengths

    def forward(self, input):
        return reduce(input, self.pattern, self.reduction, **self.axes_lengths)
`

var einopsLayersKey = new(int)

// einopsLayer finds a class of einops.layers.torch; the text is run at first use.
func einopsLayer(in interT, name string) (value, bool) {
	if name != "Rearrange" && name != "Reduce" {
		return nil, false
	}
	ns, ok := in.Ext[einopsLayersKey].(*interp.Dict)
	if !ok {
		ns = in.RunString("einops/layers/torch.py", einopsLayers)
		in.Ext[einopsLayersKey] = ns
	}
	return ns.GetStr(name)
}
