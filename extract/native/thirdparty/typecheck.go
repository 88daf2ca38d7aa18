package thirdparty

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

type checkKind uint8

const (
	checkAny checkKind = iota // Any, a forward reference, an annotation that is only text
	checkNone
	checkUnion
	checkLiteral
	checkList
	checkDict
	checkTuple
	checkSet
	checkSequence
	checkClass
	checkRequired
	checkNotRequired
	checkUnsupported
)

// typeCheck is a type annotation, compiled: whether a value conforms, and what
// huggingface_hub says where it does not.
type typeCheck struct {
	kind checkKind
	typ  value   // the annotation, for messages
	lits []value // Literal's values
	args []*typeCheck
	raw  []value // the arguments as they were written
	rest bool    // tuple[T, ...]
	cls  *interp.Class
	// special is set where isinstance must ask the class (__instancecheck__).
	special   bool
	typedDict bool
}

var anyCheck = &typeCheck{kind: checkAny}

// maxTypeDepth bounds nested annotations.
const maxTypeDepth = 50

// origin is typing.get_origin(t).
func origin(in interT, t value) value {
	return in.Call(native(in, "typing.get_origin"), []value{t}, nil)
}

// typeArgs is typing.get_args(t).
func typeArgs(in interT, t value) []value {
	return in.Elements(in.Call(native(in, "typing.get_args"), []value{t}, nil))
}

// typeName is the bare name of a special form or class: "Union", "Literal".
func typeName(in interT, o value) string {
	switch o := o.(type) {
	case nil, interp.NoneType:
		return ""
	case *interp.Class:
		return o.Name
	}
	for _, attr := range []string{"_name", "__name__"} {
		if n, ok := in.LookupAttr(o, attr); ok {
			if s, ok := interp.AsStr(n); ok {
				return s
			}
		}
	}
	s := in.Repr(o)
	return s[strings.LastIndexByte(s, '.')+1:]
}

// compileType reads an annotation.
func compileType(in interT, t value, depth int) *typeCheck {
	if depth > maxTypeDepth {
		return anyCheck
	}
	switch t := t.(type) {
	case interp.NoneType:
		return &typeCheck{kind: checkNone, typ: t}
	case interp.Str, *interp.Unknown:
		return anyCheck
	case *interp.Class:
		if t.Mod == "typing" && t.Name == "Any" {
			return anyCheck
		}
		if t.Native && classChecks[t] != nil {
			return classChecks[t]
		}
	}
	c := &typeCheck{typ: t}
	o := origin(in, t)
	if o != nil && !interp.IsNone(o) {
		switch name := typeName(in, o); {
		case name == "Union" || name == "UnionType":
			c.kind = checkUnion
		case name == "Literal":
			c.kind = checkLiteral
		case o == value(interp.ListClass):
			c.kind = checkList
		case o == value(interp.DictClass):
			c.kind = checkDict
		case o == value(interp.TupleClass):
			c.kind = checkTuple
		case o == value(interp.SetClass):
			c.kind = checkSet
		case name == "Sequence":
			c.kind = checkSequence
		case name == "Required":
			c.kind = checkRequired
		case name == "NotRequired":
			c.kind = checkNotRequired
		default:
			c.kind = checkUnsupported
		}
		if c.kind == checkUnsupported {
			return c
		}
		c.raw = typeArgs(in, t)
		if c.kind == checkLiteral {
			c.lits = c.raw
			return c
		}
		for i, a := range c.raw {
			if _, dots := a.(interp.EllipsisType); dots && c.kind == checkTuple && i == 1 && len(c.raw) == 2 {
				c.rest = true
				break
			}
			c.args = append(c.args, compileType(in, a, depth+1))
		}
		return c
	}
	if cls, ok := t.(*interp.Class); ok {
		c.kind, c.cls = checkClass, cls
		if _, ok := cls.Lookup("__total__"); ok && cls.Is(interp.DictClass) || cls.Meta != nil && cls.Meta.Name == "_TypedDictMeta" {
			c.typedDict = true
		}
		if cls.Meta != nil && cls.Meta != interp.TypeClass {
			_, c.special = cls.Meta.Lookup("__instancecheck__")
		}
		return c
	}
	switch name := t.Type().Name; {
	case name == "ForwardRef":
		return anyCheck
	case typeName(in, t) == "Any":
		return anyCheck
	}
	c.kind = checkUnsupported
	return c
}

// classChecks are the checks of the plain classes, made once.
var classChecks = map[*interp.Class]*typeCheck{}

func init() {
	for _, k := range []*interp.Class{interp.IntClass, interp.FloatClass, interp.BoolClass, interp.StrClass, interp.ListClass, interp.TupleClass,
		interp.DictClass, interp.SetClass, interp.BytesClass, interp.NoneClass} {
		classChecks[k] = &typeCheck{kind: checkClass, typ: k, cls: k}
	}
}

// ok reports whether v conforms. What is unknown conforms.
func (c *typeCheck) ok(in interT, v value) bool {
	if _, unknown := v.(*interp.Unknown); unknown {
		return true
	}
	switch c.kind {
	case checkAny:
		return true
	case checkNone:
		return interp.IsNone(v)
	case checkClass:
		if c.cls == interp.IntClass {
			if _, isBool := v.(interp.Bool); isBool {
				return false
			}
		}
		if c.typedDict {
			return false
		}
		if interp.IsInstance(v, c.cls) {
			return true
		}
		return c.special && in.Truth(in.Call(in.GetAttr(in.Import("builtins"), "isinstance"), []value{v, c.cls}, nil))
	case checkUnion:
		for _, a := range c.args {
			if a.ok(in, v) {
				return true
			}
		}
		return false
	case checkLiteral:
		return c.literal(in, v)
	case checkList:
		return interp.IsInstance(v, interp.ListClass) && c.items(in, v)
	case checkSet:
		return interp.IsInstance(v, interp.SetClass) && c.items(in, v)
	case checkSequence:
		return isSequence(in, v) && c.items(in, v)
	case checkTuple:
		if !interp.IsInstance(v, interp.TupleClass) {
			return false
		}
		if c.rest {
			return c.items(in, v)
		}
		elems := in.Elements(v)
		if len(elems) != len(c.args) {
			return false
		}
		for i, x := range elems {
			if !c.args[i].ok(in, x) {
				return false
			}
		}
		return true
	case checkDict:
		d := asDict(v)
		if d == nil {
			return false
		}
		if len(c.args) == 2 {
			good := true
			d.Range(func(k, x value) bool {
				good = c.args[0].ok(in, k) && c.args[1].ok(in, x)
				return good
			})
			return good
		}
		return true
	case checkRequired:
		return v != missingValue && c.args[0].ok(in, v)
	case checkNotRequired:
		return v == missingValue || c.args[0].ok(in, v)
	}
	return false
}

// items checks every element of an iterable against the one type argument.
func (c *typeCheck) items(in interT, v value) bool {
	if len(c.args) == 0 || c.args[0].kind == checkAny {
		return true
	}
	for _, x := range in.Elements(v) {
		if !c.args[0].ok(in, x) {
			return false
		}
	}
	return true
}

func asDict(v value) *interp.Dict {
	switch v := v.(type) {
	case *interp.Dict:
		return v
	case *interp.Instance:
		if v.Cls.Is(interp.DictClass) {
			if d, ok := interp.Unwrap(v).(*interp.Dict); ok {
				return d
			}
			return interp.NewDict()
		}
	}
	return nil
}

func isSequence(in interT, v value) bool {
	switch v.(type) {
	case *interp.List, *interp.Tuple, interp.Str, interp.Bytes, *interp.Range:
		return true
	}
	for _, c := range v.Type().MRO {
		if c == interp.ListClass || c == interp.TupleClass || c == interp.StrClass || c.Name == "Sequence" {
			return true
		}
	}
	return false
}

// literal compares as Python does, except that bools and ints are kept apart.
func (c *typeCheck) literal(in interT, v value) bool {
	_, isBool := v.(interp.Bool)
	isInt := !isBool && interp.IsInstance(v, interp.IntClass)
	for _, x := range c.lits {
		_, xBool := x.(interp.Bool)
		if isBool != xBool && (isBool || isInt) {
			continue
		}
		if isInt && !interp.IsInstance(x, interp.IntClass) {
			continue
		}
		if in.Equal(x, v) {
			return true
		}
	}
	return false
}

func argsText(in interT, args []value) string { return in.Repr(interp.NewTuple(args...)) }

// fail is the message of the TypeError that huggingface_hub raises for v.
func (c *typeCheck) fail(in interT, name string, v value) string {
	in.Step(1)
	kind := func(want string) string { return "Field '" + name + "' expected a " + want + ", got " + v.Type().Name }
	indexed := func(what, tail string, elems []value, checks func(i int) *typeCheck) string {
		for i, x := range elems {
			if !checks(i).ok(in, x) {
				return "Invalid item at index " + in.Repr(interp.NewInt(int64(i))) + " in " + what + " '" + name + "'" + tail
			}
		}
		return ""
	}
	first := func(int) *typeCheck { return c.args[0] }
	switch c.kind {
	case checkNone:
		return "Field '" + name + "' expected None, got " + v.Type().Name
	case checkClass:
		if c.typedDict {
			return "TypedDict does not support instance and class checks"
		}
		return "Field '" + name + "' expected " + c.cls.Name + ", got " + v.Type().Name + " (value: " + in.Repr(v) + ")"
	case checkUnion:
		var errs []string
		for _, a := range c.args {
			errs = append(errs, a.fail(in, name, v))
		}
		return "Field '" + name + "' with value " + in.Repr(v) + " doesn't match any type in " + argsText(in, c.raw) + ". Errors: " + strings.Join(errs, "; ")
	case checkLiteral:
		return "Field '" + name + "' expected one of " + argsText(in, c.lits) + ", got " + in.ToStr(v)
	case checkList:
		if !interp.IsInstance(v, interp.ListClass) {
			return kind("list")
		}
		return indexed("list", "", in.Elements(v), first)
	case checkSequence:
		if !isSequence(in, v) {
			return kind("Sequence")
		}
		return indexed("sequence", "", in.Elements(v), first)
	case checkSet:
		if !interp.IsInstance(v, interp.SetClass) {
			return kind("set")
		}
		return "Invalid item in set '" + name + "'"
	case checkTuple:
		if !interp.IsInstance(v, interp.TupleClass) {
			return kind("tuple")
		}
		elems := in.Elements(v)
		if c.rest {
			return indexed("tuple", "", elems, first)
		}
		if len(elems) != len(c.args) {
			return "Field '" + name + "' expected a tuple of length " + in.Repr(interp.NewInt(int64(len(c.args)))) + ", got " + in.Repr(interp.NewInt(int64(len(elems))))
		}
		return indexed("tuple", "", elems, func(i int) *typeCheck { return c.args[i] })
	case checkDict:
		if asDict(v) == nil {
			return kind("dict")
		}
		return "Invalid key or value in dict '" + name + "'"
	case checkRequired:
		if v == missingValue {
			return "Field '" + name + "' is required but missing."
		}
		return c.args[0].fail(in, name, v)
	case checkNotRequired:
		return c.args[0].fail(in, name, v)
	}
	return "Unsupported type for field '" + name + "': " + in.ToStr(c.typ)
}
