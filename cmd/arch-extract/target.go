package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/emit"
	"github.com/arch-extract/arch-extract/extract/load"
)

// oneTarget is cobra's check of the arguments of commands about one target.
func oneTarget(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef(cmd, "one target is expected, not %d", len(args))
	}
	return nil
}

// findTarget resolves the target by the shared flags.
func (a *app) findTarget(cmd *cobra.Command, spec string) (*load.Target, error) {
	return load.FindTarget(cmd.Context(), spec, a.class, a.options())
}

func (a *app) options() load.Options {
	return load.Options{From: a.from, Also: a.also, Fetch: a.fetch, Stdin: a.stdin, Note: a.note}
}

// settings are the values of --config and --set.
func (a *app) settings(cmd *cobra.Command) (config *load.Config, set []load.Setting, err error) {
	if a.config != "" {
		if config, err = load.ReadConfig(a.config); err != nil {
			return nil, nil, err
		}
	}
	for _, s := range a.set {
		key, text, ok := strings.Cut(s, "=")
		if !ok || key == "" || strings.Contains("."+key+".", "..") {
			return nil, nil, usagef(cmd, "--set %s: key=value is expected", s)
		}
		v, err := emit.ParseValue(text)
		if err != nil {
			return nil, nil, usagef(cmd, "--set %s: %w", s, err)
		}
		set = append(set, load.Setting{Key: key, Value: setting(v)})
	}
	return config, set, nil
}

// setting turns the mappings of a YAML value into settings.
func setting(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = setting(v[i])
		}
	case []emit.Pair:
		out := []load.Setting{}
		for _, p := range v {
			out = append(out, load.Setting{Key: p.Key, Value: setting(p.Value)})
		}
		return out
	}
	return v
}

// completeTarget offers the families of the source, and files.
func (a *app) completeTarget(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	opt := load.Options{}
	var s *load.Source
	var err error
	if a.from != "" {
		s, err = load.Open(cmd.Context(), a.from, opt)
	} else {
		s, err = load.Default(cmd.Context(), "", opt)
	}
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	defer s.Close()
	families, err := s.Families()
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var names []string
	for _, f := range families {
		if strings.HasPrefix(f.Name, prefix) {
			names = append(names, f.Name)
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}

// completeTwoTargets completes the operands of a command that takes two.
func (a *app) completeTwoTargets(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeTarget(cmd, nil, prefix)
}
