package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// world is a folder with all kinds of targets; the tests run in it.
func world(t *testing.T) string {
	t.Helper()
	clean(t)
	dir := t.TempDir()
	if d, err := filepath.EvalSymlinks(dir); err == nil {
		dir = d
	}
	files := mini(t)
	toy, conf := files["transformers/models/toy/modeling_toy.py"], files["transformers/models/toy/configuration_toy.py"]
	own := strings.NewReplacer("from ...modeling_utils", "from transformers.modeling_utils").Replace(toy)
	writeDir(t, dir, under("default/", files))
	writeDir(t, dir, under("checkout/src/", files))
	writeDir(t, dir, map[string]string{
		"checkout/examples/modeling_example.py": own,
		"alone/modeling_toy.py":                 toy, // as cut out of a checkout, nothing beside it
		"beside/modeling_toy.py":                toy,
		"beside/configuration_toy.py":           conf,
		"own/modeling_own.py":                   own,
		"own/configuration_toy.py":              conf,
		"two/modeling_a.py":                     own,
		"two/modeling_b.py":                     own,
		"fork/pkg/__init__.py":                  "",
		"fork/pkg/base.py":                      "",
		"fork/pkg/nets/__init__.py":             "",
		"fork/pkg/nets/modeling_net.py":         "from ..base import x\n" + own,
		"auto/arch.py":                          own, // named by config.json alone
		"auto/configuration_toy.py":             conf,
		"auto/config.json":                      `{"architectures": ["ToyForCausalLM"], "auto_map": {"AutoModelForCausalLM": "arch.ToyForCausalLM"}}`,
		"empty/readme.txt":                      "",
		"checkout/docs/readme.txt":              "",
		"toy/out.yaml":                          "", // a folder named like a family
		"not_utf8/modeling_x.py":                "x = '\xff\xfe'\n",
		"broken/modeling_x.py":                  "class A(:\n    pass\n",
		"config.json":                           `{"architectures": ["ToyForCausalLM"], "hidden": 8}`,
		"type.json":                             `{"model_type": "toy-type"}`,
		"family.json":                           `{"model_type": "big-toy", "architectures": ["Gone"]}`,
		"unknown.json":                          `{"architectures": ["ToyForCausalML"]}`,
		"none.json":                             `{"hidden": 8}`,
		"list.json":                             `[1]`,
		"bad.json":                              "{\n  \"a\": 1,\n}",
	})
	t.Chdir(dir)
	t.Setenv("ARCH_EXTRACT_SOURCE", filepath.Join(dir, "default"))
	return dir
}

func TestTargets(t *testing.T) {
	dir := world(t)
	const toyFile = "transformers/models/toy/modeling_toy.py"
	for _, c := range []struct{ target, file, display, where, class string }{
		{"toy", toyFile, "models/toy/modeling_toy.py", dir + "/default/transformers/models/toy/modeling_toy.py", "ToyForCausalLM"},
		{"TOY", toyFile, "models/toy/modeling_toy.py", dir + "/default/transformers/models/toy/modeling_toy.py", "ToyForCausalLM"},
		{"big-toy", "transformers/models/big_toy/modeling_big_toy.py", "models/big_toy/modeling_big_toy.py", dir + "/default/transformers/models/big_toy/modeling_big_toy.py", "BigToyForCausalLM"},
		{"toy:ToyAttention", toyFile, "models/toy/modeling_toy.py", dir + "/default/transformers/models/toy/modeling_toy.py", "ToyAttention"},
		{"BigToyModel", "transformers/models/big_toy/modeling_big_toy.py", "models/big_toy/modeling_big_toy.py", dir + "/default/transformers/models/big_toy/modeling_big_toy.py", "BigToyModel"},
		{"config.json", toyFile, "models/toy/modeling_toy.py", dir + "/default/transformers/models/toy/modeling_toy.py", "ToyForCausalLM"},
		{"type.json", toyFile, "models/toy/modeling_toy.py", dir + "/default/transformers/models/toy/modeling_toy.py", "ToyForCausalLM"},
		{"family.json", "transformers/models/big_toy/modeling_big_toy.py", "models/big_toy/modeling_big_toy.py", dir + "/default/transformers/models/big_toy/modeling_big_toy.py", "BigToyForCausalLM"},
		{"checkout/src/transformers/models/toy/modeling_toy.py", toyFile, "models/toy/modeling_toy.py", "checkout/src/transformers/models/toy/modeling_toy.py", "ToyForCausalLM"},
		{dir + "/checkout/src/transformers/models/toy/modeling_toy.py", toyFile, "models/toy/modeling_toy.py", dir + "/checkout/src/transformers/models/toy/modeling_toy.py", "ToyForCausalLM"},
		{"checkout/src/transformers/models/toy", toyFile, "models/toy/modeling_toy.py", "checkout/src/transformers/models/toy/modeling_toy.py", "ToyForCausalLM"},
		{"checkout/src/transformers/models/toy/modeling_toy.py:ToyModel", toyFile, "models/toy/modeling_toy.py", "checkout/src/transformers/models/toy/modeling_toy.py", "ToyModel"},
		{"checkout/examples/modeling_example.py", "transformers_modules/examples/modeling_example.py", "modeling_example.py", "checkout/examples/modeling_example.py", "ToyForCausalLM"},
		{"alone/modeling_toy.py", toyFile, "modeling_toy.py", "alone/modeling_toy.py", "ToyForCausalLM"},
		{"alone", toyFile, "modeling_toy.py", "alone/modeling_toy.py", "ToyForCausalLM"},
		{"own/modeling_own.py", "transformers_modules/own/modeling_own.py", "modeling_own.py", "own/modeling_own.py", "ToyForCausalLM"},
		{"auto", "transformers_modules/auto/arch.py", "arch.py", "auto/arch.py", "ToyForCausalLM"},
		{"auto/config.json", "transformers_modules/auto/arch.py", "arch.py", "auto/arch.py", "ToyForCausalLM"},
		{"fork/pkg/nets/modeling_net.py", "pkg/nets/modeling_net.py", "pkg/nets/modeling_net.py", "fork/pkg/nets/modeling_net.py", "ToyForCausalLM"},
		{"default:BigToyModel", "transformers/models/big_toy/modeling_big_toy.py", "models/big_toy/modeling_big_toy.py", "default/transformers/models/big_toy/modeling_big_toy.py", "BigToyModel"},
	} {
		t.Run(c.target, func(t *testing.T) {
			tg, err := FindTarget(context.Background(), c.target, "", Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer tg.Source.Close()
			f, class, err := tg.File()
			if err != nil {
				t.Fatal(err)
			}
			got := []string{f.Path, tg.Source.Display(f.Path), tg.Source.Where(f.Path), class}
			want := []string{c.file, c.display, c.where, c.class}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("got %q, want %q", got[i], want[i])
				}
			}
			if file, _, _ := tg.Source.Resolve(f.Module); file != f.Path {
				t.Errorf("its module %s resolves to %q", f.Module, file)
			}
			if _, err := tg.Source.Parse(f.Path); err != nil {
				t.Error(err)
			}
			if _, _, ok := tg.Source.Resolve("transformers.modeling_utils"); !ok {
				t.Error("no transformers beside it")
			}
		})
	}
}

// What lies beside a stand-alone file is found; what does not is not made up
// from the release.
func TestBeside(t *testing.T) {
	world(t)
	for target, want := range map[string]bool{"alone/modeling_toy.py": false, "beside/modeling_toy.py": true, "own/modeling_own.py": true} {
		tg, err := FindTarget(context.Background(), target, "", Options{})
		if err != nil {
			t.Fatal(err)
		}
		module := tg.Families[0].Files[0].Module
		module = module[:strings.LastIndexByte(module, '.')] + ".configuration_toy"
		if _, _, ok := tg.Source.Resolve(module); ok != want {
			t.Errorf("%s: Resolve(%s) = %v", target, module, ok)
		}
		missing := tg.Source.MissingImports(tg.Families[0].Files[0].Path)
		if want != (len(missing) == 0) || !want && missing[0] != (Missing{".configuration_toy", 4, 1}) {
			t.Errorf("%s: missing %v", target, missing)
		}
		if file, _, _ := tg.Source.Beside("configuration_toy"); want && !strings.HasSuffix(file, "/configuration_toy.py") {
			t.Errorf("%s: beside it is %q", target, file)
		}
		for _, m := range []string{"transformers", "transformers.models", "transformers.models.big_toy"} {
			if _, _, ok := tg.Source.Resolve(m); !ok {
				t.Errorf("%s hides %s", target, m)
			}
		}
	}
}

// In a package, what lies beside the file is found under its own name too.
func TestBesideInPackage(t *testing.T) {
	world(t)
	tg, err := FindTarget(context.Background(), "fork/pkg/nets/modeling_net.py", "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"modeling_net": "pkg/nets/modeling_net.py", "base": ""} {
		if file, _, _ := tg.Source.Beside(name); file != want {
			t.Errorf("%s: %q, want %q", name, file, want)
		}
	}
}

func TestStdin(t *testing.T) {
	world(t)
	src := mini(t)["transformers/models/toy/modeling_toy.py"] + "\n# changed\n"
	tg, err := FindTarget(context.Background(), "-:ToyModel", "", Options{Stdin: strings.NewReader(src)})
	if err != nil {
		t.Fatal(err)
	}
	f, class, err := tg.File()
	if err != nil || class != "ToyModel" || tg.Source.Display(f.Path) != Stdin || tg.Source.Where(f.Path) != Stdin {
		t.Errorf("%v %q %v", f, class, err)
	}
	if b, err := tg.Source.ReadFile(f.Path); err != nil || string(b) != src {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if _, _, ok := tg.Source.Resolve("transformers.models.toy.configuration_toy"); !ok {
		t.Error("the release's config is not found")
	}
	if file, _, _ := tg.Source.Resolve(f.Module); file != f.Path {
		t.Errorf("Resolve(%s) = %q", f.Module, file)
	}
	tg, err = FindTarget(context.Background(), "-", "", Options{Stdin: strings.NewReader("class A: pass\n")})
	if err != nil {
		t.Fatal(err)
	}
	f = tg.Families[0].Files[0]
	if file, _, _ := tg.Source.Resolve(f.Module); file != f.Path || f.Family != "stdin" {
		t.Errorf("Resolve(%s) = %q, family %s", f.Module, file, f.Family)
	}
	if got := tg.Source.List("transformers/models/stdin"); len(got) != 1 || got[0] != "modeling_stdin.py" {
		t.Errorf("List = %v", got)
	}
}

func TestWholeSources(t *testing.T) {
	dir := world(t)
	writeZip(t, "t.whl", mini(t))
	for target, families := range map[string]int{"t.whl": 2, "default": 2, "default/transformers": 2, dir + "/checkout": 2, "checkout/src": 2, "two": 2} {
		tg, err := FindTarget(context.Background(), target, "", Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		if !tg.Whole || len(tg.Families) != families {
			t.Errorf("%s: %v, %d families", target, tg.Whole, len(tg.Families))
		}
		if _, _, err := tg.File(); err == nil || err.Error() != target+" names 2 families: name one of them, or add --all" {
			t.Error(err)
		}
	}
}

func TestBadTargets(t *testing.T) {
	world(t)
	for _, c := range []struct{ target, class, from, want string }{
		{"", "", "", "the target is empty; name a modeling file, a family or a class"},
		{"gone/modeling_x.py", "", "", "gone/modeling_x.py: no such file or folder"},
		{"gone.py", "", "", "gone.py: no such file or folder"},
		{"gone.py", "", "default", "gone.py: no such file or folder, here or in default"},
		{"empty", "", "", "empty: no such file, family or class in transformers 9.9.0"},
		{"checkout/docs", "", "", "checkout/docs: holds neither the transformers package nor a modeling file (modeling_*.py)"},
		{"./empty", "", "", "./empty: holds neither the transformers package nor a modeling file (modeling_*.py)"},
		{"config.json/x", "", "", "config.json/x: not a directory"},
		{"tow", "", "", "tow: no such file, family or class in transformers 9.9.0; did you mean toy?"},
		{"big_tyo", "", "", "big_tyo: no such file, family or class in transformers 9.9.0; did you mean big_toy?"},
		{"ToyForCausalML", "", "", "ToyForCausalML: no such class in transformers 9.9.0; did you mean ToyForCausalLM or BigToyForCausalLM?"},
		{"Zzzzzzzzz", "", "", "Zzzzzzzzz: no such class in transformers 9.9.0"},
		{"toy:ToyModle", "", "", "toy: no class ToyModle in $/default/transformers/models/toy/modeling_toy.py; did you mean ToyModel?"},
		{"toy", "ToyModle", "", "toy: no class ToyModle in $/default/transformers/models/toy/modeling_toy.py; did you mean ToyModel?"},
		{"toy:ToyModel", "ToyAttention", "", "toy:ToyModel names one class and --class ToyAttention another"},
		{"default:Nope", "", "", "Nope: no such class in transformers 9.9.0"},
		{"-", "", "", "<stdin>: it is empty"},
		{"unknown.json", "", "", "unknown.json: its architecture: ToyForCausalML: no such class in transformers 9.9.0; did you mean ToyForCausalLM or BigToyForCausalLM?"},
		{"none.json", "", "", "none.json: names no model: it has neither architectures nor model_type"},
		{"list.json", "", "", "list.json: not a config: an object was expected"},
		{"bad.json", "", "", "bad.json:3:1: not JSON: '}' where a key in double quotes is expected"},
		{"toy", "", "gone", "gone: no such file or directory"},
		{"toy", "", "transformers==5.0.0", "transformers==5.0.0: no such file or folder; a release in the cache is named pip:transformers==5.0.0"},
		{"toy", "", "pip:transformers==5.0.0", "pip:transformers==5.0.0: not in the cache; add --fetch, or run: arch-extract fetch transformers==5.0.0"},
		{"toy", "", "pip:--index-url=x", `pip:--index-url=x: "--index-url=x" does not name a release; write, for example, transformers==5.23.0`},
	} {
		t.Run(c.target+" "+c.class+" "+c.from, func(t *testing.T) {
			wd, _ := os.Getwd()
			_, err := FindTarget(context.Background(), c.target, c.class, Options{From: c.from, Stdin: strings.NewReader("")})
			if err == nil {
				t.Fatal("no error")
			}
			if got := strings.ReplaceAll(err.Error(), wd, "$"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	world(t)
	for target, want := range map[string]string{
		"not_utf8": "not_utf8/modeling_x.py:1:",
		"broken":   "broken/modeling_x.py:1:9: invalid syntax",
	} {
		tg, err := FindTarget(context.Background(), target, "", Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tg.Source.Parse(tg.Families[0].Files[0].Path); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, _, err := tg.File(); err == nil || !strings.HasSuffix(err.Error(), "/modeling_x.py derives from PreTrainedModel") {
			t.Error(err)
		}
	}
}

func TestDefaultSource(t *testing.T) {
	dir := world(t)
	venv := writeDir(t, filepath.Join(dir, "venv"), under("lib/python3.14/site-packages/", mini(t)))
	editable := writeDir(t, filepath.Join(dir, "editable"), map[string]string{
		"lib/python3.14/site-packages/__editable__.transformers-9.9.0.pth": filepath.Join(dir, "checkout", "src") + "\n",
	})
	cache := os.Getenv("ARCH_EXTRACT_CACHE")
	open := func(near string) string {
		t.Helper()
		s, err := Default(context.Background(), near, Options{})
		if err != nil {
			return err.Error()
		}
		return strings.ReplaceAll(s.Where("transformers/__init__.py"), dir, "$")
	}
	check := func(near, want string) {
		t.Helper()
		if got := open(near); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	check("checkout/src/transformers/models/toy/modeling_toy.py", "checkout/src/transformers/__init__.py")
	check("own/modeling_own.py", "$/default/transformers/__init__.py")
	t.Setenv("ARCH_EXTRACT_SOURCE", "gone")
	check("", "$ARCH_EXTRACT_SOURCE: gone: no such file or directory")
	t.Setenv("ARCH_EXTRACT_SOURCE", "")
	t.Setenv("VIRTUAL_ENV", venv)
	check("", "$/venv/lib/python3.14/site-packages/transformers/__init__.py")
	t.Setenv("VIRTUAL_ENV", editable)
	check("", "$/checkout/src/transformers/__init__.py")
	t.Setenv("VIRTUAL_ENV", filepath.Join(dir, "empty"))
	check("", ErrNoSource.Error())
	wheels := filepath.Join(cache, "wheels")
	os.MkdirAll(wheels, 0o755)
	for _, v := range []string{"4.9.0", "4.57.1", "5.0.0rc1", "4.100.0.dev0"} {
		writeZip(t, filepath.Join(wheels, "transformers-"+v+"-py3-none-any.whl"), mini(t))
	}
	check("", filepath.Join(wheels, "transformers-5.0.0rc1-py3-none-any.whl", "transformers", "__init__.py"))
	if _, err := FindTarget(context.Background(), "toy", "", Options{From: "pip:transformers==4.57.1"}); err != nil {
		t.Error(err)
	}
}

func TestFetch(t *testing.T) {
	world(t)
	bin := t.TempDir()
	wheel := writeZip(t, filepath.Join(t.TempDir(), "w.whl"), mini(t))
	pip := func(script string) {
		t.Helper()
		for _, name := range []string{"python3", "python", "pip3", "pip", "uv"} {
			body := "#!/bin/sh\nPATH=/usr/bin:/bin\nexit 1\n"
			if name == "pip3" {
				body = "#!/bin/sh\nPATH=/usr/bin:/bin\n[ \"$1\" = --version ] && exit 0\n" + script
			}
			if err := os.WriteFile(filepath.Join(bin, name), []byte(body), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("PATH", bin)
	fetch := func(spec string) string {
		file, err := Fetch(context.Background(), spec)
		if err != nil {
			return err.Error()
		}
		return filepath.Base(file)
	}
	const way = "run `pip download --no-deps transformers==5.23.0 on a machine with network, and then --from FILE.whl`"
	for _, c := range []struct{ script, spec, want string }{
		{"echo 'WARNING: Retrying ... NewConnectionError(...): Failed to establish a new connection'; echo 'ERROR: No matching distribution found for transformers==5.23.0' >&2; exit 1", "transformers==5.23.0",
			"cannot fetch transformers==5.23.0: the package index cannot be reached; try again with network, or " + way},
		{"echo 'ERROR: No matching distribution found for transformers==0.0.99' >&2; exit 1", "transformers==0.0.99", "cannot fetch transformers==0.0.99: pip knows no wheel of transformers==0.0.99"},
		{"echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'; exit 1", "x==1", "cannot fetch x==1: the file does not match its hash, and was not kept"},
		{"echo 'ERROR: something else'; exit 1", "x==1", "cannot fetch x==1: pip says: something else"},
		{"exit 3", "x==1", "cannot fetch x==1: pip failed: exit status 3"},
		{"exit 0", "x==1", "cannot fetch x==1: pip brought no wheel"},
		{"echo half > x-1-py3-none-any.whl", "x==1", "cannot fetch x==1: pip brought a damaged wheel: zip: not a valid zip file"},
		{"cp " + wheel + " transformers-5.23.0-py3-none-any.whl", "transformers", "transformers-5.23.0-py3-none-any.whl"},
		{"exit 1", "transformers==5.23.0", "transformers-5.23.0-py3-none-any.whl"}, // is there now
		{"exit 1", "rm -rf", `"rm -rf" does not name a release; write, for example, transformers==5.23.0`},
	} {
		pip(c.script)
		if got := fetch(c.spec); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	t.Setenv("ARCH_EXTRACT_SOURCE", "")
	if tg, err := FindTarget(context.Background(), "toy", "", Options{Fetch: true}); err != nil || tg.Source.PackageVersion() != "transformers 9.9.0" {
		t.Error(err)
	}
	t.Setenv("PATH", t.TempDir())
	if got := fetch("y==1"); !strings.HasPrefix(got, "cannot fetch y==1: there is no pip here") {
		t.Error(got)
	}
	left, _ := filepath.Glob(filepath.Join(os.Getenv("ARCH_EXTRACT_CACHE"), "fetch-*"))
	if len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestFetchIsStopped(t *testing.T) {
	world(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Fetch(ctx, "z==1"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCompareVersions(t *testing.T) {
	order := strings.Fields("what 0.9 1.0.dev0 1.0a1.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0.post1.dev0 1.0.post1 1.0.1 1.1 4.9.0 4.57.1 5.23.0 5.24.0.dev0 5.24.0 1!0.1")
	for i, a := range order {
		for j, b := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := compareVersions(a, b); got != want {
				t.Errorf("compare(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
	if compareVersions("1.0", "1.0.0") != 0 {
		t.Error("1.0 is 1.0.0")
	}
}

func TestDecodeJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"b": 1, "a": 2.0, "b": 3}`: "[{b 3} {a 2}]",
		`[1e-05, -Infinity, NaN]`:    "[1e-05 -Inf NaN]",
		`"\u00e9\/"`:                 "é/",
		`123456789012345678901234`:   "123456789012345678901234",
		`[true, false, null, []]`:    "[true false <nil> []]",
		"\xef\xbb\xbf{}":             "[]",
		``:                           "1:1: the JSON text ends too early",
		`{"a": `:                     "1:7: the JSON text ends too early",
		`{"a": 'x'}`:                 `1:7: not JSON: '\'' where a value is expected`,
		`{"a" 1}`:                    `1:6: not JSON: '1' where a colon is expected`,
		`[1 2]`:                      `1:4: not JSON: '2' where a comma or ] is expected`,
		`01`:                         `1:1: not JSON: '0' where a value is expected`,
		`{} x`:                       "1:4: more text follows the JSON value",
		"\"a\nb\"":                   "1:3: not JSON: a control character in a string",
		"\xff":                       "1:1: not UTF-8",
	} {
		v, err := DecodeJSON([]byte(in))
		got := strings.TrimSpace(strings.ReplaceAll(sprint(v), "  ", " "))
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	if _, err := DecodeJSON([]byte(strings.Repeat("[", 1e6))); err == nil || !strings.HasSuffix(err.Error(), "nested too deeply") {
		t.Error(err)
	}
	if v, err := DecodeJSON([]byte(`1`)); err != nil || v != int64(1) {
		t.Errorf("%T %v", v, err)
	}
}

func TestNearest(t *testing.T) {
	names := strings.Fields("qwen2 qwen2_moe qwen3 qwen2_vl llama llama4 mistral mixtral bert")
	for in, want := range map[string]string{
		"qwn2": "qwen2 qwen3 qwen2_vl", "mistrall": "mistral mixtral", "lama": "llama llama4", "qwen": "qwen2 qwen3 qwen2_vl", "zzzz": "", "brt": "bert",
	} {
		if got := strings.Join(nearest(in, names), " "); got != want {
			t.Errorf("nearest(%s) = %q, want %q", in, got, want)
		}
	}
}

// Archives of any bytes are refused or read, within limits, and what is read
// can be listed.
func FuzzArchives(f *testing.F) {
	dir := f.TempDir()
	for _, name := range []string{writeZip(f, filepath.Join(dir, "a.zip"), mini(f)), writeTar(f, filepath.Join(dir, "a.tar"), nil, mini(f)), writeTar(f, filepath.Join(dir, "a.tgz"), nil, mini(f))} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		z, err1 := openZip("x", bytes.NewReader(b), int64(len(b)))
		a, err2 := openTar("x", bytes.NewReader(b))
		for _, tr := range []*tree{z, a} {
			if tr == nil {
				continue
			}
			locate(tr)
			fs.WalkDir(tr, ".", func(p string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					readRegular(tr, p)
				}
				return nil
			})
		}
		if (z == nil) == (err1 == nil) || (a == nil) == (err2 == nil) {
			t.Errorf("%v, %v", err1, err2)
		}
	})
}

func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"a": [1, 2.5, "x", null, -Infinity]}`))
	f.Fuzz(func(t *testing.T, b []byte) { DecodeJSON(b) })
}

func sprint(v any) string { return fmt.Sprint(v) }
