package diff

import (
	"cmp"
	"hash/fnv"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// Profile is what families are compared by: what is stated of the main class,
// and how its file is written.
type Profile struct {
	Family, Class string
	facts         map[string]string   // of the structure
	code          map[uint64]struct{} // digests of pairs of lines
}

// NewProfile makes the profile of a model; source is the text of its modeling
// file. The model may be nil where it cannot be built.
func NewProfile(family, class string, m *graph.Model, source []byte) *Profile {
	p := &Profile{Family: family, Class: class, facts: map[string]string{}, code: shingles(source)}
	if m == nil {
		return p
	}
	title := map[string]bool{}
	for _, k := range keys {
		title[k.Key] = k.Group != values
	}
	for _, s := range byStack(m.Facts) {
		if s.name != "main" {
			continue
		}
		for k, v := range s.keys {
			if title[k] && !v.unknown {
				t := Text(v.value)
				if kind, ok := onlyKind(v.value); ok {
					t = kind
				}
				p.facts[k] = t
			}
		}
	}
	return p
}

var (
	definedClass = regexp.MustCompile(`(?m)^class (\w+)`)
	identifier   = regexp.MustCompile(`[A-Za-z_]\w*`)
)

// shingles digests the pairs of lines of a file that follow each other, without
// space, comments and the name that the classes of the file have in common.
func shingles(source []byte) map[uint64]struct{} {
	text := string(source)
	count := map[string]int{}
	for _, m := range definedClass.FindAllStringSubmatch(text, -1) {
		for i := 3; i <= len(m[1]); i++ {
			count[m[1][:i]]++
		}
	}
	prefix := "" // the longest that most classes begin with
	most := 0
	for _, n := range count {
		most = max(most, n)
	}
	for p, n := range count {
		if n*5 >= most*3 && n > 1 && (len(p) > len(prefix) || len(p) == len(prefix) && p < prefix) {
			prefix = p
		}
	}
	out := map[uint64]struct{}{}
	last := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "from ") {
			continue
		}
		if prefix != "" {
			line = identifier.ReplaceAllStringFunc(line, func(w string) string {
				if rest, ok := strings.CutPrefix(w, prefix); ok {
					return "X" + rest
				}
				return w
			})
		}
		h := fnv.New64a()
		h.Write([]byte(last))
		h.Write([]byte{0})
		h.Write([]byte(line))
		out[h.Sum64()] = struct{}{}
		last = line
	}
	return out
}

// Neighbour is a family and how far it is: 0 for what cannot be told apart, 1
// for what has nothing in common.
type Neighbour struct {
	Profile  *Profile
	Distance float64
}

// Space holds the profiles of a release.
type Space struct {
	list   []*Profile
	weight map[uint64]float64 // of a pair of lines: the rarer the more
	norm   []float64
}

// NewSpace weighs the profiles of a release against each other.
func NewSpace(list []*Profile) *Space {
	s := &Space{list: list, weight: map[uint64]float64{}}
	for _, p := range list {
		for h := range p.code {
			s.weight[h]++
		}
	}
	for h, n := range s.weight {
		w := math.Log(float64(len(list)+1) / n)
		s.weight[h] = w * w
	}
	for _, p := range list {
		sum := 0.0
		for _, h := range sortedCode(p) {
			sum += s.weight[h]
		}
		s.norm = append(s.norm, math.Sqrt(sum))
	}
	return s
}

// sortedCode keeps sums of floats the same in every run.
func sortedCode(p *Profile) []uint64 {
	out := make([]uint64, 0, len(p.code))
	for h := range p.code {
		out = append(out, h)
	}
	slices.Sort(out)
	return out
}

// Near lists the families from the closest on.
func (s *Space) Near(p *Profile) []Neighbour {
	code := sortedCode(p)
	self := 0.0
	for _, h := range code {
		self += s.weight[h]
	}
	self = math.Sqrt(self)
	var out []Neighbour
	for i, q := range s.list {
		if q.Family == p.Family {
			continue
		}
		common := 0.0
		for _, h := range code {
			if _, ok := q.code[h]; ok {
				common += s.weight[h]
			}
		}
		cos := 0.0
		if self > 0 && s.norm[i] > 0 {
			cos = common / (self * s.norm[i])
		}
		out = append(out, Neighbour{q, (1-math.Min(cos, 1))*codeShare + unshared(p, q)*(1-codeShare)})
	}
	slices.SortStableFunc(out, func(a, b Neighbour) int {
		if c := cmp.Compare(a.Distance, b.Distance); c != 0 {
			return c
		}
		return cmp.Compare(a.Profile.Family, b.Profile.Family)
	})
	return out
}

// codeShare is the part of the distance that how the files are written makes;
// the rest is what they compute.
const codeShare = 0.7

// unshared is the part of the structural facts that two models do not share.
func unshared(p, q *Profile) float64 {
	differ, all := 0, 0
	for k, v := range p.facts {
		all++
		if w, ok := q.facts[k]; !ok || w != v {
			differ++
		}
	}
	for k := range q.facts {
		if _, ok := p.facts[k]; !ok {
			all++
			differ++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(differ) / float64(all)
}

// Branch is a family in the tree of a release, and those that hang on it.
type Branch struct {
	Profile  *Profile
	Distance float64 // from the family that it hangs on
	Below    []*Branch
}

// farApart is the distance from which on two families are no relatives.
const farApart = 0.75

// Tree hangs every family on its closest relative, the shortest connections
// first, from the most central family of each group on.
func (s *Space) Tree() []*Branch {
	n := len(s.list)
	index := map[*Profile]int{}
	for i, p := range s.list {
		index[p] = i
	}
	dist := make([][]float64, n)
	central := make([]float64, n)
	for i, p := range s.list {
		dist[i] = make([]float64, n)
		for _, x := range s.Near(p) {
			dist[i][index[x.Profile]] = x.Distance
			central[i] += 1 - x.Distance
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(central[b], central[a]) })
	branch := make([]*Branch, n)
	var roots []*Branch
	for _, root := range order {
		if branch[root] != nil {
			continue
		}
		branch[root] = &Branch{Profile: s.list[root]}
		roots = append(roots, branch[root])
		in := []int{root}
		for {
			from, to := -1, -1
			best := farApart
			for _, i := range in {
				for j := range n {
					if branch[j] == nil && dist[i][j] < best {
						from, to, best = i, j, dist[i][j]
					}
				}
			}
			if to < 0 {
				break
			}
			branch[to] = &Branch{Profile: s.list[to], Distance: best}
			branch[from].Below = append(branch[from].Below, branch[to])
			in = append(in, to)
		}
	}
	return roots
}
