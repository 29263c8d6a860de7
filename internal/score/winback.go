package score

import (
	"cmp"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// WonBack says that a customer whose episode had lapsed has bought again.
type WonBack struct {
	Stamp
	// EpisodeID is the id of the RAISED of the episode that lapsed.
	EpisodeID string
	// LapsedDays are the days of silence before the purchase.
	LapsedDays int32
	// ActionID is the id of the outreach of the 30 days before; empty where there was none.
	ActionID string
	// OrderValue is what the purchase cost, before refunds, Margin what has been earned since the lapse, where orders say so: in
	// minor units.
	OrderValue int64
	Margin     event.OptionalMinor
	Currency   event.Currency
}

func (*WonBack) sealed() {}

// Lapse is the memory of the last episode that ended in silence.
type Lapse struct {
	// EpisodeID is the id of its RAISED; empty where there is none to come back from.
	EpisodeID string
	At        event.Instant
}

// Outreach is the newest action that reached a customer.
type Outreach struct {
	At event.Instant
	// ID is the id of the event.
	ID string
}

// creditedFor is how long a purchase is put down to an outreach.
const creditedFor = 30 * 24 * time.Hour

// returned reports whether the episode of p lapsed and p, with these facts and this silence, is silent no longer.
func (e *Engine) returned(p *Profile, f *history.Facts, silence time.Duration) bool {
	return p.Lapse.EpisodeID != "" && f.PurchaseDays > 0 && silence < e.model.Churn.Lapse
}

// wonBack tells of a return. It is nil where the customer bought before the lapse and the purchase became known only after the lapse:
// that customer was never away.
func (e *Engine) wonBack(c *change) *WonBack {
	p, v := c.p, c.v
	bought := v.facts.LastPurchase
	if bought < p.Lapse.At {
		return nil
	}
	then := e.Facts(&p.History, p.Lapse.At)
	cause, _ := c.cause(0, "") // a return corrects nothing
	t := &WonBack{
		Stamp: e.stamp(c, cause), EpisodeID: p.Lapse.EpisodeID, LapsedDays: int32(v.facts.LastDay - then.LastDay),
		OrderValue: v.facts.LastOrderAmount, Currency: e.model.Base,
	}
	if out := p.Outreach; out.ID != "" && out.At <= bought && bought.Sub(out.At) <= creditedFor {
		t.ActionID = out.ID
	}
	if v.facts.MarginSpend > then.MarginSpend {
		t.Margin = event.OptionalMinor{Minor: v.facts.Margin - then.Margin, Known: true}
	}
	return t
}

// reached returns the memory of outreach after an event at an instant. The order of arrival does not matter.
func (out Outreach) reached(x event.Event, at event.Instant) Outreach {
	if i, ok := x.(*event.Interaction); ok && i.Kind == event.OutreachSent {
		other := Outreach{i.OccurredAt, i.ID}
		if cmp.Or(cmp.Compare(other.At, out.At), cmp.Compare(other.ID, out.ID)) > 0 {
			out = other
		}
	}
	if at.Sub(out.At) > creditedFor {
		return Outreach{}
	}
	return out
}
