package interp

import (
	"iter"
	"slices"
)

// Generator is a generator object: a block that is suspended at its yields.
type Generator struct {
	f       *frame
	next    func() (Value, bool)
	stop    func()
	out     func(Value) bool
	sent    Value
	thrown  *Raised
	started bool
	done    bool
	running bool
	closing bool
	ret     Value
}

// Type implements Value.
func (*Generator) Type() *Class { return GeneratorClass }

func newGenerator(f *frame, body []stmt) *Generator {
	g := &Generator{f: f}
	f.gen = g
	g.next, g.stop = iter.Pull(func(yield func(Value) bool) {
		g.out = yield
		defer func() {
			if r := recover(); r != nil {
				if x, ok := r.(*Raised); !ok || !g.closing || !x.Exc.Cls.Is(GeneratorExit) {
					panic(r)
				}
			}
		}()
		if t := g.thrown; t != nil {
			g.thrown = nil
			panic(t)
		}
		run(f, body)
		g.ret = f.ret
	})
	in := f.in
	if n := len(in.generators); n >= 64 && n == cap(in.generators) { // forget those that ended
		in.generators = slices.DeleteFunc(in.generators, func(g *Generator) bool { return g.done })
	}
	in.generators = append(in.generators, g)
	return g
}

// yield hands v out and waits to be resumed; it returns what was sent in.
func (g *Generator) yield(f *frame, v Value) Value {
	if !g.out(v) {
		g.closing = true
		f.in.RaiseExc(&Instance{Cls: GeneratorExit, Data: EmptyTuple})
	}
	if t := g.thrown; t != nil {
		g.thrown = nil
		panic(t)
	}
	s := g.sent
	g.sent = nil
	if s == nil {
		return None
	}
	return s
}

// Next implements Iterator.
func (g *Generator) Next(in *Interp) (Value, bool) { return g.resume(in, nil) }

func (g *Generator) resume(in *Interp, sent Value) (v Value, ok bool) {
	if g.done {
		if t := g.thrown; t != nil {
			g.thrown = nil
			panic(t)
		}
		return nil, false
	}
	if g.running {
		in.Raise(ValueError, "generator already executing")
	}
	g.running, g.sent = true, sent
	depth, native := len(in.stack), in.native
	in.push(g.f)
	fine := false
	defer func() {
		g.running = false
		if !fine {
			g.done = true
			in.stack, in.native = in.stack[:depth], native
		}
	}()
	v, ok = g.next()
	fine = true
	in.stack, in.native = in.stack[:depth], native
	g.started = true
	if !ok {
		g.done = true
	}
	return v, ok
}

// result is the value of the generator's return statement.
func (g *Generator) result() Value {
	if g.ret == nil {
		return None
	}
	return g.ret
}

// Throw raises an exception at the place where the generator waits.
func (g *Generator) Throw(in *Interp, r *Raised) (Value, bool) {
	g.thrown = r
	return g.resume(in, nil)
}

// Close ends the generator.
func (g *Generator) Close(in *Interp) {
	if !g.done {
		g.done = true
		if g.started {
			in.push(g.f)
			defer in.pop()
		}
		g.stop()
	}
}

func init() {
	stop := func(in *Interp, g *Generator) Value {
		exc := &Instance{Cls: StopIteration, Data: EmptyTuple}
		if r := g.result(); !IsNone(r) {
			exc.Data = NewTuple(r)
		}
		in.RaiseExc(exc)
		return nil
	}
	GeneratorClass.AddMethods(
		Method{Name: "__iter__", Sig: "self", Fn: func(in *Interp, a []Value) Value { return a[0] }},
		Method{Name: "__next__", Sig: "self", Fn: func(in *Interp, a []Value) Value {
			g := a[0].(*Generator)
			if v, ok := g.Next(in); ok {
				return v
			}
			return stop(in, g)
		}},
		Method{Name: "send", Sig: "self, value", Fn: func(in *Interp, a []Value) Value {
			g := a[0].(*Generator)
			if v, ok := g.resume(in, a[1]); ok {
				return v
			}
			return stop(in, g)
		}},
		Method{Name: "throw", Sig: "self, typ, val=None, tb=None", Fn: func(in *Interp, a []Value) Value {
			g := a[0].(*Generator)
			exc, ok := a[1].(*Instance)
			if c, isClass := a[1].(*Class); isClass {
				if e, isExc := a[2].(*Instance); isExc {
					exc, ok = e, true
				} else {
					exc, ok = in.Call(c, nil, nil).(*Instance)
				}
			}
			if !ok {
				in.Raise(TypeError, "exceptions must be classes or instances deriving from BaseException, not %s", a[1].Type().Name)
			}
			if v, ok := g.Throw(in, &Raised{Exc: exc, Trace: in.Traceback()}); ok {
				return v
			}
			return stop(in, g)
		}},
		Method{Name: "close", Sig: "self", Fn: func(in *Interp, a []Value) Value {
			a[0].(*Generator).Close(in)
			return None
		}},
	)
}
