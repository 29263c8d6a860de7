package storetest

import (
	"maps"
	"testing"

	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

func testOrigins(t *testing.T, s harness) {
	all := []shard.Partition{purchases, interactions, feedbacks, others}
	one := shard.OriginOf(stream.Record{Offset: 0, Time: -1, Key: []byte("a"), Value: []byte{0, 0xff}})
	two := shard.OriginOf(stream.Record{Offset: 1<<53 + 1, Time: 1_767_225_600_123})
	type origins = map[shard.Partition]shard.Origin
	for _, step := range []struct {
		name        string
		write, want origins
	}{
		{"nothing yet", nil, origins{}},
		{"two partitions", origins{purchases: one, others: two}, origins{purchases: one, others: two}},
		{"another in place of the first, the rest stays", origins{purchases: two}, origins{purchases: two, others: two}},
		{"one forgotten, one new", origins{others: {}, feedbacks: one}, origins{purchases: two, feedbacks: one}},
		{"forgotten again", origins{others: {}}, origins{purchases: two, feedbacks: one}},
	} {
		if err := s.Remember(t.Context(), step.write); err != nil {
			t.Fatalf("%s: got error %v, want none", step.name, err)
		}
		if got, err := s.Origins(t.Context(), all); err != nil || !maps.Equal(got, step.want) {
			t.Errorf("%s: got %v and error %v, want %v", step.name, got, err, step.want)
		}
	}
	if got, err := s.Origins(t.Context(), all[:1]); err != nil || !maps.Equal(got, origins{purchases: two}) {
		t.Errorf("one partition asked for: got %v and error %v, want %v alone", got, err, two)
	}
	if got, err := s.Origins(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("no partition asked for: got %v and error %v, want nothing", got, err)
	}
}
