package thirdparty

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// version is a version by PEP 440.
type version struct {
	epoch   int64
	release []int64
	pre     string // "a", "b", "rc" or ""
	preN    int64
	hasPost bool
	post    int64
	hasDev  bool
	dev     int64
	local   []string // parts, lower case
}

var versionRE = regexp.MustCompile(`^\s*v?(?:(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)([-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?((?:-([0-9]+))|(?:[-_.]?(post|rev|r)[-_.]?([0-9]+)?))?([-_.]?(dev)[-_.]?([0-9]+)?)?)(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$`)

// parseVersion reads a version; false where it does not follow PEP 440.
func parseVersion(s string) (*version, bool) {
	m := versionRE.FindStringSubmatch(strings.ToLower(s))
	if m == nil {
		return nil, false
	}
	num := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil && s != "" {
			return 1<<63 - 1
		}
		return n
	}
	v := &version{epoch: num(m[1])}
	for _, p := range strings.Split(m[2], ".") {
		v.release = append(v.release, num(p))
	}
	switch m[4] {
	case "alpha", "a":
		v.pre = "a"
	case "beta", "b":
		v.pre = "b"
	case "c", "rc", "pre", "preview":
		v.pre = "rc"
	}
	v.preN = num(m[5])
	if m[6] != "" {
		v.hasPost, v.post = true, num(m[7])+num(m[9])
	}
	if m[11] != "" {
		v.hasDev, v.dev = true, num(m[12])
	}
	if m[13] != "" {
		v.local = strings.FieldsFunc(m[13], func(r rune) bool { return r == '.' || r == '-' || r == '_' })
		for i, p := range v.local {
			if n, ok := new(big.Int).SetString(p, 10); ok {
				v.local[i] = n.String()
			}
		}
	}
	return v, true
}

func (v *version) base() string {
	s := ""
	if v.epoch != 0 {
		s = strconv.FormatInt(v.epoch, 10) + "!"
	}
	for i, n := range v.release {
		if i > 0 {
			s += "."
		}
		s += strconv.FormatInt(n, 10)
	}
	return s
}

func (v *version) public() string {
	s := v.base()
	if v.pre != "" {
		s += v.pre + strconv.FormatInt(v.preN, 10)
	}
	if v.hasPost {
		s += ".post" + strconv.FormatInt(v.post, 10)
	}
	if v.hasDev {
		s += ".dev" + strconv.FormatInt(v.dev, 10)
	}
	return s
}

// String is the normal form.
func (v *version) String() string {
	if len(v.local) > 0 {
		return v.public() + "+" + strings.Join(v.local, ".")
	}
	return v.public()
}

func (v *version) part(i int) int64 {
	if i < len(v.release) {
		return v.release[i]
	}
	return 0
}

// rank orders the parts behind the release: dev before pre-releases before
// the release itself before post-releases.
func (v *version) rank() (pre int, preN int64, post int64, dev int64) {
	switch {
	case v.pre != "":
		pre, preN = map[string]int{"a": 1, "b": 2, "rc": 3}[v.pre], v.preN
	case !v.hasPost && v.hasDev:
		pre = 0
	default:
		pre = 4
	}
	post = -1
	if v.hasPost {
		post = v.post
	}
	dev = 1<<63 - 1
	if v.hasDev {
		dev = v.dev
	}
	return pre, preN, post, dev
}

// compare is -1, 0 or 1.
func (v *version) compare(w *version) int {
	cmp := func(a, b int64) int {
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	if c := cmp(v.epoch, w.epoch); c != 0 {
		return c
	}
	for i := 0; i < max(len(v.release), len(w.release)); i++ {
		if c := cmp(v.part(i), w.part(i)); c != 0 {
			return c
		}
	}
	p1, n1, q1, d1 := v.rank()
	p2, n2, q2, d2 := w.rank()
	for _, pair := range [][2]int64{{int64(p1), int64(p2)}, {n1, n2}, {q1, q2}, {d1, d2}} {
		if c := cmp(pair[0], pair[1]); c != 0 {
			return c
		}
	}
	for i := 0; i < max(len(v.local), len(w.local)); i++ {
		switch {
		case i >= len(v.local):
			return -1
		case i >= len(w.local):
			return 1
		}
		a, aNum := new(big.Int).SetString(v.local[i], 10)
		b, bNum := new(big.Int).SetString(w.local[i], 10)
		switch {
		case aNum && bNum:
			if c := a.Cmp(b); c != 0 {
				return c
			}
		case aNum:
			return 1
		case bNum:
			return -1
		default:
			if c := strings.Compare(v.local[i], w.local[i]); c != 0 {
				return c
			}
		}
	}
	return 0
}

// Version objects are instances whose Data is a *version.
var (
	versionClass   = interp.NewNativeClass("packaging.version.Version", nil)
	invalidVersion = interp.NewNativeClass("packaging.version.InvalidVersion", []*interp.Class{interp.ValueError})
)

func newVersion(in interT, v value) value {
	if u, ok := v.(*interp.Unknown); ok {
		return u
	}
	s, ok := interp.AsStr(v)
	if !ok {
		in.Raise(interp.TypeError, "expected string or bytes-like object, got '%s'", v.Type().Name)
	}
	p, ok := parseVersion(s)
	if !ok {
		in.Raise(invalidVersion, "Invalid version: %s", in.Repr(v))
	}
	return &interp.Instance{Cls: versionClass, Data: p}
}

func asVersion(v value) *version {
	if i, ok := v.(*interp.Instance); ok {
		p, _ := i.Data.(*version)
		return p
	}
	return nil
}

func ints(list []int64) value {
	out := make([]value, len(list))
	for i, n := range list {
		out[i] = interp.NewInt(n)
	}
	return interp.NewTuple(out...)
}

func init() {
	versionClass.New = func(in interT, _ *interp.Class, args []value, kw []interp.KW) value {
		if len(args) == 0 && len(kw) == 1 {
			args = []value{kw[0].V}
		}
		if len(args) != 1 {
			in.Raise(interp.TypeError, "Version.__init__() missing 1 required positional argument: 'version'")
		}
		return newVersion(in, args[0])
	}
	prop := func(name string, f func(v *version) value) interp.Method {
		return interp.Method{Name: name, Sig: "self", Kind: "property", Fn: func(_ interT, a []value) value { return f(asVersion(a[0])) }}
	}
	num := func(has bool, n int64) value {
		if !has {
			return interp.None
		}
		return interp.NewInt(n)
	}
	versionClass.AddMethods(
		prop("epoch", func(v *version) value { return interp.NewInt(v.epoch) }),
		prop("release", func(v *version) value { return ints(v.release) }),
		prop("major", func(v *version) value { return interp.NewInt(v.part(0)) }),
		prop("minor", func(v *version) value { return interp.NewInt(v.part(1)) }),
		prop("micro", func(v *version) value { return interp.NewInt(v.part(2)) }),
		prop("pre", func(v *version) value {
			if v.pre == "" {
				return interp.None
			}
			return interp.NewTuple(interp.NewStr(v.pre), interp.NewInt(v.preN))
		}),
		prop("post", func(v *version) value { return num(v.hasPost, v.post) }),
		prop("dev", func(v *version) value { return num(v.hasDev, v.dev) }),
		prop("local", func(v *version) value {
			if len(v.local) == 0 {
				return interp.None
			}
			return interp.NewStr(strings.Join(v.local, "."))
		}),
		prop("public", func(v *version) value { return interp.NewStr(v.public()) }),
		prop("base_version", func(v *version) value { return interp.NewStr(v.base()) }),
		prop("is_prerelease", func(v *version) value { return interp.NewBool(v.pre != "" || v.hasDev) }),
		prop("is_postrelease", func(v *version) value { return interp.NewBool(v.hasPost) }),
		prop("is_devrelease", func(v *version) value { return interp.NewBool(v.hasDev) }),
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(interT, []value) value { return interp.None }},
		interp.Method{Name: "__str__", Sig: "self", Fn: func(_ interT, a []value) value { return interp.NewStr(asVersion(a[0]).String()) }},
		interp.Method{Name: "__repr__", Sig: "self", Fn: func(_ interT, a []value) value {
			return interp.NewStr("<Version('" + asVersion(a[0]).String() + "')>")
		}},
		interp.Method{Name: "__hash__", Sig: "self", Fn: func(in interT, a []value) value {
			v := *asVersion(a[0])
			for len(v.release) > 1 && v.release[len(v.release)-1] == 0 {
				v.release = v.release[:len(v.release)-1]
			}
			return interp.NewInt(in.Hash(interp.NewStr(v.String())))
		}},
	)
	for name, want := range map[string]func(c int) bool{
		"__lt__": func(c int) bool { return c < 0 }, "__le__": func(c int) bool { return c <= 0 },
		"__gt__": func(c int) bool { return c > 0 }, "__ge__": func(c int) bool { return c >= 0 },
		"__eq__": func(c int) bool { return c == 0 }, "__ne__": func(c int) bool { return c != 0 },
	} {
		versionClass.AddMethods(interp.Method{Name: name, Sig: "self, other", Fn: func(_ interT, a []value) value {
			v, w := asVersion(a[0]), asVersion(a[1])
			if v == nil || w == nil {
				return interp.NotImplemented
			}
			return interp.NewBool(want(v.compare(w)))
		}})
	}
}

// specifier is one comparison of a requirement: ">=1.2".
type specifier struct {
	op, text string
	v        *version
	wild     bool // "==1.2.*"
}

type specifiers []specifier

var (
	specifierSetClass = interp.NewNativeClass("packaging.specifiers.SpecifierSet", nil)
	specifierClass    = interp.NewNativeClass("packaging.specifiers.Specifier", nil)
	invalidSpecifier  = interp.NewNativeClass("packaging.specifiers.InvalidSpecifier", []*interp.Class{interp.ValueError})
	requirementClass  = interp.NewNativeClass("packaging.requirements.Requirement", nil)
	invalidRequire    = interp.NewNativeClass("packaging.requirements.InvalidRequirement", []*interp.Class{interp.ValueError})
	requirementRE     = regexp.MustCompile(`^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?$`)
	specifierRE       = regexp.MustCompile(`^\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s]+)\s*$`)
)

func parseSpecifiers(s string) (specifiers, bool) {
	var out specifiers
	for _, part := range strings.Split(s, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		m := specifierRE.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		sp := specifier{op: m[1], text: m[2]}
		text, wild := strings.CutSuffix(m[2], ".*")
		v, ok := parseVersion(text)
		if !ok && sp.op != "===" {
			return nil, false
		}
		sp.v, sp.wild = v, wild
		out = append(out, sp)
	}
	return out, true
}

func (s specifier) contains(v *version) bool {
	if s.op == "===" {
		return strings.EqualFold(s.text, v.String())
	}
	w := *v
	if len(s.v.local) == 0 {
		w.local = nil
	}
	prefix := func(n int) bool {
		for i := 0; i < n; i++ {
			if s.v.part(i) != w.part(i) {
				return false
			}
		}
		return s.v.epoch == w.epoch
	}
	c := w.compare(s.v)
	switch s.op {
	case "==":
		if s.wild {
			return prefix(len(s.v.release))
		}
		return c == 0
	case "!=":
		if s.wild {
			return !prefix(len(s.v.release))
		}
		return c != 0
	case ">=":
		return c >= 0
	case "<=":
		return c <= 0
	case "<":
		// 1.0rc1 is not "<1.0".
		return c < 0 && !((w.pre != "" || w.hasDev) && s.v.pre == "" && !s.v.hasDev && w.base() == s.v.base())
	case ">":
		return c > 0 && !(w.hasPost && !s.v.hasPost && w.base() == s.v.base())
	case "~=":
		return c >= 0 && prefix(len(s.v.release)-1)
	}
	return false
}

func (list specifiers) contains(v *version) bool {
	for _, s := range list {
		if !s.contains(v) {
			return false
		}
	}
	return true
}

func (list specifiers) String() string {
	var parts []string
	for _, s := range list {
		parts = append(parts, s.op+s.text)
	}
	return strings.Join(parts, ",")
}

func init() {
	for _, c := range []*interp.Class{specifierSetClass, specifierClass} {
		c.New = func(in interT, cls *interp.Class, args []value, _ []interp.KW) value {
			s := ""
			if len(args) > 0 {
				s = in.Str(args[0])
			}
			list, ok := parseSpecifiers(s)
			if !ok {
				in.Raise(invalidSpecifier, "Invalid specifier: '%s'", s)
			}
			return &interp.Instance{Cls: cls, Data: list}
		}
		contains := func(in interT, a []value) value {
			v := asVersion(a[1])
			if v == nil {
				v = asVersion(newVersion(in, a[1]))
			}
			return interp.NewBool(a[0].(*interp.Instance).Data.(specifiers).contains(v))
		}
		c.AddMethods(
			interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(interT, []value) value { return interp.None }},
			interp.Method{Name: "contains", Sig: "self, item, prereleases=None", Fn: contains},
			interp.Method{Name: "__contains__", Sig: "self, item", Fn: contains},
			interp.Method{Name: "__str__", Sig: "self", Fn: func(_ interT, a []value) value {
				return interp.NewStr(a[0].(*interp.Instance).Data.(specifiers).String())
			}},
		)
	}
	requirementClass.New = func(in interT, cls *interp.Class, args []value, _ []interp.KW) value {
		s := ""
		if len(args) > 0 {
			s = in.Str(args[0])
		}
		m := requirementRE.FindStringSubmatch(s)
		if m == nil {
			in.Raise(invalidRequire, "Expected package name at the start of dependency specifier\n    %s\n    ^", s)
		}
		list, ok := parseSpecifiers(m[3])
		if !ok {
			in.Raise(invalidRequire, "Invalid specifier: '%s'", m[3])
		}
		o := &interp.Instance{Cls: cls, Dict: interp.NewDict()}
		o.Dict.SetStr("name", interp.NewStr(m[1]))
		extras := interp.NewSet()
		for _, e := range strings.Split(m[2], ",") {
			if e = strings.TrimSpace(e); e != "" {
				extras.D.SetStr(e, interp.None)
			}
		}
		o.Dict.SetStr("extras", extras)
		o.Dict.SetStr("specifier", &interp.Instance{Cls: specifierSetClass, Data: list})
		o.Dict.SetStr("marker", interp.None)
		o.Dict.SetStr("url", interp.None)
		return o
	}
	requirementClass.AddMethods(interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(interT, []value) value { return interp.None }})
}
