// Package emit writes what is known about a model: the report as YAML or JSON,
// and facts as text, YAML, JSON or NDJSON.
package emit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Options decide how a report is written.
type Options struct {
	// Evidence writes expressions and places as fields instead of comments.
	Evidence bool
}

// A document is made of objects, lists and scalars (nil, bool, int, int64,
// float64, string). text is written as a literal block.
type (
	object []field
	list   []any
	flow   []field // an object on one line
	text   string
)

type field struct {
	key     string
	val     any
	comment string // evidence, after the value
}

// Report writes the report of a model in the format "yaml" or "json".
func Report(w io.Writer, m *graph.Model, format string, opt Options) error {
	doc := report(m, opt)
	switch format {
	case "", "yaml":
		_, err := w.Write(yamlDoc(doc))
		return err
	case "json":
		b, err := jsonDoc(doc)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	}
	return fmt.Errorf("a report has no format %q (yaml, json)", format)
}

// Facts writes facts in the format "text", "yaml", "json" or "ndjson".
func Facts(w io.Writer, facts []graph.Fact, format string) error {
	var b bytes.Buffer
	switch format {
	case "ndjson":
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		for _, f := range facts {
			if err := e.Encode(f); err != nil {
				return err
			}
		}
	case "json":
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if facts == nil {
			facts = []graph.Fact{}
		}
		if err := e.Encode(facts); err != nil {
			return err
		}
	case "yaml":
		var l list
		for _, f := range facts {
			l = append(l, factObject(f))
		}
		if len(l) == 0 {
			b.WriteString("[]\n")
		} else {
			b.Write(yamlDoc(l))
		}
	case "", "text":
		wide := 0
		for _, f := range facts {
			wide = max(wide, len(f.Key))
		}
		for _, f := range facts {
			v := Value(f.Value)
			if f.Status == graph.Unknown {
				v = "unknown: " + f.Why
			}
			line := fmt.Sprintf("%-*s  %s", wide, f.Key, v)
			if f.Status == graph.Gated && f.When != "" {
				line += "  (off: " + f.When + ")"
			}
			if f.Scope != "" {
				line += "  [" + f.Scope + "]"
			} else if f.Stack != "main" && f.Stack != "" {
				line += "  [" + f.Stack + "]"
			}
			if s := places(f.At); len(s) > 0 {
				line += "  " + strings.Join(s, " ")
			}
			b.WriteString(line + "\n")
		}
	default:
		return fmt.Errorf("facts have no format %q (text, yaml, json, ndjson)", format)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func factObject(f graph.Fact) object {
	o := object{{key: "family", val: f.Family}, {key: "class", val: f.Class}, {key: "key", val: f.Key}, {key: "value", val: plainValue(f.Value)},
		{key: "status", val: string(f.Status)}, {key: "stack", val: f.Stack}, {key: "scope", val: f.Scope}}
	for _, x := range []field{{key: "expr", val: f.Expr}, {key: "when", val: f.When}, {key: "why", val: f.Why}} {
		if x.val != "" {
			o = append(o, x)
		}
	}
	at := list{}
	for _, s := range places(f.At) {
		at = append(at, s)
	}
	return append(o, field{key: "at", val: at})
}

func places(at []graph.Span) []string {
	var out []string
	for _, s := range at {
		out = append(out, s.String())
	}
	return out
}

// plainValue turns a fact's value into parts of a document.
func plainValue(v any) any {
	switch v := v.(type) {
	case []any:
		l := list{}
		for _, x := range v {
			l = append(l, plainValue(x))
		}
		return l
	case []string:
		l := list{}
		for _, x := range v {
			l = append(l, x)
		}
		return l
	case map[string]any:
		var o flow
		for _, k := range sortedKeys(v) {
			o = append(o, field{key: k, val: plainValue(v[k])})
		}
		return o
	}
	return v
}

func sortedKeys(m map[string]any) []string {
	var ks []string
	for k := range m {
		ks = append(ks, k)
	}
	for i := range ks {
		for j := i + 1; j < len(ks); j++ {
			if ks[j] < ks[i] {
				ks[i], ks[j] = ks[j], ks[i]
			}
		}
	}
	return ks
}

// Value prints a fact's value on one line.
func Value(v any) string { return inline(plainValue(v)) }

// Number prints a float so that readers of YAML 1.1 and 1.2 read the same
// float: with a point, and a sign in the exponent.
func Number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return ".inf"
	case math.IsInf(v, -1):
		return "-.inf"
	case math.IsNaN(v):
		return ".nan"
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if v == math.Trunc(v) && math.Abs(v) < 1e16 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	m, e, exp := strings.Cut(s, "e")
	if !exp {
		return s
	}
	if !strings.Contains(m, ".") {
		m += ".0"
	}
	return m + "e" + e
}
