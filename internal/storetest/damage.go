package storetest

import (
	"errors"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func testLoss(t *testing.T, s harness, b Breakable) {
	damages := []struct {
		name string
		lose func(n int)
		want shard.Counts // what the keys still hold
	}{
		{"nothing", func(int) {}, shard.Counts{Profiles: 3, Due: 2, Outbox: 4}},
		{"a profile", func(n int) { b.LoseProfile(t, n, "a") }, shard.Counts{Profiles: 2, Due: 2, Outbox: 4}},
		{"a due time", func(n int) { b.LoseDue(t, n, "a") }, shard.Counts{Profiles: 3, Due: 1, Outbox: 4}},
		{"an output", func(n int) { b.LoseOutput(t, n) }, shard.Counts{Profiles: 3, Due: 2, Outbox: 3}},
	}
	for n, d := range damages {
		c := first()
		c.Shard = n
		s.must(c)
		d.lose(n)
		audit := s.audit(n)
		if want := (shard.Counts{Profiles: 3, Due: 2, Outbox: 4}); audit.Meta.Counts != want {
			t.Errorf("%s lost: head: got %+v, want %+v", d.name, audit.Meta.Counts, want)
		}
		if audit.Actual != d.want {
			t.Errorf("%s lost: keys: got %+v, want %+v", d.name, audit.Actual, d.want)
		}

		// A later commit does not hide the loss.
		s.must(shard.Commit{
			Shard: n, Read: "one", Token: "two", Outbox: []shard.Output{output("o4")},
			Updates: []shard.Update{{Customer: "c", Profile: []byte("c2"), Due: 3}, {Customer: "b", Profile: []byte("b2"), Due: event.Never}},
		})
		if got, want := s.audit(n).Intact(), d.want == (shard.Counts{Profiles: 3, Due: 2, Outbox: 4}); got != want {
			t.Errorf("%s lost, and a commit later: got intact %v, want %v", d.name, got, want)
		}
	}
}

func testSpoiled(t *testing.T, s harness, b Breakable) {
	s.must(first())
	want := s.state(3)
	c := shard.Commit{
		Shard: 3, Read: "one", Token: "two", Confirmed: 1, Outbox: []shard.Output{output("o4")},
		Updates: []shard.Update{{Customer: "a", Profile: []byte("a2"), Due: 7}, {Customer: "b", Profile: []byte("b2"), Due: 8}},
		Marks:   shard.Marks{purchases: 11}, Census: map[string]int64{"customers": 1}, Model: "m2",
	}
	for _, key := range []string{"profiles", "due", "outbox", "census"} {
		mend := b.Spoil(t, 3, key)
		err, damaged := s.try(c), (*shard.DamagedError)(nil)
		if err == nil || errors.Is(err, shard.ErrConflict) {
			t.Errorf("with %s spoiled: got error %v, want one that is no conflict", key, err)
		}
		if !errors.As(err, &damaged) || damaged.Shard != 3 {
			t.Errorf("with %s spoiled: got error %v, want one that says that shard 3 is damaged", key, err)
		}
		mend()
		if got := s.state(3); got != want {
			t.Fatalf("with %s spoiled:\n got %s\nwant %s", key, got, want)
		}
	}
	s.must(c)
}

func testLostShard(t *testing.T, s harness, b Breakable) {
	s.must(first())
	b.LoseShard(t, 3)
	if got := s.meta(3).Token; got != "" {
		t.Fatalf("head after the loss: got token %q, want none", got)
	}
	s.conflicts(shard.Commit{Shard: 3, Read: "one", Token: "two"})
	if got := s.mark(shard.Marker{Shard: 3, Acked: shard.Marks{purchases: 10}, Next: shard.Marks{purchases: 11}}); got.Token != "" || len(got.Marks) != 0 {
		t.Errorf("marker after the loss: got %+v, want an empty head", got)
	}
	s.must(shard.Commit{Shard: 3, Token: "anew", Updates: []shard.Update{{Customer: "b", Profile: []byte("b9"), Due: 1}}})
	if got := s.load(3, "a", "b"); got.Profiles[0] != nil || string(got.Profiles[1]) != "b9" {
		t.Errorf("profiles of the new shard: got %q, want only b9", got.Profiles)
	}
	if audit := s.audit(3); !audit.Intact() || audit.Meta.Sequence != 1 {
		t.Errorf("the new shard: got %+v, want it intact at sequence 1", audit)
	}
}
