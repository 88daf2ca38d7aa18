package pyast

import "strings"

// Expressions, as diagnosis tries them.

func (d *diagnosis) tupleOf(f func() Expr) Expr {
	start := d.pos
	first := f()
	if first == nil {
		d.pos = start
		return nil
	}
	list := []Expr{first}
	for d.try(func() bool {
		if !d.has(tComma) {
			return false
		}
		x := f()
		if x != nil {
			list = append(list, x)
		}
		return x != nil
	}) {
	}
	if d.has(tComma) || len(list) > 1 {
		return &Tuple{Pos: d.since(start), Elts: list}
	}
	return first
}

func (d *diagnosis) expressions() Expr { return d.tupleOf(d.expression) }

func (d *diagnosis) starExpressions() Expr { return d.tupleOf(d.starExpression) }

func (d *diagnosis) starExpression() Expr {
	return d.expr(rStarExpression, func() Expr {
		start := d.pos
		if d.has(tStar) {
			if x := d.bitOr(); x != nil {
				return &Starred{Pos: d.since(start), Value: x}
			}
			d.pos = start
		}
		return d.expression()
	})
}

func (d *diagnosis) starNamed() Expr {
	start := d.pos
	if d.has(tStar) {
		if x := d.bitOr(); x != nil {
			return &Starred{Pos: d.since(start), Value: x}
		}
		d.pos = start
	}
	return d.namedExpr()
}

// starNamedList matches items with commas between and perhaps after.
func (d *diagnosis) starNamedList() []Expr {
	list := d.exprList(d.starNamed)
	if list != nil {
		d.has(tComma)
	}
	return list
}

func (d *diagnosis) walrus() Expr {
	start := d.pos
	n := d.name()
	if n != nil && d.has(tColonEqual) {
		x := d.expression()
		if x == nil {
			panic(cut{})
		}
		return &NamedExpr{Pos: d.since(start), Target: n, Value: x}
	}
	d.pos = start
	return nil
}

// cut is raised where a rule has gone too far to try its alternatives.
type cut struct{}

// uncut runs f and fails where f was cut.
func (d *diagnosis) uncut(f func() Expr) (x Expr) {
	start := d.pos
	depth := d.depth
	defer func() {
		switch e := recover().(type) {
		case nil:
		case cut:
			d.pos, d.depth = start, depth
			x = nil
		default:
			panic(e)
		}
	}()
	return f()
}

func (d *diagnosis) namedExpr() Expr {
	start := d.pos
	if x := d.uncut(d.walrus); x != nil {
		return x
	}
	d.pos = start
	d.bad(d.badNamedExpr)
	if x := d.expression(); x != nil && d.kind() != tColonEqual {
		return x
	}
	d.pos = start
	return nil
}

func (d *diagnosis) badNamedExpr() {
	d.remember(rBadNamed, func() Node {
		start := d.pos
		if x := d.expression(); x != nil && d.has(tColonEqual) && d.expression() != nil {
			d.raiseAt(x, "cannot use assignment expressions with %s", describe(x))
		}
		d.pos = start
		if n := d.name(); n != nil && d.has(tEqual) && d.bitOr() != nil && !d.ahead(tEqual, tColonEqual) {
			d.raiseAt(n, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
		}
		d.pos = start
		if d.not(func() bool {
			return d.list() != nil || d.tuple() != nil || d.genexp() != nil || d.gotAny(kwTrue, kwNone, kwFalse) != nil
		}) {
			if x := d.bitOr(); x != nil && d.has(tEqual) && d.bitOr() != nil && !d.ahead(tEqual, tColonEqual) {
				d.raiseAt(x, "cannot assign to %s here. Maybe you meant '==' instead of '='?", describe(x))
			}
		}
		return nil
	})
}

func (d *diagnosis) expression() Expr {
	return d.expr(rExpression, func() Expr {
		d.bad(d.badExpression)
		d.bad(d.legacyExpression)
		return d.plainExpression()
	})
}

func (d *diagnosis) plainExpression() Expr {
	start := d.pos
	if x := d.disjunction(); x != nil {
		if d.has(kwIf) {
			if t := d.disjunction(); t != nil && d.has(kwElse) {
				if y := d.expression(); y != nil {
					return &IfExp{Pos: d.since(start), Body: x, Test: t, Orelse: y}
				}
			}
		}
	}
	d.pos = start
	if x := d.disjunction(); x != nil {
		return x
	}
	return d.lambda()
}

// withoutInvalid parses an expression with the rules for mistakes off.
func (d *diagnosis) withoutInvalid() Expr {
	was := d.invalid
	d.invalid = false
	defer func() { d.invalid = was }()
	return d.plainExpression()
}

func (d *diagnosis) badExpression() {
	start := d.pos
	again := func() { d.pos = start }
	if d.has(tString) {
		var first Expr
		for d.try(func() bool {
			if d.kind() == tString {
				return false
			}
			x := d.withoutInvalid()
			if first == nil {
				first = x
			}
			return x != nil
		}) {
		}
		if first != nil && d.has(tString) {
			d.raiseAt(first, "invalid syntax. Is this intended to be part of the string?")
		}
	}
	again()
	if d.not(func() bool {
		t := d.got(tName)
		return t != nil && (isSoftKeyword(d.textOf(t)) || d.kind() == tString)
	}) {
		if x := d.disjunction(); x != nil && d.withoutInvalid() != nil {
			if !isLegacy(x) && d.toks[d.pos-1].level != 0 {
				d.raiseAt(x, "invalid syntax. Perhaps you forgot a comma?")
			}
		}
	}
	again()
	if x := d.disjunction(); x != nil && d.has(kwIf) && d.disjunction() != nil && !d.ahead(kwElse, tColon) {
		d.raiseAt(x, "expected 'else' after 'if' expression")
	}
	again()
	if d.disjunction() != nil && d.has(kwIf) && d.disjunction() != nil && d.has(kwElse) &&
		d.not(func() bool { return d.expression() != nil }) {
		d.raiseNext("expected expression after 'else', but statement is given")
	}
	again()
	if d.gotAny(kwPass, kwBreak, kwContinue) != nil && d.has(kwIf) && d.disjunction() != nil && d.has(kwElse) && d.simpleStmt() {
		d.raiseTok(&d.toks[start], "expected expression before 'if', but statement is given")
	}
	again()
	if d.has(kwLambda) {
		d.params(true)
		if d.has(tColon) && d.ahead(tFMiddle, tTMiddle) {
			letter := "f"
			if d.kind() == tTMiddle {
				letter = "t"
			}
			d.raiseTok(&d.toks[start], "%s-string: lambda expressions are not allowed without parentheses", letter)
		}
	}
}

func (d *diagnosis) legacyExpression() {
	n := d.name()
	if n == nil || d.kind() == tLpar {
		return
	}
	if d.starExpressions() != nil && isLegacy(n) {
		d.raiseAt(n, "Missing parentheses in call to '%s'. Did you mean %s(...)?", n.ID, n.ID)
	}
}

func (d *diagnosis) yieldExpr() Expr {
	start := d.pos
	if !d.has(kwYield) {
		return nil
	}
	if d.has(kwFrom) {
		if x := d.expression(); x != nil {
			return &YieldFrom{Pos: d.since(start), Value: x}
		}
		d.pos = start + 1
	}
	x := d.starExpressions()
	return &Yield{Pos: d.since(start), Value: x}
}

func (d *diagnosis) boolean(sub func() Expr, k kind, op BoolOperator) Expr {
	start := d.pos
	first := sub()
	if first == nil {
		return nil
	}
	n := 0
	for d.try(func() bool { return d.has(k) && sub() != nil }) {
		n++
	}
	if n == 0 {
		return first
	}
	return &BoolOp{Pos: d.since(start), Op: op}
}

func (d *diagnosis) disjunction() Expr {
	return d.expr(rDisjunction, func() Expr { return d.boolean(d.conjunction, kwOr, Or) })
}

func (d *diagnosis) conjunction() Expr {
	return d.expr(rConjunction, func() Expr { return d.boolean(d.inversion, kwAnd, And) })
}

func (d *diagnosis) inversion() Expr {
	return d.expr(rInversion, func() Expr {
		start := d.pos
		if d.has(kwNot) {
			if d.inversion() != nil {
				return &UnaryOp{Pos: d.since(start), Op: Not}
			}
			d.pos = start
		}
		return d.comparison()
	})
}

func (d *diagnosis) comparison() Expr {
	start := d.pos
	left := d.bitOr()
	if left == nil {
		return nil
	}
	var ops []CmpOperator
	for d.try(func() bool {
		op := Eq
		switch t := d.peek(); t.kind {
		case tNotEqual:
			if angle := d.src[t.start] == '<'; angle != d.barry {
				if d.barry {
					d.syntax("with Barry as BDFL, use '<>' instead of '!='")
				}
				return false
			}
		case kwNot:
			d.pos++
			if d.kind() != kwIn {
				return false
			}
		case kwIs:
			d.pos++
			after := d.pos
			if d.has(kwNot) && d.bitOr() != nil {
				ops = append(ops, Is)
				return true
			}
			d.pos = after
			if d.bitOr() != nil {
				ops = append(ops, Is)
				return true
			}
			return false
		case kwIn:
			op = In
		case tEqEqual, tLess, tLessEqual, tGreater, tGreaterEqual:
		default:
			return false
		}
		d.pos++
		if d.bitOr() == nil {
			return false
		}
		ops = append(ops, op)
		return true
	}) {
	}
	if len(ops) == 0 {
		return left
	}
	return &Compare{Pos: d.since(start), Left: left, Ops: ops}
}

// leftRec matches a left-associative operator.
func (d *diagnosis) leftRec(r rule, sub func() Expr, bad func(), ops ...kind) Expr {
	return d.expr(r, func() Expr {
		start := d.pos
		if bad != nil {
			d.bad(bad)
		}
		x := sub()
		if x == nil {
			return nil
		}
		for d.try(func() bool { return d.gotAny(ops...) != nil && sub() != nil }) {
			x = &BinOp{Pos: d.since(start)}
		}
		return x
	})
}

func (d *diagnosis) bitOr() Expr  { return d.leftRec(rBitOr, d.bitXor, nil, tVbar) }
func (d *diagnosis) bitXor() Expr { return d.leftRec(rBitXor, d.bitAnd, nil, tCircumflex) }
func (d *diagnosis) bitAnd() Expr { return d.leftRec(rBitAnd, d.shift, nil, tAmper) }

func (d *diagnosis) shift() Expr {
	return d.leftRec(rShift, d.sum, func() {
		if d.sum() != nil && d.gotAny(tPlus, tMinus, tStar, tSlash, tPercent, tDoubleSlash, tAt) != nil {
			d.badNot(d.inversion)
		}
	}, tLeftShift, tRightShift)
}

// badNot raises for `not` where an operand should be.
func (d *diagnosis) badNot(operand func() Expr) {
	at := d.pos
	if d.has(kwNot) && operand() != nil {
		d.raiseTok(&d.toks[at], "'not' after an operator must be parenthesized")
	}
}

func (d *diagnosis) sum() Expr { return d.leftRec(rSum, d.term, nil, tPlus, tMinus) }

func (d *diagnosis) term() Expr {
	return d.leftRec(rTerm, d.factor, func() {
		if d.gotAny(tPlus, tMinus, tTilde) != nil {
			d.badNot(d.factor)
		}
	}, tStar, tSlash, tDoubleSlash, tPercent, tAt)
}

func (d *diagnosis) factor() Expr {
	return d.expr(rFactor, func() Expr {
		start := d.pos
		if d.gotAny(tPlus, tMinus, tTilde) != nil {
			if d.factor() != nil {
				return &UnaryOp{Pos: d.since(start), Op: USub}
			}
			d.pos = start
		}
		x := d.await()
		if x == nil {
			return nil
		}
		if d.try(func() bool { return d.has(tDoubleStar) && d.factor() != nil }) {
			return &BinOp{Pos: d.since(start)}
		}
		return x
	})
}

func (d *diagnosis) await() Expr {
	return d.expr(rAwait, func() Expr {
		start := d.pos
		if d.has(kwAwait) {
			if x := d.primary(); x != nil {
				return &Await{Pos: d.since(start), Value: x}
			}
			d.pos = start
		}
		return d.primary()
	})
}

func (d *diagnosis) primary() Expr {
	return d.expr(rPrimary, func() Expr {
		start := d.pos
		x := d.atom()
		for x != nil {
			y := d.trailer(start)
			if y == nil {
				break
			}
			x = y
		}
		return x
	})
}

// trailer matches one attribute, call or subscript.
func (d *diagnosis) trailer(start int) Expr {
	at := d.pos
	switch d.kind() {
	case tDot:
		d.pos++
		if d.has(tName) {
			return &Attribute{Pos: d.since(start)}
		}
	case tLpar:
		if d.genexp() != nil {
			return &Call{Pos: d.since(start)}
		}
		d.pos = at + 1
		d.arguments()
		if d.has(tRpar) {
			return &Call{Pos: d.since(start)}
		}
	case tLbrace:
		d.genexp() // which is tried after every primary, and looks for mistakes in braces too
	case tLsqb:
		d.genexp()
		d.pos = at + 1
		if d.slices() && d.has(tRsqb) {
			return &Subscript{Pos: d.since(start)}
		}
	}
	d.pos = at
	return nil
}

func (d *diagnosis) slices() bool {
	start := d.pos
	if d.slice() && d.kind() != tComma {
		return true
	}
	d.pos = start
	if d.commas(func() bool { return d.try(d.slice) || d.starredExpression() != nil }) == 0 {
		return false
	}
	d.has(tComma)
	return true
}

func (d *diagnosis) slice() bool {
	start := d.pos
	d.expression()
	if d.has(tColon) {
		d.expression()
		if d.has(tColon) {
			d.expression()
		}
		return true
	}
	d.pos = start
	return d.namedExpr() != nil
}

func (d *diagnosis) atom() Expr {
	t := d.peek()
	literal := func(k ConstKind) Expr {
		d.pos++
		return &Constant{Pos: spanOf(&d.toks[d.pos-1]), Kind: k}
	}
	first := func(rules ...func() Expr) Expr {
		start := d.pos
		for _, f := range rules {
			d.pos = start
			if x := f(); x != nil {
				return x
			}
		}
		d.pos = start
		return nil
	}
	switch t.kind {
	case tName:
		return d.name()
	case kwTrue:
		return literal(True)
	case kwFalse:
		return literal(False)
	case kwNone:
		return literal(None)
	case tEllipsis:
		return literal(Ellipsis)
	case tString, tFStart, tTStart:
		return d.strings()
	case tNumber:
		return d.number()
	case tLpar:
		return first(d.tuple, d.group, d.genexp)
	case tLsqb:
		return first(d.list, d.listComp)
	case tLbrace:
		return first(d.dict, d.set, d.dictComp, d.setComp)
	}
	return nil
}

func (d *diagnosis) group() Expr {
	start := d.pos
	if d.has(tLpar) {
		x := d.yieldExpr()
		if x == nil {
			x = d.namedExpr()
		}
		if x != nil && d.has(tRpar) {
			return x
		}
	}
	d.pos = start
	d.bad(func() {
		if !d.has(tLpar) {
			return
		}
		if x := d.starredExpression(); x != nil && d.has(tRpar) {
			d.raiseAt(x, "cannot use starred expression here")
		}
		d.pos = start + 1
		if d.has(tDoubleStar) && d.expression() != nil && d.has(tRpar) {
			d.raiseTok(&d.toks[start+1], "cannot use double starred expression here")
		}
	})
	return nil
}

func (d *diagnosis) lambda() Expr {
	start := d.pos
	if !d.has(kwLambda) {
		return nil
	}
	d.params(true)
	if d.has(tColon) && d.expression() != nil {
		return &Lambda{Pos: d.since(start)}
	}
	d.pos = start
	return nil
}

func (d *diagnosis) list() Expr {
	start := d.pos
	if d.has(tLsqb) {
		elts := d.starNamedList()
		if d.has(tRsqb) {
			return &List{Pos: d.since(start), Elts: elts}
		}
	}
	d.pos = start
	return nil
}

func (d *diagnosis) tuple() Expr {
	start := d.pos
	if d.has(tLpar) {
		var elts []Expr
		d.try(func() bool {
			x := d.starNamed()
			if x == nil || !d.has(tComma) {
				return false
			}
			elts = append([]Expr{x}, d.starNamedList()...)
			return true
		})
		if d.has(tRpar) {
			return &Tuple{Pos: d.since(start), Elts: elts}
		}
	}
	d.pos = start
	return nil
}

func (d *diagnosis) set() Expr {
	start := d.pos
	if d.has(tLbrace) && d.starNamedList() != nil && d.has(tRbrace) {
		return &Set{Pos: d.since(start)}
	}
	d.pos = start
	return nil
}

func (d *diagnosis) kvpair() bool {
	return d.expression() != nil && d.has(tColon) && d.expression() != nil
}

func (d *diagnosis) doubleStarred() bool {
	return d.try(func() bool { return d.has(tDoubleStar) && d.bitOr() != nil }) || d.try(d.kvpair)
}

func (d *diagnosis) dict() Expr {
	start := d.pos
	if !d.has(tLbrace) {
		return nil
	}
	if d.commas(d.doubleStarred) > 0 {
		d.has(tComma)
	}
	if d.has(tRbrace) {
		return &Dict{Pos: d.since(start)}
	}
	// Other than the rest, this rule for mistakes is tried in both passes.
	d.pos = start + 1
	d.badDict()
	d.pos = start
	return nil
}

func (d *diagnosis) badDict() {
	start := d.pos
	emptyValue := func() {
		if d.expression() != nil && d.has(tColon) && d.ahead(tRbrace, tComma) {
			d.raiseTok(&d.toks[d.pos-1], "expression expected after dictionary key and ':'")
		}
	}
	starValue := func() {
		if d.expression() != nil && d.has(tColon) {
			at := d.pos
			if d.has(tStar) && d.bitOr() != nil {
				d.raiseTok(&d.toks[at], "cannot use a starred expression in a dictionary value")
			}
		}
	}
	if d.commas(d.doubleStarred) > 0 && d.has(tComma) {
		pair := d.pos
		if x := d.expression(); x != nil && d.kind() != tColon {
			at := x.Span()
			d.raise(at.Line, at.EndCol-1, "':' expected after dictionary key")
		}
		d.pos = pair
		starValue()
		d.pos = pair
		emptyValue()
	}
	d.pos = start
	starValue()
	d.pos = start
	emptyValue()
}

// forIfs matches the clauses of a comprehension, and returns the last
// expression in them.
func (d *diagnosis) forIfs() (last Expr) {
	for {
		start := d.pos
		x := d.forIf()
		if x == nil {
			d.pos = start
			return last
		}
		last = x
	}
}

func (d *diagnosis) forIf() (last Expr) {
	start := d.pos
	d.has(kwAsync)
	if d.has(kwFor) && d.starTargets() != nil && d.has(kwIn) {
		// Beyond `in`, no alternative is left.
		last = d.disjunction()
		if last == nil {
			return nil
		}
		for d.try(func() bool {
			if !d.has(kwIf) {
				return false
			}
			x := d.disjunction()
			if x != nil {
				last = x
			}
			return x != nil
		}) {
		}
		return last
	}
	d.pos = start
	d.bad(func() {
		d.has(kwAsync)
		if d.has(kwFor) {
			if d.exprList(d.bitOr) != nil {
				d.has(tComma)
				if d.kind() != kwIn {
					d.syntax("'in' expected after for-loop variables")
				}
			}
		}
	})
	d.bad(d.badForTarget)
	return nil
}

func (d *diagnosis) comprehension(open, end kind, x Expr) Expr {
	start := d.pos
	if d.has(open) && d.starNamedOnly(open) != nil && d.forIfs() != nil && d.has(end) {
		*x.Span() = d.since(start)
		return x
	}
	d.pos = start
	d.bad(d.badComprehension)
	return nil
}

func (d *diagnosis) starNamedOnly(open kind) Expr {
	if open == tLpar {
		start := d.pos
		if x := d.uncut(d.walrus); x != nil {
			return x
		}
		d.pos = start
		if x := d.expression(); x != nil && d.kind() != tColonEqual {
			return x
		}
		return nil
	}
	return d.namedExpr()
}

func (d *diagnosis) listComp() Expr { return d.comprehension(tLsqb, tRsqb, &ListComp{}) }
func (d *diagnosis) setComp() Expr  { return d.comprehension(tLbrace, tRbrace, &SetComp{}) }
func (d *diagnosis) genexp() Expr   { return d.comprehension(tLpar, tRpar, &GeneratorExp{}) }

func (d *diagnosis) badComprehension() {
	start := d.pos
	if d.gotAny(tLsqb, tLpar, tLbrace) != nil {
		if x := d.starredExpression(); x != nil && d.forIfs() != nil {
			d.raiseAt(x, "iterable unpacking cannot be used in comprehension")
		}
	}
	d.pos = start
	if d.gotAny(tLsqb, tLbrace) == nil {
		return
	}
	x := d.starNamed()
	if x == nil || !d.has(tComma) {
		return
	}
	after := d.pos
	if d.starNamedList() != nil && d.forIfs() != nil {
		d.raiseAt(x, "did you forget parentheses around the comprehension target?")
	}
	d.pos = after
	if d.forIfs() != nil {
		d.raiseAt(x, "did you forget parentheses around the comprehension target?")
	}
}

func (d *diagnosis) dictComp() Expr {
	start := d.pos
	if d.has(tLbrace) && d.kvpair() && d.forIfs() != nil && d.has(tRbrace) {
		return &DictComp{Pos: d.since(start)}
	}
	d.pos = start
	d.bad(func() {
		if d.has(tLbrace) && d.has(tDoubleStar) && d.bitOr() != nil && d.forIfs() != nil && d.has(tRbrace) {
			d.raiseTok(&d.toks[start+1], "dict unpacking cannot be used in dict comprehension")
		}
	})
	return nil
}

// Arguments.

// call is what has been matched of arguments.
type callArgs struct {
	args     []Expr
	unpacked bool // there is a **
	keywords bool
}

func (d *diagnosis) arguments() Node {
	return d.remember(rArguments, func() Node {
		start := d.pos
		if d.args() != nil {
			d.has(tComma)
			if d.kind() == tRpar {
				return mark
			}
		}
		d.pos = start
		d.bad(d.badArguments)
		return nil
	})
}

// positional matches a starred argument or a plain one.
func (d *diagnosis) positional() Expr {
	start := d.pos
	if x := d.starredExpression(); x != nil {
		return x
	}
	d.pos = start
	if x := d.plainArg(); x != nil && d.kind() != tEqual {
		return x
	}
	d.pos = start
	return nil
}

func (d *diagnosis) plainArg() Expr {
	start := d.pos
	if x := d.uncut(d.walrus); x != nil {
		return x
	}
	d.pos = start
	if x := d.expression(); x != nil && d.kind() != tColonEqual {
		return x
	}
	d.pos = start
	return nil
}

func (d *diagnosis) args() *callArgs {
	start := d.pos
	a := &callArgs{}
	if a.args = d.exprList(d.positional); a.args != nil {
		d.try(func() bool { return d.has(tComma) && d.kwargs(a) })
		return a
	}
	d.pos = start
	if d.kwargs(a) {
		return a
	}
	d.pos = start
	return nil
}

func (d *diagnosis) kwargs(a *callArgs) bool {
	start := d.pos
	n := len(a.args)
	starred := func() bool { return d.commas(func() bool { return d.kwarg(a, tStar) }) > 0 }
	double := func() bool { return d.commas(func() bool { return d.kwarg(a, tDoubleStar) }) > 0 }
	if starred() && d.has(tComma) && double() {
		return true
	}
	d.pos = start
	a.args, a.keywords, a.unpacked = a.args[:n], false, false
	if starred() {
		return true
	}
	d.pos = start
	a.args, a.keywords, a.unpacked = a.args[:n], false, false
	return double()
}

// kwarg matches name=value, or a value after the star given.
func (d *diagnosis) kwarg(a *callArgs, star kind) bool {
	start := d.pos
	d.bad(d.badKwarg)
	if d.has(tName) && d.has(tEqual) && d.expression() != nil {
		a.keywords = true
		return true
	}
	d.pos = start
	if star == tStar {
		x := d.starredExpression()
		if x != nil {
			a.args = append(a.args, x)
		}
		return x != nil
	}
	if d.has(tDoubleStar) && d.expression() != nil {
		a.unpacked = true
		return true
	}
	return false
}

func (d *diagnosis) badKwarg() {
	start := d.pos
	again := func() { d.pos = start }
	if t := d.gotAny(kwTrue, kwFalse, kwNone); t != nil && d.kind() == tEqual {
		d.raiseTok(&d.toks[start], "cannot assign to %s", d.textOf(&d.toks[start]))
	}
	again()
	if d.has(tName) && d.has(tEqual) && d.expression() != nil && d.forIfs() != nil {
		d.raiseTok(&d.toks[start], "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
	}
	again()
	if d.not(func() bool { return d.has(tName) && d.has(tEqual) }) {
		if x := d.expression(); x != nil && d.kind() == tEqual {
			d.raiseAt(x, `expression cannot contain assignment, perhaps you meant "=="?`)
		}
	}
	again()
	if d.has(tDoubleStar) && d.expression() != nil && d.has(tEqual) && d.expression() != nil {
		d.raiseTok(&d.toks[start], "cannot assign to keyword argument unpacking")
	}
}

func (d *diagnosis) badArguments() {
	start := d.pos
	again := func() { d.pos = start }
	const generator = "Generator expression must be parenthesized"
	a := &callArgs{}
	if d.try(func() bool { return d.exprList(d.positional) != nil && d.has(tComma) && d.kwargs(a) }) || d.try(func() bool { return d.kwargs(a) }) {
		comma := d.pos
		if d.has(tComma) && d.commas(func() bool { return d.starredExpression() != nil && d.kind() != tEqual }) > 0 {
			d.raiseTok(&d.toks[comma], "iterable argument unpacking follows keyword argument unpacking")
		}
	}
	again()
	if x := d.expression(); x != nil && d.forIfs() != nil && d.has(tComma) {
		d.try(func() bool {
			return d.args() != nil
		})
		d.raiseAt(x, generator)
	}
	again()
	if d.has(tName) && d.has(tEqual) && d.expression() != nil && d.forIfs() != nil {
		d.raiseTok(&d.toks[start], "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
	}
	again()
	d.try(func() bool { return d.args() != nil && d.has(tComma) })
	if at := d.pos; d.has(tName) && d.has(tEqual) && d.ahead(tComma, tRpar) {
		d.raiseTok(&d.toks[at], "expected argument value expression")
	}
	again()
	if a := d.args(); a != nil && d.forIfs() != nil && len(a.args) > 1 {
		d.raiseAt(a.args[len(a.args)-1], generator)
	}
	again()
	if d.args() != nil && d.has(tComma) {
		if x := d.expression(); x != nil && d.forIfs() != nil {
			d.raiseAt(x, generator)
		}
	}
	again()
	if a := d.args(); a != nil && d.has(tComma) && d.args() != nil {
		if a.unpacked {
			d.syntax("positional argument follows keyword argument unpacking")
		}
		d.syntax("positional argument follows keyword argument")
	}
}

func (d *diagnosis) starredExpression() Expr {
	start := d.pos
	d.bad(func() {
		if d.has(tStar) && d.expression() != nil && d.has(tEqual) && d.expression() != nil {
			d.raiseTok(&d.toks[start], "cannot assign to iterable argument unpacking")
		}
	})
	if d.has(tStar) {
		if x := d.expression(); x != nil {
			return &Starred{Pos: d.since(start), Value: x}
		}
		d.bad(func() { d.syntax("Invalid star expression") })
	}
	d.pos = start
	return nil
}

// Targets.

func (d *diagnosis) starTargets() Expr {
	start := d.pos
	if x := d.starTarget(); x != nil && d.kind() != tComma {
		return x
	}
	d.pos = start
	elts := d.exprList(d.starTarget)
	if elts == nil {
		return nil
	}
	d.has(tComma)
	return &Tuple{Pos: d.since(start), Elts: elts}
}

func (d *diagnosis) starTarget() Expr {
	return d.expr(rStarTarget, func() Expr {
		start := d.pos
		if d.has(tStar) && d.kind() != tStar {
			if x := d.starTarget(); x != nil {
				return &Starred{Pos: d.since(start), Value: x}
			}
		}
		d.pos = start
		return d.targetWithStarAtom()
	})
}

func (d *diagnosis) targetWithStarAtom() Expr {
	return d.expr(rTargetStarAtom, func() Expr {
		if x := d.subscriptOrAttribute(); x != nil {
			return x
		}
		start := d.pos
		if n := d.name(); n != nil {
			return n
		}
		if d.has(tLpar) {
			if x := d.targetWithStarAtom(); x != nil && d.has(tRpar) {
				return x
			}
			d.pos = start + 1
			var elts []Expr
			d.try(func() bool {
				elts = d.exprList(d.starTarget)
				return elts != nil && (d.has(tComma) || len(elts) > 1)
			})
			if d.has(tRpar) {
				return &Tuple{Pos: d.since(start), Elts: elts}
			}
		}
		d.pos = start
		if d.has(tLsqb) {
			elts := d.exprList(d.starTarget)
			if elts != nil {
				d.has(tComma)
			}
			if d.has(tRsqb) {
				return &List{Pos: d.since(start), Elts: elts}
			}
		}
		d.pos = start
		return nil
	})
}

func (d *diagnosis) singleTarget() Expr {
	if x := d.subscriptOrAttribute(); x != nil {
		return x
	}
	if n := d.name(); n != nil {
		return n
	}
	start := d.pos
	if d.has(tLpar) {
		if x := d.singleTarget(); x != nil && d.has(tRpar) {
			return x
		}
	}
	d.pos = start
	return nil
}

func (d *diagnosis) tLookahead() bool { return d.ahead(tLpar, tLsqb, tDot) }

// subscriptOrAttribute matches a target that ends in one of these.
func (d *diagnosis) subscriptOrAttribute() Expr {
	start := d.pos
	if d.tPrimary() != nil {
		at := d.pos
		if d.has(tDot) && d.has(tName) && !d.tLookahead() {
			return &Attribute{Pos: d.since(start)}
		}
		d.pos = at
		if d.has(tLsqb) && d.slices() && d.has(tRsqb) && !d.tLookahead() {
			return &Subscript{Pos: d.since(start)}
		}
	}
	d.pos = start
	return nil
}

// tPrimary matches a primary as long as a trailer follows it.
func (d *diagnosis) tPrimary() Expr {
	return d.expr(rTPrimary, func() Expr {
		start := d.pos
		x := d.atom()
		if x == nil || !d.tLookahead() {
			return nil
		}
		for {
			at := d.pos
			y := d.trailer(start)
			if y == nil || !d.tLookahead() {
				d.pos = at
				return x
			}
			x = y
		}
	})
}

func (d *diagnosis) delTargets() []Expr {
	list := d.exprList(d.delTarget)
	if list != nil {
		d.has(tComma)
	}
	return list
}

func (d *diagnosis) delTarget() Expr {
	return d.expr(rDelTarget, func() Expr {
		if x := d.subscriptOrAttribute(); x != nil {
			return x
		}
		start := d.pos
		if n := d.name(); n != nil {
			return n
		}
		if d.has(tLpar) {
			if x := d.delTarget(); x != nil && d.has(tRpar) {
				return x
			}
			d.pos = start + 1
			elts := d.delTargets()
			if d.has(tRpar) {
				return &Tuple{Pos: d.since(start), Elts: elts}
			}
		}
		d.pos = start
		if d.has(tLsqb) {
			elts := d.delTargets()
			if d.has(tRsqb) {
				return &List{Pos: d.since(start), Elts: elts}
			}
		}
		d.pos = start
		return nil
	})
}

// Strings.

func (d *diagnosis) strings() Expr {
	if !d.ahead(tString, tFStart, tTStart) {
		return nil
	}
	return d.expr(rStrings, func() Expr {
		start := d.pos
		d.bad(func() {
			last := start
			if d.kind() == tTStart {
				for at := d.pos; d.fstring(tTStart); at = d.pos {
					last = at
				}
				if d.pos > start && (d.stringToken() != nil || d.fstring(tFStart)) {
					d.raiseTok(&d.toks[last], "cannot mix t-string literals with string or bytes literals")
				}
				return
			}
			for at := d.pos; d.stringToken() != nil || d.fstring(tFStart); at = d.pos {
				last = at
			}
			if d.pos > start && d.fstring(tTStart) {
				d.raiseTok(&d.toks[last], "cannot mix t-string literals with string or bytes literals")
			}
		})
		isBytes, isText, f := false, false, false
		for {
			if c := d.stringToken(); c != nil {
				isBytes = isBytes || c.Kind == Bytes
				isText = isText || c.Kind == Str
			} else if d.fstring(tFStart) {
				f = true
			} else {
				break
			}
		}
		if d.pos > start {
			switch {
			case isBytes && (isText || f):
				d.syntax("cannot mix bytes and nonbytes literals")
			case f:
				return &JoinedStr{Pos: d.since(start)}
			case isBytes:
				return &Constant{Pos: d.since(start), Kind: Bytes}
			}
			return &Constant{Pos: d.since(start), Kind: Str}
		}
		for d.fstring(tTStart) {
		}
		if d.pos > start {
			return &TemplateStr{Pos: d.since(start)}
		}
		return nil
	})
}

func (d *diagnosis) stringToken() *Constant {
	t := d.got(tString)
	if t == nil {
		return nil
	}
	c := &Constant{}
	p := &parser{scanner: scanner{src: d.src, tok: *t}}
	if err := catch(func() { p.setString(c) }); err != nil {
		d.syntax("%s", err.Msg)
	}
	return c
}

// fstring matches one f-string or t-string.
func (d *diagnosis) fstring(open kind) bool {
	if d.kind() != open {
		return false
	}
	return d.try(func() bool {
		prefix := d.src[d.peek().start:]
		raw := prefix[0]|0x20 == 'r' || prefix[1]|0x20 == 'r'
		d.pos++
		var parts []*token
		for {
			if t := d.got(open + 1); t != nil {
				parts = append(parts, t)
			} else if !d.field(open, raw) {
				break
			}
		}
		if d.got(open+2) == nil {
			return false
		}
		for _, t := range parts {
			d.decodePart(t, raw)
		}
		return true
	})
}

// decodePart raises an error for a bad escape in the text of an f-string.
func (d *diagnosis) decodePart(t *token, raw bool) {
	if raw || t.flags&tokEscape == 0 {
		return
	}
	if _, err := unescape(d.textOf(t), false); err != "" {
		d.syntax("%s", err)
	}
}

func (d *diagnosis) field(open kind, raw bool) bool {
	start := d.pos
	letter := "f"
	if open == tTStart {
		letter = "t"
	}
	if d.kind() != tLbrace {
		return false
	}
	d.pos++
	if d.annotatedRHS() != nil {
		d.has(tEqual)
		d.try(func() bool {
			at := d.pos
			if !d.has(tExclamation) {
				return false
			}
			n := d.name()
			if n == nil {
				return false
			}
			if bang := &d.toks[at]; bang.line != n.Line || bang.endCol != n.Col {
				d.raiseTok(bang, "%s-string: conversion type must come right after the exclamation mark", letter)
			}
			switch n.ID {
			case "s", "r", "a":
			default:
				d.raiseAt(n, "%s-string: invalid conversion character %s: expected 's', 'r', or 'a'", letter, reprString(n.ID))
			}
			return true
		})
		d.try(func() bool { return d.formatSpec(open, raw) })
		if d.has(tRbrace) {
			return true
		}
	}
	d.pos = start
	d.bad(func() { d.badField(open, letter, raw) })
	d.pos = start
	return false
}

func (d *diagnosis) formatSpec(open kind, raw bool) bool {
	if !d.has(tColon) {
		return false
	}
	for {
		if t := d.got(open + 1); t != nil {
			d.decodePart(t, raw)
		} else if !d.field(open, raw) {
			return true
		}
	}
}

func (d *diagnosis) badField(open kind, letter string, raw bool) {
	d.pos++
	for _, m := range []struct {
		k    kind
		text string
	}{{tEqual, "="}, {tExclamation, "!"}, {tColon, ":"}, {tRbrace, "}"}} {
		if d.kind() == m.k {
			d.raiseTok(d.peek(), "%s-string: valid expression required before '%s'", letter, m.text)
		}
	}
	if d.not(func() bool { return d.annotatedRHS() != nil }) {
		d.raiseNext("%s-string: expecting a valid expression after '{'", letter)
	}
	d.annotatedRHS()
	if !d.ahead(tEqual, tExclamation, tColon, tRbrace) {
		d.raiseNext("%s-string: expecting '=', or '!', or ':', or '}'", letter)
	}
	if d.has(tEqual) && !d.ahead(tExclamation, tColon, tRbrace) {
		d.raiseNext("%s-string: expecting '!', or ':', or '}'", letter)
	}
	if d.kind() == tExclamation {
		at := d.pos
		d.pos++
		if d.ahead(tColon, tRbrace) {
			d.raiseNext("%s-string: missing conversion character", letter)
		}
		if d.kind() != tName {
			d.raiseNext("%s-string: invalid conversion character", letter)
		}
		d.pos = at
	}
	d.try(func() bool { return d.has(tExclamation) && d.has(tName) })
	if !d.ahead(tColon, tRbrace) {
		d.raiseNext("%s-string: expecting ':' or '}'", letter)
	}
	after := d.pos
	if d.has(tColon) {
		for d.got(open+1) != nil || d.field(open, raw) {
		}
		if d.kind() != tRbrace {
			d.raiseNext("%s-string: expecting '}', or format specs", letter)
		}
	}
	d.pos = after
	if d.kind() != tRbrace {
		d.raiseNext("%s-string: expecting '}'", letter)
	}
}

func isLegacy(x Expr) bool {
	n, ok := x.(*Name)
	return ok && (n.ID == "print" || n.ID == "exec")
}

func isSoftKeyword(s string) bool { return strings.Contains(" _ case match type ", " "+s+" ") }
