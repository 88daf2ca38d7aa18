package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"arch-extract": main})
}

// TestScript runs testdata/script/*.txtar: files, commands, what they print.
// Scripts start without a source: the environment names none, the cache is empty.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ARCH_EXTRACT_CACHE", env.WorkDir+"/.cache")
			return nil
		},
	})
}
