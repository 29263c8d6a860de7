package score

import (
	"math"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
)

// value fills in what the methods of lifetime value need, of a buyer.
func (e *Engine) value(c *catalogue.View, h *history.Summary, v *evaluation) {
	m := &c.Methods
	e.methods(m, v.pattern)
	if m.Switching != nil {
		m.Brand, _ = m.Switching.Brand(h.Attribute("brand_state")) // else the own
	}
	if e.model.Peers == nil {
		return
	}
	m.Potential, m.PotentialKnown = e.potential(h, v), true
	c.Worth.Potential = event.OptionalMinor{Minor: e.minor(m.Potential.Total()), Known: true}
}

// methods fills in what the model says to the methods.
func (e *Engine) methods(m *catalogue.Methods, p clv.Pattern) {
	m.Margin, m.LifetimeYears, m.Discount = e.model.Value.MarginOf(p), e.model.Methods.LifetimeYears, e.model.Value.Discount
	m.Rates, m.Retention, m.Migration, m.Switching = e.model.Repurchase, e.model.Retention(), e.model.Migration(), e.model.Switching
}

// potential is the potential value of a buyer, in major units. The model knows peers.
func (e *Engine) potential(h *history.Summary, v *evaluation) clv.Potential {
	peers, value, f := e.model.Peers, e.model.Value, &v.facts
	band := clv.Band(f.PurchaseDays)
	x := clv.Prospects{
		Uptake: e.model.Methods.Uptake, Margin: value.MarginOf(v.pattern),
		Days:     value.ExpectedWithin(v.pattern, e.Ahead(v.at, float64(value.HorizonDays))),
		DaySpend: value.SpendPerDay(v.pattern),
	}
	x.PeerDaySpend, x.PeersKnown = peers.DaySpend(f.FirstDay.Year(), band)
	if len(peers.Categories) > 0 {
		bought := map[string]bool{}
		for _, b := range h.BoughtCategories(v.at, math.MaxInt32, e.calendar) {
			bought[b.Name] = true
		}
		x.NotBought = peers.NotBought(band, func(category string) bool { return bought[category] })
	}
	if e.model.Population != nil {
		x.NewCustomer = e.model.Population.NewCustomer
		x.Referrals = clv.Referrals(f.Referrals, v.pattern.Age, float64(value.HorizonDays))
	}
	return x.Potential()
}
