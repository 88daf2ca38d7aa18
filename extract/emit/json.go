package emit

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
)

// jsonDoc writes a document as JSON, keys in the document's order.
func jsonDoc(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func writeJSON(b *bytes.Buffer, v any) error {
	fields := func(fs []field) error {
		b.WriteByte('{')
		for i, f := range fs {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, f.key); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writeJSON(b, f.val); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	}
	switch v := v.(type) {
	case object:
		return fields(v)
	case flow:
		return fields(v)
	case field:
		return writeJSON(b, v.val)
	case text:
		s := strings.TrimRight(string(v), "\n")
		if strings.Contains(s, "\n") {
			s += "\n" // as YAML's literal block has it
		}
		return writeJSON(b, s)
	case list:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, x); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			b.WriteString("null")
			return nil
		}
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the newline
	return nil
}
