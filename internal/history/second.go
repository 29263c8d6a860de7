package history

import "tidemark/internal/event"

// forgotten stands for a second purchase day that a history of a former format has not kept. A rebuild brings the day.
const forgotten = -1

// SecondGap returns the days between the first and the second purchase day that stand at an instant, also where both are sealed. It is false
// where there is no second purchase day, and where a former format has forgotten the day. What is sealed stands at every instant.
func (s *Summary) SecondGap(at event.Instant) (days int, known bool) {
	first, second, open := noDay, noDay, noDay // open: the least day of which a former format may have forgotten a day after
	if p := s.past; p != nil && p.days > 0 {
		first = p.firstDay
		switch {
		case p.untilSecond > 0:
			second = first + event.Day(p.untilSecond)
		case p.untilSecond == forgotten:
			open = first
		}
	}
	var l ledger
	l.claimed = s.unclaimed()
	for l.open(s, at, noDay); l.next() && l.day < second; {
		if l.orders > 0 {
			first, second = earliest(first, second, l.day)
		}
	}
	if second == noDay || second > open {
		return 0, false
	}
	return int(second - first), true
}

// earliest returns the two earliest of three days. first is before second, or second is noDay; a day that is one of both changes nothing.
func earliest(first, second, day event.Day) (event.Day, event.Day) {
	switch {
	case day < first:
		return day, first
	case day > first && day < second:
		return first, day
	}
	return first, second
}

// addSecond takes a purchase day. It comes before addFirst: firstDay is still that of the days before.
func (p *past) addSecond(day event.Day) {
	switch {
	case p.days == 0:
		p.untilSecond = 0
	case p.untilSecond == forgotten:
		if day < p.firstDay { // then the former first day is the second
			p.untilSecond = int64(p.firstDay - day)
		}
	default:
		second := noDay
		if p.untilSecond > 0 {
			second = p.firstDay + event.Day(p.untilSecond)
		}
		first, second := earliest(p.firstDay, second, day)
		if p.untilSecond = 0; second != noDay {
			p.untilSecond = int64(second - first)
		}
	}
}

// addSeconds takes the first and the second purchase day of another part, which has one. It comes before addFirst.
func (p *past) addSeconds(q *past) {
	if p.days == 0 {
		p.untilSecond = q.untilSecond
		return
	}
	first, second, open := noDay, noDay, noDay
	for _, of := range []*past{p, q} {
		first, second = earliest(first, second, of.firstDay)
		switch {
		case of.untilSecond > 0:
			first, second = earliest(first, second, of.firstDay+event.Day(of.untilSecond))
		case of.untilSecond == forgotten:
			open = min(open, of.firstDay)
		}
	}
	switch {
	case second > open:
		p.untilSecond = forgotten
	case second == noDay:
		p.untilSecond = 0
	default:
		p.untilSecond = int64(second - first)
	}
}

// tellsSecond reports whether the second purchase day is to be stored: where it is known, and does not follow from the last day.
func (p *past) tellsSecond() bool { return p != nil && p.days > 2 && p.untilSecond > 0 }
