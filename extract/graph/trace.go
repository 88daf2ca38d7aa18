package graph

import "slices"

// Node is one value of a forward: the operation that made it and the values
// that went in.
type Node struct {
	ID   int32  // order of execution
	Op   string // torch's name of the operation ("matmul", "softmax", "add"); "input", "param", "buffer", "const" for the origins
	Name string // path of a param or buffer, name of an input
	In   []*Node
	Args []Arg // what else decides the operation: dimensions, factors, flags

	Shape []int64
	DType string

	At   Span  // the line that ran it
	Site Span  // the line of the module's forward that led to it: the call of a function that holds At; zero where it is At
	Call *Call // the module call within which it ran; nil outside any
	// Leaf is set on the outputs of a leaf module's call: a module that owns
	// parameters and has no child that owns any. Provenance stops here.
	Leaf *Call
	// Inner is set with Leaf: the node inside the call that computed the value.
	Inner *Node
	// NoValue marks operations that read only the shape or dtype of their inputs.
	NoValue bool
}

// Arg is one non-tensor argument of an operation. Names are those of the
// parameters in torch's signature (transpose: dim0, dim1; cat: dim; gelu:
// approximate; clamp: min, max; add, mul, div ...: "other", or "self" where the
// scalar is the left operand, as in 1 + w). Three conventions go beyond it: each
// item of an index is an Arg "index" with Val as Python writes it (":", "::2",
// "1:", "None", "...", "-1", or "tensor" for the next tensor of In); the target
// of view, reshape, expand is one Arg "shape" and that of permute one Arg "dims",
// with Val "(0, 2, 1, 3)"; an operation with several results (split, chunk,
// unbind, topk, max) makes one Node per result, numbered by an Arg "output".
type Arg struct {
	Name  string
	Val   string // as Python prints it
	Num   float64
	IsNum bool
	E     *Expr // how it follows from the config; may be nil
}

// Call is one call of a module's forward.
type Call struct {
	ID     int32
	Path   string // the module's path in the model: "model.layers.0.self_attn"; "" is the model itself
	Class  string // the module's class
	Parent *Call
	Leaf   bool
	In     []*Node // the tensors among its arguments, in order
	Out    []*Node // the tensors of its result
	First  int32   // ID of the first node made inside
	Last   int32   // one past the last
	At     Span    // the line that called it
}

// Trace is everything that one forward did, in order.
type Trace struct {
	Nodes []*Node
	Calls []*Call
	// Choices are the branches whose condition depended on data.
	Choices []Choice
}

// Choice is a branch that the run could not decide, and the side it took.
type Choice struct {
	At   Span
	Why  string
	Took bool
}

// DataPlace is a line where the path of a forward, or a size, depends on data.
type DataPlace struct {
	At    Span
	Why   string
	Took  string // what the run did: "yes" or "no" for a condition, "" for a size
	Times int
}

// DataPlaces lists the lines where what a forward does depends on data, in the
// order of the first time: conditions that could not be decided, and operations
// that give a size that is not known from sizes that are.
func (t *Trace) DataPlaces() []DataPlace {
	var out []DataPlace
	at := map[DataPlace]int{}
	note := func(p DataPlace) {
		k, ok := at[p]
		if !ok {
			k = len(out)
			at[p] = k
			out = append(out, p)
		}
		out[k].Times++
	}
	for _, c := range t.Choices {
		took := "no"
		if c.Took {
			took = "yes"
		}
		note(DataPlace{At: c.At, Why: c.Why, Took: took})
	}
	open := func(n *Node) bool { return slices.ContainsFunc(n.Shape, func(d int64) bool { return d < 0 }) }
	for _, n := range t.Nodes {
		switch n.Op {
		case "param", "buffer", "input", "const":
			continue
		}
		if n.Leaf == nil && open(n) && !slices.ContainsFunc(n.In, open) {
			note(DataPlace{At: n.At, Why: "the size of what " + n.Op + " gives"})
		}
	}
	return out
}
