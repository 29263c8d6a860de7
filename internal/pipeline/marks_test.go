package pipeline

import (
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// TestMarkersAreFew: a checkpoint moves the marks of own shards and of a few others, however many shards there are. All marks come to
// the end of the log all the same, by turns, and at once when the lane ends.
func TestMarkersAreFew(t *testing.T) {
	const partitions, shards = 20, 80
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), partitions, shards)
		lane := w.start(0, nil)
		lane.rest(t)
		p := shard.Partition{Topic: event.Purchases, Index: 0}
		behind := func() int {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			n := 0
			for _, s := range w.store.shards {
				if s.meta.Marks[p] < 1 {
					n++
				}
			}
			return n
		}
		customer := "c01"
		for n := 2; w.place(event.Purchases, customer) != p; n++ {
			customer = "c" + time.Duration(n).String()
		}
		w.send(event.Purchases, message{ID: "1", Customer: customer, Occurred: ago(0), Amount: 60})
		eventually(t, "the event is applied", func() bool { return lane.lane.Progress().Applied[p] == 1 })
		pass(2 * time.Second)
		own, after := shards/partitions, behind()
		if most := shards - own; after > most || after < most-3*foreignAtOnce {
			t.Errorf("shards whose marks are behind two checkpoints later: want %d to %d, got %d", most-3*foreignAtOnce, most, after)
		}
		pass(shards / foreignAtOnce * time.Second)
		if got := behind(); got != 0 {
			t.Errorf("shards whose marks are behind after a full turn: want none, got %d", got)
		}
		w.send(event.Purchases, message{ID: "2", Customer: customer, Occurred: ago(0), Amount: 60})
		finish(t, lane)
		for n, s := range w.store.shards {
			if got := s.meta.Marks[p]; got != 2 {
				t.Errorf("mark of shard %d when the lane has ended: want 2, got %d", n, got)
			}
		}
	})
}
