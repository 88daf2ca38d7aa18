package main

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) flowCommand() *cobra.Command {
	var inputs []string
	var scenario string
	cmd := &cobra.Command{
		Use:   "flow TARGET",
		Short: "What one forward does, call by call",
		Long: `Flow runs one forward on described inputs, without data, and lists the calls of
modules that own parameters, in order. With each stands where its input comes
from: the nearest earlier such calls, parameters used directly (=name) and
arguments of forward ($name) whose values reach it, and the nonlinear
operations met on the way (gate_proj:silu).

In text, blocks that do the same are written once; x is what enters the block,
{i} its number. Where no inputs are given, images and sound are added for the
parts that read them; if forward does not accept them with the config's values,
what ran until then stands apart, with Python's error.

Data is not known. Where the path depends on it, a condition is taken not to
hold, unless the code would raise then, and a loop over what data decides runs
once for each possible value, or once; such lines are listed last.
--format ndjson prints an object a class; there they are depends_on_data.`,
		Example:           "  arch-extract flow qwen2\n  arch-extract flow --input input_ids=1x9:int64 qwen2",
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "ndjson")
			if err != nil {
				return err
			}
			var given []pipeline.Input
			for _, s := range inputs {
				i, err := pipeline.ParseInput(s)
				if err != nil {
					return usagef(cmd, "--input %s: %w", s, err)
				}
				given = append(given, i)
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			switch scenario {
			case "prefill", "decode", "train":
			default:
				return usagef(cmd, "--scenario %s: prefill, decode or train is expected", scenario)
			}
			sc := pipeline.Scenario{Inputs: given, Kind: scenario}
			return w.write(func(out io.Writer) error { return w.flow(out, format, sc) })
		},
	}
	cmd.Flags().StringArrayVar(&inputs, "input", nil, "an input of forward, as `name=1x9:int64`; repeatable; else they follow from forward's signature")
	cmd.Flags().StringVar(&scenario, "scenario", "prefill", "`WHAT` to run: prefill; decode (one more token, with the cache that a prefill filled); train")
	return cmd
}

func (w *work) flow(out io.Writer, format string, sc pipeline.Scenario) error {
	first := true
	return each(w, func(s *pipeline.Session, f load.File, c *interp.Class) ([]byte, error) {
		r, err := s.Run(c, w.settings, sc)
		if err != nil {
			return nil, err
		}
		if r.Err != nil {
			return nil, r.Err
		}
		if w.part != "" {
			return partFlow(f.Family, w.part, c.Name, format, r)
		}
		if format == "ndjson" {
			return pipeline.AppendFlowRow(nil, f.Family, r.Built, w.settings.Args(), r.Forward), nil
		}
		return flowText(f.Family, c.Name, r.Forward, r.Forward.Trace.Provenance()), nil
	}, func(p product[[]byte]) error {
		if p.err != nil {
			if format == "ndjson" {
				_, err := out.Write(pipeline.AppendErrorRow(nil, p.file.Family, p.class, path.Base(p.file.Path), p.err))
				return err
			}
			return nil
		}
		if format == "text" {
			if err := blank(out, &first); err != nil {
				return err
			}
		}
		_, err := out.Write(p.out)
		return err
	})
}

// partFlow writes the calls inside the first call of a module class; x is what
// enters it.
func partFlow(family, class, model, format string, r *pipeline.Run) ([]byte, error) {
	seen := r.Forward.Seen()
	var call *graph.Call
	for _, c := range seen.Calls {
		if m := r.Built.Module(c.Path); m != nil && m.Cls.Name == class {
			call = c
			break
		}
	}
	if call == nil {
		return nil, fmt.Errorf("the forward of %s calls no %s", model, class)
	}
	p := seen.Provenance()
	entered := p.Of(call.In...)
	var rows []graph.FlowRow
	for _, row := range seen.Flow(p) {
		if row.Call.Within(call) {
			rows = append(rows, row)
		}
	}
	if format == "ndjson" {
		return pipeline.AppendPartRow(nil, family, class, model, call, rows, p), nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s %s: %s of %s\n\nx = %s\n", family, class, call.Path, model, named(entered, "", nil))
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, row := range rows {
		leaf := relative(row.Leaf, call.Path)
		if row.Leaf == call.Path {
			leaf = "(itself)"
		}
		fmt.Fprintf(t, "  %s\t<- %s\t%s\n", leaf, named(row.Sources, call.Path, entered), row.At)
	}
	if err := t.Flush(); err != nil {
		return nil, err
	}
	if len(call.Out) > 0 {
		fmt.Fprintf(&b, "\noutput %s <- %s\n", shapeOf(call.Out[0].Shape), named(p.Of(call.Out[0]), call.Path, entered))
	}
	return b.Bytes(), nil
}

func shapeOf(sizes []int64) string {
	var dims []string
	for _, n := range sizes {
		dims = append(dims, dimension(n))
	}
	return shape(dims)
}
