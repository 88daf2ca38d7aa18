package draw

// Sheet is a picture as it is laid out: boxes, texts and lines at their places,
// in the order in which they are painted. Units are CSS pixels.
type Sheet struct {
	W, H   float64
	Title  string
	Desc   string
	Boxes  []*Box
	Labels []*Label
	Edges  []*Edge
}

// Point is a place on the sheet.
type Point struct{ X, Y float64 }

// Box is a rectangle, a pill or a circle.
type Box struct {
	X, Y, W, H float64
	// Kind says what it shows, and so its colour: panel, frame, inset, card,
	// embed, norm, attention, mlp, moe, mixer, head, module, op, pill, note,
	// badge, sum, product, dot, stripe, swatch, expert, chosen, row.
	Kind   string
	In     *Box // the box that encloses it
	Dashed bool // not known
	Diff   bool // differs from the other model
	Fill   int  // stripe and swatch: the kind of layer
	Tip    string
}

// container reports whether lines may run inside.
func (b *Box) container() bool {
	switch b.Kind {
	case "panel", "frame", "inset", "experts":
		return true
	}
	return false
}

// Label is one line of text.
type Label struct {
	X, Y   float64 // of the anchor, on the baseline
	Text   string
	Size   float64
	Anchor string // start, middle, end
	Bold   bool
	Mono   bool
	Muted  bool
	Diff   bool
	In     *Box // the box that it must stay in; nil: the sheet
}

// Bounds is the rectangle that the text may fill.
func (l *Label) Bounds() (x0, y0, x1, y1 float64) {
	w := width(l.Text, l.Size, l.Bold, l.Mono)
	x0 = l.X
	switch l.Anchor {
	case "middle":
		x0 -= w / 2
	case "end":
		x0 -= w
	}
	return x0, l.Y - l.Size*0.78, x0 + w, l.Y + l.Size*0.24
}

// Edge is a line through points, at right angles.
type Edge struct {
	Points []Point
	Kind   string // flow, residual, leader, feed
	Arrow  bool
	Dashed bool
}

// frag is a part of a sheet while it is laid out: it has its own origin.
type frag struct {
	Sheet
	leads []lead  // boxes that an inset explains
	cross []Point // where another stack's output enters
}

type lead struct {
	badge string
	at    Point
	free  bool // a line to the right of it crosses nothing
}

func (f *frag) box(b *Box) *Box {
	f.Boxes = append(f.Boxes, b)
	return b
}

func (f *frag) text(l *Label) {
	if l.Text == "" {
		return
	}
	if l.Anchor == "" {
		l.Anchor = "middle"
	}
	f.Labels = append(f.Labels, l)
}

func (f *frag) line(kind string, arrow bool, ps ...Point) *Edge {
	e := &Edge{Points: ps, Kind: kind, Arrow: arrow}
	f.Edges = append(f.Edges, e)
	return e
}

// add puts g at a place; boxes of g that lie in none lie in the given one.
func (f *frag) add(g *frag, x, y float64, in *Box) {
	for _, b := range g.Boxes {
		b.X += x
		b.Y += y
		if b.In == nil {
			b.In = in
		}
	}
	for _, l := range g.Labels {
		l.X += x
		l.Y += y
		if l.In == nil {
			l.In = in
		}
	}
	for _, e := range g.Edges {
		for i := range e.Points {
			e.Points[i].X += x
			e.Points[i].Y += y
		}
	}
	for i := range g.leads {
		g.leads[i].at.X += x
		g.leads[i].at.Y += y
	}
	for i := range g.cross {
		g.cross[i].X += x
		g.cross[i].Y += y
	}
	f.Boxes = append(f.Boxes, g.Boxes...)
	f.Labels = append(f.Labels, g.Labels...)
	f.Edges = append(f.Edges, g.Edges...)
	f.leads = append(f.leads, g.leads...)
	f.cross = append(f.cross, g.cross...)
}

// flip turns a part that was built upwards from y = 0 into one that begins at y = 0.
func (f *frag) flip(h float64) {
	f.H = h
	tmp := *f
	*f = frag{Sheet: Sheet{W: tmp.W, H: h}}
	f.add(&tmp, 0, h, nil)
}
