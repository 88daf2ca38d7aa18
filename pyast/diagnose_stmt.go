package pyast

// Statements, as diagnosis tries them.

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
