package pyast

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkParse parses the modeling files of the tree that
// ARCH_EXTRACT_TEST_TREE names, else the files of testdata.
func BenchmarkParse(b *testing.B) {
	pattern := "testdata/*.py"
	if root := os.Getenv("ARCH_EXTRACT_TEST_TREE"); root != "" {
		pattern = filepath.Join(root, "transformers/models/*/modeling_*.py")
	}
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		b.Fatalf("no files match %s", pattern)
	}
	var sources [][]byte
	size := int64(0)
	for _, p := range paths {
		src, err := os.ReadFile(p)
		if err != nil {
			b.Fatal(err)
		}
		sources = append(sources, src)
		size += int64(len(src))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i, src := range sources {
			if _, err := Parse(paths[i], src); err != nil {
				b.Fatal(err)
			}
		}
	}
}
