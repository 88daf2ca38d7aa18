package torch

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

func unequal(a, b tensor.Dim) bool { return a.V != b.V && a.V >= 0 && b.V >= 0 }

func sameDTypes(c *call, a, b *T) {
	if a.DType != b.DType {
		c.fail("expected scalar type torch.%s but found torch.%s", a.DType, b.DType)
	}
}

func cppFull(d tensor.DType) string {
	switch d {
	case tensor.Float64:
		return "double"
	case tensor.Float16:
		return "c10::Half"
	case tensor.BFloat16:
		return "c10::BFloat16"
	case tensor.Int64:
		return "long"
	case tensor.Bool:
		return "bool"
	case tensor.Int32:
		return "int"
	}
	return "float"
}

// matmulShape is the shape of a @ b.
func matmulShape(c *call, a, b *T) []tensor.Dim {
	n, m := len(a.Shape), len(b.Shape)
	if n == 0 || m == 0 {
		c.fail("both arguments to matmul need to be at least 1D, but they are %dD and %dD", n, m)
	}
	k1 := a.Shape[n-1]
	k2 := b.Shape[max(m-2, 0)]
	if unequal(k1, k2) {
		rows := tensor.Product(a.Shape[:n-1])
		switch {
		case n == 1 && m == 1:
			c.fail("inconsistent tensor size, expected tensor [%d] and src [%d] to have the same number of elements, but got %d and %d elements respectively", k1.V, k2.V, k1.V, k2.V)
		case m == 1:
			c.fail("size mismatch, got input (%dx%d), vec (%d)", rows.V, k1.V, k2.V)
		case m == 2:
			if n == 1 {
				c.fail("size mismatch, got input (%dx%d), vec (%d)", b.Shape[1].V, k2.V, k1.V)
			}
			c.fail("a and b must have same reduction dim, but got [%d, %d] X [%d, %d].", rows.V, k1.V, k2.V, b.Shape[1].V)
		}
		if m > 2 && n > 2 {
			tensor.Broadcast(c.in, a.Shape[:n-2], b.Shape[:m-2])
		}
		batch := int64(1)
		for _, d := range b.Shape[:m-2] {
			batch *= d.V
		}
		c.fail("Expected size for first two dimensions of batch2 tensor to be: [%d, %d] but got: [%d, %d].", batch, k1.V, batch, k2.V)
	}
	var ab, bb []tensor.Dim
	if n > 2 {
		ab = a.Shape[:n-2]
	}
	if m > 2 {
		bb = b.Shape[:m-2]
	}
	shape := tensor.Broadcast(c.in, ab, bb)
	if n > 1 {
		shape = append(shape, a.Shape[n-2])
	}
	if m > 1 {
		shape = append(shape, b.Shape[m-1])
	}
	return shape
}

func matmulOf(c *call, op string, a, b *T) res {
	shape := matmulShape(c, a, b)
	sameDTypes(c, a, b)
	r := res{op: op, shape: shape, dt: a.DType, ins: []*T{a, b}}
	if n := tensor.Numel(shape); a.Known() && b.Known() && n >= 0 && n*a.Shape[len(a.Shape)-1].V <= 1<<18 {
		r.data = matmulData(c, a, b, shape)
	}
	return r
}

// matmulData multiplies matrices of known values.
func matmulData(c *call, a, b *T, shape []tensor.Dim) []float64 {
	n, m := len(a.Shape), len(b.Shape)
	k := a.Shape[n-1].V
	rows, cols := int64(1), int64(1)
	as, bs := a.Shape, b.Shape
	if n > 1 {
		rows = as[n-2].V
	} else {
		as = tensor.Dims(1, k)
	}
	if m > 1 {
		cols = bs[m-1].V
	} else {
		bs = tensor.Dims(k, 1)
	}
	batch := tensor.Broadcast(c.in, as[:len(as)-2], bs[:len(bs)-2])
	full := func(t *T, s []tensor.Dim) []float64 {
		u := tensor.Const(tensor.Float64, tensor.Clone(s), clone(t.Values()))
		want := append(tensor.Clone(batch), s[len(s)-2], s[len(s)-1])
		return repeatTo(Expanded(u, want), tensor.Numel(want))
	}
	if !tensor.Keeps(tensor.Float64, tensor.Numel(batch)*rows*k) || !tensor.Keeps(tensor.Float64, tensor.Numel(batch)*k*cols) {
		return nil
	}
	x, y := full(a, as), full(b, bs)
	if x == nil || y == nil {
		return nil
	}
	out := make([]float64, tensor.Numel(shape))
	c.in.Step(len(out))
	nb := tensor.Numel(batch)
	for t := int64(0); t < nb; t++ {
		for i := int64(0); i < rows; i++ {
			for j := int64(0); j < cols; j++ {
				s := 0.0
				for p := int64(0); p < k; p++ {
					s += x[(t*rows+i)*k+p] * y[(t*k+p)*cols+j]
				}
				out[(t*rows+i)*cols+j] = s
			}
		}
	}
	return out
}

func matmul(c *call) res { return matmulOf(c, "matmul", c.T(0), c.T(1)) }

func bmm(c *call) res {
	a, b := c.T(0), c.T(1)
	if len(a.Shape) != 3 {
		c.fail("batch1 must be a 3D tensor")
	}
	if len(b.Shape) != 3 {
		c.fail("batch2 must be a 3D tensor")
	}
	if unequal(a.Shape[0], b.Shape[0]) || unequal(a.Shape[2], b.Shape[1]) {
		c.fail("Expected size for first two dimensions of batch2 tensor to be: [%d, %d] but got: [%d, %d].", a.Shape[0].V, a.Shape[2].V, b.Shape[0].V, b.Shape[1].V)
	}
	return matmulOf(c, "bmm", a, b)
}

func mm(c *call) res {
	a, b := c.T(0), c.T(1)
	if len(a.Shape) != 2 {
		c.fail("a must be 2D")
	}
	if len(b.Shape) != 2 {
		c.fail("b must be 2D")
	}
	return matmulOf(c, "mm", a, b)
}

// added is beta*input + alpha*(a @ b): addmm, baddbmm, addbmm, addmv.
func added(c *call) res {
	x, a, b := c.T(0), c.T(1), c.T(2)
	shape := matmulShape(c, a, b)
	if c.op == "addbmm" {
		shape = shape[1:]
	}
	full := tensor.Broadcast(c.in, x.Shape, shape)
	if len(full) != len(shape) {
		c.fail("The expanded size of the tensor (%d) must match the existing size (%d) at non-singleton dimension 0.", shape[0].V, x.Shape[0].V)
	}
	ins := []*T{x, a, b}
	if beta, ok := interp.AsFloat(c.a[3]); ok && beta == 0 {
		ins = []*T{x, a, b}
	}
	return res{op: c.op, shape: full, dt: a.DType, ins: ins, args: c.args(3, 4)}
}

// Linear is F.linear: input @ weight.T + bias.
func Linear(in *interp.Interp, x, w, b *T) *T {
	c := &call{in: in, name: "linear", op: "linear"}
	return linearOf(c, x, w, b)
}

func linearOf(c *call, x, w, b *T) *T {
	n := len(x.Shape)
	if n == 0 {
		c.fail("both arguments to linear need to be at least 1D, but they are 0D and %dD", len(w.Shape))
	}
	if len(w.Shape) > 2 || len(w.Shape) == 0 {
		c.fail("t() expects a tensor with <= 2 dimensions, but self is %dD", len(w.Shape))
	}
	k := x.Shape[n-1]
	wk := w.Shape[len(w.Shape)-1]
	if unequal(k, wk) {
		out := int64(1)
		if len(w.Shape) == 2 {
			out = w.Shape[0].V
		}
		c.fail("a and b must have same reduction dim, but got [%d, %d] X [%d, %d].", tensor.Product(x.Shape[:n-1]).V, k.V, wk.V, out)
	}
	shape := tensor.Clone(x.Shape[:n-1])
	if len(w.Shape) == 2 {
		shape = append(shape, w.Shape[0])
	}
	ins := []*T{x, w}
	if b != nil {
		if len(b.Shape) > 0 && len(shape) > 0 {
			if out := shape[len(shape)-1]; unequal(b.Shape[len(b.Shape)-1], out) && b.Shape[len(b.Shape)-1].V != 1 {
				rows := tensor.Product(shape[:len(shape)-1])
				c.fail("Attempting to broadcast a dimension of length %d at -1! Mismatching argument at index 1 had torch.Size(%s); but expected shape should be broadcastable to [%d, %d]", b.Shape[len(b.Shape)-1].V, tensor.ShapeString(b.Shape), rows.V, out.V)
			}
		}
		ins = append(ins, b)
	}
	return tensor.Op(c.in, "linear", shape, x.DType, ins)
}

func linear(c *call) interp.Value { return linearOf(c, c.T(0), c.T(1), c.optT(2)) }

func bilinear(c *call) interp.Value {
	a, b, w := c.T(0), c.T(1), c.T(2)
	shape := append(tensor.Clone(a.Shape[:len(a.Shape)-1]), w.Shape[0])
	ins := []*T{a, b, w}
	if t := c.optT(3); t != nil {
		ins = append(ins, t)
	}
	return tensor.Op(c.in, "bilinear", shape, a.DType, ins)
}

// einsum is torch.einsum(equation, *operands).
func einsum(c *call) interp.Value {
	all := c.a[0].(*interp.Tuple).V
	if len(all) == 0 {
		c.in.Raise(interp.ValueError, "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list")
	}
	eq, isStr := interp.AsStr(all[0])
	if !isStr {
		return einsumLists(c, all)
	}
	sub := &call{in: c.in, name: "einsum", op: "einsum", sig: c.sig, a: []interp.Value{&interp.Tuple{V: all[1:]}}}
	ts := sub.spreadTensors(0)
	return einsumOf(c, eq, ts)
}

// einsumLists is the form with sublists of ints instead of an equation.
func einsumLists(c *call, all []interp.Value) interp.Value {
	letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	term := func(v interp.Value) string {
		s := ""
		vs, _ := tensor.Sequence(v)
		for _, e := range vs {
			if _, dots := e.(interp.EllipsisType); dots {
				s += "..."
				continue
			}
			n := c.in.Int(e)
			if n < 0 || n >= int64(len(letters)) {
				c.fail("einsum(): not a valid subscript: %d", n)
			}
			s += letters[n : n+1]
		}
		return s
	}
	eq := ""
	var ts []*T
	i := 0
	for ; i+1 < len(all); i += 2 {
		t, ok := all[i].(*T)
		if !ok {
			break
		}
		ts = append(ts, t)
		if eq != "" {
			eq += ","
		}
		eq += term(all[i+1])
	}
	if i < len(all) {
		eq += "->" + term(all[i])
	}
	return einsumOf(c, eq, ts)
}

func einsumOf(c *call, eq string, ts []*T) interp.Value {
	spec := strings.ReplaceAll(eq, " ", "")
	lhs, rhs, explicit := strings.Cut(spec, "->")
	terms := strings.Split(lhs, ",")
	if len(terms) != len(ts) {
		if len(terms) > len(ts) {
			c.fail("einsum(): fewer operands were provided than specified in the equation")
		}
		c.fail("einsum(): more operands were provided than specified in the equation")
	}
	size := map[byte]tensor.Dim{}
	count := map[byte]int{}
	var dots []tensor.Dim
	hasDots := false
	for k, term := range terms {
		t := ts[k]
		before, after, ell := strings.Cut(term, "...")
		n := len(before) + len(after)
		if !ell && n != len(t.Shape) || ell && n > len(t.Shape) {
			if ell {
				c.fail("einsum(): the number of subscripts in the equation (%d) is more than the number of dimensions (%d) for operand %d", n, len(t.Shape), k)
			}
			c.fail("einsum(): the number of subscripts in the equation (%d) does not match the number of dimensions (%d) for operand %d and no ellipsis was given", n, len(t.Shape), k)
		}
		see := func(letter byte, d tensor.Dim) {
			if !(letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z') {
				c.fail("einsum(): invalid subscript given at index %d in the equation string, subscripts must be in [a-zA-Z]", strings.IndexByte(eq, letter))
			}
			old, ok := size[letter]
			count[letter]++
			switch {
			case !ok || old.V == 1 && d.V != 1:
				size[letter] = d
			case unequal(old, d) && d.V != 1:
				c.fail("einsum(): subscript %c has size %d for operand %d which does not broadcast with previously seen size %d", letter, d.V, k, old.V)
			case old.V < 0 || old.E == nil && d.V == old.V:
				size[letter] = d
			}
		}
		for i := 0; i < len(before); i++ {
			see(before[i], t.Shape[i])
		}
		for i := 0; i < len(after); i++ {
			see(after[i], t.Shape[len(t.Shape)-len(after)+i])
		}
		if ell {
			hasDots = true
			dots = tensor.Broadcast(c.in, dots, t.Shape[len(before):len(t.Shape)-len(after)])
		}
	}
	if !explicit {
		if hasDots {
			rhs = "..."
		}
		for l := byte('A'); l <= 'z'; l++ {
			if count[l] == 1 {
				rhs += string(l)
			}
		}
	}
	var shape []tensor.Dim
	for i := 0; i < len(rhs); i++ {
		if strings.HasPrefix(rhs[i:], "...") {
			shape = append(shape, dots...)
			i += 2
			continue
		}
		d, ok := size[rhs[i]]
		if !ok {
			c.fail("einsum(): output subscript %c does not appear in the equation for any input operand", rhs[i])
		}
		shape = append(shape, d)
	}
	if shape == nil {
		shape = []tensor.Dim{}
	}
	var data []float64
	if !hasDots {
		data = einsumData(c, terms, rhs, ts, size, shape)
	}
	var args []graph.Arg
	if c.tracing() {
		args = []graph.Arg{tensor.ArgStr("equation", eq)}
	}
	return tensor.OpData(c.in, "einsum", shape, catType(c.in, ts), data, ts, args...)
}

// einsumData sums products over all letters, for small operands of known values.
func einsumData(c *call, terms []string, rhs string, ts []*T, size map[byte]tensor.Dim, shape []tensor.Dim) []float64 {
	total := int64(1)
	letters := []byte{}
	for l, d := range size {
		if d.V < 0 {
			return nil
		}
		if total *= max(d.V, 1); total > 1<<16 {
			return nil
		}
		letters = append(letters, l)
	}
	vals := make([][]float64, len(ts))
	for i, t := range ts {
		if vals[i] = t.Values(); vals[i] == nil {
			return nil
		}
	}
	c.in.Step(int(total))
	out := make([]float64, tensor.Numel(shape))
	all := make([]tensor.Dim, len(letters))
	at := map[byte]int{}
	for i, l := range letters {
		all[i] = size[l]
		at[l] = i
	}
	gatherData(all, func(idx []int64) float64 {
		p := 1.0
		for i, term := range terms {
			pos := int64(0)
			for k := 0; k < len(term); k++ {
				x := idx[at[term[k]]]
				if ts[i].Shape[k].V == 1 {
					x = 0
				}
				pos = pos*ts[i].Shape[k].V + x
			}
			p *= vals[i][pos]
		}
		pos := int64(0)
		for k := 0; k < len(rhs); k++ {
			pos = pos*size[rhs[k]].V + idx[at[rhs[k]]]
		}
		out[pos] += p
		return 0
	})
	return out
}

func outer(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	if len(a.Shape) != 1 {
		c.fail("outer: Expected 1-D argument self, but got %d-D", len(a.Shape))
	}
	if len(b.Shape) != 1 {
		c.fail("outer: Expected 1-D argument vec2, but got %d-D", len(b.Shape))
	}
	col := &T{Shape: []tensor.Dim{a.Shape[0], tensor.D(1)}, DType: a.DType}
	if v := a.Values(); v != nil {
		col.Store = tensor.NewStore(v)
	}
	shape := []tensor.Dim{a.Shape[0], b.Shape[0]}
	dt := catType(c.in, []*T{a, b})
	var data []float64
	if a.Known() && b.Known() {
		data = compute1(c.in, shape, dt, dt, []arg1{{t: col, dt: a.DType}, {t: b, dt: b.DType}}, func(v []float64) float64 { return v[0] * v[1] })
	}
	return tensor.OpData(c.in, "outer", shape, dt, data, []*T{a, b})
}

func dot(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	if len(a.Shape) != 1 || len(b.Shape) != 1 {
		c.fail("1D tensors expected, but got %dD and %dD tensors", len(a.Shape), len(b.Shape))
	}
	return matmulOf(c, "dot", a, b).make(c.in)
}

func mv(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	if len(a.Shape) != 2 || len(b.Shape) != 1 {
		c.fail("vector + matrix @ vector expected, got 1, %d, %d", len(a.Shape), len(b.Shape))
	}
	return matmulOf(c, "mv", a, b).make(c.in)
}

func kron(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	n := max(len(a.Shape), len(b.Shape))
	shape := make([]tensor.Dim, n)
	at := func(s []tensor.Dim, i int) tensor.Dim {
		if i -= n - len(s); i >= 0 {
			return s[i]
		}
		return tensor.D(1)
	}
	for i := range shape {
		shape[i] = at(a.Shape, i).Mul(at(b.Shape, i))
	}
	return tensor.Op(c.in, "kron", shape, catType(c.in, []*T{a, b}), []*T{a, b})
}

func tensordot(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	var da, db []int
	if vs, ok := tensor.Sequence(c.a[2]); ok {
		if len(vs) != 2 {
			c.fail("tensordot expects dims to be int or tuple of two sequences")
		}
		for _, v := range c.ints(vs[0]) {
			da = append(da, tensor.WrapDim(c.in, v, len(a.Shape)))
		}
		for _, v := range c.ints(vs[1]) {
			db = append(db, tensor.WrapDim(c.in, v, len(b.Shape)))
		}
	} else {
		n := int(c.Int(2))
		for i := 0; i < n; i++ {
			da = append(da, len(a.Shape)-n+i)
			db = append(db, i)
		}
	}
	for i := range da {
		if unequal(a.Shape[da[i]], b.Shape[db[i]]) {
			c.fail("contracted dimensions need to match, but first has size %d in dim %d and second has size %d in dim %d", a.Shape[da[i]].V, da[i], b.Shape[db[i]].V, db[i])
		}
	}
	shape := append(reducedShape(a.Shape, da, false, false), reducedShape(b.Shape, db, false, false)...)
	return tensor.Op(c.in, "tensordot", shape, a.DType, []*T{a, b}, c.args(2)...)
}

func multiDot(c *call) interp.Value {
	ts := c.tensors(0)
	t := ts[0]
	for _, u := range ts[1:] {
		t = matmulOf(c, "matmul", t, u).make(c.in)
	}
	return t
}

func cross(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	return tensor.Op(c.in, "cross", tensor.Broadcast(c.in, a.Shape, b.Shape), catType(c.in, []*T{a, b}), []*T{a, b}, c.args(2)...)
}

func cdist(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	n, m := len(a.Shape), len(b.Shape)
	if n < 2 || m < 2 {
		c.fail("cdist only supports at least 2D tensors, X1 got: %dD", n)
	}
	shape := tensor.Broadcast(c.in, a.Shape[:n-2], b.Shape[:m-2])
	return tensor.Op(c.in, "cdist", append(shape, a.Shape[n-2], b.Shape[m-2]), a.DType, []*T{a, b}, c.args(2)...)
}

// squareOf is a function of a matrix that gives one of the same shape (inv, cholesky, matrix_exp).
func squareOf(c *call) interp.Value {
	x := c.T(0)
	if len(x.Shape) < 2 {
		c.fail("linalg.%s: The input tensor A must have at least 2 dimensions.", c.op)
	}
	return tensor.Op(c.in, c.op, tensor.Clone(x.Shape), x.DType, []*T{x})
}

func det(c *call) interp.Value {
	x := c.T(0)
	return tensor.Op(c.in, "det", tensor.Clone(x.Shape[:len(x.Shape)-2]), x.DType, []*T{x})
}

func slogdet(c *call) interp.Value {
	x := c.T(0)
	s := x.Shape[:len(x.Shape)-2]
	return named(slogdetClass, tensor.Op(c.in, "slogdet", tensor.Clone(s), x.DType, []*T{x}, outputArg(c, 0, nil)...),
		tensor.Op(c.in, "slogdet", tensor.Clone(s), x.DType.ToReal(), []*T{x}, outputArg(c, 1, nil)...))
}

func qr(c *call) interp.Value {
	x := c.T(0)
	n := len(x.Shape)
	k := x.Shape[n-2]
	if x.Shape[n-1].V < k.V {
		k = x.Shape[n-1]
	}
	if c.given(1) && c.Str(1) == "complete" {
		k = x.Shape[n-2]
	}
	b := x.Shape[:n-2]
	q := append(tensor.Clone(b), x.Shape[n-2], k)
	r := append(tensor.Clone(b), k, x.Shape[n-1])
	return named(qrClass, tensor.Op(c.in, "qr", q, x.DType, []*T{x}, outputArg(c, 0, nil)...), tensor.Op(c.in, "qr", r, x.DType, []*T{x}, outputArg(c, 1, nil)...))
}

func svd(c *call) interp.Value {
	x := c.T(0)
	n := len(x.Shape)
	a, b := x.Shape[n-2], x.Shape[n-1]
	k := a
	if b.V < a.V {
		k = b
	}
	full := c.a[1] == nil || c.Bool(1)
	u, v := k, k
	if full {
		u, v = a, b
	}
	batch := x.Shape[:n-2]
	return named(svdClass, tensor.Op(c.in, "svd", append(tensor.Clone(batch), a, u), x.DType, []*T{x}, outputArg(c, 0, nil)...),
		tensor.Op(c.in, "svd", append(tensor.Clone(batch), k), x.DType.ToReal(), []*T{x}, outputArg(c, 1, nil)...),
		tensor.Op(c.in, "svd", append(tensor.Clone(batch), v, b), x.DType, []*T{x}, outputArg(c, 2, nil)...))
}

func eigh(c *call) interp.Value {
	x := c.T(0)
	n := len(x.Shape)
	vals := tensor.Op(c.in, "eigh", tensor.Clone(x.Shape[:n-1]), x.DType.ToReal(), []*T{x}, outputArg(c, 0, nil)...)
	if strings.HasSuffix(c.name, "vals") || strings.HasSuffix(c.name, "valsh") {
		return vals
	}
	return named(eighClass, vals, tensor.Op(c.in, "eigh", tensor.Clone(x.Shape), x.DType, []*T{x}, outputArg(c, 1, nil)...))
}

// solve is linalg.solve and solve_triangular.
func solve(c *call) interp.Value {
	a, b := c.T(0), c.T(1)
	n := len(a.Shape)
	var shape []tensor.Dim
	if len(b.Shape) == 1 || len(b.Shape) == n-1 && c.op == "solve" {
		shape = tensor.Clone(b.Shape)
	} else {
		batch := tensor.Broadcast(c.in, a.Shape[:n-2], b.Shape[:len(b.Shape)-2])
		shape = append(batch, b.Shape[len(b.Shape)-2:]...)
	}
	return tensor.Op(c.in, c.op, shape, a.DType, []*T{a, b}, c.args(2)...)
}

var matmulRows = []row{
	{name: "matmul linalg.matmul __matmul__", where: "fm", sig: "input, other, *, out=None", res: matmul},
	{name: "matmul __rmatmul__", where: "", sig: "input, other", res: func(c *call) res { return matmulOf(c, "matmul", c.T(1), c.T(0)) }},
	{name: "bmm", where: "fm", sig: "input, mat2, *, out=None", res: bmm},
	{name: "mm", where: "fm", sig: "input, mat2, *, out=None", res: mm},
	{name: "mv", where: "fm", sig: "input, vec, *, out=None", fn: mv},
	{name: "dot inner vdot linalg.vecdot", where: "fm", sig: "input, other, *, out=None", fn: dot},
	{name: "addmm", where: "fmi", sig: "input, mat1, mat2, *, beta=1, alpha=1, out=None", res: added},
	{name: "baddbmm", where: "fmi", sig: "input, batch1, batch2, *, beta=1, alpha=1, out=None", res: added},
	{name: "addbmm", where: "fmi", sig: "input, batch1, batch2, *, beta=1, alpha=1, out=None", res: added},
	{name: "addmv", where: "fmi", sig: "input, mat, vec, *, beta=1, alpha=1, out=None", res: added},
	{name: "F.linear", where: "f", sig: "input, weight, bias=None", fn: linear},
	{name: "F.bilinear bilinear", where: "f", sig: "input1, input2, weight, bias=None", fn: bilinear},
	{name: "einsum", where: "f", sig: "*args", fn: einsum},
	{name: "outer ger", where: "fm", sig: "input, vec2, *, out=None", fn: outer},
	{name: "kron", where: "fm", sig: "input, other", fn: kron},
	{name: "tensordot", where: "f", sig: "input, b, dims=2", fn: tensordot},
	{name: "linalg.multi_dot chain_matmul", where: "f", sig: "tensors", fn: multiDot},
	{name: "cross linalg.cross", where: "fm", sig: "input, other, dim=None", fn: cross},
	{name: "cdist", where: "f", sig: "x1, x2, p=2.0, compute_mode=None", fn: cdist},
	{name: "inverse linalg.inv linalg.pinv pinverse", where: "f", sig: "input, *args, **kwargs", fn: squareOf},
	{name: "inverse", where: "m", sig: "self", fn: squareOf},
	{name: "cholesky linalg.cholesky", where: "f", sig: "input, upper=False", fn: squareOf},
	{name: "matrix_exp linalg.matrix_exp matrix_power linalg.matrix_power", where: "f", sig: "input, n=None", fn: squareOf},
	{name: "det linalg.det", where: "fm", sig: "input", fn: det},
	{name: "slogdet linalg.slogdet", where: "fm", sig: "input", fn: slogdet},
	{name: "qr linalg.qr", where: "f", sig: "input, mode=None", fn: qr},
	{name: "svd linalg.svd", where: "f", sig: "input, full_matrices=True, *, driver=None", fn: svd},
	{name: "linalg.eigh linalg.eigvalsh linalg.eig linalg.eigvals", where: "f", sig: "input, UPLO=None", fn: eigh},
	{name: "linalg.solve linalg.lstsq", where: "f", sig: "input, B, *, left=True", fn: solve},
	{name: "linalg.solve_triangular", where: "f", sig: "input, B, *, upper=False, left=True, unitriangular=False", fn: solve},
}
