// Package torch supplies torch's functions, tensor methods and the machinery
// around them as tables of Go functions over abstract tensors. Modules
// (torch.nn) are in package nn.
package torch

import (
	"runtime"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// T is an abstract tensor.
type T = tensor.Tensor

// row is one function of torch. It can be a function (torch.name), a method
// (Tensor.name), or both.
type row struct {
	// name is the name of the function, and after it its aliases, separated by
	// blanks. Without a dot it lies in torch; the prefixes F., linalg.,
	// special. and fft. stand for the modules.
	name string
	// where: f: torch.name; m: Tensor.name; i: also in place, as
	// Tensor.name_ (needs res); g: also in place as torch.name_; o: the
	// operators of the aliases that start with two underscores.
	where string
	sig   string
	fn    func(c *call) interp.Value
	res   func(c *call) res // instead of fn, for operations that can be done in place
}

// call is one call of a row: its arguments by the places of the signature.
type call struct {
	in   *interp.Interp
	name string // as messages name it
	op   string // the name of the row
	a    []interp.Value
	sig  *interp.Signature
	// byKw are the places that were given by keyword, method says that the
	// first argument is self: both word complaints.
	byKw   uint64
	method bool
}

// unknownArg is panicked with where an argument that an operation cannot do
// without is Unknown: the result then is.
type unknownArg struct{ u *interp.Unknown }

// kwAliases are the names that torch takes over from numpy.
var kwAliases = map[string]string{"axis": "dim", "axes": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other", "self": "input",
	"split_size_or_sections": "split_size", "split_sizes": "split_size", "axis0": "dim0", "axis1": "dim1", "arr": "input", "tensor": "input", "size": "size"}

// bind puts arguments into the places of the signature, with torch's complaints.
func bind(in *interp.Interp, name string, s *interp.Signature, args []interp.Value, kw []interp.KW, method bool) (slots []interp.Value, byKw uint64) {
	slots = make([]interp.Value, len(s.Params))
	n := len(args)
	if n > s.NumPos {
		if s.VarArgs < 0 {
			most, given := s.NumPos, n
			if method && most == 1 && len(s.Params) <= 2 && (len(s.Params) == 1 || s.Params[1].Name == "out") {
				in.Raise(interp.TypeError, "TensorBase.%s() takes no arguments (%d given)", name, given-1)
			}
			if method {
				most, given = most-1, given-1
			}
			verb := "were"
			if given == 1 {
				verb = "was"
			}
			in.Raise(interp.TypeError, "%s() takes %d positional argument%s but %d %s given", name, most, plural(most), given, verb)
		}
		rest := make([]interp.Value, n-s.NumPos)
		copy(rest, args[s.NumPos:])
		slots[s.VarArgs] = interp.NewTuple(rest...)
		n = s.NumPos
	}
	copy(slots[:n], args[:n])
next:
	for _, k := range kw {
		for try := 0; try < 2; try++ {
			key := k.Name
			if try == 1 {
				var ok bool
				if key, ok = kwAliases[k.Name]; !ok {
					break
				}
			}
			for i := range s.Params {
				if s.Params[i].Name != key || i == s.KwArgs {
					continue
				}
				if slots[i] != nil {
					in.Raise(interp.TypeError, "%s() got multiple values for argument '%s'", name, k.Name)
				}
				byKw |= 1 << i
				if i == s.VarArgs {
					slots[i] = interp.NewTuple(k.V)
				} else {
					slots[i] = k.V
				}
				continue next
			}
		}
		if s.KwArgs < 0 {
			in.Raise(interp.TypeError, "%s() got an unexpected keyword argument '%s'", name, k.Name)
		}
		if slots[s.KwArgs] == nil {
			slots[s.KwArgs] = interp.NewDict()
		}
		slots[s.KwArgs].(*interp.Dict).SetStr(k.Name, k.V)
	}
	missing := 0
	for i := range s.Params {
		if slots[i] != nil {
			continue
		}
		p := &s.Params[i]
		switch {
		case i == s.VarArgs:
			slots[i] = interp.EmptyTuple
		case i == s.KwArgs:
			slots[i] = interp.NewDict()
		case p.Default != nil:
			slots[i] = p.Default
		case !p.Optional:
			missing++
		}
	}
	if missing > 0 {
		var names []string
		for i := range s.Params {
			if p := &s.Params[i]; slots[i] == nil && p.Default == nil && !p.Optional {
				names = append(names, `"`+p.Name+`"`)
			}
		}
		in.Raise(interp.TypeError, "%s() missing %d required positional arguments: %s", name, missing, strings.Join(names, ", "))
	}
	return slots, byKw
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// raw makes the Go function of a row.
func (r *row) raw(name string, sig *interp.Signature, method, inplace bool) func(*interp.Interp, []interp.Value, []interp.KW) interp.Value {
	op := strings.Fields(r.name)[0]
	op = op[strings.LastIndexByte(op, '.')+1:]
	isOperator := strings.HasPrefix(name, "__")
	run := func(c *call) interp.Value {
		if r.res == nil {
			return r.fn(c)
		}
		x := r.res(c)
		if inplace {
			return x.into(c)
		}
		return x.make(c.in)
	}
	return func(in *interp.Interp, args []interp.Value, kw []interp.KW) interp.Value {
		if isOperator && op != "index" && len(args) == 2 && !operand(args[1]) {
			if v := foreign(in, args[1]); v != nil {
				args = []interp.Value{args[0], v}
			} else {
				return interp.NotImplemented
			}
		}
		var out *T
		if len(kw) > 0 {
			kw, out = takeOut(kw)
		}
		c := &call{in: in, name: name, op: op, sig: sig, method: method}
		c.a, c.byKw = bind(in, name, sig, args, kw, method)
		v := guarded(run, c)
		if out != nil {
			if t, ok := v.(*T); ok {
				tensor.InPlace(in, "copy_", out, []*T{t}, t.Values())
				return out
			}
		}
		return v
	}
}

func takeOut(kw []interp.KW) ([]interp.KW, *T) {
	for i, k := range kw {
		if k.Name == "out" {
			t, _ := k.V.(*T)
			rest := append(append([]interp.KW(nil), kw[:i]...), kw[i+1:]...)
			return rest, t
		}
	}
	return kw, nil
}

// guarded runs a row. Where an argument that it cannot do without is Unknown,
// the result is; likewise where arguments of an unforeseen form (a matrix
// function of a vector, say) run into an index out of range.
func guarded(run func(*call) interp.Value, c *call) (v interp.Value) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case unknownArg:
			v = r.u
		case runtime.Error:
			v = c.in.Unknown("%s with arguments of this form is not modelled", c.name)
		default:
			panic(r)
		}
	}()
	return run(c)
}

// operand reports whether an operator of Tensor takes v as its other operand.
func operand(v interp.Value) bool {
	switch v := v.(type) {
	case *T, interp.Int, interp.Float, interp.Bool, interp.BigInt, interp.Complex, *interp.Unknown:
		return true
	case *interp.Instance:
		_, ok := v.Data.(interp.Int)
		return ok
	}
	return false
}

// Foreign turns a value of another package (a numpy array or scalar) into a
// tensor or a number; nil where it is none. Package numpy sets it.
var Foreign func(in *interp.Interp, v interp.Value) interp.Value

// ToNumpy makes a numpy array of a tensor's values. Package numpy sets it.
var ToNumpy func(in *interp.Interp, t *T) interp.Value

func foreign(in *interp.Interp, v interp.Value) interp.Value {
	if Foreign == nil {
		return nil
	}
	return Foreign(in, v)
}

var prefixes = map[string]string{
	"F": "torch.nn.functional.", "linalg": "torch.linalg.", "special": "torch.special.", "fft": "torch.fft.",
}

// qualify is the full name of a row's name.
func qualify(name string) string {
	if i := strings.IndexByte(name, '.'); i >= 0 {
		if p, ok := prefixes[name[:i]]; ok {
			return p + name[i+1:]
		}
		return name
	}
	return "torch." + name
}

// install turns rows into entries and adds the methods to Tensor.
func install(rows []row) []interp.Entry {
	var es []interp.Entry
	for i := range rows {
		r := &rows[i]
		sig := interp.ParseSignature(r.sig)
		for _, name := range strings.Fields(r.name) {
			short := name[strings.LastIndexByte(name, '.')+1:]
			if strings.HasPrefix(name, "__") {
				addMethod(name, r.raw(name, sig, true, strings.HasPrefix(name, "__i") && inplaceOps[name]))
				continue
			}
			for _, w := range r.where {
				switch w {
				case 'f':
					es = append(es, interp.Entry{Name: qualify(name), Raw: r.raw(short, sig, false, false)})
				case 'm', 'i':
					if strings.Contains(name, ".") {
						break
					}
					if w == 'i' {
						addMethod(short+"_", r.raw(short+"_", sig, true, true))
						break
					}
					addMethod(short, r.raw(short, sig, true, false))
				case 'g':
					es = append(es, interp.Entry{Name: qualify(name) + "_", Raw: r.raw(short+"_", sig, false, true)})
				default:
					panic(name + ": unknown place " + string(w))
				}
			}
		}
	}
	return es
}

var inplaceOps = map[string]bool{"__iadd__": true, "__isub__": true, "__imul__": true, "__itruediv__": true, "__ifloordiv__": true, "__imod__": true,
	"__ipow__": true, "__iand__": true, "__ior__": true, "__ixor__": true, "__ilshift__": true, "__irshift__": true}

func addMethod(name string, raw func(*interp.Interp, []interp.Value, []interp.KW) interp.Value) {
	tensor.Class.Dict.SetStr(name, &interp.Builtin{Name: name, Qual: "torch.Tensor." + name, Raw: raw})
}
