package pipeline

import (
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func TestLossOf(t *testing.T) {
	log := bound{first: 10, end: 20}
	for _, c := range []struct {
		name            string
		b               bound
		mark            int64
		present, before bool
		want            LossCause
	}{
		{"in the midst", log, 15, true, true, ""},
		{"all read, and then expired", bound{20, 20}, 20, true, true, ""},
		{"at the first", log, 10, true, true, ""},
		{"below the first", log, 9, true, true, Expired},
		{"above the end", log, 21, true, true, Truncated},
		{"a fresh start on a log that has been trimmed", log, 0, false, false, ""},
		{"no mark, though the group has read, and the log is whole", bound{0, 20}, 0, false, true, ""},
		{"no mark, though the group has read, and the log is trimmed", log, 0, false, true, Gone},
	} {
		if got := lossOf(c.b, c.mark, c.present, c.before); got != c.want {
			t.Errorf("%s: want %q, got %q", c.name, c.want, got)
		}
	}
}

// TestDataLoss: the log no longer holds records that no shard has seen. The lane fails, or goes on with ContinueFromFirst and reports the
// loss. It never skips records without a report.
func TestDataLoss(t *testing.T) {
	for _, lost := range []struct {
		name  string
		cause LossCause
		lose  func(w *world, p shard.Partition)
	}{
		{"expired", Expired, func(w *world, p shard.Partition) { w.logs.expire(p, w.logs.end(p)-1) }},
		{"truncated", Truncated, func(w *world, p shard.Partition) { w.logs.truncate(p, 1) }},
		{"state gone and expired", Gone, func(w *world, p shard.Partition) {
			w.logs.expire(p, w.logs.end(p)-1)
			for n := range w.store.shards {
				w.store.lose(n, 1000)
			}
		}},
	} {
		t.Run(lost.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				p := w.place(event.Purchases, "c01")
				buy := func(id string) {
					w.send(event.Purchases, message{ID: id, Customer: "c01", Occurred: ago(0), Amount: 5})
					pass(time.Millisecond)
				}
				buy("1")
				buy("2")
				finish(t, w.start(0, nil))
				if lost.cause == Expired {
					buy("3")
					buy("4")
				}
				lost.lose(w, p)

				states := w.store.states()
				failing := w.start(0, nil)
				var loss *DataLossError
				if err := <-failing.done; !errors.As(err, &loss) || loss.Cause != lost.cause || loss.Partition != p {
					t.Fatalf("a lane whose input is lost: want a DataLossError of %s, %s, got %v", p, lost.cause, err)
				}
				if got := w.store.states(); got != states {
					t.Errorf("commits of a lane that fails: want none, got %d", got-states)
				}

				w.adjust = func(c *Config) { c.OnDataLoss = ContinueFromFirst }
				going := w.start(0, nil)
				pass(time.Second)
				buy("5")
				finish(t, going)
				if w.noticed(DataLoss) < 2 {
					t.Errorf("notices of data loss: want one per life at least, got %d", w.noticed(DataLoss))
				}
				b := w.store.shards[w.layout.Of("c01")].profiles["c01"]
				profile, err := decodeToy(b)
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := readToy(profile).Amounts["5"]; !ok {
					t.Errorf("the profile after the loss: want it to hold event 5, got %s", b)
				}
			})
		})
	}
}

// TestOffsetOutOfRange: the log deletes records that a lagging lane has not read.
func TestOffsetOutOfRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		p := w.place(event.Purchases, "c01")
		w.send(event.Purchases, message{ID: "1", Customer: "c01", Occurred: ago(0)})
		lane := w.start(0, nil)
		lane.rest(t)
		w.logs.set(w.logs.away, p, true)
		for range 5 {
			w.send(event.Purchases, message{ID: "2", Customer: "c01", Occurred: ago(0)})
		}
		w.logs.expire(p, 4)
		w.logs.set(w.logs.away, p, false)
		var loss *DataLossError
		if err := <-lane.done; !errors.As(err, &loss) || loss.Cause != Expired {
			t.Errorf("a lane whose log expired: want a DataLossError, expired, got %v", err)
		}
	})
}

// TestMarksBeforeFetch: every shard has a mark for every partition of the lane before the first fetch.
func TestMarksBeforeFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 8)
		for _, topic := range event.Topics() {
			w.logs.set(w.logs.away, shard.Partition{Topic: topic, Index: 1}, true)
		}
		lane := w.start(1, nil)
		pass(5 * time.Second)
		lane.stop()
		lane.wait()
		for n, s := range w.store.shards {
			for _, topic := range event.Topics() {
				if got, ok := s.meta.Marks[shard.Partition{Topic: topic, Index: 1}]; !ok || got != 0 {
					t.Errorf("shard %d, mark of %s: want 0, got %d (there: %t)", n, topic, got, ok)
				}
			}
		}
	})
}

// TestDrainWhileTakingOver: a lane that has not begun has nothing to drain, and does not wait for a store that is away.
func TestDrainWhileTakingOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		lane := w.start(0, &fuse{at: -1, fails: map[string]int{"audit": math.MaxInt}})
		pass(time.Minute)
		asked := time.Now()
		lane.lane.Drain()
		if err := <-lane.done; err != nil || time.Since(asked) > 0 {
			t.Errorf("drained while it takes over: want an end at once without an error, got %v after %s", err, time.Since(asked))
		}
	})
}

// TestFirstStartDisturbsNobody: lanes start together on an empty store. Each lane leaves the creation of a shard to the shard's owner, and
// sets its own marks without conflicts.
func TestFirstStartDisturbsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const partitions, shards = 4, 16
		w := newWorld(t, toyScorer(), partitions, shards)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics = metrics }
		var lanes []*running
		for index := range partitions {
			lanes = append(lanes, w.start(index, nil))
		}
		finish(t, lanes...)
		if got := reading(t, metrics.conflicts); got != 0 {
			t.Errorf("conflicts: want none, got %v", got)
		}
		for n, s := range w.store.shards {
			if got, want := len(s.meta.Marks), partitions*len(shard.Partitions(0)); got != want {
				t.Errorf("marks of shard %d: want %d, got %d", n, want, got)
			}
		}
	})
}

// TestAnotherCreatesWhatNobodyOwns: if the owner of shards does not run, another lane creates the shards.
func TestAnotherCreatesWhatNobodyOwns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 4)
		finish(t, w.start(0, nil))
		for n, s := range w.store.shards {
			if s.meta.Token == "" {
				t.Errorf("shard %d: want it created, got nothing", n)
			}
		}
	})
}
