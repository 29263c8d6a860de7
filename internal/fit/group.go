package fit

import (
	"errors"
	"fmt"
	"slices"
)

// Group is a number of customers with equal histories.
type Group[H any] struct {
	History   H
	Customers int
}

// History is what a model knows of a customer. The packages of the models say how histories are
// ordered and which are refused.
type History[H any] interface {
	comparable
	Compare(other H) int
	Validate() error
}

// Groups groups customers of equal histories, in the order of the histories.
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

// ErrNoCustomers says that there is no customer to fit a model to.
var ErrNoCustomers = errors.New("no customers")

// count is the number of customers in the groups. It returns an error if a history or a number is
// invalid.
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

// thinned takes a sample of about size of n customers: every (n/size)-th customer in the order of
// the groups. So each kind of history has its share. At most size groups are returned as they are.
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
