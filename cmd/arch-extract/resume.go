package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/pyast"
)

// modelsDir is the folder of a package that has a folder for each family.
const modelsDir = load.Package + "/models"

// inputs digests what reports are made of.
type inputs struct {
	src     *load.Source
	base    string            // the program, its settings, and what all families share
	folders map[string]string // digests of folders
}

func newInputs(w *work, format string) *inputs {
	in := &inputs{src: w.target.Source, folders: map[string]string{}}
	h := sha256.New()
	fmt.Fprintln(h, version(), program(), format, w.evidence, w.settings.String(), w.target.Source.PackageVersion())
	for _, a := range w.also {
		contentOf(h, a)
	}
	in.digest(h, load.Package, func(dir string) bool {
		return dir != modelsDir && (path.Dir(dir) != modelsDir || dir == modelsDir+"/auto")
	})
	for _, name := range in.src.List(modelsDir) {
		if strings.HasSuffix(name, ".py") {
			in.file(h, modelsDir+"/"+name)
		}
	}
	in.digest(h, modelsDir+"/auto", func(string) bool { return true })
	in.base = hex.EncodeToString(h.Sum(nil))
	return in
}

// contentOf adds what a file holds, or the Python files of a folder; what
// cannot be read counts as such.
func contentOf(h io.Writer, name string) {
	_ = filepath.WalkDir(name, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			fmt.Fprintln(h, p, err)
			return nil
		}
		if d.IsDir() || p != name && !strings.HasSuffix(p, ".py") {
			return nil
		}
		rel, _ := filepath.Rel(name, p)
		f, err := os.Open(p)
		if err != nil {
			fmt.Fprintln(h, rel, err)
			return nil
		}
		defer f.Close()
		g := sha256.New()
		_, err = io.Copy(g, f)
		fmt.Fprintf(h, "%s %x %v\n", rel, g.Sum(nil), err)
		return nil
	})
}

// program is a digest of the program itself, so that a new one begins anew.
func program() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digest adds the Python files of a folder and of the folders in it that are wanted.
func (in *inputs) digest(h io.Writer, dir string, wanted func(dir string) bool) {
	for _, name := range in.src.List(dir) {
		full := dir + "/" + strings.TrimSuffix(name, "/")
		switch {
		case strings.HasSuffix(name, "/"):
			if wanted(full) {
				in.digest(h, full, wanted)
			}
		case strings.HasSuffix(name, ".py"), strings.HasSuffix(name, ".json"):
			in.file(h, full)
		}
	}
}

func (in *inputs) file(h io.Writer, name string) {
	b, err := in.src.ReadFile(name)
	fmt.Fprintf(h, "%s %x %v\n", name, sha256.Sum256(b), err != nil)
}

// of is the digest of a report that was made of these folders.
func (in *inputs) of(reads []string) string {
	h := sha256.New()
	fmt.Fprintln(h, in.base)
	for _, dir := range reads {
		d, ok := in.folders[dir]
		if !ok {
			g := sha256.New()
			in.digest(g, dir, func(string) bool { return true })
			d = hex.EncodeToString(g.Sum(nil))
			in.folders[dir] = d
		}
		fmt.Fprintln(h, dir, d)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// readBy are the folders of families that a report depends on: the family's
// own, those of the classes and lines that the model is made of, and what the
// files there import. What all families share is not among them.
func readBy(src *load.Source, f load.File, m *graph.Model) []string {
	dirs := map[string]bool{}
	var queue []string
	add := func(file string) {
		dir := path.Dir(file)
		if dir == "." || dirs[dir] || strings.HasPrefix(dir+"/", load.Package+"/") && (!strings.HasPrefix(dir, modelsDir+"/") || dir == modelsDir+"/auto") {
			return
		}
		dirs[dir] = true
		for _, name := range src.List(dir) {
			if strings.HasSuffix(name, ".py") {
				queue = append(queue, dir+"/"+name)
			}
		}
	}
	add(f.Path)
	if m != nil {
		if m.Root != nil {
			m.Root.Walk(func(x *graph.Module) { add(x.At.File) })
		}
		if m.Trace != nil {
			for _, n := range m.Trace.Nodes {
				add(n.At.File)
			}
		}
	}
	for len(queue) > 0 {
		file := queue[0]
		queue = queue[1:]
		if strings.HasPrefix(path.Base(file), "modular_") || strings.HasPrefix(path.Base(file), "convert_") {
			continue // not run
		}
		tree, _ := src.Parse(file)
		if tree == nil {
			continue
		}
		pyast.Inspect(tree, func(n pyast.Node) bool {
			if c, ok := n.(*pyast.Constant); ok && c.Kind == pyast.Str && len(c.Str) < 64 && !strings.ContainsAny(c.Str, " \n") {
				if fam, ok := src.Family(c.Str); ok { // "llama" may be the type of a sub-config
					add(fam.Files[0].Path)
				}
			}
			if i, ok := n.(*pyast.ImportFrom); ok && i.Level > 0 {
				at := path.Dir(file)
				for range i.Level - 1 {
					at = path.Dir(at)
				}
				if to := path.Join(at, strings.ReplaceAll(i.Module, ".", "/")) + ".py"; path.Dir(to) != path.Dir(file) {
					add(to)
				}
			}
			return true
		})
	}
	out := make([]string, 0, len(dirs))
	for d := range dirs {
		out = append(out, d)
	}
	slices.Sort(out)
	return out
}

// previous are the rows of the manifest of an earlier run, by file.
func (b *batch) previous() map[string]*batchRow {
	out := map[string]*batchRow{}
	if !b.o.resume {
		return out
	}
	text, err := os.ReadFile(filepath.Join(b.output, b.o.manifest()))
	if err != nil {
		return out
	}
	var rows []*batchRow
	if json.Unmarshal(text, &rows) != nil {
		return out // not ours, or of another version: everything is made again
	}
	for _, r := range rows {
		if r != nil {
			out[r.File] = r
		}
	}
	return out
}

// upToDate reports whether a row and its report need not be made again.
func (b *batch) upToDate(r *batchRow) bool {
	if r.Status == "failed" || r.Inputs == "" || b.o.coverage || r.Inputs != b.inputs.of(r.Reads) {
		return false
	}
	if r.Report == "" {
		return true
	}
	info, err := os.Stat(filepath.Join(b.output, filepath.Base(r.Report)))
	return err == nil && info.Mode().IsRegular()
}
