package nn_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// TestTrace runs the models of testdata/trace.py under a tracer and compares
// the calls of their leaves with those of a real run.
func TestTrace(t *testing.T) {
	src, err := os.ReadFile("testdata/trace.py")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/trace.want")
	if err != nil {
		t.Fatal(err)
	}
	in := interp.New(noSource{}, native.Table(), interp.Limits{})
	st := tensor.StateOf(in)
	st.SetDefaultDevice("meta")
	st.GradEnabled = false
	var got []string
	err = in.Guard(func() {
		cases, _ := in.RunString("trace.py", string(src)).GetStr("CASES")
		for _, c := range in.Elements(cases) {
			v := in.Elements(c)
			cls, name := v[0].(*interp.Class), in.Str(v[1])
			root := in.Call(cls, nil, nil).(*interp.Instance)
			in.CallMethod(root, "eval")
			dt := tensor.Float32
			if name == "ids" {
				dt = tensor.Int64
			}
			x := tensor.NewOn(in, tensor.SizeArg(in, "zeros", "size", 1, v[2]), dt)
			tr := &tensor.Tracer{Trace: &graph.Trace{}}
			tr.Origin(in, x, "input", name)
			out, exc := nn.Run(in, root, []interp.Value{x}, nil, tr)
			if exc != nil {
				t.Fatalf("%s: %v %v", cls.Name, exc, exc.Trace)
			}
			p := tr.Trace.Provenance()
			for _, c := range tr.Trace.Calls {
				if c.Leaf {
					got = append(got, c.Path+" <- "+sources(p, c.Path, c.In))
				}
			}
			o := out.(*tensor.Tensor)
			got = append(got, fmt.Sprintf("%s -> %s %s", cls.Name, sources(p, "", []*graph.Node{o.Node}), tensor.ShapeString(o.Shape)))
		}
	})
	if err != nil {
		t.Fatal(err, interp.AsRaised(err).Trace)
	}
	lines := strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")
	for i := 0; i < max(len(got), len(lines)); i++ {
		g, w := "", ""
		if i < len(got) {
			g = got[i]
		}
		if i < len(lines) {
			w = lines[i]
		}
		if g != w {
			t.Errorf("line %d\n got %s\nwant %s", i+1, g, w)
		}
	}
}

// sources prints where nodes come from, without the parameters of the leaf itself.
func sources(p *graph.Provenance, leaf string, ns []*graph.Node) string {
	var s []string
	for _, o := range p.Of(ns...) {
		if leaf != "" && strings.HasPrefix(o.Name, "="+leaf+".") {
			continue
		}
		x := o.Name
		if len(o.Via) > 0 {
			x += ":" + strings.Join(o.Via, ",")
		}
		s = append(s, x)
	}
	return strings.Join(s, " ")
}
