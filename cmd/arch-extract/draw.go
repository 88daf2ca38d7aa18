package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/draw"
)

func (a *app) drawCommand() *cobra.Command {
	var dark bool
	var scale float64
	var andFrom string
	cmd := &cobra.Command{
		Use:   "draw TARGET [TARGET]",
		Short: "A picture of the architecture",
		Long: `Draw writes one sheet: the stack from the tokens at the bottom to the logits at
the top, the block with its repeat count, residual paths, norms where they sit,
and the inside of attention, feed-forward and experts. It shows what the facts
and the trace of a forward say; what could not be decided is drawn dashed, with
a question mark. With two targets it writes two sheets side by side, with what
differs marked in both and named below.

Formats: svg (needs nothing else, and follows the reader's light or dark
scheme), png, mermaid (a flowchart for Markdown viewers), dot (for Graphviz).`,
		Example: `  arch-extract draw qwen2 -o qwen2.svg
  arch-extract draw qwen2 olmo2 -o difference.svg
  arch-extract draw --set num_key_value_heads=8 qwen2 --format png -o gqa.png
  arch-extract draw gemma2 --format mermaid`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return nil
			}
			return usagef(cmd, "one target or two are expected, not %d", len(args))
		},
		ValidArgsFunction: a.completeTwoTargets,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "svg", "png", "mermaid", "dot")
			if err != nil {
				return err
			}
			two := len(args) == 2 || andFrom != ""
			if two && (format == "mermaid" || format == "dot") {
				return usagef(cmd, "--format %s draws one model: two side by side are svg or png", format)
			}
			if format == "png" && (a.output == "" || a.output == "-") && isTerminal(a.stdout) {
				return usagef(cmd, "a png is no text: name a file with -o")
			}
			x, err := a.subject(cmd, args[0])
			if err != nil {
				return err
			}
			defer x.close()
			failed := x.failed
			sheet := func() *draw.Sheet { return draw.Draw(x.model) }
			if two {
				if andFrom != "" {
					a.from = andFrom
				}
				y, err := a.subject(cmd, args[len(args)-1])
				if err != nil {
					return err
				}
				defer y.close()
				r, err := compare(x, y)
				if err != nil {
					return err
				}
				failed = failed || y.failed
				sheet = func() *draw.Sheet { return draw.DrawPair(x.model, y.model, differences(r)) }
			}
			err = a.write(func(w io.Writer) error {
				switch format {
				case "mermaid":
					return draw.WriteMermaid(w, x.model)
				case "dot":
					return draw.WriteDOT(w, x.model)
				case "png":
					return sheet().WritePNG(w, scale, dark)
				}
				return sheet().WriteSVG(w)
			})
			if err == nil && failed {
				err = errItems
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&dark, "dark", false, "png: the dark colours")
	cmd.Flags().Float64Var(&scale, "scale", 2, "png: pixels for each CSS pixel (`N`)")
	cmd.Flags().StringVar(&andFrom, "and-from", "", "the `SOURCE` to read the second target from, where it is another")
	return cmd
}

// differences are the facts and sizes in which two models differ.
func differences(r *diff.Result) []draw.Difference {
	var out []draw.Difference
	for _, es := range [][]diff.Entry{r.Structure, r.Numerics, r.Values} {
		for _, e := range es {
			out = append(out, draw.Difference{Key: e.Key, Stack: e.Stack, Title: e.About, A: diff.Text(e.A), B: diff.Text(e.B)})
		}
	}
	return out
}
