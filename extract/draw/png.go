package draw

import (
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"

	"github.com/fogleman/gg"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// maxPixels bounds the picture that is painted.
const maxPixels = 1 << 27

// WritePNG paints the sheet at a scale (2: two pixels to a CSS pixel), in the
// light colours or in the dark ones.
func (s *Sheet) WritePNG(w io.Writer, scale float64, dark bool) error {
	if px := s.W * s.H * scale * scale; !(scale > 0) || px > maxPixels {
		return fmt.Errorf("a picture of %.0f x %.0f pixels is more than is painted: choose a smaller scale", s.W*scale, s.H*scale)
	}
	p := &painter{dc: gg.NewContext(int(math.Ceil(s.W*scale)), int(math.Ceil(s.H*scale))), dark: dark, scale: scale, faces: map[[2]float64]font.Face{}}
	p.dc.SetColor(p.colour("sheet"))
	p.dc.Clear()
	p.dc.Scale(scale, scale)
	for _, b := range s.Boxes {
		if b.container() {
			p.box(b)
		}
	}
	for _, e := range s.Edges {
		p.edge(e)
	}
	for _, b := range s.Boxes {
		if !b.container() {
			p.box(b)
		}
	}
	for _, l := range s.Labels {
		if err := p.label(l); err != nil {
			return err
		}
	}
	return png.Encode(w, p.dc.Image())
}

type painter struct {
	dc    *gg.Context
	dark  bool
	scale float64
	faces map[[2]float64]font.Face // by style and size
}

func (p *painter) colour(name string) color.Color {
	c := colours[name].light
	if p.dark {
		c = colours[name].dark
	}
	var r, g, b uint8
	_, _ = fmt.Sscanf(c, "#%02x%02x%02x", &r, &g, &b) // the table holds colours alone
	return color.RGBA{r, g, b, 255}
}

// finish fills and outlines the path that is set.
func (p *painter) finish(b *Box, fill, stroke string, width float64) {
	if b.Diff {
		fill, stroke, width = "marked", "differs", 2.4
	}
	p.dc.SetColor(p.colour(fill))
	p.dc.FillPreserve()
	if stroke != "" {
		p.dc.SetColor(p.colour(stroke))
		p.dc.SetLineWidth(width * p.scale)
		if b.Dashed {
			p.dc.SetDash(4*p.scale, 3*p.scale)
		}
		p.dc.StrokePreserve()
		p.dc.SetDash()
	}
	p.dc.ClearPath()
}

func (p *painter) box(b *Box) {
	if b.Kind == "stripe" || b.Kind == "swatch" {
		p.stripe(b)
		return
	}
	for _, t := range paints {
		if t.kind != b.Kind {
			continue
		}
		r := b.W / 2
		switch b.Kind {
		case "sum", "product", "dot", "badge":
			p.dc.DrawCircle(b.X+r, b.Y+r, r)
		default:
			p.dc.DrawRoundedRectangle(b.X, b.Y, b.W, b.H, min(radius(b), b.H/2))
		}
		p.finish(b, t.fill, t.stroke, t.width)
		x, y := b.X+r, b.Y+r
		p.dc.SetColor(p.colour("line"))
		p.dc.SetLineWidth(1.5 * p.scale)
		switch b.Kind {
		case "sum":
			p.dc.DrawLine(x-4.5, y, x+4.5, y)
			p.dc.DrawLine(x, y-4.5, x, y+4.5)
			p.dc.Stroke()
		case "product":
			p.dc.DrawLine(x-3.4, y-3.4, x+3.4, y+3.4)
			p.dc.DrawLine(x-3.4, y+3.4, x+3.4, y-3.4)
			p.dc.Stroke()
		}
		return
	}
}

// stripe paints a layer in the colour and the pattern of its kind.
func (p *painter) stripe(b *Box) {
	p.dc.DrawRectangle(b.X, b.Y, b.W, b.H)
	p.finish(b, fmt.Sprintf("k%d", b.Fill), "", 0)
	p.dc.DrawRectangle(b.X, b.Y, b.W, b.H)
	p.dc.Clip()
	p.dc.SetColor(p.colour("sheet"))
	p.dc.SetLineWidth(1.2 * p.scale)
	switch b.Fill {
	case 1:
		for d := 0.0; d < b.W+b.H; d += 6 {
			p.dc.DrawLine(b.X+d, b.Y, b.X+d-b.H, b.Y+b.H)
		}
		p.dc.Stroke()
	case 2:
		for y := 2.5; y < b.H+2; y += 5 {
			for x := 2.5; x < b.W; x += 5 {
				p.dc.DrawCircle(b.X+x, b.Y+y, 1)
			}
		}
		p.dc.Fill()
	case 3:
		for y := 2.0; y < b.H; y += 4 {
			p.dc.DrawLine(b.X, b.Y+y, b.X+b.W, b.Y+y)
		}
		p.dc.Stroke()
	}
	p.dc.ResetClip()
}

func (p *painter) edge(e *Edge) {
	name, width := "line", 1.5
	switch e.Kind {
	case "feed":
		name = "attnE"
	case "leader":
		name, width = "side", 1.1
	}
	p.dc.SetColor(p.colour(name))
	p.dc.SetLineWidth(width * p.scale)
	if e.Dashed {
		p.dc.SetDash(4*p.scale, 3*p.scale)
	}
	ps := e.Points
	n := len(ps)
	end := ps[n-1]
	dx, dy := direction(ps[n-2], end)
	p.dc.MoveTo(ps[0].X, ps[0].Y)
	for i := 1; i < n; i++ {
		q := ps[i]
		if i == n-1 {
			if e.Arrow {
				q = Point{q.X - 4*dx, q.Y - 4*dy}
			}
			p.dc.LineTo(q.X, q.Y)
			break
		}
		ux, uy := direction(ps[i-1], q)
		vx, vy := direction(q, ps[i+1])
		r := min(6, dist(ps[i-1], q)/2, dist(q, ps[i+1])/2)
		p.dc.LineTo(q.X-r*ux, q.Y-r*uy)
		p.dc.QuadraticTo(q.X, q.Y, q.X+r*vx, q.Y+r*vy)
	}
	p.dc.Stroke()
	p.dc.SetDash()
	if e.Arrow {
		p.dc.MoveTo(end.X, end.Y)
		p.dc.LineTo(end.X-6.5*dx-3.4*dy, end.Y-6.5*dy+3.4*dx)
		p.dc.LineTo(end.X-6.5*dx+3.4*dy, end.Y-6.5*dy-3.4*dx)
		p.dc.ClosePath()
		p.dc.Fill()
	}
}

func (p *painter) label(l *Label) error {
	style := 0
	switch {
	case l.Mono:
		style = 2
	case l.Bold:
		style = 1
	}
	key := [2]float64{float64(style), l.Size}
	face := p.faces[key]
	if face == nil {
		var err error
		face, err = opentype.NewFace(fonts()[style], &opentype.FaceOptions{Size: l.Size * p.scale, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return err
		}
		p.faces[key] = face
	}
	name := "ink"
	switch {
	case l.In != nil && l.In.Kind == "badge":
		name = "sheet"
	case l.Diff:
		name = "differs"
	case l.Muted:
		name = "mute"
	}
	p.dc.SetColor(p.colour(name))
	p.dc.SetFontFace(face)
	ax := 0.0
	switch l.Anchor {
	case "middle":
		ax = 0.5
	case "end":
		ax = 1
	}
	// text is measured and set in pixels
	p.dc.Push()
	p.dc.Identity()
	p.dc.DrawStringAnchored(l.Text, l.X*p.scale, l.Y*p.scale, ax, 0)
	p.dc.Pop()
	return nil
}
