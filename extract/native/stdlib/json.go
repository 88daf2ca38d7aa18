package stdlib

import (
	"fmt"
	"math"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

var jsonDecodeError = interp.NewNativeClass("json.decoder.JSONDecodeError", []*interp.Class{interp.ValueError})

// encoder writes JSON as json.dumps does.
type encoder struct {
	in               *inter
	b                strings.Builder
	indent           string
	pretty           bool
	itemSep, keySep  string
	ascii, sort, nan bool
	skip             bool
	def              value
	running          map[value]bool
	depth            int
}

const maxJSONDepth = 900

func (e *encoder) newline(level int) {
	if e.pretty {
		e.in.Charge(int64(level*len(e.indent)) + 1)
		e.b.WriteByte('\n')
		for range level {
			e.b.WriteString(e.indent)
		}
	}
}

func (e *encoder) enter(v value) {
	if e.running[v] {
		e.in.Raise(interp.ValueError, "Circular reference detected")
	}
	e.running[v] = true
	if e.depth++; e.depth > maxJSONDepth {
		e.in.Raise(interp.RecursionError, "maximum recursion depth exceeded while encoding a JSON object")
	}
}

func (e *encoder) leave(v value) {
	delete(e.running, v)
	e.depth--
}

// float writes a float as Python does, with its names for the others.
func (e *encoder) float(f float64, v value) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		if !e.nan {
			e.in.Raise(interp.ValueError, "Out of range float values are not JSON compliant: %s", e.in.Repr(v))
		}
		switch {
		case math.IsNaN(f):
			return "NaN"
		case f > 0:
			return "Infinity"
		}
		return "-Infinity"
	}
	return e.in.Repr(interp.NewFloat(f))
}

// scalar writes v where it is no container; false otherwise.
func (e *encoder) scalar(v value) (string, bool) {
	switch x := interp.Unwrap(v).(type) {
	case interp.Str:
		return quoteJSON(x.S, e.ascii), true
	case interp.NoneType:
		return "null", true
	case interp.Bool:
		if x.V {
			return "true", true
		}
		return "false", true
	case interp.Int, interp.BigInt:
		return e.in.Repr(x), true
	case interp.Float:
		return e.float(x.V, x), true
	}
	return "", false
}

func (e *encoder) value(v value, level int) {
	in := e.in
	in.Step(1)
	if s, ok := e.scalar(v); ok {
		in.Charge(int64(len(s)))
		e.b.WriteString(s)
		return
	}
	switch x := interp.Unwrap(v).(type) {
	case *interp.List:
		e.list(v, x.V, level)
	case *interp.Tuple:
		e.list(v, x.V, level)
	case *interp.Dict:
		e.dict(v, x, level)
	default:
		if interp.IsNone(e.def) {
			in.Raise(interp.TypeError, "Object of type %s is not JSON serializable", typeName(v))
		}
		e.enter(v)
		e.value(in.Call(e.def, []value{v}, nil), level)
		e.leave(v)
	}
}

func (e *encoder) list(v value, items []value, level int) {
	if len(items) == 0 {
		e.b.WriteString("[]")
		return
	}
	e.enter(v)
	e.b.WriteByte('[')
	for i, x := range items {
		if i > 0 {
			e.b.WriteString(e.itemSep)
		}
		e.newline(level + 1)
		e.value(x, level+1)
	}
	e.newline(level)
	e.b.WriteByte(']')
	e.leave(v)
}

func (e *encoder) dict(v value, d *interp.Dict, level int) {
	if v != value(d) {
		d = itemsOf(e.in, v)
	}
	if d.Len() == 0 {
		e.b.WriteString("{}")
		return
	}
	e.enter(v)
	type row struct{ k, v value }
	var rows []row
	d.Range(func(k, v value) bool {
		rows = append(rows, row{k, v})
		return true
	})
	if e.sort {
		sort.SliceStable(rows, func(i, j int) bool { return e.in.Truth(e.in.Compare(pyast.Lt, rows[i].k, rows[j].k)) })
	}
	e.b.WriteByte('{')
	first := true
	for _, r := range rows {
		var key string
		switch k := interp.Unwrap(r.k).(type) {
		case interp.Str:
			key = k.S
		default:
			s, ok := e.scalar(k)
			if !ok {
				if e.skip {
					continue
				}
				e.in.Raise(interp.TypeError, "keys must be str, int, float, bool or None, not %s", typeName(r.k))
			}
			key = s
		}
		if !first {
			e.b.WriteString(e.itemSep)
		}
		first = false
		e.newline(level + 1)
		e.b.WriteString(quoteJSON(key, e.ascii))
		e.b.WriteString(e.keySep)
		e.value(r.v, level+1)
	}
	e.newline(level)
	e.b.WriteByte('}')
	e.leave(v)
}

// quoteJSON writes a string literal.
func quoteJSON(s string, ascii bool) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch c {
			case '"', '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			case '\n':
				b.WriteString(`\n`)
			case '\r':
				b.WriteString(`\r`)
			case '\t':
				b.WriteString(`\t`)
			case '\f':
				b.WriteString(`\f`)
			case '\b':
				b.WriteString(`\b`)
			default:
				if c < 0x20 {
					fmt.Fprintf(&b, `\u%04x`, c)
				} else {
					b.WriteByte(c)
				}
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 && c == 0xed && i+2 < len(s) {
			r, n = 0xd000|rune(s[i+1]&0x3f)<<6|rune(s[i+2]&0x3f), 3
		}
		switch {
		case !ascii:
			b.WriteString(s[i : i+n])
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	b.WriteByte('"')
	return b.String()
}

func dumps(in *inter, a []value) string {
	e := &encoder{in: in, itemSep: ", ", keySep: ": ", running: map[value]bool{}, def: a[5]}
	e.skip, e.ascii, e.nan, e.sort = in.Truth(a[1]), in.Truth(a[2]), in.Truth(a[3]), in.Truth(a[6])
	switch x := a[4].(type) {
	case interp.NoneType:
	case interp.Str:
		e.pretty, e.indent, e.itemSep = true, x.S, ","
	default:
		n := max(0, in.Int(x))
		in.Charge(n)
		e.pretty, e.indent, e.itemSep = true, strings.Repeat(" ", int(n)), ","
	}
	if !interp.IsNone(a[7]) {
		p := in.Elements(a[7])
		if len(p) != 2 {
			in.Raise(interp.ValueError, "not enough values to unpack (expected 2, got %d)", len(p))
		}
		e.itemSep, e.keySep = in.Str(p[0]), in.Str(p[1])
	}
	e.value(a[0], 0)
	return e.b.String()
}

// decoder reads JSON as json.loads does.
type decoder struct {
	in   *inter
	s    string
	i    int
	hook map[string]value
	deep int
}

func (d *decoder) fail(msg string, at int) {
	line := 1 + strings.Count(d.s[:at], "\n")
	col := utf8.RuneCountInString(d.s[strings.LastIndexByte(d.s[:at], '\n')+1:at]) + 1
	pos := utf8.RuneCountInString(d.s[:at])
	exc := &interp.Instance{Cls: jsonDecodeError, Dict: interp.NewDict(),
		Data: interp.NewTuple(str(fmt.Sprintf("%s: line %d column %d (char %d)", msg, line, col, pos)))}
	exc.Dict.SetStr("msg", str(msg))
	exc.Dict.SetStr("doc", str(d.s))
	for n, v := range map[string]int{"pos": pos, "lineno": line, "colno": col} {
		exc.Dict.SetStr(n, interp.NewInt(int64(v)))
	}
	d.in.RaiseExc(exc)
}

func (d *decoder) space() {
	for d.i < len(d.s) && strings.IndexByte(" \t\n\r", d.s[d.i]) >= 0 {
		d.i++
	}
}

func (d *decoder) call(name string, v value) value {
	if f := d.hook[name]; f != nil {
		return d.in.Call(f, []value{v}, nil)
	}
	return v
}

func (d *decoder) value() value {
	d.in.Step(1)
	d.in.Charge(1)
	if d.deep++; d.deep > maxJSONDepth {
		d.in.Raise(interp.RecursionError, "maximum recursion depth exceeded while decoding a JSON object")
	}
	defer func() { d.deep-- }()
	if d.i >= len(d.s) {
		d.fail("Expecting value", d.i)
	}
	for _, w := range []struct {
		text string
		v    value
	}{{"null", interp.None}, {"true", interp.True}, {"false", interp.False}, {"NaN", interp.NewFloat(math.NaN())},
		{"Infinity", interp.NewFloat(math.Inf(1))}, {"-Infinity", interp.NewFloat(math.Inf(-1))}} {
		if strings.HasPrefix(d.s[d.i:], w.text) {
			d.i += len(w.text)
			if f := d.hook["parse_constant"]; f != nil && len(w.text) != 4 && w.text != "false" {
				return d.in.Call(f, []value{str(w.text)}, nil)
			}
			return w.v
		}
	}
	switch c := d.s[d.i]; {
	case c == '"':
		d.i++
		return str(d.str())
	case c == '{':
		return d.object()
	case c == '[':
		d.i++
		l := interp.NewList()
		d.space()
		if d.i < len(d.s) && d.s[d.i] == ']' {
			d.i++
			return l
		}
		for {
			d.space()
			l.V = append(l.V, d.value())
			d.space()
			if d.i < len(d.s) && d.s[d.i] == ']' {
				d.i++
				return l
			}
			if d.i >= len(d.s) || d.s[d.i] != ',' {
				d.fail("Expecting ',' delimiter", d.i)
			}
			d.i++
		}
	case c == '-' || c >= '0' && c <= '9':
		return d.number()
	}
	d.fail("Expecting value", d.i)
	return nil
}

func (d *decoder) object() value {
	d.i++
	out := interp.NewDict()
	var rows []value
	finish := func() value {
		if f := d.hook["object_pairs_hook"]; f != nil {
			return d.in.Call(f, []value{interp.NewList(rows...)}, nil)
		}
		return d.call("object_hook", out)
	}
	d.space()
	if d.i < len(d.s) && d.s[d.i] == '}' {
		d.i++
		return finish()
	}
	for {
		d.space()
		if d.i >= len(d.s) || d.s[d.i] != '"' {
			d.fail("Expecting property name enclosed in double quotes", d.i)
		}
		d.i++
		k := d.str()
		d.space()
		if d.i >= len(d.s) || d.s[d.i] != ':' {
			d.fail("Expecting ':' delimiter", d.i)
		}
		d.i++
		d.space()
		v := d.value()
		out.SetStr(k, v)
		rows = append(rows, interp.NewTuple(str(k), v))
		d.space()
		if d.i < len(d.s) && d.s[d.i] == '}' {
			d.i++
			return finish()
		}
		if d.i >= len(d.s) || d.s[d.i] != ',' {
			d.fail("Expecting ',' delimiter", d.i)
		}
		d.i++
	}
}

func (d *decoder) number() value {
	start := d.i
	digits := func() bool {
		from := d.i
		for d.i < len(d.s) && d.s[d.i] >= '0' && d.s[d.i] <= '9' {
			d.i++
		}
		return d.i > from
	}
	if d.s[d.i] == '-' {
		d.i++
	}
	if d.i < len(d.s) && d.s[d.i] == '0' {
		d.i++
	} else if !digits() {
		d.fail("Expecting value", start)
	}
	isFloat := false
	if d.i+1 < len(d.s) && d.s[d.i] == '.' && d.s[d.i+1] >= '0' && d.s[d.i+1] <= '9' {
		d.i++
		digits()
		isFloat = true
	}
	if d.i < len(d.s) && (d.s[d.i] == 'e' || d.s[d.i] == 'E') {
		back := d.i
		d.i++
		if d.i < len(d.s) && (d.s[d.i] == '+' || d.s[d.i] == '-') {
			d.i++
		}
		if digits() {
			isFloat = true
		} else {
			d.i = back
		}
	}
	text := d.s[start:d.i]
	if isFloat {
		if f := d.hook["parse_float"]; f != nil {
			return d.in.Call(f, []value{str(text)}, nil)
		}
		f, _ := strconv.ParseFloat(text, 64)
		return interp.NewFloat(f)
	}
	if f := d.hook["parse_int"]; f != nil {
		return d.in.Call(f, []value{str(text)}, nil)
	}
	if len(text) > 4300 {
		d.in.Raise(interp.ValueError, "Exceeds the limit (4300 digits) for integer string conversion: value has %d digits; use sys.set_int_max_str_digits() to increase the limit", len(text))
	}
	n, _ := new(big.Int).SetString(text, 10)
	return interp.NewBig(n)
}

// str reads a string behind its opening quote.
func (d *decoder) str() string {
	start := d.i - 1
	var b strings.Builder
	for {
		j := d.i
		for j < len(d.s) && d.s[j] != '"' && d.s[j] != '\\' && d.s[j] >= 0x20 {
			j++
		}
		b.WriteString(d.s[d.i:j])
		d.i = j
		if j >= len(d.s) {
			d.fail("Unterminated string starting at", start)
		}
		switch c := d.s[j]; {
		case c == '"':
			d.i++
			return b.String()
		case c < 0x20:
			d.fail("Invalid control character at", j)
		}
		if j+1 >= len(d.s) {
			d.fail("Unterminated string starting at", start)
		}
		d.i += 2
		switch c := d.s[j+1]; c {
		case '"', '\\', '/':
			b.WriteByte(c)
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r := d.hex()
			if r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(d.s[d.i:], `\u`) {
				save := d.i
				d.i += 2
				if low := d.hex(); low >= 0xdc00 && low < 0xe000 {
					r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
				} else {
					d.i = save
				}
			}
			if r >= 0xd800 && r < 0xe000 {
				b.Write([]byte{0xed, byte(0x80 | r>>6&0x3f), byte(0x80 | r&0x3f)})
			} else {
				b.WriteRune(r)
			}
		default:
			d.fail("Invalid \\escape", j)
		}
	}
}

func (d *decoder) hex() rune {
	if d.i+4 <= len(d.s) {
		if n, err := strconv.ParseUint(d.s[d.i:d.i+4], 16, 32); err == nil {
			d.i += 4
			return rune(n)
		}
	}
	d.fail("Invalid \\uXXXX escape", d.i-1)
	return 0
}

func loads(in *inter, v value, kw *interp.Dict) value {
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	var s string
	if b, ok := v.(interp.Bytes); ok {
		s = b.S
	} else if t, ok := interp.AsStr(v); ok {
		s = t
	} else {
		in.Raise(interp.TypeError, "the JSON object must be str, bytes or bytearray, not %s", typeName(v))
	}
	d := &decoder{in: in, s: s, hook: map[string]value{}}
	for _, k := range keywords(kw) {
		if !interp.IsNone(k.V) {
			d.hook[k.Name] = k.V
		}
	}
	if strings.HasPrefix(s, "\ufeff") {
		d.fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0)
	}
	d.space()
	r := d.value()
	d.space()
	if d.i < len(s) {
		d.fail("Extra data", d.i)
	}
	return r
}

func jsonEntries() []entry {
	sig := "obj, *, skipkeys=False, ensure_ascii=True, allow_nan=True, indent=None, default=None, sort_keys=False, separators=None, check_circular=True, cls=None, **kw"
	out := []entry{
		module("json"), module("json.decoder"), module("json.encoder"),
		class("json.JSONDecodeError", jsonDecodeError), class("json.decoder.JSONDecodeError", jsonDecodeError),
		pyName("json.JSONEncoder", "json"), pyName("json.JSONDecoder", "json"),
		pyName("json.encoder.JSONEncoder", "json"), pyName("json.decoder.JSONDecoder", "json"),
		fn("json.dumps", sig, func(in *inter, a []value) value {
			if !interp.IsNone(a[9]) && interp.IsNone(a[5]) {
				// A custom encoder: its default() is what matters.
				a[5] = in.GetAttr(in.Call(a[9], nil, nil), "default")
			}
			if u := anyUnknown(in, a[0]); u != nil {
				return u
			}
			return str(dumps(in, a))
		}),
		fn("json.loads", "s, *, cls=None, **kw", func(in *inter, a []value) value { return loads(in, a[0], a[2].(*interp.Dict)) }),
		fn("json.load", "fp, *, cls=None, **kw", func(in *inter, a []value) value {
			return loads(in, in.CallMethod(a[0], "read"), a[2].(*interp.Dict))
		}),
		fn("json.dump", "obj, fp, **kw", func(in *inter, a []value) value {
			f, _ := in.NativeValue("json.dumps")
			in.CallMethod(a[1], "write", in.Call(f, []value{a[0]}, keywords(a[2].(*interp.Dict))))
			return interp.None
		}),
	}
	return out
}

// anyUnknown finds an unknown value in a nest of lists and dicts.
func anyUnknown(in *inter, v value) *interp.Unknown {
	var walk func(v value, depth int) *interp.Unknown
	walk = func(v value, depth int) *interp.Unknown {
		if depth > 50 {
			return nil
		}
		switch x := interp.Unwrap(v).(type) {
		case *interp.Unknown:
			return x
		case *interp.List:
			for _, e := range x.V {
				if u := walk(e, depth+1); u != nil {
					return u
				}
			}
		case *interp.Tuple:
			for _, e := range x.V {
				if u := walk(e, depth+1); u != nil {
					return u
				}
			}
		case *interp.Dict:
			for _, e := range x.Values() {
				if u := walk(e, depth+1); u != nil {
					return u
				}
			}
		}
		return nil
	}
	return walk(v, 0)
}
