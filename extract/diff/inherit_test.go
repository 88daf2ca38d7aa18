package diff_test

import (
	"flag"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/pyast"
)

var whole = flag.Bool("all", false, "measure over every family, not every fifth")

// heir is a class that a modular file derives from another without changing it.
type heir struct {
	file, parentFile   load.File
	class, parentClass string
}

// modular is what a modular file says: its classes, those without a body of
// their own, and where imported names come from.
type modular struct {
	empty   map[string]string // class -> its one base
	defined map[string]bool   // classes with a body
	// functions that it writes anew
	functions map[string]bool
	imports   map[string][2]string // name -> family folder, module
}

// ofModel is the folder and module of a family that something is imported from:
// from ..llama.modeling_llama, ...models.llama.modeling_llama.
func ofModel(st *pyast.ImportFrom) (from [2]string, ok bool) {
	parts := strings.Split(st.Module, ".")
	n := len(parts)
	if n < 2 || !strings.HasSuffix(parts[n-1], "_"+parts[n-2]) || st.Level == 0 && parts[0] != "transformers" {
		return from, false
	}
	return [2]string{parts[n-2], parts[n-1]}, true
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
	m := &modular{map[string]string{}, map[string]bool{}, map[string]bool{}, map[string][2]string{}}
	for _, st := range tree.Body {
		switch st := st.(type) {
		case *pyast.ImportFrom:
			if from, ok := ofModel(st); ok {
				for _, a := range st.Names {
					m.imports[a.Name] = from
				}
			}
		case *pyast.FunctionDef:
			m.functions[st.Name] = true
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
	for i, fam := range families {
		if !*whole && i%5 != 0 {
			continue
		}
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
// with its parent: they must show no difference in structure, unless they are
// made of classes that the modular file does change.
func TestInherited(t *testing.T) {
	src := loadtest.Release(t, load.DefaultRelease)
	list, modulars := heirs(t, src)
	var families [][]heir // of one file together: they are parts of the same models
	for i, h := range list {
		if i == 0 || h.file.Family != list[i-1].file.Family {
			families = append(families, nil)
		}
		families[len(families)-1] = append(families[len(families)-1], h)
	}
	type outcome struct {
		what string
		text string
	}
	count := map[string]int{}
	pipeline.Each(&pipeline.Engine{Source: src, Jobs: 2}, len(families), func(s *pipeline.Session, i int) (out []outcome) {
		for _, h := range families[i] {
			what, text := inherited(s, src, h, modulars[h.file.Family])
			out = append(out, outcome{what, text})
		}
		return out
	}, func(i int, out []outcome) {
		for k, o := range out {
			count[o.what]++
			h := families[i][k]
			name := fmt.Sprintf("%s:%s of %s:%s", h.file.Family, h.class, h.parentFile.Family, h.parentClass)
			if !strings.HasPrefix(o.what, "same") && o.what != "no module" {
				t.Logf("%s: %s: %s", o.what, name, o.text)
			}
		}
	})
	t.Logf("inherited unchanged: %d classes of modules", len(list)-count["no module"])
	for _, what := range slices.Sorted(maps.Keys(count)) {
		t.Logf("%5d %s", count[what], what)
	}
	compared := 0
	for what, n := range count {
		if what != "no module" && what != "not comparable" {
			compared += n
		}
	}
	if count["differs"] > 0 || count["same"]*10 < 6*compared {
		t.Errorf("%d of %d differ, %d are the same: none may differ, and six in ten be the same", count["differs"], compared, count["same"])
	}
}

// inherited compares a class with its parent and says how it went.
func inherited(s *pipeline.Session, src *load.Source, h heir, m *modular) (what, text string) {
	a, r, err := compareClasses(s, src, h)
	switch {
	case err != nil && (strings.Contains(err.Error(), "is no module") || strings.Contains(err.Error(), "no module by itself")):
		return "no module", ""
	case err != nil:
		return "not comparable", pipeline.OneLine(err.Error())
	case len(r.Structure) == 0 && len(r.Undecided) > 0 && r.Undecided[len(r.Undecided)-1].Key == "computation":
		return "same, but only what they are made of is compared", ""
	case len(r.Structure) == 0:
		return "same", ""
	}
	for _, e := range r.Structure {
		text += fmt.Sprintf("\n    %s: %s -> %s  %v %v", e.About, diff.Text(e.A), diff.Text(e.B), e.AtA, e.AtB)
	}
	if changed := m.changed(a.model, a.parent, h.class); len(changed) > 0 {
		return "holds changed classes", strings.Join(changed, " ") + text
	}
	if tree, err := src.Parse(h.file.Path); err == nil {
		if f := m.rewritten(tree, path.Base(h.file.Path), r.Structure); f != "" {
			return "calls changed functions", f + text
		}
	}
	return "differs", text
}

// changed are the classes of modules in a model that the modular file writes
// anew, or derives from classes that the parent is not made of.
func (m *modular) changed(a, parent *graph.Model, but string) (out []string) {
	of := map[string]bool{}
	parent.Root.Walk(func(x *graph.Module) { of[x.Class] = true })
	a.Root.Walk(func(x *graph.Module) {
		base, empty := m.empty[x.Class]
		if !x.Container && !x.At.IsZero() && path.Base(x.At.File) != path.Base(a.At.File) && !of[x.Class] && !slices.Contains(out, x.Class) {
			out = append(out, x.Class) // of another family, that the config's defaults choose
		}
		if x.Class != but && !slices.Contains(out, x.Class) && (m.defined[x.Class] || empty && !of[base]) {
			out = append(out, x.Class)
		}
	})
	return out
}

// rewritten is a function that the modular file writes anew and that an entry
// of a difference lies in, or "".
func (m *modular) rewritten(tree *pyast.Module, file string, entries []diff.Entry) string {
	for _, st := range tree.Body {
		f, ok := st.(*pyast.FunctionDef)
		if !ok || !m.functions[f.Name] {
			continue
		}
		for _, e := range entries {
			for _, at := range e.AtA {
				if path.Base(at.File) == file && int(f.Line) <= at.Line && at.Line <= int(f.EndLine) {
					return f.Name
				}
			}
		}
	}
	return ""
}

type compared struct{ model, parent *graph.Model }

func compareClasses(s *pipeline.Session, src *load.Source, h heir) (c compared, r *diff.Result, err error) {
	defer pipeline.Bug(&err)
	var parentErr error
	c.model, err = s.DescribeClass(src, h.file, h.class, pipeline.Settings{})
	c.parent, parentErr = s.DescribeClass(src, h.parentFile, h.parentClass, pipeline.Settings{})
	switch { // one that no model builds at these values is compared in the place of the other
	case err != nil && parentErr != nil:
		return c, nil, err
	case err != nil:
		if c.parent.Root.Path == "" {
			return c, nil, err
		}
		if m, inPlace := s.DescribeInPlace(src, h.parentFile, pipeline.Settings{}, c.parent, h.file, h.class); inPlace == nil {
			c.model = m
			return c, diff.Compare(m, c.parent), nil
		}
		return c, nil, err
	case parentErr != nil:
		if c.model.Root.Path != "" {
			if m, inPlace := s.DescribeInPlace(src, h.file, pipeline.Settings{}, c.model, h.parentFile, h.parentClass); inPlace == nil {
				c.parent = m
				return c, diff.Compare(c.model, m), nil
			}
		}
		return c, nil, fmt.Errorf("parent: %w", parentErr)
	}
	var like *graph.Model
	if c.model.Root.Path != "" && c.parent.Root.Path != "" {
		like, err = s.DescribeInPlace(src, h.file, pipeline.Settings{}, c.model, h.parentFile, h.parentClass)
	}
	if like == nil {
		like, _, err = s.DescribeLike(src, h.parentFile, h.parentClass, pipeline.Settings{}, c.parent, c.model)
	}
	if err != nil {
		like = nil
	}
	return c, diff.CompareCode(c.model, c.parent, like), nil
}
