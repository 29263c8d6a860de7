package stat

import "math"

// Belief is what a mixture believes of one customer from one purchase to the next, as far as the silence plays no part. It is computed once, and
// answers for each age T until the next purchase; an age is at least the time of the last purchase. The zero Belief is not valid.
type Belief struct {
	Regular
	h Paced // its T plays no part
	// weights are the logarithms of the posterior weights right after the last purchase, of a customer who stayed; density: see logWeights.
	weights [len(Regularities)]float64
	density float64
	born    float64 // log-odds of having left at the last purchase
	// By k: shapes are r + kx, and rates alpha + k t_x; with one rate for all, rates are the phases per unit of time.
	shapes, rates [len(Regularities)]float64
}

// Believe is what m believes of a customer. The T of h plays no part.
func (m Regular) Believe(h Paced) Belief {
	b := Belief{Regular: m, h: h, born: m.Purchases.born(h.Rhythm)}
	b.weights, b.density = m.logWeights(h)
	for i, order := range Regularities {
		k := float64(order)
		if m.Purchases.Rate > 0 {
			b.rates[i] = float64(k * m.Purchases.Rate)
			continue
		}
		b.shapes[i] = m.Purchases.R + float64(k*float64(h.X))
		b.rates[i] = m.Purchases.Alpha + float64(k*h.TX)
	}
	return b
}

// at is the customer's rhythm at an age.
func (b *Belief) at(age float64) Rhythm { return Rhythm{X: b.h.X, TX: b.h.TX, T: age} }

// silence is the time from the last purchase to an age.
func (b *Belief) silence(age float64) float64 { return age - b.h.TX }

// logQuiet is the logarithm of P(fewer than k phases within tau of the last purchase | alive after it), for the k at a place: with r' = r + kx
// and z = k tau / (alpha + k t_x + k tau), the sum over j < k of (r')_j / j! z^j (1-z)^r'. With one rate it is Poisson's.
func (b *Belief) logQuiet(place int, tau float64) float64 {
	sum, term := 1., 1.
	if b.Purchases.Rate > 0 {
		z := float64(b.rates[place] * tau)
		for j := range Regularities[place] - 1 {
			term *= z / float64(j+1)
			sum += term
		}
		return min(0, math.Log(sum)-z)
	}
	r, u := b.shapes[place], float64(Regularities[place])*tau/b.rates[place]
	z := u / (1 + u)
	for j := range Regularities[place] - 1 {
		term *= z * (r + float64(j)) / float64(j+1)
		sum += term
	}
	if Regularities[place] == 1 { // the logarithm of 1
		return -float64(r * math.Log1p(u))
	}
	return min(0, math.Log(sum)-float64(r*math.Log1p(u)))
}

// nothing is the difference of logarithms from which on the lesser number adds no bit to the greater one.
const nothing = 40

// each are, for each k, the logarithms of P(k, no purchase within tau of the last purchase | alive after it); quiet is the logarithm of their
// sum. Of a k that adds nothing to the sum it is -Inf.
func (b *Belief) each(tau float64) (each [len(Regularities)]float64, quiet float64) {
	most := math.Inf(-1)
	for i, w := range b.weights {
		if each[i] = math.Inf(-1); w > most-nothing {
			each[i] = w + b.logQuiet(i, tau)
			most = max(most, each[i])
		}
	}
	return each, min(0, logSum(&each))
}

func (b *Belief) quiet(tau float64) float64 {
	_, quiet := b.each(tau)
	return quiet
}

// posterior are the probabilities of Regularities at an age. They add up to 1.
func (b *Belief) posterior(age float64) [len(Regularities)]float64 {
	each, quiet := b.each(b.silence(age))
	all := logAdd(quiet, b.born) // is there and quiet, or has left
	for i := range each {
		each[i] = math.Exp(each[i]-all) + math.Exp(b.weights[i]+b.born-all)
	}
	return each
}

// Alive is P(alive) at an age, in [0, 1]. See Regular.Alive.
func (b *Belief) Alive(age float64) float64 {
	switch {
	case b.random():
		return b.one().Alive(b.at(age))
	case age == b.h.TX: // no silence to tell of k
		return expit(-b.born)
	}
	return expit(b.quiet(b.silence(age)) - b.born)
}

// NoPurchase is the probability of no purchase within the horizon after an age, in [0, 1]. See Regular.NoPurchase.
func (b *Belief) NoPurchase(age, horizon float64) float64 {
	if b.random() {
		return b.one().NoPurchase(b.at(age), horizon)
	}
	now, then := b.quiet(b.silence(age)), b.quiet(b.silence(age)+horizon)
	return min(1, math.Exp(logAdd(then, b.born)-logAdd(now, b.born)))
}

// NextWithin is the probability that a customer who is still there at an age buys within the span, in [0, 1].
func (b *Belief) NextWithin(age, span float64) float64 {
	if b.random() {
		return b.one().NextWithin(b.at(age), span)
	}
	return -math.Expm1(min(0, b.quiet(b.silence(age)+span)-b.quiet(b.silence(age))))
}

// NextGapQuantile is the span within which a customer who is still there at an age buys with probability q. See Regular.NextGapQuantile.
func (b *Belief) NextGapQuantile(age, q float64) float64 {
	switch {
	case b.random():
		return b.one().NextGapQuantile(b.at(age), q)
	case q <= 0:
		return 0
	}
	tau := b.silence(age)
	return b.until(b.quiet(tau)+math.Log1p(-q), tau)
}

// AliveCrossing is the least age at which Alive is theta or less if the customer stays silent. See Regular.AliveCrossing.
func (b *Belief) AliveCrossing(theta float64) float64 {
	if b.random() {
		return b.one().AliveCrossing(b.h.Rhythm, theta)
	}
	switch quiet := logit(theta) + b.born; {
	case theta <= 0:
		return math.Inf(1)
	case theta >= 1 || quiet >= 0:
		return math.Inf(-1)
	default:
		return b.h.TX + b.until(quiet, 0)
	}
}

// until is the least span from tau after the last purchase on at whose end quiet is at most a limit; +Inf beyond MaxSpan. It is bisected: the
// answer is never too early, and too late by 1e-12 of itself or of a unit of time at most.
func (b *Belief) until(limit, tau float64) float64 {
	over := func(span float64) bool { return b.quiet(tau+span) > limit }
	hi := 1.
	for hi > 1e-12 && !over(hi/2) {
		hi /= 2
	}
	for over(hi) {
		if hi *= 2; hi > MaxSpan {
			return math.Inf(1)
		}
	}
	for lo := hi / 2; hi-lo > 1e-12*hi; {
		if mid := (lo + hi) / 2; over(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}
