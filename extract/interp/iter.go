package interp

import (
	"unicode/utf8"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// goIter is an iterator written as a Go function.
type goIter struct {
	cls  *Class
	next func(in *Interp) (Value, bool)
	done bool
}

// Type implements Value.
func (it *goIter) Type() *Class { return it.cls }

// Next implements Iterator. An iterator that has ended stays ended.
func (it *goIter) Next(in *Interp) (Value, bool) {
	if it.done {
		return nil, false
	}
	v, ok := it.next(in)
	if !ok {
		it.done = true
	}
	return v, ok
}

// NewIterator makes a Python iterator of a Go function, which returns false at
// the end. cls names its type; nil is a plain iterator.
func NewIterator(cls *Class, next func(in *Interp) (Value, bool)) Iterator {
	if cls == nil {
		cls = IteratorClass
	}
	return &goIter{cls: cls, next: next}
}

// SliceIterator iterates over the given values.
func SliceIterator(vs []Value) Iterator {
	return &sliceIter{cls: IteratorClass, vs: func() []Value { return vs }}
}

// sliceIter iterates over a slice that may grow meanwhile.
type sliceIter struct {
	cls *Class
	vs  func() []Value
	i   int
	e   *graph.Expr
}

// Type implements Value.
func (it *sliceIter) Type() *Class { return it.cls }

// Next implements Iterator.
func (it *sliceIter) Next(in *Interp) (Value, bool) {
	if it.i < 0 {
		return nil, false
	}
	vs := it.vs()
	if it.i >= len(vs) {
		it.i = -1
		return nil, false
	}
	v := vs[it.i]
	if it.e != nil {
		v = elementOf(v, it.e, Int{V: int64(it.i)})
	}
	it.i++
	return v, true
}

var (
	listIterClass    = iteratorClass("list_iterator")
	tupleIterClass   = iteratorClass("tuple_iterator")
	strIterClass     = iteratorClass("str_ascii_iterator")
	bytesIterClass   = iteratorClass("bytes_iterator")
	rangeIterClass   = iteratorClass("range_iterator")
	keyIterClass     = iteratorClass("dict_keyiterator")
	valueIterClass   = iteratorClass("dict_valueiterator")
	itemIterClass    = iteratorClass("dict_itemiterator")
	setIterClass     = iteratorClass("set_iterator")
	callIterClass    = iteratorClass("callable_iterator")
	listRevIterClass = iteratorClass("list_reverseiterator")
	reversedClass    = iteratorClass("reversed")
	enumerateClass   = iteratorClass("enumerate")
	zipClass         = iteratorClass("zip")
	mapClass         = iteratorClass("map")
	filterClass      = iteratorClass("filter")

	dictKeysClass   = NewNativeClass("dict_keys", nil)
	dictValuesClass = NewNativeClass("dict_values", nil)
	dictItemsClass  = NewNativeClass("dict_items", nil)
)

func iteratorClass(name string) *Class { return NewNativeClass(name, []*Class{IteratorClass}) }

// pyIter is an object with __next__ as an Iterator.
type pyIter struct {
	obj Value
	fn  Value
}

// Type implements Value.
func (it *pyIter) Type() *Class { return it.obj.Type() }

// Next implements Iterator.
func (it *pyIter) Next(in *Interp) (v Value, ok bool) {
	if in.TryCatch(StopIteration, func() { v = in.callMethod(it.fn, it.obj) }) != nil {
		return nil, false
	}
	if u, isUnknown := v.(*Unknown); isUnknown {
		in.Step(1000) // a stream of unknowns may have no end
		return u, true
	}
	return v, true
}

// Iter is iter(v). An Unknown is recorded as a choice and has no elements.
func (in *Interp) Iter(v Value) Iterator {
	it, ok := in.tryIter(v)
	if !ok {
		in.Raise(TypeError, "'%s' object is not iterable", v.Type().Name)
	}
	return it
}

// tryIter is Iter, false where v is not iterable.
func (in *Interp) tryIter(v Value) (Iterator, bool) {
	if it := in.rawIter(v); it != nil {
		return it, true
	}
	switch x := v.(type) {
	case *Unknown:
		in.Decide(x)
		return SliceIterator(nil), true
	case Iterator:
		return x, true
	}
	m, builtin, ok := typeMethod(v, "__iter__")
	if ok && !builtin {
		r := in.callMethod(m, v)
		switch r := r.(type) {
		case Iterator:
			return r, true
		case *Unknown:
			return in.tryIter(r)
		}
		if next, _, ok := typeMethod(r, "__next__"); ok {
			return &pyIter{obj: r, fn: next}, true
		}
		in.Raise(TypeError, "iter() returned non-iterator of type '%s'", r.Type().Name)
	}
	if it := in.rawIter(Unwrap(v)); it != nil {
		return it, true
	}
	if t, ok := v.(*Tuple); ok {
		return in.rawIter(&Tuple{V: t.V, E: t.E}), true
	}
	if ok {
		return nil, false
	}
	if _, disabled := v.Type().Lookup("__iter__"); disabled {
		return nil, false
	}
	if m, builtin, ok := typeMethod(v, "__getitem__"); ok && !builtin {
		i := int64(0)
		return NewIterator(nil, func(in *Interp) (x Value, ok bool) {
			r := in.TryCatch(Exception, func() { x = in.callMethod(m, v, NewInt(i)) })
			if r != nil {
				if r.Exc.Cls.Is(IndexError) || r.Exc.Cls.Is(StopIteration) {
					return nil, false
				}
				panic(r)
			}
			if u, isUnknown := x.(*Unknown); isUnknown && i > 1<<16 {
				in.Raise(RuntimeError, "endless iteration over unknown items (%s)", u.Why)
			}
			i++
			return x, true
		}), true
	}
	return nil, false
}

// rawIter iterates over built-in containers; nil for other values.
func (in *Interp) rawIter(v Value) Iterator {
	switch x := v.(type) {
	case *List:
		return &sliceIter{cls: listIterClass, vs: func() []Value { return x.V }, e: x.E}
	case *Tuple:
		if x.Cls != nil {
			return nil
		}
		return &sliceIter{cls: tupleIterClass, vs: func() []Value { return x.V }, e: x.E}
	case *Dict:
		return in.dictIter(x, viewKeys, keyIterClass)
	case *dictView:
		return in.dictIter(x.d, x.kind, [...]*Class{keyIterClass, valueIterClass, itemIterClass}[x.kind])
	case *Set:
		c, n := cursor{d: x.D}, x.D.Len()
		return NewIterator(setIterClass, func(in *Interp) (Value, bool) {
			if x.D.Len() != n {
				in.Raise(RuntimeError, "Set changed size during iteration")
			}
			if !c.next() {
				return nil, false
			}
			return c.k, true
		})
	case Str:
		s := x.S
		return NewIterator(strIterClass, func(*Interp) (Value, bool) {
			if s == "" {
				return nil, false
			}
			n := runeSize(s)
			r := s[:n]
			s = s[n:]
			return NewStr(r), true
		})
	case Bytes:
		i := 0
		return NewIterator(bytesIterClass, func(*Interp) (Value, bool) {
			if i >= len(x.S) {
				return nil, false
			}
			i++
			return NewInt(int64(x.S[i-1])), true
		})
	case *Range:
		i, n := x.Start, x.length()
		return NewIterator(rangeIterClass, func(*Interp) (Value, bool) {
			if n == 0 {
				return nil, false
			}
			v := i
			n--
			i += x.Step
			return NewInt(v), true
		})
	}
	return nil
}

// runeSize is the number of bytes of the first character of s.
func runeSize(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := decodeRune(s)
	return n
}

func (in *Interp) dictIter(d *Dict, kind viewKind, cls *Class) Iterator {
	c, n := cursor{d: d, epoch: d.epoch}, d.Len()
	it := &goIter{cls: cls}
	it.next = func(in *Interp) (Value, bool) {
		if d.Len() != n {
			in.Raise(RuntimeError, "dictionary changed size during iteration")
		}
		if !c.next() {
			return nil, false
		}
		switch kind {
		case viewKeys:
			return c.k, true
		case viewValues:
			return d.rooted(c.k, c.v), true
		}
		return NewTuple(c.k, d.rooted(c.k, c.v)), true
	}
	return it
}

// Elements are all elements of an iterable; a list's or tuple's own storage is
// returned without a copy and must not be changed.
func (in *Interp) Elements(v Value) []Value {
	switch x := v.(type) {
	case *List:
		return originElements(x.V, x.E)
	case *Tuple:
		return originElements(x.V, x.E)
	case *Dict:
		return x.Keys()
	case *Set:
		return x.D.Keys()
	case *Instance:
		if _, builtin, ok := typeMethod(x, "__iter__"); ok && builtin {
			if p := Unwrap(x); p != v {
				return in.Elements(p)
			}
		}
	case *dictView:
		if x.kind == viewKeys {
			return x.d.Keys()
		}
	}
	return in.drain(in.Iter(v))
}

// originElements gives the scalars of a list that came from e their own origins.
func originElements(vs []Value, e *graph.Expr) []Value {
	if e == nil {
		return vs
	}
	out := make([]Value, len(vs))
	for i, v := range vs {
		out[i] = elementOf(v, e, Int{V: int64(i)})
	}
	return out
}

// drain takes all that an iterator gives.
func (in *Interp) drain(it Iterator) []Value {
	var out []Value
	for {
		v, ok := it.Next(in)
		if !ok {
			return out
		}
		in.Step(1)
		if len(out)%1024 == 1023 {
			in.Charge(1024 * grownWeight)
		}
		out = append(out, v)
	}
}

// stopIteration raises StopIteration, with the value that a generator returned.
func (in *Interp) stopIteration(it Iterator) {
	exc := &Instance{Cls: StopIteration, Data: EmptyTuple}
	if g, ok := it.(*Generator); ok {
		if r := g.result(); !IsNone(r) {
			exc.Data = NewTuple(r)
		}
	}
	in.RaiseExc(exc)
}

// reversed is reversed(v).
func (in *Interp) reversed(v Value) Value {
	down := func(cls *Class, n int, at func(i int) Value) Value {
		i := n
		return NewIterator(cls, func(*Interp) (Value, bool) {
			if i == 0 {
				return nil, false
			}
			i--
			return at(i), true
		})
	}
	if m, builtin, ok := typeMethod(v, "__reversed__"); ok && !builtin && isObject(v) {
		return in.callMethod(m, v)
	}
	overridden := false
	if isObject(v) {
		_, builtin, ok := typeMethod(v, "__getitem__")
		overridden = ok && !builtin
	}
	if !overridden {
		switch x := Unwrap(v).(type) {
		case *List:
			return down(listRevIterClass, len(x.V), func(i int) Value {
				if i >= len(x.V) {
					return None
				}
				return elementOf(x.V[i], x.E, Int{V: int64(i)})
			})
		case *Tuple:
			return down(reversedClass, len(x.V), func(i int) Value { return elementOf(x.V[i], x.E, Int{V: int64(i)}) })
		case *Range:
			return down(rangeIterClass, int(x.length()), func(i int) Value { return NewInt(x.Start + int64(i)*x.Step) })
		case Str:
			rs := splitRunes(x.S)
			return down(reversedClass, len(rs), func(i int) Value { return NewStr(rs[i]) })
		case Bytes:
			return down(reversedClass, len(x.S), func(i int) Value { return NewInt(int64(x.S[i])) })
		case *Dict:
			return in.reversedDict(x, viewKeys)
		case *dictView:
			return in.reversedDict(x.d, x.kind)
		}
	}
	get, _, okGet := typeMethod(v, "__getitem__")
	_, _, okLen := typeMethod(v, "__len__")
	if _, isDict := Unwrap(v).(*Dict); okGet && okLen && isObject(v) && !isDict {
		return down(reversedClass, in.Len(v), func(i int) Value { return in.callMethod(get, v, NewInt(int64(i))) })
	}
	in.Raise(TypeError, "'%s' object is not reversible", v.Type().Name)
	return nil
}

func (in *Interp) reversedDict(d *Dict, kind viewKind) Value {
	c := cursor{d: d, i: len(d.e)}
	return NewIterator(keyIterClass, func(*Interp) (Value, bool) {
		if !c.back() {
			return nil, false
		}
		switch kind {
		case viewKeys:
			return c.k, true
		case viewValues:
			return c.v, true
		}
		return NewTuple(c.k, c.v), true
	})
}

// zip is the iterator behind zip().
func (in *Interp) zip(args []Value, strict bool) Value {
	its := make([]Iterator, len(args))
	for i, a := range args {
		it, ok := in.tryIter(a)
		if !ok {
			in.Raise(TypeError, "'%s' object is not iterable", a.Type().Name)
		}
		its[i] = it
	}
	return NewIterator(zipClass, func(in *Interp) (Value, bool) {
		if len(its) == 0 {
			return nil, false
		}
		row := make([]Value, len(its))
		for i, it := range its {
			v, ok := it.Next(in)
			if ok {
				row[i] = v
				continue
			}
			if !strict {
				return nil, false
			}
			if i > 0 {
				in.Raise(ValueError, "zip() argument %d is shorter than argument%s", i+1, zipArgs(i))
			}
			for j := 1; j < len(its); j++ {
				if _, ok := its[j].Next(in); ok {
					in.Raise(ValueError, "zip() argument %d is longer than argument%s", j+1, zipArgs(j))
				}
			}
			return nil, false
		}
		return NewTuple(row...), true
	})
}

func zipArgs(n int) string {
	if n == 1 {
		return " 1"
	}
	return "s 1-" + safeRepr(NewInt(int64(n)))
}

func init() {
	IteratorClass.AddMethods(
		Method{Name: "__iter__", Sig: "self, /", Fn: func(in *Interp, a []Value) Value { return a[0] }},
		Method{Name: "__next__", Sig: "self, /", Fn: func(in *Interp, a []Value) Value {
			it, ok := a[0].(Iterator)
			if !ok {
				in.Raise(TypeError, "'%s' object is not an iterator", a[0].Type().Name)
			}
			v, ok := it.Next(in)
			if !ok {
				in.stopIteration(it)
			}
			return v
		}},
	)
	enumerateClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		a := enumerateSig.bind(in, "enumerate", args, kw)
		if u, ok := a[0].(*Unknown); ok {
			return u
		}
		it := in.Iter(a[0])
		i := in.needInt(a[1])
		return NewIterator(enumerateClass, func(in *Interp) (Value, bool) {
			v, ok := it.Next(in)
			if !ok {
				return nil, false
			}
			i++
			return NewTuple(NewInt(i-1), v), true
		})
	}
	zipClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		a := zipSig.bind(in, "zip", args, kw)
		vs := a[0].(*Tuple).V
		if u := firstUnknown(vs); u != nil {
			return u
		}
		return in.zip(vs, in.Truth(a[1]))
	}
	mapClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if len(args) < 2 {
			in.Raise(TypeError, "map() must have at least two arguments.")
		}
		if u := firstUnknown(args); u != nil {
			return u
		}
		its := make([]Iterator, len(args)-1)
		for i, a := range args[1:] {
			its[i] = in.Iter(a)
		}
		fn := args[0]
		return NewIterator(mapClass, func(in *Interp) (Value, bool) {
			row := make([]Value, len(its))
			for i, it := range its {
				v, ok := it.Next(in)
				if !ok {
					return nil, false
				}
				row[i] = v
			}
			return in.Call(fn, row, nil), true
		})
	}
	filterClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if len(args) != 2 {
			in.Raise(TypeError, "filter expected 2 arguments, got %d", len(args))
		}
		if u := firstUnknown(args); u != nil {
			return u
		}
		fn, it := args[0], in.Iter(args[1])
		return NewIterator(filterClass, func(in *Interp) (Value, bool) {
			for {
				v, ok := it.Next(in)
				if !ok {
					return nil, false
				}
				in.Step(1)
				keep := v
				if !IsNone(fn) {
					keep = in.Call(fn, []Value{v}, nil)
				}
				if in.Truth(keep) {
					return v, true
				}
			}
		})
	}
	reversedClass.New = func(in *Interp, cls *Class, args []Value, kw []KW) Value {
		if len(args) != 1 {
			in.Raise(TypeError, "reversed expected 1 argument, got %d", len(args))
		}
		if u := firstUnknown(args); u != nil {
			return u
		}
		return in.reversed(args[0])
	}
}

var (
	enumerateSig = ParseSignature("iterable, start=0")
	zipSig       = ParseSignature("*iterables, strict=False")
)

// firstUnknown is the first Unknown among vs, or nil.
func firstUnknown(vs []Value) *Unknown {
	for _, v := range vs {
		if u, ok := v.(*Unknown); ok {
			return u
		}
	}
	return nil
}
