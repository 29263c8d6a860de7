package stat

import "math"

// posterior is what a model of the BG/NBD family believes about one customer at
// one moment. The models of the family differ only in how they arrive at it.
//
// Given that the customer is still there, the purchase rate is Gamma(r, alpha),
// and the probability of leaving after a purchase is Beta(a, b), independently.
type posterior struct {
	r, alpha float64 // r + x and alpha + T of the paper
	a, b     float64 // a and b + x (MBG/NBD: b + x + 1)
	left     float64 // log-odds that the customer has left; -Inf: surely there
}

// silence is the growth, since the last purchase, of the log-odds of having
// left: r ln((alpha+T)/(alpha+t_x)), with the posterior's r and the model's
// alpha. In this form it is smooth in T to the last bits.
func silence(r, alpha float64, h Rhythm) float64 {
	return float64(r * math.Log1p((h.T-h.TX)/(alpha+h.TX)))
}

// crossing is the T at which P(alive) has fallen to theta in silence, where born
// is the log-odds of having left at the last purchase.
func crossing(theta, born, r, alpha float64, h Rhythm) float64 {
	if theta <= 0 {
		return math.Inf(1)
	}
	if theta >= 1 {
		return math.Inf(-1)
	}
	t := h.TX + float64((alpha+h.TX)*math.Expm1((-logit(theta)-born)/r))
	if t > MaxSpan {
		return math.Inf(1)
	}
	return t
}

// alive is P(alive).
func (p posterior) alive() float64 {
	return expit(-p.left)
}

// noPurchase is P(no purchase within the span): the customer has left, or is
// there and quiet. The sum of these two probabilities keeps its digits where it
// is small; 1 - P(alive) P(purchase | alive) does not.
func (p posterior) noPurchase(span float64) float64 {
	return min(1, expit(p.left)+float64(expit(-p.left)*p.quiet(span)))
}

// quiet is P(no purchase within the span | alive): the gap is Lomax(r, alpha).
func (p posterior) quiet(span float64) float64 {
	return math.Exp(-p.r * math.Log1p(span/p.alpha))
}

// nextWithin is P(a purchase within the span | alive).
func (p posterior) nextWithin(span float64) float64 {
	return -math.Expm1(-p.r * math.Log1p(span/p.alpha))
}

// gapQuantile is the q-quantile of the gap to the next purchase, given alive.
func (p posterior) gapQuantile(q float64) float64 {
	return p.alpha * math.Expm1(-math.Log1p(-q)/p.r)
}

// gapMean is the mean of the gap to the next purchase, given alive. For r up to
// 1 it is infinite.
func (p posterior) gapMean() float64 {
	if p.r <= 1 {
		return math.Inf(1)
	}
	return p.alpha / (p.r - 1)
}

// expected is E[purchases within the span].
func (p posterior) expected(span float64) float64 {
	return expit(-p.left) * p.ifAlive(span)
}

// discounted is E[purchases] of each month to come, discounted to today.
func (p posterior) discounted(months int, monthLength, rate float64) float64 {
	return p.alive() * p.stayed(months, monthLength, rate)
}

// stayed is discounted of a customer who is still there. The purchases up to the
// end of a month count at the month's discount, less what they would count at
// the next month's. The discount is multiplied up and not raised to a power,
// because multiplication gives the same bits on every architecture.
func (p posterior) stayed(months int, monthLength, rate float64) float64 {
	var sum float64
	discount := 1 / (1 + rate)
	for done := 0; done < months; {
		var by spans
		count := min(len(by), months-done)
		for k := range count {
			by[k].u = float64(done+k+1) * monthLength / p.alpha
		}
		by.fill(p, count)
		for k := range count {
			done++
			next := discount / (1 + rate)
			if done == months {
				next = 0
			}
			sum += float64(by[k].sum * (discount - next))
			discount = next
		}
	}
	return max(0, sum)
}

// logLikelihood is the logarithm of the likelihood of the history x, T under the
// model r, alpha, a, b that has led to p. Both models have
//
//	G(r+x)/G(r) (alpha/(alpha+T))^r (alpha+T)^-x B(a, b')/B(a, b) (1 + odds of having left)
//
// with the posterior's b'.
func (p posterior) logLikelihood(r, alpha, b float64, h Rhythm) float64 {
	x := float64(h.X)
	return lrising(r, x) - float64(r*math.Log1p(h.T/alpha)) - float64(x*math.Log(p.alpha)) +
		(lbeta(p.a, p.b) - lbeta(p.a, b)) + softplus(p.left)
}

// gradient is logLikelihood and its derivatives by r, alpha, a and b. of are the
// parts of h.X. The derivatives of the odds of having left are weighted by the
// probability of having left.
func (p posterior) gradient(r, alpha float64, of *byRepeats, h Rhythm) (logLikelihood float64, by [4]float64) {
	x, ago := float64(h.X), math.Log1p(h.T/alpha)
	gone := expit(p.left)
	by = [4]float64{
		of.byR - ago + float64(gone*math.Log1p((h.T-h.TX)/(alpha+h.TX))),
		(r*h.T/alpha - x - gone*p.r*(h.T-h.TX)/(alpha+h.TX)) / p.alpha,
		gone/p.a - of.all,
		of.by - of.all,
	}
	if gone > 0 {
		by[3] -= gone / (p.b - 1)
	}
	return of.rising - float64(r*ago) - float64(x*math.Log(p.alpha)) + of.stayed + softplus(p.left), by
}

// dert is E[purchases to come, each discounted by e^(-rate time)]. By parts it
// is the mean of ifAlive(y/rate) over an exponential y. The trapezoid rule in ln
// y gives this mean to the last digits.
func (p posterior) dert(rate float64) float64 {
	const step, lo, hi = 0.25, -24., 4. // e^(2 lo) and e^-(e^hi) are nothing
	var sum float64
	for i := range int((hi-lo)/step) + 1 {
		w := lo + float64(float64(i)*step)
		y := math.Exp(w)
		sum += float64(math.Exp(w-y) * p.ifAlive(y/rate))
	}
	return expit(-p.left) * float64(step*sum)
}
