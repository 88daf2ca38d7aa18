// Package checkpoint reads the headers of files of weights, and says how their
// tensors fit those of a model. The weights themselves are never read.
package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Tensor is a tensor as a header describes it.
type Tensor struct {
	Name  string
	DType string // as the file says: "BF16", "F32", "Q4_K"
	Shape []int64
	Bytes int64  // 0 where the format does not say
	File  string // the file that holds it
}

// Numel is the number of elements.
func (t *Tensor) Numel() int64 {
	n := int64(1)
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Checkpoint is what the headers of the files of one checkpoint say.
type Checkpoint struct {
	Path    string
	Format  string // "safetensors" or "gguf"
	Files   []string
	Tensors []Tensor
	// Metadata are the key-value pairs of a GGUF file, in its order.
	Metadata []Pair
}

// Pair is one entry of a GGUF file's metadata. Value is bool, int64, uint64,
// float64, string, or Array.
type Pair struct {
	Key   string
	Value any
}

// Array stands for an array of a GGUF file, of which the first elements are kept.
type Array struct {
	Len   uint64
	First []any
}

// What is read is not trusted: these bound it.
const (
	maxHeader = 100 << 20 // bytes of a safetensors header: that format's own limit
	maxIndex  = 100 << 20 // bytes of an index
	maxShards = 10_000
	maxDims   = 16
	maxNumel  = 1 << 56 // elements of one tensor
)

// Open reads the headers of a checkpoint: a .safetensors or .gguf file, the
// index of a checkpoint in several files, or a folder that holds one of these.
func Open(path string) (*Checkpoint, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, plain(path, err)
	}
	if info.IsDir() {
		return openFolder(path)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	if strings.HasSuffix(path, ".json") {
		return openIndex(path)
	}
	c := &Checkpoint{Path: path}
	return c, c.add(path)
}

// plain is an error of the file system without the path twice.
func plain(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

func openFolder(dir string) (*Checkpoint, error) {
	if index, err := filepath.Glob(filepath.Join(escape(dir), "*.safetensors.index.json")); err == nil && len(index) > 0 {
		if name := filepath.Join(dir, "model.safetensors.index.json"); slices.Contains(index, name) {
			return openIndex(name)
		}
		if len(index) == 1 {
			return openIndex(index[0])
		}
		return nil, fmt.Errorf("%s: holds %d indexes of weights: name one of them", dir, len(index))
	}
	if name := filepath.Join(dir, "model.safetensors"); isFile(name) {
		return Open(name)
	}
	c := &Checkpoint{Path: dir}
	for _, kind := range []string{"*.safetensors", "*.gguf"} {
		files, _ := filepath.Glob(filepath.Join(escape(dir), kind))
		for _, f := range files {
			if err := c.add(f); err != nil {
				return nil, err
			}
		}
		if len(files) > 0 {
			return c, nil
		}
	}
	return nil, fmt.Errorf("%s: holds no .safetensors and no .gguf file", dir)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// escape quotes what filepath.Glob would read as a pattern.
func escape(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(dir)
}

// openIndex reads an index ({"weight_map": {tensor: file}}) and the headers of
// the files it names, which must lie beside it.
func openIndex(path string) (*Checkpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plain(path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxIndex+1))
	if err != nil {
		return nil, plain(path, err)
	}
	if len(b) > maxIndex {
		return nil, fmt.Errorf("%s: refused: longer than %d bytes", path, maxIndex)
	}
	where, err := readIndex(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c := &Checkpoint{Path: path}
	seen := map[string]bool{}
	for _, file := range where.order {
		name := where.file[file]
		if seen[name] {
			continue
		}
		seen[name] = true
		if len(seen) > maxShards {
			return nil, fmt.Errorf("%s: refused: names more than %d files", path, maxShards)
		}
		if name != filepath.Base(name) || name == ".." || strings.ContainsAny(name, `/\`) {
			return nil, fmt.Errorf("%s: refused: names a file outside of its folder: %q", path, name)
		}
		if err := c.add(filepath.Join(filepath.Dir(path), name)); err != nil {
			return nil, err
		}
	}
	held := map[string]string{}
	for _, t := range c.Tensors {
		held[t.Name] = filepath.Base(t.File)
	}
	for _, n := range where.order {
		if held[n] != where.file[n] {
			return nil, fmt.Errorf("%s: says that %s is in %s, which does not hold it", path, n, where.file[n])
		}
	}
	return c, nil
}

type index struct {
	order []string
	file  map[string]string
}

func readIndex(b []byte) (*index, error) {
	x := &index{file: map[string]string{}}
	d := newDecoder(b)
	found := false
	err := d.object(func(key string) error {
		if key != "weight_map" {
			return d.skip(0)
		}
		found = true
		return d.object(func(name string) error {
			file, err := d.string()
			x.order, x.file[name] = append(x.order, name), file
			return err
		})
	})
	if err == nil {
		err = d.end()
	}
	if err == nil && !found {
		err = errors.New("not an index of weights: it has no weight_map")
	}
	return x, err
}

// add reads the header of one file.
func (c *Checkpoint) add(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return plain(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return plain(path, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file", path)
	}
	var magic [4]byte
	if _, err := io.ReadFull(f, magic[:]); err != nil {
		return fmt.Errorf("%s: too short to hold a header", path)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return plain(path, err)
	}
	var ts []Tensor
	format := "safetensors"
	if string(magic[:]) == "GGUF" {
		format = "gguf"
		var meta []Pair
		meta, ts, err = ReadGGUF(f, info.Size())
		if c.Metadata == nil {
			c.Metadata = meta
		}
	} else {
		ts, err = ReadSafetensors(f, info.Size())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if c.Format != "" && c.Format != format {
		return fmt.Errorf("%s: the other files are %s", path, c.Format)
	}
	c.Format = format
	held := map[string]bool{}
	for _, t := range c.Tensors {
		held[t.Name] = true
	}
	for i := range ts {
		if held[ts[i].Name] {
			return fmt.Errorf("%s: holds %s, as another file does", path, ts[i].Name)
		}
		ts[i].File = path
	}
	c.Files = append(c.Files, path)
	c.Tensors = append(c.Tensors, ts...)
	return nil
}

// decoder reads JSON by what is expected next, refusing an object that has a key twice.
type decoder struct {
	*json.Decoder
	n int64
}

func newDecoder(b []byte) *decoder {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	return &decoder{d, int64(len(b))}
}

// object reads an object; f reads the value of each key.
func (d *decoder) object(f func(key string) error) error {
	if err := d.delim('{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.string()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("the key %q stands there twice", key)
		}
		seen[key] = true
		if err := f(key); err != nil {
			return err
		}
	}
	return d.delim('}', "the end of an object")
}

func (d *decoder) list(f func() error) error {
	if err := d.delim('[', "a list"); err != nil {
		return err
	}
	for d.More() {
		if err := f(); err != nil {
			return err
		}
	}
	return d.delim(']', "the end of a list")
}

func (d *decoder) token() (json.Token, error) {
	t, err := d.Token()
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the JSON text ends early")
	} else if err != nil {
		err = fmt.Errorf("not JSON: %w", err)
	}
	return t, err
}

func (d *decoder) delim(want json.Delim, what string) error {
	t, err := d.token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("%s was expected at byte %d, not %v", what, d.InputOffset(), t)
	}
	return nil
}

func (d *decoder) string() (string, error) {
	t, err := d.token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("a string was expected at byte %d, not %v", d.InputOffset(), t)
	}
	return s, nil
}

func (d *decoder) int() (int64, error) {
	t, err := d.token()
	if err != nil {
		return 0, err
	}
	if n, ok := t.(json.Number); ok {
		if v, err := n.Int64(); err == nil && v >= 0 {
			return v, nil
		}
	}
	return 0, fmt.Errorf("a whole number, 0 or more, was expected at byte %d, not %v", d.InputOffset(), t)
}

// maxDepth bounds the nesting of JSON that is passed over.
const maxDepth = 16

// skip passes over any value.
func (d *decoder) skip(depth int) error {
	for {
		t, err := d.token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > maxDepth {
				return fmt.Errorf("refused: JSON nested deeper than %d", maxDepth)
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// end reports text after the value.
func (d *decoder) end() error {
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more text follows the JSON value")
	}
	return nil
}
