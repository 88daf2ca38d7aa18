package pipeline

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/prose"
)

var update = flag.Bool("update", false, "rewrite the tables that tests count from a release")

// eachFamily describes the main class of every family of a release.
func eachFamily(t *testing.T, src *load.Source, do func(*graph.Model)) {
	t.Helper()
	families, err := src.Families()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	Each(&Engine{Source: src, Jobs: 2}, len(families), func(s *Session, i int) *graph.Model {
		f, class, err := src.DefaultClass(families[i])
		if err != nil {
			return nil
		}
		cls, err := s.Class(f.Module, class)
		if err != nil {
			return nil
		}
		r, err := s.Run(cls, Settings{}, Scenario{})
		if err != nil {
			return nil // refused, as Python does
		}
		m, err := s.Describe(src, families[i].Name, Settings{}, r)
		if err != nil {
			t.Error(families[i].Name, err)
			return nil
		}
		return m
	}, func(_ int, m *graph.Model) {
		if m != nil {
			n++
			do(m)
		}
	})
	if n < 450 {
		t.Errorf("only %d families could be described", n)
	}
}

// TestReports holds every family's report to the schema, reads its YAML back
// as what its JSON says, and compares the table of usual choices that the
// program carries with what the release gives.
func TestReports(t *testing.T) {
	const table = "../prose/usual.json"
	src := loadtest.Release(t, "5.23.0")
	schema := compiled(t)
	u := &prose.Usual{Release: src.PackageVersion()}
	eachFamily(t, src, func(m *graph.Model) {
		u.Add(m)
		for _, opt := range []emit.Options{{}, {Evidence: true}} {
			validate(t, schema, m, opt)
		}
	})
	got, err := json.MarshalIndent(u, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(table, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the release gives: go test ./extract/pipeline -run TestReports -update", table)
	}
}

// compiled is the report's schema.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(emit.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, schema *jsonschema.Schema, m *graph.Model, opt emit.Options) {
	t.Helper()
	var j, y bytes.Buffer
	if err := emit.Report(&j, m, "json", opt); err != nil {
		t.Fatal(m.Class, err)
	}
	if err := emit.Report(&y, m, "yaml", opt); err != nil {
		t.Fatal(m.Class, err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(j.Bytes()))
	if err != nil {
		t.Fatal(m.Class, err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%s (evidence %v): %v", m.Class, opt.Evidence, err)
	}
	var a, b any
	if err := json.Unmarshal(j.Bytes(), &a); err != nil {
		t.Fatal(m.Class, err)
	}
	if err := yaml.Unmarshal(y.Bytes(), &b); err != nil {
		t.Errorf("%s: %v", m.Class, err)
		return
	}
	back, err := json.Marshal(b)
	if err != nil {
		t.Errorf("%s: %v", m.Class, err)
		return
	}
	b = nil
	if err := json.Unmarshal(back, &b); err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("%s (evidence %v): YAML and JSON differ", m.Class, opt.Evidence)
	}
}
