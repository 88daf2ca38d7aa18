package load

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/flate"
)

// openZip indexes a zip or wheel. Entries are unpacked in memory as they are
// read; nothing is written to disk.
func openZip(name string, f io.ReaderAt, size int64) (*tree, error) {
	r, err := zip.NewReader(f, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("%s: not a complete zip archive (%w); it may be truncated: get it again", name, err)
	}
	r.RegisterDecompressor(zip.Deflate, flate.NewReader) // twice as fast as the standard one
	if len(r.File) > maxEntries {
		return nil, fmt.Errorf("%s: %w", name, refuse("it has %d entries", len(r.File)))
	}
	t := newTree()
	var total uint64
	for _, e := range r.File {
		path, err := cleanEntry(e.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		total += e.UncompressedSize64
		if bomb(e.UncompressedSize64, e.CompressedSize64) || total < e.UncompressedSize64 {
			return nil, fmt.Errorf("%s: %w", name, refuse("%.200q would unpack from %d to %d bytes", e.Name, e.CompressedSize64, e.UncompressedSize64))
		}
		if e.FileInfo().IsDir() || path == "." {
			continue
		}
		read := func() ([]byte, error) { return readZipEntry(e) }
		if e.Mode()&fs.ModeSymlink != 0 {
			target, err := read()
			if err == nil {
				err = t.link(path, string(target))
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if t.files[path] != nil { // which of them counts differs from reader to reader
			return nil, fmt.Errorf("%s: %w", name, refuse("it has two entries %.200q", e.Name))
		}
		t.add(path, &blob{int64(min(e.UncompressedSize64, 1<<62)), read})
	}
	if bomb(total, uint64(size)) {
		return nil, fmt.Errorf("%s: %w", name, refuse("it would unpack from %d to %d bytes", size, total))
	}
	if err := t.seal(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

func readZipEntry(e *zip.File) ([]byte, error) {
	if e.UncompressedSize64 > maxFile {
		return nil, tooLarge(int64(min(e.UncompressedSize64, 1<<62)))
	}
	r, err := e.Open()
	if err != nil {
		return nil, damaged(err)
	}
	defer r.Close()
	b, err := readLimited(r, int64(e.UncompressedSize64))
	if err != nil {
		return nil, damaged(err)
	}
	return b, nil
}

// damaged says what is wrong with the bytes of an archive.
func damaged(err error) error {
	switch {
	case errors.As(err, new(refused)):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("damaged: it ends too early")
	case errors.Is(err, zip.ErrChecksum):
		return errors.New("damaged: its checksum is wrong")
	}
	return fmt.Errorf("damaged: %w", err)
}
