package thirdparty

import "github.com/arch-extract/arch-extract/extract/interp"

// tqdmClass is a progress bar that shows nothing: it passes its iterable on.
var tqdmClass = interp.NewNativeClass("tqdm.std.tqdm", nil)

func init() {
	tqdmClass.New = func(_ interT, cls *interp.Class, args []value, kw []interp.KW) value {
		var it value = interp.EmptyTuple
		if len(args) > 0 {
			it = args[0]
		}
		for _, k := range kw {
			if k.Name == "iterable" {
				it = k.V
			}
		}
		o := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		o.Dict.SetStr("iterable", it)
		return o
	}
	none := func(interT, []value) value { return interp.None }
	iterable := func(v value) value {
		if x, ok := v.(*interp.Instance).Dict.GetStr("iterable"); ok {
			return x
		}
		return interp.EmptyTuple
	}
	tqdmClass.AddMethods(
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: none},
		interp.Method{Name: "__iter__", Sig: "self", Fn: func(in interT, a []value) value { return in.Iter(iterable(a[0])) }},
		interp.Method{Name: "__len__", Sig: "self", Fn: func(in interT, a []value) value {
			return interp.NewInt(int64(in.Len(iterable(a[0]))))
		}},
		interp.Method{Name: "__enter__", Sig: "self", Fn: func(_ interT, a []value) value { return a[0] }},
		interp.Method{Name: "__exit__", Sig: "self, *args", Fn: none},
		interp.Method{Name: "write", Sig: "cls, *args, **kwargs", Kind: "class", Fn: none},
		interp.Method{Name: "set_lock", Sig: "cls, lock", Kind: "class", Fn: none},
		interp.Method{Name: "get_lock", Sig: "cls", Kind: "class", Fn: none},
	)
	for _, n := range []string{"update", "close", "set_description", "set_description_str", "set_postfix", "set_postfix_str", "refresh", "reset", "clear", "display"} {
		tqdmClass.AddMethods(interp.Method{Name: n, Sig: "self, *args, **kwargs", Fn: none})
	}
}

func tqdmEntries() []interp.Entry {
	var out []interp.Entry
	for _, m := range []string{"tqdm", "tqdm.auto", "tqdm.std", "tqdm.notebook", "tqdm.asyncio"} {
		out = append(out, interp.Entry{Name: m + ".tqdm", Class: tqdmClass})
		out = append(out, interp.Entry{Name: m + ".trange", Sig: "*args, **kwargs", Fn: func(in interT, a []value) value {
			return in.Call(in.GetAttr(in.Import("builtins"), "range"), a[0].(*interp.Tuple).V, nil)
		}})
	}
	return append(out,
		interp.Entry{Name: "tqdm.__version__", Value: func(interT) value { return interp.NewStr(PackageVersions["tqdm"]) }},
		interp.Entry{Name: "tqdm.contrib.logging.logging_redirect_tqdm", Class: inertClass("tqdm.contrib.logging.logging_redirect_tqdm")},
		interp.Entry{Name: "tqdm.contrib.concurrent.thread_map", Raw: inertFunc("tqdm.contrib.concurrent.thread_map")},
	)
}
