package score

import (
	"time"

	"tidemark/internal/event"
)

// lookahead is how far one search for the next crossing looks while the windows still hold something, or up to twice as far.
const lookahead = 32 * 24 * time.Hour

// horizon is the end of a search that begins at an instant: the next of the customer's own horizons, which lie 64 days apart. So
// the next review depends on what is known, and not on when somebody asked for it. And the horizons of all customers do not fall
// on one day. The horizons of a shop lie 4 days apart: after a year something leaves a window every day, each look derives the facts of
// thousands of orders anew, and the shop's next event comes soon anyway.
func horizon(customer string, from event.Instant, shop bool) event.Instant {
	every := event.Instant(2 * lookahead / time.Millisecond)
	if shop {
		every /= 16
	}
	return after(from, event.Instant(event.Hash(customer)%uint64(every)), every)
}

// after returns the first instant after from of a series of instants: one is phase, and they lie every apart.
func after(from, phase, every event.Instant) event.Instant {
	return from + every - ((from-phase)%every+every)%every
}

// NextCrossing returns the first instant after from at which silence alone changes a label of p, as Review would see it: the tier,
// the churn level, the window for a second order, a segment or a comparison with a margin, Shop or Test; or at which silence tells the news that waits, or gives notice of a fall of the tier. False means never (within two
// centuries). The answer depends on the profile and the model only, never on when it is asked for. from is at least p.AsOf.
func (e *Engine) NextCrossing(p Profile, from event.Instant) (event.Instant, bool) {
	for {
		at, crossed := e.crossing(&p, from, from.Add(lookahead))
		if crossed || at == event.Never {
			return at, crossed
		}
		from = at
	}
}

// crossing looks for the next crossing in (from, limit], and returns its instant and true. Where there is none, crossing returns
// false and the instant up to which it has looked: limit, or event.Never if no label can ever change.
func (e *Engine) crossing(p *Profile, from, limit event.Instant) (event.Instant, bool) {
	due := e.dueBesides(p, from)
	w := e.walk(p, from, min(limit, due), allLabels)
	switch {
	case w.facts.TestAccount != p.Test: // a profile from before the program knew of test accounts
		return from + 1, true
	case p.Test, w.facts.PurchaseDays == 0 && e.stillborn(p, from):
		return event.Never, false
	}
	crossed := w.next()
	at := w.at
	if warns, warned := w.warning(from, crossed); warned {
		return warns, true
	}
	switch {
	case crossed:
		return at, true
	case due <= limit && due != event.Never:
		return due, true
	case due != event.Never:
		return min(at, limit), false
	}
	return at, false
}

// dueBesides is the first instant after from at which something is told that no walk finds: news that waits, or what a customer has said that is
// forgotten, or has waited too long; event.Never where there is none.
func (e *Engine) dueBesides(p *Profile, from event.Instant) event.Instant {
	due := p.Update.Due
	if due <= from {
		due = event.Never
	}
	return min(due, e.unhappyDue(p, from))
}

// stillborn reports whether no purchase of p waits for its own time: occurred_at may lie a little after the record time.
func (e *Engine) stillborn(p *Profile, from event.Instant) bool {
	later := p.Whole().Facts(from.Add(event.Tolerance), e.calendar)
	return later.PurchaseDays == 0
}
