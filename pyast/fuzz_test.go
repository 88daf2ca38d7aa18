package pyast

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
)

// FuzzParse checks that no input makes the parser panic, that a tree can be
// walked and printed, that nodes lie within the source, and that errors come
// with the path and in order.
func FuzzParse(f *testing.F) {
	file, err := os.Open("testdata/cases.tsv")
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	for s := bufio.NewScanner(file); s.Scan(); {
		quoted, _, _ := strings.Cut(s.Text(), "\t")
		var src string
		if err := json.Unmarshal([]byte(quoted), &src); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) { checkParse(t, src) })
}

func checkParse(t *testing.T, src []byte) {
	m, err := Parse("p", src)
	if m == nil {
		t.Fatal("no module")
	}
	if err != nil {
		list := err.(ErrorList)
		for i, e := range list {
			if e.Path != "p" || e.Msg == "" || e.Kind == "" {
				t.Errorf("incomplete error %+v", e)
			}
			if i > 1 && e.Line < list[i-1].Line {
				t.Errorf("errors out of order: %v", list)
			}
		}
	}
	lines := int32(strings.Count(strings.ReplaceAll(string(src), "\r", "\n"), "\n") + 2)
	Inspect(m, func(n Node) bool {
		p := n.Span()
		if p.Line > lines || p.EndLine > lines || p.EndLine < p.Line || p.EndLine == p.Line && p.EndCol < p.Col-1 {
			t.Errorf("%T lies at %+v", n, *p)
		}
		return true
	})
	if err := WriteDump(io.Discard, m); err != nil {
		t.Error(err)
	}
}

// TestDamage parses every prefix of a file, and the file without each of its
// lines and with each of them twice.
func TestDamage(t *testing.T) {
	src, err := os.ReadFile("testdata/sample.py")
	if err != nil {
		t.Fatal(err)
	}
	for i := range src {
		checkParse(t, src[:i])
	}
	lines := strings.SplitAfter(string(src), "\n")
	for i, line := range lines {
		before, after := strings.Join(lines[:i], ""), strings.Join(lines[i+1:], "")
		checkParse(t, []byte(before+after))
		checkParse(t, []byte(before+line+line+after))
	}
}
