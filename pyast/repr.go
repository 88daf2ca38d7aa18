package pyast

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Repr returns the constant as Python's repr prints it.
func (c *Constant) Repr() string { return string(c.appendRepr(nil)) }

func (c *Constant) appendRepr(b []byte) []byte {
	switch c.Kind {
	case None:
		return append(b, "None"...)
	case True:
		return append(b, "True"...)
	case False:
		return append(b, "False"...)
	case Ellipsis:
		return append(b, "Ellipsis"...)
	case Int:
		if c.Big != nil {
			return c.Big.Append(b, 10)
		}
		return strconv.AppendInt(b, c.Int, 10)
	case Float:
		return appendFloat(b, c.Float, true)
	case Complex:
		return append(appendFloat(b, c.Float, false), 'j')
	case Bytes:
		return appendBytesRepr(b, c.Str)
	}
	return appendRepr(b, c.Str)
}

// appendFloat appends a float as repr does: the shortest digits that give it
// back, with an exponent below 1e-4 and from 1e16 on. point asks for ".0"
// after a whole number.
func appendFloat(b []byte, f float64, point bool) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	case math.IsNaN(f):
		return append(b, "nan"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	n := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if point && !strings.Contains(string(b[n:]), ".") {
		b = append(b, ".0"...)
	}
	return b
}

func reprString(s string) string { return string(appendRepr(nil, s)) }

const hexDigits = "0123456789abcdef"

func quoteFor(s string) byte {
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		return '"'
	}
	return '\''
}

// appendRepr appends a string as repr prints it.
func appendRepr(b []byte, s string) []byte {
	q := quoteFor(s)
	b = append(b, q)
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '\\' && c != q {
			i++
			continue
		}
		n := 1
		r := rune(c)
		if c >= 0x80 {
			r, n = decodeRune(s[i:])
			if isPrintable(r) {
				i += n
				continue
			}
		}
		b = append(b, s[from:i]...)
		i += n
		from = i
		switch {
		case c == '\\' || c == q:
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case r < 0x100:
			b = append(b, '\\', 'x', hexDigits[r>>4], hexDigits[r&15])
		case r < 0x10000:
			b = append(b, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
		default:
			b = append(b, '\\', 'U')
			for shift := 28; shift >= 0; shift -= 4 {
				b = append(b, hexDigits[r>>shift&15])
			}
		}
	}
	b = append(b, s[from:]...)
	return append(b, q)
}

// decodeRune decodes a rune, or a surrogate from its three bytes.
func decodeRune(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xED {
		return 0xD000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return r, n
}

func appendBytesRepr(b []byte, s string) []byte {
	q := quoteFor(s)
	b = append(b, 'b', q)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' || c == q:
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ' || c >= 0x7f:
			b = append(b, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, q)
}
