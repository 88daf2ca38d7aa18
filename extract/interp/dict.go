package interp

// Dict is a dict: insertion-ordered, keyed by Python equality. Keys that are
// strings take a fast path.
type Dict struct {
	keys []Value // nil where deleted
	vals []Value
	str  map[string]int // index of string keys
}

// NewDict makes an empty dict.
func NewDict() *Dict { return &Dict{} }

// Type implements Value.
func (*Dict) Type() *Class { return DictClass }

// GetStr looks a string key up.
func (d *Dict) GetStr(k string) (Value, bool) {
	if i, ok := d.str[k]; ok {
		return d.vals[i], true
	}
	return nil, false
}

// SetStr sets a string key.
func (d *Dict) SetStr(k string, v Value) {
	if i, ok := d.str[k]; ok {
		d.vals[i] = v
		return
	}
	if d.str == nil {
		d.str = map[string]int{}
	}
	d.str[k] = len(d.keys)
	d.keys = append(d.keys, Str{S: k})
	d.vals = append(d.vals, v)
}

// DelStr removes a string key and says whether it was there.
func (d *Dict) DelStr(k string) bool { panic("todo") }

// Get looks a key up by hash and equality; unhashable keys raise TypeError.
func (d *Dict) Get(in *Interp, k Value) (Value, bool) { panic("todo") }

// Set sets a key.
func (d *Dict) Set(in *Interp, k, v Value) { panic("todo") }

// Delete removes a key and says whether it was there.
func (d *Dict) Delete(in *Interp, k Value) bool { panic("todo") }

// Len is the number of entries.
func (d *Dict) Len() int { panic("todo") }

// Range calls f for each entry in order until it returns false. Entries may be
// added or removed meanwhile.
func (d *Dict) Range(f func(k, v Value) bool) { panic("todo") }

// Copy is a shallow copy.
func (d *Dict) Copy() *Dict { panic("todo") }

// Clear removes everything.
func (d *Dict) Clear() { panic("todo") }

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
