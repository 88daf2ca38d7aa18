package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// What is read is not trusted: these bound it.
const (
	maxFile    = 64 << 20 // bytes of one file, unpacked
	maxKept    = 1 << 30  // bytes kept in memory of a tar
	maxStream  = 16 << 30 // bytes that a compressed tar may unpack to
	maxEntries = 1 << 20  // entries of an archive
	maxRatio   = 200      // unpacked to packed, beyond ratioFrom; Python text compresses 4 to 10 times
	ratioFrom  = 64 << 20
)

var errNotRegular = errors.New("not a regular file")

// refused says that an input was not read because of what reading it could do.
type refused struct{ why string }

func (r refused) Error() string { return "refused: " + r.why }

func refuse(format string, args ...any) error { return refused{fmt.Sprintf(format, args...)} }

// readRegular reads a file of a file system, following links, unless it is no
// regular file (a device, a pipe) or too large.
func readRegular(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	return readLimited(f, info.Size())
}

// ReadFile reads a file that the user named, of which a pipe may be one, up to
// the size limit of source files.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(expandHome(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	defer f.Close()
	return ReadAll(name, f)
}

// ReadAll is ReadFile for an open stream.
func ReadAll(name string, r io.Reader) ([]byte, error) {
	b, err := readLimited(r, 1<<16)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	return b, nil
}

// readLimited reads to the end, of about size bytes, and no more than maxFile.
func readLimited(r io.Reader, size int64) ([]byte, error) {
	if size > maxFile {
		return nil, tooLarge(size)
	}
	b := make([]byte, 0, min(size, 1<<20)+1) // what a header claims is not believed beyond this
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):min(cap(b), maxFile+1)])
		b = b[:len(b)+n]
		if len(b) > maxFile {
			return nil, tooLarge(int64(len(b)))
		}
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func tooLarge(size int64) error {
	return refuse("%d bytes or more, where at most %d are read of one file", size, maxFile)
}

// bomb reports whether a size is out of proportion to what it was packed in.
func bomb(size, packed uint64) bool {
	return size > ratioFrom && size/maxRatio > packed
}
