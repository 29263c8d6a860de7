package main

import (
	"fmt"
	"slices"

	"tidemark/internal/score"
)

// wordsShown bounds the customers that a line names.
const wordsShown = 5

// testWords names the customers of a sample of encoded profiles whose attribute test_account says neither yes nor no. They count as
// customers. It returns false where there is none: then there is nothing to tell.
func testWords(profiles [][]byte) (finding, bool) {
	var names []string
	for _, encoded := range profiles {
		p, err := score.Decode(encoded)
		if err != nil {
			continue // a damaged profile is said elsewhere
		}
		if word, at, understood := p.TestWord(); !understood {
			names = append(names, fmt.Sprintf("%q since %s, with %q", p.Customer, at, word))
		}
	}
	if len(names) == 0 {
		return finding{}, false
	}
	slices.Sort(names)
	f := finding{Name: "test_account that says nothing", OK: true}
	f.Detail = fmt.Sprintf("%d of %d customers that were looked at have one, and count as customers: %s",
		len(names), len(profiles), someOf(names, wordsShown, "; "))
	f.Remedy = "send ATTRIBUTES with test_account true, yes or 1, or false, no or 0"
	return f, true
}
