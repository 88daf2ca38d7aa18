package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/checkpoint"
	"github.com/arch-extract/arch-extract/extract/emit"
)

func (a *app) ggufCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "gguf TARGET",
		Short: "The GGUF metadata that the facts determine",
		Long: `Gguf prints the metadata keys of the GGUF specification that the facts of the
model determine. The name of the architecture, which is a matter of convention
and not of the code, is written {arch}; a key for which layers differ, or whose
fact is not known, has its reason in place of a value.`,
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.onTarget((*work).gguf, "text", "json", "yaml"),
	}
}

func (w *work) gguf(_ *cobra.Command, out io.Writer, format string) error {
	first := true
	return each(w, w.describe, func(p product[described]) error {
		if p.err != nil {
			return nil
		}
		w.remark(p.out)
		keys := checkpoint.Metadata(p.out.model)
		if format != "text" {
			return writeDocument(out, keys, format)
		}
		if err := blank(out, &first); err != nil {
			return err
		}
		return writeKeys(out, keys)
	})
}

func writeKeys(out io.Writer, keys []checkpoint.Key) error {
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, k := range keys {
		text := emit.Value(k.Value)
		if k.Value == nil {
			text = "unknown: " + k.Why
		}
		fmt.Fprintf(t, "%s\t%s\n", k.Key, text)
	}
	return t.Flush()
}

// checkGGUF compares the metadata of a GGUF file with the facts of the one class of a target.
func (a *app) checkGGUF(cmd *cobra.Command, spec string, c *checkpoint.Checkpoint, format string) error {
	x, err := a.subject(cmd, spec)
	if err != nil {
		return err
	}
	defer x.close()
	r := struct {
		Class   string   `json:"class"`
		Tensors int      `json:"tensors"`
		Same    int      `json:"same"`
		Differ  []string `json:"differ"`
	}{Class: x.model.Class, Tensors: len(c.Tensors), Differ: []string{}}
	var differ []string
	differ, r.Same = c.Compare(checkpoint.Metadata(x.model))
	r.Differ = append(r.Differ, differ...)
	err = a.write(func(out io.Writer) error {
		if format != "text" {
			return writeDocument(out, r, format)
		}
		p := &printer{w: out}
		p.f("%s: %d metadata keys are what the facts say, %d are not; %d tensors, whose names are not those of the code, are not compared\n", r.Class, r.Same, len(r.Differ), r.Tensors)
		for _, d := range r.Differ {
			p.f("  %s\n", d)
		}
		return p.err
	})
	switch {
	case err != nil:
		return err
	case r.Same+len(r.Differ) == 0:
		return fmt.Errorf("%s: holds none of the metadata keys that the facts determine", c.Path)
	case len(r.Differ) > 0:
		return errDiffer
	}
	return nil
}
