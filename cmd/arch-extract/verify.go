package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/verify"
)

func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify FILE...",
		Short: "Ask another parser for a second opinion on syntax trees and scopes",
		Long: `Verify compares the syntax tree and the scopes of each file with those of
gpython, a parser written by others. A folder stands for the Python files
beneath it, - for standard input.

gpython reads Python 3.4: constructs that came later are replaced by calls with
the same parts before it reads the text; all else stays as it is written. What
has no counterpart in 3.4 is counted as not comparable.

Disagreements are reported with their places, and the exit status is then 2.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(cmd, "a file is expected")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := a.formatOf(cmd, "text"); err != nil {
				return err
			}
			files, failed := a.pythonFiles(args)
			err := a.write(func(w io.Writer) error { return a.verify(w, files) })
			if err == nil && failed {
				err = errItems
			}
			return err
		},
	}
}

// verify compares files side by side and writes a line for each, in order,
// and the sums.
func (a *app) verify(w io.Writer, files []string) error {
	type result struct {
		opinion *verify.Opinion
		err     error
	}
	var sum verify.Opinion
	sum.Unlike = map[string]int{}
	i, agree, differ := 0, 0, 0
	err := inOrder(a.jobs, len(files), func(i int) result {
		src, err := a.readPython(files[i])
		if err != nil {
			return result{err: err}
		}
		o, err := verify.File(shown(files[i]), src)
		return result{o, err}
	}, func(r result) error {
		name := shown(files[i])
		i++
		if r.err != nil {
			differ++
			a.complain("%v", r.err)
			return nil
		}
		o := r.opinion
		sum.Nodes, sum.Blocks, sum.Names = sum.Nodes+o.Nodes, sum.Blocks+o.Blocks, sum.Names+o.Names
		for k, n := range o.Unlike {
			sum.Unlike[k] += n
		}
		verdict := "agrees"
		if len(o.Disagreements) > 0 {
			verdict = "differs"
			differ++
		} else {
			agree++
		}
		for _, d := range o.Disagreements {
			a.complain("%s:%d:1: %s", name, d.Line, d.What)
		}
		_, err := fmt.Fprintf(w, "%s\t%s\t%d nodes\t%d names\t%s\n", verdict, name, o.Nodes, o.Names, notComparable(o.Unlike))
		return err
	})
	if err != nil {
		return err
	}
	if len(files) > 1 {
		if _, err := fmt.Fprintf(w, "%d of %d files agree: %d nodes, %d names in %d blocks; %s\n", agree, agree+differ, sum.Nodes, sum.Names, sum.Blocks, notComparable(sum.Unlike)); err != nil {
			return err
		}
	}
	if differ > 0 {
		return errItems
	}
	return nil
}

// notComparable lists what Python 3.4 has no counterpart for, the most frequent first.
func notComparable(unlike map[string]int) string {
	var kinds []string
	for k := range unlike {
		kinds = append(kinds, k)
	}
	if len(kinds) == 0 {
		return "all comparable"
	}
	sort.Slice(kinds, func(i, j int) bool {
		if unlike[kinds[i]] != unlike[kinds[j]] {
			return unlike[kinds[i]] > unlike[kinds[j]]
		}
		return kinds[i] < kinds[j]
	})
	for i, k := range kinds {
		kinds[i] = fmt.Sprintf("%s %d", k, unlike[k])
	}
	return "not comparable: " + strings.Join(kinds, ", ")
}
