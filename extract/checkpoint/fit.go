package checkpoint

import (
	"cmp"
	"slices"
	"strings"
)

// Fit says how the tensors of a checkpoint fit a model.
type Fit struct {
	Tensors    int                `json:"tensors"`              // in the checkpoint
	Expected   int                `json:"expected"`             // parameters of the model
	Missing    []string           `json:"missing,omitempty"`    // in the model and not in the checkpoint, by the model's names
	Unexpected []string           `json:"unexpected,omitempty"` // in the checkpoint and not in the model, after the release's renamings
	Misshaped  []Misshaped        `json:"misshaped,omitempty"`  // in both, with different shapes
	Failed     []Failed           `json:"failed,omitempty"`     // conversions that the release's own code could not do
	Quantized  []Quantized        `json:"quantized,omitempty"`  // weights in a packed form, which are not among the above
	Hints      []Hint             `json:"hints,omitempty"`      // what may explain the above
	Wanted     map[string][]int64 `json:"-"`                    // the model's names and shapes
}

// Misshaped is a tensor whose shape the model does not expect.
type Misshaped struct {
	Name string  `json:"name"`
	Have []int64 `json:"have"`
	Want []int64 `json:"want"`
}

// Failed is a tensor that could not be made from those of the checkpoint.
type Failed struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Hint explains a difference.
type Hint struct {
	Kind  string `json:"kind"`  // "rename", "transpose", "rename and transpose"
	From  string `json:"from"`  // its name in the checkpoint, * for numbers
	To    string `json:"to"`    // its name in the model
	Count int    `json:"count"` // how many tensors it explains
}

// OK reports whether nothing differs.
func (f *Fit) OK() bool {
	return len(f.Missing)+len(f.Unexpected)+len(f.Misshaped)+len(f.Failed) == 0
}

// Sort puts all lists in the order of names.
func (f *Fit) Sort() {
	slices.Sort(f.Missing)
	slices.Sort(f.Unexpected)
	slices.SortFunc(f.Misshaped, func(a, b Misshaped) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Failed, func(a, b Failed) int { return cmp.Compare(a.Name, b.Name) })
}

// Explain looks for renamings and transpositions that would make tensors fit.
// shapes are those of the checkpoint's tensors, by name.
func (f *Fit) Explain(shapes map[string][]int64) {
	for _, p := range group(misshapedNames(f.Misshaped)) {
		turned := 0
		for _, m := range f.Misshaped {
			if pattern(m.Name) == p.pattern && transposed(m.Have, m.Want) {
				turned++
			}
		}
		if turned == len(p.names) {
			f.Hints = append(f.Hints, Hint{"transpose", p.pattern, p.pattern, turned})
		}
	}
	have, want := group(f.Unexpected), group(f.Missing)
	type pair struct {
		h, w  int
		turn  bool
		score int
	}
	var pairs []pair
	for i := range have {
		for j := range want {
			if same, turn := alike(&have[i], &want[j], shapes, f.Wanted); same {
				pairs = append(pairs, pair{i, j, turn, likeness(have[i].pattern, want[j].pattern)})
			}
		}
	}
	for _, p := range pairs {
		best := true
		for _, q := range pairs {
			if q != p && (q.h == p.h || q.w == p.w) && q.score >= p.score {
				best = false
			}
		}
		if best && p.score > 0 {
			kind := "rename"
			if p.turn {
				kind = "rename and transpose"
			}
			f.Hints = append(f.Hints, Hint{kind, have[p.h].pattern, want[p.w].pattern, len(have[p.h].names)})
		}
	}
}

func misshapedNames(ms []Misshaped) []string {
	var out []string
	for _, m := range ms {
		out = append(out, m.Name)
	}
	return out
}

// named are the names that differ in numbers alone.
type named struct {
	pattern string
	names   []string
}

func group(names []string) []named {
	var out []named
	at := map[string]int{}
	for _, n := range names {
		p := pattern(n)
		if _, ok := at[p]; !ok {
			at[p] = len(out)
			out = append(out, named{pattern: p})
		}
		out[at[p]].names = append(out[at[p]].names, n)
	}
	return out
}

// pattern writes * for the numbers in a name.
func pattern(name string) string {
	parts := strings.Split(name, ".")
	for i, s := range parts {
		if s != "" && strings.Trim(s, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, ".")
}

func numbers(name string) string {
	var out []string
	for _, s := range strings.Split(name, ".") {
		if s != "" && strings.Trim(s, "0123456789") == "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ".")
}

// alike reports whether two groups have the same numbers, and for each the same shapes.
func alike(have, want *named, shapes, wanted map[string][]int64) (same, turn bool) {
	if len(have.names) != len(want.names) {
		return false, false
	}
	of := map[string][]int64{}
	for _, n := range want.names {
		of[numbers(n)] = wanted[n]
	}
	equal, turned := true, true
	for _, n := range have.names {
		h, ok := shapes[n]
		w, there := of[numbers(n)]
		if !ok || !there {
			return false, false
		}
		equal = equal && slices.Equal(h, w)
		turned = turned && transposed(h, w)
	}
	return equal || turned, turned && !equal
}

// transposed reports whether a matrix has the other's shape turned around.
func transposed(a, b []int64) bool {
	return len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0] && a[0] != a[1]
}

// likeness is how many letters two names share at their ends, and in the words
// of their last parts.
func likeness(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	words := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '_' || r == '*' })
	}
	for _, w := range words(a) {
		if slices.Contains(words(b), w) {
			n += len(w)
		}
	}
	return n
}
