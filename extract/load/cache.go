package load

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Package is the Python package that holds the model families of a source.
const Package = "transformers"

// DefaultRelease is what is fetched where no release is named.
const DefaultRelease = "5.23.0"

// requirement is a name with, mostly, an exact version: "transformers==5.23.0".
var requirement = regexp.MustCompile(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?: *== *([A-Za-z0-9][A-Za-z0-9.!+_-]*))?$`)

func splitRequirement(spec string) (name, version string, err error) {
	m := requirement.FindStringSubmatch(strings.TrimSpace(spec))
	if m == nil {
		return "", "", fmt.Errorf("%q does not name a release; write, for example, %s==%s", spec, Package, DefaultRelease)
	}
	return m[1], m[2], nil
}

// CacheDir is where releases are kept: $ARCH_EXTRACT_CACHE, else arch-extract
// in the user's cache folder.
func CacheDir() (string, error) {
	if d := os.Getenv("ARCH_EXTRACT_CACHE"); d != "" {
		return expandHome(d), nil
	}
	d, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: %w; set ARCH_EXTRACT_CACHE to one", err)
	}
	return filepath.Join(d, "arch-extract"), nil
}

// Cached is the wheel of a release in the cache, the newest one where version
// is "". The path is "" where there is none.
func Cached(name, version string) (string, error) {
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(filepath.Join(dir, "wheels"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	best, bestVersion := "", ""
	for _, e := range entries {
		n, v, ok := wheelName(e.Name())
		if !ok || n != normalName(name) || version != "" && compareVersions(v, version) != 0 {
			continue
		}
		if best == "" || compareVersions(v, bestVersion) > 0 {
			best, bestVersion = filepath.Join(dir, "wheels", e.Name()), v
		}
	}
	return best, nil
}

// wheelName splits a wheel's file name: name-version-python-abi-platform.whl.
func wheelName(file string) (name, version string, ok bool) {
	base, ok := strings.CutSuffix(file, ".whl")
	parts := strings.Split(base, "-")
	if !ok || len(parts) < 5 {
		return "", "", false
	}
	return normalName(parts[0]), parts[1], true
}

var separators = regexp.MustCompile(`[-_.]+`)

// normalName is the name of a distribution as wheels write it (PEP 427, 503).
func normalName(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "_"))
}

// Fetch brings a release into the cache through pip, which checks its hash,
// and returns the wheel's path. A release that is there already is not
// fetched again. The name may stand without a version: then the default
// release of transformers, or the newest of any other package.
func Fetch(ctx context.Context, spec string) (string, error) {
	name, version, err := splitRequirement(spec)
	if err != nil {
		return "", err
	}
	if version == "" && normalName(name) == Package {
		version = DefaultRelease
	}
	if version != "" {
		if file, err := Cached(name, version); err != nil || file != "" {
			return file, err
		}
		spec = name + "==" + version
	}
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	wheels := filepath.Join(dir, "wheels")
	if err := os.MkdirAll(wheels, 0o755); err != nil {
		return "", fmt.Errorf("cannot make the cache folder: %w; set ARCH_EXTRACT_CACHE to another", err)
	}
	tmp, err := os.MkdirTemp(dir, "fetch-")
	if err != nil {
		return "", fmt.Errorf("cannot write to the cache folder: %w; set ARCH_EXTRACT_CACHE to another", err)
	}
	defer os.RemoveAll(tmp)
	if err := pipDownload(ctx, tmp, spec); err != nil {
		return "", fmt.Errorf("cannot fetch %s: %w", spec, err)
	}
	got, err := filepath.Glob(filepath.Join(tmp, "*.whl"))
	if err != nil || len(got) != 1 {
		return "", fmt.Errorf("cannot fetch %s: pip brought no wheel", spec)
	}
	if z, err := zip.OpenReader(got[0]); err != nil {
		return "", fmt.Errorf("cannot fetch %s: pip brought a damaged wheel: %w", spec, err)
	} else {
		z.Close()
	}
	file := filepath.Join(wheels, filepath.Base(got[0]))
	if err := os.Rename(got[0], file); err != nil {
		return "", fmt.Errorf("cannot fetch %s: %w", spec, err)
	}
	return file, nil
}

// pips are the ways to run pip, in order.
var pips = [][]string{
	{"python3", "-m", "pip"},
	{"python", "-m", "pip"},
	{"pip3"},
	{"pip"},
	{"uv", "tool", "run", "pip"},
}

const wayOut = "pip download --no-deps transformers==" + DefaultRelease + " on a machine with network, and then --from FILE.whl"

// pipDownload runs the first pip that there is. It runs in dir, an empty
// folder: `python -m` would import a pip.py from the current one.
func pipDownload(ctx context.Context, dir, spec string) error {
	for _, pip := range pips {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		exe, err := exec.LookPath(pip[0])
		if err != nil {
			continue
		}
		if exe, err = filepath.Abs(exe); err != nil {
			continue
		}
		run := func(args ...string) (string, error) {
			cmd := exec.CommandContext(ctx, exe, append(append([]string(nil), pip[1:]...), args...)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PYTHONSAFEPATH=1", "LC_ALL=C")
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			return out.String(), err
		}
		if _, err := run("--version"); err != nil {
			continue // Python without pip
		}
		out, err := run("download", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--progress-bar=off", "--retries=2", "-d", dir, spec)
		if err != nil {
			return pipError(ctx, spec, out, err)
		}
		return nil
	}
	return fmt.Errorf("there is no pip here (tried python3 -m pip, pip3, pip, uv); install one, or run `%s`", wayOut)
}

// pipError turns what pip printed into a sentence.
func pipError(ctx context.Context, spec, out string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, sign := range []string{"Failed to establish a new connection", "NewConnectionError", "NameResolutionError", "name resolution", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "Network is unreachable", "Connection refused", "SSLError", "Could not fetch URL"} {
		if strings.Contains(out, sign) {
			return fmt.Errorf("the package index cannot be reached; try again with network, or run `%s`", wayOut)
		}
	}
	last := ""
	for line := range strings.Lines(out) {
		if s, ok := strings.CutPrefix(strings.TrimSpace(line), "ERROR: "); ok {
			last = s
		}
	}
	if strings.Contains(out, "No matching distribution") || strings.Contains(out, "Could not find a version") {
		return fmt.Errorf("pip knows no wheel of %s", spec)
	}
	if strings.Contains(out, "HASHES") {
		return errors.New("the file does not match its hash, and was not kept")
	}
	if last == "" {
		last = lastLine(out)
	}
	if last == "" {
		return fmt.Errorf("pip failed: %w", err)
	}
	return fmt.Errorf("pip says: %s", last)
}
