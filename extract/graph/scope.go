package graph

import (
	"strconv"
	"strings"
)

// ScopeHolds reports whether a scope such as "model.layers.{0-4,6}.self_attn, encoder.*" speaks of the module at
// a path or of a module below it.
func ScopeHolds(scope, path string) bool {
	for _, s := range splitScopes(scope) {
		if _, ok := matchScope(s, path); ok {
			return true
		}
	}
	return false
}

// ScopeNames reports whether a scope speaks of the module at a path itself.
func ScopeNames(scope, path string) bool {
	for _, s := range splitScopes(scope) {
		if below, ok := matchScope(s, path); ok && below == "" {
			return true
		}
	}
	return false
}

// splitScopes splits at the commas outside of braces.
func splitScopes(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range s {
		switch {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ',' && depth == 0:
			out = append(out, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(s[from:]))
}

// matchScope compares a scope without alternatives with a path, and returns
// what the scope names below that path.
func matchScope(scope, path string) (below string, ok bool) {
	for scope != "" && path != "" {
		switch scope[0] {
		case '*', '{':
			n := 0
			for n < len(path) && path[n] >= '0' && path[n] <= '9' {
				n++
			}
			if n == 0 {
				return "", false
			}
			i, _ := strconv.Atoi(path[:n])
			path = path[n:]
			if scope[0] == '*' {
				scope = scope[1:]
				break
			}
			end := strings.IndexByte(scope, '}')
			if end < 0 || !inRanges(scope[1:end], i) {
				return "", false
			}
			scope = scope[end+1:]
		default:
			if scope[0] != path[0] {
				return "", false
			}
			scope, path = scope[1:], path[1:]
		}
	}
	return scope, path == "" && (scope == "" || scope[0] == '.')
}

// inRanges reports whether i is among "0-4,6".
func inRanges(ranges string, i int) bool {
	for _, r := range strings.Split(ranges, ",") {
		a, b, ok := strings.Cut(r, "-")
		x, err := strconv.Atoi(a)
		if err != nil {
			continue
		}
		y := x
		if ok {
			y, _ = strconv.Atoi(b)
		}
		if x <= i && i <= y {
			return true
		}
	}
	return false
}
