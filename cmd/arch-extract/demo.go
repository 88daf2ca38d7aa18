package main

import (
	"embed"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// demoFiles are a small model and as much of a framework as it needs, all of
// them written for this program.
//
//go:embed all:demo
var demoFiles embed.FS

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "The report of a small model that ships in the binary",
		Long: `Demo prints the report of a small decoder whose source is in the binary: nothing
is fetched, nothing needs to be installed. --set changes its config values.`,
		Example: "  arch-extract demo\n  arch-extract demo --set num_key_value_heads=8 --set attention_bias=true",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, set, err := a.settings(cmd)
			if err != nil {
				return err
			}
			fsys, err := fs.Sub(demoFiles, "demo")
			if err != nil {
				return err
			}
			src, err := load.OpenFS("demo", fsys)
			if err != nil {
				return err
			}
			families, err := src.Families()
			if err != nil {
				return err
			}
			w, err := a.workOn(&load.Target{Spec: "demo", Source: src, Families: families, Class: a.class}, pipeline.Settings{Config: config, Set: set})
			if err != nil {
				return err
			}
			defer w.close()
			w.label = "arch-extract demo"
			return w.report(cmd)
		},
	}
}
