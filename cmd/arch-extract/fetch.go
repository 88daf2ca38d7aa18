package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/load"
)

func (a *app) fetchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "fetch [PACKAGE==VERSION]...",
		Short: "Bring a release into the cache through pip",
		Long: `Fetch brings releases into the cache through pip, which checks their hashes,
and prints where they are. Without an operand it fetches transformers==` + load.DefaultRelease + `.
What is in the cache is not fetched again. $ARCH_EXTRACT_CACHE names another
cache folder.`,
		Example:           "  arch-extract fetch transformers==" + load.DefaultRelease,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{load.Package}
			}
			failed := false
			for _, spec := range args {
				a.note("fetching %s through pip", spec)
				file, err := load.Fetch(cmd.Context(), spec)
				if err != nil {
					a.complain("%v", err)
					failed = true
					continue
				}
				fmt.Fprintln(a.stdout, file)
			}
			if failed {
				return errItems
			}
			return nil
		},
	}
}
