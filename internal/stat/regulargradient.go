package stat

import (
	"cmp"
	"math"
)

// Compare orders by the Rhythm and LogGaps.
func (h Paced) Compare(o Paced) int {
	return cmp.Or(h.Rhythm.Compare(o.Rhythm), cmp.Compare(h.LogGaps, o.LogGaps))
}

// Gradient is LogLikelihood, its derivatives by R and Alpha, or by Rate and 0, and by A and B, or by Leaving and 0, and Posterior. The
// derivative by a weight is the posterior over the weight.
func (m Regular) Gradient(h Paced) (logLikelihood float64, by [4]float64, posterior [len(Regularities)]float64) {
	if m.random() {
		logLikelihood, by = m.one().Gradient(h.Rhythm)
		return logLikelihood, by, m.Weights
	}
	b, tau := m.Believe(h), h.T-h.TX
	each, quiet := b.each(tau)
	all := logAdd(quiet, b.born)
	for i, order := range Regularities {
		there := math.Exp(each[i] - all)
		posterior[i] = there + math.Exp(b.weights[i]+b.born-all)
		if posterior[i] == 0 {
			continue
		}
		gaps, silence := m.gapsByBuying(h, i), m.quietByBuying(h, order, tau)
		for j := range gaps {
			by[j] += float64(posterior[i]*gaps[j]) + float64(there*silence[j])
		}
	}
	stayed, leaving := m.byLeaving(h.Rhythm, math.Exp(b.born-all))
	by[2], by[3] = leaving[0], leaving[1]
	return b.density + stayed + all, by, posterior
}

// byLeaving is the logarithm of the probability of having stayed at all tosses, and the derivatives of the log-likelihood by A and B, or by
// Leaving and 0. gone is P(left).
func (m Regular) byLeaving(h Rhythm, gone float64) (stayed float64, by [2]float64) {
	p := m.Purchases
	tosses := p.tosses(h)
	if p.Leaving > 0 {
		return float64(tosses * math.Log1p(-p.Leaving)), [2]float64{gone/(p.Leaving*(1-p.Leaving)) - tosses/(1-p.Leaving)}
	}
	parts := m.repeats(h.X)
	by = [2]float64{gone/p.A - parts.all, parts.by - parts.all}
	if gone > 0 {
		by[1] -= gone / (p.B + tosses - 1)
	}
	return parts.stayed, by
}

// repeats are the parts of leaving after x repeat purchases.
func (m Regular) repeats(x int) byRepeats {
	if m.ready != nil && m.ready.slopes && x < repeatsTabled {
		return m.ready.leaving[x]
	}
	return m.Purchases.repeats(float64(x))
}

// gapsByBuying are the derivatives of the logarithm of the density of the gaps, given the k at a place, by R and Alpha or by Rate. See
// logWeights.
func (m Regular) gapsByBuying(h Paced, place int) [2]float64 {
	p, k := m.Purchases, float64(Regularities[place])
	n := k * float64(h.X)
	if p.Rate > 0 {
		return [2]float64{n/p.Rate - float64(k*h.TX)}
	}
	alpha := p.Alpha + float64(k*h.TX)
	return [2]float64{m.byR(h.X, place) - math.Log1p(k*h.TX/p.Alpha), (float64(p.R*k*h.TX/p.Alpha) - n) / alpha}
}

// byR is the derivative of ln (r)_kx by r.
func (m Regular) byR(x, place int) float64 {
	if m.ready != nil && m.ready.slopes && x < repeatsTabled {
		return m.ready.byR[x][place]
	}
	return drising(m.Purchases.R, float64(Regularities[place]*x))
}

// quietByBuying are the derivatives of logQuiet by R and Alpha or by Rate.
func (m Regular) quietByBuying(h Paced, order int, tau float64) [2]float64 {
	if tau == 0 {
		return [2]float64{}
	}
	p, k := m.Purchases, float64(order)
	r := p.R + float64(k*float64(h.X))
	alpha := p.Alpha + float64(k*h.TX)
	u := k * tau / alpha
	z := u / (1 + u)
	if p.Rate > 0 {
		z = k * p.Rate * tau
	}
	// The terms t of logQuiet, their sum, and the sums of j t and of t d ln t / dr.
	sum, mean, byR := 1., 0., 0.
	term, rising := 1., 0.
	for j := range order - 1 {
		n := float64(j)
		if p.Rate > 0 {
			term *= z / (n + 1)
		} else {
			term *= z * (r + n) / (n + 1)
			rising += 1 / (r + n)
		}
		sum += term
		mean += float64((n + 1) * term)
		byR += float64(term * rising)
	}
	if p.Rate > 0 {
		return [2]float64{(mean/sum - z) / p.Rate}
	}
	byU := (mean/sum/u - r) / (1 + u)
	return [2]float64{byR/sum - math.Log1p(u), -float64(byU * u / alpha)}
}
