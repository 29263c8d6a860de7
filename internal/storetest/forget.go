package storetest

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func testForget(t *testing.T, s harness) {
	s.must(first())
	s.must(shard.Commit{
		Shard: 3, Read: "one", Token: "two", Forgotten: []string{"a", "nobody"}, Census: map[string]int64{"customers": -1},
		Updates: []shard.Update{{Customer: "c", Profile: []byte("c2"), Due: 7}},
	})
	if got := s.load(3, "a").Profiles[0]; got != nil {
		t.Errorf("a, who is forgotten: got %q, want no profile", got)
	}
	if got := s.profile(3, "b"); got != "b1" {
		t.Errorf("b, who is not: got %q, want b1", got)
	}
	if got := s.due(3, 10); len(got) != 1 || got[0].Customer != "c" {
		t.Errorf("due: got %v, want only that of c", got)
	}
	audit := s.audit(3)
	if want := (shard.Counts{Profiles: 3, Due: 2, Outbox: 4}); !audit.Intact() || audit.Actual != want {
		t.Errorf("counts: got %+v in the head and %+v in the keys, want %+v in both", audit.Meta.Counts, audit.Actual, want)
	}
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three", Updates: []shard.Update{{Customer: "a", Profile: []byte("a3"), Due: event.Never}}})
	if got := s.profile(3, "a"); got != "a3" || !s.audit(3).Intact() {
		t.Errorf("a, who has come again: got %q and %+v, want a3, and counts that agree", got, s.audit(3))
	}

	// More than one call of a script can name.
	const n = 2500
	many := shard.Commit{Shard: 3, Read: "three", Token: "four"}
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("customer-%04d", i))
		many.Updates = append(many.Updates, shard.Update{Customer: all[i], Profile: []byte{1}, Due: event.Instant(i)})
	}
	s.must(many)
	s.must(shard.Commit{Shard: 3, Read: "four", Token: "five", Forgotten: all})
	if audit := s.audit(3); !audit.Intact() || audit.Actual.Profiles != 4 || audit.Actual.Due != 2 {
		t.Errorf("after %d are forgotten: got %+v in the head and %+v in the keys, want 4 and 2 in both", n, audit.Meta.Counts, audit.Actual)
	}
}
