package storetest

import (
	"reflect"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func testLanes(t *testing.T, s harness) {
	one := shard.Reading{At: 1, Partitions: 4, Fed: shard.Set{}.Add(6)}
	two := shard.Reading{At: 2, Partitions: 4, Until: 1_767_225_600_123, Whole: true, Heard: map[event.Topic]shard.Heard{event.Purchases: {At: 3, End: 1<<53 + 1}}}
	type readings = map[int]shard.Reading
	var before event.Instant
	for _, step := range []struct {
		name  string
		index int
		tell  *shard.Reading
		want  readings
	}{
		{"nothing yet, only asked", 0, nil, readings{}},
		{"the first", 0, &one, readings{0: one}},
		{"another beside it", 3, &one, readings{0: one, 3: one}},
		{"in place of the first", 0, &two, readings{0: two, 3: one}},
		{"only asked", 3, nil, readings{0: two, 3: one}},
	} {
		got, now, err := s.Tell(t.Context(), step.index, step.tell)
		if err != nil || !reflect.DeepEqual(got, step.want) {
			t.Errorf("%s: got %v and error %v, want %v", step.name, got, err, step.want)
		}
		if off := event.InstantOf(time.Now()).Sub(now).Abs(); now < before || off > time.Minute {
			t.Errorf("%s: the store's clock: got %s after %s, want it to go on, within a minute of ours", step.name, now, before)
		}
		before = now
	}
}
