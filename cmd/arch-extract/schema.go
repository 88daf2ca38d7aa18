package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/emit"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "The JSON Schema of the report",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return a.write(func(out io.Writer) error {
				_, err := out.Write(emit.Schema())
				return err
			})
		},
	}
}
