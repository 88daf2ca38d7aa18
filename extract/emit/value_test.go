package emit

import (
	"fmt"
	"testing"
)

func TestParseValue(t *testing.T) {
	for in, want := range map[string]string{
		"8": "int64 8", "-3": "int64 -3", "1_000": "int64 1000", "0x10": "int64 16", "1e-5": "float64 1e-05", "1.0": "float64 1", ".inf": "float64 +Inf",
		"123456789012345678901234567890": "*big.Int 123456789012345678901234567890",
		"true":                           "bool true", "no": "string no", "null": "<nil> <nil>", "~": "<nil> <nil>", "": "string ", `"8"`: "string 8", "silu": "string silu",
		"[1, a, [2.5]]": "[]interface {} [1 a [2.5]]", "{b: 1, a: {c: x}}": "[]emit.Pair [{b 1} {a [{c x}]}]", "# nothing": "<nil> <nil>",
		"[1": "error not YAML: line 1: did not find expected ',' or ']'", "[&a 1, *a]": "error aliases have no meaning here",
	} {
		v, err := ParseValue(in)
		got := fmt.Sprintf("%T %v", v, v)
		if err != nil {
			got = "error " + err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
