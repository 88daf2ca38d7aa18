package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

// smallModel is a model repository with a modeling file of its own.
const smallModel = `from transformers.modeling_utils import PreTrainedModel
from transformers.configuration_utils import PreTrainedConfig
from torch import nn


class SmallConfig(PreTrainedConfig):
    def __init__(self, width=%d, **kwargs):
        super().__init__(**kwargs)
        self.width = width


class SmallModel(PreTrainedModel):
    config_class = SmallConfig

    def __init__(self, config):
        super().__init__(config)
        self.proj = nn.Linear(config.width, config.width)

    def forward(self, inputs_embeds):
        return self.proj(inputs_embeds)
`

// repositories writes n model repositories and gives their folders; every
// fourth one does not parse.
func repositories(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	dir := t.TempDir()
	for i := range n {
		name := fmt.Sprintf("small%02d", i)
		text := fmt.Sprintf(smallModel, 8+i)
		if i%4 == 3 {
			text = "class:\n"
		}
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "modeling_"+name+".py"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		out = append(out, folder)
	}
	return out
}

// itself is a command that runs this test binary as arch-extract.
func itself(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	demo, err := filepath.Abs("demo")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "ARCH_EXTRACT_SOURCE="+demo)
	return cmd
}

// TestRayData drives batch --stdin by testdata/engines/ray_data.py under a
// local Ray Data, which pip brings, and expects the lines of one process alone.
func TestRayData(t *testing.T) {
	if testing.Short() {
		t.Skip("installs Ray through pip")
	}
	packages, bin := t.TempDir(), t.TempDir()
	pip := exec.Command("python3", "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--target", packages, "ray[data]==2.60.0")
	if out, err := pip.CombinedOutput(); err != nil {
		t.Fatalf("Ray cannot be installed (this test needs python3 with pip, and the network; -short leaves it out): %v\n%s", err, out)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(exe, filepath.Join(bin, "arch-extract")); err != nil {
		t.Fatal(err)
	}
	lines := strings.Join(append(repositories(t, 40), "nowhere", "demo"), "\n") + "\n"

	alone := itself(t, "batch", "--stdin")
	alone.Stdin = strings.NewReader(lines)
	want, err := alone.Output()
	if status(err) != 2 { // some do not parse
		t.Fatal(err)
	}
	ray := exec.Command("python3", "../../testdata/engines/ray_data.py")
	ray.Env = append(alone.Env, "PYTHONPATH="+packages, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "RAY_TMPDIR="+os.TempDir())
	ray.Stdin = strings.NewReader(lines)
	var complaints bytes.Buffer
	ray.Stderr = &complaints
	got, err := ray.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.Bytes())
	}
	if n := bytes.Count(want, []byte("\n")); n != 42 || !bytes.Equal(got, want) {
		t.Errorf("Ray Data gives %d lines, one process %d, or other ones:\n%.600s\n%.600s", bytes.Count(got, []byte("\n")), n, got, want)
	}
}

// status is the exit status that an error of a command stands for.
func status(err error) int {
	switch e := err.(type) {
	case nil:
		return 0
	case *exec.ExitError:
		return e.ExitCode()
	}
	return -1
}

// TestShards takes the parts of a source: together they are the whole, none is
// in two, and a part is the same each time.
func TestShards(t *testing.T) {
	repo := filepath.Dir(repositories(t, 11)[0])
	run := func(args ...string) map[string]string {
		cmd := itself(t, append([]string{"batch", repo, "--format", "ndjson"}, args...)...)
		out, err := cmd.Output()
		if s := status(err); s != 0 && s != 2 {
			t.Fatal(err)
		}
		rows := map[string]string{}
		for line := range strings.Lines(string(out)) {
			var row map[string]any
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
			delete(row, "seconds")
			text, _ := json.Marshal(row)
			rows[row["file"].(string)] = string(text)
		}
		return rows
	}
	whole := run()
	if len(whole) != 11 {
		t.Fatalf("%d files of 11", len(whole))
	}
	all := map[string]string{}
	for i := 1; i <= 3; i++ {
		shard := fmt.Sprintf("%d/3", i)
		part, again := run("--shard", shard), run("--shard", shard, "--jobs", "1")
		if fmt.Sprint(part) != fmt.Sprint(again) {
			t.Errorf("--shard %s differs from itself", shard)
		}
		for file, row := range part {
			if all[file] != "" {
				t.Errorf("%s is in two parts", file)
			}
			all[file] = row
		}
	}
	if fmt.Sprint(all) != fmt.Sprint(whole) {
		t.Error("the parts together are not the whole")
	}
}

// TestInterrupt stops a batch while it writes: what is there is whole, the
// manifest speaks of it, and --resume goes on from there.
func TestInterrupt(t *testing.T) {
	wheel := loadtest.Wheel(t, load.DefaultRelease)
	dir := filepath.Join(t.TempDir(), "out")
	run := func(extra ...string) *exec.Cmd {
		cmd := itself(t, append([]string{"batch", wheel, "-o", dir, "--shard", "1/12", "--jobs", "1"}, extra...)...)
		cmd.Stderr = &bytes.Buffer{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	reports := func() []string {
		out, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
		return out
	}
	cmd := run()
	for start := time.Now(); len(reports()) < 3; time.Sleep(2 * time.Millisecond) {
		if time.Since(start) > 2*time.Minute {
			t.Fatal("no report after two minutes")
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); status(err) != 2 {
		t.Fatalf("status %v\n%s", err, cmd.Stderr)
	}
	first := reports()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(first)+1 {
		t.Errorf("%d reports, and in the folder are %v", len(first), entries)
	}
	var rows []batchRow
	text, err := os.ReadFile(filepath.Join(dir, "manifest-1-of-12.json"))
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for _, r := range rows {
		if r.Report != "" {
			listed++
		}
	}
	if listed != len(first) {
		t.Errorf("%d reports, %d in the manifest", len(first), listed)
	}
	was := map[string][]byte{}
	for _, f := range first {
		if was[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}

	cmd = run("--resume", "-v")
	if err := cmd.Wait(); status(err) != 0 && status(err) != 2 {
		t.Fatal(err)
	}
	if got := cmd.Stderr.(*bytes.Buffer).String(); !strings.Contains(got, "files are up to date") {
		t.Errorf("--resume says\n%s", got)
	}
	if n := len(reports()); n <= len(first) {
		t.Errorf("%d reports when interrupted, %d in the end", len(first), n)
	}
	if err := os.RemoveAll(filepath.Join(dir, "manifest-1-of-12.json")); err != nil {
		t.Fatal(err)
	}
	if err := run().Wait(); status(err) != 0 && status(err) != 2 {
		t.Fatal(err)
	}
	for f, text := range was { // an uninterrupted run writes the same
		if b, err := os.ReadFile(f); err != nil || !bytes.Equal(b, text) {
			t.Errorf("%s was not whole when the run was interrupted: %v", filepath.Base(f), err)
		}
	}
}

// TestBar looks for the progress bar: on a terminal, and nowhere else.
func TestBar(t *testing.T) {
	repo := filepath.Dir(repositories(t, 3)[0])
	const bar = "families"

	cmd := itself(t, "batch", repo, "-o", t.TempDir())
	var plain bytes.Buffer
	cmd.Stderr = &plain
	if err := cmd.Run(); status(err) != 0 {
		t.Fatalf("%v\n%s", err, plain.Bytes())
	}
	if strings.Contains(plain.String(), bar) || strings.ContainsAny(plain.String(), "\r\x1b") {
		t.Errorf("to a file: %q", plain.String())
	}
	for _, c := range []struct {
		args  []string
		shown bool
	}{{nil, true}, {[]string{"-q"}, false}} {
		cmd = itself(t, append([]string{"batch", repo, "-o", t.TempDir()}, c.args...)...)
		p, tty, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = tty
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		tty.Close()
		shown, _ := io.ReadAll(p) // ends with an error when the terminal closes
		p.Close()
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, shown)
		}
		if got := bytes.Contains(shown, []byte(bar)) && bytes.Contains(shown, []byte("/3")); got != c.shown {
			t.Errorf("on a terminal, %v: %q", c.args, shown)
		}
	}
}
