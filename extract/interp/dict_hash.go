package interp

import (
	"hash/maphash"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// The canonical forms of keys that are neither strings nor small ints.
type (
	bigKey   string  // an int beyond 64 bits, in decimal
	floatKey float64 // a float that is no int
	cmplxKey complex128
	bytesKey string
	tupleKey string   // the encoded elements
	intsKey  struct { // a tuple of few ints
		n int
		v [fewInts]int64
	}
	setKey   string // a frozenset: the encoded elements, sorted
	constKey uint8
)

// canon is the canonical form of a key: two keys are equal to Python exactly
// where their forms are equal to Go. A string's is a Go string, an int's an
// int64. It reports false for keys that must be compared through __hash__ and
// __eq__ of their own, and raises TypeError for unhashable ones.
func (in *Interp) canon(k Value) (any, bool) {
	switch k := k.(type) {
	case Str:
		return k.S, true
	case Int:
		return k.V, true
	case Bool:
		n, _ := AsInt(k)
		return n, true
	case Float:
		return canonFloat(k.V), true
	case BigInt:
		return bigKey(k.V.String()), true
	case Complex:
		if imag(k.V) == 0 {
			return canonFloat(real(k.V)), true
		}
		return cmplxKey(k.V), true
	case NoneType:
		return constKey(0), true
	case EllipsisType:
		return constKey(1), true
	case NotImplementedType:
		return constKey(2), true
	case Bytes:
		return bytesKey(k.S), true
	case *Tuple:
		return in.canonTuple(k)
	case *Set:
		if !k.Frozen {
			in.unhashable(k)
		}
		return nil, false
	case *List, *Dict, *Slice:
		in.unhashable(k)
	case *Instance:
		return in.canonInstance(k)
	case *Class:
		return k, true
	case *Builtin, *Unknown, *Module:
		return k, true
	case *BoundMethod, *Range:
		return nil, false
	}
	if _, ok := k.(hashed); ok {
		return nil, false
	}
	if m, ok := ownHash(k); ok {
		if m == nil || IsNone(m) {
			in.unhashable(k)
		}
		return nil, false
	}
	if t := reflect.TypeOf(k); !t.Comparable() {
		in.unhashable(k)
	}
	return k, true
}

// hashed is what Go values implement that compare by value.
type hashed interface {
	hashValue(in *Interp) int64
}

func (in *Interp) canonInstance(k *Instance) (any, bool) {
	m, ok := ownHash(k)
	if !ok {
		return k, true
	}
	if m == nil || IsNone(m) {
		in.unhashable(k)
	}
	if b, isNative := m.(*Builtin); isNative && builtinHash[b] {
		if p, ok := k.Data.(Value); ok && sameEq(k.Cls) {
			return in.canon(p)
		}
	}
	if !hasOwnEq(k.Cls) {
		return k, true // identity decides, whatever the hash
	}
	return nil, false
}

// builtinHash marks the __hash__ methods of built-in types: an instance that
// inherits one compares like its payload.
var builtinHash = map[*Builtin]bool{}

// ownHash finds __hash__ of a type before object's. It reports false where the
// type inherits object's; nil means that the type defines __eq__ alone.
func ownHash(v Value) (Value, bool) {
	for _, c := range v.Type().MRO {
		if c == ObjectClass {
			return nil, false
		}
		if h, ok := c.Dict.GetStr("__hash__"); ok {
			return h, true
		}
		if _, ok := c.Dict.GetStr("__eq__"); ok {
			return nil, true
		}
	}
	return nil, false
}

func hasOwnEq(c *Class) bool {
	for _, k := range c.MRO {
		if k == ObjectClass {
			return false
		}
		if _, ok := k.Dict.GetStr("__eq__"); ok {
			return true
		}
	}
	return false
}

// sameEq reports whether __eq__ of c is a built-in type's.
func sameEq(c *Class) bool {
	for _, k := range c.MRO {
		if k == ObjectClass {
			return true
		}
		if _, ok := k.Dict.GetStr("__eq__"); ok {
			return k.Native && k.Mod == ""
		}
	}
	return true
}

func (in *Interp) unhashable(v Value) {
	in.Raise(TypeError, "unhashable type: '%s'", v.Type().Name)
}

func canonFloat(f float64) any {
	if f == math.Trunc(f) && !math.IsInf(f, 0) {
		if f >= -(1<<63) && f < 1<<63 {
			return int64(f)
		}
		b, _ := new(big.Float).SetFloat64(f).Int(nil)
		return bigKey(b.String())
	}
	return floatKey(f)
}

func (in *Interp) canonTuple(t *Tuple) (any, bool) {
	if m, ok := ownHash(t); ok && t.Cls != nil {
		if b, native := m.(*Builtin); !native || !builtinHash[b] {
			if m == nil || IsNone(m) {
				in.unhashable(t)
			}
			return nil, false
		}
	}
	if k, ok := tupleOfInts(t.V); ok {
		return k, true
	}
	var b strings.Builder
	ok := true
	in.nest("hashing")
	defer in.unnest()
	var keys [fewInts]any
	for i, x := range t.V {
		c, isCanon := in.canon(x)
		if !isCanon {
			ok = false // go on: a later element may be unhashable
			continue
		}
		if i < fewInts {
			keys[i] = c
		}
		encodeKey(&b, c)
	}
	if ok && len(t.V) <= fewInts {
		if k, few := intsOf(keys[:len(t.V)]); few { // Bools and whole floats among them
			return k, true
		}
	}
	return tupleKey(b.String()), ok
}

// fewInts is the longest tuple of ints that has a key without text.
const fewInts = 4

func tupleOfInts(vs []Value) (k intsKey, ok bool) {
	if len(vs) == 0 || len(vs) > fewInts {
		return k, false
	}
	for i, v := range vs {
		n, ok := v.(Int)
		if !ok {
			return k, false
		}
		k.v[i] = n.V
	}
	k.n = len(vs)
	return k, true
}

// intsOf is the key of a tuple whose elements' keys are few ints.
func intsOf(keys []any) (k intsKey, ok bool) {
	if len(keys) == 0 || len(keys) > fewInts {
		return k, false
	}
	for i, c := range keys {
		if k.v[i], ok = c.(int64); !ok {
			return k, false
		}
	}
	k.n = len(keys)
	return k, true
}

// text is the key as the encoded elements.
func (k intsKey) text() string {
	var b strings.Builder
	for _, n := range k.v[:k.n] {
		encodeKey(&b, n)
	}
	return b.String()
}

// encodeKey writes a canonical key so that distinct sequences of keys give
// distinct texts.
func encodeKey(b *strings.Builder, c any) {
	text := func(tag byte, s string) {
		b.WriteByte(tag)
		b.WriteString(strconv.Itoa(len(s)))
		b.WriteByte(':')
		b.WriteString(s)
	}
	switch c := c.(type) {
	case string:
		text('s', c)
	case int64:
		b.WriteByte('i')
		b.WriteString(strconv.FormatInt(c, 10))
		b.WriteByte(';')
	case bigKey:
		text('I', string(c))
	case floatKey:
		b.WriteByte('f')
		b.WriteString(strconv.FormatFloat(float64(c), 'g', -1, 64))
		b.WriteByte(';')
	case cmplxKey:
		text('c', strconv.FormatComplex(complex128(c), 'g', -1, 128))
	case bytesKey:
		text('b', string(c))
	case tupleKey:
		text('t', string(c))
	case intsKey:
		text('t', c.text())
	case setKey:
		text('S', string(c))
	case constKey:
		b.WriteByte('n')
		b.WriteByte('0' + byte(c))
	default:
		// A pointer. The key keeps its object alive and Go does not move
		// objects, so the address stands for it.
		v := reflect.ValueOf(c)
		if v.Kind() == reflect.Pointer {
			text('p', strconv.FormatUint(uint64(v.Pointer()), 36))
			return
		}
		text('v', v.Type().String()+strconv.FormatUint(comparableHash(c), 36))
	}
}

var hashSeed = maphash.MakeSeed()

func comparableHash(c any) uint64 { return maphash.Comparable(hashSeed, c) }

// Hash is hash(v); unhashable values raise TypeError. Ints hash as in Python,
// strings by their text (Python's own is random from run to run).
func (in *Interp) Hash(v Value) int64 {
	in.nest("hashing")
	defer in.unnest()
	switch v := v.(type) {
	case *Tuple:
		c, ok := in.canonTuple(v)
		if ok {
			return hashCanon(c)
		}
		if v.Cls != nil {
			if f, ok := in.LookupSpecial(v, "__hash__"); ok {
				if b, native := f.(*Builtin); !native || !builtinHash[b] {
					return in.hashResult(in.Call(f, nil, nil))
				}
			}
		}
		h := int64(len(v.V)) + 0x345678
		for _, x := range v.V {
			h = h*1000003 ^ in.Hash(x)
		}
		return h
	case *Set:
		if v.Frozen {
			h := int64(v.Len()) * 1927868237
			for _, x := range v.D.Keys() {
				h ^= in.Hash(x) * 0x45d9f3b
			}
			return h
		}
	case *Range:
		n := v.length()
		switch {
		case n == 0:
			return hashInt(0)
		case n == 1:
			return v.Start*31 + n
		}
		return (v.Start*31+v.Step)*31 + n
	case *BoundMethod:
		return in.Hash(v.Fn) ^ in.identity(v.Self)
	case hashed:
		return v.hashValue(in)
	}
	c, ok := in.canon(v)
	if ok {
		return hashCanon(c)
	}
	m, _ := v.Type().Lookup("__hash__")
	return in.hashResult(in.Call(m, []Value{v}, nil))
}

func (in *Interp) hashResult(v Value) int64 {
	switch v := v.(type) {
	case Int:
		return v.V
	case Bool:
		n, _ := AsInt(v)
		return n
	case BigInt:
		return hashCanon(bigKey(v.V.String()))
	case *Unknown:
		return 0
	}
	in.Raise(TypeError, "__hash__ method should return an integer")
	return 0
}

// hashModulus is 2**61 - 1, by which Python reduces numbers.
const hashModulus = 1<<61 - 1

func hashInt(n int64) int64 {
	neg := n < 0
	u := uint64(n)
	if neg {
		u = -u
	}
	h := int64(u % hashModulus)
	if neg {
		h = -h
	}
	if h == -1 {
		h = -2
	}
	return h
}

func hashCanon(c any) int64 {
	switch c := c.(type) {
	case int64:
		return hashInt(c)
	case bigKey:
		b, _ := new(big.Int).SetString(string(c), 10)
		r := new(big.Int).Rem(b, big.NewInt(hashModulus)).Int64()
		if r == -1 {
			r = -2
		}
		return r
	case floatKey:
		return hashFloat(float64(c))
	case string:
		return fnv(c)
	case bytesKey:
		return fnv(string(c))
	case tupleKey:
		return fnv(string(c)) ^ 0x7455
	case intsKey:
		return fnv(c.text()) ^ 0x7455
	case constKey:
		return 0x5f3759df + int64(c)
	}
	v := reflect.ValueOf(c)
	if v.Kind() == reflect.Pointer {
		return int64(v.Pointer() >> 4)
	}
	return int64(comparableHash(c) >> 2)
}

// hashFloat is Python's hash of a float: its value modulo 2**61-1.
func hashFloat(f float64) int64 {
	switch {
	case math.IsInf(f, 1):
		return 314159
	case math.IsInf(f, -1):
		return -314159
	case math.IsNaN(f):
		return 0
	}
	m, e := math.Frexp(math.Abs(f))
	var x uint64
	for m != 0 {
		x = (x<<28)&hashModulus | x>>(61-28)
		m *= 1 << 28
		e -= 28
		y := uint64(m)
		m -= float64(y)
		if x += y; x >= hashModulus {
			x -= hashModulus
		}
	}
	if e %= 61; e < 0 {
		e += 61
	}
	x = (x<<uint(e))&hashModulus | x>>uint(61-e)
	h := int64(x)
	if f < 0 {
		h = -h
	}
	if h == -1 {
		h = -2
	}
	return h
}

func fnv(s string) int64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return int64(h >> 1)
}

// identity is id(v): the address of objects, a number made from the value of scalars.
func (in *Interp) identity(v Value) int64 {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		return int64(r.Pointer())
	}
	c, ok := in.canon(v)
	if !ok {
		return 0
	}
	return 0x7f0000000000 + hashCanon(c)&0xffffffffff*16
}
