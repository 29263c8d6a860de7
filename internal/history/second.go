package history

import "tidemark/internal/event"

// SecondGap returns the days between the first and the second purchase day that stand at an instant. It is false where there
// is no second purchase day, and where the second is sealed: after 730 days purchase days are no longer told apart.
func (s *Summary) SecondGap(at event.Instant) (days int, known bool) {
	if s.past != nil && s.past.days > 1 {
		return 0, false
	}
	var first event.Day
	seen := s.past != nil && s.past.days == 1
	if seen {
		first = s.past.firstDay
	}
	var l ledger
	l.claimed = s.unclaimed()
	for l.open(s, at, noDay); l.next(); {
		switch {
		case l.orders == 0:
		case seen:
			return int(l.day - first), true
		default:
			first, seen = l.day, true
		}
	}
	return 0, false
}
