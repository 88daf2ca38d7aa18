package pipeline

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/native/nn"
)

// Spot is a class as it stands in a model: a model class itself, or a module
// class where a model of the same file builds it.
type Spot struct {
	Owner *interp.Class // the model class
	Path  string        // the first module of the class in it; "" where it is the model
}

// FindSpot finds where a class of a modeling file is built: a model class by
// itself; a module class in the family's main class, else in the first model
// class of the file that has it.
func (s *Session) FindSpot(src *load.Source, f load.File, class string, v Settings) (Spot, error) {
	c, err := s.Class(f.Module, class)
	if err != nil {
		return Spot{}, err
	}
	base, err := s.Base()
	if err != nil {
		return Spot{}, err
	}
	if c.Is(base) && hasOwnInit(c, base) {
		return Spot{Owner: c}, nil
	}
	if !c.Is(nn.ModuleClass) {
		return Spot{}, fmt.Errorf("%s is no module: a model class, or the class of a module that a model builds, is expected", class)
	}
	owners, err := s.ModelClasses(f.Module)
	if err != nil {
		return Spot{}, err
	}
	if _, name, err := src.DefaultClass(load.Family{Name: f.Family, Files: []load.File{f}}); err == nil {
		for i, o := range owners {
			if o.Name == name {
				copy(owners[1:i+1], owners[:i])
				owners[0] = o
			}
		}
	}
	built := 0
	var refused error
	for _, o := range owners {
		b, err := s.Build(o, v.options(PrepareFlow))
		if err != nil {
			if refused == nil {
				refused = err
			}
			continue
		}
		built++
		if path, ok := pathOf(b.Root, c); ok {
			return Spot{o, path}, nil
		}
	}
	if built == 0 && refused != nil {
		return Spot{}, fmt.Errorf("no model of the file can be built: %w", refused)
	}
	return Spot{}, fmt.Errorf("%s: none of the %d models of its file builds it with these config values (--set gives others)", class, built)
}

// pathOf is the path of the first module of a class.
func pathOf(root *interp.Instance, c *interp.Class) (string, bool) {
	onPath := map[*interp.Instance]bool{}
	var walk func(i *interp.Instance, path string) (string, bool)
	walk = func(i *interp.Instance, path string) (found string, ok bool) {
		if i.Cls == c {
			return path, true
		}
		onPath[i] = true
		nn.StateOf(i).Modules.Range(func(k, v interp.Value) bool {
			if m, is := v.(*interp.Instance); is && nn.IsModule(m) && !onPath[m] {
				n, _ := interp.AsStr(k)
				if path != "" {
					n = path + "." + n
				}
				found, ok = walk(m, n)
			}
			return !ok
		})
		delete(onPath, i)
		return found, ok
	}
	return walk(root, "")
}

// DescribeClass describes a class as it stands in a model; see FindSpot.
func (s *Session) DescribeClass(src *load.Source, f load.File, class string, v Settings) (*graph.Model, error) {
	p, err := s.FindSpot(src, f, class, v)
	if err != nil {
		return nil, err
	}
	return s.describeSpot(src, f, p, v)
}

func (s *Session) describeSpot(src *load.Source, f load.File, p Spot, v Settings) (*graph.Model, error) {
	r, err := s.Run(p.Owner, v, Scenario{})
	if err != nil {
		return nil, err
	}
	m, err := s.Describe(src, f.Family, v, r)
	if err != nil {
		return nil, err
	}
	if m = m.Cut(p.Path); m == nil {
		return nil, fmt.Errorf("%s has no module %s with these config values", p.Owner.Name, p.Path)
	}
	return m, nil
}

// DescribeLike describes a class again, as DescribeClass does, with the config
// values of another model where the configs share a key: what then still
// differs between the two is not a matter of config values. sure is false where
// only part of the values could be taken over.
func (s *Session) DescribeLike(src *load.Source, f load.File, class string, v Settings, own, other *graph.Model) (m *graph.Model, sure bool, err error) {
	p, err := s.FindSpot(src, f, class, v)
	if err != nil {
		return nil, false, err
	}
	all := sharedValues(own, other)
	if len(all) == 0 {
		return own, true, nil
	}
	for i, keep := range []func(any) bool{
		func(any) bool { return true },
		func(v any) bool { return !sized(v) }, // sizes may not fit each other
	} {
		w := v
		w.Set = append([]load.Setting(nil), v.Set...)
		for _, x := range all {
			if keep(x.Value) {
				w.Set = append(w.Set, x)
			}
		}
		if m, err = s.describeSpot(src, f, p, w); err == nil && m.Trace != nil == (own.Trace != nil) {
			return m, i == 0, nil
		}
	}
	return nil, false, err
}

// sized reports whether a config value is a number or holds numbers.
func sized(v any) bool {
	switch v := v.(type) {
	case int64, float64:
		return true
	case []any:
		return slices.ContainsFunc(v, sized)
	case []load.Setting:
		return slices.ContainsFunc(v, func(x load.Setting) bool { return sized(x.Value) })
	}
	return false
}

// sharedValues are the values of other's config under the keys that own's
// config has too, where they differ. Sub-configs are matched by name, and those
// that the two subjects draw on with each other.
func sharedValues(own, other *graph.Model) []load.Setting {
	po, px := drawnOn(own), drawnOn(other)
	theirs := map[string]any{}
	for _, c := range other.Config {
		theirs[c.Name] = c.Value
	}
	var out []load.Setting
	for _, c := range own.Config {
		name := c.Name
		if rest, ok := strings.CutPrefix(name, po); ok && (po != "" || !strings.Contains(name, ".")) {
			name = px + rest
		}
		x, ok := theirs[name]
		if !ok || reflect.DeepEqual(x, c.Value) || strings.HasSuffix(c.Name, "model_type") {
			continue
		}
		if y, ok := asSetting(x); ok {
			out = append(out, load.Setting{Key: c.Name, Value: y})
		}
	}
	return out
}

// drawnOn is the prefix of the config values that most of a part's shapes come
// from: "", "text_config.".
func drawnOn(m *graph.Model) string {
	count := map[string]int{}
	note := func(e *graph.Expr) {
		for _, r := range e.Refs(nil) {
			if r, ok := strings.CutPrefix(r, "config."); ok {
				count[r[:strings.LastIndexByte(r, '.')+1]]++
			}
		}
	}
	if m.Hidden.E != nil {
		note(m.Hidden.E)
	} else if m.Root != nil {
		m.Root.Walk(func(x *graph.Module) {
			for _, p := range x.Params {
				for _, d := range p.Shape {
					if d.E != nil {
						note(d.E)
					}
				}
			}
		})
	}
	best := ""
	for _, p := range slices.Sorted(maps.Keys(count)) {
		if count[p] > count[best] {
			best = p
		}
	}
	return best
}

// asSetting turns a config value into a setting; ok is false for what has no plain form.
func asSetting(v any) (any, bool) {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			y, ok := asSetting(x)
			if !ok {
				return nil, false
			}
			out[i] = y
		}
		return out, true
	case map[string]any:
		out := []load.Setting{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			y, ok := asSetting(v[k])
			if !ok {
				return nil, false
			}
			out = append(out, load.Setting{Key: k, Value: y})
		}
		return out, true
	case string:
		return v, !strings.HasPrefix(v, "<")
	}
	return v, true
}
