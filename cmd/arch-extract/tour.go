package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/prose"
)

func (a *app) tourCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tour TARGET",
		Short: "A guided reading of the source, in the order an expert reads it",
		Long: `Tour walks the files of a model: its config, the model, the block, attention,
positions, the feed-forward or the experts, the head. At each stop it says in a
sentence what the lines do, as far as the facts tell, shows them as they stand in
your copy of the source, and names what is unusual: a choice that less than a
quarter of the families of its kind make, counted over the release that this
program was made with.`,
		Example:           "  arch-extract tour qwen3\n  arch-extract tour --format markdown gemma2 -o gemma2.md",
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.onTarget((*work).tour, "text", "markdown"),
	}
}

func (w *work) tour(_ *cobra.Command, out io.Writer, format string) error {
	return w.texts(out, w.describe, func(m *graph.Model) error {
		return prose.WriteTour(out, m, prose.Tour(m, w.reader()), w.style(format))
	})
}
