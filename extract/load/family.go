package load

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
)

// File is a modeling file of a source.
type File struct {
	Family string // "qwen2"
	Path   string // "transformers/models/qwen2/modeling_qwen2.py"
	Module string // "transformers.models.qwen2.modeling_qwen2"
}

// Family is a folder of modeling files, or such a file outside of transformers.
type Family struct {
	Name  string
	Files []File // sorted by path
}

func newFile(family, p string) File {
	return File{family, p, strings.ReplaceAll(strings.TrimSuffix(p, ".py"), "/", ".")}
}

// isModeling reports whether a file's name is that of a PyTorch modeling
// file. Releases before 5 hold TensorFlow and Flax twins beside.
func isModeling(name string) bool {
	return strings.HasPrefix(name, "modeling_") && strings.HasSuffix(name, ".py") &&
		!strings.HasPrefix(name, "modeling_tf_") && !strings.HasPrefix(name, "modeling_flax_")
}

// modelingFiles lists the modeling files of a folder, sorted.
func modelingFiles(fsys fs.FS, dir string) []string {
	entries, _ := fs.ReadDir(fsys, dir)
	var out []string
	for _, e := range entries {
		if !e.IsDir() && isModeling(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out
}

// repositoryFiles lists the modeling files of a model repository: those that
// are called so, and those that its config.json names under auto_map.
func repositoryFiles(fsys fs.FS) []string {
	out := modelingFiles(fsys, ".")
	b, err := readRegular(fsys, configFile)
	if err != nil {
		return out
	}
	c, err := parseConfig(configFile, b)
	if err != nil {
		return out
	}
	for _, module := range c.modelModules() {
		if f := module + ".py"; !slices.Contains(out, f) && isFile(fsys, f) {
			out = append(out, f)
		}
	}
	return out
}

// stem is the family that a modeling file outside of transformers stands for.
func stem(file string) string {
	return strings.TrimPrefix(strings.TrimSuffix(path.Base(file), ".py"), "modeling_")
}

// looseFamilies lists the modeling files of a folder that is not
// transformers: its own, a family each, and those of its subfolders, a family
// a folder. Paths are relative.
func looseFamilies(fsys fs.FS) []Family {
	var out []Family
	for _, f := range repositoryFiles(fsys) {
		out = append(out, Family{stem(f), []File{{Family: stem(f), Path: f}}})
	}
	entries, _ := fs.ReadDir(fsys, ".")
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if e.Name() == "models" {
			sub, err := fs.ReadDir(fsys, "models")
			if err != nil {
				continue
			}
			for _, d := range sub {
				out = appendFamily(out, fsys, path.Join("models", d.Name()))
			}
			continue
		}
		out = appendFamily(out, fsys, e.Name())
	}
	return out
}

func appendFamily(out []Family, fsys fs.FS, dir string) []Family {
	f := Family{Name: path.Base(dir)}
	for _, name := range modelingFiles(fsys, dir) {
		f.Files = append(f.Files, File{Family: f.Name, Path: path.Join(dir, name)})
	}
	if f.Files == nil {
		return out
	}
	return append(out, f)
}

// Families lists the model families of the source by name. In a source of
// modeling files outside of transformers these alone are its families.
func (s *Source) Families() ([]Family, error) {
	s.families.Do(func() { s.family, s.familyE = s.listFamilies() })
	return s.family, s.familyE
}

func (s *Source) listFamilies() ([]Family, error) {
	var out []Family
	for _, m := range s.mounts {
		if !m.loose {
			continue
		}
		if m.file != "" {
			out = append(out, Family{stem(m.at), []File{newFile(stem(m.at), m.at)}})
			continue
		}
		for _, f := range looseFamilies(m.fsys) {
			for i := range f.Files {
				f.Files[i] = newFile(f.Name, path.Join(m.at, f.Files[i].Path))
			}
			out = append(out, f)
		}
	}
	if out == nil {
		m, at := s.find(modelsDir)
		if m == nil {
			return nil, nil
		}
		entries, err := fs.ReadDir(m.fsys, at)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() {
				continue
			}
			if f, ok := s.familyIn(modelsDir + "/" + e.Name()); ok {
				out = append(out, f)
				continue
			}
			for _, sub := range s.List(modelsDir + "/" + e.Name()) { // models/deprecated/x, in releases before 5
				if name, ok := strings.CutSuffix(sub, "/"); ok {
					if f, ok := s.familyIn(modelsDir + "/" + e.Name() + "/" + name); ok {
						out = append(out, f)
					}
				}
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

const modelsDir = Package + "/models"

// familyIn is the family of a folder of the source.
func (s *Source) familyIn(dir string) (Family, bool) {
	m, at := s.find(dir)
	if m == nil {
		return Family{}, false
	}
	f := Family{Name: path.Base(dir)}
	for _, name := range modelingFiles(m.fsys, at) {
		f.Files = append(f.Files, newFile(f.Name, dir+"/"+name))
	}
	return f, f.Files != nil
}

// Family finds a family by its name, or by its name as model types write it,
// with dashes, in any case.
func (s *Source) Family(name string) (Family, bool) {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	if name == "" || strings.ContainsAny(name, "/\\.") {
		return Family{}, false
	}
	all, err := s.Families()
	if err != nil {
		return Family{}, false
	}
	i := sort.Search(len(all), func(i int) bool { return all[i].Name >= name })
	if i < len(all) && all[i].Name == name {
		return all[i], true
	}
	return Family{}, false
}

// FindClass finds the modeling file that defines a class at its top level.
// Families whose name the class's resembles are searched first.
func (s *Source) FindClass(name string) (File, bool) {
	all, err := s.Families()
	if err != nil {
		return File{}, false
	}
	low := strings.ToLower(name)
	for pass := range 2 {
		for _, fam := range all {
			if near := strings.HasPrefix(low, strings.ReplaceAll(fam.Name, "_", "")); near != (pass == 0) {
				continue
			}
			for _, f := range fam.Files {
				if src, err := s.ReadFile(f.Path); err == nil && definesClass(src, name) {
					return f, true
				}
			}
		}
	}
	return File{}, false
}

// definesClass reports whether a line of the source opens that class.
func definesClass(src []byte, name string) bool {
	opening := []byte("class " + name)
	for i := 0; i < len(src); {
		j := bytes.Index(src[i:], opening)
		if j < 0 {
			return false
		}
		start, end := i+j, i+j+len(opening)
		if (start == 0 || src[start-1] == '\n') && end < len(src) && bytes.IndexByte([]byte("(:[ \t"), src[end]) >= 0 {
			return true
		}
		i = end
	}
	return false
}

// classNames lists the classes that lines of the source open, in order.
func classNames(src []byte) []string {
	var out []string
	for i := 0; ; {
		if bytes.HasPrefix(src[i:], []byte("class ")) {
			if name, _ := identifier(src[i+6:]); name != "" {
				out = append(out, name)
			}
		}
		j := bytes.Index(src[i:], []byte("\nclass "))
		if j < 0 {
			return out
		}
		i += j + 1
	}
}
