package draw

import "strings"

const rowGap = 14.0

// insetFrag shows the inside of a part.
func insetFrag(in inset, w float64, m marks) *frag {
	f := &frag{}
	b := f.box(&Box{W: w, Kind: "inset"})
	y := 0.0
	switch {
	case in.attention != nil:
		y = attentionParts(f, in.attention, w)
	case in.mlp != nil:
		y = mlpParts(f, in.mlp, w)
	case in.moe != nil:
		y = moeParts(f, in.moe, w)
	}
	// the head above, the pills below
	y -= 12
	if in.sub != "" {
		y -= 15
		f.text(&Label{X: 34, Y: y + 11, Text: fit(in.sub, w-46, small, false, false), Size: small, Muted: true, Anchor: "start"})
	}
	lines := wrap(in.title, w-46, normal, true, 2)
	for i := len(lines) - 1; i >= 0; i-- {
		y -= 16
		f.text(&Label{X: 34, Y: y + 12, Text: lines[i], Size: normal, Bold: true, Anchor: "start"})
	}
	c := f.box(&Box{X: 11, Y: y, W: 16, H: 16, Kind: "badge"})
	f.text(&Label{X: 19, Y: y + 11.8, Text: in.badge, Size: tiny, Bold: true, In: c})
	y -= 7
	bottom := 8.0
	if len(in.pills) > 0 {
		bottom += pillRows(f, nil, in.pills, 4, w, m)
	}
	b.Y, b.H = y, bottom-y
	for _, x := range f.Boxes[1:] {
		if x.In == nil {
			x.In = b
		}
	}
	for _, l := range f.Labels {
		if l.In == nil {
			l.In = b
		}
	}
	g := &frag{}
	g.W, g.H = w, b.H
	g.add(f, 0, -y, nil)
	return g
}

// stepBox puts a step at x (its middle), upwards from y, and returns its top.
func stepBox(f *frag, s step, x, w, y float64) float64 {
	kind := map[string]string{"module": "module", "norm": "norm", "rope": "rope", "op": "op"}[s.kind]
	h := 21.0
	if s.sub != "" {
		h = 34
	}
	b := f.box(&Box{X: x - w/2, Y: y - h, W: w, H: h, Kind: kind, Tip: s.name})
	name := fitPath(s.name, w-6)
	mono := s.kind == "module" || s.kind == "norm" || s.kind == "op"
	if !mono {
		name = fit(s.name, w-6, tiny, false, false)
	}
	f.text(&Label{X: x, Y: y - h + 14, Text: name, Size: tiny, Mono: mono, In: b})
	if s.sub != "" {
		f.text(&Label{X: x, Y: y - h + 27.5, Text: fitShape(s.sub, w-6), Size: tiny, Muted: true, In: b})
	}
	return y - h
}

// fitShape shortens "4096 → 1024" to "→ 1024" where there is little room.
func fitShape(s string, w float64) string {
	if width(s, tiny, false, false) > w {
		if i := strings.Index(s, "→"); i > 0 {
			s = s[i:]
		}
	}
	return fit(s, w, tiny, false, false)
}

// climb puts steps one above the other, each with an arrow into it.
func climb(f *frag, steps []step, x, w, y float64) float64 {
	for _, s := range steps {
		f.line("flow", true, Point{x, y}, Point{x, y - rowGap})
		y = stepBox(f, s, x, w, y-rowGap)
	}
	return y
}

func attentionParts(f *frag, a *attentionInset, w float64) float64 {
	const pad = 12.0
	col := (w - 2*pad - 2*8) / 3
	xs := [3]float64{pad + col/2, pad + col + 8 + col/2, pad + 2*(col+8) + col/2}
	mid := w / 2
	f.text(&Label{X: mid, Y: -3, Text: "x", Size: tiny, Mono: true})
	y := -14.0
	y = climb(f, a.shared3, mid, w-2*pad, y)
	split := y
	if len(a.shared3) == 0 || len(a.shared2) > 0 || len(a.q)+len(a.k)+len(a.v) > 0 {
		split = y - 8
		f.line("flow", false, Point{mid, y}, Point{mid, split})
	}
	ys := [3]float64{split, split, split}
	names := [3]string{"q", "k", "v"}
	starts := xs[:]
	if len(a.shared2) > 0 {
		x2 := (xs[1] + xs[2]) / 2
		starts = []float64{xs[0], x2}
		y2 := climb(f, a.shared2, x2, 2*col+8, split)
		if len(a.k)+len(a.v) > 0 {
			f.line("flow", false, Point{x2, y2}, Point{x2, y2 - 8})
			y2 -= 8
			f.line("flow", false, Point{xs[1], y2}, Point{xs[2], y2})
		}
		ys[1], ys[2] = y2, y2
	}
	if split != y {
		f.line("flow", false, Point{starts[0], split}, Point{starts[len(starts)-1], split})
	}
	for i, steps := range [][]step{a.q, a.k, a.v} {
		ys[i] = climb(f, steps, xs[i], col, ys[i])
	}
	y = min(ys[0], ys[1], ys[2]) - 24
	for i := range 3 {
		f.text(&Label{X: xs[i] + 5, Y: y + 13, Text: names[i], Size: tiny, Mono: true, Anchor: "start"})
	}
	// q and k to the scores
	sw := 2*col + 8
	h := 8 + 14.5*float64(len(a.scores))
	sx := (xs[0] + xs[1]) / 2
	b := f.box(&Box{X: sx - sw/2, Y: y - h, W: sw, H: h, Kind: "op"})
	for i, s := range a.scores { // first computed at the bottom
		f.text(&Label{X: sx, Y: y - 6.5 - 14.5*float64(i), Text: fit(s, sw-8, small, false, false), Size: small, In: b})
	}
	for i := range 2 {
		f.line("flow", true, Point{xs[i], ys[i]}, Point{xs[i], y})
	}
	top := y - h - rowGap - sumR
	f.sum("product", sx, top)
	f.line("flow", true, Point{sx, y - h}, Point{sx, top + sumR})
	f.line("flow", true, Point{xs[2], ys[2]}, Point{xs[2], top}, Point{sx + sumR, top})
	y = top - sumR
	if a.gate != "" {
		f.line("flow", true, Point{sx, y}, Point{sx, y - rowGap})
		y = stepBox(f, step{name: a.gate, kind: "rope"}, sx, col, y-rowGap)
	}
	if a.out != nil {
		f.line("flow", true, Point{sx, y}, Point{sx, y - rowGap})
		y = stepBox(f, *a.out, sx, sw, y-rowGap)
	}
	f.line("flow", true, Point{sx, y}, Point{sx, y - rowGap})
	return y - rowGap
}

func mlpParts(f *frag, p *mlpInset, w float64) float64 {
	const pad = 12.0
	mid := w / 2
	bottom := 0.0
	if p.formula != "" {
		lines := wrap("act(g) = "+p.formula, w-2*pad, tiny, false, 2)
		for i := len(lines) - 1; i >= 0; i-- {
			f.text(&Label{X: mid, Y: bottom - 3, Text: lines[i], Size: tiny, Muted: true})
			bottom -= 14
		}
		bottom -= 4
	}
	f.text(&Label{X: mid, Y: bottom - 3, Text: "x", Size: tiny, Mono: true})
	y := bottom - 14.0
	act := step{name: strings.ReplaceAll(p.act, "_", " "), kind: "rope"}
	if !p.gated {
		y = climb(f, []step{p.up}, mid, 150, y)
		if p.act != "" {
			y = climb(f, []step{act}, mid, 74, y)
		}
		y = climb(f, []step{p.down}, mid, 150, y)
		f.line("flow", true, Point{mid, y}, Point{mid, y - rowGap})
		return y - rowGap
	}
	col := (w - 2*pad - 14) / 2
	xs := [2]float64{pad + col/2, pad + col + 14 + col/2}
	var ys [2]float64
	if p.fused {
		y = climb(f, []step{p.up}, mid, w-2*pad, y)
		ys = [2]float64{y, y}
		for i := range 2 {
			f.text(&Label{X: xs[i] + 5, Y: y - 5, Text: []string{"gate", "up"}[i], Size: tiny, Muted: true, Anchor: "start"})
		}
		ys[1] = y
	} else {
		f.line("flow", false, Point{mid, y}, Point{mid, y - 8})
		y -= 8
		f.line("flow", false, Point{xs[0], y}, Point{xs[1], y})
		ys[0] = climb(f, []step{p.gate}, xs[0], col, y)
		ys[1] = climb(f, []step{p.up}, xs[1], col, y)
	}
	if p.act != "" {
		if p.fused {
			f.line("flow", true, Point{xs[0], ys[0]}, Point{xs[0], ys[0] - rowGap - 4})
			ys[0] = stepBox(f, act, xs[0], 74, ys[0]-rowGap-4)
		} else {
			ys[0] = climb(f, []step{act}, xs[0], 74, ys[0])
		}
	}
	join := min(ys[0], ys[1]) - 10 - sumR
	f.sum("product", mid, join)
	f.line("flow", true, Point{xs[0], ys[0]}, Point{xs[0], join}, Point{mid - sumR, join})
	f.line("flow", true, Point{xs[1], ys[1]}, Point{xs[1], join}, Point{mid + sumR, join})
	y = climb(f, []step{p.down}, mid, 150, join-sumR)
	f.line("flow", true, Point{mid, y}, Point{mid, y - rowGap})
	return y - rowGap
}

func moeParts(f *frag, p *moeInset, w float64) float64 {
	const pad = 12.0
	sharedW := 0.0
	if p.shared != nil {
		sharedW = 78
	}
	rw := w - 2*pad - sharedW - cond(sharedW > 0, 10)
	mid := pad + rw/2
	left := pad + 12.0
	f.text(&Label{X: left, Y: -3, Text: "x", Size: tiny, Mono: true})
	y := -14.0
	// the router
	h := 8 + 14.5*float64(len(p.router)+1)
	rx0 := left + 24
	rW := pad + rw - rx0
	rb := f.box(&Box{X: rx0, Y: y - 8 - h, W: rW, H: h, Kind: "router"})
	for i, s := range p.router {
		f.text(&Label{X: rx0 + rW/2, Y: y - 8 - 6.5 - 14.5*float64(i), Text: fit(s, rW-8, small, false, false), Size: small, In: rb})
	}
	f.text(&Label{X: rx0 + rW/2, Y: y - 8 - h + 16, Text: "Router", Size: small, Bold: true, In: rb})
	rmid := y - 8 - h/2
	f.line("flow", true, Point{left, rmid}, Point{rx0, rmid})
	f.box(&Box{X: left - 2.5, Y: rmid - 2.5, W: 5, H: 5, Kind: "dot"})
	// the experts
	ey := y - 8 - h - 22
	lines := wrap(strings.Join(p.expert, ", "), rw-16, tiny, false, 2)
	if p.formula != "" {
		lines = append(lines, wrap(p.formula, rw-16, tiny, false, 2)...)
	}
	eh := 8 + 26 + 8 + 14*float64(len(lines)) + 2
	eb := f.box(&Box{X: pad, Y: ey - eh, W: rw, H: eh, Kind: "experts"})
	names := []string{"1", "2", "3", "…", p.experts}
	if sharedW > 0 {
		names = []string{"1", "2", "…", p.experts}
	}
	cells := float64(len(names))
	one := (rw - 12 - 4*(cells-1)) / cells
	for i, n := range names {
		kind := "expert"
		if i == 1 || i == len(names)-1 && p.topK != "1" {
			kind = "chosen"
		}
		if n == "…" {
			f.text(&Label{X: pad + 6 + float64(i)*(one+4) + one/2, Y: ey - eh + 25, Text: n, Size: normal, In: eb})
			continue
		}
		x := f.box(&Box{X: pad + 6 + float64(i)*(one+4), Y: ey - eh + 8, W: one, H: 26, Kind: kind, In: eb})
		f.text(&Label{X: x.X + one/2, Y: ey - eh + 25, Text: fit(n, one-4, small, true, false), Size: small, Bold: kind == "chosen", In: x})
	}
	for i, l := range lines {
		f.text(&Label{X: mid, Y: ey - eh + 34 + 15 + 14*float64(i), Text: l, Size: tiny, Muted: true, In: eb})
	}
	f.line("flow", true, Point{left, y}, Point{left, ey})
	e := f.line("flow", true, Point{rx0 + rW/2, y - 8 - h}, Point{rx0 + rW/2, ey})
	e.Dashed = true
	f.text(&Label{X: rx0 + rW/2 + 5, Y: y - 8 - h - 7, Text: "weights", Size: tiny, Muted: true, Anchor: "start"})
	// their sum
	top := ey - eh - rowGap - sumR
	f.sum("sum", mid, top)
	f.line("flow", true, Point{mid, ey - eh}, Point{mid, top + sumR})
	if say := "weighted sum"; width(say, tiny, false, false) <= mid-sumR-6-pad {
		f.text(&Label{X: mid - sumR - 6, Y: top + 4, Text: say, Size: tiny, Muted: true, Anchor: "end"})
	}
	if p.shared != nil {
		sx := w - pad - sharedW/2
		sh := 8 + 14.5*float64(len(p.shared))
		sb := f.box(&Box{X: sx - sharedW/2, Y: ey - sh, W: sharedW, H: sh, Kind: "expert"})
		for i, s := range p.shared {
			f.text(&Label{X: sx, Y: ey - sh + 15.5 + 14.5*float64(i), Text: fit(s, sharedW-6, small, false, false), Size: small, In: sb})
		}
		f.line("flow", true, Point{left, y + 0}, Point{sx, y + 0}, Point{sx, ey})
		f.line("flow", true, Point{sx, ey - sh}, Point{sx, top}, Point{mid + sumR, top})
	}
	f.line("flow", true, Point{mid, top - sumR}, Point{mid, top - sumR - rowGap})
	return top - sumR - rowGap
}
