package graph

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Schema names the form of everything that is written about a model.
const Schema = "arch-extract/v1"

// Model is one model class with everything that is known about it. It marshals
// to JSON as it is.
type Model struct {
	Schema string        `json:"schema"`
	Family string        `json:"family"`
	Class  string        `json:"class"`
	At     Span          `json:"at,omitzero"` // the class statement
	Source Source        `json:"source,omitzero"`
	Config []ConfigValue `json:"config,omitempty"` // in the order of the config class; sub-configs dotted
	// Accepts are the kinds of input that the class says it takes ("text",
	// "image", "audio"), in the framework's own words; nil where it does not say.
	Accepts []string `json:"-"`
	// Derived are lists that properties of the config class compute.
	Derived []ConfigValue `json:"derived,omitempty"`
	Root    *Module       `json:"root,omitempty"`
	Trace   *Trace        `json:"trace,omitempty"`
	Facts   []Fact        `json:"facts,omitempty"`
	Blocks  []Block       `json:"blocks,omitempty"`
	Hidden  Dim           `json:"hidden,omitzero"` // width of the residual stream of the main stack
	Counts  Counts        `json:"counts,omitzero"`
	// TraceError says why there is no (complete) trace, with the place.
	TraceError string     `json:"trace_error,omitempty"`
	Switches   []Switch   `json:"switches,omitempty"`
	Constants  []Constant `json:"constants,omitempty"`
	// Place is set where only the modules of one class are described.
	Place *Place `json:"place,omitempty"`
}

// Source says what was read.
type Source struct {
	Package  string `json:"package,omitempty"`  // "transformers 5.23.0"
	Modeling string `json:"modeling,omitempty"` // models/qwen2/modeling_qwen2.py
	Config   string `json:"config,omitempty"`   // models/qwen2/configuration_qwen2.py
	Values   string `json:"values,omitempty"`   // "defaults", or what was set
}

// ConfigValue is one value of the config in use.
type ConfigValue struct {
	Name  string `json:"name"`           // dotted path without "config.": "text_config.hidden_size"
	Value any    `json:"value"`          // nil, bool, int64, float64, string, []any, map[string]any
	At    []Span `json:"at,omitempty"`   // the field's default; where __post_init__ or __init__ set it
	Dead  bool   `json:"dead,omitempty"` // nothing read it
	// Formula is how the config class computes a list, Made where; empty where it
	// was given.
	Formula string `json:"formula,omitempty"`
	Made    Span   `json:"made,omitzero"`
}

// Switch is a config value on which a branch depends, and what changes when
// the branch goes the other way.
type Switch struct {
	When    string   `json:"when"` // the condition that does not hold here
	At      Span     `json:"at,omitzero"`
	Set     string   `json:"set"`     // the value that was tried: "use_sliding_window=true"
	Changes []string `json:"changes"` // what is different then, the largest first
	Keys    []string `json:"keys"`    // of the facts that are different
}

// Constant is a choice that the code makes and no config value.
type Constant struct {
	Text string `json:"text"`
	Key  string `json:"key"` // of the fact that it says
	At   Span   `json:"at,omitzero"`
	// Alike counts the families of a release that choose alike, of those Of
	// that are of the same kind and have the choice.
	Alike int `json:"alike"`
	Of    int `json:"of"`
}

// Module is one nn.Module of the tree.
type Module struct {
	Name      string `json:"name"`                // its name in the parent; "" for the model
	Path      string `json:"path"`                // "model.layers.0"; "" for the model
	Class     string `json:"cls"`                 // unqualified class name
	At        Span   `json:"at,omitzero"`         // the class statement; zero for torch's classes
	Made      Span   `json:"made,omitzero"`       // the line that constructed it
	Container bool   `json:"container,omitempty"` // ModuleList, Sequential, ModuleDict
	Repr      string `json:"repr,omitempty"`      // what distinguishes torch's modules: "4096 -> 11008, no bias"
	// BiasExpr is the expression of the config value that decides whether there is
	// a bias; nil where the code does.
	BiasExpr *Expr     `json:"-"`
	Params   []Param   `json:"params,omitempty"`
	Buffers  []Param   `json:"buffers,omitempty"`
	Children []*Module `json:"children,omitempty"`
}

// Param is a parameter or buffer that a module owns.
type Param struct {
	Name      string    `json:"name"`
	Shape     []Dim     `json:"shape"`
	DType     string    `json:"dtype"`
	At        Span      `json:"at,omitzero"`         // the line that made it
	Tied      string    `json:"tied,omitempty"`      // the path of the parameter that it is one with
	Frozen    bool      `json:"frozen,omitempty"`    // requires_grad is false
	Transient bool      `json:"transient,omitempty"` // not in the state dict
	Data      []float64 `json:"data,omitempty"`      // values, where few and known
}

// Dim is one dimension and how it follows from the config.
type Dim struct {
	N int64 // -1 where data decides
	E *Expr // nil where it follows from nothing in the config
}

// MarshalJSON writes a bare number where there is no expression.
func (d Dim) MarshalJSON() ([]byte, error) {
	if d.E == nil || d.E.Op == "lit" {
		return strconv.AppendInt(nil, d.N, 10), nil
	}
	return json.Marshal(struct {
		N int64  `json:"n"`
		E string `json:"expr"`
	}{d.N, d.E.String()})
}

// UnmarshalJSON reads what MarshalJSON writes; expressions come back as one
// reference that prints the same.
func (d *Dim) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '{' {
		return json.Unmarshal(b, &d.N)
	}
	var v struct {
		N int64  `json:"n"`
		E string `json:"expr"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	d.N, d.E = v.N, Ref(v.E)
	return nil
}

// MarshalJSON writes the expression as Python source.
func (e *Expr) MarshalJSON() ([]byte, error) { return json.Marshal(e.String()) }

// MarshalText writes "path:line" with the whole path.
func (s Span) MarshalText() ([]byte, error) {
	if s.File == "" {
		return nil, nil
	}
	return []byte(s.File + ":" + strconv.Itoa(s.Line)), nil
}

// UnmarshalText reads "path:line".
func (s *Span) UnmarshalText(b []byte) error {
	*s = Span{}
	t := string(b)
	if t == "" {
		return nil
	}
	i := strings.LastIndexByte(t, ':')
	if i < 0 {
		return fmt.Errorf("%q is no place (path:line)", t)
	}
	n, err := strconv.Atoi(t[i+1:])
	if err != nil {
		return fmt.Errorf("%q is no place (path:line)", t)
	}
	s.File, s.Line = t[:i], n
	return nil
}

// IsZero reports whether the span is nowhere.
func (s Span) IsZero() bool { return s.File == "" }

// Find is the module at a path, or nil.
func (m *Module) Find(path string) *Module {
	if m == nil || path == "" {
		return m
	}
	name, rest, _ := strings.Cut(path, ".")
	for _, c := range m.Children {
		if c.Name == name {
			return c.Find(rest)
		}
	}
	// names of ModuleDict entries and of some add_module calls hold dots
	for _, c := range m.Children {
		if strings.Contains(c.Name, ".") && strings.HasPrefix(path+".", c.Name+".") {
			return c.Find(strings.TrimPrefix(strings.TrimPrefix(path, c.Name), "."))
		}
	}
	return nil
}

// Param is the module's own parameter or buffer of that name, or nil.
func (m *Module) Param(name string) *Param {
	if m == nil {
		return nil
	}
	for i := range m.Params {
		if m.Params[i].Name == name {
			return &m.Params[i]
		}
	}
	for i := range m.Buffers {
		if m.Buffers[i].Name == name {
			return &m.Buffers[i]
		}
	}
	return nil
}

// FindParam is the parameter or buffer at a dotted path, or nil.
func (m *Module) FindParam(path string) *Param {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return m.Param(path)
	}
	return m.Find(path[:i]).Param(path[i+1:])
}

// Walk calls f for the module and everything below it, parents first.
func (m *Module) Walk(f func(*Module)) {
	f(m)
	for _, c := range m.Children {
		c.Walk(f)
	}
}

// Numel is the number of elements, -1 where data decides.
func (p *Param) Numel() int64 {
	n := int64(1)
	for _, d := range p.Shape {
		if d.N < 0 {
			return -1
		}
		n *= d.N
	}
	return n
}

// Lookup is the config value of that name.
func (m *Model) Lookup(name string) (ConfigValue, bool) {
	for _, c := range m.Config {
		if c.Name == name {
			return c, true
		}
	}
	return ConfigValue{}, false
}

// Block describes one kind of block: what it does, as equations read from the
// trace, with the names that the code has.
type Block struct {
	Class string `json:"class"`
	At    Span   `json:"at,omitzero"`
	Stack string `json:"stack"`
	Scope string `json:"scope"` // "model.layers.{0-4,6}"
	Count int    `json:"count"`
	Flow  string `json:"flow,omitempty"`
	Parts []Part `json:"parts,omitempty"`
	// Stages are the sums into the block's stream, in order; empty where the
	// stream through the block is no chain of sums.
	Stages []Stage `json:"stages,omitempty"`
}

// Stage is one sum into a block's stream: x = norm(x + branch + branch).
type Stage struct {
	Branches []Branch `json:"branches"`
	Norm     string   `json:"norm,omitempty"` // the norm on the sum, by its path in the block; "norm" where it is written in line
}

// Branch is what a stage adds to the stream.
type Branch struct {
	Kind    string   `json:"kind,omitempty"`    // attention, cross_attention, attention+mixer, attention+mlp, mlp, moe, mixer; "" where it is none of them
	Module  string   `json:"module,omitempty"`  // its path in the block; "" where the block itself computes it
	Pre     []string `json:"pre,omitempty"`     // the norms between the stream and the branch, by path
	Post    string   `json:"post,omitempty"`    // the norm on the branch before the sum
	Scale   string   `json:"scale,omitempty"`   // the factor on the branch before the sum
	Learned bool     `json:"learned,omitempty"` // a parameter scales the branch
	From    int      `json:"from"`              // how many stages precede the stream that it reads; -1 where that is not known
}

// Part is one part of a block: its attention, its feed-forward, its experts.
type Part struct {
	Kind   string `json:"kind"` // attention, mlp, moe, mixer
	Module string `json:"module"`
	Class  string `json:"class"`
	At     Span   `json:"at,omitzero"`
	Scope  string `json:"scope"`
	Flow   string `json:"flow,omitempty"`
}

// Counts are numbers of parameters, and what the cache holds for each token.
type Counts struct {
	Total     int64 `json:"total"`
	Embedding int64 `json:"embedding"` // the token embedding
	PerLayer  int64 `json:"per_layer"` // the first block of the main stack
	Active    int64 `json:"active"`    // without the experts that a token does not visit
	// Parts divides Total by what the parameters do, in the order of PartNames;
	// parts without parameters are left out. nil where no forward was followed.
	Parts []PartCount `json:"parts,omitempty"`
	// CacheBytes is what keys and values of one token take in 16 bits over all
	// layers of the main stack; 0 where not known.
	CacheBytes int64  `json:"cache_bytes,omitempty"`
	CacheExpr  string `json:"cache_expr,omitempty"`
}

// PartNames are the parts of Counts.Parts: what a parameter does in a forward,
// seen from the values that it meets. embedding: before the first block; head:
// after the last one; attention, mixer, mlp, experts, shared_experts, router and
// norms wherever they stand; other: none of these, or not met in the forward.
var PartNames = []string{"embedding", "attention", "mixer", "mlp", "experts", "shared_experts", "router", "norms", "head", "other"}

// PartCount is how many parameters one part has.
type PartCount struct {
	Part       string `json:"part"`
	Parameters int64  `json:"parameters"`
}
