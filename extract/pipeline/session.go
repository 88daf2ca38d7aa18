// Package pipeline runs the parts in the order that data takes: it builds a
// model of a source in an interpreter, lists its module tree, traces its
// forward and states its facts.
package pipeline

import (
	"errors"
	"fmt"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native"
	"github.com/arch-extract/arch-extract/extract/native/nn"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// Package is the Python package whose base classes make a class a model.
const Package = "transformers"

// Session is one interpreter over a source. A session is used by one
// goroutine; it keeps the modules that it has imported.
type Session struct {
	in     *interp.Interp
	base   *interp.Class // PreTrainedModel
	lines  map[*interp.Class]map[string][]graph.Span
	told   []told              // the last descriptions, of which others are cut
	around []*text             // of the framework's modules that run a model
	files  map[string][]string // lines of source files
	texts  map[string]*text    // of files that were searched for reads of config values
}

// NewSession makes a session; nothing is read yet.
func NewSession(src interp.Source, limits interp.Limits) *Session {
	return &Session{in: interp.New(src, native.Table(), limits)}
}

// NewLoadingSession makes a session that can also run Load.
func NewLoadingSession(src interp.Source, limits interp.Limits) *Session {
	return &Session{in: interp.New(src, native.LoadingTable(), limits)}
}

// Interp is the interpreter of the session.
func (s *Session) Interp() *interp.Interp { return s.in }

// Base is the class from which all model classes derive.
func (s *Session) Base() (*interp.Class, error) {
	if s.base != nil {
		return s.base, nil
	}
	s.in.Ahead(Package + ".modeling_utils")
	err := s.in.Guard(func() {
		m := s.in.Import(Package + ".modeling_utils")
		s.base, _ = s.in.GetAttr(m, "PreTrainedModel").(*interp.Class)
	})
	if err == nil && s.base == nil {
		err = errors.New("PreTrainedModel is no class")
	}
	return s.base, err
}

// ModelClasses imports a module and lists the model classes that it defines
// with a constructor of their own, in the order of the file.
func (s *Session) ModelClasses(module string) ([]*interp.Class, error) {
	s.in.Ahead(module)
	base, err := s.Base()
	if err != nil {
		return nil, err
	}
	var out []*interp.Class
	s.in.ResetBudget()
	err = s.guard(func() {
		out = nil
		m := s.in.Import(module)
		m.Dict.Range(func(k, v interp.Value) bool {
			if c, ok := v.(*interp.Class); ok && c.Mod == module && c.Is(base) && hasOwnInit(c, base) && !containsClass(out, c) {
				out = append(out, c)
			}
			return true
		})
	})
	return out, err
}

// guard runs f as Guard does. Where code that is not of the package itself
// needs another package that is not given, and does not catch that it is
// missing, the package is assumed (what comes from it is unknown) and f runs
// again: most such packages have no part in the architecture.
func (s *Session) guard(f func()) error {
	for {
		err := s.in.Guard(f)
		pkg := notGiven(err)
		if pkg == "" || len(s.in.Assumed()) == mostAssumed || !s.in.Assume(pkg) {
			return err
		}
	}
}

const mostAssumed = 32

// notGiven is the package that an error says is missing, or "".
func notGiven(err error) string {
	r := interp.AsRaised(err)
	if r == nil || r.Exc.Cls != interp.ModuleNotFoundError || r.Exc.Dict == nil {
		return ""
	}
	if at := At(err); at.File == "" || strings.HasPrefix(at.File, Package+"/") {
		return ""
	}
	v, _ := r.Exc.Dict.GetStr("name")
	name, _ := interp.AsStr(v)
	top, _, _ := strings.Cut(name, ".")
	if top == Package {
		return ""
	}
	return top
}

// NotGiven names the packages that the code of this session needs and that
// are not given; what comes from them is unknown.
func (s *Session) NotGiven() []string { return s.in.Assumed() }

func containsClass(list []*interp.Class, c *interp.Class) bool {
	for _, x := range list {
		if x == c {
			return true
		}
	}
	return false
}

// hasOwnInit reports whether a constructor is defined below the base class.
func hasOwnInit(c, base *interp.Class) bool {
	for _, k := range c.MRO {
		if k == base {
			return false
		}
		if _, ok := k.Dict.GetStr("__init__"); ok && !k.Native {
			return true
		}
	}
	return false
}

// Class finds a class by module and name.
func (s *Session) Class(module, name string) (*interp.Class, error) {
	s.in.Ahead(module)
	if _, err := s.Base(); err != nil {
		return nil, err
	}
	var c *interp.Class
	s.in.ResetBudget()
	err := s.guard(func() {
		c, _ = s.in.GetAttr(s.in.Import(module), name).(*interp.Class)
	})
	if err == nil && c == nil {
		err = fmt.Errorf("%s.%s is no class", module, name)
	}
	return c, err
}

// Built is a model that was built from a config on the meta device.
type Built struct {
	Class  *interp.Class
	Config *interp.Instance
	Root   *interp.Instance
	Tree   *nn.Listing
	Tied   interp.Value
	lists  listLines
}

// Options decide how a model is built.
type Options struct {
	// Config are keyword arguments of the config class, in order; may be nil.
	Config *interp.Dict
	// Published says that Config is a config.json: it goes through the config
	// class's from_dict, as when a checkpoint is loaded.
	Published bool
	// Prepare, where set, changes the config before the model is built.
	Prepare func(in *interp.Interp, config *interp.Instance)
}

// Build makes the config and the model as `cls(cls.config_class(**kw))` under
// torch.device("meta"), and lists what it holds.
func (s *Session) Build(cls *interp.Class, opt Options) (*Built, error) {
	in := s.in
	in.ResetBudget()
	b := &Built{Class: cls}
	err := s.guard(func() {
		in.ForgetPaths()
		cc := in.GetAttr(cls, "config_class")
		if interp.IsNone(cc) {
			in.Raise(interp.RuntimeError, "no config_class")
		}
		b.lists = listLines{}
		in.OnList = func(o *interp.Instance, name string) { b.lists.set(o, name, in.Traceback()) }
		defer func() { in.OnList = nil }()
		cfg, ok := makeConfig(in, cc, opt).(*interp.Instance)
		in.OnList = nil
		if !ok {
			in.Raise(interp.RuntimeError, "the config class made no config")
		}
		b.Config = cfg
		if opt.Prepare != nil {
			opt.Prepare(in, cfg)
		}
		cfg.Root = graph.Ref("config")
		st := tensor.StateOf(in)
		st.PushDevice("meta")
		defer st.PopDevice()
		root, ok := in.Call(cls, []interp.Value{cfg}, nil).(*interp.Instance)
		if !ok {
			in.Raise(interp.RuntimeError, "the class made no module")
		}
		b.Root = root
		b.Tree = nn.Tree(in, root)
		if v, ok := in.LookupAttr(root, "_tied_weights_keys"); ok {
			b.Tied = printable(in, v)
		}
	})
	return b, err
}

// printable is v as JSON can hold it: what it has no form for is a string, as
// Python prints it.
func printable(in *interp.Interp, v interp.Value) interp.Value {
	all := func(vs []interp.Value) interp.Value {
		out := make([]interp.Value, len(vs))
		for i, x := range vs {
			out[i] = printable(in, x)
		}
		return interp.NewList(out...)
	}
	switch v := v.(type) {
	case interp.NoneType, interp.Bool, interp.Int, interp.Float, interp.Str:
		return v
	case *interp.List:
		return all(v.V)
	case *interp.Tuple:
		return all(v.V)
	case *interp.Dict:
		out := interp.NewDict()
		v.Range(func(k, x interp.Value) bool {
			if s, ok := interp.AsStr(k); ok {
				out.SetStr(s, printable(in, x))
			}
			return true
		})
		return out
	}
	return interp.NewStr(in.ToStr(v))
}

func makeConfig(in *interp.Interp, class interp.Value, opt Options) interp.Value {
	if opt.Config == nil {
		return in.Call(class, nil, nil)
	}
	if opt.Published {
		return in.CallMethod(class, "from_dict", opt.Config)
	}
	var kw []interp.KW
	opt.Config.Range(func(k, v interp.Value) bool {
		name, _ := interp.AsStr(k)
		kw = append(kw, interp.KW{Name: name, V: v})
		return true
	})
	return in.Call(class, nil, kw)
}

// At is where an error was raised: the innermost frame inside the package.
func At(err error) graph.Span {
	r := interp.AsRaised(err)
	if r == nil {
		return graph.Span{}
	}
	for i := len(r.Trace) - 1; i >= 0; i-- {
		if f := r.Trace[i].At.File; f != "" && !strings.HasPrefix(f, "<") {
			return r.Trace[i].At
		}
	}
	return graph.Span{}
}

// dims prints a tensor's shape as 4096x1024; "" for a scalar.
func dims(t *tensor.Tensor) string {
	var b strings.Builder
	for i, d := range t.Shape {
		if i > 0 {
			b.WriteByte('x')
		}
		if d.V < 0 {
			b.WriteByte('?')
			continue
		}
		fmt.Fprint(&b, d.V)
	}
	return b.String()
}
