package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
)

// Model describes a built model, and what its forward did where that is known,
// for the rules and writers.
func (s *Session) Model(family string, b *Built, f *Forward, forwardErr error) *graph.Model {
	m := &graph.Model{Schema: graph.Schema, Family: family, Class: b.Class.Name, At: b.Class.Span()}
	m.Source.Modeling = b.Class.Span().File
	if b.Config != nil {
		m.Source.Config = b.Config.Cls.Span().File
		_ = s.in.Guard(func() { m.Config = s.configValues(b, b.Config, "", nil) })
		_ = s.in.Guard(func() { m.Derived = s.derivedLists(b.Config, "", nil) })
	}
	m.Root = s.moduleTree(b)
	m.Accepts = accepts(b.Class)
	if f != nil {
		m.Trace = f.Trace
	}
	if forwardErr != nil {
		m.TraceError = forwardErr.Error()
		if at := At(forwardErr); at.File != "" {
			m.TraceError += " (" + at.String() + ")"
		}
	}
	return m
}

// accepts reads what a model class declares to take: the framework's attribute
// for it, a word or several.
func accepts(cls *interp.Class) (out []string) {
	v, _ := cls.Lookup("input_modalities")
	values := []interp.Value{v}
	switch v := v.(type) {
	case *interp.Tuple:
		values = v.V
	case *interp.List:
		values = v.V
	}
	for _, x := range values {
		if word, ok := interp.AsStr(x); ok {
			out = append(out, word)
		}
	}
	return out
}

// moduleTree makes the tree of a model. A module or tensor that stands in
// several places is listed in each; parameters say with which they are one.
func (s *Session) moduleTree(b *Built) *graph.Module {
	if b.Root == nil {
		return nil
	}
	first := map[*tensor.Tensor]string{}
	onPath := map[*interp.Instance]bool{}
	var walk func(i *interp.Instance, name, path string, made graph.Span) *graph.Module
	walk = func(i *interp.Instance, name, path string, made graph.Span) *graph.Module {
		st := nn.StateOf(i)
		m := &graph.Module{Name: name, Made: made, Path: path, Class: i.Cls.Name, At: i.Cls.Span(), Container: i.Cls.Mod == "torch.nn.modules.container"}
		m.BiasExpr = st.BiasExpr
		if i.Cls.Native && !m.Container {
			m.Repr = s.extraRepr(i)
		}
		add := func(k string, t *tensor.Tensor, transient bool) graph.Param {
			full := k
			if path != "" {
				full = path + "." + k
			}
			p := graph.Param{Name: k, DType: t.DType.String(), Frozen: t.Parameter && !t.RequiresGrad, Transient: transient}
			for _, d := range t.Shape {
				p.Shape = append(p.Shape, graph.Dim{N: d.V, E: d.E})
			}
			if f, ok := first[t]; ok {
				p.Tied = f
			} else {
				first[t] = full
			}
			p.At = st.MadeAt(k)
			if t.Numel() <= 1024 {
				p.Data = t.Values()
			}
			return p
		}
		st.Params.Range(func(k, v interp.Value) bool {
			if t, ok := v.(*tensor.Tensor); ok {
				n, _ := interp.AsStr(k)
				m.Params = append(m.Params, add(n, t, false))
			}
			return true
		})
		st.Buffers.Range(func(k, v interp.Value) bool {
			if t, ok := v.(*tensor.Tensor); ok {
				n, _ := interp.AsStr(k)
				m.Buffers = append(m.Buffers, add(n, t, !st.Persistent(n)))
			}
			return true
		})
		onPath[i] = true
		st.Modules.Range(func(k, v interp.Value) bool {
			if c, ok := v.(*interp.Instance); ok && nn.IsModule(c) && !onPath[c] {
				n, _ := interp.AsStr(k)
				p := n
				if path != "" {
					p = path + "." + n
				}
				at := st.MadeAt(n)
				if at.IsZero() { // the elements of a container are made where it is
					at = made
				}
				m.Children = append(m.Children, walk(c, n, p, at))
			}
			return true
		})
		delete(onPath, i)
		return m
	}
	return walk(b.Root, "", "", graph.Span{})
}

// extraRepr is what torch prints about a module of its own.
func (s *Session) extraRepr(i *interp.Instance) (text string) {
	_ = s.in.Guard(func() { text, _ = interp.AsStr(s.in.CallMethod(i, "extra_repr")) })
	return text
}

// configValues lists the attributes of a config, sub-configs dotted behind
// their own name.
func (s *Session) configValues(b *Built, cfg *interp.Instance, prefix string, seen []*interp.Instance) []graph.ConfigValue {
	if cfg.Dict == nil || slices.Contains(seen, cfg) {
		return nil
	}
	seen = append(seen, cfg)
	at := s.configLines(cfg.Cls)
	var out []graph.ConfigValue
	cfg.Dict.Range(func(k, v interp.Value) bool {
		name, _ := interp.AsStr(k)
		if strings.HasPrefix(name, "_") {
			return true
		}
		if sub, ok := v.(*interp.Instance); ok && sub.Dict != nil && sub.Data == nil && !sub.Cls.Native {
			out = append(out, s.configValues(b, sub, prefix+name+".", seen)...)
			return true
		}
		c := graph.ConfigValue{Name: prefix + name, Value: plain(v), At: at[name]}
		if l, ok := v.(*interp.List); ok && len(l.V) > 1 {
			c.Formula, c.Made = s.formula(b.lists[listOf{cfg, name}], prefix, name)
		}
		out = append(out, c)
		return true
	})
	return out
}

// plain is a Python value as plain data; what has no such form is its repr's type name.
func plain(v interp.Value) any {
	switch v := v.(type) {
	case interp.NoneType:
		return nil
	case interp.Bool:
		return v.V
	case interp.Int:
		return v.V
	case interp.Float:
		return v.V
	case interp.Str:
		return v.S
	case *interp.List:
		out := make([]any, len(v.V))
		for i, x := range v.V {
			out[i] = plain(x)
		}
		return out
	case *interp.Tuple:
		out := make([]any, len(v.V))
		for i, x := range v.V {
			out[i] = plain(x)
		}
		return out
	case *interp.Dict:
		out := map[string]any{}
		v.Range(func(k, x interp.Value) bool {
			if s, ok := interp.AsStr(k); ok {
				out[s] = plain(x)
			} else if n, ok := interp.AsInt(k); ok {
				out[strconv.FormatInt(n, 10)] = plain(x)
			}
			return true
		})
		return out
	case *interp.Instance:
		if x, ok := v.Data.(interp.Value); ok {
			return plain(x)
		}
	}
	return "<" + v.Type().Name + ">"
}

// configLines finds where the values of a config class are decided: the
// field's default or the constructor's parameter, then assignments in methods.
func (s *Session) configLines(c *interp.Class) map[string][]graph.Span {
	if m, ok := s.lines[c]; ok {
		return m
	}
	out := map[string][]graph.Span{}
	for _, k := range c.MRO {
		cd := s.classDef(k)
		if cd == nil {
			continue
		}
		fields := map[string][]graph.Span{}
		for _, st := range cd.Body {
			linesOf(st, k.Span().File, fields)
		}
		for n, l := range fields {
			if _, done := out[n]; !done {
				out[n] = l
			}
		}
	}
	if s.lines == nil {
		s.lines = map[*interp.Class]map[string][]graph.Span{}
	}
	s.lines[c] = out
	return out
}

func linesOf(st pyast.Stmt, file string, fields map[string][]graph.Span) {
	put := func(name string, line int32) {
		fields[name] = append(fields[name], graph.Span{File: file, Line: int(line)})
	}
	switch st := st.(type) {
	case *pyast.AnnAssign:
		if n, ok := st.Target.(*pyast.Name); ok {
			put(n.ID, st.Line)
		}
	case *pyast.FunctionDef:
		if st.Name == "__init__" {
			for _, a := range append(slices.Clone(st.Args.Args), st.Args.KwOnly...) {
				if a.Name != "self" {
					put(a.Name, a.Line)
				}
			}
		}
		for _, b := range st.Body {
			pyast.Walk(b, func(n pyast.Node) bool {
				if as, ok := n.(*pyast.Assign); ok {
					for _, t := range as.Targets {
						if a, ok := t.(*pyast.Attribute); ok {
							if self, ok := a.Value.(*pyast.Name); ok && self.ID == "self" {
								put(a.Attr, as.Line)
							}
						}
					}
				}
				return true
			})
		}
	}
}
