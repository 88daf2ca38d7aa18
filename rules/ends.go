package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var embeddingRule = &Rule{
	Name: "embedding",
	Doc:  "What happens between the token embedding and the first block: a factor, positions that are added, a norm.",
	Keys: []string{"embedding.scale", "embedding.positions", "embedding.norm"},
	Run:  runEmbedding,
}

func runEmbedding(p *Pass) {
	if p.main == nil {
		return
	}
	f := p.f
	n := root(p.main.blocks[0].in)
	var embed *graph.Node
	scale := factor{v: 1}
	positions := "none"
	var posAt, scaleAt []graph.Span
	var nm *norm
	seen := map[*graph.Node]bool{}
	var last *graph.Node
	isToken := func(n *graph.Node) bool { return f.fromInputs(n) }
	for n != nil && !seen[n] {
		seen[n] = true
		n = root(n)
		if n.Op == "embedding" && isToken(n) {
			embed = n
			break
		}
		if u := f.normOut[n]; u != nil {
			nm = u
			n = root(u.in)
			continue
		}
		if x, c, ok := f.scaling(n); ok {
			scale = c.mul(scale)
			scaleAt = append(scaleAt, c.at...)
			n = x
			continue
		}
		last = n
		if layouts[n.Op] && len(n.In) > 0 {
			n = n.In[0]
			continue
		}
		if (n.Op == "add" || n.Op == "sub") && len(n.In) == 1 {
			n = n.In[0]
			continue
		}
		if q := f.projection(n); q != nil {
			if isToken(q.in) {
				n = q.in
				continue
			}
			break
		}
		if n.Op == "add" && len(n.In) == 2 {
			a, b := n.In[0], n.In[1]
			if !isToken(a) || isToken(b) && f.tokenRank(b) > f.tokenRank(a) {
				a, b = b, a
			}
			if k := f.positionKind(b); k != "" {
				positions = k
				posAt = append(posAt, site(n), n.At)
				if e := base(b); e != nil && len(e.In) > 1 {
					posAt = append(posAt, p.weightMade(weightLike(e.In[1])))
				}
			}
			n = a
			continue
		}
		if n.Op == "cat" || n.Op == "where" || n.Op == "masked_scatter" || n.Op == "setitem" || n.Op == "index_put" || n.Op == "scatter" || n.Op == "mul" {
			var next *graph.Node
			for _, x := range n.In {
				if isToken(x) && f.content[x.ID] {
					next = x
					break
				}
			}
			n = next
			continue
		}
		break
	}
	where := []graph.Span{}
	if embed != nil {
		where = append(where, posAt...)
		where = append(where, site(embed))
		if c := embed.Call; c != nil {
			where = append(where, c.At, p.plainAssignment(c.At, p.main.blocks[0].call.At))
			if up := c.Parent; up != nil && up.Path != "" {
				where = append(where, up.At, p.plainAssignment(up.At, p.main.blocks[0].call.At))
			}
		}
	}
	if embed == nil && p.main.blocks[0].in != nil {
		for _, n := range p.f.t.Nodes {
			if n.Op == "embedding" && isToken(n) && f.depends(p.main.blocks[0].in, n) {
				why := "the way from the token embedding to the first block is not understood"
				if last != nil {
					why += " (" + last.Op + ")"
				}
				for _, k := range []string{"embedding.scale", "embedding.positions", "embedding.norm"} {
					unknown(p.Report(k, nil, site(n)), why)
				}
				return
			}
		}
	}
	if embed == nil {
		// no tokens go in: positions and norm are of the features
		if k := p.featurePositions(); k != "" {
			p.Report("embedding.positions", k)
		}
		return
	}
	r := p.Report("embedding.scale", "none", where...)
	p.setScale(r, scale, scaleAt)
	p.Report("embedding.positions", positions, append(posAt, where...)...)
	e := p.Report("embedding.norm", nm != nil, where...)
	if nm != nil {
		e.At = spans(append([]graph.Span{p.normSite(nm)}, where...)...)
	}
}

// featurePositions says whether positions are added to features (of images or sound).
func (p *Pass) featurePositions() string {
	n := root(p.main.blocks[0].in)
	for range 60 {
		n = base(n)
		if u := p.f.normOut[n]; u != nil {
			n = u.in
			continue
		}
		if n.Op == "add" && len(n.In) == 2 {
			for i := range 2 {
				if k := p.f.positionKind(n.In[i]); k != "" {
					return k
				}
			}
			if p.f.content[n.In[0].ID] {
				n = n.In[0]
			} else {
				n = n.In[1]
			}
			continue
		}
		if n.Op == "cat" && len(n.In) > 0 {
			n = n.In[len(n.In)-1]
			continue
		}
		return ""
	}
	return ""
}

// fromInputs reports whether token ids (or given embeddings) reach n.
func (f *flow) fromInputs(n *graph.Node) bool {
	if !f.content[n.ID] {
		return false
	}
	for _, m := range inOrder(f.slice(n, nil, nil)) {
		if m.Op == "input" && f.content[m.ID] {
			return true
		}
	}
	return false
}

// tokenRank prefers the operand that is the larger computation.
func (f *flow) tokenRank(n *graph.Node) int { return len(f.slice(n, nil, nil)) }

// positionKind recognises a value by position: a learned table, or sines.
func (f *flow) positionKind(n *graph.Node) string {
	if r := len(n.Shape); r < 2 || n.Shape[r-2] <= 1 {
		return "" // the same at all places
	}
	n = base(n)
	if x, _, ok := f.scaling(n); ok {
		n = base(x)
	}
	if n.Op == "embedding" && len(n.In) > 1 {
		ix, w := n.In[0], n.In[1]
		if w.Op != "param" {
			ix, w = n.In[1], n.In[0]
		}
		if f.byTokens(ix) {
			return ""
		}
		t := weightLike(w)
		if t == nil {
			return ""
		}
		if len(t.Shape) == 2 && t.Shape[0] <= 16 {
			return "" // kinds of token, not positions
		}
		if t.Op == "buffer" {
			return "sinusoidal"
		}
		if q := f.param(t); q != nil && q.Frozen {
			return "sinusoidal"
		}
		return "learned"
	}
	if n.Op == "param" && len(n.Shape) >= 2 {
		if q := f.param(n); q != nil && q.Frozen {
			return "sinusoidal"
		}
		return "learned"
	}
	if n.Op == "buffer" && len(n.Shape) >= 2 && !isInt(n.DType) {
		return "sinusoidal"
	}
	if f.content[n.ID] {
		// a bias of convolution and the like
		if n.Op == "add" || n.Op == "interpolate" {
			for _, x := range n.In {
				if k := f.positionKind(x); k != "" {
					return k
				}
			}
		}
		return ""
	}
	param := false
	for _, m := range inOrder(f.slice(n, nil, nil)) {
		switch m.Op {
		case "sin", "cos":
			return "sinusoidal"
		case "param":
			if q := f.param(m); q == nil || !q.Frozen {
				param = true
			}
		case "buffer":
			if len(m.Shape) >= 2 && !isInt(m.DType) {
				return "sinusoidal"
			}
		}
	}
	if param {
		return "learned"
	}
	return ""
}

// byTokens reports whether an index depends on the token ids by value other
// than through padding (ids != pad, summed up to positions).
func (f *flow) byTokens(ix *graph.Node) bool { return f.content[ix.ID] }

// setScale fills in a factor: its expression with the number, or none.
func (p *Pass) setScale(r *graph.Fact, c factor, at []graph.Span) {
	if c.e == nil && c.v == 1 {
		return
	}
	r.Status = graph.Present
	if len(c.e.Refs(nil)) > 0 {
		r.Value = scaleText(c.e)
		r.Expr = c.e.String() + " = " + num(c.v)
	} else {
		r.Value = c.v
		if c.e != nil {
			r.Expr = c.e.String()
		}
	}
	r.At = spans(append(append(at, p.configAt(c.e)...), r.At...)...)
}

// configPrefix is the config's name before that of its value.
var configPrefix = regexp.MustCompile(`\bconfig\.`)

// withoutConfig leaves out the config's name: hidden_size for config.hidden_size.
func withoutConfig(expr string) string { return configPrefix.ReplaceAllString(expr, "") }

// scaleText writes a factor's expression: sqrt(hidden_size) for a square root,
// else as Python writes it.
func scaleText(e *graph.Expr) string {
	if e.Op == "**" && e.Args[1].Op == "lit" && e.Args[1].Name == "0.5" {
		return "sqrt(" + withoutConfig(e.Args[0].String()) + ")"
	}
	if e.Op == "call" && strings.HasSuffix(e.Name, "sqrt") && len(e.Args) == 1 {
		return "sqrt(" + withoutConfig(e.Args[0].String()) + ")"
	}
	if e.Op == "call" && (e.Name == "float" || e.Name == "tensor") && len(e.Args) == 1 {
		return scaleText(e.Args[0])
	}
	if e.Op == "/" && e.Args[0].Op == "lit" && e.Args[0].Name == "1" {
		if s := e.Args[1].String(); strings.Contains(s, " ") {
			return "1/(" + s + ")"
		}
		return "1/" + e.Args[1].String()
	}
	return e.String()
}

var finalNormRule = &Rule{
	Name: "final_norm",
	Doc:  "Whether the stream is normalised between the last block and the head.",
	Keys: []string{"final_norm"},
	Run:  runFinalNorm,
}

func runFinalNorm(p *Pass) {
	if p.main == nil {
		return
	}
	last := p.main.blocks[len(p.main.blocks)-1]
	if len(last.also) > 0 {
		unknown(p.Report("final_norm", nil), spread)
		return
	}
	out := p.output()
	var u *norm
	var at []graph.Span
	if out != nil {
		stop := map[*graph.Node]bool{root(last.out): true, last.out: true}
		for _, n := range inOrder(p.f.slice(out, stop, nil)) {
			if v := p.f.normOut[n]; v != nil && (root(v.in) == root(last.out) || base(v.in) == base(last.out)) {
				u = v
			}
		}
		if u == nil {
			for id := p.main.blocks[0].call.First; id < last.call.Last; id++ {
				if n := p.f.node(id); n != nil {
					stop[n] = true // a mixture of what several blocks gave
				}
			}
			for _, n := range inOrder(p.f.slice(out, stop, nil)) {
				if v := p.f.normOut[n]; v != nil && n.ID > last.call.Last && p.f.content[n.ID] {
					// several streams may be mixed by weights that are computed
					// from them; a layer as wide as the stream belongs to a head
					ps, st := p.f.nearest(v.in, stop)
					wide := slices.ContainsFunc(ps, func(q *proj) bool { return q.outWidth() == lastDim(v.in) })
					if len(st) > 0 && !wide {
						u = v
					}
				}
			}
		}
		at = append(at, site(out), out.At)
	}
	if u != nil {
		p.Report("final_norm", true, p.normSite(u))
		return
	}
	p.Report("final_norm", false, at...)
}

// normSite is where a norm is applied: the line that calls it.
func (p *Pass) normSite(u *norm) graph.Span {
	if u.call != nil && !u.call.At.IsZero() {
		return u.call.At
	}
	return site(u.core)
}

// output is the model's first output that is no single number (a loss).
func (p *Pass) output() *graph.Node {
	var out *graph.Node
	for _, c := range p.f.t.Calls {
		if c.Path != "" {
			continue
		}
		for _, o := range c.Out {
			if p.f.content[o.ID] && !isInt(o.DType) && len(o.Shape) > 0 {
				return o
			}
		}
	}
	return out
}

var headRule = &Rule{
	Name: "head",
	Doc:  "The output projection: whether its weight is the token embedding's, its bias, and what scales or caps the logits.",
	Keys: []string{"head.tied", "head.bias", "logits.scale", "logits.softcap"},
	Run:  runHead,
}

func runHead(p *Pass) {
	out := p.output()
	if out == nil || p.main == nil {
		return
	}
	f := p.f
	scale := factor{v: 1}
	var scaleAt []graph.Span
	var cap *factor
	n := out
	var head *proj
	pendingCap, learned := false, false
	for range 30 {
		n = root(n)
		if q := f.projection(n); q != nil {
			head = q
			break
		}
		if x, c, ok := f.scaling(n); ok {
			if pendingCap && cap != nil && near(c.v*cap.v, 1) {
				pendingCap = false
				n = x
				continue
			}
			scale = c.mul(scale)
			scaleAt = append(scaleAt, c.at...)
			n = x
			continue
		}
		if x, w := f.learnedScale(n); w != nil {
			learned = true
			n = x
			continue
		}
		if n.Op == "tanh" {
			cap = &factor{v: scale.v, e: scale.e, at: append(scaleAt, n.At)}
			scale, scaleAt = factor{v: 1}, nil
			pendingCap = true
			n = n.In[0]
			continue
		}
		if layouts[n.Op] && len(n.In) > 0 {
			n = n.In[0]
			continue
		}
		if n.Op == "add" && len(n.In) == 2 {
			// a buffer added to the logits is no bias of the head
			if f.content[n.In[0].ID] && !f.content[n.In[1].ID] {
				n = n.In[0]
				continue
			}
		}
		break
	}
	if head == nil || head.conv && len(head.weight.Shape) > 3 || !p.overVocabulary(head) {
		return
	}
	// on the hidden state just before the head
	for x := head.in; x != nil; {
		x = base(x)
		y, c, ok := f.scaling(x)
		if !ok {
			break
		}
		scale = c.mul(scale)
		scaleAt = append(scaleAt, c.at...)
		x = y
	}
	at := p.projAt(head)
	line := site(head.out)
	var embedW *graph.Node
	for _, n := range f.t.Nodes {
		if n.Op == "embedding" && embedW == nil && f.content[n.ID] {
			for _, x := range n.In {
				if w := weightLike(x); w != nil && w.Op == "param" {
					embedW = w
				}
			}
		}
	}
	if embedW != nil {
		tied := embedW == head.weight || embedW.Name == head.weight.Name
		if q := f.param(head.weight); q != nil && q.Tied != "" {
			if q.Tied == embedW.Name {
				tied = true
			} else if e := f.param(embedW); e != nil && e.Tied == q.Tied {
				tied = true
			}
		}
		if q := f.param(embedW); q != nil && q.Tied == head.weight.Name && q.Tied != "" {
			tied = true
		}
		r := p.Report("head.tied", tied, p.tiedAt()...)
		r.At = spans(append(r.At, at)...)
	}
	hb := head.bias != nil && head.bias.Op == "param"
	r := p.Report("head.bias", hb, at)
	if when, where := p.biasGate([]*proj{head}); !hb && when != "" {
		r.Status, r.When = graph.Gated, when
		r.At = spans(append(where, r.At...)...)
	}
	r = p.Report("logits.scale", "none", line)
	p.setScale(r, scale, scaleAt)
	if learned {
		unknown(r, "the logits are multiplied by a learned factor")
	}
	r = p.Report("logits.softcap", "none", line)
	if cap != nil {
		r.Value, r.Status = cap.v, graph.Present
		r.At = spans(append(append(cap.at, p.configAt(cap.e)...), r.At...)...)
		if cap.e != nil {
			r.Expr = cap.e.String()
		}
	}
}

// overVocabulary reports whether an output projection chooses among tokens: it
// is as wide as a table that tokens are looked up in, or its width follows from
// the same config value; or, where no tokens go in, from the vocabulary's size.
func (p *Pass) overVocabulary(head *proj) bool {
	width := p.weightDim(head, true)
	sameValue := func(rows graph.Dim) bool {
		if rows.N <= 16 {
			return false // kinds of token
		}
		if w := head.outWidth(); w > 16 && rows.N%w == 0 { // also one table for several vocabularies
			return true
		}
		if width.E == nil || rows.E == nil {
			return false
		}
		for _, r := range rows.E.Refs(nil) {
			if slices.Contains(width.E.Refs(nil), r) {
				return true
			}
		}
		return false
	}
	any, found := false, false
	for _, n := range p.f.t.Nodes {
		any = any || n.Op == "input" && n.Name == "inputs_embeds"
		if n.Op != "embedding" || !p.f.content[n.ID] {
			continue
		}
		for _, x := range n.In {
			w := weightLike(x)
			if w == nil || w.Op != "param" || len(w.Shape) != 2 {
				continue
			}
			any = true
			if q := p.f.param(w); w == head.weight || q != nil && len(q.Shape) == 2 && sameValue(q.Shape[0]) {
				return true
			}
		}
	}
	if p.Model.Root != nil { // tables that this run did not use
		p.Model.Root.Walk(func(m *graph.Module) {
			if w := m.Param("weight"); m.Class == "Embedding" && m.At.IsZero() && w != nil && len(w.Shape) == 2 && any {
				found = found || sameValue(w.Shape[0])
			}
		})
	}
	if found {
		return true
	}
	if any || width.E == nil {
		return false
	}
	return slices.ContainsFunc(width.E.Refs(nil), func(r string) bool {
		return r[strings.LastIndexByte(r, '.')+1:] == "vocab_size" // the framework's name for it
	})
}

// tiedAt is the config line that decides about tying.
func (p *Pass) tiedAt() []graph.Span {
	if c, ok := p.Model.Lookup("tie_word_embeddings"); ok {
		return c.At
	}
	return nil
}
