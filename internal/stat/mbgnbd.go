package stat

import "math"

// MBGNBD is the MBG/NBD model: BGNBD, but a customer may also leave after the
// first purchase. So it gives up a customer who bought once and stays silent,
// which makes it the better model of churn.
//
// Source: Batislam, Denizel & Filiztekin, Empirical validation and comparison of
// models for customer base analysis, International Journal of Research in
// Marketing 24(3), 2007. Fitted to a tenth of CDNOW, in weeks: R .525, Alpha
// 6.183, A .891, B 1.614. The values quoted below are at these parameters, for
// the customer x 2, t_x 30.43, T 38.86.
type MBGNBD struct {
	R     float64 // shape of the purchase rate
	Alpha float64 // its inverse scale, a time
	A, B  float64 // weights of leaving and of staying after a purchase
}

// Validate returns an error that names every parameter outside [1e-9, 1e9].
func (m MBGNBD) Validate() error {
	return validate("MBG/NBD", param{"r", m.R}, param{"alpha", m.Alpha}, param{"a", m.A}, param{"b", m.B})
}

// given is the posterior after h.
func (m MBGNBD) given(h Rhythm) posterior {
	x := float64(h.X)
	r := m.R + x
	return posterior{r: r, alpha: m.Alpha + h.T, a: m.A, b: m.B + x + 1, left: m.born(h) + silence(r, m.Alpha, h)}
}

// born is the log-odds, right after the last purchase, that the customer left at
// that purchase.
func (m MBGNBD) born(h Rhythm) float64 {
	return math.Log(m.A / (m.B + float64(h.X)))
}

// LogLikelihood is the logarithm of the likelihood of h. Summed over the CDNOW
// sample it is -9582.14.
func (m MBGNBD) LogLikelihood(h Rhythm) float64 {
	return m.given(h).logLikelihood(m.R, m.Alpha, m.B, h)
}

// Gradient is LogLikelihood and its derivatives by R, Alpha, A and B.
func (m MBGNBD) Gradient(h Rhythm) (logLikelihood float64, by [4]float64) {
	x := float64(h.X)
	of := repeatsOf(m.R, m.A, m.B, x, x+1, m.B+x+1)
	return m.given(h).gradient(m.R, m.Alpha, &of, h)
}

// Alive is P(alive), in [0, 1]:
//
//	1 / (1 + a/(b+x) ((alpha+T)/(alpha+t_x))^(r+x)).
//
// Values: .70620227; .38934765 for a customer who bought once, 39 weeks ago.
func (m MBGNBD) Alive(h Rhythm) float64 {
	return m.given(h).alive()
}

// AliveCrossing is the least age T at which Alive is theta or less if the
// customer stays silent; h.T plays no part. It is before h.TX, and may be
// negative, where Alive was theta or less right after the purchase; for a theta
// of 1 and more it is -Inf. It is +Inf where Alive never falls so low: for theta
// 0, and beyond MaxSpan. Values: 57.56567098 for theta .5; 12.98942339 for a
// customer who bought once.
func (m MBGNBD) AliveCrossing(h Rhythm, theta float64) float64 {
	return crossing(theta, m.born(h), m.R+float64(h.X), m.Alpha, h)
}

// NoPurchase is the probability of no purchase within the horizon, in [0, 1]: 1
// - Alive NextWithin. It rises in silence. Value: .66607772 for 13 weeks.
func (m MBGNBD) NoPurchase(h Rhythm, horizon float64) float64 {
	return m.given(h).noPurchase(horizon)
}

// Expected is the mean number of purchases in (T, T+span], 0 or more. It falls
// in silence. Value: 1.26296062 for 39 weeks.
func (m MBGNBD) Expected(h Rhythm, span float64) float64 {
	return m.given(h).expected(span)
}

// ExpectedNew is Expected for a customer at the first purchase.
// Value: 1.419724 for 52 weeks.
func (m MBGNBD) ExpectedNew(span float64) float64 {
	return m.Expected(Rhythm{}, span)
}

// Discounted is the mean number of purchases over the next months, 0 or more.
// The purchases of the k-th month are divided by (1+rate)^k; rate is per month
// and above -1, monthLength is the length of a month. Discounted times the value
// of a purchase is the customer's lifetime value.
func (m MBGNBD) Discounted(h Rhythm, months int, monthLength, rate float64) float64 {
	return m.given(h).discounted(months, monthLength, rate)
}

// Stayed is Discounted of a customer who is still there.
func (m MBGNBD) Stayed(h Rhythm, months int, monthLength, rate float64) float64 {
	return m.given(h).stayed(months, monthLength, rate)
}

// DERT is the discounted expected residual transactions: the mean number of all
// purchases to come, each divided by e^(rate time). rate is continuous and above
// 0: 15% a year is ln(1.15)/52 a week.
func (m MBGNBD) DERT(h Rhythm, rate float64) float64 {
	return m.given(h).dert(rate)
}

// PMF is the probability that a customer at the first purchase makes exactly n
// more purchases within the span. It is 0 for n < 0. The tests check its sum and
// its mean.
func (m MBGNBD) PMF(n int, span float64) float64 {
	return nbdOver(m.R, m.Alpha, span).stopped(n, n+1, m.A, m.B)
}

// NextWithin is the probability that a customer who is still there buys within
// the span: 1 - ((alpha+T)/(alpha+T+span))^(r+x), a Lomax distribution.
func (m MBGNBD) NextWithin(h Rhythm, span float64) float64 {
	return m.given(h).nextWithin(span)
}

// NextGapQuantile is the span within which a customer who is still there buys
// with probability q, in [0, 1]: the inverse of NextWithin. It is +Inf for q =
// 1, and where it overflows.
func (m MBGNBD) NextGapQuantile(h Rhythm, q float64) float64 {
	return m.given(h).gapQuantile(q)
}

// NextGapMedian is NextGapQuantile at one half. Value: 14.22866244.
func (m MBGNBD) NextGapMedian(h Rhythm) float64 {
	return m.NextGapQuantile(h, 0.5)
}

// NextGapMean is the mean time to the next purchase of a customer who is still
// there: (alpha+T)/(r+x-1), and +Inf for r+x up to 1. Show the median instead: a
// few slow customers carry the mean.
func (m MBGNBD) NextGapMean(h Rhythm) float64 {
	return m.given(h).gapMean()
}
