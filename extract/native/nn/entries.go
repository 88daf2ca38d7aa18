package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
)

func init() {
	setupModule()
	setupParameters()
	setupContainers()
	setupAttention()
	setupRNN()
	for _, c := range classes {
		c.AddMethods()
	}
}

// Entries are the rows of torch.nn for the table of native names.
func Entries() []interp.Entry {
	var es []interp.Entry
	return es
}
