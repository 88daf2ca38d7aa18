package interp

import (
	"math"

	"github.com/arch-extract/arch-extract/pyast"
)

// Kernel is the arithmetic behind a native function of two numbers, for
// comprehensions that compute tables of numbers: F on floats (at least one
// operand is no int), Box makes the Python objects of results.
type Kernel struct {
	F   func(x, y float64) float64
	Box func(xs []float64, out []Value)
}

// num is a number without its box. The zero kind says that the fast path does
// not cover the operation.
type num struct {
	kind numKind
	n    int64
	x    float64
}

type numKind uint8

const (
	noNum numKind = iota
	intNum
	floatNum
	boxedNum // a float with a class of its own, made by the kernel's Box
)

// minKernel is the length from which a table of numbers is worth preparing.
const minKernel = 32

// exact bounds the ints that floats represent exactly.
const exact = 1 << 53

type numFn func(i int64) num

// kernelMaker prepares an element expression; box is the Box of its kernels.
type kernelMaker struct {
	f    *frame
	loop *symbol
	box  func(xs []float64, out []Value)
}

// table computes `[element for i in range(...)]` where the element is
// arithmetic on numbers alone. It reports false, with nothing changed, where
// that does not hold: the ordinary path then says what Python would.
func (n *compExpr) table(f *frame, src Value) (*List, bool) {
	r, ok := src.(*Range)
	if !ok || n.kind != 'l' || len(n.levels) != 1 || len(n.levels[0].ifs) > 0 || r.Step != 1 || r.Stop-r.Start < minKernel {
		return nil, false
	}
	t, ok := n.levels[0].target.(*localTarget)
	if !ok || t.sym.cell {
		return nil, false
	}
	m := &kernelMaker{f: f, loop: t.sym}
	fn := m.make(n.elt)
	if fn == nil {
		return nil, false
	}
	count := r.Stop - r.Start
	f.in.Charge(count)
	f.in.Step(int(min(count, math.MaxInt32)))
	out := make([]Value, count)
	var boxed []float64
	for k := range out {
		switch v := fn(r.Start + int64(k)); v.kind {
		case intNum:
			out[k] = NewInt(v.n)
		case floatNum:
			out[k] = NewFloat(v.x)
		case boxedNum: // all are, or none
			if boxed == nil {
				boxed = make([]float64, 0, count)
			}
			boxed = append(boxed, v.x)
		default:
			return nil, false
		}
	}
	if len(boxed) == len(out) {
		m.box(boxed, out)
	} else if boxed != nil {
		return nil, false
	}
	return &List{V: out}, true
}

// make prepares an expression, or returns nil.
func (m *kernelMaker) make(e expr) numFn {
	switch e := e.(type) {
	case *constExpr:
		return constant(e.v)
	case *localExpr:
		if e.sym == m.loop {
			return func(i int64) num { return num{kind: intNum, n: i} }
		}
		if v := m.f.locals[e.sym.slot]; v != nil && !e.sym.cell {
			return constant(v)
		}
	case *freeExpr:
		if v := m.f.free[e.idx].V; v != nil {
			return constant(v)
		}
	case *binExpr:
		a, b := m.make(e.a), m.make(e.b)
		if a == nil || b == nil {
			return nil
		}
		op := e.op
		return func(i int64) num { return numOp(op, a(i), b(i)) }
	case *callExpr:
		return m.call(e)
	}
	return nil
}

func (m *kernelMaker) call(e *callExpr) numFn {
	g, ok := e.obj.(*globalExpr)
	if !ok || len(e.args) != 2 || e.star || len(e.kwNames) > 0 {
		return nil
	}
	v, ok := m.f.globals.GetStr(g.name)
	mod, isMod := v.(*Module)
	if !ok || !isMod {
		return nil
	}
	fv, ok := mod.Dict.GetStr(e.name.(Str).S)
	b, isBuiltin := fv.(*Builtin)
	if !ok || !isBuiltin || b.Kernel == nil {
		return nil
	}
	x, y := m.make(e.args[0]), m.make(e.args[1])
	if x == nil || y == nil {
		return nil
	}
	k := b.Kernel
	m.box = k.Box
	return func(i int64) num {
		p, q := x(i), y(i)
		if p.kind == noNum || q.kind == noNum || p.kind == intNum && q.kind == intNum {
			return num{}
		}
		return finite(boxedNum, k.F(p.float(), q.float()))
	}
}

func constant(v Value) numFn {
	var c num
	switch v := v.(type) {
	case Int:
		c = num{kind: intNum, n: v.V}
	case Float:
		c = num{kind: floatNum, x: v.V}
	default:
		return nil
	}
	return func(int64) num { return c }
}

func (n num) float() float64 {
	if n.kind == intNum {
		return float64(n.n)
	}
	return n.x
}

func finite(k numKind, x float64) num {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return num{}
	}
	return num{kind: k, x: x}
}

// numOp is a op b; the zero num where the result would leave exact ints or
// finite floats, or an exception or warning is due.
func numOp(op pyast.Operator, a, b num) num {
	if a.kind == noNum || b.kind == noNum {
		return num{}
	}
	if a.kind == intNum && (a.n > exact || a.n < -exact) || b.kind == intNum && (b.n > exact || b.n < -exact) {
		return num{}
	}
	kind := max(a.kind, b.kind)
	if kind == intNum {
		switch op {
		case pyast.Add:
			return num{kind: intNum, n: a.n + b.n}
		case pyast.Sub:
			return num{kind: intNum, n: a.n - b.n}
		case pyast.Mult:
			if p := float64(a.n) * float64(b.n); math.Abs(p) < exact {
				return num{kind: intNum, n: a.n * b.n}
			}
		case pyast.FloorDiv, pyast.Mod:
			if b.n == 0 {
				return num{}
			}
			q, r := a.n/b.n, a.n%b.n
			if r != 0 && (r < 0) != (b.n < 0) {
				q, r = q-1, r+b.n
			}
			if op == pyast.Mod {
				q = r
			}
			return num{kind: intNum, n: q}
		case pyast.Div:
			if b.n != 0 {
				return num{kind: floatNum, x: float64(a.n) / float64(b.n)}
			}
		}
		return num{}
	}
	x, y := a.float(), b.float()
	switch op {
	case pyast.Add:
		return finite(kind, x+y)
	case pyast.Sub:
		return finite(kind, x-y)
	case pyast.Mult:
		return finite(kind, x*y)
	case pyast.Div:
		if y != 0 {
			return finite(kind, x/y)
		}
	}
	return num{}
}
