package load

import (
	"bufio"
	"compress/gzip"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/pyast"
)

// TestDigests compares the tree of every Python file of a release with what
// CPython made of it.
func TestDigests(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a real release")
	}
	ctx := context.Background()
	wheel, err := Fetch(ctx, "transformers==5.23.0")
	if err != nil {
		t.Fatal(err)
	}
	src, err := Open(ctx, wheel, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	f, err := os.Open("../../testdata/oracle/ast-5.23.0.tsv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	good, all := 0, 0
	for sc := bufio.NewScanner(z); sc.Scan(); all++ {
		want, path, _ := strings.Cut(sc.Text(), "\t")
		b, err := src.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := pyast.Parse(path, b)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if got := pyast.Digest(m); got != want {
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
