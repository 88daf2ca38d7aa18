package load

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"path"
)

// openTar reads a tar, plain or compressed by gzip or bzip2, and keeps what
// may be asked for (Python, JSON and package metadata) in memory.
func openTar(name string, f io.Reader) (*tree, error) {
	packed := &counter{r: f}
	br := bufio.NewReaderSize(packed, 1<<16)
	var r io.Reader = br
	compressed := true
	switch magic, _ := br.Peek(3); {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, damaged(err))
		}
		r = z
	case bytes.HasPrefix(magic, []byte("BZh")):
		r = bzip2.NewReader(br)
	default:
		compressed = false
	}
	unpacked := &counter{r: r, check: func(n uint64) error {
		if compressed && (bomb(n, packed.n) || n > maxStream) {
			return refuse("it unpacks from %d to more than %d bytes", packed.n, n)
		}
		return nil
	}}
	t, err := readTar(tar.NewReader(unpacked))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

func readTar(tr *tar.Reader) (*tree, error) {
	t := newTree()
	kept := 0
	for n := 0; ; n++ {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, damaged(err)
		}
		if n > maxEntries {
			return nil, refuse("more than %d entries", maxEntries)
		}
		name, err := cleanEntry(h.Name)
		if err != nil {
			return nil, err
		}
		switch h.Typeflag {
		case tar.TypeSymlink:
			err = t.link(name, h.Linkname)
		case tar.TypeLink: // its target is a path from the root
			var to string
			if to, err = cleanEntry(h.Linkname); err == nil && t.files[to] != nil {
				t.add(name, t.files[to])
			}
		case tar.TypeReg:
			if !wanted(name) {
				continue
			}
			b, rerr := readLimited(tr, h.Size)
			if rerr != nil {
				return nil, fmt.Errorf("%s: %w", name, damaged(rerr))
			}
			if kept += len(b); kept > maxKept {
				return nil, refuse("more than %d bytes of source", maxKept)
			}
			t.add(name, &blob{int64(len(b)), func() ([]byte, error) { return b, nil }})
		}
		if err != nil {
			return nil, err
		}
	}
	if err := t.seal(); err != nil {
		return nil, err
	}
	return t, nil
}

// wanted reports whether anything of a source reads a file of this name.
func wanted(name string) bool {
	switch path.Ext(name) {
	case ".py", ".json":
		return true
	}
	switch path.Base(name) {
	case "METADATA", "PKG-INFO":
		return true
	}
	return false
}

// counter counts the bytes that pass through.
type counter struct {
	r     io.Reader
	n     uint64
	check func(n uint64) error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	if c.check != nil {
		if cerr := c.check(c.n); cerr != nil {
			return n, cerr
		}
	}
	return n, err
}
