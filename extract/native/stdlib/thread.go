package stdlib

import "github.com/arch-extract/arch-extract/extract/interp"

// There is one thread. Locks are always free, events are flags.
var (
	lockClass  = interp.NewNativeClass("threading.Lock", nil)
	localClass = interp.NewNativeClass("threading.local", nil)
)

func init() {
	yes := func(*inter, []value) value { return interp.True }
	none := func(*inter, []value) value { return interp.None }
	addMethods(lockClass,
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: none},
		method("acquire", "self, blocking=True, timeout=-1", yes),
		method("release", "self, n=1", none),
		method("locked", "self", func(*inter, []value) value { return interp.False }),
		method("__enter__", "self", yes),
		interp.Method{Name: "__exit__", Sig: "self, *args", Fn: none},
		method("wait", "self, timeout=None", yes), method("notify", "self, n=1", none), method("notify_all", "self", none),
		method("__deepcopy__", "self, memo", func(_ *inter, a []value) value { return a[0] }),
	)
	localClass.New = func(_ *inter, cls *interp.Class, _ []value, _ []interp.KW) value { return &interp.Instance{Cls: cls} }
}

func threadEntries() []entry {
	out := []entry{module("threading"), class("threading.local", localClass)}
	for _, n := range []string{"Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "_RLock"} {
		out = append(out, class("threading."+n, lockClass))
	}
	for _, n := range []string{"Thread", "Event", "Timer", "Barrier", "current_thread", "main_thread", "enumerate"} {
		out = append(out, pyName("threading."+n, "threading"))
	}
	number := func(name string) entry {
		return fn("threading."+name, "", func(*inter, []value) value { return interp.NewInt(1) })
	}
	return append(out, number("get_ident"), number("get_native_id"), number("active_count"),
		fn("threading.excepthook", "args", func(*inter, []value) value { return interp.None }),
		fn("threading.settrace", "func", func(*inter, []value) value { return interp.None }),
		constant("threading.TIMEOUT_MAX", interp.NewFloat(9223372036)), constant("threading.ThreadError", interp.RuntimeError))
}
