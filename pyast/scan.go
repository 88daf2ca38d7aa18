package pyast

import (
	"strings"
	"unicode/utf8"
)

// Limits of CPython's tokenizer.
const (
	maxParens      = 200
	maxIndents     = 100
	maxFStrings    = 150
	maxFieldNested = 3
)

// kind is the kind of a token. The order matters: kinds before tName have no
// text, kinds from kwFalse on are keywords.
type kind uint8

const (
	tEOF kind = iota
	tNewline
	tIndent
	tDedent

	tName
	tNumber
	tString
	tFStart
	tFMiddle
	tFEnd
	tTStart
	tTMiddle
	tTEnd

	tLpar
	tRpar
	tLsqb
	tRsqb
	tLbrace
	tRbrace
	tColon
	tComma
	tSemi
	tPlus
	tMinus
	tStar
	tSlash
	tVbar
	tAmper
	tLess
	tGreater
	tEqual
	tDot
	tPercent
	tEqEqual
	tNotEqual
	tLessEqual
	tGreaterEqual
	tTilde
	tCircumflex
	tLeftShift
	tRightShift
	tDoubleStar
	tPlusEqual
	tMinEqual
	tStarEqual
	tSlashEqual
	tPercentEqual
	tAmperEqual
	tVbarEqual
	tCircumflexEqual
	tLeftShiftEqual
	tRightShiftEqual
	tDoubleStarEqual
	tDoubleSlash
	tDoubleSlashEqual
	tAt
	tAtEqual
	tArrow
	tEllipsis
	tColonEqual
	tExclamation
	tUnknown // a character that no token begins with

	kwFalse
	kwNone
	kwTrue
	kwAnd
	kwAs
	kwAssert
	kwAsync
	kwAwait
	kwBreak
	kwClass
	kwContinue
	kwDef
	kwDel
	kwElif
	kwElse
	kwExcept
	kwFinally
	kwFor
	kwFrom
	kwGlobal
	kwIf
	kwImport
	kwIn
	kwIs
	kwLambda
	kwNonlocal
	kwNot
	kwOr
	kwPass
	kwRaise
	kwReturn
	kwTry
	kwWhile
	kwWith
	kwYield

	kindCount
)

// token is one token. Columns are bytes from the start of the line.
type token struct {
	kind       kind
	flags      uint8 // of strings: tokEscape; of names: tokNonASCII
	level      int16 // bracket depth before the token
	start, end int32 // offsets in the source
	line, col  int32
	endLine    int32
	endCol     int32
}

const (
	tokEscape   = 1 << iota // a string with a backslash in it
	tokNonASCII             // a name to be normalised
)

// bracket is an open bracket.
type bracket struct {
	char      byte
	line, col int32
}

// fmode is the state of an f-string or t-string being read.
type fmode struct {
	quote      byte
	triple     bool
	raw        bool
	template   bool // a t-string
	text       bool // between fields, or in a format spec
	inSpec     bool
	depth      int // brackets open inside
	fieldDepth int // depth at which the innermost field began; -1 outside
	start      int
	line       int32
	lineStart  int
}

// scanner splits a source into tokens, one at a time. The source ends in a
// newline and a NUL that is not part of it, and has no other line ends than
// newlines. Errors are panics of type *Error.
type scanner struct {
	src       string
	pos       int
	lineStart int
	line      int32
	slow      bool // something other than a plain token may come next
	bol       bool // at the beginning of a line
	pending   int  // indents (positive) or dedents (negative) to come
	tok       token
	prevLine  int32 // end of the last token that has text
	prevCol   int32

	parens     []bracket
	indents    []int32
	altIndents []int32 // with tabs counted as one column
	modes      []fmode
	bufStart   int // start of the line where a token began that goes on in line bufLine
	bufLine    int32
	bad        *Error // what is wrong beyond the end of src
	barry      bool   // != is spelled <>
}

func (s *scanner) init(src source) {
	s.src, s.bad = src.text, src.bad
	s.line = 1
	s.slow, s.bol = true, true
	s.indents = append(s.indents[:0], 0)
	s.altIndents = append(s.altIndents[:0], 0)
}

// state is what is needed to scan again from a place, as long as no bracket,
// indentation or f-string that was open there has been closed since.
type state struct {
	pos, lineStart, pending int
	line                    int32
	slow, bol               bool
	tok                     token
	prevLine, prevCol       int32
	parens, indents, modes  int
}

func (s *scanner) save() state {
	return state{pos: s.pos, lineStart: s.lineStart, pending: s.pending, line: s.line, slow: s.slow, bol: s.bol, tok: s.tok,
		prevLine: s.prevLine, prevCol: s.prevCol, parens: len(s.parens), indents: len(s.indents), modes: len(s.modes)}
}

func (s *scanner) restore(st state) {
	s.pos, s.lineStart, s.pending, s.line, s.slow, s.bol, s.tok = st.pos, st.lineStart, st.pending, st.line, st.slow, st.bol, st.tok
	s.prevLine, s.prevCol = st.prevLine, st.prevCol
	s.parens, s.indents, s.altIndents, s.modes = s.parens[:st.parens], s.indents[:st.indents], s.altIndents[:st.indents], s.modes[:st.modes]
}

// Character classes.
const (
	cOther uint8 = iota
	cIdent
	cDigit
	cSpace
	cNewline
	cQuote
	cHash
	cBackslash
	cOpen
	cClose
	cOp1 // always a token of its own
	cOp2 // may go on
	cDot
)

var (
	class    [256]uint8
	identCh  [256]bool
	opKind   [256]kind
	eqKind   [256]kind // kind of the operator followed by =
	kwLength [256]uint16
)

func init() {
	for c := range class {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= 0x80:
			class[c] = cIdent
			identCh[c] = true
		case c >= '0' && c <= '9':
			class[c] = cDigit
			identCh[c] = true
		}
	}
	for cl, chars := range map[uint8]string{cSpace: " \t\f", cNewline: "\n", cQuote: "'\"", cHash: "#", cBackslash: "\\",
		cOpen: "([{", cClose: ")]}", cOp1: ",;~", cOp2: "+-*/|&<>=%^@:!", cDot: "."} {
		for i := 0; i < len(chars); i++ {
			class[chars[i]] = cl
		}
	}
	for c, k := range map[byte]kind{'(': tLpar, ')': tRpar, '[': tLsqb, ']': tRsqb, '{': tLbrace, '}': tRbrace, ',': tComma, ';': tSemi,
		'~': tTilde, '+': tPlus, '-': tMinus, '*': tStar, '/': tSlash, '|': tVbar, '&': tAmper, '<': tLess, '>': tGreater, '=': tEqual,
		'%': tPercent, '^': tCircumflex, '@': tAt, ':': tColon, '!': tExclamation, '.': tDot} {
		opKind[c] = k
	}
	for c, k := range map[byte]kind{'+': tPlusEqual, '-': tMinEqual, '*': tStarEqual, '/': tSlashEqual, '|': tVbarEqual, '&': tAmperEqual,
		'<': tLessEqual, '>': tGreaterEqual, '=': tEqEqual, '%': tPercentEqual, '^': tCircumflexEqual, '@': tAtEqual, ':': tColonEqual,
		'!': tNotEqual} {
		eqKind[c] = k
	}
	for w := range keywords {
		kwLength[w[0]] |= 1 << len(w)
	}
}

var keywords = map[string]kind{
	"False": kwFalse, "None": kwNone, "True": kwTrue, "and": kwAnd, "as": kwAs, "assert": kwAssert, "async": kwAsync, "await": kwAwait,
	"break": kwBreak, "class": kwClass, "continue": kwContinue, "def": kwDef, "del": kwDel, "elif": kwElif, "else": kwElse,
	"except": kwExcept, "finally": kwFinally, "for": kwFor, "from": kwFrom, "global": kwGlobal, "if": kwIf, "import": kwImport,
	"in": kwIn, "is": kwIs, "lambda": kwLambda, "nonlocal": kwNonlocal, "not": kwNot, "or": kwOr, "pass": kwPass, "raise": kwRaise,
	"return": kwReturn, "try": kwTry, "while": kwWhile, "with": kwWith, "yield": kwYield,
}

// next reads the next token into s.tok.
func (s *scanner) next() {
	if s.tok.kind >= tName {
		s.prevLine, s.prevCol = s.tok.endLine, s.tok.endCol
	}
	if s.slow && s.special() {
		return
	}
	src := s.src
again:
	pos := s.pos
	c := src[pos]
	for c == ' ' || c == '\t' || c == '\f' {
		pos++
		c = src[pos]
	}
	t := &s.tok
	t.start = int32(pos)
	t.line = s.line
	t.col = int32(pos - s.lineStart)
	t.flags = 0
	t.level = int16(len(s.parens))
	switch class[c] {
	case cIdent:
		end := pos + 1
		var high byte = c
		for identCh[src[end]] {
			high |= src[end]
			end++
		}
		n := end - pos
		if n <= 5 && (src[end] == '"' || src[end] == '\'') {
			if s.prefixed(pos, end) {
				return
			}
		}
		s.pos = end
		t.kind = tName
		if high >= 0x80 {
			s.checkIdent(pos, end)
			t.flags = tokNonASCII
		} else if n <= 8 && kwLength[c]&(1<<n) != 0 {
			t.kind = keyword(src[pos:end])
		}
		s.finish(end)
		return
	case cNewline:
		if len(s.parens) > 0 {
			s.pos = pos + 1
			s.line++
			s.lineStart = pos + 1
			goto again
		}
		s.newline(pos)
		return
	case cHash:
		// A newline token begins where the comment before it does.
		pos += strings.IndexByte(src[pos:], '\n')
		if len(s.parens) > 0 {
			s.pos = pos
			goto again
		}
		s.newline(pos)
		return
	case cOp1:
		t.kind = opKind[c]
		s.pos = pos + 1
		s.finish(pos + 1)
		return
	case cOp2:
		s.operator(c, pos)
		return
	case cOpen:
		if len(s.parens) >= maxParens {
			s.pos = pos + 1
			s.fail("too many nested parentheses")
		}
		s.parens = append(s.parens, bracket{c, s.line, t.col})
		if len(s.modes) > 0 {
			s.modes[len(s.modes)-1].depth++
		}
		t.kind = opKind[c]
		s.pos = pos + 1
		s.finish(pos + 1)
		return
	case cClose:
		s.pos = pos + 1
		s.closing(c)
		t.kind = opKind[c]
		s.finish(pos + 1)
		return
	case cDot:
		if isDigit(src[pos+1]) {
			s.number(pos)
			return
		}
		t.kind = tDot
		end := pos + 1
		if src[pos+1] == '.' && src[pos+2] == '.' {
			t.kind = tEllipsis
			end = pos + 3
		}
		s.pos = end
		s.finish(end)
		return
	case cDigit:
		s.number(pos)
		return
	case cQuote:
		s.stringToken(pos, pos)
		return
	case cBackslash:
		s.pos = pos
		s.continuation()
		goto again
	default:
		if c == 0 && pos == len(src)-1 {
			s.pos = pos
			s.atEnd()
			if len(s.parens) > 0 {
				s.unclosed()
			}
			t.kind = tEOF
			s.finish(pos)
			return
		}
		s.pos = pos + 1
		if c <= ' ' || c == 0x7f {
			s.fail("invalid non-printable character U+%04X", c)
		}
		t.kind = tUnknown
		s.finish(pos + 1)
	}
}

// finish sets the end of a token that lies on the current line.
func (s *scanner) finish(end int) {
	s.tok.end = int32(end)
	s.tok.endLine = s.line
	s.tok.endCol = int32(end - s.lineStart)
}

// newline ends a line at pos.
func (s *scanner) newline(pos int) {
	s.tok.kind = tNewline
	s.pos = pos + 1
	s.finish(pos + 1)
	s.line++
	s.lineStart = pos + 1
	s.slow, s.bol = true, true
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func keyword(w string) kind {
	switch len(w) {
	case 2:
		switch w {
		case "if":
			return kwIf
		case "in":
			return kwIn
		case "is":
			return kwIs
		case "or":
			return kwOr
		case "as":
			return kwAs
		}
		return tName
	case 3:
		switch w {
		case "not":
			return kwNot
		case "for":
			return kwFor
		case "def":
			return kwDef
		case "and":
			return kwAnd
		case "del":
			return kwDel
		case "try":
			return kwTry
		}
		return tName
	case 4:
		switch w {
		case "None":
			return kwNone
		case "True":
			return kwTrue
		case "else":
			return kwElse
		case "elif":
			return kwElif
		case "from":
			return kwFrom
		case "with":
			return kwWith
		case "pass":
			return kwPass
		}
		return tName
	case 5:
		switch w {
		case "False":
			return kwFalse
		case "class":
			return kwClass
		case "raise":
			return kwRaise
		case "yield":
			return kwYield
		case "while":
			return kwWhile
		case "break":
			return kwBreak
		case "async":
			return kwAsync
		case "await":
			return kwAwait
		}
		return tName
	}
	if k, ok := keywords[w]; ok {
		return k
	}
	return tName
}

// special handles what a plain token is not: indentation at the beginning of
// a line and the text of f-strings. It reports whether it made a token.
func (s *scanner) special() bool {
	if n := len(s.modes); n > 0 && s.modes[n-1].text {
		s.slow = s.bol || s.pending != 0
		if s.ftext(&s.modes[n-1]) {
			s.slow = true
			return true
		}
		return false
	}
	if s.bol {
		s.bol = false
		s.indentation()
	}
	if s.pending != 0 {
		t := &s.tok
		t.flags, t.level = 0, 0
		t.start, t.line, t.col = int32(s.pos), s.line, int32(s.pos-s.lineStart)
		if s.pending < 0 {
			s.pending++
			t.kind = tDedent
		} else {
			s.pending--
			t.kind = tIndent
		}
		s.finish(s.pos)
		// CPython gives these tokens no column.
		t.col, t.endCol = -1, -1
		return true
	}
	s.slow = false
	return false
}

// indentation skips blank lines, measures the indentation of the next line
// and sets s.pending.
func (s *scanner) indentation() {
	src := s.src
	for {
		pos := s.pos
		col, alt, cont := int32(0), int32(0), int32(0)
		c := src[pos]
		for {
			if c == ' ' {
				col++
				alt++
			} else if c == '\t' {
				col = (col/8 + 1) * 8
				alt++
			} else if c == '\f' {
				col, alt = 0, 0
			} else if c == '\\' {
				// The first backslash fixes the indentation of what follows.
				if cont == 0 {
					cont = col
				}
				s.pos = pos
				s.continuation()
				s.bufLine = 0
				pos = s.pos - 1
			} else {
				break
			}
			pos++
			c = src[pos]
		}
		if c == '#' {
			pos += strings.IndexByte(src[pos:], '\n')
			c = '\n'
		}
		if c == '\n' {
			s.pos = pos + 1
			s.line++
			s.lineStart = pos + 1
			continue
		}
		if cont != 0 {
			col, alt = cont, cont
		}
		s.pos = pos
		if c == 0 && pos == len(src)-1 {
			s.atEnd()
			col, alt = 0, 0
		}
		top := len(s.indents) - 1
		switch {
		case col == s.indents[top]:
			if alt != s.altIndents[top] {
				s.failTabs()
			}
		case col > s.indents[top]:
			if top+1 >= maxIndents {
				s.failIndent("too many levels of indentation")
			}
			if alt <= s.altIndents[top] {
				s.failTabs()
			}
			s.pending++
			s.indents = append(s.indents, col)
			s.altIndents = append(s.altIndents, alt)
		default:
			for top > 0 && col < s.indents[top] {
				s.pending--
				top--
			}
			s.indents = s.indents[:top+1]
			s.altIndents = s.altIndents[:top+1]
			if col != s.indents[top] {
				s.failDedent()
			}
			if alt != s.altIndents[top] {
				s.failTabs()
			}
		}
		return
	}
}

// continuation skips a backslash and the newline after it.
func (s *scanner) continuation() {
	if s.src[s.pos+1] != '\n' {
		s.failContinuation()
	}
	s.pos += 2
	s.goOn(s.line, s.lineStart, s.line+1)
	s.line++
	s.lineStart = s.pos
	if s.pos == len(s.src)-1 {
		s.failEOF()
	}
}

// goOn notes that a token or a line that began in one line goes on in another.
func (s *scanner) goOn(line int32, lineStart int, to int32) {
	if s.bufLine != line {
		s.bufStart = lineStart
	}
	s.bufLine = to
}

// operator reads an operator that may have more than one character.
func (s *scanner) operator(c byte, pos int) {
	src := s.src
	t := &s.tok
	if c == ':' || c == '!' {
		if n := len(s.modes); c == ':' && n > 0 {
			if m := &s.modes[n-1]; m.fieldDepth >= 0 && m.depth-1 == m.fieldDepth {
				m.text, m.inSpec = true, true
				s.slow = true
				t.kind = tColon
				s.pos = pos + 1
				s.finish(pos + 1)
				return
			}
		}
	}
	c2 := src[pos+1]
	k, end := opKind[c], pos+1
	if c2 == '=' {
		k, end = eqKind[c], pos+2
	} else if c2 == c {
		switch c {
		case '*':
			k, end = tDoubleStar, pos+2
			if src[pos+2] == '=' {
				k, end = tDoubleStarEqual, pos+3
			}
		case '/':
			k, end = tDoubleSlash, pos+2
			if src[pos+2] == '=' {
				k, end = tDoubleSlashEqual, pos+3
			}
		case '<':
			k, end = tLeftShift, pos+2
			if src[pos+2] == '=' {
				k, end = tLeftShiftEqual, pos+3
			}
		case '>':
			k, end = tRightShift, pos+2
			if src[pos+2] == '=' {
				k, end = tRightShiftEqual, pos+3
			}
		}
	} else if c2 == '>' && c == '-' {
		k, end = tArrow, pos+2
	} else if c2 == '>' && c == '<' {
		k, end = tNotEqual, pos+2 // <>, which the parser refuses
	}
	t.kind = k
	s.pos = end
	s.finish(end)
}

// closing checks a closing bracket against the one that it closes.
func (s *scanner) closing(c byte) {
	var m *fmode
	if n := len(s.modes); n > 0 {
		m = &s.modes[n-1]
		if m.depth == 0 && c == '}' {
			s.fail("%c-string: single '}' is not allowed", m.letter())
		}
	}
	n := len(s.parens)
	if n == 0 {
		s.fail("unmatched '%c'", c)
	}
	open := s.parens[n-1]
	s.parens = s.parens[:n-1]
	if open.char != c-1 && open.char != c-2 || open.char == '(' && c != ')' {
		if m != nil && open.char == '{' && m.depth-1 == m.fieldDepth {
			s.fail("%c-string: unmatched '%c'", m.letter(), c)
		}
		if open.line != s.line {
			s.fail("closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c, open.char, open.line)
		}
		s.fail("closing parenthesis '%c' does not match opening parenthesis '%c'", c, open.char)
	}
	if m != nil {
		m.depth--
		if m.depth < 0 {
			s.fail("%c-string: unmatched '%c'", m.letter(), c)
		}
		if c == '}' && m.depth == m.fieldDepth {
			m.fieldDepth--
			m.text, m.inSpec = true, false
			if m.fieldDepth >= 0 {
				m.inSpec = true
			}
			s.slow = true
		}
	}
}

func (m *fmode) letter() byte {
	if m.template {
		return 't'
	}
	return 'f'
}

// prefixed reads a string whose prefix is src[pos:end], if that is one.
func (s *scanner) prefixed(pos, end int) bool {
	var b, r, u, f, t bool
	for i := pos; i < end; i++ {
		switch c := s.src[i] | 0x20; {
		case c == 'b' && !b && !u && !f && !t:
			b = true
		case c == 'u' && end == pos+1:
			u = true
		case c == 'r' && !r && !u:
			r = true
		case c == 'f' && !f && !b && !u && !t:
			f = true
		case c == 't' && !t && !b && !u && !f:
			t = true
		default:
			return s.badPrefix(pos, end)
		}
	}
	if f || t {
		s.fstart(pos, end, r, t)
	} else {
		s.stringToken(pos, end)
	}
	return true
}

// badPrefix reports two string prefixes that exclude each other.
func (s *scanner) badPrefix(pos, end int) bool {
	var seen [256]bool
	for i := pos; i < end; i++ {
		c := s.src[i] | 0x20
		if !strings.ContainsRune("bruft", rune(c)) || seen[c] {
			return false
		}
		seen[c] = true
	}
	for _, pair := range []string{"ub", "ur", "uf", "ut", "bf", "bt", "ft"} {
		if seen[pair[0]] && seen[pair[1]] {
			s.pos = end
			s.failBytes(pos, "'%c' and '%c' prefixes are incompatible", pair[0], pair[1])
		}
	}
	return false
}

// stringToken reads a string without fields; its prefix is src[pos:quote].
func (s *scanner) stringToken(pos, quote int) {
	src := s.src
	t := &s.tok
	t.kind = tString
	q := src[quote]
	i := quote + 1
	if src[i] == q && src[i+1] == q {
		s.tripleString(quote)
		return
	}
	escapedQuote := false
	for {
		c := src[i]
		if c == q {
			break
		}
		if c == '\\' {
			t.flags = tokEscape
			i++
			c = src[i]
			if c == q {
				escapedQuote = true
			}
			if c == '\n' {
				s.goOn(s.line, s.lineStart, s.line+1)
				s.line++
				s.lineStart = i + 1
			}
			if c == 0 && i == len(src)-1 {
				i--
			}
		} else if c == '\n' || c == 0 && i == len(src)-1 {
			line := s.line
			if c == 0 {
				line-- // no line begins after the last newline
			}
			s.failString(line, q, escapedQuote)
		}
		i++
	}
	s.pos = i + 1
	s.finish(i + 1)
}

func (s *scanner) tripleString(quote int) {
	src := s.src
	q := src[quote : quote+3]
	i := quote + 3
	for {
		n := strings.Index(src[i:], q)
		if n < 0 {
			s.failTriple(s.line+int32(strings.Count(src[quote:], "\n"))-1, q[0])
		}
		b := strings.IndexByte(src[i:i+n], '\\')
		if b < 0 {
			i += n + 3
			break
		}
		s.tok.flags = tokEscape
		i += b + 2
	}
	body := src[quote+3 : i]
	if n := strings.Count(body, "\n"); n > 0 {
		s.goOn(s.line, s.lineStart, s.line+int32(n))
		s.line += int32(n)
		s.lineStart = quote + 3 + strings.LastIndexByte(body, '\n') + 1
	}
	s.pos = i
	s.finish(i)
}

// fstart begins an f-string or t-string.
func (s *scanner) fstart(pos, quote int, raw, template bool) {
	src := s.src
	q := src[quote]
	triple := src[quote+1] == q && src[quote+2] == q
	end := quote + 1
	if triple {
		end = quote + 3
	}
	if len(s.modes)+1 >= maxFStrings {
		s.pos = end
		s.fail("too many nested f-strings or t-strings")
	}
	s.modes = append(s.modes, fmode{quote: q, triple: triple, raw: raw, template: template, text: true, fieldDepth: -1,
		start: pos, line: s.line, lineStart: s.lineStart})
	s.slow = true
	s.tok.kind = tFStart
	if template {
		s.tok.kind = tTStart
	}
	s.pos = end
	s.finish(end)
}

// ftext reads the text of an f-string up to its end or the next field. It
// reports false where a field begins at once.
func (s *scanner) ftext(m *fmode) bool {
	src := s.src
	pos := s.pos
	t := &s.tok
	t.flags = 0
	t.level = int16(len(s.parens))
	t.start, t.line, t.col = int32(pos), s.line, int32(pos-s.lineStart)
	if src[pos] == '{' && src[pos+1] != '{' {
		s.field(m)
		return false
	}
	size := 1
	if m.triple {
		size = 3
	}
	if src[pos] == m.quote && (size == 1 || src[pos+1] == m.quote && src[pos+2] == m.quote) {
		t.kind = tFEnd
		if m.template {
			t.kind = tTEnd
		}
		s.pos = pos + size
		s.finish(s.pos)
		s.modes = s.modes[:len(s.modes)-1]
		return true
	}
	t.kind = tFMiddle
	if m.template {
		t.kind = tTMiddle
	}
	named := false // inside \N{...}
	for {
		c := src[pos]
		inSpec := m.inSpec && m.fieldDepth >= 0
		switch {
		case c == m.quote:
			if size == 1 || src[pos+1] == c && src[pos+2] == c {
				s.pos = pos
				s.finish(pos)
				return true
			}
		case c == '\n' && size == 1 || c == 0 && pos == len(src)-1:
			if inSpec && c == '\n' {
				s.pos = pos + 1
				s.fail("%c-string: newlines are not allowed in format specifiers for single quoted %c-strings", m.letter(), m.letter())
			}
			s.failFString(m, pos)
		case c == '\n':
			s.goOn(s.line, s.lineStart, s.line+1)
			s.line++
			s.lineStart = pos + 1
		case c == '{':
			if src[pos+1] == '{' && !inSpec {
				s.middle(pos+1, pos+2)
				return true
			}
			s.field(m)
			s.pos = pos
			s.finish(pos)
			return true
		case c == '}':
			if named {
				s.middle(pos+1, pos+1)
				return true
			}
			if src[pos+1] == '}' && !inSpec && m.depth == 0 {
				s.middle(pos+1, pos+2)
				return true
			}
			m.text, m.inSpec = false, false
			s.pos = pos
			s.finish(pos)
			return true
		case c == '\\':
			t.flags = tokEscape
			switch c = src[pos+1]; {
			case c == '{' || c == '}':
				// The brace counts as such.
			case c == 'N' && !m.raw:
				pos++
				if src[pos+1] == '{' {
					pos++
					named = true
				}
			case c == 0 && pos+1 == len(src)-1:
			default:
				pos++
				if c == '\n' {
					s.line++
					s.lineStart = pos + 1
				}
			}
		}
		pos++
	}
}

// middle ends a piece of text at end, and goes on at pos; its end column
// counts what was skipped.
func (s *scanner) middle(end, pos int) {
	s.pos = pos
	s.finish(pos)
	s.tok.end = int32(end)
}

// field begins a replacement field.
func (s *scanner) field(m *fmode) {
	m.fieldDepth++
	if m.fieldDepth >= maxFieldNested {
		s.fail("%c-string: expressions nested too deeply", m.letter())
	}
	m.text, m.inSpec = false, false
}

// number reads a number that begins at pos.
func (s *scanner) number(pos int) {
	src := s.src
	i := pos
	t := &s.tok
	t.kind = tNumber
	c := src[i]
	if c == '0' {
		switch src[i+1] | 0x20 {
		case 'x':
			s.radix(i+2, 16, "hexadecimal")
			return
		case 'o':
			s.radix(i+2, 8, "octal")
			return
		case 'b':
			s.radix(i+2, 2, "binary")
			return
		}
	}
	what := "decimal"
	if c != '.' {
		i = s.digits(i)
		c = src[i]
	}
	isFloat := false
	if c == '.' {
		isFloat = true
		i++
		if isDigit(src[i]) {
			i = s.digits(i)
		}
		c = src[i]
	}
	if c == 'e' || c == 'E' {
		j := i + 1
		if src[j] == '+' || src[j] == '-' {
			j++
			if !isDigit(src[j]) {
				s.pos = j
				s.fail("invalid decimal literal")
			}
			i = s.digits(j)
			isFloat = true
		} else if isDigit(src[j]) {
			i = s.digits(j)
			isFloat = true
		} else {
			// "1else": the number ends before the e.
			s.pos = i + 1
			s.endOfNumber(i, "decimal")
			s.pos = i
			s.finish(i)
			return
		}
		c = src[i]
	}
	if c == 'j' || c == 'J' {
		i++
		isFloat = true
		what = "imaginary"
	}
	if !isFloat && src[pos] == '0' && i > pos+1 {
		k := pos
		for src[k] == '0' || src[k] == '_' {
			k++
		}
		if k < i {
			s.pos = i
			s.failBytes(pos, "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers")
		}
	}
	s.endOfNumber(i, what)
	s.pos = i
	s.finish(i)
}

// digits skips decimal digits and single underscores between them.
func (s *scanner) digits(i int) int {
	src := s.src
	for {
		for isDigit(src[i]) {
			i++
		}
		if src[i] != '_' {
			return i
		}
		i++
		if !isDigit(src[i]) {
			s.pos = i
			s.fail("invalid decimal literal")
		}
	}
}

// radix reads the digits of a number with a prefix.
func (s *scanner) radix(i, base int, what string) {
	src := s.src
	for {
		if src[i] == '_' {
			i++
		}
		if !digitOf(src[i], base) {
			if isDigit(src[i]) {
				s.pos = i + 1
				s.fail("invalid digit '%c' in %s literal", src[i], what)
			}
			s.pos = i
			s.fail("invalid %s literal", what)
		}
		for digitOf(src[i], base) {
			i++
		}
		if src[i] != '_' {
			break
		}
	}
	if isDigit(src[i]) {
		s.pos = i + 1
		s.fail("invalid digit '%c' in %s literal", src[i], what)
	}
	s.endOfNumber(i, what)
	s.pos = i
	s.finish(i)
}

func digitOf(c byte, base int) bool {
	switch {
	case base == 16:
		return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
	default:
		return c >= '0' && int(c-'0') < base
	}
}

// endOfNumber refuses a number that runs into a name, unless the name is one
// of the keywords that can follow a number.
func (s *scanner) endOfNumber(i int, what string) {
	c := s.src[i]
	if !identCh[c] || c >= 0x80 {
		return
	}
	rest := s.src[i:]
	switch {
	case strings.HasPrefix(rest, "if"), strings.HasPrefix(rest, "in"), strings.HasPrefix(rest, "is"):
		return
	}
	for _, w := range [...]string{"and", "else", "for", "or", "not"} {
		if strings.HasPrefix(rest, w) && !identCh[rest[len(w)]] {
			return
		}
	}
	s.pos = i
	s.fail("invalid %s literal", what)
}

// checkIdent refuses a name with characters that names cannot have.
func (s *scanner) checkIdent(pos, end int) {
	for i := pos; i < end; {
		r, n := utf8.DecodeRuneInString(s.src[i:end])
		if !(i == pos && isIdentStart(r) || i > pos && isIdentPart(r)) {
			s.pos = i + n
			if isPrintable(r) {
				s.fail("invalid character '%c' (U+%04X)", r, r)
			}
			s.fail("invalid non-printable character U+%04X", r)
		}
		i += n
	}
}
