package stat

import "math"

// ifAlive is E[purchases within the span | alive].
//
// The paper's closed form,
//
//	(a+b-1)/(a-1) [1 - (alpha/(alpha+t))^r 2F1(r, b; a+b-1; t/(alpha+t))]
//
// (Fader, Hardie & Lee 2005, eq. 10, in the posterior's letters) has poles at
// a = 1 and a+b = 1, a 2F1 that overflows for frequent buyers and is negative
// for a+b < 1, and a difference that cancels. The series and the integral are
// equal to it and have none of that; the tests hold them to it, to its Euler
// transform and to each other.
func (p posterior) ifAlive(span float64) float64 {
	if !(span > 0) {
		return 0
	}
	u := span / p.alpha
	mean := float64(p.r * u)
	terms := mean + float64(10*math.Sqrt(mean*(1+u))) + float64(40*(1+u))
	if terms > maxTerms {
		return p.integral(u, mean)
	}
	return p.series(u, mean)
}

// maxTerms is about where the series becomes as slow as the integral.
const maxTerms = 8192

// series sums over the number n of purchases that the customer would make
// within u (spans per alpha) if they never left. It is negative binomial,
//
//	w(n) = (r)_n / n! (1-z)^r z^n,   z = u/(1+u),   mean r u,
//
// and of n such purchases the customer stays for
//
//	d(n) = sum_{j<n} E[(1-p)^j] = sum_{j<n} (b)_j / (a+b)_j.
//
// All terms are positive, so nothing cancels, whatever the parameters. It is
// the paper's form, expanded in z.
func (p posterior) series(u, mean float64) float64 {
	// w(0) can be too small for a float64: a thousand purchases, a long span.
	// Then w starts some whole steps of e^step too large, and takes them off
	// on the way up; until it has, the terms are below e^step.
	const step = -700.
	w0 := float64(-p.r * math.Log1p(u))
	steps := math.Floor(w0 / step)
	w := math.Exp(w0 - float64(steps*step))

	const precision = 0x1p-44
	enough := precision / (1 + u) // the terms to come fall by z = 1 - 1/(1+u)
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
			if term < sum*enough && n > mean {
				break
			}
		}
		w *= z * (p.r + n) / (n + 1)
		d += g
		g = float64(g * ((p.b + n) / (ab + n)))
	}
	return sum
}
