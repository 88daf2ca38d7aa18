// Package gallery makes a static site of many models: every family with its
// picture and its facts, to search, filter, sort and compare. The site is
// files: it opens from the disk and from any web server, and loads a family's
// picture and facts when they are looked at.
package gallery

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/draw"
	"github.com/arch-extract/arch-extract/extract/graph"
)

//go:embed site
var site embed.FS

var page = template.Must(template.ParseFS(site, "site/index.html"))

// File is one file of the site, by its path with forward slashes.
type File struct {
	Path string
	Data []byte
}

// Entry is one family of the gallery.
type Entry struct {
	Name, Class   string
	Error         string // why there is no model to show
	Total, Active int64
	Layers        int64
	Hidden        int64
	facts         map[string]string // of the main stack, by key
	files         []File
}

// Options decide how models are shown.
type Options struct {
	// Link is the address of a line of the source, "" where it has none.
	Link func(graph.Span) string
}

// facets are the facts that the index holds: those to filter by, and what a
// search looks in.
var facets = []struct{ Key, Title string }{
	{"model.kind", "Kind"},
	{"mixers", "Mixers"},
	{"experts", "Experts"},
	{"attention.kind", "Attention"},
	{"attention.qk_norm", "Q/K norm"},
	{"attention.mask", "Mask"},
	{"window", "Window"},
	{"position.kind", "Positions"},
	{"rope.layout", "RoPE layout"},
	{"norm.kind", "Norm"},
	{"block.norm_placement", "Norm placement"},
	{"block.residual", "Residual"},
	{"mlp.kind", "MLP"},
	{"mlp.activation", "Activation"},
	{"head.tied", "Tied head"},
	{"size", "Parameters"},
}

// factRow is one fact of a family's own file.
type factRow struct {
	Key    string      `json:"k"`
	Value  string      `json:"v"`
	Status string      `json:"s,omitempty"` // where it is not present
	Stack  string      `json:"t"`
	Scope  string      `json:"o,omitempty"`
	Note   string      `json:"n,omitempty"`
	At     [][2]string `json:"a,omitempty"` // place and address
}

// Show makes the entry of a model: its picture and its facts.
func Show(m *graph.Model, opt Options) (Entry, error) {
	e := Entry{Name: m.Family, Class: m.Class, Total: m.Counts.Total, Active: m.Counts.Active, Hidden: m.Hidden.N, facts: map[string]string{}}
	var svg bytes.Buffer
	sheet := draw.Draw(m)
	if err := sheet.WriteSVG(&svg); err != nil {
		return e, err
	}
	e.files = append(e.files, File{"pictures/" + e.file() + ".svg", svg.Bytes()})
	rows := []factRow{}
	for i := range m.Facts {
		f := &m.Facts[i]
		r := factRow{Key: f.Key, Value: value(f), Stack: f.Stack, Scope: f.Scope, Note: note(f)}
		if f.Status != graph.Present {
			r.Status = string(f.Status)
		}
		for _, s := range f.At {
			link := ""
			if opt.Link != nil {
				link = opt.Link(s)
			}
			if p := [2]string{s.String(), link}; !slices.Contains(r.At, p) && len(r.At) < 3 {
				r.At = append(r.At, p)
			}
		}
		rows = append(rows, r)
		if f.Stack == "main" {
			e.index(f)
		}
	}
	e.sizes(m)
	var blocks []map[string]string
	for _, b := range m.Blocks {
		if b.Flow != "" {
			blocks = append(blocks, map[string]string{"title": b.Class + " × " + strconv.Itoa(b.Count), "scope": b.Scope, "flow": b.Flow})
		}
	}
	js, err := script("family", e.Name, map[string]any{"facts": rows, "blocks": blocks, "text": sheet.Desc, "w": sheet.W, "h": sheet.H})
	if err != nil {
		return e, err
	}
	e.files = append(e.files, File{"families/" + e.file() + ".js", js})
	return e, nil
}

// Failed is the entry of a family that could not be built.
func Failed(family, class, why string) Entry { return Entry{Name: family, Class: class, Error: why} }

// Files are the entry's own files.
func (e *Entry) Files() []File { return e.files }

// Drop lets go of the files, once they are written.
func (e *Entry) Drop() { e.files = nil }

// file is the name as part of a path: letters, digits, and what does no harm.
func (e *Entry) file() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, e.Name)
}

func value(f *graph.Fact) string {
	if f.Status == graph.Unknown {
		return "?"
	}
	switch v := f.Value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		var parts []string
		for _, x := range v {
			if p, ok := x.([]any); ok && len(p) == 2 {
				parts = append(parts, fmt.Sprintf("%v × %v", p[0], p[1]))
			} else {
				parts = append(parts, fmt.Sprint(x))
			}
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(f.Value)
}

func note(f *graph.Fact) string {
	var parts []string
	for _, s := range []string{f.Expr, f.When, f.Why} {
		if s != "" && s != value(f) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}

// index keeps what the index says of a fact; of several values the first.
func (e *Entry) index(f *graph.Fact) {
	v := value(f)
	if _, ok := e.facts[f.Key]; !ok {
		e.facts[f.Key] = v
	}
	switch f.Key {
	case "model.layers":
		e.Layers, _ = f.Value.(int64)
	case "schedule.mixers":
		var kinds []string
		runs, _ := f.Value.([]any)
		for _, r := range runs {
			if p, ok := r.([]any); ok && len(p) == 2 {
				if k := fmt.Sprint(p[0]); !slices.Contains(kinds, k) {
					kinds = append(kinds, k)
				}
			}
		}
		slices.Sort(kinds)
		e.facts["mixers"] = strings.Join(kinds, " + ")
	case "attention.window":
		if f.Status == graph.Present {
			e.facts["window"] = "yes"
		} else if e.facts["window"] == "" {
			e.facts["window"] = "no"
		}
	case "moe.experts":
		e.facts["experts"] = "yes"
	case "mlp.kind":
		if e.facts["experts"] == "" {
			e.facts["experts"] = "no"
		}
	}
}

func (e *Entry) sizes(m *graph.Model) {
	switch n := m.Counts.Total; {
	case n <= 0:
	case n < 1e8:
		e.facts["size"] = "under 100 M"
	case n < 1e9:
		e.facts["size"] = "100 M to 1 B"
	case n < 1e10:
		e.facts["size"] = "1 B to 10 B"
	case n < 1e11:
		e.facts["size"] = "10 B to 100 B"
	default:
		e.facts["size"] = "over 100 B"
	}
}

// script is a call that hands data to the page; it can be loaded from the
// disk, where pages may not fetch.
func script(what, name string, data any) ([]byte, error) {
	n, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "gallery.%s(%s,%s);\n", what, n, b), nil
}

// Index makes the files that the entries share: the page and the index.
func Index(entries []Entry, source string) ([]File, error) {
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	type facet struct {
		Key    string   `json:"key"`
		Title  string   `json:"title"`
		Values []string `json:"values"`
	}
	var fs []facet
	at := make([]map[string]int, len(facets))
	for i, f := range facets {
		at[i] = map[string]int{}
		vs := []string{}
		for _, e := range entries {
			if v := e.facts[f.Key]; v != "" && !slices.Contains(vs, v) {
				vs = append(vs, v)
			}
		}
		slices.Sort(vs)
		for j, v := range vs {
			at[i][v] = j
		}
		fs = append(fs, facet{f.Key, f.Title, vs})
	}
	parents, distances := tree(entries)
	var rows []any
	for i, e := range entries {
		var vals []int
		for j, f := range facets {
			k, ok := at[j][e.facts[f.Key]]
			if !ok {
				k = -1
			}
			vals = append(vals, k)
		}
		rows = append(rows, []any{e.Name, e.file(), e.Class, e.Error, e.Total, e.Active, e.Layers, e.Hidden, vals, parents[i], distances[i]})
	}
	index, err := script("index", source, map[string]any{"facets": fs, "rows": rows})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, map[string]any{"Source": source, "Entries": entries, "Count": len(entries)}); err != nil {
		return nil, err
	}
	files := []File{{"index.html", b.Bytes()}, {"index.js", index}}
	for _, name := range []string{"gallery.js", "gallery.css"} {
		data, err := site.ReadFile("site/" + name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{name, data})
	}
	return files, nil
}

// Picture is the path of an entry's picture, "" where it has none.
func (e Entry) Picture() string {
	if e.Error != "" {
		return ""
	}
	return "pictures/" + e.file() + ".svg"
}

// tree hangs every family under its nearest neighbour by facts: the smallest
// spanning tree, from the family with the least distance to all others. Parent
// -1 is a root.
func tree(entries []Entry) (parent, distance []int) {
	n := len(entries)
	parent, distance = make([]int, n), make([]int, n)
	var in []int
	for i := range entries {
		parent[i] = -1
		if entries[i].Error == "" && len(entries[i].facts) > 4 {
			in = append(in, i)
		}
	}
	if len(in) == 0 {
		return parent, distance
	}
	keys := map[string]bool{}
	for _, e := range entries {
		for k := range e.facts {
			keys[k] = true
		}
	}
	d := make([][]int, n)
	best, center := -1, in[0]
	for _, i := range in {
		d[i] = make([]int, n)
		sum := 0
		for _, j := range in {
			d[i][j] = apart(entries[i].facts, entries[j].facts)
			sum += d[i][j]
		}
		if best < 0 || sum < best {
			best, center = sum, i
		}
	}
	near := map[int]int{}
	for _, i := range in {
		if i != center {
			near[i] = center
		}
	}
	for len(near) > 0 {
		next := -1
		for _, i := range in {
			if p, ok := near[i]; ok && (next < 0 || d[i][p] < d[next][near[next]]) {
				next = i
			}
		}
		parent[next], distance[next] = near[next], d[next][near[next]]
		delete(near, next)
		for i, p := range near {
			if d[i][next] < d[i][p] {
				near[i] = next
			}
		}
	}
	return parent, distance
}

// apart counts the facts of structure in which two families differ.
func apart(a, b map[string]string) int {
	n := 0
	for k, v := range a {
		if structural(k) && b[k] != v {
			n++
		}
	}
	for k := range b {
		if _, ok := a[k]; structural(k) && !ok {
			n++
		}
	}
	return n
}

// structural reports whether a fact says how a model is built, not how large it is.
func structural(key string) bool {
	switch key {
	case "model.layers", "schedule.mixers", "schedule.ffn", "attention.heads", "attention.kv_heads", "attention.head_dim", "attention.v_head_dim",
		"attention.scale", "attention.window", "mlp.hidden", "rope.theta", "rope.dim", "rope.layers", "norm.eps", "moe.experts", "moe.top_k",
		"moe.shared_hidden", "mixer.heads", "mixer.head_dim", "mixer.state", "size", "embedding.scale", "logits.scale":
		return false
	}
	return true
}
