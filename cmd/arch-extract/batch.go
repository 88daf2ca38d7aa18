package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) batchCommand() *cobra.Command {
	var coverage bool
	c := &cobra.Command{
		Use:   "batch SOURCE -o DIR",
		Short: "Every family of a source",
		Long: `Batch writes the report of every family's main class to DIR/<family>.yaml
(--format json: .json) and DIR/manifest.json with a row for each modeling file.
Each file appears whole or not at all; a file that fails leaves the others as
they are, and the exit status is 2. --coverage prints, for each fact, in how
many families it is present, absent, gated and unknown, and why unknown; it
needs no DIR.`,
		Args: oneTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "yaml", "json")
			if err != nil {
				return err
			}
			if a.output == "" && !coverage {
				return usagef(cmd, "batch writes a folder: name it with -o DIR")
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return w.batch(ctx, format, coverage)
		},
	}
	c.Flags().BoolVar(&coverage, "coverage", false, "count for each fact in how many families it is known")
	return c
}

// batchRow is one modeling file in the manifest.
type batchRow struct {
	Family  string  `json:"family"`
	File    string  `json:"file"`
	Status  string  `json:"status"` // ok, failed, or "no model class"
	Class   string  `json:"class,omitempty"`
	Classes int     `json:"classes"` // model classes in the file
	Report  string  `json:"report,omitempty"`
	Seconds float64 `json:"seconds"`
	Error   string  `json:"error,omitempty"`
	At      string  `json:"at,omitempty"`

	report []byte
	facts  []graph.Fact
	err    error
}

// batchUnit is one modeling file; main says that it holds the family's main class.
type batchUnit struct {
	file load.File
	main bool
}

func (w *work) batch(ctx context.Context, format string, coverage bool) error {
	src := w.target.Source
	if w.output != "" {
		if err := os.MkdirAll(w.output, 0o777); err != nil {
			return err
		}
	}
	var units []batchUnit
	for _, fam := range w.target.Families {
		main, _, err := src.DefaultClass(fam)
		for _, f := range fam.Files {
			units = append(units, batchUnit{f, err == nil && f.Path == main.Path})
		}
	}
	engine := &pipeline.Engine{Source: src, Jobs: w.jobs}
	var rows []*batchRow
	var failed, stopped bool
	var werr error
	pipeline.Each(engine, len(units), func(s *pipeline.Session, i int) *batchRow {
		if ctx.Err() != nil {
			return nil
		}
		return w.batchOne(s, units[i], format)
	}, func(_ int, r *batchRow) {
		if r == nil {
			stopped = true
			return
		}
		rows = append(rows, r)
		if r.err != nil {
			failed = true
			if r.Class == "" { // the file does not parse: the errors name it
				w.complain("%v", r.err)
			} else {
				w.complain("%s", w.sentence(load.File{Path: r.File}, r.Class, r.err))
			}
		}
		if r.report != nil && w.output != "" && werr == nil {
			r.Report = r.Family + "." + format
			werr = writeBytes(filepath.Join(w.output, r.Report), r.report)
			r.report = nil
		}
		w.note("%s: %s", r.Family, r.Status)
	})
	if werr != nil {
		return werr
	}
	if coverage {
		if err := printCoverage(w.stdout, rows); err != nil {
			return err
		}
	}
	if w.output != "" {
		for _, r := range rows {
			r.File = src.Display(r.File)
		}
		b, err := json.MarshalIndent(rows, "", " ")
		if err != nil {
			return err
		}
		if err := writeBytes(filepath.Join(w.output, "manifest.json"), append(b, '\n')); err != nil {
			return err
		}
	}
	if stopped {
		return errors.New("interrupted: what was done is written")
	}
	if failed {
		return errItems
	}
	return nil
}

// batchOne describes the main class of a file.
func (w *work) batchOne(s *pipeline.Session, u batchUnit, format string) (r *batchRow) {
	src := w.target.Source
	start := time.Now()
	r = &batchRow{Family: u.file.Family, File: u.file.Path, Status: "ok", Classes: len(src.ModelClasses(u.file.Path))}
	defer func() {
		r.Seconds = math.Round(time.Since(start).Seconds()*1e4) / 1e4
		if r.err != nil {
			r.Status, r.Error, r.At = "failed", pipeline.OneLine(r.err.Error()), pipeline.At(r.err).String()
		}
	}()
	defer pipeline.Bug(&r.err)
	_, class, err := src.DefaultClass(load.Family{Name: u.file.Family, Files: []load.File{u.file}})
	if err != nil {
		if _, perr := src.Parse(u.file.Path); perr != nil {
			r.err = distinct(perr)
			return r
		}
		r.Status = "no model class"
		return r
	}
	r.Class = class
	c, err := s.Class(u.file.Module, class)
	if err != nil {
		r.err = err
		return r
	}
	d, err := w.describe(s, u.file, c)
	if err != nil {
		r.err = err
		return r
	}
	r.facts = d.model.Facts
	if u.main {
		var b bytes.Buffer
		if r.err = emit.Report(&b, d.model, format, emit.Options{Evidence: w.evidence}); r.err == nil {
			r.report = b.Bytes()
		}
	}
	return r
}

// writeBytes writes a file whole or not at all.
func writeBytes(name string, b []byte) error {
	return writeWhole(name, name, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// printCoverage says for each key in how many files it has which status. A
// key that holds in several scopes counts as unknown where any of them is.
func printCoverage(out io.Writer, rows []*batchRow) error {
	keys := map[string]map[graph.Status]int{}
	why := map[string]int{}
	for _, r := range rows {
		of := map[string]graph.Status{}
		for _, f := range r.facts {
			if old, ok := of[f.Key]; !ok || worse(f.Status, old) {
				of[f.Key] = f.Status
			}
			if f.Status == graph.Unknown {
				why[f.Key+": "+f.Why]++
			}
		}
		for k, st := range of {
			if keys[k] == nil {
				keys[k] = map[graph.Status]int{}
			}
			keys[k][st]++
		}
	}
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "present\tabsent\tgated\tunknown\t key")
	total, unknown := 0, 0
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		n := keys[k]
		fmt.Fprintf(t, "%d\t%d\t%d\t%d\t %s\n", n[graph.Present], n[graph.Absent], n[graph.Gated], n[graph.Unknown], k)
		for _, c := range n {
			total += c
		}
		unknown += n[graph.Unknown]
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if total > 0 {
		fmt.Fprintf(out, "\nunknown: %d of %d (%.2f %%)\n", unknown, total, 100*float64(unknown)/float64(total))
	}
	reasons := slices.Sorted(maps.Keys(why))
	slices.SortStableFunc(reasons, func(a, b string) int { return cmp.Compare(why[b], why[a]) })
	for _, r := range reasons {
		fmt.Fprintf(out, "%5d  %s\n", why[r], r)
	}
	return nil
}

// worse reports whether status a says less than b.
func worse(a, b graph.Status) bool {
	rank := func(s graph.Status) int {
		return slices.Index([]graph.Status{graph.Present, graph.Gated, graph.Absent, graph.Unknown}, s)
	}
	return rank(a) > rank(b)
}
