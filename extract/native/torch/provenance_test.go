package torch

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// nonlinear maps the names of nodes to the nonlinearities of the dataflow oracle.
var nonlinear = map[string]string{
	"softmax": "softmax", "log_softmax": "log_softmax", "sigmoid": "sigmoid", "tanh": "tanh", "gelu": "gelu", "silu": "silu", "relu": "relu",
	"topk": "topk", "softplus": "softplus", "hardtanh": "hardtanh", "glu": "glu", "leaky_relu": "leaky_relu", "elu": "elu", "mish": "mish",
	"hardsigmoid": "hardsigmoid", "hardswish": "hardswish", "prelu": "prelu", "log_sigmoid": "log_sigmoid", "scaled_dot_product_attention": "softmax",
}

// sources are the origins that a value depends on, each with the nonlinearities on the way.
func sources(n *graph.Node, memo map[*graph.Node]map[string][]string) map[string][]string {
	if n == nil {
		return nil
	}
	if s, ok := memo[n]; ok {
		return s
	}
	out := map[string][]string{}
	switch n.Op {
	case "input":
		out["$"+n.Name] = []string{}
	case "param":
		out["="+n.Name] = []string{}
	}
	if !n.NoValue {
		for _, in := range n.In {
			for s, k := range sources(in, memo) {
				out[s] = union(out[s], k)
			}
		}
		if nl, ok := nonlinear[strings.TrimRight(n.Op, "_")]; ok {
			for s := range out {
				out[s] = union(out[s], []string{nl})
			}
		}
	}
	memo[n] = out
	return out
}

func union(a, b []string) []string {
	set := map[string]bool{}
	for _, s := range append(append([]string{}, a...), b...) {
		set[s] = true
	}
	out := []string{}
	for s := range set {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

// TestProvenance runs the functions of testdata/provenance.py with a tracer and
// compares what their results depend on with what tracing torch itself gave.
func TestProvenance(t *testing.T) {
	src, err := os.ReadFile("testdata/provenance.py")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/provenance.tsv")
	if err != nil {
		t.Fatal(err)
	}
	in := interp.New(noSource{}, interp.NewTable(Entries()), interp.Limits{})
	var g *interp.Dict
	if e := catch(in, func() { g = in.RunString("provenance.py", string(src)) }); e != "" {
		t.Fatal(e)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(want)), "\n") {
		name, expect, _ := strings.Cut(line, "\t")
		t.Run(name, func(t *testing.T) {
			var exp []map[string][]string
			if err := json.Unmarshal([]byte(expect), &exp); err != nil {
				t.Fatal(err)
			}
			fn, _ := g.GetStr(name)
			tr := &tensor.Tracer{Trace: &graph.Trace{}}
			var got []map[string][]string
			if e := catch(in, func() {
				st := tensor.StateOf(in)
				st.Tracer = tr
				defer func() { st.Tracer = nil }()
				args := make([]interp.Value, 5)
				for i, a := range []struct {
					op, name string
					dt       tensor.DType
					shape    []int64
				}{{"input", "a", tensor.Float32, []int64{2, 3, 4}}, {"input", "b", tensor.Float32, []int64{2, 3, 4}}, {"input", "i", tensor.Int64, []int64{2}}, {"input", "k", tensor.Bool, []int64{2, 3, 4}}, {"param", "w", tensor.Float32, []int64{4, 4}}} {
					x := tensor.FromShape(a.dt, a.shape...)
					x.Device = "meta"
					x.Parameter = a.op == "param"
					tr.Origin(in, x, a.op, a.name)
					args[i] = x
				}
				r := in.Call(fn, args, nil)
				memo := map[*graph.Node]map[string][]string{}
				for _, v := range r.(*interp.Tuple).V {
					got = append(got, sources(tr.NodeOf(in, v.(*tensor.Tensor)), memo))
				}
			}); e != "" {
				t.Fatal(e)
			}
			for i := range exp {
				if i >= len(got) || !reflect.DeepEqual(got[i], exp[i]) {
					t.Errorf("result %d:\n\t got %v\n\twant %v", i, got[i], exp[i])
				}
			}
		})
	}
}
