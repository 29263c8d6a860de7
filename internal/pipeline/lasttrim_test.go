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
)

// forestalled is a store in which another lane commits to a shard just before calls of the lane under test. The other lane does not own
// the shard: it has applied an event that came to the wrong partition, and leaves its output to the owner.
type forestalled struct {
	Store
	memory *memory
	// shard is the number of the shard, customer a customer in it.
	shard    int
	customer string
	// before is the call that the other lane forestalls: "trim" is a commit that only removes entries, "mark" moves marks.
	before string
	// left is how many more calls the other lane forestalls, forestalls how many it has.
	left, forestalls *atomic.Int64
}

// strike commits as the other lane.
func (s forestalled) strike() {
	if s.left.Add(-1) < 0 {
		return
	}
	n := s.forestalls.Add(1)
	metas, err := s.memory.Metas(context.Background(), []int{s.shard})
	if err != nil {
		panic(err)
	}
	o, err := plain{}.EncodeErasure(s.customer, event.Instant(n))
	if err != nil {
		panic(err)
	}
	c := shard.Commit{Shard: s.shard, Read: metas[0].Token, Token: shard.Token(fmt.Sprint("of another lane ", n)), Outbox: []shard.Output{o}}
	if err := s.memory.Commit(context.Background(), []shard.Commit{c})[0]; err != nil {
		panic(err)
	}
}

func (s forestalled) Commit(ctx context.Context, commits []shard.Commit) []error {
	for _, c := range commits {
		if s.before == "trim" && c.Shard == s.shard && c.Confirmed > 0 && len(c.Outbox)+len(c.Updates)+len(c.Marks) == 0 {
			s.strike()
		}
	}
	return s.Store.Commit(ctx, commits)
}

func (s forestalled) Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error) {
	if s.before == "mark" {
		s.strike()
	}
	return s.Store.Mark(ctx, markers)
}

// TestLastTrim: another lane, which does not own the shard, commits to it while the owner does its last checkpoint. The owner publishes the
// other lane's output, and leaves an empty outbox: the group has no other member that would empty it.
func TestLastTrim(t *testing.T) {
	for _, c := range []struct {
		name, before string
		forestalls   int64
		// waits is the number of entries that may be left.
		waits int
	}{
		{"once before the outbox is trimmed", "trim", 1, 0},
		{"again before the second try", "trim", 2, 0},
		{"after the outbox was trimmed", "mark", 1, 0},
		{"without end: the lane ends all the same, and leaves the rest to the next owner", "trim", 1000, 1 + clearingsAtMost + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 2)
				const customer = "c01"
				var left, forestalls atomic.Int64
				w.adjust = func(cfg *Config) {
					cfg.Store = forestalled{cfg.Store, w.store, w.layout.Of(customer), customer, c.before, &left, &forestalls}
				}
				lane := w.start(0, nil)
				lane.rest(t)
				w.send(event.Purchases, message{ID: "1", Customer: customer, Occurred: ago(0), Amount: 20_000})
				p := w.place(event.Purchases, customer)
				eventually(t, "the purchase is applied, and its output waits for a trim", func() bool {
					synctest.Wait()
					return w.mark(w.layout.Of(customer), p) == w.logs.end(p) && w.store.waiting() > 0
				})
				left.Store(c.forestalls)
				asked := time.Now()
				lane.lane.Drain()
				if err := <-lane.done; err != nil {
					t.Fatalf("a drained lane: want no error, got %v", err)
				}
				if forestalls.Load() == 0 {
					t.Fatal("the other lane has forestalled no call: the test shows nothing")
				}
				if took := time.Since(asked); took > time.Minute {
					t.Errorf("time to drain: want a minute at most, got %s", took)
				}
				if got := w.store.waiting(); got > c.waits {
					t.Errorf("entries in the outboxes: want %d at most, got %d", c.waits, got)
				}
				if c.waits == 0 {
					for n := range forestalls.Load() {
						o, err := plain{}.EncodeErasure(customer, event.Instant(n+1))
						if err != nil {
							t.Fatal(err)
						}
						if _, ok := w.wire.sent[o.Topic+" "+o.ID]; !ok {
							t.Errorf("output %s of the other lane: want it published, got nothing", o.ID)
						}
					}
				}
			})
		})
	}
}
