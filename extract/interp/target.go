package interp

// A target is what can be assigned to; a deleter what can be deleted.
type (
	target  interface{ store(f *frame, v Value) }
	deleter interface{ del(f *frame) }
)

type localTarget struct{ sym *symbol }

func (t *localTarget) store(f *frame, v Value) {
	if t.sym.cell {
		if c, ok := f.locals[t.sym.slot].(*Cell); ok {
			c.V = v
			return
		}
		v = &Cell{V: v}
	}
	f.locals[t.sym.slot] = v
}

func (t *localTarget) del(f *frame) {
	if t.sym.cell {
		if c, ok := f.locals[t.sym.slot].(*Cell); ok {
			c.V = nil
			return
		}
	}
	f.locals[t.sym.slot] = nil
}

type freeTarget struct{ idx int }

func (t *freeTarget) store(f *frame, v Value) { f.free[t.idx].V = v }
func (t *freeTarget) del(f *frame)            { f.free[t.idx].V = nil }

type globalTarget struct{ name string }

func (t *globalTarget) store(f *frame, v Value) { f.globals.SetStr(t.name, v) }
func (t *globalTarget) del(f *frame)            { f.globals.DelStr(t.name) }

// nameTarget is a name of a module or class body.
type nameTarget struct{ name string }

func (t *nameTarget) store(f *frame, v Value) {
	if f.names != nil {
		f.names.SetStr(t.name, v)
		return
	}
	f.globals.SetStr(t.name, v)
}

func (t *nameTarget) del(f *frame) {
	d := f.globals
	if f.names != nil {
		d = f.names
	}
	if !d.DelStr(t.name) {
		f.in.Raise(NameError, "name '%s' is not defined", t.name)
	}
}

type attrTarget struct {
	obj   expr
	name  string
	line  int32
	class classCache
}

func (t *attrTarget) store(f *frame, v Value) {
	obj := t.obj.eval(f)
	f.line = t.line
	f.in.setAttrAt(obj, t.name, v, &t.class)
}

func (t *attrTarget) del(f *frame) {
	obj := t.obj.eval(f)
	f.line = t.line
	f.in.DelAttr(obj, t.name)
}

type indexTarget struct {
	obj, idx expr
	line     int32
}

func (t *indexTarget) store(f *frame, v Value) {
	obj := t.obj.eval(f)
	idx := t.idx.eval(f)
	f.line = t.line
	f.in.SetItem(obj, idx, v)
}

func (t *indexTarget) del(f *frame) {
	obj := t.obj.eval(f)
	idx := t.idx.eval(f)
	f.line = t.line
	f.in.DelItem(obj, idx)
}

type unpackTarget struct {
	list []target
	star int
	line int32
}

func (t *unpackTarget) store(f *frame, v Value) {
	f.line = t.line
	if u, ok := v.(*Unknown); ok {
		for _, x := range t.list {
			x.store(f, u)
		}
		return
	}
	var elems []Value
	switch v.(type) {
	case *List, *Tuple:
		elems = f.in.Elements(v)
	default:
		if t.star < 0 { // no more than needed is taken from an iterator
			if !f.in.iterable(v) {
				f.in.Raise(TypeError, "cannot unpack non-iterable %s object", v.Type().Name)
			}
			f.in.each(v, func(x Value) bool {
				elems = append(elems, x)
				return len(elems) <= len(t.list)
			})
		} else {
			elems = f.in.Elements(v)
		}
	}
	if t.star < 0 {
		if len(elems) < len(t.list) {
			f.in.Raise(ValueError, "not enough values to unpack (expected %d, got %d)", len(t.list), len(elems))
		}
		if len(elems) > len(t.list) {
			f.in.Raise(ValueError, "too many values to unpack (expected %d)", len(t.list))
		}
		for i, x := range t.list {
			x.store(f, elems[i])
		}
		return
	}
	after := len(t.list) - t.star - 1
	if len(elems) < len(t.list)-1 {
		f.in.Raise(ValueError, "not enough values to unpack (expected at least %d, got %d)", len(t.list)-1, len(elems))
	}
	for i := 0; i < t.star; i++ {
		t.list[i].store(f, elems[i])
	}
	mid := append([]Value(nil), elems[t.star:len(elems)-after]...)
	t.list[t.star].store(f, &List{V: mid})
	for i := 0; i < after; i++ {
		t.list[t.star+1+i].store(f, elems[len(elems)-after+i])
	}
}

// iterable reports whether iter(v) can work.
func (in *Interp) iterable(v Value) bool {
	switch v := v.(type) {
	case NoneType, Int, BigInt, Float, Bool, Complex, *Function, *Builtin, *BoundMethod, *Module:
		return false
	case *Instance:
		if _, ok := v.Data.(Value); ok {
			return true
		}
		if _, ok := v.Cls.Lookup("__iter__"); ok {
			return true
		}
		_, ok := v.Cls.Lookup("__getitem__")
		return ok
	}
	return true
}
