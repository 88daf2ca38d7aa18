package interp

import (
	"fmt"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Raised is a Python exception on its way: what Raise panics with.
type Raised struct {
	Exc   *Instance // an instance of a subclass of BaseException
	Trace []Frame   // innermost last
}

// Frame is one entry of a traceback.
type Frame struct {
	Func string
	At   graph.Span
}

// Error is "Type: message", as Python prints it.
func (r *Raised) Error() string { return r.Exc.Cls.Name + ": " + ExcMessage(r.Exc) }

// ExcMessage is str(exc).
func ExcMessage(exc *Instance) string {
	t, _ := exc.Data.(*Tuple)
	switch {
	case t == nil || len(t.V) == 0:
		return ""
	case len(t.V) == 1:
		if s, ok := t.V[0].(Str); ok && !exc.Cls.Is(KeyError) {
			return s.S
		}
		return safeRepr(t.V[0])
	}
	return safeRepr(t)
}

// The exceptions. Data of an exception instance is its args, a *Tuple.
var (
	BaseException       = NewNativeClass("BaseException", nil)
	Exception           = NewNativeClass("Exception", []*Class{BaseException})
	SystemExit          = NewNativeClass("SystemExit", []*Class{BaseException})
	KeyboardInterrupt   = NewNativeClass("KeyboardInterrupt", []*Class{BaseException})
	GeneratorExit       = NewNativeClass("GeneratorExit", []*Class{BaseException})
	StopIteration       = NewNativeClass("StopIteration", []*Class{Exception})
	ArithmeticError     = NewNativeClass("ArithmeticError", []*Class{Exception})
	ZeroDivisionError   = NewNativeClass("ZeroDivisionError", []*Class{ArithmeticError})
	OverflowError       = NewNativeClass("OverflowError", []*Class{ArithmeticError})
	AssertionError      = NewNativeClass("AssertionError", []*Class{Exception})
	AttributeError      = NewNativeClass("AttributeError", []*Class{Exception})
	BufferError         = NewNativeClass("BufferError", []*Class{Exception})
	EOFError            = NewNativeClass("EOFError", []*Class{Exception})
	ImportError         = NewNativeClass("ImportError", []*Class{Exception})
	ModuleNotFoundError = NewNativeClass("ModuleNotFoundError", []*Class{ImportError})
	LookupError         = NewNativeClass("LookupError", []*Class{Exception})
	IndexError          = NewNativeClass("IndexError", []*Class{LookupError})
	KeyError            = NewNativeClass("KeyError", []*Class{LookupError})
	MemoryError         = NewNativeClass("MemoryError", []*Class{Exception})
	NameError           = NewNativeClass("NameError", []*Class{Exception})
	UnboundLocalError   = NewNativeClass("UnboundLocalError", []*Class{NameError})
	OSError             = NewNativeClass("OSError", []*Class{Exception})
	FileNotFoundError   = NewNativeClass("FileNotFoundError", []*Class{OSError})
	FileExistsError     = NewNativeClass("FileExistsError", []*Class{OSError})
	PermissionError     = NewNativeClass("PermissionError", []*Class{OSError})
	IsADirectoryError   = NewNativeClass("IsADirectoryError", []*Class{OSError})
	NotADirectoryError  = NewNativeClass("NotADirectoryError", []*Class{OSError})
	ConnectionError     = NewNativeClass("ConnectionError", []*Class{OSError})
	TimeoutError        = NewNativeClass("TimeoutError", []*Class{OSError})
	ReferenceError      = NewNativeClass("ReferenceError", []*Class{Exception})
	RuntimeError        = NewNativeClass("RuntimeError", []*Class{Exception})
	NotImplementedError = NewNativeClass("NotImplementedError", []*Class{RuntimeError})
	RecursionError      = NewNativeClass("RecursionError", []*Class{RuntimeError})
	StopAsyncIteration  = NewNativeClass("StopAsyncIteration", []*Class{Exception})
	SyntaxError         = NewNativeClass("SyntaxError", []*Class{Exception})
	SystemError         = NewNativeClass("SystemError", []*Class{Exception})
	TypeError           = NewNativeClass("TypeError", []*Class{Exception})
	ValueError          = NewNativeClass("ValueError", []*Class{Exception})
	UnicodeError        = NewNativeClass("UnicodeError", []*Class{ValueError})
	UnicodeDecodeError  = NewNativeClass("UnicodeDecodeError", []*Class{UnicodeError})
	UnicodeEncodeError  = NewNativeClass("UnicodeEncodeError", []*Class{UnicodeError})
	Warning             = NewNativeClass("Warning", []*Class{Exception})
	UserWarning         = NewNativeClass("UserWarning", []*Class{Warning})
	DeprecationWarning  = NewNativeClass("DeprecationWarning", []*Class{Warning})
	FutureWarning       = NewNativeClass("FutureWarning", []*Class{Warning})
	RuntimeWarning      = NewNativeClass("RuntimeWarning", []*Class{Warning})
	ImportWarning       = NewNativeClass("ImportWarning", []*Class{Warning})
	PendingDeprecation  = NewNativeClass("PendingDeprecationWarning", []*Class{Warning})
	SyntaxWarning       = NewNativeClass("SyntaxWarning", []*Class{Warning})
	ResourceWarning     = NewNativeClass("ResourceWarning", []*Class{Warning})
	UnicodeWarning      = NewNativeClass("UnicodeWarning", []*Class{Warning})
	BytesWarning        = NewNativeClass("BytesWarning", []*Class{Warning})
	EncodingWarning     = NewNativeClass("EncodingWarning", []*Class{Warning})
	BudgetExceeded      = NewNativeClass("BudgetExceeded", []*Class{BaseException}) // ours: a limit of the run was reached
)

// Raise raises a Python exception of class cls with a formatted message. It does not return.
func (in *Interp) Raise(cls *Class, format string, args ...any) {
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	in.RaiseExc(&Instance{Cls: cls, Data: NewTuple(NewStr(msg))})
}

// Unknown makes an unknown value that arises here, for the stated reason.
func (in *Interp) Unknown(format string, args ...any) *Unknown {
	return &Unknown{Why: fmt.Sprintf(format, args...), At: in.Here()}
}

// Int is v as an int, or a TypeError as Python words it for an index.
func (in *Interp) Int(v Value) int64 {
	if n, ok := AsInt(v); ok {
		return n
	}
	if i, ok := v.(*Instance); ok {
		if p, ok := i.Data.(Value); ok {
			if n, ok := AsInt(p); ok {
				return n
			}
		}
	}
	if f, ok := in.LookupSpecial(v, "__index__"); ok {
		if n, ok := AsInt(in.Call(f, nil, nil)); ok {
			return n
		}
	}
	in.Raise(TypeError, "'%s' object cannot be interpreted as an integer", v.Type().Name)
	return 0
}

// Float is v as a float, or a TypeError.
func (in *Interp) Float(v Value) float64 {
	if f, ok := AsFloat(v); ok {
		return f
	}
	if f, ok := in.LookupSpecial(v, "__float__"); ok {
		if x, ok := AsFloat(in.Call(f, nil, nil)); ok {
			return x
		}
	}
	in.Raise(TypeError, "must be real number, not %s", v.Type().Name)
	return 0
}

// Str is v as text; a TypeError where it is no str.
func (in *Interp) Str(v Value) string {
	if s, ok := AsStr(v); ok {
		return s
	}
	in.Raise(TypeError, "expected str instance, %s found", v.Type().Name)
	return ""
}

// IsInstance is isinstance(v, c) for a class (no __instancecheck__).
func IsInstance(v Value, c *Class) bool { return v.Type().Is(c) }
