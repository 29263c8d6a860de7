package score

import (
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

// Year is what a learnt value knows of the trailing 365 days, and the churn stack does not. Spend is net, in major units of the base
// currency.
type Year struct {
	Spend                float64
	Orders, ActiveMonths int
}

// Year restates facts for a learnt value.
func (e *Engine) Year(f *history.Facts) Year {
	return Year{e.major(f.Spend365), f.Orders365, f.ActiveMonths}
}

// Signals are what a learnt value knows of a customer besides the outlook of the models.
func Signals(t *churn.Traits, y Year) clv.Signals {
	return clv.Signals{
		Silent: t.Silent, MedianGap: t.MedianGap, Tenure: t.Tenure, Repeats: t.Repeats, Spend: t.Spend, YearSpend: y.Spend, LastOrder: t.LastOrder,
		YearOrders: y.Orders, ActiveMonths: y.ActiveMonths, Items: t.Items, LastItems: t.LastItems, NPS: t.NPS, Satisfaction: t.Satisfaction,
		Complaints: t.Complaints, OpenComplaints: t.OpenComplaints, Refunded: t.Refunded, Engagement: t.Engagement, Lately: t.Lately,
	}
}

// checkLearnt returns nil where the learnt value is valid and goes with the value.
func (m *Model) checkLearnt() error {
	if m.Learnt == nil {
		return nil
	}
	if m.Learnt.HorizonDays != m.Value.HorizonDays {
		return fmt.Errorf("it was fitted to %d days, and the horizon of value is %d: fit it anew, or remove the section", m.Learnt.HorizonDays, m.Value.HorizonDays)
	}
	return m.Learnt.Check()
}

// leads reports whether the learnt value is the predicted value of the scorecard.
func (e *Engine) leads() bool { return e.model.Learnt != nil && e.model.Learnt.Leads }

// worth is what the models say of a buyer's time to come, in major units: the current value, and the predicted value of the scorecard. Both
// only fall in silence, between two changes of the facts. ahead is the Ahead of p.
func (e *Engine) worth(f *history.Facts, p clv.Pattern, ahead float64) (current, predicted float64) {
	current = ahead * e.model.Value.MarginOf(p)
	if !e.leads() {
		return current, current
	}
	return current, e.learnt(f, p, ahead)
}

// learnt is the learnt value of a buyer of whom the models expect a spend, in major units: margin within the horizon, discounted as if it came
// evenly. The model has one.
func (e *Engine) learnt(f *history.Facts, p clv.Pattern, ahead float64) float64 {
	return e.model.Learnt.Of(e.learntTerms(f, p, ahead)).Spend() * e.present * e.model.Value.MarginOf(p)
}

func (e *Engine) learntTerms(f *history.Facts, p clv.Pattern, ahead float64) clv.Values {
	t := e.Traits(f, p)
	s := Signals(&t, e.Year(f))
	return s.Values(e.model.Value.Outlook(p, ahead))
}

// learntShows reports whether an event may change the learnt value of a customer, though it may bear on no label.
func (e *Engine) learntShows(x event.Event) bool {
	_, touch := x.(*event.Interaction)
	return touch && e.model.Learnt != nil && e.model.Learnt.Weighs(clv.Engagement, clv.EngagementTrend)
}
