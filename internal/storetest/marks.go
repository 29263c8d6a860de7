package storetest

import (
	"fmt"
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
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three", Marks: shard.Marks{purchases: 4}, Rewind: true})
	if got := s.meta(3).Marks[purchases]; got != 4 {
		t.Errorf("a commit that sets a mark back: got %d, want 4: the lane decides", got)
	}
}

// testMarksRise: a commit writes the marks that its lane knows. The marks of the shard may stand higher: a marker leaves the token as it is.
func testMarksRise(t *testing.T, s harness) {
	s.must(first())
	s.mark(shard.Marker{Shard: 3, Acked: shard.Marks{purchases: 10, feedbacks: 0}, Next: shard.Marks{purchases: 788, feedbacks: 3}})
	steps := []struct {
		name   string
		marks  shard.Marks
		rewind bool
		want   shard.Marks
	}{
		{
			"lower than the mark of a marker, beside a higher one and a new one",
			shard.Marks{purchases: 784, feedbacks: 4, interactions: 9},
			false,
			shard.Marks{purchases: 788, feedbacks: 4, interactions: 9},
		},
		{
			"the same, and one with fewer digits",
			shard.Marks{purchases: 788, interactions: 10, feedbacks: 3},
			false,
			shard.Marks{purchases: 788, feedbacks: 4, interactions: 10},
		},
		{
			"higher with more digits",
			shard.Marks{purchases: 1000, feedbacks: 11},
			false,
			shard.Marks{purchases: 1000, feedbacks: 11, interactions: 10},
		},
		{
			"beyond the integers that a double holds",
			shard.Marks{purchases: 1<<60 + 1, feedbacks: 1 << 62},
			false,
			shard.Marks{purchases: 1<<60 + 1, feedbacks: 1 << 62, interactions: 10},
		},
		{
			"lower by one there",
			shard.Marks{purchases: 1 << 60, feedbacks: 1<<62 + 1},
			false,
			shard.Marks{purchases: 1<<60 + 1, feedbacks: 1<<62 + 1, interactions: 10},
		},
		{
			"the log is another one: all that are named are set as they are",
			shard.Marks{purchases: 0, interactions: 11},
			true,
			shard.Marks{purchases: 0, feedbacks: 1<<62 + 1, interactions: 11},
		},
		{
			"risen again from there",
			shard.Marks{purchases: 2, interactions: 2},
			false,
			shard.Marks{purchases: 2, feedbacks: 1<<62 + 1, interactions: 11},
		},
	}
	read := shard.Token("one")
	for i, step := range steps {
		token := shard.Token(fmt.Sprint("step ", i))
		c := shard.Commit{Shard: 3, Read: read, Token: token, Marks: step.marks, Rewind: step.rewind}
		s.must(c)
		if got := s.meta(3).Marks; !maps.Equal(got, step.want) {
			t.Errorf("%s: got marks %v, want %v", step.name, got, step.want)
		}
		read = token
	}

	// The answer of a commit was lost. A marker moves a mark before the client tries again.
	again := shard.Commit{Shard: 3, Read: read, Token: "rewound", Marks: shard.Marks{purchases: 1}, Rewind: true}
	s.must(again)
	s.mark(shard.Marker{Shard: 3, Acked: shard.Marks{purchases: 1}, Next: shard.Marks{purchases: 5}})
	s.must(again)
	if got := s.meta(3).Marks[purchases]; got != 5 {
		t.Errorf("a commit tried again after a marker: got mark %d, want 5, because the commit was done before", got)
	}

	// A shard that begins again has no marks.
	if err := s.Drop(t.Context(), []int{3}); err != nil {
		t.Fatalf("drop: got error %v, want none", err)
	}
	s.must(shard.Commit{Shard: 3, Token: "anew", Marks: shard.Marks{purchases: 2}})
	if got, want := s.meta(3).Marks, (shard.Marks{purchases: 2}); !maps.Equal(got, want) {
		t.Errorf("marks of a shard that begins again: got %v, want %v", got, want)
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
