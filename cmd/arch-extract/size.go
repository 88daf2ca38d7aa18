package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/extract/size"
)

func (a *app) sizeCommand() *cobra.Command {
	var opt pipeline.SizeOptions
	var dtype string
	cmd := &cobra.Command{
		Use:   "size TARGET",
		Short: "What running a model takes: weights, cache, operations",
		Long: `Size says what the weights take, what the cache holds for a context and what one
more token adds to it, and how many operations a token takes. The numbers come
from the code: a step with a filled cache is followed at two short lengths and at
the context, and what grew, stopped growing or stayed is what is reported.

The operations are those of matrix products and convolutions, as the plain
(eager) attention computes them, masked scores included. The activation peak is
an estimate: values dropped after their last use, without scores and masks.

A TARGET that is a folder of config.json files (any names) gives one table.`,
		Example: `  arch-extract size config.json --context 131072 --dtype bfloat16
  arch-extract size configs/`,
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "yaml", "json")
			if err != nil {
				return err
			}
			var ok bool
			if opt.DType, ok = tensor.DTypeByName(dtype); !ok || !opt.DType.IsFloat() {
				return usagef(cmd, "--dtype %s: a floating-point dtype is expected, such as bfloat16", dtype)
			}
			if opt.Batch < 1 || cmd.Flags().Changed("context") && opt.Context < 4 {
				return usagef(cmd, "--batch %d --context %d: a batch of at least 1 and a context of at least 4 are expected", opt.Batch, opt.Context)
			}
			if configs := configFolder(args[0]); configs != nil {
				return a.sizeTable(cmd, configs, opt, format)
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			return w.write(func(out io.Writer) error {
				first := true
				return each(w, func(s *pipeline.Session, f load.File, c *interp.Class) (*size.Report, error) {
					return s.Size(f.Family, c, w.settings, opt)
				}, func(p product[*size.Report]) error {
					if p.err != nil {
						return nil
					}
					if format != "text" {
						return writeDocument(out, p.out, format)
					}
					if err := blank(out, &first); err != nil {
						return err
					}
					return writeSize(out, p.out)
				})
			})
		},
	}
	cmd.Flags().Int64Var(&opt.Context, "context", 0, "how many `TOKENS` the context has; else what the config says, or 4096")
	cmd.Flags().Int64Var(&opt.Batch, "batch", 1, "how many sequences run side by side (`N`)")
	cmd.Flags().StringVar(&dtype, "dtype", "bfloat16", "the `DTYPE` of weights and values, where the code does not say otherwise")
	return cmd
}

// configFolder lists the .json files of a folder that holds no modeling file; nil for any other target.
func configFolder(spec string) []string {
	if info, err := os.Stat(spec); err != nil || !info.IsDir() {
		return nil
	}
	if py, _ := filepath.Glob(filepath.Join(spec, "*.py")); len(py) > 0 {
		return nil
	}
	entries, err := os.ReadDir(spec)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		name := filepath.Join(spec, e.Name())
		if e.IsDir() {
			name = filepath.Join(name, "config.json")
			if _, err := os.Stat(name); err == nil {
				out = append(out, name)
			}
		} else if strings.HasSuffix(name, ".json") {
			out = append(out, name)
		}
	}
	return out
}

// sizeTable writes one row for each config.
func (a *app) sizeTable(cmd *cobra.Command, configs []string, opt pipeline.SizeOptions, format string) error {
	type row struct {
		Config string       `json:"config"`
		Error  string       `json:"error,omitempty"`
		Size   *size.Report `json:"size,omitempty"`
	}
	var rows []row
	var failed error
	for _, name := range configs {
		x := row{Config: name}
		w, err := a.work(cmd, name)
		if err == nil {
			err = each(w, func(s *pipeline.Session, f load.File, c *interp.Class) (*size.Report, error) {
				return s.Size(f.Family, c, w.settings, opt)
			}, func(p product[*size.Report]) error {
				x.Size = p.out
				if p.err != nil {
					x.Error = pipeline.OneLine(p.err.Error())
				}
				return nil
			})
			w.close()
		} else {
			a.complain("%v", err)
			x.Error = pipeline.OneLine(err.Error())
		}
		if err != nil {
			failed = errItems
		}
		rows = append(rows, x)
	}
	werr := a.write(func(out io.Writer) error {
		if format != "text" {
			return writeDocument(out, rows, format)
		}
		t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(t, "config\tfamily\tclass\tparameters\tactive\tweights\tcontext\tcache/token\tcache\tGFLOP/token")
		for _, x := range rows {
			name := filepath.Base(x.Config)
			if name == "config.json" {
				name = filepath.Base(filepath.Dir(x.Config))
			}
			if x.Size == nil {
				fmt.Fprintf(t, "%s\t-\tfailed\t-\t-\t-\t-\t-\t-\t-\n", name)
				continue
			}
			r := x.Size
			per, cache, work := "-", "-", "-"
			if r.CacheWhy == "" {
				per, cache = bytesText(r.PerToken), bytesText(r.CacheBytes)
			}
			if r.Decode != nil {
				work = fmt.Sprintf("%.4g", float64(r.Decode.FLOPs)/1e9)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%s\t%d\t%s\t%s\t%s\n", name, r.Family, r.Class, r.Weights.Parameters, r.Weights.Active, bytesText(r.Weights.Bytes), r.Context, per, cache, work)
		}
		return t.Flush()
	})
	return errors.Join(werr, failed)
}

// sameTerms reports whether the operations follow in the same way.
func sameTerms(a, b []size.Term) bool {
	return slices.EqualFunc(a, b, func(x, y size.Term) bool { return x.Names == y.Names && x.Expr == y.Expr })
}

// mostTerms is how many terms of the operations are worth a line.
const mostTerms = 8

func writeSize(out io.Writer, r *size.Report) error {
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	p := &printer{w: t}
	p.f("%s: a context of %d tokens, batch %d, %s\n", r.Class, r.Context, r.Batch, r.DType)
	p.f("\nweights\t%s\t%d parameters, %d active for a token\n", bytesText(r.Weights.Bytes), r.Weights.Parameters, r.Weights.Active)
	if len(r.Weights.ByDType) > 1 {
		for _, d := range r.Weights.ByDType {
			p.f("  %s\t%s\t%d parameters\n", d.DType, bytesText(d.Bytes), d.Parameters)
		}
	}
	if r.Measured > 0 {
		p.f("  forwards were followed up to %d tokens\n", r.Measured)
	}
	if r.CacheWhy != "" {
		p.f("cache\tnot known\t%s\n", r.CacheWhy)
	} else {
		p.f("cache\t%s\t%s for each further token\n", bytesText(r.CacheBytes), bytesText(r.PerToken))
		for _, g := range r.Cache {
			note := g.Kind
			switch {
			case g.Kind == size.Window && g.Stops > 0:
				note = fmt.Sprintf("stops at %d", g.Stops)
			case g.Kind == size.State:
				note = "state"
			}
			p.f("  %s\t%s\t%s: %s\n", g.Names, bytesText(g.Bytes), note, g.Expr)
		}
	}
	for _, x := range []struct {
		name string
		w    *size.Work
	}{{"decode", r.Decode}, {"prefill", r.Prefill}} {
		if x.w == nil {
			continue
		}
		p.f("%s\t%.4g GFLOP/token\t%.4g with weights, %.4g between values\n", x.name, float64(x.w.FLOPs)/1e9, float64(x.w.Weights)/1e9, float64(x.w.Attention)/1e9)
		terms := x.w.Terms
		if x.w == r.Prefill && r.Decode != nil && sameTerms(terms, r.Decode.Terms) {
			terms = nil // said above
		}
		for i, term := range terms {
			if i == mostTerms {
				p.f("  ...\t\t%d more, with --format json\n", len(terms)-i)
				break
			}
			name := term.Names
			if name == "" {
				name = "scores and what they weigh"
			}
			p.f("  %s\t%.4g\t%s\n", name, float64(term.FLOPs)/1e9, term.Expr)
		}
		p.f("  activations\t%s\tan estimate of the peak\n", bytesText(x.w.Activations))
		if x.w.Unknown > 0 {
			p.f("  not counted\t%d operations of unknown size\n", x.w.Unknown)
		}
	}
	if r.WorkWhy != "" {
		p.f("prefill\tnot known\t%s\n", r.WorkWhy)
	}
	return errors.Join(p.err, t.Flush())
}
