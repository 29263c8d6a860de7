package main

import (
	"cmp"
	"fmt"
	"slices"

	"tidemark/internal/score"
)

// spillersShown bounds the customers that a line names.
const spillersShown = 5

// spiller is a customer with facts beyond the caps of a history.
type spiller struct {
	customer string
	facts    int64
}

// beyondCaps says how many customers of a sample of encoded profiles have facts beyond the caps of a history. Nothing mends such a history
// but a rebuild after its events were sent otherwise, so the finding is no fault of the installation.
func beyondCaps(profiles [][]byte) finding {
	var spillers []spiller
	for _, encoded := range profiles {
		p, err := score.Decode(encoded)
		if err != nil {
			continue // a damaged profile is said elsewhere
		}
		if n := p.History.Spilled(); n > 0 {
			spillers = append(spillers, spiller{p.Customer, n})
		}
	}
	f := finding{Name: "facts beyond the caps", OK: true}
	if len(spillers) == 0 {
		f.Detail = fmt.Sprintf("none, in %d profiles that were looked at", len(profiles))
		return f
	}
	slices.SortFunc(spillers, func(a, b spiller) int {
		return cmp.Or(cmp.Compare(b.facts, a.facts), cmp.Compare(a.customer, b.customer))
	})
	names := make([]string, len(spillers))
	facts := int64(0)
	for i, s := range spillers {
		facts += s.facts
		names[i] = fmt.Sprintf("%q with %d", s.customer, s.facts)
	}
	f.Detail = fmt.Sprintf("%d of %d customers that were looked at have such facts, %d in all: %s; an order beyond the caps counts, but what repeats or cancels the order is not recognised",
		len(spillers), len(profiles), facts, someOf(names, spillersShown, ", "))
	f.Remedy = "most often such an id stands for many customers: give each an id of its own; tidemark_facts_beyond_caps_total counts the facts of all " +
		"customers, and the table of limits in deploy/README.md has the caps"
	return f
}
