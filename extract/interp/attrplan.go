package interp

import "github.com/arch-extract/arch-extract/pyast"

// An attrPlan is what a class's own __getattribute__ comes to for one name:
// configs have one that looks for the name in dicts, finds nothing to do and
// asks object.__getattribute__, and models read config values by the million.
//
// A plan is made by following the code of __getattribute__ on one instance. It
// lists what was asked on the way, and holds for every instance of the class
// that would be answered the same; for any other the code itself runs.
type attrPlan struct {
	lacks []string   // what the instance's __dict__ does not hold
	finds []dictFind // what dicts hold
	name  string     // what object.__getattribute__ is asked for in the end
}

// dictFind is that a dict holds v under key; nil: that it does not hold key.
type dictFind struct {
	d   *Dict
	key string
	v   Value
}

// maxPlans bounds the names that are remembered of one class.
const maxPlans = 4096

// plain is the name under which object.__getattribute__ finds what o's own
// __getattribute__ would return for name; false where the code must be run.
func (in *Interp) plain(o *Instance, name string) (string, bool) {
	c := o.Cls
	if c.special.getattr != nil {
		return "", false
	}
	p, made := c.plans[name]
	if !made {
		if len(c.plans) >= maxPlans {
			return "", false
		}
		p = in.planAttr(o, name)
		if c.plans == nil {
			c.plans = map[string]*attrPlan{}
		}
		c.plans[name] = p
	}
	if p == nil || !p.holds(o) {
		return "", false
	}
	in.step()
	return p.name, true
}

// ownAttr is o.name by its class's own __getattribute__; false where the code
// must be run, be it to raise the exception that is due.
func (in *Interp) ownAttr(o *Instance, name string) (Value, bool) {
	as, ok := in.plain(o, name)
	if !ok {
		return nil, false
	}
	return in.instanceAttr(o, as)
}

func (p *attrPlan) holds(o *Instance) bool {
	if o.Dict != nil {
		for _, name := range p.lacks {
			if o.Dict.findStr(name) >= 0 {
				return false
			}
		}
	}
	for _, f := range p.finds {
		if v, _ := f.d.GetStr(f.key); v != f.v {
			return false
		}
	}
	return true
}

// planAttr makes the plan of o's class for a name, nil where its
// __getattribute__ does more than a plan can say.
func (in *Interp) planAttr(o *Instance, name string) *attrPlan {
	fn, ok := o.Cls.special.getattribute.(*Function)
	if !ok {
		return nil
	}
	m := &attrPlanner{in: in, o: o, plan: &attrPlan{}}
	v, ok := m.function(fn, Str{S: name}, 0)
	if !ok {
		return nil
	}
	a, ok := v.(plannedAttr)
	if !ok {
		return nil
	}
	m.plan.name = string(a)
	return m.plan
}

type attrPlanner struct {
	in   *Interp
	o    *Instance
	plan *attrPlan
}

// What an expression comes to while a plan is made: a Value, or
type (
	plannedAttr string   // object.__getattribute__(self, name), not asked yet
	plannedDict struct{} // __dict__ of the instance
)

// plannedFrame is the activation of one __getattribute__.
type plannedFrame struct {
	fn     *Function
	locals []any
	depth  int
}

// function is fn(self, name).
func (m *attrPlanner) function(fn *Function, name Str, depth int) (any, bool) {
	m.in.compile(fn.Code)
	c := fn.Code
	if c.npos != 2 || c.kwonly > 0 || c.vararg >= 0 || c.kwarg >= 0 || c.isGen || c.isAsync || len(c.cells) > 0 || depth > 8 {
		return nil, false
	}
	f := &plannedFrame{fn: fn, locals: make([]any, c.nlocals), depth: depth}
	f.locals[0], f.locals[1] = Value(m.o), Value(name)
	v, done, ok := m.block(f, c.body)
	return v, done && ok
}

// block follows statements; done says that one of them returned v.
func (m *attrPlanner) block(f *plannedFrame, list []stmt) (v any, done, ok bool) {
	for _, s := range list {
		switch s := s.(type) {
		case *exprStmt:
			if _, doc := s.value.(*constExpr); !doc {
				return nil, false, false
			}
		case *assignStmt:
			to, local := s.to.(*localTarget)
			v, ok := m.expr(f, s.value)
			if !local || !ok {
				return nil, false, false
			}
			f.locals[to.sym.slot] = v
		case *ifStmt:
			yes, ok := m.truth(f, s.test)
			if !ok {
				return nil, false, false
			}
			body := s.orelse
			if yes {
				body = s.body
			}
			if v, done, ok := m.block(f, body); done || !ok {
				return v, done, ok
			}
		case *returnStmt:
			if s.value == nil {
				return nil, false, false
			}
			v, ok := m.expr(f, s.value)
			return v, true, ok
		default:
			return nil, false, false
		}
	}
	return nil, false, true
}

func (m *attrPlanner) truth(f *plannedFrame, e expr) (yes, ok bool) {
	v, ok := m.expr(f, e)
	if !ok {
		return false, false
	}
	switch v := v.(type) {
	case Bool:
		return v.V, true
	case NoneType:
		return false, true
	}
	return false, false
}

func (m *attrPlanner) expr(f *plannedFrame, e expr) (any, bool) {
	switch e := e.(type) {
	case *constExpr:
		return e.v, true
	case *localExpr:
		v := f.locals[e.sym.slot]
		return v, v != nil
	case *notExpr:
		yes, ok := m.truth(f, e.a)
		return NewBool(!yes), ok
	case *boolExpr:
		for _, x := range e.list {
			if yes, ok := m.truth(f, x); !ok || yes != e.and {
				return NewBool(yes), ok
			}
		}
		return NewBool(e.and), true
	case *cmpExpr:
		if len(e.ops) != 1 {
			return nil, false
		}
		return m.compare(f, e.ops[0], e.left, e.right[0])
	case *indexExpr:
		d, ok := m.dict(f, e.obj)
		if !ok {
			return nil, false
		}
		v, ok := m.find(f, d, e.idx)
		return v, ok && v != nil
	case *callExpr:
		return m.call(f, e)
	}
	return nil, false
}

func (m *attrPlanner) compare(f *plannedFrame, op pyast.CmpOperator, left, right expr) (any, bool) {
	switch op {
	case pyast.In, pyast.NotIn:
		d, ok := m.dict(f, right)
		if !ok {
			return nil, false
		}
		v, ok := m.find(f, d, left)
		return NewBool((v != nil) == (op == pyast.In)), ok
	}
	a, okA := m.expr(f, left)
	b, okB := m.expr(f, right)
	if !okA || !okB {
		return nil, false
	}
	switch op {
	case pyast.Is, pyast.IsNot: // with None: strings and dicts are never it
		x, isA := a.(Value)
		y, isB := b.(Value)
		if isA && isB && (IsNone(x) || IsNone(y)) {
			return NewBool((IsNone(x) && IsNone(y)) == (op == pyast.Is)), true
		}
	case pyast.Eq, pyast.NotEq:
		x, isA := a.(Str)
		y, isB := b.(Str)
		if isA && isB {
			return NewBool((x.S == y.S) == (op == pyast.Eq)), true
		}
	}
	return nil, false
}

// call is super().__getattribute__(name), or a dict's get(name).
func (m *attrPlanner) call(f *plannedFrame, e *callExpr) (any, bool) {
	if e.obj == nil || len(e.args) != 1 || e.star || len(e.kwNames) > 0 {
		return nil, false
	}
	if _, ok := e.obj.(*superExpr); ok {
		v, ok := m.expr(f, e.args[0])
		name, isStr := v.(Str)
		if !ok || !isStr || e.name.(Str).S != "__getattribute__" || f.fn.class == nil {
			return nil, false
		}
		after, ok := f.fn.class.V.(*Class)
		if !ok {
			return nil, false
		}
		switch next, _ := m.o.Cls.lookupAfter(after, "__getattribute__"); next := next.(type) {
		case *Function:
			return m.function(next, name, f.depth+1)
		case *Builtin:
			if Value(next) == objectGetAttribute {
				return m.attr(name.S)
			}
		}
		return nil, false
	}
	if e.name.(Str).S != "get" {
		return nil, false
	}
	d, ok := m.dict(f, e.obj)
	if !ok {
		return nil, false
	}
	v, ok := m.find(f, d, e.args[0])
	if v == nil {
		v = None
	}
	return v, ok
}

// attr is object.__getattribute__(self, name).
func (m *attrPlanner) attr(name string) (any, bool) {
	if name != "__dict__" {
		return plannedAttr(name), true
	}
	if _, own := m.o.Cls.Lookup(name); own || !m.lack(name) {
		return nil, false
	}
	return plannedDict{}, true
}

// dict is an expression that comes to a dict: the instance's __dict__, or one
// that the class holds.
func (m *attrPlanner) dict(f *plannedFrame, e expr) (any, bool) {
	v, ok := m.expr(f, e)
	if !ok {
		return nil, false
	}
	switch v := v.(type) {
	case plannedDict, *Dict:
		return v, true
	case plannedAttr:
		x, found := m.o.Cls.Lookup(string(v))
		if d, isDict := x.(*Dict); found && isDict && m.lack(string(v)) {
			return d, true
		}
	}
	return nil, false
}

// find looks a string up in a dict, nil where it is not there.
func (m *attrPlanner) find(f *plannedFrame, d any, e expr) (Value, bool) {
	v, ok := m.expr(f, e)
	key, isStr := v.(Str)
	if !ok || !isStr {
		return nil, false
	}
	switch d := d.(type) {
	case plannedDict:
		return nil, m.lack(key.S)
	case *Dict:
		v, _ := d.GetStr(key.S)
		switch v.(type) {
		case nil, Str, NoneType: // comparable, and what the answer is told by
			m.plan.finds = append(m.plan.finds, dictFind{d, key.S, v})
			return v, true
		}
	}
	return nil, false
}

// lack is that the instance's __dict__ does not hold a name.
func (m *attrPlanner) lack(name string) bool {
	if m.o.Dict != nil && m.o.Dict.findStr(name) >= 0 {
		return false
	}
	m.plan.lacks = append(m.plan.lacks, name)
	return true
}
