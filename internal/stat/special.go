package stat

import "math"

// expit is the logistic function 1/(1+e^-x), the inverse of logit. It keeps its
// relative precision towards 0. 1 - expit(x) is expit(-x).
func expit(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// logit is ln(p/(1-p)) for p in [0, 1]: -Inf at 0, +Inf at 1.
func logit(p float64) float64 {
	return math.Log(p) - math.Log1p(-p)
}

// softplus is ln(1+e^x): 0 at -Inf, and x where e^x would overflow.
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// lgamma is ln Gamma(x) for x > 0.
func lgamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// lrising is ln Gamma(a+n) - ln Gamma(a), the logarithm of the rising
// factorial a (a+1) ... (a+n-1).
func lrising(a, n float64) float64 {
	if n == 0 {
		return 0
	}
	return lgamma(n) - lbeta(a, n)
}

// drising is the derivative of lrising by a: psi(a+n) - psi(a), for a > 0 and n
// >= 0. Below stirlingFrom it climbs by the recurrence. From stirlingFrom on,
// psi is Abramowitz & Stegun 6.3.18, and the large parts of the two psi are
// cancelled by hand.
func drising(a, n float64) float64 {
	var sum float64
	for ; a < stirlingFrom; a++ {
		sum += n / (a * (a + n))
	}
	return sum + math.Log1p(n/a) + n/(2*a*(a+n)) + (digammaRest(a) - digammaRest(a+n))
}

// digammaRest is ln x - 1/(2x) - psi(x).
func digammaRest(x float64) float64 {
	y := 1 / (x * x)
	s := 1./132 - float64(y*(691./32760))
	s = 1./240 - float64(y*s)
	s = 1./252 - float64(y*s)
	s = 1./120 - float64(y*s)
	s = 1./12 - float64(y*s)
	return float64(y * s)
}

// stirlingFrom is the x from which stirling's six terms are exact to the last
// bit.
const stirlingFrom = 10

// stirling is the rest of Stirling's formula: ln Gamma(x) - ((x-1/2) ln x - x +
// ln(2 pi)/2). Abramowitz & Stegun 6.1.41.
func stirling(x float64) float64 {
	y := 1 / x
	y2 := y * y
	s := 1./1188 - float64(y2*(691./360360))
	s = -1./1680 + float64(y2*s)
	s = 1./1260 + float64(y2*s)
	s = -1./360 + float64(y2*s)
	s = 1./12 + float64(y2*s)
	return float64(y * s)
}

// lbeta is ln B(a, b) for a, b > 0. A fit that saw nobody leave has a b of 1e6
// and more: the difference of three large lgammas would then lose all digits, so
// the large parts are cancelled by hand.
func lbeta(a, b float64) float64 {
	if a > b {
		a, b = b, a
	}
	if b < stirlingFrom {
		return lgamma(a) + lgamma(b) - lgamma(a+b)
	}
	rest := stirling(b) - stirling(a+b) - float64((b-0.5)*math.Log1p(a/b))
	if a < stirlingFrom {
		return lgamma(a) + a - float64(a*math.Log(a+b)) + rest
	}
	const halfLn2Pi = 0.91893853320467274178032973640561764
	return halfLn2Pi - float64(0.5*math.Log(a)) - float64(a*math.Log1p(b/a)) + stirling(a) + rest
}
