package pipeline

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// slowCommits is a store that takes a second for each call of Commit: so a test sees a lane in the midst of its backlog.
type slowCommits struct{ fusedStore }

func (s slowCommits) Commit(ctx context.Context, commits []shard.Commit) []error {
	pass(time.Second)
	return s.fusedStore.Commit(ctx, commits)
}

// TestStampedAheadInABacklog: a service was down for an hour. In its backlog are records whose producer's clock runs ahead, as far as the
// broker tolerates, and behind them the purchase of somebody who would cross a line by silence without it. Nobody is reported.
func TestStampedAheadInABacklog(t *testing.T) {
	for _, row := range []struct {
		name   string
		topics []event.Topic
		many   int
		taken  int64 // records of the backlog after which another lane takes over; 0 for no takeover
	}{
		{"a purchase", []event.Topic{event.Purchases}, 1, 0},
		{"an interaction", []event.Topic{event.Interactions}, 1, 0},
		{"a feedback", []event.Topic{event.Feedbacks}, 1, 0},
		{"one of each topic", event.Topics(), 1, 0},
		{"all records of one producer", event.Topics(), 5, 0},
		{"the first, before a takeover", event.Topics(), 1, 1},
		{"the last before a takeover", event.Topics(), 5, 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, lane, due := quiet(t)
				finish(t, lane)
				ahead := time.Now().Add(59 * time.Minute)
				for n := range row.many {
					for _, topic := range row.topics {
						p := w.place(topic, "c02")
						w.sendTo(p, event.InstantOf(ahead), message{ID: fmt.Sprint("ahead", topic, n), Customer: "c02", Occurred: ago(0), Amount: 5})
					}
				}
				w.send(event.Purchases, message{ID: "q", Customer: "c01", Occurred: ago(0), Amount: 5})
				w.logs.limit = 1 // the records come in separate fetches, as of a long backlog
				w.adjust = func(c *Config) { c.BatchEvents, c.Store = 1, slowCommits{c.Store.(fusedStore)} }
				pass(time.Hour)
				lane = w.start(0, nil)
				p := w.place(row.topics[0], "c02")
				if begun := w.logs.offsets()[p]; row.taken > 0 {
					eventually(t, "some of the backlog taken", func() bool { return lane.lane.Progress().Applied[p] >= begun+row.taken })
					lane.stop()
					lane.wait()
					lane = w.start(0, nil)
				}
				lane.rest(t)
				if got := w.alerts(); len(got) != 0 {
					t.Errorf("alerts: want none, for c01 bought before the line at %s, got %v", due, got)
				}
				finish(t, lane)
			})
		})
	}
}

// TestReach: a partition is read until the newest fetch whose end has been taken.
func TestReach(t *testing.T) {
	type step struct {
		sentAt event.Instant // of a fetch, 0 for none
		high   int64
		taken  int64
		want   event.Instant
	}
	for _, row := range []struct {
		name  string
		steps []step
	}{
		{"nothing read", []step{{100, 5, 0, unknown}}},
		{"at the end at once", []step{{100, 0, 0, 100}, {200, 0, 0, 200}}},
		{"a backlog that stands: the newest fetch counts", []step{{100, 5, 2, unknown}, {200, 5, 5, 200}}},
		{"a backlog that grows: it is read as far as it had grown then", []step{{100, 5, 2, unknown}, {200, 9, 5, 100}, {300, 12, 9, 200}, {0, 0, 12, 300}}},
		{"the local clock ran ahead, and came back", []step{{9000, 5, 5, 9000}, {200, 5, 5, 200}, {300, 6, 6, 300}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := reach{until: unknown}
			for i, s := range row.steps {
				if s.sentAt != 0 {
					r.found(end{s.sentAt, s.high})
				}
				if r.took(s.taken); r.until != s.want {
					t.Errorf("step %d: want %d, got %d", i, s.want, r.until)
				}
			}
		})
	}
}

// TestReachIsBounded: a backlog that never ends takes no memory, and the partition is read further all the same.
func TestReachIsBounded(t *testing.T) {
	r := reach{until: unknown}
	for n := range int64(10_000) { // each second 10 records are written and 5 are taken
		r.found(end{event.Instant(n * 1000), n * 10})
		r.took(n * 5)
		if len(r.ahead) > endsAtMost {
			t.Fatalf("ends that are remembered: want at most %d, got %d", endsAtMost, len(r.ahead))
		}
		if !slices.IsSortedFunc(r.ahead, func(a, b end) int { return int(a.offset - b.offset) }) {
			t.Fatalf("ends: want them in order, got %v", r.ahead)
		}
	}
	if want, got := event.Instant(4_999_000), r.until; got > want || got < want-500_000 {
		t.Errorf("after 10,000 s half of the records are taken: want the partition read until about %d, got %d", want, got)
	}
}

// TestPartitionsAdded: the topics grow under a running lane, and the purchase of somebody who would cross a line by silence goes to a new
// partition that nobody reads yet. Nobody is reported until the lanes of the new partitions run, and not then.
func TestPartitionsAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		moving := ""
		for n := 0; moving == "" || w.layout.Partitioner.Of(moving, 2) != 1; n++ {
			moving = fmt.Sprint("x", n)
		}
		due := ago(-time.Minute)
		w.send(event.Purchases, message{ID: "p", Customer: moving, Occurred: due.Add(-10 * day), Amount: 5})
		lane := w.start(0, nil)
		lane.rest(t)
		w.logs.grow(2)
		w.partitions = 2
		w.send(event.Purchases, message{ID: "q", Customer: moving, Occurred: ago(0), Amount: 5})
		pass(10 * time.Minute)
		if got := len(w.alerts()); got != 0 {
			t.Errorf("alerts while nobody reads the new partition: want none, got %d", got)
		}
		lane.stop() // the group has noticed
		lane.wait()
		lanes := []*running{w.start(0, nil), w.start(1, nil)}
		finish(t, lanes...)
		if got := len(w.alerts()); got != 0 {
			t.Errorf("alerts: want none, for she bought in time, got %d", got)
		}
		w.check(event.InstantOf(time.Now()))
	})
}
