package load

import (
	"regexp"
	"strconv"
	"strings"
)

// versionForm takes a version apart as PEP 440 does, as far as releases of
// packages need it: epoch, release, pre, post, dev.
var versionForm = regexp.MustCompile(`^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[._-]?(a|b|c|rc|alpha|beta|pre|preview)[._-]?(\d*))?(?:(?:[._-]?(?:post|rev|r)[._-]?(\d*)|-(\d+)))?(?:[._-]?dev[._-]?(\d*))?(?:\+.*)?$`)

// compareVersions orders two versions: -1, 0 or 1. What is no version by
// PEP 440 comes before all that are.
func compareVersions(a, b string) int {
	ka, kb := versionKey(a), versionKey(b)
	for i := 0; i < len(ka) || i < len(kb); i++ {
		var x, y int
		if i < len(ka) {
			x = ka[i]
		}
		if i < len(kb) {
			y = kb[i]
		}
		if x != y {
			if x < y {
				return -1
			}
			return 1
		}
	}
	return 0
}

const releaseParts = 8

// versionKey is a version as numbers that compare in order.
func versionKey(v string) []int {
	m := versionForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(v)))
	if m == nil {
		return []int{-1}
	}
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	key := make([]int, 1+releaseParts, releaseParts+6)
	key[0] = num(m[1])
	for i, p := range strings.Split(m[2], ".") {
		if i < releaseParts {
			key[1+i] = num(p)
		}
	}
	hasPre, hasPost := m[3] != "", strings.Contains(v, "post") || m[5] != "" || m[6] != ""
	hasDev := strings.Contains(strings.ToLower(v), "dev")
	pre := 9 // a final release comes after its previews
	switch {
	case hasPre:
		pre = map[byte]int{'a': 1, 'b': 2}[m[3][0]]
		if pre == 0 {
			pre = 3
		}
	case hasDev && !hasPost:
		pre = 0
	}
	post, dev := 0, 1<<30
	if hasPost {
		post = 1 + num(m[5]+m[6])
	}
	if hasDev {
		dev = num(m[7])
	}
	return append(key, pre, num(m[4]), post, dev)
}
