package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// write gives f the place where results go: standard output, or the file of
// -o, which appears whole when f is done, or not at all. Results beside items
// that failed are written.
func (a *app) write(f func(w io.Writer) error) error {
	if a.output == "" || a.output == "-" {
		w := bufio.NewWriterSize(a.stdout, 1<<16)
		err := f(w)
		return errors.Join(err, w.Flush())
	}
	name := a.output
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return fmt.Errorf("%s: is a folder", a.output)
		}
		return writeTo(name, os.O_WRONLY, f) // a device or a pipe
	}
	return writeWhole(name, a.output, f)
}

// writeWhole writes a file, which messages call shown, that appears when f is done, or not at all. Results
// beside items that failed are written.
func writeWhole(name, shown string, f func(w io.Writer) error) error {
	tmp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d", filepath.Base(name), os.Getpid()))
	err := writeTo(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f)
	if err != nil && !errors.Is(err, errItems) {
		os.Remove(tmp)
		return err
	}
	if rerr := os.Rename(tmp, name); rerr != nil {
		os.Remove(tmp)
		return fmt.Errorf("%s: %w", shown, rerr)
	}
	return err
}

func writeTo(name string, flag int, f func(w io.Writer) error) error {
	file, err := os.OpenFile(name, flag, 0o666)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<16)
	err = f(w)
	return errors.Join(err, w.Flush(), file.Close())
}
