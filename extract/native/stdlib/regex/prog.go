package regex

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type opcode uint8

const (
	opChar   opcode = iota // r
	opSet                  // set
	opSplit                // try x, then y
	opJump                 // x
	opSave                 // slot x
	opAssert               // x, flags
	opRef                  // group x
	opLook                 // prog, neg, behind (x characters back)
	opAtomic               // prog
	opCond                 // group x: go on, else to y
	opRepeat               // set or char, x..y times, greedy or lazy
	opMark                 // register x := position
	opMoved                // fails where the position is still that of register x
	opZero                 // counter x := 0
	opCount                // counter loop: see compile
	opMatch
)

type inst struct {
	op   opcode
	lazy bool
	neg  bool
	back bool
	r    rune
	x, y int
	lo   int
	hi   int
	set  *set
	prog []inst
	f    Flags
}

// Prog is a compiled pattern. It is immutable and can be shared.
type Prog struct {
	Pattern string
	Flags   Flags
	Bytes   bool
	Groups  int
	Names   []string       // names of groups, in order of appearance
	Index   map[string]int // their numbers

	code   []inst
	regs   int
	prefix string // every match begins with it
}

type compiler struct {
	regs int
	size int
}

// Compile reads a pattern; bytes says that it is one for bytes objects. The
// error is an *Error.
func Compile(pattern string, flags Flags, bytes bool) (p *Prog, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			p, err = nil, e
		}
	}()
	ps := &parser{src: pattern, flags: flags, names: map[string]int{}, open: map[int]bool{}, refs: map[int]int{}, bytes: bytes}
	if bytes {
		ps.flags |= ASCII
	} else if flags&ASCII == 0 {
		ps.flags |= Unicode
	}
	ps.leadingFlags()
	global := ps.flags
	n := ps.alternatives()
	if !ps.eof() {
		ps.fail(ps.pos, "unbalanced parenthesis")
	}
	for g, at := range ps.refs {
		if g > ps.groups {
			ps.fail(at, "invalid group reference %d", g)
		}
	}
	if bytes {
		global &^= ASCII
		global |= flags & ASCII
	}
	if global&ASCII != 0 {
		global &^= Unicode
	}
	p = &Prog{Pattern: pattern, Flags: global, Bytes: bytes, Groups: ps.groups, Names: ps.order, Index: ps.names}
	c := &compiler{}
	c.emit(&p.code, n)
	p.code = append(p.code, inst{op: opMatch})
	p.regs = c.regs
	var b strings.Builder
	prefix(n, &b, bytes)
	p.prefix = b.String()
	return p, nil
}

// leadingFlags reads the global flags at the start: (?i)(?m)...
func (p *parser) leadingFlags() {
	if !strings.HasPrefix(p.src, "(?") {
		return
	}
	end := strings.IndexByte(p.src, ')')
	if end < 3 {
		return
	}
	for _, c := range p.src[2:end] {
		if flagOf(c) == 0 {
			return
		}
	}
	for _, c := range p.src[2:end] {
		p.flags |= flagOf(c)
	}
	if p.flags&ASCII != 0 {
		p.flags &^= Unicode
	}
	p.pos = end + 1
}

// prefix collects the literal text that n begins with; it reports whether n is that text alone.
func prefix(n *node, b *strings.Builder, bytes bool) bool {
	switch n.kind {
	case nChar:
		if bytes {
			b.WriteByte(byte(n.r))
		} else {
			appendRune(b, n.r)
		}
		return true
	case nEmpty:
		return true
	case nCat:
		for _, s := range n.sub {
			if !prefix(s, b, bytes) {
				return false
			}
		}
		return true
	case nGroup:
		return prefix(n.sub[0], b, bytes)
	}
	return false
}

func appendRune(b *strings.Builder, r rune) {
	if r >= 0xd800 && r < 0xe000 {
		b.Write([]byte{0xed, byte(0x80 | r>>6&0x3f), byte(0x80 | r&0x3f)})
		return
	}
	b.WriteRune(r)
}

func (c *compiler) add(code *[]inst, i inst) int {
	c.size++
	if c.size > maxProg {
		panic(&Error{Msg: "the pattern is too large"})
	}
	*code = append(*code, i)
	return len(*code) - 1
}

func (c *compiler) sub(n *node) []inst {
	var code []inst
	c.emit(&code, n)
	c.add(&code, inst{op: opMatch})
	return code
}

func (c *compiler) emit(code *[]inst, n *node) {
	switch n.kind {
	case nChar:
		c.add(code, inst{op: opChar, r: n.r})
	case nClass:
		c.add(code, inst{op: opSet, set: n.set})
	case nCat:
		for _, s := range n.sub {
			c.emit(code, s)
		}
	case nGroup:
		c.add(code, inst{op: opSave, x: 2 * n.n})
		c.emit(code, n.sub[0])
		c.add(code, inst{op: opSave, x: 2*n.n + 1})
	case nAlt:
		var ends []int
		for i, s := range n.sub {
			if i == len(n.sub)-1 {
				c.emit(code, s)
				break
			}
			split := c.add(code, inst{op: opSplit})
			(*code)[split].x = split + 1
			c.emit(code, s)
			ends = append(ends, c.add(code, inst{op: opJump}))
			(*code)[split].y = len(*code)
		}
		for _, e := range ends {
			(*code)[e].x = len(*code)
		}
	case nAssert:
		c.add(code, inst{op: opAssert, x: n.n, f: n.flags})
	case nRef:
		c.add(code, inst{op: opRef, x: n.n, f: n.flags})
	case nLook:
		c.add(code, inst{op: opLook, neg: n.neg, back: n.behind, x: n.min, prog: c.sub(n.sub[0])})
	case nAtomic:
		c.add(code, inst{op: opAtomic, prog: c.sub(n.sub[0])})
	case nCond:
		cond := c.add(code, inst{op: opCond, x: n.n})
		c.emit(code, n.sub[0])
		j := c.add(code, inst{op: opJump})
		(*code)[cond].y = len(*code)
		c.emit(code, n.sub[1])
		(*code)[j].x = len(*code)
	case nRepeat:
		if n.poss {
			m := *n
			m.poss = false
			c.add(code, inst{op: opAtomic, prog: c.sub(&m)})
			return
		}
		c.repeat(code, n)
	}
}

func (c *compiler) repeat(code *[]inst, n *node) {
	s := n.sub[0]
	for s.kind == nCat && len(s.sub) == 1 {
		s = s.sub[0]
	}
	if s.kind == nChar || s.kind == nClass {
		c.add(code, inst{op: opRepeat, r: s.r, set: s.set, lo: n.min, hi: n.max, lazy: n.lazy})
		return
	}
	if n.max == 0 {
		return
	}
	split := func() int {
		i := c.add(code, inst{op: opSplit})
		return i
	}
	link := func(i, into, out int) {
		if n.lazy {
			into, out = out, into
		}
		(*code)[i].x, (*code)[i].y = into, out
	}
	if n.min == 0 && n.max == 1 {
		i := split()
		c.emit(code, s)
		link(i, i+1, len(*code))
		return
	}
	// General: a counter, and a mark against loops that match nothing.
	//	zero k
	//	L: count k lo hi -> body at L+1 or out
	//	   mark m; body; moved m; jump L
	// The counter and the mark are saved and restored by backtracking.
	k := c.regs
	c.regs += 2
	c.add(code, inst{op: opZero, x: k})
	l := c.add(code, inst{op: opCount, x: k, lo: n.min, hi: n.max, lazy: n.lazy})
	c.emit(code, s)
	c.add(code, inst{op: opMoved, x: k, lo: n.min})
	c.add(code, inst{op: opJump, x: l})
	(*code)[l].y = len(*code)
}

// decode reads the character at byte i of s.
func decode(s string, i int, bytes bool) (rune, int) {
	b := s[i]
	if b < utf8.RuneSelf || bytes {
		return rune(b), 1
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError && n == 1 && b == 0xed && i+2 < len(s) {
		return 0xd000 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f), 3 // a lone surrogate
	}
	return r, n
}

// back is the start of the character that ends at byte i.
func back(s string, i int, bytes bool) int {
	i--
	if bytes {
		return i
	}
	for i > 0 && s[i]&0xc0 == 0x80 {
		i--
	}
	return i
}

func (s *set) has(r rune) bool {
	in := s.raw(r)
	if !in && s.fold {
		if s.ascii {
			switch {
			case 'a' <= r && r <= 'z':
				in = s.raw(r - 32)
			case 'A' <= r && r <= 'Z':
				in = s.raw(r + 32)
			}
		} else {
			for f := unicode.SimpleFold(r); f != r && !in; f = unicode.SimpleFold(f) {
				in = s.raw(f)
			}
		}
	}
	return in != s.neg
}

func (s *set) raw(r rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if s.ranges[i] <= r && r <= s.ranges[i+1] {
			return true
		}
	}
	for _, c := range s.cats {
		var in bool
		switch c.c {
		case 'd':
			in = '0' <= r && r <= '9' || r >= 128 && !s.ascii && unicode.IsDigit(r)
		case 'w':
			in = isWord(r, s.ascii)
		case 's':
			in = r == ' ' || '\t' <= r && r <= '\r' || !s.ascii && (r >= 0x1c && r <= 0x1f || r >= 128 && unicode.IsSpace(r))
		}
		if in != c.neg {
			return true
		}
	}
	return false
}

func isWord(r rune, ascii bool) bool {
	if r < 128 {
		return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return !ascii && (unicode.IsLetter(r) || unicode.IsNumber(r))
}
