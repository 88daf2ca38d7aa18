package load

import (
	"sort"
	"strings"
)

// nearest are up to three of the names that are most like name, best first.
func nearest(name string, names []string) []string {
	type scored struct {
		name string
		d    int
	}
	low := fold(name)
	var list []scored
	for _, n := range names {
		f := fold(n)
		d := distance(low, f)
		if limit := max(len(low), len(f)) / 3; d > limit+1 {
			if !strings.HasPrefix(f, low) || len(low) < 3 {
				continue
			}
			d = limit + 2
		}
		list = append(list, scored{n, d})
	}
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].d != list[j].d {
			return list[i].d < list[j].d
		}
		return list[i].name < list[j].name
	})
	var out []string
	for _, s := range list[:min(3, len(list))] {
		out = append(out, s.name)
	}
	return out
}

func fold(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }

// distance is the number of bytes to insert, delete, replace or swap with
// their neighbour that make a into b (optimal string alignment).
func distance(a, b string) int {
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}

// DidYouMean is a clause that offers the nearest names, or "".
func DidYouMean(name string, names []string) string {
	near := nearest(name, names)
	switch len(near) {
	case 0:
		return ""
	case 1:
		return "; did you mean " + near[0] + "?"
	}
	return "; did you mean " + strings.Join(near[:len(near)-1], ", ") + " or " + near[len(near)-1] + "?"
}

// Nearest are up to three of the names that are most like name, best first.
func Nearest(name string, names []string) []string { return nearest(name, names) }
