package verify_test

import (
	"archive/zip"
	"context"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"

	"github.com/arch-extract/arch-extract/extract/verify"
)

// TestAgrees: both parsers see the same tree and the same scopes; what Python
// 3.4 lacks is counted.
func TestAgrees(t *testing.T) {
	for _, c := range []struct{ src, unlike string }{
		{"x = a + b * c ** -d", ""},
		{"x = not a in b is not c or d and e", ""},
		{"x = a if b else lambda y, *z, k=1, **w: (y, z)", ""},
		{"f(a, *b, c=1, **d)", ""},
		{"x[1:2, ..., None], y[::2], z[1, 2]", ""},
		{"class A(B, metaclass=M):\n    @property\n    def f(self, a: int = 1) -> str:\n        return super().f", ""},
		{"def f(a: int, *, b=2, **c,): pass", "trailing comma"},
		{"def f(a, b=(1), /, c=2): pass", "positional-only parameters"},
		{"def f(a, /): pass", "positional-only parameters"},
		{"x: int = 1\ny: list[int]\n(z): int = (2)", "annotated assignment"},
		{"x = f'{a!r:>{w}} and {b + 1}' 'more'", "f-string"},
		{"x = f'''{\n  a\n}'''\ny = 1", "f-string"},
		{"x = f'{(y := 1)}'", "assignment expression"},
		{"if (n := len(a)) > 10: pass", "assignment expression"},
		{"x = a @ b + c", "matrix product"},
		{"x @= y", "matrix product"},
		{"x = {**a, 'b': 1, **(c)}", "dict unpacking"},
		{"x = {*a, b}", "unpacking"},
		{"f(*a, b, *c, d=1, **e, **f)", "argument unpacking"},
		{"f(**kw,)", "argument unpacking"},
		{"return_ = 1\ndef f(): return *a, b", "bare tuple"},
		{"for x in *a, b: pass", "bare tuple"},
		{"for x, in y: pass", "target of one element"},
		{"with (open(a) as b, c as d):\n    pass", "parenthesised with"},
		{"with (\n    a as b,  # one\n    c,\n):\n    pass", "parenthesised with"},
		{"async def f():\n    async with a as b:\n        async for c in d: await e\n    return [x async for x in y]", "async"},
		{"try: pass\nexcept* (A, B) as e: pass", "except*"},
		{"try: pass\nexcept A, B: pass", "bare tuple"},
		{"@a[0].b\ndef f(): pass", "decorator expression"},
		{"x = 1_000 + 0xff_ff + 1_0.5_0", "underscores in numbers"},
		{"x = '\\N{BULLET}'", "escapes"},
		{"def f[T](x: T) -> T: return x\nclass A[T: int](B): pass\ntype L[T] = list[T]", "type parameters"},
		{"match x:\n    case [1, y]: pass\n    case {'a': z}: pass\nw = 1", "match"},
		{"x = a[*b]", "bare tuple"},
		{"def f():\n    def g():\n        nonlocal x\n        x = 1\n    x = 0\n    return g, x", ""},
		{"def f(a):\n    return [a + x for x in a if x], (lambda: a)", ""},
		{"def f():\n    global g\n    g = 1", ""},
	} {
		o, err := verify.File("t.py", []byte(c.src+"\n"))
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		for _, d := range o.Disagreements {
			t.Errorf("%s\nline %d: %s", c.src, d.Line, d.What)
		}
		if _, ok := o.Unlike[c.unlike]; c.unlike != "" && !ok || c.unlike == "" && len(o.Unlike) > 0 {
			t.Errorf("%s: %v is not comparable, want %q", c.src, o.Unlike, c.unlike)
		}
		if o.Nodes == 0 || o.Blocks == 0 {
			t.Errorf("%s: nothing was compared", c.src)
		}
	}
}

// TestRejected: what our own parser rejects has no second opinion.
func TestRejected(t *testing.T) {
	if _, err := verify.File("t.py", []byte("x = = 1\n")); err == nil || err.Error() != "t.py:1:5: invalid syntax" {
		t.Errorf("%v", err)
	}
}

// TestRelease: both parsers agree on every modeling file of a release.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a real release")
	}
	ctx := context.Background()
	wheel, err := load.Fetch(ctx, "transformers==5.23.0")
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(wheel)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var sum verify.Opinion
	files, agree := 0, 0
	for _, f := range z.File {
		if base := path.Base(f.Name); !strings.HasPrefix(base, "modeling_") || !strings.HasSuffix(base, ".py") {
			continue
		}
		files++
		src, err := fs.ReadFile(z, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		o, err := verify.File(f.Name, src)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, d := range o.Disagreements {
			t.Errorf("%s:%d: %s", f.Name, d.Line, d.What)
		}
		if len(o.Disagreements) == 0 {
			agree++
		}
		sum.Nodes, sum.Names, sum.Blocks = sum.Nodes+o.Nodes, sum.Names+o.Names, sum.Blocks+o.Blocks
	}
	t.Logf("%d of %d files agree: %d nodes, %d names in %d blocks", agree, files, sum.Nodes, sum.Names, sum.Blocks)
	if files < 530 || sum.Nodes < 1_000_000 || sum.Names < 100_000 {
		t.Errorf("%d files, %d nodes, %d names were compared", files, sum.Nodes, sum.Names)
	}
}
