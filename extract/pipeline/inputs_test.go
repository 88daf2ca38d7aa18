package pipeline

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// fewLayers are config fields that count layers.
var fewLayers = strings.Fields("num_hidden_layers n_layer num_layers n_layers encoder_layers decoder_layers num_decoder_layers num_encoder_layers depth")

// TestDevAllForwards runs the forward of every class that builds on the inputs
// that are chosen for it, and counts those that run.
func TestDevAllForwards(t *testing.T) {
	root, oracle := os.Getenv("ARCH_TREE"), os.Getenv("ARCH_ORACLE")
	if root == "" || oracle == "" {
		t.Skip("development only")
	}
	only := map[string]bool{}
	for _, f := range strings.Fields(os.Getenv("ARCH_FAMILIES")) {
		only[f] = true
	}
	have := map[string]bool{}
	if os.Getenv("ARCH_NEW") != "" {
		for _, l := range readFlowLines(t) {
			have[l.family+"/"+l.class] = true
		}
	}
	var rows []*treeRow
	for _, r := range readTreeOracle(t, oracle) {
		if r.Error == "" && (len(only) == 0 || only[r.Family] || only[r.Class]) && !have[r.Family+"/"+r.Class] {
			rows = append(rows, r)
		}
	}
	e := &Engine{Source: newDirSource(root), Jobs: 2}
	causes := map[string][]string{}
	ok := 0
	Each(e, len(rows), func(s *Session, i int) (miss string) {
		r := rows[i]
		defer func() {
			if p := recover(); p != nil {
				miss = fmt.Sprintf("panic: %v", p)
			}
		}()
		cls, err := s.Class(Package+".models."+r.Family+"."+strings.TrimSuffix(r.File, ".py"), r.Class)
		if err != nil {
			return "import: " + err.Error()
		}
		prep := func(in *interp.Interp, cfg *interp.Instance) {
			eagerConfig("meta")(in, cfg)
			cut := func(c *interp.Instance) {
				for _, k := range fewLayers {
					if v, ok := c.Dict.GetStr(k); ok {
						if n, ok := interp.AsInt(v); ok && n > 4 && os.Getenv("ARCH_CUT") != "" {
							c.Dict.SetStr(k, interp.NewInt(4))
						}
					}
				}
			}
			cut(cfg)
		}
		b, err := s.Build(cls, Options{Prepare: prep})
		if err != nil {
			return "build: " + err.Error() + " at " + At(err).String()
		}
		f, err := s.Forward(b, Scenario{})
		if err != nil {
			if only[r.Family] || only[r.Class] {
				traceback(err)
				fmt.Println(f.Inputs)
			}
			return "forward: " + err.Error() + " at " + At(err).String()
		}
		return ""
	}, func(i int, miss string) {
		if miss == "" {
			ok++
			return
		}
		causes[miss] = append(causes[miss], rows[i].Family+"/"+rows[i].Class)
	})
	logCauses(t, causes)
	t.Logf("%d of %d run", ok, len(rows))
}
