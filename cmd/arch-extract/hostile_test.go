package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What one hostile modeling file may cost.
const (
	hostileCPU    = 2 * time.Second
	hostileMemory = 512 << 20 // bytes that are resident
	hostileWall   = 25 * time.Second
)

// hostileHead comes before each case, on its first line so that lines keep
// their numbers; hostileModel after those without a model class.
const (
	hostileHead  = "from ...modeling_utils import PreTrainedModel; from ..demo.configuration_demo import DemoConfig; "
	hostileModel = `
class XModel(PreTrainedModel):
    config_class = DemoConfig
    def __init__(self, config):
        super().__init__(config)
    def forward(self, input_ids):
        return input_ids
`
)

// asCommand makes the test binary the command itself, for tests that measure a
// process of their own.
const asCommand = "ARCH_EXTRACT_TEST_AS_COMMAND"

// TestHostile runs the modeling files of testdata/hostile, each in a process of
// its own: it ends in time, in memory, without a panic, with a sentence that
// names a place, and leaves no file behind. -update rewrites the sentences.
func TestHostile(t *testing.T) {
	text, err := os.ReadFile("../../testdata/hostile/cases.py")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "../../testdata/hostile/cases.want"
	want := map[string]string{}
	if b, err := os.ReadFile(golden); err == nil {
		for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			name, says, _ := strings.Cut(line, ": ")
			want[name] = says
		}
	}
	cases := strings.Split(string(text), "\n----\n")[1:]
	said := make([]string, len(cases))
	t.Run("cases", func(t *testing.T) {
		for i, code := range cases {
			name, code, _ := strings.Cut(strings.TrimPrefix(code, "# "), "\n")
			if testing.Short() && i%8 != 0 {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				says := runHostile(t, code)
				said[i] = name + ": " + says
				if !*update && says != want[name] {
					t.Errorf("got  %s\nwant %s", says, want[name])
				}
			})
		}
	})
	if *update && !testing.Short() {
		if err := os.WriteFile(golden, []byte(strings.Join(said, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// runHostile is what the report of a modeling file says on standard error.
func runHostile(t *testing.T, code string) string {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "src"), os.DirFS("demo")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(code, "(PreTrainedModel)") {
		code += hostileModel
	}
	file := filepath.Join(dir, "src/transformers/models/x/modeling_x.py")
	os.Mkdir(filepath.Dir(file), 0o755)
	os.WriteFile(filepath.Join(filepath.Dir(file), "__init__.py"), nil, 0o644)
	if err := os.WriteFile(file, []byte(hostileHead+"\n"+code), 0o644); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "--jobs", "1", "--class", "XModel", "src/transformers/models/x/modeling_x.py")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asCommand+"=1", "HOSTILE_CANARY=seen", "ARCH_EXTRACT_CACHE="+filepath.Join(dir, "cache"))
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	timer := time.AfterFunc(hostileWall, func() { cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if cpu > hostileCPU {
		t.Errorf("%v of processor time, where %v is allowed", cpu, hostileCPU)
	}
	if peak := usage.Maxrss << 10; peak > hostileMemory {
		t.Errorf("%d MiB of memory, where %d are allowed", peak>>20, hostileMemory>>20)
	}
	if after := files(t, dir); after != before {
		t.Errorf("files were written:\n%s\nwhere there were\n%s", after, before)
	}
	says := strings.TrimSpace(stderr.String())
	if len(says) > 4000 {
		t.Errorf("a sentence of %d bytes: %.200s...", len(says), says)
		says = says[:4000]
	}
	if strings.Contains(says, "goroutine ") || strings.Contains(says, "internal error") {
		t.Errorf("a panic: %.3000s", says)
	}
	if err != nil && !regexp.MustCompile(`\.py:\d+:\d+: `).MatchString(says) {
		t.Errorf("no place in: %v: %s", err, says)
	}
	if err == nil && says == "" {
		return "read to the end"
	}
	return strings.ReplaceAll(says, "\n", " | ")
}

// files lists what is in a folder, with sizes.
func files(t *testing.T, dir string) string {
	var out strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		fmt.Fprintln(&out, p, info.Size())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
