package stdlib

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

var chainClass = interp.NewNativeClass("itertools.chain", []*interp.Class{interp.IteratorClass})

// chainOf iterates over the iterables that next gives, one after the other.
func chainOf(outer interp.Iterator) value {
	var inner interp.Iterator
	return interp.NewIterator(chainClass, func(in *inter) (value, bool) {
		for {
			in.Step(1)
			if inner == nil {
				src, ok := outer.Next(in)
				if !ok {
					return nil, false
				}
				inner = in.Iter(src)
			}
			if v, ok := inner.Next(in); ok {
				return v, true
			}
			inner = nil
		}
	})
}

func init() {
	chainClass.New = func(in *inter, _ *interp.Class, args []value, _ []interp.KW) value {
		return chainOf(interp.SliceIterator(args))
	}
	addMethods(chainClass, classMethod("from_iterable", "cls, iterable, /", func(in *inter, a []value) value {
		return chainOf(in.Iter(a[1]))
	}))
}

func iter(next func(in *inter) (value, bool)) value { return interp.NewIterator(nil, next) }

// pools are the elements of each iterable.
func pools(in *inter, srcs []value) [][]value {
	out := make([][]value, len(srcs))
	for i, s := range srcs {
		out[i] = append([]value(nil), in.Elements(s)...)
	}
	return out
}

// odometer steps through the index tuples below n, calling skip to leave some out.
func odometer(vs []value, r int, first func() ([]int, bool), next func(ix []int) bool) value {
	var ix []int
	return iter(func(in *inter) (value, bool) {
		in.Step(1 + r + len(vs)/8)
		if ix == nil {
			var ok bool
			if ix, ok = first(); !ok {
				return nil, false
			}
		} else if !next(ix) {
			return nil, false
		}
		out := make([]value, len(ix))
		for i, k := range ix {
			out[i] = vs[k]
		}
		return interp.NewTuple(out...), true
	})
}

// selection is combinations, or combinations_with_replacement.
func selection(repeat bool) interp.NativeFn {
	return func(in *inter, a []value) value {
		vs := append([]value(nil), in.Elements(a[0])...)
		r, n := int(in.Int(a[1])), len(vs)
		if r < 0 {
			in.Raise(interp.ValueError, "r must be non-negative")
		}
		in.Charge(int64(r))
		return odometer(vs, r, func() ([]int, bool) {
			ix := make([]int, r)
			for i := range ix {
				if !repeat {
					ix[i] = i
				}
			}
			return ix, r == 0 || n > 0 && (repeat || r <= n)
		}, func(ix []int) bool {
			for i := r - 1; i >= 0; i-- {
				top := n - 1
				if !repeat {
					top = i + n - r
				}
				if ix[i] < top {
					k := ix[i] + 1
					for j := i; j < r; j++ {
						ix[j] = k
						if !repeat {
							k++
						}
					}
					return true
				}
			}
			return false
		})
	}
}

func permutations(in *inter, a []value) value {
	vs := append([]value(nil), in.Elements(a[0])...)
	n := len(vs)
	r := n
	if !interp.IsNone(a[1]) {
		r = int(in.Int(a[1]))
	}
	if r < 0 {
		in.Raise(interp.ValueError, "r must be non-negative")
	}
	in.Charge(int64(min(r, n) + n))
	used := make([]bool, n)
	// fill completes ix from place i on with the smallest unused indexes.
	fill := func(ix []int, i int) {
		for ; i < r; i++ {
			for k := range used {
				if !used[k] {
					ix[i], used[k] = k, true
					break
				}
			}
		}
	}
	return odometer(vs, r, func() ([]int, bool) {
		if r > n {
			return nil, false
		}
		ix := make([]int, r)
		fill(ix, 0)
		return ix, true
	}, func(ix []int) bool {
		for i := r - 1; i >= 0; i-- {
			used[ix[i]] = false
			for k := ix[i] + 1; k < n; k++ {
				if !used[k] {
					ix[i], used[k] = k, true
					fill(ix, i+1)
					return true
				}
			}
		}
		return false
	})
}

func product(in *inter, a []value) value {
	ps := pools(in, a[0].(*interp.Tuple).V)
	rep := int(in.Int(a[1]))
	if rep < 0 {
		in.Raise(interp.ValueError, "repeat argument cannot be negative")
	}
	in.Charge(int64(rep) * int64(len(ps)))
	var all [][]value
	for range rep {
		all = append(all, ps...)
	}
	var ix []int
	return iter(func(in *inter) (value, bool) {
		in.Step(1 + len(all))
		if ix == nil {
			for _, p := range all {
				if len(p) == 0 {
					return nil, false
				}
			}
			ix = make([]int, len(all)+1)
		} else {
			i := len(all) - 1
			for ; i >= 0; i-- {
				if ix[i]++; ix[i] < len(all[i]) {
					break
				}
				ix[i] = 0
			}
			if i < 0 {
				return nil, false
			}
		}
		out := make([]value, len(all))
		for i, p := range all {
			out[i] = p[ix[i]]
		}
		return interp.NewTuple(out...), true
	})
}

// groupBy is itertools.groupby; a group is read from the shared iterator.
func groupBy(in *inter, a []value) value {
	it := in.Iter(a[0])
	key := func(in *inter, v value) value {
		if interp.IsNone(a[1]) {
			return v
		}
		return in.Call(a[1], []value{v}, nil)
	}
	var cur, curKey value
	more := true
	advance := func(in *inter) {
		if cur, more = it.Next(in); more {
			curKey = key(in, cur)
		}
	}
	advance(in)
	var group value // key of the group handed out last
	return iter(func(in *inter) (value, bool) {
		for more && group != nil && in.Equal(curKey, group) {
			in.Step(1)
			advance(in)
		}
		if !more {
			return nil, false
		}
		mine := curKey
		group = mine
		return interp.NewTuple(mine, iter(func(in *inter) (value, bool) {
			if !more || !interp.Same(group, mine) && !in.Equal(group, mine) || !in.Equal(curKey, mine) {
				return nil, false
			}
			v := cur
			advance(in)
			return v, true
		})), true
	})
}

func slice(in *inter, a []value) value {
	it := in.Iter(a[0])
	args := a[1].(*interp.Tuple).V
	lo, hi, step := int64(0), int64(-1), int64(1)
	num := func(v value, def int64, what string) int64 {
		if interp.IsNone(v) {
			return def
		}
		n, ok := interp.AsInt(v)
		if !ok || n < 0 {
			in.Raise(interp.ValueError, "%s for islice() must be None or an integer: 0 <= x <= sys.maxsize.", what)
		}
		return n
	}
	switch len(args) {
	case 1:
		hi = num(args[0], -1, "Stop argument")
	case 2, 3:
		lo, hi = num(args[0], 0, "Indices"), num(args[1], -1, "Stop argument")
		if len(args) == 3 {
			if step = num(args[2], 1, "Step"); step < 1 {
				in.Raise(interp.ValueError, "Step for islice() must be a positive integer or None.")
			}
		}
	default:
		in.Raise(interp.TypeError, "islice expected at least 2 arguments, got %d", 1+len(args))
	}
	at := int64(0)
	return iter(func(in *inter) (value, bool) {
		for {
			in.Step(1)
			if hi >= 0 && lo >= hi {
				for ; at < hi; at++ {
					if _, ok := it.Next(in); !ok {
						break
					}
				}
				return nil, false
			}
			v, ok := it.Next(in)
			if !ok {
				return nil, false
			}
			at++
			if at-1 == lo {
				lo += step
				return v, true
			}
		}
	})
}

func zipLongest(in *inter, a []value) value {
	var its []interp.Iterator
	for _, s := range a[0].(*interp.Tuple).V {
		its = append(its, in.Iter(s))
	}
	left := len(its)
	return iter(func(in *inter) (value, bool) {
		in.Step(1)
		if left == 0 {
			return nil, false
		}
		out := make([]value, len(its))
		for i, it := range its {
			out[i] = a[1]
			if it == nil {
				continue
			}
			if v, ok := it.Next(in); ok {
				out[i] = v
			} else {
				its[i] = nil
				if left--; left == 0 {
					return nil, false
				}
			}
		}
		return interp.NewTuple(out...), true
	})
}

func tee(in *inter, a []value) value {
	n := in.Int(a[1])
	if n < 0 {
		in.Raise(interp.ValueError, "n must be >= 0")
	}
	in.Charge(n)
	it := in.Iter(a[0])
	var seen []value
	out := make([]value, n)
	for i := range out {
		at := 0
		out[i] = iter(func(in *inter) (value, bool) {
			if at == len(seen) {
				v, ok := it.Next(in)
				if !ok {
					return nil, false
				}
				in.Charge(1)
				seen = append(seen, v)
			}
			at++
			return seen[at-1], true
		})
	}
	return interp.NewTuple(out...)
}

// itertoolsEntries are the rows of itertools.
func itertoolsEntries() []entry {
	// while makes takewhile, dropwhile, filterfalse: it drops and stops as f says.
	type choice int
	const (
		give choice = iota
		skip
		stop
	)
	filtered := func(name string, decide func(in *inter, truth bool, started *bool) choice) entry {
		return fn("itertools."+name, "predicate, iterable, /", func(in *inter, a []value) value {
			it := in.Iter(a[1])
			started := false
			return iter(func(in *inter) (value, bool) {
				for {
					in.Step(1)
					v, ok := it.Next(in)
					if !ok {
						return nil, false
					}
					if started && name == "dropwhile" {
						return v, true
					}
					truth := false
					if interp.IsNone(a[0]) {
						truth = in.Truth(v)
					} else {
						truth = in.Truth(in.Call(a[0], []value{v}, nil))
					}
					switch decide(in, truth, &started) {
					case give:
						return v, true
					case stop:
						it = interp.SliceIterator(nil)
						return nil, false
					}
				}
			})
		})
	}
	return []entry{
		module("itertools"),
		class("itertools.chain", chainClass),
		fn("itertools.product", "*iterables, repeat=1", product),
		fn("itertools.permutations", "iterable, r=None", permutations),
		fn("itertools.combinations", "iterable, r", selection(false)),
		fn("itertools.combinations_with_replacement", "iterable, r", selection(true)),
		fn("itertools.groupby", "iterable, key=None", groupBy),
		fn("itertools.islice", "iterable, *args", slice),
		fn("itertools.zip_longest", "*iterables, fillvalue=None", zipLongest),
		fn("itertools.tee", "iterable, n=2, /", tee),
		fn("itertools.accumulate", "iterable, func=None, *, initial=None", func(in *inter, a []value) value {
			it := in.Iter(a[0])
			var total value
			return iter(func(in *inter) (value, bool) {
				in.Step(1)
				if total == nil && !interp.IsNone(a[2]) {
					total = a[2]
					return total, true
				}
				v, ok := it.Next(in)
				if !ok {
					return nil, false
				}
				switch {
				case total == nil:
					total = v
				case interp.IsNone(a[1]):
					total = in.Binary(pyast.Add, total, v, false)
				default:
					total = in.Call(a[1], []value{total, v}, nil)
				}
				return total, true
			})
		}),
		fn("itertools.count", "start=0, step=1", func(in *inter, a []value) value {
			n := a[0]
			return iter(func(in *inter) (value, bool) {
				in.Step(1)
				v := n
				n = in.Binary(pyast.Add, n, a[1], false)
				return v, true
			})
		}),
		fn("itertools.repeat", "object, times=?", func(in *inter, a []value) value {
			n := int64(-1)
			if a[1] != nil {
				n = max(0, in.Int(a[1]))
			}
			return iter(func(in *inter) (value, bool) {
				in.Step(1)
				if n == 0 {
					return nil, false
				}
				n--
				return a[0], true
			})
		}),
		fn("itertools.cycle", "iterable, /", func(in *inter, a []value) value {
			it := in.Iter(a[0])
			var seen []value
			i := -1
			return iter(func(in *inter) (value, bool) {
				in.Step(1)
				if i < 0 {
					if v, ok := it.Next(in); ok {
						in.Charge(1)
						seen = append(seen, v)
						return v, true
					}
					i = 0
				}
				if len(seen) == 0 {
					return nil, false
				}
				v := seen[i]
				i = (i + 1) % len(seen)
				return v, true
			})
		}),
		fn("itertools.starmap", "function, iterable, /", func(in *inter, a []value) value {
			return mapIterator(in, a[1], func(in *inter, v value) value { return in.Call(a[0], in.Elements(v), nil) })
		}),
		filtered("takewhile", func(_ *inter, truth bool, _ *bool) choice {
			if truth {
				return give
			}
			return stop
		}),
		filtered("dropwhile", func(_ *inter, truth bool, started *bool) choice {
			if truth {
				return skip
			}
			*started = true
			return give
		}),
		filtered("filterfalse", func(_ *inter, truth bool, _ *bool) choice {
			if truth {
				return skip
			}
			return give
		}),
		fn("itertools.compress", "data, selectors", func(in *inter, a []value) value {
			d, s := in.Iter(a[0]), in.Iter(a[1])
			return iter(func(in *inter) (value, bool) {
				for {
					in.Step(1)
					v, ok := d.Next(in)
					if !ok {
						return nil, false
					}
					k, ok := s.Next(in)
					if !ok {
						return nil, false
					}
					if in.Truth(k) {
						return v, true
					}
				}
			})
		}),
		fn("itertools.pairwise", "iterable, /", func(in *inter, a []value) value {
			it := in.Iter(a[0])
			var last value
			return iter(func(in *inter) (value, bool) {
				in.Step(1)
				var ok bool
				if last == nil {
					if last, ok = it.Next(in); !ok {
						return nil, false
					}
				}
				v, ok := it.Next(in)
				if !ok {
					return nil, false
				}
				t := interp.NewTuple(last, v)
				last = v
				return t, true
			})
		}),
		fn("itertools.batched", "iterable, n, *, strict=False", func(in *inter, a []value) value {
			it := in.Iter(a[0])
			n := in.Int(a[1])
			if n < 1 {
				in.Raise(interp.ValueError, "n must be at least one")
			}
			return iter(func(in *inter) (value, bool) {
				var out []value
				for int64(len(out)) < n {
					in.Step(1)
					v, ok := it.Next(in)
					if !ok {
						break
					}
					out = append(out, v)
				}
				if len(out) > 0 && int64(len(out)) < n && in.Truth(a[2]) {
					in.Raise(interp.ValueError, "batched(): incomplete batch")
				}
				return interp.NewTuple(out...), len(out) > 0
			})
		}),
	}
}
