package pipeline

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// flows is what the methods of a config class do with its values. Names are
// those of attributes and methods, "method:x" a local variable.
type flows struct {
	feeds   map[string][]string // name -> the names that are computed from it
	live    map[string]bool     // names that are used for something else than another value
	methods map[string]bool
	shapes  []string // of names that are put together; see shape
	all     bool     // the class reads its attributes by means that are not followed
	files   []string
	lines   map[string]map[int]bool // file -> lines of the class statements
}

// configFlows reads the methods of a config class and its bases, but for the
// classes in the shared files.
func (s *Session) configFlows(c *interp.Class, shared map[string]bool) *flows {
	f := &flows{feeds: map[string][]string{}, live: map[string]bool{}, methods: map[string]bool{}, lines: map[string]map[int]bool{}}
	for _, k := range c.MRO {
		at := k.Span()
		if at.File == "" || shared[at.File] {
			continue
		}
		if !slices.Contains(f.files, at.File) {
			f.files = append(f.files, at.File)
			f.lines[at.File] = map[int]bool{}
		}
		f.lines[at.File][at.Line] = true
		if cd := s.classDef(k); cd != nil {
			for _, st := range cd.Body {
				if fn, ok := st.(*pyast.FunctionDef); ok {
					f.method(fn)
				}
			}
		} else {
			f.all = true
		}
	}
	return f
}

// classDef is the statement that defines a class, nil where its file cannot be read.
func (s *Session) classDef(c *interp.Class) (def *pyast.ClassDef) {
	at := c.Span()
	if at.File == "" {
		return nil
	}
	tree, _ := s.in.Source().Parse(at.File)
	if tree == nil {
		return nil
	}
	pyast.Inspect(tree, func(n pyast.Node) bool {
		if cd, ok := n.(*pyast.ClassDef); ok && int(cd.Line) == at.Line {
			def = cd
		}
		return def == nil
	})
	return def
}

// follower reads one method.
type follower struct {
	*flows
	name   string
	self   string
	params map[string]bool // of a constructor: they stand for the values of their names
	set    map[string]bool // the variables that it has set
}

func (f *flows) method(fn *pyast.FunctionDef) {
	f.methods[fn.Name] = true
	r := &follower{flows: f, name: fn.Name, params: map[string]bool{}, set: map[string]bool{}}
	args := append(slices.Clone(fn.Args.PosOnly), fn.Args.Args...)
	if len(args) > 0 {
		r.self = args[0].Name
	}
	if fn.Name == "__init__" {
		for _, a := range append(args, fn.Args.KwOnly...) {
			r.params[a.Name] = true
		}
	}
	switch fn.Name {
	case "__getattr__", "__getattribute__", "__setattr__":
		f.all = true
	}
	r.block(fn.Body, nil)
}

func (r *follower) local(name string) string {
	if r.params[name] {
		return name
	}
	return r.name + ":" + name
}

// loads are the names that an expression reads.
func (r *follower) loads(e pyast.Expr) (out []string) {
	if e == nil {
		return nil
	}
	pyast.Walk(e, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.Attribute:
			if id, ok := n.Value.(*pyast.Name); ok && id.ID == r.self {
				out = append(out, n.Attr)
				r.all = r.all || n.Attr == "__dict__"
				return false
			}
		case *pyast.Call:
			if id, ok := n.Func.(*pyast.Name); ok && (id.ID == "vars" || id.ID == "getattr") && len(n.Args) > 0 {
				if of, ok := n.Args[0].(*pyast.Name); ok && of.ID == r.self {
					switch shape, ok := nameShape(n.Args[1:]); {
					case !ok:
						r.all = true
					case shape != "":
						r.shapes = append(r.shapes, shape)
					}
				}
			}
		case *pyast.Name:
			if n.ID != r.self {
				out = append(out, r.local(n.ID))
			}
		case *pyast.NamedExpr:
			r.feed(r.loads(n.Value), r.local(n.Target.ID))
		case *pyast.Comprehension:
			for _, to := range r.targets(n.Target) {
				r.feed(r.loads(n.Iter), to)
			}
		case *pyast.Constant:
			if n.Kind == pyast.Str {
				out = append(out, n.Str)
			}
		}
		return true
	})
	return out
}

// nameShape is the shape of the name that the first of the arguments makes, ""
// where it is a string as it stands.
func nameShape(args []pyast.Expr) (string, bool) {
	if len(args) == 0 {
		return "", false
	}
	if j, ok := args[0].(*pyast.JoinedStr); ok {
		var b strings.Builder
		for _, v := range j.Values {
			if c, ok := v.(*pyast.Constant); ok {
				b.WriteString(c.Str)
			} else {
				b.WriteByte(0)
			}
		}
		return b.String(), b.Len() > 1
	}
	return "", isString(args[0])
}

func isString(e pyast.Expr) bool {
	c, ok := e.(*pyast.Constant)
	return ok && c.Kind == pyast.Str
}

func (r *follower) feed(from []string, to string) {
	for _, x := range from {
		if x != to && !slices.Contains(r.feeds[x], to) {
			r.feeds[x] = append(r.feeds[x], to)
		}
	}
}

func (r *follower) use(names []string) {
	for _, n := range names {
		r.live[n] = true
	}
}

// targets are the names that an assignment to e sets; nil where it sets
// something else.
func (r *follower) targets(e pyast.Expr) []string {
	switch e := e.(type) {
	case *pyast.Name:
		r.set[e.ID] = true
		return []string{r.local(e.ID)}
	case *pyast.Attribute:
		if id, ok := e.Value.(*pyast.Name); ok && id.ID == r.self {
			return []string{e.Attr}
		}
		return r.targets(e.Value)
	case *pyast.Subscript:
		return r.targets(e.Value)
	case *pyast.Starred:
		return r.targets(e.Value)
	case *pyast.Tuple:
		var out []string
		for _, x := range e.Elts {
			out = append(out, r.targets(x)...)
		}
		return out
	case *pyast.List:
		var out []string
		for _, x := range e.Elts {
			out = append(out, r.targets(x)...)
		}
		return out
	}
	return nil
}

// assign is what is computed from names, put where e says.
func (r *follower) assign(e pyast.Expr, from []string) {
	if s, ok := e.(*pyast.Subscript); ok {
		from = append(from, r.loads(s.Slice)...)
	}
	to := r.targets(e)
	if len(to) == 0 {
		r.use(from)
	}
	for _, t := range to {
		r.feed(from, t)
	}
}

func join(a, b []string) []string { return append(slices.Clone(a), b...) }

// block follows statements that run where the names in when decide so.
func (r *follower) block(body []pyast.Stmt, when []string) {
	for _, st := range body {
		r.statement(st, when)
	}
}

func (r *follower) statement(st pyast.Stmt, when []string) {
	switch st := st.(type) {
	case *pyast.Assign:
		from := join(r.loads(st.Value), when)
		for _, t := range st.Targets {
			r.assign(t, from)
		}
	case *pyast.AugAssign:
		r.assign(st.Target, join(r.loads(st.Value), when))
	case *pyast.AnnAssign:
		if st.Value != nil {
			r.assign(st.Target, join(r.loads(st.Value), when))
		}
	case *pyast.If:
		when = join(when, r.loads(st.Test))
		r.block(st.Body, when)
		r.block(st.Orelse, when)
	case *pyast.While:
		when = join(when, r.loads(st.Test))
		r.block(st.Body, when)
		r.block(st.Orelse, when)
	case *pyast.For:
		when = join(when, r.loads(st.Iter))
		r.assign(st.Target, when)
		r.block(st.Body, when)
		r.block(st.Orelse, when)
	case *pyast.With:
		for _, i := range st.Items {
			r.use(r.loads(i.Context))
		}
		r.block(st.Body, when)
	case *pyast.Try:
		r.block(st.Body, when)
		for _, h := range st.Handlers {
			r.block(h.Body, when)
		}
		r.block(st.Orelse, when)
		r.block(st.Final, when)
	case *pyast.Return:
		r.feed(join(r.loads(st.Value), when), r.name)
	case *pyast.ExprStmt:
		if c, ok := st.Value.(*pyast.Call); ok {
			r.call(c, when)
		} else if !isString(st.Value) { // no documentation
			r.use(join(r.loads(st.Value), when))
		}
	case *pyast.Pass, *pyast.Break, *pyast.Continue, *pyast.Import, *pyast.ImportFrom, *pyast.Global, *pyast.Nonlocal, *pyast.Delete:
	default:
		// an error that is raised, a function within: whatever is read there counts
		r.use(when)
		pyast.Walk(st, func(n pyast.Node) bool {
			if e, ok := n.(pyast.Expr); ok {
				r.use(r.loads(e))
				return false
			}
			return true
		})
	}
}

// call is a call whose result is not used.
func (r *follower) call(c *pyast.Call, when []string) {
	switch f := c.Func.(type) {
	case *pyast.Attribute:
		if sup, ok := f.Value.(*pyast.Call); ok {
			if id, ok := sup.Func.(*pyast.Name); ok && id.ID == "super" {
				// the base stores what it is given by name
				for _, a := range c.Args {
					r.use(r.loads(a))
				}
				for _, k := range c.Keywords {
					if k.Name != "" {
						r.feed(join(r.loads(k.Value), when), k.Name)
					}
				}
				return
			}
		}
		if id, ok := f.Value.(*pyast.Name); ok && !r.set[id.ID] {
			break // of a module, or of what the method was given
		}
		if to := r.targets(f.Value); len(to) > 0 { // x.append(y)
			from := when
			for _, a := range c.Args {
				from = join(from, r.loads(a))
			}
			for _, k := range c.Keywords {
				from = join(from, r.loads(k.Value))
			}
			for _, t := range to {
				r.feed(from, t)
			}
			return
		}
	case *pyast.Name:
		if f.ID == "setattr" && len(c.Args) == 3 && isString(c.Args[1]) {
			r.feed(join(r.loads(c.Args[2]), when), c.Args[1].(*pyast.Constant).Str)
			return
		}
	}
	r.use(join(r.loads(c), when))
}
