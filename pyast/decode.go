package pyast

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// source is a file as the scanner reads it: UTF-8, newlines as line ends, one
// at the end, and a NUL that is not part of it.
type source struct {
	text string
	bad  *Error // the text ends before a line that is not UTF-8
}

// decode finds out the encoding of a file as CPython does.
func decode(src []byte) (source, *Error) {
	if bytes.IndexByte(src, 0) >= 0 {
		return source{}, &Error{Kind: "SyntaxError", Msg: "source code string cannot contain null bytes"}
	}
	b := src
	bom := bytes.HasPrefix(b, []byte("\xEF\xBB\xBF"))
	if bom {
		b = b[3:]
	}
	if bytes.IndexByte(b, '\r') >= 0 {
		b = bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	var s source
	text := make([]byte, 0, len(b)+2)
	text = append(text, b...)
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n')
	}
	if name := codingSpec(text); name != "" {
		norm := normalName(name)
		if bom && norm != "utf-8" {
			return s, &Error{Kind: "SyntaxError", Line: 1, Msg: fmt.Sprintf("encoding problem: %s with BOM", norm)}
		}
		if norm != "utf-8" {
			decoded, err := decodeAs(norm, text)
			if err != "" {
				return s, &Error{Kind: "SyntaxError", Col: -1, Msg: err}
			}
			text = decoded
		}
	}
	s.text = string(append(text, 0))
	if !utf8.ValidString(s.text) {
		s.cut()
	}
	return s, nil
}

// Text is the source as positions count in it: in UTF-8 whatever its encoding,
// without a byte-order mark, every line ended by a newline. The error is an
// ErrorList, as Parse gives it.
func Text(src []byte) (string, error) {
	s, err := decode(src)
	if err == nil {
		err = s.bad
	}
	if err != nil {
		return "", ErrorList{err}
	}
	return strings.TrimSuffix(s.text, "\x00"), nil
}

// cut ends the text before the first line that is not UTF-8.
func (s *source) cut() {
	i := 0
	for i < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	start := strings.LastIndexByte(s.text[:i], '\n') + 1
	line := strings.Count(s.text[:start], "\n") + 1
	s.bad = &Error{Kind: "SyntaxError", Line: line, Col: utf8.RuneCountInString(s.text[start:i]) + 1, token: true,
		Msg: fmt.Sprintf("Non-UTF-8 code starting with '\\x%.2x' on line %d, but no encoding declared; "+
			"see https://peps.python.org/pep-0263/ for details", s.text[i], line)}
	s.text = s.text[:start] + "\x00"
}

// codingSpec returns the encoding that a comment in the first two lines
// declares, or "". The second line counts only if the first is blank.
func codingSpec(text []byte) string {
	for range 2 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		rest := bytes.TrimLeft(line, " \t\f")
		if len(rest) > 0 && rest[0] != '#' {
			return ""
		}
		for {
			i := bytes.Index(rest, []byte("coding"))
			if i < 0 {
				break
			}
			rest = rest[i+len("coding"):]
			if len(rest) == 0 || rest[0] != ':' && rest[0] != '=' {
				continue
			}
			name := bytes.TrimLeft(rest[1:], " \t")
			n := 0
			for n < len(name) && (identCh[name[n]] && name[n] < 0x80 || name[n] == '-' || name[n] == '.') {
				n++
			}
			if n > 0 {
				return string(name[:n])
			}
		}
	}
	return ""
}

// normalName gives the two commonest encodings one spelling.
func normalName(name string) string {
	short := strings.ReplaceAll(strings.ToLower(name[:min(len(name), 12)]), "_", "-")
	if short == "utf-8" || strings.HasPrefix(short, "utf-8-") {
		return "utf-8"
	}
	for _, latin := range []string{"latin-1", "iso-8859-1", "iso-latin-1"} {
		if short == latin || strings.HasPrefix(short, latin+"-") {
			return "iso-8859-1"
		}
	}
	return name
}

// encodingData holds the encodings without state; encodings.py made it.
//
//go:embed encodings.bin.gz
var encodingData []byte

// codec says what bytes stand for. An undefined character is U+FFFF.
type codec struct {
	name   string
	single []rune            // of one byte
	multi  map[string][]rune // of a byte after others, which are the key
}

var codecs = sync.OnceValue(func() map[string]*codec {
	z, err := gzip.NewReader(bytes.NewReader(encodingData))
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	all := map[string]*codec{}
	own := map[string]*codec{}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		row := []rune(f[2])
		for i, r := range row {
			if r >= 0xE000 && r < 0xE020 {
				row[i] = r - 0xE000
			}
		}
		if c := own[f[0]]; c != nil {
			lead, _ := hex.DecodeString(f[1])
			c.multi[string(lead)] = row
			continue
		}
		c := &codec{f[1], row, map[string][]rune{}}
		own[c.name] = c
		for _, name := range strings.Fields(f[0]) {
			all[name] = c
		}
	}
	return all
})

func (c *codec) decode(text []byte) ([]byte, string) {
	out := make([]byte, 0, len(text)+len(text)/4)
	for i := 0; i < len(text); i++ {
		r := c.single[text[i]]
		start := i
		for r == 0xFFFF && i+1 < len(text) && i < start+2 {
			i++
			if row := c.multi[string(text[start:i])]; row != nil {
				r = row[text[i]]
			}
		}
		switch {
		case r != 0xFFFF:
			out = utf8.AppendRune(out, r)
		case len(c.multi) == 0:
			return nil, fmt.Sprintf("'charmap' codec can't decode byte 0x%02x in position %d: character maps to <undefined>", text[start], start)
		default:
			return nil, fmt.Sprintf("'%s' codec can't decode byte 0x%02x in position %d: illegal multibyte sequence", c.name, text[start], start)
		}
	}
	return out, ""
}

var (
	utf8Names   = " utf8 u8 utf utf8_ucs2 utf8_ucs4 cp65001 utf_8 utf_8_sig "
	latin1Names = " latin1 8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 l1 latin latin_1 "
	asciiNames  = " 646 ansi_x3.4_1968 ansi_x3_4_1968 ansi_x3.4_1986 cp367 csascii ibm367 iso646_us iso_646.irv_1991 iso_ir_6 us us_ascii ascii "
)

// decodeAs turns text in the encoding into UTF-8, or returns Python's words
// for what is wrong with it.
func decodeAs(name string, text []byte) ([]byte, string) {
	key := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return '_'
		}
		return r
	}, strings.ToLower(name))
	is := func(names string) bool { return strings.Contains(names, " "+key+" ") }
	switch {
	case is(utf8Names):
		return text, invalidUTF8(text)
	case is(latin1Names):
		out := make([]byte, 0, len(text)+len(text)/8)
		for _, c := range text {
			out = utf8.AppendRune(out, rune(c))
		}
		return out, ""
	case is(asciiNames):
		for i, c := range text {
			if c >= 0x80 {
				return nil, fmt.Sprintf("'ascii' codec can't decode byte 0x%02x in position %d: ordinal not in range(128)", c, i)
			}
		}
		return text, ""
	}
	c, ok := codecs()[key]
	if !ok {
		return nil, "unknown encoding: " + name
	}
	return c.decode(text)
}

// invalidUTF8 says where and why text is not UTF-8, as Python's codec does.
func invalidUTF8(text []byte) string {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r != utf8.RuneError || n > 1 {
			i += n
			continue
		}
		c := text[i]
		want := 0
		switch {
		case c >= 0xC2 && c < 0xE0:
			want = 1
		case c >= 0xE0 && c < 0xF0:
			want = 2
		case c >= 0xF0 && c < 0xF5:
			want = 3
		default:
			return fmt.Sprintf("'utf-8' codec can't decode byte 0x%02x in position %d: invalid start byte", c, i)
		}
		good := 0
		for good < want && i+1+good < len(text) && text[i+1+good]&0xC0 == 0x80 && !utf8.FullRune(text[i:i+1+good]) {
			good++
		}
		reason := "invalid continuation byte"
		if good > 0 {
			good--
		}
		if good == 0 {
			return fmt.Sprintf("'utf-8' codec can't decode byte 0x%02x in position %d: %s", c, i, reason)
		}
		return fmt.Sprintf("'utf-8' codec can't decode bytes in position %d-%d: %s", i, i+good, reason)
	}
	return ""
}
