package interp

import (
	"maps"
	"slices"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Dict is a dict: insertion-ordered, keyed by Python equality.
//
// Up to smallDict entries it is searched linearly; beyond that strings and
// other keys have an index each. Reading never changes a Dict, so the dicts of
// native classes can be shared between goroutines.
type Dict struct {
	e     []entry
	n     int32  // live entries
	epoch uint32 // counts compactions and reorderings
	added uint32 // counts additions of keys
	*dictIndex
	// Root is the path by which the config holds the dict; scalars read from
	// it get it as their origin.
	Root *graph.Expr
}

// dictIndex finds the entries of a Dict that is not searched linearly; nil
// while there are few and all keys are strings.
type dictIndex struct {
	str   map[string]int32 // index of string keys, once there are many
	other map[any]int32    // index of keys with a canonical form that are no strings
	hash  map[int64][]int32
	// hasHash is set once a key with a __hash__ and __eq__ of its own was added.
	hasHash bool
}

// index is the index of the dict, made when needed.
func (d *Dict) index() *dictIndex {
	if d.dictIndex == nil {
		d.dictIndex = &dictIndex{}
	}
	return d.dictIndex
}

// entry is one slot of a Dict. String keys are boxed only when somebody looks
// at them.
type entry struct {
	kind keyKind
	s    string // of keyStr
	k    Value  // the key as given; may be nil for keyStr
	v    Value
}

// keyKind says how a key is compared.
type keyKind uint8

const (
	keyDeleted keyKind = iota
	keyStr             // a str, or an instance of a str subclass that compares like one
	keyCanon           // has a canonical form that Go compares
	keyHash            // compared through its own __hash__ and __eq__
)

const smallDict = 16

// NewDict makes an empty dict.
func NewDict() *Dict { return &Dict{} }

// Type implements Value.
func (*Dict) Type() *Class { return DictClass }

// Grow makes room for n entries in all, so that adding them moves nothing.
func (d *Dict) Grow(n int) {
	if cap(d.e) < n {
		e := make([]entry, len(d.e), n)
		copy(e, d.e)
		d.e = e
	}
}

// reserve is Grow, with the index that so many string keys need.
func (d *Dict) reserve(n int) {
	d.Grow(n)
	if n > smallDict && d.n == 0 {
		d.index().str = make(map[string]int32, n)
	}
}

func (e *entry) key() Value {
	if e.k == nil {
		return Str{S: e.s}
	}
	return e.k
}

func (d *Dict) findStr(k string) int {
	if d.dictIndex != nil && d.str != nil {
		if i, ok := d.str[k]; ok {
			return int(i)
		}
		return -1
	}
	for i := range d.e {
		if e := &d.e[i]; e.kind == keyStr && e.s == k {
			return i
		}
	}
	return -1
}

// GetStr looks a string key up.
func (d *Dict) GetStr(k string) (Value, bool) {
	if i := d.findStr(k); i >= 0 {
		return d.e[i].v, true
	}
	return nil, false
}

// SetStr sets a string key.
func (d *Dict) SetStr(k string, v Value) {
	if i := d.findStr(k); i >= 0 {
		d.e[i].v = v
		return
	}
	d.add(entry{kind: keyStr, s: k, v: v}, nil, 0)
}

// DelStr removes a string key and says whether it was there.
func (d *Dict) DelStr(k string) bool {
	i := d.findStr(k)
	if i < 0 {
		return false
	}
	d.remove(i)
	return true
}

// probe is a key made ready for a search.
type probe struct {
	kind keyKind
	s    string
	c    any
	h    int64
}

func (in *Interp) probe(k Value) probe {
	switch k := k.(type) {
	case Str:
		return probe{kind: keyStr, s: k.S}
	case Int:
		return probe{kind: keyCanon, c: k.V}
	case Bool:
		n, _ := AsInt(k)
		return probe{kind: keyCanon, c: n}
	}
	c, ok := in.canon(k)
	if !ok {
		return probe{kind: keyHash, h: in.Hash(k)}
	}
	if s, ok := c.(string); ok {
		return probe{kind: keyStr, s: s}
	}
	return probe{kind: keyCanon, c: c}
}

func (d *Dict) find(in *Interp, p *probe, k Value) int {
	switch p.kind {
	case keyStr:
		return d.findStr(p.s)
	case keyCanon:
		if d.dictIndex == nil {
			return -1
		}
		if i, ok := d.other[p.c]; ok {
			return int(i)
		}
		return -1
	}
	if d.dictIndex == nil || !d.hasHash {
		return -1
	}
	for _, i := range d.hash[p.h] {
		if e := &d.e[i]; e.kind == keyHash && (Same(e.k, k) || in.Equal(e.k, k)) {
			return int(i)
		}
	}
	return -1
}

func (d *Dict) add(e entry, c any, h int64) {
	if len(d.e) == cap(d.e) && len(d.e) > 2*int(d.n)+16 {
		d.compact()
	}
	i := int32(len(d.e))
	d.e = append(d.e, e)
	d.n++
	d.added++
	switch e.kind {
	case keyStr:
		if d.dictIndex != nil && d.str != nil {
			d.str[e.s] = i
		} else if len(d.e) > smallDict {
			d.indexStr()
		}
	case keyCanon:
		x := d.index()
		if x.other == nil {
			x.other = map[any]int32{}
		}
		x.other[c] = i
	case keyHash:
		x := d.index()
		x.hasHash = true
		if x.hash == nil {
			x.hash = map[int64][]int32{}
		}
		x.hash[h] = append(x.hash[h], i)
	}
}

func (d *Dict) indexStr() {
	d.index().str = make(map[string]int32, 2*len(d.e))
	for i := range d.e {
		if e := &d.e[i]; e.kind == keyStr {
			d.str[e.s] = int32(i)
		}
	}
}

// remap renumbers the indexes after entries moved; to[i] is the new place of i.
func (d *Dict) remap(to []int32) {
	d.epoch++
	if d.dictIndex == nil {
		return
	}
	if d.str != nil {
		d.indexStr()
	}
	for c, i := range d.other {
		d.other[c] = to[i]
	}
	for h, is := range d.hash {
		for j, i := range is {
			is[j] = to[i]
		}
		d.hash[h] = is
	}
}

func (d *Dict) compact() {
	to := make([]int32, len(d.e))
	kept := d.e[:0]
	for i := range d.e {
		if d.e[i].kind != keyDeleted {
			to[i] = int32(len(kept))
			kept = append(kept, d.e[i])
		}
	}
	clear(d.e[len(kept):])
	d.e = kept
	d.remap(to)
}

func (d *Dict) remove(i int) {
	e := &d.e[i]
	switch e.kind {
	case keyStr:
		if d.dictIndex != nil && d.str != nil {
			delete(d.str, e.s)
		}
	case keyCanon:
		for c, j := range d.other {
			if int(j) == i {
				delete(d.other, c)
				break
			}
		}
	case keyHash:
		d.dropHash(i)
	}
	d.dropSlot(i)
}

func (d *Dict) dropHash(i int) {
	for h, is := range d.hash {
		for j, x := range is {
			if int(x) != i {
				continue
			}
			if is = append(is[:j], is[j+1:]...); len(is) == 0 {
				delete(d.hash, h)
			} else {
				d.hash[h] = is
			}
			return
		}
	}
}

func (d *Dict) dropSlot(i int) {
	d.e[i] = entry{}
	d.n--
	for n := len(d.e); n > 0 && d.e[n-1].kind == keyDeleted; n-- {
		d.e = d.e[:n-1]
	}
}

// Get looks a key up by hash and equality; unhashable keys raise TypeError.
func (d *Dict) Get(in *Interp, k Value) (Value, bool) {
	if s, ok := k.(Str); ok {
		return d.GetStr(s.S)
	}
	p := in.probe(k)
	if i := d.find(in, &p, k); i >= 0 {
		return d.e[i].v, true
	}
	return nil, false
}

// Set sets a key. A key that is already there stays as it was given first.
func (d *Dict) Set(in *Interp, k, v Value) {
	p := in.probe(k)
	if i := d.find(in, &p, k); i >= 0 {
		d.e[i].v = v
		return
	}
	if in != nil {
		in.Charge(entryWeight)
	}
	e := entry{kind: p.kind, s: p.s, v: v, k: k}
	d.add(e, p.c, p.h)
}

// Delete removes a key and says whether it was there.
func (d *Dict) Delete(in *Interp, k Value) bool {
	_, ok := d.Pop(in, k)
	return ok
}

// Pop removes a key and returns its value.
func (d *Dict) Pop(in *Interp, k Value) (Value, bool) {
	p := in.probe(k)
	i := d.find(in, &p, k)
	if i < 0 {
		return nil, false
	}
	v := d.e[i].v
	switch p.kind {
	case keyStr:
		d.remove(i)
	case keyCanon:
		delete(d.other, p.c)
		d.dropSlot(i)
	default:
		d.dropHash(i)
		d.dropSlot(i)
	}
	return v, true
}

// Len is the number of entries.
func (d *Dict) Len() int { return int(d.n) }

// Range calls f for each entry in order until it returns false. Entries may be
// added or removed meanwhile.
func (d *Dict) Range(f func(k, v Value) bool) {
	c := cursor{d: d}
	for c.next() {
		if !f(c.k, c.v) {
			return
		}
	}
}

// EachStr calls f for each entry whose key is a str, in order, until it
// returns false, without making objects of the keys. The dict must not change
// meanwhile.
func (d *Dict) EachStr(f func(name string, v Value) bool) {
	for i := 0; i < len(d.e); i++ {
		if e := &d.e[i]; e.kind == keyStr && !f(e.s, e.v) {
			return
		}
	}
}

// EachValue calls f for each value, in order, until it returns false. The dict
// must not change meanwhile.
func (d *Dict) EachValue(f func(v Value) bool) {
	for i := 0; i < len(d.e); i++ {
		if e := &d.e[i]; e.kind != keyDeleted && !f(e.v) {
			return
		}
	}
}

// cursor walks the entries of a dict that may change.
type cursor struct {
	d     *Dict
	i     int // the next slot to look at
	epoch uint32
	k, v  Value
}

func (c *cursor) next() bool {
	d := c.d
	if c.epoch != d.epoch {
		// Entries moved: go on behind the last key seen.
		if c.k != nil {
			for i := range d.e {
				if e := &d.e[i]; e.kind != keyDeleted && Same(e.key(), c.k) {
					c.i = i + 1
					break
				}
			}
		}
		c.epoch = d.epoch
	}
	for c.i < len(d.e) {
		e := &d.e[c.i]
		c.i++
		if e.kind != keyDeleted {
			c.k, c.v = e.key(), e.v
			return true
		}
	}
	return false
}

// back is next in the other direction, from slot i-1 downwards.
func (c *cursor) back() bool {
	d := c.d
	if c.i > len(d.e) {
		c.i = len(d.e)
	}
	for c.i > 0 {
		c.i--
		if e := &d.e[c.i]; e.kind != keyDeleted {
			c.k, c.v = e.key(), e.v
			return true
		}
	}
	return false
}

// Keys are the keys in order.
func (d *Dict) Keys() []Value {
	ks := make([]Value, 0, d.n)
	for i := range d.e {
		if e := &d.e[i]; e.kind != keyDeleted {
			ks = append(ks, e.key())
		}
	}
	return ks
}

// Values are the values in order.
func (d *Dict) Values() []Value {
	vs := make([]Value, 0, d.n)
	for i := range d.e {
		if e := &d.e[i]; e.kind != keyDeleted {
			vs = append(vs, e.v)
		}
	}
	return vs
}

// First is the oldest entry; false where the dict is empty.
func (d *Dict) First() (k, v Value, ok bool) {
	c := cursor{d: d}
	ok = c.next()
	return c.k, c.v, ok
}

// Last is the newest entry; false where the dict is empty.
func (d *Dict) Last() (k, v Value, ok bool) {
	c := cursor{d: d, i: len(d.e)}
	ok = c.back()
	return c.k, c.v, ok
}

// MoveToEnd moves a key to the end, or to the front where last is false, and
// says whether it was there.
func (d *Dict) MoveToEnd(in *Interp, k Value, last bool) bool {
	p := in.probe(k)
	i := d.find(in, &p, k)
	if i < 0 {
		return false
	}
	moved := d.e[i]
	to := make([]int32, len(d.e))
	if last {
		copy(d.e[i:], d.e[i+1:])
		for j := range to {
			to[j] = int32(j)
			if j > i {
				to[j]--
			}
		}
		to[i] = int32(len(d.e) - 1)
	} else {
		copy(d.e[1:i+1], d.e[:i])
		for j := range to {
			to[j] = int32(j)
			if j < i {
				to[j]++
			}
		}
		to[i] = 0
	}
	d.e[to[i]] = moved
	d.remap(to)
	return true
}

// Copy is a shallow copy.
func (d *Dict) Copy() *Dict {
	c := &Dict{n: d.n, e: slices.Clone(d.e)}
	if d.dictIndex == nil {
		return c
	}
	c.dictIndex = &dictIndex{str: maps.Clone(d.str), other: maps.Clone(d.other), hasHash: d.hasHash}
	if len(d.hash) > 0 {
		c.hash = make(map[int64][]int32, len(d.hash))
		for h, is := range d.hash {
			c.hash[h] = slices.Clone(is)
		}
	}
	return c
}

// Clear removes everything.
func (d *Dict) Clear() { *d = Dict{epoch: d.epoch + 1, added: d.added + 1} }

// Set is a set or frozenset, in insertion order.
type Set struct {
	D      *Dict
	Frozen bool
}

// NewSet makes an empty set.
func NewSet() *Set { return &Set{D: NewDict()} }

// Type implements Value.
func (s *Set) Type() *Class {
	if s.Frozen {
		return FrozenSetClass
	}
	return SetClass
}

// Add puts v into the set.
func (s *Set) Add(in *Interp, v Value) {
	p := in.probe(v)
	if s.D.find(in, &p, v) < 0 {
		s.D.add(entry{kind: p.kind, s: p.s, k: v, v: None}, p.c, p.h)
	}
}

// Has reports whether v is in the set.
func (s *Set) Has(in *Interp, v Value) bool {
	_, ok := s.D.Get(in, v)
	return ok
}

// Len is the number of elements.
func (s *Set) Len() int { return s.D.Len() }
