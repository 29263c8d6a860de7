package stat

import "math"

// BGNBD is the BG/NBD model of when customers buy and whether they are still
// there. A customer buys at a rate that is Gamma(R, Alpha) over customers. After
// each repeat purchase the customer leaves for good, with a probability that is
// Beta(A, B) over customers.
//
// So the model never gives up a customer who bought only once. Rank customers by
// NoPurchase and not by Alive, or take MBGNBD.
//
// Source: Fader, Hardie & Lee, "Counting Your Customers" the Easy Way: An
// Alternative to the Pareto/NBD Model, Marketing Science 24(2), 2005. Fitted to
// a tenth of CDNOW, in weeks: R .243, Alpha 4.414, A .793, B 2.426. The values
// quoted below are at these parameters, for the customer x 2, t_x 30.43, T
// 38.86.
type BGNBD struct {
	R     float64 // shape of the purchase rate
	Alpha float64 // its inverse scale, a time
	A, B  float64 // weights of leaving and of staying after a purchase
}

// Validate returns an error that names every parameter outside [1e-9, 1e9].
func (m BGNBD) Validate() error {
	return validate("BG/NBD", param{"r", m.R}, param{"alpha", m.Alpha}, param{"a", m.A}, param{"b", m.B})
}

// given is the posterior after h.
func (m BGNBD) given(h Rhythm) posterior {
	x := float64(h.X)
	r := m.R + x
	return posterior{r: r, alpha: m.Alpha + h.T, a: m.A, b: m.B + x, left: m.born(h) + silence(r, m.Alpha, h)}
}

// born is the log-odds, right after the last purchase, that the customer left at
// that purchase.
func (m BGNBD) born(h Rhythm) float64 {
	if h.X == 0 {
		return math.Inf(-1)
	}
	return math.Log(m.A / (m.B + float64(h.X-1)))
}

// LogLikelihood is the logarithm of the likelihood of h: the paper's eq. 6 as a
// log-sum-exp. Summed over the CDNOW sample it is -9582.4.
func (m BGNBD) LogLikelihood(h Rhythm) float64 {
	return m.given(h).logLikelihood(m.R, m.Alpha, m.B, h)
}

// Gradient is LogLikelihood and its derivatives by R, Alpha, A and B.
func (m BGNBD) Gradient(h Rhythm) (logLikelihood float64, by [4]float64) {
	x := float64(h.X)
	of := repeatsOf(m.R, m.A, m.B, x, x, m.B+x)
	return m.given(h).gradient(m.R, m.Alpha, &of, h)
}

// Alive is P(alive), in [0, 1]: 1 for a customer who bought once, else
//
//	1 / (1 + a/(b+x-1) ((alpha+T)/(alpha+t_x))^(r+x)).
//
// Source: Fader, Hardie & Lee, Computing P(alive) Using the BG/NBD Model, 2008.
// Value: .72657857.
func (m BGNBD) Alive(h Rhythm) float64 {
	return m.given(h).alive()
}

// AliveCrossing is the least age T at which Alive is theta or less if the
// customer stays silent; h.T plays no part. It is before h.TX where Alive was
// theta or less right after the purchase; for a theta of 1 and more it is -Inf.
// It is +Inf where Alive never falls so low: for theta 0, for a customer who
// bought once, and beyond MaxSpan. Values: 62.49125432 for theta .5,
// 173.77938262 for .1.
func (m BGNBD) AliveCrossing(h Rhythm, theta float64) float64 {
	return crossing(theta, m.born(h), m.R+float64(h.X), m.Alpha, h)
}

// NoPurchase is the probability of no purchase within the horizon, in [0, 1]: 1
// - Alive NextWithin. It rises in silence. Value: .67650906 for 13 weeks.
func (m BGNBD) NoPurchase(h Rhythm, horizon float64) float64 {
	return m.given(h).noPurchase(horizon)
}

// Expected is the mean number of purchases in (T, T+span], 0 or more: eq. 10 of
// the paper. It falls in silence. Value: 1.22602817 for 39 weeks.
func (m BGNBD) Expected(h Rhythm, span float64) float64 {
	return m.given(h).expected(span)
}

// ExpectedNew is Expected for a customer at the first purchase: eq. 9 of the
// paper. Value: 1.4460506 for 52 weeks.
func (m BGNBD) ExpectedNew(span float64) float64 {
	return m.Expected(Rhythm{}, span)
}

// Discounted is the mean number of purchases over the next months, 0 or more.
// The purchases of the k-th month are divided by (1+rate)^k; rate is per month
// and above -1, monthLength is the length of a month. Discounted times the value
// of a purchase is the customer's lifetime value. Value: 1.47136037 for 12
// months of 4.345 weeks at .01.
func (m BGNBD) Discounted(h Rhythm, months int, monthLength, rate float64) float64 {
	return m.given(h).discounted(months, monthLength, rate)
}

// Stayed is Discounted of a customer who is still there.
func (m BGNBD) Stayed(h Rhythm, months int, monthLength, rate float64) float64 {
	return m.given(h).stayed(months, monthLength, rate)
}

// DERT is the discounted expected residual transactions: the mean number of all
// purchases to come, each divided by e^(rate time). rate is continuous and above
// 0: 15% a year is ln(1.15)/52 a week.
func (m BGNBD) DERT(h Rhythm, rate float64) float64 {
	return m.given(h).dert(rate)
}

// PMF is the probability that a customer at the first purchase makes exactly n
// more purchases within the span: eq. 8 of the paper. It is 0 for n < 0. Value:
// .5737864 for none in 39 weeks.
func (m BGNBD) PMF(n int, span float64) float64 {
	return nbdOver(m.R, m.Alpha, span).stopped(n, n, m.A, m.B)
}

// NextWithin is the probability that a customer who is still there buys within
// the span: 1 - ((alpha+T)/(alpha+T+span))^(r+x), a Lomax distribution.
func (m BGNBD) NextWithin(h Rhythm, span float64) float64 {
	return m.given(h).nextWithin(span)
}

// NextGapQuantile is the span within which a customer who is still there buys
// with probability q, in [0, 1]: the inverse of NextWithin. It is +Inf for q =
// 1, and where it overflows.
func (m BGNBD) NextGapQuantile(h Rhythm, q float64) float64 {
	return m.given(h).gapQuantile(q)
}

// NextGapMedian is NextGapQuantile at one half. Value: 15.66946848.
func (m BGNBD) NextGapMedian(h Rhythm) float64 {
	return m.NextGapQuantile(h, 0.5)
}

// NextGapMean is the mean time to the next purchase of a customer who is still
// there: (alpha+T)/(r+x-1), and +Inf for r+x up to 1. Show the median instead: a
// few slow customers carry the mean. Value: 34.81415929.
func (m BGNBD) NextGapMean(h Rhythm) float64 {
	return m.given(h).gapMean()
}
