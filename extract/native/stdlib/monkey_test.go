package stdlib

import (
	"math"
	"math/rand"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// odd are arguments that nobody expects.
func odd(in *interp.Interp) []interp.Value {
	cycle := interp.NewList()
	cycle.V = append(cycle.V, cycle)
	ns := in.RunString("odd.py", `
import collections, dataclasses, enum, functools, inspect, re, typing
class Odd:
    def __eq__(self, o): return NotImplemented
    def __hash__(self): return 1
    def __index__(self): return 2
    def __len__(self): return 3
    def __getitem__(self, k):
        if isinstance(k, int) and k < 2: return k
        raise IndexError(k)
    def __call__(self, *a, **k): return self
class L(list): pass
class S(str): pass
@dataclasses.dataclass
class D:
    a: int = 1
    b: 'list[int]' = None
class C(enum.Enum):
    X = 1
class F(enum.Flag):
    A = 1
    B = 2
N = collections.namedtuple('N', 'x y', defaults=[1, 2])
class O(collections.OrderedDict): pass
values = [Odd(), L([1]), S('a'), D(), D, C.X, C, F.A, F, N(), N, O(a=1), O, collections.defaultdict(list, a=[]), collections.deque([1]), collections.Counter('ab'),
    functools.partial(max, 1), functools.lru_cache(len), lambda *a, **k: 0, lambda: 1, (x for x in [1, 2]), re.compile('(a)?b'), re.match('(a)?', 'b'), typing.List[int], typing.Optional[int],
    typing.Literal['a'], typing.TypeVar('T'), typing.Union, typing.Any, list[int], int | None, inspect.signature(lambda a, b=1: 0), ValueError('x'), type, object(), print]
`)
	l, _ := ns.GetStr("values")
	d := interp.NewDict()
	d.SetStr("a", interp.NewInt(1))
	return append(l.(*interp.List).V, interp.None, interp.True, interp.NewInt(0), interp.NewInt(-1), interp.NewInt(3), interp.NewInt(math.MaxInt64), interp.NewFloat(1.5), interp.NewFloat(math.NaN()),
		interp.NewFloat(math.Inf(1)), str(""), str("é(a"), str("a"), str("\xed\xa0\x80"), interp.Bytes{S: "\xff"}, interp.Complex{V: 1i}, interp.Ellipsis, interp.NotImplemented,
		interp.NewList(interp.NewInt(2), interp.NewInt(1)), cycle, interp.NewTuple(interp.NewInt(1), interp.None), d, interp.NewDict(), interp.NewSet(), interp.IntClass, interp.ListClass,
		&interp.Unknown{Why: "odd"}, interp.NewTuple(str("a"), interp.IntClass))
}

// No argument may end in a Go panic or run without end: exceptions only.
func TestNoPanics(t *testing.T) {
	var lines []string
	in := interp.New(noSource{}, interp.NewTable(Entries(), interp.BuiltinEntries()), interp.Limits{Steps: 100_000, Memory: 1 << 22})
	_ = lines
	rng := rand.New(rand.NewSource(1))
	type target struct {
		name string
		fn   interp.Value
	}
	var targets []target
	seen := map[*interp.Class]bool{}
	for _, e := range Entries() {
		if e.Module != nil {
			continue
		}
		v, ok := in.NativeValue(e.Name)
		if !ok {
			t.Fatal(e.Name)
		}
		c, isClass := v.(*interp.Class)
		if !isClass {
			if isCallable(v) {
				targets = append(targets, target{e.Name, v})
			}
			continue
		}
		if seen[c] {
			continue
		}
		seen[c] = true
		targets = append(targets, target{e.Name, c})
		for _, k := range c.MRO {
			if !strings.Contains(k.FullName(), ".") && k != proxyClass {
				continue // the interpreter's own
			}
			k.Dict.Range(func(n, m interp.Value) bool {
				name, _ := interp.AsStr(n)
				switch m := m.(type) {
				case *interp.Builtin:
					targets = append(targets, target{e.Name + "." + name, m})
				case *interp.ClassMethod:
					targets = append(targets, target{e.Name + "." + name, m.Fn})
				case *interp.Property:
					targets = append(targets, target{e.Name + "." + name, m.Get})
				}
				return true
			})
		}
	}
	for _, tg := range targets {
		for range 12 {
			vs := odd2(in)
			args := make([]interp.Value, rng.Intn(4))
			for i := range args {
				args[i] = vs[rng.Intn(len(vs))]
			}
			var kw []interp.KW
			func() {
				defer func() {
					if r := recover(); r != nil {
						if _, ok := r.(*interp.Raised); !ok {
							t.Errorf("%s%s: %v\n%s", tg.name, types(args), r, frames(string(debug.Stack())))
						}
					}
				}()
				in.ResetBudget()
				err := in.Guard(func() {
					v := in.Call(tg.fn, args, kw)
					if it, ok := v.(interp.Iterator); ok {
						for range 5 {
							if _, ok := it.Next(in); !ok {
								break
							}
						}
					}
					_ = in.Repr(v)
				})
				if err != nil && strings.Contains(err.Error(), "internal error") {
					t.Errorf("%s%s: %v", tg.name, types(args), err)
				}
			}()
		}
	}
}

type oddKey struct{}

// odd2 makes the odd values once in a while: the calls change them.
func odd2(in *interp.Interp) []interp.Value {
	type made struct {
		vs   []interp.Value
		left int
	}
	m := state(in, oddKey{}, func() *made { return &made{} })
	if m.left == 0 {
		in.ResetBudget()
		_ = in.Guard(func() { m.vs = odd(in) })
		m.left = 40
	}
	m.left--
	return m.vs
}

func types(args []interp.Value) string {
	var out []string
	for _, a := range args {
		out = append(out, a.Type().Name)
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func frames(stack string) string {
	var out []string
	for _, l := range strings.Split(stack, "\n") {
		if strings.Contains(l, ".go:") && !strings.Contains(l, "runtime/") && !strings.Contains(l, "_test.go") {
			out = append(out, strings.TrimSpace(l))
		}
	}
	return strings.Join(out[:min(4, len(out))], "\n")
}
