package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// Pattern writes [kind, count] runs with repetition found: "[sliding x 5, full] x 8".
func Pattern(runs []any) string {
	var parts []string
	for _, x := range runs {
		p, ok := x.([]any)
		if !ok || len(p) != 2 {
			continue
		}
		s := fmt.Sprint(p[0])
		if n := fmt.Sprint(p[1]); n != "1" {
			s += " x " + n
		}
		parts = append(parts, s)
	}
	for period := 1; period <= len(parts)/2; period++ {
		n := len(parts) / period
		same := true
		for i := period; i < n*period; i++ {
			same = same && parts[i] == parts[i%period]
		}
		if !same {
			continue
		}
		s := "[" + strings.Join(parts[:period], ", ") + "] x " + strconv.Itoa(n)
		if rest := parts[n*period:]; len(rest) > 0 {
			s += ", " + strings.Join(rest, ", ")
		}
		return s
	}
	return strings.Join(parts, ", ")
}
