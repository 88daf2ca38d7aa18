package interp

import (
	"fmt"
	"math"
	"math/rand"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/pyast"
)

// noSource has no modules.
type noSource struct{ Source }

func (noSource) Resolve(string) (string, bool, bool) { return "", false, false }

// oddValues are arguments that nobody expects.
func oddValues(in *Interp) []Value {
	cycle := NewList()
	cycle.V = append(cycle.V, cycle)
	d := NewDict()
	d.SetStr("a", NewInt(1))
	d.Set(in, NewInt(3), NewStr("x"))
	s := NewSet()
	s.Add(in, NewInt(1))
	ns := in.RunString("odd.py", `
class Odd:
    def __eq__(self, o): return NotImplemented
    def __hash__(self): return 1
    def __index__(self): return 2
    def __len__(self): return 3
    def __getitem__(self, k):
        if isinstance(k, int) and k < 2: return k
        raise IndexError(k)
    def __format__(self, s): return s
class L(list): pass
class S(str): pass
class I(int): pass
class D(dict):
    def __missing__(self, k): return k
class E(ValueError): pass
odd, l, st, i, dd, e, f = Odd(), L([1]), S('a{}'), I(-1), D(a=1), E('x', 1), lambda *a, **k: 0
g = (x for x in [1, 2])
`)
	vs := []Value{None, True, NewInt(0), NewInt(-1), NewInt(7), NewInt(math.MaxInt64), NewInt(math.MinInt64), NewFloat(1.5), NewFloat(math.NaN()), NewFloat(math.Inf(1)),
		NewStr(""), NewStr("é{0}%s%"), NewStr("\xed\xa0\x80"), Bytes{S: "\xff"}, Complex{1i}, Ellipsis, NotImplemented, NewList(NewInt(2), NewInt(1)), cycle, NewTuple(NewInt(1), None),
		d, NewDict(), s, &Set{D: NewDict(), Frozen: true}, &Slice{None, NewInt(-1), NewInt(-2)}, &Slice{NewStr("a"), None, None}, &Range{0, 5, 1, nil}, &Range{math.MaxInt64, math.MinInt64, -1, nil},
		IntClass, ListClass, StrClass, ValueError, &dictView{d: d, kind: viewItems}, &Unknown{Why: "odd"}, NewAlias(ListClass, IntClass), in.Iter(NewList(None)),
		&Tuple{V: []Value{NewInt(1)}, Cls: TupleClass}, in.Binary(pyast.LShift, NewInt(1), NewInt(100), false)}
	for _, n := range []string{"odd", "l", "st", "i", "dd", "e", "f", "g", "Odd"} {
		v, _ := ns.GetStr(n)
		vs = append(vs, v)
	}
	return vs
}

// No argument of a built-in function may end in a Go panic: exceptions only.
func TestNoPanics(t *testing.T) {
	in := New(noSource{}, NewTable(BuiltinEntries()), Limits{Steps: 50_000, Memory: 1 << 22})
	rng := rand.New(rand.NewSource(1))
	var vs []Value
	pick := func() Value { return vs[rng.Intn(len(vs))] }
	try := func(what string, f func()) {
		defer func() {
			if r := recover(); r != nil {
				if _, ok := r.(*Raised); ok {
					return
				}
				t.Errorf("%s: %v at %s", what, r, trimStack(debug.Stack()))
			}
		}()
		in.ResetBudget()
		_ = in.Guard(f)
	}
	type target struct {
		name string
		fn   Value
		self bool
	}
	var targets []target
	for _, c := range []*Class{ObjectClass, TypeClass, IntClass, FloatClass, ComplexClass, StrClass, BytesClass, ListClass, TupleClass, DictClass, SetClass, FrozenSetClass, RangeClass,
		SliceClass, IteratorClass, BaseException, StopIteration, OSError, PropertyClass, dictKeysClass, dictItemsClass, GenericAliasClass, UnionTypeClass} {
		c.Dict.Range(func(k, v Value) bool {
			n, _ := AsStr(k)
			switch v := v.(type) {
			case *Builtin:
				targets = append(targets, target{c.Name + "." + n, v, true})
			case *StaticMethod:
				targets = append(targets, target{c.Name + "." + n, v.Fn, false})
			case *ClassMethod:
				targets = append(targets, target{c.Name + "." + n, &BoundMethod{Self: c, Fn: v.Fn}, false})
			case *Property:
				targets = append(targets, target{c.Name + "." + n, v.Get, true})
			}
			return true
		})
	}
	in.builtins.Range(func(k, v Value) bool {
		n, _ := AsStr(k)
		if callable(v) {
			targets = append(targets, target{n, v, false})
		}
		return true
	})
	rounds := 10
	if testing.Short() {
		rounds = 5
	}
	for range rounds {
		vs = oddValues(in) // fresh: calls change them
		for _, tg := range targets {
			args := make([]Value, rng.Intn(4))
			for i := range args {
				args[i] = pick()
			}
			if tg.self && len(args) > 0 && rng.Intn(3) > 0 {
				// a fitting self, most of the time
				for range 30 {
					if b, ok := tg.fn.(*Builtin); ok && len(b.Qual) > len(b.Name) && args[0].Type().Name == b.Qual[:len(b.Qual)-len(b.Name)-1] {
						break
					}
					args[0] = pick()
				}
			}
			try(fmt.Sprint(tg.name, safeRepr(NewTuple(args...))), func() { in.Call(tg.fn, args, nil) })
		}
		for range 400 {
			a, b, c := pick(), pick(), pick()
			op := rng.Intn(13)
			try(fmt.Sprint("binary ", binaryOps[op].sym, safeRepr(a), safeRepr(b)), func() { in.Binary(pyast.Operator(op), a, b, rng.Intn(2) == 0) })
			try(fmt.Sprint("compare ", safeRepr(a), safeRepr(b)), func() { in.Compare(pyast.CmpOperator(rng.Intn(10)), a, b) })
			try(fmt.Sprint("unary ", safeRepr(a)), func() { in.Unary(pyast.UnaryOperator(rng.Intn(4)), a) })
			try(fmt.Sprint("index ", safeRepr(a), safeRepr(b)), func() { in.GetItem(a, b) })
			try(fmt.Sprint("set ", safeRepr(a), safeRepr(b), safeRepr(c)), func() { in.SetItem(a, b, c) })
			try(fmt.Sprint("del ", safeRepr(a), safeRepr(b)), func() { in.DelItem(a, b) })
			try(fmt.Sprint("elements ", safeRepr(a)), func() { in.Elements(a) })
			try(fmt.Sprint("format ", safeRepr(a)), func() { in.Format(a, []string{"", "d", "5", ".2f", "*^+#09,.3g", "s"}[rng.Intn(6)]) })
			try(fmt.Sprint("percent ", safeRepr(a)), func() { in.Binary(pyast.Mod, NewStr("%5.2f|%s|%*d|%(a)s|%c"), a, false) })
			try(fmt.Sprint("hash ", safeRepr(a)), func() { in.Hash(a) })
			try(fmt.Sprint("isinstance ", safeRepr(a), safeRepr(b)), func() { in.isInstance(a, b); in.isSubclass(a, b) })
		}
	}
}

// trimStack keeps the lines of this package's files.
func trimStack(b []byte) string {
	var out []string
	for l := range strings.Lines(string(b)) {
		if strings.Contains(l, "/interp/") && !strings.Contains(l, "interp.go") && len(out) < 3 {
			out = append(out, strings.TrimSpace(l))
		}
	}
	return strings.Join(out[min(1, len(out)):], " < ")
}
