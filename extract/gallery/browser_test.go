package gallery

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/arch-extract/arch-extract/extract/draw/drawtest"
	"github.com/arch-extract/arch-extract/extract/graph"
)

// models are n small models whose facts vary.
func models(n int) []*graph.Model {
	var out []*graph.Model
	for i := range n {
		m := &graph.Model{Family: fmt.Sprintf("model%03d", i), Class: fmt.Sprintf("Model%03dForCausalLM", i), Counts: graph.Counts{Total: int64(i+1) * 70_000_000, Active: int64(i+1) * 70_000_000}, Hidden: graph.Dim{N: int64(64 * (i + 1))}}
		fact := func(key string, v any, scope string) {
			m.Facts = append(m.Facts, graph.Fact{Key: key, Value: v, Status: graph.Present, Stack: "main", Scope: scope, At: []graph.Span{{File: "transformers/models/m/modeling_m.py", Line: i + 1}}})
		}
		fact("model.kind", "decoder-only", "")
		fact("model.layers", int64(i%40+1), "")
		fact("schedule.mixers", []any{[]any{"full", int64(i%40 + 1)}}, "")
		fact("attention.kind", []string{"mha", "gqa", "mqa"}[i%3], "layers.*.attn")
		fact("position.kind", []string{"rope", "none"}[i%2], "layers.*.attn")
		fact("block.norm_placement", []string{"pre", "post", "sandwich", "none", "branch-post"}[i%5], "layers.*")
		fact("norm.kind", "rmsnorm", "layers.*")
		fact("mlp.kind", "gated", "layers.*.mlp")
		if i%7 == 0 {
			fact("moe.experts", int64(8), "layers.*.mlp")
		}
		m.Blocks = []graph.Block{{Class: "Layer", Stack: "main", Scope: "layers.*", Count: i%40 + 1, Flow: "x = x + attn(norm1(x))\nx = x + mlp(norm2(x))", Stages: []graph.Stage{
			{Branches: []graph.Branch{{Kind: "attention", Module: "attn", Pre: []string{"norm1"}}}}, {Branches: []graph.Branch{{Kind: "mlp", Module: "mlp", Pre: []string{"norm2"}, From: 1}}}}}}
		out = append(out, m)
	}
	return out
}

// write makes a site of n models, and of one family that could not be built.
func write(t *testing.T, n int) (dir string, size int) {
	t.Helper()
	dir = t.TempDir()
	put := func(files []File) {
		for _, f := range files {
			name := filepath.Join(dir, filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries := []Entry{Failed("broken", "BrokenModel", "ValueError: <b>no</b>")}
	for _, m := range models(n) {
		e, err := Show(m, Options{Link: func(s graph.Span) string { return "https://example.org/" + s.String() }})
		if err != nil {
			t.Fatal(err)
		}
		put(e.Files())
		entries = append(entries, e)
	}
	files, err := Index(entries, "a release 1.0")
	if err != nil {
		t.Fatal(err)
	}
	put(files)
	for _, f := range files {
		size += len(f.Data)
	}
	return dir, size
}

// browser is one page of a headless Chromium that notes what goes wrong.
type browser struct {
	*testing.T
	ctx    context.Context
	mu     sync.Mutex
	errors []string
}

func open(t *testing.T, url string, width, height int64, dark bool) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser")
	}
	ctx := drawtest.Page(t)
	b := &browser{T: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			b.errors = append(b.errors, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
				for _, a := range e.Args {
					b.errors = append(b.errors, "console: "+string(a.Value))
				}
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError {
				b.errors = append(b.errors, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do(emulation.SetDeviceMetricsOverride(width, height, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.Navigate(url), chromedp.WaitReady("html[data-ready]"))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, e := range b.errors {
			t.Errorf("the page complains: %s", e)
		}
	})
	return b
}

func (b *browser) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// eval is the value of a JavaScript expression as text.
func (b *browser) eval(js string) string {
	b.Helper()
	var v string
	b.do(chromedp.Evaluate("String("+js+")", &v))
	return v
}

// wants waits for an expression to have a value.
func (b *browser) wants(js, want string) {
	b.Helper()
	got := ""
	for range 100 {
		if got = b.eval(`(() => { try { return ` + js + ` } catch { return "not there yet" } })()`); got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Errorf("%s: got %q, want %q", js, got, want)
}

const rowsShown = "document.querySelectorAll('tbody.rows tr').length"

func TestPage(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	const n = 520
	dir, size := write(t, n)
	if size > 1<<20 {
		t.Errorf("the first page has %d bytes", size)
	}
	url := "file://" + dir + "/index.html"
	b := open(t, url, 1200, 900, false)
	b.wants(rowsShown, fmt.Sprint(n+1))
	took := b.eval("(() => { const t = performance.now(); dispatchEvent(new HashChangeEvent('hashchange')); document.body.offsetHeight; return Math.round(performance.now() - t); })()")
	t.Logf("%d families are listed in %s ms; the first page has %d bytes", n, took, size)
	if len(took) > 3 || len(took) == 3 && took > "300" {
		t.Errorf("listing takes %s ms", took)
	}

	t.Run("search", func(t *testing.T) {
		b.do(chromedp.Focus("#q"), chromedp.SendKeys("#q", "model012"))
		b.wants(rowsShown, "1")
		b.wants("location.hash", "#?q=model012")
		b.eval("document.querySelector('#q').select()")
		b.do(chromedp.SendKeys("#q", "attention mqa"))
		b.wants("document.querySelector('#count').textContent.split(' ')[0]", fmt.Sprint(n/3))
	})
	t.Run("filter", func(t *testing.T) {
		b.do(chromedp.Navigate(url+"#"), chromedp.Click(`fieldset[data-key="attention.kind"] input[value="gqa"]`))
		b.wants(rowsShown, fmt.Sprint(n/3))
		b.do(chromedp.Click(`fieldset[data-key="block.norm_placement"] input[value="sandwich"]`))
		b.wants(rowsShown, "35")
		b.wants("location.hash", "#?attention.kind=gqa&block.norm_placement=sandwich")
		b.do(chromedp.Click("#clear"))
		b.wants(rowsShown, fmt.Sprint(n+1))
	})
	t.Run("sort", func(t *testing.T) {
		b.do(chromedp.Click(`[data-sort="total"]`))
		b.wants("document.querySelector('tbody.rows a').textContent", fmt.Sprintf("model%03d", n-1))
		b.do(chromedp.Click(`[data-sort="name"]`))
		b.wants("document.querySelector('tbody.rows a').textContent", "broken")
	})
	t.Run("keyboard", func(t *testing.T) {
		b.do(chromedp.Navigate(url+"#"), input.DispatchKeyEvent(input.KeyRawDown).WithKey("/"))
		b.wants("document.activeElement.id", "q")
		b.do(chromedp.KeyEvent("model007"))
		b.wants(rowsShown, "1")
		b.do(chromedp.KeyEvent(kb.ArrowDown))
		b.wants("document.activeElement.textContent", "model007")
		b.do(chromedp.KeyEvent(kb.Enter))
		b.wants("location.hash", "#family/model007")
		b.wants("document.querySelector('h2') && document.querySelector('h2').textContent", "model007")
		b.wants("document.querySelector('img.picture').complete && document.querySelector('img.picture').naturalWidth > 100", "true")
		b.wants(`document.querySelector('td a[href^="https://example.org/"]').textContent`, "modeling_m.py:8")
		b.do(chromedp.KeyEvent(kb.Escape))
		b.wants("location.hash", "")
	})
	t.Run("compare", func(t *testing.T) {
		b.do(chromedp.Navigate(url + "#?q=model01"))
		b.wants(rowsShown, "10")
		b.do(chromedp.Focus(`tbody.rows a`), chromedp.KeyEvent("c"), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent("c"))
		b.wants("location.hash", "#compare/model010/model011")
		b.wants("document.querySelectorAll('img.picture').length", "2")
		b.wants("document.querySelectorAll('tr.differs').length > 2", "true")
		b.wants("document.querySelectorAll('tbody tr:not(.differs)').length", "0")
		b.do(chromedp.Click(".bar input[type=checkbox]"))
		b.wants("document.querySelectorAll('tbody tr:not(.differs)').length > 2", "true")
	})
	t.Run("tree", func(t *testing.T) {
		b.do(chromedp.Navigate(url + "#tree"))
		b.wants("document.querySelectorAll('.tree a').length", fmt.Sprint(n))
	})
	t.Run("failed family", func(t *testing.T) {
		b.do(chromedp.Navigate(url + "#family/broken"))
		b.wants("document.querySelector('#view').textContent.includes('ValueError: <b>no</b>')", "true")
	})
}

func TestNarrowAndDark(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	dir, _ := write(t, 12)
	url := "file://" + dir + "/index.html"
	b := open(t, url, 360, 740, true)
	for _, hash := range []string{"#", "#family/model003", "#compare/model001/model002", "#tree"} {
		b.do(chromedp.Navigate(url + hash))
		b.wants("document.querySelector('#view').children.length > 0", "true")
		b.wants("document.documentElement.scrollWidth <= 360", "true") // nothing sticks out
	}
	const background = "getComputedStyle(document.body).backgroundColor"
	b.wants(background, "rgb(20, 24, 31)")
	b.do(chromedp.Click("#theme"))
	b.wants(background, "rgb(255, 255, 255)")
	b.do(chromedp.Reload(), chromedp.WaitReady("html[data-ready]"))
	b.wants(background, "rgb(255, 255, 255)") // kept
}

// TestAccessible has axe-core, which npm brings, look at every view.
func TestAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Fatal("this test needs npm for axe-core: apt-get install npm")
	}
	tools := t.TempDir()
	cmd := exec.Command(npm, "install", "--prefix", tools, "--no-audit", "--no-fund", "--ignore-scripts", "axe-core@4.10.3")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm install axe-core: %v\n%s", err, out)
	}
	axe, err := os.ReadFile(filepath.Join(tools, "node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := write(t, 12)
	url := "file://" + dir + "/index.html"
	for _, dark := range []bool{false, true} {
		b := open(t, url, 1200, 900, dark)
		for _, hash := range []string{"#", "#family/model003", "#compare/model001/model002", "#tree"} {
			var found string
			b.do(chromedp.Navigate(url+hash), chromedp.Reload(), chromedp.WaitReady("html[data-ready]"))
			b.wants("document.querySelector('#view').children.length > 0", "true")
			b.do(chromedp.Evaluate(string(axe), nil), chromedp.Evaluate(`axe.run({preload: false}).then((r) => r.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => v.id + ": " + v.nodes.map((n) => n.html).slice(0, 3).join(" ")).join("\n"))`, &found,
				func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
			if found = strings.TrimSpace(found); found != "" {
				t.Errorf("%s (dark %v): %s", hash, dark, found)
			}
		}
	}
}
