package numpy

import (
	"github.com/arch-extract/arch-extract/extract/interp"
)

// reshape gives a the new shape, one size of which may be -1.
func reshape(in *interp.Interp, a *Array, v interp.Value) *Array {
	var want []int64
	items := []interp.Value{v}
	switch v.(type) {
	case *interp.List, *interp.Tuple:
		items = in.Elements(v)
	}
	unknown := false
	for _, it := range items {
		if _, ok := it.(*interp.Unknown); ok {
			unknown = true
			want = append(want, -2)
			continue
		}
		want = append(want, in.Int(plain(it)))
	}
	free, n := -1, int64(1)
	for i, d := range want {
		switch {
		case d == -1:
			if free >= 0 {
				in.Raise(interp.ValueError, "can only specify one unknown dimension")
			}
			free = i
		case d >= 0:
			n *= d
		}
	}
	size := a.Size()
	if unknown || size < 0 {
		out := make([]int64, len(want))
		for i, d := range want {
			out[i] = max(d, -1)
		}
		return New(out, a.DT, nil)
	}
	if free >= 0 && n != 0 && size%n == 0 {
		want[free] = size / n
		n = size
	}
	if n != size {
		text := shapeText(want)
		in.Raise(interp.ValueError, "cannot reshape array of size %d into shape %s", size, text)
	}
	if a.isContiguous() {
		return a.view(want, contiguous(want), a.off)
	}
	return New(want, a.DT, a.Values())
}

// ravel is the elements in one dimension.
func ravel(a *Array) *Array {
	n := a.Size()
	if n >= 0 && a.isContiguous() {
		return a.view([]int64{n}, []int64{1}, a.off)
	}
	return New([]int64{n}, a.DT, a.Values())
}

// transpose permutes the axes; nil reverses them.
func transpose(a *Array, perm []int) *Array {
	nd := len(a.Shape)
	shape, st := make([]int64, nd), make([]int64, nd)
	for i := range shape {
		j := nd - 1 - i
		if perm != nil {
			j = perm[i]
		}
		shape[i], st[i] = a.Shape[j], a.strides[j]
	}
	return a.view(shape, st, a.off)
}

func permArg(in *interp.Interp, items []interp.Value, nd int) []int {
	if len(items) == 1 {
		switch v := items[0].(type) {
		case interp.NoneType:
			return nil
		case *interp.List, *interp.Tuple:
			items = in.Elements(v)
		}
	}
	if len(items) == 0 {
		return nil
	}
	if len(items) != nd {
		in.Raise(interp.ValueError, "axes don't match array")
	}
	perm := make([]int, nd)
	seen := make([]bool, nd)
	for i, v := range items {
		perm[i] = axisArg(in, v, nd)
		if seen[perm[i]] {
			in.Raise(interp.ValueError, "repeated axis in transpose")
		}
		seen[perm[i]] = true
	}
	return perm
}

// moveAxis moves axis src to dst.
func moveAxis(a *Array, src, dst int) *Array {
	var perm []int
	for i := range a.Shape {
		if i != src {
			perm = append(perm, i)
		}
	}
	perm = append(perm[:dst], append([]int{src}, perm[dst:]...)...)
	return transpose(a, perm)
}

// expandDims inserts axes of size 1.
func expandDims(in *interp.Interp, a *Array, axis interp.Value) *Array {
	items := []interp.Value{axis}
	if t, ok := axis.(*interp.Tuple); ok {
		items = t.V
	}
	nd := len(a.Shape) + len(items)
	on := make([]bool, nd)
	for _, v := range items {
		on[axisArg(in, v, nd)] = true
	}
	var shape, st []int64
	k := 0
	for _, isNew := range on {
		if isNew {
			shape, st = append(shape, 1), append(st, 0)
			continue
		}
		shape, st = append(shape, a.Shape[k]), append(st, a.strides[k])
		k++
	}
	return a.view(shape, st, a.off)
}

// squeeze drops axes of size 1.
func squeeze(in *interp.Interp, a *Array, axis interp.Value) *Array {
	on := axes(in, axis, len(a.Shape))
	all := axis == nil || interp.IsNone(axis)
	shape, st := []int64{}, []int64{}
	for i, d := range a.Shape {
		if on[i] && d == 1 {
			continue
		}
		if on[i] && !all && d >= 0 {
			in.Raise(interp.ValueError, "cannot select an axis to squeeze out which has size not equal to one")
		}
		shape, st = append(shape, d), append(st, a.strides[i])
	}
	return a.view(shape, st, a.off)
}

// concatenate joins arrays along an axis.
func concatenate(in *interp.Interp, list []*Array, axis int) *Array {
	if len(list) == 0 {
		in.Raise(interp.ValueError, "need at least one array to concatenate")
	}
	first := list[0]
	nd := len(first.Shape)
	if nd == 0 {
		in.Raise(interp.ValueError, "zero-dimensional arrays cannot be concatenated")
	}
	d := first.DT
	shape := cloneShape(first.Shape)
	known := true
	for k, a := range list {
		d = promote(d, a.DT)
		if len(a.Shape) != nd {
			in.Raise(interp.ValueError, "all the input array dimensions except for the concatenation axis must match exactly, but along dimension 0, the array at index 0 has %d dimension(s) and the array at index %d has %d dimension(s)", nd, k, len(a.Shape))
		}
		known = known && a.Known()
		if k == 0 {
			continue
		}
		for i, n := range a.Shape {
			switch {
			case i == axis:
				if shape[i] < 0 || n < 0 {
					shape[i] = -1
				} else {
					shape[i] += n
				}
			case shape[i] < 0:
				shape[i] = n
			case n >= 0 && n != shape[i]:
				in.Raise(interp.ValueError, "all the input array dimensions except for the concatenation axis must match exactly, but along dimension %d, the array at index 0 has size %d and the array at index %d has size %d", i, shape[i], k, n)
			}
		}
	}
	n := sizeOf(shape)
	if !known || n < 0 || n > maxKnown || !d.numeric() {
		return New(shape, d, nil)
	}
	in.Charge(n)
	out := full(in, shape, d, 0)
	at := int64(0)
	for _, a := range list {
		dst := out.view(a.Shape, out.strides, out.off+at*out.strides[axis])
		vals := astype(in, a, d).Values()
		if vals == nil {
			return New(shape, d, nil)
		}
		i := 0
		dst.each(func(p int64) { out.buf.v[p] = vals[i]; i++ })
		at += a.Shape[axis]
	}
	return out
}

// arrays reads a sequence of array-likes; nil where one of them is unknown.
func arrays(in *interp.Interp, v interp.Value) []*Array {
	if a, ok := v.(*Array); ok {
		if len(a.Shape) == 0 || a.Shape[0] < 0 {
			return nil
		}
	}
	items := in.Elements(v)
	out := make([]*Array, len(items))
	for i, it := range items {
		if out[i] = asArray(in, it, nil); out[i] == nil {
			return nil
		}
	}
	return out
}

// take selects along an axis by positions that are known to be valid.
func take(in *interp.Interp, a *Array, axis int, pos []int64) *Array {
	key := make([]interp.Value, axis+1)
	for i := range key {
		key[i] = &interp.Slice{Lo: interp.None, Hi: interp.None, Step: interp.None}
	}
	ix := make([]float64, len(pos))
	for i, p := range pos {
		ix[i] = float64(p)
	}
	key[axis] = New([]int64{int64(len(pos))}, Int64, ix)
	return getItem(in, a, interp.NewTuple(key...)).(*Array)
}

// flip reverses an axis.
func flip(a *Array, axis int) *Array {
	st := cloneShape(a.strides)
	off := a.off
	if n := a.Shape[axis]; n > 0 {
		off += (n - 1) * st[axis]
	}
	st[axis] = -st[axis]
	if a.Shape[axis] < 0 {
		return a
	}
	return a.view(cloneShape(a.Shape), st, off)
}
