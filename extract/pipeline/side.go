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
)

// DescribeClass describes a class of a modeling file: a model class, or a
// module class as it first stands in the model that Owner finds for it, cut out
// of that.
func (s *Session) DescribeClass(src *load.Source, f load.File, class string, v Settings) (*graph.Model, error) {
	owner, err := s.ownerOf(src, f, class, v)
	if err != nil {
		return nil, err
	}
	return s.describeIn(src, f, owner, class, v)
}

func (s *Session) ownerOf(src *load.Source, f load.File, class string, v Settings) (*interp.Class, error) {
	c, err := s.Class(f.Module, class)
	if err != nil {
		return nil, err
	}
	base, err := s.Base()
	if err != nil {
		return nil, err
	}
	if c.Is(base) {
		if !hasOwnInit(c, base) {
			return nil, fmt.Errorf("%s is what the models of its file derive from, and no module by itself: name one of them", class)
		}
		return c, nil
	}
	_, main, _ := src.DefaultClass(load.Family{Name: f.Family, Files: []load.File{f}})
	return s.Owner(f.Module, class, main, v)
}

func (s *Session) describeIn(src *load.Source, f load.File, owner *interp.Class, class string, v Settings) (*graph.Model, error) {
	m, err := s.tell(src, f, owner, v)
	if err != nil || owner.Name == class {
		return m, err
	}
	paths := m.Instances(class)
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s builds no %s with these config values", owner.Name, class)
	}
	return m.Cut(paths[0]), nil
}

// told is a description that was made.
type told struct {
	src    *load.Source
	class  *interp.Class
	values string
	model  *graph.Model
	err    error
}

// tell runs and describes a model class, or gives the description of a short
// while ago: the classes of a file are compared as parts of one model.
func (s *Session) tell(src *load.Source, f load.File, c *interp.Class, v Settings) (*graph.Model, error) {
	values := v.String()
	for _, t := range s.told {
		if t.class == c && t.src == src && t.values == values {
			return t.model, t.err
		}
	}
	t := told{src: src, class: c, values: values}
	var r *Run
	if r, t.err = s.Run(c, v, Scenario{}); t.err == nil {
		if t.model, t.err = s.Describe(src, f.Family, v, r); t.err == nil && r.Err != nil && r.Forward != nil {
			t.model.Trace = r.Forward.Trace // as far as it went: parts may be whole
		}
	}
	const kept = 4
	s.told = append(s.told[max(0, len(s.told)-kept+1):len(s.told):len(s.told)], t)
	return t.model, t.err
}

// DescribeLike describes a class again, as DescribeClass does, with the config
// values of another model where the configs share a key: what then still
// differs between the two is not a matter of config values. sure is false where
// only part of the values could be taken over.
func (s *Session) DescribeLike(src *load.Source, f load.File, class string, v Settings, own, other *graph.Model) (m *graph.Model, sure bool, err error) {
	p, err := s.ownerOf(src, f, class, v)
	if err != nil {
		return nil, false, err
	}
	all := sharedValues(own, other)
	if len(all) == 0 {
		return own, true, nil
	}
	with := func(set []load.Setting) Settings {
		w := v
		w.Set = append(slices.Clone(v.Set), set...)
		return w
	}
	taken := s.suitable(p, with, all)
	if len(taken) == 0 {
		return nil, false, fmt.Errorf("%s takes none of the values of %s", class, other.Class)
	}
	m, err = s.describeIn(src, f, p, class, with(taken))
	return m, len(taken) == len(all), err
}

// DescribeInPlace describes a module class as it is where another stands: the
// model that own was cut out of is built and run with objects of class in the
// place of those of own's. The two are then given the same arguments, config and
// inputs, and what differs between them is their code.
func (s *Session) DescribeInPlace(src *load.Source, f load.File, v Settings, own *graph.Model, g load.File, class string) (m *graph.Model, err error) {
	defer Bug(&err)
	owner, err := s.ownerOf(src, f, own.Class, v)
	if err != nil {
		return nil, err
	}
	c, err := s.Class(f.Module, own.Class)
	if err != nil {
		return nil, err
	}
	other, err := s.Class(g.Module, class)
	if err != nil {
		return nil, err
	}
	s.in.OnMake = func(k *interp.Class) *interp.Class {
		if k == c {
			return other
		}
		return k
	}
	defer func() { s.in.OnMake = nil }()
	r, err := s.Run(owner, v, Scenario{})
	if err != nil {
		return nil, err
	}
	whole, err := s.Describe(src, f.Family, v, r)
	if err != nil {
		return nil, err
	}
	if r.Err != nil && r.Forward != nil {
		whole.Trace = r.Forward.Trace
	}
	if at := whole.Root.Find(own.Root.Path); at == nil || at.Class != class {
		return nil, fmt.Errorf("%s makes no %s at %s", owner.Name, class, own.Root.Path)
	}
	return whole.Cut(own.Root.Path), nil
}

// suitable are, of config values that are to be set, those with which the class
// can be built: all, mostly; else the largest part that halving finds.
func (s *Session) suitable(c *interp.Class, with func([]load.Setting) Settings, all []load.Setting) []load.Setting {
	var taken []load.Setting
	tries := 40
	var add func(some []load.Setting)
	add = func(some []load.Setting) {
		if tries--; tries < 0 {
			return
		}
		both := append(slices.Clone(taken), some...)
		if _, err := s.Build(c, with(both).options(PrepareFlow)); err == nil {
			taken = both
		} else if len(some) > 1 {
			add(some[:len(some)/2])
			add(some[len(some)/2:])
		}
	}
	add(all)
	return taken
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
