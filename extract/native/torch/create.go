package torch

import (
	"math"
	"slices"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

const factoryTail = ", *, generator=None, names=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False, memory_format=None, out=None"

// place is the index of a parameter by name.
func (c *call) place(name string) int {
	for i := range c.sig.Params {
		if c.sig.Params[i].Name == name {
			return i
		}
	}
	panic(c.op + " has no parameter " + name)
}

// made finishes a new tensor: device, requires_grad and node.
func (c *call) made(t *T, op string, args ...graph.Arg) *T {
	t.Device = tensor.DeviceArg(c.in, c.a[c.place("device")])
	if i := c.place("requires_grad"); c.a[i] != nil && c.Bool(i) {
		t.RequiresGrad = true
	}
	return tensor.Created(c.in, t, op, args...)
}

// factory makes zeros, ones, empty, rand: fill is the value, NaN where it is not known.
func factory(value float64) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		shape := tensor.NewSize(c.in, c.name, c.a[0].(*interp.Tuple).V)
		dt := c.dtype(c.place("dtype"), tensor.DefaultDType(c.in))
		t := filled(c.in, shape, dt, value)
		return c.made(t, c.op)
	}
}

func filled(in *interp.Interp, shape []tensor.Dim, dt tensor.DType, value float64) *T {
	if value != value {
		return tensor.New(shape, dt)
	}
	return tensor.Full(in, shape, dt, value)
}

var unknownValue = math.NaN()

// numberType is the dtype of a tensor made from a Python number.
func numberType(in *interp.Interp, v interp.Value) tensor.DType {
	switch v.(type) {
	case interp.Bool:
		return tensor.Bool
	case interp.Int, interp.BigInt:
		return tensor.Int64
	case interp.Complex:
		return tensor.DefaultDType(in).ToComplex()
	}
	return tensor.DefaultDType(in)
}

func full(c *call) interp.Value {
	if _, ok := tensor.Sequence(c.a[0]); !ok {
		if _, isU := c.a[0].(*interp.Unknown); !isU {
			c.in.Raise(interp.TypeError, "full(): argument 'size' (position 1) must be tuple of ints, not %s", c.a[0].Type().Name)
		}
	}
	shape := tensor.NewSize(c.in, "full", []interp.Value{c.a[0]})
	v, dt := c.fillValue(1)
	dt = c.dtype(c.place("dtype"), dt)
	return c.made(filled(c.in, shape, dt, v), "full", c.args(1)...)
}

// fillValue is the number of argument i (NaN where it is not known) and its dtype.
func (c *call) fillValue(i int) (float64, tensor.DType) {
	switch v := c.a[i].(type) {
	case *T:
		x, ok := v.Item()
		if !ok {
			x = unknownValue
		}
		return x, v.DType
	case *interp.Unknown:
		return unknownValue, tensor.DefaultDType(c.in)
	}
	x, ok := interp.AsFloat(c.a[i])
	if !ok {
		if _, isC := c.a[i].(interp.Complex); !isC {
			if f := foreign(c.in, c.a[i]); f != nil {
				c.a[i] = f
				return c.fillValue(i)
			}
			c.typeError(i, "Number")
		}
		x = unknownValue
	}
	return x, numberType(c.in, c.a[i])
}

// like makes zeros_like and friends.
func like(value float64) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		v := value
		if c.op == "full_like" {
			v, _ = c.fillValue(1)
		}
		dt := c.dtype(c.place("dtype"), x.DType)
		t := filled(c.in, tensor.Clone(x.Shape), dt, v)
		t.Device = x.Device
		if i := c.place("device"); c.given(i) {
			t.Device = tensor.DeviceArg(c.in, c.a[i])
		}
		if i := c.place("requires_grad"); c.a[i] != nil {
			t.RequiresGrad = c.Bool(i)
		}
		if t.Store == nil {
			t.Stride = keptStrides(x.Shape, []*T{x})
		}
		var args []graph.Arg
		if c.op == "full_like" {
			args = c.args(1)
		}
		return tensor.NoValue(c.in, t, c.op, []*T{x}, args...)
	}
}

// newLike makes Tensor.new_zeros and friends.
func newLike(value float64) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		x := c.T(0)
		v := value
		var shape []tensor.Dim
		var args []graph.Arg
		if c.op == "new_full" {
			shape = tensor.NewSize(c.in, c.name, []interp.Value{c.a[1]})
			v, _ = c.fillValue(2)
			args = c.args(2)
		} else {
			shape = tensor.NewSize(c.in, c.name, c.a[1].(*interp.Tuple).V)
		}
		t := filled(c.in, shape, c.dtype(c.place("dtype"), x.DType), v)
		t.Device = x.Device
		if i := c.place("device"); c.given(i) {
			t.Device = tensor.DeviceArg(c.in, c.a[i])
		}
		return tensor.NoValue(c.in, t, c.op, []*T{x}, args...)
	}
}

// arange is torch.arange.
func arange(c *call) interp.Value {
	n := len(c.a[0].(*interp.Tuple).V)
	vs := c.a[0].(*interp.Tuple).V
	get := func(name string) interp.Value { return c.a[c.place(name)] }
	var start, end, step interp.Value = interp.NewInt(0), nil, interp.NewInt(1)
	switch n {
	case 0:
	case 1:
		end = vs[0]
		if e := get("end"); e != nil { // arange(start, end=...)
			start, end = vs[0], e
		}
	case 2:
		start, end = vs[0], vs[1]
	case 3:
		start, end, step = vs[0], vs[1], vs[2]
	default:
		c.in.Raise(interp.TypeError, "arange() received an invalid combination of arguments")
	}
	if v := get("start"); v != nil {
		start = v
	}
	if v := get("end"); v != nil {
		end = v
	}
	if v := get("step"); v != nil {
		step = v
	}
	if end == nil {
		c.in.Raise(interp.TypeError, "arange() missing 1 required positional arguments: \"end\"")
	}
	dt := tensor.Int64
	var x [3]float64
	unknown := false
	for i, v := range []interp.Value{start, end, step} {
		switch v := v.(type) {
		case *interp.Unknown:
			unknown = true
			continue
		case *T:
			f, ok := v.Item()
			if !ok {
				unknown = true
			}
			if v.DType.IsFloat() {
				dt = tensor.DefaultDType(c.in)
			}
			x[i] = f
			continue
		}
		f, ok := interp.AsFloat(v)
		if !ok {
			if w := foreign(c.in, v); w != nil {
				f, ok = interp.AsFloat(w)
				v = w
			}
		}
		if !ok {
			if inst, isInst := v.(*interp.Instance); isInst {
				if k, isInt := tensor.DimOf(c.in, inst); isInt {
					x[i] = float64(k.V)
					continue
				}
			}
			c.in.Raise(interp.TypeError, "arange() received an invalid combination of arguments - got (%s), but expected one of:\n * (Number end, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (Number start, Number end, *, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (Number start, Number end, Number step = 1, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n", typeNames(c, vs))
		}
		if _, isFloat := v.(interp.Float); isFloat {
			dt = tensor.DefaultDType(c.in)
		}
		x[i] = f
	}
	isInt := !dt.IsFloat()
	dt = c.dtype(c.place("dtype"), dt)
	var args []graph.Arg
	if c.tracing() {
		args = []graph.Arg{tensor.ArgVal(c.in, "start", start), tensor.ArgVal(c.in, "end", end), tensor.ArgVal(c.in, "step", step)}
	}
	if unknown {
		return c.made(tensor.New([]tensor.Dim{tensor.UnknownDim}, dt), "arange", args...)
	}
	switch {
	case x[2] == 0:
		c.fail("step must be nonzero")
	case x[2] > 0 && x[1] < x[0] || x[2] < 0 && x[1] > x[0]:
		c.fail("upper bound and lower bound inconsistent with step sign")
	}
	size := math.Ceil((x[1] - x[0]) / x[2])
	if size > 1<<60 || size != size {
		c.fail("invalid size, possible overflow?")
	}
	d := tensor.D(int64(size))
	if x[2] == 1 && isInt {
		e, isD := tensor.DimOf(c.in, end)
		s, isD2 := tensor.DimOf(c.in, start)
		if isD && isD2 {
			if k := e.Sub(s); k.V == d.V {
				d = k
			}
		}
	} else if isInt && x[0] == 0 {
		e, isD := tensor.DimOf(c.in, end)
		s, isD2 := tensor.DimOf(c.in, step)
		if isD && isD2 && s.V > 0 {
			if k := e.CeilDiv(s); k.V == d.V {
				d = k
			}
		}
	}
	t := tensor.New([]tensor.Dim{d}, dt)
	if tensor.Keeps(dt, d.V) {
		data := make([]float64, d.V)
		for i := range data {
			data[i] = x[0] + float64(i)*x[2]
		}
		t = tensor.Const(dt, t.Shape, data)
	}
	return c.made(t, "arange", args...)
}

func typeNames(c *call, vs []interp.Value) string {
	s := ""
	for i, v := range vs {
		if i > 0 {
			s += ", "
		}
		s += v.Type().Name
	}
	if i := c.place("device"); c.given(i) {
		s += ", device=" + c.a[i].Type().Name
	}
	return s
}

func linspace(logarithmic bool) func(c *call) interp.Value {
	return func(c *call) interp.Value {
		var x [2]float64
		known := true
		dt := tensor.DefaultDType(c.in)
		for i := range x {
			switch v := c.a[i].(type) {
			case *interp.Unknown:
				known = false
				continue
			case *T:
				f, ok := v.Item()
				x[i] = f
				known = known && ok
				continue
			}
			f, ok := interp.AsFloat(c.a[i])
			if !ok {
				if w := foreign(c.in, c.a[i]); w != nil {
					f, ok = interp.AsFloat(w)
				}
			}
			if !ok {
				c.in.Raise(interp.TypeError, "linspace() received an invalid combination of arguments - got (%s, %s, %s)", c.a[0].Type().Name, c.a[1].Type().Name, c.a[2].Type().Name)
			}
			x[i] = f
		}
		steps := c.Dim(2)
		if steps.V < 0 {
			if _, isU := c.a[2].(*interp.Unknown); !isU {
				c.fail("number of steps must be non-negative")
			}
		}
		dt = c.dtype(c.place("dtype"), dt)
		t := tensor.New([]tensor.Dim{steps}, dt)
		if n := steps.V; known && tensor.Keeps(dt, n) {
			data := make([]float64, n)
			round := func(v float64) float64 { return tensor.Round(dt, v) }
			if !dt.IsFloat() {
				round = func(v float64) float64 { return v }
			}
			// torch counts from both ends, in the precision of the dtype.
			a, b := round(x[0]), round(x[1])
			step := 0.0
			if n > 1 {
				step = round(round(b-a) / float64(n-1))
			}
			for i := range data {
				if int64(i) < n/2 {
					data[i] = round(a + round(step*float64(i)))
				} else {
					data[i] = round(b - round(step*float64(n-int64(i)-1)))
				}
			}
			if n == 1 {
				data[0] = a
			}
			if logarithmic {
				base := 10.0
				if c.a[3] != nil {
					base = c.Float(3)
				}
				for i := range data {
					data[i] = math.Pow(base, data[i])
				}
			}
			t = tensor.Const(dt, t.Shape, data)
		}
		return c.made(t, c.op, c.args(0, 1, 2)...)
	}
}

func eye(c *call) interp.Value {
	n := c.Dim(0)
	m := n
	if c.given(1) {
		m = c.Dim(1)
	}
	if n.V < -1 || m.V < -1 {
		c.fail("n must be greater or equal to 0, got %d", n.V)
	}
	dt := c.dtype(c.place("dtype"), tensor.DefaultDType(c.in))
	t := tensor.Full(c.in, []tensor.Dim{n, m}, dt, 0)
	if t.Known() {
		for i := int64(0); i < min(n.V, m.V); i++ {
			t.Store.Values()[i*m.V+i] = 1
		}
	}
	return c.made(t, "eye")
}

// nested reads the nested lists of torch.tensor.
type nested struct {
	in    *interp.Interp
	shape []tensor.Dim
	data  []float64
	known bool
	kind  int // 0 none, 1 bool, 2 int, 3 float, 4 complex
	dt    tensor.DType
	hasDT bool // an element was a tensor or numpy scalar of dtype dt
	ins   []*T
}

func (n *nested) shapeOf(v interp.Value, depth int) {
	for {
		if t, ok := v.(*T); ok {
			n.shape = append(n.shape, t.Shape...)
			return
		}
		vs, ok := tensor.Sequence(v)
		if !ok {
			if r, isRange := v.(*interp.Range); isRange {
				vs = n.in.Elements(r)
			} else {
				return
			}
		}
		d := tensor.D(int64(len(vs)))
		n.shape = append(n.shape, d)
		if len(vs) == 0 {
			return
		}
		if depth++; depth > 64 {
			n.in.Raise(interp.ValueError, "too many dimensions")
		}
		v = vs[0]
	}
}

func (n *nested) see(kind int) {
	if kind > n.kind {
		n.kind = kind
	}
}

func (n *nested) fill(v interp.Value, depth int) {
	if depth == len(n.shape) {
		n.leaf(v)
		return
	}
	if t, ok := v.(*T); ok {
		n.tensor(t)
		return
	}
	vs, ok := tensor.Sequence(v)
	if !ok {
		if r, isRange := v.(*interp.Range); isRange {
			vs, ok = n.in.Elements(r), true
		}
	}
	if !ok {
		if depth > 0 {
			n.in.Raise(interp.TypeError, "object of type '%s' has no len()", v.Type().Name)
		}
		n.leaf(v)
		return
	}
	if int64(len(vs)) != n.shape[depth].V {
		n.in.Raise(interp.ValueError, "expected sequence of length %d at dim %d (got %d)", n.shape[depth].V, depth, len(vs))
	}
	n.in.Step(len(vs) / 8)
	for _, e := range vs {
		n.fill(e, depth+1)
	}
}

func (n *nested) tensor(t *T) {
	n.ins = append(n.ins, t)
	if n.hasDT {
		n.dt = tensor.PromoteTypes(n.dt, t.DType)
	} else {
		n.dt, n.hasDT = t.DType, true
	}
	v := t.Values()
	if v == nil {
		n.known = false
		return
	}
	n.data = append(n.data, v...)
}

func (n *nested) leaf(v interp.Value) {
	switch v := v.(type) {
	case interp.Bool:
		n.see(1)
	case interp.Int, interp.BigInt:
		n.see(2)
	case interp.Float:
		n.see(3)
	case interp.Complex:
		n.see(4)
		n.known = false
		return
	case *interp.Unknown:
		n.known = false
		return
	case *T:
		if v.Numel() > 1 {
			n.in.Raise(interp.ValueError, "only one element tensors can be converted to Python scalars")
		}
		n.tensor(v)
		return
	case *interp.Instance:
		if f := foreignTensor(n.in, v); f != nil {
			n.leaf(f)
			return
		}
		if d, ok := tensor.DimOf(n.in, v); ok {
			n.see(2)
			n.data = append(n.data, float64(d.V))
			return
		}
	}
	x, ok := interp.AsFloat(v)
	if !ok {
		if f := foreignTensor(n.in, v); f != nil {
			n.leaf(f)
			return
		}
		if _, isSeq := tensor.Sequence(v); isSeq {
			n.in.Raise(interp.TypeError, "'%s' object cannot be interpreted as an integer", v.Type().Name)
		}
		if _, isStr := v.(interp.Str); isStr {
			n.in.Raise(interp.ValueError, "too many dimensions 'str'")
		}
		n.in.Raise(interp.RuntimeError, "Could not infer dtype of %s", v.Type().Name)
	}
	n.data = append(n.data, x)
}

// fromValue makes a tensor of nested Python values.
func fromValue(in *interp.Interp, v interp.Value) *nested {
	if f := foreignTensor(in, v); f != nil {
		v = f
	}
	n := &nested{in: in, known: true, shape: []tensor.Dim{}}
	if l, ok := v.(*interp.Instance); ok {
		if _, isSeq := tensor.Sequence(l); !isSeq {
			if _, isDim := tensor.DimOf(in, l); !isDim {
				if f, has := in.LookupSpecial(l, "__array__"); has {
					v = in.Call(f, nil, nil)
				}
			}
		}
	}
	n.shapeOf(v, 0)
	in.Charge(max(tensor.Numel(n.shape), 0))
	n.fill(v, 0)
	return n
}

func (n *nested) dtype() tensor.DType {
	def := tensor.DefaultDType(n.in)
	switch {
	case n.hasDT && n.kind == 0:
		return n.dt
	case n.hasDT:
		d := [...]tensor.DType{tensor.Bool, tensor.Bool, tensor.Int64, def, def.ToComplex()}[n.kind]
		return tensor.PromoteTypes(n.dt, d)
	}
	switch n.kind {
	case 1:
		return tensor.Bool
	case 2:
		return tensor.Int64
	case 4:
		return def.ToComplex()
	}
	return def
}

func (n *nested) tensorOf(dt tensor.DType) *T {
	t := tensor.New(n.shape, dt)
	if n.known && int64(len(n.data)) == tensor.Numel(n.shape) {
		t = tensor.Const(dt, n.shape, n.data)
	}
	return t
}

// newTensor is torch.tensor: values are copied and carry no history.
func newTensor(c *call) interp.Value {
	if c.a[0] == nil {
		c.in.Raise(interp.TypeError, "tensor() missing 1 required positional arguments: \"data\"")
	}
	if t, ok := c.a[0].(*T); ok {
		r := tensor.New(tensor.Clone(t.Shape), c.dtype(c.place("dtype"), t.DType))
		if v := t.Values(); v != nil {
			r = tensor.Const(r.DType, r.Shape, clone(v))
		}
		r.Device = t.Device
		if i := c.place("device"); c.given(i) {
			r.Device = tensor.DeviceArg(c.in, c.a[i])
		}
		if i := c.place("requires_grad"); c.a[i] != nil {
			r.RequiresGrad = c.Bool(i)
		}
		if tr := tensor.StateOf(c.in).Tracer; tr != nil {
			tensor.StateOf(c.in).Tracer.Set(r, tr.Record(c.in, &graph.Node{Op: "clone", In: []*graph.Node{tr.NodeOf(c.in, t)}, Shape: tensor.Sizes(r.Shape), DType: r.DType.String()}))
		}
		return r
	}
	n := fromValue(c.in, c.a[0])
	t := n.tensorOf(c.dtype(c.place("dtype"), n.dtype()))
	t = c.made(t, "tensor")
	if a := tensor.ArgVal(c.in, "data", c.a[0]); a.IsNum {
		t.From = &a
	}
	if len(t.Shape) == 0 && t.Node != nil && c.tracing() {
		t.Node.Args = append(t.Node.Args, tensor.ArgVal(c.in, "data", c.a[0]))
	}
	return t
}

// asTensor is torch.as_tensor: tensors that need no change are returned as they are.
func asTensor(c *call) interp.Value {
	v := c.a[0]
	if f := foreignTensor(c.in, v); f != nil {
		v = f
	}
	if t, ok := v.(*T); ok {
		dt := c.dtype(c.place("dtype"), t.DType)
		dev := t.Device
		if i := c.place("device"); c.given(i) {
			dev = tensor.DeviceArg(c.in, c.a[i])
		}
		return convert(c, t, dt, dev, false)
	}
	return newTensor(c)
}

func randFactory(c *call) interp.Value { return factory(unknownValue)(c) }

func randint(c *call) interp.Value {
	// randint(high, size), randint(low, high, size)
	pos := slices.Clone(c.a[0].(*interp.Tuple).V)
	var size interp.Value = c.a[c.place("size")]
	if size == nil && len(pos) > 0 {
		size = pos[len(pos)-1]
	}
	if size == nil {
		c.in.Raise(interp.TypeError, "randint() missing 1 required positional arguments: \"size\"")
	}
	shape := tensor.NewSize(c.in, "randint", []interp.Value{size})
	return c.made(tensor.New(shape, c.dtype(c.place("dtype"), tensor.Int64)), "randint")
}

func randperm(c *call) interp.Value {
	return c.made(tensor.New([]tensor.Dim{c.Dim(0)}, c.dtype(c.place("dtype"), tensor.Int64)), "randperm")
}

func normalF(c *call) interp.Value {
	if c.given(2) {
		shape := tensor.NewSize(c.in, "normal", []interp.Value{c.a[2]})
		return c.made(tensor.New(shape, c.dtype(c.place("dtype"), tensor.DefaultDType(c.in))), "normal")
	}
	var xs []arg1
	for i := 0; i < 2; i++ {
		if t, ok := c.a[i].(*T); ok {
			xs = append(xs, arg1{t: t, dt: t.DType})
		}
	}
	if len(xs) == 0 {
		c.in.Raise(interp.TypeError, "normal() received an invalid combination of arguments - got (%s, %s)", c.a[0].Type().Name, c.a[1].Type().Name)
	}
	return pointwise(c, "normal", xs[0].dt, xs[0].dt, xs, nil).make(c.in)
}

func tensorCtor(dt tensor.DType, fixed bool) func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
	return func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		d := dt
		if !fixed {
			d = tensor.DefaultDType(in)
		}
		var t *T
		switch {
		case len(args) == 0:
			t = tensor.New(tensor.Dims(0), d)
		case len(args) == 1:
			if x, ok := args[0].(*T); ok {
				r := tensor.View(in, "alias", x, tensor.Clone(x.Shape), x.Stride, x.Offset)
				return r
			}
			if _, isSeq := tensor.Sequence(args[0]); isSeq {
				if tup, isTuple := args[0].(*interp.Tuple); isTuple && tup.Cls == tensor.SizeClass {
					t = tensor.New(tensor.NewSize(in, "new", args), d)
					break
				}
				n := fromValue(in, args[0])
				t = n.tensorOf(d)
				break
			}
			if f := foreign(in, args[0]); f != nil {
				n := fromValue(in, f)
				t = n.tensorOf(d)
				break
			}
			fallthrough
		default:
			for _, v := range args {
				if _, ok := tensor.DimOf(in, v); !ok {
					in.Raise(interp.TypeError, "new(): data must be a sequence (got %s)", v.Type().Name)
				}
			}
			t = tensor.New(tensor.NewSize(in, "new", args), d)
		}
		t.Device = tensor.StateOf(in).Device()
		for _, k := range kw {
			if k.Name == "device" {
				t.Device = tensor.DeviceArg(in, k.V)
			}
		}
		return tensor.Created(in, t, "tensor")
	}
}

func complexF(c *call) interp.Value {
	a, b := c.operandAt(0), c.operandAt(1)
	dt := resultType(c.in, a, b).ToComplex()
	return pointwise(c, c.op, dt, dt, []arg1{a, b}, nil).make(c.in)
}

func vander(c *call) interp.Value {
	x := c.T(0)
	n := x.Shape[0]
	if c.given(1) {
		n = c.Dim(1)
	}
	return tensor.Op(c.in, "vander", []tensor.Dim{x.Shape[0], n}, x.DType, []*T{x})
}

func window(c *call) interp.Value {
	return c.made(tensor.New([]tensor.Dim{c.Dim(0)}, c.dtype(c.place("dtype"), tensor.DefaultDType(c.in))), c.op)
}

func fromNumpy(c *call) interp.Value {
	if f := foreign(c.in, c.a[0]); f != nil {
		if t, ok := f.(*T); ok {
			t.Device = "cpu"
			return tensor.Created(c.in, t, "from_numpy")
		}
	}
	if u, ok := c.a[0].(*interp.Unknown); ok {
		return u
	}
	c.in.Raise(interp.TypeError, "expected np.ndarray (got %s)", c.a[0].Type().Name)
	return nil
}

const likeTail = ", *, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False, memory_format=None, generator=None"

var createRows = []row{
	{name: "empty", where: "f", sig: "*size" + factoryTail, fn: factory(unknownValue)},
	{name: "zeros", where: "f", sig: "*size" + factoryTail, fn: factory(0)},
	{name: "ones", where: "f", sig: "*size" + factoryTail, fn: factory(1)},
	{name: "rand", where: "f", sig: "*size" + factoryTail, fn: randFactory},
	{name: "randn", where: "f", sig: "*size" + factoryTail, fn: randFactory},
	{name: "randint", where: "f", sig: "*args, low=?, high=?, size=?" + factoryTail[3:], fn: randint},
	{name: "randperm", where: "f", sig: "n" + factoryTail, fn: randperm},
	{name: "normal", where: "f", sig: "mean=0.0, std=1.0, size=None" + factoryTail, fn: normalF},
	{name: "full", where: "f", sig: "size, fill_value" + factoryTail, fn: full},
	{name: "empty_strided", where: "f", sig: "size, stride" + factoryTail, fn: func(c *call) interp.Value {
		shape := tensor.NewSize(c.in, "empty_strided", []interp.Value{c.a[0]})
		t := tensor.New(shape, c.dtype(c.place("dtype"), tensor.DefaultDType(c.in)))
		t.Stride = c.ints(c.a[1])
		return c.made(t, "empty_strided")
	}},
	{name: "arange range", where: "f", sig: "*args, start=?, end=?, step=?" + factoryTail[3:], fn: arange},
	{name: "linspace", where: "f", sig: "start, end, steps" + factoryTail, fn: linspace(false)},
	{name: "logspace", where: "f", sig: "start, end, steps, base=10.0" + factoryTail, fn: linspace(true)},
	{name: "eye", where: "f", sig: "n, m=None" + factoryTail, fn: eye},
	{name: "tensor scalar_tensor asarray", where: "f", sig: "data" + factoryTail, fn: newTensor},
	{name: "as_tensor", where: "f", sig: "data, dtype=None, device=None, *, requires_grad=False, layout=None", fn: asTensor},
	{name: "from_numpy", where: "f", sig: "data", fn: fromNumpy},
	{name: "zeros_like", where: "f", sig: "input" + likeTail, fn: like(0)},
	{name: "ones_like", where: "f", sig: "input" + likeTail, fn: like(1)},
	{name: "empty_like", where: "f", sig: "input" + likeTail, fn: like(unknownValue)},
	{name: "rand_like", where: "f", sig: "input" + likeTail, fn: like(unknownValue)},
	{name: "randn_like", where: "f", sig: "input" + likeTail, fn: like(unknownValue)},
	{name: "randint_like", where: "f", sig: "input, low=?, high=?" + likeTail, fn: like(unknownValue)},
	{name: "full_like", where: "f", sig: "input, fill_value" + likeTail, fn: like(0)},
	{name: "new_zeros", where: "m", sig: "self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False", fn: newLike(0)},
	{name: "new_ones", where: "m", sig: "self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False", fn: newLike(1)},
	{name: "new_empty new", where: "m", sig: "self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False", fn: newLike(unknownValue)},
	{name: "new_full", where: "m", sig: "self, size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False", fn: newLike(0)},
	{name: "new_tensor", where: "m", sig: "self, data, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False", fn: func(c *call) interp.Value {
		x := c.T(0)
		n := fromValue(c.in, c.a[1])
		t := n.tensorOf(c.dtype(c.place("dtype"), x.DType))
		t.Device = x.Device
		if i := c.place("device"); c.given(i) {
			t.Device = tensor.DeviceArg(c.in, c.a[i])
		}
		return tensor.Created(c.in, t, "tensor")
	}},
	{name: "complex", where: "f", sig: "real, imag, *, out=None", fn: complexF},
	{name: "polar", where: "f", sig: "abs, angle, *, out=None", fn: complexF},
	{name: "vander linalg.vander", where: "f", sig: "x, N=None, increasing=False", fn: vander},
	{name: "hann_window", where: "f", sig: "window_length, periodic=True" + factoryTail, fn: window},
	{name: "hamming_window", where: "f", sig: "window_length, periodic=True, alpha=0.54, beta=0.46" + factoryTail, fn: window},
	{name: "kaiser_window", where: "f", sig: "window_length, periodic=True, beta=12.0" + factoryTail, fn: window},
	{name: "blackman_window", where: "f", sig: "window_length, periodic=True" + factoryTail, fn: window},
	{name: "bartlett_window", where: "f", sig: "window_length, periodic=True" + factoryTail, fn: window},
}
