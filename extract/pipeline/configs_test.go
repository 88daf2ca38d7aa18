package pipeline

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

// TestConfigs builds the published configs and the keyword arguments of
// testdata/configs and compares with what torch builds from them.
func TestConfigs(t *testing.T) {
	const folder = "../../testdata/configs/"
	for _, r := range []struct {
		release string
		right   int
	}{
		{"5.23.0", wantConfigs},
		{"4.57.6", wantConfigs},
	} {
		t.Run(r.release, func(t *testing.T) {
			src := loadtest.Release(t, r.release)
			rows := readRows(t, "../../testdata/oracle/configs-"+r.release+".tsv.gz")
			files, _ := filepath.Glob(folder + "*.json")
			keywords, err := os.ReadFile(folder + "keywords.txt")
			if err != nil {
				t.Fatal(err)
			}
			if n := len(files) + strings.Count(string(keywords), "\n"); n != len(rows) {
				t.Errorf("%d configs and keywords, but the oracle has %d rows", n, len(rows))
			}
			right := 0
			Each(&Engine{Source: src, Jobs: runtime.GOMAXPROCS(0)}, len(rows), func(s *Session, i int) string {
				d := treeDigest{class: rows[i][1]}
				d.outcome(t, rows[i][2:min(6, len(rows[i]))])
				cls, err := s.Class(Package, d.class)
				var b *Built
				if err == nil {
					var opt Options
					if opt, err = configCase(folder, rows[i][0]); err == nil {
						b, err = s.Build(cls, opt)
					}
				}
				miss := compareDigest(d, b, err)
				if miss != "" && !d.built {
					miss += "; Python: " + d.err + " at " + d.at
				}
				return miss
			}, func(i int, miss string) {
				if miss == "" {
					right++
				} else {
					t.Logf("%s %s: %s", rows[i][1], rows[i][0], miss)
				}
			})
			t.Logf("%s: %d of %d configs as torch builds them", r.release, right, len(rows))
			if right < r.right {
				t.Errorf("%d right; want at least %d", right, r.right)
			}
		})
	}
}

// configCase reads a case: the name of a config.json, or keyword arguments as JSON.
func configCase(folder, name string) (Options, error) {
	if !strings.HasPrefix(name, "{") {
		c, err := load.ReadConfig(folder + name + ".json")
		if err != nil {
			return Options{}, err
		}
		return Options{Published: true, Config: ConfigArgs(c, nil)}, nil
	}
	v, err := load.DecodeJSON([]byte(name))
	if err != nil {
		return Options{}, err
	}
	return Options{Config: ConfigArgs(&load.Config{Values: v.([]load.Setting)}, nil)}, nil
}

// wantConfigs is what TestConfigs has reached.
const wantConfigs = 188
