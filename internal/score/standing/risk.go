package standing

import "tidemark/internal/history"

// RiskParams weigh what can go wrong with the payments of a customer. Each weight is in [0, 1]. The rates lie towards Prior of PriorOrders.
type RiskParams struct {
	Refunds, FailedPayments, Overdue, Chargebacks float64
	Prior, PriorOrders                            float64
	// Grades are the risks at which B, C, D and E begin.
	Grades [4]float64
}

// Rates are smoothed rates an order, of 365 days, each in [0, 1].
type Rates struct{ Refunds, FailedPayments, Overdue, Chargebacks float64 }

// Rates returns min(1, (n + prior) / (orders + prior orders)) for each trouble. The orders are those of 365 days with those taken back.
func (p *RiskParams) Rates(f *history.Facts, m *history.More) Rates {
	rate := func(n int) float64 { return min(1, (float64(n)+p.Prior)/(float64(m.Placed)+p.PriorOrders)) }
	return Rates{Refunds: rate(f.Refunds365), FailedPayments: rate(f.FailedPayments), Overdue: rate(f.Overdue), Chargebacks: rate(f.Chargebacks)}
}

// Risk is 1 − Π(1 − weight · rate), in [0, 1].
func (p *RiskParams) Risk(r Rates) float64 {
	return 1 - (1-p.Refunds*r.Refunds)*(1-p.FailedPayments*r.FailedPayments)*(1-p.Overdue*r.Overdue)*(1-p.Chargebacks*r.Chargebacks)
}

// Grade is A, B, C, D or E: A < .05 ≤ B < .1 ≤ C < .2 ≤ D < .4 ≤ E by default.
func (p *RiskParams) Grade(risk float64) string {
	grade := 0
	for grade < len(p.Grades) && micro(risk) >= p.Grades[grade] {
		grade++
	}
	return string(rune('A' + grade))
}

// RiskAdjusted is a value less the share that the risk takes: clv × (1 − risk).
func RiskAdjusted(clv, risk float64) float64 { return clv * (1 - risk) }
