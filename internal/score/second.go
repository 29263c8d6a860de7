package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// SecondOrder is the memory of a one-time buyer's SECOND_ORDER_WINDOW: the time by which half of those who came back had.
type SecondOrder struct {
	// Open says that the window was raised and goes on, Closed that it is over: there is one for each customer.
	Open, Closed bool
	// RaisedAt is when it was raised, ID the id of its RAISED. Both are zero unless it is open.
	RaisedAt event.Instant
	ID       string
	// Muted says that it was not published: see Publish.
	Muted bool
}

// awaitsSecond reports whether v's customer has bought on one day only, for so much that it is worth an alert, and so long ago
// that half of those who came back had done so by then. A window that is open stays so under a model that would open it later.
func (e *Engine) awaitsSecond(s SecondOrder, v *evaluation) bool {
	lines := &e.model.Churn
	return lines.SecondOrder > 0 && v.facts.PurchaseDays == 1 && lines.Worth(v.facts.Spend) &&
		(s.Open || v.signs.Silence >= lines.SecondOrder) && v.signs.Silence < lines.Lapse
}

// secondTurns reports whether the window opens or closes in v.
func (e *Engine) secondTurns(s SecondOrder, v *evaluation) bool {
	return !s.Closed && s.Open != e.awaitsSecond(s, v)
}

// missed is the memory of p's window where no model before asked for a second order: whose time had passed by p.AsOf is not asked
// any more, or all of them would be at once.
func (e *Engine) missed(p *Profile) SecondOrder {
	v := e.evaluate(&p.History, p.AsOf)
	if p.Second.Open || !e.awaitsSecond(p.Second, &v) {
		return p.Second
	}
	return SecondOrder{Closed: true}
}

// secondOrderAlert tells that the window of a one-time buyer opens or closes.
func (e *Engine) secondOrderAlert(before, p *Profile, v *evaluation, b *base, o occasion, tier Tier, level Level) *ChurnAlert {
	t := e.churnAlert(before, p, v, b, o, tier, level)
	t.Kind, t.EpisodeID, t.State, t.Resolve = SecondOrderWindow, before.Second.ID, Raised, UnknownReason
	t.Cause, t.Corrects = o.cause(before, before.Second.RaisedAt, before.Second.ID)
	if !before.Second.Open {
		t.Action, t.WayBack = e.model.SecondOrder, WayBack{
			ActBy:    e.calendar.Start(v.facts.LastDay + event.Day(e.model.Churn.Lapse/(24*time.Hour))),
			MaxOffer: e.maxOffer(t.ValueAtStake, e.model.SecondOrder.Cost),
		}
		t.LikelyCause, t.Evidence = e.likelyCause(p.History, v.at)
		return t
	}
	t.State, t.Resolve, t.Action = Resolved, e.resolution(b, v, t.Cause), e.model.Actions[churn.None]
	if t.Cause == ByCorrection && o.event.At() < before.Second.RaisedAt {
		t.State, t.Resolve = Retracted, ByCorrected
	}
	t.WayBack = WayBack{ActBy: event.Never}
	if t.Resolve == ByLapse {
		t.LikelyCause, t.Evidence = e.likelyCause(p.History, v.at)
	}
	return t
}

// next returns the memory after an alert. One that was raised in error leaves none.
func (s SecondOrder) next(t *ChurnAlert) SecondOrder {
	switch t.State {
	case Raised:
		return SecondOrder{Open: true, RaisedAt: t.AsOf, ID: t.ID, Muted: s.Muted}
	case Retracted:
		return SecondOrder{Muted: s.Muted}
	case Resolved, Escalated, Eased, UnknownState:
	}
	return SecondOrder{Closed: true, Muted: s.Muted}
}
