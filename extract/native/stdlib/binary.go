package stdlib

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/adler32"
	"hash/crc32"
	"math"
	"math/big"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

var hashClass = interp.NewNativeClass("_hashlib.HASH", nil)

// digest is the state of a hash object: what was fed to it so far.
type digest struct {
	name string
	size int
	data []byte
	sum  func(b []byte) []byte
}

var digests = map[string]struct {
	block int
	sum   func(b []byte) []byte
}{
	"md5":    {64, func(b []byte) []byte { s := md5.Sum(b); return s[:] }},
	"sha1":   {64, func(b []byte) []byte { s := sha1.Sum(b); return s[:] }},
	"sha224": {64, func(b []byte) []byte { s := sha256.Sum224(b); return s[:] }},
	"sha256": {64, func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }},
	"sha384": {128, func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }},
	"sha512": {128, func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }},
}

func bytesOf(in *inter, v value) string {
	if b, ok := interp.Unwrap(v).(interp.Bytes); ok {
		return b.S
	}
	in.Raise(interp.TypeError, "a bytes-like object is required, not '%s'", typeName(v))
	return ""
}

func newDigest(in *inter, name string, data value) value {
	d, ok := digests[name]
	if !ok {
		in.Raise(interp.ValueError, "unsupported hash type %s", name)
	}
	h := &digest{name: name, size: d.block, sum: d.sum}
	if data != nil {
		h.data = []byte(bytesOf(in, data))
	}
	return &interp.Instance{Cls: hashClass, Data: h}
}

func init() {
	of := func(v value) *digest { return v.(*interp.Instance).Data.(*digest) }
	addMethods(hashClass,
		method("update", "self, data, /", func(in *inter, a []value) value {
			s := bytesOf(in, a[1])
			in.Charge(int64(len(s)))
			of(a[0]).data = append(of(a[0]).data, s...)
			return interp.None
		}),
		method("digest", "self", func(_ *inter, a []value) value { return interp.Bytes{S: string(of(a[0]).sum(of(a[0]).data))} }),
		method("hexdigest", "self", func(_ *inter, a []value) value { return str(hex.EncodeToString(of(a[0]).sum(of(a[0]).data))) }),
		method("copy", "self", func(_ *inter, a []value) value {
			d := *of(a[0])
			d.data = append([]byte(nil), d.data...)
			return &interp.Instance{Cls: hashClass, Data: &d}
		}),
		property("name", func(_ *inter, self value) value { return str(of(self).name) }),
		property("block_size", func(_ *inter, self value) value { return interp.NewInt(int64(of(self).size)) }),
		property("digest_size", func(_ *inter, self value) value { return interp.NewInt(int64(len(of(self).sum(nil)))) }),
	)
}

// packItem is one item of a struct format.
type packItem struct {
	code  byte
	count int
}

// structFormat reads a struct format.
func structFormat(in *inter, f string) (order binary.ByteOrder, aligned bool, items []packItem) {
	order, aligned = binary.LittleEndian, true
	if f != "" {
		switch f[0] {
		case '<', '=':
			f, aligned = f[1:], false
		case '>', '!':
			f, order, aligned = f[1:], binary.BigEndian, false
		case '@':
			f = f[1:]
		}
	}
	for i := 0; i < len(f); i++ {
		if f[i] == ' ' {
			continue
		}
		n, has := 0, false
		for i < len(f) && f[i] >= '0' && f[i] <= '9' && n < 1<<24 {
			n, has = n*10+int(f[i]-'0'), true
			i++
		}
		if !has {
			n = 1
		}
		if i >= len(f) || strings.IndexByte("xcbB?hHiIlLqQnNefdsp", f[i]) < 0 {
			in.Raise(structError, "bad char in struct format")
		}
		items = append(items, packItem{f[i], n})
	}
	return order, aligned, items
}

var structError = interp.NewNativeClass("struct.error", []*interp.Class{interp.Exception})

func itemSize(c byte, aligned bool) int {
	switch c {
	case 'h', 'H', 'e':
		return 2
	case 'i', 'I', 'f':
		return 4
	case 'l', 'L':
		if aligned {
			return 8
		}
		return 4
	case 'q', 'Q', 'd', 'n', 'N':
		return 8
	}
	return 1
}

// layout gives the offset of each item and the size of the whole.
func layout(aligned bool, items []packItem) (at []int, size int) {
	for _, it := range items {
		n := itemSize(it.code, aligned)
		if aligned && n > 1 && size%n != 0 {
			size += n - size%n
		}
		at = append(at, size)
		size += n * it.count
	}
	return at, size
}

func unpack(in *inter, format, data string) value {
	order, aligned, items := structFormat(in, format)
	at, size := layout(aligned, items)
	if size != len(data) {
		in.Raise(structError, "unpack requires a buffer of %d bytes", size)
	}
	var out []value
	for i, it := range items {
		p := []byte(data[at[i]:])
		n := itemSize(it.code, aligned)
		if it.code == 's' || it.code == 'p' {
			out = append(out, interp.Bytes{S: string(p[:it.count])})
			continue
		}
		if it.code == 'x' {
			continue
		}
		in.Charge(int64(it.count))
		for range it.count {
			var u uint64
			switch n {
			case 1:
				u = uint64(p[0])
			case 2:
				u = uint64(order.Uint16(p))
			case 4:
				u = uint64(order.Uint32(p))
			case 8:
				u = order.Uint64(p)
			}
			out = append(out, unpackOne(it.code, u, n))
			p = p[n:]
		}
	}
	return interp.NewTuple(out...)
}

func unpackOne(code byte, u uint64, n int) value {
	switch code {
	case 'c':
		return interp.Bytes{S: string([]byte{byte(u)})}
	case '?':
		return interp.NewBool(u != 0)
	case 'f':
		return interp.NewFloat(float64(math.Float32frombits(uint32(u))))
	case 'd':
		return interp.NewFloat(math.Float64frombits(u))
	case 'e':
		return interp.NewFloat(halfToFloat(uint16(u)))
	case 'B', 'H', 'I', 'L', 'Q', 'N':
		return interp.NewBig(new(big.Int).SetUint64(u))
	}
	shift := 64 - 8*n
	return interp.NewInt(int64(u<<shift) >> shift)
}

func halfToFloat(h uint16) float64 {
	sign := 1.0
	if h&0x8000 != 0 {
		sign = -1
	}
	e, m := int(h>>10&0x1f), float64(h&0x3ff)
	switch e {
	case 0:
		return sign * math.Ldexp(m, -24)
	case 31:
		if m != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1+m/1024, e-15)
}

func pack(in *inter, format string, args []value) value {
	order, aligned, items := structFormat(in, format)
	at, size := layout(aligned, items)
	in.Charge(int64(size))
	b := make([]byte, size)
	need := 0
	for _, it := range items {
		switch it.code {
		case 's', 'p':
			need++
		case 'x':
		default:
			need += it.count
		}
	}
	if need != len(args) {
		in.Raise(structError, "pack expected %d items for packing (got %d)", need, len(args))
	}
	for i, it := range items {
		p := b[at[i]:]
		n := itemSize(it.code, aligned)
		if it.code == 'x' {
			continue
		}
		if it.code == 's' || it.code == 'p' {
			copy(p[:it.count], bytesOf(in, args[0]))
			args = args[1:]
			continue
		}
		for range it.count {
			var u uint64
			switch it.code {
			case 'f':
				u = uint64(math.Float32bits(float32(in.Float(args[0]))))
			case 'd':
				u = math.Float64bits(in.Float(args[0]))
			case 'e':
				in.Raise(structError, "packing half floats is not available")
			case 'c':
				u = uint64(bytesOf(in, args[0])[0])
			case '?':
				if in.Truth(args[0]) {
					u = 1
				}
			default:
				k, unknown := integer(in, args[0])
				if unknown != nil {
					return unknown
				}
				signed := strings.IndexByte("bhilqn", it.code) >= 0
				lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(8*n))
				if signed {
					hi.Rsh(hi, 1)
					lo.Neg(hi)
				}
				if k.Cmp(lo) < 0 || k.Cmp(hi) >= 0 {
					in.Raise(structError, "argument out of range")
				}
				if k.Sign() < 0 {
					u = uint64(k.Int64())
				} else {
					u = k.Uint64()
				}
			}
			switch n {
			case 1:
				p[0] = byte(u)
			case 2:
				order.PutUint16(p, uint16(u))
			case 4:
				order.PutUint32(p, uint32(u))
			case 8:
				order.PutUint64(p, u)
			}
			p, args = p[n:], args[1:]
		}
	}
	return interp.Bytes{S: string(b)}
}

func binaryEntries() []entry {
	out := []entry{module("hashlib"), module("base64"), module("struct"), module("binascii")}
	for n := range digests {
		out = append(out, fn("hashlib."+n, "string=?, *, usedforsecurity=True", func(in *inter, a []value) value { return newDigest(in, n, a[0]) }))
	}
	for _, n := range []string{"blake2b", "blake2s", "sha3_256", "sha3_512", "shake_128", "shake_256", "pbkdf2_hmac", "scrypt"} {
		out = append(out, raw("hashlib."+n, func(in *inter, _ []value, _ []interp.KW) value { return refuse(in, "hashlib."+n) }))
	}
	encode := func(name string, e *base64.Encoding) entry {
		return fn("base64."+name, "s, altchars=None", func(in *inter, a []value) value {
			s := bytesOf(in, a[0])
			in.Charge(int64(len(s)))
			return interp.Bytes{S: e.EncodeToString([]byte(s))}
		})
	}
	decode := func(name string, e *base64.Encoding) entry {
		return fn("base64."+name, "s, altchars=None, validate=False", func(in *inter, a []value) value {
			s, ok := interp.AsStr(a[0])
			if !ok {
				s = bytesOf(in, a[0])
			}
			b, err := e.DecodeString(strings.TrimSpace(s))
			if err != nil {
				in.Raise(interp.ValueError, "Incorrect padding")
			}
			return interp.Bytes{S: string(b)}
		})
	}
	out = append(out,
		encode("b64encode", base64.StdEncoding), encode("standard_b64encode", base64.StdEncoding), encode("urlsafe_b64encode", base64.URLEncoding),
		decode("b64decode", base64.StdEncoding), decode("standard_b64decode", base64.StdEncoding), decode("urlsafe_b64decode", base64.URLEncoding), decode("decodebytes", base64.StdEncoding),
		fn("hashlib.new", "name, data=?, **kwargs", func(in *inter, a []value) value { return newDigest(in, in.Str(a[0]), a[1]) }),
		val("hashlib.algorithms_available", func(in *inter) value {
			var names []string
			for n := range digests {
				names = append(names, n)
			}
			return nameSet(names)
		}),
		fn("binascii.hexlify", "data", func(in *inter, a []value) value {
			return interp.Bytes{S: hex.EncodeToString([]byte(bytesOf(in, a[0])))}
		}),
		fn("binascii.crc32", "data, crc=0, /", func(in *inter, a []value) value {
			return interp.NewInt(int64(crc32.Update(uint32(in.Int(a[1])), crc32.IEEETable, []byte(bytesOf(in, a[0])))))
		}),
		fn("zlib.crc32", "data, value=0, /", func(in *inter, a []value) value {
			return interp.NewInt(int64(crc32.Update(uint32(in.Int(a[1])), crc32.IEEETable, []byte(bytesOf(in, a[0])))))
		}),
		fn("zlib.adler32", "data, value=1, /", func(in *inter, a []value) value {
			return interp.NewInt(int64(adler32.Checksum([]byte(bytesOf(in, a[0])))))
		}),
		class("struct.error", structError),
		fn("struct.calcsize", "format, /", func(in *inter, a []value) value {
			_, aligned, items := structFormat(in, in.ToStr(a[0]))
			_, size := layout(aligned, items)
			return interp.NewInt(int64(size))
		}),
		fn("struct.pack", "format, /, *v", func(in *inter, a []value) value { return pack(in, in.ToStr(a[0]), a[1].(*interp.Tuple).V) }),
		fn("struct.unpack", "format, buffer, /", func(in *inter, a []value) value { return unpack(in, in.ToStr(a[0]), bytesOf(in, a[1])) }),
		fn("struct.unpack_from", "format, /, buffer, offset=0", func(in *inter, a []value) value {
			_, aligned, items := structFormat(in, in.ToStr(a[0]))
			_, size := layout(aligned, items)
			s, at := bytesOf(in, a[1]), in.Int(a[2])
			if at < 0 || at > int64(len(s)) || int64(size) > int64(len(s))-at {
				in.Raise(structError, "unpack_from requires a buffer of at least %d bytes", at+int64(size))
			}
			return unpack(in, in.ToStr(a[0]), s[at:at+int64(size)])
		}),
	)
	return out
}
