package interp

import (
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// codec is the canonical name of an encoding; others raise LookupError.
func (in *Interp) codec(name string) string {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name)) {
	case "utf8", "u8", "utf", "cp65001":
		return "utf-8"
	case "ascii", "usascii", "646":
		return "ascii"
	case "latin1", "iso88591", "l1", "cp819":
		return "latin-1"
	case "utf16", "u16":
		return "utf-16"
	case "utf16le":
		return "utf-16-le"
	case "utf16be":
		return "utf-16-be"
	}
	in.Raise(LookupError, "unknown encoding: %s", name)
	return ""
}

// encode is str.encode.
func (in *Interp) encode(s, encoding, errs string) string {
	codec := in.codec(encoding)
	if strings.HasPrefix(codec, "utf-16") {
		return encode16(s, codec)
	}
	if codec == "utf-8" && isASCII(s) {
		return s
	}
	limit := rune(0x110000)
	switch codec {
	case "ascii":
		limit = 0x80
	case "latin-1":
		limit = 0x100
	}
	var b []byte
	for i, c := range splitRunes(s) {
		r, _ := decodeRune(c)
		bad := r >= limit || codec == "utf-8" && 0xD800 <= r && r <= 0xDFFF
		switch {
		case !bad && codec == "utf-8":
			b = append(b, c...)
		case !bad:
			b = append(b, byte(r))
		case errs == "ignore":
		case errs == "replace":
			b = append(b, '?')
		case errs == "backslashreplace":
			b = append(b, asciiRepr(c)...)
		case errs == "surrogatepass" && codec == "utf-8":
			b = append(b, c...)
		default:
			why := "ordinal not in range(128)"
			switch codec {
			case "latin-1":
				why = "ordinal not in range(256)"
			case "utf-8":
				why = "surrogates not allowed"
			}
			esc := asciiRepr(c)
			in.Raise(UnicodeEncodeError, "'%s' codec can't encode character '%s' in position %d: %s", codec, esc, i, why)
		}
	}
	return string(b)
}

func encode16(s, codec string) string {
	var b []byte
	put := func(u uint16) {
		if codec == "utf-16-be" {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	if codec == "utf-16" {
		put(0xFEFF)
	}
	for _, r := range s {
		if r >= 0x10000 {
			hi, lo := utf16.EncodeRune(r)
			put(uint16(hi))
			put(uint16(lo))
		} else {
			put(uint16(r))
		}
	}
	return string(b)
}

// decode is bytes.decode.
func (in *Interp) decode(s, encoding, errs string) string {
	codec := in.codec(encoding)
	if isASCII(s) && !strings.HasPrefix(codec, "utf-16") {
		return s
	}
	var b []byte
	fail := func(i int, why string) {
		switch errs {
		case "ignore":
		case "replace":
			b = encodeRune(b, 0xFFFD)
		case "backslashreplace":
			b = append(b, `\x`+hexDigits(rune(s[i]), 2)...)
		default:
			in.Raise(UnicodeDecodeError, "'%s' codec can't decode byte 0x%02x in position %d: %s", codec, s[i], i, why)
		}
	}
	switch codec {
	case "latin-1":
		for i := 0; i < len(s); i++ {
			b = encodeRune(b, rune(s[i]))
		}
	case "ascii":
		for i := 0; i < len(s); i++ {
			if s[i] < 0x80 {
				b = append(b, s[i])
			} else {
				fail(i, "ordinal not in range(128)")
			}
		}
	case "utf-8":
		for i := 0; i < len(s); {
			n := runeSize(s[i:])
			if n == 1 && s[i] >= 0x80 || s[i] == 0xED && n == 3 && s[i+1] >= 0xA0 && errs != "surrogatepass" {
				why := "invalid start byte"
				if c := s[i]; c >= 0xC2 && c <= 0xF4 {
					why = "invalid continuation byte"
					if i+1 >= len(s) {
						why = "unexpected end of data"
					}
				}
				fail(i, why)
				i++
				continue
			}
			b = append(b, s[i:i+n]...)
			i += n
		}
	default:
		in.Raise(LookupError, "unknown encoding: %s", encoding)
	}
	return string(b)
}

// bytesSelf is the data that a method of bytes acts on.
func bytesSelf(in *Interp, v Value) string {
	b, ok := Unwrap(v).(Bytes)
	if !ok {
		in.Raise(TypeError, "a bytes-like object is required, not '%s'", v.Type().Name)
	}
	return b.S
}

// newBytes is bytes(...).
func (in *Interp) newBytes(a []Value) Value {
	if a[0] == nil {
		return Bytes{}
	}
	if s, ok := AsStr(a[0]); ok {
		if a[1] == nil {
			in.Raise(TypeError, "string argument without an encoding")
		}
		errs := "strict"
		if a[2] != nil {
			errs = in.Str(a[2])
		}
		return Bytes{S: in.encode(s, in.Str(a[1]), errs)}
	}
	switch x := Unwrap(a[0]).(type) {
	case *Unknown:
		return x
	case Bytes:
		return x
	case Int, Bool:
		n, _ := AsInt(x)
		if n < 0 {
			in.Raise(ValueError, "negative count")
		}
		in.Charge(n)
		return Bytes{S: strings.Repeat("\x00", int(n))}
	}
	if isObject(a[0]) {
		if m, builtin, ok := typeMethod(a[0], "__bytes__"); ok && !builtin {
			return in.callMethod(m, a[0])
		}
	}
	it, ok := in.tryIter(a[0])
	if !ok {
		in.Raise(TypeError, "cannot convert '%s' object to bytes", a[0].Type().Name)
	}
	var b []byte
	for _, v := range in.drain(it) {
		n := in.needInt(v)
		if n < 0 || n > 255 {
			in.Raise(ValueError, "bytes must be in range(0, 256)")
		}
		b = append(b, byte(n))
	}
	return Bytes{S: string(b)}
}

func bytesList(ss []string) *List {
	l := &List{V: make([]Value, len(ss))}
	for i, s := range ss {
		l.V[i] = Bytes{S: s}
	}
	return l
}

func init() {
	sig := ParseSignature("source=?, encoding=?, errors=?")
	BytesClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		r := in.newBytes(sig.bind(in, "bytes", args, kw))
		if cls == BytesClass {
			return r
		}
		return &Instance{Cls: cls, Data: r}
	}
	isAffix := func(has func(s, p string) bool) NativeFn {
		return func(in *Interp, a []Value) Value {
			s := bytesSelf(in, a[0])
			if t, ok := a[1].(*Tuple); ok {
				for _, p := range t.V {
					if has(s, bytesSelf(in, p)) {
						return True
					}
				}
				return False
			}
			return NewBool(has(s, bytesSelf(in, a[1])))
		}
	}
	mapped := func(name string, f func(string) string) Method {
		return Method{Name: name, Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return Bytes{S: f(bytesSelf(in, a[0]))} }}
	}
	BytesClass.AddMethods(
		Method{Name: "decode", Sig: "self, encoding='utf-8', errors='strict'", Fn: func(in *Interp, a []Value) Value {
			return NewStr(in.decode(bytesSelf(in, a[0]), in.Str(a[1]), in.Str(a[2])))
		}},
		Method{Name: "hex", Sig: "self", Fn: func(in *Interp, a []Value) Value {
			return NewStr(hex.EncodeToString([]byte(bytesSelf(in, a[0]))))
		}},
		Method{Name: "fromhex", Sig: "cls, string, /", Kind: "class", Fn: func(in *Interp, a []Value) Value {
			b, err := hex.DecodeString(strings.Join(strings.Fields(in.Str(a[1])), ""))
			if err != nil {
				in.Raise(ValueError, "non-hexadecimal number found in fromhex() arg")
			}
			return Bytes{S: string(b)}
		}},
		Method{Name: "startswith", Sig: "self, prefix, /", Fn: isAffix(strings.HasPrefix)},
		Method{Name: "endswith", Sig: "self, suffix, /", Fn: isAffix(strings.HasSuffix)},
		Method{Name: "find", Sig: "self, sub, /", Fn: func(in *Interp, a []Value) Value {
			return NewInt(int64(strings.Index(bytesSelf(in, a[0]), bytesSelf(in, a[1]))))
		}},
		Method{Name: "count", Sig: "self, sub, /", Fn: func(in *Interp, a []Value) Value {
			return NewInt(int64(strings.Count(bytesSelf(in, a[0]), bytesSelf(in, a[1]))))
		}},
		Method{Name: "replace", Sig: "self, old, new, count=-1, /", Fn: func(in *Interp, a []Value) Value {
			s, old, repl := bytesSelf(in, a[0]), bytesSelf(in, a[1]), bytesSelf(in, a[2])
			in.Charge(int64(len(s)+1) * int64(len(repl)+1))
			return Bytes{S: strings.Replace(s, old, repl, int(in.needInt(a[3])))}
		}},
		Method{Name: "split", Sig: "self, sep=None, maxsplit=-1", Fn: func(in *Interp, a []Value) Value {
			n := int(in.needInt(a[2]))
			if IsNone(a[1]) {
				return bytesList(fieldsN(bytesSelf(in, a[0]), n))
			}
			return bytesList(splitN(bytesSelf(in, a[0]), bytesSelf(in, a[1]), n))
		}},
		Method{Name: "strip", Sig: "self, chars=None, /", Fn: func(in *Interp, a []Value) Value {
			cut := " \t\n\r\v\f"
			if !IsNone(a[1]) {
				cut = bytesSelf(in, a[1])
			}
			return Bytes{S: strings.Trim(bytesSelf(in, a[0]), cut)}
		}},
		Method{Name: "join", Sig: "self, iterable, /", Fn: func(in *Interp, a []Value) Value {
			var parts []string
			size := 0
			for i, v := range in.Elements(a[1]) {
				b, ok := Unwrap(v).(Bytes)
				if !ok {
					in.Raise(TypeError, "sequence item %d: expected a bytes-like object, %s found", i, v.Type().Name)
				}
				size += len(b.S)
				parts = append(parts, b.S)
			}
			in.Charge(int64(size))
			return Bytes{S: strings.Join(parts, bytesSelf(in, a[0]))}
		}},
		mapped("lower", strings.ToLower),
		mapped("upper", strings.ToUpper),
	)
}
