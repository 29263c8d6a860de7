package main

import (
	"fmt"
	"slices"

	"tidemark/internal/score"
)

// mergersShown bounds the ids that a line names.
const mergersShown = 5

// mergersWithoutEffect names the ids of a sample of encoded profiles whose MERGED_INTO was read by a version before links. That version counted
// the event as an interaction, and linked nobody. The service has read past the event, so only a rebuild, or the word said again, links the
// ids. It returns false where there is none: then there is nothing to tell.
func mergersWithoutEffect(profiles [][]byte) (finding, bool) {
	var names []string
	for _, encoded := range profiles {
		p, err := score.Decode(encoded)
		if err != nil {
			continue // a damaged profile is said elsewhere
		}
		if p.History.CountsMergedInto() && len(p.Links().Words()) == 0 {
			names = append(names, fmt.Sprintf("%q", p.Customer))
		}
	}
	if len(names) == 0 {
		return finding{}, false
	}
	slices.Sort(names)
	f := finding{Name: "mergers without effect", OK: true}
	f.Detail = fmt.Sprintf("%d of %d ids that were looked at have a MERGED_INTO that an older version has read, without linking them: %s; they still count as customers of their own",
		len(names), len(profiles), someOf(names, mergersShown, ", "))
	f.Remedy = rebuild + ", and links all of them; tidemark customer merge links one"
	return f, true
}
