package pipeline

import (
	"path"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/native/framework"
)

// Unused begins to look for the values of a model's config that nothing reads:
// they were not read while the model of r was built and run, and no code that a
// model of its family may reach reads them either, be it another branch, a loss
// or generation. What a config class does with a value on its own counts as far
// as it decides another value that is read. It is called after the run, before
// the session builds anything else; Mark ends it.
func (s *Session) Unused(src *load.Source, r *Run, m *graph.Model) *Unused {
	u := &Unused{s: s, src: src, known: map[string]*configUse{}}
	if r.Built.Config == nil {
		return u
	}
	_ = s.in.Guard(func() {
		u.shared = s.sharedConfigFiles()
		u.read = s.in.ConfigReads()
		u.configs(r.Built.Config, "", nil)
		for _, c := range m.Config {
			if len(c.At) > 0 && u.shared[c.At[0].File] || u.read["config."+c.Name] {
				continue // what every config has, or what was read
			}
			if u.files == nil {
				u.gather(r, m)
			}
			if !u.dynamic && !u.isAlive(c.Name) {
				u.left = append(u.left, c.Name)
			}
		}
	})
	if len(u.left) > 0 {
		u.ready = make(chan struct{})
		go u.readAround()
	}
	return u
}

// Mark marks what was found.
func (u *Unused) Mark(m *graph.Model) {
	if len(u.left) == 0 {
		return
	}
	<-u.ready
	u.files = append(u.files, u.s.around...)
	for i := range m.Config {
		c := &m.Config[i]
		c.Dead = slices.Contains(u.left, c.Name) && !u.isAlive(c.Name)
	}
}

// Unused is one search for values that nothing reads.
type Unused struct {
	s       *Session
	src     *load.Source
	read    map[string]bool       // paths of what was read
	known   map[string]*configUse // by the path of the config: "", "text_config."
	shared  map[string]bool       // the files of the class that all configs derive from, and its bases
	files   []*text               // the code that a model of the family may reach
	configF map[string]bool       // the files of the config classes
	// dynamic is set where code of the family reads configs as a whole.
	dynamic bool
	left    []string      // values that no file so far reads
	ready   chan struct{} // closed when the session's around is read
}

// configUse is a config object and what its class does with its values.
type configUse struct {
	*flows
	aliases map[string][]string // value -> the other names under which it is read
}

// configs finds the config and those within it.
func (u *Unused) configs(cfg *interp.Instance, prefix string, seen []*interp.Instance) {
	if cfg.Dict == nil || slices.Contains(seen, cfg) {
		return
	}
	seen = append(seen, cfg)
	c := &configUse{u.s.configFlows(cfg.Cls, u.shared), map[string][]string{}}
	if v, ok := cfg.Cls.Lookup("attribute_map"); ok {
		if d, ok := v.(*interp.Dict); ok {
			d.Range(func(k, v interp.Value) bool {
				alias, _ := interp.AsStr(k)
				name, _ := interp.AsStr(v)
				c.aliases[name] = append(c.aliases[name], alias)
				return true
			})
		}
	}
	u.known[prefix] = c
	cfg.Dict.Range(func(k, v interp.Value) bool {
		if sub, ok := v.(*interp.Instance); ok && sub.Dict != nil && sub.Data == nil && !sub.Cls.Native {
			name, _ := interp.AsStr(k)
			u.configs(sub, prefix+name+".", seen)
		}
		return true
	})
}

// isAlive reports whether a value is read, by its dotted name.
func (u *Unused) isAlive(path string) bool {
	dot := strings.LastIndexByte(path, '.') + 1
	c := u.known[path[:dot]]
	return c == nil || u.alive(c, path[:dot], path[dot:], map[string]bool{})
}

// alive reports whether a name of a config class is read, or decides another that is.
func (u *Unused) alive(c *configUse, prefix, name string, seen map[string]bool) bool {
	if seen[name] {
		return false
	}
	seen[name] = true
	if c.all || c.live[name] || u.read["config."+prefix+name] {
		return true
	}
	if !strings.Contains(name, ":") { // no local variable
		if slices.ContainsFunc(c.shapes, func(s string) bool { return fits(name, s) }) {
			return true
		}
		for _, n := range append([]string{name}, c.aliases[name]...) {
			if u.mentioned(c, n, c.methods[name]) {
				return true
			}
		}
	}
	return slices.ContainsFunc(c.feeds[name], func(n string) bool { return u.alive(c, prefix, n, seen) })
}

// gather collects the code that a model of the family may reach: the modules
// that define the classes of the model and of its configs with what they
// import, the modeling files beside the configs (a part that this class does
// not build).
func (u *Unused) gather(r *Run, m *graph.Model) {
	in := u.s.in
	byFile := map[string]*interp.Module{}
	for _, v := range in.SysModules() {
		if x, ok := v.(*interp.Module); ok && x.File != "" {
			byFile[x.File] = x
		}
	}
	u.configF = map[string]bool{}
	var work []string
	seen := map[string]bool{}
	add := func(file string) {
		if file != "" && !seen[file] {
			seen[file] = true
			work = append(work, file)
		}
	}
	classes := func(c *interp.Class) {
		for _, k := range c.MRO {
			add(k.Span().File)
		}
	}
	classes(r.Built.Class)
	m.Root.Walk(func(x *graph.Module) { add(x.At.File) })
	for _, c := range u.known {
		for _, f := range c.files {
			u.configF[f] = true
			add(f)
			for _, e := range u.src.List(path.Dir(f)) {
				if strings.HasPrefix(e, "modeling") && strings.HasSuffix(e, ".py") {
					add(path.Join(path.Dir(f), e))
				}
			}
		}
	}
	own := len(work)
	plumbing := map[string]bool{}
	if base, err := u.s.Base(); err == nil {
		for _, k := range base.MRO {
			plumbing[k.Span().File] = true
		}
	}
	for i := 0; i < len(work); i++ {
		file := work[i]
		mod := byFile[file]
		t := u.text(file, mod != nil)
		u.files = append(u.files, t)
		if i < own && !t.config && !plumbing[file] {
			t.findShapes()
			u.dynamic = u.dynamic || t.readsWhole()
			if tree, _ := u.s.in.Source().Parse(file); tree != nil && mod != nil {
				u.dynamic = u.dynamic || handsOver(tree, u.there)
			}
		}
		if mod != nil {
			mod.Dict.EachValue(func(v interp.Value) bool {
				name := ""
				switch v := v.(type) {
				case *interp.Class:
					name = v.Mod
				case *interp.Function:
					name = v.Mod
				case *interp.Module:
					name = v.Name
				}
				if x, ok := in.SysModules()[name].(*interp.Module); ok && !x.IsPkg {
					add(x.File)
				}
				return true
			})
		}
	}
}

// readAround reads the modules of the framework that run a model and are not
// interpreted, once in a session.
func (u *Unused) readAround() {
	defer close(u.ready)
	if u.s.around != nil {
		return
	}
	u.s.around = []*text{}
	for _, name := range framework.RunsModels() {
		for _, f := range u.s.sourceFiles(name) {
			if b, err := u.src.ReadFile(f); err == nil {
				u.s.around = append(u.s.around, &text{body: string(b), asked: map[string]bool{}})
			}
		}
	}
}

// there reports whether a package is given, or known.
func (u *Unused) there(pkg string) bool {
	return u.s.in.CanImport(pkg) && !slices.Contains(u.s.NotGiven(), pkg)
}

// sourceFiles are the files of a module, or of a package and all beneath it.
func (s *Session) sourceFiles(module string) []string {
	src := s.in.Source()
	file, isPkg, ok := src.Resolve(module)
	if !ok {
		return nil
	}
	if !isPkg {
		return []string{file}
	}
	var out []string
	var list func(dir string)
	list = func(dir string) {
		for _, e := range src.List(dir) {
			switch {
			case strings.HasSuffix(e, "/"):
				list(dir + "/" + e[:len(e)-1])
			case strings.HasSuffix(e, ".py"):
				out = append(out, dir+"/"+e)
			}
		}
	}
	list(path.Dir(file))
	return out
}

// text is the text of a file. The session keeps what was asked of those that
// hold no config classes of this model.
func (u *Unused) text(file string, parsed bool) *text {
	if t, ok := u.s.texts[file]; ok && !u.configF[file] {
		return t
	}
	t := &text{file: file, asked: map[string]bool{}, config: u.configF[file]}
	if parsed || t.config {
		if tree, _ := u.s.in.Source().Parse(file); tree != nil {
			t.body = tree.Text
			if t.config {
				t.strings = stringsIn(tree)
			}
		}
	} else if b, err := u.src.ReadFile(file); err == nil {
		t.body = string(b)
	}
	if !t.config {
		if u.s.texts == nil {
			u.s.texts = map[string]*text{}
		}
		u.s.texts[file] = t
	}
	return t
}

// mentioned reports whether any of the code reads an attribute of that name
// from something that may be a config, or holds the name as a string. What the
// class of the config itself does is followed by its flows.
func (u *Unused) mentioned(c *configUse, name string, method bool) bool {
	return slices.ContainsFunc(u.files, func(t *text) bool { return t.mentions(name, method, c.lines[t.file]) })
}

// sharedConfigFiles are the files of the class that all configs derive from
// and of its bases.
func (s *Session) sharedConfigFiles() map[string]bool {
	out := map[string]bool{}
	m := s.in.Import(Package + ".configuration_utils")
	out[m.File] = true
	for _, name := range []string{"PreTrainedConfig", "PretrainedConfig"} {
		if v, ok := s.in.LookupAttr(m, name); ok {
			if c, ok := v.(*interp.Class); ok {
				for _, k := range c.MRO {
					out[k.Span().File] = true
				}
			}
		}
	}
	return out
}
