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
	"tidemark/schemas"
)

// longMerged writes the log of a customer whose ids have been merged for long, in a chain of so many links over the lanes in turn. The survivor
// alone has been silent for half a year. The id at the other end of the chain, which is returned too, buys each week.
func (w *world) longMerged(hops int) (survivor, buyer string) {
	chain := []string{w.homed(0)}
	for n := range hops {
		chain = append(chain, w.homed((n+1)%w.partitions))
	}
	survivor, buyer = chain[0], chain[hops]
	for n := range 52 {
		customer := survivor
		if n >= 26 {
			customer = buyer
		}
		w.send(event.Purchases, message{ID: fmt.Sprint("order ", n), Customer: customer, Occurred: ago(time.Duration(52-n) * 7 * day), Amount: 9000})
	}
	for n, id := range chain[1:] {
		w.send(event.Interactions, message{ID: "word of " + id, Customer: id, Occurred: ago(26 * 7 * day), Into: chain[n]})
	}
	return survivor, buyer
}

// checkLongMerged holds the survivor to a customer who buys each week.
func (w *world) checkLongMerged(survivor string, hops int) {
	w.t.Helper()
	if p := w.profile(survivor); len(p.Origins()) != hops {
		w.t.Errorf("%s reads %v, want %d others", survivor, p.Origins(), hops)
	}
	for _, o := range w.wire.of(schemas.ChurnAlerts) {
		if string(o.Key) == survivor {
			w.t.Errorf("an alert: %.200s", o.Value)
		}
	}
}

// slowEnd is a source that hangs at an offset of one partition while held is set.
type slowEnd struct {
	Source
	partition shard.Partition
	from      int64
	held      *atomic.Bool
}

func (s slowEnd) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	for p == s.partition && offset >= s.from && s.held.Load() && ctx.Err() == nil {
		pass(10 * time.Millisecond)
	}
	return s.Source.Fetch(ctx, p, offset)
}

// TestFirstLoadWaitsForHistories: new lanes read a log in which ids have been merged for long. No lane takes the silence of the survivor's own id
// for a silence, however late the lane of the merged id comes to the end of its log.
func TestFirstLoadWaitsForHistories(t *testing.T) {
	for _, partitions := range []int{1, 2} {
		for _, hops := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("%d lanes, %d hops", partitions, hops), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, scorers(t)[1], partitions, 4)
					survivor, buyer := w.longMerged(hops)
					late := w.place(event.Purchases, buyer)
					var held atomic.Bool
					held.Store(partitions > 1)
					w.adjust = func(c *Config) { c.Source = slowEnd{c.Source, late, w.logs.end(late) - 20, &held} }
					lanes := make([]*running, partitions)
					for index := range lanes {
						lanes[len(lanes)-1-index] = w.start(len(lanes)-1-index, nil)
						pass(time.Duration(partitions-1) * 2 * time.Second) // the lane of the merged id is at work before the survivor's begins
					}
					pass(30 * time.Second)
					held.Store(false)
					pass(30 * time.Second)
					w.settle(lanes)
					finish(t, lanes...)
					w.checkLongMerged(survivor, hops)
				})
			})
		}
	}
}

// TestEventClockWaitsForHistories: a lane that loads a history runs the last reviews once the histories that it has sent itself have come back.
func TestEventClockWaitsForHistories(t *testing.T) {
	for _, hops := range []int{1, 2, 3} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, scorers(t)[1], 1, 4)
			w.adjust = func(c *Config) { c.Clock, c.AsOf = EventClock, ago(0) }
			survivor, _ := w.longMerged(hops)
			lane := w.start(0, nil)
			eventually(t, "the history is loaded", func() bool { return lane.lane.Progress().CaughtUp })
			pass(5 * time.Second)
			lane.lane.Drain()
			if err := <-lane.done; err != nil {
				t.Errorf("%d hops: the lane ended with %v", hops, err)
			}
			w.checkLongMerged(survivor, hops)
		})
	}
}
