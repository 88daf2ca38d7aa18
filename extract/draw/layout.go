package draw

import (
	"cmp"
	"slices"
	"strings"
)

// Sizes of the sheet, in CSS pixels: a sheet of one stack is about 600 wide.
const (
	margin    = 18.0
	mainWidth = 262.0
	sideWidth = 196.0
	insetW    = 268.0
	gutter    = 40.0
	lane      = 16.0 // beside the boxes of a panel, for the residual path
	panelPad  = 10.0
	gap       = 17.0 // between boxes on the stream
	sumR      = 8.5
	tiny      = 11.0
	small     = 11.5
	normal    = 12.5
)

// marks says which facts differ from the other model.
type marks map[string]bool

func (m marks) any(keys []string) bool {
	for _, k := range keys {
		if m[k] {
			return true
		}
	}
	return false
}

// elementFrag is a box with its title, name, size and pills, centred.
func elementFrag(e element, w float64, m marks) *frag {
	f := &frag{}
	b := f.box(&Box{W: w, Kind: e.kind, Dashed: e.dashed, Diff: m.any(e.keys), Tip: e.code})
	room := w - 16
	if e.badge != "" {
		room = w - 46
	}
	y := 6.0
	title := wrap(e.title, room, normal, true, 2)
	if !strings.Contains(e.title, " ") {
		title = camel(e.title, room, normal, true, 2)
	}
	for _, l := range title {
		y += 15
		f.text(&Label{X: w / 2, Y: y - 3, Text: l, Size: normal, Bold: true, In: b})
	}
	if e.sub != "" {
		for _, l := range wrap(e.sub, w-14, small, false, 2) {
			y += 14.5
			f.text(&Label{X: w / 2, Y: y - 3, Text: l, Size: small, In: b})
		}
	}
	if e.code != "" && e.kind != "attention" && e.kind != "mlp" && e.kind != "moe" && e.kind != "mixer" {
		y += 13.5
		f.text(&Label{X: w / 2, Y: y - 3, Text: fitPath(e.code, w-12), Size: tiny, Mono: true, Muted: true, In: b})
	}
	y += pillRows(f, b, e.pills, y+3, w, m)
	b.H = y + 6
	if e.badge != "" {
		c := f.box(&Box{X: w - 21, Y: 5, W: 16, H: 16, Kind: "badge", In: b})
		f.text(&Label{X: w - 13, Y: 16.8, Text: e.badge, Size: tiny, Bold: true, In: c})
	}
	f.W, f.H = w, b.H
	return f
}

// fitPath shortens a dotted path from the left.
func fitPath(p string, w float64) string {
	for width(p, tiny, false, true) > w {
		i := strings.IndexByte(strings.TrimPrefix(p, "…"), '.')
		if i < 0 {
			return fit(p, w, tiny, false, true)
		}
		p = "…" + strings.TrimPrefix(p, "…")[i+1:]
	}
	return p
}

// pillRows places pills centred in rows from y on and returns their height.
func pillRows(f *frag, in *Box, pills []pill, y, w float64, m marks) float64 {
	if len(pills) == 0 {
		return 0
	}
	const h, between = 18.0, 4.0
	type placed struct {
		p pill
		t string
		w float64
	}
	var rows [][]placed
	used := 0.0
	for _, p := range pills {
		t := fit(p.text, w-28, tiny, false, false)
		pw := width(t, tiny, false, false) + 13
		if len(rows) == 0 || used+between+pw > w-12 {
			rows = append(rows, nil)
			used = -between
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], placed{p, t, pw})
		used += between + pw
	}
	top := y
	for _, r := range rows {
		total := -between
		for _, p := range r {
			total += p.w + between
		}
		x := (w - total) / 2
		for _, p := range r {
			c := f.box(&Box{X: x, Y: y, W: p.w, H: h, Kind: "pill", In: in, Dashed: p.p.dashed, Diff: m.any(p.p.keys), Tip: strings.Join(p.p.keys, ", ")})
			f.text(&Label{X: x + p.w/2, Y: y + 12.7, Text: p.t, Size: tiny, In: c})
			x += p.w + between
		}
		y += h + between
	}
	return y - top + 1
}

// sum places a circled plus centred at a point.
func (f *frag) sum(kind string, x, y float64) {
	f.box(&Box{X: x - sumR, Y: y - sumR, W: 2 * sumR, H: 2 * sumR, Kind: kind})
}

// panelFrag is one kind of block.
func panelFrag(p panel, w float64, m marks, cross bool) *frag {
	f := &frag{}
	cols := 1
	for _, s := range p.stages {
		cols = max(cols, len(s.branches))
	}
	cols = min(cols, 3)
	bw := w - 2*(panelPad+lane)
	if cols > 1 {
		one := 166.0
		if w < mainWidth {
			one = 140
		}
		bw = float64(cols)*one + float64(cols-1)*14
		w = bw + 2*(panelPad+lane)
	}
	f.W = w
	box := f.box(&Box{W: w, Kind: "panel"})
	cx := w / 2
	y := 0.0
	for _, s := range p.stages {
		y = stageFrag(f, s, cx, bw, y, m, cross)
	}
	if len(p.stages) == 0 {
		y = looseParts(f, p, bw, y, m)
	}
	// the head of the panel, on both sides of the stream
	head := 46.0
	top := y - 8 - head
	if len(p.stages) > 0 {
		f.line("flow", false, Point{cx, y}, Point{cx, top})
	}
	f.text(&Label{X: panelPad + 2, Y: top + 20, Text: p.count, Size: 16, Bold: true, Anchor: "start"})
	sx := panelPad + 2 + width(p.count, 16, true, false) + 4
	for _, s := range p.swatches {
		if sx+14 > cx-8 {
			break
		}
		f.box(&Box{X: sx, Y: top + 8, W: 13, H: 13, Kind: "swatch", Fill: s})
		sx += 17
	}
	if p.layers != "" {
		f.text(&Label{X: panelPad + 2, Y: top + 35, Text: fit(p.layers, cx-panelPad-10, tiny, false, false), Size: tiny, Muted: true, Anchor: "start"})
	}
	for i, l := range camel(p.title, w-cx-panelPad-10, tiny, false, 2) {
		f.text(&Label{X: w - panelPad - 2, Y: top + 18 + float64(i)*13, Text: l, Size: tiny, Muted: true, Anchor: "end"})
	}
	box.Y, box.H = top, -top
	for _, b := range f.Boxes[1:] {
		if b.In == nil {
			b.In = box
		}
	}
	for _, l := range f.Labels {
		if l.In == nil {
			l.In = box
		}
	}
	f.flip(-top)
	return f
}

// looseParts stacks the parts of a block whose stream is not known.
func looseParts(f *frag, p panel, bw, y float64, m marks) float64 {
	x := panelPad + lane
	y -= 12
	for _, e := range p.loose {
		e.dashed = true
		g := elementFrag(e, bw, m)
		y -= g.H
		f.add(g, x, y, nil)
		y -= 10
	}
	lines := wrap(p.why, bw, tiny, false, 3)
	for i := len(lines) - 1; i >= 0; i-- {
		f.text(&Label{X: f.W / 2, Y: y - 3, Text: lines[i], Size: tiny, Muted: true})
		y -= 14
	}
	f.text(&Label{X: f.W / 2, Y: y - 4, Text: "?", Size: 17, Bold: true})
	return y - 18
}

// stageFrag draws one sum, upwards from y, and returns where the stream goes on.
func stageFrag(f *frag, s stage, cx, bw, y float64, m marks, cross bool) float64 {
	start := y
	fork := y - 9
	single := len(s.branches) == 1
	isCross := false
	for _, br := range s.branches {
		isCross = isCross || br.body.title == "Cross-attention" && cross
	}
	f.line("flow", false, Point{cx, start}, Point{cx, fork})
	y = fork
	n := len(s.branches)
	if n > 3 {
		n = 3
	}
	branches := s.branches[:n]
	var sumY float64
	if single {
		br := branches[0]
		y = branchFrag(f, br, br.pre, cx, bw, y, m, true, isCross)
		sumY = y - gap + 4 - sumR
		f.line("flow", true, Point{cx, y}, Point{cx, sumY + sumR})
	} else {
		shared := branches[0].pre
		for _, br := range branches[1:] {
			if len(br.pre) != len(shared) || br.from != branches[0].from {
				shared = nil
				break
			}
			for i := range br.pre {
				if br.pre[i].code != shared[i].code {
					shared = nil
					break
				}
			}
		}
		if branches[0].from != "" {
			shared = nil
		}
		for _, e := range shared {
			y = onStream(f, e, cx, min(bw, 210), y, m)
		}
		split := y - 10
		one := (bw - float64(n-1)*14) / float64(n)
		f.line("flow", false, Point{cx, y}, Point{cx, split})
		var tops []float64
		var xs []float64
		for i, br := range branches {
			x := cx - bw/2 + one/2 + float64(i)*(one+14)
			pre := br.pre
			if shared != nil {
				pre = nil
			}
			if br.from == "" {
				f.line("flow", false, Point{cx, split}, Point{x, split})
			}
			tops = append(tops, branchFrag(f, br, pre, x, one, split, m, i == n-1, false))
			xs = append(xs, x)
		}
		join := slices.Min(tops) - 12 - sumR
		f.sum("sum", cx, join)
		for i, x := range xs {
			switch {
			case x < cx-1:
				f.line("flow", true, Point{x, tops[i]}, Point{x, join}, Point{cx - sumR, join})
			case x > cx+1:
				f.line("flow", true, Point{x, tops[i]}, Point{x, join}, Point{cx + sumR, join})
			default:
				f.line("flow", true, Point{x, tops[i]}, Point{x, join + sumR})
			}
		}
		y = join - sumR
		sumY = y - gap + 4 - sumR
		f.line("flow", true, Point{cx, y}, Point{cx, sumY + sumR})
	}
	f.sum("sum", cx, sumY)
	f.box(&Box{X: cx - 2.5, Y: fork - 2.5, W: 5, H: 5, Kind: "dot"})
	side := cx - bw/2 - lane/2 - 2
	end := cx - sumR
	if isCross {
		side, end = cx+bw/2+lane/2+2, cx+sumR
	}
	f.line("residual", true, Point{cx, fork}, Point{side, fork}, Point{side, sumY}, Point{end, sumY})
	y = sumY - sumR
	if s.norm != nil {
		y = onStream(f, *s.norm, cx, min(bw, 210), y, m)
	}
	if len(s.branches) > 3 {
		f.text(&Label{X: cx + bw/2, Y: y - 4, Text: "more branches", Size: tiny, Muted: true, Anchor: "end"})
	}
	return y
}

// onStream puts a box on the stream at x, with an arrow into it, and returns its top.
func onStream(f *frag, e element, x, w, y float64, m marks) float64 {
	g := elementFrag(e, w, m)
	f.line("flow", true, Point{x, y}, Point{x, y - gap + 3})
	y -= gap - 3 + g.H
	f.add(g, x-w/2, y, nil)
	return y
}

// branchFrag draws a branch upwards from y and returns its top.
func branchFrag(f *frag, br branch, pre []element, x, w, y float64, m marks, free, cross bool) float64 {
	if br.from != "" {
		t := fit("from "+br.from, w-16, tiny, false, false)
		y -= 12 + 20
		c := f.box(&Box{X: x - w/2 + 4, Y: y, W: w - 8, H: 20, Kind: "note"})
		f.text(&Label{X: x, Y: y + 13.8, Text: t, Size: tiny, In: c})
	}
	for _, e := range pre[:min(2, len(pre))] {
		y = onStream(f, e, x, w, y, m)
	}
	y = onStream(f, br.body, x, w, y, m)
	mid := f.bodyMiddle()
	if br.body.badge != "" {
		f.leads = append(f.leads, lead{br.body.badge, Point{x + w/2, y + 13}, free && !cross})
	}
	if cross {
		f.cross = append(f.cross, Point{x - w/2, mid})
	}
	if br.post != nil {
		y = onStream(f, *br.post, x, w, y, m)
	}
	if br.scale != "" {
		y = onStream(f, element{kind: "op", title: "× " + br.scale, keys: br.keys}, x, w, y, m)
	}
	return y
}

// bodyMiddle is the height of the middle of the last large box.
func (f *frag) bodyMiddle() float64 {
	for i := len(f.Boxes) - 1; i >= 0; i-- {
		if b := f.Boxes[i]; b.In == nil {
			return b.Y + b.H/2
		}
	}
	return 0
}

// columnFrag is a whole stack, and where its stream leaves it.
type columnFrag struct {
	*frag
	out    Point // the end of the stream
	merge  Point // where other stacks join its input
	stripe bool
}

func layoutColumn(c column, w float64, m marks, fed, cross bool, joint string) *columnFrag {
	f := &frag{}
	var panels []*frag
	pw := w
	for _, p := range c.panels {
		g := panelFrag(p, w, m, cross)
		pw = max(pw, g.W)
		panels = append(panels, g)
	}
	frame := len(panels) > 1 && !c.ordered
	outer := pw
	if frame {
		outer += 20
	}
	left, right := 0.0, 0.0
	if c.stripes != nil && len(panels) > 0 {
		if cross {
			right = 34
		} else {
			left = 34
		}
	}
	out := &columnFrag{frag: f, stripe: right > 0}
	for _, r := range c.entry {
		n := float64(len(r.boxes))
		if r.stream {
			n *= 2
		}
		if n > 1 {
			outer = max(outer, n*104+(n-1)*6)
		}
	}
	if n := float64(len(c.heads)); n > 1 {
		outer = max(outer, n*104+(n-1)*6)
	}
	cx := left + outer/2
	boxW := min(outer, 236)
	y := 0.0
	below := func(e element) { y = onStream(f, e, cx, boxW, y, m) }
	c.title = fit(c.title, outer, normal, true, false)
	if len(c.inputs) > 0 {
		t := strings.Join(c.inputs[:min(3, len(c.inputs))], ", ")
		if len(c.inputs) > 3 {
			t += ", …"
		}
		f.text(&Label{X: cx, Y: -4, Text: fit(t, outer, tiny, false, true), Size: tiny, Mono: true})
		y = -16
	}
	for _, r := range c.entry {
		if c.idle {
			g := elementFrag(r.boxes[0], boxW, m)
			y -= g.H + 8
			f.add(g, cx-boxW/2, y, nil)
			continue
		}
		y = entryFrag(f, r, cx, outer, boxW, y, m)
	}
	if fed {
		name := joint
		if name == "" {
			name = "joins"
		}
		below(element{kind: "op", title: name})
		out.merge = Point{cx - boxW/2, f.Boxes[len(f.Boxes)-1].Y + f.Boxes[len(f.Boxes)-1].H/2}
		y -= 8
		f.line("flow", false, Point{cx, y + 8}, Point{cx, y})
	}
	bottom := y
	if len(panels) > 0 {
		f.line("flow", frame || len(c.panels[0].stages) == 0, Point{cx, y}, Point{cx, y - gap})
		y -= gap
		bottom = y
	}
	var box *Box
	if frame {
		box = f.box(&Box{X: cx - pw/2 - 10, W: pw + 20, Kind: "frame"})
		y -= 12
	}
	for i, g := range panels {
		y -= g.H
		f.add(g, cx-g.W/2, y, box)
		switch {
		case frame && i < len(panels)-1:
			y -= 12
		case frame:
		case i < len(panels)-1:
			f.line("flow", len(c.panels[i+1].stages) == 0, Point{cx, y}, Point{cx, y - gap - 2})
			y -= gap + 2
		}
	}
	if c.more > 0 {
		y -= 22
		f.text(&Label{X: cx, Y: y + 12, Text: grouped(int64(c.more)) + " further kinds of block", Size: tiny, Muted: true, In: box})
	}
	if frame {
		y -= 12 + 22
		f.text(&Label{X: cx - pw/2, Y: y + 17, Text: "one of these in each layer", Size: tiny, Muted: true, Anchor: "start", In: box})
		box.Y, box.H = y, bottom-y
	}
	if left+right > 0 {
		x := 4.0
		if right > 0 {
			x = outer + 14
		}
		stripes(f, c.stripes, x, y, bottom)
	}
	for _, e := range c.exit {
		below(e)
	}
	if len(c.heads) > 0 {
		y = headRow(f, c.heads, cx, outer, y, m)
	}
	if c.idle {
		for i, l := range c.say {
			f.text(&Label{X: cx, Y: y - 24 + 14*float64(i), Text: l, Size: tiny, Muted: true})
		}
		y -= 6 + 14*float64(len(c.say))
	}
	if !c.idle && len(c.heads) == 0 && len(c.panels)+len(c.entry)+len(c.exit) > 0 {
		f.line("flow", true, Point{cx, y}, Point{cx, y - 16})
		y -= 16
	}
	out.out = Point{cx, y}
	if c.feeds == "" && !c.idle {
		y -= 16
		f.text(&Label{X: cx, Y: y + 11, Text: c.output, Size: small})
	}
	if c.title != "" {
		y -= 20
		if c.feeds != "" {
			y += 4
			f.text(&Label{X: 0, Y: y + 6, Text: c.title, Size: normal, Bold: true, Anchor: "start"})
		} else {
			f.text(&Label{X: cx, Y: y + 12, Text: c.title, Size: normal, Bold: true})
		}
	}
	f.W = left + outer + right
	h := -y
	f.flip(h)
	out.out.Y += h
	out.merge.Y += h
	return out
}

// entryFrag puts the boxes of a row beside each other, upwards from y, and returns where the stream goes on.
func entryFrag(f *frag, r entryRow, cx, w, one, y float64, m marks) float64 {
	n := len(r.boxes)
	if r.stream {
		return besideStream(f, r, cx, w, y, m)
	}
	if n == 1 {
		return onStream(f, r.boxes[0], cx, one, y, m)
	}
	each := (w - 6*float64(n-1)) / float64(n)
	split := y - 8
	lo, hi := cx, cx
	any := false
	tops := make([]float64, n)
	xs := make([]float64, n)
	for i, e := range r.boxes {
		xs[i] = cx - w/2 + each/2 + float64(i)*(each+6)
		g := elementFrag(e, each, m)
		tops[i] = split - rowGap - g.H
		f.add(g, xs[i]-each/2, tops[i], nil)
		if r.fed[i] {
			any = true
			lo, hi = min(lo, xs[i]), max(hi, xs[i])
			f.line("flow", true, Point{xs[i], split}, Point{xs[i], split - rowGap})
		}
	}
	if any {
		f.line("flow", false, Point{cx, y}, Point{cx, split})
		if lo < hi {
			f.line("flow", false, Point{lo, split}, Point{hi, split})
		}
	}
	if r.join == "add" {
		join := slices.Min(tops) - 8 - sumR
		f.sum("sum", cx, join)
		for i, x := range xs {
			end, ps := cx-sumR, []Point{{x, tops[i]}, {x, join}}
			switch {
			case x > cx+1:
				end = cx + sumR
			case x > cx-1:
				f.line("flow", true, Point{x, tops[i]}, Point{x, join + sumR})
				continue
			}
			f.line("flow", true, append(ps, Point{end, join})...)
		}
		return join - sumR
	}
	name := r.join
	if name == "" {
		name = "?"
	}
	h := 21.0
	top := slices.Min(tops) - rowGap - h
	b := f.box(&Box{X: cx - w/2, Y: top, W: w, H: h, Kind: "op", Dashed: name == "?"})
	f.text(&Label{X: cx, Y: top + 14, Text: fit(name, w-10, tiny, false, true), Size: tiny, Mono: true, In: b})
	for i, x := range xs {
		f.line("flow", true, Point{x, tops[i]}, Point{x, top + h})
	}
	return top
}

// besideStream puts boxes at the right of the stream, which they join.
func besideStream(f *frag, r entryRow, cx, w, y float64, m marks) float64 {
	each := (w/2 - 16 - 6*float64(len(r.boxes)-1)) / float64(len(r.boxes))
	low := y - 6
	top := low
	var xs, tops []float64
	for i, e := range r.boxes {
		g := elementFrag(e, each, m)
		x := cx + 16 + float64(i)*(each+6)
		f.add(g, x, low-g.H, nil)
		xs, tops = append(xs, x+each/2), append(tops, low-g.H)
		top = min(top, low-g.H)
	}
	if r.join == "add" {
		join := top - 8 - sumR
		f.line("flow", true, Point{cx, y}, Point{cx, join + sumR})
		f.sum("sum", cx, join)
		for i, x := range xs {
			f.line("flow", i == 0, Point{x, tops[i]}, Point{x, join}, Point{cx + sumR, join})
		}
		return join - sumR
	}
	name := r.join
	if name == "" {
		name = "?"
	}
	top -= rowGap + 21
	b := f.box(&Box{X: cx - w/2, Y: top, W: w, H: 21, Kind: "op", Dashed: name == "?"})
	f.text(&Label{X: cx, Y: top + 14, Text: fit(name, w-10, tiny, false, true), Size: tiny, Mono: true, In: b})
	f.line("flow", true, Point{cx, y}, Point{cx, top + 21})
	for i, x := range xs {
		f.line("flow", true, Point{x, tops[i]}, Point{x, top + 21})
	}
	return top
}

// headRow puts the heads beside each other, each with what it gives.
func headRow(f *frag, heads []element, cx, w, y float64, m marks) float64 {
	n := len(heads)
	each := (w - 6*float64(n-1)) / float64(n)
	split := y - 8
	f.line("flow", false, Point{cx, y}, Point{cx, split})
	f.line("flow", false, Point{cx - w/2 + each/2, split}, Point{cx + w/2 - each/2, split})
	top := split
	for i, e := range heads {
		g := elementFrag(e, each, m)
		x := cx - w/2 + each/2 + float64(i)*(each+6)
		f.line("flow", true, Point{x, split}, Point{x, split - rowGap})
		f.add(g, x-each/2, split-rowGap-g.H, nil)
		f.line("flow", true, Point{x, split - rowGap - g.H}, Point{x, split - rowGap - g.H - 14})
		top = min(top, split-rowGap-g.H-14)
	}
	return top
}

// stripes is the column of layers, the first at the bottom.
func stripes(f *frag, kinds []int, x, top, bottom float64) {
	h := (bottom - top) / float64(len(kinds))
	for i := 0; i < len(kinds); i++ {
		j := i
		for h < 4 && j+1 < len(kinds) && kinds[j+1] == kinds[i] { // too thin to tell apart
			j++
		}
		y := bottom - float64(j+1)*h
		f.box(&Box{X: x, Y: y + 0.4, W: 18, H: h*float64(j-i+1) - 0.8, Kind: "stripe", Fill: kinds[i]})
		i = j
	}
	f.text(&Label{X: x + 9, Y: bottom + 13, Text: "0", Size: tiny, Muted: true})
	f.text(&Label{X: x + 9, Y: top - 5, Text: grouped(int64(len(kinds) - 1)), Size: tiny, Muted: true})
}

// layout lays a figure out as a sheet.
func layout(fig *figure, m marks, plain bool) *Sheet {
	f := &frag{}
	main := fig.columns[len(fig.columns)-1]
	towers := slices.Clone(fig.columns[:len(fig.columns)-1])
	// what enters at the bottom lies at the bottom, so that lines do not cross
	rank := map[string]int{"": 0, "input": 1, "cross": 2}
	slices.SortStableFunc(towers, func(a, b column) int { return cmp.Compare(rank[a.feeds], rank[b.feeds]) })
	fed, cross := false, false
	joint := ""
	for _, t := range towers {
		fed = fed || t.feeds == "input"
		cross = cross || t.feeds == "cross"
		if t.feeds == "input" && joint == "" {
			joint = t.joint
		}
	}
	mw := mainWidth
	mc := layoutColumn(main, mw, m, fed, cross, joint)
	x := margin
	var tower *frag
	var outs []columnFrag
	if len(towers) > 0 {
		tower, outs = layoutTowers(towers)
		x += tower.W + gutter
	}
	mainX := x
	x += mc.W
	var ins []*frag
	if !plain {
		for _, in := range fig.insets {
			ins = append(ins, insetFrag(in, insetW, m))
		}
	}
	var leg *frag
	if fig.legend != nil {
		w := insetW
		if plain {
			w = mc.W
		}
		leg = legendFrag(fig.legend, w)
	}
	head := headFrag(fig, max(x+margin, cond(!plain, 600), cond(plain, 330), cond(len(ins) > 0 || leg != nil && !plain, x+gutter+insetW+margin))-2*margin, m)
	width := head.W + 2*margin
	top := margin + head.H + 14

	// the insets at the height of what they explain
	order := make([]int, len(ins))
	at := make([]lead, len(ins))
	for i := range ins {
		order[i] = i
		for _, l := range mc.leads {
			if l.badge == fig.insets[i].badge {
				at[i] = l
				break
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at[a].at.Y, at[b].at.Y) })
	var right float64
	for _, g := range ins {
		right += g.H + 16
	}
	legRight := leg != nil && !plain
	if legRight {
		right += leg.H + 16
	}
	right = max(0, right-16)
	height := max(mc.H, right)
	if tower != nil {
		height = max(height, tower.H)
	}
	mainY := top + height - mc.H
	enter := slices.Clone(mc.cross)
	f.add(mc.frag, mainX, mainY, nil)
	ix := mainX + mc.W + gutter
	if len(ins) > 0 || legRight {
		// as near to what they explain as the others allow
		n := len(order)
		ys := make([]float64, n)
		next := top
		for k, i := range order {
			ys[k] = max(next, at[i].at.Y+mainY-ins[i].H/2)
			next = ys[k] + ins[i].H + 16
		}
		limit := top + height
		if legRight {
			limit -= leg.H + 16
		}
		for k := n - 1; k >= 0; k-- {
			i := order[k]
			ys[k] = min(ys[k], limit-ins[i].H)
			limit = ys[k] - 16
		}
		// lanes: of lines that go up the lower one is further right, of lines that go down further left
		step := (gutter - 12) / float64(n+1)
		up := 0
		down := 0
		for k, i := range order {
			if at[i].at.Y+mainY < ys[k]+13 {
				down++
			}
		}
		for k, i := range order {
			g := ins[i]
			f.add(g, ix, ys[k], nil)
			l := at[i]
			src, dst := Point{l.at.X + mainX, l.at.Y + mainY}, Point{ix, ys[k] + 13}
			var lx float64
			if src.Y < dst.Y {
				lx = mainX + mc.W + 8 + step*float64(down)
				down--
			} else {
				up++
				lx = mainX + mc.W + 8 + step*float64(up)
			}
			if !l.free || mc.stripe || l.badge == "" {
				continue
			}
			e := f.line("leader", false, src, Point{lx, src.Y}, Point{lx, dst.Y}, dst)
			e.Dashed = true
		}
		if legRight {
			f.add(leg, ix, top+height-leg.H, nil)
		}
	}
	if tower != nil {
		ty := top + height - tower.H
		f.add(tower, margin, ty, nil)
		bus := mainX - gutter/2 - 4
		for i, t := range towers {
			o := Point{outs[i].out.X + margin, outs[i].out.Y + ty}
			switch t.feeds {
			case "input":
				f.line("feed", true, o, Point{bus - 8, o.Y}, Point{bus - 8, mc.merge.Y + mainY}, Point{mc.merge.X + mainX, mc.merge.Y + mainY})
			case "cross":
				for _, p := range enter {
					f.line("feed", true, o, Point{bus, o.Y}, Point{bus, p.Y + mainY}, Point{p.X + mainX, p.Y + mainY})
				}
			}
		}
	}
	bottom := top + height + margin
	if leg != nil && plain {
		f.add(leg, mainX, top+height+14, nil)
		bottom += leg.H + 14
	}
	f.add(head, margin, margin, nil)
	if fig.note != "" {
		for _, l := range wrap(fig.note, width-2*margin, small, false, 2) {
			f.text(&Label{X: margin, Y: bottom + 2, Text: l, Size: small, Muted: true, Anchor: "start"})
			bottom += 16
		}
		bottom += 6
	}
	f.W, f.H = width, bottom
	f.Title = fig.name + ": " + fig.class
	f.Desc = fig.summary
	return &f.Sheet
}

func cond(b bool, v float64) float64 {
	if b {
		return v
	}
	return 0
}

// layoutTowers piles the other stacks up, the first at the bottom.
func layoutTowers(towers []column) (*frag, []columnFrag) {
	var cs []*columnFrag
	w := 0.0
	for _, t := range towers {
		c := layoutColumn(t, sideWidth, nil, false, false, "")
		cs = append(cs, c)
		w = max(w, c.W)
	}
	f := &frag{}
	outs := make([]columnFrag, len(cs))
	y := 0.0
	for i, c := range cs {
		y -= c.H
		x := (w - c.W) / 2
		outs[i] = columnFrag{out: Point{c.out.X + x, c.out.Y + y}}
		f.add(c.frag, x, y, nil)
		y -= 26
	}
	h := -y - 26
	for i := range outs {
		outs[i].out.Y += h
	}
	f.W = w
	f.flip(h)
	return f, outs
}

// headFrag is the title and the numbers.
func headFrag(fig *figure, w float64, m marks) *frag {
	f := &frag{}
	f.W = w
	name := fit(fig.name, w-10, 22, true, false)
	f.text(&Label{X: 0, Y: 20, Text: name, Size: 22, Bold: true, Anchor: "start"})
	line := fig.class
	if fig.source != "" {
		line += " · " + fig.source
	}
	f.text(&Label{X: 0, Y: 38, Text: fit(line, w, small, false, false), Size: small, Muted: true, Anchor: "start"})
	x, y := 0.0, 50.0
	for _, n := range fig.numbers {
		cw := max(width(n.value, 14.5, true, false), width(n.label, tiny, false, false)) + 18
		cw = min(cw, w)
		if x > 0 && x+cw > w {
			x, y = 0, y+46
		}
		b := f.box(&Box{X: x, Y: y, W: cw, H: 40, Kind: "card", Diff: m.any(n.keys)})
		f.text(&Label{X: x + cw/2, Y: y + 18, Text: fit(n.value, cw-8, 14.5, true, false), Size: 14.5, Bold: true, In: b})
		f.text(&Label{X: x + cw/2, Y: y + 32.5, Text: n.label, Size: tiny, Muted: true, In: b})
		x += cw + 6
	}
	f.H = y + 40
	if len(fig.numbers) == 0 {
		f.H = 44
	}
	return f
}

// legendFrag explains the stripes.
func legendFrag(l *legend, w float64) *frag {
	f := &frag{}
	b := f.box(&Box{W: w, Kind: "inset"})
	f.text(&Label{X: 12, Y: 20, Text: "Layers", Size: normal, Bold: true, Anchor: "start", In: b})
	y := 24.0
	for _, t := range wrap(l.pattern, w-24, small, false, 4) {
		y += 14.5
		f.text(&Label{X: 12, Y: y - 1, Text: t, Size: small, Muted: true, Anchor: "start", In: b})
	}
	y += 8
	for i, k := range l.kinds {
		f.box(&Box{X: 12, Y: y, W: 18, H: 13, Kind: "swatch", Fill: i, In: b})
		f.text(&Label{X: 37, Y: y + 10.5, Text: fit(k, w-48, small, false, false), Size: small, Anchor: "start", In: b})
		y += 19
	}
	b.H = y + 5
	f.W, f.H = w, b.H
	return f
}
