package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NBD is the NBD model: a customer buys at a rate that is Gamma(R, Alpha) over
// customers, and nobody ever leaves. BGNBD, MBGNBD and ParetoNBD become NBD
// where nobody is seen to leave.
//
// Source: Ehrenberg, The Pattern of Consumer Purchases, Applied Statistics 8(1),
// 1959.
type NBD struct {
	R     float64 // shape of the purchase rate
	Alpha float64 // its inverse scale, a time
}

// Validate returns an error that names every parameter outside [1e-9, 1e9].
func (m NBD) Validate() error {
	return validate("NBD", param{"r", m.R}, param{"alpha", m.Alpha})
}

// LogLikelihood is the logarithm of the likelihood of h; h.TX plays no part. It
// equals the likelihood of the other purchase models where nobody leaves, so the
// likelihoods compare.
func (m NBD) LogLikelihood(h Rhythm) float64 {
	x := float64(h.X)
	return lrising(m.R, x) - float64(m.R*math.Log1p(h.T/m.Alpha)) - float64(x*math.Log(m.Alpha+h.T))
}

// Gradient is LogLikelihood and its derivatives by R and Alpha.
func (m NBD) Gradient(h Rhythm) (logLikelihood float64, by [2]float64) {
	x := float64(h.X)
	return m.LogLikelihood(h), [2]float64{
		drising(m.R, x) - math.Log1p(h.T/m.Alpha),
		(m.R*h.T/m.Alpha - x) / (m.Alpha + h.T),
	}
}

// nbd is the negative binomial distribution of the number of purchases that a
// customer would make within a span if nobody ever left:
//
//	w(n) = (r)_n / n! (1-z)^r z^n,   z = span/(alpha+span).
type nbd struct {
	r, z float64
	none float64 // ln w(0) = r ln(1-z)
}

func nbdOver(r, alpha, span float64) nbd {
	u := max(0, span) / alpha
	return nbd{r: r, z: u / (1 + u), none: float64(-r * math.Log1p(u))}
}

// mass is w(n).
func (d nbd) mass(n int) float64 {
	if n < 0 {
		return 0
	}
	if n == 0 { // 0 ln 0 is 0
		return math.Exp(d.none)
	}
	x := float64(n)
	return math.Exp(lrising(d.r, x) - lgamma(x+1) + d.none + float64(x*math.Log(d.z)))
}

// atLeast is the sum of w from n on, as the regularized incomplete beta function
// I_z(n, r). One minus the sum up to n would have no digits left in a tail of
// 1e-16.
func (d nbd) atLeast(n int) float64 {
	if n <= 0 {
		return 1
	}
	return mathext.RegIncBeta(float64(n), d.r, d.z)
}

// stopped is the probability of exactly n purchases. Up to the n-th purchase
// there are so many tosses; at each toss a customer leaves with a probability
// that is Beta(a, b) over customers. Either the customer stayed at all tosses
// and made n purchases in all, or left at the last toss and could have made
// more.
func (d nbd) stopped(n, tosses int, a, b float64) float64 {
	if tosses <= 0 {
		return d.mass(n)
	}
	k := float64(tosses)
	stayed := math.Exp(lbeta(a, b+k) - lbeta(a, b))
	leftLast := math.Exp(lbeta(a+1, b+(k-1)) - lbeta(a, b))
	return min(1, float64(stayed*d.mass(n))+float64(leftLast*d.atLeast(n)))
}
