package fit

import (
	"errors"
	"fmt"
	"slices"
)

// Group is so many customers of equal history.
type Group[H any] struct {
	History   H
	Customers int
}

// History is what a model knows of a customer; the models' packages say how it
// is ordered and what is refused.
type History[H any] interface {
	comparable
	Compare(other H) int
	Validate() error
}

// Groups sorts customers into groups, in the order of their histories.
func Groups[H History[H]](customers []H) []Group[H] {
	sorted := slices.Clone(customers)
	slices.SortFunc(sorted, H.Compare)
	var groups []Group[H]
	for _, h := range sorted {
		if last := len(groups) - 1; last >= 0 && groups[last].History == h {
			groups[last].Customers++
			continue
		}
		groups = append(groups, Group[H]{h, 1})
	}
	return groups
}

// ErrNoCustomers is returned where there is nobody to fit a model to.
var ErrNoCustomers = errors.New("no customers")

// count is how many customers the groups hold, all of them with valid histories.
func count[H History[H]](groups []Group[H]) (int, error) {
	var n int
	for i, g := range groups {
		if err := g.History.Validate(); err != nil {
			return 0, fmt.Errorf("group %d: %w", i, err)
		}
		if g.Customers < 1 {
			return 0, fmt.Errorf("group %d: %d customers, want 1 or more", i, g.Customers)
		}
		n += g.Customers
	}
	if n == 0 {
		return 0, ErrNoCustomers
	}
	return n, nil
}

// thinned is every so-manieth of n customers, about size of them: a sample in the
// order of the groups, so that it has its share of every kind. Fewer groups than
// size come back as they are.
func thinned[H any](groups []Group[H], n, size int) []Group[H] {
	if len(groups) <= size {
		return groups
	}
	var sample []Group[H]
	var before int
	for _, g := range groups {
		taken := (before+g.Customers)*size/n - before*size/n
		before += g.Customers
		if taken > 0 {
			sample = append(sample, Group[H]{g.History, taken})
		}
	}
	return sample
}
