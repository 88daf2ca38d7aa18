package pipeline

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

var everyClass = flag.Bool("every", false, "run the scenarios of every class, not of every sixth")

// scenarioScores are the scenarios, and how many classes came to the end of
// forward when this was last raised: of every sixth class, and of all. Fewer
// is a step back.
var scenarioScores = []struct {
	kind     string
	ran, all int
}{
	{"prefill", 278, 0},
	{"decode", 112, 0},
	{"train", 277, 0},
}

// calledScores are the modules with parameters that were called, in the same runs.
var calledScores = struct{ called, all int }{30415, 0}

// TestScenarios runs the forward of classes on inputs that follow from their
// config and signature: as it is, one step with a filled cache, and in training.
// Where Python refuses, its error is the cause.
func TestScenarios(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	set := map[string]*interp.Dict{} // few layers, where the oracle says how
	for _, l := range readFlowLines(t, "5.23.0") {
		set[l.family+"/"+l.class] = l.set
	}
	var rows []treeDigest
	for i, d := range readTreeDigests(t, "../../testdata/oracle/tree-5.23.0.tsv.gz") {
		if d.built && (*everyClass || i%6 == 0) {
			rows = append(rows, d)
		}
	}
	engine := &Engine{Source: src, Jobs: runtime.NumCPU()}
	ran, no := make([]int, len(scenarioScores)), make([]int, len(scenarioScores))
	causes := make([]map[string][]string, len(scenarioScores))
	for k := range causes {
		causes[k] = map[string][]string{}
	}
	modules, reached, towers := 0, 0, map[string][]string{}
	start := time.Now()
	Each(engine, len(rows), func(s *Session, i int) scenarioRow {
		return runScenarios(s, rows[i], set[rows[i].family+"/"+rows[i].class])
	}, func(i int, r scenarioRow) {
		name := rows[i].family + "/" + rows[i].class
		modules, reached = modules+r.modules, reached+r.called
		if k := r.modules - r.called; k > 0 && r.misses[0] == "" {
			why := r.aside
			if why == "" {
				why = "with no inputs that were tried"
			}
			towers[why] = append(towers[why], fmt.Sprintf("%s %d of %d", name, k, r.modules))
		}
		for k, miss := range r.misses {
			switch {
			case miss == "":
				ran[k]++
			case strings.Contains(miss, errNoCache):
				no[k]++
			default:
				causes[k][miss] = append(causes[k][miss], name)
			}
		}
	})
	t.Logf("%.1f s on %d cores", time.Since(start).Seconds(), runtime.NumCPU())
	want := func(ran, all int) int {
		if *everyClass {
			return all
		}
		return ran
	}
	for k, s := range scenarioScores {
		t.Run(s.kind, func(t *testing.T) {
			logCauses(t, causes[k])
			t.Logf("%d of %d forwards ran to the end", ran[k], len(rows)-no[k])
			if ran[k] < want(s.ran, s.all) {
				t.Errorf("%d forwards ran before, %d do now", want(s.ran, s.all), ran[k])
			}
		})
	}
	t.Run("modules", func(t *testing.T) {
		logCauses(t, towers)
		t.Logf("%d of %d modules with parameters were called", reached, modules)
		if least := want(calledScores.called, calledScores.all); reached < least {
			t.Errorf("%d modules were called before, %d are now", least, reached)
		}
	})
}

// scenarioRow is what became of the scenarios of a class.
type scenarioRow struct {
	misses          []string // why each did not come to its end: "" if it did
	modules, called int      // those with parameters, and those of them that were called in the first
	aside           string   // the error of inputs that were refused
}

// runScenarios runs the scenarios of a class; the later ones take the inputs
// that the first found.
func runScenarios(s *Session, d treeDigest, set *interp.Dict) (r scenarioRow) {
	r.misses = make([]string, len(scenarioScores))
	fail := func(err error) scenarioRow {
		for k := range r.misses {
			r.misses[k] = fmt.Sprintf("%.160s at %s", OneLine(err.Error()), At(err))
		}
		return r
	}
	cls, err := s.Class(Package+".models."+d.family+"."+strings.TrimSuffix(d.file, ".py"), d.class)
	if err != nil {
		return fail(err)
	}
	b, err := s.Build(cls, Options{Config: set, Prepare: PrepareFlow})
	if err != nil {
		return fail(err)
	}
	f, err := s.Forward(b, Scenario{})
	if err != nil {
		return fail(err)
	}
	all, now := owners(b), called(f.Seen())
	r.modules = len(all)
	r.called = len(slices.DeleteFunc(all, func(o string) bool { return !now[o] }))
	for _, a := range f.Asides {
		if a.Err != nil {
			r.aside = fmt.Sprintf("%.160s at %s", OneLine(a.Err.Error()), At(a.Err))
		}
	}
	for k, score := range scenarioScores[1:] {
		if _, err := s.Forward(b, Scenario{Kind: score.kind, Inputs: f.Inputs}); err != nil {
			r.misses[k+1] = fmt.Sprintf("%.160s at %s", OneLine(err.Error()), At(err))
		}
	}
	return r
}
