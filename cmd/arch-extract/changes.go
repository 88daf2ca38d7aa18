package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) changesCommand() *cobra.Command {
	var since, until string
	cmd := &cobra.Command{
		Use:   "changes DIR --since REV",
		Short: "Which commits changed which family's architecture, and how",
		Long: `Changes follows the history of a git repository from a revision on and compares,
for each commit, the families that it touches with what they were: those whose
files it changes, and those that read a file it changes. A commit that leaves
every architecture as it was is not listed. Nothing is checked out.

--format ndjson prints an object for each family that a commit changes, with the
whole comparison.`,
		Example: `  arch-extract changes ~/src/transformers --since v5.23.0
  arch-extract changes . --since HEAD~20 --format ndjson`,
		Args: oneTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "ndjson")
			if err != nil {
				return err
			}
			if since == "" {
				return usagef(cmd, "the revision to start from is missing: --since REV")
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			commits, err := load.History(ctx, args[0], since, until)
			if err != nil {
				return err
			}
			c := &changes{app: a, dir: args[0], format: format, trees: &load.Trees{}}
			return a.write(func(out io.Writer) error { return c.follow(ctx, out, commits) })
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "the revision (`REV`) after which to start")
	cmd.Flags().StringVar(&until, "until", "HEAD", "the revision (`REV`) at which to end")
	return cmd
}

// changes follows a history.
type changes struct {
	*app
	dir, format string
	trees       *load.Trees
	failed      bool
}

func (c *changes) follow(ctx context.Context, out io.Writer, commits []load.Commit) error {
	bar := c.bar(len(commits))
	defer bar.done()
	for _, k := range commits {
		if ctx.Err() != nil {
			return errStopped
		}
		bar.step()
		if !slices.ContainsFunc(k.Files, func(f string) bool { return strings.HasSuffix(f, ".py") }) {
			continue
		}
		list, err := c.commit(ctx, k)
		if err != nil {
			c.failed = true
			bar.above(func() { c.complain("%.10s %s: %v", k.Hash, k.Subject, err) })
			continue
		}
		if err := c.print(out, k, list); err != nil {
			return err
		}
	}
	if c.failed {
		return errItems
	}
	return nil
}

// familyChange is what a commit does to a family.
type familyChange struct {
	Family string       `json:"family"`
	What   string       `json:"what"` // added, removed, changed, failing, works
	Error  string       `json:"error,omitempty"`
	Diff   *diff.Result `json:"diff,omitempty"`
}

// commit compares the families that a commit touches.
func (c *changes) commit(ctx context.Context, k load.Commit) ([]familyChange, error) {
	after, err := c.open(ctx, k.Spec(c.dir, false))
	if err != nil {
		return nil, err
	}
	defer after.close()
	if k.Parent == "" {
		return nil, nil
	}
	before, err := c.open(ctx, k.Spec(c.dir, true))
	if err != nil {
		return nil, err
	}
	defer before.close()
	var names []string
	for _, w := range []*work{before, after} {
		for _, n := range w.touched(k.Files) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	slices.Sort(names)
	old, now := before.models(ctx, names), after.models(ctx, names)
	var out []familyChange
	for _, n := range names {
		x, y := old[n], now[n]
		f := familyChange{Family: n}
		switch {
		case x == nil && y == nil:
			continue
		case x == nil:
			f.What, f.Error = "added", y.err
		case y == nil:
			f.What = "removed"
		case x.err != "" && y.err != "":
			continue
		case y.err != "":
			f.What, f.Error = "failing", y.err
		case x.err != "":
			f.What = "works"
		default:
			r := diff.Compare(x.model, y.model)
			if r.Same() {
				continue
			}
			f.What, f.Diff = "changed", r
		}
		out = append(out, f)
	}
	return out, nil
}

func (c *changes) open(ctx context.Context, spec string) (*work, error) {
	opt := c.options()
	opt.Trees, opt.From = c.trees, spec
	t, err := load.FindTarget(ctx, spec, "", opt)
	if err != nil {
		return nil, err
	}
	return c.workOn(t, pipeline.Settings{})
}

// touched are the families of a revision that read a file which a commit
// changed; the paths are those of the repository.
func (w *work) touched(files []string) []string {
	shared := false
	in := func(dir string) bool {
		for _, f := range files {
			if d := path.Dir(f); d == dir || strings.HasSuffix(d, "/"+dir) {
				return true
			}
		}
		return false
	}
	for _, f := range files {
		if i := strings.LastIndex("/"+f, "/"+load.Package+"/"); i >= 0 && strings.HasSuffix(f, ".py") {
			p := f[i:]
			shared = shared || !strings.HasPrefix(p, modelsDir+"/") || strings.HasPrefix(p, modelsDir+"/auto/")
		}
	}
	var out []string
	for _, fam := range w.target.Families {
		for _, f := range fam.Files {
			dirs := readBy(w.target.Source, f, nil)
			if shared || slices.ContainsFunc(dirs, func(d string) bool { return in(d) || in(w.target.Source.Display(d)) }) {
				out = append(out, fam.Name)
				break
			}
		}
	}
	return out
}

// outcome is a family of a revision as it can be described, or why not.
type outcome struct {
	model *graph.Model
	err   string
}

// models describes families.
func (w *work) models(ctx context.Context, names []string) map[string]*outcome {
	var units []mainUnit
	for _, u := range w.mainUnits() {
		if slices.Contains(names, u.file.Family) {
			units = append(units, u)
		}
	}
	out := map[string]*outcome{}
	pipeline.Each(&pipeline.Engine{Source: w.target.Source, Limits: w.limits, Jobs: w.jobs}, len(units), func(s *pipeline.Session, i int) (o *outcome) {
		o = &outcome{}
		if ctx.Err() != nil {
			o.err = errStopped.Error()
			return o
		}
		err := func() (err error) {
			defer pipeline.Bug(&err)
			if units[i].err != nil {
				return units[i].err
			}
			o.model, err = s.DescribeClass(w.target.Source, units[i].file, units[i].class, w.settings)
			return err
		}()
		if err != nil {
			o.err = w.sentence(units[i].file, units[i].class, err)
		}
		return o
	}, func(i int, o *outcome) { out[units[i].file.Family] = o })
	return out
}

func (c *changes) print(out io.Writer, k load.Commit, list []familyChange) error {
	if len(list) == 0 {
		return nil
	}
	if c.format == "ndjson" {
		for _, f := range list {
			b, err := json.Marshal(struct {
				Commit  string `json:"commit"`
				Date    string `json:"date"`
				Subject string `json:"subject"`
				familyChange
			}{k.Hash, k.Date, k.Subject, f})
			if err != nil {
				return err
			}
			if _, err := out.Write(append(b, '\n')); err != nil {
				return err
			}
		}
		return nil
	}
	if _, err := fmt.Fprintf(out, "%.10s %s %s\n", k.Hash, k.Date, k.Subject); err != nil {
		return err
	}
	for _, f := range list {
		text := f.Error
		if f.Diff != nil {
			text = f.Diff.Summary()
		}
		if text != "" {
			text = "\n    " + strings.ReplaceAll(text, "\n", "\n    ")
		}
		if _, err := fmt.Fprintf(out, "  %s: %s%s\n", f.Family, f.What, text); err != nil {
			return err
		}
	}
	return nil
}
