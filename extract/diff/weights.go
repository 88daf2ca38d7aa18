package diff

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// weights matches the parameters of a and b.
func (r *Result) weights(a, b *graph.Model) {
	ta, tb := tensors(a), tensors(b)
	for _, x := range []struct {
		ts []*tensor
		m  *graph.Model
	}{{ta, a}, {tb, b}} {
		for _, t := range x.ts {
			if t.role.what == "qkv" {
				t.layout = layout(x.m)
			}
			if x.m == a {
				r.names[0] = append(r.names[0], t.name)
			} else {
				r.names[1] = append(r.names[1], t.name)
			}
		}
	}
	if a.TraceError != "" || b.TraceError != "" { // roles are known of one alone, or up to where it ended
		byName(ta, tb)
	}
	var renamed, moved, joined, gone, added []Weight

	// the same role; a role that several have counts only where both have as many
	ra, rb := byRole(ta), byRole(tb)
	for _, t := range ta {
		x, y := free(ra[t.role]), free(rb[t.role])
		if t.taken || t.role.what == "" || len(x) != len(y) || strings.HasPrefix(t.role.what, "use ") {
			continue
		}
		for i := range x {
			r.pair(x[i], y[i], &renamed, &joined)
		}
	}
	joined = append(joined, fusions(ta, tb, true)...)
	joined = append(joined, fusions(tb, ta, false)...)

	// what no equation names: the same computation around it
	for _, t := range ta {
		x, y := ra[t.role], rb[t.role]
		if t.taken || !strings.HasPrefix(t.role.what, "use ") || len(x) != 1 || len(y) != 1 || y[0].taken {
			continue
		}
		r.pair(t, y[0], &renamed, &joined)
	}
	// what no operation uses, or nothing is known of: the same name
	for _, t := range ta {
		if t.taken || t.role.what != "" && !strings.HasPrefix(t.role.what, "use ") {
			continue
		}
		for _, u := range tb {
			if !u.taken && u.name == t.name && (u.role.what == "" || strings.HasPrefix(u.role.what, "use ")) {
				t.taken, u.taken = true, true
			}
		}
	}
	// what neither forward uses: the same place in the tree, where all shapes agree
	if x, y := unused(ta), unused(tb); slices.EqualFunc(x, y, func(t, u *tensor) bool {
		return slices.EqualFunc(t.p.Shape, u.p.Shape, func(d, e graph.Dim) bool { return d.N == e.N })
	}) {
		for i := range x {
			r.pair(x[i], y[i], &renamed, &joined)
		}
	}
	// norms of the same branch at another place in the block
	for _, t := range ta {
		if t.taken || branch(t.role) == "" {
			continue
		}
		u := only(tb, func(u *tensor) bool {
			return !u.taken && u.role.slot == t.role.slot && branch(u.role) == branch(t.role)
		})
		v := only(ta, func(u *tensor) bool {
			return !u.taken && u.role.slot == t.role.slot && branch(u.role) == branch(t.role)
		})
		if u == nil || v == nil {
			continue
		}
		t.taken, u.taken = true, true
		w := change("moved", t, u)
		w.Note = "other place in the block: " + strings.TrimPrefix(t.role.what, "norm ") + " -> " + strings.TrimPrefix(u.role.what, "norm ")
		moved = append(moved, w)
	}
	joined = append(joined, untied(ta, tb, true)...)
	joined = append(joined, untied(tb, ta, false)...)
	for _, t := range ta {
		if !t.taken {
			gone = append(gone, change("removed", t, nil))
		}
	}
	for _, t := range tb {
		if !t.taken {
			added = append(added, change("added", nil, t))
		}
	}
	for _, l := range [][]Weight{joined, moved, added, gone} {
		r.Weights = append(r.Weights, l...)
	}
	r.Renamed = append(r.Renamed, renamed...)
}

func (r *Result) pair(t, u *tensor, renamed, changed *[]Weight) {
	t.taken, u.taken = true, true
	relaid := t.layout != u.layout && t.layout != "" && u.layout != ""
	switch {
	case t.turned != u.turned && len(t.p.Shape) == len(u.p.Shape):
		w := change("transposed", t, u)
		w.Note = "in x out -> out x in"
		if u.turned {
			w.Note = "out x in -> in x out"
		}
		if relaid {
			w.Note += ", layout " + t.layout + " -> " + u.layout
		}
		*changed = append(*changed, w)
	case relaid:
		w := change("relaid", t, u)
		w.Note = "layout " + t.layout + " -> " + u.layout
		*changed = append(*changed, w)
	case len(t.p.Shape) == len(u.p.Shape)+1 && len(t.p.Shape) == 3 || len(u.p.Shape) == len(t.p.Shape)+1 && len(u.p.Shape) == 3:
		w := change("stacked", t, u)
		w.Note = "a list of experts -> one tensor, stacked along the first dimension"
		if len(t.p.Shape) == 3 {
			w.Change, w.Note = "unstacked", "one tensor, stacked along the first dimension -> a list of experts"
		}
		*changed = append(*changed, w)
	case t.name != u.name:
		*renamed = append(*renamed, change("renamed", t, u))
	}
}

// byName takes what has the same name and rank in both for the same.
func byName(ta, tb []*tensor) {
	at := map[string]*tensor{}
	for _, u := range tb {
		at[u.name] = u
	}
	for _, t := range ta {
		if u := at[t.name]; u != nil && len(u.p.Shape) == len(t.p.Shape) {
			t.taken, u.taken = true, true
		}
	}
}

// unused are parameters that no operation of the forward reads.
func unused(ts []*tensor) []*tensor {
	var out []*tensor
	for _, t := range ts {
		if !t.taken && t.role == (role{}) {
			out = append(out, t)
		}
	}
	return out
}

func free(ts []*tensor) []*tensor {
	if !slices.ContainsFunc(ts, func(t *tensor) bool { return t.taken }) {
		return ts
	}
	return slices.DeleteFunc(slices.Clone(ts), func(t *tensor) bool { return t.taken })
}

func byRole(ts []*tensor) map[role][]*tensor {
	m := map[role][]*tensor{}
	for _, t := range ts {
		m[t.role] = append(m[t.role], t)
	}
	return m
}

func only(ts []*tensor, ok func(*tensor) bool) *tensor {
	var out *tensor
	for _, t := range ts {
		if ok(t) {
			if out != nil {
				return nil
			}
			out = t
		}
	}
	return out
}

// branch is the part of the block that a norm sits at, or "".
func branch(r role) string {
	if rest, ok := strings.CutPrefix(r.what, "norm "); ok {
		if i := strings.LastIndex(rest, "before "); i >= 0 {
			return r.where + " " + rest[i+len("before "):]
		}
		if i := strings.LastIndex(rest, "after "); i >= 0 {
			return r.where + " " + rest[i+len("after "):]
		}
	}
	return ""
}

// fusion is a role that one parameter may have in the place of several.
type fusion struct {
	one   string
	parts []string
}

// oneNorm is the norm that several branches read, as the norms that they have
// of their own elsewhere.
func oneNorm(r role) []fusion {
	rest, ok := strings.CutPrefix(r.what, "norm before ")
	if !ok || !strings.Contains(rest, "+") {
		return nil
	}
	f := fusion{one: r.what}
	for _, b := range strings.Split(rest, "+") {
		f.parts = append(f.parts, "norm before "+b)
	}
	return []fusion{f}
}

// whole are the roles that one matrix may have in the place of several.
var whole = []fusion{
	{"qkv", []string{"q", "k", "v"}},
	{"kv", []string{"k", "v"}},
	{"gate+up", []string{"gate", "up"}},
}

// fusions finds the matrices of one model that the other holds in parts.
func fusions(one, many []*tensor, forward bool) []Weight {
	var out []Weight
	for _, t := range one {
		if t.taken {
			continue
		}
		for _, f := range append(whole[:len(whole):len(whole)], oneNorm(t.role)...) {
			if t.role.what != f.one {
				continue
			}
			var parts []*tensor
			for _, p := range f.parts {
				if u := only(many, func(u *tensor) bool {
					return !u.taken && u.role.where == t.role.where && u.role.what == p && u.role.slot == t.role.slot
				}); u != nil {
					parts = append(parts, u)
				}
			}
			if len(parts) != len(f.parts) {
				continue
			}
			t.taken = true
			w := Weight{Change: "split", About: t.role.String(), A: []string{t.name}, AtA: place(t.at)}
			for _, u := range parts {
				u.taken = true
				w.B = append(w.B, u.name)
				w.AtB = append(w.AtB, place(u.at)...)
			}
			var notes []string
			if t.layout != "" {
				notes = append(notes, laid(t.layout))
			}
			if strings.HasPrefix(f.one, "norm ") {
				notes = append(notes, "one norm before each branch")
			}
			if n := len(t.p.Shape); n == len(parts[0].p.Shape)+1 && n == 3 {
				notes = append(notes, "one matrix an expert: stacked along the first dimension")
			}
			if t.turned != parts[0].turned {
				notes = append(notes, "transposed")
			}
			w.Note = strings.Join(notes, ", ")
			if !forward {
				w.Change = "fused"
				w.A, w.B, w.AtA, w.AtB = w.B, w.A, w.AtB, w.AtA
			}
			out = append(out, w)
		}
	}
	return out
}

func change(kind string, t, u *tensor) Weight {
	w := Weight{Change: kind, A: []string{}, B: []string{}}
	for _, x := range []*tensor{u, t} {
		if x != nil && !strings.HasPrefix(x.role.what, "use ") {
			w.About = x.role.String()
		}
	}
	if t != nil {
		w.A, w.AtA = append(w.A, t.name), place(t.at)
	}
	if u != nil {
		w.B, w.AtB = append(w.B, u.name), place(u.at)
	}
	return w
}

// layout is how q, k and v lie in the fused projection of the main stack.
func layout(m *graph.Model) string {
	for _, f := range m.Facts {
		if f.Key == "attention.qkv_layout" && f.Stack == "main" && f.Status != graph.Unknown {
			return Text(f.Value)
		}
	}
	return ""
}

// untied finds the output head that is the token embedding in one model and
// has a matrix of its own in the other.
func untied(ta, tb []*tensor, forward bool) []Weight {
	head := role{outer[1], "projection", "weight"}
	t := only(ta, func(t *tensor) bool { return !t.taken && t.role.where == tied })
	u := only(tb, func(u *tensor) bool { return !u.taken && u.role == head })
	if t == nil || u == nil {
		return nil
	}
	t.taken, u.taken = true, true
	if forward {
		w := change("untied", t, u)
		w.Note = "one with " + t.p.Tied + " -> its own"
		return []Weight{w}
	}
	w := change("tied", u, t)
	w.Note = "its own -> one with " + t.p.Tied
	return []Weight{w}
}
