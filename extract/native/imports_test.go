package native_test

import (
	"bufio"
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

// TestImportsCovered resolves every name outside transformers and timm that
// their modules evaluate while they are imported: `module:name` for what is
// imported, a dotted path for what is read.
func TestImportsCovered(t *testing.T) {
	f, err := os.Open("testdata/imports.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := interp.New(noSource{}, native.Table(), interp.Limits{})
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := sc.Text()
		err := in.Guard(func() {
			if mod, name, ok := strings.Cut(line, ":"); ok && name != "" {
				in.RunString("imports", "from "+mod+" import "+name+"\n")
			} else if ok {
				in.RunString("imports", "import "+mod+"\n")
			} else {
				read(in, strings.Split(line, "."))
			}
		})
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// read follows a dotted path by attributes, and by imports where a part of it is a module.
func read(in *interp.Interp, path []string) {
	var v interp.Value = in.Import(path[0])
	for i := 1; i < len(path); i++ {
		x, ok := in.LookupAttr(v, path[i])
		if !ok {
			if full := strings.Join(path[:i+1], "."); in.CanImport(full) {
				x = in.Import(full)
			} else {
				x = in.GetAttr(v, path[i])
			}
		}
		v = x
	}
}
