package pyast

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

var positions = regexp.MustCompile(`,? ?lineno=\d+, col_offset=-?\d+, end_lineno=\d+, end_col_offset=-?\d+`)

// expectParse checks the tree of src, printed without positions and without
// the Module around it.
func expectParse(t *testing.T, src, dump string) {
	t.Helper()
	m, err := Parse("", []byte(src))
	if err != nil {
		t.Errorf("%q: %v", src, err)
		return
	}
	got := positions.ReplaceAllString(Dump(m), "")
	got = strings.TrimSuffix(strings.TrimPrefix(got, "Module(body=["), "])")
	if got != dump {
		t.Errorf("%q:\n got %s\nwant %s", src, got, dump)
	}
}

// expectError checks the first error of src.
func expectError(t *testing.T, src, want string) {
	t.Helper()
	_, err := Parse("", []byte(src))
	if err == nil {
		t.Errorf("%q: no error, want %s", src, want)
		return
	}
	if got := err.(ErrorList)[0].Error(); got != want {
		t.Errorf("%q:\n got %s\nwant %s", src, got, want)
	}
}

func TestParse(t *testing.T) {
	expectParse(t, "x = 1", "Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1))")
	expectParse(t, "x: int = 1", "AnnAssign(target=Name(id='x', ctx=Store()), annotation=Name(id='int', ctx=Load()), value=Constant(value=1), simple=1)")
	expectParse(t, "a, *b = c", "Assign(targets=[Tuple(elts=[Name(id='a', ctx=Store()), Starred(value=Name(id='b', ctx=Store()), ctx=Store())], ctx=Store())], value=Name(id='c', ctx=Load()))")
	expectParse(t, "not a < b <= c", "Expr(value=UnaryOp(op=Not(), operand=Compare(left=Name(id='a', ctx=Load()), ops=[Lt(), LtE()], comparators=[Name(id='b', ctx=Load()), Name(id='c', ctx=Load())])))")
	expectParse(t, "-a ** -b", "Expr(value=UnaryOp(op=USub(), operand=BinOp(left=Name(id='a', ctx=Load()), op=Pow(), right=UnaryOp(op=USub(), operand=Name(id='b', ctx=Load())))))")
	expectParse(t, "f(a, *b, c=d, **e)", "Expr(value=Call(func=Name(id='f', ctx=Load()), args=[Name(id='a', ctx=Load()), Starred(value=Name(id='b', ctx=Load()), ctx=Load())], keywords=[keyword(arg='c', value=Name(id='d', ctx=Load())), keyword(value=Name(id='e', ctx=Load()))]))")
	expectParse(t, "a[b:c, d]", "Expr(value=Subscript(value=Name(id='a', ctx=Load()), slice=Tuple(elts=[Slice(lower=Name(id='b', ctx=Load()), upper=Name(id='c', ctx=Load())), Name(id='d', ctx=Load())], ctx=Load()), ctx=Load()))")
	expectParse(t, "{1: 2, **a}", "Expr(value=Dict(keys=[Constant(value=1), None], values=[Constant(value=2), Name(id='a', ctx=Load())]))")
	expectParse(t, "f'a{b!r:>{c}}d' 'e'", "Expr(value=JoinedStr(values=[Constant(value='a'), FormattedValue(value=Name(id='b', ctx=Load()), conversion=114, format_spec=JoinedStr(values=[Constant(value='>'), FormattedValue(value=Name(id='c', ctx=Load()), conversion=-1)])), Constant(value='de')]))")
	expectParse(t, "f'{a = }'", "Expr(value=JoinedStr(values=[Constant(value='a = '), FormattedValue(value=Name(id='a', ctx=Load()), conversion=114)]))")
	expectParse(t, "t'{ a }'", "Expr(value=TemplateStr(values=[Interpolation(value=Name(id='a', ctx=Load()), str=' a', conversion=-1)]))")
}

func TestConstants(t *testing.T) {
	for src, want := range map[string]string{
		"0x_ff":                    "255",
		"1_000.5e-3":               "1.0005",
		"1e16":                     "1e+16",
		"1e15":                     "1000000000000000.0",
		"0.0001":                   "0.0001",
		"0.00001":                  "1e-05",
		"1e999":                    "inf",
		"1.0j":                     "1j",
		"0xffffffffffffffffffff":   "1208925819614629174706175",
		"9223372036854775808":      "9223372036854775808",
		`"it's"`:                   `"it's"`,
		`'"\''`:                    `'"\''`,
		`'\x41\u00e9\U0001F600\0'`: `'Aé😀\x00'`,
		`'\N{BULLET}\ud800\u200b'`: `'•\ud800\u200b'`,
		`b'\xff\101\'"'`:           `b'\xffA\'"'`,
		`r'\n'`:                    `'\\n'`,
		`'\q'`:                     `'\\q'`,
		"'a\\\nb'":                 `'ab'`,
		"...":                      "Ellipsis",
		"None":                     "None",
	} {
		m, err := Parse("", []byte(src))
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := m.Body[0].(*ExprStmt).Value.(*Constant).Repr(); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	expectError(t, "f(a b)", "1:3: invalid syntax. Perhaps you forgot a comma?")
	expectError(t, "if x\n  y", "1:5: expected ':'")
	expectError(t, "if x:\ny", "2:1: expected an indented block after 'if' statement on line 1")
	expectError(t, "x = (1,\ny = 2\n", "1:5: '(' was never closed")
	expectError(t, "x = 'a", "1:5: unterminated string literal (detected at line 1)")
	expectError(t, "é€ = 1", "1:2: invalid character '€' (U+20AC)")
	expectError(t, "1 = x", "1:1: cannot assign to literal here. Maybe you meant '==' instead of '='?")
	expectError(t, "print 1", "1:1: Missing parentheses in call to 'print'. Did you mean print(...)?")
	expectError(t, "f'{a b}'", "1:4: invalid syntax. Perhaps you forgot a comma?")
	expectError(t, "x\n\ty", "2:1: unexpected indent")
	expectError(t, "if x:\n        a\n\tb", "3:1: inconsistent use of tabs and spaces in indentation")
	expectError(t, strings.Repeat("(", 1_000_000), "1:201: too many nested parentheses")
	expectError(t, strings.Repeat("-", 1_000_000)+"1", "1:5969: "+tooComplex)
	expectError(t, "# coding: foo", "0:-1: unknown encoding: foo")
	expectError(t, "x = '\xff'", "1:6: Non-UTF-8 code starting with '\\xff' on line 1, but no encoding declared; see https://peps.python.org/pep-0263/ for details")
	expectError(t, "x\x00", "0:0: source code string cannot contain null bytes")
	expectError(t, "from __future__ import braces", "1:24: not a chance")
}

func TestEncodings(t *testing.T) {
	expectParse(t, "# coding: latin-1\n'\xe9'", "Expr(value=Constant(value='é'))")
	expectParse(t, "#!x\n# -*- coding: cp1252 -*-\n'\x80'", "Expr(value=Constant(value='€'))")
	expectParse(t, "# coding: koi8-r\n'\xc1'", "Expr(value=Constant(value='а'))")
	expectParse(t, "# coding: euc-jp\n'\xa4\xa2\x8f\xb0\xa1'", "Expr(value=Constant(value='あ丂'))")
	expectParse(t, "# coding: gbk\n'\xc4\xe3'", "Expr(value=Constant(value='你'))")
	expectParse(t, "\xef\xbb\xbf'é'", "Expr(value=Constant(value='é'))")
	expectParse(t, "'''a\r\nb\rc'''\r\n", "Expr(value=Constant(value='a\\nb\\nc'))")
	expectParse(t, "ℌ.ﬁ", "Expr(value=Attribute(value=Name(id='H', ctx=Load()), attr='fi', ctx=Load()))")
}

// TestCases runs the sources of testdata/cases.tsv, beside which stands what
// CPython 3.14 makes of them (testdata/astcases.mjs).
func TestCases(t *testing.T) {
	f, err := os.Open("testdata/cases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		quoted, want, _ := strings.Cut(s.Text(), "\t")
		var src string
		if err := json.Unmarshal([]byte(quoted), &src); err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		m, err := Parse("", []byte(src))
		if err != nil {
			e := err.(ErrorList)[0]
			expectSame(t, src, e.Kind+" "+strings.Replace(e.Error(), ": ", " ", 1), want)
			continue
		}
		expectSame(t, src, Digest(m), want)
	}
}

func expectSame(t *testing.T, src, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%q:\n got %s\nwant %s", src, got, want)
	}
}

// TestRecovery checks that the statements around errors are read.
func TestRecovery(t *testing.T) {
	m, err := Parse("x.py", []byte(`import a
class A:
    def f(self):
        return 1 +
        x = 2

    def g(self:
        pass

    y = 3
b = = 4
def h(): pass
`))
	want := "x.py:4:19: invalid syntax\nx.py:8:9: invalid syntax\nx.py:11:5: invalid syntax"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	var names []string
	Inspect(m, func(n Node) bool {
		switch n := n.(type) {
		case *ClassDef:
			names = append(names, n.Name)
		case *FunctionDef:
			names = append(names, n.Name)
		case *Assign:
			names = append(names, n.Targets[0].(*Name).ID)
		}
		return true
	})
	if got := strings.Join(names, " "); got != "A f x y h" {
		t.Errorf("got %s", got)
	}
}

func TestWalk(t *testing.T) {
	m, err := Parse("", []byte("@d\ndef f(a: b = c, *e, g=1, **h) -> i: j[k:l](m=n)\n"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	Inspect(m, func(n Node) bool {
		switch n := n.(type) {
		case *Name:
			ids = append(ids, n.ID)
		case *Arg:
			ids = append(ids, n.Name)
		}
		return true
	})
	if got := strings.Join(ids, ""); got != "abeghcidjkln" {
		t.Errorf("got %s", got)
	}
}
