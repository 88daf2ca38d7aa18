package rules

import (
	"slices"
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

var scheduleRule = &Rule{
	Name: "schedule",
	Doc:  "The run lengths of mixers and feed-forwards over the main stack, from what each block's branches compute.",
	Keys: []string{"schedule.mixers", "schedule.ffn"},
	Run:  runSchedule,
}

func runSchedule(p *Pass) {
	if p.main == nil {
		return
	}
	var mix, ffn []string
	var at []graph.Span
	var ffnAt []graph.Span
	why, ffnWhy := "", ""
	for _, b := range p.main.once() {
		var ms, fs []string
		for _, a := range b.attns {
			if a.cross && hasSelf(b) {
				continue
			}
			k, w, spans := p.attentionKind(b, a)
			if w != "" {
				why = w
			}
			at = append(at, spans...)
			if len(ms) > 0 && ms[0] != k && b.apart(a) {
				why = "attentions that follow one another in " + b.call.Path + " see different keys"
			}
			ms = appendStr(ms, k)
		}
		{
			for _, br := range b.branches() {
				switch br.kind {
				case "mixer":
					ms = appendStr(ms, br.mix.schedule)
					switch {
					case br.mlp != nil:
						fs = appendStr(fs, "dense")
					case br.mix.spatial && !p.f.convolutional(b) && !hasKind(b, "mlp") && !hasKind(b, "moe"):
						ffnWhy = "what follows the convolution in " + b.call.Path + " is no feed-forward of a known form"
					}
					if br.mix.node != nil {
						at = append(at, site(br.mix.node))
					}
				case "attention":
					if br.mix != nil {
						ms = appendStr(ms, br.mix.schedule)
					}
					for _, a := range br.attns {
						if n := p.f.convolvedBeside(a); n != nil {
							ms = appendStr(ms, "conv")
							at = append(at, site(n))
						}
					}
					if br.mlp != nil {
						fs = appendStr(fs, "dense")
					} else if len(b.branches()) == 1 && p.f.beyond(b, br) {
						ffnWhy = "what surrounds the attention in " + b.call.Path + " is no feed-forward of a known form"
					}
				case "mlp":
					fs = appendStr(fs, "dense")
				case "moe":
					fs = appendStr(fs, "moe")
				case "":
					if len(br.attns) == 0 {
						w := "a branch of " + b.call.Path + " is neither attention nor a feed-forward of a known form"
						if len(b.attns) == 0 && !hasKind(b, "mixer") && !p.f.convolutional(b) {
							why = w
						}
						if !hasKind(b, "mlp") && !hasKind(b, "moe") && !p.f.convolutional(b) {
							ffnWhy = w
						}
					}
				}
				if br.kind == "mlp" || br.kind == "moe" {
					ffnAt = append(ffnAt, p.statement(p.made(br.call.Path)), site(br.out))
					if br.mlp != nil {
						for c := br.mlp.up.out.Call; c != nil && c != b.call; c = c.Parent {
							if c.Parent == b.call {
								ffnAt = append([]graph.Span{p.made(c.Path)}, ffnAt...)
							}
						}
					}
				}
			}
		}
		if b.other != "" && len(fs) == 0 && ffnWhy == "" && p.f.mixesElsewhere(b) {
			ffnWhy = "a part of " + b.call.Path + " is neither attention nor a feed-forward of a known form"
		}
		if len(ms) == 0 && p.f.convolutional(b) {
			ms = []string{"conv"}
		}
		if len(ms) == 0 && p.f.mixesElsewhere(b) {
			why = "values of " + b.call.Path + " are multiplied along the sequence in no branch that is understood"
		}
		if len(ms) == 0 {
			ms = []string{"none"}
		}
		if len(fs) == 0 {
			fs = []string{"none"}
		}
		sort.Strings(ms)
		sort.Strings(fs)
		mix, ffn = append(mix, strings.Join(ms, "+")), append(ffn, strings.Join(fs, "+"))
	}
	if slices.ContainsFunc(p.main.blocks, (*block).crowded) {
		why, ffnWhy = crowd, crowd
	}
	_, count := p.countOf(p.main)
	if why != "" {
		unknown(p.Report("schedule.mixers", nil, count...), why)
	} else {
		expr, deciding := p.divided(mix, true, mixerPart)
		if expr == "" && len(runs(mix)) == 1 { // what all see, then where they are built
			deciding = append(firstSpans(at, 1), deciding...)
		}
		p.Report("schedule.mixers", runs(mix), firstSpans(append(append(deciding, at...), count...), mostLines)...).Expr = expr
	}
	if ffnWhy != "" {
		unknown(p.Report("schedule.ffn", nil, count...), ffnWhy)
	} else {
		expr, deciding := p.divided(ffn, false, ffnPart)
		p.Report("schedule.ffn", runs(ffn), firstSpans(append(deciding, ffnAt...), mostLines)...).Expr = expr
	}
}

// apart reports whether an attention begins only after the block's first one
// has ended: the two follow one another.
func (b *block) apart(a *attn) bool {
	first := b.attns[0]
	return a != first && a.call != first.call && a.call.First >= first.call.Last
}

// beyond reports whether a branch has learned products that belong to none of
// the block's attentions.
func (f *flow) beyond(b *block, br *branch) bool {
	for n := range br.nodes {
		if f.projection(n) == nil {
			continue
		}
		in := false
		for _, a := range b.attns {
			in = in || within(n, a.call) || a.op != nil && (a.op.out == n || a.op.weight == f.projection(n).weight)
		}
		if !in {
			return true
		}
	}
	return false
}

// attentionKind is what schedule.mixers calls an attention.
func (p *Pass) attentionKind(b *block, a *attn) (kind, why string, at []graph.Span) {
	if a.sparse != nil {
		return "sparse", "", []graph.Span{site(a.sparse)}
	}
	if n := p.f.pooledKeys(b, a); n != nil {
		return "compressed", "", []graph.Span{site(n)}
	}
	v := p.sight(b, a)
	switch {
	case v.partly != "":
		return "full", v.partly, nil
	case v.why != "":
		return "full", v.why, nil
	case p.f.pooled(b, a):
		return "compressed", "", []graph.Span{site(a.qk)}
	case v.chunked:
		return "chunked", "", v.at
	case v.window > 0:
		return "sliding", "", v.at
	}
	return "full", "", v.at
}

// mixesElsewhere reports whether the block multiplies two values of the hidden
// state outside of its experts, though no branch was found to mix the sequence.
func (f *flow) mixesElsewhere(b *block) bool {
	for id := b.call.First; id < b.call.Last; id++ {
		n := f.node(id)
		if n == nil || !matmuls[n.Op] || len(n.In) < 2 || !f.content[n.In[0].ID] || !f.content[n.In[1].ID] || f.projection(n) != nil {
			continue
		}
		known := false
		for _, br := range b.branches() {
			known = known || br.nodes[n] || br.moe != nil && br.call != b.call && within(n, br.call)
		}
		if !known {
			return true
		}
	}
	return false
}

// pooledKeys recognises keys that are joined from those of the tokens and from
// ones that stand for many tokens: fewer than the tokens, from projections of
// their own; none at all where the traced length is shorter than one group.
func (f *flow) pooledKeys(b *block, a *attn) *graph.Node {
	if b.same != nil {
		b = b.same
	}
	seen := map[*graph.Node]bool{}
	for n := a.k; n != nil && !seen[n]; {
		seen[n] = true
		if n.Op == "cat" && len(n.In) == 2 && len(n.In[0].Shape) == len(n.Shape) && len(n.In[1].Shape) == len(n.Shape) {
			d := dimOf(n, "dim", 0, len(n.Shape))
			for i := range 2 {
				x, o := n.In[i], n.In[1-i]
				if d < 0 || d >= len(n.Shape) || d == len(n.Shape)-1 || x.Shape[d] >= o.Shape[d] || !f.reaches(o, b) {
					continue
				}
				if x.Shape[d] > 0 {
					ps, _ := f.nearest(x, nil)
					qs, _ := f.nearest(o, nil)
					if len(ps) > 0 && a.call != nil && within(ps[0].out, a.call) && (len(qs) == 0 || qs[0].out != ps[0].out) {
						return n
					}
					continue
				}
				e := base(x)
				if shapeOnly[e.Op] && len(e.In) > 0 {
					if q := f.projection(base(e.In[0])); q != nil && within(q.out, a.call) {
						return n
					}
				}
			}
		}
		switch {
		case identities[n.Op] || layouts[n.Op]:
			n = n.In[0]
		default:
			n = nil
		}
	}
	return nil
}

func hasKind(b *block, kind string) bool {
	{
		for _, br := range b.branches() {
			if br.kind == kind {
				return true
			}
		}
	}
	return false
}

func hasSelf(b *block) bool {
	for _, a := range b.attns {
		if !a.cross {
			return true
		}
	}
	return false
}

func appendStr(l []string, s string) []string {
	for _, x := range l {
		if x == s {
			return l
		}
	}
	return append(l, s)
}

// runs writes a list as [value, count] pairs.
func runs(l []string) []any {
	var out []any
	for i := 0; i < len(l); {
		j := i
		for j < len(l) && l[j] == l[i] {
			j++
		}
		out = append(out, []any{l[i], int64(j - i)})
		i = j
	}
	return out
}

func firstSpans(at []graph.Span, n int) []graph.Span {
	at = spans(at...)
	return at[:min(n, len(at))]
}
