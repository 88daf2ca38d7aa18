package pyast

func (p *parser) matchStmt() Stmt {
	line, col := p.tok.line, p.tok.col
	p.next()
	s := &Match{}
	sl, sc := p.tok.line, p.tok.col
	star := p.tok.kind == tStar
	s.Subject = p.starNamedExpr()
	if p.tok.kind == tComma {
		s.Subject = p.tupleRest(sl, sc, s.Subject, (*parser).starNamedExpr, tColon)
	} else if star {
		p.fail()
	}
	p.expect(tColon)
	p.expect(tNewline)
	p.expect(tIndent)
	mark := len(p.cases.stack)
	for p.tok.kind != tDedent {
		if p.tok.kind != tName || p.text() != "case" {
			p.fail()
		}
		p.next()
		c := &MatchCase{Pattern: p.openPattern()}
		if p.got(kwIf) {
			c.Guard = p.namedExpr()
		}
		c.Body = p.block()
		p.cases.stack = append(p.cases.stack, c)
	}
	p.next()
	s.Cases = p.cases.take(mark)
	s.Pos = p.span(line, col)
	return s
}

// openPattern parses a pattern or a sequence without brackets.
func (p *parser) openPattern() Pattern {
	line, col := p.tok.line, p.tok.col
	star := p.tok.kind == tStar
	x := p.maybeStarPattern()
	if p.tok.kind != tComma {
		if star {
			p.fail()
		}
		return x
	}
	mark := len(p.patterns.stack)
	p.patterns.stack = append(p.patterns.stack, x)
	for p.got(tComma) && p.tok.kind != tColon && p.tok.kind != kwIf {
		x = p.maybeStarPattern()
		p.patterns.stack = append(p.patterns.stack, x)
	}
	s := &MatchSequence{Patterns: p.patterns.take(mark)}
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) maybeStarPattern() Pattern {
	if p.tok.kind != tStar {
		return p.pattern()
	}
	line, col := p.tok.line, p.tok.col
	p.next()
	s := &MatchStar{Name: p.ident()}
	if s.Name == "_" {
		s.Name = ""
	} else {
		p.notTarget()
	}
	s.Pos = p.span(line, col)
	return s
}

// notTarget refuses what cannot follow a name that is being bound.
func (p *parser) notTarget() {
	switch p.tok.kind {
	case tDot, tLpar, tEqual:
		p.fail()
	}
}

func (p *parser) pattern() Pattern {
	p.enter()
	line, col := p.tok.line, p.tok.col
	x := p.closedPattern()
	if p.tok.kind == tVbar {
		mark := len(p.patterns.stack)
		p.patterns.stack = append(p.patterns.stack, x)
		for p.got(tVbar) {
			x = p.closedPattern()
			p.patterns.stack = append(p.patterns.stack, x)
		}
		o := &MatchOr{Patterns: p.patterns.take(mark)}
		o.Pos = p.span(line, col)
		x = o
	}
	if p.got(kwAs) {
		if p.tok.kind != tName || p.text() == "_" {
			p.fail()
		}
		a := &MatchAs{Pattern: x, Name: p.ident()}
		p.notTarget()
		a.Pos = p.span(line, col)
		x = a
	}
	p.depth--
	return x
}

func (p *parser) closedPattern() Pattern {
	line, col := p.tok.line, p.tok.col
	switch p.tok.kind {
	case tNumber, tMinus, tString, tFStart, tTStart:
		v := &MatchValue{Value: p.literal()}
		v.Pos = p.span(line, col)
		return v
	case kwNone, kwTrue, kwFalse:
		s := &MatchSingleton{Kind: singleton(p.tok.kind)}
		p.next()
		s.Pos = p.span(line, col)
		return s
	case tName:
		wild := p.text() == "_"
		x := p.nameOrAttr()
		n, isName := x.(*Name)
		switch {
		case p.tok.kind == tLpar:
			return p.classPattern(line, col, x)
		case !isName:
			p.notTarget()
			v := &MatchValue{Value: x}
			v.Pos = p.span(line, col)
			return v
		}
		a := &MatchAs{}
		if !wild {
			a.Name = n.ID
			p.notTarget()
		}
		a.Pos = p.span(line, col)
		return a
	case tLpar:
		return p.parenPattern(line, col)
	case tLsqb:
		p.next()
		s := &MatchSequence{}
		mark := len(p.patterns.stack)
		for p.tok.kind != tRsqb {
			x := p.maybeStarPattern()
			p.patterns.stack = append(p.patterns.stack, x)
			if !p.got(tComma) {
				break
			}
		}
		p.expect(tRsqb)
		s.Patterns = p.patterns.take(mark)
		s.Pos = p.span(line, col)
		return s
	case tLbrace:
		return p.mappingPattern(line, col)
	}
	p.fail()
	return nil
}

func singleton(k kind) ConstKind {
	switch k {
	case kwTrue:
		return True
	case kwFalse:
		return False
	}
	return None
}

// parenPattern parses a group or a sequence in round brackets.
func (p *parser) parenPattern(line, col int32) Pattern {
	p.next()
	s := &MatchSequence{}
	if p.tok.kind != tRpar {
		star := p.tok.kind == tStar
		x := p.maybeStarPattern()
		if !star && p.got(tRpar) {
			return x
		}
		mark := len(p.patterns.stack)
		p.patterns.stack = append(p.patterns.stack, x)
		if p.tok.kind != tComma {
			p.fail()
		}
		for p.got(tComma) && p.tok.kind != tRpar {
			x = p.maybeStarPattern()
			p.patterns.stack = append(p.patterns.stack, x)
		}
		s.Patterns = p.patterns.take(mark)
	}
	p.expect(tRpar)
	s.Pos = p.span(line, col)
	return s
}

func (p *parser) nameOrAttr() Expr {
	line, col := p.tok.line, p.tok.col
	n := p.nameSlab.get()
	n.Pos = p.tokSpan()
	n.ID = p.ident()
	var x Expr = n
	for p.got(tDot) {
		a := p.attributes.get()
		a.Value = x
		a.Attr = p.ident()
		a.Pos = p.span(line, col)
		x = a
		p.deepen()
	}
	return x
}

func (p *parser) classPattern(line, col int32, cls Expr) Pattern {
	p.next()
	c := &MatchClass{Cls: cls}
	mark := len(p.patterns.stack)
	var attrs []string
	var values []Pattern
	for p.tok.kind != tRpar {
		if p.tok.kind == tName && p.followedByEqual() {
			attrs = append(attrs, p.ident())
			p.next()
			values = append(values, p.pattern())
		} else {
			if len(attrs) > 0 {
				p.fail()
			}
			x := p.pattern()
			p.patterns.stack = append(p.patterns.stack, x)
		}
		if !p.got(tComma) {
			break
		}
	}
	p.expect(tRpar)
	c.Patterns, c.KwdAttrs, c.KwdPatterns = p.patterns.take(mark), attrs, values
	c.Pos = p.span(line, col)
	return c
}

func (p *parser) followedByEqual() bool {
	st := p.save()
	p.next()
	eq := p.tok.kind == tEqual
	p.restore(st)
	return eq
}

func (p *parser) mappingPattern(line, col int32) Pattern {
	p.next()
	m := &MatchMapping{}
	mark, keys := len(p.patterns.stack), len(p.exprs.stack)
	for p.tok.kind != tRbrace {
		if p.got(tDoubleStar) {
			if p.tok.kind != tName || p.text() == "_" {
				p.fail()
			}
			m.Rest = p.ident()
			p.notTarget()
			p.got(tComma)
			break
		}
		var key Expr
		switch p.tok.kind {
		case kwNone:
			key = p.constant(None)
		case kwTrue:
			key = p.constant(True)
		case kwFalse:
			key = p.constant(False)
		case tName:
			key = p.nameOrAttr()
			if _, bare := key.(*Name); bare {
				p.fail()
			}
		case tNumber, tMinus, tString, tFStart, tTStart:
			key = p.literal()
		default:
			p.fail()
		}
		p.exprs.stack = append(p.exprs.stack, key)
		p.expect(tColon)
		x := p.pattern()
		p.patterns.stack = append(p.patterns.stack, x)
		if !p.got(tComma) {
			break
		}
	}
	p.expect(tRbrace)
	m.Keys, m.Patterns = p.exprs.take(keys), p.patterns.take(mark)
	m.Pos = p.span(line, col)
	return m
}

// literal parses a number with sign, a complex number or a string.
func (p *parser) literal() Expr {
	line, col := p.tok.line, p.tok.col
	switch p.tok.kind {
	case tString, tFStart:
		return p.stringAtom()
	case tTStart:
		return p.templateAtom()
	}
	x := p.signedNumber()
	if p.tok.kind != tPlus && p.tok.kind != tMinus {
		return x
	}
	if c := numberOf(x); c.Kind == Complex {
		p.failAt(c.Line, c.Col, "real number required in complex literal")
	}
	b := p.binOps.get()
	b.Left, b.Op = x, binOp[p.tok.kind]
	p.next()
	if p.tok.kind != tNumber {
		p.fail()
	}
	imag := p.numberAtom()
	if c := numberOf(imag); c.Kind != Complex {
		p.failAt(c.Line, c.Col, "imaginary number required in complex literal")
	}
	b.Right = imag
	b.Pos = p.span(line, col)
	return b
}

// signedNumber parses a number that may have a minus sign.
func (p *parser) signedNumber() Expr {
	line, col := p.tok.line, p.tok.col
	if !p.got(tMinus) {
		return p.numberAtom()
	}
	u := p.unaryOps.get()
	u.Op = USub
	u.Operand = p.numberAtom()
	u.Pos = p.span(line, col)
	return u
}

func numberOf(x Expr) *Constant {
	if u, ok := x.(*UnaryOp); ok {
		x = u.Operand
	}
	return x.(*Constant)
}
