package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
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
	var o batchOptions
	var stdin bool
	var shard string
	c := &cobra.Command{
		Use:   "batch SOURCE -o DIR",
		Short: "Every family of a source",
		Long: `Batch writes the report of every family's main class to DIR/<family>.yaml
(--format json: .json) and DIR/manifest.json with a row for each modeling file.
Each file appears whole or not at all, also where the run is interrupted; a file
that fails leaves the others as they are, and the exit status is 2.

--resume leaves alone what is up to date: where the content of every file that a
report was made of is what it was, and the program too.
--shard I/N takes the I-th of N parts of the families; its manifest is
manifest-I-of-N.json.
--format ndjson writes an object for each file to standard output, with its
report; no DIR is needed.
--stdin reads one SOURCE or TARGET a line from standard input and writes one
line of JSON for each, in the same order, which depends on that line alone: for
engines that drive many of these processes.
--coverage prints, for each fact, in how many families it is present, absent,
gated and unknown, and why unknown; it needs no DIR.`,
		Example: `  arch-extract batch pip:transformers==5.23.0 -o reports --resume
  arch-extract batch --format ndjson . | jq -r 'select(.status == "failed") | .file'
  ls -d ~/models/* | arch-extract batch --stdin`,
		Args: func(cmd *cobra.Command, args []string) error {
			if stdin {
				if len(args) > 0 {
					return usagef(cmd, "--stdin reads the sources from standard input; %s is named beside it", args[0])
				}
				return nil
			}
			return oneTarget(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			if stdin {
				if o != (batchOptions{}) || shard != "" || a.format != "" && a.format != "ndjson" {
					return usagef(cmd, "--stdin writes ndjson, and goes with none of --resume, --shard, --coverage")
				}
				return a.write(func(out io.Writer) error { return a.batchLines(ctx, cmd, out) })
			}
			if o.format, err = a.formatOf(cmd, "yaml", "json", "ndjson"); err != nil {
				return err
			}
			if shard != "" {
				if n, err := fmt.Sscanf(shard+" ", "%d/%d ", &o.part, &o.parts); n != 2 || err != nil || o.part < 1 || o.part > o.parts {
					return usagef(cmd, "--shard %s: I/N is expected, as in 2/8", shard)
				}
			}
			if a.output == "" && !o.coverage && o.format != "ndjson" {
				return usagef(cmd, "batch writes a folder: name it with -o DIR")
			}
			if o.resume && (a.output == "" || o.format == "ndjson") {
				return usagef(cmd, "--resume looks at what is in a folder: name it with -o DIR")
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			w.unused = !o.coverage
			w.switches = a.trySwitches && cmd.Flags().Changed("switches")
			if o.format == "ndjson" {
				return w.write(func(out io.Writer) error { return w.batch(ctx, o, out) })
			}
			return w.batch(ctx, o, nil)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.resume, "resume", false, "leave alone what is up to date")
	f.StringVar(&shard, "shard", "", "take the `I/N`-th part of the families")
	f.BoolVar(&stdin, "stdin", false, "read one source a line from standard input, and write a line of JSON for each")
	f.BoolVar(&o.coverage, "coverage", false, "count for each fact in how many families it is known")
	return c
}

// batchOptions say what batch does.
type batchOptions struct {
	format           string
	resume, coverage bool
	part, parts      int // of --shard; 0 for all
}

// manifest is the name of the manifest.
func (o batchOptions) manifest() string {
	if o.parts > 0 {
		return fmt.Sprintf("manifest-%d-of-%d.json", o.part, o.parts)
	}
	return "manifest.json"
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
	Hint    string  `json:"hint,omitempty"` // what may help
	// Inputs is a digest of what the report was made of: the program, its
	// settings, the files of the package that all families share, and the
	// folders of Reads.
	Inputs string   `json:"inputs,omitempty"`
	Reads  []string `json:"reads,omitempty"`

	report []byte
	facts  []graph.Fact
	err    error
}

// batchUnit is one modeling file; main says that it holds the family's main class.
type batchUnit struct {
	file load.File
	main bool
}

// batch reports on every family: to DIR, or, with lines, as objects to out.
func (w *work) batch(ctx context.Context, o batchOptions, lines io.Writer) error {
	src := w.target.Source
	if lines == nil && w.output != "" {
		if err := os.MkdirAll(w.output, 0o777); err != nil {
			return err
		}
	}
	var units []batchUnit
	for i, fam := range w.target.Families {
		if o.parts > 0 && i%o.parts != o.part-1 {
			continue
		}
		main, _, err := src.DefaultClass(fam)
		for _, f := range fam.Files {
			units = append(units, batchUnit{f, err == nil && f.Path == main.Path})
		}
	}
	b := &batch{work: w, o: o, lines: lines, rows: make([]*batchRow, len(units))}
	var todo []int
	if lines == nil && w.output != "" {
		b.inputs = newInputs(w, o.format)
		old := b.previous()
		for i, u := range units {
			if r := old[src.Display(u.file.Path)]; r != nil && b.upToDate(r) {
				r.File, b.rows[i] = u.file.Path, r
			}
		}
	}
	for i := range units {
		if b.rows[i] == nil {
			todo = append(todo, i)
		}
	}
	if kept := len(units) - len(todo); kept > 0 {
		w.note("%d of %d files are up to date", kept, len(units))
	}
	b.bar = w.bar(len(todo))
	pipeline.Each(&pipeline.Engine{Source: src, Limits: w.limits, Jobs: w.jobs}, len(todo), func(s *pipeline.Session, i int) *batchRow {
		if ctx.Err() != nil {
			return nil
		}
		return w.batchOne(s, units[todo[i]], o.format)
	}, func(i int, r *batchRow) { b.take(todo[i], r) })
	b.bar.done()
	if b.err != nil {
		return b.err
	}
	if o.coverage {
		if err := printCoverage(w.stdout, b.done()); err != nil {
			return err
		}
	}
	if err := b.writeManifest(); err != nil {
		return err
	}
	if b.stopped {
		return errStopped
	}
	if b.failed {
		return errItems
	}
	return nil
}

// batch is a run over the families of a source.
type batch struct {
	*work
	o               batchOptions
	lines           io.Writer
	inputs          *inputs
	bar             bar
	rows            []*batchRow // by unit; nil where it is not done
	failed, stopped bool
	err             error
	written         time.Time // of the manifest
}

// take writes what one file gave.
func (b *batch) take(i int, r *batchRow) {
	b.bar.step()
	if r == nil {
		b.stopped = true
		return
	}
	b.rows[i] = r
	if r.err != nil {
		b.failed = true
		b.bar.above(func() {
			if r.Class == "" { // the file does not parse: the errors name it
				b.complain("%v", r.err)
			} else {
				b.complain("%s", b.sentence(load.File{Path: r.File}, r.Class, r.err))
			}
		})
	}
	if b.err != nil {
		return
	}
	if b.lines != nil {
		b.err = b.writeLine(r)
		return
	}
	if b.output == "" {
		return
	}
	if r.report != nil {
		r.Report = r.Family + "." + b.o.format
		b.err = writeBytes(filepath.Join(b.output, r.Report), r.report)
		r.report = nil
	}
	if r.err == nil {
		r.Inputs = b.inputs.of(r.Reads)
	}
	if b.err == nil && time.Since(b.written) > 2*time.Second {
		b.err = b.writeManifest()
	}
}

// writeLine writes a row, with its report, as one line.
func (b *batch) writeLine(r *batchRow) error {
	row := *r
	row.File, row.Reads = b.target.Source.Display(r.File), nil
	text, err := json.Marshal(struct {
		*batchRow
		Report json.RawMessage `json:"report,omitempty"`
	}{&row, compact(r.report)})
	if err != nil {
		return err
	}
	r.report = nil
	_, err = b.lines.Write(append(text, '\n'))
	return err
}

// compact is a JSON text on one line.
func compact(text []byte) json.RawMessage {
	var b bytes.Buffer
	if text == nil || json.Compact(&b, text) != nil {
		return nil
	}
	return b.Bytes()
}

// done are the rows that are there.
func (b *batch) done() []*batchRow {
	var out []*batchRow
	for _, r := range b.rows {
		if r != nil {
			out = append(out, r)
		}
	}
	return out
}

func (b *batch) writeManifest() error {
	if b.lines != nil || b.output == "" {
		return nil
	}
	rows := []batchRow{}
	for _, r := range b.done() {
		c := *r
		c.File = b.target.Source.Display(r.File)
		rows = append(rows, c)
	}
	text, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		return err
	}
	b.written = time.Now()
	return writeBytes(filepath.Join(b.output, b.o.manifest()), append(text, '\n'))
}

// batchOne describes the main class of a file.
func (w *work) batchOne(s *pipeline.Session, u batchUnit, format string) (r *batchRow) {
	src := w.target.Source
	start := time.Now()
	r = &batchRow{Family: u.file.Family, File: u.file.Path, Status: "ok", Classes: len(src.ModelClasses(u.file.Path))}
	defer func() {
		r.Seconds = math.Round(time.Since(start).Seconds()*1e4) / 1e4
		if r.err != nil {
			r.Status, r.Error, r.At, r.Hint = "failed", pipeline.OneLine(r.err.Error()), pipeline.At(r.err).String(), w.hint(r.err)
		}
	}()
	defer pipeline.Bug(&r.err)
	_, class, err := src.DefaultClass(load.Family{Name: u.file.Family, Files: []load.File{u.file}})
	if err != nil {
		if _, perr := src.Parse(u.file.Path); perr != nil {
			r.err = distinct(perr)
			return r
		}
		r.Status, r.Reads = "no model class", readBy(src, u.file, nil)
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
	r.Reads = readBy(src, u.file, d.model)
	if u.main {
		var b bytes.Buffer
		if r.err = emit.Report(&b, d.model, reportFormat(format), emit.Options{Evidence: w.evidence}); r.err == nil {
			r.report = b.Bytes()
		}
	}
	return r
}

// reportFormat is how a report is written in a batch's format.
func reportFormat(format string) string {
	if format == "ndjson" {
		return "json"
	}
	return format
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
