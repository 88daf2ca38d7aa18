package draw

import (
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A picture names fonts by generic family alone, so its text is measured with
// room for a wide one: how much wider DejaVu Sans is than Go's fonts.
const (
	wideRegular = 1.14
	wideBold    = 1.2
	wideDigits  = 1.05 // bold digits once more
	wideSign    = 0.84 // of an em: × and →
)

var fonts = sync.OnceValue(func() [3]*sfnt.Font {
	var out [3]*sfnt.Font
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF, gomono.TTF} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			panic(err) // the fonts are part of the program
		}
		out[i] = f
	}
	return out
})

// width is how wide a text may come out.
func width(s string, size float64, bold, mono bool) float64 {
	f := fonts()[0]
	switch {
	case mono:
		f = fonts()[2]
	case bold:
		f = fonts()[1]
	}
	var buf sfnt.Buffer
	total := 0.0
	for _, r := range s {
		adv := 0.6
		if i, err := f.GlyphIndex(&buf, r); err == nil && i != 0 {
			if a, err := f.GlyphAdvance(&buf, i, fixed.I(1000), font.HintingNone); err == nil {
				adv = float64(a) / 64 / 1000
			}
		}
		switch {
		case mono:
		case r == '×' || r == '→':
			adv = wideSign
		case bold && r >= '0' && r <= '9':
			adv *= wideBold * wideDigits
		case bold:
			adv *= wideBold
		default:
			adv *= wideRegular
		}
		total += adv
	}
	return total * size * 1.01
}

// fit shortens a text to a width, with an ellipsis.
func fit(s string, w, size float64, bold, mono bool) string {
	if width(s, size, bold, mono) <= w {
		return s
	}
	rs := []rune(s)
	for n := len(rs) - 1; n > 0; n-- {
		if t := strings.TrimRight(string(rs[:n]), " ,._") + "…"; width(t, size, bold, mono) <= w {
			return t
		}
	}
	return ""
}

// wrap breaks a text into lines of a width; the last of at most n lines is shortened.
func wrap(s string, w, size float64, bold bool, n int) []string {
	var lines []string
	cur := ""
	words := strings.Fields(s)
	for i, word := range words {
		next := strings.TrimSpace(cur + " " + word)
		if cur != "" && width(next, size, bold, false) > w {
			if len(lines) == n-1 {
				rest := cur + " " + strings.Join(words[i:], " ")
				return append(lines, fit(rest, w, size, bold, false))
			}
			lines = append(lines, fit(cur, w, size, bold, false))
			next = word
		}
		cur = next
	}
	if cur != "" {
		lines = append(lines, fit(cur, w, size, bold, false))
	}
	return lines
}

// camel breaks a class name into lines of a width, before capitals.
func camel(s string, w, size float64, bold bool, n int) []string {
	var lines []string
	rest := s
	for rest != "" {
		if width(rest, size, bold, false) <= w || len(lines) == n-1 {
			return append(lines, fit(rest, w, size, bold, false))
		}
		cut := 0
		for i, r := range rest {
			if i > 0 && (r >= 'A' && r <= 'Z' || r == '_' || r == '.') {
				if width(rest[:i], size, bold, false) > w {
					break
				}
				cut = i
			}
		}
		if cut == 0 {
			return append(lines, fit(rest, w, size, bold, false))
		}
		lines = append(lines, rest[:cut])
		rest = rest[cut:]
	}
	return lines
}
