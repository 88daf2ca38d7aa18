package pipeline

import (
	"bytes"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"github.com/arch-extract/arch-extract/pyast"
)

// dirSource reads a folder that holds packages.
type dirSource struct {
	root  string
	mu    sync.Mutex
	trees map[string]*pyast.Module
	errs  map[string]error
}

func newDirSource(root string) *dirSource {
	return &dirSource{root: root, trees: map[string]*pyast.Module{}, errs: map[string]error{}}
}

// at is the path of a file: packages other than transformers lie in the folder
// that ARCH_ALSO names.
func (d *dirSource) at(p string) string {
	if also := os.Getenv("ARCH_ALSO"); also != "" && !strings.HasPrefix(p, "transformers") {
		return filepath.Join(also, p)
	}
	return filepath.Join(d.root, p)
}

func (d *dirSource) Resolve(name string) (string, bool, bool) {
	p := strings.ReplaceAll(name, ".", "/")
	if _, err := os.Stat(d.at(p + "/__init__.py")); err == nil {
		return p + "/__init__.py", true, true
	}
	if _, err := os.Stat(d.at(p + ".py")); err == nil {
		return p + ".py", false, true
	}
	return "", false, false
}

func (d *dirSource) Parse(file string) (*pyast.Module, error) {
	d.mu.Lock()
	t, ok := d.trees[file]
	err := d.errs[file]
	d.mu.Unlock()
	if ok {
		return t, err
	}
	b, err := os.ReadFile(d.at(file))
	if err != nil {
		return nil, err
	}
	t, err = pyast.Parse(file, b)
	d.mu.Lock()
	d.trees[file], d.errs[file] = t, err
	d.mu.Unlock()
	return t, err
}

func (d *dirSource) List(dir string) []string {
	es, _ := os.ReadDir(d.at(dir))
	var out []string
	for _, e := range es {
		if e.IsDir() {
			out = append(out, e.Name()+"/")
		} else {
			out = append(out, e.Name())
		}
	}
	sort.Strings(out)
	return out
}

func (d *dirSource) Exports(file, name string) bool {
	b, _ := os.ReadFile(d.at(file))
	return bytes.Contains(b, []byte("class "+name+"(")) || bytes.Contains(b, []byte("class "+name+":")) || bytes.Contains(b, []byte("def "+name+"(")) || bytes.Contains(b, []byte("\n"+name+" = "))
}
