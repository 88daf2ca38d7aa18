package draw

import (
	"fmt"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Difference is one fact in which two models differ.
type Difference struct {
	Key   string // of the fact, or hidden, vocab
	Stack string // "" for the main stack
	Title string
	A, B  string
}

// DrawPair lays out the sheets of two models side by side. What differs is
// marked in both, and named in a table below.
func DrawPair(a, b *graph.Model, ds []Difference) *Sheet {
	m := marks{}
	for _, d := range ds {
		if d.Stack == "" {
			m[d.Key] = true
		}
	}
	fa, fb := newFigure(a), newFigure(b)
	for _, f := range []*figure{fa, fb} {
		f.insets = nil
		for i := range f.columns {
			for j := range f.columns[i].panels {
				p := &f.columns[i].panels[j]
				for k := range p.stages {
					for n := range p.stages[k].branches {
						p.stages[k].branches[n].body.badge = ""
					}
				}
			}
		}
	}
	sa, sb := layout(fa, m, true), layout(fb, m, true)
	f := &frag{}
	h := max(sa.H, sb.H)
	x := sa.W + 8
	f.add(&frag{Sheet: *sa}, 0, h-sa.H, nil)
	f.add(&frag{Sheet: *sb}, x, h-sb.H, nil)
	w := x + sb.W
	f.line("leader", false, Point{x - 4, margin}, Point{x - 4, h - margin}).Dashed = true
	y := h + 8
	f.text(&Label{X: margin, Y: y + 12, Text: differences(len(ds)), Size: 15, Bold: true, Anchor: "start"})
	y += 26
	c1, c2 := margin+(w-2*margin)*0.28, margin+(w-2*margin)*0.64
	put := func(title, va, vb string, bold bool) {
		cells := [3][]string{wrap(title, c1-margin-10, small, bold, 2), wrap(va, c2-c1-10, small, bold, 3), wrap(vb, w-margin-c2-4, small, bold, 3)}
		rows := 1
		for _, c := range cells {
			rows = max(rows, len(c))
		}
		for i, at := range []float64{margin + 6, c1, c2} {
			for j, t := range cells[i] {
				f.text(&Label{X: at, Y: y + 14 + 15*float64(j), Text: t, Size: small, Bold: bold, Anchor: "start", Diff: i > 0 && !bold})
			}
		}
		y += 6 + 15*float64(rows)
	}
	put("", a.Family, b.Family, true)
	const most = 40
	for i, d := range ds {
		if i == most {
			put(fmt.Sprintf("%d more", len(ds)-most), "", "", false)
			break
		}
		t := d.Title
		if d.Stack != "" {
			t = d.Stack + ": " + t
		}
		put(t, d.A, d.B, false)
	}
	f.W, f.H = w, y+margin
	f.Title = a.Class + " and " + b.Class
	f.Desc = fmt.Sprintf("%s Differences:", differences(len(ds)))
	for _, d := range ds {
		f.Desc += fmt.Sprintf(" %s: %s, %s.", d.Title, d.A, d.B)
	}
	f.Desc += " " + fa.summary + " " + fb.summary
	return &f.Sheet
}

func differences(n int) string {
	switch n {
	case 0:
		return "No difference in the facts."
	case 1:
		return "One difference."
	}
	return fmt.Sprintf("%d differences.", n)
}
