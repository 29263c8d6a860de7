package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
)

// SecondOrder is the memory of a one-time buyer's SECOND_ORDER_WINDOW. The window opens when half of those who came back had come
// back, and ends when half of the others have; see windowEnd.
type SecondOrder struct {
	// Open says that the window is open, Closed that it is over. A customer has one window in life.
	Open, Closed bool
	// RaisedAt is the instant at which the window opened, ID the id of its RAISED. Both are zero unless the window is open.
	RaisedAt event.Instant
	ID       string
	// Muted says that the window was not published; see Publish.
	Muted bool
}

// windowEnd is the silence with which the window for a second order ends: three times the silence with which the window opens, but no
// longer than the lapse. Of CDNOW's 11,516 customers who came back, 49 % had within 55 days and 74 % within 165. So the end is about the
// upper quartile where the opening is the median, and who has not come back by then hardly does so because somebody asks.
func (e *Engine) windowEnd() time.Duration {
	return min(3*e.model.Churn.SecondOrder, e.model.Churn.Lapse)
}

// awaitsSecond reports whether a customer, neither shop nor test account, has bought on one day only, for so much that an alert is worth its while, and so long
// ago that half of those who came back had come back by now, but not so long ago that the window is over. A window that is open stays
// open under a model that would open it later.
func (e *Engine) awaitsSecond(s SecondOrder, f *history.Facts, silence time.Duration) bool {
	lines := &e.model.Churn
	return lines.SecondOrder > 0 && f.PurchaseDays == 1 && lines.Worth(f.Spend) && !e.model.Shop.behaves(f) && !f.TestAccount &&
		(s.Open || silence >= lines.SecondOrder) && silence < e.windowEnd()
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
		e.resolve(t, c, s.RaisedAt, e.windowEnd())
		return t
	}
	t.State = Raised
	e.askForSecond(t, c)
	return t
}

// askForSecond makes t say what is advised while the window is open.
func (e *Engine) askForSecond(t *ChurnAlert, c *change) {
	t.Kind, t.Action = SecondOrderWindow, e.model.SecondOrder
	t.ActBy = e.silentFor(c.v.facts.LastDay, e.windowEnd())
	t.MaxOffer = e.maxOffer(t.ValueAtStake, t.Action.Cost)
	t.LikelyCause, t.Evidence = e.likelyCause(*c.p.Whole(), c.v.at)
}

// next returns the memory after an alert. A window that was raised in error leaves no memory.
func (s SecondOrder) next(t *ChurnAlert) SecondOrder {
	switch t.State {
	case Raised:
		return SecondOrder{Open: true, RaisedAt: t.AsOf, ID: t.ID, Muted: s.Muted}
	case Retracted:
		return SecondOrder{Muted: s.Muted}
	case Resolved, Escalated, Eased, Updated, UnknownState:
	}
	return SecondOrder{Closed: true, Muted: s.Muted}
}
