// Package diff compares two models: what they state (facts), and how the
// parameters of one become those of the other. Parameters are matched by what
// they do in the dataflow, not by their names.
package diff

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Result is how two models differ. Each group is in the order in which its
// entries would break a port of weights or code.
type Result struct {
	A         Side     `json:"a"`
	B         Side     `json:"b"`
	Structure []Entry  `json:"structure"` // what is computed, in which order
	Weights   []Weight `json:"weights"`   // parameters that are not simply the other's
	Numerics  []Entry  `json:"numerics"`  // same structure, other numbers
	Values    []Entry  `json:"values"`    // sizes and counts
	Renamed   []Weight `json:"renamed"`   // same role, other name
	Unchanged []Entry  `json:"unchanged"` // what was compared and is equal
	// Undecided is what neither model's facts could decide.
	Undecided []Entry `json:"undecided,omitempty"`

	names   [2][]string // the parameters of a and b, folded
	parts   bool        // two modules are compared
	partial bool        // a forward ended early: what one model does not state is not known
}

// Side names one of the two models.
type Side struct {
	Family  string     `json:"family"`
	Class   string     `json:"class"`
	Package string     `json:"package,omitempty"`
	At      graph.Span `json:"at,omitzero"`
}

// Entry is one thing that was compared: what it is about, and both values with
// the places that decide them.
type Entry struct {
	About string `json:"about"` // "norm placement"
	Key   string `json:"key"`   // the fact's key, or the name of the size
	Stack string `json:"stack,omitempty"`
	A     any    `json:"a"` // nil where the model has no such thing
	B     any    `json:"b"`
	AtA   Places `json:"at_a"`
	AtB   Places `json:"at_b"`
	// WithA and WithB are what one model alone states beside it, such as how its experts are chosen.
	WithA []string `json:"with_a,omitempty"`
	WithB []string `json:"with_b,omitempty"`
	Note  string   `json:"note,omitempty"`
}

// Weight maps parameters of one model to those of the other. Names are folded
// over equal layers: model.layers.*.mlp.up_proj.weight.
type Weight struct {
	Change string   `json:"change"` // added, removed, renamed, moved, split, fused, stacked, unstacked, transposed, relaid, tied, untied
	About  string   `json:"about"`  // the role: "attention q weight"; "" where it is not known
	A      []string `json:"a"`
	B      []string `json:"b"`
	AtA    Places   `json:"at_a"`
	AtB    Places   `json:"at_b"`
	Note   string   `json:"note,omitempty"`
}

// Places are lines of the source.
type Places []graph.Span

// MarshalJSON writes the places as "file:line", always as a list.
func (p Places) MarshalJSON() ([]byte, error) {
	out := make([]string, len(p))
	for i, s := range p {
		out[i] = s.String()
	}
	return json.Marshal(out)
}

// Same reports whether no difference was found.
func (r *Result) Same() bool {
	return len(r.Structure)+len(r.Weights)+len(r.Numerics)+len(r.Values)+len(r.Renamed) == 0
}

// Compare says how b differs from a.
func Compare(a, b *graph.Model) *Result { return CompareCode(a, b, nil) }

// CompareFacts is Compare without the names of tensors: what is different, not
// how to map one onto the other.
func CompareFacts(a, b *graph.Model) *Result {
	r := &Result{A: side(a), B: side(b), partial: a.TraceError != "" || b.TraceError != ""}
	r.facts(a, b)
	if len(r.Structure) == 0 {
		entries, _ := dataflow(a, b)
		r.Structure = entries[:min(len(entries), maxComputations)]
	}
	return r
}

// CompareCode says how b differs from a where like is b built with a's config
// values, or, where they are modules, as it is in a's place (nil: not known):
// what differs between a and b, but not between a and like, is a matter of
// default values, or of what their models give to them, not of the code.
func CompareCode(a, b, like *graph.Model) *Result {
	r := &Result{A: side(a), B: side(b), Structure: []Entry{}, Weights: []Weight{}, Numerics: []Entry{}, Values: []Entry{}, Renamed: []Weight{}, Unchanged: []Entry{}}
	r.parts = a.Root != nil && b.Root != nil && a.Root.Path != "" && b.Root.Path != ""
	r.partial = a.TraceError != "" || b.TraceError != ""
	r.facts(a, b)
	r.weights(a, b)
	code := b
	if like != nil {
		code = like
	}
	entries, known := dataflow(a, code)
	if !known {
		entries = made(a, code)
		e := Entry{About: "dataflow", Key: "computation", Note: "the forward cannot be followed: only what the modules are made of is compared"}
		for _, m := range []*graph.Model{b, a} {
			if m.TraceError != "" {
				e.Note = m.TraceError
			}
		}
		r.Undecided = append(r.Undecided, e)
	}
	if known && len(entries) == 0 && like != nil {
		r.decided(func(Entry) bool { return true })
	} else if like != nil {
		with := &Result{parts: r.parts, partial: r.partial}
		with.facts(a, like)
		still := map[[2]string]bool{}
		for _, e := range append(with.Structure, with.Numerics...) {
			still[[2]string{e.Stack, e.Key}] = true
		}
		for _, e := range with.Undecided {
			still[[2]string{e.Stack, e.Key}] = true
		}
		r.decided(func(e Entry) bool { return !still[[2]string{e.Stack, e.Key}] })
	}
	if len(r.Structure) == 0 {
		r.Structure = append(r.Structure, entries[:min(len(entries), maxComputations)]...)
	}
	return r
}

// maxComputations is how many places where the dataflow differs are worth naming.
const maxComputations = 12

// decided moves what the default values alone decide to the values.
func (r *Result) decided(by func(Entry) bool) {
	note := "by the config's defaults"
	if r.parts {
		note = "by what their models give them"
	}
	move := func(list []Entry) []Entry {
		kept := []Entry{}
		for _, e := range list {
			if !by(e) {
				kept = append(kept, e)
				continue
			}
			if e.Note == "" {
				e.Note = note
			}
			r.Values = append(r.Values, e)
		}
		return kept
	}
	n := len(r.Values)
	r.Structure = move(r.Structure)
	r.Numerics = move(r.Numerics)
	// first what decides more than a size
	r.Values = append(slices.Clone(r.Values[n:]), r.Values[:n]...)
}

func side(m *graph.Model) Side {
	return Side{Family: m.Family, Class: m.Class, Package: m.Source.Package, At: m.At}
}

// group says which list a difference of a fact goes to.
type group int

const (
	structure group = iota
	numerics
	values
)

// keys are the facts that are compared, in the order in which a difference
// breaks a port. Under With, a fact that one model alone has is said with
// another fact: the order of a q/k norm with the norm.
var keys = []struct {
	Key   string
	Group group
	Title string
	With  string
}{
	{"model.kind", structure, "kind", ""},
	{"schedule.mixers", structure, "mixers by layer", ""},
	{"schedule.ffn", structure, "feed-forward by layer", ""},
	{"block.residual", structure, "residual", ""},
	{"block.norm_placement", structure, "norm placement", ""},
	{"block.norms", structure, "norms per block", ""},
	{"norm.kind", structure, "norm", ""},
	{"norm.affine", structure, "norm parameters", ""},
	{"attention.kind", structure, "attention", ""},
	{"attention.mask", structure, "attention mask", ""},
	{"attention.cross", structure, "cross attention", ""},
	{"attention.qkv", structure, "qkv", ""},
	{"attention.qkv_layout", structure, "qkv layout", "attention.qkv"},
	{"position.kind", structure, "position", ""},
	{"rope.layout", structure, "rope layout", "position.kind"},
	{"rope.dim", structure, "rope dimensions", "position.kind"},
	{"rope.layers", structure, "rope by layer", ""},
	{"attention.qk_norm", structure, "qk norm", ""},
	{"attention.qk_norm_order", structure, "qk norm order", "attention.qk_norm"},
	{"attention.window", structure, "attention window", ""},
	{"attention.sinks", structure, "attention sinks", ""},
	{"attention.gate", structure, "attention gate", ""},
	{"attention.bias", structure, "attention bias", ""},
	{"mlp.kind", structure, "mlp", ""},
	{"mlp.activation", structure, "activation", ""},
	{"mlp.fused", structure, "gate and up fused", "mlp.kind"},
	{"mlp.bias", structure, "mlp bias", ""},
	{"moe.score", structure, "router score", "schedule.ffn"},
	{"moe.order", structure, "router order", "schedule.ffn"},
	{"moe.renormalize", structure, "router renormalizes", "schedule.ffn"},
	{"moe.groups", structure, "router groups", "schedule.ffn"},
	{"moe.router_bias", structure, "router bias", "schedule.ffn"},
	{"moe.selection_bias", structure, "router selection bias", "schedule.ffn"},
	{"moe.weight_on", structure, "router weight on", "schedule.ffn"},
	{"moe.shared", structure, "shared experts", "schedule.ffn"},
	{"moe.shared_gate", structure, "shared expert gate", "schedule.ffn"},
	{"moe.zero_experts", structure, "zero experts", "schedule.ffn"},
	{"mixer.kind", structure, "mixer", "schedule.mixers"},
	{"mixer.conv", structure, "mixer convolution", "schedule.mixers"},
	{"mixer.gate", structure, "mixer gate", "schedule.mixers"},
	{"embedding.positions", structure, "position embedding", ""},
	{"embedding.norm", structure, "embedding norm", ""},
	{"final_norm", structure, "final norm", ""},
	{"head.tied", structure, "head tied", ""},
	{"head.bias", structure, "head bias", ""},

	{"norm.cast", numerics, "norm cast", ""},
	{"norm.offset", numerics, "norm offset", ""},
	{"norm.eps", numerics, "norm eps", ""},
	{"attention.scale", numerics, "attention scale", ""},
	{"attention.softcap", numerics, "attention softcap", ""},
	{"rope.theta", numerics, "rope theta", "position.kind"},
	{"embedding.scale", numerics, "embedding scale", ""},
	{"residual.scale", numerics, "residual scale", ""},
	{"moe.scale", numerics, "router scale", "schedule.ffn"},
	{"logits.scale", numerics, "logits scale", ""},
	{"logits.softcap", numerics, "logits softcap", ""},

	{"model.layers", values, "layers", ""},
	{"attention.heads", values, "heads", ""},
	{"attention.kv_heads", values, "kv heads", ""},
	{"attention.head_dim", values, "head dim", ""},
	{"attention.v_head_dim", values, "value head dim", ""},
	{"mlp.hidden", values, "mlp width", ""},
	{"moe.experts", values, "experts", "schedule.ffn"},
	{"moe.top_k", values, "experts per token", "schedule.ffn"},
	{"moe.shared_hidden", values, "shared expert width", "schedule.ffn"},
	{"mixer.heads", values, "mixer heads", "schedule.mixers"},
	{"mixer.head_dim", values, "mixer head dim", "schedule.mixers"},
	{"mixer.state", values, "mixer state", "schedule.mixers"},
}

// stated is what one model states under a key in one stack.
type stated struct {
	value   any
	unknown bool
	why     string
	expr    string
	at      Places
}

// same reports whether two values are equal: as numbers and words, or because
// they follow in the same way from config values of the same names.
func (s *stated) same(key string, o *stated) bool {
	if equal(key, s.value, o.value) {
		return true
	}
	_, isText := s.value.(string)
	return isText && s.expr != "" && plainExpr(s.expr) == plainExpr(o.expr)
}

var subConfig = regexp.MustCompile(`\bconfig\.(\w+\.)*`)

// plainExpr is an expression without its number and without the names of configs.
func plainExpr(e string) string {
	e, _, _ = strings.Cut(e, " = ")
	return subConfig.ReplaceAllString(e, "")
}

// facts compares what the two models state.
func (r *Result) facts(a, b *graph.Model) {
	fa, fb := byStack(a.Facts), byStack(b.Facts)
	if r.parts {
		r.part(fa, fb)
		return
	}
	for i := range max(len(fa), len(fb)) {
		var ka, kb map[string]*stated
		stack := ""
		if i < len(fa) {
			ka, stack = fa[i].keys, fa[i].name
		}
		if i < len(fb) {
			if kb = fb[i].keys; stack == "" {
				stack = fb[i].name
			}
		}
		if ka == nil || kb == nil {
			e := Entry{About: "stack " + stack, Key: "stack", Stack: stack}
			if ka != nil {
				e.A = stack
			} else {
				e.B = stack
			}
			r.Structure = append(r.Structure, e)
			continue
		}
		r.stack(stack, ka, kb)
	}
	r.sizes(a, b)
}

// part compares what is stated of two modules, wherever in their models they
// stand, as far as they decide it themselves.
func (r *Result) part(fa, fb []stackFacts) {
	one := func(list []stackFacts) map[string]*stated {
		out := map[string]*stated{}
		for _, s := range list {
			for k, v := range s.keys {
				if !fromOutside[k] && out[k] == nil {
					out[k] = v
				}
			}
		}
		return out
	}
	if ka, kb := one(fa), one(fb); len(ka) > 0 && len(kb) > 0 {
		r.stack("", ka, kb)
	}
}

// fromOutside are the facts of a module that are decided by what its model gives to it: the
// mask, and the angles of the rotary embedding.
var fromOutside = map[string]bool{"attention.mask": true, "attention.window": true, "attention.cross": true, "rope.theta": true, "rope.dim": true}

func (r *Result) stack(stack string, ka, kb map[string]*stated) {
	if stack == "main" {
		stack = ""
	}
	index := map[string]int{} // of structure entries, by key
	for _, k := range keys {
		x, y := ka[k.Key], kb[k.Key]
		if x == nil && y == nil {
			continue
		}
		if (x == nil || y == nil) && (r.partial || implied(k.Key, ka, kb)) {
			continue
		}
		e := Entry{About: k.Title, Key: k.Key, Stack: stack}
		if x != nil {
			e.A, e.AtA = x.value, x.at
		}
		if y != nil {
			e.B, e.AtB = y.value, y.at
		}
		i, said := index[k.With]
		switch {
		case x == nil && said:
			if !y.unknown && !nothing(y.value) {
				r.Structure[i].WithB = append(r.Structure[i].WithB, detail(k.Title, y.value))
			}
		case y == nil && said:
			if !x.unknown && !nothing(x.value) {
				r.Structure[i].WithA = append(r.Structure[i].WithA, detail(k.Title, x.value))
			}
		case x != nil && x.unknown || y != nil && y.unknown:
			if x != nil && x.unknown {
				e.Note = x.why
			} else {
				e.Note = y.why
			}
			r.Undecided = append(r.Undecided, e)
		case x != nil && y != nil && x.same(k.Key, y):
			r.Unchanged = append(r.Unchanged, e)
		default:
			switch k.Group {
			case structure:
				index[k.Key] = len(r.Structure)
				r.Structure = append(r.Structure, e)
			case numerics:
				r.Numerics = append(r.Numerics, e)
			case values:
				r.Values = append(r.Values, e)
			}
		}
	}
}

// implied reports whether a fact is missing because all of its kind is: one
// model has no attention, or no feed-forward, which is said once.
func implied(key string, ka, kb map[string]*stated) bool {
	group, _, _ := strings.Cut(key, ".")
	whole := map[string]string{"attention": "attention.kind", "position": "attention.kind", "rope": "attention.kind", "mlp": "mlp.kind"}[group]
	return whole != "" && key != whole && (ka[whole] == nil) != (kb[whole] == nil)
}

// nothing reports whether a value says that something is not there.
func nothing(v any) bool {
	switch Text(v) {
	case "none", "false", "0", "[]", "-":
		return true
	}
	return false
}

// detail is a fact said after another: "before-rope", "experts 8".
func detail(title string, v any) string {
	if s, ok := v.(string); ok && strings.Contains(s, "-rope") {
		return s
	}
	if Text(v) == "true" {
		return title
	}
	return title + " " + Text(v)
}

// equal compares two values. A schedule of a single kind is the same however
// many layers there are, which is a size of its own.
func equal(key string, a, b any) bool {
	if strings.HasPrefix(key, "schedule.") {
		if x, ok := onlyKind(a); ok {
			y, ok := onlyKind(b)
			return ok && x == y
		}
	}
	return Text(a) == Text(b)
}

func onlyKind(v any) (string, bool) {
	l, ok := v.([]any)
	if !ok || len(l) != 1 {
		return "", false
	}
	p, ok := l[0].([]any)
	if !ok || len(p) == 0 {
		return "", false
	}
	return Text(p[0]), true
}

type stackFacts struct {
	name string
	keys map[string]*stated
}

// byStack groups facts, the main stack first. A fact with several values has
// the list of them with their layers.
func byStack(facts []graph.Fact) []stackFacts {
	var out []stackFacts
	lists := map[string]map[string][]graph.Fact{}
	var names []string
	for _, f := range facts {
		if lists[f.Stack] == nil {
			lists[f.Stack] = map[string][]graph.Fact{}
			names = append(names, f.Stack)
		}
		lists[f.Stack][f.Key] = append(lists[f.Stack][f.Key], f)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "main":
			return -1
		case b == "main":
			return 1
		}
		return 0
	})
	for _, n := range names {
		s := stackFacts{n, map[string]*stated{}}
		for key, fs := range lists[n] {
			s.keys[key] = state(fs)
		}
		out = append(out, s)
	}
	return out
}

// state joins the facts of one key.
func state(fs []graph.Fact) *stated {
	s := &stated{at: fs[0].At, value: fs[0].Value, expr: fs[0].Expr}
	several := false
	for _, f := range fs {
		if f.Status == graph.Unknown {
			s.unknown, s.why, s.value = true, f.Why, "unknown"
			return s
		}
		several = several || Text(f.Value) != Text(fs[0].Value)
	}
	if !several {
		return s
	}
	var list []any
	s.at, s.expr = nil, ""
	for _, f := range fs {
		s.at = append(s.at, f.At...)
		list = append(list, []any{f.Value, "layers " + layersOf(f.Scope)})
	}
	s.value = list
	return s
}

// layersOf is the index in a scope: "0-4,6" of model.layers.{0-4,6}.mlp.
func layersOf(scope string) string {
	for _, part := range strings.Split(scope, ", ") {
		for _, p := range splitPath(part) {
			if strings.HasPrefix(p, "{") {
				return strings.Trim(p, "{}")
			}
			if _, err := strconv.Atoi(p); err == nil {
				return p
			}
		}
	}
	return "*"
}

func splitPath(s string) []string { return strings.Split(s, ".") }

// sizes compares what shapes alone say.
func (r *Result) sizes(a, b *graph.Model) {
	add := func(about, key string, x, y int64, ax, ay Places) {
		if x <= 0 && y <= 0 || r.partial && (x <= 0 || y <= 0) {
			return
		}
		e := Entry{About: about, Key: key, A: x, B: y, AtA: ax, AtB: ay}
		if x == y {
			r.Unchanged = append(r.Unchanged, e)
		} else {
			r.Values = append(r.Values, e)
		}
	}
	add("hidden size", "hidden", a.Hidden.N, b.Hidden.N, nil, nil)
	if x, y := vocab(a), vocab(b); x != nil && y != nil {
		add("vocab size", "vocab", x.Shape[0].N, y.Shape[0].N, place(x.At), place(y.At))
	}
}

func place(s graph.Span) Places {
	if s.IsZero() {
		return nil
	}
	return Places{s}
}

// vocab is the first table that a forward looks up its integer input in.
func vocab(m *graph.Model) *graph.Param {
	if m.Trace == nil {
		return nil
	}
	for _, n := range m.Trace.Nodes {
		if n.Op == "embedding" && n.TakesInput() {
			for _, i := range n.In {
				if i.Op == "param" {
					if p := m.Root.FindParam(i.Name); p != nil && len(p.Shape) == 2 {
						return p
					}
				}
			}
			return nil
		}
	}
	return nil
}

// Text writes a value for people.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case string:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	case []any:
		if t, ok := byLayer(v); ok {
			return t
		}
		if isRuns(v) {
			return graph.Pattern(v)
		}
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = Text(x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// isRuns reports whether a value lists kinds with how many layers are of each.
func isRuns(l []any) bool {
	for _, x := range l {
		p, ok := x.([]any)
		if !ok || len(p) != 2 {
			return false
		}
		if _, ok := p[0].(string); !ok {
			return false
		}
		if _, err := strconv.Atoi(fmt.Sprint(p[1])); err != nil {
			return false
		}
	}
	return len(l) > 0
}

// byLayer writes values with their layers: "none (layers 5,11), 4096 (others)".
func byLayer(l []any) (string, bool) {
	var parts []string
	longest, at := 0, -1
	for _, x := range l {
		p, ok := x.([]any)
		if !ok || len(p) != 2 {
			return "", false
		}
		where, ok := p[1].(string)
		if !ok || !strings.HasPrefix(where, "layers ") {
			return "", false
		}
		where = shortLayers(where)
		if len(where) > longest {
			longest, at = len(where), len(parts)
		}
		parts = append(parts, Text(p[0])+" ("+where+")")
	}
	if len(parts) > 1 && longest > len("layers 10-20") {
		value, _, _ := strings.Cut(parts[at], " (layers ")
		parts = append(slices.Delete(parts, at, at+1), value+" (others)")
	}
	return strings.Join(parts, ", "), len(parts) > 0
}

// shortLayers writes "layers 0,2,4,6" as "layers 0,2,...,6".
func shortLayers(where string) string {
	rest, _ := strings.CutPrefix(where, "layers ")
	var nums []int
	for _, p := range strings.Split(rest, ",") {
		n, err := strconv.Atoi(p)
		if err != nil || len(nums) > 1 && n-nums[len(nums)-1] != nums[1]-nums[0] {
			return where
		}
		nums = append(nums, n)
	}
	if len(nums) < 4 {
		return where
	}
	return fmt.Sprintf("layers %d,%d,...,%d", nums[0], nums[1], nums[len(nums)-1])
}
