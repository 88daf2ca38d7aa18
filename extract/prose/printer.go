package prose

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The colours of a terminal.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
	plain  = "\x1b[0m"
)

// width is where text is wrapped.
const width = 100

// printer writes paragraphs and passages as text or Markdown.
type printer struct {
	Style
	b strings.Builder
}

// flush writes what was printed, blank lines never doubled.
func (p *printer) flush(w io.Writer) error {
	s := strings.TrimRight(p.b.String(), "\n") + "\n"
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	_, err := io.WriteString(w, s)
	return err
}

func (p *printer) paint(color, s string) string {
	if !p.Color || p.Markdown || s == "" {
		return s
	}
	return color + s + plain
}

func (p *printer) code(s string) string {
	if p.Markdown {
		return "`" + strings.ReplaceAll(s, "`", "'") + "`"
	}
	return s
}

func (p *printer) title(format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if p.Markdown {
		p.b.WriteString("# " + s + "\n")
		return
	}
	p.b.WriteString(p.paint(bold, s) + "\n")
}

func (p *printer) head(format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if p.Markdown {
		p.b.WriteString("\n## " + escape(s) + "\n\n")
		return
	}
	p.b.WriteString("\n" + p.paint(bold+cyan, s) + "\n")
}

// para is a paragraph.
func (p *printer) para(format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if p.Markdown {
		p.b.WriteString(s + "\n\n")
		return
	}
	for _, l := range wrap(s, width-2) {
		p.b.WriteString("  " + l + "\n")
	}
}

// equations are lines of code that is not the source's.
func (p *printer) equations(s string) {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	if p.Markdown {
		p.b.WriteString("```\n" + strings.Join(lines, "\n") + "\n```\n\n")
		return
	}
	for _, l := range lines {
		p.b.WriteString("    " + p.paint(cyan, l) + "\n")
	}
}

// note is a paragraph that stands out.
func (p *printer) note(s string) {
	if p.Markdown {
		p.b.WriteString("> " + s + "\n\n")
		return
	}
	for _, l := range wrap(s, width-2) {
		p.b.WriteString("  " + p.paint(bold, l) + "\n")
	}
}

func (p *printer) item(format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if p.Markdown {
		p.b.WriteString("- " + s + "\n")
		return
	}
	p.b.WriteString("    " + s + "\n")
}

// gap ends a run of items.
func (p *printer) gap() {
	if !strings.HasSuffix(p.b.String(), "\n\n") {
		p.b.WriteByte('\n')
	}
}

func (p *printer) label(s string) {
	if p.Markdown {
		p.b.WriteString("### " + upper(s) + "\n\n")
		return
	}
	p.b.WriteString("  " + p.paint(bold, s) + "\n")
}

// passage writes lines of the source with their numbers; those that decide are marked.
func (p *printer) passage(q Passage) {
	name := q.File
	if p.Show != nil {
		name = p.Show(q.File)
	}
	where := name + ":" + strconv.Itoa(q.First)
	if p.Markdown {
		p.b.WriteString("`" + where + "`")
		if q.Owner != "" {
			p.b.WriteString(" in `" + q.Owner + "`")
		}
		fence := "```"
		for strings.Contains(strings.Join(q.Lines, "\n"), fence) {
			fence += "`"
		}
		p.b.WriteString("\n\n" + fence + "python\n")
		for i, l := range dedent(q.Lines) {
			if !q.hidden(i) {
				p.b.WriteString(printable(l) + "\n")
			}
		}
		p.b.WriteString(fence + "\n\n")
		return
	}
	if q.Owner != "" {
		where += "  " + q.Owner
	}
	p.b.WriteString("  " + p.paint(dim, printable(where)) + "\n")
	wide := len(strconv.Itoa(q.First + len(q.Lines)))
	for i, l := range q.Lines {
		if q.hidden(i) {
			continue
		}
		mark, color := " ", ""
		if q.Mark[i] {
			mark, color = ">", yellow
		}
		l = printable(l)
		if color != "" {
			l = p.paint(color, l)
		}
		p.b.WriteString("  " + mark + " " + p.paint(dim, fmt.Sprintf("%*d", wide, q.First+i)) + " | " + l + "\n")
	}
	p.b.WriteByte('\n')
}

// hidden reports whether a line belongs to a docstring.
func (q *Passage) hidden(i int) bool { return q.From > 0 && q.From <= q.First+i && q.First+i <= q.To }

// printable is a line of source without what would steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return '?'
		}
		return r
	}, s)
}

// dedent takes the indentation that all lines share away.
func dedent(lines []string) []string {
	least := -1
	for _, l := range lines {
		if t := strings.TrimLeft(l, " \t"); t != "" {
			if n := len(l) - len(t); least < 0 || n < least {
				least = n
			}
		}
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l[min(len(l), max(least, 0)):]
	}
	return out
}

// wrap breaks text at spaces.
func wrap(s string, n int) []string {
	var out []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > n {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(out, line)
}

// escape keeps Markdown from reading marks in plain text.
func escape(s string) string {
	return strings.NewReplacer("*", "\\*", "_", "\\_", "<", "&lt;", "|", "\\|").Replace(s)
}
