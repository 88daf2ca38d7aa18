package pipeline

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/pyast"
	"github.com/arch-extract/arch-extract/rules"
)

// Settings are the config values to use beside the class's defaults.
type Settings struct {
	Config *load.Config // a config.json, or nil
	Set    []load.Setting
}

// options are the build options that the settings make. Each build gets
// arguments of its own, for config classes keep what they are given.
func (v Settings) options(prepare func(*interp.Interp, *interp.Instance)) Options {
	return Options{Published: v.Config != nil, Prepare: prepare, Config: v.Args()}
}

// Args are the settings as arguments of the config class, nil where there are none.
func (v Settings) Args() *interp.Dict {
	if v.Config == nil && len(v.Set) == 0 {
		return nil
	}
	return ConfigArgs(v.Config, v.Set)
}

// BuildWith builds a class with config values, as its defaults choose the
// implementations of its parts.
func (s *Session) BuildWith(cls *interp.Class, v Settings) (*Built, error) {
	return s.Build(cls, v.options(nil))
}

// String says where the values come from: "defaults", the config.json, what was set.
func (v Settings) String() string {
	var parts []string
	if v.Config != nil {
		parts = append(parts, v.Config.Path)
	}
	for _, s := range v.Set {
		parts = append(parts, s.Key+"="+settingText(s.Value))
	}
	if len(parts) == 0 {
		return "defaults"
	}
	return strings.Join(parts, ", ")
}

func settingText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, settingText(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []load.Setting:
		var parts []string
		for _, x := range v {
			parts = append(parts, x.Key+": "+settingText(x.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// Run is a model that was built, and one forward of it.
type Run struct {
	Built   *Built
	Forward *Forward // never nil; its trace ends where forward failed
	// Err is why forward failed; the module tree is known all the same.
	Err error
}

// Run builds a class and runs its forward, without data where that is
// possible, else as on a CPU. The error says that the model cannot be built.
func (s *Session) Run(cls *interp.Class, v Settings, sc Scenario) (*Run, error) {
	b, err := s.Build(cls, v.options(PrepareFlow))
	if err != nil {
		return nil, err
	}
	r := &Run{Built: b}
	r.Forward, r.Err = s.Forward(b, sc)
	return r, nil
}

// Describe states what is known of a run: the model with its facts. Where
// forward failed, the facts that need it are unknown, with its error.
func (s *Session) Describe(src *load.Source, family string, v Settings, r *Run) (m *graph.Model, err error) {
	defer Bug(&err)
	f := r.Forward
	if r.Err != nil {
		f = nil
	}
	m = s.Model(family, r.Built, f, r.Err)
	if f != nil {
		m.Trace = f.Seen()
	}
	m.Source.Package = src.PackageVersion()
	m.Source.Modeling = display(src, m.Source.Modeling)
	m.Source.Config = display(src, m.Source.Config)
	m.Source.Values = v.String()
	opt := s.ruleOptions()
	out := rules.Annotate(m, opt)
	if n := rules.Length(out); n > 0 && f != nil {
		s.lengthen(out, r, n, opt)
	}
	return out, nil
}

// maxFiles bounds the files whose lines a session keeps.
const maxFiles = 8

// ruleOptions give the rules the source of the session. The lines of the files
// last asked for are kept: one family's are asked for again and again.
func (s *Session) ruleOptions() rules.Options {
	tree := func(file string) *pyast.Module { t, _ := s.in.Source().Parse(file); return t }
	return rules.Options{Tree: tree, Lines: func(file string) []string {
		if l, ok := s.files[file]; ok {
			return l
		}
		t := tree(file)
		if t == nil {
			return nil
		}
		if s.files == nil || len(s.files) >= maxFiles {
			s.files = map[string][]string{}
		}
		s.files[file] = strings.Split(t.Text, "\n")
		return s.files[file]
	}}
}

// lengthen runs a model once more on n tokens and takes over the facts, where
// fewer of them are unknown then.
func (s *Session) lengthen(m *graph.Model, r *Run, n int64, opt rules.Options) {
	const most = 1 << 14
	inputs, some := longer(r.Forward.Inputs, n)
	if !some || n > most {
		return
	}
	f, err := s.Forward(r.Built, Scenario{Inputs: inputs})
	if err != nil {
		return
	}
	long := s.Model(m.Family, r.Built, f, nil)
	if facts := rules.Run(long, opt); unknowns(facts) < unknowns(m.Facts) {
		m.Facts = facts
	}
}

// longer are the inputs with n tokens in place of each row of token ids, and
// whether there are any.
func longer(inputs []Input, n int64) (out []Input, some bool) {
	for _, in := range inputs {
		if in.DType == tensor.Int64 && len(in.Shape) == 2 && in.Shape[1] > 1 && in.Shape[1] < n {
			long := Input{Name: in.Name, Shape: []int64{in.Shape[0], n}, DType: in.DType}
			if in.Data != nil {
				for i := range in.Shape[0] {
					row := in.Data[i*in.Shape[1] : (i+1)*in.Shape[1]]
					long.Data = append(long.Data, row...)
					for range n - in.Shape[1] {
						long.Data = append(long.Data, row[len(row)-1])
					}
				}
			}
			in, some = long, true
		}
		out = append(out, in)
	}
	return out, some
}

func unknowns(facts []graph.Fact) int {
	n := 0
	for _, f := range facts {
		if f.Status == graph.Unknown {
			n++
		}
	}
	return n
}

func display(src *load.Source, file string) string {
	if file == "" {
		return ""
	}
	return src.Display(file)
}

// Bug is deferred where a mistake of ours must fail one class and not the run:
// it turns a panic into an error that names the place.
func Bug(err *error) {
	p := recover()
	if p == nil {
		return
	}
	at := "an unknown place"
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		if f.File != "" && !strings.HasPrefix(f.Function, "runtime.") {
			at = fmt.Sprintf("%s:%d", f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line)
			break
		}
		if !more {
			break
		}
	}
	*err = fmt.Errorf("a bug in arch-extract at %s: %v", at, p)
}

// Unbuilt describes a class that cannot be built: what its file says without
// running it; every other fact is unknown, with why.
func Unbuilt(src *load.Source, f load.File, class string, v Settings, why error) (m *graph.Model, err error) {
	defer Bug(&err)
	m = &graph.Model{Schema: graph.Schema, Family: f.Family, Class: class, TraceError: OneLine(why.Error())}
	for _, c := range src.Classes(f.Path) {
		if c.Name == class {
			m.At = graph.Span{File: f.Path, Line: c.Line}
		}
	}
	m.Source = graph.Source{Package: src.PackageVersion(), Modeling: src.Display(f.Path), Values: v.String()}
	return rules.Annotate(m, rules.Options{}), nil
}

// OneLine is an error's message as one line of text.
func OneLine(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, " ")
}
