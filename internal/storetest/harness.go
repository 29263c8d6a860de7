package storetest

import (
	"errors"
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// harness is a store under test. An unexpected error of a method ends the test.
type harness struct {
	t *testing.T
	Store
}

var (
	purchases    = shard.Partition{Topic: event.Purchases, Index: 3}
	interactions = shard.Partition{Topic: event.Interactions, Index: 3}
	feedbacks    = shard.Partition{Topic: event.Feedbacks, Index: 3}
	others       = shard.Partition{Topic: event.Purchases, Index: 11}
)

// must carries out one commit.
func (s harness) must(c shard.Commit) {
	s.t.Helper()
	if err := s.try(c); err != nil {
		s.t.Fatalf("commit shard %d from %q to %q: got error %v, want none", c.Shard, c.Read, c.Token, err)
	}
}

func (s harness) try(c shard.Commit) error {
	s.t.Helper()
	errs := s.Commit(s.t.Context(), []shard.Commit{c})
	if len(errs) != 1 {
		s.t.Fatalf("one commit: got %d results, want 1", len(errs))
	}
	return errs[0]
}

// conflicts tries one commit, which must fail with shard.ErrConflict.
func (s harness) conflicts(c shard.Commit) {
	s.t.Helper()
	if err := s.try(c); !errors.Is(err, shard.ErrConflict) {
		s.t.Fatalf("commit shard %d from %q to %q: got error %v, want %v", c.Shard, c.Read, c.Token, err, shard.ErrConflict)
	}
}

func (s harness) meta(n int) shard.Meta {
	s.t.Helper()
	metas, err := s.Metas(s.t.Context(), []int{n})
	if err != nil || len(metas) != 1 {
		s.t.Fatalf("heads of shard %d: got %d and error %v, want 1 and none", n, len(metas), err)
	}
	return metas[0]
}

func (s harness) audit(n int) shard.Audit {
	s.t.Helper()
	audits, err := s.Audit(s.t.Context(), []int{n})
	if err != nil || len(audits) != 1 {
		s.t.Fatalf("audit shard %d: got %d and error %v, want 1 and none", n, len(audits), err)
	}
	return audits[0]
}

func (s harness) load(n int, customers ...string) shard.Loaded {
	s.t.Helper()
	loaded, err := s.Load(s.t.Context(), []shard.Query{{Shard: n, Customers: customers}})
	if err != nil || len(loaded) != 1 {
		s.t.Fatalf("load shard %d: got %d answers and error %v, want 1 and none", n, len(loaded), err)
	}
	if got, want := len(loaded[0].Profiles), len(customers); got != want {
		s.t.Fatalf("load shard %d: got %d profiles, want %d", n, got, want)
	}
	return loaded[0]
}

func (s harness) profile(n int, customer string) string {
	s.t.Helper()
	return string(s.load(n, customer).Profiles[0])
}

// erased returns when customers of a shard were erased, as a load tells.
func (s harness) erased(n int, customers ...string) []event.Instant {
	s.t.Helper()
	return s.load(n, customers...).Erased
}

func (s harness) due(n, limit int) []shard.Due {
	s.t.Helper()
	due, err := s.Due(s.t.Context(), n, limit)
	if err != nil {
		s.t.Fatalf("due reviews of shard %d: got error %v, want none", n, err)
	}
	return due
}

// outbox returns the ids of the entries in a shard's outbox, oldest first.
func (s harness) outbox(n int) []string {
	s.t.Helper()
	outbox, err := s.Outbox(s.t.Context(), n)
	if err != nil {
		s.t.Fatalf("outbox of shard %d: got error %v, want none", n, err)
	}
	ids := make([]string, len(outbox.Outputs))
	for i, o := range outbox.Outputs {
		ids[i] = o.ID
	}
	return ids
}

func (s harness) mark(m shard.Marker) shard.Meta {
	s.t.Helper()
	metas, err := s.Mark(s.t.Context(), []shard.Marker{m})
	if err != nil || len(metas) != 1 {
		s.t.Fatalf("mark shard %d: got %d heads and error %v, want 1 and none", m.Shard, len(metas), err)
	}
	return metas[0]
}

// state returns a text of everything in a shard that holds no customers but a and b. If nothing was
// written, the text stays the same.
func (s harness) state(n int) string {
	s.t.Helper()
	loaded, audit := s.load(n, "a", "b"), s.audit(n)
	census := map[string]int64{}
	if c, ok := s.Store.(Counter); ok {
		all, err := c.Census(s.t.Context(), []int{n})
		if err != nil || len(all) != 1 {
			s.t.Fatalf("census of shard %d: got %d and error %v, want 1 and none", n, len(all), err)
		}
		census = all[0]
	}
	return fmt.Sprintf("head %+v, keys %+v, profiles %q, erased %v, due %v, outbox %v, census %v",
		loaded.Meta, audit.Actual, loaded.Profiles, loaded.Erased, s.due(n, 100), s.outbox(n), census)
}

func output(id string) shard.Output {
	return shard.Output{
		ID: id, Topic: schemas.TierChanges, Key: []byte("a"), Value: []byte{0, 1, 2, 0xff},
		Headers: []stream.Header{{Key: "ce_id", Value: []byte(id)}, {Key: "sequence", Value: []byte("7")}}, Time: 1_767_225_600_000,
	}
}
