package pyast

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// decode turns a file into the text that the scanner reads: UTF-8, newlines
// as line ends, one at the end (added says whether it was not there), and a
// NUL after it.
func decode(src []byte) (text string, added bool, err *Error) {
	if len(src) >= 3 && src[0] == 0xEF && src[1] == 0xBB && src[2] == 0xBF {
		src = src[3:]
	}
	b := make([]byte, 0, len(src)+2)
	b = append(b, src...)
	if n := len(b); n > 0 && b[n-1] != '\n' && b[n-1] != '\r' {
		b = append(b, '\n')
		added = true
	}
	text = string(append(b, 0))
	if !utf8.ValidString(text) {
		return text, added, &Error{Kind: "SyntaxError", Msg: fmt.Sprint("not UTF-8")}
	}
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text, added, nil
}
