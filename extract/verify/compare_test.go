package verify

import (
	"reflect"
	"strings"
	"testing"
)

// TestDifferences: a tree that differs is found, with its place.
func TestDifferences(t *testing.T) {
	for _, c := range []struct{ ours, theirs, want string }{
		{"x = a + b * c", "x = (a + b) * c", "1 BinOp.Left"},
		{"x = 1\ny = a.b", "x = 1\ny = a.c", "2 Attribute.Attr"},
		{"x = 'a'", "x = 'b'", "1 Str.S"},
		{"f(a, b)", "f(a)", "1 Call.Args"},
		{"x = 1\ny = 2", "x = 1\n\ny = 2", "2 Module.Body: line 2 here, line 3 there"},
		{"x = 1", "x = 1.0", "1 Num.N"},
		{"if a: b", "if a: b\nelse: c", "1 If.Orelse"},
		{"x = 1", "x = 1", ""},
	} {
		ours, err := parse(c.ours + "\n")
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := parse(c.theirs + "\n")
		if err != nil {
			t.Fatal(err)
		}
		cmp := newComparer()
		cmp.values(reflect.ValueOf(ours), reflect.ValueOf(theirs), "Module")
		got := ""
		if cmp.first != nil {
			got = cmp.first.String()
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s against %s: %q, want %q", c.ours, c.theirs, got, c.want)
		}
	}
}
