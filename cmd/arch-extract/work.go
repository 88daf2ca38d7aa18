package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// work is what a command does for each class of its target.
type work struct {
	*app
	target   *load.Target
	settings pipeline.Settings
	units    []pipeline.Unit
	many     bool   // more than one class is asked for
	label    string // what the report calls the package, where not by its name and version
}

// work resolves the target, the settings and the classes of a command.
func (a *app) work(cmd *cobra.Command, spec string) (*work, error) {
	config, set, err := a.settings(cmd)
	if err != nil {
		return nil, err
	}
	t, err := a.findTarget(cmd, spec)
	if err != nil {
		return nil, err
	}
	return a.workOn(t, pipeline.Settings{Config: config, Set: set})
}

func (a *app) workOn(t *load.Target, v pipeline.Settings) (*work, error) {
	if v.Config == nil {
		v.Config = t.Config
	}
	units, err := pipeline.Units(t, a.all)
	if err != nil {
		t.Source.Close()
		return nil, err
	}
	return &work{app: a, target: t, settings: v, units: units, many: len(units) > 1 || a.all}, nil
}

// product is what one class gave: what to write, and what failed. Both may be
// there: a module tree without a forward.
type product[T any] struct {
	file  load.File
	class string
	out   T
	err   error
}

// each runs do for every class, several at once, and emit in the order of the
// target. A class that fails is reported; emit gets its error too.
func each[T any](w *work, do func(s *pipeline.Session, f load.File, c *interp.Class) (T, error), emit func(product[T]) error) error {
	engine := &pipeline.Engine{Source: w.target.Source, Jobs: w.jobs}
	var failed bool
	var werr error
	pipeline.Each(engine, len(w.units), func(s *pipeline.Session, i int) []product[T] {
		return unitProducts(s, w.units[i], do)
	}, func(_ int, ps []product[T]) {
		for _, p := range ps {
			if p.err != nil {
				failed = true
				w.complain("%s", w.sentence(p.file, p.class, p.err))
			}
			if werr == nil {
				werr = emit(p)
			}
		}
	})
	if werr == nil && failed {
		werr = errItems
	}
	return werr
}

func unitProducts[T any](s *pipeline.Session, u pipeline.Unit, do func(s *pipeline.Session, f load.File, c *interp.Class) (T, error)) []product[T] {
	classes, err := unitClasses(s, u)
	if err != nil {
		return []product[T]{{file: u.File, class: u.Class, err: err}}
	}
	out := make([]product[T], len(classes))
	for i, c := range classes {
		p := &out[i]
		p.file, p.class = u.File, c.Name
		func() {
			defer pipeline.Bug(&p.err)
			p.out, p.err = do(s, u.File, c)
		}()
	}
	return out
}

func unitClasses(s *pipeline.Session, u pipeline.Unit) (cs []*interp.Class, err error) {
	defer pipeline.Bug(&err)
	if u.Class == "" {
		return s.ModelClasses(u.File.Module)
	}
	c, err := s.Class(u.File.Module, u.Class)
	return []*interp.Class{c}, err
}

// sentence is a failure with its place: path:line:1: Class: what Python says.
func (w *work) sentence(f load.File, class string, err error) string {
	src := w.target.Source
	where := src.Where(f.Path)
	if at := pipeline.At(err); at.File != "" {
		where = fmt.Sprintf("%s:%d:1", src.Where(at.File), at.Line)
	}
	if class != "" {
		class += ": "
	}
	return where + ": " + class + err.Error()
}

// close releases the source.
func (w *work) close() { w.target.Source.Close() }

// blank writes a line between what several classes gave.
func blank(out io.Writer, first *bool) error {
	if *first {
		*first = false
		return nil
	}
	_, err := io.WriteString(out, "\n")
	return err
}
