package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// diagram is a figure as nodes and arrows, for programs that lay out themselves.
type diagram struct {
	title  string
	nodes  []node
	edges  []arrow
	groups []group
}

type node struct {
	lines []string
	kind  string // as of a Box; "text" for what is no box
	group int    // index of groups, -1: none
	dash  bool
}

type group struct {
	title  string
	parent int
}

type arrow struct {
	from, to int
	label    string
	dash     bool
}

// newDiagram turns a figure into nodes and arrows.
func newDiagram(fig *figure) *diagram {
	d := &diagram{title: fig.class}
	add := func(g int, kind string, dash bool, lines ...string) int {
		var kept []string
		for _, l := range lines {
			if l != "" {
				kept = append(kept, l)
			}
		}
		d.nodes = append(d.nodes, node{kept, kind, g, dash})
		return len(d.nodes) - 1
	}
	box := func(g int, e element) int {
		var ps []string
		for _, p := range e.pills {
			ps = append(ps, p.text)
		}
		code := e.code
		if e.kind == "norm" && code != "" {
			code = code[strings.LastIndexByte(code, '.')+1:]
		}
		return add(g, e.kind, e.dashed, e.title, e.sub, code, strings.Join(ps, ", "))
	}
	link := func(from, to int, label string, dash bool) {
		if from >= 0 && to >= 0 {
			d.edges = append(d.edges, arrow{from, to, label, dash})
		}
	}
	outs := map[string]int{}
	var crosses []int
	merge := -1
	for ci := range fig.columns {
		c := &fig.columns[ci]
		top := -1
		cg := -1
		if len(fig.columns) > 1 {
			title := c.title
			if title == "" {
				title = c.stack
			}
			d.groups = append(d.groups, group{title, -1})
			cg = len(d.groups) - 1
		}
		cur := -1
		if len(c.inputs) > 0 {
			cur = add(cg, "text", false, strings.Join(c.inputs, ", "))
		}
		for _, r := range c.entry {
			var ids []int
			for i, e := range r.boxes {
				id := box(cg, e)
				if r.fed[i] && !r.stream && !c.idle {
					link(cur, id, "", false)
				}
				ids = append(ids, id)
			}
			switch {
			case c.idle:
			case len(ids) == 1 && !r.stream:
				cur = ids[0]
			default:
				kind, name := "op", r.join
				if name == "add" {
					kind, name = "sum", "+"
				}
				j := add(cg, kind, name == "", cmpOr(name, "?"))
				if r.stream {
					link(cur, j, "", false)
				}
				for _, id := range ids {
					link(id, j, "", false)
				}
				cur = j
			}
		}
		if c.idle {
			continue
		}
		if c.main && fed(fig) {
			m := add(cg, "op", false, cmpOr(joint(fig), "joins"))
			link(cur, m, "", false)
			cur, merge = m, m
		}
		start := cur
		for _, p := range c.panels {
			d.groups = append(d.groups, group{strings.TrimSpace(p.count + " " + p.title + " " + fit(p.layers, 150, tiny, false, false)), cg})
			g := len(d.groups) - 1
			at := cur
			if !c.ordered {
				at = start
			}
			for _, s := range p.stages {
				at = d.stage(g, s, at, add, box, link, &crosses)
			}
			for _, e := range p.loose {
				e.dashed = true
				box(g, e)
			}
			if len(p.stages) == 0 {
				q := add(g, "note", true, "?", p.why)
				link(at, q, "", true)
				at = q
			}
			if !c.ordered {
				if top < 0 {
					top = add(cg, "op", false, "next layer")
				}
				link(at, top, "", true)
				at = top
			}
			cur = at
		}
		for _, e := range c.exit {
			id := box(cg, e)
			link(cur, id, "", false)
			cur = id
		}
		for _, e := range c.heads {
			link(cur, box(cg, e), "", false)
		}
		outs[c.stack] = cur
		if c.feeds == "" && len(c.heads) == 0 {
			id := add(cg, "text", false, c.output)
			link(cur, id, "", false)
		}
	}
	for _, c := range fig.columns {
		switch c.feeds {
		case "input":
			link(outs[c.stack], merge, "", false)
		case "cross":
			for _, id := range crosses {
				link(outs[c.stack], id, "k, v", false)
			}
		}
	}
	return d
}

func cmpOr(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

func fed(fig *figure) bool {
	for _, c := range fig.columns {
		if c.feeds == "input" {
			return true
		}
	}
	return false
}

func joint(fig *figure) string {
	for _, c := range fig.columns {
		if c.joint != "" {
			return c.joint
		}
	}
	return ""
}

// stage adds one sum to the stream and returns the node that carries it on.
func (d *diagram) stage(g int, s stage, at int, add func(int, string, bool, ...string) int, box func(int, element) int, link func(int, int, string, bool), crosses *[]int) int {
	sum := add(g, "sum", false, "+")
	pres := map[string]int{}
	for _, br := range s.branches {
		cur := at
		if br.from != "" {
			cur = add(g, "note", false, "from "+br.from)
		}
		for _, e := range br.pre {
			if id, ok := pres[e.code]; ok && e.code != "" {
				cur = id
				continue
			}
			id := box(g, e)
			link(cur, id, "", false)
			pres[e.code] = id
			cur = id
		}
		id := box(g, br.body)
		if br.body.title == "Cross-attention" {
			*crosses = append(*crosses, id)
		}
		link(cur, id, "", false)
		cur = id
		if br.post != nil {
			id := box(g, *br.post)
			link(cur, id, "", false)
			cur = id
		}
		label := ""
		if br.scale != "" {
			label = "× " + br.scale
		}
		link(cur, sum, label, false)
	}
	link(at, sum, "", false)
	if s.norm == nil {
		return sum
	}
	id := box(g, *s.norm)
	link(sum, id, "", false)
	return id
}

// WriteMermaid writes the architecture as a Mermaid flowchart, which Markdown
// viewers draw.
func WriteMermaid(w io.Writer, m *graph.Model) error {
	d := newDiagram(newFigure(m))
	var b bytes.Buffer
	fmt.Fprintf(&b, "---\ntitle: %q\n---\nflowchart BT\n", d.title)
	quote := func(s string) string {
		return strings.NewReplacer("&", "#amp;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "#96;").Replace(s)
	}
	write := func(indent string, i int) {
		n := d.nodes[i]
		var lines []string
		for _, l := range n.lines {
			lines = append(lines, quote(l))
		}
		open, shut := "[", "]"
		switch n.kind {
		case "sum", "product":
			open, shut = "((", "))"
		case "text", "op", "note":
			open, shut = "([", "])"
		}
		fmt.Fprintf(&b, "%sn%d%s\"%s\"%s:::%s\n", indent, i, open, strings.Join(lines, "<br/>"), shut, mermaidClass(n))
	}
	d.nested(-1, "  ", func(indent string, i int) { write(indent, i) },
		func(indent string, g int) {
			fmt.Fprintf(&b, "%ssubgraph g%d[\"%s\"]\n%s  direction BT\n", indent, g, quote(d.groups[g].title), indent)
		},
		func(indent string, g int) { fmt.Fprintf(&b, "%send\n", indent) })
	for _, e := range d.edges {
		line := "-->"
		if e.dash {
			line = "-.->"
		}
		if e.label != "" {
			line += `|"` + quote(e.label) + `"|`
		}
		fmt.Fprintf(&b, "  n%d %s n%d\n", e.from, line, e.to)
	}
	for _, c := range []struct{ class, fill, stroke string }{{"norm", "norm", "normE"}, {"attention", "attn", "attnE"}, {"mlp", "mlp", "mlpE"}, {"moe", "moe", "moeE"}, {"mixer", "mixer", "mixerE"}, {"embed", "embed", "embedE"}, {"plain", "white", "side"}} {
		fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s,color:%s\n", c.class, colours[c.fill].light, colours[c.stroke].light, colours["ink"].light)
	}
	fmt.Fprintf(&b, "  classDef unknown stroke-dasharray:4 3,fill:%s,stroke:%s,color:%s\n", colours["white"].light, colours["side"].light, colours["ink"].light)
	_, err := w.Write(b.Bytes())
	return err
}

func mermaidClass(n node) string {
	switch {
	case n.dash:
		return "unknown"
	case n.kind == "head":
		return "embed"
	case n.kind == "norm", n.kind == "attention", n.kind == "mlp", n.kind == "moe", n.kind == "mixer", n.kind == "embed":
		return n.kind
	}
	return "plain"
}

// nested visits the nodes and groups within a group.
func (d *diagram) nested(parent int, indent string, leaf, open, shut func(indent string, i int)) {
	for i, n := range d.nodes {
		if n.group == parent {
			leaf(indent, i)
		}
	}
	for g, x := range d.groups {
		if x.parent == parent {
			open(indent, g)
			d.nested(g, indent+"  ", leaf, open, shut)
			shut(indent, g)
		}
	}
}

// WriteDOT writes the architecture as a graph for Graphviz.
func WriteDOT(w io.Writer, m *graph.Model) error {
	d := newDiagram(newFigure(m))
	var b bytes.Buffer
	quote := func(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) }
	fmt.Fprintf(&b, "digraph model {\n  label=\"%s\";\n  rankdir=BT;\n  node [shape=box, style=\"filled,rounded\", fillcolor=white, fontname=\"sans-serif\", fontsize=11];\n  edge [arrowsize=0.7];\n", quote(d.title))
	d.nested(-1, "  ", func(indent string, i int) {
		n := d.nodes[i]
		attrs := fmt.Sprintf("label=\"%s\"", strings.ReplaceAll(quote(strings.Join(n.lines, "\n")), "\n", `\n`))
		switch n.kind {
		case "sum", "product":
			attrs += ", shape=circle, margin=0, width=0.3, fixedsize=true"
		case "text":
			attrs += ", shape=plaintext, style=\"\""
		}
		fill := map[string]string{"norm": "norm", "attention": "attn", "mlp": "mlp", "moe": "moe", "mixer": "mixer", "embed": "embed", "head": "embed"}[n.kind]
		switch {
		case n.dash:
			attrs += ", style=\"dashed,rounded\""
		case fill != "":
			attrs += fmt.Sprintf(", fillcolor=\"%s\"", colours[fill].light)
		}
		fmt.Fprintf(&b, "%sn%d [%s];\n", indent, i, attrs)
	}, func(indent string, g int) {
		fmt.Fprintf(&b, "%ssubgraph cluster_%d {\n%s  label=\"%s\"; style=rounded;\n", indent, g, indent, quote(d.groups[g].title))
	}, func(indent string, g int) { fmt.Fprintf(&b, "%s}\n", indent) })
	for _, e := range d.edges {
		var attrs []string
		if e.dash {
			attrs = append(attrs, "style=dashed")
		}
		if e.label != "" {
			attrs = append(attrs, fmt.Sprintf("label=\"%s\"", quote(e.label)))
		}
		fmt.Fprintf(&b, "  n%d -> n%d", e.from, e.to)
		if len(attrs) > 0 {
			fmt.Fprintf(&b, " [%s]", strings.Join(attrs, ", "))
		}
		b.WriteString(";\n")
	}
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}
