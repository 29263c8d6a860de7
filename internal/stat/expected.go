package stat

import "math"

// ifAlive is E[purchases within the span | alive].
//
// The paper's closed form (Fader, Hardie & Lee 2005, eq. 10), in the posterior's
// letters and with z = span/(alpha+span), is
//
//	(a+b-1)/(a-1) [1 - (1-z)^r 2F1(r, b; a+b-1; z)].
//
// It has poles at a = 1 and a+b = 1. Its 2F1 overflows for frequent buyers, and
// is negative for a+b < 1. Its difference cancels. The three forms below equal
// the closed form and have none of these faults where they are used: euler is
// quick, series holds for all parameters, integral holds for all spans too. The
// tests hold all three to the paper's form and to each other.
func (p posterior) ifAlive(span float64) float64 {
	if !(span > 0) {
		return 0
	}
	u := span / p.alpha
	if p.eulerHolds(u) {
		return p.euler(u)
	}
	mean := float64(p.r * u)
	if p.terms(u) <= maxTerms {
		return p.series(u, mean)
	}
	return p.integral(u, mean)
}

// terms is the approximate number of terms that the series takes.
func (p posterior) terms(u float64) float64 {
	mean := float64(p.r * u)
	return mean + float64(10*math.Sqrt(mean*(1+u))) + float64(40*(1+u))
}

const (
	// maxTerms is about the number of terms at which the series becomes as slow
	// as the integral.
	maxTerms = 8192
	// precision is the share of a sum that its remaining terms may hold.
	precision = 0x1p-48
	// underflow is the -ln w(0) at which w(0) is nearly too small for a float64.
	underflow = 700.
)

// eulerHolds says that euler converges within maxTerms, that its powers do not
// overflow, that its terms are of one sign, and that its difference costs little
// more than a digit.
func (p posterior) eulerHolds(u float64) bool {
	c := p.a + p.b - 1
	return u <= 100 && p.a*math.Log1p(u) <= 600 && c > p.r-1 && c >= 0 && c <= 20*p.r
}

// euler is the paper's form after Euler's transformation,
//
//	c/(a-1) [1 - (1-z)^(a-1) 2F1(c-r, a-1; c; z)],   c = a+b-1,
//
// where c-r does not depend on the number of purchases: the more purchases, the
// faster the terms fall. The first term of the 2F1 is 1. Taken out of the 2F1,
// it cancels the poles:
//
//	c (1-(1-z)^(a-1))/(a-1) - (1-z)^(a-1) sum_{n>0} (c-r)_n (a)_{n-1} / ((a+b)_{n-1} n!) z^n.
func (p posterior) euler(u float64) float64 {
	c := p.a + p.b - 1
	z := u / (1 + u)
	enough := precision / (1 + u) // the terms fall by z = 1 - 1/(1+u) at least
	term := (c - p.r) * z
	sum := term
	for n := 1.; n < maxTerms && math.Abs(term) > enough*math.Abs(sum); n++ {
		term = float64(term * (z * (c - p.r + n) * (p.a + n - 1) / ((c + n) * (n + 1))))
		sum += term
	}
	return p.eulerOf(u, sum)
}

// eulerOf is euler, given its sum over n.
func (p posterior) eulerOf(u, sum float64) float64 {
	c := p.a + p.b - 1
	ln := math.Log1p(u) // -ln(1-z)
	first := ln
	if p.a != 1 {
		first = -math.Expm1((1-p.a)*ln) / (p.a - 1)
	}
	return max(0, float64(c*first)-float64(math.Exp((1-p.a)*ln)*sum))
}

// series sums over the number n of purchases that the customer would make within
// u (spans per alpha) without ever leaving. n is negative binomial,
//
//	w(n) = (r)_n / n! (1-z)^r z^n,   z = u/(1+u),   mean r u,
//
// and of n such purchases the customer stays for
//
//	d(n) = sum_{j<n} E[(1-p)^j] = sum_{j<n} (b)_j / (a+b)_j.
//
// All terms are positive, so nothing cancels, whatever the parameters. It is the
// paper's form, expanded in z.
func (p posterior) series(u, mean float64) float64 {
	// w(0) can be too small for a float64: a thousand purchases, a long span.
	// Then w starts some whole steps of e^step too large, and the loop takes the
	// steps off on the way up. Until all steps are off, the terms are below
	// e^step.
	const step = -underflow
	w0 := float64(-p.r * math.Log1p(u))
	steps := math.Floor(w0 / step)
	w := math.Exp(w0 - float64(steps*step))

	enough := precision / (1 + u) // the terms fall by z = 1 - 1/(1+u) in the end
	z := u / (1 + u)
	ab := p.a + p.b
	var sum float64
	d, g := 0., 1. // g = E[(1-p)^n]
	for n := 0.; n < maxTerms; n++ {
		if steps > 0 {
			if w > 1 {
				w *= math.Exp(step)
				steps--
			}
		} else {
			term := float64(w * d)
			sum += term
			if term <= sum*enough && n > mean {
				break
			}
		}
		w *= z * (p.r + n) / (n + 1)
		d += g
		g = float64(g * ((p.b + n) / (ab + n)))
	}
	return sum
}
