package main

import (
	"archive/zip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/arch-extract/arch-extract/extract/load"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"arch-extract": main, "unpack": unpack, "weights": weights})
}

// TestScript runs testdata/script/*.txtar: files, commands, what they print.
// Scripts start without a source: the environment names none, the cache is
// empty. $DEMO is the folder of the model that the binary carries.
func TestScript(t *testing.T) {
	demo, err := filepath.Abs("demo")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ARCH_EXTRACT_CACHE", env.WorkDir+"/.cache")
			env.Setenv("DEMO", demo)
			return nil
		},
	})
}

// TestRelease runs testdata/release/*.txtar, which read the release that the
// program itself fetches. $WHEEL is where it is.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a release of transformers, which may have to be fetched")
	}
	wheel, err := load.Fetch(t.Context(), load.Package+"=="+load.DefaultRelease)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/release",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ARCH_EXTRACT_CACHE", env.WorkDir+"/.cache")
			env.Setenv("WHEEL", wheel)
			// A cache that holds this release alone, whatever else was fetched.
			if err := os.MkdirAll(env.WorkDir+"/.cache/wheels", 0o755); err != nil {
				return err
			}
			return os.Symlink(wheel, env.WorkDir+"/.cache/wheels/"+filepath.Base(wheel))
		},
	})
}

// unpack is the scripts' command `unpack WHEEL FOLDER`. Of the models it
// leaves out all but what the scripts read.
func unpack() {
	if err := unpackWheel(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func unpackWheel(wheel, dir string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		rest, inModels := strings.CutPrefix(f.Name, "transformers/models/")
		family, _, inFamily := strings.Cut(rest, "/")
		if f.FileInfo().IsDir() || inModels && inFamily && family != "qwen2" && family != "auto" {
			continue
		}
		if err := unpackFile(f, filepath.Join(dir, filepath.FromSlash(f.Name))); err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(f *zip.File, name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o666)
}
