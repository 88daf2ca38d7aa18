package rules

import (
	"fmt"
	"math"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// The activation functions that have a name, by what they compute. A function
// in the source is recognised by its values, however it is written.
var activations = []struct {
	name string
	f    func(x float64) float64
}{
	{"linear", func(x float64) float64 { return x }},
	{"silu", func(x float64) float64 { return x * sigmoid(x) }},
	{"gelu", func(x float64) float64 { return x * 0.5 * (1 + math.Erf(x/math.Sqrt2)) }},
	{"gelu_tanh", geluTanh},
	{"relu", func(x float64) float64 { return math.Max(x, 0) }},
	{"relu2", func(x float64) float64 { return math.Pow(math.Max(x, 0), 2) }},
	{"quick_gelu", func(x float64) float64 { return x * sigmoid(1.702*x) }},
	{"sigmoid", sigmoid},
	{"tanh", math.Tanh},
	{"softplus", softplus},
	{"mish", func(x float64) float64 { return x * math.Tanh(softplus(x)) }},
	{"relu6", func(x float64) float64 { return math.Min(math.Max(x, 0), 6) }},
	{"hardswish", func(x float64) float64 { return x * math.Min(math.Max(x+3, 0), 6) / 6 }},
	{"leaky_relu", func(x float64) float64 {
		if x < 0 {
			return 0.01 * x
		}
		return x
	}},
	{"elu", func(x float64) float64 {
		if x < 0 {
			return math.Exp(x) - 1
		}
		return x
	}},
	{"selu", func(x float64) float64 {
		if x < 0 {
			return 1.0507009873554804934193349852946 * 1.6732632423543772848170429916717 * (math.Exp(x) - 1)
		}
		return 1.0507009873554804934193349852946 * x
	}},
	{"laplace", func(x float64) float64 { return 0.5 * (1 + math.Erf((x-0.707107)/(0.282095*math.Sqrt2))) }},
	{"gelu_10", func(x float64) float64 {
		return math.Min(math.Max(x*0.5*(1+math.Erf(x/math.Sqrt2)), -10), 10)
	}},
}

func sigmoid(x float64) float64  { return 1 / (1 + math.Exp(-x)) }
func softplus(x float64) float64 { return math.Log1p(math.Exp(x)) }
func geluTanh(x float64) float64 {
	return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
}

// learnedSample stands for a learned scalar while a function is evaluated.
const learnedSample = 0.3

// Functions with learned scalars, at learnedSample.
var learnedActivations = []struct {
	name string
	f    func(x float64) float64
}{
	{"xielu", func(x float64) float64 {
		const beta, eps = 0.5, -1e-6
		ap := softplus(learnedSample)
		an := beta + softplus(learnedSample)
		if x > 0 {
			return ap*x*x + beta*x
		}
		return (math.Expm1(math.Min(x, eps))-x)*an + beta*x
	}},
	{"prelu", func(x float64) float64 {
		if x < 0 {
			return learnedSample * x
		}
		return x
	}},
}

var samples = []float64{-12, -7.5, -4, -2.5, -1.3, -0.6, -0.1, 0.1, 0.4, 1.1, 1.9, 3.3, 6.5, 8, 12.5}

// nonlinear operations and how much they say about an activation.
var nonlinear = map[string]int{"silu": 3, "gelu": 3, "relu": 3, "sigmoid": 3, "tanh": 3, "softplus": 3, "mish": 3, "erf": 3, "exp": 3, "elu": 3, "selu": 3, "celu": 3, "leaky_relu": 3, "relu6": 3, "hardswish": 3, "hardsigmoid": 3, "hardtanh": 3, "logsigmoid": 3, "prelu": 3, "glu": 3, "softsign": 3, "expm1": 3, "log1p": 2, "where": 1, "clamp": 1, "clip": 1, "pow": 1, "square": 1, "minimum": 1, "maximum": 1, "swish": 3, "log": 1, "sqrt": 1, "softmax": 3}

// pointwise evaluates the elementwise computation that ends at n, with the
// variables given, at one point. ok is false where it holds anything else.
func (f *flow) pointwise(n *graph.Node, at map[*graph.Node]float64, depth int) (v float64, ok bool) {
	if n == nil || depth > 60 {
		return 0, false
	}
	if v, ok := at[n]; ok {
		return v, true
	}
	if identities[n.Op] && len(n.In) > 0 {
		return f.pointwise(n.In[0], at, depth+1)
	}
	if u := f.normOut[n]; u != nil {
		return 0, false
	}
	if n.Op == "param" && numel(n.Shape) == 1 {
		return learnedSample, true
	}
	if s, ok := f.scalar(n); ok {
		return s.v, true
	}
	if layouts[n.Op] && len(n.In) > 0 && numel(n.In[0].Shape) == numel(n.Shape) {
		return f.pointwise(n.In[0], at, depth+1)
	}
	var x []float64
	for _, in := range n.In {
		v, ok := f.pointwise(in, at, depth+1)
		if !ok {
			return 0, false
		}
		x = append(x, v)
	}
	if len(x) == 0 {
		return 0, false
	}
	binary := func(op func(a, b float64) float64) (float64, bool) {
		if len(x) == 2 {
			return op(x[0], x[1]), true
		}
		a, left := numArg(n)
		if a == nil {
			return 0, false
		}
		if left {
			return op(a.Num, x[0]), true
		}
		return op(x[0], a.Num), true
	}
	switch n.Op {
	case "add":
		if al := arg(n, "alpha"); al != nil && al.IsNum && al.Num != 1 {
			return 0, false
		}
		return binary(func(a, b float64) float64 { return a + b })
	case "sub":
		return binary(func(a, b float64) float64 { return a - b })
	case "rsub":
		if a, _ := numArg(n); a != nil {
			return a.Num - x[0], true
		}
		return 0, false
	case "mul":
		return binary(func(a, b float64) float64 { return a * b })
	case "div":
		return binary(func(a, b float64) float64 { return a / b })
	case "rdiv":
		if a, _ := numArg(n); a != nil {
			return a.Num / x[0], true
		}
		return 0, false
	case "pow":
		return binary(math.Pow)
	case "neg":
		return -x[0], true
	case "square":
		return x[0] * x[0], true
	case "exp":
		return math.Exp(x[0]), true
	case "expm1":
		return math.Expm1(x[0]), true
	case "log1p":
		return math.Log1p(x[0]), true
	case "log":
		return math.Log(x[0]), true
	case "sqrt":
		return math.Sqrt(x[0]), true
	case "erf":
		return math.Erf(x[0]), true
	case "tanh":
		return math.Tanh(x[0]), true
	case "sigmoid":
		return sigmoid(x[0]), true
	case "silu", "swish":
		return x[0] * sigmoid(x[0]), true
	case "relu":
		return math.Max(x[0], 0), true
	case "relu6":
		return math.Min(math.Max(x[0], 0), 6), true
	case "softplus":
		return softplus(x[0]), true
	case "logsigmoid":
		return -softplus(-x[0]), true
	case "mish":
		return x[0] * math.Tanh(softplus(x[0])), true
	case "hardswish":
		return x[0] * math.Min(math.Max(x[0]+3, 0), 6) / 6, true
	case "hardsigmoid":
		return math.Min(math.Max(x[0]+3, 0), 6) / 6, true
	case "abs":
		return math.Abs(x[0]), true
	case "elu", "celu":
		if x[0] < 0 {
			return math.Expm1(x[0]), true
		}
		return x[0], true
	case "selu":
		return activations[15].f(x[0]), true
	case "leaky_relu":
		s := 0.01
		if a := arg(n, "negative_slope"); a != nil && a.IsNum {
			s = a.Num
		}
		if x[0] < 0 {
			return s * x[0], true
		}
		return x[0], true
	case "gelu":
		if a := arg(n, "approximate"); a != nil && strings.Contains(a.Val, "tanh") {
			return geluTanh(x[0]), true
		}
		return x[0] * 0.5 * (1 + math.Erf(x[0]/math.Sqrt2)), true
	case "clamp", "clip", "hardtanh":
		v := x[0]
		if a := arg(n, "max"); a != nil && a.IsNum {
			v = math.Min(v, a.Num)
		}
		if a := arg(n, "min"); a != nil && a.IsNum {
			v = math.Max(v, a.Num)
		}
		return v, true
	case "minimum", "min":
		return binary(math.Min)
	case "maximum", "max":
		return binary(math.Max)
	case "where":
		if len(x) == 3 {
			if x[0] != 0 {
				return x[1], true
			}
			return x[2], true
		}
	case "gt", "lt", "ge", "le":
		return binary(func(a, b float64) float64 {
			if n.Op == "gt" && a > b || n.Op == "lt" && a < b || n.Op == "ge" && a >= b || n.Op == "le" && a <= b {
				return 1
			}
			return 0
		})
	}
	return 0, false
}

// activationName names the function that n computes of the variable v: a known
// name, or the expression.
func (f *flow) activationName(n, v *graph.Node) (name string, ok bool) {
	if n == v || root(n) == root(v) {
		return "linear", true
	}
	vals := make([]float64, len(samples))
	for i, x := range samples {
		y, ok := f.pointwise(n, map[*graph.Node]float64{v: x}, 0)
		if !ok {
			if hasParam(f, n, v, 0) {
				return f.expression(n, map[*graph.Node]string{v: "x"}, 0), false
			}
			return "", false
		}
		vals[i] = y
	}
	table := activations
	if hasParam(f, n, v, 0) {
		table = learnedActivations
	}
	for _, a := range table {
		same := true
		for i, x := range samples {
			y := a.f(x)
			if math.Abs(y-vals[i]) > 1e-5*(1+math.Abs(y)) {
				same = false
				break
			}
		}
		if same {
			return a.name, true
		}
	}
	return f.expression(n, map[*graph.Node]string{v: "g"}, 0), true
}

func hasParam(f *flow, n, v *graph.Node, d int) bool {
	if n == nil || n == v || d > 40 {
		return false
	}
	if n.Op == "param" {
		return true
	}
	for _, x := range n.In {
		if hasParam(f, x, v, d+1) {
			return true
		}
	}
	return false
}

// expression writes an elementwise computation as Python would.
func (f *flow) expression(n *graph.Node, names map[*graph.Node]string, d int) string {
	s, _ := f.expr(n, names, d)
	return s
}

func (f *flow) expr(n *graph.Node, names map[*graph.Node]string, d int) (s string, prec int) {
	if n == nil || d > 60 {
		return "...", 9
	}
	if s, ok := names[n]; ok {
		return s, 9
	}
	if identities[n.Op] && len(n.In) > 0 {
		return f.expr(n.In[0], names, d+1)
	}
	if c, ok := f.scalar(n); ok {
		return num(c.v), 9
	}
	if n.Op == "param" || n.Op == "buffer" {
		return n.Name[strings.LastIndexByte(n.Name, '.')+1:], 9
	}
	if layouts[n.Op] && len(n.In) > 0 {
		return f.expr(n.In[0], names, d+1)
	}
	var args []string
	var precs []int
	for _, in := range n.In {
		s, p := f.expr(in, names, d+1)
		args, precs = append(args, s), append(precs, p)
	}
	bin := func(op string, p int) (string, int) {
		a, pa, b, pb := "", 9, "", 9
		if len(args) >= 2 {
			a, pa, b, pb = args[0], precs[0], args[1], precs[1]
		} else if c, left := numArg(n); c != nil && len(args) == 1 {
			if left {
				a, b, pb = num(c.Num), args[0], precs[0]
			} else {
				a, pa, b = args[0], precs[0], num(c.Num)
				if op == "*" {
					a, pa, b, pb = b, 9, a, pa
				}
			}
		} else {
			return fmt.Sprintf("%s(%s)", n.Op, strings.Join(args, ", ")), 9
		}
		if pa < p {
			a = "(" + a + ")"
		}
		if pb < p || pb == p && (op == "-" || op == "/") {
			b = "(" + b + ")"
		}
		if op == "+" || op == "-" {
			return a + " " + op + " " + b, p
		}
		return a + op + b, p
	}
	switch n.Op {
	case "add":
		return bin("+", 1)
	case "sub":
		return bin("-", 1)
	case "mul":
		return bin("*", 2)
	case "div":
		return bin("/", 2)
	case "pow":
		return bin("**", 3)
	case "square":
		if precs[0] < 9 {
			return "(" + args[0] + ")**2", 3
		}
		return args[0] + "**2", 3
	case "neg":
		return "-" + args[0], 2
	case "clamp", "clip":
		s := args[0]
		if a := arg(n, "max"); a != nil && a.IsNum {
			s = fmt.Sprintf("min(%s,%s)", s, num(a.Num))
		}
		if a := arg(n, "min"); a != nil && a.IsNum {
			s = fmt.Sprintf("max(%s,%s)", s, num(a.Num))
		}
		return s, 9
	case "gelu":
		if a := arg(n, "approximate"); a != nil && strings.Contains(a.Val, "tanh") {
			return "gelu_tanh(" + args[0] + ")", 9
		}
	}
	return n.Op + "(" + strings.Join(args, ", ") + ")", 9
}
