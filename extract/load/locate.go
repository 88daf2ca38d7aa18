package load

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// locate finds the transformers package in a file system: a checkout root, a
// folder of packages, the package itself, a virtual environment, or any of
// these in the one folder that archives wrap theirs in.
func locate(fsys fs.FS) (dir string, ok bool) {
	tops := []string{"."}
	entries, _ := fs.ReadDir(fsys, ".")
	for _, e := range entries {
		if e.IsDir() && len(tops) < 64 && !strings.HasPrefix(e.Name(), ".") {
			tops = append(tops, e.Name())
		}
	}
	for _, top := range tops {
		for _, d := range []string{".", Package, "src/" + Package} {
			if d := path.Join(top, d); isPackage(fsys, d) {
				return d, true
			}
		}
	}
	for _, lib := range []string{"lib", "lib64", "Lib"} {
		pythons := []string{lib}
		entries, _ := fs.ReadDir(fsys, lib)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "python") {
				pythons = append(pythons, path.Join(lib, e.Name()))
			}
		}
		for _, p := range pythons {
			if d := path.Join(p, "site-packages", Package); isPackage(fsys, d) {
				return d, true
			}
		}
	}
	return "", false
}

// isPackage reports whether a folder is the transformers package: by what is
// in it, and where its name says so, by less.
func isPackage(fsys fs.FS, dir string) bool {
	if !isFile(fsys, path.Join(dir, "__init__.py")) || !isDir(fsys, path.Join(dir, "models")) {
		return false
	}
	return path.Base(dir) == Package || isFile(fsys, path.Join(dir, "modeling_utils.py")) && isFile(fsys, path.Join(dir, "configuration_utils.py"))
}

// enclosing is the transformers package that a file or folder lies in: the
// package itself, the checkout that has it in src, or the site-packages that
// has it beside.
func enclosing(name string) (dir string, ok bool) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", false
	}
	for d := abs; ; d = filepath.Dir(d) {
		near := []string{d, filepath.Join(d, "src", Package)}
		if b := filepath.Base(d); b == "site-packages" || b == "dist-packages" {
			near = append(near, filepath.Join(d, Package))
		}
		for _, dir := range near {
			if isTransformers(dir) {
				return dir, true
			}
		}
		if filepath.Dir(d) == d {
			return "", false
		}
	}
}

// isTransformers is isPackage for a folder on disk.
func isTransformers(dir string) bool {
	return isPackage(os.DirFS(filepath.Dir(dir)), filepath.Base(dir))
}

// expandHome replaces a leading ~ by the user's folder; a shell does not in
// the middle of a word.
func expandHome(p string) string {
	if p == "~" || strings.HasPrefix(p, "~/") {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, p[1:])
		}
	}
	return p
}
