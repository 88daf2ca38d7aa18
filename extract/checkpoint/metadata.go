package checkpoint

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Key is a metadata key of the GGUF specification and what the facts of a model
// say it is. The name of the architecture, which no fact gives, is {arch}.
type Key struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
	Why   string `json:"why,omitempty"` // why there is no value
}

// ggufFacts are the keys that one fact of the main stack decides.
var ggufFacts = []struct{ key, fact string }{
	{"block_count", "model.layers"},
	{"attention.head_count", "attention.heads"},
	{"attention.head_count_kv", "attention.kv_heads"},
	{"attention.key_length", "attention.head_dim"},
	{"attention.value_length", "attention.v_head_dim"},
	{"attention.sliding_window", "attention.window"},
	{"rope.dimension_count", "rope.dim"},
	{"rope.freq_base", "rope.theta"},
	{"expert_count", "moe.experts"},
	{"expert_used_count", "moe.top_k"},
	{"expert_shared_count", "moe.shared"},
	{"expert_shared_feed_forward_length", "moe.shared_hidden"},
	{"expert_weights_scale", "moe.scale"},
}

// Metadata lists the keys that the facts of a model determine.
func Metadata(m *graph.Model) []Key {
	var out []Key
	add := func(key string, v any) { out = append(out, Key{Key: "{arch}." + key, Value: v}) }
	for _, k := range ggufFacts {
		v, why, ok := single(m, k.fact, every)
		switch {
		case !ok:
		case why != "":
			out = append(out, Key{Key: "{arch}." + k.key, Why: why})
		default:
			add(k.key, v)
		}
	}
	if m.Hidden.N > 0 {
		add("embedding_length", m.Hidden.N)
	}
	if n := tokens(m); n > 0 {
		add("vocab_size", n)
	}
	if n, ok := wholeNumber(textValue(m, "max_position_embeddings")); ok {
		add("context_length", n)
	} else if n := positions(m); n > 0 {
		add("context_length", n)
	}
	out = append(out, ropeScaling(m)...)
	if r, why, ok := single(m, "block.residual", every); ok && why == "" && (r == "parallel" || r == "sequential") {
		add("use_parallel_residual", r == "parallel")
	}
	if mask, why, ok := single(m, "attention.mask", every); ok && why == "" {
		add("attention.causal", mask == "causal")
	}
	if kind, why, ok := single(m, "mixer.kind", every); ok && why == "" && (kind == "mamba1" || kind == "mamba2") {
		for _, k := range []struct{ key, fact string }{{"ssm.conv_kernel", "mixer.conv"}, {"ssm.state_size", "mixer.state"}} {
			if v, why, ok := single(m, k.fact, every); ok && why == "" {
				add(k.key, v)
			}
		}
	}
	for _, k := range []struct{ key, part string }{{"feed_forward_length", "mlp"}, {"expert_feed_forward_length", "moe"}} {
		if v, why, ok := single(m, "mlp.hidden", func(f graph.Fact) bool { return ofPart(m, f, k.part) }); ok && why == "" {
			add(k.key, v)
		} else if ok {
			out = append(out, Key{Key: "{arch}." + k.key, Why: why})
		}
	}
	if kind, why, ok := single(m, "norm.kind", every); ok && why == "" {
		key := map[any]string{"rmsnorm": "attention.layer_norm_rms_epsilon", "layernorm": "attention.layer_norm_epsilon"}[kind]
		if eps, why, ok := single(m, "norm.eps", every); ok && why == "" && key != "" {
			add(key, eps)
		}
	}
	return out
}

func every(graph.Fact) bool { return true }

// tokens is how many rows the table has that the token ids are looked up in.
func tokens(m *graph.Model) int64 {
	if p := table(m, true); p != nil {
		return p.Shape[0].N
	}
	return 0
}

// positions is how many positions a learned table of the main model holds, where
// that is a value of the config; a table may have rows more.
func positions(m *graph.Model) int64 {
	p := table(m, false)
	if p == nil || p.Shape[0].E == nil {
		return 0
	}
	refs := p.Shape[0].E.Refs(nil)
	if len(refs) != 1 {
		return 0
	}
	name := strings.TrimPrefix(refs[0], "config.")
	for _, c := range m.Config {
		if c.Name == name {
			n, _ := wholeNumber(c.Value)
			return n
		}
	}
	return 0
}

// table is the first table that the forward looks rows up in, by the token ids
// or else by positions.
func table(m *graph.Model, byTokens bool) *graph.Param {
	if m.Trace == nil || m.Root == nil {
		return nil
	}
	for _, n := range m.Trace.Nodes {
		if n.Op != "embedding" || n.TakesInput() != byTokens {
			continue
		}
		for _, i := range n.In {
			if i.Op == "param" {
				if p := m.Root.FindParam(i.Name); p != nil && len(p.Shape) == 2 {
					return p
				}
			}
		}
	}
	return nil
}

// textValue is a value of the config, or of the config of its text model.
func textValue(m *graph.Model, name string) any {
	for _, full := range []string{name, "text_config." + name} {
		for _, c := range m.Config {
			if c.Name == full {
				return c.Value
			}
		}
	}
	return nil
}

// wholeNumber reads an integer, which a config may hold in several forms.
func wholeNumber(v any) (int64, bool) {
	f, ok := number(v)
	if b, is := v.(*big.Int); is && b.IsInt64() {
		return b.Int64(), b.Sign() > 0
	}
	return int64(f), ok && f == math.Trunc(f) && f > 0
}

// ropeScaling says how the angles are scaled, in the words of the specification.
func ropeScaling(m *graph.Model) []Key {
	if k, why, ok := single(m, "position.kind", every); !ok || why != "" || k != "rope" {
		return nil
	}
	p, ok := textValue(m, "rope_parameters").(map[string]any)
	if !ok {
		if p, ok = textValue(m, "rope_scaling").(map[string]any); !ok {
			return nil
		}
	}
	const prefix = "{arch}.rope.scaling."
	kind, ok := p["rope_type"].(string)
	if !ok {
		kind, ok = p["type"].(string)
	}
	switch {
	case !ok:
		return nil // one for each kind of layer
	case kind == "default":
		return []Key{{Key: prefix + "type", Value: "none"}}
	case kind != "linear" && kind != "yarn":
		return []Key{{Key: prefix + "type", Why: "the specification has no type for " + kind}}
	}
	out := []Key{{Key: prefix + "type", Value: kind}}
	if f, ok := number(p["factor"]); ok {
		out = append(out, Key{Key: prefix + "factor", Value: f})
	}
	if n, ok := wholeNumber(p["original_max_position_embeddings"]); ok {
		out = append(out, Key{Key: prefix + "original_context_length", Value: n})
	}
	return out
}

// single is the one value that a fact of the main stack has over all layers
// that have it; ok is false where none has.
func single(m *graph.Model, key string, take func(graph.Fact) bool) (v any, why string, ok bool) {
	for _, f := range m.Facts {
		if f.Key != key || f.Stack != "main" || !take(f) || f.Value == "none" {
			continue
		}
		if f.Status == graph.Unknown {
			return nil, f.Why, true
		}
		if ok && v != f.Value {
			return nil, "layers differ", true
		}
		v, ok = f.Value, true
	}
	return v, "", ok
}

// ofPart reports whether a fact speaks of a part of that kind.
func ofPart(m *graph.Model, f graph.Fact, kind string) bool {
	for _, b := range m.Blocks {
		for _, p := range b.Parts {
			if b.Stack == "main" && p.Kind == kind && p.Scope != "" && (f.Scope == p.Scope || strings.HasPrefix(f.Scope, p.Scope+".")) {
				return true
			}
		}
	}
	return false
}

// Compare says which of a GGUF file's metadata differ from what the facts of a
// model determine. same counts those that are equal; keys that only one side
// has are not compared.
func (c *Checkpoint) Compare(keys []Key) (differ []string, same int) {
	held := map[string]any{}
	for _, p := range c.Metadata {
		held[p.Key] = p.Value
	}
	arch, _ := held["general.architecture"].(string)
	for _, k := range keys {
		name := strings.Replace(k.Key, "{arch}", arch, 1)
		v, ok := held[name]
		if !ok || k.Value == nil {
			continue
		}
		if a, isArray := v.(Array); isArray {
			if len(a.First) == 0 {
				continue
			}
			v = a.First[0] // one for each layer: single facts hold for all
			for _, x := range a.First {
				if !equal(x, v) {
					v = a
				}
			}
		}
		if equal(v, k.Value) {
			same++
		} else {
			differ = append(differ, fmt.Sprintf("%s: %v in the file, %v by the code", name, v, k.Value))
		}
	}
	return differ, same
}

// equal compares numbers as 32-bit floats hold them.
func equal(a, b any) bool {
	x, okx := number(a)
	y, oky := number(b)
	if !okx || !oky {
		return a == b
	}
	return x == y || math.Abs(x-y) <= 1e-6*math.Abs(y)
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
