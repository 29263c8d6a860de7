package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// move stops a shard in favour of an edition, as a rebuild does.
func (m *memory) move(n, edition int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shards[n].meta.Moved = edition
	m.shards[n].meta.Token += " stopped"
}

// TestMoved: a shard that a rebuild has stopped, own or foreign, ends its lane with the edition that follows: while the lane runs, busy or
// idle, and when it takes over. The lane commits nothing more. If the rebuild has been given up, the shard serves on.
func TestMoved(t *testing.T) {
	for _, row := range []struct {
		name          string
		number        int
		first         bool // before the lane starts
		busy          bool
		edition, gave int
		ends          bool
	}{
		{"own, while it runs", 0, false, false, 1, 0, true},
		{"own, while it is busy", 0, false, true, 1, 0, true},
		{"foreign, while it runs", 1, false, false, 1, 0, true},
		{"own, before it starts", 0, true, false, 1, 0, true},
		{"foreign, before it starts", 1, true, false, 1, 0, true},
		{"given up", 0, false, true, 1, 1, false},
		{"given up, before it starts", 0, true, false, 1, 2, false},
		{"the next one after one that was given up", 0, false, true, 2, 1, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 2, 4)
				w.adjust = func(c *Config) { c.GivenUp = row.gave }
				finish(t, w.start(0, nil), w.start(1, nil)) // so that all shards exist
				if row.first {
					w.store.move(row.number, row.edition)
				}
				lane := w.start(0, nil)
				if !row.first {
					lane.rest(t)
					w.store.move(row.number, row.edition)
				}
				before := w.store.states()
				for n := range 20 {
					if row.busy {
						w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: w.customerOf(0), Occurred: ago(0), Amount: 5})
					}
					pass(time.Second)
				}
				if !row.ends {
					finish(t, lane)
					return
				}
				if err := <-lane.done; !errors.Is(err, ErrMoved) {
					t.Errorf("the lane ended with %v, want %v", err, ErrMoved)
				}
				if n := w.store.states() - before; n > 4 {
					t.Errorf("commits after the stop: want at most those under way, got %d", n)
				}
			})
		})
	}
}

// customerOf returns a customer of a shard.
func (w *world) customerOf(n int) string {
	for i := 0; ; i++ {
		if customer := fmt.Sprint("x", i); w.layout.Of(customer) == n {
			return customer
		}
	}
}

// TestTold: a lane of a rebuild publishes only what the edition in force has not seen, and leaves the shards as that edition has them.
func TestTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(1)
		finish(t, w.start(0, nil))
		all, profiles := w.wire.ids(false), w.store.profiles()

		again := newWorld(t, toyScorer(), 1, 4)
		again.logs = w.logs
		untold := shard.Partition{Topic: event.Purchases, Index: 0}
		again.adjust = func(c *Config) {
			c.Told = func(_ string, p shard.Partition, offset int64) bool { return p != untold || offset < 10 }
		}
		finish(t, again.start(0, nil))
		said := again.wire.ids(false)
		if len(said) == 0 || len(said) >= len(all) {
			t.Errorf("%d of %d outputs are published, want some", len(said), len(all))
		}
		for _, id := range said {
			if !slices.Contains(all, id) {
				t.Errorf("output %s: the edition in force has none of this id", id)
			}
		}
		for customer, encoded := range again.store.profiles() {
			if encoded != profiles[customer] {
				t.Errorf("the profile of %s differs from that of the edition in force", customer)
			}
		}
		if len(profiles) == 0 || len(again.store.profiles()) != len(profiles) {
			t.Errorf("%d profiles, want the %d of the edition in force", len(again.store.profiles()), len(profiles))
		}
	})
}

// profiles returns all encoded profiles.
func (m *memory) profiles() map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string]string{}
	for _, s := range m.shards {
		for customer, encoded := range s.profiles {
			if customer != "" {
				all[customer] = string(encoded)
			}
		}
	}
	return all
}

// TestUnshown: after a rebuild the views of all customers are written as fast as the checkpoints allow. Then the usual cycle follows.
func TestUnshown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(1)
		finish(t, w.start(0, nil))
		w.store.mu.Lock()
		w.store.views, w.store.projected = map[string]shard.View{}, map[string]int{}
		w.store.mu.Unlock()
		w.adjust = func(c *Config) { c.RollingCycle, c.Unshown = time.Hour, true }
		lane := w.start(0, nil)
		pass(10 * time.Second)
		w.store.mu.Lock()
		shown := len(w.store.views)
		w.store.mu.Unlock()
		if want := len(w.store.profiles()); shown != want {
			t.Errorf("views after 10 s: want all %d, got %d", want, shown)
		}
		pass(time.Minute)
		finish(t, lane)
		for customer, n := range w.store.projected {
			if n > 3 {
				t.Errorf("projections of %s in a minute: want no more than the first cycle and the reviews need, got %d", customer, n)
			}
		}
	})
}
