package interp

import (
	"math"
	"math/big"
	"strings"
	"sync"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// Builtins are the names of the builtins module. Filled at package
// initialisation: the functions refer to the evaluator, which refers to them.
var Builtins []Entry

// BuiltinEntries is the builtins module as rows of the table.
func BuiltinEntries() []Entry {
	return []Entry{{Name: "builtins", Module: func(in *Interp, name string) (Value, bool) { return in.builtin(name) }}}
}

// builtinDict holds the values of Builtins; copied for each interpreter.
var builtinDict *Dict

// finish completes the built-in classes once all of them are filled.
var finish = sync.OnceFunc(func() {
	for _, c := range []*Class{IntClass, FloatClass, ComplexClass, StrClass, BytesClass, ListClass, TupleClass, DictClass, SetClass,
		FrozenSetClass, RangeClass, SliceClass, IteratorClass, dictKeysClass, dictItemsClass, BaseException} {
		positionalMethods(c)
	}
})

func newBuiltins() *Dict {
	finish()
	return builtinDict.Copy()
}

func init() {
	fn := func(name, sig string, f NativeFn) { Builtins = append(Builtins, Entry{Name: name, Sig: sig, Fn: f}) }
	raw := func(name string, f func(in *Interp, args []Value, kw []KW) Value) {
		Builtins = append(Builtins, Entry{Name: name, Raw: f})
	}
	fn("abs", "x, /", func(in *Interp, a []Value) Value { return in.abs(a[0]) })
	fn("all", "iterable, /", func(in *Interp, a []Value) Value { return in.anyAll(a[0], false) })
	fn("any", "iterable, /", func(in *Interp, a []Value) Value { return in.anyAll(a[0], true) })
	fn("ascii", "obj, /", func(in *Interp, a []Value) Value {
		s, u := in.reprValue(a[0])
		if u != nil {
			return u
		}
		return NewStr(asciiRepr(s))
	})
	based := func(prefix string, base int) NativeFn {
		return func(in *Interp, a []Value) Value {
			if u, ok := a[0].(*Unknown); ok {
				return u
			}
			v := Unwrap(a[0])
			if !isIntLike(v) {
				v = NewInt(in.needInt(a[0]))
			}
			n := bigOf(v)
			s := prefix + new(big.Int).Abs(n).Text(base)
			if n.Sign() < 0 {
				s = "-" + s
			}
			return NewStr(s)
		}
	}
	fn("bin", "number, /", based("0b", 2))
	fn("oct", "number, /", based("0o", 8))
	fn("hex", "number, /", based("0x", 16))
	fn("callable", "obj, /", func(in *Interp, a []Value) Value {
		if u, ok := a[0].(*Unknown); ok {
			return u
		}
		return NewBool(callable(a[0]))
	})
	fn("chr", "i, /", func(in *Interp, a []Value) Value {
		if u, ok := a[0].(*Unknown); ok {
			return u
		}
		n := in.needInt(a[0])
		if n < 0 || n > 0x10ffff {
			in.Raise(ValueError, "chr() arg not in range(0x110000)")
		}
		return NewStr(string(encodeRune(nil, rune(n))))
	})
	fn("ord", "c, /", func(in *Interp, a []Value) Value {
		if u, ok := a[0].(*Unknown); ok {
			return u
		}
		if b, ok := a[0].(Bytes); ok && len(b.S) == 1 {
			return NewInt(int64(b.S[0]))
		}
		s, ok := AsStr(a[0])
		if !ok {
			in.Raise(TypeError, "ord() expected string of length 1, but %s found", a[0].Type().Name)
		}
		if n := runeLen(s); n != 1 {
			in.Raise(TypeError, "ord() expected a character, but string of length %d found", n)
		}
		r, _ := decodeRune(s)
		return NewInt(int64(r))
	})
	fn("delattr", "obj, name, /", func(in *Interp, a []Value) Value {
		in.DelAttr(a[0], attrName(in, a[1]))
		return None
	})
	fn("setattr", "obj, name, value, /", func(in *Interp, a []Value) Value {
		if u, ok := a[1].(*Unknown); ok {
			in.Decide(u)
			return None
		}
		in.SetAttr(a[0], attrName(in, a[1]), a[2])
		return None
	})
	fn("getattr", "obj, name, default=?, /", func(in *Interp, a []Value) Value {
		if u, ok := a[1].(*Unknown); ok {
			return u
		}
		name := attrName(in, a[1])
		if a[2] == nil {
			return in.GetAttr(a[0], name)
		}
		if v, ok := in.LookupAttr(a[0], name); ok {
			return v
		}
		return a[2]
	})
	fn("hasattr", "obj, name, /", func(in *Interp, a []Value) Value {
		if u := firstUnknown(a); u != nil {
			return u
		}
		_, ok := in.LookupAttr(a[0], attrName(in, a[1]))
		return NewBool(ok)
	})
	raw("dir", func(in *Interp, args []Value, kw []KW) Value {
		in.atMost("dir", args, 1)
		if len(args) == 0 {
			return strList(in.localNames())
		}
		if u, ok := args[0].(*Unknown); ok {
			return u
		}
		if m, ok := args[0].Type().Lookup("__dir__"); ok {
			if b, isB := m.(*Builtin); !isB || b.Qual != "object.__dir__" {
				vs, _ := in.copiedElements(in.callMethod(m, args[0]))
				in.sortValues(vs, nil, false)
				return NewList(vs...)
			}
		}
		return strList(in.dirNames(args[0]))
	})
	raw("vars", func(in *Interp, args []Value, kw []KW) Value {
		in.atMost("vars", args, 1)
		if len(args) == 0 {
			return in.locals()
		}
		if d, ok := in.LookupAttr(args[0], "__dict__"); ok {
			return d
		}
		in.Raise(TypeError, "vars() argument must have __dict__ attribute")
		return nil
	})
	fn("divmod", "x, y, /", func(in *Interp, a []Value) Value {
		if u := firstUnknown(a); u != nil {
			return u
		}
		if r, ok := in.objectOp("__divmod__", "__rdivmod__", a[0], a[1]); ok {
			return r
		}
		if r, ok := in.divmod(Unwrap(a[0]), Unwrap(a[1])); ok {
			return r
		}
		in.Raise(TypeError, "unsupported operand type(s) for divmod(): '%s' and '%s'", a[0].Type().Name, a[1].Type().Name)
		return nil
	})
	fn("format", "value, format_spec='', /", func(in *Interp, a []Value) Value {
		if u := firstUnknown(a); u != nil {
			return u
		}
		return NewStr(in.Format(a[0], strArg(in, a[1], "format() argument 2")))
	})
	fn("hash", "obj, /", func(in *Interp, a []Value) Value {
		if u, ok := a[0].(*Unknown); ok {
			return u
		}
		return NewInt(in.Hash(a[0]))
	})
	fn("id", "obj, /", func(in *Interp, a []Value) Value { return NewInt(in.identity(a[0])) })
	fn("isinstance", "obj, cls, /", func(in *Interp, a []Value) Value { return in.isInstance(a[0], a[1]) })
	fn("issubclass", "cls, base, /", func(in *Interp, a []Value) Value { return in.isSubclass(a[0], a[1]) })
	fn("iter", "obj, sentinel=?, /", func(in *Interp, a []Value) Value {
		if a[1] == nil {
			if u, ok := a[0].(*Unknown); ok {
				return u
			}
			it := in.Iter(a[0])
			if p, ok := it.(*pyIter); ok {
				return p.obj
			}
			return it
		}
		if !callable(a[0]) {
			in.Raise(TypeError, "iter(v, w): v must be callable")
		}
		return NewIterator(callIterClass, func(in *Interp) (Value, bool) {
			v := in.Call(a[0], nil, nil)
			if u, ok := v.(*Unknown); ok {
				in.Decide(u)
				return nil, false
			}
			return v, !in.Equal(v, a[1])
		})
	})
	fn("len", "obj, /", func(in *Interp, a []Value) Value { return in.lenValue(a[0]) })
	raw("max", func(in *Interp, args []Value, kw []KW) Value { return in.extreme("max", pyast.Gt, args, kw) })
	raw("min", func(in *Interp, args []Value, kw []KW) Value { return in.extreme("min", pyast.Lt, args, kw) })
	fn("next", "iterator, default=?, /", func(in *Interp, a []Value) Value {
		if u, ok := a[0].(*Unknown); ok {
			return u
		}
		if it, ok := a[0].(Iterator); ok {
			v, ok := it.Next(in)
			if ok {
				return v
			}
			if a[1] == nil {
				in.stopIteration(it)
			}
			return a[1]
		}
		m, _, ok := typeMethod(a[0], "__next__")
		if !ok {
			in.Raise(TypeError, "'%s' object is not an iterator", a[0].Type().Name)
		}
		if a[1] == nil {
			return in.callMethod(m, a[0])
		}
		v := a[1]
		in.TryCatch(StopIteration, func() { v = in.callMethod(m, a[0]) })
		return v
	})
	raw("open", func(in *Interp, args []Value, kw []KW) Value {
		name := "?"
		if len(args) > 0 {
			name = in.Repr(args[0])
		}
		in.RaiseExc(&Instance{Cls: FileNotFoundError, Data: NewTuple(NewInt(2), NewStr("No such file or directory: "+name))})
		return nil
	})
	fn("pow", "base, exp, mod=None", func(in *Interp, a []Value) Value {
		if u := firstUnknown(a); u != nil {
			return u
		}
		if IsNone(a[2]) {
			return in.Binary(pyast.Pow, a[0], a[1], false)
		}
		return in.powMod(a)
	})
	raw("print", func(in *Interp, args []Value, kw []KW) Value {
		for _, k := range kw {
			switch k.Name {
			case "sep", "end", "file", "flush":
			default:
				in.Raise(TypeError, "'%s' is an invalid keyword argument for print()", k.Name)
			}
		}
		return None // what it would write is of no interest
	})
	fn("repr", "obj, /", func(in *Interp, a []Value) Value {
		s, u := in.reprValue(a[0])
		if u != nil {
			return u
		}
		return NewStr(s)
	})
	fn("round", "number, ndigits=None", func(in *Interp, a []Value) Value {
		if u := firstUnknown(a); u != nil {
			return u
		}
		if isObject(a[0]) {
			if m, builtin, ok := typeMethod(a[0], "__round__"); ok && !builtin {
				if b, isB := m.(*Builtin); !isB || !strings.HasPrefix(b.Qual, "int.") && !strings.HasPrefix(b.Qual, "float.") {
					if IsNone(a[1]) {
						return in.callMethod(m, a[0])
					}
					return in.callMethod(m, a[0], a[1])
				}
			}
		}
		r, ok := in.roundValue(Unwrap(a[0]), a[1])
		if !ok {
			in.Raise(TypeError, "type %s doesn't define __round__ method", a[0].Type().Name)
		}
		if IsNone(a[1]) {
			if _, isInt := a[0].(Int); isInt {
				return a[0]
			}
			return withCall(r, "round", a[0])
		}
		return withCall(r, "round", a[0], a[1])
	})
	raw("sorted", func(in *Interp, args []Value, kw []KW) Value {
		if len(args) != 1 {
			in.Raise(TypeError, "sorted expected 1 argument, got %d", len(args))
		}
		if u, ok := args[0].(*Unknown); ok {
			return u
		}
		a := sortSig.bind(in, "sort", nil, kw)
		vs, _ := in.copiedElements(args[0])
		if l, ok := args[0].(*List); ok {
			vs = append([]Value(nil), originElements(l.V, l.E)...)
		}
		if u := in.sortValues(vs, a[0], in.Truth(a[1])); u != nil {
			return u
		}
		return NewList(vs...)
	})
	fn("sum", "iterable, /, start=0", func(in *Interp, a []Value) Value { return in.sum(a[0], a[1]) })
	fn("__import__", "name, globals=None, locals=None, fromlist=(), level=0", func(in *Interp, a []Value) Value {
		name := strArg(in, a[0], "__import__() argument 1")
		if !in.Truth(a[2+1]) {
			in.importValue(name)
			name, _, _ = strings.Cut(name, ".")
		}
		return in.importValue(name)
	})
	fn("globals", "", func(in *Interp, a []Value) Value {
		if n := len(in.stack); n > 0 {
			return in.stack[n-1].globals
		}
		return NewDict()
	})
	fn("locals", "", func(in *Interp, a []Value) Value { return in.locals() })
	for _, name := range []string{"eval", "exec", "compile", "input", "breakpoint"} {
		raw(name, func(in *Interp, args []Value, kw []KW) Value {
			in.Raise(RuntimeError, "%s() is not available: nothing that is read is executed", name)
			return nil
		})
	}
	builtinDict = NewDict()
	for i := range Builtins {
		e := &Builtins[i]
		b := &Builtin{Name: e.Name, Qual: e.Name, Fn: e.Fn, Raw: e.Raw}
		if e.Raw == nil {
			b.Sig = ParseSignature(e.Sig)
			positional(b, nil)
		}
		builtinDict.SetStr(e.Name, b)
	}
	constant := func(name string, v Value) {
		builtinDict.SetStr(name, v)
		if c, ok := v.(*Class); ok {
			Builtins = append(Builtins, Entry{Name: name, Class: c})
			return
		}
		Builtins = append(Builtins, Entry{Name: name, Value: func(*Interp) Value { return v }})
	}
	constant("None", None)
	constant("True", True)
	constant("False", False)
	constant("NotImplemented", NotImplemented)
	constant("Ellipsis", Ellipsis)
	constant("__debug__", True)
	constant("__name__", NewStr("builtins"))
	for _, c := range []*Class{ObjectClass, TypeClass, IntClass, BoolClass, FloatClass, ComplexClass, StrClass, BytesClass, ListClass, TupleClass,
		DictClass, SetClass, FrozenSetClass, SliceClass, RangeClass, PropertyClass, StaticMethodClass, ClassMethodClass, SuperClass,
		enumerateClass, zipClass, mapClass, filterClass, reversedClass,
		BaseException, Exception, SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration, ArithmeticError, ZeroDivisionError, OverflowError,
		AssertionError, AttributeError, BufferError, EOFError, ImportError, ModuleNotFoundError, LookupError, IndexError, KeyError, MemoryError,
		NameError, UnboundLocalError, OSError, FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError,
		ConnectionError, TimeoutError, ReferenceError, RuntimeError, NotImplementedError, RecursionError, StopAsyncIteration, SyntaxError,
		SystemError, TypeError, ValueError, UnicodeError, UnicodeDecodeError, UnicodeEncodeError, Warning, UserWarning, DeprecationWarning,
		FutureWarning, RuntimeWarning, ImportWarning, PendingDeprecation, SyntaxWarning, ResourceWarning, UnicodeWarning, BytesWarning, EncodingWarning,
	} {
		constant(c.Name, c)
	}
	for _, x := range []struct {
		base  *Class
		names string
	}{
		{ConnectionError, "BrokenPipeError ConnectionAbortedError ConnectionRefusedError ConnectionResetError"},
		{OSError, "BlockingIOError ChildProcessError InterruptedError ProcessLookupError"},
		{ArithmeticError, "FloatingPointError"},
		{UnicodeError, "UnicodeTranslateError"},
	} {
		for _, n := range strings.Fields(x.names) {
			constant(n, NewNativeClass(n, []*Class{x.base}))
		}
	}
	for _, n := range []string{"bytearray", "memoryview"} { // that are there to be asked for by isinstance
		c := NewNativeClass(n, nil)
		c.New = func(in *Interp, cls *Class, _ []Value, _ []KW) Value {
			return in.Unknown("a %s is not followed", cls.Name)
		}
		constant(n, c)
	}
	indentation := NewNativeClass("IndentationError", []*Class{SyntaxError})
	constant("IndentationError", indentation)
	constant("TabError", NewNativeClass("TabError", []*Class{indentation}))
	constant("IOError", OSError)
	constant("EnvironmentError", OSError)
}

var sortSig = ParseSignature("*, key=None, reverse=False")

// callable reports whether v can be called.
func callable(v Value) bool {
	switch v.(type) {
	case *Function, *Builtin, *BoundMethod, *Class, *StaticMethod:
		return true
	}
	_, _, ok := typeMethod(v, "__call__")
	return ok
}

// localNames are the names bound in the running block, sorted.
func (in *Interp) localNames() []string {
	var names []string
	in.locals().Range(func(k, _ Value) bool {
		s, _ := AsStr(k)
		names = append(names, s)
		return true
	})
	vs := strList(names)
	in.sortValues(vs.V, nil, false)
	for i, v := range vs.V {
		names[i], _ = AsStr(v)
	}
	return names
}

// locals is the namespace of the running block: its own dict for modules and
// classes, a copy of the variables for functions.
func (in *Interp) locals() *Dict {
	n := len(in.stack)
	if n == 0 {
		return NewDict()
	}
	f := in.stack[n-1]
	if f.names != nil {
		return f.names
	}
	if f.fn == nil || f.scope == nil {
		return f.globals
	}
	d := NewDict()
	for name, y := range f.scope.syms {
		if y.home != f.scope || y.slot < 0 || y.slot >= len(f.locals) {
			continue
		}
		v := f.locals[y.slot]
		if c, ok := v.(*Cell); ok && y.cell {
			v = c.V
		}
		if v != nil {
			d.SetStr(name, v)
		}
	}
	return d
}

// abs is abs(v).
func (in *Interp) abs(v Value) Value {
	switch x := Unwrap(v).(type) {
	case *Unknown:
		return x
	case Int:
		if x.E == nil && x.V < 0 && x.V > math.MinInt64 {
			return NewInt(-x.V)
		}
		if x.V >= 0 {
			if _, plain := v.(Int); plain && x.E == nil {
				return v
			}
			return withCall(x, "abs", x)
		}
		if x.V > math.MinInt64 {
			return withCall(NewInt(-x.V), "abs", x)
		}
		return withCall(NewBig(new(big.Int).Neg(bigOf(x))), "abs", x)
	case Bool, BigInt:
		if bigOf(x).Sign() >= 0 {
			if b, ok := x.(Bool); ok {
				n, _ := AsInt(b)
				return NewInt(n)
			}
			return withCall(x, "abs", x)
		}
		return withCall(NewBig(new(big.Int).Neg(bigOf(x))), "abs", x)
	case Float:
		f := x.V
		if f < 0 || f == 0 {
			f = 0 - f
		}
		return withCall(NewFloat(f), "abs", x)
	case Complex:
		return NewFloat(cmplxAbs(x.V))
	}
	if m, _, ok := typeMethod(v, "__abs__"); ok {
		return in.callMethod(m, v)
	}
	in.Raise(TypeError, "bad operand type for abs(): '%s'", v.Type().Name)
	return nil
}

// anyAll is any (stop at a true element) or all (at a false one). An Unknown
// element decides only where no other does.
func (in *Interp) anyAll(v Value, stop bool) Value {
	if u, ok := v.(*Unknown); ok {
		return u
	}
	it := in.Iter(v)
	var unknown *Unknown
	for {
		x, ok := it.Next(in)
		if !ok {
			break
		}
		in.Step(1)
		t := in.truthValue(x)
		if u, ok := t.(*Unknown); ok {
			unknown = u
			continue
		}
		if b, _ := t.(Bool); b.V == stop {
			return NewBool(stop)
		}
	}
	if unknown != nil {
		return unknown
	}
	return NewBool(!stop)
}

// objectOp asks the methods of objects for a binary operation.
func (in *Interp) objectOp(name, rname string, a, b Value) (Value, bool) {
	if isObject(a) {
		if m, builtin, ok := typeMethod(a, name); ok && !builtin {
			if r := in.callMethod(m, a, b); !isNotImplemented(r) {
				return r, true
			}
		}
	}
	if isObject(b) {
		if m, builtin, ok := typeMethod(b, rname); ok && !builtin {
			if r := in.callMethod(m, b, a); !isNotImplemented(r) {
				return r, true
			}
		}
	}
	return nil, false
}

// divmod is divmod of numbers.
func (in *Interp) divmod(a, b Value) (Value, bool) {
	_, fa := a.(Float)
	_, fb := b.(Float)
	switch {
	case isIntLike(a) && isIntLike(b):
		q, ok := in.arith(pyast.FloorDiv, a, b)
		if !ok {
			return nil, false
		}
		r, _ := in.arith(pyast.Mod, a, b)
		return NewTuple(withOp(q, "//", a, b), withOp(r, "%", a, b)), true
	case (fa || isIntLike(a)) && (fb || isIntLike(b)):
		x, _ := in.toFloat(a)
		y, _ := in.toFloat(b)
		if y == 0 {
			in.Raise(ZeroDivisionError, "float divmod()")
		}
		q, r := floatDivMod(x, y)
		return NewTuple(withOp(NewFloat(q), "//", a, b), withOp(NewFloat(r), "%", a, b)), true
	}
	return nil, false
}

func (in *Interp) powMod(a []Value) Value {
	var n [3]*big.Int
	for i, v := range a {
		u := Unwrap(v)
		if !isIntLike(u) {
			in.Raise(TypeError, "unsupported operand type(s) for ** or pow(): '%s', '%s', '%s'", a[0].Type().Name, a[1].Type().Name, a[2].Type().Name)
		}
		n[i] = bigOf(u)
	}
	if n[2].Sign() == 0 {
		in.Raise(ValueError, "pow() 3rd argument cannot be 0")
	}
	m := new(big.Int).Abs(n[2])
	base, exp := new(big.Int).Mod(n[0], m), n[1]
	if exp.Sign() < 0 {
		if base = new(big.Int).ModInverse(base, m); base == nil {
			in.Raise(ValueError, "base is not invertible for the given modulus")
		}
		exp = new(big.Int).Neg(exp)
	}
	in.Step(exp.BitLen())
	r := new(big.Int).Exp(base, exp, m)
	r.Mod(r, m)
	if n[2].Sign() < 0 && r.Sign() > 0 {
		r.Add(r, n[2])
	}
	return NewBig(r)
}

// extreme is max or min.
func (in *Interp) extreme(name string, op pyast.CmpOperator, args []Value, kw []KW) Value {
	a := extremeSig.bind(in, name, nil, kw)
	key, def := a[0], a[1]
	if len(args) == 0 {
		in.Raise(TypeError, "%s expected at least 1 argument, got 0", name)
	}
	vs := args
	var list *graph.Expr
	if len(args) == 1 {
		if u, ok := args[0].(*Unknown); ok {
			return u
		}
		list = ExprOf(args[0])
		vs = in.Elements(args[0])
	} else if def != nil {
		in.Raise(TypeError, "Cannot specify a default for %s() with multiple positional arguments", name)
	}
	if len(vs) == 0 {
		if def != nil {
			return def
		}
		in.Raise(ValueError, "%s() arg is an empty sequence", name)
	}
	hasKey := !IsNone(key)
	keyOf := func(v Value) Value {
		if hasKey {
			return in.Call(key, []Value{v}, nil)
		}
		return v
	}
	best, bestKey := vs[0], keyOf(vs[0])
	if u, ok := bestKey.(*Unknown); ok {
		return u
	}
	for _, v := range vs[1:] {
		in.Step(1)
		k := keyOf(v)
		r := in.Compare(op, k, bestKey)
		if u, ok := r.(*Unknown); ok {
			return u
		}
		if in.Truth(r) {
			best, bestKey = v, k
		}
	}
	if hasKey {
		return best
	}
	switch best.(type) {
	case Int, Float, Bool, Str:
	default:
		return best
	}
	if list != nil {
		return WithExpr(stripExpr(best), graph.Apply("call:"+name, list))
	}
	if len(vs) > 8 {
		for _, v := range vs {
			if ExprOf(v) != nil {
				return stripExpr(best) // the choice depends on more than can be written
			}
		}
		return best
	}
	for _, v := range vs {
		if ExprOf(v) != nil {
			return withCall(stripExpr(best), name, vs...)
		}
	}
	return best
}

var extremeSig = ParseSignature("*, key=None, default=?")

// sum is sum(iterable, start).
func (in *Interp) sum(v, start Value) Value {
	if u := firstUnknown([]Value{v, start}); u != nil {
		return u
	}
	switch start.(type) {
	case Str:
		in.Raise(TypeError, "sum() can't sum strings [use ''.join(seq) instead]")
	case Bytes:
		in.Raise(TypeError, "sum() can't sum bytes [use b''.join(seq) instead]")
	}
	zero, isInt := start.(Int)
	total := start
	switch x := v.(type) {
	case *List, *Tuple:
		e := ExprOf(x)
		if e == nil || !isInt || zero.V != 0 {
			break
		}
		for _, y := range in.Elements(x) {
			total = in.Binary(pyast.Add, total, y, false)
		}
		return WithExpr(stripExpr(total), graph.Apply("call:sum", e))
	}
	it := in.Iter(v)
	first := isInt && zero.V == 0 && zero.E == nil
	for {
		x, ok := it.Next(in)
		if !ok {
			return total
		}
		in.Step(1)
		switch x.(type) {
		case Int, Float:
			if first {
				total, first = x, false
				continue
			}
		}
		first = false
		total = in.Binary(pyast.Add, total, x, false)
	}
}

// isInstance is isinstance(v, c): a Bool or an Unknown.
func (in *Interp) isInstance(v, c Value) Value {
	if u, ok := c.(*Unknown); ok {
		return u
	}
	switch c := c.(type) {
	case *Class:
		if v.Type() == c {
			return True
		}
		if u, ok := v.(*Unknown); ok {
			if c == ObjectClass {
				return True
			}
			return u
		}
		if m := c.Type(); m != TypeClass {
			if f, ok := m.Lookup("__instancecheck__"); ok {
				if b, isB := f.(*Builtin); !isB || b.Qual != "type.__instancecheck__" {
					return in.truthValue(in.callMethod(f, c, v))
				}
			}
		}
		if v.Type().Is(c) {
			return True
		}
		if check, ok := c.Data.(func(in *Interp, v Value) bool); ok {
			return NewBool(check(in, v))
		}
		return False
	case *Tuple:
		return in.anyClass(c.V, func(k Value) Value { return in.isInstance(v, k) })
	case *UnionType:
		return in.anyClass(c.Args, func(k Value) Value { return in.isInstance(v, k) })
	case *GenericAlias:
		in.Raise(TypeError, "isinstance() argument 2 cannot be a parameterized generic")
	}
	if m, builtin, ok := typeMethod(c, "__instancecheck__"); ok && !builtin {
		return in.truthValue(in.callMethod(m, c, v))
	}
	in.Raise(TypeError, "isinstance() arg 2 must be a type, a tuple of types, or a union")
	return nil
}

// anyClass asks for one class after the other.
func (in *Interp) anyClass(cs []Value, ask func(c Value) Value) Value {
	in.nest("__instancecheck__")
	defer in.unnest()
	var unknown Value
	for _, c := range cs {
		switch r := ask(c).(type) {
		case *Unknown:
			unknown = r
		case Bool:
			if r.V {
				return True
			}
		}
	}
	if unknown != nil {
		return unknown
	}
	return False
}

// isSubclass is issubclass(k, c).
func (in *Interp) isSubclass(k, c Value) Value {
	if u := firstUnknown([]Value{k, c}); u != nil {
		return u
	}
	sub, ok := k.(*Class)
	if !ok {
		if o, has := in.LookupAttr(k, "__origin__"); has {
			if oc, isClass := o.(*Class); isClass && k.Type() != GenericAliasClass {
				sub, ok = oc, true
			}
		}
	}
	if !ok {
		in.Raise(TypeError, "issubclass() arg 1 must be a class")
	}
	switch c := c.(type) {
	case *Class:
		if m := c.Type(); m != TypeClass {
			if f, ok := m.Lookup("__subclasscheck__"); ok {
				if b, isB := f.(*Builtin); !isB || b.Qual != "type.__subclasscheck__" {
					return in.truthValue(in.callMethod(f, c, k))
				}
			}
		}
		if sub.Is(c) {
			return True
		}
		if check, ok := c.Data.(func(in *Interp, v Value) bool); ok {
			return NewBool(check(in, &Instance{Cls: sub}))
		}
		return False
	case *Tuple:
		return in.anyClass(c.V, func(x Value) Value { return in.isSubclass(k, x) })
	case *UnionType:
		return in.anyClass(c.Args, func(x Value) Value { return in.isSubclass(k, x) })
	}
	if m, builtin, ok := typeMethod(c, "__subclasscheck__"); ok && !builtin {
		return in.truthValue(in.callMethod(m, c, k))
	}
	in.Raise(TypeError, "issubclass() arg 2 must be a class, a tuple of classes, or a union")
	return nil
}
