package interp

import (
	"os"
	"strings"
	"testing"
)

func newTestInterp() *Interp { return New(nil, NewTable(BuiltinEntries()), Limits{}) }

func testGlobals() *Dict {
	d := NewDict()
	d.SetStr("__name__", NewStr("__main__"))
	return d
}

// evalTest is the repr of an expression, or "!! Type: message".
func evalTest(in *Interp, src string) (got string) {
	err := in.Guard(func() { got = in.Repr(in.EvalString(src, testGlobals())) })
	if err != nil {
		return strings.TrimSuffix("!! "+err.Error(), "\n")
	}
	return got
}

// testdata/expressions.txt holds what CPython 3.11 answers: an expression, a
// tab, and its repr, or "!!" and the exception.
func TestExpressions(t *testing.T) {
	text, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	in := newTestInterp()
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		src, want, _ := strings.Cut(line, "\t")
		in.ResetBudget()
		if got := evalTest(in, src); got != want {
			t.Errorf("line %d: %s\n got %s\nwant %s", i+1, src, got, want)
		}
	}
}
