package history

import "tidemark/internal/event"

// LastYear reports whether the customer bought a year ago in the window that now lies ahead: on a purchase day d with D − 365 < d ≤ D − 365 + days,
// where D is the day of the instant, and days is held within [0, 365]. Only what stands at the instant counts. until is the first later instant
// at which time alone changes the answer; event.Never if there is none.
//
//	     the window of a year ago                  the same window
//	D−365 ├──── days ────┤                      D ├──── days ────┤
//	──────┴────────d─────┴──────────────────────┴──────────────────> days
//
// A purchase day d enters the window at the start of day d + 365 − days, and leaves the window at the start of day d + 365.
//
// A day is sealed when it is 730 days older than Newest, and a sealed day does not count here. So the answer is exact from 365 days before Newest
// on: at an instant before that, the window may reach into sealed days, and a purchase there is missed.
func (s *Summary) LastYear(at event.Instant, days int, c event.Calendar) (bought bool, until event.Instant) {
	bought, until, ahead := s.lastYear(at, days, c)
	for ahead <= until && ahead != event.Never { // an event that comes into force may change nothing, or make up for a day that leaves just then
		b, u, next := s.lastYear(ahead, days, c)
		if b != bought {
			return bought, ahead
		}
		until, ahead = u, next
	}
	return bought, until
}

// lastYear is LastYear by what is in force at an instant. ahead is the first instant after at which an event comes into force.
func (s *Summary) lastYear(at event.Instant, days int, c event.Calendar) (bought bool, until, ahead event.Instant) {
	turns := lastYearTurns{today: c.Day(at), days: event.Day(min(max(days, 0), window)), turn: noDay}
	ahead = event.Never
	l := claims{claimed: s.unclaimed()}
	l.start(s, at)
	for w := range s.orders.all {
		if w.day <= turns.today-window && len(l.links) == 0 {
			continue // it has left the window, and claims no refund
		}
		if from := w.from(); from > at {
			ahead = min(ahead, from)
		}
		if x := l.settle(w); x.lives {
			turns.add(w.day)
		}
	}
	for _, j := range s.links {
		if r := &s.refunds[j]; r.at > at { // it may take back an order in whole
			ahead = min(ahead, r.at)
		}
	}
	return turns.bought, startOf(turns.turn, c), ahead
}

// lastYearTurns finds out on which day the answer of LastYear turns.
type lastYearTurns struct {
	today, days event.Day
	// bought is the answer of today. turn is the first later day with another answer, by the purchase days added so far; noDay for none.
	bought bool
	turn   event.Day
	done   bool // later purchase days change nothing
}

// add takes a purchase day, not before those added already.
func (t *lastYearTurns) add(day event.Day) {
	enters, leaves := day+window-t.days, day+window
	switch {
	case t.done || leaves <= t.today || enters == leaves:
	case enters <= t.today:
		t.bought, t.turn = true, leaves
	case t.bought && enters <= t.turn: // it enters before the one before leaves
		t.turn = leaves
	case t.bought:
		t.done = true
	default:
		t.turn, t.done = enters, true
	}
}
