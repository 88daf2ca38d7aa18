package interp

import "github.com/arch-extract/arch-extract/extract/graph"

// frame is one activation of a block.
type frame struct {
	in      *Interp
	name    string
	file    string
	line    int32
	globals *Dict
	names   *Dict   // namespace of a class or module body
	locals  []Value // nil: unbound; captured variables are *Cell
	free    []*Cell
	scope   *scope
	outer   *frame // class bodies: the frame around
	fn      *Function
	class   *Cell // __class__ of the class body around
	ret     Value
	gen     *Generator
	handled *Raised // the exception being handled, for a bare raise
	native  int     // native functions around it
}

// cell finds the cell of a captured variable.
func (f *frame) cell(y *symbol) *Cell {
	for f.scope.kind == classScope {
		if f.outer == nil {
			break
		}
		f = f.outer
	}
	if y.home.frame() == f.scope {
		c, _ := f.locals[y.slot].(*Cell)
		if c == nil { // a comprehension's variable before its first value
			c = &Cell{V: f.locals[y.slot]}
			f.locals[y.slot] = c
		}
		return c
	}
	return f.free[f.scope.freeAt[y]]
}

func (in *Interp) newFrame(nlocals int) *frame {
	if n := len(in.pool); n > 0 {
		f := in.pool[n-1]
		in.pool = in.pool[:n-1]
		if cap(f.locals) >= nlocals {
			f.locals = f.locals[:nlocals]
		} else {
			f.locals = make([]Value, nlocals, nlocals+8)
		}
		return f
	}
	return &frame{in: in, locals: make([]Value, nlocals, nlocals+8)}
}

func (in *Interp) freeFrame(f *frame) {
	l := f.locals
	clear(l)
	*f = frame{in: in, locals: l[:0]}
	in.pool = append(in.pool, f)
}

// push enters a frame; it raises RecursionError beyond the depth of the budget.
func (in *Interp) push(f *frame) {
	if len(in.stack) >= in.maxDepth {
		in.Raise(RecursionError, "maximum recursion depth exceeded")
	}
	f.native = in.native
	in.stack = append(in.stack, f)
}

func (in *Interp) pop() {
	top := len(in.stack) - 1
	in.native = in.stack[top].native
	in.stack = in.stack[:top]
}

// maxNative bounds native functions that call native functions (a module that
// contains itself): Go's stack must not run out.
const maxNative = 2000

// Here is the place in the source that is being executed.
func (in *Interp) Here() graph.Span {
	if n := len(in.stack); n > 0 {
		f := in.stack[n-1]
		return graph.Span{File: f.file, Line: int(f.line)}
	}
	return graph.Span{}
}

// HereIn is the place in the innermost running function of that name that the
// running line was called from; nowhere where the running line is in it, or
// where no such function runs.
func (in *Interp) HereIn(name string) graph.Span {
	for i := len(in.stack) - 1; i >= 0; i-- {
		f := in.stack[i]
		if f.name != name {
			continue
		}
		if i == len(in.stack)-1 {
			return graph.Span{}
		}
		return graph.Span{File: f.file, Line: int(f.line)}
	}
	return graph.Span{}
}

// Traceback is the call stack, innermost last.
func (in *Interp) Traceback() []Frame {
	out := make([]Frame, len(in.stack))
	for i, f := range in.stack {
		out[i] = Frame{Func: f.name, At: graph.Span{File: f.file, Line: int(f.line)}}
	}
	return out
}
