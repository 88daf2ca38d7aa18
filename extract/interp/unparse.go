package interp

import (
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// How tightly an expression binds, weakest first: an operand that binds less
// tightly than its place asks for stands in parentheses.
const (
	bindTuple = iota
	bindTest
	bindOr
	bindAnd
	bindNot
	bindCompare
	bindBitOr
	bindBitXor
	bindBitAnd
	bindShift
	bindArith
	bindTerm
	bindFactor
	bindPower
	bindAtom
)

var binaryText = map[pyast.Operator]struct {
	text string
	bind int
}{
	pyast.Add: {" + ", bindArith}, pyast.Sub: {" - ", bindArith},
	pyast.Mult: {" * ", bindTerm}, pyast.MatMult: {" @ ", bindTerm}, pyast.Div: {" / ", bindTerm},
	pyast.Mod: {" % ", bindTerm}, pyast.FloorDiv: {" // ", bindTerm}, pyast.Pow: {" ** ", bindPower},
	pyast.LShift: {" << ", bindShift}, pyast.RShift: {" >> ", bindShift},
	pyast.BitOr: {" | ", bindBitOr}, pyast.BitXor: {" ^ ", bindBitXor}, pyast.BitAnd: {" & ", bindBitAnd},
}

var compareText = map[pyast.CmpOperator]string{
	pyast.Eq: " == ", pyast.NotEq: " != ", pyast.Lt: " < ", pyast.LtE: " <= ", pyast.Gt: " > ", pyast.GtE: " >= ",
	pyast.Is: " is ", pyast.IsNot: " is not ", pyast.In: " in ", pyast.NotIn: " not in ",
}

// exprText writes an expression back as source, as Python keeps annotations
// under `from __future__ import annotations`. Kinds of expressions that make
// no type (lambdas, comprehensions, f-strings) are written "?".
func exprText(e pyast.Expr) string { return boundText(e, bindTest) }

// boundText writes e for a place that asks for the given binding.
func boundText(e pyast.Expr, place int) string {
	text, binds := "?", bindAtom
	list := func(elts []pyast.Expr) string {
		parts := make([]string, len(elts))
		for i, x := range elts {
			parts[i] = exprText(x)
		}
		return strings.Join(parts, ", ")
	}
	switch e := e.(type) {
	case *pyast.Name:
		text = e.ID
	case *pyast.Constant:
		text = safeRepr(constValue(e))
		if e.Kind == pyast.Ellipsis {
			text = "..."
		}
	case *pyast.Attribute:
		text = boundText(e.Value, bindAtom) + "." + e.Attr
	case *pyast.Subscript:
		text = boundText(e.Value, bindAtom) + "[" + boundText(e.Slice, bindTuple) + "]"
	case *pyast.Slice:
		text = optText(e.Lower) + ":" + optText(e.Upper)
		if e.Step != nil {
			text += ":" + exprText(e.Step)
		}
	case *pyast.Starred:
		text = "*" + boundText(e.Value, bindBitOr)
	case *pyast.Tuple:
		text, binds = list(e.Elts), bindTuple
		switch len(e.Elts) {
		case 0:
			text, binds = "()", bindAtom
		case 1:
			text += ","
		}
	case *pyast.List:
		text = "[" + list(e.Elts) + "]"
	case *pyast.Set:
		text = "{" + list(e.Elts) + "}"
	case *pyast.Dict:
		parts := make([]string, len(e.Values))
		for i, v := range e.Values {
			if e.Keys[i] == nil {
				parts[i] = "**" + boundText(v, bindBitOr)
			} else {
				parts[i] = exprText(e.Keys[i]) + ": " + exprText(v)
			}
		}
		text = "{" + strings.Join(parts, ", ") + "}"
	case *pyast.Call:
		parts := []string{}
		for _, x := range e.Args {
			parts = append(parts, exprText(x))
		}
		for _, k := range e.Keywords {
			if k.Name == "" {
				parts = append(parts, "**"+exprText(k.Value))
			} else {
				parts = append(parts, k.Name+"="+exprText(k.Value))
			}
		}
		text = boundText(e.Func, bindAtom) + "(" + strings.Join(parts, ", ") + ")"
	case *pyast.IfExp:
		binds = bindTest
		text = boundText(e.Body, bindTest+1) + " if " + boundText(e.Test, bindTest+1) + " else " + boundText(e.Orelse, bindTest)
	case *pyast.BoolOp:
		word := " and "
		binds = bindAnd
		if e.Op == pyast.Or {
			word, binds = " or ", bindOr
		}
		parts := make([]string, len(e.Values))
		for i, x := range e.Values {
			parts[i] = boundText(x, binds+1)
		}
		text = strings.Join(parts, word)
	case *pyast.UnaryOp:
		sign := map[pyast.UnaryOperator]string{pyast.Invert: "~", pyast.UAdd: "+", pyast.USub: "-", pyast.Not: "not "}[e.Op]
		binds = bindFactor
		if e.Op == pyast.Not {
			binds = bindNot
		}
		text = sign + boundText(e.Operand, binds)
	case *pyast.BinOp:
		op := binaryText[e.Op]
		binds = op.bind
		left, right := binds, binds+1
		if e.Op == pyast.Pow {
			left, right = right, left
		}
		text = boundText(e.Left, left) + op.text + boundText(e.Right, right)
	case *pyast.Compare:
		binds = bindCompare
		text = boundText(e.Left, binds+1)
		for i, c := range e.Comparators {
			text += compareText[e.Ops[i]] + boundText(c, binds+1)
		}
	}
	if binds < place {
		return "(" + text + ")"
	}
	return text
}

func optText(e pyast.Expr) string {
	if e == nil {
		return ""
	}
	return exprText(e)
}
