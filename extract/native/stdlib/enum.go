package stdlib

import (
	"math/bits"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

var (
	enumMeta  = interp.NewNativeClass("enum.EnumType", []*interp.Class{interp.TypeClass})
	enumClass = withMeta(interp.NewNativeClass("enum.Enum", nil), enumMeta)
	reprEnum  = withMeta(interp.NewNativeClass("enum.ReprEnum", []*interp.Class{enumClass}), enumMeta)
	intEnum   = withMeta(interp.NewNativeClass("enum.IntEnum", []*interp.Class{interp.IntClass, reprEnum}), enumMeta)
	strEnum   = withMeta(interp.NewNativeClass("enum.StrEnum", []*interp.Class{interp.StrClass, reprEnum}), enumMeta)
	flagClass = withMeta(interp.NewNativeClass("enum.Flag", []*interp.Class{enumClass}), enumMeta)
	intFlag   = withMeta(interp.NewNativeClass("enum.IntFlag", []*interp.Class{interp.IntClass, reprEnum, flagClass}), enumMeta)

	autoClass   = interp.NewNativeClass("enum.auto", nil)
	memberClass = interp.NewNativeClass("enum.member", nil)
	nonMember   = interp.NewNativeClass("enum.nonmember", nil)
)

// enumData is what an enum class knows of its members.
type enumData struct {
	names   []string     // of the members, without aliases
	members *interp.Dict // by name, with aliases
	byValue *interp.Dict // the hashable values
	odd     []*interp.Instance
	mask    int64 // the bits of all flags
	dataOf  *interp.Class
}

func enumOf(in *inter, v value) (*interp.Class, *enumData) {
	c, ok := v.(*interp.Class)
	if !ok {
		in.Raise(interp.TypeError, "descriptor requires an enum")
	}
	d, ok := c.Data.(*enumData)
	if !ok {
		d = &enumData{members: interp.NewDict(), byValue: interp.NewDict()}
	}
	return c, d
}

// deferred is a value that is only known when the class is made: auto(), or an
// operation on one.
type deferred struct {
	op   pyast.Operator
	not  bool
	a, b value
}

func isAuto(v value) (*deferred, bool) {
	i, ok := v.(*interp.Instance)
	if !ok || i.Cls != autoClass {
		return nil, false
	}
	return i.Data.(*deferred), true
}

// resolveAuto turns what auto() left in a value into numbers; next gives the value of auto itself.
func resolveAuto(in *inter, v value, known map[*interp.Instance]value, next func() value) value {
	switch x := v.(type) {
	case *interp.Tuple:
		for i, e := range x.V {
			if _, ok := isAuto(e); ok {
				out := append([]value(nil), x.V...)
				for j := i; j < len(out); j++ {
					out[j] = resolveAuto(in, out[j], known, next)
				}
				return &interp.Tuple{V: out, Cls: x.Cls}
			}
		}
		return v
	case *interp.Instance:
		d, ok := isAuto(v)
		if !ok {
			return v
		}
		defer deeper(in)()
		if r, ok := known[x]; ok {
			return r
		}
		var r value
		switch {
		case d.not:
			r = in.Unary(pyast.Invert, resolveAuto(in, d.a, known, next))
		case d.a != nil:
			r = in.Binary(d.op, resolveAuto(in, d.a, known, next), resolveAuto(in, d.b, known, next), false)
		default:
			r = next()
		}
		known[x] = r
		return r
	}
	return v
}

func isDunder(s string) bool {
	return len(s) > 4 && strings.HasPrefix(s, "__") && strings.HasSuffix(s, "__")
}

func isSunder(s string) bool {
	return len(s) > 2 && s[0] == '_' && s[1] != '_' && strings.HasSuffix(s, "_") && !strings.HasSuffix(s, "__")
}

func isDescriptor(v value) bool {
	switch v := v.(type) {
	case *interp.Function, *interp.Property, *interp.StaticMethod, *interp.ClassMethod:
		return true
	case *interp.Instance:
		for _, n := range []string{"__get__", "__set__", "__delete__"} {
			if _, ok := v.Cls.Lookup(n); ok {
				return true
			}
		}
	}
	return false
}

// dataType is the class besides Enum that members are values of (str, int), or nil.
func dataType(bases []*interp.Class) *interp.Class {
	for _, b := range bases {
		for _, k := range b.MRO {
			if k == interp.ObjectClass || k.Is(enumClass) {
				continue
			}
			if _, ok := k.Dict.GetStr("__new__"); ok || k.New != nil {
				return k
			}
		}
	}
	return nil
}

func newEnum(in *inter, meta *interp.Class, args []value, kw []interp.KW) value {
	name, bases, ns := metaArgs(in, args)
	var rest []interp.KW
	for _, k := range kw {
		if k.Name != "boundary" && k.Name != "_simple" {
			rest = append(rest, k)
		}
	}
	for _, b := range bases {
		if c, ok := b.(*interp.Class); ok {
			if d, ok := c.Data.(*enumData); ok && len(d.names) > 0 {
				in.Raise(interp.TypeError, "<enum '%s'> cannot extend %s", name, in.Repr(c))
			}
		}
	}
	// Split the namespace into members and the rest.
	type pair struct {
		name string
		v    value
	}
	var found []pair
	plain := interp.NewDict()
	ignore := map[string]bool{}
	if v, ok := ns.GetStr("_ignore_"); ok {
		if s, ok := interp.AsStr(v); ok {
			for _, n := range strings.Fields(strings.ReplaceAll(s, ",", " ")) {
				ignore[n] = true
			}
		} else {
			for _, n := range in.Elements(v) {
				ignore[in.ToStr(n)] = true
			}
		}
	}
	ns.Range(func(k, v value) bool {
		n, _ := interp.AsStr(k)
		if ignore[n] {
			return true
		}
		if i, ok := v.(*interp.Instance); ok && i.Cls == nonMember {
			plain.SetStr(n, i.Data.(value))
			return true
		} else if ok && i.Cls == memberClass {
			found = append(found, pair{n, i.Data.(value)})
			return true
		}
		if isDunder(n) || isSunder(n) || isDescriptor(v) || strings.HasPrefix(n, "_"+name+"__") {
			plain.SetStr(n, v)
			return true
		}
		found = append(found, pair{n, v})
		return true
	})
	c := in.NewClass(meta, name, bases, plain, rest)
	d := &enumData{members: interp.NewDict(), byValue: interp.NewDict()}
	d.dataOf = dataType(c.Bases)
	c.Data = d
	var generate value
	if v, ok := c.Lookup("_generate_next_value_"); ok {
		if s, ok := v.(*interp.StaticMethod); ok {
			v = s.Fn
		}
		generate = v
	}
	isFlag := c.Is(flagClass)
	var last []value
	known := map[*interp.Instance]value{}
	for i, p := range found {
		next := func() value {
			if generate != nil {
				return in.Call(generate, []value{str(p.name), interp.NewInt(1), interp.NewInt(int64(i)), interp.NewList(last...)}, nil)
			}
			return nextValue(in, c, p.name, last)
		}
		v := resolveAuto(in, p.v, known, next)
		last = append(last, v)
		addMember(in, c, d, p.name, v)
	}
	if isFlag {
		for _, n := range d.names {
			m, _ := d.members.GetStr(n)
			if v, ok := interp.AsInt(memberValue(m)); ok && v > 0 {
				d.mask |= v
			}
		}
		// Only single bits are canonical members.
		var single []string
		for _, n := range d.names {
			m, _ := d.members.GetStr(n)
			if v, ok := interp.AsInt(memberValue(m)); !ok || v > 0 && bits.OnesCount64(uint64(v)) == 1 {
				single = append(single, n)
			}
		}
		d.names = single
	}
	in.SetClassAttr(c, "_member_map_", d.members)
	in.SetClassAttr(c, "_member_names_", interp.NewList(strs(d.names...)...))
	in.SetClassAttr(c, "_value2member_map_", d.byValue)
	var dt value = interp.ObjectClass
	if d.dataOf != nil {
		dt = d.dataOf
	}
	in.SetClassAttr(c, "_member_type_", dt)
	fixShown(in, c, plain)
	return c
}

// fixShown lets the enum's own str and repr win over those of the data type.
func fixShown(in *inter, c *interp.Class, ns *interp.Dict) {
	var first *interp.Class
	for _, b := range c.Bases {
		if b.Is(enumClass) {
			first = b
		}
	}
	if first == nil {
		return
	}
	names := []string{"__repr__", "__str__", "__format__"}
	if c.Is(flagClass) {
		names = append(names, "__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__", "__invert__", "__bool__")
	}
	for _, n := range names {
		if _, own := ns.GetStr(n); own {
			continue
		}
		for _, k := range c.MRO {
			if _, ok := k.Dict.GetStr(n); !ok {
				continue
			}
			if k.Native && !k.Is(enumClass) {
				if v, ok := first.Lookup(n); ok {
					in.SetClassAttr(c, n, v)
				}
			}
			break
		}
	}
}

func memberValue(m value) value {
	if i, ok := m.(*interp.Instance); ok && i.Dict != nil {
		if v, ok := i.Dict.GetStr("_value_"); ok {
			return v
		}
	}
	return interp.None
}

func nextValue(in *inter, c *interp.Class, name string, last []value) value {
	if c.Is(strEnum) {
		return str(strings.ToLower(name))
	}
	if c.Is(flagClass) {
		high := int64(0)
		for _, v := range last {
			if n, ok := interp.AsInt(v); ok && n > high {
				high = n
			}
		}
		if high == 0 {
			return interp.NewInt(1)
		}
		return interp.NewInt(1 << bits.Len64(uint64(high)))
	}
	var high value
	for _, v := range last {
		if _, ok := interp.AsInt(interp.Unwrap(v)); ok && (high == nil || in.Truth(in.Compare(pyast.Gt, v, high))) {
			high = v
		}
	}
	if high == nil {
		return interp.NewInt(1)
	}
	return in.Binary(pyast.Add, high, interp.NewInt(1), false)
}

// addMember makes a member, or an alias of one with the same value.
func addMember(in *inter, c *interp.Class, d *enumData, name string, v value) {
	args := []value{v}
	if t, ok := v.(*interp.Tuple); ok && d.dataOf != interp.TupleClass {
		args = t.V
	}
	var m *interp.Instance
	custom := false
	if n, ok := c.Lookup("__new__"); ok {
		if s, ok := n.(*interp.StaticMethod); ok {
			if f, ok := s.Fn.(*interp.Function); ok {
				custom = true
				obj := in.Call(f, append([]value{c}, args...), nil)
				if m, ok = obj.(*interp.Instance); !ok {
					in.Raise(interp.TypeError, "%s.__new__() returned %s", c.Name, in.Repr(obj))
				}
			}
		}
	}
	if m == nil {
		if d.dataOf != nil && d.dataOf.New != nil {
			if c.Is(strEnum) {
				for _, a := range args {
					if _, ok := interp.AsStr(a); !ok {
						in.Raise(interp.TypeError, "%s is not a string", in.Repr(a))
					}
				}
			}
			obj := d.dataOf.New(in, c, args, nil)
			if i, ok := obj.(*interp.Instance); ok {
				m = i
				if p, ok := m.Data.(value); ok && d.dataOf.Mod == "" {
					v = p
				}
			}
		}
		if m == nil {
			m = &interp.Instance{Cls: c}
		}
	}
	if m.Dict == nil {
		m.Dict = interp.NewDict()
	}
	if _, ok := m.Dict.GetStr("_value_"); !ok {
		if custom && d.dataOf != nil && d.dataOf.Mod == "" {
			v = in.Call(d.dataOf, args, nil)
		}
		m.Dict.SetStr("_value_", v)
	}
	v = memberValue(m)
	if old := findMember(in, d, v); old != nil {
		d.members.SetStr(name, old)
		in.SetClassAttr(c, name, old)
		return
	}
	m.Dict.SetStr("_name_", str(name))
	m.Dict.SetStr("__objclass__", c)
	m.Dict.SetStr("_sort_order_", interp.NewInt(int64(len(d.names))))
	if init, ok := c.Lookup("__init__"); ok {
		if f, ok := init.(*interp.Function); ok {
			in.Call(f, append([]value{m}, args...), nil)
			v = memberValue(m)
		}
	}
	d.names = append(d.names, name)
	d.members.SetStr(name, m)
	if in.TryCatch(interp.TypeError, func() { d.byValue.Set(in, v, m) }) != nil {
		d.odd = append(d.odd, m)
	}
	in.SetClassAttr(c, name, m)
}

// findMember is the member of a value, or nil.
func findMember(in *inter, d *enumData, v value) *interp.Instance {
	var m value
	if in.TryCatch(interp.TypeError, func() { m, _ = d.byValue.Get(in, v) }) != nil {
		for _, o := range d.odd {
			if in.Equal(memberValue(o), v) {
				return o
			}
		}
		return nil
	}
	i, _ := m.(*interp.Instance)
	return i
}

// enumCall is E(value), and Enum("Name", names).
func enumCall(in *inter, args []value, kw []interp.KW) value {
	c, d := enumOf(in, args[0])
	if len(d.names) == 0 && d.members.Len() == 0 && (c.Native || len(args) > 2 || len(kw) > 0) {
		return functionalEnum(in, c, args[1:], kw)
	}
	args = args[1:]
	for _, k := range kw {
		if k.Name == "value" {
			args = append(args, k.V)
		}
	}
	if len(args) == 0 {
		in.Raise(interp.TypeError, "EnumType.__call__() missing 1 required positional argument: 'value'")
	}
	v := args[0]
	if len(args) > 1 {
		v = interp.NewTuple(args...)
	}
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	if i, ok := v.(*interp.Instance); ok && i.Cls == c {
		return i
	}
	if m := findMember(in, d, v); m != nil {
		return m
	}
	if missing, ok := c.Lookup("_missing_"); ok {
		if cm, ok := missing.(*interp.ClassMethod); ok {
			if _, native := cm.Fn.(*interp.Builtin); !native {
				r := in.Call(cm.Fn, []value{c, v}, nil)
				if i, ok := r.(*interp.Instance); ok && i.Cls.Is(c) {
					return i
				}
				if !interp.IsNone(r) {
					in.Raise(interp.TypeError, "error in %s._missing_: returned %s instead of None or a valid member", c.Name, in.Repr(r))
				}
			}
		}
	}
	if c.Is(flagClass) {
		if n, ok := interp.AsInt(interp.Unwrap(v)); ok {
			if m := flagMember(in, c, d, n); m != nil {
				return m
			}
		}
	}
	in.Raise(interp.ValueError, "%s is not a valid %s", in.Repr(v), c.Qual)
	return nil
}

func functionalEnum(in *inter, c *interp.Class, args []value, kw []interp.KW) value {
	var names, name value
	var mixin value
	start := interp.NewInt(1)
	ns := interp.NewDict()
	get := map[string]func(v value){
		"value": func(v value) { name = v }, "names": func(v value) { names = v }, "start": func(v value) { start = v },
		"module": func(v value) { ns.SetStr("__module__", v) }, "qualname": func(v value) { ns.SetStr("__qualname__", v) },
		"type": func(v value) { mixin = v }, "boundary": func(value) {},
	}
	if len(args) > 0 {
		name = args[0]
	}
	if len(args) > 1 {
		names = args[1]
	}
	for _, k := range kw {
		if f, ok := get[k.Name]; ok {
			f(k.V)
		}
	}
	if name == nil || names == nil {
		in.Raise(interp.TypeError, "EnumType.__call__() missing 1 required positional argument: 'value'")
	}
	n := start
	add := func(k value) {
		if c.Is(strEnum) {
			ns.Set(in, k, str(strings.ToLower(in.ToStr(k))))
			return
		}
		ns.Set(in, k, n)
		if c.Is(flagClass) {
			n = in.Binary(pyast.Mult, n, interp.NewInt(2), false)
		} else {
			n = in.Binary(pyast.Add, n, interp.NewInt(1), false)
		}
	}
	if s, ok := interp.AsStr(names); ok {
		for _, f := range strings.Fields(strings.ReplaceAll(s, ",", " ")) {
			add(str(f))
		}
	} else if d := asDict(names); d != nil {
		copyInto(in, ns, d)
	} else {
		for _, row := range in.Elements(names) {
			if _, ok := interp.AsStr(row); ok {
				add(row)
				continue
			}
			p := in.Elements(row)
			if len(p) != 2 {
				in.Raise(interp.ValueError, "not enough values to unpack (expected 2, got %d)", len(p))
			}
			ns.Set(in, p[0], p[1])
		}
	}
	bases := []value{c}
	if mixin != nil && !interp.IsNone(mixin) {
		bases = []value{mixin, c}
	}
	return in.Call(c.Type(), []value{name, interp.NewTuple(bases...), ns}, nil)
}

// flagMember is the combination of flags with the given bits, nil where there is no such flag.
func flagMember(in *inter, c *interp.Class, d *enumData, n int64) *interp.Instance {
	if m := findMember(in, d, interp.NewInt(n)); m != nil {
		return m
	}
	keep := c.Is(intFlag)
	if n < 0 {
		n &= d.mask
		if m := findMember(in, d, interp.NewInt(n)); m != nil {
			return m
		}
	}
	if n&^d.mask != 0 && !keep {
		return nil
	}
	m := &interp.Instance{Cls: c, Dict: interp.NewDict()}
	if d.dataOf == interp.IntClass {
		m.Data = interp.NewInt(n)
	}
	var parts []string
	left := n
	for _, name := range d.names {
		o, _ := d.members.GetStr(name)
		if v, _ := interp.AsInt(memberValue(o)); v != 0 && v&n == v {
			parts = append(parts, name)
			left &^= v
		}
	}
	if left != 0 && len(parts) > 0 {
		parts = append(parts, in.Repr(interp.NewInt(left)))
	}
	var name value = interp.None
	if len(parts) > 0 {
		name = str(strings.Join(parts, "|"))
	}
	m.Dict.SetStr("_value_", interp.NewInt(n))
	m.Dict.SetStr("_name_", name)
	m.Dict.SetStr("__objclass__", c)
	d.byValue.Set(in, interp.NewInt(n), m)
	return m
}

func initEnumMeta() {
	enumMeta.New = newEnum
	rawMethod(enumMeta, "__call__", enumCall)
	members := func(in *inter, v value) []value {
		_, d := enumOf(in, v)
		out := make([]value, len(d.names))
		for i, n := range d.names {
			out[i], _ = d.members.GetStr(n)
		}
		return out
	}
	addMethods(enumMeta,
		method("__iter__", "cls", func(in *inter, a []value) value { return interp.SliceIterator(members(in, a[0])) }),
		method("__reversed__", "cls", func(in *inter, a []value) value {
			ms := members(in, a[0])
			for i, j := 0, len(ms)-1; i < j; i, j = i+1, j-1 {
				ms[i], ms[j] = ms[j], ms[i]
			}
			return interp.SliceIterator(ms)
		}),
		method("__len__", "cls", func(in *inter, a []value) value { return interp.NewInt(int64(len(members(in, a[0])))) }),
		method("__bool__", "cls", func(in *inter, a []value) value { return interp.True }),
		method("__getitem__", "cls, name", func(in *inter, a []value) value {
			_, d := enumOf(in, a[0])
			if u, ok := a[1].(*interp.Unknown); ok {
				return u
			}
			if m, ok := d.members.Get(in, a[1]); ok {
				return m
			}
			keyError(in, a[1])
			return nil
		}),
		method("__contains__", "cls, value", func(in *inter, a []value) value {
			c, _ := enumOf(in, a[0])
			i, ok := a[1].(*interp.Instance)
			if !ok || !i.Cls.Is(enumClass) {
				in.Raise(interp.TypeError, "unsupported operand type(s) for 'in': '%s' and '%s'", typeName(a[1]), c.Type().Name)
			}
			return interp.NewBool(i.Cls == c)
		}),
		property("__members__", func(in *inter, self value) value {
			_, d := enumOf(in, self)
			return d.members.Copy()
		}),
		method("__repr__", "cls", func(in *inter, a []value) value {
			c, _ := enumOf(in, a[0])
			if c.Is(flagClass) {
				return str("<flag '" + c.Name + "'>")
			}
			return str("<enum '" + c.Name + "'>")
		}),
		method("__getattr__", "cls, name", func(in *inter, a []value) value {
			in.Raise(interp.AttributeError, "%s", in.Str(a[1]))
			return nil
		}),
		method("__setattr__", "cls, name, value", func(in *inter, a []value) value {
			c, d := enumOf(in, a[0])
			n := in.Str(a[1])
			if _, ok := d.members.GetStr(n); ok {
				in.Raise(interp.AttributeError, "cannot reassign member %s", in.Repr(a[1]))
			}
			in.SetClassAttr(c, n, a[2])
			return interp.None
		}),
	)
}

func initEnum() {
	attr := func(v value, name string) value {
		if i, ok := v.(*interp.Instance); ok && i.Dict != nil {
			if x, ok := i.Dict.GetStr(name); ok {
				return x
			}
		}
		return interp.None
	}
	shown := func(in *inter, v value) string {
		n := attr(v, "_name_")
		if interp.IsNone(n) {
			return v.Type().Name + "(" + in.Repr(memberValue(v)) + ")"
		}
		return v.Type().Name + "." + in.ToStr(n)
	}
	set := func(in *inter, a []value) value {
		n := in.Str(a[1])
		in.Raise(interp.AttributeError, "<enum 'Enum'> cannot set attribute '%s'", n)
		return nil
	}
	for _, n := range []string{"name", "value"} {
		enumClass.Dict.SetStr(n, &interp.Property{
			Get: native("enum."+n, "self", func(in *inter, a []value) value { return attr(a[0], "_"+n+"_") }),
			Set: native("enum."+n, "self, value", func(in *inter, a []value) value { return set(in, []value{a[0], str(n)}) }),
		})
	}
	self := func(in *inter, a []value) value { return a[0] }
	addMethods(enumClass,
		method("__str__", "self", func(in *inter, a []value) value { return str(shown(in, a[0])) }),
		method("__repr__", "self", func(in *inter, a []value) value {
			n, v := attr(a[0], "_name_"), memberValue(a[0])
			if interp.IsNone(n) {
				return str("<" + typeName(a[0]) + ": " + in.Repr(v) + ">")
			}
			return str("<" + typeName(a[0]) + "." + in.ToStr(n) + ": " + in.Repr(v) + ">")
		}),
		method("__format__", "self, format_spec", func(in *inter, a []value) value {
			return str(in.Format(str(in.ToStr(a[0])), in.Str(a[1])))
		}),
		method("__deepcopy__", "self, memo", self),
		method("__copy__", "self", self),
		method("__reduce_ex__", "self, proto", func(in *inter, a []value) value {
			return interp.NewTuple(a[0].Type(), interp.NewTuple(memberValue(a[0])))
		}),
		classMethod("_missing_", "cls, value", func(in *inter, a []value) value { return interp.None }),
	)
	addMethods(reprEnum,
		method("__str__", "self", func(in *inter, a []value) value { return str(in.ToStr(memberValue(a[0]))) }),
		method("__format__", "self, format_spec", func(in *inter, a []value) value {
			return str(in.Format(memberValue(a[0]), in.Str(a[1])))
		}),
	)
	for _, c := range []*interp.Class{intEnum, strEnum, intFlag} {
		for _, n := range []string{"__str__", "__format__"} {
			v, _ := reprEnum.Lookup(n)
			c.Dict.SetStr(n, v)
		}
		v, _ := enumClass.Lookup("__repr__")
		c.Dict.SetStr("__repr__", v)

	}
	bit := func(name string, op pyast.Operator) interp.Method {
		return method(name, "self, other", func(in *inter, a []value) value {
			c := a[0].Type()
			d, ok := c.Data.(*enumData)
			if !ok {
				return interp.NotImplemented
			}
			other := a[1]
			if i, ok := other.(*interp.Instance); ok && i.Cls == c {
				other = memberValue(i)
			} else if d.dataOf == nil {
				return interp.NotImplemented
			}
			r := in.Binary(op, memberValue(a[0]), interp.Unwrap(other), false)
			n, ok := interp.AsInt(r)
			if !ok {
				return r
			}
			if m := flagMember(in, c, d, n); m != nil {
				return m
			}
			in.Raise(interp.ValueError, "%s invalid value %s", in.Repr(c), in.Repr(r))
			return nil
		})
	}
	flagMethods := []interp.Method{
		bit("__or__", pyast.BitOr), bit("__and__", pyast.BitAnd), bit("__xor__", pyast.BitXor),
		bit("__ror__", pyast.BitOr), bit("__rand__", pyast.BitAnd), bit("__rxor__", pyast.BitXor),
		method("__invert__", "self", func(in *inter, a []value) value {
			c := a[0].Type()
			d, _ := c.Data.(*enumData)
			n, _ := interp.AsInt(memberValue(a[0]))
			return flagMember(in, c, d, d.mask&^n)
		}),
		method("__bool__", "self", func(in *inter, a []value) value { return interp.NewBool(in.Truth(memberValue(a[0]))) }),
	}
	addMethods(flagClass, flagMethods...)
	addMethods(intFlag, flagMethods...)
	flags := func(in *inter, v value) []value {
		n, _ := interp.AsInt(memberValue(v))
		var out []value
		if d, ok := v.Type().Data.(*enumData); ok {
			for _, name := range d.names {
				o, _ := d.members.GetStr(name)
				if k, _ := interp.AsInt(memberValue(o)); k&n == k {
					out = append(out, o)
				}
			}
		}
		return out
	}
	addMethods(flagClass,
		method("__contains__", "self, other", func(in *inter, a []value) value {
			if a[0].Type() != a[1].Type() {
				in.Raise(interp.TypeError, "unsupported operand type(s) for 'in': %s and %s", in.Repr(str(typeName(a[1]))), in.Repr(str(typeName(a[0]))))
			}
			x, _ := interp.AsInt(memberValue(a[0]))
			y, _ := interp.AsInt(memberValue(a[1]))
			return interp.NewBool(x&y == y)
		}),
		method("__iter__", "self", func(in *inter, a []value) value { return interp.SliceIterator(flags(in, a[0])) }),
		method("__len__", "self", func(in *inter, a []value) value { return interp.NewInt(int64(len(flags(in, a[0])))) }),
	)
	// auto, and operations on it that wait for its value.
	autoClass.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
		return &interp.Instance{Cls: autoClass, Data: &deferred{}}
	}
	wait := func(d *deferred) value { return &interp.Instance{Cls: autoClass, Data: d} }
	for name, op := range map[string]pyast.Operator{"or": pyast.BitOr, "and": pyast.BitAnd, "xor": pyast.BitXor, "add": pyast.Add, "sub": pyast.Sub, "mul": pyast.Mult, "lshift": pyast.LShift} {
		addMethods(autoClass,
			method("__"+name+"__", "self, other", func(in *inter, a []value) value { return wait(&deferred{op: op, a: a[0], b: a[1]}) }),
			method("__r"+name+"__", "self, other", func(in *inter, a []value) value { return wait(&deferred{op: op, a: a[1], b: a[0]}) }),
		)
	}
	addMethods(autoClass, method("__invert__", "self", func(in *inter, a []value) value { return wait(&deferred{not: true, a: a[0]}) }))
	for _, c := range []*interp.Class{memberClass, nonMember} {
		c.New = func(in *inter, cls *interp.Class, args []value, _ []interp.KW) value {
			if len(args) != 1 {
				in.Raise(interp.TypeError, "%s expected 1 argument, got %d", cls.Name, len(args))
			}
			return &interp.Instance{Cls: c, Data: args[0]}
		}
	}
}

func init() {
	initEnumMeta()
	initEnum()
}

// enumEntries are the rows of enum.
func enumEntries() []entry {
	self := func(name string) entry { return identity("enum."+name, "cls, *args, **kwargs") }
	return []entry{
		module("enum"),
		class("enum.Enum", enumClass), class("enum.IntEnum", intEnum), class("enum.StrEnum", strEnum), class("enum.Flag", flagClass),
		class("enum.IntFlag", intFlag), class("enum.ReprEnum", reprEnum), class("enum.EnumMeta", enumMeta), class("enum.EnumType", enumMeta),
		class("enum.auto", autoClass), class("enum.member", memberClass), class("enum.nonmember", nonMember),
		constant("enum.property", interp.PropertyClass),
		constant("enum.STRICT", str("strict")), constant("enum.CONFORM", str("conform")), constant("enum.EJECT", str("eject")), constant("enum.KEEP", str("keep")),
		constant("enum.UNIQUE", str("one name per value")), constant("enum.CONTINUOUS", str("no skipped integer values")), constant("enum.NAMED_FLAGS", str("multi-flag aliases may not contain unnamed flags")),
		self("global_enum"), self("simple_enum"),
		fn("enum.verify", "*checks", func(in *inter, _ []value) value {
			return native("enum.verify", "enumeration", func(_ *inter, a []value) value { return a[0] })
		}),
		fn("enum.unique", "enumeration", func(in *inter, a []value) value {
			c, d := enumOf(in, a[0])
			var dup []string
			d.members.Range(func(k, m value) bool {
				alias, name := in.ToStr(k), in.ToStr(in.GetAttr(m, "_name_"))
				if alias != name {
					dup = append(dup, alias+" -> "+name)
				}
				return true
			})
			if len(dup) > 0 {
				in.Raise(interp.ValueError, "duplicate values found in %s: %s", in.Repr(c), strings.Join(dup, ", "))
			}
			return c
		}),
	}
}
