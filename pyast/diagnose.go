package pyast

import (
	"fmt"
	"strings"
)

// diagnosis finds the error that CPython raises for a source that does not
// parse. CPython parses by a PEG, twice: the first pass finds out how far
// anything matches; the second adds rules for common mistakes, of which the
// first that matches gives the message. Here is the same grammar as functions
// that try alternatives in the same order, because the order decides which
// error comes first.
type diagnosis struct {
	scanner
	toks    []token
	states  []tokState
	memo    [][]memoEntry
	pos     int
	invalid bool // the second pass
	depth   int
}

type memoEntry struct {
	rule rule
	end  int32
	node Node
}

// tokState is what the scanner knew right after a token.
type tokState struct{ pos, lineStart int }

// rule names a rule whose results are kept.
type rule uint8

const (
	rExpression rule = iota
	rStarExpression
	rDisjunction
	rConjunction
	rInversion
	rFactor
	rAwait
	rPrimary
	rTPrimary
	rBitOr
	rBitXor
	rBitAnd
	rShift
	rSum
	rTerm
	rStrings
	rArguments
	rStarTarget
	rTargetStarAtom
	rDelTarget
	rBadNamed
	rSimpleStmt
	rBlock
	rClosedPattern
	rStarPattern
	rTypeParam
	rImport
)

// mark is a node without meaning: a rule has matched.
var mark Node = &Pass{}

// diagnosis prepares to read the source again from the line where a statement
// begins.
func (p *parser) diagnosis(from place) *diagnosis {
	d := &diagnosis{scanner: p.scanner}
	d.parens, d.modes = nil, nil
	d.lineStart = strings.LastIndexByte(d.src[:from.offset], '\n') + 1
	d.indents, d.altIndents = []int32{0}, []int32{0}
	if d.lineStart > 0 {
		// The indentation of the line, as the scanner counts it.
		for _, c := range d.src[d.lineStart:from.offset] {
			d.altIndents[0]++
			if c == '\t' {
				d.indents[0] = (d.indents[0]/8 + 1) * 8
			} else {
				d.indents[0]++
			}
		}
	}
	d.slow, d.bol, d.pending = true, true, 0
	d.scanner.pos, d.line = d.lineStart, from.line
	d.tok = token{}
	return d
}

// later returns the error in a statement that comes after others that have
// errors, or nil where it is not found.
func (d *diagnosis) later() *Error {
	for _, d.invalid = range []bool{false, true} {
		d.pos, d.depth = 0, 0
		clear(d.memo)
		ok := false
		if err := catch(func() { ok = d.statement() }); err != nil || ok {
			return err
		}
	}
	return nil
}

// first returns CPython's error for the source from a top-level statement on,
// or nil if it finds none.
func (d *diagnosis) first() *Error {
	err := catch(d.file)
	if err == nil && d.kind() == tEOF {
		return nil
	}
	last := len(d.toks) - 1
	if err == nil {
		d.invalid, d.pos, d.depth = true, 0, 0
		clear(d.memo)
		err = catch(d.file)
	}
	if err != nil && (err.token || err.Kind == "MemoryError") {
		return err
	}
	line := d.toks[len(d.toks)-1].line
	if err != nil {
		if other := d.rest(line); other != nil {
			return other
		}
		return err
	}
	switch t := d.toks[last]; t.kind {
	case tIndent:
		return catch(func() { d.raiseLast("IndentationError", "unexpected indent") })
	case tDedent:
		return catch(func() { d.raiseLast("IndentationError", "unexpected unindent") })
	default:
		if other := d.rest(line); other != nil {
			return other
		}
		return catch(func() { d.raiseTok(&t, "invalid syntax") })
	}
}

// catch runs f and returns the error that it panics with.
func catch(f func()) (err *Error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			err = e
		default:
			panic(e)
		}
	}()
	f()
	return nil
}

// rest reads the rest of the file for an error of the scanner, which takes
// precedence. A bracket left open counts if the error lies beyond its line.
func (d *diagnosis) rest(line int32) *Error {
	err := catch(func() {
		for d.tok.kind != tEOF {
			d.next()
		}
	})
	if len(d.modes) > 0 {
		return nil // an error inside a field stands
	}
	if err == nil || !err.soft {
		return err
	}
	if n := len(d.parens); n > 0 && line > d.parens[n-1].line {
		return catch(d.unclosed)
	}
	return nil
}

// peek returns the next token, which it reads if need be.
func (d *diagnosis) peek() *token {
	for d.pos >= len(d.toks) {
		d.next()
		t, st := d.tok, tokState{d.scanner.pos, d.lineStart}
		t.level = int16(len(d.parens))
		if t.kind <= tDedent && st.pos == len(d.src)-1 && st.lineStart == st.pos && t.kind != tNewline && t.line > 1 {
			// CPython is still on the last line at the end of the file.
			t.line--
			t.col = -1
			st.lineStart = strings.LastIndexByte(d.src[:st.pos-1], '\n') + 1
		}
		d.toks = append(d.toks, t)
		d.states = append(d.states, st)
		d.memo = append(d.memo, nil)
	}
	return &d.toks[d.pos]
}

func (d *diagnosis) kind() kind { return d.peek().kind }

func (d *diagnosis) got(k kind) *token {
	if t := d.peek(); t.kind == k {
		d.pos++
		return t
	}
	return nil
}

func (d *diagnosis) has(k kind) bool { return d.got(k) != nil }

func (d *diagnosis) gotAny(kinds ...kind) *token {
	for _, k := range kinds {
		if t := d.got(k); t != nil {
			return t
		}
	}
	return nil
}

// ahead reports whether the next token is one of the kinds.
func (d *diagnosis) ahead(kinds ...kind) bool {
	k := d.kind()
	for _, want := range kinds {
		if k == want {
			return true
		}
	}
	return false
}

func (d *diagnosis) textOf(t *token) string { return d.src[t.start:t.end] }

// word matches a soft keyword.
func (d *diagnosis) word(w string) *token {
	if t := d.peek(); t.kind == tName && d.textOf(t) == w {
		d.pos++
		return t
	}
	return nil
}

func (d *diagnosis) name() *Name {
	t := d.got(tName)
	if t == nil {
		return nil
	}
	id := d.textOf(t)
	if t.flags&tokNonASCII != 0 {
		id = nfkc(id)
	}
	return &Name{Pos: spanOf(t), ID: id}
}

func spanOf(t *token) Pos { return Pos{t.line, t.col, t.endLine, t.endCol} }

// since returns the span from the token at start to the last one matched.
func (d *diagnosis) since(start int) Pos {
	p := spanOf(&d.toks[start])
	for i := d.pos - 1; i >= start; i-- {
		if d.toks[i].kind >= tName {
			p.EndLine, p.EndCol = d.toks[i].endLine, d.toks[i].endCol
			break
		}
	}
	return p
}

// forced demands a token.
func (d *diagnosis) forced(k kind, text string) {
	t := d.peek()
	if t.kind != k {
		d.raise(t.line, t.col, "expected '%s'", text)
	}
	d.pos++
}

func (d *diagnosis) raise(line, col int32, format string, args ...any) {
	d.at("SyntaxError", line, col, format, args...)
}

func (d *diagnosis) raiseAt(n Node, format string, args ...any) {
	d.raise(n.Span().Line, n.Span().Col, format, args...)
}

func (d *diagnosis) raiseTok(t *token, format string, args ...any) {
	d.raise(t.line, t.col, format, args...)
}

// raiseLast points at the last token that has been read.
func (d *diagnosis) raiseLast(errorKind, format string, args ...any) {
	d.raiseOn(len(d.toks)-1, errorKind, format, args...)
}

// raiseNext points at the next token.
func (d *diagnosis) raiseNext(format string, args ...any) {
	d.peek()
	d.raiseOn(d.pos, "SyntaxError", format, args...)
}

func (d *diagnosis) raiseOn(i int, errorKind, format string, args ...any) {
	t := d.toks[i]
	if t.col < 0 {
		s := d.states[len(d.toks)-1]
		panic(&Error{Kind: errorKind, Line: int(t.line), Col: d.charCol(t.line, int32(s.pos-s.lineStart)), Msg: fmt.Sprintf(format, args...)})
	}
	d.at(errorKind, t.line, t.col, format, args...)
}

func (d *diagnosis) syntax(format string, args ...any) { d.raiseLast("SyntaxError", format, args...) }

// expectedBlock raises an error where no indented block follows.
func (d *diagnosis) expectedBlock(what string, args ...any) {
	d.raiseLast("IndentationError", "expected an indented block"+what, args...)
}

// noBlock matches a colon, a newline and no indentation.
func (d *diagnosis) noBlock() bool {
	return d.has(tColon) && d.has(tNewline) && d.kind() != tIndent
}

// remember returns what f made at this position before, or runs it.
func (d *diagnosis) remember(r rule, f func() Node) Node {
	d.peek()
	start := d.pos
	for _, m := range d.memo[start] {
		if m.rule == r {
			d.pos = int(m.end)
			return m.node
		}
	}
	d.depth++
	if d.depth > maxDepth*4 {
		t := d.peek()
		panic(&Error{Kind: "MemoryError", Line: int(t.line), Col: int(t.col) + 1, Msg: tooComplex})
	}
	n := f()
	d.depth--
	if n == nil {
		d.pos = start
	}
	d.memo[start] = append(d.memo[start], memoEntry{r, int32(d.pos), n})
	return n
}

func (d *diagnosis) expr(r rule, f func() Expr) Expr {
	n := d.remember(r, func() Node {
		if x := f(); x != nil {
			return x
		}
		return nil
	})
	if n == nil {
		return nil
	}
	return n.(Expr)
}

func (d *diagnosis) ok(r rule, f func() bool) bool {
	return d.remember(r, func() Node {
		if f() {
			return mark
		}
		return nil
	}) != nil
}

// try runs f, and goes back if it fails.
func (d *diagnosis) try(f func() bool) bool {
	start := d.pos
	if f() {
		return true
	}
	d.pos = start
	return false
}

// not reports whether f fails here; nothing is consumed.
func (d *diagnosis) not(f func() bool) bool {
	start := d.pos
	ok := f()
	d.pos = start
	return !ok
}

// bad tries a rule for a mistake; such rules only raise.
func (d *diagnosis) bad(f func()) {
	if d.invalid {
		start := d.pos
		f()
		d.pos = start
	}
}

// commas matches f with commas between, and returns how often.
// A comma after the last one is left alone.
func (d *diagnosis) commas(f func() bool) int {
	n := 0
	for {
		start := d.pos
		if n > 0 && !d.has(tComma) || !d.try(f) {
			d.pos = start
			return n
		}
		n++
	}
}

func (d *diagnosis) exprList(f func() Expr) []Expr {
	var list []Expr
	d.commas(func() bool {
		x := f()
		if x != nil {
			list = append(list, x)
		}
		return x != nil
	})
	return list
}

// describe names a kind of expression as messages do.
func describe(x Expr) string {
	switch x := x.(type) {
	case *Attribute:
		return "attribute"
	case *Subscript:
		return "subscript"
	case *Starred:
		return "starred"
	case *Name:
		return "name"
	case *List:
		return "list"
	case *Tuple:
		return "tuple"
	case *Lambda:
		return "lambda"
	case *Call:
		return "function call"
	case *BoolOp, *BinOp, *UnaryOp:
		return "expression"
	case *GeneratorExp:
		return "generator expression"
	case *Yield, *YieldFrom:
		return "yield expression"
	case *Await:
		return "await expression"
	case *ListComp:
		return "list comprehension"
	case *SetComp:
		return "set comprehension"
	case *DictComp:
		return "dict comprehension"
	case *Dict:
		return "dict literal"
	case *Set:
		return "set display"
	case *JoinedStr, *FormattedValue:
		return "f-string expression"
	case *TemplateStr, *Interpolation:
		return "t-string expression"
	case *Compare:
		return "comparison"
	case *IfExp:
		return "conditional expression"
	case *NamedExpr:
		return "named expression"
	case *Constant:
		switch x.Kind {
		case None:
			return "None"
		case True:
			return "True"
		case False:
			return "False"
		case Ellipsis:
			return "ellipsis"
		}
	}
	return "literal"
}

// Kinds of targets.
const (
	starTargetsKind = iota
	delTargetsKind
	forTargetsKind
)

// badTarget returns the part of x that cannot be a target, or nil.
func badTarget(x Expr, kind int) Expr {
	var elts []Expr
	switch x := x.(type) {
	case *List:
		elts = x.Elts
	case *Tuple:
		elts = x.Elts
	case *Starred:
		if kind == delTargetsKind {
			return x
		}
		return badTarget(x.Value, kind)
	case *Compare:
		if kind == forTargetsKind {
			if x.Ops[0] == In {
				return badTarget(x.Left, kind)
			}
			return nil
		}
		return x
	case *Name, *Subscript, *Attribute:
		return nil
	default:
		return x
	}
	for _, e := range elts {
		if b := badTarget(e, kind); b != nil {
			return b
		}
	}
	return nil
}

func (d *diagnosis) raiseTarget(x Expr, kind int) {
	b := badTarget(x, kind)
	if b == nil {
		return
	}
	verb := "assign to"
	if kind == delTargetsKind {
		verb = "delete"
	}
	d.raiseAt(b, "cannot %s %s", verb, describe(b))
}
