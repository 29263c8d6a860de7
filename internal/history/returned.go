package history

import "tidemark/internal/event"

// Returned is the latest purchase day, standing at an instant, before which nothing was bought for so many days. It is false where there is
// none, and where the day is sealed: 730 days ago.
func (s *Summary) Returned(at event.Instant, absence int) (day event.Day, known bool) {
	before, bought := event.Day(0), false
	if s.past != nil && s.past.days > 0 {
		before, bought = s.past.lastDay, true
	}
	var l ledger
	l.claimed = s.unclaimed()
	for l.open(s, at, noDay); l.next(); {
		if l.orders == 0 {
			continue
		}
		if bought && int(l.day-before) >= absence {
			day, known = l.day, true
		}
		if !bought || l.day > before { // a sealed day may be later in what Together returns
			before, bought = l.day, true
		}
	}
	return day, known
}
