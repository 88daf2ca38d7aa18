package interp

import "github.com/arch-extract/arch-extract/pyast"

// Names is a block of Python (a module, class, function or comprehension) and
// what the names in it mean, as the interpreter binds them.
type Names struct{ s *scope }

// Blocks finds the blocks of a module: those that its nodes open, and under
// nil the module's own.
func Blocks(m *pyast.Module) map[pyast.Node]Names {
	top := newScope(moduleScope, nil)
	a := &analyzer{cur: top, eager: true}
	a.stmts(m.Body)
	out := map[pyast.Node]Names{nil: {top}}
	var add func(s *scope)
	add = func(s *scope) {
		for n, x := range s.inner {
			out[n] = Names{x}
			add(x)
		}
	}
	add(top)
	return out
}

// Home is the block whose variable a use of the name means here; false for a
// global or a builtin.
func (n Names) Home(name string) (Names, bool) {
	for k := n.s; k != nil; k = k.parent {
		if k.kind == classScope && k != n.s {
			continue
		}
		y := k.syms[name]
		if y == nil {
			continue
		}
		if y.global {
			return Names{}, false
		}
		if y.home != k {
			return Names{y.home}, true
		}
		if y.bound {
			return Names{k}, k.kind != moduleScope || k == n.s
		}
	}
	return Names{}, false
}
