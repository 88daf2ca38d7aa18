package load

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"
)

// tree is a read-only file system over entries that are read on demand: the
// form that zip, tar and git take here. It is immutable once sealed.
type tree struct {
	files map[string]*blob
	dirs  map[string][]fs.DirEntry // by path, sorted by name; "." is the root
	links map[string]string        // until seal: path -> target as written
}

// blob is a file of a tree.
type blob struct {
	size int64
	read func() ([]byte, error)
}

func newTree() *tree {
	return &tree{files: map[string]*blob{}, links: map[string]string{}}
}

// cleanEntry checks the name of an archive's entry: it must stay inside.
func cleanEntry(name string) (string, error) {
	name = strings.TrimSuffix(strings.TrimPrefix(name, "./"), "/")
	if name == "" {
		return ".", nil
	}
	if strings.ContainsAny(name, "\\\x00") || len(name) > 1 && name[1] == ':' || !fs.ValidPath(name) {
		return "", refuse("the entry %.200q points outside of the archive", name)
	}
	return name, nil
}

func (t *tree) add(name string, b *blob) { t.files[name] = b }

// link notes a symbolic link. Its target must stay inside the tree.
func (t *tree) link(name, target string) error {
	if _, err := linkTarget(name, target); err != nil {
		return err
	}
	t.links[name] = target
	return nil
}

func linkTarget(name, target string) (string, error) {
	to := path.Join(path.Dir(name), target)
	if path.IsAbs(target) || !fs.ValidPath(to) || strings.ContainsAny(target, "\\\x00") {
		return "", refuse("the link %.200q points outside, to %.200q", name, target)
	}
	return to, nil
}

// seal resolves the links and lists the folders.
func (t *tree) seal() error {
	t.resolveLinks()
	t.dirs = map[string][]fs.DirEntry{".": nil}
	seen := map[string]bool{}
	for name, b := range t.files {
		t.dirs[path.Dir(name)] = append(t.dirs[path.Dir(name)], entry{path.Base(name), b})
		for d := path.Dir(name); d != "." && !seen[d]; d = path.Dir(d) {
			seen[d] = true
		}
	}
	for d := range seen {
		if t.files[d] != nil {
			return refuse("%.200q is both a file and a folder", d)
		}
		t.dirs[path.Dir(d)] = append(t.dirs[path.Dir(d)], entry{path.Base(d), nil})
	}
	for _, list := range t.dirs {
		sort.Slice(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	}
	return nil
}

// resolveLinks makes links to files and to folders into entries of their own.
// Links to links are followed; what leads nowhere, or round, is left out.
func (t *tree) resolveLinks() {
	if len(t.links) == 0 {
		return
	}
	under := map[string][]string{} // folder -> files beneath it
	for name := range t.files {
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			under[d] = append(under[d], name)
		}
	}
	added := map[string]*blob{}
	for name, target := range t.links {
		to := name
		for hops := 0; target != "" && hops < 40; hops++ {
			var err error
			if to, err = linkTarget(to, target); err != nil {
				break
			}
			target = t.links[to]
		}
		if b := t.files[to]; b != nil {
			added[name] = b
			continue
		}
		if to == name || strings.HasPrefix(name, to+"/") || len(added) > maxEntries {
			continue
		}
		for _, f := range under[to] {
			added[name+f[len(to):]] = t.files[f]
		}
	}
	for name, b := range added {
		if t.files[name] == nil {
			t.files[name] = b
		}
	}
	t.links = nil
}

// Open implements fs.FS.
func (t *tree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if b := t.files[name]; b != nil {
		return &treeFile{entry: entry{path.Base(name), b}}, nil
	}
	if list, ok := t.dirs[name]; ok {
		return &treeFile{entry: entry{path.Base(name), nil}, list: list}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Stat implements fs.StatFS.
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	if b := t.files[name]; b != nil {
		return entry{path.Base(name), b}, nil
	}
	if _, ok := t.dirs[name]; ok {
		return entry{path.Base(name), nil}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements fs.ReadDirFS.
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	list, ok := t.dirs[name]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return append([]fs.DirEntry(nil), list...), nil
}

// entry is a file or (without a blob) a folder, as fs describes them.
type entry struct {
	name string
	b    *blob
}

func (e entry) Name() string { return e.name }
func (e entry) IsDir() bool  { return e.b == nil }
func (e entry) Type() fs.FileMode {
	return e.Mode().Type()
}
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) Sys() any                   { return nil }
func (e entry) String() string             { return fs.FormatDirEntry(e) }
func (e entry) Mode() fs.FileMode {
	if e.b == nil {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
func (e entry) Size() int64 {
	if e.b == nil {
		return 0
	}
	return e.b.size
}

type treeFile struct {
	entry
	list []fs.DirEntry
	r    *bytes.Reader
}

func (f *treeFile) Stat() (fs.FileInfo, error) { return f.entry, nil }
func (f *treeFile) Close() error               { return nil }

func (f *treeFile) Read(p []byte) (int, error) {
	if f.b == nil {
		return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
	}
	if f.r == nil {
		b, err := f.b.read()
		if err != nil {
			return 0, &fs.PathError{Op: "read", Path: f.name, Err: err}
		}
		f.r = bytes.NewReader(b)
	}
	return f.r.Read(p)
}

// ReadDir implements fs.ReadDirFile.
func (f *treeFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if f.b != nil {
		return nil, &fs.PathError{Op: "readdir", Path: f.name, Err: fs.ErrInvalid}
	}
	if n <= 0 {
		out := append([]fs.DirEntry(nil), f.list...)
		f.list = nil
		return out, nil
	}
	if len(f.list) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.list))
	out := append([]fs.DirEntry(nil), f.list[:n]...)
	f.list = f.list[n:]
	return out, nil
}

// ReadFile implements fs.ReadFileFS; the bytes may be shared and must not be changed.
func (t *tree) ReadFile(name string) ([]byte, error) {
	b := t.files[name]
	if b == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	data, err := b.read()
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}
