package standing

import (
	"tidemark/internal/history"
)

// Amounts turns minor units into major units, and knows the usual margin, a share of spend.
type Amounts struct {
	Major  func(minor int64) float64
	Margin float64
}

// MarginOf is the margin of orders in major units: see Margin.
func (a Amounts) MarginOf(s *history.Sums) float64 {
	return Margin(a.Major(s.Margin), a.Major(s.Net), a.Major(s.MarginSpend), a.Margin)
}

// First is the margin of the first purchase day, by the margin's share of the customer's spend; it and Repeat add up to the historic value.
func First(firstDayNet, margin float64) float64 { return firstDayNet * margin }

// CrossSell is the margin of the orders of other categories than the first, in major units. It is a part of the historic value. It is false where
// the categories of the whole life are not known, or none is named.
func (a Amounts) CrossSell(m *history.More) (float64, bool) {
	if !m.CategoriesKnown || len(m.Categories) == 0 {
		return 0, false
	}
	sum := 0.0
	for i := range m.Categories[1:] {
		sum += a.MarginOf(&m.Categories[i+1].Sums)
	}
	return sum, true
}

// SavedService is what the customer costs less to serve than in the first year: max(0, first-year service cost an order − now) × orders, of the
// orders of 365 days that give a cost; in major units. It is false where either year has no such order.
func (a Amounts) SavedService(m *history.More) (float64, bool) {
	then, known := ServicePerOrder(m.FirstYear.Cost, m.FirstYear.Orders)
	now, too := ServicePerOrder(m.Year.Service, m.Year.ServiceOrders)
	if !m.FirstYearKnown || !known || !too {
		return 0, false
	}
	return max(0, then-now) * float64(m.Year.ServiceOrders) * a.Major(1), true
}

// ServicePerOrder is the mean service cost of the orders that give one, in minor units; false where none does.
func ServicePerOrder(cost int64, orders int) (float64, bool) {
	return share(float64(cost), float64(orders))
}

// Referral is what the referred buyers are worth; false where the value of a new customer is not known.
func Referral(buyers int, newCustomer Optional) (float64, bool) {
	return float64(buyers) * newCustomer.Value, newCustomer.Known
}

// DiscountShare is the share of the list price that the customer got as discount in 365 days: discount / (amount + discount), in [0, 1]. It is
// false where no order gives a discount.
func DiscountShare(s *history.Sums) (float64, bool) {
	if s.DiscountOrders == 0 {
		return 0, false
	}
	x, known := share(float64(s.Discount), float64(s.Amount+s.Discount))
	return held(x), known
}

// LoyaltySaving is what lower price sensitivity saves: (peers' discount share − own) × spend of 365 days, in major units. It may be negative. It is
// false where either share is not known.
func (p *Params) LoyaltySaving(s *history.Sums, spend float64) (float64, bool) {
	own, known := DiscountShare(s)
	if !known || !p.DiscountShare.Known {
		return 0, false
	}
	return (p.DiscountShare.Value - own) * spend, true
}
