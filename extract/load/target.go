package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Target is what a command is about: modeling files of a source, and perhaps
// one class and a config.json.
type Target struct {
	Spec     string // as it was named
	Source   *Source
	Families []Family // what it covers; with one, mostly, file
	Class    string   // the class that was named, "" for none: see DefaultClass
	Config   *Config  // the config.json that named it, or nil
	Whole    bool     // a whole source was named
}

// File is the modeling file and the name of the class that the target stands
// for: the class that was named, else the default class of its family.
func (t *Target) File() (File, string, error) {
	if t.Whole || len(t.Families) != 1 {
		return File{}, "", fmt.Errorf("%s names %d families: name one of them, or add --all", t.Spec, len(t.Families))
	}
	fam := t.Families[0]
	if t.Class == "" {
		return t.Source.DefaultClass(fam)
	}
	var names []string
	for _, f := range fam.Files {
		src, err := t.Source.ReadFile(f.Path)
		if err != nil {
			return File{}, "", err
		}
		if definesClass(src, t.Class) {
			return f, t.Class, nil
		}
		names = append(names, classNames(src)...)
	}
	return File{}, "", fmt.Errorf("%s: no class %s in %s%s", t.Spec, t.Class, t.Source.names(fam.Files), DidYouMean(t.Class, names))
}

// FindTarget resolves a TARGET: a modeling file, a folder of such, a family, a
// class, a config.json, "-", or a whole SOURCE, each perhaps with :Class.
// class is what --class names, or "".
func FindTarget(ctx context.Context, spec, class string, opt Options) (*Target, error) {
	if spec == "" {
		return nil, errors.New("the target is empty; name a modeling file, a family or a class")
	}
	name, inner := splitTarget(spec)
	if inner != "" {
		if class != "" && class != inner {
			return nil, fmt.Errorf("%s names one class and --class %s another", spec, class)
		}
		class = inner
	}
	t, err := opt.target(ctx, name)
	if err != nil {
		return nil, err
	}
	t.Spec = name
	if class != "" {
		t.Class = class
		if err := t.narrow(); err != nil {
			t.Source.Close()
			return nil, err
		}
	}
	t.Spec = spec
	return t, nil
}

// narrow leaves, of the families, the one that defines the class.
func (t *Target) narrow() error {
	if len(t.Families) == 1 {
		_, _, err := t.File()
		return err
	}
	f, ok := t.Source.FindClass(t.Class)
	if !ok {
		return t.Source.unknownClass(t.Class)
	}
	t.Families, t.Whole = []Family{{f.Family, []File{f}}}, false
	return nil
}

var classSuffix = regexp.MustCompile(`^(.+):([A-Za-z_][A-Za-z0-9_]*)$`)

// splitTarget splits TARGET:Class, unless all of it names a file.
func splitTarget(spec string) (name, class string) {
	m := classSuffix.FindStringSubmatch(spec)
	if m == nil || m[1] == "pip" || m[1] == "hf" {
		return spec, ""
	}
	if m[1] == "git" && isDir(os.DirFS("."), m[2]) { // else a class of the family git
		return spec, ""
	}
	if _, err := os.Stat(expandHome(spec)); err == nil {
		return spec, ""
	}
	return m[1], m[2]
}

func (o *Options) target(ctx context.Context, name string) (*Target, error) {
	if name == "-" {
		return o.stdinTarget(ctx)
	}
	if kind, _, ok := strings.Cut(name, ":"); ok && (kind == "git" || kind == "pip" || kind == "hf") {
		return o.sourceTarget(ctx, name)
	}
	file := expandHome(name)
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		if isWord(name) && !hasModeling(file) {
			break // a family, and by chance a folder of that name
		}
		return o.folderTarget(ctx, name, file)
	case err == nil && strings.HasSuffix(name, ".py"):
		return o.fileTarget(ctx, name, file)
	case err == nil && strings.HasSuffix(name, ".json"):
		return o.configTarget(ctx, name)
	case err == nil && !isWord(name):
		return o.sourceTarget(ctx, name)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	return o.nameTarget(ctx, name)
}

// isWord reports whether a target may be the name of a family or class.
func isWord(s string) bool { return !strings.ContainsAny(s, `/\.`) }

// hasModeling reports whether a folder is worth reading as a target.
func hasModeling(dir string) bool {
	fsys := os.DirFS(dir)
	if _, ok := locate(fsys); ok {
		return true
	}
	return len(looseFamilies(fsys)) > 0
}

func (o *Options) from(ctx context.Context, near string) (*Source, error) {
	if o.From != "" {
		return Open(ctx, o.From, *o)
	}
	return Default(ctx, near, *o)
}

// nameTarget is a family, a class, or a file inside of the source.
func (o *Options) nameTarget(ctx context.Context, name string) (*Target, error) {
	if !isWord(name) && o.From == "" {
		return nil, fmt.Errorf("%s: no such file or folder", name)
	}
	s, err := o.from(ctx, "")
	if err != nil {
		return nil, err
	}
	t, err := s.named(name)
	if err != nil {
		s.Close()
		return nil, err
	}
	return t, nil
}

func (s *Source) named(name string) (*Target, error) {
	if fam, ok := s.Family(name); ok {
		return &Target{Source: s, Families: []Family{fam}}, nil
	}
	if !isWord(name) {
		if t, ok := s.fileInside(name); ok {
			return t, nil
		}
		return nil, fmt.Errorf("%s: no such file or folder, here or in %s", name, s.spec)
	}
	if strings.ToLower(name) != name {
		if f, ok := s.FindClass(name); ok {
			return &Target{Source: s, Families: []Family{{f.Family, []File{f}}}, Class: name}, nil
		}
	}
	return nil, s.unknown(name)
}

// fileInside is a modeling file or a folder of them by its path in the source.
func (s *Source) fileInside(name string) (*Target, bool) {
	name = path.Clean(filepath.ToSlash(name))
	all, err := s.Families()
	if err != nil {
		return nil, false
	}
	for _, fam := range all {
		for _, f := range fam.Files {
			for _, p := range []string{f.Path, s.Display(f.Path)} {
				if p == name || "src/"+p == name {
					return &Target{Source: s, Families: []Family{{fam.Name, []File{f}}}}, true
				}
				if d := path.Dir(p); d == name || "src/"+d == name {
					return &Target{Source: s, Families: []Family{fam}}, true
				}
			}
		}
	}
	return nil, false
}

// unknown says that a name is neither a family nor a class, and offers others.
func (s *Source) unknown(name string) error {
	if c := name[0]; c >= 'A' && c <= 'Z' {
		return s.unknownClass(name)
	}
	all, err := s.Families()
	if err != nil {
		return err
	}
	var names []string
	for _, f := range all {
		names = append(names, f.Name)
	}
	return fmt.Errorf("%s: no such file, family or class in %s%s", name, s.label(), DidYouMean(name, names))
}

func (s *Source) unknownClass(name string) error {
	all, err := s.Families()
	if err != nil {
		return err
	}
	var names []string
	for _, fam := range all {
		for _, f := range fam.Files {
			if src, err := s.ReadFile(f.Path); err == nil {
				names = append(names, classNames(src)...)
			}
		}
	}
	return fmt.Errorf("%s: no such class in %s%s", name, s.label(), DidYouMean(name, names))
}

// label names the source in sentences.
func (s *Source) label() string {
	for _, m := range s.mounts {
		if m.loose {
			return m.where
		}
	}
	return s.PackageVersion()
}

func (o *Options) sourceTarget(ctx context.Context, name string) (*Target, error) {
	s, err := Open(ctx, name, *o)
	if err != nil {
		return nil, err
	}
	if repo, ok := s.looseMount(); ok {
		if t, ok := s.repository(repo); ok {
			return t, nil
		}
	}
	return s.whole()
}

func (s *Source) whole() (*Target, error) {
	all, err := s.Families()
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s: no modeling file (modeling_*.py) in it", s.spec)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return &Target{Source: s, Families: all, Whole: len(all) > 1}, nil
}

func (s *Source) looseMount() (*mount, bool) {
	for i := range s.mounts {
		if s.mounts[i].loose {
			return &s.mounts[i], true
		}
	}
	return nil, false
}

// repository is the target of a model repository that has a config.json: the
// class that it names, of the repository's own files or of transformers.
func (s *Source) repository(m *mount) (*Target, bool) {
	b, err := readRegular(m.fsys, configFile)
	if err != nil {
		return nil, false
	}
	c, err := parseConfig(filepath.Join(m.where, configFile), b)
	if err != nil {
		return nil, false
	}
	t, err := s.configured(c)
	return t, err == nil
}

// folderTarget is a folder with modeling files, or a whole source.
func (o *Options) folderTarget(ctx context.Context, name, dir string) (*Target, error) {
	files := repositoryFiles(os.DirFS(dir))
	if _, ok := locate(os.DirFS(dir)); ok || len(files) == 0 {
		return o.sourceTarget(ctx, name)
	}
	s, rel, err := o.place(ctx, filepath.Join(dir, files[0]))
	if err != nil {
		return nil, err
	}
	at := path.Dir(rel)
	if m, loose := s.looseMount(); loose {
		if t, ok := s.repository(m); ok {
			return t, nil
		}
		return s.whole()
	}
	fam, ok := s.familyIn(at)
	if !ok {
		s.Close()
		return nil, fmt.Errorf("%s: no modeling file (modeling_*.py) in it", name)
	}
	return &Target{Source: s, Families: []Family{fam}}, nil
}

// fileTarget is one modeling file on disk.
func (o *Options) fileTarget(ctx context.Context, name, file string) (*Target, error) {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", name, errNotRegular)
	}
	s, p, err := o.place(ctx, file)
	if err != nil {
		return nil, err
	}
	fam := stem(p)
	if strings.HasPrefix(p, modelsDir+"/") {
		fam = path.Base(path.Dir(p))
	}
	return &Target{Source: s, Families: []Family{{fam, []File{newFile(fam, p)}}}}, nil
}

// place opens the source for a modeling file and says where in it the file
// lies: in its package where that is read anyway, else in a folder that is
// laid over, or stands beside, transformers.
func (o *Options) place(ctx context.Context, file string) (s *Source, p string, err error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, "", err
	}
	s, err = o.from(ctx, file)
	if err != nil {
		return nil, "", err
	}
	if dir, ok := enclosing(file); ok && inside(dir, file) && s.isAt(dir) {
		rel, err := filepath.Rel(dir, abs)
		return s, Package + "/" + filepath.ToSlash(rel), err
	}
	src, err := readRegular(os.DirFS(filepath.Dir(abs)), filepath.Base(abs))
	if err != nil {
		s.Close()
		return nil, "", fmt.Errorf("%s: %w", file, bare(err))
	}
	m, p := standalone(file, abs, importLevel(src))
	return s.overlay(file, m...), p, nil
}

// isAt reports whether the package of the source is that folder on disk.
func (s *Source) isAt(dir string) bool {
	for _, m := range s.mounts {
		if m.at != Package {
			continue
		}
		a, err1 := os.Stat(m.where)
		b, err2 := os.Stat(dir)
		return err1 == nil && err2 == nil && os.SameFile(a, b)
	}
	return false
}

// standalone mounts the folder of a modeling file that lies in no checkout.
// Its relative imports say how deep in a package it expects to be: in a
// package that it does lie in, or where a family of transformers would.
func standalone(file, abs string, level int) ([]mount, string) {
	dir := filepath.Dir(abs)
	depth, top := 0, dir
	for isFile(os.DirFS(top), "__init__.py") && filepath.Dir(top) != top {
		depth, top = depth+1, filepath.Dir(top)
	}
	switch {
	case level > max(depth, 1):
		m := mount{at: modelsDir + "/" + pyName(stem(abs)), fsys: os.DirFS(dir), where: filepath.Dir(file), loose: true}
		return []mount{m}, m.at + "/" + filepath.Base(abs)
	case depth == 0:
		m := looseMount(os.DirFS(dir), dir)
		m.where = filepath.Dir(file)
		return []mount{m}, m.at + "/" + filepath.Base(abs)
	}
	rel, _ := filepath.Rel(top, abs)
	first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	m := mount{at: first, fsys: os.DirFS(filepath.Join(top, first)), where: shorter(filepath.Join(top, first), file)}
	next := mount{at: loosePackage, fsys: os.DirFS(top), where: shorter(top, file), beside: true, near: path.Dir(filepath.ToSlash(rel))}
	return []mount{m, next}, filepath.ToSlash(rel)
}

var relativeImport = regexp.MustCompile(`(?m)^[ \t]*from[ \t]+(\.+)`)

// importLevel is the greatest number of dots of a relative import.
func importLevel(src []byte) int {
	level := 0
	for _, m := range relativeImport.FindAllSubmatch(src, -1) {
		level = max(level, len(m[1]))
	}
	return level
}

var configImport = regexp.MustCompile(`(?m)^[ \t]*from[ \t]+\.+configuration_(\w+)[ \t]+import`)

// stdinTarget reads a modeling file from standard input. It stands where the
// family that its config import names has its file, or would have it; what it
// imports beside it comes from there.
func (o *Options) stdinTarget(ctx context.Context) (*Target, error) {
	if o.Stdin == nil {
		return nil, errors.New("-: there is no standard input")
	}
	src, err := readLimited(o.Stdin, 1<<16)
	if err == io.EOF || err == nil && len(strings.TrimSpace(string(src))) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Stdin, bare(err))
	}
	s, err := o.from(ctx, "")
	if err != nil {
		return nil, err
	}
	fam := "stdin"
	if m := configImport.FindSubmatch(src); m != nil {
		fam = string(m[1])
	}
	dir := modelsDir + "/" + fam
	t := newTree()
	name := "modeling_" + fam + ".py"
	t.add(name, &blob{int64(len(src)), func() ([]byte, error) { return src, nil }})
	if err := t.seal(); err != nil {
		return nil, err
	}
	s = s.overlay(Stdin, mount{at: dir + "/" + name, fsys: t, where: Stdin, file: name, loose: true})
	return &Target{Source: s, Families: []Family{{fam, []File{newFile(fam, dir+"/"+name)}}}}, nil
}

// configTarget is the class that a config.json names.
func (o *Options) configTarget(ctx context.Context, name string) (*Target, error) {
	c, err := ReadConfig(name)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(expandHome(name))
	var s *Source
	if files := repositoryFiles(os.DirFS(dir)); len(files) > 0 {
		if s, _, err = o.place(ctx, filepath.Join(dir, files[0])); err != nil {
			return nil, err
		}
	} else if s, err = o.from(ctx, ""); err != nil {
		return nil, err
	}
	t, err := s.configured(c)
	if err != nil {
		s.Close()
		return nil, err
	}
	return t, nil
}

// configured finds the class that a config names: by auto_map and
// architectures, else the default class of the family of its model_type.
func (s *Source) configured(c *Config) (*Target, error) {
	class, module := c.architecture()
	if class != "" {
		if m, ok := s.looseMount(); ok && module != "" {
			f := newFile(stem(module), path.Join(m.at, strings.ReplaceAll(module, ".", "/")+".py"))
			if src, err := s.ReadFile(f.Path); err == nil && definesClass(src, class) {
				return &Target{Source: s, Families: []Family{{f.Family, []File{f}}}, Class: class, Config: c}, nil
			}
		}
		if f, ok := s.FindClass(class); ok {
			return &Target{Source: s, Families: []Family{{f.Family, []File{f}}}, Class: class, Config: c}, nil
		}
	}
	kind, _ := c.Get("model_type").(string)
	if kind != "" {
		if fam, ok := s.familyOfType(kind); ok {
			return &Target{Source: s, Families: []Family{fam}, Config: c}, nil
		}
	}
	switch {
	case class != "":
		return nil, fmt.Errorf("%s: its architecture: %w", c.Path, s.unknownClass(class))
	case kind != "":
		return nil, fmt.Errorf("%s: its model_type: %w", c.Path, s.unknown(kind))
	}
	return nil, fmt.Errorf("%s: names no model: it has neither architectures nor model_type", c.Path)
}

var modelType = regexp.MustCompile(`(?m)^[ \t]+model_type\b[^=\n]*=[ \t]*["']([^"'\n]*)["']`)

// familyOfType is the family whose configuration file declares a model type.
func (s *Source) familyOfType(kind string) (Family, bool) {
	if fam, ok := s.Family(kind); ok {
		return fam, true
	}
	all, err := s.Families()
	if err != nil {
		return Family{}, false
	}
	for _, fam := range all {
		dir := path.Dir(fam.Files[0].Path)
		for _, name := range s.List(dir) {
			if !strings.HasPrefix(name, "configuration_") || !strings.HasSuffix(name, ".py") {
				continue
			}
			src, err := s.ReadFile(dir + "/" + name)
			if err != nil {
				continue
			}
			for _, m := range modelType.FindAllSubmatch(src, -1) {
				if string(m[1]) == kind {
					return fam, true
				}
			}
		}
	}
	return Family{}, false
}

// WholeSource is the target that a whole SOURCE is; "" is the source that holds
// where none is named.
func WholeSource(ctx context.Context, spec string, opt Options) (*Target, error) {
	if spec == "" {
		spec = opt.From
	}
	if spec != "" {
		return FindTarget(ctx, spec, "", opt)
	}
	s, err := Default(ctx, "", opt)
	if err != nil {
		return nil, err
	}
	t, err := s.whole()
	if err == nil {
		t.Spec = s.spec
	}
	return t, err
}
