package history

import "tidemark/internal/event"

// SecondGap returns the days between the first and the second purchase day that stand at an instant. It is false where there
// is no second purchase day, and where the second is sealed: after 730 days purchase days are no longer told apart.
func (s *Summary) SecondGap(at event.Instant) (days int, known bool) {
	if s.past != nil && s.past.days > 1 {
		return 0, false
	}
	first, second := noDay, noDay
	if s.past != nil && s.past.days == 1 {
		first = s.past.firstDay
	}
	var l ledger
	l.claimed = s.unclaimed()
	for l.open(s, at, noDay); l.next() && l.day < second; {
		switch {
		case l.orders == 0:
		case l.day < first: // the sealed day is of another part, and younger: see Together
			first, second = l.day, first
		case l.day > first:
			second = l.day
		}
	}
	if second == noDay {
		return 0, false
	}
	return int(second - first), true
}
