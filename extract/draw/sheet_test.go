package draw

import (
	"strings"
	"testing"
)

func TestFaultsAreFound(t *testing.T) {
	box := func(x, y float64) *Box { return &Box{X: x, Y: y, W: 40, H: 20, Kind: "norm"} }
	text := func(x, y float64, s string, in *Box) *Label {
		return &Label{X: x, Y: y, Text: s, Size: 11, Anchor: "middle", In: in}
	}
	a := box(10, 10)
	for _, c := range []struct {
		want string
		s    Sheet
	}{
		{"", Sheet{Boxes: []*Box{a, box(60, 10)}, Labels: []*Label{text(30, 24, "abc", a)}}},
		{"leaves its box", Sheet{Boxes: []*Box{a}, Labels: []*Label{text(30, 24, "much too long", a)}}},
		{"texts", Sheet{Labels: []*Label{text(60, 50, "one", nil), text(64, 54, "two", nil)}}},
		{"boxes overlap", Sheet{Boxes: []*Box{a, box(45, 20)}}},
		{"leaves the sheet", Sheet{Boxes: []*Box{box(170, 10)}}},
		{"lies on a norm box", Sheet{Boxes: []*Box{a}, Labels: []*Label{text(30, 24, "abc", nil)}}},
		{"crosses a norm box", Sheet{Boxes: []*Box{a}, Edges: []*Edge{{Points: []Point{{30, 5}, {30, 60}}}}}},
		{"crosses the text", Sheet{Labels: []*Label{text(60, 50, "one", nil)}, Edges: []*Edge{{Points: []Point{{30, 48}, {90, 48}}}}}},
		{"crosses a", Sheet{Edges: []*Edge{{Points: []Point{{30, 48}, {90, 48}}}, {Points: []Point{{50, 20}, {50, 90}}}}}},
		{"slanted", Sheet{Edges: []*Edge{{Points: []Point{{30, 48}, {90, 50}}}}}},
		{"", Sheet{Boxes: []*Box{a}, Edges: []*Edge{{Points: []Point{{30, 30}, {30, 60}}}}}}, // it begins at the box
	} {
		c.s.W, c.s.H = 200, 100
		got := strings.Join(faults(&c.s), "; ")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{large(12049846272), "12.0 B"}, {large(671026404352), "671 B"}, {large(124439808), "124 M"}, {large(7057), "7057"}, {large(6889672704), "6.89 B"},
		{text(int64(151936)), "151,936"}, {text(0.08838834764831845), "0.08839"}, {text([]any{"q", "k"}), "q k"}, {text(nil), "?"},
		{runsText([]any{[]any{"sliding", int64(5)}, []any{"full", int64(1)}, []any{"sliding", int64(5)}, []any{"full", int64(1)}}), "[sliding × 5, full] × 2"},
		{strings.Join(camel("Qwen2DecoderLayer", 95, 11, false, 2), "|"), "Qwen2Decoder|Layer"},
		{fitPath("model.layers.self_attn.q_proj", 100), "…q_proj"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestChains(t *testing.T) {
	for _, c := range []struct {
		expr, want string
		ok         bool
	}{
		{"rope(q_norm(q_proj(x)))", "q_proj q_norm rope", true},
		{"rope(cat(kv_b(norm(kv_a(x))), kv_a(x)))", "kv_a norm kv_b cat rope", true},
		{"x", "", true},
		{"a(x) + b(x)", "", false},
	} {
		names, ok := chain(c.expr)
		if got := strings.Join(names, " "); got != c.want || ok != c.ok {
			t.Errorf("%s: got %q, %v", c.expr, got, ok)
		}
	}
}

func TestUngrammatical(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
	}{
		{"flowchart BT\n  n1[\"a<br/>b\"]:::norm\n  n2((\"+\")):::plain\n  n1 --> n2\n", 0},
		{"flowchart BT\n  n1[\"a\"]:::norm\n  n1 --> n2\n", 1},
		{"flowchart BT\n  n1[\"a \"quoted\" word\"]:::norm\n", 1},
	} {
		if got := ungrammatical(c.text, mermaidLine); len(got) != c.n {
			t.Errorf("%q: %q", c.text, got)
		}
	}
}
