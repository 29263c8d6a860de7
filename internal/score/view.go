package score

import (
	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
)

// known fills in what the catalogue reads of p besides the fields of a Score: it is asked for where somebody is shown, and nowhere else.
func (e *Engine) known(p *Profile, v *evaluation) *catalogue.View {
	h := p.Whole()
	c := &catalogue.View{
		Facts: v.facts, Pattern: v.pattern.Forgetful(),
		Said: catalogue.Said{Attributes: attributesOf(h), Contactable: e.contactable(h)},
	}
	if e.model.ByConsent && !p.Away() {
		c.Said.Ordered = h.OrderChannels(v.at, e.calendar)
	}
	if e.model.WhatIf {
		if w := e.WhatIf(*p, v.at); w != nil {
			c.Ahead = catalogue.Ahead{Known: true, Falls: w.Falls, KeepBy: w.KeepBy, Keep: w.Keep, Any: w.Any, Next: w.Next, Reach: w.Reach}
		}
	}
	if v.buyer() {
		c.Risk.Normal = v.signs.Normal
		c.Worth.Predicted = e.minor(v.predicted)
		c.Worth.AtStake = e.atStake(v)
		c.Worth.OrderMargin = e.orderMargin(v.pattern)
		e.forecast(&c.Outlook, v.pattern, v.at)
		e.value(c, h, v)
	}
	return c
}

// forecast fills in when the next purchase is expected.
func (e *Engine) forecast(o *catalogue.Outlook, p clv.Pattern, at event.Instant) {
	o.Next50, o.Next90 = e.expectedNext(p, at, .5), e.expectedNext(p, at, .9)
	for i, days := range [...]float64{30, 60, 90} {
		o.Within[i] = micro(1 - e.model.Value.NoPurchase(p, e.Ahead(at, days)))
	}
}

// orderMargin is the margin expected of one purchase day, in minor units.
func (e *Engine) orderMargin(p clv.Pattern) int64 {
	return e.minor(e.model.Value.SpendPerDay(p) * e.model.Value.MarginOf(p))
}

// attributesOf are the attributes that events have given, by their keys; nil for none.
func attributesOf(h *history.Summary) map[string]string {
	var all map[string]string
	for key, value := range h.Attributes() {
		if all == nil {
			all = map[string]string{}
		}
		all[key] = value
	}
	return all
}

// View is s as the catalogue reads it.
func (s *Score) View() *catalogue.View {
	v := s.bare()
	if s.more != nil {
		s.more(v)
	}
	return v
}

// bare is View without what ReadsMore names.
func (s *Score) bare() *catalogue.View {
	v := new(catalogue.View)
	if s.known != nil {
		*v = *s.known
	}
	f := &v.Facts
	f.Orders, f.PurchaseDays, f.Orders365, f.Spend365, f.Spend = s.Orders, s.PurchaseDays, s.Orders365, s.Spend365, s.SpendLifetime
	f.FirstPurchase, f.LastPurchase = s.FirstPurchase, s.LastPurchase
	f.NPSScore, f.NPSKnown, f.CSATMean, f.CSATCount = s.NPS, s.NPSKnown, s.CSAT, s.Answers
	f.OpenComplaints, f.Referrals, f.ActiveMonths = s.OpenComplaints, s.Referrals, s.ActiveMonths
	v.Customer, v.At, v.Base, v.Model, v.Sequence, v.NextReview = s.Customer, s.AsOf, s.Base, s.Model, s.Sequence, s.NextReview
	v.Bought, v.Test, v.Shop, v.MergedInto, v.Origins = s.Bought, s.Test, s.Shop, s.MergedInto, s.Origins
	v.Recency = s.RecencyDays
	v.Worth.Historic, v.Worth.Current, v.Worth.Total = s.Historic, s.Current, s.Total
	v.Worth.Learnt, v.Worth.LearntModel = s.Learnt, s.LearntModel
	v.Risk.Now = s.Risk
	v.Outlook.Alive, v.Outlook.NoPurchase, v.Outlook.Orders = s.Alive, s.NoPurchase, s.ExpectedOrders
	v.Labels = catalogue.Labels{Points: s.Points, Coverage: s.Coverage, Tier: s.Tier, Level: s.Level, Why: s.Why, RFM: s.RFM, Segment: s.Segment, Segments: s.Segments}
	return v
}
