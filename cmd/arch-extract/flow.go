package main

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) flowCommand() *cobra.Command {
	var inputs []string
	var scenario string
	cmd := &cobra.Command{
		Use:   "flow TARGET",
		Short: "What one forward does, call by call",
		Long: `Flow runs one forward on described inputs, without data, and lists the calls of
modules that own parameters, in order. With each stands where its input comes
from: the nearest earlier such calls, parameters used directly (=name) and
arguments of forward ($name) whose values reach it, and the nonlinear
operations met on the way (gate_proj:silu).

In text, blocks that do the same are written once; x is what enters the block.
--format ndjson prints an object a class.`,
		Example:           "  arch-extract flow qwen2\n  arch-extract flow --input input_ids=1x9:int64 qwen2",
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "ndjson")
			if err != nil {
				return err
			}
			var given []pipeline.Input
			for _, s := range inputs {
				i, err := pipeline.ParseInput(s)
				if err != nil {
					return usagef(cmd, "--input %s: %w", s, err)
				}
				given = append(given, i)
			}
			w, err := a.work(cmd, args[0])
			if err != nil {
				return err
			}
			defer w.close()
			switch scenario {
			case "prefill", "decode", "train":
			default:
				return usagef(cmd, "--scenario %s: prefill, decode or train is expected", scenario)
			}
			sc := pipeline.Scenario{Inputs: given, Kind: scenario}
			return w.write(func(out io.Writer) error { return w.flow(out, format, sc) })
		},
	}
	cmd.Flags().StringArrayVar(&inputs, "input", nil, "an input of forward, as `name=1x9:int64`; repeatable; else they follow from forward's signature")
	cmd.Flags().StringVar(&scenario, "scenario", "prefill", "`WHAT` to run: prefill; decode (one more token, with the cache that a prefill filled); train")
	return cmd
}

func (w *work) flow(out io.Writer, format string, sc pipeline.Scenario) error {
	first := true
	return each(w, func(s *pipeline.Session, f load.File, c *interp.Class) ([]byte, error) {
		r, err := s.Run(c, w.settings, sc)
		if err != nil {
			return nil, err
		}
		if r.Err != nil {
			return nil, r.Err
		}
		if w.part != "" {
			return partFlow(f.Family, w.part, c.Name, format, r)
		}
		if format == "ndjson" {
			return pipeline.AppendFlowRow(nil, f.Family, r.Built, w.settings.Args(), r.Forward), nil
		}
		return flowText(f.Family, c.Name, r.Forward, r.Forward.Trace.Provenance()), nil
	}, func(p product[[]byte]) error {
		if p.err != nil {
			if format == "ndjson" {
				_, err := out.Write(pipeline.AppendErrorRow(nil, p.file.Family, p.class, path.Base(p.file.Path), p.err))
				return err
			}
			return nil
		}
		if format == "text" {
			if err := blank(out, &first); err != nil {
				return err
			}
		}
		_, err := out.Write(p.out)
		return err
	})
}

// passage is a run of calls inside one block, or outside of any.
type passage struct {
	block string // path of the block, "" outside
	enter string // what enters the block
	lines [][3]string
}

// flowText writes the calls grouped by block; neighbouring blocks that do the
// same are one.
func flowText(family, class string, f *pipeline.Forward, p *graph.Provenance) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s %s\n", family, class)
	var ins []string
	for _, i := range f.Inputs {
		var sizes []string
		for _, n := range i.Shape {
			sizes = append(sizes, dimension(n))
		}
		ins = append(ins, "$"+i.Name+" "+shape(sizes)+" "+i.DType.String())
	}
	fmt.Fprintf(&b, "inputs: %s\n", strings.Join(ins, ", "))
	ps := passages(f.Trace.Flow(p))
	wide := [2]int{}
	for _, q := range ps {
		for _, l := range q.lines {
			wide[0] = max(wide[0], min(len(l[0]), 40))
			wide[1] = max(wide[1], min(len(l[1]), 60))
		}
	}
	for i := 0; i < len(ps); {
		j := i + 1
		for ps[i].block != "" && j < len(ps) && ps[i].follows(ps[j], j-i) {
			j++
		}
		switch {
		case ps[i].block == "":
		case j == i+1:
			fmt.Fprintf(&b, "\n%s   x = %s\n", ps[i].block, ps[i].enter)
		default:
			head, n := splitNumber(ps[i].block)
			fmt.Fprintf(&b, "\n%s.{%d-%d}   x = %s, then what the block before gives\n", head, n, n+j-i-1, ps[i].enter)
		}
		if ps[i].block == "" {
			b.WriteByte('\n')
		}
		for _, l := range ps[i].lines {
			fmt.Fprintf(&b, "  %-*s <- %-*s  %s\n", wide[0], l[0], wide[1], l[1], l[2])
		}
		i = j
	}
	if f.Output != nil && f.Output.Node != nil {
		var sizes []string
		for _, n := range tensor.Sizes(f.Output.Shape) {
			sizes = append(sizes, dimension(n))
		}
		fmt.Fprintf(&b, "\noutput %s <- %s\n", shape(sizes), named(p.Of(f.Output.Node), "", nil))
	}
	return b.Bytes()
}

// partFlow writes the calls inside the first call of a module class; x is what
// enters it.
func partFlow(family, class, model, format string, r *pipeline.Run) ([]byte, error) {
	var call *graph.Call
	for _, c := range r.Forward.Trace.Calls {
		if m := r.Built.Module(c.Path); m != nil && m.Cls.Name == class {
			call = c
			break
		}
	}
	if call == nil {
		return nil, fmt.Errorf("the forward of %s calls no %s", model, class)
	}
	p := r.Forward.Trace.Provenance()
	entered := p.Of(call.In...)
	var rows []graph.FlowRow
	for _, row := range r.Forward.Trace.Flow(p) {
		if row.Call.Within(call) {
			rows = append(rows, row)
		}
	}
	if format == "ndjson" {
		return pipeline.AppendPartRow(nil, family, class, model, call, rows, p), nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s %s: %s of %s\n\nx = %s\n", family, class, call.Path, model, named(entered, "", nil))
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, row := range rows {
		leaf := relative(row.Leaf, call.Path)
		if row.Leaf == call.Path {
			leaf = "(itself)"
		}
		fmt.Fprintf(t, "  %s\t<- %s\t%s\n", leaf, named(row.Sources, call.Path, entered), row.At)
	}
	if err := t.Flush(); err != nil {
		return nil, err
	}
	if len(call.Out) > 0 {
		fmt.Fprintf(&b, "\noutput %s <- %s\n", shapeOf(call.Out[0].Shape), named(p.Of(call.Out[0]), call.Path, entered))
	}
	return b.Bytes(), nil
}

func shapeOf(sizes []int64) string {
	var dims []string
	for _, n := range sizes {
		dims = append(dims, dimension(n))
	}
	return shape(dims)
}

// follows reports whether q is the block n after p and does the same.
func (p passage) follows(q passage, n int) bool {
	ph, pn := splitNumber(p.block)
	qh, qn := splitNumber(q.block)
	if ph != qh || qn != pn+n || len(p.lines) != len(q.lines) {
		return false
	}
	for i := range p.lines {
		if p.lines[i] != q.lines[i] {
			return false
		}
	}
	return true
}

// splitNumber splits "model.layers.3" into its folder and its number.
func splitNumber(block string) (string, int) {
	i := strings.LastIndexByte(block, '.')
	n, err := strconv.Atoi(block[i+1:])
	if err != nil || i < 0 {
		return block, -1
	}
	return block[:i], n
}

// blockOf is the path up to and with its first number, "" where there is none
// or the leaf is that itself.
func blockOf(leaf string) string {
	parts := strings.Split(leaf, ".")
	for i, p := range parts[:len(parts)-1] {
		if _, err := strconv.Atoi(p); err == nil && i > 0 {
			return strings.Join(parts[:i+1], ".")
		}
	}
	return ""
}

func passages(rows []graph.FlowRow) []passage {
	var out []passage
	var entered []graph.Origin
	for _, r := range rows {
		block := blockOf(r.Leaf)
		if len(out) == 0 || out[len(out)-1].block != block {
			q := passage{block: block}
			entered = nil
			if block != "" {
				for _, s := range r.Sources {
					if !strings.HasPrefix(s.Name, block+".") {
						entered = append(entered, s)
					}
				}
				q.enter = named(entered, "", nil)
			}
			out = append(out, q)
		}
		q := &out[len(out)-1]
		q.lines = append(q.lines, [3]string{relative(r.Leaf, block), named(r.Sources, block, entered), r.At.String()})
	}
	return out
}

func relative(name, block string) string {
	if block == "" {
		return name
	}
	for _, sigil := range []string{"=", "$", ""} {
		if rest, ok := strings.CutPrefix(name, sigil+block+"."); ok {
			return sigil + rest
		}
	}
	return name
}

// most is how many sources a line shows.
const most = 6

// named writes sources; those that make up what entered the block are "x".
func named(list []graph.Origin, block string, entered []graph.Origin) string {
	via := map[string]string{}
	for _, s := range list {
		via[s.Name] = strings.Join(s.Via, "+")
	}
	isX := len(entered) > 0
	for _, e := range entered {
		v, ok := via[e.Name]
		isX = isX && ok && v == strings.Join(e.Via, "+")
	}
	skip := map[string]bool{}
	var parts []string
	if isX {
		parts = append(parts, "x")
		for _, e := range entered {
			skip[e.Name] = true
		}
	}
	runs := map[string]*numbers{}
	for _, s := range list {
		if skip[s.Name] {
			continue
		}
		t := relative(s.Name, block)
		if v := via[s.Name]; v != "" {
			t += ":" + v
		}
		head, n, tail := numbered(t)
		if n < 0 {
			parts = append(parts, t)
			continue
		}
		key := head + "\x00" + tail
		if runs[key] == nil {
			runs[key] = &numbers{at: len(parts), head: head, tail: tail}
			parts = append(parts, "")
		}
		runs[key].all = append(runs[key].all, n)
	}
	for _, r := range runs {
		parts[r.at] = r.String()
	}
	if n := len(parts); n > most {
		parts = append(parts[:most-1], fmt.Sprintf("and %d more", n-most+1))
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

// numbers are sources that differ in one number: model.layers.{0-31}.mlp.down_proj.
type numbers struct {
	at         int
	head, tail string
	all        []int
}

func (r *numbers) String() string {
	slices.Sort(r.all)
	if len(r.all) == 1 {
		return r.head + strconv.Itoa(r.all[0]) + r.tail
	}
	var runs []string
	for i := 0; i < len(r.all); {
		j := i
		for j+1 < len(r.all) && r.all[j+1] == r.all[j]+1 {
			j++
		}
		s := strconv.Itoa(r.all[i])
		if j > i {
			s += "-" + strconv.Itoa(r.all[j])
		}
		runs = append(runs, s)
		i = j + 1
	}
	return r.head + "{" + strings.Join(runs, ",") + "}" + r.tail
}

// numbered splits a path at its first number; n is -1 where there is none.
func numbered(path string) (head string, n int, tail string) {
	for at := 0; at < len(path); {
		end := at
		for end < len(path) && path[end] != '.' && path[end] != ':' {
			end++
		}
		if n, err := strconv.Atoi(path[at:end]); err == nil && n >= 0 && at > 0 {
			return path[:at], n, path[end:]
		}
		at = end + 1
	}
	return path, -1, ""
}
