package diff

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// The colours of a terminal.
const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	dim    = "\x1b[2m"
	plain  = "\x1b[0m"
)

// WriteText writes the notes that someone porting a model reads.
func (r *Result) WriteText(w io.Writer, color bool) error {
	p := &printer{r: r, color: color}
	p.line("%s", p.paint(bold, r.title())+"    ("+r.A.Class+", "+r.B.Class+")")
	if r.Same() {
		p.line("no difference")
	}
	p.entries("structure", r.Structure)
	p.weights("weights", r.Weights)
	p.entries("numerics", r.Numerics)
	p.entries("values", r.Values)
	p.weights("renamed", r.Renamed)
	if l := r.unchanged(); len(l) > 0 {
		p.line("%s", p.paint(bold, "unchanged:")+" "+strings.Join(l, ", "))
	}
	for _, e := range r.Undecided {
		p.line("%s: not compared: %s", e.title(), e.Note)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// WriteMarkdown writes the same for a pull request.
func (r *Result) WriteMarkdown(w io.Writer) error {
	p := &printer{r: r}
	p.line("## %s\n", r.title())
	p.line("`%s`, `%s`", r.A.Class, r.B.Class)
	if r.Same() {
		p.line("\nNo difference.")
	}
	for _, g := range []struct {
		name string
		list []Entry
	}{{"Structure", r.Structure}, {"Numerics", r.Numerics}, {"Values", r.Values}} {
		if len(g.list) > 0 {
			p.line("\n### %s\n", g.name)
			p.line("| | %s | %s | %s | |", cell(r.A.Family), cell(r.B.Family), "at")
			p.line("|---|---|---|---|---|")
			for _, e := range g.list {
				p.line("| %s | %s | %s | %s | %s |", cell(e.title()), cell(beside(e.A, e.WithA)), cell(beside(e.B, e.WithB)), cell(p.places(e.AtA, e.AtB)), cell(e.Note))
			}
		}
		if g.name == "Structure" {
			p.table("Weights", r.Weights)
		}
	}
	p.table("Renamed", r.Renamed)
	if l := r.unchanged(); len(l) > 0 {
		p.line("\nUnchanged: %s", cell(strings.Join(l, ", ")))
	}
	if len(r.Undecided) > 0 {
		p.line("\nNot compared:\n")
		for _, e := range r.Undecided {
			p.line("- %s: %s", cell(e.title()), cell(e.Note))
		}
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *printer) table(name string, list []Weight) {
	if len(list) == 0 {
		return
	}
	p.line("\n### %s\n", name)
	p.line("| change | %s | %s | at | |", cell(p.r.A.Family), cell(p.r.B.Family))
	p.line("|---|---|---|---|---|")
	for _, w := range together(p.r.shorter(list)) {
		p.line("| %s | %s | %s | %s | %s |", w.Change, code(w.A), code(w.B), cell(p.places(w.AtA, w.AtB)), cell(w.comment()))
	}
}

func cell(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "*", "\\*", "<", "&lt;", "`", "'", "\n", " ").Replace(s)
}

func code(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "`" + Braced(names) + "`"
}

func (r *Result) title() string {
	a, b := r.A.Family, r.B.Family
	if a == b && r.A.Package != r.B.Package {
		a, b = a+" ("+r.A.Package+")", b+" ("+r.B.Package+")"
	}
	return a + " -> " + b
}

// unchanged names what is the same, by the part of the model where all that is
// stated of a part is; what neither model has is left out.
func (r *Result) unchanged() []string {
	differs := map[string]bool{}
	for _, l := range [][]Entry{r.Structure, r.Numerics, r.Values, r.Undecided} {
		for _, e := range l {
			differs[e.Stack+" "+partOf(e.Key)] = true
		}
	}
	var out []string
	for _, e := range r.Unchanged {
		name := e.title()
		if p := partOf(e.Key); !differs[e.Stack+" "+p] {
			if name = p; e.Stack != "" {
				name = e.Stack + " " + p
			}
		} else if nothing(e.A) {
			continue
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// partOf is the part of a model that a key speaks of.
func partOf(key string) string {
	group, _, dotted := strings.Cut(key, ".")
	switch {
	case strings.HasPrefix(key, "attention.qk_norm"):
		return "qk norm"
	case group == "moe":
		return "experts"
	case group == "position" || group == "rope":
		return "position"
	case group == "model" || group == "schedule" || group == "block":
		for _, k := range keys {
			if k.Key == key {
				return k.Title
			}
		}
	case !dotted:
		return strings.ReplaceAll(strings.TrimSuffix(key, "_norm"), "_", " ") + strings.Repeat(" norm", strings.Count(key, "_norm"))
	}
	return group
}

func (e *Entry) title() string {
	if e.Stack != "" && e.Key != "stack" {
		return e.Stack + " " + e.About
	}
	return e.About
}

// comment is what is said of a weight beside its names.
func (w *Weight) comment() string {
	switch {
	case w.Note != "" && (w.Change == "moved" || strings.HasSuffix(w.Change, "tied")):
		return w.Note
	case w.About != "" && w.Note != "":
		return strings.TrimSuffix(w.About, " weight") + "; " + w.Note
	case w.About != "":
		return w.About
	}
	return w.Note
}

type printer struct {
	r     *Result
	color bool
	b     strings.Builder
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *printer) paint(c, s string) string {
	if !p.color {
		return s
	}
	return c + s + plain
}

func (p *printer) entries(name string, list []Entry) {
	if len(list) == 0 {
		return
	}
	p.line("%s", p.paint(bold, name))
	wide, both := 0, 0
	for _, e := range list {
		wide = max(wide, len(e.title()))
		both = max(both, min(60, len(e.change())))
	}
	for _, e := range list {
		c := e.change()
		s := fmt.Sprintf("  %-*s  %s", wide, e.title(), p.paint(yellow, c))
		if at := p.places(e.AtA, e.AtB); at != "" {
			s += strings.Repeat(" ", max(0, both-len(c))+2) + p.paint(dim, at)
		}
		if e.Note != "" {
			s += "  (" + e.Note + ")"
		}
		p.line("%s", s)
	}
}

func (e *Entry) change() string { return beside(e.A, e.WithA) + " -> " + beside(e.B, e.WithB) }

// beside is a value with what is stated beside it.
func beside(v any, with []string) string {
	if len(with) == 0 {
		return Text(v)
	}
	return Text(v) + " (" + strings.Join(with, ", ") + ")"
}

var signs = map[string][2]string{"added": {"+", green}, "removed": {"-", red}}

func (p *printer) weights(name string, list []Weight) {
	if len(list) == 0 {
		return
	}
	p.line("%s", p.paint(bold, name))
	for _, w := range together(p.r.shorter(list)) {
		sign, c := "~", yellow
		if s, ok := signs[w.Change]; ok {
			sign, c = s[0], s[1]
		}
		s := Braced(w.A)
		switch {
		case len(w.A) == 0:
			s = Braced(w.B)
		case len(w.B) > 0:
			s += " -> " + Braced(w.B)
		}
		s = "  " + p.paint(c, sign+" "+s)
		if n := w.comment(); n != "" && (w.Change != "renamed" || w.Note != "") {
			s += "  (" + n + ")"
		}
		if at := p.places(w.AtA, w.AtB); at != "" {
			s += "  " + p.paint(dim, at)
		}
		p.line("%s", s)
	}
}

// places writes the first place of each side: qwen2:283  olmo2:313.
func (p *printer) places(a, b Places) string {
	var out []string
	for _, l := range []struct {
		at     Places
		family string
	}{{a, p.r.A.Family}, {b, p.r.B.Family}} {
		if len(l.at) > 0 {
			out = append(out, short(l.at[0], l.family, p.r.A.Family != p.r.B.Family))
		}
	}
	return strings.Join(out, "  ")
}

func short(s graph.Span, family string, distinct bool) string {
	t := s.String()
	if rest, ok := strings.CutPrefix(t, "modeling_"+family+".py"); ok && distinct {
		return family + rest
	}
	return t
}

// Braced writes several names as one: model.layers.*.{q,k}_proj.weight.
func Braced(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	if len(names) == 0 {
		return ""
	}
	pre, suf := names[0], names[0]
	for _, n := range names {
		for !strings.HasPrefix(n, pre) {
			pre = pre[:len(pre)-1]
		}
	}
	for _, n := range names {
		for !strings.HasSuffix(n[len(pre):], suf) {
			suf = suf[1:]
		}
	}
	if i := strings.LastIndexAny(pre, "."); i >= 0 {
		pre = pre[:i+1]
	} else {
		pre = ""
	}
	if i := strings.IndexAny(suf, "._"); i >= 0 {
		suf = suf[i:]
	} else {
		suf = ""
	}
	var mid []string
	for _, n := range names {
		mid = append(mid, n[len(pre):len(n)-len(suf)])
	}
	return pre + "{" + strings.Join(mid, ",") + "}" + suf
}

// shorter joins, for people, what is the same of many: a part of the model
// that the other does not have, and names that differ in how they begin.
func (r *Result) shorter(list []Weight) []Weight {
	added, removed := map[string]bool{}, map[string]bool{}
	begin := map[[2]string][]int{}
	for i, w := range list {
		switch w.Change {
		case "added":
			added[w.B[0]] = true
		case "removed":
			removed[w.A[0]] = true
		case "renamed":
			k := beginnings(w.A[0], w.B[0])
			begin[k] = append(begin[k], i)
		}
	}
	var out []Weight
	done := map[string]bool{}
	for i, w := range list {
		switch w.Change {
		case "added":
			if p, n := wholePart(w.B[0], r.names[1], added); p != "" {
				if !done["+"+p] {
					out = append(out, Weight{Change: w.Change, A: []string{}, B: []string{p + ".*"}, AtB: w.AtB, Note: fmt.Sprintf("%d names", n)})
				}
				done["+"+p] = true
				continue
			}
		case "removed":
			if p, n := wholePart(w.A[0], r.names[0], removed); p != "" {
				if !done["-"+p] {
					out = append(out, Weight{Change: w.Change, A: []string{p + ".*"}, B: []string{}, AtA: w.AtA, Note: fmt.Sprintf("%d names", n)})
				}
				done["-"+p] = true
				continue
			}
		case "renamed":
			k := beginnings(w.A[0], w.B[0])
			if n := len(begin[k]); n > 2 {
				if begin[k][0] == i {
					out = append(out, Weight{Change: w.Change, A: []string{join(k[0], "*")}, B: []string{join(k[1], "*")}, AtA: w.AtA, AtB: w.AtB, Note: fmt.Sprintf("%d names", n)})
				}
				continue
			}
		}
		out = append(out, w)
	}
	return out
}

// beginnings are two names without what they end in alike.
func beginnings(a, b string) [2]string {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return [2]string{strings.Join(x, "."), strings.Join(y, ".")}
}

// wholePart is the outermost module of which every parameter is in the set,
// where it is worth naming in their place; and how many they are.
func wholePart(name string, all []string, in map[string]bool) (string, int) {
	const worth = 6
	parts := strings.Split(name, ".")
	for i := 1; i < len(parts); i++ {
		p := strings.Join(parts[:i], ".")
		n, whole := 0, true
		for _, x := range all {
			if strings.HasPrefix(x, p+".") {
				n++
				whole = whole && in[x]
			}
		}
		if whole && n >= worth {
			return p, n
		}
	}
	return "", 0
}

// together joins, for people, lines that say the same of neighbours: the
// biases of three projections, weight and bias of a renamed module.
func together(list []Weight) []Weight {
	var out []Weight
	for _, w := range list {
		if n := len(out) - 1; n >= 0 && w.Change == out[n].Change {
			l := &out[n]
			switch w.Change {
			case "added":
				if alike(l.B, w.B[0]) {
					l.B, l.About = append(l.B[:len(l.B):len(l.B)], w.B...), ""
					continue
				}
			case "removed":
				if alike(l.A, w.A[0]) {
					l.A, l.About = append(l.A[:len(l.A):len(l.A)], w.A...), ""
					continue
				}
			case "renamed", "moved":
				last := func(s string) string { return s[strings.LastIndexByte(s, '.')+1:] }
				if l.Note == w.Note && owner(l.A[0]) == owner(w.A[0]) && owner(l.B[0]) == owner(w.B[0]) && last(w.A[0]) == last(w.B[0]) && last(l.A[0]) == last(l.B[0]) {
					l.A, l.B = append(l.A[:len(l.A):len(l.A)], w.A...), append(l.B[:len(l.B):len(l.B)], w.B...)
					l.About = ""
					continue
				}
			}
		}
		out = append(out, w)
	}
	return out
}

func owner(s string) string { return s[:max(0, strings.LastIndexByte(s, '.'))] }

// alike reports whether a name differs from all of a list in the last part
// alone, or in the module before it alone.
func alike(list []string, b string) bool {
	last, module := true, true
	ob := owner(b)
	for _, a := range list {
		oa := owner(a)
		last = last && oa == ob && oa != ""
		module = module && oa != ob && oa != "" && ob != "" && owner(oa) == owner(ob) && a[len(oa):] == b[len(ob):]
	}
	return last || module
}

// Summary says in a few lines what separates two models, the structure first.
func (r *Result) Summary() string {
	var lines []string
	add := func(name string, list []Entry) {
		var parts []string
		for _, e := range list {
			parts = append(parts, e.title()+" "+e.change())
		}
		if len(parts) > 0 {
			lines = append(lines, name+": "+strings.Join(parts, "; "))
		}
	}
	add("structure", r.Structure)
	add("numerics", r.Numerics)
	if n := len(r.Weights); n > 0 {
		lines = append(lines, fmt.Sprintf("weights: %d of another form", n))
	}
	if n := len(r.Renamed); n > 0 {
		lines = append(lines, fmt.Sprintf("weights: %d renamed", n))
	}
	add("values", r.Values)
	if len(lines) == 0 {
		return "no difference"
	}
	return strings.Join(lines, "\n")
}
