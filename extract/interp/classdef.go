package interp

import (
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// Span is where the class statement stands; zero for native classes.
func (c *Class) Span() graph.Span { return c.span }

type annotation struct {
	name string
	ann  *lazyAnn
	val  Value // evaluated
}

type classDefStmt struct {
	name       string
	bases      []expr
	star       bool
	kwNames    []string
	kwVals     []expr
	decorators []expr
	decLines   []int32
	body       []stmt
	scope      *scope
	to         target
	doc        Value
	generic    bool
	node       *pyast.ClassDef
	file       string
	line       int32
}

func (s *classDefStmt) exec(f *frame) ctl {
	f.line = s.line
	in := f.in
	in.step()
	decs := make([]Value, len(s.decorators))
	for i, d := range s.decorators {
		decs[i] = d.eval(f)
	}
	bases := evalList(f, s.bases, s.star)
	var kw []KW
	for i, n := range s.kwNames {
		v := s.kwVals[i].eval(f)
		if n == "" {
			kw = in.spreadKW(kw, v, None)
			continue
		}
		kw = append(kw, KW{n, v})
	}
	ns := NewDict()
	if v, ok := f.globals.GetStr("__name__"); ok {
		ns.SetStr("__module__", v)
	}
	qual := s.name
	switch {
	case f.scope != nil && f.scope.kind == classScope:
		qual = f.name + "." + s.name
	case f.fn != nil:
		qual = f.fn.Qual + ".<locals>." + s.name
	}
	ns.SetStr("__qualname__", NewStr(qual))
	if s.doc != nil {
		ns.SetStr("__doc__", s.doc)
	}
	cell := &Cell{}
	cf := in.newFrame(s.scope.slots.n)
	cf.name, cf.file, cf.line = qual, f.file, s.line
	cf.globals, cf.names, cf.scope, cf.outer, cf.class, cf.free = f.globals, ns, s.scope, f, cell, f.free
	in.push(cf)
	in.pendingAnns = append(in.pendingAnns, nil)
	run(cf, s.body)
	in.pop()
	anns := in.pendingAnns[len(in.pendingAnns)-1]
	in.pendingAnns = in.pendingAnns[:len(in.pendingAnns)-1]
	f.line = s.line
	in.classSpan = graph.Span{File: s.file, Line: int(s.line)}
	in.classAnns, in.classGlobals, in.classCell = anns, f.globals, cell
	v := in.buildClass(s.name, bases, ns, kw)
	for i := len(decs) - 1; i >= 0; i-- {
		f.line = s.decLines[i]
		v = in.call(decs[i], []Value{v}, nil)
	}
	s.to.store(f, v)
	return next
}

// buildClass resolves bases and metaclass and makes the class.
func (in *Interp) buildClass(name string, bases []Value, ns *Dict, kw []KW) Value {
	anns, globals, cell, span := in.classAnns, in.classGlobals, in.classCell, in.classSpan
	in.classAnns, in.classGlobals, in.classCell = nil, nil, nil
	var real []Value
	var unknown *Unknown
	for _, b := range bases {
		switch b := b.(type) {
		case *Class:
			real = append(real, b)
			continue
		case *Unknown:
			unknown = b
			continue
		}
		if me, ok := in.LookupAttr(b, "__mro_entries__"); ok {
			for _, x := range in.Elements(in.call(me, []Value{NewTuple(bases...)}, nil)) {
				real = appendNew(real, x)
			}
			ns.SetStr("__orig_bases__", NewTuple(bases...))
			continue
		}
		if o, ok := in.LookupAttr(b, "__origin__"); ok {
			if _, isClass := o.(*Class); isClass {
				real = appendNew(real, o)
				ns.SetStr("__orig_bases__", NewTuple(bases...))
				continue
			}
		}
		in.Raise(TypeError, "bases of class '%s' must be types, not '%s'", name, b.Type().Name)
	}
	meta := TypeClass
	rest := kw[:0:0]
	var metaFn Value
	for _, k := range kw {
		if k.Name == "metaclass" {
			if m, ok := k.V.(*Class); ok {
				meta = m
			} else {
				metaFn = k.V
			}
			continue
		}
		rest = append(rest, k)
	}
	for _, b := range real {
		bm := b.(*Class).Type()
		switch {
		case meta.Is(bm):
		case bm.Is(meta):
			meta = bm
		default:
			in.Raise(TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases")
		}
	}
	in.classAnns, in.classGlobals, in.classCell, in.classSpan = anns, globals, cell, span
	if metaFn != nil {
		return in.call(metaFn, []Value{NewStr(name), NewTuple(real...), ns}, rest)
	}
	if meta == TypeClass {
		c := in.NewClass(TypeClass, name, real, ns, rest)
		if unknown != nil {
			c.unknownBase = unknown
		}
		return c
	}
	// the metaclass is an ordinary callable: its __call__, __new__, __init__
	return in.call(meta, []Value{NewStr(name), NewTuple(real...), ns}, rest)
}

func appendNew(list []Value, v Value) []Value {
	for _, x := range list {
		if x == v {
			return list
		}
	}
	return append(list, v)
}

// NewClass is type.__new__: it makes a class of the given metaclass, calls
// __set_name__ on its attributes and __init_subclass__ on its parent. kw are
// the keywords of the class header except metaclass.
func (in *Interp) NewClass(meta *Class, name string, bases []Value, ns *Dict, kw []KW) *Class {
	in.Charge(classWeight)
	c := &Class{Name: name, Qual: name, Dict: NewDict(), Meta: meta, cache: map[string]Value{}}
	c.anns, c.globals, c.span = in.classAnns, in.classGlobals, in.classSpan
	cell := in.classCell
	in.classAnns, in.classGlobals, in.classCell, in.classSpan = nil, nil, nil, graph.Span{}
	for _, b := range bases {
		if k, ok := b.(*Class); ok {
			c.Bases = append(c.Bases, k)
			if k.unknownBase != nil {
				c.unknownBase = k.unknownBase
			}
		}
	}
	if len(c.Bases) == 0 {
		c.Bases = []*Class{ObjectClass}
	}
	mro, err := linearize(c)
	if err != nil {
		in.Raise(TypeError, "%s", err.Error())
	}
	c.MRO = mro
	ns.Range(func(k, v Value) bool {
		s, ok := AsStr(k)
		if !ok {
			c.Dict.Set(in, k, v)
			return true
		}
		switch s {
		case "__qualname__":
			c.Qual, _ = AsStr(v)
			return true
		case "__module__":
			c.Mod, _ = AsStr(v)
		case "__new__":
			if fn, ok := v.(*Function); ok {
				v = &StaticMethod{fn}
			}
		case "__init_subclass__", "__class_getitem__":
			if fn, ok := v.(*Function); ok {
				v = &ClassMethod{fn}
			}
		}
		c.Dict.SetStr(s, v)
		return true
	})
	if _, ok := c.Dict.GetStr("__module__"); !ok {
		if n := len(in.stack); n > 0 {
			if v, ok := in.stack[n-1].globals.GetStr("__name__"); ok {
				c.Mod, _ = AsStr(v)
			}
		}
	}
	if _, ok := c.Dict.GetStr("__eq__"); ok {
		if _, ok := c.Dict.GetStr("__hash__"); !ok {
			c.Dict.SetStr("__hash__", None)
		}
	}
	c.refreshSpecials()
	for _, b := range c.Bases {
		if !b.Native {
			b.subs = append(b.subs, c)
		}
	}
	if cell != nil {
		cell.V = c
	}
	ns.Range(func(k, v Value) bool {
		if i, ok := v.(*Instance); ok {
			if f, ok := in.special(i, "__set_name__"); ok {
				in.call(f, []Value{c, k}, nil)
			}
		} else if sn, ok := v.(interface {
			SetName(in *Interp, owner *Class, name string)
		}); ok {
			s, _ := AsStr(k)
			sn.SetName(in, c, s)
		}
		return true
	})
	if v, ok := c.lookupAfter(c, "__init_subclass__"); ok {
		if fn := in.bindAttr(v, nil, c); fn != nil {
			in.call(fn, nil, kw)
		}
	}
	return c
}

// recordAnnotation remembers an annotation of a class or module body.
func (in *Interp) recordAnnotation(f *frame, name string, a *lazyAnn) {
	if f.scope.kind != classScope {
		return
	}
	top := len(in.pendingAnns) - 1
	in.pendingAnns[top] = append(in.pendingAnns[top], annotation{name: name, ann: a})
}

// Annotations evaluates the annotations of a class (its own), a function or a
// module. An annotation that cannot be evaluated stays its source text.
func (in *Interp) Annotations(obj Value) *Dict {
	switch o := obj.(type) {
	case *Class:
		if v, ok := o.Dict.GetStr("__annotations__"); ok {
			if d, ok := v.(*Dict); ok {
				return d
			}
		}
		d := NewDict()
		for i := range o.anns {
			a := &o.anns[i]
			if a.val == nil {
				a.val = in.evalAnnotation(a.ann, o.globals)
			}
			d.SetStr(a.name, a.val)
		}
		if !o.Native {
			o.Dict.SetStr("__annotations__", d)
			o.forget()
		}
		return d
	case *Function:
		if v, ok := o.Attrs().GetStr("__annotations__"); ok {
			if d, ok := v.(*Dict); ok {
				return d
			}
		}
		d := NewDict()
		for _, p := range o.Params() {
			if p.Annotation != nil {
				d.SetStr(p.Name, p.Annotation(in))
			}
		}
		if r := o.Returns(in); r != nil {
			d.SetStr("return", r)
		}
		o.Attrs().SetStr("__annotations__", d)
		return d
	}
	return NewDict()
}

// evalAnnotation evaluates an annotation in the scope where it stands. Under
// `from __future__ import annotations`, and where it cannot be evaluated (a
// name that is imported for type checkers only), the result is its source text.
func (in *Interp) evalAnnotation(a *lazyAnn, globals *Dict) (v Value) {
	if globals == nil {
		return NewStr("")
	}
	if a.scope.annotationsAsText() {
		return NewStr(exprText(a.expr))
	}
	if k, ok := a.expr.(*pyast.Constant); ok && k.Kind == pyast.Str {
		return NewStr(k.Str)
	}
	r := in.catch(func() {
		v = in.evalIn("<annotation>", a.file, a.expr, globals)
	})
	if r != nil {
		if r.Exc.Cls == BudgetExceeded {
			panic(r)
		}
		return NewStr(exprText(a.expr))
	}
	return v
}
