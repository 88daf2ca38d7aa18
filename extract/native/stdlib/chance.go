package stdlib

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// chanceEntries are random, time, secrets and uuid: what they give is not known.
func chanceEntries() []entry {
	randomClass := interp.NewNativeClass("random.Random", nil)
	out := []entry{module("random"), module("time"), module("secrets"), module("uuid"), class("random.Random", randomClass), class("random.SystemRandom", randomClass)}
	unknown := func(q string) interp.NativeFn {
		return func(in *inter, _ []value) value { return in.Unknown("%s() gives another value each time", q) }
	}
	none := func(*inter, []value) value { return interp.None }
	for _, n := range strings.Fields("random randint randrange choice choices sample uniform gauss normalvariate triangular betavariate expovariate gammavariate lognormvariate vonmisesvariate paretovariate weibullvariate getrandbits randbytes getstate") {
		out = append(out, fn("random."+n, "*args, **kwargs", unknown("random."+n)))
		addMethods(randomClass, interp.Method{Name: n, Sig: "self, *args, **kwargs", Fn: unknown("random." + n)})
	}
	shuffle := func(in *inter, a []value) value {
		if l, ok := interp.Unwrap(a[0]).(*interp.List); ok {
			for i := range l.V {
				l.V[i] = in.Unknown("random.shuffle() gives another order each time")
			}
			l.E = nil
		}
		return interp.None
	}
	out = append(out, fn("random.seed", "*args, **kwargs", none), fn("random.setstate", "state", none), fn("random.shuffle", "x", shuffle))
	addMethods(randomClass,
		interp.Method{Name: "__init__", Sig: "self, *args", Fn: none}, interp.Method{Name: "seed", Sig: "self, *args, **kwargs", Fn: none},
		interp.Method{Name: "setstate", Sig: "self, state", Fn: none},
		method("shuffle", "self, x", func(in *inter, a []value) value { return shuffle(in, a[1:]) }),
	)
	for _, n := range strings.Fields("time perf_counter monotonic process_time thread_time time_ns perf_counter_ns monotonic_ns strftime ctime asctime localtime gmtime mktime strptime get_clock_info") {
		out = append(out, fn("time."+n, "*args, **kwargs", unknown("time."+n)))
	}
	out = append(out, fn("time.sleep", "secs, /", none), constant("time.timezone", interp.NewInt(0)), constant("time.tzname", interp.NewTuple(strs("UTC", "UTC")...)),
		class("time.struct_time", inertClass("time.struct_time", interp.TupleClass)))
	for _, n := range strings.Fields("token_bytes token_hex token_urlsafe choice randbelow randbits compare_digest") {
		out = append(out, fn("secrets."+n, "*args, **kwargs", unknown("secrets."+n)))
	}
	for _, n := range strings.Fields("uuid1 uuid3 uuid4 uuid5 getnode") {
		out = append(out, fn("uuid."+n, "*args, **kwargs", unknown("uuid."+n)))
	}
	out = append(out, class("uuid.UUID", inertClass("uuid.UUID")), fn("os.urandom", "size, /", unknown("os.urandom")))
	return out
}
