package clv

import "tidemark/internal/stat"

// of is the purchase model of one customer: of the mixture, if there is one and the customer's gaps are known.
func (m *Model) of(p *Pattern) stat.PurchaseModel {
	if m.Regular == nil || !p.GapsKnown {
		return m.Purchase
	}
	h, _ := p.Paced(m.UnitDays)
	return m.Regular.Of(h.LogGaps)
}

// Risk is the churn risk by the purchase model alone, in [0, 1]. It never falls in silence. It is the probability of no purchase within the
// next days. Under a mixture of regularities that probability falls as the day comes on which a regular customer usually buys: then the risk is
// the probability that the customer has left.
func (m Model) Risk(p Pattern, days float64) float64 {
	if m.Regular == nil {
		return m.NoPurchase(p, days)
	}
	return 1 - m.Alive(p)
}

// purchases is the expected number of purchase days within the horizon, each month discounted to today. It never rises in silence. Under a
// mixture of regularities the expectation of now would rise before the usual day: there it is the number that was expected right after the last
// purchase of a customer who stayed, times P(alive) of now.
func (m *Model) purchases(p *Pattern) float64 {
	by, now := m.of(p), m.rhythm(*p)
	if m.Regular == nil {
		return m.discounted(by, now)
	}
	last := now
	last.T = last.TX
	stayed := by.Alive(last)
	if stayed == 0 {
		return 0
	}
	return m.discounted(by, last) / stayed * by.Alive(now)
}
