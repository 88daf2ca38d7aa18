package emit

import (
	"bytes"
	"encoding/json"
	"math"
	"os/exec"
	"reflect"
	"strconv"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// hardStrings are those that a reader of YAML may take for something else.
var hardStrings = []string{"", "no", "Yes", "on", "null", "~", "1:30", "12", "0x1f", "1e-06", "1_000", ".5", "2001-01-01", "a: b", "a #b", "- x", "silu", "[a]", "x = y", "q|k|v", "é", "a\nb", "\tx", "'", "\"", "0-2,4-6", "1/config.x", "true", "*", "model.layers.*", "{a}"}

// Strings and floats come back as they were, and are quoted where a reader of
// YAML 1.1 would read something else.
func TestScalars(t *testing.T) {
	for _, s := range hardStrings {
		var back string
		if err := yaml.Unmarshal([]byte(scalarString(s)), &back); err != nil || back != s {
			t.Errorf("%q is written %s and read %q (%v)", s, scalarString(s), back, err)
		}
		if ambiguous.MatchString(s) && scalarString(s)[0] != '"' {
			t.Errorf("%q is not quoted", s)
		}
	}
	for v, want := range map[float64]string{1e-6: "1.0e-06", 10000: "10000.0", 0.5: "0.5", 1.5625e-7: "1.5625e-07", 1e22: "1.0e+22", math.Inf(1): ".inf"} {
		if got := Number(v); got != want {
			t.Errorf("%g: got %s, want %s", v, got, want)
		}
	}
}

func model() *graph.Model {
	m := &graph.Model{Schema: graph.Schema, Family: "toy", Class: "Toy", At: graph.Span{File: "m/modeling_toy.py", Line: 9}}
	m.Root = &graph.Module{Class: "Toy", Children: []*graph.Module{
		{Name: "layers", Path: "layers", Class: "ModuleList", Container: true},
		{Name: "head", Path: "head", Class: "Linear", Params: []graph.Param{{Name: "weight", Shape: []graph.Dim{{N: 7, E: graph.Ref("config.v")}, {N: 4}}, DType: "float32"}}},
	}}
	for _, n := range []string{"0", "1", "2"} {
		m.Root.Children[0].Children = append(m.Root.Children[0].Children, &graph.Module{Name: n, Path: "layers." + n, Class: "Block",
			Params: []graph.Param{{Name: "weight", Shape: []graph.Dim{{N: 4}}, DType: "float32"}}})
	}
	at := []graph.Span{{File: "m/modeling_toy.py", Line: 12}}
	m.Facts = []graph.Fact{
		{Family: "toy", Class: "Toy", Key: "model.kind", Value: "decoder-only", Status: graph.Present, Stack: "main", At: at},
		{Family: "toy", Class: "Toy", Key: "norm.eps", Value: 1e-6, Status: graph.Present, Stack: "main", Scope: "layers.*", Expr: "config.eps", At: at},
		{Family: "toy", Class: "Toy", Key: "attention.bias", Value: []any{"q", "k"}, Status: graph.Present, Stack: "main", Scope: "layers.*", At: at},
		{Family: "toy", Class: "Toy", Key: "rope.theta", Status: graph.Unknown, Why: "its values are not known", Stack: "main", Scope: "layers.*", At: at},
	}
	m.Blocks = []graph.Block{{Class: "Block", Stack: "main", Scope: "layers.*", Count: 3, Flow: "x = x + a(x)\nx = x + b(x)"}}
	return m
}

// The YAML and the JSON of a report hold the same values.
func TestReportFormats(t *testing.T) {
	for _, opt := range []Options{{}, {Evidence: true}} {
		var y, j bytes.Buffer
		if err := Report(&y, model(), "yaml", opt); err != nil {
			t.Fatal(err)
		}
		if err := Report(&j, model(), "json", opt); err != nil {
			t.Fatal(err)
		}
		var a, b any
		if err := yaml.Unmarshal(y.Bytes(), &a); err != nil {
			t.Fatalf("%v in\n%s", err, y.String())
		}
		if err := json.Unmarshal(j.Bytes(), &b); err != nil {
			t.Fatal(err)
		}
		c, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var d any
		_ = json.Unmarshal(c, &d)
		if !reflect.DeepEqual(b, d) {
			t.Errorf("yaml and json differ:\n%s\n%s", y.String(), j.String())
		}
	}
}

// A fact is one line of NDJSON with the fields that scripts rely on.
func TestFactsNDJSON(t *testing.T) {
	var b bytes.Buffer
	if err := Facts(&b, model().Facts[:1], "ndjson"); err != nil {
		t.Fatal(err)
	}
	want := `{"family":"toy","class":"Toy","key":"model.kind","value":"decoder-only","status":"present","stack":"main","scope":"","expr":"","when":"","why":"","at":["modeling_toy.py:12"]}` + "\n"
	if b.String() != want {
		t.Errorf("got %swant %s", b.String(), want)
	}
}

func TestPattern(t *testing.T) {
	run := func(kv ...any) (out []any) {
		for i := 0; i < len(kv); i += 2 {
			out = append(out, []any{kv[i], kv[i+1]})
		}
		return out
	}
	for want, runs := range map[string][]any{
		"full x 32":               run("full", 32),
		"[sliding x 5, full] x 2": run("sliding", 5, "full", 1, "sliding", 5, "full", 1),
		"dense x 3, moe x 58":     run("dense", 3, "moe", 58),
		"[a, b] x 2, a":           run("a", 1, "b", 1, "a", 1, "b", 1, "a", 1),
	} {
		if got := graph.Pattern(runs); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// The schema is JSON, and every key at the top of a report is in it.
func TestSchema(t *testing.T) {
	var s struct {
		Properties map[string]any
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	for _, f := range report(model(), Options{Evidence: true}) {
		if s.Properties[f.key] == nil {
			t.Errorf("%s is not in the schema", f.key)
		}
	}
}

// PyYAML, which reads YAML 1.1, reads hard scalars as yaml.v3 does. Where
// python3 has no PyYAML there is nothing to compare with.
func TestScalarsInPyYAML(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import yaml").Run() != nil {
		t.Skip("python3 has no yaml module")
	}
	doc := object{}
	for i, s := range hardStrings {
		doc = append(doc, field{key: "s" + strconv.Itoa(i), val: s}, field{key: "l" + strconv.Itoa(i), val: list{s, flow{{key: s, val: s}}}})
	}
	for i, v := range []float64{1e-6, 10000, 0.5, 1.5625e-7, 1e22, -3, 1e16, 123456789.125} {
		doc = append(doc, field{key: "f" + strconv.Itoa(i), val: v})
	}
	want, err := jsonDoc(doc)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", "import sys, yaml, json; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))")
	cmd.Stdin = bytes.NewReader(yamlDoc(doc))
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(want, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &b); err != nil {
		t.Fatal(err)
	}
	x, y := a.(map[string]any), b.(map[string]any)
	for k := range x {
		if !reflect.DeepEqual(x[k], y[k]) {
			t.Errorf("%s: %#v is read as %#v", k, x[k], y[k])
		}
	}
}
