package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// getter makes a class whose objects apply get for each key given to them.
func getter(qual string, get func(in *inter, obj, key value) value) *interp.Class {
	c := interp.NewNativeClass(qual, nil)
	c.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "%s expected 1 argument, got 0", c.Name)
		}
		return &interp.Instance{Cls: cls, Data: interp.NewTuple(args...)}
	}
	rawMethod(c, "__call__", func(in *inter, args []value, kw []interp.KW) value {
		if len(args) != 2 || len(kw) > 0 {
			in.Raise(interp.TypeError, "%s expected 1 argument, got %d", c.Name, len(args)-1)
		}
		keys := args[0].(*interp.Instance).Data.(*interp.Tuple).V
		if len(keys) == 1 {
			return get(in, args[1], keys[0])
		}
		out := make([]value, len(keys))
		for i, k := range keys {
			out[i] = get(in, args[1], k)
		}
		return interp.NewTuple(out...)
	})
	return c
}

var (
	itemGetter = getter("operator.itemgetter", func(in *inter, obj, key value) value { return in.GetItem(obj, key) })
	attrGetter = getter("operator.attrgetter", func(in *inter, obj, key value) value {
		for _, n := range strings.Split(in.Str(key), ".") {
			obj = in.GetAttr(obj, n)
		}
		return obj
	})
)

// operatorEntries are the rows of operator.
func operatorEntries() []entry {
	out := []entry{module("operator"), class("operator.itemgetter", itemGetter), class("operator.attrgetter", attrGetter)}
	add := func(names, sig string, f interp.NativeFn) {
		for _, n := range strings.Fields(names) {
			out = append(out, fn("operator."+n, sig, f))
			out = append(out, fn("operator.__"+strings.TrimSuffix(n, "_")+"__", sig, f))
		}
	}
	for n, op := range map[string]pyast.Operator{"add": pyast.Add, "sub": pyast.Sub, "mul": pyast.Mult, "matmul": pyast.MatMult, "truediv": pyast.Div,
		"mod": pyast.Mod, "pow": pyast.Pow, "lshift": pyast.LShift, "rshift": pyast.RShift, "or_": pyast.BitOr, "xor": pyast.BitXor, "and_": pyast.BitAnd,
		"floordiv": pyast.FloorDiv} {
		add(n, "a, b, /", func(in *inter, a []value) value { return in.Binary(op, a[0], a[1], false) })
		add("i"+strings.TrimSuffix(n, "_"), "a, b, /", func(in *inter, a []value) value { return in.Binary(op, a[0], a[1], true) })
	}
	for n, op := range map[string]pyast.CmpOperator{"eq": pyast.Eq, "ne": pyast.NotEq, "lt": pyast.Lt, "le": pyast.LtE, "gt": pyast.Gt, "ge": pyast.GtE} {
		add(n, "a, b, /", func(in *inter, a []value) value { return in.Compare(op, a[0], a[1]) })
	}
	for n, op := range map[string]pyast.UnaryOperator{"neg": pyast.USub, "pos": pyast.UAdd, "invert": pyast.Invert, "inv": pyast.Invert, "not_": pyast.Not} {
		add(n, "a, /", func(in *inter, a []value) value { return in.Unary(op, a[0]) })
	}
	add("is_", "a, b, /", func(in *inter, a []value) value { return in.Compare(pyast.Is, a[0], a[1]) })
	add("is_not", "a, b, /", func(in *inter, a []value) value { return in.Compare(pyast.IsNot, a[0], a[1]) })
	add("truth", "a, /", func(in *inter, a []value) value { return interp.NewBool(in.Truth(a[0])) })
	add("abs", "a, /", func(in *inter, a []value) value {
		f, _ := builtinFunction(in, "abs")
		return in.Call(f, []value{a[0]}, nil)
	})
	add("index", "a, /", func(in *inter, a []value) value { return interp.NewInt(in.Int(a[0])) })
	add("concat", "a, b, /", func(in *inter, a []value) value { return in.Binary(pyast.Add, a[0], a[1], false) })
	add("iconcat", "a, b, /", func(in *inter, a []value) value { return in.Binary(pyast.Add, a[0], a[1], true) })
	add("contains", "a, b, /", func(in *inter, a []value) value { return in.Compare(pyast.In, a[1], a[0]) })
	add("getitem", "a, b, /", func(in *inter, a []value) value { return in.GetItem(a[0], a[1]) })
	add("setitem", "a, b, c, /", func(in *inter, a []value) value {
		in.SetItem(a[0], a[1], a[2])
		return interp.None
	})
	add("delitem", "a, b, /", func(in *inter, a []value) value {
		in.DelItem(a[0], a[1])
		return interp.None
	})
	add("countOf", "a, b, /", func(in *inter, a []value) value {
		n := int64(0)
		for _, v := range in.Elements(a[0]) {
			if in.Equal(v, a[1]) {
				n++
			}
		}
		return interp.NewInt(n)
	})
	add("indexOf", "a, b, /", func(in *inter, a []value) value {
		for i, v := range in.Elements(a[0]) {
			if in.Equal(v, a[1]) {
				return interp.NewInt(int64(i))
			}
		}
		in.Raise(interp.ValueError, "sequence.index(x): x not in sequence")
		return nil
	})
	add("length_hint", "obj, default=0, /", func(in *inter, a []value) value {
		n := a[1]
		in.TryCatch(interp.TypeError, func() { n = interp.NewInt(int64(in.Len(a[0]))) })
		return n
	})
	out = append(out, raw("operator.call", func(in *inter, args []value, kw []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "call expected at least 1 argument, got 0")
		}
		return in.Call(args[0], args[1:], kw)
	}), raw("operator.methodcaller", func(in *inter, args []value, kw []interp.KW) value {
		if len(args) == 0 {
			in.Raise(interp.TypeError, "methodcaller needs at least one argument, the method name")
		}
		name := in.Str(args[0])
		return native("operator.methodcaller", "obj", func(in *inter, a []value) value {
			return in.Call(in.GetAttr(a[0], name), args[1:], kw)
		})
	}))
	return out
}
