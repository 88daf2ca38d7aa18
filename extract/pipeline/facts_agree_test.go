package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

// TestFactsAgree holds the facts of every family of a release against one
// another and against the module tree.
func TestFactsAgree(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	described := 0
	eachFamily(t, src, func(m *graph.Model) {
		described++
		for _, complaint := range disagreements(m) {
			t.Errorf("%s: %s", m.Family, complaint)
		}
	})
	t.Logf("the facts of %d families agree", described)
}

// disagreements lists what cannot be true together.
func disagreements(m *graph.Model) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	main := map[string]any{}
	scopes := map[string]map[string]any{}
	doubt := map[string]bool{} // blocks whose parts are not understood
	for _, f := range m.Facts {
		at := f.Stack + " " + f.Scope
		if f.Status == graph.Unknown {
			doubt[at] = true
			continue
		}
		if f.Stack == "main" && f.Scope == "" {
			main[f.Key] = f.Value
		}
		if scopes[at] == nil {
			scopes[at] = map[string]any{}
		}
		if old, twice := scopes[at][f.Key]; twice {
			say("%s of %s is both %v and %v", f.Key, f.Scope, old, f.Value)
		}
		scopes[at][f.Key] = f.Value
	}
	for _, key := range []string{"schedule.mixers", "schedule.ffn", "rope.layers"} {
		if runs, ok := main[key].([]any); ok {
			n := int64(0)
			for _, r := range runs {
				n += r.([]any)[1].(int64)
			}
			if n != main["model.layers"] {
				say("%s counts %d of %v layers", key, n, main["model.layers"])
			}
		}
	}
	for at, fs := range scopes {
		num := func(key string) int64 { n, _ := fs[key].(int64); return n }
		heads, kv := num("attention.heads"), num("attention.kv_heads")
		if kind, ok := fs["attention.kind"]; ok && heads > 0 && kv > 0 {
			want := "gqa"
			if kv == heads {
				want = "mha"
			} else if kv == 1 {
				want = "mqa"
			}
			if kind != want && kind != "mla" {
				say("%s is %v with %d heads and %d for keys", at, kind, heads, kv)
			}
			if heads%kv != 0 {
				say("%s has %d heads and %d for keys", at, heads, kv)
			}
		}
		if d := num("rope.dim"); d > 0 && (d%2 != 0 || num("attention.head_dim") > 0 && d > num("attention.head_dim")) {
			say("%s rotates %d of %d dimensions", at, d, num("attention.head_dim"))
		}
		if e, ok := fs["norm.eps"].(float64); ok && (e <= 0 || e > 0.01) {
			say("%s has a norm with eps %v", at, e)
		}
		if s, ok := fs["attention.scale"].(float64); ok && (s <= 0 || s > 16) {
			say("%s scales scores by %v", at, s)
		}
		if _, layout := fs["attention.qkv_layout"]; layout && fs["attention.qkv"] != "fused" {
			say("%s has a layout of %v projections", at, fs["attention.qkv"])
		}
		if k, n := num("moe.top_k"), num("moe.experts"); n > 0 && k > n {
			say("%s chooses %d of %d experts", at, k, n)
		}
		_, path, _ := strings.Cut(at, " ")
		if h := num("mlp.hidden"); fs["mlp.hidden"] != nil && !doubt[at] && !hasDim(m.Root, firstOf(path), h) {
			say("%s has no parameter of width %d", at, h)
		}
		if w := heads * num("attention.head_dim"); w > 0 && fs["attention.kind"] != "mla" && fs["attention.qkv"] == "separate" && !hasDim(m.Root, firstOf(path), w) {
			say("%s has no parameter of width %d (%d heads)", at, w, heads)
		}
	}
	slices.Sort(out)
	return out
}

// firstOf is the first module of a scope: "layers.{3-5}.mlp" -> "layers.3.mlp".
func firstOf(scope string) string {
	before, rest, ok := strings.Cut(scope, "{")
	if ok {
		list, after, _ := strings.Cut(rest, "}")
		scope = before + strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '-' })[0] + after
	}
	return strings.ReplaceAll(scope, "*", "0")
}

// hasDim reports whether a parameter below the module has a dimension of n, or
// of 2n where two matrices are one; true where there is no such module.
func hasDim(root *graph.Module, path string, n int64) bool {
	m := root.Find(path)
	if m == nil {
		return true
	}
	found, any := false, false
	m.Walk(func(x *graph.Module) {
		for _, p := range x.Params {
			any = true
			for _, d := range p.Shape {
				found = found || d.N == n || d.N == 2*n
			}
		}
	})
	return found || !any
}
