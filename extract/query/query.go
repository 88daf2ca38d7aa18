// Package query asks questions of facts: a small language over the keys of the
// fact vocabulary.
//
//	attention.qk_norm = per-head and moe.experts > 64
//	not (norm.kind = layernorm) or attention.bias contains o
//	attention.sinks is present
//
// A comparison holds for a model where one of its facts under the key has such
// a value: keys may hold in several scopes. What is unknown satisfies none but
// "is unknown"; != asks for a model that has the fact and not the value.
package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Query is a question that was parsed.
type Query struct {
	root node
	keys []string
}

// Keys are the fact keys that the query mentions, in its order.
func (q *Query) Keys() []string { return q.keys }

// Match reports whether a model's facts answer yes.
func (q *Query) Match(m *graph.Model) bool { return q.root.holds(m) }

// Error is a query that cannot be understood.
type Error struct {
	Query string
	Pos   int // in bytes, from 0
	Msg   string
}

func (e *Error) Error() string {
	pos := min(e.Pos, len(e.Query))
	return fmt.Sprintf("column %d: %s\n  %s\n  %s^", utf8.RuneCountInString(e.Query[:pos])+1, e.Msg, e.Query, strings.Repeat(" ", utf8.RuneCountInString(e.Query[:pos])))
}

// Language is what a query may speak of.
type Language struct {
	Keys []string // the fact keys
	// Nearest offers names like one that is not known; may be nil.
	Nearest func(name string, names []string) []string
}

// The names beside the fact keys: what a model is called.
var ofModel = []string{"family", "class"}

var statuses = []string{string(graph.Present), string(graph.Absent), string(graph.Gated), string(graph.Unknown), "missing"}

// maxDepth bounds how deep brackets and negations may be nested.
const maxDepth = 200

// Parse reads a query. The error is an *Error.
func (l Language) Parse(text string) (*Query, error) {
	p := &parser{l: l, text: text}
	if err := p.scan(); err != nil {
		return nil, err
	}
	n, err := p.or(0)
	if err == nil && p.tok().kind != end {
		err = p.fail("and, or, or the end is expected, not %s", p.tok())
	}
	if err != nil {
		return nil, err
	}
	return &Query{n, p.keys}, nil
}

type node interface{ holds(m *graph.Model) bool }

type (
	both   struct{ a, b node }
	either struct{ a, b node }
	negate struct{ a node }
	// status asks how a fact holds.
	status struct {
		key, want string
		not       bool
	}
	// compare asks for a value.
	compare struct {
		key, op string
		want    value
	}
	// holding asks whether a fact is there and is not no, none or 0.
	holding struct{ key string }
)

func (n both) holds(m *graph.Model) bool   { return n.a.holds(m) && n.b.holds(m) }
func (n either) holds(m *graph.Model) bool { return n.a.holds(m) || n.b.holds(m) }
func (n negate) holds(m *graph.Model) bool { return !n.a.holds(m) }

func (n status) holds(m *graph.Model) bool {
	found, has := false, false
	for _, f := range m.Facts {
		if f.Key == n.key {
			has = true
			found = found || string(f.Status) == n.want
		}
	}
	if n.want == "missing" {
		found = !has
	}
	return found != n.not
}

func (n compare) holds(m *graph.Model) bool {
	if i := slices.Index(ofModel, n.key); i >= 0 {
		return n.test([]string{m.Family, m.Class}[i])
	}
	has, found := false, false
	for _, f := range m.Facts {
		if f.Key != n.key || f.Status == graph.Unknown {
			continue
		}
		has = true
		if n.op == "!=" {
			found = found || same(f.Value, n.want)
		} else if n.test(f.Value) {
			return true
		}
	}
	return n.op == "!=" && has && !found
}

// test applies the operator to one value.
func (n compare) test(v any) bool {
	switch n.op {
	case "=":
		return same(v, n.want)
	case "!=":
		return !same(v, n.want)
	case "contains":
		return contains(v, n.want)
	}
	x, ok := number(v)
	if !ok || !n.want.isNum {
		return false
	}
	switch n.op {
	case "<":
		return x < n.want.num
	case "<=":
		return x <= n.want.num
	case ">":
		return x > n.want.num
	}
	return x >= n.want.num
}

func (n holding) holds(m *graph.Model) bool {
	for _, f := range m.Facts {
		if f.Key == n.key && f.Status == graph.Present {
			switch v := f.Value.(type) {
			case bool:
				if v {
					return true
				}
			case string:
				if v != "none" {
					return true
				}
			case nil:
			default:
				if x, ok := number(v); !ok || x != 0 {
					return true
				}
			}
		}
	}
	return false
}

// value is what a fact is compared with.
type value struct {
	text  string
	num   float64
	isNum bool
	list  []value
	isSeq bool
}

func same(v any, want value) bool {
	if l, ok := items(v); ok {
		if !want.isSeq || len(l) != len(want.list) {
			return false
		}
		for i := range l {
			if !same(l[i], want.list[i]) {
				return false
			}
		}
		return true
	}
	if x, ok := number(v); ok && want.isNum {
		return x == want.num
	}
	return !want.isSeq && plain(v) == want.text
}

// contains reports whether a list has an item, a schedule a kind, a joined
// kind ("full+ssm") a part, or a text a piece.
func contains(v any, want value) bool {
	if l, ok := items(v); ok {
		return slices.ContainsFunc(l, func(x any) bool { return same(x, want) || contains(x, want) })
	}
	s, ok := v.(string)
	return ok && !want.isSeq && want.text != "" && strings.Contains(s, want.text)
}

func items(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out, true
	}
	return nil, false
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	}
	return fmt.Sprint(v)
}

type kind int

const (
	end kind = iota
	word
	quoted
	symbol
)

type token struct {
	kind kind
	text string
	pos  int
}

func (t token) String() string {
	if t.kind == end {
		return "the end"
	}
	return strconv.Quote(t.text)
}

type parser struct {
	l    Language
	text string
	toks []token
	at   int
	keys []string
}

func (p *parser) tok() token { return p.toks[p.at] }

func (p *parser) next() token {
	t := p.toks[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) fail(format string, args ...any) error {
	return p.failAt(p.tok().pos, format, args...)
}

func (p *parser) failAt(pos int, format string, args ...any) error {
	return &Error{p.text, pos, fmt.Sprintf(format, args...)}
}

func wordRune(r rune) bool {
	return r == '_' || r == '.' || r == '-' || r == '+' || r == '|' || r == '*' || r == '/' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func (p *parser) scan() error {
	for i := 0; i < len(p.text); {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == '"' || r == '\'':
			n := strings.IndexRune(p.text[i+1:], r)
			if n < 0 {
				return p.failAt(i, "this quote is not closed")
			}
			p.toks = append(p.toks, token{quoted, p.text[i+1 : i+1+n], i})
			i += n + 2
		case strings.ContainsRune("()[],", r):
			p.toks = append(p.toks, token{symbol, string(r), i})
			i++
		case strings.ContainsRune("=!<>", r):
			n := 1
			if strings.HasPrefix(p.text[i+1:], "=") {
				n = 2
			}
			op := p.text[i : i+n]
			if op == "!" {
				return p.failAt(i, "! stands alone: != or not is expected")
			}
			if op == "==" {
				op = "="
			}
			p.toks = append(p.toks, token{symbol, op, i})
			i += n
		case wordRune(r) && (r != utf8.RuneError || size > 1):
			j := i
			for j < len(p.text) {
				r, size := utf8.DecodeRuneInString(p.text[j:])
				if !wordRune(r) {
					break
				}
				j += size
			}
			p.toks = append(p.toks, token{word, p.text[i:j], i})
			i = j
		default:
			return p.failAt(i, "%q has no meaning here", p.text[i:i+size])
		}
	}
	p.toks = append(p.toks, token{end, "", len(p.text)})
	return nil
}

func (p *parser) keyword(s string) bool {
	if t := p.tok(); t.kind == word && strings.EqualFold(t.text, s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) symbol(s string) bool {
	if t := p.tok(); t.kind == symbol && t.text == s {
		p.at++
		return true
	}
	return false
}

func (p *parser) or(depth int) (node, error) {
	a, err := p.and(depth)
	for err == nil && p.keyword("or") {
		var b node
		if b, err = p.and(depth); err == nil {
			a = either{a, b}
		}
	}
	return a, err
}

func (p *parser) and(depth int) (node, error) {
	a, err := p.not(depth)
	for err == nil && p.keyword("and") {
		var b node
		if b, err = p.not(depth); err == nil {
			a = both{a, b}
		}
	}
	return a, err
}

func (p *parser) not(depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail("nested too deep")
	}
	if p.keyword("not") {
		a, err := p.not(depth + 1)
		return negate{a}, err
	}
	if p.symbol("(") {
		open := p.toks[p.at-1].pos
		a, err := p.or(depth + 1)
		if err == nil && !p.symbol(")") {
			err = p.fail(") is expected, not %s: a bracket is opened at column %d", p.tok(), open+1)
		}
		return a, err
	}
	return p.comparison()
}

var operators = []string{"=", "!=", "<", "<=", ">", ">="}

func (p *parser) comparison() (node, error) {
	t := p.next()
	if t.kind != word {
		return nil, p.failAt(t.pos, "a fact key is expected, not %s", t)
	}
	isName := slices.Contains(ofModel, t.text)
	if !isName && !slices.Contains(p.l.Keys, t.text) {
		msg := fmt.Sprintf("there is no fact %s", t.text)
		if p.l.Nearest != nil {
			if near := p.l.Nearest(t.text, append(slices.Clone(p.l.Keys), ofModel...)); len(near) > 0 {
				msg += "; near it: " + strings.Join(near, ", ")
			}
		}
		return nil, p.failAt(t.pos, "%s", msg)
	}
	if !isName && !slices.Contains(p.keys, t.text) {
		p.keys = append(p.keys, t.text)
	}
	if p.keyword("is") {
		not := p.keyword("not")
		s := p.next()
		if s.kind != word || !slices.Contains(statuses, s.text) || isName {
			return nil, p.failAt(s.pos, "%s is expected, not %s", strings.Join(statuses, ", "), s)
		}
		return status{t.text, s.text, not}, nil
	}
	op := ""
	if p.keyword("contains") {
		op = "contains"
	} else if s := p.tok(); s.kind == symbol && slices.Contains(operators, s.text) {
		op = p.next().text
	} else if isName {
		return nil, p.fail("= or contains is expected after %s, not %s", t.text, p.tok())
	} else {
		return holding{t.text}, nil
	}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if op[0] == '<' || op[0] == '>' {
		if !v.isNum {
			return nil, p.failAt(p.toks[p.at-1].pos, "a number is expected after %s", op)
		}
	}
	return compare{t.text, op, v}, nil
}

func (p *parser) value(depth int) (value, error) {
	if depth > maxDepth {
		return value{}, p.fail("nested too deep")
	}
	if p.symbol("[") {
		v := value{isSeq: true}
		for !p.symbol("]") {
			if len(v.list) > 0 && !p.symbol(",") {
				return v, p.fail(", or ] is expected, not %s", p.tok())
			}
			x, err := p.value(depth + 1)
			if err != nil {
				return v, err
			}
			v.list = append(v.list, x)
		}
		return v, nil
	}
	t := p.next()
	if t.kind != word && t.kind != quoted {
		return value{}, p.failAt(t.pos, "a value is expected, not %s", t)
	}
	v := value{text: t.text}
	if t.kind == word {
		if x, err := strconv.ParseFloat(t.text, 64); err == nil {
			v.num, v.isNum = x, true
		}
	}
	return v, nil
}
