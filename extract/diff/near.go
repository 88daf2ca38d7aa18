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
	pairs         map[uint64]struct{} // digests of pairs of lines
	bodies        [][]uint64          // digests of the lines of each class and function
}

// NewProfile makes the profile of a model; source is the text of its modeling
// file. The model may be nil where it cannot be built.
func NewProfile(family, class string, m *graph.Model, source []byte) *Profile {
	p := &Profile{Family: family, Class: class, facts: map[string]string{}}
	p.read(source)
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

// ownPrefix is the name that most classes of a file begin with: "Qwen2".
func ownPrefix(text string) string {
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
	return prefix
}

// read digests how a file is written, without space, comments, documentation
// and the name that its classes have in common: the pairs of lines that follow
// each other, and the lines of each class and function.
func (p *Profile) read(source []byte) {
	text := string(source)
	prefix := ownPrefix(text)
	p.pairs = map[uint64]struct{}{}
	last := ""
	var body map[uint64]struct{} // of the class or function in hand
	documentation := false
	flush := func() {
		const least = 4 // lines, of what is worth comparing
		if len(body) >= least {
			p.bodies = append(p.bodies, sorted(body))
		}
		body = nil
	}
	for line := range strings.Lines(text) {
		outer := len(line) > 0 && line[0] != ' ' && line[0] != '\t' && line[0] != '\n'
		if strings.HasPrefix(line, "class ") || strings.HasPrefix(line, "def ") {
			flush()
			body = map[uint64]struct{}{}
		} else if outer && !strings.ContainsAny(line[:1], "#)@") {
			flush()
		}
		line = strings.TrimSpace(line)
		if documentation || strings.Count(line, `"""`) == 1 {
			documentation = documentation != strings.Contains(line, `"""`)
			continue
		}
		if line == "" || line[0] == '#' || strings.HasPrefix(line, `"""`) || outer && (strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "from ")) {
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
		p.pairs[digest(last, line)] = struct{}{}
		if body != nil {
			body[digest(line)] = struct{}{}
		}
		last = line
	}
	flush()
}

func digest(lines ...string) uint64 {
	h := fnv.New64a()
	for _, l := range lines {
		h.Write([]byte(l))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// sorted keeps sums of floats the same in every run.
func sorted(set map[uint64]struct{}) []uint64 {
	out := make([]uint64, 0, len(set))
	for h := range set {
		out = append(out, h)
	}
	slices.Sort(out)
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
	list  []*Profile
	pairs map[uint64]float64 // what a pair of lines weighs: the rarer the more
	total []float64          // of the pairs of each profile
	lines map[uint64][]int32 // the bodies that a line is in
	of    []int32            // the profile of a body
	size  []float64          // what the lines of a body weigh
	whole []float64          // what the bodies of each profile count for
}

// NewSpace weighs the profiles of a release against each other.
func NewSpace(list []*Profile) *Space {
	s := &Space{list: list, pairs: map[uint64]float64{}, lines: map[uint64][]int32{}}
	for i, p := range list {
		for h := range p.pairs {
			s.pairs[h]++
		}
		for _, b := range p.bodies {
			for _, h := range b {
				s.lines[h] = append(s.lines[h], int32(len(s.of)))
			}
			s.of = append(s.of, int32(i))
		}
	}
	for h, n := range s.pairs {
		s.pairs[h] = math.Log(float64(len(list)+1) / n)
	}
	s.whole = make([]float64, len(list))
	for i, p := range list {
		s.total = append(s.total, s.weigh(p))
		for _, b := range p.bodies {
			w := s.weighBody(b)
			s.size = append(s.size, w)
			s.whole[i] += math.Sqrt(w)
		}
	}
	return s
}

func (s *Space) weigh(p *Profile) float64 {
	sum := 0.0
	for _, h := range sorted(p.pairs) {
		sum += s.pairs[h]
	}
	return sum
}

func (s *Space) weighLine(h uint64) float64 {
	return math.Log(float64(len(s.of)+1) / float64(max(1, len(s.lines[h]))))
}

func (s *Space) weighBody(lines []uint64) float64 {
	sum := 0.0
	for _, h := range lines {
		sum += s.weighLine(h)
	}
	return sum
}

// The shares of the distance: classes and functions that have their like in the
// other file, first those of the one asked about; the text as a whole, where
// what only the other has counts more, for a file that another was made from is
// mostly found in it; and what the models compute.
const (
	likeShare  = 0.45
	ownShare   = 0.7
	textShare  = 0.45
	factsShare = 1 - likeShare - textShare
	onlyOwn    = 0.3
	onlyOther  = 0.7
)

// Near lists the families from the closest on.
func (s *Space) Near(p *Profile) []Neighbour {
	pairs, total := sorted(p.pairs), s.weigh(p)
	own, other := s.like(p)
	var out []Neighbour
	for i, q := range s.list {
		if q.Family == p.Family {
			continue
		}
		common := 0.0
		for _, h := range pairs {
			if _, ok := q.pairs[h]; ok {
				common += s.pairs[h]
			}
		}
		text := 0.0
		if common > 0 {
			text = common / (common + onlyOwn*(total-common) + onlyOther*(s.total[i]-common))
		}
		like := ownShare*own[i] + (1-ownShare)*other[i]
		d := likeShare*(1-like) + textShare*(1-text) + factsShare*unshared(p, q)
		out = append(out, Neighbour{q, d})
	}
	slices.SortStableFunc(out, func(a, b Neighbour) int {
		if c := cmp.Compare(a.Distance, b.Distance); c != 0 {
			return c
		}
		return cmp.Compare(a.Profile.Family, b.Profile.Family)
	})
	return out
}

// like says, for each family, how much of p's classes and functions has its like
// there, and how much of theirs has its like in p.
func (s *Space) like(p *Profile) (own, other []float64) {
	own, other = make([]float64, len(s.list)), make([]float64, len(s.list))
	there := make([]float64, len(s.of)) // how alike the most similar body of p is
	all := 0.0
	common, best := make([]float64, len(s.of)), make([]float64, len(s.list))
	for _, b := range p.bodies {
		clear(common)
		clear(best)
		for _, h := range b {
			w := s.weighLine(h)
			for _, k := range s.lines[h] {
				common[k] += w
			}
		}
		size := s.weighBody(b)
		for k, c := range common {
			if c == 0 {
				continue
			}
			alike := c / (size + s.size[k] - c)
			best[s.of[k]] = max(best[s.of[k]], alike)
			there[k] = max(there[k], alike)
		}
		w := math.Sqrt(size)
		all += w
		for i, x := range best {
			own[i] += w * x * x
		}
	}
	for k, x := range there {
		other[s.of[k]] += math.Sqrt(s.size[k]) * x * x
	}
	for i := range s.list {
		if all > 0 {
			own[i] /= all
		}
		if s.whole[i] > 0 {
			other[i] /= s.whole[i]
		}
	}
	return own, other
}

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
