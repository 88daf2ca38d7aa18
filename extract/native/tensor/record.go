package tensor

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
)

// Tracer records the operations of one forward. Whoever runs the forward
// makes one and puts it into StateOf(in).Tracer; inputs, parameters and
// buffers get their nodes with Origin.
type Tracer struct {
	Trace *graph.Trace
	// Call is the module call that is running.
	Call *graph.Call
	// Limit is the most nodes recorded; 0 means no limit.
	Limit int
}

// Tracing reports whether operations are being recorded.
func Tracing(in *interp.Interp) bool { return StateOf(in).Tracer != nil }

// nodeWeight is what a node weighs in the memory limit, with its tensor.
const nodeWeight = 48

// Record appends a node to the trace; it numbers it and sets its call and place.
func (tr *Tracer) Record(in *interp.Interp, n *graph.Node) *graph.Node {
	if tr.Limit > 0 && len(tr.Trace.Nodes) >= tr.Limit {
		in.Raise(interp.BudgetExceeded, "more than %d operations in one forward", tr.Limit)
	}
	in.Charge(nodeWeight)
	n.ID = int32(len(tr.Trace.Nodes))
	n.Call = tr.Call
	if n.At.Line == 0 {
		n.At = in.Here()
		n.Site = in.HereIn("forward")
	}
	tr.Trace.Nodes = append(tr.Trace.Nodes, n)
	return n
}

// Origin makes the node of a tensor that comes from outside: op is "input",
// "param", "buffer" or "const".
func (tr *Tracer) Origin(in *interp.Interp, t *Tensor, op, name string) *graph.Node {
	n := &graph.Node{Op: op, Name: name, Shape: Sizes(t.Shape), DType: t.DType.String()}
	if t.Numel() == 1 {
		if v := t.Values(); len(v) == 1 {
			n.Args = []graph.Arg{ArgFloat("value", v[0])}
		}
	}
	if t.From != nil {
		from := *t.From
		from.Name = "from"
		n.Args = append(n.Args, from)
	}
	t.Node = tr.Record(in, n)
	t.tracer = tr
	return t.Node
}

// Set makes n the node of t's current value.
func (tr *Tracer) Set(t *Tensor, n *graph.Node) { t.Node, t.tracer = n, tr }

// NodeOf is the node of t's current value; a tensor that has none in this
// trace is a constant.
func (tr *Tracer) NodeOf(in *interp.Interp, t *Tensor) *graph.Node {
	if t.Node == nil || t.tracer != tr {
		return tr.Origin(in, t, "const", "")
	}
	return t.Node
}

func (tr *Tracer) nodes(in *interp.Interp, ts []*Tensor) []*graph.Node {
	ns := make([]*graph.Node, 0, len(ts))
	for _, t := range ts {
		if t != nil {
			ns = append(ns, tr.NodeOf(in, t))
		}
	}
	return ns
}

// record makes the node of out where a trace is active.
func record(in *interp.Interp, out *Tensor, op string, inputs []*Tensor, args []graph.Arg) {
	tr := StateOf(in).Tracer
	if tr == nil {
		return
	}
	n := tr.Record(in, &graph.Node{Op: op, In: tr.nodes(in, inputs), Args: args, Shape: Sizes(out.Shape), DType: out.DType.String()})
	out.Node, out.tracer = n, tr
}

// deviceOf is the device of an operation's result: that of the first input with
// dimensions, else of the first.
func deviceOf(in *interp.Interp, inputs []*Tensor) string {
	d := ""
	for _, t := range inputs {
		if t == nil {
			continue
		}
		if len(t.Shape) > 0 {
			return t.Device
		}
		if d == "" {
			d = t.Device
		}
	}
	if d == "" {
		return StateOf(in).Device()
	}
	return d
}

// Op makes the result of an operation: a new contiguous tensor of unknown
// values, and its node where a trace is active. op is the name that torch's
// dispatcher sees. nil inputs are skipped. It owns shape and args, not inputs.
func Op(in *interp.Interp, op string, shape []Dim, dt DType, inputs []*Tensor, args ...graph.Arg) *Tensor {
	t := &Tensor{Shape: shape, DType: dt, Device: deviceOf(in, inputs)}
	for _, x := range inputs {
		if x != nil && x.From != nil && t.From == nil {
			t.From = x.From
		}
	}
	record(in, t, op, inputs, args)
	return t
}

// OpData is Op with known values (nil where they are not known); it owns data.
func OpData(in *interp.Interp, op string, shape []Dim, dt DType, data []float64, inputs []*Tensor, args ...graph.Arg) *Tensor {
	t := Op(in, op, shape, dt, inputs, args...)
	t.setValues(data)
	return t
}

// OpLater is Op with values that are computed when they are asked for; nil
// where they are not known.
func OpLater(in *interp.Interp, op string, shape []Dim, dt DType, p *Promise, inputs []*Tensor, args ...graph.Arg) *Tensor {
	t := Op(in, op, shape, dt, inputs, args...)
	if p != nil && !dt.IsComplex() {
		t.Store = &Store{p.values(dt)}
	}
	return t
}

// OpMulti is Op for operations with several results: one node for each.
func OpMulti(in *interp.Interp, op string, shapes [][]Dim, dts []DType, inputs []*Tensor, args ...graph.Arg) []*Tensor {
	ts := make([]*Tensor, len(shapes))
	for i, s := range shapes {
		ts[i] = Op(in, op, s, dts[i], inputs, args...)
	}
	return ts
}

// Created records the making of t from nothing (zeros, arange, full).
func Created(in *interp.Interp, t *Tensor, op string, args ...graph.Arg) *Tensor {
	record(in, t, op, nil, args)
	return t
}

// NoValue makes the result of an operation that reads only the shape and dtype
// of its inputs (zeros_like, new_ones): t is recorded, its inputs carry no value.
func NoValue(in *interp.Interp, t *Tensor, op string, inputs []*Tensor, args ...graph.Arg) *Tensor {
	record(in, t, op, inputs, args)
	if t.Node != nil && StateOf(in).Tracer != nil {
		t.Node.NoValue = true
	}
	return t
}

// View makes a view of src: it shares src's storage, and writes to it reach
// src's root. stride and offset say where its elements lie; a nil stride means
// contiguous. It owns shape and stride.
func View(in *interp.Interp, op string, src *Tensor, shape []Dim, stride []int64, offset int64, args ...graph.Arg) *Tensor {
	return ViewAs(in, op, src, src.DType, shape, stride, offset, args...)
}

// ViewAs is View with another dtype; values do not carry over where it differs.
func ViewAs(in *interp.Interp, op string, src *Tensor, dt DType, shape []Dim, stride []int64, offset int64, args ...graph.Arg) *Tensor {
	t := &Tensor{Shape: shape, DType: dt, Stride: stride, Offset: offset, Device: src.Device, Base: src.Base, From: src.From, RequiresGrad: src.RequiresGrad}
	if t.Base == nil {
		t.Base = src
	}
	if dt == src.DType {
		if src.Store == nil && Keeps(src.DType, src.Numel()) {
			src.Store = &Store{}
		}
		t.Store = src.Store
	}
	record(in, t, op, []*Tensor{src}, args)
	return t
}

// InPlace records a write to t (`t.add_(other)`): others are the tensors that
// the new value depends on besides the old one. data are the new values, nil
// where they are not known. t's root, where t is a view, gets a node of its own
// (op "write_through"), unless it is a Parameter. It returns t.
func InPlace(in *interp.Interp, op string, t *Tensor, others []*Tensor, data []float64, args ...graph.Arg) *Tensor {
	t.SetValues(data)
	return written(in, op, t, others, args)
}

// InPlaceLater is InPlace with values that are computed when they are asked for.
func InPlaceLater(in *interp.Interp, op string, t *Tensor, others []*Tensor, p *Promise, args ...graph.Arg) *Tensor {
	t.SetLater(p)
	return written(in, op, t, others, args)
}

// written records a write to t.
func written(in *interp.Interp, op string, t *Tensor, others []*Tensor, args []graph.Arg) *Tensor {
	tr := StateOf(in).Tracer
	if tr == nil {
		return t
	}
	inputs := append([]*Tensor{t}, others...)
	record(in, t, op, inputs, args)
	if b := t.Base; b != nil && !b.Parameter {
		n := tr.Record(in, &graph.Node{Op: "write_through", In: []*graph.Node{tr.NodeOf(in, b), t.Node}, Shape: Sizes(b.Shape), DType: b.DType.String()})
		tr.Set(b, n)
	}
	return t
}

// Assign records `t[index] = value`: others are the index tensors and, last,
// the value. The new value is that of t as a whole. Where the write went
// through a view of t (direct is false), it reaches the root of the storage but
// not t itself, should t be a view: that is how torch's _base has it.
func Assign(in *interp.Interp, t *Tensor, direct bool, others []*Tensor, args ...graph.Arg) {
	tr := StateOf(in).Tracer
	if tr == nil {
		return
	}
	n := tr.Record(in, &graph.Node{Op: "setitem", In: tr.nodes(in, append([]*Tensor{t}, others...)), Args: args, Shape: Sizes(t.Shape), DType: t.DType.String()})
	if direct || t.Base == nil && !t.Parameter {
		tr.Set(t, n)
	}
	if b := t.Base; b != nil && !b.Parameter {
		tr.Set(b, tr.Record(in, &graph.Node{Op: "write_through", In: []*graph.Node{tr.NodeOf(in, b), n}, Shape: Sizes(b.Shape), DType: b.DType.String()}))
	}
}

// Detach is a tensor of the same value that is not a view for provenance's
// purposes (torch gives it no base) but shares the storage.
func Detach(in *interp.Interp, src *Tensor, op string) *Tensor {
	t := *src
	t.Base, t.Dict, t.Cls, t.Parameter, t.Buffer, t.RequiresGrad = nil, nil, nil, false, false, false
	record(in, &t, op, []*Tensor{src}, nil)
	return &t
}

// The arguments of nodes.

// ArgInt is an integer argument.
func ArgInt(name string, v int64) graph.Arg {
	return graph.Arg{Name: name, Val: strconv.FormatInt(v, 10), Num: float64(v), IsNum: true}
}

// ArgDim is a size.
func ArgDim(name string, d Dim) graph.Arg {
	a := ArgInt(name, d.V)
	a.E = d.E
	return a
}

// ArgStr is a text argument, printed as it is.
func ArgStr(name, s string) graph.Arg { return graph.Arg{Name: name, Val: s} }

// ArgBool is a flag.
func ArgBool(name string, v bool) graph.Arg {
	if v {
		return graph.Arg{Name: name, Val: "True", Num: 1, IsNum: true}
	}
	return graph.Arg{Name: name, Val: "False", IsNum: true}
}

// ArgFloat is a number.
func ArgFloat(name string, v float64) graph.Arg {
	return graph.Arg{Name: name, Val: strconv.FormatFloat(v, 'g', -1, 64), Num: v, IsNum: true}
}

// ArgVal is any Python value, with its expression.
func ArgVal(in *interp.Interp, name string, v interp.Value) graph.Arg {
	switch v := v.(type) {
	case nil, interp.NoneType:
		return graph.Arg{Name: name, Val: "None"}
	case interp.Int:
		a := ArgInt(name, v.V)
		a.E = v.E
		return a
	case interp.Bool:
		a := ArgBool(name, v.V)
		a.E = v.E
		return a
	case interp.Float:
		a := ArgFloat(name, v.V)
		a.E = v.E
		return a
	case interp.Str:
		return graph.Arg{Name: name, Val: v.S, E: v.E}
	case *DTypeObj:
		return graph.Arg{Name: name, Val: v.D.String()}
	case *Device:
		return graph.Arg{Name: name, Val: v.String()}
	case *Tensor:
		return graph.Arg{Name: name, Val: "tensor"}
	case *interp.Unknown:
		return graph.Arg{Name: name, Val: "?"}
	case *interp.List:
		return graph.Arg{Name: name, Val: seqString(in, v.V), E: v.E}
	case *interp.Tuple:
		return graph.Arg{Name: name, Val: seqString(in, v.V), E: v.E}
	case interp.EllipsisType:
		return graph.Arg{Name: name, Val: "..."}
	case *interp.Slice:
		s := ""
		if !interp.IsNone(v.Lo) {
			s += ArgVal(in, "", v.Lo).Val
		}
		s += ":"
		if !interp.IsNone(v.Hi) {
			s += ArgVal(in, "", v.Hi).Val
		}
		if !interp.IsNone(v.Step) {
			s += ":" + ArgVal(in, "", v.Step).Val
		}
		return graph.Arg{Name: name, Val: s}
	}
	return graph.Arg{Name: name, Val: v.Type().Name}
}

func seqString(in *interp.Interp, vs []interp.Value) string {
	s := "("
	for i, v := range vs {
		if i > 0 {
			s += ", "
		}
		if i == 16 {
			s += "..."
			break
		}
		s += ArgVal(in, "", v).Val
	}
	return s + ")"
}

// ArgDims is a list of sizes.
func ArgDims(name string, d []Dim) graph.Arg {
	return graph.Arg{Name: name, Val: ShapeString(d)}
}
