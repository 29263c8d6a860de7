package history

import "tidemark/internal/event"

// LastOrdered is the day of the newest order or cancellation that is remembered, whether or not an order stands on that day.
// It is false where the customer never ordered. No purchase day is later. LastOrdered costs next to nothing, unlike Facts.
func (s *Summary) LastOrdered() (event.Day, bool) {
	day, known := event.Day(0), false
	if n := len(s.orders.last); n > 0 { // it is empty only where all is
		day, known = s.orders.last[n-1].day, true
	}
	if s.past != nil && s.past.days > 0 && (!known || s.past.lastDay > day) { // a sealed day is the later only of what Together returns
		day, known = s.past.lastDay, true
	}
	return day, known
}
