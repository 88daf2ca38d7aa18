package checkpoint

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"
)

// Limits of a GGUF header. A vocabulary is an array of some 100,000 strings.
const (
	maxPairs    = 1 << 16
	maxTensors  = 1 << 20
	maxString   = 16 << 20
	maxKey      = 1 << 16
	maxElements = 1 << 26
	keptInArray = 1024
	maxNested   = 4
)

// ggmlTypes are the tensor types of the format: name, elements and bytes of a block.
var ggmlTypes = map[uint32]struct {
	name        string
	block, size int64
}{
	0: {"F32", 1, 4}, 1: {"F16", 1, 2}, 2: {"Q4_0", 32, 18}, 3: {"Q4_1", 32, 20}, 6: {"Q5_0", 32, 22}, 7: {"Q5_1", 32, 24},
	8: {"Q8_0", 32, 34}, 9: {"Q8_1", 32, 36}, 10: {"Q2_K", 256, 84}, 11: {"Q3_K", 256, 110}, 12: {"Q4_K", 256, 144},
	13: {"Q5_K", 256, 176}, 14: {"Q6_K", 256, 210}, 15: {"Q8_K", 256, 292}, 16: {"IQ2_XXS", 256, 66}, 17: {"IQ2_XS", 256, 74},
	18: {"IQ3_XXS", 256, 98}, 19: {"IQ1_S", 256, 50}, 20: {"IQ4_NL", 32, 18}, 21: {"IQ3_S", 256, 110}, 22: {"IQ2_S", 256, 82},
	23: {"IQ4_XS", 256, 136}, 24: {"I8", 1, 1}, 25: {"I16", 1, 2}, 26: {"I32", 1, 4}, 27: {"I64", 1, 8}, 28: {"F64", 1, 8},
	29: {"IQ1_M", 256, 56}, 30: {"BF16", 1, 2}, 34: {"TQ1_0", 256, 54}, 35: {"TQ2_0", 256, 66}, 39: {"MXFP4", 32, 17},
}

// ReadGGUF reads the header of a GGUF file of that size, version 2 or 3: its
// metadata and what its tensors are, the dimensions in torch's order, slowest
// first. The tensors themselves are not read.
func ReadGGUF(r io.Reader, size int64) ([]Pair, []Tensor, error) {
	g := &gguf{r: bufio.NewReaderSize(r, 1<<16), left: size}
	if string(g.bytes(4)) != "GGUF" {
		return nil, nil, errors.New("not a GGUF file: it does not start with GGUF")
	}
	version := g.u32()
	if g.err == nil && version != 2 && version != 3 {
		if version&0xffff == 0 {
			return nil, nil, errors.New("a big-endian GGUF file, which is not read")
		}
		return nil, nil, fmt.Errorf("GGUF version %d; 2 and 3 are read", version)
	}
	tensors, pairs := g.u64(), g.u64()
	if g.err == nil && (tensors > maxTensors || pairs > maxPairs) {
		return nil, nil, fmt.Errorf("refused: %d tensors and %d metadata keys; at most %d and %d are read", tensors, pairs, maxTensors, maxPairs)
	}
	var meta []Pair
	seen := map[string]bool{}
	for i := uint64(0); i < pairs && g.err == nil; i++ {
		key := g.string(maxKey)
		if g.err == nil && seen[key] {
			return nil, nil, fmt.Errorf("the metadata key %q stands there twice", key)
		}
		seen[key] = true
		v := g.value(g.u32(), 0)
		if g.err != nil {
			return nil, nil, fmt.Errorf("metadata key %q: %w", key, g.err)
		}
		meta = append(meta, Pair{key, v})
	}
	var out []Tensor
	names := map[string]bool{}
	for i := uint64(0); i < tensors && g.err == nil; i++ {
		t := Tensor{Name: g.string(maxKey), Shape: []int64{}}
		dims := g.u32()
		if g.err == nil && dims > 4 {
			return nil, nil, fmt.Errorf("tensor %q: %d dimensions; the format has at most 4", t.Name, dims)
		}
		for range dims {
			d := g.u64()
			if d > maxNumel {
				return nil, nil, fmt.Errorf("tensor %q: refused: a dimension of %d", t.Name, d)
			}
			t.Shape = append([]int64{int64(d)}, t.Shape...)
		}
		kind := g.u32()
		g.u64() // offset
		if g.err != nil {
			break
		}
		if names[t.Name] {
			return nil, nil, fmt.Errorf("tensor %q stands there twice", t.Name)
		}
		names[t.Name] = true
		k, ok := ggmlTypes[kind]
		if !ok {
			return nil, nil, fmt.Errorf("tensor %q: the format has no type %d", t.Name, kind)
		}
		n, err := elements(t.Shape)
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		t.DType, t.Bytes = k.name, n/k.block*k.size
		out = append(out, t)
	}
	if g.err != nil {
		return nil, nil, g.err
	}
	return meta, out, nil
}

// gguf reads little-endian values; the first error stays.
type gguf struct {
	r    *bufio.Reader
	left int64 // bytes that can follow
	err  error
}

func (g *gguf) bytes(n int64) []byte {
	if g.err == nil && n > g.left {
		g.err = fmt.Errorf("the header ends early: %d bytes were expected, and %d are left", n, g.left)
	}
	if g.err != nil {
		return make([]byte, min(n, 8))
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(g.r, b); err != nil {
		g.err = errors.New("the header ends early")
	}
	g.left -= n
	return b
}

func (g *gguf) u32() uint32 { return binary.LittleEndian.Uint32(g.bytes(4)) }
func (g *gguf) u64() uint64 { return binary.LittleEndian.Uint64(g.bytes(8)) }

func (g *gguf) string(limit uint64) string {
	n := g.u64()
	if g.err == nil && n > limit {
		g.err = fmt.Errorf("refused: a string of %d bytes", n)
	}
	if g.err != nil {
		return ""
	}
	b := g.bytes(int64(n))
	if g.err == nil && !utf8.Valid(b) {
		return fmt.Sprintf("%q", b) // tokens may be bytes of a character
	}
	return string(b)
}

// value reads a value of a metadata type.
func (g *gguf) value(kind uint32, depth int) any {
	switch kind {
	case 0:
		return int64(g.bytes(1)[0])
	case 1:
		return int64(int8(g.bytes(1)[0]))
	case 2:
		return int64(binary.LittleEndian.Uint16(g.bytes(2)))
	case 3:
		return int64(int16(binary.LittleEndian.Uint16(g.bytes(2))))
	case 4:
		return int64(g.u32())
	case 5:
		return int64(int32(g.u32()))
	case 6:
		return float64(math.Float32frombits(g.u32()))
	case 7:
		return g.bytes(1)[0] != 0
	case 8:
		return g.string(maxString)
	case 9:
		return g.array(depth)
	case 10:
		if v := g.u64(); v <= math.MaxInt64 {
			return int64(v)
		} else {
			return v
		}
	case 11:
		return int64(g.u64())
	case 12:
		return math.Float64frombits(g.u64())
	}
	if g.err == nil {
		g.err = fmt.Errorf("the format has no value type %d", kind)
	}
	return nil
}

func (g *gguf) array(depth int) any {
	kind, n := g.u32(), g.u64()
	if g.err == nil && (n > maxElements || int64(n) > g.left) {
		g.err = fmt.Errorf("refused: an array of %d elements", n)
	}
	if g.err == nil && depth >= maxNested {
		g.err = errors.New("refused: arrays nested too deep")
	}
	a := Array{Len: n}
	for i := uint64(0); i < n && g.err == nil; i++ {
		v := g.value(kind, depth+1)
		if i < keptInArray {
			a.First = append(a.First, v)
		}
	}
	return a
}
