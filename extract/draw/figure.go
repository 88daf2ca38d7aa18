// Package draw makes pictures of models: a sheet that shows the architecture
// from the tokens to the logits (SVG, PNG), and graphs for Mermaid and Graphviz.
// A picture shows what the facts and the trace of a model say; what could not
// be decided is drawn as a question mark with a dashed outline.
package draw

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// figure is what a picture shows, before it is laid out.
type figure struct {
	name, class, source string
	summary             string // one sentence, for readers who do not see the picture
	numbers             []number
	columns             []column // the main stack last
	insets              []inset
	legend              *legend
	note                string // why there is no more to see
}

// number is one of the numbers called out at the top.
type number struct {
	value, label string
	keys         []string
}

// column is one stack: what leads to its blocks, the blocks, what follows.
type column struct {
	stack   string
	title   string
	main    bool
	idle    bool // how its boxes are joined is not known: there are no lines
	say     []string
	inputs  []string
	entry   []entryRow // bottom to top
	panels  []panel
	ordered bool // the panels follow each other as drawn
	exit    []element
	heads   []element // what reads the end of the stream side by side
	output  string
	feeds   string // how the main stack reads it: input, cross, or ""
	joint   string // the operation at which it joins the main stack's input
	stripes []int  // for each layer its kind in the legend; nil where all are equal
	more    int    // kinds of blocks that are not drawn
}

// entryRow is one or more boxes beside each other on the way to the blocks.
type entryRow struct {
	boxes []element
	fed   []bool // by box: something enters it
	join  string // the operation that joins several
	// stream says that what comes from below joins them too.
	stream bool
}

// element is one box.
type element struct {
	kind   string // embed, norm, attention, mlp, moe, mixer, head, module, unknown
	title  string
	sub    string
	code   string // the name in the code
	pills  []pill
	badge  string // of the inset that shows its inside
	keys   []string
	dashed bool
}

type pill struct {
	text   string
	keys   []string
	dashed bool
}

// panel is one kind of block.
type panel struct {
	title, count string
	layers       string
	swatches     []int // its kinds in the legend
	pills        []pill
	stages       []stage
	loose        []element // where the stream through the block is not understood
	why          string
}

type stage struct {
	branches []branch
	norm     *element
}

type branch struct {
	pre   []element
	body  element
	post  *element
	scale string
	from  string // what it reads, where that is not the stream before the stage
	keys  []string
}

// inset shows the inside of a part.
type inset struct {
	badge, title string
	sub          string
	attention    *attentionInset
	mlp          *mlpInset
	moe          *moeInset
	pills        []pill
}

type legend struct {
	pattern string
	kinds   []string
}

// builder reads a model into a figure.
type builder struct {
	m      *graph.Model
	routes *routes
	fig    *figure
	badges map[string]string // of insets that are there, by content
}

const maxPanels, maxTowers, maxEnds = 4, 4, 5

func newFigure(m *graph.Model) *figure {
	f := &figure{name: m.Family, class: m.Class, source: m.Source.Package}
	b := &builder{m: m, routes: findRoutes(m), fig: f, badges: map[string]string{}}
	b.numbers()
	b.columns()
	f.summary = b.sentence()
	return f
}

// facts are the facts of a key in a stack that hold somewhere in a block; of a module in it
// where some name that.
func (b *builder) facts(key, stack, path, module string) []*graph.Fact {
	return b.factsOf(key, stack, []string{path}, module)
}

// over are the facts of a key over all layers of a kind of block.
func (b *builder) over(key string, k graph.Block, module string) []*graph.Fact {
	var paths []string
	if run := b.routes.run(k.Stack); run != nil {
		for _, c := range run.calls {
			if graph.ScopeNames(k.Scope, c.Path) && (len(paths) == 0 || paths[len(paths)-1] != c.Path) {
				paths = append(paths, c.Path)
			}
		}
	}
	return b.factsOf(key, k.Stack, paths, module)
}

func (b *builder) factsOf(key, stack string, paths []string, module string) []*graph.Fact {
	var here, exact []*graph.Fact
	for i := range b.m.Facts {
		f := &b.m.Facts[i]
		if f.Key != key || f.Stack != stack {
			continue
		}
		holds, names := f.Scope == "", false
		for _, path := range paths {
			holds = holds || path == "" || graph.ScopeHolds(f.Scope, path)
			names = names || path != "" && module != "" && graph.ScopeNames(f.Scope, path+"."+module)
		}
		if holds {
			here = append(here, f)
		}
		if names {
			exact = append(exact, f)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return here
}

// value is the first fact of a key as text: "" where there is none, "?" where it is unknown.
func (b *builder) value(key, stack, path, module string) string {
	fs := b.facts(key, stack, path, module)
	if len(fs) == 0 {
		return ""
	}
	return factText(fs[0])
}

func factText(f *graph.Fact) string {
	if f.Status == graph.Unknown {
		return "?"
	}
	return text(f.Value)
}

// text writes a value as people do: 151,936 and 0.0884.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "?"
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case int64:
		return grouped(v)
	case int:
		return grouped(int64(v))
	case float64:
		return shortFloat(v)
	case string:
		return v
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, text(x))
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(v)
}

// grouped writes 151936 as 151,936; four digits stay together.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	if len(s) <= 4 || n < 0 {
		return s
	}
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// shortFloat writes four significant digits, whole numbers whole.
func shortFloat(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e12 {
		return grouped(int64(v))
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// large writes a number of parameters in three digits or more: 12.0 B.
func large(n int64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e12, " T"}, {1e9, " B"}, {1e6, " M"}} {
		f := float64(n) / u.size
		switch {
		case f >= 99.95:
			return grouped(int64(math.Round(f))) + u.name
		case f >= 9.995:
			return strconv.FormatFloat(f, 'f', 1, 64) + u.name
		case f >= 1:
			return strconv.FormatFloat(f, 'f', 2, 64) + u.name
		}
	}
	return grouped(n)
}

func (b *builder) numbers() {
	add := func(value, label string, keys ...string) {
		if value != "" && value != "none" {
			b.fig.numbers = append(b.fig.numbers, number{value, label, keys})
		}
	}
	v := func(key string) string { return b.value(key, "main", "", "") }
	if c := b.m.Counts; c.Total > 0 {
		add(large(c.Total), "parameters", "parameters")
		if c.Active > 0 && c.Active < c.Total {
			add(large(c.Active), "active", "parameters")
		}
	}
	add(v("model.layers"), "layers", "model.layers")
	if b.m.Hidden.N > 0 {
		add(grouped(b.m.Hidden.N), "hidden", "hidden")
	}
	add(b.distinct("attention.heads"), "heads", "attention.heads")
	if kv := b.distinct("attention.kv_heads"); kv != b.distinct("attention.heads") {
		add(kv, "kv heads", "attention.kv_heads")
	}
	add(b.distinct("attention.head_dim"), "head dim", "attention.head_dim")
	add(b.distinct("mlp.hidden"), "mlp width", "mlp.hidden")
	if e := b.distinct("moe.experts"); e != "" {
		add(b.distinct("moe.top_k")+" of "+e, "experts", "moe.experts", "moe.top_k")
	}
	if p := b.routes.vocabulary(); p != nil {
		add(grouped(p.Shape[0].N), "vocabulary", "vocab")
	}
	if c, ok := b.m.Lookup("max_position_embeddings"); ok {
		if n, ok := c.Value.(int64); ok && n > 0 {
			add(grouped(n), "positions", "positions")
		}
	}
}

// distinct joins the values that a fact has over the main stack.
func (b *builder) distinct(key string) string {
	var out []string
	for _, f := range b.facts(key, "main", "", "") {
		if s := factText(f); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) > 3 {
		out = append(out[:2], "...")
	}
	return strings.Join(out, " / ")
}

// columns reads the stacks, the main one last.
func (b *builder) columns() {
	var names []string
	for _, k := range b.m.Blocks {
		if !slices.Contains(names, k.Stack) {
			names = append(names, k.Stack)
		}
	}
	if len(names) == 0 {
		b.fig.columns = []column{b.skeleton()}
		return
	}
	slices.SortStableFunc(names, func(x, y string) int {
		if (x == "main") != (y == "main") {
			if x == "main" {
				return 1
			}
			return -1
		}
		a, c := b.routes.run(x), b.routes.run(y)
		if a == nil || c == nil {
			return 0
		}
		return cmp.Compare(a.first, c.first)
	})
	left := len(names) - 1 - maxTowers
	for i, n := range names {
		if n != "main" && left > 0 && i >= maxTowers {
			continue
		}
		c := b.column(n)
		b.fig.columns = append(b.fig.columns, c)
	}
	if c := &b.fig.columns[len(b.fig.columns)-1]; c.main && len(b.fig.columns) > 1 {
		c.title = place(b.m.Blocks, "main")
	}
	if c, ok := b.unreached(); ok {
		b.fig.columns = append([]column{c}, b.fig.columns...)
	}
	if left > 0 {
		b.fig.note = fmt.Sprintf("%d further stacks are not drawn", left)
	}
}

// place is the module that holds the blocks of a stack.
func place(blocks []graph.Block, stack string) string {
	for _, k := range blocks {
		if k.Stack == stack {
			s, _, _ := strings.Cut(k.Scope, ", ")
			s = strings.TrimRight(strings.TrimRight(s, "*{}-,0123456789"), ".")
			if i := strings.LastIndexByte(s, '.'); i > 0 {
				s = s[:i]
			}
			return s
		}
	}
	return ""
}

// unreached is the column of the parts that the followed forward does not call.
func (b *builder) unreached() (column, bool) {
	called := map[string]bool{}
	if b.m.Trace == nil || b.m.Root == nil {
		return column{}, false
	}
	for _, c := range b.m.Trace.Calls {
		for p := c.Path; !called[p]; {
			called[p] = true
			i := strings.LastIndexByte(p, '.')
			if i < 0 {
				break
			}
			p = p[:i]
		}
	}
	c := column{stack: "unreached", title: "not reached", idle: true, say: []string{"on the inputs that", "were followed"}}
	var walk func(m *graph.Module)
	walk = func(m *graph.Module) {
		for _, x := range m.Children {
			n := parameters(x)
			switch {
			case n == 0:
			case called[x.Path]:
				if strings.Count(x.Path, ".") < 1 {
					walk(x)
				}
			case !x.Container && len(x.Children) > 0 || n > 1<<20:
				e := element{kind: "module", title: x.Class, sub: large(n) + " parameters", code: x.Path, dashed: true}
				c.entry = append(c.entry, entryRow{boxes: []element{e}, fed: []bool{false}})
			}
		}
	}
	walk(b.m.Root)
	if n := len(c.entry); n > 4 {
		c.entry = append(c.entry[:3], entryRow{boxes: []element{more(n - 3)}, fed: []bool{false}})
	}
	return c, len(c.entry) > 0
}

func parameters(m *graph.Module) int64 {
	n := int64(0)
	m.Walk(func(x *graph.Module) {
		for i := range x.Params {
			n += max(0, x.Params[i].Numel())
		}
	})
	return n
}

func (b *builder) column(stack string) column {
	c := column{stack: stack, title: stack, main: stack == "main"}
	if c.main {
		c.title = ""
	}
	run, main := b.routes.run(stack), b.routes.run("main")
	if c.feeds = b.routes.feeds(run, main); c.feeds == "input" {
		c.joint = b.routes.joint(run, main)
	}
	entry, exit, inputs := b.routes.ends(run)
	c.inputs = inputs
	for _, r := range b.routes.runs {
		if how := b.routes.feeds(r, run); how == "input" && !c.main {
			from := r.name
			if from == "main" {
				from = "the main stack"
			}
			c.inputs = append(c.inputs, "from "+from)
		}
	}
	kinds := 0
	var blocks []graph.Block
	for _, k := range b.m.Blocks {
		if k.Stack == stack {
			kinds++
			blocks = append(blocks, k)
		}
	}
	limit := maxPanels
	if !c.main {
		limit = 2
	}
	c.entry = b.entry(&c, run, entry)
	c.exit = b.exit(&c, exit)
	if c.main {
		b.schedule(&c, blocks)
	}
	c.ordered = consecutive(blocks)
	for i, k := range blocks {
		if i == limit {
			c.more = kinds - limit
			break
		}
		c.panels = append(c.panels, b.panel(k, &c))
	}
	return c
}

// consecutive reports whether each kind of block is a run of layers that
// follows the one before.
func consecutive(blocks []graph.Block) bool {
	next := 0
	head := ""
	for i, k := range blocks {
		h, from, to, ok := layerRun(k.Scope)
		if !ok || i > 0 && (h != head || from != next) {
			return len(blocks) < 2
		}
		head, next = h, to+1
	}
	return true
}

// layerRun reads "model.layers.{0-2}" and "model.layers.3".
func layerRun(scope string) (head string, from, to int, ok bool) {
	i := strings.IndexByte(scope, '{')
	if i < 0 {
		j := strings.LastIndexByte(scope, '.')
		n, err := strconv.Atoi(scope[j+1:])
		return scope[:j+1], n, n, err == nil
	}
	x, y, dash := strings.Cut(strings.TrimSuffix(scope[i+1:], "}"), "-")
	from, err := strconv.Atoi(x)
	if err != nil {
		return "", 0, 0, false
	}
	to = from
	if dash {
		to, err = strconv.Atoi(y)
	}
	return scope[:i], from, to, err == nil
}

// shape writes the dimensions of a module's first parameter.
func shape(m *graph.Module) string {
	if len(m.Params) == 0 {
		return ""
	}
	var dims []string
	for _, d := range m.Params[0].Shape {
		dims = append(dims, grouped(d.N))
	}
	if m.Class == "Linear" && len(dims) == 2 {
		return dims[1] + " → " + dims[0]
	}
	return strings.Join(dims, " × ")
}

func (b *builder) moduleElement(m *graph.Module) element {
	e := element{kind: "module", title: m.Class, sub: shape(m), code: m.Path}
	if m.Class == "Embedding" {
		e.kind = "embed"
	}
	return e
}

func (b *builder) stationElement(s station) element {
	if s.param == nil {
		return b.moduleElement(s.module)
	}
	var dims []string
	for _, d := range s.param.Shape {
		if d.N != 1 {
			dims = append(dims, grouped(d.N))
		}
	}
	return element{kind: "embed", title: "Parameter", sub: strings.Join(dims, " × "), code: s.path}
}

// more stands for boxes that are left out.
func more(n int) element {
	return element{kind: "module", title: fmt.Sprintf("%d more modules", n)}
}

func (b *builder) entry(c *column, run *stackRun, sts []station) []entryRow {
	var rows []entryRow
	if len(sts) <= 24 {
		for _, r := range b.routes.rows(run, sts) {
			var er entryRow
			for i, s := range r.stations {
				er.boxes = append(er.boxes, b.stationElement(s))
				er.fed = append(er.fed, r.fed[i])
			}
			er.stream = r.stream
			if er.join = r.join; len(er.boxes) > 3 {
				er.boxes = append(er.boxes[:2], more(len(er.boxes)-2))
				er.fed = append(er.fed[:2], true)
			}
			rows = append(rows, er)
		}
	} else {
		for _, s := range sts {
			rows = append(rows, entryRow{boxes: []element{b.stationElement(s)}, fed: []bool{true}})
		}
	}
	if n := len(rows); n > maxEnds {
		rows = append(append(slices.Clone(rows[:2]), entryRow{boxes: []element{more(n - maxEnds + 1)}, fed: []bool{true}}), rows[n-(maxEnds-3):]...)
	}
	if !c.main || len(rows) == 0 {
		return rows
	}
	first, other := &rows[0].boxes[0], -1
	for i := range rows[0].boxes {
		e := &rows[0].boxes[i]
		if p := b.routes.vocabulary(); p != nil && b.m.Root.FindParam(e.code+".weight") == p {
			e.keys = []string{"vocab", "hidden"}
			first = e
		} else {
			other = i
		}
	}
	if v := b.value("embedding.scale", "main", "", ""); v != "" && v != "none" {
		first.pills = append(first.pills, pill{text: "× " + v, keys: []string{"embedding.scale"}, dashed: v == "?"})
	}
	if v := b.value("embedding.positions", "main", "", ""); v != "" && v != "none" {
		p := pill{text: v + " positions", keys: []string{"embedding.positions"}, dashed: v == "?"}
		switch n := len(rows[0].boxes); {
		case n == 1 && (len(rows) == 1 || !rows[1].stream):
			first.pills = append(first.pills, p)
		case n == 2 && other >= 0 && first.keys != nil: // beside the table of tokens
			p.text = v
			rows[0].boxes[other].pills = append(rows[0].boxes[other].pills, p)
		}
	}
	return rows
}

func (b *builder) exit(c *column, sts []station) []element {
	trunk, heads := sts, [][]station(nil)
	if c.feeds == "" {
		trunk, heads = b.routes.forks(sts)
	}
	var out []element
	for _, s := range trunk {
		out = append(out, b.stationElement(s))
	}
	c.output = "output"
	if c.main && len(out) > 0 && len(heads) == 0 {
		b.head(c, trunk, out)
	}
	if n := len(out); n > maxEnds {
		out = append(append(slices.Clone(out[:2]), more(n-maxEnds+1)), out[n-(maxEnds-3):]...)
	}
	for i, h := range heads {
		if i == 2 && len(heads) > 3 {
			c.heads = append(c.heads, element{kind: "module", title: fmt.Sprintf("%d more heads", len(heads)-2)})
			break
		}
		e := b.stationElement(h[0])
		if len(h) > 1 {
			e.sub, e.pills = shape(h[0].module), []pill{{text: fmt.Sprintf("+ %d more", len(h)-1)}}
		}
		c.heads = append(c.heads, e)
	}
	return out
}

// head says what the facts say of the final norm and the output projection.
func (b *builder) head(c *column, sts []station, out []element) {
	if b.value("final_norm", "main", "", "") == "yes" {
		for i, s := range sts {
			if s.module != nil && len(s.module.Params) > 0 && len(s.module.Params[0].Shape) == 1 {
				out[i].kind, out[i].keys = "norm", []string{"final_norm"}
				break
			}
		}
	}
	f := b.facts("head.tied", "main", "", "")
	if len(f) == 0 {
		return
	}
	c.output = "logits"
	h := &out[len(out)-1]
	h.kind = "head"
	add := func(text, key string, unknown bool) {
		h.pills = append(h.pills, pill{text: text, keys: []string{key}, dashed: unknown})
	}
	switch factText(f[0]) {
	case "yes":
		add("tied with the embedding", "head.tied", false)
	case "?":
		add("tied ?", "head.tied", true)
	}
	if b.value("head.bias", "main", "", "") == "yes" {
		add("bias", "head.bias", false)
	}
	if v := b.value("logits.scale", "main", "", ""); v != "" && v != "none" {
		add("× "+v, "logits.scale", v == "?")
	}
	if v := b.value("logits.softcap", "main", "", ""); v != "" && v != "none" {
		add("softcap "+v, "logits.softcap", v == "?")
	}
}

// schedule gives each layer its kind and the kinds their names.
func (b *builder) schedule(c *column, blocks []graph.Block) {
	var lists [][]string
	pattern := ""
	for _, key := range []string{"schedule.mixers", "schedule.ffn", "rope.layers"} {
		fs := b.facts(key, "main", "", "")
		if len(fs) != 1 || fs[0].Status == graph.Unknown {
			continue
		}
		l := unroll(fs[0].Value)
		if len(l) > 1 && len(slices.Compact(slices.Clone(l))) > 1 {
			lists = append(lists, l)
			if pattern != "" {
				pattern += "; "
			}
			pattern += runsText(fs[0].Value)
		}
	}
	if len(lists) == 0 {
		return
	}
	l := &legend{pattern: pattern}
	n := len(lists[0])
	for _, x := range lists {
		if len(x) != n {
			return
		}
	}
	for i := range n {
		var parts []string
		for _, x := range lists {
			parts = append(parts, kindTitle(x[i]))
		}
		name := strings.Join(parts, ", ")
		k := slices.Index(l.kinds, name)
		if k < 0 {
			k = len(l.kinds)
			l.kinds = append(l.kinds, name)
		}
		c.stripes = append(c.stripes, k)
	}
	if len(l.kinds) > 6 {
		c.stripes = nil
		return
	}
	b.fig.legend = l
}

// unroll turns [kind, count] runs into one kind for each layer.
func unroll(v any) []string {
	runs, _ := v.([]any)
	var out []string
	for _, r := range runs {
		p, ok := r.([]any)
		if !ok || len(p) != 2 {
			return nil
		}
		n := asInt(p[1])
		if n < 0 || n > 4096 {
			return nil
		}
		for range n {
			out = append(out, fmt.Sprint(p[0]))
		}
	}
	return out
}

func asInt(v any) int {
	switch v := v.(type) {
	case int64:
		return int(v)
	case int:
		return v
	case float64:
		return int(v)
	}
	return -1
}

// runsText writes runs with the repetition found: [sliding x 5, full] x 8.
func runsText(v any) string {
	runs, _ := v.([]any)
	var parts []string
	for _, r := range runs {
		p, _ := r.([]any)
		if len(p) != 2 {
			continue
		}
		s := fmt.Sprint(p[0])
		if n := asInt(p[1]); n != 1 {
			s += " × " + strconv.Itoa(n)
		}
		parts = append(parts, s)
	}
	for period := 1; period <= len(parts)/2; period++ {
		n := len(parts) / period
		same := true
		for i := period; i < n*period; i++ {
			same = same && parts[i] == parts[i%period]
		}
		if !same {
			continue
		}
		s := "[" + strings.Join(parts[:period], ", ") + "] × " + strconv.Itoa(n)
		if rest := parts[n*period:]; len(rest) > 0 {
			s += ", " + strings.Join(rest, ", ")
		}
		return s
	}
	return strings.Join(parts, ", ")
}

var kindTitles = map[string]string{
	"full": "full attention", "sliding": "sliding attention", "chunked": "chunked attention", "linear": "linear attention",
	"ssm": "state space", "recurrent": "recurrent", "conv": "convolution", "sparse": "sparse attention", "compressed": "compressed attention",
	"none": "none", "dense": "dense MLP", "moe": "experts", "dense+moe": "dense MLP + experts", "rope": "RoPE", "nope": "no RoPE",
}

func kindTitle(k string) string {
	if t := kindTitles[k]; t != "" {
		return t
	}
	var parts []string
	for _, p := range strings.Split(k, "+") {
		if t := kindTitles[p]; t != "" {
			p = t
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, " + ")
}

// panel reads one kind of block.
func (b *builder) panel(k graph.Block, c *column) panel {
	p := panel{title: k.Class, count: "× " + strconv.Itoa(k.Count)}
	path := b.firstPath(k)
	if i := strings.IndexByte(k.Scope, '{'); i >= 0 && !strings.Contains(k.Scope, ", ") {
		if j := strings.IndexByte(k.Scope, '}'); j > i {
			p.layers = "layers " + strings.ReplaceAll(k.Scope[i+1:j], ",", ", ")
		}
	}
	if c.stripes != nil {
		p.swatches = b.swatches(k, c)
	}
	at := func(key, module string) string { return b.value(key, k.Stack, path, module) }
	if at("block.residual", "") == "hyper" {
		p.pills = append(p.pills, pill{text: "several mixed streams", keys: []string{"block.residual"}})
	}
	parts := map[string]graph.Part{}
	for _, x := range k.Parts {
		if _, ok := parts[x.Kind+" "+x.Module]; !ok {
			parts[x.Kind+" "+x.Module] = x
		}
	}
	for i, st := range k.Stages {
		var s stage
		for _, br := range st.Branches {
			s.branches = append(s.branches, b.branch(k, br, i, path, c))
		}
		if st.Norm != "" {
			e := b.norm(k, st.Norm, path)
			s.norm = &e
		}
		p.stages = append(p.stages, s)
	}
	if len(p.stages) > 0 {
		return p
	}
	p.why = "how the stream runs through this block is not known"
	if v := at("block.residual", ""); v == "hyper" {
		p.why = "several streams, mixed before and after each part"
	}
	for _, x := range k.Parts {
		if x.Kind != "shared_expert" {
			p.loose = append(p.loose, b.body(k, x.Kind, x.Module, path, c))
		}
	}
	return p
}

// swatches are the kinds of the legend that a block's layers have.
func (b *builder) swatches(k graph.Block, c *column) []int {
	run := b.routes.run(k.Stack)
	if run == nil {
		return nil
	}
	var out []int
	for i, call := range run.calls {
		if i < len(c.stripes) && graph.ScopeNames(k.Scope, call.Path) && !slices.Contains(out, c.stripes[i]) {
			out = append(out, c.stripes[i])
		}
	}
	slices.Sort(out)
	return out
}

// firstPath is the path of the first block of a kind.
func (b *builder) firstPath(k graph.Block) string {
	if run := b.routes.run(k.Stack); run != nil {
		for _, c := range run.calls {
			if graph.ScopeNames(k.Scope, c.Path) {
				return c.Path
			}
		}
	}
	return ""
}

func (b *builder) branch(k graph.Block, br graph.Branch, i int, path string, c *column) branch {
	out := branch{body: b.body(k, br.Kind, br.Module, path, c), scale: br.Scale, keys: []string{"residual.scale"}}
	for _, n := range br.Pre {
		out.pre = append(out.pre, b.norm(k, n, path))
	}
	if br.Post != "" {
		e := b.norm(k, br.Post, path)
		out.post = &e
	}
	if br.Learned {
		if out.scale != "" {
			out.scale += " × "
		}
		out.scale += "learned"
	}
	switch {
	case br.From == i:
	case br.From < 0:
		out.from = "not from the stream"
	case br.From == 0:
		out.from = "the block's input"
	default:
		out.from = fmt.Sprintf("the stream after sum %d", br.From)
	}
	return out
}

var normTitles = map[string]string{"rmsnorm": "RMSNorm", "layernorm": "LayerNorm", "batchnorm": "BatchNorm", "groupnorm": "GroupNorm", "other": "Norm", "?": "Norm ?", "": "Norm"}

func (b *builder) norm(k graph.Block, name, path string) element {
	kind := b.value("norm.kind", k.Stack, path, "")
	e := element{kind: "norm", title: normTitles[kind], code: name, keys: []string{"norm.kind", "norm.offset", "norm.cast", "norm.eps", "norm.affine", "block.norm_placement"}, dashed: kind == "?"}
	if e.title == "" {
		e.title = kind
	}
	if b.value("norm.offset", k.Stack, path, "") == "1" {
		e.title += " (1 + w)"
	}
	if e.code == "norm" {
		e.code = ""
	}
	return e
}

var attentionTitles = map[string]string{
	"mha": "Multi-head attention", "mqa": "Multi-query attention", "gqa": "Grouped-query attention", "mla": "Multi-head latent attention", "": "Attention", "?": "Attention ?",
}

var mixerTitles = map[string]string{
	"mamba1": "Mamba", "mamba2": "Mamba 2", "gated-delta": "Gated delta rule", "lightning": "Lightning attention", "rg-lru": "RG-LRU", "rwkv": "RWKV",
	"mlstm": "mLSTM", "slstm": "sLSTM", "short-conv": "Short convolution", "other": "Mixer", "": "Mixer", "?": "Mixer ?",
}

// body is the box of a branch.
func (b *builder) body(k graph.Block, kind, module, path string, c *column) element {
	var e element
	switch kind {
	case "attention", "cross_attention":
		e = b.attention(k, kind, module, path)
	case "attention+mlp":
		e = b.attention(k, "attention", module, path)
		e.pills = append(e.pills, pill{text: "with an MLP inside", keys: []string{"mlp.kind"}})
	case "attention+mixer":
		e = b.attention(k, "attention", module, path)
		x := b.mixer(k, "", path)
		e.title += " + " + x.title
		e.pills = append(e.pills, x.pills...)
	case "mlp":
		e = b.mlp(k, module, path)
	case "moe":
		e = b.moe(k, module, path)
	case "mixer":
		e = b.mixer(k, module, path)
	default:
		e = element{kind: "module", title: "Branch", code: module}
		if m := b.m.Root.Find(path + "." + module); module != "" && m != nil {
			e.title = m.Class
		} else if module == "" {
			e.title, e.dashed = "?", true
		}
	}
	if e.code == "" {
		e.code = module
	}
	if c.main {
		e.badge = b.inset(k, kind, module, path, e)
	}
	return e
}

// sure adds a pill for a fact: nothing where it is absent, dashed where it is unknown.
func (b *builder) sure(ps []pill, fs []*graph.Fact, name string, say func(v string) string) []pill {
	var vals []string
	n, total := 0, 0
	unknown := false
	key := ""
	for _, f := range fs {
		key = f.Key
		total++
		switch {
		case f.Status == graph.Unknown:
			unknown = true
		case f.Status == graph.Absent || f.Status == graph.Gated:
		default:
			if s := say(text(f.Value)); s != "" {
				n++
				if !slices.Contains(vals, s) {
					vals = append(vals, s)
				}
			}
		}
	}
	for _, v := range vals {
		if n < total && !unknown {
			v += " in some layers"
		}
		ps = append(ps, pill{text: v, keys: []string{key}})
	}
	if unknown {
		ps = append(ps, pill{text: name + " ?", keys: []string{key}, dashed: true})
	}
	return ps
}

func (b *builder) attention(k graph.Block, kind, module, path string) element {
	at := func(key string) []*graph.Fact { return b.over(key, k, module) }
	val := func(key string) string { return b.value(key, k.Stack, path, module) }
	e := element{kind: "attention", title: attentionTitles[val("attention.kind")], keys: []string{"attention.kind", "attention.heads", "attention.kv_heads", "attention.head_dim", "attention.scale"}, dashed: val("attention.kind") == "?"}
	if kind == "cross_attention" {
		e = element{kind: "attention", title: "Cross-attention", pills: []pill{{text: "k, v from outside the stack", keys: []string{"attention.cross"}}}}
		return e
	}
	if h := val("attention.heads"); h != "" {
		e.sub = h + " heads × " + val("attention.head_dim")
		if kv := val("attention.kv_heads"); kv != "" && kv != h {
			e.sub += ", " + kv + " kv"
		}
	}
	id := func(v string) string { return v }
	word := func(w string) func(string) string { return func(string) string { return w } }
	var ps []pill
	ps = b.sure(ps, at("attention.mask"), "mask", id)
	switch v := val("position.kind"); v {
	case "rope":
		s := "RoPE"
		if val("rope.layout") == "interleaved" {
			s += " interleaved"
		}
		if d, h := val("rope.dim"), val("attention.head_dim"); d != "" && h != "" && d != h {
			s += " " + d + " of " + h
		}
		if len(at("position.kind")) > 1 || b.routesRope(k, path) {
			s += ", some layers"
		}
		ps = append(ps, pill{text: s, keys: []string{"position.kind", "rope.layout", "rope.dim", "rope.layers"}})
		if t := val("rope.theta"); t != "" && t != "?" {
			ps = append(ps, pill{text: "θ " + t, keys: []string{"rope.theta"}})
		}
	case "alibi":
		ps = append(ps, pill{text: "ALiBi", keys: []string{"position.kind"}})
	case "relative-bias":
		ps = append(ps, pill{text: "relative bias", keys: []string{"position.kind"}})
	case "none":
		ps = append(ps, pill{text: "no position term", keys: []string{"position.kind"}})
	case "?":
		ps = append(ps, pill{text: "positions ?", keys: []string{"position.kind"}, dashed: true})
	}
	ps = b.sure(ps, at("attention.qk_norm"), "q/k norm", func(v string) string {
		if v == "none" {
			return ""
		}
		return "q/k norm " + v
	})
	ps = b.sure(ps, at("attention.window"), "window", func(v string) string {
		if v == "none" {
			return ""
		}
		return "window " + v
	})
	ps = b.sure(ps, at("attention.softcap"), "softcap", func(v string) string { return "softcap " + v })
	ps = b.sure(ps, at("attention.sinks"), "sinks", word("sinks"))
	ps = b.sure(ps, at("attention.gate"), "gate", word("gated output"))
	ps = b.sure(ps, at("attention.bias"), "bias", func(v string) string {
		if v == "" {
			return ""
		}
		return "bias " + v
	})
	ps = b.sure(ps, at("attention.qkv"), "qkv", func(v string) string {
		if v == "fused" {
			return "fused qkv"
		}
		return ""
	})
	e.pills = ps
	return e
}

// routesRope reports whether a block kind's layers differ in whether they rotate.
func (b *builder) routesRope(k graph.Block, path string) bool {
	fs := b.facts("rope.layers", k.Stack, "", "")
	return len(fs) == 1 && fs[0].Status == graph.Present && k.Count > 1 && len(b.m.Blocks) == 1
}

func activationTitle(a string) string {
	if strings.ContainsAny(a, "*(+") {
		return "act(g)"
	}
	return strings.ReplaceAll(a, "_", " ")
}

func (b *builder) mlp(k graph.Block, module, path string) element {
	val := func(key string) string { return b.value(key, k.Stack, path, module) }
	e := element{kind: "mlp", title: "MLP", keys: []string{"mlp.kind", "mlp.activation", "mlp.hidden", "mlp.bias"}}
	switch val("mlp.kind") {
	case "gated":
		e.title = "Gated MLP"
	case "?":
		e.title, e.dashed = "MLP ?", true
	}
	if a := val("mlp.activation"); a != "" {
		e.sub = activationTitle(a)
		if h := val("mlp.hidden"); h != "" {
			e.sub += ", " + h + " wide"
		}
	}
	e.pills = b.sure(e.pills, b.over("mlp.bias", k, module), "bias", func(string) string { return "bias" })
	return e
}

func (b *builder) moe(k graph.Block, module, path string) element {
	val := func(key string) string { return b.value(key, k.Stack, path, module) }
	e := element{kind: "moe", title: "Mixture of experts", keys: []string{"moe.experts", "moe.top_k", "moe.score", "mlp.hidden", "mlp.activation", "moe.shared"}}
	e.sub = val("moe.top_k") + " of " + val("moe.experts") + " experts"
	if s := val("moe.shared"); s != "" && s != "0" {
		e.sub += " + " + s + " shared"
	}
	return e
}

func (b *builder) mixer(k graph.Block, module, path string) element {
	val := func(key string) string { return b.value(key, k.Stack, path, module) }
	kind := val("mixer.kind")
	e := element{kind: "mixer", title: mixerTitles[kind], keys: []string{"mixer.kind"}, dashed: kind == "?"}
	if e.title == "" {
		e.title = kind
	}
	if h := val("mixer.heads"); h != "" && h != "?" {
		e.sub = h + " heads"
		if d := val("mixer.head_dim"); d != "" && d != "?" {
			e.sub += " × " + d
		}
	}
	if v := val("mixer.state"); v != "" && v != "?" {
		e.pills = append(e.pills, pill{text: "state " + v, keys: []string{"mixer.state"}})
	}
	e.pills = b.sure(e.pills, b.over("mixer.conv", k, module), "conv", func(v string) string { return "conv " + v })
	e.pills = b.sure(e.pills, b.over("mixer.gate", k, module), "gate", func(string) string { return "gated output" })
	return e
}

// skeleton is the column of a model without blocks: the modules that its
// forward calls, in order.
func (b *builder) skeleton() column {
	c := column{stack: "main", main: true, idle: true}
	var ms []*graph.Module
	if t := b.m.Trace; t != nil && len(t.Calls) > 0 {
		seen := map[string]bool{}
		for _, call := range t.Calls {
			if m := b.m.Root.Find(call.Path); m != nil && !seen[call.Path] && strings.Count(call.Path, ".") <= 1 && call.Path != "" && !hasCalledChild(t, call.Path) {
				seen[call.Path] = true
				ms = append(ms, m)
			}
		}
		for _, n := range t.Nodes {
			if n.Op == "input" && len(c.inputs) < 3 {
				c.inputs = append(c.inputs, n.Name)
			}
		}
	} else if b.m.Root != nil {
		ms = b.m.Root.Children
	}
	var es []element
	for _, m := range ms {
		es = append(es, b.moduleElement(m))
	}
	n := 8
	if len(es) > n {
		rest := len(es) - n
		es = append(es[:n], element{kind: "module", title: fmt.Sprintf("%d more modules", rest)})
	}
	for _, e := range es {
		c.entry = append(c.entry, entryRow{boxes: []element{e}, fed: []bool{true}})
	}
	b.fig.note = "no stack of equal blocks was found: the modules in the order in which they run"
	if b.m.TraceError != "" {
		b.fig.note = "the forward could not be followed: the modules in the order of their construction"
		if b.m.Trace != nil {
			b.fig.note = "the forward could not be followed to its end: the modules in the order in which they ran"
		}
	}
	return c
}

// hasCalledChild reports whether a module at depth two of this one is called.
func hasCalledChild(t *graph.Trace, path string) bool {
	if strings.Contains(path, ".") {
		return false
	}
	for _, c := range t.Calls {
		if strings.HasPrefix(c.Path, path+".") {
			return true
		}
	}
	return false
}

// sentence describes the figure in words.
func (b *builder) sentence() string {
	f := b.fig
	var nums []string
	for _, n := range f.numbers {
		nums = append(nums, n.value+" "+n.label)
	}
	s := fmt.Sprintf("%s: %s.", f.class, strings.Join(nums, ", "))
	for _, c := range f.columns {
		for _, p := range c.panels {
			s += " " + p.describe(c)
		}
	}
	if f.legend != nil {
		s += " Layers: " + f.legend.pattern + "."
	}
	return s
}

func (p *panel) describe(c column) string {
	s := p.title
	if !c.main {
		s = c.title + ": " + s
	}
	s += " " + p.count + ": "
	var sums []string
	for _, st := range p.stages {
		var bs []string
		for _, br := range st.branches {
			t := br.body.title
			if br.body.sub != "" {
				t += " (" + br.body.sub + ")"
			}
			if len(br.pre) > 0 {
				t += " after " + br.pre[0].title
			}
			if br.post != nil {
				t += ", then " + br.post.title
			}
			bs = append(bs, t)
		}
		t := strings.Join(bs, " beside ")
		if st.norm != nil {
			t += ", then " + st.norm.title + " on the sum"
		}
		sums = append(sums, t)
	}
	if len(sums) == 0 {
		return s + p.why + "."
	}
	return s + strings.Join(sums, "; ") + "."
}
