package pyast

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// Error is a syntax error at a place.
type Error struct {
	Path string
	Line int    // from 1; 0 where the error is about the file as a whole
	Col  int    // from 1, in characters, as CPython's SyntaxError.offset
	Kind string // SyntaxError, IndentationError or TabError
	Msg  string

	token bool // found by the scanner, which then has no more tokens to give
	soft  bool // and of those that do not matter beyond a syntax error
}

// Error returns path:line:col: message.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Col, e.Msg)
}

// ErrorList is the errors of a file in the order of their places. The first
// is the one that CPython would raise.
type ErrorList []*Error

// Error returns the errors, one a line.
func (l ErrorList) Error() string {
	var b strings.Builder
	for i, e := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

func (l ErrorList) sort() {
	if len(l) < 2 {
		return
	}
	rest := l[1:] // the first stays first
	sort.SliceStable(rest, func(i, j int) bool {
		if rest[i].Line != rest[j].Line {
			return rest[i].Line < rest[j].Line
		}
		return rest[i].Col < rest[j].Col
	})
}

// at panics with an error at a line and a byte column from 0.
func (s *scanner) at(kind string, line, col int32, format string, args ...any) {
	panic(&Error{Kind: kind, Line: int(line), Col: s.charCol(line, col) + 1, Msg: fmt.Sprintf(format, args...)})
}

// charCol turns a byte column of a line into a column in characters.
func (s *scanner) charCol(line, col int32) int {
	if col <= 0 {
		return int(col)
	}
	start := 0
	for n := int32(1); n < line; n++ {
		i := strings.IndexByte(s.src[start:], '\n')
		if i < 0 {
			break
		}
		start += i + 1
	}
	end := min(start+int(col), len(s.src)-1)
	if end <= start {
		return int(col)
	}
	n := int(col) - (end - start)
	if !utf8.RuneStart(s.src[end]) {
		n++ // part of a character
		for !utf8.RuneStart(s.src[end]) {
			end--
		}
	}
	return n + utf8.RuneCountInString(s.src[start:end])
}

// lexical panics with an error of the scanner.
func (s *scanner) lexical(soft bool, kind string, line int32, col int, format string, args ...any) {
	panic(&Error{Kind: kind, Line: int(line), Col: col, Msg: fmt.Sprintf(format, args...), token: true, soft: soft})
}

// fail points at the last character read.
func (s *scanner) fail(format string, args ...any) {
	s.lexical(false, "SyntaxError", s.line, s.charCol(s.line, int32(s.pos-s.lineStart)), format, args...)
}

// failAtToken points at a line and a byte column from 0.
func (s *scanner) failAtToken(line, col int32, format string, args ...any) {
	s.lexical(false, "SyntaxError", line, s.charCol(line, col)+1, format, args...)
}

// failBytes points at the byte of an offset; CPython does not count
// characters here.
func (s *scanner) failBytes(pos int, format string, args ...any) {
	s.lexical(false, "SyntaxError", s.line, pos-s.lineStart+1, format, args...)
}

func (s *scanner) failTabs() {
	s.lexical(true, "TabError", s.line, 1, "inconsistent use of tabs and spaces in indentation")
}

func (s *scanner) failIndent(msg string) {
	s.lexical(true, "IndentationError", s.line, 1, "%s", msg)
}

func (s *scanner) failDedent() {
	end := s.pos + strings.IndexByte(s.src[s.pos:], '\n') + 1
	s.lexical(true, "IndentationError", s.line, s.charCol(s.line, int32(end-s.lineStart)), "unindent does not match any outer indentation level")
}

// failContinuation counts the column as CPython does: from the start of its
// buffer, but not beyond the line.
func (s *scanner) failContinuation() {
	start := s.lineStart
	if s.bufLine == s.line {
		start = s.bufStart
	}
	end := s.lineStart + strings.IndexByte(s.src[s.lineStart:], '\n') + 1
	col := min(s.pos+2-start, end-s.lineStart+1)
	s.lexical(true, "SyntaxError", s.line, s.charCol(s.line, int32(col)), "unexpected character after line continuation character")
}

// atEnd panics where the text ends before a line that cannot be read.
func (s *scanner) atEnd() {
	if s.bad != nil {
		panic(s.bad)
	}
}

func (s *scanner) failEOF() {
	s.atEnd()
	if len(s.parens) > 0 {
		s.unclosed()
	}
	start := strings.LastIndexByte(s.src[:s.pos-1], '\n') + 1
	s.lexical(true, "SyntaxError", s.line-1, s.charCol(s.line-1, int32(s.pos-1-start))+1, "unexpected EOF while parsing")
}

// unclosed reports the innermost open bracket.
func (s *scanner) unclosed() {
	b := s.parens[len(s.parens)-1]
	s.lexical(true, "SyntaxError", b.line, s.charCol(b.line, b.col)+1, "'%c' was never closed", b.char)
}

// failField reports a string in a field that has no end: if it begins like
// the string around it, then that was the end, and a brace is missing.
func (s *scanner) failField(quote byte, triple bool) {
	if n := len(s.modes); n > 0 {
		if m := s.modes[n-1]; m.quote == quote && m.triple == triple {
			s.failAtToken(s.tok.line, s.tok.col, "%c-string: expecting '}'", m.letter())
		}
	}
}

func (s *scanner) failString(line int32, quote byte, escapedQuote bool) {
	s.failField(quote, false)
	hint := ""
	if escapedQuote {
		hint = "; perhaps you escaped the end quote?"
	}
	s.failAtToken(s.tok.line, s.tok.col, "unterminated string literal (detected at line %d)%s", line, hint)
}

func (s *scanner) failTriple(detected int32, quote byte) {
	s.atEnd()
	s.failField(quote, true)
	s.failAtToken(s.tok.line, s.tok.col, "unterminated triple-quoted string literal (detected at line %d)", detected)
}

func (s *scanner) failFString(m *fmode, pos int) {
	triple := ""
	if m.triple {
		s.atEnd()
		triple = "triple-quoted "
	}
	line := s.line
	if pos == len(s.src)-1 {
		line-- // no line begins after the last newline
	}
	s.failAtToken(m.line, int32(m.start-m.lineStart), "unterminated %s%c-string literal (detected at line %d)", triple, m.letter(), line)
}
