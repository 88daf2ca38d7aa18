package torch

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

// noSource is a source without modules.
type noSource struct{}

func (noSource) Resolve(string) (string, bool, bool)      { return "", false, false }
func (noSource) Parse(file string) (*pyast.Module, error) { return nil, os.ErrNotExist }
func (noSource) List(string) []string                     { return nil }
func (noSource) Exports(file, name string) bool           { return false }

// prelude makes the names that the expressions use.
const prelude = `
import torch
F = torch.nn.functional
`

// describe prints a value as the generator script does.
func describe(in *interp.Interp, v interp.Value) string {
	switch v := v.(type) {
	case *tensor.Tensor:
		s := v.DType.String() + "["
		for i, d := range v.Shape {
			if i > 0 {
				s += ","
			}
			s += d.String()
		}
		return s + "]"
	case *interp.List:
		return "(" + describeAll(in, v.V) + ")"
	case *interp.Tuple:
		return "(" + describeAll(in, v.V) + ")"
	}
	return in.Repr(v)
}

func describeAll(in *interp.Interp, vs []interp.Value) string {
	var s []string
	for _, v := range vs {
		s = append(s, describe(in, v))
	}
	return strings.Join(s, ", ")
}

// TestAgainstTorch evaluates the expressions of testdata/measured.tsv, each beside
// what torch 2.14.1 itself gave: dtype and shape, or the error. Each line is an
// expression, a tab and the description of its value (describe), with newlines as
// \n; lines that end in a tab and "=" are assignments. To add a case, evaluate it
// under torch with gradients off.
func TestAgainstTorch(t *testing.T) {
	f, err := os.Open("testdata/measured.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := interp.New(noSource{}, interp.NewTable(Entries()), interp.Limits{})
	var g *interp.Dict
	if err := catch(in, func() { g = in.RunString("prelude.py", prelude) }); err != "" {
		t.Fatal(err)
	}
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	n, bad := 0, 0
	for s.Scan() {
		expr, want, ok := strings.Cut(s.Text(), "\t")
		if !ok || strings.HasPrefix(expr, "#") {
			continue
		}
		if strings.HasPrefix(want, "=") { // a statement of the prelude
			if err := catch(in, func() {
				name, rhs, _ := strings.Cut(expr, " = ")
				g.SetStr(name, in.EvalString(rhs, g))
			}); err != "" {
				t.Fatalf("%s: %s", expr, err)
			}
			continue
		}
		n++
		var got string
		func() {
			defer func() {
				if r := recover(); r != nil {
					got = fmt.Sprint("PANIC ", r)
				}
			}()
			if e := catch(in, func() { got = describe(in, in.EvalString(expr, g)) }); e != "" {
				got = e
			}
		}()
		got = strings.ReplaceAll(got, "\n", "\\n")
		if got != want {
			bad++
			t.Errorf("%s\n\t got %s\n\twant %s", expr, got, want)
		}
	}
	t.Logf("%d expressions, %d differ", n, bad)
}

// catch runs f and prints the exception that it raised.
func catch(in *interp.Interp, f func()) string {
	if r := in.Try(f); r != nil {
		return "!" + r.Error()
	}
	return ""
}
