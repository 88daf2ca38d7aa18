package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// safetensorsBits are the dtypes of the format and the bits of one element.
var safetensorsBits = map[string]int64{
	"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E5M2FNUZ": 8, "F8_E4M3FNUZ": 8,
	"I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64,
	"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}

// ReadSafetensors reads the header of a safetensors file of that size: 8 bytes
// that say how long the header is, then JSON. Only these bytes are read. The
// rules are the format's own: the tensors cover what follows the header without
// holes and without overlap.
func ReadSafetensors(r io.Reader, size int64) ([]Tensor, error) {
	var word [8]byte
	if _, err := io.ReadFull(r, word[:]); err != nil {
		return nil, errors.New("too short to be a safetensors file: it has not even the 8 bytes that say how long its header is")
	}
	n := binary.LittleEndian.Uint64(word[:])
	switch {
	case n > maxHeader:
		return nil, fmt.Errorf("refused: the header is said to be %d bytes long, and the format allows %d", n, maxHeader)
	case int64(n) > size-8:
		return nil, fmt.Errorf("the header is said to be %d bytes long, and only %d follow", n, max(0, size-8))
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, fmt.Errorf("the header ends early: %w", err)
	}
	if !utf8.Valid(text) {
		return nil, errors.New("the header is not UTF-8")
	}
	type place struct {
		from, to int64
		name     string
	}
	var out []Tensor
	var places []place
	d := newDecoder(text)
	err := d.object(func(name string) error {
		if name == "__metadata__" {
			return d.object(func(string) error { _, err := d.string(); return err })
		}
		t := Tensor{Name: name}
		offsets := []int64{}
		have := map[string]bool{}
		err := d.object(func(key string) (err error) {
			have[key] = true
			switch key {
			case "dtype":
				t.DType, err = d.string()
			case "shape":
				t.Shape = []int64{}
				err = d.list(func() error {
					v, err := d.int()
					if t.Shape = append(t.Shape, v); err == nil && len(t.Shape) > maxDims {
						err = fmt.Errorf("refused: more than %d dimensions", maxDims)
					}
					return err
				})
			case "data_offsets":
				err = d.list(func() error {
					v, err := d.int()
					if offsets = append(offsets, v); err == nil && len(offsets) > 2 {
						err = errors.New("two data_offsets were expected, and there are more")
					}
					return err
				})
			default:
				err = fmt.Errorf("a tensor has no %q", key)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		for _, key := range []string{"dtype", "shape", "data_offsets"} {
			if !have[key] {
				return fmt.Errorf("tensor %q: has no %s", name, key)
			}
		}
		bits, ok := safetensorsBits[t.DType]
		if !ok {
			return fmt.Errorf("tensor %q: the format has no dtype %q", name, t.DType)
		}
		if len(offsets) != 2 || offsets[0] > offsets[1] {
			return fmt.Errorf("tensor %q: data_offsets %v are no range", name, offsets)
		}
		numel, err := elements(t.Shape)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		t.Bytes = numel * bits / 8
		if numel*bits%8 != 0 || t.Bytes != offsets[1]-offsets[0] {
			return fmt.Errorf("tensor %q: %v of %s take %d bytes, and its data_offsets %v span %d", name, t.Shape, t.DType, t.Bytes, offsets, offsets[1]-offsets[0])
		}
		out = append(out, t)
		places = append(places, place{offsets[0], offsets[1], name})
		return nil
	})
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.from != b.from {
			return int(min(1, max(-1, a.from-b.from)))
		}
		return int(min(1, max(-1, a.to-b.to)))
	})
	at := int64(0)
	for _, p := range places {
		switch {
		case p.from < at:
			return nil, fmt.Errorf("header: tensor %q overlaps the one before it", p.name)
		case p.from > at:
			return nil, fmt.Errorf("header: %d bytes before tensor %q belong to none", p.from-at, p.name)
		}
		at = p.to
	}
	if rest := size - 8 - int64(n); at != rest {
		return nil, fmt.Errorf("header: the tensors take %d bytes, and %d follow", at, rest)
	}
	return out, nil
}

// elements multiplies dimensions, refusing what no file can hold.
func elements(shape []int64) (int64, error) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > maxNumel || n > 0 && d > maxNumel/n {
			return 0, fmt.Errorf("refused: a shape of %v", shape)
		}
		n *= d
	}
	return n, nil
}
