package pipeline

import (
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestErasureAfterAnOutage: nobody reads while a customer of two ids is erased, and somebody else is merged into one of the ids later. The lanes
// read both when they are back. The other was not the customer at the instant of the erasure: it stays.
func TestErasureAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 2, 4)
		w.adjust = func(c *Config) { c.BatchEvents = 1 } // so that the tombstone is read from the store between two messages
		ann, bob, zoe := w.homed(0), w.homed(1), w.homed(1)
		for _, id := range []string{ann, bob, zoe} {
			w.buys(id, 3, 20_000)
		}
		lanes := w.startAll()
		w.merge("ann is bob", ann, bob)
		w.settle(lanes)
		pass(2 * time.Second)
		finish(t, lanes...)
		w.send(event.Interactions, message{ID: "forget", Customer: bob, Occurred: ago(0), Erase: true})
		pass(10 * time.Minute)
		w.merge("zoe is ann", zoe, ann)
		pass(time.Hour)
		lanes = w.startAll()
		w.settle(lanes)
		pass(10 * time.Second)
		finish(t, lanes...)
		if s := w.store.shards[w.layout.Of(zoe)]; s.profiles[zoe] == nil || s.erased[zoe] != 0 {
			t.Errorf("%s is erased at %s: want it left", zoe, s.erased[zoe])
		}
		if p := w.profile(ann); p.Away() || len(p.Origins()) != 1 {
			t.Errorf("%s reads %v, want %s", ann, p.Origins(), zoe)
		}
		w.checkErased(event.InstantOf(time.Now()))
		w.checkJoined(event.InstantOf(time.Now()), outcome)
	})
}
