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
// Negative sizes other than -1 stay as they are: callers complain. An unknown
// element is UnknownDim with neg false; use SizeArgInfer where -1 has a meaning.
// fn, arg and pos word the TypeError.
func SizeArg(in *interp.Interp, fn, arg string, pos int, v interp.Value) []Dim {
	vs, ok := Sequence(v)
	if !ok {
		if r, isRange := v.(*interp.Range); isRange {
			vs = in.Elements(r)
		} else if d, isInt := DimOf(in, v); isInt {
			checkSign(&d, v)
			return []Dim{d}
		} else {
			in.Raise(interp.TypeError, "%s(): argument '%s' (position %d) must be tuple of ints, not %s", fn, arg, pos, v.Type().Name)
		}
	}
	out := make([]Dim, len(vs))
	for i, e := range vs {
		d, isInt := DimOf(in, e)
		if !isInt {
			in.Raise(interp.TypeError, "%s(): argument '%s' (position %d) must be tuple of ints, but found element of type %s at pos %d", fn, arg, pos, e.Type().Name, i)
		}
		checkSign(&d, e)
		out[i] = d
	}
	return out
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
	var v interp.Value = &interp.Tuple{V: args}
	if len(args) == 1 {
		v = args[0]
	}
	d := SizeArg(in, fn, arg, pos, v)
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
