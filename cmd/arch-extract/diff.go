package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// errDiffer says that diff found differences, which are written.
var errDiffer = errors.New("the models differ")

func (a *app) diffCommand() *cobra.Command {
	var andFrom string
	cmd := &cobra.Command{
		Use:   "diff A [B]",
		Short: "How two models or families differ",
		Long: `Diff compares two models: first the structure, then the weights, the numerics
and the sizes, each in the order in which a difference breaks a port, each line
with the places in both sources that decide it. Parameters are matched by what
they do, not by their names.

--and-from reads B from another source; without B it is A in that source.
--set, --config and --class hold for both models.

Exit status: 0 no difference, 1 differences, 2 something failed.`,
		Example: `  arch-extract diff qwen2 olmo2
  arch-extract diff qwen2 --from transformers-5.22.0.whl --and-from transformers-5.23.0.whl
  arch-extract diff gpt2:GPT2LMHeadModel llama:LlamaForCausalLM --format markdown`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 || len(args) == 1 && andFrom != "" {
				return nil
			}
			return usagef(cmd, "two targets are expected, not %d", len(args))
		},
		ValidArgsFunction: a.completeTwoTargets,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "json", "yaml", "markdown")
			if err != nil {
				return err
			}
			if a.all {
				return usagef(cmd, "--all: diff compares two classes")
			}
			x, err := a.subject(cmd, args[0])
			if err != nil {
				return err
			}
			defer x.close()
			if andFrom != "" {
				a.from = andFrom
			}
			y, err := a.subject(cmd, args[len(args)-1])
			if err != nil {
				return err
			}
			defer y.close()
			x.lend(y)
			y.lend(x)
			r, err := compare(x, y)
			if err != nil {
				return err
			}
			if err := a.write(func(out io.Writer) error { return a.writeDiff(out, r, format) }); err != nil {
				return err
			}
			if x.failed || y.failed {
				return errItems
			}
			if !r.Same() {
				return errDiffer
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&andFrom, "and-from", "", "the `SOURCE` to read B from, where it is another")
	return cmd
}

// subject is one side of a comparison.
type subject struct {
	*work
	session *pipeline.Session
	model   *graph.Model
	failed  bool // its forward could not be followed
}

// subject describes the one class of a target.
func (a *app) subject(cmd *cobra.Command, spec string) (*subject, error) {
	w, err := a.work(cmd, spec)
	if err != nil {
		return nil, err
	}
	if len(w.units) != 1 || w.units[0].Class == "" {
		w.close()
		return nil, usagef(cmd, "%s: two models are compared, and this is a whole source: name a family or class of it", spec)
	}
	x := &subject{work: w, session: pipeline.NewSession(w.target.Source, w.limits)}
	if err = w.stopped; err == nil {
		u := w.units[0]
		x.model, err = x.session.DescribeClass(w.target.Source, u.File, u.Class, w.settings)
		if err != nil {
			err = errors.New(w.sentence(u.File, u.Class, err))
		}
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return x, nil
}

// lend gives to a model whose forward cannot run at its own config values those
// of the other, where it then runs, and says so; else it says what is compared.
func (x *subject) lend(y *subject) {
	why := x.model.TraceError
	if why == "" {
		return
	}
	u := x.units[0]
	place := x.target.Source.Where(u.File.Path)
	m, _, err := x.session.DescribeLike(x.target.Source, u.File, u.Class, x.settings, x.model, y.model)
	if err == nil && m != nil && m.TraceError == "" {
		x.complain("%s: %s: %s (its forward cannot run at its own config values: those of %s are taken)", place, u.Class, pipeline.OneLine(why), y.model.Class)
		x.model = m
		return
	}
	x.complain("%s: %s: %s (in forward: only what the model is made of is compared)", place, u.Class, pipeline.OneLine(why))
	x.failed = true
}

// compare compares two subjects: as their defaults make them, and with the
// same config values.
func compare(x, y *subject) (r *diff.Result, err error) {
	defer pipeline.Bug(&err)
	u := y.units[0]
	if x.model.Root != nil && x.model.Root.Path != "" && y.model.Root != nil && y.model.Root.Path != "" {
		if like, err := x.session.DescribeInPlace(x.target.Source, x.units[0].File, x.settings, x.model, u.File, u.Class); err == nil {
			return diff.CompareCode(x.model, y.model, like), nil
		}
	}
	like, _, err := y.session.DescribeLike(y.target.Source, u.File, u.Class, y.settings, y.model, x.model)
	if err != nil || like.TraceError != "" && y.model.TraceError == "" {
		like = nil // the one's values do not suit the other
	}
	return diff.CompareCode(x.model, y.model, like), nil
}

func (a *app) writeDiff(out io.Writer, r *diff.Result, format string) error {
	switch format {
	case "text":
		return r.WriteText(out, a.colors())
	case "markdown":
		return r.WriteMarkdown(out)
	}
	return writeDocument(out, r, format)
}

// colors reports whether the output is to be coloured.
func (a *app) colors() bool {
	switch a.color {
	case "always":
		return true
	case "auto":
		return os.Getenv("NO_COLOR") == "" && (a.output == "" || a.output == "-") && isTerminal(a.stdout)
	}
	return false
}
