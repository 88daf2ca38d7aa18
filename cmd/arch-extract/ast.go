package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/pyast"
)

func (a *app) astCommand() *cobra.Command {
	var stats bool
	cmd := &cobra.Command{
		Use:   "ast FILE...",
		Short: "Print syntax trees as CPython's ast.dump does",
		Long: `Ast prints the syntax tree of each file as CPython 3.14's
ast.dump(tree, include_attributes=True) prints it. A folder stands for the
Python files beneath it, - for standard input.

--format digest prints sha256<TAB>path of that text, one line a file; for a
file that does not parse, its first error in place of the digest.
--stats prints files, bytes, seconds and MB/s of parsing alone, on one core
unless --jobs says otherwise.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(cmd, "a file is expected")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "digest")
			if err != nil {
				return err
			}
			files, failed := a.pythonFiles(args)
			if stats {
				jobs := 1
				if cmd.Flags().Changed("jobs") {
					jobs = a.jobs
				}
				err = a.write(func(w io.Writer) error { return a.parseStats(w, files, jobs) })
			} else {
				err = a.write(func(w io.Writer) error { return a.dump(w, files, format) })
			}
			if err == nil && failed {
				err = errItems
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&stats, "stats", false, "how fast the files parse")
	return cmd
}

// pythonFiles replaces folders by the Python files beneath them, in order.
func (a *app) pythonFiles(args []string) (files []string, failed bool) {
	for _, arg := range args {
		if info, err := os.Stat(arg); arg == "-" || err != nil || !info.IsDir() {
			files = append(files, arg)
			continue
		}
		n := len(files)
		err := filepath.WalkDir(arg, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(p, ".py") {
				files = append(files, p)
			}
			return err
		})
		if err == nil && len(files) == n {
			err = fmt.Errorf("%s: no Python file in it", arg)
		}
		if err != nil {
			a.complain("%v", err)
			failed = true
		}
	}
	return files, failed
}

func (a *app) readPython(name string) ([]byte, error) {
	if name == "-" {
		return load.ReadAll(shown(name), a.stdin)
	}
	return load.ReadFile(name)
}

func shown(name string) string {
	if name == "-" {
		return load.Stdin
	}
	return name
}

// dump parses files side by side and writes their trees in order.
func (a *app) dump(w io.Writer, files []string, format string) error {
	type result struct {
		text string
		err  error
	}
	work := func(name string) (r result) {
		src, err := a.readPython(name)
		if err != nil {
			return result{err: err}
		}
		tree, err := pyast.Parse(shown(name), src)
		r.err = err
		switch {
		case format == "text":
			r.text = pyast.Dump(tree) + "\n"
		case err == nil:
			r.text = pyast.Digest(tree) + "\t" + shown(name) + "\n"
		default:
			r.text = firstError(err) + "\t" + shown(name) + "\n"
		}
		return r
	}
	var failed bool
	err := inOrder(a.jobs, len(files), func(i int) result { return work(files[i]) }, func(r result) error {
		if r.err != nil {
			a.complain("%v", r.err)
			failed = true
		}
		_, err := io.WriteString(w, r.text)
		return err
	})
	if err == nil && failed {
		err = errItems
	}
	return err
}

// firstError is the error that CPython would raise, as digests show it.
func firstError(err error) string {
	var list pyast.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return fmt.Sprintf("SyntaxError %d:%d %s", list[0].Line, list[0].Col, list[0].Msg)
	}
	return err.Error()
}

// inOrder runs work for 0..n-1 on several goroutines, and emit on the results
// in order; at most a few results wait.
func inOrder[T any](jobs, n int, work func(i int) T, emit func(T) error) error {
	slots := make([]chan T, n)
	for i := range slots {
		slots[i] = make(chan T, 1)
	}
	ahead := make(chan struct{}, 4*jobs)
	next := make(chan int)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(stop)
	wg.Go(func() {
		defer close(next)
		for i := range n {
			select {
			case ahead <- struct{}{}:
			case <-stop:
				return
			}
			select {
			case next <- i:
			case <-stop:
				return
			}
		}
	})
	for range min(jobs, n) {
		wg.Go(func() {
			for i := range next {
				slots[i] <- work(i)
			}
		})
	}
	for _, s := range slots {
		if err := emit(<-s); err != nil {
			return err
		}
		<-ahead
	}
	return nil
}

// parseStats reads all files, then times parsing alone.
func (a *app) parseStats(w io.Writer, files []string, jobs int) error {
	failed := false
	var sources [][]byte
	var names []string
	bytes := 0
	for _, name := range files {
		src, err := a.readPython(name)
		if err != nil {
			a.complain("%v", err)
			failed = true
			continue
		}
		sources, names, bytes = append(sources, src), append(names, shown(name)), bytes+len(src)
	}
	start := time.Now()
	err := inOrder(jobs, len(sources), func(i int) error {
		_, err := pyast.Parse(names[i], sources[i])
		return err
	}, func(err error) error {
		if err != nil {
			a.complain("%v", err)
			failed = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	rate := 0.0
	if seconds > 0 {
		rate = float64(bytes) / seconds / 1e6
	}
	if _, err := fmt.Fprintf(w, "files: %d\nbytes: %d\nseconds: %.4f\nMB/s: %.1f\njobs: %d\n", len(sources), bytes, seconds, rate, jobs); err != nil {
		return err
	}
	if failed {
		return errItems
	}
	return nil
}
