package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// divided says by what the layers of the main stack are of different kinds: a
// list of the config that divides them so, with its formula, or the condition in
// the code that builds one part or another; and the lines. part is the path in
// a block of what its kind speaks of. Where all are of one kind, the lines are
// those that build the part; a list of one kind is looked for where alike is set.
func (p *Pass) divided(kinds []string, alike bool, part func(*block) string) (expr string, at []graph.Span) {
	where := make([]graph.Span, len(kinds)) // where the part of each block is built
	second := 0
	for i, b := range p.main.once() {
		if s := part(b); s != "" {
			where[i] = p.made(b.call.Path + s)
		}
		if second == 0 && kinds[i] != kinds[0] {
			second = i
		}
	}
	var list *graph.ConfigValue
	if alike || second > 0 {
		list = p.dividingList(kinds)
	}
	if second == 0 {
		expr, at = p.byList(list)
		if len(at) == 0 {
			if c, ok := p.guard(where[0]); ok {
				at = append(at, c.at)
			}
		}
		made := p.made(p.main.once()[0].call.Path)
		return expr, spans(append(at, p.element(made), made, where[0])...)
	}
	c, ok := p.choice(where[0], where[second])
	ok = ok && divides(c, kinds, where)
	if list != nil && ok && strings.Contains(c.text, "config.") && !strings.Contains(c.text, list.Name[strings.LastIndexByte(list.Name, '.')+1:]) {
		list = nil // the layers of both are alike by chance
	}
	expr, at = p.byList(list)
	if ok {
		at = append(at, c.at)
		if expr == "" {
			expr = p.byCondition(c, kinds, second, where, part)
		}
	}
	return expr, spans(append(at, where[0], where[second])...)
}

// byList is how a list of the config divides the layers, and the lines that make it.
func (p *Pass) byList(c *graph.ConfigValue) (expr string, at []graph.Span) {
	if c == nil {
		return "", nil
	}
	expr = "config." + c.Name
	if c.Formula != "" {
		expr += " = " + c.Formula
	}
	at = []graph.Span{c.Made}
	if st := p.innermost(c.Made); st != nil {
		at = append(at, graph.Span{File: c.Made.File, Line: int(st.Span().Line)})
	}
	return expr, firstSpans(append(at, p.setAt(*c)...), 2)
}

// byCondition says which of two kinds a condition builds; "" where there are
// more, or where it is not known.
func (p *Pass) byCondition(c condition, kinds []string, second int, where []graph.Span, part func(*block) string) string {
	if c.text == "" || len(unique(kinds)) != 2 {
		return ""
	}
	yes := c.builds(where[0])
	if c.then == nil {
		m, o := p.moduleOf(0, part), p.moduleOf(second, part)
		if m == nil || o == nil || (m.Class == c.class) == (o.Class == c.class) {
			return ""
		}
		yes = m.Class == c.class
	}
	a, b := kinds[0], kinds[second]
	if !yes {
		a, b = b, a
	}
	return fmt.Sprintf("%s if %s else %s", a, c.text, b)
}

// moduleOf is the module of the part of a block by its number.
func (p *Pass) moduleOf(i int, part func(*block) string) *graph.Module {
	b := p.main.once()[i]
	if s := part(b); s != "" {
		return p.f.inits[b.call.Path+s]
	}
	return nil
}

// builds reports whether a place runs where the condition holds.
func (c condition) builds(at graph.Span) bool {
	return at.File == c.at.File && slices.ContainsFunc(c.then, func(st pyast.Stmt) bool { return holds(st, at.Line) })
}

// divides reports whether a condition goes one way for all layers of a kind.
func divides(c condition, kinds []string, where []graph.Span) bool {
	side := map[string]bool{}
	for i, k := range kinds {
		in := c.builds(where[i])
		if was, seen := side[k]; seen && was != in {
			return false
		}
		side[k] = in
	}
	return true
}

func unique(l []string) []string {
	var out []string
	for _, s := range l {
		out = appendStr(out, s)
	}
	return out
}

// ffnPart is the path in a block of its feed-forward, mixerPart of what mixes
// the sequence; "" where the block does it itself.
func ffnPart(b *block) string { return partOf(b, "mlp", "moe") }

func mixerPart(b *block) string { return partOf(b, "attention", "mixer") }

func partOf(b *block, kinds ...string) string {
	of := b
	if b.same != nil {
		of = b.same
	}
	for _, br := range of.branches() {
		if !slices.Contains(kinds, br.kind) {
			continue
		}
		for c := br.call; c != nil && c != of.call; c = c.Parent {
			if c.Parent == of.call {
				return strings.TrimPrefix(c.Path, of.call.Path)
			}
		}
	}
	return ""
}

// dividingList is the list of the config that divides the layers as they are
// divided: each of its kinds is one kind here. Of lists that are computed one
// from another it is the first; nil where there is none, or several.
func (p *Pass) dividingList(kinds []string) *graph.ConfigValue {
	var found []*graph.ConfigValue
	for _, values := range [][]graph.ConfigValue{p.Model.Config, p.Model.Derived} {
		for i := range values {
			if dividesAlike(values[i].Value, kinds) {
				found = append(found, &values[i])
			}
		}
	}
	found = slices.DeleteFunc(found, func(c *graph.ConfigValue) bool {
		return slices.ContainsFunc(found, func(o *graph.ConfigValue) bool {
			return o != nil && o != c && strings.Contains(c.Formula, o.Name[strings.LastIndexByte(o.Name, '.')+1:])
		})
	})
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func dividesAlike(v any, kinds []string) bool {
	l, ok := v.([]any)
	if !ok || len(l) != len(kinds) || len(kinds) < 2 {
		return false
	}
	of := map[any]string{}
	for i, v := range l {
		if _, ok := v.(string); !ok {
			return false
		}
		if k, seen := of[v]; seen && k != kinds[i] {
			return false
		}
		of[v] = kinds[i]
	}
	return true
}
