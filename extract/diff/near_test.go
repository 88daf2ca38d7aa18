package diff_test

import (
	"path"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/pyast"
)

// parents counts, for a family with a modular file, from which families the
// classes of its file derive.
func parents(src *load.Source, family string) map[string]int {
	dir := "transformers/models/" + family
	out := map[string]int{}
	for _, n := range src.List(dir) {
		if !strings.HasPrefix(n, "modular_") {
			continue
		}
		tree, err := src.Parse(path.Join(dir, n))
		if err != nil {
			continue
		}
		from := map[string]string{}
		for _, st := range tree.Body {
			switch st := st.(type) {
			case *pyast.ImportFrom:
				if of, ok := ofModel(st); ok && of[0] != family && strings.HasPrefix(of[1], "modeling_") {
					for _, a := range st.Names {
						from[a.Name] = of[0]
					}
				}
			case *pyast.ClassDef:
				for _, b := range st.Bases {
					if n, ok := b.(*pyast.Name); ok && from[n.ID] != "" {
						out[from[n.ID]]++
					}
				}
			}
		}
	}
	return out
}

// TestNear asks for the closest families of every family with a modular file,
// and counts where the one that most of its classes derive from is among the
// first three, and where one of those that it derives from is.
func TestNear(t *testing.T) {
	src := loadtest.Release(t, load.DefaultRelease)
	families, err := src.Families()
	if err != nil {
		t.Fatal(err)
	}
	var list []*diff.Profile
	pipeline.Each(&pipeline.Engine{Source: src, Jobs: 2}, len(families), func(s *pipeline.Session, i int) (p *diff.Profile) {
		f, class, err := src.DefaultClass(families[i])
		if err != nil {
			return nil
		}
		var m *graph.Model
		err = func() (err error) {
			defer pipeline.Bug(&err)
			m, err = s.DescribeClass(src, f, class, pipeline.Settings{})
			return err
		}()
		if err != nil {
			m = nil
		}
		text, _ := src.ReadFile(f.Path)
		return diff.NewProfile(f.Family, class, m, text)
	}, func(_ int, p *diff.Profile) {
		if p != nil {
			list = append(list, p)
		}
	})
	space := diff.NewSpace(list)
	asked, found, any := 0, 0, 0
	for _, p := range list {
		best := 0
		of := parents(src, p.Family)
		for _, n := range of {
			best = max(best, n)
		}
		if best == 0 {
			continue
		}
		asked++
		near := space.Near(p)
		ok, one := false, false
		var names []string
		for _, n := range near[:min(3, len(near))] {
			names = append(names, n.Profile.Family)
			ok = ok || of[n.Profile.Family] == best
			one = one || of[n.Profile.Family] > 0
		}
		if one {
			any++
		}
		if ok {
			found++
		} else {
			t.Logf("%s: near %v, derived from %v", p.Family, names, of)
		}
	}
	t.Logf("of %d families, the parent of most classes is among the three closest for %d, a parent for %d", asked, found, any)
	if found*4 < asked*3 || any*20 < asked*17 {
		t.Errorf("the parent of most classes for fewer than three in four, or a parent for fewer than 85 in a hundred")
	}
}
