// Package load says where Python source comes from: a checkout, an installed
// package, a wheel, zip or tar that is read without unpacking, a git revision,
// the cache, a snapshot of the hub cache, standard input. Whatever the form, a
// Source looks the same: files are named by their place in the package tree
// ("transformers/models/x/modeling_x.py"), modules are found by Python's
// rules, and nothing outside of what was named is read.
package load

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"

	"github.com/arch-extract/arch-extract/pyast"
)

// Source is a set of Python packages. It may be used by many goroutines.
type Source struct {
	spec    string  // as it was named, for messages
	mounts  []mount // the first that holds a name wins; see find
	closers []io.Closer
	trees   *Trees

	resolved    sync.Map      // module name -> resolution
	parsed      sync.Map      // file -> *parsed
	ahead       chan struct{} // bounds how many files are parsed in the background at once
	aheadOnce   sync.Once
	exported    sync.Map // file -> map[string]bool
	outlines    sync.Map // file -> *outline
	tops        sync.Map // first part of a path -> int, the folder of packages that has it
	auto        []autoTable
	autoOrdered int
	autoOnce    sync.Once
	families    sync.Once
	family      []Family
	familyE     error
}

// mount is a place in the tree of packages, and the files that are there.
type mount struct {
	at    string // "transformers", "" for a folder of packages, or the path of one file
	fsys  fs.FS
	where string // what a person would open: a folder, or ARCHIVE/folder
	file  string // for the mount of one file: its name in fsys
	loose bool   // holds model families of its own beside or without transformers
	// beside marks the folder that holds the package of such families: its
	// other packages may be imported too. Nothing else is found in it.
	beside bool
	near   string // the package that the file read lies in: its neighbours are found there
}

// Trees keeps parsed files by their content, for sources that share many: the
// releases that are compared, the revisions of a history. The zero value is
// ready for use, by many goroutines.
type Trees struct{ m sync.Map }

type treeKey struct {
	file string
	sum  [sha256.Size]byte
}

type parsed struct {
	once sync.Once
	tree *pyast.Module
	err  error
}

// Spec is how the source was named.
func (s *Source) Spec() string { return s.spec }

// Close releases what the source holds open.
func (s *Source) Close() error {
	var errs []error
	for _, c := range s.closers {
		errs = append(errs, c.Close())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// overlay is the source with further mounts, which come first.
func (s *Source) overlay(spec string, m ...mount) *Source {
	return &Source{spec: spec, mounts: append(m, s.mounts...), closers: s.closers, trees: s.trees}
}

// find is the mount that a path belongs to and its name there. A mount at a
// path owns everything beneath: a folder laid over a package hides what the
// package has there. Else the first folder of packages that has the path's
// first part owns it, as on sys.path.
func (s *Source) find(p string) (m *mount, name string) {
	if !fs.ValidPath(p) {
		return nil, ""
	}
	best := -1
	for i := range s.mounts {
		m := &s.mounts[i]
		switch {
		case m.file != "":
			if m.at == p {
				return m, m.file
			}
			continue
		case m.at == "" || p != m.at && !(strings.HasPrefix(p, m.at) && p[len(m.at)] == '/'):
			continue
		}
		if best < 0 || len(m.at) > len(s.mounts[best].at) {
			best = i
		}
	}
	if best >= 0 {
		m := &s.mounts[best]
		if p == m.at {
			return m, "."
		}
		return m, p[len(m.at)+1:]
	}
	top, _, _ := strings.Cut(p, "/")
	if i := s.root(top); i >= 0 {
		return &s.mounts[i], p
	}
	return nil, ""
}

// root is the index of the folder of packages that has an entry named top, or -1.
func (s *Source) root(top string) int {
	if v, ok := s.tops.Load(top); ok {
		return v.(int)
	}
	for i, m := range s.mounts {
		if m.at != "" {
			continue
		}
		if _, err := fs.Stat(m.fsys, top); err == nil {
			s.tops.Store(top, i) // only what is there: a program may ask for names without end
			return i
		}
	}
	return -1
}

// ReadFile is the bytes of a file of the source.
func (s *Source) ReadFile(file string) ([]byte, error) {
	m, name := s.find(file)
	if m == nil {
		return nil, fmt.Errorf("%s: %w", file, fs.ErrNotExist)
	}
	b, err := readRegular(m.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Where(file), bare(err))
	}
	return b, nil
}

// bare is an error of the file system without its operation and path.
func bare(err error) error {
	var p *fs.PathError
	for errors.As(err, &p) {
		err = p.Err
	}
	return err
}

// Parse is the syntax tree of a file; with an error, a partial tree or nil.
// A file is read and parsed once.
func (s *Source) Parse(file string) (*pyast.Module, error) {
	v, ok := s.parsed.Load(file)
	if !ok {
		v, _ = s.parsed.LoadOrStore(file, &parsed{})
	}
	p := v.(*parsed)
	p.once.Do(func() {
		src, err := s.ReadFile(file)
		if err != nil {
			p.err = err
			return
		}
		if p.tree, p.err = s.parse(file, src); p.err != nil {
			p.err = s.placed(file, p.err)
		}
	})
	return p.tree, p.err
}

// ParseAhead starts to parse a file in the background where nobody has asked
// for it yet and a processor may be free; then gets its tree.
func (s *Source) ParseAhead(file string, then func(tree *pyast.Module)) {
	s.aheadOnce.Do(func() { s.ahead = make(chan struct{}, runtime.GOMAXPROCS(0)-1) })
	if cap(s.ahead) == 0 {
		return
	}
	if _, ok := s.parsed.LoadOrStore(file, &parsed{}); ok {
		return
	}
	go func() {
		s.ahead <- struct{}{}
		tree, err := s.Parse(file)
		<-s.ahead
		if tree != nil && err == nil {
			then(tree)
		}
	}()
}

// placed is a list of syntax errors at the path that a person would open.
func (s *Source) placed(file string, err error) error {
	var list pyast.ErrorList
	if !errors.As(err, &list) {
		return err
	}
	out := make(pyast.ErrorList, len(list))
	for i, e := range list {
		c := *e
		c.Path = s.Where(file)
		out[i] = &c
	}
	return out
}

func (s *Source) parse(file string, src []byte) (*pyast.Module, error) {
	if s.trees == nil {
		return pyast.Parse(file, src)
	}
	v, _ := s.trees.m.LoadOrStore(treeKey{file, sha256.Sum256(src)}, &parsed{})
	p := v.(*parsed)
	p.once.Do(func() { p.tree, p.err = pyast.Parse(file, src) })
	return p.tree, p.err
}

// Beside finds a dotted module name among what lies beside the files of a
// folder that is no checkout: their neighbours, or the packages next to the
// one that they are in. Python, started there, finds them as well.
func (s *Source) Beside(name string) (file string, isPkg, ok bool) {
	for i := range s.mounts {
		m := &s.mounts[i]
		if m.file != "" || !m.loose && !m.beside {
			continue
		}
		for _, at := range []string{m.near, m.at} {
			if at == "" {
				continue
			}
			if file, isPkg, ok = s.Resolve(strings.ReplaceAll(at, "/", ".") + "." + name); ok {
				return file, isPkg, ok
			}
		}
	}
	return "", false, false
}

type resolution struct {
	file  string
	isPkg bool
	ok    bool
}

// Resolve finds the file of a dotted module name: a package's __init__.py,
// else a module, else a folder that is a package without one, whose __init__.py
// then reads as empty.
func (s *Source) Resolve(name string) (file string, isPkg, ok bool) {
	if v, ok := s.resolved.Load(name); ok {
		r := v.(resolution)
		return r.file, r.isPkg, r.ok
	}
	r := s.resolve(name)
	if r.ok {
		s.resolved.Store(name, r)
	}
	return r.file, r.isPkg, r.ok
}

func (s *Source) resolve(name string) resolution {
	if strings.ContainsAny(name, "/\\:\x00") {
		return resolution{}
	}
	p := strings.ReplaceAll(name, ".", "/")
	for i := range s.mounts {
		if m := &s.mounts[i]; m.file != "" && m.at == p+".py" {
			return resolution{m.at, false, true}
		}
	}
	init := p + "/__init__.py"
	m, at := s.find(p)
	if m == nil { // but for a module at the top of a folder of packages
		if m, at = s.find(p + ".py"); m != nil {
			at = strings.TrimSuffix(at, ".py")
		}
	}
	if m != nil {
		if isFile(m.fsys, path.Join(at, "__init__.py")) {
			return resolution{init, true, true}
		}
		if at != "." && isFile(m.fsys, at+".py") {
			return resolution{p + ".py", false, true}
		}
	}
	if m != nil && isDir(m.fsys, at) || s.within(p) {
		s.parsed.LoadOrStore(init, emptyModule(init))
		return resolution{init, true, true}
	}
	return resolution{}
}

// within reports whether a mount lies beneath the path: then the path is a
// package though nothing is there itself.
func (s *Source) within(p string) bool {
	for _, m := range s.mounts {
		if strings.HasPrefix(m.at, p+"/") {
			return true
		}
	}
	return false
}

func emptyModule(file string) *parsed {
	p := &parsed{tree: &pyast.Module{Path: file}}
	p.once.Do(func() {})
	return p
}

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

func isDir(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.IsDir()
}

// List names the entries of a folder, sorted; folders end in "/".
func (s *Source) List(dir string) []string {
	seen := map[string]bool{}
	if m, at := s.find(dir); m != nil && m.file == "" {
		entries, _ := fs.ReadDir(m.fsys, at)
		for _, e := range entries {
			name := e.Name()
			if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && isDir(m.fsys, path.Join(at, name)) {
				name += "/"
			}
			seen[name] = true
		}
	}
	for _, m := range s.mounts {
		rest, ok := strings.CutPrefix(m.at, dir+"/")
		if !ok {
			continue
		}
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			rest = rest[:i+1]
		} else if m.file == "" {
			rest += "/"
		}
		seen[rest] = true
	}
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// Display is the path of a file as reports show it, the same whatever the
// form of the source: relative to the transformers package, or to the folder
// that a stand-alone file lies in.
func (s *Source) Display(file string) string {
	m, name := s.find(file)
	switch {
	case m == nil:
	case m.where == Stdin:
		return Stdin
	case m.loose && m.file == "":
		return name
	}
	return strings.TrimPrefix(file, Package+"/")
}

// Where is the path of a file as a person would open it.
func (s *Source) Where(file string) string {
	m, name := s.find(file)
	switch {
	case m == nil:
		return file
	case m.where == Stdin:
		return Stdin
	case m.file != "":
		return m.where
	}
	if name == "." {
		return m.where
	}
	return filepath.Join(m.where, filepath.FromSlash(name))
}

// Stdin is the name of what is read from standard input.
const Stdin = "<stdin>"

// Has reports whether the source has the package of that name.
func (s *Source) Has(pkg string) bool {
	_, _, ok := s.Resolve(pkg)
	return ok
}

// Version is the version of the transformers package as its __init__.py
// states it, or "".
func (s *Source) Version() string {
	b, err := s.ReadFile(Package + "/__init__.py")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		rest, ok := strings.CutPrefix(line, "__version__")
		if !ok {
			continue
		}
		rest = strings.TrimSpace(rest)
		if rest, ok = strings.CutPrefix(rest, "="); !ok {
			continue
		}
		rest = strings.TrimSpace(rest)
		if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			continue
		}
		if v, _, ok := strings.Cut(rest[1:], rest[:1]); ok {
			return v
		}
	}
	return ""
}

// PackageVersion is "transformers 5.23.0": what the report says it read.
func (s *Source) PackageVersion() string {
	if v := s.Version(); v != "" {
		return Package + " " + v
	}
	return Package
}
