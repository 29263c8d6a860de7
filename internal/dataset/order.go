package dataset

import (
	"slices"

	"tidemark/internal/event"
)

// Sort puts events in canonical order: event.Compare.
func Sort(events []event.Event) { slices.SortFunc(events, event.Compare) }

// Dedupe removes, in place, every event whose topic and id an earlier one of the slice has. It returns what is left and
// how many went. After Sort it is the earliest that stays, whatever the order in which they were read.
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
