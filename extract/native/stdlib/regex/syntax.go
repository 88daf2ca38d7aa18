// Package regex matches Python regular expressions: look-around, backreferences,
// named groups, lazy and possessive quantifiers, atomic groups, conditionals and
// inline flags. It backtracks as CPython's engine does, so that it finds the same
// match; every step is charged to a budget, which bounds hostile patterns.
package regex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Flags are those of Python's re module, with its numbers.
type Flags int

// The flags.
const (
	IgnoreCase Flags = 2
	Locale     Flags = 4
	MultiLine  Flags = 8
	DotAll     Flags = 16
	Unicode    Flags = 32
	Verbose    Flags = 64
	Debug      Flags = 128
	ASCII      Flags = 256
)

// Error is a pattern that cannot be compiled; Pos counts characters.
type Error struct {
	Msg string
	Pos int
}

// Error is the message as re.error words it.
func (e *Error) Error() string { return fmt.Sprintf("%s at position %d", e.Msg, e.Pos) }

// maxDepth bounds the nesting of groups, maxProg the size of a program.
const (
	maxDepth = 200
	maxProg  = 200_000
	maxRep   = 1 << 30 // "no upper limit"
)

type kind uint8

const (
	nEmpty  kind = iota
	nChar        // one character
	nClass       // a set of characters
	nCat         // one after the other
	nAlt         // alternatives
	nRepeat      // sub[0]{min,max}
	nGroup       // capturing group number n
	nAtomic      // (?>...)
	nLook        // (?=...) and friends
	nAssert      // ^ $ \b \A ...
	nRef         // \1
	nCond        // (?(n)yes|no)
)

type node struct {
	kind     kind
	sub      []*node
	r        rune
	set      *set
	n        int // group number, assertion
	min, max int
	lazy     bool
	poss     bool
	neg      bool // negative look-around
	behind   bool
	flags    Flags
}

// The assertions.
const (
	atBeginLine = iota
	atBeginText
	atEndLine
	atEndText // \Z
	atEndDollar
	atWord
	atNotWord
)

// set is a set of characters.
type set struct {
	neg    bool
	ranges []rune // pairs
	cats   []category
	fold   bool // compare case-insensitively
	ascii  bool
}

type category struct {
	c   byte // d, w, s
	neg bool
}

type parser struct {
	src    string
	pos    int // byte offset
	flags  Flags
	groups int
	names  map[string]int
	order  []string
	open   map[int]bool // groups that are not closed yet
	refs   map[int]int  // groups that conditionals ask for, and where
	depth  int
	bytes  bool
}

func (p *parser) fail(pos int, format string, args ...any) {
	n := pos
	if !p.bytes {
		n = utf8.RuneCountInString(p.src[:min(pos, len(p.src))])
	}
	panic(&Error{Msg: fmt.Sprintf(format, args...), Pos: n})
}

func (p *parser) eof() bool { return p.pos >= len(p.src) }

func (p *parser) peek() byte {
	if p.eof() {
		return 0
	}
	return p.src[p.pos]
}

func (p *parser) next() rune {
	r, n := decode(p.src, p.pos, p.bytes)
	p.pos += n
	return r
}

func (p *parser) accept(s string) bool {
	if strings.HasPrefix(p.src[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

// alternatives parses a|b|c up to a closing parenthesis or the end.
func (p *parser) alternatives() *node {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.pos, "groups are nested too deeply")
	}
	defer func() { p.depth-- }()
	alts := []*node{p.sequence()}
	for p.accept("|") {
		alts = append(alts, p.sequence())
	}
	if len(alts) == 1 {
		return alts[0]
	}
	return &node{kind: nAlt, sub: alts}
}

func (p *parser) sequence() *node {
	seq := &node{kind: nCat}
	for !p.eof() && p.peek() != '|' && p.peek() != ')' {
		if p.flags&Verbose != 0 {
			switch c := p.peek(); {
			case strings.IndexByte(" \t\n\r\v\f", c) >= 0:
				p.pos++
				continue
			case c == '#':
				if i := strings.IndexByte(p.src[p.pos:], '\n'); i >= 0 {
					p.pos += i + 1
				} else {
					p.pos = len(p.src)
				}
				continue
			}
		}
		start := p.pos
		if p.isRepeat() {
			p.repeat(seq, start)
			continue
		}
		if n := p.item(); n != nil {
			seq.sub = append(seq.sub, n)
		}
	}
	if len(seq.sub) == 1 {
		return seq.sub[0]
	}
	return seq
}

// isRepeat reports whether a quantifier stands here; `{` is one only in full form.
func (p *parser) isRepeat() bool {
	switch p.peek() {
	case '*', '+', '?':
		return true
	case '{':
		_, _, n := p.bounds()
		return n > 0
	}
	return false
}

// bounds reads {m}, {m,}, {,n} or {m,n} without consuming it; n is its length, 0 where it is none.
func (p *parser) bounds() (lo, hi, n int) {
	s := p.src[p.pos:]
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return 0, 0, 0
	}
	body := s[1:end]
	a, b, comma := strings.Cut(body, ",")
	digits := func(s string) bool {
		for i := 0; i < len(s); i++ {
			if s[i] < '0' || s[i] > '9' {
				return false
			}
		}
		return true
	}
	if !digits(a) || !digits(b) || body == "" {
		return 0, 0, 0
	}
	num := func(s string, def int) int {
		if s == "" {
			return def
		}
		v, err := strconv.Atoi(s)
		if err != nil || v >= maxRep {
			panic(&Error{Msg: "the repetition number is too large", Pos: p.pos})
		}
		return v
	}
	lo = num(a, 0)
	hi = lo
	if comma {
		hi = num(b, maxRep)
	}
	return lo, hi, end + 1
}

func (p *parser) repeat(seq *node, start int) {
	lo, hi := 0, maxRep
	switch p.peek() {
	case '*':
		p.pos++
	case '+':
		lo = 1
		p.pos++
	case '?':
		hi = 1
		p.pos++
	default:
		var n int
		lo, hi, n = p.bounds()
		p.pos += n
		if hi < lo {
			p.fail(start, "min repeat greater than max repeat")
		}
	}
	if len(seq.sub) == 0 {
		p.fail(start, "nothing to repeat")
	}
	last := seq.sub[len(seq.sub)-1]
	switch last.kind {
	case nRepeat:
		p.fail(start, "multiple repeat")
	case nAssert:
		p.fail(start, "nothing to repeat")
	}
	r := &node{kind: nRepeat, sub: []*node{last}, min: lo, max: hi}
	if p.accept("?") {
		r.lazy = true
	} else if p.accept("+") {
		r.poss = true
	}
	seq.sub[len(seq.sub)-1] = r
}

// item parses one thing that a quantifier can follow; nil for comments and flags.
func (p *parser) item() *node {
	start := p.pos
	switch c := p.next(); c {
	case '.':
		if p.flags&DotAll != 0 {
			return &node{kind: nClass, set: &set{neg: true}}
		}
		return &node{kind: nClass, set: &set{neg: true, ranges: []rune{'\n', '\n'}}}
	case '^':
		if p.flags&MultiLine != 0 {
			return &node{kind: nAssert, n: atBeginLine}
		}
		return &node{kind: nAssert, n: atBeginText}
	case '$':
		if p.flags&MultiLine != 0 {
			return &node{kind: nAssert, n: atEndLine}
		}
		return &node{kind: nAssert, n: atEndDollar}
	case '[':
		return p.class(start)
	case '(':
		return p.group(start)
	case '\\':
		return p.escape(start)
	default:
		return p.char(c)
	}
}

func (p *parser) char(r rune) *node {
	if p.flags&IgnoreCase != 0 && hasCase(r, p.flags) {
		return &node{kind: nClass, set: &set{ranges: []rune{r, r}, fold: true, ascii: p.flags&ASCII != 0}}
	}
	return &node{kind: nChar, r: r}
}

func hasCase(r rune, f Flags) bool {
	if f&ASCII != 0 {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.SimpleFold(r) != r
}

func (p *parser) category(c byte) *node {
	return &node{kind: nClass, set: &set{cats: []category{p.cat(c)}, ascii: p.flags&ASCII != 0}}
}

func (p *parser) cat(c byte) category {
	if c < 'a' {
		return category{c + 'a' - 'A', true}
	}
	return category{c, false}
}

// escape parses what follows a backslash outside a set.
func (p *parser) escape(start int) *node {
	if p.eof() {
		p.fail(start, "bad escape (end of pattern)")
	}
	switch c := p.peek(); c {
	case 'd', 'D', 'w', 'W', 's', 'S':
		p.pos++
		return p.category(c)
	case 'A':
		p.pos++
		return &node{kind: nAssert, n: atBeginText}
	case 'Z':
		p.pos++
		return &node{kind: nAssert, n: atEndText}
	case 'b', 'B':
		p.pos++
		a := atWord
		if c == 'B' {
			a = atNotWord
		}
		return &node{kind: nAssert, n: a, flags: p.flags}
	}
	if c := p.peek(); c >= '1' && c <= '9' {
		// A group, or three octal digits.
		d := p.src[p.pos:]
		isOct := func(b byte) bool { return b >= '0' && b <= '7' }
		isDig := func(b byte) bool { return b >= '0' && b <= '9' }
		if len(d) >= 3 && isOct(d[0]) && isOct(d[1]) && isOct(d[2]) {
			v, _ := strconv.ParseInt(d[:3], 8, 32)
			if v > 0377 {
				p.fail(start, "octal escape value \\%s outside of range 0-0o377", d[:3])
			}
			p.pos += 3
			return p.char(rune(v))
		}
		n := 1
		if len(d) >= 2 && isDig(d[1]) {
			n = 2
		}
		g, _ := strconv.Atoi(d[:n])
		p.pos += n
		if g > p.groups {
			p.fail(start+1, "invalid group reference %d", g)
		}
		if p.open[g] {
			p.fail(start, "cannot refer to an open group")
		}
		return &node{kind: nRef, n: g, flags: p.flags}
	}
	return p.char(p.charEscape(start))
}

// charEscape parses an escape that stands for one character.
func (p *parser) charEscape(start int) rune {
	if p.eof() {
		p.fail(start, "bad escape (end of pattern)")
	}
	c := p.next()
	hex := func(n int) rune {
		end := p.pos
		for end < len(p.src) && end < p.pos+n && isHex(p.src[end]) {
			end++
		}
		if end != p.pos+n {
			p.fail(start, "incomplete escape %s", p.src[start:end])
		}
		v, _ := strconv.ParseUint(p.src[p.pos:end], 16, 32)
		if v > unicode.MaxRune {
			p.fail(start, "bad escape %s", p.src[start:end])
		}
		p.pos = end
		return rune(v)
	}
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'f':
		return '\f'
	case 'v':
		return '\v'
	case 'a':
		return '\a'
	case 'x':
		return hex(2)
	case 'u':
		if !p.bytes {
			return hex(4)
		}
	case 'U':
		if !p.bytes {
			return hex(8)
		}
	case '0':
		end := p.pos
		for end < len(p.src) && end < p.pos+2 && p.src[end] >= '0' && p.src[end] <= '7' {
			end++
		}
		v, _ := strconv.ParseInt("0"+p.src[p.pos:end], 8, 32)
		p.pos = end
		return rune(v)
	}
	if c < utf8.RuneSelf && (isHex(byte(c)) && c > '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
		p.fail(start, "bad escape \\%c", c)
	}
	return c
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// class parses a set behind its opening bracket.
func (p *parser) class(start int) *node {
	s := &set{fold: p.flags&IgnoreCase != 0, ascii: p.flags&ASCII != 0}
	if p.accept("^") {
		s.neg = true
	}
	for first := true; ; first = false {
		if p.eof() {
			p.fail(start, "unterminated character set")
		}
		at := p.pos
		if p.peek() == ']' && !first {
			p.pos++
			break
		}
		lo, cat := p.classItem(s)
		if !strings.HasPrefix(p.src[p.pos:], "-") || strings.HasPrefix(p.src[p.pos:], "-]") {
			if !cat {
				s.ranges = append(s.ranges, lo, lo)
			}
			continue
		}
		p.pos++
		if p.eof() {
			p.fail(start, "unterminated character set")
		}
		hi, cat2 := p.classItem(s)
		if cat || cat2 {
			p.fail(at, "bad character range %s", p.src[at:p.pos])
		}
		if hi < lo {
			p.fail(at, "bad character range %s", p.src[at:p.pos])
		}
		s.ranges = append(s.ranges, lo, hi)
	}
	if s.fold && len(s.cats) == 0 && !s.neg && len(s.ranges) == 2 && s.ranges[0] == s.ranges[1] && !hasCase(s.ranges[0], p.flags) {
		s.fold = false
	}
	return &node{kind: nClass, set: s}
}

func (p *parser) classItem(s *set) (r rune, cat bool) {
	start := p.pos
	c := p.next()
	if c != '\\' {
		return c, false
	}
	if p.eof() {
		p.fail(start, "bad escape (end of pattern)")
	}
	switch c := p.peek(); {
	case strings.IndexByte("dDwWsS", c) >= 0:
		p.pos++
		s.cats = append(s.cats, p.cat(c))
		return 0, true
	case c == 'b':
		p.pos++
		return '\b', false
	case c >= '0' && c <= '7':
		end := p.pos
		for end < len(p.src) && end < p.pos+3 && p.src[end] >= '0' && p.src[end] <= '7' {
			end++
		}
		v, _ := strconv.ParseInt(p.src[p.pos:end], 8, 32)
		p.pos = end
		return rune(v), false
	}
	return p.charEscape(start), false
}

func (p *parser) name(start int, end byte) string {
	i := strings.IndexByte(p.src[p.pos:], end)
	if i < 0 {
		if p.eof() {
			p.fail(p.pos, "missing group name")
		}
		p.fail(p.pos, "missing %c, unterminated name", end)
	}
	n := p.src[p.pos : p.pos+i]
	if n == "" {
		p.fail(p.pos, "missing group name")
	}
	p.pos += i + 1
	return n
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

func (p *parser) close(start int) {
	if !p.accept(")") {
		p.fail(start, "missing ), unterminated subpattern")
	}
}

func (p *parser) group(start int) *node {
	if !p.accept("?") {
		return p.capture(start, "")
	}
	saved := p.flags
	body := func() *node {
		n := p.alternatives()
		p.close(start)
		p.flags = saved
		return n
	}
	switch {
	case p.eof():
		p.fail(p.pos, "unexpected end of pattern")
	case p.accept(":"):
		n := body()
		// A quantifier must take the whole group.
		return &node{kind: nCat, sub: []*node{n}}
	case p.accept(">"):
		return &node{kind: nAtomic, sub: []*node{body()}}
	case p.accept("="):
		return &node{kind: nLook, sub: []*node{body()}}
	case p.accept("!"):
		return &node{kind: nLook, neg: true, sub: []*node{body()}}
	case p.accept("<="), p.accept("<!"):
		n := &node{kind: nLook, behind: true, neg: p.src[p.pos-1] == '!'}
		n.sub = []*node{body()}
		lo, hi := n.sub[0].width(p)
		if lo != hi {
			p.fail(start, "look-behind requires fixed-width pattern")
		}
		n.min = lo
		return n
	case p.accept("#"):
		i := strings.IndexByte(p.src[p.pos:], ')')
		if i < 0 {
			p.fail(start, "missing ), unterminated comment")
		}
		p.pos += i + 1
		return nil
	case p.accept("P<"):
		at := p.pos
		name := p.name(start, '>')
		if !isIdentifier(name) {
			p.fail(at, "bad character in group name '%s'", name)
		}
		if old, dup := p.names[name]; dup {
			p.fail(at, "redefinition of group name '%s' as group %d; was group %d", name, p.groups+1, old)
		}
		return p.capture(start, name)
	case p.accept("P="):
		at := p.pos
		name := p.name(start, ')')
		g, ok := p.names[name]
		if !ok {
			p.fail(at, "unknown group name '%s'", name)
		}
		if p.open[g] {
			p.fail(start, "cannot refer to an open group")
		}
		return &node{kind: nRef, n: g, flags: p.flags}
	case p.accept("("):
		at := p.pos
		name := p.name(start, ')')
		g, err := strconv.Atoi(name)
		if err != nil {
			var ok bool
			if g, ok = p.names[name]; !ok {
				p.fail(at, "unknown group name '%s'", name)
			}
		} else if g <= 0 || g > 10000 {
			p.fail(at, "bad group number")
		}
		if _, seen := p.refs[g]; !seen {
			p.refs[g] = at
		}
		n := &node{kind: nCond, n: g}
		n.sub = []*node{p.sequence(), {kind: nEmpty}}
		if p.accept("|") {
			n.sub[1] = p.sequence()
			if p.peek() == '|' {
				p.fail(p.pos, "conditional backref with more than two branches")
			}
		}
		p.close(start)
		return n
	}
	// Inline flags: (?aiLmsux) at the start, or (?aiLmsux-imsx:...).
	flags, del, off := p.flags, Flags(0), false
	at := p.pos
	for !p.eof() {
		c := p.next()
		f := flagOf(c)
		switch {
		case f != 0 && off:
			del |= f
		case f != 0:
			flags |= f
		case c == '-' && !off:
			off = true
		case c == ')' && !off:
			if start != 0 {
				p.fail(start, "global flags not at the start of the expression")
			}
			p.flags = flags
			return nil
		case c == ':':
			p.flags = flags &^ del
			if flags&ASCII != 0 {
				p.flags &^= Unicode
			}
			return &node{kind: nCat, sub: []*node{body()}}
		default:
			if at == p.pos-1 {
				p.fail(start+1, "unknown extension ?%c", c)
			}
			p.fail(p.pos-1, "unknown flag")
		}
	}
	p.fail(p.pos, "missing -, : or )")
	return nil
}

func flagOf(c rune) Flags {
	switch c {
	case 'a':
		return ASCII
	case 'i':
		return IgnoreCase
	case 'L':
		return Locale
	case 'm':
		return MultiLine
	case 's':
		return DotAll
	case 'u':
		return Unicode
	case 'x':
		return Verbose
	}
	return 0
}

func (p *parser) capture(start int, name string) *node {
	p.groups++
	n := &node{kind: nGroup, n: p.groups}
	if name != "" {
		p.names[name] = n.n
		p.order = append(p.order, name)
	}
	p.open[n.n] = true
	saved := p.flags
	n.sub = []*node{p.alternatives()}
	p.close(start)
	p.flags = saved
	delete(p.open, n.n)
	return n
}

// width is the least and greatest number of characters that n matches.
func (n *node) width(p *parser) (lo, hi int) {
	switch n.kind {
	case nChar, nClass:
		return 1, 1
	case nCat, nGroup, nAtomic:
		for _, s := range n.sub {
			a, b := s.width(p)
			lo, hi = lo+a, min(hi+b, maxRep)
		}
		return min(lo, maxRep), hi
	case nAlt, nCond:
		lo, hi = n.sub[0].width(p)
		for _, s := range n.sub[1:] {
			a, b := s.width(p)
			lo, hi = min(lo, a), max(hi, b)
		}
		return lo, hi
	case nRepeat:
		a, b := n.sub[0].width(p)
		lo = min(a*min(n.min, maxRep), maxRep)
		if b == 0 {
			return lo, 0
		}
		if n.max >= maxRep || b >= maxRep {
			return lo, maxRep
		}
		return lo, min(b*n.max, maxRep)
	case nRef:
		return 0, maxRep
	}
	return 0, 0
}
