package pyast

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxIntDigits is Python's limit on the decimal digits of an int literal.
const maxIntDigits = 4300

func (p *parser) numberAtom() Expr {
	if p.tok.kind != tNumber {
		p.fail()
	}
	c := p.constants.get()
	c.Pos = p.tokSpan()
	p.setNumber(c, p.text())
	p.next()
	return c
}

// setNumber sets c to the value of a number literal.
func (p *parser) setNumber(c *Constant, text string) {
	c.Kind = Int
	if len(text) < 18 {
		n := int64(0)
		for i := 0; ; i++ {
			if i == len(text) {
				c.Int = n
				return
			}
			d := text[i] - '0'
			if d > 9 {
				break
			}
			n = n*10 + int64(d)
		}
	}
	if strings.IndexByte(text, '_') >= 0 {
		text = strings.ReplaceAll(text, "_", "")
	}
	base := 10
	if len(text) > 1 && text[0] == '0' {
		switch text[1] | 0x20 {
		case 'x':
			base = 16
		case 'o':
			base = 8
		case 'b':
			base = 2
		}
	}
	digits := text
	if base != 10 {
		digits = text[2:]
	} else if last := text[len(text)-1] | 0x20; last == 'j' {
		c.Kind = Complex
		c.Float, _ = strconv.ParseFloat(text[:len(text)-1], 64)
		return
	} else if strings.ContainsAny(text, ".eE") {
		c.Kind = Float
		c.Float, _ = strconv.ParseFloat(text, 64)
		return
	}
	n, err := strconv.ParseInt(digits, base, 64)
	if err == nil {
		c.Int = n
		return
	}
	if base == 10 && len(digits) > maxIntDigits {
		p.failAt(p.tok.line, p.tok.col, "Exceeds the limit (%d digits) for integer string conversion: value has %d digits; "+
			"use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals "+
			"to avoid decimal conversion limits.", maxIntDigits, len(digits))
	}
	c.Big, _ = new(big.Int).SetString(digits, base)
}

// stringAtom parses adjacent string and f-string literals.
func (p *parser) stringAtom() Expr {
	line, col := p.tok.line, p.tok.col
	if p.tok.kind == tString {
		c := p.constants.get()
		p.setString(c)
		p.next()
		if p.tok.kind != tString && p.tok.kind != tFStart {
			if p.tok.kind == tTStart {
				p.fail()
			}
			return c
		}
		return p.concat(line, col, c)
	}
	return p.concat(line, col, nil)
}

// concat parses the literals after first and joins all of them.
func (p *parser) concat(line, col int32, first *Constant) Expr {
	mark := len(p.exprs.stack)
	isBytes, isText, fstring := false, false, false
	if first != nil {
		isBytes, isText = first.Kind == Bytes, first.Kind == Str
		p.exprs.stack = append(p.exprs.stack, first)
	}
	for {
		switch p.tok.kind {
		case tString:
			c := p.constants.get()
			p.setString(c)
			if c.Kind == Bytes {
				isBytes = true
			} else {
				isText = true
			}
			p.next()
			p.exprs.stack = append(p.exprs.stack, c)
			continue
		case tFStart:
			fstring = true
			p.fstring()
			continue
		case tTStart:
			p.fail()
		}
		break
	}
	if isBytes && (isText || fstring) {
		p.failAt(p.tok.line, p.tok.col, "cannot mix bytes and nonbytes literals")
	}
	values := p.fold(mark, fstring)
	if !fstring {
		c := values[0].(*Constant)
		c.Pos = p.span(line, col)
		p.drop(mark)
		return c
	}
	j := p.joined.get()
	j.Values = p.exprs.take(mark)
	j.Pos = p.span(line, col)
	return j
}

func (p *parser) drop(mark int) {
	clear(p.exprs.stack[mark:])
	p.exprs.stack = p.exprs.stack[:mark]
}

// fold merges neighbouring constants from mark on, and drops empty ones if
// asked to. What remains is on the stack and returned.
func (p *parser) fold(mark int, dropEmpty bool) []Expr {
	elems := p.exprs.stack[mark:]
	out := 0
	for i := 0; i < len(elems); {
		c, ok := elems[i].(*Constant)
		if !ok {
			elems[out] = elems[i]
			out++
			i++
			continue
		}
		j, n := i+1, len(c.Str)
		for ; j < len(elems); j++ {
			d, ok := elems[j].(*Constant)
			if !ok {
				break
			}
			n += len(d.Str)
		}
		if j > i+1 {
			var b strings.Builder
			b.Grow(n)
			for _, e := range elems[i:j] {
				d := e.(*Constant)
				b.WriteString(d.Str)
				c.EndLine, c.EndCol = d.EndLine, d.EndCol
			}
			c.Str = b.String()
		}
		i = j
		if n == 0 && dropEmpty {
			continue
		}
		elems[out] = c
		out++
	}
	clear(elems[out:])
	p.exprs.stack = p.exprs.stack[:mark+out]
	return elems[:out]
}

// setString sets c to the value of the string token.
func (p *parser) setString(c *Constant) {
	c.Pos = p.tokSpan()
	text := p.text()
	c.Kind = Str
	raw := p.tok.flags&tokEscape == 0
	for text[0] != '\'' && text[0] != '"' {
		switch text[0] {
		case 'b', 'B':
			c.Kind = Bytes
		case 'r', 'R':
			raw = true
		case 'u':
			c.U = true
		}
		text = text[1:]
	}
	n := 1
	if len(text) >= 6 && text[1] == text[0] && text[2] == text[0] {
		n = 3
	}
	body := text[n : len(text)-n]
	if c.Kind == Bytes {
		for i := 0; i < len(body); i++ {
			if body[i] >= 0x80 {
				p.failAt(p.tok.line, p.tok.col, "bytes can only contain ASCII literal characters")
			}
		}
	}
	if raw {
		c.Str = body
		return
	}
	value, err := unescape(body, c.Kind == Bytes)
	if err != "" {
		p.failAt(p.tok.line, p.tok.col, "%s", err)
	}
	c.Str = value
}

// fstring parses an f-string and leaves its values on the stack.
func (p *parser) fstring() {
	raw := p.rawPrefix()
	p.next()
	p.fparts(raw, false, false)
	if p.tok.kind != tFEnd {
		p.fail()
	}
	p.next()
}

func (p *parser) rawPrefix() bool {
	return strings.ContainsAny(p.src[p.tok.start:p.tok.start+2], "rR")
}

// fparts parses text and fields up to the end of an f-string or of a format
// spec, onto the stack.
func (p *parser) fparts(raw, template, spec bool) {
	for {
		switch p.tok.kind {
		case tFMiddle, tTMiddle:
			text := p.text()
			if text == "" {
				p.next()
				continue
			}
			c := p.constants.get()
			c.Kind = Str
			c.Pos = p.tokSpan()
			c.Str = text
			if !raw && p.tok.flags&tokEscape != 0 {
				value, err := unescape(text, false)
				if err != "" {
					p.failAt(p.tok.line, p.tok.col, "%s", err)
				}
				c.Str = value
			}
			p.next()
			if c.Str == "" {
				continue
			}
			p.exprs.stack = append(p.exprs.stack, c)
		case tLbrace:
			p.ffield(raw, template && !spec)
		default:
			return
		}
	}
}

// ffield parses a replacement field, and leaves on the stack the text that
// `=` asks for, if it does, and the field.
func (p *parser) ffield(raw, template bool) {
	p.enter()
	letter := "f"
	if template {
		letter = "t"
	}
	line, col := p.tok.line, p.tok.col
	begin := p.tok.end
	p.next()
	var value Expr
	if p.tok.kind == kwYield {
		value = p.yieldExpr()
	} else {
		value = p.starExprs()
	}
	exprEnd := p.tok.start
	debug := p.got(tEqual)
	textEnd := p.tok.start
	endLine, endCol := p.tok.line, p.tok.col // of the debug text
	conversion := -1
	var spec Expr
	switch p.tok.kind {
	case tExclamation, tColon, tRbrace:
	default:
		p.fail()
	}
	if p.tok.kind == tExclamation {
		bl, bc, be := p.tok.line, p.tok.col, p.tok.end
		p.next()
		if p.tok.kind != tName {
			p.fail()
		}
		if p.tok.start != be {
			p.failAt(bl, bc, "%s-string: conversion type must come right after the exclamation mark", letter)
		}
		switch c := p.text(); c {
		case "s", "r", "a":
			conversion = int(c[0])
		default:
			p.failAt(p.tok.line, p.tok.col, "%s-string: invalid conversion character %s: expected 's', 'r', or 'a'",
				letter, reprString(p.identText()))
		}
		endLine, endCol = p.tok.line, p.tok.col-1
		p.next()
	}
	hasSpec := p.tok.kind == tColon
	if hasSpec {
		sl, sc := p.tok.line, p.tok.col
		p.next()
		mark := len(p.exprs.stack)
		p.fparts(raw, template, true)
		if p.tok.kind != tRbrace {
			p.fail()
		}
		p.fold(mark, true)
		j := p.joined.get()
		j.Values = p.exprs.take(mark)
		j.Pos = p.span(sl, sc)
		spec = j
	}
	if p.tok.kind != tRbrace {
		p.fail()
	}
	if debug {
		if conversion < 0 && !hasSpec {
			conversion = 'r'
		}
		c := p.constants.get()
		c.Kind = Str
		c.Str = stripComments(p.src[begin:textEnd])
		c.Pos = Pos{line, col + 1, endLine, endCol}
		p.exprs.stack = append(p.exprs.stack, c)
	}
	at := Pos{line, col, p.tok.endLine, p.tok.endCol}
	if template {
		text := stripComments(p.src[begin:exprEnd])
		c := p.constants.get()
		c.Kind, c.Str, c.Pos = Str, strings.TrimRight(text, " \t\n\f\r\v="), value.Span().clone()
		p.exprs.stack = append(p.exprs.stack, &Interpolation{Pos: at, Value: value, Str: c, Conversion: conversion, FormatSpec: spec})
	} else {
		f := p.formatted.get()
		f.Pos, f.Value, f.Conversion, f.FormatSpec = at, value, conversion, spec
		p.exprs.stack = append(p.exprs.stack, f)
	}
	p.next()
	p.depth--
}

func (p *Pos) clone() Pos { return *p }

// stripComments removes comments from the text of a field, strings apart.
func stripComments(text string) string {
	if strings.IndexByte(text, '#') < 0 {
		return text
	}
	var b strings.Builder
	quote := byte(0)
	triple := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == 0 && c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
			if i == len(text) {
				return b.String()
			}
			c = '\n'
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
			triple = strings.HasPrefix(text[i:], strings.Repeat(string(c), 3))
			if triple {
				b.WriteString(text[i : i+2])
				i += 2
			}
		case quote != 0 && c == '\\' && i+1 < len(text):
			b.WriteByte(c)
			i++
			c = text[i]
		case quote != 0 && c == quote:
			if !triple {
				quote = 0
			} else if strings.HasPrefix(text[i:], strings.Repeat(string(c), 3)) {
				b.WriteString(text[i : i+2])
				i += 2
				quote = 0
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// templateAtom parses adjacent t-string literals.
func (p *parser) templateAtom() Expr {
	line, col := p.tok.line, p.tok.col
	mark := len(p.exprs.stack)
	for p.tok.kind == tTStart {
		raw := p.rawPrefix()
		p.next()
		p.fparts(raw, true, false)
		if p.tok.kind != tTEnd {
			p.fail()
		}
		p.next()
	}
	if p.tok.kind == tString || p.tok.kind == tFStart {
		p.fail()
	}
	p.fold(mark, true)
	t := &TemplateStr{Values: p.exprs.take(mark)}
	t.Pos = p.span(line, col)
	return t
}

// unescape resolves the escapes of a string or bytes literal. err is the
// message of the error, if any.
func unescape(s string, isBytes bool) (value, err string) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		c := s[i]
		if c != '\\' {
			b = append(b, c)
			i++
			continue
		}
		start := i
		i++
		if i == len(s) {
			return string(append(b, '\\')), ""
		}
		c = s[i]
		i++
		switch c {
		case '\n':
		case '\\', '\'', '"':
			b = append(b, c)
		case 'a':
			b = append(b, 7)
		case 'b':
			b = append(b, 8)
		case 'f':
			b = append(b, 12)
		case 'n':
			b = append(b, 10)
		case 'r':
			b = append(b, 13)
		case 't':
			b = append(b, 9)
		case 'v':
			b = append(b, 11)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			n := rune(c - '0')
			for k := 0; k < 2 && i < len(s) && s[i] >= '0' && s[i] <= '7'; k++ {
				n = n*8 + rune(s[i]-'0')
				i++
			}
			if isBytes {
				b = append(b, byte(n))
			} else {
				b = utf8.AppendRune(b, n)
			}
		case 'x', 'u', 'U':
			if isBytes && c != 'x' {
				b = append(b, '\\', c)
				break
			}
			want := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
			n, k := uint32(0), 0
			for ; k < want && i < len(s) && digitOf(s[i], 16); k++ {
				d, _ := strconv.ParseUint(s[i:i+1], 16, 8)
				n = n<<4 | uint32(d)
				i++
			}
			switch {
			case k < want && isBytes:
				return "", fmt.Sprintf("(value error) invalid \\x escape at position %d", start)
			case k < want:
				return "", unicodeError(s, start, i, "truncated \\"+string(c)+strings.Repeat("X", want)+" escape")
			case n > utf8.MaxRune:
				return "", unicodeError(s, start, i, "illegal Unicode character")
			case isBytes:
				b = append(b, byte(n))
			default:
				b = appendRune(b, rune(n))
			}
		case 'N':
			if isBytes {
				b = append(b, '\\', 'N')
				break
			}
			end := strings.IndexByte(s[i:], '}')
			if i == len(s) || s[i] != '{' || end < 2 {
				// The error extends over what was read of the name.
				switch {
				case i == len(s) || s[i] != '{':
				case end < 0:
					i = len(s)
				default:
					i += end
				}
				return "", unicodeError(s, start, i, "malformed \\N character escape")
			}
			r, ok := runeByName(s[i+1 : i+end])
			i += end + 1
			if !ok {
				return "", unicodeError(s, start, i, "unknown Unicode character name")
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, '\\', c)
		}
	}
	return string(b), ""
}

// unicodeError words an error as Python's codec does. It counts in text where
// characters beyond ASCII have been replaced by escapes of ten characters.
func unicodeError(s string, start, end int, msg string) string {
	length := func(from, to int) int {
		n := 0
		for i, r := range s[from:to] {
			switch {
			case r >= 0x80:
				n += 10
			case r == '\\' && from+i+1 < len(s) && s[from+i+1] >= 0x80:
				n += 6
			default:
				n++
			}
		}
		return n
	}
	from := length(0, start)
	to := from + length(start, end) - 1
	return fmt.Sprintf("(unicode error) 'unicodeescape' codec can't decode bytes in position %d-%d: %s", from, to, msg)
}

// appendRune appends a code point, a surrogate as its three bytes.
func appendRune(b []byte, r rune) []byte {
	if r >= 0xD800 && r < 0xE000 {
		return append(b, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF)
	}
	return utf8.AppendRune(b, r)
}
