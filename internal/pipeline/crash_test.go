package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// lives fills the logs with the events of a few customers, and with some bad records. The events are so old that all reviews in silence
// are over.
func (w *world) lives(seed uint64) {
	w.live(rand.New(rand.NewPCG(seed, 0)), 5, 40, ago(120*day))
	for i, m := range []message{{Bad: "no good"}, {Bad: "panic"}, {Bad: "marker"}, {Amount: sealed}, {Currency: "XXX"}} {
		m.ID, m.Customer, m.Occurred = fmt.Sprintf("bad%d", i), "c00", ago(90*day)+event.Instant(i)
		w.send(event.Purchases, m)
	}
}

// TestCrashAnywhere kills a lane at every call of the store, the publisher and the offset commits, before and after the effect of the
// call. The successor does what is left to do, and nothing twice.
func TestCrashAnywhere(t *testing.T) {
	for _, s := range scorers(t) {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after=%t", s.name, after), func(t *testing.T) {
				t.Parallel()
				where := map[string]int{}
				for at := 1; crashAt(t, s, at, after, where); at++ {
					if at > 2000 {
						t.Fatal("the lane makes more calls than a test can crash at: want at most 2000")
					}
				}
				for _, call := range []string{"audit", "load", "commit", "mark", "due", "project", "publish", "scan", "offsets", "origins", "remember"} {
					if where[call] == 0 {
						t.Errorf("crashes at a call of %s: want some, got none of %v", call, where)
					}
				}
			})
		}
	}
}

// crashAt kills a lane at the call with number at while events arrive, and starts another lane. It reports whether the lane made so many
// calls.
func crashAt(t *testing.T, s scorer, at int, after bool, where map[string]int) (crashed bool) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, s, 1, 4)
		w.adjust = func(c *Config) { c.RollingCycle = time.Second } // so that there are scans to crash at
		w.lives(7)
		f := &fuse{at: at, after: after}
		first := w.start(0, f)
		first.rest(t)
		for n := range 3 {
			w.send(event.Purchases, message{ID: fmt.Sprintf("late%d", n), Customer: fmt.Sprintf("c%02d", n%2), Occurred: ago(0), Amount: 400})
			pass(700 * time.Millisecond)
		}
		first.rest(t)
		first.lane.Drain()
		err := <-first.done
		if crashed = f.blown(); crashed {
			where[f.where]++
			finish(t, w.start(0, nil))
		} else if err != nil {
			t.Errorf("a drained lane: want no error, got %v", err)
		}
		w.check(event.InstantOf(time.Now()))
	})
	if t.Failed() {
		t.Fatalf("crash at call %d, after its effect: %t", at, after)
	}
	return crashed
}

// crashEverywhere kills a lane at every call, before and after the effect of the call. live makes a world and returns the lane, whose calls
// go through the fuse, at rest. A successor does what is left to do; then check holds the world to what it must be.
func crashEverywhere(t *testing.T, check func(*world, event.Instant), live func(t *testing.T, f *fuse) (*world, *running)) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after=%t", after), func(t *testing.T) {
			t.Parallel()
			crashed := true
			at := 1
			for ; crashed && at < 500; at += stride {
				synctest.Test(t, func(t *testing.T) {
					f := &fuse{at: at, after: after}
					w, lane := live(t, f)
					lane.lane.Drain()
					lane.wait()
					if crashed = f.blown(); crashed {
						last := w.start(0, nil)
						pass(10 * time.Second)
						finish(t, last)
					}
					check(w, event.InstantOf(time.Now()))
				})
				if t.Failed() {
					t.Fatalf("crash at call %d", at)
				}
			}
			if at < 10 {
				t.Errorf("crashes: want some, got %d", at-2)
			}
		})
	}
}
