package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// weights is the scripts' command `weights FILE`: a safetensors file of zeros,
// or, where its name ends in .gguf, a GGUF file of metadata alone. Standard
// input has a line for each tensor as `params` prints it (name, dimensions,
// dtype; tabs between), or for each key: key, value.
func weights() {
	if err := writeWeights(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var weightTypes = map[string]struct {
	name string
	size int64
}{"float32": {"F32", 4}, "bfloat16": {"BF16", 2}, "float16": {"F16", 2}, "int32": {"I32", 4}, "uint8": {"U8", 1}, "float8_e4m3fn": {"F8_E4M3", 1}}

func writeWeights(name string) error {
	var header bytes.Buffer
	var keys []string
	at := int64(0)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		f := strings.Split(in.Text(), "\t")
		if strings.HasSuffix(name, ".gguf") {
			keys = append(keys, f...)
			continue
		}
		dims, numel := []int64{}, int64(1)
		for d := range strings.SplitSeq(f[1], "x") {
			if n, err := strconv.ParseInt(d, 10, 64); err == nil {
				dims, numel = append(dims, n), numel*n
			}
		}
		t, ok := weightTypes[f[2]]
		if !ok {
			return fmt.Errorf("dtype %s", f[2])
		}
		shape, _ := json.Marshal(dims)
		fmt.Fprintf(&header, ",%q:{\"dtype\":%q,\"shape\":%s,\"data_offsets\":[%d,%d]}", f[0], t.name, shape, at, at+numel*t.size)
		at += numel * t.size
	}
	if err := in.Err(); err != nil {
		return err
	}
	var b bytes.Buffer
	if strings.HasSuffix(name, ".gguf") {
		text := func(s string) {
			binary.Write(&b, binary.LittleEndian, uint64(len(s)))
			b.WriteString(s)
		}
		b.WriteString("GGUF")
		for _, v := range []any{uint32(3), uint64(0), uint64(len(keys) / 2)} {
			binary.Write(&b, binary.LittleEndian, v)
		}
		for i := 0; i+1 < len(keys); i += 2 {
			text(keys[i])
			if v, err := strconv.ParseFloat(keys[i+1], 64); err == nil {
				binary.Write(&b, binary.LittleEndian, uint32(12))
				binary.Write(&b, binary.LittleEndian, v)
			} else {
				binary.Write(&b, binary.LittleEndian, uint32(8))
				text(keys[i+1])
			}
		}
		return os.WriteFile(name, b.Bytes(), 0o666)
	}
	json := "{" + strings.TrimPrefix(header.String(), ",") + "}"
	binary.Write(&b, binary.LittleEndian, uint64(len(json)))
	b.WriteString(json)
	b.Write(make([]byte, at))
	return os.WriteFile(name, b.Bytes(), 0o666)
}
