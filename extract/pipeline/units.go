package pipeline

import (
	"math/big"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
)

// Unit is one piece of work: a class of a modeling file, or, with no class
// named, every model class that the file defines.
type Unit struct {
	File  load.File
	Class string
}

// Units lists the work of a target: its one class (the family's main class
// where none is named), or with all every model class of its files.
func Units(t *load.Target, all bool) ([]Unit, error) {
	if !all && !t.Whole {
		f, class, err := t.File()
		if err != nil {
			return nil, err
		}
		return []Unit{{f, class}}, nil
	}
	var out []Unit
	for _, fam := range t.Families {
		for _, f := range fam.Files {
			out = append(out, Unit{File: f})
		}
	}
	return out, nil
}

// ConfigArgs turns the values of a config.json and --set into keyword
// arguments. A dotted key reaches into a sub-config; later values win.
func ConfigArgs(config *load.Config, set []load.Setting) *interp.Dict {
	d := interp.NewDict()
	if config != nil {
		for _, s := range config.Values {
			d.SetStr(s.Key, pyValue(s.Value))
		}
	}
	for _, s := range set {
		putDotted(d, s.Key, pyValue(s.Value))
	}
	return d
}

func putDotted(d *interp.Dict, key string, v interp.Value) {
	name, rest, dotted := cut(key, '.')
	if !dotted {
		d.SetStr(key, v)
		return
	}
	sub, ok := d.GetStr(name)
	inner, isDict := sub.(*interp.Dict)
	if !ok || !isDict {
		inner = interp.NewDict()
		d.SetStr(name, inner)
	}
	putDotted(inner, rest, v)
}

// pyValue makes a Python value of plain data.
func pyValue(v any) interp.Value {
	switch v := v.(type) {
	case nil:
		return interp.None
	case bool:
		return interp.NewBool(v)
	case int:
		return interp.NewInt(int64(v))
	case int64:
		return interp.NewInt(v)
	case *big.Int:
		return interp.NewBig(v)
	case float64:
		return interp.NewFloat(v)
	case string:
		return interp.NewStr(v)
	case []any:
		l := interp.NewList()
		for _, x := range v {
			l.V = append(l.V, pyValue(x))
		}
		return l
	case []load.Setting:
		d := interp.NewDict()
		for _, s := range v {
			d.SetStr(s.Key, pyValue(s.Value))
		}
		return d
	}
	panic("a setting of an unforeseen type")
}
