package rules

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// flow is a trace prepared for questions: who uses a value, which values carry
// content (as opposed to positions, masks and constants), where norms are.
type flow struct {
	m       *graph.Model
	t       *graph.Trace
	byID    []*graph.Node
	users   [][]*graph.Node      // by node ID
	seeds   map[*graph.Node]bool // see enliven
	content []bool               // by node ID: the value depends on tokens, features or learned projections of them
	calls   map[*graph.Call]*callInfo

	normOut map[*graph.Node]*norm // by the output of the norm
	norms   []*norm
	inits   map[string]*graph.Module // modules by path
}

type callInfo struct {
	children []*graph.Call
	module   *graph.Module
}

func newFlow(m *graph.Model) *flow {
	f := &flow{m: m, t: m.Trace, calls: map[*graph.Call]*callInfo{}, seeds: map[*graph.Node]bool{}, normOut: map[*graph.Node]*norm{}, inits: map[string]*graph.Module{}}
	if m.Root != nil {
		m.Root.Walk(func(x *graph.Module) { f.inits[x.Path] = x })
	}
	if f.t == nil {
		f.t = &graph.Trace{}
	}
	f.t = canonical(f.t)
	top := int32(0)
	for _, n := range f.t.Nodes {
		top = max(top, n.ID+1)
	}
	f.users = make([][]*graph.Node, top)
	f.content = make([]bool, top)
	f.byID = make([]*graph.Node, top)
	for _, n := range f.t.Nodes {
		f.byID[n.ID] = n
		for i, in := range n.In {
			dup := false
			for _, e := range n.In[:i] {
				dup = dup || e == in
			}
			if !dup {
				f.users[in.ID] = append(f.users[in.ID], n)
			}
		}
	}
	for _, c := range f.t.Calls {
		f.calls[c] = &callInfo{module: f.inits[c.Path]}
	}
	for _, c := range f.t.Calls {
		if p := f.calls[c.Parent]; p != nil {
			p.children = append(p.children, c)
		}
	}
	f.markContent()
	f.findNorms()
	return f
}

// canonical is a copy of the trace for the rules: operations under one name
// each (in place or not, torch's dispatcher's name or Python's), and the output
// of a leaf module's call as the value that the module computed.
func canonical(t *graph.Trace) *graph.Trace {
	out := &graph.Trace{Nodes: make([]*graph.Node, 0, len(t.Nodes)), Calls: make([]*graph.Call, len(t.Calls)), Choices: t.Choices}
	var top int32
	edges := 0
	for _, n := range t.Nodes {
		top, edges = max(top, n.ID), edges+len(n.In)
	}
	nodes := make([]*graph.Node, top+1) // by the ID of the original
	calls := make(map[*graph.Call]*graph.Call, len(t.Calls))
	copies := make([]graph.Call, len(t.Calls))
	for i, c := range t.Calls {
		copies[i] = *c
		out.Calls[i], calls[c] = &copies[i], &copies[i]
	}
	slab := make([]graph.Node, len(t.Nodes))
	ins := make([]*graph.Node, 0, edges)
	for i, n := range t.Nodes {
		if n.Inner != nil && nodes[n.Inner.ID] != nil {
			d := nodes[n.Inner.ID]
			nodes[n.ID] = d
			if d.Leaf == nil {
				d.Leaf = calls[n.Leaf]
			}
			continue
		}
		d := &slab[i]
		*d = *n
		d.Op = opName(n.Op)
		if d.Op == "conv" && len(n.In) > 1 {
			switch len(n.In[1].Shape) {
			case 3:
				d.Op = "conv1d"
			case 4:
				d.Op = "conv2d"
			case 5:
				d.Op = "conv3d"
			}
		}
		d.Call, d.Leaf = calls[n.Call], calls[n.Leaf]
		if len(n.In) > 0 {
			first := len(ins)
			for _, x := range n.In {
				y := nodes[x.ID]
				if y == nil {
					y = d // cannot be: values come before their uses
				}
				ins = append(ins, y)
			}
			d.In = ins[first:len(ins):len(ins)]
		}
		nodes[n.ID] = d
		out.Nodes = append(out.Nodes, d)
	}
	remap := func(ns []*graph.Node) []*graph.Node {
		r := make([]*graph.Node, 0, len(ns))
		for _, n := range ns {
			if m := nodes[n.ID]; m != nil {
				r = append(r, m)
			}
		}
		return r
	}
	for i, c := range t.Calls {
		d := out.Calls[i]
		d.In, d.Out, d.Parent = remap(c.In), remap(c.Out), calls[c.Parent]
		if j := strings.LastIndexByte(d.Class, '.'); j >= 0 {
			d.Class = d.Class[j+1:]
		}
	}
	return out
}

// opNames are other names of operations.
var opNames = map[string]string{
	"_softmax": "softmax", "_safe_softmax": "softmax", "_log_softmax": "log_softmax", "truediv": "div", "true_divide": "div", "divide": "div", "multiply": "mul", "subtract": "sub",
	"concat": "cat", "concatenate": "cat", "_to_copy": "to", "float": "to", "half": "to", "type": "to", "type_as": "to", "long": "to", "bool": "to", "double": "to", "bfloat16": "to", "int": "to",
	"copy": "copy", "__and__": "and", "__or__": "or", "__xor__": "xor", "__invert__": "invert", "bitwise_and": "and", "bitwise_or": "or", "bitwise_not": "invert", "bitwise_xor": "xor",
	"native_layer_norm": "layer_norm", "native_group_norm": "group_norm", "native_batch_norm": "batch_norm", "_native_batch_norm_legit_no_training": "batch_norm", "_native_batch_norm_legit": "batch_norm",
	"_fused_rms_norm": "rms_norm", "_unsafe_view": "view", "swapaxes": "transpose", "negative": "neg", "clip": "clamp", "floordiv": "floor_divide", "mod": "remainder", "and_": "and", "or_": "or", "special_expit": "sigmoid",
	"convolution": "conv", "native_dropout": "dropout", "hardtanh": "clamp", "absolute": "abs", "special_erf": "erf", "_reshape_alias": "view", "numpy_T": "T", "fmod": "remainder", "rpow": "rpow", "arctan": "atan", "index": "getitem", "linalg_vector_norm": "norm", "log_sigmoid": "logsigmoid", "log_sigmoid_forward": "logsigmoid", "slice_tensor": "slice",
}

func opName(op string) string {
	if strings.HasPrefix(op, "__") {
		op = strings.Trim(op, "_")
		switch op {
		case "iadd", "imul", "isub", "itruediv", "iand", "ior", "ixor":
			op = op[1:]
		case "radd", "rmul", "rand", "ror":
			op = op[1:]
		}
	} else if strings.HasSuffix(op, "_") && op != "and_" && op != "or_" {
		op = op[:len(op)-1]
	}
	if o, ok := opNames[op]; ok {
		return o
	}
	return op
}

// The framework's names for inputs that carry no content, whatever their dtype:
// nothing in the dataflow tells a table of positions from one of tokens. Every
// other input is judged by what is done with it.
var (
	maskInputs     = set("attention_mask", "decoder_attention_mask", "encoder_attention_mask", "padding_mask")
	positionInputs = set("position_ids", "decoder_position_ids", "cache_position")
)

// markContent decides for each node whether it carries content. Token ids and
// float inputs do; aranges, masks, buffers and what is made of them alone do
// not, so that cosines, biases by distance and masks stay apart.
func (f *flow) markContent() {
	for _, n := range f.t.Nodes {
		switch {
		case f.seeds[n]:
			f.content[n.ID] = true
		case n.NoValue || shapeOnly[n.Op]:
		case n.Op == "input":
			f.content[n.ID] = !maskInputs[n.Name] && !positionInputs[n.Name] && n.DType != "bool" && (!isInt(n.DType) || f.looksUp(n))
		case n.Op == "param" || n.Op == "buffer" || n.Op == "const":
		case comparisons[n.Op]:
		default:
			for _, in := range n.In {
				if f.content[in.ID] {
					f.content[n.ID] = true
				}
			}
			if f.content[n.ID] && (n.DType == "bool" || isInt(n.DType)) && (n.Op == "ne" || n.Op == "eq" || n.Op == "cumsum") {
				f.content[n.ID] = false
			}
		}
	}
}

// looksUp reports whether integers choose rows of a table: token ids do, masks
// and sizes do not.
func (f *flow) looksUp(n *graph.Node) bool {
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{n}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, u := range f.users[n.ID] {
			if u.Op == "embedding" || u.Op == "one_hot" || u.Op == "index_select" || (u.Op == "getitem" || u.Op == "gather") && len(u.In) > 1 && u.In[0] != n {
				return true
			}
			if isInt(u.DType) && !seen[u] && !u.NoValue && !shapeOnly[u.Op] {
				seen[u] = true
				work = append(work, u)
			}
		}
	}
	return false
}

func isInt(d string) bool { return strings.HasPrefix(d, "int") || strings.HasPrefix(d, "uint") }

var comparisons = set("le", "lt", "ge", "gt", "eq", "ne", "__le__", "__lt__", "__ge__", "__gt__", "__eq__", "__ne__", "isinf", "isnan", "logical_and", "logical_or", "logical_not")

// shapeOnly operations read a shape or dtype, never a value.
var shapeOnly = set("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "new_zeros", "new_ones", "new_empty", "new_full", "new_empty_strided")

// identities give back the value that they got.
var identities = set("to", "float", "half", "double", "bfloat16", "type", "type_as", "contiguous", "clone", "detach", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_dropout", "alpha_dropout", "alias", "identity", "cpu", "cuda", "requires_grad", "data", "real_identity", "positive", "nan_to_num", "_to_copy", "lift_fresh", "__data", "checkpoint", "wait_tensor")

// layouts move elements around without computing.
var layouts = set("view", "reshape", "transpose", "permute", "t", "T", "mT", "H", "flatten", "unflatten", "squeeze", "unsqueeze", "expand", "expand_as", "broadcast_to", "repeat", "repeat_interleave",
	"getitem", "narrow", "select", "slice", "split", "split_with_sizes", "chunk", "unbind", "tensor_split", "movedim", "moveaxis", "swapaxes", "swapdims", "index_select", "view_as", "reshape_as", "tile", "roll", "flip", "as_strided", "ravel", "unsafe_chunk", "unsafe_split", "hsplit", "gather", "take_along_dim", "atleast_2d")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// root steps back over operations that give back their first operand's value.
func root(n *graph.Node) *graph.Node {
	for n != nil && identities[n.Op] && len(n.In) > 0 {
		n = n.In[0]
	}
	return n
}

// base steps back over identities and layouts.
func base(n *graph.Node) *graph.Node {
	for n != nil && (identities[n.Op] || layouts[n.Op]) && len(n.In) > 0 {
		n = n.In[0]
	}
	return n
}

// arg is the argument of that name.
func arg(n *graph.Node, name string) *graph.Arg {
	for i := range n.Args {
		if n.Args[i].Name == name {
			return &n.Args[i]
		}
	}
	return nil
}

// argInt is the integer argument of that name, or def.
func argInt(n *graph.Node, name string, def int) int {
	a := arg(n, name)
	if a == nil {
		return def
	}
	if a.IsNum {
		return int(a.Num)
	}
	if v, err := strconv.Atoi(strings.Trim(a.Val, "()[], ")); err == nil {
		return v
	}
	return def
}

// dimOf is a dimension argument made non-negative.
func dimOf(n *graph.Node, name string, def, rank int) int {
	d := argInt(n, name, def)
	if d < 0 {
		d += rank
	}
	return d
}

// ints reads "(0, 2, 1)" or "[128, 64]".
func ints(s string) []int64 {
	var out []int64
	for _, p := range strings.Split(strings.Trim(s, "()[]Size. torch"), ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		v, err := strconv.ParseInt(strings.Trim(p, "()[] "), 10, 64)
		if err != nil {
			return nil
		}
		out = append(out, v)
	}
	return out
}

// numArg is the one number among the arguments of an arithmetic operation (the
// scalar of x * 2) and whether it stands on the left.
func numArg(n *graph.Node) (a *graph.Arg, left bool) {
	for i := range n.Args {
		if n.Args[i].IsNum {
			switch n.Args[i].Name {
			case "alpha", "output", "rounding_mode", "beta":
				continue
			}
			return &n.Args[i], n.Args[i].Name == "self" || n.Op == "rsub" || n.Op == "rdiv" || n.Op == "rpow" || n.Op == "rtruediv"
		}
	}
	return nil, false
}

// factor is a scalar with its origin.
type factor struct {
	v    float64
	e    *graph.Expr
	at   []graph.Span
	node *graph.Node
}

func (x factor) mul(y factor) factor {
	r := factor{v: x.v * y.v, at: append(append([]graph.Span{}, x.at...), y.at...), node: x.node}
	switch {
	case x.e == nil && x.v == 1 && x.node == nil:
		r.e, r.node = y.e, y.node
	case y.e == nil && y.v == 1 && y.node == nil:
		r.e = x.e
	default:
		r.e = graph.Apply("*", exprOr(x), exprOr(y))
	}
	return r
}

func (x factor) inv() factor {
	x.v = 1 / x.v
	if x.e != nil {
		x.e = graph.Apply("/", graph.LitInt(1), x.e)
	}
	return x
}

func exprOr(x factor) *graph.Expr {
	if x.e != nil {
		return x.e
	}
	return graph.Lit(num(x.v))
}

// num prints a number as Python does where that is exact.
func num(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatInt(int64(v), 10)
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	return s
}

// scalar is the value of a tensor of one element whose value is known: a
// constant or buffer with data.
func (f *flow) scalar(n *graph.Node) (factor, bool) {
	n = base(n)
	if n == nil {
		return factor{}, false
	}
	switch n.Op {
	case "buffer", "param", "const":
		a := arg(n, "value")
		if a == nil || !a.IsNum {
			return factor{}, false
		}
		c := factor{v: a.Num, e: a.E, at: []graph.Span{n.At}, node: n}
		// the number that the tensor was made of, before it was rounded to the
		// tensor's dtype; what was computed of it since has other values
		if from := arg(n, "from"); from != nil && from.IsNum && math.Abs(from.Num-c.v) <= rounding(n.DType)*math.Abs(from.Num) {
			c.v, c.e = from.Num, from.E
		}
		return c, true
	case "tensor", "scalar_tensor", "full", "as_tensor":
		if numel(n.Shape) == 1 {
			for i := len(n.Args) - 1; i >= 0; i-- {
				if a := n.Args[i]; a.IsNum && a.Name != "device" {
					return factor{v: a.Num, e: a.E, at: []graph.Span{n.At}, node: n}, true
				}
			}
		}
	case "mul", "div":
		if x, c, ok := f.scaling(n); ok && numel(n.Shape) == 1 {
			if y, ok := f.scalar(x); ok {
				return y.mul(c), true
			}
		}
	case "sqrt", "pow":
		if len(n.In) > 0 {
			if x, ok := f.scalar(n.In[0]); ok {
				if n.Op == "sqrt" {
					return factor{v: math.Sqrt(x.v), e: graph.Apply("call:sqrt", exprOr(x)), at: []graph.Span{n.At}, node: n}, true
				}
				if a, left := numArg(n); a != nil && !left {
					return factor{v: math.Pow(x.v, a.Num), e: graph.Apply("**", exprOr(x), graph.Lit(num(a.Num))), at: []graph.Span{n.At}, node: n}, true
				}
			}
		}
	}
	return factor{}, false
}

// rounding is the relative error of numbers of a dtype.
func rounding(dtype string) float64 {
	switch dtype {
	case "bfloat16":
		return 1.0 / 256
	case "float16":
		return 1.0 / 2048
	}
	return 1e-6
}

func numel(s []int64) int64 {
	n := int64(1)
	for _, d := range s {
		n *= d
	}
	return n
}

// param is the parameter or buffer behind a node.
func (f *flow) param(n *graph.Node) *graph.Param {
	if n == nil || (n.Op != "param" && n.Op != "buffer") || f.m.Root == nil {
		return nil
	}
	return f.m.Root.FindParam(n.Name)
}

// scaling recognises x * c, c * x and x / c with a known scalar and gives the
// scaled value and the factor on it.
func (f *flow) scaling(n *graph.Node) (x *graph.Node, c factor, ok bool) {
	switch n.Op {
	case "mul", "div":
	default:
		return nil, c, false
	}
	at := []graph.Span{n.At}
	if len(n.In) == 1 {
		a, left := numArg(n)
		if a == nil || (left && n.Op == "div") {
			return nil, c, false
		}
		c = factor{v: a.Num, e: a.E, at: at, node: n}
		if n.Op == "div" {
			c = c.inv()
		}
		return n.In[0], c, true
	}
	if len(n.In) != 2 {
		return nil, c, false
	}
	if c, ok := f.scalar(n.In[1]); ok && numel(base(n.In[1]).Shape) == 1 {
		if n.Op == "div" {
			c = c.inv()
		}
		c.at, c.node = append(at, c.at...), n
		return n.In[0], c, true
	}
	if c, ok := f.scalar(n.In[0]); ok && n.Op == "mul" {
		c.at, c.node = append(at, c.at...), n
		return n.In[1], c, true
	}
	return nil, c, false
}

// weightLike reports whether the value is a parameter (or buffer) seen through
// layouts, casts and the choice of an expert, and gives it.
func weightLike(n *graph.Node) *graph.Node {
	for i := 0; n != nil && i < 12; i++ {
		switch {
		case n.Op == "param":
			return n
		case n.Op == "buffer":
			return n
		case (identities[n.Op] || layouts[n.Op]) && len(n.In) > 0:
			n = n.In[0]
		default:
			return nil
		}
	}
	return nil
}

// proj is a learned matrix product.
type proj struct {
	out    *graph.Node // its value, bias included
	in     *graph.Node
	weight *graph.Node // the parameter
	bias   *graph.Node // nil where it has none
	conv   bool
}

var matmuls = set("matmul", "bmm", "mm", "einsum", "baddbmm", "addbmm", "tensordot", "mv", "_grouped_mm", "grouped_mm")
var convs = set("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")

// projection recognises a learned matrix product that ends at n: linear, addmm,
// a product with a parameter, with or without the bias added afterwards.
func (f *flow) projection(n *graph.Node) *proj {
	switch {
	case n == nil:
		return nil
	case n.Op == "linear" && len(n.In) >= 2:
		p := &proj{out: n, in: n.In[0], weight: weightLike(n.In[1])}
		if p.weight == nil {
			p.weight = n.In[1]
		}
		if len(n.In) > 2 {
			p.bias = n.In[2]
		}
		return p
	case (n.Op == "addmm" || n.Op == "baddbmm") && len(n.In) >= 3:
		if w := weightLike(n.In[2]); w != nil {
			return &proj{out: n, in: n.In[1], weight: w, bias: weightLike(n.In[0])}
		}
	case convs[n.Op] && len(n.In) >= 2:
		p := &proj{out: n, in: n.In[0], weight: weightLike(n.In[1]), conv: true}
		if p.weight == nil {
			return nil
		}
		if len(n.In) > 2 {
			p.bias = n.In[2]
		}
		return p
	case matmuls[n.Op] && len(n.In) >= 2:
		a, b := n.In[0], n.In[1]
		if w := weightLike(b); w != nil && weightLike(a) == nil && len(w.Shape) >= 2 {
			return &proj{out: n, in: a, weight: w}
		}
		if w := weightLike(a); w != nil && weightLike(b) == nil && len(w.Shape) >= 2 {
			return &proj{out: n, in: b, weight: w}
		}
	case n.Op == "add" && len(n.In) == 2:
		for i := range 2 {
			w := weightLike(n.In[i])
			if w == nil || len(w.Shape) > 2 {
				continue
			}
			x := n.In[1-i]
			for x != nil && (x.Op == "squeeze" || x.Op == "unsqueeze" || x.Op == "view" || x.Op == "reshape" || identities[x.Op]) && len(x.In) > 0 {
				x = x.In[0]
			}
			if x == nil || x.Op == "add" {
				continue
			}
			p := f.projection(x)
			if p == nil || len(w.Shape) == 2 && !picked(n.In[i]) && (len(p.weight.Shape) != 3 || p.weight.Shape[0] != w.Shape[0]) {
				continue // no bias of an expert
			}
			if p.bias == nil && p.out.Call == n.Call {
				p.out, p.bias = n, w
				return p
			}
		}
	}
	return nil
}

// picked reports whether a parameter's slices are chosen by a tensor, as those
// of experts are.
func picked(n *graph.Node) bool {
	for ; n != nil && n.Op != "param" && len(n.In) > 0; n = n.In[0] {
		if n.Op == "getitem" && len(n.In) > 1 || n.Op == "index_select" || n.Op == "getitem" && arg(n, "index") != nil && arg(n, "index").IsNum {
			return true
		}
	}
	return false
}

// nearest finds the learned projections from which n is computed: the first
// ones met going back. Values without content are not followed. Stop values
// end the search and are reported apart.
func (f *flow) nearest(n *graph.Node, stop map[*graph.Node]bool) (ps []*proj, stops []*graph.Node) {
	seen := map[*graph.Node]bool{}
	var walk func(n *graph.Node)
	walk = func(n *graph.Node) {
		if n == nil || seen[n] || !f.content[n.ID] || len(seen) > 4000 {
			return
		}
		seen[n] = true
		if stop[n] {
			stops = append(stops, n)
			return
		}
		if p := f.projection(n); p != nil {
			if !p.conv || !depthwise(p) {
				ps = append(ps, p)
				return
			}
		}
		if n.NoValue || shapeOnly[n.Op] {
			return
		}
		if n.Op == "to" || n.Op == "type_as" || n.Op == "view_as" || n.Op == "expand_as" {
			walk(n.In[0])
			return
		}
		for _, in := range n.In {
			walk(in)
		}
	}
	walk(n)
	return ps, stops
}

func depthwise(p *proj) bool {
	g := argInt(p.out, "groups", 1)
	return g > 1 && len(p.weight.Shape) > 1 && p.weight.Shape[1] == 1
}

// outWidth is the width of the projection's output.
func (p *proj) outWidth() int64 {
	if p.out.Op == "einsum" {
		if ins, out, ok := equation(p.out); ok && len(out) == len(p.out.Shape) {
			w := int64(1)
			x := ins[0]
			if p.out.In[0] != p.in {
				x = ins[1]
			}
			for i, l := range out {
				if !hasRune(x, l) {
					w *= p.out.Shape[i]
				}
			}
			return w
		}
	}
	if s := p.out.Shape; len(s) > 0 {
		if p.conv && len(s) > 1 {
			return s[1]
		}
		if l := s[len(s)-1]; l != 1 || len(s) < 2 {
			return l
		}
		return s[len(s)-2] // W @ x[..., None]
	}
	return 0
}

// within reports whether the node ran inside the call, at any depth.
func within(n *graph.Node, c *graph.Call) bool { return callWithin(n.Call, c) }

func callWithin(x, c *graph.Call) bool {
	for ; x != nil; x = x.Parent {
		if x == c {
			return true
		}
	}
	return false
}

// site is the line in the module's forward that led to the node.
func site(n *graph.Node) graph.Span {
	if !n.Site.IsZero() {
		return n.Site
	}
	return n.At
}

// slice is the set of nodes from which n is computed, going back no further
// than the nodes in stop (which are included) and nodes run outside c (nil: no limit).
func (f *flow) slice(n *graph.Node, stop map[*graph.Node]bool, c *graph.Call) map[*graph.Node]bool {
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{n}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if n == nil || seen[n] {
			continue
		}
		seen[n] = true
		if stop[n] || (c != nil && !within(n, c)) || n.NoValue || shapeOnly[n.Op] {
			continue
		}
		work = append(work, n.In...)
	}
	return seen
}

// depends reports whether a is computed from b, looking no further back than b.
func (f *flow) depends(a, b *graph.Node) bool {
	if a == b {
		return true
	}
	if a.ID < b.ID {
		return false
	}
	seen := map[*graph.Node]bool{}
	work := []*graph.Node{a}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if n == b {
			return true
		}
		if n.ID < b.ID || seen[n] || n.NoValue || shapeOnly[n.Op] {
			continue
		}
		seen[n] = true
		work = append(work, n.In...)
	}
	return false
}

func sqrt(x float64) float64 { return math.Sqrt(x) }

func containsAny(s string, subs ...string) bool {
	for _, x := range subs {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}

// inOrder lists nodes in the order of execution, so that what is found first
// does not depend on chance.
func inOrder(m map[*graph.Node]bool) []*graph.Node {
	out := make([]*graph.Node, 0, len(m))
	for n := range m {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b *graph.Node) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
