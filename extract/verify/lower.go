package verify

import (
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/go-python/gpython/ast"
	"github.com/go-python/gpython/py"

	"github.com/arch-extract/arch-extract/pyast"
)

// lowerer turns a tree into the tree of Python 3.4 that gpython has, and notes
// what must change in the text so that gpython can read it: each construct
// that 3.4 lacks becomes a call of a name that the text does not use, with the
// construct's parts as arguments. All other text stays as it is, and with it
// gpython's own view of precedence, grouping and nesting.
type lowerer struct {
	text  string
	lines []int // where each line starts
	edits []edit
	// opens has the blocks: gpython's node and ours.
	opens map[ast.Ast]pyast.Node
	// unlike counts what cannot be compared, by kind.
	unlike map[string]int
	// names are those whose scope cannot be compared.
	names map[string]bool
	stars int
}

// prefix starts the names that stand for constructs that Python 3.4 lacks.
const prefix = "__py314_"

func (l *lowerer) note(kind string) { l.unlike[kind]++ }

// stand is the name that stands for a construct, and counts it.
func (l *lowerer) stand(kind string) string {
	l.note(kind)
	return prefix + strings.ReplaceAll(strings.ReplaceAll(kind, " ", "_"), "-", "_")
}

func name(id string) *ast.Name { return &ast.Name{Id: ast.Identifier(id), Ctx: ast.Load} }

func call(f string, args ...ast.Expr) *ast.Call {
	return &ast.Call{Func: name(f), Args: args}
}

func (l *lowerer) stmts(list []pyast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		out = append(out, l.stmt(s))
	}
	return out
}

func (l *lowerer) stmt(s pyast.Stmt) ast.Stmt {
	out := l.lowerStmt(s)
	setLine(out, int(s.Span().Line))
	return out
}

func (l *lowerer) lowerStmt(s pyast.Stmt) ast.Stmt {
	switch s := s.(type) {
	case *pyast.FunctionDef:
		return l.function(s)
	case *pyast.ClassDef:
		return l.class(s)
	case *pyast.Return:
		return &ast.Return{Value: l.starred(s.Value)}
	case *pyast.Delete:
		return &ast.Delete{Targets: l.exprs(s.Targets)}
	case *pyast.Assign:
		return &ast.Assign{Targets: l.exprs(s.Targets), Value: l.expr(s.Value)}
	case *pyast.TypeAlias:
		f := l.stand("type alias")
		l.exclude(s.TypeParams)
		l.replace(l.start(s), l.start(s.Name), "")
		value := l.within(s.Value, l.end(s.Name), l.end(s), " = "+f+"((", "))")
		return &ast.Assign{Targets: []ast.Expr{l.expr(s.Name)}, Value: call(f, value)}
	case *pyast.AugAssign:
		if s.Op == pyast.MatMult {
			l.note("matrix product")
			l.operator(l.end(s.Target), l.start(s.Value), "@", "//")
		}
		return &ast.AugAssign{Target: l.expr(s.Target), Op: operators[s.Op], Value: l.starred(s.Value)}
	case *pyast.AnnAssign:
		return l.annotated(s)
	case *pyast.For:
		if s.Async {
			l.note("async")
			l.replace(l.start(s), l.find(l.start(s), "for"), "")
		}
		return &ast.For{Target: l.target(s.Target), Iter: l.starred(s.Iter), Body: l.stmts(s.Body), Orelse: l.stmts(s.Orelse)}
	case *pyast.While:
		return &ast.While{Test: l.expr(s.Test), Body: l.stmts(s.Body), Orelse: l.stmts(s.Orelse)}
	case *pyast.If:
		return &ast.If{Test: l.expr(s.Test), Body: l.stmts(s.Body), Orelse: l.stmts(s.Orelse)}
	case *pyast.With:
		return l.with(s)
	case *pyast.Match:
		l.note("match")
		l.excludeWithin(s)
		l.wrap(l.start(s), l.end(s), "pass")
		return &ast.Pass{}
	case *pyast.Raise:
		return &ast.Raise{Exc: l.expr(s.Exc), Cause: l.expr(s.Cause)}
	case *pyast.Try:
		t := &ast.Try{Body: l.stmts(s.Body), Orelse: l.stmts(s.Orelse), Finalbody: l.stmts(s.Final)}
		for _, h := range s.Handlers {
			if s.Star {
				l.note("except*")
				l.operator(l.start(h), l.start(h.Type), "*", "")
			}
			t.Handlers = append(t.Handlers, &ast.ExceptHandler{ExprType: l.parenthesised(h.Type), Name: ast.Identifier(h.Name), Body: l.stmts(h.Body)})
		}
		return t
	case *pyast.Assert:
		return &ast.Assert{Test: l.expr(s.Test), Msg: l.expr(s.Msg)}
	case *pyast.Import:
		for _, a := range s.Names {
			if a.AsName == "" && strings.Count(a.Name, ".") > 1 {
				l.names[a.Name[:strings.IndexByte(a.Name, '.')]] = true // gpython binds a.b for a.b.c
			}
		}
		return &ast.Import{Names: aliases(s.Names)}
	case *pyast.ImportFrom:
		return &ast.ImportFrom{Module: ast.Identifier(s.Module), Names: aliases(s.Names), Level: s.Level}
	case *pyast.Global:
		return &ast.Global{Names: identifiers(s.Names)}
	case *pyast.Nonlocal:
		return &ast.Nonlocal{Names: identifiers(s.Names)}
	case *pyast.ExprStmt:
		return &ast.ExprStmt{Value: l.expr(s.Value)}
	case *pyast.Pass:
		return &ast.Pass{}
	case *pyast.Break:
		return &ast.Break{}
	case *pyast.Continue:
		return &ast.Continue{}
	}
	panic("verify: a statement of a kind that is not known")
}

// annotated lowers `x: T = v` to `x = f((T), (v))`: x is bound, as in Python.
func (l *lowerer) annotated(s *pyast.AnnAssign) ast.Stmt {
	f := l.stand("annotated assignment")
	l.replace(l.start(s), l.start(s.Target), "")
	target := l.expr(s.Target)
	parts := []pyast.Expr{s.Annotation}
	if s.Value != nil {
		parts = append(parts, s.Value)
	}
	return &ast.Assign{Targets: []ast.Expr{target}, Value: l.list(parts, l.end(s.Target), l.end(s), " = ", f)}
}

func (l *lowerer) function(s *pyast.FunctionDef) ast.Stmt {
	def := l.start(s)
	if s.Async {
		l.note("async")
		def = l.find(def, "def")
		l.replace(l.start(s), def, "")
	}
	l.typeParams(def, s.TypeParams)
	f := &ast.FunctionDef{Name: ast.Identifier(s.Name), DecoratorList: l.decorators(s.Decorators), Args: l.arguments(s.Args, l.start(s.Body[0])), Returns: l.expr(s.Returns)}
	l.opens[f] = s
	f.Body = l.stmts(s.Body)
	return f
}

func (l *lowerer) class(s *pyast.ClassDef) ast.Stmt {
	l.typeParams(l.start(s), s.TypeParams)
	c := &ast.ClassDef{Name: ast.Identifier(s.Name), DecoratorList: l.decorators(s.Decorators)}
	l.opens[c] = s
	c.Bases, c.Keywords, c.Starargs, c.Kwargs = l.actuals(s.Bases, s.Keywords, l.header(s))
	c.Body = l.stmts(s.Body)
	return c
}

// header is the end of a class statement's parenthesis: where its colon is.
func (l *lowerer) header(s *pyast.ClassDef) int {
	from := l.start(s)
	for _, b := range s.Bases {
		from = max(from, l.end(b))
	}
	for _, k := range s.Keywords {
		from = max(from, l.end(k))
	}
	if i := strings.IndexByte(l.gap(from, l.start(s.Body[0])), ':'); i >= 0 {
		return from + i
	}
	return from
}

// typeParams removes the list of type parameters that follows a name.
func (l *lowerer) typeParams(from int, params []pyast.TypeParam) {
	if len(params) == 0 {
		return
	}
	l.note("type parameters")
	l.exclude(params)
	open := l.find(from, "[")
	end := l.find(l.end(params[len(params)-1]), "]") + 1
	l.wrap(open, end, "")
}

// exclude leaves the names of type parameters out of the comparison of scopes.
func (l *lowerer) exclude(params []pyast.TypeParam) {
	for _, p := range params {
		switch p := p.(type) {
		case *pyast.TypeVar:
			l.names[p.Name] = true
		case *pyast.ParamSpec:
			l.names[p.Name] = true
		case *pyast.TypeVarTuple:
			l.names[p.Name] = true
		}
	}
}

// excludeWithin leaves out every name that a statement binds or uses.
func (l *lowerer) excludeWithin(n pyast.Node) {
	pyast.Walk(n, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.Name:
			l.names[n.ID] = true
		case *pyast.MatchAs:
			l.names[n.Name] = true
		case *pyast.MatchStar:
			l.names[n.Name] = true
		case *pyast.MatchMapping:
			l.names[n.Rest] = true
		case *pyast.FunctionDef:
			l.names[n.Name] = true
		case *pyast.ClassDef:
			l.names[n.Name] = true
		case *pyast.Alias:
			l.names[n.Name], l.names[n.AsName] = true, true
		}
		return true
	})
}

func (l *lowerer) decorators(list []pyast.Expr) []ast.Expr {
	var out []ast.Expr
	for _, d := range list {
		out = append(out, l.decorator(d))
	}
	return out
}

// decorator: before 3.9 a dotted name, perhaps called. gpython has the dotted
// name as one.
func (l *lowerer) decorator(d pyast.Expr) ast.Expr {
	if before := strings.TrimRight(l.text[:l.start(d)], " \t"); strings.HasSuffix(before, "@") {
		if dotted, ok := dottedName(d); ok {
			return name(dotted)
		}
		if c, ok := d.(*pyast.Call); ok {
			if dotted, ok := dottedName(c.Func); ok && l.text[l.start(c.Func)] != '(' {
				out := &ast.Call{Func: name(dotted)}
				out.Args, out.Keywords, out.Starargs, out.Kwargs = l.actuals(c.Args, c.Keywords, l.end(c))
				return out
			}
		}
	}
	f := l.stand("decorator expression")
	at := strings.LastIndexByte(l.text[:l.start(d)], '@') + 1
	line := l.end(d) + strings.IndexByte(l.text[l.end(d):], '\n')
	return call(f, l.within(d, at, line, f+"((", "))"))
}

func dottedName(e pyast.Expr) (string, bool) {
	switch e := e.(type) {
	case *pyast.Name:
		return e.ID, true
	case *pyast.Attribute:
		s, ok := dottedName(e.Value)
		return s + "." + e.Attr, ok
	}
	return "", false
}

func (l *lowerer) with(s *pyast.With) ast.Stmt {
	from := l.start(s)
	if s.Async {
		l.note("async")
		from = l.find(from, "with")
		l.replace(l.start(s), from, "")
	}
	w := &ast.With{}
	for _, it := range s.Items {
		w.Items = append(w.Items, &ast.WithItem{ContextExpr: l.expr(it.Context), OptionalVars: l.expr(it.Vars)})
	}
	// Parentheses around the items are of 3.9: every item gets its own.
	if from += len("with"); strings.Contains(l.gap(from, l.start(s.Items[0].Context)), "(") {
		l.note("parenthesised with")
		sep := " ("
		for _, it := range s.Items {
			l.wrap(from, l.start(it.Context), sep)
			from, sep = l.end(it.Context), "), ("
			if it.Vars != nil {
				l.wrap(from, l.start(it.Vars), ") as (")
				from = l.end(it.Vars)
			}
		}
		l.wrap(from, from+strings.IndexByte(l.gap(from, l.start(s.Body[0])), ':'), ")")
	}
	w.Body = l.stmts(s.Body)
	return w
}

// arguments lowers a parameter list; body is where what follows it begins.
func (l *lowerer) arguments(a *pyast.Arguments, body int) *ast.Arguments {
	out := &ast.Arguments{}
	var ends []int // of each parameter with its annotation and default, in order
	param := func(p *pyast.Arg, dflt pyast.Expr) *ast.Arg {
		end := l.end(p)
		if dflt != nil {
			end = l.end(dflt)
		}
		ends = append(ends, end)
		if st, ok := p.Annotation.(*pyast.Starred); ok { // *args: *Ts
			f := l.stand("starred annotation")
			return &ast.Arg{Arg: ast.Identifier(p.Name), Annotation: call(f, l.within(st.Value, l.start(st), l.end(st), f+"((", "))"))}
		}
		return &ast.Arg{Arg: ast.Identifier(p.Name), Annotation: l.expr(p.Annotation)}
	}
	plain := append(append([]*pyast.Arg{}, a.PosOnly...), a.Args...)
	first := len(plain) - len(a.Defaults)
	for i, p := range plain {
		var d pyast.Expr
		if i >= first {
			d = a.Defaults[i-first]
			out.Defaults = append(out.Defaults, l.expr(d))
		}
		out.Args = append(out.Args, param(p, d))
		if i == len(a.PosOnly)-1 {
			l.note("positional-only parameters")
			l.slash(ends[i], body)
		}
	}
	if a.Vararg != nil {
		out.Vararg = param(a.Vararg, nil)
	}
	for i, p := range a.KwOnly {
		d := a.KwDefaults[i]
		if d != nil {
			out.KwDefaults = append(out.KwDefaults, l.expr(d))
		}
		out.Kwonlyargs = append(out.Kwonlyargs, param(p, d))
	}
	if a.Kwarg != nil {
		out.Kwarg = param(a.Kwarg, nil)
	}
	if a.Vararg != nil || len(a.KwOnly) > 0 || a.Kwarg != nil {
		l.trailingComma(ends[len(ends)-1], body)
	}
	return out
}

// slash removes the `/` that follows the positional-only parameters, and one
// of the commas beside it.
func (l *lowerer) slash(from, body int) {
	gap := l.gap(from, body)
	i := strings.IndexByte(gap, '/')
	if i < 0 {
		return
	}
	if rest := strings.TrimLeft(gap[i+1:], " \t\n\\"); strings.HasPrefix(rest, ",") {
		l.wrap(from+i, from+len(gap)-len(rest)+1, "")
		return
	}
	l.wrap(from+strings.LastIndexByte(gap[:i], ','), from+i+1, "")
}

// trailingComma removes a comma that 3.4 does not allow after a starred part.
func (l *lowerer) trailingComma(from, body int) {
	gap := l.gap(from, body)
	for i := 0; i < len(gap); i++ {
		switch gap[i] {
		case ',':
			l.note("trailing comma")
			l.replace(from+i, from+i+1, "")
			return
		case ':', '-':
			return
		}
	}
}

// actuals lowers the arguments of a call or class header that ends at end.
func (l *lowerer) actuals(args []pyast.Expr, keywords []*pyast.Keyword, end int) (out []ast.Expr, kws []*ast.Keyword, star, dstar ast.Expr) {
	// in order of the text
	var parts []pyast.Node
	i, j := 0, 0
	for i < len(args) || j < len(keywords) {
		if j == len(keywords) || i < len(args) && l.start(args[i]) < l.start(keywords[j]) {
			parts = append(parts, args[i])
			i++
		} else {
			parts = append(parts, keywords[j])
			j++
		}
	}
	native := l.nativeActuals(parts, end)
	keyword := false
	for _, p := range parts {
		switch p := p.(type) {
		case *pyast.Keyword:
			switch {
			case p.Name != "":
				kws = append(kws, &ast.Keyword{Arg: ast.Identifier(p.Name), Value: l.expr(p.Value)})
			case native:
				dstar = l.expr(p.Value)
			default:
				k := l.starName()
				kws = append(kws, &ast.Keyword{Arg: ast.Identifier(k), Value: l.within(p.Value, l.start(p), l.end(p), k+"=(", ")")})
			}
			keyword = true
		case *pyast.Starred:
			switch {
			case native:
				star = l.expr(p.Value)
			case keyword:
				k := l.starName()
				kws = append(kws, &ast.Keyword{Arg: ast.Identifier(k), Value: l.within(p.Value, l.start(p), l.end(p), k+"=(", ")")})
			default:
				out = append(out, l.unpack(p))
			}
		case pyast.Expr:
			out = append(out, l.expr(p))
		}
	}
	return out, kws, star, dstar
}

func (l *lowerer) starName() string {
	l.stars++
	return l.stand("argument unpacking") + "_" + strings.Repeat("i", l.stars)
}

// nativeActuals reports whether Python 3.4 can read the arguments: at most one
// `*a`, no plain argument after it, at most one `**k` and that at the end, and
// no comma after either.
func (l *lowerer) nativeActuals(parts []pyast.Node, end int) bool {
	star, dstar := false, false
	for _, p := range parts {
		if dstar {
			return false
		}
		switch p := p.(type) {
		case *pyast.Keyword:
			dstar = p.Name == ""
		case *pyast.Starred:
			if star {
				return false
			}
			star = true
		default:
			if star {
				return false
			}
		}
	}
	return !star && !dstar || !strings.Contains(l.gap(l.end(parts[len(parts)-1]), end), ",")
}

// unpack lowers `*x` where 3.4 has none, to a call.
func (l *lowerer) unpack(s *pyast.Starred) ast.Expr {
	f := l.stand("unpacking")
	return call(f, l.within(s.Value, l.start(s), l.end(s), f+"((", "))"))
}

// within lowers an expression and replaces what stands around it, from one
// place to another. Edits are made in the order of the text.
func (l *lowerer) within(e pyast.Expr, from, to int, open, closing string) ast.Expr {
	l.wrap(from, l.start(e), open)
	out := l.expr(e)
	l.wrap(l.end(e), to, closing)
	return out
}

// list lowers expressions that stand apart to the arguments of one call, and
// replaces what stands around them.
func (l *lowerer) list(parts []pyast.Expr, from, to int, before, f string) ast.Expr {
	out := call(f)
	if len(parts) == 0 {
		l.wrap(from, to, before+f+"()")
		return out
	}
	open := before + f + "(("
	for i, p := range parts {
		l.wrap(from, l.start(p), open)
		out.Args = append(out.Args, l.expr(p))
		from, open = l.end(p), "), ("
		if i == len(parts)-1 {
			l.wrap(from, to, "))")
		}
	}
	return out
}

func (l *lowerer) exprs(list []pyast.Expr) []ast.Expr {
	var out []ast.Expr
	for _, e := range list {
		out = append(out, l.expr(e))
	}
	return out
}

// target lowers the target of a for: gpython loses the comma of a lone one.
func (l *lowerer) target(e pyast.Expr) ast.Expr {
	if t, ok := e.(*pyast.Tuple); ok && len(t.Elts) == 1 && !l.parens(t) {
		l.note("target of one element")
		return l.expr(t.Elts[0])
	}
	return l.expr(e)
}

// parens reports whether a tuple stands in parentheses of its own.
func (l *lowerer) parens(t *pyast.Tuple) bool {
	return l.text[l.start(t)] == '(' && l.text[l.end(t)-1] == ')'
}

// starred lowers an expression where a bare tuple with a star was not allowed.
func (l *lowerer) starred(e pyast.Expr) ast.Expr {
	if t, ok := e.(*pyast.Tuple); ok {
		for _, x := range t.Elts {
			if _, ok := x.(*pyast.Starred); ok && !l.parens(t) {
				return l.parenthesised(e)
			}
		}
	}
	return l.expr(e)
}

// parenthesised gives a bare tuple its parentheses.
func (l *lowerer) parenthesised(e pyast.Expr) ast.Expr {
	t, ok := e.(*pyast.Tuple)
	if !ok || l.parens(t) {
		return l.expr(e)
	}
	l.note("bare tuple")
	l.replace(l.start(t), l.start(t), "(")
	out := l.expr(e)
	closing := ")"
	if len(t.Elts) == 1 && !strings.Contains(l.gap(l.end(t.Elts[0]), l.end(t)), ",") {
		closing = ",)"
	}
	l.replace(l.end(t), l.end(t), closing)
	return out
}

func (l *lowerer) comprehensions(gens []*pyast.Comprehension, from int) []ast.Comprehension {
	var out []ast.Comprehension
	for _, g := range gens {
		if g.Async {
			l.note("async")
			l.operator(from, l.start(g.Target), "async", "")
		}
		c := ast.Comprehension{Target: l.expr(g.Target), Iter: l.expr(g.Iter), Ifs: l.exprs(g.Ifs)}
		from = l.end(g.Iter)
		for _, e := range g.Ifs {
			from = l.end(e)
		}
		out = append(out, c)
	}
	return out
}

// expr lowers an expression; nil stays nil.
func (l *lowerer) expr(e pyast.Expr) ast.Expr {
	switch e := e.(type) {
	case nil:
		return nil
	case *pyast.BoolOp:
		op := ast.And
		if e.Op == pyast.Or {
			op = ast.Or
		}
		return &ast.BoolOp{Op: op, Values: l.exprs(e.Values)}
	case *pyast.NamedExpr:
		f := l.stand("assignment expression")
		l.names[e.Target.ID] = true
		l.replace(l.start(e), l.start(e), f+"(")
		return call(f, name(e.Target.ID), l.within(e.Value, l.end(e.Target), l.end(e), ", (", "))"))
	case *pyast.BinOp:
		left := l.expr(e.Left)
		if e.Op == pyast.MatMult {
			l.note("matrix product")
			l.operator(l.end(e.Left), l.start(e.Right), "@", "//")
		}
		return &ast.BinOp{Left: left, Op: operators[e.Op], Right: l.expr(e.Right)}
	case *pyast.UnaryOp:
		return &ast.UnaryOp{Op: unaryOperators[e.Op], Operand: l.expr(e.Operand)}
	case *pyast.Lambda:
		f := &ast.Lambda{Args: l.arguments(e.Args, l.start(e.Body)), Body: l.expr(e.Body)}
		l.opens[f] = e
		return f
	case *pyast.IfExp:
		return &ast.IfExp{Test: l.expr(e.Test), Body: l.expr(e.Body), Orelse: l.expr(e.Orelse)}
	case *pyast.Dict:
		return l.dict(e)
	case *pyast.Set:
		out := &ast.Set{}
		for _, x := range e.Elts {
			if s, ok := x.(*pyast.Starred); ok {
				out.Elts = append(out.Elts, l.unpack(s))
			} else {
				out.Elts = append(out.Elts, l.expr(x))
			}
		}
		return out
	case *pyast.ListComp:
		c := &ast.ListComp{Elt: l.expr(e.Elt), Generators: l.comprehensions(e.Generators, l.end(e.Elt))}
		l.opens[c] = e
		return c
	case *pyast.SetComp:
		c := &ast.SetComp{Elt: l.expr(e.Elt), Generators: l.comprehensions(e.Generators, l.end(e.Elt))}
		l.opens[c] = e
		return c
	case *pyast.DictComp:
		c := &ast.DictComp{Key: l.expr(e.Key), Value: l.expr(e.Value), Generators: l.comprehensions(e.Generators, l.end(e.Value))}
		l.opens[c] = e
		return c
	case *pyast.GeneratorExp:
		c := &ast.GeneratorExp{Elt: l.expr(e.Elt), Generators: l.comprehensions(e.Generators, l.end(e.Elt))}
		l.opens[c] = e
		return c
	case *pyast.Await:
		f := l.stand("await")
		return call(f, l.within(e.Value, l.start(e), l.end(e), f+"((", "))"))
	case *pyast.Yield:
		return &ast.Yield{Value: l.starred(e.Value)}
	case *pyast.YieldFrom:
		return &ast.YieldFrom{Value: l.expr(e.Value)}
	case *pyast.Compare:
		out := &ast.Compare{Left: l.expr(e.Left), Comparators: l.exprs(e.Comparators)}
		for _, op := range e.Ops {
			out.Ops = append(out.Ops, comparisons[op])
		}
		return out
	case *pyast.Call:
		out := &ast.Call{Func: l.expr(e.Func)}
		out.Args, out.Keywords, out.Starargs, out.Kwargs = l.actuals(e.Args, e.Keywords, l.end(e))
		return out
	case *pyast.JoinedStr:
		return l.formatted(e, "f-string", e.Values)
	case *pyast.TemplateStr:
		return l.formatted(e, "t-string", e.Values)
	case *pyast.Constant:
		return l.constant(e)
	case *pyast.Attribute:
		return &ast.Attribute{Value: l.expr(e.Value), Attr: ast.Identifier(e.Attr), Ctx: contexts[e.Ctx]}
	case *pyast.Subscript:
		return &ast.Subscript{Value: l.expr(e.Value), Slice: l.slice(e.Slice), Ctx: contexts[e.Ctx]}
	case *pyast.Starred:
		return &ast.Starred{Value: l.expr(e.Value), Ctx: contexts[e.Ctx]}
	case *pyast.Name:
		if l.text[l.start(e):l.end(e)] != e.ID { // gpython does not normalise
			l.note("normalised identifier")
			l.replace(l.start(e), l.end(e), e.ID)
		}
		return &ast.Name{Id: ast.Identifier(e.ID), Ctx: contexts[e.Ctx]}
	case *pyast.List:
		return &ast.List{Elts: l.exprs(e.Elts), Ctx: contexts[e.Ctx]}
	case *pyast.Tuple:
		return &ast.Tuple{Elts: l.exprs(e.Elts), Ctx: contexts[e.Ctx]}
	}
	panic("verify: an expression of a kind that is not known")
}

func (l *lowerer) dict(e *pyast.Dict) ast.Expr {
	out := &ast.Dict{}
	from := l.start(e) + 1
	for i, k := range e.Keys {
		if k == nil {
			n := l.stand("dict unpacking")
			l.operator(from, l.start(e.Values[i]), "**", n+": ")
			out.Keys = append(out.Keys, name(n))
		} else {
			out.Keys = append(out.Keys, l.expr(k))
		}
		out.Values = append(out.Values, l.expr(e.Values[i]))
		from = l.end(e.Values[i])
	}
	return out
}

// formatted lowers an f-string to a call with its expressions, format
// specifications included, in the order of the text.
func (l *lowerer) formatted(e pyast.Expr, kind string, values []pyast.Expr) ast.Expr {
	f := l.stand(kind)
	var parts []pyast.Expr
	var collect func(list []pyast.Expr)
	spec := func(x pyast.Expr) {
		if j, ok := x.(*pyast.JoinedStr); ok {
			collect(j.Values)
		}
	}
	collect = func(list []pyast.Expr) {
		for _, v := range list {
			switch v := v.(type) {
			case *pyast.FormattedValue:
				parts = append(parts, v.Value)
				spec(v.FormatSpec)
			case *pyast.Interpolation:
				parts = append(parts, v.Value)
				spec(v.FormatSpec)
			}
		}
	}
	collect(values)
	return l.list(parts, l.start(e), l.end(e), "", f)
}

func (l *lowerer) constant(c *pyast.Constant) ast.Expr {
	text := l.text[l.start(c):l.end(c)]
	switch c.Kind {
	case pyast.None:
		return &ast.NameConstant{Value: py.None}
	case pyast.True:
		return &ast.NameConstant{Value: py.True}
	case pyast.False:
		return &ast.NameConstant{Value: py.False}
	case pyast.Ellipsis:
		return &ast.Ellipsis{}
	case pyast.Str:
		// gpython knows neither the names of characters nor lone surrogates, and
		// takes every backslash at the end of a line for a continuation.
		if strings.Contains(text, `\N{`) || strings.Contains(text, "\\\n") || !utf8.ValidString(c.Str) {
			f := l.stand("escapes")
			l.wrap(l.start(c), l.end(c), f+"()")
			return call(f)
		}
		return &ast.Str{S: py.String(c.Str)}
	case pyast.Bytes:
		return &ast.Bytes{S: py.Bytes(c.Str)}
	}
	if strings.Contains(text, "_") {
		l.note("underscores in numbers")
		l.replace(l.start(c), l.end(c), strings.ReplaceAll(text, "_", ""))
	}
	switch {
	case c.Kind == pyast.Float:
		return &ast.Num{N: py.Float(c.Float)}
	case c.Kind == pyast.Complex:
		return &ast.Num{N: py.Complex(complex(0, c.Float))}
	case c.Big != nil:
		return &ast.Num{N: (*py.BigInt)(new(big.Int).Set(c.Big))}
	}
	return &ast.Num{N: py.Int(c.Int)}
}

func (l *lowerer) slice(e pyast.Expr) ast.Slicer {
	if s, ok := e.(*pyast.Slice); ok {
		return &ast.Slice{Lower: l.expr(s.Lower), Upper: l.expr(s.Upper), Step: l.expr(s.Step)}
	}
	if t, ok := e.(*pyast.Tuple); ok {
		sliced := false
		for _, x := range t.Elts {
			if _, ok := x.(*pyast.Slice); ok {
				sliced = true
			}
		}
		if sliced {
			out := &ast.ExtSlice{}
			for _, x := range t.Elts {
				if st, ok := x.(*pyast.Starred); ok {
					out.Dims = append(out.Dims, &ast.Index{Value: l.unpack(st)})
				} else {
					out.Dims = append(out.Dims, l.slice(x))
				}
			}
			return out
		}
		return &ast.Index{Value: l.starred(t)}
	}
	return &ast.Index{Value: l.expr(e)}
}

func aliases(list []*pyast.Alias) []*ast.Alias {
	var out []*ast.Alias
	for _, a := range list {
		out = append(out, &ast.Alias{Name: ast.Identifier(a.Name), AsName: ast.Identifier(a.AsName)})
	}
	return out
}

func identifiers(list []string) []ast.Identifier {
	var out []ast.Identifier
	for _, s := range list {
		out = append(out, ast.Identifier(s))
	}
	return out
}

var contexts = map[pyast.Context]ast.ExprContext{pyast.Load: ast.Load, pyast.Store: ast.Store, pyast.Del: ast.Del}

// operators: the matrix product stands as a floor division, which binds as
// tightly and to the same side.
var operators = map[pyast.Operator]ast.OperatorNumber{
	pyast.Add: ast.Add, pyast.Sub: ast.Sub, pyast.Mult: ast.Mult, pyast.MatMult: ast.FloorDiv, pyast.Div: ast.Div,
	pyast.Mod: ast.Modulo, pyast.Pow: ast.Pow, pyast.LShift: ast.LShift, pyast.RShift: ast.RShift, pyast.BitOr: ast.BitOr,
	pyast.BitXor: ast.BitXor, pyast.BitAnd: ast.BitAnd, pyast.FloorDiv: ast.FloorDiv,
}

var unaryOperators = map[pyast.UnaryOperator]ast.UnaryOpNumber{
	pyast.Invert: ast.Invert, pyast.Not: ast.Not, pyast.UAdd: ast.UAdd, pyast.USub: ast.USub,
}

var comparisons = map[pyast.CmpOperator]ast.CmpOp{
	pyast.Eq: ast.Eq, pyast.NotEq: ast.NotEq, pyast.Lt: ast.Lt, pyast.LtE: ast.LtE, pyast.Gt: ast.Gt, pyast.GtE: ast.GtE,
	pyast.Is: ast.Is, pyast.IsNot: ast.IsNot, pyast.In: ast.In, pyast.NotIn: ast.NotIn,
}
