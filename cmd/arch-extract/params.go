package main

import (
	"encoding/json"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/graph"
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

--format ndjson prints an object a class, with buffers and modules; --format
json an object a class in which a dimension that follows from the config is
{"n": its number, "expr": how it follows}. With --all, or a whole SOURCE as
TARGET, every model class is listed.`,
		Args:              oneTarget,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.onTarget((*work).params, "text", "ndjson", "json"),
	}
}

// listed is what one class gives: its rows and their totals.
type listed struct {
	rows           []byte
	tensors, total int64
}

func (w *work) params(_ *cobra.Command, out io.Writer, format string) error {
	var sum listed
	err := each(w, func(s *pipeline.Session, f load.File, c *interp.Class) (l listed, err error) {
		b, err := s.BuildWith(c, w.settings)
		if err != nil {
			return l, err
		}
		if w.part != "" {
			b = b.Only(w.part)
		}
		for _, x := range b.Tree.Params {
			l.tensors++
			l.total += max(x.Tensor.Numel(), 0)
		}
		switch format {
		case "ndjson":
			l.rows = pipeline.AppendTreeRow(nil, f.Family, path.Base(f.Path), b)
		case "json":
			l.rows, err = symbolic(f.Family, b)
		default:
			l.rows = textRows(f.Family, b, w.many)
		}
		return l, err
	}, func(p product[listed]) error {
		if p.err != nil && format == "ndjson" {
			p.out.rows = pipeline.AppendErrorRow(nil, p.file.Family, p.class, path.Base(p.file.Path), p.err)
		}
		sum.tensors += p.out.tensors
		sum.total += p.out.total
		_, err := out.Write(p.out.rows)
		return err
	})
	if format != "ndjson" && !w.quiet && sum.tensors > 0 {
		w.complain("%d parameters in %d tensors", sum.total, sum.tensors)
	}
	return err
}

func textRows(family string, b *pipeline.Built, header bool) (rows []byte) {
	if header {
		rows = append(rows, "# "+family+" "+b.Class.Name+"\n"...)
	}
	for _, x := range b.Tree.Params {
		var dims []string
		for _, d := range x.Tensor.Shape {
			dims = append(dims, dimension(d.V))
		}
		rows = append(rows, x.Name+"\t"+shape(dims)+"\t"+x.Tensor.DType.String()+"\n"...)
	}
	return rows
}

// symbolic is an object with the parameters, dimensions as they follow from the config.
func symbolic(family string, b *pipeline.Built) ([]byte, error) {
	type entry struct {
		Name  string      `json:"name"`
		Shape []graph.Dim `json:"shape"`
		DType string      `json:"dtype"`
	}
	o := struct {
		Family     string  `json:"family"`
		Class      string  `json:"class"`
		Parameters []entry `json:"parameters"`
	}{family, b.Class.Name, []entry{}}
	for _, x := range b.Tree.Params {
		e := entry{x.Name, []graph.Dim{}, x.Tensor.DType.String()}
		for _, d := range x.Tensor.Shape {
			e.Shape = append(e.Shape, graph.Dim{N: d.V, E: d.E})
		}
		o.Parameters = append(o.Parameters, e)
	}
	rows, err := json.Marshal(o)
	return append(rows, '\n'), err
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
