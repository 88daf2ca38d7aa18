package interp

import (
	"github.com/arch-extract/arch-extract/pyast"
)

// An expr or stmt node is a construct with its names resolved, ready to run.
// Nodes belong to one interpreter.
type (
	expr interface{ eval(f *frame) Value }
	stmt interface{ exec(f *frame) ctl }
)

// ctl says how a statement ended.
type ctl uint8

const (
	next ctl = iota
	brk
	cont
	ret
)

// Code is a block of code: a function, lambda or generator expression. It is
// compiled at its first call.
type Code struct {
	Name string
	File string
	Line int

	args     *pyast.Arguments
	stmts    []pyast.Stmt // body to compile, or
	value    pyast.Expr   // the value of a lambda
	comp     *pyast.GeneratorExp
	outer    *scope // where it was defined
	scope    *scope // analyzed already (nested functions)
	node     pyast.Node
	returns  pyast.Expr
	isAsync  bool
	compiled bool

	params   []string
	npos     int // positional parameters
	nposOnly int
	vararg   int // slot, or -1
	kwonly   int // count
	kwarg    int // slot, or -1
	nlocals  int
	cells    []int     // slots that hold cells, made at entry
	free     []*symbol // captured symbols
	body     []stmt
	isGen    bool
	doc      Value
	spans    *pyast.Pos
}

type compiler struct {
	in   *Interp
	file string
	cur  *scope
}

func (in *Interp) newCode(c *compiler, name string, n pyast.Node, args *pyast.Arguments) *Code {
	code := &Code{Name: name, File: c.file, Line: int(n.Span().Line), args: args, outer: c.cur, node: n, vararg: -1, kwarg: -1, spans: n.Span()}
	code.scope = c.cur.inner[n]
	if args != nil {
		for _, p := range allArgs(args) {
			code.params = append(code.params, p.Name)
		}
		code.nposOnly = len(args.PosOnly)
		code.npos = len(args.PosOnly) + len(args.Args)
		i := code.npos
		if args.Vararg != nil {
			code.vararg = i
			i++
		}
		code.kwonly = len(args.KwOnly)
		i += code.kwonly
		if args.Kwarg != nil {
			code.kwarg = i
		}
	}
	return code
}

// kwStart is the slot of the first keyword-only parameter.
func (c *Code) kwStart() int {
	if c.vararg >= 0 {
		return c.vararg + 1
	}
	return c.npos
}

// compile makes the code of a block, nested blocks included.
func (in *Interp) compile(code *Code) {
	if code.compiled {
		return
	}
	code.compiled = true
	sc := code.scope
	if sc == nil {
		a := &analyzer{cur: code.outer}
		a.functionNow(code.node, code.args, func() {
			a.stmts(code.stmts)
			a.expr(code.value)
		})
		sc = code.outer.inner[code.node]
		code.scope = sc
	}
	c := &compiler{in: in, file: code.File, cur: sc}
	switch {
	case code.comp != nil:
		code.body = []stmt{c.genexp(code.comp)}
	case code.value != nil:
		code.body = []stmt{&returnStmt{value: c.expr(code.value), line: code.value.Span().Line}}
	default:
		code.body = c.stmts(code.stmts)
	}
	code.isGen = sc.isGen
	code.nlocals = sc.slots.n
	for _, y := range sc.syms {
		if y.cell && y.home == sc && y.slot >= 0 {
			code.cells = append(code.cells, y.slot)
		}
	}
	code.free = sc.free
}

func (c *compiler) stmts(list []pyast.Stmt) []stmt {
	out := make([]stmt, 0, len(list))
	for _, s := range list {
		out = append(out, c.stmt(s))
	}
	return out
}

func (c *compiler) exprs(list []pyast.Expr) []expr {
	if len(list) == 0 {
		return nil
	}
	out := make([]expr, len(list))
	for i, e := range list {
		out[i] = c.expr(e)
	}
	return out
}

func hasStar(list []pyast.Expr) bool {
	for _, e := range list {
		if _, ok := e.(*pyast.Starred); ok {
			return true
		}
	}
	return false
}

func (c *compiler) opt(e pyast.Expr) expr {
	if e == nil {
		return nil
	}
	return c.expr(e)
}

func constValue(e *pyast.Constant) Value {
	switch e.Kind {
	case pyast.None:
		return None
	case pyast.True:
		return True
	case pyast.False:
		return False
	case pyast.Ellipsis:
		return Ellipsis
	case pyast.Int:
		if e.Big != nil {
			return NewBig(e.Big)
		}
		return NewInt(e.Int)
	case pyast.Float:
		return NewFloat(e.Float)
	case pyast.Complex:
		return Complex{complex(0, e.Float)}
	case pyast.Bytes:
		return Bytes{e.Str}
	}
	return NewStr(e.Str)
}

func (c *compiler) expr(e pyast.Expr) expr {
	switch e := e.(type) {
	case *pyast.Constant:
		return &constExpr{constValue(e)}
	case *pyast.Name:
		return c.load(e.ID, e.Line)
	case *pyast.Attribute:
		return &attrExpr{obj: c.expr(e.Value), name: NewStr(e.Attr), line: e.EndLine}
	case *pyast.Call:
		return c.call(e)
	case *pyast.BinOp:
		return &binExpr{op: e.Op, a: c.expr(e.Left), b: c.expr(e.Right), line: e.Line}
	case *pyast.UnaryOp:
		if e.Op == pyast.Not {
			return &notExpr{c.expr(e.Operand)}
		}
		if k, ok := e.Operand.(*pyast.Constant); ok && (k.Kind == pyast.Int && k.Big == nil || k.Kind == pyast.Float) {
			return &constExpr{c.in.Unary(e.Op, constValue(k))}
		}
		return &unaryExpr{op: e.Op, a: c.expr(e.Operand), line: e.Line}
	case *pyast.BoolOp:
		return &boolExpr{and: e.Op == pyast.And, list: c.exprs(e.Values), line: e.Line}
	case *pyast.Compare:
		n := &cmpExpr{left: c.expr(e.Left), ops: e.Ops, right: c.exprs(e.Comparators), line: e.Line}
		return n
	case *pyast.IfExp:
		return &ifExpr{test: c.expr(e.Test), body: c.expr(e.Body), orelse: c.expr(e.Orelse), line: e.Test.Span().Line}
	case *pyast.Subscript:
		if sl, ok := e.Slice.(*pyast.Slice); ok {
			return &indexExpr{obj: c.expr(e.Value), idx: c.expr(sl), line: e.Line}
		}
		return &indexExpr{obj: c.expr(e.Value), idx: c.expr(e.Slice), line: e.Line}
	case *pyast.Slice:
		return &sliceExpr{c.opt(e.Lower), c.opt(e.Upper), c.opt(e.Step)}
	case *pyast.Tuple:
		return &seqExpr{kind: 't', list: c.exprs(e.Elts), star: hasStar(e.Elts)}
	case *pyast.List:
		return &seqExpr{kind: 'l', list: c.exprs(e.Elts), star: hasStar(e.Elts)}
	case *pyast.Set:
		return &seqExpr{kind: 's', list: c.exprs(e.Elts), star: hasStar(e.Elts)}
	case *pyast.Starred:
		return &starExpr{c.expr(e.Value)}
	case *pyast.Dict:
		n := &dictExpr{}
		for i, k := range e.Keys {
			n.keys = append(n.keys, c.opt(k))
			n.vals = append(n.vals, c.expr(e.Values[i]))
		}
		return n
	case *pyast.JoinedStr:
		return &fstringExpr{parts: c.fparts(e.Values)}
	case *pyast.TemplateStr:
		return &unknownExpr{"template strings are not interpreted"}
	case *pyast.Lambda:
		return c.lambda(e)
	case *pyast.ListComp:
		return c.comprehension(e, 'l', e.Generators, e.Elt, nil)
	case *pyast.SetComp:
		return c.comprehension(e, 's', e.Generators, e.Elt, nil)
	case *pyast.DictComp:
		return c.comprehension(e, 'd', e.Generators, e.Key, e.Value)
	case *pyast.GeneratorExp:
		code := c.in.newCode(c, "<genexpr>", e, nil)
		code.params = []string{".0"}
		code.npos = 1
		code.comp = e
		first := c.expr(e.Generators[0].Iter)
		c.nested(code)
		return &genExpr{fn: c.closure(code), iter: first, line: e.Line}
	case *pyast.NamedExpr:
		return &walrusExpr{value: c.expr(e.Value), target: c.store(e.Target)}
	case *pyast.Yield:
		return &yieldExpr{c.opt(e.Value)}
	case *pyast.YieldFrom:
		return &yieldFromExpr{c.expr(e.Value)}
	case *pyast.Await:
		return &unknownExpr{"await is not interpreted"}
	}
	panic("expression not compiled")
}

func (c *compiler) fparts(vals []pyast.Expr) []fpart {
	var out []fpart
	for _, v := range vals {
		switch v := v.(type) {
		case *pyast.Constant:
			out = append(out, fpart{text: v.Str})
		case *pyast.FormattedValue:
			p := fpart{value: c.expr(v.Value), conv: v.Conversion}
			if js, ok := v.FormatSpec.(*pyast.JoinedStr); ok {
				p.spec = &fstringExpr{parts: c.fparts(js.Values)}
			}
			out = append(out, p)
		default:
			out = append(out, fpart{value: c.expr(v), conv: -1})
		}
	}
	return out
}

func (c *compiler) load(name string, line int32) expr {
	if name == "__debug__" {
		return &constExpr{True}
	}
	y := c.cur.lookup(name)
	switch {
	case y == nil && name == "__class__":
		return &classCellExpr{}
	case y == nil:
		if c.cur.frame().kind == classScope {
			return &nameExpr{name: name, line: line}
		}
		return &globalExpr{name: name, line: line}
	case y.global:
		return &globalExpr{name: name, line: line}
	case y.home.frame() == c.cur.frame():
		return &localExpr{sym: y, line: line}
	case c.cur.frame().kind == classScope:
		// a class body inside a function reads the function's variable, unless it bound the name itself
		return &classFreeExpr{name: name, sym: y, line: line}
	}
	return &freeExpr{idx: c.cur.frame().capture(y), name: name, line: line}
}

// store compiles an assignment target.
func (c *compiler) store(e pyast.Expr) target {
	switch e := e.(type) {
	case *pyast.Name:
		return c.storeName(e.ID)
	case *pyast.Attribute:
		return &attrTarget{obj: c.expr(e.Value), name: e.Attr, line: e.Line}
	case *pyast.Subscript:
		return &indexTarget{obj: c.expr(e.Value), idx: c.expr(e.Slice), line: e.Line}
	case *pyast.Starred:
		return c.store(e.Value)
	case *pyast.Tuple:
		return c.unpack(e.Elts, e.Line)
	case *pyast.List:
		return c.unpack(e.Elts, e.Line)
	}
	panic("target not compiled")
}

func (c *compiler) unpack(elts []pyast.Expr, line int32) target {
	t := &unpackTarget{star: -1, line: line}
	for i, x := range elts {
		if _, ok := x.(*pyast.Starred); ok {
			t.star = i
		}
		t.list = append(t.list, c.store(x))
	}
	return t
}

func (c *compiler) storeName(name string) target {
	s := c.cur
	if s.kind == compScope {
		if y := s.syms[name]; y != nil && y.bound {
			return &localTarget{sym: y}
		}
	}
	s = s.frame()
	y := s.syms[name]
	if y != nil && y.global {
		return &globalTarget{name: name}
	}
	if s.kind != funcScope {
		if y != nil && y.home != s { // nonlocal in a class body
			return &nameTarget{name: name}
		}
		return &nameTarget{name: name}
	}
	if y == nil {
		y = s.bind(name)
	}
	if y.home != s {
		y = y.home.syms[name]
		y.cell = true
		for g := s; g != nil && g != y.home.frame(); g = outerFrame(g) {
			if g.kind == funcScope {
				g.capture(y)
			}
		}
		return &freeTarget{idx: s.capture(y)}
	}
	return &localTarget{sym: y}
}

func (c *compiler) call(e *pyast.Call) expr {
	line := e.Line
	if a, ok := e.Func.(*pyast.Attribute); ok {
		line = a.EndLine
	}
	n := &callExpr{line: line}
	if name, ok := e.Func.(*pyast.Name); ok && name.ID == "super" && len(e.Args) == 0 && len(e.Keywords) == 0 && c.cur.lookup("super") == nil {
		return &superExpr{line: line}
	}
	if a, ok := e.Func.(*pyast.Attribute); ok {
		n.obj = c.expr(a.Value)
		n.name = NewStr(a.Attr)
	} else {
		n.fn = c.expr(e.Func)
	}
	n.star = hasStar(e.Args)
	n.args = c.exprs(e.Args)
	for _, k := range e.Keywords {
		if k.Name == "" {
			n.kwstar = true
		}
		n.kwNames = append(n.kwNames, k.Name)
		n.kwVals = append(n.kwVals, c.expr(k.Value))
	}
	return n
}

// nested compiles a block inside a function at once: what it captures must be
// known before the outer block runs.
func (c *compiler) nested(code *Code) {
	if code.scope != nil {
		c.in.compile(code)
	}
}

// closure makes the node that creates a function of the code.
func (c *compiler) closure(code *Code) *makeFunction {
	return &makeFunction{code: code}
}

func (c *compiler) lambda(e *pyast.Lambda) expr {
	code := c.in.newCode(c, "<lambda>", e, e.Args)
	code.value = e.Body
	c.nested(code)
	m := c.closure(code)
	m.defaults = c.exprs(e.Args.Defaults)
	for _, d := range e.Args.KwDefaults {
		m.kwDefaults = append(m.kwDefaults, c.opt(d))
	}
	return m
}

func (c *compiler) funcDef(s *pyast.FunctionDef) stmt {
	code := c.in.newCode(c, s.Name, s, s.Args)
	code.stmts = s.Body
	code.returns = s.Returns
	code.isAsync = s.Async
	if len(s.Body) > 0 {
		if d, ok := s.Body[0].(*pyast.ExprStmt); ok {
			if k, ok := d.Value.(*pyast.Constant); ok && k.Kind == pyast.Str {
				code.doc = NewStr(k.Str)
			}
		}
	}
	c.nested(code)
	m := c.closure(code)
	m.defaults = c.exprs(s.Args.Defaults)
	for _, d := range s.Args.KwDefaults {
		m.kwDefaults = append(m.kwDefaults, c.opt(d))
	}
	return &funcDefStmt{fn: m, decorators: c.exprs(s.Decorators), to: c.storeName(s.Name), line: s.Line, decLines: lines(s.Decorators)}
}

func lines(list []pyast.Expr) []int32 {
	var out []int32
	for _, e := range list {
		out = append(out, e.Span().Line)
	}
	return out
}

func (c *compiler) comprehension(n pyast.Expr, kind byte, gens []*pyast.Comprehension, elt, val pyast.Expr) expr {
	outer := c.cur
	node := &compExpr{kind: kind, line: n.Span().Line}
	first := c.expr(gens[0].Iter)
	c.cur = outer.inner[n]
	for i, g := range gens {
		lv := compLevel{iter: first, target: c.store(g.Target), line: g.Iter.Span().Line}
		if i > 0 {
			lv.iter = c.expr(g.Iter)
		}
		lv.ifs = c.exprs(g.Ifs)
		node.levels = append(node.levels, lv)
	}
	node.elt = c.expr(elt)
	if val != nil {
		node.val = c.expr(val)
	}
	node.scope = c.cur
	c.cur = outer
	return node
}

// genexp compiles the body of a generator expression's own block.
func (c *compiler) genexp(e *pyast.GeneratorExp) stmt {
	node := &compExpr{kind: 'g', line: e.Line}
	for i, g := range e.Generators {
		lv := compLevel{target: c.store(g.Target), line: g.Iter.Span().Line}
		if i == 0 {
			lv.iter = &localExpr{sym: c.cur.syms[".0"], line: e.Line}
		} else {
			lv.iter = c.expr(g.Iter)
		}
		lv.ifs = c.exprs(g.Ifs)
		node.levels = append(node.levels, lv)
	}
	node.elt = c.expr(e.Elt)
	return &exprStmt{value: node, line: e.Line}
}

func (c *compiler) stmt(s pyast.Stmt) stmt {
	line := s.Span().Line
	switch s := s.(type) {
	case *pyast.ExprStmt:
		if _, ok := s.Value.(*pyast.Constant); ok {
			return &passStmt{}
		}
		return &exprStmt{value: c.expr(s.Value), line: line}
	case *pyast.Assign:
		v := c.expr(s.Value)
		if len(s.Targets) == 1 {
			return &assignStmt{to: c.store(s.Targets[0]), value: v, line: line}
		}
		n := &multiAssignStmt{value: v, line: line}
		for _, t := range s.Targets {
			n.to = append(n.to, c.store(t))
		}
		return n
	case *pyast.AugAssign:
		n := &augStmt{op: s.Op, value: c.expr(s.Value), line: line}
		switch t := s.Target.(type) {
		case *pyast.Name:
			n.read, n.to = c.load(t.ID, t.Line), c.storeName(t.ID)
		case *pyast.Attribute:
			n.obj, n.attr = c.expr(t.Value), t.Attr
		case *pyast.Subscript:
			n.obj, n.idx = c.expr(t.Value), c.expr(t.Slice)
		}
		return n
	case *pyast.AnnAssign:
		n := &annStmt{line: line}
		if name, ok := s.Target.(*pyast.Name); ok && s.Simple {
			n.name = name.ID
			n.ann = &lazyAnn{expr: s.Annotation, file: c.file, scope: c.cur}
			n.record = c.cur.frame().kind != funcScope
		}
		if s.Value != nil {
			n.value = c.expr(s.Value)
			n.to = c.store(s.Target)
		}
		return n
	case *pyast.Return:
		return &returnStmt{value: c.opt(s.Value), line: line}
	case *pyast.If:
		return &ifStmt{test: c.expr(s.Test), body: c.stmts(s.Body), orelse: c.stmts(s.Orelse), line: s.Test.Span().Line}
	case *pyast.For:
		return &forStmt{iter: c.expr(s.Iter), to: c.store(s.Target), body: c.stmts(s.Body), orelse: c.stmts(s.Orelse), line: s.Iter.Span().Line}
	case *pyast.While:
		return &whileStmt{test: c.expr(s.Test), body: c.stmts(s.Body), orelse: c.stmts(s.Orelse), line: line}
	case *pyast.FunctionDef:
		return c.funcDef(s)
	case *pyast.ClassDef:
		return c.classDef(s)
	case *pyast.Pass:
		return &passStmt{}
	case *pyast.Break:
		return &ctlStmt{brk}
	case *pyast.Continue:
		return &ctlStmt{cont}
	case *pyast.Raise:
		return &raiseStmt{exc: c.opt(s.Exc), cause: c.opt(s.Cause), line: line}
	case *pyast.Try:
		n := &tryStmt{body: c.stmts(s.Body), orelse: c.stmts(s.Orelse), final: c.stmts(s.Final), hasFinal: len(s.Final) > 0, line: line}
		for _, h := range s.Handlers {
			hh := handler{typ: c.opt(h.Type), body: c.stmts(h.Body), line: h.Line}
			if h.Name != "" {
				hh.to = c.storeName(h.Name)
				hh.del = c.delName(h.Name)
			}
			n.handlers = append(n.handlers, hh)
		}
		return n
	case *pyast.With:
		n := &withStmt{body: c.stmts(s.Body), line: line}
		for _, it := range s.Items {
			w := withItem{ctx: c.expr(it.Context), line: it.Context.Span().Line}
			if it.Vars != nil {
				w.to = c.store(it.Vars)
			}
			n.items = append(n.items, w)
		}
		return n
	case *pyast.Assert:
		return &assertStmt{test: c.expr(s.Test), msg: c.opt(s.Msg), line: line}
	case *pyast.Import:
		n := &importStmt{line: line}
		for _, a := range s.Names {
			as := a.AsName
			n.names = append(n.names, a.Name)
			n.bindTop = append(n.bindTop, as == "")
			if as == "" {
				as = firstPart(a.Name)
			}
			n.to = append(n.to, c.storeName(as))
		}
		return n
	case *pyast.ImportFrom:
		n := &fromStmt{module: s.Module, level: s.Level, line: line}
		for _, a := range s.Names {
			if a.Name == "*" {
				n.all = true
				continue
			}
			as := a.AsName
			if as == "" {
				as = a.Name
			}
			n.names = append(n.names, a.Name)
			n.to = append(n.to, c.storeName(as))
		}
		return n
	case *pyast.Global, *pyast.Nonlocal:
		return &passStmt{}
	case *pyast.Delete:
		n := &delStmt{line: line}
		for _, t := range s.Targets {
			n.list = append(n.list, c.del(t)...)
		}
		return n
	case *pyast.TypeAlias:
		return &assignStmt{to: c.storeName(s.Name.ID), value: &unknownExpr{"type aliases are not evaluated"}, line: line}
	case *pyast.Match:
		n := &matchStmt{subject: c.expr(s.Subject), line: line}
		for _, k := range s.Cases {
			n.cases = append(n.cases, matchCase{pat: c.pattern(k.Pattern), guard: c.opt(k.Guard), body: c.stmts(k.Body)})
		}
		return n
	}
	panic("statement not compiled")
}

func (c *compiler) del(e pyast.Expr) []deleter {
	switch e := e.(type) {
	case *pyast.Name:
		return []deleter{c.delName(e.ID)}
	case *pyast.Attribute:
		return []deleter{&attrTarget{obj: c.expr(e.Value), name: e.Attr, line: e.Line}}
	case *pyast.Subscript:
		return []deleter{&indexTarget{obj: c.expr(e.Value), idx: c.expr(e.Slice), line: e.Line}}
	case *pyast.Tuple:
		var out []deleter
		for _, x := range e.Elts {
			out = append(out, c.del(x)...)
		}
		return out
	case *pyast.List:
		var out []deleter
		for _, x := range e.Elts {
			out = append(out, c.del(x)...)
		}
		return out
	}
	panic("del target not compiled")
}

func (c *compiler) delName(name string) deleter { return c.storeName(name).(deleter) }

func (c *compiler) classDef(s *pyast.ClassDef) stmt {
	n := &classDefStmt{name: s.Name, line: s.Line, node: s, file: c.file}
	n.decorators = c.exprs(s.Decorators)
	n.decLines = lines(s.Decorators)
	n.bases = c.exprs(s.Bases)
	n.star = hasStar(s.Bases)
	for _, k := range s.Keywords {
		n.kwNames = append(n.kwNames, k.Name)
		n.kwVals = append(n.kwVals, c.expr(k.Value))
	}
	n.to = c.storeName(s.Name)
	n.generic = len(s.TypeParams) > 0
	outer := c.cur
	sc := outer.inner[s]
	c.cur = sc
	if len(s.Body) > 0 {
		if d, ok := s.Body[0].(*pyast.ExprStmt); ok {
			if k, ok := d.Value.(*pyast.Constant); ok && k.Kind == pyast.Str {
				n.doc = NewStr(k.Str)
			}
		}
	}
	n.body = c.stmts(s.Body)
	n.scope = sc
	c.cur = outer
	return n
}

func (c *compiler) pattern(p pyast.Pattern) pattern {
	switch p := p.(type) {
	case *pyast.MatchValue:
		return &valuePattern{c.expr(p.Value)}
	case *pyast.MatchSingleton:
		return &singletonPattern{constValue(&pyast.Constant{Kind: p.Kind})}
	case *pyast.MatchSequence:
		n := &seqPattern{star: -1}
		for i, q := range p.Patterns {
			if st, ok := q.(*pyast.MatchStar); ok {
				n.star = i
				var to target
				if st.Name != "" {
					to = c.storeName(st.Name)
				}
				n.list = append(n.list, &starPattern{to})
				continue
			}
			n.list = append(n.list, c.pattern(q))
		}
		return n
	case *pyast.MatchMapping:
		n := &mapPattern{keys: c.exprs(p.Keys)}
		for _, q := range p.Patterns {
			n.vals = append(n.vals, c.pattern(q))
		}
		if p.Rest != "" {
			n.rest = c.storeName(p.Rest)
		}
		return n
	case *pyast.MatchClass:
		n := &classPattern{cls: c.expr(p.Cls), attrs: p.KwdAttrs}
		for _, q := range p.Patterns {
			n.pos = append(n.pos, c.pattern(q))
		}
		for _, q := range p.KwdPatterns {
			n.kw = append(n.kw, c.pattern(q))
		}
		return n
	case *pyast.MatchAs:
		n := &asPattern{}
		if p.Pattern != nil {
			n.pat = c.pattern(p.Pattern)
		}
		if p.Name != "" {
			n.to = c.storeName(p.Name)
		}
		return n
	case *pyast.MatchOr:
		n := &orPattern{}
		for _, q := range p.Patterns {
			n.list = append(n.list, c.pattern(q))
		}
		return n
	}
	panic("pattern not compiled")
}

// IsGenerator reports whether calling the code makes a generator: whether it
// yields outside the functions inside it.
func (c *Code) IsGenerator() bool {
	yields := c.comp != nil
	for _, st := range c.stmts {
		pyast.Walk(st, func(n pyast.Node) bool {
			switch n.(type) {
			case *pyast.FunctionDef, *pyast.Lambda, *pyast.ClassDef, *pyast.GeneratorExp:
				return false
			case *pyast.Yield, *pyast.YieldFrom:
				yields = true
			}
			return !yields
		})
	}
	return yields
}

// IsAsync reports whether the code is that of an async function.
func (c *Code) IsAsync() bool { return c.isAsync }
