package history

import "tidemark/internal/event"

// SecondGap returns the days between the first and the second purchase day that stand at an instant. False where there is no
// second one, and where it is sealed: purchase days are told apart for 730 days.
func (s *Summary) SecondGap(at event.Instant) (days int, known bool) {
	if s.past != nil && s.past.days > 1 {
		return 0, false
	}
	var first event.Day
	seen := s.past != nil && s.past.days == 1
	if seen {
		first = s.past.firstDay
	}
	for l := s.ledger(at, nil); l.next(); {
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
