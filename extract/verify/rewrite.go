package verify

import (
	"sort"
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// edit replaces a piece of the text.
type edit struct {
	from, to int
	with     string
}

func newLines(text string) []int {
	lines := []int{0}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			lines = append(lines, i+1)
		}
	}
	return lines
}

func (l *lowerer) start(n pyast.Node) int {
	p := n.Span()
	return l.lines[p.Line-1] + int(p.Col)
}

func (l *lowerer) end(n pyast.Node) int {
	p := n.Span()
	return l.lines[p.EndLine-1] + int(p.EndCol)
}

// replace puts other text in the place of a piece.
func (l *lowerer) replace(from, to int, with string) {
	if from < to || with != "" {
		l.edits = append(l.edits, edit{from, to, with})
	}
}

// wrap is replace for a piece that may span lines: the lines after it keep
// their numbers. Newlines go inside the parenthesis that the text opens or closes.
func (l *lowerer) wrap(from, to int, with string) {
	if n := strings.Count(l.text[from:to], "\n"); n > 0 {
		at := len(with)
		if i := strings.IndexByte(with, '('); strings.HasPrefix(with, ")") {
			at = 0
		} else if i >= 0 {
			at = i + 1
		}
		with = with[:at] + strings.Repeat("\n", n) + with[at:]
	}
	l.replace(from, to, with)
}

// gap is a piece of text between nodes with its comments blanked: it has
// operators, keywords, names of parts, brackets and white space alone.
func (l *lowerer) gap(from, to int) string {
	s := l.text[from:to]
	if !strings.Contains(s, "#") {
		return s
	}
	b := []byte(s)
	comment := false
	for i, c := range b {
		switch {
		case c == '\n':
			comment = false
		case c == '#' || comment:
			comment = true
			b[i] = ' '
		}
	}
	return string(b)
}

// find is where a token first stands at or after a place.
func (l *lowerer) find(from int, token string) int {
	i := strings.Index(l.text[from:], token)
	if i < 0 {
		return from
	}
	return from + i
}

// operator replaces a token between two nodes.
func (l *lowerer) operator(from, to int, token, with string) {
	if i := strings.LastIndex(l.gap(from, to), token); i >= 0 {
		l.replace(from+i, from+i+len(token), with)
	}
}

// rewritten is the text with the edits made.
func (l *lowerer) rewritten() string {
	sort.SliceStable(l.edits, func(i, j int) bool { return l.edits[i].from < l.edits[j].from })
	var b strings.Builder
	at := 0
	for _, e := range l.edits {
		if e.from < at {
			continue // within what is gone already
		}
		b.WriteString(l.text[at:e.from])
		b.WriteString(e.with)
		at = e.to
	}
	b.WriteString(l.text[at:])
	return b.String()
}
