package main

import (
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) paramsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "params TARGET",
		Short: "Parameter names, shapes and dtypes",
		Long: `Params builds the model from its config, without data, and lists its
parameters as torch's named_parameters() does: name<TAB>4096x22016<TAB>float32,
a scalar as "scalar".

--format ndjson prints an object a class, with buffers and modules. With --all,
or a whole SOURCE as TARGET, it does so for every model class.`,
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "ndjson")
			if err != nil {
				return err
			}
			config, set, err := a.settings(cmd)
			if err != nil {
				return err
			}
			t, err := a.target(cmd, args[0])
			if err != nil {
				return err
			}
			defer t.Source.Close()
			if config == nil {
				config = t.Config
			}
			units, err := pipeline.Units(t, a.all)
			if err != nil {
				return err
			}
			p := &params{app: a, source: t.Source, config: config, set: set, ndjson: format == "ndjson", headers: len(units) > 1 || a.all}
			return a.write(func(w io.Writer) error { return p.run(w, units) })
		},
	}
}

// params lists the parameters of units.
type params struct {
	*app
	source          *load.Source
	config          *load.Config
	set             []load.Setting
	ndjson, headers bool
}

// paramsResult is what one unit gives: rows, totals, and what failed.
type paramsResult struct {
	rows           []byte
	tensors, total int64
	failures       []string
}

func (p *params) run(w io.Writer, units []pipeline.Unit) error {
	engine := &pipeline.Engine{Source: p.source, Jobs: p.jobs}
	var sum paramsResult
	var failed bool
	var werr error
	pipeline.Each(engine, len(units), func(s *pipeline.Session, i int) paramsResult { return p.unit(s, units[i]) },
		func(_ int, r paramsResult) {
			if werr == nil {
				_, werr = w.Write(r.rows)
			}
			sum.tensors += r.tensors
			sum.total += r.total
			for _, f := range r.failures {
				failed = true
				p.complain("%s", f)
			}
		})
	if werr != nil {
		return werr
	}
	if !p.ndjson && !p.quiet {
		p.complain("%d parameters in %d tensors", sum.total, sum.tensors)
	}
	if failed {
		return errItems
	}
	return nil
}

func (p *params) unit(s *pipeline.Session, u pipeline.Unit) (r paramsResult) {
	fail := func(class string, err error) {
		if p.ndjson {
			r.rows = pipeline.AppendErrorRow(r.rows, u.File.Family, class, path.Base(u.File.Path), err)
		}
		r.failures = append(r.failures, p.sentence(u.File, class, err))
	}
	var classes []*interp.Class
	var err error
	if u.Class == "" {
		classes, err = s.ModelClasses(u.File.Module)
	} else {
		var c *interp.Class
		c, err = s.Class(u.File.Module, u.Class)
		classes = []*interp.Class{c}
	}
	if err != nil {
		fail(u.Class, err)
		return r
	}
	for _, c := range classes {
		b, err := s.Build(c, pipeline.Options{Config: p.keywords(), Published: p.config != nil})
		if err != nil {
			fail(c.Name, err)
			continue
		}
		for _, x := range b.Tree.Params {
			r.tensors++
			r.total += x.Tensor.Numel()
		}
		if p.ndjson {
			r.rows = pipeline.AppendTreeRow(r.rows, u.File.Family, path.Base(u.File.Path), b)
			continue
		}
		if p.headers {
			r.rows = append(r.rows, "# "+u.File.Family+" "+c.Name+"\n"...)
		}
		for _, x := range b.Tree.Params {
			var dims []string
			for _, d := range x.Tensor.Shape {
				dims = append(dims, dimension(d.V))
			}
			r.rows = append(r.rows, x.Name+"\t"+shape(dims)+"\t"+x.Tensor.DType.String()+"\n"...)
		}
	}
	return r
}

// keywords are the config's keyword arguments; each model gets its own, for
// config classes keep what they are given.
func (p *params) keywords() *interp.Dict {
	if p.config == nil && p.set == nil {
		return nil
	}
	return pipeline.ConfigArgs(p.config, p.set)
}

// sentence is a failure with its place: path:line:1: Class: what Python says.
func (p *params) sentence(f load.File, class string, err error) string {
	where := p.source.Where(f.Path)
	if at := pipeline.At(err); at.File != "" {
		where = fmt.Sprintf("%s:%d:1", p.source.Where(at.File), at.Line)
	}
	if class != "" {
		class += ": "
	}
	return where + ": " + class + err.Error()
}

func dimension(n int64) string {
	if n < 0 {
		return "?"
	}
	return strconv.FormatInt(n, 10)
}

func shape(dims []string) string {
	if len(dims) == 0 {
		return "scalar"
	}
	return strings.Join(dims, "x")
}
