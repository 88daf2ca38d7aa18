package pipeline

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// flowRow is one line of the flow oracle.
type flowRow struct {
	Family, Class string
	Set           map[string]any
	Inputs        map[string][2]any
	Device        string
	Calls         [][2]json.RawMessage
	Output        map[string][]string
	Shape         []int64 `json:"output_shape"`
}

func readFlowOracle(t *testing.T, path string) []*flowRow {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var rows []*flowRow
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<30)
	for sc.Scan() {
		r := &flowRow{}
		if err := json.Unmarshal(sc.Bytes(), r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// value makes a Python value of decoded JSON.
func value(v any) interp.Value {
	switch v := v.(type) {
	case nil:
		return interp.None
	case bool:
		return interp.NewBool(v)
	case float64:
		if v == float64(int64(v)) {
			return interp.NewInt(int64(v))
		}
		return interp.NewFloat(v)
	case string:
		return interp.NewStr(v)
	case []any:
		l := interp.NewList()
		for _, x := range v {
			l.V = append(l.V, value(x))
		}
		return l
	case map[string]any:
		d := interp.NewDict()
		var keys []string
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			d.SetStr(k, value(v[k]))
		}
		return d
	}
	panic("value")
}

func sourcesText(s []graph.Origin) string {
	var b strings.Builder
	for i, x := range s {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(x.Name)
		if len(x.Via) > 0 {
			b.WriteString(":" + strings.Join(x.Via, "+"))
		}
	}
	return b.String()
}

func mapText(m map[string][]string) string {
	var o []graph.Origin
	for k, v := range m {
		o = append(o, graph.Origin{Name: k, Via: v})
	}
	sort.Slice(o, func(i, j int) bool { return o[i].Name < o[j].Name })
	return sourcesText(o)
}

// compareFlow says where a traced forward differs from the oracle.
func compareFlow(r *flowRow, f *Forward) string {
	p := f.Trace.Provenance()
	rows := f.Trace.Flow(p)
	for i, c := range r.Calls {
		var leaf string
		src := map[string][]string{}
		if json.Unmarshal(c[0], &leaf) != nil || json.Unmarshal(c[1], &src) != nil {
			return "bad oracle row"
		}
		if i >= len(rows) {
			return fmt.Sprintf("call %d missing: %s", i, leaf)
		}
		if rows[i].Leaf != leaf {
			return fmt.Sprintf("call %d: got %s (%s), want %s", i, rows[i].Leaf, rows[i].At, leaf)
		}
		if g, w := sourcesText(rows[i].Sources), mapText(src); g != w {
			return fmt.Sprintf("call %d %s (%s): got {%s}, want {%s}", i, leaf, rows[i].At, g, w)
		}
	}
	if len(rows) > len(r.Calls) {
		return fmt.Sprintf("extra call %s (%s)", rows[len(r.Calls)].Leaf, rows[len(r.Calls)].At)
	}
	var out []graph.Origin
	var shape []int64
	if f.Output != nil {
		shape = tensor.Sizes(f.Output.Shape)
		if f.Output.Node != nil {
			out = p.Of(f.Output.Node)
		}
	}
	if g, w := sourcesText(out), mapText(r.Output); g != w {
		return fmt.Sprintf("output: got {%s}, want {%s}", g, w)
	}
	if fmt.Sprint(shape) != fmt.Sprint(r.Shape) {
		return fmt.Sprintf("output shape: got %v, want %v", shape, r.Shape)
	}
	return ""
}

// eagerConfig prepares a config as the oracle's script does.
func eagerConfig(device string) func(in *interp.Interp, cfg *interp.Instance) {
	return func(in *interp.Interp, cfg *interp.Instance) { prepareFlow(in, cfg, device == "meta") }
}

func TestDevFlows(t *testing.T) {
	root, oracle, trees := os.Getenv("ARCH_TREE"), os.Getenv("ARCH_FLOW"), os.Getenv("ARCH_ORACLE")
	if root == "" || oracle == "" {
		t.Skip("development only")
	}
	file := map[string]string{}
	for _, r := range readTreeOracle(t, trees) {
		file[r.Family+"/"+r.Class] = r.File
	}
	only := map[string]bool{}
	for _, f := range strings.Fields(os.Getenv("ARCH_FAMILIES")) {
		only[f] = true
	}
	s := NewSession(newDirSource(root), limitsForTest)
	causes := map[string][]string{}
	exact, total := 0, 0
	for _, r := range readFlowOracle(t, oracle) {
		if len(only) > 0 && !only[r.Family] && !only[r.Class] {
			continue
		}
		total++
		miss := func() (miss string) {
			defer func() {
				if p := recover(); p != nil {
					if os.Getenv("ARCH_PANIC") != "" {
						panic(p)
					}
					miss = fmt.Sprintf("panic: %v", p)
				}
			}()
			cls, err := s.Class(Package+".models."+r.Family+"."+strings.TrimSuffix(file[r.Family+"/"+r.Class], ".py"), r.Class)
			if err != nil {
				return "import: " + err.Error() + " at " + At(err).String()
			}
			kw, _ := value(r.Set).(*interp.Dict)
			b, err := s.Build(cls, Options{Config: kw, Prepare: eagerConfig(r.Device)})
			if err != nil {
				return "build: " + err.Error() + " at " + At(err).String()
			}
			sc := Scenario{Device: r.Device, Inputs: []Input{}}
			for _, n := range []string{"input_ids", "decoder_input_ids", "pixel_values", "input_features", "input_values", "inputs_embeds", "attention_mask"} {
				v, ok := r.Inputs[n]
				if !ok {
					continue
				}
				in := Input{Name: n}
				in.DType, _ = tensor.DTypeByName(v[1].(string))
				for _, d := range v[0].([]any) {
					in.Shape = append(in.Shape, int64(d.(float64)))
				}
				sc.Inputs = append(sc.Inputs, in)
			}
			f, err := s.Forward(b, sc)
			if err != nil {
				return "forward: " + err.Error() + " at " + At(err).String()
			}
			if d := compareFlow(r, f); d != "" {
				return r.Device + " " + d
			}
			exact++
			return ""
		}()
		if miss != "" {
			if len(miss) > 700 {
				miss = miss[:700]
			}
			causes[miss] = append(causes[miss], r.Class)
		}
	}
	var keys []string
	for k := range causes {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := len(causes[keys[i]]), len(causes[keys[j]]); a != b {
			return a > b
		}
		return keys[i] < keys[j]
	})
	for _, k := range keys {
		c := causes[k]
		t.Logf("%3d %s  [%s]", len(c), k, strings.Join(c[:min(3, len(c))], " "))
	}
	t.Logf("exact %d of %d", exact, total)
}
