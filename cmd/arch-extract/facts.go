package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/graph"
)

func (a *app) factsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "facts TARGET",
		Short: "One record per fact",
		Long: `Facts lists what is stated about a model, one fact a line: its key, its value,
the modules that it holds for and the lines of the source that decide it.

What the code has and a config value turns off is "gated", with the condition.
This is found by running the model again with other values, as for the switches
of a report: not for many models, unless --switches is given.

--format ndjson prints an object a fact; yaml and json print a list.`,
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.onTarget((*work).facts, "text", "ndjson", "yaml", "json"),
	}
}

func (w *work) facts(cmd *cobra.Command, out io.Writer, format string) error {
	w.switches = w.trySwitches && (!w.many || cmd.Flags().Changed("switches"))
	var all []graph.Fact
	first := true
	lines := format == "text" || format == "ndjson"
	err := each(w, w.describe, func(p product[described]) error {
		if w.unbuilt(&p) != nil {
			return nil
		}
		w.remark(p.out)
		m := p.out.model
		if !lines {
			all = append(all, m.Facts...)
			return nil
		}
		if w.many && format == "text" {
			if err := blank(out, &first); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(out, "# %s %s\n", m.Family, m.Class); err != nil {
				return err
			}
		}
		return emit.Facts(out, m.Facts, format)
	})
	if lines {
		return err
	}
	if werr := emit.Facts(out, all, format); werr != nil {
		return werr
	}
	return err
}
