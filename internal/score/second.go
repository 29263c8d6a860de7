package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
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

// awaitsSecond reports whether a customer has bought on one day only, for so much that an alert is worth its while, and so long
// ago that half of those who came back had come back by now. A window that is open stays open under a model that would open it
// later.
func (e *Engine) awaitsSecond(s SecondOrder, f *history.Facts, silence time.Duration) bool {
	lines := &e.model.Churn
	return lines.SecondOrder > 0 && f.PurchaseDays == 1 && lines.Worth(f.Spend) &&
		(s.Open || silence >= lines.SecondOrder) && silence < lines.Lapse
}

// secondTurns reports whether the window opens or closes with these facts and this silence.
func (e *Engine) secondTurns(s SecondOrder, f *history.Facts, silence time.Duration) bool {
	return !s.Closed && s.Open != e.awaitsSecond(s, f, silence)
}

// unasked reports whether a window would open only since no model before asked for a second order: those whose time had passed
// by then are not asked any more, or all of them would be at once.
func (e *Engine) unasked(s SecondOrder, o occasion) bool {
	return o.model && !s.Open && (e.previous == nil || e.previous.model.Churn.SecondOrder == 0)
}

// secondOrderAlert tells that the window of a one-time buyer opens or closes.
func (e *Engine) secondOrderAlert(c *change) *ChurnAlert {
	s := c.before.Second
	t := e.alert(c, s.RaisedAt, s.ID)
	t.Kind, t.EpisodeID = SecondOrderWindow, s.ID
	if s.Open {
		t.Action = e.model.Actions[churn.None]
		e.resolve(t, c, s.RaisedAt)
		return t
	}
	t.State, t.Action = Raised, e.model.SecondOrder
	t.ActBy = e.silentFor(c.v.facts.LastDay, e.model.Churn.Lapse)
	t.MaxOffer = e.maxOffer(t.ValueAtStake, t.Action.Cost)
	t.LikelyCause, t.Evidence = e.likelyCause(c.p.History, c.v.at)
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
