package pipeline

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/storetest"
	"tidemark/schemas"
)

// The suite looks at whatever else a store can show.
var (
	_ storetest.Breakable = (*memory)(nil)
	_ storetest.Viewer    = (*memory)(nil)
	_ storetest.Counter   = (*memory)(nil)
)

func TestMemoryKeepsTheStoresPromises(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, layout shard.Layout) storetest.Store { return newMemory(layout.Shards) })
}

// TestAnswersLost: each call fails a few times, before or after its effect. The lane retries it, skips nothing, and does nothing twice.
func TestAnswersLost(t *testing.T) {
	for _, s := range scorers(t) {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/late=%t", s.name, late), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, s, 1, 4)
					w.lives(6)
					fails := map[string]int{}
					for _, call := range []string{"audit", "load", "commit", "mark", "due", "outbox", "project", "publish", "scan", "offsets"} {
						fails[call] = 5
					}
					finish(t, w.start(0, &fuse{at: -1, fails: fails, late: late}))
					w.check(event.InstantOf(time.Now()))
					if w.noticed(Trouble) == 0 {
						t.Error("notices of trouble: want some, got none")
					}
				})
			})
		}
	}
}

// TestStalled: if a log returns no records although it holds more, the lane ends, so that its owner joins the group again.
func TestStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.send(event.Purchases, message{ID: "1", Customer: "c01", Occurred: ago(0)})
		p := w.place(event.Purchases, "c01")
		w.logs.set(w.logs.mute, p, true)
		began := time.Now()
		if err := <-w.start(0, nil).done; !errors.Is(err, ErrStalled) {
			t.Errorf("want %v, got %v", ErrStalled, err)
		}
		if took := time.Since(began); took < 2*time.Minute || took > 3*time.Minute {
			t.Errorf("stalled: want it noticed after 2 to 3 min, got %s", took)
		}
		w.logs.set(w.logs.mute, p, false)
		idle := w.start(0, nil)
		pass(10 * time.Minute) // a log without new records is no stall
		finish(t, idle)
		w.check(event.InstantOf(time.Now()))
	})
}

// hanging is a store whose commits hang until their context ends.
type hanging struct{ fusedStore }

func (hanging) Commit(ctx context.Context, commits []shard.Commit) []error {
	<-ctx.Done()
	errs := make([]error, len(commits))
	for i := range errs {
		errs[i] = ctx.Err()
	}
	return errs
}

func TestHangingCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.Store = hanging{c.Store.(fusedStore)} }
		if err := <-w.start(0, nil).done; !errors.Is(err, ErrStalled) {
			t.Errorf("a commit that hangs: want %v, got %v", ErrStalled, err)
		}
	})
}

// TestDrainDeadline: a lane that cannot finish its batch ends at the deadline, and its successor applies the batch.
func TestDrainDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(1)
		w.wire.set(schemas.TierChanges, true)
		lane := w.start(0, nil)
		pass(time.Minute)
		lane.lane.Drain()
		began := time.Now()
		if err := <-lane.done; !errors.Is(err, ErrDrainDeadline) {
			t.Errorf("want %v, got %v", ErrDrainDeadline, err)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("cut off: want it after 10 s, got %s", took)
		}
		w.wire.set(schemas.TierChanges, false)
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
	})
}

// TestRollingPass: the rolling pass restores a lost or damaged view within a cycle.
func TestRollingPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(1)
		w.adjust = func(c *Config) { c.RollingCycle = time.Minute }
		lane := w.start(0, nil)
		lane.rest(t)
		pass(10 * time.Second)
		w.store.mu.Lock()
		w.store.views = map[string]shard.View{}
		w.store.mu.Unlock()
		states := w.store.states()
		pass(2 * time.Minute)
		if got := w.store.states(); got != states {
			t.Errorf("commits of a pass: want none, got %d", got-states)
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
		for customer, n := range w.store.projected {
			if n > 10 {
				t.Errorf("projections of %s in two cycles and a bit: want at most 10, got %d", customer, n)
			}
		}
	})
}

// TestProjectionIsCoalesced: a busy customer's view is rewritten once a second.
func TestProjectionIsCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.RollingCycle = -1 }
		lane := w.start(0, nil)
		for n := range 100 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: "c01", Occurred: ago(0), Amount: 1})
			pass(50 * time.Millisecond)
		}
		finish(t, lane)
		if got := w.store.projected["c01"]; got < 4 || got > 8 {
			t.Errorf("projections in five seconds: want 4 to 8, got %d", got)
		}
	})
}

// TestIdleShardTrims: published outputs leave the outbox of a shard even if the shard has no more commits.
func TestIdleShardTrims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.send(event.Purchases, message{ID: "1", Customer: "c01", Occurred: ago(0), Amount: 500})
		lane := w.start(0, nil)
		pass(5 * time.Second)
		outbox, err := w.store.Outbox(t.Context(), w.layout.Of("c01"))
		if err != nil || len(outbox.Outputs) != 0 || len(w.wire.ids(false)) != 1 {
			t.Errorf("outbox after five seconds: want it empty and 1 output, got %d and %d, error %v", len(outbox.Outputs), len(w.wire.ids(false)), err)
		}
		finish(t, lane)
	})
}

// TestNoModel: an instance that cannot read the model in force does not score.
func TestNoModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		none := errors.New("no model")
		w.adjust = func(c *Config) { c.Engine = func() (Engine, error) { return nil, none } }
		if err := <-w.start(0, nil).done; !errors.Is(err, none) {
			t.Errorf("want %v, got %v", none, err)
		}
	})
}
