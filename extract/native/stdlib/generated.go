package stdlib

import (
	"fmt"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// param is one parameter of a function that dataclass or namedtuple generates.
type param struct {
	name   string
	def    value // nil where there is none
	kwOnly bool
}

// signature is the parameter list for inspect, self first.
func signature(self string, ps []param) *interp.Signature {
	s := &interp.Signature{VarArgs: -1, KwArgs: -1, Params: []interp.Param{{Name: self}}, NumPos: 1}
	for _, p := range ps {
		s.Params = append(s.Params, interp.Param{Name: p.name, Default: p.def, KwOnly: p.kwOnly})
		if !p.kwOnly {
			s.NumPos++
		}
	}
	return s
}

// bindTo puts the arguments behind self into the parameters, with the
// complaints of a Python function of that qualified name. A parameter that was
// not given stays nil where it has a default.
func bindTo(in *inter, qual string, ps []param, args []value, kw []interp.KW) []value {
	npos := 0
	for _, p := range ps {
		if !p.kwOnly {
			npos++
		}
	}
	out := make([]value, len(ps))
	n := len(args)
	tooMany := n > npos
	if !tooMany {
		copy(out, args)
	} else {
		copy(out, args[:npos])
	}
next:
	for _, k := range kw {
		for i := range ps {
			if ps[i].name == k.Name {
				if out[i] != nil {
					in.Raise(interp.TypeError, "%s() got multiple values for argument '%s'", qual, k.Name)
				}
				out[i] = k.V
				continue next
			}
		}
		if k.Name == "self" {
			in.Raise(interp.TypeError, "%s() got multiple values for argument 'self'", qual)
		}
		in.Raise(interp.TypeError, "%s() got an unexpected keyword argument '%s'", qual, k.Name)
	}
	if tooMany {
		least, only := 1, 0
		for i, p := range ps {
			if !p.kwOnly && p.def == nil {
				least++
			}
			if p.kwOnly && out[i] != nil {
				only++
			}
		}
		takes := fmt.Sprint(npos + 1)
		plural := npos != 0
		if least != npos+1 {
			takes, plural = fmt.Sprintf("from %d to %d", least, npos+1), true
		}
		given, were := fmt.Sprint(n+1), "were"
		if only > 0 {
			given += fmt.Sprintf(" positional argument%s (and %d keyword-only argument%s)", many(n+1), only, many(only))
		}
		s := ""
		if plural {
			s = "s"
		}
		in.Raise(interp.TypeError, "%s() takes %s positional argument%s but %s %s given", qual, takes, s, given, were)
	}
	for _, only := range []bool{false, true} {
		var missing []string
		for i, p := range ps {
			if p.kwOnly == only && out[i] == nil && p.def == nil {
				missing = append(missing, "'"+p.name+"'")
			}
		}
		if len(missing) > 0 {
			kind := "positional"
			if only {
				kind = "keyword-only"
			}
			in.Raise(interp.TypeError, "%s() missing %d required %s argument%s: %s", qual, len(missing), kind, many(len(missing)), enumerate(missing))
		}
	}
	return out
}

func many(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// enumerate writes "a, b, and c".
func enumerate(names []string) string {
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return names[0] + " and " + names[1]
	}
	return strings.Join(names[:len(names)-1], ", ") + ", and " + names[len(names)-1]
}
