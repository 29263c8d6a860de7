package pipeline

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// slowSource is a source whose fetches of one topic hang while held is set.
type slowSource struct {
	Source
	topic event.Topic
	held  *atomic.Bool
}

func (s slowSource) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	for p.Topic == s.topic && s.held.Load() && ctx.Err() == nil {
		pass(10 * time.Millisecond)
	}
	return s.Source.Fetch(ctx, p, offset)
}

// TestSecondLaneReadsAhead runs two lanes of one partition index. Each of the lanes is ahead of the other in one topic.
//
//	             purchases      interactions
//	first lane   reads          hangs
//	second lane  hangs          reads, and marks the quiet shard
//
// Then the first lane commits a purchase to the quiet shard. If this commit wrote the older mark of interactions, the second lane would
// report writes that were never lost.
func TestSecondLaneReadsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		quiet := w.layout.Of("c01")
		busy := "c02"
		for n := 3; w.layout.Of(busy) == quiet; n++ {
			busy = fmt.Sprintf("c%02d", n)
		}
		interactions := w.place(event.Interactions, busy)
		marked := func() int64 { return w.mark(quiet, interactions) }
		metrics := NewMetrics()

		var firstHangs, secondHangs atomic.Bool
		w.adjust = func(c *Config) {
			c.Metrics, c.Source = metrics, slowSource{c.Source, event.Purchases, &secondHangs}
		}
		second := w.start(0, nil)
		second.rest(t)
		w.adjust = func(c *Config) {
			// The first lane looks at no head: it learns nothing of the marks that the second lane moves.
			c.Checkpoint = time.Hour
			c.Metrics, c.Source = metrics, slowSource{c.Source, event.Interactions, &firstHangs}
		}
		first := w.start(0, nil)
		first.rest(t)
		firstHangs.Store(true)
		secondHangs.Store(true)
		pass(2 * w.logs.wait) // the fetches that were under way have been answered

		buy := func(id string) {
			w.send(event.Purchases, message{ID: id, Customer: "c01", Occurred: ago(0), Amount: 5})
			p := w.place(event.Purchases, "c01")
			want := w.logs.end(p)
			eventually(t, "the purchase "+id+" is committed", func() bool { return w.mark(quiet, p) == want })
		}
		buy("1") // from now on, the first lane has the profile and the newest token of the quiet shard
		for n := range int64(4) {
			w.send(event.Interactions, message{ID: fmt.Sprint("i", n), Customer: busy, Occurred: ago(0)})
		}
		eventually(t, "the second lane marks the quiet shard", func() bool { return marked() == 4 })
		buy("2")
		if got := marked(); got != 4 {
			t.Errorf("mark of interactions after the commit of a lane that has read none: want 4 as before, got %d", got)
		}
		pass(3 * time.Second) // the second lane looks at the heads each second

		firstHangs.Store(false)
		secondHangs.Store(false)
		first.lane.Drain()
		if err := <-first.done; err != nil {
			t.Fatalf("a drained lane: want no error, got %v", err)
		}
		finish(t, second)
		if got := w.noticed(LostWrites); got != 0 {
			t.Errorf("notices of lost writes, while nothing is lost: want none, got %d", got)
		}
		w.check(event.InstantOf(time.Now()))
	})
}

// mark returns the mark of a partition in a shard.
func (w *world) mark(n int, p shard.Partition) int64 {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	return w.store.shards[n].meta.Marks[p]
}
