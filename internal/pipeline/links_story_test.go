package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestChainAndBack: a chain of three ids over two lanes, which is cut, closed to a cycle, and taken apart. At each step who survives reads
// what a replay reads.
func TestChainAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 2, 8)
		ids := []string{"ann", "bob", "cid"}
		for _, id := range ids {
			w.buys(id, 3, 15_000)
		}
		lanes := w.startAll()
		alone := map[string]string{}
		for _, id := range ids {
			p := w.profile(id)
			alone[id] = string(p.History.Append(nil))
		}
		for n, step := range []struct{ from, into, reads string }{
			{"ann", "bob", "bob:[ann]"},
			{"bob", "cid", "cid:[ann bob]"},
			{"ann", "ann", "cid:[bob]"},
			{"ann", "cid", "cid:[ann bob]"},
			{"cid", "ann", "ann:[bob cid]"},
			{"cid", "cid", "cid:[ann bob]"},
			{"ann", "ann", "cid:[bob]"},
			{"bob", "bob", "cid:[]"},
		} {
			w.merge(fmt.Sprint("step ", n), step.from, step.into)
			w.settle(lanes)
			survivor := step.reads[:3]
			p := w.profile(survivor)
			if got := fmt.Sprintf("%s:%v", survivor, p.Origins()); got != step.reads || p.Away() {
				t.Errorf("step %d, %s into %s: want %s, got %s, away %t", n, step.from, step.into, step.reads, got, p.Away())
			}
		}
		for _, id := range ids {
			p := w.profile(id)
			if got := string(p.Whole().Append(nil)); got != alone[id] || p.Away() {
				t.Errorf("%s, after all is taken back: want the history of before, read alone; away: %t", id, p.Away())
			}
		}
		pass(10 * time.Second)
		finish(t, lanes...)
		w.checkMerged(event.InstantOf(time.Now()))
	})
}

// TestMergesEqualReplay: words, orders and erasures of six ids in any order, over two lanes that come and go.
func TestMergesEqualReplay(t *testing.T) {
	merged, runs := 0, seeds(12)
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, scorers(t)[1], 2, 4)
			r := rand.New(rand.NewPCG(seed, 12))
			id := func() string { return fmt.Sprintf("c%02d", r.IntN(6)) }
			w.live(r, 6, 30, ago(60*day))
			w.comeAndGo(r, 2, 8, func(_ []*running, n, k int) {
				switch r.IntN(5) {
				case 0, 1, 2:
					w.merge(fmt.Sprint("word", n, k), id(), id())
				default:
					w.send(event.Purchases, message{ID: fmt.Sprint("new", n, k), Customer: id(), Occurred: ago(0), Amount: 9000})
				}
			})
			w.checkMerged(event.InstantOf(time.Now()))
			merged += len(w.logs.linksSent())
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if merged < 50*int(runs)/12 {
		t.Errorf("messages of links in all: want many, got %d", merged)
	}
}

// TestEraseEitherSide: an erasure of either id of a merged customer leaves nothing of both.
func TestEraseEitherSide(t *testing.T) {
	for _, erased := range []string{"ann", "bob", "cid"} {
		t.Run(erased, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, scorers(t)[1], 2, 8)
				for _, id := range []string{"ann", "bob", "cid", "dan"} {
					w.buys(id, 3, 20_000)
				}
				lanes := w.startAll()
				w.chain(lanes)
				w.erase("forget", erased)
				w.settle(lanes)
				w.sendTo(w.place(event.Purchases, "ann"), ago(0), message{ID: "late", Customer: "ann", Occurred: ago(day), Amount: 20_000})
				w.settle(lanes)
				pass(10 * time.Second)
				if got := w.store.shown(); fmt.Sprint(got) != "[dan]" {
					t.Errorf("views: want that of dan, got %v", got)
				}
				finish(t, lanes...)
				w.checkErased(event.InstantOf(time.Now()))
				for _, id := range []string{"ann", "bob", "cid"} {
					s := w.store.shards[w.layout.Of(id)]
					if s.profiles[id] != nil || s.erased[id] == 0 {
						t.Errorf("%s: want a tombstone and no profile, got tombstone %s and %d bytes", id, s.erased[id], len(s.profiles[id]))
					}
				}
			})
		})
	}
}

// TestCrashWhileMerging kills the lane at every call while ids are merged, used and taken apart. The successor comes to the same state.
func TestCrashWhileMerging(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after=%t", after), func(t *testing.T) {
			t.Parallel()
			crashed := true
			at := 1
			for ; crashed && at < 500; at += stride {
				synctest.Test(t, func(t *testing.T) { crashed = mergeAndCrash(t, at, after) })
				if t.Failed() {
					t.Fatalf("crash at call %d", at)
				}
			}
			if at < 40 {
				t.Errorf("crashes: want some, got %d", at-2)
			}
		})
	}
}

// mergeAndCrash merges three ids while a lane is killed at a call. It reports whether the lane made so many calls.
func mergeAndCrash(t *testing.T, at int, after bool) bool {
	w := newWorld(t, scorers(t)[1], 1, 4)
	w.adjust = func(c *Config) { c.RollingCycle, c.PublishScores = -1, true }
	for _, id := range []string{"ann", "bob", "cid"} {
		w.buys(id, 2, 20_000)
	}
	f := &fuse{at: at, after: after}
	first := w.start(0, f)
	pass(2500 * time.Millisecond)
	w.merge("ann is bob", "ann", "bob")
	pass(700 * time.Millisecond)
	w.merge("bob is cid", "bob", "cid")
	pass(700 * time.Millisecond)
	w.send(event.Purchases, message{ID: "more", Customer: "ann", Occurred: ago(0), Amount: 5000})
	first.rest(t)
	pass(time.Second)
	w.merge("ann is ann", "ann", "ann")
	first.rest(t)
	pass(2500 * time.Millisecond)
	first.lane.Drain()
	first.wait()
	crashed := f.blown()
	if crashed {
		last := w.start(0, nil)
		pass(10 * time.Second)
		finish(t, last)
	}
	w.check(event.InstantOf(time.Now()))
	ann, bob, cid := w.profile("ann"), w.profile("bob"), w.profile("cid")
	if ann.Away() || bob.MergedInto() != "cid" || fmt.Sprint(cid.Origins()) != "[bob]" {
		t.Errorf("at the end: ann is away: %t; bob is merged into %q; cid reads %v", ann.Away(), bob.MergedInto(), cid.Origins())
	}
	return crashed
}

// TestMergeSurvivesADroppedShard: a damaged shard is rebuilt from the log, whether it is the home of who is merged or of who survives. The home
// sends its messages again, and nobody is told anything else.
func TestMergeSurvivesADroppedShard(t *testing.T) {
	for _, dropped := range []string{"ann", "bob", "cid"} {
		t.Run(dropped, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, scorers(t)[1], 2, 8)
				for _, id := range []string{"ann", "bob", "cid"} {
					w.buys(id, 3, 20_000)
				}
				lanes := w.startAll()
				w.chain(lanes)
				pass(2 * time.Second)
				finish(t, lanes...)
				before := len(w.logs.linksSent())
				if err := w.store.Drop(t.Context(), []int{w.layout.Of(dropped)}); err != nil {
					t.Fatal(err)
				}
				lanes = w.startAll()
				w.settle(lanes)
				w.send(event.Purchases, message{ID: "one more", Customer: "ann", Occurred: ago(0), Amount: 30_000})
				w.settle(lanes)
				pass(10 * time.Second)
				finish(t, lanes...)
				if got := len(w.logs.linksSent()); got == before {
					t.Error("no message of links after the rebuild: want some")
				}
				p := w.profile("cid")
				if got := fmt.Sprint(p.Origins()); got != "[ann bob]" {
					t.Errorf("cid reads %s, want [ann bob]", got)
				}
				w.checkMerged(event.InstantOf(time.Now()))
			})
		})
	}
}
