package pipeline

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/checkpoint"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

// TestLoad compares what is missing, unexpected and of another shape with what
// the release's from_pretrained says of the same tensors: testdata/checkpoints
// has them for models as they are saved, in older forms, and damaged.
func TestLoad(t *testing.T) {
	hints := map[string]string{
		"llama-renamed":   "rename model.layers.*.self_attn.query_proj.weight model.layers.*.self_attn.q_proj.weight 2",
		"gpt2-transposed": "transpose transformer.h.*.mlp.c_fc.weight transformer.h.*.mlp.c_fc.weight 2",
	}
	for _, c := range []struct{ release, folder string }{{"5.23.0", "."}, {"5.0.0", "5.0.0"}, {"4.57.6", "4.57.6"}} {
		t.Run(c.release, func(t *testing.T) { loadAll(t, c.release, c.folder, hints) })
	}
}

// loadAll loads the checkpoints of a folder by the code of a release.
func loadAll(t *testing.T, release, folder string, hints map[string]string) {
	src := loadtest.Release(t, release)
	files, _ := filepath.Glob("../../testdata/checkpoints/" + folder + "/*.txt")
	if len(files) < 17 {
		t.Fatalf("only %d checkpoints", len(files))
	}
	s := NewLoadingSession(src, interp.Limits{})
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			var says struct {
				Missing, Unexpected, Misshaped []string
				Error                          bool
			}
			if err := json.Unmarshal([]byte(lines[2]), &says); err != nil {
				t.Fatal(err)
			}
			config, err := load.DecodeJSON([]byte(lines[1]))
			if err != nil {
				t.Fatal(err)
			}
			cls, err := s.Class(Package, lines[0])
			if err != nil {
				t.Fatal(err)
			}
			b, err := s.BuildWith(cls, Settings{Config: &load.Config{Values: config.([]load.Setting)}})
			if err != nil {
				t.Fatal(err)
			}
			ts := headerLines(t, lines[3:])
			fit, err := s.Load(b, ts)
			if err != nil {
				t.Fatal(err)
			}
			if says.Error {
				if len(fit.Failed) == 0 {
					t.Error("from_pretrained could not convert it, and here it was converted")
				}
				return
			}
			var shapes []string
			for _, m := range fit.Misshaped {
				shapes = append(shapes, m.Name)
			}
			for _, c := range []struct {
				what      string
				got, want []string
			}{{"missing", fit.Missing, says.Missing}, {"unexpected", fit.Unexpected, says.Unexpected}, {"misshaped", shapes, says.Misshaped}} {
				if !slices.Equal(c.got, c.want) {
					t.Errorf("%s:\n got %v\nwant %v", c.what, c.got, c.want)
				}
			}
			if len(fit.Failed) > 0 {
				t.Errorf("not converted: %v", fit.Failed)
			}
			have := map[string][]int64{}
			for _, x := range ts {
				have[x.Name] = x.Shape
			}
			fit.Explain(have)
			var found []string
			for _, h := range fit.Hints {
				found = append(found, fmt.Sprint(h.Kind, " ", h.From, " ", h.To, " ", h.Count))
			}
			if got := strings.Join(found, "; "); got != hints[name] {
				t.Errorf("hints are %q; want %q", got, hints[name])
			}
		})
	}
}

// headerLines are the tensors of a test's checkpoint.
func headerLines(t *testing.T, lines []string) (out []checkpoint.Tensor) {
	t.Helper()
	for _, l := range lines {
		f := strings.Split(l, "\t")
		x := checkpoint.Tensor{Name: f[0], DType: f[1], Shape: []int64{}}
		for d := range strings.SplitSeq(f[2], "x") {
			if n, err := strconv.ParseInt(d, 10, 64); err == nil {
				x.Shape = append(x.Shape, n)
			}
		}
		out = append(out, x)
	}
	return out
}
