package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/arch-extract/arch-extract/extract/diff"
	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/query"
	"github.com/arch-extract/arch-extract/rules"
)

func (a *app) findCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "find QUERY [SOURCE]",
		Short: "The families whose facts answer a query",
		Long: `Find lists the families of a source whose facts answer a query: comparisons of
fact keys with values, joined by and, or, not and brackets.

  key = value   key != value   key < n   <=   >   >=
  key contains item        an item of a list, a kind of a schedule, a part of a text
  key is present           or absent, gated, unknown, missing; is not ...
  key                      it is there, and not false, none or 0
  family, class            the names, as further keys

A comparison holds where one of the facts under the key has such a value, in
whatever part of the model. The keys are those that facts prints. --format
ndjson prints an object for each family.`,
		Example: `  arch-extract find 'attention.qk_norm=per-head and moe.experts>64' pip:transformers==5.23.0
  arch-extract find 'schedule.mixers contains ssm and not attention.sinks is present'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return nil
			}
			return usagef(cmd, "a query and perhaps a source are expected, not %d arguments", len(args))
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := a.formatOf(cmd, "text", "ndjson")
			if err != nil {
				return err
			}
			q, err := queryLanguage().Parse(args[0])
			if err != nil {
				return usagef(cmd, "%w", err)
			}
			w, err := a.wholeWork(cmd, strings.Join(args[1:], ""))
			if err != nil {
				return err
			}
			defer w.close()
			return w.write(func(out io.Writer) error { return w.find(cmd, out, q, format) })
		},
	}
}

// queryLanguage knows the keys that the rules state.
func queryLanguage() query.Language {
	l := query.Language{Nearest: load.Nearest}
	for _, r := range rules.All {
		l.Keys = append(l.Keys, r.Keys...)
	}
	return l
}

func (w *work) find(cmd *cobra.Command, out io.Writer, q *query.Query, format string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
	defer stop()
	type hit struct {
		family, class string
		values        []any // by key, in the order of the query
	}
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	rows := 0
	err := eachMain(ctx, w, func(m *graph.Model) *hit {
		if !q.Match(m) {
			return nil
		}
		h := &hit{family: m.Family, class: m.Class}
		for _, k := range q.Keys() {
			h.values = append(h.values, valueOf(m, k))
		}
		return h
	}, func(u mainUnit, h *hit) error {
		if h == nil {
			return nil
		}
		rows++
		if format == "text" {
			if rows == 1 {
				fmt.Fprintln(table, strings.Join(append([]string{"FAMILY", "CLASS"}, q.Keys()...), "\t"))
			}
			cells := []string{h.family, h.class}
			for _, v := range h.values {
				cells = append(cells, diff.Text(v))
			}
			_, err := fmt.Fprintln(table, strings.Join(cells, "\t"))
			return err
		}
		var values bytes.Buffer
		for i, k := range q.Keys() {
			key, _ := json.Marshal(k)
			v, err := json.Marshal(h.values[i])
			if err != nil {
				return err
			}
			if i > 0 {
				values.WriteByte(',')
			}
			values.Write(key)
			values.WriteByte(':')
			values.Write(v)
		}
		b, err := json.Marshal(struct {
			Family string          `json:"family"`
			Class  string          `json:"class"`
			File   string          `json:"file"`
			Facts  json.RawMessage `json:"facts"`
		}{h.family, h.class, w.target.Source.Display(u.file.Path), json.RawMessage("{" + values.String() + "}")})
		if err != nil {
			return err
		}
		_, err = out.Write(append(b, '\n'))
		return err
	})
	if ferr := table.Flush(); ferr != nil {
		return ferr
	}
	if rows == 0 && err == nil {
		w.note("no family answers the query")
	}
	return err
}

// valueOf is what a model states under a key: one value, or those of its parts.
func valueOf(m *graph.Model, key string) any {
	var out []any
	seen := map[string]bool{}
	for _, f := range m.Facts {
		if f.Key != key {
			continue
		}
		v := f.Value
		if f.Status == graph.Unknown {
			v = "unknown"
		}
		if t := diff.Text(v); !seen[t] {
			seen[t] = true
			out = append(out, v)
		}
	}
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	return out
}
