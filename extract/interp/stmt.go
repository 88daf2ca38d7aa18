package interp

import (
	"github.com/arch-extract/arch-extract/pyast"
)

func run(f *frame, list []stmt) ctl {
	for _, s := range list {
		if c := s.exec(f); c != next {
			return c
		}
	}
	return next
}

type passStmt struct{}

func (*passStmt) exec(*frame) ctl { return next }

type ctlStmt struct{ c ctl }

func (s *ctlStmt) exec(*frame) ctl { return s.c }

type exprStmt struct {
	value expr
	line  int32
}

func (s *exprStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	s.value.eval(f)
	return next
}

type assignStmt struct {
	to    target
	value expr
	line  int32
}

func (s *assignStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	s.to.store(f, s.value.eval(f))
	return next
}

type multiAssignStmt struct {
	to    []target
	value expr
	line  int32
}

func (s *multiAssignStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	v := s.value.eval(f)
	for _, t := range s.to {
		t.store(f, v)
	}
	return next
}

type augStmt struct {
	op    pyast.Operator
	read  expr // names
	to    target
	obj   expr // attributes and subscripts
	attr  string
	idx   expr
	value expr
	line  int32
}

func (s *augStmt) exec(f *frame) ctl {
	f.line = s.line
	in := f.in
	in.step()
	switch {
	case s.read != nil:
		old := s.read.eval(f)
		v := s.value.eval(f)
		f.line = s.line
		s.to.store(f, in.Binary(s.op, old, v, true))
	case s.idx != nil:
		obj := s.obj.eval(f)
		idx := s.idx.eval(f)
		old := in.GetItem(obj, idx)
		v := s.value.eval(f)
		f.line = s.line
		in.SetItem(obj, idx, in.Binary(s.op, old, v, true))
	default:
		obj := s.obj.eval(f)
		old := in.GetAttr(obj, s.attr)
		v := s.value.eval(f)
		f.line = s.line
		in.SetAttr(obj, s.attr, in.Binary(s.op, old, v, true))
	}
	return next
}

// lazyAnn is an annotation, evaluated when somebody asks (PEP 649).
type lazyAnn struct {
	expr  pyast.Expr
	file  string
	scope *scope
}

type annStmt struct {
	name   string
	ann    *lazyAnn
	record bool
	to     target
	value  expr
	line   int32
}

func (s *annStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	if s.value != nil {
		s.to.store(f, s.value.eval(f))
	}
	if s.record && s.name != "" {
		f.in.recordAnnotation(f, s.name, s.ann)
	}
	return next
}

type returnStmt struct {
	value expr
	line  int32
}

func (s *returnStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	if s.value == nil {
		f.ret = None
	} else {
		f.ret = s.value.eval(f)
	}
	return ret
}

type ifStmt struct {
	test         expr
	body, orelse []stmt
	line         int32
}

func (s *ifStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	v := s.test.eval(f)
	f.line = s.line
	var yes bool
	if u, ok := v.(*Unknown); ok {
		yes = f.in.decide(u, !raises(s.body) && raises(s.orelse))
	} else {
		yes = f.in.test(v)
	}
	if yes {
		return run(f, s.body)
	}
	return run(f, s.orelse)
}

// raises reports whether a block ends by raising an exception.
func raises(list []stmt) bool {
	if len(list) == 0 {
		return false
	}
	_, ok := list[len(list)-1].(*raiseStmt)
	return ok
}

type forStmt struct {
	iter         expr
	to           target
	body, orelse []stmt
	line         int32
}

func (s *forStmt) exec(f *frame) ctl {
	f.line = s.line
	in := f.in
	src := s.iter.eval(f)
	f.line = s.line
	result := next
	broke := false
	if u, ok := src.(*Unknown); ok {
		// what it walks over depends on data: the body runs once
		in.decide(u, true)
		src = &Tuple{V: []Value{u}}
	}
	in.eachInto(f, src, s.to, func() bool {
		in.step()
		switch c := run(f, s.body); c {
		case brk:
			broke = true
			return false
		case ret:
			result = ret
			return false
		}
		f.line = s.line
		return true
	})
	if result == ret {
		return ret
	}
	if !broke {
		return run(f, s.orelse)
	}
	return next
}

type whileStmt struct {
	test         expr
	body, orelse []stmt
	line         int32
}

func (s *whileStmt) exec(f *frame) ctl {
	decided := 0
	for {
		f.line = s.line
		f.in.step()
		v := s.test.eval(f)
		if u, ok := v.(*Unknown); ok {
			// a loop whose end depends on data runs its body once
			if decided > 0 {
				break
			}
			decided++
			f.in.decide(u, true)
		} else if !f.in.test(v) {
			break
		}
		switch c := run(f, s.body); c {
		case brk:
			return next
		case ret:
			return ret
		}
	}
	return run(f, s.orelse)
}

type assertStmt struct {
	test, msg expr
	line      int32
}

func (s *assertStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	v := s.test.eval(f)
	if _, ok := v.(*Unknown); ok {
		return next // the policy: assertions on data hold
	}
	if f.in.Truth(v) {
		return next
	}
	f.line = s.line
	exc := &Instance{Cls: AssertionError, Data: EmptyTuple}
	if s.msg != nil {
		exc.Data = NewTuple(s.msg.eval(f))
	}
	f.in.RaiseExc(exc)
	return next
}

type raiseStmt struct {
	exc, cause expr
	line       int32
}

func (s *raiseStmt) exec(f *frame) ctl {
	f.line = s.line
	in := f.in
	if s.exc == nil {
		for k := len(in.stack) - 1; k >= 0; k-- {
			if h := in.stack[k].handled; h != nil {
				panic(h)
			}
		}
		in.Raise(RuntimeError, "No active exception to reraise")
	}
	v := s.exc.eval(f)
	f.line = s.line
	if s.cause != nil {
		s.cause.eval(f)
		f.line = s.line
	}
	switch e := v.(type) {
	case *Class:
		if e.Is(BaseException) {
			v = in.Call(e, nil, nil)
		}
	case *Unknown:
		in.Raise(RuntimeError, "an unknown exception is raised: %s", e.Why)
	}
	exc, ok := v.(*Instance)
	if !ok || !exc.Cls.Is(BaseException) {
		in.Raise(TypeError, "exceptions must derive from BaseException")
	}
	f.line = s.line
	in.RaiseExc(exc)
	return next
}

type handler struct {
	typ  expr
	to   target
	del  deleter
	body []stmt
	line int32
}

type tryStmt struct {
	body, orelse, final []stmt
	handlers            []handler
	hasFinal            bool
	line                int32
}

func (s *tryStmt) exec(f *frame) (c ctl) {
	if !s.hasFinal {
		return s.guarded(f)
	}
	r := f.in.catch(func() { c = s.guarded(f) })
	if r != nil && r.Exc.Cls == BudgetExceeded {
		panic(r) // not even finally runs: it could go on without end
	}
	save := f.ret
	line := f.line
	if fc := run(f, s.final); fc != next {
		return fc // a return, break or continue in finally swallows the exception
	}
	f.ret, f.line = save, line
	if r != nil {
		panic(r)
	}
	return c
}

func (s *tryStmt) guarded(f *frame) (c ctl) {
	if len(s.handlers) == 0 {
		c = run(f, s.body)
	} else {
		r := f.in.catch(func() { c = run(f, s.body) })
		if r != nil {
			return s.handle(f, r)
		}
	}
	if c == next {
		return run(f, s.orelse)
	}
	return c
}

func (s *tryStmt) handle(f *frame, r *Raised) ctl {
	in := f.in
	if r.Exc.Cls == BudgetExceeded {
		panic(r)
	}
	for i := range s.handlers {
		h := &s.handlers[i]
		if h.typ != nil && !in.excMatches(r.Exc, h.typ.eval(f)) {
			continue
		}
		if h.to != nil {
			h.to.store(f, r.Exc)
		}
		outer := f.handled
		f.handled = r
		var c ctl
		again := in.catch(func() { c = run(f, h.body) })
		f.handled = outer
		if h.del != nil {
			in.Try(func() { h.del.del(f) })
		}
		if again != nil {
			panic(again)
		}
		return c
	}
	panic(r)
}

func (in *Interp) excMatches(exc *Instance, typ Value) bool {
	switch t := typ.(type) {
	case *Class:
		return exc.Cls.Is(t)
	case *Tuple:
		for _, x := range t.V {
			if in.excMatches(exc, x) {
				return true
			}
		}
	}
	return false
}

type withItem struct {
	ctx  expr
	to   target
	line int32
}

type withStmt struct {
	items []withItem
	body  []stmt
	line  int32
}

func (s *withStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	return s.enter(f, 0)
}

func (s *withStmt) enter(f *frame, i int) (c ctl) {
	if i == len(s.items) {
		return run(f, s.body)
	}
	in := f.in
	it := &s.items[i]
	mgr := it.ctx.eval(f)
	f.line = it.line
	if _, ok := mgr.(*Unknown); ok {
		if it.to != nil {
			it.to.store(f, mgr)
		}
		return s.enter(f, i+1)
	}
	enter, ok := in.special(mgr, "__enter__")
	if !ok {
		in.Raise(TypeError, "'%s' object does not support the context manager protocol", mgr.Type().Name)
	}
	exit, ok := in.special(mgr, "__exit__")
	if !ok {
		in.Raise(TypeError, "'%s' object does not support the context manager protocol (missed __exit__ method)", mgr.Type().Name)
	}
	v := in.Call(enter, nil, nil)
	if it.to != nil {
		it.to.store(f, v)
	}
	r := in.catch(func() { c = s.enter(f, i+1) })
	if r == nil {
		save := f.ret
		in.Call(exit, []Value{None, None, None}, nil)
		f.ret = save
		return c
	}
	if r.Exc.Cls == BudgetExceeded {
		panic(r)
	}
	if in.Truth(in.Call(exit, []Value{r.Exc.Cls, r.Exc, None}, nil)) {
		return next
	}
	panic(r)
}

type delStmt struct {
	list []deleter
	line int32
}

func (s *delStmt) exec(f *frame) ctl {
	f.line = s.line
	for _, d := range s.list {
		d.del(f)
	}
	return next
}

type funcDefStmt struct {
	fn         *makeFunction
	decorators []expr
	decLines   []int32
	to         target
	line       int32
}

func (s *funcDefStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	if len(s.decorators) == 0 {
		s.to.store(f, s.fn.eval(f))
		return next
	}
	decs := make([]Value, len(s.decorators))
	for i, d := range s.decorators {
		decs[i] = d.eval(f)
	}
	v := s.fn.eval(f)
	for i := len(decs) - 1; i >= 0; i-- {
		f.line = s.decLines[i]
		v = f.in.Call(decs[i], []Value{v}, nil)
	}
	s.to.store(f, v)
	return next
}

type importStmt struct {
	names   []string
	bindTop []bool
	to      []target
	line    int32
}

func (s *importStmt) exec(f *frame) ctl {
	f.line = s.line
	f.in.step()
	for i, n := range s.names {
		m := f.in.importValue(n)
		if s.bindTop[i] {
			m = f.in.importValue(firstPart(n))
		}
		s.to[i].store(f, m)
	}
	return next
}

type fromStmt struct {
	module string
	level  int
	names  []string
	to     []target
	all    bool
	line   int32
}

func (s *fromStmt) exec(f *frame) ctl {
	f.line = s.line
	in := f.in
	in.step()
	name := s.module
	if s.level > 0 {
		name = in.relative(f.globals, s.module, s.level)
	}
	m := in.importValue(name)
	if s.all {
		in.importStar(f, m)
	}
	for i, n := range s.names {
		f.line = s.line
		s.to[i].store(f, in.importFrom(m, name, n))
	}
	return next
}
