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
	// EpisodeID is the id of the RAISED of the lapsed episode.
	EpisodeID string
	// LapsedDays is the length of the absence in calendar days: from the day of the last purchase before the lapse to the day of the
	// purchase. It is never below the lapse of the customer: see Engine.Lapse.
	LapsedDays int32
	// ActionID is the id of the newest outreach in the 30 days before the purchase; empty where there was none.
	ActionID string
	// OrderValue is the amount of the purchase, before refunds. Margin is the margin earned since the lapse, known where orders
	// give one. Both are in minor units of the base currency.
	OrderValue int64
	Margin     event.OptionalMinor
	Currency   event.Currency
	// ContactableChannels are the channels on which the customer may be met; nil where no channel is known.
	ContactableChannels []string
}

func (*WonBack) sealed() {}

// Lapse is the memory of the last episode that ended by lapse.
type Lapse struct {
	// EpisodeID is the id of the episode's RAISED; empty where no lapse waits for a return.
	EpisodeID string
	At        event.Instant
}

// Outreach is the newest outreach that reached a customer.
type Outreach struct {
	At event.Instant
	// ID is the id of the outreach event.
	ID string
}

// creditedFor is the longest time between an outreach and a purchase that it is credited with.
const creditedFor = 30 * 24 * time.Hour

// returned reports whether the episode of p lapsed and p, with these facts and this silence, is silent no longer.
func (e *Engine) returned(p *Profile, f *history.Facts, silence time.Duration) bool {
	return p.Lapse.EpisodeID != "" && f.PurchaseDays > 0 && silence < e.Lapse(f)
}

// wonBack tells of a return. It is nil for a customer who was never away for so long: who bought before the lapse, which became known
// only after the lapse, or of whose purchases before the lapse none stands any more. It is also nil for an id that behaves like a shop: nobody came back.
//
// An episode lapses at the start of a day, and a purchase may bear that very instant. So what was bought before is what was bought up to
// the millisecond before the lapse.
func (e *Engine) wonBack(c *change) *WonBack {
	p, v := c.p, c.v
	then := e.Facts(p.Whole(), p.Lapse.At-1)
	away := v.facts.LastDay - then.LastDay
	if p.Shop || v.facts.LastPurchase < p.Lapse.At || then.PurchaseDays == 0 || days(float64(away)) < e.Lapse(&then) {
		return nil
	}
	cause, _ := c.cause(0, "") // a return corrects nothing
	t := &WonBack{
		Stamp: e.stamp(c, cause), EpisodeID: p.Lapse.EpisodeID, LapsedDays: int32(away),
		OrderValue: v.facts.LastOrderAmount, Currency: e.model.Base, ContactableChannels: e.contactable(&p.History),
	}
	if out, bought := p.Outreach, v.facts.LastPurchase; out.ID != "" && out.At <= bought && bought.Sub(out.At) <= creditedFor {
		t.ActionID = out.ID
	}
	if v.facts.MarginSpend > then.MarginSpend {
		t.Margin = event.OptionalMinor{Minor: v.facts.Margin - then.Margin, Known: true}
	}
	return t
}

// reached returns the memory of outreach after an event at an instant. The answer does not depend on the order of arrival.
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
