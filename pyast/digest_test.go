package pyast

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDigest compares every file of a transformers release with what CPython
// made of it. ARCH_EXTRACT_TEST_TREE names the folder that holds
// transformers/ of release 5.23.0.
func TestDigest(t *testing.T) {
	root := os.Getenv("ARCH_EXTRACT_TEST_TREE")
	if root == "" {
		t.Skip("ARCH_EXTRACT_TEST_TREE is not set")
	}
	good, all := 0, 0
	for path, want := range readOracle(t) {
		all++
		src, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(path, src)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if got := Digest(m); got != want {
			t.Errorf("%s: digest %s, want %s", path, got, want)
			continue
		}
		good++
	}
	t.Logf("%d of %d files equal", good, all)
	if all != 2860 {
		t.Errorf("the oracle has %d files, want 2860", all)
	}
}

func readOracle(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("../testdata/oracle/ast-5.23.0.tsv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	oracle := map[string]string{}
	for s := bufio.NewScanner(z); s.Scan(); {
		digest, path, _ := strings.Cut(s.Text(), "\t")
		oracle[path] = digest
	}
	return oracle
}
