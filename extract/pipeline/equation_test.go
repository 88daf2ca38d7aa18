package pipeline

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/pyast"
	"github.com/arch-extract/arch-extract/rules"
)

// equationsReached is the number of equations that held when this was last raised.
const equationsReached = 5248

// TestEquations reads the equations of one class of every family again: they
// are Python's grammar, and every module that they call is one that the block called.
func TestEquations(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	var rows []*flowLine
	for _, l := range readFlowLines(t, "5.23.0") {
		if n := len(rows); n > 0 && rows[n-1].family == l.family {
			rows[n-1] = l
			continue
		}
		rows = append(rows, l)
	}
	engine := &Engine{Source: src, Jobs: runtime.NumCPU()}
	type result struct {
		held   int
		wrong  []string
		family string
	}
	held, causes := 0, map[string][]string{}
	Each(engine, len(rows), func(s *Session, i int) (r result) {
		l := rows[i]
		r.family = l.family
		cls, err := s.Class(Package+".models."+l.family+"."+l.file, l.class)
		if err != nil {
			return r
		}
		b, err := s.Build(cls, Options{Config: l.set, Prepare: PrepareFlow})
		if err != nil {
			return r
		}
		f, err := s.Forward(b, Scenario{Device: l.device, Inputs: l.inputs})
		if err != nil {
			return r
		}
		m := s.Model(l.family, b, f, nil)
		for _, block := range rules.Annotate(m, s.ruleOptions()).Blocks {
			texts := []string{block.Flow}
			for _, p := range block.Parts {
				texts = append(texts, p.Flow)
			}
			for _, e := range strings.FieldsFunc(strings.ReplaceAll(strings.Join(texts, "\n"), "; ", "\n"), func(r rune) bool { return r == '\n' }) {
				if why := equationMiss(m, e); why != "" {
					r.wrong = append(r.wrong, why)
				} else {
					r.held++
				}
			}
		}
		return r
	}, func(_ int, r result) {
		held += r.held
		for _, w := range r.wrong {
			causes[w] = append(causes[w], r.family)
		}
	})
	logCauses(t, causes)
	total := held
	for _, c := range causes {
		total += len(c)
	}
	t.Logf("%d of %d equations hold", held, total)
	if held < equationsReached {
		t.Errorf("%d equations held before, %d do now", equationsReached, held)
	}
}

// operations are the words of equations that are no modules.
var operations = strings.Fields("rope split cat softmax topk group_topk sum act norm tanh sigmoid silu gelu relu exp sqrt softplus sqrt_softplus where max min mean mix " +
	"mamba1 mamba2 gated_delta lightning short_conv rg_lru rwkv mlstm slstm int")

// equationMiss says why an equation does not hold: "" if it does.
func equationMiss(m *graph.Model, e string) string {
	left, right, ok := strings.Cut(e, " = ")
	if !ok {
		return "no equation: " + e
	}
	if strings.Contains(right, "...") {
		return "cut short: " + left
	}
	ops := map[string]bool{}
	for _, n := range m.Trace.Nodes {
		ops[n.Op] = true
	}
	for _, n := range operations {
		ops[n] = true
	}
	for _, side := range []string{left, right} {
		tree, err := pyast.Parse("", []byte(side))
		if err != nil {
			return "does not parse: " + e
		}
		miss := ""
		pyast.Inspect(tree, func(n pyast.Node) bool {
			c, ok := n.(*pyast.Call)
			if !ok {
				return true
			}
			name := calledName(c.Func)
			if base := strings.TrimSuffix(name, "_"); ops[name] || ops[base] || activation(name) {
				return true
			}
			for _, call := range m.Trace.Calls {
				if call.Path == name || strings.HasSuffix(call.Path, "."+name) {
					return true
				}
			}
			for _, n := range m.Trace.Nodes { // a parameter that is used directly
				if n.Op == "param" && (strings.HasSuffix(n.Name, "."+name) || strings.HasSuffix(n.Name, "."+name+".weight")) {
					return true
				}
			}
			miss = "no such call: " + name
			return true
		})
		if miss != "" {
			return miss
		}
	}
	return ""
}

// calledName is a function's name as a path: layers[0].mlp is layers.0.mlp.
func calledName(n pyast.Expr) string {
	switch n := n.(type) {
	case *pyast.Name:
		return n.ID
	case *pyast.Attribute:
		return calledName(n.Value) + "." + n.Attr
	case *pyast.Subscript:
		if k, ok := n.Slice.(*pyast.Constant); ok {
			return calledName(n.Value) + "." + fmt.Sprint(k.Int)
		}
	}
	return "?"
}

// activation reports whether a name is one that mlp.activation may have.
func activation(name string) bool {
	switch name {
	case "gelu_tanh", "quick_gelu", "relu2", "relu6", "xielu", "laplace", "mish", "elu", "leaky_relu", "prelu", "hardswish", "hardsigmoid", "glu", "selu", "log_sigmoid", "identity":
		return true
	}
	return false
}
