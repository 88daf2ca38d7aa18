package load

import (
	"context"
	"fmt"
	"path"
	"strings"
)

// Commit is a step of a git history.
type Commit struct {
	Hash    string
	Parent  string // the first parent; "" of the first commit
	Date    string // YYYY-MM-DD, when it was made
	Subject string
	Files   []string // what it changed, paths from the top of the repository
}

// Spec names the revision of a commit as a SOURCE, or that of its parent.
func (c Commit) Spec(dir string, parent bool) string {
	if parent {
		return "git:" + dir + "@" + c.Parent
	}
	return "git:" + dir + "@" + c.Hash
}

// History lists the commits of a repository's checked-out history after a
// revision, the oldest first, each against its first parent. Nothing is checked
// out, fetched or written.
func History(ctx context.Context, dir, since, until string) ([]Commit, error) {
	at := expandHome(dir)
	for _, rev := range []string{since, until} {
		if _, err := gitOutput(ctx, at, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}"); err != nil {
			return nil, fmt.Errorf("%s has no revision %q", dir, rev)
		}
	}
	out, err := gitOutput(ctx, at, "log", "--first-parent", "--reverse", "-m", "--no-renames", "--name-only", "-z",
		"--format=%x01%H%x02%P%x02%cs%x02%s%x02", "--end-of-options", since+".."+until)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	var list []Commit
	for rec := range strings.SplitSeq(string(out), "\x01") {
		f := strings.SplitN(rec, "\x02", 5)
		if len(f) != 5 {
			continue
		}
		c := Commit{Hash: f[0], Date: f[2], Subject: f[3]}
		c.Parent, _, _ = strings.Cut(f[1], " ")
		for name := range strings.SplitSeq(f[4], "\x00") {
			if name = strings.TrimSpace(name); name != "" {
				c.Files = append(c.Files, path.Clean(name))
			}
		}
		list = append(list, c)
	}
	return list, nil
}
