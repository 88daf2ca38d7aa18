package emit

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"gopkg.in/yaml.v3"
)

// Pair is a key and value of a YAML mapping, whose order is kept.
type Pair struct {
	Key   string
	Value any
}

// ParseValue reads a YAML value as given on the command line: nil, bool,
// int64, *big.Int, float64, string, []any or []Pair. Empty text is "".
func ParseValue(text string) (any, error) {
	if strings.TrimSpace(text) == "" {
		return text, nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) != 1 {
		return nil, nil // a comment
	}
	return plain(doc.Content[0])
}

func plain(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			v, err := plain(c)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		pairs := []Pair{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Kind != yaml.ScalarNode {
				return nil, errors.New("a key that is no scalar")
			}
			v, err := plain(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, Pair{n.Content[i].Value, v})
		}
		return pairs, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, errors.New("aliases have no meaning here")
}

func scalar(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return b, err
	case "!!int":
		if b, ok := new(big.Int).SetString(strings.ReplaceAll(n.Value, "_", ""), 0); ok {
			if b.IsInt64() {
				return b.Int64(), nil
			}
			return b, nil
		}
	case "!!float":
		var f float64
		if err := n.Decode(&f); err == nil {
			if b, ok := new(big.Int).SetString(n.Value, 10); ok { // too long for yaml's integers
				return b, nil
			}
			return f, nil
		}
	}
	return n.Value, nil
}
