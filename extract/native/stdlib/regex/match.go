package regex

import (
	"strings"
	"unicode"
)

// Budget is what a search is charged against; both methods may panic.
type Budget interface {
	Step(n int)     // n steps of work
	Charge(n int64) // n elements of memory
}

// Mode says where a match may lie.
type Mode int

// The modes.
const (
	Search Mode = iota // anywhere
	Match              // at the start
	Full               // the whole text
)

// Find looks for a match in text[:end] from byte pos on and returns the byte
// offsets of the groups (-1: not matched), or nil. `^` matches at pos 0 of the text only.
func (p *Prog) Find(b Budget, text string, pos, end int, mode Mode) []int {
	m := &machine{p: p, b: b, text: text[:end], saves: make([]int, 2*(p.Groups+1)), regs: make([]int, p.regs), full: mode == Full}
	return m.find(pos, mode, -1)
}

// FindNonEmptyAt is Find where an empty match at byte notAt does not count, as
// finditer needs it behind an empty match.
func (p *Prog) FindNonEmptyAt(b Budget, text string, pos, end int, mode Mode, notAt int) []int {
	m := &machine{p: p, b: b, text: text[:end], saves: make([]int, 2*(p.Groups+1)), regs: make([]int, p.regs), full: mode == Full}
	return m.find(pos, mode, notAt)
}

func (m *machine) find(pos int, mode Mode, notAt int) []int {
	for {
		if mode == Search && m.p.prefix != "" {
			i := strings.Index(m.text[pos:], m.p.prefix)
			if i < 0 {
				return nil
			}
			m.b.Step(1 + i>>6)
			pos += i
		}
		for i := range m.saves {
			m.saves[i] = -1
		}
		m.notAt = notAt
		m.stack = m.stack[:0]
		if end, ok := m.run(m.p.code, pos, true); ok {
			m.saves[0], m.saves[1] = pos, end
			return m.saves
		}
		if mode != Search || pos >= len(m.text) {
			return nil
		}
		_, n := decode(m.text, pos, m.p.Bytes)
		pos += n
	}
}

// machine is the state of one search.
type machine struct {
	p     *Prog
	b     Budget
	text  string
	saves []int
	regs  []int
	stack []choice
	full  bool
	notAt int
	steps int
}

// choice is a point to go back to, or a record of what to take back on the way.
type choice struct {
	kind choiceKind
	pc   int
	pos  int
	i    int // slot or register; count of repetitions
	old  int
}

type choiceKind uint8

const (
	goOn     choiceKind = iota // at pc
	undoSave                   // a slot of a group
	undoReg                    // a register
	more                       // a one-character repeat that can give back or take more
	again                      // a lazy loop that can run once more
)

func (m *machine) push(c choice) {
	if len(m.stack) == cap(m.stack) {
		m.b.Charge(int64(cap(m.stack) + 16))
	}
	m.stack = append(m.stack, c)
}

func (m *machine) setReg(i, v int) {
	m.push(choice{kind: undoReg, i: i, old: m.regs[i]})
	m.regs[i] = v
}

func (m *machine) one(in *inst, pos int) int {
	if pos >= len(m.text) {
		return -1
	}
	r, n := decode(m.text, pos, m.p.Bytes)
	if in.set != nil {
		if in.set.has(r) {
			return n
		}
	} else if r == in.r {
		return n
	}
	return -1
}

// run matches code at pos; top is false for the programs inside look-arounds.
// It leaves the stack as it was, except that groups set stay set on success.
func (m *machine) run(code []inst, pos int, top bool) (end int, ok bool) {
	base := len(m.stack)
	pc := 0
	text := m.text
	for {
		if m.steps++; m.steps >= 256 {
			m.b.Step(m.steps)
			m.steps = 0
		}
		in := &code[pc]
		good := false
		switch in.op {
		case opMatch:
			if top && (m.full && pos != len(text) || m.notAt >= 0 && pos == m.notAt) {
				break
			}
			if !top {
				// Keep the record of groups for the outer program to undo; drop the choices.
				kept := m.stack[:base]
				for _, c := range m.stack[base:] {
					if c.kind == undoSave || c.kind == undoReg {
						kept = append(kept, c)
					}
				}
				m.stack = kept
			}
			return pos, true
		case opChar, opSet:
			if n := m.one(in, pos); n > 0 {
				pos += n
				pc++
				good = true
			}
		case opSplit:
			m.push(choice{pc: in.y, pos: pos})
			pc = in.x
			good = true
		case opJump:
			pc = in.x
			good = true
		case opSave:
			m.push(choice{kind: undoSave, i: in.x, old: m.saves[in.x]})
			m.saves[in.x] = pos
			pc++
			good = true
		case opAssert:
			if m.assert(in, pos) {
				pc++
				good = true
			}
		case opRef:
			if n := m.ref(in, pos); n >= 0 {
				pos += n
				pc++
				good = true
			}
		case opCond:
			if m.saves[2*in.x] >= 0 && m.saves[2*in.x+1] >= 0 {
				pc++
			} else {
				pc = in.y
			}
			good = true
		case opLook:
			at := pos
			if in.back {
				for i := 0; i < in.x && at >= 0; i++ {
					if at == 0 {
						at = -1
						break
					}
					at = back(text, at, m.p.Bytes)
				}
			}
			mark := len(m.stack)
			_, found := -1, false
			if at >= 0 {
				_, found = m.run(in.prog, at, false)
			}
			if in.neg && found {
				m.undo(mark)
			}
			if found != in.neg {
				pc++
				good = true
			}
		case opAtomic:
			if e, found := m.run(in.prog, pos, false); found {
				pos = e
				pc++
				good = true
			}
		case opZero:
			m.setReg(in.x, 0)
			m.setReg(in.x+1, -1)
			pc++
			good = true
		case opCount:
			k := m.regs[in.x]
			switch {
			case k < in.lo:
				m.setReg(in.x, k+1)
				m.setReg(in.x+1, pos)
				pc++
				good = true
			case k >= in.hi:
				pc = in.y
				good = true
			case in.lazy:
				m.push(choice{kind: again, pc: pc, pos: pos, old: k})
				pc = in.y
				good = true
			default:
				m.push(choice{pc: in.y, pos: pos})
				m.setReg(in.x, k+1)
				m.setReg(in.x+1, pos)
				pc++
				good = true
			}
		case opMoved:
			if m.regs[in.x+1] == pos && m.regs[in.x] > in.lo {
				// Nothing was matched: once more would loop; go on behind the loop.
				pc = code[pc+1].x
				pc = code[pc].y
			} else {
				pc++
			}
			good = true
		case opRepeat:
			n, at := 0, pos
			limit := in.hi
			if in.lazy {
				limit = in.lo
			}
			if in.set == nil && in.r < 128 && in.r >= 0 {
				for n < limit && at < len(text) && text[at] == byte(in.r) {
					at++
					n++
				}
			} else {
				for n < limit {
					w := m.one(in, at)
					if w < 0 {
						break
					}
					at += w
					n++
				}
			}
			m.steps += n >> 3
			if n < in.lo {
				break
			}
			if n > in.lo || in.lazy {
				m.push(choice{kind: more, pc: pc, pos: at, i: n})
			}
			pos = at
			pc++
			good = true
		}
		if good {
			continue
		}
		// Go back to the last choice.
		for {
			if len(m.stack) == base {
				return 0, false
			}
			last := len(m.stack) - 1
			c := &m.stack[last]
			if c.kind == undoSave {
				m.saves[c.i] = c.old
				m.stack = m.stack[:last]
				continue
			}
			if c.kind == undoReg {
				m.regs[c.i] = c.old
				m.stack = m.stack[:last]
				continue
			}
			in := &code[c.pc]
			if c.kind == more {
				if in.lazy {
					w := -1
					if c.i < in.hi {
						w = m.one(in, c.pos)
					}
					if w < 0 {
						m.stack = m.stack[:last]
						continue
					}
					c.pos += w
					c.i++
				} else {
					if c.i <= in.lo {
						m.stack = m.stack[:last]
						continue
					}
					c.pos = back(text, c.pos, m.p.Bytes)
					c.i--
				}
				pos, pc = c.pos, c.pc+1
				break
			}
			if c.kind == again {
				k := c.old
				pos, pc = c.pos, c.pc+1
				m.stack = m.stack[:last]
				m.setReg(in.x, k+1)
				m.setReg(in.x+1, pos)
				break
			}
			pos, pc = c.pos, c.pc
			m.stack = m.stack[:last]
			break
		}
	}
}

// undo takes back what was recorded above mark.
func (m *machine) undo(mark int) {
	for i := len(m.stack) - 1; i >= mark; i-- {
		switch c := m.stack[i]; c.kind {
		case undoSave:
			m.saves[c.i] = c.old
		case undoReg:
			m.regs[c.i] = c.old
		}
	}
	m.stack = m.stack[:mark]
}

func (m *machine) assert(in *inst, pos int) bool {
	t := m.text
	switch in.x {
	case atBeginText:
		return pos == 0
	case atBeginLine:
		return pos == 0 || t[pos-1] == '\n'
	case atEndText:
		return pos == len(t)
	case atEndDollar:
		return pos == len(t) || pos == len(t)-1 && t[pos] == '\n'
	case atEndLine:
		return pos == len(t) || t[pos] == '\n'
	}
	ascii := in.f&ASCII != 0
	before, after := false, false
	if pos > 0 {
		r, _ := decode(t, back(t, pos, m.p.Bytes), m.p.Bytes)
		before = isWord(r, ascii)
	}
	if pos < len(t) {
		r, _ := decode(t, pos, m.p.Bytes)
		after = isWord(r, ascii)
	}
	if in.x == atNotWord {
		return len(t) > 0 && before == after
	}
	return before != after
}

// ref is the length of the text of a group where it stands at pos, else -1.
func (m *machine) ref(in *inst, pos int) int {
	lo, hi := m.saves[2*in.x], m.saves[2*in.x+1]
	if lo < 0 || hi < 0 || hi < lo {
		return -1
	}
	g := m.text[lo:hi]
	if in.f&IgnoreCase == 0 {
		if strings.HasPrefix(m.text[pos:], g) {
			return len(g)
		}
		return -1
	}
	at := pos
	for i := 0; i < len(g); {
		if at >= len(m.text) {
			return -1
		}
		a, n := decode(g, i, m.p.Bytes)
		b, k := decode(m.text, at, m.p.Bytes)
		if !sameFold(a, b, in.f&ASCII != 0) {
			return -1
		}
		i += n
		at += k
	}
	m.steps += len(g) >> 3
	return at - pos
}

func sameFold(a, b rune, ascii bool) bool {
	if a == b {
		return true
	}
	if ascii {
		lower := func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 32
			}
			return r
		}
		return lower(a) == lower(b)
	}
	for f := unicode.SimpleFold(a); f != a; f = unicode.SimpleFold(f) {
		if f == b {
			return true
		}
	}
	return false
}
