package framework

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// initializeWeights stands for PreTrainedModel.initialize_weights: values of
// weights are not made. Some releases replace or freeze parameters there; a
// model whose _init_weights changes modules, rather than fills their tensors,
// is initialised for real, on the modules of classes that the source defines.
func initializeWeights(in *interp.Interp, a []interp.Value) interp.Value {
	self := a[0]
	fn, ok := in.LookupAttr(self, "_init_weights")
	if !ok {
		return interp.None
	}
	calls, assigns := changes(fn)
	if len(calls) == 0 && !assigns {
		return interp.None
	}
	var visit func(m interp.Value, top bool)
	visit = func(m interp.Value, top bool) {
		in.Step(1)
		if _, sub := m.Type().Lookup("_init_weights"); sub && !top {
			return // a model of its own, which has been here
		}
		for _, c := range in.Elements(in.CallMethod(m, "children")) {
			visit(c, false)
		}
		if m.Type().Native {
			return
		}
		if !assigns {
			has := false
			for _, name := range calls {
				_, ok := m.Type().Lookup(name)
				has = has || ok
			}
			if !has {
				return
			}
		}
		in.Call(fn, []interp.Value{m}, nil)
	}
	visit(self, true)
	return interp.None
}

// changes says how an _init_weights changes the modules it is given: the
// methods of the module that it calls for their effect, and whether it assigns
// to attributes that are not private.
func changes(fn interp.Value) (calls []string, assigns bool) {
	if b, ok := fn.(*interp.BoundMethod); ok {
		fn = b.Fn
	}
	f, ok := fn.(*interp.Function)
	if !ok {
		return nil, false
	}
	p := f.Params()
	if len(p) < 2 {
		return nil, false
	}
	ofModule := func(e pyast.Expr) (string, bool) {
		a, ok := e.(*pyast.Attribute)
		if !ok {
			return "", false
		}
		n, ok := a.Value.(*pyast.Name)
		return a.Attr, ok && n.ID == p[1].Name
	}
	for _, s := range f.Body() {
		pyast.Walk(s, func(n pyast.Node) bool {
			switch n := n.(type) {
			case *pyast.ExprStmt:
				if c, ok := n.Value.(*pyast.Call); ok && len(c.Args) == 0 {
					if name, ok := ofModule(c.Func); ok && name != "reset_parameters" {
						calls = append(calls, name)
					}
				}
			case *pyast.Assign:
				for _, t := range n.Targets {
					if name, ok := ofModule(t); ok && !strings.HasPrefix(name, "_") {
						assigns = true
					}
				}
			}
			return true
		})
	}
	return calls, assigns
}
