package size_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/size"
)

// TestGroup gives tensors of a cache at lengths 3, 4 and 100, and what is said
// of them: kind, bytes, bytes for a token, where they stop.
func TestGroup(t *testing.T) {
	kv := func(name string, full int64, short ...int64) size.Tensor {
		return size.Tensor{Name: name, DType: "bfloat16", ItemSize: 2, ShortLength: 3, Before: []int64{1, 8, full - 1, 64},
			Short: []int64{1, 8, short[0], 64}, Next: []int64{1, 8, short[1], 64}, Full: []int64{1, 8, full, 64}, Exprs: []string{"", "config.kv_heads", "", "config.head_dim"}}
	}
	state := size.Tensor{Name: "l.0.ssm", DType: "float32", ItemSize: 4, ShortLength: 3, Before: []int64{1, 16, 4}, Short: []int64{1, 16, 4}, Next: []int64{1, 16, 4}, Full: []int64{1, 16, 4}}
	cross := kv("l.0.cross", 100, 3, 4)
	cross.Before = cross.Full
	half := kv("l.0.pooled", 50, 1, 2) // one for two tokens
	for _, c := range []struct {
		what     string
		ts       []size.Tensor
		context  int64
		want     string
		total    int64
		perToken int64
	}{
		{"grows", []size.Tensor{kv("l.0.keys", 100, 3, 4), kv("l.1.keys", 100, 3, 4)}, 100,
			"grows l.{0-1}.keys 204800 2048 0 2 * 1 * config.kv_heads * tokens * config.head_dim * 2 bytes", 204800, 2048},
		{"grows on", []size.Tensor{kv("l.0.keys", 100, 3, 4)}, 1000, "grows l.0.keys 1024000 1024 0 1 * config.kv_heads * tokens * config.head_dim * 2 bytes", 1024000, 1024},
		{"window", []size.Tensor{kv("l.0.keys", 32, 3, 4)}, 100, "window l.0.keys 32768 1024 32 1 * config.kv_heads * 32 * config.head_dim * 2 bytes", 32768, 1024},
		{"state", []size.Tensor{state}, 100, "state l.0.ssm 256 0 0 1 * 16 * 4 * 4 bytes", 256, 0},
		{"encoder", []size.Tensor{cross}, 100, "encoder l.0.cross 102400 0 0 1 * config.kv_heads * encoder_tokens * config.head_dim * 2 bytes", 102400, 0},
		{"pooled", []size.Tensor{half}, 100, "window l.0.pooled 51200 1024 50 1 * config.kv_heads * 50 * config.head_dim * 2 bytes", 51200, 1024},
		{"two kinds", []size.Tensor{kv("l.0.keys", 100, 3, 4), kv("l.1.keys", 32, 3, 4)}, 100,
			"grows l.0.keys 102400 1024 0 1 * config.kv_heads * tokens * config.head_dim * 2 bytes; window l.1.keys 32768 1024 32 1 * config.kv_heads * 32 * config.head_dim * 2 bytes", 135168, 2048},
	} {
		t.Run(c.what, func(t *testing.T) {
			groups, total, per := size.Group(c.ts, 100, c.context, 1)
			var says []string
			for _, g := range groups {
				says = append(says, fmt.Sprint(g.Kind, " ", g.Names, " ", g.Bytes, " ", g.PerToken, " ", g.Stops, " ", g.Expr))
			}
			if got := strings.Join(says, "; "); got != c.want || total != c.total || per != c.perToken {
				t.Errorf("got  %s (%d, %d)\nwant %s (%d, %d)", got, total, per, c.want, c.total, c.perToken)
			}
		})
	}
}

// TestPerToken gives a step of latent attention: a latent, a rotated key, and a
// state that does not grow.
func TestPerToken(t *testing.T) {
	step := func(dims string, item ...int64) size.Step {
		before, after := []int64{1, 1, 3, item[0]}, []int64{1, 1, 4, item[0]}
		return size.Step{Before: before, After: after, Exprs: []string{"", "", "", dims}}
	}
	steps := []size.Step{step("config.kv_lora_rank", 512), step("config.rope - 1", 64), step("config.kv_lora_rank", 512), step("config.rope - 1", 64),
		{Before: []int64{1, 7}, After: []int64{1, 7}}, {After: []int64{1, 7}}}
	bytes, exprs := size.PerToken(steps, 2)
	if want := []string{"2 * config.kv_lora_rank * 2 bytes", "2 * (config.rope - 1) * 2 bytes"}; bytes != 2*(512+64)*2 || !reflect.DeepEqual(exprs, want) {
		t.Errorf("%d %q", bytes, exprs)
	}
}

// node makes an operation of a trace.
func node(op string, shape []int64, in ...*graph.Node) *graph.Node {
	return &graph.Node{Op: op, Shape: shape, DType: "bfloat16", In: in}
}

// TestWorkOf counts the operations of small traces: of 6 tokens, with what the
// dimensions of the parameters follow from.
func TestWorkOf(t *testing.T) {
	param := func(name string, shape ...int64) *graph.Node {
		n := node("param", shape)
		n.Name = name
		return n
	}
	x := node("input", []int64{1, 6, 8})
	for _, c := range []struct {
		what  string
		nodes func() []*graph.Node
		want  string
	}{
		{"linear", func() []*graph.Node {
			w := param("up.weight", 16, 8)
			return []*graph.Node{x, w, node("linear", []int64{1, 6, 16}, x, w)}
		}, "256 with weights, 0 between: up.weight 256 2 * d0 * d1"},
		{"two of a shape", func() []*graph.Node {
			w, v := param("l.0.up.weight", 16, 8), param("l.1.up.weight", 16, 8)
			return []*graph.Node{x, w, v, node("linear", []int64{1, 6, 16}, x, w), node("linear", []int64{1, 6, 16}, x, v)}
		}, "512 with weights, 0 between: l.{0-1}.up.weight 512 2 * 2 * d0 * d1"},
		{"experts", func() []*graph.Node { // 2 of 4 for a token
			w := param("experts", 4, 8, 16)
			chosen, rows := node("index", []int64{12, 8, 16}, w), node("input", []int64{12, 1, 8})
			return []*graph.Node{rows, w, chosen, node("bmm", []int64{12, 1, 16}, rows, chosen)}
		}, "512 with weights, 0 between: experts 512 2 * 2 * d1 * d2"},
		{"scores", func() []*graph.Node {
			q, k := node("input", []int64{1, 2, 6, 4}), node("input", []int64{1, 2, 4, 6})
			return []*graph.Node{q, k, node("matmul", []int64{1, 2, 6, 6}, q, k)}
		}, "0 with weights, 96 between:  96 16 * tokens"},
		{"unknown", func() []*graph.Node {
			w := param("w", 16, 8)
			return []*graph.Node{x, w, node("linear", []int64{1, -1, 16}, x, w)}
		}, "0 with weights, 0 between, 1 unknown:"},
	} {
		t.Run(c.what, func(t *testing.T) {
			tr := &graph.Trace{Nodes: c.nodes()}
			w := size.WorkOf(tr, 6, 6, func(string) int64 { return 2 }, func(p string) []string {
				for _, n := range tr.Nodes {
					if n.Name == p {
						var out []string
						for i := range n.Shape {
							out = append(out, fmt.Sprint("d", i))
						}
						return out
					}
				}
				return nil
			})
			got := fmt.Sprintf("%d with weights, %d between", w.Weights, w.Attention)
			if w.Unknown > 0 {
				got += fmt.Sprintf(", %d unknown", w.Unknown)
			}
			sum := int64(0)
			var terms []string
			for _, x := range w.Terms {
				terms = append(terms, fmt.Sprint(" ", x.Names, " ", x.FLOPs, " ", x.Expr))
				sum += x.FLOPs
			}
			if got += ":" + strings.Join(terms, ";"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if sum != w.FLOPs {
				t.Errorf("the terms sum to %d, and the work is %d", sum, w.FLOPs)
			}
		})
	}
}

// TestPeak follows values that live until their last use.
func TestPeak(t *testing.T) {
	w := node("param", []int64{8})
	x := node("mul", []int64{1, 6, 8}, node("input", []int64{1, 6, 8}), w) // 96 bytes
	a := node("mul", []int64{1, 6, 8}, x, w)
	b := node("mul", []int64{1, 6, 8}, a)
	scores := node("matmul", []int64{1, 4, 6, 6}, b, b) // of pairs of tokens: left out
	weighed := node("softmax", []int64{1, 4, 6, 6}, scores)
	mask := node("ones", []int64{6, 6})
	masked := node("add", []int64{1, 4, 6, 6}, weighed, mask)
	c := node("add", []int64{1, 6, 8}, a, b) // while a and b live
	d := node("mul", []int64{1, 6, 8}, c)
	end := node("neg", []int64{1, 6, 8}, d)
	work := size.WorkOf(&graph.Trace{Nodes: []*graph.Node{w, x.In[0], x, a, b, scores, weighed, mask, masked, c, d, end, node("neg", nil, masked)}}, 6, 6, func(string) int64 { return 2 }, func(string) []string { return nil })
	if want := int64(3 * 96); work.Activations != want {
		t.Errorf("%d bytes; want %d", work.Activations, want)
	}
}
