package interp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decodeRune is utf8.DecodeRuneInString, for lone surrogates in their
// three-byte form too.
func decodeRune(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, n
}

// encodeRune appends r; surrogates get their three-byte form.
func encodeRune(b []byte, r rune) []byte {
	if 0xD800 <= r && r <= 0xDFFF {
		return append(b, 0xED, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(b, r)
}

// runeLen is len(s) in characters.
func runeLen(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for s != "" {
		_, k := decodeRune(s)
		s = s[k:]
		n++
	}
	return n
}

// splitRunes are the characters of s.
func splitRunes(s string) []string {
	out := make([]string, 0, len(s))
	for s != "" {
		n := runeSize(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

// runeOffset is the byte offset of character i.
func runeOffset(s string, i int) int {
	if isASCII(s) {
		return min(i, len(s))
	}
	off := 0
	for ; i > 0 && off < len(s); i-- {
		off += runeSize(s[off:])
	}
	return off
}

// strItem is s[k].
func (in *Interp) strItem(s string, k Value) string {
	n := runeLen(s)
	if sl, ok := k.(*Slice); ok {
		lo, hi, step := in.sliceBounds(sl, n)
		if step == 1 {
			if lo >= hi {
				return ""
			}
			return s[runeOffset(s, lo):runeOffset(s, hi)]
		}
		rs := splitRunes(s)
		var b strings.Builder
		for ; step > 0 && lo < hi || step < 0 && lo > hi; lo += step {
			b.WriteString(rs[lo])
		}
		return b.String()
	}
	if _, ok := in.intOf(k); !ok {
		in.Raise(TypeError, "string indices must be integers, not '%s'", k.Type().Name)
	}
	i := runeOffset(s, in.index(k, n, "string", "string index out of range"))
	return s[i : i+runeSize(s[i:])]
}

func containsStr(s, sub string) bool { return strings.Contains(s, sub) }

// strRepr is repr of a str.
func strRepr(s string) string {
	q := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		q = '"'
	}
	b := make([]byte, 0, len(s)+2)
	b = append(b, q)
	const hex = "0123456789abcdef"
	for i := 0; i < len(s); {
		r, n := decodeRune(s[i:])
		switch {
		case r == rune(q) || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ' || r == 0x7f:
			b = append(b, '\\', 'x', hex[r>>4&15], hex[r&15])
		case r < 0x7f:
			b = append(b, byte(r))
		case printable(r):
			b = append(b, s[i:i+n]...)
		case r <= 0xff:
			b = append(b, '\\', 'x', hex[r>>4&15], hex[r&15])
		case r <= 0xffff:
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			b = append(b, '\\', 'U', '0', '0', hex[r>>20&15], hex[r>>16&15], hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		}
		i += n
	}
	return string(append(b, q))
}

// printable is str.isprintable of one character.
func printable(r rune) bool {
	return r == ' ' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp, unicode.Zs) && isAssigned(r)
}

func isAssigned(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}

// asciiRepr escapes what is not ASCII in a repr.
func asciiRepr(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, n := decodeRune(s)
		s = s[n:]
		switch {
		case r < 0x80:
			b.WriteByte(byte(r))
		case r <= 0xff:
			b.WriteString(`\x` + hexDigits(r, 2))
		case r <= 0xffff:
			b.WriteString(`\u` + hexDigits(r, 4))
		default:
			b.WriteString(`\U` + hexDigits(r, 8))
		}
	}
	return b.String()
}

func hexDigits(r rune, n int) string {
	out := make([]byte, n)
	for i := n - 1; i >= 0; i-- {
		out[i] = "0123456789abcdef"[r&15]
		r >>= 4
	}
	return string(out)
}

func bytesRepr(s string) string {
	q := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		q = '"'
	}
	b := []byte{'b', q}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == q || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c < ' ' || c >= 0x7f:
			b = append(b, `\x`+hexDigits(rune(c), 2)...)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, q))
}

// strSelf is the text that a method of str acts on.
func strSelf(in *Interp, v Value) string {
	s, ok := AsStr(v)
	if !ok {
		in.Raise(TypeError, "descriptor requires a 'str' object but received a '%s'", v.Type().Name)
	}
	return s
}

// strArg is a str argument of a method.
func strArg(in *Interp, v Value, what string) string {
	s, ok := AsStr(v)
	if !ok {
		in.Raise(TypeError, "%s must be str, not %s", what, v.Type().Name)
	}
	return s
}

// bounds are the byte offsets of the optional start and end of a search.
func (in *Interp) strBounds(s string, start, end Value) (lo, hi int, ok bool) {
	if start == nil && end == nil {
		return 0, len(s), true
	}
	orNil := func(v Value) Value {
		if v == nil {
			return None
		}
		return v
	}
	n := runeLen(s)
	l, h, _ := in.sliceBounds(&Slice{Lo: orNil(start), Hi: orNil(end), Step: None}, n)
	if start != nil {
		if i, isInt := in.intOf(start); isInt && i > int64(n) {
			return 0, 0, false
		}
	}
	if l > h {
		return 0, 0, false
	}
	return runeOffset(s, l), runeOffset(s, h), true
}

// matchAffix is startswith or endswith, with a tuple of candidates.
func (in *Interp) matchAffix(name string, a []Value, has func(s, affix string) bool) Value {
	s := strSelf(in, a[0])
	lo, hi, ok := in.strBounds(s, a[2], a[3])
	if t, isTuple := Unwrap(a[1]).(*Tuple); isTuple {
		for _, x := range t.V {
			p, isStr := AsStr(x)
			if !isStr {
				if u, ok := x.(*Unknown); ok {
					return u
				}
				in.Raise(TypeError, "tuple for %s must only contain str, not %s", name, x.Type().Name)
			}
			if ok && has(s[lo:hi], p) {
				return True
			}
		}
		return False
	}
	p, isStr := AsStr(a[1])
	if !isStr {
		if u, ok := a[1].(*Unknown); ok {
			return u
		}
		in.Raise(TypeError, "%s first arg must be str or a tuple of str, not %s", name, a[1].Type().Name)
	}
	return withCall(NewBool(ok && has(s[lo:hi], p)), "str."+name, a[0], a[1])
}

func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

// fieldsN is split() without a separator, at most n times (-1: no limit).
func fieldsN(s string, n int) []string {
	var out []string
	s = strings.TrimLeftFunc(s, isSpace)
	for s != "" {
		if n == 0 {
			return append(out, s)
		}
		i := strings.IndexFunc(s, isSpace)
		if i < 0 {
			return append(out, s)
		}
		out = append(out, s[:i])
		s = strings.TrimLeftFunc(s[i:], isSpace)
		n--
	}
	return out
}

// rfieldsN is rsplit() without a separator.
func rfieldsN(s string, n int) []string {
	var out []string
	s = strings.TrimRightFunc(s, isSpace)
	for s != "" {
		if n == 0 {
			out = append(out, s)
			break
		}
		i := strings.LastIndexFunc(s, isSpace)
		if i < 0 {
			out = append(out, s)
			break
		}
		_, k := utf8.DecodeRuneInString(s[i:])
		out = append(out, s[i+k:])
		s = strings.TrimRightFunc(s[:i], isSpace)
		n--
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// rsplitN splits at the last n separators (-1: at all).
func rsplitN(s, sep string, n int) []string {
	var tail []string
	for n != 0 {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		tail = append(tail, s[i+len(sep):])
		s = s[:i]
		n--
	}
	out := []string{s}
	for i := len(tail) - 1; i >= 0; i-- {
		out = append(out, tail[i])
	}
	return out
}

func splitN(s, sep string, n int) []string {
	if n < 0 {
		return strings.Split(s, sep)
	}
	return strings.SplitN(s, sep, n+1)
}

func (in *Interp) splitList(ss []string) *List {
	in.Charge(int64(len(ss)))
	return strList(ss)
}

func strList(ss []string) *List {
	l := &List{V: make([]Value, len(ss))}
	for i, s := range ss {
		l.V[i] = NewStr(s)
	}
	return l
}

// splitLines is str.splitlines.
func splitLines(s string, keep bool) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); {
		r, n := decodeRune(s[i:])
		end := i
		switch r {
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				n = 2
			}
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		default:
			i += n
			continue
		}
		i += n
		if keep {
			end = i
		}
		out = append(out, s[start:end])
		start = i
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// titleCase is str.title.
func titleCase(s string) string {
	prev := false
	var b strings.Builder
	for _, r := range s {
		isCased := unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r)
		switch {
		case isCased && prev:
			r = unicode.ToLower(r)
		case r == 'ß':
			b.WriteString("Ss")
			prev = true
			continue
		case isCased:
			r = unicode.ToTitle(r)
		}
		prev = isCased
		b.WriteRune(r)
	}
	return b.String()
}

// upperCase is str.upper; ß becomes two letters.
func upperCase(s string) string {
	return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS")
}

func capitalize(s string) string {
	if s == "" {
		return s
	}
	n := runeSize(s)
	return titleCase(s[:n]) + strings.ToLower(s[n:])
}

// isIdentifier is str.isidentifier.
func isIdentifier(s string) bool {
	for i, r := range s {
		if r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) {
			continue
		}
		if i > 0 && (unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r) || unicode.Is(unicode.Pc, r)) {
			continue
		}
		return false
	}
	return s != ""
}

// every is true for texts that are not empty and whose characters all satisfy f.
func every(f func(r rune) bool) func(s string) bool {
	return func(s string) bool {
		for _, r := range s {
			if !f(r) {
				return false
			}
		}
		return s != ""
	}
}

// cased is islower or isupper: at least one cased character, none of the other case.
func cased(want, other func(r rune) bool) func(s string) bool {
	return func(s string) bool {
		found := false
		for _, r := range s {
			if other(r) || unicode.IsTitle(r) {
				return false
			}
			found = found || want(r)
		}
		return found
	}
}

func isTitleCase(s string) bool {
	prev, found := false, false
	for _, r := range s {
		switch {
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			if prev {
				return false
			}
			prev, found = true, true
		case unicode.IsLower(r):
			if !prev {
				return false
			}
			found = true
		default:
			prev = false
		}
	}
	return found
}

// pad is center, ljust (side < 0) or rjust (side > 0).
func (in *Interp) pad(name string, a []Value, side int) Value {
	s := strSelf(in, a[0])
	width := int(in.needInt(a[1]))
	fill := strArg(in, a[2], "The fill character")
	if runeLen(fill) != 1 {
		in.Raise(TypeError, "The fill character must be exactly one character long")
	}
	n := runeLen(s)
	if width <= n {
		return a[0]
	}
	in.Charge(int64(width))
	k := width - n
	left := 0
	switch {
	case side > 0:
		left = k
	case side == 0:
		left = k/2 + k&width&1
	}
	return NewStr(strings.Repeat(fill, left) + s + strings.Repeat(fill, k-left))
}

func stripMethod(name string, left, right bool) Method {
	return Method{Name: name, Sig: "self, chars=None, /", Fn: func(in *Interp, a []Value) Value {
		s := strSelf(in, a[0])
		match := isSpace
		if !IsNone(a[1]) {
			set, ok := AsStr(a[1])
			if !ok {
				in.Raise(TypeError, "%s arg must be None or str", name)
			}
			match = func(r rune) bool { return strings.ContainsRune(set, r) }
		}
		if left {
			s = strings.TrimLeftFunc(s, match)
		}
		if right {
			s = strings.TrimRightFunc(s, match)
		}
		return NewStr(s)
	}}
}

func mapMethod(name string, f func(s string) string) Method {
	return Method{Name: name, Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
		s := strSelf(in, a[0])
		r := f(s)
		return withCall(NewStr(r), "str."+name, a[0])
	}}
}

func testMethod(name string, f func(s string) bool) Method {
	return Method{Name: name, Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
		return NewBool(f(strSelf(in, a[0])))
	}}
}

// findMethod is find, rfind, index, rindex or count.
func findMethod(name string, f func(s, sub string) int, must bool) Method {
	return Method{Name: name, Sig: "self, sub, start=?, end=?, /", Fn: func(in *Interp, a []Value) Value {
		if u := firstUnknown(a[:2]); u != nil {
			return u
		}
		s := strSelf(in, a[0])
		sub, isStr := AsStr(a[1])
		if !isStr {
			in.Raise(TypeError, "must be str, not %s", a[1].Type().Name)
		}
		lo, hi, ok := in.strBounds(s, a[2], a[3])
		i := -1
		if ok {
			i = f(s[lo:hi], sub)
			if i >= 0 && name != "count" {
				i = runeLen(s[:lo+i])
			}
		}
		if name == "count" {
			i = max(i, 0)
		}
		if i < 0 && must {
			in.Raise(ValueError, "substring not found")
		}
		return NewInt(int64(i))
	}}
}

func (in *Interp) splitArgs(a []Value) (s, sep string, n int, bySpace bool) {
	s = strSelf(in, a[0])
	n = int(max(min(in.needInt(a[2]), 1<<31), -1))
	if IsNone(a[1]) {
		return s, "", n, true
	}
	sep, ok := AsStr(a[1])
	if !ok {
		in.Raise(TypeError, "must be str or None, not %s", a[1].Type().Name)
	}
	if sep == "" {
		in.Raise(ValueError, "empty separator")
	}
	return s, sep, n, false
}

func init() {
	partition := func(last bool) NativeFn {
		return func(in *Interp, a []Value) Value {
			s, sep := strSelf(in, a[0]), strArg(in, a[1], "must be str, not")
			if sep == "" {
				in.Raise(ValueError, "empty separator")
			}
			i := strings.Index(s, sep)
			if last {
				i = strings.LastIndex(s, sep)
			}
			switch {
			case i >= 0:
				return NewTuple(NewStr(s[:i]), NewStr(sep), NewStr(s[i+len(sep):]))
			case last:
				return NewTuple(NewStr(""), NewStr(""), NewStr(s))
			}
			return NewTuple(NewStr(s), NewStr(""), NewStr(""))
		}
	}
	StrClass.AddMethods(
		mapMethod("lower", strings.ToLower),
		mapMethod("upper", upperCase),
		mapMethod("title", titleCase),
		mapMethod("capitalize", capitalize),
		mapMethod("casefold", func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ß", "ss") }),
		mapMethod("swapcase", func(s string) string {
			return strings.ReplaceAll(strings.Map(func(r rune) rune {
				if unicode.IsUpper(r) {
					return unicode.ToLower(r)
				}
				return unicode.ToUpper(r)
			}, s), "ß", "SS")
		}),
		stripMethod("strip", true, true),
		stripMethod("lstrip", true, false),
		stripMethod("rstrip", false, true),
		testMethod("isalpha", every(unicode.IsLetter)),
		testMethod("isdigit", every(func(r rune) bool { return unicode.IsDigit(r) || r == '²' || r == '³' || r == '¹' })),
		testMethod("isdecimal", every(unicode.IsDigit)),
		testMethod("isnumeric", every(unicode.IsNumber)),
		testMethod("isalnum", every(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })),
		testMethod("isspace", every(isSpace)),
		testMethod("isascii", isASCII),
		testMethod("isprintable", func(s string) bool { return s == "" || every(printable)(s) }),
		testMethod("isidentifier", isIdentifier),
		testMethod("islower", cased(unicode.IsLower, unicode.IsUpper)),
		testMethod("isupper", cased(unicode.IsUpper, unicode.IsLower)),
		testMethod("istitle", isTitleCase),
		findMethod("find", strings.Index, false),
		findMethod("rfind", strings.LastIndex, false),
		findMethod("index", strings.Index, true),
		findMethod("rindex", strings.LastIndex, true),
		findMethod("count", func(s, sub string) int {
			if sub == "" {
				return runeLen(s) + 1
			}
			return strings.Count(s, sub)
		}, false),
		Method{Name: "startswith", Sig: "self, prefix, start=?, end=?, /", Fn: func(in *Interp, a []Value) Value {
			return in.matchAffix("startswith", a, strings.HasPrefix)
		}},
		Method{Name: "endswith", Sig: "self, suffix, start=?, end=?, /", Fn: func(in *Interp, a []Value) Value {
			return in.matchAffix("endswith", a, strings.HasSuffix)
		}},
		Method{Name: "removeprefix", Sig: "self, prefix, /", Fn: func(in *Interp, a []Value) Value {
			return NewStr(strings.TrimPrefix(strSelf(in, a[0]), strArg(in, a[1], "removeprefix() argument")))
		}},
		Method{Name: "removesuffix", Sig: "self, suffix, /", Fn: func(in *Interp, a []Value) Value {
			return NewStr(strings.TrimSuffix(strSelf(in, a[0]), strArg(in, a[1], "removesuffix() argument")))
		}},
		Method{Name: "split", Sig: "self, sep=None, maxsplit=-1", Fn: func(in *Interp, a []Value) Value {
			s, sep, n, bySpace := in.splitArgs(a)
			if bySpace {
				return in.splitList(fieldsN(s, n))
			}
			return in.splitList(splitN(s, sep, n))
		}},
		Method{Name: "rsplit", Sig: "self, sep=None, maxsplit=-1", Fn: func(in *Interp, a []Value) Value {
			s, sep, n, bySpace := in.splitArgs(a)
			if bySpace {
				return in.splitList(rfieldsN(s, n))
			}
			return in.splitList(rsplitN(s, sep, n))
		}},
		Method{Name: "splitlines", Sig: "self, keepends=False", Fn: func(in *Interp, a []Value) Value {
			return strList(splitLines(strSelf(in, a[0]), in.Truth(a[1])))
		}},
		Method{Name: "partition", Sig: "self, sep, /", Fn: partition(false)},
		Method{Name: "rpartition", Sig: "self, sep, /", Fn: partition(true)},
		Method{Name: "replace", Sig: "self, old, new, count=-1, /", Fn: func(in *Interp, a []Value) Value {
			if u := firstUnknown(a); u != nil {
				return u
			}
			s := strSelf(in, a[0])
			old, repl := strArg(in, a[1], "replace() argument 1"), strArg(in, a[2], "replace() argument 2")
			n := int(max(min(in.needInt(a[3]), 1<<31), -1))
			if len(repl) > len(old) {
				in.Charge(int64(strings.Count(s, old)) * int64(len(repl)))
			}
			if !isASCII(s) && old == "" {
				// Go would split inside lone surrogates.
				rs := splitRunes(s)
				var b strings.Builder
				for i := 0; i <= len(rs); i++ {
					if n < 0 || i < n {
						b.WriteString(repl)
					}
					if i < len(rs) {
						b.WriteString(rs[i])
					}
				}
				return NewStr(b.String())
			}
			return NewStr(strings.Replace(s, old, repl, n))
		}},
		Method{Name: "join", Sig: "self, iterable, /", Fn: func(in *Interp, a []Value) Value {
			sep := strSelf(in, a[0])
			if u, ok := a[1].(*Unknown); ok {
				return u
			}
			it, ok := in.tryIter(a[1])
			if !ok {
				in.Raise(TypeError, "can only join an iterable")
			}
			vs := in.drain(it)
			parts := make([]string, len(vs))
			size := 0
			for i, v := range vs {
				s, ok := AsStr(v)
				if !ok {
					if u, ok := v.(*Unknown); ok {
						return u
					}
					in.Raise(TypeError, "sequence item %d: expected str instance, %s found", i, v.Type().Name)
				}
				parts[i] = s
				size += len(s) + len(sep)
			}
			if size > 1<<12 {
				in.Charge(int64(size))
			}
			return NewStr(strings.Join(parts, sep))
		}},
		Method{Name: "center", Sig: "self, width, fillchar=' ', /", Fn: func(in *Interp, a []Value) Value { return in.pad("center", a, 0) }},
		Method{Name: "ljust", Sig: "self, width, fillchar=' ', /", Fn: func(in *Interp, a []Value) Value { return in.pad("ljust", a, -1) }},
		Method{Name: "rjust", Sig: "self, width, fillchar=' ', /", Fn: func(in *Interp, a []Value) Value { return in.pad("rjust", a, 1) }},
		Method{Name: "zfill", Sig: "self, width, /", Fn: func(in *Interp, a []Value) Value {
			s := strSelf(in, a[0])
			width := int(in.needInt(a[1]))
			k := width - runeLen(s)
			if k <= 0 {
				return a[0]
			}
			in.Charge(int64(width))
			sign := ""
			if s != "" && (s[0] == '+' || s[0] == '-') {
				sign, s = s[:1], s[1:]
			}
			return NewStr(sign + strings.Repeat("0", k) + s)
		}},
		Method{Name: "expandtabs", Sig: "self, tabsize=8", Fn: func(in *Interp, a []Value) Value {
			s := strSelf(in, a[0])
			size := int(max(min(in.needInt(a[1]), 1<<16), 0))
			in.Charge(int64(len(s)) * int64(size+1))
			var b strings.Builder
			col := 0
			for _, r := range s {
				switch r {
				case '\t':
					if size > 0 {
						k := size - col%size
						b.WriteString(strings.Repeat(" ", k))
						col += k
					}
					continue
				case '\n', '\r':
					col = -1
				}
				b.WriteRune(r)
				col++
			}
			return NewStr(b.String())
		}},
		Method{Name: "encode", Sig: "self, encoding='utf-8', errors='strict'", Fn: func(in *Interp, a []Value) Value {
			return Bytes{S: in.encode(strSelf(in, a[0]), strArg(in, a[1], "encode() argument 'encoding'"), strArg(in, a[2], "encode() argument 'errors'"))}
		}},
		Method{Name: "translate", Sig: "self, table, /", Fn: func(in *Interp, a []Value) Value {
			var b []byte
			for _, c := range splitRunes(strSelf(in, a[0])) {
				r, _ := decodeRune(c)
				var to Value
				if in.TryCatch(LookupError, func() { to = in.GetItem(a[1], NewInt(int64(r))) }) != nil {
					b = append(b, c...)
					continue
				}
				switch to := to.(type) {
				case NoneType:
				case Int:
					b = encodeRune(b, rune(to.V))
				default:
					b = append(b, strArg(in, to, "character mapping must return integer, None or str; it")...)
				}
			}
			return NewStr(string(b))
		}},
		Method{Name: "maketrans", Sig: "x, y=?, z=?, /", Kind: "static", Fn: func(in *Interp, a []Value) Value {
			d := NewDict()
			if a[1] == nil {
				src, ok := a[0].(*Dict)
				if !ok {
					in.Raise(TypeError, "if you give only one argument to maketrans it must be a dict")
				}
				src.Range(func(k, v Value) bool {
					if s, ok := AsStr(k); ok {
						if runeLen(s) != 1 {
							in.Raise(ValueError, "string keys in translate table must be of length 1")
						}
						r, _ := decodeRune(s)
						k = NewInt(int64(r))
					}
					d.Set(in, k, v)
					return true
				})
				return d
			}
			x, y := splitRunes(strArg(in, a[0], "first maketrans argument")), splitRunes(strArg(in, a[1], "maketrans() argument 2"))
			if len(x) != len(y) {
				in.Raise(ValueError, "the first two maketrans arguments must have equal length")
			}
			for i := range x {
				r, _ := decodeRune(x[i])
				s, _ := decodeRune(y[i])
				d.Set(in, NewInt(int64(r)), NewInt(int64(s)))
			}
			if a[2] != nil {
				for _, c := range splitRunes(strArg(in, a[2], "maketrans() argument 3")) {
					r, _ := decodeRune(c)
					d.Set(in, NewInt(int64(r)), None)
				}
			}
			return d
		}},
		Method{Name: "format", Sig: "self, /, *args, **kwargs", Fn: func(in *Interp, a []Value) Value {
			s := strSelf(in, a[0])
			f := formatter{in: in, args: a[1].(*Tuple).V, kw: a[2].(*Dict)}
			r := f.run(s, 2)
			if f.unknown != nil {
				return f.unknown
			}
			return NewStr(r)
		}},
		Method{Name: "format_map", Sig: "self, mapping, /", Fn: func(in *Interp, a []Value) Value {
			f := formatter{in: in, mapping: a[1]}
			r := f.run(strSelf(in, a[0]), 2)
			if f.unknown != nil {
				return f.unknown
			}
			return NewStr(r)
		}},
	)
	StrClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		a := strSig.bind(in, "str", args, kw)
		var r Value = NewStr("")
		switch {
		case a[0] == nil:
		case a[1] != nil || a[2] != nil:
			b, ok := Unwrap(a[0]).(Bytes)
			if !ok {
				in.Raise(TypeError, "decoding to str: need a bytes-like object, %s found", a[0].Type().Name)
			}
			enc, errs := "utf-8", "strict"
			if a[1] != nil {
				enc = strArg(in, a[1], "str() argument 'encoding'")
			}
			if a[2] != nil {
				errs = strArg(in, a[2], "str() argument 'errors'")
			}
			r = NewStr(in.decode(b.S, enc, errs))
		default:
			switch x := a[0].(type) {
			case *Unknown:
				return x
			case Str:
				r = x
			default:
				s, u := in.strValue(x)
				if u != nil {
					return u
				}
				r = withCall(NewStr(s), "str", x)
			}
		}
		if cls == StrClass {
			return r
		}
		s, _ := AsStr(r)
		return &Instance{Cls: cls, Data: Str{S: s}}
	}
}

var strSig = ParseSignature("object=?, encoding=?, errors=?")
