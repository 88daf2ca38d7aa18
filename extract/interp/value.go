// Package interp runs Python source abstractly: real Python semantics for
// objects, classes, calls, exceptions and imports, over values that may be
// unknown. It executes nothing outside itself: every function that is not
// Python source comes from a table of Go functions (package native).
//
// Exceptions are Go panics of type *Raised inside the interpreter; they never
// leave it: the exported entry points return them as errors.
package interp

import (
	"math/big"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Value is a Python object. Immutable scalars carry the expression that they
// came from (nil for a plain constant).
type Value interface {
	// Type is the object's class.
	Type() *Class
}

// The scalars. E says how the value follows from the config, nil if it does not.
type (
	// NoneType is None.
	NoneType struct{ E *graph.Expr }
	// Bool is True or False.
	Bool struct {
		V bool
		E *graph.Expr
	}
	// Int is an int that fits 64 bits.
	Int struct {
		V int64
		E *graph.Expr
	}
	// BigInt is an int beyond 64 bits; never holds one that fits Int.
	BigInt struct{ V *big.Int }
	// Float is a float.
	Float struct {
		V float64
		E *graph.Expr
	}
	// Complex is a complex number.
	Complex struct{ V complex128 }
	// Str is a str: UTF-8, lone surrogates in their three-byte form.
	Str struct {
		S string
		E *graph.Expr
	}
	// Bytes is a bytes object.
	Bytes struct{ S string }
	// EllipsisType is `...`.
	EllipsisType struct{}
	// NotImplementedType is NotImplemented.
	NotImplementedType struct{}
)

// The containers.
type (
	// List is a list. E is set where the whole list came from the config.
	List struct {
		V []Value
		E *graph.Expr
	}
	// Tuple is a tuple; Cls is set for subclasses (named tuples, torch.Size) and nil for tuple itself.
	Tuple struct {
		V   []Value
		Cls *Class
		E   *graph.Expr
	}
	// Slice is a slice object; absent parts are None.
	Slice struct{ Lo, Hi, Step Value }
	// Range is a range object.
	Range struct {
		Start, Stop, Step int64
		E                 *graph.Expr // of the stop, where the start is 0 and the step 1
	}
	// Cell is a variable shared between a function and its closures.
	Cell struct{ V Value }
)

// Iterator is a Go-side iterator that is also a Python object. Next returns
// false at the end.
type Iterator interface {
	Value
	Next(in *Interp) (Value, bool)
}

// NativeFn is a Go function under the table. a holds one value for each
// parameter of its signature, in order: *args as *Tuple, **kwargs as *Dict,
// defaults filled in. A parameter whose default is written `=?` arrives as nil
// when it is not given.
type NativeFn func(in *Interp, a []Value) Value

// Builtin is a function written in Go.
type Builtin struct {
	Name string // last part, for messages: "cat"
	Qual string // qualified name: "torch.cat"
	Sig  *Signature
	Fn   NativeFn
	// Raw, where set, is called instead of Fn with the arguments as given.
	Raw func(in *Interp, args []Value, kw []KW) Value
	// few, where set, is Fn, which keeps nothing of its arguments' slice and
	// takes least of its parameters, all by position.
	few   NativeFn
	least int
	// Kernel, where set, is the function on two numbers.
	Kernel *Kernel
	// Wrapped, where set, is the function around which this one is, as
	// functools.wraps notes it; its signature is shown for this one's.
	Wrapped Value
	// Python says that it stands for a function that is written in Python: it
	// prints as one.
	Python bool
}

// KW is one keyword argument.
type KW struct {
	Name string
	V    Value
}

// BoundMethod is a function bound to its first argument.
type BoundMethod struct {
	Self Value
	Fn   Value
}

// Property, StaticMethod and ClassMethod are the built-in descriptors.
type (
	// Property is a property; absent accessors are nil.
	Property struct {
		Get, Set, Del Value
		Doc           Value
		Cls           *Class // a subclass of property, or nil
	}
	// StaticMethod wraps a function that takes no self.
	StaticMethod struct{ Fn Value }
	// ClassMethod wraps a function that takes the class.
	ClassMethod struct{ Fn Value }
)

// Instance is an object of a class. Data is the Go state of natively
// implemented classes (a module's registries, a list subclass's *List).
type Instance struct {
	Cls  *Class
	Dict *Dict // attributes, in order of assignment; nil until one is set
	Data any
	// Root is the path by which the config is known (`config`,
	// `config.text_config`): scalars read from it get it as their origin.
	Root *graph.Expr
}

// Module is a Python module. Native modules resolve names through the table
// on demand.
type Module struct {
	Name   string
	Dict   *Dict
	File   string // path inside the source; "" for native modules
	IsPkg  bool
	native bool
	loaded bool
	lazy   func(in *Interp, name string) (Value, bool)
}

// Unknown is a value that could not be determined. It spreads through every
// operation; it never turns silently into a value.
type Unknown struct {
	Why string
	At  graph.Span
}

// Type implements Value.
func (NoneType) Type() *Class           { return NoneClass }
func (Bool) Type() *Class               { return BoolClass }
func (Int) Type() *Class                { return IntClass }
func (BigInt) Type() *Class             { return IntClass }
func (Float) Type() *Class              { return FloatClass }
func (Complex) Type() *Class            { return ComplexClass }
func (Str) Type() *Class                { return StrClass }
func (Bytes) Type() *Class              { return BytesClass }
func (EllipsisType) Type() *Class       { return EllipsisClass }
func (NotImplementedType) Type() *Class { return NotImplementedClass }
func (*List) Type() *Class              { return ListClass }
func (*Slice) Type() *Class             { return SliceClass }
func (*Range) Type() *Class             { return RangeClass }
func (*Cell) Type() *Class              { return CellClass }
func (*Builtin) Type() *Class           { return BuiltinClass }
func (*BoundMethod) Type() *Class       { return MethodClass }
func (*StaticMethod) Type() *Class      { return StaticMethodClass }
func (*ClassMethod) Type() *Class       { return ClassMethodClass }
func (*Module) Type() *Class            { return ModuleClass }
func (*Unknown) Type() *Class           { return UnknownClass }
func (i *Instance) Type() *Class        { return i.Cls }

// Type is tuple, or the subclass that the tuple was made as.
func (t *Tuple) Type() *Class {
	if t.Cls != nil {
		return t.Cls
	}
	return TupleClass
}

// Type is property, or the subclass that it was made as.
func (p *Property) Type() *Class {
	if p.Cls != nil {
		return p.Cls
	}
	return PropertyClass
}

// The singletons, ready boxed.
var (
	None           Value = NoneType{}
	True           Value = Bool{V: true}
	False          Value = Bool{V: false}
	Ellipsis       Value = EllipsisType{}
	NotImplemented Value = NotImplementedType{}
	EmptyTuple           = &Tuple{}
)

const smallInts = 1024

var small = func() (s [smallInts + 5]Value) {
	for i := range s {
		s[i] = Int{V: int64(i - 5)}
	}
	return s
}()

// NewInt boxes v; small values are shared.
func NewInt(v int64) Value {
	if -5 <= v && v < smallInts {
		return small[v+5]
	}
	return Int{V: v}
}

// NewBig boxes v as Int where it fits, else as BigInt.
func NewBig(v *big.Int) Value {
	if v.IsInt64() {
		return NewInt(v.Int64())
	}
	return BigInt{v}
}

// NewBool boxes v.
func NewBool(v bool) Value {
	if v {
		return True
	}
	return False
}

// NewFloat boxes v.
func NewFloat(v float64) Value { return Float{V: v} }

// NewStr boxes s.
func NewStr(s string) Value { return Str{S: s} }

// NewList makes a list that owns v.
func NewList(v ...Value) *List { return &List{V: v} }

// NewTuple makes a tuple that owns v.
func NewTuple(v ...Value) *Tuple {
	if len(v) == 0 {
		return EmptyTuple
	}
	return &Tuple{V: v}
}

// IsNone reports whether v is None.
func IsNone(v Value) bool { _, ok := v.(NoneType); return ok }

// AsInt is the value of an Int or Bool.
func AsInt(v Value) (int64, bool) {
	switch v := v.(type) {
	case Int:
		return v.V, true
	case Bool:
		if v.V {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// AsFloat is the value of a Float, Int, BigInt or Bool.
func AsFloat(v Value) (float64, bool) {
	switch v := v.(type) {
	case Float:
		return v.V, true
	case BigInt:
		f, _ := new(big.Float).SetInt(v.V).Float64()
		return f, true
	}
	n, ok := AsInt(v)
	return float64(n), ok
}

// AsStr is the text of a Str, or of an instance of a str subclass (an enum member, say).
func AsStr(v Value) (string, bool) {
	switch v := v.(type) {
	case Str:
		return v.S, true
	case *Instance:
		if s, ok := v.Data.(Str); ok {
			return s.S, true
		}
	}
	return "", false
}

// ExprOf is where v came from, or nil.
func ExprOf(v Value) *graph.Expr {
	switch v := v.(type) {
	case Int:
		return v.E
	case Float:
		return v.E
	case Bool:
		return v.E
	case Str:
		return v.E
	case NoneType:
		return v.E
	case *List:
		return v.E
	case *Tuple:
		return v.E
	}
	return nil
}

// WithExpr is v with e as its origin; values that cannot carry one are returned as they are.
func WithExpr(v Value, e *graph.Expr) Value {
	if e == nil {
		return v
	}
	switch v := v.(type) {
	case Int:
		v.E = e
		return v
	case Float:
		v.E = e
		return v
	case Bool:
		v.E = e
		return v
	case Str:
		v.E = e
		return v
	case NoneType:
		v.E = e
		return v
	}
	return v
}
