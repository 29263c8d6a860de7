package event

import (
	"cmp"
	"slices"
)

// Lives sorts events by customer, and each customer's events canonically. It returns one run of events per customer. The runs
// share the memory of events.
func Lives(events []Event) [][]Event {
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.Common().Customer, b.Common().Customer), Compare(a, b))
	})
	var lives [][]Event
	for start, i := 0, 1; i <= len(events); i++ {
		if i == len(events) || events[i].Common().Customer != events[start].Common().Customer {
			lives = append(lives, events[start:i])
			start = i
		}
	}
	return lives
}

// Span returns when the first and the last of the events occurred. Without events it returns Never and 0.
func Span(events []Event) (first, last Instant) {
	first = Never
	for _, x := range events {
		first, last = min(first, x.Common().OccurredAt), max(last, x.Common().OccurredAt)
	}
	return first, last
}
