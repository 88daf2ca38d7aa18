package pipeline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/rules"
)

// factTable is a table of facts that a person read from the code.
type factTable struct {
	Family, Class string
	Facts         factRows            // of the main stack and the model as a whole
	Stacks        map[string]factRows // of the other stacks
}

type factRows map[string]struct {
	Value any
	At    string // the deciding line; "" where the table says values alone
}

// decidingLines is how many facts of the tables have had the deciding line among
// their evidence.
const decidingLines = 2132

// TestFactTables compares the facts of each stack with the tables of
// testdata/facts: every value, and how often the deciding line is among the
// evidence, which is three lines at the most.
func TestFactTables(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	files, err := filepath.Glob("../../testdata/facts/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no tables", err)
	}
	s := NewSession(src, interp.Limits{})
	values, places, total, lines := 0, 0, 0, 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var table factTable
		if err := json.Unmarshal(b, &table); err != nil {
			t.Fatal(file, err)
		}
		t.Run(table.Family, func(t *testing.T) {
			cls, err := s.Class(Package+".models."+table.Family+".modeling_"+table.Family, table.Class)
			if err != nil {
				t.Fatal(err)
			}
			built, err := s.Build(cls, Options{Prepare: PrepareFlow})
			if err != nil {
				t.Fatal(err)
			}
			f, ferr := s.Forward(built, Scenario{})
			by := map[string]map[string][]graph.Fact{}
			for _, f := range rules.Annotate(s.Model(table.Family, built, f, ferr), s.ruleOptions()).Facts {
				if by[f.Stack] == nil {
					by[f.Stack] = map[string][]graph.Fact{}
				}
				by[f.Stack][f.Key] = append(by[f.Stack][f.Key], f)
				if len(f.At) > 3 {
					t.Errorf("%s of %s has %d lines of evidence", f.Key, f.Stack, len(f.At))
				}
			}
			compare := func(stack string, rows factRows) {
				for key, want := range rows {
					total++
					if want.At != "" {
						lines++
					}
					fs := by[stack][key]
					got := overLayers(fs)
					if !reflect.DeepEqual(viaJSON(got), viaJSON(want.Value)) {
						t.Errorf("%s of %s: got %v, want %v (%s)", key, stack, got, want.Value, want.At)
						continue
					}
					values++
					if slices.ContainsFunc(fs, func(f graph.Fact) bool {
						return slices.ContainsFunc(f.At, func(at graph.Span) bool { return at.String() == want.At })
					}) {
						places++
					}
				}
			}
			compare("main", table.Facts)
			for stack, rows := range table.Stacks {
				compare(stack, rows)
			}
		})
	}
	t.Logf("values %d/%d, deciding line among the evidence %d/%d", values, total, places, lines)
	if places < decidingLines {
		t.Errorf("the deciding line is among the evidence of %d facts, of %d before", places, decidingLines)
	}
}

func viaJSON(v any) any {
	b, _ := json.Marshal(v)
	var o any
	_ = json.Unmarshal(b, &o)
	return o
}

// overLayers is the value of a key: one value, or its runs over the layers.
func overLayers(fs []graph.Fact) any {
	if len(fs) == 0 {
		return "(no fact)"
	}
	if len(fs) == 1 {
		return fs[0].Value
	}
	type layer struct {
		i int
		v any
	}
	var l []layer
	for _, f := range fs {
		for _, i := range scopeLayers(f.Scope) {
			l = append(l, layer{i, f.Value})
		}
	}
	sort.SliceStable(l, func(a, b int) bool { return l[a].i < l[b].i })
	var runs []any
	for i := 0; i < len(l); {
		j := i
		for j < len(l) && reflect.DeepEqual(viaJSON(l[j].v), viaJSON(l[i].v)) {
			j++
		}
		runs = append(runs, []any{l[i].v, j - i})
		i = j
	}
	if len(runs) == 1 {
		return l[0].v
	}
	return map[string]any{"by_layer": runs}
}

// scopeLayers are the layer numbers of a scope such as model.layers.{0-4,6}.mlp.
func scopeLayers(scope string) (out []int) {
	if i := strings.IndexByte(scope, '{'); i >= 0 {
		for _, r := range strings.Split(scope[i+1:strings.IndexByte(scope, '}')], ",") {
			a, b, ok := strings.Cut(r, "-")
			lo, _ := strconv.Atoi(a)
			hi := lo
			if ok {
				hi, _ = strconv.Atoi(b)
			}
			for k := lo; k <= hi; k++ {
				out = append(out, k)
			}
		}
		return out
	}
	for _, c := range strings.Split(scope, ".") {
		if n, err := strconv.Atoi(c); err == nil {
			return append(out, n)
		}
	}
	return out
}
