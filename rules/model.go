package rules

import (
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
			unknown(p.Report("model.kind", nil, p.Model.At), why)
		} else if k := p.kindOfInputs(); k != "" {
			p.Report("model.kind", k, p.Model.At)
		} else {
			p.Report("model.kind", "other", p.Model.At)
		}
		unknown(p.Report("model.layers", nil, p.Model.At), why)
		return
	}
	kind := p.kindOfInputs()
	if kind == "" {
		kind = p.kindOfStack()
	}
	if kind == "" {
		unknown(p.Report("model.kind", nil, p.Model.At), "what the queries of the main stack can see is not known")
	} else {
		p.Report("model.kind", kind, p.Model.At)
	}
	n := int64(len(p.main.blocks))
	e, at := p.countOf(p.main)
	f := p.Report("model.layers", n, at...)
	f.Expr = e
}

// kindOfInputs decides by what goes in, where that settles it.
func (p *Pass) kindOfInputs() string {
	tokens, image, sound := false, false, false
	for _, n := range p.f.t.Nodes {
		if n.Op != "input" || len(p.f.users[n.ID]) == 0 {
			continue
		}
		switch {
		case isInt(n.DType) && n.Name != "attention_mask" && n.Name != "position_ids":
			tokens = true
		case strings.HasPrefix(n.DType, "float") && len(n.Shape) >= 4:
			image = true
		case strings.HasPrefix(n.DType, "float") && n.Name != "attention_mask" && n.Name != "inputs_embeds":
			sound = true
		case n.Name == "inputs_embeds":
			tokens = true
		}
	}
	if p.Model.Root != nil && tokens && !image {
		// a tower that was not run: patches are cut by convolutions over planes
		p.Model.Root.Walk(func(m *graph.Module) {
			for _, q := range m.Params {
				if len(q.Shape) == 4 && q.Shape[2].N > 1 && q.Shape[2].N == q.Shape[3].N || len(q.Shape) == 5 {
					image = true
				}
			}
		})
	}
	if p.crossed() && !image {
		return "encoder-decoder"
	}
	switch {
	case image && tokens, image && sound, sound && tokens:
		return "multimodal"
	case image:
		return "vision"
	case sound:
		return "audio"
	}
	return ""
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
		{
			for _, br := range b.branches() {
				if br.mix != nil {
					return "decoder-only"
				}
			}
		}
	}
	if len(p.attns) == 0 {
		return "other"
	}
	return ""
}

// countOf is the expression behind the number of blocks, and its lines: the
// config value named where the list is built.
func (p *Pass) countOf(s *stack) (string, []graph.Span) {
	var at []graph.Span
	prefix := s.prefix
	made := p.made(prefix)
	n := int64(len(s.blocks))
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
