package thirdparty

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

var einopsError = interp.NewNativeClass("einops.EinopsError", []*interp.Class{interp.RuntimeError})

// An ellipsis, by itself and in parentheses.
const (
	ellipsis = "…"
	joined   = "(…)"
)

// side is one side of a pattern: groups of axis names; a group in parentheses
// may hold several or none.
type side [][]string

// parseSide reads `b (h w) c ... 1`.
func parseSide(in interT, text, pattern string) side {
	var out side
	var group []string
	open := false
	text = strings.ReplaceAll(text, "...", ellipsis)
	text = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	bad := func(msg string) { in.Raise(einopsError, "%s in pattern \"%s\"", msg, pattern) }
	for _, w := range strings.Fields(text) {
		switch w {
		case "(":
			if open {
				bad("brackets are nested")
			}
			open, group = true, []string{}
		case ")":
			if !open {
				bad("Brackets are not balanced")
			}
			open = false
			out = append(out, group)
		default:
			if open && w == ellipsis {
				group = append(group, joined)
			} else if open {
				group = append(group, w)
			} else {
				out = append(out, []string{w})
			}
		}
	}
	if open {
		bad("Imbalanced parentheses")
	}
	return out
}

func (s side) flat() []string {
	var out []string
	for _, g := range s {
		out = append(out, g...)
	}
	return out
}

func isNumber(s string) bool { return s[0] >= '0' && s[0] <= '9' }

// transform is rearrange, repeat and reduce: a reshape that splits the groups
// of the left side, a permutation, a reduction or repetition, and a reshape
// that joins the groups of the right side. Each step is the tensor's own method.
func transform(in interT, op string, x, patternV, reduction value, lengths []interp.KW) value {
	if u, ok := x.(*interp.Unknown); ok {
		return u
	}
	switch l := x.(type) {
	case *interp.List, *interp.Tuple:
		x = in.Call(native(in, "torch.stack"), []value{l}, nil)
	}
	pattern := in.Str(patternV)
	left, right, ok := strings.Cut(pattern, "->")
	if !ok {
		in.Raise(einopsError, "not a pattern: %s", pattern)
	}
	l, r := parseSide(in, left, pattern), parseSide(in, right, pattern)
	shape := in.Elements(in.GetAttr(x, "shape"))
	fail := func(msg string) {
		in.Raise(einopsError, " Error while processing %s-reduction pattern \"%s\".\n Input tensor shape: %s. Additional info: {}.\n %s", op, pattern, in.ToStr(in.GetAttr(x, "shape")), msg)
	}

	// Expand the ellipsis on both sides to numbered axes.
	at := slices.IndexFunc(l, func(g []string) bool { return len(g) == 1 && g[0] == ellipsis })
	var dots []string
	if at >= 0 {
		n := len(shape) - (len(l) - 1)
		if n < 0 {
			fail("Wrong shape: expected >=" + in.Repr(interp.NewInt(int64(len(l)-1))) + " dims. Received " + in.Repr(interp.NewInt(int64(len(shape)))) + "-dim tensor.")
		}
		for i := 0; i < n; i++ {
			dots = append(dots, ellipsis+in.Repr(interp.NewInt(int64(i))))
		}
		var mid side
		for _, d := range dots {
			mid = append(mid, []string{d})
		}
		l = append(append(append(side{}, l[:at]...), mid...), l[at+1:]...)
	}
	var expanded side
	for _, g := range r {
		if len(g) == 1 && g[0] == ellipsis {
			for _, d := range dots {
				expanded = append(expanded, []string{d})
			}
			continue
		}
		var names []string
		for _, n := range g {
			if n == joined {
				names = append(names, dots...)
			} else {
				names = append(names, n)
			}
		}
		expanded = append(expanded, names)
	}
	r = expanded
	if len(shape) != len(l) {
		fail("Wrong shape: expected " + in.Repr(interp.NewInt(int64(len(l)))) + " dims. Received " + in.Repr(interp.NewInt(int64(len(shape)))) + "-dim tensor.")
	}

	// The length of every axis; what is not given follows from the shape.
	size := map[string]value{}
	for _, k := range lengths {
		size[k.Name] = k.V
	}
	var flat []string // axes of the tensor once the left groups are split
	split := false
	mul := func(a, b value) value { return in.Binary(pyast.Mult, a, b, false) }
	for i, g := range l {
		split = split || len(g) != 1
		unknown := ""
		var known value = interp.NewInt(1)
		for j, n := range g {
			if isNumber(n) {
				if n == "1" {
					continue
				}
				fail("Anonymous axes with a size other than 1 stand on the left")
			}
			if v, ok := size[n]; ok {
				known = mul(known, v)
				if len(g) == 1 && !in.Equal(v, shape[i]) && !isUnknown(v) && !isUnknown(shape[i]) {
					fail("Shape mismatch, " + in.Repr(shape[i]) + " != " + in.Repr(v))
				}
			} else if unknown == "" {
				unknown = n
			} else {
				fail("Could not infer sizes for " + in.Repr(interp.NewTuple(interp.NewStr(unknown), interp.NewStr(g[j]))))
			}
			if slices.Contains(flat, n) {
				fail("Indexing expression contains duplicate dimension \"" + n + "\"")
			}
			flat = append(flat, n)
		}
		switch {
		case unknown != "" && len(g) == 1:
			size[unknown] = shape[i]
		case unknown != "":
			if rest := in.Binary(pyast.Mod, shape[i], known, false); !isUnknown(rest) && in.Truth(rest) {
				fail("Shape mismatch, can't divide axis of length " + in.Repr(shape[i]) + " in chunks of " + in.Repr(known))
			}
			size[unknown] = in.Binary(pyast.FloorDiv, shape[i], known, false)
		case !isUnknown(known) && !isUnknown(shape[i]) && !in.Equal(known, shape[i]):
			fail("Shape mismatch, " + in.Repr(shape[i]) + " != " + in.Repr(known))
		}
	}
	lens := func(names []string) []value {
		out := make([]value, len(names))
		for i, n := range names {
			out[i] = size[n]
		}
		return out
	}
	if split || slices.ContainsFunc(l, func(g []string) bool { return len(g) == 1 && g[0] == "1" }) {
		x = in.CallMethod(x, "reshape", interp.NewTuple(lens(flat)...))
	}

	target := r.flat()
	var out []string // named axes of the right side
	for _, n := range target {
		if isNumber(n) {
			if n != "1" {
				size[n+"#"] = in.Call(interp.IntClass, []value{interp.NewStr(n)}, nil)
			}
			continue
		}
		out = append(out, n)
	}
	var kept, dropped, added []string
	for _, n := range flat {
		if slices.Contains(out, n) {
			kept = append(kept, n)
		} else {
			dropped = append(dropped, n)
		}
	}
	for _, n := range out {
		if !slices.Contains(flat, n) {
			added = append(added, n)
		}
	}
	if op == "rearrange" && len(dropped)+len(added) > 0 || op == "repeat" && len(dropped) > 0 {
		fail("Identifiers only on one side of expression (should be on both): {" + strings.Join(append(dropped, added...), ", ") + "}")
	}
	if op == "reduce" && len(added) > 0 {
		fail("Unexpected identifiers on the right side of expression: {" + strings.Join(added, ", ") + "}")
	}
	if len(dropped) > 0 {
		x = reduceAxes(in, x, reduction, flat, dropped)
		flat = kept
	}
	// Order of the axes that exist, then new ones by broadcasting.
	var order []string
	for _, n := range out {
		if slices.Contains(flat, n) {
			order = append(order, n)
		}
	}
	if !slices.Equal(order, flat) {
		perm := make([]value, len(order))
		for i, n := range order {
			perm[i] = interp.NewInt(int64(slices.Index(flat, n)))
		}
		x = in.CallMethod(x, "permute", interp.NewTuple(perm...))
	}
	numbered := slices.ContainsFunc(target, func(n string) bool { return isNumber(n) && n != "1" })
	if len(added) > 0 || numbered {
		var wide []value
		pos := int64(0)
		for _, n := range target {
			if n == "1" {
				continue
			}
			if isNumber(n) || slices.Contains(added, n) {
				x = in.CallMethod(x, "unsqueeze", interp.NewInt(pos))
				v, ok := size[n]
				if isNumber(n) {
					v, ok = size[n+"#"]
				}
				if !ok {
					fail("Specify sizes for new axes in repeat: " + n)
				}
				wide = append(wide, v)
			} else {
				wide = append(wide, size[n])
			}
			pos++
		}
		x = in.CallMethod(x, "expand", interp.NewTuple(wide...))
	}
	join := false
	final := make([]value, 0, len(r))
	for _, g := range r {
		var n value = interp.NewInt(1)
		if len(g) != 1 || g[0] == "1" {
			join = true
		}
		for i, name := range g {
			v := size[name]
			if isNumber(name) {
				v = size[name+"#"]
			}
			if v == nil {
				continue
			}
			if i == 0 {
				n = v
			} else {
				n = mul(n, v)
			}
		}
		final = append(final, n)
	}
	if join {
		x = in.CallMethod(x, "reshape", interp.NewTuple(final...))
	}
	return x
}

func isUnknown(v value) bool { _, ok := v.(*interp.Unknown); return ok }

func reduceAxes(in interT, x, reduction value, flat, dropped []string) value {
	var dims []value
	for _, n := range dropped {
		dims = append(dims, interp.NewInt(int64(slices.Index(flat, n))))
	}
	name, isName := interp.AsStr(reduction)
	if !isName {
		return in.Call(reduction, []value{x, interp.NewTuple(dims...)}, nil)
	}
	switch name {
	case "sum", "mean":
		return in.CallMethod(x, name, interp.NewTuple(dims...))
	case "max", "min":
		return in.CallMethod(x, "a"+name, interp.NewTuple(dims...))
	case "prod", "any", "all":
		for i := len(dims) - 1; i >= 0; i-- {
			x = in.CallMethod(x, name, dims[i])
		}
		return x
	}
	in.Raise(einopsError, "Unknown reduction %s", name)
	return nil
}

// einsum renames the axes to single letters for torch.einsum.
func einopsEinsum(in interT, a []value) value {
	args := a[0].(*interp.Tuple).V
	if len(args) < 2 {
		in.Raise(interp.TypeError, "einsum requires tensors and a pattern")
	}
	pattern := in.Str(args[len(args)-1])
	letters := map[string]string{}
	var b strings.Builder
	for _, part := range strings.Fields(strings.ReplaceAll(pattern, "->", " > ")) {
		for _, piece := range splitKeep(part, ',') {
			switch piece {
			case ",", ">":
				b.WriteString(map[string]string{",": ",", ">": "->"}[piece])
			case "...":
				b.WriteString("...")
			default:
				if letters[piece] == "" {
					n := len(letters)
					if n >= 52 {
						in.Raise(interp.RuntimeError, "Too many axes in einsum.")
					}
					letters[piece] = string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[n])
				}
				b.WriteString(letters[piece])
			}
		}
	}
	return in.Call(native(in, "torch.einsum"), append([]value{interp.NewStr(b.String())}, args[:len(args)-1]...), nil)
}

func splitKeep(s string, sep byte) []string {
	var out []string
	for s != "" {
		i := strings.IndexByte(s, sep)
		switch {
		case i < 0:
			return append(out, s)
		case i > 0:
			out = append(out, s[:i])
		}
		out = append(out, s[i:i+1])
		s = s[i+1:]
	}
	return out
}

func kwOf(d value) []interp.KW {
	var out []interp.KW
	d.(*interp.Dict).Range(func(k, v value) bool {
		s, _ := interp.AsStr(k)
		out = append(out, interp.KW{Name: s, V: v})
		return true
	})
	return out
}

func einopsEntries() []interp.Entry {
	return []interp.Entry{
		{Name: "einops.__version__", Value: func(interT) value { return interp.NewStr(PackageVersions["einops"]) }},
		{Name: "einops.EinopsError", Class: einopsError},
		{Name: "einops.layers.torch", Module: einopsLayer},
		{Name: "einops.rearrange", Sig: "tensor, pattern, **axes_lengths", Fn: func(in interT, a []value) value {
			return transform(in, "rearrange", a[0], a[1], nil, kwOf(a[2]))
		}},
		{Name: "einops.repeat", Sig: "tensor, pattern, **axes_lengths", Fn: func(in interT, a []value) value {
			return transform(in, "repeat", a[0], a[1], nil, kwOf(a[2]))
		}},
		{Name: "einops.reduce", Sig: "tensor, pattern, reduction, **axes_lengths", Fn: func(in interT, a []value) value {
			return transform(in, "reduce", a[0], a[1], a[2], kwOf(a[3]))
		}},
		{Name: "einops.einsum", Sig: "*args", Fn: einopsEinsum},
		{Name: "einops.parse_shape", Sig: "x, pattern", Fn: func(in interT, a []value) value {
			d := interp.NewDict()
			shape := in.Elements(in.GetAttr(a[0], "shape"))
			for i, n := range strings.Fields(in.Str(a[1])) {
				if n != "_" && i < len(shape) {
					d.SetStr(n, shape[i])
				}
			}
			return d
		}},
		{Name: "einops._torch_specific.allow_ops_in_compiled_graph", Sig: "", Fn: func(interT, []value) value { return interp.None }},
		{Name: "einops.pack", Raw: inertFunc("einops.pack")},
		{Name: "einops.unpack", Raw: inertFunc("einops.unpack")},
		{Name: "einops.asnumpy", Sig: "tensor", Fn: func(in interT, a []value) value { return in.CallMethod(a[0], "numpy") }},
	}
}
