package pyast

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
)

// Dump returns what ast.dump(tree, include_attributes=True) of CPython 3.14
// returns. Lone surrogates in string values are printed as escapes.
func Dump(m *Module) string {
	var b strings.Builder
	WriteDump(&b, m)
	return b.String()
}

// WriteDump writes Dump(m) to w.
func WriteDump(w io.Writer, m *Module) error {
	d := &dumper{w: bufio.NewWriterSize(w, 64<<10)}
	d.open("Module")
	stmtList(d, "body", m.Body)
	d.w.WriteByte(')')
	return d.w.Flush()
}

// Digest returns the SHA-256 of Dump(m) in hexadecimal.
func Digest(m *Module) string {
	h := sha256.New()
	WriteDump(h, m)
	return hex.EncodeToString(h.Sum(nil))
}

// dumper prints nodes. Whether a comma is due is known from first.
type dumper struct {
	w     *bufio.Writer
	first bool
	buf   []byte
}

func (d *dumper) open(name string) {
	d.w.WriteString(name)
	d.w.WriteByte('(')
	d.first = true
}

// field begins a field.
func (d *dumper) field(name string) {
	if !d.first {
		d.w.WriteString(", ")
	}
	d.first = false
	d.w.WriteString(name)
	d.w.WriteByte('=')
}

// close prints the position and ends a node.
func (d *dumper) close(p *Pos) {
	b := d.buf[:0]
	if !d.first {
		b = append(b, ", "...)
	}
	b = append(b, "lineno="...)
	b = strconv.AppendInt(b, int64(p.Line), 10)
	b = append(b, ", col_offset="...)
	b = strconv.AppendInt(b, int64(p.Col), 10)
	b = append(b, ", end_lineno="...)
	b = strconv.AppendInt(b, int64(p.EndLine), 10)
	b = append(b, ", end_col_offset="...)
	b = strconv.AppendInt(b, int64(p.EndCol), 10)
	b = append(b, ')')
	d.w.Write(b)
	d.buf = b
	d.first = false
}

// end ends a node that has no position.
func (d *dumper) end() {
	d.w.WriteByte(')')
	d.first = false
}

func (d *dumper) word(name, value string) {
	d.field(name)
	d.w.WriteString(value)
}

func (d *dumper) number(name string, n int) {
	d.field(name)
	d.buf = strconv.AppendInt(d.buf[:0], int64(n), 10)
	d.w.Write(d.buf)
}

func (d *dumper) bool(name string, b bool) {
	if b {
		d.word(name, "1")
	} else {
		d.word(name, "0")
	}
}

func (d *dumper) text(name, s string) {
	d.field(name)
	d.repr(s)
}

func (d *dumper) optText(name, s string) {
	if s != "" {
		d.text(name, s)
	}
}

func (d *dumper) repr(s string) {
	d.buf = appendRepr(d.buf[:0], s)
	d.w.Write(d.buf)
}

// list prints a list of nodes, unless it is empty.
func list_[T any](d *dumper, name string, elems []T, print func(T)) {
	if len(elems) == 0 {
		return
	}
	d.field(name)
	d.w.WriteByte('[')
	for i, e := range elems {
		if i > 0 {
			d.w.WriteString(", ")
		}
		print(e)
	}
	d.w.WriteByte(']')
	d.first = false
}

func stmtList(d *dumper, name string, list []Stmt) { list_(d, name, list, d.stmt) }

func (d *dumper) exprs(name string, list []Expr) { list_(d, name, list, d.exprOrNone) }

func (d *dumper) texts(name string, list []string) { list_(d, name, list, d.repr) }

func (d *dumper) keywords(list []*Keyword) {
	list_(d, "keywords", list, func(k *Keyword) {
		d.open("keyword")
		d.optText("arg", k.Name)
		d.expr("value", k.Value)
		d.close(&k.Pos)
	})
}

func (d *dumper) exprOrNone(x Expr) {
	if x == nil {
		d.w.WriteString("None")
		return
	}
	d.node(x)
}

// expr prints a field that is an expression, unless it is absent.
func (d *dumper) expr(name string, x Expr) {
	if x != nil {
		d.field(name)
		d.node(x)
	}
}

func (d *dumper) aliases(list []*Alias) {
	list_(d, "names", list, func(a *Alias) {
		d.open("alias")
		d.text("name", a.Name)
		d.optText("asname", a.AsName)
		d.close(&a.Pos)
	})
}

func (d *dumper) arg(a *Arg) {
	d.open("arg")
	d.text("arg", a.Name)
	d.expr("annotation", a.Annotation)
	d.close(&a.Pos)
}

func (d *dumper) optArg(name string, a *Arg) {
	if a != nil {
		d.field(name)
		d.arg(a)
	}
}

func (d *dumper) arguments(a *Arguments) {
	d.field("args")
	d.open("arguments")
	list_(d, "posonlyargs", a.PosOnly, d.arg)
	list_(d, "args", a.Args, d.arg)
	d.optArg("vararg", a.Vararg)
	list_(d, "kwonlyargs", a.KwOnly, d.arg)
	d.exprs("kw_defaults", a.KwDefaults)
	d.optArg("kwarg", a.Kwarg)
	d.exprs("defaults", a.Defaults)
	d.end()
}

func (d *dumper) typeParams(list []TypeParam) {
	list_(d, "type_params", list, func(t TypeParam) {
		switch t := t.(type) {
		case *TypeVar:
			d.open("TypeVar")
			d.text("name", t.Name)
			d.expr("bound", t.Bound)
			d.expr("default_value", t.Default)
		case *ParamSpec:
			d.open("ParamSpec")
			d.text("name", t.Name)
			d.expr("default_value", t.Default)
		case *TypeVarTuple:
			d.open("TypeVarTuple")
			d.text("name", t.Name)
			d.expr("default_value", t.Default)
		}
		d.close(t.Span())
	})
}

func async(name string, async bool) string {
	if async {
		return "Async" + name
	}
	return name
}

func (d *dumper) stmt(s Stmt) {
	switch s := s.(type) {
	case *FunctionDef:
		d.open(async("FunctionDef", s.Async))
		d.text("name", s.Name)
		d.arguments(s.Args)
		stmtList(d, "body", s.Body)
		d.exprs("decorator_list", s.Decorators)
		d.expr("returns", s.Returns)
		d.typeParams(s.TypeParams)
	case *ClassDef:
		d.open("ClassDef")
		d.text("name", s.Name)
		d.exprs("bases", s.Bases)
		d.keywords(s.Keywords)
		stmtList(d, "body", s.Body)
		d.exprs("decorator_list", s.Decorators)
		d.typeParams(s.TypeParams)
	case *Return:
		d.open("Return")
		d.expr("value", s.Value)
	case *Delete:
		d.open("Delete")
		d.exprs("targets", s.Targets)
	case *Assign:
		d.open("Assign")
		d.exprs("targets", s.Targets)
		d.expr("value", s.Value)
	case *TypeAlias:
		d.open("TypeAlias")
		d.expr("name", s.Name)
		d.typeParams(s.TypeParams)
		d.expr("value", s.Value)
	case *AugAssign:
		d.open("AugAssign")
		d.expr("target", s.Target)
		d.word("op", operatorNames[s.Op])
		d.expr("value", s.Value)
	case *AnnAssign:
		d.open("AnnAssign")
		d.expr("target", s.Target)
		d.expr("annotation", s.Annotation)
		d.expr("value", s.Value)
		d.bool("simple", s.Simple)
	case *For:
		d.open(async("For", s.Async))
		d.expr("target", s.Target)
		d.expr("iter", s.Iter)
		stmtList(d, "body", s.Body)
		stmtList(d, "orelse", s.Orelse)
	case *While:
		d.open("While")
		d.expr("test", s.Test)
		stmtList(d, "body", s.Body)
		stmtList(d, "orelse", s.Orelse)
	case *If:
		d.open("If")
		d.expr("test", s.Test)
		stmtList(d, "body", s.Body)
		stmtList(d, "orelse", s.Orelse)
	case *With:
		d.open(async("With", s.Async))
		list_(d, "items", s.Items, func(w *WithItem) {
			d.open("withitem")
			d.expr("context_expr", w.Context)
			d.expr("optional_vars", w.Vars)
			d.end()
		})
		stmtList(d, "body", s.Body)
	case *Match:
		d.open("Match")
		d.expr("subject", s.Subject)
		list_(d, "cases", s.Cases, func(c *MatchCase) {
			d.open("match_case")
			d.field("pattern")
			d.pattern(c.Pattern)
			d.expr("guard", c.Guard)
			stmtList(d, "body", c.Body)
			d.end()
		})
	case *Raise:
		d.open("Raise")
		d.expr("exc", s.Exc)
		d.expr("cause", s.Cause)
	case *Try:
		if s.Star {
			d.open("TryStar")
		} else {
			d.open("Try")
		}
		stmtList(d, "body", s.Body)
		list_(d, "handlers", s.Handlers, func(h *ExceptHandler) {
			d.open("ExceptHandler")
			d.expr("type", h.Type)
			d.optText("name", h.Name)
			stmtList(d, "body", h.Body)
			d.close(&h.Pos)
		})
		stmtList(d, "orelse", s.Orelse)
		stmtList(d, "finalbody", s.Final)
	case *Assert:
		d.open("Assert")
		d.expr("test", s.Test)
		d.expr("msg", s.Msg)
	case *Import:
		d.open("Import")
		d.aliases(s.Names)
	case *ImportFrom:
		d.open("ImportFrom")
		d.optText("module", s.Module)
		d.aliases(s.Names)
		d.number("level", s.Level)
	case *Global:
		d.open("Global")
		d.texts("names", s.Names)
	case *Nonlocal:
		d.open("Nonlocal")
		d.texts("names", s.Names)
	case *ExprStmt:
		d.open("Expr")
		d.expr("value", s.Value)
	case *Pass:
		d.open("Pass")
	case *Break:
		d.open("Break")
	case *Continue:
		d.open("Continue")
	}
	d.close(s.Span())
}

var contextNames = [...]string{Load: "Load()", Store: "Store()", Del: "Del()"}

var operatorNames = [...]string{Add: "Add()", Sub: "Sub()", Mult: "Mult()", MatMult: "MatMult()", Div: "Div()", Mod: "Mod()", Pow: "Pow()",
	LShift: "LShift()", RShift: "RShift()", BitOr: "BitOr()", BitXor: "BitXor()", BitAnd: "BitAnd()", FloorDiv: "FloorDiv()"}

var unaryNames = [...]string{Invert: "Invert()", Not: "Not()", UAdd: "UAdd()", USub: "USub()"}

var cmpNames = [...]string{Eq: "Eq()", NotEq: "NotEq()", Lt: "Lt()", LtE: "LtE()", Gt: "Gt()", GtE: "GtE()", Is: "Is()", IsNot: "IsNot()",
	In: "In()", NotIn: "NotIn()"}

func (d *dumper) comprehensions(list []*Comprehension) {
	list_(d, "generators", list, func(c *Comprehension) {
		d.open("comprehension")
		d.expr("target", c.Target)
		d.expr("iter", c.Iter)
		d.exprs("ifs", c.Ifs)
		d.bool("is_async", c.Async)
		d.end()
	})
}

func (d *dumper) node(x Expr) {
	switch x := x.(type) {
	case *BoolOp:
		d.open("BoolOp")
		if x.Op == And {
			d.word("op", "And()")
		} else {
			d.word("op", "Or()")
		}
		d.exprs("values", x.Values)
	case *NamedExpr:
		d.open("NamedExpr")
		d.expr("target", x.Target)
		d.expr("value", x.Value)
	case *BinOp:
		d.open("BinOp")
		d.expr("left", x.Left)
		d.word("op", operatorNames[x.Op])
		d.expr("right", x.Right)
	case *UnaryOp:
		d.open("UnaryOp")
		d.word("op", unaryNames[x.Op])
		d.expr("operand", x.Operand)
	case *Lambda:
		d.open("Lambda")
		d.arguments(x.Args)
		d.expr("body", x.Body)
	case *IfExp:
		d.open("IfExp")
		d.expr("test", x.Test)
		d.expr("body", x.Body)
		d.expr("orelse", x.Orelse)
	case *Dict:
		d.open("Dict")
		d.exprs("keys", x.Keys)
		d.exprs("values", x.Values)
	case *Set:
		d.open("Set")
		d.exprs("elts", x.Elts)
	case *ListComp:
		d.open("ListComp")
		d.expr("elt", x.Elt)
		d.comprehensions(x.Generators)
	case *SetComp:
		d.open("SetComp")
		d.expr("elt", x.Elt)
		d.comprehensions(x.Generators)
	case *DictComp:
		d.open("DictComp")
		d.expr("key", x.Key)
		d.expr("value", x.Value)
		d.comprehensions(x.Generators)
	case *GeneratorExp:
		d.open("GeneratorExp")
		d.expr("elt", x.Elt)
		d.comprehensions(x.Generators)
	case *Await:
		d.open("Await")
		d.expr("value", x.Value)
	case *Yield:
		d.open("Yield")
		d.expr("value", x.Value)
	case *YieldFrom:
		d.open("YieldFrom")
		d.expr("value", x.Value)
	case *Compare:
		d.open("Compare")
		d.expr("left", x.Left)
		list_(d, "ops", x.Ops, func(op CmpOperator) { d.w.WriteString(cmpNames[op]) })
		d.exprs("comparators", x.Comparators)
	case *Call:
		d.open("Call")
		d.expr("func", x.Func)
		d.exprs("args", x.Args)
		d.keywords(x.Keywords)
	case *FormattedValue:
		d.open("FormattedValue")
		d.expr("value", x.Value)
		d.number("conversion", x.Conversion)
		d.expr("format_spec", x.FormatSpec)
	case *Interpolation:
		d.open("Interpolation")
		d.expr("value", x.Value)
		d.text("str", x.Str.Str)
		d.number("conversion", x.Conversion)
		d.expr("format_spec", x.FormatSpec)
	case *JoinedStr:
		d.open("JoinedStr")
		d.exprs("values", x.Values)
	case *TemplateStr:
		d.open("TemplateStr")
		d.exprs("values", x.Values)
	case *Constant:
		d.open("Constant")
		d.field("value")
		d.buf = x.appendRepr(d.buf[:0])
		d.w.Write(d.buf)
		if x.U {
			d.text("kind", "u")
		}
	case *Attribute:
		d.open("Attribute")
		d.expr("value", x.Value)
		d.text("attr", x.Attr)
		d.word("ctx", contextNames[x.Ctx])
	case *Subscript:
		d.open("Subscript")
		d.expr("value", x.Value)
		d.expr("slice", x.Slice)
		d.word("ctx", contextNames[x.Ctx])
	case *Starred:
		d.open("Starred")
		d.expr("value", x.Value)
		d.word("ctx", contextNames[x.Ctx])
	case *Name:
		d.open("Name")
		d.text("id", x.ID)
		d.word("ctx", contextNames[x.Ctx])
	case *List:
		d.open("List")
		d.exprs("elts", x.Elts)
		d.word("ctx", contextNames[x.Ctx])
	case *Tuple:
		d.open("Tuple")
		d.exprs("elts", x.Elts)
		d.word("ctx", contextNames[x.Ctx])
	case *Slice:
		d.open("Slice")
		d.expr("lower", x.Lower)
		d.expr("upper", x.Upper)
		d.expr("step", x.Step)
	}
	d.close(x.Span())
}

func (d *dumper) patterns(name string, list []Pattern) { list_(d, name, list, d.pattern) }

func (d *dumper) pattern(x Pattern) {
	switch x := x.(type) {
	case *MatchValue:
		d.open("MatchValue")
		d.expr("value", x.Value)
	case *MatchSingleton:
		d.open("MatchSingleton")
		d.word("value", string((&Constant{Kind: x.Kind}).appendRepr(nil)))
	case *MatchSequence:
		d.open("MatchSequence")
		d.patterns("patterns", x.Patterns)
	case *MatchMapping:
		d.open("MatchMapping")
		d.exprs("keys", x.Keys)
		d.patterns("patterns", x.Patterns)
		d.optText("rest", x.Rest)
	case *MatchClass:
		d.open("MatchClass")
		d.expr("cls", x.Cls)
		d.patterns("patterns", x.Patterns)
		d.texts("kwd_attrs", x.KwdAttrs)
		d.patterns("kwd_patterns", x.KwdPatterns)
	case *MatchStar:
		d.open("MatchStar")
		d.optText("name", x.Name)
	case *MatchAs:
		d.open("MatchAs")
		if x.Pattern != nil {
			d.field("pattern")
			d.pattern(x.Pattern)
		}
		d.optText("name", x.Name)
	case *MatchOr:
		d.open("MatchOr")
		d.patterns("patterns", x.Patterns)
	}
	d.close(x.Span())
}
