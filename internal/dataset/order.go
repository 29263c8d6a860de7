package dataset

import (
	"slices"

	"tidemark/internal/event"
)

// Sort puts events in canonical order: event.Compare.
func Sort(events []event.Event) { slices.SortFunc(events, event.Compare) }
