package pyast

// Walk calls f for n and, where f returns true, for the nodes inside n in the
// order of their fields. Nil nodes are skipped.
func Walk(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	w := walker{f}
	switch n := n.(type) {
	case *FunctionDef:
		w.typeParams(n.TypeParams)
		Walk(n.Args, f)
		w.expr(n.Returns)
		w.exprs(n.Decorators)
		w.stmts(n.Body)
	case *ClassDef:
		w.typeParams(n.TypeParams)
		w.exprs(n.Bases)
		w.keywords(n.Keywords)
		w.exprs(n.Decorators)
		w.stmts(n.Body)
	case *Return:
		w.expr(n.Value)
	case *Delete:
		w.exprs(n.Targets)
	case *Assign:
		w.exprs(n.Targets)
		w.expr(n.Value)
	case *TypeAlias:
		Walk(n.Name, f)
		w.typeParams(n.TypeParams)
		w.expr(n.Value)
	case *AugAssign:
		w.expr(n.Target)
		w.expr(n.Value)
	case *AnnAssign:
		w.expr(n.Target)
		w.expr(n.Annotation)
		w.expr(n.Value)
	case *For:
		w.expr(n.Target)
		w.expr(n.Iter)
		w.stmts(n.Body)
		w.stmts(n.Orelse)
	case *While:
		w.expr(n.Test)
		w.stmts(n.Body)
		w.stmts(n.Orelse)
	case *If:
		w.expr(n.Test)
		w.stmts(n.Body)
		w.stmts(n.Orelse)
	case *With:
		for _, i := range n.Items {
			Walk(i, f)
		}
		w.stmts(n.Body)
	case *Match:
		w.expr(n.Subject)
		for _, c := range n.Cases {
			Walk(c, f)
		}
	case *Raise:
		w.expr(n.Exc)
		w.expr(n.Cause)
	case *Try:
		w.stmts(n.Body)
		for _, h := range n.Handlers {
			Walk(h, f)
		}
		w.stmts(n.Orelse)
		w.stmts(n.Final)
	case *Assert:
		w.expr(n.Test)
		w.expr(n.Msg)
	case *Import:
		w.aliases(n.Names)
	case *ImportFrom:
		w.aliases(n.Names)
	case *ExprStmt:
		w.expr(n.Value)
	case *BoolOp:
		w.exprs(n.Values)
	case *NamedExpr:
		Walk(n.Target, f)
		w.expr(n.Value)
	case *BinOp:
		w.expr(n.Left)
		w.expr(n.Right)
	case *UnaryOp:
		w.expr(n.Operand)
	case *Lambda:
		Walk(n.Args, f)
		w.expr(n.Body)
	case *IfExp:
		w.expr(n.Test)
		w.expr(n.Body)
		w.expr(n.Orelse)
	case *Dict:
		for i, v := range n.Values {
			w.expr(n.Keys[i])
			w.expr(v)
		}
	case *Set:
		w.exprs(n.Elts)
	case *ListComp:
		w.expr(n.Elt)
		w.comprehensions(n.Generators)
	case *SetComp:
		w.expr(n.Elt)
		w.comprehensions(n.Generators)
	case *DictComp:
		w.expr(n.Key)
		w.expr(n.Value)
		w.comprehensions(n.Generators)
	case *GeneratorExp:
		w.expr(n.Elt)
		w.comprehensions(n.Generators)
	case *Await:
		w.expr(n.Value)
	case *Yield:
		w.expr(n.Value)
	case *YieldFrom:
		w.expr(n.Value)
	case *Compare:
		w.expr(n.Left)
		w.exprs(n.Comparators)
	case *Call:
		w.expr(n.Func)
		w.exprs(n.Args)
		w.keywords(n.Keywords)
	case *FormattedValue:
		w.expr(n.Value)
		w.expr(n.FormatSpec)
	case *Interpolation:
		w.expr(n.Value)
		w.expr(n.FormatSpec)
	case *JoinedStr:
		w.exprs(n.Values)
	case *TemplateStr:
		w.exprs(n.Values)
	case *Attribute:
		w.expr(n.Value)
	case *Subscript:
		w.expr(n.Value)
		w.expr(n.Slice)
	case *Starred:
		w.expr(n.Value)
	case *List:
		w.exprs(n.Elts)
	case *Tuple:
		w.exprs(n.Elts)
	case *Slice:
		w.expr(n.Lower)
		w.expr(n.Upper)
		w.expr(n.Step)
	case *Comprehension:
		w.expr(n.Target)
		w.expr(n.Iter)
		w.exprs(n.Ifs)
	case *ExceptHandler:
		w.expr(n.Type)
		w.stmts(n.Body)
	case *Arguments:
		w.args(n.PosOnly)
		w.args(n.Args)
		w.arg(n.Vararg)
		w.args(n.KwOnly)
		w.exprs(n.KwDefaults)
		w.arg(n.Kwarg)
		w.exprs(n.Defaults)
	case *Arg:
		w.expr(n.Annotation)
	case *Keyword:
		w.expr(n.Value)
	case *WithItem:
		w.expr(n.Context)
		w.expr(n.Vars)
	case *MatchCase:
		w.pattern(n.Pattern)
		w.expr(n.Guard)
		w.stmts(n.Body)
	case *MatchValue:
		w.expr(n.Value)
	case *MatchSequence:
		w.patterns(n.Patterns)
	case *MatchMapping:
		for i, k := range n.Keys {
			w.expr(k)
			w.pattern(n.Patterns[i])
		}
	case *MatchClass:
		w.expr(n.Cls)
		w.patterns(n.Patterns)
		w.patterns(n.KwdPatterns)
	case *MatchAs:
		w.pattern(n.Pattern)
	case *MatchOr:
		w.patterns(n.Patterns)
	case *TypeVar:
		w.expr(n.Bound)
		w.expr(n.Default)
	case *ParamSpec:
		w.expr(n.Default)
	case *TypeVarTuple:
		w.expr(n.Default)
	}
}

// Inspect walks all statements of a module.
func Inspect(m *Module, f func(Node) bool) { walker{f}.stmts(m.Body) }

type walker struct{ f func(Node) bool }

func (w walker) stmts(list []Stmt) {
	for _, s := range list {
		Walk(s, w.f)
	}
}

func (w walker) exprs(list []Expr) {
	for _, x := range list {
		w.expr(x)
	}
}

func (w walker) expr(x Expr) {
	if x != nil {
		Walk(x, w.f)
	}
}

func (w walker) patterns(list []Pattern) {
	for _, x := range list {
		w.pattern(x)
	}
}

func (w walker) pattern(x Pattern) {
	if x != nil {
		Walk(x, w.f)
	}
}

func (w walker) keywords(list []*Keyword) {
	for _, k := range list {
		Walk(k, w.f)
	}
}

func (w walker) aliases(list []*Alias) {
	for _, a := range list {
		Walk(a, w.f)
	}
}

func (w walker) comprehensions(list []*Comprehension) {
	for _, c := range list {
		Walk(c, w.f)
	}
}

func (w walker) typeParams(list []TypeParam) {
	for _, t := range list {
		Walk(t, w.f)
	}
}

func (w walker) args(list []*Arg) {
	for _, a := range list {
		w.arg(a)
	}
}

func (w walker) arg(a *Arg) {
	if a != nil {
		Walk(a, w.f)
	}
}
