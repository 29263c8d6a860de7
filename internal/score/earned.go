package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
)

// Earned is what a customer has brought and cost over life, in major units. Where events give no margin, the usual share of spend counts.
func (e *Engine) Earned(f *history.Facts) clv.Earned {
	return clv.Earned{
		Spend: e.major(f.Spend), Margin: e.major(f.Margin + convert(f.Spend-f.MarginSpend, e.model.Value.Margin)),
		Service: e.major(f.ServiceCost), Outreach: e.major(f.OutreachCost), Acquisition: e.major(f.AcquisitionCost),
	}
}

// FirstDayMargin is the margin of the first purchase day of a customer with a pattern, in major units.
func (e *Engine) FirstDayMargin(f *history.Facts, p clv.Pattern) float64 {
	return e.major(f.FirstDayNet) * e.model.Value.MarginOf(p)
}

// SpendYear is the net spend of the trailing 365 days, in major units.
func (e *Engine) SpendYear(f *history.Facts) float64 { return e.major(f.Spend365) }

// CategorySpend is what was bought of a category in the trailing 365 days, before refunds; in major units.
type CategorySpend struct {
	Name  string
	Spend float64
}

// CategoriesYear returns the categories of the trailing 365 days; see history.Summary.BoughtCategories.
func (e *Engine) CategoriesYear(h *history.Summary, at event.Instant) []CategorySpend {
	var all []CategorySpend
	for _, c := range h.BoughtCategories(at, 365, e.calendar) {
		all = append(all, CategorySpend{c.Name, e.major(c.Amount)})
	}
	return all
}
