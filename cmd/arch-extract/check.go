package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/checkpoint"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/pipeline"
)

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check TARGET CHECKPOINT",
		Short: "Whether a checkpoint fits the code",
		Long: `Check compares the tensors of a checkpoint with those of the model: which are
missing, unexpected or of another shape. CHECKPOINT is a .safetensors file, the
index (.json) of a checkpoint in several files, or a folder with one of these.
Only headers are read, never the weights. Of a .gguf file, whose tensors have
names of their own, the metadata are compared with what the facts determine.

The release's own loading code is interpreted for it: its renamings and
conversions of older names, the prefix of the base model, tied weights, and keys
that may be missing or superfluous. Weights that are quantised, so that other
tensors stand in their place, are listed as such, not as missing. Where a renaming or a transposition explains
what remains, it is suggested.

Exit status: 0 the checkpoint fits, 1 it does not, 2 something failed.`,
		Example: "  arch-extract check config.json model.safetensors\n  arch-extract check llama snapshots/llama/",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef(cmd, "a target and a checkpoint are expected, not %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: a.completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "json", "yaml")
			if err != nil {
				return err
			}
			c, err := checkpoint.Open(args[1])
			if err != nil {
				return err
			}
			if c.Format == "gguf" {
				return a.checkGGUF(cmd, args[0], c, format)
			}
			r, err := a.fit(cmd, args[0], c)
			if err != nil {
				return err
			}
			if err := a.write(func(out io.Writer) error { return writeFit(out, r, format) }); err != nil {
				return err
			}
			if !r.OK() {
				return errDiffer
			}
			return nil
		},
	}
}

// fitting is what check says.
type fitting struct {
	Family     string       `json:"family"`
	Class      string       `json:"class"`
	Checkpoint string       `json:"checkpoint"`
	Files      int          `json:"files"`
	Bytes      int64        `json:"bytes"`
	DTypes     []dtypeCount `json:"dtypes"`
	Fits       bool         `json:"fits"`
	Method     string       `json:"quant_method,omitempty"` // as the config names it
	*checkpoint.Fit
}

type dtypeCount struct {
	DType   string `json:"dtype"`
	Tensors int    `json:"tensors"`
}

// fit loads a checkpoint's header into the one class of a target.
func (a *app) fit(cmd *cobra.Command, spec string, c *checkpoint.Checkpoint) (r *fitting, err error) {
	w, err := a.work(cmd, spec)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if len(w.units) != 1 || w.units[0].Class == "" {
		return nil, usagef(cmd, "%s: one model is checked, and this names several: name a class of it", spec)
	}
	if w.stopped != nil {
		return nil, w.stopped
	}
	u := w.units[0]
	s := pipeline.NewLoadingSession(w.target.Source, w.limits)
	fail := func(err error) (*fitting, error) {
		return nil, errors.New(w.sentence(u.File, u.Class, err))
	}
	defer pipeline.Bug(&err)
	cls, err := s.Class(u.File.Module, u.Class)
	if err != nil {
		return fail(err)
	}
	base, err := s.Base()
	if err != nil {
		return fail(err)
	}
	if !cls.Is(base) {
		return nil, fmt.Errorf("%s: %s is no model class: weights are loaded into models", spec, u.Class)
	}
	b, err := s.BuildWith(cls, w.settings)
	if err != nil {
		return fail(err)
	}
	f, err := s.Load(b, c.Tensors)
	if err != nil {
		return fail(fmt.Errorf("loading: %w", err))
	}
	shapes := map[string][]int64{}
	r = &fitting{Family: u.File.Family, Class: u.Class, Checkpoint: c.Path, Files: len(c.Files), Fits: f.OK(), Fit: f}
	count := map[string]int{}
	for _, t := range c.Tensors {
		shapes[t.Name] = t.Shape
		r.Bytes += t.Bytes
		if count[t.DType]++; count[t.DType] == 1 {
			r.DTypes = append(r.DTypes, dtypeCount{DType: t.DType})
		}
	}
	for i := range r.DTypes {
		r.DTypes[i].Tensors = count[r.DTypes[i].DType]
	}
	f.Explain(shapes)
	if w.target.Config != nil {
		if q, ok := w.target.Config.Get("quantization_config").([]load.Setting); ok {
			for _, x := range q {
				if x.Key == "quant_method" {
					r.Method, _ = x.Value.(string)
				}
			}
		}
	}
	return r, nil
}

// by names a method, where there is one.
func by(method string) string {
	if method == "" {
		return ""
	}
	return " by " + method
}

func writeFit(out io.Writer, r *fitting, format string) error {
	if format != "text" {
		return writeDocument(out, r, format)
	}
	p := &printer{w: out}
	p.f("%s: %d tensors in %s, %s", r.Class, r.Tensors, plural(r.Files, "file"), bytesText(r.Bytes))
	for _, d := range r.DTypes {
		p.f(", %d %s", d.Tensors, d.DType)
	}
	p.f("\n")
	names := func(title string, list []string) {
		if len(list) > 0 {
			p.f("%s (%d)\n", title, len(list))
			for _, l := range graph.PathList(list) {
				p.f("  %s\n", l)
			}
		}
	}
	names("missing", r.Missing)
	names("unexpected", r.Unexpected)
	if len(r.Misshaped) > 0 {
		p.f("another shape (%d)\n", len(r.Misshaped))
		for _, m := range r.Misshaped {
			p.f("  %s: %s, the model has %s\n", m.Name, shapeOf(m.Have), shapeOf(m.Want))
		}
	}
	if len(r.Failed) > 0 {
		p.f("not converted (%d)\n", len(r.Failed))
		for _, m := range r.Failed {
			p.f("  %s: %s\n", m.Name, m.Why)
		}
	}
	if len(r.Quantized) > 0 {
		p.f("quantised%s: held in a packed form, whose shapes are not compared\n", by(r.Method))
		for _, q := range r.Quantized {
			p.f("  %s (%d): as %s, %s\n", q.Name, q.Count, strings.Join(q.Stored, ", "), strings.Join(q.DTypes, " and "))
		}
	}
	if len(r.Hints) > 0 {
		p.f("perhaps\n")
		for _, h := range r.Hints {
			if h.From == h.To {
				p.f("  %s: %s (%d)\n", h.Kind, h.To, h.Count)
			} else {
				p.f("  %s: %s -> %s (%d)\n", h.Kind, h.From, h.To, h.Count)
			}
		}
	}
	if r.Fits {
		p.f("the checkpoint fits\n")
	} else {
		p.f("the checkpoint does not fit\n")
	}
	return p.err
}
