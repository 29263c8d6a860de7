package pipeline

import (
	"cmp"
	"errors"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// refuseErased returns an error if the tombstones or the blanks of a commit are invalid for any content of its shard.
func refuseErased(c shard.Commit) error {
	named := map[string]bool{}
	for _, t := range c.Erased {
		if t.Customer == "" || named[t.Customer] || t.At < 1 || t.At > 1<<53 {
			return errors.New("a tombstone without a customer or an instant, or the second of a customer")
		}
		named[t.Customer] = true
	}
	for _, position := range c.Blanked {
		if position < 0 {
			return errors.New("an output below zero is to be blanked")
		}
	}
	return nil
}

// bury sets the tombstones of a commit, and blanks its outputs.
func (s *memoryShard) bury(c shard.Commit) {
	for _, position := range c.Blanked {
		s.outbox[position] = shard.Output{}.Append(nil)
	}
	for _, t := range c.Erased {
		if s.erased == nil {
			s.erased = map[string]event.Instant{}
		}
		before, there := s.erased[t.Customer]
		if !there {
			s.meta.Counts.Erased++
		}
		if before > t.At || before == t.At && cmp.Or(s.cut[t.Customer], before) >= cmp.Or(t.Links, t.At) {
			continue
		}
		if s.erased[t.Customer] = t.At; s.cut == nil {
			s.cut = map[string]event.Instant{}
		}
		if s.cut[t.Customer] = t.Links; t.Links == 0 {
			delete(s.cut, t.Customer)
		}
	}
}

// tombstones returns the instants at which customers without a profile were erased; nil if the shard has no tombstones.
func (s *memoryShard) tombstones(customers []string) []event.Instant {
	if len(s.erased) == 0 {
		return nil
	}
	instants := make([]event.Instant, len(customers))
	for i, customer := range customers {
		if s.profiles[customer] == nil || s.meta.Token == "" {
			instants[i] = s.erased[customer]
		}
	}
	return instants
}
