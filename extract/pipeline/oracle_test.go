package pipeline

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// treeRow is one line of the tree oracle.
type treeRow struct {
	Family, Class, File, Config string
	Parameters, Buffers         [][]any
	Modules                     [][2]string
	Tied                        any
	Error                       string
	At                          *string
}

func readTreeOracle(t *testing.T, path string) []*treeRow {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var rows []*treeRow
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<30)
	for sc.Scan() {
		r := &treeRow{}
		if err := json.Unmarshal(sc.Bytes(), r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// entryText is a parameter or buffer of the oracle as one line.
func entryText(e []any) string {
	var b strings.Builder
	fmt.Fprint(&b, e[0], " ")
	for i, d := range e[1].([]any) {
		if i > 0 {
			b.WriteByte('x')
		}
		fmt.Fprint(&b, int64(d.(float64)))
	}
	fmt.Fprint(&b, " ", e[2])
	if len(e) > 3 {
		fmt.Fprint(&b, " ", e[3])
	}
	return b.String()
}

// compareTree says how a built model differs from the oracle: "" if not at all.
func compareTree(r *treeRow, b *Built) string {
	l := b.Tree
	if len(l.Unknowns) > 0 {
		return fmt.Sprintf("unknown %s: %s (%s)", l.Unknowns[0].Name, l.Unknowns[0].Unknown.Why, l.Unknowns[0].Unknown.At)
	}
	var got, want []string
	for _, p := range l.Params {
		s := p.Name + " " + dims(p.Tensor) + " " + p.Tensor.DType.String()
		if !p.Tensor.RequiresGrad {
			s += " frozen"
		}
		got = append(got, s)
	}
	for _, e := range r.Parameters {
		want = append(want, entryText(e))
	}
	if d := firstDiff("param", got, want); d != "" {
		return d
	}
	got, want = nil, nil
	for _, p := range l.Buffers {
		s := p.Name + " " + dims(p.Tensor) + " " + p.Tensor.DType.String()
		if !p.Persistent {
			s += " transient"
		}
		got = append(got, s)
	}
	for _, e := range r.Buffers {
		want = append(want, entryText(e))
	}
	if d := firstDiff("buffer", got, want); d != "" {
		return d
	}
	got, want = nil, nil
	for _, m := range l.Modules {
		got = append(got, m.Path+" "+m.Class)
	}
	for _, m := range r.Modules {
		want = append(want, m[0]+" "+m[1])
	}
	return firstDiff("module", got, want)
}

func firstDiff(what string, got, want []string) string {
	for i := range want {
		if i >= len(got) {
			return fmt.Sprintf("%s: missing %q (%d of %d)", what, want[i], len(got), len(want))
		}
		if got[i] != want[i] {
			return fmt.Sprintf("%s %d: got %q, want %q", what, i, got[i], want[i])
		}
	}
	if len(got) > len(want) {
		return fmt.Sprintf("%s: extra %q", what, got[len(want)])
	}
	return ""
}

// TestDevTrees is the development scoreboard: ARCH_TREE points to an unpacked
// package folder, ARCH_ORACLE to the full oracle; ARCH_FAMILIES restricts.
func TestDevTrees(t *testing.T) {
	root, oracle := os.Getenv("ARCH_TREE"), os.Getenv("ARCH_ORACLE")
	if root == "" || oracle == "" {
		t.Skip("development only")
	}
	rows := readTreeOracle(t, oracle)
	only := map[string]bool{}
	for _, f := range strings.Fields(os.Getenv("ARCH_FAMILIES")) {
		only[f] = true
	}
	src := newDirSource(root)
	s := NewSession(src, limitsForTest)
	causes := map[string][]string{}
	exact, alike, total := 0, 0, 0
	for _, r := range rows {
		if len(only) > 0 && !only[r.Family] && !only[r.Class] {
			continue
		}
		total++
		miss := func() (miss string) {
			defer func() {
				if p := recover(); p != nil {
					if os.Getenv("ARCH_PANIC") != "" {
						panic(p)
					}
					miss = fmt.Sprintf("panic: %v", p)
				}
			}()
			cls, err := s.Class(Package+".models."+r.Family+"."+strings.TrimSuffix(r.File, ".py"), r.Class)
			if err != nil {
				traceback(err)
				return "import: " + err.Error() + " at " + At(err).String()
			}
			b, err := s.Build(cls, Options{})
			if err != nil {
				if r.Error == "" {
					traceback(err)
				}
				got := err.Error()
				if len(got) > 300 {
					got = got[:300]
				}
				at := At(err).String()
				want := ""
				if r.At != nil {
					want = *r.At
				}
				if r.Error != "" && got == r.Error && at == want {
					alike++
					return ""
				}
				if r.Error != "" {
					return fmt.Sprintf("other error: got %s at %s, want %s at %s", got, at, r.Error, want)
				}
				return "error: " + got + " at " + at
			}
			if r.Error != "" {
				return "built, but Python raises " + r.Error
			}
			if d := compareTree(r, b); d != "" {
				return d
			}
			exact++
			return ""
		}()
		if miss != "" {
			causes[miss] = append(causes[miss], r.Class)
		}
	}
	var keys []string
	for k := range causes {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := len(causes[keys[i]]), len(causes[keys[j]]); a != b {
			return a > b
		}
		return keys[i] < keys[j]
	})
	for _, k := range keys {
		c := causes[k]
		t.Logf("%3d %s  [%s]", len(c), k, strings.Join(c[:min(3, len(c))], " "))
	}
	t.Logf("exact %d, refused alike %d, off %d of %d", exact, alike, total-exact-alike, total)
}

var limitsForTest interp.Limits

// traceback prints where an error arose, when ARCH_TRACE is set.
func traceback(err error) {
	if r := interp.AsRaised(err); r != nil && os.Getenv("ARCH_TRACE") != "" {
		for _, f := range r.Trace {
			fmt.Printf("  %s:%d %s\n", f.At.File, f.At.Line, f.Func)
		}
		fmt.Println(r.Error())
	}
}
