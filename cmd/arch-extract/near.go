package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) nearCommand() *cobra.Command {
	var tree bool
	var count int
	cmd := &cobra.Command{
		Use:   "near TARGET",
		Short: "The closest families of the release",
		Long: `Near lists the families that are closest to a model, by what they compute and
by how their files are written, with the differences that separate them, the
structure first.

--tree draws the family tree of a release: near --tree [SOURCE].`,
		Example: `  arch-extract near qwen3
  arch-extract near --tree pip:transformers==5.23.0`,
		Args: func(cmd *cobra.Command, args []string) error {
			if tree && len(args) < 2 {
				return nil
			}
			return oneTarget(cmd, args)
		},
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "ndjson")
			if err != nil {
				return err
			}
			if count < 1 {
				return usagef(cmd, "--count %d: at least 1 is needed", count)
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			if tree {
				w, err := a.wholeWork(cmd, strings.Join(args, ""))
				if err != nil {
					return err
				}
				defer w.close()
				space, err := w.space(ctx)
				if space == nil {
					return err
				}
				return firstOf(a.write(func(out io.Writer) error { return writeTree(out, space.Tree(), format) }), err)
			}
			x, err := a.subject(cmd, args[0])
			if err != nil {
				return err
			}
			defer x.close()
			w, err := a.wholeWork(cmd, "")
			if err != nil {
				return err
			}
			defer w.close()
			space, err := w.space(ctx)
			if space == nil {
				return err
			}
			return firstOf(a.write(func(out io.Writer) error { return w.near(out, x, space, count, format) }), err)
		},
	}
	cmd.Flags().BoolVar(&tree, "tree", false, "draw the family tree of a release")
	cmd.Flags().IntVar(&count, "count", 5, "how many families to list (`N`)")
	return cmd
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// space is made of the families of the source. With an error of single
// families it holds the others.
func (w *work) space(ctx context.Context) (*diff.Space, error) {
	var list []*diff.Profile
	err := eachMain(ctx, w, func(m *graph.Model) *graph.Model {
		return &graph.Model{Family: m.Family, Class: m.Class, Facts: m.Facts}
	}, func(u mainUnit, m *graph.Model) error {
		list = append(list, w.profile(u.file, m))
		return nil
	})
	if err != nil && err != errItems {
		return nil, err
	}
	// Families that cannot be built with their default values are no failure here.
	return diff.NewSpace(list), nil
}

func (w *work) profile(f load.File, m *graph.Model) *diff.Profile {
	src, _ := w.target.Source.ReadFile(f.Path)
	return diff.NewProfile(f.Family, m.Class, m, src)
}

// near writes the closest families to x and what separates them.
func (w *work) near(out io.Writer, x *subject, space *diff.Space, count int, format string) error {
	u := x.units[0]
	list := space.Near(x.profile(u.File, x.model))
	s := pipeline.NewSession(w.target.Source, w.limits)
	for _, n := range list[:min(count, len(list))] {
		r, err := w.separate(s, x, n.Profile)
		if format == "ndjson" {
			row := struct {
				Family   string       `json:"family"`
				Class    string       `json:"class"`
				Distance float64      `json:"distance"`
				Diff     *diff.Result `json:"diff,omitempty"`
				Error    string       `json:"error,omitempty"`
			}{n.Profile.Family, n.Profile.Class, round(n.Distance), r, ""}
			if err != nil {
				row.Error = pipeline.OneLine(err.Error())
			}
			b, err := json.Marshal(row)
			if err != nil {
				return err
			}
			if _, err := out.Write(append(b, '\n')); err != nil {
				return err
			}
			continue
		}
		what := ""
		if err != nil {
			what = pipeline.OneLine(err.Error())
		} else {
			what = r.Summary()
		}
		if _, err := fmt.Fprintf(out, "%.3f  %s (%s)\n       %s\n", n.Distance, n.Profile.Family, n.Profile.Class, strings.ReplaceAll(what, "\n", "\n       ")); err != nil {
			return err
		}
	}
	return nil
}

func round(x float64) float64 { return float64(int64(x*1e6+0.5)) / 1e6 }

// separate compares x with the main class of a family.
func (w *work) separate(s *pipeline.Session, x *subject, p *diff.Profile) (*diff.Result, error) {
	fam, ok := w.target.Source.Family(p.Family)
	if !ok {
		return nil, fmt.Errorf("%s: no such family", p.Family)
	}
	f, class, err := w.target.Source.DefaultClass(fam)
	if err != nil {
		return nil, err
	}
	y := &subject{work: &work{app: w.app, target: w.target, units: []pipeline.Unit{{File: f, Class: class}}}, session: s}
	if y.model, err = s.DescribeClass(w.target.Source, f, class, pipeline.Settings{}); err != nil {
		return nil, err
	}
	return compare(x, y)
}

func writeTree(out io.Writer, roots []*diff.Branch, format string) error {
	var walk func(b *diff.Branch, first, rest, parent string) error
	walk = func(b *diff.Branch, first, rest, parent string) error {
		if format == "ndjson" {
			row, err := json.Marshal(struct {
				Family   string  `json:"family"`
				Parent   string  `json:"parent,omitempty"`
				Distance float64 `json:"distance"`
			}{b.Profile.Family, parent, round(b.Distance)})
			if err != nil {
				return err
			}
			if _, err := out.Write(append(row, '\n')); err != nil {
				return err
			}
		} else if parent == "" {
			if _, err := fmt.Fprintln(out, b.Profile.Family); err != nil {
				return err
			}
		} else if _, err := fmt.Fprintf(out, "%s%s  %.2f\n", first, b.Profile.Family, b.Distance); err != nil {
			return err
		}
		for i, c := range b.Below {
			f, r := "├─ ", "│  "
			if i == len(b.Below)-1 {
				f, r = "└─ ", "   "
			}
			if err := walk(c, rest+f, rest+r, b.Profile.Family); err != nil {
				return err
			}
		}
		return nil
	}
	for _, b := range roots {
		if err := walk(b, "", "", ""); err != nil {
			return err
		}
	}
	return nil
}
