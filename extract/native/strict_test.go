package native_test

import (
	"os"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
)

// TestStrictDataclasses runs testdata/strict.py and compares what it collects,
// line by line, with what the same file collects under Python.
func TestStrictDataclasses(t *testing.T) {
	src, err := os.ReadFile("testdata/strict.py")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/strict.want")
	if err != nil {
		t.Fatal(err)
	}
	in := interp.New(noSource{}, native.Table(), interp.Limits{})
	var got []string
	if err := in.Guard(func() {
		v, _ := in.RunString("strict.py", string(src)).GetStr("RESULTS")
		for _, x := range in.Elements(v) {
			got = append(got, strings.ReplaceAll(in.ToStr(x), "\n", "\\n"))
		}
	}); err != nil {
		r := interp.AsRaised(err)
		t.Fatalf("%v %v", err, r.Trace)
	}
	lines := strings.Split(strings.TrimSpace(string(want)), "\n")
	for i, w := range lines {
		if i >= len(got) {
			t.Fatalf("ends before %s", w)
		}
		if got[i] != w {
			t.Errorf("\n got %s\nwant %s", got[i], w)
		}
	}
}
