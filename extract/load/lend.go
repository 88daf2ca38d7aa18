package load

import (
	"bytes"
	"cmp"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

var (
	configRead  = regexp.MustCompile(`\bconfig\.([a-z]\w*)`)
	upImport    = regexp.MustCompile(`(?m)^from \.\.\.(\w)`)
	besideModel = regexp.MustCompile(`(?m)^from \.\.(\w)`)
)

// Lend is the source with a configuration file of another family in the place
// of the one that a modeling file imports and that is missing: with it the code
// can be run, to see what does not depend on its values. The first (nth 0) is the
// file that defines the class, or else the one whose values cover most of those
// that the modeling file reads. false where there is none.
func (s *Source) Lend(f File, m Missing, nth int) (*Source, bool) {
	tree, _ := s.Parse(f.Path)
	src, err := s.ReadFile(f.Path)
	if tree == nil || err != nil {
		return nil, false
	}
	var names []string
	level, module := 0, ""
	for _, st := range tree.Body {
		if i, ok := st.(*pyast.ImportFrom); ok && i.Level > 0 && int(i.Line) == m.Line {
			level, module = i.Level, i.Module
			for _, a := range i.Names {
				names = append(names, a.Name)
			}
		}
	}
	if len(names) == 0 || level == 0 {
		return nil, false
	}
	lenders := s.lenders(names[0], src)
	if nth >= len(lenders) {
		return nil, false
	}
	text, class := bytes.Clone(lenders[nth].text), lenders[nth].class
	text = upImport.ReplaceAll(text, []byte("from "+Package+".$1"))
	text = besideModel.ReplaceAll(text, []byte("from "+Package+".models.$1"))
	for _, n := range names {
		if !definesClass(text, n) {
			text = append(text, "\n"+n+" = "+class+"\n"...)
		}
	}
	at := strings.ReplaceAll(absolute(f.Path, module, level), ".", "/") + ".py"
	t := newTree()
	t.add(path.Base(at), &blob{int64(len(text)), func() ([]byte, error) { return text, nil }})
	if t.seal() != nil {
		return nil, false
	}
	return s.overlay(s.spec, mount{at: at, fsys: t, where: s.Where(f.Path), file: path.Base(at)}), true
}

// lender is a configuration file, its main class, and how many values that are
// read it does not mention.
type lender struct {
	text    []byte
	class   string
	missing int
}

// lenders are the configuration files for a modeling file's text, the likeliest first.
func (s *Source) lenders(class string, modeling []byte) []lender {
	var reads []string
	for _, m := range configRead.FindAllSubmatch(modeling, -1) {
		if n := string(m[1]); !slices.Contains(reads, n) {
			reads = append(reads, n)
		}
	}
	var out []lender
	for i := range s.mounts {
		m := &s.mounts[i]
		if m.at != Package {
			continue
		}
		files, _ := fs.Glob(m.fsys, "models/*/configuration_*.py")
		for _, file := range files {
			b, err := fs.ReadFile(m.fsys, file)
			if err != nil {
				continue
			}
			l := lender{text: b, class: class}
			if !definesClass(b, class) {
				classes := classNames(b)
				if len(classes) == 0 {
					continue
				}
				l.class, l.missing = classes[len(classes)-1], 1
				for _, r := range reads {
					if !bytes.Contains(b, []byte(r)) {
						l.missing++
					}
				}
			}
			if l.missing <= len(reads)/4+1 { // what the shared base class has is not in the file
				out = append(out, l)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b lender) int { return cmp.Compare(a.missing, b.missing) })
	return out
}
