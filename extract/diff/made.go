package diff

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// made compares what two models are made of, in the order of the tree: the
// framework's own modules and the parameters, without names and sizes. It is
// what can be said where no forward can be followed.
func made(a, b *graph.Model) []Entry {
	if a.Root == nil || b.Root == nil {
		return nil
	}
	x, y := parts(a.Root), parts(b.Root)
	for i := range max(len(x), len(y)) {
		e := Entry{About: "modules", Key: "modules"}
		if i < len(x) {
			e.A, e.AtA = x[i].what, place(x[i].at)
		}
		if i < len(y) {
			e.B, e.AtB = y[i].what, place(y[i].at)
		}
		if e.A != e.B {
			return []Entry{e} // what follows is shifted
		}
	}
	return nil
}

type piece struct {
	what string
	at   graph.Span
}

func parts(m *graph.Module) []piece {
	var out []piece
	m.Walk(func(x *graph.Module) {
		if x.At.IsZero() && !x.Container {
			out = append(out, piece{x.Class, x.Made})
		}
		for _, p := range x.Params {
			out = append(out, piece{"a parameter with " + strings.TrimSuffix(strings.Repeat("n x ", len(p.Shape)), " x "), p.At})
		}
	})
	return out
}
