package main

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/extract/prose"
)

// report is `arch-extract TARGET`.
func (a *app) report(cmd *cobra.Command, spec string) error {
	w, err := a.work(cmd, spec)
	if err != nil {
		return err
	}
	defer w.close()
	return w.report(cmd)
}

// described is what the report and the facts are written from.
type described struct {
	model *graph.Model
	note  string // why forward failed, or ""
}

func (w *work) describe(s *pipeline.Session, f load.File, c *interp.Class) (d described, err error) {
	var watch *pipeline.Watch
	if w.switches {
		watch = s.Watch()
	}
	r, err := s.Run(c, w.settings, pipeline.Scenario{})
	if watch != nil {
		watch.Stop()
	}
	if err != nil {
		return d, err
	}
	if r.Err != nil {
		d.note = w.sentence(f, c.Name, r.Err)
	}
	d.model, err = s.Describe(w.target.Source, f.Family, w.settings, r)
	if err == nil && w.unused && w.part == "" {
		defer s.Unused(w.target.Source, r, d.model).Mark(d.model)
	}
	if err == nil && w.part == "" {
		s.CountCache(d.model, r)
	}
	if err == nil && watch != nil && w.part == "" {
		d.model.Switches = watch.Switches(w.target.Source, c, w.settings, r, d.model)
		d.model.Constants = prose.Constants(d.model) // it takes the switches to know that nothing else decides
	}
	if err == nil && w.part != "" {
		d.model = s.Part(d.model, w.part)
	}
	if err == nil && w.label != "" {
		d.model.Source.Package = w.label
	}
	return d, err
}

// unbuilt puts, in the place of a product whose file cannot be run, what it
// says all the same. A class that Python refuses to build has no description.
func (w *work) unbuilt(p *product[described]) error {
	if p.err == nil || w.stopped == nil || p.class == "" {
		return p.err
	}
	var m *graph.Model
	var err error
	if missing := w.target.Source.MissingImports(p.file.Path); len(missing) == 1 {
		m, err = pipeline.Alone(w.target.Source, p.file, p.class, w.settings, missing[0], p.err)
	} else {
		m, err = pipeline.Unbuilt(w.target.Source, p.file, p.class, w.settings, p.err)
	}
	p.out.model = m
	return err
}

// remark says of a class that its forward could not be followed.
func (w *work) remark(d described) {
	if d.note != "" && !w.quiet {
		w.complain("%s (in forward: facts that need it are unknown)", d.note)
	}
}

// texts describes each class and has text write about it, a blank line between
// one and the next.
func (w *work) texts(out io.Writer, describe func(*pipeline.Session, load.File, *interp.Class) (described, error), text func(*graph.Model) error) error {
	first := true
	return each(w, describe, func(p product[described]) error {
		if w.unbuilt(&p) != nil {
			return nil
		}
		w.remark(p.out)
		if err := blank(out, &first); err != nil {
			return err
		}
		return text(p.out.model)
	})
}

func (w *work) report(cmd *cobra.Command) error {
	format, err := w.formatOf(cmd, "yaml", "json")
	if err != nil {
		return err
	}
	w.unused = true
	w.switches = w.trySwitches && (!w.many || cmd.Flags().Changed("switches"))
	return w.write(func(out io.Writer) error {
		first := true
		if format == "json" && w.many {
			if _, err := io.WriteString(out, "["); err != nil {
				return err
			}
		}
		err := each(w, w.describe, func(p product[described]) error {
			if w.unbuilt(&p) != nil {
				return nil
			}
			w.remark(p.out)
			var b bytes.Buffer
			if w.many {
				switch {
				case format == "yaml":
					b.WriteString("---\n")
				case !first:
					b.WriteString(",\n")
				default:
					b.WriteString("\n")
				}
			}
			first = false
			if err := emit.Report(&b, p.out.model, format, emit.Options{Evidence: w.evidence}); err != nil {
				return err
			}
			_, err := out.Write(b.Bytes())
			return err
		})
		if format == "json" && w.many {
			if _, werr := io.WriteString(out, "]\n"); werr != nil {
				return werr
			}
		}
		return err
	})
}
