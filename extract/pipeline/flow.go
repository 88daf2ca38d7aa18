package pipeline

import (
	"strconv"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// AppendFlowRow appends the machine-readable row of a forward: the config
// values that were set, the inputs, each call of a leaf in order with the
// sources that reach it, the sources and shape of the first output, and where
// there are any the places that depend on data.
func AppendFlowRow(dst []byte, family string, b *Built, set *interp.Dict, f *Forward) []byte {
	dst = append(dst, `{"family":`...)
	dst = appendString(dst, family)
	dst = append(dst, `,"class":`...)
	dst = appendString(dst, b.Class.Name)
	dst = append(dst, `,"set":`...)
	if set == nil {
		dst = append(dst, "{}"...)
	} else {
		dst = appendPlain(dst, set)
	}
	dst = append(dst, `,"inputs":{`...)
	for i, in := range f.Inputs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, in.Name)
		dst = append(dst, ":["...)
		dst = appendSizes(dst, in.Shape)
		dst = append(dst, ',')
		dst = appendString(dst, in.DType.String())
		dst = append(dst, ']')
	}
	p := f.Trace.Provenance()
	dst = append(dst, `},"calls":`...)
	dst = appendCalls(dst, f.Trace.Flow(p))
	out, shape := f.outputFlow(p)
	dst = append(dst, `,"output":`...)
	dst = appendOrigins(dst, out)
	dst = append(dst, `,"output_shape":`...)
	dst = appendSizes(dst, shape)
	dst = appendPlaces(dst, f.Trace.DataPlaces())
	return append(dst, "}\n"...)
}

// appendPlaces appends, where there are any, the lines where the path or a size
// depends on data, the reason, and how a condition was taken.
func appendPlaces(dst []byte, places []graph.DataPlace) []byte {
	for i, p := range places {
		if i == 0 {
			dst = append(dst, `,"depends_on_data":[[`...)
		} else {
			dst = append(dst, ",["...)
		}
		dst = appendString(dst, p.At.String())
		dst = append(dst, ',')
		dst = appendString(dst, p.Why)
		if p.Took != "" {
			dst = append(dst, ',')
			dst = appendString(dst, p.Took)
		}
		dst = append(dst, ']')
	}
	if len(places) > 0 {
		dst = append(dst, ']')
	}
	return dst
}

// AppendPartRow appends the row of one call of a module of a model: what
// enters it, the calls inside, and where its first output comes from.
func AppendPartRow(dst []byte, family, class, model string, call *graph.Call, rows []graph.FlowRow, p *graph.Provenance) []byte {
	dst = append(dst, `{"family":`...)
	dst = appendString(dst, family)
	dst = append(dst, `,"class":`...)
	dst = appendString(dst, class)
	dst = append(dst, `,"of":`...)
	dst = appendString(dst, model)
	dst = append(dst, `,"path":`...)
	dst = appendString(dst, call.Path)
	dst = append(dst, `,"inputs":`...)
	dst = appendOrigins(dst, p.Of(call.In...))
	dst = append(dst, `,"calls":`...)
	dst = appendCalls(dst, rows)
	dst = append(dst, `,"output":`...)
	var shape []int64
	if len(call.Out) > 0 {
		dst = appendOrigins(dst, p.Of(call.Out[0]))
		shape = call.Out[0].Shape
	} else {
		dst = append(dst, "{}"...)
	}
	dst = append(dst, `,"output_shape":`...)
	dst = appendSizes(dst, shape)
	return append(dst, "}\n"...)
}

// outputFlow is what the first output comes from, and its shape.
func (f *Forward) outputFlow(p *graph.Provenance) (from []graph.Origin, shape []int64) {
	if f.Output == nil {
		return nil, nil
	}
	if f.Output.Node != nil {
		from = p.Of(f.Output.Node)
	}
	return from, tensor.Sizes(f.Output.Shape)
}

func appendCalls(dst []byte, rows []graph.FlowRow) []byte {
	dst = append(dst, '[')
	for i, r := range rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		dst = appendString(dst, r.Leaf)
		dst = append(dst, ',')
		dst = appendOrigins(dst, r.Sources)
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

func appendOrigins(dst []byte, os []graph.Origin) []byte {
	dst = append(dst, '{')
	for i, o := range os {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, o.Name)
		dst = append(dst, ":["...)
		for k, v := range o.Via {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, v)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// appendSizes writes a shape; a size that is not known is null.
func appendSizes(dst []byte, shape []int64) []byte {
	dst = append(dst, '[')
	for i, n := range shape {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n < 0 {
			dst = append(dst, "null"...)
		} else {
			dst = strconv.AppendInt(dst, n, 10)
		}
	}
	return append(dst, ']')
}

// PrepareFlow selects, for Options.Prepare, the implementations whose dataflow
// is plain in the source: attention is the eager function that the model's own
// file names, experts are a batched product over all of them.
func PrepareFlow(in *interp.Interp, cfg *interp.Instance) { prepareFlow(in, cfg, true) }

func prepareFlow(in *interp.Interp, cfg *interp.Instance, experts bool) {
	set := func(c *interp.Instance) {
		in.SetAttr(c, "_attn_implementation_internal", interp.NewStr("eager"))
		if experts {
			in.SetAttr(c, "_experts_implementation_internal", interp.NewStr("batched_mm"))
		}
	}
	set(cfg)
	subs, ok := in.LookupAttr(cfg, "sub_configs")
	if !ok {
		return
	}
	for _, k := range in.Elements(subs) {
		n, _ := interp.AsStr(k)
		if v, ok := in.LookupAttr(cfg, n); ok {
			if c, ok := v.(*interp.Instance); ok {
				set(c)
			}
		}
	}
}
