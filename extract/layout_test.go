// Package extract_test asserts how the packages may depend on each other.
package extract_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/arch-extract/arch-extract/"

// allowed lists, for each folder (and those beneath it without a row of their
// own), the packages of ours that it may import, by prefix.
var allowed = map[string][]string{
	"pyast":                 {},
	"extract/graph":         {},
	"extract/load":          {"pyast"},
	"extract/load/loadtest": {"pyast", "extract/load"},
	"extract/interp":        {"pyast", "extract/graph"},
	"extract/verify":        {"pyast", "extract/interp"},
	"extract/native":        {"pyast", "extract/graph", "extract/interp", "extract/native"},
	"extract/checkpoint":    {"extract/graph"},
	"extract/size":          {"extract/graph"},
	"extract/pipeline":      {"pyast", "extract/graph", "extract/interp", "extract/native", "extract/load", "extract/emit", "extract/diff", "extract/prose", "extract/checkpoint", "extract/size", "rules"},
	"extract/emit":          {"extract/graph"},
	"extract/diff":          {"extract/graph"},
	"extract/draw":          {"extract/graph"},
	"extract/query":         {"extract/graph"},
	"extract/gallery":       {"extract/graph", "extract/draw"},
	"extract/prose":         {"pyast", "extract/graph"},
	"rules":                 {"pyast", "extract/graph"},
	"cmd/arch-extract":      {"pyast", "extract", "rules"},
}

func TestImportsPointOneWay(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		seen++
		dir := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(p), "../"))
		may, ok := rowFor(dir)
		if !ok {
			t.Errorf("%s: its folder has no row in the table", p)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, im := range f.Imports {
			path, _ := strconv.Unquote(im.Path.Value)
			if path == "gopkg.in/yaml.v3" && dir != "extract/emit" {
				t.Errorf("%s imports yaml.v3: only emit may", p)
			}
			if ours, ok := strings.CutPrefix(path, module); ok && !permitted(ours, may) {
				t.Errorf("%s imports %s", p, ours)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("only %d files seen", seen)
	}
}

func rowFor(dir string) ([]string, bool) {
	for d := dir; d != "." && d != ""; d = filepath.Dir(d) {
		if m, ok := allowed[d]; ok {
			return m, true
		}
	}
	return nil, false
}

func permitted(path string, may []string) bool {
	for _, m := range may {
		if path == m || strings.HasPrefix(path, m+"/") {
			return true
		}
	}
	return false
}
