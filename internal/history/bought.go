package history

import "tidemark/internal/event"

// Bought is what a customer bought in a stretch of time, as it stands at its end.
type Bought struct {
	// Days counts the purchase days that the stretch added: those with an order that stands, placed in it, and none that
	// stands from before it.
	Days int
	// Net is what its orders cost that stand, less what was given back for them by its end; minor units of the base currency.
	// Refunds of earlier orders, and of orders that nobody knows, are no part of it.
	Net int64
}

// Between returns what was bought in (after, until]. An order placed again counts when it was placed last. It is exact where s
// knows nothing later than until, and the stretch is shorter than the 730 days for which orders are kept.
func (s *Summary) Between(after, until event.Instant) Bought {
	var b Bought
	day, counted := noDay, false
	for i := range s.orders {
		w := &s.orders[i]
		lives, early := s.fate(i, until)
		if !lives {
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
		b.Net += w.amount - early
	}
	for j := range s.refunds {
		r := &s.refunds[j]
		if r.order == 0 || r.at > until {
			continue
		}
		if i := s.target(r, until); i >= 0 && s.orders[i].at > after {
			amount, _ := s.moved(j, until)
			b.Net -= amount
		}
	}
	return b
}
