package graph

import (
	"slices"
	"strconv"
	"strings"
)

// Place says where the modules of a class stand in a model.
type Place struct {
	Of    string `json:"of"`    // the model's class
	Scope string `json:"scope"` // "model.layers.{0-31}.self_attn"
	Count int    `json:"count"`
}

// Instances are the paths of the modules of a class, in the order of the tree.
func (m *Model) Instances(class string) []string {
	var out []string
	if m.Root != nil {
		m.Root.Walk(func(x *Module) {
			if x.Class == class && x.Path != "" {
				out = append(out, x.Path)
			}
		})
	}
	return out
}

// Part is what is known about one class of modules: the model cut down to the
// first of them, with the facts that hold for one of them, or below, and those
// whose first deciding line lies in the class (own says so). nil where the
// model has no such module.
func (m *Model) Part(class string, own func(Span) bool) *Model {
	paths := m.Instances(class)
	if len(paths) == 0 {
		return nil
	}
	mod := *m.Root.Find(paths[0])
	out := *m
	out.Class, out.At = class, mod.At
	out.Place = &Place{Of: m.Class, Scope: Paths(paths), Count: len(paths)}
	out.Hidden, out.Switches, out.Constants, out.Facts, out.Blocks = Dim{}, nil, nil, nil, nil
	mod.Name = mod.Path
	out.Root = &Module{Class: m.Class, Children: []*Module{&mod}}
	out.Counts = Counts{}
	mod.Walk(func(x *Module) {
		for _, p := range x.Params {
			if p.Tied == "" {
				out.Counts.Total += max(p.Numel(), 0)
			}
		}
	})
	for _, f := range m.Facts {
		if covers(f.Scope, paths) || f.Scope != "" && len(f.At) > 0 && own != nil && own(f.At[0]) {
			out.Facts = append(out.Facts, f)
		}
	}
	for _, b := range m.Blocks {
		if b.Class == class {
			out.Blocks = append(out.Blocks, b)
		}
	}
	if out.Blocks == nil {
		out.Blocks = m.partBlocks(class, &out, paths)
	}
	return &out
}

// partBlocks describes modules that are no blocks, once for each stack and equation.
func (m *Model) partBlocks(class string, part *Model, paths []string) []Block {
	var out []Block
	add := func(stack, flow, scope string, count int) {
		for i := range out {
			if out[i].Stack == stack && out[i].Flow == flow {
				out[i].Scope += ", " + scope
				out[i].Count += count
				return
			}
		}
		out = append(out, Block{Class: class, At: part.At, Stack: stack, Scope: scope, Count: count, Flow: flow})
	}
	for _, b := range m.Blocks {
		for _, p := range b.Parts {
			if p.Class != class {
				continue
			}
			suffix := ""
			if p.Module != "" {
				suffix = "." + p.Module
			}
			var scopes []string
			for _, s := range strings.Split(b.Scope, ", ") {
				scopes = append(scopes, s+suffix)
			}
			add(b.Stack, p.Flow, strings.Join(scopes, ", "), b.Count)
		}
	}
	if out == nil {
		stack := "main"
		for _, f := range part.Facts {
			if f.Stack != "" {
				stack = f.Stack
				break
			}
		}
		add(stack, "", part.Place.Scope, len(paths))
	}
	return out
}

// covers reports whether a scope speaks of one of the modules, or of one below.
func covers(scope string, paths []string) bool {
	if scope == "" {
		return false
	}
	for _, s := range strings.Split(scope, ", ") {
		segs := strings.Split(s, ".")
		for _, p := range paths {
			want := strings.Split(p, ".")
			if len(segs) < len(want) {
				continue
			}
			all := true
			for i, w := range want {
				all = all && matches(segs[i], w)
			}
			if all {
				return true
			}
		}
	}
	return false
}

// matches reports whether a part of a scope ("*", "3", "{0-4,6}", a name) stands for a name.
func matches(seg, name string) bool {
	if seg == "*" || seg == name {
		return true
	}
	inner, ok := strings.CutPrefix(seg, "{")
	n, err := strconv.Atoi(name)
	if !ok || err != nil {
		return false
	}
	for _, r := range strings.Split(strings.TrimSuffix(inner, "}"), ",") {
		a, b, ranged := strings.Cut(r, "-")
		lo, _ := strconv.Atoi(a)
		hi := lo
		if ranged {
			hi, _ = strconv.Atoi(b)
		}
		if lo <= n && n <= hi {
			return true
		}
	}
	return false
}

// Paths writes paths that differ in one number once: "model.layers.{0-31}.mlp".
func Paths(paths []string) string { return strings.Join(PathList(paths), ", ") }

// PathList is Paths as a list.
func PathList(paths []string) []string {
	type group struct {
		head, tail string
		numbers    []int
	}
	var groups []*group
	for _, p := range paths {
		head, n, tail := firstNumber(p)
		i := slices.IndexFunc(groups, func(g *group) bool { return g.head == head && g.tail == tail && n >= 0 && g.numbers != nil })
		switch {
		case i >= 0:
			groups[i].numbers = append(groups[i].numbers, n)
		case n < 0:
			groups = append(groups, &group{head: p})
		default:
			groups = append(groups, &group{head, tail, []int{n}})
		}
	}
	var out []string
	for _, g := range groups {
		switch len(g.numbers) {
		case 0:
			out = append(out, g.head)
		case 1:
			out = append(out, g.head+strconv.Itoa(g.numbers[0])+g.tail)
		default:
			out = append(out, g.head+"{"+Ranges(g.numbers)+"}"+g.tail)
		}
	}
	return out
}

// firstNumber splits a path at its first part that is a number; n is -1 where there is none.
func firstNumber(path string) (head string, n int, tail string) {
	parts := strings.Split(path, ".")
	for i, p := range parts {
		if n, err := strconv.Atoi(p); err == nil && n >= 0 && i > 0 {
			tail = strings.Join(parts[i+1:], ".")
			if tail != "" {
				tail = "." + tail
			}
			return strings.Join(parts[:i], ".") + ".", n, tail
		}
	}
	return path, -1, ""
}

// Ranges writes rising numbers as "0-2,4-6".
func Ranges(ns []int) string {
	var parts []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		s := strconv.Itoa(ns[i])
		if j > i {
			s += "-" + strconv.Itoa(ns[j])
		}
		parts = append(parts, s)
		i = j + 1
	}
	return strings.Join(parts, ",")
}
