package tensor

import (
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
)

// Dim is one dimension: its size and how it follows from the config. V < 0
// means that the size depends on data (unknown).
type Dim struct {
	V int64
	E *graph.Expr
}

// UnknownDim is a size that depends on data.
var UnknownDim = Dim{V: -1}

// D is a plain dimension.
func D(v int64) Dim { return Dim{V: v} }

// Dims makes plain dimensions.
func Dims(v ...int64) []Dim {
	d := make([]Dim, len(v))
	for i, n := range v {
		d[i].V = n
	}
	return d
}

// Known reports whether the size is known.
func (d Dim) Known() bool { return d.V >= 0 }

// Value is the size as Python sees it.
func (d Dim) Value(in *interp.Interp) interp.Value {
	if d.V < 0 {
		return in.Unknown("a size depends on data")
	}
	if d.E == nil {
		return interp.NewInt(d.V)
	}
	return interp.Int{V: d.V, E: d.E}
}

// String prints the size.
func (d Dim) String() string { return strconv.FormatInt(d.V, 10) }

// binExpr is op over the origins of a and b; nil where both are plain.
func binExpr(op string, a, b Dim) *graph.Expr {
	if a.E == nil && b.E == nil {
		return nil
	}
	return graph.Apply(op, exprOrLit(a), exprOrLit(b))
}

func exprOrLit(d Dim) *graph.Expr {
	if d.E != nil {
		return d.E
	}
	return graph.LitInt(d.V)
}

// Add is a + b.
func (d Dim) Add(b Dim) Dim {
	switch {
	case d.V < 0 || b.V < 0:
		return UnknownDim
	case b.V == 0 && b.E == nil:
		return d
	case d.V == 0 && d.E == nil:
		return b
	}
	return Dim{d.V + b.V, binExpr("+", d, b)}
}

// Shift is a + k for a plain or negative k: an index counted from the end.
func (d Dim) Shift(k Dim) Dim {
	switch {
	case d.V < 0:
		return UnknownDim
	case k.V >= 0:
		return d.Add(k)
	case k.E != nil:
		return Dim{d.V + k.V, binExpr("+", d, k)}
	}
	return d.Sub(D(-k.V))
}

// Sub is a - b; the result may be negative only through a caller's error.
func (d Dim) Sub(b Dim) Dim {
	switch {
	case d.V < 0 || b.V < 0:
		return UnknownDim
	case b.V == 0 && b.E == nil:
		return d
	}
	return Dim{d.V - b.V, binExpr("-", d, b)}
}

// Mul is a * b.
func (d Dim) Mul(b Dim) Dim {
	switch {
	case d.V == 0 && d.E == nil || b.V == 0 && b.E == nil:
		return Dim{}
	case d.V < 0 || b.V < 0:
		return UnknownDim
	case b.V == 1 && b.E == nil:
		return d
	case d.V == 1 && d.E == nil:
		return b
	}
	return Dim{d.V * b.V, binExpr("*", d, b)}
}

// FloorDiv is a // b for b > 0.
func (d Dim) FloorDiv(b Dim) Dim {
	switch {
	case d.V < 0 || b.V <= 0:
		return UnknownDim
	case b.V == 1 && b.E == nil:
		return d
	case d.E != nil && d.E.Op == "*" && d.V%b.V == 0:
		// (x * y) // y is x.
		y := exprOrLit(b).String()
		if d.E.Args[1].String() == y {
			return Dim{d.V / b.V, d.E.Args[0]}
		}
		if d.E.Args[0].String() == y {
			return Dim{d.V / b.V, d.E.Args[1]}
		}
	}
	return Dim{d.V / b.V, binExpr("//", d, b)}
}

// CeilDiv is (a + b - 1) // b for b > 0.
func (d Dim) CeilDiv(b Dim) Dim {
	if d.V < 0 || b.V <= 0 {
		return UnknownDim
	}
	if d.V%b.V == 0 {
		return d.FloorDiv(b)
	}
	return Dim{V: (d.V + b.V - 1) / b.V}
}

// Sizes are the plain sizes of a shape.
func Sizes(shape []Dim) []int64 {
	s := make([]int64, len(shape))
	for i, d := range shape {
		s[i] = d.V
	}
	return s
}

// Numel is the number of elements of a shape, -1 where it is not known.
func Numel(shape []Dim) int64 {
	n := int64(1)
	unknown := false
	for _, d := range shape {
		if d.V < 0 {
			unknown = true
			continue
		}
		if d.V != 0 && n > (1<<62)/d.V {
			n = 1 << 62
			continue
		}
		n *= d.V
	}
	if unknown && n != 0 {
		return -1
	}
	return n
}

// Product is the product of some dimensions.
func Product(shape []Dim) Dim {
	p := Dim{V: 1}
	for _, d := range shape {
		p = p.Mul(d)
	}
	return p
}

// SameSizes reports whether two shapes are known and equal.
func SameSizes(a, b []Dim) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].V != b[i].V || a[i].V < 0 {
			return false
		}
	}
	return true
}

// Clone copies a shape, with room for extra dimensions.
func Clone(shape []Dim) []Dim { return append(make([]Dim, 0, len(shape)+1), shape...) }

// ShapeString prints a shape as torch's messages do: [2, 3].
func ShapeString(shape []Dim) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, d := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(d.String())
	}
	b.WriteByte(']')
	return b.String()
}

// mergeDim is the dimension of two that are equal or of which one is unknown.
func mergeDim(a, b Dim) Dim {
	if a.V < 0 || a.E == nil && a.V == b.V {
		return b
	}
	return a
}

// Broadcast is the shape of an elementwise operation. It raises torch's
// RuntimeError where the shapes do not fit.
func Broadcast(in *interp.Interp, shapes ...[]Dim) []Dim {
	if len(shapes) == 0 {
		return []Dim{}
	}
	out := shapes[0]
	owned := false
	for _, s := range shapes[1:] {
		if len(s) == 0 {
			continue
		}
		if len(out) == 0 {
			out, owned = s, false
			continue
		}
		if len(s) > len(out) {
			out, s, owned = s, out, false
		}
		off := len(out) - len(s)
		for i, b := range s {
			a := out[off+i]
			var r Dim
			switch {
			case a.V == b.V:
				r = mergeDim(a, b)
			case a.V == 1:
				r = b
			case b.V == 1:
				r = a
			case a.V < 0 || b.V < 0:
				r = mergeDim(a, b)
			default:
				x, y := shapes[0], shapes[len(shapes)-1]
				k := off + i
				xv, yv := a.V, b.V
				if len(shapes) == 2 {
					if p := k - (len(out) - len(x)); p >= 0 {
						xv = x[p].V
					}
					if p := k - (len(out) - len(y)); p >= 0 {
						yv = y[p].V
					}
				}
				in.Raise(interp.RuntimeError, "The size of tensor a (%d) must match the size of tensor b (%d) at non-singleton dimension %d", xv, yv, k)
			}
			if r != a {
				if !owned {
					out, owned = Clone(out), true
				}
				out[off+i] = r
			}
		}
	}
	if !owned {
		out = Clone(out)
	}
	return out
}

// WrapDim is dim counted from the front for a tensor of rank n (a 0-dimensional one has
// dims -1 and 0). It raises torch's IndexError.
func WrapDim(in *interp.Interp, dim int64, n int) int {
	m := int64(n)
	if m == 0 {
		m = 1
	}
	if dim < -m || dim >= m {
		in.Raise(interp.IndexError, "Dimension out of range (expected to be in range of [%d, %d], but got %d)", -m, m-1, dim)
	}
	if dim < 0 {
		dim += m
	}
	return int(dim)
}
