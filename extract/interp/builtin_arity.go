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

// positionalMethods does so for all methods of a class.
func positionalMethods(c *Class) {
	c.Dict.Range(func(_, v Value) bool {
		if b, ok := v.(*Builtin); ok {
			positional(b, c)
		}
		return true
	})
}
