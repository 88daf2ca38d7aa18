// Package pyast turns Python source into a syntax tree.
//
// The tree has one struct per construct of the grammar of Python 3.14, named
// and shaped after CPython's ast module, with positions as CPython counts
// them: lines from 1, columns in UTF-8 bytes from 0, ends exclusive.
package pyast

import "math/big"

// Pos is the span of a node. Every node embeds it.
type Pos struct {
	Line, Col       int32 // first byte: 1-based line, 0-based UTF-8 column
	EndLine, EndCol int32 // just past the last byte
}

// Span returns the span itself; embedding Pos makes every node a Node.
func (p *Pos) Span() *Pos { return p }

// Node is any node of the tree.
type Node interface{ Span() *Pos }

// Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Pattern is a pattern of a match statement's case.
type Pattern interface {
	Node
	pattern()
}

// TypeParam is one parameter of a type-parameter list.
type TypeParam interface {
	Node
	typeParam()
}

// Module is a whole file.
type Module struct {
	Path string // as given to Parse; for messages
	Text string // what was parsed, decoded; names and constants are parts of it
	Body []Stmt
}

// Statements.
type (
	// FunctionDef is `[async] def Name[TypeParams](Args) -> Returns: Body`.
	FunctionDef struct {
		Pos
		Name       string
		TypeParams []TypeParam
		Args       *Arguments
		Returns    Expr // nil if absent
		Body       []Stmt
		Decorators []Expr
		Async      bool
	}

	// ClassDef is `class Name[TypeParams](Bases, Keywords): Body`.
	ClassDef struct {
		Pos
		Name       string
		TypeParams []TypeParam
		Bases      []Expr
		Keywords   []*Keyword
		Body       []Stmt
		Decorators []Expr
	}

	// Return is `return Value`; Value may be nil.
	Return struct {
		Pos
		Value Expr
	}

	// Delete is `del Targets`.
	Delete struct {
		Pos
		Targets []Expr
	}

	// Assign is `t1 = t2 = Value`.
	Assign struct {
		Pos
		Targets []Expr
		Value   Expr
	}

	// TypeAlias is `type Name[TypeParams] = Value`.
	TypeAlias struct {
		Pos
		Name       *Name
		TypeParams []TypeParam
		Value      Expr
	}

	// AugAssign is `Target Op= Value`.
	AugAssign struct {
		Pos
		Target Expr
		Op     Operator
		Value  Expr
	}

	// AnnAssign is `Target: Annotation = Value`; Value may be nil.
	// Simple is set where Target is a bare name without parentheses.
	AnnAssign struct {
		Pos
		Target     Expr
		Annotation Expr
		Value      Expr
		Simple     bool
	}

	// For is `[async] for Target in Iter: Body else: Orelse`.
	For struct {
		Pos
		Target Expr
		Iter   Expr
		Body   []Stmt
		Orelse []Stmt
		Async  bool
	}

	// While is `while Test: Body else: Orelse`.
	While struct {
		Pos
		Test   Expr
		Body   []Stmt
		Orelse []Stmt
	}

	// If is `if Test: Body else: Orelse`; an elif is an If alone in Orelse.
	If struct {
		Pos
		Test   Expr
		Body   []Stmt
		Orelse []Stmt
	}

	// With is `[async] with Items: Body`.
	With struct {
		Pos
		Items []*WithItem
		Body  []Stmt
		Async bool
	}

	// Match is `match Subject: Cases`.
	Match struct {
		Pos
		Subject Expr
		Cases   []*MatchCase
	}

	// Raise is `raise Exc from Cause`; both may be nil.
	Raise struct {
		Pos
		Exc   Expr
		Cause Expr
	}

	// Try is `try: Body except: Handlers else: Orelse finally: Final`.
	// Star is set where the handlers are `except*`.
	Try struct {
		Pos
		Body     []Stmt
		Handlers []*ExceptHandler
		Orelse   []Stmt
		Final    []Stmt
		Star     bool
	}

	// Assert is `assert Test, Msg`; Msg may be nil.
	Assert struct {
		Pos
		Test Expr
		Msg  Expr
	}

	// Import is `import Names`.
	Import struct {
		Pos
		Names []*Alias
	}

	// ImportFrom is `from ..Module import Names`. Module is empty where only
	// dots are given; Level counts the dots. `*` is an Alias of that name.
	ImportFrom struct {
		Pos
		Module string
		Names  []*Alias
		Level  int
	}

	// Global is `global Names`.
	Global struct {
		Pos
		Names []string
	}

	// Nonlocal is `nonlocal Names`.
	Nonlocal struct {
		Pos
		Names []string
	}

	// ExprStmt is an expression as a statement (ast.Expr).
	ExprStmt struct {
		Pos
		Value Expr
	}

	// Pass is `pass`.
	Pass struct{ Pos }

	// Break is `break`.
	Break struct{ Pos }

	// Continue is `continue`.
	Continue struct{ Pos }
)

// Expressions.
type (
	// BoolOp is `a Op b Op c`, Op being and/or.
	BoolOp struct {
		Pos
		Op     BoolOperator
		Values []Expr
	}

	// NamedExpr is `Target := Value`.
	NamedExpr struct {
		Pos
		Target *Name
		Value  Expr
	}

	// BinOp is `Left Op Right`.
	BinOp struct {
		Pos
		Left  Expr
		Op    Operator
		Right Expr
	}

	// UnaryOp is `Op Operand`.
	UnaryOp struct {
		Pos
		Op      UnaryOperator
		Operand Expr
	}

	// Lambda is `lambda Args: Body`.
	Lambda struct {
		Pos
		Args *Arguments
		Body Expr
	}

	// IfExp is `Body if Test else Orelse`.
	IfExp struct {
		Pos
		Test   Expr
		Body   Expr
		Orelse Expr
	}

	// Dict is `{k: v, **m}`; the key of `**m` is nil.
	Dict struct {
		Pos
		Keys   []Expr
		Values []Expr
	}

	// Set is `{a, b}`.
	Set struct {
		Pos
		Elts []Expr
	}

	// ListComp is `[Elt for ...]`.
	ListComp struct {
		Pos
		Elt        Expr
		Generators []*Comprehension
	}

	// SetComp is `{Elt for ...}`.
	SetComp struct {
		Pos
		Elt        Expr
		Generators []*Comprehension
	}

	// DictComp is `{Key: Value for ...}`.
	DictComp struct {
		Pos
		Key        Expr
		Value      Expr
		Generators []*Comprehension
	}

	// GeneratorExp is `(Elt for ...)`.
	GeneratorExp struct {
		Pos
		Elt        Expr
		Generators []*Comprehension
	}

	// Await is `await Value`.
	Await struct {
		Pos
		Value Expr
	}

	// Yield is `yield Value`; Value may be nil.
	Yield struct {
		Pos
		Value Expr
	}

	// YieldFrom is `yield from Value`.
	YieldFrom struct {
		Pos
		Value Expr
	}

	// Compare is `Left op c1 op c2`.
	Compare struct {
		Pos
		Left        Expr
		Ops         []CmpOperator
		Comparators []Expr
	}

	// Call is `Func(Args, Keywords)`; `*a` is a Starred in Args, `**k` a
	// Keyword without a name.
	Call struct {
		Pos
		Func     Expr
		Args     []Expr
		Keywords []*Keyword
	}

	// FormattedValue is `{Value!Conversion:FormatSpec}` of an f-string.
	FormattedValue struct {
		Pos
		Value      Expr
		Conversion int  // -1, 's', 'r' or 'a'
		FormatSpec Expr // a JoinedStr, or nil
	}

	// Interpolation is `{Value!Conversion:FormatSpec}` of a t-string; Str is
	// the source text of Value.
	Interpolation struct {
		Pos
		Value      Expr
		Str        *Constant
		Conversion int
		FormatSpec Expr
	}

	// JoinedStr is an f-string.
	JoinedStr struct {
		Pos
		Values []Expr
	}

	// TemplateStr is a t-string.
	TemplateStr struct {
		Pos
		Values []Expr
	}

	// Constant is a literal. The fields in use depend on Kind.
	Constant struct {
		Pos
		Kind  ConstKind
		U     bool     // written with a u prefix
		Str   string   // Str: text, lone surrogates as their three-byte forms; Bytes: the bytes
		Int   int64    // Int
		Big   *big.Int // Int beyond int64, else nil
		Float float64  // Float; Complex: the imaginary part
	}

	// Attribute is `Value.Attr`.
	Attribute struct {
		Pos
		Value Expr
		Attr  string
		Ctx   Context
	}

	// Subscript is `Value[Slice]`.
	Subscript struct {
		Pos
		Value Expr
		Slice Expr
		Ctx   Context
	}

	// Starred is `*Value`.
	Starred struct {
		Pos
		Value Expr
		Ctx   Context
	}

	// Name is an identifier.
	Name struct {
		Pos
		ID  string
		Ctx Context
	}

	// List is `[Elts]`.
	List struct {
		Pos
		Elts []Expr
		Ctx  Context
	}

	// Tuple is `Elts,` with or without parentheses.
	Tuple struct {
		Pos
		Elts []Expr
		Ctx  Context
	}

	// Slice is `Lower:Upper:Step`; each may be nil.
	Slice struct {
		Pos
		Lower, Upper, Step Expr
	}
)

// Parts.
type (
	// Comprehension is `[async] for Target in Iter if Ifs...`. CPython gives
	// it no position; Pos stays zero.
	Comprehension struct {
		Pos
		Target Expr
		Iter   Expr
		Ifs    []Expr
		Async  bool
	}

	// ExceptHandler is `except Type as Name: Body`.
	ExceptHandler struct {
		Pos
		Type Expr // nil for a bare except
		Name string
		Body []Stmt
	}

	// Arguments is a parameter list. Defaults belong to the last of
	// PosOnly+Args; KwDefaults runs beside KwOnly with nil where there is
	// none. CPython gives it no position; Pos stays zero.
	Arguments struct {
		Pos
		PosOnly    []*Arg
		Args       []*Arg
		Vararg     *Arg
		KwOnly     []*Arg
		KwDefaults []Expr
		Kwarg      *Arg
		Defaults   []Expr
	}

	// Arg is one parameter.
	Arg struct {
		Pos
		Name       string
		Annotation Expr
	}

	// Keyword is `Name=Value` in a call or class header; Name is empty for `**Value`.
	Keyword struct {
		Pos
		Name  string
		Value Expr
	}

	// Alias is `Name as AsName` in an import.
	Alias struct {
		Pos
		Name   string
		AsName string
	}

	// WithItem is `Context as Vars`. CPython gives it no position; Pos stays zero.
	WithItem struct {
		Pos
		Context Expr
		Vars    Expr
	}

	// MatchCase is `case Pattern if Guard: Body`. CPython gives it no position.
	MatchCase struct {
		Pos
		Pattern Pattern
		Guard   Expr
		Body    []Stmt
	}
)

// Patterns.
type (
	// MatchValue is a literal or dotted name.
	MatchValue struct {
		Pos
		Value Expr
	}

	// MatchSingleton is None, True or False.
	MatchSingleton struct {
		Pos
		Kind ConstKind
	}

	// MatchSequence is `[p, q]`.
	MatchSequence struct {
		Pos
		Patterns []Pattern
	}

	// MatchMapping is `{k: p, **Rest}`.
	MatchMapping struct {
		Pos
		Keys     []Expr
		Patterns []Pattern
		Rest     string
	}

	// MatchClass is `Cls(p, k=q)`.
	MatchClass struct {
		Pos
		Cls         Expr
		Patterns    []Pattern
		KwdAttrs    []string
		KwdPatterns []Pattern
	}

	// MatchStar is `*Name`; Name is empty for `*_`.
	MatchStar struct {
		Pos
		Name string
	}

	// MatchAs is `Pattern as Name`, a bare name, or `_` (both empty).
	MatchAs struct {
		Pos
		Pattern Pattern
		Name    string
	}

	// MatchOr is `p | q`.
	MatchOr struct {
		Pos
		Patterns []Pattern
	}
)

// Type parameters.
type (
	// TypeVar is `Name: Bound = Default`.
	TypeVar struct {
		Pos
		Name    string
		Bound   Expr
		Default Expr
	}

	// ParamSpec is `**Name = Default`.
	ParamSpec struct {
		Pos
		Name    string
		Default Expr
	}

	// TypeVarTuple is `*Name = Default`.
	TypeVarTuple struct {
		Pos
		Name    string
		Default Expr
	}
)

// Context says whether a name, attribute, subscript, star, list or tuple is
// read, written or deleted.
type Context uint8

// The contexts.
const (
	Load Context = iota
	Store
	Del
)

// ConstKind is the kind of a Constant.
type ConstKind uint8

// The kinds of constants.
const (
	None ConstKind = iota
	True
	False
	Ellipsis
	Int
	Float
	Complex // imaginary literal
	Str
	Bytes
)

// BoolOperator is and or or.
type BoolOperator uint8

// The boolean operators.
const (
	And BoolOperator = iota
	Or
)

// Operator is a binary operator.
type Operator uint8

// The binary operators.
const (
	Add Operator = iota
	Sub
	Mult
	MatMult
	Div
	Mod
	Pow
	LShift
	RShift
	BitOr
	BitXor
	BitAnd
	FloorDiv
)

// UnaryOperator is a unary operator.
type UnaryOperator uint8

// The unary operators.
const (
	Invert UnaryOperator = iota
	Not
	UAdd
	USub
)

// CmpOperator is a comparison operator.
type CmpOperator uint8

// The comparison operators.
const (
	Eq CmpOperator = iota
	NotEq
	Lt
	LtE
	Gt
	GtE
	Is
	IsNot
	In
	NotIn
)

func (*FunctionDef) stmt() {}
func (*ClassDef) stmt()    {}
func (*Return) stmt()      {}
func (*Delete) stmt()      {}
func (*Assign) stmt()      {}
func (*TypeAlias) stmt()   {}
func (*AugAssign) stmt()   {}
func (*AnnAssign) stmt()   {}
func (*For) stmt()         {}
func (*While) stmt()       {}
func (*If) stmt()          {}
func (*With) stmt()        {}
func (*Match) stmt()       {}
func (*Raise) stmt()       {}
func (*Try) stmt()         {}
func (*Assert) stmt()      {}
func (*Import) stmt()      {}
func (*ImportFrom) stmt()  {}
func (*Global) stmt()      {}
func (*Nonlocal) stmt()    {}
func (*ExprStmt) stmt()    {}
func (*Pass) stmt()        {}
func (*Break) stmt()       {}
func (*Continue) stmt()    {}

func (*BoolOp) expr()         {}
func (*NamedExpr) expr()      {}
func (*BinOp) expr()          {}
func (*UnaryOp) expr()        {}
func (*Lambda) expr()         {}
func (*IfExp) expr()          {}
func (*Dict) expr()           {}
func (*Set) expr()            {}
func (*ListComp) expr()       {}
func (*SetComp) expr()        {}
func (*DictComp) expr()       {}
func (*GeneratorExp) expr()   {}
func (*Await) expr()          {}
func (*Yield) expr()          {}
func (*YieldFrom) expr()      {}
func (*Compare) expr()        {}
func (*Call) expr()           {}
func (*FormattedValue) expr() {}
func (*Interpolation) expr()  {}
func (*JoinedStr) expr()      {}
func (*TemplateStr) expr()    {}
func (*Constant) expr()       {}
func (*Attribute) expr()      {}
func (*Subscript) expr()      {}
func (*Starred) expr()        {}
func (*Name) expr()           {}
func (*List) expr()           {}
func (*Tuple) expr()          {}
func (*Slice) expr()          {}

func (*MatchValue) pattern()     {}
func (*MatchSingleton) pattern() {}
func (*MatchSequence) pattern()  {}
func (*MatchMapping) pattern()   {}
func (*MatchClass) pattern()     {}
func (*MatchStar) pattern()      {}
func (*MatchAs) pattern()        {}
func (*MatchOr) pattern()        {}

func (*TypeVar) typeParam()      {}
func (*ParamSpec) typeParam()    {}
func (*TypeVarTuple) typeParam() {}
