package interp

import (
	"reflect"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// binaryOp names a binary operator: its spelling and the methods behind it.
type binaryOp struct{ sym, name, rname, iname string }

var binaryOps = [...]binaryOp{
	pyast.Add:      {"+", "__add__", "__radd__", "__iadd__"},
	pyast.Sub:      {"-", "__sub__", "__rsub__", "__isub__"},
	pyast.Mult:     {"*", "__mul__", "__rmul__", "__imul__"},
	pyast.MatMult:  {"@", "__matmul__", "__rmatmul__", "__imatmul__"},
	pyast.Div:      {"/", "__truediv__", "__rtruediv__", "__itruediv__"},
	pyast.Mod:      {"%", "__mod__", "__rmod__", "__imod__"},
	pyast.Pow:      {"**", "__pow__", "__rpow__", "__ipow__"},
	pyast.LShift:   {"<<", "__lshift__", "__rlshift__", "__ilshift__"},
	pyast.RShift:   {">>", "__rshift__", "__rrshift__", "__irshift__"},
	pyast.BitOr:    {"|", "__or__", "__ror__", "__ior__"},
	pyast.BitXor:   {"^", "__xor__", "__rxor__", "__ixor__"},
	pyast.BitAnd:   {"&", "__and__", "__rand__", "__iand__"},
	pyast.FloorDiv: {"//", "__floordiv__", "__rfloordiv__", "__ifloordiv__"},
}

var unaryOps = [...]struct{ sym, name, expr string }{
	pyast.Invert: {"~", "__invert__", "~x"},
	pyast.Not:    {"not", "", "not"},
	pyast.UAdd:   {"+", "__pos__", "+x"},
	pyast.USub:   {"-", "__neg__", "-x"},
}

var cmpOps = [...]struct{ sym, name, rname string }{
	pyast.Eq:    {"==", "__eq__", "__eq__"},
	pyast.NotEq: {"!=", "__ne__", "__ne__"},
	pyast.Lt:    {"<", "__lt__", "__gt__"},
	pyast.LtE:   {"<=", "__le__", "__ge__"},
	pyast.Gt:    {">", "__gt__", "__lt__"},
	pyast.GtE:   {">=", "__ge__", "__le__"},
	pyast.Is:    {"is", "", ""},
	pyast.IsNot: {"is not", "", ""},
	pyast.In:    {"in", "", ""},
	pyast.NotIn: {"not in", "", ""},
}

// Payloader is what the Data of an instance implements where the value that
// the built-in base class sees is a part of it (a defaultdict's dict).
type Payloader interface{ Payload() Value }

// Unwrap is the built-in value inside an instance of a class that derives from
// a built-in one (a *List of a list subclass); other values are returned as they are.
func Unwrap(v Value) Value {
	i, ok := v.(*Instance)
	if !ok {
		return v
	}
	switch p := i.Data.(type) {
	case nil:
		return v
	case *Tuple:
		// The args of an exception are a tuple too.
		if i.Cls.Is(TupleClass) {
			return p
		}
	case *Dict:
		if i.Cls.Is(DictClass) {
			return p
		}
	case Value:
		if i.Cls.Is(p.Type()) {
			return p
		}
	case Payloader:
		if x := p.Payload(); i.Cls.Is(x.Type()) {
			return x
		}
	}
	return v
}

// isObject reports whether v's operations are methods of its class; the others
// are done here directly.
func isObject(v Value) bool {
	switch v := v.(type) {
	case Int, Float, Str, NoneType, Bool, *List, *Dict, *Set, BigInt, Complex, Bytes,
		EllipsisType, NotImplementedType, *Slice, *Range, *Unknown:
		return false
	case *Tuple:
		return v.Cls != nil
	case *Class:
		return v.Meta != nil && v.Meta != TypeClass
	}
	return true
}

// typeMethod finds a method on the type of an object. builtin is set where it
// is one that the built-in types define, which act on the payload.
func typeMethod(v Value, name string) (m Value, builtin, ok bool) {
	m, ok = v.Type().Lookup(name)
	if !ok || IsNone(m) {
		return nil, false, false
	}
	b, isB := m.(*Builtin)
	return m, isB && builtinOps[b], true
}

// builtinOps marks the operator methods of built-in types and of object.
var builtinOps = map[*Builtin]bool{}

// callMethod calls a method found on the type of self.
func (in *Interp) callMethod(m Value, self Value, args ...Value) Value {
	switch m.Type() {
	case FunctionClass, BuiltinClass:
		full := make([]Value, 0, 4)
		full = append(full, self)
		return in.Call(m, append(full, args...), nil)
	}
	return in.Call(in.bindAttr(m, self, self.Type()), args, nil)
}

// literal is the expression of a plain value, nil where it has no short spelling.
func literal(v Value) *graph.Expr {
	switch v := v.(type) {
	case Int:
		return graph.LitInt(v.V)
	case Float, Bool, NoneType:
		return graph.Lit(safeRepr(v))
	case Str:
		if len(v.S) <= 80 {
			return graph.Lit(strRepr(v.S))
		}
	case *Tuple:
		return literals(v, v.V)
	case *List:
		return literals(v, v.V)
	case *Set:
		return literals(v, v.D.Keys())
	}
	return nil
}

func literals(v Value, elems []Value) *graph.Expr {
	if len(elems) > 16 {
		return nil
	}
	for _, x := range elems {
		switch x := x.(type) {
		case Int, Float, Bool, NoneType:
		case Str:
			if len(x.S) > 40 {
				return nil
			}
		default:
			return nil
		}
	}
	return graph.Lit(safeRepr(v))
}

// exprOf is the origin of v, or its literal.
func exprOf(v Value) *graph.Expr {
	if e := ExprOf(v); e != nil {
		return e
	}
	return literal(v)
}

// withOp gives r the expression of op over a and b, where either has one.
func withOp(r Value, op string, a, b Value) Value {
	if ExprOf(a) == nil && ExprOf(b) == nil {
		return r
	}
	return WithExpr(r, graph.Apply(op, exprOf(a), exprOf(b)))
}

// withCall gives r the expression of a function call over args, where any of them has one.
func withCall(r Value, name string, args ...Value) Value {
	if len(args) == 1 && ExprOf(args[0]) == nil {
		return r
	}
	any := false
	for _, a := range args {
		if ExprOf(a) != nil {
			any = true
		}
	}
	if !any {
		return r
	}
	es := make([]*graph.Expr, len(args))
	for i, a := range args {
		es[i] = exprOf(a)
	}
	return WithExpr(r, graph.Apply("call:"+name, es...))
}

// Binary is `a op b`, with in-place variants where inplace is set (`a op= b`:
// lists, dicts and sets are changed in place, __iadd__ and friends are tried
// first). Ints, floats, bools and strings carry on the expressions of their
// operands. Operands that are Unknown give Unknown.
//
// The operators of Go values of other packages are ordinary methods of their
// native classes: __add__, __radd__, __iadd__ ..., which may return NotImplemented.
func (in *Interp) Binary(op pyast.Operator, a, b Value, inplace bool) Value {
	if x, ok := a.(Int); ok {
		if y, ok := b.(Int); ok {
			if r, ok := smallIntOp(op, x.V, y.V); ok {
				if x.E == nil && y.E == nil {
					return NewInt(r)
				}
				return withOp(Int{V: r}, binaryOps[op].sym, a, b)
			}
		}
	}
	if u, ok := eitherUnknown(a, b); ok {
		return u
	}
	o := &binaryOps[op]
	aObj, bObj := isObject(a), isObject(b)
	if !aObj && !bObj {
		if r, ok := in.rawBinary(op, a, b, inplace); ok {
			return withOp(r, o.sym, a, b)
		}
		in.badOperands(op, a, b, inplace)
	}
	if aObj && inplace {
		if m, _, ok := typeMethod(a, o.iname); ok {
			if r := in.callMethod(m, a, b); !isNotImplemented(r) {
				return r
			}
		}
	}
	ta, tb := a.Type(), b.Type()
	triedB := false
	if bObj && ta != tb && tb.Is(ta) {
		// A subclass that overrides the reflected method goes first.
		if m, builtin, ok := typeMethod(b, o.rname); ok && !builtin {
			if ma, _, ok := typeMethod(a, o.rname); !ok || !Same(ma, m) {
				triedB = true
				if r := in.callMethod(m, b, a); !isNotImplemented(r) {
					return r
				}
			}
		}
	}
	if aObj {
		if m, builtin, ok := typeMethod(a, o.name); ok {
			if builtin {
				if r, ok := in.rawBinary(op, Unwrap(a), Unwrap(b), inplace && !isObject(Unwrap(a))); ok {
					return r
				}
			} else if r := in.callMethod(m, a, b); !isNotImplemented(r) {
				return r
			}
		}
	} else {
		right := Unwrap(b)
		if op == pyast.Mod {
			if _, isStr := a.(Str); isStr {
				right = b // "%s" prints the object, not what it derives from
			}
		}
		if r, ok := in.rawBinary(op, a, right, inplace); ok {
			return r
		}
	}
	if bObj && !triedB && (ta != tb || !aObj) {
		if m, builtin, ok := typeMethod(b, o.rname); ok && !builtin {
			if r := in.callMethod(m, b, a); !isNotImplemented(r) {
				return r
			}
		}
	}
	if r, ok := in.rawBinary(op, Unwrap(a), Unwrap(b), false); ok {
		return r
	}
	in.badOperands(op, a, b, inplace)
	return nil
}

func isNotImplemented(v Value) bool { _, ok := v.(NotImplementedType); return ok }

// badOperands raises the TypeError for operands that do not go together.
func (in *Interp) badOperands(op pyast.Operator, a, b Value, inplace bool) {
	ua, ub := Unwrap(a), Unwrap(b)
	if op == pyast.Add {
		switch ua.(type) {
		case *List, *Tuple, Str:
			n := ua.Type().Name
			if _, ok := ua.(*Tuple); ok {
				n = "tuple"
			}
			in.Raise(TypeError, "can only concatenate %s (not \"%s\") to %s", n, b.Type().Name, n)
		case Bytes:
			in.Raise(TypeError, "can't concat %s to bytes", b.Type().Name)
		}
	}
	if op == pyast.Mult {
		if isSequence(ua) {
			in.Raise(TypeError, "can't multiply sequence by non-int of type '%s'", b.Type().Name)
		}
		if isSequence(ub) {
			in.Raise(TypeError, "can't multiply sequence by non-int of type '%s'", a.Type().Name)
		}
	}
	sym := binaryOps[op].sym
	if inplace {
		sym += "="
	} else if op == pyast.Pow {
		sym = "** or pow()"
	}
	in.Raise(TypeError, "unsupported operand type(s) for %s: '%s' and '%s'", sym, a.Type().Name, b.Type().Name)
}

func isSequence(v Value) bool {
	switch v.(type) {
	case *List, *Tuple, Str, Bytes:
		return true
	}
	return false
}

// rawBinary does an operator of built-in types; false is NotImplemented.
func (in *Interp) rawBinary(op pyast.Operator, a, b Value, inplace bool) (Value, bool) {
	if r, ok := in.arith(op, a, b); ok {
		return r, true
	}
	switch op {
	case pyast.Add:
		return in.concat(a, b, inplace)
	case pyast.Mult:
		return in.repeat(a, b, inplace)
	case pyast.Mod:
		switch a := a.(type) {
		case Str:
			return NewStr(in.percent(a.S, b, false)), true
		case Bytes:
			return Bytes{S: in.percent(a.S, b, true)}, true
		}
	case pyast.BitOr:
		if x, ok := a.(*Dict); ok {
			switch y := b.(type) {
			case *Dict:
				if !inplace {
					x = x.Copy()
				}
				in.dictUpdate(x, y)
				return x, true
			default:
				if inplace {
					in.dictUpdate(x, b)
					return x, true
				}
			}
			return nil, false
		}
		if r, ok := in.setOp(op, a, b, inplace); ok {
			return r, true
		}
		return in.unionOf(a, b)
	case pyast.BitAnd, pyast.BitXor, pyast.Sub:
		return in.setOp(op, a, b, inplace)
	}
	return nil, false
}

// Unary is `op a`, except `not`.
func (in *Interp) Unary(op pyast.UnaryOperator, a Value) Value {
	o := &unaryOps[op]
	if op == pyast.Not {
		if u, ok := a.(*Unknown); ok {
			return u
		}
		r := NewBool(!in.Truth(a))
		if e := ExprOf(a); e != nil {
			return WithExpr(r, graph.Apply("not", e))
		}
		return r
	}
	if u, ok := a.(*Unknown); ok {
		return u
	}
	if isObject(a) {
		if m, builtin, ok := typeMethod(a, o.name); ok && !builtin {
			return in.callMethod(m, a)
		}
	}
	if r, ok := rawUnary(op, Unwrap(a)); ok {
		if e := ExprOf(a); e != nil {
			return WithExpr(r, graph.Apply(o.expr, e))
		}
		return r
	}
	in.Raise(TypeError, "bad operand type for unary %s: '%s'", o.sym, a.Type().Name)
	return nil
}

// UnknownOperand is implemented by values whose operators take an Unknown as
// the other operand: the result of a tensor and an unknown number is a tensor
// of known shape.
type UnknownOperand interface {
	Value
	TakesUnknown()
}

// eitherUnknown is the operand that is Unknown, unless the other one deals with it.
func eitherUnknown(a, b Value) (*Unknown, bool) {
	if u, ok := a.(*Unknown); ok {
		if _, takes := b.(UnknownOperand); takes {
			return nil, false
		}
		return u, true
	}
	if u, ok := b.(*Unknown); ok {
		if _, takes := a.(UnknownOperand); takes {
			return nil, false
		}
		return u, true
	}
	return nil, false
}

// Compare is `a op b` for one comparison, `is` and `in` included. The result
// is what the objects' methods give: a Bool for built-in types.
func (in *Interp) Compare(op pyast.CmpOperator, a, b Value) Value {
	switch op {
	case pyast.Is:
		return withOp(NewBool(Same(a, b)), "is", a, b)
	case pyast.IsNot:
		return withOp(NewBool(!Same(a, b)), "is not", a, b)
	case pyast.In, pyast.NotIn:
		r := in.containsValue(b, a)
		if u, ok := r.(*Unknown); ok {
			return u
		}
		return withOp(NewBool(in.Truth(r) == (op == pyast.In)), cmpOps[op].sym, a, b)
	}
	switch x := a.(type) {
	case Int:
		if y, ok := b.(Int); ok {
			r := NewBool(ordered(op, cmp3(x.V, y.V)))
			if x.E == nil && y.E == nil {
				return r
			}
			return withOp(r, cmpOps[op].sym, a, b)
		}
	case Str:
		if y, ok := b.(Str); ok {
			r := NewBool(ordered(op, cmp3(x.S, y.S)))
			if x.E == nil && y.E == nil {
				return r
			}
			return withOp(r, cmpOps[op].sym, a, b)
		}
	}
	if u, ok := eitherUnknown(a, b); ok {
		return u
	}
	aObj, bObj := isObject(a), isObject(b)
	if !aObj && !bObj {
		if r, ok := in.rawCompare(op, a, b); ok {
			return withOp(r, cmpOps[op].sym, a, b)
		}
		return withOp(in.compareFallback(op, a, b), cmpOps[op].sym, a, b)
	}
	o := &cmpOps[op]
	ta, tb := a.Type(), b.Type()
	triedB := false
	if bObj && ta != tb && tb.Is(ta) {
		triedB = true
		if r := in.compareBy(op, o.rname, b, a, true); !isNotImplemented(r) {
			return r
		}
	}
	if r := in.compareBy(op, o.name, a, b, false); !isNotImplemented(r) {
		return r
	}
	if !triedB {
		if r := in.compareBy(op, o.rname, b, a, true); !isNotImplemented(r) {
			return r
		}
	}
	return in.compareFallback(op, a, b)
}

// compareBy asks self's method; swapped says that self is the right operand.
func (in *Interp) compareBy(op pyast.CmpOperator, name string, self, other Value, swapped bool) Value {
	raw := func() Value {
		a, b := Unwrap(self), Unwrap(other)
		if swapped {
			a, b = b, a
		}
		if r, ok := in.rawCompare(op, a, b); ok {
			return r
		}
		return NotImplemented
	}
	if !isObject(self) {
		return raw()
	}
	m, builtin, ok := typeMethod(self, name)
	if !ok {
		return NotImplemented
	}
	if !builtin {
		return in.callMethod(m, self, other)
	}
	if op == pyast.NotEq {
		// object.__ne__ inverts __eq__.
		if m, builtin, ok := typeMethod(self, "__eq__"); ok && !builtin {
			r := in.callMethod(m, self, other)
			if isNotImplemented(r) {
				return r
			}
			if u, ok := r.(*Unknown); ok {
				return u
			}
			return NewBool(!in.Truth(r))
		}
	}
	return raw()
}

// compareFallback is the result where no method knows: identity for == and
// !=, else a TypeError.
func (in *Interp) compareFallback(op pyast.CmpOperator, a, b Value) Value {
	switch op {
	case pyast.Eq:
		return NewBool(Same(a, b))
	case pyast.NotEq:
		return NewBool(!Same(a, b))
	}
	in.Raise(TypeError, "'%s' not supported between instances of '%s' and '%s'", cmpOps[op].sym, a.Type().Name, b.Type().Name)
	return nil
}

func cmp3[T int64 | string | float64 | int](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// ordered turns a three-way result into the answer of op.
func ordered(op pyast.CmpOperator, c int) bool {
	switch op {
	case pyast.Eq:
		return c == 0
	case pyast.NotEq:
		return c != 0
	case pyast.Lt:
		return c < 0
	case pyast.LtE:
		return c <= 0
	case pyast.Gt:
		return c > 0
	default:
		return c >= 0
	}
}

// rawCompare compares built-in values; false is NotImplemented.
func (in *Interp) rawCompare(op pyast.CmpOperator, a, b Value) (Value, bool) {
	if r, ok := compareNumbers(op, a, b); ok {
		return r, true
	}
	eqOnly := func(same bool) (Value, bool) {
		switch op {
		case pyast.Eq:
			return NewBool(same), true
		case pyast.NotEq:
			return NewBool(!same), true
		}
		return nil, false
	}
	switch x := a.(type) {
	case Str:
		if y, ok := b.(Str); ok {
			return NewBool(ordered(op, cmp3(x.S, y.S))), true
		}
	case Bytes:
		if y, ok := b.(Bytes); ok {
			return NewBool(ordered(op, cmp3(x.S, y.S))), true
		}
	case *List:
		if y, ok := b.(*List); ok {
			return in.compareSeq(op, x.V, y.V), true
		}
	case *Tuple:
		if y, ok := b.(*Tuple); ok {
			return in.compareSeq(op, x.V, y.V), true
		}
	case *Dict:
		if y, ok := b.(*Dict); ok && (op == pyast.Eq || op == pyast.NotEq) {
			return eqOnly(in.dictEqual(x, y))
		}
	case *Range:
		if y, ok := b.(*Range); ok {
			n := x.length()
			return eqOnly(n == y.length() && (n == 0 || x.Start == y.Start && (n == 1 || x.Step == y.Step)))
		}
	case *Slice:
		if y, ok := b.(*Slice); ok {
			return in.compareSeq(op, []Value{x.Lo, x.Hi, x.Step}, []Value{y.Lo, y.Hi, y.Step}), true
		}
	}
	if x, ok := in.asSet(a, false); ok {
		if y, ok := in.asSet(b, false); ok {
			return NewBool(in.compareSets(op, x, y)), true
		}
	}
	return nil, false
}

// nest bounds the recursion into containers that hold containers, maybe
// themselves; unnest ends it.
func (in *Interp) nest(what string) {
	if in.nesting >= maxNesting {
		in.Raise(RecursionError, "maximum recursion depth exceeded in %s", what)
	}
	in.nesting++
	in.Step(1)
}

func (in *Interp) unnest() { in.nesting-- }

const maxNesting = 1000

// compareSeq compares lists or tuples element by element.
func (in *Interp) compareSeq(op pyast.CmpOperator, a, b []Value) Value {
	if (op == pyast.Eq || op == pyast.NotEq) && len(a) != len(b) {
		return NewBool(op == pyast.NotEq)
	}
	in.nest("comparison")
	defer in.unnest()
	for i := 0; i < len(a) && i < len(b); i++ {
		if Same(a[i], b[i]) {
			continue
		}
		r := in.Compare(pyast.Eq, a[i], b[i])
		if u, ok := r.(*Unknown); ok {
			return u
		}
		if in.Truth(r) {
			continue
		}
		switch op {
		case pyast.Eq:
			return False
		case pyast.NotEq:
			return True
		}
		return in.Compare(op, a[i], b[i])
	}
	return NewBool(ordered(op, cmp3(len(a), len(b))))
}

// Equal is a == b as a Go bool (identity implies equality, as in containers).
func (in *Interp) Equal(a, b Value) bool {
	if Same(a, b) {
		return true
	}
	return in.Truth(in.Compare(pyast.Eq, a, b))
}

// Same is `a is b`. Scalars are one object where they are of one type and value.
func Same(a, b Value) bool {
	switch a := a.(type) {
	case NoneType:
		_, ok := b.(NoneType)
		return ok
	case Bool:
		b, ok := b.(Bool)
		return ok && a.V == b.V
	case Int:
		b, ok := b.(Int)
		return ok && a.V == b.V
	case Str:
		b, ok := b.(Str)
		return ok && a.S == b.S
	case Float:
		b, ok := b.(Float)
		return ok && a.V == b.V
	case BigInt:
		b, ok := b.(BigInt)
		return ok && a.V == b.V
	case Bytes:
		b, ok := b.(Bytes)
		return ok && a.S == b.S
	case *Instance:
		b, ok := b.(*Instance)
		return ok && a == b
	case *Class:
		b, ok := b.(*Class)
		return ok && a == b
	case *Tuple:
		b, ok := b.(*Tuple)
		return ok && (a == b || len(a.V) == 0 && len(b.V) == 0 && a.Cls == b.Cls)
	}
	if reflect.TypeOf(a) != reflect.TypeOf(b) || !reflect.TypeOf(a).Comparable() {
		return false
	}
	return a == b
}

// Truth is bool(v). An Unknown asks the branch policy (in.Decide).
func (in *Interp) Truth(v Value) bool {
	switch v := v.(type) {
	case Bool:
		return v.V
	case NoneType:
		return false
	case Int:
		return v.V != 0
	case Str:
		return v.S != ""
	case Float:
		return v.V != 0
	case BigInt:
		return true
	case Complex:
		return v.V != 0
	case Bytes:
		return v.S != ""
	case *List:
		return len(v.V) > 0
	case *Tuple:
		if v.Cls == nil {
			return len(v.V) > 0
		}
	case *Dict:
		return v.Len() > 0
	case *Set:
		return v.Len() > 0
	case *Range:
		return v.length() > 0
	case *dictView:
		return v.d.Len() > 0
	case *Unknown:
		return in.Decide(v)
	case *Builtin, *Slice, EllipsisType, *BoundMethod, *Module:
		return true
	case NotImplementedType:
		return true
	}
	if c, ok := v.(*Class); ok && (c.Meta == nil || c.Meta == TypeClass) {
		return true
	}
	m, builtin, ok := typeMethod(v, "__bool__")
	if ok && !builtin {
		r := in.callMethod(m, v)
		switch r := r.(type) {
		case Bool:
			return r.V
		case *Unknown:
			return in.Decide(r)
		}
		in.Raise(TypeError, "__bool__ should return bool, returned %s", r.Type().Name)
	}
	if !ok {
		if m, builtin, ok = typeMethod(v, "__len__"); ok && !builtin {
			r := in.callMethod(m, v)
			if u, ok := r.(*Unknown); ok {
				return in.Decide(u)
			}
			return in.lenResult(r) != 0
		}
	}
	if i, isInst := v.(*Instance); isInst {
		if p := Unwrap(i); p != Value(i) {
			return in.Truth(p)
		}
	}
	if t, isT := v.(*Tuple); isT {
		return len(t.V) > 0
	}
	return true
}

func (in *Interp) lenResult(r Value) int {
	n, ok := AsInt(Unwrap(r))
	if !ok {
		n = in.Int(r)
	}
	if n < 0 {
		in.Raise(ValueError, "__len__() should return >= 0")
	}
	return int(n)
}

// lenValue is len(v) as a value: Unknown where v or its length is.
func (in *Interp) lenValue(v Value) Value {
	switch x := v.(type) {
	case *Unknown:
		return x
	case *List:
		if x.E != nil {
			return Int{V: int64(len(x.V)), E: graph.Apply("call:len", x.E)}
		}
	case *Tuple:
		if x.E != nil {
			return Int{V: int64(len(x.V)), E: graph.Apply("call:len", x.E)}
		}
	}
	if n, ok := in.rawLen(v); ok {
		return NewInt(int64(n))
	}
	m, builtin, ok := typeMethod(v, "__len__")
	if ok && !builtin {
		r := in.callMethod(m, v)
		switch r := r.(type) {
		case *Unknown:
			return r
		case Int:
			if r.V >= 0 {
				return r
			}
		}
		return NewInt(int64(in.lenResult(r)))
	}
	if n, ok := in.rawLen(Unwrap(v)); ok {
		return NewInt(int64(n))
	}
	if t, ok := v.(*Tuple); ok {
		return NewInt(int64(len(t.V)))
	}
	in.Raise(TypeError, "object of type '%s' has no len()", v.Type().Name)
	return nil
}

func (in *Interp) rawLen(v Value) (int, bool) {
	switch v := v.(type) {
	case *List:
		return len(v.V), true
	case *Tuple:
		if v.Cls == nil {
			return len(v.V), true
		}
	case *Dict:
		return v.Len(), true
	case Str:
		return runeLen(v.S), true
	case *Set:
		return v.Len(), true
	case *Range:
		return int(v.length()), true
	case Bytes:
		return len(v.S), true
	case *dictView:
		return v.d.Len(), true
	}
	return 0, false
}

// Len is len(v). The length of an Unknown is an error of the run, not a number:
// callers that can go on with an unknown length use the built-in function len.
func (in *Interp) Len(v Value) int {
	r := in.lenValue(v)
	if u, ok := r.(*Unknown); ok {
		in.Raise(TypeError, "object of unknown type has no len() (%s)", u.Why)
	}
	n, _ := AsInt(r)
	return int(n)
}

// GetItem is v[k].
func (in *Interp) GetItem(v, k Value) Value {
	if u, ok := v.(*Unknown); ok {
		return u
	}
	switch x := v.(type) {
	case *List, *Tuple, *Dict, Str, *Range, Bytes:
		if t, ok := x.(*Tuple); ok && t.Cls != nil {
			break
		}
		if u, ok := k.(*Unknown); ok {
			return u
		}
		r, _ := in.rawGetItem(v, k)
		return r
	case *Class:
		return in.subscriptClass(x, k)
	}
	m, builtin, ok := typeMethod(v, "__getitem__")
	if ok && !builtin {
		return in.callMethod(m, v, k)
	}
	if u, ok := k.(*Unknown); ok {
		return u
	}
	p := Unwrap(v)
	if d, ok := p.(*Dict); ok {
		if r, ok := in.dictGet(d, k); ok {
			return r
		}
		if m, ok := v.Type().Lookup("__missing__"); ok {
			return in.callMethod(m, v, k)
		}
		in.keyError(k)
	}
	if r, ok := in.rawGetItem(p, k); ok {
		return r
	}
	in.Raise(TypeError, "'%s' object is not subscriptable", v.Type().Name)
	return nil
}

func (in *Interp) keyError(k Value) {
	in.RaiseExc(&Instance{Cls: KeyError, Data: NewTuple(k)})
}

func (in *Interp) rawGetItem(v, k Value) (Value, bool) {
	switch x := v.(type) {
	case *List:
		if s, ok := k.(*Slice); ok {
			return NewList(in.sliceOf(x.V, s)...), true
		}
		i := in.index(k, len(x.V), "list", "list index out of range")
		return elementOf(x.V[i], x.E, k), true
	case *Tuple:
		if s, ok := k.(*Slice); ok {
			if lo, hi, step := in.sliceBounds(s, len(x.V)); lo == 0 && hi == len(x.V) && step == 1 && x.Cls == nil {
				return x, true
			}
			return NewTuple(in.sliceOf(x.V, s)...), true
		}
		i := in.index(k, len(x.V), "tuple", "tuple index out of range")
		return elementOf(x.V[i], x.E, k), true
	case *Dict:
		if r, ok := in.dictGet(x, k); ok {
			return r, true
		}
		in.keyError(k)
	case Str:
		r := in.strItem(x.S, k)
		return withIndex(NewStr(r), x, k), true
	case Bytes:
		if s, ok := k.(*Slice); ok {
			lo, hi, step := in.sliceBounds(s, len(x.S))
			if step == 1 {
				return Bytes{S: x.S[lo:max(lo, hi)]}, true
			}
			var out []byte
			for ; step > 0 && lo < hi || step < 0 && lo > hi; lo += step {
				out = append(out, x.S[lo])
			}
			return Bytes{S: string(out)}, true
		}
		i := in.index(k, len(x.S), "byte", "index out of range")
		return NewInt(int64(x.S[i])), true
	case *Range:
		if s, ok := k.(*Slice); ok {
			lo, hi, step := in.sliceBounds(s, int(x.length()))
			return &Range{Start: x.Start + int64(lo)*x.Step, Stop: x.Start + int64(hi)*x.Step, Step: x.Step * int64(step)}, true
		}
		i := in.index(k, int(x.length()), "range", "range object index out of range")
		return NewInt(x.Start + int64(i)*x.Step), true
	}
	return nil, false
}

// withIndex gives a scalar the origin v[k] where v has an origin.
func withIndex(r, v, k Value) Value {
	if ExprOf(v) == nil {
		return r
	}
	return WithExpr(r, graph.Apply("[]", ExprOf(v), exprOf(k)))
}

// elementOf is an element of a list that came from e.
func elementOf(x Value, e *graph.Expr, k Value) Value {
	if e == nil || ExprOf(x) != nil {
		return x
	}
	return WithExpr(x, graph.Apply("[]", e, exprOf(k)))
}

// SetItem is v[k] = x.
func (in *Interp) SetItem(v, k, x Value) {
	switch c := v.(type) {
	case *List, *Dict:
		in.rawSetItem(v, k, x)
		return
	case *Unknown:
		return // what it holds is unknown before and after
	case Str, Int, NoneType, *Set, *Range, Bytes, Float, Bool:
		in.Raise(TypeError, "'%s' object does not support item assignment", c.Type().Name)
	}
	m, builtin, ok := typeMethod(v, "__setitem__")
	if ok && !builtin {
		in.callMethod(m, v, k, x)
		return
	}
	if !in.rawSetItem(Unwrap(v), k, x) {
		in.Raise(TypeError, "'%s' object does not support item assignment", v.Type().Name)
	}
}

func (in *Interp) rawSetItem(v, k, x Value) bool {
	switch c := v.(type) {
	case *List:
		c.E = nil
		if _, ok := k.(*Unknown); ok {
			for i := range c.V { // any of them may be the one
				c.V[i] = k
			}
			return true
		}
		if s, ok := k.(*Slice); ok {
			in.setSlice(c, s, x)
			return true
		}
		c.V[in.index(k, len(c.V), "list", "list assignment index out of range")] = x
		return true
	case *Dict:
		c.Set(in, k, x)
		return true
	}
	return false
}

// DelItem is del v[k].
func (in *Interp) DelItem(v, k Value) {
	switch v := v.(type) {
	case *List, *Dict:
	case *Unknown:
		return
	default:
		if m, builtin, ok := typeMethod(v, "__delitem__"); ok && !builtin {
			in.callMethod(m, v, k)
			return
		}
	}
	if _, ok := k.(*Unknown); ok {
		in.Raise(TypeError, "cannot delete an item by an unknown key")
	}
	switch c := Unwrap(v).(type) {
	case *List:
		c.E = nil
		if s, ok := k.(*Slice); ok {
			in.deleteSlice(c, s)
			return
		}
		i := in.index(k, len(c.V), "list", "list assignment index out of range")
		c.V = append(c.V[:i], c.V[i+1:]...)
	case *Dict:
		if !c.Delete(in, k) {
			in.keyError(k)
		}
	default:
		in.Raise(TypeError, "'%s' object doesn't support item deletion", v.Type().Name)
	}
}

// Contains is k in v. An Unknown answer asks the branch policy.
func (in *Interp) Contains(v, k Value) bool { return in.Truth(in.containsValue(v, k)) }

// containsValue is k in v: a Bool or an Unknown.
func (in *Interp) containsValue(v, k Value) Value {
	if u, ok := v.(*Unknown); ok {
		return u
	}
	switch x := v.(type) {
	case *Dict, *Set, *List, Str:
		return in.rawContains(x, k)
	}
	m, builtin, ok := typeMethod(v, "__contains__")
	if ok && !builtin {
		r := in.callMethod(m, v, k)
		if u, ok := r.(*Unknown); ok {
			return u
		}
		return NewBool(in.Truth(r))
	}
	if r := in.rawContains(Unwrap(v), k); r != nil {
		return r
	}
	it, ok := in.tryIter(v)
	if !ok {
		in.Raise(TypeError, "argument of type '%s' is not iterable", v.Type().Name)
	}
	for {
		x, ok := it.Next(in)
		if !ok {
			return False
		}
		in.Step(1)
		if Same(x, k) {
			return True
		}
		r := in.Compare(pyast.Eq, x, k)
		if u, ok := r.(*Unknown); ok {
			return u
		}
		if in.Truth(r) {
			return True
		}
	}
}

// rawContains is nil where v is no built-in container.
func (in *Interp) rawContains(v, k Value) Value {
	switch x := v.(type) {
	case *Dict:
		return in.hasKey(x, k)
	case *Set:
		if s, ok := k.(*Set); ok && !s.Frozen {
			k = &Set{D: s.D, Frozen: true}
		}
		return in.hasKey(x.D, k)
	case *List:
		return in.seqContains(x.V, k)
	case *Tuple:
		return in.seqContains(x.V, k)
	case Str:
		s, ok := AsStr(k)
		if !ok {
			if u, ok := k.(*Unknown); ok {
				return u
			}
			in.Raise(TypeError, "'in <string>' requires string as left operand, not %s", k.Type().Name)
		}
		return NewBool(containsStr(x.S, s))
	case Bytes:
		switch k := Unwrap(k).(type) {
		case Bytes:
			return NewBool(containsStr(x.S, k.S))
		case Int:
			if k.V < 0 || k.V > 255 {
				in.Raise(ValueError, "byte must be in range(0, 256)")
			}
			return NewBool(containsStr(x.S, string([]byte{byte(k.V)})))
		}
		in.Raise(TypeError, "a bytes-like object is required, not '%s'", k.Type().Name)
	case *Range:
		if n, ok := AsInt(Unwrap(k)); ok {
			return NewBool(x.has(n))
		}
		if f, ok := k.(Float); ok {
			n := int64(f.V)
			return NewBool(float64(n) == f.V && x.has(n))
		}
		if u, ok := k.(*Unknown); ok {
			return u
		}
		return False
	case *dictView:
		switch x.kind {
		case viewKeys:
			return in.hasKey(x.d, k)
		case viewItems:
			t, ok := Unwrap(k).(*Tuple)
			if !ok || len(t.V) != 2 {
				return False
			}
			y, ok := x.d.Get(in, t.V[0])
			return NewBool(ok && in.Equal(y, t.V[1]))
		}
		return in.seqContains(x.d.Values(), k)
	}
	return nil
}

func (in *Interp) hasKey(d *Dict, k Value) Value {
	if u, ok := k.(*Unknown); ok && d.Len() > 0 {
		return u
	}
	_, ok := d.Get(in, k)
	return NewBool(ok)
}

// seqContains searches for k; an Unknown met on the way makes the answer
// Unknown unless a known element is equal.
func (in *Interp) seqContains(vs []Value, k Value) Value {
	var unknown *Unknown
	for i := 0; i < len(vs); i++ {
		if Same(vs[i], k) {
			return True
		}
		r := in.Compare(pyast.Eq, vs[i], k)
		if u, ok := r.(*Unknown); ok {
			unknown = u
			continue
		}
		if in.Truth(r) {
			return True
		}
	}
	if unknown != nil {
		return unknown
	}
	return False
}

// Repr is repr(v).
func (in *Interp) Repr(v Value) string { return (&printer{in: in}).repr(v) }

// ToStr is str(v).
func (in *Interp) ToStr(v Value) string { return (&printer{in: in}).str(v) }

// safeRepr is a repr that runs no Python: for messages.
func safeRepr(v Value) string { return (&printer{}).repr(v) }
