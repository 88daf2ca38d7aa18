package load

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var hubName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$`)

// hubCache is the folder where huggingface_hub keeps what it downloaded.
func hubCache(env func(string) string) (string, error) {
	if d := env("HF_HUB_CACHE"); d != "" {
		return expandHome(d), nil
	}
	if d := env("HF_HOME"); d != "" {
		return filepath.Join(expandHome(d), "hub"), nil
	}
	if d := env("XDG_CACHE_HOME"); d != "" {
		return filepath.Join(d, "huggingface", "hub"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".cache", "huggingface", "hub"), nil
}

// openHub finds a snapshot in the local hub cache: org/name or
// org/name@revision, where the revision is a branch, a tag or a commit
// (default main). Its files are links into the repository's blobs; they may
// not lead out of the repository's folder.
func openHub(spec string, env func(string) string) (fsys fs.FS, where string, root *os.Root, err error) {
	name, rev, named := strings.Cut(spec, "@")
	if !named {
		rev = "main"
	}
	if !hubName.MatchString(name) || !fs.ValidPath(rev) {
		return nil, "", nil, fmt.Errorf("hf:%s: not of the form hf:org/name or hf:org/name@revision", spec)
	}
	cache, err := hubCache(env)
	if err != nil {
		return nil, "", nil, fmt.Errorf("hf:%s: %w", spec, err)
	}
	repo := filepath.Join(cache, "models--"+strings.ReplaceAll(name, "/", "--"))
	root, err = os.OpenRoot(repo)
	if err != nil {
		return nil, "", nil, fmt.Errorf("hf:%s: not in the local hub cache %s; download it there first (hf download %s)", spec, cache, name)
	}
	commit := rev
	if b, err := root.ReadFile("refs/" + rev); err == nil {
		commit = strings.TrimSpace(string(b))
	}
	snapshot := "snapshots/" + commit
	if info, err := root.Stat(snapshot); err != nil || !info.IsDir() || !fs.ValidPath(snapshot) {
		root.Close()
		return nil, "", nil, fmt.Errorf("hf:%s: %s has no snapshot of %s; download it first (hf download %s --revision %s)", spec, repo, rev, name, rev)
	}
	sub, err := fs.Sub(root.FS(), snapshot)
	return sub, filepath.Join(repo, filepath.FromSlash(snapshot)), root, err
}
