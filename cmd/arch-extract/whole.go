package main

import (
	"context"
	"errors"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// errStopped says that the user ended the run; what was done is written.
var errStopped = errors.New("interrupted: what was done is written")

// wholeWork is the work on every family of a source; "" is the default one.
func (a *app) wholeWork(cmd *cobra.Command, spec string) (*work, error) {
	t, err := load.WholeSource(cmd.Context(), spec, a.options())
	if err != nil {
		return nil, err
	}
	return a.workOn(t, pipeline.Settings{})
}

// mainUnit is the main class of a family.
type mainUnit struct {
	file  load.File
	class string
	err   error // no class was found
}

// mainUnits are the main classes of the families of a target.
func (w *work) mainUnits() []mainUnit {
	var out []mainUnit
	for _, fam := range w.target.Families {
		f, class, err := w.target.Source.DefaultClass(fam)
		switch {
		case err == nil:
			out = append(out, mainUnit{f, class, nil})
		case len(fam.Files) > 0:
			if _, perr := w.target.Source.Parse(fam.Files[0].Path); perr != nil {
				out = append(out, mainUnit{fam.Files[0], "", distinct(perr)})
			}
		}
	}
	return out
}

// eachMain describes the main class of every family and makes of it what do
// says, several at once; emit gets the results in order. What fails leaves the
// others as they are; how many did is reported, and with -v each.
func eachMain[T any](ctx context.Context, w *work, do func(*graph.Model) T, emit func(u mainUnit, r T) error) error {
	units := w.mainUnits()
	type product struct {
		r    T
		err  error
		note string
		done bool
	}
	bar := w.bar(len(units))
	failed, stopped := 0, false
	var werr error
	pipeline.Each(&pipeline.Engine{Source: w.target.Source, Limits: w.limits, Jobs: w.jobs}, len(units), func(s *pipeline.Session, i int) (p product) {
		if ctx.Err() != nil {
			return p
		}
		p.done = true
		defer pipeline.Bug(&p.err)
		u := units[i]
		if p.err = u.err; p.err != nil {
			return p
		}
		c, err := s.Class(u.file.Module, u.class)
		if err != nil {
			p.err = err
			return p
		}
		d, err := w.describe(s, u.file, c)
		if err != nil {
			p.err = err
			return p
		}
		p.note, p.r = d.note, do(d.model)
		return p
	}, func(i int, p product) {
		bar.step()
		switch {
		case !p.done:
			stopped = true
		case p.err != nil:
			failed++
			if !w.verbose {
				break
			}
			sentence := p.err.Error()
			if units[i].class != "" {
				sentence = w.sentence(units[i].file, units[i].class, p.err)
			}
			bar.above(func() { w.complain("%s", sentence) })
		case werr == nil:
			werr = emit(units[i], p.r)
		}
	})
	bar.done()
	if failed > 0 && !w.verbose {
		w.complain("%d of %d families could not be read and are left out; -v says why", failed, len(units))
	}
	switch {
	case werr != nil:
		return werr
	case stopped:
		return errStopped
	case failed > 0:
		return errItems
	}
	return nil
}

// bar shows on a terminal how far a run is.
type bar struct{ b *progressbar.ProgressBar }

func (a *app) bar(n int) bar {
	if a.quiet || !isTerminal(a.stderr) {
		return bar{}
	}
	return bar{progressbar.NewOptions(n, progressbar.OptionSetWriter(a.stderr), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30), progressbar.OptionSetDescription("families"))}
}

func (b bar) step() {
	if b.b != nil {
		_ = b.b.Add(1)
	}
}

// above prints something that stays, above the bar.
func (b bar) above(print func()) {
	if b.b != nil {
		_ = b.b.Clear()
	}
	print()
}

func (b bar) done() {
	if b.b != nil {
		_ = b.b.Finish()
	}
}
