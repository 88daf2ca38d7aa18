package pipeline

import (
	"regexp"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/prose"
)

// maxLenders bounds how many configurations are tried.
const maxLenders = 4

// Alone describes a class whose configuration file is missing. The code is run
// with a configuration lent by another family, and again with each condition on
// its values turned. What is the same every time, and follows from no value, is
// what the code alone decides; every other fact is unknown, with why. No number
// of the lent configuration is kept. Where the code cannot be run at all, it is
// what Unbuilt says.
func Alone(src *load.Source, f load.File, class string, v Settings, m load.Missing, why error) (*graph.Model, error) {
	bare, err := Unbuilt(src, f, class, v, why)
	if err != nil {
		return nil, err
	}
	var full *graph.Model
	var others []*graph.Model
	for n := 0; full == nil && n < maxLenders; n++ {
		lent, ok := src.Lend(f, m, n)
		if !ok {
			break
		}
		full, others = trialRuns(lent, f, class, v)
	}
	bare.Source.Values = "none: there is no configuration file"
	if full == nil {
		return bare, nil
	}
	bare.Facts, bare.Blocks = codeFacts(full, others, m.Module), nil
	for _, b := range full.Blocks {
		b.Count, b.Scope, b.Flow = 0, everyLayer(b.Scope), ""
		b.Parts = slices.Clone(b.Parts)
		for i := range b.Parts {
			b.Parts[i].Scope, b.Parts[i].Flow = everyLayer(b.Parts[i].Scope), ""
		}
		if !slices.ContainsFunc(bare.Blocks, func(o graph.Block) bool { return o.Class == b.Class && o.Scope == b.Scope }) {
			bare.Blocks = append(bare.Blocks, b)
		}
	}
	return bare, nil
}

// trialRuns describes a class as it is, and with each condition turned.
func trialRuns(src *load.Source, f load.File, class string, v Settings) (full *graph.Model, others []*graph.Model) {
	var err error
	defer Bug(&err)
	s := NewSession(src, interp.Limits{})
	cls, err := s.Class(f.Module, class)
	if err != nil {
		return nil, nil
	}
	w := s.Watch()
	r, err := s.Run(cls, v, Scenario{})
	w.Stop()
	if err != nil || r.Err != nil {
		return nil, nil
	}
	m, err := s.Describe(src, f.Family, v, r)
	if err != nil {
		return nil, nil
	}
	for _, group := range w.trials(r.Built, m) {
		for _, t := range group {
			if len(others) < maxReruns {
				if o := w.rerun(src, cls, v, t, r, m); o != nil {
					others = append(others, o)
				}
			}
		}
	}
	return m, others
}

// codeFacts keeps the facts that are the same in all descriptions and follow
// from no config value.
func codeFacts(m *graph.Model, others []*graph.Model, module string) []graph.Fact {
	config := map[graph.Span]bool{}
	for _, c := range m.Config {
		for _, at := range c.At {
			config[at] = true
		}
	}
	said := func(m *graph.Model, f graph.Fact) string {
		var all []string
		for _, x := range m.Facts {
			if x.Key == f.Key && x.Stack == f.Stack {
				if t := string(x.Status) + prose.Plain(x.Value); !slices.Contains(all, t) {
					all = append(all, t)
				}
			}
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	var out []graph.Fact
	for _, f := range m.Facts {
		f.Scope = everyLayer(f.Scope)
		choice := prose.Choice(f)
		free := choice != "" && choice != "set" && !strings.HasPrefix(f.Key, "schedule.") && f.Expr == "" && f.Status != graph.Gated
		if f.Key == "model.kind" {
			free = f.Status != graph.Unknown
		}
		for _, at := range f.At {
			free = free && !config[at]
		}
		for _, o := range others {
			free = free && said(m, f) == said(o, f)
		}
		if !free {
			f.Value, f.Status, f.Expr, f.When = nil, graph.Unknown, "", ""
			f.Why = "it may depend on the config, and " + module + " does not lie beside this file"
			f.At = slices.DeleteFunc(slices.Clone(f.At), func(s graph.Span) bool { return config[s] })
		}
		if !slices.ContainsFunc(out, func(o graph.Fact) bool {
			return o.Key == f.Key && o.Scope == f.Scope && o.Stack == f.Stack && prose.Plain(o.Value) == prose.Plain(f.Value)
		}) {
			out = append(out, f)
		}
	}
	return out
}

var numbered = regexp.MustCompile(`\{[0-9,-]+\}|\.[0-9]+(\.|$)`)

// everyLayer is a scope without the numbers of layers.
func everyLayer(scope string) string {
	return numbered.ReplaceAllStringFunc(scope, func(s string) string {
		switch {
		case s[0] == '{':
			return "*"
		case strings.HasSuffix(s, "."):
			return ".*."
		}
		return ".*"
	})
}
