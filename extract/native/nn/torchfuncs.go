package nn

import "github.com/arch-extract/arch-extract/extract/interp"

var torchEntries = func() []interp.Entry { return nil }

func torchFunction(name string) *interp.Builtin { return nil }
