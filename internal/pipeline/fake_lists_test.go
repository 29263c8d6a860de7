package pipeline

import (
	"cmp"
	"context"
	"slices"

	"tidemark/internal/shard"
)

// list carries out what a commit does to the lists.
func (s *memoryShard) list(c shard.Commit) {
	for _, u := range c.Updates {
		for i, place := range [...]shard.Place{shard.Worklist: u.Worklist, shard.ValueList: u.Value} {
			switch {
			case place.Listed:
				s.lists[i][u.Customer] = place.Rank
			case place.Unlisted:
				delete(s.lists[i], u.Customer)
			}
		}
	}
	for _, customer := range c.Forgotten {
		for i := range s.lists {
			delete(s.lists[i], customer)
		}
	}
}

// Listed returns a part of a list, as Redis does.
func (m *memory) Listed(_ context.Context, n int, list shard.List, from, limit int) ([]shard.Listed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.inRange(n); err != nil {
		return nil, err
	}
	var all []shard.Listed
	for customer, rank := range m.shards[n].lists[list] {
		all = append(all, shard.Listed{Customer: customer, Rank: rank})
	}
	slices.SortFunc(all, func(a, b shard.Listed) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(b.Customer, a.Customer))
	})
	all = all[min(from, len(all)):]
	return all[:min(limit, len(all))], nil
}
