package load

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed testdata/mini.txtar
var miniFiles []byte

// mini is a small transformers package of our own: two families, one of
// which takes its head from the other.
func mini(t testing.TB) map[string]string {
	t.Helper()
	a := txtar.Parse(miniFiles)
	m := map[string]string{}
	for _, f := range a.Files {
		m[f.Name] = string(f.Data)
	}
	return m
}

func under(prefix string, files map[string]string) map[string]string {
	out := map[string]string{}
	for name, data := range files {
		out[prefix+name] = data
	}
	return out
}

func writeDir(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	for name, data := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func writeZip(t testing.TB, name string, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n, data := range files {
		w, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func writeTar(t testing.TB, name string, headers []tar.Header, files map[string]string) string {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var w io.Writer = f
	if strings.HasSuffix(name, "gz") {
		z := gzip.NewWriter(f)
		defer z.Close()
		w = z
	}
	tw := tar.NewWriter(w)
	for n, data := range files {
		headers = append(headers, tar.Header{Name: n, Mode: 0o644, Size: int64(len(data)), Typeflag: tar.TypeReg})
	}
	for _, h := range headers {
		if err := tw.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		io.WriteString(tw, files[h.Name])
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func git(t testing.TB, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// writeGit commits files, then replaces them by others in a second commit.
func writeGit(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	writeDir(t, dir, files)
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "first")
	git(t, dir, "tag", "v1")
	git(t, dir, "rm", "-q", "-r", ".")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "second")
	return dir
}

// clean takes away what the machine's environment says about sources.
func clean(t *testing.T) {
	t.Helper()
	for _, v := range []string{"ARCH_EXTRACT_SOURCE", "VIRTUAL_ENV", "CONDA_PREFIX", "HF_HOME", "HF_HUB_CACHE"} {
		t.Setenv(v, "")
	}
	t.Setenv("ARCH_EXTRACT_CACHE", t.TempDir())
}

// forms are all the forms that one package may come in.
func forms(t *testing.T) map[string]string {
	dir := t.TempDir()
	files := mini(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	cache := filepath.Join(os.Getenv("ARCH_EXTRACT_CACHE"), "wheels")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	writeZip(t, filepath.Join(cache, "transformers-9.9.0-py3-none-any.whl"), files)
	return map[string]string{
		"unpacked wheel": writeDir(t, at("unpacked"), files),
		"package":        filepath.Join(writeDir(t, at("p"), files), "transformers"),
		"checkout":       writeDir(t, at("checkout"), under("src/", files)),
		"src":            filepath.Join(writeDir(t, at("c2"), under("src/", files)), "src", "transformers"),
		"models folder":  filepath.Join(writeDir(t, at("c3"), under("src/", files)), "src", "transformers", "models"),
		"environment":    writeDir(t, at("venv"), under("lib/python3.14/site-packages/", files)),
		"wheel":          writeZip(t, at("transformers-9.9.0-py3-none-any.whl"), files),
		"zip":            writeZip(t, at("download.zip"), under("transformers-main/src/", files)),
		"tar":            writeTar(t, at("t.tar"), nil, files),
		"tar.gz":         writeTar(t, at("t.tar.gz"), nil, under("transformers-9.9.0/src/", files)),
		"git":            "git:" + writeGit(t, at("repo"), under("src/", files)) + "@v1",
		"git subfolder":  "git:" + filepath.Join(at("repo2"), "src") + "@HEAD~1",
		"cache":          "pip:transformers==9.9",
		"newest":         "pip:transformers",
	}
}

func TestForms(t *testing.T) {
	clean(t)
	all := forms(t)
	repo2 := strings.TrimSuffix(strings.TrimPrefix(all["git subfolder"], "git:"), "/src@HEAD~1")
	writeGit(t, repo2, under("src/", mini(t)))
	if err := os.MkdirAll(filepath.Join(repo2, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	for form, spec := range all {
		t.Run(form, func(t *testing.T) {
			s, err := Open(context.Background(), spec, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			fams, err := s.Families()
			want := []Family{
				{"big_toy", []File{{"big_toy", "transformers/models/big_toy/modeling_big_toy.py", "transformers.models.big_toy.modeling_big_toy"}}},
				{"toy", []File{{"toy", "transformers/models/toy/modeling_toy.py", "transformers.models.toy.modeling_toy"}}},
			}
			if err != nil || !reflect.DeepEqual(fams, want) {
				t.Errorf("families %v, %v", fams, err)
			}
			if got := s.PackageVersion(); got != "transformers 9.9.0" {
				t.Errorf("version %q", got)
			}
			for name, wantFile := range map[string]string{
				"transformers":                         "transformers/__init__.py",
				"transformers.models.toy":              "transformers/models/toy/__init__.py",
				"transformers.models.toy.modeling_toy": "transformers/models/toy/modeling_toy.py",
				"transformers.models.big_toy":          "transformers/models/big_toy/__init__.py", // without the file
				"transformers.models.toy.nothing":      "",
				"torch":                                "",
				"transformers.models.toy/../toy":       "",
				"":                                     "",
				"..":                                   "",
			} {
				if file, _, _ := s.Resolve(name); file != wantFile {
					t.Errorf("Resolve(%q) = %q, want %q", name, file, wantFile)
				}
			}
			if tree, err := s.Parse("transformers/models/big_toy/__init__.py"); err != nil || len(tree.Body) != 0 {
				t.Errorf("a package without __init__: %v, %v", tree, err)
			}
			file := fams[1].Files[0].Path
			if got := s.Display(file); got != "models/toy/modeling_toy.py" {
				t.Errorf("Display = %q", got)
			}
			if got := s.List("transformers/models/toy"); !reflect.DeepEqual(got, []string{"__init__.py", "configuration_toy.py", "modeling_toy.py"}) {
				t.Errorf("List = %v", got)
			}
			if src, err := s.ReadFile(file); err != nil || string(src) != mini(t)[file] {
				t.Errorf("ReadFile: %d bytes, %v", len(src), err)
			}
			if !s.Exports("transformers/models/toy/configuration_toy.py", "ToyConfig") || s.Exports(file, "_hidden") || !s.Exports(file, "ToyForCausalLM") {
				t.Error("wrong exports")
			}
			if f, ok := s.FindClass("BigToyForCausalLM"); !ok || f.Family != "big_toy" {
				t.Errorf("FindClass = %v, %v", f, ok)
			}
			for i, want := range []string{"BigToyForCausalLM", "ToyForCausalLM"} {
				if _, class, err := s.DefaultClass(fams[i]); err != nil || class != want {
					t.Errorf("DefaultClass = %q, %v", class, err)
				}
			}
		})
	}
}

func TestParseIsSharedAndSafe(t *testing.T) {
	s, err := Open(context.Background(), writeZip(t, filepath.Join(t.TempDir(), "x.whl"), mini(t)), Options{Trees: &Trees{}})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	trees := make([]any, 16)
	for i := range trees {
		wg.Go(func() {
			tree, err := s.Parse("transformers/models/toy/modeling_toy.py")
			if err != nil {
				t.Error(err)
			}
			trees[i] = tree
		})
	}
	wg.Wait()
	for _, tree := range trees {
		if tree != trees[0] {
			t.Fatal("parsed twice")
		}
	}
}

func TestTreeFS(t *testing.T) {
	tr := newTree()
	for name, data := range map[string]string{"a/b/c.py": "x", "a/d.py": "", "e.json": "{}"} {
		tr.add(name, &blob{int64(len(data)), func() ([]byte, error) { return []byte(data), nil }})
	}
	for name, target := range map[string]string{"l.py": "a/d.py", "m": "a/b", "n": "m", "loop": "loop", "dead": "nowhere"} {
		if err := tr.link(name, target); err != nil {
			t.Fatal(err)
		}
	}
	if err := tr.seal(); err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(tr, "a/b/c.py", "a/d.py", "e.json", "l.py", "m/c.py", "n/c.py"); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(tr, "loop"); err == nil {
		t.Error("a link to itself is there")
	}
}

func TestHostileArchives(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	good := mini(t)
	with := func(name, data string) map[string]string {
		m := map[string]string{name: data}
		for k, v := range good {
			m[k] = v
		}
		return m
	}
	whole, err := os.ReadFile(writeZip(t, at("whole.whl"), good))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) string {
		if err := os.WriteFile(at(name), b, 0o644); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	symlink := func(name, target string) []tar.Header {
		return []tar.Header{{Name: name, Linkname: target, Typeflag: tar.TypeSymlink}}
	}
	zeros := strings.Repeat("\x00", 65<<20)
	for name, c := range map[string]struct{ file, want string }{
		"truncated wheel": {write("t.whl", whole[:len(whole)/2]), "t.whl: not a complete zip archive (zip: not a valid zip file); it may be truncated: get it again"},
		"empty wheel":     {write("e.whl", nil), "e.whl: the file is empty"},
		"no archive":      {write("x.bin", []byte("hello")), "x.bin: neither a folder nor a wheel, zip or tar (plain, .gz or .bz2)"},
		"no zip":          {write("y.whl", []byte("hello")), "y.whl: not a complete zip archive (zip: not a valid zip file); it may be truncated: get it again"},
		"zip slip":        {writeZip(t, at("slip.zip"), with("../../evil.py", "")), `slip.zip: refused: the entry "../../evil.py" points outside of the archive`},
		"zip absolute":    {writeZip(t, at("abs.zip"), with("/etc/evil.py", "")), `abs.zip: refused: the entry "/etc/evil.py" points outside of the archive`},
		"zip backslash":   {writeZip(t, at("back.zip"), with(`..\evil.py`, "")), `back.zip: refused: the entry "..\\evil.py" points outside of the archive`},
		"zip drive":       {writeZip(t, at("drive.zip"), with(`C:evil.py`, "")), `drive.zip: refused: the entry "C:evil.py" points outside of the archive`},
		"zip bomb":        {writeZip(t, at("bomb.zip"), with("big.py", zeros)), `bomb.zip: refused: "big.py" would unpack from`},
		"file and folder": {writeZip(t, at("both.zip"), with("transformers/models", "x")), `both.zip: refused: "transformers/models" is both a file and a folder`},
		"tar slip":        {writeTar(t, at("slip.tar"), nil, with("../evil.py", "")), `slip.tar: refused: the entry "../evil.py" points outside of the archive`},
		"tar link out":    {writeTar(t, at("link.tar"), symlink("transformers/a.py", "../../etc/passwd"), good), `link.tar: refused: the link "transformers/a.py" points outside, to "../../etc/passwd"`},
		"tar link abs":    {writeTar(t, at("la.tar"), symlink("a.py", "/etc/passwd"), good), `la.tar: refused: the link "a.py" points outside, to "/etc/passwd"`},
		"tar bomb":        {writeTar(t, at("bomb.tar.gz"), nil, map[string]string{"big.bin": zeros}), "bomb.tar.gz: refused: it unpacks from"},
		"tar big file":    {writeTar(t, at("big.tar"), nil, map[string]string{"big.py": zeros}), "big.tar: big.py: refused: 68157440 bytes or more, where at most 67108864 are read of one file"},
		"truncated tar":   {write("t.tar.gz", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")), "t.tar.gz: damaged: it ends too early"},
		"nothing in it":   {writeZip(t, at("n.zip"), map[string]string{"a.txt": "a"}), "n.zip: holds neither the transformers package nor a modeling file (modeling_*.py)"},
		"missing":         {at("missing.whl"), "missing.whl: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(context.Background(), c.file, Options{})
			if err == nil {
				t.Fatal("no error")
			}
			if got := strings.ReplaceAll(err.Error(), dir+"/", ""); !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestLinksInsideArchives(t *testing.T) {
	dir := t.TempDir()
	files := mini(t)
	moved := "transformers/models/toy/modeling_toy.py"
	files["shared/real.py"] = files[moved]
	delete(files, moved)
	headers := []tar.Header{{Name: moved, Linkname: "../../../shared/real.py", Typeflag: tar.TypeSymlink}}
	s, err := Open(context.Background(), writeTar(t, filepath.Join(dir, "l.tar"), headers, files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := s.ReadFile(moved); err != nil || len(b) == 0 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestDamagedEntry(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.zip")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n, data := range mini(t) {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Store})
		io.WriteString(w, data)
	}
	z.Close()
	raw := bytes.Replace(b.Bytes(), []byte("class ToyForCausalLM("), []byte("class XoyForCausalLM("), 1)
	if err := os.WriteFile(name, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := "transformers/models/toy/modeling_toy.py"
	want := name + "/" + file + ": damaged: its checksum is wrong"
	if _, err := s.ReadFile(file); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestDevicesAreNotRead(t *testing.T) {
	dir := writeDir(t, t.TempDir(), mini(t))
	p := filepath.Join(dir, "transformers", "models", "toy", "modeling_dev.py")
	if err := os.Symlink(os.DevNull, p); err != nil {
		t.Skip(err)
	}
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReadFile("transformers/models/toy/modeling_dev.py"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
}

func TestAlso(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	src := writeDir(t, filepath.Join(dir, "s"), mini(t))
	pkg := map[string]string{"gadget/__init__.py": "X = 1\n", "gadget/core.py": "", "gadget-1.0.dist-info/METADATA": ""}
	for name, also := range map[string]string{
		"wheel":         writeZip(t, filepath.Join(dir, "gadget-1.0-py3-none-any.whl"), pkg),
		"folder":        writeDir(t, filepath.Join(dir, "site"), pkg),
		"package":       filepath.Join(writeDir(t, filepath.Join(dir, "site2"), pkg), "gadget"),
		"checkout":      writeDir(t, filepath.Join(dir, "co"), under("src/", pkg)),
		"source tar.gz": writeTar(t, filepath.Join(dir, "gadget-1.0.tar.gz"), nil, under("gadget-1.0/", pkg)),
		"source zip":    writeZip(t, filepath.Join(dir, "gadget-1.0.zip"), under("gadget-1.0/src/", pkg)),
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(context.Background(), src, Options{Also: []string{also}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if file, isPkg, ok := s.Resolve("gadget"); file != "gadget/__init__.py" || !isPkg || !ok {
				t.Errorf("Resolve(gadget) = %q %v %v", file, isPkg, ok)
			}
			if file, _, _ := s.Resolve("gadget.core"); file != "gadget/core.py" {
				t.Errorf("Resolve(gadget.core) = %q", file)
			}
			if _, err := s.Parse("gadget/__init__.py"); err != nil {
				t.Error(err)
			}
			if _, _, ok := s.Resolve("transformers.models.toy"); !ok {
				t.Error("transformers is gone")
			}
		})
	}
	one := filepath.Join(writeDir(t, filepath.Join(dir, "one"), map[string]string{"solo.py": "Y = 2\n"}), "solo.py")
	s, err := Open(context.Background(), src, Options{Also: []string{one}})
	if err != nil {
		t.Fatal(err)
	}
	if file, isPkg, ok := s.Resolve("solo"); file != "solo.py" || isPkg || !ok {
		t.Errorf("Resolve(solo) = %q %v %v", file, isPkg, ok)
	}
	if _, err := s.ReadFile("solo.py"); err != nil {
		t.Error(err)
	}
	if _, err := Open(context.Background(), src, Options{Also: []string{filepath.Join(dir, "none")}}); err == nil || !strings.HasPrefix(err.Error(), "--also ") {
		t.Error(err)
	}
}

func TestHub(t *testing.T) {
	clean(t)
	hub := t.TempDir()
	t.Setenv("HF_HUB_CACHE", hub)
	t.Setenv("ARCH_EXTRACT_SOURCE", writeDir(t, t.TempDir(), mini(t)))
	repo := filepath.Join(hub, "models--acme--toy-2")
	const commit = "0123456789abcdef0123456789abcdef01234567"
	writeDir(t, repo, map[string]string{
		"refs/main":  commit,
		"blobs/aaaa": "from transformers.modeling_utils import PreTrainedModel\nfrom .configuration_own import OwnConfig\n\n\nclass OwnModel(PreTrainedModel):\n    def __init__(self, config):\n        pass\n",
		"blobs/bbbb": "from transformers import PreTrainedConfig\n\n\nclass OwnConfig(PreTrainedConfig):\n    model_type = \"own\"\n",
		"blobs/cccc": `{"architectures": ["OwnModel"], "model_type": "own", "auto_map": {"AutoConfig": "configuration_own.OwnConfig", "AutoModel": "modeling_own.OwnModel"}}`,
	})
	snap := filepath.Join(repo, "snapshots", commit)
	if err := os.MkdirAll(snap, 0o755); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"modeling_own.py": "../../blobs/aaaa", "configuration_own.py": "../../blobs/bbbb", "config.json": "../../blobs/cccc", "evil.py": "../../../../../../etc/passwd",
	} {
		if err := os.Symlink(target, filepath.Join(snap, link)); err != nil {
			t.Skip(err)
		}
	}
	for _, spec := range []string{"hf:acme/toy-2", "hf:acme/toy-2@main", "hf:acme/toy-2@" + commit} {
		tg, err := FindTarget(context.Background(), spec, "", Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, class, err := tg.File()
		if err != nil || class != "OwnModel" || tg.Source.Display(f.Path) != "modeling_own.py" || tg.Config == nil {
			t.Errorf("%s: %v %q %v", spec, f, class, err)
		}
		if file, _, ok := tg.Source.Resolve("transformers_modules.acme__toy_2.configuration_own"); !ok {
			t.Errorf("no config beside it: %q", file)
		}
		if _, err := tg.Source.ReadFile("transformers_modules/acme__toy_2/evil.py"); err == nil {
			t.Error("a link out of the repository was followed")
		}
		tg.Source.Close()
	}
	for spec, want := range map[string]string{
		"hf:acme/none":        "hf:acme/none: not in the local hub cache " + hub + "; download it there first (hf download acme/none)",
		"hf:acme/toy-2@other": "hf:acme/toy-2@other: " + repo + " has no snapshot of other; download it first (hf download acme/toy-2 --revision other)",
		"hf:../../etc":        "hf:../../etc: not of the form hf:org/name or hf:org/name@revision",
		"hf:a/b@../x":         "hf:a/b@../x: not of the form hf:org/name or hf:org/name@revision",
	} {
		if _, err := Open(context.Background(), spec, Options{}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestGitErrors(t *testing.T) {
	clean(t)
	dir := writeGit(t, filepath.Join(t.TempDir(), "a@b"), under("src/", mini(t)))
	plain := t.TempDir()
	for spec, want := range map[string]string{
		"git:" + dir + "@nope":   "git:" + dir + "@nope: " + dir + ` has no revision "nope"`,
		"git:" + dir + "@--all":  "git:" + dir + "@--all: " + dir + ` has no revision "--all"`,
		"git:/no/such/dir@v1":    "git:/no/such/dir@v1: there is no folder /no/such/dir",
		"git:" + plain + "@HEAD": "git:" + plain + "@HEAD: not a git repository",
		"git:" + dir:             "git:" + dir + ": holds neither the transformers package nor a modeling file (modeling_*.py)",
	} {
		if _, err := Open(context.Background(), spec, Options{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	s, err := Open(context.Background(), "git:"+dir+"@HEAD@{1}", Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
