package stdlib

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

var update = flag.Bool("update", false, "write the expected outputs anew, with the python3 at hand")

type noSource struct{}

func (noSource) Resolve(string) (string, bool, bool) { return "", false, false }
func (noSource) Parse(file string) (*pyast.Module, error) {
	return nil, fmt.Errorf("there is no %s", file)
}
func (noSource) List(string) []string        { return nil }
func (noSource) Exports(string, string) bool { return false }

// newInterp makes an interpreter whose print appends to lines.
func newInterp(lines *[]string) *interp.Interp {
	show := interp.Entry{Name: "printer.print", Raw: func(in *interp.Interp, args []interp.Value, _ []interp.KW) interp.Value {
		parts := make([]string, len(args))
		for i, a := range args {
			parts[i] = in.ToStr(a)
		}
		*lines = append(*lines, strings.Split(strings.Join(parts, " "), "\n")...)
		return interp.None
	}}
	return interp.New(noSource{}, interp.NewTable(Entries(), interp.BuiltinEntries(), []interp.Entry{show}), interp.Limits{Steps: 20_000_000})
}

// The programs of testdata print what CPython prints.
func TestPrograms(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.py")
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			golden := strings.TrimSuffix(f, ".py") + ".out"
			if *update {
				out, err := exec.Command("python3", "-P", "-W", "ignore", f).Output()
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, out, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			in := newInterp(&lines)
			if err := in.Guard(func() { in.RunString(f, "from printer import print; "+string(src)) }); err != nil {
				tr := interp.AsRaised(err).Trace
				t.Errorf("%v at %v", err, tr[len(tr)-1].At)
			}
			exp := strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")
			for i := 0; i < len(exp) || i < len(lines); i++ {
				var a, b string
				if i < len(lines) {
					a = lines[i]
				}
				if i < len(exp) {
					b = exp[i]
				}
				if a != b {
					t.Errorf("line %d of the output:\n got %s\nwant %s", i+1, a, b)
				}
			}
		})
	}
}

// Every alias and every text of ours resolves, and no two rows have one name.
func TestEntries(t *testing.T) {
	var lines []string
	in := newInterp(&lines)
	seen := map[string]bool{}
	for _, e := range Entries() {
		if seen[e.Name] && e.Module == nil {
			t.Errorf("%s has two rows", e.Name)
		}
		seen[e.Name] = true
		if e.Value != nil {
			if err := in.Guard(func() { e.Value(in) }); err != nil {
				t.Errorf("%s: %v", e.Name, err)
			}
		}
	}
	for _, m := range preludeModules {
		if err := in.Guard(func() { preludeDict(in, m.file) }); err != nil {
			t.Errorf("%s: %v", m.module, err)
		}
	}
}
