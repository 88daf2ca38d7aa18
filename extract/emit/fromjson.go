package emit

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"
)

// YAML rewrites JSON as YAML in blocks, with floats that readers of YAML 1.1
// read as floats too.
func YAML(text []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	var restyle func(n *yaml.Node)
	restyle = func(n *yaml.Node) {
		n.Style &^= yaml.FlowStyle | yaml.DoubleQuotedStyle
		var f float64
		if n.Tag == "!!float" && n.Decode(&f) == nil {
			n.Value = Number(f)
		}
		if n.Kind == yaml.ScalarNode && n.Tag == "!!str" && strings.Contains(n.Value, "\n") {
			n.Style = yaml.LiteralStyle
		}
		for _, c := range n.Content {
			restyle(c)
		}
		if n.Kind == yaml.SequenceNode && onLine(n) {
			n.Style = yaml.FlowStyle
		}
	}
	restyle(&doc)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&doc); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// onLine reports whether a list is read best on one line: of short words and
// numbers, or of pairs of these.
func onLine(n *yaml.Node) bool {
	const wide = 100
	width := 0
	for _, c := range n.Content {
		switch {
		case c.Kind == yaml.ScalarNode && c.Style&yaml.LiteralStyle == 0:
			width += len(c.Value) + 2
		case c.Kind == yaml.SequenceNode && c.Style&yaml.FlowStyle != 0 && len(c.Content) <= 2:
		default:
			return false
		}
	}
	return width <= wide
}
