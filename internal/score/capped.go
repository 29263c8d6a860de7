package score

import (
	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

// Held returns the terms of the churn stack that are held at an edge for p at an instant: p lies outside what their weights were fitted
// to. Held is empty for a customer without a purchase that stands.
func (e *Engine) Held(p *Profile, at event.Instant) []churn.Term {
	v := evaluation{at: at, facts: e.Facts(p.Whole(), at)}
	if !v.buyer() {
		return nil
	}
	v.pattern = e.Pattern(&v.facts, at)
	return e.held(&v)
}

// HeldValue returns the terms of the learnt value that are held at an edge for p at an instant, as Held does for the churn stack. It is empty
// where the model has no learnt value, and for a customer without a purchase that stands.
func (e *Engine) HeldValue(p *Profile, at event.Instant) []clv.Term {
	v := evaluation{at: at, facts: e.Facts(p.Whole(), at)}
	if e.model.Learnt == nil || !v.buyer() {
		return nil
	}
	v.pattern = e.Pattern(&v.facts, at)
	return e.model.Learnt.Held(e.learntTerms(&v.facts, v.pattern, e.model.Value.Ahead(v.pattern)))
}

// held is Held for a buyer who has been evaluated.
func (e *Engine) held(v *evaluation) []churn.Term {
	return e.model.Stack.Held(e.Traits(&v.facts, v.pattern), e.bareRisk(v.pattern))
}

// capped marks the factors of v's risk in which a term is held at an edge.
func (e *Engine) capped(v *evaluation, factors []Factor) []Factor {
	for _, t := range e.held(v) {
		name := factorOf(t)
		for i := range factors {
			factors[i].Capped = factors[i].Capped || factors[i].Name == name
		}
	}
	return factors
}

// factorOf names the factor in which a term shows. The base shows in three factors; silence moves it most, so it counts as recency.
func factorOf(t churn.Term) string {
	switch t {
	case churn.Rhythm:
		return factorRhythm
	case churn.Repeats, churn.Once:
		return factorFrequency
	case churn.Tenure:
		return factorTenure
	case churn.Spend:
		return factorSpend
	case churn.LastOrder:
		return factorLastOrder
	case churn.Items, churn.LastItems:
		return factorItems
	case churn.NPS:
		return factorNPS
	case churn.Satisfaction:
		return factorSatisfaction
	case churn.Complaints, churn.OpenComplaints:
		return factorComplaints
	case churn.Refunded:
		return factorRefunded
	case churn.Engagement, churn.EngagementTrend:
		return factorEngagement
	case churn.LastYear:
		return factorLastYear
	case churn.Base, churn.Silence, churn.Silence14, churn.Silence60, churn.SilenceDays:
	}
	return factorRecency
}
