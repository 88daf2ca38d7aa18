package pyast

// Patterns, as diagnosis tries them.

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
