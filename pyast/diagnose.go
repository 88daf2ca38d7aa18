package pyast

import (
	"fmt"
	"strings"
)

// diagnose finds the error that CPython raises for a source that does not
// parse. CPython parses by a PEG, twice: the first pass finds out how far
// anything matches; the second adds rules for common mistakes, of which the
// first that matches gives the message. Here is the same grammar as functions
// that try alternatives in the same order, because the order decides which
// error comes first. It starts at a top-level statement.
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
	rAttr
	rDottedName
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

// at makes sure that there is a token at the position and returns it.
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

// next is (kinds) reports whether the next token is one of the kinds.
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

// many matches f once or more, with commas between, and returns how often.
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

// Statements.

func (d *diagnosis) file() {
	d.statements()
	d.peek()
}

func (d *diagnosis) statements() bool {
	n := 0
	for d.statement() {
		n++
	}
	return n > 0
}

func (d *diagnosis) statement() bool {
	return d.try(d.compound) || d.try(d.simpleStmts)
}

func (d *diagnosis) compound() bool {
	switch d.kind() {
	case kwDef, kwAsync, tAt:
		if d.try(func() bool { d.decorators(); return d.funcDef() }) {
			return true
		}
	}
	switch d.kind() {
	case kwIf:
		return d.ifStmt(kwIf, "if")
	case kwClass, tAt:
		if d.try(func() bool { d.decorators(); return d.classDef() }) {
			return true
		}
	}
	switch d.kind() {
	case kwWith, kwAsync:
		if d.try(d.withStmt) {
			return true
		}
	}
	switch d.kind() {
	case kwFor, kwAsync:
		return d.try(d.forStmt)
	case kwTry:
		return d.tryStmt()
	case kwWhile:
		return d.whileStmt()
	}
	return d.matchStmt()
}

func (d *diagnosis) decorators() {
	for d.try(func() bool { return d.has(tAt) && d.namedExpr() != nil && d.has(tNewline) }) {
	}
}

func (d *diagnosis) simpleStmts() bool {
	for n := 0; ; n++ {
		if !d.simpleStmt() {
			return n > 0 && d.has(tNewline)
		}
		if !d.has(tSemi) {
			return d.has(tNewline)
		}
	}
}

func (d *diagnosis) simpleStmt() bool {
	return d.ok(rSimpleStmt, func() bool {
		if d.try(d.assignment) {
			return true
		}
		start := d.pos
		if d.word("type") != nil {
			d.pos = start
			if d.try(d.typeAlias) {
				return true
			}
		}
		if d.starExpressions() != nil {
			return true
		}
		switch d.kind() {
		case kwReturn:
			d.pos++
			d.starExpressions()
			return true
		case kwImport, kwFrom:
			return d.importStmt()
		case kwRaise:
			d.pos++
			if d.expression() != nil {
				d.try(func() bool { return d.has(kwFrom) && d.expression() != nil })
			}
			return true
		case kwPass, kwBreak, kwContinue:
			d.pos++
			return true
		case kwDel:
			return d.delStmt()
		case kwYield:
			return d.yieldExpr() != nil
		case kwAssert:
			d.pos++
			if d.expression() == nil {
				return false
			}
			d.try(func() bool { return d.has(tComma) && d.expression() != nil })
			return true
		case kwGlobal, kwNonlocal:
			d.pos++
			return d.commas(func() bool { return d.has(tName) }) > 0
		}
		return false
	})
}

func (d *diagnosis) assignment() bool {
	start := d.pos
	annotation := func() bool {
		if !d.has(tColon) || d.expression() == nil {
			return false
		}
		d.try(func() bool { return d.has(tEqual) && d.annotatedRHS() != nil })
		return true
	}
	if d.has(tName) && annotation() {
		return true
	}
	d.pos = start
	if d.try(func() bool {
		if d.try(func() bool { return d.has(tLpar) && d.singleTarget() != nil && d.has(tRpar) }) {
			return true
		}
		return d.subscriptOrAttribute() != nil
	}) && annotation() {
		return true
	}
	d.pos = start
	n := 0
	for d.try(func() bool { return d.starTargets() != nil && d.has(tEqual) }) {
		n++
	}
	if n > 0 && d.annotatedRHS() != nil && d.kind() != tEqual {
		return true
	}
	d.pos = start
	if d.singleTarget() != nil {
		if _, ok := augOp(d.kind()); ok {
			d.pos++
			return d.annotatedRHS() != nil // a cut: no alternative is left
		}
	}
	d.pos = start
	d.bad(d.badAssignment)
	return false
}

func (d *diagnosis) badAssignment() {
	start := d.pos
	if x := d.badAnnTarget(); x != nil && d.has(tColon) && d.expression() != nil {
		d.raiseAt(x, "only single target (not %s) can be annotated", describe(x))
	}
	d.pos = start
	if x := d.starNamed(); x != nil && d.has(tComma) {
		for d.try(func() bool { return d.starNamedList() != nil }) {
		}
		if d.has(tColon) && d.expression() != nil {
			d.raiseAt(x, "only single target (not tuple) can be annotated")
		}
	}
	d.pos = start
	if x := d.expression(); x != nil && d.has(tColon) && d.expression() != nil {
		d.raiseAt(x, "illegal target for annotation")
	}
	d.pos = start
	targets := func() {
		for d.try(func() bool { return d.starTargets() != nil && d.has(tEqual) }) {
		}
	}
	targets()
	if x := d.starExpressions(); x != nil && d.has(tEqual) {
		d.raiseTarget(x, starTargetsKind)
	}
	d.pos = start
	targets()
	if x := d.yieldExpr(); x != nil && d.has(tEqual) {
		d.raiseAt(x, "assignment to yield expression not possible")
	}
	d.pos = start
	if x := d.starExpressions(); x != nil {
		if _, ok := augOp(d.kind()); ok {
			d.pos++
			if d.annotatedRHS() != nil {
				d.raiseAt(x, "'%s' is an illegal expression for augmented assignment", describe(x))
			}
		}
	}
}

func (d *diagnosis) badAnnTarget() Expr {
	start := d.pos
	if x := d.list(); x != nil {
		return x
	}
	d.pos = start
	if x := d.tuple(); x != nil {
		return x
	}
	d.pos = start
	if d.has(tLpar) {
		if x := d.badAnnTarget(); x != nil && d.has(tRpar) {
			return x
		}
	}
	d.pos = start
	return nil
}

func (d *diagnosis) annotatedRHS() Expr {
	if y := d.yieldExpr(); y != nil {
		return y
	}
	return d.starExpressions()
}

func (d *diagnosis) delStmt() bool {
	start := d.pos
	d.pos++
	if d.delTargets() != nil && d.ahead(tSemi, tNewline) {
		return true
	}
	d.pos = start
	d.bad(func() {
		d.pos++
		if x := d.starExpressions(); x != nil {
			d.raiseTarget(x, delTargetsKind)
		}
	})
	return false
}

func (d *diagnosis) importStmt() bool {
	return d.ok(rImport, func() bool {
		start := d.pos
		d.bad(func() {
			t := d.got(kwImport)
			if t == nil {
				return
			}
			if d.commas(d.dottedName) > 0 && d.has(kwFrom) && d.dottedName() {
				d.raiseTok(&d.toks[start], "Did you mean to use 'from ... import ...' instead?")
			}
			d.pos = start + 1
			if d.kind() == tNewline {
				d.raiseTok(d.peek(), "Expected one or more names after 'import'")
			}
		})
		if d.has(kwImport) && d.commas(d.dottedAs) > 0 {
			return true
		}
		d.pos = start
		if !d.has(kwFrom) {
			return false
		}
		dots := 0
		for d.gotAny(tDot, tEllipsis) != nil {
			dots++
		}
		after := d.pos
		if d.dottedName() && d.has(kwImport) && d.fromTargets() {
			return true
		}
		d.pos = after
		return dots > 0 && d.has(kwImport) && d.fromTargets()
	})
}

func (d *diagnosis) dottedName() bool {
	if !d.has(tName) {
		return false
	}
	for d.try(func() bool { return d.has(tDot) && d.has(tName) }) {
	}
	return true
}

// badImportAs raises where what follows `as` is not a name.
func (d *diagnosis) badImportAs(name func() bool) {
	d.bad(func() {
		if !name() || !d.has(kwAs) {
			return
		}
		if d.not(func() bool { return d.has(tName) && d.gotAny(tComma, tRpar, tSemi, tNewline) != nil }) {
			if x := d.expression(); x != nil {
				d.raiseAt(x, "cannot use %s as import target", describe(x))
			}
		}
	})
}

func (d *diagnosis) dottedAs() bool {
	d.badImportAs(d.dottedName)
	if !d.dottedName() {
		return false
	}
	d.try(func() bool { return d.has(kwAs) && d.has(tName) })
	return true
}

func (d *diagnosis) fromTargets() bool {
	start := d.pos
	if d.has(tLpar) && d.commas(d.fromAs) > 0 {
		d.has(tComma)
		if d.has(tRpar) {
			return true
		}
	}
	d.pos = start
	if d.commas(d.fromAs) > 0 && d.kind() != tComma {
		return true
	}
	d.pos = start
	if d.has(tStar) {
		return true
	}
	d.bad(func() {
		if d.commas(d.fromAs) > 0 && d.has(tComma) && d.has(tNewline) {
			d.syntax("trailing comma not allowed without surrounding parentheses")
		}
		d.pos = start
		if d.kind() == tNewline {
			d.raiseTok(d.peek(), "Expected one or more names after 'import'")
		}
	})
	return false
}

func (d *diagnosis) fromAs() bool {
	d.badImportAs(func() bool { return d.has(tName) })
	if !d.has(tName) {
		return false
	}
	d.try(func() bool { return d.has(kwAs) && d.has(tName) })
	return true
}

func (d *diagnosis) block() bool {
	return d.ok(rBlock, func() bool {
		start := d.pos
		if d.has(tNewline) && d.has(tIndent) && d.statements() && d.has(tDedent) {
			return true
		}
		d.pos = start
		if d.simpleStmts() {
			return true
		}
		d.pos = start
		d.bad(func() {
			if d.has(tNewline) && d.kind() != tIndent {
				d.expectedBlock("")
			}
		})
		return false
	})
}

func (d *diagnosis) classDef() bool {
	start := d.pos
	head := func() bool {
		if !d.has(kwClass) || !d.has(tName) {
			return false
		}
		d.typeParams()
		d.try(func() bool { return d.has(tLpar) && d.optArguments() && d.has(tRpar) })
		return true
	}
	d.bad(func() {
		if head() && d.has(tNewline) {
			d.syntax("expected ':'")
		}
		d.pos = start
		if head() && d.noBlock() {
			d.expectedBlock(" after class definition on line %d", d.toks[start].line)
		}
	})
	return head() && d.has(tColon) && d.block()
}

func (d *diagnosis) optArguments() bool {
	d.arguments()
	return true
}

func (d *diagnosis) funcDef() bool {
	start := d.pos
	head := func(forced bool) bool {
		d.pos = start
		d.has(kwAsync)
		if !d.has(kwDef) || !d.has(tName) {
			return false
		}
		d.typeParams()
		if forced {
			d.forced(tLpar, "(")
		} else if !d.has(tLpar) {
			return false
		}
		d.params(false)
		if !d.has(tRpar) {
			return false
		}
		d.try(func() bool { return d.has(tArrow) && d.expression() != nil })
		return true
	}
	d.bad(func() {
		if head(false) && d.noBlock() {
			at := start
			if d.toks[at].kind == kwAsync {
				at++
			}
			d.expectedBlock(" after function definition on line %d", d.toks[at].line)
		}
		if head(true) {
			d.forced(tColon, ":")
			d.block()
		}
	})
	return head(false) && d.has(tColon) && d.block()
}

// Parameters, of a def or of a lambda; a lambda's end at a colon.

func (d *diagnosis) paramEnd(lambda bool) kind {
	if lambda {
		return tColon
	}
	return tRpar
}

// param matches a parameter without what follows it.
func (d *diagnosis) param(lambda bool) *Name {
	n := d.name()
	if n != nil && !lambda {
		d.try(func() bool { return d.has(tColon) && d.expression() != nil })
	}
	return n
}

func (d *diagnosis) paramTail(lambda bool) bool {
	return d.has(tComma) || d.kind() == d.paramEnd(lambda)
}

func (d *diagnosis) plainParam(lambda bool) bool {
	return d.try(func() bool { return d.param(lambda) != nil && d.paramTail(lambda) })
}

// starParam is a parameter after a star, with a starred annotation.
func (d *diagnosis) starParam(lambda bool) bool {
	return !lambda && d.try(func() bool {
		return d.has(tName) && d.has(tColon) && d.starExpression() != nil && d.paramTail(lambda)
	})
}

func (d *diagnosis) defaultValue() bool {
	if d.try(func() bool { return d.has(tEqual) && d.expression() != nil }) {
		return true
	}
	d.bad(func() {
		if t := d.got(tEqual); t != nil && d.ahead(tRpar, tComma) {
			d.raiseTok(&d.toks[d.pos-1], "expected default value expression")
		}
	})
	return false
}

func (d *diagnosis) defaultParam(lambda bool) bool {
	return d.try(func() bool { return d.param(lambda) != nil && d.defaultValue() && d.paramTail(lambda) })
}

func (d *diagnosis) maybeParam(lambda bool) bool {
	return d.try(func() bool {
		if d.param(lambda) == nil {
			return false
		}
		d.defaultValue()
		return d.paramTail(lambda)
	})
}

func (d *diagnosis) zeroOrMore(f func(bool) bool, lambda bool) int {
	n := 0
	for f(lambda) {
		n++
	}
	return n
}

func (d *diagnosis) slashTail(lambda bool) bool {
	return d.has(tSlash) && (d.has(tComma) || d.kind() == d.paramEnd(lambda))
}

func (d *diagnosis) slashPlain(lambda bool) bool {
	return d.try(func() bool { return d.zeroOrMore(d.plainParam, lambda) > 0 && d.slashTail(lambda) })
}

func (d *diagnosis) slashDefault(lambda bool) bool {
	return d.try(func() bool {
		d.zeroOrMore(d.plainParam, lambda)
		return d.zeroOrMore(d.defaultParam, lambda) > 0 && d.slashTail(lambda)
	})
}

func (d *diagnosis) params(lambda bool) bool {
	d.bad(func() { d.badParams(lambda) })
	switch {
	case d.slashPlain(lambda):
		d.zeroOrMore(d.plainParam, lambda)
		d.zeroOrMore(d.defaultParam, lambda)
	case d.slashDefault(lambda):
		d.zeroOrMore(d.defaultParam, lambda)
	case d.zeroOrMore(d.plainParam, lambda) > 0:
		d.zeroOrMore(d.defaultParam, lambda)
	case d.zeroOrMore(d.defaultParam, lambda) > 0:
	default:
		return d.starEtc(lambda)
	}
	d.starEtc(lambda)
	return true
}

func (d *diagnosis) starEtc(lambda bool) bool {
	d.bad(func() { d.badStarEtc(lambda) })
	return d.try(func() bool {
		if !d.has(tStar) || !d.plainParam(lambda) {
			return false
		}
		d.zeroOrMore(d.maybeParam, lambda)
		d.kwds(lambda)
		return true
	}) || d.try(func() bool {
		if !d.has(tStar) || !d.starParam(lambda) {
			return false
		}
		d.zeroOrMore(d.maybeParam, lambda)
		d.kwds(lambda)
		return true
	}) || d.try(func() bool {
		if !d.has(tStar) || !d.has(tComma) || d.zeroOrMore(d.maybeParam, lambda) == 0 {
			return false
		}
		d.kwds(lambda)
		return true
	}) || d.kwds(lambda)
}

func (d *diagnosis) kwds(lambda bool) bool {
	d.bad(func() {
		start := d.pos
		if d.has(tDoubleStar) && d.param(lambda) != nil {
			after := d.pos
			if t := d.got(tEqual); t != nil {
				d.raiseTok(&d.toks[after], "var-keyword argument cannot have default value")
			}
			if d.has(tComma) {
				if n := d.param(lambda); n != nil {
					d.raiseAt(n, "arguments cannot follow var-keyword argument")
				}
				d.pos = after + 1
				if d.ahead(tStar, tDoubleStar, tSlash) {
					d.raiseTok(d.peek(), "arguments cannot follow var-keyword argument")
				}
			}
		}
		d.pos = start
	})
	return d.try(func() bool { return d.has(tDoubleStar) && d.plainParam(lambda) })
}

func (d *diagnosis) badParams(lambda bool) {
	start := d.pos
	again := func() { d.pos = start }
	if d.has(tSlash) && d.has(tComma) {
		d.raiseTok(&d.toks[start], "at least one argument must precede /")
	}
	again()
	if d.slashPlain(lambda) || d.slashDefault(lambda) {
		d.zeroOrMore(d.maybeParam, lambda)
		if d.kind() == tSlash {
			d.raiseTok(d.peek(), "/ may appear only once")
		}
	}
	again()
	d.slashPlain(lambda)
	d.zeroOrMore(d.plainParam, lambda)
	if d.slashDefault(lambda) || d.zeroOrMore(d.defaultParam, lambda) > 0 {
		at := d.pos
		if d.plainParam(lambda) {
			d.raiseTok(&d.toks[at], "parameter without a default follows parameter with a default")
		}
	}
	again()
	d.zeroOrMore(d.plainParam, lambda)
	if t := d.pos; d.has(tLpar) {
		if lambda {
			if d.commas(func() bool { return d.has(tName) }) > 0 {
				d.has(tComma)
				if d.has(tRpar) {
					d.raiseTok(&d.toks[t], "Lambda expression parameters cannot be parenthesized")
				}
			}
		} else if d.zeroOrMore(d.plainParam, lambda) > 0 {
			d.has(tComma)
			if d.has(tRpar) {
				d.raiseTok(&d.toks[t], "Function parameters cannot be parenthesized")
			}
		}
	}
	again()
	if !d.slashPlain(lambda) {
		d.slashDefault(lambda)
	}
	d.zeroOrMore(d.maybeParam, lambda)
	if d.has(tStar) && (d.has(tComma) || d.plainParam(lambda)) {
		d.zeroOrMore(d.maybeParam, lambda)
		if d.kind() == tSlash {
			d.raiseTok(d.peek(), "/ must be ahead of *")
		}
	}
	again()
	if d.zeroOrMore(d.maybeParam, lambda) > 0 && d.has(tSlash) && d.kind() == tStar {
		d.raiseTok(d.peek(), "expected comma between / and *")
	}
}

func (d *diagnosis) badStarEtc(lambda bool) {
	start := d.pos
	if !d.has(tStar) {
		return
	}
	end := d.paramEnd(lambda)
	bare := d.has(end)
	if !bare && d.has(tComma) {
		bare = d.gotAny(end, tDoubleStar) != nil
	}
	if bare {
		if lambda {
			d.syntax("named arguments must follow bare *")
		}
		d.raiseTok(&d.toks[start], "named arguments must follow bare *")
	}
	d.pos = start + 1
	if d.param(lambda) != nil && d.kind() == tEqual {
		d.raiseTok(d.peek(), "var-positional argument cannot have default value")
	}
	d.pos = start + 1
	if d.plainParam(lambda) || d.has(tComma) {
		d.zeroOrMore(d.maybeParam, lambda)
		at := d.pos
		if d.has(tStar) && (d.plainParam(lambda) || d.has(tComma)) {
			d.raiseTok(&d.toks[at], "* argument may appear only once")
		}
	}
}

// Compound statements.

// header tries the mistakes of `keyword test:`.
func (d *diagnosis) badHeader(k kind, name string, rest func() bool) {
	d.bad(func() {
		start := d.pos
		if d.has(k) && rest() && d.has(tNewline) {
			d.syntax("expected ':'")
		}
		d.pos = start
		if d.has(k) && rest() && d.noBlock() {
			d.expectedBlock(" after '%s' statement on line %d", name, d.toks[start].line)
		}
	})
}

func (d *diagnosis) ifStmt(k kind, name string) bool {
	test := func() bool { return d.namedExpr() != nil }
	d.badHeader(k, name, test)
	start := d.pos
	if d.has(k) && test() && d.has(tColon) && d.block() && d.elifStmt() {
		return true
	}
	d.pos = start
	if d.has(k) && test() && d.has(tColon) && d.block() {
		d.try(d.elseBlock)
		return true
	}
	d.pos = start
	return false
}

func (d *diagnosis) elifStmt() bool {
	d.depth++
	defer func() { d.depth-- }()
	return d.ifStmt(kwElif, "elif")
}

func (d *diagnosis) elseBlock() bool {
	start := d.pos
	d.bad(func() {
		if d.has(kwElse) && d.noBlock() {
			d.expectedBlock(" after 'else' statement on line %d", d.toks[start].line)
		}
		d.pos = start
		if d.has(kwElse) && d.has(tColon) && d.block() && d.has(kwElif) {
			d.syntax("'elif' block follows an 'else' block")
		}
	})
	if !d.has(kwElse) {
		return false
	}
	d.forced(tColon, ":")
	return d.block()
}

func (d *diagnosis) whileStmt() bool {
	test := func() bool { return d.namedExpr() != nil }
	d.badHeader(kwWhile, "while", test)
	if !d.has(kwWhile) || !test() || !d.has(tColon) || !d.block() {
		return false
	}
	d.try(d.elseBlock)
	return true
}

func (d *diagnosis) forStmt() bool {
	start := d.pos
	head := func() bool {
		d.has(kwAsync)
		return d.has(kwFor) && d.starTargets() != nil && d.has(kwIn) && d.starExpressions() != nil
	}
	d.bad(func() {
		if head() && d.has(tNewline) {
			d.syntax("expected ':'")
		}
		d.pos = start
		if head() && d.noBlock() {
			at := start
			if d.toks[at].kind == kwAsync {
				at++
			}
			d.expectedBlock(" after 'for' statement on line %d", d.toks[at].line)
		}
	})
	d.has(kwAsync)
	if d.has(kwFor) && d.starTargets() != nil && d.has(kwIn) {
		if d.starExpressions() == nil || !d.has(tColon) || !d.block() {
			return false
		}
		d.try(d.elseBlock)
		return true
	}
	d.pos = start
	d.bad(d.badForTarget)
	return false
}

func (d *diagnosis) badForTarget() {
	d.has(kwAsync)
	if d.has(kwFor) {
		if x := d.starExpressions(); x != nil {
			d.raiseTarget(x, forTargetsKind)
		}
	}
}

func (d *diagnosis) withStmt() bool {
	start := d.pos
	loose := func(f func() Expr) func() bool {
		return func() bool {
			if f() == nil {
				return false
			}
			d.try(func() bool { return d.has(kwAs) && d.starTarget() != nil })
			return true
		}
	}
	with := func() bool { d.pos = start; d.has(kwAsync); return d.has(kwWith) }
	plain := func() bool { return with() && d.commas(loose(d.expression)) > 0 }
	paren := func() bool {
		if !with() || !d.has(tLpar) || d.commas(loose(d.expressions)) == 0 {
			return false
		}
		d.has(tComma)
		return d.has(tRpar)
	}
	d.bad(func() {
		line := func() int32 {
			if d.toks[start].kind == kwAsync {
				return d.toks[start+1].line
			}
			return d.toks[start].line
		}
		if plain() && d.noBlock() {
			d.expectedBlock(" after 'with' statement on line %d", line())
		}
		if paren() && d.noBlock() {
			d.expectedBlock(" after 'with' statement on line %d", line())
		}
	})
	if with() && d.has(tLpar) && d.commas(d.withItem) > 0 {
		d.has(tComma)
		if d.has(tRpar) && d.has(tColon) && d.block() {
			return true
		}
	}
	if with() && d.commas(d.withItem) > 0 && d.has(tColon) && d.block() {
		return true
	}
	d.pos = start
	d.bad(func() {
		if plain() && d.has(tNewline) {
			d.syntax("expected ':'")
		}
		if paren() && d.has(tNewline) {
			d.syntax("expected ':'")
		}
	})
	return false
}

func (d *diagnosis) withItem() bool {
	if d.try(func() bool {
		return d.expression() != nil && d.has(kwAs) && d.starTarget() != nil && d.ahead(tComma, tRpar, tColon)
	}) {
		return true
	}
	d.bad(func() {
		if d.expression() != nil && d.has(kwAs) {
			if x := d.expression(); x != nil && d.ahead(tComma, tRpar, tColon) {
				d.raiseTarget(x, starTargetsKind)
			}
		}
	})
	return d.expression() != nil
}

func (d *diagnosis) tryStmt() bool {
	start := d.pos
	d.bad(func() {
		if d.has(kwTry) && d.noBlock() {
			d.expectedBlock(" after 'try' statement on line %d", d.toks[start].line)
		}
		d.pos = start
		if d.has(kwTry) && d.has(tColon) && d.block() && !d.ahead(kwExcept, kwFinally) {
			d.syntax("expected 'except' or 'finally' block")
		}
		body := func() bool {
			d.pos = start
			if !d.has(kwTry) || !d.has(tColon) {
				return false
			}
			for d.block() {
			}
			return true
		}
		asName := func() { d.try(func() bool { return d.has(kwAs) && d.has(tName) }) }
		if body() && d.handlers(false) > 0 {
			at := d.pos
			if d.has(kwExcept) && d.has(tStar) && d.expression() != nil {
				asName()
				if d.has(tColon) {
					d.raiseTok(&d.toks[at], "cannot have both 'except' and 'except*' on the same 'try'")
				}
			}
		}
		if body() && d.handlers(true) > 0 {
			at := d.pos
			if d.has(kwExcept) {
				d.try(func() bool {
					if d.expression() == nil {
						return false
					}
					asName()
					return true
				})
				if d.has(tColon) {
					d.raiseTok(&d.toks[at], "cannot have both 'except' and 'except*' on the same 'try'")
				}
			}
		}
	})
	body := func() bool {
		d.pos = start
		if !d.has(kwTry) {
			return false
		}
		d.forced(tColon, ":")
		return d.block()
	}
	if body() && d.try(d.finallyBlock) {
		return true
	}
	for _, star := range []bool{false, true} {
		if body() && d.handlers(star) > 0 {
			d.try(d.elseBlock)
			d.try(d.finallyBlock)
			return true
		}
	}
	return false
}

func (d *diagnosis) finallyBlock() bool {
	start := d.pos
	d.bad(func() {
		if d.has(kwFinally) && d.noBlock() {
			d.expectedBlock(" after 'finally' statement on line %d", d.toks[start].line)
		}
	})
	if !d.has(kwFinally) {
		return false
	}
	d.forced(tColon, ":")
	return d.block()
}

func (d *diagnosis) handlers(star bool) int {
	n := 0
	for d.try(func() bool { return d.handler(star) }) {
		n++
	}
	return n
}

func (d *diagnosis) handler(star bool) bool {
	start := d.pos
	except := func() bool {
		d.pos = start
		return d.has(kwExcept) && (!star || d.has(tStar))
	}
	name := "except"
	if star {
		name = "except*"
	}
	asName := func() { d.try(func() bool { return d.has(kwAs) && d.has(tName) }) }
	d.bad(func() {
		if except() && d.expression() != nil {
			asName()
			if d.noBlock() {
				d.expectedBlock(" after '%s' statement on line %d", name, d.toks[start].line)
			}
		}
		if !star && except() && d.noBlock() {
			d.expectedBlock(" after 'except' statement on line %d", d.toks[start].line)
		}
	})
	if except() && d.expression() != nil && d.has(tColon) && d.block() {
		return true
	}
	if except() && d.expression() != nil && d.has(kwAs) && d.has(tName) && d.has(tColon) && d.block() {
		return true
	}
	if except() && d.expressions() != nil && d.has(tColon) && d.block() {
		return true
	}
	if !star && except() && d.has(tColon) && d.block() {
		return true
	}
	d.bad(func() {
		if except() {
			if x := d.expression(); x != nil && d.has(tComma) && d.expressions() != nil && d.has(kwAs) && d.has(tName) && d.has(tColon) {
				d.raiseAt(x, "multiple exception types must be parenthesized when using 'as'")
			}
		}
		if except() && d.expression() != nil {
			asName()
			if d.has(tNewline) {
				d.syntax("expected ':'")
			}
		}
		if except() {
			if star {
				if d.gotAny(tNewline, tColon) != nil {
					d.syntax("expected one or more exception types")
				}
			} else if d.has(tNewline) {
				d.syntax("expected ':'")
			}
		}
		if except() && d.expression() != nil && d.has(kwAs) {
			if x := d.expression(); x != nil && d.has(tColon) && d.block() {
				d.raiseAt(x, "cannot use %s statement with %s", name, describe(x))
			}
		}
	})
	return false
}

func (d *diagnosis) matchStmt() bool {
	start := d.pos
	subject := func() bool {
		d.pos = start
		if d.word("match") == nil {
			return false
		}
		return d.try(func() bool {
			if d.starNamed() == nil || !d.has(tComma) {
				return false
			}
			d.starNamedList()
			return true
		}) || d.namedExpr() != nil
	}
	if subject() && d.has(tColon) && d.has(tNewline) && d.has(tIndent) {
		n := 0
		for d.try(d.caseBlock) {
			n++
		}
		if n > 0 && d.has(tDedent) {
			return true
		}
	}
	d.pos = start
	d.bad(func() {
		if subject() && d.has(tNewline) {
			d.syntax("expected ':'")
		}
		if subject() && d.noBlock() {
			d.expectedBlock(" after 'match' statement on line %d", d.toks[start].line)
		}
	})
	return false
}

func (d *diagnosis) caseBlock() bool {
	start := d.pos
	head := func() bool {
		d.pos = start
		if d.word("case") == nil || !d.openPattern() {
			return false
		}
		d.try(func() bool { return d.has(kwIf) && d.namedExpr() != nil })
		return true
	}
	d.bad(func() {
		if head() && d.has(tNewline) {
			d.syntax("expected ':'")
		}
		if head() && d.noBlock() {
			d.expectedBlock(" after 'case' statement on line %d", d.toks[start].line)
		}
	})
	return head() && d.has(tColon) && d.block()
}

// Patterns.

func (d *diagnosis) openPattern() bool {
	return d.try(d.openSequence) || d.pattern() != nil
}

func (d *diagnosis) openSequence() bool {
	if d.maybeStar() == nil || !d.has(tComma) {
		return false
	}
	d.patternList()
	return true
}

func (d *diagnosis) patternList() bool {
	if d.commas(func() bool { return d.maybeStar() != nil }) == 0 {
		return false
	}
	d.has(tComma)
	return true
}

func (d *diagnosis) maybeStar() Node {
	if s := d.remember(rStarPattern, func() Node {
		start := d.pos
		if d.has(tStar) && (d.captureTarget() || d.word("_") != nil) {
			return &MatchStar{Pos: d.since(start)}
		}
		return nil
	}); s != nil {
		return s
	}
	return d.pattern()
}

func (d *diagnosis) captureTarget() bool {
	return d.try(func() bool {
		t := d.got(tName)
		return t != nil && d.textOf(t) != "_" && !d.ahead(tDot, tLpar, tEqual)
	})
}

func (d *diagnosis) pattern() Node {
	start := d.pos
	if d.orPattern() && d.has(kwAs) && d.captureTarget() {
		return &MatchAs{Pos: d.since(start)}
	}
	d.pos = start
	d.bad(func() {
		if !d.orPattern() || !d.has(kwAs) {
			return
		}
		if t := d.word("_"); t != nil {
			d.raiseTok(&d.toks[d.pos-1], "cannot use '_' as a target")
		}
		if x := d.expression(); x != nil {
			d.raiseAt(x, "cannot use %s as pattern target", describe(x))
		}
	})
	if d.orPattern() {
		return &MatchOr{Pos: d.since(start)}
	}
	return nil
}

func (d *diagnosis) orPattern() bool {
	n := 0
	for {
		start := d.pos
		if n > 0 && !d.has(tVbar) || !d.closedPattern() {
			d.pos = start
			return n > 0
		}
		n++
	}
}

func (d *diagnosis) number() *Constant {
	t := d.got(tNumber)
	if t == nil {
		return nil
	}
	p := &parser{scanner: scanner{src: d.src, tok: *t}}
	c := &Constant{Pos: spanOf(t)}
	p.setNumber(c, d.textOf(t))
	return c
}

func (d *diagnosis) literal() bool {
	return d.try(func() bool {
		d.has(tMinus)
		return d.number() != nil && !d.ahead(tPlus, tMinus)
	}) || d.try(func() bool {
		d.has(tMinus)
		c := d.number()
		if c == nil {
			return false
		}
		if c.Kind == Complex {
			d.raiseAt(c, "real number required in complex literal")
		}
		if d.gotAny(tPlus, tMinus) == nil {
			return false
		}
		if c = d.number(); c != nil && c.Kind != Complex {
			d.raiseAt(c, "imaginary number required in complex literal")
		}
		return c != nil
	}) || d.strings() != nil || d.gotAny(kwNone, kwTrue, kwFalse) != nil
}

func (d *diagnosis) closedPattern() bool {
	return d.ok(rClosedPattern, func() bool {
		start := d.pos
		if d.literal() || d.captureTarget() || d.word("_") != nil {
			return true
		}
		if d.attr() && !d.ahead(tDot, tLpar, tEqual) {
			return true
		}
		d.pos = start
		if d.has(tLpar) && d.pattern() != nil && d.has(tRpar) {
			return true
		}
		d.pos = start
		if d.has(tLsqb) {
			d.patternList()
			if d.has(tRsqb) {
				return true
			}
		}
		d.pos = start
		if d.has(tLpar) {
			d.try(d.openSequence)
			if d.has(tRpar) {
				return true
			}
		}
		d.pos = start
		return d.try(d.mappingPattern) || d.try(d.classPattern)
	})
}

func (d *diagnosis) attr() bool {
	return d.try(func() bool {
		n := 0
		if !d.has(tName) {
			return false
		}
		for d.try(func() bool { return d.has(tDot) && d.has(tName) }) {
			n++
		}
		return n > 0
	})
}

func (d *diagnosis) mappingPattern() bool {
	start := d.pos
	double := func() bool { return d.has(tDoubleStar) && d.captureTarget() }
	end := func() bool {
		d.has(tComma)
		return d.has(tRbrace)
	}
	item := func() bool {
		return (d.literal() || d.attr()) && d.has(tColon) && d.pattern() != nil
	}
	if !d.has(tLbrace) {
		return false
	}
	if d.has(tRbrace) || d.try(func() bool { return double() && end() }) {
		return true
	}
	d.pos = start + 1
	if d.commas(item) > 0 && d.has(tComma) && double() && end() {
		return true
	}
	d.pos = start + 1
	return d.commas(item) > 0 && end()
}

func (d *diagnosis) classPattern() bool {
	start := d.pos
	if !d.attr() && !d.has(tName) || !d.has(tLpar) {
		return false
	}
	open := d.pos
	end := func() bool {
		d.has(tComma)
		return d.has(tRpar)
	}
	var last Node
	var first Node
	positional := func() bool {
		first = nil
		return d.commas(func() bool {
			last = d.pattern()
			if first == nil {
				first = last
			}
			return last != nil
		}) > 0
	}
	keywords := func() bool {
		return d.commas(func() bool { return d.has(tName) && d.has(tEqual) && d.pattern() != nil }) > 0
	}
	if d.has(tRpar) || d.try(func() bool { return positional() && end() }) {
		return true
	}
	d.pos = open
	if keywords() && end() {
		return true
	}
	d.pos = open
	if positional() && d.has(tComma) && keywords() && end() {
		return true
	}
	d.pos = open
	d.bad(func() {
		d.try(func() bool { return positional() && d.has(tComma) })
		if keywords() && d.has(tComma) && positional() {
			d.raiseAt(first, "positional patterns follow keyword patterns")
		}
	})
	d.pos = start
	return false
}

// Types.

func (d *diagnosis) typeAlias() bool {
	if d.word("type") == nil || !d.has(tName) {
		return false
	}
	d.typeParams()
	return d.has(tEqual) && d.expression() != nil
}

func (d *diagnosis) typeParams() bool {
	d.bad(func() {
		if d.has(tLsqb) && d.kind() == tRsqb {
			d.raiseTok(d.peek(), "Type parameter list cannot be empty")
		}
	})
	return d.try(func() bool {
		if !d.has(tLsqb) || d.commas(d.typeParam) == 0 {
			return false
		}
		d.has(tComma)
		return d.has(tRsqb)
	})
}

func (d *diagnosis) typeParam() bool {
	return d.ok(rTypeParam, func() bool {
		start := d.pos
		value := func(f func() Expr) { d.try(func() bool { return d.has(tEqual) && f() != nil }) }
		if d.has(tName) {
			d.try(func() bool { return d.has(tColon) && d.expression() != nil })
			value(d.expression)
			return true
		}
		d.bad(func() {
			what := "TypeVarTuple"
			if d.kind() == tDoubleStar {
				what = "ParamSpec"
			}
			if d.gotAny(tStar, tDoubleStar) != nil && d.has(tName) && d.has(tColon) {
				colon := d.pos - 1
				if x := d.expression(); x != nil {
					bound := "bound"
					if _, ok := x.(*Tuple); ok {
						bound = "constraints"
					}
					d.raiseTok(&d.toks[colon], "cannot use %s with %s", bound, what)
				}
			}
		})
		if d.has(tStar) && d.has(tName) {
			value(d.starExpression)
			return true
		}
		d.pos = start
		if d.has(tDoubleStar) && d.has(tName) {
			value(d.expression)
			return true
		}
		return false
	})
}

func isLegacy(x Expr) bool {
	n, ok := x.(*Name)
	return ok && (n.ID == "print" || n.ID == "exec")
}

func isSoftKeyword(s string) bool { return strings.Contains(" _ case match type ", " "+s+" ") }
