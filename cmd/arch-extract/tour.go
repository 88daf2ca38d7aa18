package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
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
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "markdown")
			if err != nil {
				return err
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			return w.write(func(out io.Writer) error { return w.tour(out, format) })
		},
	}
}

func (w *work) tour(out io.Writer, format string) error {
	first := true
	return each(w, func(s *pipeline.Session, f load.File, c *interp.Class) (described, error) {
		return w.describe(s, f, c)
	}, func(p product[described]) error {
		if w.unbuilt(&p) != nil {
			return nil
		}
		w.remark(p.out)
		if err := blank(out, &first); err != nil {
			return err
		}
		m := p.out.model
		return prose.WriteTour(out, m, prose.Tour(m, w.reader()), w.style(format))
	})
}
