package pipeline

import (
	"fmt"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/pyast"
)

// Owner is the model class that a module class is read as a part of: the
// first, the preferred one before those of the file, that builds such a module.
func (s *Session) Owner(module, part, prefer string, v Settings) (*interp.Class, error) {
	c, err := s.Class(module, part)
	if err != nil {
		return nil, err
	}
	if base, err := s.moduleBase(); err == nil && !c.Is(base) {
		return nil, fmt.Errorf("%s is no module: it does not derive from torch.nn.Module", part)
	}
	classes, err := s.ModelClasses(module)
	if err != nil {
		return nil, err
	}
	for i, m := range classes {
		if m.Name == prefer {
			copy(classes[1:i+1], classes[:i])
			classes[0] = m
		}
	}
	var first error
	for _, m := range classes {
		b, err := s.BuildWith(m, v)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		for _, x := range b.Tree.Modules {
			if x.Module != nil && x.Module.Cls == c {
				return m, nil
			}
		}
	}
	if first != nil {
		return nil, first
	}
	return nil, fmt.Errorf("no model of the file builds a %s at these config values", part)
}

func (s *Session) moduleBase() (c *interp.Class, err error) {
	err = s.in.Guard(func() { c, _ = s.in.GetAttr(s.in.Import("torch.nn"), "Module").(*interp.Class) })
	if err == nil && c == nil {
		err = fmt.Errorf("torch.nn.Module is no class")
	}
	return c, err
}

// Part cuts a described model down to the modules of one class.
func (s *Session) Part(m *graph.Model, class string) *graph.Model {
	at := graph.Span{}
	m.Root.Walk(func(x *graph.Module) {
		if x.Class == class {
			at = x.At
		}
	})
	last := 0
	if tree, _ := s.in.Source().Parse(at.File); tree != nil {
		for _, st := range tree.Body {
			if c, ok := st.(*pyast.ClassDef); ok && int(c.Line) == at.Line {
				last = int(c.EndLine)
			}
		}
	}
	return m.Part(class, func(p graph.Span) bool { return p.File == at.File && at.Line <= p.Line && p.Line <= last })
}

// Only is the first module of a class as if it had been built alone, names
// relative to it.
func (b *Built) Only(class string) *Built {
	path := b.Find(class)
	part := &Built{Class: b.Class, Config: b.Config, Root: b.Root, Tree: &nn.Listing{}}
	out := part.Tree
	for _, m := range b.Tree.Modules {
		if m.Path == path {
			part.Class, part.Root = m.Module.Cls, m.Module
		}
	}
	for _, p := range b.Tree.Params {
		if n, ok := below(p.Name, path); ok {
			p.Name = n
			out.Params = append(out.Params, p)
		}
	}
	for _, p := range b.Tree.Buffers {
		if n, ok := below(p.Name, path); ok {
			p.Name = n
			out.Buffers = append(out.Buffers, p)
		}
	}
	for _, m := range b.Tree.Modules {
		if n, ok := below(m.Path, path); ok || m.Path == path {
			m.Path = n
			out.Modules = append(out.Modules, m)
		}
	}
	for _, u := range b.Tree.Unknowns {
		if n, ok := below(u.Name, path); ok {
			u.Name = n
			out.Unknowns = append(out.Unknowns, u)
		}
	}
	return part
}

// Find is the path of the first module of a class, "" where there is none.
func (b *Built) Find(class string) string {
	for _, m := range b.Tree.Modules {
		if m.Module != nil && m.Module.Cls.Name == class {
			return m.Path
		}
	}
	return ""
}

// Module is the module at a path, or nil.
func (b *Built) Module(path string) *interp.Instance {
	for _, m := range b.Tree.Modules {
		if m.Path == path {
			return m.Module
		}
	}
	return nil
}

// below is a name relative to a path that it lies under.
func below(name, path string) (string, bool) {
	if len(name) > len(path) && name[:len(path)] == path && name[len(path)] == '.' {
		return name[len(path)+1:], true
	}
	return "", false
}
