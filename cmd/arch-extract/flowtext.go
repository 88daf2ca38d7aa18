package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// passage is a run of calls inside one block, or outside of any.
type passage struct {
	block string // path of the block, "" outside
	enter string // what enters the block
	lines []flowLine
}

// flowLine is one call: the module, what feeds it, what it gives, and where.
type flowLine struct {
	leaf, from, shape, at string
	// general is from with the block's own number as {i}, and the one before as {i-1}.
	general string
}

// like reports whether two lines say the same of two blocks.
func (l flowLine) like(m flowLine) bool {
	return l.leaf == m.leaf && l.general == m.general && l.shape == m.shape && l.at == m.at
}

// flowWriter writes what a forward did for reading.
type flowWriter struct {
	b     bytes.Buffer
	calls map[string]*graph.Call // the first call of each module
	lists map[string]bool        // lists of blocks, numbers as *
}

// flowText writes the calls grouped by block; blocks of a list that do the same
// are one. What runs with other inputs alone, what enters and leaves a cache,
// and where the path depends on data stand at the end.
func flowText(family, class string, f *pipeline.Forward, p *graph.Provenance) []byte {
	w := &flowWriter{}
	seen := f.Seen()
	w.find(seen)
	fmt.Fprintf(&w.b, "# %s %s\ninputs: %s\n", family, class, inputsText(f.Inputs))
	rows := f.Trace.Flow(p)
	w.passages(rows)
	if f.Output != nil && f.Output.Node != nil {
		fmt.Fprintf(&w.b, "\noutput %s <- %s\n", shapeOf(tensor.Sizes(f.Output.Shape)), named(p.Of(f.Output.Node), "", nil))
	}
	for _, a := range f.Asides {
		fmt.Fprintf(&w.b, "\n# beside it, with other inputs: %s\n", inputsText(a.Inputs))
		if a.Err != nil {
			fmt.Fprintf(&w.b, "# not to the end: %s at %s\n", pipeline.OneLine(a.Err.Error()), pipeline.At(a.Err))
		}
	}
	if len(f.Asides) > 0 {
		w.passages(seen.Flow(seen.Provenance())[len(rows):])
	}
	w.cache(f.Cache)
	w.places(f.Trace.DataPlaces())
	return w.b.Bytes()
}

func inputsText(inputs []pipeline.Input) string {
	var ins []string
	for _, i := range inputs {
		ins = append(ins, "$"+i.Name+" "+shapeOf(i.Shape)+" "+i.DType.String())
	}
	return strings.Join(ins, ", ")
}

var pathNumber = regexp.MustCompile(`\.\d+(\.|$)`)

// listOf is the path of a numbered module with its numbers as *.
func listOf(path string) string {
	for {
		p := pathNumber.ReplaceAllString(path, ".*$1")
		if p == path {
			return p
		}
		path = p
	}
}

// find notes the calls, and which lists hold blocks: those whose every element
// gives what it takes, by the shape.
func (w *flowWriter) find(t *graph.Trace) {
	w.calls, w.lists = map[string]*graph.Call{}, map[string]bool{}
	for _, c := range t.Calls {
		if w.calls[c.Path] == nil {
			w.calls[c.Path] = c
		}
		if _, n := splitNumber(c.Path); n < 0 || len(c.In) == 0 || len(c.Out) == 0 {
			continue
		}
		l := listOf(c.Path)
		same := slices.Equal(c.In[0].Shape, c.Out[0].Shape) && !c.Leaf
		if was, ok := w.lists[l]; ok {
			same = same && was
		}
		w.lists[l] = same
	}
}

// blockOf is the outermost block that a leaf lies in, else the first numbered
// module, "" where there is none or the leaf is that itself.
func (w *flowWriter) blockOf(leaf string) string {
	parts := strings.Split(leaf, ".")
	first := ""
	for i, p := range parts[:len(parts)-1] {
		if _, err := strconv.Atoi(p); err != nil || i == 0 {
			continue
		}
		path := strings.Join(parts[:i+1], ".")
		if w.lists[listOf(path)] {
			return path
		}
		if first == "" {
			first = path
		}
	}
	return first
}

// passages writes the calls of leaves, the blocks of a list together.
func (w *flowWriter) passages(rows []graph.FlowRow) {
	ps := w.cut(rows)
	var wide [3]int
	for _, q := range ps {
		for _, l := range q.lines {
			wide[0] = max(wide[0], min(len(l.leaf), 40))
			wide[1] = max(wide[1], min(len(l.from), 60))
			wide[2] = max(wide[2], min(len(l.shape), 20))
		}
	}
	for i := 0; i < len(ps); {
		j := i + 1
		if ps[i].block == "" {
			w.b.WriteByte('\n')
			w.lines(ps[i].lines, wide)
			i = j
			continue
		}
		head, n := splitNumber(ps[i].block)
		for ; j < len(ps); j++ {
			if h, m := splitNumber(ps[j].block); h != head || n < 0 || m < 0 {
				break
			}
		}
		w.blocks(head, ps[i:j], wide)
		i = j
	}
}

// blocks writes the passages of one list of blocks, equal ones once.
func (w *flowWriter) blocks(head string, ps []passage, wide [3]int) {
	done := make([]bool, len(ps))
	for i := range ps {
		if done[i] {
			continue
		}
		var same []int
		for j := i; j < len(ps); j++ {
			if !done[j] && slices.EqualFunc(ps[i].lines, ps[j].lines, flowLine.like) {
				done[j] = true
				_, n := splitNumber(ps[j].block)
				same = append(same, n)
			}
		}
		name := ps[i].block
		if len(same) > 1 {
			r := numbers{head: head + ".", all: same}
			name = r.String()
		}
		x := ps[i].enter
		switch {
		case i > 0:
			x = "what the block before gives"
		case len(same) > 1:
			x += ", then what the block before gives"
		}
		about := ""
		if c := w.calls[ps[i].block]; c != nil {
			class := c.Class[strings.LastIndexByte(c.Class, '.')+1:]
			if len(same) > 1 {
				class = fmt.Sprintf("%d x %s", len(same), class)
			}
			about = fmt.Sprintf(" (%s, %s)", class, c.At)
		}
		fmt.Fprintf(&w.b, "\n%s%s   x = %s\n", name, about, x)
		lines := ps[i].lines
		if len(same) > 1 {
			lines = slices.Clone(lines)
			for k := range lines {
				lines[k].from = lines[k].general
			}
		}
		w.lines(lines, wide)
	}
}

func (w *flowWriter) lines(lines []flowLine, wide [3]int) {
	for _, l := range lines {
		fmt.Fprintf(&w.b, "  %-*s <- %-*s  %-*s  %s\n", wide[0], l.leaf, wide[1], l.from, wide[2], l.shape, l.at)
	}
}

// cut makes passages of the calls.
func (w *flowWriter) cut(rows []graph.FlowRow) []passage {
	var out []passage
	var entered []graph.Origin
	for _, r := range rows {
		block := w.blockOf(r.Leaf)
		if len(out) == 0 || out[len(out)-1].block != block {
			q := passage{block: block}
			entered = nil
			if block != "" {
				for _, s := range r.Sources {
					if !strings.HasPrefix(s.Name, block+".") {
						entered = append(entered, s)
					}
				}
				q.enter = named(entered, "", nil)
			}
			out = append(out, q)
		}
		q := &out[len(out)-1]
		l := flowLine{leaf: relative(r.Leaf, block), from: named(r.Sources, block, entered), at: r.At.String()}
		l.general = l.from
		if _, n := splitNumber(block); n >= 0 {
			l.general = named(general(r.Sources, block, n), block, general(entered, block, n))
		}
		if len(r.Call.Out) > 0 {
			l.shape = shapeOf(r.Call.Out[0].Shape)
		}
		q.lines = append(q.lines, l)
	}
	return out
}

// general are sources with the number of the block n as {i}, of the one before as {i-1}.
func general(sources []graph.Origin, block string, n int) []graph.Origin {
	out := slices.Clone(sources)
	for k, s := range out {
		if strings.HasPrefix(s.Name, block+".") {
			continue
		}
		head, m, tail := numbered(s.Name)
		switch {
		case m == n:
			out[k].Name = head + "{i}" + tail
		case m >= 0 && m == n-1:
			out[k].Name = head + "{i-1}" + tail
		}
	}
	return out
}

// cache writes what enters and leaves the cache; layers that hold the same are one.
func (w *flowWriter) cache(ts []pipeline.CacheTensor) {
	if len(ts) == 0 {
		return
	}
	type entry struct{ head, tail, change string }
	var order []entry
	all := map[entry][]int{}
	for _, t := range ts {
		before, after := "-", "-"
		if t.Before != nil {
			before = shapeOf(t.Before)
		}
		if t.After != nil {
			after = shapeOf(t.After)
		}
		head, n, tail := numbered(t.Name)
		e := entry{head, tail, before + " -> " + after + " " + t.DType.String()}
		if all[e] == nil {
			order = append(order, e)
		}
		all[e] = append(all[e], n)
	}
	w.b.WriteString("\ncache, before and after:\n")
	for _, e := range order {
		name := e.head
		if all[e][0] >= 0 {
			r := numbers{head: e.head, tail: e.tail, all: all[e]}
			name = r.String()
		}
		fmt.Fprintf(&w.b, "  %s  %s\n", name, e.change)
	}
}

// places writes where the path depends on data.
func (w *flowWriter) places(ps []graph.DataPlace) {
	if len(ps) == 0 {
		return
	}
	w.b.WriteString("\ndepends on data:\n")
	for _, p := range ps {
		took := ""
		if p.Took != "" {
			took = "; taken: " + p.Took
		}
		times := ""
		if p.Times > 1 {
			times = fmt.Sprintf(", %d times", p.Times)
		}
		fmt.Fprintf(&w.b, "  %s  %s%s%s\n", p.At, p.Why, took, times)
	}
}

// splitNumber splits "model.layers.3" into its folder and its number.
func splitNumber(block string) (string, int) {
	i := strings.LastIndexByte(block, '.')
	n, err := strconv.Atoi(block[i+1:])
	if err != nil || i < 0 {
		return block, -1
	}
	return block[:i], n
}

func relative(name, block string) string {
	if block == "" {
		return name
	}
	for _, sigil := range []string{"=", "$", ""} {
		if rest, ok := strings.CutPrefix(name, sigil+block+"."); ok {
			return sigil + rest
		}
	}
	return name
}

// most is how many sources a line shows.
const most = 6

// named writes sources; those that make up what entered the block are "x".
func named(list []graph.Origin, block string, entered []graph.Origin) string {
	via := map[string]string{}
	for _, s := range list {
		via[s.Name] = strings.Join(s.Via, "+")
	}
	isX := len(entered) > 0
	for _, e := range entered {
		v, ok := via[e.Name]
		isX = isX && ok && v == strings.Join(e.Via, "+")
	}
	skip := map[string]bool{}
	var parts []string
	if isX {
		parts = append(parts, "x")
		for _, e := range entered {
			skip[e.Name] = true
		}
	}
	runs := map[string]*numbers{}
	for _, s := range list {
		if skip[s.Name] {
			continue
		}
		t := relative(s.Name, block)
		if v := via[s.Name]; v != "" {
			t += ":" + v
		}
		head, n, tail := numbered(t)
		if n < 0 {
			parts = append(parts, t)
			continue
		}
		key := head + "\x00" + tail
		if runs[key] == nil {
			runs[key] = &numbers{at: len(parts), head: head, tail: tail}
			parts = append(parts, "")
		}
		runs[key].all = append(runs[key].all, n)
	}
	for _, r := range runs {
		parts[r.at] = r.String()
	}
	if n := len(parts); n > most {
		parts = append(parts[:most-1], fmt.Sprintf("and %d more", n-most+1))
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

// numbers are sources that differ in one number: model.layers.{0-31}.mlp.down_proj.
type numbers struct {
	at         int
	head, tail string
	all        []int
}

func (r *numbers) String() string {
	slices.Sort(r.all)
	if len(r.all) == 1 {
		return r.head + strconv.Itoa(r.all[0]) + r.tail
	}
	var runs []string
	for i := 0; i < len(r.all); {
		j := i
		for j+1 < len(r.all) && r.all[j+1] == r.all[j]+1 {
			j++
		}
		s := strconv.Itoa(r.all[i])
		if j > i {
			s += "-" + strconv.Itoa(r.all[j])
		}
		runs = append(runs, s)
		i = j + 1
	}
	return r.head + "{" + strings.Join(runs, ",") + "}" + r.tail
}

// numbered splits a path at its first number; n is -1 where there is none.
func numbered(path string) (head string, n int, tail string) {
	for at := 0; at < len(path); {
		end := at
		for end < len(path) && path[end] != '.' && path[end] != ':' {
			end++
		}
		if n, err := strconv.Atoi(path[at:end]); err == nil && n >= 0 && at > 0 {
			return path[:at], n, path[end:]
		}
		at = end + 1
	}
	return path, -1, ""
}
