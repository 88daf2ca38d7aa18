package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// lineResult is what batch --stdin writes of one line. It depends on the line
// and on what it names alone: no times, no counters.
type lineResult struct {
	Source   string       `json:"source"` // the line
	Status   string       `json:"status"` // ok or failed
	Error    string       `json:"error,omitempty"`
	Families []lineFamily `json:"families"`
}

// lineFamily is one family of a source.
type lineFamily struct {
	Family string `json:"family"`
	Class  string `json:"class,omitempty"`
	File   string `json:"file"`
	Status string `json:"status"`
	Error  string `json:"error,omitempty"`
	At     string `json:"at,omitempty"`
	// Hints say what may help: a package that is not given, the release that the code is of.
	Hints  []string        `json:"hints,omitempty"`
	Report json.RawMessage `json:"report,omitempty"`
}

// maxLine bounds a line of standard input.
const maxLine = 1 << 20

// batchLines reads sources from standard input, a line each, and writes a line
// for each, in order, as soon as it and those before it are there.
func (a *app) batchLines(ctx context.Context, cmd *cobra.Command, out io.Writer) error {
	config, set, err := a.settings(cmd)
	if err != nil {
		return err
	}
	v := pipeline.Settings{Config: config, Set: set}
	trees := &load.Trees{}
	waiting := make(chan chan lineResult, a.jobs)
	slots := make(chan struct{}, a.jobs)
	var rerr error
	go func() {
		defer close(waiting)
		in := bufio.NewScanner(a.stdin)
		in.Buffer(nil, maxLine)
		for ctx.Err() == nil && in.Scan() {
			line, one := in.Text(), make(chan lineResult, 1)
			waiting <- one
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				one <- a.line(ctx, line, v, trees)
			}()
		}
		rerr = in.Err()
	}()
	failed := false
	for one := range waiting {
		r := <-one
		failed = failed || r.Status != "ok"
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			return err
		}
		if _, err := out.Write(b.Bytes()); err != nil {
			return err
		}
		if f, ok := out.(interface{ Flush() error }); ok {
			if err := f.Flush(); err != nil {
				return err
			}
		}
	}
	switch {
	case errors.Is(rerr, bufio.ErrTooLong):
		return errors.New("<stdin>: a line is longer than 1 MiB")
	case rerr != nil:
		return rerr
	case ctx.Err() != nil:
		return errStopped
	case failed:
		return errItems
	}
	return nil
}

// line describes what one line names.
func (a *app) line(ctx context.Context, text string, v pipeline.Settings, trees *load.Trees) (r lineResult) {
	r = lineResult{Source: text, Status: "ok", Families: []lineFamily{}}
	fail := func(err error) lineResult {
		r.Status, r.Error = "failed", pipeline.OneLine(err.Error())
		return r
	}
	opt := a.options()
	opt.Trees, opt.Stdin, opt.Note = trees, nil, nil
	t, err := load.FindTarget(ctx, text, "", opt)
	if err != nil {
		return fail(err)
	}
	w, err := a.workOn(t, v)
	if err != nil {
		return fail(err)
	}
	defer w.close()
	if w.stopped != nil {
		return fail(w.stopped)
	}
	s := pipeline.NewSession(t.Source, w.limits)
	units := w.mainUnits()
	if !t.Whole && len(w.units) == 1 && w.units[0].Class != "" {
		units = []mainUnit{{w.units[0].File, w.units[0].Class, nil}}
	}
	for _, u := range units {
		f := w.lineFamily(s, u)
		if f.Status != "ok" {
			r.Status = "failed"
		}
		r.Families = append(r.Families, f)
	}
	return r
}

func (w *work) lineFamily(s *pipeline.Session, u mainUnit) lineFamily {
	f := lineFamily{Family: u.file.Family, Class: u.class, File: w.target.Source.Display(u.file.Path), Status: "ok"}
	err := func() (err error) {
		defer pipeline.Bug(&err)
		if u.err != nil {
			return u.err
		}
		c, err := s.Class(u.file.Module, u.class)
		if err != nil {
			return err
		}
		d, err := w.describe(s, u.file, c)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := emit.Report(&b, d.model, "json", emit.Options{Evidence: w.evidence}); err != nil {
			return err
		}
		f.Report = compact(b.Bytes())
		return nil
	}()
	for _, pkg := range s.NotGiven() {
		f.Hints = append(f.Hints, lacking(pkg))
	}
	if err != nil {
		if hint := w.hint(err); hint != "" {
			f.Hints = append(f.Hints, hint)
		}
		f.Status, f.Error, f.At = "failed", pipeline.OneLine(err.Error()), pipeline.At(err).String()
	}
	return f
}
