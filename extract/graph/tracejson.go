package graph

import (
	"encoding/json"
	"fmt"
	"math"
)

// Nodes and calls refer to each other; in JSON they do so by ID.

type jsonNode struct {
	ID    int32     `json:"id"`
	Op    string    `json:"op"`
	Name  string    `json:"name,omitempty"`
	In    []int32   `json:"in,omitempty"`
	Args  []jsonArg `json:"args,omitempty"`
	Shape []int64   `json:"shape"`
	DType string    `json:"dtype"`
	At    Span      `json:"at,omitzero"`
	Site  Span      `json:"site,omitzero"`
	Call  *int32    `json:"call,omitempty"`
	Leaf  *int32    `json:"leaf,omitempty"`
	NoVal bool      `json:"no_value,omitempty"`
}

type jsonArg struct {
	Name  string  `json:"name,omitempty"`
	Val   string  `json:"val"`
	Num   float64 `json:"num,omitempty"`
	IsNum bool    `json:"isnum,omitempty"`
	E     string  `json:"expr,omitempty"`
}

type jsonCall struct {
	ID     int32   `json:"id"`
	Path   string  `json:"path"`
	Class  string  `json:"cls"`
	Parent *int32  `json:"parent,omitempty"`
	Leaf   bool    `json:"leaf,omitempty"`
	In     []int32 `json:"in,omitempty"`
	Out    []int32 `json:"out,omitempty"`
	First  int32   `json:"first"`
	Last   int32   `json:"last"`
	At     Span    `json:"at,omitzero"`
}

type jsonTrace struct {
	Nodes   []jsonNode `json:"nodes"`
	Calls   []jsonCall `json:"calls"`
	Choices []Choice   `json:"choices,omitempty"`
}

func ids(ns []*Node) []int32 {
	out := make([]int32, 0, len(ns))
	for _, n := range ns {
		if n != nil {
			out = append(out, n.ID)
		}
	}
	return out
}

func callID(c *Call) *int32 {
	if c == nil {
		return nil
	}
	return &c.ID
}

// MarshalJSON writes nodes and calls as two lists that refer by ID.
func (t *Trace) MarshalJSON() ([]byte, error) {
	var j jsonTrace
	for _, n := range t.Nodes {
		jn := jsonNode{ID: n.ID, Op: n.Op, Name: n.Name, In: ids(n.In), Shape: n.Shape, DType: n.DType,
			At: n.At, Site: n.Site, Call: callID(n.Call), Leaf: callID(n.Leaf), NoVal: n.NoValue}
		for _, a := range n.Args {
			j := jsonArg{a.Name, a.Val, a.Num, a.IsNum, a.E.String()}
			if math.IsInf(a.Num, 0) || math.IsNaN(a.Num) {
				j.Num, j.IsNum = 0, false // Val says it
			}
			jn.Args = append(jn.Args, j)
		}
		j.Nodes = append(j.Nodes, jn)
	}
	for _, c := range t.Calls {
		j.Calls = append(j.Calls, jsonCall{ID: c.ID, Path: c.Path, Class: c.Class, Parent: callID(c.Parent), Leaf: c.Leaf,
			In: ids(c.In), Out: ids(c.Out), First: c.First, Last: c.Last, At: c.At})
	}
	j.Choices = t.Choices
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Trace) UnmarshalJSON(b []byte) error {
	var j jsonTrace
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	nodes := make(map[int32]*Node, len(j.Nodes))
	calls := make(map[int32]*Call, len(j.Calls))
	for i := range j.Nodes {
		n := &Node{ID: j.Nodes[i].ID}
		nodes[n.ID] = n
		t.Nodes = append(t.Nodes, n)
	}
	for i := range j.Calls {
		c := &Call{ID: j.Calls[i].ID}
		calls[c.ID] = c
		t.Calls = append(t.Calls, c)
	}
	refs := func(is []int32) ([]*Node, error) {
		var out []*Node
		for _, i := range is {
			if nodes[i] == nil {
				return nil, fmt.Errorf("trace refers to node %d, which is not there", i)
			}
			out = append(out, nodes[i])
		}
		return out, nil
	}
	call := func(i *int32) *Call {
		if i == nil {
			return nil
		}
		return calls[*i]
	}
	var err error
	for i, jn := range j.Nodes {
		n := t.Nodes[i]
		n.Op, n.Name, n.Shape, n.DType, n.At, n.Site, n.NoValue = jn.Op, jn.Name, jn.Shape, jn.DType, jn.At, jn.Site, jn.NoVal
		n.Call, n.Leaf = call(jn.Call), call(jn.Leaf)
		if n.In, err = refs(jn.In); err != nil {
			return err
		}
		for _, a := range jn.Args {
			arg := Arg{Name: a.Name, Val: a.Val, Num: a.Num, IsNum: a.IsNum}
			if a.E != "" {
				arg.E = Ref(a.E)
			}
			n.Args = append(n.Args, arg)
		}
	}
	for i, jc := range j.Calls {
		c := t.Calls[i]
		c.Path, c.Class, c.Leaf, c.First, c.Last, c.At, c.Parent = jc.Path, jc.Class, jc.Leaf, jc.First, jc.Last, jc.At, call(jc.Parent)
		if c.In, err = refs(jc.In); err != nil {
			return err
		}
		if c.Out, err = refs(jc.Out); err != nil {
			return err
		}
	}
	t.Choices = j.Choices
	return nil
}
