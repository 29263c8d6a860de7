package clv

import "math"

// Outlook is what the models expect of a customer within the horizon. Neither number rises in silence.
type Outlook struct {
	// Buys is the probability of a purchase, in [0, 1]. Under a mixture of regularities it is the probability that the customer has not left;
	// see Model.Risk.
	Buys float64
	// Spend is the spend expected of a customer who buys, discounted as in Current; in major units.
	Spend float64
}

// leastBuys is the probability of a purchase from which on its ratio to the expected spend has digits: NoPurchase is exact to 1e-15.
const leastBuys = 1e-6

// Outlook is the outlook on a customer of whom the models expect a spend: Ahead of the same pattern. Spend falls in silence, for the longer
// the silence, the slower buys whoever still does; under a mixture of regularities it stays.
func (m Model) Outlook(p Pattern, ahead float64) Outlook {
	o := Outlook{Buys: 1 - m.Risk(p, float64(m.HorizonDays))}
	if o.Buys >= leastBuys {
		o.Spend = ahead / o.Buys
	}
	return o
}

// Ahead is the expected spend over the horizon, each month discounted to today; in major units. In silence it only falls. See Current.
func (m Model) Ahead(p Pattern) float64 { return m.purchases(&p) * m.SpendPerDay(p) }

// MarginOf is the share of spend that is margin, in [0, 1]: the customer's own where known, else the usual.
func (m Model) MarginOf(p Pattern) float64 {
	if p.MarginKnown {
		return p.Margin
	}
	return m.Margin
}

// Present is the worth today of one unit of money that comes evenly over the horizon, each month discounted from its end, as in Current; in
// (0, 1].
func (m Model) Present() float64 {
	const month = 365.0 / 12
	rate := math.Pow(1+m.Discount, 1.0/12) - 1
	worth, rest := 0.0, float64(m.HorizonDays)
	for i := 1; rest > 0; i++ {
		days := min(month, rest)
		if rest < month+1e-6 { // 365 days are twelve months, whatever the rounding
			days = rest
		}
		worth += days * math.Pow(1+rate, -float64(i))
		rest -= days
	}
	return worth / float64(m.HorizonDays)
}
