package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Draw lays out the sheet of one model.
func Draw(m *graph.Model) *Sheet { return layout(newFigure(m), nil, false) }

// WriteSVG writes the sheet as one SVG that needs nothing else: its own colours
// for light and dark, fonts by generic name, a title and a description.
func (s *Sheet) WriteSVG(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="t d">`+"\n", num(s.W), num(s.H), num(s.W), num(s.H))
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n", escape(s.Title), escape(s.Desc))
	b.WriteString("<style>" + style() + "</style>\n")
	b.WriteString(patterns)
	fmt.Fprintf(&b, `<rect class="sheet" width="%s" height="%s"/>`+"\n", num(s.W), num(s.H))
	for _, x := range s.Boxes {
		if x.container() {
			writeBox(&b, x)
		}
	}
	for _, e := range s.Edges {
		writeEdge(&b, e)
	}
	for _, x := range s.Boxes {
		if !x.container() {
			writeBox(&b, x)
			pattern(&b, x)
		}
	}
	for _, l := range s.Labels {
		class := ""
		for _, c := range []struct {
			on   bool
			name string
		}{{l.Bold, "b"}, {l.Mono, "m"}, {l.Muted, "q"}, {l.Diff, "x"}, {l.Anchor == "middle", "c"}, {l.Anchor == "end", "e"}, {l.In != nil && l.In.Kind == "badge", "w"}} {
			if c.on {
				class += " " + c.name
			}
		}
		if class != "" {
			class = ` class="` + class[1:] + `"`
		}
		size := ""
		if l.Size != tiny {
			size = ` font-size="` + num(l.Size) + `"`
		}
		fmt.Fprintf(&b, "<text x=\"%s\" y=\"%s\"%s%s>%s</text>\n", num(l.X), num(l.Y), size, class, escape(l.Text))
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// num writes a coordinate to a tenth.
func num(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}

func writeBox(b *bytes.Buffer, x *Box) {
	class := x.Kind
	if x.Dashed {
		class += " unknown"
	}
	if x.Diff {
		class += " differs"
	}
	switch x.Kind {
	case "stripe", "swatch":
		class += fmt.Sprintf(" k%d", x.Fill)
	case "sum", "product", "dot", "badge":
		r := x.W / 2
		fmt.Fprintf(b, "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n", class, num(x.X+r), num(x.Y+r), num(r))
		if x.Kind == "sum" || x.Kind == "product" {
			cx, cy := x.X+r, x.Y+r
			d := 4.5
			if x.Kind == "product" {
				d = 3.4
				fmt.Fprintf(b, "<path class=\"glyph\" d=\"M%s %sL%s %sM%s %sL%s %s\"/>\n", num(cx-d), num(cy-d), num(cx+d), num(cy+d), num(cx-d), num(cy+d), num(cx+d), num(cy-d))
				return
			}
			fmt.Fprintf(b, "<path class=\"glyph\" d=\"M%s %sH%sM%s %sV%s\"/>\n", num(cx-d), num(cy), num(cx+d), num(cx), num(cy-d), num(cy+d))
		}
		return
	}
	tip := ""
	if x.Tip != "" && x.Kind != "pill" {
		tip = "<title>" + escape(x.Tip) + "</title>"
	}
	fmt.Fprintf(b, "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\"", class, num(x.X), num(x.Y), num(x.W), num(x.H), num(radius(x)))
	if tip == "" {
		b.WriteString("/>\n")
		return
	}
	b.WriteString(">" + tip + "</rect>\n")
}

// pattern overlays what tells kinds of layers apart without colour.
func pattern(b *bytes.Buffer, x *Box) {
	if (x.Kind == "stripe" || x.Kind == "swatch") && x.Fill >= 1 && x.Fill <= 3 {
		fmt.Fprintf(b, "<rect fill=\"url(#p%d)\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n", x.Fill, num(x.X), num(x.Y), num(x.W), num(x.H))
	}
}

func radius(x *Box) float64 {
	switch x.Kind {
	case "stripe", "row":
		return 0
	case "swatch":
		return 2
	case "pill", "rope":
		return x.H / 2
	case "panel", "frame":
		return 12
	case "inset", "card", "experts":
		return 8
	}
	return 5
}

func writeEdge(b *bytes.Buffer, e *Edge) {
	ps := e.Points
	n := len(ps)
	end := ps[n-1]
	dx, dy := direction(ps[n-2], end)
	tip := end
	if e.Arrow { // the line ends where the head begins
		tip = Point{end.X - 4*dx, end.Y - 4*dy}
	}
	d := "M" + num(ps[0].X) + " " + num(ps[0].Y)
	for i := 1; i < n; i++ {
		p := ps[i]
		if i == n-1 {
			p = tip
		}
		if i < n-1 { // a rounded corner
			ux, uy := direction(ps[i-1], p)
			vx, vy := direction(p, ps[i+1])
			r := min(6, dist(ps[i-1], p)/2, dist(p, ps[i+1])/2)
			d += fmt.Sprintf("L%s %sQ%s %s %s %s", num(p.X-r*ux), num(p.Y-r*uy), num(p.X), num(p.Y), num(p.X+r*vx), num(p.Y+r*vy))
			continue
		}
		d += "L" + num(p.X) + " " + num(p.Y)
	}
	class := e.Kind
	if e.Dashed {
		class += " dash"
	}
	fmt.Fprintf(b, "<path class=\"%s\" d=\"%s\"/>\n", class, d)
	if e.Arrow {
		fmt.Fprintf(b, "<path class=\"tip %s\" d=\"M%s %sL%s %sL%s %sZ\"/>\n", e.Kind, num(end.X), num(end.Y),
			num(end.X-6.5*dx-3.4*dy), num(end.Y-6.5*dy+3.4*dx), num(end.X-6.5*dx+3.4*dy), num(end.Y-6.5*dy-3.4*dx))
	}
}

func direction(a, b Point) (x, y float64) {
	l := dist(a, b)
	if l == 0 {
		return 0, -1
	}
	return (b.X - a.X) / l, (b.Y - a.Y) / l
}

func dist(a, b Point) float64 {
	return max(b.X-a.X, a.X-b.X) + max(b.Y-a.Y, a.Y-b.Y) // lines run at right angles
}
