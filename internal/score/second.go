package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
)

// SecondOrder is the memory of a one-time buyer's SECOND_ORDER_WINDOW. The window opens when half of those who came back had come
// back.
type SecondOrder struct {
	// Open says that the window is open, Closed that it is over. A customer has one window in life.
	Open, Closed bool
	// RaisedAt is the instant at which the window opened, ID the id of its RAISED. Both are zero unless the window is open.
	RaisedAt event.Instant
	ID       string
	// Muted says that the window was not published; see Publish.
	Muted bool
}

// awaitsSecond reports whether a customer, and no shop, has bought on one day only, for so much that an alert is worth its while, and so long
// ago that half of those who came back had come back by now. A window that is open stays open under a model that would open it
// later.
func (e *Engine) awaitsSecond(s SecondOrder, f *history.Facts, silence time.Duration) bool {
	lines := &e.model.Churn
	return lines.SecondOrder > 0 && f.PurchaseDays == 1 && lines.Worth(f.Spend) && !e.model.Shop.behaves(f) &&
		(s.Open || silence >= lines.SecondOrder) && silence < lines.Lapse
}

// secondTurns reports whether the window opens or closes with these facts and this silence.
func (e *Engine) secondTurns(s SecondOrder, f *history.Facts, silence time.Duration) bool {
	return !s.Closed && s.Open != e.awaitsSecond(s, f, silence)
}

// unasked reports whether a window opens only because no model before asked for a second order. Customers whose time had passed
// by then are not asked any more: otherwise all of them would be asked at once.
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

// next returns the memory after an alert. A window that was raised in error leaves no memory.
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
