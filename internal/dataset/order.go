package dataset

import (
	"slices"

	"tidemark/internal/event"
)

// Sort sorts events in canonical order: the order of event.Compare.
func Sort(events []event.Event) { slices.SortFunc(events, event.Compare) }
