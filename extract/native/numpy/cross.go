package numpy

import "github.com/arch-extract/arch-extract/extract/interp"

// cross is np.cross of vectors of three along the last axis, of one shape.
func cross(in *interp.Interp, av, bv interp.Value) interp.Value {
	a, b := asArray(in, av, nil), asArray(in, bv, nil)
	if a == nil || b == nil || len(a.Shape) == 0 || len(a.Shape) != len(b.Shape) {
		return in.Unknown("np.cross")
	}
	for i, d := range a.Shape {
		if d != b.Shape[i] || d < 0 {
			return in.Unknown("np.cross")
		}
	}
	if a.Shape[len(a.Shape)-1] != 3 {
		return in.Unknown("np.cross")
	}
	d := mustBinary(in, "multiply", a, b).(*Array).DT
	x, y := a.Values(), b.Values()
	if x == nil || y == nil {
		return New(a.Shape, d, nil)
	}
	in.Charge(a.Size())
	out := make([]float64, len(x))
	for i := 0; i+2 < len(x); i += 3 {
		for k := range 3 {
			p, q := i+(k+1)%3, i+(k+2)%3
			out[i+k] = x[p]*y[q] - x[q]*y[p]
		}
	}
	return New(append([]int64(nil), a.Shape...), d, out)
}
