package dataset

import (
	"slices"

	"tidemark/internal/event"
)

// Sort sorts events in canonical order: the order of event.Compare.
func Sort(events []event.Event) { slices.SortFunc(events, event.Compare) }

// Dedupe removes, in place, each event with the topic and the id of an earlier event of the slice. It returns the remaining
// events and the number of removed ones. After Sort the earliest of the duplicates remains, whatever the order of reading.
func Dedupe(events []event.Event) (left []event.Event, removed int) {
	type name struct {
		topic event.Topic
		id    string
	}
	seen := make(map[name]struct{}, len(events))
	left = slices.DeleteFunc(events, func(e event.Event) bool {
		n := name{e.Topic(), e.Common().ID}
		_, again := seen[n]
		seen[n] = struct{}{}
		return again
	})
	return left, len(events) - len(left)
}
