package interp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/pyast"
)

// Source is where Python modules come from. It may be shared by interpreters.
type Source interface {
	// Resolve finds a dotted module name: the file, and whether it is a package's __init__.
	Resolve(name string) (file string, isPkg bool, ok bool)
	// Parse returns the syntax tree of a file; with an error, a partial tree.
	Parse(file string) (*pyast.Module, error)
	// List names the entries of a folder (a package's folder), sorted; folders end in "/".
	List(dir string) []string
	// Exports reports whether a file offers a name: in its __all__, or, without one, by defining it.
	Exports(file, name string) bool
}

// Limits bound one run: the import of a module, the building of a model, one
// forward. Zero means the default. What is counted is what the code asks for, not
// what the machine gives, so that a run ends at the same place everywhere.
type Limits struct {
	Steps  int64 // statements, calls and elements
	Memory int64 // elements of sequences and characters of strings; 16 bytes or less each
	Depth  int   // nested calls
}

// The default limits: no model class of the corpus reaches them, and a run that
// uses them up is meant to end within 2 s and 512 MiB. The largest class of
// transformers 4.57.6 takes 4.3 million steps and 4.4 million of memory to build,
// that of 5.23.0 3.7 and 3.8; its largest forward takes 9.5 million steps.
const (
	DefaultSteps  = 20_000_000
	DefaultMemory = 20_000_000
	DefaultDepth  = 900
)

// What objects weigh in Limits.Memory.
const (
	grownWeight    = 4  // an element of a list that grows, and its value
	entryWeight    = 12 // an entry of a dict or a set
	objectWeight   = 8
	functionWeight = 16
	classWeight    = 64
)

// Interp is one interpreter: its modules, its call stack, its budget. It is
// used by one goroutine at a time; native classes and parsed files are shared.
type Interp struct {
	marked []Value                 // containers that know their path in the config; see ForgetPaths
	paths  map[attrKey]*graph.Expr // of attributes of the config, by that of the object
	// Ext holds the state of native packages by a key of their own (the
	// tracer of torch, the random state); keys are package-level pointers.
	Ext map[any]any
	// OnBranch, where set, is told of each condition that depends on the config.
	OnBranch func(at graph.Span, e *graph.Expr, took bool)
	// OnLookup, where set, is told of each key of the config that is looked up in a dict.
	OnLookup func(at graph.Span, e *graph.Expr, d *Dict)
	// OnList, where set, is told of each list that becomes an attribute of an object.
	OnList func(o *Instance, name string)
	// OnChoice, where set, is told of each condition that is not known, and the side taken.
	OnChoice func(at graph.Span, why string, took bool)
	// OnMake, where set, says of which class an object is made where code calls one.
	OnMake func(*Class) *Class

	src      Source
	table    *Table
	builtins *Dict
	modules  map[string]Value // sys.modules
	assumed  map[string]bool  // packages that are imported without their source; see Assume
	limits   Limits
	steps    int64
	memory   int64
	runs     int // of the budget; see Run
	maxDepth int
	nesting  int // of comparisons and hashes of containers within containers
	native   int // native functions within native functions

	stack      []*frame
	args       []Value // of the built-in functions that are running; see callFew
	pool       []*frame
	generators []*Generator

	pendingAnns  [][]annotation
	classAnns    []annotation
	classGlobals *Dict
	classCell    *Cell
	classSpan    graph.Span
	natives      map[string]Value // values of table entries, made at first use
}

// New makes an interpreter over a source and the table of native entries.
func New(src Source, table *Table, limits Limits) *Interp {
	if limits.Steps == 0 {
		limits.Steps = DefaultSteps
	}
	if limits.Memory == 0 {
		limits.Memory = DefaultMemory
	}
	if limits.Depth == 0 {
		limits.Depth = DefaultDepth
	}
	in := &Interp{Ext: map[any]any{}, paths: map[attrKey]*graph.Expr{}, src: src, table: table, modules: map[string]Value{}, limits: limits, maxDepth: limits.Depth, natives: map[string]Value{}}
	in.builtins = newBuiltins()
	return in
}

// ResetBudget starts the counting of steps and memory anew: for the next model.
func (in *Interp) ResetBudget() {
	in.steps, in.memory = 0, 0
	in.runs++
}

// Run numbers what runs between two resets of the budget: a model that is built,
// a forward. Objects that one run computed mean nothing in the next.
func (in *Interp) Run() int { return in.runs }

// Steps is what was used of the step budget since the last reset.
func (in *Interp) Steps() int64 { return in.steps }

func (in *Interp) builtin(name string) (Value, bool) { return in.builtins.GetStr(name) }

func (in *Interp) step() {
	in.steps++
	if in.steps > in.limits.Steps {
		in.overBudget("steps", in.limits.Steps)
	}
}

// Step charges n steps against the budget; long-running native loops call it.
func (in *Interp) Step(n int) {
	in.steps += int64(n)
	if in.steps > in.limits.Steps {
		in.overBudget("steps", in.limits.Steps)
	}
}

// Charge charges n elements of memory against the budget, before they are allocated.
func (in *Interp) Charge(n int64) {
	if n < 0 || n > in.limits.Memory || in.memory+n > in.limits.Memory {
		in.overBudget("memory", in.limits.Memory)
	}
	in.memory += n
}

func (in *Interp) overBudget(what string, limit int64) {
	in.steps, in.memory = 0, 0
	panic(&Raised{Exc: &Instance{Cls: BudgetExceeded, Data: NewTuple(NewStr(fmt.Sprintf("the budget of %d %s is used up; --max-%s allows more", limit, what, what)))}, Trace: in.Traceback()})
}

// RaiseExc raises an exception object. It does not return.
func (in *Interp) RaiseExc(exc *Instance) {
	panic(&Raised{Exc: exc, Trace: in.Traceback()})
}

// catch runs f and returns the Python exception that it raised; the stack is
// what it was before.
func (in *Interp) catch(f func()) (r *Raised) {
	depth, native, args := len(in.stack), in.native, len(in.args)
	anns := len(in.pendingAnns)
	defer func() {
		if p := recover(); p != nil {
			x, ok := p.(*Raised)
			if !ok {
				panic(p)
			}
			in.stack, in.native, in.args = in.stack[:depth], native, in.args[:args]
			in.pendingAnns = in.pendingAnns[:anns]
			r = x
		}
	}()
	f()
	return nil
}

// Try runs f and returns the Python exception that it raised, or nil. Budget
// errors pass through.
func (in *Interp) Try(f func()) (exc *Raised) {
	r := in.catch(f)
	if r != nil && r.Exc.Cls == BudgetExceeded {
		panic(r)
	}
	return r
}

// TryCatch runs f; where it raises an exception of class cls (or a subclass),
// that is returned; others pass through.
func (in *Interp) TryCatch(cls *Class, f func()) *Raised {
	r := in.catch(f)
	if r != nil && !r.Exc.Cls.Is(cls) {
		panic(r)
	}
	return r
}

// Guard is Try for callers outside: budget errors are returned too, a bug in a
// native function becomes an error with the place that was being executed, and
// the stack is emptied.
func (in *Interp) Guard(f func()) (err error) {
	in.stack, in.native, in.args = in.stack[:0], 0, in.args[:0]
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error at %s: %v", in.Here(), p)
			in.stack, in.generators, in.pendingAnns = in.stack[:0], nil, in.pendingAnns[:0]
		}
	}()
	r := in.catch(f)
	for _, g := range in.generators {
		g.Close(in)
	}
	in.generators = in.generators[:0]
	if r != nil {
		return r
	}
	return nil
}

// AsRaised is the Python exception in an error, or nil.
func AsRaised(err error) *Raised {
	var r *Raised
	if errors.As(err, &r) {
		return r
	}
	return nil
}

// test is the truth of a condition, and where branches that depend on the
// config are noted.
func (in *Interp) test(v Value) bool {
	switch b := v.(type) {
	case Bool:
		if b.E != nil && in.OnBranch != nil {
			in.OnBranch(in.Here(), b.E, b.V)
		}
		return b.V
	case NoneType:
		if b.E != nil && in.OnBranch != nil {
			in.OnBranch(in.Here(), b.E, false)
		}
		return false
	}
	t := in.Truth(v)
	if in.OnBranch != nil {
		if e := ExprOf(v); e != nil {
			in.OnBranch(in.Here(), e, t)
		}
	}
	return t
}

// Decide is the branch policy for a condition that is not known: the answer is
// "no", which in real code skips the special case that a test on data guards;
// an if statement whose other side raises goes the side that continues. A loop
// whose passes depend on data runs its body once. The place is recorded.
func (in *Interp) Decide(u *Unknown) bool { return in.decide(u, false) }

func (in *Interp) decide(u *Unknown, side bool) bool {
	if in.OnChoice != nil {
		in.OnChoice(in.Here(), u.Why, side)
	}
	return side
}

// Table is the set of native entries.
type Table struct {
	entries map[string]*Entry
	modules map[string]bool     // every proper prefix of a name, and declared modules
	patches map[string][]*Entry // entries beneath modules of the source, by module
}

// NewTable collects entries; a name may appear once.
func NewTable(lists ...[]Entry) *Table {
	t := &Table{entries: map[string]*Entry{}, modules: map[string]bool{}, patches: map[string][]*Entry{}}
	for _, l := range lists {
		for i := range l {
			e := &l[i]
			if _, dup := t.entries[e.Name]; !dup {
				t.entries[e.Name] = e
			}
			if e.Module != nil {
				t.modules[e.Name] = true
			}
			for n := e.Name; ; {
				j := strings.LastIndexByte(n, '.')
				if j < 0 {
					break
				}
				n = n[:j]
				t.patches[n] = append(t.patches[n], e)
				t.modules[n] = true
			}
		}
	}
	for n, e := range t.entries {
		if e.Module == nil {
			delete(t.modules, n)
		}
	}
	return t
}

// Names lists the qualified names in the table, in no order.
func (t *Table) Names() []string {
	var out []string
	for n := range t.entries {
		out = append(out, n)
	}
	return out
}

// NativeValue is the value of a table entry by its qualified name.
func (in *Interp) NativeValue(name string) (Value, bool) {
	if v, ok := in.natives[name]; ok {
		return v, true
	}
	e, ok := in.table.entries[name]
	if !ok {
		return nil, false
	}
	var v Value
	switch {
	case e.Class != nil:
		v = e.Class
	case e.Value != nil:
		v = e.Value(in)
	case e.Alias != "":
		v, ok = in.NativeValue(e.Alias)
		if !ok {
			if m := in.tryImport(e.Alias); m != nil {
				v = m
			} else {
				panic("alias of " + name + " to nothing: " + e.Alias)
			}
		}
	case e.Module != nil:
		return nil, false
	case e.Raw != nil:
		v = &Builtin{Name: name[strings.LastIndexByte(name, '.')+1:], Qual: name, Raw: e.Raw, Kernel: e.Kernel}
	default:
		v = &Builtin{Name: name[strings.LastIndexByte(name, '.')+1:], Qual: name, Sig: signatureOf(e), Fn: e.Fn}
	}
	in.natives[name] = v
	return v, true
}

// CallMethod is obj.name(args...).
func (in *Interp) CallMethod(obj Value, name string, args ...Value) Value {
	fn, self := in.method(obj, name)
	if self != nil {
		args = append([]Value{self}, args...)
	}
	return in.call(fn, args, nil)
}

// withNot is the truth value r of `not v`, with its origin.
func withNot(r, v Value) Value {
	e := ExprOf(v)
	if e == nil {
		return r
	}
	return WithExpr(r, graph.Apply("not", e))
}

// typeCall is type.__call__, for metaclasses that call super().__call__().
var typeCall = &Builtin{Name: "__call__", Qual: "type.__call__"}

func init() {
	typeCall.Raw = func(in *Interp, a []Value, kw []KW) Value {
		if len(a) == 0 {
			in.Raise(TypeError, "unbound method type.__call__() needs an argument")
		}
		c, ok := a[0].(*Class)
		if !ok {
			in.Raise(TypeError, "descriptor '__call__' requires a 'type' object but received a '%s'", a[0].Type().Name)
		}
		return in.makeObject(c, a[1:], kw)
	}
	TypeClass.Dict.SetStr("__call__", typeCall)
}
