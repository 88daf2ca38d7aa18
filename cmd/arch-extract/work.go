package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/pyast"
)

// work is what a command does for each class of its target.
type work struct {
	*app
	target   *load.Target
	settings pipeline.Settings
	units    []pipeline.Unit
	many     bool            // more than one class is asked for
	stopped  error           // what keeps the one file of the work from being run
	part     string          // the module class that was named, of which the model is read as the place where it stands
	unused   bool            // reports say what config values nothing reads
	switches bool            // reports say what config values switch
	told     map[string]bool // what was said once for the whole work
	label    string          // what the report calls the package, where not by its name and version
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

// onTarget runs a command on the classes of its one target: do writes them in
// one of the formats, of which the first is the default.
func (a *app) onTarget(do func(w *work, cmd *cobra.Command, out io.Writer, format string) error, formats ...string) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		format, err := a.formatOf(cmd, formats...)
		if err != nil {
			return err
		}
		w, err := a.work(cmd, args[0])
		if err != nil {
			return err
		}
		defer w.close()
		return w.write(func(out io.Writer) error { return do(w, cmd, out, format) })
	}
}

func (a *app) workOn(t *load.Target, v pipeline.Settings) (*work, error) {
	if v.Config == nil {
		v.Config = t.Config
	}
	units, err := pipeline.Units(t, a.all)
	if err != nil {
		defer t.Source.Close()
		for _, fam := range t.Families { // why no class was found, where the file tells
			for _, f := range fam.Files {
				if _, perr := t.Source.Parse(f.Path); perr != nil && !t.Whole && len(t.Families) == 1 {
					return nil, distinct(perr)
				}
			}
		}
		return nil, err
	}
	w := &work{app: a, target: t, settings: v, units: units, many: len(units) > 1 || a.all}
	if !t.Whole && len(units) == 1 {
		if err := w.broken(units[0].File); err != nil {
			w.stopped = err
		}
	}
	return w, nil
}

// broken says what keeps a file from being run at all: it does not parse, or a
// file that should lie beside it is missing. nil where nothing does. Of a
// family, not of a whole source, this is worth looking for first.
func (w *work) broken(f load.File) error {
	src := w.target.Source
	if _, err := src.Parse(f.Path); err != nil {
		return distinct(err)
	}
	if missing := src.MissingImports(f.Path); len(missing) > 0 {
		m := missing[0]
		return fmt.Errorf("%s:%d:%d: %s does not lie beside this file: add it, or read the file in its checkout", src.Where(f.Path), m.Line, m.Col, m.Module)
	}
	return nil
}

// distinct leaves, of the errors of a file, those that differ.
func distinct(err error) error {
	var list pyast.ErrorList
	if !errors.As(err, &list) {
		return err
	}
	var out pyast.ErrorList
	seen := map[string]bool{}
	for _, e := range list {
		if !seen[e.Error()] {
			seen[e.Error()] = true
			out = append(out, e)
		}
	}
	return out
}

// product is what one class gave: what to write, and what failed. Both may be
// there: a module tree without a forward.
type product[T any] struct {
	file  load.File
	class string
	out   T
	err   error
	lacks []string // packages whose source is not given, though the code needs them
}

// each runs do for every class, several at once, and emit in the order of the
// target. A class that fails is reported; emit gets its error too.
func each[T any](w *work, do func(s *pipeline.Session, f load.File, c *interp.Class) (T, error), emit func(product[T]) error) error {
	if w.stopped != nil {
		w.complain("%v", w.stopped)
		u := w.units[0]
		return errors.Join(emit(product[T]{file: u.File, class: u.Class, err: w.stopped}), errItems)
	}
	engine := &pipeline.Engine{Source: w.target.Source, Limits: w.limits, Jobs: w.jobs}
	var failed bool
	var werr error
	pipeline.Each(engine, len(w.units), func(s *pipeline.Session, i int) []product[T] {
		return unitProducts(w, s, w.units[i], do)
	}, func(_ int, ps []product[T]) {
		for _, p := range ps {
			for _, pkg := range p.lacks {
				w.once("%s", lacking(pkg))
			}
			if p.err != nil {
				failed = true
				w.complain("%s", w.sentence(p.file, p.class, p.err))
				if hint := w.hint(p.err); hint != "" {
					w.once("%s", hint)
				}
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

func unitProducts[T any](w *work, s *pipeline.Session, u pipeline.Unit, do func(s *pipeline.Session, f load.File, c *interp.Class) (T, error)) []product[T] {
	classes, err := w.unitClasses(s, u)
	if err != nil {
		return []product[T]{{file: u.File, class: u.Class, err: err}}
	}
	out := make([]product[T], len(classes))
	for i, c := range classes {
		p := &out[i]
		defer func() { p.lacks = s.NotGiven() }()
		p.file, p.class = u.File, c.Name
		if w.part != "" {
			p.class = w.part
		}
		func() {
			defer pipeline.Bug(&p.err)
			p.out, p.err = do(s, u.File, c)
		}()
	}
	return out
}

// unitClasses are the model classes of a unit. Of a module class it is the
// model that is built for it; see work.part.
func (w *work) unitClasses(s *pipeline.Session, u pipeline.Unit) (cs []*interp.Class, err error) {
	defer pipeline.Bug(&err)
	if u.Class == "" {
		return s.ModelClasses(u.File.Module)
	}
	c, err := s.Class(u.File.Module, u.Class)
	if err != nil {
		return nil, err
	}
	base, err := s.Base()
	if err == nil && !c.Is(base) {
		main := ""
		if len(w.target.Families) == 1 {
			_, main, _ = w.target.Source.DefaultClass(w.target.Families[0])
		}
		c, err = s.Owner(u.File.Module, u.Class, main, w.settings)
		w.part = u.Class
	}
	return []*interp.Class{c}, err
}

// lacking says that a package is missing that the code imports.
func lacking(pkg string) string {
	return "the source of the package " + pkg + " is not given: what the code takes from it is unknown (--also PATH reads it)"
}

// hint says what may help against a failure, or "".
func (w *work) hint(err error) string {
	if v := w.writtenFor(err); v != "" {
		return fmt.Sprintf("%s was written with transformers %s and is read here with %s: --from pip:transformers==%[2]s --fetch reads it with its own release", w.target.Config.Path, v, w.target.Source.Version())
	}
	return ""
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
	return where + ": " + class + pipeline.OneLine(err.Error())
}

// once complains, but not twice of the same.
func (w *work) once(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if w.told[text] {
		return
	}
	if w.told == nil {
		w.told = map[string]bool{}
	}
	w.told[text] = true
	w.complain("%s", text)
}

// writtenFor is the release that the config of a model repository says it was
// written with, where that is another one than is read and Python's complaint
// may come of it: of a name, an attribute or an argument that is not there.
func (w *work) writtenFor(err error) string {
	r := interp.AsRaised(err)
	if r == nil || w.target.Config == nil {
		return ""
	}
	version, _ := w.target.Config.Get("transformers_version").(string)
	version = release.FindString(version)
	if version == "" || version == w.target.Source.Version() {
		return ""
	}
	for _, c := range []*interp.Class{interp.ImportError, interp.AttributeError, interp.TypeError, interp.KeyError} {
		if r.Exc.Cls.Is(c) {
			return version
		}
	}
	return ""
}

var release = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+`)

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
