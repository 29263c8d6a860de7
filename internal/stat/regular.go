package stat

import (
	"errors"
	"fmt"
	"math"
)

// Regularities are the k of Regular. A k of 1 is a customer who buys at random; at 13 the standard deviation of a gap is 28 % of its mean.
var Regularities = [...]int{1, 2, 3, 5, 8, 13}

// Regular is MBG/NBD, or its Limit, for customers who differ in how regularly they buy: the gap between two purchases is Erlang, the sum of k
// exponential phases of the rate k lambda each, so that lambda stays the purchases per unit of time. Each customer has one k of Regularities.
// The purchase rate and the leaving follow the same distributions for all k.
//
// Source: Reutterer, Platzer & Schröder, Leveraging purchase regularity for predicting customer behavior the easy way, International Journal
// of Research in Marketing 38(1), 2021 (MBG/CNBD-k, with one k for all customers). That each customer has a k follows Platzer & Reutterer,
// Ticking away the moments, Marketing Science 35(5), 2016 (Pareto/GGG). The mixture over k is derived here: given k all is in closed form.
type Regular struct {
	// Purchases holds the parameters. Without a collapsed parameter it is MBG/NBD.
	Purchases Limit
	// Weights are the shares of customers with each k of Regularities. They are 0 or more and add up to 1.
	Weights [len(Regularities)]float64
	// ready holds what Prepared has computed.
	ready *prepared
}

// prepared is, by the number of repeat purchases, what depends on no other trait of a customer: the parts of logWeights, and the parts of Gradient
// where Gradients has asked for them.
type prepared struct {
	weights [repeatsTabled][len(Regularities)]float64
	// leaving are the parts of one k, byR the derivatives of ln (r)_kx by r for each k.
	leaving [repeatsTabled]byRepeats
	byR     [repeatsTabled][len(Regularities)]float64
	slopes  bool // leaving and byR are filled in
}

// Prepared returns m with a table for customers with few purchases. The answers are the same, in half of the time.
func (m Regular) Prepared() Regular {
	m.ready = nil
	table := &prepared{}
	for x := range table.weights {
		for i := range Regularities {
			table.weights[x][i] = m.weightOf(i, x)
		}
	}
	m.ready = table
	return m
}

// Gradients returns m as Prepared does, with a table for Gradient too.
func (m Regular) Gradients() Regular {
	m = m.Prepared()
	for x := range repeatsTabled {
		m.ready.leaving[x] = m.Purchases.repeats(float64(x))
		for i, order := range Regularities {
			if m.Weights[i] > 0 && m.Purchases.Rate == 0 {
				m.ready.byR[x][i] = drising(m.Purchases.R, float64(order*x))
			}
		}
	}
	m.ready.slopes = true
	return m
}

// weightOf is the part of logWeights for the k at a place that depends on the repeat purchases x alone. It is -Inf for a k without a weight.
func (m Regular) weightOf(place, x int) float64 {
	if m.ready != nil && x < repeatsTabled {
		return m.ready.weights[x][place]
	}
	p, n, k := m.Purchases, float64(x), float64(Regularities[place])
	l := math.Log(m.Weights[place]) - float64(n*logFactorials[place])
	if p.Rate > 0 {
		return l + float64(k*n*math.Log(k*p.Rate))
	}
	return l + lrising(p.R, k*n) + float64(p.R*math.Log(p.Alpha/k))
}

// Paced is a Rhythm with what tells a regular customer from a random one.
type Paced struct {
	Rhythm
	// LogGaps is the sum of the logarithms of the gaps between consecutive purchases, in the unit of the model; 0 if X is 0.
	LogGaps float64
}

// Validate returns an error for what no customer can have: what Rhythm.Validate refuses, and a LogGaps that is no number, or greater than X
// equal gaps give: the geometric mean of the gaps is at most their mean. A rounding of 1e-6 a gap passes.
func (h Paced) Validate() error {
	if err := h.Rhythm.Validate(); err != nil {
		return err
	}
	x := float64(h.X)
	most := 0.
	if h.X > 0 {
		most = float64(x * math.Log(h.TX/x))
	}
	if !(h.LogGaps <= most+float64(1e-6*x)) || math.IsInf(h.LogGaps, 0) || h.X == 0 && h.LogGaps != 0 {
		return fmt.Errorf("logarithms of gaps add up to %v, want %v at most, and 0 without a repeat purchase", h.LogGaps, most)
	}
	return nil
}

// Validate returns an error that names every parameter and weight out of range. It refuses BG/NBD, where nobody leaves after the first
// purchase.
func (m Regular) Validate() error {
	var errs []error
	if m.Purchases.FirstStays {
		errs = append(errs, errors.New("regular customers: want MBG/NBD, not BG/NBD"))
	}
	if p := m.Purchases; p.Rate == 0 && p.Leaving == 0 {
		errs = append(errs, m.mbg().Validate())
	} else {
		errs = append(errs, p.Validate())
	}
	var sum float64
	for i, w := range m.Weights {
		if !(w >= 0 && w <= 1) {
			errs = append(errs, fmt.Errorf("regularity %d: weight = %v, want it in [0, 1]", Regularities[i], w))
		}
		sum += w
	}
	if !(math.Abs(sum-1) <= 1e-9) {
		errs = append(errs, fmt.Errorf("regularity: the weights add up to %v, want 1", sum))
	}
	return errors.Join(errs...)
}

// random reports whether only k = 1 has weight: then every answer is the answer of one, to the last bit.
func (m Regular) random() bool { return m.Weights[0] == 1 }

func (m Regular) mbg() MBGNBD {
	return MBGNBD{R: m.Purchases.R, Alpha: m.Purchases.Alpha, A: m.Purchases.A, B: m.Purchases.B}
}

// Of is the model of a customer with a LogGaps. Its Rhythms are those of this customer, with any T.
func (m Regular) Of(logGaps float64) PurchaseModel { return &regularOf{m, logGaps} }

// regularOf is a mixture with the LogGaps of one customer.
type regularOf struct {
	Regular
	logGaps float64
}

var _ PurchaseModel = &regularOf{}

func (m *regularOf) paced(h Rhythm) Paced { return Paced{h, m.logGaps} }

func (m *regularOf) Alive(h Rhythm) float64 { return m.Regular.Alive(m.paced(h)) }

func (m *regularOf) AliveCrossing(h Rhythm, theta float64) float64 {
	return m.Regular.AliveCrossing(m.paced(h), theta)
}

func (m *regularOf) NoPurchase(h Rhythm, horizon float64) float64 {
	return m.Regular.NoPurchase(m.paced(h), horizon)
}

func (m *regularOf) Expected(h Rhythm, span float64) float64 {
	return m.Regular.Expected(m.paced(h), span)
}

func (m *regularOf) Discounted(h Rhythm, months int, monthLength, rate float64) float64 {
	return m.Regular.Discounted(m.paced(h), months, monthLength, rate)
}

func (m *regularOf) NextWithin(h Rhythm, span float64) float64 {
	return m.Regular.NextWithin(m.paced(h), span)
}

func (m *regularOf) NextGapQuantile(h Rhythm, q float64) float64 {
	return m.Regular.NextGapQuantile(m.paced(h), q)
}

// Random is the model for a customer of whose gaps nothing is known: k = 1 alone.
func (m Regular) Random() PurchaseModel { return m.one() }

// single is a model for k = 1 alone.
type single interface {
	PurchaseModel
	LogLikelihood(h Rhythm) float64
	Gradient(h Rhythm) (logLikelihood float64, by [4]float64)
	ifAlive(h Rhythm, span float64) float64
}

// one is the model for k = 1.
func (m Regular) one() single {
	if m.Purchases.Rate == 0 && m.Purchases.Leaving == 0 {
		return m.mbg()
	}
	return m.Purchases
}

// ifAlive is E[purchases within the span | alive].
func (m MBGNBD) ifAlive(h Rhythm, span float64) float64 { return m.given(h).ifAlive(span) }

// logWeights are the logarithms of the posterior weights of Regularities right after the last purchase, and of the density of the gaps until
// then. Given k, and with s the sum of the logarithms of the gaps, the density is
//
//	e^((k-1) s) / Gamma(k)^x k^kx (r)_kx (alpha/(alpha+k t_x))^r (alpha+k t_x)^-kx.
//
// The leaving plays no part: it is the same for all k.
func (m Regular) logWeights(h Paced) (weights [len(Regularities)]float64, density float64) {
	p, x := m.Purchases, float64(h.X)
	for i, order := range Regularities {
		weights[i] = m.weightOf(i, h.X)
		if math.IsInf(weights[i], -1) {
			continue
		}
		k := float64(order)
		weights[i] += float64((k - 1) * h.LogGaps)
		if p.Rate > 0 {
			weights[i] -= float64(k * p.Rate * h.TX)
		} else { // (alpha/k)^r k^kx (alpha+k t_x)^-(r+kx), in which each power alone is large
			weights[i] -= float64((p.R + float64(k*x)) * math.Log(p.Alpha/k+h.TX))
		}
	}
	density = logSum(&weights)
	for i := range weights {
		weights[i] -= density
	}
	return weights, density
}

// logFactorials are ln (k-1)! of Regularities.
var logFactorials = [len(Regularities)]float64{0, 0, math.Log(2), math.Log(24), math.Log(5040), math.Log(479001600)}

// logSum is the logarithm of the sum of e^x. It is -Inf where all are.
func logSum(of *[len(Regularities)]float64) float64 {
	most := math.Inf(-1)
	for _, x := range of {
		most = max(most, x)
	}
	if math.IsInf(most, -1) {
		return most
	}
	var sum float64
	for _, x := range of {
		sum += math.Exp(x - most)
	}
	return most + math.Log(sum)
}

// logAdd is ln(e^x + e^y), of which one is finite.
func logAdd(x, y float64) float64 {
	return max(x, y) + math.Log1p(math.Exp(-math.Abs(x-y)))
}

// Posterior returns the probabilities of Regularities for one customer, given all that h says. They add up to 1.
func (m Regular) Posterior(h Paced) [len(Regularities)]float64 {
	if m.random() {
		return m.Weights
	}
	b := m.Believe(h)
	return b.posterior(h.T)
}

// LogLikelihood is the logarithm of the likelihood of h. For k = 1 alone it is MBGNBD's.
func (m Regular) LogLikelihood(h Paced) float64 {
	if m.random() {
		return m.one().LogLikelihood(h.Rhythm)
	}
	b := m.Believe(h)
	quiet := b.quiet(b.silence(h.T))
	all := logAdd(quiet, b.born)
	stayed, _ := m.byLeaving(h.Rhythm, math.Exp(b.born-all))
	return b.density + stayed + all
}

// Alive is P(alive), in [0, 1]. It falls in silence. It is
//
//	1 / (1 + a/(b+x) / P(no purchase since the last | alive)).
func (m Regular) Alive(h Paced) float64 {
	b := m.Believe(h)
	return b.Alive(h.T)
}

// NoPurchase is the probability of no purchase within the horizon, in [0, 1]. Unlike MBG/NBD's it need not rise in silence: a yearly buyer is
// sure not to buy within 90 days of a purchase, and likely to buy a year later.
func (m Regular) NoPurchase(h Paced, horizon float64) float64 {
	b := m.Believe(h)
	return b.NoPurchase(h.T, horizon)
}

// NextWithin is the probability that a customer who is still there buys within the span, in [0, 1].
func (m Regular) NextWithin(h Paced, span float64) float64 {
	b := m.Believe(h)
	return b.NextWithin(h.T, span)
}

// NextGapQuantile is the span within which a customer who is still there buys with probability q, in [0, 1]. It is 0 for a q of 0 or less, and
// +Inf for q = 1, and beyond MaxSpan.
func (m Regular) NextGapQuantile(h Paced, q float64) float64 {
	b := m.Believe(h)
	return b.NextGapQuantile(h.T, q)
}

// AliveCrossing is the least age T at which Alive is theta or less if the customer stays silent. It is -Inf where Alive was theta or less
// right after the purchase, and +Inf where Alive never falls so low within MaxSpan.
func (m Regular) AliveCrossing(h Paced, theta float64) float64 {
	b := m.Believe(h)
	return b.AliveCrossing(theta)
}
