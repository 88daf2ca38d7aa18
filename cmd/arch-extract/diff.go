package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
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
		ValidArgsFunction: func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeTarget(cmd, nil, prefix)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "json", "yaml", "markdown")
			if err != nil {
				return err
			}
			if a.all {
				return usagef(cmd, "--all: diff compares two classes")
			}
			x, err := a.modelOf(cmd, args[0])
			if err != nil {
				return err
			}
			if andFrom != "" {
				a.from = andFrom
			}
			y, err := a.modelOf(cmd, args[len(args)-1])
			if err != nil {
				return err
			}
			r := diff.Compare(x, y)
			if err := a.write(func(out io.Writer) error { return a.writeDiff(out, r, format) }); err != nil {
				return err
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

// modelOf is the one model of a target. Where its forward cannot be followed
// there is nothing to compare.
func (a *app) modelOf(cmd *cobra.Command, spec string) (*graph.Model, error) {
	w, err := a.work(cmd, spec)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if len(w.units) != 1 {
		return nil, usagef(cmd, "%s: diff compares two models, and this is a whole source: name a family or class of it", spec)
	}
	var m *graph.Model
	failed := false
	err = each(w, func(s *pipeline.Session, f load.File, c *interp.Class) (described, error) {
		return w.describe(s, f, c)
	}, func(p product[described]) error {
		if p.err != nil {
			return nil // reported
		}
		if p.out.note != "" {
			w.complain("%s (in forward)", p.out.note)
			failed = true
		}
		m = p.out.model
		return nil
	})
	if err == nil && (failed || m == nil) {
		err = errItems
	}
	return m, err
}

func (a *app) writeDiff(out io.Writer, r *diff.Result, format string) error {
	switch format {
	case "text":
		return r.WriteText(out, a.colors())
	case "markdown":
		return r.WriteMarkdown(out)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return err
	}
	if format == "yaml" {
		text, err := emit.YAML(b.Bytes())
		if err != nil {
			return err
		}
		b.Reset()
		b.Write(text)
	}
	_, err := out.Write(b.Bytes())
	return err
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
