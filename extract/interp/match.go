package interp

type matchCase struct {
	pat   pattern
	guard expr
	body  []stmt
}

type matchStmt struct {
	subject expr
	cases   []matchCase
	line    int32
}

func (s *matchStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	v := s.subject.eval(f)
	for i := range s.cases {
		c := &s.cases[i]
		if c.pat.match(f, v) && (c.guard == nil || f.in.test(c.guard.eval(f))) {
			return run(f, c.body)
		}
	}
	return next
}

// A pattern matches a value and binds its names.
type pattern interface{ match(f *frame, v Value) bool }

type valuePattern struct{ v expr }

func (p *valuePattern) match(f *frame, v Value) bool { return f.in.Equal(v, p.v.eval(f)) }

type singletonPattern struct{ v Value }

func (p *singletonPattern) match(f *frame, v Value) bool { return Same(p.v, v) }

type starPattern struct{ to target }

func (p *starPattern) match(f *frame, v Value) bool {
	if p.to != nil {
		p.to.store(f, v)
	}
	return true
}

type seqPattern struct {
	list []pattern
	star int
}

func (p *seqPattern) match(f *frame, v Value) bool {
	switch v.(type) {
	case *List, *Tuple:
	default:
		return false
	}
	e := f.in.Elements(v)
	if p.star < 0 {
		if len(e) != len(p.list) {
			return false
		}
		for i, q := range p.list {
			if !q.match(f, e[i]) {
				return false
			}
		}
		return true
	}
	after := len(p.list) - p.star - 1
	if len(e) < len(p.list)-1 {
		return false
	}
	for i := 0; i < p.star; i++ {
		if !p.list[i].match(f, e[i]) {
			return false
		}
	}
	p.list[p.star].match(f, &List{V: append([]Value(nil), e[p.star:len(e)-after]...)})
	for i := 0; i < after; i++ {
		if !p.list[p.star+1+i].match(f, e[len(e)-after+i]) {
			return false
		}
	}
	return true
}

type mapPattern struct {
	keys []expr
	vals []pattern
	rest target
}

func (p *mapPattern) match(f *frame, v Value) bool {
	d, ok := v.(*Dict)
	if !ok {
		return false
	}
	rest := d.Copy()
	for i, k := range p.keys {
		kv := k.eval(f)
		x, ok := d.Get(f.in, kv)
		if !ok || !p.vals[i].match(f, x) {
			return false
		}
		rest.Delete(f.in, kv)
	}
	if p.rest != nil {
		p.rest.store(f, rest)
	}
	return true
}

type classPattern struct {
	cls   expr
	pos   []pattern
	attrs []string
	kw    []pattern
}

func (p *classPattern) match(f *frame, v Value) bool {
	c, ok := p.cls.eval(f).(*Class)
	if !ok || !v.Type().Is(c) {
		return false
	}
	if len(p.pos) == 1 && c.Native {
		if !p.pos[0].match(f, v) {
			return false
		}
	} else if len(p.pos) > 0 {
		names, ok := f.in.LookupAttr(c, "__match_args__")
		if !ok {
			f.in.Raise(TypeError, "%s() accepts 0 positional sub-patterns (%d given)", c.Name, len(p.pos))
		}
		for i, n := range f.in.Elements(names) {
			if i >= len(p.pos) {
				break
			}
			s, _ := AsStr(n)
			x, ok := f.in.LookupAttr(v, s)
			if !ok || !p.pos[i].match(f, x) {
				return false
			}
		}
	}
	for i, a := range p.attrs {
		x, ok := f.in.LookupAttr(v, a)
		if !ok || !p.kw[i].match(f, x) {
			return false
		}
	}
	return true
}

type asPattern struct {
	pat pattern
	to  target
}

func (p *asPattern) match(f *frame, v Value) bool {
	if p.pat != nil && !p.pat.match(f, v) {
		return false
	}
	if p.to != nil {
		p.to.store(f, v)
	}
	return true
}

type orPattern struct{ list []pattern }

func (p *orPattern) match(f *frame, v Value) bool {
	for _, q := range p.list {
		if q.match(f, v) {
			return true
		}
	}
	return false
}
