// Command arch-extract reads the Python source of transformer models and
// writes down their architecture.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	// Models are built and dropped by the hundred while the parsed source
	// stays: collecting only when 1.5 GiB are full is a third of the time.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(heapLimit)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// heapLimit is the memory, in bytes, up to which nothing is collected.
const heapLimit = 3 << 29

// The exit statuses.
const (
	statusDone   = 0
	statusDiffer = 1 // diff found differences
	statusFailed = 2 // wrong usage, unreadable input, or an item that failed
)

// run is the whole command: arguments in, exit status out.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return statusDone
	case errors.Is(err, errDiffer):
		return statusDiffer
	case errors.Is(err, errItems): // said already
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "interrupted")
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "arch-extract: %v; see arch-extract help%s\n", err, usage.command)
	default:
		fmt.Fprintln(stderr, err)
	}
	return statusFailed
}

// errItems says that items failed, each of which was reported where it did;
// what succeeded is written.
var errItems = errors.New("some items failed")

// usageError is a wrong command line.
type usageError struct {
	err     error
	command string // with a space before, or ""
}

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(cmd *cobra.Command, format string, args ...any) error {
	name := ""
	if cmd.HasParent() {
		name = " " + cmd.Name()
	}
	return usageError{fmt.Errorf(format, args...), name}
}
