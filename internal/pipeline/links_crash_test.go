package pipeline

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestCrashBetweenLanes kills one of two lanes at every call, while ids with homes on both are merged, used and erased. Whichever lane dies,
// the successor comes to the same state.
func TestCrashBetweenLanes(t *testing.T) { crashAtEveryCall(t, 40, mergeTwoLanesAndCrash) }

// crashAtEveryCall runs a story of two lanes again and again: one lane is killed at its first call, at its second, and so on until the story has
// no more calls. least is the number of calls that either lane makes at least. run reports whether the lane made so many.
func crashAtEveryCall(t *testing.T, least int, run func(t *testing.T, index int, f *fuse) (crashed bool)) {
	for index := range 2 {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("lane %d, after=%t", index, after), func(t *testing.T) {
				t.Parallel()
				crashed := true
				at := 1
				for ; crashed && at < 500; at += stride {
					synctest.Test(t, func(t *testing.T) { crashed = run(t, index, &fuse{at: at, after: after}) })
					if t.Failed() {
						t.Fatalf("crash at call %d", at)
					}
				}
				if at < least {
					t.Errorf("crashes: want some, got %d", at-2)
				}
			})
		}
	}
}

// mergeTwoLanesAndCrash merges and erases ids of two lanes while one of the lanes is killed. It reports whether this lane made so many calls.
func mergeTwoLanesAndCrash(t *testing.T, index int, f *fuse) (crashed bool) {
	w := newWorld(t, scorers(t)[1], 2, 4)
	w.adjust = func(c *Config) { c.RollingCycle, c.PublishScores = -1, true }
	ann, bob := w.homed(0), w.homed(1) // each is merged into one of the other lane
	cid, dan := w.homed(1), w.homed(0)
	for _, id := range []string{ann, bob, cid, dan} {
		w.buys(id, 2, 20_000)
	}
	lanes := []*running{nil, nil}
	lanes[index], lanes[1-index] = w.start(index, f), w.start(1-index, nil)
	pass(1500 * time.Millisecond)
	w.merge("ann is bob", ann, bob)
	w.merge("cid is dan", cid, dan)
	pass(700 * time.Millisecond)
	w.send(event.Purchases, message{ID: "more", Customer: ann, Occurred: ago(0), Amount: 5000})
	w.erase("forget", dan)
	pass(1500 * time.Millisecond)
	if !f.blown() {
		lanes[index].rest(t)
	}
	lanes[index].lane.Drain()
	lanes[index].wait()
	crashed = f.blown()
	lanes[index] = w.start(index, nil) // reviews on the other lane wait for this one
	pass(3 * time.Second)
	w.settle(lanes)
	pass(7 * time.Second)
	finish(t, lanes...)
	w.checkErased(event.InstantOf(time.Now()))
	from, into := w.profile(ann), w.profile(bob)
	if parts := into.Links().Parts(); len(parts) != 1 || !bytes.Equal(parts[0].Content, from.History.Append(nil)) || !from.Away() {
		t.Errorf("%s holds %d parts, want the history of %s as it is; %s is away: %t", bob, len(parts), ann, ann, from.Away())
	}
	for _, id := range []string{cid, dan} {
		if s := w.store.shards[w.layout.Of(id)]; s.profiles[id] != nil || s.erased[id] == 0 {
			t.Errorf("%s: want a tombstone and no profile, got tombstone %s and %d bytes", id, s.erased[id], len(s.profiles[id]))
		}
	}
	return crashed
}

// homed returns a new id whose home is on the lane of an index.
func (w *world) homed(index int) string {
	for {
		w.shopped++
		id := fmt.Sprint("id", w.shopped)
		if w.place(event.Purchases, id).Index == index {
			return id
		}
	}
}
