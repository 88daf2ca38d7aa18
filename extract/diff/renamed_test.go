package diff_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

// TestRenamedFiles compares real models with what they are when every class,
// module and variable of their file has another name: only the names differ.
func TestRenamedFiles(t *testing.T) {
	src := loadtest.Release(t, load.DefaultRelease)
	for _, name := range strings.Fields("llama gemma2 cohere olmo2 deepseek_v3 gpt_oss gpt2 qwen3_next stablelm mamba2 " +
		"recurrent_gemma kimi_linear granite gptj bart bert whisper vit mixtral falcon t5 clip") {
		t.Run(name, func(t *testing.T) {
			fam, ok := src.Family(name)
			if !ok {
				t.Fatal("no such family")
			}
			f, class, err := src.DefaultClass(fam)
			if err != nil {
				t.Fatal(err)
			}
			text, err := src.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			other := loadtest.Rename(text)
			if n := bytes.Count(other, []byte("zz_")) + bytes.Count(other, []byte("Zz")); n < 100 {
				t.Fatal("only", n, "names changed")
			}
			a, err := pipeline.NewSession(src, interp.Limits{}).DescribeClass(src, f, class, pipeline.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			s := pipeline.NewSession(&loadtest.Overlay{Source: src, File: f.Path, Text: other}, interp.Limits{})
			b, err := s.DescribeClass(src, f, "Zz"+class, pipeline.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			renamingsOnly(t, diff.Compare(a, b))
		})
	}
}

// TestSelf describes models twice, in sessions that have run other models, and
// expects no difference; -all takes every family of the release.
func TestSelf(t *testing.T) {
	src := loadtest.Release(t, load.DefaultRelease)
	families, err := src.Families()
	if err != nil {
		t.Fatal(err)
	}
	if !*whole {
		var some []load.Family
		for i := 7; i < len(families); i += 25 {
			some = append(some, families[i])
		}
		families = some
	}
	type outcome struct{ name, differs string }
	built := 0
	pipeline.Each(&pipeline.Engine{Source: src, Jobs: 2}, len(families), func(s *pipeline.Session, i int) (o outcome) {
		f, class, err := src.DefaultClass(families[i])
		if err != nil {
			return o
		}
		defer pipeline.Bug(&err)
		a, err := pipeline.NewSession(src, interp.Limits{}).DescribeClass(src, f, class, pipeline.Settings{})
		if err != nil {
			return o
		}
		o.name = families[i].Name
		b, err := s.DescribeClass(src, f, class, pipeline.Settings{})
		if err != nil {
			o.differs = err.Error()
			return o
		}
		for _, r := range []*diff.Result{diff.Compare(a, a), diff.Compare(a, b), diff.Compare(b, a)} {
			if !r.Same() {
				o.differs = written(t, r)
			}
		}
		return o
	}, func(_ int, o outcome) {
		if o.name != "" {
			built++
		}
		if o.differs != "" {
			t.Errorf("%s differs from itself:\n%s", o.name, o.differs)
		}
	})
	t.Logf("%d of %d families can be built, and are what they are", built, len(families))
	if built*10 < len(families)*8 {
		t.Error("fewer than eight in ten can be built")
	}
}
