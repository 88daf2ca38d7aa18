package pipeline

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// treeDigest is one line of testdata/oracle/tree-*.tsv.gz; digest.py says what it holds.
type treeDigest struct {
	family, file, class string
	built               bool
	sums                [3]string // of a built class: parameters, buffers, modules
	err, at             string    // of a refused one
}

// readRows reads a .tsv.gz file.
func readRows(t *testing.T, path string) [][]string {
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
	var out [][]string
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		out = append(out, strings.Split(sc.Text(), "\t"))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// outcome reads the columns that say what Python made of a class.
func (d *treeDigest) outcome(t *testing.T, cols []string) {
	t.Helper()
	if d.built = cols[0] == "ok"; d.built {
		d.sums = [3]string(cols[1:4])
		return
	}
	if err := json.Unmarshal([]byte(cols[1]), &d.err); err != nil {
		t.Fatal(err)
	}
	d.at = cols[2]
}

func readTreeDigests(t *testing.T, path string) []treeDigest {
	t.Helper()
	var out []treeDigest
	for _, p := range readRows(t, path) {
		d := treeDigest{family: p[0], file: p[1], class: p[2]}
		d.outcome(t, p[3:])
		out = append(out, d)
	}
	return out
}

func digest(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])[:16]
}

// digests are the digests of what a model holds.
func digests(b *Built) [3]string {
	var p, f, m strings.Builder
	entry := func(w *strings.Builder, name string, t *tensor.Tensor, mark string) {
		w.WriteString(name + " " + dims(t) + " " + t.DType.String() + mark + "\n")
	}
	for _, x := range b.Tree.Params {
		mark := ""
		if !x.Tensor.RequiresGrad {
			mark = " frozen"
		}
		entry(&p, x.Name, x.Tensor, mark)
	}
	for _, x := range b.Tree.Buffers {
		mark := ""
		if !x.Persistent {
			mark = " transient"
		}
		entry(&f, x.Name, x.Tensor, mark)
	}
	for _, x := range b.Tree.Modules {
		m.WriteString(x.Path + " " + x.Class + "\n")
	}
	return [3]string{digest(p.String()), digest(f.String()), digest(m.String())}
}

// compareDigest says how a result differs from the oracle: "" if not at all.
func compareDigest(d treeDigest, b *Built, err error) string {
	switch {
	case err != nil && d.built:
		return "error: " + clip(err.Error()) + " at " + At(err).String()
	case err != nil:
		if got := clip(err.Error()); got != d.err || At(err).String() != d.at {
			return "other error: " + got + " at " + At(err).String()
		}
		return ""
	case !d.built:
		return "built, but refused by Python: " + d.err
	case len(b.Tree.Unknowns) > 0:
		return "unknown: " + b.Tree.Unknowns[0].Unknown.Why
	}
	got := digests(b)
	for i, what := range []string{"parameters", "buffers", "modules"} {
		if got[i] != d.sums[i] {
			return what + " differ"
		}
	}
	return ""
}

// symbols counts the dimensions of parameters and buffers that say how they
// follow from the config, and lists those whose expression has another value
// there than the dimension.
func symbols(s *Session, b *Built) (dims, with int, wrong []string) {
	in := s.in
	globals := interp.NewDict()
	globals.SetStr("config", b.Config)
	if err := in.Guard(func() { // expressions name functions of math without the module
		math := in.Import("math")
		for _, f := range []string{"log2", "log", "sqrt", "ceil", "floor", "prod", "gcd"} {
			globals.SetStr(f, in.GetAttr(math, f))
		}
	}); err != nil {
		return 0, 0, []string{err.Error()}
	}
	// Some configs refuse to say what may differ by layer; then what they state counts.
	stated := globals.Copy()
	stated.SetStr("config", statedConfig(b.Config, 0))
	values := map[string]string{}
	check := func(t *tensor.Tensor) {
		for _, d := range t.Shape {
			if d.V < 0 {
				continue
			}
			dims++
			if d.E == nil {
				continue
			}
			with++
			text := d.E.String()
			v, ok := values[text]
			if !ok {
				for _, g := range []*interp.Dict{globals, stated} {
					err := in.Guard(func() {
						in.ResetBudget()
						v = in.Repr(in.EvalString(text, g))
					})
					if err == nil {
						break
					}
					v = err.Error()
				}
				values[text] = v
			}
			if v != fmt.Sprint(d.V) {
				wrong = append(wrong, fmt.Sprintf("%d, but %s is %s", d.V, text, clip(v)))
			}
		}
	}
	for _, p := range b.Tree.Params {
		check(p.Tensor)
	}
	for _, p := range b.Tree.Buffers {
		check(p.Tensor)
	}
	return dims, with, wrong
}

// statedConfig is a plain object with the attributes that a config holds.
func statedConfig(c *interp.Instance, depth int) *interp.Instance {
	out := &interp.Instance{Cls: plainClass, Dict: interp.NewDict()}
	if c.Dict == nil || depth > 5 {
		return out
	}
	c.Dict.Range(func(k, v interp.Value) bool {
		if s, ok := interp.AsStr(k); ok {
			if sub, ok := v.(*interp.Instance); ok && !sub.Cls.Native {
				v = statedConfig(sub, depth+1)
			}
			out.Dict.SetStr(s, v)
		}
		return true
	})
	return out
}

var plainClass = interp.NewNativeClass("config", nil)

// TestTrees is the scoreboard: every model class of a release, built and
// compared with what torch builds, with timm's source beside. It fails where
// fewer are right than were once.
func TestTrees(t *testing.T) {
	for _, r := range []struct {
		release      string
		exact, alike int
	}{
		{"5.23.0", 1798, 129},
		{"5.24.0", 1824, 128},
	} {
		t.Run(r.release, func(t *testing.T) {
			src := loadtest.Release(t, r.release)
			want := readTreeDigests(t, "../../testdata/oracle/tree-"+r.release+".tsv.gz")

			type result struct {
				miss       string
				built      bool
				dims, with int
				wrong      []string
			}
			var exact, alike, dims, with int
			causes := map[string][]string{}
			wrong, wrongs := map[string]int{}, 0
			begin := time.Now()
			Each(&Engine{Source: src, Jobs: runtime.GOMAXPROCS(0)}, len(want), func(s *Session, i int) (res result) {
				d := want[i]
				cls, err := s.Class(Package+".models."+d.family+"."+strings.TrimSuffix(d.file, ".py"), d.class)
				var b *Built
				if err == nil {
					b, err = s.Build(cls, Options{})
				}
				res.miss, res.built = compareDigest(d, b, err), err == nil
				if res.built {
					res.dims, res.with, res.wrong = symbols(s, b)
				}
				return res
			}, func(i int, res result) {
				switch {
				case res.miss != "":
					causes[res.miss] = append(causes[res.miss], want[i].class)
				case res.built:
					exact++
				default:
					alike++
				}
				dims += res.dims
				with += res.with
				for _, w := range res.wrong {
					wrong[want[i].class+": "+w]++
					wrongs++
				}
			})
			t.Logf("%s: exact %d, refused alike %d, off %d of %d classes in %.1f s", r.release, exact, alike, len(want)-exact-alike, len(want), time.Since(begin).Seconds())
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
				t.Logf("%4d %s  [%s]", len(causes[k]), k, strings.Join(causes[k][:min(3, len(causes[k]))], " "))
			}
			t.Logf("%d of %d dimensions follow from the config in so many words, %d of them wrongly", with, dims, wrongs)
			if exact < r.exact || alike < r.alike {
				t.Errorf("exact %d, refused alike %d; want at least %d and %d", exact, alike, r.exact, r.alike)
			}
			for w, n := range wrong {
				t.Errorf("%d dimensions of %s", n, w)
			}
		})
	}
}
