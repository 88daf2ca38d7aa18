package diff_test

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/pyast"
)

// release opens a real release, which pip brings into the cache once, with
// timm's source beside it.
func release(t testing.TB) *load.Source {
	t.Helper()
	if testing.Short() {
		t.Skip("reads a real release")
	}
	ctx := context.Background()
	wheel, err := load.Fetch(ctx, "transformers=="+load.DefaultRelease)
	if err != nil {
		t.Fatal(err)
	}
	timm, err := load.Fetch(ctx, "timm==1.0.31")
	if err != nil {
		t.Fatal(err)
	}
	src, err := load.Open(ctx, wheel, load.Options{Also: []string{timm}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// heir is a class that a modular file derives from another without changing it.
type heir struct {
	file, parentFile   load.File
	class, parentClass string
}

// modular is what a modular file says: its classes, those without a body of
// their own, and where imported names come from.
type modular struct {
	empty   map[string]string    // class -> its one base
	defined map[string]bool      // classes with a body
	imports map[string][2]string // name -> family folder, module
}

func readModular(src *load.Source, family string) (*modular, bool) {
	dir := "transformers/models/" + family
	var name string
	for _, n := range src.List(dir) {
		if strings.HasPrefix(n, "modular_") && strings.HasSuffix(n, ".py") {
			name = n
		}
	}
	if name == "" {
		return nil, false
	}
	tree, err := src.Parse(path.Join(dir, name))
	if err != nil {
		return nil, false
	}
	m := &modular{map[string]string{}, map[string]bool{}, map[string][2]string{}}
	for _, st := range tree.Body {
		switch st := st.(type) {
		case *pyast.ImportFrom:
			if parts := strings.Split(st.Module, "."); len(parts) == 2 && st.Level == 2 {
				for _, a := range st.Names {
					m.imports[a.Name] = [2]string{parts[0], parts[1]}
				}
			}
		case *pyast.ClassDef:
			base, one := "", len(st.Bases) == 1
			if one {
				n, ok := st.Bases[0].(*pyast.Name)
				if one = ok; ok {
					base = n.ID
				}
			}
			if one && bodiless(st.Body) {
				m.empty[st.Name] = base
			} else {
				m.defined[st.Name] = true
			}
		}
	}
	return m, true
}

func bodiless(body []pyast.Stmt) bool {
	for _, st := range body {
		switch st := st.(type) {
		case *pyast.Pass:
		case *pyast.ExprStmt:
			if _, ok := st.Value.(*pyast.Constant); !ok {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// heirs are the classes of the release that a modular file inherits unchanged
// from a modeling file.
func heirs(t *testing.T, src *load.Source) (list []heir, all map[string]*modular) {
	families, err := src.Families()
	if err != nil {
		t.Fatal(err)
	}
	all = map[string]*modular{}
	file := func(family, module string) (load.File, bool) {
		f, ok := src.Family(family)
		if !ok {
			return load.File{}, false
		}
		for _, x := range f.Files {
			if strings.HasSuffix(x.Module, "."+module) {
				return x, true
			}
		}
		return load.File{}, false
	}
	for _, fam := range families {
		m, ok := readModular(src, fam.Name)
		if !ok {
			continue
		}
		all[fam.Name] = m
		for _, class := range slices.Sorted(maps.Keys(m.empty)) {
			h := heir{class: class, parentClass: m.empty[class]}
			for _, f := range fam.Files {
				if slices.ContainsFunc(src.Classes(f.Path), func(c load.Class) bool { return c.Name == class }) {
					h.file = f
				}
			}
			if from, ok := m.imports[h.parentClass]; ok {
				h.parentFile, _ = file(from[0], from[1])
			} else {
				h.parentFile = h.file
			}
			if h.file.Path != "" && h.parentFile.Path != "" {
				list = append(list, h)
			}
		}
	}
	return list, all
}

// TestInherited compares every class that a modular file inherits unchanged
// with its parent: they must show no difference in structure. Where a class
// holds others that the modular file does change, what differs must lie in
// those.
func TestInherited(t *testing.T) {
	src := release(t)
	list, modulars := heirs(t, src)
	type outcome struct {
		what string // "same", "inner", "differs", "not comparable"
		text string
	}
	engine := &pipeline.Engine{Source: src, Jobs: 2}
	count := map[string]int{}
	reasons := map[string]int{}
	var mu sync.Mutex
	pipeline.Each(engine, len(list), func(s *pipeline.Session, i int) outcome {
		h := list[i]
		var r *diff.Result
		err := func() (err error) {
			defer pipeline.Bug(&err)
			r, err = compareClasses(s, src, h)
			return err
		}()
		if err != nil {
			return outcome{"not comparable", pipeline.OneLine(err.Error())}
		}
		if len(r.Structure) == 0 {
			return outcome{"same", ""}
		}
		var text string
		inner := true
		for _, e := range r.Structure {
			text += fmt.Sprintf("\n    %s: %s -> %s  %v %v", e.About, diff.Text(e.A), diff.Text(e.B), e.AtA, e.AtB)
			mu.Lock()
			inner = inner && changedPlace(src, modulars, e, h)
			mu.Unlock()
		}
		if inner {
			return outcome{"inner", text}
		}
		return outcome{"differs", text}
	}, func(i int, o outcome) {
		count[o.what]++
		h := list[i]
		name := fmt.Sprintf("%s:%s of %s:%s", h.file.Family, h.class, h.parentFile.Family, h.parentClass)
		switch o.what {
		case "differs":
			t.Logf("DIFFERS %s%s", name, o.text)
		case "inner":
			t.Logf("inner %s%s", name, o.text)
		case "not comparable":
			reasons[o.text]++
			t.Logf("not comparable: %s: %s", name, o.text)
		}
	})
	t.Logf("inherited unchanged: %d classes; %d show no difference in structure, %d differ in a class that is changed, %d differ, %d cannot be compared",
		len(list), count["same"], count["inner"], count["differs"], count["not comparable"])
}

func compareClasses(s *pipeline.Session, src *load.Source, h heir) (*diff.Result, error) {
	a, err := s.DescribeClass(src, h.file, h.class, pipeline.Settings{})
	if err != nil {
		return nil, err
	}
	b, err := s.DescribeClass(src, h.parentFile, h.parentClass, pipeline.Settings{})
	if err != nil {
		return nil, fmt.Errorf("parent: %w", err)
	}
	like, _, err := s.DescribeLike(src, h.parentFile, h.parentClass, pipeline.Settings{}, b, a)
	if err != nil {
		like = nil
	}
	return diff.CompareCode(a, b, like), nil
}

// changedPlace reports whether a difference lies in a class of the heir's file
// that the modular file writes anew.
func changedPlace(src *load.Source, all map[string]*modular, e diff.Entry, h heir) bool {
	m := all[h.file.Family]
	for _, p := range e.AtA {
		if p.File != h.file.Path {
			continue
		}
		in := ""
		for _, c := range src.Classes(p.File) {
			if c.Line <= p.Line {
				in = c.Name
			}
		}
		if in != h.class && (m.defined[in] || m.empty[in] == "") {
			return true
		}
	}
	return false
}

var _ = interp.Limits{}
