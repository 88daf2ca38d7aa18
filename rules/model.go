package rules

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var modelRule = &Rule{
	Name: "model",
	Doc:  "What the class is as a whole, from what goes in, which stacks there are and what they can see; and how many blocks the main stack has.",
	Keys: []string{"model.kind", "model.layers"},
	Run:  runModel,
}

func runModel(p *Pass) {
	if p.main == nil {
		why := "no stack of blocks was found in the forward"
		if p.Model.TraceError != "" {
			why = p.Model.TraceError
		}
		if p.Model.TraceError != "" || p.Model.Trace == nil || len(p.Model.Trace.Nodes) == 0 {
			if p.Model.TraceError == "" {
				why = "there is no trace of a forward"
			}
			if p.textAndMore() && p.hasVocabulary() {
				p.Report("model.kind", "multimodal", p.Model.At)
			} else {
				unknown(p.Report("model.kind", nil, p.Model.At), why)
			}
		} else if k := p.kindOfInputs(); k != "" {
			p.Report("model.kind", k, p.Model.At)
		} else {
			unknown(p.Report("model.kind", nil, p.Model.At), why)
		}
		unknown(p.Report("model.layers", nil, p.Model.At), why)
		return
	}
	kind, why := p.kindOfInputs(), "what the queries of the main stack can see is not known"
	if kind == "" {
		kind = p.kindOfStack()
	}
	if out := p.output(); kind == "encoder-only" && out != nil && len(out.Shape) > 1 && out.Shape[1] < 0 {
		kind, why = "", "an encoder's output is as long as its input, but how long this one is depends on data"
	}
	if p.textAndMore() && (kind == "decoder-only" || kind == "encoder-only" || kind == "") {
		kind = "multimodal" // though this run was of text alone
	}
	if kind == "" {
		unknown(p.Report("model.kind", nil, p.Model.At), why)
	} else {
		p.Report("model.kind", kind, p.Model.At)
	}
	n := int64(len(p.main.once()))
	e, at := p.countOf(p.main)
	f := p.Report("model.layers", n, at...)
	f.Expr = e
	if slices.ContainsFunc(p.main.blocks, (*block).crowded) {
		unknown(f, crowd)
		f.Expr = ""
	}
}

// textAndMore reports whether the class says that it takes text and something else.
func (p *Pass) textAndMore() bool {
	return slices.Contains(p.Model.Accepts, "text") && len(p.Model.Accepts) > 1
}

// hasVocabulary reports whether the model has a table for the tokens of a text,
// which is longer than any for kinds of things.
func (p *Pass) hasVocabulary() bool {
	found := false
	p.Model.Root.Walk(func(m *graph.Module) {
		w := m.Param("weight")
		found = found || m.Class == "Embedding" && m.At.IsZero() && w != nil && len(w.Shape) == 2 && w.Shape[0].N >= 1000
	})
	return found
}

// soundInputs are the names that the framework has for waves and spectra, of
// all inputs of three dimensions or fewer.
var soundInputs = set("input_values", "input_features", "audio_values", "input_audio", "spectrogram", "audio", "waveform", "audio_features", "audio_input_features")

// torchConvs are torch's modules with a kernel.
var torchConvs = set("Conv1d", "Conv2d", "Conv3d")

// kindOfInputs decides by what goes in, where that settles it.
func (p *Pass) kindOfInputs() string {
	tokens, image, sound, series := false, false, false, false
	for _, n := range p.f.t.Nodes {
		if n.Op != "input" || len(p.f.users[n.ID]) == 0 {
			continue
		}
		switch {
		case isInt(n.DType):
			tokens = tokens || p.f.content[n.ID]
		case !strings.HasPrefix(n.DType, "float") || maskInputs[n.Name]:
		case n.Name == "inputs_embeds":
			tokens = true
		case len(n.Shape) >= 4:
			image = true
		case soundInputs[n.Name]:
			sound = true
		default:
			series = true // features of another kind: of image regions, measurements in time
		}
	}
	if tokens && !image && !sound && p.main != nil && p.idleTower(p.anyCausal(p.main)) {
		image = true
	}
	if p.crossed() && !image && !p.sees() {
		return "encoder-decoder"
	}
	switch {
	case image && tokens, image && sound, sound && tokens, series && tokens:
		return "multimodal"
	case image:
		return "vision"
	case sound:
		return "audio"
	case series:
		return "other"
	}
	return ""
}

// sees reports whether the main stack's own attention is known to look ahead,
// as that of a decoder does not.
func (p *Pass) sees() bool {
	for _, b := range p.main.own() {
		for _, a := range b.attns {
			if a.cross || a.foreign {
				continue
			}
			v := p.sight(b, a)
			return v.why == "" && !v.causal
		}
	}
	return false
}

// idleTower reports whether the model has a part for another kind of input that
// this run did not use: convolutions over planes (in a language model also
// over sequences, and lists of two or more blocks), none of which ran.
func (p *Pass) idleTower(causal bool) bool {
	ran := map[string]bool{}
	classes := map[string]bool{}
	for _, c := range p.f.t.Calls {
		classes[c.Class] = true
		for path := c.Path; path != "" && !ran[path]; {
			ran[path] = true
			path = path[:max(0, strings.LastIndexByte(path, '.'))]
		}
	}
	for _, n := range p.f.t.Nodes {
		if n.Op == "param" && len(p.f.users[n.ID]) > 0 {
			ran[ownerPath(n.Name)] = true
		}
	}
	found := false
	p.Model.Root.Walk(func(m *graph.Module) {
		if m.Path == "" || ran[m.Path] || found {
			return
		}
		for _, q := range m.Params {
			if torchConvs[m.Class] && m.At.IsZero() && (len(q.Shape) > 3 || len(q.Shape) == 3 && causal) && q.Shape[2].N > 1 {
				found = true
			}
		}
		if causal && m.Container && len(m.Children) >= 2 && m.Children[0].Class == m.Children[1].Class && len(m.Children[0].Children) >= 2 && !classes[m.Children[0].Class] {
			found = true
		}
	})
	return found
}

// crossed reports whether the main stack attends to another stack's output.
func (p *Pass) crossed() bool { return p.main != nil && p.main.cross && len(p.stacks) > 1 }

func (p *Pass) kindOfStack() string {
	for _, b := range p.main.blocks {
		for _, a := range b.attns {
			if a.cross {
				continue
			}
			v := p.sight(b, a)
			if v.why != "" {
				continue
			}
			if v.causal {
				return "decoder-only"
			}
			return "encoder-only"
		}
	}
	for _, b := range p.main.blocks {
		for _, br := range b.branches() {
			if br.mix != nil && p.f.looksBack(br.mix) {
				return "decoder-only"
			}
		}
		for id := b.call.First; id < b.call.Last; id++ {
			// a Fourier transform over the sequence looks both ways
			if n := p.f.node(id); n != nil && p.f.content[n.ID] && (n.Op == "fftn" || n.Op == "fft_fftn" || n.Op == "fft2" || n.Op == "fft_fft2") {
				return "encoder-only"
			}
		}
	}
	return ""
}

// countOf is the expression behind the number of blocks, and its lines: the
// config value named where the list is built.
func (p *Pass) countOf(s *stack) (string, []graph.Span) {
	var at []graph.Span
	prefix := s.prefix
	made := p.made(prefix)
	n := int64(len(s.once()))
	var name string
	for _, c := range p.Model.Config {
		v, ok := asInt(c.Value)
		if !ok || v != n {
			continue
		}
		leaf := c.Name[strings.LastIndexByte(c.Name, '.')+1:]
		for _, line := range p.near(made, 3) {
			if strings.Contains(line, "."+leaf+")") || strings.Contains(line, "."+leaf+" ") || strings.Contains(line, "."+leaf+"]") {
				if name == "" {
					name = c.Name
					at = append(at, c.At...)
				}
			}
		}
	}
	if name == "" {
		// evidence only: a config value of that size that speaks of layers
		for _, c := range p.Model.Config {
			v, ok := asInt(c.Value)
			if ok && v == n && (strings.Contains(c.Name, "layer") || strings.Contains(c.Name, "depth") || strings.Contains(c.Name, "block")) && name == "" {
				name = c.Name
				at = append(at, c.At...)
			}
		}
	}
	at = append(at, made)
	if name != "" {
		name = "config." + name
	}
	return name, at
}

// near are the source lines around a place.
func (p *Pass) near(s graph.Span, d int) []string {
	src := p.source(s.File)
	if src == nil {
		return nil
	}
	lo, hi := max(0, s.Line-1-d), min(len(src.lines), s.Line+d)
	if lo >= hi {
		return nil
	}
	return src.lines[lo:hi]
}

func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		if v == float64(int64(v)) {
			return int64(v), true
		}
	}
	return 0, false
}
