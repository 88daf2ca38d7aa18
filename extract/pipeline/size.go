package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/size"
	"github.com/arch-extract/arch-extract/rules"
)

// SizeOptions say how a model is to run.
type SizeOptions struct {
	Context int64 // 0: what the config says, else 4096
	Batch   int64
	DType   tensor.DType
}

// shortContext is a length before any window.
const shortContext = 3

// Size measures what running a class takes: it builds the model in the dtype,
// runs steps with a filled cache at two short lengths and at the context, and
// looks at what the cache holds and which operations ran.
func (s *Session) Size(family string, cls *interp.Class, v Settings, opt SizeOptions) (r *size.Report, err error) {
	defer Bug(&err)
	st := tensor.StateOf(s.in)
	old := st.DefaultDType
	st.DefaultDType = opt.DType
	defer func() { st.DefaultDType = old }()
	run, err := s.Run(cls, v, Scenario{Least: true})
	if err != nil {
		return nil, err
	}
	b := run.Built
	if run.Err != nil { // features in the dtype of the weights
		in := slices.Clone(run.Forward.Inputs)
		for i := range in {
			if in[i].DType.IsFloat() {
				in[i].DType = opt.DType
			}
		}
		if f, ferr := s.Forward(b, Scenario{Inputs: in}); ferr == nil {
			run.Forward, run.Err = f, nil
		}
	}
	if opt.Context == 0 {
		opt.Context = s.contextOf(b)
	}
	r = &size.Report{Family: family, Class: cls.Name, Context: opt.Context, Batch: opt.Batch, DType: opt.DType.String()}
	s.weights(r, b, run)
	if run.Err != nil {
		r.CacheWhy = OneLine(run.Err.Error())
		return r, nil
	}
	inputs := func(tokens int64) []Input { return resized(run.Forward.Inputs, tokens, opt.Batch) }
	step := func(tokens int64) (*Forward, error) {
		return s.Forward(b, Scenario{Kind: "decode", Inputs: inputs(tokens - 1)})
	}
	dims := dimensions(b)
	short, err := step(shortContext)
	var next, full *Forward
	if err == nil {
		next, err = step(shortContext + 1)
	}
	measured := opt.Context
	if err == nil && opt.Context > followed && hasState(short, next) {
		measured, r.Measured = followed, followed
	}
	if err == nil {
		full, err = step(measured)
	}
	if err != nil {
		r.CacheWhy = OneLine(err.Error())
	} else {
		r.Cache, r.CacheBytes, r.PerToken = size.Group(cached(short, next, full), measured, opt.Context, opt.Batch)
		r.Decode = size.WorkOf(full.Trace, opt.Batch, measured, itemSize, dims)
	}
	pre, err := s.Forward(b, Scenario{Inputs: inputs(measured)})
	if err != nil {
		r.WorkWhy = OneLine(err.Error())
	} else {
		r.Prefill = size.WorkOf(pre.Trace, opt.Batch*measured, measured, itemSize, dims)
	}
	return r, nil
}

// CountCache says what one token adds to the cache of a model whose keys and
// values are made of something smaller, in 16 bits: what is kept of these is a
// matter of the code, so that a step with a filled cache is followed.
func (s *Session) CountCache(m *graph.Model, r *Run) {
	mla := slices.ContainsFunc(m.Facts, func(f graph.Fact) bool { return f.Key == "attention.kind" && f.Stack == "main" && f.Value == "mla" })
	causal := slices.ContainsFunc(m.Facts, func(f graph.Fact) bool { return f.Key == "attention.mask" && f.Stack == "main" && f.Value == "causal" })
	if !mla || !causal || m.Counts.CacheBytes > 0 || r.Err != nil {
		return
	}
	f, err := s.Forward(r.Built, Scenario{Kind: "decode", Inputs: resized(r.Forward.Inputs, shortContext, 1)})
	if err != nil {
		return
	}
	var steps []size.Step
	for _, c := range f.Cache {
		if !c.DType.IsFloat() {
			continue
		}
		x := size.Step{Name: c.Name, Before: c.Before, After: c.After}
		for _, e := range c.Exprs {
			x.Exprs = append(x.Exprs, e.String())
		}
		steps = append(steps, x)
	}
	const bits16 = 2
	var exprs []string
	m.Counts.CacheBytes, exprs = size.PerToken(steps, bits16)
	m.Counts.CacheExpr = strings.Join(exprs, " + ")
}

// dimensions says of the parameters of a model how their dimensions follow from
// the config, a number where they do not.
func dimensions(b *Built) func(param string) []string {
	at := map[string]*tensor.Tensor{}
	for _, p := range b.Tree.Params {
		at[p.Name] = p.Tensor
	}
	return func(param string) []string {
		t := at[param]
		if t == nil {
			return nil
		}
		var out []string
		for _, d := range t.Shape {
			e := strconv.FormatInt(d.V, 10)
			if d.E != nil {
				if e = d.E.String(); strings.ContainsAny(e, "+-/%") || strings.Contains(e, " if ") {
					e = "(" + e + ")"
				}
			}
			out = append(out, e)
		}
		return out
	}
}

// followed is how long a sequence is that is run where the model may go through
// it token by token.
const followed = 2048

// hasState reports whether some of the cache is as large after one more token.
func hasState(short, next *Forward) bool {
	for _, c := range next.Cache {
		for _, o := range short.Cache {
			if o.Name == c.Name && c.DType.IsFloat() && len(c.After) > 0 && slices.Equal(o.After, c.After) {
				return true
			}
		}
	}
	return false
}

func itemSize(dtype string) int64 {
	d, ok := tensor.DTypeByName(dtype)
	if !ok {
		return 4
	}
	return d.ItemSize()
}

// contextOf is how many positions the config says the model is for.
func (s *Session) contextOf(b *Built) (n int64) {
	n = 4096
	_ = s.in.Guard(func() {
		cfg := s.in.CallMethod(b.Config, "get_text_config")
		for _, c := range []interp.Value{b.Config, cfg} {
			if v, ok := s.in.LookupAttr(c, "max_position_embeddings"); ok {
				if k, ok := interp.AsInt(v); ok && k > shortContext {
					n = k
				}
			}
		}
	})
	return n
}

// resized are inputs with another number of tokens and another batch. Masks
// that go with the tokens follow from these.
func resized(in []Input, tokens, batch int64) []Input {
	var out []Input
	for _, i := range in {
		i.Shape = slices.Clone(i.Shape)
		i.Data = slices.Clone(i.Data)
		switch {
		case len(i.Shape) == 2 && i.DType == tensor.Int64 && i.Data == nil:
			i.Shape[0], i.Shape[1] = batch, tokens
		case len(i.Shape) > 0 && i.Shape[0] == 1 && i.Data == nil:
			i.Shape[0] = batch
		}
		out = append(out, i)
	}
	return out
}

// cached joins what the cache holds at several lengths.
func cached(short, next, full *Forward) []size.Tensor {
	find := func(f *Forward, name string) []int64 {
		for _, c := range f.Cache {
			if c.Name == name {
				return c.After
			}
		}
		return nil
	}
	var out []size.Tensor
	for _, c := range full.Cache {
		if len(c.After) == 0 || !c.DType.IsFloat() {
			continue // a counter, or what the step does not keep
		}
		t := size.Tensor{Name: c.Name, DType: c.DType.String(), ItemSize: c.DType.ItemSize(), Before: c.Before, Full: c.After,
			Short: find(short, c.Name), Next: find(next, c.Name), ShortLength: shortContext, Kept: c.Node != nil && c.Node.Op == "input"}
		for _, e := range c.Exprs {
			t.Exprs = append(t.Exprs, e.String())
		}
		out = append(out, t)
	}
	return out
}

// weights adds up the parameters, by dtype.
func (s *Session) weights(r *size.Report, b *Built, run *Run) {
	at := map[tensor.DType]int{}
	for _, p := range b.Tree.Params {
		d, n := p.Tensor.DType, max(0, p.Tensor.Numel())
		k, ok := at[d]
		if !ok {
			k = len(r.Weights.ByDType)
			at[d] = k
			r.Weights.ByDType = append(r.Weights.ByDType, size.ByDType{DType: d.String()})
		}
		r.Weights.ByDType[k].Parameters += n
		r.Weights.ByDType[k].Bytes += n * d.ItemSize()
		r.Weights.Parameters += n
		r.Weights.Bytes += n * d.ItemSize()
	}
	r.Weights.Active = r.Weights.Parameters
	var f *Forward
	if run.Err == nil {
		f = run.Forward
	}
	r.Weights.Active = rules.Annotate(s.Model("", b, f, run.Err), rules.Options{}).Counts.Active
}
