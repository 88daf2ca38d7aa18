package pipeline

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// maxMessage is the length at which error messages in rows are cut, in characters.
const maxMessage = 300

// AppendTreeRow appends the machine-readable row of a built class: its
// parameters, buffers and modules in torch's order.
func AppendTreeRow(dst []byte, family, file string, b *Built) []byte {
	room := 1 << 10
	for _, p := range b.Tree.Params {
		room += len(p.Name) + 32
	}
	for _, p := range b.Tree.Buffers {
		room += len(p.Name) + 48
	}
	for _, m := range b.Tree.Modules {
		room += len(m.Path) + len(m.Class) + 8
	}
	dst = slices.Grow(dst, room)
	dst = append(dst, `{"family":`...)
	dst = appendString(dst, family)
	dst = append(dst, `,"class":`...)
	dst = appendString(dst, b.Class.Name)
	dst = append(dst, `,"file":`...)
	dst = appendString(dst, file)
	dst = append(dst, `,"config":`...)
	dst = appendString(dst, b.Config.Cls.Name)
	dst = append(dst, `,"parameters":[`...)
	for i, p := range b.Tree.Params {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendEntry(dst, p.Name, p.Tensor)
		if !p.Tensor.RequiresGrad {
			dst = append(dst, `,"frozen"`...)
		}
		dst = append(dst, ']')
	}
	dst = append(dst, `],"buffers":[`...)
	for i, p := range b.Tree.Buffers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendEntry(dst, p.Name, p.Tensor)
		if !p.Persistent {
			dst = append(dst, `,"transient"`...)
		}
		dst = append(dst, ']')
	}
	dst = append(dst, `],"modules":[`...)
	for i, m := range b.Tree.Modules {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		dst = appendString(dst, m.Path)
		dst = append(dst, ',')
		dst = appendString(dst, m.Class)
		dst = append(dst, ']')
	}
	dst = append(dst, `],"tied":`...)
	dst = appendPlain(dst, b.Tied)
	if len(b.Tree.Unknowns) > 0 {
		dst = append(dst, `,"unknown":[`...)
		for i, u := range b.Tree.Unknowns {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, '[')
			dst = appendString(dst, u.Name)
			dst = append(dst, ',')
			dst = appendString(dst, u.Unknown.Why)
			dst = append(dst, ']')
		}
		dst = append(dst, ']')
	}
	return append(dst, "}\n"...)
}

// AppendErrorRow appends the row of a class that cannot be built.
func AppendErrorRow(dst []byte, family, class, file string, err error) []byte {
	dst = append(dst, `{"family":`...)
	dst = appendString(dst, family)
	dst = append(dst, `,"class":`...)
	dst = appendString(dst, class)
	dst = append(dst, `,"file":`...)
	dst = appendString(dst, file)
	dst = append(dst, `,"error":`...)
	dst = appendString(dst, clip(err.Error()))
	dst = append(dst, `,"at":`...)
	if at := At(err).String(); at != "" {
		dst = appendString(dst, at)
	} else {
		dst = append(dst, "null"...)
	}
	return append(dst, "}\n"...)
}

func clip(s string) string {
	n := 0
	for i := range s {
		if n == maxMessage {
			return s[:i]
		}
		n++
	}
	return s
}

func appendEntry(dst []byte, name string, t *tensor.Tensor) []byte {
	dst = append(dst, '[')
	dst = appendString(dst, name)
	dst = append(dst, ",["...)
	for i, d := range t.Shape {
		if i > 0 {
			dst = append(dst, ',')
		}
		if d.V < 0 {
			dst = append(dst, "null"...)
		} else {
			dst = strconv.AppendInt(dst, d.V, 10)
		}
	}
	dst = append(dst, "],"...)
	return appendString(dst, t.DType.String())
}

func appendString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			b, _ := json.Marshal(strings.ToValidUTF8(s, "\ufffd"))
			return append(dst, b...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// appendPlain writes a Python value of strings, numbers, lists and dicts as JSON.
func appendPlain(dst []byte, v interp.Value) []byte {
	if v == nil {
		return append(dst, "null"...)
	}
	if d, ok := v.(*interp.Dict); ok { // in Python's order
		dst = append(dst, '{')
		first := true
		d.Range(func(k, x interp.Value) bool {
			if s, ok := interp.AsStr(k); ok {
				if !first {
					dst = append(dst, ',')
				}
				first = false
				dst = appendString(dst, s)
				dst = append(dst, ':')
				dst = appendPlain(dst, x)
			}
			return true
		})
		return append(dst, '}')
	}
	b, err := json.Marshal(plain(v))
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, b...)
}
