// Package native collects the tables of everything that Go supplies to
// interpreted Python: torch, numpy, the standard library, third-party packages
// and the stand-ins for framework machinery.
package native

import (
	"sync"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/framework"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/numpy"
	"github.com/arch-extract/arch-extract/extract/native/stdlib"
	"github.com/arch-extract/arch-extract/extract/native/thirdparty"
	"github.com/arch-extract/arch-extract/extract/native/torch"
)

// Table is the one table, made at first use.
var Table = sync.OnceValue(func() *interp.Table { return table(framework.Entries()) })

// LoadingTable is the table with which the release's own loading of weights runs.
var LoadingTable = sync.OnceValue(func() *interp.Table { return table(framework.LoadingEntries()) })

func table(standIns []interp.Entry) *interp.Table {
	return interp.NewTable(interp.BuiltinEntries(), standIns, stdlib.Entries(), torch.Entries(), nn.Entries(), numpy.Entries(), thirdparty.Entries())
}
