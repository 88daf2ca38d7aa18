package pipeline

import (
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"
)

func TestBugBecomesAnError(t *testing.T) {
	err := func() (err error) {
		defer Bug(&err)
		var list []int
		return []error{nil}[len(list)+1]
	}()
	if err == nil || !strings.HasPrefix(err.Error(), "a bug in arch-extract at produce_test.go:") {
		t.Errorf("got %v", err)
	}
	if err := func() (err error) { defer Bug(&err); return nil }(); err != nil {
		t.Errorf("without a panic: %v", err)
	}
}

func TestOneLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"ValueError: no", "ValueError: no"},
		{"Validation error for field 'x':\n    TypeError: no\n", "Validation error for field 'x': TypeError: no"},
		{"a\n\n b", "a b"},
	} {
		if got := OneLine(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSettingsText(t *testing.T) {
	for _, c := range []struct {
		v    Settings
		want string
	}{
		{Settings{}, "defaults"},
		{Settings{Config: &load.Config{Path: "a/config.json"}}, "a/config.json"},
		{Settings{Set: []load.Setting{{Key: "n", Value: int64(2)}, {Key: "text_config.x", Value: nil}}}, "n=2, text_config.x=null"},
		{Settings{Set: []load.Setting{{Key: "l", Value: []any{"a", true}}, {Key: "d", Value: []load.Setting{{Key: "k", Value: 0.5}}}}}, "l=[a, true], d={k: 0.5}"},
	} {
		if got := c.v.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
