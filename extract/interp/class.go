package interp

import (
	"errors"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Class is a Python class.
type Class struct {
	Name  string // __name__
	Qual  string // __qualname__
	Mod   string // __module__
	Bases []*Class
	MRO   []*Class // itself first, object last
	Dict  *Dict    // own attributes
	Meta  *Class   // type, or the metaclass

	// unknownBase is a base that is not known, or nil: then so are the objects.
	unknownBase *Unknown

	// Native classes come from the tables: immutable, shared between interpreters.
	Native bool

	// New makes an object: __new__ of native classes. The nearest one in the
	// MRO is used; object's makes an Instance. __init__ is called afterwards
	// with the same arguments where the result is an instance of cls.
	New func(in *Interp, cls *Class, args []Value, kw []KW) Value

	// MetaDict holds attributes that the metaclass adds (an Enum's members); may be nil.
	Data any

	// Go accessors, found along the MRO; they replace attribute access on
	// instances (nn.Module's registries). The bool says whether it was handled.
	GetAttrHook func(in *Interp, self *Instance, name string) (Value, bool) // after the ordinary look-up failed
	SetAttrHook func(in *Interp, self *Instance, name string, v Value) bool
	DelAttrHook func(in *Interp, self *Instance, name string) bool

	// Open says that the class has attributes that are not listed: their
	// values are unknown. It is not inherited.
	Open bool

	cache   map[string]Value     // look-ups along the MRO; heap classes only
	afters  map[afterKey]Value   // look-ups of super()
	plans   map[string]*attrPlan // of __getattribute__
	version uint32               // counts the times that these were forgotten
	subs    []*Class             // heap classes that derive from this heap class directly
	anns    []annotation
	globals *Dict
	span    graph.Span
	special specials
}

// specials are the double-underscore methods that decide how instances
// behave, found once per class.
type specials struct {
	getattribute, getattr, setattr, delattr Value
	getHook                                 func(in *Interp, self *Instance, name string) (Value, bool)
	setHook                                 func(in *Interp, self *Instance, name string, v Value) bool
	delHook                                 func(in *Interp, self *Instance, name string) bool
}

// Type is the metaclass.
func (c *Class) Type() *Class {
	if c.Meta == nil {
		return TypeClass
	}
	return c.Meta
}

// FullName is "module.qualname", the bare name for builtins.
func (c *Class) FullName() string {
	if c.Mod == "" || c.Mod == "builtins" {
		return c.Qual
	}
	return c.Mod + "." + c.Qual
}

// Is reports whether c is base or derives from it.
func (c *Class) Is(base *Class) bool {
	if c == base {
		return true
	}
	for _, k := range c.MRO {
		if k == base {
			return true
		}
	}
	return false
}

// Lookup finds an attribute along the MRO, without binding it.
func (c *Class) Lookup(name string) (Value, bool) {
	if c.cache != nil {
		if v, ok := c.cache[name]; ok {
			return v, v != nil
		}
	}
	for _, k := range c.MRO {
		if v, ok := k.Dict.GetStr(name); ok {
			if c.cache != nil {
				c.cache[name] = v
			}
			return v, true
		}
	}
	if c.cache != nil {
		c.cache[name] = nil
	}
	return nil, false
}

// lookupAfter finds an attribute along c's MRO behind the class after: super().
func (c *Class) lookupAfter(after *Class, name string) (Value, bool) {
	key := afterKey{after, name}
	if c.cache != nil {
		if v, ok := c.afters[key]; ok {
			return v, v != nil
		}
	}
	v, ok := c.searchAfter(after, name)
	if c.cache != nil {
		if c.afters == nil {
			c.afters = map[afterKey]Value{}
		}
		c.afters[key] = v // nil where there is none
	}
	return v, ok
}

// forget drops what is remembered of look-ups.
func (c *Class) forget() {
	clear(c.cache)
	clear(c.afters)
	clear(c.plans)
	c.version++
}

type afterKey struct {
	after *Class
	name  string
}

func (c *Class) searchAfter(after *Class, name string) (Value, bool) {
	i := 0
	for i < len(c.MRO) && c.MRO[i] != after {
		i++
	}
	for i++; i < len(c.MRO); i++ {
		if v, ok := c.MRO[i].Dict.GetStr(name); ok {
			return v, true
		}
	}
	return nil, false
}

//lint:ignore ST1005 the text is what Python says
var errMRO = errors.New("Cannot create a consistent method resolution order (MRO) for bases")

// linearize computes the C3 MRO.
func linearize(c *Class) ([]*Class, error) {
	var lists [][]*Class
	for _, b := range c.Bases {
		lists = append(lists, append([]*Class(nil), b.MRO...))
	}
	lists = append(lists, append([]*Class(nil), c.Bases...))
	out := []*Class{c}
	for {
		var head *Class
		left := false
		for _, l := range lists {
			if len(l) == 0 {
				continue
			}
			left = true
			if !inTail(l[0], lists) {
				head = l[0]
				break
			}
		}
		if !left {
			return out, nil
		}
		if head == nil {
			var names []string
			for _, b := range c.Bases {
				names = append(names, b.Name)
			}
			return nil, errors.New(errMRO.Error() + " " + strings.Join(names, ", "))
		}
		out = append(out, head)
		for i, l := range lists {
			if len(l) > 0 && l[0] == head {
				lists[i] = l[1:]
			}
		}
	}
}

func inTail(c *Class, lists [][]*Class) bool {
	for _, l := range lists {
		for i := 1; i < len(l); i++ {
			if l[i] == c {
				return true
			}
		}
	}
	return false
}

// refreshSpecials finds the methods that decide how instances behave.
func (c *Class) refreshSpecials() {
	s := specials{}
	for _, k := range c.MRO {
		if k == ObjectClass {
			break
		}
		take := func(dst *Value, name string) {
			if *dst == nil {
				if v, ok := k.Dict.GetStr(name); ok {
					*dst = v
				}
			}
		}
		take(&s.getattribute, "__getattribute__")
		// A class with a hook has the method too, for super() calls; the hook is the shorter way.
		if s.getattr == nil && s.getHook == nil {
			if s.getHook = k.GetAttrHook; s.getHook == nil {
				take(&s.getattr, "__getattr__")
			}
		}
		if s.setattr == nil && s.setHook == nil {
			if s.setHook = k.SetAttrHook; s.setHook == nil {
				take(&s.setattr, "__setattr__")
			}
		}
		if s.delattr == nil && s.delHook == nil {
			if s.delHook = k.DelAttrHook; s.delHook == nil {
				take(&s.delattr, "__delattr__")
			}
		}
	}
	c.special = s
}

// The built-in classes. Their methods are added in the files that implement them.
var (
	ObjectClass = func() *Class {
		c := &Class{Name: "object", Qual: "object", Dict: NewDict(), Native: true}
		c.MRO = []*Class{c}
		return c
	}()
	TypeClass           = NewNativeClass("type", nil)
	NoneClass           = NewNativeClass("NoneType", nil)
	IntClass            = NewNativeClass("int", nil)
	BoolClass           = NewNativeClass("bool", []*Class{IntClass})
	FloatClass          = NewNativeClass("float", nil)
	ComplexClass        = NewNativeClass("complex", nil)
	StrClass            = NewNativeClass("str", nil)
	BytesClass          = NewNativeClass("bytes", nil)
	EllipsisClass       = NewNativeClass("ellipsis", nil)
	NotImplementedClass = NewNativeClass("NotImplementedType", nil)
	ListClass           = NewNativeClass("list", nil)
	TupleClass          = NewNativeClass("tuple", nil)
	DictClass           = NewNativeClass("dict", nil)
	SetClass            = NewNativeClass("set", nil)
	FrozenSetClass      = NewNativeClass("frozenset", nil)
	SliceClass          = NewNativeClass("slice", nil)
	RangeClass          = NewNativeClass("range", nil)
	CellClass           = NewNativeClass("cell", nil)
	FunctionClass       = NewNativeClass("function", nil)
	BuiltinClass        = NewNativeClass("builtin_function_or_method", nil)
	MethodClass         = NewNativeClass("method", nil)
	PropertyClass       = NewNativeClass("property", nil)
	StaticMethodClass   = NewNativeClass("staticmethod", nil)
	ClassMethodClass    = NewNativeClass("classmethod", nil)
	SuperClass          = NewNativeClass("super", nil)
	ModuleClass         = NewNativeClass("module", nil)
	GeneratorClass      = NewNativeClass("generator", nil)
	IteratorClass       = NewNativeClass("iterator", nil)
	UnknownClass        = NewNativeClass("unknown", nil)
)
