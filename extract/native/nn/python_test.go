package nn_test

import (
	"os"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
	"github.com/arch-extract/arch-extract/pyast"
)

type noSource struct{}

func (noSource) Resolve(string) (string, bool, bool) { return "", false, false }
func (noSource) Parse(string) (*pyast.Module, error) { return nil, nil }
func (noSource) List(string) []string                { return nil }
func (noSource) Exports(file, name string) bool      { return false }

// TestPrograms runs testdata/*.py, each of which collects lines in OUT, and
// compares them with what the same file prints under Python with torch (the
// .want file beside it). A failing line is shown with the line of the program
// that made it, where the program makes one line per `t(` line.
func TestPrograms(t *testing.T) {
	for _, name := range []string{"layers", "modules", "forward", "utils"} {
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile("testdata/" + name + ".py")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile("testdata/" + name + ".want")
			if err != nil {
				t.Fatal(err)
			}
			var cases []string
			for _, l := range strings.Split(string(src), "\n") {
				if strings.HasPrefix(l, "t(") {
					cases = append(cases, l)
				}
			}
			in := interp.New(noSource{}, native.Table(), interp.Limits{})
			var got []string
			if err := in.Guard(func() {
				v, _ := in.RunString(name+".py", string(src)).GetStr("OUT")
				for _, x := range in.Elements(v) {
					got = append(got, in.ToStr(x))
				}
			}); err != nil {
				t.Fatalf("%v %v", err, interp.AsRaised(err).Trace)
			}
			lines := strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")
			if len(got) != len(lines) {
				t.Errorf("%d lines, want %d", len(got), len(lines))
			}
			for i := 0; i < min(len(got), len(lines)); i++ {
				if got[i] != lines[i] {
					c := ""
					if len(cases) == len(lines) {
						c = cases[i]
					}
					t.Errorf("line %d %s\n got %s\nwant %s", i+1, c, got[i], lines[i])
				}
			}
		})
	}
}
