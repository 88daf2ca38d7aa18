package stdlib

import (
	"strings"
	"unicode/utf8"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/stdlib/regex"
)

var (
	patternClass = interp.NewNativeClass("re.Pattern", nil)
	matchClass   = interp.NewNativeClass("re.Match", nil)
	reError      = interp.NewNativeClass("re.error", []*interp.Class{interp.Exception})
	regexFlag    = interp.NewNativeClass("re.RegexFlag", []*interp.Class{interp.IntClass})
)

// pattern is a compiled regular expression.
type pattern struct{ p *regex.Prog }

// match is a match: byte offsets into the text.
type match struct {
	re       *pattern
	text     string
	source   value
	at       []int
	pos, end int
}

// Type implements Value.
func (*pattern) Type() *interp.Class { return patternClass }

// Type implements Value.
func (*match) Type() *interp.Class { return matchClass }

type patternKey struct{}

// compilePattern is re.compile, with a table of what was compiled before.
func compilePattern(in *inter, v value, flags regex.Flags) *pattern {
	if p, ok := v.(*pattern); ok {
		if flags != 0 {
			in.Raise(interp.ValueError, "cannot process flags argument with a compiled pattern")
		}
		return p
	}
	var text string
	b, isBytes := v.(interp.Bytes)
	if isBytes {
		text = b.S
	} else if s, ok := interp.AsStr(v); ok {
		text = s
	} else {
		in.Raise(interp.TypeError, "first argument must be string or compiled pattern")
	}
	type key struct {
		text  string
		flags regex.Flags
		bytes bool
	}
	cache := state(in, patternKey{}, func() map[key]*pattern { return map[key]*pattern{} })
	k := key{text, flags, isBytes}
	if p, ok := cache[k]; ok {
		return p
	}
	in.Step(len(text))
	p, err := regex.Compile(text, flags, isBytes)
	if err != nil {
		e := err.(*regex.Error)
		exc := &interp.Instance{Cls: reError, Data: interp.NewTuple(str(e.Error())), Dict: interp.NewDict()}
		exc.Dict.SetStr("msg", str(e.Msg))
		exc.Dict.SetStr("pattern", v)
		exc.Dict.SetStr("pos", interp.NewInt(int64(e.Pos)))
		in.RaiseExc(exc)
	}
	if len(cache) >= 512 {
		clear(cache)
	}
	r := &pattern{p}
	cache[k] = r
	return r
}

// subject is the text that a pattern is applied to.
func (p *pattern) subject(in *inter, v value) string {
	if b, ok := interp.Unwrap(v).(interp.Bytes); ok {
		if !p.p.Bytes {
			in.Raise(interp.TypeError, "cannot use a string pattern on a bytes-like object")
		}
		return b.S
	}
	s, ok := interp.AsStr(v)
	if !ok {
		in.Raise(interp.TypeError, "expected string or bytes-like object, got '%s'", typeName(v))
	}
	if p.p.Bytes {
		in.Raise(interp.TypeError, "cannot use a bytes pattern on a string-like object")
	}
	return s
}

// text makes a piece of the subject a value.
func (p *pattern) text(s string) value {
	if p.p.Bytes {
		return interp.Bytes{S: s}
	}
	return str(s)
}

// offset is the byte offset of character n of s, within s.
func (p *pattern) offset(s string, n int64) int {
	if n <= 0 {
		return 0
	}
	if p.p.Bytes {
		return int(min(n, int64(len(s))))
	}
	i := 0
	for ; n > 0 && i < len(s); n-- {
		i++
		for i < len(s) && s[i]&0xc0 == 0x80 {
			i++
		}
	}
	return i
}

// place is the character at a byte offset.
func (p *pattern) place(s string, i int) int64 {
	if i < 0 || p.p.Bytes {
		return int64(i)
	}
	n := int64(0)
	for j := 0; j < i; j++ {
		if s[j]&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// find is one search; a[1] is the text, a[2] and a[3] the bounds.
func (p *pattern) find(in *inter, a []value, mode regex.Mode) value {
	if u, ok := a[1].(*interp.Unknown); ok {
		return u
	}
	s := p.subject(in, a[1])
	pos, end := 0, len(s)
	if len(a) > 2 {
		pos = p.offset(s, in.Int(a[2]))
		if n := in.Int(a[3]); n < int64(len(s)) {
			end = max(p.offset(s, n), 0)
		}
	}
	if pos > end {
		return interp.None
	}
	at := p.p.Find(in, s, pos, end, mode)
	if at == nil {
		return interp.None
	}
	return &match{re: p, text: s, source: a[1], at: at, pos: pos, end: end}
}

// each calls f for the matches of finditer until it returns false.
func (p *pattern) each(in *inter, s string, pos, end int, f func(at []int) bool) {
	notAt := -1
	for pos <= end {
		in.Step(1)
		at := p.p.FindNonEmptyAt(in, s, pos, end, regex.Search, notAt)
		if at == nil || !f(at) {
			return
		}
		pos, notAt = at[1], -1
		if at[0] == at[1] {
			notAt = pos
		}
	}
}

// groupText is a group's text, or def where it did not take part.
func (m *match) groupText(i int, def value) value {
	if m.at[2*i] < 0 || m.at[2*i+1] < 0 {
		return def
	}
	return m.re.text(m.text[m.at[2*i]:m.at[2*i+1]])
}

// index is the number of a group given by number or name.
func (m *match) index(in *inter, v value) int {
	if s, ok := interp.AsStr(v); ok {
		if i, ok := m.re.p.Index[s]; ok {
			return i
		}
		in.Raise(interp.IndexError, "no such group")
	}
	n, ok := interp.AsInt(interp.Unwrap(v))
	if !ok || n < 0 || n > int64(m.re.p.Groups) {
		in.Raise(interp.IndexError, "no such group")
	}
	return int(n)
}

// findAll gives what findall does for one match.
func (p *pattern) findAll(s string, at []int) value {
	g := func(i int) value {
		if at[2*i] < 0 || at[2*i+1] < 0 {
			return p.text("")
		}
		return p.text(s[at[2*i]:at[2*i+1]])
	}
	switch p.p.Groups {
	case 0:
		return g(0)
	case 1:
		return g(1)
	}
	vs := make([]value, p.p.Groups)
	for i := range vs {
		vs[i] = g(i + 1)
	}
	return interp.NewTuple(vs...)
}

func (p *pattern) split(in *inter, s string, most int64) value {
	out := interp.NewList()
	last := 0
	p.each(in, s, 0, len(s), func(at []int) bool {
		if most > 0 && int64(len(out.V)) >= most*int64(1+p.p.Groups) {
			return false
		}
		in.Charge(1)
		out.V = append(out.V, p.text(s[last:at[0]]))
		for i := 1; i <= p.p.Groups; i++ {
			if at[2*i] < 0 {
				out.V = append(out.V, interp.None)
			} else {
				out.V = append(out.V, p.text(s[at[2*i]:at[2*i+1]]))
			}
		}
		last = at[1]
		return true
	})
	out.V = append(out.V, p.text(s[last:]))
	return out
}

// sub replaces matches and counts them.
func (p *pattern) sub(in *inter, repl value, source value, most int64) (value, int64) {
	s := p.subject(in, source)
	var b strings.Builder
	last, n := 0, int64(0)
	var parts []part
	template := false
	if !isCallable(repl) {
		t := p.subject(in, repl)
		parts, template = parseTemplate(in, p, t), true
	}
	p.each(in, s, 0, len(s), func(at []int) bool {
		if most > 0 && n >= most {
			return false
		}
		n++
		b.WriteString(s[last:at[0]])
		size := b.Len()
		m := &match{re: p, text: s, source: source, at: at, end: len(s)}
		if template {
			expand(&b, m, parts)
		} else {
			r := in.Call(repl, []value{m}, nil)
			if !interp.IsNone(r) {
				b.WriteString(p.subject(in, r))
			}
		}
		in.Charge(int64(b.Len()-size) + 1)
		last = at[1]
		return true
	})
	if n == 0 {
		return source, 0
	}
	b.WriteString(s[last:])
	return p.text(b.String()), n
}

// part is a piece of a replacement: text, or a group where group >= 0.
type part struct {
	text  string
	group int
}

// parseTemplate reads a replacement text: \1, \g<1>, \g<name>, \n ...
func parseTemplate(in *inter, p *pattern, t string) []part {
	if !strings.Contains(t, "\\") {
		return []part{{t, -1}}
	}
	fail := func(msg string, at int) {
		exc := &interp.Instance{Cls: reError, Data: interp.NewTuple(str((&regex.Error{Msg: msg, Pos: utf8.RuneCountInString(t[:at])}).Error())), Dict: interp.NewDict()}
		exc.Dict.SetStr("msg", str(msg))
		in.RaiseExc(exc)
	}
	var out []part
	var lit strings.Builder
	group := func(g, at int) {
		if g > p.p.Groups {
			fail("invalid group reference "+in.Repr(interp.NewInt(int64(g))), at)
		}
		out = append(out, part{lit.String(), -1}, part{"", g})
		lit.Reset()
	}
	digit := func(i int) bool { return i < len(t) && t[i] >= '0' && t[i] <= '9' }
	octal := func(i int) bool { return i < len(t) && t[i] >= '0' && t[i] <= '7' }
	for i := 0; i < len(t); i++ {
		if t[i] != '\\' {
			lit.WriteByte(t[i])
			continue
		}
		start := i
		i++
		if i == len(t) {
			fail("bad escape (end of pattern)", start)
		}
		c := t[i]
		switch {
		case c == 'g':
			j := strings.IndexByte(t[i:], '>')
			if i+1 >= len(t) || t[i+1] != '<' {
				fail("missing <", i+1)
			}
			if j < 0 {
				fail("missing >, unterminated name", i+2)
			}
			name := t[i+2 : i+j]
			if name == "" {
				fail("missing group name", i+2)
			}
			g, ok := p.p.Index[name]
			if !ok {
				n, isNum := 0, true
				for k := 0; k < len(name); k++ {
					if name[k] < '0' || name[k] > '9' || n > 1000 {
						isNum = false
						break
					}
					n = n*10 + int(name[k]-'0')
				}
				if !isNum {
					if !isIdentifier(name) {
						fail("bad character in group name "+in.Repr(str(name)), i+2)
					}
					in.Raise(interp.IndexError, "unknown group name %s", in.Repr(str(name)))
				}
				g = n
			}
			group(g, i+2)
			i += j
		case c == '0':
			n := 0
			k := 1
			for k < 3 && octal(i+k) {
				n = n*8 + int(t[i+k]-'0')
				k++
			}
			lit.WriteRune(rune(n))
			i += k - 1
		case digit(i):
			if octal(i) && octal(i+1) && octal(i+2) {
				lit.WriteRune(rune(int(c-'0')*64 + int(t[i+1]-'0')*8 + int(t[i+2]-'0')))
				i += 2
				continue
			}
			g := int(c - '0')
			if digit(i + 1) {
				g = g*10 + int(t[i+1]-'0')
				i++
			}
			group(g, start+1)
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			k := strings.IndexByte("abfnrtv", c)
			if k < 0 {
				fail("bad escape \\"+string(c), start)
			}
			lit.WriteByte("\a\b\f\n\r\t\v"[k])
		case c == '\\':
			lit.WriteByte('\\')
		default:
			lit.WriteByte('\\')
			lit.WriteByte(c)
		}
	}
	return append(out, part{lit.String(), -1})
}

func expand(b *strings.Builder, m *match, parts []part) {
	for _, q := range parts {
		if q.group < 0 {
			b.WriteString(q.text)
		} else if lo, hi := m.at[2*q.group], m.at[2*q.group+1]; lo >= 0 && hi >= 0 {
			b.WriteString(m.text[lo:hi])
		}
	}
}

// shown is the part of a pattern that Python's repr shows: 200 characters.
func shown(s string) string {
	n := 0
	for i := range s {
		if n == 200 {
			return s[:i]
		}
		n++
	}
	return s
}

// escapePattern is re.escape.
func escapePattern(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func init() {
	noInstances(patternClass, matchClass)
	of := func(v value) *pattern { return v.(*pattern) }
	bounds := "self, string, pos=0, endpos=9223372036854775807"
	find := func(name string, mode regex.Mode) interp.Method {
		return method(name, bounds, func(in *inter, a []value) value { return of(a[0]).find(in, a, mode) })
	}
	addMethods(patternClass,
		find("match", regex.Match), find("fullmatch", regex.Full), find("search", regex.Search),
		method("findall", bounds, func(in *inter, a []value) value { return findAllIn(in, of(a[0]), a[1], a[2], a[3]) }),
		method("finditer", bounds, func(in *inter, a []value) value { return findIterIn(in, of(a[0]), a[1], a[2], a[3]) }),
		method("split", "self, string, maxsplit=0", func(in *inter, a []value) value {
			if u, ok := a[1].(*interp.Unknown); ok {
				return u
			}
			return of(a[0]).split(in, of(a[0]).subject(in, a[1]), in.Int(a[2]))
		}),
		method("sub", "self, repl, string, count=0", func(in *inter, a []value) value {
			if u, ok := a[2].(*interp.Unknown); ok {
				return u
			}
			v, _ := of(a[0]).sub(in, a[1], a[2], in.Int(a[3]))
			return v
		}),
		method("subn", "self, repl, string, count=0", func(in *inter, a []value) value {
			v, n := of(a[0]).sub(in, a[1], a[2], in.Int(a[3]))
			return interp.NewTuple(v, interp.NewInt(n))
		}),
		property("pattern", func(in *inter, self value) value { return of(self).text(of(self).p.Pattern) }),
		property("flags", func(in *inter, self value) value { return interp.NewInt(int64(of(self).p.Flags)) }),
		property("groups", func(in *inter, self value) value { return interp.NewInt(int64(of(self).p.Groups)) }),
		property("groupindex", func(in *inter, self value) value {
			d := interp.NewDict()
			for _, n := range of(self).p.Names {
				d.SetStr(n, interp.NewInt(int64(of(self).p.Index[n])))
			}
			return proxyOf(d)
		}),
		method("__repr__", "self", func(in *inter, a []value) value {
			p := of(a[0])
			s := "re.compile(" + shown(in.Repr(p.text(p.p.Pattern)))
			flags := p.p.Flags &^ regex.Unicode
			var names []string
			for _, f := range reFlags {
				if len(f.names[0]) > 1 && flags&f.v != 0 {
					names = append(names, "re."+f.names[0])
				}
			}
			if len(names) > 0 {
				s += ", " + strings.Join(names, "|")
			}
			return str(s + ")")
		}),
		method("__eq__", "self, other, /", func(in *inter, a []value) value {
			o, ok := a[1].(*pattern)
			if !ok {
				return interp.NotImplemented
			}
			p := of(a[0])
			return interp.NewBool(p.p == o.p || p.p.Pattern == o.p.Pattern && p.p.Flags == o.p.Flags && p.p.Bytes == o.p.Bytes)
		}),
		method("__hash__", "self", func(in *inter, a []value) value { return interp.NewInt(in.Hash(str(of(a[0]).p.Pattern))) }),
		classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value { return interp.NewAlias(a[0], a[1]) }),
	)
	got := func(v value) *match { return v.(*match) }
	one := func(in *inter, a []value, f func(m *match, i int) value) value {
		m := got(a[0])
		return f(m, m.index(in, a[1]))
	}
	group := func(in *inter, a []value) value {
		m := got(a[0])
		ks := a[1].(*interp.Tuple).V
		switch len(ks) {
		case 0:
			return m.groupText(0, interp.None)
		case 1:
			return m.groupText(m.index(in, ks[0]), interp.None)
		}
		vs := make([]value, len(ks))
		for i, k := range ks {
			vs[i] = m.groupText(m.index(in, k), interp.None)
		}
		return interp.NewTuple(vs...)
	}
	addMethods(matchClass,
		method("group", "self, *groups", group),
		method("__getitem__", "self, key, /", func(in *inter, a []value) value {
			return one(in, a, func(m *match, i int) value { return m.groupText(i, interp.None) })
		}),
		method("groups", "self, default=None", func(in *inter, a []value) value {
			m := got(a[0])
			vs := make([]value, m.re.p.Groups)
			for i := range vs {
				vs[i] = m.groupText(i+1, a[1])
			}
			return interp.NewTuple(vs...)
		}),
		method("groupdict", "self, default=None", func(in *inter, a []value) value {
			m := got(a[0])
			d := interp.NewDict()
			for _, n := range m.re.p.Names {
				d.SetStr(n, m.groupText(m.re.p.Index[n], a[1]))
			}
			return d
		}),
		method("start", "self, group=0", func(in *inter, a []value) value {
			return one(in, a, func(m *match, i int) value { return interp.NewInt(m.re.place(m.text, m.at[2*i])) })
		}),
		method("end", "self, group=0", func(in *inter, a []value) value {
			return one(in, a, func(m *match, i int) value { return interp.NewInt(m.re.place(m.text, m.at[2*i+1])) })
		}),
		method("span", "self, group=0", func(in *inter, a []value) value {
			return one(in, a, func(m *match, i int) value {
				return interp.NewTuple(interp.NewInt(m.re.place(m.text, m.at[2*i])), interp.NewInt(m.re.place(m.text, m.at[2*i+1])))
			})
		}),
		method("expand", "self, template", func(in *inter, a []value) value {
			m := got(a[0])
			var b strings.Builder
			expand(&b, m, parseTemplate(in, m.re, m.re.subject(in, a[1])))
			return m.re.text(b.String())
		}),
		property("re", func(in *inter, self value) value { return got(self).re }),
		property("string", func(in *inter, self value) value { return got(self).source }),
		property("pos", func(in *inter, self value) value {
			return interp.NewInt(got(self).re.place(got(self).text, got(self).pos))
		}),
		property("endpos", func(in *inter, self value) value {
			return interp.NewInt(got(self).re.place(got(self).text, got(self).end))
		}),
		property("lastindex", func(in *inter, self value) value { return lastGroup(got(self)) }),
		property("lastgroup", func(in *inter, self value) value {
			if n, ok := interp.AsInt(lastGroup(got(self))); ok {
				for name, i := range got(self).re.p.Index {
					if i == int(n) {
						return str(name)
					}
				}
			}
			return interp.None
		}),
		method("__bool__", "self", func(*inter, []value) value { return interp.True }),
		method("__repr__", "self", func(in *inter, a []value) value {
			m := got(a[0])
			span := in.Repr(in.CallMethod(m, "span"))
			return str("<re.Match object; span=" + span + ", match=" + in.Repr(m.groupText(0, interp.None)) + ">")
		}),
		classMethod("__class_getitem__", "cls, key, /", func(in *inter, a []value) value { return interp.NewAlias(a[0], a[1]) }),
	)
}

// lastGroup is the group that closed last.
func lastGroup(m *match) value {
	best, end := 0, -1
	for i := 1; i <= m.re.p.Groups; i++ {
		if e := m.at[2*i+1]; m.at[2*i] >= 0 && e > end {
			best, end = i, e
		}
	}
	if best == 0 {
		return interp.None
	}
	return interp.NewInt(int64(best))
}

func findAllIn(in *inter, p *pattern, v, pos, endpos value) value {
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	s := p.subject(in, v)
	out := interp.NewList()
	p.each(in, s, p.offset(s, in.Int(pos)), p.offset(s, in.Int(endpos)), func(at []int) bool {
		in.Charge(1)
		out.V = append(out.V, p.findAll(s, append([]int(nil), at...)))
		return true
	})
	return out
}

func findIterIn(in *inter, p *pattern, v, pos, endpos value) value {
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	s := p.subject(in, v)
	at, end, notAt := p.offset(s, in.Int(pos)), p.offset(s, in.Int(endpos)), -1
	return iter(func(in *inter) (value, bool) {
		in.Step(1)
		if at > end {
			return nil, false
		}
		m := p.p.FindNonEmptyAt(in, s, at, end, regex.Search, notAt)
		if m == nil {
			at = end + 1
			return nil, false
		}
		at, notAt = m[1], -1
		if m[0] == m[1] {
			notAt = at
		}
		return &match{re: p, text: s, source: v, at: m, end: end}, true
	})
}

var reFlags = []struct {
	names []string
	v     regex.Flags
}{
	{[]string{"IGNORECASE", "I"}, regex.IgnoreCase}, {[]string{"LOCALE", "L"}, regex.Locale}, {[]string{"MULTILINE", "M"}, regex.MultiLine},
	{[]string{"DOTALL", "S"}, regex.DotAll}, {[]string{"UNICODE", "U"}, regex.Unicode}, {[]string{"VERBOSE", "X"}, regex.Verbose},
	{[]string{"DEBUG"}, regex.Debug}, {[]string{"ASCII", "A"}, regex.ASCII}, {[]string{"NOFLAG"}, 0}, {[]string{"TEMPLATE", "T"}, 0},
}

// reEntries are the rows of re.
func reEntries() []entry {
	var out []entry
	for _, mod := range []string{"re"} {
		out = append(out, module(mod), class(mod+".Pattern", patternClass), class(mod+".Match", matchClass), class(mod+".error", reError), class(mod+".PatternError", reError),
			class(mod+".RegexFlag", regexFlag))
		for _, f := range reFlags {
			for _, n := range f.names {
				out = append(out, constant(mod+"."+n, interp.NewInt(int64(f.v))))
			}
		}
		flags := func(in *inter, v value) regex.Flags { return regex.Flags(in.Int(v)) }
		find := func(name string, mode regex.Mode) entry {
			return fn(mod+"."+name, "pattern, string, flags=0", func(in *inter, a []value) value {
				return compilePattern(in, a[0], flags(in, a[2])).find(in, a[:2], mode)
			})
		}
		zero, most := interp.NewInt(0), interp.NewInt(1<<62)
		out = append(out,
			fn(mod+".compile", "pattern, flags=0", func(in *inter, a []value) value { return compilePattern(in, a[0], flags(in, a[1])) }),
			find("match", regex.Match), find("fullmatch", regex.Full), find("search", regex.Search),
			fn(mod+".findall", "pattern, string, flags=0", func(in *inter, a []value) value {
				return findAllIn(in, compilePattern(in, a[0], flags(in, a[2])), a[1], zero, most)
			}),
			fn(mod+".finditer", "pattern, string, flags=0", func(in *inter, a []value) value {
				return findIterIn(in, compilePattern(in, a[0], flags(in, a[2])), a[1], zero, most)
			}),
			fn(mod+".split", "pattern, string, maxsplit=0, flags=0", func(in *inter, a []value) value {
				if u, ok := a[1].(*interp.Unknown); ok {
					return u
				}
				p := compilePattern(in, a[0], flags(in, a[3]))
				return p.split(in, p.subject(in, a[1]), in.Int(a[2]))
			}),
			fn(mod+".sub", "pattern, repl, string, count=0, flags=0", func(in *inter, a []value) value {
				if u, ok := a[2].(*interp.Unknown); ok {
					return u
				}
				v, _ := compilePattern(in, a[0], flags(in, a[4])).sub(in, a[1], a[2], in.Int(a[3]))
				return v
			}),
			fn(mod+".subn", "pattern, repl, string, count=0, flags=0", func(in *inter, a []value) value {
				v, n := compilePattern(in, a[0], flags(in, a[4])).sub(in, a[1], a[2], in.Int(a[3]))
				return interp.NewTuple(v, interp.NewInt(n))
			}),
			fn(mod+".escape", "pattern", func(in *inter, a []value) value {
				if b, ok := a[0].(interp.Bytes); ok {
					return interp.Bytes{S: escapePattern(b.S)}
				}
				return str(escapePattern(in.Str(a[0])))
			}),
			fn(mod+".purge", "", func(*inter, []value) value { return interp.None }),
		)
	}
	return out
}
