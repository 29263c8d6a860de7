package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// Outlook is what a person who looks after the customer wants to know besides the Score and its Explanation. It is empty but for the channels
// where no purchase stands.
type Outlook struct {
	// Silent is the time since the last purchase, Usual the usual time between two; 0 where there are no two. Both are in days.
	Silent, Usual float64
	// Normal is the churn risk just after the last purchase, in [0, 1]. HorizonDays is how far the churn risk looks ahead. Left says that the risk
	// is that of having left for good, else that of no purchase within the horizon.
	Normal      float64
	HorizonDays int
	Left        bool
	// AtStake is the value at stake, in minor units of the base currency.
	AtStake int64
	// Line is the score at which the tier is reached, Lost the score below which it is lost, NextLine that of the next tier; 0 where there is none.
	Line, Lost, NextLine Points
	// Since explains the score now from the instant at which the tier was taken; nil where that is not known.
	Since *SinceTaken
	// WhatIf says what keeps the tier, and what reaches the next; nil where there is no tier.
	WhatIf *WhatIf
	// Actions are the steps that the model advises now, Due the instants by which; event.Never where none is set.
	Actions []Action
	Due     []event.Instant
	// Contact are the channels on which the customer may be met; nil where nothing is known. Refused are those that the customer has refused, Used
	// those that the customer has used, and OrderChannels those of the orders of a year, the most used first.
	Contact, Refused, Used, OrderChannels []string
	// ByConsent says that Contact are those with consent, else those that were used and not refused.
	ByConsent                     bool
	Preferred, TopCategory, Owner string
}

// Outlook looks at p at an instant, p.AsOf or later.
func (e *Engine) Outlook(p Profile, at event.Instant) Outlook {
	p.AsOf = max(at, p.AsOf)
	e.remember(&p)
	v, h := e.evaluate(&p, p.AsOf), p.Whole()
	o := Outlook{
		Contact: e.contactable(h), Used: h.Channels(), OrderChannels: h.OrderChannels(v.at, e.calendar), ByConsent: e.model.ByConsent,
		Owner: h.Attribute("owner"), Preferred: h.Attribute("preferred_channel"),
	}
	for _, name := range o.Used {
		if !h.MayContact(name) {
			o.Refused = append(o.Refused, name)
		}
	}
	if !v.buyer() || p.Away() {
		return o
	}
	o.Silent, o.Usual = v.pattern.Age-v.pattern.Last, v.facts.UsualGapDays()
	o.Normal, o.HorizonDays, o.Left = v.signs.Normal, int(e.horizonDays()), e.Mixed() && e.model.Stack.Plain()
	o.AtStake, o.TopCategory = e.atStake(&v), h.TopCategory(v.at, e.calendar)
	o.WhatIf, o.Since = e.whatIf(&p, &v), e.sinceTaken(&p, &v)
	if t, ladder := p.Standing.Tier, e.model.Tiers; t != tier.None {
		if o.Line = ladder.Line(t); o.Line > 0 {
			o.Lost = o.Line - ladder.Margin
		}
		if t < tier.High {
			o.NextLine = ladder.Line(t + 1)
		}
	}
	o.advise(e, &p, &v)
	return o
}

// advise fills in what to do: the answer to an open alert, else the playbook of the tier.
func (o *Outlook) advise(e *Engine, p *Profile, v *evaluation) {
	add := func(a Action, from, end event.Instant) {
		due := event.Never
		if a.DueHours > 0 && from > 0 {
			due = min(from.Add(time.Duration(a.DueHours)*time.Hour), end)
		}
		o.Actions, o.Due = append(o.Actions, a), append(o.Due, due)
	}
	switch {
	case p.Episode.Level > churn.None:
		add(e.model.Actions[p.Episode.Level], p.Episode.Since, e.actBy(*p))
	case p.Second.Open:
		add(e.model.SecondOrder, p.Second.RaisedAt, event.Never)
	default:
		for _, a := range e.playbook(p.Standing.Tier, v).Actions {
			add(a, p.Standing.Since, event.Never)
		}
	}
}
