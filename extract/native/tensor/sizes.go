package tensor

import (
	"github.com/arch-extract/arch-extract/extract/interp"
)

// SizeClass is torch.Size. Its methods are added by package torch.
var SizeClass = interp.NewNativeClass("torch.Size", []*interp.Class{interp.TupleClass})

// SizeValue is a shape as Python sees it: a torch.Size.
func SizeValue(in *interp.Interp, shape []Dim) *interp.Tuple {
	v := make([]interp.Value, len(shape))
	for i, d := range shape {
		v[i] = d.Value(in)
	}
	return &interp.Tuple{V: v, Cls: SizeClass}
}

// DimOf reads one size from a Python value; ok is false where it is no integer.
func DimOf(in *interp.Interp, v interp.Value) (d Dim, ok bool) {
	switch v := v.(type) {
	case interp.Int:
		return Dim{v.V, v.E}, true
	case interp.Bool:
		n, _ := interp.AsInt(v)
		return Dim{n, v.E}, true
	case *interp.Unknown:
		return UnknownDim, true
	case *Tensor:
		if len(v.Shape) != 0 || v.DType.IsFloat() || v.DType.IsComplex() {
			if v.Numel() != 1 || v.DType.IsFloat() {
				return Dim{}, false
			}
		}
		if x, known := v.Item(); known {
			return Dim{V: int64(x)}, true
		}
		return UnknownDim, true
	case *interp.Instance:
		if _, isStr := interp.AsStr(v); isStr {
			return Dim{}, false
		}
		if p, isVal := v.Data.(interp.Value); isVal {
			if n, isInt := interp.AsInt(p); isInt {
				return Dim{V: n}, true
			}
		}
		if _, has := in.LookupSpecial(v, "__index__"); has {
			return Dim{V: in.Int(v)}, true
		}
	}
	return Dim{}, false
}

// Sequence are the elements of a list or tuple; ok is false for other values.
func Sequence(v interp.Value) (vs []interp.Value, ok bool) {
	switch v := v.(type) {
	case *interp.List:
		return v.V, true
	case *interp.Tuple:
		return v.V, true
	case *interp.Instance:
		switch d := v.Data.(type) {
		case *interp.List:
			return d.V, true
		case *interp.Tuple:
			return d.V, true
		}
	}
	return nil, false
}

// SizeArg reads a size argument that is a list or tuple of ints, or one int.
// A size that is not known is UnknownDim; one given as negative is below it by
// one (-1 becomes -2), so that the two can be told apart; CheckSizes and
// GivenSize undo that. fn, arg and pos word the TypeError.
func SizeArg(in *interp.Interp, fn, arg string, pos int, v interp.Value) []Dim {
	return sizeArg(in, fn, arg, pos, v, false)
}

func sizeArg(in *interp.Interp, fn, arg string, pos int, v interp.Value, spread bool) []Dim {
	vs, ok := Sequence(v)
	if !ok {
		switch x := v.(type) {
		case *interp.Range:
			vs = in.Elements(x)
		case *Tensor:
			if len(x.Shape) == 1 {
				for _, e := range x.Values() {
					vs = append(vs, interp.NewInt(int64(e)))
				}
				break
			}
			d, isInt := DimOf(in, v)
			if isInt {
				return []Dim{d}
			}
			in.Raise(interp.TypeError, "%s(): argument '%s' (position %d) must be tuple of ints, not Tensor", fn, arg, pos)
		default:
			d, isInt := DimOf(in, v)
			if _, isBool := v.(interp.Bool); !isInt || isBool {
				in.Raise(interp.TypeError, "%s(): argument '%s' (position %d) must be tuple of ints, not %s", fn, arg, pos, v.Type().Name)
			}
			checkSign(&d, v)
			return []Dim{d}
		}
	}
	out := make([]Dim, len(vs))
	for i, e := range vs {
		if x, plain := e.(interp.Int); plain {
			out[i] = Dim{x.V, x.E}
			if x.V < 0 {
				out[i].V--
			}
			continue
		}
		d, isInt := DimOf(in, e)
		if _, isBool := e.(interp.Bool); isBool && i == 0 { // torch looks at the first alone
			isInt = false
		}
		if !isInt {
			switch {
			case i > 0:
				in.Raise(interp.TypeError, "%s(): argument '%s' failed to unpack the object at pos %d with error \"type must be tuple of ints,but got %s\"", fn, arg, i+1, e.Type().Name)
			case spread:
				in.Raise(interp.TypeError, "%s() takes %d positional argument%s but %d %s given", fn, pos, plural(pos), len(vs)+pos-1, wereWas(len(vs)+pos-1))
			}
			in.Raise(interp.TypeError, "%s(): argument '%s' (position %d) must be tuple of ints, but found element of type %s at pos %d", fn, arg, pos, e.Type().Name, i)
		}
		checkSign(&d, e)
		out[i] = d
	}
	return out
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func wereWas(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// GivenSize is the size as it was given, for one that SizeArg read: -1 stands
// for both "infer" and, where unknown is true, a size that is not known.
func GivenSize(d Dim) (v int64, unknown bool) {
	if d.V < -1 {
		return d.V + 1, false
	}
	return d.V, d.V == -1
}

// checkSign tells a negative size, which is an error, from an unknown one: the
// former keeps its value shifted by one below.
func checkSign(d *Dim, v interp.Value) {
	if d.V < 0 {
		if _, unknown := v.(*interp.Unknown); unknown {
			return
		}
		if t, isTensor := v.(*Tensor); isTensor && !t.Known() {
			return
		}
		d.V-- // -1 is UnknownDim
	}
}

// NewSize is the size argument of a function that makes a tensor: `zeros(2, 3)` and
// `zeros((2, 3))`. It raises TypeError for elements that are no ints and RuntimeError
// for negative sizes.
func NewSize(in *interp.Interp, fn string, args []interp.Value) []Dim {
	return newSize(in, fn, "size", 1, args)
}

func newSize(in *interp.Interp, fn, arg string, pos int, args []interp.Value) []Dim {
	d := Spread(in, fn, arg, pos, args)
	CheckSizes(in, d)
	return d
}

// CheckSizes raises torch's RuntimeError where a size, as SizeArg read it, is negative.
func CheckSizes(in *interp.Interp, d []Dim) {
	for _, x := range d {
		if x.V < -1 {
			shown := make([]Dim, len(d))
			for i, y := range d {
				if y.V < -1 {
					y.V++
				}
				shown[i] = y
			}
			in.Raise(interp.RuntimeError, "Trying to create tensor with negative dimension %d: %s", x.V+1, ShapeString(shown))
		}
	}
}

// Spread reads a size that is given either as one list or as separate
// arguments (`view(2, -1)`, `view((2, -1))`), with SizeArg's convention for
// negative sizes.
func Spread(in *interp.Interp, fn, arg string, pos int, args []interp.Value) []Dim {
	if len(args) == 1 {
		return sizeArg(in, fn, arg, pos, args[0], false)
	}
	return sizeArg(in, fn, arg, pos, &interp.Tuple{V: args}, true)
}
