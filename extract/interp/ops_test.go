package interp

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// configGlobals are names as a config gives them, and an unknown u.
func configGlobals() *Dict {
	ref := func(name string) *graph.Expr { return graph.Ref("config." + name) }
	d := testGlobals()
	d.SetStr("h", Int{V: 4096, E: ref("hidden_size")})
	d.SetStr("n", Int{V: 32, E: ref("num_heads")})
	d.SetStr("eps", Float{V: 1e-6, E: ref("eps")})
	d.SetStr("act", Str{S: "silu", E: ref("hidden_act")})
	d.SetStr("none", NoneType{E: ref("sliding_window")})
	d.SetStr("tied", Bool{V: true, E: ref("tied")})
	d.SetStr("types", &List{V: []Value{NewStr("full"), NewStr("sliding")}, E: ref("layer_types")})
	d.SetStr("dims", &Tuple{V: []Value{NewInt(8), NewInt(16)}, E: ref("dims")})
	rope := NewDict()
	rope.SetStr("theta", NewFloat(1e4))
	rope.Root = ref("rope")
	d.SetStr("rope", rope)
	d.SetStr("u", &Unknown{Why: "test"})
	return d
}

// Scalars remember how they follow from the config.
func TestExpressionsOfValues(t *testing.T) {
	for src, want := range map[string]string{
		"h // n":                          "config.hidden_size // config.num_heads",
		"h * 4":                           "config.hidden_size * 4",
		"4 * h + 1":                       "4 * config.hidden_size + 1",
		"(h // n) ** -0.5":                "(config.hidden_size // config.num_heads)**-0.5",
		"h / 2":                           "config.hidden_size / 2",
		"-h":                              "-config.hidden_size",
		"1.0 / h":                         "1.0 / config.hidden_size",
		"int(h * 1.5)":                    "int(config.hidden_size * 1.5)",
		"int(h)":                          "config.hidden_size",
		"float(h)":                        "float(config.hidden_size)",
		"round(h / 3)":                    "round(config.hidden_size / 3)",
		"abs(-h)":                         "abs(-config.hidden_size)",
		"min(h, 10)":                      "min(config.hidden_size, 10)",
		"max(10, n, h)":                   "max(10, config.num_heads, config.hidden_size)",
		"max(dims)":                       "max(config.dims)",
		"sum(dims)":                       "sum(config.dims)",
		"len(types)":                      "len(config.layer_types)",
		"types[1]":                        "config.layer_types[1]",
		"types[-1]":                       "config.layer_types[-1]",
		"[x for x in types][0]":           "config.layer_types[0]",
		"list(types)[1]":                  "config.layer_types[1]",
		"tuple(types)[1]":                 "config.layer_types[1]",
		"list(zip(types, dims))[1][1]":    "config.dims[1]",
		"dims[n - 31]":                    "config.dims[config.num_heads - 31]",
		"rope['theta']":                   "config.rope['theta']",
		"rope.get('theta')":               "config.rope['theta']",
		"list(rope.items())[0][1]":        "config.rope['theta']",
		"dict(rope)['theta']":             "config.rope['theta']",
		"{**rope}['theta']":               "config.rope['theta']",
		"rope.get('x', h)":                "config.hidden_size",
		"h == 4096":                       "config.hidden_size == 4096",
		"4096 > h":                        "4096 > config.hidden_size",
		"act == 'silu'":                   "config.hidden_act == 'silu'",
		"'silu' != act":                   "'silu' != config.hidden_act",
		"act in ('silu', 'gelu')":         "config.hidden_act in ('silu', 'gelu')",
		"'full' in types":                 "'full' in config.layer_types",
		"'x' not in types":                "'x' not in config.layer_types",
		"types[0] == 'full'":              "config.layer_types[0] == 'full'",
		"none is None":                    "config.sliding_window is None",
		"none is not None":                "config.sliding_window is not None",
		"not tied":                        "not config.tied",
		"bool(h)":                         "bool(config.hidden_size)",
		"divmod(h, n)[0]":                 "config.hidden_size // config.num_heads",
		"act.upper()":                     "str.upper(config.hidden_act)",
		"act.startswith('s')":             "str.startswith(config.hidden_act, 's')",
		"act + 'x'":                       "config.hidden_act + 'x'",
		"str(h)":                          "str(config.hidden_size)",
		"h.real":                          "config.hidden_size",
		"range(h).stop":                   "config.hidden_size",
		"eps * 2":                         "config.eps * 2",
		"1 + 2":                           "",
		"'a' + 'b'":                       "",
		"max(1, 2)":                       "",
		"sum([h, n])":                     "config.hidden_size + config.num_heads",
		"any(x == 'full' for x in types)": "",
		"h if True else n":                "config.hidden_size",
		"types + ['x']":                   "",
		"[h, n][0]":                       "config.hidden_size",
	} {
		in := newTestInterp()
		var got string
		if err := in.Guard(func() { got = ExprOf(in.EvalString(src, configGlobals())).String() }); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
}

// Unknown operands make unknown results; what does not depend on them stays known.
func TestUnknown(t *testing.T) {
	for src, known := range map[string]bool{
		"u + 1": false, "1 + u": false, "-u": false, "not u": false, "u == 1": false, "u < 1": false, "u in [1]": false, "1 in u": false,
		"u[0]": false, "[1][u]": false, "{}[u]": false, "u.x": false, "u()": false, "len(u)": false, "abs(u)": false, "int(u)": false,
		"str(u)": false, "float(u)": false, "bool(u)": false, "list(u)": false, "tuple(u)": false, "set(u)": false, "dict(u)": false,
		"min(u, 1)": false, "max([1, u])": false, "sum([1, u])": false, "sum(u)": false, "sorted([2, u])": false, "sorted(u)": false,
		"isinstance(u, int)": false, "getattr(u, 'x')": false, "getattr(1, u, 2)": false, "hasattr(u, 'x')": false, "range(u)": false,
		"f'{u}'": false, "'%s' % u": false, "'{}'.format(u)": false, "','.join(['a', u])": false, "repr([u])": false, "str([u])": false,
		"1 in [u]": false, "u in {1: 2}": false, "[u] == [1]": false, "(1, u) < (1, 2)": false, "any([0, u])": false, "all([1, u])": false,
		"round(u)": false, "divmod(u, 1)": false, "pow(u, 2)": false, "hash(u)": false, "{}.get(u)": false, "zip(u)": false, "enumerate(u)": false,
		"map(str, u)": false, "reversed(u)": false, "next(u)": false, "iter(u)": false, "type(u)": false, "callable(u)": false, "isinstance(1, u)": false,
		"'abc'.replace('a', u)": false, "'abc'.find(u)": false, "'abc'.startswith(u)": false, "[1, 2].pop(u)": false,
		"u is None": true, "u is u": true, "1 in [1, u]": true, "any([1, u])": true, "all([0, u])": true, "[u, 1][1]": true, "len([u])": true,
		"isinstance(u, object)": true, "[u] == [1, 2]": true, "(1, u) == (2, u)": true, "{1: u}[1] is u": true, "u in []": true, "u in {}": true,
	} {
		in := newTestInterp()
		var v Value
		if err := in.Guard(func() { v = in.EvalString(src, configGlobals()) }); err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if _, unknown := v.(*Unknown); unknown == known {
			t.Errorf("%s: got %s", src, safeRepr(v))
		}
	}
}

// What would need too much memory or time ends with an exception first.
func TestBounds(t *testing.T) {
	for _, src := range []string{
		"[0] * 10**12", "'a' * 10**12", "(0,) * 10**10", "b'a' * 10**12", "10 ** 10 ** 8", "10**10**10", "1 << 10**9", "2 ** 2 ** 40", "(1 << 10**7) ** 100",
		"'%1000000000000d' % 1", "'{:1000000000000}'.format(1)", "'{:.1000000000000f}'.format(1.0)", "'a'.center(10**12)", "'a'.zfill(10**12)", "'a'.ljust(10**10)",
		"list(range(10**12))", "sum(range(10**12))", "max(range(10**12))", "10**12 in iter(range(10**13))", "list(map(str, range(10**12)))", "set(range(10**12))",
		"'a'.join(['b' * 10**8] * 1000)", "('a' * 10**8).replace('a', 'b' * 1000)", "bytes(10**12)", "(1).to_bytes(10**12, 'big')", "dict.fromkeys(range(10**12))",
		"sorted(range(10**12))", "[*range(10**12)]", "tuple(iter(int, 1))", "all(iter(lambda: 1, 2))", "'\\t'.expandtabs(10**12) * 10**9", "str(10**5000)", "list(zip(iter(int, 1)))",
		"[0] * (1 << 62)", "'ab' * (1 << 62)", "[0] * 10**30", "eval('1')", "open('x')", "exec('1')",
	} {
		in := New(nil, NewTable(), Limits{Steps: 200_000, Memory: 20_000_000})
		if err := in.Guard(func() { in.EvalString(src, configGlobals()) }); err == nil {
			t.Errorf("%s: no error", src)
		}
	}
}

func BenchmarkBinary(b *testing.B) {
	in := newTestInterp()
	x, y := NewInt(4096), NewInt(32)
	for b.Loop() {
		in.Binary(pyast.FloorDiv, x, y, false)
	}
}

func BenchmarkDictStr(b *testing.B) {
	d := NewDict()
	for _, k := range []string{"hidden_size", "num_heads", "eps", "act", "tied", "layers"} {
		d.SetStr(k, None)
	}
	for b.Loop() {
		d.GetStr("layers")
	}
}

func BenchmarkMethodCall(b *testing.B) {
	in := newTestInterp()
	l := NewList()
	m := in.GetAttr(l, "append")
	for b.Loop() {
		in.Call(m, []Value{None}, nil)
		l.V = l.V[:0]
	}
}
