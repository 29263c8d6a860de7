package learn

import (
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/fit"
)

// Lives are the purchase days of the customers of a log up to an instant, in the order of their ids; without test accounts, whom the caller
// leaves out. A day counts where an order of that day was not cancelled by then. Ids that are one customer are one life.
func Lives(events []event.Event, calendar event.Calendar, until event.Instant) []fit.Life {
	theirs, _ := event.Customers(events)
	var lives []fit.Life
	for _, events := range event.Lives(slices.Clone(theirs)) {
		placed, cancelled := map[string]event.Day{}, map[string]bool{}
		for _, x := range events {
			p, ok := x.(*event.Purchase)
			if !ok || p.StatedAt() > until {
				continue
			}
			if p.Kind == event.Order {
				placed[p.OrderID] = calendar.Day(p.OccurredAt)
			}
			if p.Kind == event.Order || p.Kind == event.Cancel {
				cancelled[p.OrderID] = p.Kind == event.Cancel
			}
		}
		var life fit.Life
		for order, day := range placed {
			if !cancelled[order] {
				life = append(life, day)
			}
		}
		if life != nil {
			slices.Sort(life)
			lives = append(lives, slices.Compact(life))
		}
	}
	return lives
}
