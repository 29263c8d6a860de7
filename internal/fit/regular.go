package fit

import (
	"context"
	"math"

	"tidemark/internal/stat"
)

// Regular fits the mixture of regularities over MBG/NBD: weights, and the parameters that all regularities share. It starts where a fit for
// k = 1 alone has ended, one, and ends there where no k > 1 gains anything. Its likelihood is as high or higher for nearly any log, so it says little: decide by Gained. Errors: as NBD.
//
// The weights are fitted by expectation and maximization, the parameters between two steps by Newton's method. A weight below leastWeight is
// left out. A log of more than 4,096 groups is fitted on a sample: then Customers, Groups and LogLikelihood of the result are the sample's.
func Regular(ctx context.Context, groups []Group[stat.Paced], one stat.PurchaseModel, o Options) (Result[stat.Regular], error) {
	n, err := count(groups)
	if err != nil {
		return Result[stat.Regular]{}, err
	}
	m := mixture{groups: thinned(groups, n, mixtureSample), typical: meansOf(rhythms(groups)), options: o}
	m.purchases(one)
	fit := m.fit
	if _, differ := one.(stat.MBGNBD); differ && m.irregular(ctx) { // at a stat.Limit the parameters are not those of a maximum
		m.weights = [len(stat.Regularities)]float64{1}
		fit = m.climb
	} else {
		for i := range m.weights {
			m.weights[i] = 1 / float64(len(m.weights))
		}
	}
	r, err := fit(ctx)
	for err == nil && m.collapse(r) { // gaps that are alike no longer look like rates that are
		r, err = fit(ctx)
	}
	if err != nil {
		return r, err
	}
	for i, w := range m.weights {
		r.Estimates = append(r.Estimates, Estimate{Name: regularityNames[i], Value: w, StandardError: math.NaN()})
	}
	return r, nil
}

// mixtureSample is the number of customers that are enough for the weights. A likelihood of the mixture costs some 20 times that of k = 1.
const mixtureSample = 4096

// regularityNames are the names of the weights.
var regularityNames = [len(stat.Regularities)]string{"k=1", "k=2", "k=3", "k=5", "k=8", "k=13"}

// rhythms are the rhythms of groups. Equal ones are not put together.
func rhythms(groups []Group[stat.Paced]) []Group[stat.Rhythm] {
	all := make([]Group[stat.Rhythm], len(groups))
	for i, g := range groups {
		all[i] = Group[stat.Rhythm]{g.History.Rhythm, g.Customers}
	}
	return all
}

// mixture is a mixture in the making.
type mixture struct {
	groups  []Group[stat.Paced]
	typical means
	options Options
	limit   Collapsed
	y       point // the parameters, as limitFamily has them
	weights [len(stat.Regularities)]float64
}

// purchases starts from a model for k = 1. What has collapsed starts close to the limit: whether customers differ is asked again.
func (m *mixture) purchases(one stat.PurchaseModel) {
	const alike = 20.
	r, alpha, a, b := 1., 1/m.typical.rate, 1., 3.
	switch one := one.(type) {
	case stat.MBGNBD:
		r, alpha, a, b = one.R, one.Alpha, one.A, one.B
	case stat.Limit:
		r, alpha, a, b = one.R, one.Alpha, one.A, one.B
		if one.Rate > 0 {
			r, alpha = alike, alike/one.Rate
		}
		if one.Leaving > 0 {
			a, b = alike*one.Leaving, alike*(1-one.Leaving)
		}
	}
	near := func(v float64) float64 { return min(6, max(-6, math.Log(v))) } // far from the wall, where nothing has a slope
	m.y = point{near(r), near(r) + math.Log(alpha/r/m.typical.age), near(a), near(b)}
}

// irregular reports whether no k > 1 gains anything, at the parameters for k = 1 alone. The log-likelihood is concave in the weights, so its
// derivatives at k = 1 bound the gain of any weights: with P(k) the likelihood of a customer given k, the sum over the customers of
// P(k)/P(1) - 1. Where all derivatives are 0 or less, k = 1 alone is a maximum over weights and parameters together.
func (m *mixture) irregular(ctx context.Context) bool {
	for i := range m.weights {
		m.weights[i] = 1 / float64(len(m.weights))
	}
	var customers float64
	for _, g := range m.groups {
		customers += float64(g.Customers)
	}
	ratios := m.each(ctx, func(sum *shares, n float64, posterior shares) {
		for i, w := range posterior {
			sum[i] += float64(n * (w / posterior[0]))
		}
	})
	for _, sum := range ratios[1:] {
		if !(sum <= customers) {
			return false
		}
	}
	return ctx.Err() == nil
}

// The ends of a fit: rounds at most, or the gain of log-likelihood that is no more worth a round.
const (
	rounds      = 30
	littleGain  = .2
	leastWeight = .01
)

// fit maximizes in turn over the weights and over the parameters.
func (m *mixture) fit(ctx context.Context) (r Result[stat.Regular], err error) {
	before := math.Inf(-1)
	for range rounds {
		if r, err = m.climb(ctx); err != nil {
			return r, err
		}
		if r.LogLikelihood-before < littleGain {
			break
		}
		before = r.LogLikelihood
		for range 10 {
			m.expect(ctx)
		}
	}
	m.leaveOut()
	return m.climb(ctx)
}

func (m *mixture) family() limitFamily { return newLimitFamily(m.typical, m.limit, false) }

// climb maximizes over the parameters.
func (m *mixture) climb(ctx context.Context) (Result[stat.Regular], error) {
	of, weights := m.family(), m.weights
	f := family[stat.Regular, stat.Paced]{params: of.params, model: func(p []float64) stat.Regular {
		return stat.Regular{Purchases: of.model(p), Weights: weights}
	}}
	f.gradient = func(r stat.Regular, h stat.Paced, by *[most]float64) float64 {
		l, g, _ := r.Gradient(h)
		of.derive(r.Purchases, g, by)
		return l
	}
	f.gradients = func(r stat.Regular) func(h stat.Paced, by *[most]float64) float64 {
		ready := r.Gradients()
		return func(h stat.Paced, by *[most]float64) float64 { return f.gradient(ready, h, by) }
	}
	r, err := f.fit(ctx, m.groups, [][]point{{m.y}}, m.options)
	if err != nil {
		return r, err
	}
	for i, e := range r.Estimates {
		m.y[i] = math.Log(e.Value / of.params[i].unit)
	}
	of.asProbability(r.Estimates)
	return r, nil
}

// expect is one step of expectation and maximization: the weights are the mean of the customers' own.
func (m *mixture) expect(ctx context.Context) {
	m.weights = m.each(ctx, func(sum *shares, n float64, posterior shares) {
		for i, w := range posterior {
			sum[i] += float64(n * w)
		}
	})
	m.normalise()
}

// shares holds a number for each k.
type shares = [len(stat.Regularities)]float64

// each adds up what add takes from the posterior weights of each group of n customers.
func (m *mixture) each(ctx context.Context, add func(sum *shares, n float64, posterior shares)) shares {
	of := m.family()
	p := make([]float64, len(m.y))
	for i, v := range m.y {
		p[i] = float64(of.params[i].unit * math.Exp(v))
	}
	model := stat.Regular{Purchases: of.model(p), Weights: m.weights}.Prepared()
	chunks := inChunks(ctx, m.groups, m.options.Workers, func(groups []Group[stat.Paced]) (sum shares) {
		for _, g := range groups {
			add(&sum, float64(g.Customers), model.Posterior(g.History))
		}
		return sum
	})
	var sum shares
	for _, c := range chunks {
		for i := range sum {
			sum[i] += c[i]
		}
	}
	return sum
}

// leaveOut drops the weights that are next to nothing.
func (m *mixture) leaveOut() {
	for i := range m.weights {
		if m.weights[i] < leastWeight {
			m.weights[i] = 0
		}
	}
	m.normalise()
}

func (m *mixture) normalise() {
	var sum float64
	for _, w := range m.weights {
		sum += w
	}
	for i := range m.weights {
		m.weights[i] /= sum
	}
}

// collapse reports whether parameters have run away, and replaces them by their limit.
func (m *mixture) collapse(r Result[stat.Regular]) bool {
	if !ranAway(r.Warnings) {
		return false
	}
	p, next := r.Model.Purchases, m.limit
	next.Gamma = next.Gamma || p.R > farAlike
	next.Beta = next.Beta || p.A+p.B > farAlike && p.A > 1e-3*p.B // a rare leaving has a large b too
	if next == m.limit {
		return false
	}
	y := point{math.Log(p.R / p.Alpha / m.typical.rate)}
	switch {
	case m.limit.Gamma:
		y = m.y[:1:1]
	case !next.Gamma:
		y = m.y[:2:2]
	}
	if next.Beta && !m.limit.Beta {
		y = append(y, math.Log(p.A/p.B))
	} else {
		y = append(y, m.y[m.family().buying:]...)
	}
	m.y, m.limit = y, next
	return true
}

// farAlike is the r, or the a + b, from which on customers are taken to be alike.
const farAlike = 1000
