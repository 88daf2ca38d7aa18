package numpy

import (
	"math"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// selection is an index taken apart.
type selection struct {
	view *Array // what the basic parts select, newest axes in place
	// adv holds the index arrays by axis of view; nil entries are slices.
	adv []*Array
	any bool
	// lost: the index depends on data in a way that leaves the shape unknown.
	lost bool
}

// selectIndex applies the basic parts of an index and collects the arrays.
func selectIndex(in *interp.Interp, a *Array, key interp.Value) selection {
	var items []interp.Value
	if t, ok := key.(*interp.Tuple); ok {
		items = t.V
	} else {
		items = []interp.Value{key}
	}
	used := 0
	hasEllipsis := false
	for _, it := range items {
		switch it := it.(type) {
		case interp.NoneType:
		case interp.EllipsisType:
			hasEllipsis = true
		default:
			if m := indexArray(in, it); m != nil && m.DT == Bool {
				used += len(m.Shape)
			} else {
				used++
			}
		}
	}
	if used > len(a.Shape) {
		in.Raise(interp.IndexError, "too many indices for array: array is %d-dimensional, but %d were indexed", len(a.Shape), used)
	}
	if !hasEllipsis {
		items = append(append([]interp.Value(nil), items...), interp.Ellipsis)
	}
	s := selection{}
	var shape, strides []int64
	off := a.off
	axis := 0
	keep := func(n, st int64, adv *Array) {
		shape, strides = append(shape, n), append(strides, st)
		s.adv = append(s.adv, adv)
		s.any = s.any || adv != nil
	}
	for _, it := range items {
		switch it := it.(type) {
		case interp.NoneType:
			keep(1, 0, nil)
			continue
		case interp.EllipsisType:
			for n := len(a.Shape) - used; n > 0; n-- {
				keep(a.Shape[axis], a.strides[axis], nil)
				axis++
			}
			continue
		case *interp.Slice:
			n := a.Shape[axis]
			start, count, step, ok := sliceRange(in, it, n)
			if !ok {
				keep(-1, a.strides[axis], nil)
			} else {
				off += start * a.strides[axis]
				keep(count, step*a.strides[axis], nil)
			}
			axis++
			continue
		case *interp.Unknown:
			// An unknown position; taken as an integer, the value is not known.
			s.lost = true
			axis++
			continue
		}
		m := indexArray(in, it)
		switch {
		case m == nil:
			n := a.Shape[axis]
			switch plain(it).(type) {
			case interp.Str, interp.Float, *interp.Dict, *interp.Set:
				in.Raise(interp.IndexError, "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices")
			}
			i := in.Int(plain(it))
			if n >= 0 && (i < -n || i >= n) {
				in.Raise(interp.IndexError, "index %d is out of bounds for axis %d with size %d", i, axis, n)
			}
			if i < 0 {
				i += n
			}
			off += i * a.strides[axis]
			axis++
		case m.DT == Bool:
			for d, n := range m.Shape {
				if k := a.Shape[axis+d]; n >= 0 && k >= 0 && n != k {
					in.Raise(interp.IndexError, "boolean index did not match indexed array along axis %d; size of axis is %d but size of corresponding boolean axis is %d", axis+d, k, n)
				}
			}
			for _, ix := range nonzero(in, m) {
				keep(a.Shape[axis], a.strides[axis], ix)
				axis++
			}
		default:
			if !m.DT.isInt() {
				in.Raise(interp.IndexError, "arrays used as indices must be of integer (or boolean) type")
			}
			keep(a.Shape[axis], a.strides[axis], m)
			axis++
		}
	}
	s.view = a.view(shape, strides, off)
	if !a.Known() || s.lost || s.view.Size() < 0 {
		s.view = New(shape, a.DT, nil)
		s.view.buf = &buffer{}
	}
	return s
}

// indexArray is an array-like index as an array, nil for integers and slices.
func indexArray(in *interp.Interp, v interp.Value) *Array {
	switch v := v.(type) {
	case *Array:
		return v
	case *interp.List:
		a := asArray(in, v, nil)
		if a == nil {
			a = New(nested(in, v, new(DType)).Shape, Int64, nil)
		}
		if a.Size() == 0 && a.DT == Float64 {
			a.DT = Int64
		}
		return a
	case *interp.Tuple:
		return indexArray(in, interp.NewList(v.V...))
	case *tensor.Tensor:
		return fromTensor(in, v)
	case interp.Bool:
		return New([]int64{}, Bool, []float64{truth(v.V)})
	}
	return nil
}

// sliceRange resolves a slice over n elements: where it starts, how many, by
// which step. It reports false where that is unknown.
func sliceRange(in *interp.Interp, s *interp.Slice, n int64) (start, count, step int64, ok bool) {
	part := func(v interp.Value, def int64) (int64, bool) {
		if v == nil || interp.IsNone(v) {
			return def, true
		}
		if _, isU := v.(*interp.Unknown); isU {
			return 0, false
		}
		return in.Int(plain(v)), true
	}
	step, ok = part(s.Step, 1)
	if !ok || n < 0 {
		return 0, 0, 1, false
	}
	if step == 0 {
		in.Raise(interp.ValueError, "slice step cannot be zero")
	}
	lo, hi := int64(0), n
	if step < 0 {
		lo, hi = n-1, -1
	}
	clamp := func(v interp.Value, def int64) (int64, bool) {
		if v == nil || interp.IsNone(v) {
			return def, true
		}
		x, ok := part(v, def)
		if x < 0 {
			x += n
			if x < 0 {
				x = 0
				if step < 0 {
					x = -1
				}
			}
		} else if x >= n {
			x = n
			if step < 0 {
				x = n - 1
			}
		}
		return x, ok
	}
	start, ok1 := clamp(s.Lo, lo)
	stop, ok2 := clamp(s.Hi, hi)
	if !ok1 || !ok2 {
		return 0, 0, step, false
	}
	switch {
	case step > 0 && stop > start:
		count = (stop - start + step - 1) / step
	case step < 0 && stop < start:
		count = (start - stop - step - 1) / -step
	}
	return start, count, step, true
}

// nonzero lists the places of the true elements, one index array a dimension.
func nonzero(in *interp.Interp, m *Array) []*Array {
	nd := len(m.Shape)
	out := make([]*Array, nd)
	vals := m.Values()
	if vals == nil {
		for i := range out {
			out[i] = New([]int64{-1}, Int64, nil)
		}
		return out
	}
	st := contiguous(m.Shape)
	data := make([][]float64, nd)
	n := int64(0)
	for i, x := range vals {
		if x == 0 {
			continue
		}
		n++
		for d := range data {
			data[d] = append(data[d], float64(int64(i)/st[d]%m.Shape[d]))
		}
	}
	for d := range out {
		if data[d] == nil {
			data[d] = []float64{}
		}
		out[d] = New([]int64{n}, Int64, data[d])
	}
	return out
}

// places resolves the advanced part of a selection to the shape of the result
// and, where all is known, the place in the buffer of each element.
func (s *selection) places(in *interp.Interp) (shape []int64, at []int64) {
	var common []int64
	first, contiguousRun, seenGap := -1, true, false
	for i, m := range s.adv {
		if m == nil {
			seenGap = seenGap || first >= 0
			continue
		}
		if first < 0 {
			first = i
			common = cloneShape(m.Shape)
			continue
		}
		if seenGap {
			contiguousRun = false
		}
		common = indexBroadcast(in, common, m.Shape)
	}
	// Axes of the result: the slices in place, the index arrays' common shape
	// where they stood, or in front where a slice separates them.
	var pre, post []int
	for i, m := range s.adv {
		if m != nil {
			continue
		}
		if contiguousRun && i < first {
			pre = append(pre, i)
		} else {
			post = append(post, i)
		}
	}
	for _, i := range pre {
		shape = append(shape, s.view.Shape[i])
	}
	shape = append(shape, common...)
	for _, i := range post {
		shape = append(shape, s.view.Shape[i])
	}
	n := sizeOf(shape)
	if n < 0 || n > maxKnown {
		return shape, nil
	}
	offs := make([]int64, max(sizeOf(common), 0))
	for i, m := range s.adv {
		if m == nil {
			continue
		}
		vals := broadcastTo(m, common).Values()
		if vals == nil {
			return shape, nil
		}
		size := s.view.Shape[i]
		for k, x := range vals {
			j := int64(x)
			if size >= 0 && (j < -size || j >= size) {
				in.Raise(interp.IndexError, "index %d is out of bounds for axis %d with size %d", j, i, size)
			}
			if j < 0 {
				j += size
			}
			offs[k] += j * s.view.strides[i]
		}
	}
	if s.view.buf.v == nil {
		return shape, nil
	}
	in.Charge(n)
	at = make([]int64, 0, n)
	pick := func(axes []int) *Array {
		v := &Array{buf: s.view.buf}
		for _, i := range axes {
			v.Shape, v.strides = append(v.Shape, s.view.Shape[i]), append(v.strides, s.view.strides[i])
		}
		return v
	}
	vp, vq := pick(pre), pick(post)
	vp.each(func(p int64) {
		for _, o := range offs {
			vq.each(func(q int64) { at = append(at, s.view.off+p+o+q) })
		}
	})
	return shape, at
}

func indexBroadcast(in *interp.Interp, p, q []int64) []int64 {
	exc := in.TryCatch(interp.ValueError, func() { p = broadcast(in, p, q) })
	if exc != nil {
		in.Raise(interp.IndexError, "shape mismatch: indexing arrays could not be broadcast together with shapes %s %s ", shapeCompact(p), shapeCompact(q))
	}
	return p
}

// getItem is a[key].
func getItem(in *interp.Interp, a *Array, key interp.Value) interp.Value {
	s := selectIndex(in, a, key)
	if !s.any {
		return s.view.result(in)
	}
	shape, at := s.places(in)
	if at == nil {
		return New(shape, a.DT, nil).result(in)
	}
	out := make([]float64, len(at))
	for i, p := range at {
		out[i] = a.buf.v[p]
	}
	return New(shape, a.DT, out).result(in)
}

// setItem is a[key] = v. Where the place or the value is not known the array's
// values are forgotten.
func setItem(in *interp.Interp, a *Array, key, v interp.Value) {
	s := selectIndex(in, a, key)
	shape := s.view.Shape
	var at []int64
	if s.any {
		shape, at = s.places(in)
	} else if s.view.buf.v != nil && s.view.Size() <= maxKnown {
		at = make([]int64, 0, max(s.view.Size(), 0))
		s.view.each(func(p int64) { at = append(at, p) })
	}
	src := asArray(in, v, &a.DT)
	if src != nil {
		checkFits(in, src.Shape, shape)
	}
	if a.buf.v == nil {
		return
	}
	if src == nil || at == nil || sizeOf(shape) < 0 {
		a.forget()
		return
	}
	for len(src.Shape) > len(shape) { // leading ones
		src = src.view(src.Shape[1:], src.strides[1:], src.off)
	}
	vals := broadcastTo(src, shape).Values()
	if vals == nil {
		a.forget()
		return
	}
	if src.buf == a.buf {
		vals = append([]float64(nil), vals...)
	}
	for i, p := range at {
		a.buf.v[p] = vals[i]
	}
}

// checkFits complains where src cannot be broadcast into shape.
func checkFits(in *interp.Interp, src, shape []int64) {
	fail := func() {
		in.Raise(interp.ValueError, "could not broadcast input array from shape %s into shape %s", shapeCompact(src), shapeCompact(shape))
	}
	for i := range src {
		x := src[len(src)-1-i]
		if i >= len(shape) {
			if x != 1 {
				fail()
			}
			continue
		}
		if y := shape[len(shape)-1-i]; x != y && x != 1 && x >= 0 && y >= 0 {
			fail()
		}
	}
}

// axisArg resolves an axis that may be negative.
func axisArg(in *interp.Interp, v interp.Value, nd int) int {
	return normAxis(in, in.Int(plain(v)), nd)
}

func normAxis(in *interp.Interp, ax int64, nd int) int {
	if ax < -int64(nd) || ax >= int64(nd) {
		in.RaiseExc(&interp.Instance{Cls: axisError, Data: interp.NewTuple(interp.NewStr("axis " + itoa(ax) + " is out of bounds for array of dimension " + itoa(int64(nd))))})
	}
	if ax < 0 {
		ax += int64(nd)
	}
	return int(ax)
}

var axisError = interp.NewNativeClass("numpy.exceptions.AxisError", []*interp.Class{interp.ValueError, interp.IndexError})

// iterator walks the first axis.
type iterator struct {
	a *Array
	i int64
}

func (*iterator) Type() *interp.Class { return interp.IteratorClass }

func (it *iterator) Next(in *interp.Interp) (interp.Value, bool) {
	n := it.a.Shape[0]
	if n < 0 {
		n = 1 // the loop body runs once for the possible iterations
	}
	if it.i >= n {
		return nil, false
	}
	it.i++
	in.Charge(elementWeight)
	if it.a.Shape[0] < 0 {
		return New(cloneShape(it.a.Shape[1:]), it.a.DT, nil).result(in), true
	}
	return it.a.view(it.a.Shape[1:], it.a.strides[1:], it.a.off+(it.i-1)*it.a.strides[0]).result(in), true
}

// elementWeight is what a value of its own for one element weighs in the memory
// limit.
const elementWeight = 16

// toList is a.tolist().
func toList(in *interp.Interp, a *Array) interp.Value {
	if len(a.Shape) == 0 {
		return plain(a.result(in))
	}
	n := a.Shape[0]
	if n < 0 || n > math.MaxInt32 {
		return in.Unknown("the elements of a numpy array whose size depends on data")
	}
	in.Charge(n * elementWeight)
	out := make([]interp.Value, n)
	for i := range out {
		sub := a.view(a.Shape[1:], a.strides[1:], a.off+int64(i)*a.strides[0])
		out[i] = toList(in, sub)
	}
	return interp.NewList(out...)
}
