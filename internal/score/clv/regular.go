package clv

import (
	"math"

	"tidemark/internal/stat"
)

// mixes reports whether the answers of a customer are a mixture's: there is one, and the customer's gaps are known.
func (m *Model) mixes(p *Pattern) bool { return m.Regular != nil && p.GapsKnown }

// alive is Alive.
func (m *Model) alive(p *Pattern) float64 {
	if m.mixes(p) {
		var own belief
		return m.believe(p, &own).Alive(m.rhythm(*p).T)
	}
	return m.Purchase.Alive(m.rhythm(*p))
}

// Risk is the churn risk by the purchase model alone, in [0, 1]. It never falls in silence. It is the probability of no purchase within the
// next days. Under a mixture of regularities that probability falls as the day comes on which a regular customer usually buys: then the risk is
// the probability that the customer has left.
func (m *Model) Risk(p Pattern, days float64) float64 {
	if m.Regular == nil {
		return m.NoPurchase(p, days)
	}
	return 1 - m.alive(&p)
}

// purchases is the expected number of purchase days within the horizon, each month discounted to today. It never rises in silence. Under a
// mixture of regularities the expectation of now would rise before the usual day: there it is the number that was expected right after the last
// purchase of a customer who stayed, times P(alive) of now.
func (m *Model) purchases(p *Pattern) float64 {
	if m.Regular == nil {
		return m.discounted(m.Purchase, m.rhythm(*p))
	}
	alive, coming := m.ahead(p)
	return alive * coming
}

// ahead is P(alive), and the number of purchase days within the horizon that was expected right after the last purchase of a customer who stayed,
// each month discounted. The model has a mixture of regularities.
func (m *Model) ahead(p *Pattern) (alive, coming float64) {
	o := m.outlook()
	switch {
	case p.Repeats == 0 && p.GapsKnown && m.once.of == o && m.once.by == m.Regular:
		return m.alive(p), m.once.coming
	case p.Repeats == 0 || !p.GapsKnown || o.Decay*o.Span > mostDecay:
		return m.alive(p), m.coming(p)
	}
	var own belief
	b := m.believe(p, &own)
	return b.Alive(m.rhythm(*p).T), b.coming(o)
}

// Judge returns Risk and Ahead at once, which costs less under a mixture of regularities.
func (m *Model) Judge(p Pattern, days float64) (risk, ahead float64) {
	if m.Regular == nil {
		return m.Risk(p, days), m.Ahead(p)
	}
	alive, coming := m.ahead(&p)
	return 1 - alive, alive * coming * m.SpendPerDay(p)
}

// mostDecay is the largest discount over the horizon for which stat.Regular.Coming is exact enough.
const mostDecay = .15

// outlook is the horizon with its discount. The purchases of a month are discounted from its end, so half a month more.
func (m *Model) outlook() stat.Outlook {
	return stat.Outlook{
		Span: float64(m.HorizonDays) / m.UnitDays, Decay: math.Log1p(m.Discount) / 365 * m.UnitDays, Late: 365. / 24 / m.UnitDays,
	}
}

// coming is the number of purchases that was expected right after the last purchase, of a customer who stayed.
func (m *Model) coming(p *Pattern) float64 {
	by, last := m.Purchase, m.rhythm(*p)
	if m.mixes(p) {
		h, _ := p.Paced(m.UnitDays)
		by = m.Regular.Of(h.LogGaps)
	}
	last.T = last.TX
	stayed := by.Alive(last)
	if stayed == 0 {
		return 0
	}
	return m.discounted(by, last) / stayed
}

// once is what is expected of customers right after their first purchase: the same for all. It takes a hundred times as long to compute as
// what is expected of others, whose rates are known better.
type once struct {
	of     stat.Outlook
	by     *stat.Regular
	coming float64
}

// Prepared returns m with what its answers are computed from. They are the same without, but for the time.
func (m Model) Prepared() Model {
	switch {
	case m.Purchase == nil:
	case m.Regular == nil:
		m.table = m.newTable()
	default:
		ready := m.Regular.Prepared()
		m.Regular = &ready
		m.once = once{m.outlook(), m.Regular, m.coming(&Pattern{GapsKnown: true})}
	}
	return m
}
