package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// Pattern writes [kind, count] runs with repetition found: "[sliding x 5, full] x 8".
func Pattern(runs []any) string {
	var kinds []string // by layer
	for _, x := range runs {
		p, ok := x.([]any)
		if !ok || len(p) != 2 {
			continue
		}
		n, err := strconv.Atoi(fmt.Sprint(p[1]))
		if err != nil || n > 1<<16 {
			return fmt.Sprint(runs)
		}
		for range n {
			kinds = append(kinds, fmt.Sprint(p[0]))
		}
	}
	for period := 2; 2*period <= len(kinds); period++ {
		same := true
		for i := period; i < len(kinds) && same; i++ {
			same = kinds[i] == kinds[i-period]
		}
		once := plainRuns(kinds[:period])
		if !same || !strings.Contains(once, ", ") {
			continue
		}
		n := len(kinds) / period
		s := "[" + once + "] x " + strconv.Itoa(n)
		if rest := kinds[n*period:]; len(rest) > 0 {
			s += ", " + plainRuns(rest)
		}
		return s
	}
	return plainRuns(kinds)
}

// plainRuns writes "sliding x 5, full".
func plainRuns(kinds []string) string {
	var parts []string
	for i := 0; i < len(kinds); {
		j := i
		for j < len(kinds) && kinds[j] == kinds[i] {
			j++
		}
		s := kinds[i]
		if j-i > 1 {
			s += " x " + strconv.Itoa(j-i)
		}
		parts = append(parts, s)
		i = j
	}
	return strings.Join(parts, ", ")
}
