package rules

import (
	"github.com/arch-extract/arch-extract/extract/graph"
)

var mlpRule = &Rule{
	Name: "mlp",
	Doc:  "The feed-forward networks, dense ones and routed experts: gated or plain, the activation by the values it computes, width, bias, one matrix or two.",
	Keys: []string{"mlp.kind", "mlp.activation", "mlp.hidden", "mlp.bias", "mlp.fused"},
	Run:  runMLP,
}

func runMLP(p *Pass) {
	for _, s := range p.stacks {
		for _, b := range s.own() {
			{
				for _, br := range b.branches() {
					switch {
					case br.kind == "mlp" || br.mlp != nil && (br.kind == "attention" || br.kind == "mixer"):
						p.mlpFacts(b, br, br.mlp)
					case br.kind == "moe" && br.moe.routed != nil:
						p.mlpFacts(b, br, br.moe.routed)
					case br.kind == "moe":
						path := br.call.Path
						unknown(p.Block(b, path, "mlp.kind", nil, p.class(path)), br.moe.routedWhy)
					}
				}
			}
		}
	}
}

func (p *Pass) mlpFacts(b *block, br *branch, m *mlp) {
	path := b.call.Path
	if m.call != nil && callWithin(m.call, b.call) {
		path = m.call.Path
	}
	line := m.down.out.At
	if m.product != nil {
		line = m.product.At
	}
	kind := "plain"
	if m.gated {
		kind = "gated"
	}
	at := []graph.Span{site(m.down.out), line}
	if m.product != nil {
		at = append(at, site(m.product))
	}
	if m.act != nil {
		at = append(at, site(m.act))
	}
	at = append(at, p.lineIn(p.class(path), "act_fn(", "act(", "activation(", "activation_fn(", "sigmoid(", "glu"))
	p.Block(b, path, "mlp.kind", kind, at...)
	if m.actName == "" {
		unknown(p.Block(b, path, "mlp.activation", nil, at...), "what is applied between the projections is not elementwise in one value")
	} else {
		f := p.Block(b, path, "mlp.activation", m.actName, at...)
		f.At = spans(append(p.activationAt(m.actName), f.At...)...)
	}
	d := p.weightDim(m.down, false)
	f := p.Block(b, path, "mlp.hidden", m.hidden)
	f.At = spans(append(p.configAt(d.E), p.projAt(m.up), p.projAt(m.down))...)
	if d.N == m.hidden && d.E != nil {
		f.Expr = d.E.String()
	}
	if d.E == nil {
		for _, c := range p.Model.Config {
			if n, ok := asInt(c.Value); ok && n == m.hidden && containsAny(c.Name, "inter", "ffn", "hidden", "inner", "d_ff") && len(f.At) < 4 {
				f.At = spans(append(append([]graph.Span{}, c.At...), f.At...)...)
			}
		}
	}
	hasBias := m.up.bias != nil || m.down.bias != nil || m.gate != nil && m.gate.bias != nil
	f = p.Block(b, path, "mlp.bias", hasBias, p.biasAt(m.gate), p.projAt(m.gate), p.projAt(m.up), p.projAt(m.down))
	if !hasBias {
		if when, where := p.biasGate([]*proj{m.up, m.down}); when != "" {
			f.Status, f.When = graph.Gated, when
			f.At = spans(append(where, f.At...)...)
		}
	}
	if m.gated {
		p.Block(b, path, "mlp.fused", m.fused, p.projAt(m.gate), p.projAt(m.up))
	}
}

// kernel is the length of a convolution along the sequence.
func (p *Pass) kernel(n *graph.Node) graph.Dim {
	for _, x := range n.In {
		if w := paramBehind(x, 0); w != nil {
			if q := p.f.param(w); q != nil && len(q.Shape) == 3 {
				return q.Shape[2]
			}
		}
	}
	return graph.Dim{}
}

// biasAt is the line that made a projection's bias where it is a parameter
// beside the weight.
func (p *Pass) biasAt(q *proj) graph.Span {
	if q == nil || q.bias == nil {
		return graph.Span{}
	}
	if x := p.f.param(q.bias); x != nil && !p.torchOwned(q.bias) {
		return x.At
	}
	return graph.Span{}
}

// activationAt are the config lines that name an activation.
func (p *Pass) activationAt(name string) []graph.Span {
	alias := map[string][]string{
		"gelu_tanh": {"gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_python_tanh"},
		"silu":      {"silu", "swish"},
		"relu2":     {"relu2", "relu_squared"},
		"gelu":      {"gelu", "gelu_python"},
	}
	names := append([]string{name}, alias[name]...)
	for _, c := range p.Model.Config {
		s, ok := c.Value.(string)
		if !ok {
			continue
		}
		for _, n := range names {
			if s == n {
				return c.At
			}
		}
	}
	return nil
}

var moeRule = &Rule{
	Name: "moe",
	Doc:  "Mixtures of experts: how many, how they are chosen and weighed, from the path between router, choice and the product with an expert's output.",
	Keys: []string{"moe.experts", "moe.top_k", "moe.score", "moe.order", "moe.renormalize", "moe.router_bias", "moe.selection_bias", "moe.scale", "moe.groups", "moe.shared", "moe.shared_hidden", "moe.shared_gate", "moe.zero_experts", "moe.weight_on"},
	Run:  runMoE,
}

func runMoE(p *Pass) {
	for _, s := range p.stacks {
		for _, b := range s.own() {
			{
				for _, br := range b.branches() {
					if br.kind == "moe" {
						p.moeFacts(b, br, br.moe)
					}
				}
			}
		}
	}
}

func (p *Pass) moeFacts(b *block, br *branch, m *moe) {
	path := br.call.Path
	choice := m.choice.At
	routerMade := p.weightMade(m.router.weight)
	experts := graph.Span{}
	if m.routed != nil && m.routed.call != nil {
		experts = p.made(m.routed.call.Path)
	}
	// where config values are named nearby
	f := p.Block(b, path, "moe.experts", m.experts)
	d := p.weightDim(m.router, true)
	f.At = spans(append(p.configAt(d.E), routerMade)...)
	if d.E != nil && m.zero == 0 && d.N == m.experts {
		f.Expr = d.E.String()
	} else {
		f.At = spans(append(p.configNumberAt(m.experts, "expert"), f.At...)...)
	}
	f = p.Block(b, path, "moe.top_k", m.topK, choice)
	if a := arg(m.choice, "k"); a != nil && a.E != nil {
		f.Expr = a.E.String()
		f.At = spans(append(p.configAt(a.E), f.At...)...)
	} else {
		f.At = spans(append(p.configNumberAt(m.topK, "per_tok", "top_k", "topk"), f.At...)...)
	}
	if m.score == "" {
		p.Block(b, path, "moe.score", "none", choice, m.router.out.At)
	} else {
		p.Block(b, path, "moe.score", m.score, m.scoreNode.At, m.router.out.At)
		if !m.looked {
			p.Block(b, path, "moe.order", m.order, choice, m.scoreNode.At)
		}
	}
	if m.order != "topk-then-score" || m.renorm != nil {
		at := []graph.Span{choice}
		if m.renorm != nil {
			at = []graph.Span{m.renorm.At, choice}
		}
		f := p.Block(b, path, "moe.renormalize", m.renorm != nil, at...)
		for _, c := range p.Model.Config {
			if v, ok := c.Value.(bool); ok && v == (m.renorm != nil) && containsAny(c.Name, "norm_topk", "topk_norm", "renorm") {
				f.At = spans(append(append([]graph.Span{}, c.At...), f.At...)...)
			}
		}
	} else {
		p.Block(b, path, "moe.renormalize", false, choice)
	}
	p.Block(b, path, "moe.router_bias", m.router.bias != nil && m.router.bias.Op == "param", p.biasAt(m.router), routerMade, m.router.out.At)
	at := []graph.Span{choice}
	if m.biasNode != nil && m.bias != nil {
		at = []graph.Span{m.biasNode.At, p.weightMade(m.bias), choice}
	}
	p.Block(b, path, "moe.selection_bias", m.bias != nil, at...)
	f = p.Block(b, path, "moe.scale", "none", choice)
	if m.scale.e != nil || m.scale.v != 1 {
		f.Value, f.Status = m.scale.v, graph.Present
		f.At = spans(append(append(p.configAt(m.scale.e), m.scale.at...), f.At...)...)
		if m.scale.e != nil {
			f.Expr = m.scale.e.String()
		}
		if m.scale.e == nil {
			f.At = spans(append(p.configFloatAt(m.scale.v), f.At...)...)
		}
	}
	f = p.Block(b, path, "moe.groups", "none", choice)
	if m.groups > 1 {
		f.Value, f.Status = m.groups, graph.Present
		f.At = spans(append(append(p.configNumberAt(m.groups, "group"), m.groupNode.At), f.At...)...)
	}
	class := p.class(path)
	if m.shared == nil && m.others != nil {
		unknown(p.Block(b, path, "moe.shared", nil, class, p.projAt(m.others)), "a projection back to the stream belongs to no expert that is understood")
	} else if m.shared == nil {
		at := []graph.Span{class, experts}
		if m.routed != nil && m.routed.call != nil {
			at = append(at, m.routed.call.At)
		}
		p.Block(b, path, "moe.shared", int64(0), at...).Status = graph.Absent
	} else {
		n := int64(1)
		if m.routed != nil && m.routed.hidden > 0 {
			n = max(1, m.shared.hidden*max(1, m.shared.copies)/m.routed.hidden)
		}
		made := p.weightMade(m.shared.up.weight)
		own := graph.Span{}
		if m.shared.call != nil {
			own = p.made(m.shared.call.Path)
		}
		f := p.Block(b, path, "moe.shared", n, own, made, site(m.shared.down.out))
		f.At = spans(append(p.configNumberAt(n, "shared_expert"), f.At...)...)
		f = p.Block(b, path, "moe.shared_hidden", m.shared.hidden*max(1, m.shared.copies), own, made)
		if d := p.weightDim(m.shared.down, false); d.E != nil && m.shared.copies == 0 {
			f.Expr = d.E.String()
			f.At = spans(append(p.configAt(d.E), f.At...)...)
		}
		gate := []graph.Span{site(m.shared.down.out)}
		if m.sharedGate != nil {
			gate = []graph.Span{m.sharedGate.At, site(m.shared.down.out)}
		} else if u := p.sumAfter(m.shared.down.out); u != nil {
			gate = []graph.Span{u.At, site(m.shared.down.out)}
		}
		p.Block(b, path, "moe.shared_gate", m.sharedGate != nil, gate...)
	}
	z := p.Block(b, path, "moe.zero_experts", m.zero, m.router.out.At, routerMade)
	if m.zero == 0 {
		z.Status = graph.Absent
	}
	if m.weightOn != "" {
		at := []graph.Span{m.weightMul.At, site(m.weightMul)}
		if m.routed != nil && m.routed.call != nil {
			at = append(at, p.lineIn(p.class(m.routed.call.Path), "weights["))
		}
		p.Block(b, path, "moe.weight_on", m.weightOn, at...)
	}
}

// sumAfter is the first sum that takes the value.
func (p *Pass) sumAfter(n *graph.Node) *graph.Node {
	for _, u := range p.f.deepUsers(n) {
		if u.Op == "add" {
			return u
		}
	}
	return nil
}

func (p *Pass) configNumberAt(n int64, words ...string) []graph.Span {
	for _, c := range p.Model.Config {
		if v, ok := asInt(c.Value); ok && v == n && containsAny(c.Name, words...) {
			return c.At
		}
	}
	return nil
}

func (p *Pass) configFloatAt(x float64) []graph.Span {
	for _, c := range p.Model.Config {
		if v, ok := c.Value.(float64); ok && v == x {
			return c.At
		}
	}
	return nil
}

var mixerRule = &Rule{
	Name: "mixer",
	Doc:  "Mixers other than softmax attention: state-space, linear attention, recurrences, convolutions.",
	Keys: []string{"mixer.kind", "mixer.heads", "mixer.head_dim", "mixer.state", "mixer.conv", "mixer.gate"},
	Run:  runMixer,
}

func runMixer(p *Pass) {
	for _, s := range p.stacks {
		for _, b := range s.own() {
			{
				for _, br := range b.branches() {
					if br.mix != nil && (br.kind == "mixer" || br.kind == "attention") {
						p.mixerFacts(b, br, br.mix)
					}
				}
			}
		}
	}
}

func (p *Pass) mixerFacts(b *block, br *branch, m *mixer) {
	path := m.call.Path
	class := p.class(path)
	at := []graph.Span{class}
	if m.node != nil {
		at = append([]graph.Span{m.node.At, site(m.node)}, at...)
	}
	p.Block(b, path, "mixer.kind", m.kind, at...)
	if m.heads > 0 {
		p.Block(b, path, "mixer.heads", m.heads, at...)
	}
	if m.headDim > 0 {
		p.Block(b, path, "mixer.head_dim", m.headDim, at...)
	}
	if m.state > 0 {
		p.Block(b, path, "mixer.state", m.state, at...)
	}
	f := p.Block(b, path, "mixer.conv", "none", at...)
	if m.conv > 0 {
		f.Value, f.Status = m.conv, graph.Present
		f.At = spans(m.convNode.At, site(m.convNode), class)
		if d := p.kernel(m.convNode); d.N == m.conv && d.E != nil {
			f.Expr = d.E.String()
			f.At = spans(append(p.configAt(d.E), f.At...)...)
		}
	}
	g := []graph.Span{class}
	if m.gate != nil {
		g = []graph.Span{m.gate.At, site(m.gate)}
	}
	p.Block(b, path, "mixer.gate", m.gate != nil, g...)
}
