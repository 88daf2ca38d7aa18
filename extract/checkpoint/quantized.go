package checkpoint

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Quantized are weights that a checkpoint holds in a packed form: other tensors
// stand in the place of one, or beside it. Whether they are right is a matter of
// the quantisation's own code; their shapes are not compared.
type Quantized struct {
	Name   string   `json:"name"`   // the weight, * for numbers
	Stored []string `json:"stored"` // the tensors that hold it, as they end: "qweight", "scales"
	DTypes []string `json:"dtypes"` // of these
	Count  int      `json:"count"`  // how many weights
}

// packs are the dtypes that hold packed numbers, or numbers with a scale beside them.
func packs(dtype string) bool {
	switch dtype {
	case "U8", "I8", "U16", "I16", "U32", "I32", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E5M2FNUZ", "F8_E4M3FNUZ", "F4", "F6_E2M3", "F6_E3M2":
		return true
	}
	return false
}

// Unpack takes out of what does not fit the weights that are quantised: where a
// weight is missing, has another shape or a narrow dtype, and tensors that the
// model does not have stand in its module, one of these of integers or of eight
// bits or fewer.
func (f *Fit) Unpack(ts []Tensor) {
	dtype := map[string]string{}
	for _, t := range ts {
		dtype[t.Name] = t.DType
	}
	misshaped := map[string]bool{}
	for _, m := range f.Misshaped {
		misshaped[m.Name] = true
	}
	extra := slices.Sorted(slices.Values(f.Unexpected))
	weights := map[string]int{} // of a module: where it has several, names tell them apart
	for n, shape := range f.Wanted {
		if len(shape) > 1 {
			weights[owner(n)]++
		}
	}
	missing := map[string]bool{}
	for _, n := range f.Missing {
		missing[n] = true
	}
	done := map[string]bool{}
	type form struct{ name, stored string }
	forms := map[form]*Quantized{}
	for _, name := range slices.Sorted(maps.Keys(f.Wanted)) {
		if !missing[name] && !misshaped[name] && !packs(dtype[name]) {
			continue
		}
		parts, packed := partsOf(name, extra, weights[owner(name)] == 1, dtype)
		if !missing[name] {
			packed = packed || packs(dtype[name])
		}
		if len(parts) == 0 || !packed {
			continue
		}
		q := Quantized{Name: pattern(name)}
		if !missing[name] {
			q.Stored, q.DTypes = append(q.Stored, last(name)), append(q.DTypes, dtype[name])
		}
		for _, p := range parts {
			done[p] = true
			q.Stored = append(q.Stored, strings.TrimPrefix(p, owner(name)+"."))
			if !slices.Contains(q.DTypes, dtype[p]) {
				q.DTypes = append(q.DTypes, dtype[p])
			}
		}
		done[name] = true
		k := form{q.Name, strings.Join(q.Stored, " ")}
		if forms[k] == nil {
			forms[k] = &q
		}
		forms[k].Count++
	}
	if len(done) == 0 {
		return
	}
	for _, q := range forms {
		f.Quantized = append(f.Quantized, *q)
	}
	slices.SortFunc(f.Quantized, func(a, b Quantized) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.Stored, b.Stored))
	})
	is := func(n string) bool { return done[n] }
	f.Missing = slices.DeleteFunc(f.Missing, is)
	f.Unexpected = slices.DeleteFunc(f.Unexpected, is)
	f.Misshaped = slices.DeleteFunc(f.Misshaped, func(m Misshaped) bool { return done[m.Name] })
}

// partsOf are, of names in order, the tensors that stand for a weight: those
// whose names go on where its own ends, and, where it is the only weight of its
// module, those of the module.
func partsOf(name string, extra []string, only bool, dtype map[string]string) (parts []string, packed bool) {
	module := owner(name) + "."
	if module == "." {
		module = ""
	}
	from, _ := slices.BinarySearch(extra, module)
	for _, n := range extra[from:] {
		rest, below := strings.CutPrefix(n, module)
		if !below {
			break
		}
		if strings.HasPrefix(n, name+".") || strings.HasPrefix(n, name+"_") || only && !strings.Contains(rest, ".") {
			parts = append(parts, n)
			packed = packed || packs(dtype[n])
		}
	}
	return parts, packed
}

func owner(name string) string { return name[:max(0, strings.LastIndexByte(name, '.'))] }

func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
