package interp

import (
	"math"
	"math/big"
)

// powPrec is the working precision of floatPower in bits. libm's pow is
// correct to the last bit in nearly all cases; math.Pow is not, and a scale
// such as head_dim**-0.5 is printed with all its digits.
const powPrec = 160

// floatPower is x**y, correctly rounded.
func floatPower(x, y float64) float64 {
	r := math.Pow(x, y)
	if r == 0 || r == 1 || math.IsInf(r, 0) || math.IsNaN(r) || y == 1 || x == 0 || math.IsInf(x, 0) || math.Abs(r) < 1e-300 {
		return r
	}
	neg := r < 0
	a := new(big.Float).SetPrec(powPrec).SetFloat64(math.Abs(x))
	var p *big.Float
	switch {
	case math.Abs(y) == 0.5:
		p = new(big.Float).SetPrec(powPrec).Sqrt(a)
		if y < 0 {
			p.Quo(bigOne(), p)
		}
	case y == math.Trunc(y) && math.Abs(y) <= 64:
		p = bigOne()
		for n := int(math.Abs(y)); n > 0; n-- {
			p.Mul(p, a)
		}
		if y < 0 {
			p.Quo(bigOne(), p)
		}
	default:
		p = bigExp(new(big.Float).SetPrec(powPrec).Mul(bigLog(a), new(big.Float).SetFloat64(y)))
	}
	f, _ := p.Float64()
	if neg {
		f = -f
	}
	return f
}

func bigOne() *big.Float { return new(big.Float).SetPrec(powPrec).SetInt64(1) }

// bigLn2 is the logarithm of 2.
var bigLn2 = bigLogNear(new(big.Float).SetPrec(powPrec).SetInt64(2))

// bigLog is the natural logarithm of a positive number.
func bigLog(x *big.Float) *big.Float {
	m := new(big.Float).SetPrec(powPrec)
	e := x.MantExp(m) // x = m * 2**e, 0.5 <= m < 1
	r := bigLogNear(m)
	k := new(big.Float).SetPrec(powPrec).SetInt64(int64(e))
	return r.Add(r, k.Mul(k, bigLn2))
}

// bigLogNear is the logarithm of a number between 0.5 and 2:
// ln x = 2 artanh((x-1)/(x+1)).
func bigLogNear(x *big.Float) *big.Float {
	num := new(big.Float).SetPrec(powPrec).Sub(x, bigOne())
	den := new(big.Float).SetPrec(powPrec).Add(x, bigOne())
	z := num.Quo(num, den)
	z2 := new(big.Float).SetPrec(powPrec).Mul(z, z)
	sum := new(big.Float).SetPrec(powPrec)
	term := new(big.Float).SetPrec(powPrec).Set(z)
	t := new(big.Float).SetPrec(powPrec)
	for k := int64(1); k < 200 && term.Sign() != 0 && term.MantExp(nil) > -powPrec; k += 2 {
		sum.Add(sum, t.Quo(term, new(big.Float).SetInt64(k)))
		term.Mul(term, z2)
	}
	return sum.Mul(sum, new(big.Float).SetInt64(2))
}

// bigExp is e**x.
func bigExp(x *big.Float) *big.Float {
	q, _ := new(big.Float).Quo(x, bigLn2).Float64()
	n := int64(math.RoundToEven(q))
	r := new(big.Float).SetPrec(powPrec).SetInt64(n)
	r.Sub(x, r.Mul(r, bigLn2)) // |r| <= ln(2)/2
	sum, term := bigOne(), bigOne()
	for k := int64(1); k < 60; k++ {
		term.Mul(term, r)
		term.Quo(term, new(big.Float).SetInt64(k))
		sum.Add(sum, term)
	}
	return sum.SetMantExp(sum, int(n))
}
