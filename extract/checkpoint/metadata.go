package checkpoint

import (
	"fmt"
	"math"
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
		v, why, ok := single(m, k.fact, func(graph.Fact) bool { return true })
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
	for _, k := range []struct{ key, part string }{{"feed_forward_length", "mlp"}, {"expert_feed_forward_length", "moe"}} {
		if v, why, ok := single(m, "mlp.hidden", func(f graph.Fact) bool { return ofPart(m, f, k.part) }); ok && why == "" {
			add(k.key, v)
		} else if ok {
			out = append(out, Key{Key: "{arch}." + k.key, Why: why})
		}
	}
	if kind, why, ok := single(m, "norm.kind", func(graph.Fact) bool { return true }); ok && why == "" {
		key := map[any]string{"rmsnorm": "attention.layer_norm_rms_epsilon", "layernorm": "attention.layer_norm_epsilon"}[kind]
		if eps, why, ok := single(m, "norm.eps", func(graph.Fact) bool { return true }); ok && why == "" && key != "" {
			add(key, eps)
		}
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
