// Package size says how large a model runs: what its weights, its cache and its
// operations take, from traces of forwards at several lengths.
package size

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Report is what running a model takes.
type Report struct {
	Family  string `json:"family"`
	Class   string `json:"class"`
	Context int64  `json:"context"` // tokens in the cache and the one that is added
	// Measured is the length up to which forwards were followed, where that is
	// shorter than the context: models with a state may run token by token. What
	// grew up to there is taken to grow on.
	Measured int64  `json:"measured_at,omitempty"`
	Batch    int64  `json:"batch"`
	DType    string `json:"dtype"`

	Weights Weights `json:"weights"`
	// Cache are the groups of tensors that a step leaves for the next one; nil
	// where no step could be followed, for CacheWhy.
	Cache    []Cached `json:"cache,omitempty"`
	CacheWhy string   `json:"cache_unknown,omitempty"`
	// CacheBytes is the whole cache at the context; PerToken what one more token
	// adds in each sequence while nothing has reached its window yet.
	CacheBytes int64 `json:"cache_bytes"`
	PerToken   int64 `json:"cache_bytes_per_token"`
	// Decode and Prefill are the operations for one token: at the end of a full
	// context, and in the mean over a whole one.
	Decode  *Work  `json:"decode,omitempty"`
	Prefill *Work  `json:"prefill,omitempty"`
	WorkWhy string `json:"prefill_unknown,omitempty"`
}

// Weights are what the parameters take.
type Weights struct {
	Parameters int64     `json:"parameters"`
	Active     int64     `json:"active"`
	Bytes      int64     `json:"bytes"`
	ByDType    []ByDType `json:"by_dtype"`
}

// ByDType are the parameters of one dtype.
type ByDType struct {
	DType      string `json:"dtype"`
	Parameters int64  `json:"parameters"`
	Bytes      int64  `json:"bytes"`
}

// Tensor is a tensor of the cache after one step, at two short lengths, one
// apart, and at the context.
type Tensor struct {
	Name        string
	DType       string
	ItemSize    int64
	Before      []int64  // at the context, before the step; nil where it was not there
	Short, Next []int64  // after the step, at lengths n and n+1
	Full        []int64  // after the step, at the context
	Exprs       []string // how Full's dimensions follow from the config; "" where they do not
	ShortLength int64
	Kept        bool // the step leaves it as it was
}

// The kinds of cached tensors, by how they grow.
const (
	Grows   = "grows"   // with every token
	Window  = "window"  // with every token, up to a window
	State   = "state"   // not at all
	Encoder = "encoder" // with the encoder's input, not with the tokens of the decoder
)

// Cached is a group of cached tensors of one kind and shape, over the layers.
type Cached struct {
	Kind     string   `json:"kind"`
	Names    string   `json:"names"` // "past_key_values.layers.{0-31}.keys"
	Count    int      `json:"count"`
	Shape    []int64  `json:"shape"` // at the context
	Dims     []string `json:"dims"`  // the same, as expressions where there are
	DType    string   `json:"dtype"`
	Bytes    int64    `json:"bytes"`                     // of all of them, at the context
	PerToken int64    `json:"bytes_per_token,omitempty"` // that one more token adds to all of them, for each sequence
	Stops    int64    `json:"stops_at,omitempty"`        // the window
	Expr     string   `json:"expr"`
}

// Work are floating-point operations of matrix products and convolutions, two
// for each multiplication with its addition.
type Work struct {
	Tokens    int64 `json:"tokens"` // of the forward
	FLOPs     int64 `json:"flops_per_token"`
	Weights   int64 `json:"with_weights"`   // products with parameters
	Attention int64 `json:"between_values"` // products of two computed values: scores, and what they weigh
	// Activations is an estimate: the most bytes that values of the forward hold
	// at one time if each is dropped after its last use, those that have two
	// dimensions as long as the context (scores, masks) left out, and weights.
	Activations int64 `json:"activation_peak_estimate_bytes"`
	Unknown     int   `json:"unknown_operations,omitempty"` // of unknown size, not counted
	// Terms are what FLOPs is the sum of, the largest first.
	Terms []Term `json:"terms"`
}

// Term are the operations of modules whose parameters have the same shape, or
// those between computed values.
type Term struct {
	Names string `json:"names"` // "model.layers.{0-31}.mlp.{gate,up}_proj.weight"; "" between values
	FLOPs int64  `json:"flops_per_token"`
	Expr  string `json:"expr"`
}

// Group joins cached tensors of one kind and shape.
// They were measured at a length, which may be shorter than the context.
func Group(ts []Tensor, measured, context, batch int64) (groups []Cached, total, perToken int64) {
	at := map[string]int{}
	names := map[int][]string{}
	for i := range ts {
		t := &ts[i]
		c := classify(t, measured, batch)
		if c.Kind == Grows {
			c.extend(t, measured, context)
		}
		key := c.Kind + c.DType + strings.Join(c.Dims, "x") + strconv.FormatInt(c.PerToken, 10) + lastName(t.Name)
		k, ok := at[key]
		if !ok {
			k = len(groups)
			at[key] = k
			groups = append(groups, Cached{Kind: c.Kind, Shape: c.Shape, Dims: c.Dims, DType: c.DType, Stops: c.Stops})
		}
		g := &groups[k]
		g.Count++
		g.Bytes += c.Bytes
		g.PerToken += c.PerToken
		names[k] = append(names[k], t.Name)
		total += c.Bytes
		perToken += c.PerToken
	}
	for k := range groups {
		g := &groups[k]
		g.Names = graph.Paths(names[k])
		g.Expr = expr(g, itemOf(ts, names[k][0]))
	}
	return groups, total, perToken
}

func itemOf(ts []Tensor, name string) int64 {
	i := slices.IndexFunc(ts, func(t Tensor) bool { return t.Name == name })
	return ts[i].ItemSize
}

func lastName(s string) string { return s[strings.LastIndexByte(s, '.')+1:] }

// expr writes what the bytes of a group are the product of.
func expr(g *Cached, item int64) string {
	parts := []string{}
	if g.Count > 1 {
		parts = append(parts, strconv.Itoa(g.Count))
	}
	for i, d := range g.Dims {
		if d == "" {
			d = strconv.FormatInt(g.Shape[i], 10)
		} else if strings.ContainsAny(d, "+-/%") || strings.Contains(d, " if ") {
			d = "(" + d + ")"
		}
		parts = append(parts, d)
	}
	return strings.Join(append(parts, strconv.FormatInt(item, 10)+" bytes"), " * ")
}

// Step is a tensor of the cache before and after a step of one token.
type Step struct {
	Name          string
	Before, After []int64
	Exprs         []string // how After's dimensions follow from the config; "" where they do not
}

// PerToken is what one token adds to a cache of one sequence, in items of
// itemSize bytes, and what that is the product of, by kinds of tensors.
func PerToken(steps []Step, itemSize int64) (bytes int64, exprs []string) {
	count := map[string]int64{}
	var order []string
	for _, s := range steps {
		at := -1
		for i := range s.After {
			if i < len(s.Before) && s.After[i] == s.Before[i]+1 {
				at = i
			}
		}
		if at < 0 || len(s.Before) != len(s.After) {
			continue
		}
		bytes += numel(s.After) / s.After[at] * itemSize
		var dims []string
		for i, n := range s.After {
			if i == at || n == 1 {
				continue
			}
			d := strconv.FormatInt(n, 10)
			if i < len(s.Exprs) && s.Exprs[i] != "" && len(s.Exprs[i]) <= maxExpr {
				if d = s.Exprs[i]; strings.ContainsAny(d, "+-/%") {
					d = "(" + d + ")"
				}
			}
			dims = append(dims, d)
		}
		k := strings.Join(dims, " * ")
		if count[k]++; count[k] == 1 {
			order = append(order, k)
		}
	}
	for _, k := range order {
		e := strconv.FormatInt(itemSize, 10) + " bytes"
		if k != "" {
			e = k + " * " + e
		}
		if n := count[k]; n > 1 {
			e = strconv.FormatInt(n, 10) + " * " + e
		}
		exprs = append(exprs, e)
	}
	return bytes, exprs
}

// maxExpr is the longest expression that is worth reading, in bytes.
const maxExpr = 60

// classify says how a tensor grows: which dimension is longer by one where the
// sequence is, and whether that still holds at the context.
func classify(t *Tensor, context, batch int64) Cached {
	c := Cached{Kind: State, Shape: t.Full, DType: t.DType, Bytes: numel(t.Full) * t.ItemSize}
	for _, e := range t.Exprs {
		if len(e) > maxExpr {
			e = "" // the number says more
		}
		c.Dims = append(c.Dims, e)
	}
	for len(c.Dims) < len(t.Full) {
		c.Dims = append(c.Dims, "")
	}
	for i, n := range t.Full {
		if n == batch && i == 0 && batch > 1 {
			c.Dims[i] = "batch"
		}
		if i >= len(t.Short) || len(t.Short) != len(t.Full) || len(t.Next) != len(t.Full) {
			continue
		}
		step := t.Next[i] - t.Short[i]
		switch {
		case step > 0 && n == t.Short[i]+step*(context-t.ShortLength):
			c.Kind, c.Dims[i] = Grows, "tokens"
		case step > 0:
			c.Kind, c.Stops = Window, n
		case step == 0 && n != t.Short[i]:
			c.Kind = Window // longer at the context, by more than one token at a time
			c.Dims[i] = ""
			c.Stops = 0
		default:
			continue
		}
		if step > 0 && numel(t.Short) > 0 {
			c.PerToken = numel(t.Short) / t.Short[i] * step * t.ItemSize / max(1, batch)
		}
		if c.Kind == Grows && slices.Equal(t.Before, t.Full) {
			c.Kind, c.PerToken = Encoder, 0
			c.Dims[i] = "encoder_tokens"
		}
	}
	if c.Kind == State && t.Kept {
		c.Kind = Encoder
	}
	return c
}

// extend makes the growing dimension as long as the context.
func (c *Cached) extend(t *Tensor, measured, context int64) {
	c.Shape = slices.Clone(c.Shape)
	for i := range c.Shape {
		c.Shape[i] += (t.Next[i] - t.Short[i]) * (context - measured)
	}
	c.Bytes = numel(c.Shape) * t.ItemSize
}

func numel(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		if d < 0 {
			return 0
		}
		n *= d
	}
	return n
}

// WorkOf counts the operations of a trace that runs tokens in all, with so many
// in its longest sequence. dims says how the dimensions of a parameter follow
// from the config.
func WorkOf(t *graph.Trace, tokens, context int64, itemSize func(dtype string) int64, dims func(param string) []string) *Work {
	w := &Work{Tokens: tokens}
	per := max(1, tokens)
	of := map[string]int64{} // by parameter
	var names []string
	size := map[string][]int64{}
	for _, n := range t.Nodes {
		ops, p, known := flops(n)
		switch {
		case !known:
			w.Unknown++
		case p != nil:
			w.Weights += ops
			if of[p.Name] == 0 && ops > 0 {
				names = append(names, p.Name)
				size[p.Name] = p.Shape
			}
			of[p.Name] += ops
		default:
			w.Attention += ops
		}
	}
	w.terms(names, of, size, per, context, dims)
	w.Weights /= per
	w.Attention /= per
	w.FLOPs = w.Weights + w.Attention
	w.Activations = peak(t, context, itemSize)
	return w
}

// terms groups operations by the expression that their number follows from.
func (w *Work) terms(names []string, of map[string]int64, size map[string][]int64, per, context int64, dims func(string) []string) {
	type group struct {
		names []string
		ops   int64
	}
	groups := map[string]*group{}
	var order []string
	for _, n := range names {
		k := ""
		once := 2 * numel(size[n]) * per // each of its numbers once for a token
		switch ds := dims(n); {
		case len(ds) > 0 && of[n] == once:
			k = strings.Join(ds, " * ")
		case len(ds) == 3 && once > 0 && of[n]*size[n][0]%once == 0: // some of the matrices, as of experts
			k = strconv.FormatInt(of[n]*size[n][0]/once, 10) + " * " + strings.Join(ds[1:], " * ")
		default:
			k = "=" + strconv.FormatInt(of[n]/per, 10)
		}
		if groups[k] == nil {
			groups[k] = &group{}
			order = append(order, k)
		}
		groups[k].names = append(groups[k].names, n)
		groups[k].ops += of[n]
	}
	for _, k := range order {
		g := groups[k]
		t := Term{Names: graph.Paths(g.names), FLOPs: g.ops / per}
		number, ok := strings.CutPrefix(k, "=")
		if t.Expr = number; !ok {
			t.Expr = "2 * " + k
		}
		if n := len(g.names); n > 1 {
			t.Expr = strconv.Itoa(n) + " * " + t.Expr
		}
		w.Terms = append(w.Terms, t)
	}
	if a := w.Attention / per; a > 0 {
		t := Term{FLOPs: a, Expr: strconv.FormatInt(a, 10)}
		if context > 1 && a%context == 0 {
			t.Expr = strconv.FormatInt(a/context, 10) + " * tokens"
		}
		w.Terms = append(w.Terms, t)
	}
	slices.SortStableFunc(w.Terms, func(a, b Term) int { return cmp.Compare(b.FLOPs, a.FLOPs) })
}

// flops are the operations of one node, and the parameter that is an operand, or nil.
func flops(n *graph.Node) (ops int64, weight *graph.Node, known bool) {
	k, first := int64(0), 0
	switch n.Op {
	case "linear", "matmul", "bmm", "mm", "mv", "_grouped_mm", "grouped_mm":
	case "addmm", "baddbmm", "addbmm":
		first = 1
	case "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d":
		if len(n.In) < 2 || len(n.In[1].Shape) == 0 {
			return 0, nil, false
		}
		k = numel(n.In[1].Shape[1:])
		if strings.HasPrefix(n.Op, "conv_transpose") {
			return 2 * numel(n.In[0].Shape) * k, weightOf(n.In[1:]), numel(n.In[0].Shape) > 0
		}
	case "einsum":
		k = einsum(n)
		return 2 * k, weightOf(n.In), k > 0
	default:
		return 0, nil, true
	}
	if len(n.In) < first+2 {
		return 0, nil, false
	}
	if k == 0 {
		s := n.In[first].Shape
		if len(s) == 0 {
			return 0, nil, false
		}
		k = s[len(s)-1]
	}
	out := numel(n.Shape)
	return 2 * out * k, weightOf(n.In[first:]), out > 0 && k > 0
}

// einsum is the product of the sizes of all letters of the equation.
func einsum(n *graph.Node) int64 {
	size := map[rune]int64{}
	for _, a := range n.Args {
		lhs, _, ok := strings.Cut(strings.Trim(a.Val, "'\""), "->")
		if !ok {
			continue
		}
		for i, term := range strings.Split(strings.ReplaceAll(lhs, " ", ""), ",") {
			if i >= len(n.In) || len(term) != len(n.In[i].Shape) {
				return 0
			}
			for j, r := range term {
				size[r] = n.In[i].Shape[j]
			}
		}
	}
	out := int64(1)
	for _, d := range size {
		if d < 0 {
			return 0
		}
		out *= d
	}
	if len(size) == 0 {
		return 0
	}
	return out
}

// weightOf is the parameter that an operand is made of alone, or is a choice of
// rows of; nil where there is none.
func weightOf(in []*graph.Node) *graph.Node {
	for _, x := range in {
		for range 12 {
			if x.Op == "param" {
				return x
			}
			if len(x.In) == 0 {
				break
			}
			x = x.In[0]
			if x.Leaf != nil {
				break
			}
		}
	}
	return nil
}

// views are operations whose result shares the memory of their operand.
var views = map[string]bool{"view": true, "reshape": true, "transpose": true, "permute": true, "expand": true, "squeeze": true, "unsqueeze": true,
	"getitem": true, "split": true, "chunk": true, "unbind": true, "t": true, "flatten": true, "unflatten": true, "contiguous": true, "to": true, "type_as": true,
	"float": true, "narrow": true, "select": true, "detach": true, "alias": true, "param": true, "buffer": true, "const": true, "input": true}

// peak is the most bytes that are alive at one time.
func peak(t *graph.Trace, context int64, itemSize func(string) int64) int64 {
	last := map[*graph.Node]int{}
	owner := func(n *graph.Node) *graph.Node {
		for views[n.Op] && len(n.In) > 0 {
			n = n.In[0]
		}
		return n
	}
	for i, n := range t.Nodes {
		for _, x := range n.In {
			last[owner(x)] = i
		}
	}
	pairs := ofPairs(t, context)
	bytes := func(n *graph.Node) int64 {
		if views[n.Op] || n.NoValue || pairs[n] || weightOf([]*graph.Node{n}) != nil {
			return 0
		}
		return numel(n.Shape) * itemSize(n.DType)
	}
	drop := map[int][]*graph.Node{}
	for n, i := range last {
		drop[i] = append(drop[i], n)
	}
	live, most := int64(0), int64(0)
	for i, n := range t.Nodes {
		if _, used := last[n]; used {
			live += bytes(n)
		}
		most = max(most, live)
		for _, x := range drop[i] {
			live -= bytes(x)
		}
	}
	return most
}

// ofPairs are the values that each token has with each other: products of two
// computed values that are larger than both and as long as the context in two
// dimensions, what is computed from these element by element, and masks, which
// are as long and made of no parameter and no features.
func ofPairs(t *graph.Trace, context int64) map[*graph.Node]bool {
	pairs, made := map[*graph.Node]bool{}, map[*graph.Node]bool{}
	for _, n := range t.Nodes {
		made[n] = n.Op == "param" || n.Op == "input" && strings.Contains(n.DType, "float")
		largest, from := int64(0), false
		in := n.In
		if n.Inner != nil { // what a module's call gives
			in = []*graph.Node{n.Inner}
		}
		for _, x := range in {
			made[n] = made[n] || made[x]
			largest = max(largest, numel(x.Shape))
			from = from || pairs[x] && numel(x.Shape) == numel(n.Shape)
		}
		long := 0
		for _, d := range n.Shape {
			if d >= context {
				long++
			}
		}
		if long < 2 || context < 2 {
			continue
		}
		_, weight, _ := flops(n)
		product := products[n.Op] && weight == nil && numel(n.Shape) > largest
		pairs[n] = product || from && !products[n.Op] || !made[n]
	}
	return pairs
}

// products are operations that multiply two operands as matrices.
var products = map[string]bool{"matmul": true, "bmm": true, "mm": true, "baddbmm": true, "einsum": true}
