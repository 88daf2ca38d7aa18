package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/arch-extract/arch-extract/extract/emit"
)

// writeDocument writes a value as JSON or YAML.
func writeDocument(out io.Writer, v any, format string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	text := b.Bytes()
	if format == "yaml" {
		var err error
		if text, err = emit.YAML(text); err != nil {
			return err
		}
	}
	_, err := out.Write(text)
	return err
}

// printer writes text; the first error stays.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) f(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// bytesText writes a number of bytes in binary units.
func bytesText(n int64) string {
	v, unit := float64(n), "B"
	for _, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if v < 1024 {
			break
		}
		v, unit = v/1024, u
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.4g %s", v, unit)
}
