package history

import "tidemark/internal/event"

// Bought is what a customer bought in a stretch of time, as known at the end of the stretch.
type Bought struct {
	// Days counts the purchase days that the stretch added. Such a day has a standing order that was placed in the stretch,
	// and no standing order that was placed before it.
	Days int
	// Net is the amount of the standing orders that were placed in the stretch, less what was given back for these orders by
	// its end; in minor units of the base currency. Refunds of earlier orders, and of unknown orders, are left out.
	Net int64
}

// Between returns what was bought in (after, until]. An order counts on its day. The answer is exact where s knows nothing later
// than until and the stretch is shorter than 730 days: orders are kept for so long.
func (s *Summary) Between(after, until event.Instant) Bought {
	var b Bought
	c := claims{claimed: s.unclaimed()}
	c.start(s, until)
	day, counted := noDay, false
	for w := range s.orders.all {
		x := c.settle(w)
		if !x.lives {
			continue
		}
		if w.day != day {
			day, counted = w.day, false
		}
		if w.at <= after {
			counted = true
			continue
		}
		if !counted {
			b.Days, counted = b.Days+1, true
		}
		b.Net += w.amount - x.back
	}
	return b
}
