package numpy_test

import (
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/numpy"
)

// TestPrograms runs a few lines of the kind that models contain; the last
// line is an expression whose repr() is compared.
func TestPrograms(t *testing.T) {
	in := interp.New(noSource{}, interp.NewTable(numpy.Entries()), interp.Limits{})
	for _, c := range []struct{ src, want string }{
		{"a = np.zeros((2, 4))\na[:, 0::2] = np.ones((2, 2))\na[0, 1] += 5\na.tolist()", "[[1.0, 5.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]]"},
		{"a = np.arange(6).reshape(2, 3)\nb = a[0]\nb[1] = 9\na.tolist()", "[[0, 9, 2], [3, 4, 5]]"},
		{"a = np.arange(6)\nb = a[1:4].copy()\nb[0] = 9\na.tolist()", "[0, 1, 2, 3, 4, 5]"},
		{"a = np.zeros(4)\na[np.array([1, 3])] = [7, 8]\na.tolist()", "[0.0, 7.0, 0.0, 8.0]"},
		{"a = np.arange(4)\na[a > 1] = -1\na.tolist()", "[0, 1, -1, -1]"},
		{"a = np.zeros((2, 3), dtype=bool)\nnp.put_along_axis(a, np.array([[0, 2], [1, 1]]), 1, -1)\na.tolist()", "[[True, False, True], [False, True, False]]"},
		{"a = np.arange(3)\na += 1\na *= 2\na.tolist()", "[2, 4, 6]"},
		{"a = np.array([1.0, 2.0])\nb = np.empty(2)\nnp.sqrt(a, out=b)\nround(b[1], 3)", "np.float64(1.414)"},
		{"r = np.random.rand(3)\na = np.zeros((2, 3))\na[0] = r\na.shape", "(2, 3)"},
		{"x = np.random.permutation(np.arange(5))[:3]\nx.shape", "(3,)"},
		{"m = np.zeros((2, 8), dtype=bool)\nix = np.array([[1, 2], [3, 4]])\nix = np.broadcast_to(ix[:, :, None], (2, 2, 3)).reshape(2, 6)\noff = np.broadcast_to(np.arange(3)[None, None, :], (2, 2, 3)).reshape(2, 6)\nix = ix + off\nnp.put_along_axis(m, ix, 1, -1)\nm.sum()", "np.int64(8)"},
		{"ks = [n for n in np.where(np.array([3, 9, 4]) <= 4)[0]]\nks", "[np.int64(0), np.int64(2)]"},
		{"n = np.where(np.array([3, 9, 4]) <= 4)[0].max(axis=0, keepdims=True)[0]\nint(n)", "2"},
		{"t = np.array([[p / np.power(10000, 2 * (j // 2) / 4) for j in range(4)] for p in range(2)])\nnp.round(t[1], 4).tolist()", "[1.0, 1.0, 0.01, 0.01]"},
		{"int(np.prod((8, 5, 4, 2)))", "320"},
		{"320 // np.prod([2, 4])", "np.int64(40)"},
		{"24000 / np.prod([8, 5, 4, 2])", "np.float64(75.0)"},
		{"np.int64(6) % 4 == 2 and 7 % np.int64(4) == 3", "np.True_"},
		{"[i for i, x in enumerate(np.arange(3)) if x > 0]", "[1, 2]"},
		{"np.array([range(2), range(2)]).shape", "(2, 2)"},
		{"sum(np.arange(4))", "np.int64(6)"},
		{"max(np.arange(4)), min(np.float64(2), 1)", "(np.int64(3), 1)"},
		{"'%d %s %.2f' % (np.int64(3), np.float64(0.5), np.float32(0.25))", "'3 0.5 0.25'"},
		{"list(range(np.int64(2), 4)), [1] * np.int64(2), 'ab'[np.int64(1)]", "([2, 3], [1, 1], 'b')"},
		{"np.ndarray((2, 3)).shape", "(2, 3)"},
		{"a, b = np.array([1, 2])\nint(a + b)", "3"},
		{"np.zeros((3, 2)).T.shape, len(np.zeros((3, 2))), 2 in np.arange(3)", "((2, 3), 3, True)"},
		{"x = np.float64(3.7)\nint(x), float(x), round(x), bool(x)", "(3, 3.7, 4, True)"},
	} {
		lines := strings.Split(c.src, "\n")
		lines[len(lines)-1] = "result = (" + lines[len(lines)-1] + ")"
		got := ""
		err := in.Guard(func() {
			v, _ := in.RunString("test.py", "import numpy as np\n"+strings.Join(lines, "\n")+"\n").GetStr("result")
			got = in.Repr(v)
		})
		if err != nil {
			got = "!" + err.Error()
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.src, got, c.want)
		}
	}
}
