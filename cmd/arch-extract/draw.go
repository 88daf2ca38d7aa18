package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/draw"
)

func (a *app) drawCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "draw TARGET",
		Short: "A picture of the architecture",
		Long: `Draw writes one sheet: the stack from the tokens at the bottom to the logits at
the top, the block with its repeat count, residual paths, norms where they sit,
and the inside of attention, feed-forward and experts. It shows what the facts
and the trace of a forward say; what could not be decided is drawn dashed, with
a question mark. The SVG needs nothing else: it follows the reader's light or
dark scheme.`,
		Example: `  arch-extract draw qwen2 -o qwen2.svg
  arch-extract draw --set num_key_value_heads=8 qwen2 -o gqa.svg`,
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := a.formatOf(cmd, "svg"); err != nil {
				return err
			}
			x, err := a.subject(cmd, args[0])
			if err != nil {
				return err
			}
			defer x.close()
			err = a.write(func(w io.Writer) error { return draw.Draw(x.model).WriteSVG(w) })
			if err == nil && x.failed {
				err = errItems
			}
			return err
		},
	}
}
