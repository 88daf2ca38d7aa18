package pipeline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// The most forwards that a search for inputs runs, and the most nodes that
// they record and steps that they take together.
const (
	maxTries      = 120
	maxTriedNodes = 120_000
	maxTriedSteps = 6_000_000
)

// search looks for inputs that a forward accepts: from those that came
// furthest it takes what Python said was wrong, changes one input, and keeps
// the change where forward then comes further.
type search struct {
	p     *planner
	run   func([]Input) (*Forward, error)
	tried map[string]bool
	left  int
	nodes int
	steps int64
	m     *modality // whose placeholders the text is to have; may be nil
}

// attempt is how far forward came on some inputs.
type attempt struct {
	inputs []Input
	f      *Forward
	err    error
}

// further reports whether a came further than b.
func (a *attempt) further(b *attempt) bool {
	if b == nil || a.err == nil {
		return true
	}
	if x, y := a.calls(), b.calls(); x != y {
		return x > y
	}
	return len(a.f.Trace.Nodes)-a.origins() > len(b.f.Trace.Nodes)-b.origins()
}

// calls counts the calls of modules that came to their end.
func (a *attempt) calls() int {
	n := 0
	for _, c := range a.f.Trace.Calls {
		if len(c.Out) > 0 {
			n++
		}
	}
	return n
}

func (a *attempt) origins() int {
	n := 0
	for _, x := range a.f.Trace.Nodes {
		switch x.Op {
		case "input", "param", "buffer", "const":
			n++
		}
	}
	return n
}

// try runs forward once on inputs that were not tried before; nil where they
// were, or nothing is left to spend.
func (s *search) try(in []Input) *attempt {
	if len(in) == 0 || s.left == 0 || s.nodes > maxTriedNodes || s.steps > maxTriedSteps {
		return nil
	}
	key := inputsKey(in)
	if s.tried[key] {
		return nil
	}
	s.tried[key] = true
	s.left--
	f, err := s.run(in)
	s.nodes += len(f.Trace.Nodes)
	s.steps += s.p.in.Steps()
	return &attempt{in, f, err}
}

func inputsKey(in []Input) string {
	var b strings.Builder
	for _, i := range in {
		b.WriteString(i.Name)
		b.Write(appendSizes(nil, i.Shape))
		b.WriteString(i.DType.String())
		for _, v := range i.Data[:min(len(i.Data), 64)] {
			b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// climb refines the inputs of an attempt until forward runs or no change helps.
func (s *search) climb(a *attempt) *attempt {
	for a.err != nil {
		var next *attempt
		var moves [][]Input
		if s.p.in.Guard(func() { moves = s.moves(a) }) != nil {
			return a
		}
		for _, in := range moves {
			b := s.settle(in)
			if b == nil {
				continue
			}
			if b.err == nil {
				return b
			}
			if b.further(a) && b.further(next) {
				next = b
			}
		}
		if next == nil {
			return a
		}
		a = next
	}
	return a
}

var (
	missingArgs = regexp.MustCompile(`missing \d+ required (?:positional|keyword-only) arguments?: (.*)`)
	number      = regexp.MustCompile(`\d+`)
	unpack      = regexp.MustCompile(`values to unpack \(expected (\d+)`)
	reduction   = regexp.MustCompile(`same reduction dim, but got \[\d+, \d+\] X \[(\d+), \d+\]|normalized_shape=\[(\d+)\]`)
	dimensional = regexp.MustCompile(`[Ee]xpected (\d)[Dd](?:.*or (\d)[Dd])?`)
)

// moves are the inputs to try next, by what forward said.
func (s *search) moves(a *attempt) [][]Input {
	p, message := s.p, a.err.Error()
	var out [][]Input
	if m := missingArgs.FindStringSubmatch(message); m != nil {
		in := a.inputs
		for _, q := range strings.Split(m[1], "'") {
			if x, ok := p.guess(q, in); ok && !has(in, q) {
				in = with(in, x)
			}
		}
		out = append(out, in)
	}
	// what was not given: first what the message names
	var rest []string
	for _, q := range p.optional {
		switch {
		case has(a.inputs, q):
		case strings.Contains(message, q):
			if x, ok := p.guess(q, a.inputs); ok {
				out = append(out, with(a.inputs, x))
			}
		default:
			rest = append(rest, q)
		}
	}
	if strings.Contains(message, "None") || len(out) == 0 && !number.MatchString(message) {
		for _, q := range rest {
			if x, ok := p.guess(q, a.inputs); ok {
				out = append(out, with(a.inputs, x))
			}
		}
	}
	if strings.Contains(message, "exactly one") || strings.Contains(message, "Exactly 1") || strings.Contains(message, "both") || strings.Contains(message, "Pass ") {
		for _, i := range a.inputs {
			out = append(out, drop(a.inputs, i.Name))
		}
		for _, q := range rest {
			if x, ok := p.guess(q, nil); ok {
				out = append(out, []Input{x})
			}
		}
	}
	if strings.Contains(message, "to be bool") {
		in := slices.Clone(a.inputs)
		for k := range in {
			if strings.Contains(in[k].Name, "mask") && in[k].DType == tensor.Int64 {
				in[k].DType = tensor.Bool
			}
		}
		out = append(out, in)
	}
	for _, name := range s.suspects(a) {
		out = append(out, s.reshaped(a, name, message)...)
	}
	return out
}

// suspects are the inputs whose values reach the call that failed, else all.
func (s *search) suspects(a *attempt) []string {
	var names []string
	if calls := a.f.Trace.Calls; len(calls) > 0 {
		seen := map[*graph.Node]bool{}
		var walk func(n *graph.Node)
		walk = func(n *graph.Node) {
			if n == nil || seen[n] || n.NoValue {
				return
			}
			seen[n] = true
			if n.Op == "input" && !slices.Contains(names, n.Name) {
				names = append(names, n.Name)
			}
			for _, x := range n.In {
				walk(x)
			}
		}
		for _, n := range calls[len(calls)-1].In {
			walk(n)
		}
	}
	for _, i := range a.inputs {
		if !slices.Contains(names, i.Name) {
			names = append(names, i.Name)
		}
	}
	return names
}

// reshaped are other shapes, types and values for one input.
func (s *search) reshaped(a *attempt, name, message string) [][]Input {
	var x Input
	for _, i := range a.inputs {
		if i.Name == name {
			x = i
		}
	}
	var out [][]Input
	put := func(y Input) {
		if n := tensorSize(y.Shape); n <= 0 || n > 1<<21 || n > 1<<16 && !y.DType.IsFloat() {
			return
		}
		out = append(out, set(a.inputs, y))
	}
	shape := func(sizes ...int64) {
		y := x
		y.Shape, y.Data = sizes, nil
		if x.Data != nil && allOnes(x.Data) {
			y.Data = ones(tensorSize(sizes))
		}
		put(y)
	}
	// as many dimensions as were wanted
	for _, re := range []*regexp.Regexp{unpack, dimensional} {
		if m := re.FindStringSubmatch(message); m != nil {
			for _, g := range m[1:] {
				if rank, err := strconv.Atoi(g); err == nil && rank > 0 && rank < 7 {
					for _, sizes := range ranked(x.Shape, rank) {
						shape(sizes...)
					}
				}
			}
		}
	}
	if m := reduction.FindStringSubmatch(message); m != nil && x.DType.IsFloat() && len(x.Shape) > 0 { // rows of as many numbers as were wanted
		if n, err := strconv.ParseInt(m[1]+m[2], 10, 64); err == nil {
			y := slices.Clone(x.Shape)
			y[len(y)-1] = n
			if len(y) < 4 {
				shape(y...)
			}
			shape(1, 16, n)
			shape(16, n)
		}
	}
	// the sizes that the failing module's parameters have, and those that the message names
	weights := s.weights(a)
	for _, w := range weights {
		switch len(w) {
		case 2:
			shape(1, 9, w[1])
			shape(9, w[1])
		case 3:
			shape(1, w[1], 256)
			shape(1, 256, w[1])
		case 4:
			side := max(w[2], min(224, 32*w[2]))
			shape(1, w[1], side, side)
			shape(9, w[1], w[2], w[3])
		case 5:
			shape(1, w[1], 4*w[2], 8*w[3], 8*w[4])
			shape(1, 4*w[2], w[1], 8*w[3], 8*w[4])
		}
	}
	sizes := named(message)
	for _, w := range weights {
		sizes = append(sizes, w...)
	}
	for i := 0; i+1 < len(sizes) && len(x.Shape) >= 4; i++ { // an image of that size
		y := slices.Clone(x.Shape)
		y[len(y)-2], y[len(y)-1] = sizes[i], sizes[i+1]
		shape(y...)
	}
	for at := len(x.Shape) - 1; at >= 0; at-- {
		seen := map[int64]bool{x.Shape[at]: true}
		for _, n := range sizes {
			if !seen[n] && n > 0 && n < 1<<16 {
				seen[n] = true
				y := slices.Clone(x.Shape)
				y[at] = n
				shape(y...)
			}
		}
		for _, n := range sizes { // up to the next multiple
			if m := (x.Shape[at] + n - 1) / max(n, 1) * n; n > 1 && !seen[m] && m < 1<<20 {
				seen[m] = true
				y := slices.Clone(x.Shape)
				y[at] = m
				shape(y...)
			}
		}
	}
	if !x.DType.IsFloat() { // other values, and values that are no indices
		for _, v := range []float64{0, 1} {
			y := x
			y.Data = zeros(tensorSize(y.Shape))
			for i := range y.Data {
				y.Data[i] = v
			}
			put(y)
		}
		y := x
		y.DType, y.Data = tensor.Float32, nil
		put(y)
	} else {
		y := x
		y.DType, y.Data = tensor.Int64, nil
		put(y)
	}
	out = append(out, drop(a.inputs, name))
	return out
}

// weights are the shapes of the parameters of the module that ran last.
func (s *search) weights(a *attempt) [][]int64 {
	var out [][]int64
	calls := a.f.Trace.Calls
	for k := len(calls) - 1; k >= max(0, len(calls)-2); k-- {
		for _, q := range s.p.b.Tree.Params {
			if strings.HasPrefix(q.Name, calls[k].Path+".") && len(q.Tensor.Shape) > 0 && len(out) < 6 {
				out = append(out, tensor.Sizes(q.Tensor.Shape))
			}
		}
	}
	return out
}

// named are the numbers of a message.
func named(message string) []int64 {
	var out []int64
	for _, m := range number.FindAllString(message, 16) {
		if n, err := strconv.ParseInt(m, 10, 64); err == nil && n > 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// ranked are shapes of another rank made of a shape.
func ranked(shape []int64, rank int) [][]int64 {
	switch d := rank - len(shape); {
	case d == 1 && len(shape) > 0:
		return [][]int64{
			append([]int64{1}, shape...),
			slices.Insert(slices.Clone(shape), 1, 1),
			slices.Insert(slices.Clone(shape), 1, 2),
			append(slices.Clone(shape), 1),
		}
	case d == 2 && len(shape) > 0:
		return [][]int64{slices.Insert(slices.Clone(shape), 1, 1, 1), append([]int64{1, 1}, shape...)}
	case d == -1:
		return [][]int64{shape[1:], slices.Delete(slices.Clone(shape), 1, 2), shape[:rank]}
	}
	return nil
}

func tensorSize(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		if d > 1<<30 || n > 1<<30 {
			return -1
		}
		n *= d
	}
	return n
}

func allOnes(v []float64) bool {
	for _, x := range v {
		if x != 1 {
			return false
		}
	}
	return true
}

// with is set on a copy.
func with(in []Input, x Input) []Input { return set(in, x) }

// guess describes an argument that forward takes, by its name where that says
// what it is, else by its annotation; false where it is no tensor or number.
func (p *planner) guess(name string, in []Input) (Input, bool) {
	if !p.params[name] && !p.loose {
		return Input{}, false
	}
	before := p.params[name]
	p.params[name] = true
	out := p.more(drop(in, name), name)
	p.params[name] = before
	for _, i := range out {
		if i.Name == name {
			return i, true
		}
	}
	n := p.tokens
	for _, i := range in {
		if len(i.Shape) > 1 {
			n = i.Shape[1]
			break
		}
	}
	if name == "" || strings.ContainsAny(name, " ,") {
		return Input{}, false
	}
	x := Input{Name: name, Shape: []int64{1, n, p.hidden()}, DType: tensor.Float32}
	switch note := p.notes[name]; {
	case strings.Contains(note, "Bool"):
		x.Shape, x.DType, x.Data = []int64{1, n}, tensor.Bool, ones(n)
	case strings.Contains(note, "Long") || strings.Contains(note, "Int"):
		x.Shape, x.DType, x.Data = []int64{1, n}, tensor.Int64, ones(n)
	case strings.Contains(note, "Tensor") || note == "":
		if strings.Contains(name, "mask") {
			x.Shape, x.DType, x.Data = []int64{1, n}, tensor.Int64, ones(n)
		}
	case note == "<class 'int'>" || strings.HasPrefix(note, "int |"):
		x.Shape, x.DType, x.Data, x.Plain = nil, tensor.Int64, []float64{1}, true
	default:
		return Input{}, false
	}
	return x, true
}

// note fills in what the signature says of the parameters.
func (p *planner) note(params []interp.FuncParam) {
	for _, x := range params {
		p.params[x.Name] = true
		switch x.Kind {
		case interp.VarArgsParam, interp.KwArgsParam:
			p.loose = true
			continue
		}
		if x.Annotation != nil {
			p.in.Try(func() { p.notes[x.Name] = p.in.Repr(x.Annotation(p.in)) })
		}
		if x.Default == nil {
			p.needed = append(p.needed, x.Name)
		} else if n := p.notes[x.Name]; strings.Contains(n, "Tensor") || n == "" && interp.IsNone(x.Default) {
			if !strings.Contains(x.Name, "label") && !strings.HasPrefix(x.Name, "return_") && !strings.HasPrefix(x.Name, "output_") && x.Name != "use_cache" {
				p.optional = append(p.optional, x.Name)
			}
		}
	}
}
