package interp

// positional speeds up the calls of built-in functions whose parameters are
// all positional, and words the complaints about their number as CPython does.
// cls is the class of a method, nil for functions.
func positional(b *Builtin, cls *Class) {
	s := b.Sig
	if s == nil || b.Raw != nil || s.VarArgs >= 0 || s.KwArgs >= 0 || s.NumPos != len(s.Params) {
		return
	}
	least := 0
	for i := range s.Params {
		p := &s.Params[i]
		if !p.PosOnly {
			return
		}
		if p.Default == nil && !p.Optional {
			least = i + 1
		}
	}
	n, self := len(s.Params), 0
	name := b.Name
	if cls != nil {
		self = 1
		name = cls.Name + "." + b.Name
	}
	fn := b.Fn
	if keepsNothing[b.Qual] && n <= maxFew {
		b.few, b.least = fn, least
	}
	b.Raw = func(in *Interp, a []Value, kw []KW) Value {
		if cls != nil {
			if len(a) == 0 {
				in.Raise(TypeError, "unbound method %s() needs an argument", name)
			}
		}
		if len(kw) > 0 {
			in.Raise(TypeError, "%s() takes no keyword arguments", name)
		}
		if len(a) < least || len(a) > n {
			got := len(a) - self
			switch {
			case least == n && n-self == 0:
				in.Raise(TypeError, "%s() takes no arguments (%d given)", name, got)
			case least == n && n-self == 1:
				in.Raise(TypeError, "%s() takes exactly one argument (%d given)", name, got)
			case least == n:
				in.Raise(TypeError, "%s expected %d arguments, got %d", b.Name, n-self, got)
			case len(a) < least:
				in.Raise(TypeError, "%s expected at least %d argument%s, got %d", b.Name, least-self, plural(least-self), got)
			}
			in.Raise(TypeError, "%s expected at most %d argument%s, got %d", b.Name, n-self, plural(n-self), got)
		}
		if len(a) == n {
			return fn(in, a)
		}
		full := make([]Value, n)
		copy(full, a)
		for i := len(a); i < n; i++ {
			full[i] = s.Params[i].Default
		}
		return fn(in, full)
	}
}

// keepsNothing names functions that are called often and do not keep the slice
// of their arguments beyond the call.
var keepsNothing = map[string]bool{
	"abs": true, "callable": true, "chr": true, "divmod": true, "getattr": true, "hasattr": true, "hash": true, "id": true,
	"isinstance": true, "issubclass": true, "len": true, "ord": true, "repr": true, "setattr": true,
	"dict.get": true, "dict.items": true, "dict.keys": true, "dict.pop": true, "dict.setdefault": true, "dict.values": true,
	"list.append": true, "set.add": true, "str.endswith": true, "str.startswith": true,
}

// positionalMethods does so for all methods of a class.
func positionalMethods(c *Class) {
	c.Dict.EachValue(func(v Value) bool {
		if b, ok := v.(*Builtin); ok {
			positional(b, c)
		}
		return true
	})
}
