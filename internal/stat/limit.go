package stat

import (
	"errors"
	"fmt"
	"math"
)

// Limit is MBG/NBD, or BG/NBD, at the limit at which customers no longer differ: all buy at one Rate (r, alpha → ∞ with r/alpha = Rate), all
// leave after a purchase with one probability Leaving (a, b → ∞ with a/(a+b) = Leaving), or both. Every answer is the limit of the answer of
// the model in closed form, with one exception that Expected names.
//
// Derived from the formulas of Batislam, Denizel & Filiztekin 2007 and of Fader, Hardie & Lee 2005 with a degenerate Gamma or Beta. The tests
// hold every answer against MBGNBD and BGNBD with parameters of 1e7.
type Limit struct {
	// FirstStays says that nobody leaves after the first purchase, as in BG/NBD.
	FirstStays bool
	// Rate is the purchases per unit of time of every customer who is still there. At 0 customers differ, as R and Alpha say.
	Rate     float64
	R, Alpha float64
	// Leaving is the probability, in (0, 1), of leaving after a purchase. At 0 customers differ, as A and B say.
	Leaving float64
	A, B    float64
}

// Validate returns an error that names every parameter out of range, and where no parameter has collapsed or both forms are given.
func (m Limit) Validate() error {
	var errs []error
	if m.Rate == 0 && m.Leaving == 0 {
		errs = append(errs, errors.New("neither one rate nor one probability of leaving: this is no limit"))
	}
	switch {
	case m.Rate == 0:
		errs = append(errs, validate("purchases", param{"r", m.R}, param{"alpha", m.Alpha}))
	case m.R != 0 || m.Alpha != 0:
		errs = append(errs, errors.New("purchases: one rate for all, and also r and alpha"))
	default:
		errs = append(errs, validate("purchases", param{"rate", m.Rate}))
	}
	switch {
	case m.Leaving == 0:
		errs = append(errs, validate("leaving", param{"a", m.A}, param{"b", m.B}))
	case m.A != 0 || m.B != 0:
		errs = append(errs, errors.New("leaving: one probability for all, and also a and b"))
	case !(m.Leaving >= minParam && m.Leaving <= 1-minParam):
		errs = append(errs, fmt.Errorf("leaving = %v, want it in [%g, 1 - %g]", m.Leaving, minParam, minParam))
	}
	return errors.Join(errs...)
}

// tosses is how often the customer could have left and stayed.
func (m Limit) tosses(h Rhythm) float64 {
	if m.FirstStays {
		return float64(h.X)
	}
	return float64(h.X + 1)
}

// born is the log-odds, right after the last purchase, that the customer left at that purchase.
func (m Limit) born(h Rhythm) float64 {
	tosses := m.tosses(h)
	switch {
	case tosses == 0:
		return math.Inf(-1)
	case m.Leaving > 0:
		return logit(m.Leaving)
	}
	return math.Log(m.A / (m.B + tosses - 1))
}

// left is the log-odds that the customer has left.
func (m Limit) left(h Rhythm) float64 {
	if m.Rate > 0 {
		return m.born(h) + float64(m.Rate*(h.T-h.TX))
	}
	return m.born(h) + silence(m.R+float64(h.X), m.Alpha, h)
}

// given is the posterior after h, for the parameters in which customers differ.
func (m Limit) given(h Rhythm) posterior {
	return posterior{r: m.R + float64(h.X), alpha: m.Alpha + h.T, a: m.A, b: m.B + m.tosses(h), left: m.left(h)}
}

// Alive is P(alive), in [0, 1]. See MBGNBD.Alive.
func (m Limit) Alive(h Rhythm) float64 { return expit(-m.left(h)) }

// AliveCrossing is the least age T at which Alive is theta or less. See MBGNBD.AliveCrossing.
func (m Limit) AliveCrossing(h Rhythm, theta float64) float64 {
	if m.Rate == 0 || theta <= 0 || theta >= 1 {
		return crossing(theta, m.born(h), m.R+float64(h.X), m.Alpha, h)
	}
	if t := h.TX + (-logit(theta)-m.born(h))/m.Rate; t <= MaxSpan {
		return t
	}
	return math.Inf(1)
}

// logQuiet is the logarithm of P(no purchase within the span | alive): the gap is exponential, or Lomax.
func (m Limit) logQuiet(h Rhythm, span float64) float64 {
	if m.Rate > 0 {
		return -float64(m.Rate * span)
	}
	return -(m.R + float64(h.X)) * math.Log1p(span/(m.Alpha+h.T))
}

// NoPurchase is the probability of no purchase within the horizon, in [0, 1]. It rises in silence.
func (m Limit) NoPurchase(h Rhythm, horizon float64) float64 {
	left := m.left(h)
	return min(1, expit(left)+float64(expit(-left)*math.Exp(m.logQuiet(h, horizon))))
}

// NextWithin is the probability that a customer who is still there buys within the span, in [0, 1].
func (m Limit) NextWithin(h Rhythm, span float64) float64 { return -math.Expm1(m.logQuiet(h, span)) }

// NextGapQuantile is the span within which a customer who is still there buys with probability q, in [0, 1]. It is +Inf for q = 1.
func (m Limit) NextGapQuantile(h Rhythm, q float64) float64 {
	if m.Rate > 0 {
		return -math.Log1p(-q) / m.Rate
	}
	return m.given(h).gapQuantile(q)
}

// Expected is the mean number of purchases in (T, T+span], 0 or more. It falls in silence. With one probability of leaving s it is
//
//	P(alive) (1 - P(no purchase within s span | alive)) / s.
//
// With one rate and a Beta over customers it is a sum over the Poisson number of purchases of a customer who never leaves; beyond 8,000 such
// purchases it is the integral of MBGNBD with an r of 1e12, whose relative error is below 1e-9.
func (m Limit) Expected(h Rhythm, span float64) float64 {
	return float64(m.Alive(h) * m.ifAlive(h, span))
}

// ifAlive is E[purchases within the span | alive].
func (m Limit) ifAlive(h Rhythm, span float64) float64 {
	switch {
	case !(span > 0):
		return 0
	case m.Leaving > 0:
		return -math.Expm1(m.logQuiet(h, float64(m.Leaving*span))) / m.Leaving
	}
	p, mean := m.given(h), float64(m.Rate*span)
	if mean > maxTerms {
		const r = 1e12
		p.r = r
		return p.integral(mean/r, mean)
	}
	return p.poisson(mean)
}

// poisson is series with a Poisson number of purchases: w(n) = e^-mean mean^n / n!.
func (p posterior) poisson(mean float64) float64 {
	const step = -underflow // as in series: w(0) may be too small for a float64
	steps := math.Floor(mean / underflow)
	w := math.Exp(-mean + float64(steps*underflow))
	var sum float64
	d, g := 0., 1. // g = E[(1-p)^n], d the sum of g before n
	for n := 0.; n < 4*maxTerms; n++ {
		if steps > 0 {
			if w > 1 {
				w *= math.Exp(step)
				steps--
			}
		} else {
			term := float64(w * d)
			sum += term
			if n > mean && term <= sum*precision {
				break
			}
		}
		w *= mean / (n + 1)
		d += g
		g = float64(g * ((p.b + n) / (p.a + p.b + n)))
	}
	return sum
}

// Discounted is the mean number of purchases over the next months, 0 or more. See MBGNBD.Discounted.
func (m Limit) Discounted(h Rhythm, months int, monthLength, rate float64) float64 {
	var sum, before float64
	discount := 1.
	for k := range months {
		discount /= 1 + rate
		until := m.ifAlive(h, float64(float64(k+1)*monthLength))
		sum += float64(max(0, until-before) * discount)
		before = until
	}
	return float64(m.Alive(h) * sum)
}

// LogLikelihood is the logarithm of the likelihood of h.
func (m Limit) LogLikelihood(h Rhythm) float64 {
	x, tosses := float64(h.X), m.tosses(h)
	l := softplus(m.left(h))
	if m.Rate > 0 {
		l += float64(x*math.Log(m.Rate)) - float64(m.Rate*h.T)
	} else {
		l += lrising(m.R, x) - float64(m.R*math.Log1p(h.T/m.Alpha)) - float64(x*math.Log(m.Alpha+h.T))
	}
	if m.Leaving > 0 {
		return l + float64(tosses*math.Log1p(-m.Leaving))
	}
	return l + (lbeta(m.A, m.B+tosses) - lbeta(m.A, m.B))
}

// Gradient is LogLikelihood and its derivatives by R and Alpha, or by Rate and 0, and by A and B, or by Leaving and 0.
func (m Limit) Gradient(h Rhythm) (logLikelihood float64, by [4]float64) {
	p := m.repeats(float64(h.X))
	return m.gradient(h, &p)
}

var _ PurchaseModel = Limit{}
