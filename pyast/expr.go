package pyast

// startsExpr reports whether the current token can begin an expression or a
// starred one; where it cannot, an optional expression is absent.
func (p *parser) startsExpr() bool { return exprStart[p.tok.kind] }

var exprStart = [kindCount]bool{tName: true, tNumber: true, tString: true, tFStart: true, tTStart: true, tLpar: true, tLsqb: true,
	tLbrace: true, tMinus: true, tPlus: true, tTilde: true, tStar: true, tEllipsis: true, kwNone: true, kwTrue: true, kwFalse: true,
	kwNot: true, kwLambda: true, kwAwait: true}

// nest counts levels of nesting; the caller lowers p.depth again.
func (p *parser) nest(levels int) {
	p.depth += levels
	if p.depth > maxDepth {
		p.failAt(p.tok.line, p.tok.col, tooComplex)
	}
}

// enter counts one level of nesting; the caller lowers p.depth again.
func (p *parser) enter() {
	p.nest(1)
}

// starExprs parses `a, *b, c`, a tuple where there is a comma.
func (p *parser) starExprs() Expr {
	line, col := p.tok.line, p.tok.col
	x := p.starExpr()
	if p.tok.kind != tComma {
		return x
	}
	mark := len(p.exprs.stack)
	p.exprs.stack = append(p.exprs.stack, x)
	for p.got(tComma) && p.startsExpr() {
		x = p.starExpr()
		p.exprs.stack = append(p.exprs.stack, x)
	}
	t := p.tuples.get()
	t.Elts = p.exprs.take(mark)
	t.Pos = p.span(line, col)
	return t
}

// tupleRest parses `, b, c` after a first element, up to the token end.
func (p *parser) tupleRest(line, col int32, first Expr, elem func(*parser) Expr, end kind) Expr {
	mark := len(p.exprs.stack)
	p.exprs.stack = append(p.exprs.stack, first)
	for p.got(tComma) && p.tok.kind != end {
		x := elem(p)
		p.exprs.stack = append(p.exprs.stack, x)
	}
	t := p.tuples.get()
	t.Elts = p.exprs.take(mark)
	t.Pos = p.span(line, col)
	return t
}

func (p *parser) starExpr() Expr {
	if p.tok.kind == tStar {
		return p.starred(precBitOr)
	}
	return p.expr()
}

func (p *parser) starred(prec uint8) Expr {
	line, col := p.tok.line, p.tok.col
	p.next()
	s := p.starreds.get()
	if prec == 0 {
		s.Value = p.expr()
	} else {
		s.Value = p.binary(prec)
	}
	s.Pos = p.span(line, col)
	return s
}

// namedExpr parses an expression or `name := expr`.
func (p *parser) namedExpr() Expr {
	first := p.tok.kind
	x := p.expr()
	if p.tok.kind == tColonEqual {
		return p.walrus(first, x)
	}
	return x
}

func (p *parser) walrus(first kind, x Expr) Expr {
	n, ok := x.(*Name)
	if !ok || first != tName {
		p.fail()
	}
	p.next()
	n.Ctx = Store
	w := &NamedExpr{Target: n, Value: p.expr()}
	w.Pos = p.span(n.Line, n.Col)
	return w
}

func (p *parser) starNamedExpr() Expr {
	if p.tok.kind == tStar {
		return p.starred(precBitOr)
	}
	return p.namedExpr()
}

func (p *parser) expr() Expr {
	if p.tok.kind == kwLambda {
		return p.lambda()
	}
	line, col := p.tok.line, p.tok.col
	x := p.binary(precOr)
	if p.tok.kind != kwIf {
		return x
	}
	p.enter()
	p.next()
	c := p.ifExps.get()
	c.Body = x
	c.Test = p.binary(precOr)
	p.expect(kwElse)
	c.Orelse = p.expr()
	c.Pos = p.span(line, col)
	p.depth--
	return c
}

func (p *parser) lambda() Expr {
	p.nest(2)
	line, col := p.tok.line, p.tok.col
	p.next()
	l := &Lambda{Args: p.parameters(tColon, false)}
	p.expect(tColon)
	l.Body = p.expr()
	l.Pos = p.span(line, col)
	p.depth -= 2
	return l
}

func (p *parser) yieldExpr() Expr {
	line, col := p.tok.line, p.tok.col
	p.next()
	if p.got(kwFrom) {
		y := &YieldFrom{Value: p.expr()}
		y.Pos = p.span(line, col)
		return y
	}
	y := &Yield{}
	if p.startsExpr() {
		y.Value = p.starExprs()
	}
	y.Pos = p.span(line, col)
	return y
}

// Precedences, loosest first.
const (
	precOr uint8 = iota + 1
	precAnd
	precNot
	precCompare
	precBitOr
	precBitXor
	precBitAnd
	precShift
	precSum
	precTerm
)

var prec = [kindCount]uint8{kwOr: precOr, kwAnd: precAnd,
	tEqEqual: precCompare, tNotEqual: precCompare, tLess: precCompare, tLessEqual: precCompare, tGreater: precCompare,
	tGreaterEqual: precCompare, kwIn: precCompare, kwIs: precCompare, kwNot: precCompare,
	tVbar: precBitOr, tCircumflex: precBitXor, tAmper: precBitAnd, tLeftShift: precShift, tRightShift: precShift,
	tPlus: precSum, tMinus: precSum, tStar: precTerm, tSlash: precTerm, tDoubleSlash: precTerm, tPercent: precTerm, tAt: precTerm}

var binOp = [kindCount]Operator{tVbar: BitOr, tCircumflex: BitXor, tAmper: BitAnd, tLeftShift: LShift, tRightShift: RShift,
	tPlus: Add, tMinus: Sub, tStar: Mult, tSlash: Div, tDoubleSlash: FloorDiv, tPercent: Mod, tAt: MatMult}

// binary parses operators that bind as tightly as min or tighter.
func (p *parser) binary(min uint8) Expr {
	line, col := p.tok.line, p.tok.col
	var x Expr
	if p.tok.kind == kwNot {
		if min > precNot {
			p.fail()
		}
		p.enter()
		p.next()
		u := p.unaryOps.get()
		u.Op = Not
		u.Operand = p.binary(precNot)
		u.Pos = p.span(line, col)
		p.depth--
		x = u
	} else {
		x = p.unary()
	}
	for n := 0; ; n++ {
		pr := prec[p.tok.kind]
		if pr < min || pr == 0 {
			return x
		}
		if n > 100 {
			p.deepen()
		}
		switch pr {
		case precOr:
			x = p.boolOp(line, col, x, Or, kwOr, precAnd)
		case precAnd:
			x = p.boolOp(line, col, x, And, kwAnd, precNot)
		case precCompare:
			x = p.compare(line, col, x)
		default:
			op := binOp[p.tok.kind]
			p.next()
			b := p.binOps.get()
			b.Left, b.Op = x, op
			if pr == precTerm {
				b.Right = p.unary()
			} else {
				b.Right = p.binary(pr + 1)
			}
			b.Pos = p.span(line, col)
			x = b
		}
	}
}

func (p *parser) boolOp(line, col int32, x Expr, op BoolOperator, k kind, min uint8) Expr {
	p.enter()
	mark := len(p.exprs.stack)
	p.exprs.stack = append(p.exprs.stack, x)
	for p.got(k) {
		x = p.binary(min)
		p.exprs.stack = append(p.exprs.stack, x)
	}
	b := p.boolOps.get()
	b.Op = op
	b.Values = p.exprs.take(mark)
	b.Pos = p.span(line, col)
	p.depth--
	return b
}

func (p *parser) compare(line, col int32, x Expr) Expr {
	p.enter()
	c := p.compares.get()
	c.Left = x
	mark, ops := len(p.exprs.stack), len(p.cmpOps.stack)
	for prec[p.tok.kind] == precCompare {
		var op CmpOperator
		switch p.tok.kind {
		case tEqEqual:
			op = Eq
		case tNotEqual:
			if (p.src[p.tok.start] == '<') != p.barry {
				p.fail()
			}
			op = NotEq
		case tLess:
			op = Lt
		case tLessEqual:
			op = LtE
		case tGreater:
			op = Gt
		case tGreaterEqual:
			op = GtE
		case kwIn:
			op = In
		case kwIs:
			op = Is
			p.next()
			if p.tok.kind == kwNot {
				op = IsNot
				p.next()
			}
		case kwNot:
			op = NotIn
			p.next()
			if p.tok.kind != kwIn {
				p.fail()
			}
		}
		if op != Is && op != IsNot {
			p.next()
		}
		y := p.binary(precBitOr)
		p.cmpOps.stack = append(p.cmpOps.stack, op)
		p.exprs.stack = append(p.exprs.stack, y)
	}
	c.Ops = p.cmpOps.take(ops)
	c.Comparators = p.exprs.take(mark)
	c.Pos = p.span(line, col)
	p.depth--
	return c
}

// unary parses signs, powers and await.
func (p *parser) unary() Expr {
	line, col := p.tok.line, p.tok.col
	var op UnaryOperator
	switch p.tok.kind {
	case tMinus:
		op = USub
	case tPlus:
		op = UAdd
	case tTilde:
		op = Invert
	default:
		x := p.awaitPrimary()
		if p.tok.kind != tDoubleStar {
			return x
		}
		p.nest(2)
		p.next()
		b := p.binOps.get()
		b.Left, b.Op = x, Pow
		b.Right = p.unary()
		b.Pos = p.span(line, col)
		p.depth -= 2
		return b
	}
	p.enter()
	p.next()
	u := p.unaryOps.get()
	u.Op = op
	u.Operand = p.unary()
	u.Pos = p.span(line, col)
	p.depth--
	return u
}

func (p *parser) awaitPrimary() Expr {
	if p.tok.kind != kwAwait {
		return p.primaryExpr()
	}
	line, col := p.tok.line, p.tok.col
	p.next()
	a := &Await{Value: p.primaryExpr()}
	a.Pos = p.span(line, col)
	return a
}

// primaryExpr parses an atom and the attributes, calls and subscripts after it.
func (p *parser) primaryExpr() Expr {
	line, col := p.tok.line, p.tok.col
	x := p.atom()
	for n := 0; ; n++ {
		switch p.tok.kind {
		case tDot:
			p.next()
			if p.tok.kind != tName {
				p.fail()
			}
			a := p.attributes.get()
			a.Value = x
			a.Attr = p.identText()
			a.Pos = Pos{line, col, p.tok.endLine, p.tok.endCol}
			p.next()
			x = a
		case tLpar:
			p.enter()
			c := p.calls.get()
			pl, pc := p.tok.line, p.tok.col
			p.next()
			c.Func = x
			if p.tok.kind != tRpar {
				c.Args, c.Keywords = p.arguments(pl, pc)
				if p.tok.kind != tRpar {
					p.fail()
				}
			}
			c.Pos = Pos{line, col, p.tok.endLine, p.tok.endCol}
			p.next()
			x = c
			p.depth--
		case tLsqb:
			p.enter()
			s := p.subscripts.get()
			p.next()
			s.Value = x
			s.Slice = p.subscript()
			if p.tok.kind != tRsqb {
				p.fail()
			}
			s.Pos = Pos{line, col, p.tok.endLine, p.tok.endCol}
			p.next()
			x = s
			p.depth--
		default:
			return x
		}
		if n > 100 {
			p.deepen()
		}
	}
}

// arguments parses what is between the brackets of a call, which open at
// line and col; in a class header (line -1) a bare generator is an error.
func (p *parser) arguments(line, col int32) ([]Expr, []*Keyword) {
	mark, kwMark := len(p.exprs.stack), len(p.keywords.stack)
	unpacked := false // ** has been seen
	for p.tok.kind != tRpar {
		al, ac := p.tok.line, p.tok.col
		switch p.tok.kind {
		case tStar:
			if unpacked {
				p.fail()
			}
			x := p.starred(0)
			p.exprs.stack = append(p.exprs.stack, x)
		case tDoubleStar:
			p.next()
			k := p.keywordSlab.get()
			k.Value = p.expr()
			k.Pos = p.span(al, ac)
			p.keywords.stack = append(p.keywords.stack, k)
			unpacked = true
		default:
			first := p.tok.kind
			x := p.expr()
			switch p.tok.kind {
			case tEqual:
				n, ok := x.(*Name)
				if !ok || first != tName {
					p.fail()
				}
				p.next()
				k := p.keywordSlab.get()
				k.Name = n.ID
				k.Value = p.expr()
				k.Pos = p.span(al, ac)
				p.keywords.stack = append(p.keywords.stack, k)
			default:
				if p.tok.kind == tColonEqual {
					x = p.walrus(first, x)
				}
				if p.tok.kind == kwFor || p.tok.kind == kwAsync {
					if line < 0 || len(p.exprs.stack) > mark || len(p.keywords.stack) > kwMark {
						p.fail()
					}
					g := &GeneratorExp{Elt: x, Generators: p.comprehensions()}
					if p.tok.kind != tRpar {
						p.fail()
					}
					g.Pos = Pos{line, col, p.tok.endLine, p.tok.endCol}
					return p.exprs.one(g), nil
				}
				if len(p.keywords.stack) > kwMark {
					p.fail()
				}
				p.exprs.stack = append(p.exprs.stack, x)
			}
		}
		if p.tok.kind != tComma {
			break
		}
		p.next()
	}
	return p.exprs.take(mark), p.keywords.take(kwMark)
}

// subscript parses what is between square brackets after a value.
func (p *parser) subscript() Expr {
	line, col := p.tok.line, p.tok.col
	star := p.tok.kind == tStar
	x := p.slice()
	if p.tok.kind != tComma && !star {
		return x
	}
	return p.tupleRest(line, col, x, (*parser).slice, tRsqb)
}

func (p *parser) slice() Expr {
	line, col := p.tok.line, p.tok.col
	var x Expr
	switch p.tok.kind {
	case tStar:
		return p.starred(0)
	case tColon:
	default:
		x = p.namedExpr()
		if p.tok.kind != tColon {
			return x
		}
		if _, ok := x.(*NamedExpr); ok && p.prevIsWalrus(x, line, col) {
			p.fail()
		}
	}
	s := p.slices.get()
	s.Lower = x
	p.next()
	if p.startsExpr() {
		s.Upper = p.expr()
	}
	if p.got(tColon) && p.startsExpr() {
		s.Step = p.expr()
	}
	s.Pos = p.span(line, col)
	return s
}

// prevIsWalrus tells `a := b` from `(a := b)`.
func (p *parser) prevIsWalrus(x Expr, line, col int32) bool {
	at := x.Span()
	return at.Line == line && at.Col == col
}

func (p *parser) atom() Expr {
	switch p.tok.kind {
	case tName:
		n := p.nameSlab.get()
		n.ID = p.identText()
		n.Pos = p.tokSpan()
		p.next()
		return n
	case tNumber:
		return p.numberAtom()
	case tString, tFStart:
		return p.stringAtom()
	case tTStart:
		return p.templateAtom()
	case kwNone:
		return p.constant(None)
	case kwTrue:
		return p.constant(True)
	case kwFalse:
		return p.constant(False)
	case tEllipsis:
		return p.constant(Ellipsis)
	case tLpar:
		p.enter()
		x := p.paren()
		p.depth--
		return x
	case tLsqb:
		p.enter()
		x := p.listDisplay()
		p.depth--
		return x
	case tLbrace:
		p.enter()
		x := p.braces()
		p.depth--
		return x
	}
	p.fail()
	return nil
}

func (p *parser) constant(k ConstKind) Expr {
	c := p.constants.get()
	c.Kind = k
	c.Pos = p.tokSpan()
	p.next()
	return c
}

// paren parses a group, a tuple or a generator expression.
func (p *parser) paren() Expr {
	line, col := p.tok.line, p.tok.col
	p.next()
	switch p.tok.kind {
	case tRpar:
		p.next()
		t := p.tuples.get()
		t.Pos = p.span(line, col)
		return t
	case kwYield:
		y := p.yieldExpr()
		p.expect(tRpar)
		return y
	}
	star := p.tok.kind == tStar
	x := p.starNamedExpr()
	switch p.tok.kind {
	case tRpar:
		if star {
			p.fail()
		}
		p.next()
		return x
	case tComma:
		mark := len(p.exprs.stack)
		p.exprs.stack = append(p.exprs.stack, x)
		for p.got(tComma) && p.tok.kind != tRpar {
			x = p.starNamedExpr()
			p.exprs.stack = append(p.exprs.stack, x)
		}
		p.expect(tRpar)
		t := p.tuples.get()
		t.Elts = p.exprs.take(mark)
		t.Pos = p.span(line, col)
		return t
	case kwFor, kwAsync:
		if star {
			p.fail()
		}
		g := &GeneratorExp{Elt: x, Generators: p.comprehensions()}
		p.expect(tRpar)
		g.Pos = p.span(line, col)
		return g
	}
	p.fail()
	return nil
}

func (p *parser) listDisplay() Expr {
	line, col := p.tok.line, p.tok.col
	p.next()
	mark := len(p.exprs.stack)
	for p.tok.kind != tRsqb {
		star := p.tok.kind == tStar
		x := p.starNamedExpr()
		if (p.tok.kind == kwFor || p.tok.kind == kwAsync) && len(p.exprs.stack) == mark && !star {
			c := &ListComp{Elt: x, Generators: p.comprehensions()}
			p.expect(tRsqb)
			c.Pos = p.span(line, col)
			return c
		}
		p.exprs.stack = append(p.exprs.stack, x)
		if !p.got(tComma) {
			break
		}
	}
	p.expect(tRsqb)
	l := p.listSlab.get()
	l.Elts = p.exprs.take(mark)
	l.Pos = p.span(line, col)
	return l
}

// braces parses a dict, a set or a comprehension of either.
func (p *parser) braces() Expr {
	line, col := p.tok.line, p.tok.col
	p.next()
	if p.tok.kind == tRbrace || p.tok.kind == tDoubleStar {
		return p.dict(line, col, nil)
	}
	star := p.tok.kind == tStar
	x := p.starNamedExpr()
	if p.tok.kind == tColon && !star {
		if _, ok := x.(*NamedExpr); ok && p.prevIsWalrus(x, x.Span().Line, x.Span().Col) && p.src[p.tok.start-1] != ')' {
			p.fail()
		}
		return p.dict(line, col, x)
	}
	if (p.tok.kind == kwFor || p.tok.kind == kwAsync) && !star {
		c := &SetComp{Elt: x, Generators: p.comprehensions()}
		p.expect(tRbrace)
		c.Pos = p.span(line, col)
		return c
	}
	mark := len(p.exprs.stack)
	p.exprs.stack = append(p.exprs.stack, x)
	for p.got(tComma) && p.tok.kind != tRbrace {
		x = p.starNamedExpr()
		p.exprs.stack = append(p.exprs.stack, x)
	}
	p.expect(tRbrace)
	s := &Set{Elts: p.exprs.take(mark)}
	s.Pos = p.span(line, col)
	return s
}

// dict parses a dict whose first key, if there is one, has been read.
func (p *parser) dict(line, col int32, key Expr) Expr {
	// Keys and values alternate on the stack.
	mark := len(p.exprs.stack)
	for p.tok.kind != tRbrace {
		if key == nil && p.got(tDoubleStar) {
			x := p.binary(precBitOr)
			p.exprs.stack = append(p.exprs.stack, nil, x)
		} else {
			if key == nil {
				key = p.expr()
			}
			p.expect(tColon)
			x := p.expr()
			if (p.tok.kind == kwFor || p.tok.kind == kwAsync) && len(p.exprs.stack) == mark {
				c := &DictComp{Key: key, Value: x, Generators: p.comprehensions()}
				p.expect(tRbrace)
				c.Pos = p.span(line, col)
				return c
			}
			p.exprs.stack = append(p.exprs.stack, key, x)
			key = nil
		}
		if !p.got(tComma) {
			break
		}
	}
	p.expect(tRbrace)
	d := p.dicts.get()
	both := p.exprs.take(mark)
	n := len(both) / 2
	if n > 0 {
		// Unzip: keys to the front, values to the stack and back.
		vals := len(p.exprs.stack)
		for i := 0; i < n; i++ {
			p.exprs.stack = append(p.exprs.stack, both[2*i+1])
			both[i] = both[2*i]
		}
		copy(both[n:], p.exprs.stack[vals:])
		clear(p.exprs.stack[vals:])
		p.exprs.stack = p.exprs.stack[:vals]
		d.Keys, d.Values = both[:n:n], both[n:]
	}
	d.Pos = p.span(line, col)
	return d
}

// comprehensions parses `for x in y if z ...`, once or more.
func (p *parser) comprehensions() []*Comprehension {
	mark := len(p.comps.stack)
	for p.tok.kind == kwFor || p.tok.kind == kwAsync {
		c := &Comprehension{Async: p.got(kwAsync)}
		p.expect(kwFor)
		c.Target = p.starTargets()
		p.expect(kwIn)
		c.Iter = p.binary(precOr)
		ifs := len(p.exprs.stack)
		for p.got(kwIf) {
			x := p.binary(precOr)
			p.exprs.stack = append(p.exprs.stack, x)
		}
		c.Ifs = p.exprs.take(ifs)
		p.comps.stack = append(p.comps.stack, c)
	}
	return p.comps.take(mark)
}

// starTargets parses the targets of a for.
func (p *parser) starTargets() Expr {
	line, col := p.tok.line, p.tok.col
	x := p.starTarget()
	if p.tok.kind != tComma {
		return x
	}
	t := p.tupleRest(line, col, x, (*parser).starTarget, kwIn).(*Tuple)
	t.Ctx = Store
	return t
}

func (p *parser) starTarget() Expr {
	var x Expr
	if p.tok.kind == tStar {
		line, col := p.tok.line, p.tok.col
		p.next()
		s := p.starreds.get()
		s.Value = p.primaryExpr()
		s.Pos = p.span(line, col)
		x = s
	} else {
		x = p.primaryExpr()
	}
	p.target(x, Store)
	return x
}
