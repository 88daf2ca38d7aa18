package draw

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

var (
	only   = flag.String("families", "", "draw only these families, separated by commas")
	update = flag.Bool("update", false, "write the pictures of the documentation")
)

// eachFamily describes the main class of families of the real release: of all, or of those named.
func eachFamily(t *testing.T, named string, do func(m *graph.Model)) {
	t.Helper()
	src := loadtest.Release(t, load.DefaultRelease)
	families, err := src.Families()
	if err != nil {
		t.Fatal(err)
	}
	if named != "" {
		families = slices.DeleteFunc(families, func(f load.Family) bool { return !slices.Contains(strings.Split(named, ","), f.Name) })
	}
	type result struct{ panic error }
	engine := &pipeline.Engine{Source: src, Jobs: 2}
	pipeline.Each(engine, len(families), func(s *pipeline.Session, i int) (r result) {
		defer pipeline.Bug(&r.panic)
		file, class, err := src.DefaultClass(families[i])
		if err != nil {
			return r
		}
		c, err := s.Class(file.Module, class)
		if err != nil {
			return r
		}
		run, err := s.Run(c, pipeline.Settings{}, pipeline.Scenario{})
		if err != nil {
			return r
		}
		m, err := s.Describe(src, families[i].Name, pipeline.Settings{}, run)
		if err == nil {
			do(m)
		}
		return r
	}, func(i int, r result) {
		if r.panic != nil {
			t.Errorf("%s: %v", families[i].Name, r.panic)
		}
	})
}

// TestEveryFamilyIsLegible draws every family of the release and looks for
// text outside of its box or on other text, boxes on boxes, and lines through
// either.
func TestEveryFamilyIsLegible(t *testing.T) {
	type drawn struct {
		name   string
		faults []string
	}
	ch := make(chan drawn, 1024)
	eachFamily(t, *only, func(m *graph.Model) {
		s := Draw(m)
		var b bytes.Buffer
		fs := faults(s)
		for _, f := range faults(DrawPair(m, m, []Difference{{Key: "norm.kind", Title: "norm", A: "rmsnorm", B: "layernorm"}, {Stack: "encoder", Title: "a long name of something that differs", A: "x", B: strings.Repeat("many words ", 40)}})) {
			fs = append(fs, "pair: "+f)
		}
		for _, g := range []struct {
			write func(io.Writer, *graph.Model) error
			line  *regexp.Regexp
		}{{WriteMermaid, mermaidLine}, {WriteDOT, dotLine}} {
			b.Reset()
			if err := g.write(&b, m); err != nil {
				t.Error(err)
			}
			fs = append(fs, ungrammatical(b.String(), g.line)...)
			b.Reset()
		}
		if err := s.WriteSVG(&b); err != nil {
			t.Error(err)
		}
		if err := wellFormed(b.Bytes()); err != nil {
			fs = append(fs, err.Error())
		}
		ch <- drawn{m.Family, fs}
	})
	close(ch)
	n := 0
	kinds := map[string][]string{}
	digits := regexp.MustCompile(`[0-9.]+|".*"`)
	for d := range ch {
		n++
		for _, f := range d.faults {
			k := digits.ReplaceAllString(f, "N")
			kinds[k] = append(kinds[k], d.name+": "+f)
		}
	}
	var names []string
	for k := range kinds {
		names = append(names, k)
	}
	sort.Slice(names, func(i, j int) bool { return len(kinds[names[i]]) > len(kinds[names[j]]) })
	for _, k := range names {
		l := kinds[k]
		sort.Strings(l)
		t.Errorf("%d times: %s", len(l), fmt.Sprint(l[:min(6, len(l))]))
	}
	t.Logf("%d families drawn", n)
	if n < 480 && *only == "" {
		t.Errorf("%d families were drawn; the release has more", n)
	}
}

// TestDocumentedPictures holds the pictures of the documentation to what is drawn.
func TestDocumentedPictures(t *testing.T) {
	eachFamily(t, "gemma2,deepseek_v3,whisper", func(m *graph.Model) {
		var b bytes.Buffer
		if err := Draw(m).WriteSVG(&b); err != nil {
			t.Error(err)
		}
		name := "../../docs/" + m.Family + ".svg"
		if *update {
			if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
				t.Error(err)
			}
		}
		if old, err := os.ReadFile(name); err != nil || !bytes.Equal(old, b.Bytes()) {
			t.Errorf("%s is not what is drawn (%v): go test ./extract/draw -run Documented -update", name, err)
		}
		var light, dark bytes.Buffer
		if err := errors.Join(Draw(m).WritePNG(&light, 1, false), Draw(m).WritePNG(&dark, 1, true)); err != nil {
			t.Error(err)
		}
		if w, d := darkness(t, &light), darkness(t, &dark); w < 0.02 || w > 0.5 || d < 0.5 || d > 0.99 {
			t.Errorf("%s: %.2f of the light picture is dark, %.2f of the dark one", m.Family, w, d)
		}
		if b.Len() > 60<<10 {
			t.Errorf("%s has %d bytes", name, b.Len())
		}
	})
}

// darkness is how much of a picture is darker than middle grey.
func darkness(t *testing.T, r io.Reader) float64 {
	img, err := png.Decode(r)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if c := color.GrayModel.Convert(img.At(x, y)).(color.Gray); c.Y < 128 {
				n++
			}
		}
	}
	return float64(n) / float64(b.Dx()*b.Dy())
}

// The lines that a flowchart and a graph may have.
var (
	mermaidLine = regexp.MustCompile("^(---|title: \".*\"|flowchart BT| +(n\\d+(\\[|\\(\\(|\\(\\[)\"[^\"<>`]*(<br/>[^\"<>`]*)*\"(\\]|\\)\\)|\\]\\)):::\\w+|subgraph g\\d+\\[\"[^\"]*\"\\]|direction BT|end|n\\d+ (-->|-\\.->)(\\|\"[^\"]*\"\\|)? n\\d+|classDef \\w+ [\\w:#,. -]+))$")
	dotLine     = regexp.MustCompile(`^(digraph model \{|\}| +(label="([^"\\]|\\.)*";( style=rounded;)?|rankdir=BT;|(node|edge) \[.*\];|n\d+ \[label="([^"\\]|\\.)*"(, \w+=("[^"]*"|[\w.]+))*\];|subgraph cluster_\d+ \{|\}|n\d+ -> n\d+( \[.*\])?;))$`)
)

// ungrammatical lists lines that are none of those, and arrows to nodes that are not there.
func ungrammatical(text string, line *regexp.Regexp) []string {
	var out []string
	nodes := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^ +(n\d+)[ \[(]`).FindAllStringSubmatch(text, -1) {
		nodes[m[1]] = true
	}
	for _, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !line.MatchString(l) {
			out = append(out, "not in the grammar: "+l)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)>[^>\n]* (n\d+)[;\n]`).FindAllStringSubmatch(text, -1) {
		if !nodes[m[1]] {
			out = append(out, "no node "+m[1])
		}
	}
	return out
}

// wellFormed reads a document as XML to its end.
func wellFormed(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
