package main

import (
	"bytes"
	"crypto/sha256"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"
)

var seconds = regexp.MustCompile(`"seconds":[0-9.e-]+`)

// TestSameBytes describes the release three times: what is written is the same,
// byte for byte but for the time it took, however many work on it and in
// whatever order Go walks its maps.
func TestSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a release of transformers, which may have to be fetched")
	}
	wheel, err := load.Fetch(t.Context(), load.Package+"=="+load.DefaultRelease)
	if err != nil {
		t.Fatal(err)
	}
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(heapLimit) // as main does
	defer func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) }()
	var first [][]byte
	for i, jobs := range []string{"2", "1", "3"} {
		var out, errs bytes.Buffer
		status := run([]string{"batch", wheel, "--format", "ndjson", "--jobs", jobs}, strings.NewReader(""), &out, &errs)
		if status != statusDone && status != statusFailed || out.Len() == 0 {
			t.Fatalf("--jobs %s: status %d: %.500s", jobs, status, errs.String())
		}
		lines := bytes.Split(seconds.ReplaceAll(out.Bytes(), nil), []byte("\n"))
		if i == 0 {
			first = lines
			continue
		}
		if len(lines) != len(first) {
			t.Fatalf("--jobs %s: %d lines, not %d", jobs, len(lines), len(first))
		}
		for k := range lines {
			if !bytes.Equal(lines[k], first[k]) {
				a, b := apart(first[k], lines[k])
				t.Errorf("--jobs %s: line %d is another: %s\n%s", jobs, k+1, a, b)
			}
		}
	}
	t.Logf("%d lines, sha256 %x", len(first), sha256.Sum256(bytes.Join(first, nil)))
}

// apart are two lines from where they begin to differ.
func apart(a, b []byte) (x, y []byte) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	i = max(0, i-60)
	return a[i:min(len(a), i+160)], b[i:min(len(b), i+160)]
}
