package checkpoint_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/checkpoint"
	"github.com/arch-extract/arch-extract/extract/graph"
)

// safetensors is a file with that header and room for so many bytes of data.
func safetensors(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func TestReadSafetensors(t *testing.T) {
	const two = `{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,2],"data_offsets":[4,12]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`
	entry := func(s string) string { return `{"a":{` + s + `}}` }
	for _, c := range []struct {
		name, header string
		data         int
		want         string // "" accepts
	}{
		{"two tensors", two, 12, ""},
		{"spaces at the end", two + "   ", 12, ""},
		{"no tensors", `{}`, 0, ""},
		{"an empty tensor", entry(`"dtype":"F32","shape":[0,4],"data_offsets":[0,0]`), 0, ""},
		{"data missing", two, 11, "take 12 bytes, and 11 follow"},
		{"data over", two, 13, "take 12 bytes, and 13 follow"},
		{"overlap", `{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}`, 6, "overlaps"},
		{"hole", `{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}}`, 6, "belong to none"},
		{"dtype", entry(`"dtype":"F33","shape":[1],"data_offsets":[0,4]`), 4, `no dtype "F33"`},
		{"size", entry(`"dtype":"F32","shape":[2],"data_offsets":[0,4]`), 4, "take 8 bytes"},
		{"overflow", entry(`"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]`), 0, "refused"},
		{"negative", entry(`"dtype":"F32","shape":[-1],"data_offsets":[0,4]`), 4, "whole number"},
		{"range", entry(`"dtype":"F32","shape":[1],"data_offsets":[4,0]`), 4, "no range"},
		{"key twice", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, "twice"},
		{"field missing", entry(`"dtype":"F32","shape":[1]`), 4, "has no data_offsets"},
		{"field unknown", entry(`"dtype":"F32","x":1,"shape":[1],"data_offsets":[0,4]`), 4, `no "x"`},
		{"depth", strings.Repeat(`{"a":`, 100000), 0, "header"},
		{"a list", `[]`, 0, "an object was expected"},
		{"two values", `{}{}`, 0, "more text"},
		{"cut", `{"a":`, 0, "ends early"},
		{"not UTF-8", "{\"\xff\":1}", 0, "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := safetensors(c.header, c.data)
			_, err := checkpoint.ReadSafetensors(bytes.NewReader(b), int64(len(b)))
			check(t, err, c.want)
		})
	}
	for name, b := range map[string][]byte{
		"only 2 follow":     {255, 0, 0, 0, 0, 0, 0, 0, '{', '}'},
		"the format allows": {255, 255, 255, 255, 255, 255, 255, 255, '{', '}'},
		"not even the 8":    {1, 0},
	} {
		_, err := checkpoint.ReadSafetensors(bytes.NewReader(b), int64(len(b)))
		check(t, err, name)
	}
}

func check(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Error(err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error is %v; want one with %q", err, want)
	}
}

// ggufFile is a file of version 3 with metadata and tensors as they are encoded.
func ggufFile(tensors, pairs uint64, rest ...any) []byte {
	b := bytes.NewBufferString("GGUF")
	for _, v := range append([]any{uint32(3), tensors, pairs}, rest...) {
		if s, ok := v.(string); ok {
			binary.Write(b, binary.LittleEndian, uint64(len(s)))
			b.WriteString(s)
			continue
		}
		binary.Write(b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

func TestReadGGUF(t *testing.T) {
	good := ggufFile(1, 2, "general.name", uint32(8), "small", "x.block_count", uint32(4), uint32(2),
		"token_embd.weight", uint32(2), uint64(32), uint64(96), uint32(1), uint64(0))
	meta, ts, err := checkpoint.ReadGGUF(bytes.NewReader(good), int64(len(good)))
	if err != nil || len(meta) != 2 || meta[1].Value != int64(2) || len(ts) != 1 || ts[0].DType != "F16" || ts[0].Shape[0] != 96 || ts[0].Bytes != 2*32*96 {
		t.Errorf("%v %v %v", meta, ts, err)
	}
	for want, b := range map[string][]byte{
		"refused: 1152921504606846976 tensors": ggufFile(1<<60, 0),
		"refused: 0 tensors and 1000000":       ggufFile(0, 1000000),
		"refused: a string of":                 ggufFile(0, 1, uint64(1<<40)),
		"refused: an array of":                 ggufFile(0, 1, "a", uint32(9), uint32(0), uint64(1<<62)),
		"nested too deep":                      ggufFile(0, 1, "a", uint32(9), uint32(9), uint64(1), uint32(9), uint64(1), uint32(9), uint64(1), uint32(9), uint64(1), uint32(9), uint64(1), uint32(9), uint64(1)),
		"no value type 99":                     ggufFile(0, 1, "a", uint32(99)),
		"ends early":                           good[:len(good)-3],
		"twice":                                ggufFile(0, 2, "a", uint32(7), uint8(1), "a", uint32(7), uint8(1)),
		"5 dimensions":                         ggufFile(1, 0, "a", uint32(5), uint64(1), uint64(1), uint64(1), uint64(1), uint64(1)),
		"no type 4000":                         ggufFile(1, 0, "a", uint32(1), uint64(1), uint32(4000), uint64(0)),
		"does not start":                       []byte("GGML\x03\x00\x00\x00"),
	} {
		_, _, err := checkpoint.ReadGGUF(bytes.NewReader(b), int64(len(b)))
		check(t, err, want)
	}
}

func TestCompare(t *testing.T) {
	m := &graph.Model{Hidden: graph.Dim{N: 64}}
	fact := func(key string, v any) {
		m.Facts = append(m.Facts, graph.Fact{Key: key, Value: v, Stack: "main", Status: graph.Present})
	}
	fact("model.layers", int64(2))
	fact("attention.heads", int64(4))
	fact("rope.theta", 500000.0)
	fact("attention.window", int64(16))
	fact("attention.window", int64(32)) // layers differ
	fact("moe.scale", "none")
	keys := checkpoint.Metadata(m)
	if got, want := fmt.Sprint(keys), "[{{arch}.block_count 2 } {{arch}.attention.head_count 4 } {{arch}.attention.sliding_window <nil> layers differ} {{arch}.rope.freq_base 500000 } {{arch}.embedding_length 64 }]"; got != want {
		t.Errorf("keys are %s; want %s", got, want)
	}
	c := &checkpoint.Checkpoint{Metadata: []checkpoint.Pair{{Key: "general.architecture", Value: "x"}, {Key: "x.block_count", Value: int64(3)},
		{Key: "x.rope.freq_base", Value: float64(float32(500000))}, {Key: "x.attention.head_count", Value: checkpoint.Array{Len: 2, First: []any{int64(4), int64(4)}}}}}
	differ, same := c.Compare(keys)
	if got, want := fmt.Sprint(differ, same), "[x.block_count: 3 in the file, 2 by the code] 2"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

func TestOpenIndex(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("a.safetensors", safetensors(`{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1))
	write("b.safetensors", safetensors(`{"y":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1))
	for _, c := range []struct{ index, want string }{
		{`{"metadata":{"total_size":2},"weight_map":{"x":"a.safetensors","y":"b.safetensors"}}`, ""},
		{`{"weight_map":{"x":"b.safetensors"}}`, "does not hold it"},
		{`{"weight_map":{"x":"../a.safetensors"}}`, "outside of its folder"},
		{`{"weight_map":{"x":"c.safetensors"}}`, "c.safetensors"},
		{`{"weight_map":{"x":"a.safetensors","x":"a.safetensors"}}`, "twice"},
		{`{"metadata":` + strings.Repeat("[", 1000) + `}`, "nested deeper"},
		{`{}`, "no weight_map"},
	} {
		write("model.safetensors.index.json", []byte(c.index))
		_, err := checkpoint.Open(dir)
		check(t, err, c.want)
	}
}

func FuzzReadSafetensors(f *testing.F) {
	f.Add(safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))
	f.Fuzz(func(t *testing.T, b []byte) {
		ts, err := checkpoint.ReadSafetensors(bytes.NewReader(b), int64(len(b)))
		total := int64(0)
		for _, x := range ts {
			total += x.Bytes
		}
		if err == nil && total > int64(len(b)) {
			t.Errorf("%d bytes of tensors in %d", total, len(b))
		}
	})
}

func FuzzReadGGUF(f *testing.F) {
	f.Add(ggufFile(1, 1, "a", uint32(9), uint32(8), uint64(1), "x", "t", uint32(1), uint64(1), uint32(0), uint64(0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		checkpoint.ReadGGUF(bytes.NewReader(b), int64(len(b)))
	})
}
