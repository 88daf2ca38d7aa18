package load

import (
	"bytes"
	"strings"
)

// Exports reports whether a file offers a name: in its __all__, or, without
// one, by defining it at its top level.
func (s *Source) Exports(file, name string) bool {
	v, ok := s.exported.Load(file)
	if !ok {
		src, err := s.ReadFile(file)
		if err != nil {
			src = nil
		}
		v, _ = s.exported.LoadOrStore(file, scanExports(src))
	}
	return v.(map[string]bool)[name]
}

// scanExports reads names off the lines of a file, without parsing it: the
// strings of `__all__ = [...]` and `__all__ += [...]`, else what top-level
// lines define.
func scanExports(src []byte) map[string]bool {
	all, defs := map[string]bool{}, map[string]bool{}
	has := false
	for i := 0; i < len(src); {
		line := src[i:]
		if j := bytes.IndexByte(line, '\n'); j >= 0 {
			line = line[:j+1]
		}
		if c := line[0]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' {
			word, rest := identifier(line)
			switch word {
			case "__all__":
				has = true
				stringsIn(src[i:], all)
			case "class", "def":
				if n, _ := identifier(bytes.TrimLeft(rest, " ")); n != "" {
					defs[n] = true
				}
			case "async":
				if rest, ok := bytes.CutPrefix(bytes.TrimLeft(rest, " "), []byte("def ")); ok {
					n, _ := identifier(rest)
					defs[n] = true
				}
			default:
				if rest = bytes.TrimLeft(rest, " "); len(rest) > 1 && (rest[0] == ':' || rest[0] == '=' && rest[1] != '=') {
					defs[word] = true
				}
			}
		}
		i += len(line)
	}
	if has {
		return all
	}
	return defs
}

// identifier splits off the name at the start of b.
func identifier(b []byte) (string, []byte) {
	i := 0
	for i < len(b) && (b[i] == '_' || b[i] >= 'a' && b[i] <= 'z' || b[i] >= 'A' && b[i] <= 'Z' || b[i] >= '0' && b[i] <= '9' || b[i] >= 0x80) {
		i++
	}
	return string(b[:i]), b[i:]
}

// stringsIn collects the plain strings of a statement: up to the end of its
// line, or of the brackets that it opens.
func stringsIn(b []byte, into map[string]bool) {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; c {
		case '[', '(':
			depth++
		case ']', ')':
			depth--
		case '#':
			if j := bytes.IndexByte(b[i:], '\n'); j >= 0 {
				i += j - 1
			} else {
				return
			}
		case '\n':
			if depth <= 0 {
				return
			}
		case '"', '\'':
			j := bytes.IndexByte(b[i+1:], c)
			if j < 0 {
				return
			}
			if s := string(b[i+1 : i+1+j]); !strings.Contains(s, "\n") {
				into[s] = true
			}
			i += j + 1
		}
	}
}
