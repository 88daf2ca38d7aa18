package graph

// TakesInput reports whether an operation, such as looking up rows of a table,
// takes an input of the model as it is: the token ids, not positions that are
// counted from them.
func (n *Node) TakesInput() bool {
	for _, x := range n.In {
		const far = 16
		for range far {
			for x.Inner != nil {
				x = x.Inner
			}
			if x.Op == "input" {
				return true
			}
			if len(x.In) == 0 || !passing[x.Op] {
				break
			}
			x = x.In[0]
		}
	}
	return false
}

// passing are operations after which token ids are still token ids.
var passing = map[string]bool{"to": true, "long": true, "int": true, "type_as": true, "view": true, "reshape": true, "unsqueeze": true, "squeeze": true,
	"expand": true, "contiguous": true, "clone": true, "detach": true, "index": true, "masked_fill": true, "clamp": true, "flatten": true}
