package emit

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// commentColumn is where comments begin, where the line is not longer.
const commentColumn = 42

// yamlDoc writes a document as YAML that readers of version 1.1 and 1.2 read
// the same way.
func yamlDoc(v any) []byte {
	var b bytes.Buffer
	writeYAML(&b, v, 0)
	return b.Bytes()
}

func writeYAML(b *bytes.Buffer, v any, indent int) {
	pad := strings.Repeat(" ", indent)
	switch v := v.(type) {
	case object:
		for i, f := range v {
			if indent == 0 && i > 0 && spaced(f.val) {
				b.WriteByte('\n')
			}
			writeField(b, f, indent, pad)
		}
	case list:
		for _, x := range v {
			switch e := x.(type) {
			case object:
				if len(e) == 0 {
					b.WriteString(pad + "- {}\n")
					continue
				}
				var inner bytes.Buffer
				writeYAML(&inner, e, indent+2)
				s := inner.Bytes()
				b.WriteString(pad + "- ")
				b.Write(s[indent+2:])
			case field: // a scalar with a comment
				line(b, pad+"- "+inline(e.val), e.comment)
			default:
				b.WriteString(pad + "- " + inline(x) + "\n")
			}
		}
	default:
		b.WriteString(pad + inline(v) + "\n")
	}
}

// spaced sets the large sections of a document apart.
func spaced(v any) bool {
	switch v := v.(type) {
	case object:
		return len(v) > 0
	case list:
		return len(v) > 0 && !short(v)
	}
	return false
}

func writeField(b *bytes.Buffer, f field, indent int, pad string) {
	key := pad + scalarString(f.key) + ":"
	switch v := f.val.(type) {
	case object:
		if len(v) == 0 {
			line(b, key+" {}", f.comment)
			return
		}
		line(b, key, f.comment)
		writeYAML(b, v, indent+2)
	case list:
		if len(v) == 0 || short(v) {
			line(b, key+" "+inline(v), f.comment)
			return
		}
		line(b, key, f.comment)
		writeYAML(b, v, indent+2)
	case text:
		s := strings.TrimRight(string(v), "\n")
		if !strings.Contains(s, "\n") {
			line(b, key+" "+scalarString(s), f.comment)
			return
		}
		line(b, key+" |", f.comment)
		for _, l := range strings.Split(s, "\n") {
			b.WriteString(pad + "  " + l + "\n")
		}
	default:
		line(b, key+" "+inline(f.val), f.comment)
	}
}

// short reports whether a list reads well on one line.
func short(l list) bool {
	for _, x := range l {
		switch e := x.(type) {
		case object, field:
			return false
		case list:
			if !short(e) {
				return false
			}
		case string:
			if len(e) > 40 {
				return false
			}
		}
	}
	return len(inline(l)) <= 100 || len(l) > 8
}

func line(b *bytes.Buffer, s, comment string) {
	b.WriteString(s)
	if comment != "" {
		comment = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == utf8.RuneError {
				return ' '
			}
			return r
		}, comment)
		n := utf8.RuneCountInString(s)
		b.WriteString(strings.Repeat(" ", max(1, commentColumn-n)) + "# " + comment)
	}
	b.WriteByte('\n')
}

// inline writes a value on one line.
func inline(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return Number(v)
	case string:
		return scalarString(v)
	case text:
		return scalarString(string(v))
	case list:
		var parts []string
		for _, x := range v {
			if f, ok := x.(field); ok {
				x = f.val
			}
			parts = append(parts, flowItem(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case flow:
		var parts []string
		for _, f := range v {
			parts = append(parts, scalarString(f.key)+": "+flowItem(f.val))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case object:
		return inline(flow(v))
	}
	return scalarString(fmt.Sprint(v))
}

// flowItem is inline with strings quoted where a comma or bracket would end them.
func flowItem(v any) string {
	if s, ok := v.(string); ok && strings.ContainsAny(s, ",[]{}") {
		return strconv.Quote(s)
	}
	return inline(v)
}

// ambiguous strings would be read as something else by YAML 1.1 or 1.2.
var ambiguous = regexp.MustCompile(`^(?i:y|yes|n|no|true|false|on|off|null|~|=|<<|\.inf|\.nan|[-+]\.inf)$` +
	`|^[-+]?[0-9._][0-9_.,:eExXa-fA-FoO+-]*$|^0[bB][01_]+$|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}`)

// scalarString writes a string, quoted where it must be.
func scalarString(s string) string {
	if s == "" {
		return `""`
	}
	quote := ambiguous.MatchString(s) || s != strings.TrimSpace(s) ||
		strings.ContainsAny(s[:1], "-?:,[]{}#&*!|>'\"%@`") && !(s[0] == '-' && len(s) > 1 && s[1] != ' ' && !ambiguous.MatchString(s)) ||
		strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":")
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			quote = true
		}
	}
	if !quote {
		return s
	}
	return quoted(s)
}

// quoted writes a double-quoted scalar with the escapes that YAML shares with JSON.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError && !utf8.ValidString(s[i:min(len(s), i+3)]):
			b.WriteString(`\uFFFD`)
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
