package pipeline

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

// partsWanted are the parameters by part of published models, worked out by
// hand from their sizes; "total" and "active" with them.
var partsWanted = map[string]string{
	"llama-3-8b":   "embedding=525336576 attention=1342177280 mlp=5637144576 norms=266240 head=525336576 total=8030261248 active=8030261248",
	"llama-3.2-1b": "embedding=262668288 attention=167772160 mlp=805306368 norms=67584 total=1235814400 active=1235814400", // tied
	"mixtral-8x7b": "embedding=131072000 attention=1342177280 experts=45097156608 router=1048576 norms=266240 head=131072000 total=46702792704 active=12879925248",
	"qwen3-8b":     "embedding=622329856 attention=1509949440 mlp=5435817984 norms=308224 head=622329856 total=8190735360 active=8190735360",
	"mamba-130m":   "embedding=38615040 mixer=90501120 norms=19200 total=129135360 active=129135360",
	"gpt2":         "embedding=39383808 attention=28348416 mlp=56669184 norms=38400 total=124439808 active=124439808",
	"deepseek-v3":  "embedding=926679040 attention=11413422080 mlp=1189085184 experts=653908770816 shared_experts=2554331136 router=106430464 norms=1006592 head=926679040 total=671026404352 active=37552282624",
}

// TestParts holds, for every published config, that the parts sum to what the
// built model holds, and for some that they are those worked out by hand.
func TestParts(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	files, _ := filepath.Glob("../../testdata/configs/*.json")
	if len(files) < 50 {
		t.Fatalf("only %d configs", len(files))
	}
	Each(&Engine{Source: src, Jobs: runtime.GOMAXPROCS(0)}, len(files), func(s *Session, i int) string {
		c, err := load.ReadConfig(files[i])
		if err != nil {
			return err.Error()
		}
		class, _ := c.Get("architectures").([]any)
		if len(class) == 0 {
			return "skip"
		}
		cls, err := s.Class(Package, class[0].(string))
		if err != nil {
			return err.Error()
		}
		r, err := s.Run(cls, Settings{Config: c}, Scenario{})
		if err != nil {
			return "skip"
		}
		m, err := s.Describe(src, "", Settings{Config: c}, r)
		if err != nil {
			return err.Error()
		}
		var held, sum int64
		for _, p := range r.Built.Tree.Params {
			held += p.Tensor.Numel()
		}
		var text []string
		for _, p := range m.Counts.Parts {
			sum += p.Parameters
			text = append(text, fmt.Sprintf("%s=%d", p.Part, p.Parameters))
		}
		if r.Err != nil {
			sum = held // nothing says what they do
		}
		if sum != held || m.Counts.Total != held {
			return fmt.Sprintf("parts sum to %d, total is %d, the model holds %d (forward: %v)", sum, m.Counts.Total, held, r.Err)
		}
		got := strings.Join(append(text, fmt.Sprintf("total=%d active=%d", m.Counts.Total, m.Counts.Active)), " ")
		name := strings.TrimSuffix(filepath.Base(files[i]), ".json")
		if want, ok := partsWanted[name]; ok && got != want {
			return "\n got " + got + "\nwant " + want
		}
		return ""
	}, func(i int, miss string) {
		if miss == "skip" {
			t.Logf("%s: not built from this release", files[i])
		} else if miss != "" {
			t.Errorf("%s: %s", filepath.Base(files[i]), miss)
		}
	})
}

// TestPartsOfRelease holds, for the model classes of the release, that the parts
// sum to the total, and the total to what is built, which TestTrees holds to be
// what torch builds. -all takes every class, else some families.
func TestPartsOfRelease(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	want := readTreeDigests(t, "../../testdata/oracle/tree-5.23.0.tsv.gz")
	if !*whole {
		want = someFamilies(want, 16)
	}
	type result struct {
		miss           string
		built, divided bool
	}
	built, divided := 0, 0
	Each(&Engine{Source: src, Jobs: runtime.GOMAXPROCS(0)}, len(want), func(s *Session, i int) (res result) {
		d := want[i]
		var err error
		defer Bug(&err)
		cls, err := s.Class(Package+".models."+d.family+"."+strings.TrimSuffix(d.file, ".py"), d.class)
		if err != nil {
			return res
		}
		r, err := s.Run(cls, Settings{}, Scenario{})
		if err != nil {
			return res
		}
		m, err := s.Describe(src, d.family, Settings{}, r)
		if err != nil {
			res.miss = err.Error()
			return res
		}
		res.built = true
		var held, sum int64
		for _, p := range r.Built.Tree.Params {
			held += max(0, p.Tensor.Numel())
		}
		for _, p := range m.Counts.Parts {
			sum += p.Parameters
		}
		res.divided = len(m.Counts.Parts) > 0
		if res.divided && sum != held || m.Counts.Total != held || m.Counts.Active > held {
			res.miss = fmt.Sprintf("parts sum to %d, total is %d, active %d, the model holds %d", sum, m.Counts.Total, m.Counts.Active, held)
		}
		return res
	}, func(i int, res result) {
		if res.miss != "" {
			t.Errorf("%s %s: %s", want[i].family, want[i].class, res.miss)
		}
		if res.built {
			built++
		}
		if res.divided {
			divided++
		}
	})
	t.Logf("%d classes built, the parameters of %d divided by what they do", built, divided)
	if built < len(want)/2 || divided*10 < built*8 {
		t.Errorf("only %d of %d classes, %d divided", built, len(want), divided)
	}
}
