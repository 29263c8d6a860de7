// Package clv puts a value in money on a customer: what the customer will bring if the present pattern holds.
package clv

import (
	"errors"
	"fmt"
	"math"

	"tidemark/internal/stat"
)

// Model is a purchase model and a spend model, fitted together. The purchase model counts purchase days, not orders.
type Model struct {
	Purchase stat.PurchaseModel
	// Regular is the mixture of regularities, of which Purchase is the Random model. It is nil for random buyers alone.
	Regular *stat.Regular
	// UnitDays is the unit of time of the purchase model, in days: 7 for a model fitted in weeks.
	UnitDays float64
	// Spend models the spend per purchase day after the first, in major units of the base currency.
	Spend stat.SpendModel
	// Paid is the share of purchase days that are paid. The zero value is usualPaid.
	Paid stat.PaidShare
	// HorizonDays is the number of days that the current value looks ahead.
	HorizonDays int
	// Discount is the yearly discount rate, compounded monthly: 0.10 makes (1.10)^(1/12) − 1 a month.
	Discount float64
	// Margin is the share of spend that is margin, in [0, 1], where the events do not say.
	Margin float64
	once   once
	// table remembers what is to come of customers who are still there; nil remembers nothing.
	table *table
}

// Check returns nil where m is valid, else an error that names everything that is wrong.
func (m Model) Check() error {
	var errs []error
	if m.Regular != nil {
		if errs = append(errs, m.Regular.Validate()); m.Purchase != m.Regular.Random() {
			errs = append(errs, errors.New("the purchase model is not the mixture's model of random buyers"))
		}
	}
	if m.Purchase == nil {
		errs = append(errs, errors.New("a purchase model is needed"))
	}
	if !(m.UnitDays > 0) || m.HorizonDays < 1 || m.HorizonDays > 36500 {
		errs = append(errs, fmt.Errorf("unit %v days and horizon %d days must be positive, the horizon at most 36500", m.UnitDays, m.HorizonDays))
	}
	if !(m.Discount >= 0 && m.Discount < 10) || !(m.Margin > 0 && m.Margin <= 1) {
		errs = append(errs, fmt.Errorf("discount %v must be in [0, 10), margin %v in (0, 1]", m.Discount, m.Margin))
	}
	if m.Spend == nil {
		errs = append(errs, errors.New("a spend model is needed"))
	} else if err := m.Spend.Validate(); err != nil {
		errs = append(errs, err)
	}
	if m.Paid != (stat.PaidShare{}) {
		errs = append(errs, m.Paid.Validate())
	}
	return errors.Join(errs...)
}

// Pattern is what the models know of one customer. Spans of time are in days.
type Pattern struct {
	// Repeats is the number of purchase days after the first. Last is the span from the first to the last purchase day, Age
	// the span from the first purchase day to now.
	Repeats   int
	Last, Age float64
	// LastShift and AgeShift are by how much longer Last and Age are in the seasonal days that the purchase model counts. Both are zero
	// without a season.
	LastShift, AgeShift float64
	// SpendDays counts the purchase days after the first with a net above zero. Spend is the sum of their nets, in major
	// units.
	SpendDays int
	Spend     float64
	// FreeDays counts the purchase days, the first included, with a net of zero or less: samples, replacements, gifts.
	FreeDays int
	// LogGaps is the sum of the logarithms of the gaps, in days, between consecutive purchase days, where GapsKnown.
	LogGaps   float64
	GapsKnown bool
	// Margin is the customer's own share of spend that is margin, in [0, 1], where MarginKnown.
	Margin      float64
	MarginKnown bool
	// Memory is what has been computed of the customer already; nil for nothing.
	Memory *Memory
}

// Rhythm restates p for a purchase model whose unit of time is unitDays days, or seasonal days where there is a season.
func (p Pattern) Rhythm(unitDays float64) stat.Rhythm {
	last, age := p.Last+p.LastShift, p.Age+p.AgeShift
	return stat.Rhythm{X: p.Repeats, TX: last / unitDays, T: max(age, last) / unitDays}
}

// Paced restates p for the mixture of regularities. It is false where the gaps are not known: then the customer counts as a random buyer. In
// a season each gap is stretched as the time from the first to the last purchase is: how much the gaps differ among each other stays.
func (p Pattern) Paced(unitDays float64) (stat.Paced, bool) {
	h := stat.Paced{Rhythm: p.Rhythm(unitDays)}
	if p.Repeats > 0 {
		h.LogGaps = p.LogGaps - float64(float64(p.Repeats)*math.Log(unitDays))
		if p.LastShift != 0 && p.Last > 0 && h.TX > 0 {
			h.LogGaps += float64(float64(p.Repeats) * math.Log((p.Last+p.LastShift)/p.Last))
		}
	}
	return h, p.GapsKnown
}

// Spends restates p for the spend model.
func (p Pattern) Spends() stat.Spend {
	return stat.Spend{X: p.SpendDays, Mean: p.Spend / float64(p.SpendDays)}
}

func (m Model) rhythm(p Pattern) stat.Rhythm { return p.Rhythm(m.UnitDays) }

// Alive is the probability that the customer has not left for good, in [0, 1].
func (m Model) Alive(p Pattern) float64 { return m.alive(&p) }

// NoPurchase is the probability of no purchase within the next days (seasonal ones where there is a season), in [0, 1].
func (m Model) NoPurchase(p Pattern, days float64) float64 {
	if m.mixes(&p) {
		var own belief
		return m.believe(&p, &own).NoPurchase(m.rhythm(p).T, days/m.UnitDays)
	}
	return m.Purchase.NoPurchase(m.rhythm(p), days/m.UnitDays)
}

// Expected is the expected number of purchase days within the horizon.
func (m Model) Expected(p Pattern) float64 { return m.ExpectedWithin(p, float64(m.HorizonDays)) }

// ExpectedWithin is the expected number of purchase days within the next days (seasonal ones where there is a season).
func (m Model) ExpectedWithin(p Pattern, days float64) float64 {
	if m.mixes(&p) {
		var own belief
		return m.believe(&p, &own).Expected(m.rhythm(p).T, days/m.UnitDays)
	}
	return m.Purchase.Expected(m.rhythm(p), days/m.UnitDays)
}

// NextPurchase is the number of days (seasonal ones where there is a season) within which a customer who is still there buys with
// probability q, counted from now.
func (m Model) NextPurchase(p Pattern, q float64) float64 {
	if m.mixes(&p) {
		var own belief
		return m.UnitDays * m.believe(&p, &own).NextGapQuantile(m.rhythm(p).T, q)
	}
	return m.UnitDays * m.Purchase.NextGapQuantile(m.rhythm(p), q)
}

// SpendPerDay is the expected spend of one purchase day, paid or free, in major units. The purchase model forecasts all purchase
// days, the spend model knows the paid ones only. So the spend of a paid day counts with the probability that a day is paid.
func (m Model) SpendPerDay(p Pattern) float64 {
	share := m.Paid
	if share == (stat.PaidShare{}) {
		share = usualPaid
	}
	return share.Of(p.Baskets()) * m.Spend.ExpectedSpend(p.SpendDays, p.Spend)
}

// usualPaid is the paid share of a model file that does not say one. It is the half paid day of Jeffreys' prior. That prior also has half a
// free day, which is left out here: of CDNOW's 67,591 purchase days 80 are free, so a customer without a free day is expected to pay, always.
var usualPaid = stat.PaidShare{Paid: .5}

// Baskets restates p for the paid share. A customer without a purchase has neither a paid nor a free day.
func (p Pattern) Baskets() stat.Baskets {
	return stat.Baskets{Paid: p.Repeats + 1 - p.FreeDays, Free: p.FreeDays}
}

// Current is the expected discounted margin over the horizon if the present pattern holds, in major units: the purchase days
// of each month, discounted from the end of that month, times the spend per purchase day, times the margin. A month is 365/12
// days; the last month is cut where the horizon ends. In silence Current only falls. Where there is a season, horizon and months are
// of seasonal days.
func (m Model) Current(p Pattern) float64 {
	return m.Ahead(p) * m.MarginOf(p)
}

// months are the whole months of a horizon. A month is 365/12 days.
type months struct {
	count int
	// length is the length of a month in units of the purchase model, rate the discount rate of a month.
	length, rate float64
}

func (m *Model) months() months {
	return months{m.HorizonDays * 12 / 365, 365.0 / 12 / m.UnitDays, math.Pow(1+m.Discount, 1.0/12) - 1}
}

// discounted is the expected number of purchase days within the horizon, each month discounted to today.
func (m *Model) discounted(by stat.PurchaseModel, r stat.Rhythm) float64 {
	var all months
	var days float64
	if t := m.table; t != nil && t.of == m.asks(by) {
		all, days = t.months, t.discounted(r)
	} else {
		all = m.months()
		days = by.Discounted(r, all.count, all.length, all.rate)
	}
	if m.HorizonDays*12%365 == 0 {
		return days
	}
	rest := by.Expected(r, float64(m.HorizonDays)/m.UnitDays) - by.Expected(r, float64(all.count)*(365.0/12)/m.UnitDays)
	return days + max(0, rest)/math.Pow(1+all.rate, float64(all.count+1))
}
