package pyast

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"io"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// unicodeData is the part of Unicode 16.0 that CPython 3.14 uses and that
// Go's own tables, of another version, do not answer. unicode.py made it.
//
//go:embed unicode.bin.gz
var unicodeData []byte

type uniTables struct {
	printable, start, part, named, cjk []runeRange
	decomp                             map[rune][]rune
	class                              map[rune]uint8
	compose                            map[[2]rune]rune
	names                              string
	byName                             func() map[string]rune
}

type runeRange struct{ lo, hi rune }

// tables unpacks the data the first time that a character beyond ASCII asks for it.
var tables = sync.OnceValue(func() *uniTables {
	z, err := gzip.NewReader(bytes.NewReader(unicodeData))
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	num := func() rune {
		n, size := binary.Uvarint(data)
		data = data[size:]
		return rune(n)
	}
	ranges := func() []runeRange {
		list := make([]runeRange, num())
		last := rune(0)
		for i := range list {
			list[i].lo = last + num()
			list[i].hi = list[i].lo + num()
			last = list[i].hi
		}
		return list
	}
	t := &uniTables{printable: ranges(), start: ranges(), part: ranges(), named: ranges(), cjk: ranges()}
	n := num()
	t.decomp = make(map[rune][]rune, n)
	for c := rune(0); n > 0; n-- {
		c += num()
		d := make([]rune, num())
		for i := range d {
			d[i] = num()
		}
		t.decomp[c] = d
	}
	n = num()
	t.class = make(map[rune]uint8, n)
	for c := rune(0); n > 0; n-- {
		c += num()
		t.class[c] = uint8(num())
	}
	n = num()
	t.compose = make(map[[2]rune]rune, n)
	for ; n > 0; n-- {
		a, b := num(), num()
		t.compose[[2]rune{a, b}] = num()
	}
	t.names = string(data)
	t.byName = sync.OnceValue(t.nameMap)
	return t
})

func in(list []runeRange, r rune) bool {
	i := sort.Search(len(list), func(i int) bool { return list[i].hi >= r })
	return i < len(list) && list[i].lo <= r
}

// isPrintable is Python's str.isprintable.
func isPrintable(r rune) bool {
	if r < 0x7f {
		return r >= ' '
	}
	return in(tables().printable, r)
}

func isIdentStart(r rune) bool {
	if r < 0x80 {
		return identCh[r] && !isDigit(byte(r))
	}
	return in(tables().start, r)
}

func isIdentPart(r rune) bool {
	if r < 0x80 {
		return identCh[r]
	}
	return in(tables().part, r)
}

// Hangul syllables compose by arithmetic.
const (
	hangulBase, hangulEnd = 0xAC00, 0xD7A4
	leadBase, vowelBase   = 0x1100, 0x1161
	tailBase              = 0x11A7
	leads, vowels, tails  = 19, 21, 28
)

// nfkc returns the compatibility composition of an identifier.
func nfkc(s string) string {
	t := tables()
	var runes []rune
	for _, r := range s {
		if r >= hangulBase && r < hangulEnd {
			i := r - hangulBase
			runes = append(runes, leadBase+i/(vowels*tails), vowelBase+i%(vowels*tails)/tails)
			if i%tails > 0 {
				runes = append(runes, tailBase+i%tails)
			}
		} else if d, ok := t.decomp[r]; ok {
			runes = append(runes, d...)
		} else {
			runes = append(runes, r)
		}
	}
	// Combining marks in canonical order.
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && t.class[runes[j]] != 0 {
			j++
		}
		marks := runes[i:j]
		sort.SliceStable(marks, func(a, b int) bool { return t.class[marks[a]] < t.class[marks[b]] })
		i = j + 1
	}
	// Compose each character with the last starter that nothing blocks.
	out := runes[:0]
	starter, last := -1, uint8(0)
	for _, r := range runes {
		class := t.class[r]
		if starter >= 0 && (starter == len(out)-1 || last < class) {
			if c, ok := t.composePair(out[starter], r); ok {
				out[starter] = c
				continue
			}
		}
		if class == 0 {
			starter = len(out)
		}
		last = class
		out = append(out, r)
	}
	return string(out)
}

func (t *uniTables) composePair(a, b rune) (rune, bool) {
	if l, v := a-leadBase, b-vowelBase; l >= 0 && l < leads && v >= 0 && v < vowels {
		return hangulBase + (l*vowels+v)*tails, true
	}
	if s, k := a-hangulBase, b-tailBase; s >= 0 && a < hangulEnd && s%tails == 0 && k > 0 && k < tails {
		return a + k, true
	}
	c, ok := t.compose[[2]rune{a, b}]
	return c, ok
}

// nameMap maps names to characters; the names stand in the order of the
// named ranges, and after them aliases with their code points.
func (t *uniTables) nameMap() map[string]rune {
	lines := strings.Split(t.names, "\n")
	m := make(map[string]rune, len(lines))
	i := 0
	for _, r := range t.named {
		for c := r.lo; c <= r.hi; c++ {
			m[lines[i]] = c
			i++
		}
	}
	for _, line := range lines[i:] {
		if code, name, ok := strings.Cut(line, " "); ok {
			c, _ := strconv.ParseInt(code, 16, 32)
			m[strings.ToUpper(name)] = rune(c)
		}
	}
	return m
}

// runeByName finds the character of \N{name}.
func runeByName(name string) (rune, bool) {
	if !utf8.ValidString(name) || len(name) > 256 {
		return 0, false
	}
	name = strings.ToUpper(name)
	t := tables()
	if hex, ok := strings.CutPrefix(name, "CJK UNIFIED IDEOGRAPH-"); ok {
		c, err := strconv.ParseUint(hex, 16, 32)
		return rune(c), err == nil && (len(hex) == 4 || len(hex) == 5) && in(t.cjk, rune(c))
	}
	if syllable, ok := strings.CutPrefix(name, "HANGUL SYLLABLE "); ok {
		return hangulByName(syllable)
	}
	c, ok := t.byName()[name]
	return c, ok
}

var (
	leadNames  = strings.Split("G GG N D DD R M B BB S SS  J JJ C K T P H", " ")
	vowelNames = strings.Split("A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I", " ")
	tailNames  = strings.Split(" G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H", " ")
)

func hangulByName(s string) (rune, bool) {
	longest := func(names []string) int {
		best := -1
		for i, n := range names {
			if strings.HasPrefix(s, n) && (best < 0 || len(n) > len(names[best])) {
				best = i
			}
		}
		if best >= 0 {
			s = s[len(names[best]):]
		}
		return best
	}
	l := longest(leadNames)
	v := longest(vowelNames)
	t := longest(tailNames)
	if l < 0 || v < 0 || t < 0 || s != "" {
		return 0, false
	}
	return rune(hangulBase + (l*vowels+v)*tails + t), true
}
