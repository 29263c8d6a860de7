package pipeline

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/internal/event"
)

// TestLostWrites restores shards to earlier states while a lane runs, like a failover that drops acknowledged writes. One of the shards
// has no traffic any more. The lane sees the loss in the marks, and reads the lost records again.
func TestLostWrites(t *testing.T) {
	for _, s := range scorers(t) {
		for _, lost := range []struct {
			name           string
			shards, states int
		}{
			{"the last commit of every shard", 4, 1},
			{"much of one shard", 1, 6},
			{"much of every shard", 4, 9},
			{"everything", 4, 1000},
		} {
			t.Run(s.name+"/"+lost.name, func(t *testing.T) {
				problems, found := loseWrites(t, s, lost.shards, lost.states, false)
				for _, problem := range problems {
					t.Error(problem)
				}
				if found == 0 {
					t.Error("losses noticed: want some, got none")
				}
			})
		}
	}
}

// TestLostWritesUnnoticed shows that TestLostWrites can fail: if the lane does not check marks, the result is wrong.
func TestLostWritesUnnoticed(t *testing.T) {
	problems, found := loseWrites(t, toyScorer(), 4, 9, true)
	if !slices.ContainsFunc(problems, func(p string) bool { return strings.HasPrefix(p, "profile of") }) {
		t.Errorf("a lane that does not look at marks: want wrong profiles at the end, got %v", problems)
	}
	if found != 0 {
		t.Errorf("losses noticed: want none, got %d", found)
	}
}

func loseWrites(t *testing.T, s scorer, shards, states int, blind bool) (problems []string, found int) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, s, 1, 4)
		w.blind = blind
		w.lives(3)
		lane := w.start(0, nil)
		lane.rest(t)
		for n := range shards {
			w.store.lose(n, states)
		}
		// c00 has events at once. The shards of the other customers are idle; their loss shows when their marks are moved.
		w.send(event.Purchases, message{ID: "next", Customer: "c00", Occurred: ago(0), Amount: 50})
		pass(10 * time.Second)
		if blind { // its marks never move again, so the lane never comes to rest
			lane.lane.Drain()
			if err := <-lane.done; err != nil {
				t.Errorf("a drained lane: want no error, got %v", err)
			}
		} else {
			finish(t, lane)
		}
		problems = w.problems(event.InstantOf(time.Now()))
		found = w.noticed(LostWrites)
	})
	return problems, found
}

// TestLostWritesBetweenLives loses writes while no lane runs. The next lane resumes at the lowest mark.
func TestLostWritesBetweenLives(t *testing.T) {
	for _, s := range scorers(t) {
		for seed := range uint64(10) {
			t.Run(fmt.Sprintf("%s/%d", s.name, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, s, 1, 4)
					r := rand.New(rand.NewPCG(seed, 1))
					w.lives(seed)
					finish(t, w.start(0, nil))
					for n := range 4 {
						if r.IntN(2) == 0 {
							w.store.lose(n, 1+r.IntN(12))
						}
					}
					finish(t, w.start(0, nil))
					w.check(event.InstantOf(time.Now()))
				})
			})
		}
	}
}

// TestStateGone: the state is gone, but the group has committed offsets. The lane must not take this for a fresh start.
func TestStateGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(5)
		finish(t, w.start(0, nil))
		if got := w.noticed(AllGone); got != 0 {
			t.Errorf("a fresh start: want no notice of lost state, got %d", got)
		}
		for n := range w.store.shards {
			w.store.lose(n, 1000)
		}
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
		if got := w.noticed(AllGone); got != 1 {
			t.Errorf("notices that all is gone: want 1, got %d", got)
		}
	})
}

// TestDamagedShard: a key has lost an entry that its head still counts. The shard is rebuilt from the log, no other is.
func TestDamagedShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(5)
		finish(t, w.start(0, nil))
		n := w.layout.Of("c01")
		delete(w.store.shards[n].profiles, "c01")
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
		if got := w.noticed(Rebuild); got != 1 {
			t.Errorf("shards rebuilt: want 1, got %d", got)
		}
	})
}

// TestCountersOfLossesBeginAtZero: an alert on their increase must see the first one.
func TestCountersOfLossesBeginAtZero(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(NewMetrics())
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, label := range m.GetLabel() {
				got[f.GetName()+" "+label.GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	want := map[string]float64{
		"tidemark_losses_found_total behind": 0, "tidemark_losses_found_total gone": 0,
		"tidemark_data_loss_total expired": 0, "tidemark_data_loss_total truncated": 0, "tidemark_data_loss_total gone": 0,
		"tidemark_data_loss_total recreated": 0,
	}
	if !maps.Equal(got, want) {
		t.Errorf("before anything has happened: got %v, want %v", got, want)
	}
}

// TestNotCaughtUpAfterALoss: from the notice of a loss until everything has been read again, the progress never says "caught up".
// If the lane is drained meanwhile, its progress shows that there is more to do.
func TestNotCaughtUpAfterALoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(3)
		f := &fuse{at: -1, fails: map[string]int{}}
		var lane *running
		atOnce := true
		w.adjust = func(c *Config) {
			report := c.Report
			c.Report = func(n Notice) {
				if n.Kind == LostWrites && lane.lane.Progress().CaughtUp {
					atOnce = false
				}
				if said := n.Err.Error(); n.Kind == LostWrites && !strings.Contains(said, n.Partition.String()+" is ") {
					t.Errorf("want the partition and its mark in the notice, got %q", said)
				}
				report(n)
			}
		}
		lane = w.start(0, f)
		lane.rest(t)
		for n := range 4 {
			w.store.lose(n, 9)
		}
		f.set("audit", 30)
		eventually(t, "the loss is noticed", func() bool { return w.noticed(LostWrites) > 0 })
		if !atOnce {
			t.Error("when the loss is reported: want it not caught up, got that it is")
		}
		for range 200 {
			pass(100 * time.Millisecond)
			if lane.lane.Progress().CaughtUp {
				t.Fatal("while the store does not answer: want it not caught up, got that it is")
			}
		}
		lane.lane.Drain()
		lane.wait()
		if lane.lane.Progress().CaughtUp {
			t.Error("drained during the takeover: want it not caught up, got that it is")
		}
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
	})
}
