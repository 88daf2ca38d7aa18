// Package graph is the data model of an architecture: models, modules,
// parameters, calls, operations, expressions, facts and places in the source.
// It imports nothing of ours, so that rules, writers and drawings can share it.
package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// Span is a place in the source: a file (as the source names it, with forward
// slashes) and a 1-based line. The zero Span is "nowhere".
type Span struct {
	File string
	Line int
}

// String prints "file:line" with the base name of the file, or "" for nowhere.
func (s Span) String() string {
	if s.File == "" {
		return ""
	}
	return s.File[strings.LastIndexByte(s.File, '/')+1:] + ":" + strconv.Itoa(s.Line)
}

// Expr is the expression that a value came from: how it follows from the
// config. Expressions are immutable and shared.
type Expr struct {
	Op   string  // "ref", "lit", an operator such as "//", or "call" (Name applied to Args)
	Name string  // ref: dotted path such as config.hidden_size; lit: its Python spelling; call: function name
	Args []*Expr // operands
	size int
}

// maxExprSize bounds the growth of expressions; beyond it the origin of a
// value is dropped (nil), never falsified.
const maxExprSize = 64

// Ref is the expression that names a config value by its dotted path.
func Ref(path string) *Expr { return &Expr{Op: "ref", Name: path, size: 1} }

// Lit is a constant written as Python writes it.
func Lit(spelling string) *Expr { return &Expr{Op: "lit", Name: spelling, size: 1} }

// LitInt is the constant v.
func LitInt(v int64) *Expr { return Lit(strconv.FormatInt(v, 10)) }

// Apply is op over args, or nil where any argument is nil or the result would
// be too large to be worth reading. Op is a Python operator ("+", "//", "-x",
// "not", "==", "[]", "if") or "call:NAME".
func Apply(op string, args ...*Expr) *Expr {
	n := 1
	for _, a := range args {
		if a == nil {
			return nil
		}
		n += a.size
	}
	if n > maxExprSize {
		return nil
	}
	if name, ok := strings.CutPrefix(op, "call:"); ok {
		return &Expr{Op: "call", Name: name, Args: args, size: n}
	}
	return &Expr{Op: op, Args: args, size: n}
}

var precedence = map[string]int{
	"if": 1, "or": 2, "and": 3, "not": 4,
	"==": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5, "in": 5, "not in": 5, "is": 5, "is not": 5,
	"|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9,
	"+": 10, "-": 10, "*": 11, "/": 11, "//": 11, "%": 11, "@": 11, "-x": 12, "+x": 12, "~x": 12, "**": 13,
}

// String prints the expression as Python source.
func (e *Expr) String() string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	e.write(&b, 0)
	return b.String()
}

func (e *Expr) write(b *strings.Builder, outer int) {
	switch e.Op {
	case "ref", "lit":
		if outer > 12 && strings.HasPrefix(e.Name, "-") {
			b.WriteString("(" + e.Name + ")")
			return
		}
		b.WriteString(e.Name)
		return
	case "call":
		b.WriteString(e.Name)
		b.WriteByte('(')
		for i, a := range e.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			a.write(b, 0)
		}
		b.WriteByte(')')
		return
	case "[]":
		e.Args[0].write(b, 20)
		b.WriteByte('[')
		e.Args[1].write(b, 0)
		b.WriteByte(']')
		return
	}
	p, ok := precedence[e.Op]
	if !ok {
		fmt.Fprintf(b, "%s(", e.Op)
		for i, a := range e.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			a.write(b, 0)
		}
		b.WriteByte(')')
		return
	}
	if p < outer {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch {
	case e.Op == "if": // body if test else orelse
		e.Args[0].write(b, p+1)
		b.WriteString(" if ")
		e.Args[1].write(b, p+1)
		b.WriteString(" else ")
		e.Args[2].write(b, p)
	case e.Op == "not":
		b.WriteString("not ")
		e.Args[0].write(b, p)
	case strings.HasSuffix(e.Op, "x") && len(e.Args) == 1:
		b.WriteString(e.Op[:len(e.Op)-1])
		e.Args[0].write(b, p)
	case e.Op == "**":
		e.Args[0].write(b, p+1)
		b.WriteString("**")
		e.Args[1].write(b, p-1) // x**-0.5 needs no brackets
	default:
		e.Args[0].write(b, p)
		b.WriteString(" " + e.Op + " ")
		e.Args[1].write(b, p+1)
	}
}

// Refs appends the config paths that the expression mentions to dst.
func (e *Expr) Refs(dst []string) []string {
	if e == nil {
		return dst
	}
	if e.Op == "ref" {
		return append(dst, e.Name)
	}
	for _, a := range e.Args {
		dst = a.Refs(dst)
	}
	return dst
}
