package rules

import (
	"cmp"
	"math"
	"sort"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// rotation is what a rotary embedding does to the queries.
type rotation struct {
	layout string // half, interleaved, ""
	dim    int64
	theta  float64
	thetaE *graph.Expr
	node   *graph.Node // the sum that rotates
	pair   []*graph.Node
	via    map[*graph.Node]bool
	freq   *graph.Node // the buffer or computation of the frequencies
	why    string
	bad    bool // some elements are computed in a way that is not understood
}

// rotationOf decides how the queries (or keys) are rotated between their
// projection and the product: element by element, which elements of the
// projection each is computed from.
func (f *flow) rotationOf(a *attn) (r *rotation, why string) {
	if a.rotDone {
		return a.rot, a.rotWhy
	}
	defer func() { a.rot, a.rotWhy, a.rotDone = r, why, true }()
	outs := map[*graph.Node]bool{}
	for _, ps := range [][]*proj{a.qp, a.kp} {
		for _, p := range ps {
			outs[p.out] = true
		}
	}
	r, why = f.rotated(a.q, a.dim, a.qk, a.q == a.qk.In[0] || a.fused, outs)
	if r == nil && why == "" {
		// some rotate keys alone in one of two paths; look there too
		r, why = f.rotated(a.k, a.dim, a.qk, false, outs)
	}
	return r, why
}

func (f *flow) rotated(q *graph.Node, dim int64, qk *graph.Node, plain bool, outs map[*graph.Node]bool) (*rotation, string) {
	if q == nil || len(q.Shape) < 2 {
		return nil, "queries of unknown shape"
	}
	// which axis holds the width: the last of size dim whose neighbour is the sequence
	axis := len(q.Shape) - 1
	if q.Shape[axis] != dim {
		axis--
	}
	if axis < 0 || q.Shape[axis] != dim {
		return nil, "queries of unknown shape"
	}
	stop := func(n *graph.Node) bool { return outs[n] }
	type pair struct{ a, b int64 }
	via := map[*graph.Node]bool{}
	var pairs []pair
	bad := 0
	look := func(c []int64) {
		for d := int64(0); d < dim; d++ {
			c[axis] = d
			src, ok := f.sources(elem{q, index(c, q.Shape)}, stop, via)
			if !ok && len(src) == 0 {
				bad++
				continue
			}
			cols := map[int64]bool{}
			for _, e := range src {
				cols[e.i%max(1, lastDim(e.n))] = true
			}
			if len(cols) == 2 {
				var p []int64
				for k := range cols {
					p = append(p, k)
				}
				sort.Slice(p, func(i, j int) bool { return p[i] < p[j] })
				pairs = append(pairs, pair{p[0], p[1]})
			} else if len(cols) > 2 {
				bad++
			}
		}
	}
	first, last := make([]int64, len(q.Shape)), make([]int64, len(q.Shape))
	for i := 1; i < len(last); i++ {
		last[i] = max(0, q.Shape[i]-1)
	}
	look(first)
	if len(pairs) == 0 && bad == 0 {
		look(last) // tokens in front (of a class, registers) may be left as they are
	}
	if len(pairs) == 0 {
		if bad > 0 {
			return nil, "what happens to the queries before the product is not understood"
		}
		return nil, ""
	}
	r := &rotation{dim: int64(len(pairs)), via: via, bad: bad > 0}
	gaps := map[int64]int{}
	for _, p := range pairs {
		gaps[p.b-p.a]++
	}
	if len(gaps) == 1 {
		for g := range gaps {
			switch g {
			case r.dim / 2:
				r.layout = "half"
				if r.dim == 2 {
					r.layout = ""
				}
			case 1:
				r.layout = "interleaved"
			default:
				if g < dim && g > 1 && int64(len(pairs))%(2*g) == 0 {
					// several axes (height, width) rotate their own half
					r.layout = "half"
				}
			}
		}
	}
	// the operations that pair elements, and the frequencies
	for _, n := range inOrder(via) {
		switch n.Op {
		case "getitem", "chunk", "split", "unbind", "view_as_complex", "stack", "cat", "unflatten", "index_select":
			r.pair = append(r.pair, n)
		case "add", "sub":
			if r.node == nil || n.ID < r.node.ID {
				r.node = n
			}
		}
		if (n.Op == "mul" || n.Op == "addcmul") && len(n.In) >= 2 {
			for _, in := range n.In {
				if !f.content[in.ID] && r.freq == nil {
					r.freq = in
				}
			}
			if r.node == nil && n.DType == "complex64" {
				r.node = n
			}
		}
	}
	sort.Slice(r.pair, func(i, j int) bool { return r.pair[i].ID < r.pair[j].ID })
	f.theta(r)
	return r, ""
}

// theta finds the base of the frequencies: from the values of the frequency
// buffer, or from the power in its computation.
func (f *flow) theta(r *rotation) {
	if r.freq == nil {
		r.why = "no frequencies found"
		return
	}
	for _, n := range inOrder(f.slice(r.freq, nil, nil)) {
		switch n.Op {
		case "buffer", "const", "param":
			if a := arg(n, "from"); a != nil && a.IsNum && a.Num > 1 && numel(n.Shape) > 1 {
				r.theta, r.thetaE = a.Num, a.E
				return
			}
			p := f.param(n)
			if p == nil || len(p.Data) < 2 || len(p.Shape) != 1 {
				continue
			}
			// freq[i] = theta ** (-2i/dim); fast frequencies are the ones that
			// scaling leaves alone
			if p.Data[0] > 0 && p.Data[1] > 0 {
				r.theta = f.baseOf(p.Data[0]/p.Data[1], float64(len(p.Data)))
				if r.theta == 0 {
					r.why = "the frequencies are no powers of a base that is known"
				}
			}
		case "pow", "rpow":
			if a, left := numArg(n); a != nil && (left || n.Op == "rpow") && a.Num > 1 {
				r.theta, r.thetaE = a.Num, a.E
			}
		}
	}
	if r.theta == 0 && r.why == "" {
		r.why = "the frequencies' values are not known"
	}
}

// baseOf is the base whose powers n frequencies are, by the ratio of
// neighbours: theta ** (2/dim), where dim is twice their number, or one less
// where it is odd. Images take every other frequency for each axis, so that a
// number of the config may be the base with half or twice that exponent.
func (f *flow) baseOf(ratio, n float64) float64 {
	var few float64
	for _, d := range []float64{2 * n, 2*n - 1} {
		v, config := f.snap(math.Pow(ratio, d/2))
		if config {
			return v
		}
		few = cmp.Or(few, v)
	}
	for _, d := range []float64{n, 4 * n} {
		v := math.Pow(ratio, d/2)
		var found float64
		f.eachNumber(func(_ string, x any) {
			if x, ok := x.(float64); ok && x > 1 && math.Abs(x-v) <= 2e-5*v {
				found = x
			}
		})
		if found != 0 {
			return found
		}
	}
	return few
}

// snap is the config value, or the number with few digits, that lies within
// float32 rounding of v; 0 where there is none.
func (f *flow) snap(v float64) (x float64, config bool) {
	var best float64
	f.eachNumber(func(_ string, n any) {
		x := asFloat(n)
		if x > 1 && math.Abs(x-v) <= 2e-5*v*10 && (best == 0 || math.Abs(x-v) < math.Abs(best-v)) {
			best = x
		}
	})
	if best != 0 {
		return best, true
	}
	if v <= 1 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, false
	}
	p := math.Pow(10, math.Floor(math.Log10(v))-2)
	if s := math.Round(v/p) * p; math.Abs(s-v) <= 2e-5*v {
		return s, false
	}
	return 0, false
}

// asFloat is a number of the config, whatever its type.
func asFloat(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	case int:
		return float64(v)
	}
	return 0
}

// eachNumber visits the numbers of the config, nested ones too, as they are:
// int64, int or float64.
func (f *flow) eachNumber(visit func(name string, v any)) {
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case float64, int64, int:
			visit(name, v)
		case map[string]any:
			for k, x := range v {
				walk(name+"."+k, x)
			}
		}
	}
	for _, c := range f.m.Config {
		walk(c.Name, c.Value)
	}
}
