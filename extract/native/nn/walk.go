package nn

import (
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// listIter is a generator of torch's: its items are found when the first one
// is asked for.
type listIter struct {
	fill  func(in *interp.Interp) []interp.Value
	items []interp.Value
	i     int
}

// Type implements interp.Value.
func (*listIter) Type() *interp.Class { return interp.GeneratorClass }

// Next implements interp.Iterator.
func (l *listIter) Next(in *interp.Interp) (interp.Value, bool) {
	if l.fill != nil {
		l.items = l.fill(in)
		l.fill = nil
		in.Step(len(l.items))
	}
	if l.i >= len(l.items) {
		return nil, false
	}
	v := l.items[l.i]
	l.i++
	return v, true
}

// join is prefix + "." + name, name alone at the top.
func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// maxDepth bounds the nesting of modules: a module that contains itself would not end.
const maxDepth = 900

// tooDeep charges one step of a walk and ends walks that go round in circles.
func tooDeep(in *interp.Interp, depth int) {
	if depth > maxDepth {
		in.Raise(interp.RecursionError, "maximum recursion depth exceeded")
	}
	in.Step(1)
}

// eachModule calls f for m and the modules below it in torch's order of
// named_modules. With dedup each module comes once, under its first path.
func eachModule(in *interp.Interp, m *interp.Instance, prefix string, dedup bool, f func(path string, m *interp.Instance, st *State)) {
	var memo map[*interp.Instance]bool
	if dedup {
		memo = make(map[*interp.Instance]bool)
	}
	walkModules(in, m, prefix, memo, 0, f)
}

func walkModules(in *interp.Interp, m *interp.Instance, prefix string, memo map[*interp.Instance]bool, depth int, f func(string, *interp.Instance, *State)) {
	if memo != nil {
		if memo[m] {
			return
		}
		memo[m] = true
	}
	tooDeep(in, depth)
	if memo == nil {
		in.Charge(int64(len(prefix)) + 64) // shared modules come as often as they have paths
	}
	st := m.Data.(*State)
	f(prefix, m, st)
	needReady(in, m, st, "_modules")
	if st.Modules.Len() == 0 {
		return
	}
	st.Modules.EachStr(func(name string, v interp.Value) bool {
		if c := asModule(v); c != nil {
			walkModules(in, c, join(prefix, name), memo, depth+1, f)
		}
		return true
	})
}

// eachChild calls f for the children of m, each module once.
func eachChild(in *interp.Interp, m *interp.Instance, f func(name string, c *interp.Instance)) {
	st := m.Data.(*State)
	needReady(in, m, st, "_modules")
	n := st.Modules.Len()
	if n == 0 {
		return
	}
	var memo map[*interp.Instance]bool
	if n > 1 {
		memo = make(map[*interp.Instance]bool, n)
	}
	st.Modules.EachStr(func(name string, v interp.Value) bool {
		c := asModule(v)
		if c == nil || memo[c] {
			return true
		}
		if memo != nil {
			memo[c] = true
		}
		f(name, c)
		return true
	})
}

// eachTensor calls f for the parameters or buffers of m (and below, with
// recurse) in torch's order of named_parameters and named_buffers.
func eachTensor(in *interp.Interp, m *interp.Instance, buffers bool, prefix string, recurse, dedup bool, f func(name, local string, t *tensor.Tensor, owner *State)) {
	var memo map[*tensor.Tensor]bool
	if dedup {
		memo = make(map[*tensor.Tensor]bool)
	}
	own := func(path string, m *interp.Instance, st *State) {
		d, registry := st.Params, "_parameters"
		if buffers {
			d, registry = st.Buffers, "_buffers"
		}
		needReady(in, m, st, registry)
		if d.Len() == 0 {
			return
		}
		d.EachStr(func(name string, v interp.Value) bool {
			t := asTensor(v)
			if t == nil || memo[t] {
				return true
			}
			if dedup {
				memo[t] = true
			}
			f(join(path, name), name, t, st)
			return true
		})
	}
	if !recurse {
		own(prefix, m, m.Data.(*State))
		return
	}
	eachModule(in, m, prefix, dedup, own)
}

func pair(name string, v interp.Value) interp.Value { return interp.NewTuple(interp.NewStr(name), v) }

func tensorsMethod(name, sig string, buffers, named bool) method {
	return method{name: name, sig: sig, fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], name)
		prefix, recurse, dedup := "", true, true
		if named {
			prefix, recurse, dedup = in.Str(a[1]), in.Truth(a[2]), in.Truth(a[3])
		} else {
			recurse = in.Truth(a[1])
		}
		return &listIter{fill: func(in *interp.Interp) []interp.Value {
			var out []interp.Value
			eachTensor(in, m, buffers, prefix, recurse, dedup, func(name, _ string, t *tensor.Tensor, _ *State) {
				if named {
					out = append(out, pair(name, t))
				} else {
					out = append(out, t)
				}
			})
			return out
		}}
	}}
}

var walkMethods = []method{
	tensorsMethod("parameters", "self, recurse=True", false, false),
	tensorsMethod("named_parameters", "self, prefix='', recurse=True, remove_duplicate=True", false, true),
	tensorsMethod("buffers", "self, recurse=True", true, false),
	tensorsMethod("named_buffers", "self, prefix='', recurse=True, remove_duplicate=True", true, true),
	{name: "children", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "children")
		return &listIter{fill: func(in *interp.Interp) (out []interp.Value) {
			eachChild(in, m, func(_ string, c *interp.Instance) { out = append(out, c) })
			return out
		}}
	}},
	{name: "named_children", sig: "self", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "named_children")
		return &listIter{fill: func(in *interp.Interp) (out []interp.Value) {
			eachChild(in, m, func(name string, c *interp.Instance) { out = append(out, pair(name, c)) })
			return out
		}}
	}},
	{name: "modules", sig: "self, remove_duplicate=True", fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, _ := self(in, a[0], "modules")
		dedup := in.Truth(a[1])
		return &listIter{fill: func(in *interp.Interp) (out []interp.Value) {
			eachModule(in, m, "", dedup, func(_ string, c *interp.Instance, _ *State) { out = append(out, c) })
			return out
		}}
	}},
	{name: "named_modules", sig: "self, memo=None, prefix='', remove_duplicate=True", fn: namedModules},
}

func namedModules(in *interp.Interp, a []interp.Value) interp.Value {
	m, _ := self(in, a[0], "named_modules")
	prefix, dedup := in.Str(a[2]), in.Truth(a[3])
	memoArg, _ := a[1].(*interp.Set)
	return &listIter{fill: func(in *interp.Interp) (out []interp.Value) {
		memo := map[*interp.Instance]bool{}
		if memoArg != nil {
			memoArg.D.Range(func(k, _ interp.Value) bool {
				if c := asModule(k); c != nil {
					memo[c] = true
				}
				return true
			})
		}
		if !dedup && len(memo) == 0 {
			memo = nil
		}
		walkModules(in, m, prefix, memo, 0, func(path string, c *interp.Instance, _ *State) {
			if memoArg != nil && dedup {
				memoArg.Add(in, c)
			}
			out = append(out, pair(path, c))
		})
		return out
	}}
}

// Listing is what a module tree holds, in torch's order of named_parameters,
// named_buffers and named_modules, duplicates removed as torch does.
type Listing struct {
	Params   []NamedTensor
	Buffers  []NamedTensor
	Modules  []NamedModule
	Unknowns []NamedUnknown // parts that could not be determined
}

// NamedTensor is a parameter or buffer under its first name.
type NamedTensor struct {
	Name       string
	Tensor     *tensor.Tensor
	Persistent bool // of buffers: whether state_dict has it
}

// NamedModule is a module under its first path; the root's path is "".
type NamedModule struct {
	Path   string
	Class  string // "module.qualname"
	Module *interp.Instance
}

// NamedUnknown is an attribute of a module that should have been a module,
// parameter or buffer, and is not known.
type NamedUnknown struct {
	Name    string
	Unknown *interp.Unknown
}

// Tree lists a module tree.
func Tree(in *interp.Interp, root *interp.Instance) *Listing {
	l := &Listing{}
	classes := map[*interp.Class]string{}
	params, buffers := map[*tensor.Tensor]bool{}, map[*tensor.Tensor]bool{}
	list := func(path string, d *interp.Dict, seen map[*tensor.Tensor]bool, dst *[]NamedTensor, st *State, buffers bool) {
		if d.Len() == 0 {
			return
		}
		d.EachStr(func(name string, v interp.Value) bool {
			switch t := v.(type) {
			case *tensor.Tensor:
				if !seen[t] {
					seen[t] = true
					*dst = append(*dst, NamedTensor{join(path, name), t, !buffers || st.Persistent(name)})
				}
			case *interp.Unknown:
				l.Unknowns = append(l.Unknowns, NamedUnknown{join(path, name), t})
			}
			return true
		})
	}
	eachModule(in, root, "", true, func(path string, m *interp.Instance, st *State) {
		class, ok := classes[m.Cls]
		if !ok {
			class = m.Cls.FullName()
			classes[m.Cls] = class
		}
		l.Modules = append(l.Modules, NamedModule{path, class, m})
		list(path, st.Params, params, &l.Params, st, false)
		list(path, st.Buffers, buffers, &l.Buffers, st, true)
		for _, d := range []*interp.Dict{st.Modules, m.Dict} {
			if d == nil || d.Len() == 0 {
				continue
			}
			d.EachStr(func(name string, v interp.Value) bool {
				if u, ok := v.(*interp.Unknown); ok {
					l.Unknowns = append(l.Unknowns, NamedUnknown{join(path, name), u})
				}
				return true
			})
		}
	})
	return l
}
