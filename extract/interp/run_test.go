package interp

import (
	"os"
	"path/filepath"
	"testing"
)

// The programs in testdata hold assertions; CPython runs them silently too.
func TestPrograms(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.py")
	if len(files) == 0 {
		t.Fatal("no programs")
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			in := New(nil, NewTable(), Limits{})
			if err := in.Guard(func() { in.RunString(f, string(b)) }); err != nil {
				t.Errorf("%v", err)
				for _, fr := range AsRaised(err).Trace {
					t.Logf("  %s in %s", fr.At, fr.Func)
				}
			}
		})
	}
}
