package interp

import (
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// length is the number of elements of the range.
func (r *Range) length() int64 {
	var n uint64
	switch {
	case r.Step > 0 && r.Start < r.Stop:
		n = (uint64(r.Stop)-uint64(r.Start)-1)/uint64(r.Step) + 1
	case r.Step < 0 && r.Start > r.Stop:
		n = (uint64(r.Start)-uint64(r.Stop)-1)/(-uint64(r.Step)) + 1
	}
	return int64(min(n, 1<<62)) // Python's are longer; nobody walks them to the end
}

// has reports whether n is an element of the range.
func (r *Range) has(n int64) bool {
	if r.Step > 0 {
		return n >= r.Start && n < r.Stop && (n-r.Start)%r.Step == 0
	}
	return n <= r.Start && n > r.Stop && (r.Start-n)%(-r.Step) == 0
}

// intOf is an int for an index or a length: an int, an instance of an int
// subclass, or what __index__ gives. Ints beyond 64 bits saturate.
func (in *Interp) intOf(v Value) (int64, bool) {
	switch x := Unwrap(v).(type) {
	case Int:
		return x.V, true
	case Bool:
		n, _ := AsInt(x)
		return n, true
	case BigInt:
		if x.V.Sign() < 0 {
			return -1 << 63, true
		}
		return 1<<63 - 1, true
	case Str, Float, NoneType, *List, *Tuple, *Slice, *Dict:
		return 0, false
	}
	if m, builtin, ok := typeMethod(v, "__index__"); ok && !builtin {
		r := in.callMethod(m, v)
		n, ok := AsInt(r)
		if !ok {
			in.Raise(TypeError, "__index__ returned non-int (type %s)", r.Type().Name)
		}
		return n, true
	}
	return 0, false
}

// needInt is intOf, or the usual TypeError.
func (in *Interp) needInt(v Value) int64 {
	n, ok := in.intOf(v)
	if !ok {
		in.Raise(TypeError, "'%s' object cannot be interpreted as an integer", v.Type().Name)
	}
	return n
}

// index turns an index into a place in a sequence of n elements.
func (in *Interp) index(k Value, n int, what, outOfRange string) int {
	i, ok := in.intOf(k)
	if !ok {
		in.Raise(TypeError, "%s indices must be integers or slices, not %s", what, k.Type().Name)
	}
	if i < 0 {
		i += int64(n)
	}
	if i < 0 || i >= int64(n) {
		in.Raise(IndexError, "%s", outOfRange)
	}
	return int(i)
}

// sliceBounds is slice.indices(n).
func (in *Interp) sliceBounds(s *Slice, n int) (lo, hi, step int) {
	part := func(v Value, none int) int {
		if IsNone(v) {
			return none
		}
		i, ok := in.intOf(v)
		if !ok {
			in.Raise(TypeError, "slice indices must be integers or None or have an __index__ method")
		}
		return int(max(min(i, 1<<62), -1<<62))
	}
	step = part(s.Step, 1)
	if step == 0 {
		in.Raise(ValueError, "slice step cannot be zero")
	}
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	clamp := func(i int) int {
		if i < 0 {
			i += n
			return max(i, low)
		}
		return min(i, high)
	}
	if IsNone(s.Lo) {
		lo = low
		if step < 0 {
			lo = high
		}
	} else {
		lo = clamp(part(s.Lo, 0))
	}
	if IsNone(s.Hi) {
		hi = high
		if step < 0 {
			hi = low
		}
	} else {
		hi = clamp(part(s.Hi, 0))
	}
	return lo, hi, step
}

// SliceBounds is s.indices(n): the first index, the one past the last, and the step.
func (in *Interp) SliceBounds(s *Slice, n int) (lo, hi, step int) { return in.sliceBounds(s, n) }

func (in *Interp) sliceOf(vs []Value, s *Slice) []Value {
	lo, hi, step := in.sliceBounds(s, len(vs))
	if step == 1 {
		if lo >= hi {
			return nil
		}
		in.Charge(int64(hi - lo))
		return append([]Value(nil), vs[lo:hi]...)
	}
	in.Charge(int64(len(vs)))
	var out []Value
	for ; step > 0 && lo < hi || step < 0 && lo > hi; lo += step {
		out = append(out, vs[lo])
	}
	return out
}

func (in *Interp) setSlice(l *List, s *Slice, x Value) {
	it, ok := in.tryIter(x)
	if !ok {
		if !IsNone(s.Step) {
			in.Raise(TypeError, "must assign iterable to extended slice")
		}
		in.Raise(TypeError, "can only assign an iterable")
	}
	vs := append([]Value(nil), in.drain(it)...)
	lo, hi, step := in.sliceBounds(s, len(l.V))
	if step == 1 {
		hi = max(hi, lo)
		l.V = append(append(append(make([]Value, 0, len(l.V)-(hi-lo)+len(vs)), l.V[:lo]...), vs...), l.V[hi:]...)
		return
	}
	n := 0
	for i := lo; step > 0 && i < hi || step < 0 && i > hi; i += step {
		n++
	}
	if n != len(vs) {
		in.Raise(ValueError, "attempt to assign sequence of size %d to extended slice of size %d", len(vs), n)
	}
	for j, i := 0, lo; j < n; j, i = j+1, i+step {
		l.V[i] = vs[j]
	}
}

func (in *Interp) deleteSlice(l *List, s *Slice) {
	lo, hi, step := in.sliceBounds(s, len(l.V))
	drop := map[int]bool{}
	for ; step > 0 && lo < hi || step < 0 && lo > hi; lo += step {
		drop[lo] = true
	}
	kept := l.V[:0]
	for i, v := range l.V {
		if !drop[i] {
			kept = append(kept, v)
		}
	}
	clear(l.V[len(kept):])
	l.V = kept
}

// concat is a + b of sequences.
func (in *Interp) concat(a, b Value, inplace bool) (Value, bool) {
	switch x := a.(type) {
	case Str:
		if y, ok := b.(Str); ok {
			if len(x.S)+len(y.S) > 1<<16 {
				in.Charge(int64(len(x.S) + len(y.S)))
			}
			return NewStr(x.S + y.S), true
		}
	case Bytes:
		if y, ok := b.(Bytes); ok {
			in.Charge(int64(len(x.S) + len(y.S)))
			return Bytes{S: x.S + y.S}, true
		}
	case *List:
		if inplace {
			vs := in.Elements(b)
			in.Charge(int64(len(vs)))
			x.E = nil
			x.V = append(x.V, vs...)
			return x, true
		}
		if y, ok := b.(*List); ok {
			return NewList(in.join(x.V, y.V)...), true
		}
	case *Tuple:
		if y, ok := b.(*Tuple); ok {
			switch {
			case len(x.V) == 0 && y.Cls == nil:
				return y, true
			case len(y.V) == 0 && x.Cls == nil:
				return x, true
			}
			return NewTuple(in.join(x.V, y.V)...), true
		}
	}
	return nil, false
}

func (in *Interp) join(a, b []Value) []Value {
	n := len(a) + len(b)
	in.Charge(int64(n))
	return append(append(make([]Value, 0, n), a...), b...)
}

// repeat is a * b where one of them is a sequence and the other an int.
func (in *Interp) repeat(a, b Value, inplace bool) (Value, bool) {
	seq, num := a, b
	if !isSequence(a) {
		seq, num = b, a
	}
	if !isSequence(seq) {
		return nil, false
	}
	n, ok := in.intOf(num)
	if !ok {
		return nil, false
	}
	n = max(n, 0)
	size := func(k int) int {
		if k == 0 || n == 0 {
			return 0
		}
		if n > (1<<62)/int64(k) {
			in.Raise(MemoryError, "")
		}
		if total := n * int64(k); total > 256 {
			in.Charge(total)
		}
		return int(n) * k
	}
	values := func(v []Value) []Value {
		total := size(len(v))
		out := make([]Value, 0, total)
		for len(out) < total {
			out = append(out, v...)
		}
		return out
	}
	switch x := seq.(type) {
	case Str:
		size(len(x.S))
		if x.S == "" {
			return x, true
		}
		return NewStr(strings.Repeat(x.S, int(n))), true
	case Bytes:
		size(len(x.S))
		if x.S == "" {
			return x, true
		}
		return Bytes{S: strings.Repeat(x.S, int(n))}, true
	case *List:
		if inplace && seq == a {
			x.E = nil
			x.V = values(x.V)
			return x, true
		}
		return NewList(values(x.V)...), true
	case *Tuple:
		return NewTuple(values(x.V)...), true
	}
	return nil, false
}

// find is the index of the first element equal to x in vs[lo:hi], or -1.
func (in *Interp) findIn(vs []Value, x Value, lo, hi int) int {
	for i := lo; i < hi && i < len(vs); i++ {
		if in.Equal(vs[i], x) {
			return i
		}
	}
	return -1
}

// less is a < b, the one comparison that sorting uses.
func (in *Interp) less(a, b Value) bool { return in.Truth(in.Compare(pyast.Lt, a, b)) }

// sortValues sorts in place, stably; key may be nil. It reports the Unknown
// that decided a comparison, if any: the order then means nothing.
func (in *Interp) sortValues(vs []Value, key Value, reverse bool) *Unknown {
	keys := vs
	if key != nil && !IsNone(key) {
		keys = make([]Value, len(vs))
		for i, v := range vs {
			keys[i] = in.Call(key, []Value{v}, nil)
		}
	}
	for _, k := range keys {
		if u, ok := k.(*Unknown); ok && len(keys) > 1 {
			return u
		}
	}
	in.Step(len(vs))
	order := make([]int, len(vs))
	for i := range order {
		order[i] = i
	}
	lessAt := func(i, j int) bool {
		if reverse {
			return in.less(keys[j], keys[i])
		}
		return in.less(keys[i], keys[j])
	}
	mergeSort(order, make([]int, len(order)), lessAt)
	out := make([]Value, len(vs))
	for i, j := range order {
		out[i] = vs[j]
	}
	copy(vs, out)
	return nil
}

// mergeSort sorts stably. It compares (later, earlier) as Python's sort does,
// so that TypeErrors name the operands in the same order.
func mergeSort(a, tmp []int, less func(i, j int) bool) {
	if len(a) <= 8 {
		for i := 1; i < len(a); i++ {
			x := a[i]
			j := i
			for j > 0 && less(x, a[j-1]) {
				a[j] = a[j-1]
				j--
			}
			a[j] = x
		}
		return
	}
	m := len(a) / 2
	mergeSort(a[:m], tmp[:m], less)
	mergeSort(a[m:], tmp[m:], less)
	if !less(a[m], a[m-1]) {
		return
	}
	copy(tmp, a)
	i, j := 0, m
	for k := range a {
		switch {
		case i >= m:
			a[k] = tmp[j]
			j++
		case j >= len(a) || !less(tmp[j], tmp[i]):
			a[k] = tmp[i]
			i++
		default:
			a[k] = tmp[j]
			j++
		}
	}
}
