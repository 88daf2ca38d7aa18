package nn

import (
	"sort"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// The containers.
var (
	SequentialClass    = class("torch.nn.modules.container", "Sequential", ModuleClass)
	ModuleListClass    = class("torch.nn.modules.container", "ModuleList", ModuleClass)
	ModuleDictClass    = class("torch.nn.modules.container", "ModuleDict", ModuleClass)
	ParameterListClass = class("torch.nn.modules.container", "ParameterList", ModuleClass)
	ParameterDictClass = class("torch.nn.modules.container", "ParameterDict", ModuleClass)
)

// valueIter walks over a snapshot of values.
type valueIter struct {
	v []interp.Value
	i int
}

// Type implements interp.Value.
func (*valueIter) Type() *interp.Class { return interp.IteratorClass }

// Next implements interp.Iterator.
func (it *valueIter) Next(*interp.Interp) (interp.Value, bool) {
	if it.i >= len(it.v) {
		return nil, false
	}
	it.i++
	return it.v[it.i-1], true
}

// unknownKey is the name under which children that could not be counted are held.
const unknownKey = "?"

// isOrderedDict is isinstance(v, collections.OrderedDict).
func isOrderedDict(v interp.Value) bool {
	i, ok := v.(*interp.Instance)
	if !ok {
		return false
	}
	for _, c := range i.Cls.MRO {
		if c.Name == "OrderedDict" && c.Mod == "collections" {
			return true
		}
	}
	return false
}

// isMapping is isinstance(v, collections.abc.Mapping).
func isMapping(in *interp.Interp, v interp.Value) bool {
	if asDict(v) != nil {
		return true
	}
	if i, ok := v.(*interp.Instance); ok && asModule(v) == nil {
		_, k := i.Cls.Lookup("keys")
		_, g := i.Cls.Lookup("__getitem__")
		return k && g
	}
	return false
}

// indices are the positions that a slice of a sequence of n picks.
func indices(in *interp.Interp, s *interp.Slice, n int) []int {
	step := int64(1)
	if !interp.IsNone(s.Step) {
		if step = in.Int(s.Step); step == 0 {
			in.Raise(interp.ValueError, "slice step cannot be zero")
		}
	}
	bound := func(v interp.Value, def int64) int64 {
		if interp.IsNone(v) {
			return def
		}
		lo, hi := int64(0), int64(n)
		if step < 0 {
			lo, hi = -1, int64(n)-1
		}
		x := in.Int(v)
		if x < 0 {
			x += int64(n)
		}
		return max(lo, min(x, hi))
	}
	var out []int
	if step > 0 {
		for i, end := bound(s.Lo, 0), bound(s.Hi, int64(n)); i < end; i += step {
			out = append(out, int(i))
		}
		return out
	}
	for i, end := bound(s.Lo, int64(n)-1), bound(s.Hi, -1); i > end; i += step {
		out = append(out, int(i))
	}
	return out
}

// position is an index into a container of n children.
func position(in *interp.Interp, v interp.Value, n int) int {
	i := in.Int(v)
	if i < int64(-n) || i >= int64(n) {
		in.Raise(interp.IndexError, "index %d is out of range", i)
	}
	if i < 0 {
		i += int64(n)
	}
	return int(i)
}

func number(i int) interp.Value { return interp.NewStr(strconv.Itoa(i)) }

// renumber gives the children the names 0, 1, 2, ... in their order.
func (st *State) renumber() {
	d := interp.NewDict()
	for i, v := range st.Modules.Values() {
		d.SetStr(strconv.Itoa(i), v)
	}
	st.Modules = d
}

// insertAt moves the children from index on by one, as the containers' insert does.
func (st *State) insertAt(in *interp.Interp, index int, v interp.Value) {
	for i := st.Modules.Len(); i > index; i-- {
		prev, ok := st.Modules.GetStr(strconv.Itoa(i - 1))
		if !ok {
			keyError(in, number(i-1))
		}
		st.Modules.SetStr(strconv.Itoa(i), prev)
	}
	st.Modules.SetStr(strconv.Itoa(index), v)
}

func listMethod(name, sig string, f func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value) method {
	return method{name: name, sig: sig, fn: func(in *interp.Interp, a []interp.Value) interp.Value {
		m, st := self(in, a[0], name)
		needReady(in, m, st, "_modules")
		return f(in, m, st, a[1:])
	}}
}

// children are the child modules in order.
func (st *State) children() []interp.Value { return st.Modules.Values() }

var commonListMethods = []method{
	listMethod("__len__", "self", func(_ *interp.Interp, _ *interp.Instance, st *State, _ []interp.Value) interp.Value {
		return interp.NewInt(int64(st.Modules.Len()))
	}),
	listMethod("__iter__", "self", func(_ *interp.Interp, _ *interp.Instance, st *State, _ []interp.Value) interp.Value {
		return &valueIter{v: st.children()}
	}),
	listMethod("append", "self, module", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
		addModule(in, m, number(st.Modules.Len()), a[0])
		return m
	}),
	listMethod("pop", "self, key", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
		v := in.GetItem(m, a[0])
		in.DelItem(m, a[0])
		return v
	}),
}

func setupContainers() {
	addMethods(ModuleListClass, commonListMethods...)
	addMethods(SequentialClass, commonListMethods...)
	addInit(ModuleListClass, "modules=None", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		if interp.IsNone(a[0]) {
			return
		}
		if m.Cls.Native || !redefines(m.Cls, ModuleListClass, "extend") && !redefines(m.Cls, ModuleListClass, "__iadd__") {
			extendList(in, m, st, a[0])
			return
		}
		in.CallMethod(m, "__iadd__", a[0])
	})
	addMethods(ModuleListClass,
		listMethod("__getitem__", "self, idx", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			if s, ok := a[0].(*interp.Slice); ok {
				all := st.children()
				var picked []interp.Value
				for _, i := range indices(in, s, len(all)) {
					picked = append(picked, all[i])
				}
				return in.Call(m.Cls, []interp.Value{interp.NewList(picked...)}, nil)
			}
			if u, ok := a[0].(*interp.Unknown); ok {
				return u
			}
			return childAt(in, st, position(in, a[0], st.Modules.Len()))
		}),
		listMethod("__setitem__", "self, idx, module", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			in.SetAttr(m, strconv.Itoa(position(in, a[0], st.Modules.Len())), a[1])
			return interp.None
		}),
		listMethod("__delitem__", "self, idx", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			del := []int{}
			if s, ok := a[0].(*interp.Slice); ok {
				del = indices(in, s, st.Modules.Len())
			} else {
				del = append(del, position(in, a[0], st.Modules.Len()))
			}
			for _, i := range del {
				in.DelAttr(m, strconv.Itoa(i))
			}
			st.renumber()
			return interp.None
		}),
		listMethod("__iadd__", "self, modules", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			return in.CallMethod(m, "extend", a[0])
		}),
		listMethod("__add__", "self, other", func(in *interp.Interp, _ *interp.Instance, st *State, a []interp.Value) interp.Value {
			return newList(in, append(st.children(), in.Elements(a[0])...))
		}),
		listMethod("extend", "self, modules", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			extendList(in, m, st, a[0])
			return m
		}),
		listMethod("insert", "self, index, module", func(in *interp.Interp, _ *interp.Instance, st *State, a []interp.Value) interp.Value {
			st.insertAt(in, int(in.Int(a[0])), a[1])
			return interp.None
		}),
		listMethod("__repr__", "self", func(in *interp.Interp, m *interp.Instance, st *State, _ []interp.Value) interp.Value {
			return interp.NewStr(listRepr(in, m, st))
		}),
	)
	setupSequential()
	setupModuleDict()
	setupParameterList()
	setupParameterDict()
	addInit(class("torch.nn.modules.container", "Container", ModuleClass), "**kwargs", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		a[0].(*interp.Dict).Range(func(k, v interp.Value) bool { addModule(in, m, k, v); return true })
	})
}

// redefines reports whether user code below base defines a method anew.
func redefines(c, base *interp.Class, name string) bool {
	v, _ := c.Lookup(name)
	mine, _ := base.Lookup(name)
	return v != mine
}

func childAt(in *interp.Interp, st *State, i int) interp.Value {
	v, ok := st.Modules.GetStr(strconv.Itoa(i))
	if !ok {
		if u, ok := st.Modules.GetStr(unknownKey); ok {
			return u
		}
		in.RaiseExc(&interp.Instance{Cls: interp.KeyError, Data: interp.NewTuple(number(i))})
	}
	return v
}

// newList makes a ModuleList from Go.
func newList(in *interp.Interp, vs []interp.Value) *interp.Instance {
	m := alloc(ModuleListClass)
	st := m.Data.(*State)
	st.start()
	for i, v := range vs {
		addModule(in, m, number(i), v)
	}
	return m
}

// extendList is ModuleList.extend.
func extendList(in *interp.Interp, m *interp.Instance, st *State, v interp.Value) {
	if u, ok := v.(*interp.Unknown); ok {
		st.addChild(unknownKey, u)
		return
	}
	if !iterable(in, v) {
		in.Raise(interp.TypeError, "ModuleList.extend should be called with an iterable, but got %s", v.Type().Name)
	}
	n := st.Modules.Len()
	plain := m.Cls.Native && !hasGlobalRegistration(in)
	for i, c := range in.Elements(v) {
		if plain && asModule(c) != nil {
			st.addChild(strconv.Itoa(n+i), c)
			continue
		}
		in.Step(1)
		if overrides(m.Cls, "add_module") {
			in.CallMethod(m, "add_module", number(n+i), c)
			continue
		}
		addModule(in, m, number(n+i), c)
	}
}

func hasGlobalRegistration(in *interp.Interp) bool {
	s, ok := in.Ext[stateKey]
	return ok && s.(*perInterp).registration[moduleRegistration] != nil
}

// listRepr folds equal neighbours: "(0-31): 32 x Block(...)".
func listRepr(in *interp.Interp, m *interp.Instance, st *State) string {
	var reprs []string
	for _, v := range st.children() {
		reprs = append(reprs, in.Repr(v))
	}
	if len(reprs) == 0 {
		return getName(in, m) + "()"
	}
	var lines []string
	for i := 0; i < len(reprs); {
		j := i
		for j+1 < len(reprs) && reprs[j+1] == reprs[i] {
			j++
		}
		s := "(" + strconv.Itoa(i) + "): " + reprs[i]
		if j > i {
			s = "(" + strconv.Itoa(i) + "-" + strconv.Itoa(j) + "): " + strconv.Itoa(j-i+1) + " x " + reprs[i]
		}
		lines = append(lines, indent(s))
		i = j + 1
	}
	return getName(in, m) + "(\n  " + strings.Join(lines, "\n  ") + "\n)"
}

func setupSequential() {
	c := SequentialClass
	addInit(c, "*args", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) {
		args := a[0].(*interp.Tuple).V
		if len(args) == 1 && isOrderedDict(args[0]) {
			asDict(args[0]).Range(func(k, v interp.Value) bool { addModule(in, m, k, v); return true })
			return
		}
		for i, v := range args {
			addModule(in, m, number(i), v)
		}
	})
	key := func(in *interp.Interp, st *State, idx interp.Value) string {
		return in.Str(st.Modules.Keys()[position(in, idx, st.Modules.Len())])
	}
	other := func(in *interp.Interp, v interp.Value) []interp.Value {
		o := asModule(v)
		if o == nil || !o.Cls.Is(SequentialClass) {
			in.Raise(interp.ValueError, "add operator supports only objects of Sequential class, but %s is given.", in.Repr(v.Type()))
		}
		return o.Data.(*State).children()
	}
	times := func(in *interp.Interp, m *interp.Instance, v interp.Value) int {
		n, ok := interp.AsInt(v)
		if !ok {
			in.Raise(interp.TypeError, "unsupported operand type(s) for *: %s and %s", in.Repr(m.Cls), in.Repr(v.Type()))
		}
		if n <= 0 {
			in.Raise(interp.ValueError, "Non-positive multiplication factor %d for %s", n, in.Repr(m.Cls))
		}
		in.Charge(n)
		return int(n)
	}
	mul := func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
		var vs []interp.Value
		for n := times(in, m, a[0]); n > 0; n-- {
			vs = append(vs, st.children()...)
		}
		return newSequential(in, vs...)
	}
	addMethods(c,
		listMethod("__getitem__", "self, idx", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			if s, ok := a[0].(*interp.Slice); ok {
				keys, vals := st.Modules.Keys(), st.Modules.Values()
				d := interp.NewDict()
				for _, i := range indices(in, s, len(keys)) {
					d.SetStr(in.Str(keys[i]), vals[i])
				}
				// The class is called with an OrderedDict: the children keep their names.
				if m.Cls.Native {
					n := alloc(m.Cls)
					n.Data.(*State).start()
					n.Data.(*State).Modules = d
					return n
				}
				od := in.GetAttr(in.Import("collections"), "OrderedDict")
				return in.Call(m.Cls, []interp.Value{in.Call(od, []interp.Value{d}, nil)}, nil)
			}
			if u, ok := a[0].(*interp.Unknown); ok {
				return u
			}
			return st.children()[position(in, a[0], st.Modules.Len())]
		}),
		listMethod("__setitem__", "self, idx, module", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			in.SetAttr(m, key(in, st, a[0]), a[1])
			return interp.None
		}),
		listMethod("__delitem__", "self, idx", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			if s, ok := a[0].(*interp.Slice); ok {
				keys := st.Modules.Keys()
				for _, i := range indices(in, s, len(keys)) {
					in.DelAttr(m, in.Str(keys[i]))
				}
			} else {
				in.DelAttr(m, key(in, st, a[0]))
			}
			st.renumber()
			return interp.None
		}),
		listMethod("__add__", "self, other", func(in *interp.Interp, _ *interp.Instance, st *State, a []interp.Value) interp.Value {
			return newSequential(in, append(st.children(), other(in, a[0])...)...)
		}),
		listMethod("__iadd__", "self, other", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			n := st.Modules.Len()
			for i, v := range other(in, a[0]) {
				addModule(in, m, number(n+i), v)
			}
			return m
		}),
		listMethod("__mul__", "self, other", mul),
		listMethod("__rmul__", "self, other", mul),
		listMethod("__imul__", "self, other", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			vs := st.children()
			for n := times(in, m, a[0]); n > 1; n-- {
				for _, v := range vs {
					addModule(in, m, number(st.Modules.Len()), v)
				}
			}
			return m
		}),
		listMethod("extend", "self, sequential", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			for _, v := range in.Elements(a[0]) {
				in.CallMethod(m, "append", v)
			}
			return m
		}),
		listMethod("insert", "self, index, module", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			if asModule(a[1]) == nil && !isUnknown(a[1]) {
				in.Raise(interp.AssertionError, "module should be of type: %s", in.Repr(ModuleClass))
			}
			n, i := int64(st.Modules.Len()), in.Int(a[0])
			if i < -n || i > n {
				in.Raise(interp.IndexError, "Index out of range: %d", i)
			}
			if i < 0 {
				i += n
			}
			st.insertAt(in, int(i), a[1])
			return m
		}),
		listMethod("forward", "self, input", func(in *interp.Interp, _ *interp.Instance, st *State, a []interp.Value) interp.Value {
			x := a[0]
			for _, c := range st.children() {
				x = in.Call(c, []interp.Value{x}, nil)
			}
			return x
		}),
	)
}

// newSequential makes a Sequential from Go.
func newSequential(in *interp.Interp, vs ...interp.Value) *interp.Instance {
	m := alloc(SequentialClass)
	st := m.Data.(*State)
	st.start()
	for i, v := range vs {
		addModule(in, m, number(i), v)
	}
	return m
}

// entriesOf are the key-value pairs of a mapping or of a sequence of pairs; what
// names the caller in the messages.
func entriesOf(in *interp.Interp, v interp.Value, what, element string, sortPlain bool) [][2]interp.Value {
	var out [][2]interp.Value
	if m := asModule(v); m != nil && (m.Cls.Is(ModuleDictClass) || m.Cls.Is(ParameterDictClass)) || m == nil && isMapping(in, v) {
		if d := asDict(v); d != nil {
			d.Range(func(k, v interp.Value) bool { out = append(out, [2]interp.Value{k, v}); return true })
		} else {
			for _, p := range in.Elements(in.CallMethod(v, "items")) {
				e := in.Elements(p)
				out = append(out, [2]interp.Value{e[0], e[1]})
			}
		}
		if sortPlain && m == nil && !isOrderedDict(v) {
			sort.SliceStable(out, func(i, j int) bool {
				a, _ := interp.AsStr(out[i][0])
				b, _ := interp.AsStr(out[j][0])
				return a < b
			})
		}
		return out
	}
	if !iterable(in, v) {
		in.Raise(interp.TypeError, "%s.update should be called with an iterable of key/value pairs, but got %s", what, v.Type().Name)
	}
	for i, p := range in.Elements(v) {
		if !iterable(in, p) {
			in.Raise(interp.TypeError, "%s update sequence element #%d should be Iterable; is%s", element, i, p.Type().Name)
		}
		e := in.Elements(p)
		if len(e) != 2 {
			in.Raise(interp.ValueError, "%s update sequence element #%d has length %d; 2 is required", element, i, len(e))
		}
		out = append(out, [2]interp.Value{e[0], e[1]})
	}
	return out
}

func keyError(in *interp.Interp, k interp.Value) {
	in.RaiseExc(&interp.Instance{Cls: interp.KeyError, Data: interp.NewTuple(k)})
}

func setupModuleDict() {
	c := ModuleDictClass
	update := func(in *interp.Interp, m *interp.Instance, v interp.Value) {
		if u, ok := v.(*interp.Unknown); ok {
			m.Data.(*State).addChild(unknownKey, u)
			return
		}
		for _, e := range entriesOf(in, v, "ModuleDict", "ModuleDict", false) {
			addModule(in, m, e[0], e[1])
		}
	}
	addInit(c, "modules=None", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		if !interp.IsNone(a[0]) {
			update(in, m, a[0])
		}
	})
	get := func(in *interp.Interp, _ *interp.Instance, st *State, a []interp.Value) interp.Value {
		if u, ok := a[0].(*interp.Unknown); ok {
			return u
		}
		v, ok := st.Modules.Get(in, a[0])
		if !ok {
			keyError(in, a[0])
		}
		return v
	}
	view := func(name string) method {
		return listMethod(name, "self", func(in *interp.Interp, _ *interp.Instance, st *State, _ []interp.Value) interp.Value {
			return in.CallMethod(st.Modules, name)
		})
	}
	addMethods(c, commonListMethods[0],
		listMethod("__getitem__", "self, key", get),
		listMethod("__setitem__", "self, key, module", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			addModule(in, m, a[0], a[1])
			return interp.None
		}),
		listMethod("__delitem__", "self, key", func(in *interp.Interp, _ *interp.Instance, st *State, a []interp.Value) interp.Value {
			if !st.Modules.Delete(in, a[0]) {
				keyError(in, a[0])
			}
			return interp.None
		}),
		listMethod("__iter__", "self", func(_ *interp.Interp, _ *interp.Instance, st *State, _ []interp.Value) interp.Value {
			return &valueIter{v: st.Modules.Keys()}
		}),
		listMethod("__contains__", "self, key", func(in *interp.Interp, _ *interp.Instance, st *State, a []interp.Value) interp.Value {
			_, ok := st.Modules.Get(in, a[0])
			return interp.NewBool(ok)
		}),
		listMethod("clear", "self", func(_ *interp.Interp, _ *interp.Instance, st *State, _ []interp.Value) interp.Value {
			st.Modules.Clear()
			return interp.None
		}),
		listMethod("pop", "self, key", func(in *interp.Interp, m *interp.Instance, st *State, a []interp.Value) interp.Value {
			v := get(in, m, st, a)
			st.Modules.Delete(in, a[0])
			return v
		}),
		view("keys"), view("items"), view("values"),
		listMethod("update", "self, modules", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			update(in, m, a[0])
			return interp.None
		}),
	)
}

// asParam is v, as a Parameter where it is a plain tensor.
func asParam(in *interp.Interp, v interp.Value) interp.Value {
	if t := asTensor(v); t != nil && !t.Parameter {
		return newParameter(in, ParameterClass, t, interp.True)
	}
	return v
}

func setupParameterList() {
	c := ParameterListClass
	size := func(in *interp.Interp, m *interp.Instance) int { return int(in.Int(attr(in, m, "_size"))) }
	push := func(in *interp.Interp, m *interp.Instance, v interp.Value) {
		n := size(in, m)
		set(m, "_size", interp.NewInt(int64(n+1)))
		in.SetAttr(m, strconv.Itoa(n), asParam(in, v))
	}
	extend := func(in *interp.Interp, m *interp.Instance, v interp.Value) {
		if u, ok := v.(*interp.Unknown); ok {
			m.Data.(*State).Params.SetStr(unknownKey, u)
			return
		}
		if _, isTensor := v.(*tensor.Tensor); isTensor || !iterable(in, v) {
			in.Raise(interp.TypeError, "ParameterList.extend should be called with an iterable, but got %s", v.Type().Name)
		}
		for _, e := range in.Elements(v) {
			push(in, m, e)
		}
	}
	addInit(c, "values=None", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		set(m, "_size", interp.NewInt(0))
		if !interp.IsNone(a[0]) {
			extend(in, m, a[0])
		}
	})
	at := func(in *interp.Interp, m *interp.Instance, i int) interp.Value { return in.GetAttr(m, strconv.Itoa(i)) }
	addMethods(c,
		listMethod("__len__", "self", func(in *interp.Interp, m *interp.Instance, _ *State, _ []interp.Value) interp.Value {
			return attr(in, m, "_size")
		}),
		listMethod("__getitem__", "self, idx", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			if s, ok := a[0].(*interp.Slice); ok {
				out := in.Call(m.Cls, nil, nil)
				for _, i := range indices(in, s, size(in, m)) {
					in.CallMethod(out, "append", at(in, m, i))
				}
				return out
			}
			if u, ok := a[0].(*interp.Unknown); ok {
				return u
			}
			return at(in, m, position(in, a[0], size(in, m)))
		}),
		listMethod("__setitem__", "self, idx, param", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			in.SetAttr(m, strconv.Itoa(position(in, a[0], size(in, m))), asParam(in, a[1]))
			return interp.None
		}),
		listMethod("__iter__", "self", func(in *interp.Interp, m *interp.Instance, _ *State, _ []interp.Value) interp.Value {
			it := &valueIter{}
			for i := 0; i < size(in, m); i++ {
				it.v = append(it.v, at(in, m, i))
			}
			return it
		}),
		listMethod("__iadd__", "self, parameters", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			extend(in, m, a[0])
			return m
		}),
		listMethod("append", "self, value", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			push(in, m, a[0])
			return m
		}),
		listMethod("extend", "self, values", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			extend(in, m, a[0])
			return m
		}),
		listMethod("extra_repr", "self", func(in *interp.Interp, m *interp.Instance, _ *State, _ []interp.Value) interp.Value {
			var lines []string
			for i := 0; i < size(in, m); i++ {
				v := at(in, m, i)
				lines = append(lines, paramLine(in, strconv.Itoa(i), v, func(t *tensor.Tensor) string { return "torch." + t.DType.String() }))
			}
			return interp.NewStr(strings.Join(lines, "\n"))
		}),
		notCallable("ParameterList", "self, *args, **kwargs"),
	)
}

func notCallable(name, sig string) method {
	return method{name: "__call__", sig: sig, fn: func(in *interp.Interp, _ []interp.Value) interp.Value {
		in.Raise(interp.RuntimeError, "%s should not be called.", name)
		return nil
	}}
}

// paramLine is one line of the repr of a ParameterList or ParameterDict.
func paramLine(in *interp.Interp, key string, v interp.Value, typ func(*tensor.Tensor) string) string {
	t := asTensor(v)
	if t == nil {
		return "  (" + key + "): Object of type: " + v.Type().Name
	}
	var sizes []string
	for _, d := range t.Shape {
		sizes = append(sizes, d.String())
	}
	kind, device := "Tensor", ""
	if t.Parameter {
		kind = "Parameter"
	}
	if strings.HasPrefix(t.Device, "cuda") {
		device = " (" + t.Device + ")"
	}
	return "  (" + key + "): " + kind + " containing: [" + typ(t) + " of size " + strings.Join(sizes, "x") + device + "]"
}

func setupParameterDict() {
	c := ParameterDictClass
	keys := func(in *interp.Interp, m *interp.Instance) *interp.Dict {
		if d := asDict(attr(in, m, "_keys")); d != nil {
			return d
		}
		return interp.NewDict()
	}
	name := func(in *interp.Interp, k interp.Value) string {
		s, ok := interp.AsStr(k)
		if !ok {
			in.Raise(interp.TypeError, "Index given to ParameterDict cannot be used as a key as it is not a string (type is '%s'). Open an issue on github if you need non-string keys.", k.Type().Name)
		}
		return s
	}
	put := func(in *interp.Interp, m *interp.Instance, k, v interp.Value) {
		keys(in, m).Set(in, k, interp.None)
		in.SetAttr(m, name(in, k), asParam(in, v))
	}
	get := func(in *interp.Interp, m *interp.Instance, k interp.Value) interp.Value {
		return in.GetAttr(m, name(in, k))
	}
	del := func(in *interp.Interp, m *interp.Instance, k interp.Value) {
		if !keys(in, m).Delete(in, k) {
			keyError(in, k)
		}
		in.DelAttr(m, name(in, k))
	}
	update := func(in *interp.Interp, m *interp.Instance, v interp.Value) {
		if u, ok := v.(*interp.Unknown); ok {
			m.Data.(*State).Params.SetStr(unknownKey, u)
			return
		}
		for _, e := range entriesOf(in, v, "ParametersDict", "ParameterDict", true) {
			put(in, m, e[0], e[1])
		}
	}
	has := func(in *interp.Interp, m *interp.Instance, k interp.Value) bool {
		_, ok := keys(in, m).Get(in, k)
		return ok
	}
	copyOf := func(in *interp.Interp, m *interp.Instance) *interp.Instance {
		n := alloc(ParameterDictClass)
		n.Data.(*State).start()
		set(n, "_keys", interp.NewDict())
		for _, k := range keys(in, m).Keys() {
			put(in, n, k, get(in, m, k))
		}
		return n
	}
	addInit(c, "parameters=None", func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) {
		set(m, "_keys", interp.NewDict())
		if !interp.IsNone(a[0]) {
			update(in, m, a[0])
		}
	})
	type args = []interp.Value
	add := func(nm, sig string, f func(in *interp.Interp, m *interp.Instance, a args) interp.Value) {
		addMethods(c, listMethod(nm, sig, func(in *interp.Interp, m *interp.Instance, _ *State, a []interp.Value) interp.Value {
			return f(in, m, a)
		}))
	}
	add("__getitem__", "self, key", func(in *interp.Interp, m *interp.Instance, a args) interp.Value { return get(in, m, a[0]) })
	add("__setitem__", "self, key, value", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		put(in, m, a[0], a[1])
		return interp.None
	})
	add("__delitem__", "self, key", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		del(in, m, a[0])
		return interp.None
	})
	add("__len__", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		return interp.NewInt(int64(keys(in, m).Len()))
	})
	add("__iter__", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		return &valueIter{v: keys(in, m).Keys()}
	})
	add("__contains__", "self, key", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		return interp.NewBool(has(in, m, a[0]))
	})
	add("copy", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value { return copyOf(in, m) })
	add("setdefault", "self, key, default=None", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		if !has(in, m, a[0]) {
			put(in, m, a[0], a[1])
		}
		return get(in, m, a[0])
	})
	add("clear", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		for _, k := range keys(in, m).Keys() {
			del(in, m, k)
		}
		return interp.None
	})
	add("pop", "self, key", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		v := get(in, m, a[0])
		del(in, m, a[0])
		return v
	})
	add("popitem", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		k, _, ok := keys(in, m).Last()
		if !ok {
			in.Raise(interp.KeyError, "popitem(): dictionary is empty")
		}
		v := get(in, m, k)
		del(in, m, k)
		return interp.NewTuple(k, v)
	})
	add("get", "self, key, default=None", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		if has(in, m, a[0]) {
			return get(in, m, a[0])
		}
		return a[1]
	})
	add("fromkeys", "self, keys, default=None", func(in *interp.Interp, _ *interp.Instance, a args) interp.Value {
		n := alloc(ParameterDictClass)
		n.Data.(*State).start()
		set(n, "_keys", interp.NewDict())
		for _, k := range in.Elements(a[0]) {
			put(in, n, k, a[1])
		}
		return n
	})
	add("keys", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		return in.CallMethod(keys(in, m), "keys")
	})
	add("items", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		it := &valueIter{}
		for _, k := range keys(in, m).Keys() {
			it.v = append(it.v, interp.NewTuple(k, get(in, m, k)))
		}
		return it
	})
	add("values", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		it := &valueIter{}
		for _, k := range keys(in, m).Keys() {
			it.v = append(it.v, get(in, m, k))
		}
		return it
	})
	add("update", "self, parameters", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		update(in, m, a[0])
		return interp.None
	})
	merge := func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		n := copyOf(in, m)
		update(in, n, a[0])
		return n
	}
	add("__or__", "self, other", merge)
	add("__ror__", "self, other", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		n := alloc(ParameterDictClass)
		n.Data.(*State).start()
		set(n, "_keys", interp.NewDict())
		update(in, n, a[0])
		update(in, n, m)
		return n
	})
	add("__ior__", "self, other", func(in *interp.Interp, m *interp.Instance, a args) interp.Value {
		update(in, m, a[0])
		return m
	})
	add("extra_repr", "self", func(in *interp.Interp, m *interp.Instance, _ args) interp.Value {
		var lines []string
		for _, k := range keys(in, m).Keys() {
			lines = append(lines, paramLine(in, in.ToStr(k), get(in, m, k), tensorTypename))
		}
		return interp.NewStr(strings.Join(lines, "\n"))
	})
	addMethods(c, notCallable("ParameterDict", "self, input"))
}
