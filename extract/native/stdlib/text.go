package stdlib

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// unicodeCategories are the two-letter categories, most frequent first.
var unicodeCategories = strings.Fields("Ll Lu Lt Lm Lo Nd Nl No Mn Mc Me Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co")

// textEntries are html, unicodedata, locale-free constants of string.
func textEntries() []entry {
	lower, upper, digits := "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	punct := "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	space := " \t\n\r\x0b\x0c"
	out := []entry{
		module("string"), module("html"), module("unicodedata"),
		constant("string.ascii_lowercase", str(lower)), constant("string.ascii_uppercase", str(upper)), constant("string.ascii_letters", str(lower+upper)),
		constant("string.digits", str(digits)), constant("string.hexdigits", str(digits+"abcdefABCDEF")), constant("string.octdigits", str("01234567")),
		constant("string.punctuation", str(punct)), constant("string.whitespace", str(space)), constant("string.printable", str(digits+lower+upper+punct+space)),
		fn("string.capwords", "s, sep=None", func(in *inter, a []value) value {
			sep := " "
			words := strings.Fields(in.Str(a[0]))
			if s, ok := interp.AsStr(a[1]); ok {
				sep, words = s, strings.Split(in.Str(a[0]), s)
			}
			for i, w := range words {
				words[i] = in.Str(in.CallMethod(str(w), "capitalize"))
			}
			return str(strings.Join(words, sep))
		}),
		pyName("string.Template", "string"), pyName("string.Formatter", "string"),
		fn("html.escape", "s, quote=True", func(in *inter, a []value) value {
			r := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
			if in.Truth(a[1]) {
				r = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;", "'", "&#x27;")
			}
			return str(r.Replace(in.Str(a[0])))
		}),
		fn("html.unescape", "s", func(in *inter, a []value) value { return str(html.UnescapeString(in.Str(a[0]))) }),
		fn("unicodedata.category", "chr, /", func(in *inter, a []value) value {
			r, _ := utf8.DecodeRuneInString(in.Str(a[0]))
			for _, c := range unicodeCategories {
				if t, ok := unicode.Categories[c]; ok && unicode.Is(t, r) {
					return str(c)
				}
			}
			return str("Cn")
		}),
		fn("unicodedata.normalize", "form, unistr, /", func(in *inter, a []value) value {
			s := in.Str(a[1])
			for i := 0; i < len(s); i++ {
				if s[i] >= utf8.RuneSelf {
					return in.Unknown("unicodedata.normalize() of text beyond ASCII")
				}
			}
			return a[1]
		}),
	}
	for _, n := range []string{"name", "lookup", "decimal", "digit", "numeric", "bidirectional", "combining", "east_asian_width", "mirrored", "decomposition"} {
		out = append(out, fn("unicodedata."+n, "*args", func(in *inter, _ []value) value { return in.Unknown("unicodedata.%s()", n) }))
	}
	return out
}
