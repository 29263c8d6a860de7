package standing

import "tidemark/internal/history"

// LoyaltyParams weigh what makes the loyalty index. The weights add up to 1. A part is full at so many months, referrals and categories.
type LoyaltyParams struct {
	Repeat, Months, Satisfaction, Referrals, Categories float64
	FullMonths, FullReferrals, FullCategories           float64
}

// RepeatShare is (orders − 1) / orders over life, in [0, 1); false without an order.
func RepeatShare(f *history.Facts) (float64, bool) {
	return share(float64(f.Orders-1), float64(f.Orders))
}

// Satisfaction is the mean of what is known of CSAT, as a share of its scale, and NPS / 10; in [0, 1].
func Satisfaction(f *history.Facts) (float64, bool) {
	sum, n := 0.0, 0.0
	if f.CSATCount > 0 {
		sum, n = sum+f.CSATMean, n+1
	}
	if f.NPSKnown {
		sum, n = sum+f.NPSScore/10, n+1
	}
	return share(sum, n)
}

// Index is the loyalty index in 0..100: the weighted mean of what is known of the repeat share, the active months, the satisfaction, the
// referrals and the categories bought. It is false without an order that stands. Categories count where they are known over life, and some is named.
func (p *LoyaltyParams) Index(f *history.Facts, m *history.More, referrals int) (float64, bool) {
	repeat, bought := RepeatShare(f)
	if !bought {
		return 0, false
	}
	var sum, weights float64
	add := func(weight, x float64) { sum, weights = sum+weight*held(x), weights+weight }
	add(p.Repeat, repeat)
	add(p.Months, float64(f.ActiveMonths)/p.FullMonths)
	if s, known := Satisfaction(f); known {
		add(p.Satisfaction, s)
	}
	add(p.Referrals, float64(referrals)/p.FullReferrals)
	if m.BoughtKnown && m.Bought > 0 {
		add(p.Categories, float64(m.Bought)/p.FullCategories)
	}
	return share(100*sum, weights)
}
