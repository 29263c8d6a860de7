package pipeline

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// TestDamageHeals: whatever goes missing or bad in a shard while its lane runs, the lane finds it by itself, rebuilds the shard from
// the log, and ends up where it would have been.
func TestDamageHeals(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(w *world, n int, customer string)
		// noticed by the next checkpoint, without an event of the shard
		quiet bool
	}{
		{"a profile is deleted", func(w *world, n int, customer string) { w.store.LoseProfile(w.t, n, customer) }, true},
		{"a due time is deleted", func(w *world, n int, customer string) { w.store.LoseDue(w.t, n, customer) }, true},
		{"all profiles are deleted", func(w *world, n int, _ string) {
			w.store.damage(n, func(s *memoryShard) { clear(s.profiles) })
		}, true},
		{"a key has another type", func(w *world, n int, _ string) { w.store.Spoil(w.t, n, "profiles") }, false},
		{"a byte of a profile has changed", func(w *world, n int, customer string) {
			w.store.damage(n, func(s *memoryShard) { s.profiles[customer] = append([]byte("x"), s.profiles[customer]...) })
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, scorers(t)[1], 1, 1)
				w.adjust = func(cfg *Config) { cfg.Cache = NewCache(1) } // what another customer's commit pushes out is read again
				w.lives(3)
				w.send(event.Purchases, message{ID: "before", Customer: "c01", Occurred: ago(2 * time.Minute), Amount: 60})
				lane := w.start(0, nil)
				lane.rest(t)
				w.send(event.Purchases, message{ID: "other", Customer: "c02", Occurred: ago(2 * time.Minute), Amount: 60})
				lane.rest(t)
				c.damage(w, w.layout.Of("c01"), "c01")
				if c.quiet {
					eventually(t, "the damage is found", func() bool { return w.noticed(Damaged) == 1 })
				}
				w.send(event.Purchases, message{ID: "again", Customer: "c01", Occurred: ago(time.Minute), Amount: 60})
				eventually(t, "the shard is rebuilt", func() bool { return w.noticed(Rebuild) == 1 })
				finish(t, lane)
				w.check(event.InstantOf(time.Now()))
				if got := w.noticed(Damaged); got != 1 {
					t.Errorf("damage noticed: want once, got %d times", got)
				}
			})
		})
	}
}

// TestTombstonesLost: a shard that has lost tombstones is rebuilt, and a notice says so. A shard that has lost anything else keeps its
// tombstones, and no such notice is given.
func TestTombstonesLost(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(w *world, n int)
		lost   int
		left   event.Instant
	}{
		{"the tombstones are deleted", func(w *world, n int) { w.store.LoseTombstones(w.t, n) }, 1, 0},
		{"a profile is deleted", func(w *world, n int) { w.store.LoseProfile(w.t, n, "c01") }, 0, 77},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, scorers(t)[1], 1, 1)
				n := w.layout.Of("c01")
				w.lives(3)
				w.store.damage(n, func(s *memoryShard) { s.erased = map[string]event.Instant{"gone": 77} }) // before the shard begins
				w.send(event.Purchases, message{ID: "before", Customer: "c01", Occurred: ago(2 * time.Minute), Amount: 60})
				lane := w.start(0, nil)
				lane.rest(t)
				if got := w.noticed(Damaged) + w.noticed(TombstonesLost); got != 0 {
					t.Errorf("a shard that begins with tombstones: want no notice, got %d", got)
				}
				c.damage(w, n)
				eventually(t, "the shard is rebuilt", func() bool { return w.noticed(Rebuild) == 1 })
				finish(t, lane)
				w.check(event.InstantOf(time.Now()))
				if got := w.noticed(TombstonesLost); got != c.lost {
					t.Errorf("notices of lost tombstones: want %d, got %d", c.lost, got)
				}
				loaded, err := w.store.Load(t.Context(), []shard.Query{{Shard: n, Customers: []string{"gone"}}})
				if err != nil {
					t.Fatal(err)
				}
				if got := append(loaded[0].Erased, 0)[0]; got != c.left {
					t.Errorf("the tombstone after the rebuild: want %d, got %d", c.left, got)
				}
			})
		})
	}
}

// TestDamageWithoutEnd: a shard that is damaged again after every rebuild ends the lane, with the reason. It is not rebuilt for ever.
func TestDamageWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 1)
		w.adjust = func(c *Config) {
			c.Cache = NewCache(1)
			c.decode = func([]byte) (score.Profile, error) { return score.Profile{}, score.ErrChecksum }
		}
		lane := w.start(0, nil)
		for n := 0; len(lane.done) == 0 && n < 600; n++ { // by turns, so that each is read again
			w.send(event.Purchases, message{ID: strconv.Itoa(n), Customer: fmt.Sprint("c", n%2), Occurred: ago(0), Amount: 60})
			pass(time.Second)
		}
		if len(lane.done) == 0 {
			t.Fatal("want the lane ended, got that it runs")
		}
		if lane.wait(); !errors.Is(lane.err, ErrDamagedAgain) || !errors.Is(lane.err, score.ErrChecksum) {
			t.Errorf("want %v and why, got %v", ErrDamagedAgain, lane.err)
		}
		if got := w.noticed(Rebuild); got != rebuildsAtMost {
			t.Errorf("rebuilds: want %d, got %d", rebuildsAtMost, got)
		}
	})
}

// TestAnotherVersionIsNoDamage: a profile whose checksum is right, but which this program cannot read, comes from another version. The
// lane ends, and deletes nothing.
func TestAnotherVersionIsNoDamage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.send(event.Purchases, message{ID: "a", Customer: "c01", Occurred: ago(time.Minute), Amount: 60})
		finish(t, w.start(0, nil))
		w.adjust = func(c *Config) {
			c.decode = func([]byte) (score.Profile, error) { return score.Profile{}, score.ErrCorrupt }
		}
		w.send(event.Purchases, message{ID: "b", Customer: "c01", Occurred: ago(0), Amount: 60})
		lane := w.start(0, nil)
		if lane.wait(); !errors.Is(lane.err, score.ErrCorrupt) || !errors.Is(lane.err, shard.ErrNewer) || w.noticed(Rebuild) != 0 {
			t.Errorf("want %v, what to do, and nothing rebuilt, got %v and %d rebuilds", score.ErrCorrupt, lane.err, w.noticed(Rebuild))
		}
	})
}
