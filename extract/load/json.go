package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"
)

// DecodeJSON decodes a JSON text as Python's json module does: objects keep
// their order, integers stay apart from floats, and NaN, Infinity and
// -Infinity are numbers. The values are those of Setting. An error starts
// with line:column.
func DecodeJSON(b []byte) (any, error) {
	d := &jsonReader{b: bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))}
	if !utf8.Valid(b) {
		return nil, errors.New("1:1: not UTF-8")
	}
	v, err := d.value(0)
	if err == nil {
		if d.space(); d.i < len(d.b) {
			err = errors.New("more text follows the JSON value")
		}
	}
	if err != nil {
		before := d.b[:min(d.i, len(d.b))]
		line := 1 + bytes.Count(before, []byte("\n"))
		col := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
		return nil, fmt.Errorf("%d:%d: %w", line, col, err)
	}
	return v, nil
}

type jsonReader struct {
	b []byte
	i int
}

const maxJSONDepth = 200

var errJSONEnd = errors.New("the JSON text ends too early")

func (d *jsonReader) space() {
	for d.i < len(d.b) && (d.b[d.i] == ' ' || d.b[d.i] == '\t' || d.b[d.i] == '\n' || d.b[d.i] == '\r') {
		d.i++
	}
}

// peek is the next character that is no space, 0 at the end.
func (d *jsonReader) peek() byte {
	if d.space(); d.i < len(d.b) {
		return d.b[d.i]
	}
	return 0
}

func (d *jsonReader) unexpected(want string) error {
	if d.i >= len(d.b) {
		return errJSONEnd
	}
	r, _ := utf8.DecodeRune(d.b[d.i:])
	return fmt.Errorf("not JSON: %q where %s is expected", r, want)
}

var jsonWords = []struct {
	text  string
	value any
}{
	{"null", nil}, {"true", true}, {"false", false},
	{"NaN", math.NaN()}, {"Infinity", math.Inf(1)}, {"-Infinity", math.Inf(-1)},
}

func (d *jsonReader) value(depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, errors.New("the JSON text is nested too deeply")
	}
	switch c := d.peek(); {
	case c == '{':
		return d.object(depth)
	case c == '[':
		return d.list(depth)
	case c == '"':
		return d.string()
	}
	for _, w := range jsonWords {
		if bytes.HasPrefix(d.b[d.i:], []byte(w.text)) {
			d.i += len(w.text)
			return w.value, nil
		}
	}
	return d.number()
}

func (d *jsonReader) object(depth int) (any, error) {
	out := []Setting{}
	at := map[string]int{}
	d.i++
	for first := true; ; first = false {
		c := d.peek()
		if c == '}' && first {
			d.i++
			return out, nil
		}
		if c != '"' {
			return nil, d.unexpected("a key in double quotes")
		}
		key, err := d.string()
		if err != nil {
			return nil, err
		}
		if d.peek() != ':' {
			return nil, d.unexpected("a colon")
		}
		d.i++
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if i, twice := at[key]; twice { // as in a Python dict: the first place, the last value
			out[i].Value = v
		} else {
			at[key] = len(out)
			out = append(out, Setting{key, v})
		}
		switch d.peek() {
		case ',':
			d.i++
		case '}':
			d.i++
			return out, nil
		default:
			return nil, d.unexpected("a comma or }")
		}
	}
}

func (d *jsonReader) list(depth int) (any, error) {
	out := []any{}
	d.i++
	if d.peek() == ']' {
		d.i++
		return out, nil
	}
	for {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		switch d.peek() {
		case ',':
			d.i++
		case ']':
			d.i++
			return out, nil
		default:
			return nil, d.unexpected("a comma or ]")
		}
	}
}

func (d *jsonReader) string() (string, error) {
	start := d.i
	for i := start + 1; i < len(d.b); i++ {
		switch c := d.b[i]; {
		case c == '\\':
			i++
		case c < ' ':
			d.i = i
			return "", errors.New("not JSON: a control character in a string")
		case c == '"':
			var s string
			if err := json.Unmarshal(d.b[start:i+1], &s); err != nil {
				return "", errors.New("not JSON: a string with a wrong escape")
			}
			d.i = i + 1
			return s, nil
		}
	}
	d.i = len(d.b)
	return "", errJSONEnd
}

func (d *jsonReader) number() (any, error) {
	i, digits, isFloat := d.i, 0, false
	for ; i < len(d.b); i++ {
		switch c := d.b[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' || c == 'e' || c == 'E':
			isFloat = true
		case c != '-' && c != '+':
			goto end
		}
	}
end:
	text := string(d.b[d.i:i])
	if digits == 0 || digits > maxDigits || !json.Valid([]byte(text)) {
		return nil, d.unexpected("a value")
	}
	d.i = i
	if isFloat {
		f, _ := strconv.ParseFloat(text, 64) // beyond the range: infinite, as in Python
		return f, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	n, _ := new(big.Int).SetString(text, 10)
	return n, nil
}

// maxDigits is where Python stops converting digits to an integer.
const maxDigits = 4300
