package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"sync"
)

// gitRev is a revision of a git repository: its tree is listed once, its
// blobs are read through one `git cat-file` process. Nothing is checked out,
// fetched or written, and no hook or filter of the repository runs.
type gitRev struct {
	dir    string
	commit string
	tree   *tree
	prefix string // dir's path inside the repository, "." or "a/b"

	mu  sync.Mutex
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// splitGit splits DIR@REV: at the last @ before which there is a folder, for
// revisions may hold an @ themselves.
func splitGit(spec string) (dir, rev string) {
	isDir := func(d string) bool {
		info, err := os.Stat(expandHome(d))
		return err == nil && info.IsDir()
	}
	for i := len(spec) - 1; i > 0; i-- {
		if spec[i] == '@' && isDir(spec[:i]) {
			return spec[:i], spec[i+1:]
		}
	}
	if isDir(spec) {
		return spec, "HEAD"
	}
	dir, rev, ok := strings.Cut(spec, "@")
	if !ok {
		rev = "HEAD"
	}
	return dir, rev
}

func gitCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	args = append([]string{"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "protocol.allow=never", "--no-replace-objects"}, args...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "GIT_PAGER=cat")
	return cmd
}

// gitOutput runs git and returns what it prints; errors carry git's sentence.
func gitOutput(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := gitCommand(ctx, dir, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, errors.New("git is not installed")
		}
		if s := lastLine(stderr.String()); s != "" {
			return nil, errors.New(strings.TrimPrefix(s, "fatal: "))
		}
		return nil, err
	}
	return out, nil
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
}

func openGit(ctx context.Context, spec string) (*gitRev, error) {
	dir, rev := splitGit(spec)
	g := &gitRev{dir: expandHome(dir)}
	if info, err := os.Stat(g.dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("git:%s: there is no folder %s", spec, dir)
	}
	out, err := gitOutput(ctx, g.dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, fmt.Errorf("git:%s: %w", spec, err)
	}
	g.prefix = path.Clean(strings.TrimSuffix(strings.TrimSpace(string(out)), "/"))
	out, err = gitOutput(ctx, g.dir, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("git:%s: %s has no revision %q", spec, dir, rev)
	}
	g.commit = strings.TrimSpace(string(out))
	out, err = gitOutput(ctx, g.dir, "ls-tree", "-r", "-z", "-l", "--full-tree", g.commit)
	if err != nil {
		return nil, fmt.Errorf("git:%s: %w", spec, err)
	}
	if g.tree, err = g.list(ctx, out); err != nil {
		g.Close()
		return nil, fmt.Errorf("git:%s: %w", spec, err)
	}
	return g, nil
}

// list makes a tree of `mode type hash size<TAB>path<NUL>` records.
func (g *gitRev) list(ctx context.Context, out []byte) (*tree, error) {
	t := newTree()
	n := 0
	for rec := range bytes.SplitSeq(out, []byte{0}) {
		meta, name, ok := strings.Cut(string(rec), "\t")
		f := strings.Fields(meta)
		if !ok || len(f) != 4 || f[1] != "blob" { // a submodule has no blob here
			continue
		}
		if n++; n > maxEntries {
			return nil, refuse("more than %d files", maxEntries)
		}
		name, err := cleanEntry(name)
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseInt(f[3], 10, 64)
		if err != nil {
			continue // the object is not here: a partial clone
		}
		read := func() ([]byte, error) { return g.blob(f[2]) }
		if f[0] == "120000" {
			if size > 4096 {
				continue
			}
			target, err := read()
			if err != nil {
				return nil, err
			}
			if t.link(name, string(target)) != nil {
				continue // leads out of the repository: nothing of the revision
			}
			continue
		}
		t.add(name, &blob{size, read})
	}
	return t, t.seal()
}

// blob reads an object by its hash.
func (g *gitRev) blob(hash string) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		cmd := gitCommand(context.Background(), g.dir, "cat-file", "--batch")
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		g.cmd, g.in, g.out = cmd, in, bufio.NewReaderSize(out, 1<<16)
	}
	if _, err := io.WriteString(g.in, hash+"\n"); err != nil {
		return nil, fmt.Errorf("git cat-file ended: %w", err)
	}
	head, err := g.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git cat-file ended: %w", err)
	}
	f := strings.Fields(head)
	if len(f) != 3 || f[1] != "blob" {
		return nil, fmt.Errorf("git has no object %s", hash)
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil {
		return nil, err
	}
	if size > maxFile {
		if _, err := io.CopyN(io.Discard, g.out, size+1); err != nil {
			return nil, err
		}
		return nil, tooLarge(size)
	}
	b := make([]byte, size+1)
	if _, err := io.ReadFull(g.out, b); err != nil {
		return nil, fmt.Errorf("git cat-file ended: %w", err)
	}
	return b[:size], nil
}

// Close ends the process.
func (g *gitRev) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		return nil
	}
	g.in.Close()
	g.out.WriteTo(io.Discard)
	err := g.cmd.Wait()
	g.cmd = nil
	return err
}
