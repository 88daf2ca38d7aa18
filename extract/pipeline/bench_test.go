package pipeline

import (
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

// BenchmarkForward measures one traced forward of a decoder with 32 layers,
// already built; and the provenance of its calls.
func BenchmarkForward(b *testing.B) {
	s := NewSession(loadtest.Release(b, "5.23.0"), interp.Limits{})
	cls, err := s.Class(Package+".models.qwen2.modeling_qwen2", "Qwen2ForCausalLM")
	if err != nil {
		b.Fatal(err)
	}
	kw := interp.NewDict()
	kw.SetStr("num_hidden_layers", interp.NewInt(32))
	m, err := s.Build(cls, Options{Config: kw})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f, err := s.Forward(m, Scenario{})
		if err != nil {
			b.Fatal(err)
		}
		if rows := f.Trace.Flow(f.Trace.Provenance()); len(rows) < 32*9 {
			b.Fatalf("%d calls", len(rows))
		}
	}
}

// BenchmarkReport measures what a report takes after the files were parsed:
// imports, the model, its forward, facts and switches.
func BenchmarkReport(b *testing.B) {
	src := loadtest.Release(b, "5.23.0")
	b.ReportAllocs()
	for b.Loop() {
		s := NewSession(src, interp.Limits{})
		cls, err := s.Class(Package+".models.qwen2.modeling_qwen2", "Qwen2ForCausalLM")
		if err != nil {
			b.Fatal(err)
		}
		w := s.Watch()
		r, err := s.Run(cls, Settings{}, Scenario{})
		w.Stop()
		if err != nil || r.Err != nil {
			b.Fatal(err, r.Err)
		}
		m, err := s.Describe(src, "qwen2", Settings{}, r)
		if err != nil {
			b.Fatal(err)
		}
		if len(w.Switches(src, cls, Settings{}, r, m)) == 0 {
			b.Fatal("no switches")
		}
	}
}
