package interp

import "github.com/arch-extract/arch-extract/pyast"

// A scope is a block of Python that has names of its own. Comprehensions are
// inlined into the frame of the block around them (PEP 709) but keep their
// targets to themselves.
type scopeKind uint8

const (
	moduleScope scopeKind = iota
	classScope
	funcScope
	compScope
)

type scope struct {
	kind   scopeKind
	parent *scope
	syms   map[string]*symbol
	slots  *slotTable // of the frame that the scope lives in
	free   []*symbol  // functions: captured from outside, in order of Free cells
	freeAt map[*symbol]int
	isGen  bool
	inner  map[pyast.Node]*scope // scopes opened by nodes directly inside

	textAnnotations bool // modules: `from __future__ import annotations`
}

// annotationsAsText reports whether annotations in the scope are kept as text.
func (s *scope) annotationsAsText() bool {
	for s != nil && s.parent != nil {
		s = s.parent
	}
	return s != nil && s.textAnnotations
}

type slotTable struct{ n int }

type symbol struct {
	name   string
	home   *scope
	slot   int
	cell   bool // captured by an inner function
	global bool // declared global
	bound  bool
}

func newScope(kind scopeKind, parent *scope) *scope {
	s := &scope{kind: kind, parent: parent, syms: map[string]*symbol{}, inner: map[pyast.Node]*scope{}}
	if kind == compScope {
		s.slots = parent.slots
	} else {
		s.slots = &slotTable{}
	}
	return s
}

// bind makes name a variable of the scope.
func (s *scope) bind(name string) *symbol {
	y := s.syms[name]
	if y == nil {
		y = &symbol{name: name, home: s, slot: -1}
		s.syms[name] = y
	}
	if !y.bound && !y.global && y.home == s {
		y.bound = true
		if s.kind == funcScope || s.kind == compScope {
			y.slot = s.slots.n
			s.slots.n++
		}
	}
	return y
}

// function is the scope whose frame s runs in.
func (s *scope) frame() *scope {
	for s.kind == compScope {
		s = s.parent
	}
	return s
}

// lookup finds the variable that a use of name in s means; nil for a global
// (or builtin), or for a name of a class or module body, which live in a dict.
func (s *scope) lookup(name string) *symbol {
	from := s.frame()
	for k := s; k != nil; k = k.parent {
		if k.kind == classScope && k != from {
			continue
		}
		if k.kind == moduleScope {
			return nil
		}
		y := k.syms[name]
		if y == nil {
			continue
		}
		if y.global {
			return y
		}
		if y.home != k { // nonlocal: the symbol of an outer function
			y = y.home.syms[name]
		}
		if !y.bound {
			continue
		}
		if k.kind == classScope {
			return nil // by name, in the class namespace
		}
		if y.home.frame() != from {
			y.cell = true
			// every function between takes it along
			for g := from; g != nil && g != y.home.frame(); g = outerFrame(g) {
				if g.kind == funcScope {
					g.capture(y)
				}
			}
		}
		return y
	}
	return nil
}

func outerFrame(s *scope) *scope {
	if s.parent == nil {
		return nil
	}
	return s.parent.frame()
}

func (s *scope) capture(y *symbol) int {
	if s.freeAt == nil {
		s.freeAt = map[*symbol]int{}
	}
	if i, ok := s.freeAt[y]; ok {
		return i
	}
	i := len(s.free)
	s.freeAt[y] = i
	s.free = append(s.free, y)
	return i
}

// analyzer finds the bindings of a block, then the uses, so that captured
// variables are known before code is made.
type analyzer struct {
	cur *scope
	// eager opens the scopes of all functions at once.
	eager bool
	// pending are names declared nonlocal whose function is not closed yet: it
	// may bind them after the inner function that declares them.
	pending []nonlocal
}

type nonlocal struct {
	in   *scope
	name string
}

func (a *analyzer) open(n pyast.Node, kind scopeKind, body func()) {
	s := newScope(kind, a.cur)
	a.cur.inner[n] = s
	a.cur = s
	body()
	if kind == funcScope && len(a.pending) > 0 {
		a.settle(s)
	}
	a.cur = s.parent
}

// settle gives the pending names that a function binds its variables. What no
// function around binds is left as if it had not been declared.
func (a *analyzer) settle(s *scope) {
	outermost := s.parent == nil || !s.parent.captures()
	rest := a.pending[:0]
	for _, p := range a.pending {
		y := s.syms[p.name]
		switch {
		case s == p.in || !s.encloses(p.in):
			rest = append(rest, p)
		case y != nil && y.bound && !y.global && y.home == s:
			p.in.syms[p.name] = y
		case outermost:
			delete(p.in.syms, p.name)
		default:
			rest = append(rest, p)
		}
	}
	a.pending = rest
}

func (s *scope) encloses(in *scope) bool {
	for in != nil && in != s {
		in = in.parent
	}
	return in == s
}

// stmts declares the bindings made by statements in the current scope, and
// opens the scopes inside.
func (a *analyzer) stmts(list []pyast.Stmt) {
	for _, s := range list {
		a.stmt(s)
	}
}

func (a *analyzer) stmt(s pyast.Stmt) {
	switch s := s.(type) {
	case *pyast.FunctionDef:
		a.exprs(s.Decorators)
		a.defaults(s.Args)
		a.cur.bindName(s.Name)
		a.function(s, s.Args, func() { a.stmts(s.Body) })
	case *pyast.ClassDef:
		a.exprs(s.Decorators)
		a.exprs(s.Bases)
		for _, k := range s.Keywords {
			a.expr(k.Value)
		}
		a.cur.bindName(s.Name)
		a.open(s, classScope, func() { a.stmts(s.Body) })
	case *pyast.Return:
		a.expr(s.Value)
	case *pyast.Delete:
		a.exprs(s.Targets)
	case *pyast.Assign:
		a.expr(s.Value)
		a.exprs(s.Targets)
	case *pyast.TypeAlias:
		a.cur.bindName(s.Name.ID)
	case *pyast.AugAssign:
		a.expr(s.Value)
		a.expr(s.Target)
	case *pyast.AnnAssign:
		a.expr(s.Value)
		a.expr(s.Target)
	case *pyast.For:
		a.expr(s.Iter)
		a.expr(s.Target)
		a.stmts(s.Body)
		a.stmts(s.Orelse)
	case *pyast.While:
		a.expr(s.Test)
		a.stmts(s.Body)
		a.stmts(s.Orelse)
	case *pyast.If:
		a.expr(s.Test)
		a.stmts(s.Body)
		a.stmts(s.Orelse)
	case *pyast.With:
		for _, it := range s.Items {
			a.expr(it.Context)
			a.expr(it.Vars)
		}
		a.stmts(s.Body)
	case *pyast.Match:
		a.expr(s.Subject)
		for _, c := range s.Cases {
			a.pattern(c.Pattern)
			a.expr(c.Guard)
			a.stmts(c.Body)
		}
	case *pyast.Raise:
		a.expr(s.Exc)
		a.expr(s.Cause)
	case *pyast.Try:
		a.stmts(s.Body)
		for _, h := range s.Handlers {
			a.expr(h.Type)
			if h.Name != "" {
				a.cur.bindName(h.Name)
			}
			a.stmts(h.Body)
		}
		a.stmts(s.Orelse)
		a.stmts(s.Final)
	case *pyast.Assert:
		a.expr(s.Test)
		a.expr(s.Msg)
	case *pyast.Import:
		for _, n := range s.Names {
			if n.AsName != "" {
				a.cur.bindName(n.AsName)
			} else {
				a.cur.bindName(firstPart(n.Name))
			}
		}
	case *pyast.ImportFrom:
		for _, n := range s.Names {
			if n.AsName != "" {
				a.cur.bindName(n.AsName)
			} else if n.Name != "*" {
				a.cur.bindName(n.Name)
			}
		}
	case *pyast.Global:
		for _, n := range s.Names {
			a.cur.frame().syms[n] = &symbol{name: n, home: a.cur.frame(), slot: -1, global: true}
		}
	case *pyast.Nonlocal:
		for _, n := range s.Names {
			if f := a.cur.frame(); f.syms[n] == nil {
				f.syms[n] = &symbol{name: n, slot: -1}
				a.pending = append(a.pending, nonlocal{f, n})
			}
		}
	case *pyast.ExprStmt:
		a.expr(s.Value)
	}
}

// bindName binds in the frame's own scope (walrus targets inside comprehensions land outside them).
func (s *scope) bindName(name string) {
	s = s.frame()
	if y := s.syms[name]; y != nil && (y.global || y.home != s) {
		return
	}
	s.bind(name)
}

// function opens the scope of a function. Where nothing around it can be
// captured (module and class bodies), the body waits until the first call.
func (a *analyzer) function(n pyast.Node, args *pyast.Arguments, body func()) {
	if !a.eager && !a.cur.captures() {
		return
	}
	a.functionNow(n, args, body)
}

// captures reports whether an inner function could capture a variable from s.
func (s *scope) captures() bool {
	for ; s != nil; s = s.parent {
		if s.kind == funcScope || s.kind == compScope {
			return true
		}
	}
	return false
}

func (a *analyzer) functionNow(n pyast.Node, args *pyast.Arguments, body func()) {
	a.open(n, funcScope, func() {
		for _, p := range allArgs(args) {
			a.cur.bind(p.Name)
		}
		body()
	})
}

// allArgs lists parameters in slot order: positional, *args, keyword-only, **kwargs.
func allArgs(args *pyast.Arguments) []*pyast.Arg {
	var out []*pyast.Arg
	out = append(out, args.PosOnly...)
	out = append(out, args.Args...)
	if args.Vararg != nil {
		out = append(out, args.Vararg)
	}
	out = append(out, args.KwOnly...)
	if args.Kwarg != nil {
		out = append(out, args.Kwarg)
	}
	return out
}

func (a *analyzer) defaults(args *pyast.Arguments) {
	a.exprs(args.Defaults)
	a.exprs(args.KwDefaults)
}

func (a *analyzer) exprs(list []pyast.Expr) {
	for _, e := range list {
		a.expr(e)
	}
}

func (a *analyzer) comp(n pyast.Expr, gens []*pyast.Comprehension, kind scopeKind, elts ...pyast.Expr) {
	a.expr(gens[0].Iter)
	a.open(n, kind, func() {
		if kind == funcScope {
			a.cur.bind(".0")
			a.cur.isGen = true
		}
		for i, g := range gens {
			if i > 0 {
				a.expr(g.Iter)
			}
			a.target(g.Target)
			a.exprs(g.Ifs)
		}
		a.exprs(elts)
	})
}

// target binds the names of a comprehension's target in its own scope.
func (a *analyzer) target(e pyast.Expr) {
	switch e := e.(type) {
	case *pyast.Name:
		a.cur.bind(e.ID)
	case *pyast.Tuple:
		for _, x := range e.Elts {
			a.target(x)
		}
	case *pyast.List:
		for _, x := range e.Elts {
			a.target(x)
		}
	case *pyast.Starred:
		a.target(e.Value)
	default:
		a.expr(e)
	}
}

func (a *analyzer) expr(e pyast.Expr) {
	switch e := e.(type) {
	case nil:
	case *pyast.Name:
		if e.Ctx != pyast.Load {
			if a.cur.kind == compScope || a.cur.kind == funcScope {
				if y := a.cur.syms[e.ID]; y != nil && y.bound && a.cur.kind == compScope {
					return
				}
			}
			a.cur.bindName(e.ID)
		}
	case *pyast.BoolOp:
		a.exprs(e.Values)
	case *pyast.NamedExpr:
		a.expr(e.Value)
		a.cur.bindName(e.Target.ID)
	case *pyast.BinOp:
		a.expr(e.Left)
		a.expr(e.Right)
	case *pyast.UnaryOp:
		a.expr(e.Operand)
	case *pyast.Lambda:
		a.defaults(e.Args)
		a.function(e, e.Args, func() { a.expr(e.Body) })
	case *pyast.IfExp:
		a.expr(e.Test)
		a.expr(e.Body)
		a.expr(e.Orelse)
	case *pyast.Dict:
		a.exprs(e.Keys)
		a.exprs(e.Values)
	case *pyast.Set:
		a.exprs(e.Elts)
	case *pyast.ListComp:
		a.comp(e, e.Generators, compScope, e.Elt)
	case *pyast.SetComp:
		a.comp(e, e.Generators, compScope, e.Elt)
	case *pyast.DictComp:
		a.comp(e, e.Generators, compScope, e.Key, e.Value)
	case *pyast.GeneratorExp:
		a.comp(e, e.Generators, funcScope, e.Elt)
	case *pyast.Await:
		a.expr(e.Value)
	case *pyast.Yield:
		a.cur.frame().isGen = true
		a.expr(e.Value)
	case *pyast.YieldFrom:
		a.cur.frame().isGen = true
		a.expr(e.Value)
	case *pyast.Compare:
		a.expr(e.Left)
		a.exprs(e.Comparators)
	case *pyast.Call:
		a.expr(e.Func)
		a.exprs(e.Args)
		for _, k := range e.Keywords {
			a.expr(k.Value)
		}
	case *pyast.FormattedValue:
		a.expr(e.Value)
		a.expr(e.FormatSpec)
	case *pyast.JoinedStr:
		a.exprs(e.Values)
	case *pyast.TemplateStr:
		a.exprs(e.Values)
	case *pyast.Interpolation:
		a.expr(e.Value)
	case *pyast.Attribute:
		a.expr(e.Value)
	case *pyast.Subscript:
		a.expr(e.Value)
		a.expr(e.Slice)
	case *pyast.Starred:
		a.expr(e.Value)
	case *pyast.List:
		a.exprs(e.Elts)
	case *pyast.Tuple:
		a.exprs(e.Elts)
	case *pyast.Slice:
		a.expr(e.Lower)
		a.expr(e.Upper)
		a.expr(e.Step)
	}
}

func (a *analyzer) pattern(p pyast.Pattern) {
	switch p := p.(type) {
	case nil:
	case *pyast.MatchValue:
		a.expr(p.Value)
	case *pyast.MatchSequence:
		for _, q := range p.Patterns {
			a.pattern(q)
		}
	case *pyast.MatchMapping:
		a.exprs(p.Keys)
		for _, q := range p.Patterns {
			a.pattern(q)
		}
		if p.Rest != "" {
			a.cur.bindName(p.Rest)
		}
	case *pyast.MatchClass:
		a.expr(p.Cls)
		for _, q := range p.Patterns {
			a.pattern(q)
		}
		for _, q := range p.KwdPatterns {
			a.pattern(q)
		}
	case *pyast.MatchStar:
		if p.Name != "" {
			a.cur.bindName(p.Name)
		}
	case *pyast.MatchAs:
		a.pattern(p.Pattern)
		if p.Name != "" {
			a.cur.bindName(p.Name)
		}
	case *pyast.MatchOr:
		for _, q := range p.Patterns {
			a.pattern(q)
		}
	}
}

func firstPart(dotted string) string {
	for i := 0; i < len(dotted); i++ {
		if dotted[i] == '.' {
			return dotted[:i]
		}
	}
	return dotted
}
