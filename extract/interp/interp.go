package interp

import (
	"github.com/arch-extract/arch-extract/extract/graph"
)

// Interp is one interpreter: its modules, its call stack, its budget. It is
// used by one goroutine at a time; native classes and parsed files are shared.
type Interp struct {
	// Ext holds the state of native packages by a key of their own (the
	// tracer of torch, the random state); keys are package-level pointers.
	Ext map[any]any
}

// Here is the place in the source that is being executed.
func (in *Interp) Here() graph.Span { panic("todo") }

// RaiseExc raises an exception object. It does not return.
func (in *Interp) RaiseExc(exc *Instance) { panic("todo") }

// Call calls any callable.
func (in *Interp) Call(fn Value, args []Value, kw []KW) Value { panic("todo") }

// CallMethod is obj.name(args...).
func (in *Interp) CallMethod(obj Value, name string, args ...Value) Value {
	return in.Call(in.GetAttr(obj, name), args, nil)
}

// GetAttr is obj.name; it raises AttributeError.
func (in *Interp) GetAttr(obj Value, name string) Value { panic("todo") }

// LookupAttr is obj.name, false where Python would raise AttributeError.
func (in *Interp) LookupAttr(obj Value, name string) (Value, bool) { panic("todo") }

// LookupSpecial finds a method on the type of obj, bound to it, as the
// interpreter looks up double-underscore methods. Only for Instances and
// Classes with metaclasses; built-in types are handled by Go code directly.
func (in *Interp) LookupSpecial(obj Value, name string) (Value, bool) { panic("todo") }

// SetAttr is obj.name = v.
func (in *Interp) SetAttr(obj Value, name string, v Value) { panic("todo") }

// DelAttr is del obj.name.
func (in *Interp) DelAttr(obj Value, name string) { panic("todo") }

// Import returns the module of a dotted name, importing it (and its parents)
// where needed; it raises ModuleNotFoundError.
func (in *Interp) Import(name string) *Module { panic("todo") }

// Try runs f and returns the Python exception that it raised, or nil. Budget
// errors pass through.
func (in *Interp) Try(f func()) (exc *Raised) { panic("todo") }

// TryCatch runs f; where it raises an exception of class cls (or a subclass),
// that is returned; others pass through.
func (in *Interp) TryCatch(cls *Class, f func()) *Raised { panic("todo") }

// Step charges n steps against the budget; long-running native loops call it.
func (in *Interp) Step(n int) { panic("todo") }

// Charge charges n elements of memory against the budget, before they are allocated.
func (in *Interp) Charge(n int64) { panic("todo") }

// Decide is the branch policy for a condition that is not known: it records
// the place and picks a side.
func (in *Interp) Decide(u *Unknown) bool { panic("todo") }
