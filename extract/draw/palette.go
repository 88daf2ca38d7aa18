package draw

import (
	"fmt"
	"strings"
)

// colour is a colour in light and in dark.
type colour struct{ light, dark string }

// paint is how a kind of box is filled and outlined.
type paint struct {
	kind         string
	fill, stroke string // names in colours
	width        float64
}

// colours are told apart in grey too: the kinds of a block differ in lightness,
// and every box says in words what it is.
var colours = map[string]colour{
	"sheet":   {"#ffffff", "#14181f"},
	"ink":     {"#1b2430", "#e8edf4"},
	"mute":    {"#566272", "#9eabbc"},
	"line":    {"#3c4858", "#b4c0cf"},
	"side":    {"#8592a3", "#77869a"},
	"panel":   {"#f3f5f8", "#1d232d"},
	"edge":    {"#c3cbd6", "#3c4757"},
	"frame":   {"#ffffff", "#14181f"},
	"white":   {"#ffffff", "#232b37"},
	"norm":    {"#ebe4f6", "#352b4d"},
	"normE":   {"#8a6fc0", "#9d86d6"},
	"attn":    {"#d5e6f8", "#1d3c5c"},
	"attnE":   {"#3576b5", "#5f9fdd"},
	"mlp":     {"#dcefd6", "#213f27"},
	"mlpE":    {"#4c8a40", "#74b368"},
	"moe":     {"#fce6c8", "#4b3716"},
	"moeE":    {"#bd7a15", "#dda24a"},
	"mixer":   {"#f8dbd9", "#522826"},
	"mixerE":  {"#b34b45", "#e08480"},
	"embed":   {"#e3e7ec", "#2b3442"},
	"embedE":  {"#6c7a8c", "#8593a7"},
	"differs": {"#d0312d", "#ff7b72"},
	"marked":  {"#fde8e6", "#4a1f1d"},
	"k0":      {"#3576b5", "#5f9fdd"},
	"k1":      {"#f2cf8f", "#ddb25e"},
	"k2":      {"#8cc081", "#5f9a55"},
	"k3":      {"#b34b45", "#e08480"},
	"k4":      {"#c9b8ea", "#8a6fc0"},
	"k5":      {"#6c7a8c", "#8593a7"},
}

var colourOrder = []string{"sheet", "ink", "mute", "line", "side", "panel", "edge", "frame", "white", "norm", "normE", "attn", "attnE", "mlp", "mlpE", "moe", "moeE", "mixer", "mixerE", "embed", "embedE", "differs", "marked", "k0", "k1", "k2", "k3", "k4", "k5"}

var paints = []paint{
	{"panel", "panel", "edge", 1.2}, {"frame", "frame", "edge", 1.2}, {"inset", "frame", "edge", 1.2}, {"experts", "panel", "edge", 1},
	{"card", "panel", "", 0}, {"embed", "embed", "embedE", 1.2}, {"head", "embed", "embedE", 1.2}, {"module", "white", "embedE", 1.2},
	{"norm", "norm", "normE", 1.2}, {"attention", "attn", "attnE", 1.4}, {"mlp", "mlp", "mlpE", 1.4}, {"moe", "moe", "moeE", 1.4}, {"mixer", "mixer", "mixerE", 1.4},
	{"router", "moe", "moeE", 1.2}, {"op", "white", "side", 1.1}, {"rope", "white", "side", 1.1}, {"note", "white", "side", 1}, {"pill", "white", "side", 0.9},
	{"badge", "ink", "", 0}, {"sum", "white", "line", 1.3}, {"product", "white", "line", 1.3}, {"dot", "line", "", 0}, {"expert", "white", "moeE", 1}, {"chosen", "moe", "moeE", 1.6},
}

// patterns make the kinds of layers different without colour.
const patterns = `<defs><pattern id="p1" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 6L6 0"/></pattern><pattern id="p2" width="5" height="5" patternUnits="userSpaceOnUse"><circle class="spot" cx="2.5" cy="2.5" r="1"/></pattern><pattern id="p3" width="4" height="4" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 2H4"/></pattern></defs>
`

func style() string {
	var b strings.Builder
	vars := func(dark bool) string {
		var v strings.Builder
		for _, n := range colourOrder {
			c := colours[n].light
			if dark {
				c = colours[n].dark
			}
			fmt.Fprintf(&v, "--%s:%s;", n, c)
		}
		return v.String()
	}
	b.WriteString("svg{" + vars(false) + "font-family:sans-serif;font-size:11px;color-scheme:light dark}\n")
	b.WriteString("@media(prefers-color-scheme:dark){svg{" + vars(true) + "}}\n")
	b.WriteString("text{fill:var(--ink)}.m{font-family:monospace}.b{font-weight:bold}.q{fill:var(--mute)}.c{text-anchor:middle}.e{text-anchor:end}.w{fill:var(--sheet)}.x{fill:var(--differs)}\n")
	b.WriteString(".sheet{fill:var(--sheet)}.flow,.residual,.feed,.leader,.glyph{fill:none;stroke:var(--line);stroke-width:1.5}.feed{stroke:var(--attnE)}.leader{stroke:var(--side);stroke-width:1.1}.dash,.leader{stroke-dasharray:4 3}.tip{fill:var(--line);stroke:none}.tip.feed{fill:var(--attnE)}.hatch{stroke:var(--sheet);stroke-width:1.2}.spot{fill:var(--sheet)}\n")
	for _, p := range paints {
		fmt.Fprintf(&b, ".%s{fill:var(--%s)", p.kind, p.fill)
		if p.stroke != "" {
			fmt.Fprintf(&b, ";stroke:var(--%s);stroke-width:%s", p.stroke, num(p.width))
		}
		b.WriteString("}")
	}
	for i := range 6 {
		fmt.Fprintf(&b, ".k%d{fill:var(--k%d);stroke:var(--edge);stroke-width:.5}", i, i)
	}
	b.WriteString(".unknown{stroke-dasharray:4 3}.differs{stroke:var(--differs);stroke-width:2.4;fill:var(--marked)}")
	return b.String()
}
