package interp

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// bindAttr applies the descriptor protocol to an attribute found on a class:
// obj is the instance (nil where the class itself was asked), cls the class.
func (in *Interp) bindAttr(v, obj Value, cls *Class) Value {
	switch d := v.(type) {
	case *Function:
		if obj == nil {
			return d
		}
		return &BoundMethod{Self: obj, Fn: d}
	case *Builtin:
		if obj == nil {
			return d
		}
		return &BoundMethod{Self: obj, Fn: d}
	case *StaticMethod:
		return d.Fn
	case *ClassMethod:
		if cls == nil {
			cls = obj.Type()
		}
		if c, ok := d.Fn.(*Class); ok {
			return c
		}
		return &BoundMethod{Self: cls, Fn: d.Fn}
	case *Property:
		if d.Cls != nil {
			if get, ok := d.Cls.Lookup("__get__"); ok {
				if _, native := get.(*Builtin); !native {
					return in.call(get, []Value{d, orNone(obj), cls}, nil)
				}
			}
		}
		if obj == nil {
			return d
		}
		if d.Get == nil || IsNone(d.Get) {
			in.Raise(AttributeError, "property has no getter")
		}
		return in.call(d.Get, []Value{obj}, nil)
	case *Instance:
		if get, ok := d.Cls.Lookup("__get__"); ok {
			var c Value = None
			if cls != nil {
				c = cls
			}
			return in.call(get, []Value{d, orNone(obj), c}, nil)
		}
	}
	return v
}

func orNone(v Value) Value {
	if v == nil {
		return None
	}
	return v
}

// isData reports whether an attribute of a class is a data descriptor, which
// wins over the instance's own attributes.
func isData(v Value) bool {
	switch d := v.(type) {
	case *Property:
		return true
	case *Instance:
		if _, ok := d.Cls.Lookup("__set__"); ok {
			return true
		}
		_, ok := d.Cls.Lookup("__delete__")
		return ok
	}
	return false
}

// GetAttr is obj.name; it raises AttributeError.
func (in *Interp) GetAttr(obj Value, name string) Value {
	if v, ok := in.getattr(obj, name, true); ok {
		return v
	}
	in.noAttr(obj, name)
	return nil
}

func (in *Interp) noAttr(obj Value, name string) {
	switch o := obj.(type) {
	case *Module:
		in.Raise(AttributeError, "module '%s' has no attribute '%s'", o.Name, name)
	case *Class:
		in.Raise(AttributeError, "type object '%s' has no attribute '%s'", o.Name, name)
	case *Super:
		in.Raise(AttributeError, "'super' object has no attribute '%s'", name)
	}
	in.Raise(AttributeError, "'%s' object has no attribute '%s'", obj.Type().Name, name)
}

// LookupAttr is obj.name, false where Python would raise AttributeError.
func (in *Interp) LookupAttr(obj Value, name string) (v Value, ok bool) {
	if i, isInst := obj.(*Instance); isInst && i.Cls.special.getattribute != nil {
		if as, ok := in.plain(i, name); ok {
			if cv, found := i.Cls.Lookup(as); !found || !isData(cv) {
				return in.foundAttr(i, as, cv, found)
			}
		}
	}
	if i, isInst := obj.(*Instance); isInst && (i.Cls.special.getattr != nil || i.Cls.special.getattribute != nil) || mayRaise(obj, name) {
		if in.TryCatch(AttributeError, func() { v, ok = in.getattr(obj, name, true) }) != nil {
			return nil, false
		}
		return v, ok
	}
	return in.getattr(obj, name, true)
}

// mayRaise reports whether reading the attribute runs Python code.
func mayRaise(obj Value, name string) bool {
	switch o := obj.(type) {
	case *Instance:
		v, ok := o.Cls.Lookup(name)
		return ok && isData(v)
	case *Class:
		return o.Type() != TypeClass || o.Meta != nil
	case *Super:
		return true
	case *Module:
		return false
	}
	v, ok := obj.Type().Lookup(name)
	return ok && isData(v)
}

func (in *Interp) getattr(obj Value, name string, hooks bool) (Value, bool) {
	switch o := obj.(type) {
	case *Instance:
		if ga := o.Cls.special.getattribute; ga != nil && hooks {
			if v, ok := in.ownAttr(o, name); ok {
				return v, true
			}
			if o.Cls.special.getattr == nil {
				return in.callTwo(ga, o, NewStr(name)), true
			}
			var v Value
			if in.TryCatch(AttributeError, func() { v = in.call(ga, []Value{o, NewStr(name)}, nil) }) == nil {
				return v, true
			}
			return in.call(in.bindAttr(o.Cls.special.getattr, o, o.Cls), []Value{NewStr(name)}, nil), true
		}
		if v, ok := in.instanceAttr(o, name); ok {
			return v, true
		}
		if ga := o.Cls.special.getattr; ga != nil && hooks {
			return in.call(ga, []Value{o, NewStr(name)}, nil), true
		}
		return nil, false
	case *Class:
		return in.classAttr(o, name)
	case *Module:
		return in.moduleAttr(o, name)
	case *Super:
		switch name {
		case "__class__":
			return SuperClass, true
		case "__thisclass__":
			return o.Class, true
		case "__self__":
			return o.Self, true
		}
		return o.lookup(in, name)
	case *Function:
		if v, ok := in.functionAttr(o, name); ok {
			return v, true
		}
	case *Unknown:
		return o, true
	case *Builtin:
		switch name {
		case "__wrapped__":
			if o.Wrapped != nil {
				return o.Wrapped, true
			}
		case "__name__":
			return NewStr(o.Name), true
		case "__qualname__":
			return NewStr(o.Name), true
		case "__module__":
			if i := strings.LastIndexByte(o.Qual, '.'); i >= 0 {
				return NewStr(o.Qual[:i]), true
			}
			return NewStr("builtins"), true
		case "__doc__":
			return None, true
		}
	case *BoundMethod:
		switch name {
		case "__self__":
			return o.Self, true
		case "__func__":
			return o.Fn, true
		}
		if v, ok := o.Type().Lookup(name); ok {
			return in.bindAttr(v, o, o.Type()), true
		}
		return in.getattr(o.Fn, name, hooks)
	case *Property:
		switch name {
		case "fget":
			return orNone(o.Get), true
		case "fset":
			return orNone(o.Set), true
		case "fdel":
			return orNone(o.Del), true
		}
	case *StaticMethod:
		switch name {
		case "__func__", "__wrapped__":
			return o.Fn, true
		}
	case *ClassMethod:
		switch name {
		case "__func__", "__wrapped__":
			return o.Fn, true
		}
	case AttrGetter:
		if v, ok := o.Attr(in, name); ok {
			return v, true
		}
	}
	t := obj.Type()
	if v, ok := t.Lookup(name); ok {
		return in.bindAttr(v, obj, t), true
	}
	if name == "__class__" {
		return t, true
	}
	return nil, false
}

// AttrGetter is implemented by Go values that answer attributes themselves,
// before their class is asked.
type AttrGetter interface {
	Value
	Attr(in *Interp, name string) (Value, bool)
}

// AttrSetter is implemented by Go values that take attribute assignments.
type AttrSetter interface {
	Value
	SetAttr(in *Interp, name string, v Value) bool
}

// instanceAttr is object.__getattribute__ plus the Go hook of the class.
func (in *Interp) instanceAttr(o *Instance, name string) (Value, bool) {
	cv, found := o.Cls.Lookup(name)
	return in.foundAttr(o, name, cv, found)
}

// foundAttr is instanceAttr with what the class has under the name, where found.
func (in *Interp) foundAttr(o *Instance, name string, cv Value, found bool) (Value, bool) {
	if found && isData(cv) {
		if o.Cls.special.getattr == nil && o.Cls.special.getHook == nil {
			return in.bindAttr(cv, o, o.Cls), true
		}
		// A descriptor that raises AttributeError leaves the attribute to __getattr__.
		var v Value
		if in.TryCatch(AttributeError, func() { v = in.bindAttr(cv, o, o.Cls) }) == nil {
			return v, true
		}
		if hook := o.Cls.special.getHook; hook != nil {
			return hook(in, o, name)
		}
		return nil, false
	}
	if o.Dict != nil {
		if v, ok := o.Dict.GetStr(name); ok {
			if o.Root != nil {
				return in.fromConfig(o, name, v), true
			}
			return v, true
		}
	}
	if found {
		v := in.bindAttr(cv, o, o.Cls)
		if o.Root != nil {
			switch v.(type) {
			case Int, Float, Str, Bool, NoneType, *List, *Tuple:
				return in.fromConfig(o, name, v), true
			}
		}
		return v, true
	}
	switch name {
	case "__class__":
		return o.Cls, true
	case "__dict__":
		if o.Dict == nil {
			o.Dict = NewDict()
		}
		return o.Dict, true
	case "__doc__":
		return None, true
	}
	if hook := o.Cls.special.getHook; hook != nil {
		if v, ok := hook(in, o, name); ok {
			return v, true
		}
	}
	if o.Cls.Is(BaseException) {
		switch name {
		case "args":
			if t, ok := o.Data.(*Tuple); ok {
				return t, true
			}
			return EmptyTuple, true
		case "__traceback__", "__cause__", "__context__":
			return None, true
		case "value":
			if o.Cls.Is(StopIteration) {
				if t, ok := o.Data.(*Tuple); ok && len(t.V) > 0 {
					return t.V[0], true
				}
				return None, true
			}
		}
	}
	return nil, false
}

// fromConfig marks a value read from the config with its path.
func (in *Interp) fromConfig(o *Instance, name string, v Value) Value {
	e := in.attrOf(o.Root, name)
	switch x := v.(type) {
	case Int, Float, Bool, Str, NoneType:
		if ExprOf(v) != nil {
			return v
		}
		return WithExpr(v, e)
	case *List:
		if x.E == nil {
			x.E = e
			in.marked = append(in.marked, x)
		}
	case *Tuple:
		if x.E == nil && len(x.V) > 0 {
			return &Tuple{V: x.V, Cls: x.Cls, E: e}
		}
	case *Dict:
		if x.Root == nil {
			x.Root = e
			in.marked = append(in.marked, x)
		}
	case *Instance:
		if x.Root == nil && !x.Cls.Native && x.Data == nil && x != o {
			x.Root = e
			in.marked = append(in.marked, x)
		}
	}
	return v
}

// ConfigReads are the paths of the attributes that were read from the config
// since ForgetPaths ("config.text_config.hidden_size").
func (in *Interp) ConfigReads() map[string]bool {
	out := make(map[string]bool, len(in.paths))
	for _, e := range in.paths {
		out[e.Name] = true
	}
	return out
}

// ForgetPaths takes back the paths of containers that were read from a config:
// some are shared by all configs of a class, and the next may know them by
// another path.
func (in *Interp) ForgetPaths() {
	for _, v := range in.marked {
		switch x := v.(type) {
		case *List:
			x.E = nil
		case *Dict:
			x.Root = nil
		case *Instance:
			x.Root = nil
		}
	}
	clear(in.marked)
	in.marked = in.marked[:0]
	clear(in.paths)
}

// attrOf is the path of an attribute of what is known by the path root.
func (in *Interp) attrOf(root *graph.Expr, name string) *graph.Expr {
	key := attrKey{root, name}
	e, ok := in.paths[key]
	if !ok {
		e = graph.Ref(root.Name + "." + name)
		in.paths[key] = e
	}
	return e
}

type attrKey struct {
	root *graph.Expr
	name string
}

// element marks an element of a list that came from the config.
func (in *Interp) element(v Value, l *List, i int) Value {
	if l.E == nil || ExprOf(v) != nil {
		return v
	}
	return WithExpr(v, graph.Apply("[]", l.E, graph.LitInt(int64(i))))
}

func (in *Interp) classAttr(c *Class, name string) (Value, bool) {
	meta := c.Type()
	var mv Value
	var mfound bool
	if meta != TypeClass {
		mv, mfound = meta.Lookup(name)
		if mfound && isData(mv) {
			return in.bindAttr(mv, c, meta), true
		}
	}
	switch name {
	case "__name__":
		return NewStr(c.Name), true
	case "__qualname__":
		return NewStr(c.Qual), true
	case "__module__":
		if c.Mod == "" {
			return NewStr("builtins"), true
		}
		return NewStr(c.Mod), true
	case "__bases__":
		t := &Tuple{}
		for _, b := range c.Bases {
			t.V = append(t.V, b)
		}
		return t, true
	case "__base__":
		if len(c.Bases) == 0 {
			return None, true
		}
		return c.Bases[0], true
	case "__mro__":
		t := &Tuple{}
		for _, b := range c.MRO {
			t.V = append(t.V, b)
		}
		return t, true
	case "__class__":
		return meta, true
	case "__dict__":
		if len(c.anns) > 0 {
			in.Annotations(c) // it is an entry of the dict
		}
		return c.Dict, true
	case "__annotations__":
		return in.Annotations(c), true
	case "__subclasses__":
		return &Builtin{Name: "__subclasses__", Qual: "type.__subclasses__", Raw: func(*Interp, []Value, []KW) Value {
			l := NewList()
			for _, k := range c.subs {
				l.V = append(l.V, k)
			}
			return l
		}}, true
	case "mro":
		return &Builtin{Name: "mro", Qual: "type.mro", Raw: func(in *Interp, _ []Value, _ []KW) Value {
			l := NewList()
			for _, b := range c.MRO {
				l.V = append(l.V, b)
			}
			return l
		}}, true
	case "__doc__":
		if v, ok := c.Dict.GetStr(name); ok {
			return v, true
		}
		return None, true
	}
	if v, ok := c.Lookup(name); ok {
		return in.bindAttr(v, nil, c), true
	}
	if mfound {
		return in.bindAttr(mv, c, meta), true
	}
	if meta != TypeClass {
		if meta.special.getattr != nil {
			return in.call(meta.special.getattr, []Value{c, NewStr(name)}, nil), true
		}
	}
	if v, ok := TypeClass.Lookup(name); ok {
		return in.bindAttr(v, c, TypeClass), true
	}
	if c.Open && !strings.HasPrefix(name, "__") {
		return in.Unknown("%s.%s", c.Qual, name), true
	}
	return nil, false
}

func (in *Interp) functionAttr(fn *Function, name string) (Value, bool) {
	if fn.Dict != nil {
		if v, ok := fn.Dict.GetStr(name); ok {
			return v, true
		}
	}
	switch name {
	case "__name__":
		return NewStr(fn.Name), true
	case "__qualname__":
		return NewStr(fn.Qual), true
	case "__module__":
		return NewStr(fn.Mod), true
	case "__doc__":
		return orNone(fn.Doc), true
	case "__dict__":
		return fn.Attrs(), true
	case "__annotations__":
		return in.Annotations(fn), true
	case "__globals__":
		return fn.Globals, true
	case "__defaults__":
		if len(fn.Defaults) == 0 {
			return None, true
		}
		return NewTuple(append([]Value(nil), fn.Defaults...)...), true
	case "__kwdefaults__":
		d := NewDict()
		for i, v := range fn.KwDefaults {
			if v != nil {
				d.SetStr(fn.Code.params[fn.Code.kwStart()+i], v)
			}
		}
		if d.Len() == 0 {
			return None, true
		}
		return d, true
	case "__closure__":
		t := &Tuple{}
		for _, c := range fn.Free {
			t.V = append(t.V, c)
		}
		if len(t.V) == 0 {
			return None, true
		}
		return t, true
	case "__code__":
		return &codeObject{fn.Code, fn.class}, true
	case "__get__":
		return &Builtin{Name: "__get__", Qual: "function.__get__", Raw: func(in *Interp, a []Value, _ []KW) Value {
			if len(a) == 0 || IsNone(a[0]) {
				return fn
			}
			return &BoundMethod{Self: a[0], Fn: fn}
		}}, true
	case "__call__":
		return fn, true
	}
	return nil, false
}

// codeObject is function.__code__.
type codeObject struct {
	c     *Code
	class *Cell // __class__ of the function it was taken from
}

var codeClass = NewNativeClass("code", nil)

// Type implements Value.
func (*codeObject) Type() *Class { return codeClass }

// Attr implements AttrGetter.
func (o *codeObject) Attr(in *Interp, name string) (Value, bool) {
	switch name {
	case "co_varnames":
		t := &Tuple{}
		for _, p := range o.c.params {
			t.V = append(t.V, NewStr(p))
		}
		return t, true
	case "co_argcount":
		return NewInt(int64(o.c.npos)), true
	case "co_kwonlyargcount":
		return NewInt(int64(o.c.kwonly)), true
	case "co_name":
		return NewStr(o.c.Name), true
	case "co_filename":
		return NewStr(o.c.File), true
	case "co_firstlineno":
		return NewInt(int64(o.c.Line)), true
	}
	return nil, false
}

// method finds obj.name for a call: the function and the self to pass first,
// or the bound value and nil.
func (in *Interp) method(obj Value, name string) (fn, self Value) {
	return in.methodAt(obj, Str{S: name}, &classCache{}, &dictCache{})
}

// methodAt is method for a node that always calls the same method; boxed is its name.
func (in *Interp) methodAt(obj, boxed Value, class *classCache, dict *dictCache) (fn, self Value) {
	name := boxed.(Str).S
	switch o := obj.(type) {
	case *Instance:
		s := &o.Cls.special
		if s.getattribute == nil {
			cv, found := class.lookup(o.Cls, name)
			if found {
				switch cv.(type) {
				case *Function, *Builtin:
					if o.Dict == nil {
						return cv, o
					}
					if v, ok := o.Dict.GetStr(name); ok {
						return v, nil
					}
					return cv, o
				}
			}
		}
	case *Module, *Class, *Unknown, *Function:
	case *Super:
		if t, ok := o.Self.(*Class); !ok {
			cv, found := o.Self.Type().lookupAfter(o.Class, name)
			if found {
				switch cv.(type) {
				case *Function, *Builtin:
					return cv, o.Self
				}
			}
		} else if t.Is(o.Class) {
			if cv, found := t.lookupAfter(o.Class, name); found {
				if cm, ok := cv.(*ClassMethod); ok {
					return cm.Fn, t
				}
			}
		}
	case AttrGetter:
	default:
		t := obj.Type()
		if cv, ok := class.lookup(t, name); ok {
			switch cv.(type) {
			case *Function, *Builtin:
				return cv, obj
			}
		}
	}
	return in.attrAt(obj, boxed, class, dict), nil
}

// LookupSpecial finds a method on the type of obj, bound to it.
func (in *Interp) LookupSpecial(obj Value, name string) (Value, bool) { return in.special(obj, name) }

func (in *Interp) special(obj Value, name string) (Value, bool) {
	t := obj.Type()
	if v, ok := t.Lookup(name); ok {
		return in.bindAttr(v, obj, t), true
	}
	return nil, false
}

// SetAttr is obj.name = v.
func (in *Interp) SetAttr(obj Value, name string, v Value) {
	in.setAttrAt(obj, name, v, &classCache{})
}

// setAttrAt is SetAttr for a node that always sets the same attribute.
func (in *Interp) setAttrAt(obj Value, name string, v Value, class *classCache) {
	switch o := obj.(type) {
	case *Instance:
		s := &o.Cls.special
		if s.setattr != nil {
			in.call(s.setattr, []Value{o, NewStr(name), v}, nil)
			return
		}
		// The hook stands for a __setattr__: it goes before descriptors.
		if s.setHook != nil && s.setHook(in, o, name, v) {
			return
		}
		cv, found := class.lookup(o.Cls, name)
		in.setInstanceAttr(o, name, v, cv, found)
	case *Unknown:
	default:
		in.GenericSetAttr(obj, name, v)
	}
}

// GenericGetAttr is object.__getattribute__(obj, name).
func (in *Interp) GenericGetAttr(obj Value, name string) (Value, bool) {
	return in.getattr(obj, name, false)
}

// GenericSetAttr is object.__setattr__(obj, name, v).
func (in *Interp) GenericSetAttr(obj Value, name string, v Value) {
	switch o := obj.(type) {
	case *Instance:
		cv, found := o.Cls.Lookup(name)
		in.setInstanceAttr(o, name, v, cv, found)
	case *Class:
		if meta := o.Type(); meta != TypeClass {
			if cv, ok := meta.Lookup(name); ok && isData(cv) {
				if d, ok := cv.(*Property); ok && d.Set != nil {
					in.call(d.Set, []Value{o, v}, nil)
					return
				}
			}
			if meta.special.setattr != nil {
				in.call(meta.special.setattr, []Value{o, NewStr(name), v}, nil)
				return
			}
		}
		in.SetClassAttr(o, name, v)
	case *Module:
		o.Dict.SetStr(name, v)
	case *Function:
		switch name {
		case "__name__":
			fn := o
			fn.Name, _ = AsStr(v)
		case "__qualname__":
			o.Qual, _ = AsStr(v)
		case "__module__":
			o.Mod, _ = AsStr(v)
		case "__doc__":
			o.Doc = v
		case "__defaults__":
			o.Defaults = nil
			if !IsNone(v) {
				o.Defaults = append([]Value(nil), in.Elements(v)...)
			}
		case "__kwdefaults__":
			o.KwDefaults = make([]Value, o.Code.kwonly)
			if d, ok := v.(*Dict); ok {
				for i := range o.KwDefaults {
					if x, ok := d.GetStr(o.Code.params[o.Code.kwStart()+i]); ok {
						o.KwDefaults[i] = x
					}
				}
			}
		case "__dict__":
			if d, ok := v.(*Dict); ok {
				o.Dict = d
			}
		default:
			o.Attrs().SetStr(name, v)
		}
	case *BoundMethod:
		in.Raise(AttributeError, "'method' object has no attribute '%s'", name)
	case AttrSetter:
		if !o.SetAttr(in, name, v) {
			in.noAttr(obj, name)
		}
	case *Property:
		if name == "__doc__" {
			o.Doc = v
			return
		}
		in.noAttr(obj, name)
	case *Builtin:
		// Many stand for functions that Python has in Python, such as a
		// dataclass's __init__; nothing reads their documentation.
		if name != "__doc__" {
			in.noAttr(obj, name)
		}
	default:
		in.noAttr(obj, name)
	}
}

// setInstanceAttr is GenericSetAttr of an instance, with what its class has
// under the name, where found.
func (in *Interp) setInstanceAttr(o *Instance, name string, v, cv Value, found bool) {
	if found && isData(cv) {
		switch d := cv.(type) {
		case *Property:
			if d.Set == nil || IsNone(d.Set) {
				in.Raise(AttributeError, "property '%s' of '%s' object has no setter", name, o.Cls.Name)
			}
			in.call(d.Set, []Value{o, v}, nil)
			return
		case *Instance:
			if set, ok := d.Cls.Lookup("__set__"); ok {
				in.call(set, []Value{d, o, v}, nil)
				return
			}
		}
	}
	switch name {
	case "__class__":
		if c, ok := v.(*Class); ok {
			o.Cls = c
			return
		}
	case "__dict__":
		if d, ok := v.(*Dict); ok {
			o.Dict = d
			return
		}
	}
	if o.Dict == nil {
		o.Dict = NewDict()
	}
	o.Dict.SetStr(name, v)
	if _, list := v.(*List); list && in.OnList != nil {
		in.OnList(o, name)
	}
}

// SetClassAttr is type.__setattr__(c, name, v).
func (in *Interp) SetClassAttr(c *Class, name string, v Value) {
	if c.Native {
		if c.Mod == "" {
			in.Raise(TypeError, "cannot set '%s' attribute of immutable type '%s'", name, c.Name)
		}
		return // shared between interpreters: patches of library classes have no bearing on the architecture
	}
	switch name {
	case "__name__":
		c.Name, _ = AsStr(v)
	case "__qualname__":
		c.Qual, _ = AsStr(v)
	case "__module__":
		c.Mod, _ = AsStr(v)
	}
	c.Dict.SetStr(name, v)
	in.classChanged(c)
}

// classChanged forgets the look-ups of a class and those derived from it.
func (in *Interp) classChanged(c *Class) {
	c.forget()
	c.refreshSpecials()
	for _, k := range c.subs {
		in.classChanged(k)
	}
}

// DelAttr is del obj.name.
func (in *Interp) DelAttr(obj Value, name string) {
	if o, ok := obj.(*Instance); ok && o.Cls.special.delattr != nil {
		in.call(o.Cls.special.delattr, []Value{o, NewStr(name)}, nil)
		return
	}
	if o, ok := obj.(*Instance); ok && o.Cls.special.delHook != nil && o.Cls.special.delHook(in, o, name) {
		return
	}
	in.GenericDelAttr(obj, name)
}

// GenericDelAttr is object.__delattr__(obj, name).
func (in *Interp) GenericDelAttr(obj Value, name string) {
	switch o := obj.(type) {
	case *Instance:
		if cv, ok := o.Cls.Lookup(name); ok {
			if d, ok := cv.(*Property); ok {
				if d.Del == nil || IsNone(d.Del) {
					in.Raise(AttributeError, "property '%s' of '%s' object has no deleter", name, o.Cls.Name)
				}
				in.call(d.Del, []Value{o}, nil)
				return
			}
		}
		if o.Dict != nil && o.Dict.DelStr(name) {
			return
		}
	case *Class:
		if !o.Native && o.Dict.DelStr(name) {
			in.classChanged(o)
			return
		}
	case *Module:
		if o.Dict.DelStr(name) {
			return
		}
	case *Function:
		if o.Dict != nil && o.Dict.DelStr(name) {
			return
		}
	case *Unknown:
		return
	}
	in.noAttr(obj, name)
}
