package pyast

import (
	"fmt"
	"strings"
)

// Bounds on nesting, so that no input can exhaust the stack.
const (
	maxDepth = 5968 // expressions inside expressions
	maxChain = 9994 // links of operators, calls and elifs, over the chains of a statement that are long
)

const tooComplex = "Parser stack overflowed - Python source too complex to parse"

// parser is a recursive descent parser with one token of lookahead. It is
// made for source that is right; where something is wrong it only stops, and
// diagnose finds out what CPython would say.
type parser struct {
	scanner
	path   string
	errors ErrorList
	depth  int
	chain  int
	begin  place // of the top-level statement before the current one
	now    place // of the current one
	last   place // of the statement that began last, at any depth

	exprs      list[Expr]
	stmts      list[Stmt]
	args       list[*Arg]
	keywords   list[*Keyword]
	aliases    list[*Alias]
	comps      list[*Comprehension]
	items      list[*WithItem]
	handlers   list[*ExceptHandler]
	cases      list[*MatchCase]
	patterns   list[Pattern]
	typeParams list[TypeParam]
	names      list[string]
	cmpOps     list[CmpOperator]

	slabs
}

// place is where a statement begins.
type place struct{ offset, line int32 }

type slabs struct {
	nameSlab      slab[Name]
	attributes    slab[Attribute]
	constants     slab[Constant]
	calls         slab[Call]
	keywordSlab   slab[Keyword]
	argSlab       slab[Arg]
	argumentsSlab slab[Arguments]
	assigns       slab[Assign]
	exprStmts     slab[ExprStmt]
	binOps        slab[BinOp]
	unaryOps      slab[UnaryOp]
	compares      slab[Compare]
	boolOps       slab[BoolOp]
	subscripts    slab[Subscript]
	slices        slab[Slice]
	tuples        slab[Tuple]
	listSlab      slab[List]
	starreds      slab[Starred]
	ifs           slab[If]
	returns       slab[Return]
	functions     slab[FunctionDef]
	annAssigns    slab[AnnAssign]
	aliasSlab     slab[Alias]
	joined        slab[JoinedStr]
	formatted     slab[FormattedValue]
	ifExps        slab[IfExp]
	dicts         slab[Dict]
	augAssigns    slab[AugAssign]
}

// Parse parses the source of a Python file as CPython 3.14 does. Where the
// source has errors, err is an ErrorList and the module holds the statements
// that could be read.
func Parse(path string, src []byte) (*Module, error) {
	m := &Module{Path: path}
	p := &parser{path: path}
	source, err := decode(src)
	if err != nil {
		err.Path = path
		return m, ErrorList{err}
	}
	m.Text = source.text
	p.init(source)
	p.begin, p.now, p.last = place{0, 1}, place{0, 1}, place{0, 1}
	m.Body = p.file()
	if p.errors == nil {
		p.checkFuture(m.Body)
	}
	if p.errors == nil {
		return m, nil
	}
	p.errors.sort()
	for _, e := range p.errors {
		e.Path = path
	}
	return m, p.errors
}

func (p *parser) file() []Stmt {
	mark := len(p.stmts.stack)
	p.recovering(0, func() {
		if p.tok.kind == tEOF && p.tok.end == 0 {
			p.next() // the first token
		}
		for p.tok.kind != tEOF {
			if p.tok.kind != tIndent && p.tok.kind != tDedent {
				p.begin, p.now = p.now, place{p.tok.start, p.tok.line}
			}
			p.statement()
		}
	})
	return p.stmts.take(mark)
}

// pos returns a span from the given start to the end of the last token.
func (p *parser) span(line, col int32) Pos {
	return Pos{line, col, p.prevLine, p.prevCol}
}

// tokSpan returns the span of the current token.
func (p *parser) tokSpan() Pos {
	return Pos{p.tok.line, p.tok.col, p.tok.endLine, p.tok.endCol}
}

func (p *parser) text() string { return p.src[p.tok.start:p.tok.end] }

// fail stops parsing at the current token.
func (p *parser) fail() {
	panic(&Error{Kind: "SyntaxError", Line: int(p.tok.line), Col: p.charCol(p.tok.line, p.tok.col) + 1, Msg: "invalid syntax"})
}

// failAt stops parsing with a message that CPython gives at once.
func (p *parser) failAt(line, col int32, format string, args ...any) {
	panic(&Error{Kind: "SyntaxError", Line: int(line), Col: p.charCol(line, col) + 1, Msg: fmt.Sprintf(format, args...)})
}

func (p *parser) expect(k kind) {
	if p.tok.kind != k {
		p.fail()
	}
	p.next()
}

func (p *parser) got(k kind) bool {
	if p.tok.kind == k {
		p.next()
		return true
	}
	return false
}

// ident consumes a name and returns it.
func (p *parser) ident() string {
	if p.tok.kind != tName {
		p.fail()
	}
	name := p.identText()
	p.next()
	return name
}

func (p *parser) identText() string {
	name := p.text()
	if p.tok.flags&tokNonASCII != 0 {
		name = nfkc(name)
	}
	return name
}

// statement appends a compound statement or a line of simple ones to p.stmts.
func (p *parser) statement() {
	p.chain = 0
	line, col := p.tok.line, p.tok.col
	p.last = place{p.tok.start, line}
	switch p.tok.kind {
	case kwIf:
		p.push(p.ifStmt())
	case kwFor:
		p.push(p.forStmt(line, col, false))
	case kwWhile:
		p.push(p.whileStmt())
	case kwTry:
		p.push(p.tryStmt())
	case kwWith:
		p.push(p.withStmt(line, col, false))
	case kwDef:
		p.push(p.funcDef(line, col, nil, false))
	case kwClass:
		p.push(p.classDef(nil))
	case tAt:
		p.push(p.decorated())
	case kwAsync:
		p.next()
		switch p.tok.kind {
		case kwDef:
			p.push(p.funcDef(line, col, nil, true))
		case kwFor:
			p.push(p.forStmt(line, col, true))
		case kwWith:
			p.push(p.withStmt(line, col, true))
		default:
			p.fail()
		}
	case tName:
		if p.tok.end-p.tok.start == 5 && p.text() == "match" && p.isMatch() {
			p.push(p.matchStmt())
			return
		}
		p.simpleStmts()
	default:
		p.simpleStmts()
	}
}

func (p *parser) push(s Stmt) { p.stmts.stack = append(p.stmts.stack, s) }

func (p *parser) simpleStmts() {
	for {
		p.push(p.simpleStmt())
		if p.tok.kind == tNewline {
			p.next()
			return
		}
		p.expect(tSemi)
		if p.got(tNewline) {
			return
		}
	}
}

func (p *parser) simpleStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	switch p.tok.kind {
	case kwReturn:
		p.next()
		s := p.returns.get()
		if p.startsExpr() {
			s.Value = p.starExprs()
		}
		s.Pos = p.span(line, col)
		return s
	case kwImport:
		return p.importStmt()
	case kwFrom:
		return p.fromStmt()
	case kwRaise:
		p.next()
		s := &Raise{}
		if p.startsExpr() {
			s.Exc = p.expr()
			if p.got(kwFrom) {
				s.Cause = p.expr()
			}
		}
		s.Pos = p.span(line, col)
		return s
	case kwPass:
		p.next()
		return &Pass{p.span(line, col)}
	case kwBreak:
		p.next()
		return &Break{p.span(line, col)}
	case kwContinue:
		p.next()
		return &Continue{p.span(line, col)}
	case kwDel:
		return p.delStmt()
	case kwAssert:
		p.next()
		s := &Assert{Test: p.expr()}
		if p.got(tComma) {
			s.Msg = p.expr()
		}
		s.Pos = p.span(line, col)
		return s
	case kwGlobal:
		p.next()
		names := p.nameList()
		return &Global{p.span(line, col), names}
	case kwNonlocal:
		p.next()
		names := p.nameList()
		return &Nonlocal{p.span(line, col), names}
	case tName:
		if p.tok.end-p.tok.start == 4 && p.text() == "type" {
			if s := p.typeAlias(); s != nil {
				return s
			}
		}
	}
	return p.exprStmt()
}

func (p *parser) nameList() []string {
	mark := len(p.names.stack)
	for {
		p.names.stack = append(p.names.stack, p.ident())
		if !p.got(tComma) {
			return p.names.take(mark)
		}
	}
}

// exprStmt parses an expression, an assignment, or an annotated or augmented one.
func (p *parser) exprStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	first := p.tok.kind
	if first == kwYield {
		y := p.yieldExpr()
		if p.tok.kind == tEqual {
			p.fail()
		}
		return p.exprStmtOf(line, col, y)
	}
	x := p.starExprs()
	switch k := p.tok.kind; k {
	case tEqual:
		return p.assign(line, col, x)
	case tColon:
		name, simple := x.(*Name)
		switch {
		case simple:
			name.Ctx = Store
			simple = first != tLpar
		case !isSingleTarget(x):
			p.fail()
		default:
			setCtx(x, Store)
		}
		s := p.annAssigns.get()
		p.next()
		s.Target, s.Simple = x, simple
		s.Annotation = p.expr()
		if p.got(tEqual) {
			s.Value = p.annotatedRHS()
		}
		s.Pos = p.span(line, col)
		return s
	default:
		if op, ok := augOp(k); ok {
			if !isSingleTarget(x) {
				p.fail()
			}
			setCtx(x, Store)
			s := p.augAssigns.get()
			p.next()
			s.Target, s.Op = x, op
			s.Value = p.annotatedRHS()
			s.Pos = p.span(line, col)
			return s
		}
	}
	return p.exprStmtOf(line, col, x)
}

func (p *parser) exprStmtOf(line, col int32, x Expr) Stmt {
	s := p.exprStmts.get()
	s.Value = x
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) assign(line, col int32, x Expr) Stmt {
	mark := len(p.exprs.stack)
	for p.tok.kind == tEqual {
		p.target(x, Store)
		p.exprs.stack = append(p.exprs.stack, x)
		p.next()
		x = p.annotatedRHS()
	}
	s := p.assigns.get()
	s.Targets = p.exprs.take(mark)
	s.Value = x
	s.Pos = p.span(line, col)
	return s
}

func augOp(k kind) (Operator, bool) {
	switch k {
	case tPlusEqual:
		return Add, true
	case tMinEqual:
		return Sub, true
	case tStarEqual:
		return Mult, true
	case tAtEqual:
		return MatMult, true
	case tSlashEqual:
		return Div, true
	case tPercentEqual:
		return Mod, true
	case tAmperEqual:
		return BitAnd, true
	case tVbarEqual:
		return BitOr, true
	case tCircumflexEqual:
		return BitXor, true
	case tLeftShiftEqual:
		return LShift, true
	case tRightShiftEqual:
		return RShift, true
	case tDoubleStarEqual:
		return Pow, true
	case tDoubleSlashEqual:
		return FloorDiv, true
	}
	return 0, false
}

func isSingleTarget(x Expr) bool {
	switch x.(type) {
	case *Name, *Attribute, *Subscript:
		return true
	}
	return false
}

// target checks that x can be assigned to or deleted, and sets its context.
func (p *parser) target(x Expr, ctx Context) {
	switch x := x.(type) {
	case *Name:
		x.Ctx = ctx
	case *Attribute:
		x.Ctx = ctx
	case *Subscript:
		x.Ctx = ctx
	case *Tuple:
		for _, e := range x.Elts {
			p.target(e, ctx)
		}
		x.Ctx = ctx
	case *List:
		for _, e := range x.Elts {
			p.target(e, ctx)
		}
		x.Ctx = ctx
	case *Starred:
		if ctx == Del {
			p.fail()
		}
		if _, ok := x.Value.(*Starred); ok {
			p.fail()
		}
		p.target(x.Value, ctx)
		x.Ctx = ctx
	default:
		p.fail()
	}
}

func setCtx(x Expr, ctx Context) {
	switch x := x.(type) {
	case *Name:
		x.Ctx = ctx
	case *Attribute:
		x.Ctx = ctx
	case *Subscript:
		x.Ctx = ctx
	}
}

func (p *parser) annotatedRHS() Expr {
	if p.tok.kind == kwYield {
		return p.yieldExpr()
	}
	return p.starExprs()
}

func (p *parser) delStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	mark := len(p.exprs.stack)
	for {
		x := p.primaryExpr()
		p.target(x, Del)
		p.exprs.stack = append(p.exprs.stack, x)
		if !p.got(tComma) || p.tok.kind == tNewline || p.tok.kind == tSemi {
			break
		}
	}
	if p.tok.kind != tNewline && p.tok.kind != tSemi {
		p.fail()
	}
	s := &Delete{Targets: p.exprs.take(mark)}
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) importStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	mark := len(p.aliases.stack)
	for {
		al, ac := p.tok.line, p.tok.col
		a := p.aliasSlab.get()
		a.Name = p.dottedName()
		if p.got(kwAs) {
			a.AsName = p.ident()
		}
		a.Pos = p.span(al, ac)
		p.aliases.stack = append(p.aliases.stack, a)
		if !p.got(tComma) {
			break
		}
	}
	s := &Import{Names: p.aliases.take(mark)}
	s.Pos = p.span(line, col)
	return s
}

// dottedName parses a.b.c, where there may be spaces around the dots.
func (p *parser) dottedName() string {
	start, end := p.tok.start, p.tok.end
	plain := p.tok.flags&tokNonASCII == 0
	name := p.ident()
	if p.tok.kind != tDot {
		return name
	}
	for p.tok.kind == tDot {
		plain = plain && p.tok.start == end
		p.next()
		plain = plain && p.tok.start == p.prevEndOffset() && p.tok.flags&tokNonASCII == 0
		end = p.tok.end
		part := p.ident()
		if plain {
			name = p.src[start:end]
		} else {
			name += "." + part
		}
	}
	return name
}

// prevEndOffset is the offset just past the last dot of a dotted name.
func (p *parser) prevEndOffset() int32 {
	if p.prevLine != p.tok.line {
		return -1
	}
	return int32(p.lineStart) + p.prevCol
}

func (p *parser) fromStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	s := &ImportFrom{}
	for {
		if p.tok.kind == tDot {
			s.Level++
		} else if p.tok.kind == tEllipsis {
			s.Level += 3
		} else {
			break
		}
		p.next()
	}
	if s.Level == 0 || p.tok.kind != kwImport {
		s.Module = p.dottedName()
	}
	p.expect(kwImport)
	mark := len(p.aliases.stack)
	switch p.tok.kind {
	case tStar:
		a := p.aliasSlab.get()
		a.Name, a.Pos = "*", p.tokSpan()
		p.next()
		p.aliases.stack = append(p.aliases.stack, a)
	case tLpar:
		p.next()
		for {
			p.fromName()
			if !p.got(tComma) || p.tok.kind == tRpar {
				break
			}
		}
		p.expect(tRpar)
	default:
		for {
			p.fromName()
			if !p.got(tComma) {
				break
			}
		}
	}
	s.Names = p.aliases.take(mark)
	s.Pos = p.span(line, col)
	if s.Level == 0 && s.Module == "__future__" {
		for _, a := range s.Names {
			p.barry = p.barry || a.Name == flufl
		}
	}
	return s
}

func (p *parser) fromName() {
	line, col := p.tok.line, p.tok.col
	a := p.aliasSlab.get()
	a.Name = p.ident()
	if p.got(kwAs) {
		a.AsName = p.ident()
	}
	a.Pos = p.span(line, col)
	p.aliases.stack = append(p.aliases.stack, a)
}

// typeAlias parses `type X = ...`, or returns nil where type is a name.
func (p *parser) typeAlias() Stmt {
	line, col := p.tok.line, p.tok.col
	st := p.save()
	p.next()
	if p.tok.kind != tName {
		p.restore(st)
		return nil
	}
	n := p.nameSlab.get()
	n.Pos, n.Ctx = p.tokSpan(), Store
	n.ID = p.ident()
	s := &TypeAlias{Name: n}
	s.TypeParams = p.typeParamList()
	p.expect(tEqual)
	s.Value = p.expr()
	s.Pos = p.span(line, col)
	return s
}

// block parses what follows the colon of a compound statement.
func (p *parser) block() []Stmt {
	p.expect(tColon)
	mark := len(p.stmts.stack)
	if p.tok.kind != tNewline {
		p.simpleStmts()
		return p.stmts.take(mark)
	}
	p.next()
	if p.tok.kind != tIndent {
		p.fail()
	}
	p.next()
	indents := len(p.indents)
	p.recovering(indents, func() {
		for p.tok.kind != tDedent && p.tok.kind != tEOF {
			p.statement()
		}
		p.next()
	})
	return p.stmts.take(mark)
}

func (p *parser) ifStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	s := p.ifs.get()
	s.Test = p.namedExpr()
	s.Body = p.block()
	if p.tok.kind == kwElif {
		p.deepen()
		s.Orelse = p.stmts.one(p.ifStmt())
	} else {
		s.Orelse = p.elseBlock()
	}
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) elseBlock() []Stmt {
	if !p.got(kwElse) {
		return nil
	}
	return p.block()
}

func (p *parser) whileStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	s := &While{Test: p.namedExpr()}
	s.Body = p.block()
	s.Orelse = p.elseBlock()
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) forStmt(line, col int32, async bool) Stmt {
	p.next()
	s := &For{Async: async, Target: p.starTargets()}
	p.expect(kwIn)
	s.Iter = p.starExprs()
	s.Body = p.block()
	s.Orelse = p.elseBlock()
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) tryStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	s := &Try{Body: p.block()}
	mark := len(p.handlers.stack)
	for p.tok.kind == kwExcept {
		hl, hc := p.tok.line, p.tok.col
		p.next()
		h := &ExceptHandler{}
		star := p.got(tStar)
		if len(p.handlers.stack) > mark && star != s.Star {
			p.fail()
		}
		s.Star = star
		if star || p.tok.kind != tColon {
			tl, tc := p.tok.line, p.tok.col
			h.Type = p.expr()
			if p.tok.kind == tComma {
				h.Type = p.tupleRest(tl, tc, h.Type, (*parser).expr, tColon)
			} else if p.got(kwAs) {
				h.Name = p.ident()
			}
		}
		h.Body = p.block()
		h.Pos = p.span(hl, hc)
		p.handlers.stack = append(p.handlers.stack, h)
	}
	s.Handlers = p.handlers.take(mark)
	if len(s.Handlers) > 0 {
		s.Orelse = p.elseBlock()
	}
	if p.got(kwFinally) {
		s.Final = p.block()
	} else if len(s.Handlers) == 0 {
		p.fail()
	}
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) withStmt(line, col int32, async bool) Stmt {
	p.next()
	s := &With{Async: async}
	if p.tok.kind != tLpar || !p.parenItems(s) {
		mark := len(p.items.stack)
		for {
			p.withItem()
			if !p.got(tComma) {
				break
			}
		}
		s.Items = p.items.take(mark)
	}
	s.Body = p.block()
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) withItem() {
	w := &WithItem{Context: p.expr()}
	if p.got(kwAs) {
		w.Vars = p.starTarget()
		switch p.tok.kind {
		case tComma, tRpar, tColon:
		default:
			p.fail()
		}
	}
	p.items.stack = append(p.items.stack, w)
}

// parenItems tries to parse `(a as b, c):`. The bracket may as well be part
// of an expression; then it gives up and goes back.
func (p *parser) parenItems(s *With) (ok bool) {
	st := p.save()
	depth, mark, exprs := p.depth, len(p.items.stack), len(p.exprs.stack)
	marks := p.marks()
	defer func() {
		if !ok {
			if e := recover(); e != nil {
				if _, bad := e.(*Error); !bad {
					panic(e)
				}
			}
			p.restore(st)
			p.reset(marks)
			p.depth = depth
			p.items.stack = p.items.stack[:mark]
			p.exprs.stack = p.exprs.stack[:exprs]
		}
	}()
	p.next()
	for {
		p.withItem()
		if !p.got(tComma) || p.tok.kind == tRpar {
			break
		}
	}
	p.expect(tRpar)
	if p.tok.kind != tColon {
		return false
	}
	s.Items = p.items.take(mark)
	return true
}

func (p *parser) decorated() Stmt {
	mark := len(p.exprs.stack)
	for p.got(tAt) {
		x := p.namedExpr()
		p.exprs.stack = append(p.exprs.stack, x)
		p.expect(tNewline)
	}
	decorators := p.exprs.take(mark)
	line, col := p.tok.line, p.tok.col
	switch p.tok.kind {
	case kwClass:
		return p.classDef(decorators)
	case kwAsync:
		p.next()
		if p.tok.kind != kwDef {
			p.fail()
		}
		return p.funcDef(line, col, decorators, true)
	case kwDef:
		return p.funcDef(line, col, decorators, false)
	}
	p.fail()
	return nil
}

func (p *parser) funcDef(line, col int32, decorators []Expr, async bool) Stmt {
	p.next()
	s := p.functions.get()
	s.Async, s.Decorators = async, decorators
	s.Name = p.ident()
	s.TypeParams = p.typeParamList()
	p.expect(tLpar)
	s.Args = p.parameters(tRpar, true)
	p.expect(tRpar)
	if p.got(tArrow) {
		s.Returns = p.expr()
	}
	s.Body = p.block()
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) classDef(decorators []Expr) Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	s := &ClassDef{Decorators: decorators}
	s.Name = p.ident()
	s.TypeParams = p.typeParamList()
	if p.tok.kind == tLpar {
		p.next()
		s.Bases, s.Keywords = p.arguments(-1, 0)
		p.expect(tRpar)
	}
	s.Body = p.block()
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) typeParamList() []TypeParam {
	if p.tok.kind != tLsqb {
		return nil
	}
	p.next()
	mark := len(p.typeParams.stack)
	for {
		line, col := p.tok.line, p.tok.col
		var t TypeParam
		switch p.tok.kind {
		case tStar:
			p.next()
			v := &TypeVarTuple{Name: p.ident()}
			if p.got(tEqual) {
				v.Default = p.starExpr()
			}
			v.Pos = p.span(line, col)
			t = v
		case tDoubleStar:
			p.next()
			v := &ParamSpec{Name: p.ident()}
			if p.got(tEqual) {
				v.Default = p.expr()
			}
			v.Pos = p.span(line, col)
			t = v
		default:
			v := &TypeVar{Name: p.ident()}
			if p.got(tColon) {
				v.Bound = p.expr()
			}
			if p.got(tEqual) {
				v.Default = p.expr()
			}
			v.Pos = p.span(line, col)
			t = v
		}
		p.typeParams.stack = append(p.typeParams.stack, t)
		if !p.got(tComma) || p.tok.kind == tRsqb {
			break
		}
	}
	p.expect(tRsqb)
	return p.typeParams.take(mark)
}

// parameters parses the parameters of a def (annotated) or a lambda, up to
// but not including end.
func (p *parser) parameters(end kind, annotated bool) *Arguments {
	a := p.argumentsSlab.get()
	if p.tok.kind == end {
		return a
	}
	args, defaults, kw := len(p.args.stack), len(p.exprs.stack), -1
	// Default values of keyword-only parameters are kept apart.
	var kwDefaults []Expr
	for p.tok.kind != end {
		switch p.tok.kind {
		case tSlash:
			if kw >= 0 || a.PosOnly != nil || len(p.args.stack) == args {
				p.fail()
			}
			a.PosOnly = p.args.take(args)
			p.next()
		case tStar:
			if kw >= 0 {
				p.fail()
			}
			p.next()
			a.Args = p.args.take(args)
			kw = len(p.args.stack)
			if p.tok.kind == tComma {
				p.next()
				if p.tok.kind != tName {
					p.fail()
				}
				continue
			}
			a.Vararg = p.param(annotated, true)
		case tDoubleStar:
			p.next()
			a.Kwarg = p.param(annotated, false)
			p.got(tComma)
			if p.tok.kind != end {
				p.fail()
			}
			continue
		default:
			arg := p.param(annotated, false)
			p.args.stack = append(p.args.stack, arg)
			var def Expr
			if p.got(tEqual) {
				def = p.expr()
			} else if kw < 0 && len(p.exprs.stack) > defaults {
				p.fail()
			}
			if kw >= 0 {
				kwDefaults = append(kwDefaults, def)
			} else if def != nil {
				p.exprs.stack = append(p.exprs.stack, def)
			}
		}
		if p.tok.kind != end {
			p.expect(tComma)
		}
	}
	if kw >= 0 {
		a.KwOnly = p.args.take(kw)
		a.KwDefaults = kwDefaults
	} else {
		a.Args = p.args.take(args)
	}
	a.Defaults = p.exprs.take(defaults)
	return a
}

// param parses `name: annotation`; after a star the annotation may have one too.
func (p *parser) param(annotated, star bool) *Arg {
	line, col := p.tok.line, p.tok.col
	a := p.argSlab.get()
	a.Name = p.ident()
	if annotated && p.got(tColon) {
		if star {
			a.Annotation = p.starExpr()
		} else {
			a.Annotation = p.expr()
		}
	}
	a.Pos = p.span(line, col)
	return a
}

// flufl is the feature of __future__ that spells != as <>.
const flufl = "barry_as_FLUFL"

var futures = map[string]bool{"nested_scopes": true, "generators": true, "division": true, "absolute_import": true, "with_statement": true,
	"print_function": true, "unicode_literals": true, "generator_stop": true, "annotations": true, flufl: true}

// checkFuture refuses unknown features in the imports from __future__ that
// begin a file, after its docstring.
func (p *parser) checkFuture(body []Stmt) {
	for _, s := range body {
		switch s := s.(type) {
		case *ImportFrom:
			if s.Module != "__future__" || s.Level != 0 {
				return
			}
			for _, a := range s.Names {
				if futures[a.Name] {
					continue
				}
				msg := fmt.Sprintf("future feature %.100s is not defined", a.Name)
				if a.Name == "braces" {
					msg = "not a chance"
				}
				p.errors = append(p.errors, &Error{Kind: "SyntaxError", Line: int(a.Line), Col: p.charCol(a.Line, a.Col) + 1, Msg: msg})
				return
			}
		case *ExprStmt:
			if c, ok := s.Value.(*Constant); !ok || c.Kind != Str {
				return
			}
		default:
			return
		}
	}
}

// isMatch reports whether a line that begins with the name match is a match
// statement: then it ends in a colon, and as an expression it could not.
func (p *parser) isMatch() (yes bool) {
	st := p.save()
	p.next()
	switch p.tok.kind {
	case tName, tNumber, tString, tFStart, tTStart, tLpar, tLsqb, tLbrace, tMinus, tPlus, tTilde, tStar, tEllipsis,
		kwNone, kwTrue, kwFalse, kwNot, kwLambda, kwAwait:
	default:
		p.restore(st)
		return false
	}
	defer func() {
		if e := recover(); e != nil {
			if _, ok := e.(*Error); !ok {
				panic(e)
			}
		}
		p.restore(st)
	}()
	last := tEOF
	for p.tok.kind != tNewline && p.tok.kind != tEOF {
		last = p.tok.kind
		p.next()
	}
	return last == tColon
}

func (p *parser) deepen() {
	p.chain++
	if p.chain > maxChain {
		p.failAt(p.tok.line, p.tok.col, tooComplex)
	}
}

// recovering runs f, which parses the statements of a block that is indented
// by the given number of indents. After an error it goes on with the next
// line that belongs to the block.
func (p *parser) recovering(indents int, f func()) {
	for !p.attempt(f) {
		if !p.resync(indents) {
			return
		}
	}
}

func (p *parser) attempt(f func()) (ok bool) {
	depth := p.depth
	marks := p.marks()
	defer func() {
		if ok {
			return
		}
		e, is := recover().(*Error)
		if !is {
			panic(e)
		}
		p.report(e)
		p.depth = depth
		p.reset(marks)
	}()
	f()
	return true
}

// marks are the heights of the stacks where lists are collected.
type marks struct{ exprs, args, keywords, aliases, comps, items, handlers, cases, patterns, typeParams, names, cmpOps int }

func (p *parser) marks() marks {
	return marks{len(p.exprs.stack), len(p.args.stack), len(p.keywords.stack), len(p.aliases.stack), len(p.comps.stack), len(p.items.stack),
		len(p.handlers.stack), len(p.cases.stack), len(p.patterns.stack), len(p.typeParams.stack), len(p.names.stack), len(p.cmpOps.stack)}
}

func (p *parser) reset(m marks) {
	p.exprs.stack = p.exprs.stack[:m.exprs]
	p.args.stack = p.args.stack[:m.args]
	p.keywords.stack = p.keywords.stack[:m.keywords]
	p.aliases.stack = p.aliases.stack[:m.aliases]
	p.comps.stack = p.comps.stack[:m.comps]
	p.items.stack = p.items.stack[:m.items]
	p.handlers.stack = p.handlers.stack[:m.handlers]
	p.cases.stack = p.cases.stack[:m.cases]
	p.patterns.stack = p.patterns.stack[:m.patterns]
	p.typeParams.stack = p.typeParams.stack[:m.typeParams]
	p.names.stack = p.names.stack[:m.names]
	p.cmpOps.stack = p.cmpOps.stack[:m.cmpOps]
}

// maxErrors is how many errors are reported of one file.
const maxErrors = 20

// report records an error. The parser only knows that there is one, and about
// where; diagnosis knows what CPython says of it.
func (p *parser) report(e *Error) {
	if e.Msg != tooComplex {
		var better *Error
		if len(p.errors) == 0 {
			better = p.diagnosis(p.begin).first()
		} else {
			better = p.diagnosis(p.last).later()
		}
		if better != nil {
			e = better
		}
	}
	p.errors = append(p.errors, e)
}

// resync moves to the next line that is no deeper than the block with the
// given number of indents. It reports false where there is none.
func (p *parser) resync(indents int) bool {
	if len(p.errors) >= maxErrors {
		p.stop()
		return false
	}
	level := int32(0)
	if indents > 0 && len(p.indents) >= indents {
		level = p.indents[indents-1]
	} else if indents > 0 {
		p.stop()
		return false
	}
	src := p.src
	pos, line := int(p.tok.start), p.tok.line
	for {
		n := strings.IndexByte(src[pos:], '\n')
		if n < 0 {
			p.stop()
			return true
		}
		pos += n + 1
		line++
		i, col := pos, int32(0)
		for ; ; i++ {
			if src[i] == ' ' {
				col++
			} else if src[i] == '\t' {
				col = (col/8 + 1) * 8
			} else if src[i] != '\f' {
				break
			}
		}
		switch src[i] {
		case '\n', '#', ')', ']', '}', 0:
			continue
		}
		if col > level {
			continue
		}
		p.pos, p.lineStart, p.line = pos, pos, line
		break
	}
	p.parens, p.modes = p.parens[:0], p.modes[:0]
	p.pending = 0
	p.slow, p.bol = true, true
	if indents > 0 {
		p.indents, p.altIndents = p.indents[:indents], p.altIndents[:indents]
	} else {
		p.indents, p.altIndents = p.indents[:1], p.altIndents[:1]
	}
	if !p.attempt(p.next) {
		return p.resync(indents)
	}
	return true
}

// stop moves to the end of the file.
func (p *parser) stop() {
	p.pos = len(p.src) - 1
	p.slow, p.bol, p.pending = false, false, 0
	p.parens, p.modes = p.parens[:0], p.modes[:0]
	p.tok.kind = tEOF
	p.tok.start, p.tok.end = int32(p.pos), int32(p.pos)
}
