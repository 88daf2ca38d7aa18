package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
	"github.com/arch-extract/arch-extract/extract/prose"
	"github.com/arch-extract/arch-extract/rules"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain TARGET KEY",
		Short: "Why a fact holds, and the lines of the source that decide it",
		Long: `Explain prints a fact, what it means, and what decides it: the config value, the
line of the constructor, the line of the forward, as they stand in your copy of
the source. KEY is that of a fact (attention.qk_norm; facts TARGET lists them) or
of a group of facts (attention); where a fact differs between layers, each value
is explained.`,
		Example: "  arch-extract explain qwen3 attention.qk_norm\n  arch-extract explain --format markdown gemma2 norm",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef(cmd, "a target and a key are expected, not %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) != 1 {
				return a.completeTarget(cmd, args, prefix)
			}
			var keys []string
			for _, k := range vocabulary() {
				if strings.HasPrefix(k, prefix) {
					keys = append(keys, k)
				}
			}
			return keys, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "markdown")
			if err != nil {
				return err
			}
			known := vocabulary()
			if key := args[1]; !slices.Contains(known, key) && !slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, key+".") }) {
				return fmt.Errorf("%s: no fact has this key%s", key, load.DidYouMean(key, known))
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			w.switches = a.trySwitches
			return w.write(func(out io.Writer) error { return w.explain(out, args[1], format) })
		},
	}
}

// vocabulary lists the keys of all facts.
func vocabulary() []string {
	var out []string
	for _, r := range rules.All {
		out = append(out, r.Keys...)
	}
	return out
}

func (w *work) explain(out io.Writer, key, format string) error {
	return w.texts(out, func(s *pipeline.Session, f load.File, c *interp.Class) (described, error) {
		d, err := w.describe(s, f, c)
		if err == nil && len(keysOf(d.model, key)) == 0 {
			err = fmt.Errorf("nothing is stated about %s%s", key, load.DidYouMean(key, prose.Keys(d.model)))
		}
		return d, err
	}, func(m *graph.Model) error {
		r := w.reader()
		var es []prose.Explanation
		for _, k := range keysOf(m, key) {
			es = append(es, prose.Explain(m, k, r)...)
		}
		return prose.WriteExplanations(out, m, es, w.style(format))
	})
}

// keysOf are the keys of a model's facts that a key names: itself, or its group's.
func keysOf(m *graph.Model, key string) []string {
	return slices.DeleteFunc(prose.Keys(m), func(k string) bool { return k != key && !strings.HasPrefix(k, key+".") })
}

// reader gives the lines of the target's source.
func (w *work) reader() *prose.Reader {
	return &prose.Reader{Source: func(file string) []byte {
		b, err := w.target.Source.ReadFile(file)
		if err != nil {
			return nil
		}
		return b
	}}
}

func (w *work) style(format string) prose.Style {
	return prose.Style{Markdown: format == "markdown", Color: w.colors(), Show: w.target.Source.Display}
}
