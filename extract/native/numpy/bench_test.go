package numpy_test

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/numpy"
)

// sinusoidTable makes a table of angles element by element, as models do.
const sinusoidTable = `
import numpy as np
def row(p):
    return [p / np.power(10000, 2 * (j // 2) / 768) for j in range(768)]
t = np.array([row(p) for p in range(156)])
t[:, 0::2] = np.sin(t[:, 0::2])
`

func BenchmarkSinusoidTable(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		in := interp.New(noSource{}, interp.NewTable(numpy.Entries()), interp.Limits{})
		if err := in.Guard(func() { in.RunString("table.py", sinusoidTable) }); err != nil {
			b.Fatal(err)
		}
	}
}
