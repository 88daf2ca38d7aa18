package draw

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/arch-extract/arch-extract/extract/draw/drawtest"
	"github.com/arch-extract/arch-extract/extract/graph"
)

// mermaidPackage is what Markdown viewers render flowcharts with.
const mermaidPackage = "mermaid@11.12.0"

// TestMermaidRenders has the mermaid package, which npm brings, read and draw
// the flowcharts of families of every kind, in a headless Chromium.
func TestMermaidRenders(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a release, drives a browser and asks npm for a package")
	}
	charts := map[string]string{}
	var mu sync.Mutex
	eachFamily(t, "bert,clip,deepseek_v3,gemma2,jamba,llava,mamba,mixtral,qwen2,swin,t5,vit,whisper", func(m *graph.Model) {
		var b strings.Builder
		if err := WriteMermaid(&b, m); err != nil {
			t.Errorf("%s: %v", m.Family, err)
		}
		mu.Lock()
		defer mu.Unlock()
		charts[m.Family] = b.String()
	})
	if len(charts) != 13 {
		t.Fatalf("%d charts", len(charts))
	}
	page := drawtest.Page(t)
	if err := chromedp.Run(page, chromedp.Navigate("about:blank"), chromedp.Evaluate(mermaidScript(t), nil)); err != nil {
		t.Fatal(err)
	}
	for name, text := range charts {
		if msg := rendered(t, page, name, text); msg != "" {
			t.Errorf("%s: %s\n%s", name, msg, text)
		}
	}
	if rendered(t, page, "broken", "flowchart BT\n  n0[\"no end") == "" {
		t.Error("a chart that is not one was drawn")
	}
}

// rendered is why mermaid does not draw a chart with all of its boxes, "" where it does.
func rendered(t *testing.T, page context.Context, name, text string) (message string) {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	js := fmt.Sprintf(`mermaid.render("g_%s", %s).then(
		(r) => r.svg.includes("<svg") && r.svg.includes("node") ? "" : "no picture", (e) => String(e.message || e))`, name, quoted)
	err = chromedp.Run(page, chromedp.Evaluate(js, &message, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if err != nil {
		t.Fatal(name, err)
	}
	return message
}

// mermaidScript is the package's file for browsers.
func mermaidScript(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Fatal("this test needs npm for mermaid: apt-get install npm")
	}
	dir := t.TempDir()
	cmd := exec.Command(npm, "pack", "--pack-destination", dir, mermaidPackage)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm pack %s: %v\n%s", mermaidPackage, err, out)
	}
	packs, _ := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if len(packs) != 1 {
		t.Fatalf("npm pack %s gave %d files", mermaidPackage, len(packs))
	}
	b, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatalf("%s holds no package/dist/mermaid.min.js: %v", mermaidPackage, err)
		}
		if h.Name == "package/dist/mermaid.min.js" {
			js, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return string(js)
		}
	}
}
