package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/gallery"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) galleryCommand() *cobra.Command {
	var link string
	c := &cobra.Command{
		Use:   "gallery SOURCE -o DIR",
		Short: "A static site of every family, to look at, search and compare",
		Long: `Gallery writes a site: every family with its picture and its facts, search,
filters, sorting, two families side by side, and a tree of who resembles whom.
It is plain files that open from the disk (DIR/index.html) and from any web
server, and it loads nothing from anywhere else.

--link says where the lines of the source are, with {file} and {line} in it;
for a release of transformers it is the release on GitHub.`,
		Example: `  arch-extract gallery pip:transformers==5.23.0 -o site
  arch-extract gallery ~/src/transformers -o site --link 'https://example.org/blob/main/src/transformers/{file}#L{line}'`,
		Args: oneTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.output == "" {
				return usagef(cmd, "gallery writes a folder: name it with -o DIR")
			}
			if link != "" && !strings.Contains(link, "{file}") {
				return usagef(cmd, "--link %s: {file} is expected in it, where the path goes", link)
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return w.gallery(ctx, link)
		},
	}
	c.Flags().StringVar(&link, "link", "", "the address (`URL`) of a line of the source, with {file} and {line}")
	return c
}

// sourceLink makes the address of a line from a pattern.
func sourceLink(src *load.Source, pattern string) func(graph.Span) string {
	if version, ok := strings.CutPrefix(src.PackageVersion(), "transformers "); ok && pattern == "" && !strings.ContainsAny(version, "+ ") && !strings.Contains(version, "dev") {
		pattern = "https://github.com/huggingface/transformers/blob/v" + version + "/src/transformers/{file}#L{line}"
	}
	if pattern == "" {
		return nil
	}
	return func(s graph.Span) string {
		if !strings.HasPrefix(s.File, pipeline.Package+"/") { // another package's
			return ""
		}
		return strings.NewReplacer("{file}", src.Display(s.File), "{line}", fmt.Sprint(s.Line)).Replace(pattern)
	}
}

func (w *work) gallery(ctx context.Context, link string) error {
	src := w.target.Source
	opt := gallery.Options{Link: sourceLink(src, link)}
	for _, dir := range []string{"pictures", "families"} {
		if err := os.MkdirAll(filepath.Join(w.output, dir), 0o777); err != nil {
			return err
		}
	}
	write := func(files []gallery.File) error {
		for _, f := range files {
			if err := writeBytes(filepath.Join(w.output, filepath.FromSlash(f.Path)), f.Data); err != nil {
				return err
			}
		}
		return nil
	}
	type shown struct {
		entry gallery.Entry
		file  load.File
		err   error
	}
	var entries []gallery.Entry
	var failed, stopped bool
	var werr error
	families := w.target.Families
	engine := &pipeline.Engine{Source: src, Limits: w.limits, Jobs: w.jobs}
	pipeline.Each(engine, len(families), func(s *pipeline.Session, i int) *shown {
		if ctx.Err() != nil {
			return nil
		}
		r := &shown{entry: gallery.Failed(families[i].Name, "", "")}
		if r.err = w.show(s, families[i], opt, &r.entry, &r.file); r.err != nil {
			r.entry = gallery.Failed(families[i].Name, r.entry.Class, pipeline.OneLine(r.err.Error()))
		}
		return r
	}, func(_ int, r *shown) {
		switch {
		case r == nil:
			stopped = true
			return
		case errors.Is(r.err, errNoModel):
			return
		case r.err != nil:
			failed = true
			w.complain("%s", w.sentence(r.file, r.entry.Class, r.err))
		case werr == nil:
			werr = write(r.entry.Files())
		}
		r.entry.Drop()
		entries = append(entries, r.entry)
		w.note("%s", r.entry.Name)
	})
	if werr != nil {
		return werr
	}
	label := src.PackageVersion()
	if label == "" {
		label = "this source"
	}
	files, err := gallery.Index(entries, label)
	if err == nil {
		err = write(files)
	}
	switch {
	case err != nil:
		return err
	case stopped:
		return errors.New("interrupted: what was done is written")
	case failed:
		return errItems
	}
	return nil
}

// errNoModel says that a family has no model class: it has nothing to show.
var errNoModel = errors.New("no model class")

// show describes the main class of a family.
func (w *work) show(s *pipeline.Session, fam load.Family, opt gallery.Options, e *gallery.Entry, file *load.File) (err error) {
	defer pipeline.Bug(&err)
	src := w.target.Source
	f, class, err := src.DefaultClass(fam)
	if err != nil {
		for _, x := range fam.Files {
			if *file = x; len(src.ModelClasses(x.Path)) > 0 {
				return err
			}
			if _, perr := src.Parse(x.Path); perr != nil {
				return distinct(perr)
			}
		}
		return errNoModel
	}
	*file, e.Class = f, class
	c, err := s.Class(f.Module, class)
	if err != nil {
		return err
	}
	d, err := w.describe(s, f, c)
	if err != nil {
		return err
	}
	*e, err = gallery.Show(d.model, opt)
	return err
}
