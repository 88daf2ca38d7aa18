package load

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// packed is a zip of entries in the order given; a name that begins with "->"
// is a symbolic link to the data.
func packed(t *testing.T, entries ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: strings.TrimPrefix(e[0], "->"), Method: zip.Deflate}
		h.SetMode(0o644)
		if h.Name != e[0] {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, e[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHostileZips opens zips that no honest program writes.
func TestHostileZips(t *testing.T) {
	clean(t)
	var good [][2]string
	files := mini(t)
	for _, n := range slices.Sorted(maps.Keys(files)) {
		good = append(good, [2]string{n, files[n]})
	}
	with := func(more ...[2]string) []byte { return packed(t, append(slices.Clone(good), more...)...) }
	var many [][2]string
	for i := range 80 {
		many = append(many, [2]string{fmt.Sprintf("transformers/z%d.py", i), strings.Repeat("\x00", 1<<20)})
	}
	nested := packed(t, [2]string{"transformers/models/evil/modeling_evil.py", strings.Repeat("\x00", 60<<20)})
	for name, c := range map[string]struct {
		b    []byte
		want string // "" where it can be read
	}{
		"link out":            {with([2]string{"->transformers/a.py", "../../etc/passwd"}), `refused: the link "transformers/a.py" points outside, to "../../etc/passwd"`},
		"link absolute":       {with([2]string{"->transformers/a.py", "/etc/passwd"}), `refused: the link "transformers/a.py" points outside, to "/etc/passwd"`},
		"link through a link": {with([2]string{"->d", "transformers"}, [2]string{"->transformers/a.py", "../d/../../x"}), `refused: the link "transformers/a.py" points outside`},
		"two of a name":       {with(good[0]), `refused: it has two entries "` + good[0][0] + `"`},
		"many small bombs":    {with(many...), "refused: it would unpack from"},
		"zip in zip":          {with([2]string{"inner.whl", string(nested)}), ""},
		"nul in a name":       {with([2]string{"a\x00.py", ""}), `refused: the entry "a\x00.py" points outside of the archive`},
		"dots":                {with([2]string{"transformers/./a.py", ""}), `refused: the entry "transformers/./a.py" points outside of the archive`},
		"cut central list":    {with()[:len(with())-30], "not a complete zip archive (zip: not a valid zip file); it may be truncated: get it again"},
		"comment without end": {append(with(), make([]byte, 70000)...), "not a complete zip archive"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.whl")
			if err := os.WriteFile(file, c.b, 0o644); err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), file, Options{})
			if err == nil {
				defer s.Close()
				if _, ok := s.Family("evil"); ok {
					t.Error("what lies in an archive in the archive is read")
				}
			}
			got := ""
			if err != nil {
				got = strings.TrimPrefix(err.Error(), file+": ")
			}
			if (c.want == "") != (got == "") || !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// again reads the same bytes for ever.
type again struct {
	b  []byte
	at int
}

func (a *again) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		k := copy(p[n:], a.b[a.at:])
		n, a.at = n+k, (a.at+k)%len(a.b)
	}
	return n, nil
}

// TestManyEntries reads an archive that never ends.
func TestManyEntries(t *testing.T) {
	var b bytes.Buffer
	if err := tar.NewWriter(&b).WriteHeader(&tar.Header{Name: "a.py", Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	const want = "x.tar: refused: more than 1048576 entries"
	if _, err := openTar("x.tar", &again{b: b.Bytes()}); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestTruncated cuts archives everywhere: they open, or a sentence names them.
func TestTruncated(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	for _, file := range []string{writeZip(t, filepath.Join(dir, "w.whl"), mini(t)), writeTar(t, filepath.Join(dir, "t.tar"), nil, mini(t)), writeTar(t, filepath.Join(dir, "t.tar.gz"), nil, mini(t))} {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cut := filepath.Join(dir, "cut"+filepath.Ext(file))
		for i := range 64 {
			n := len(whole) * i / 64
			if err := os.WriteFile(cut, whole[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), cut, Options{})
			switch {
			case err == nil && strings.HasSuffix(cut, ".whl"):
				t.Errorf("%s opens at %d of %d bytes", filepath.Base(file), n, len(whole))
			case err != nil && !strings.HasPrefix(err.Error(), cut+": ") && !strings.HasPrefix(err.Error(), "there is no source of transformers here"): // a shorter tar, with the models alone
				t.Errorf("%s at %d bytes: %v", filepath.Base(file), n, err)
			}
			if err == nil {
				s.Close()
			}
		}
	}
}

// TestOddRevisions asks git for revisions that are none, and for one that only
// looks odd; nothing is run or written.
func TestOddRevisions(t *testing.T) {
	clean(t)
	dir := writeGit(t, filepath.Join(t.TempDir(), "repo"), under("src/", mini(t)))
	git(t, dir, "branch", "feature/ü-$(x)@1", "v1")
	s, err := Open(context.Background(), "git:"+dir+"@feature/ü-$(x)@1", Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, rev := range []string{"", "-", "--output=made", "HEAD..v1", "v1 v1", "v1\nv1", "$(touch made)", "`touch made`", "v1:src", "@{99}", "HEAD^{tree}", strings.Repeat("a", 5000), "../../etc/passwd", "v1^@"} {
		s, err := Open(context.Background(), "git:"+dir+"@"+rev, Options{})
		if err == nil {
			s.Close()
			t.Errorf("%q is a revision", rev)
			continue
		}
		if !strings.Contains(err.Error(), "has no revision") && !strings.Contains(err.Error(), "holds neither") {
			t.Errorf("%.60q: %v", rev, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "made")); err == nil {
		t.Error("a revision was run")
	}
}

// TestLinksInGit reads a revision with links out of the repository.
func TestLinksInGit(t *testing.T) {
	clean(t)
	dir := filepath.Join(t.TempDir(), "repo")
	writeDir(t, dir, mini(t))
	for name, to := range map[string]string{"transformers/models/toy/evil.py": "/etc/passwd", "transformers/models/toy/up.py": "../../../../../../etc/passwd"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "first")
	s, err := Open(context.Background(), "git:"+dir+"@HEAD", Options{})
	if err != nil {
		if !strings.Contains(err.Error(), "refused: the link") {
			t.Error(err)
		}
		return
	}
	defer s.Close()
	for _, name := range []string{"transformers/models/toy/evil.py", "transformers/models/toy/up.py"} {
		if b, err := s.ReadFile(name); err == nil {
			t.Errorf("%s was followed: %.40q", name, b)
		}
	}
}
