package interp

import (
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

type constExpr struct{ v Value }

func (n *constExpr) eval(*frame) Value { return n.v }

type unknownExpr struct{ why string }

func (n *unknownExpr) eval(f *frame) Value { return f.in.Unknown("%s", n.why) }

type localExpr struct {
	sym  *symbol
	line int32
}

func (n *localExpr) eval(f *frame) Value {
	v := f.locals[n.sym.slot]
	if n.sym.cell {
		if c, ok := v.(*Cell); ok {
			v = c.V
		}
	}
	if v == nil {
		f.line = n.line
		f.in.Raise(UnboundLocalError, "cannot access local variable '%s' where it is not associated with a value", n.sym.name)
	}
	return v
}

type freeExpr struct {
	idx  int
	name string
	line int32
}

func (n *freeExpr) eval(f *frame) Value {
	v := f.free[n.idx].V
	if v == nil {
		f.line = n.line
		f.in.Raise(NameError, "cannot access free variable '%s' where it is not associated with a value in enclosing scope", n.name)
	}
	return v
}

type globalExpr struct {
	name             string
	line             int32
	globals, builtin dictCache
}

func (n *globalExpr) eval(f *frame) Value {
	if v, ok := n.globals.get(f.globals, n.name); ok {
		return v
	}
	if v, ok := n.builtin.get(f.in.builtins, n.name); ok {
		return v
	}
	f.line = n.line
	f.in.Raise(NameError, "name '%s' is not defined", n.name)
	return nil
}

// nameExpr is a name in a class body: its namespace, then globals.
type nameExpr struct {
	name string
	line int32
}

func (n *nameExpr) eval(f *frame) Value {
	if f.names != nil {
		if v, ok := f.names.GetStr(n.name); ok {
			return v
		}
	}
	return (&globalExpr{name: n.name, line: n.line}).eval(f)
}

type classFreeExpr struct {
	name string
	sym  *symbol
	line int32
}

func (n *classFreeExpr) eval(f *frame) Value {
	if v, ok := f.names.GetStr(n.name); ok {
		return v
	}
	v := f.cell(n.sym).V
	if v == nil {
		f.line = n.line
		f.in.Raise(NameError, "cannot access free variable '%s' where it is not associated with a value in enclosing scope", n.name)
	}
	return v
}

type classCellExpr struct{}

func (*classCellExpr) eval(f *frame) Value {
	if f.class == nil || f.class.V == nil {
		f.in.Raise(NameError, "name '__class__' is not defined")
	}
	return f.class.V
}

type attrExpr struct {
	obj   expr
	name  Value // a Str, boxed once
	line  int32
	class classCache
	dict  dictCache // of a module
}

func (n *attrExpr) eval(f *frame) Value {
	obj := n.obj.eval(f)
	f.line = n.line
	return f.in.attrAt(obj, n.name, &n.class, &n.dict)
}

// attrAt is GetAttr for a node that always reads the same attribute; name is a Str.
func (in *Interp) attrAt(obj, name Value, class *classCache, dict *dictCache) Value {
	s := name.(Str).S
	switch o := obj.(type) {
	case *Instance:
		special := &o.Cls.special
		if special.getattribute == nil {
			cv, found := class.lookup(o.Cls, s)
			if v, ok := in.foundAttr(o, s, cv, found); ok {
				return v
			}
			if special.getattr == nil {
				in.noAttr(o, s)
			}
			return in.call(special.getattr, []Value{o, name}, nil)
		}
		if special.getattr == nil {
			if v, ok := in.ownAttr(o, s); ok {
				return v
			}
			return in.callTwo(special.getattribute, o, name)
		}
	case *Module:
		if v, ok := dict.get(o.Dict, s); ok {
			return v
		}
	}
	return in.GetAttr(obj, s)
}

type binExpr struct {
	op   pyast.Operator
	a, b expr
	line int32
}

func (n *binExpr) eval(f *frame) Value {
	a := n.a.eval(f)
	b := n.b.eval(f)
	f.line = n.line
	return f.in.Binary(n.op, a, b, false)
}

type unaryExpr struct {
	op   pyast.UnaryOperator
	a    expr
	line int32
}

func (n *unaryExpr) eval(f *frame) Value {
	a := n.a.eval(f)
	f.line = n.line
	return f.in.Unary(n.op, a)
}

type notExpr struct{ a expr }

func (n *notExpr) eval(f *frame) Value {
	v := n.a.eval(f)
	if _, ok := v.(*Unknown); ok {
		return v
	}
	return withNot(NewBool(!f.in.Truth(v)), v)
}

type boolExpr struct {
	and  bool
	list []expr
	line int32
}

func (n *boolExpr) eval(f *frame) Value {
	var v Value
	last := len(n.list) - 1
	for i, e := range n.list {
		v = e.eval(f)
		if i < last {
			f.line = n.line
			if f.in.test(v) != n.and {
				return v
			}
		}
	}
	return v
}

type cmpExpr struct {
	left  expr
	ops   []pyast.CmpOperator
	right []expr
	line  int32
}

func (n *cmpExpr) eval(f *frame) Value {
	a := n.left.eval(f)
	for i, op := range n.ops {
		b := n.right[i].eval(f)
		f.line = n.line
		v := f.in.Compare(op, a, b)
		if i == len(n.ops)-1 {
			return v
		}
		if !f.in.Truth(v) {
			return v
		}
		a = b
	}
	return nil
}

type ifExpr struct {
	test, body, orelse expr
	line               int32
}

func (n *ifExpr) eval(f *frame) Value {
	v := n.test.eval(f)
	f.line = n.line
	if f.in.test(v) {
		return n.body.eval(f)
	}
	return n.orelse.eval(f)
}

type indexExpr struct {
	obj, idx expr
	line     int32
}

func (n *indexExpr) eval(f *frame) Value {
	obj := n.obj.eval(f)
	idx := n.idx.eval(f)
	f.line = n.line
	return f.in.GetItem(obj, idx)
}

type sliceExpr struct{ lo, hi, step expr }

func (n *sliceExpr) eval(f *frame) Value {
	s := &Slice{None, None, None}
	if n.lo != nil {
		s.Lo = n.lo.eval(f)
	}
	if n.hi != nil {
		s.Hi = n.hi.eval(f)
	}
	if n.step != nil {
		s.Step = n.step.eval(f)
	}
	return s
}

// starExpr is `*x` where it is expanded by the node around it; alone it is x.
type starExpr struct{ v expr }

func (n *starExpr) eval(f *frame) Value { return n.v.eval(f) }

type seqExpr struct {
	kind byte // 't', 'l' or 's'
	list []expr
	star bool
}

func evalList(f *frame, list []expr, star bool) []Value {
	out := make([]Value, 0, len(list))
	for _, e := range list {
		if star {
			if s, ok := e.(*starExpr); ok {
				out = append(out, f.in.starred(s.v.eval(f), nil, false)...)
				continue
			}
		}
		out = append(out, e.eval(f))
	}
	return out
}

func (n *seqExpr) eval(f *frame) Value {
	v := evalList(f, n.list, n.star)
	f.in.Charge(int64(len(v)) + 2)
	switch n.kind {
	case 't':
		return NewTuple(v...)
	case 'l':
		return &List{V: v}
	}
	s := NewSet()
	for _, x := range v {
		s.D.Set(f.in, x, None)
	}
	return s
}

type dictExpr struct{ keys, vals []expr }

func (n *dictExpr) eval(f *frame) Value {
	d := NewDict()
	for i, k := range n.keys {
		if k == nil {
			f.in.updateDict(d, n.vals[i].eval(f))
			continue
		}
		kv := k.eval(f)
		d.Set(f.in, kv, n.vals[i].eval(f))
	}
	return d
}

// isMapping reports whether **m can be read.
func (in *Interp) isMapping(m Value) bool {
	if i, ok := m.(*Instance); ok {
		if _, ok := i.Data.(*Dict); ok {
			return true
		}
	}
	if _, ok := m.(*Dict); ok {
		return true
	}
	_, ok := in.LookupAttr(m, "keys")
	return ok
}

// updateDict merges a mapping into d.
func (in *Interp) updateDict(d *Dict, m Value) {
	if i, ok := m.(*Instance); ok {
		if p, ok := i.Data.(*Dict); ok {
			m = p
		}
	}
	if src, ok := m.(*Dict); ok {
		src.Range(func(k, v Value) bool { d.Set(in, k, src.rooted(k, v)); return true })
		return
	}
	if !in.isMapping(m) {
		in.Raise(TypeError, "'%s' object is not a mapping", m.Type().Name)
	}
	for _, k := range in.Elements(in.CallMethod(m, "keys")) {
		d.Set(in, k, in.GetItem(m, k))
	}
}

type fpart struct {
	text  string
	value expr
	conv  int
	spec  *fstringExpr
}

type fstringExpr struct{ parts []fpart }

func (n *fstringExpr) eval(f *frame) Value {
	var b strings.Builder
	for _, p := range n.parts {
		if p.value == nil {
			b.WriteString(p.text)
			continue
		}
		v := p.value.eval(f)
		if u, ok := v.(*Unknown); ok {
			return u
		}
		switch p.conv {
		case 'r', 'a':
			v = NewStr(f.in.Repr(v))
		case 's':
			v = NewStr(f.in.ToStr(v))
		}
		spec := ""
		if p.spec != nil {
			sv := p.spec.eval(f)
			if u, ok := sv.(*Unknown); ok {
				return u
			}
			spec, _ = AsStr(sv)
		}
		if s, ok := v.(Str); ok && spec == "" {
			b.WriteString(s.S)
		} else {
			b.WriteString(f.in.Format(v, spec))
		}
	}
	return NewStr(b.String())
}

type walrusExpr struct {
	value  expr
	target target
}

func (n *walrusExpr) eval(f *frame) Value {
	v := n.value.eval(f)
	n.target.store(f, v)
	return v
}

type compLevel struct {
	iter   expr
	target target
	ifs    []expr
	line   int32
}

// compExpr is a comprehension: list, set, dict, or the body of a generator
// expression.
type compExpr struct {
	kind     byte
	levels   []compLevel
	elt, val expr
	scope    *scope
	line     int32
}

func (n *compExpr) eval(f *frame) Value {
	if n.scope != nil {
		for _, y := range n.scope.syms {
			if y.home == n.scope && y.slot >= 0 {
				if y.cell {
					f.locals[y.slot] = &Cell{}
				} else {
					f.locals[y.slot] = nil
				}
			}
		}
	}
	switch n.kind {
	case 'l':
		src := n.levels[0].iter.eval(f)
		f.line = n.levels[0].line
		if l, ok := n.table(f, src); ok {
			return l
		}
		out := &List{}
		if u := n.over(f, 0, src, func() { f.in.Charge(grownWeight); out.V = append(out.V, n.elt.eval(f)) }); u != nil {
			return u
		}
		return out
	case 's':
		out := NewSet()
		if u := n.run(f, 0, func() { out.D.Set(f.in, n.elt.eval(f), None) }); u != nil {
			return u
		}
		return out
	case 'd':
		out := NewDict()
		src := n.levels[0].iter.eval(f)
		f.line = n.levels[0].line
		if len(n.levels) == 1 && len(n.levels[0].ifs) == 0 {
			out.reserve(sizeHint(src))
		}
		u := n.over(f, 0, src, func() {
			k := n.elt.eval(f)
			out.Set(f.in, k, n.val.eval(f))
		})
		if u != nil {
			return u
		}
		return out
	}
	n.run(f, 0, func() { f.gen.yield(f, n.elt.eval(f)) })
	return None
}

// run calls emit for every combination of elements. What it goes over may be
// unknown: then so is the whole result, and run returns that.
func (n *compExpr) run(f *frame, level int, emit func()) (unknown *Unknown) {
	if level == len(n.levels) {
		emit()
		return nil
	}
	src := n.levels[level].iter.eval(f)
	f.line = n.levels[level].line
	return n.over(f, level, src, emit)
}

// over is run with the iterable of the level at hand.
func (n *compExpr) over(f *frame, level int, src Value, emit func()) (unknown *Unknown) {
	lv := &n.levels[level]
	if u, ok := src.(*Unknown); ok && n.kind != 'g' {
		return u
	}
	f.in.eachInto(f, src, lv.target, func() bool {
		f.in.Step(1)
		for _, c := range lv.ifs {
			if !f.in.test(c.eval(f)) {
				return true
			}
		}
		unknown = n.run(f, level+1, emit)
		return unknown == nil
	})
	return unknown
}

// sizeHint is how many elements a dict or its view has, 0 for anything else.
func sizeHint(v Value) int {
	switch v := v.(type) {
	case *Dict:
		return v.Len()
	case *dictView:
		return v.d.Len()
	}
	return 0
}

// eachInto is each, with every element assigned to a target; the pairs of a
// dict's items() go to two targets without a tuple.
func (in *Interp) eachInto(f *frame, v Value, to target, fn func() bool) {
	if view, ok := v.(*dictView); ok && view.kind == viewItems {
		if t, ok := to.(*unpackTarget); ok && len(t.list) == 2 && t.star < 0 {
			c, n := cursor{d: view.d, epoch: view.d.epoch}, view.d.Len()
			for {
				if view.d.Len() != n {
					in.Raise(RuntimeError, "dictionary changed size during iteration")
				}
				if !c.next() {
					return
				}
				f.line = t.line
				t.list[0].store(f, c.k)
				t.list[1].store(f, view.d.rooted(c.k, c.v))
				if !fn() {
					return
				}
			}
		}
	}
	in.each(v, func(x Value) bool {
		to.store(f, x)
		return fn()
	})
}

// each calls fn for every element of an iterable until it returns false.
func (in *Interp) each(v Value, fn func(Value) bool) {
	switch v := v.(type) {
	case *List:
		for i := 0; i < len(v.V); i++ {
			if !fn(in.element(v.V[i], v, i)) {
				return
			}
		}
		return
	case *Tuple:
		if v.Cls == nil {
			for _, x := range v.V {
				if !fn(x) {
					return
				}
			}
			return
		}
	case *Range:
		if v.Step > 0 {
			for i := v.Start; i < v.Stop; i += v.Step {
				if !fn(NewInt(i)) {
					return
				}
			}
			return
		}
	}
	it := in.Iter(v)
	for {
		x, ok := it.Next(in)
		if !ok || !fn(x) {
			return
		}
	}
}

type genExpr struct {
	fn   *makeFunction
	iter expr
	line int32
}

func (n *genExpr) eval(f *frame) Value {
	it := n.iter.eval(f)
	f.line = n.line
	if u, ok := it.(*Unknown); ok {
		return u
	}
	var src Value = f.in.Iter(it)
	fn := n.fn.eval(f).(*Function)
	return f.in.CallFunction(fn, []Value{src}, nil)
}

type yieldExpr struct{ v expr }

func (n *yieldExpr) eval(f *frame) Value {
	var v Value = None
	if n.v != nil {
		v = n.v.eval(f)
	}
	return f.gen.yield(f, v)
}

type yieldFromExpr struct{ v expr }

func (n *yieldFromExpr) eval(f *frame) Value {
	src := n.v.eval(f)
	if g, ok := src.(*Generator); ok {
		for {
			v, ok := g.Next(f.in)
			if !ok {
				return g.result()
			}
			f.gen.yield(f, v)
		}
	}
	f.in.each(src, func(v Value) bool { f.gen.yield(f, v); return true })
	return None
}
