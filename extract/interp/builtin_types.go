package interp

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// subclassOf makes an instance of a subclass around the payload, or the payload itself.
func subclassOf(base, cls *Class, payload Value) Value {
	if cls == base {
		return payload
	}
	if _, ok := payload.(*Unknown); ok {
		return payload
	}
	return &Instance{Cls: cls, Data: stripExpr(payload)}
}

// stripExpr is a scalar without its origin.
func stripExpr(v Value) Value {
	switch x := v.(type) {
	case Int:
		x.E = nil
		return x
	case Float:
		x.E = nil
		return x
	case Str:
		x.E = nil
		return x
	}
	return v
}

// toInt is int(v) for anything that is no text.
func (in *Interp) toInt(v Value) Value {
	switch x := Unwrap(v).(type) {
	case Int, BigInt:
		return x
	case Bool:
		n, _ := AsInt(x)
		return withCall(NewInt(n), "int", x)
	case Float:
		return withCall(in.floatToInt(x.V), "int", x)
	case *Unknown:
		return x
	case Str:
		return in.parseInt(x.S, 10)
	case Bytes:
		return in.parseInt(x.S, 10)
	}
	if isObject(v) {
		for _, name := range []string{"__int__", "__index__", "__trunc__"} {
			m, builtin, ok := typeMethod(v, name)
			if !ok || builtin {
				continue
			}
			r := in.callMethod(m, v)
			switch r := r.(type) {
			case Int, BigInt, *Unknown:
				return r
			case Bool:
				n, _ := AsInt(r)
				return NewInt(n)
			}
			if u := Unwrap(r); isIntLike(u) {
				return u
			}
			in.Raise(TypeError, "%s returned non-int (type %s)", name, r.Type().Name)
		}
	}
	in.Raise(TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%s'", v.Type().Name)
	return nil
}

// toFloatValue is float(v).
func (in *Interp) toFloatValue(v Value) Value {
	switch x := Unwrap(v).(type) {
	case Float, *Unknown:
		return x
	case Int, Bool, BigInt:
		f, _ := in.toFloat(x)
		return withCall(NewFloat(f), "float", x)
	case Str:
		return withCall(NewFloat(in.parseFloat(x.S)), "float", x)
	case Bytes:
		return NewFloat(in.parseFloat(x.S))
	}
	if isObject(v) {
		for _, name := range []string{"__float__", "__index__"} {
			m, builtin, ok := typeMethod(v, name)
			if !ok || builtin {
				continue
			}
			r := in.callMethod(m, v)
			if u, ok := r.(*Unknown); ok {
				return u
			}
			if f, ok := AsFloat(Unwrap(r)); ok {
				return WithExpr(NewFloat(f), ExprOf(r))
			}
			in.Raise(TypeError, "%s.%s returned non-float (type %s)", v.Type().Name, name, r.Type().Name)
		}
	}
	in.Raise(TypeError, "float() argument must be a string or a real number, not '%s'", v.Type().Name)
	return nil
}

// truthValue is bool(v) as a value, Unknown where it is not known.
func (in *Interp) truthValue(v Value) Value {
	switch x := v.(type) {
	case *Unknown:
		return x
	case Bool:
		return x
	}
	if isObject(v) {
		if m, builtin, ok := typeMethod(v, "__bool__"); ok && !builtin {
			if u, ok := in.callMethod(m, v).(*Unknown); ok {
				return u
			}
		}
	}
	r := NewBool(in.Truth(v))
	switch v.(type) {
	case *List, *Tuple:
		if e := ExprOf(v); e != nil {
			return WithExpr(r, graph.Apply("call:bool", e))
		}
		return r
	}
	return withCall(r, "bool", v)
}

func (in *Interp) noKeywords(name string, kw []KW) {
	if len(kw) > 0 {
		in.Raise(TypeError, "%s() takes no keyword arguments", name)
	}
}

func (in *Interp) atMost(name string, args []Value, n int) {
	if len(args) > n {
		in.Raise(TypeError, "%s expected at most %d argument%s, got %d", name, n, plural(n), len(args))
	}
}

// copiedElements are the elements of an iterable in a slice of their own,
// with the origin of the whole where the iterable is a list or tuple.
func (in *Interp) copiedElements(v Value) ([]Value, *graph.Expr) {
	vs := in.Elements(v)
	in.Charge(int64(len(vs)))
	switch x := v.(type) {
	case *List:
		return append([]Value(nil), x.V...), x.E
	case *Tuple:
		return append([]Value(nil), x.V...), x.E
	}
	return append([]Value(nil), vs...), nil
}

func init() {
	IntClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		var base Value
		for _, k := range kw {
			if k.Name != "base" {
				in.Raise(TypeError, "'%s' is an invalid keyword argument for int()", k.Name)
			}
			base = k.V
		}
		if len(args) > 2 {
			in.Raise(TypeError, "int() takes at most 2 arguments (%d given)", len(args))
		}
		if len(args) == 2 {
			base = args[1]
		}
		var r Value = NewInt(0)
		switch {
		case base != nil:
			if len(args) == 0 {
				in.Raise(TypeError, "int() missing string argument")
			}
			if u := firstUnknown(args); u != nil {
				return u
			}
			s, ok := AsStr(args[0])
			if b, isBytes := args[0].(Bytes); isBytes {
				s, ok = b.S, true
			}
			if !ok {
				in.Raise(TypeError, "int() can't convert non-string with explicit base")
			}
			r = in.parseInt(s, int(in.needInt(base)))
		case len(args) == 1:
			r = in.toInt(args[0])
		}
		return subclassOf(IntClass, cls, r)
	}
	BoolClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		in.noKeywords("bool", kw)
		in.atMost("bool", args, 1)
		if len(args) == 0 {
			return False
		}
		return in.truthValue(args[0])
	}
	FloatClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		in.noKeywords("float", kw)
		in.atMost("float", args, 1)
		var r Value = NewFloat(0)
		if len(args) == 1 {
			r = in.toFloatValue(args[0])
		}
		return subclassOf(FloatClass, cls, r)
	}
	complexSig := ParseSignature("real=0, imag=?")
	ComplexClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		a := complexSig.bind(in, "complex", args, kw)
		if u := firstUnknown(a); u != nil {
			return u
		}
		if s, ok := AsStr(a[0]); ok {
			text := strings.ToLower(strings.TrimSpace(s))
			if t, ok := strings.CutSuffix(text, "j"); ok {
				if t == "" || t[len(t)-1] == '+' || t[len(t)-1] == '-' {
					t += "1"
				}
				text = t + "i"
			}
			c, err := strconv.ParseComplex(text, 128)
			if err != nil {
				in.Raise(ValueError, "complex() arg is a malformed string")
			}
			return subclassOf(ComplexClass, cls, Complex{c})
		}
		part := func(v Value) complex128 {
			v = Unwrap(v)
			if c, ok := v.(Complex); ok {
				return c.V
			}
			if m, builtin, ok := typeMethod(v, "__complex__"); ok && !builtin {
				v = in.callMethod(m, v)
				return in.toComplex(v)
			}
			f, ok := AsFloat(v)
			if !ok {
				if f, ok = AsFloat(in.toFloatValue(v)); !ok {
					in.Raise(TypeError, "complex() first argument must be a string or a number, not '%s'", v.Type().Name)
				}
			}
			return complex(f, 0)
		}
		c := part(a[0])
		if a[1] != nil {
			c += part(a[1]) * 1i
		}
		return subclassOf(ComplexClass, cls, Complex{c})
	}
	ListClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if cls != ListClass {
			return &Instance{Cls: cls, Data: NewList()}
		}
		in.noKeywords("list", kw)
		in.atMost("list", args, 1)
		l := NewList()
		if len(args) == 1 {
			if u, ok := args[0].(*Unknown); ok {
				return u
			}
			l.V, l.E = in.copiedElements(args[0])
		}
		return l
	}
	TupleClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if cls == TupleClass {
			in.noKeywords("tuple", kw)
			in.atMost("tuple", args, 1)
		}
		t := EmptyTuple
		if len(args) >= 1 {
			switch x := args[0].(type) {
			case *Unknown:
				return x
			case *Tuple:
				if x.Cls == nil {
					t = x
				} else {
					t = NewTuple(x.V...)
				}
			default:
				vs, e := in.copiedElements(x)
				if t = NewTuple(vs...); e != nil && len(vs) > 0 {
					t.E = e
				}
			}
		}
		return subclassOf(TupleClass, cls, t)
	}
	RangeClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		in.noKeywords("range", kw)
		switch n := len(args); {
		case n == 0:
			in.Raise(TypeError, "range expected at least 1 argument, got 0")
		case n > 3:
			in.Raise(TypeError, "range expected at most 3 arguments, got %d", n)
		}
		if u := firstUnknown(args); u != nil {
			return u
		}
		r := &Range{Step: 1}
		switch len(args) {
		case 1:
			r.Stop, r.E = in.needInt(args[0]), ExprOf(args[0])
		default:
			r.Start, r.Stop = in.needInt(args[0]), in.needInt(args[1])
			if len(args) == 3 {
				r.Step = in.needInt(args[2])
			}
			if r.Start == 0 && r.Step == 1 {
				r.E = ExprOf(args[1])
			}
		}
		if r.Step == 0 {
			in.Raise(ValueError, "range() arg 3 must not be zero")
		}
		return r
	}
	SliceClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		switch len(args) {
		case 1:
			return &Slice{None, args[0], None}
		case 2:
			return &Slice{args[0], args[1], None}
		case 3:
			return &Slice{args[0], args[1], args[2]}
		case 0:
			in.Raise(TypeError, "slice expected at least 1 argument, got 0")
		}
		in.Raise(TypeError, "slice expected at most 3 arguments, got %d", len(args))
		return nil
	}
	NoneClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value { return None }
	initNumberMethods()
	initListMethods()
}

// bigSelf is the int that a method of int acts on.
func bigSelf(in *Interp, v Value) *big.Int {
	u := Unwrap(v)
	if !isIntLike(u) {
		in.Raise(TypeError, "descriptor requires an 'int' object but received a '%s'", v.Type().Name)
	}
	return bigOf(u)
}

func floatSelf(in *Interp, v Value) float64 {
	f, ok := AsFloat(Unwrap(v))
	if !ok {
		in.Raise(TypeError, "descriptor requires a 'float' object but received a '%s'", v.Type().Name)
	}
	return f
}

func prop(name string, fn func(in *Interp, v Value) Value) Method {
	return Method{Name: name, Sig: "self", Kind: "property", Fn: func(in *Interp, a []Value) Value { return fn(in, a[0]) }}
}

func initNumberMethods() {
	plainInt := func(in *Interp, v Value) Value {
		u := Unwrap(v)
		if b, ok := u.(Bool); ok {
			n, _ := AsInt(b)
			return NewInt(n)
		}
		return u
	}
	order := func(in *Interp, v Value) bool { // big-endian?
		switch in.Str(v) {
		case "big":
			return true
		case "little":
			return false
		}
		in.Raise(ValueError, "byteorder must be either 'little' or 'big'")
		return false
	}
	IntClass.AddMethods(
		prop("real", plainInt),
		prop("numerator", plainInt),
		prop("imag", func(*Interp, Value) Value { return NewInt(0) }),
		prop("denominator", func(*Interp, Value) Value { return NewInt(1) }),
		Method{Name: "conjugate", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return plainInt(in, a[0]) }},
		Method{Name: "is_integer", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return True }},
		Method{Name: "bit_length", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			return withCall(NewInt(int64(bigSelf(in, a[0]).BitLen())), "int.bit_length", Unwrap(a[0]))
		}},
		Method{Name: "bit_count", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			n := 0
			for _, w := range bigSelf(in, a[0]).Bits() {
				n += bits.OnesCount64(uint64(w))
			}
			return NewInt(int64(n))
		}},
		Method{Name: "as_integer_ratio", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return NewTuple(plainInt(in, a[0]), NewInt(1)) }},
		Method{Name: "__round__", Sig: "self, ndigits=?, /", Fn: func(in *Interp, a []Value) Value {
			r, _ := in.roundValue(Unwrap(a[0]), a[1])
			return r
		}},
		Method{Name: "to_bytes", Sig: "self, length=1, byteorder='big', *, signed=False", Fn: func(in *Interp, a []Value) Value {
			n := bigSelf(in, a[0])
			size := in.needInt(a[1])
			if size < 0 {
				in.Raise(ValueError, "length argument must be non-negative")
			}
			in.Charge(size)
			big_, signed := order(in, a[2]), in.Truth(a[3])
			if n.Sign() < 0 {
				if !signed {
					in.Raise(OverflowError, "can't convert negative int to unsigned")
				}
				n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(size*8)))
			}
			if n.Sign() < 0 || int64(n.BitLen()) > size*8 {
				in.Raise(OverflowError, "int too big to convert")
			}
			b := n.FillBytes(make([]byte, size))
			if !big_ {
				reverseBytes(b)
			}
			return Bytes{S: string(b)}
		}},
		Method{Name: "from_bytes", Sig: "cls, bytes, byteorder='big', *, signed=False", Kind: "class", Fn: func(in *Interp, a []Value) Value {
			b := []byte(bytesSelf(in, in.newBytes([]Value{a[1], nil, nil})))
			if !order(in, a[2]) {
				reverseBytes(b)
			}
			n := new(big.Int).SetBytes(b)
			if in.Truth(a[3]) && len(b) > 0 && b[0]&0x80 != 0 {
				n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b)*8)))
			}
			return NewBig(n)
		}},
	)
	FloatClass.AddMethods(
		prop("real", func(in *Interp, v Value) Value { return Unwrap(v) }),
		prop("imag", func(*Interp, Value) Value { return NewFloat(0) }),
		Method{Name: "conjugate", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return Unwrap(a[0]) }},
		Method{Name: "is_integer", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			f := floatSelf(in, a[0])
			return withCall(NewBool(f == math.Trunc(f) && !math.IsInf(f, 0)), "float.is_integer", Unwrap(a[0]))
		}},
		Method{Name: "__round__", Sig: "self, ndigits=?, /", Fn: func(in *Interp, a []Value) Value {
			r, _ := in.roundValue(Unwrap(a[0]), a[1])
			return r
		}},
		Method{Name: "as_integer_ratio", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			f := floatSelf(in, a[0])
			if math.IsNaN(f) {
				in.Raise(ValueError, "cannot convert NaN to integer ratio")
			}
			if math.IsInf(f, 0) {
				in.Raise(OverflowError, "cannot convert Infinity to integer ratio")
			}
			r := new(big.Rat).SetFloat64(f)
			return NewTuple(NewBig(r.Num()), NewBig(r.Denom()))
		}},
		Method{Name: "hex", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			f := floatSelf(in, a[0])
			switch {
			case math.IsInf(f, 0) || math.IsNaN(f):
				return NewStr(floatRepr(f))
			case f == 0:
				if math.Signbit(f) {
					return NewStr("-0x0.0p+0")
				}
				return NewStr("0x0.0p+0")
			}
			s := strconv.FormatFloat(f, 'x', 13, 64)
			i := strings.IndexByte(s, 'p')
			return NewStr(s[:i+2] + strings.TrimPrefix(s[i+2:], "0"))
		}},
		Method{Name: "fromhex", Sig: "cls, string, /", Kind: "class", Fn: func(in *Interp, a []Value) Value {
			s := strings.ToLower(strings.TrimSpace(in.Str(a[1])))
			if !strings.Contains(s, "0x") && strings.Trim(s, "+-infaty") != "" {
				s = strings.TrimLeft(s, "+-")
				s = "0x" + s
			}
			if strings.HasPrefix(strings.TrimLeft(s, "+-"), "0x") && !strings.Contains(s, "p") {
				s += "p0"
			}
			f, err := strconv.ParseFloat(s, 64)
			if err != nil {
				in.Raise(ValueError, "invalid hexadecimal floating-point string")
			}
			return NewFloat(f)
		}},
	)
	cplx := func(v Value) complex128 { c, _ := Unwrap(v).(Complex); return c.V }
	ComplexClass.AddMethods(
		prop("real", func(in *Interp, v Value) Value { return NewFloat(real(cplx(v))) }),
		prop("imag", func(in *Interp, v Value) Value { return NewFloat(imag(cplx(v))) }),
		Method{Name: "conjugate", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			c := cplx(a[0])
			return Complex{complex(real(c), -imag(c))}
		}},
	)
}

func reverseBytes(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

// listSelf is the list that a method of list acts on.
func listSelf(in *Interp, v Value) *List {
	l, ok := Unwrap(v).(*List)
	if !ok {
		in.Raise(TypeError, "descriptor requires a 'list' object but received a '%s'", v.Type().Name)
	}
	return l
}

func tupleSelf(in *Interp, v Value) *Tuple {
	t, ok := Unwrap(v).(*Tuple)
	if !ok {
		in.Raise(TypeError, "descriptor requires a 'tuple' object but received a '%s'", v.Type().Name)
	}
	return t
}

// searchBounds are the optional start and stop of index().
func (in *Interp) searchBounds(n int, start, stop Value) (int, int) {
	lo, hi := 0, n
	clamp := func(v Value) int {
		i := int(max(min(in.needInt(v), 1<<40), -1<<40))
		if i < 0 {
			i = max(i+n, 0)
		}
		return i
	}
	if start != nil {
		lo = clamp(start)
	}
	if stop != nil {
		hi = min(clamp(stop), n)
	}
	return lo, hi
}

func (in *Interp) countIn(vs []Value, x Value) Value {
	n := int64(0)
	for i := 0; i < len(vs); i++ {
		if u, ok := vs[i].(*Unknown); ok {
			return u
		}
		if in.Equal(vs[i], x) {
			n++
		}
	}
	return NewInt(n)
}

func initListMethods() {
	ListClass.AddMethods(
		Method{Name: "__init__", Sig: "self, iterable=?, /", Fn: func(in *Interp, a []Value) Value {
			if _, exact := a[0].(*List); !exact {
				l := listSelf(in, a[0])
				l.V = nil
				if a[1] != nil {
					l.V, _ = in.copiedElements(a[1])
				}
			}
			return None
		}},
		Method{Name: "append", Sig: "self, object, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			l.E = nil
			in.Charge(grownWeight)
			l.V = append(l.V, a[1])
			return None
		}},
		Method{Name: "extend", Sig: "self, iterable, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			vs := in.Elements(a[1])
			in.Charge(int64(len(vs)))
			l.E = nil
			l.V = append(l.V, vs...)
			return None
		}},
		Method{Name: "insert", Sig: "self, index, object, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			i, _ := in.searchBounds(len(l.V), a[1], nil)
			i = min(i, len(l.V))
			l.E = nil
			l.V = append(l.V, nil)
			copy(l.V[i+1:], l.V[i:])
			l.V[i] = a[2]
			return None
		}},
		Method{Name: "pop", Sig: "self, index=-1, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			if u, ok := a[1].(*Unknown); ok {
				return u
			}
			i := int(max(min(in.needInt(a[1]), 1<<40), -1<<40))
			if len(l.V) == 0 {
				in.Raise(IndexError, "pop from empty list")
			}
			if i < 0 {
				i += len(l.V)
			}
			if i < 0 || i >= len(l.V) {
				in.Raise(IndexError, "pop index out of range")
			}
			v := elementOf(l.V[i], l.E, Int{V: int64(i)})
			l.E = nil
			copy(l.V[i:], l.V[i+1:])
			l.V[len(l.V)-1] = nil
			l.V = l.V[:len(l.V)-1]
			return v
		}},
		Method{Name: "remove", Sig: "self, value, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			i := in.findIn(l.V, a[1], 0, len(l.V))
			if i < 0 {
				in.Raise(ValueError, "list.remove(x): x not in list")
			}
			l.E = nil
			l.V = append(l.V[:i], l.V[i+1:]...)
			return None
		}},
		Method{Name: "clear", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			l.V, l.E = nil, nil
			return None
		}},
		Method{Name: "index", Sig: "self, value, start=?, stop=?, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			lo, hi := in.searchBounds(len(l.V), a[2], a[3])
			i := in.findIn(l.V, a[1], lo, hi)
			if i < 0 {
				in.Raise(ValueError, "%s is not in list", in.Repr(a[1]))
			}
			return NewInt(int64(i))
		}},
		Method{Name: "count", Sig: "self, value, /", Fn: func(in *Interp, a []Value) Value { return in.countIn(listSelf(in, a[0]).V, a[1]) }},
		Method{Name: "reverse", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			l.E = nil
			for i, j := 0, len(l.V)-1; i < j; i, j = i+1, j-1 {
				l.V[i], l.V[j] = l.V[j], l.V[i]
			}
			return None
		}},
		Method{Name: "copy", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			return &List{V: append([]Value(nil), l.V...), E: l.E}
		}},
		Method{Name: "sort", Sig: "self, /, *, key=None, reverse=False", Fn: func(in *Interp, a []Value) Value {
			l := listSelf(in, a[0])
			vs := originElements(l.V, l.E)
			if l.E == nil {
				vs = append([]Value(nil), vs...)
			}
			if u := in.sortValues(vs, a[1], in.Truth(a[2])); u != nil {
				for i := range vs {
					vs[i] = u
				}
			}
			l.V, l.E = vs, nil
			return None
		}},
		Method{Name: "__reversed__", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return in.reversed(listSelf(in, a[0])) }},
	)
	TupleClass.AddMethods(
		Method{Name: "index", Sig: "self, value, start=?, stop=?, /", Fn: func(in *Interp, a []Value) Value {
			t := tupleSelf(in, a[0])
			lo, hi := in.searchBounds(len(t.V), a[2], a[3])
			i := in.findIn(t.V, a[1], lo, hi)
			if i < 0 {
				in.Raise(ValueError, "tuple.index(x): x not in tuple")
			}
			return NewInt(int64(i))
		}},
		Method{Name: "count", Sig: "self, value, /", Fn: func(in *Interp, a []Value) Value { return in.countIn(tupleSelf(in, a[0]).V, a[1]) }},
	)
	rng := func(v Value) *Range { return Unwrap(v).(*Range) }
	RangeClass.AddMethods(
		prop("start", func(in *Interp, v Value) Value { return NewInt(rng(v).Start) }),
		prop("stop", func(in *Interp, v Value) Value { return WithExpr(NewInt(rng(v).Stop), rng(v).E) }),
		prop("step", func(in *Interp, v Value) Value { return NewInt(rng(v).Step) }),
		Method{Name: "index", Sig: "self, value, /", Fn: func(in *Interp, a []Value) Value {
			r := rng(a[0])
			n, ok := in.intOf(a[1])
			if !ok || !r.has(n) {
				in.Raise(ValueError, "%s is not in range", in.Repr(a[1]))
			}
			return NewInt((n - r.Start) / r.Step)
		}},
		Method{Name: "count", Sig: "self, value, /", Fn: func(in *Interp, a []Value) Value {
			if n, ok := in.intOf(a[1]); ok && rng(a[0]).has(n) {
				return NewInt(1)
			}
			return NewInt(0)
		}},
	)
	sl := func(v Value) *Slice { return v.(*Slice) }
	SliceClass.AddMethods(
		prop("start", func(in *Interp, v Value) Value { return sl(v).Lo }),
		prop("stop", func(in *Interp, v Value) Value { return sl(v).Hi }),
		prop("step", func(in *Interp, v Value) Value { return sl(v).Step }),
		Method{Name: "indices", Sig: "self, len, /", Fn: func(in *Interp, a []Value) Value {
			n := in.needInt(a[1])
			if n < 0 {
				in.Raise(ValueError, "length should not be negative")
			}
			lo, hi, step := in.sliceBounds(sl(a[0]), int(n))
			return NewTuple(NewInt(int64(lo)), NewInt(int64(hi)), NewInt(int64(step)))
		}},
	)
}
