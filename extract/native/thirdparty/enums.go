package thirdparty

import "github.com/arch-extract/arch-extract/extract/interp"

// enumMember is one member of an enumeration of a third-party package.
type enumMember struct {
	name string
	val  value
}

// enumClass makes an enumeration whose members are instances with a name and
// a value; of an int enumeration they behave as ints.
func enumClass(qual string, base *interp.Class, members ...enumMember) *interp.Class {
	var bases []*interp.Class
	if base != nil {
		bases = []*interp.Class{base}
	}
	c := interp.NewNativeClass(qual, bases)
	byValue := map[any]value{}
	for _, m := range members {
		o := &interp.Instance{Cls: c, Dict: interp.NewDict()}
		o.Dict.SetStr("_name_", interp.NewStr(m.name))
		o.Dict.SetStr("_value_", m.val)
		if base != nil {
			o.Data = m.val
		}
		c.Dict.SetStr(m.name, o)
		byValue[m.val] = o
	}
	c.New = func(in interT, _ *interp.Class, args []value, _ []interp.KW) value {
		if len(args) == 1 {
			if i, ok := args[0].(*interp.Instance); ok && i.Cls == c {
				return i
			}
			if n, ok := interp.AsInt(args[0]); ok {
				if o := byValue[interp.NewInt(n)]; o != nil {
					return o
				}
			}
			if s, ok := interp.AsStr(args[0]); ok {
				if o := byValue[interp.NewStr(s)]; o != nil {
					return o
				}
			}
			in.Raise(interp.ValueError, "%s is not a valid %s", in.Repr(args[0]), c.Name)
		}
		return in.Unknown("a member of %s", qual)
	}
	get := func(key string) interp.NativeFn {
		return func(_ interT, a []value) value {
			v, _ := a[0].(*interp.Instance).Dict.GetStr(key)
			return v
		}
	}
	c.AddMethods(
		interp.Method{Name: "__init__", Sig: "self, *args", Fn: func(interT, []value) value { return interp.None }},
		interp.Method{Name: "name", Sig: "self", Kind: "property", Fn: get("_name_")},
		interp.Method{Name: "value", Sig: "self", Kind: "property", Fn: get("_value_")},
		interp.Method{Name: "__repr__", Sig: "self", Fn: func(in interT, a []value) value {
			d := a[0].(*interp.Instance).Dict
			n, _ := d.GetStr("_name_")
			v, _ := d.GetStr("_value_")
			return interp.NewStr("<" + c.Name + "." + in.Str(n) + ": " + in.Repr(v) + ">")
		}},
	)
	return c
}

var (
	resampling = enumClass("PIL.Image.Resampling", interp.IntClass,
		enumMember{"NEAREST", interp.NewInt(0)}, enumMember{"BOX", interp.NewInt(4)}, enumMember{"BILINEAR", interp.NewInt(2)},
		enumMember{"HAMMING", interp.NewInt(5)}, enumMember{"BICUBIC", interp.NewInt(3)}, enumMember{"LANCZOS", interp.NewInt(1)})
	interpolationMode = enumClass("torchvision.transforms.functional.InterpolationMode", nil,
		enumMember{"NEAREST", interp.NewStr("nearest")}, enumMember{"NEAREST_EXACT", interp.NewStr("nearest-exact")},
		enumMember{"BILINEAR", interp.NewStr("bilinear")}, enumMember{"BICUBIC", interp.NewStr("bicubic")},
		enumMember{"BOX", interp.NewStr("box")}, enumMember{"HAMMING", interp.NewStr("hamming")}, enumMember{"LANCZOS", interp.NewStr("lanczos")})
)

func enumEntries() []interp.Entry {
	out := []interp.Entry{{Name: "PIL.Image.Resampling", Class: resampling}}
	for _, n := range []string{"NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"} {
		out = append(out, interp.Entry{Name: "PIL.Image." + n, Value: func(interT) value {
			v, _ := resampling.Dict.GetStr(n)
			return v
		}})
	}
	for _, m := range []string{"torchvision.transforms", "torchvision.transforms.functional", "torchvision.transforms.v2", "torchvision.transforms.v2.functional", "torchvision.transforms._functional_tensor"} {
		out = append(out, interp.Entry{Name: m + ".InterpolationMode", Class: interpolationMode})
	}
	return out
}
