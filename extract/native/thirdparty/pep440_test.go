package thirdparty

import "testing"

// TestVersions orders versions as PEP 440 does.
func TestVersions(t *testing.T) {
	order := []string{"0.9", "1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a2", "1.0b1", "1.0rc1", "1.0", "1.0+abc", "1.0+abc.5", "1.0+5", "1.0.post1.dev1",
		"1.0.post1", "1.0.1", "1.2", "1.10", "2.14.1", "1!0.1"}
	for i, a := range order {
		for j, b := range order {
			v, ok1 := parseVersion(a)
			w, ok2 := parseVersion(b)
			if !ok1 || !ok2 {
				t.Fatalf("%s or %s is not read", a, b)
			}
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := v.compare(w); got != want {
				t.Errorf("compare(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
	for in, want := range map[string]string{"v1.0": "1.0", "1.0-1": "1.0.post1", " 1.0.ALPHA2 ": "1.0a2", "1.0c1": "1.0rc1", "1.0.0+ubuntu-1": "1.0.0+ubuntu.1", "01.02": "1.2", "1.0dev": "1.0.dev0"} {
		if v, ok := parseVersion(in); !ok || v.String() != want {
			t.Errorf("%q reads as %v, want %s", in, v, want)
		}
	}
	for _, bad := range []string{"", "abc", "1.0-", "1..0", "1.0+", "N/A"} {
		if _, ok := parseVersion(bad); ok {
			t.Errorf("%q is read as a version", bad)
		}
	}
	for spec, cases := range map[string]map[string]bool{
		">=1.0,<2":  {"1.5": true, "2.0": false, "0.9": false, "1.0": true},
		"==1.2.*":   {"1.2.3": true, "1.3": false},
		"~=1.4.2":   {"1.4.5": true, "1.5": false},
		"!=1.0":     {"1.0": false, "1.0.1": true},
		">1.0":      {"1.0.post1": false, "1.1": true},
		"<1.0":      {"1.0rc1": false, "0.9": true},
		"==1.0":     {"1.0+local": true},
		"===1.0.0 ": {"1.0": false},
	} {
		list, ok := parseSpecifiers(spec)
		if !ok {
			t.Fatalf("%q is not read", spec)
		}
		for s, want := range cases {
			v, _ := parseVersion(s)
			if got := list.contains(v); got != want {
				t.Errorf("%s in %s = %v, want %v", s, spec, got, want)
			}
		}
	}
}
