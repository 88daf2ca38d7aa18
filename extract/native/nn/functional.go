package nn

import (
	"sync"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// op is a function of package torch that a forward calls.
type op struct {
	name string // qualified: "torch.nn.functional.linear"
	once sync.Once
	b    *interp.Builtin
}

// functional is the function of that name: of torch.nn.functional, or of torch
// or Tensor where the name says so ("torch.sigmoid", "Tensor.flatten").
func functional(name string) *op {
	for i := 0; i < len(name); i++ {
		if name[i] == '.' {
			return &op{name: name}
		}
	}
	return &op{name: "torch.nn.functional." + name}
}

// call calls the function; where package torch has none of that name the result is unknown.
func (o *op) call(in *interp.Interp, args []interp.Value, kw ...interp.KW) interp.Value {
	o.once.Do(func() { o.b = torchFunction(o.name) })
	if o.b == nil {
		return in.Unknown("%s is not supported", o.name)
	}
	if o.b.Raw != nil {
		return o.b.Raw(in, args, kw)
	}
	return o.b.Fn(in, bind(in, o.b.Name, o.b.Sig, args, kw))
}
