package diff_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/pyast"
	"github.com/arch-extract/arch-extract/rules"
)

// files is a source of single modules.
type files map[string][]byte

func (s files) Resolve(name string) (string, bool, bool) {
	_, ok := s[name+".py"]
	return name + ".py", false, ok
}
func (s files) Parse(file string) (*pyast.Module, error) { return pyast.Parse(file, s[file]) }
func (s files) List(string) []string                     { return nil }
func (s files) Exports(string, string) bool              { return false }

// describe runs the model of a module of the source and states its facts.
func describe(t *testing.T, src files, name string) *graph.Model {
	t.Helper()
	s := pipeline.NewSession(src, interp.Limits{})
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
	return rules.Annotate(s.Model(name, b, f, nil), rules.Options{})
}

func small(t *testing.T) (files, []string) {
	t.Helper()
	src := files{}
	var names []string
	paths, _ := filepath.Glob("../../rules/testdata/*.py")
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		src[filepath.Base(p)] = b
		if n := strings.TrimSuffix(filepath.Base(p), ".py"); n != "common" {
			names = append(names, n)
		}
	}
	return src, names
}

var (
	className = regexp.MustCompile(`(?m)^class (\w+)`)
	// a name that is given as text
	registered = regexp.MustCompile(`(register_(?:buffer|parameter)\()"(\w+)"`)
	attribute  = regexp.MustCompile(`self\.(\w+) = (?:nn\.|[A-Z]\w*\(|block\()`)
)

// rename renames every class, and every attribute that holds a module or a
// parameter.
func rename(src files) files {
	var all []byte
	for _, b := range src {
		all = append(all, b...)
	}
	new := map[string]string{}
	for _, m := range className.FindAllSubmatch(all, -1) {
		if string(m[1]) != "Config" { // the test asks for it
			new[string(m[1])] = "Z" + string(m[1])
		}
	}
	for _, m := range attribute.FindAllSubmatch(all, -1) {
		new["."+string(m[1])] = ".zz_" + string(m[1])
	}
	for _, m := range registered.FindAllSubmatch(all, -1) {
		new["."+string(m[2])] = ".zz_" + string(m[2])
	}
	for n := range new { // a function of torch of that name stays, and a method
		if strings.HasPrefix(n, ".") && (bytes.Contains(all, []byte("torch"+n+"(")) || bytes.Contains(all, []byte("def "+n[1:]+"("))) {
			delete(new, n)
		}
	}
	word := regexp.MustCompile(`\.?\b\w+\b`)
	out := files{}
	for name, b := range src {
		b = registered.ReplaceAllFunc(b, func(w []byte) []byte {
			m := registered.FindSubmatch(w)
			if new["."+string(m[2])] == "" {
				return w
			}
			return fmt.Appendf(nil, `%s"zz_%s"`, m[1], m[2])
		})
		out[name] = word.ReplaceAllFunc(b, func(w []byte) []byte {
			if n, ok := new[string(w)]; ok {
				return []byte(n)
			}
			return w
		})
	}
	return out
}

func written(t *testing.T, r *diff.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteText(&b, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRenamed compares small models with themselves, and with copies in which
// classes and attributes have other names.
func TestRenamed(t *testing.T) {
	src, names := small(t)
	other := rename(src)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			a, b := describe(t, src, name), describe(t, other, name)
			if r := diff.Compare(a, a); !r.Same() {
				t.Errorf("against itself:\n%s", written(t, r))
			}
			renamingsOnly(t, diff.Compare(a, b))
		})
	}
}

// renamingsOnly expects of a comparison with a renamed copy that names alone
// differ, each by what the renaming put before it.
func renamingsOnly(t *testing.T, r *diff.Result) {
	t.Helper()
	if len(r.Structure)+len(r.Weights)+len(r.Numerics)+len(r.Values) > 0 || len(r.Renamed) == 0 {
		t.Errorf("not renamings only:\n%s", written(t, r))
	}
	for _, w := range r.Renamed {
		if got := strings.ReplaceAll(w.B[0], "zz_", ""); got != w.A[0] {
			t.Errorf("%s is said to be %s", w.A[0], w.B[0])
		}
	}
}

// TestKnown compares small models that differ in one known way.
func TestKnown(t *testing.T) {
	src, _ := small(t)
	for _, c := range []struct{ a, b, want string }{
		{"parallel_one", "parallel_two", `norms per block +1 -> 2`},
		{"parallel_two", "branch_post", `residual +parallel -> sequential`},
		{"parallel_two", "branch_post", `norm placement +pre -> branch-post`},
		{"parallel_two", "branch_post", `n1\.weight -> .*n\d\.weight .*before attention -> after attention`},
	} {
		got := written(t, diff.Compare(describe(t, src, c.a), describe(t, src, c.b)))
		if !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%s, %s: no %q in\n%s", c.a, c.b, c.want, got)
		}
	}
}
