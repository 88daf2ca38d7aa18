package nn

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

var reprMethods = []method{
	{name: "_get_name", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		return interp.NewStr(a[0].Type().Name)
	}},
	{name: "extra_repr", sig: "self", fn: func(_ *interp.Interp, _ []interp.Value) interp.Value { return interp.NewStr("") }},
	{name: "__repr__", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, st := self(in, a[0], "__repr__")
		needReady(in, m, st, "_modules")
		return interp.NewStr(moduleRepr(in, m, st))
	}},
}

// indent shifts all lines of s but the first by two spaces.
func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n  ") }

// moduleRepr is Module.__repr__.
func moduleRepr(in *interp.Interp, m *interp.Instance, st *State) string {
	in.Step(1)
	var lines []string
	extra := in.Str(in.CallMethod(m, "extra_repr"))
	if extra != "" {
		lines = strings.Split(extra, "\n")
	}
	n := len(lines)
	st.Modules.Range(func(k, v interp.Value) bool {
		lines = append(lines, "("+in.ToStr(k)+"): "+indent(in.Repr(v)))
		return true
	})
	s := getName(in, m) + "("
	switch {
	case len(lines) == 0:
	case n == 1 && len(lines) == 1:
		s += lines[0]
	default:
		s += "\n  " + strings.Join(lines, "\n  ") + "\n"
	}
	in.Charge(int64(len(s)))
	return s + ")"
}
