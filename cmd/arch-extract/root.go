package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// maxDepth is how deep calls may nest at most: the stack of the process ends there.
const maxDepth = 20_000

// app is one run of the command: its streams and the flags shared by all
// subcommands.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	from, class, config, format, output, color string
	also, set                                  []string
	all, fetch, quiet, verbose, evidence       bool
	trySwitches                                bool
	jobs                                       int
	limits                                     interp.Limits
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "arch-extract [COMMAND] TARGET",
		Short: "Read the Python source of transformer models and write down their architecture",
		Long: `arch-extract reads the Python source of transformer models and writes down
their architecture. It runs no Python and needs no torch. Without a command it
prints the report of the target's model.

TARGET is a modeling file, a folder with modeling files, a family (qwen2), a
class (Qwen2ForCausalLM), a config.json, or - for source on standard input;
TARGET:Class names one class of it: a model, or a module as the model builds it
(qwen2:Qwen2Attention).

SOURCE is a checkout, src/transformers, an installed package, a wheel, zip or
tar of one, git:DIR@REV, pip:transformers==X (the cache) or hf:org/name (the
local hub cache). Without --from it is the checkout that the file lies in, else
$ARCH_EXTRACT_SOURCE, else the transformers of the active virtual environment,
else the newest release in the cache.

What is read is bounded, so that no source can take the machine: a run that would
go beyond --max-steps, --max-memory or --max-depth ends with an error that says
where, and a larger limit lets it go on.

Exit status: 0 done, 1 differences found (diff, check), 2 something failed.`,
		Example: `  arch-extract --fetch qwen2
  arch-extract --set num_key_value_heads=8 qwen2
  arch-extract --from transformers.whl llama:LlamaModel`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return cmd.Help()
			case 1:
				return a.report(cmd, args[0])
			}
			return usagef(cmd, "one target is expected, not %d", len(args))
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usagef(cmd, "%w", err) })
	f := root.PersistentFlags()
	f.SortFlags = false
	f.StringVar(&a.from, "from", "", "the `SOURCE` to read")
	f.StringArrayVar(&a.also, "also", nil, "a wheel, zip or folder (`PATH`) of another package that the code may import; repeatable")
	f.BoolVar(&a.fetch, "fetch", false, "bring a release into the cache through pip where none is there")
	f.StringVar(&a.class, "class", "", "the class (`NAME`) of the target")
	f.BoolVar(&a.all, "all", false, "every model class of the target")
	f.StringVar(&a.config, "config", "", "a config.json (`FILE`) with the values to use")
	f.StringArrayVar(&a.set, "set", nil, "a config value, as `key=value`; dotted for sub-configs; the value is YAML; repeatable")
	f.BoolVar(&a.evidence, "evidence", false, "in a report, expressions and places as fields, not comments")
	f.BoolVar(&a.trySwitches, "switches", true, "in a report, what config values switch, found by running the model again\nwith each; --switches=false leaves it out, and so do reports of many models\nunless the flag is given")
	f.StringVar(&a.format, "format", "", "the output format")
	f.StringVarP(&a.output, "output", "o", "", "write to `FILE` in place of standard output")
	f.IntVar(&a.jobs, "jobs", runtime.GOMAXPROCS(0), "how many to work on at once (`N`)")
	f.Int64Var(&a.limits.Steps, "max-steps", interp.DefaultSteps, "how many steps (`N`: statements, calls, elements) one import, model or forward may take")
	f.Int64Var(&a.limits.Memory, "max-memory", interp.DefaultMemory, "how many elements and characters (`N`: 16 bytes or less each) one of them may make")
	f.IntVar(&a.limits.Depth, "max-depth", interp.DefaultDepth, "how deep calls may nest (`N`)")
	f.StringVar(&a.color, "color", "auto", "`WHEN` to colour: auto, always or never")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "no notes on standard error")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "more notes on standard error")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if a.jobs < 1 {
			return usagef(cmd, "--jobs %d: at least 1 is needed", a.jobs)
		}
		if a.limits.Steps < 1 || a.limits.Memory < 1 || a.limits.Depth < 1 {
			return usagef(cmd, "--max-steps, --max-memory, --max-depth: at least 1 is needed")
		}
		if a.limits.Depth > maxDepth {
			return usagef(cmd, "--max-depth %d: at most %d is possible", a.limits.Depth, maxDepth)
		}
		switch a.color {
		case "auto", "always", "never":
			return nil
		}
		return usagef(cmd, "--color %s: auto, always or never is expected", a.color)
	}
	root.AddCommand(
		a.paramsCommand(),
		a.flowCommand(),
		a.factsCommand(),
		a.explainCommand(),
		a.tourCommand(),
		a.demoCommand(),
		a.batchCommand(),
		a.diffCommand(),
		a.sizeCommand(),
		a.checkCommand(),
		a.ggufCommand(),
		a.findCommand(),
		a.nearCommand(),
		a.changesCommand(),
		a.drawCommand(),
		a.galleryCommand(),
		a.schemaCommand(),
		a.astCommand(),
		a.verifyCommand(),
		a.fetchCommand(),
		a.versionCommand(),
	)
	root.SetHelpCommand(helpCommand())
	root.InitDefaultCompletionCmd()
	return root
}

// helpCommand is `help [COMMAND]`.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Help about a command",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usagef(cmd.Root(), "there is no command %s", strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// formatOf checks --format against what the command knows; the first is the default.
func (a *app) formatOf(cmd *cobra.Command, known ...string) (string, error) {
	if a.format == "" {
		return known[0], nil
	}
	for _, k := range known {
		if a.format == k {
			return k, nil
		}
	}
	return "", usagef(cmd, "--format %s: %s is expected", a.format, alternatives(known))
}

// note says on a terminal, or with -v, what is being done.
func (a *app) note(format string, args ...any) {
	if !a.quiet && (a.verbose || isTerminal(a.stderr)) {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

// complain reports an item that failed.
func (a *app) complain(format string, args ...any) {
	fmt.Fprintf(a.stderr, format+"\n", args...)
}

func isTerminal(w any) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// alternatives writes "text, ndjson or json".
func alternatives(list []string) string {
	n := len(list) - 1
	if n < 1 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:n], ", ") + " or " + list[n]
}
