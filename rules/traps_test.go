package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/pyast"
	"github.com/arch-extract/arch-extract/rules"
)

// folder is a source of single modules.
type folder string

func (d folder) Resolve(name string) (string, bool, bool) {
	f := name + ".py"
	_, err := os.Stat(filepath.Join(string(d), f))
	return f, false, err == nil
}

func (d folder) Parse(file string) (*pyast.Module, error) {
	b, err := os.ReadFile(filepath.Join(string(d), file))
	if err != nil {
		return nil, err
	}
	return pyast.Parse(file, b)
}

func (d folder) List(string) []string { return nil }

func (d folder) Exports(string, string) bool { return false }

// TestTraps runs the small models of testdata. Each file says what is expected
// of it: a comment "# want KEY: VALUE", with several values where blocks differ.
func TestTraps(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.py")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".py")
		if name == "common" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][]string{}
			for _, f := range rules.Run(traced(t, name), rules.Options{}) {
				v := fmt.Sprint(f.Value)
				if f.Status == graph.Unknown {
					v = "unknown: " + f.Why
				}
				if l := got[f.Key]; len(l) == 0 || l[len(l)-1] != v {
					got[f.Key] = append(got[f.Key], v)
				}
			}
			for _, line := range strings.Split(string(text), "\n") {
				want, ok := strings.CutPrefix(line, "# want ")
				if !ok {
					continue
				}
				key, value, _ := strings.Cut(want, ": ")
				if g := strings.Join(got[key], " "); g != value {
					t.Errorf("%s: got %q, want %q", key, g, value)
				}
			}
		})
	}
}

// traced builds the model of a file and runs its forward on nine tokens.
func traced(t *testing.T, name string) *graph.Model {
	t.Helper()
	s := pipeline.NewSession(folder("testdata"), interp.Limits{})
	in := s.Interp()
	b := &pipeline.Built{}
	err := in.Guard(func() {
		st := tensor.StateOf(in)
		st.PushDevice("meta")
		defer st.PopDevice()
		b.Root = in.Call(in.GetAttr(in.Import(name), "model"), nil, nil).(*interp.Instance)
		b.Class, b.Tree = b.Root.Cls, nn.Tree(in, b.Root)
		b.Config = in.Call(in.GetAttr(in.Import("common"), "Config"), nil, nil).(*interp.Instance)
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Forward(b, pipeline.Scenario{Inputs: []pipeline.Input{{Name: "input_ids", Shape: []int64{1, 9}, DType: tensor.Int64}}})
	if err != nil {
		t.Fatal(err, pipeline.At(err))
	}
	return s.Model(name, b, f, nil)
}
