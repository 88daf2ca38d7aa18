package graph

import "testing"

func TestScopes(t *testing.T) {
	for _, c := range []struct {
		scope, path  string
		holds, names bool
	}{
		{"model.layers.*", "model.layers.3", true, true},
		{"model.layers.*.self_attn", "model.layers.3", true, false},
		{"model.layers.*.self_attn", "model.layers.3.self_attn", true, true},
		{"model.layers.*.self_attn", "model.layers.3.mlp", false, false},
		{"model.layers.{0-4,6}", "model.layers.5", false, false},
		{"model.layers.{0-4,6}", "model.layers.6", true, true},
		{"a.{1,2}.b, c.*", "c.17", true, true},
		{"a.1", "a.12", false, false},
		{"residual_layer*", "residual_layer2", true, true},
		{"encoder.{0,1}.blocks.*", "encoder.1.blocks.7", true, true},
	} {
		if h, n := ScopeHolds(c.scope, c.path), ScopeNames(c.scope, c.path); h != c.holds || n != c.names {
			t.Errorf("%s, %s: holds %v, names %v", c.scope, c.path, h, n)
		}
	}
}
