package draw

import (
	"fmt"
	"math"
)

// faults lists what no sheet may have: text outside of its box or on other
// text, boxes that overlap, lines through boxes or text.
func faults(s *Sheet) []string {
	var out []string
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	const eps = 0.6
	for _, l := range s.Labels {
		x0, y0, x1, y1 := l.Bounds()
		bx0, by0, bx1, by1 := 0.0, 0.0, s.W, s.H
		if b := l.In; b != nil {
			bx0, by0, bx1, by1 = b.X, b.Y, b.X+b.W, b.Y+b.H
		}
		if x0 < bx0-eps || y0 < by0-eps || x1 > bx1+eps || y1 > by1+eps {
			bad("text %q leaves its box", l.Text)
		}
	}
	for i, l := range s.Labels {
		for _, k := range s.Labels[i+1:] {
			ax0, ay0, ax1, ay1 := l.Bounds()
			bx0, by0, bx1, by1 := k.Bounds()
			if ax0 < bx1-eps && bx0 < ax1-eps && ay0 < by1-1.5 && by0 < ay1-1.5 {
				bad("texts %q and %q overlap", l.Text, k.Text)
			}
		}
	}
	for i, a := range s.Boxes {
		if a.X < -eps || a.Y < -eps || a.X+a.W > s.W+eps || a.Y+a.H > s.H+eps || a.W <= 0 || a.H <= 0 {
			bad("%s box %v leaves the sheet", a.Kind, *a)
		}
		if p := a.In; p != nil && (a.X < p.X-eps || a.Y < p.Y-eps || a.X+a.W > p.X+p.W+eps || a.Y+a.H > p.Y+p.H+eps) {
			bad("%s box leaves its %s", a.Kind, p.Kind)
		}
		for _, b := range s.Boxes[i+1:] {
			if a.Kind != "dot" && b.Kind != "dot" && !encloses(a, b) && !encloses(b, a) && a.X < b.X+b.W-eps && b.X < a.X+a.W-eps && a.Y < b.Y+b.H-eps && b.Y < a.Y+a.H-eps {
				bad("%s and %s boxes overlap at %.0f, %.0f", a.Kind, b.Kind, max(a.X, b.X), max(a.Y, b.Y))
			}
		}
		if a.container() || a.Kind == "dot" {
			continue
		}
		for _, l := range s.Labels {
			if within(l.In, a) {
				continue
			}
			x0, y0, x1, y1 := l.Bounds()
			if a.X < x1-eps && x0 < a.X+a.W-eps && a.Y < y1-eps && y0 < a.Y+a.H-eps {
				bad("text %q lies on a %s box", l.Text, a.Kind)
			}
		}
	}
	for _, e := range s.Edges {
		for i := 1; i < len(e.Points); i++ {
			p, q := e.Points[i-1], e.Points[i]
			if math.Abs(p.X-q.X) > eps && math.Abs(p.Y-q.Y) > eps {
				bad("a %s line is slanted", e.Kind)
			}
			x0, x1 := min(p.X, q.X), max(p.X, q.X)
			y0, y1 := min(p.Y, q.Y), max(p.Y, q.Y)
			if x0 < 0 || y0 < 0 || x1 > s.W || y1 > s.H {
				bad("a %s line leaves the sheet", e.Kind)
			}
			for _, b := range s.Boxes {
				if b.container() || b.Kind == "dot" || b.In != nil && !b.In.container() {
					continue
				}
				if x0 < b.X+b.W-eps && b.X+eps < x1+eps && x1 > b.X+eps && y0 < b.Y+b.H-eps && y1 > b.Y+eps {
					bad("a %s line crosses a %s box at %.0f, %.0f", e.Kind, b.Kind, x0, y0)
				}
			}
			for _, l := range s.Labels {
				lx0, ly0, lx1, ly1 := l.Bounds()
				if x0 < lx1-eps && x1 > lx0+eps && y0 < ly1-eps && y1 > ly0+eps {
					bad("a %s line crosses the text %q", e.Kind, l.Text)
				}
			}
		}
	}
	// crossings of lines that do not meet
	for i, a := range s.Edges {
		for _, b := range s.Edges[i+1:] {
			if crosses(a, b) {
				bad("a %s line crosses a %s line", a.Kind, b.Kind)
			}
		}
	}
	return out
}

func encloses(a, b *Box) bool { return within(b.In, a) }

func within(b, outer *Box) bool {
	for ; b != nil; b = b.In {
		if b == outer {
			return true
		}
	}
	return false
}

// crosses reports whether a level piece of one line and an upright piece of
// the other cut each other away from their ends.
func crosses(a, b *Edge) bool {
	for i := 1; i < len(a.Points); i++ {
		for j := 1; j < len(b.Points); j++ {
			p, q, r, s := a.Points[i-1], a.Points[i], b.Points[j-1], b.Points[j]
			if p.Y != q.Y {
				p, q, r, s = r, s, p, q
			}
			if p.Y != q.Y || r.X != s.X { // both upright, or both level
				continue
			}
			const eps = 0.6
			if r.X > min(p.X, q.X)+eps && r.X < max(p.X, q.X)-eps && p.Y > min(r.Y, s.Y)+eps && p.Y < max(r.Y, s.Y)-eps {
				return true
			}
		}
	}
	return false
}
