package rules

import (
	"math"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// visibility is which keys a query sees, found by evaluating the mask's own
// computation at chosen positions far beyond the traced length.
type visibility struct {
	causal  bool
	window  int64 // keys in sight, the query's own included; 0: no limit
	chunked bool
	at      []graph.Span
	why     string // why it could not be found
	partly  string // why the window could not be found, where the direction could
}

// noMask says that masks that hide nothing at the traced length are not made.
const noMask = "no mask is made at the traced length"

// windows are the config values that limit how far a query sees.
func windows(m *graph.Model) (out []graph.ConfigValue) {
	for _, c := range m.Config {
		if n, ok := asInt(c.Value); ok && n > 1 && containsAny(c.Name, "sliding_window", "local_attention", "attention_window") {
			out = append(out, c)
		}
	}
	return out
}

// Length is the number of tokens at which a run would show what the facts of m
// leave open because its run was shorter than a window; 0 where none are open.
func Length(m *graph.Model) int64 {
	for _, f := range m.Facts {
		if f.Status != graph.Unknown || !strings.HasPrefix(f.Why, noMask) {
			continue
		}
		longest := int64(0)
		for _, c := range windows(m) {
			n, _ := asInt(c.Value)
			longest = max(longest, n)
		}
		return longest + 8
	}
	return 0
}

// maskFunc evaluates a mask at a pair of positions.
type maskFunc func(q, k int64) (seen, ok bool)

// visible decides what the masks of an attention let through.
func (f *flow) visible(a *attn) visibility {
	if a.vis == nil {
		v := f.visibleUncached(a)
		a.vis = &v
	}
	return *a.vis
}

func (f *flow) visibleUncached(a *attn) visibility {
	var v visibility
	var fs []maskFunc
	var seen []*graph.Node // the masks that fs evaluate
	var at []graph.Span
	q, k := a.q.Shape, a.k.Shape
	if len(q) > 1 && len(k) > 1 && (a.fused && q[len(q)-2] == 1 && k[len(k)-2] == 1 || !a.fused && single(a.qk.Shape)) {
		v.why = "the run had a single token, which shows nothing of what a query can see"
		return v
	}
	var uses []maskUse
	var split func(m maskUse)
	split = func(m maskUse) {
		if n := root(m.n); m.mode == "add" && n.Op == "add" && len(n.In) == 2 {
			split(maskUse{n.In[0], "add"})
			split(maskUse{n.In[1], "add"})
			return
		}
		if n := root(m.n); n.Op == "cat" && len(n.In) == 2 && f.hasComparison(n.In[0], 0, map[*graph.Node]bool{}) {
			m.n = n.In[0] // keys of several kinds: those of the tokens
		}
		uses = append(uses, m)
	}
	for _, m := range a.masks {
		split(m)
	}
	for _, m := range uses {
		switch m.mode {
		case "causal":
			fs = append(fs, func(q, k int64) (bool, bool) { return k <= q, true })
			at = append(at, site(m.n))
			continue
		}
		if m.mode == "add" && (!f.hasComparison(m.n, 0, map[*graph.Node]bool{}) || f.learned(m.n)) {
			if !f.onlyInputs(m.n) && len(f.slice(m.n, nil, nil)) == 1 && m.n.Op == "buffer" {
				v.partly = "the mask is a buffer whose values are not known"
			}
			continue // a bias by distance, not a mask
		}
		if !f.hasComparison(m.n, 0, map[*graph.Node]bool{}) {
			if f.onlyInputs(m.n) || f.hidesNothing(m) {
				continue // padding
			}
			v.partly = "the mask is not made by comparing positions (" + base(m.n).Op + ")"
			continue
		}
		n := m.n
		fs = append(fs, f.maskAt(m))
		seen = append(seen, n)
		at = append(at, f.maskSites(n)...)
	}
	v.at = at
	if len(fs) == 0 {
		v.why = v.partly
		if v.why == "" {
			keys := f.keysOf(a)
			for _, c := range windows(f.m) {
				if n, _ := asInt(c.Value); keys > n {
					continue // the run was long enough to show it
				}
				v.partly = noMask + "; config." + c.Name + " may limit what is seen beyond it"
			}
		}
		return v // nothing is hidden: bidirectional
	}
	see := func(q, k int64) (bool, bool) {
		for _, m := range fs {
			s, ok := m(q, k)
			if !ok {
				return false, false
			}
			if !s {
				return false, true
			}
		}
		return true, true
	}
	const far = int64(1) << 22
	next, ok := see(far, far+1)
	self, ok2 := see(far, far)
	if !ok || !ok2 || !self {
		f.nearby(&v, see, seen)
		return v
	}
	reach := func(q, dir int64) (int64, bool) { // keys in sight on one side
		if s, ok := see(q, q+dir); !ok || !s {
			return 0, ok
		}
		lo, hi := int64(1), int64(2)
		for {
			if hi > far/2 {
				return -1, true
			}
			s, ok := see(q, q+dir*hi)
			if !ok {
				return 0, false
			}
			if !s {
				break
			}
			lo, hi = hi, hi*2
		}
		for hi-lo > 1 {
			mid := (lo + hi) / 2
			s, ok := see(q, q+dir*mid)
			if !ok {
				return 0, false
			}
			if s {
				lo = mid
			} else {
				hi = mid
			}
		}
		return lo, true
	}
	back, ok := reach(far, -1)
	if !ok {
		v.why = "the mask's computation is not understood"
		return v
	}
	fwd := int64(0)
	if next {
		fwd, _ = reach(far, 1)
	}
	// the reach differs from place to place where keys come in chunks
	varies := false
	var most int64
	for _, d := range []int64{1, 7, 129, 1000} {
		b2, ok := reach(far+d, -1)
		if !ok {
			break
		}
		f2, _ := reach(far+d, 1)
		if b2 != back {
			varies = true
		}
		_ = f2
		most = max(most, b2)
	}
	if varies && back >= 0 {
		// find where the chunk begins and ends
		start := far - back
		fw := int64(0)
		for w := int64(1); w < far/2; w *= 2 {
			b2, ok := reach(far+w, -1)
			if !ok || b2 != back+w {
				// the next chunk begins in (w/2, w]
				lo, hi := w/2, w
				for hi-lo > 1 {
					mid := (lo + hi) / 2
					if b2, _ := reach(far+mid, -1); b2 == back+mid {
						lo = mid
					} else {
						hi = mid
					}
				}
				fw = hi
				break
			}
		}
		v.chunked = true
		v.window = far + fw - start
		v.causal = !next || fw <= 1 && fwd == 0
		if s, _ := see(far+1, far+2); s && fw > 2 {
			v.causal = false
		} else {
			v.causal = true
		}
		return v
	}
	v.causal = fwd == 0 && !next
	if !v.causal && v.partly != "" {
		v.why = v.partly
	}
	switch {
	case back < 0:
	case v.causal:
		v.window = back + 1
	default:
		v.window = back + fwd + 1
	}
	return v
}

// keysOf is how many keys an attention of this run has; 0 where its shapes do
// not say it.
func (f *flow) keysOf(a *attn) int64 {
	if r := len(a.k.Shape); a.fused && r > 1 {
		return a.k.Shape[r-2]
	}
	if r := len(a.qk.Shape); !a.fused && r > 1 && a.qk.Op != "einsum" {
		return a.qk.Shape[r-1]
	}
	return 0
}

// single reports whether scores are those of one query and one key.
func single(scores []int64) bool {
	r := len(scores)
	return r >= 2 && scores[r-1] == 1 && scores[r-2] == 1
}

// maskAt evaluates one mask.
func (f *flow) maskAt(m maskUse) maskFunc {
	n := m.n
	return func(q, k int64) (bool, bool) {
		r := len(n.Shape)
		c := make([]int64, r)
		if r >= 1 && n.Shape[r-1] != 1 {
			c[r-1] = k
		}
		if r >= 2 && n.Shape[r-2] != 1 {
			c[r-2] = q
		}
		x, ok := f.at(n, c, 0)
		if !ok {
			return false, false
		}
		switch m.mode {
		case "add":
			return x > -1e4, true
		case "drop":
			return x == 0, true
		case "sub":
			return x < 1e4, true
		}
		return x != 0, true
	}
}

// hidesNothing reports whether a mask lets everything through at a few places,
// where its values follow from ones and zeros alone.
func (f *flow) hidesNothing(m maskUse) bool {
	see := f.maskAt(m)
	for _, p := range [][2]int64{{0, 0}, {0, 1}, {1, 0}, {1 << 20, 1<<20 + 1}, {1 << 20, 0}} {
		if s, ok := see(p[0], p[1]); !ok || !s {
			return false
		}
	}
	return true
}

// nearby decides the direction from the places within the traced length, where
// masks cannot be evaluated beyond it.
func (f *flow) nearby(v *visibility, see maskFunc, masks []*graph.Node) {
	v.why = "the mask's computation is not understood"
	q, k := int64(32), int64(32)
	for _, n := range masks {
		if r := len(n.Shape); r >= 2 {
			if n.Shape[r-1] > 1 {
				k = min(k, n.Shape[r-1])
			}
			if n.Shape[r-2] > 1 {
				q = min(q, n.Shape[r-2])
			}
		}
	}
	ahead, behind, hidden := false, false, false
	for i := range q {
		for j := range k {
			s, ok := see(i, j)
			if !ok {
				return
			}
			ahead = ahead || s && j > i
			behind = behind || s && j < i
			hidden = hidden || !s
		}
	}
	if !ahead || !behind {
		return
	}
	v.why = ""
	if hidden {
		v.partly = "the mask's computation is not understood beyond the traced length"
	}
}

// learned reports whether parameters that are trained go into n.
func (f *flow) learned(n *graph.Node) bool {
	for _, m := range inOrder(f.slice(n, nil, nil)) {
		if m.Op == "param" {
			if q := f.param(m); q == nil || !q.Frozen {
				return true
			}
		}
	}
	return false
}

func (f *flow) onlyInputs(n *graph.Node) bool {
	for _, m := range inOrder(f.slice(n, nil, nil)) {
		if m.Op == "input" && maskInputs[m.Name] {
			return true
		}
	}
	return false
}

// hasComparison reports whether positions are compared on the way to n.
func (f *flow) hasComparison(n *graph.Node, d int, seen map[*graph.Node]bool) bool {
	if n == nil || d > 80 || seen[n] {
		return false
	}
	seen[n] = true
	switch n.Op {
	case "le", "lt", "ge", "gt", "eq", "triu", "tril":
		return true
	}
	for _, x := range n.In {
		if f.hasComparison(x, d+1, seen) {
			return true
		}
	}
	return false
}

// maskSites are the lines at which a mask was made: first the line of the
// model's own forward, then the comparisons.
func (f *flow) maskSites(n *graph.Node) []graph.Span {
	var out []graph.Span
	add := func(s graph.Span) {
		for _, o := range out {
			if o == s {
				return
			}
		}
		if !s.IsZero() {
			out = append(out, s)
		}
	}
	var walk func(n *graph.Node, d int)
	seen := map[*graph.Node]bool{}
	walk = func(n *graph.Node, d int) {
		if seen[n] || d > 80 {
			return
		}
		seen[n] = true
		switch n.Op {
		case "le", "lt", "ge", "gt", "eq", "triu", "tril":
			add(site(n))
			add(n.At)
		}
		for _, x := range n.In {
			walk(x, d+1)
		}
	}
	walk(n, 0)
	return out
}

// at evaluates a value that depends on positions alone at coordinates that may
// lie beyond the traced length.
func (f *flow) at(n *graph.Node, c []int64, depth int) (float64, bool) {
	if n == nil || depth > 120 || len(c) != len(n.Shape) {
		return 0, false
	}
	sub := func(x *graph.Node) (float64, bool) { // elementwise operand
		d := make([]int64, len(x.Shape))
		off := len(c) - len(x.Shape)
		for i := range d {
			if off+i >= 0 && x.Shape[i] != 1 {
				d[i] = c[off+i]
			}
		}
		return f.at(x, d, depth+1)
	}
	if n.DType == "bool" {
		// conversions to bool
		if identities[n.Op] && len(n.In) == 1 {
			x, ok := sub(n.In[0])
			if x != 0 {
				x = 1
			}
			return x, ok
		}
	}
	if identities[n.Op] && len(n.In) > 0 {
		return sub(n.In[0])
	}
	two := func() (a, b float64, ok bool) {
		if len(n.In) == 2 {
			x, ok1 := sub(n.In[0])
			y, ok2 := sub(n.In[1])
			return x, y, ok1 && ok2
		}
		if len(n.In) == 1 {
			x, ok := sub(n.In[0])
			s, left := numArg(n)
			if s == nil {
				return 0, 0, false
			}
			if left {
				return s.Num, x, ok
			}
			return x, s.Num, ok
		}
		return 0, 0, false
	}
	truth := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	switch n.Op {
	case "input":
		if maskInputs[n.Name] {
			return 1, true
		}
		if positionInputs[n.Name] {
			return float64(c[len(c)-1]), true
		}
	case "arange":
		var nums []float64
		start, step := 0.0, 1.0
		for _, a := range n.Args {
			switch {
			case a.Name == "start" && a.IsNum:
				start = a.Num
			case a.Name == "step" && a.IsNum:
				step = a.Num
			case a.Name == "end":
			case a.IsNum && a.Name == "":
				nums = append(nums, a.Num)
			}
		}
		if len(nums) >= 2 {
			start = nums[0]
		}
		if len(nums) >= 3 {
			step = nums[2]
		}
		return start + step*float64(c[0]), true
	case "zeros", "zeros_like", "new_zeros":
		return 0, true
	case "ones", "ones_like", "new_ones":
		return 1, true
	case "full", "full_like", "new_full", "scalar_tensor", "tensor":
		for i := len(n.Args) - 1; i >= 0; i-- {
			a := n.Args[i]
			if a.Name == "fill_value" || a.Name == "value" || a.Name == "data" || a.Name == "s" {
				return number(a)
			}
		}
		for i := len(n.Args) - 1; i >= 0; i-- {
			a := n.Args[i]
			if a.IsNum && a.Name == "" {
				return a.Num, true
			}
			if a.Val == "True" {
				return 1, true
			}
			if a.Val == "False" {
				return 0, true
			}
		}
	case "const":
		if s, ok := f.scalar(n); ok {
			return s.v, true
		}
		if n.DType == "bool" && numel(n.Shape) == 1 {
			return 1, true
		}
	case "fill":
		if a, _ := numArg(n); a != nil {
			return a.Num, true
		}
	case "sum":
		// how many tokens are no padding: as many as there are
		if len(n.In) == 1 && (n.In[0].DType == "bool" || isInt(n.In[0].DType)) {
			x, ok := f.at(n.In[0], make([]int64, len(n.In[0].Shape)), depth+1)
			return x * 1e15, ok && x == 1
		}
	case "upsample", "interpolate":
		in := n.In[0]
		if len(in.Shape) != len(c) || !inside(c, n.Shape) {
			return 0, false
		}
		d := make([]int64, len(c))
		for i := range d {
			d[i] = c[i] * in.Shape[i] / max(1, n.Shape[i])
		}
		return f.at(in, d, depth+1)
	case "le", "lt", "ge", "gt", "eq", "ne":
		if len(n.In) == 1 && (n.Op == "ne" || n.Op == "eq") && isInt(n.In[0].DType) && base(n.In[0]).Op == "input" && f.content[n.In[0].ID] {
			return truth(n.Op == "ne"), true // a token that is no padding
		}
		a, b, ok := two()
		if !ok {
			return 0, false
		}
		switch n.Op {
		case "le":
			return truth(a <= b), true
		case "lt":
			return truth(a < b), true
		case "ge":
			return truth(a >= b), true
		case "gt":
			return truth(a > b), true
		case "eq":
			return truth(a == b), true
		}
		return truth(a != b), true
	case "and", "logical_and", "bitwise_and", "__and__":
		a, b, ok := two()
		return truth(a != 0 && b != 0), ok
	case "or", "logical_or", "bitwise_or", "__or__":
		a, b, ok := two()
		return truth(a != 0 || b != 0), ok
	case "xor", "logical_xor", "bitwise_xor":
		a, b, ok := two()
		return truth((a != 0) != (b != 0)), ok
	case "invert", "logical_not", "bitwise_not":
		x, ok := sub(n.In[0])
		return truth(x == 0), ok
	case "add", "sub", "mul", "div", "floor_divide", "floordiv", "remainder", "mod", "minimum", "maximum", "rsub":
		a, b, ok := two()
		if !ok {
			return 0, false
		}
		switch n.Op {
		case "add":
			return a + b, true
		case "sub":
			return a - b, true
		case "rsub":
			if len(n.In) == 1 {
				s, _ := numArg(n)
				x, ok := sub(n.In[0])
				return s.Num - x, ok
			}
			return b - a, true
		case "mul":
			if math.IsNaN(a * b) {
				return 0, true
			}
			return a * b, true
		case "div":
			if m := arg(n, "rounding_mode"); m != nil && m.Val == "'floor'" {
				return math.Floor(a / b), true
			}
			return a / b, true
		case "floor_divide", "floordiv":
			return math.Floor(a / b), true
		case "remainder", "mod":
			return a - b*math.Floor(a/b), true
		case "minimum":
			return math.Min(a, b), true
		}
		return math.Max(a, b), true
	case "abs":
		x, ok := sub(n.In[0])
		return math.Abs(x), ok
	case "diff":
		// one place minus the one before it; what is put in front stands before the first
		d := dimOf(n, "dim", len(c)-1, len(c))
		if argInt(n, "n", 1) != 1 || d < 0 || d >= len(c) || len(n.In) > 2 {
			return 0, false
		}
		x := append([]int64{}, c...)
		before := append([]int64{}, c...)
		before[d]--
		if len(n.In) < 2 {
			x[d]++
			before[d]++
		}
		hi, ok1 := f.at(n.In[0], x, depth+1)
		if before[d] < 0 {
			before[d] = 0
			lo, ok2 := f.at(n.In[1], before, depth+1)
			return hi - lo, ok1 && ok2
		}
		lo, ok2 := f.at(n.In[0], before, depth+1)
		return hi - lo, ok1 && ok2
	case "cumsum":
		// sums of what is zero everywhere
		d := dimOf(n, "dim", len(c)-1, len(c))
		if d < 0 || d >= len(c) {
			return 0, false
		}
		x := append([]int64{}, c...)
		for _, i := range []int64{0, 1, 2, c[d] / 3, c[d] / 2, c[d] - 1, c[d]} {
			x[d] = max(0, min(i, c[d]))
			if v, ok := f.at(n.In[0], x, depth+1); !ok || v != 0 {
				return 0, false
			}
		}
		return 0, true
	case "neg":
		x, ok := sub(n.In[0])
		return -x, ok
	case "where":
		if len(n.In) == 0 {
			return 0, false
		}
		x, ok := sub(n.In[0])
		if !ok {
			return 0, false
		}
		var vals []float64
		var oks []bool
		// tensors and numbers in their order
		na := n.Args
		ti := 1
		for k := 0; k < 2; k++ {
			name := []string{"input", "other"}[k]
			if a := arg(n, name); a != nil {
				v, ok := number(*a)
				vals, oks = append(vals, v), append(oks, ok)
			} else if ti < len(n.In) {
				v, ok := sub(n.In[ti])
				ti++
				vals, oks = append(vals, v), append(oks, ok)
			} else if len(na) > 0 {
				v, ok := number(na[min(k, len(na)-1)])
				vals, oks = append(vals, v), append(oks, ok)
			}
		}
		if len(vals) < 2 {
			return 0, false
		}
		if x != 0 {
			return vals[0], oks[0]
		}
		return vals[1], oks[1]
	case "masked_fill":
		if len(n.In) < 2 {
			return 0, false
		}
		m, ok := sub(n.In[1])
		if !ok {
			return 0, false
		}
		if m != 0 {
			if len(n.In) > 2 {
				return sub(n.In[2])
			}
			a := arg(n, "value")
			if a == nil {
				if a, _ = numArg(n); a == nil {
					return 0, false
				}
			}
			return number(*a)
		}
		x, ok := sub(n.In[0])
		if !ok && !f.hasComparison(n.In[0], 0, map[*graph.Node]bool{}) {
			return 0, true // a bias where nothing is hidden
		}
		return x, ok
	case "triu", "tril":
		d := int64(argInt(n, "diagonal", argAt(n, 0, 0)))
		r := len(c)
		if r < 2 {
			return 0, false
		}
		keep := c[r-1]-c[r-2] >= d
		if n.Op == "tril" {
			keep = c[r-1]-c[r-2] <= d
		}
		if !keep {
			return 0, true
		}
		return sub(n.In[0])
	case "getitem":
		in := n.In[0]
		items, ok := indexItems(n, len(in.Shape))
		if !ok {
			// tensors in the index, one for each dimension
			var d []int64
			for _, x := range n.In[1:] {
				v, ok := sub(x)
				if !ok {
					return 0, false
				}
				d = append(d, int64(v))
			}
			if len(d) != len(in.Shape) {
				return 0, false
			}
			return f.at(in, d, depth+1)
		}
		// slices from the start keep virtual coordinates
		var d []int64
		k, dim := 0, 0
		for _, it := range items {
			switch {
			case it == "None":
				k++
			case len(it) > 0 && containsColon(it):
				start, step, _, ok := sliceOf(it, in.Shape[dim])
				if !ok || k >= len(c) {
					return 0, false
				}
				d = append(d, start+step*c[k])
				k++
				dim++
			default:
				is := ints(it)
				if len(is) != 1 {
					return 0, false
				}
				v := is[0]
				if v < 0 {
					v += in.Shape[dim]
				}
				d = append(d, v)
				dim++
			}
		}
		return f.at(in, d, depth+1)
	case "unsqueeze":
		d := dimOf(n, "dim", 0, len(c))
		if d < 0 || d >= len(c) {
			return 0, false
		}
		return f.at(n.In[0], append(append([]int64{}, c[:d]...), c[d+1:]...), depth+1)
	case "transpose", "swapaxes":
		r := len(c)
		d0, d1 := dimOf(n, "dim0", argAt(n, 0, 0), r), dimOf(n, "dim1", argAt(n, 1, 1), r)
		d := append([]int64{}, c...)
		d[d0], d[d1] = d[d1], d[d0]
		return f.at(n.In[0], d, depth+1)
	case "t", "T", "mT":
		d := append([]int64{}, c...)
		if r := len(d); r >= 2 {
			d[r-1], d[r-2] = d[r-2], d[r-1]
		}
		return f.at(n.In[0], d, depth+1)
	case "expand", "expand_as", "broadcast_to", "repeat":
		return sub(n.In[0])
	case "view", "reshape", "squeeze", "flatten":
		// only dimensions of size one come or go
		in := n.In[0]
		var d []int64
		k := 0
		skip := func() {
			for k < len(c) && n.Shape[k] == 1 {
				k++
			}
		}
		for _, s := range in.Shape {
			if s == 1 {
				d = append(d, 0)
				continue
			}
			skip()
			if k >= len(c) || n.Shape[k] != s {
				d = nil
				break
			}
			d = append(d, c[k])
			k++
		}
		if len(d) == len(in.Shape) {
			return f.at(in, d, depth+1)
		}
	case "setitem":
		if len(n.In) == 2 && slices.Equal(regionShape(n), n.Shape) {
			return sub(n.In[1]) // a write to all of it
		}
		if !inside(c, n.Shape) || len(n.In) == 0 {
			return 0, false
		}
		if _, written, ok := region(n, c); !ok {
			return 0, false
		} else if !written {
			return f.at(n.In[0], c, depth+1)
		}
		if len(n.In) == 1 {
			if a, _ := numArg(n); a != nil {
				return a.Num, true
			}
			return 0, false
		}
	case "cat":
		// padding in front of or behind the positions
		for _, x := range n.In {
			if numel(x.Shape) == numel(n.Shape) {
				return sub(x)
			}
		}
	}
	// within the traced length, any layout
	if layouts[n.Op] && inside(c, n.Shape) || n.Op == "setitem" || n.Op == "stack" {
		if o, ok := f.origin(elem{n, index(c, n.Shape)}); ok && len(o) == 1 {
			return f.at(o[0].n, coords(o[0].i, o[0].n.Shape), depth+1)
		}
	}
	return 0, false
}

// inside reports whether coordinates lie within a shape.
func inside(c, shape []int64) bool {
	for i, x := range c {
		if x < 0 || x >= shape[i] {
			return false
		}
	}
	return true
}

func containsColon(s string) bool {
	for i := range len(s) {
		if s[i] == ':' {
			return true
		}
	}
	return false
}

func number(a graph.Arg) (float64, bool) {
	if a.IsNum {
		return a.Num, true
	}
	switch a.Val {
	case "True":
		return 1, true
	case "False":
		return 0, true
	case "-inf":
		return math.Inf(-1), true
	case "inf":
		return math.Inf(1), true
	}
	return 0, false
}
