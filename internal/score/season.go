package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/season"
)

// InSeason returns e with another season, nil for none. The hash of the model stays: the engine is for fits and tests of models, and its
// scores are not to be published.
func (e *Engine) InSeason(c *season.Clock) *Engine {
	other := *e
	other.model.Season = c
	return &other
}

// shift writes by how much the season moves the spans of p, whose customer first bought on a day.
func (e *Engine) shift(p *clv.Pattern, first event.Day) {
	if e.model.Season != nil {
		p.LastShift = e.model.Season.Seasonal(first, p.Last) - p.Last
		p.AgeShift = e.model.Season.Seasonal(first, p.Age) - p.Age
	}
}

// Ahead is how many seasonal days the days after an instant have. Labels look ahead for a fixed number of seasonal days: over calendar days
// they would not be monotone in silence, for as a busy month comes nearer, a purchase within 90 days becomes more likely. A forecast that is
// published, or held against what happens, looks ahead for calendar days, with Ahead.
func (e *Engine) Ahead(at event.Instant, days float64) float64 {
	if e.model.Season == nil {
		return days
	}
	day, now := e.today(at)
	return e.model.Season.Seasonal(day, now+days) - e.model.Season.Seasonal(day, now)
}

// until is the inverse of Ahead: how many calendar days after an instant have so many seasonal days.
func (e *Engine) until(at event.Instant, seasonal float64) float64 {
	if e.model.Season == nil {
		return seasonal
	}
	day, now := e.today(at)
	return e.model.Season.Calendar(day, e.model.Season.Seasonal(day, now)+seasonal) - now
}

// today is the day of an instant, and how much of the day has passed, in [0, 1).
func (e *Engine) today(at event.Instant) (day event.Day, passed float64) {
	day = e.calendar.Day(at)
	return day, e.calendar.Since(day, at)
}

// riskAhead is the churn risk over the horizon in calendar days after an instant, rounded. Without a season and a mixture it is the risk of a label.
func (e *Engine) riskAhead(f *history.Facts, p clv.Pattern, at event.Instant) churn.Risk {
	bare := e.bareRisk(p)
	usual := bare
	if e.Mixed() { // labels go by another risk
		usual = e.model.Value.NoPurchase(p, e.horizonDays())
	}
	return micro(e.model.Stack.RiskAhead(e.Traits(f, p), bare, usual, e.noPurchaseAhead(p, at)))
}

// noPurchaseAhead is the probability of no purchase over the horizon in calendar days after an instant, by the purchase model alone.
func (e *Engine) noPurchaseAhead(p clv.Pattern, at event.Instant) float64 {
	return e.model.Value.NoPurchase(p, e.Ahead(at, e.model.Churn.Horizon.Hours()/24))
}
