package interp

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// printer writes reprs. Without an interpreter it runs no Python.
type printer struct {
	in   *Interp
	open []Value // the containers being written, to stop at cycles
	// unknown is an Unknown met on the way.
	unknown *Unknown
	nodes   int // values written
}

const maxSafeNodes = 4096

const maxReprDepth = 100

// enter reports whether v may be written: it is not being written already.
func (p *printer) enter(v Value) bool {
	if len(p.open) > maxReprDepth {
		if p.in != nil {
			p.in.Raise(RecursionError, "maximum recursion depth exceeded while getting the repr of an object")
		}
		return false
	}
	if p.nodes > maxSafeNodes && p.in == nil {
		return false
	}
	for _, o := range p.open {
		if o == v {
			return false
		}
	}
	p.open = append(p.open, v)
	return true
}

func (p *printer) leave() { p.open = p.open[:len(p.open)-1] }

func (p *printer) list(vs []Value, lo, hi string) string {
	var b strings.Builder
	b.WriteString(lo)
	for i, v := range vs {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.repr(v))
		if p.in == nil && b.Len() > 1<<16 {
			b.WriteString("...")
			break
		}
	}
	if p.in != nil {
		p.in.Charge(int64(b.Len()))
	}
	b.WriteString(hi)
	return b.String()
}

// method calls a method of v that gives text; false where v's type has none of its own.
func (p *printer) method(v Value, name string) (string, bool) {
	if p.in == nil {
		return "", false
	}
	m, builtin, ok := typeMethod(v, name)
	if !ok || builtin {
		return "", false
	}
	r := p.in.callMethod(m, v)
	s, ok := AsStr(r)
	if !ok {
		if u, ok := r.(*Unknown); ok {
			p.unknown = u
			return "<unknown>", true
		}
		p.in.Raise(TypeError, "%s returned non-string (type %s)", name, r.Type().Name)
	}
	return s, true
}

func (p *printer) repr(v Value) string {
	p.nodes++
	if p.in != nil {
		p.in.Step(1)
	}
	switch x := v.(type) {
	case nil:
		return "<NULL>"
	case NoneType:
		return "None"
	case Bool:
		if x.V {
			return "True"
		}
		return "False"
	case Int:
		return strconv.FormatInt(x.V, 10)
	case BigInt:
		if p.in != nil && x.V.BitLen() > 14280 {
			p.in.Raise(ValueError, "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit")
		}
		if x.V.BitLen() > 1<<16 {
			return "<huge int>"
		}
		return x.V.String()
	case Float:
		return floatRepr(x.V)
	case Complex:
		return complexRepr(x.V)
	case Str:
		return strRepr(x.S)
	case Bytes:
		return bytesRepr(x.S)
	case EllipsisType:
		return "Ellipsis"
	case NotImplementedType:
		return "NotImplemented"
	case *Unknown:
		p.unknown = x
		return "<unknown: " + x.Why + ">"
	case *List:
		if len(x.V) == 0 {
			return "[]"
		}
		if !p.enter(x) {
			return "[...]"
		}
		defer p.leave()
		return p.list(x.V, "[", "]")
	case *Tuple:
		if x.Cls != nil {
			if s, ok := p.method(x, "__repr__"); ok {
				return s
			}
		}
		if !p.enter(x) {
			return "(...)"
		}
		defer p.leave()
		if len(x.V) == 1 {
			return "(" + p.repr(x.V[0]) + ",)"
		}
		return p.list(x.V, "(", ")")
	case *Dict:
		return p.dict(x)
	case *Set:
		return p.set(x, x.Type().Name)
	case *Slice:
		return "slice" + p.list([]Value{x.Lo, x.Hi, x.Step}, "(", ")")
	case *Range:
		if x.Step == 1 {
			return fmt.Sprintf("range(%d, %d)", x.Start, x.Stop)
		}
		return fmt.Sprintf("range(%d, %d, %d)", x.Start, x.Stop, x.Step)
	case *dictView:
		if !p.enter(x.d) {
			return "..."
		}
		defer p.leave()
		if x.kind == viewItems {
			var rows []Value
			x.d.Range(func(k, v Value) bool { rows = append(rows, NewTuple(k, v)); return true })
			return p.list(rows, "dict_items([", "])")
		}
		if x.kind == viewKeys {
			return p.list(x.d.Keys(), "dict_keys([", "])")
		}
		return p.list(x.d.Values(), "dict_values([", "])")
	case *Class:
		if x.Meta != nil && x.Meta != TypeClass {
			if s, ok := p.method(x, "__repr__"); ok {
				return s
			}
		}
		return "<class '" + x.FullName() + "'>"
	case *Function:
		return "<function " + x.Qual + " at " + p.address(x) + ">"
	case *Builtin:
		if x.Python {
			return "<function " + x.Qual + " at " + p.address(x) + ">"
		}
		if i := strings.IndexByte(x.Qual, '.'); i > 0 && builtinOps[x] {
			return "<slot wrapper '" + x.Name + "' of '" + x.Qual[:i] + "' objects>"
		}
		return "<built-in function " + x.Name + ">"
	case *BoundMethod:
		if b, ok := x.Fn.(*Builtin); ok {
			return "<built-in method " + b.Name + " of " + x.Self.Type().Name + " object at " + p.address(x.Self) + ">"
		}
		name := x.Fn.Type().Name
		if f, ok := x.Fn.(*Function); ok {
			name = f.Qual
		}
		return "<bound method " + name + " of " + p.repr(x.Self) + ">"
	case *Module:
		if x.File == "" {
			return "<module '" + x.Name + "' (built-in)>"
		}
		return "<module '" + x.Name + "' from '" + x.File + "'>"
	case *Instance:
		return p.instance(x)
	case reprer:
		return x.reprWith(p)
	}
	if s, ok := p.method(v, "__repr__"); ok {
		return s
	}
	return "<" + v.Type().FullName() + " object at " + p.address(v) + ">"
}

// reprer is a Go value that writes its own repr.
type reprer interface{ reprWith(p *printer) string }

func (p *printer) address(v Value) string { return fmt.Sprintf("0x%012x", p.in.identity(v)) }

func (p *printer) dict(d *Dict) string {
	if d.Len() == 0 {
		return "{}"
	}
	if !p.enter(d) {
		return "{...}"
	}
	defer p.leave()
	var b strings.Builder
	b.WriteByte('{')
	d.Range(func(k, v Value) bool {
		if p.in != nil {
			p.in.Charge(2)
		}
		if b.Len() > 1 {
			b.WriteString(", ")
		}
		b.WriteString(p.repr(k))
		b.WriteString(": ")
		b.WriteString(p.repr(v))
		return p.in != nil || b.Len() < 1<<16
	})
	b.WriteByte('}')
	return b.String()
}

func (p *printer) set(s *Set, name string) string {
	if s.Len() == 0 {
		return name + "()"
	}
	if !p.enter(s.D) {
		return name + "(...)"
	}
	defer p.leave()
	body := p.list(s.D.Keys(), "{", "}")
	if name == "set" {
		return body
	}
	return name + "(" + body + ")"
}

func (p *printer) instance(x *Instance) string {
	if s, ok := p.method(x, "__repr__"); ok {
		return s
	}
	return p.plainInstance(x)
}

// plainInstance is what the built-in base class's __repr__ writes.
func (p *printer) plainInstance(x *Instance) string {
	if x.Cls.Is(BaseException) {
		t, _ := x.Data.(*Tuple)
		if t == nil {
			t = EmptyTuple
		}
		if len(t.V) == 1 {
			return x.Cls.Name + "(" + p.repr(t.V[0]) + ")"
		}
		return x.Cls.Name + p.list(t.V, "(", ")")
	}
	switch u := Unwrap(x).(type) {
	case *Instance:
	case *Set:
		return p.set(u, x.Cls.Name)
	default:
		if p.enter(x) {
			defer p.leave()
			return p.repr(u)
		}
	}
	return "<" + x.Cls.FullName() + " object at " + p.address(x) + ">"
}

func (p *printer) str(v Value) string {
	switch x := v.(type) {
	case Str:
		return x.S
	case *Instance:
		if s, ok := p.method(x, "__str__"); ok {
			return s
		}
		if x.Cls.Is(BaseException) {
			return p.excMessage(x)
		}
		if m, _, ok := typeMethod(x, "__str__"); ok {
			if s, isStr := Unwrap(x).(Str); isStr && Same(m, strStr) {
				return s.S
			}
		}
		return p.repr(x)
	case NoneType, Bool, Int, BigInt, Float, *List, *Dict, *Set:
		return p.repr(v)
	}
	if s, ok := p.method(v, "__str__"); ok {
		return s
	}
	return p.repr(v)
}

// excMessage is str of an exception.
func (p *printer) excMessage(exc *Instance) string {
	t, _ := exc.Data.(*Tuple)
	switch {
	case t == nil || len(t.V) == 0:
		return ""
	case len(t.V) == 1:
		if exc.Cls.Is(KeyError) {
			return p.repr(t.V[0])
		}
		return p.str(t.V[0])
	case len(t.V) == 2 && exc.Cls.Is(OSError):
		return "[Errno " + p.str(t.V[0]) + "] " + p.str(t.V[1])
	}
	return p.repr(t)
}

// strValue is str(v), or the Unknown that it depends on.
func (in *Interp) strValue(v Value) (string, *Unknown) {
	if u, ok := v.(*Unknown); ok {
		return "", u
	}
	p := &printer{in: in}
	s := p.str(v)
	return s, p.unknown
}

// reprValue is repr(v), or the Unknown that it depends on.
func (in *Interp) reprValue(v Value) (string, *Unknown) {
	if u, ok := v.(*Unknown); ok {
		return "", u
	}
	p := &printer{in: in}
	s := p.repr(v)
	return s, p.unknown
}

// fmtSpec is a parsed format specification.
type fmtSpec struct {
	fill     string
	align    byte // 0, '<', '>', '=', '^'
	sign     byte // 0, '+', '-', ' '
	alt      bool
	noNegZ   bool
	zero     bool
	width    int
	group    byte // 0, ',', '_'
	prec     int  // -1: none
	typ      byte // 0: none
	typeName string
}

func (in *Interp) parseSpec(spec, typeName string) fmtSpec {
	f := fmtSpec{prec: -1, typeName: typeName}
	s := spec
	isAlign := func(c byte) bool { return c == '<' || c == '>' || c == '=' || c == '^' }
	if s != "" {
		if n := runeSize(s); len(s) > n && isAlign(s[n]) {
			f.fill, f.align = s[:n], s[n]
			s = s[n+1:]
		} else if isAlign(s[0]) {
			f.align = s[0]
			s = s[1:]
		}
	}
	next := func(set string) byte {
		if s != "" && strings.IndexByte(set, s[0]) >= 0 {
			c := s[0]
			s = s[1:]
			return c
		}
		return 0
	}
	number := func() int {
		n := 0
		for s != "" && isDigit(s[0]) {
			if n > 1<<30 {
				in.Raise(ValueError, "Too many decimal digits in format string")
			}
			n = n*10 + int(s[0]-'0')
			s = s[1:]
		}
		return n
	}
	f.sign = next("+- ")
	f.noNegZ = next("z") != 0
	f.alt = next("#") != 0
	if f.fill == "" && next("0") != 0 {
		f.zero = true
		f.fill = "0"
		if f.align == 0 {
			f.align = '='
		}
	}
	f.width = number()
	f.group = next(",_")
	if f.group != 0 && s != "" && (s[0] == ',' || s[0] == '_') {
		if s[0] == f.group {
			in.Raise(ValueError, "Cannot specify '%c' with '%c'.", s[0], f.group)
		}
		in.Raise(ValueError, "Cannot specify both ',' and '_'.")
	}
	if s != "" && s[0] == '.' {
		s = s[1:]
		if s == "" || !isDigit(s[0]) {
			in.Raise(ValueError, "Format specifier missing precision")
		}
		f.prec = number()
	}
	if len(s) > runeSize1(s) {
		in.Raise(ValueError, "Invalid format specifier '%s' for object of type '%s'", spec, typeName)
	}
	if s != "" {
		f.typ = s[0]
		if s[0] >= 0x80 {
			in.Raise(ValueError, "Unknown format code '\\x%02x' for object of type '%s'", s[0], typeName)
		}
	}
	if f.group != 0 {
		if f.typ == 0 && typeName == "str" {
			in.Raise(ValueError, "Cannot specify '%c' with 's'.", f.group)
		}
		ok := f.typ == 0 || strings.IndexByte("defgEGF%", f.typ) >= 0 || f.group == '_' && strings.IndexByte("boxX", f.typ) >= 0
		if !ok {
			in.Raise(ValueError, "Cannot specify '%c' with '%c'.", f.group, f.typ)
		}
	}
	if f.fill == "" {
		f.fill = " "
	}
	if f.width > 1<<10 {
		in.Charge(int64(f.width))
	}
	if f.prec > 1<<10 {
		in.Charge(int64(f.prec))
	}
	return f
}

func runeSize1(s string) int {
	if s == "" {
		return 0
	}
	return runeSize(s)
}

func (in *Interp) unknownCode(f *fmtSpec) {
	in.Raise(ValueError, "Unknown format code '%c' for object of type '%s'", f.typ, f.typeName)
}

// place pads body to the width; sign goes before the fill where align is '='.
func (f *fmtSpec) place(sign, body string, defaultAlign byte) string {
	k := f.width - runeLen(sign) - runeLen(body)
	if k <= 0 {
		return sign + body
	}
	align := f.align
	if align == 0 {
		align = defaultAlign
	}
	switch align {
	case '<':
		return sign + body + strings.Repeat(f.fill, k)
	case '^':
		return strings.Repeat(f.fill, k/2) + sign + body + strings.Repeat(f.fill, k-k/2)
	case '=':
		return sign + strings.Repeat(f.fill, k) + body
	}
	return strings.Repeat(f.fill, k) + sign + body
}

func (in *Interp) formatStr(s, spec string) string {
	if spec == "" {
		return s
	}
	f := in.parseSpec(spec, "str")
	if f.typ != 0 && f.typ != 's' {
		in.unknownCode(&f)
	}
	if f.sign != 0 {
		if f.sign == ' ' {
			in.Raise(ValueError, "Space not allowed in string format specifier")
		}
		in.Raise(ValueError, "Sign not allowed in string format specifier")
	}
	if f.noNegZ {
		in.Raise(ValueError, "Negative zero coercion (z) not allowed in string format specifier")
	}
	if f.alt {
		in.Raise(ValueError, "Alternate form (#) not allowed in string format specifier")
	}
	if f.group != 0 {
		in.Raise(ValueError, "Cannot specify '%c' with 's'.", f.group)
	}
	if f.align == '=' {
		if f.zero {
			f.align = '<'
		} else {
			in.Raise(ValueError, "'=' alignment not allowed in string format specifier")
		}
	}
	if f.prec >= 0 && f.prec < runeLen(s) {
		s = s[:runeOffset(s, f.prec)]
	}
	return f.place("", s, '<')
}

func signOf(neg bool, sign byte) string {
	switch {
	case neg:
		return "-"
	case sign == '+' || sign == ' ':
		return string(sign)
	}
	return ""
}

func (in *Interp) formatInt(v Value, spec, typeName string) string {
	n := bigOf(v)
	if spec == "" {
		return n.String()
	}
	f := in.parseSpec(spec, typeName)
	base, prefix := 10, ""
	if strings.IndexByte("eEfFgG%", f.typ) < 0 || f.typ == 0 {
		if f.prec >= 0 && (f.typ == 0 || strings.IndexByte("bcdoxXn", f.typ) >= 0) {
			in.Raise(ValueError, "Precision not allowed in integer format specifier")
		}
		if f.noNegZ && (f.typ == 0 || strings.IndexByte("bcdoxXn", f.typ) >= 0) {
			in.Raise(ValueError, "Negative zero coercion (z) not allowed in integer format specifier")
		}
	}
	switch f.typ {
	case 0, 'd', 'n':
	case 'b':
		base, prefix = 2, "0b"
	case 'o':
		base, prefix = 8, "0o"
	case 'x':
		base, prefix = 16, "0x"
	case 'X':
		base, prefix = 16, "0X"
	case 'c':
		if f.sign != 0 {
			in.Raise(ValueError, "Sign not allowed with integer format specifier 'c'")
		}
		if f.alt {
			in.Raise(ValueError, "Alternate form (#) not allowed with integer format specifier 'c'")
		}
		if !n.IsInt64() {
			in.Raise(OverflowError, "Python int too large to convert to C long")
		}
		if n.Int64() < 0 || n.Int64() > 0x10ffff {
			in.Raise(OverflowError, "%s", "%c arg not in range(0x110000)")
		}
		return f.place("", string(encodeRune(nil, rune(n.Int64()))), '<')
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		x, _ := in.toFloat(v)
		return in.formatFloatSpec(x, &f)
	default:
		in.unknownCode(&f)
	}
	digits := new(big.Int).Abs(n).Text(base)
	if f.typ == 'X' {
		digits = strings.ToUpper(digits)
	}
	sign := signOf(n.Sign() < 0, f.sign)
	if f.alt {
		sign += prefix
	}
	size := 3
	if base != 10 {
		size = 4
	}
	return f.place(sign, f.grouped(digits, "", len(sign), size), '>')
}

// grouped inserts the separators into the digits before the point, and with
// them the zeros that a width with zero padding asks for.
func (f *fmtSpec) grouped(digits, rest string, signLen, size int) string {
	if f.group == 0 {
		return digits + rest
	}
	if f.fill == "0" && f.align == '=' {
		want := f.width - signLen - len(rest)
		for len(digits)+(len(digits)-1)/size < want {
			digits = "0" + digits
		}
	}
	var b strings.Builder
	for i := 0; i < len(digits); i++ {
		if i > 0 && (len(digits)-i)%size == 0 {
			b.WriteByte(f.group)
		}
		b.WriteByte(digits[i])
	}
	return b.String() + rest
}

func (in *Interp) formatFloat(x float64, spec, typeName string) string {
	if spec == "" {
		return floatRepr(x)
	}
	f := in.parseSpec(spec, typeName)
	return in.formatFloatSpec(x, &f)
}

func (in *Interp) formatFloatSpec(x float64, f *fmtSpec) string {
	neg := math.Signbit(x) && !math.IsNaN(x)
	a := math.Abs(x)
	var body string
	typ := f.typ
	prec := f.prec
	switch typ {
	case 0:
		if prec < 0 {
			body = floatRepr(a)
			if i := strings.IndexByte(body, 'e'); f.alt && i >= 0 && strings.IndexByte(body, '.') < 0 {
				body = body[:i] + "." + body[i:]
			}
		} else {
			body = generalFloat(a, prec, f.alt, true)
		}
	case 'e', 'E', 'f', 'F', '%':
		if prec < 0 {
			prec = 6
		}
		kind := typ
		if typ == '%' {
			kind = 'f'
			a *= 100
		}
		body = strconv.FormatFloat(a, kind|0x20, prec, 64)
		if f.alt && prec == 0 && !math.IsInf(a, 0) && !math.IsNaN(a) {
			if i := strings.IndexByte(body, 'e'); i >= 0 {
				body = body[:i] + "." + body[i:]
			} else {
				body += "."
			}
		}
	case 'g', 'G', 'n':
		if prec < 0 {
			prec = 6
		}
		body = generalFloat(a, prec, f.alt, false)
	default:
		in.unknownCode(f)
	}
	switch {
	case math.IsNaN(a):
		body = "nan"
	case math.IsInf(a, 0):
		body = "inf"
	}
	if f.noNegZ && neg && strings.Trim(body, "0.e+-") == "" {
		neg = false
	}
	if typ == '%' {
		body += "%"
	}
	if typ == 'E' || typ == 'F' || typ == 'G' {
		body = strings.ToUpper(body)
	}
	sign := signOf(neg, f.sign)
	i := 0
	for i < len(body) && isDigit(body[i]) {
		i++
	}
	if i > 0 {
		body = f.grouped(body[:i], body[i:], len(sign), 3)
	}
	return f.place(sign, body, '>')
}

// generalFloat is the 'g' presentation; withDot is the default one, which
// keeps a digit behind the point and changes to exponents one digit earlier.
func generalFloat(a float64, prec int, alt, withDot bool) string {
	if prec == 0 {
		prec = 1
	}
	if math.IsInf(a, 0) || math.IsNaN(a) {
		return ""
	}
	e := strconv.FormatFloat(a, 'e', prec-1, 64)
	i := strings.IndexByte(e, 'e')
	exp, _ := strconv.Atoi(e[i+1:])
	limit := prec
	if withDot {
		limit--
	}
	if exp < -4 || exp >= limit {
		m := e[:i]
		switch dot := strings.IndexByte(m, '.') >= 0; {
		case !alt && dot:
			m = strings.TrimRight(strings.TrimRight(m, "0"), ".")
		case alt && !dot:
			m += "."
		}
		return m + e[i:]
	}
	s := strconv.FormatFloat(a, 'f', max(prec-1-exp, 0), 64)
	if !alt && strings.IndexByte(s, '.') >= 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if strings.IndexByte(s, '.') < 0 {
		if withDot {
			s += ".0"
		} else if alt {
			s += "."
		}
	}
	return s
}

// Format is format(v, spec).
func (in *Interp) Format(v Value, spec string) string {
	switch x := v.(type) {
	case Str:
		return in.formatStr(x.S, spec)
	case Int, BigInt:
		return in.formatInt(x, spec, "int")
	case Float:
		return in.formatFloat(x.V, spec, "float")
	case Bool:
		if spec == "" {
			return safeRepr(x)
		}
		n, _ := AsInt(x)
		return in.formatInt(Int{V: n}, spec, "bool")
	case Complex:
		if spec == "" {
			return complexRepr(x.V)
		}
		f := in.parseSpec(spec, "complex")
		if f.typ == 0 && f.prec < 0 && f.sign == 0 {
			return f.place("", complexRepr(x.V), '>')
		}
		f2 := f
		f2.width, f2.fill, f2.align = 0, " ", 0
		re := in.formatFloatSpec(real(x.V), &f2)
		f2.sign = '+'
		return f.place("", re+in.formatFloatSpec(imag(x.V), &f2)+"j", '>')
	}
	if isObject(v) {
		if m, builtin, ok := typeMethod(v, "__format__"); ok {
			if !builtin {
				r := in.callMethod(m, v, NewStr(spec))
				s, ok := AsStr(r)
				if !ok {
					if _, ok := r.(*Unknown); ok {
						return "<unknown>"
					}
					in.Raise(TypeError, "__format__ must return a str, not %s", r.Type().Name)
				}
				return s
			}
			switch p := Unwrap(v).(type) {
			case Str:
				return in.formatStr(in.ToStr(v), spec)
			case Int, BigInt, Float, Complex:
				if spec != "" {
					return in.Format(p, spec)
				}
			}
		}
	}
	if spec != "" {
		in.Raise(TypeError, "unsupported format string passed to %s.__format__", v.Type().Name)
	}
	return in.ToStr(v)
}

// percent is format % args.
func (in *Interp) percent(format string, args Value, isBytes bool) string {
	var vals []Value
	tuple, isTuple := Unwrap(args).(*Tuple)
	if isTuple {
		vals = tuple.V
	} else {
		vals = []Value{args}
	}
	used := 0
	mapped := false
	next := func() Value {
		if used >= len(vals) {
			in.Raise(TypeError, "not enough arguments for format string")
		}
		used++
		return vals[used-1]
	}
	var b strings.Builder
	for i := 0; i < len(format); {
		j := strings.IndexByte(format[i:], '%')
		if j < 0 {
			b.WriteString(format[i:])
			break
		}
		b.WriteString(format[i : i+j])
		i += j + 1
		peek := func() byte {
			if i >= len(format) {
				in.Raise(ValueError, "incomplete format")
			}
			return format[i]
		}
		var key Value
		if i < len(format) && format[i] == '(' {
			depth, k := 1, i+1
			for ; k < len(format) && depth > 0; k++ {
				switch format[k] {
				case '(':
					depth++
				case ')':
					depth--
				}
			}
			if depth > 0 {
				in.Raise(ValueError, "incomplete format key")
			}
			name := format[i+1 : k-1]
			i = k
			key = NewStr(name)
			if isBytes {
				key = Bytes{S: name}
			}
		}
		f := fmtSpec{fill: " ", prec: -1, typeName: "int"}
		for flags := true; flags; {
			switch peek() {
			case '-':
				f.align = '<'
			case '+':
				f.sign = '+'
			case ' ':
				if f.sign == 0 {
					f.sign = ' '
				}
			case '#':
				f.alt = true
			case '0':
				f.zero = true
			default:
				flags = false
				continue
			}
			i++
		}
		number := func() int {
			if peek() == '*' {
				i++
				v := next()
				n, ok := AsInt(v)
				if !ok {
					in.Raise(TypeError, "* wants int")
				}
				return int(n)
			}
			n := 0
			for isDigit(peek()) && n < 1<<30 {
				n = n*10 + int(format[i]-'0')
				i++
			}
			return n
		}
		if f.width = number(); f.width < 0 {
			f.align, f.width = '<', -f.width
		}
		if peek() == '.' {
			i++
			f.prec = max(number(), 0)
		}
		in.chargeText(f.width)
		in.chargeText(f.prec)
		for c := peek(); c == 'l' || c == 'h' || c == 'L'; c = peek() {
			i++
		}
		f.typ = peek()
		i++
		if f.typ == '%' {
			b.WriteByte('%')
			continue
		}
		var v Value
		if key != nil {
			if isTuple || isTextual(args) {
				in.Raise(TypeError, "format requires a mapping")
			}
			if _, _, ok := typeMethod(args, "__getitem__"); !ok {
				in.Raise(TypeError, "format requires a mapping")
			}
			mapped = true
			v = in.GetItem(args, key)
		} else {
			v = next()
		}
		b.WriteString(in.percentOne(&f, v, i-1, isBytes))
	}
	if used < len(vals) && !mapped {
		if !isTuple && !isTextual(args) {
			if _, _, ok := typeMethod(args, "__getitem__"); ok {
				return b.String() // a mapping or list: not asked for is no error
			}
		}
		if isTuple || len(vals) == 1 {
			in.Raise(TypeError, "not all arguments converted during string formatting")
		}
	}
	return b.String()
}

func isTextual(v Value) bool {
	switch Unwrap(v).(type) {
	case Str, Bytes:
		return true
	}
	return false
}

func (in *Interp) chargeText(n int) {
	if n > 1<<10 {
		in.Charge(int64(n))
	}
}

func (in *Interp) percentOne(f *fmtSpec, v Value, at int, isBytes bool) string {
	text := func(s string) string {
		if f.prec >= 0 && f.prec < runeLen(s) {
			s = s[:runeOffset(s, f.prec)]
		}
		f.zero = false
		return f.place("", s, '>')
	}
	u := Unwrap(v)
	switch f.typ {
	case 's', 'b':
		if isBytes {
			if b, ok := u.(Bytes); ok {
				return text(b.S)
			}
			in.Raise(TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%s'", v.Type().Name)
		}
		if f.typ == 's' {
			return text(in.ToStr(v))
		}
	case 'r':
		return text(in.Repr(v))
	case 'a':
		return text(asciiRepr(in.Repr(v)))
	case 'c':
		if s, ok := u.(Str); ok && runeLen(s.S) == 1 {
			return text(s.S)
		}
		n, ok := in.intOf(v)
		if !ok {
			in.Raise(TypeError, "%s", "%c requires int or char")
		}
		if n < 0 || n > 0x10ffff {
			in.Raise(OverflowError, "%s", "%c arg not in range(0x110000)")
		}
		return text(string(encodeRune(nil, rune(n))))
	case 'd', 'i', 'u', 'o', 'x', 'X':
		var n *big.Int
		switch x := u.(type) {
		case Int, Bool, BigInt:
			n = bigOf(x)
		case Float:
			if f.typ == 'd' || f.typ == 'i' || f.typ == 'u' {
				n = bigOf(in.floatToInt(x.V))
			}
		case Str, *List, *Tuple, *Dict, NoneType:
		default:
			if i, ok := in.intOf(v); ok {
				n = big.NewInt(i)
			} else if m, builtin, ok := typeMethod(v, "__int__"); ok && !builtin && strings.IndexByte("diu", f.typ) >= 0 {
				n = bigOf(in.callMethod(m, v))
			}
		}
		if n == nil {
			if strings.IndexByte("diu", f.typ) >= 0 {
				in.Raise(TypeError, "%%%c format: a real number is required, not %s", f.typ, v.Type().Name)
			}
			in.Raise(TypeError, "%%%c format: an integer is required, not %s", f.typ, v.Type().Name)
		}
		base, prefix := 10, ""
		switch f.typ {
		case 'o':
			base, prefix = 8, "0o"
		case 'x':
			base, prefix = 16, "0x"
		case 'X':
			base, prefix = 16, "0X"
		}
		digits := new(big.Int).Abs(n).Text(base)
		if f.typ == 'X' {
			digits = strings.ToUpper(digits)
		}
		if len(digits) < f.prec {
			digits = strings.Repeat("0", f.prec-len(digits)) + digits
		}
		sign := signOf(n.Sign() < 0, f.sign)
		if f.alt {
			sign += prefix
		}
		f.zeroPad()
		return f.place(sign, digits, '>')
	case 'e', 'E', 'f', 'F', 'g', 'G':
		x, ok := in.toFloat(u)
		if !ok {
			m, builtin, has := typeMethod(v, "__float__")
			if !has || builtin {
				in.Raise(TypeError, "must be real number, not %s", v.Type().Name)
			}
			x, _ = AsFloat(in.callMethod(m, v))
		}
		f.zeroPad()
		return in.formatFloatSpec(x, f)
	}
	in.Raise(ValueError, "unsupported format character '%c' (0x%x) at index %d", f.typ, f.typ, at)
	return ""
}

func (f *fmtSpec) zeroPad() {
	if f.zero && f.align == 0 {
		f.fill, f.align = "0", '='
	}
}

// formatter runs str.format.
type formatter struct {
	in      *Interp
	args    []Value
	kw      *Dict
	mapping Value
	auto    int // next automatic index
	manual  bool
	unknown *Unknown
}

func (f *formatter) run(s string, depth int) string {
	in := f.in
	if depth == 0 {
		in.Raise(ValueError, "Max string recursion exceeded")
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		c := s[i]
		if c != '{' && c != '}' {
			b.WriteByte(c)
			i++
			continue
		}
		if i+1 < len(s) && s[i+1] == c {
			b.WriteByte(c)
			i += 2
			continue
		}
		if c == '}' {
			in.Raise(ValueError, "Single '}' encountered in format string")
		}
		if i+1 == len(s) {
			in.Raise(ValueError, "Single '{' encountered in format string")
		}
		// find the end of the field; braces nest, and do not count inside []
		j, level, bracket := i+1, 1, false
		for ; j < len(s) && level > 0; j++ {
			switch s[j] {
			case '[':
				bracket = level == 1 || bracket
			case ']':
				bracket = false
			case '{':
				if !bracket {
					level++
				}
			case '}':
				if !bracket {
					level--
				}
			case ':', '!':
				bracket = false
			}
		}
		if level > 0 {
			in.Raise(ValueError, "expected '}' before end of string")
		}
		b.WriteString(f.field(s[i+1:j-1], depth))
		i = j
		in.chargeText(b.Len() / 16)
	}
	return b.String()
}

func (f *formatter) field(s string, depth int) string {
	in := f.in
	name, conv, spec := s, byte(0), ""
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '[' {
			if k := strings.IndexByte(s[i:], ']'); k > 0 {
				i += k
				continue
			}
		}
		if c == ':' {
			name, spec = s[:i], s[i+1:]
			break
		}
		if c == '!' {
			name = s[:i]
			if i+1 >= len(s) {
				in.Raise(ValueError, "unmatched '{' in format spec")
			}
			conv = s[i+1]
			if rest := s[i+2:]; rest != "" {
				if rest[0] != ':' {
					in.Raise(ValueError, "expected ':' after conversion specifier")
				}
				spec = rest[1:]
			}
			break
		}
	}
	v := f.lookup(name)
	if u, ok := v.(*Unknown); ok {
		f.unknown = u
		return ""
	}
	switch conv {
	case 0:
	case 's':
		v = NewStr(in.ToStr(v))
	case 'r':
		v = NewStr(in.Repr(v))
	case 'a':
		v = NewStr(asciiRepr(in.Repr(v)))
	default:
		in.Raise(ValueError, "Unknown conversion specifier %c", conv)
	}
	if strings.ContainsAny(spec, "{}") {
		spec = f.run(spec, depth-1)
	}
	return in.Format(v, spec)
}

func (f *formatter) lookup(name string) Value {
	in := f.in
	first, rest := name, ""
	if i := strings.IndexAny(name, ".["); i >= 0 {
		first, rest = name[:i], name[i:]
	}
	var v Value
	index, err := strconv.Atoi(first)
	switch {
	case first == "":
		if f.manual {
			in.Raise(ValueError, "cannot switch from manual field specification to automatic field numbering")
		}
		index = f.auto
		f.auto++
		v = f.positional(index)
	case err == nil && isDigit(first[0]):
		if f.auto > 0 {
			in.Raise(ValueError, "cannot switch from automatic field numbering to manual field specification")
		}
		f.manual = true
		v = f.positional(index)
	case f.mapping != nil:
		v = in.GetItem(f.mapping, NewStr(first))
	default:
		var ok bool
		if v, ok = f.kw.GetStr(first); !ok {
			in.keyError(NewStr(first))
		}
	}
	for rest != "" {
		if rest[0] == '.' {
			rest = rest[1:]
			i := strings.IndexAny(rest, ".[")
			if i < 0 {
				i = len(rest)
			}
			if i == 0 {
				in.Raise(ValueError, "Empty attribute in format string")
			}
			v = in.GetAttr(v, rest[:i])
			rest = rest[i:]
			continue
		}
		if rest[0] != '[' {
			in.Raise(ValueError, "Only '.' or '[' may follow ']' in format field specifier")
		}
		i := strings.IndexByte(rest, ']')
		if i < 0 {
			in.Raise(ValueError, "expected '}' before end of string")
		}
		key := rest[1:i]
		if key == "" {
			in.Raise(ValueError, "Empty attribute in format string")
		}
		rest = rest[i+1:]
		if n, err := strconv.Atoi(key); err == nil && isDigit(key[0]) {
			v = in.GetItem(v, NewInt(int64(n)))
		} else {
			v = in.GetItem(v, NewStr(key))
		}
	}
	return v
}

func (f *formatter) positional(i int) Value {
	if f.mapping != nil {
		f.in.Raise(ValueError, "Format string contains positional fields")
	}
	if i >= len(f.args) {
		f.in.Raise(IndexError, "Replacement index %d out of range for positional args tuple", i)
	}
	return f.args[i]
}
