package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"
)

// Options say where source may come from.
type Options struct {
	From  string    // a SOURCE; "" for the default rule
	Also  []string  // wheels, zips, tars or folders of further packages
	Fetch bool      // bring a release into the cache where none is there
	Stdin io.Reader // what the target "-" reads
	Trees *Trees    // shared by sources, or nil
	// Note, where set, is told what takes time or was chosen, in sentences.
	Note func(format string, args ...any)
}

func (o *Options) note(format string, args ...any) {
	if o.Note != nil {
		o.Note(format, args...)
	}
}

// Open opens a SOURCE: a checkout root, src/transformers, an installed
// package, a folder of modeling files, a wheel, zip or tar of these,
// git:DIR@REV, pip:NAME==VERSION or hf:org/name.
func Open(ctx context.Context, spec string, opt Options) (*Source, error) {
	s, err := opt.open(ctx, spec)
	if err != nil {
		return nil, err
	}
	return opt.withAlso(s)
}

// Default opens the source that holds where none is named: the checkout that
// near lies in (a file or folder; "" for none), else $ARCH_EXTRACT_SOURCE,
// else the transformers of the active virtual environment, else the newest
// release in the cache, which with Fetch is filled.
func Default(ctx context.Context, near string, opt Options) (*Source, error) {
	s, err := opt.byDefault(ctx, near)
	if err != nil {
		return nil, err
	}
	return opt.withAlso(s)
}

func (o *Options) open(ctx context.Context, spec string) (*Source, error) {
	kind, rest, _ := strings.Cut(spec, ":")
	switch kind {
	case "git":
		return o.fromGit(ctx, spec, rest)
	case "pip":
		return o.fromCache(ctx, rest)
	case "hf":
		return o.fromHub(ctx, spec, rest)
	}
	name := expandHome(spec)
	info, err := os.Stat(name)
	if err != nil {
		if _, v, rerr := splitRequirement(spec); rerr == nil && v != "" {
			return nil, fmt.Errorf("%s: no such file or folder; a release in the cache is named pip:%s", spec, spec)
		}
		return nil, fmt.Errorf("%s: %w", spec, bare(err))
	}
	if info.IsDir() {
		if dir, ok := enclosing(name); ok && inside(dir, name) {
			return o.source(spec, mount{at: Package, fsys: os.DirFS(dir), where: shorter(dir, name)}), nil
		}
		return o.fromFS(ctx, spec, name, os.DirFS(name), filepath.Clean(name))
	}
	fsys, closer, err := openArchive(name)
	if err != nil {
		return nil, err
	}
	s, err := o.fromFS(ctx, spec, "", fsys, filepath.Clean(name))
	if err != nil {
		closer.Close()
		return nil, err
	}
	s.closers = append(s.closers, closer)
	return s, nil
}

// inside reports whether a file or folder is dir or lies beneath it.
func inside(dir, name string) bool {
	abs, err := filepath.Abs(name)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, abs)
	return err == nil && filepath.IsLocal(rel)
}

// shorter is the folder dir as a path beside name: relative where name is.
func shorter(dir, name string) string {
	if filepath.IsAbs(name) {
		return dir
	}
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, dir); err == nil {
			return rel
		}
	}
	return dir
}

func (o *Options) source(spec string, m ...mount) *Source {
	return &Source{spec: spec, mounts: m, trees: o.Trees}
}

// fromFS makes a source of a file system that holds transformers, or modeling
// files that are read beside the transformers that near has by default.
func (o *Options) fromFS(ctx context.Context, spec, near string, fsys fs.FS, where string) (*Source, error) {
	if dir, ok := locate(fsys); ok {
		sub, err := fs.Sub(fsys, dir)
		if err != nil {
			return nil, err
		}
		return o.source(spec, mount{at: Package, fsys: sub, where: filepath.Join(where, filepath.FromSlash(dir))}), nil
	}
	if len(looseFamilies(fsys)) == 0 {
		return nil, fmt.Errorf("%s: holds neither the %s package nor a modeling file (modeling_*.py)", spec, Package)
	}
	base, err := o.byDefault(ctx, near)
	if err != nil {
		return nil, err
	}
	return base.overlay(spec, looseMount(fsys, where)), nil
}

// looseMount puts a folder where model repositories are imported from.
func looseMount(fsys fs.FS, where string) mount {
	return mount{at: loosePackage + "/" + pyName(filepath.Base(where)), fsys: fsys, where: where, loose: true}
}

const loosePackage = "transformers_modules"

// pyName makes a Python identifier of a file's name.
func pyName(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case unicode.IsDigit(r) && i == 0:
			b.WriteByte('_')
			b.WriteRune(r)
		case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}

func (o *Options) fromGit(ctx context.Context, spec, rest string) (*Source, error) {
	g, err := openGit(ctx, rest)
	if err != nil {
		return nil, err
	}
	fsys, err := fs.Sub(g.tree, g.prefix)
	if err == nil && !isDir(fsys, ".") {
		err = fmt.Errorf("%s: the revision has no folder %s", spec, g.prefix)
	}
	var s *Source
	if err == nil {
		s, err = o.fromFS(ctx, spec, "", fsys, spec)
	}
	if err != nil {
		g.Close()
		return nil, err
	}
	s.closers = append(s.closers, g)
	return s, nil
}

func (o *Options) fromCache(ctx context.Context, rest string) (*Source, error) {
	name, version, err := splitRequirement(rest)
	if err != nil {
		return nil, fmt.Errorf("pip:%s: %w", rest, err)
	}
	file, err := Cached(name, version)
	if err != nil {
		return nil, err
	}
	if file == "" {
		if !o.Fetch {
			return nil, fmt.Errorf("pip:%s: not in the cache; add --fetch, or run: arch-extract fetch %s", rest, rest)
		}
		o.note("fetching %s through pip", rest)
		if file, err = Fetch(ctx, rest); err != nil {
			return nil, err
		}
	}
	return o.open(ctx, file)
}

func (o *Options) fromHub(ctx context.Context, spec, rest string) (*Source, error) {
	fsys, where, root, err := openHub(rest, os.Getenv)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(rest, "@")
	base, err := o.byDefault(ctx, "")
	if err != nil {
		root.Close()
		return nil, err
	}
	m := looseMount(fsys, where)
	m.at = loosePackage + "/" + pyName(strings.ReplaceAll(name, "/", "__"))
	s := base.overlay(spec, m)
	s.closers = append(s.closers, root)
	return s, nil
}

func (o *Options) byDefault(ctx context.Context, near string) (*Source, error) {
	if near != "" {
		if dir, ok := enclosing(near); ok {
			return o.source(dir, mount{at: Package, fsys: os.DirFS(dir), where: shorter(dir, near)}), nil
		}
	}
	if spec := os.Getenv("ARCH_EXTRACT_SOURCE"); spec != "" {
		if strings.HasPrefix(spec, "hf:") {
			return nil, fmt.Errorf("$ARCH_EXTRACT_SOURCE: %s: a model repository cannot be the default source", spec)
		}
		s, err := o.open(ctx, spec)
		if err != nil {
			return nil, fmt.Errorf("$ARCH_EXTRACT_SOURCE: %w", err)
		}
		return s, nil
	}
	for _, env := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir, ok := installed(os.Getenv(env)); ok {
			o.note("reading %s (of the active environment)", dir)
			return o.source(dir, mount{at: Package, fsys: os.DirFS(dir), where: dir}), nil
		}
	}
	file, err := Cached(Package, "")
	if err != nil {
		return nil, err
	}
	if file == "" && o.Fetch {
		o.note("fetching %s==%s through pip", Package, DefaultRelease)
		if file, err = Fetch(ctx, Package+"=="+DefaultRelease); err != nil {
			return nil, err
		}
	}
	if file == "" {
		return nil, ErrNoSource
	}
	return o.open(ctx, file)
}

// ErrNoSource says that no source was named and none was found.
var ErrNoSource = errors.New("there is no source of transformers here: add --fetch to get release " + DefaultRelease +
	" through pip, or name one by --from (a checkout, a wheel, pip:transformers==X) or $ARCH_EXTRACT_SOURCE")

// installed is the transformers package of an environment: in its
// site-packages, or where an editable installation points.
func installed(env string) (dir string, ok bool) {
	if env == "" {
		return "", false
	}
	sites, _ := filepath.Glob(filepath.Join(env, "lib", "python*", "site-packages"))
	sites = append(sites, filepath.Join(env, "Lib", "site-packages"))
	for _, site := range sites {
		if d := filepath.Join(site, Package); isTransformers(d) {
			return d, true
		}
		pths, _ := filepath.Glob(filepath.Join(site, "*.pth"))
		for _, pth := range pths {
			b, err := readRegular(os.DirFS(site), filepath.Base(pth))
			if err != nil {
				continue
			}
			for line := range strings.Lines(string(b)) {
				line = strings.TrimSpace(line)
				if d := filepath.Join(line, Package); filepath.IsAbs(line) && isTransformers(d) {
					return d, true
				}
			}
		}
	}
	return "", false
}

// openArchive opens a zip, wheel or tar by what it starts with.
func openArchive(name string) (fsys fs.FS, closer io.Closer, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	head, _ := bufio.NewReaderSize(io.NewSectionReader(f, 0, 512), 512).Peek(512)
	var t *tree
	switch {
	case bytes.HasPrefix(head, []byte("PK")) || isZipName(name) && len(head) > 0:
		if t, err = openZip(name, f, info.Size()); err == nil {
			return t, f, nil
		}
	case len(head) == 0:
		err = fmt.Errorf("%s: the file is empty", name)
	case isTar(head):
		t, err = openTar(name, f)
		f.Close()
		if err == nil {
			return t, io.NopCloser(nil), nil
		}
		return nil, nil, err
	default:
		err = fmt.Errorf("%s: neither a folder nor a wheel, zip or tar (plain, .gz or .bz2)", name)
	}
	f.Close()
	return nil, nil, err
}

func isZipName(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".whl" || ext == ".zip"
}

func isTar(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) || bytes.HasPrefix(head, []byte("BZh")) ||
		len(head) >= 262 && string(head[257:262]) == "ustar"
}

// withAlso adds the packages of --also.
func (o *Options) withAlso(s *Source) (*Source, error) {
	if len(o.Also) == 0 {
		return s, nil
	}
	out := &Source{spec: s.spec, mounts: append([]mount(nil), s.mounts...), closers: s.closers, trees: s.trees}
	for _, name := range o.Also {
		m, closer, err := alsoMount(name)
		if err != nil {
			out.Close()
			return nil, fmt.Errorf("--also %w", err)
		}
		out.mounts = append(out.mounts, m)
		if closer != nil {
			out.closers = append(out.closers, closer)
		}
	}
	return out, nil
}

// alsoMount mounts a package, or a folder or archive of packages.
func alsoMount(spec string) (mount, io.Closer, error) {
	name := expandHome(spec)
	info, err := os.Stat(name)
	if err != nil {
		return mount{}, nil, fmt.Errorf("%s: %w", spec, bare(err))
	}
	if !info.IsDir() && strings.HasSuffix(name, ".py") {
		return mount{at: filepath.Base(name), fsys: os.DirFS(filepath.Dir(name)), where: filepath.Clean(name), file: filepath.Base(name)}, nil, nil
	}
	m := mount{where: filepath.Clean(name)}
	var closer io.Closer
	if info.IsDir() {
		m.fsys = os.DirFS(name)
	} else if m.fsys, closer, err = openArchive(name); err != nil {
		return mount{}, nil, err
	}
	dir, at := packagesIn(m.fsys, info.IsDir())
	if at && info.IsDir() {
		abs, err := filepath.Abs(name)
		if err != nil {
			return mount{}, nil, err
		}
		m.at = filepath.Base(abs)
		return m, nil, nil
	}
	if dir != "." {
		if m.fsys, err = fs.Sub(m.fsys, dir); err != nil {
			return mount{}, nil, err
		}
		m.where = filepath.Join(m.where, filepath.FromSlash(dir))
	}
	return m, closer, nil
}

// packagesIn finds the folder that holds packages: the root, its src, or the
// one folder that an archive wraps everything in. itself says that the root is
// a package.
func packagesIn(fsys fs.FS, onDisk bool) (dir string, itself bool) {
	if isFile(fsys, "__init__.py") {
		return ".", true
	}
	dirs, files, has := packageFolders(fsys, ".")
	switch {
	case has:
		return ".", false
	case hasPackages(fsys, "src"):
		return "src", false
	case !onDisk && len(dirs) == 1 && files == 0:
		if src := path.Join(dirs[0], "src"); hasPackages(fsys, src) {
			return src, false
		}
		if hasPackages(fsys, dirs[0]) {
			return dirs[0], false
		}
	}
	return ".", false
}

func hasPackages(fsys fs.FS, dir string) bool {
	_, _, has := packageFolders(fsys, dir)
	return has
}

// packageFolders lists the folders in dir, counts its Python files, and says
// whether a folder is a package.
func packageFolders(fsys fs.FS, dir string) (dirs []string, files int, has bool) {
	entries, _ := fs.ReadDir(fsys, dir)
	for _, e := range entries {
		switch {
		case e.IsDir() && !strings.HasPrefix(e.Name(), "."):
			dirs = append(dirs, e.Name())
			name := e.Name()
			if name != "tests" && name != "test" && isFile(fsys, path.Join(dir, name, "__init__.py")) {
				has = true
			}
		case strings.HasSuffix(e.Name(), ".py") && e.Name() != "setup.py":
			files++
		}
	}
	return dirs, files, has
}
