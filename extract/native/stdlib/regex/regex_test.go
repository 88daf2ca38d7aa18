package regex

import (
	"fmt"
	"strings"
	"testing"
)

type unbounded struct{}

func (unbounded) Step(int)     {}
func (unbounded) Charge(int64) {}

// all writes what finditer finds: the spans of the groups of each match.
func all(pattern string, flags Flags, text string) string {
	p, err := Compile(pattern, flags, false)
	if err != nil {
		return err.Error()
	}
	var out []string
	for pos, notAt := 0, -1; pos <= len(text); {
		m := p.FindNonEmptyAt(unbounded{}, text, pos, len(text), Search, notAt)
		if m == nil {
			break
		}
		out = append(out, strings.Trim(fmt.Sprint(m), "[]"))
		pos, notAt = m[1], -1
		if m[0] == m[1] {
			notAt = pos
		}
	}
	return strings.Join(out, "; ")
}

// The expected spans are CPython's.
func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern string
		flags   Flags
		text    string
		want    string
	}{
		{`a+`, 0, "caab", "1 3"},
		{`a*`, 0, "ba", "0 0; 1 2; 2 2"},
		{`(?<!q_)proj\.(\w+)$`, 0, "q_proj.weight", ""},
		{`(?<!q_)proj\.(\w+)$`, 0, "k_proj.weight", "2 13 7 13"},
		{`(?P<n>\d+)\.(?P=n)`, 0, "12.12 3.4", "0 5 0 2"},
		{`layers\.(\d+)\.(?!mlp)`, 0, "layers.3.mlp layers.4.attn", "13 22 20 21"},
		{`(a|ab)(c|bcd)(d*)`, 0, "abcd", "0 4 0 1 1 4 4 4"},
		{`(?:a|ab)++c`, 0, "abc", ""},
		{`(?>a+)b`, 0, "aab", "0 3"},
		{`(x)?(?(1)y|z)`, 0, "xy z", "0 2 0 1; 3 4 -1 -1"},
		{`(?i:A)b`, 0, "ab aB", "0 2"},
		{`^b`, MultiLine, "a\nb", "2 3"},
		{`a.b`, DotAll, "a\nb", "0 3"},
		{"a b # c", Verbose, "ab", "0 2"},
		{`(?x) a [ ] b`, 0, "a b", "0 3"},
		{`(a{2,3}?)a*`, 0, "aaaa", "0 4 0 2"},
		{`(?:^|\w*?)`, 0, "ab", "0 0; 0 1; 1 1; 1 2; 2 2"},
		{`(?<=ab)c`, 0, "abc c", "2 3"},
		{`É`, IgnoreCase, "é", "0 2"},
		{`\bfoo\b`, 0, "a foo.", "2 5"},
		{`(?:(a)|b)*`, 0, "ab", "0 2 0 1; 2 2 -1 -1"},
		{`{`, 0, "a{", "1 2"},
		{`(`, 0, "", "missing ), unterminated subpattern at position 0"},
		{`a**`, 0, "", "multiple repeat at position 2"},
		{`*`, 0, "", "nothing to repeat at position 0"},
		{`[a`, 0, "", "unterminated character set at position 0"},
		{`[b-a]`, 0, "", "bad character range b-a at position 1"},
		{`(?<=a*)b`, 0, "", "look-behind requires fixed-width pattern at position 0"},
		{`\q`, 0, "", `bad escape \q at position 0`},
		{`\2`, 0, "", "invalid group reference 2 at position 1"},
		{`(?P<a>x)(?P<a>y)`, 0, "", "redefinition of group name 'a' as group 2; was group 1 at position 12"},
		{`a)`, 0, "", "unbalanced parenthesis at position 1"},
	} {
		if got := all(c.pattern, c.flags, c.text); got != c.want {
			t.Errorf("%q on %q: got %q, want %q", c.pattern, c.text, got, c.want)
		}
	}
}

type limited struct{ n int }

func (l *limited) Step(n int) {
	if l.n -= n; l.n < 0 {
		panic("out of steps")
	}
}
func (*limited) Charge(int64) {}

// A pattern that needs exponential time stops at the budget.
func TestBudget(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the search was not stopped")
		}
	}()
	p, err := Compile(`(a|aa)+$`, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	p.Find(&limited{1_000_000}, strings.Repeat("a", 60)+"b", 0, 61, Search)
}
