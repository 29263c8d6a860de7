package storetest

import (
	"maps"
	"testing"

	"tidemark/internal/shard"
)

func testMarks(t *testing.T, s harness) {
	s.must(first())
	s.must(shard.Commit{Shard: 3, Read: "one", Token: "two", Marks: shard.Marks{interactions: 1 << 60, purchases: 12}})
	if got, want := s.meta(3).Marks, (shard.Marks{purchases: 12, interactions: 1 << 60, feedbacks: 0}); !maps.Equal(got, want) {
		t.Errorf("marks: got %v, want %v", got, want)
	}
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three", Marks: shard.Marks{purchases: 4}})
	if got := s.meta(3).Marks[purchases]; got != 4 {
		t.Errorf("a commit that sets a mark back: got %d, want 4: the lane decides", got)
	}
}

func testMarkers(t *testing.T, s harness) {
	s.must(first())
	steps := []struct {
		name        string
		acked, next shard.Marks
		want        shard.Marks
	}{
		{
			"seen where it stands, it moves",
			shard.Marks{purchases: 10},
			shard.Marks{purchases: 20},
			shard.Marks{purchases: 20, feedbacks: 0},
		},
		{
			"seen elsewhere, it stays: writes were lost, or another was here",
			shard.Marks{purchases: 10},
			shard.Marks{purchases: 30},
			shard.Marks{purchases: 20, feedbacks: 0},
		},
		{
			"seen, but not there: it stays away, for the lane to notice",
			shard.Marks{interactions: 4},
			shard.Marks{interactions: 5},
			shard.Marks{purchases: 20, feedbacks: 0},
		},
		{
			"never seen, and not there: it is set", nil,
			shard.Marks{interactions: 5},
			shard.Marks{purchases: 20, feedbacks: 0, interactions: 5},
		},
		{
			"never seen, but there: it stays", nil,
			shard.Marks{interactions: 6, feedbacks: 6},
			shard.Marks{purchases: 20, feedbacks: 0, interactions: 5},
		},
		{
			"each on its own",
			shard.Marks{purchases: 20, interactions: 4, feedbacks: 0},
			shard.Marks{purchases: 21, interactions: 9, feedbacks: 1},
			shard.Marks{purchases: 21, feedbacks: 1, interactions: 5},
		},
		{
			"nothing to move",
			shard.Marks{purchases: 21},
			shard.Marks{purchases: 21},
			shard.Marks{purchases: 21, feedbacks: 1, interactions: 5},
		},
		{
			"never seen, not there, and at the log's beginning", nil,
			shard.Marks{others: 0},
			shard.Marks{purchases: 21, feedbacks: 1, interactions: 5, others: 0},
		},
		{"only a look", nil, nil, shard.Marks{purchases: 21, feedbacks: 1, interactions: 5, others: 0}},
	}
	for _, step := range steps {
		meta := s.mark(shard.Marker{Shard: 3, Acked: step.acked, Next: step.next})
		if !maps.Equal(meta.Marks, step.want) {
			t.Errorf("%s: got marks %v, want %v", step.name, meta.Marks, step.want)
		}
		if meta.Token != "one" || meta.Sequence != 1 {
			t.Errorf("%s: got token %q and sequence %d, want them untouched, one and 1", step.name, meta.Token, meta.Sequence)
		}
		if got := s.meta(3).Marks; !maps.Equal(got, step.want) {
			t.Errorf("%s: a later look: got marks %v, want %v", step.name, got, step.want)
		}
	}
	if _, err := s.Mark(t.Context(), []shard.Marker{{Shard: 3, Next: shard.Marks{purchases: -1}}}); err == nil {
		t.Error("a mark below zero: got no error, want one")
	}
}

func testMarkerCreates(t *testing.T, s harness) {
	s.must(first())
	metas, err := s.Mark(t.Context(), []shard.Marker{
		{Shard: 2, Next: shard.Marks{purchases: 5}},
		{Shard: 3, Acked: shard.Marks{purchases: 10}, Next: shard.Marks{purchases: 11}},
	})
	if err != nil || len(metas) != 2 {
		t.Fatalf("mark two shards: got %d heads and error %v, want 2 and none", len(metas), err)
	}
	if metas[0].Token != "" || len(metas[0].Marks) != 0 {
		t.Errorf("a shard that is not there: got %+v, want an empty head", metas[0])
	}
	if got := metas[1].Marks[purchases]; got != 11 {
		t.Errorf("the shard beside it: got mark %d, want 11", got)
	}
	audit := s.audit(2)
	if audit.Meta.Token != "" || audit.Actual != (shard.Counts{}) {
		t.Errorf("after the marker: got %+v, want no shard", audit)
	}
	s.must(shard.Commit{Shard: 2, Token: "one"}) // it can still be created
}
