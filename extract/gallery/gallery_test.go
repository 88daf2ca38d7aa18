package gallery

import (
	"bytes"
	"strings"
	"testing"
)

func TestNamesAreHarmless(t *testing.T) {
	for _, c := range []struct{ name, file string }{{"qwen2", "qwen2"}, {"../../etc/x", "------etc-x"}, {"a b.c", "a-b-c"}} {
		if got := (&Entry{Name: c.name}).file(); got != c.file {
			t.Errorf("%s: got %s", c.name, got)
		}
	}
}

func TestTree(t *testing.T) {
	e := func(name string, facts ...string) Entry {
		m := map[string]string{"a": "1", "b": "1", "c": "1", "d": "1", "e": "1"}
		for _, f := range facts {
			k, v, _ := strings.Cut(f, "=")
			m[k] = v
		}
		return Entry{Name: name, facts: m}
	}
	parent, distance := tree([]Entry{e("far", "a=2", "b=2", "c=2"), e("mid", "a=2"), e("near"), Failed("broken", "", "no")})
	if got := [][]int{parent, distance}; parent[1] != -1 && parent[2] != -1 || parent[0] != 1 || distance[0] != 2 || parent[3] != -1 {
		t.Errorf("got %v", got)
	}
}

func TestDataIsNoMarkup(t *testing.T) {
	b, err := script("family", "</script>", map[string]string{"x": "<!--\u2028"})
	if err != nil || bytes.ContainsAny(b, "<>\u2028") {
		t.Errorf("%s, %v", b, err)
	}
}

func TestSameBytes(t *testing.T) {
	var all [2][]byte
	for i := range all {
		var es []Entry
		for _, m := range models(30) {
			e, err := Show(m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range e.Files() {
				all[i] = append(all[i], f.Data...)
			}
			es = append(es, e)
		}
		files, err := Index(es, "x")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			all[i] = append(all[i], f.Data...)
		}
	}
	if !bytes.Equal(all[0], all[1]) {
		t.Error("two runs differ")
	}
}
